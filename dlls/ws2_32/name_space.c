/*
 * Name spaces: the only one is DNS
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "query_set.h"

/* Name and identifier are those of Windows. */
const GUID dns_provider = { 0x22059d40, 0x7e9e, 0x11cf, { 0xae, 0x5a, 0x00, 0xaa, 0x00, 0xa7, 0x11, 0x2b } };
static const char dns_identifier[] = "Tcpip";

BOOL name_space_matches( DWORD name_space, const GUID *provider )
{
    if (provider) return !memcmp( provider, &dns_provider, sizeof( *provider ) );
    return name_space == NS_ALL || name_space == NS_DNS;
}

C_ASSERT( sizeof( WSANAMESPACE_INFOA ) == sizeof( WSANAMESPACE_INFOW )
          && sizeof( WSANAMESPACE_INFOEXA ) == sizeof( WSANAMESPACE_INFOEXW ) );
C_ASSERT( offsetof( WSANAMESPACE_INFOEXW, lpszIdentifier ) == offsetof( WSANAMESPACE_INFOW, lpszIdentifier ) );

/* All four forms. entry_size: of the structure; the longer begins like the shorter. Returns the number of entries. */
static INT name_space_enum( const void *caller, DWORD *size, void *buffer, UINT entry_size, BOOL unicode )
{
    DWORD needed = entry_size + sizeof( dns_identifier ) * ( unicode ? sizeof( WCHAR ) : 1 ), room;
    WSANAMESPACE_INFOEXW info = { .NSProviderId = dns_provider, .dwNameSpace = NS_DNS, .fActive = TRUE };
    char *name = (char *)buffer + entry_size;

    if (!names_started( caller )) return SOCKET_ERROR;
    if (IsBadWritePtr( size, sizeof( *size ) )) goto fault;
    room = *size;
    if (room < needed) *size = needed;
    if (room < needed || IsBadWritePtr( buffer, needed )) goto fault;
    if (unicode) name_to_unicode( dns_identifier, (WCHAR *)name, sizeof( dns_identifier ) );
    else memcpy( name, dns_identifier, sizeof( dns_identifier ) );
    info.lpszIdentifier = (WCHAR *)name;
    memcpy( buffer, &info, entry_size );
    return 1;

fault:
    SetLastError( WSAEFAULT );
    return SOCKET_ERROR;
}

/* size: bytes, in: room, out: with WSAEFAULT the size needed. Returns the number of entries
 * ("WSAEnumNameSpaceProvidersW function"). */
INT WINAPI WSAEnumNameSpaceProvidersA( DWORD *size, WSANAMESPACE_INFOA *buffer )
{
    return name_space_enum( __builtin_return_address( 0 ), size, buffer, sizeof( *buffer ), FALSE );
}

INT WINAPI WSAEnumNameSpaceProvidersW( DWORD *size, WSANAMESPACE_INFOW *buffer )
{
    return name_space_enum( __builtin_return_address( 0 ), size, buffer, sizeof( *buffer ), TRUE );
}

INT WINAPI WSAEnumNameSpaceProvidersExA( DWORD *size, WSANAMESPACE_INFOEXA *buffer )
{
    return name_space_enum( __builtin_return_address( 0 ), size, buffer, sizeof( *buffer ), FALSE );
}

INT WINAPI WSAEnumNameSpaceProvidersExW( DWORD *size, WSANAMESPACE_INFOEXW *buffer )
{
    return name_space_enum( __builtin_return_address( 0 ), size, buffer, sizeof( *buffer ), TRUE );
}
