/*
 * The state of a socket that several processes have
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/shared_state.h"

#define REMEMBERED ( SHARED_NONBLOCKING | SHARED_RECV_SHUTDOWN | SHARED_SEND_SHUTDOWN )

static UINT own_state( const struct socket *sock )
{
    return ( sock->shared.nonblocking ? SHARED_NONBLOCKING : 0 )
           | ( sock->shared.recv_shutdown ? SHARED_RECV_SHUTDOWN : 0 )
           | ( sock->shared.send_shutdown ? SHARED_SEND_SHUTDOWN : 0 );
}

/* Returns 0 if there is none. */
static UINT shared_state_exchange( struct socket *sock, UINT mask, UINT state, BOOL select )
{
    struct shared_state_params params = { .fd = sock->desc.fd, .mask = mask, .state = state, .select = select };

    return sock->desc.fd == -1 || unix_call( unix_shared_state, &params ) ? 0 : params.state;
}

static BOOL inherited;

void shared_state_inherited( void )
{
    inherited = TRUE;
}

BOOL shared_state_is_shared( const struct socket *sock )
{
    return sock->shared.foreign || sock->shared.duplicated
           || ( ( inherited || !interposed ) && !( sock->id.flags & WSA_FLAG_NO_HANDLE_INHERIT ) );
}

BOOL shared_state_read( struct socket *sock )
{
    UINT state = shared_state_exchange( sock, 0, 0, FALSE );

    if (!( state & SHARED_KNOWN )) return FALSE;
    sock->shared.nonblocking = ( state & SHARED_NONBLOCKING ) != 0;
    if (state & SHARED_RECV_SHUTDOWN) sock->shared.recv_shutdown = TRUE;
    if (state & SHARED_SEND_SHUTDOWN) sock->shared.send_shutdown = TRUE;
    return TRUE;
}

void shared_state_join( struct socket *sock )
{
    if (sock->shared.foreign) sock->shared.known = shared_state_read( sock );
    else shared_state_exchange( sock, REMEMBERED | SHARED_KNOWN, own_state( sock ) | SHARED_KNOWN, FALSE );
}

void shared_state_write( struct socket *sock )
{
    if (!sock->shared.foreign || sock->shared.known)
        shared_state_exchange( sock, REMEMBERED, own_state( sock ), FALSE );
}

UINT shared_state_select( struct socket *sock )
{
    return sock->shared.foreign && !sock->shared.known
               ? 0
               : shared_state_exchange( sock, SHARED_NONBLOCKING, SHARED_NONBLOCKING, TRUE )
                     & ( SHARED_SELECTION | SHARED_KNOWN );
}

UINT shared_state_selection( struct socket *sock )
{
    UINT state = shared_state_exchange( sock, 0, 0, FALSE );

    return state & SHARED_KNOWN ? state & ( SHARED_SELECTION | SHARED_KNOWN ) : 0;
}
