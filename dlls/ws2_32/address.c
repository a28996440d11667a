/*
 * Address strings
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"

#define ADDRESS_STRING_MAX 65 /* of IPv6 with scope and port, with the NUL */
#ifndef STATUS_INVALID_PARAMETER
#define STATUS_INVALID_PARAMETER ( (DWORD)0xc000000d )
#endif
#define TEXT_MAX 256 /* no address is longer; only this much is read before parsing */

/* ---- inet_addr, inet_ntoa */

/* Network order. INADDR_NONE for invalid addresses, "" and NULL; only NULL sets the last error, to WSAEFAULT.
 * The address ends at white space, and a lone space is 0 ("inet_addr function"). */
unsigned long WINAPI inet_addr( const char *str )
{
    struct in_addr addr;
    SDK_TEXT_END( char ) end;

    if (!str) SetLastError( WSAEFAULT );
    if (!str || IsBadStringPtrA( str, TEXT_MAX ) || strnlen( str, TEXT_MAX ) == TEXT_MAX) return INADDR_NONE;
    if (str[0] == ' ' && !str[1]) return 0;
    if (RtlIpv4StringToAddressA( str, FALSE, &end, &addr )) return INADDR_NONE;
    if (*end && !strchr( " \t\n\v\f\r", *end )) return INADDR_NONE;
    return addr.s_addr;
}

/* In a buffer of the calling thread, valid until its next call. */
char *WINAPI inet_ntoa( struct in_addr addr )
{
    char *str = storage_get( STORAGE_ADDRESS, 16 );

    if (str) RtlIpv4AddressToStringA( &addr, str );
    return str;
}

/* ---- inet_pton, inet_ntop */

union ip_address
{
    struct in_addr in;
    struct in6_addr in6;
};

/* The checks of inet_pton and InetPtonW. Returns the size of an address, or 0 with the last error set. */
static int address_pton_check( int family, const void *str, BOOL bad_string, const void *dst )
{
    int err = 0, size = family == AF_INET ? sizeof( struct in_addr ) : sizeof( struct in6_addr );

    if (!str) err = WSAEFAULT;
    else if (family != AF_INET && family != AF_INET6) err = WSAEAFNOSUPPORT;
    else if (bad_string || IsBadWritePtr( (void *)dst, size )) err = WSAEFAULT;
    if (!err) return size;
    SetLastError( err );
    return 0;
}

/* Returns 1; 0 for an invalid address, without touching the last error; -1 with WSAEAFNOSUPPORT or WSAEFAULT
 * ("inet_pton function"). Accepts only the full dotted form and the plain IPv6 form. As on Windows, dst gets the part
 * that was parsed before the fault. */
int WINAPI inet_pton( int family, const char *str, void *dst )
{
    int size = address_pton_check( family, str, str && IsBadStringPtrA( str, TEXT_MAX ), dst );
    union ip_address addr;
    BOOL good;
    SDK_TEXT_END( char ) end;

    if (!size) return -1;
    if (strnlen( str, TEXT_MAX ) == TEXT_MAX) return 0;
    memcpy( &addr, dst, size );
    good = family == AF_INET ? !RtlIpv4StringToAddressA( str, TRUE, &end, &addr.in )
                             : !RtlIpv6StringToAddressA( str, &end, &addr.in6 );
    memcpy( dst, &addr, size );
    return good && !*end;
}

/* The same, except that the last error is WSAEINVAL where 0 is returned ("InetPtonW function"). */
int WINAPI InetPtonW( int family, const WCHAR *str, void *dst )
{
    int size = address_pton_check( family, str, str && IsBadStringPtrW( str, TEXT_MAX ), dst );
    union ip_address addr;
    BOOL good = FALSE;
    SDK_TEXT_END( WCHAR ) end;

    if (!size) return -1;
    if (wcsnlen( str, TEXT_MAX ) < TEXT_MAX)
    {
        memcpy( &addr, dst, size );
        good = family == AF_INET ? !RtlIpv4StringToAddressW( str, TRUE, &end, &addr.in )
                                 : !RtlIpv6StringToAddressW( str, &end, &addr.in6 );
        memcpy( dst, &addr, size );
        good = good && !*end;
    }
    if (!good) SetLastError( WSAEINVAL );
    return good;
}

/* Checks inet_ntop's arguments and sets the last error, or returns the text, with its length and NUL. */
static int address_ntop( int family, const void *src, WCHAR *text, ULONG *len )
{
    union ip_address addr;

    if (family != AF_INET && family != AF_INET6) return WSAEAFNOSUPPORT;
    if (IsBadReadPtr( src, family == AF_INET ? 4 : 16 )) return ERROR_INVALID_PARAMETER;
    memcpy( &addr, src, family == AF_INET ? 4 : 16 );
    if (family == AF_INET) *len = RtlIpv4AddressToStringW( &addr.in, text ) - text + 1;
    else *len = RtlIpv6AddressToStringW( &addr.in6, text ) - text + 1;
    return 0;
}

/* Returns dst, or NULL: WSAEAFNOSUPPORT, or for bad pointers and a small buffer STATUS_INVALID_PARAMETER, which Windows
 * has here where the page "inet_ntop function" says ERROR_INVALID_PARAMETER. size in characters. */
const char *WINAPI inet_ntop( int family, const void *src, char *dst, size_t size )
{
    WCHAR text[ADDRESS_STRING_MAX];
    ULONG i, len;
    int err = address_ntop( family, src, text, &len );

    if (!err && ( size < len || IsBadWritePtr( dst, len ) )) err = ERROR_INVALID_PARAMETER;
    if (err)
    {
        SetLastError( err == ERROR_INVALID_PARAMETER ? STATUS_INVALID_PARAMETER : (DWORD)err );
        return NULL;
    }
    for (i = 0; i < len; i++) dst[i] = text[i];
    return dst;
}

/* The same, but for ERROR_INVALID_PARAMETER ("InetNtopW function"). */
const WCHAR *WINAPI InetNtopW( int family, const void *src, WCHAR *dst, size_t size )
{
    WCHAR text[ADDRESS_STRING_MAX];
    ULONG len;
    int err = address_ntop( family, src, text, &len );

    if (!err && ( size < len || IsBadWritePtr( dst, len * sizeof( WCHAR ) ) )) err = ERROR_INVALID_PARAMETER;
    if (err)
    {
        SetLastError( err );
        return NULL;
    }
    memcpy( dst, text, len * sizeof( WCHAR ) );
    return dst;
}

/* ---- WSAAddressToString, WSAStringToAddress */

static int address_text( const SOCKADDR *addr, DWORD addr_len, const WSAPROTOCOL_INFOW *info, UINT info_size,
                         WCHAR *text, ULONG *len )
{
    SOCKADDR_IN in;
    SOCKADDR_IN6 in6;

    if (!addr) return WSAEINVAL;
    if (( info && IsBadReadPtr( info, info_size ) ) || IsBadReadPtr( addr, addr_len )) return WSAEFAULT;
    if (addr_len < sizeof( addr->sa_family )) return WSAEINVAL;
    switch (addr->sa_family)
    {
    case AF_INET:
        if (addr_len < sizeof( in )) return WSAEINVAL;
        memcpy( &in, addr, sizeof( in ) );
        return RtlIpv4AddressToStringExW( &in.sin_addr, in.sin_port, text, len ) ? WSAEINVAL : 0;
    case AF_INET6:
        if (addr_len < sizeof( in6 )) return WSAEINVAL;
        memcpy( &in6, addr, sizeof( in6 ) );
        return RtlIpv6AddressToStringExW( &in6.sin6_addr, in6.sin6_scope_id, in6.sin6_port, text, len ) ? WSAEINVAL : 0;
    default: return WSAEINVAL;
    }
}

static int address_room( void *str, DWORD *len, ULONG needed, UINT char_size )
{
    if (!len) return WSAEINVAL;
    if (IsBadWritePtr( len, sizeof( *len ) )) return WSAEFAULT;
    if (*len < needed)
    {
        *len = needed;
        return WSAEFAULT;
    }
    if (!str) return WSAEINVAL;
    return IsBadWritePtr( str, needed * char_size ) ? WSAEFAULT : 0;
}

static int address_set_error( int err )
{
    if (!err) return 0;
    SetLastError( err );
    return SOCKET_ERROR;
}

/* len: in characters with the NUL, in: room, out: used or, with WSAEFAULT, needed. WSAEINVAL for addresses of other
 * families ("WSAAddressToStringW function"). The protocol makes no difference: all addresses of a family look alike. */
INT WINAPI WSAAddressToStringW( SOCKADDR *addr, DWORD addr_len, WSAPROTOCOL_INFOW *info, WCHAR *str, DWORD *len )
{
    WCHAR text[ADDRESS_STRING_MAX];
    ULONG text_len = ADDRESS_STRING_MAX;
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    if (( err = address_text( addr, addr_len, info, sizeof( *info ), text, &text_len ) ))
        return address_set_error( err );
    if (( err = address_room( str, len, text_len, sizeof( WCHAR ) ) )) return address_set_error( err );
    memcpy( str, text, text_len * sizeof( WCHAR ) );
    *len = text_len;
    return 0;
}

INT WINAPI WSAAddressToStringA( SOCKADDR *addr, DWORD addr_len, WSAPROTOCOL_INFOA *info, char *str, DWORD *len )
{
    WCHAR text[ADDRESS_STRING_MAX];
    ULONG i, text_len = ADDRESS_STRING_MAX;
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    if (( err = address_text( addr, addr_len, (void *)info, sizeof( *info ), text, &text_len ) ))
        return address_set_error( err );
    if (( err = address_room( str, len, text_len, sizeof( char ) ) )) return address_set_error( err );
    for (i = 0; i < text_len; i++) str[i] = text[i];
    *len = text_len;
    return 0;
}

static int address_from_text( const WCHAR *str, int family, SOCKADDR *addr, int *addr_len )
{
    SOCKADDR_IN in = { 0 };
    SOCKADDR_IN6 in6 = { 0 };
    int needed = family == AF_INET ? sizeof( in ) : sizeof( in6 );
    BOOL good;

    if (family != AF_INET && family != AF_INET6) return WSAEINVAL;
    if (*addr_len < needed)
    {
        *addr_len = needed;
        return WSAEFAULT;
    }
    if (IsBadWritePtr( addr, needed )) return WSAEFAULT;
    if (wcsnlen( str, TEXT_MAX ) == TEXT_MAX) str = L"";
    if (family == AF_INET) good = address_parse_v4( str, &in, TRUE );
    else good = address_parse_v6( str, &in6, TRUE );
    /* On an error the part that was parsed before the fault is returned too, with family 0. */
    if (family == AF_INET) memcpy( addr, &in, needed );
    else memcpy( addr, &in6, needed );
    if (!good) return WSAEINVAL;
    *addr_len = needed;
    return 0;
}

static int address_check( const void *str, BOOL bad_string, const void *info, UINT info_size, SOCKADDR *addr,
                          int *addr_len )
{
    if (!addr || !addr_len || IsBadWritePtr( addr_len, sizeof( *addr_len ) )) return WSAEFAULT;
    if (!str) return WSAEINVAL;
    if (bad_string || ( info && IsBadReadPtr( info, info_size ) )) return WSAEFAULT;
    return 0;
}

/* addr_len: bytes, in: room, out: used or, with WSAEFAULT, needed. WSAEINVAL for an invalid address of that family
 * ("WSAStringToAddressW function"). */
INT WINAPI WSAStringToAddressW( WCHAR *str, int family, WSAPROTOCOL_INFOW *info, SOCKADDR *addr, int *addr_len )
{
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    err = address_check( str, str && IsBadStringPtrW( str, TEXT_MAX ), info, sizeof( *info ), addr, addr_len );
    if (!err) err = address_from_text( str, family, addr, addr_len );
    return address_set_error( err );
}

INT WINAPI WSAStringToAddressA( char *str, int family, WSAPROTOCOL_INFOA *info, SOCKADDR *addr, int *addr_len )
{
    WCHAR text[ADDRESS_STRING_MAX * 2];
    UINT i;
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    err = address_check( str, str && IsBadStringPtrA( str, TEXT_MAX ), info, sizeof( *info ), addr, addr_len );
    if (err) return address_set_error( err );
    /* addresses are ASCII; anything else, or anything longer, is invalid, but the room is checked first */
    for (i = 0; i < ARRAYSIZE( text ) - 1 && str[i] && !( str[i] & 0x80 ); i++) text[i] = (BYTE)str[i];
    text[str[i] ? 0 : i] = 0;
    return address_set_error( address_from_text( text, family, addr, addr_len ) );
}
