/*
 * Datagram sockets that are bound to an address of an interface
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server binds such a socket to the wildcard address and the interface (wine-interfaces 1.7). What is for the
 * interface's other addresses is kept from it, so that sockets of these may have the same port.
 */

#ifndef WSURING_BOUND_ADDRESS_H
#define WSURING_BOUND_ADDRESS_H

#include "sockets/socket.h"

/* The server has bound it, or a disconnect has undone what this did. */
void bound_address_note( struct socket *sock );

/* The server refuses a port that is taken: would it go beside the socket that has it? Then, after the server has bound
 * it to any port, binds it there. */
BOOL bound_address_goes_beside( struct socket *sock, const struct sockaddr_in *addr );
NTSTATUS bound_address_beside( struct socket *sock, const struct sockaddr_in *addr );

/* Would the host's connect leave the socket its name, and reach the peer? If not, the second connects without the host,
 * and the third ends that; FALSE if it isn't connected so. */
BOOL bound_address_connects( struct socket *sock, const struct sockaddr_in *peer );
void bound_address_connect( struct socket *sock, const struct sockaddr_in *peer );
BOOL bound_address_disconnect( struct socket *sock );

/* The interface by which an address of the host is reached, 0 if it isn't the host's. */
ULONG bound_address_interface( const struct sockaddr_in *addr );

#endif /* WSURING_BOUND_ADDRESS_H */
