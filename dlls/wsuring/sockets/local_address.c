/*
 * Kinds of addresses, and whose they are
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/local_address.h"

/* The IPv4 address in host order. FALSE if it is none. */
static BOOL local_address_as_ipv4( const void *addr, ULONG *ipv4 )
{
    static const BYTE mapped[12] = { [10] = 0xff, [11] = 0xff };
    const struct sockaddr_in *in = addr;
    const struct sockaddr_in6 *in6 = addr;

    if (in->sin_family == AF_INET) *ipv4 = __builtin_bswap32( in->sin_addr.s_addr );
    else if (in->sin_family == AF_INET6 && !memcmp( &in6->sin6_addr, mapped, sizeof( mapped ) ))
    {
        memcpy( ipv4, in6->sin6_addr.s6_addr + sizeof( mapped ), sizeof( *ipv4 ) );
        *ipv4 = __builtin_bswap32( *ipv4 );
    }
    else return FALSE;
    return TRUE;
}

BOOL address_is_wildcard( const void *addr )
{
    static const struct in6_addr any;
    const struct sockaddr_in6 *in6 = addr;
    ULONG ipv4;

    if (local_address_as_ipv4( addr, &ipv4 )) return !ipv4;
    return in6->sin6_family == AF_INET6 && !memcmp( &in6->sin6_addr, &any, sizeof( any ) );
}

BOOL address_is_group( const void *addr )
{
    const struct sockaddr_in6 *in6 = addr;
    ULONG ipv4;

    if (local_address_as_ipv4( addr, &ipv4 )) return ipv4 >> 28 == 14;
    return in6->sin6_family == AF_INET6 && in6->sin6_addr.s6_addr[0] == 0xff;
}

BOOL address_is_broadcast( const void *addr, int len )
{
    struct local_address_params params = { .addr = (UINT_PTR)addr, .addr_len = len };
    ULONG ipv4;

    /* a subnet's is odd */
    if (!local_address_as_ipv4( addr, &ipv4 ) || !( ipv4 & 1 ) || ipv4 >> 24 == 127) return FALSE;
    if (ipv4 == INADDR_BROADCAST) return TRUE;
    return engine != ENGINE_AFD && !unix_call( unix_local_address, &params ) && params.kind == LOCAL_ADDRESS_BROADCAST;
}

int local_address_check( const void *addr, int len )
{
    struct local_address_params params = { .addr = (UINT_PTR)addr, .addr_len = len };
    ULONG ipv4;

    if (address_is_wildcard( addr )) return 0;
    if (local_address_as_ipv4( addr, &ipv4 ))
    {
        if (ipv4 >> 24 == 127) return 0;
        if (ipv4 == INADDR_BROADCAST) return WSAEADDRNOTAVAIL;
    }
    if (address_is_group( addr )) return WSAEADDRNOTAVAIL;
    if (engine == ENGINE_AFD || unix_call( unix_local_address, &params )) return 0;
    return params.kind == LOCAL_ADDRESS_OWN ? 0 : WSAEADDRNOTAVAIL;
}
