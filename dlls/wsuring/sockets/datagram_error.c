/*
 * Errors of datagrams that were sent
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On Windows a port that the network reports as unreachable is the error of a later receive, on a connected socket or
 * not, unless SIO_UDP_CONNRESET is off. The host makes it the error of any call, and has other errors besides.
 */

#include "sockets/datagram_error.h"

void datagram_errors_watch( struct socket *sock )
{
    struct datagram_errors_watch_params params = { .fd = sock->desc.fd };

    if (engine == ENGINE_AFD || sock->id.type != SOCK_DGRAM || sock->desc.fd == -1 || socket_needs_afd( sock )) return;
    /* the server would not take them from the queue */
    params.on = !sock->desc.by_afd && !sock->options.ignore_unreachable;
    if (params.on == sock->desc.keeps_errors) return;
    sock->desc.keeps_errors = params.on;
    unix_call( unix_datagram_errors_watch, &params );
    if (sock->options.ignore_unreachable) sock->conn.unreachable = FALSE;
}

static void datagram_error_keep( struct socket *sock, const void *addr, UINT len )
{
    if (sock->options.ignore_unreachable) return;
    lock_acquire( &sock->message.lock );
    if (!sock->conn.unreachable)
    {
        sock->conn.unreachable_len = min( len, sizeof( sock->conn.unreachable_addr ) );
        memcpy( &sock->conn.unreachable_addr, addr, sock->conn.unreachable_len );
        sock->conn.unreachable = TRUE;
    }
    lock_release( &sock->message.lock );
}

BOOL datagram_errors_take( struct socket *sock )
{
    struct datagram_errors_take_params params = { .fd = sock->desc.fd };

    if (unix_call( unix_datagram_errors_take, &params )) return FALSE;
    if (params.addr_len) datagram_error_keep( sock, params.addr, params.addr_len );
    return params.count != 0;
}

void datagram_error_note( struct socket *sock )
{
    datagram_error_keep( sock, NULL, 0 );
}

BOOL datagram_error_report( struct socket *sock, void *addr, UINT room, UINT *len )
{
    BOOL found;

    if (!sock->conn.unreachable) return FALSE;
    lock_acquire( &sock->message.lock );
    if (( found = sock->conn.unreachable ))
    {
        *len = min( sock->conn.unreachable_len, room );
        memcpy( addr, &sock->conn.unreachable_addr, *len );
        sock->conn.unreachable = FALSE;
    }
    lock_release( &sock->message.lock );
    return found && !sock->options.ignore_unreachable;
}
