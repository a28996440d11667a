/*
 * The table of errors: NTSTATUS to Winsock
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "provider.h"

/* wine-abi 7.1 */
static const struct
{
    NTSTATUS status;
    int error;
} errors[] =
{
    { STATUS_PENDING,                       WSA_IO_PENDING },
    { STATUS_BUFFER_OVERFLOW,               WSAEMSGSIZE },
    { STATUS_DEVICE_NOT_READY,              WSAEWOULDBLOCK },
    { STATUS_REQUEST_NOT_ACCEPTED,          WSAEWOULDBLOCK },
    { STATUS_CANCELLED,                     WSA_OPERATION_ABORTED },
    { STATUS_REQUEST_ABORTED,               WSAEINTR },
    { STATUS_ACCESS_VIOLATION,              WSAEFAULT },
    { STATUS_BUFFER_TOO_SMALL,              WSAEFAULT },
    { STATUS_DATATYPE_MISALIGNMENT_ERROR,   WSAEFAULT },
    { STATUS_INVALID_HANDLE,                WSAENOTSOCK },
    { STATUS_OBJECT_TYPE_MISMATCH,          WSAENOTSOCK },
    { STATUS_ACCESS_DENIED,                 WSAEACCES },
    { STATUS_NOT_SUPPORTED,                 WSAEOPNOTSUPP },
    { STATUS_NOT_IMPLEMENTED,               WSAEOPNOTSUPP },
    { STATUS_SHARING_VIOLATION,             WSAEADDRINUSE },
    { STATUS_ADDRESS_ALREADY_EXISTS,        WSAEADDRINUSE },
    { STATUS_INVALID_ADDRESS,               WSAEADDRNOTAVAIL },
    { STATUS_INVALID_ADDRESS_COMPONENT,     WSAEADDRNOTAVAIL },
    { STATUS_INVALID_BUFFER_SIZE,           WSAEMSGSIZE },
    { STATUS_INVALID_CONNECTION,            WSAENOTCONN },
    { STATUS_CONNECTION_ACTIVE,             WSAEISCONN },
    { STATUS_CONNECTION_REFUSED,            WSAECONNREFUSED },
    { STATUS_REMOTE_NOT_LISTENING,          WSAECONNREFUSED },
    { STATUS_CONNECTION_RESET,              WSAECONNRESET },
    { STATUS_CONNECTION_DISCONNECTED,       WSAECONNRESET },
    { STATUS_REMOTE_DISCONNECT,             WSAECONNRESET },
    { STATUS_LINK_FAILED,                   WSAECONNRESET },
    { STATUS_PORT_UNREACHABLE,              WSAECONNRESET },
    { STATUS_NETWORK_NAME_DELETED,          WSAENETRESET },
    { STATUS_CONNECTION_ABORTED,            WSAECONNABORTED },
    { STATUS_LOCAL_DISCONNECT,              WSAECONNABORTED },
    { STATUS_TRANSACTION_ABORTED,           WSAECONNABORTED },
    { STATUS_IO_TIMEOUT,                    WSAETIMEDOUT },
    { STATUS_LINK_TIMEOUT,                  WSAETIMEDOUT },
    { STATUS_PIPE_DISCONNECTED,             WSAESHUTDOWN },
    { STATUS_GRACEFUL_DISCONNECT,           WSAEDISCON },
    { STATUS_NETWORK_UNREACHABLE,           WSAENETUNREACH },
    { STATUS_BAD_NETWORK_PATH,              WSAENETUNREACH },
    { STATUS_PROTOCOL_UNREACHABLE,          WSAENETUNREACH },
    { STATUS_HOST_UNREACHABLE,              WSAEHOSTUNREACH },
    { STATUS_HOST_DOWN,                     WSAEHOSTDOWN },
    { STATUS_NETWORK_BUSY,                  WSAENETDOWN },
    { STATUS_INVALID_NETWORK_RESPONSE,      WSAENETDOWN },
    { STATUS_UNEXPECTED_NETWORK_ERROR,      WSAENETDOWN },
    { STATUS_NO_SUCH_DEVICE,                WSAENETDOWN },
    { STATUS_NO_SUCH_FILE,                  WSAENETDOWN },
    { STATUS_OBJECT_NAME_NOT_FOUND,         WSAENETDOWN },
    { STATUS_OBJECT_PATH_NOT_FOUND,         WSAENETDOWN },
    { STATUS_QUOTA_EXCEEDED,                WSAENOBUFS },
    { STATUS_NO_MEMORY,                     WSAENOBUFS },
    { STATUS_CONFLICTING_ADDRESSES,         WSAENOBUFS },
    { STATUS_TOO_MANY_PAGING_FILES,         WSAENOBUFS },
    { STATUS_INSUFFICIENT_RESOURCES,        WSAENOBUFS },
    { STATUS_WORKING_SET_QUOTA,             WSAENOBUFS },
    { STATUS_COMMITMENT_LIMIT,              WSAENOBUFS },
    { STATUS_REMOTE_RESOURCES,              WSAENOBUFS },
    { STATUS_TOO_MANY_ADDRESSES,            WSAENOBUFS },
    { STATUS_TOO_MANY_OPENED_FILES,         WSAEMFILE },
    { (NTSTATUS)0x800703e4,                 WSA_IO_INCOMPLETE },
    { (NTSTATUS)0xc00103e4,                 WSA_IO_INCOMPLETE },
    { (NTSTATUS)0xc00703e4,                 WSA_IO_INCOMPLETE },
};

int error_from_status( NTSTATUS status )
{
    UINT i;

    if (!status) return 0;
    for (i = 0; i < ARRAY_SIZE(errors); i++)
        if (errors[i].status == status) return errors[i].error;
    /* the server passes a Winsock error of socket creation as 0xc001 and the code */
    if (((ULONG)status >> 16) == 0xc001) return status & 0xffff;
    if (NT_SUCCESS( status )) return RtlNtStatusToDosError( status );
    return WSAEINVAL;
}
