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
static const WCHAR *const entries_names[] = { L"Catalog_Entries64", L"Catalog_Entries" };
static const WCHAR *const count_names[] = { L"Num_Catalog_Entries64", L"Num_Catalog_Entries" };

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

static BOOL spaces_value( HKEY key, const WCHAR *name, DWORD wanted, void *buffer, DWORD *size )
{
    DWORD type;

    return !RegQueryValueExW( key, name, NULL, &type, buffer, size ) && type == wanted;
}

static DWORD spaces_number( HKEY key, const WCHAR *name, DWORD otherwise )
{
    DWORD value, size = sizeof( value );

    return spaces_value( key, name, REG_DWORD, &value, &size ) && size == sizeof( value ) ? value : otherwise;
}

/* The text has its terminator in any case. */
static BOOL spaces_text( HKEY key, const WCHAR *name, WCHAR *text, DWORD count )
{
    DWORD size = ( count - 1 ) * sizeof( WCHAR );

    memset( text, 0, count * sizeof( WCHAR ) );
    if (!spaces_value( key, name, REG_SZ, text, &size ))
    {
        size = ( count - 1 ) * sizeof( WCHAR );
        if (!spaces_value( key, name, REG_EXPAND_SZ, text, &size )) return FALSE;
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
    if (blob_size && spaces_value( key, L"ProviderInfo", REG_BINARY, space->blob, &blob_size ))
        space->blob_size = blob_size;
    space->number = spaces_number( key, L"SupportedNameSpace", 0 );
    space->version = spaces_number( key, L"Version", 0 );
    space->active = spaces_number( key, L"Enabled", 1 ) != 0;
    if (spaces_value( key, L"ProviderId", REG_BINARY, &space->provider, &size ) && size == sizeof( GUID )
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

static void spaces_read( HKEY parameters, enum catalog_kind kind, struct name_spaces *spaces )
{
    HKEY key, entries, entry;
    struct name_space *space;
    WCHAR name[13];
    DWORD count, i;

    if (RegOpenKeyExW( parameters, spaces_name, 0, KEY_READ, &key )) return;
    count = min( spaces_number( key, count_names[kind], 0 ), NAME_SPACES_MAX );
    if (!RegOpenKeyExW( key, entries_names[kind], 0, KEY_READ, &entries ))
    {
        for (i = 1; i <= count && spaces->count < NAME_SPACES_MAX - 1; i++)
        {
            catalog_entry_name( name, i );
            if (RegOpenKeyExW( entries, name, 0, KEY_READ, &entry )) continue;
            if (( space = spaces_read_entry( entry ) ))
            {
                BOOL known = spaces_has( spaces, &space->provider ), base = name_space_is_base( space );

                if (!known && !base) spaces->items[spaces->count++] = space;
                else HeapFree( GetProcessHeap(), 0, space );
                if (!known && base) spaces_add_base( spaces, spaces->count );
            }
            RegCloseKey( entry );
        }
        RegCloseKey( entries );
    }
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

static LONG spaces_set_number( HKEY key, const WCHAR *name, DWORD value )
{
    return RegSetValueExW( key, name, 0, REG_DWORD, (const BYTE *)&value, sizeof( value ) );
}

static LONG spaces_set_text( HKEY key, const WCHAR *name, const WCHAR *text )
{
    return RegSetValueExW( key, name, 0, REG_SZ, (const BYTE *)text, ( lstrlenW( text ) + 1 ) * sizeof( WCHAR ) );
}

static LONG spaces_write_entry( HKEY key, const struct name_space *space )
{
    LONG err = RegSetValueExW( key, L"ProviderId", 0, REG_BINARY, (const BYTE *)&space->provider,
                               sizeof( space->provider ) );

    if (!err) err = spaces_set_text( key, L"DisplayString", space->name );
    /* the base provider has no DLL of its own; others that read the catalogue expect one */
    if (!err)
        err = spaces_set_text( key, L"LibraryPath",
                               space->path[0] ? space->path : L"%SystemRoot%\\system32\\mswsock.dll" );
    if (!err) err = spaces_set_number( key, L"SupportedNameSpace", space->number );
    if (!err) err = spaces_set_number( key, L"Version", space->version );
    if (!err) err = spaces_set_number( key, L"Enabled", space->active );
    if (!err) err = spaces_set_number( key, L"AddressFamily", (DWORD)-1 );
    if (!err) err = spaces_set_number( key, L"StoresServiceClassInfo", 0 );
    if (!err) err = RegSetValueExW( key, L"ProviderInfo", 0, REG_BINARY, space->blob, space->blob_size );
    return err;
}

static LONG spaces_write_entries( HKEY key, enum catalog_kind kind, const struct name_spaces *spaces )
{
    HKEY entries, entry;
    WCHAR name[13];
    LONG err;
    DWORD i;

    if (( err = RegCreateKeyExW( key, entries_names[kind], 0, NULL, 0, KEY_ALL_ACCESS, NULL, &entries, NULL ) ))
        return err;
    for (i = 0; i < spaces->count && !err; i++)
    {
        catalog_entry_name( name, i + 1 );
        if (( err = RegCreateKeyExW( entries, name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &entry, NULL ) )) break;
        err = spaces_write_entry( entry, spaces->items[i] );
        RegCloseKey( entry );
    }
    if (!err) err = spaces_set_number( key, count_names[kind], spaces->count );
    for (; !err; i++)
    {
        catalog_entry_name( name, i + 1 );
        if (RegDeleteKeyW( entries, name )) break;
    }
    RegCloseKey( entries );
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
    err = spaces_write_entries( key, kind, spaces );
    /* those who watch the key see one change more, at the end */
    if (!err) err = spaces_set_number( key, L"Serial_Access_Num", spaces_number( key, L"Serial_Access_Num", 0 ) + 1 );
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
