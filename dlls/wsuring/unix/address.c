/*
 * Socket addresses: Windows to Unix and back
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IPX and other families of Windows are left to the wineserver.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

enum
{
    WINDOWS_AF_UNIX = 1,
    WINDOWS_AF_INET = 2,
    WINDOWS_AF_INET6 = 23
};

struct windows_sockaddr_in
{
    uint16_t family;
    uint16_t port;
    uint8_t addr[4];
    uint8_t zero[8];
};

struct windows_sockaddr_in6
{
    uint16_t family;
    uint16_t port;
    uint32_t flowinfo;
    uint8_t addr[16];
    uint32_t scope_id;
};

struct windows_sockaddr_un
{
    uint16_t family;
    char path[108];
};

_Static_assert( sizeof( struct windows_sockaddr_in ) == 16, "ws2def.h" );
_Static_assert( sizeof( struct windows_sockaddr_in6 ) == 28, "ws2ipdef.h" );
_Static_assert( sizeof( struct windows_sockaddr_un ) == 110, "afunix.h" );

/* addr: len bytes of provider memory, any alignment. STATUS_ACCESS_VIOLATION when len is too small for the family
 * (Windows says WSAEFAULT, page "sendto function"), STATUS_NOT_SUPPORTED for an unknown family. len may be longer. */
NTSTATUS address_to_unix( const void *addr, uint32_t len, struct sockaddr_storage *out, socklen_t *out_len )
{
    uint16_t family;

    if (len < sizeof( family )) return STATUS_ACCESS_VIOLATION;
    memcpy( &family, addr, sizeof( family ) );
    switch (family)
    {
    case WINDOWS_AF_INET:
    {
        struct windows_sockaddr_in in;
        struct sockaddr_in *unix_in = (struct sockaddr_in *)out;

        if (len < sizeof( in )) return STATUS_ACCESS_VIOLATION;
        memcpy( &in, addr, sizeof( in ) );
        memset( unix_in, 0, sizeof( *unix_in ) );
        unix_in->sin_family = AF_INET;
        unix_in->sin_port = in.port;
        memcpy( &unix_in->sin_addr, in.addr, sizeof( in.addr ) );
        *out_len = sizeof( *unix_in );
        return STATUS_SUCCESS;
    }
    case WINDOWS_AF_INET6:
    {
        struct windows_sockaddr_in6 in6;
        struct sockaddr_in6 *unix_in6 = (struct sockaddr_in6 *)out;

        if (len < sizeof( in6 )) return STATUS_ACCESS_VIOLATION;
        memcpy( &in6, addr, sizeof( in6 ) );
        memset( unix_in6, 0, sizeof( *unix_in6 ) );
        unix_in6->sin6_family = AF_INET6;
        unix_in6->sin6_port = in6.port;
        unix_in6->sin6_flowinfo = in6.flowinfo;
        memcpy( &unix_in6->sin6_addr, in6.addr, sizeof( in6.addr ) );
        unix_in6->sin6_scope_id = in6.scope_id;
        *out_len = sizeof( *unix_in6 );
        return STATUS_SUCCESS;
    }
    case WINDOWS_AF_UNIX:
    {
        struct sockaddr_un *unix_un = (struct sockaddr_un *)out;
        uint32_t path_len = len - sizeof( family );

        /* the path is the host's: the caller has translated it */
        if (path_len > sizeof( unix_un->sun_path )) path_len = sizeof( unix_un->sun_path );
        memset( unix_un, 0, sizeof( *unix_un ) );
        unix_un->sun_family = AF_UNIX;
        memcpy( unix_un->sun_path, (const char *)addr + sizeof( family ), path_len );
        *out_len = offsetof( struct sockaddr_un, sun_path ) + path_len;
        return STATUS_SUCCESS;
    }
    default: return STATUS_NOT_SUPPORTED;
    }
}

static uint32_t address_copy( const void *addr, uint32_t len, void *out, uint32_t room )
{
    if (room) memcpy( out, addr, len < room ? len : room );
    return len;
}

/* Writes at most room bytes; returns the length of the whole Windows address, 0 if there is none or its family is
 * unknown. */
uint32_t address_from_unix( const struct sockaddr_storage *addr, socklen_t len, void *out, uint32_t room )
{
    if (len < sizeof( addr->ss_family )) return 0;
    switch (addr->ss_family)
    {
    case AF_INET:
    {
        const struct sockaddr_in *unix_in = (const struct sockaddr_in *)addr;
        struct windows_sockaddr_in in = { .family = WINDOWS_AF_INET, .port = unix_in->sin_port };

        if (len < sizeof( *unix_in )) return 0;
        memcpy( in.addr, &unix_in->sin_addr, sizeof( in.addr ) );
        return address_copy( &in, sizeof( in ), out, room );
    }
    case AF_INET6:
    {
        const struct sockaddr_in6 *unix_in6 = (const struct sockaddr_in6 *)addr;
        struct windows_sockaddr_in6 in6 = { .family = WINDOWS_AF_INET6,
                                            .port = unix_in6->sin6_port,
                                            .flowinfo = unix_in6->sin6_flowinfo,
                                            .scope_id = unix_in6->sin6_scope_id };

        if (len < sizeof( *unix_in6 )) return 0;
        memcpy( in6.addr, &unix_in6->sin6_addr, sizeof( in6.addr ) );
        return address_copy( &in6, sizeof( in6 ), out, room );
    }
    case AF_UNIX:
    {
        const struct sockaddr_un *unix_un = (const struct sockaddr_un *)addr;
        struct windows_sockaddr_un un = { .family = WINDOWS_AF_UNIX };

        /* always the whole structure, as Windows does; an unnamed socket has an empty path */
        if (len > sizeof( *unix_un )) len = sizeof( *unix_un );
        memcpy( un.path, unix_un->sun_path, len - offsetof( struct sockaddr_un, sun_path ) );
        return address_copy( &un, sizeof( un ), out, room );
    }
    default: return 0;
    }
}
