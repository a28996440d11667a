/*
 * Network events: what WSAEventSelect or WSAAsyncSelect has selected of a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * As long as a socket is a listener, or isn't connected yet, the server notices its events; then the provider does,
 * from what the host says of its descriptor, and a socket that moves data costs the server one thing: that the
 * program's event is set, or its message posted.
 */

#ifndef WSURING_NETWORK_EVENTS_H
#define WSURING_NETWORK_EVENTS_H

#include "sockets/afd.h"
#include "sockets/network_change.h"
#include "sockets/socket.h"

/* Besides AFD_POLL_*, and unknown to the server */
enum
{
    EVENT_ADDRESSES = 0x10000 << CHANGE_ADDRESSES,
    EVENT_ROUTES = 0x10000 << CHANGE_ROUTES,
    EVENT_CHANGES = EVENT_ADDRESSES | EVENT_ROUTES,
};

struct selection
{
    HANDLE event; /* WSPEventSelect */
    HWND window;  /* WSPAsyncSelect; each of the two calls ends what the other has selected */
    UINT message;
    BOOL messages; /* it was WSPAsyncSelect */
    UINT mask;     /* AFD_POLL_*, EVENT_* */
};

/* An error leaves the old selection. */
NTSTATUS network_events_select( struct socket *sock, const struct selection *selection );

/* WSPEnumNetworkEvents: resets the event, if not NULL, and takes what has been recorded. */
NTSTATUS network_events_take( struct socket *sock, HANDLE event, struct afd_get_events_params *out );

/* A call that moves data this way is just going to: the server has posted the messages of the socket so far, as it was
 * selected before it was connected; if it is known which, they are the provider's from now on. */
void network_events_take_over( struct socket *sock, enum direction direction );

/* There is a selection of which the server doesn't know. */
BOOL network_events_selected( struct socket *sock );

/* A call has been made that enables these, AFD_POLL_*, again. */
void network_events_enable( struct socket *sock, UINT flags );

/* Records what has come, and sets the event. */
void network_events_look( struct socket *sock );

/* The program wants to be told of one change of the network after those that this count has. */
void network_events_arm( struct socket *sock, enum network_change change, LONG count );
void network_events_look_changes( struct socket *sock );

/* What the engine has to watch, POLL_*. */
UINT network_events_watched( const struct socket *sock );

/* An accepted socket has its listener's selection. */
void network_events_inherit( const struct socket *listener, struct socket *sock );

/* The socket has a new kernel socket, of which the server knows no selection. */
void network_events_renew( struct socket *sock );

/* A datagram socket has joined its group (WSPJoinLeaf), which the server knows nothing of. */
void network_events_connected( struct socket *sock );

/* No more events: the socket is being closed, or has been shut down. */
void network_events_end( struct socket *sock );

void network_events_free( struct socket *sock );

#endif /* WSURING_NETWORK_EVENTS_H */
