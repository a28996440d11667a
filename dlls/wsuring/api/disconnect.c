/*
 * DisconnectEx, and sockets that are used again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * To be used again a handle gets a new kernel socket: the host's connected sockets can't be made fresh without
 * resetting the connection. The server makes one when a handle is created anew, and forgets the handle's completion
 * port with the old one. ntdll doesn't notice, and would go on using its descriptor of the old one, so that is replaced
 * too (unix_descriptor_replace).
 */

#include "api/disconnect.h"
#include "events/poll_list.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "events/network_events.h"
#include "ports/port.h"

#define FILE_COMPLETION_INFO_CLASS 30
#define FILE_NOTIFICATION_CLASS    41

BOOL disconnect_can_reuse( const struct socket *sock )
{
    /* of others it isn't known where their completions go */
    return engine != ENGINE_AFD && interposed && sock->id.type == SOCK_STREAM && !sock->shared.foreign
           && ( !sock->port.associated || sock->port.object );
}

void disconnect_begin( struct disconnect *disconnect, BOOL reuse )
{
    disconnect->reuse = reuse;
    disconnect->ended = FALSE;
    disconnect->thread_id = GetCurrentThreadId();
}

NTSTATUS disconnect_replace_descriptors( struct socket *sock, int fd )
{
    struct descriptor_replace_params replace = { .fd = fd };
    HANDLE duplicate;
    NTSTATUS status;

    status = NtDuplicateObject( GetCurrentProcess(), sock->id.handle, GetCurrentProcess(), &duplicate, 0, 0,
                                DUPLICATE_SAME_ACCESS );
    if (status) return status;
    replace.handle = HandleToULong( duplicate );
    status = unix_call( unix_descriptor_replace, &replace );
    NtClose( duplicate );
    poll_list_forget_all();
    return status;
}

static void restore_port( struct socket *sock )
{
    struct
    {
        HANDLE port;
        ULONG_PTR key;
    } info = { port_any_handle( sock->port.object ), sock->port.key };
    ULONG modes = sock->port.skip_modes;
    IO_STATUS_BLOCK iosb;

    if (NtSetInformationFile( sock->id.handle, &iosb, &info, sizeof( info ), FILE_COMPLETION_INFO_CLASS ))
        log_message( "a recycled socket has lost its port\n" );
    if (modes) NtSetInformationFile( sock->id.handle, &iosb, &modes, sizeof( modes ), FILE_NOTIFICATION_CLASS );
}

NTSTATUS disconnect_new_file( struct socket *sock )
{
    struct afd_create_params create = { sock->id.family, sock->id.type, sock->id.protocol, sock->id.flags };
    ULONG nonblocking = sock->shared.nonblocking;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status;

    /* a poll by the old file that ended afterwards would make wineserver 8.0 fail an assertion: one of a program that
     * polls by the socket itself */
    NtCancelIoFileEx( sock->id.handle, NULL, &iosb );
    if (( status = afd_ioctl( sock->id.handle, AFD_WINE_CREATE, &create, sizeof( create ), NULL, 0, NULL ) ))
        return status;
    if (sock->port.object) restore_port( sock );
    if (nonblocking) afd_ioctl( sock->id.handle, AFD_WINE_FIONBIO, &nonblocking, sizeof( nonblocking ), NULL, 0, NULL );
    return STATUS_SUCCESS;
}

static NTSTATUS renew( struct socket *sock )
{
    struct descriptor_end_params discard = { .fd = sock->desc.fd, .discard = TRUE };
    NTSTATUS status;
    int fd = sock->desc.fd;

    unix_call( unix_descriptor_end, &discard );
    AcquireSRWLockExclusive( &sock->watch.lock );
    socket_watch( sock, 0 );
    ReleaseSRWLockExclusive( &sock->watch.lock );
    if (( status = disconnect_new_file( sock ) )) return status;
    sock->desc.recycled = TRUE;
    sock->desc.parked = fd;
    sock->desc.fd = -1;
    sock->conn.state = CONNECTION_NONE;
    status = disconnect_replace_descriptors( sock, fd );
    sock->conn.bound = FALSE;
    sock->shared.recv_shutdown = sock->shared.send_shutdown = FALSE;
    sock->conn.reset_error = 0;
    network_events_renew( sock );
    return status;
}

BOOL disconnect_reconnected( struct socket *sock )
{
    BOOL done = TRUE;

    AcquireSRWLockExclusive( &sock->watch.lock );
    if (sock->desc.parked != -1)
    {
        /* AcceptEx has made it another one; ConnectEx has not, and then this changes nothing */
        if (( done = !disconnect_replace_descriptors( sock, sock->desc.parked ) ))
        {
            sock->desc.fd = sock->desc.parked;
            sock->desc.parked = -1;
            sock->desc.renewed = FALSE; /* the handle's file and ours are the same again */
        }
    }
    ReleaseSRWLockExclusive( &sock->watch.lock );
    return done;
}

NTSTATUS disconnect_try( struct operation *op, struct disconnect *disconnect )
{
    struct socket *sock = op->sock;
    struct descriptor_query_params query = { .fd = sock->desc.fd, .what = DESCRIPTOR_DRAINED };
    struct descriptor_end_params end = { .fd = sock->desc.fd };
    ULONG how = SD_SEND;
    NTSTATUS status = STATUS_SUCCESS;

    if (!disconnect->ended)
    {
        /* the server's mark of it would outlive the connection */
        if (disconnect->reuse) unix_call( unix_descriptor_end, &end );
        else status = afd_ioctl( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, NULL );
        if (status) return status;
        sock->shared.send_shutdown = disconnect->ended = TRUE;
    }
    if (!disconnect->reuse) return STATUS_SUCCESS;
    /* nothing that was sent may be lost with the old kernel socket */
    if (!unix_call( unix_descriptor_query, &query ) && !query.value)
    {
        if (!op->overlapped && disconnect->thread_id == GetCurrentThreadId())
            Sleep( 1 ); /* nothing to poll for tells of it */
        return STATUS_DEVICE_NOT_READY;
    }
    return renew( sock );
}

static NTSTATUS attempt( struct operation *op )
{
    return disconnect_try( op, op->more );
}

static NTSTATUS by_afd( struct operation *op )
{
    const struct disconnect *disconnect = op->more;
    struct socket *sock = op->sock;
    ULONG how = SD_SEND;
    NTSTATUS status;

    if (disconnect->reuse) return STATUS_NOT_SUPPORTED;
    if (op->overlapped)
    {
        op->by_afd = TRUE;
        status = afd_ioctl_overlapped( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, op->overlapped,
                                       NULL, NULL );
    }
    else status = afd_ioctl( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, NULL );
    if (!NT_ERROR( status )) sock->shared.send_shutdown = TRUE;
    return status;
}

static const struct operation_kind kind = { .attempt = attempt, .by_afd = by_afd, .blocks = TRUE };
static const struct operation_kind reuse_kind = { .attempt = attempt, .blocks = TRUE };

static int run( struct socket *sock, OVERLAPPED *overlapped, BOOL reuse )
{
    struct disconnect disconnect;
    struct operation op;
    DWORD ignored;

    disconnect_begin( &disconnect, reuse );
    memset( &op, 0, sizeof( op ) );
    op.sock = sock;
    op.direction = DIRECTION_WRITE;
    op.buffers = op.inline_buffers;
    op.kind = reuse ? &reuse_kind : &kind;
    op.more = &disconnect;
    op.more_size = sizeof( disconnect );
    op.overlapped = overlapped;
    return operation_run( &op, &ignored );
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
             && ( !disconnect_can_reuse( sock ) || afd_transfer_needed( sock, DIRECTION_WRITE ) ))
        result = WSAEOPNOTSUPP;
    else
    {
        /* a reset connection is at its end already */
        if (flags & TF_REUSE_SOCKET) sock->conn.reset_error = 0;
        result = run( sock, overlapped, flags & TF_REUSE_SOCKET );
    }
    socket_release( sock );
done:
    SetLastError( result );
    return !result;
}
