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

/* A recycled socket is connected again: its parked descriptor becomes that of the connection. */
BOOL recycle_reconnected( struct socket *sock );

/* Gives the handle a new kernel socket, with its completion port and its mode. Cancels what is still pending in the
 * server on the old one. */
NTSTATUS recycle_new_file( struct socket *sock );

/* Makes all descriptors of the old kernel socket in this process (fd is one of them), ntdll's included, refer to the
 * handle's new one. */
NTSTATUS recycle_replace_descriptors( struct socket *sock, int fd );

#endif /* WSURING_RECYCLE_H */
