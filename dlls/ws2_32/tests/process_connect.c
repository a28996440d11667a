/*
 * The connection of a socket is made, or ended, by another process that has inherited it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

static void child( const char *what, const char *arguments )
{
    unsigned long long handle = 0;
    union address addr;
    int port = 0;

    start_winsock();
    sscanf( arguments, "%llx,%d", &handle, &port );
    if (!strcmp( what, "disconnect" ))
    {
        /* other processes' sockets have no extension functions on stock */
        load_extensions();
        ok( ext.DisconnectEx( (SOCKET)handle, NULL, 0, 0 ), "got error %d\n", WSAGetLastError() );
    }
    else ok_success( connect( (SOCKET)handle, &addr.any, loopback( &addr, AF_INET, port ) ) );
    stop_winsock();
}

/* Runs it to its end. */
static void let_child( const char *what, SOCKET s, const union address *addr )
{
    char arguments[80];

    SetHandleInformation( (HANDLE)s, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT );
    sprintf( arguments, "%s %llx,%d", what, (unsigned long long)s, ntohs( addr->v4.sin_port ) );
    wait_child_process( start_child( "process_connect", arguments ) );
}

/* Nothing, or something that has told the provider that the socket isn't connected. */
static const struct
{
    const char *name;
    BOOL send, select, option;
} befores[] = { { "nothing before" }, { "send", TRUE }, { "select", FALSE, TRUE }, { "option", FALSE, FALSE, TRUE } };

static void before( unsigned int i, SOCKET s )
{
    int on = 1;

    if (befores[i].send) ok_docs_error( send( s, "x", 1, 0 ), WSAENOTCONN );
    if (befores[i].select) wait_readable( s, 0 );
    if (befores[i].option) ok_success( setsockopt( s, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof( on ) ) );
}

static void check_pair( SOCKET s, SOCKET peer )
{
    union address name;
    int len = sizeof( name );
    char c;

    set_timeout( s, 10000 );
    set_timeout( peer, 10000 );
    ok_call( send( s, "a", 1, 0 ), 1, 0 );
    ok_call( recv( peer, &c, 1, 0 ), 1, 0 );
    ok_call( send( peer, "b", 1, 0 ), 1, 0 );
    ok_call( recv( s, &c, 1, 0 ), 1, 0 );
    ok_success( getpeername( s, &name.any, &len ) );
}

static void test_stream( unsigned int i )
{
    union address addr;
    SOCKET listener, s, peer;
    int len;

    winetest_push_context( "stream, %s", befores[i].name );
    listener = tcp_listener( AF_INET, &addr, &len );
    s = tcp_socket( AF_INET );
    before( i, s );
    let_child( "connect", s, &addr );
    peer = accept( listener, NULL, NULL );
    check_pair( s, peer );
    closesocket( s );
    closesocket( peer );
    closesocket( listener );
    winetest_pop_context();
}

static void test_datagram( void )
{
    union address addr, own;
    SOCKET s = udp_socket( AF_INET ), peer = udp_socket( AF_INET );
    int len = loopback( &addr, AF_INET, 0 );

    winetest_push_context( "datagram" );
    ok_success( bind( peer, &addr.any, len ) );
    ok_success( getsockname( peer, &addr.any, &len ) );
    let_child( "connect", s, &addr );
    len = sizeof( own );
    ok_success( getsockname( s, &own.any, &len ) );
    ok_success( connect( peer, &own.any, len ) );
    check_pair( s, peer );
    closesocket( s );
    closesocket( peer );
    winetest_pop_context();
}

static void test_disconnect( BOOL used )
{
    union address none = { 0 };
    SOCKET a, b;
    char c;

    winetest_push_context( used ? "disconnect, used" : "disconnect" );
    tcp_socketpair( &a, &b );
    SetHandleInformation( (HANDLE)b, HANDLE_FLAG_INHERIT, 0 );
    if (used) check_pair( a, b );
    let_child( "disconnect", a, &none );
    set_timeout( b, 10000 );
    ok_call( recv( b, &c, 1, 0 ), 0, 0 );
    ok_error( send( a, "x", 1, 0 ), WSAESHUTDOWN );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    set_timeout( a, 10000 );
    ok_call( recv( a, &c, 1, 0 ), 1, 0 );
    closesocket( b );
    ok_call( recv( a, &c, 1, 0 ), 0, 0 );
    closesocket( a );
    winetest_pop_context();
}

START_TEST( process_connect )
{
    char **argv;
    unsigned int i;

    if (winetest_get_mainargs( &argv ) > 3)
    {
        child( argv[2], argv[3] );
        return;
    }
    start_winsock();
    for (i = 0; i < ARRAY_SIZE( befores ); i++) test_stream( i );
    test_datagram();
    test_disconnect( FALSE );
    test_disconnect( TRUE );
    stop_winsock();
}
