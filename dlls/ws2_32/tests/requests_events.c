/*
 * Loads for counting wineserver requests: network events and window messages
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "requests.h"

/* An echo server on WSAEventSelect: it waits, takes the events, receives and sends. busy: the next message is there
 * before it waits again. */
void run_events( BOOL busy )
{
    WSANETWORKEVENTS network_events;
    HANDLE event = WSACreateEvent();
    char data[8], name[80];
    int kind, i, good;
    SOCKET a, b;

    for (kind = 0; kind < PAIR_KINDS; kind++)
    {
        sprintf( name, "%s-eventselect-%s", pair_kinds[kind], busy ? "busy" : "echo" );
        winetest_push_context( "%s", name );
        pair_of_kind( kind, &a, &b );
        ok_success( WSAEventSelect( a, event, FD_READ | FD_WRITE | FD_CLOSE ) );
        for (i = good = 0; i < WARM + COUNT; i++)
        {
            if (i == WARM) phase_begin( name, COUNT );
            if (send( b, "hello", 5, 0 ) != 5) break;
            if (busy) Sleep( 5 );
            do
            {
                if (WSAWaitForMultipleEvents( 1, &event, FALSE, 1000, FALSE )) break;
                if (WSAEnumNetworkEvents( a, event, &network_events )) break;
            } while (!( network_events.lNetworkEvents & FD_READ ));
            good += recv( a, data, sizeof( data ), 0 ) == 5 && send( a, data, 5, 0 ) == 5 && recv( b, data, 5, 0 ) == 5;
        }
        phase_end();
        ok( good == WARM + COUNT, "%d are good, error %d\n", good, WSAGetLastError() );
        closesocket( a );
        closesocket( b );
        winetest_pop_context();
    }
    WSACloseEvent( event );
}

/* A client as programs with windows have it: selected before it is connected. What posts the messages is the module's
 * matter; they aren't taken here. */
void run_messages( void )
{
    HWND window = CreateWindowA( "static", "test", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL );
    SOCKET listener, a, b;
    union address addr;
    int len, i, good;
    char data[8];
    MSG msg;

    listener = tcp_listener( AF_INET, &addr, &len );
    a = tcp_socket( AF_INET );
    ok_success( WSAAsyncSelect( a, window, WM_USER, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE ) );
    ok_error( connect( a, &addr.any, len ), WSAEWOULDBLOCK );
    b = accept( listener, NULL, NULL );
    for (i = 0; i < 2000 && !PeekMessageA( &msg, window, WM_USER, WM_USER, PM_REMOVE ); i++) Sleep( 1 );
    ok( i < 2000, "no message\n" );
    for (i = good = 0; i < WARM + COUNT; i++)
    {
        if (i == WARM) phase_begin( "connected-asyncselect-echo", COUNT );
        good += send( b, "hello", 5, 0 ) == 5;
        while (recv( a, data, 5, 0 ) != 5 && WSAGetLastError() == WSAEWOULDBLOCK) YieldProcessor();
        good += send( a, data, 5, 0 ) == 5 && recv( b, data, 5, 0 ) == 5;
    }
    phase_end();
    ok( good == 2 * ( WARM + COUNT ), "%d are good, error %d\n", good, WSAGetLastError() );
    closesocket( a );
    closesocket( b );
    closesocket( listener );
    DestroyWindow( window );
}
