/*
 * WSAQUERYSET for and from a name space provider, which knows the Unicode form alone
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "name_space.h"

#define CONVERT_TEXT_MAX 4096 /* characters of the program's strings */

/* ---- from the program */

static SIZE_T convert_length( const void *text )
{
    return text ? strnlen( text, CONVERT_TEXT_MAX ) + 1 : 0;
}

static WCHAR *convert_text( const void *text, WCHAR **place )
{
    SIZE_T length = convert_length( text );
    WCHAR *begin = *place;

    if (!text) return NULL;
    begin[0] = 0;
    if (!MultiByteToWideChar( CP_ACP, 0, text, (int)length - 1, begin, (int)length )) begin[0] = 0;
    *place += length;
    return begin;
}

int query_to_unicode( const void *set, BOOL unicode, WSAQUERYSETW **copy )
{
    WSAQUERYSETW old, *new;
    SIZE_T length = 0;
    WCHAR *place;
    UINT i;

    if (!set || IsBadReadPtr( set, sizeof( old ) )) return WSAEFAULT;
    memcpy( &old, set, sizeof( old ) );
    if (old.dwSize < sizeof( old )) return WSAEFAULT;
    if (!unicode)
    {
        const void *texts[] = { old.lpszServiceInstanceName, old.lpszComment, old.lpszContext, old.lpszQueryString };

        for (i = 0; i < ARRAY_SIZE( texts ); i++)
        {
            if (texts[i] && IsBadStringPtrA( texts[i], CONVERT_TEXT_MAX )) return WSAEFAULT;
            length += convert_length( texts[i] );
        }
    }
    if (!( new = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *new ) + length * sizeof( WCHAR ) ) ))
        return WSA_NOT_ENOUGH_MEMORY;
    *new = old;
    if (!unicode)
    {
        place = (WCHAR *)( new + 1 );
        new->lpszServiceInstanceName = convert_text( old.lpszServiceInstanceName, &place );
        new->lpszComment = convert_text( old.lpszComment, &place );
        new->lpszContext = convert_text( old.lpszContext, &place );
        new->lpszQueryString = convert_text( old.lpszQueryString, &place );
    }
    *copy = new;
    return 0;
}

/* ---- for the program */

static void *convert_pack_text( struct packer *packer, const WCHAR *text )
{
    int size = text ? WideCharToMultiByte( CP_ACP, 0, text, -1, NULL, 0, NULL, NULL ) : 0;
    char *place = size ? pack_bytes( packer, NULL, size ) : NULL;

    if (place) WideCharToMultiByte( CP_ACP, 0, text, -1, place, size, NULL, NULL );
    return place;
}

static void *convert_pack_bytes( struct packer *packer, const void *data, SIZE_T size )
{
    return data && size ? pack_bytes( packer, data, size ) : NULL;
}

static void convert_pack_address( struct packer *packer, SOCKET_ADDRESS *address )
{
    SIZE_T size = address->iSockaddrLength > 0 ? address->iSockaddrLength : 0;

    address->lpSockaddr = convert_pack_bytes( packer, address->lpSockaddr, size );
}

static void *convert_pack_addresses( struct packer *packer, const WSAQUERYSETW *set )
{
    SIZE_T count = set->lpcsaBuffer ? set->dwNumberOfCsAddrs : 0, i;
    CSADDR_INFO *list = count ? pack_bytes( packer, NULL, count * sizeof( *list ) ) : NULL, info;

    for (i = 0; i < count; i++)
    {
        info = set->lpcsaBuffer[i];
        convert_pack_address( packer, &info.LocalAddr );
        convert_pack_address( packer, &info.RemoteAddr );
        if (list) memcpy( list + i, &info, sizeof( info ) );
    }
    return list;
}

static void convert_pack( struct packer *packer, const WSAQUERYSETW *set )
{
    void *place = pack_bytes( packer, NULL, sizeof( *set ) );
    WSAQUERYSETW out = *set;
    BLOB blob;

    out.dwSize = sizeof( out );
    out.lpszServiceInstanceName = convert_pack_text( packer, set->lpszServiceInstanceName );
    out.lpServiceClassId = convert_pack_bytes( packer, set->lpServiceClassId, sizeof( GUID ) );
    out.lpVersion = convert_pack_bytes( packer, set->lpVersion, sizeof( *set->lpVersion ) );
    out.lpszComment = convert_pack_text( packer, set->lpszComment );
    out.lpNSProviderId = convert_pack_bytes( packer, set->lpNSProviderId, sizeof( GUID ) );
    out.lpszContext = convert_pack_text( packer, set->lpszContext );
    out.lpafpProtocols
        = convert_pack_bytes( packer, set->lpafpProtocols, set->dwNumberOfProtocols * sizeof( *set->lpafpProtocols ) );
    out.lpszQueryString = convert_pack_text( packer, set->lpszQueryString );
    out.lpcsaBuffer = convert_pack_addresses( packer, set );
    if (set->lpBlob)
    {
        blob.cbSize = set->lpBlob->cbSize;
        blob.pBlobData = convert_pack_bytes( packer, set->lpBlob->pBlobData, blob.cbSize );
        out.lpBlob = pack_bytes( packer, &blob, sizeof( blob ) );
    }
    if (place) memcpy( place, &out, sizeof( out ) );
}

SIZE_T query_to_ansi( const WSAQUERYSETW *set, void *out, SIZE_T size )
{
    struct packer packer = { 0 };

    convert_pack( &packer, set );
    if (packer.used > size) return packer.used;
    packer.base = out;
    packer.used = 0;
    convert_pack( &packer, set );
    return packer.used;
}
