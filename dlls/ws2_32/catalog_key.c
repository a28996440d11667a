/*
 * What both catalogues have in the registry: numbers, and entries named by their position
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "catalog.h"

static const WCHAR *const entries_names[] = { L"Catalog_Entries64", L"Catalog_Entries" };
static const WCHAR *const count_names[] = { L"Num_Catalog_Entries64", L"Num_Catalog_Entries" };
static const WCHAR serial_name[] = L"Serial_Access_Num";

HANDLE catalog_lock( void )
{
    HANDLE mutex = CreateMutexW( NULL, FALSE, L"wsuring_protocol_catalog" );

    if (mutex) WaitForSingleObject( mutex, 3000 );
    return mutex;
}

void catalog_unlock( HANDLE mutex )
{
    if (!mutex) return;
    ReleaseMutex( mutex );
    CloseHandle( mutex );
}

BOOL catalog_value( HKEY key, const WCHAR *name, DWORD wanted, void *buffer, DWORD *size )
{
    DWORD type;

    return !RegQueryValueExW( key, name, NULL, &type, buffer, size ) && type == wanted;
}

DWORD catalog_number( HKEY key, const WCHAR *name, DWORD otherwise )
{
    DWORD value, size = sizeof( value );

    return catalog_value( key, name, REG_DWORD, &value, &size ) && size == sizeof( value ) ? value : otherwise;
}

LONG catalog_set_number( HKEY key, const WCHAR *name, DWORD value )
{
    return RegSetValueExW( key, name, 0, REG_DWORD, (const BYTE *)&value, sizeof( value ) );
}

LONG catalog_count_change( HKEY key )
{
    return catalog_set_number( key, serial_name, catalog_number( key, serial_name, 0 ) + 1 );
}

/* 000000000001, with twelve digits */
static void catalog_entry_name( WCHAR name[13], DWORD position )
{
    int i;

    for (i = 11; i >= 0; i--, position /= 10) name[i] = '0' + position % 10;
    name[12] = 0;
}

void catalog_read_entries( HKEY key, enum catalog_kind kind, DWORD limit, BOOL ( *read )( HKEY entry, void *arg ),
                           void *arg )
{
    DWORD count = min( catalog_number( key, count_names[kind], 0 ), limit ), i;
    HKEY entries, entry;
    BOOL more = TRUE;
    WCHAR name[13];

    if (RegOpenKeyExW( key, entries_names[kind], 0, KEY_READ, &entries )) return;
    for (i = 1; i <= count && more; i++)
    {
        catalog_entry_name( name, i );
        if (RegOpenKeyExW( entries, name, 0, KEY_READ, &entry )) continue;
        more = read( entry, arg );
        RegCloseKey( entry );
    }
    RegCloseKey( entries );
}

LONG catalog_write_entries( HKEY key, enum catalog_kind kind, DWORD count,
                            LONG ( *write )( HKEY entry, const void *arg, DWORD index ), const void *arg )
{
    HKEY entries, entry;
    WCHAR name[13];
    LONG err;
    DWORD i;

    if (( err = RegCreateKeyExW( key, entries_names[kind], 0, NULL, 0, KEY_ALL_ACCESS, NULL, &entries, NULL ) ))
        return err;
    for (i = 0; i < count && !err; i++)
    {
        catalog_entry_name( name, i + 1 );
        if (( err = RegCreateKeyExW( entries, name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &entry, NULL ) )) break;
        err = write( entry, arg, i );
        RegCloseKey( entry );
    }
    if (!err) err = catalog_set_number( key, count_names[kind], count );
    for (; !err; i++)
    {
        catalog_entry_name( name, i + 1 );
        if (RegDeleteKeyW( entries, name )) break;
    }
    RegCloseKey( entries );
    return err;
}
