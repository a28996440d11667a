/*
 * Sockets that are used again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_RECYCLE_H
#define WSURING_RECYCLE_H

#include "sockets/socket.h"

/* Can the socket be given another kernel socket? */
BOOL recycle_is_possible( const struct socket *sock );

/* A recycled socket is connected again: its descriptor, parked till now, becomes that of the connection. */
BOOL recycle_reconnected( struct socket *sock );

/* Gives the handle a new kernel socket, with its completion port and its mode. What the server has still to do with the
 * old one is cancelled. */
NTSTATUS recycle_new_file( struct socket *sock );

/* All descriptors of the old kernel socket in this process, ntdll's included, one of which is fd, become ones of the
 * handle's new one. */
NTSTATUS recycle_replace_descriptors( struct socket *sock, int fd );

#endif /* WSURING_RECYCLE_H */
