/*
 * Kinds of addresses, and whose they are
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_LOCAL_ADDRESS_H
#define WSURING_LOCAL_ADDRESS_H

#include "base/provider.h"

/* addr: a whole sockaddr_in or sockaddr_in6, other families are neither. An IPv4 address in an IPv6 one counts as
 * what it is. */
BOOL address_is_wildcard( const void *addr );
BOOL address_is_group( const void *addr );

/* Is it a broadcast address of a network of the host? Tier `afd' knows none of a subnet. */
BOOL address_is_broadcast( const void *addr, int len );

/* May a socket be bound to it (page "bind function")? 0, or WSAEADDRNOTAVAIL for addresses that aren't the host's, for
 * groups and for broadcast addresses. Tier `afd' knows no broadcast address of a subnet. */
int local_address_check( const void *addr, int len );

#endif /* WSURING_LOCAL_ADDRESS_H */
