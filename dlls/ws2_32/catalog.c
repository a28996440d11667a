/*
 * The protocol catalogue
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stddef.h>

#include "catalog.h"

static struct catalog *volatile process_catalog;

const struct catalog *catalog_of_process( void )
{
    struct catalog *catalog = process_catalog;

    if (catalog || !( catalog = catalog_load( CATALOG_OWN ) )) return catalog;
    catalog_drop_broken( catalog );
    category_filter( catalog );
    if (!InterlockedCompareExchangePointer( (void *volatile *)&process_catalog, catalog, NULL )) return catalog;
    catalog_free( catalog );
    return process_catalog;
}

static BOOL catalog_is_wanted( const WSAPROTOCOL_INFOW *info, const INT *protocols )
{
    if (!protocols) return TRUE;
    for (; *protocols; protocols++)
        if (*protocols == info->iProtocol) return TRUE;
    return FALSE;
}

static void catalog_to_ansi( const WSAPROTOCOL_INFOW *from, WSAPROTOCOL_INFOA *to )
{
    memcpy( to, from, offsetof( WSAPROTOCOL_INFOA, szProtocol ) );
    WideCharToMultiByte( CP_ACP, 0, from->szProtocol, -1, to->szProtocol, sizeof( to->szProtocol ), NULL, NULL );
}

/* Returns the number of entries; or SOCKET_ERROR with *err and, if *len is too small, the size needed there. all: also
 * what programs don't see. */
static int catalog_enum( enum catalog_kind kind, BOOL all, const INT *protocols, void *buffer, DWORD *len, BOOL unicode,
                         int *err )
{
    size_t size = unicode ? sizeof( WSAPROTOCOL_INFOW ) : sizeof( WSAPROTOCOL_INFOA );
    struct catalog *catalog;
    char *pos = buffer;
    DWORD count = 0, needed, i;

    *err = WSAEFAULT;
    if (!len || IsBadWritePtr( len, sizeof( *len ) )) return SOCKET_ERROR;
    if (protocols && IsBadReadPtr( protocols, sizeof( *protocols ) )) return SOCKET_ERROR;
    *err = WSAENOBUFS;
    if (!( catalog = catalog_load( kind ) )) return SOCKET_ERROR;
    for (i = 0; i < catalog->count; i++)
    {
        const WSAPROTOCOL_INFOW *info = &catalog->items[i].info;

        if (!catalog_is_wanted( info, protocols ) || !( all || catalog_is_visible( info ) )) continue;
        catalog->items[count++] = catalog->items[i];
    }
    needed = count * size;
    if (!buffer || *len < needed) *len = needed;
    else if (IsBadWritePtr( buffer, needed )) *err = WSAEFAULT;
    else *err = 0;
    for (i = 0; i < count && !*err; i++, pos += size)
    {
        if (unicode) *(WSAPROTOCOL_INFOW *)pos = catalog->items[i].info;
        else catalog_to_ansi( &catalog->items[i].info, (WSAPROTOCOL_INFOA *)pos );
    }
    catalog_free( catalog );
    return *err ? SOCKET_ERROR : (int)count;
}

int WINAPI WSAEnumProtocolsA( INT *protocols, WSAPROTOCOL_INFOA *buffer, DWORD *len )
{
    int err, ret;

    if (!startup_check()) return SOCKET_ERROR;
    ret = catalog_enum( CATALOG_OWN, FALSE, protocols, buffer, len, FALSE, &err );
    if (ret == SOCKET_ERROR) SetLastError( err );
    return ret;
}

int WINAPI WSAEnumProtocolsW( INT *protocols, WSAPROTOCOL_INFOW *buffer, DWORD *len )
{
    int err, ret;

    if (!startup_check()) return SOCKET_ERROR;
    ret = catalog_enum( CATALOG_OWN, FALSE, protocols, buffer, len, TRUE, &err );
    if (ret == SOCKET_ERROR) SetLastError( err );
    return ret;
}

static int catalog_enum_all( enum catalog_kind kind, INT *protocols, WSAPROTOCOL_INFOW *buffer, DWORD *len, INT *err )
{
    int error, ret = catalog_enum( kind, TRUE, protocols, buffer, len, TRUE, &error );

    if (ret == SOCKET_ERROR) set_errno( err, error );
    return ret;
}

int WINAPI WSCEnumProtocols( INT *protocols, WSAPROTOCOL_INFOW *buffer, DWORD *len, INT *err )
{
    return catalog_enum_all( CATALOG_OWN, protocols, buffer, len, err );
}

int WINAPI WSCEnumProtocols32( INT *protocols, WSAPROTOCOL_INFOW *buffer, DWORD *len, INT *err )
{
    return catalog_enum_all( CATALOG_32, protocols, buffer, len, err );
}

/* *len: characters with the terminator, in: room, out: the size needed. WSAEFAULT: bad pointers, or too little room;
 * WSAEINVAL: no such provider ("WSCGetProviderPath function"). */
static int catalog_path( enum catalog_kind kind, const GUID *provider, WCHAR *path, INT *len, INT *err )
{
    struct catalog *catalog;
    WCHAR found[MAX_PATH];
    int error = WSAEINVAL, size = 0;
    DWORD i;

    if (!provider || !len || IsBadReadPtr( provider, sizeof( *provider ) ) || IsBadWritePtr( len, sizeof( *len ) ))
        return set_errno( err, WSAEFAULT );
    if (!( catalog = catalog_load( kind ) )) return set_errno( err, WSA_NOT_ENOUGH_MEMORY );
    for (i = 0; i < catalog->count && error; i++)
    {
        if (!IsEqualGUID( &catalog->items[i].info.ProviderId, provider )) continue;
        size = MultiByteToWideChar( CP_ACP, 0, catalog->items[i].path, -1, found, ARRAY_SIZE( found ) );
        error = size ? 0 : WSAEINVAL;
    }
    catalog_free( catalog );
    if (error) return set_errno( err, error );
    error = *len < size || !path || IsBadWritePtr( path, size * sizeof( WCHAR ) ) ? WSAEFAULT : 0;
    if (!error) memcpy( path, found, size * sizeof( WCHAR ) );
    *len = size;
    return set_errno( err, error );
}

int WINAPI WSCGetProviderPath( GUID *provider, WCHAR *path, INT *len, INT *err )
{
    return catalog_path( CATALOG_OWN, provider, path, len, err );
}

int WINAPI WSCGetProviderPath32( GUID *provider, WCHAR *path, INT *len, INT *err )
{
    return catalog_path( CATALOG_32, provider, path, len, err );
}
