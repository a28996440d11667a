/*
 * Service classes, kept in the registry
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * As on Windows, a class is a key with its name, and its identifier is in the value GUID. Its properties are values
 * of the subkey with the number of their name space.
 */

#include <string.h>

#include "service_class.h"
#include "ws2_32.h"
#include <winternl.h>

#ifndef __WINESRC__ /* mingw-w64's header lacks them */
NTSTATUS NTAPI RtlStringFromGUID( const GUID *guid, UNICODE_STRING *str );
NTSTATUS NTAPI RtlGUIDFromString( const UNICODE_STRING *str, GUID *guid );
#endif

static const WCHAR classes_key[] = L"System\\CurrentControlSet\\Control\\ServiceProvider\\ServiceTypes";

C_ASSERT( sizeof( WSASERVICECLASSINFOA ) == sizeof( WSASERVICECLASSINFOW )
          && sizeof( WSANSCLASSINFOA ) == sizeof( WSANSCLASSINFOW ) );

int class_fail( int err )
{
    SetLastError( err );
    return SOCKET_ERROR;
}

static int class_error( LONG ret )
{
    if (!ret) return 0;
    return ret == ERROR_ACCESS_DENIED    ? WSAEACCES
           : ret == ERROR_FILE_NOT_FOUND ? WSATYPE_NOT_FOUND
                                         : WSA_NOT_ENOUGH_MEMORY;
}

/* ---- looking for a class */

static BOOL class_key_guid( HKEY classes, const WCHAR *name, GUID *guid )
{
    WCHAR text[64];
    DWORD type, size = sizeof( text ) - sizeof( WCHAR );
    UNICODE_STRING str = { .Buffer = text };
    BOOL ret;
    HKEY key;

    if (RegOpenKeyExW( classes, name, 0, KEY_QUERY_VALUE, &key )) return FALSE;
    ret = !RegQueryValueExW( key, L"GUID", NULL, &type, (BYTE *)text, &size ) && type == REG_SZ;
    RegCloseKey( key );
    if (!ret) return FALSE;
    text[size / sizeof( WCHAR )] = 0;
    str.Length = lstrlenW( text ) * sizeof( WCHAR );
    str.MaximumLength = str.Length + sizeof( WCHAR );
    return !RtlGUIDFromString( &str, guid );
}

/* Stores the key's name in name. */
static int class_find( HKEY classes, const GUID *id, WCHAR *name )
{
    DWORD i, len;
    GUID guid;

    for (i = 0; len = CLASS_NAME_MAX + 1, !RegEnumKeyExW( classes, i, name, &len, NULL, NULL, NULL, NULL ); i++)
        if (class_key_guid( classes, name, &guid ) && !memcmp( &guid, id, sizeof( guid ) )) return 0;
    return WSATYPE_NOT_FOUND;
}

static int class_open( const GUID *id, REGSAM access, HKEY *classes, WCHAR *name )
{
    int err
        = class_error( RegOpenKeyExW( HKEY_LOCAL_MACHINE, classes_key, 0, access | KEY_ENUMERATE_SUB_KEYS, classes ) );

    if (err) return err;
    if (( err = class_find( *classes, id, name ) )) RegCloseKey( *classes );
    return err;
}

/* ---- its properties */

static int class_values_read( HKEY key, DWORD name_space, struct class_value **list )
{
    DWORD i, len, type, size, size_max;
    struct class_value *value;
    WCHAR name[CLASS_NAME_MAX + 1];
    LONG ret;

    if (RegQueryInfoKeyW( key, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &size_max, NULL, NULL )) return 0;
    for (i = 0;; i++)
    {
        if (!( value = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *value ) + size_max ) ))
            return WSA_NOT_ENOUGH_MEMORY;
        len = ARRAYSIZE( name );
        size = size_max;
        if (( ret = RegEnumValueW( key, i, name, &len, NULL, &type, value->data, &size ) ))
        {
            HeapFree( GetProcessHeap(), 0, value );
            if (ret == ERROR_MORE_DATA) continue; /* another program's, or it has grown since */
            return 0;
        }
        name_from_unicode( name, FALSE, value->name, sizeof( value->name ), WSAEINVAL );
        value->name_space = name_space;
        value->type = type;
        value->size = size;
        value->next = *list;
        *list = value;
    }
}

void class_values_free( struct class_value *value )
{
    struct class_value *next;

    for (; value; value = next)
    {
        next = value->next;
        HeapFree( GetProcessHeap(), 0, value );
    }
}

/* The key with the values of a name space. */
static const WCHAR *class_space_key( DWORD name_space, WCHAR number[12] )
{
    WCHAR *digit = number + 11;

    *digit = 0;
    do *--digit = '0' + name_space % 10;
    while (name_space /= 10);
    return digit;
}

/* Those of a name space, and of all. */
static int class_read( HKEY classes, const WCHAR *name, DWORD name_space, struct class_value **list )
{
    const DWORD spaces[] = { NS_ALL, name_space };
    WCHAR number[12];
    HKEY class_key, key;
    int err = 0;
    UINT i;

    *list = NULL;
    if (( err = class_error( RegOpenKeyExW( classes, name, 0, KEY_READ, &class_key ) ) )) return err;
    for (i = 0; !err && i < ( name_space == NS_ALL ? 1 : ARRAYSIZE( spaces ) ); i++)
    {
        if (RegOpenKeyExW( class_key, class_space_key( spaces[i], number ), 0, KEY_READ, &key )) continue;
        err = class_values_read( key, spaces[i], list );
        RegCloseKey( key );
    }
    RegCloseKey( class_key );
    if (!err) return 0;
    class_values_free( *list );
    *list = NULL;
    return err;
}

int class_name( const GUID *id, WCHAR *name )
{
    HKEY classes;
    int err = class_open( id, KEY_READ, &classes, name );

    if (!err) RegCloseKey( classes );
    return err;
}

int class_stored( const GUID *id, DWORD name_space, WCHAR *name, struct class_value **list )
{
    HKEY classes;
    int err = class_open( id, KEY_READ, &classes, name );

    if (err) return err;
    err = class_read( classes, name, name_space, list );
    RegCloseKey( classes );
    return err;
}

BOOL service_class_port( const GUID *class_id, USHORT *port, BOOL *udp )
{
    struct class_value *list, *value;
    WCHAR name[CLASS_NAME_MAX + 1];
    BOOL found = FALSE;

    if (class_stored( class_id, NS_DNS, name, &list )) return FALSE;
    for (value = list; value && !found; value = value->next)
    {
        *udp = ascii_equal( value->name, "UdpPort" );
        if (( !*udp && !ascii_equal( value->name, "TcpPort" ) ) || value->size < sizeof( *port )) continue;
        memcpy( port, value->data, sizeof( *port ) );
        found = TRUE;
    }
    class_values_free( list );
    return found;
}

/* Those that a structure gives. */
int class_values_take( const WSASERVICECLASSINFOW *info, BOOL unicode, struct class_value **list )
{
    struct class_value *value;
    int err = 0;
    DWORD i;

    for (*list = NULL, i = info->dwCount; i && !err;)
    {
        const WSANSCLASSINFOW *from = &info->lpClassInfos[--i];

        if (!( value = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *value ) + from->dwValueSize ) ))
            err = WSA_NOT_ENOUGH_MEMORY;
        else
        {
            value->next = *list;
            *list = value;
            value->name_space = from->dwNameSpace;
            value->type = from->dwValueType;
            value->size = from->dwValueSize;
            if (value->size) memcpy( value->data, from->lpValue, value->size );
            err = unicode ? name_from_unicode( (const WCHAR *)from->lpszName, FALSE, value->name, sizeof( value->name ),
                                               WSAEINVAL )
                          : name_from_ansi( (const char *)from->lpszName, FALSE, value->name, sizeof( value->name ),
                                            WSAEINVAL );
        }
    }
    if (!err) return 0;
    class_values_free( *list );
    *list = NULL;
    return err;
}

/* ---- the structures that programs and providers get */

void class_pack( struct packer *packer, const GUID *id, const char *name, const struct class_value *list )
{
    WSASERVICECLASSINFOW info = { 0 };
    void *place = pack_bytes( packer, NULL, sizeof( info ) );
    const struct class_value *value;
    WSANSCLASSINFOW *array;

    info.lpServiceClassId = pack_bytes( packer, id, sizeof( *id ) );
    info.lpszServiceClassName = pack_text( packer, name );
    for (value = list; value; value = value->next) info.dwCount++;
    info.lpClassInfos = array = pack_bytes( packer, NULL, info.dwCount * sizeof( *array ) );
    for (value = list; value; value = value->next)
    {
        WSANSCLASSINFOW entry
            = { .dwNameSpace = value->name_space, .dwValueType = value->type, .dwValueSize = value->size };

        entry.lpszName = pack_text( packer, value->name );
        entry.lpValue = pack_bytes( packer, value->data, value->size );
        if (array) memcpy( array++, &entry, sizeof( entry ) );
    }
    if (place) memcpy( place, &info, sizeof( info ) );
}

WSASERVICECLASSINFOW *class_packed( const GUID *id, const WCHAR *name, const struct class_value *list )
{
    struct packer packer = { .unicode = TRUE };
    char utf8[3 * CLASS_NAME_MAX + 1];

    name_from_unicode( name, FALSE, utf8, sizeof( utf8 ), WSAEINVAL );
    class_pack( &packer, id, utf8, list );
    if (!( packer.base = HeapAlloc( GetProcessHeap(), 0, packer.used ) )) return NULL;
    packer.used = 0;
    class_pack( &packer, id, utf8, list );
    return (WSASERVICECLASSINFOW *)packer.base;
}

/* ---- WSAInstallServiceClass, WSARemoveServiceClass */

/* A string of the program that names a key or value. */
static int class_copy_name( const void *str, BOOL unicode, WCHAR *out )
{
    char utf8[3 * CLASS_NAME_MAX + 1];
    int err;

    if (!str) return WSAEINVAL;
    err = unicode ? name_from_unicode( str, FALSE, utf8, sizeof( utf8 ), WSAEINVAL )
                  : name_from_ansi( str, FALSE, utf8, sizeof( utf8 ), WSAEINVAL );
    if (err) return err;
    return utf8[0] && name_to_unicode( utf8, out, CLASS_NAME_MAX + 1 ) <= CLASS_NAME_MAX + 1 ? 0 : WSAEINVAL;
}

static int class_copy( const void *info, BOOL unicode, WSASERVICECLASSINFOW *copy, GUID *id, WCHAR *name )
{
    WCHAR value_name[CLASS_NAME_MAX + 1];
    DWORD i;
    int err;

    if (!info) return WSAEINVAL;
    if (IsBadReadPtr( info, sizeof( *copy ) )) return WSAEFAULT;
    memcpy( copy, info, sizeof( *copy ) );
    if (!copy->lpServiceClassId) return WSAEINVAL;
    if (IsBadReadPtr( copy->lpServiceClassId, sizeof( *id ) )) return WSAEFAULT;
    *id = *copy->lpServiceClassId;
    if (( err = class_copy_name( copy->lpszServiceClassName, unicode, name ) )) return err;
    if (wcschr( name, '\\' )) return WSAEINVAL;
    if (copy->dwCount && !copy->lpClassInfos) return WSAEINVAL;
    if (is_bad_array( copy->lpClassInfos, copy->dwCount, sizeof( *copy->lpClassInfos ) )) return WSAEFAULT;
    for (i = 0; i < copy->dwCount; i++)
    {
        const WSANSCLASSINFOW *value = &copy->lpClassInfos[i];

        if (( err = class_copy_name( value->lpszName, unicode, value_name ) )) return err;
        if (value->dwValueSize && IsBadReadPtr( value->lpValue, value->dwValueSize )) return WSAEFAULT;
    }
    return 0;
}

static int class_write_value( HKEY class_key, const WSANSCLASSINFOW *value, BOOL unicode )
{
    WCHAR name[CLASS_NAME_MAX + 1], number[12];
    HKEY key;
    int err;

    if (( err = class_copy_name( value->lpszName, unicode, name ) )) return err;
    if (( err = class_error( RegCreateKeyExW( class_key, class_space_key( value->dwNameSpace, number ), 0, NULL, 0,
                                              KEY_SET_VALUE, NULL, &key, NULL ) ) ))
        return err;
    err = class_error( RegSetValueExW( key, name, 0, value->dwValueType, value->lpValue, value->dwValueSize ) );
    RegCloseKey( key );
    return err;
}

static int class_write( HKEY class_key, const WSASERVICECLASSINFOW *info, BOOL unicode, const GUID *id )
{
    UNICODE_STRING str;
    DWORD i;
    int err;

    for (i = 0; i < info->dwCount; i++)
        if (( err = class_write_value( class_key, &info->lpClassInfos[i], unicode ) )) return err;
    if (RtlStringFromGUID( id, &str )) return WSA_NOT_ENOUGH_MEMORY;
    err = class_error(
        RegSetValueExW( class_key, L"GUID", 0, REG_SZ, (BYTE *)str.Buffer, str.Length + sizeof( WCHAR ) ) );
    RtlFreeUnicodeString( &str );
    return err;
}

static int class_install( const void *info, BOOL unicode )
{
    WCHAR name[CLASS_NAME_MAX + 1], other[CLASS_NAME_MAX + 1];
    WSASERVICECLASSINFOW copy, *wide;
    struct class_value *list;
    HKEY classes, key;
    DWORD how;
    GUID id;
    int err = class_copy( info, unicode, &copy, &id, name );

    if (err) return class_fail( err );
    if (( err = class_error(
              RegCreateKeyExW( HKEY_LOCAL_MACHINE, classes_key, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &classes, NULL ) ) ))
        return class_fail( err );
    if (!class_find( classes, &id, other )) err = WSAEALREADY;
    else if (!( err = class_error( RegCreateKeyExW( classes, name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, &how ) ) ))
    {
        if (how == REG_OPENED_EXISTING_KEY) err = WSAEALREADY; /* the name of another */
        else err = class_write( key, &copy, unicode, &id );
        RegCloseKey( key );
        if (err && how == REG_CREATED_NEW_KEY) RegDeleteTreeW( classes, name );
    }
    RegCloseKey( classes );
    if (err) return class_fail( err );
    if (class_values_take( &copy, unicode, &list )) return 0;
    if (( wide = class_packed( &id, name, list ) )) space_class_install( wide );
    HeapFree( GetProcessHeap(), 0, wide );
    class_values_free( list );
    return 0;
}

/* Returns 0, or SOCKET_ERROR: WSAEALREADY for an identifier or name that is there, WSAEINVAL, WSAEFAULT, WSAEACCES
 * ("WSAInstallServiceClassW function"). */
INT WINAPI WSAInstallServiceClassA( WSASERVICECLASSINFOA *info )
{
    return NAMES_STARTED() ? class_install( info, FALSE ) : SOCKET_ERROR;
}

INT WINAPI WSAInstallServiceClassW( WSASERVICECLASSINFOW *info )
{
    return NAMES_STARTED() ? class_install( info, TRUE ) : SOCKET_ERROR;
}

int class_check_id( const GUID *id )
{
    if (!id) return WSAEINVAL;
    return IsBadReadPtr( id, sizeof( *id ) ) ? WSAEFAULT : 0;
}

INT WINAPI WSARemoveServiceClass( GUID *class_id )
{
    WCHAR name[CLASS_NAME_MAX + 1];
    HKEY classes;
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    if (!( err = class_check_id( class_id ) ) && !( err = class_open( class_id, KEY_ALL_ACCESS, &classes, name ) ))
    {
        err = class_error( RegDeleteTreeW( classes, name ) );
        RegCloseKey( classes );
    }
    if (err) return class_fail( err );
    space_class_remove( class_id );
    return 0;
}
