/*
 * The state of a socket that several processes have
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On Windows the mode, the shutdowns and the selection of events belong to the socket, whichever process sets them
 * (page "WSADuplicateSocketW function"). Here each process remembers them, and writes its changes where the others look
 * before they wait for data, and when a transfer ends as if the other process had shut it down. Nothing is shared
 * before a process has a descriptor of the connected socket, nor with one in tier afd. Two processes that change the
 * state in the same instant may lose one change.
 */

#ifndef WSURING_SHARED_STATE_H
#define WSURING_SHARED_STATE_H

#include "sockets/socket.h"

/* A descriptor has been taken: the process that has made the socket begins the state, others take it over. */
void shared_state_join( struct socket *sock );

/* A process is made that inherits handles. */
void shared_state_inherited( void );

/* May somebody else change the state? */
BOOL shared_state_is_shared( const struct socket *sock );

/* What the other processes have changed goes to sock->shared.nonblocking, recv_shutdown and send_shutdown. FALSE: there
 * is no shared state. */
BOOL shared_state_read( struct socket *sock );

/* These three have been changed here. */
void shared_state_write( struct socket *sock );

/* Events are selected here: returns the selection's number, which is another one when another process has selected
 * since. 0 if nothing is shared. */
UINT shared_state_select( struct socket *sock );
UINT shared_state_selection( struct socket *sock );

#endif /* WSURING_SHARED_STATE_H */
