/*
 * Connecting to a host of an own network that may be absent
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_NEAR_PEER_H
#define WSURING_NEAR_PEER_H

#include "sockets/socket.h"

/* Before a connect: has the host go on trying where nobody answers to ARP. fd: the socket's descriptor. FALSE: the
 * kernel socket can't connect to this address any more, after an earlier attempt. */
BOOL near_peer_begins( struct socket *sock, int fd, const void *addr, UINT addr_len );

/* The connection stands, or the program asks about the socket: all is as before. */
void near_peer_ends( struct socket *sock, int fd );

#endif /* WSURING_NEAR_PEER_H */
