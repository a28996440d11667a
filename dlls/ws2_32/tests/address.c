/*
 * Address strings and byte order
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "headers.h" /* before Winsock's */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include "wine/test.h"
#include "names.h"

static BOOL stock;

static const char *hex( const void *data, int len )
{
    static char text[4][80];
    static int index;
    char *out = text[index = ( index + 1 ) % 4];
    int i;

    for (i = 0; i < len && i < 32; i++) wsprintfA( out + 2 * i, "%02x", ( (const BYTE *)data )[i] );
    out[2 * i] = 0;
    return out;
}

static void test_inet_addr( void )
{
    static const struct
    {
        const char *str;
        u_long expect;
    } tests[] = {
        { "1.2.3.4", 0x01020304 },
        { "1.2.3", 0x01020003 },
        { "1.2", 0x01000002 },
        { "1", 0x00000001 },
        { "0x7f.1", 0x7f000001 },
        { "0177.1", 0x7f000001 },
        { "0x7f000001", 0x7f000001 },
        { "1.2.65535", 0x0102ffff },
        { "255.255.255.255", INADDR_NONE },
        { "1.2.3.4 ", 0x01020304 },
        { "1.2.3.4 x", 0x01020304 },
        { "1.2.3.4\n", 0x01020304 },
        { " ", 0 },
        { "", INADDR_NONE },
        { " 1.2.3.4", INADDR_NONE },
        { "1.2.3.4x", INADDR_NONE },
        { "256.1.1.1", INADDR_NONE },
        { "1.2.65536", INADDR_NONE },
        { "1.16777216", INADDR_NONE },
        { "4294967296", INADDR_NONE },
        { "1.", INADDR_NONE },
        { "1..2", INADDR_NONE },
        { "1.2.3.4.5", INADDR_NONE },
        { "0x", INADDR_NONE },
        { "08", INADDR_NONE },
        { "-1", INADDR_NONE },
        { "a", INADDR_NONE },
    };
    unsigned int i;
    u_long addr;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        addr = ntohl( inet_addr( tests[i].str ) );
        ok( addr == tests[i].expect, "'%s': got %08lx, expected %08lx\n", tests[i].str, addr, tests[i].expect );
    }
    addr = inet_addr( NULL );
    ok( addr == INADDR_NONE, "got %08lx\n", addr );
}

static DWORD WINAPI ntoa_thread( void *arg )
{
    struct in_addr addr = { .s_addr = htonl( 0x05060708 ) };

    *(char **)arg = inet_ntoa( addr );
    return 0;
}

static void test_inet_ntoa( void )
{
    struct in_addr addr = { .s_addr = htonl( 0xc0000201 ) };
    char *str, *other = NULL;
    HANDLE thread;

    str = inet_ntoa( addr );
    ok( !strcmp( str, "192.0.2.1" ), "got %s\n", str );
    thread = CreateThread( NULL, 0, ntoa_thread, &other, 0, NULL );
    WaitForSingleObject( thread, 5000 );
    CloseHandle( thread );
    ok( other && other != str, "threads share a buffer\n" );
    ok( !strcmp( str, "192.0.2.1" ), "another thread's call changed it to %s\n", str );
    addr.s_addr = 0xffffffff;
    ok( inet_ntoa( addr ) == str, "not the thread's own buffer\n" );
    ok( !strcmp( str, "255.255.255.255" ), "got %s\n", str );
}

static void test_inet_pton( void )
{
    static const struct
    {
        int family;
        const char *str;
        int ret;
        const char *expect;
    } tests[] = {
        { AF_INET, "1.2.3.4", 1, "01020304" },
        { AF_INET, "255.255.255.255", 1, "ffffffff" },
        { AF_INET, "1.2.3", 0 },
        { AF_INET, "0x1.2.3.4", 0 },
        { AF_INET, "017.1.1.1", 0 },
        { AF_INET, "1.2.3.4 ", 0 },
        { AF_INET, " 1.2.3.4", 0 },
        { AF_INET, "1.2.3.4:80", 0 },
        { AF_INET, "256.1.1.1", 0 },
        { AF_INET, "", 0 },
        { AF_INET, "::1", 0 },
        { AF_INET6, "::", 1, "00000000000000000000000000000000" },
        { AF_INET6, "::1", 1, "00000000000000000000000000000001" },
        { AF_INET6, "1:2:3:4:5:6:7:8", 1, "00010002000300040005000600070008" },
        { AF_INET6, "::ffff:1.2.3.4", 1, "00000000000000000000ffff01020304" },
        { AF_INET6, "1:2:3:4:5:6:1.2.3.4", 1, "00010002000300040005000601020304" },
        { AF_INET6, "FE80::ABCD", 1, "fe80000000000000000000000000abcd" },
        { AF_INET6, "[::1]", 0 },
        { AF_INET6, "::1%2", 0 },
        { AF_INET6, "::1/64", 0 },
        { AF_INET6, "1::2::3", 0 },
        { AF_INET6, "12345::", 0 },
        { AF_INET6, "1:2:3:4:5:6:7", 0 },
        { AF_INET6, "1:2:3:4:5:6:7:8:9", 0 },
        { AF_INET6, ":1", 0 },
        { AF_INET6, "g::", 0 },
        { AF_INET6, "1.2.3.4", 0 },
        { AF_INET6, "", 0 },
    };
    WCHAR wide[64];
    BYTE addr[16];
    unsigned int i;
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        int len = tests[i].family == AF_INET ? 4 : 16;

        winetest_push_context( "'%s'", tests[i].str );
        WSASetLastError( 0xdead );
        ret = inet_pton( tests[i].family, tests[i].str, addr );
        ok( ret == tests[i].ret, "got %d\n", ret );
        if (ret == 1 && tests[i].expect)
            ok( !strcmp( hex( addr, len ), tests[i].expect ), "got %s\n", hex( addr, len ) );
        if (!ret) ok( WSAGetLastError() == 0xdead, "got error %d\n", WSAGetLastError() );
        MultiByteToWideChar( CP_ACP, 0, tests[i].str, -1, wide, ARRAY_SIZE( wide ) );
        memset( addr, 0xcc, sizeof( addr ) );
        ret = InetPtonW( tests[i].family, wide, addr );
        ok( ret == tests[i].ret, "W: got %d\n", ret );
        if (ret == 1 && tests[i].expect)
            ok( !strcmp( hex( addr, len ), tests[i].expect ), "W: got %s\n", hex( addr, len ) );
        winetest_pop_context();
    }
    ret = inet_pton( 77, "1.2.3.4", addr );
    ok( ret == -1 && WSAGetLastError() == WSAEAFNOSUPPORT, "got %d, error %d\n", ret, WSAGetLastError() );
    ret = inet_pton( AF_INET, NULL, addr );
    ok( ret == -1 && WSAGetLastError() == WSAEFAULT, "got %d, error %d\n", ret, WSAGetLastError() );
    ret = inet_pton( AF_INET, "1.2.3.4", NULL );
    ok( ret == -1 && WSAGetLastError() == WSAEFAULT, "got %d, error %d\n", ret, WSAGetLastError() );
    if (!stock)
    {
        ret = inet_pton( AF_INET, (char *)0x10, addr );
        ok( ret == -1 && WSAGetLastError() == WSAEFAULT, "got %d, error %d\n", ret, WSAGetLastError() );
    }
}

static void test_inet_ntop( void )
{
    static const struct
    {
        const char *addr, *expect;
    } tests[] = {
        { "::", "::" },
        { "::1", "::1" },
        { "fe80:0:0:0:1:0:0:1", "fe80::1:0:0:1" },
        { "::ffff:1.2.3.4", "::ffff:1.2.3.4" },
        { "1:0:2:0:0:3:0:4", "1:0:2::3:0:4" },
        { "0:1:1:1:1:1:1:1", "0:1:1:1:1:1:1:1" },
        { "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
    };
    static const BYTE v4[] = { 192, 0, 2, 1 };
    char buffer[INET6_ADDRSTRLEN];
    WCHAR wide[INET6_ADDRSTRLEN];
    const char *str;
    BYTE addr[16];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        inet_pton( AF_INET6, tests[i].addr, addr );
        str = inet_ntop( AF_INET6, addr, buffer, sizeof( buffer ) );
        ok( str == buffer && !strcmp( str, tests[i].expect ), "%s: got %s\n", tests[i].addr, str );
        ok( InetNtopW( AF_INET6, addr, wide, ARRAY_SIZE( wide ) ) == wide, "W failed\n" );
        ok( strlen( tests[i].expect ) == (size_t)lstrlenW( wide ), "W: wrong length %d\n", lstrlenW( wide ) );
    }
    for (i = 0; i < 12; i++)
    {
        WSASetLastError( 0 );
        str = inet_ntop( AF_INET, v4, buffer, i );
        if (i >= 10) ok( str && !strcmp( str, "192.0.2.1" ), "%u: got %s\n", i, str );
        else
        {
            ok( !str, "%u: got %s\n", i, str );
            ok( WSAGetLastError() == (int)0xc000000d /* STATUS_INVALID_PARAMETER, Windows too */, "%u: got error %#x\n",
                i, WSAGetLastError() );
        }
    }
    str = inet_ntop( 77, v4, buffer, sizeof( buffer ) );
    ok( !str && WSAGetLastError() == WSAEAFNOSUPPORT, "got %s, error %d\n", str, WSAGetLastError() );
    str = inet_ntop( AF_INET, v4, NULL, sizeof( buffer ) );
    ok( !str, "got %s\n", str );
    ok( WSAGetLastError() == (int)0xc000000d, "got error %#x\n", WSAGetLastError() );
}

static void test_string_to_address( void )
{
    static const struct
    {
        int family;
        const char *str, *expect;
    } tests[] = /* expect: family, port, then the rest */
        {
            { AF_INET, "1.2.3.4", "02000000010203040000000000000000" },
            { AF_INET, "1.2.3.4:80", "02000050010203040000000000000000" },
            { AF_INET, "1.2.3.4:65535", "0200ffff010203040000000000000000" },
            { AF_INET, "1.2.3", "02000000010200030000000000000000" },
            { AF_INET, "0x7f.1", "020000007f0000010000000000000000" },
            { AF_INET, "1.2.3.4:65536" },
            { AF_INET, "1.2.3.4:" },
            { AF_INET, "1.2.3.4:-1" },
            { AF_INET, "1.2.3.4x" },
            { AF_INET, "1.2.3.4 " },
            { AF_INET, " 1.2.3.4" },
            { AF_INET, "1.2.3.256" },
            { AF_INET, "" },
            { AF_INET, "localhost" },
            { AF_INET, "::1" },
            { AF_INET6, "::1", "17000000000000000000000000000000000000000000000100000000" },
            { AF_INET6, "[::1]", "17000000000000000000000000000000000000000000000100000000" },
            { AF_INET6, "[::1]:80", "17000050000000000000000000000000000000000000000100000000" },
            { AF_INET6, "fe80::1%2", "1700000000000000fe80000000000000000000000000000102000000" },
            { AF_INET6, "[fe80::1%2]:80", "1700005000000000fe80000000000000000000000000000102000000" },
            { AF_INET6, "[::1]:65536" },
            { AF_INET6, "[::1" },
            { AF_INET6, "::1]" },
            { AF_INET6, "[::1]x" },
            { AF_INET6, "fe80::1%" },
            { AF_INET6, "" },
            { AF_INET6, "1.2.3.4" },
            { 0, "1.2.3.4" },
            { 77, "1.2.3.4" },
        };
    struct sockaddr_storage addr;
    WCHAR wide[64];
    unsigned int i;
    int ret, len;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "'%s'", tests[i].str );
        len = sizeof( addr );
        memset( &addr, 0xcc, sizeof( addr ) );
        ret = WSAStringToAddressA( (char *)tests[i].str, tests[i].family, NULL, (SOCKADDR *)&addr, &len );
        ok( ret == ( tests[i].expect ? 0 : SOCKET_ERROR ), "got %d\n", ret );
        if (ret) ok( WSAGetLastError() == WSAEINVAL, "got error %d\n", WSAGetLastError() );
        else if (tests[i].expect) ok( !strcmp( hex( &addr, len ), tests[i].expect ), "got %s\n", hex( &addr, len ) );

        len = sizeof( addr );
        memset( &addr, 0xcc, sizeof( addr ) );
        MultiByteToWideChar( CP_ACP, 0, tests[i].str, -1, wide, ARRAY_SIZE( wide ) );
        ret = WSAStringToAddressW( wide, tests[i].family, NULL, (SOCKADDR *)&addr, &len );
        ok( ret == ( tests[i].expect ? 0 : SOCKET_ERROR ), "W: got %d\n", ret );
        if (!ret && tests[i].expect)
            ok( !strcmp( hex( &addr, len ), tests[i].expect ), "W: got %s\n", hex( &addr, len ) );
        winetest_pop_context();
    }

    for (i = 0; i < 30; i++)
    {
        len = i;
        ret = WSAStringToAddressA( (char *)"::1", AF_INET6, NULL, (SOCKADDR *)&addr, &len );
        ok( ret == ( i < 28 ? SOCKET_ERROR : 0 ) && len == 28, "%u: got %d, length %d\n", i, ret, len );
        if (ret) ok( WSAGetLastError() == WSAEFAULT, "%u: got error %d\n", i, WSAGetLastError() );
        len = i;
        ret = WSAStringToAddressA( (char *)"1.2.3.4", AF_INET, NULL, (SOCKADDR *)&addr, &len );
        ok( ret == ( i < 16 ? SOCKET_ERROR : 0 ) && len == 16, "%u: got %d, length %d\n", i, ret, len );
    }
    len = sizeof( addr );
    ret = WSAStringToAddressA( NULL, AF_INET, NULL, (SOCKADDR *)&addr, &len );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEINVAL, "got %d, error %d\n", ret, WSAGetLastError() );
    ret = WSAStringToAddressA( (char *)"1.2.3.4", AF_INET, NULL, NULL, &len );
    ok( ret == SOCKET_ERROR, "got %d\n", ret );
    todo_wine_if( stock ) ok( WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
    WSASetLastError( 0 );
    ret = WSAStringToAddressA( (char *)"1.2.3.4", AF_INET, NULL, (SOCKADDR *)&addr, NULL );
    ok( ret == SOCKET_ERROR, "got %d\n", ret );
    todo_wine_if( stock ) ok( WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
}

static void test_address_to_string( void )
{
    static const struct
    {
        int family, port, scope;
        const char *addr, *expect;
    } tests[] = {
        { AF_INET, 0, 0, "192.0.2.1", "192.0.2.1" },
        { AF_INET, 80, 0, "192.0.2.1", "192.0.2.1:80" },
        { AF_INET, 65535, 0, "255.255.255.255", "255.255.255.255:65535" },
        { AF_INET6, 0, 0, "::1", "::1" },
        { AF_INET6, 80, 0, "::1", "[::1]:80" },
        { AF_INET6, 0, 3, "fe80::1", "fe80::1%3" },
        { AF_INET6, 65535, 3, "fe80::1", "[fe80::1%3]:65535" },
    };
    union
    {
        SOCKADDR sa;
        SOCKADDR_IN in;
        SOCKADDR_IN6 in6;
    } addr;
    char str[80];
    WCHAR wide[80];
    unsigned int i;
    DWORD len, j;
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        DWORD needed = strlen( tests[i].expect ) + 1,
              size = tests[i].family == AF_INET ? sizeof( addr.in ) : sizeof( addr.in6 );

        memset( &addr, 0, sizeof( addr ) );
        addr.sa.sa_family = tests[i].family;
        addr.in.sin_port = htons( tests[i].port );
        if (tests[i].family == AF_INET6) addr.in6.sin6_scope_id = tests[i].scope;
        inet_pton( tests[i].family, tests[i].addr,
                   tests[i].family == AF_INET ? (void *)&addr.in.sin_addr : (void *)&addr.in6.sin6_addr );

        winetest_push_context( "%s", tests[i].expect );
        for (j = needed - 1; j <= needed + 1; j++)
        {
            len = j;
            ret = WSAAddressToStringA( &addr.sa, size, NULL, str, &len );
            ok( ret == ( j < needed ? SOCKET_ERROR : 0 ), "%lu: got %d\n", j, ret );
            ok( len == needed, "%lu: got length %lu\n", j, len );
            if (ret) ok( WSAGetLastError() == WSAEFAULT, "%lu: got error %d\n", j, WSAGetLastError() );
            else ok( !strcmp( str, tests[i].expect ), "%lu: got %s\n", j, str );
            len = j;
            ret = WSAAddressToStringW( &addr.sa, size, NULL, wide, &len );
            ok( ret == ( j < needed ? SOCKET_ERROR : 0 ) && len == needed, "W %lu: got %d, length %lu\n", j, ret, len );
        }
        len = sizeof( str );
        WSASetLastError( 0 );
        ret = WSAAddressToStringA( &addr.sa, size - 1, NULL, str, &len );
        ok( ret == SOCKET_ERROR, "short address: got %d\n", ret );
        todo_wine_if( stock ) ok( WSAGetLastError() == WSAEINVAL, "short address: got error %d\n", WSAGetLastError() );
        winetest_pop_context();
    }
    len = sizeof( str );
    addr.sa.sa_family = 77;
    ret = WSAAddressToStringA( &addr.sa, sizeof( addr ), NULL, str, &len );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEINVAL, "got %d, error %d\n", ret, WSAGetLastError() );
    ret = WSAAddressToStringA( NULL, sizeof( addr ), NULL, str, &len );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEINVAL, "got %d, error %d\n", ret, WSAGetLastError() );
    addr.sa.sa_family = AF_INET;
    ret = WSAAddressToStringA( &addr.sa, sizeof( addr ), NULL, NULL, &len );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEINVAL, "got %d, error %d\n", ret, WSAGetLastError() );
    ret = WSAAddressToStringA( &addr.sa, sizeof( addr ), NULL, str, NULL );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEINVAL, "got %d, error %d\n", ret, WSAGetLastError() );
}

static void test_byte_order( void )
{
    u_long l = 0xdeadbeef;
    u_short s = 0xdead;
    SOCKET sock;
    int ret;

    ok( htonl( 0x01020304 ) == 0x04030201, "got %lx\n", htonl( 0x01020304 ) );
    ok( htons( 0x0102 ) == 0x0201, "got %x\n", htons( 0x0102 ) );
    ok( ntohl( htonl( 0x89abcdef ) ) == 0x89abcdef, "got %lx\n", ntohl( htonl( 0x89abcdef ) ) );
    ok( ntohs( htons( 0x89ab ) ) == 0x89ab, "got %x\n", ntohs( htons( 0x89ab ) ) );

    sock = socket( AF_INET, SOCK_STREAM, 0 );
    ret = WSAHtonl( sock, 0x01020304, &l );
    ok( !ret && l == 0x04030201, "got %d, %lx\n", ret, l );
    ret = WSANtohl( sock, 0x04030201, &l );
    ok( !ret && l == 0x01020304, "got %d, %lx\n", ret, l );
    ret = WSAHtons( sock, 0x0102, &s );
    ok( !ret && s == 0x0201, "got %d, %x\n", ret, s );
    ret = WSANtohs( sock, 0x0201, &s );
    ok( !ret && s == 0x0102, "got %d, %x\n", ret, s );
    ret = WSAHtonl( sock, 1, NULL );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEFAULT, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( sock );
    ret = WSAHtonl( sock, 1, &l );
    todo_wine_if( stock )
        ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAENOTSOCK, "got %d, error %d\n", ret, WSAGetLastError() );
}

START_TEST( address )
{
    WSADATA data;

    stock = is_stock();
    test_inet_addr(); /* these need no WSAStartup */
    test_inet_ntoa();
    WSAStartup( MAKEWORD( 2, 2 ), &data );
    test_inet_pton();
    test_inet_ntop();
    test_string_to_address();
    test_address_to_string();
    test_byte_order();
    WSACleanup();
}
