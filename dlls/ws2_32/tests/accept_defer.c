/*
 * AcceptEx after a connection that was deferred: it gets that one, and not the next
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

#define ROUNDS 40

static int CALLBACK defer( WSABUF *caller, WSABUF *caller_data, QOS *sqos, QOS *gqos, WSABUF *callee,
                           WSABUF *callee_data, GROUP *group, DWORD_PTR context )
{
    (void)caller;
    (void)caller_data;
    (void)sqos;
    (void)gqos;
    (void)callee;
    (void)callee_data;
    (void)group;
    (void)context;
    return CF_DEFER;
}

static SOCKET begin_connect( const union address *addr, int len )
{
    SOCKET s = tcp_socket( AF_INET );

    set_blocking( s, FALSE );
    ok_error( connect( s, &addr->any, len ), WSAEWOULDBLOCK );
    return s;
}

static unsigned short port_of( SOCKET s, BOOL peer )
{
    union address addr;
    int len = sizeof( addr );

    if (peer) ok_success( getpeername( s, &addr.any, &len ) );
    else ok_success( getsockname( s, &addr.any, &len ) );
    return addr.v4.sin_port;
}

static void test_order( void )
{
    SOCKET listener, clients[2], acceptor, second;
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    union address addr;
    char buffer[2 * ACCEPT_ADDR];
    DWORD count;
    int len, i;

    listener = tcp_listener( AF_INET, &addr, &len );
    set_blocking( listener, FALSE );
    for (i = 0; i < ROUNDS; i++)
    {
        winetest_push_context( "round %d", i );
        clients[0] = begin_connect( &addr, len );
        ok( wait_readable( listener, 2000 ), "nobody waits\n" );
        ok_error( (int)WSAAccept( listener, NULL, NULL, defer, 0 ), WSATRY_AGAIN );
        acceptor = tcp_socket( AF_INET );
        ok_bool( ext.AcceptEx( listener, acceptor, buffer, 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, &ov ),
                 ERROR_IO_PENDING );
        clients[1] = begin_connect( &addr, len );
        ok( wait_readable( listener, 2000 ), "the second one doesn't wait\n" );
        second = accept( listener, NULL, NULL );
        ok( second != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
        ok( port_of( second, TRUE ) == port_of( clients[1], FALSE ), "accept has got the first one\n" );
        ok( !WaitForSingleObject( ov.hEvent, 2000 ), "AcceptEx doesn't end\n" );
        ok_success(
            setsockopt( acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) ) );
        ok( port_of( acceptor, TRUE ) == port_of( clients[0], FALSE ), "AcceptEx has got the second one\n" );
        ok( !wait_readable( listener, 0 ), "somebody waits\n" );
        closesocket( acceptor );
        closesocket( second );
        closesocket( clients[0] );
        closesocket( clients[1] );
        winetest_pop_context();
    }
    closesocket( listener );
    CloseHandle( ov.hEvent );
}

START_TEST( accept_defer )
{
    start_winsock();
    load_extensions();
    test_order();
    stop_winsock();
}
