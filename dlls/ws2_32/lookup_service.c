/*
 * WSALookupService: queries of the name space DNS
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The first WSALookupServiceNext starts the lookup on a pool thread and waits for it; WSALookupServiceEnd on another
 * thread ends that wait. A query has one result, and with LUP_RETURN_ALIASES one more for each alias.
 */

#include <string.h>

#include "query_set.h"

enum lookup_kind
{
    LOOKUP_SELF,
    LOOKUP_NAME,
    LOOKUP_ADDRESS,
    LOOKUP_SERVICE,
    LOOKUP_NETWORKS
};
enum lookup_state
{
    LOOKUP_NEW,
    LOOKUP_RUNNING,
    LOOKUP_DONE
};

struct lookup
{
    struct lookup *next;
    UINT_PTR id;
    LONG refs;
    enum lookup_kind kind;
    enum lookup_state state;
    BOOL cancelled;
    DWORD flags;
    int family;  /* of the wanted addresses: AF_INET, AF_INET6, AF_UNSPEC */
    USHORT port; /* network order */
    BOOL udp;
    struct query query;
    int error; /* from here on: what was found */
    UINT position;
    char name[QUERY_NAME_MAX];
    struct name_result *hosts;
    void *blob;
    SIZE_T blob_size;
};

static SRWLOCK lookup_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE lookup_changed = CONDITION_VARIABLE_INIT;
static struct lookup *lookups;
static UINT_PTR last_lookup;

static int lookup_fail( int err )
{
    SetLastError( err );
    return SOCKET_ERROR;
}

/* ---- the list */

static struct lookup *lookup_grab( HANDLE handle )
{
    struct lookup *lookup;

    AcquireSRWLockExclusive( &lookup_lock );
    for (lookup = lookups; lookup && lookup->id != (UINT_PTR)handle; lookup = lookup->next)
    {
    }
    if (lookup) lookup->refs++;
    ReleaseSRWLockExclusive( &lookup_lock );
    return lookup;
}

static void lookup_release( struct lookup *lookup )
{
    LONG refs;

    AcquireSRWLockExclusive( &lookup_lock );
    refs = --lookup->refs;
    ReleaseSRWLockExclusive( &lookup_lock );
    if (refs) return;
    result_free( lookup->hosts );
    HeapFree( GetProcessHeap(), 0, lookup->blob );
    HeapFree( GetProcessHeap(), 0, lookup );
}

/* ---- the lookup itself, on a thread of the pool */

/* A blob is the classic structure, with offsets for pointers: programs add its address ("WSAQUERYSET", lpBlob). */
static int lookup_blob( struct lookup *lookup )
{
    int family = lookup->family == AF_INET6 ? AF_INET6 : AF_INET;

    lookup->blob_size = hostent_pack( lookup->hosts, family, NULL );
    if (!( lookup->blob = HeapAlloc( GetProcessHeap(), 0, lookup->blob_size ) )) return WSA_NOT_ENOUGH_MEMORY;
    hostent_pack( lookup->hosts, family, lookup->blob );
    hostent_rebase( lookup->blob, 0 );
    return 0;
}

static void lookup_set_name( struct lookup *lookup, const char *name )
{
    SIZE_T len = min( strlen( name ), sizeof( lookup->name ) - 1 );

    memcpy( lookup->name, name, len );
    lookup->name[len] = 0;
}

static int lookup_find_name( struct lookup *lookup )
{
    const char *name = lookup->query.name;
    unsigned int flags = NAME_CANONICAL;
    struct name_address addr;
    char self[256];
    int err;

    if (strlen( name ) > NAME_LEN_MAX) return WSAHOST_NOT_FOUND;
    if (lookup->family == AF_INET) err = hostent_find( name, &lookup->hosts );
    else if (address_parse( name, &addr ))
    {
        if (lookup->family && addr.family != lookup->family) return WSAHOST_NOT_FOUND;
        lookup->hosts = result_create( name, NULL, 0, &addr, 1 );
        err = lookup->hosts ? 0 : WSA_NOT_ENOUGH_MEMORY;
    }
    else
    {
        if (lookup->flags & LUP_ADDRCONFIG) flags |= NAME_ADDRCONFIG;
        if (lookup->flags & LUP_DUAL_ADDR) flags |= NAME_V4MAPPED | NAME_ALL;
        if (!name[0] && ( err = resolve_self( self, sizeof( self ) ) )) return err;
        err = resolve_addresses( name[0] ? name : self, lookup->family, flags, &lookup->hosts );
    }
    if (err) return err;
    lookup_set_name( lookup, result_name( lookup->hosts ) ? result_name( lookup->hosts ) : name );
    return lookup_blob( lookup );
}

static int lookup_find_self( struct lookup *lookup )
{
    int err = resolve_self( lookup->name, sizeof( lookup->name ) );

    if (err) return err;
    if (( err = hostent_find_self( lookup->name, &lookup->hosts ) )) return err;
    return lookup_blob( lookup );
}

static int lookup_find_address( struct lookup *lookup )
{
    struct name_address addr;
    int err;

    if (!address_parse( lookup->query.name, &addr )) return WSAEINVAL;
    if (( err = resolve_peer( &addr, &lookup->hosts ) )) return err;
    lookup->family = addr.family;
    lookup_set_name( lookup, result_name( lookup->hosts ) ? result_name( lookup->hosts ) : lookup->query.name );
    return lookup_blob( lookup );
}

/* "name/protocol" or "port/protocol", protocol and slash may be missing */
static int lookup_find_service( struct lookup *lookup )
{
    char *name = lookup->query.name, *slash = strchr( name, '/' ), *proto = NULL, *p;
    struct service service;
    UINT port = 0;
    int err;

    if (slash)
    {
        *slash = 0;
        if (slash[1]) proto = slash + 1;
    }
    for (p = name; *p >= '0' && *p <= '9' && port <= 0xffff; p++) port = port * 10 + *p - '0';
    if (*p || p == name) err = service_find( name, 0, proto, &service );
    else err = port <= 0xffff ? service_find( NULL, port, proto, &service ) : WSANO_DATA;
    if (!err)
    {
        lookup->blob_size = service_pack( &service, NULL );
        if (( lookup->blob = HeapAlloc( GetProcessHeap(), 0, lookup->blob_size ) ))
        {
            service_pack( &service, lookup->blob );
            lookup_set_name( lookup, ( (struct servent *)lookup->blob )->s_name );
            service_rebase( lookup->blob, 0 );
        }
        else err = WSA_NOT_ENOUGH_MEMORY;
        text_close( service.text );
    }
    if (slash) *slash = '/';
    return err;
}

static void lookup_run( void *arg )
{
    struct lookup *lookup = arg;
    int err = WSA_E_NO_MORE;

    switch (lookup->kind)
    {
    case LOOKUP_SELF: err = lookup_find_self( lookup ); break;
    case LOOKUP_NAME: err = lookup_find_name( lookup ); break;
    case LOOKUP_ADDRESS: err = lookup_find_address( lookup ); break;
    case LOOKUP_SERVICE: err = lookup_find_service( lookup ); break;
    case LOOKUP_NETWORKS: break;
    }
    AcquireSRWLockExclusive( &lookup_lock );
    lookup->error = err == WSAHOST_NOT_FOUND ? WSASERVICE_NOT_FOUND : err; /* as a name space reports it */
    lookup->state = LOOKUP_DONE;
    ReleaseSRWLockExclusive( &lookup_lock );
    WakeAllConditionVariable( &lookup_changed );
    lookup_release( lookup );
}

/* ---- WSALookupServiceBegin: space_lookup.c has the functions that programs call */

/* What the class asks for. The numbers are from svcguid.h: 0009pppp for TCP and 000Apppp for UDP, with the type of a
 * DNS record in Data3. */
static int lookup_class( struct lookup *lookup )
{
    static const BYTE tail[8] = { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 };
    const GUID *id = &lookup->query.class_id;
    USHORT port;

    lookup->kind = LOOKUP_NAME;
    if (!id->Data2 && !memcmp( id->Data4, tail, sizeof( tail ) ))
    {
        switch (id->Data3 ? 0 : id->Data1)
        {
        case 0x2a800: lookup->kind = LOOKUP_SELF; return 0;
        case 0x2a801: lookup->kind = LOOKUP_ADDRESS; return 0;
        case 0x2a802: lookup->kind = LOOKUP_SERVICE; return 0;
        case 0x2a803: return 0;
        }
        if (id->Data1 == 0x90035 && id->Data3 && id->Data3 != 1 && id->Data3 != 28)
            return WSASERVICE_NOT_FOUND; /* records, but no addresses */
        if (id->Data1 == 0x90035 && id->Data3 == 28) lookup->family = AF_INET6;
        lookup->udp = id->Data1 >> 16 == 0xa;
        if (lookup->udp || id->Data1 >> 16 == 9)
        {
            if (!id->Data3) lookup->port = htons( (USHORT)id->Data1 );
            return 0;
        }
    }
    if (!service_class_port( id, &port, &lookup->udp )) return WSASERVICE_NOT_FOUND;
    lookup->port = htons( port );
    return 0;
}

static int lookup_check( struct lookup *lookup )
{
    const struct query *query = &lookup->query;
    int err;

    if (!query->has_class)
    {
        /* Windows' name space NLA takes this for the list of networks; there is none here, and the list is empty. */
        if (!( lookup->flags & LUP_DEEP ) || query->name_space != NS_ALL) return WSAEINVAL;
        lookup->kind = LOOKUP_NETWORKS;
        return 0;
    }
    if (!name_space_matches( query->name_space, query->has_provider ? &query->provider : NULL ))
        return WSASERVICE_NOT_FOUND;
    if (( lookup->flags & LUP_CONTAINERS ) && ( lookup->flags & LUP_NOCONTAINERS )) return WSAEINVAL;
    if (lookup->flags & LUP_CONTAINERS) return WSANO_DATA; /* DNS has none */
    lookup->family = AF_INET;
    if (( err = lookup_class( lookup ) )) return err;
    if (!query->has_name && ( lookup->kind == LOOKUP_ADDRESS || lookup->kind == LOOKUP_SERVICE )) return WSAEINVAL;
    if (lookup->flags & LUP_DUAL_ADDR) lookup->family = AF_INET6;
    else if (query->protocols && lookup->kind == LOOKUP_NAME)
    {
        if (!query->v4 && !query->v6) return WSASERVICE_NOT_FOUND;
        if (query->v6) lookup->family = query->v4 ? AF_UNSPEC : AF_INET6;
        if (!query->tcp) lookup->udp = TRUE;
    }
    return 0;
}

int lookup_begin( const void *set, BOOL unicode, DWORD flags, HANDLE *handle )
{
    struct lookup *lookup;
    int err;

    if (IsBadWritePtr( handle, sizeof( *handle ) )) return lookup_fail( WSAEFAULT );
    if (!( lookup = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *lookup ) ) ))
        return lookup_fail( WSA_NOT_ENOUGH_MEMORY );
    lookup->flags = flags;
    lookup->refs = 1;
    err = query_capture( set, unicode, !( flags & LUP_DISABLE_IDN_ENCODING ), &lookup->query );
    if (!err) err = lookup_check( lookup );
    if (err)
    {
        HeapFree( GetProcessHeap(), 0, lookup );
        return lookup_fail( err );
    }
    AcquireSRWLockExclusive( &lookup_lock );
    lookup->id = last_lookup += 4;
    lookup->next = lookups;
    lookups = lookup;
    *handle = (HANDLE)lookup->id;
    ReleaseSRWLockExclusive( &lookup_lock );
    return 0;
}

/* ---- WSALookupServiceNext */

/* Waits until the lookup or WSALookupServiceEnd. With the lock held. */
static int lookup_wait( struct lookup *lookup )
{
    if (lookup->state == LOOKUP_NEW && !lookup->cancelled)
    {
        lookup->refs++;
        lookup->state = LOOKUP_RUNNING;
        if (!pool_submit( lookup_run, lookup ))
        {
            lookup->refs--;
            lookup->state = LOOKUP_NEW;
            return WSA_NOT_ENOUGH_MEMORY;
        }
    }
    while (lookup->state != LOOKUP_DONE && !lookup->cancelled)
        SleepConditionVariableSRW( &lookup_changed, &lookup_lock, INFINITE, 0 );
    return lookup->cancelled ? WSA_E_CANCELLED : lookup->error;
}

static const char *lookup_alias( const struct name_result *hosts, UINT index )
{
    const char *alias = (const char *)hosts + hosts->aliases;

    while (index--) alias += strlen( alias ) + 1;
    return alias;
}

/* Result 0 has everything, the others are aliases. */
static void lookup_answer( struct lookup *lookup, DWORD flags, struct query_answer *answer )
{
    memset( answer, 0, sizeof( *answer ) );
    answer->name_space = NS_DNS;
    answer->provider = &dns_provider;
    if (flags & LUP_RETURN_TYPE) answer->class_id = &lookup->query.class_id;
    if (lookup->position)
    {
        answer->name = lookup_alias( lookup->hosts, lookup->position - 1 );
        answer->output_flags = RESULT_IS_ALIAS;
        return;
    }
    if (flags & LUP_RETURN_NAME) answer->name = lookup->name;
    if (( flags & LUP_RETURN_QUERY_STRING ) && lookup->query.has_name) answer->query = lookup->query.name;
    if (flags & LUP_RETURN_BLOB)
    {
        answer->blob = lookup->blob;
        answer->blob_size = lookup->blob_size;
    }
    if (!( flags & LUP_RETURN_ADDR ) || !lookup->hosts) return;
    answer->addrs = result_addresses( lookup->hosts );
    answer->addr_count = lookup->hosts->address_count;
    answer->port = lookup->port;
    answer->is_service = ( ( flags | lookup->flags ) & LUP_RES_SERVICE ) != 0;
    answer->socktype = lookup->udp ? SOCK_DGRAM : SOCK_STREAM;
    answer->protocol = lookup->udp ? IPPROTO_UDP : IPPROTO_TCP;
}

static int lookup_next( struct lookup *lookup, BOOL unicode, DWORD flags, DWORD *size, void *results )
{
    DWORD wanted = ( lookup->flags & LUP_RETURN_ALL ) | ( flags & LUP_RES_SERVICE );
    struct query_answer answer;
    SIZE_T needed;
    UINT count = 1;
    int err;

    if (flags & LUP_RETURN_ALL) wanted &= flags; /* no flags at all restrict nothing: so programs call it */
    if (( err = lookup_wait( lookup ) )) return err;
    if (( wanted & LUP_RETURN_ALIASES ) && lookup->hosts) count += lookup->hosts->alias_count;
    if (( flags & LUP_FLUSHPREVIOUS ) && lookup->position < count) lookup->position++;
    if (lookup->position >= count) return WSA_E_NO_MORE;

    lookup_answer( lookup, wanted, &answer );
    needed = query_pack( &answer, unicode, NULL, 0 );
    if (needed > *size)
    {
        *size = needed;
        return WSAEFAULT;
    }
    if (IsBadWritePtr( results, needed )) return WSAEFAULT;
    query_pack( &answer, unicode, results, needed );
    lookup->position++;
    return 0;
}

int lookup_next_locked( HANDLE handle, BOOL unicode, DWORD flags, DWORD *size, void *results )
{
    struct lookup *lookup;
    int err;

    if (IsBadWritePtr( size, sizeof( *size ) )) return lookup_fail( WSAEFAULT );
    if (!( lookup = lookup_grab( handle ) )) return lookup_fail( WSA_INVALID_HANDLE );
    AcquireSRWLockExclusive( &lookup_lock );
    err = lookup_next( lookup, unicode, flags, size, results );
    ReleaseSRWLockExclusive( &lookup_lock );
    lookup_release( lookup );
    return err ? lookup_fail( err ) : 0;
}

/* ---- WSALookupServiceEnd */

int lookup_end( HANDLE handle )
{
    struct lookup **ptr, *lookup;

    AcquireSRWLockExclusive( &lookup_lock );
    for (ptr = &lookups; ( lookup = *ptr ) && lookup->id != (UINT_PTR)handle; ptr = &lookup->next)
    {
    }
    if (lookup)
    {
        *ptr = lookup->next;
        lookup->cancelled = TRUE;
    }
    ReleaseSRWLockExclusive( &lookup_lock );
    if (!lookup) return lookup_fail( WSA_INVALID_HANDLE );
    WakeAllConditionVariable( &lookup_changed );
    lookup_release( lookup );
    return 0;
}

BOOL lookup_is_open( HANDLE handle )
{
    struct lookup *lookup = lookup_grab( handle );

    if (lookup) lookup_release( lookup );
    return lookup != NULL;
}
