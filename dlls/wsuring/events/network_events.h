/*
 * Network events: what WSAEventSelect or WSAAsyncSelect has selected for a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * While a socket is a listener or isn't connected yet, the server detects its events. Then the provider does, from
 * the host's reports on its descriptor. A socket that moves data then costs one wineserver request: to set the
 * program's event or post its message.
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
    HWND window;  /* WSPAsyncSelect; each of the two calls ends the other's selection */
    UINT message;
    BOOL messages; /* it was WSPAsyncSelect */
    UINT mask;     /* AFD_POLL_*, EVENT_* */
};

/* An error leaves the old selection. */
NTSTATUS network_events_select( struct socket *sock, const struct selection *selection );

/* WSPEnumNetworkEvents: resets the event, if not NULL, and takes the recorded events. */
NTSTATUS network_events_take( struct socket *sock, HANDLE event, struct afd_get_events_params *out );

/* Before a call that moves data. The server has detected the socket's events so far, because it was selected before it
 * was connected; if we know which it has posted or recorded, the provider detects them from now on. */
void network_events_take_over( struct socket *sock, enum direction direction, BOOL overlapped );

/* Is there a selection that the server doesn't know? */
BOOL network_events_selected( struct socket *sock );

/* A call has enabled these (AFD_POLL_*) again. */
void network_events_enable( struct socket *sock, UINT flags );

/* Records new events, and sets the program's event. */
void network_events_look( struct socket *sock );

/* The program wants one change of the network after this count to be reported. */
void network_events_arm( struct socket *sock, enum network_change change, LONG count );
void network_events_look_changes( struct socket *sock );

/* What the engine must watch, POLL_*. */
UINT network_events_watched( const struct socket *sock );

/* An accepted socket inherits its listener's selection. */
void network_events_inherit( const struct socket *listener, struct socket *sock );

/* The socket has a new kernel socket, for which the server has no selection. */
void network_events_renew( struct socket *sock );

/* A datagram socket has joined its group (WSPJoinLeaf), without the server's knowledge. */
void network_events_connected( struct socket *sock );

/* No more events: the socket is being closed, or has been shut down. */
void network_events_end( struct socket *sock );

void network_events_free( struct socket *sock );

#endif /* WSURING_NETWORK_EVENTS_H */
