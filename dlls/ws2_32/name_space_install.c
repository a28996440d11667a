/*
 * Installing name space providers: the WSC functions that change their catalogue
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A function with 32 works on the catalogue of 32-bit programs. The errors, by their pages: WSAEINVAL: a bad argument,
 * or no such provider; WSAEFAULT: bad pointers; WSANO_RECOVERY: the provider is already there, or the registry can't be
 * written; WSA_NOT_ENOUGH_MEMORY. "Tcpip" can't be removed, nor made inactive.
 */

#include <string.h>

#include "name_space.h"

/* Notifications about the catalogue come by themselves: its key has changed. */
static int space_result( int err )
{
    if (!err) return 0;
    SetLastError( err );
    return SOCKET_ERROR;
}

static DWORD space_index( const struct name_spaces *spaces, const GUID *provider )
{
    DWORD i;

    for (i = 0; i < spaces->count && !IsEqualGUID( &spaces->items[i]->provider, provider ); i++)
    {
    }
    return i;
}

static BOOL space_bad_guid( const GUID *provider )
{
    return !provider || IsBadReadPtr( provider, sizeof( *provider ) );
}

/* ---- install */

static BOOL space_take_text( WCHAR *to, DWORD count, const WCHAR *from )
{
    if (!from || IsBadStringPtrW( from, count )) return FALSE;
    lstrcpynW( to, from, count );
    return to[0] && !from[lstrlenW( to )];
}

/* Takes *arg, of which nothing is left then. */
static int space_add( struct name_spaces *spaces, void *arg )
{
    struct name_space **new = arg;

    if (space_index( spaces, &( *new )->provider ) < spaces->count) return WSANO_RECOVERY;
    if (spaces->count == NAME_SPACES_MAX) return WSA_NOT_ENOUGH_MEMORY;
    spaces->items[spaces->count++] = *new;
    *new = NULL;
    return 0;
}

static int space_install( enum catalog_kind kind, const WCHAR *name, const WCHAR *path, DWORD number, DWORD version,
                          const GUID *provider, const BLOB *specific )
{
    DWORD blob_size = 0;
    struct name_space *new;
    int err = WSAEINVAL;

    if (space_bad_guid( provider )) return WSAEINVAL;
    if (specific)
    {
        if (IsBadReadPtr( specific, sizeof( *specific ) )) return WSAEINVAL;
        blob_size = specific->cbSize;
        if (blob_size > NAME_SPACE_BLOB_MAX || ( blob_size && IsBadReadPtr( specific->pBlobData, blob_size ) ))
            return WSAEINVAL;
    }
    if (!( new = name_space_alloc( blob_size ) )) return WSA_NOT_ENOUGH_MEMORY;
    new->provider = *provider;
    new->number = number;
    new->version = version;
    new->active = TRUE;
    new->blob_size = blob_size;
    if (blob_size) memcpy( new->blob, specific->pBlobData, blob_size );
    if (space_take_text( new->name, ARRAY_SIZE( new->name ), name )
        && space_take_text( new->path, ARRAY_SIZE( new->path ), path ))
        err = name_spaces_change( kind, space_add, &new );
    HeapFree( GetProcessHeap(), 0, new );
    return err;
}

INT WINAPI WSCInstallNameSpace( WCHAR *identifier, WCHAR *path, DWORD name_space, DWORD version, GUID *provider )
{
    return space_result( space_install( CATALOG_OWN, identifier, path, name_space, version, provider, NULL ) );
}

INT WINAPI WSCInstallNameSpace32( WCHAR *identifier, WCHAR *path, DWORD name_space, DWORD version, GUID *provider )
{
    return space_result( space_install( CATALOG_32, identifier, path, name_space, version, provider, NULL ) );
}

INT WINAPI WSCInstallNameSpaceEx( WCHAR *identifier, WCHAR *path, DWORD name_space, DWORD version, GUID *provider,
                                  BLOB *specific )
{
    return space_result( space_install( CATALOG_OWN, identifier, path, name_space, version, provider, specific ) );
}

INT WINAPI WSCInstallNameSpaceEx32( WCHAR *identifier, WCHAR *path, DWORD name_space, DWORD version, GUID *provider,
                                    BLOB *specific )
{
    return space_result( space_install( CATALOG_32, identifier, path, name_space, version, provider, specific ) );
}

/* ---- remove, activate */

static int space_remove( struct name_spaces *spaces, void *arg )
{
    DWORD i = space_index( spaces, arg );

    if (i == spaces->count || name_space_is_base( spaces->items[i] )) return WSAEINVAL;
    HeapFree( GetProcessHeap(), 0, spaces->items[i] );
    memmove( spaces->items + i, spaces->items + i + 1, ( --spaces->count - i ) * sizeof( spaces->items[0] ) );
    return 0;
}

static int space_uninstall( enum catalog_kind kind, const GUID *provider )
{
    GUID copy;

    if (space_bad_guid( provider )) return WSAEFAULT;
    copy = *provider;
    return name_spaces_change( kind, space_remove, &copy );
}

INT WINAPI WSCUnInstallNameSpace( GUID *provider )
{
    return space_result( space_uninstall( CATALOG_OWN, provider ) );
}

INT WINAPI WSCUnInstallNameSpace32( GUID *provider )
{
    return space_result( space_uninstall( CATALOG_32, provider ) );
}

struct activation
{
    GUID provider;
    BOOL active;
};

static int space_activate( struct name_spaces *spaces, void *arg )
{
    const struct activation *activation = arg;
    DWORD i = space_index( spaces, &activation->provider );

    if (i == spaces->count) return WSAEINVAL;
    if (name_space_is_base( spaces->items[i] )) return activation->active ? 0 : WSAEINVAL;
    spaces->items[i]->active = activation->active;
    return 0;
}

static int space_enable( enum catalog_kind kind, const GUID *provider, BOOL active )
{
    struct activation activation = { .active = active != FALSE };

    if (space_bad_guid( provider )) return WSAEFAULT;
    activation.provider = *provider;
    return name_spaces_change( kind, space_activate, &activation );
}

INT WINAPI WSCEnableNSProvider( GUID *provider, BOOL enable )
{
    return space_result( space_enable( CATALOG_OWN, provider, enable ) );
}

INT WINAPI WSCEnableNSProvider32( GUID *provider, BOOL enable )
{
    return space_result( space_enable( CATALOG_32, provider, enable ) );
}

/* ---- the order */

struct space_order
{
    const GUID *providers;
    DWORD count;
};

/* Those that are listed come first. */
static int space_sort( struct name_spaces *spaces, void *arg )
{
    const struct space_order *order = arg;
    struct name_space *space;
    DWORD i, j;

    for (i = 0; i < order->count; i++)
    {
        j = space_index( spaces, order->providers + i );
        if (j == spaces->count || j < i) return WSAEINVAL; /* no such provider, or it has been listed before */
        space = spaces->items[j];
        memmove( spaces->items + i + 1, spaces->items + i, ( j - i ) * sizeof( spaces->items[0] ) );
        spaces->items[i] = space;
    }
    return 0;
}

/* Returns the error itself, which the other functions here leave as the last error. */
static int space_write_order( enum catalog_kind kind, const GUID *providers, DWORD count )
{
    struct space_order order = { providers, count };

    if (!providers) return WSAEFAULT;
    if (!count || count > NAME_SPACES_MAX) return WSAEINVAL;
    if (IsBadReadPtr( providers, count * sizeof( *providers ) )) return WSAEFAULT;
    return name_spaces_change( kind, space_sort, &order );
}

INT WINAPI WSCWriteNameSpaceOrder( GUID *providers, DWORD count )
{
    return space_write_order( CATALOG_OWN, providers, count );
}

INT WINAPI WSCWriteNameSpaceOrder32( GUID *providers, DWORD count )
{
    return space_write_order( CATALOG_32, providers, count );
}
