/*
 * What all kinds of sends need
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_SEND_H
#define WSURING_SEND_H

#include "operations/operation.h"

/* Is there a destination? For a socket from elsewhere only the server knows. */
BOOL send_has_peer( const struct socket *sock );

/* Captures a datagram's destination. Returns a Winsock error. */
int send_capture_destination( struct operation *op, const struct sockaddr *to, int to_len );

#endif /* WSURING_SEND_H */
