/*
 * Finding the provider of a socket, and that for a new one
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The base provider validates handles itself, so there is no table of its sockets.
 */

#include "catalog.h"
#include "provider.h"

static WSPPROC_TABLE base_table;
static volatile BOOL base_ready;

/* WSURING_PROVIDER names another provider DLL, for tests. */
static int provider_start_base( void )
{
    WCHAR path[MAX_PATH];
    DWORD len = GetEnvironmentVariableW( L"WSURING_PROVIDER", path, ARRAY_SIZE( path ) );

    return provider_load( len && len < ARRAY_SIZE( path ) ? path : L"wsuring.dll", catalog_base_entry( 0 ),
                          &base_table );
}

NTSYSAPI LONG WINAPI LdrLockLoaderLock( ULONG flags, ULONG *result, ULONG_PTR *cookie );
NTSYSAPI LONG WINAPI LdrUnlockLoaderLock( ULONG flags, ULONG_PTR cookie );

const WSPPROC_TABLE *provider_base( int *err )
{
    ULONG_PTR cookie;
    BOOL locked;

    if (base_ready) return &base_table;
    /* The loader's own lock, because loading needs it: another thread may be in a DllMain, and come here. */
    locked = !LdrLockLoaderLock( 0, NULL, &cookie );
    *err = 0;
    if (!base_ready && !( *err = provider_start_base() ))
    {
        MemoryBarrier();
        base_ready = TRUE;
    }
    if (locked) LdrUnlockLoaderLock( 0, cookie );
    return base_ready ? &base_table : NULL;
}

const WSPPROC_TABLE *provider_of_socket( SOCKET s )
{
    const WSPPROC_TABLE *table;
    int err;

    if (!startup_check()) return NULL;
    if (s == INVALID_SOCKET)
    {
        SetLastError( WSAENOTSOCK );
        return NULL;
    }
    if (layers_active && ( table = layer_of_socket( s ) )) return table;
    if (base_ready) return &base_table;
    if (!( table = provider_base( &err ) )) SetLastError( err );
    return table;
}

/* ---- layers */

static int provider_start_layer( const struct catalog_item *item, WSPPROC_TABLE *table )
{
    WCHAR path[MAX_PATH], expanded[MAX_PATH];

    if (!MultiByteToWideChar( CP_ACP, 0, item->path, -1, path, ARRAY_SIZE( path ) )) return WSAEPROVIDERFAILEDINIT;
    if (ExpandEnvironmentStringsW( path, expanded, ARRAY_SIZE( expanded ) ) - 1 >= ARRAY_SIZE( expanded ))
        return WSAEPROVIDERFAILEDINIT;
    return provider_load( expanded, &item->info, table );
}

/* NULL and *err as provider_base. A layer may wait in its WSPStartup for threads that it makes, which need the loader's
 * lock to begin, so it isn't held. One that makes a socket of its own there has the error, not a circle. */
static const WSPPROC_TABLE *provider_layer( const struct catalog_item *item, int *err )
{
    struct layer *layer = layer_find( &item->info.ProviderId ), *used;
    WSPPROC_TABLE table;
    int ignored;

    if (layer) return &layer->table;
    if (( *err = layer_begin( &item->info.ProviderId, &layer ) )) return NULL;
    if (!layer->starter) return &layer->table;
    if (( *err = provider_start_layer( item, &table ) ))
    {
        layer_failed( layer );
        return NULL;
    }
    used = layer_started( layer, &table );
    if (used != layer) table.lpWSPCleanup( &ignored );
    return &used->table;
}

static BOOL provider_fits( const WSAPROTOCOL_INFOW *info, int family, int type, int protocol )
{
    int last = info->iProtocol + info->iProtocolMaxOffset;

    if (!catalog_is_visible( info ) || ( !family && !protocol )) return FALSE;
    if (family && family != info->iAddressFamily) return FALSE;
    if (type && type != info->iSocketType) return FALSE;
    if (!protocol) return type && ( !info->iProtocol || ( info->dwProviderFlags & PFL_MATCHES_PROTOCOL_ZERO ) );
    return protocol >= info->iProtocol && protocol <= last;
}

/* The entry that the program names, or else the first that fits ("WSASocketW function", lpProtocolInfo); NULL for what
 * the base provider has to judge. */
static const struct catalog_item *provider_entry( int family, int type, int protocol, const WSAPROTOCOL_INFOW *info )
{
    const struct catalog *catalog = catalog_of_process();
    DWORD i;

    if (!catalog || ( info && IsBadReadPtr( info, sizeof( *info ) ) )) return NULL;
    for (i = 0; i < catalog->count; i++)
    {
        const struct catalog_item *item = catalog->items + i;

        if (info ? item->info.dwCatalogEntryId != info->dwCatalogEntryId
                 : !provider_fits( &item->info, family, type, protocol ))
            continue;
        return catalog_is_base( &item->info.ProviderId ) ? NULL : item;
    }
    return NULL;
}

const WSPPROC_TABLE *provider_for_new( int family, int type, int protocol, WSAPROTOCOL_INFOW **info, int *err )
{
    const struct catalog_item *item = provider_entry( family, type, protocol, *info );

    if (!item) return provider_base( err );
    if (item->info.ProtocolChain.ChainLen == LAYERED_PROTOCOL)
    {
        *err = WSAEPROVIDERFAILEDINIT; /* a layer's own entry is no protocol */
        return NULL;
    }
    if (!*info) *info = (WSAPROTOCOL_INFOW *)&item->info;
    return provider_layer( item, err );
}

SOCKET provider_socket_made( SOCKET s, const WSPPROC_TABLE *table )
{
    if (s != INVALID_SOCKET && layers_active) layer_set_socket( s, table == &base_table ? NULL : table );
    return s;
}

void provider_socket_closes( SOCKET s )
{
    if (layers_active) layer_set_socket( s, NULL );
}

void provider_cleanup( void )
{
    int err;

    layers_cleanup();
    if (!base_ready) return;
    base_ready = FALSE; /* each WSPCleanup is for one WSPStartup */
    base_table.lpWSPCleanup( &err );
}
