/*
 * Windows' text forms of numeric addresses, for ws2_32's files on the host: nothing beyond the NUL is read
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "../../dlls/ws2_32/resolve.h"

#include <stdint.h>
#include <stdio.h>

static int digit_of( WCHAR c, int base )
{
    int value = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : 99;

    return value < base ? value : -1;
}

static const WCHAR *number_parse( const WCHAR *str, int base, uint64_t max, uint64_t *value )
{
    const WCHAR *start = str;

    for (*value = 0; digit_of( *str, base ) >= 0; str++)
        if (( *value = *value * base + digit_of( *str, base ) ) > max) return NULL;
    return str > start ? str : NULL;
}

LONG WINAPI RtlIpv4StringToAddressW( const WCHAR *str, BOOLEAN strict, WCHAR **end, struct in_addr *addr )
{
    uint32_t result = 0;
    uint64_t value;
    int parts;

    for (parts = 0;; parts++, str++)
    {
        int base = 10;

        *end = (WCHAR *)str;
        if (!strict && *str == '0' && ( str[1] == 'x' || str[1] == 'X' )) base = 16, str += 2;
        else if (!strict && *str == '0') base = 8;
        if (!( str = number_parse( str, base, 0xffffffff, &value ) )) return -1;
        if (*str != '.' || parts == 3) break;
        if (value > 255) return -1;
        result |= (uint32_t)value << ( 24 - 8 * parts );
    }
    *end = (WCHAR *)str;
    if (value > 0xffffffffu >> 8 * parts || ( strict && parts != 3 )) return -1;
    addr->S_un.S_addr = __builtin_bswap32( result | (uint32_t)value );
    return 0;
}

LONG WINAPI RtlIpv6StringToAddressW( const WCHAR *str, WCHAR **end, struct in6_addr *addr )
{
    uint8_t bytes[16] = { 0 };
    int pos = 0, gap = -1;
    struct in_addr v4;
    uint64_t value;
    const WCHAR *after;

    *end = (WCHAR *)str;
    if (*str == ':' && *++str != ':') return -1;
    while (pos < 16)
    {
        if (*str == ':' && gap < 0)
        {
            gap = pos;
            str++;
            if (digit_of( *str, 16 ) < 0) break;
            continue;
        }
        if (pos <= 12 && !RtlIpv4StringToAddressW( str, TRUE, end, &v4 ))
        {
            memcpy( bytes + pos, &v4, 4 );
            pos += 4;
            str = *end;
            break;
        }
        if (!( after = number_parse( str, 16, 0xffff, &value ) )) return -1;
        bytes[pos++] = value >> 8;
        bytes[pos++] = value;
        str = after;
        if (*str != ':' || pos == 16) break;
        str++;
    }
    *end = (WCHAR *)str;
    if (( pos < 16 ) != ( gap >= 0 )) return -1;
    if (gap >= 0)
    {
        memmove( bytes + 16 - ( pos - gap ), bytes + gap, pos - gap );
        memset( bytes + gap, 0, 16 - pos );
    }
    memcpy( addr, bytes, 16 );
    return 0;
}

/* converts ANSI, and the end pointer back */
#define VIA_WIDE( str, call )                                                                                          \
    size_t i, len = strlen( str );                                                                                     \
    WCHAR *wide = malloc( ( len + 1 ) * sizeof( WCHAR ) ), *wide_end = wide;                                           \
    LONG ret;                                                                                                          \
    if (!wide) abort();                                                                                                \
    for (i = 0; i <= len; i++) wide[i] = (unsigned char)str[i];                                                        \
    ret = call

LONG WINAPI RtlIpv4StringToAddressA( const char *str, BOOLEAN strict, char **end, struct in_addr *addr )
{
    VIA_WIDE( str, RtlIpv4StringToAddressW( wide, strict, &wide_end, addr ) );
    *end = (char *)str + ( wide_end - wide );
    free( wide );
    return ret;
}

LONG WINAPI RtlIpv6StringToAddressA( const char *str, char **end, struct in6_addr *addr )
{
    VIA_WIDE( str, RtlIpv6StringToAddressW( wide, &wide_end, addr ) );
    *end = (char *)str + ( wide_end - wide );
    free( wide );
    return ret;
}

static LONG port_parse( const WCHAR *str, USHORT *port )
{
    uint64_t value = 0;

    if (*str == ':' && ( !( str = number_parse( str + 1, 10, 0xffff, &value ) ) || *str )) return -1;
    if (*str) return -1;
    *port = __builtin_bswap16( value );
    return 0;
}

LONG WINAPI RtlIpv4StringToAddressExW( const WCHAR *str, BOOLEAN strict, struct in_addr *addr, USHORT *port )
{
    WCHAR *end;

    return RtlIpv4StringToAddressW( str, strict, &end, addr ) || port_parse( end, port ) ? -1 : 0;
}

LONG WINAPI RtlIpv6StringToAddressExW( const WCHAR *str, struct in6_addr *addr, ULONG *scope, USHORT *port )
{
    BOOL brackets = *str == '[';
    uint64_t value = 0;
    const WCHAR *pos;
    WCHAR *end;

    if (RtlIpv6StringToAddressW( str + brackets, &end, addr )) return -1;
    pos = end;
    if (*pos == '%' && !( pos = number_parse( pos + 1, 10, 0xffffffff, &value ) )) return -1;
    *scope = value;
    *port = 0;
    if (!brackets) return *pos ? -1 : 0;
    return *pos == ']' ? port_parse( pos + 1, port ) : -1;
}

LONG WINAPI RtlIpv6StringToAddressExA( const char *str, struct in6_addr *addr, ULONG *scope, USHORT *port )
{
    VIA_WIDE( str, RtlIpv6StringToAddressExW( wide, addr, scope, port ) );
    (void)wide_end;
    free( wide );
    return ret;
}

/* All eight numbers: the longest form. */
static int address_text( const uint8_t *bytes, BOOL v6, ULONG scope, USHORT port, char *text )
{
    int len = 0, i;

    port = __builtin_bswap16( port );
    if (v6 && port) len += sprintf( text, "[" );
    for (i = 0; i < ( v6 ? 8 : 4 ); i++)
        len += v6 ? sprintf( text + len, i ? ":%x" : "%x", bytes[2 * i] << 8 | bytes[2 * i + 1] )
                  : sprintf( text + len, i ? ".%u" : "%u", bytes[i] );
    if (scope) len += sprintf( text + len, "%%%u", scope );
    if (port) len += sprintf( text + len, v6 ? "]:%u" : ":%u", port );
    return len;
}

static void widen( const char *text, int len, WCHAR *out )
{
    int i;

    for (i = 0; i <= len; i++) out[i] = text[i];
}

char *WINAPI RtlIpv4AddressToStringA( const struct in_addr *addr, char *str )
{
    return str + address_text( (const uint8_t *)addr, FALSE, 0, 0, str );
}

char *WINAPI RtlIpv6AddressToStringA( const struct in6_addr *addr, char *str )
{
    return str + address_text( (const uint8_t *)addr, TRUE, 0, 0, str );
}

WCHAR *WINAPI RtlIpv4AddressToStringW( const struct in_addr *addr, WCHAR *str )
{
    char text[80];
    int len = address_text( (const uint8_t *)addr, FALSE, 0, 0, text );

    widen( text, len, str );
    return str + len;
}

WCHAR *WINAPI RtlIpv6AddressToStringW( const struct in6_addr *addr, WCHAR *str )
{
    char text[80];
    int len = address_text( (const uint8_t *)addr, TRUE, 0, 0, text );

    widen( text, len, str );
    return str + len;
}

/* Copies what fits: room and len count characters with the NUL. */
static BOOL has_room( ULONG needed, ULONG *len )
{
    BOOL ret = *len >= needed;

    *len = needed;
    return ret;
}

static LONG put_wide( const char *text, ULONG needed, WCHAR *str, ULONG *len )
{
    if (!has_room( needed, len )) return -1;
    widen( text, needed - 1, str );
    return 0;
}

LONG WINAPI RtlIpv4AddressToStringExW( const struct in_addr *addr, USHORT port, WCHAR *str, ULONG *len )
{
    char text[80];

    return put_wide( text, address_text( (const uint8_t *)addr, FALSE, 0, port, text ) + 1, str, len );
}

LONG WINAPI RtlIpv6AddressToStringExW( const struct in6_addr *addr, ULONG scope, USHORT port, WCHAR *str, ULONG *len )
{
    char text[80];

    return put_wide( text, address_text( (const uint8_t *)addr, TRUE, scope, port, text ) + 1, str, len );
}

LONG WINAPI RtlIpv6AddressToStringExA( const struct in6_addr *addr, ULONG scope, USHORT port, char *str, ULONG *len )
{
    char text[80];
    ULONG needed = address_text( (const uint8_t *)addr, TRUE, scope, port, text ) + 1;

    if (!has_room( needed, len )) return -1;
    memcpy( str, text, needed );
    return 0;
}
