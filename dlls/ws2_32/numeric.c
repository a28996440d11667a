/*
 * Numeric addresses
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ntdll's documented Rtl functions (mstcpip.h) parse and print them, as in Windows' own ws2_32: PE code without
 * system calls.
 */

#include <string.h>

#include "resolve.h"

BOOL ascii_equal( const char *a, const char *b )
{
    for (;; a++, b++)
    {
        char x = *a, y = *b;

        if (x >= 'A' && x <= 'Z') x += 'a' - 'A';
        if (y >= 'A' && y <= 'Z') y += 'a' - 'A';
        if (x != y) return FALSE;
        if (!x) return TRUE;
    }
}

/* 1 to 4 parts, decimal, octal or hexadecimal, with ":port" if asked for; everything but the padding of addr is set. */
BOOL address_parse_v4( const WCHAR *str, struct sockaddr_in *addr, BOOL with_port )
{
    USHORT port = 0;

    if (RtlIpv4StringToAddressExW( str, FALSE, &addr->sin_addr, &port ) || ( port && !with_port )) return FALSE;
    addr->sin_family = AF_INET;
    addr->sin_port = port;
    return TRUE;
}

/* With "%scope" and "[...]:port". */
BOOL address_parse_v6( const WCHAR *str, struct sockaddr_in6 *addr, BOOL with_port )
{
    USHORT port = 0;
    ULONG scope = 0;

    if (RtlIpv6StringToAddressExW( str, &addr->sin6_addr, &scope, &port ) || ( port && !with_port )) return FALSE;
    addr->sin6_family = AF_INET6;
    addr->sin6_port = port;
    addr->sin6_flowinfo = 0;
    addr->sin6_scope_id = scope;
    return TRUE;
}

/* Four decimal numbers, the common form, in a fifth of the time that ntdll takes for all forms. */
static BOOL address_parse_decimal( const char *str, BYTE *bytes )
{
    UINT i, value;

    for (i = 0; i < 4; i++, str++)
    {
        if (*str < '0' || *str > '9' || ( *str == '0' && str[1] != '.' && str[1] ))
            return FALSE; /* a number that starts with 0 may be octal */
        for (value = 0; *str >= '0' && *str <= '9'; str++)
            if (( value = value * 10 + *str - '0' ) > 255) return FALSE;
        if (*str != ( i == 3 ? 0 : '.' )) return FALSE;
        bytes[i] = value;
    }
    return TRUE;
}

BOOL address_parse( const char *str, struct name_address *addr )
{
    struct in_addr in;
    SDK_TEXT_END( char ) end;

    memset( addr, 0, sizeof( *addr ) );
    if (address_parse_decimal( str, addr->bytes ))
    {
        addr->family = AF_INET;
        return TRUE;
    }
    if (*str >= '0' && *str <= '9' && !RtlIpv4StringToAddressA( str, FALSE, &end, &in ) && !*end)
    {
        addr->family = AF_INET;
        memcpy( addr->bytes, &in, sizeof( in ) );
        return TRUE;
    }
    memset( addr->bytes, 0, sizeof( addr->bytes ) );
    return *str != '[' && strchr( str, ':' ) && address_parse_bracketed( str, addr );
}

BOOL address_parse_bracketed( const char *str, struct name_address *addr )
{
    struct in6_addr in6;
    ULONG scope = 0;
    USHORT port = 0;

    memset( addr, 0, sizeof( *addr ) );
    if (RtlIpv6StringToAddressExA( str, &in6, &scope, &port )) return FALSE;
    addr->family = AF_INET6;
    addr->scope = scope;
    memcpy( addr->bytes, &in6, sizeof( in6 ) );
    return TRUE;
}

UINT address_print( const struct name_address *addr, char *str )
{
    ULONG len = INET6_ADDRSTRLEN;
    struct in6_addr in6;
    struct in_addr in;

    if (addr->family == AF_INET)
    {
        memcpy( &in, addr->bytes, sizeof( in ) );
        RtlIpv4AddressToStringA( &in, str );
    }
    else
    {
        memcpy( &in6, addr->bytes, sizeof( in6 ) );
        RtlIpv6AddressToStringExA( &in6, addr->scope, 0, str, &len );
    }
    return strlen( str );
}

int address_to_sockaddr( const struct name_address *addr, USHORT port, void *out )
{
    if (addr->family == AF_INET)
    {
        struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = port };

        memcpy( &in.sin_addr, addr->bytes, sizeof( in.sin_addr ) );
        memcpy( out, &in, sizeof( in ) );
        return sizeof( in );
    }
    else
    {
        struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = port };

        in6.sin6_scope_id = addr->scope;
        memcpy( &in6.sin6_addr, addr->bytes, sizeof( in6.sin6_addr ) );
        memcpy( out, &in6, sizeof( in6 ) );
        return sizeof( in6 );
    }
}
