/*
 * The connection of a socket: whether it stands, and how it has ended
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/connection.h"
#include "base/handle_life.h"
#include "sockets/afd.h"
#include "sockets/shared_state.h"

/* Asks the server whether a connect has succeeded. The kernel may know earlier, but until the server knows, shutdown
 * and other calls would still fail (wine-interfaces 2.1). */
BOOL socket_is_connected( struct socket *sock )
{
    DWORD seconds = ~0u;

    if (sock->conn.state == CONNECTION_UP) return TRUE;
    /* another process may have connected it */
    if (sock->conn.state != CONNECTION_STARTED
        && ( sock->conn.state != CONNECTION_NONE || !shared_state_is_shared( sock ) ))
        return FALSE;
    if (afd_ioctl( sock->id.handle, AFD_WINE_GET_SO_CONNECT_TIME, NULL, 0, &seconds, sizeof( seconds ), NULL )
        || seconds == ~0u)
        return FALSE;
    sock->conn.state = CONNECTION_UP;
    sock->conn.bound = TRUE;
    return TRUE;
}

BOOL socket_is_bound( struct socket *sock )
{
    BYTE addr[128];

    if (!sock->conn.bound && !afd_ioctl( sock->id.handle, AFD_GETSOCKNAME, NULL, 0, addr, sizeof( addr ), NULL ))
        sock->conn.bound = TRUE;
    return sock->conn.bound;
}

BOOL socket_may_transfer( struct socket *sock )
{
    return sock->shared.foreign || socket_is_connected( sock );
}

BOOL connection_is_open( const void *arg )
{
    const struct socket *sock = arg;

    return !sock->id.closing && ( sock->id.handles || sock->id.stamp == handle_life_stamp( sock->id.handle ) );
}

/* The server consumes a reset when it sees one, and later receives return 0, like the end of the stream. Its poll
 * still reports the reset. */
BOOL connection_was_reset( struct socket *sock )
{
    union
    {
        struct afd_poll_params params;
        BYTE size[offsetof( struct afd_poll_params, sockets ) + sizeof( struct afd_poll_entry )];
    } in = { { 0 } }, out = { { 0 } };

    in.params.count = 1;
    in.params.sockets[0].socket = sock->id.handle;
    in.params.sockets[0].flags = AFD_POLL_RESET;
    return !afd_poll( &in.params, &out.params, sizeof( in ), connection_is_open, sock ) && out.params.count
           && out.params.sockets[0].flags & AFD_POLL_RESET;
}

/* How a connection has ended; STATUS_SUCCESS: it hasn't, or in order. The server's poll may have consumed the error.
 * As long as we haven't ended our side, a connection closed in both directions was cut. */
NTSTATUS connection_end_status( struct socket *sock )
{
    struct descriptor_query_params query = { .fd = sock->desc.fd, .what = DESCRIPTOR_CLOSED };

    if (unix_call( unix_descriptor_query, &query )) return STATUS_SUCCESS;
    switch (query.value)
    {
    case CLOSED_NOT: return STATUS_SUCCESS;
    case CLOSED_BY_KEEPALIVE: return STATUS_NETWORK_NAME_DELETED; /* WSAENETRESET */
    case CLOSED_BY_RETRANSMISSION: return STATUS_CONNECTION_ABORTED;
    default:
        if (!sock->shared.send_shutdown) shared_state_read( sock );
        return !sock->shared.send_shutdown || connection_was_reset( sock ) ? STATUS_CONNECTION_RESET : STATUS_SUCCESS;
    }
}
