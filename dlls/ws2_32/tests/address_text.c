/*
 * Text that is no address: what is refused, with which error, and what has been written by then; brackets in names
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#include <stdio.h>

#define STATUS_INVALID_PARAMETER_ ( (int)0xc000000d )

/* The first bytes of what inet_pton leaves in memory of 0xcc; the same text is given to InetPtonW. */
static const struct
{
    int family;
    const char *str;
    int ret;
    const char *expect; /* NULL: untouched */
} pton_tests[] = {
    { AF_INET, "9.8.7.6", 1, "09080706" },
    { AF_INET, "9.8.7.6x", 0, "09080706" },
    { AF_INET, "9.8.7.6 ", 0, "09080706" },
    { AF_INET, "9.8.7.6/8", 0, "09080706" },
    { AF_INET, "9.8.7.6:5", 0, "09080706" },
    { AF_INET, "9.8.7.", 0 },
    { AF_INET, "9.8.7", 0 },
    { AF_INET, "9.8.7.256", 0 },
    { AF_INET, "9.8.7.-6", 0 },
    { AF_INET, "9..7.6", 0 },
    { AF_INET, "9.8.7.6.5", 0 },
    { AF_INET, "9.8.7.06", 0 },
    { AF_INET, "9.8.7.0x6", 0 },
    { AF_INET, " 9.8.7.6", 0 },
    { AF_INET, "4294967295", 0 },
    { AF_INET, "nine", 0 },
    { AF_INET, "", 0 },
    { AF_INET6, "9:8:7:6:5:4:3:2", 1, "00090008000700060005000400030002" },
    { AF_INET6, "9::2", 1, "00090000000000000000000000000002" },
    { AF_INET6, "9::2%4", 0, "00090000000000000000000000000002" },
    { AF_INET6, "9::2/16", 0, "00090000000000000000000000000002" },
    { AF_INET6, "9::2 ", 0, "00090000000000000000000000000002" },
    { AF_INET6, "9::8::7", 0, "00090000000000000000000000000008" },
    { AF_INET6, "9:8:7:6:5:4:3:2:1", 0, "00090008000700060005000400030002" },
    { AF_INET6, "9:8:7:", 0, "000900080007" },
    { AF_INET6, "9:8:x", 0, "00090008" },
    { AF_INET6, "x::", 0 },
    { AF_INET6, "[9::2]", 0 },
    { AF_INET6, ":9", 0 },
    { AF_INET6, "", 0 },
};

static const char *bytes_text( const void *data, int len )
{
    static char text[2][80];
    static int index;
    char *out = text[index ^= 1];
    int i;

    for (i = 0; i < len; i++) sprintf( out + 2 * i, "%02x", ( (const BYTE *)data )[i] );
    return out;
}

static void test_pton( void )
{
    BYTE addr[16], expect[16];
    unsigned int i, j, value;
    WCHAR wide[64];
    int size, ret;

    for (i = 0; i < ARRAY_SIZE( pton_tests ); i++)
    {
        winetest_push_context( "'%s'", pton_tests[i].str );
        size = pton_tests[i].family == AF_INET ? 4 : 16;
        memset( expect, 0xcc, sizeof( expect ) );
        for (j = 0; pton_tests[i].expect && sscanf( pton_tests[i].expect + 2 * j, "%2x", &value ) == 1; j++)
            expect[j] = value;

        memset( addr, 0xcc, sizeof( addr ) );
        WSASetLastError( 0x5eed );
        ret = inet_pton( pton_tests[i].family, pton_tests[i].str, addr );
        ok( ret == pton_tests[i].ret, "got %d\n", ret );
        ok( WSAGetLastError() == 0x5eed, "got error %d\n", WSAGetLastError() );
        ok( !memcmp( addr, expect, size ), "got %s\n", bytes_text( addr, size ) );

        MultiByteToWideChar( CP_ACP, 0, pton_tests[i].str, -1, wide, ARRAY_SIZE( wide ) );
        memset( addr, 0xcc, sizeof( addr ) );
        WSASetLastError( 0x5eed );
        ret = InetPtonW( pton_tests[i].family, wide, addr );
        ok( ret == pton_tests[i].ret, "W: got %d\n", ret );
        ok( WSAGetLastError() == ( ret ? 0x5eed : WSAEINVAL ), "W: got error %d\n", WSAGetLastError() );
        ok( !memcmp( addr, expect, size ), "W: got %s\n", bytes_text( addr, size ) );
        winetest_pop_context();
    }
    ok_call( inet_pton( AF_INET, NULL, addr ), -1, WSAEFAULT );
    ok_call( inet_pton( 77, NULL, addr ), -1, WSAEFAULT );
    ok_call( inet_pton( 77, "9.8.7.6", addr ), -1, WSAEAFNOSUPPORT );
    ok_call( InetPtonW( 77, NULL, addr ), -1, WSAEFAULT );
    ok_call( InetPtonW( 77, L"9.8.7.6", addr ), -1, WSAEAFNOSUPPORT );
    ok_call( inet_addr( NULL ), -1, WSAEFAULT );
    ok_call( inet_addr( "nine" ), -1, (int)0xdeadbeef );
    ok_call( inet_addr( "" ), -1, (int)0xdeadbeef );
}

/* The family of a refused address is 0, its port too; the length stays. */
static void test_string_to_address( void )
{
    static const struct
    {
        int family;
        const char *str;
        BOOL good;
        int port;
        ULONG scope;
        const char *addr;
    } tests[] = {
        { AF_INET, "9.8.7.6", TRUE, 0, 0, "09080706" },
        { AF_INET, "9.8.7.6:5", TRUE, 5, 0, "09080706" },
        { AF_INET, "9.8.7.6:0x1F", TRUE, 31, 0, "09080706" },
        { AF_INET, "9.8.7.6:017", TRUE, 15, 0, "09080706" },
        { AF_INET, "0x9.010.6", TRUE, 0, 0, "09080006" },
        { AF_INET, "9.6", TRUE, 0, 0, "09000006" },
        { AF_INET, "151521030", TRUE, 0, 0, "09080706" },
        { AF_INET, "9.8.7.6:", FALSE, 0, 0, "09080706" },
        { AF_INET, "9.8.7.6:0", FALSE, 0, 0, "09080706" },
        { AF_INET, "9.8.7.6:65536", FALSE, 0, 0, "09080706" },
        { AF_INET, "9.8.7.6:018", FALSE, 0, 0, "09080706" },
        { AF_INET, "9.8.7.6:0x", FALSE, 0, 0, "09080706" },
        { AF_INET, "9.8.7.6:5 ", FALSE, 0, 0, "09080706" },
        { AF_INET, "9.8.7.6x", FALSE, 0, 0, "09080706" },
        { AF_INET, "9.8.7.", FALSE, 0, 0, "00000000" },
        { AF_INET, "9.8.7.256", FALSE, 0, 0, "00000000" },
        { AF_INET, "[9.8.7.6]", FALSE, 0, 0, "00000000" },
        { AF_INET, "", FALSE, 0, 0, "00000000" },
        { AF_INET6, "9::2", TRUE, 0, 0, "00090000000000000000000000000002" },
        { AF_INET6, "[9::2]", TRUE, 0, 0, "00090000000000000000000000000002" },
        { AF_INET6, "[9::2]:80", TRUE, 80, 0, "00090000000000000000000000000002" },
        { AF_INET6, "fe80::2%4", TRUE, 0, 4, "fe800000000000000000000000000002" },
        { AF_INET6, "[fe80::2%4]:80", TRUE, 80, 4, "fe800000000000000000000000000002" },
        { AF_INET6, "[9::2]:0", FALSE, 0, 0, "00090000000000000000000000000002" },
        { AF_INET6, "[9::2]x", FALSE, 0, 0, "00090000000000000000000000000002" },
        { AF_INET6, "9::2]", FALSE, 0, 0, "00090000000000000000000000000002" },
        { AF_INET6, "fe80::2%x", FALSE, 0, 0, "fe800000000000000000000000000002" },
        { AF_INET6, "9:8:", FALSE, 0, 0, "00090008000000000000000000000000" },
        { AF_INET6, "", FALSE, 0, 0, "00000000000000000000000000000000" },
    };
    int ret, len, needed, unicode;
    union address addr;
    WCHAR wide[64];
    unsigned int i;

    for (i = 0; i < 2 * ARRAY_SIZE( tests ); i++)
    {
        const char *str = tests[i / 2].str;
        int family = tests[i / 2].family;

        unicode = i & 1;
        winetest_push_context( "'%s'%s", str, unicode ? ", W" : "" );
        needed = family == AF_INET ? sizeof( addr.v4 ) : sizeof( addr.v6 );
        len = sizeof( addr );
        memset( &addr, 0xcc, sizeof( addr ) );
        MultiByteToWideChar( CP_ACP, 0, str, -1, wide, ARRAY_SIZE( wide ) );
        WSASetLastError( 0 );
        ret = unicode ? WSAStringToAddressW( wide, family, NULL, &addr.any, &len )
                      : WSAStringToAddressA( (char *)str, family, NULL, &addr.any, &len );
        ok( ret == ( tests[i / 2].good ? 0 : SOCKET_ERROR ), "got %d\n", ret );
        ok( WSAGetLastError() == ( ret ? WSAEINVAL : 0 ), "got error %d\n", WSAGetLastError() );
        ok( len == ( ret ? (int)sizeof( addr ) : needed ), "got length %d\n", len );
        ok( addr.any.sa_family == ( ret ? 0 : family ), "got family %d\n", addr.any.sa_family );
        ok( ntohs( addr.v4.sin_port ) == tests[i / 2].port, "got port %d\n", ntohs( addr.v4.sin_port ) );
        if (family == AF_INET)
            ok( !strcmp( bytes_text( &addr.v4.sin_addr, 4 ), tests[i / 2].addr ), "got %s\n",
                bytes_text( &addr.v4.sin_addr, 4 ) );
        else
        {
            ok( !strcmp( bytes_text( &addr.v6.sin6_addr, 16 ), tests[i / 2].addr ), "got %s\n",
                bytes_text( &addr.v6.sin6_addr, 16 ) );
            ok( addr.v6.sin6_scope_id == tests[i / 2].scope && !addr.v6.sin6_flowinfo, "got scope %lu, flow %#lx\n",
                addr.v6.sin6_scope_id, addr.v6.sin6_flowinfo );
        }
        winetest_pop_context();
    }
}

/* A missing or small buffer: the length that is needed comes back. Wine's ANSI form fails without an error for NULL. */
static void test_room( void )
{
    static const BYTE in6[16] = { 0x20, 1, [15] = 2 };
    union address addr = { .v4 = { AF_INET, htons( 80 ), { { { 9, 8, 7, 6 } } } } };
    char text[64];
    WCHAR wide[64];
    DWORD len, i;

    for (i = 0; i < 11; i++)
    {
        len = i;
        ok_error( WSAAddressToStringA( &addr.any, sizeof( addr.v4 ), NULL, text, &len ), WSAEFAULT );
        ok( len == 11, "%lu: got length %lu\n", i, len );
        len = i;
        ok_error( WSAAddressToStringW( &addr.any, sizeof( addr.v4 ), NULL, wide, &len ), WSAEFAULT );
        ok( len == 11, "%lu: got length %lu\n", i, len );
    }
    len = 11;
    ok_success( WSAAddressToStringA( &addr.any, sizeof( addr.v4 ), NULL, text, &len ) );
    ok( len == 11 && !strcmp( text, "9.8.7.6:80" ), "got %s, length %lu\n", text, len );
    len = 0;
    ok_docs_error( WSAAddressToStringA( &addr.any, sizeof( addr.v4 ), NULL, NULL, &len ), WSAEFAULT );
    ok_unless_stock( len == 11, "got length %lu\n", len );
    len = 0;
    ok_error( WSAAddressToStringW( &addr.any, sizeof( addr.v4 ), NULL, NULL, &len ), WSAEFAULT );
    ok( len == 11, "got length %lu\n", len );
    len = sizeof( text );
    ok_docs_error( WSAAddressToStringA( &addr.any, sizeof( addr.v4 ), NULL, NULL, &len ), WSAEINVAL );
    ok_docs_error( WSAAddressToStringA( &addr.any, sizeof( addr.v4 ), NULL, text, NULL ), WSAEINVAL );

    for (i = 1; i < 8; i++)
    {
        WSASetLastError( 0 );
        ok( !inet_ntop( AF_INET6, in6, text, i ), "%lu: there was room\n", i );
        ok( WSAGetLastError() == STATUS_INVALID_PARAMETER_, "%lu: got error %#x\n", i, WSAGetLastError() );
        ok( !InetNtopW( AF_INET6, in6, wide, i ), "%lu: there was room\n", i );
        ok( WSAGetLastError() == ERROR_INVALID_PARAMETER, "%lu: W: got error %#x\n", i, WSAGetLastError() );
    }
    ok( inet_ntop( AF_INET6, in6, text, 8 ) && !strcmp( text, "2001::2" ), "got error %d\n", WSAGetLastError() );
}

/* Brackets are for IPv6 addresses alone; a port behind them goes for nothing. Wine ignores whatever comes behind, and
 * looks up what is between them. */
static void test_brackets( void )
{
    static const struct
    {
        const char *name, *canonical; /* NULL: WSAHOST_NOT_FOUND */
        int family;
        BOOL stock_too;
    } tests[] = {
        { "[::1]", "::1", AF_UNSPEC, TRUE },
        { "[::1]", "::1", AF_INET6, TRUE },
        { "[::1]", NULL, AF_INET, TRUE },
        { "[::1]:80", "::1", AF_UNSPEC, TRUE },
        { "[::1%1]", "::1%1", AF_UNSPEC, TRUE },
        { "[::1", NULL, AF_UNSPEC, TRUE },
        { "::1]", NULL, AF_UNSPEC, TRUE },
        { "[]", NULL, AF_UNSPEC, TRUE },
        { "[127.0.0.1]", NULL, AF_UNSPEC, FALSE },
        { "[127.0.0.1]", NULL, AF_INET, TRUE },
        { "[127.0.0.1]:80", NULL, AF_UNSPEC, FALSE },
        { "127.0.0.1]", NULL, AF_UNSPEC, TRUE },
        { "[localhost]", NULL, AF_UNSPEC, FALSE },
        { "[::1]x", NULL, AF_UNSPEC, FALSE },
        { "[::1]]", NULL, AF_UNSPEC, FALSE },
        { "[[::1]]", NULL, AF_UNSPEC, TRUE },
        { "[::1]:80x", NULL, AF_UNSPEC, FALSE },
    };
    ADDRINFOEXW *list_ex, hints_ex = { 0 };
    ADDRINFOW *list_w, hints_w = { 0 };
    struct addrinfo *list, hints = { 0 };
    WCHAR wide[64];
    unsigned int i;
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        int expect = tests[i].canonical ? 0 : WSAHOST_NOT_FOUND;
        /* without a name server, and with none that knows better */
        int other = strchr( tests[i].name, ']' ) && tests[i].name[0] == '[' ? expect : WSATRY_AGAIN;

        winetest_push_context( "%s, family %d", tests[i].name, tests[i].family );
        hints.ai_family = hints_w.ai_family = hints_ex.ai_family = tests[i].family;
        hints.ai_flags = AI_CANONNAME;
        ret = getaddrinfo( tests[i].name, NULL, &hints, &list );
        todo_wine_if( stock && !tests[i].stock_too ) ok( ret == expect || ( expect && ret == other ), "got %d\n", ret );
        if (!ret)
        {
            todo_wine_if( stock && !tests[i].stock_too )
                ok( tests[i].canonical && !strcmp( list->ai_canonname, tests[i].canonical ), "got %s\n",
                    list->ai_canonname );
            freeaddrinfo( list );
        }
        MultiByteToWideChar( CP_ACP, 0, tests[i].name, -1, wide, ARRAY_SIZE( wide ) );
        ret = GetAddrInfoW( wide, NULL, &hints_w, &list_w );
        todo_wine_if( stock && !tests[i].stock_too )
            ok( ret == expect || ( expect && ret == other ), "W: got %d\n", ret );
        if (!ret) FreeAddrInfoW( list_w );
        ret = GetAddrInfoExW( wide, NULL, NS_DNS, NULL, &hints_ex, &list_ex, NULL, NULL, NULL, NULL );
        todo_wine_if( stock && !tests[i].stock_too )
            ok( ret == expect || ( expect && ret == other ), "ExW: got %d\n", ret );
        if (!ret) FreeAddrInfoExW( list_ex );
        winetest_pop_context();
    }
}

/* Numbers that Windows' file has, and no others, whatever the host's file says. */
static void test_protocols( void )
{
    static const BYTE known[] = { 0, 1, 3, 6, 8, 12, 17, 20, 22, 27, 41, 43, 44, 50, 51, 58, 59, 60, 66 };
    PROTOENT *proto;
    char name[32];
    int i;

    for (i = -1; i <= 257; i++)
    {
        BOOL expect = i >= 0 && i < 256 && memchr( known, i, sizeof( known ) );

        proto = getprotobynumber( i );
        ok( !proto == !expect, "%d: got %s\n", i, proto ? proto->p_name : "nothing" );
        if (!proto) continue;
        ok( proto->p_proto == i && proto->p_aliases[0], "%d: got %d\n", i, proto->p_proto );
        lstrcpynA( name, proto->p_name, sizeof( name ) ); /* the next call has the same memory */
        proto = getprotobyname( name );
        ok( proto && proto->p_proto == i, "%d isn't found by its name\n", i );
    }
}

START_TEST( address_text )
{
    start_winsock();
    test_pton();
    test_string_to_address();
    test_room();
    test_brackets();
    test_protocols();
    stop_winsock();
}
