/*
 * Network events that are recorded, and asked for only after data has moved
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The socket is selected before it is connected. The program learns of the connection from the event alone, sends and
 * receives, and asks which events there were later, or never.
 */

#include "event_select.h"

static SOCKET a, b;

/* Connected, with the event signalled for it and nothing taken. */
static void connect_selected( long mask )
{
    union address addr;
    SOCKET listener;
    int len;

    listener = tcp_listener( AF_INET, &addr, &len );
    a = tcp_socket( AF_INET );
    ResetEvent( event );
    select_events( a, mask );
    ok_error( connect( a, &addr.any, len ), WSAEWOULDBLOCK );
    b = accept( listener, NULL, NULL );
    ok( !WaitForSingleObject( event, 5000 ), "no event\n" );
    closesocket( listener );
}

static void close_pair( void )
{
    closesocket( a );
    closesocket( b );
}

static void receive( BOOL overlapped )
{
    char data[8];
    WSABUF wsabuf = { sizeof( data ), data };
    OVERLAPPED ov;
    DWORD count = 0, flags = 0;
    int ret;

    if (!overlapped)
    {
        ok( wait_readable( a, 5000 ), "not readable\n" );
        ok_call( recv( a, data, sizeof( data ), 0 ), 1, 0 );
        return;
    }
    memset( &ov, 0, sizeof( ov ) );
    ov.hEvent = CreateEventA( NULL, TRUE, FALSE, NULL );
    ret = WSARecv( a, &wsabuf, 1, NULL, &flags, &ov, NULL );
    ok( !ret || WSAGetLastError() == WSA_IO_PENDING, "got error %d\n", WSAGetLastError() );
    ok( !WaitForSingleObject( ov.hEvent, 5000 ), "the receive doesn't end\n" );
    ok( WSAGetOverlappedResult( a, &ov, &count, FALSE, &flags ) && count == 1, "got %lu bytes\n", count );
    CloseHandle( ov.hEvent );
}

static void test_kept( BOOL overlapped, BOOL reset )
{
    winetest_push_context( "%s%s", overlapped ? "overlapped" : "plain", reset ? ", reset" : "" );

    /* what was recorded before the data moved is there still, once */
    connect_selected( FD_CONNECT | FD_WRITE | FD_CLOSE );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    receive( overlapped );
    ok( !WaitForSingleObject( event, 0 ), "the event isn't signalled any more\n" );
    ok_events( a, FD_CONNECT | FD_WRITE );
    ok_events( a, 0 );
    shutdown( b, SD_SEND );
    ok_events( a, FD_CLOSE );
    ok_events( a, 0 );
    close_pair();

    /* an event that the program has reset itself isn't signalled again for what is recorded */
    connect_selected( FD_CONNECT | FD_CLOSE );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    receive( overlapped );
    if (reset) ResetEvent( event );
    ok_call( send( b, "y", 1, 0 ), 1, 0 );
    receive( overlapped );
    /* the wineserver may set it with any later change */
    ok_unless_afd( WaitForSingleObject( event, 50 ) == ( reset ? WAIT_TIMEOUT : 0 ), "the event has changed\n" );
    closesocket( b );
    b = INVALID_SOCKET;
    ok_events( a, FD_CONNECT | FD_CLOSE );
    close_pair();

    /* what comes later is recorded, too */
    connect_selected( FD_CONNECT | FD_READ | FD_CLOSE );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    receive( overlapped );
    ok( take( a, FD_CONNECT ) & FD_CONNECT, "no FD_CONNECT\n" );
    while (take( a, 0 )) /* nothing: FD_READ may or may not be there still */
        ;
    ok_call( send( b, "y", 1, 0 ), 1, 0 );
    ok_events( a, FD_READ );
    receive( FALSE );
    ok_events( a, 0 );
    close_pair();

    /* another selection begins anew */
    connect_selected( FD_CONNECT | FD_CLOSE );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    receive( overlapped );
    ResetEvent( event );
    select_events( a, FD_READ | FD_CLOSE );
    ok_call( send( b, "y", 1, 0 ), 1, 0 );
    ok_events( a, FD_READ );
    close_pair();
    winetest_pop_context();
}

START_TEST( event_kept )
{
    int overlapped, reset;

    start_winsock();
    event = CreateEventA( NULL, TRUE, FALSE, NULL );
    for (overlapped = 0; overlapped < 2; overlapped++)
        for (reset = 0; reset < 2; reset++) test_kept( overlapped, reset );
    CloseHandle( event );
    stop_winsock();
}
