/*
 * WSAAsyncSelect: which messages come, and when again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the page "WSAAsyncSelect function".
 */

#include "sockets.h"

#define SELECT_MESSAGE ( WM_USER + 7 )

static HWND window;
static int close_error;

/* The events of the messages that come within a while: until all of `expect' are there. */
static long take( SOCKET s, long expect )
{
    DWORD start = GetTickCount(), wait = expect ? 2000 : 40;
    long got = 0;
    MSG msg;

    do
    {
        if (!PeekMessageA( &msg, window, SELECT_MESSAGE, SELECT_MESSAGE, PM_REMOVE ))
        {
            Sleep( 1 );
            continue;
        }
        if (msg.wParam != s) continue; /* of one that is closed by now */
        ok( !( got & WSAGETSELECTEVENT( msg.lParam ) ), "event %x came twice\n", WSAGETSELECTEVENT( msg.lParam ) );
        got |= WSAGETSELECTEVENT( msg.lParam );
        if (WSAGETSELECTEVENT( msg.lParam ) == FD_CLOSE) close_error = WSAGETSELECTERROR( msg.lParam );
        else
            ok( !WSAGETSELECTERROR( msg.lParam ), "event %x has error %d\n", WSAGETSELECTEVENT( msg.lParam ),
                WSAGETSELECTERROR( msg.lParam ) );
    } while (( !expect || ( got & expect ) != expect ) && GetTickCount() - start < wait);
    return got;
}

#define ok_messages( s, expect )                                                                                       \
    do                                                                                                                 \
    {                                                                                                                  \
        long got_ = take( s, expect );                                                                                 \
        ok( got_ == ( expect ), "got messages %lx, expected %lx\n", got_, (long)( expect ) );                          \
    } while (0)

static void test_stream( void )
{
    struct linger linger = { 1, 0 };
    u_long blocking = 0;
    char buffer[8];
    int count, i;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, FD_READ | FD_WRITE | FD_CLOSE ) );
    ok_messages( b, FD_WRITE );
    ok_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
    ok_error( ioctlsocket( b, FIONBIO, &blocking ), WSAEINVAL );
    for (i = 0; i < 3; i++)
    {
        ok_call( send( a, "abcdef", 6, 0 ), 6, 0 );
        ok_messages( b, FD_READ );
        ok_call( send( a, "g", 1, 0 ), 1, 0 );
        ok_messages( b, 0 );
        ok_call( recv( b, buffer, 3, 0 ), 3, 0 );
        ok_messages( b, FD_READ );
        ok_call( recv_all( b, buffer, 4 ), 4, 0 );
        ok_messages( b, 0 );
    }
    count = fill_send_buffer( b );
    ok_messages( b, 0 );
    ok_call( drain( a, count ), count, 0 );
    ok_messages( b, FD_WRITE );

    /* all that comes ends with the selection */
    ok_success( WSAAsyncSelect( b, window, 0, 0 ) );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_messages( b, 0 );
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, FD_READ | FD_CLOSE ) );
    ok_messages( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    close_error = -1;
    closesocket( a );
    ok_messages( b, FD_CLOSE );
    ok( !close_error, "got error %d\n", close_error );
    closesocket( b );

    tcp_socketpair( &a, &b );
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, FD_CLOSE ) );
    setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
    closesocket( a );
    ok_messages( b, FD_CLOSE );
    ok_unless_afd( close_error == WSAECONNABORTED, "got error %d\n", close_error );
    closesocket( b );
}

static void test_datagrams( void )
{
    char buffer[8];
    SOCKET a, b;
    int i;

    udp_pair( AF_INET, &a, &b );
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, FD_READ | FD_WRITE ) );
    ok_messages( b, FD_WRITE );
    for (i = 0; i < 3; i++)
    {
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        ok_call( send( a, "def", 3, 0 ), 3, 0 );
        ok_messages( b, FD_READ );
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
        ok_messages( b, FD_READ );
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
        ok_messages( b, 0 );
    }
    closesocket( a );
    closesocket( b );
}

/* Selected before it is connected; accepted by a listener with a selection. */
static void test_connect( void )
{
    SOCKET s, accepted, listener;
    union address addr;
    char buffer[8];
    int len, i;

    listener = tcp_listener( AF_INET, &addr, &len );
    ok_success( WSAAsyncSelect( listener, window, SELECT_MESSAGE, FD_ACCEPT | FD_READ | FD_WRITE | FD_CLOSE ) );
    s = tcp_socket( AF_INET );
    ok_success( WSAAsyncSelect( s, window, SELECT_MESSAGE, FD_CONNECT | FD_CLOSE ) );
    ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
    Sleep( 50 );
    accepted = accept( listener, NULL, NULL );
    ok( accepted != INVALID_SOCKET, "accept failed: %d\n", WSAGetLastError() );
    ok_messages( s, FD_CONNECT );
    for (i = 0; i < 3; i++)
    {
        /* room to send was reported once for the accepted socket, perhaps before this */
        ok_call( send( s, "abc", 3, 0 ), 3, 0 );
        if (i) ok_messages( accepted, FD_READ );
        else ok( take( accepted, FD_READ ) & FD_READ, "no message\n" );
        ok_call( recv( accepted, buffer, sizeof( buffer ), 0 ), 3, 0 );
        take( accepted, 0 );
    }
    closesocket( s );
    ok_messages( accepted, FD_CLOSE );
    closesocket( accepted );
    closesocket( listener );
}

static void count_messages( SOCKET s, int *counts )
{
    MSG msg;

    while (PeekMessageA( &msg, window, SELECT_MESSAGE, SELECT_MESSAGE, PM_REMOVE ))
    {
        if (msg.wParam != s) continue;
        ok( !WSAGETSELECTERROR( msg.lParam ), "event %x has error %d\n", WSAGETSELECTEVENT( msg.lParam ),
            WSAGETSELECTERROR( msg.lParam ) );
        if (WSAGETSELECTEVENT( msg.lParam ) == FD_CONNECT) counts[0]++;
        if (WSAGETSELECTEVENT( msg.lParam ) == FD_WRITE) counts[1]++;
        if (WSAGETSELECTEVENT( msg.lParam ) == FD_READ) counts[2]++;
        if (WSAGETSELECTEVENT( msg.lParam ) == FD_CLOSE) counts[3]++;
    }
}

/* How a client that is selected before it is connected begins. */
enum begins
{
    BEGINS_PATIENTLY, /* it sends and receives when messages say so */
    BEGINS_SENDING,   /* as soon as it can */
    BEGINS_RECEIVING,
    BEGINS_COUNT
};

/* However a client begins, no message is lost, and those of the connection and its end come once. */
static void test_client( enum begins begins, int count )
{
    int counts[4], len, i, received, sent, full;
    SOCKET listener, s, peer;
    union address addr;
    char buffer[16];
    DWORD start;

    listener = tcp_listener( AF_INET, &addr, &len );
    for (i = 0; i < count; i++)
    {
        winetest_push_context( "begins %d, %d", begins, i );
        memset( counts, 0, sizeof( counts ) );
        received = sent = 0;
        start = GetTickCount();
        s = tcp_socket( AF_INET );
        ok_success( WSAAsyncSelect( s, window, SELECT_MESSAGE, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE ) );
        ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
        peer = accept( listener, NULL, NULL );
        if (i & 1) ok_call( send( peer, "hello", 5, 0 ), 5, 0 );
        while (( !sent || received < 5 || !counts[0] || !counts[1] ) && GetTickCount() - start < 5000)
        {
            count_messages( s, counts );
            if (!sent && ( begins == BEGINS_SENDING || counts[1] ) && send( s, "abc", 3, 0 ) == 3)
            {
                sent = 3;
                if (!( i & 1 )) ok_call( send( peer, "hello", 5, 0 ), 5, 0 );
            }
            if (begins == BEGINS_RECEIVING || counts[2])
            {
                int ret = recv( s, buffer, 2, 0 );

                if (ret > 0) received += ret;
                if (begins == BEGINS_PATIENTLY) counts[2]--;
            }
        }
        ok( sent && received == 5, "sent %d, received %d; messages: %d, %d, %d\n", sent, received, counts[0], counts[1],
            counts[2] );
        ok_call( recv( peer, buffer, sizeof( buffer ), 0 ), 3, 0 );
        if (i % 10 == 9)
        {
            /* room to send is reported */
            counts[1] = 0;
            full = fill_send_buffer( s );
            count_messages( s, counts );
            ok_call( drain( peer, full ), full, 0 );
            for (start = GetTickCount(); !counts[1] && GetTickCount() - start < 5000; Sleep( 1 ))
                count_messages( s, counts );
            ok( counts[1], "no FD_WRITE\n" );
        }
        closesocket( peer );
        for (start = GetTickCount(); !counts[3] && GetTickCount() - start < 5000; Sleep( 1 ))
            count_messages( s, counts );
        Sleep( i % 10 ? 0 : 20 );
        count_messages( s, counts );
        ok( counts[0] == 1 && counts[3] == 1, "FD_CONNECT came %d times, FD_CLOSE %d times\n", counts[0], counts[3] );
        ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 0, 0 );
        closesocket( s );
        winetest_pop_context();
        if (winetest_get_failures() > 20) break;
    }
    closesocket( listener );
}

/* Each of the two calls ends what the other has selected. */
static void test_exclusion( void )
{
    HANDLE event = WSACreateEvent();
    WSANETWORKEVENTS events;
    char buffer[4];
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, FD_READ ) );
    ok_success( WSAEventSelect( b, event, FD_READ ) );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( !WaitForSingleObject( event, 2000 ), "no event\n" );
    ok_messages( b, 0 );
    ok_success( WSAEnumNetworkEvents( b, event, &events ) );
    ok( events.lNetworkEvents == FD_READ, "got events %lx\n", events.lNetworkEvents );
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, FD_READ ) );
    ok_messages( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_messages( b, FD_READ );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "the event is signalled\n" );
    /* so does taking it back, whichever it was */
    ok_success( WSAEventSelect( b, NULL, 0 ) );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_messages( b, 0 );
    closesocket( a );
    closesocket( b );
    WSACloseEvent( event );
}

/* A message that is posted stays; a window that goes takes its messages along, and the socket is none the worse. */
static void test_gone( void )
{
    HWND other = CreateWindowA( "static", "other", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL );
    char buffer[4];
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, FD_READ ) );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    Sleep( 50 );
    ok_success( WSAAsyncSelect( b, window, 0, 0 ) );
    ok_messages( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );

    ok_success( WSAAsyncSelect( b, other, SELECT_MESSAGE, FD_READ | FD_WRITE ) );
    DestroyWindow( other );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_messages( b, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, FD_READ ) );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_messages( b, FD_READ );
    closesocket( a );
    closesocket( b );
}

static void test_errors( void )
{
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_docs_error( WSAAsyncSelect( b, (HWND)0xdead0, SELECT_MESSAGE, FD_READ ), WSAEINVAL );
    ok_docs_error( WSAAsyncSelect( b, NULL, SELECT_MESSAGE, FD_READ ), WSAEINVAL );
    ok_error( WSAAsyncSelect( 0xdead0, window, SELECT_MESSAGE, FD_READ ), WSAENOTSOCK );
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, 0 ) );
    /* no message comes of a socket that is closed */
    ok_success( WSAAsyncSelect( b, window, SELECT_MESSAGE, FD_READ | FD_CLOSE ) );
    closesocket( b );
    closesocket( a );
    ok_messages( b, 0 );
}

START_TEST( async_select )
{
    enum begins begins;

    start_winsock();
    window = CreateWindowA( "static", "test", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL );
    ok( window != NULL, "CreateWindow failed: %lu\n", GetLastError() );
    if (window)
    {
        test_stream();
        test_datagrams();
        test_connect();
        for (begins = 0; begins < BEGINS_COUNT; begins++) test_client( begins, 60 );
        test_exclusion();
        test_gone();
        test_errors();
        DestroyWindow( window );
    }
    stop_winsock();
}
