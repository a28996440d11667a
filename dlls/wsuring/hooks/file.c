/*
 * ReadFile and WriteFile on a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * They are receives and sends in one queue with Winsock's: an operation pending in the server would take data out of
 * order.
 */

#include "operations/operation.h"
#include "hooks/interpose.h"

/* For errors that have no NTSTATUS from the host. */
static NTSTATUS file_status( int err )
{
    switch (err)
    {
    case WSAEFAULT: return STATUS_ACCESS_VIOLATION;
    case WSAENOBUFS: return STATUS_INSUFFICIENT_RESOURCES;
    case WSAENOTCONN: return STATUS_INVALID_CONNECTION;
    default: return STATUS_INVALID_PARAMETER;
    }
}

/* kernelbase passes the OVERLAPPED as the status block, and as the context unless its event is tagged; without an
 * OVERLAPPED, neither event nor context. */
static BOOL is_file_call( const struct socket *sock, HANDLE event, const void *context, const IO_STATUS_BLOCK *iosb )
{
    if (context) return context == iosb;
    return event ? (ULONG_PTR)event & 1 : !sock->shared.nonblocking;
}

static NTSTATUS file_run( struct socket *sock, enum direction direction, BOOL overlapped, IO_STATUS_BLOCK *iosb,
                          void *buffer, ULONG len )
{
    WSABUF wsabuf = { len, buffer };
    struct operation op;
    int err;

    if (direction == DIRECTION_WRITE ? sock->shared.send_shutdown : sock->shared.recv_shutdown)
        return STATUS_PIPE_DISCONNECTED;
    operation_init( &op, sock, direction, overlapped ? (WSAOVERLAPPED *)iosb : NULL, NULL );
    if (( err = operation_capture( &op, &wsabuf, 1 ) )) return file_status( err );
    err = operation_run( &op, NULL );
    operation_discard( &op );
    if (err == WSA_IO_PENDING) return STATUS_PENDING;
    if (err) return op.status ? op.status : file_status( err );
    if (!overlapped)
    {
        iosb->Status = STATUS_SUCCESS;
        iosb->Information = op.done;
    }
    return STATUS_SUCCESS;
}

BOOL file_transfer( HANDLE handle, enum direction direction, HANDLE event, const void *apc, const void *context,
                    IO_STATUS_BLOCK *iosb, void *buffer, ULONG len, NTSTATUS *status )
{
    struct socket *sock;
    BOOL ours;

    if (apc || !( sock = socket_find( handle ) )) return FALSE;
    ours = is_file_call( sock, event, context, iosb ) && sock->id.flags & WSA_FLAG_OVERLAPPED
           && ( sock->id.type == SOCK_STREAM || sock->id.type == SOCK_DGRAM ) && !afd_transfer_needed( sock, direction )
           && socket_ensure_descriptor( sock );
    if (ours) *status = file_run( sock, direction, context || event, iosb, buffer, len );
    socket_release( sock );
    return ours;
}
