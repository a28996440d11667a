/*
 * Addresses of a name from all name space providers
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * "The results ... are the merged results from all namespace providers that register for the specified namespace with
 * duplicate results eliminated" ("GetAddrInfoExW function"). Only DNS knows IPv6 names by the class for IPv4, so each
 * family is a query of its own.
 */

#include <string.h>

#include "name_space.h"

#define SPACE_ADDRESSES_MAX 256

struct space_answer
{
    UINT count;
    struct name_address addrs[SPACE_ADDRESSES_MAX];
    char name[QUERY_NAME_MAX]; /* of the first that has one */
};

static void space_add_address( struct space_answer *answer, const struct name_address *addr )
{
    UINT i;

    for (i = 0; i < answer->count; i++)
        if (!memcmp( answer->addrs + i, addr, sizeof( *addr ) )) return;
    if (answer->count < SPACE_ADDRESSES_MAX) answer->addrs[answer->count++] = *addr;
}

static void space_add_name( struct space_answer *answer, const char *name )
{
    if (answer->name[0] || !name || strlen( name ) >= sizeof( answer->name )) return;
    strcpy( answer->name, name );
}

static void space_add_sockaddr( struct space_answer *answer, const SOCKET_ADDRESS *address, int family )
{
    struct name_address addr = { .family = family };

    if (!address->lpSockaddr || address->lpSockaddr->sa_family != family) return;
    if (family == AF_INET && address->iSockaddrLength >= (int)sizeof( struct sockaddr_in ))
        memcpy( addr.bytes, &( (const struct sockaddr_in *)address->lpSockaddr )->sin_addr, 4 );
    else if (family == AF_INET6 && address->iSockaddrLength >= (int)sizeof( struct sockaddr_in6 ))
    {
        memcpy( addr.bytes, &( (const struct sockaddr_in6 *)address->lpSockaddr )->sin6_addr, 16 );
        addr.scope = ( (const struct sockaddr_in6 *)address->lpSockaddr )->sin6_scope_id;
    }
    else return;
    space_add_address( answer, &addr );
}

static void space_add_set( struct space_answer *answer, const WSAQUERYSETW *set, int family )
{
    char name[QUERY_NAME_MAX];
    DWORD i;

    for (i = 0; set->lpcsaBuffer && i < set->dwNumberOfCsAddrs; i++)
        space_add_sockaddr( answer, &set->lpcsaBuffer[i].RemoteAddr, family );
    if (set->lpszServiceInstanceName
        && WideCharToMultiByte( CP_UTF8, 0, set->lpszServiceInstanceName, -1, name, sizeof( name ), NULL, NULL ))
        space_add_name( answer, name );
}

/* Takes all results of a lookup that has begun. Returns 0 or the error that has ended it. */
static int space_take_results( struct space_answer *answer, const struct name_space *space,
                               const struct space_handle *lookup, int family )
{
    DWORD room = 4096, size, tries = 0;
    WSAQUERYSETW *set;
    int err;

    if (!( set = HeapAlloc( GetProcessHeap(), 0, room ) )) return WSA_NOT_ENOUGH_MEMORY;
    for (;;)
    {
        size = room;
        memset( set, 0, room );
        if (!( err = space_call_next( space, lookup, LUP_RETURN_ADDR | LUP_RETURN_NAME, &size, set ) ))
        {
            space_add_set( answer, set, family );
            continue;
        }
        if (err != WSAEFAULT || size <= room || tries++ == 4) break;
        HeapFree( GetProcessHeap(), 0, set );
        if (!( set = HeapAlloc( GetProcessHeap(), 0, room = size ) )) return WSA_NOT_ENOUGH_MEMORY;
    }
    HeapFree( GetProcessHeap(), 0, set );
    return err == WSA_E_NO_MORE || err == WSAENOMORE ? 0 : err;
}

/* Asks one provider for one family's addresses. */
static int space_ask( struct space_answer *answer, const struct name_space *space, const WCHAR *name, int family )
{
    static GUID by_name = { 0x0002a803, 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } };
    static GUID by_name_6 = { 0x00090035, 0, 28, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } }; /* records of type AAAA */
    AFPROTOCOLS protocols[] = { { family, IPPROTO_TCP }, { family, IPPROTO_UDP } };
    GUID provider = space->provider;
    WSAQUERYSETW set = { .dwSize = sizeof( set ),
                         .lpszServiceInstanceName = (WCHAR *)name,
                         .lpServiceClassId = family == AF_INET ? &by_name : &by_name_6,
                         .dwNameSpace = space->number,
                         .lpNSProviderId = &provider,
                         .dwNumberOfProtocols = ARRAY_SIZE( protocols ),
                         .lpafpProtocols = protocols };
    struct space_handle lookup;
    int err = space_call_begin( space, &set, NULL, LUP_RETURN_ADDR | LUP_RETURN_NAME, &lookup );

    if (err) return err;
    err = space_take_results( answer, space, &lookup, family );
    space_call_end( space, &lookup );
    space_call_free( &lookup );
    return err;
}

/* IPv4 addresses that are wanted as IPv6 ones. */
static void space_map( struct space_answer *answer, UINT first )
{
    UINT i;

    for (i = first; i < answer->count; i++)
    {
        struct name_address *addr = answer->addrs + i;

        memmove( addr->bytes + 12, addr->bytes, 4 );
        memset( addr->bytes, 0, 10 );
        memset( addr->bytes + 10, 0xff, 2 );
        addr->family = AF_INET6;
    }
}

static int space_ask_families( struct space_answer *answer, const struct name_space *space, const WCHAR *name,
                               int family, unsigned int flags )
{
    UINT first = answer->count;
    int err = 0, second;

    if (family != AF_INET) err = space_ask( answer, space, name, AF_INET6 );
    if (family == AF_INET6)
    {
        BOOL found = answer->count > first;

        if (!( flags & NAME_V4MAPPED ) || ( found && !( flags & NAME_ALL ) )) return err;
        first = answer->count;
        second = space_ask( answer, space, name, AF_INET );
        space_map( answer, first );
        return found ? 0 : second;
    }
    second = space_ask( answer, space, name, AF_INET );
    return answer->count > first ? 0 : second;
}

static int space_ask_base( struct space_answer *answer, const char *name, int family, unsigned int flags )
{
    struct name_result *result;
    int err = resolve_addresses( name, family, flags, &result );
    UINT i;

    if (err) return err;
    for (i = 0; i < result->address_count; i++) space_add_address( answer, result_addresses( result ) + i );
    space_add_name( answer, result_name( result ) );
    result_free( result );
    return 0;
}

/* Not those whom a lookup hasn't told: a name that isn't known anywhere is what a program expects. */
static BOOL space_is_unknown( int err )
{
    return err == WSASERVICE_NOT_FOUND || err == WSAHOST_NOT_FOUND || err == WSANO_DATA;
}

static int space_collect( const struct name_space_choice *choice, BOOL with_base, const char *name, int family,
                          unsigned int flags, struct space_answer *answer )
{
    WCHAR wide[QUERY_NAME_MAX];
    int err, first = 0;
    DWORD i;

    if (name_to_unicode( name, wide, ARRAY_SIZE( wide ) ) > ARRAY_SIZE( wide )) return WSAHOST_NOT_FOUND;
    for (i = 0; i < choice->count; i++)
    {
        const struct name_space *space = choice->items[i];

        if (!name_space_is_base( space )) err = space_ask_families( answer, space, wide, family, flags );
        else if (with_base) err = space_ask_base( answer, name, family, flags );
        else continue;
        if (err && ( !first || space_is_unknown( first ) )) first = err;
    }
    if (answer->count) return 0;
    return !first || first == WSASERVICE_NOT_FOUND ? WSAHOST_NOT_FOUND : first;
}

static int space_result( const struct name_space_choice *choice, BOOL with_base, const char *name, int family,
                         unsigned int flags, struct name_result **result )
{
    struct space_answer *answer = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *answer ) );
    int err;

    if (!answer) return WSA_NOT_ENOUGH_MEMORY;
    if (!( err = space_collect( choice, with_base, name, family, flags, answer ) ))
    {
        *result = result_create( answer->name[0] ? answer->name : name, NULL, 0, answer->addrs, answer->count );
        if (!*result) err = WSA_NOT_ENOUGH_MEMORY;
    }
    HeapFree( GetProcessHeap(), 0, answer );
    return err;
}

int space_resolve( DWORD name_space, const GUID *provider, const char *name, int family, unsigned int flags,
                   struct name_result **result )
{
    struct name_space_choice choice;

    if (!name || ( flags & NAME_NUMERIC ) || !name_space_choose( name_space, provider, &choice ))
        return resolve_addresses( name, family, flags, result );
    return space_result( &choice, TRUE, name, family, flags, result );
}

int space_resolve_others( int error, const char *name, int family, struct name_result **result )
{
    struct name_space_choice choice;

    if (!space_is_unknown( error ) && error != WSATRY_AGAIN) return error;
    if (!name_space_choose( NS_ALL, NULL, &choice )) return error;
    return space_result( &choice, FALSE, name, family, 0, result ) ? error : 0;
}

BOOL space_is_served( DWORD name_space, const GUID *provider )
{
    struct name_space_choice choice;

    return name_space_choose( name_space, provider, &choice ) || name_space_matches( name_space, provider );
}
