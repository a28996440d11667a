/*
 * The host's resolver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* EAI_NODATA, gethostbyname2_r */
#endif

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/unixlib.h"
#include "base/names.h"

typedef int NTSTATUS; /* same value as Wine's, in case a header has it too */

#define RESULT_SUCCESS          ( (NTSTATUS)0 )
#define RESULT_BUFFER_TOO_SMALL ( (NTSTATUS)0xc0000023 )
#define RESULT_NOT_SUPPORTED    ( (NTSTATUS)0xc00000bb )

/* <resolv.h> would include <signal.h>, whose POLL_IN differs from ours */
enum
{
    DNS_CLASS_IN = 1,
    DNS_TYPE_A = 1,
    DNS_TYPE_AAAA = 28
};
extern int res_query( const char *name, int class, int type, unsigned char *answer, int size );

enum
{
    WINDOWS_AF_INET = 2,
    WINDOWS_AF_INET6 = 23
};

enum
{
    ERROR_MEMORY = 8,
    ERROR_INVALID = 10022,
    ERROR_SOCKTYPE = 10044,
    ERROR_NOT_SUPPORTED = 10045,
    ERROR_FAMILY = 10047,
    ERROR_NO_BUFFERS = 10055,
    ERROR_TYPE_NOT_FOUND = 10109,
    ERROR_HOST_NOT_FOUND = 11001,
    ERROR_TRY_AGAIN = 11002,
    ERROR_NO_RECOVERY = 11003,
    ERROR_NO_DATA = 11004
};

/* ---- errors (wine-interfaces 12) */

static int name_error_from_errno( int err )
{
    switch (err)
    {
    case ENOMEM: return ERROR_MEMORY;
    case ENOBUFS: return ERROR_NO_BUFFERS;
    case EMFILE:
    case ENFILE: return 10024;
    case EAGAIN:
    case EINTR:
    case ETIMEDOUT: return ERROR_TRY_AGAIN;
    case EAFNOSUPPORT: return ERROR_FAMILY;
    default: return ERROR_HOST_NOT_FOUND;
    }
}

static int name_error_from_eai( int err, int sys_errno )
{
    switch (err)
    {
    case 0: return 0;
    case EAI_AGAIN: return ERROR_TRY_AGAIN;
    case EAI_BADFLAGS: return ERROR_INVALID;
    case EAI_FAIL: return ERROR_NO_RECOVERY;
    case EAI_FAMILY: return ERROR_FAMILY;
    case EAI_MEMORY: return ERROR_MEMORY;
#ifdef EAI_NODATA
    case EAI_NODATA: return ERROR_NO_DATA;
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY: /* a numeric address of the other family */
#endif
    case EAI_NONAME: return ERROR_HOST_NOT_FOUND;
    case EAI_SERVICE: return ERROR_TYPE_NOT_FOUND;
    case EAI_SOCKTYPE: return ERROR_SOCKTYPE;
    case EAI_SYSTEM: return name_error_from_errno( sys_errno );
    default: return ERROR_NO_RECOVERY;
    }
}

static int name_error_from_h_errno( int err )
{
    switch (err)
    {
    case HOST_NOT_FOUND: return ERROR_HOST_NOT_FOUND;
    case TRY_AGAIN: return ERROR_TRY_AGAIN;
    case NO_RECOVERY: return ERROR_NO_RECOVERY;
    case NO_DATA: return ERROR_NO_DATA;
    case NETDB_INTERNAL: return ERROR_TRY_AGAIN;
    default: return ERROR_HOST_NOT_FOUND;
    }
}

/* ---- addresses */

static int name_family_to_unix( int family )
{
    return family == WINDOWS_AF_INET ? AF_INET : family == WINDOWS_AF_INET6 ? AF_INET6 : AF_UNSPEC;
}

static int name_address_from_sockaddr( struct name_address *out, const struct sockaddr *addr )
{
    memset( out, 0, sizeof( *out ) );
    if (addr->sa_family == AF_INET)
    {
        out->family = WINDOWS_AF_INET;
        memcpy( out->bytes, &( (const struct sockaddr_in *)addr )->sin_addr, 4 );
        return 1;
    }
    if (addr->sa_family == AF_INET6)
    {
        out->family = WINDOWS_AF_INET6;
        out->scope = ( (const struct sockaddr_in6 *)addr )->sin6_scope_id;
        memcpy( out->bytes, &( (const struct sockaddr_in6 *)addr )->sin6_addr, 16 );
        return 1;
    }
    return 0;
}

static socklen_t name_address_to_sockaddr( struct sockaddr_storage *out, const struct name_address *addr )
{
    memset( out, 0, sizeof( *out ) );
    if (addr->family == WINDOWS_AF_INET)
    {
        struct sockaddr_in *in = (struct sockaddr_in *)out;

        in->sin_family = AF_INET;
        memcpy( &in->sin_addr, addr->bytes, 4 );
        return sizeof( *in );
    }
    else
    {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

        in6->sin6_family = AF_INET6;
        in6->sin6_scope_id = addr->scope;
        memcpy( &in6->sin6_addr, addr->bytes, 16 );
        return sizeof( *in6 );
    }
}

/* ---- results: first the size is computed, then, if there is room, they are written */

static size_t name_align_8( size_t size )
{
    return ( size + 7 ) & ~(size_t)7;
}

static NTSTATUS name_write_result( struct name_params *params, const char *name, char **aliases,
                                   const struct name_address *addrs, uint32_t addr_count )
{
    struct name_result *result = (struct name_result *)(uintptr_t)params->result;
    size_t addr_pos = name_align_8( sizeof( *result ) ), name_pos = addr_pos + (size_t)addr_count * sizeof( *addrs ),
           pos = name_pos;
    uint32_t i, alias_count = 0;
    char *base = (char *)result;

    if (name) pos += strlen( name ) + 1;
    for (i = 0; aliases && aliases[i]; i++, alias_count++) pos += strlen( aliases[i] ) + 1;
    if (pos > UINT32_MAX / 2)
    {
        params->error = ERROR_NO_RECOVERY;
        return RESULT_SUCCESS;
    }
    if (pos > params->size)
    {
        params->size = pos;
        return RESULT_BUFFER_TOO_SMALL;
    }

    result->size = pos;
    result->name = name ? name_pos : 0;
    result->alias_count = alias_count;
    result->addresses = addr_pos;
    result->address_count = addr_count;
    if (addr_count) memcpy( base + addr_pos, addrs, addr_count * sizeof( *addrs ) );
    pos = name_pos;
    if (name)
    {
        strcpy( base + pos, name );
        pos += strlen( name ) + 1;
    }
    result->aliases = pos;
    for (i = 0; i < alias_count; i++)
    {
        strcpy( base + pos, aliases[i] );
        pos += strlen( aliases[i] ) + 1;
    }
    params->size = result->size;
    params->error = 0;
    return RESULT_SUCCESS;
}

static NTSTATUS name_write_error( struct name_params *params, int error )
{
    params->error = error;
    return RESULT_SUCCESS;
}

static NTSTATUS name_write_hostent( struct name_params *params, const struct hostent *host )
{
    struct name_address *addrs;
    uint32_t i, count = 0;
    NTSTATUS status;

    while (host->h_addr_list[count]) count++;
    if (!( addrs = calloc( count + 1, sizeof( *addrs ) ) )) return name_write_error( params, ERROR_MEMORY );
    for (i = 0; i < count; i++)
    {
        addrs[i].family = host->h_addrtype == AF_INET6 ? WINDOWS_AF_INET6 : WINDOWS_AF_INET;
        memcpy( addrs[i].bytes, host->h_addr_list[i], host->h_addrtype == AF_INET6 ? 16 : 4 );
    }
    status = name_write_result( params, host->h_name, host->h_aliases, addrs, count );
    free( addrs );
    return status;
}

/* ---- operations */

/* When asked for one family only, glibc's getaddrinfo reports every failure as an unknown name; h_errno has the real
 * error. But its NO_RECOVERY may also mean an alias of a name without such addresses: res_query distinguishes them. */
static int name_error_from_lookup( int err, int sys_errno, int sys_h_errno, const char *name, int family )
{
    unsigned char answer[512];

    if (err != EAI_NONAME || !name) return name_error_from_eai( err, sys_errno );
    if (sys_h_errno == TRY_AGAIN) return ERROR_TRY_AGAIN;
    if (sys_h_errno != NO_RECOVERY) return ERROR_HOST_NOT_FOUND;
    if (res_query( name, DNS_CLASS_IN, family == AF_INET6 ? DNS_TYPE_AAAA : DNS_TYPE_A, answer, sizeof( answer ) ) >= 0)
        return ERROR_NO_DATA;
    return name_error_from_h_errno( h_errno );
}

static NTSTATUS name_get_addresses( struct name_params *params )
{
    const char *name = (const char *)(uintptr_t)params->name;
    struct addrinfo hints = { .ai_family = name_family_to_unix( params->family ), .ai_socktype = SOCK_STREAM };
    struct addrinfo *list, *ai;
    struct name_address *addrs;
    uint32_t count = 0;
    NTSTATUS status;
    int ret;

    if (params->flags & NAME_PASSIVE) hints.ai_flags |= AI_PASSIVE;
    if (params->flags & NAME_CANONICAL) hints.ai_flags |= AI_CANONNAME;
    if (params->flags & NAME_NUMERIC) hints.ai_flags |= AI_NUMERICHOST;
    if (params->flags & NAME_ALL) hints.ai_flags |= AI_ALL;
    if (params->flags & NAME_ADDRCONFIG) hints.ai_flags |= AI_ADDRCONFIG;
    if (params->flags & NAME_V4MAPPED) hints.ai_flags |= AI_V4MAPPED;

    /* without a name a service is required; the port isn't used */
    h_errno = 0;
    if (( ret = getaddrinfo( name, name ? NULL : "0", &hints, &list ) ))
        return name_write_error( params, name_error_from_lookup( ret, errno, h_errno, name, hints.ai_family ) );

    for (ai = list; ai; ai = ai->ai_next) count++;
    if (!( addrs = calloc( count + 1, sizeof( *addrs ) ) ))
    {
        freeaddrinfo( list );
        return name_write_error( params, ERROR_MEMORY );
    }
    for (ai = list, count = 0; ai; ai = ai->ai_next) count += name_address_from_sockaddr( &addrs[count], ai->ai_addr );
    if (count) status = name_write_result( params, list->ai_canonname, NULL, addrs, count );
    else status = name_write_error( params, ERROR_NO_DATA );
    free( addrs );
    freeaddrinfo( list );
    return status;
}

/* gethostbyname2_r or gethostbyaddr_r with a buffer that grows: its size depends on the answer. */
static NTSTATUS name_get_hostent( struct name_params *params )
{
    const char *name = (const char *)(uintptr_t)params->name;
    int family = name_family_to_unix( params->op == NAME_PEER ? params->address.family : params->family );
    socklen_t len = family == AF_INET6 ? 16 : 4;
    struct hostent host, *found;
    size_t size = 2048;
    char *buffer = NULL, *new_buffer;
    NTSTATUS status;
    int ret, err = 0;

    do
    {
        size *= 2;
        found = NULL;
        if (!( new_buffer = realloc( buffer, size ) ))
        {
            free( buffer );
            return name_write_error( params, ERROR_MEMORY );
        }
        buffer = new_buffer;
        if (params->op == NAME_PEER)
            ret = gethostbyaddr_r( params->address.bytes, len, family, &host, buffer, size, &found, &err );
        else ret = gethostbyname2_r( name, family, &host, buffer, size, &found, &err );
    } while (ret == ERANGE && size < 4 * 1024 * 1024);

    if (!ret && found) status = name_write_hostent( params, found );
    else status = name_write_error( params, ret == ENOMEM ? ERROR_MEMORY : name_error_from_h_errno( err ) );
    free( buffer );
    return status;
}

static NTSTATUS name_get_info( struct name_params *params )
{
    struct sockaddr_storage addr;
    socklen_t len = name_address_to_sockaddr( &addr, &params->address );
    char name[NI_MAXHOST];
    int ret;

    ret = getnameinfo( (struct sockaddr *)&addr, len, name, sizeof( name ), NULL, 0,
                       NI_NAMEREQD | ( params->flags & NAME_NOFQDN ? NI_NOFQDN : 0 ) );
    if (ret) return name_write_error( params, name_error_from_eai( ret, errno ) );
    return name_write_result( params, name, NULL, NULL, 0 );
}

static NTSTATUS name_get_self( struct name_params *params )
{
    char name[256];

    if (gethostname( name, sizeof( name ) )) return name_write_error( params, name_error_from_errno( errno ) );
    name[sizeof( name ) - 1] = 0;
    return name_write_result( params, name, NULL, NULL, 0 );
}

/* unix_get_name: names.h. Blocks as long as the host's resolver does. */
NTSTATUS get_name( void *args )
{
    struct name_params *params = args;

    params->error = 0;
    switch (params->op)
    {
    case NAME_ADDRESSES: return name_get_addresses( params );
    case NAME_HOST:
    case NAME_PEER: return name_get_hostent( params );
    case NAME_INFO: return name_get_info( params );
    case NAME_SELF: return name_get_self( params );
    default: return RESULT_NOT_SUPPORTED;
    }
}
