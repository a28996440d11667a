/*
 * The state of a socket that several processes have
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On Windows the mode, the shutdowns and the event selection belong to the socket, whichever process sets them (page
 * "WSADuplicateSocketW function"). Here each process remembers them and publishes its changes. The others check
 * before they wait for data, and when a transfer ends as if another process had shut it down. Nothing is shared
 * before a process has a descriptor of the connected socket, nor with processes in tier afd. If two processes change
 * the state in the same instant, one change may be lost.
 */

#ifndef WSURING_SHARED_STATE_H
#define WSURING_SHARED_STATE_H

#include "sockets/socket.h"

/* A descriptor has been taken: the socket's creator initializes the state, other processes adopt it. */
void shared_state_join( struct socket *sock );

/* A process that inherits handles is created. */
void shared_state_inherited( void );

/* May another process change the state? */
BOOL shared_state_is_shared( const struct socket *sock );

/* Updates sock->shared.nonblocking, recv_shutdown and send_shutdown with other processes' changes. FALSE: there is
 * no shared state. */
BOOL shared_state_read( struct socket *sock );

/* These three have been changed here. */
void shared_state_write( struct socket *sock );

/* This process selects events: returns the selection's number, which changes when another process selects. 0 if
 * nothing is shared. */
UINT shared_state_select( struct socket *sock );
UINT shared_state_selection( struct socket *sock );

#endif /* WSURING_SHARED_STATE_H */
