/*
 * Service classes: what is told of them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A class at DNS is what the registry has of it; other providers are asked themselves ("NSPGetServiceClassInfo callback
 * function").
 */

#include <string.h>

#include "service_class.h"

/* ---- WSAGetServiceClassInfo, WSAGetServiceClassNameByClassId */

/* From a provider. */
static int class_provided( const GUID *id, const struct name_space *space, WCHAR *name, struct class_value **list )
{
    WSASERVICECLASSINFOW *info;
    int err = space_class_info( space, id, &info );

    if (err) return err;
    lstrcpynW( name, info->lpszServiceClassName ? info->lpszServiceClassName : L"", CLASS_NAME_MAX + 1 );
    err = class_values_take( info, TRUE, list );
    HeapFree( GetProcessHeap(), 0, info );
    return err;
}

static int class_get_info( const GUID *provider, const GUID *id, DWORD *size, void *out, BOOL unicode )
{
    struct packer packer = { .unicode = unicode };
    const struct name_space *space;
    struct class_value *list;
    WCHAR name[CLASS_NAME_MAX + 1];
    char utf8[3 * CLASS_NAME_MAX + 1];
    GUID copy;
    int err;

    if (( err = class_check_id( provider ) ) || ( err = class_check_id( id ) )) return err;
    if (IsBadWritePtr( size, sizeof( *size ) )) return WSAEFAULT;
    if (!name_space_is_known( provider )) return WSAEINVAL;
    copy = *id;
    space = name_space_of_provider( provider );
    err = !space || name_space_is_base( space ) ? class_stored( &copy, NS_DNS, name, &list )
                                                : class_provided( &copy, space, name, &list );
    if (err) return err;
    name_from_unicode( name, FALSE, utf8, sizeof( utf8 ), WSAEINVAL );
    class_pack( &packer, &copy, utf8, list );
    if (packer.used > *size)
    {
        *size = packer.used;
        err = WSAEFAULT;
    }
    else if (IsBadWritePtr( out, packer.used )) err = WSAEFAULT;
    else
    {
        packer.base = out;
        packer.used = 0;
        class_pack( &packer, &copy, utf8, list );
    }
    class_values_free( list );
    return err;
}

WSASERVICECLASSINFOW *service_class_describe( const GUID *class_id, const struct name_space *space )
{
    WSASERVICECLASSINFOW *info;
    struct class_value *list;
    WCHAR name[CLASS_NAME_MAX + 1];

    if (class_provided( class_id, space, name, &list ) && class_stored( class_id, space->number, name, &list ))
        return NULL;
    info = class_packed( class_id, name, list );
    class_values_free( list );
    return info;
}

/* size: bytes, in: room, out: with WSAEFAULT what is needed. Also WSATYPE_NOT_FOUND, WSAEINVAL
 * ("WSAGetServiceClassInfoW function"). */
INT WINAPI WSAGetServiceClassInfoA( GUID *provider, GUID *class_id, DWORD *size, WSASERVICECLASSINFOA *info )
{
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    return ( err = class_get_info( provider, class_id, size, info, FALSE ) ) ? class_fail( err ) : 0;
}

INT WINAPI WSAGetServiceClassInfoW( GUID *provider, GUID *class_id, DWORD *size, WSASERVICECLASSINFOW *info )
{
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    return ( err = class_get_info( provider, class_id, size, info, TRUE ) ) ? class_fail( err ) : 0;
}

static int class_get_name( const GUID *id, void *out, DWORD *size, BOOL unicode )
{
    char utf8[3 * CLASS_NAME_MAX + 1];
    WCHAR name[CLASS_NAME_MAX + 1];
    DWORD needed;
    int err;

    if (( err = class_check_id( id ) )) return err;
    if (IsBadWritePtr( size, sizeof( *size ) )) return WSAEFAULT;
    if (( err = class_name( id, name ) )) return err;
    name_from_unicode( name, FALSE, utf8, sizeof( utf8 ), WSAEINVAL );
    needed = unicode ? name_to_unicode( utf8, NULL, 0 ) : name_to_ansi( utf8, NULL, 0 );
    if (*size < needed)
    {
        *size = needed;
        return WSAEFAULT;
    }
    if (IsBadWritePtr( out, needed * ( unicode ? sizeof( WCHAR ) : 1 ) )) return WSAEFAULT;
    if (unicode) name_to_unicode( utf8, out, needed );
    else name_to_ansi( utf8, out, needed );
    *size = needed;
    return 0;
}

/* size: characters with the NUL, in: room, out: used or, with WSAEFAULT, needed ("WSAGetServiceClassNameByClassIdW
 * function"). */
INT WINAPI WSAGetServiceClassNameByClassIdA( GUID *class_id, char *name, DWORD *size )
{
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    return ( err = class_get_name( class_id, name, size, FALSE ) ) ? class_fail( err ) : 0;
}

INT WINAPI WSAGetServiceClassNameByClassIdW( GUID *class_id, WCHAR *name, DWORD *size )
{
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    return ( err = class_get_name( class_id, name, size, TRUE ) ) ? class_fail( err ) : 0;
}
