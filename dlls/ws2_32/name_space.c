/*
 * Name spaces: which there are, and which a query is for
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "name_space.h"

BOOL name_space_matches( DWORD name_space, const GUID *provider )
{
    if (provider) return IsEqualGUID( provider, &dns_provider );
    return name_space == NS_ALL || name_space == NS_DNS;
}

BOOL name_space_choose( DWORD name_space, const GUID *provider, struct name_space_choice *choice )
{
    const struct name_spaces *spaces = name_spaces_of_process();
    BOOL others = FALSE;
    DWORD i;

    choice->count = 0;
    for (i = 0; spaces && i < spaces->count; i++)
    {
        const struct name_space *space = spaces->items[i];

        if (!space->active) continue;
        if (provider ? !IsEqualGUID( provider, &space->provider ) : name_space != NS_ALL && name_space != space->number)
            continue;
        if (!name_space_is_base( space )) others = TRUE;
        choice->items[choice->count++] = space;
    }
    return others;
}

const struct name_space *name_space_of_provider( const GUID *provider )
{
    const struct name_spaces *spaces = name_spaces_of_process();
    DWORD i;

    for (i = 0; spaces && i < spaces->count; i++)
        if (IsEqualGUID( provider, &spaces->items[i]->provider )) return spaces->items[i];
    return NULL;
}

BOOL name_space_is_known( const GUID *provider )
{
    return name_space_of_provider( provider ) || IsEqualGUID( provider, &dns_provider );
}

BOOL name_spaces_installed( void )
{
    const struct name_spaces *spaces = name_spaces_of_process();

    return spaces && spaces->count > 1;
}

/* ---- WSAEnumNameSpaceProviders */

C_ASSERT( sizeof( WSANAMESPACE_INFOA ) == sizeof( WSANAMESPACE_INFOW )
          && sizeof( WSANAMESPACE_INFOEXA ) == sizeof( WSANAMESPACE_INFOEXW ) );
C_ASSERT( offsetof( WSANAMESPACE_INFOEXW, lpszIdentifier ) == offsetof( WSANAMESPACE_INFOW, lpszIdentifier ) );

static DWORD name_space_text_size( const WCHAR *text, BOOL unicode )
{
    return unicode ? ( lstrlenW( text ) + 1 ) * sizeof( WCHAR )
                   : (DWORD)WideCharToMultiByte( CP_ACP, 0, text, -1, NULL, 0, NULL, NULL );
}

/* What an entry needs beside itself: its name, and in the longer form the provider's own data. */
static DWORD name_space_extra( const struct name_space *space, UINT entry_size, BOOL unicode )
{
    DWORD size = ( name_space_text_size( space->name, unicode ) + 7 ) & ~7;

    return entry_size < sizeof( WSANAMESPACE_INFOEXW ) ? size : size + ( ( space->blob_size + 7 ) & ~7 );
}

static void name_space_write( const struct name_space *space, char *entry, UINT entry_size, char *extra, BOOL unicode )
{
    DWORD size = name_space_text_size( space->name, unicode );
    WSANAMESPACE_INFOEXW info = { .NSProviderId = space->provider,
                                  .dwNameSpace = space->number,
                                  .fActive = space->active,
                                  .dwVersion = space->version,
                                  .lpszIdentifier = (WCHAR *)extra };

    if (unicode) memcpy( extra, space->name, size );
    else WideCharToMultiByte( CP_ACP, 0, space->name, -1, extra, size, NULL, NULL );
    if (entry_size >= sizeof( info ) && space->blob_size)
    {
        info.ProviderSpecific.cbSize = space->blob_size;
        info.ProviderSpecific.pBlobData = (BYTE *)extra + ( ( size + 7 ) & ~7 );
        memcpy( info.ProviderSpecific.pBlobData, space->blob, space->blob_size );
    }
    memcpy( entry, &info, entry_size );
}

/* All forms. entry_size: of the structure; the longer begins like the shorter. Returns the number of entries. */
static INT name_space_list( enum catalog_kind kind, DWORD *size, void *buffer, UINT entry_size, BOOL unicode )
{
    struct name_spaces *spaces;
    DWORD needed, room, i;
    INT count = SOCKET_ERROR;
    char *extra;

    if (IsBadWritePtr( size, sizeof( *size ) ))
    {
        SetLastError( WSAEFAULT );
        return SOCKET_ERROR;
    }
    if (!( spaces = name_spaces_load( kind ) ))
    {
        SetLastError( WSA_NOT_ENOUGH_MEMORY );
        return SOCKET_ERROR;
    }
    needed = spaces->count * entry_size;
    for (i = 0; i < spaces->count; i++) needed += name_space_extra( spaces->items[i], entry_size, unicode );
    room = *size;
    if (room < needed) *size = needed;
    if (room < needed || IsBadWritePtr( buffer, needed )) SetLastError( WSAEFAULT );
    else
    {
        count = spaces->count;
        extra = (char *)buffer + spaces->count * entry_size;
        for (i = 0; i < spaces->count; i++)
        {
            name_space_write( spaces->items[i], (char *)buffer + i * entry_size, entry_size, extra, unicode );
            extra += name_space_extra( spaces->items[i], entry_size, unicode );
        }
    }
    name_spaces_free( spaces );
    return count;
}

static INT name_space_enum( const void *caller, DWORD *size, void *buffer, UINT entry_size, BOOL unicode )
{
    return names_started( caller ) ? name_space_list( CATALOG_OWN, size, buffer, entry_size, unicode ) : SOCKET_ERROR;
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

/* WSAStartup isn't needed for these, as for the other WSC functions. */
INT WINAPI WSCEnumNameSpaceProviders32( DWORD *size, WSANAMESPACE_INFOW *buffer )
{
    return name_space_list( CATALOG_32, size, buffer, sizeof( *buffer ), TRUE );
}

INT WINAPI WSCEnumNameSpaceProvidersEx32( DWORD *size, WSANAMESPACE_INFOEXW *buffer )
{
    return name_space_list( CATALOG_32, size, buffer, sizeof( *buffer ), TRUE );
}
