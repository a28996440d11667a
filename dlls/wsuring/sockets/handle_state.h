/*
 * The state of a socket's handle
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_HANDLE_STATE_H
#define WSURING_HANDLE_STATE_H

#include "sockets/socket.h"

/* Around an operation whose only sign is the state of the socket's handle. */
void handle_state_begin( struct socket *sock );
void handle_state_ends( struct socket *sock ); /* before its status is written */
void handle_state_end( struct socket *sock );

/* The handles to wait for in place of these; room: MAXIMUM_WAIT_OBJECTS. */
const HANDLE *handle_state_replace( ULONG count, const HANDLE *handles, HANDLE *room );

#endif /* WSURING_HANDLE_STATE_H */
