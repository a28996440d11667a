/*
 * The connection of a socket: whether it stands, and how it has ended
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_CONNECTION_H
#define WSURING_CONNECTION_H

#include "sockets/socket.h"

/* Does the server consider it connected? Asks only if a connect may have succeeded meanwhile. */
BOOL socket_is_connected( struct socket *sock );

/* Has it an address? Asks if not known: a bind or a first send of another thread may have had its effect already. */
BOOL socket_is_bound( struct socket *sock );

/* Is there a stream to send on or receive from? For sockets from elsewhere the server decides. */
BOOL socket_may_transfer( struct socket *sock );

/* For polls by the server: does the handle of a struct socket name it still? One that is just being adopted isn't
 * entered, and nobody notes in it that it is closed. */
BOOL connection_is_open( const void *sock );

/* TRUE if the server has seen a reset of the connection. */
BOOL connection_was_reset( struct socket *sock );

/* How a connection has ended: STATUS_SUCCESS if it hasn't, or in order. */
NTSTATUS connection_end_status( struct socket *sock );

#endif /* WSURING_CONNECTION_H */
