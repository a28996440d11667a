/*
 * DisconnectEx, and sockets that are used again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "api/disconnect.h"
#include "events/poll_list.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "events/network_events.h"
#include "ports/port.h"
#include "sockets/connection.h"
#include "sockets/recycle.h"
#include "sockets/shared_state.h"

void disconnect_begin( struct disconnect *disconnect, BOOL reuse )
{
    disconnect->reuse = reuse;
    disconnect->ended = FALSE;
    disconnect->thread_id = GetCurrentThreadId();
}

static NTSTATUS disconnect_renew( struct socket *sock )
{
    struct descriptor_end_params discard = { .fd = sock->desc.fd, .discard = TRUE };
    NTSTATUS status;
    int fd = sock->desc.fd;

    unix_call( unix_descriptor_end, &discard );
    lock_acquire( &sock->watch.lock );
    socket_watch( sock, 0 );
    lock_release( &sock->watch.lock );
    if (( status = recycle_new_file( sock ) )) return status;
    sock->desc.recycled = TRUE;
    sock->desc.parked = fd;
    sock->desc.fd = -1;
    sock->conn.state = CONNECTION_NONE;
    status = recycle_replace_descriptors( sock, fd );
    sock->conn.bound = FALSE;
    sock->shared.recv_shutdown = sock->shared.send_shutdown = FALSE;
    sock->conn.reset_error = 0;
    network_events_renew( sock );
    return status;
}

/* Before the request: see WSPShutdown. */
static void disconnect_note_shutdown( struct socket *sock, BOOLEAN down )
{
    sock->shared.send_shutdown = down;
    shared_state_write( sock );
}

NTSTATUS disconnect_try( struct operation *op, struct disconnect *disconnect )
{
    struct socket *sock = op->sock;
    struct descriptor_query_params query = { .fd = sock->desc.fd, .what = DESCRIPTOR_DRAINED };
    struct descriptor_end_params end = { .fd = sock->desc.fd };
    BOOLEAN was_down = sock->shared.send_shutdown;
    ULONG how = SD_SEND;
    NTSTATUS status = STATUS_SUCCESS;

    if (!disconnect->ended)
    {
        /* the server's flag for it would outlive the connection */
        disconnect_note_shutdown( sock, TRUE );
        if (disconnect->reuse) unix_call( unix_descriptor_end, &end );
        else status = afd_ioctl( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, NULL );
        if (status)
        {
            disconnect_note_shutdown( sock, was_down );
            return status;
        }
        disconnect->ended = TRUE;
    }
    if (!disconnect->reuse) return STATUS_SUCCESS;
    /* no sent data may be lost with the old kernel socket */
    if (!unix_call( unix_descriptor_query, &query ) && !query.value)
    {
        if (!op->overlapped && disconnect->thread_id == GetCurrentThreadId())
            Sleep( 1 ); /* no poll event reports that the send queue is empty */
        return STATUS_DEVICE_NOT_READY;
    }
    return disconnect_renew( sock );
}

static BOOL disconnect_is_receive( const struct operation *op, const void *arg )
{
    (void)arg;
    return op->direction == DIRECTION_READ;
}

void disconnect_done( struct socket *sock, const struct disconnect *disconnect, NTSTATUS status )
{
    if (status || !disconnect->reuse) return;
    socket_cancel_waiters( sock, DIRECTION_READ );
    operation_end_if( sock, STATUS_CANCELLED, disconnect_is_receive, NULL );
    polled_cancel( sock, disconnect_is_receive, NULL );
}

static void disconnect_finish( struct operation *op, NTSTATUS status )
{
    disconnect_done( op->sock, op->more, status );
}

static NTSTATUS disconnect_attempt( struct operation *op )
{
    return disconnect_try( op, op->more );
}

static NTSTATUS disconnect_by_afd( struct operation *op )
{
    const struct disconnect *disconnect = op->more;
    struct socket *sock = op->sock;
    BOOLEAN was_down = sock->shared.send_shutdown;
    ULONG how = SD_SEND;
    NTSTATUS status;

    if (disconnect->reuse) return STATUS_NOT_SUPPORTED;
    disconnect_note_shutdown( sock, TRUE );
    if (op->overlapped)
    {
        op->by_afd = TRUE;
        status = afd_ioctl_overlapped( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, op->overlapped,
                                       NULL );
    }
    else status = afd_ioctl( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, NULL );
    if (NT_ERROR( status )) disconnect_note_shutdown( sock, was_down );
    return status;
}

static const struct operation_kind kind
    = { .attempt = disconnect_attempt, .by_afd = disconnect_by_afd, .blocks = TRUE, .pends = TRUE };
static const struct operation_kind reuse_kind
    = { .attempt = disconnect_attempt, .finish = disconnect_finish, .blocks = TRUE, .pends = TRUE };

static int disconnect_run( struct socket *sock, OVERLAPPED *overlapped, BOOL reuse )
{
    struct disconnect disconnect;
    struct operation op;
    DWORD ignored;
    int err;

    disconnect_begin( &disconnect, reuse );
    operation_init( &op, sock, DIRECTION_WRITE, overlapped, NULL );
    operation_set_kind( &op, reuse ? &reuse_kind : &kind, &disconnect, sizeof( disconnect ) );
    err = operation_run( &op, &ignored );
    if (!err) disconnect_done( sock, &disconnect, STATUS_SUCCESS );
    return err;
}

BOOL WINAPI provider_DisconnectEx( SOCKET s, OVERLAPPED *overlapped, DWORD flags, DWORD reserved )
{
    struct socket *sock;
    int result;

    if (!( sock = socket_grab( s, &result ) )) goto done;
    if (reserved || ( flags & ~TF_REUSE_SOCKET )) result = WSAEINVAL;
    else if (overlapped && !guarded_touch( overlapped, sizeof( *overlapped ), TRUE )) result = WSAEFAULT;
    else if (sock->id.type != SOCK_STREAM || ( !socket_ensure_descriptor( sock ) && !socket_is_connected( sock ) ))
        result = WSAENOTCONN;
    else if (flags & TF_REUSE_SOCKET
             && ( !recycle_is_possible( sock ) || afd_transfer_needed( sock, DIRECTION_WRITE ) ))
        result = WSAEOPNOTSUPP;
    else
    {
        /* a reset connection has ended already */
        if (flags & TF_REUSE_SOCKET) sock->conn.reset_error = 0;
        result = disconnect_run( sock, overlapped, flags & TF_REUSE_SOCKET );
        /* as on Windows, where it always pends; unless there is no packet then, which the program would wait for */
        if (!result && overlapped && engine == ENGINE_AFD
            && !( sock->port.skip_modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS ))
            result = ERROR_IO_PENDING;
    }
    socket_release( sock );
done:
    SetLastError( result );
    return !result;
}
