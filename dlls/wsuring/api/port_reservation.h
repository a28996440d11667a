/*
 * Blocks of ports that are kept for sockets of this process (page "SIO_ACQUIRE_PORT_RESERVATION control code")
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_PORT_RESERVATION_H
#define WSURING_PORT_RESERVATION_H

#include "api/ioctl.h"

/* The three ioctls; each returns a Winsock error. */
int ioctl_port_acquire( struct ioctl_call *call );
int ioctl_port_associate( struct ioctl_call *call );
int ioctl_port_release( struct ioctl_call *call );

/* Binds a socket that is associated with a reservation. port: in host order; 0 for any of the block. bind binds it
 * to a port. Returns a Winsock error: WSAEADDRNOTAVAIL for a port that isn't of the block, WSAENOBUFS when all are
 * in use. */
int port_reservation_bind( struct socket *sock, USHORT port,
                           int ( *bind )( struct socket *sock, USHORT port, void *arg ), void *arg );

/* The socket is closed: its reservations are released, and its own port returns to its reservation. */
void port_reservation_socket_gone( struct socket *sock );

#endif /* WSURING_PORT_RESERVATION_H */
