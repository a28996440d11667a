/*
 * bind, listen, getsockname and getpeername
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static void test_bind( int family, int type )
{
    union address addr, other;
    int len, other_len, ret;
    SOCKET s, s2;

    winetest_push_context( "%s, type %d", family_name( family ), type );
    s = socket( family, type, 0 );
    len = sizeof(addr);
    ok_error( getsockname( s, &addr.any, &len ), WSAEINVAL );
    len = sizeof(addr);
    ok_error( getpeername( s, &addr.any, &len ), WSAENOTCONN );

    len = loopback( &addr, family, 0 );
    ok_error( bind( s, NULL, len ), WSAEFAULT );
    ok_error( bind( s, &addr.any, len - 1 ), WSAEFAULT );
    ok_error( bind( s, &addr.any, 0 ), WSAEFAULT );
    ok_docs_error( bind( s, &addr.any, -1 ), WSAEFAULT );
    addr.any.sa_family = 0xfff;
    ok_error( bind( s, &addr.any, len ), WSAEAFNOSUPPORT );
    loopback( &addr, family, 0 );
    if (family == AF_INET) addr.v4.sin_addr.s_addr = inet_addr( "192.0.2.1" );
    else addr.v6.sin6_addr.s6_addr[0] = 0x20;
    s2 = socket( family, type, 0 );
    /* AFD of 8.0 binds a datagram socket to an interface instead, and takes any address (wine-abi 1.7) */
    ret = bind( s2, &addr.any, len );
    todo_wine_if( ret != -1 && (stock || (type == SOCK_DGRAM && family == AF_INET)) )
        ok( ret == -1 && WSAGetLastError() == WSAEADDRNOTAVAIL, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( s2 );

    loopback( &addr, family, 0 );
    ok_success( bind( s, &addr.any, sizeof(addr) ) );
    memset( &other, 0xcc, sizeof(other) );
    other_len = sizeof(other);
    ok_success( getsockname( s, &other.any, &other_len ) );
    ok( other_len == len, "got length %d\n", other_len );
    ok( other.any.sa_family == family, "got family %d\n", other.any.sa_family );
    ok( other.v4.sin_port != 0, "no port\n" );
    addr.v4.sin_port = other.v4.sin_port;
    ok( !memcmp( &addr, &other, len ), "got another address\n" );
    ok_error( bind( s, &addr.any, len ), WSAEINVAL );

    other_len = len - 1;
    ok_error( getsockname( s, &other.any, &other_len ), WSAEFAULT );
    ok_docs_error( getsockname( s, NULL, &len ), WSAEFAULT );
    ok_docs_error( getsockname( s, &other.any, NULL ), WSAEFAULT );
    other_len = sizeof(other);
    ok_error( getpeername( s, &other.any, &other_len ), WSAENOTCONN );

    s2 = socket( family, type, 0 );
    ok_error( bind( s2, &addr.any, len ), WSAEADDRINUSE );
    closesocket( s );
    ok_success( bind( s2, &addr.any, len ) );
    closesocket( s2 );

    /* INADDR_ANY */
    s = socket( family, type, 0 );
    len = loopback( &addr, family, 0 );
    if (family == AF_INET) addr.v4.sin_addr.s_addr = 0;
    else memset( &addr.v6.sin6_addr, 0, sizeof(addr.v6.sin6_addr) );
    ok_success( bind( s, &addr.any, len ) );
    other_len = sizeof(other);
    ok_success( getsockname( s, &other.any, &other_len ) );
    addr.v4.sin_port = other.v4.sin_port;
    ok( addr.v4.sin_port && !memcmp( &addr, &other, len ), "got another address\n" );
    closesocket( s );
    winetest_pop_context();
}

static void test_listen( int family )
{
    union address addr;
    int len, value;
    SOCKET s;

    winetest_push_context( "%s", family_name( family ) );
    s = tcp_socket( family );
    ok_error( listen( s, 5 ), WSAEINVAL );
    len = loopback( &addr, family, 0 );
    ok_success( bind( s, &addr.any, len ) );
    value = 1; len = sizeof(value);
    ok_success( getsockopt( s, SOL_SOCKET, SO_ACCEPTCONN, (char *)&value, &len ) );
    ok( !value, "it listens\n" );
    ok_success( listen( s, 0 ) );
    ok_success( listen( s, SOMAXCONN ) );
    ok_success( listen( s, -1 ) );
    value = 0; len = sizeof(value);
    ok_success( getsockopt( s, SOL_SOCKET, SO_ACCEPTCONN, (char *)&value, &len ) );
    ok( value == 1, "got %d\n", value );
    closesocket( s );

    s = udp_socket( family );
    len = loopback( &addr, family, 0 );
    ok_success( bind( s, &addr.any, len ) );
    ok_error( listen( s, 5 ), WSAEOPNOTSUPP );
    closesocket( s );
    winetest_pop_context();
}

static void test_names( int family )
{
    union address a, b;
    SOCKET client, server;
    int len;

    winetest_push_context( "%s", family_name( family ) );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &client, &server );
    memset( &a, 0xcc, sizeof(a) );
    memset( &b, 0xcc, sizeof(b) );
    len = sizeof(a);
    ok_success( getsockname( client, &a.any, &len ) );
    len = sizeof(b);
    ok_success( getpeername( server, &b.any, &len ) );
    ok( !memcmp( &a, &b, len ) && len == loopback( &b, family, 0 ), "the names differ\n" );
    len = sizeof(a);
    ok_success( getpeername( client, &a.any, &len ) );
    len = sizeof(b);
    ok_success( getsockname( server, &b.any, &len ) );
    ok( !memcmp( &a, &b, len ), "the names differ\n" );

    len = 2;
    ok_error( getpeername( server, &b.any, &len ), WSAEFAULT );
    ok_docs_error( getpeername( server, NULL, &len ), WSAEFAULT );
    ok_docs_error( getpeername( server, &b.any, NULL ), WSAEFAULT );
    closesocket( client );
    closesocket( server );

    udp_pair( family, &client, &server );
    len = sizeof(a);
    ok_success( getsockname( client, &a.any, &len ) );
    len = sizeof(b);
    ok_success( getpeername( server, &b.any, &len ) );
    ok( !memcmp( &a, &b, len ), "the names differ\n" );
    closesocket( client );
    closesocket( server );
    winetest_pop_context();
}

/* "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE" */
static void test_reuse(void)
{
    static const struct { int first, second, error; } tests[] =
    {
        { 0, 0, WSAEADDRINUSE },
        { SO_REUSEADDR, SO_REUSEADDR, 0 },
        { SO_EXCLUSIVEADDRUSE, 0, WSAEADDRINUSE },
        { SO_EXCLUSIVEADDRUSE, SO_REUSEADDR, WSAEACCES },
    };
    union address addr;
    SOCKET s, s2;
    unsigned int i;
    int one = 1, len, type;

    for (i = 0; i < 2 * ARRAY_SIZE(tests); i++)
    {
        int error;

        type = i & 1 ? SOCK_DGRAM : SOCK_STREAM;
        winetest_push_context( "type %d, %d and %d", type, tests[i / 2].first, tests[i / 2].second );
        s = socket( AF_INET, type, 0 );
        s2 = socket( AF_INET, type, 0 );
        if (tests[i / 2].first) ok_success( setsockopt( s, SOL_SOCKET, tests[i / 2].first, (char *)&one, sizeof(one) ) );
        if (tests[i / 2].second) ok_success( setsockopt( s2, SOL_SOCKET, tests[i / 2].second, (char *)&one, sizeof(one) ) );
        len = loopback( &addr, AF_INET, 0 );
        ok_success( bind( s, &addr.any, len ) );
        ok_success( getsockname( s, &addr.any, &len ) );
        WSASetLastError( 0 );
        error = bind( s2, &addr.any, len ) ? WSAGetLastError() : 0;
        ok( error == tests[i / 2].error, "got %d\n", error );
        closesocket( s );
        closesocket( s2 );
        winetest_pop_context();
    }
}

START_TEST( bind )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_bind( families[i], SOCK_STREAM );
        test_bind( families[i], SOCK_DGRAM );
        test_listen( families[i] );
        test_names( families[i] );
    }
    test_reuse();
    stop_winsock();
}
