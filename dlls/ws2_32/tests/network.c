/*
 * Errors that only a failing network gives: run by tests/network, which makes one
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include <mstcpip.h>

#define PEER_PORT 5000

static struct sockaddr_in peer;

static SOCKET connect_peer( void )
{
    struct tcp_keepalive values = { 1, 1000, 500 };
    SOCKET s = tcp_socket( AF_INET );
    DWORD size;

    ok_success( connect( s, (struct sockaddr *)&peer, sizeof( peer ) ) );
    ok_success( WSAIoctl( s, SIO_KEEPALIVE_VALS, &values, sizeof( values ), NULL, 0, &size, NULL, NULL ) );
    return s;
}

/* D1: the three ways in which a connection is lost while receives wait, and that it stays lost */
static void test_lost( void )
{
    static const struct
    {
        const char *when;
        BOOL send, overlapped;
        int error;
    } tests[] = {
        { "keep-alive had no answer", FALSE, FALSE, WSAENETRESET },
        { "keep-alive had no answer, overlapped receive pending", FALSE, TRUE, WSAENETRESET },
        { "sent data had no answer", TRUE, FALSE, WSAECONNABORTED },
        { "sent data had no answer, overlapped receive pending", TRUE, TRUE, WSAECONNABORTED },
    };
    SOCKET s[ARRAY_SIZE( tests )];
    OVERLAPPED ov[ARRAY_SIZE( tests )] = { { 0 } };
    DWORD flags, count;
    unsigned int i;
    char data[8];
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++) s[i] = connect_peer();
    change_world( "cut" );
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        WSABUF wsabuf = { sizeof( data ), data };

        if (tests[i].send) ok_call( send( s[i], "x", 1, 0 ), 1, 0 );
        ov[i].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        flags = 0;
        if (!tests[i].overlapped) continue;
        ret = WSARecv( s[i], &wsabuf, 1, NULL, &flags, &ov[i], NULL );
        ok( ret && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    }
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%s", tests[i].when );
        WSASetLastError( 0 );
        if (tests[i].overlapped)
        {
            ok( !WaitForSingleObject( ov[i].hEvent, 15000 ), "not lost\n" );
            ok( !WSAGetOverlappedResult( s[i], &ov[i], &count, FALSE, &flags ), "there is data\n" );
        }
        else
        {
            set_timeout( s[i], 15000 );
            ok_call( recv( s[i], data, sizeof( data ), 0 ), -1, WSAGetLastError() );
        }
        error_row( "WSPRecv", tests[i].when, tests[i].error, WSAGetLastError() );
        set_blocking( s[i], FALSE );
        WSASetLastError( 0 );
        ret = recv( s[i], data, sizeof( data ), 0 );
        ok_unless_afd( ret == -1 && WSAGetLastError() == tests[i].error, "again: got %d, error %d\n", ret,
                       WSAGetLastError() );
        WSASetLastError( 0 );
        ret = send( s[i], data, sizeof( data ), 0 );
        error_row( "WSPSend", tests[i].when, tests[i].error, ret == -1 ? WSAGetLastError() : 0 );
        CloseHandle( ov[i].hEvent );
        closesocket( s[i] );
        winetest_pop_context();
    }
    change_world( "mend" );
}

static void test_connect( void )
{
    SOCKET s = tcp_socket( AF_INET );

    change_world( "cut" );
    ok_error( connect( s, (struct sockaddr *)&peer, sizeof( peer ) ), WSAETIMEDOUT );
    closesocket( s );
    change_world( "mend" );
}

/* More than the buffer may hold: the host refuses it */
static void test_no_buffers( void )
{
    static char data[60000];
    struct sockaddr_in any = { AF_INET };
    SOCKET s = udp_socket( AF_INET );
    int size = 1;

    ok_success( setsockopt( s, SOL_SOCKET, SO_SNDBUF, (char *)&size, sizeof( size ) ) );
    ok_success( bind( s, (struct sockaddr *)&any, sizeof( any ) ) );
    WSASetLastError( 0 );
    sendto( s, data, sizeof( data ), 0, (struct sockaddr *)&peer, sizeof( peer ) );
    error_row( "WSPSendTo", "the send buffer can't hold the datagram", WSAENOBUFS, WSAGetLastError() );
    closesocket( s );
}

static void test_unreachable( BOOL down )
{
    SOCKET s = udp_socket( AF_INET ), connected = udp_socket( AF_INET );
    struct sockaddr_in addr = peer;

    winetest_push_context( "%s", down ? "interface down" : "no route" );
    addr.sin_addr.s_addr = inet_addr( "192.0.2.1" );
    ok_call( sendto( s, "x", 1, 0, (struct sockaddr *)&peer, sizeof( peer ) ), 1, 0 );
    ok_success( connect( connected, (struct sockaddr *)&peer, sizeof( peer ) ) );
    ok_call( send( connected, "x", 1, 0 ), 1, 0 );
    if (down)
    {
        change_world( "down" );
        WSASetLastError( 0 );
        sendto( s, "x", 1, 0, (struct sockaddr *)&peer, sizeof( peer ) );
        error_row( "WSPSendTo", "the interface is down", WSAENETDOWN, WSAGetLastError() );
        WSASetLastError( 0 );
        send( connected, "x", 1, 0 );
        error_row( "WSPSend", "the interface is down", WSAENETDOWN, WSAGetLastError() );
        change_world( "mend" );
    }
    else
    {
        WSASetLastError( 0 );
        sendto( s, "x", 1, 0, (struct sockaddr *)&addr, sizeof( addr ) );
        error_row( "WSPSendTo", "no route to the address", WSAENETUNREACH, WSAGetLastError() );
    }
    closesocket( s );
    closesocket( connected );
    winetest_pop_context();
}

START_TEST( network )
{
    const char *host = getenv( "WSURING_TEST_NETWORK" );

    if (!host) return; /* not counted: tests/network counts */
    start_winsock();
    peer.sin_family = AF_INET;
    peer.sin_port = htons( PEER_PORT );
    peer.sin_addr.s_addr = inet_addr( host );
    test_lost();
    test_connect();
    test_no_buffers();
    test_unreachable( FALSE );
    test_unreachable( TRUE );
    stop_winsock();
}
