/*
 * WSAEventSelect and WSAEnumNetworkEvents, WSAAsyncSelect: the basics
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define check_events( s, event, mask, expect ) check_events_( __LINE__, s, event, mask, expect )

/* Waits for events and takes them; what comes in two parts is put together. */
static void check_events_( int line, SOCKET s, HANDLE event, long mask, long expect )
{
    WSANETWORKEVENTS events;
    DWORD start = GetTickCount();
    long got = 0;
    int ret;

    do
    {
        DWORD wait = WaitForSingleObject( event, expect ? 1000 : 30 );

        if (wait == WAIT_TIMEOUT && !expect) return;
        memset( &events, 0xcc, sizeof( events ) );
        ret = WSAEnumNetworkEvents( s, event, &events );
        ok_( __FILE__, line )( !ret, "failed: %d\n", WSAGetLastError() );
        if (ret) return;
        got |= events.lNetworkEvents;
    } while (( got & expect ) != expect && GetTickCount() - start < 2000);
    ok_( __FILE__, line )( got == expect, "got events %lx, expected %lx of %lx\n", got, expect, mask );
    /* two parts that come close together can signal it twice: then there is nothing more to report */
    if (!WaitForSingleObject( event, 0 ))
    {
        ok_( __FILE__, line )( !WSAEnumNetworkEvents( s, event, &events ) && !events.lNetworkEvents, "got events %lx\n",
                               events.lNetworkEvents );
        ok_( __FILE__, line )( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "the event is still signalled\n" );
    }
}

static void test_stream( int family )
{
    enum
    {
        MASK = FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE
    };
    SOCKET listener, client, server;
    HANDLE listen_event, client_event, server_event;
    WSANETWORKEVENTS events;
    union address addr;
    char buffer[8];
    int len, count, i;
    u_long blocking = 0;

    winetest_push_context( "%s", family_name( family ) );
    listen_event = WSACreateEvent();
    client_event = WSACreateEvent();
    server_event = WSACreateEvent();
    listener = tcp_listener( family, &addr, &len );
    ok_success( WSAEventSelect( listener, listen_event, MASK ) );
    check_events( listener, listen_event, MASK, 0 );
    client = tcp_socket( family );
    ok_success( WSAEventSelect( client, client_event, MASK ) );
    ok_error( connect( client, &addr.any, len ), WSAEWOULDBLOCK );
    check_events( client, client_event, MASK, FD_CONNECT | FD_WRITE );
    check_events( listener, listen_event, MASK, FD_ACCEPT );
    server = accept( listener, NULL, NULL );
    ok( server != INVALID_SOCKET, "accept failed: %d\n", WSAGetLastError() );
    ok_success( WSAEventSelect( server, server_event, MASK ) );
    check_events( server, server_event, MASK, FD_WRITE );

    /* a socket with events doesn't block, and can't be made to */
    ok_error( recv( server, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
    ok_error( ioctlsocket( server, FIONBIO, &blocking ), WSAEINVAL );

    /* FD_READ comes once, until there was a receive; then again when something is left */
    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "%d", i );
        ok_call( send( client, "abc", 3, 0 ), 3, 0 );
        check_events( server, server_event, MASK, FD_READ );
        ok_call( send( client, "def", 3, 0 ), 3, 0 );
        check_events( server, server_event, MASK, 0 );
        ok_call( recv( server, buffer, 2, 0 ), 2, 0 );
        check_events( server, server_event, MASK, FD_READ );
        ok_call( recv_all( server, buffer, 4 ), 4, 0 );
        check_events( server, server_event, MASK, 0 );
        winetest_pop_context();
    }

    /* FD_WRITE comes again after WSAEWOULDBLOCK, when there is room */
    count = fill_send_buffer( client );
    check_events( client, client_event, MASK, 0 );
    ok_call( drain( server, count ), count, 0 );
    check_events( client, client_event, MASK, FD_WRITE );
    ok_call( send( client, "abc", 3, 0 ), 3, 0 );
    check_events( client, client_event, MASK, 0 );
    wait_readable( server, 1000 );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 3, 0 );
    WSAEnumNetworkEvents( server, server_event, &events );

    closesocket( client );
    check_events( server, server_event, MASK, FD_CLOSE );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 0, 0 );

    /* an end to it, and blocking mode is possible again */
    ok_success( WSAEventSelect( server, NULL, 0 ) );
    ok_success( ioctlsocket( server, FIONBIO, &blocking ) );
    closesocket( server );
    closesocket( listener );
    WSACloseEvent( listen_event );
    WSACloseEvent( client_event );
    WSACloseEvent( server_event );
    winetest_pop_context();
}

static void test_datagram( int family )
{
    HANDLE event = WSACreateEvent();
    char buffer[8];
    SOCKET a, b;
    int i;

    winetest_push_context( "%s", family_name( family ) );
    udp_pair( family, &a, &b );
    ok_success( WSAEventSelect( b, event, FD_READ | FD_WRITE ) );
    check_events( b, event, FD_READ | FD_WRITE, FD_WRITE );
    for (i = 0; i < 3; i++)
    {
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        ok_call( send( a, "def", 3, 0 ), 3, 0 );
        check_events( b, event, FD_READ | FD_WRITE, FD_READ );
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
        check_events( b, event, FD_READ | FD_WRITE, FD_READ );
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
        check_events( b, event, FD_READ | FD_WRITE, 0 );
    }
    closesocket( a );
    closesocket( b );
    WSACloseEvent( event );
    winetest_pop_context();
}

/* FD_CONNECT's error */
static void test_refused( void )
{
    HANDLE event = WSACreateEvent();
    WSANETWORKEVENTS events;
    SOCKET s, holder = tcp_socket( AF_INET );
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );

    ok_success( bind( holder, &addr.any, len ) );
    ok_success( getsockname( holder, &addr.any, &len ) );
    s = tcp_socket( AF_INET );
    ok_success( WSAEventSelect( s, event, FD_CONNECT ) );
    ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
    ok( !WaitForSingleObject( event, 2000 ), "the event isn't signalled\n" );
    ok_success( WSAEnumNetworkEvents( s, event, &events ) );
    ok( events.lNetworkEvents == FD_CONNECT && events.iErrorCode[FD_CONNECT_BIT] == WSAECONNREFUSED,
        "got %lx, error %d\n", events.lNetworkEvents, events.iErrorCode[FD_CONNECT_BIT] );
    closesocket( s );
    closesocket( holder );
    WSACloseEvent( event );
}

static void test_errors( void )
{
    WSANETWORKEVENTS events;
    SOCKET s = tcp_socket( AF_INET );

    ok_docs_error( WSAEventSelect( s, NULL, FD_READ ), WSAEINVAL );
    ok_docs_error( WSAEventSelect( s, (HANDLE)(ULONG_PTR)0xdead, FD_READ ), WSAEINVAL );
    ok_docs_error( WSAEnumNetworkEvents( s, NULL, NULL ), WSAEFAULT );
    ok_success( WSAEnumNetworkEvents( s, NULL, &events ) );
    closesocket( s );
    ok( !WSACloseEvent( WSA_INVALID_EVENT ) && WSAGetLastError() == WSA_INVALID_HANDLE, "got error %d\n",
        WSAGetLastError() );
}

static LPARAM next_message( HWND window, SOCKET s, DWORD time )
{
    DWORD start = GetTickCount();
    MSG msg;

    do
    {
        if (PeekMessageA( &msg, window, WM_USER, WM_USER, PM_REMOVE ))
        {
            ok( msg.wParam == s, "got socket %Ix\n", msg.wParam );
            return msg.lParam;
        }
        Sleep( 5 );
    } while (GetTickCount() - start < time);
    return 0;
}

static void test_window( void )
{
    HWND window = CreateWindowA( "static", "test", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL );
    char buffer[8];
    LPARAM param;
    SOCKET a, b;

    if (!window)
    {
        skip( "no windows here: %lu\n", GetLastError() );
        return;
    }
    tcp_socketpair( &a, &b );
    ok_success( WSAAsyncSelect( b, window, WM_USER, FD_READ | FD_CLOSE ) );
    ok( !next_message( window, b, 30 ), "there is a message\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    param = next_message( window, b, 1000 );
    ok( WSAGETSELECTEVENT( param ) == FD_READ && !WSAGETSELECTERROR( param ), "got %Ix\n", param );
    ok_call( recv( b, buffer, 2, 0 ), 2, 0 );
    param = next_message( window, b, 1000 );
    ok( WSAGETSELECTEVENT( param ) == FD_READ, "got %Ix\n", param );
    ok_call( recv( b, buffer, 2, 0 ), 1, 0 );
    ok( !next_message( window, b, 30 ), "there is a message\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    param = next_message( window, b, 1000 );
    ok( WSAGETSELECTEVENT( param ) == FD_READ, "got %Ix\n", param );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( a );
    param = next_message( window, b, 1000 );
    ok( WSAGETSELECTEVENT( param ) == FD_CLOSE, "got %Ix\n", param );
    ok_success( WSAAsyncSelect( b, window, 0, 0 ) );
    closesocket( b );
    DestroyWindow( window );
}

START_TEST( event )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_stream( families[i] );
        test_datagram( families[i] );
    }
    test_refused();
    test_errors();
    test_window();
    stop_winsock();
}
