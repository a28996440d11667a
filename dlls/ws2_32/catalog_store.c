/*
 * The catalogue of transport providers in the registry
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is damaged is left out: no state of the registry keeps a program from the base provider.
 */

#include <string.h>

#include "catalog.h"

#define BASE_ID_MAX 1006 /* Windows' own use the numbers up to this */

static const WCHAR parameters_key[] = L"System\\CurrentControlSet\\Services\\WinSock2\\Parameters";
static const WCHAR catalog_name[] = L"Protocol_Catalog9";
static const char base_path[] = "%SystemRoot%\\system32\\wsuring.dll"; /* a 32-bit program finds its own there */

/* ---- reading */

const struct catalog_item *catalog_with_id( const struct catalog *catalog, DWORD id )
{
    DWORD i;

    for (i = 0; i < catalog->count; i++)
        if (catalog->items[i].info.dwCatalogEntryId == id) return catalog->items + i;
    return NULL;
}

/* The last number may have been given: then those that are free follow. */
DWORD catalog_new_id( struct catalog *catalog )
{
    DWORD id;

    do
    {
        id = max( catalog->next_id, BASE_ID_MAX + 1 );
        catalog->next_id = id + 1;
    } while (catalog_with_id( catalog, id ));
    return id;
}

static void catalog_set_base( struct catalog_item *item, const WSAPROTOCOL_INFOW *info )
{
    memset( item, 0, sizeof( *item ) );
    strcpy( item->path, base_path );
    item->info = *info;
}

/* Takes what is sound. The base provider's entries keep their place, and nothing else of what the registry says. */
static void catalog_take( struct catalog *catalog, const struct catalog_item *item )
{
    const WSAPROTOCOL_INFOW *base;
    DWORD i;

    if (!memchr( item->path, 0, sizeof( item->path ) ) || !item->path[0]) return;
    for (i = 0; i < ARRAY_SIZE( item->info.szProtocol ) && item->info.szProtocol[i]; i++)
    {
    }
    if (i == ARRAY_SIZE( item->info.szProtocol )) return;
    if (!item->info.dwCatalogEntryId || catalog_with_id( catalog, item->info.dwCatalogEntryId )) return;
    if (item->info.ProtocolChain.ChainLen < 0 || item->info.ProtocolChain.ChainLen > MAX_PROTOCOL_CHAIN) return;
    if (catalog->count == CATALOG_MAX) return;
    for (i = 0; ( base = catalog_base_entry( i ) ); i++)
    {
        if (base->dwCatalogEntryId != item->info.dwCatalogEntryId) continue;
        /* it has come later, and a layer may have its number */
        if (base->iAddressFamily == AF_UNIX && !catalog_is_base( &item->info.ProviderId )) continue;
        catalog_set_base( catalog->items + catalog->count++, base );
        return;
    }
    if (catalog_is_base( &item->info.ProviderId )) return;
    catalog->items[catalog->count++] = *item;
}

static BOOL catalog_read_item( HKEY entry, void *arg )
{
    struct catalog_item item;
    DWORD size = sizeof( item );

    if (catalog_value( entry, L"PackedCatalogItem", REG_BINARY, &item, &size ) && size == sizeof( item ))
        catalog_take( arg, &item );
    return TRUE;
}

static void catalog_read( HKEY parameters, enum catalog_kind kind, struct catalog *catalog )
{
    HKEY key;

    if (RegOpenKeyExW( parameters, catalog_name, 0, KEY_READ, &key )) return;
    catalog->next_id = catalog_number( key, L"Next_Catalog_Entry_ID", 0 );
    catalog_read_entries( key, kind, CATALOG_MAX, catalog_read_item, catalog );
    RegCloseKey( key );
}

static void catalog_complete( struct catalog *catalog )
{
    const WSAPROTOCOL_INFOW *base;
    DWORD i, highest = BASE_ID_MAX;

    for (i = 0; ( base = catalog_base_entry( i ) ); i++)
    {
        if (catalog_with_id( catalog, base->dwCatalogEntryId )) continue;
        if (catalog->count == CATALOG_MAX) catalog->count--;
        catalog_set_base( catalog->items + catalog->count++, base );
    }
    for (i = 0; i < catalog->count; i++) highest = max( highest, catalog->items[i].info.dwCatalogEntryId );
    if (catalog->next_id <= highest) catalog->next_id = highest + 1;
}

struct catalog *catalog_load( enum catalog_kind kind )
{
    struct catalog *catalog = HeapAlloc( GetProcessHeap(), 0, sizeof( *catalog ) );
    HKEY parameters, key;
    HANDLE mutex;

    if (!catalog) return NULL;
    catalog->count = catalog->next_id = 0;
    if (!RegOpenKeyExW( HKEY_LOCAL_MACHINE, parameters_key, 0, KEY_READ, &parameters ))
    {
        /* nothing has ever been installed in most prefixes */
        if (!RegOpenKeyExW( parameters, catalog_name, 0, KEY_READ, &key ))
        {
            RegCloseKey( key );
            mutex = catalog_lock();
            catalog_read( parameters, kind, catalog );
            catalog_unlock( mutex );
        }
        RegCloseKey( parameters );
    }
    catalog_complete( catalog );
    return catalog;
}

void catalog_free( struct catalog *catalog )
{
    HeapFree( GetProcessHeap(), 0, catalog );
}

/* ---- writing */

static LONG catalog_write_item( HKEY entry, const void *arg, DWORD index )
{
    const struct catalog *catalog = arg;

    return RegSetValueExW( entry, L"PackedCatalogItem", 0, REG_BINARY, (const BYTE *)( catalog->items + index ),
                           sizeof( catalog->items[index] ) );
}

static int catalog_save( enum catalog_kind kind, const struct catalog *catalog )
{
    HKEY parameters, key;
    LONG err;

    if (RegCreateKeyExW( HKEY_LOCAL_MACHINE, parameters_key, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &parameters, NULL ))
        return WSANO_RECOVERY;
    err = RegSetValueExW( parameters, L"Current_Protocol_Catalog", 0, REG_SZ, (const BYTE *)catalog_name,
                          sizeof( catalog_name ) );
    if (!err) err = RegCreateKeyExW( parameters, catalog_name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL );
    RegCloseKey( parameters );
    if (err) return WSANO_RECOVERY;
    err = catalog_write_entries( key, kind, catalog->count, catalog_write_item, catalog );
    if (!err && catalog->next_id > catalog_number( key, L"Next_Catalog_Entry_ID", 0 ))
        err = catalog_set_number( key, L"Next_Catalog_Entry_ID", catalog->next_id );
    /* those who watch the key see one change more, at the end */
    if (!err) err = catalog_count_change( key );
    RegCloseKey( key );
    return err ? WSANO_RECOVERY : 0;
}

HKEY catalog_parameters( void )
{
    HKEY key;

    return RegCreateKeyExW( HKEY_LOCAL_MACHINE, parameters_key, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL ) ? NULL
                                                                                                               : key;
}

HKEY catalog_parameters_there( void )
{
    HKEY key;

    return RegOpenKeyExW( HKEY_LOCAL_MACHINE, parameters_key, 0, KEY_READ, &key ) ? NULL : key;
}

DWORD catalog_serial( void )
{
    static const WCHAR *const catalogs[] = { catalog_name, L"NameSpace_Catalog5" };
    DWORD serial = 0;
    HKEY parameters, key;
    UINT i;

    if (RegOpenKeyExW( HKEY_LOCAL_MACHINE, parameters_key, 0, KEY_READ, &parameters )) return 0;
    for (i = 0; i < ARRAY_SIZE( catalogs ); i++)
    {
        if (RegOpenKeyExW( parameters, catalogs[i], 0, KEY_READ, &key )) continue;
        serial += catalog_number( key, L"Serial_Access_Num", 0 );
        RegCloseKey( key );
    }
    RegCloseKey( parameters );
    return serial;
}

int catalog_touch( void )
{
    HKEY parameters = catalog_parameters(), key;
    HANDLE mutex;
    LONG err;

    if (!parameters) return WSANO_RECOVERY;
    mutex = catalog_lock();
    if (!( err = RegCreateKeyExW( parameters, catalog_name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL ) ))
    {
        err = catalog_count_change( key );
        RegCloseKey( key );
    }
    catalog_unlock( mutex );
    RegCloseKey( parameters );
    return err ? WSANO_RECOVERY : 0;
}

int catalog_change( enum catalog_kind kind, BOOL both, int ( *change )( struct catalog *, enum catalog_kind, void * ),
                    void *arg )
{
    struct catalog *changed[2] = { NULL }, *old;
    HANDLE mutex = catalog_lock();
    int err = 0, i;

    for (i = 0; i < 2 && !err; i++)
    {
        if (!both && i != (int)kind) continue;
        if (( changed[i] = catalog_load( i ) )) err = change( changed[i], i, arg );
        else err = WSA_NOT_ENOUGH_MEMORY;
    }
    old = both && !err ? catalog_load( 0 ) : NULL;
    for (i = 0; i < 2 && !err; i++)
        if (changed[i] && ( err = catalog_save( i, changed[i] ) ) && i && old) catalog_save( 0, old );
    catalog_free( old );
    catalog_free( changed[0] );
    catalog_free( changed[1] );
    catalog_unlock( mutex );
    return err;
}
