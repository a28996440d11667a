/*
 * getaddrinfo
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"

#define SERVICE_LEN_MAX 255

/* ---- the query, independent of its outer form */

/* A decimal port, as strtoul reads it, with leading white space but without signs. */
static BOOL parse_port( const char *service, USHORT *port )
{
    UINT value = 0;

    while (*service == ' ' || *service == '\t') service++;
    for (; *service >= '0' && *service <= '9'; service++)
        if (( value = value * 10 + *service - '0' ) > 0xffff) return FALSE;
    *port = value;
    return !*service; /* "" is port 0 */
}

static int find_port( const struct addrinfo_query *query, USHORT *port )
{
    /* the protocol decides if it is one of these two, otherwise the type */
    BOOL tcp = query->protocol == IPPROTO_TCP || ( query->protocol != IPPROTO_UDP && query->socktype != SOCK_DGRAM );
    BOOL udp = query->protocol == IPPROTO_UDP || ( query->protocol != IPPROTO_TCP && query->socktype != SOCK_STREAM );
    struct service service;

    if (!query->service) *port = 0;
    else if (!parse_port( query->service, port ))
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

static int check_hints( const struct addrinfo_query *query )
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

static unsigned int lookup_flags( const struct addrinfo_query *query )
{
    unsigned int flags = 0;

    if (query->flags & AI_PASSIVE) flags |= NAME_PASSIVE;
    if (query->node && ( query->flags & ( AI_CANONNAME | AI_FQDN ) )) flags |= NAME_CANONICAL;
    if (query->flags & AI_ALL) flags |= NAME_ALL;
    if (query->flags & AI_ADDRCONFIG) flags |= NAME_ADDRCONFIG;
    if (query->flags & AI_V4MAPPED) flags |= NAME_V4MAPPED;
    return flags;
}

static int numeric_answer( const struct addrinfo_query *query, struct addrinfo_answer *answer, const char *node )
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

static int lookup_answer( const struct addrinfo_query *query, struct addrinfo_answer *answer, const char *node )
{
    unsigned int flags = lookup_flags( query );
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
    else ret = resolve_addresses( node, query->family, flags, &answer->result );
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

/* node without the brackets of an IPv6 literal; text after them is ignored, as on stock. */
static const char *strip_brackets( const char *node, char *buffer )
{
    const char *end;

    if (node[0] != '[' || !( end = strchr( node, ']' ) ) || end - node > NAME_LEN_MAX) return node;
    memcpy( buffer, node + 1, end - node - 1 );
    buffer[end - node - 1] = 0;
    return buffer;
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
    if (( ret = check_hints( query ) ) || ( ret = find_port( query, &port ) )) return ret;
    answer->port = htons( port );

    if (!node) return lookup_answer( query, answer, NULL );
    node = strip_brackets( node, answer->literal );
    if (address_parse( node, &answer->numeric )) return numeric_answer( query, answer, node );
    if (!node[0] || ascii_equal( node, "..localmachine" ))
    {
        if (query->flags & AI_NUMERICHOST) return WSAHOST_NOT_FOUND;
        resolve_qualified_self( answer->self, sizeof( answer->self ) );
        node = answer->self;
    }
    return lookup_answer( query, answer, node );
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

/* ---- lists: every entry is a block of its own with its address and name, so that programs may split lists */

struct entry
{
    ADDRINFOW info;
    UINT len;                          /* of the canonical name */
    char data[sizeof( SOCKADDR_IN6 )]; /* and the name */
};

/* A cache of one freed entry without a name: the heap would be half of the cost of a numeric address. */
static struct entry *spare;

static struct entry *entry_alloc( UINT len )
{
    struct entry *entry = len ? NULL : InterlockedExchangePointer( (void **)&spare, NULL );

    if (entry) memset( entry, 0, sizeof( *entry ) );
    else if (( entry = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *entry ) + len ) )) entry->len = len;
    return entry;
}

static void entry_free( struct entry *entry )
{
    if (entry->len || InterlockedCompareExchangePointer( (void **)&spare, entry, NULL ))
        HeapFree( GetProcessHeap(), 0, entry );
}

C_ASSERT( sizeof( ADDRINFOA ) == sizeof( ADDRINFOW ) );

/* The hints' flags that are returned with each result. */
#define FLAGS_RETURNED                                                                                                 \
    ( AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_ALL | AI_ADDRCONFIG | AI_V4MAPPED )

static struct entry *entry_create( const struct addrinfo_query *query, const struct addrinfo_answer *answer, UINT index,
                                   BOOL unicode )
{
    const char *canonical = addrinfo_name( query, answer, index );
    BOOL decode = !( query->flags & AI_DISABLE_IDN_ENCODING );
    struct entry *entry = entry_alloc( name_export( canonical, unicode, decode, NULL ) );

    if (!entry) return NULL;
    entry->info.ai_flags = query->flags & FLAGS_RETURNED;
    entry->info.ai_family = answer->addrs[index].family;
    entry->info.ai_socktype = query->socktype;
    entry->info.ai_protocol = query->protocol;
    entry->info.ai_addr = (SOCKADDR *)entry->data;
    entry->info.ai_addrlen = address_to_sockaddr( &answer->addrs[index], answer->port, entry->data );
    if (name_export( canonical, unicode, decode, entry + 1 )) entry->info.ai_canonname = (WCHAR *)( entry + 1 );
    return entry;
}

static int list_create( const struct addrinfo_query *query, const struct addrinfo_answer *answer, BOOL unicode,
                        ADDRINFOW **list )
{
    ADDRINFOW **next = list;
    struct entry *entry;
    UINT i;

    *list = NULL;
    for (i = 0; i < answer->count; i++)
    {
        if (!( entry = entry_create( query, answer, i, unicode ) ))
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

/* hints of either kind; they differ only in the pointer type of a member that must be NULL */
static int query_init( struct addrinfo_query *query, const ADDRINFOW *hints )
{
    memset( query, 0, sizeof( *query ) );
    if (!hints) return 0;
    if (IsBadReadPtr( hints, sizeof( *hints ) )) return WSAEFAULT;
    if (hints->ai_addrlen || hints->ai_canonname || hints->ai_addr || hints->ai_next) return WSANO_RECOVERY;
    query->flags = hints->ai_flags;
    query->family = hints->ai_family;
    query->socktype = hints->ai_socktype;
    query->protocol = hints->ai_protocol;
    /* an ADDRINFO has room for one of the two names */
    return ~query->flags & ( AI_CANONNAME | AI_FQDN ) ? 0 : WSAEINVAL;
}

static int query_run( struct addrinfo_query *query, BOOL unicode, ADDRINFOW **list )
{
    struct addrinfo_answer answer;
    int ret = addrinfo_resolve( query, &answer );

    if (!ret) ret = list_create( query, &answer, unicode, list );
    addrinfo_release( &answer );
    return ret;
}

/* Returns 0 or the error, which is the last error too ("getaddrinfo function"): WSANOTINITIALISED, WSAEFAULT,
 * WSANO_RECOVERY (hints with more than its first four members, AI_CANONNAME or AI_FQDN without a name),
 * WSAHOST_NOT_FOUND, WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSATYPE_NOT_FOUND (service), WSAEINVAL (flags), WSATRY_AGAIN,
 * WSANO_DATA, WSA_NOT_ENOUGH_MEMORY. */
int WINAPI getaddrinfo( const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list )
{
    char node_utf8[NAME_LEN_MAX + 3], service_utf8[SERVICE_LEN_MAX + 1]; /* with brackets */
    struct addrinfo_query query;
    int ret;

    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    if (IsBadWritePtr( list, sizeof( *list ) )) ret = WSAEFAULT;
    else
    {
        *list = NULL;
        if (!( ret = query_init( &query, (const ADDRINFOW *)hints ) )
            && !( ret = name_from_ansi( service, FALSE, service_utf8, sizeof( service_utf8 ), WSATYPE_NOT_FOUND ) )
            && !( ret = name_from_ansi( node, !( query.flags & AI_DISABLE_IDN_ENCODING ), node_utf8,
                                        sizeof( node_utf8 ), WSAHOST_NOT_FOUND ) ))
        {
            query.node = node ? node_utf8 : NULL;
            query.service = service ? service_utf8 : NULL;
            ret = query_run( &query, FALSE, (ADDRINFOW **)list );
        }
    }
    if (ret) SetLastError( ret );
    return ret;
}

int WINAPI GetAddrInfoW( const WCHAR *node, const WCHAR *service, const ADDRINFOW *hints, ADDRINFOW **list )
{
    char node_utf8[NAME_LEN_MAX + 3], service_utf8[SERVICE_LEN_MAX + 1];
    struct addrinfo_query query;
    int ret;

    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    if (IsBadWritePtr( list, sizeof( *list ) )) ret = WSAEFAULT;
    else
    {
        *list = NULL;
        if (!( ret = query_init( &query, hints ) )
            && !( ret = name_from_unicode( service, FALSE, service_utf8, sizeof( service_utf8 ), WSATYPE_NOT_FOUND ) )
            && !( ret = name_from_unicode( node, !( query.flags & AI_DISABLE_IDN_ENCODING ), node_utf8,
                                           sizeof( node_utf8 ), WSAHOST_NOT_FOUND ) ))
        {
            query.node = node ? node_utf8 : NULL;
            query.service = service ? service_utf8 : NULL;
            ret = query_run( &query, TRUE, list );
        }
    }
    if (ret) SetLastError( ret );
    return ret;
}

void WINAPI FreeAddrInfoW( ADDRINFOW *list )
{
    ADDRINFOW *next;

    for (; list; list = next)
    {
        next = list->ai_next;
        entry_free( CONTAINING_RECORD( list, struct entry, info ) );
    }
}

void WINAPI freeaddrinfo( struct addrinfo *list )
{
    FreeAddrInfoW( (ADDRINFOW *)list );
}
