/*
 * AcceptEx, GetAcceptExSockaddrs and what becomes of the accepted socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server accepts: it has the listener's queue, and replaces the kernel socket under the acceptor's handle when a
 * connection arrives. It trusts its input and even asserts on it (an acceptor that listens), so everything is
 * checked here.
 */

#include "events/socket_notify.h"
#include "operations/operation.h"
#include "events/readiness.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/path_socket.h"
#include "wait/pollers.h"
#include "sockets/connection.h"
#include "sockets/last_user.h"

/* The acceptor for which an OVERLAPPED was last used, by a hash of its address: the program may reuse the OVERLAPPED
 * of a cancelled AcceptEx for another acceptor. */
static volatile LONG64 last_acceptor[256];

static volatile LONG64 *acceptex_acceptor_entry( const volatile void *overlapped )
{
    return last_acceptor + ( (UINT_PTR)overlapped >> 4 & 0xff );
}

static BOOL acceptex_is_last( const volatile void *overlapped, const struct socket *acceptor )
{
    return (UINT64)word_read( acceptex_acceptor_entry( overlapped ) ) == socket_cookie( acceptor );
}

static BOOL acceptex_acceptor_is_waiting( struct socket *sock )
{
    volatile OVERLAPPED *overlapped = (volatile OVERLAPPED *)sock->queues[DIRECTION_READ].afd_iosb;
    DWORD status;

    if (!overlapped || !acceptex_is_last( overlapped, sock )
        || !guarded_copy( &status, (const void *)&overlapped->Internal, sizeof( status ) ))
        return FALSE;
    if (status == (DWORD)STATUS_PENDING) return TRUE;
    /* it has failed: a later AcceptEx that fails leaves the OVERLAPPED looking as if it were pending */
    if (status) queue_afd_failed( &sock->queues[DIRECTION_READ], overlapped, NULL );
    return FALSE;
}

static BOOL acceptex_is_listening( struct socket *sock )
{
    int accepting = 0;

    if (sock->id.type != SOCK_STREAM) return FALSE;
    if (sock->conn.state == CONNECTION_LISTENING) return TRUE;
    if (!sock->shared.foreign
        || afd_ioctl( sock->id.handle, AFD_WINE_GET_SO_ACCEPTCONN, NULL, 0, &accepting, sizeof( accepting ), NULL )
        || !accepting)
        return FALSE;
    sock->conn.state = CONNECTION_LISTENING;
    return TRUE;
}

/* "a socket that is not bound or connected" (page "AcceptEx function") */
static BOOL acceptex_acceptor_is_free( struct socket *sock )
{
    return sock->id.type == SOCK_STREAM && !sock->conn.bound && !acceptex_is_listening( sock )
           && !socket_is_connected( sock );
}

static int acceptex_accept_into( struct socket *listener, struct socket *acceptor, void *buffer, DWORD recv_len,
                                 DWORD local_len, DWORD remote_len, DWORD *received, OVERLAPPED *overlapped )
{
    struct afd_accept_into_params params = { HandleToULong( acceptor->id.handle ), recv_len, local_len };
    UINT64 size = (UINT64)recv_len + local_len + remote_len;
    volatile void *iosb, *acceptor_iosb;
    ULONG_PTR done = 0;
    enum connection before;
    NTSTATUS status;
    DWORD count;

    if (!acceptex_acceptor_is_free( acceptor )) return WSAEINVAL;
    /* a length that is too short is found when a connection comes: STATUS_BUFFER_TOO_SMALL; a local one of 0 means
     * that the address isn't wanted */
    if (!buffer || !remote_len || size > ~0u || !guarded_touch( buffer, size, TRUE )) return WSAEFAULT;
    guarded_copy( &overlapped->InternalHigh, &done, sizeof( done ) );
    word_write( acceptex_acceptor_entry( overlapped ), socket_cookie( acceptor ) );
    before = socket_connect_begins( acceptor );
    acceptor->desc.accepted = TRUE;
    socket_drop_spare( acceptor ); /* it gets another kernel socket */
    iosb = queue_afd_begins( &listener->queues[DIRECTION_READ], overlapped );
    acceptor_iosb = queue_afd_begins( &acceptor->queues[DIRECTION_READ], overlapped );
    if (!listener->afd_pended)
    {
        socket_afd_pended( listener, AFD_PENDED );
        pollers_wake(); /* who polls the listener asks the server now */
    }
    status = afd_ioctl_overlapped( listener->id.handle, AFD_WINE_ACCEPT_INTO, &params, sizeof( params ), buffer, size,
                                   overlapped, NULL );
    if (!NT_ERROR( status ))
    {
        listener->conn.deferred_taken = status == STATUS_PENDING && listener->conn.deferred;
        listener->conn.deferred = FALSE;
        pollers_wake();
        socket_notify_changed( acceptor );
    }
    else
    {
        queue_afd_failed( &acceptor->queues[DIRECTION_READ], overlapped, acceptor_iosb );
        queue_afd_failed( &listener->queues[DIRECTION_READ], overlapped, iosb );
        acceptor->desc.accepted = FALSE;
        socket_connect_failed( acceptor, before );
    }
    if (!status && received && guarded_copy( &done, &overlapped->InternalHigh, sizeof( done ) ))
    {
        count = done;
        guarded_copy( received, &count, sizeof( count ) );
    }
    return error_from_status( status );
}

BOOL WINAPI provider_AcceptEx( SOCKET s, SOCKET accept_s, void *buffer, DWORD recv_len, DWORD local_len,
                               DWORD remote_len, DWORD *received, OVERLAPPED *overlapped )
{
    static const NTSTATUS pending = STATUS_PENDING;
    struct socket *listener = NULL, *acceptor = NULL;
    int result = 0;
    BOOL waiting;

    if (!overlapped) result = ERROR_INVALID_PARAMETER;
    else if (!guarded_touch( overlapped, sizeof( *overlapped ), TRUE )) result = WSAEFAULT;
    else
    {
        if (( listener = socket_grab( s, &result ) )) acceptor = socket_grab( accept_s, &result );
        waiting = acceptor && acceptex_acceptor_is_waiting( acceptor );
        last_user_leave( overlapped );
        guarded_copy( &overlapped->Internal, &pending, sizeof( pending ) ); /* also where the call fails */
        if (acceptor && ( waiting || !acceptex_is_listening( listener ) )) result = WSAEINVAL;
        else if (acceptor)
            result = acceptex_accept_into( listener, acceptor, buffer, recv_len, local_len, remote_len, received,
                                           overlapped );
        if (acceptor) socket_release( acceptor );
        if (listener) socket_release( listener );
    }
    SetLastError( result );
    return !result;
}

/* The server stores the length, an int, before each address. */
static void acceptex_return_address( char *pos, DWORD room, struct sockaddr **addr, int *len )
{
    struct sockaddr *where = (struct sockaddr *)( pos + sizeof( int ) );
    int size, path_size;

    if (!room || !guarded_copy( &size, pos, sizeof( size ) )) return;
    if (room > sizeof( int ) && ( path_size = path_socket_accepted( where, room - sizeof( int ) ) )) size = path_size;
    if (addr) guarded_copy( addr, &where, sizeof( where ) );
    if (len) guarded_copy( len, &size, sizeof( size ) );
}

void WINAPI provider_GetAcceptExSockaddrs( void *buffer, DWORD recv_len, DWORD local_len, DWORD remote_len,
                                           struct sockaddr **local, int *local_addr_len, struct sockaddr **remote,
                                           int *remote_addr_len )
{
    char *pos = (char *)buffer + recv_len;

    acceptex_return_address( pos, local_len, local, local_addr_len );
    acceptex_return_address( pos + local_len, remote_len, remote, remote_addr_len );
}

/* Saves the request that would ask the server: a program that sets SO_UPDATE_ACCEPT_CONTEXT has seen AcceptEx
 * succeed. */
static void acceptex_note_accepted( struct socket *sock )
{
    const volatile OVERLAPPED *overlapped = (const volatile OVERLAPPED *)sock->queues[DIRECTION_READ].afd_iosb;
    DWORD status;

    if (sock->conn.state != CONNECTION_STARTED || !overlapped || !acceptex_is_last( overlapped, sock )
        || !guarded_copy( &status, (const void *)&overlapped->Internal, sizeof( status ) ) || status)
        return;
    sock->conn.bound = TRUE;
    sock->conn.state = CONNECTION_UP;
}

/* SO_UPDATE_ACCEPT_CONTEXT: the server did its part when AcceptEx completed. The option's value is the listener. */
int accept_update_context( struct socket *sock, const void *value, int len )
{
    struct socket *listener;
    int result = 0;
    SOCKET s;

    if (len < (int)sizeof( s ) || !guarded_copy( &s, value, sizeof( s ) )) return WSAEFAULT;
    acceptex_note_accepted( sock );
    if (!socket_ensure_descriptor( sock ) && !socket_is_connected( sock )) return WSAENOTCONN;
    if (!( listener = socket_grab( s, &result ) )) return result;
    if (!acceptex_is_listening( listener )) result = WSAEINVAL;
    socket_release( listener );
    return result;
}
