/*
 * Events of a socket after its own shutdown: the peer's end is reported nevertheless
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "WSAEventSelect function" (FD_CLOSE; a call enables its event even if it fails) and "shutdown
 * function" (SD_RECEIVE only refuses receives). What can't be received any more doesn't delay FD_CLOSE: there, and for
 * messages, some Wine's own module reports less. It reports FD_READ for data that receives are refused, too.
 */

#include "event_select.h"

#define SELECT_MESSAGE ( WM_USER + 8 )
#define SELECTED       ( FD_READ | FD_WRITE | FD_OOB | FD_CLOSE )

/* When the program selects */
enum moment
{
    BEFORE, /* its shutdown */
    BETWEEN,
    AFTER, /* what the peer does */
    AGAIN, /* before and after */
    MOMENT_COUNT
};

static const char *const moments[] = { "before", "between", "after", "again" };

static const struct
{
    const char *name;
    BOOL sends, resets, shuts, closes;
} peers[] = {
    { "shuts down", .shuts = TRUE },
    { "closes", .closes = TRUE },
    { "sends", .sends = TRUE },
    { "sends, shuts down", .sends = TRUE, .shuts = TRUE },
    { "sends, closes", .sends = TRUE, .closes = TRUE },
    { "resets", .resets = TRUE, .closes = TRUE },
};

static HWND window;

static void select_for( SOCKET s, BOOL messages )
{
    if (messages) ok_success( WSAAsyncSelect( s, window, SELECT_MESSAGE, SELECTED ) );
    else select_events( s, SELECTED );
}

/* As take(), for messages too, and without a long wait for what doesn't come from the server. */
static long take_for( SOCKET s, BOOL messages, long expect )
{
    DWORD start = GetTickCount(), limit = !expect ? 40 : by_afd() ? 200 : 2000;
    WSANETWORKEVENTS events;
    long got = 0;
    MSG msg;

    do
    {
        if (!messages && !WaitForSingleObject( event, 5 ))
        {
            memset( &events, 0xcc, sizeof( events ) );
            if (WSAEnumNetworkEvents( s, event, &events )) return -1;
            got |= events.lNetworkEvents;
            if (events.lNetworkEvents & FD_CLOSE) close_error = events.iErrorCode[FD_CLOSE_BIT];
        }
        while (messages && PeekMessageA( &msg, window, SELECT_MESSAGE, SELECT_MESSAGE, PM_REMOVE ))
        {
            if (msg.wParam == s) got |= WSAGETSELECTEVENT( msg.lParam );
            if (WSAGETSELECTEVENT( msg.lParam ) == FD_CLOSE) close_error = WSAGETSELECTERROR( msg.lParam );
        }
        if (expect && ( got & expect ) == expect) break;
        if (messages) Sleep( 5 );
    } while (GetTickCount() - start < limit);
    return got;
}

static void ok_events_for( SOCKET s, BOOL messages, long expect )
{
    long got = take_for( s, messages, expect );

    ok_unless_afd( got == expect, "got events %lx, expected %lx\n", got, expect );
}

static void test_peer( BOOL messages, int how, unsigned int moment, unsigned int i )
{
    long expect = ( peers[i].sends ? FD_READ : 0 ) | ( peers[i].shuts || peers[i].closes ? FD_CLOSE : 0 );
    struct linger linger = { 1, 0 };
    char data[8];
    SOCKET s, peer;

    tcp_socketpair( &s, &peer );
    ResetEvent( event );
    close_error = 0;
    if (moment == BEFORE || moment == AGAIN)
    {
        select_for( s, messages );
        ok_events_for( s, messages, FD_WRITE );
    }
    ok_success( shutdown( s, how ) );
    if (moment == BETWEEN)
    {
        select_for( s, messages );
        ok_events_for( s, messages, how == SD_RECEIVE ? FD_WRITE : 0 );
    }
    if (moment == BEFORE) ok_events_for( s, messages, 0 );

    if (peers[i].sends) ok_call( send( peer, "abc", 3, 0 ), 3, 0 );
    if (peers[i].resets) setsockopt( peer, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
    if (peers[i].shuts) ok_success( shutdown( peer, SD_SEND ) );
    if (peers[i].closes) ok_success( closesocket( peer ) );
    if (moment == AFTER || moment == AGAIN)
    {
        ok( wait_readable( s, 2000 ), "the peer's doing isn't seen\n" );
        Sleep( 10 );
        select_for( s, messages );
        if (how == SD_RECEIVE && ( moment == AFTER || messages )) expect |= FD_WRITE;
    }
    ok_events_for( s, messages, expect );
    if (peers[i].resets && how == SD_RECEIVE)
        ok_unless_afd( close_error == WSAECONNABORTED, "the reset has the error %d\n", close_error );
    else if (!peers[i].resets) ok( !close_error, "got error %d\n", close_error );

    ok_error( recv( s, data, sizeof( data ), 0 ), WSAESHUTDOWN );
    ok_events_for( s, messages, peers[i].sends ? FD_READ : 0 );
    WSAAsyncSelect( s, window, 0, 0 );
    closesocket( s );
    if (!peers[i].closes) closesocket( peer );
}

static void test_peers( BOOL messages )
{
    static const int hows[] = { SD_RECEIVE, SD_BOTH };
    unsigned int how, moment, i;

    for (how = 0; how < ARRAY_SIZE( hows ); how++)
        for (moment = 0; moment < MOMENT_COUNT; moment++)
            for (i = 0; i < ARRAY_SIZE( peers ); i++)
            {
                if (hows[how] == SD_BOTH && moment == BEFORE) continue; /* Wine's own module ends the selection */
                winetest_push_context( "%s, %s, selected %s, the peer %s", messages ? "messages" : "events",
                                       hows[how] == SD_BOTH ? "SD_BOTH" : "SD_RECEIVE", moments[moment],
                                       peers[i].name );
                test_peer( messages, hows[how], moment, i );
                winetest_pop_context();
            }
}

/* What had come before. */
static void test_unread( void )
{
    SOCKET s, peer;
    char data[8];

    tcp_socketpair( &s, &peer );
    ok_call( send( peer, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( s, 2000 ), "no data\n" );
    ResetEvent( event );
    select_events( s, SELECTED );
    ok_events( s, FD_READ | FD_WRITE );
    ok_success( shutdown( s, SD_RECEIVE ) );
    ok_events( s, 0 );
    closesocket( peer );
    ok_events_docs( s, FD_CLOSE );
    ok_error( recv( s, data, sizeof( data ), 0 ), WSAESHUTDOWN );
    ok_events_docs( s, FD_READ );
    closesocket( s );
}

static void test_datagrams( void )
{
    SOCKET s = udp_socket( AF_INET ), peer = udp_socket( AF_INET );
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );
    char data[8];

    ok_success( bind( s, &addr.any, len ) );
    ok_success( getsockname( s, &addr.any, &len ) );
    ok_success( shutdown( s, SD_RECEIVE ) );
    ResetEvent( event );
    select_events( s, SELECTED );
    ok_events( s, FD_WRITE );
    ok_call( sendto( peer, "abc", 3, 0, &addr.any, len ), 3, 0 );
    ok_events( s, FD_READ );
    ok_error( recv( s, data, sizeof( data ), 0 ), WSAESHUTDOWN );
    ok_events_docs( s, FD_READ );
    closesocket( s );
    closesocket( peer );
}

/* A receive that waits for urgent data ends with the stream. */
static void test_urgent( void )
{
    OVERLAPPED overlapped = { .hEvent = event };
    DWORD received, flags = MSG_OOB;
    char data[8];
    WSABUF buffer = { sizeof( data ), data };
    SOCKET s, peer;

    tcp_socketpair( &s, &peer );
    ok_error( WSARecv( s, &buffer, 1, NULL, &flags, &overlapped, NULL ), ERROR_IO_PENDING );
    ok_success( shutdown( s, SD_RECEIVE ) );
    ok( WaitForSingleObject( event, 40 ) == WAIT_TIMEOUT, "ended by the shutdown\n" );
    ok_success( shutdown( peer, SD_SEND ) );
    ok( !WaitForSingleObject( event, 2000 ), "not ended\n" );
    ok_call( GetOverlappedResult( (HANDLE)s, &overlapped, &received, FALSE ), TRUE, 0 );
    ok( !received, "received %u\n", (UINT)received );
    closesocket( peer );
    closesocket( s );
    ok( !WaitForSingleObject( event, 2000 ), "not ended\n" );
}

START_TEST( event_shutdown )
{
    start_winsock();
    event = WSACreateEvent();
    window = CreateWindowA( "Static", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL );
    ok( window != NULL, "no window\n" );
    test_peers( FALSE );
    test_peers( TRUE );
    test_unread();
    test_datagrams();
    test_urgent();
    DestroyWindow( window );
    WSACloseEvent( event );
    stop_winsock();
}
