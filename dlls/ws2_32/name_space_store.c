/*
 * The catalogue of name space providers in the registry
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is damaged is left out: no state of the registry keeps a program from DNS.
 */

#include <string.h>

#include "name_space.h"

/* that of Windows */
const GUID dns_provider = { 0x22059d40, 0x7e9e, 0x11cf, { 0xae, 0x5a, 0x00, 0xaa, 0x00, 0xa7, 0x11, 0x2b } };

static const WCHAR spaces_name[] = L"NameSpace_Catalog5";

static struct name_spaces *volatile process_spaces;

struct name_space *name_space_alloc( DWORD blob_size )
{
    return HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( struct name_space ) + blob_size );
}

void name_spaces_free( struct name_spaces *spaces )
{
    DWORD i;

    if (!spaces) return;
    for (i = 0; i < spaces->count; i++) HeapFree( GetProcessHeap(), 0, spaces->items[i] );
    HeapFree( GetProcessHeap(), 0, spaces );
}

/* ---- reading */

static BOOL spaces_has( const struct name_spaces *spaces, const GUID *provider )
{
    DWORD i;

    for (i = 0; i < spaces->count; i++)
        if (IsEqualGUID( &spaces->items[i]->provider, provider )) return TRUE;
    return FALSE;
}

/* The text has its terminator in any case. */
static BOOL spaces_text( HKEY key, const WCHAR *name, WCHAR *text, DWORD count )
{
    DWORD size = ( count - 1 ) * sizeof( WCHAR );

    memset( text, 0, count * sizeof( WCHAR ) );
    if (!catalog_value( key, name, REG_SZ, text, &size ))
    {
        size = ( count - 1 ) * sizeof( WCHAR );
        if (!catalog_value( key, name, REG_EXPAND_SZ, text, &size )) return FALSE;
    }
    return text[0] != 0;
}

/* NULL: it isn't sound, or there is no memory. */
static struct name_space *spaces_read_entry( HKEY key )
{
    DWORD size = sizeof( GUID ), blob_size = 0;
    struct name_space *space;

    if (RegQueryValueExW( key, L"ProviderInfo", NULL, NULL, NULL, &blob_size ) || blob_size > NAME_SPACE_BLOB_MAX)
        blob_size = 0;
    if (!( space = name_space_alloc( blob_size ) )) return NULL;
    if (blob_size && catalog_value( key, L"ProviderInfo", REG_BINARY, space->blob, &blob_size ))
        space->blob_size = blob_size;
    space->number = catalog_number( key, L"SupportedNameSpace", 0 );
    space->version = catalog_number( key, L"Version", 0 );
    space->active = catalog_number( key, L"Enabled", 1 ) != 0;
    if (catalog_value( key, L"ProviderId", REG_BINARY, &space->provider, &size ) && size == sizeof( GUID )
        && spaces_text( key, L"DisplayString", space->name, ARRAY_SIZE( space->name ) )
        && spaces_text( key, L"LibraryPath", space->path, ARRAY_SIZE( space->path ) ))
        return space;
    HeapFree( GetProcessHeap(), 0, space );
    return NULL;
}

/* The base provider keeps its place, and nothing else of what the registry says. */
static void spaces_add_base( struct name_spaces *spaces, DWORD index )
{
    struct name_space *space = name_space_alloc( 0 );

    if (!space) return;
    space->provider = dns_provider;
    space->number = NS_DNS;
    space->active = TRUE;
    lstrcpyW( space->name, L"Tcpip" );
    memmove( spaces->items + index + 1, spaces->items + index,
             ( spaces->count++ - index ) * sizeof( spaces->items[0] ) );
    spaces->items[index] = space;
}

static BOOL spaces_read_one( HKEY entry, void *arg )
{
    struct name_space *space = spaces_read_entry( entry );
    struct name_spaces *spaces = arg;

    if (space)
    {
        BOOL known = spaces_has( spaces, &space->provider ), base = name_space_is_base( space );

        if (!known && !base) spaces->items[spaces->count++] = space;
        else HeapFree( GetProcessHeap(), 0, space );
        if (!known && base) spaces_add_base( spaces, spaces->count );
    }
    return spaces->count < NAME_SPACES_MAX - 1;
}

static void spaces_read( HKEY parameters, enum catalog_kind kind, struct name_spaces *spaces )
{
    HKEY key;

    if (RegOpenKeyExW( parameters, spaces_name, 0, KEY_READ, &key )) return;
    catalog_read_entries( key, kind, NAME_SPACES_MAX, spaces_read_one, spaces );
    RegCloseKey( key );
}

struct name_spaces *name_spaces_load( enum catalog_kind kind )
{
    struct name_spaces *spaces = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *spaces ) );
    HKEY parameters;
    HANDLE mutex;

    if (!spaces) return NULL;
    if (( parameters = catalog_parameters_there() ))
    {
        mutex = catalog_lock();
        spaces_read( parameters, kind, spaces );
        catalog_unlock( mutex );
        RegCloseKey( parameters );
    }
    if (!spaces_has( spaces, &dns_provider )) spaces_add_base( spaces, 0 );
    if (spaces_has( spaces, &dns_provider )) return spaces;
    name_spaces_free( spaces );
    return NULL;
}

const struct name_spaces *name_spaces_of_process( void )
{
    struct name_spaces *spaces = process_spaces;

    if (spaces || !( spaces = name_spaces_load( CATALOG_OWN ) )) return spaces;
    if (!InterlockedCompareExchangePointer( (void *volatile *)&process_spaces, spaces, NULL )) return spaces;
    name_spaces_free( spaces );
    return process_spaces;
}

/* ---- writing */

static LONG spaces_set_text( HKEY key, const WCHAR *name, const WCHAR *text )
{
    return RegSetValueExW( key, name, 0, REG_SZ, (const BYTE *)text, ( lstrlenW( text ) + 1 ) * sizeof( WCHAR ) );
}

static LONG spaces_write_entry( HKEY key, const void *arg, DWORD index )
{
    const struct name_space *space = ( (const struct name_spaces *)arg )->items[index];
    LONG err = RegSetValueExW( key, L"ProviderId", 0, REG_BINARY, (const BYTE *)&space->provider,
                               sizeof( space->provider ) );

    if (!err) err = spaces_set_text( key, L"DisplayString", space->name );
    /* the base provider has no DLL of its own; others that read the catalogue expect one */
    if (!err)
        err = spaces_set_text( key, L"LibraryPath",
                               space->path[0] ? space->path : L"%SystemRoot%\\system32\\mswsock.dll" );
    if (!err) err = catalog_set_number( key, L"SupportedNameSpace", space->number );
    if (!err) err = catalog_set_number( key, L"Version", space->version );
    if (!err) err = catalog_set_number( key, L"Enabled", space->active );
    if (!err) err = catalog_set_number( key, L"AddressFamily", (DWORD)-1 );
    if (!err) err = catalog_set_number( key, L"StoresServiceClassInfo", 0 );
    if (!err) err = RegSetValueExW( key, L"ProviderInfo", 0, REG_BINARY, space->blob, space->blob_size );
    return err;
}

static int spaces_save( enum catalog_kind kind, const struct name_spaces *spaces )
{
    HKEY parameters = catalog_parameters(), key;
    LONG err;

    if (!parameters) return WSANO_RECOVERY;
    err = spaces_set_text( parameters, L"Current_NameSpace_Catalog", spaces_name );
    if (!err) err = RegCreateKeyExW( parameters, spaces_name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL );
    RegCloseKey( parameters );
    if (err) return WSANO_RECOVERY;
    err = catalog_write_entries( key, kind, spaces->count, spaces_write_entry, spaces );
    /* those who watch the key see one change more, at the end */
    if (!err) err = catalog_count_change( key );
    RegCloseKey( key );
    return err ? WSANO_RECOVERY : 0;
}

int name_spaces_change( enum catalog_kind kind, int ( *change )( struct name_spaces *, void * ), void *arg )
{
    HANDLE mutex = catalog_lock();
    struct name_spaces *spaces = name_spaces_load( kind );
    int err = spaces ? change( spaces, arg ) : WSA_NOT_ENOUGH_MEMORY;

    if (!err) err = spaces_save( kind, spaces );
    name_spaces_free( spaces );
    catalog_unlock( mutex );
    return err;
}
