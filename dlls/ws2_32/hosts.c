/*
 * Hosts files, and the addresses of this machine
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"
#include <iphlpapi.h>

#define HOSTS_MAX 64 /* addresses or aliases of one name */

struct found
{
    struct name_address addrs[HOSTS_MAX];
    UINT addr_count;
    char name[NAME_LEN_MAX + 1];
    char aliases[4096];
    UINT alias_count, alias_len;
};

static BOOL hosts_line_address( const struct text_line *line, struct name_address *addr )
{
    char str[INET6_ADDRSTRLEN];
    UINT len = line->field[0].len;

    if (len >= sizeof( str ) || line->count < 2) return FALSE;
    memcpy( str, line->field[0].str, len );
    str[len] = 0;
    return address_parse( str, addr );
}

/* A host's first line gives its official name; all its other names are aliases. */
static void hosts_line_add( struct found *found, const struct text_line *line, const struct name_address *addr )
{
    UINT i;

    if (found->addr_count < HOSTS_MAX) found->addrs[found->addr_count++] = *addr;
    if (!found->name[0])
        lstrcpynA( found->name, line->field[1].str, min( line->field[1].len + 1, sizeof( found->name ) ) );
    for (i = 1; i < line->count; i++)
    {
        UINT len = line->field[i].len;

        if (text_field_is( line, i, found->name )) continue;
        if (found->alias_count == HOSTS_MAX || found->alias_len + len + 1 > sizeof( found->aliases )) return;
        memcpy( found->aliases + found->alias_len, line->field[i].str, len );
        found->aliases[found->alias_len + len] = 0;
        found->alias_len += len + 1;
        found->alias_count++;
    }
}

static int hosts_result( const struct found *found, struct name_result **result )
{
    if (!found->addr_count) return WSAHOST_NOT_FOUND;
    *result = result_create( found->name, found->aliases, found->alias_count, found->addrs, found->addr_count );
    return *result ? 0 : WSA_NOT_ENOUGH_MEMORY;
}

/* Searches a hosts file for a name (then addr is NULL) or for an address. */
static int hosts_scan( int file, const char *name, int family, const struct name_address *addr,
                       struct name_result **result )
{
    struct text *text = text_open( file );
    struct name_address line_addr;
    struct text_line line;
    struct found *found;
    const char *pos;
    BOOL match;
    UINT i;
    int ret;

    if (!text) return WSAHOST_NOT_FOUND;
    if (!( found = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *found ) ) ))
    {
        text_close( text );
        return WSA_NOT_ENOUGH_MEMORY;
    }
    for (pos = text->data; text_next( &pos, &line );)
    {
        if (addr)
            match = hosts_line_address( &line, &line_addr ) && line_addr.family == addr->family
                    && !memcmp( line_addr.bytes, addr->bytes, 16 );
        else
        {
            for (i = 1, match = FALSE; i < line.count && !match; i++) match = text_field_is( &line, i, name );
            if (match) match = hosts_line_address( &line, &line_addr ) && ( !family || family == line_addr.family );
        }
        if (!match) continue;
        hosts_line_add( found, &line, &line_addr );
        if (addr) break;
    }
    ret = hosts_result( found, result );
    HeapFree( GetProcessHeap(), 0, found );
    text_close( text );
    return ret;
}

int hosts_find( int file, const char *name, int family, struct name_result **result )
{
    return hosts_scan( file, name, family, NULL, result );
}

int hosts_find_address( int file, const struct name_address *addr, struct name_result **result )
{
    return hosts_scan( file, NULL, 0, addr, result );
}

/* In the order of the host's resolver: ::1 before 127.0.0.1, but 0.0.0.0 before ::. */
int loopback_addresses( int family, BOOL passive, struct name_result **result )
{
    struct name_address addrs[2], v4 = { .family = AF_INET }, v6 = { .family = AF_INET6 };
    UINT count = 0;

    if (!passive)
    {
        v4.bytes[0] = 127;
        v4.bytes[3] = 1;
        v6.bytes[15] = 1;
    }
    if (passive && family != AF_INET6) addrs[count++] = v4;
    if (family != AF_INET) addrs[count++] = v6;
    if (!passive && family != AF_INET6) addrs[count++] = v4;
    *result = result_create( "localhost", NULL, 0, addrs, count );
    return *result ? 0 : WSA_NOT_ENOUGH_MEMORY;
}

/* ---- local addresses */

static IP_ADAPTER_ADDRESSES *local_adapters( void )
{
    ULONG( WINAPI * get_addresses )( ULONG family, ULONG flags, void *reserved, IP_ADAPTER_ADDRESSES *adapters,
                                     ULONG *size );
    HMODULE module = LoadLibraryW( L"iphlpapi.dll" ); /* loaded only here: it is large, and may import ws2_32 */
    IP_ADAPTER_ADDRESSES *adapters = NULL;
    ULONG ret, size = 16384;

    if (!module || !( get_addresses = (void *)GetProcAddress( module, "GetAdaptersAddresses" ) )) return NULL;
    do
    {
        HeapFree( GetProcessHeap(), 0, adapters );
        if (!( adapters = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, size ) )) return NULL;
        ret = get_addresses( AF_UNSPEC,
                             GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER
                                 | GAA_FLAG_INCLUDE_GATEWAYS,
                             NULL, adapters, &size );
    } while (ret == ERROR_BUFFER_OVERFLOW);
    if (!ret) return adapters;
    HeapFree( GetProcessHeap(), 0, adapters );
    return NULL;
}

struct local
{
    struct name_address addrs[HOSTS_MAX];
    ULONG rank[HOSTS_MAX];
    UINT count;
};

/* FALSE for loopback addresses and other families. */
static BOOL local_address( const SOCKET_ADDRESS *address, struct name_address *addr )
{
    static const BYTE loopback[16] = { [15] = 1 };

    memset( addr, 0, sizeof( *addr ) );
    addr->family = address->lpSockaddr->sa_family;
    if (addr->family == AF_INET)
    {
        memcpy( addr->bytes, &( (const SOCKADDR_IN *)address->lpSockaddr )->sin_addr, 4 );
        return addr->bytes[0] != 127;
    }
    if (addr->family != AF_INET6) return FALSE;
    memcpy( addr->bytes, &( (const SOCKADDR_IN6 *)address->lpSockaddr )->sin6_addr, 16 );
    addr->scope = ( (const SOCKADDR_IN6 *)address->lpSockaddr )->sin6_scope_id;
    return memcmp( addr->bytes, loopback, 16 ) != 0;
}

/* IPv4 before IPv6, link-local IPv6 last; then interfaces with a gateway, then by metric */
static ULONG local_rank( const IP_ADAPTER_ADDRESSES *adapter, const struct name_address *addr )
{
    ULONG metric = addr->family == AF_INET ? adapter->Ipv4Metric : adapter->Ipv6Metric;
    ULONG kind = addr->family == AF_INET ? 0 : addr->bytes[0] == 0xfe && ( addr->bytes[1] & 0xc0 ) == 0x80 ? 2 : 1;

    return kind << 30 | ( adapter->FirstGatewayAddress ? 0 : 0x20000000 ) | min( metric, 0x1fffffff );
}

static void local_add( struct local *local, const struct name_address *addr, ULONG rank )
{
    UINT i;

    if (local->count == HOSTS_MAX) return;
    for (i = local->count++; i && local->rank[i - 1] > rank; i--)
    {
        local->rank[i] = local->rank[i - 1];
        local->addrs[i] = local->addrs[i - 1];
    }
    local->rank[i] = rank;
    local->addrs[i] = *addr;
}

/* All addresses of this machine except loopback ones, best first. */
static struct local *local_get( int family )
{
    struct local *local = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *local ) );
    IP_ADAPTER_ADDRESSES *adapter, *adapters = local_adapters();
    IP_ADAPTER_UNICAST_ADDRESS *unicast;
    struct name_address addr;

    for (adapter = local ? adapters : NULL; adapter; adapter = adapter->Next)
    {
        if (adapter->OperStatus != IfOperStatusUp) continue;
        for (unicast = adapter->FirstUnicastAddress; unicast; unicast = unicast->Next)
            if (local_address( &unicast->Address, &addr ) && ( !family || family == addr.family ))
                local_add( local, &addr, local_rank( adapter, &addr ) );
    }
    HeapFree( GetProcessHeap(), 0, adapters );
    return local;
}

int local_addresses( const char *name, int family, struct name_result **result )
{
    struct local *local = local_get( family );
    int ret = local ? WSANO_DATA : WSA_NOT_ENOUGH_MEMORY;

    if (local && local->count)
    {
        *result = result_create( name, NULL, 0, local->addrs, local->count );
        if (*result) ret = 0;
        else ret = WSA_NOT_ENOUGH_MEMORY;
    }
    HeapFree( GetProcessHeap(), 0, local );
    return ret;
}

/* Removes addresses of a family for which this machine has none from a result, unless it has none at all, as the
 * host's resolver does. */
int local_restrict( struct name_result **result )
{
    struct name_address *addrs = (struct name_address *)result_addresses( *result );
    struct local *local = local_get( AF_UNSPEC );
    UINT i, j, count = 0;

    for (i = 0; local && i < ( *result )->address_count; i++)
    {
        for (j = 0; j < local->count && local->addrs[j].family != addrs[i].family; j++)
        {
        }
        if (j < local->count || !local->count) addrs[count++] = addrs[i];
    }
    if (local) ( *result )->address_count = count;
    HeapFree( GetProcessHeap(), 0, local );
    if (( *result )->address_count) return 0;
    result_free( *result );
    *result = NULL;
    return WSANO_DATA;
}
