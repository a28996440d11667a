/*
 * WSPRecv and WSPRecvFrom
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "api/control.h"
#include "events/network_events.h"
#include "sockets/connection.h"
#include "sockets/option_host.h"
#include "sockets/shared_state.h"

/* Returns a datagram's source: as much of the address as fits, and its full length. */
static void recv_copy_source( const struct operation *op )
{
    INT room, len = op->addr_len;

    if (!op->from || !op->from_len || !len || !guarded_copy( &room, op->from_len, sizeof( room ) )) return;
    guarded_copy( op->from, op->addr, max( 0, min( room, len ) ) );
    guarded_copy( op->from_len, &len, sizeof( len ) );
}

/* The pages of recv and WSARecv: MSG_WAITALL is for streams that block, and for no such flags. */
static BOOL recv_can_wait_for_all( struct socket *sock, DWORD flags )
{
    if (sock->id.type != SOCK_STREAM || ( flags & ( MSG_PEEK | MSG_OOB | MSG_PARTIAL ) )) return FALSE;
    shared_state_read( sock );
    return !sock->shared.nonblocking;
}

BOOL recv_is_shut_down( struct socket *sock, DWORD flags )
{
    if (!sock->shared.recv_shutdown && shared_state_is_shared( sock )) shared_state_read( sock );
    if (!sock->shared.recv_shutdown) return FALSE;
    if (!( flags & MSG_OOB ))
    {
        network_events_enable( sock, AFD_POLL_READ );
        network_events_look( sock );
    }
    return TRUE;
}

/* Then urgent data is read in its place. The host would wait for it. */
static BOOL recv_is_urgent_in_line( struct socket *sock )
{
    int value = 0;
    UINT len = sizeof( value );

    return engine != ENGINE_AFD && !option_host_get( sock, OPTION_SOL_SOCKET_SO_OOBINLINE, &value, &len ) && value;
}

static int recv_buffers( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, struct sockaddr *from,
                         int *from_len, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                         WSATHREADID *thread )
{
    struct operation op;
    struct socket *sock;
    int err, room;

    if (!( sock = socket_grab( s, &err ) )) return err;
    operation_init( &op, sock, DIRECTION_READ, overlapped, routine );
    op.flags_out = flags;
    op.from = from;
    op.from_len = from_len;

    if (!count) err = WSAEINVAL;
    else if (!buffers || !flags || !operation_can_count( received, overlapped )
             || !guarded_touch( flags, sizeof( *flags ), TRUE )
             || !guarded_copy( &op.flags, flags, sizeof( op.flags ) ))
        err = WSAEFAULT;
    else if (from
             && ( !from_len || !guarded_touch( from_len, sizeof( *from_len ), TRUE )
                  || !guarded_copy( &room, from_len, sizeof( room ) ) ))
        err = WSAEFAULT;
    else if (from && sock->id.type != SOCK_STREAM
             && ( room < ( sock->id.family == AF_INET6 ? 28 : 16 ) || !guarded_touch( from, room, TRUE ) ))
        err = WSAEFAULT;
    else if (op.flags & ~( MSG_OOB | MSG_PEEK | MSG_WAITALL | MSG_PARTIAL | MSG_PUSH_IMMEDIATE )) err = WSAEOPNOTSUPP;
    else if (( op.flags & MSG_OOB ) && sock->id.type != SOCK_STREAM) err = WSAEOPNOTSUPP;
    else if (( op.flags & MSG_WAITALL ) && !recv_can_wait_for_all( sock, op.flags )) err = WSAEOPNOTSUPP;
    else if (( op.flags & MSG_OOB ) && recv_is_urgent_in_line( sock )) err = WSAEINVAL;
    else if (recv_is_shut_down( sock, op.flags )) err = WSAESHUTDOWN;
    else if (sock->id.type == SOCK_DGRAM && !socket_is_bound( sock )) err = WSAEINVAL;
    else if (op.routine && ( !thread || !guarded_copy( &op.thread, thread, sizeof( op.thread ) ) )) err = WSAEFAULT;
    else if (!( err = operation_capture( &op, buffers, count ) ))
    {
        op.fill = ( op.flags & MSG_WAITALL ) != 0;
        op.flags &= MSG_OOB | MSG_PEEK;
        err = operation_run( &op, received );
        if (!err || err == WSAEMSGSIZE)
        {
            DWORD out = err ? MSG_PARTIAL : 0;

            guarded_copy( flags, &out, sizeof( out ) );
            if (sock->id.type != SOCK_STREAM) recv_copy_source( &op );
        }
        else if (err == WSAECONNRESET && sock->id.type != SOCK_STREAM) recv_copy_source( &op ); /* whose port it was */
        operation_discard( &op );
    }
    socket_release( sock );
    return err;
}

int WSPAPI WSPRecv( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, WSAOVERLAPPED *overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    return spi_result( recv_buffers( s, buffers, count, received, flags, NULL, NULL, overlapped, routine, thread ),
                       err );
}

int WSPAPI WSPRecvFrom( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, struct sockaddr *from,
                        int *from_len, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                        WSATHREADID *thread, int *err )
{
    return spi_result( recv_buffers( s, buffers, count, received, flags, from, from_len, overlapped, routine, thread ),
                       err );
}
