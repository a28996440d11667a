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
    len = sizeof( addr );
    ok_error( getsockname( s, &addr.any, &len ), WSAEINVAL );
    len = sizeof( addr );
    ok_error( getpeername( s, &addr.any, &len ), WSAENOTCONN );

    len = loopback( &addr, family, 0 );
    ok_error( bind( s, NULL, len ), WSAEFAULT );
    ok_error( bind( s, &addr.any, len - 1 ), WSAEFAULT );
    ok_error( bind( s, &addr.any, 0 ), WSAEFAULT );
    ok_docs_error( bind( s, &addr.any, -1 ), WSAEFAULT );
    addr.any.sa_family = 0xfff;
    ok_error( bind( s, &addr.any, len ), WSAEAFNOSUPPORT );
    loopback( &other, family == AF_INET ? AF_INET6 : AF_INET, 0 );
    ok_docs_error( bind( s, &other.any, sizeof( other ) ), WSAEFAULT );
    loopback( &addr, family, 0 );
    if (family == AF_INET) addr.v4.sin_addr.s_addr = inet_addr( "192.0.2.1" );
    else addr.v6.sin6_addr.s6_addr[0] = 0x20;
    s2 = socket( family, type, 0 );
    /* AFD of 8.0 binds a datagram socket to an interface instead, and takes any address (wine-interfaces 1.7) */
    ret = bind( s2, &addr.any, len );
    todo_wine_if( ret != -1 && by_afd() && ( stock || ( type == SOCK_DGRAM && family == AF_INET ) ) )
        ok( ret == -1 && WSAGetLastError() == WSAEADDRNOTAVAIL, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( s2 );

    loopback( &addr, family, 0 );
    ok_success( bind( s, &addr.any, sizeof( addr ) ) );
    memset( &other, 0xcc, sizeof( other ) );
    other_len = sizeof( other );
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
    other_len = sizeof( other );
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
    else memset( &addr.v6.sin6_addr, 0, sizeof( addr.v6.sin6_addr ) );
    ok_success( bind( s, &addr.any, len ) );
    other_len = sizeof( other );
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
    value = 1;
    len = sizeof( value );
    ok_success( getsockopt( s, SOL_SOCKET, SO_ACCEPTCONN, (char *)&value, &len ) );
    ok( !value, "it listens\n" );
    ok_success( listen( s, 0 ) );
    ok_success( listen( s, SOMAXCONN ) );
    ok_success( listen( s, -1 ) );
    value = 0;
    len = sizeof( value );
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

/* SOMAXCONN is as many as there can be, SOMAXCONN_HINT( n ) at least as many. */
static void test_backlog( void )
{
    enum
    {
        COUNT = 200
    };
    static const int backlogs[] = { -COUNT /* SOMAXCONN_HINT */, SOMAXCONN };
    SOCKET listener, clients[COUNT];
    union address addr;
    unsigned int i, j;
    int len, count, hint = 0;

    for (i = 0; i < ARRAY_SIZE( backlogs ); i++)
    {
        WSAPOLLFD fd = { .events = POLLWRNORM };

        listener = tcp_socket( AF_INET );
        len = loopback( &addr, AF_INET, 0 );
        ok_success( bind( listener, &addr.any, len ) );
        ok_success( listen( listener, backlogs[i] ) );
        ok_success( getsockname( listener, &addr.any, &len ) );
        for (j = count = 0; j < COUNT; j++)
        {
            clients[j] = tcp_socket( AF_INET );
            set_blocking( clients[j], FALSE );
            ok_error( connect( clients[j], &addr.any, len ), WSAEWOULDBLOCK );
            fd.fd = clients[j];
            count += WSAPoll( &fd, 1, 500 ) == 1 && fd.revents & POLLWRNORM;
            if (count <= (int)j) break; /* full */
        }
        if (!i) hint = count;
        if (hint < COUNT) skip( "the host's limit is less\n" );
        else ok( count == COUNT, "backlog %d: got %d connections\n", backlogs[i], count );
        for (count = min( j + 1, COUNT ), j = 0; (int)j < count; j++) closesocket( clients[j] );
        closesocket( listener );
    }
}

static void test_names( int family )
{
    union address a, b;
    SOCKET client, server;
    int len;

    winetest_push_context( "%s", family_name( family ) );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &client, &server );
    memset( &a, 0xcc, sizeof( a ) );
    memset( &b, 0xcc, sizeof( b ) );
    len = sizeof( a );
    ok_success( getsockname( client, &a.any, &len ) );
    len = sizeof( b );
    ok_success( getpeername( server, &b.any, &len ) );
    ok( !memcmp( &a, &b, len ) && len == loopback( &b, family, 0 ), "the names differ\n" );
    len = sizeof( a );
    ok_success( getpeername( client, &a.any, &len ) );
    len = sizeof( b );
    ok_success( getsockname( server, &b.any, &len ) );
    ok( !memcmp( &a, &b, len ), "the names differ\n" );

    len = 2;
    ok_error( getpeername( server, &b.any, &len ), WSAEFAULT );
    ok_docs_error( getpeername( server, NULL, &len ), WSAEFAULT );
    ok_docs_error( getpeername( server, &b.any, NULL ), WSAEFAULT );
    closesocket( client );
    closesocket( server );

    udp_pair( family, &client, &server );
    len = sizeof( a );
    ok_success( getsockname( client, &a.any, &len ) );
    len = sizeof( b );
    ok_success( getpeername( server, &b.any, &len ) );
    ok( !memcmp( &a, &b, len ), "the names differ\n" );
    closesocket( client );
    closesocket( server );
    winetest_pop_context();
}

/* The table of the page "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE". Rows: the first socket's option, bound to the
 * wildcard address or to a specific one; columns: the same of the second. S: success, U: WSAEADDRINUSE, A: WSAEACCES,
 * X: one of the two. */
static void test_reuse( int type, BOOL listening )
{
    static const int options[] = { 0, SO_REUSEADDR, SO_EXCLUSIVEADDRUSE };
    static const char table[6][7] = { "USASUS", "SUSAUU", "USSSUS", "SUSSUU", "XXAAXX", "SUSAUU" };
    unsigned int row, column;
    union address addr;
    int one = 1, len, error;
    SOCKET s, s2;

    for (row = 0; row < 6; row++)
    {
        for (column = 0; column < 6; column++)
        {
            int first = options[row / 2], second = options[column / 2];
            char expect = table[row][column], got;

            winetest_push_context( "type %d, %s, row %u, column %u", type, listening ? "listening" : "bound", row,
                                   column );
            s = socket( AF_INET, type, 0 );
            s2 = socket( AF_INET, type, 0 );
            if (first) ok_success( setsockopt( s, SOL_SOCKET, first, (char *)&one, sizeof( one ) ) );
            if (second) ok_success( setsockopt( s2, SOL_SOCKET, second, (char *)&one, sizeof( one ) ) );
            len = loopback( &addr, AF_INET, 0 );
            if (!( row & 1 )) addr.v4.sin_addr.s_addr = 0;
            ok_success( bind( s, &addr.any, len ) );
            if (listening) ok_success( listen( s, 5 ) );
            ok_success( getsockname( s, &addr.any, &len ) );
            loopback( &addr, AF_INET, ntohs( addr.v4.sin_port ) );
            if (!( column & 1 )) addr.v4.sin_addr.s_addr = 0;
            WSASetLastError( 0 );
            error = bind( s2, &addr.any, len ) ? WSAGetLastError() : 0;
            if (!error && listening) error = listen( s2, 5 ) ? WSAGetLastError() : 0;
            got = !error ? 'S' : error == WSAEADDRINUSE ? 'U' : error == WSAEACCES ? 'A' : '?';
            if (expect == 'X' && ( got == 'U' || got == 'A' )) got = 'X';
            if (type == SOCK_STREAM && !listening) ok( got == expect, "got error %d\n", error );
            else if (first == SO_REUSEADDR && second == SO_REUSEADDR)
                ok_unless_afd( got == expect, "got error %d\n", error );
            else /* where the host has both it goes by its own rules: a wildcard address is in the way of all others */
                todo_wine_if( got != expect && got != 'S' ) ok( got == expect, "got error %d\n", error );
            closesocket( s );
            closesocket( s2 );
            winetest_pop_context();
        }
    }
}

/* Both listen on one address: the first has each connection. */
static void test_shared_listener( void )
{
    enum
    {
        COUNT = 16
    };
    SOCKET listeners[2], client, accepted;
    int one = 1, len, i, j;
    union address addr;
    char buffer[4];

    len = loopback( &addr, AF_INET, 0 );
    for (i = 0; i < 2; i++)
    {
        listeners[i] = tcp_socket( AF_INET );
        ok_success( setsockopt( listeners[i], SOL_SOCKET, SO_REUSEADDR, (char *)&one, sizeof( one ) ) );
        ok_unless_afd( !bind( listeners[i], &addr.any, len ), "%d: got error %d\n", i, WSAGetLastError() );
        if (!i) ok_success( listen( listeners[i], 5 ) );
        else listen( listeners[i], 5 );
        set_blocking( listeners[i], FALSE );
        if (!i) ok_success( getsockname( listeners[i], &addr.any, &len ) );
    }
    for (i = 0; i < COUNT; i++)
    {
        client = tcp_socket( AF_INET );
        ok_success( connect( client, &addr.any, len ) );
        accepted = INVALID_SOCKET;
        for (j = 0; j < 1000 && ( accepted = accept( listeners[j & 1], NULL, NULL ) ) == INVALID_SOCKET; j++)
            if (j & 1) Sleep( 5 );
        ok( accepted != INVALID_SOCKET, "nobody has it\n" );
        ok( !( j & 1 ), "the second listener has it\n" );
        ok_call( send( client, "abc", 3, 0 ), 3, 0 );
        set_blocking( accepted, TRUE );
        ok_call( recv( accepted, buffer, sizeof( buffer ), 0 ), 3, 0 );
        closesocket( accepted );
        closesocket( client );
    }
    closesocket( listeners[0] );
    closesocket( listeners[1] );
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
    test_backlog();
    test_reuse( SOCK_STREAM, FALSE );
    test_reuse( SOCK_STREAM, TRUE );
    test_reuse( SOCK_DGRAM, FALSE );
    test_shared_listener();
    stop_winsock();
}
