/*
 * gethostbyname and gethostbyaddr
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"

/* ---- the structure, one block of memory: pointers, then addresses, then strings */

SIZE_T hostent_pack( const struct name_result *result, int family, struct hostent *host )
{
    const struct name_address *addrs = result_addresses( result );
    const char *alias, *name = result_name( result );
    SIZE_T addr_len = family == AF_INET6 ? 16 : 4, strings_len;
    UINT i, addr_count = 0;
    char *pos;

    if (!name) name = "";
    for (i = 0; i < result->address_count; i++) addr_count += addrs[i].family == family;
    for (i = 0, alias = (const char *)result + result->aliases; i < result->alias_count; i++)
        alias += strlen( alias ) + 1;
    strings_len = strlen( name ) + 1 + ( alias - ( (const char *)result + result->aliases ) );
    if (!host)
        return sizeof( *host ) + ( result->alias_count + addr_count + 2 ) * sizeof( char * ) + addr_count * addr_len
               + strings_len;

    host->h_addrtype = family;
    host->h_length = addr_len;
    host->h_aliases = (char **)( host + 1 );
    host->h_addr_list = host->h_aliases + result->alias_count + 1;
    pos = (char *)( host->h_addr_list + addr_count + 1 );
    for (i = addr_count = 0; i < result->address_count; i++)
    {
        if (addrs[i].family != family) continue;
        memcpy( pos, addrs[i].bytes, addr_len );
        host->h_addr_list[addr_count++] = pos;
        pos += addr_len;
    }
    host->h_addr_list[addr_count] = NULL;
    host->h_name = strcpy( pos, name );
    pos += strlen( name ) + 1;
    for (i = 0, alias = (const char *)result + result->aliases; i < result->alias_count; i++)
    {
        host->h_aliases[i] = strcpy( pos, alias );
        pos += strlen( alias ) + 1;
        alias += strlen( alias ) + 1;
    }
    host->h_aliases[i] = NULL;
    return pos - (char *)host;
}

static struct hostent *hostent_give( struct name_result *result, int family )
{
    struct hostent *host = storage_get( STORAGE_HOST, hostent_pack( result, family, NULL ) );

    if (host)
    {
        hostent_pack( result, family, host );
        SetLastError( 0 );
    }
    result_free( result );
    return host;
}

/* ---- lookups */

/* A machine with only loopback addresses gets 127.12.34.56, which the control path treats as its own
 * (wine-interfaces 1.7): programs that look for a "real" address refuse 127.0.0.1. */
int hostent_find_self( const char *self, struct name_result **result )
{
    static const struct name_address magic = { .family = AF_INET, .bytes = { 127, 12, 34, 56 } };
    int ret = local_addresses( self, AF_INET, result );

    if (ret != WSANO_DATA) return ret;
    *result = result_create( self, NULL, 0, &magic, 1 );
    return *result ? 0 : WSA_NOT_ENOUGH_MEMORY;
}

/* IPv4 only. This machine's name (also "") gives the addresses of its interfaces; an address gives itself. Returns a
 * Winsock error. */
int hostent_find( const char *name, struct name_result **result )
{
    struct name_address addr;
    char self[256];
    int ret;

    if (( ret = resolve_self( self, sizeof( self ) ) )) self[0] = 0;
    if (!name[0] && ret) return ret;
    if (!name[0] || ( !ascii_equal( name, "localhost" ) && resolve_is_self( name ) ))
        return hostent_find_self( self, result );
    if (address_parse( name, &addr ))
    {
        if (addr.family != AF_INET) return WSAHOST_NOT_FOUND;
        *result = result_create( name, NULL, 0, &addr, 1 );
        return *result ? 0 : WSA_NOT_ENOUGH_MEMORY;
    }
    if (( ret = resolve_host( name, AF_INET, result ) )) return ret;
    if (( *result )->address_count) return 0;
    result_free( *result );
    return WSANO_DATA;
}

int hostent_find_address( const void *addr, int len, int family, struct name_result **result )
{
    struct name_address address = { .family = family ? family : AF_INET };

    if (address.family != AF_INET && address.family != AF_INET6) return WSAEAFNOSUPPORT;
    if (len < ( address.family == AF_INET ? 4 : 16 ) || IsBadReadPtr( addr, address.family == AF_INET ? 4 : 16 ))
        return WSAEFAULT;
    memcpy( address.bytes, addr, address.family == AF_INET ? 4 : 16 );
    return resolve_peer( &address, result );
}

/* The result belongs to the thread and lasts until its next call of these two. NULL, last error: WSANOTINITIALISED,
 * WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY, WSANO_DATA, WSAEFAULT, WSAENOBUFS ("gethostbyname function"). name
 * NULL is "". */
struct hostent *WINAPI gethostbyname( const char *name )
{
    char utf8[NAME_LEN_MAX + 1];
    struct name_result *result;
    int ret;

    if (!NAMES_STARTED()) return NULL;
    if (!( ret = name_from_ansi( name, TRUE, utf8, sizeof( utf8 ), WSAHOST_NOT_FOUND ) )
        && ( ret = hostent_find( utf8, &result ) ))
        ret = space_resolve_others( ret, utf8, AF_INET, &result );
    if (!ret) return hostent_give( result, AF_INET );
    SetLastError( ret );
    return NULL;
}

/* addr: len bytes (4 or 16, more are ignored) in network order ("gethostbyaddr function"). */
struct hostent *WINAPI gethostbyaddr( const char *addr, int len, int family )
{
    struct name_result *result;
    int ret;

    if (!NAMES_STARTED()) return NULL;
    if (!( ret = hostent_find_address( addr, len, family, &result ) ))
        return hostent_give( result, family ? family : AF_INET );
    SetLastError( ret );
    return NULL;
}
