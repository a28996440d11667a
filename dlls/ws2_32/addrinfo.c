/*
 * getaddrinfo
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"

/* ---- the query, independent of its outer form */

/* A decimal port, as strtoul reads it, with leading white space but without signs. */
static BOOL addrinfo_parse_port( const char *service, USHORT *port )
{
    UINT value = 0;

    while (*service == ' ' || *service == '\t') service++;
    for (; *service >= '0' && *service <= '9'; service++)
        if (( value = value * 10 + *service - '0' ) > 0xffff) return FALSE;
    *port = value;
    return !*service; /* "" is port 0 */
}

static int addrinfo_port( const struct addrinfo_query *query, USHORT *port )
{
    /* the protocol decides if it is one of these two, otherwise the type */
    BOOL tcp = query->protocol == IPPROTO_TCP || ( query->protocol != IPPROTO_UDP && query->socktype != SOCK_DGRAM );
    BOOL udp = query->protocol == IPPROTO_UDP || ( query->protocol != IPPROTO_TCP && query->socktype != SOCK_STREAM );
    struct service service;

    if (!query->service) *port = 0;
    else if (!addrinfo_parse_port( query->service, port ))
    {
        if (query->flags & AI_NUMERICSERV) return WSAHOST_NOT_FOUND;
        if (query->service[0] >= '0' && query->service[0] <= '9') return WSATYPE_NOT_FOUND;
        if (( !tcp || service_find( query->service, 0, "tcp", &service ) )
            && ( !udp || service_find( query->service, 0, "udp", &service ) ))
            return WSATYPE_NOT_FOUND;
        text_close( service.text );
        *port = service.port;
    }
    return 0;
}

/* The flags of Windows 10. Newer ones (AI_RETURN_TTL, AI_REQUIRE_SECURE ...) and their longer structures aren't
 * supported. */
#define FLAGS_KNOWN                                                                                                    \
    ( AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_DNS_ONLY | AI_FORCE_CLEAR_TEXT                  \
      | AI_BYPASS_DNS_CACHE | AI_ALL | AI_ADDRCONFIG | AI_V4MAPPED | AI_NON_AUTHORITATIVE | AI_SECURE                  \
      | AI_RETURN_PREFERRED_NAMES | AI_FQDN | AI_FILESERVER | AI_DISABLE_IDN_ENCODING | AI_SECURE_WITH_FALLBACK        \
      | AI_RESOLUTION_HANDLE | AI_EXTENDED )

static int addrinfo_check_hints( const struct addrinfo_query *query )
{
    if (query->flags & ~FLAGS_KNOWN) return WSAEINVAL;
    if (query->family != AF_UNSPEC && query->family != AF_INET && query->family != AF_INET6) return WSAEAFNOSUPPORT;
    switch (query->socktype)
    {
    case 0:
        /* raw protocols have no ports */
        return query->service && ( query->protocol == IPPROTO_ICMP || query->protocol == IPPROTO_RAW )
                   ? WSATYPE_NOT_FOUND
                   : 0;
    case SOCK_STREAM:
    case SOCK_DGRAM: return query->protocol == IPPROTO_ICMP || query->protocol == IPPROTO_RAW ? WSAESOCKTNOSUPPORT : 0;
    case SOCK_RAW:
        return query->service && query->protocol != IPPROTO_TCP && query->protocol != IPPROTO_UDP ? WSATYPE_NOT_FOUND
                                                                                                  : 0;
    default: return WSAESOCKTNOSUPPORT;
    }
}

static unsigned int addrinfo_lookup_flags( const struct addrinfo_query *query )
{
    unsigned int flags = 0;

    if (query->flags & AI_PASSIVE) flags |= NAME_PASSIVE;
    if (query->node && ( query->flags & ( AI_CANONNAME | AI_FQDN ) )) flags |= NAME_CANONICAL;
    if (query->flags & AI_ALL) flags |= NAME_ALL;
    if (query->flags & AI_ADDRCONFIG) flags |= NAME_ADDRCONFIG;
    if (query->flags & AI_V4MAPPED) flags |= NAME_V4MAPPED;
    return flags;
}

static int addrinfo_numeric( const struct addrinfo_query *query, struct addrinfo_answer *answer, const char *node )
{
    if (query->family && query->family != answer->numeric.family)
    {
        if (query->family == AF_INET || !( query->flags & AI_V4MAPPED )) return WSAHOST_NOT_FOUND;
        memmove( answer->numeric.bytes + 12, answer->numeric.bytes, 4 );
        memset( answer->numeric.bytes, 0, 10 );
        memset( answer->numeric.bytes + 10, 0xff, 2 );
        answer->numeric.family = AF_INET6;
    }
    answer->addrs = &answer->numeric;
    answer->count = 1;
    answer->canonical = answer->fqdn = node;
    return 0;
}

static int addrinfo_lookup( const struct addrinfo_query *query, struct addrinfo_answer *answer, const char *node )
{
    unsigned int flags = addrinfo_lookup_flags( query );
    int ret;

    if (query->flags & AI_NUMERICHOST)
    {
        if (!node || !strchr( node, '%' )) flags &= ~( NAME_ALL | NAME_V4MAPPED );
        if (node && !strchr( node, '%' )) return WSAHOST_NOT_FOUND;
        if (node) flags |= NAME_NUMERIC;
    }
    /* with a service or other flags the host's resolver does it (wine-interfaces 12) */
    if (node && !query->service && ( query->flags & ~AI_ALL ) == AI_DNS_ONLY)
        ret = dns_find( node, query->family, &answer->result );
    else
        ret = space_resolve( query->name_space, query->has_provider ? &query->provider : NULL, node, query->family,
                             flags, &answer->result );
    if (ret) return ret;

    answer->addrs = result_addresses( answer->result );
    answer->count = answer->result->address_count;
    answer->canonical = node ? result_name( answer->result ) : NULL;
    if (!answer->canonical) answer->canonical = node;
    /* the canonical name ends the chain of aliases, the fully qualified one starts it: a name with dots is already
     * qualified */
    answer->fqdn = node && strchr( node, '.' ) ? node : answer->canonical;
    return answer->count ? 0 : WSANO_DATA;
}

/* A name in brackets can only be an IPv6 address; a port after it is ignored. */
static int addrinfo_bracketed( const struct addrinfo_query *query, struct addrinfo_answer *answer )
{
    SIZE_T len = strcspn( query->node + 1, "]" );

    if (len >= sizeof( answer->literal ) || !address_parse_bracketed( query->node, &answer->numeric ))
        return WSAHOST_NOT_FOUND;
    memcpy( answer->literal, query->node + 1, len );
    answer->literal[len] = 0;
    return addrinfo_numeric( query, answer, answer->literal );
}

/* The answer refers to the strings of the query. addrinfo_release afterwards, also after an error. */
int addrinfo_resolve( const struct addrinfo_query *query, struct addrinfo_answer *answer )
{
    const char *node = query->node;
    USHORT port;
    int ret;

    answer->result = NULL;
    if (!node && !query->service) return WSAHOST_NOT_FOUND;
    if (!node && ( query->flags & ( AI_CANONNAME | AI_FQDN ) )) return WSANO_RECOVERY;
    if (( ret = addrinfo_check_hints( query ) ) || ( ret = addrinfo_port( query, &port ) )) return ret;
    answer->port = htons( port );

    if (!node) return addrinfo_lookup( query, answer, NULL );
    if (node[0] == '[') return addrinfo_bracketed( query, answer );
    if (address_parse( node, &answer->numeric )) return addrinfo_numeric( query, answer, node );
    if (!node[0] || ascii_equal( node, "..localmachine" ))
    {
        if (query->flags & AI_NUMERICHOST) return WSAHOST_NOT_FOUND;
        resolve_qualified_self( answer->self, sizeof( answer->self ) );
        node = answer->self;
    }
    return addrinfo_lookup( query, answer, node );
}

void addrinfo_release( struct addrinfo_answer *answer )
{
    if (answer->result) result_free( answer->result );
}

const char *addrinfo_name( const struct addrinfo_query *query, const struct addrinfo_answer *answer, UINT index )
{
    if (index) return NULL;
    return query->flags & AI_CANONNAME ? answer->canonical : query->flags & AI_FQDN ? answer->fqdn : NULL;
}

int addrinfo_flags( const struct addrinfo_query *query, int mask )
{
    return query->flags & mask & ( query->flags & AI_DNS_ONLY ? ~AI_ALL : -1 );
}

/* ---- lists: every entry is a block of its own with its address and name, so that programs may split lists */

struct entry
{
    ADDRINFOW info;
    UINT len;                          /* of the canonical name */
    char data[sizeof( SOCKADDR_IN6 )]; /* and the name */
};

/* A cache of one freed entry without a name: the heap would be half of the cost of a numeric address. */
static struct entry *spare;

static struct entry *addrinfo_entry_alloc( UINT len )
{
    struct entry *entry = len ? NULL : InterlockedExchangePointer( (void **)&spare, NULL );

    if (entry) memset( entry, 0, sizeof( *entry ) );
    else if (( entry = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *entry ) + len ) )) entry->len = len;
    return entry;
}

static void addrinfo_entry_free( struct entry *entry )
{
    if (entry->len || InterlockedCompareExchangePointer( (void **)&spare, entry, NULL ))
        HeapFree( GetProcessHeap(), 0, entry );
}

C_ASSERT( sizeof( ADDRINFOA ) == sizeof( ADDRINFOW ) );

/* The hints' flags that are returned with each result; AI_ALL isn't together with AI_DNS_ONLY, as on Windows. */
#define FLAGS_RETURNED                                                                                                 \
    ( AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_ALL | AI_ADDRCONFIG | AI_V4MAPPED )

static struct entry *addrinfo_entry_create( const struct addrinfo_query *query, const struct addrinfo_answer *answer,
                                            UINT index, BOOL unicode )
{
    const char *canonical = addrinfo_name( query, answer, index );
    BOOL decode = !( query->flags & AI_DISABLE_IDN_ENCODING );
    struct entry *entry = addrinfo_entry_alloc( name_export( canonical, unicode, decode, NULL ) );

    if (!entry) return NULL;
    entry->info.ai_flags = addrinfo_flags( query, FLAGS_RETURNED );
    entry->info.ai_family = answer->addrs[index].family;
    entry->info.ai_socktype = query->socktype;
    entry->info.ai_protocol = query->protocol;
    entry->info.ai_addr = (SOCKADDR *)entry->data;
    entry->info.ai_addrlen = address_to_sockaddr( &answer->addrs[index], answer->port, entry->data );
    if (name_export( canonical, unicode, decode, entry + 1 )) entry->info.ai_canonname = (WCHAR *)( entry + 1 );
    return entry;
}

static int addrinfo_list( const struct addrinfo_query *query, const struct addrinfo_answer *answer, BOOL unicode,
                          ADDRINFOW **list )
{
    ADDRINFOW **next = list;
    struct entry *entry;
    UINT i;

    *list = NULL;
    for (i = 0; i < answer->count; i++)
    {
        if (!( entry = addrinfo_entry_create( query, answer, i, unicode ) ))
        {
            FreeAddrInfoW( *list );
            *list = NULL;
            return WSA_NOT_ENOUGH_MEMORY;
        }
        *next = &entry->info;
        next = &entry->info.ai_next;
    }
    return 0;
}

/* hints: an ADDRINFO or ADDRINFOEX, A or W; they begin alike, except for the types of pointers that must be NULL.
 * next: its ai_next. Returns 0 or WSANO_RECOVERY. */
int addrinfo_query_hints( struct addrinfo_query *query, const ADDRINFOW *hints, const void *next )
{
    if (hints->ai_addrlen || hints->ai_canonname || hints->ai_addr || next) return WSANO_RECOVERY;
    query->flags = hints->ai_flags;
    query->family = hints->ai_family;
    query->socktype = hints->ai_socktype;
    query->protocol = hints->ai_protocol;
    return 0;
}

int addrinfo_query_names( struct addrinfo_query *query, const void *node, const void *service, BOOL unicode )
{
    int ( *copy )( const void *str, BOOL idn, char *out, SIZE_T size, int too_long );
    int ret;

    copy = unicode ? (void *)name_from_unicode : (void *)name_from_ansi;
    if (( ret = copy( service, FALSE, query->service_copy, sizeof( query->service_copy ), WSATYPE_NOT_FOUND ) ))
        return ret;
    query->node = node ? query->node_copy : NULL;
    query->service = service ? query->service_copy : NULL;
    return copy( node, !( query->flags & AI_DISABLE_IDN_ENCODING ), query->node_copy, sizeof( query->node_copy ),
                 WSAHOST_NOT_FOUND );
}

/* The course of getaddrinfo and GetAddrInfoW; the error is the last error too, and so is success. */
static int addrinfo_get( const void *node, const void *service, const ADDRINFOW *hints, BOOL unicode, ADDRINFOW **list )
{
    struct addrinfo_query query = { 0 };
    struct addrinfo_answer answer;
    int ret = 0;

    if (IsBadWritePtr( list, sizeof( *list ) )) ret = WSAEFAULT;
    else
    {
        *list = NULL;
        if (hints && IsBadReadPtr( hints, sizeof( *hints ) )) ret = WSAEFAULT;
        else if (hints) ret = addrinfo_query_hints( &query, hints, hints->ai_next );
        /* an ADDRINFO has room for one of the two names */
        if (!ret && !( ~query.flags & ( AI_CANONNAME | AI_FQDN ) )) ret = WSAEINVAL;
        if (!ret) ret = addrinfo_query_names( &query, node, service, unicode );
    }
    if (!ret)
    {
        if (!( ret = addrinfo_resolve( &query, &answer ) )) ret = addrinfo_list( &query, &answer, unicode, list );
        addrinfo_release( &answer );
    }
    SetLastError( ret );
    return ret;
}

/* Returns 0 or the error, which is the last error too ("getaddrinfo function"): WSANOTINITIALISED, WSAEFAULT,
 * WSANO_RECOVERY (hints with more than its first four members, AI_CANONNAME or AI_FQDN without a name),
 * WSAHOST_NOT_FOUND, WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSATYPE_NOT_FOUND (service), WSAEINVAL (flags), WSATRY_AGAIN,
 * WSANO_DATA, WSA_NOT_ENOUGH_MEMORY. */
int WINAPI getaddrinfo( const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list )
{
    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    return addrinfo_get( node, service, (const ADDRINFOW *)hints, FALSE, (ADDRINFOW **)list );
}

int WINAPI GetAddrInfoW( const WCHAR *node, const WCHAR *service, const ADDRINFOW *hints, ADDRINFOW **list )
{
    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    return addrinfo_get( node, service, hints, TRUE, list );
}

void WINAPI FreeAddrInfoW( ADDRINFOW *list )
{
    ADDRINFOW *next;

    for (; list; list = next)
    {
        next = list->ai_next;
        addrinfo_entry_free( CONTAINING_RECORD( list, struct entry, info ) );
    }
}

void WINAPI freeaddrinfo( struct addrinfo *list )
{
    FreeAddrInfoW( (ADDRINFOW *)list );
}
