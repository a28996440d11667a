/*
 * The table of errors: errno to NTSTATUS
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

/* As ntdll's code on stock (wine-interfaces 7.2, "nt"), so that programs see the errors they expect. Comments give
 * the reason for each difference. */
static const struct
{
    int err;
    NTSTATUS status;
} errors[] = {
    { EAGAIN, STATUS_DEVICE_NOT_READY }, /* EWOULDBLOCK too */
    { EINPROGRESS, STATUS_DEVICE_NOT_READY },
    { EALREADY, STATUS_NETWORK_BUSY },
    { EBADF, STATUS_INVALID_HANDLE },
    { ENOTSOCK, STATUS_OBJECT_TYPE_MISMATCH },
    { EPERM, STATUS_ACCESS_DENIED },
    { EACCES, STATUS_ACCESS_DENIED },
    { EFAULT, STATUS_ACCESS_VIOLATION },
    { EINVAL, STATUS_INVALID_PARAMETER },
    { ENOPROTOOPT, STATUS_INVALID_PARAMETER },
    { EBUSY, STATUS_DEVICE_BUSY },
    { ENFILE, STATUS_TOO_MANY_OPENED_FILES },
    { EMFILE, STATUS_TOO_MANY_OPENED_FILES },
    { EMSGSIZE, STATUS_BUFFER_OVERFLOW },
    { EPROTONOSUPPORT, STATUS_NOT_SUPPORTED },
    { ESOCKTNOSUPPORT, STATUS_NOT_SUPPORTED },
    { EPFNOSUPPORT, STATUS_NOT_SUPPORTED },
    { EAFNOSUPPORT, STATUS_NOT_SUPPORTED },
    { EPROTOTYPE, STATUS_NOT_SUPPORTED },
    { EOPNOTSUPP, STATUS_NOT_SUPPORTED }, /* ENOTSUP too */
    { EADDRINUSE, STATUS_SHARING_VIOLATION },
    { EADDRNOTAVAIL, STATUS_INVALID_ADDRESS_COMPONENT }, /* the server's column: WSAEADDRNOTAVAIL, not WSAEINVAL */
    { EDESTADDRREQ, STATUS_INVALID_CONNECTION }, /* as 10.0: WSAENOTCONN, which is what Windows documents for send */
    { ENOTCONN, STATUS_INVALID_CONNECTION },
    { EISCONN, STATUS_CONNECTION_ACTIVE },
    { ECONNREFUSED, STATUS_CONNECTION_REFUSED },
    { ECONNRESET, STATUS_CONNECTION_RESET },
    { EPIPE, STATUS_CONNECTION_RESET },
    { ECONNABORTED, STATUS_CONNECTION_ABORTED },
    { ESHUTDOWN, STATUS_PIPE_DISCONNECTED },
    { ETIMEDOUT, STATUS_IO_TIMEOUT },
    { ENETDOWN, STATUS_NETWORK_BUSY }, /* WSAENETDOWN */
    { ENETUNREACH, STATUS_NETWORK_UNREACHABLE },
    { EHOSTUNREACH, STATUS_HOST_UNREACHABLE },

    /* missing on stock, which returns WSAEINVAL; a program takes that for its own fault */
    { ENOBUFS, STATUS_INSUFFICIENT_RESOURCES }, /* WSAENOBUFS */
    { ENOMEM, STATUS_INSUFFICIENT_RESOURCES },
    { ENOSPC, STATUS_INSUFFICIENT_RESOURCES },     /* fs.epoll.max_user_watches */
    { EHOSTDOWN, STATUS_HOST_DOWN },               /* WSAEHOSTDOWN */
    { ENETRESET, STATUS_CONNECTION_DISCONNECTED }, /* WSAECONNRESET: on a send this isn't about keep-alive */
    { ENONET, STATUS_NETWORK_UNREACHABLE },
    { EPROTO, STATUS_PROTOCOL_UNREACHABLE }, /* WSAENETUNREACH */
    { ENODEV, STATUS_NO_SUCH_DEVICE },       /* WSAENETDOWN: the interface has gone */
    { ENXIO, STATUS_NO_SUCH_DEVICE },
    { ENOENT, STATUS_OBJECT_NAME_NOT_FOUND }, /* AF_UNIX */
    { ENOSYS, STATUS_NOT_IMPLEMENTED },
};

/* err: a positive errno. STATUS_UNSUCCESSFUL if it isn't in the table, as on stock. */
NTSTATUS errno_to_status( int err )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE( errors ); i++)
        if (errors[i].err == err) return errors[i].status;
    return STATUS_UNSUCCESSFUL;
}

/* The same of getsockopt and setsockopt */
NTSTATUS errno_to_option_status( int err )
{
    switch (err)
    {
    case ENOPROTOOPT:
    case EOPNOTSUPP: return STATUS_NOT_SUPPORTED;
    case ENODEV: return STATUS_INVALID_ADDRESS_COMPONENT; /* there is no such interface: WSAEADDRNOTAVAIL */
    default: return errno_to_status( err );
    }
}
