/*
 * Notifications of sockets' states as packets of a completion port (ProcessSocketNotifications)
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A registration has at most one packet in its port; what happens meanwhile is added to it. It is looked at again when
 * the packet is taken, and a registration by level once more before the thread waits for the next packet: so what the
 * program has dealt with isn't reported again, and what it has left is.
 */

#ifndef WSURING_SOCKET_NOTIFY_H
#define WSURING_SOCKET_NOTIFY_H

#include "ports/port.h"
#include "sockets/socket.h"

struct notify_request
{
    HANDLE port;
    ULONG_PTR key;
    UINT filter;    /* SOCK_NOTIFY_REGISTER_EVENT_* */
    UINT operation; /* SOCK_NOTIFY_OP_* */
    UINT trigger;   /* SOCK_NOTIFY_TRIGGER_* */
};

/* Returns 0, WSAEINVAL, ERROR_NOT_FOUND (nothing is registered), ERROR_ALREADY_EXISTS (with another port, or its
 * removal hasn't been taken from the port yet), WSAENOBUFS or WSAEOPNOTSUPP (without hooks, nobody sees packets being
 * taken). */
int socket_notify_change( struct socket *sock, const struct notify_request *request );

/* The engine has reported `ready' (POLL_*) for it. */
void socket_notify_ready( struct socket *sock, UINT ready );

/* The program has made something of the socket (bound, listening, connected ...). */
void socket_notify_changed( struct socket *sock );

/* Before a call that takes data or a connection: what comes from then on is news. */
void socket_notify_begins( struct socket *sock, enum direction direction );
/* After it, and after a send; full: it would block. */
void socket_notify_ended( struct socket *sock, enum direction direction, BOOL full );

/* What the engine must watch, POLL_*. */
UINT socket_notify_watched( const struct socket *sock );

/* The socket is being closed; it is gone. */
void socket_notify_end( struct socket *sock );
void socket_notify_free( struct socket *sock );

/* ---- for the hooks of ports */

extern volatile LONG socket_notify_used; /* has there been a registration? */

/* Before a thread waits for packets. */
void socket_notify_look_again( void );
/* It has taken these. Returns how many are left for the program. */
ULONG socket_notify_taken( struct port_packet *packets, ULONG count );

#endif /* WSURING_SOCKET_NOTIFY_H */
