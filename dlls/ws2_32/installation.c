/*
 * Installing transport providers: the WSC functions that change the catalogue
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A function without a number works on the catalogue of its own program's bitness, one with 32 on that of 32-bit
 * programs, one with 64_32 on both. The errors, by their pages: WSAEFAULT: bad pointers; WSAEINVAL: a bad path or list,
 * or no such provider; WSANO_RECOVERY: the provider is already there, or the registry can't be written.
 */

#include <string.h>
#include <wchar.h>

#include "catalog.h"

BOOLEAN WINAPI SystemFunction036( void *buffer, ULONG len ); /* RtlGenRandom */

struct installation
{
    GUID provider;
    char path[2][MAX_PATH]; /* by kind */
    WSAPROTOCOL_INFOW *list;
    DWORD count;
    WCHAR name[WSAPROTOCOL_LEN + 1]; /* from here on: with chains */
    DWORD service_flags;
    DWORD id;
    GUID chain_providers[CATALOG_MAX]; /* the same in both catalogues */
};

/* ---- changes of a catalogue in memory */

static BOOL installation_insert( struct catalog *catalog, DWORD index, const struct catalog_item *item )
{
    if (catalog->count == CATALOG_MAX) return FALSE;
    memmove( catalog->items + index + 1, catalog->items + index,
             ( catalog->count++ - index ) * sizeof( catalog->items[0] ) );
    catalog->items[index] = *item;
    return TRUE;
}

static void installation_remove( struct catalog *catalog, DWORD index )
{
    memmove( catalog->items + index, catalog->items + index + 1,
             ( --catalog->count - index ) * sizeof( catalog->items[0] ) );
}

static BOOL installation_there( const struct catalog *catalog, const GUID *provider )
{
    DWORD i;

    for (i = 0; i < catalog->count; i++)
        if (IsEqualGUID( &catalog->items[i].info.ProviderId, provider )) return TRUE;
    return FALSE;
}

static struct catalog_item installation_item( const struct installation *new, const WSAPROTOCOL_INFOW *info,
                                              enum catalog_kind kind, DWORD id )
{
    struct catalog_item item;

    memset( &item, 0, sizeof( item ) );
    strcpy( item.path, new->path[kind] );
    item.info = *info;
    item.info.ProviderId = new->provider;
    item.info.dwCatalogEntryId = id;
    item.info.szProtocol[WSAPROTOCOL_LEN] = 0;
    return item;
}

static int installation_add( struct catalog *catalog, enum catalog_kind kind, void *arg )
{
    const struct installation *new = arg;
    struct catalog_item item;
    DWORD i;

    if (installation_there( catalog, &new->provider )) return WSANO_RECOVERY;
    for (i = 0; i < new->count; i++)
    {
        item = installation_item( new, new->list + i, kind, catalog_new_id( catalog ) );
        if (!installation_insert( catalog, catalog->count, &item )) return WSA_NOT_ENOUGH_MEMORY;
    }
    return 0;
}

static BOOL installation_has_link( const WSAPROTOCOL_INFOW *info, DWORD id )
{
    int i;

    for (i = 0; i < info->ProtocolChain.ChainLen; i++)
        if (info->ProtocolChain.ChainLen > 1 && info->ProtocolChain.ChainEntries[i] == id) return TRUE;
    return FALSE;
}

/* Chains through a provider that is gone can't work: they go with it, so that their sockets get what lies below. */
static void installation_remove_chains( struct catalog *catalog, DWORD id )
{
    DWORD i;

    for (i = 0; i < catalog->count;)
    {
        DWORD chain = catalog->items[i].info.dwCatalogEntryId;

        if (!installation_has_link( &catalog->items[i].info, id ))
        {
            i++;
            continue;
        }
        installation_remove( catalog, i );
        installation_remove_chains( catalog, chain );
        i = 0;
    }
}

static int installation_drop( struct catalog *catalog, enum catalog_kind kind, void *arg )
{
    const GUID *provider = arg;
    int err = WSAEINVAL;
    DWORD i;

    (void)kind;
    if (catalog_is_base( provider )) return WSAEINVAL;
    for (i = 0; i < catalog->count;)
    {
        DWORD id = catalog->items[i].info.dwCatalogEntryId;

        if (!IsEqualGUID( &catalog->items[i].info.ProviderId, provider ))
        {
            i++;
            continue;
        }
        installation_remove( catalog, i );
        installation_remove_chains( catalog, id );
        i = 0;
        err = 0;
    }
    return err;
}

/* The new entries take the places and the numbers of the old ones: chains refer to these. */
static int installation_replace( struct catalog *catalog, enum catalog_kind kind, void *arg )
{
    const struct installation *new = arg;
    struct catalog_item item;
    DWORD i, done = 0, place = 0, kept = 0;

    if (catalog_is_base( &new->provider ) || !installation_there( catalog, &new->provider )) return WSAEINVAL;
    for (i = 0; i < catalog->count && done < new->count; i++)
    {
        if (!IsEqualGUID( &catalog->items[i].info.ProviderId, &new->provider )) continue;
        catalog->items[i] = installation_item( new, new->list + done++, kind, catalog->items[i].info.dwCatalogEntryId );
        place = i + 1;
    }
    for (i = 0; i < catalog->count; i++)
    {
        DWORD id = catalog->items[i].info.dwCatalogEntryId;

        if (!IsEqualGUID( &catalog->items[i].info.ProviderId, &new->provider ) || kept++ < done) continue;
        installation_remove( catalog, i );
        installation_remove_chains( catalog, id );
        i = -1;
        kept = 0;
    }
    for (; done < new->count; done++, place++)
    {
        item = installation_item( new, new->list + done, kind, catalog_new_id( catalog ) );
        if (!installation_insert( catalog, place, &item )) return WSA_NOT_ENOUGH_MEMORY;
    }
    return 0;
}

static BOOL installation_same( const WSAPROTOCOL_INFOW *info, const WSAPROTOCOL_INFOW *other )
{
    return info->iAddressFamily == other->iAddressFamily && info->iSocketType == other->iSocketType
           && info->iProtocol == other->iProtocol;
}

static BOOL installation_listed( const WSAPROTOCOL_INFOW *list, DWORD count, const WSAPROTOCOL_INFOW *info )
{
    while (count--)
        if (installation_same( list + count, info )) return TRUE;
    return FALSE;
}

static void installation_chain_name( WCHAR *to, const WCHAR *name, const WCHAR *below )
{
    WCHAR text[2 * WSAPROTOCOL_LEN + 16];

    lstrcpyW( text, name );
    lstrcatW( text, L" over [" );
    lstrcatW( text, below );
    lstrcatW( text, L"]" );
    lstrcpynW( to, text, WSAPROTOCOL_LEN + 1 );
}

/* Before all that there was, behind the chains that have been added just now. The second link is what it lies over. */
static int installation_add_chain( struct catalog *catalog, enum catalog_kind kind, const struct installation *new,
                                   DWORD id, DWORD chains, const struct catalog_item *below )
{
    int length = below->info.ProtocolChain.ChainLen + 1;
    struct catalog_item item;

    if (length > MAX_PROTOCOL_CHAIN) return WSANO_RECOVERY;
    item = installation_item( new, &below->info, kind, catalog_new_id( catalog ) );
    item.info.ProviderId = new->chain_providers[chains];
    if (!( new->service_flags &XP1_IFS_HANDLES )) item.info.dwServiceFlags1 &= ~XP1_IFS_HANDLES;
    memcpy( item.info.ProtocolChain.ChainEntries + 2, below->info.ProtocolChain.ChainEntries + 1,
            ( length - 2 ) * sizeof( DWORD ) );
    item.info.ProtocolChain.ChainLen = length;
    item.info.ProtocolChain.ChainEntries[0] = id;
    item.info.ProtocolChain.ChainEntries[1] = below->info.dwCatalogEntryId;
    installation_chain_name( item.info.szProtocol, new->name, below->info.szProtocol );
    return installation_insert( catalog, chains, &item ) ? 0 : WSA_NOT_ENOUGH_MEMORY;
}

/* Over the uppermost entry of each protocol in the list. */
static int installation_chains_listed( struct catalog *catalog, enum catalog_kind kind, const struct installation *new,
                                       DWORD id )
{
    struct catalog_item below;
    DWORD i, j, chains = 0;
    int err = 0;

    for (i = 0; i < new->count && !err; i++)
    {
        if (installation_listed( new->list, i, new->list + i )) continue;
        for (j = chains; j < catalog->count; j++)
            if (catalog_is_visible( &catalog->items[j].info )
                && installation_same( &catalog->items[j].info, new->list + i ))
                break;
        if (j == catalog->count) return WSAEINVAL;
        below = catalog->items[j];
        err = installation_add_chain( catalog, kind, new, id, chains++, &below );
    }
    return err;
}

/* Over one base protocol of each kind. */
static int installation_chains_all( struct catalog *catalog, enum catalog_kind kind, const struct installation *new,
                                    DWORD id )
{
    struct catalog_item below;
    DWORD i, k, chains = 0;
    int err = 0;

    for (i = 0; i < catalog->count && !err; i++)
    {
        below = catalog->items[i];
        if (below.info.ProtocolChain.ChainLen != BASE_PROTOCOL || !catalog_is_visible( &below.info )) continue;
        for (k = 0; k < chains && !installation_same( &catalog->items[k].info, &below.info ); k++)
        {
        }
        if (k < chains) continue;
        err = installation_add_chain( catalog, kind, new, id, chains++, &below );
        i++;
    }
    return err || chains ? err : WSANO_RECOVERY;
}

/* The provider's own entry, which stands for no protocol, and its chains. */
static int installation_add_chains( struct catalog *catalog, enum catalog_kind kind, void *arg )
{
    struct installation *new = arg;
    struct catalog_item item;
    WSAPROTOCOL_INFOW info;
    DWORD i, id = catalog_new_id( catalog );

    if (installation_there( catalog, &new->provider )) return WSANO_RECOVERY;
    for (i = 0; i < catalog->count; i++)
        if (!lstrcmpW( catalog->items[i].info.szProtocol, new->name )) return WSAEINVAL;
    memset( &info, 0, sizeof( info ) );
    info.dwServiceFlags1 = new->service_flags;
    info.dwProviderFlags = PFL_HIDDEN;
    info.iVersion = 2;
    lstrcpynW( info.szProtocol, new->name, WSAPROTOCOL_LEN + 1 );
    item = installation_item( new, &info, kind, id );
    if (!installation_insert( catalog, catalog->count, &item )) return WSA_NOT_ENOUGH_MEMORY;
    if (kind == CATALOG_OWN) new->id = id;
    return new->count ? installation_chains_listed( catalog, kind, new, id )
                      : installation_chains_all( catalog, kind, new, id );
}

/* ---- what the program gives */

static int installation_path( const WCHAR *path, char *to )
{
    if (!path || IsBadReadPtr( path, sizeof( WCHAR ) )) return WSAEFAULT;
    if (IsBadStringPtrW( path, MAX_PATH )) return WSAEFAULT;
    if (!path[0] || !WideCharToMultiByte( CP_ACP, 0, path, -1, to, MAX_PATH, NULL, NULL )) return WSAEINVAL;
    return 0;
}

/* A path that 32-bit programs can use as well: there it leads to syswow64. */
static BOOL installation_in_system32( const WCHAR *path )
{
    WCHAR expanded[MAX_PATH], folder[MAX_PATH];
    UINT length = GetSystemDirectoryW( folder, ARRAY_SIZE( folder ) );

    if (length >= ARRAY_SIZE( folder )) return FALSE;
    if (ExpandEnvironmentStringsW( path, expanded, ARRAY_SIZE( expanded ) ) - 1 >= ARRAY_SIZE( expanded )) return FALSE;
    return !_wcsnicmp( expanded, folder, length ) && expanded[length] == '\\' && expanded[length + 1]
           && !wcschr( expanded + length + 1, '\\' );
}

static int installation_capture( struct installation *new, const GUID *provider, const WCHAR *path,
                                 const WCHAR *path_32, WSAPROTOCOL_INFOW *list, DWORD count )
{
    int err;

    if (!provider || IsBadReadPtr( provider, sizeof( *provider ) )) return WSAEFAULT;
    new->provider = *provider;
    if (( err = installation_path( path, new->path[CATALOG_64] ) )) return err;
    if (( err = installation_path( path_32 ? path_32 : path, new->path[CATALOG_32] ) )) return err;
    if (count > CATALOG_MAX) return WSAEINVAL;
    if (count && ( !list || IsBadReadPtr( list, count * sizeof( *list ) ) )) return WSAEFAULT;
    new->list = list;
    new->count = count;
    return 0;
}

/* Installs or updates: add says how. */
static int installation_run( enum catalog_kind kind, BOOL both, const GUID *provider, const WCHAR *path,
                             const WCHAR *path_32, WSAPROTOCOL_INFOW *list, DWORD count, INT *err,
                             int ( *add )( struct catalog *, enum catalog_kind, void * ) )
{
    struct installation *new = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *new ) );
    int error = new ? installation_capture( new, provider, path, path_32, list, count ) : WSA_NOT_ENOUGH_MEMORY;

    if (!error && !count) error = WSAEINVAL;
    if (!error && err && IsBadWritePtr( err, sizeof( *err ) )) error = WSAEFAULT;
    if (!error) error = catalog_change( kind, both, add, new );
    HeapFree( GetProcessHeap(), 0, new );
    return set_errno( err, error );
}

int WINAPI WSCInstallProvider( GUID *provider, const WCHAR *path, WSAPROTOCOL_INFOW *list, DWORD count, INT *err )
{
    return installation_run( CATALOG_OWN, FALSE, provider, path, NULL, list, count, err, installation_add );
}

int WINAPI WSCInstallProvider64_32( GUID *provider, const WCHAR *path, WSAPROTOCOL_INFOW *list, DWORD count, INT *err )
{
    return installation_run( CATALOG_OWN, TRUE, provider, path, NULL, list, count, err, installation_add );
}

int WINAPI WSCUpdateProvider( GUID *provider, const WCHAR *path, WSAPROTOCOL_INFOW *list, DWORD count, INT *err )
{
    return installation_run( CATALOG_OWN, FALSE, provider, path, NULL, list, count, err, installation_replace );
}

int WINAPI WSCUpdateProvider32( GUID *provider, const WCHAR *path, WSAPROTOCOL_INFOW *list, DWORD count, INT *err )
{
    return installation_run( CATALOG_32, FALSE, provider, path, NULL, list, count, err, installation_replace );
}

/* list: the protocols to lie over, NULL for all; *id: where wanted, the number of the provider's own entry. */
static int installation_run_chains( BOOL both, GUID *provider, const WCHAR *path, const WCHAR *path_32,
                                    const WCHAR *name, DWORD flags, WSAPROTOCOL_INFOW *list, DWORD count, DWORD *id,
                                    INT *err )
{
    struct installation *new = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *new ) );
    int error
        = new ? installation_capture( new, provider, path, path_32, list, list ? count : 0 ) : WSA_NOT_ENOUGH_MEMORY;

    if (!provider) error = WSAEINVAL;
    if (!error && ( !name || IsBadStringPtrW( name, WSAPROTOCOL_LEN + 1 ) )) error = WSAEFAULT;
    if (!error && id && IsBadWritePtr( id, sizeof( *id ) )) error = WSAEFAULT;
    if (!error && ( !name[0] || ( flags & ~XP1_IFS_HANDLES ) || ( list && !count ) )) error = WSAEINVAL;
    if (!error && name[min( lstrlenW( name ), WSAPROTOCOL_LEN )]) error = WSAEINVAL;
    if (!error && both && !path_32 && !installation_in_system32( path )) error = WSAEINVAL;
    if (!error)
    {
        lstrcpynW( new->name, name, ARRAY_SIZE( new->name ) );
        new->service_flags = flags;
        SystemFunction036( new->chain_providers, sizeof( new->chain_providers ) );
        error = catalog_change( CATALOG_OWN, both, installation_add_chains, new );
    }
    if (!error && id) *id = new->id;
    HeapFree( GetProcessHeap(), 0, new );
    return set_errno( err, error );
}

int WINAPI WSCInstallProviderAndChains( GUID *provider, const WCHAR *path, const WCHAR *name, DWORD flags,
                                        WSAPROTOCOL_INFOW *list, DWORD count, DWORD *id, INT *err )
{
    return installation_run_chains( FALSE, provider, path, NULL, name, flags, list, count, id, err );
}

int WINAPI WSCInstallProviderAndChains64_32( GUID *provider, WCHAR *path, WCHAR *path_32, WCHAR *name, DWORD flags,
                                             WSAPROTOCOL_INFOW *list, DWORD count, DWORD *id, INT *err )
{
    return installation_run_chains( TRUE, provider, path, path_32, name, flags, list, count, id, err );
}

static int installation_end( enum catalog_kind kind, GUID *provider, INT *err )
{
    int error;

    if (!provider || IsBadReadPtr( provider, sizeof( *provider ) )) return set_errno( err, WSAEFAULT );
    if (err && IsBadWritePtr( err, sizeof( *err ) )) return SOCKET_ERROR;
    if (!( error = catalog_change( kind, FALSE, installation_drop, provider ) )) category_forget( kind, provider );
    return set_errno( err, error );
}

int WINAPI WSCDeinstallProvider( GUID *provider, INT *err )
{
    return installation_end( CATALOG_OWN, provider, err );
}

int WINAPI WSCDeinstallProvider32( GUID *provider, INT *err )
{
    return installation_end( CATALOG_32, provider, err );
}

/* ---- the order */

struct order
{
    const DWORD *ids;
    DWORD count;
};

/* Those that are listed come first. */
static int installation_sort( struct catalog *catalog, enum catalog_kind kind, void *arg )
{
    const struct order *order = arg;
    struct catalog_item item;
    DWORD i, j;

    (void)kind;
    for (i = 0; i < order->count; i++)
    {
        for (j = 0; j < catalog->count && catalog->items[j].info.dwCatalogEntryId != order->ids[i]; j++)
        {
        }
        if (j == catalog->count || j < i) return WSAEINVAL; /* no such entry, or it has been listed before */
        item = catalog->items[j];
        installation_remove( catalog, j );
        installation_insert( catalog, i, &item );
    }
    return 0;
}

/* Returns the error ("WSCWriteProviderOrder function"): WSAEFAULT, WSAEINVAL: an unknown number, or the same twice;
 * nothing has changed. */
static int installation_order( enum catalog_kind kind, const DWORD *ids, DWORD count )
{
    struct order order = { ids, count };

    if (!ids) return WSAEFAULT;
    if (!count || count > CATALOG_MAX) return WSAEINVAL;
    if (IsBadReadPtr( ids, count * sizeof( *ids ) )) return WSAEFAULT;
    return catalog_change( kind, FALSE, installation_sort, &order );
}

int WINAPI WSCWriteProviderOrder( DWORD *ids, DWORD count )
{
    return installation_order( CATALOG_OWN, ids, count );
}

int WINAPI WSCWriteProviderOrder32( DWORD *ids, DWORD count )
{
    return installation_order( CATALOG_32, ids, count );
}
