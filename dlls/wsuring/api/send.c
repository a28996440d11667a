/*
 * WSPSend and WSPSendTo
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "api/control.h"
#include "api/send.h"
#include "sockets/local_address.h"
#include "sockets/shared_state.h"

/* Is there a destination? For a socket that other processes have, too, only the server knows. */
BOOL send_has_peer( const struct socket *sock )
{
    return sock->conn.state == CONNECTION_UP || sock->conn.group.sin6_family || sock->conn.state == CONNECTION_STARTED
           || shared_state_is_shared( sock ) || sock->id.type == SOCK_RAW;
}

/* Where a datagram goes. A stream ignores the address, and a connected datagram socket one of length 0. */
int send_capture_destination( struct operation *op, const struct sockaddr *to, int to_len )
{
    BOOL inet = op->sock->id.family == AF_INET || op->sock->id.family == AF_INET6;
    int size = op->sock->id.family == AF_INET6 ? sizeof( struct sockaddr_in6 ) : sizeof( struct sockaddr_in );

    if (op->sock->conn.group.sin6_family && ( !to || !to_len ))
    {
        memcpy( op->addr, &op->sock->conn.group, op->addr_len = size );
        return 0;
    }
    if (!to || ( !to_len && op->sock->conn.state == CONNECTION_UP )) return 0;
    if (to_len < ( inet ? size : 2 )) return WSAEFAULT;
    op->addr_len = min( to_len, (int)sizeof( op->addr ) );
    if (!guarded_copy( op->addr, to, op->addr_len )) return WSAEFAULT;
    if (( (struct sockaddr *)op->addr )->sa_family != op->sock->id.family) return WSAEAFNOSUPPORT;
    /* the host would take the wildcard to mean itself */
    if (inet && address_is_wildcard( op->addr )) return WSAEADDRNOTAVAIL;
    /* Port 0 is refused, as the page has it; but a socket that isn't bound yet sends, says Wine's test of Windows. The
     * server would refuse that too. */
    if (inet && op->sock->id.type == SOCK_DGRAM && !( (struct sockaddr_in *)op->addr )->sin_port)
    {
        if (op->sock->conn.bound) return WSAEADDRNOTAVAIL;
        if (engine != ENGINE_AFD) return bind_to_any( op->sock );
    }
    return 0;
}

/* The rules are those of docs/lpwspsend.md, S1 to D2. */
static int send_buffers( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, const struct sockaddr *to,
                         int to_len, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                         WSATHREADID *thread )
{
    struct operation op;
    struct socket *sock;
    int err;

    if (!( sock = socket_grab( s, &err ) )) return err;
    operation_init( &op, sock, DIRECTION_WRITE, overlapped, routine );
    op.flags = flags;

    if (!count) err = WSAEINVAL;
    else if (!buffers || !operation_can_count( sent, overlapped )) err = WSAEFAULT;
    else if (flags & ~( MSG_OOB | MSG_DONTROUTE ))
        err = WSAEOPNOTSUPP; /* MSG_PARTIAL: no transport here has partial messages (F3) */
    else if (( flags & MSG_OOB ) && sock->id.type != SOCK_STREAM) err = WSAEOPNOTSUPP; /* F2 */
    else if (sock->shared.send_shutdown) err = WSAESHUTDOWN;
    else if (op.routine && ( !thread || !guarded_copy( &op.thread, thread, sizeof( op.thread ) ) )) err = WSAEFAULT;
    else if (!send_has_peer( sock ) && ( sock->id.type == SOCK_STREAM || !to )) err = WSAENOTCONN;
    else if (sock->id.type == SOCK_STREAM || !( err = send_capture_destination( &op, to, to_len ) ))
        err = operation_capture( &op, buffers, count );
    if (!err && ( sock->message.segment_size || sock->conn.reservation ) && !sock->conn.bound)
        err = bind_to_any( sock ); /* the server would send it as one datagram, from any port */
    if (!err)
    {
        err = operation_run( &op, sent );
        operation_discard( &op );
    }
    socket_release( sock );
    return err;
}

int WSPAPI WSPSend( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, WSAOVERLAPPED *overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    return spi_result( send_buffers( s, buffers, count, sent, flags, NULL, 0, overlapped, routine, thread ), err );
}

int WSPAPI WSPSendTo( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, const struct sockaddr *to,
                      int to_len, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                      WSATHREADID *thread, int *err )
{
    return spi_result( send_buffers( s, buffers, count, sent, flags, to, to_len, overlapped, routine, thread ), err );
}
