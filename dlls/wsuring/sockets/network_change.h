/*
 * Changes of the network: addresses and routes that come and go
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_NETWORK_CHANGE_H
#define WSURING_NETWORK_CHANGE_H

#include "sockets/socket.h"

enum network_change
{
    CHANGE_ADDRESSES, /* SIO_ADDRESS_LIST_CHANGE, FD_ADDRESS_LIST_CHANGE */
    CHANGE_ROUTES,    /* SIO_ROUTING_INTERFACE_CHANGE, FD_ROUTING_INTERFACE_CHANGE */
    CHANGE_COUNT
};

/* Have there been changes for the socket's family since its count was this? */
BOOL network_change_since( const struct socket *sock, enum network_change change, LONG count );

/* How many there have been, as far as they have been looked at. */
LONG network_change_count( const struct socket *sock, enum network_change change );

/* Counts what the host has reported meanwhile: TRUE if there is something new, which the caller passes on. start: has
 * the host watched from now on, if it isn't yet. */
BOOL network_change_look( BOOL start );
BOOL network_change_is_watched( void );

#endif /* WSURING_NETWORK_CHANGE_H */
