/*
 * Datagram sockets that are bound to an address of an interface
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/bound_address.h"

static BOOL bound_address_is_one( const struct socket *sock, ULONG ipv4 )
{
    return engine != ENGINE_AFD && sock->id.type == SOCK_DGRAM && sock->id.family == AF_INET && ipv4
           && !socket_needs_afd( sock );
}

/* The host binds loopback addresses as they are. */
static BOOL bound_address_matters( const struct socket *sock )
{
    return bound_address_is_one( sock, sock->conn.local ) && (BYTE)sock->conn.local != 127 && sock->desc.fd != -1;
}

static void bound_address_apply( struct socket *sock, const struct sockaddr_in *peer )
{
    struct bound_address_params params
        = { .fd = sock->desc.fd, .address = sock->conn.local, .guard = sock->desc.guard };

    if (peer)
    {
        params.peer.address = peer->sin_addr.s_addr;
        params.peer.port = peer->sin_port;
    }
    unix_call( unix_bound_address, &params );
    sock->desc.guard = params.guard;
}

void bound_address_note( struct socket *sock )
{
    if (bound_address_matters( sock )) bound_address_apply( sock, NULL );
}

static NTSTATUS bound_address_ask( struct socket *sock, const struct sockaddr_in *addr, BOOL asks )
{
    struct bound_beside_params params = { .address = addr->sin_addr.s_addr, .port = addr->sin_port, .asks = asks };
    struct borrowed_descriptor borrowed;
    NTSTATUS status;

    if (( status = socket_borrow_descriptor( sock, &borrowed ) )) return status;
    params.fd = borrowed.fd;
    status = unix_call( unix_bound_beside, &params );
    socket_return_descriptor( &borrowed );
    return status;
}

BOOL bound_address_goes_beside( struct socket *sock, const struct sockaddr_in *addr )
{
    return bound_address_is_one( sock, addr->sin_addr.s_addr ) && addr->sin_port
           && !bound_address_ask( sock, addr, TRUE );
}

NTSTATUS bound_address_beside( struct socket *sock, const struct sockaddr_in *addr )
{
    return bound_address_ask( sock, addr, FALSE );
}

BOOL bound_address_connects( struct socket *sock, const struct sockaddr_in *peer )
{
    struct bound_source_params params = { .address = sock->conn.local, .peer = peer->sin_addr.s_addr };

    if (!bound_address_matters( sock ) || sock->desc.by_afd || !peer->sin_port) return TRUE;
    return unix_call( unix_bound_source, &params ) || params.right;
}

void bound_address_connect( struct socket *sock, const struct sockaddr_in *peer )
{
    memset( &sock->conn.group, 0, sizeof( sock->conn.group ) );
    memcpy( &sock->conn.group, peer, sizeof( *peer ) );
    sock->conn.own_peer = TRUE;
    bound_address_apply( sock, peer );
}

BOOL bound_address_disconnect( struct socket *sock )
{
    if (!sock->conn.own_peer) return FALSE;
    sock->conn.own_peer = FALSE;
    sock->conn.group.sin6_family = 0;
    bound_address_apply( sock, NULL );
    return TRUE;
}

ULONG bound_address_interface( const struct sockaddr_in *addr )
{
    struct bound_interface_params params = { .address = addr->sin_addr.s_addr };

    return unix_call( unix_bound_interface, &params ) ? 0 : params.index;
}
