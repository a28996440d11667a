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

static BOOL line_address( const struct text_line *line, struct name_address *addr )
{
    char str[INET6_ADDRSTRLEN];
    UINT len = line->field[0].len;

    if (len >= sizeof(str) || line->count < 2) return FALSE;
    memcpy( str, line->field[0].str, len );
    str[len] = 0;
    return address_parse( str, addr );
}

/* The first line of a host gives the official name, all its names but that are aliases. */
static void line_add( struct found *found, const struct text_line *line, const struct name_address *addr )
{
    UINT i;

    if (found->addr_count < HOSTS_MAX) found->addrs[found->addr_count++] = *addr;
    if (!found->name[0]) lstrcpynA( found->name, line->field[1].str, min( line->field[1].len + 1, sizeof(found->name) ) );
    for (i = 1; i < line->count; i++)
    {
        UINT len = line->field[i].len;

        if (text_field_is( line, i, found->name )) continue;
        if (found->alias_count == HOSTS_MAX || found->alias_len + len + 1 > sizeof(found->aliases)) return;
        memcpy( found->aliases + found->alias_len, line->field[i].str, len );
        found->aliases[found->alias_len + len] = 0;
        found->alias_len += len + 1;
        found->alias_count++;
    }
}

static int found_result( const struct found *found, struct name_result **result )
{
    if (!found->addr_count) return WSAHOST_NOT_FOUND;
    *result = result_create( found->name, found->aliases, found->alias_count, found->addrs, found->addr_count );
    return *result ? 0 : WSA_NOT_ENOUGH_MEMORY;
}

/* Goes through a hosts file for a name (then addr is NULL) or for an address. */
static int hosts_scan( int file, const char *name, int family, const struct name_address *addr, struct name_result **result )
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
    if (!(found = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*found) )))
    {
        text_close( text );
        return WSA_NOT_ENOUGH_MEMORY;
    }
    for (pos = text->data; text_next( &pos, &line ); )
    {
        if (addr) match = line_address( &line, &line_addr ) && line_addr.family == addr->family && !memcmp( line_addr.bytes, addr->bytes, 16 );
        else
        {
            for (i = 1, match = FALSE; i < line.count && !match; i++) match = text_field_is( &line, i, name );
            if (match) match = line_address( &line, &line_addr ) && (!family || family == line_addr.family);
        }
        if (!match) continue;
        line_add( found, &line, &line_addr );
        if (addr) break;
    }
    ret = found_result( found, result );
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

static IP_ADAPTER_ADDRESSES *adapters_get(void)
{
    ULONG (WINAPI *get_addresses)( ULONG family, ULONG flags, void *reserved, IP_ADAPTER_ADDRESSES *adapters, ULONG *size );
    HMODULE module = LoadLibraryW( L"iphlpapi.dll" ); /* only here: it is not light, and it may import us */
    IP_ADAPTER_ADDRESSES *adapters = NULL;
    ULONG ret, size = 16384;

    if (!module || !(get_addresses = (void *)GetProcAddress( module, "GetAdaptersAddresses" ))) return NULL;
    do
    {
        HeapFree( GetProcessHeap(), 0, adapters );
        if (!(adapters = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, size ))) return NULL;
        ret = get_addresses( AF_INET, GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER | GAA_FLAG_INCLUDE_GATEWAYS,
                             NULL, adapters, &size );
    } while (ret == ERROR_BUFFER_OVERFLOW);
    if (!ret) return adapters;
    HeapFree( GetProcessHeap(), 0, adapters );
    return NULL;
}

static ULONG adapter_rank( const IP_ADAPTER_ADDRESSES *adapter )
{
    return (adapter->FirstGatewayAddress ? 0 : 0x40000000) + (adapter->Ipv4Metric & 0x3fffffff);
}

/* All IPv4 addresses but loopback ones, those with a gateway and a low metric first. A machine that has none gets 127.12.34.56, which
 * the control path treats as its own (wine-abi 1.7): programs that look for a "real" address refuse 127.0.0.1. */
int local_addresses( const char *name, struct name_result **result )
{
    IP_ADAPTER_ADDRESSES *adapter, *adapters = adapters_get();
    struct name_address addrs[HOSTS_MAX] = {{0}};
    ULONG rank[HOSTS_MAX];
    UINT i, count = 0;

    for (adapter = adapters; adapter; adapter = adapter->Next)
    {
        IP_ADAPTER_UNICAST_ADDRESS *unicast;

        if (adapter->OperStatus != IfOperStatusUp || adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK) continue;
        for (unicast = adapter->FirstUnicastAddress; unicast && count < HOSTS_MAX; unicast = unicast->Next)
        {
            const struct sockaddr_in *in = (const struct sockaddr_in *)unicast->Address.lpSockaddr;

            if (in->sin_family != AF_INET || (in->sin_addr.s_addr & 0xff) == 127) continue;
            for (i = count++; i && rank[i - 1] > adapter_rank( adapter ); i--)
            {
                rank[i] = rank[i - 1];
                addrs[i] = addrs[i - 1];
            }
            rank[i] = adapter_rank( adapter );
            memset( &addrs[i], 0, sizeof(addrs[i]) );
            addrs[i].family = AF_INET;
            memcpy( addrs[i].bytes, &in->sin_addr, 4 );
        }
    }
    HeapFree( GetProcessHeap(), 0, adapters );
    if (!count)
    {
        static const BYTE magic[] = { 127, 12, 34, 56 };

        addrs[0].family = AF_INET;
        memcpy( addrs[0].bytes, magic, 4 );
        count = 1;
    }
    *result = result_create( name, NULL, 0, addrs, count );
    return *result ? 0 : WSA_NOT_ENOUGH_MEMORY;
}
