/*
 * WSAEventSelect beside the data: when each FD_* event is recorded, enabled again, and by what
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the page "WSAEventSelect function": its table of enabling calls, and its list of what is noticed when.
 */

#include "event_select.h"

/* What has been reported isn't reported again to the same socket's next selection; what comes meanwhile is. */
static void test_again( void )
{
    char buffer[8];
    SOCKET a, b;

    begin( &a, &b, FD_READ | FD_WRITE );
    select_events( b, FD_READ | FD_WRITE );
    ok_events( b, 0 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_events( b, FD_READ );
    select_events( b, FD_READ | FD_WRITE );
    ok_events( b, 0 );
    select_events( b, 0 );
    select_events( b, FD_READ );
    ok_events( b, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_events( b, 0 );

    /* a selection that has ended reports nothing; what arrived meanwhile is reported to the next */
    ok_success( WSAEventSelect( b, NULL, 0 ) );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "no data\n" );
    ok_events( b, 0 );
    select_events( b, FD_READ | FD_CLOSE );
    ok_events( b, FD_READ );
    end( a, b );
}

/* Events that were recorded but not enumerated are reported to the new selection. */
static void test_not_taken( void )
{
    HANDLE second = WSACreateEvent();
    WSANETWORKEVENTS events;
    SOCKET a, b;

    begin( &a, &b, FD_READ | FD_CLOSE );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( !WaitForSingleObject( event, 2000 ), "no event\n" );
    ok_success( WSAEventSelect( b, second, FD_READ | FD_WRITE | FD_CLOSE ) );
    ok( !WaitForSingleObject( second, 2000 ), "no event\n" );
    ok_success( WSAEnumNetworkEvents( b, second, &events ) );
    ok( events.lNetworkEvents == ( FD_READ | FD_WRITE ), "got events %lx\n", events.lNetworkEvents );
    /* the first one has nothing to do with it any more */
    ResetEvent( event );
    ok_call( recv( b, (char *)&events, 3, 0 ), 3, 0 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( !WaitForSingleObject( second, 2000 ), "no event\n" );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "the first event is signalled\n" );
    end( a, b );
    WSACloseEvent( second );
}

/* FD_CLOSE comes when all data has been received, and reports how the connection ended. */
static void test_close( long mask, BOOL reset )
{
    struct linger linger = { 1, 0 };
    char buffer[8];
    SOCKET a, b;

    winetest_push_context( "mask %lx, %s", mask, reset ? "reset" : "closed" );
    begin( &a, &b, mask );
    close_error = -1;
    if (reset)
    {
        setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
        closesocket( a );
        ok_events( b, FD_CLOSE );
        ok_unless_afd( close_error == WSAECONNABORTED, "got error %d\n", close_error );
        ok_docs_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAECONNRESET );
        ok_events( b, 0 );
    }
    else
    {
        ok_call( send( a, "abcdef", 6, 0 ), 6, 0 );
        ok_events( b, mask & FD_READ );
        closesocket( a );
        ok_events( b, 0 );
        ok_call( recv( b, buffer, 3, 0 ), 3, 0 );
        ok_events( b, mask & FD_READ );
        ok_call( recv( b, buffer, 3, 0 ), 3, 0 );
        ok_events( b, FD_CLOSE );
        ok( !close_error, "got error %d\n", close_error );
        ok_call( recv( b, buffer, 3, 0 ), 0, 0 );
        ok_events( b, 0 );
        select_events( b, mask );
        ok_events( b, 0 );
    }
    end( INVALID_SOCKET, b );
    winetest_pop_context();
}

/* FD_OOB has a life of its own. */
static void test_oob( void )
{
    char buffer[8];
    SOCKET a, b;

    begin( &a, &b, FD_READ | FD_OOB );
    ok_call( send( a, "x", 1, MSG_OOB ), 1, 0 );
    ok_events( b, FD_OOB );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_events( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), MSG_OOB ), 1, 0 );
    ok_events( b, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_call( send( a, "y", 1, MSG_OOB ), 1, 0 );
    ok_events( b, FD_OOB );
    end( a, b );
}

/* FD_CONNECT is reported once for each connection, however it was made. */
static void test_connect( void )
{
    SOCKET s, accepted, listener;
    WSANETWORKEVENTS events;
    union address addr;
    int len, blocking;

    listener = tcp_listener( AF_INET, &addr, &len );
    for (blocking = 0; blocking < 3; blocking++)
    {
        winetest_push_context( "%d", blocking );
        ResetEvent( event );
        s = tcp_socket( AF_INET );
        if (!blocking) select_events( s, ALL );
        if (blocking == 2) set_blocking( s, FALSE );
        if (blocking == 1) ok_success( connect( s, &addr.any, len ) );
        else ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
        if (blocking == 2) Sleep( 50 );
        if (blocking) select_events( s, ALL );
        ok_events( s, FD_CONNECT | FD_WRITE );
        /* 8.0 may set it for each of the two */
        WSAEnumNetworkEvents( s, event, &events );
        select_events( s, ALL );
        ok_events( s, 0 );
        accepted = accept( listener, NULL, NULL );
        ok_call( send( accepted, "abc", 3, 0 ), 3, 0 );
        ok_events( s, FD_READ );
        closesocket( accepted );
        closesocket( s );
        winetest_pop_context();
    }
    closesocket( listener );
}

/* An accepted socket has its listener's selection, until it gets its own. */
static void test_inherited( void )
{
    SOCKET s, accepted, listener;
    union address addr;
    char buffer[8];
    int len, i;

    listener = tcp_listener( AF_INET, &addr, &len );
    select_events( listener, ALL );
    s = tcp_socket( AF_INET );
    ok_success( connect( s, &addr.any, len ) );
    ok_events( listener, FD_ACCEPT );
    accepted = accept( listener, NULL, NULL );
    ok_events( accepted, FD_WRITE );
    for (i = 0; i < 3; i++)
    {
        ok_call( send( s, "abc", 3, 0 ), 3, 0 );
        ok_events( accepted, FD_READ );
        ok_call( recv( accepted, buffer, sizeof( buffer ), 0 ), 3, 0 );
        ok_events( accepted, 0 );
    }
    closesocket( s );
    ok_events( accepted, FD_CLOSE );
    closesocket( accepted );
    /* the listener's go on */
    s = tcp_socket( AF_INET );
    ok_success( connect( s, &addr.any, len ) );
    ok_events( listener, FD_ACCEPT );
    closesocket( s );
    closesocket( listener );
}

/* A receive that waits has the data: there is none for FD_READ. */
static void test_overlapped( void )
{
    OVERLAPPED ov = { .hEvent = WSACreateEvent() };
    DWORD count, flags = 0;
    char buffer[4];
    WSABUF wsabuf = { 3, buffer };
    SOCKET a, b;

    begin( &a, &b, FD_READ );
    ok_error( WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( WSAGetOverlappedResult( b, &ov, &count, TRUE, &flags ) && count == 3, "got %lu bytes, error %d\n", count,
        WSAGetLastError() );
    ok_events( b, 0 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_events( b, FD_READ );
    end( a, b );
    WSACloseEvent( ov.hEvent );
}

/* A look doesn't take the data, but enables as a receive does. */
static void test_peek( void )
{
    char buffer[4];
    SOCKET a, b;

    begin( &a, &b, FD_READ );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_events( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), MSG_PEEK ), 3, 0 );
    ok_events( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_events( b, 0 );
    end( a, b );
}

/* An event that its owner closes signals nobody, whatever its handle is by then. */
static void test_closed_event( void )
{
    HANDLE first = WSACreateEvent(), other = NULL, handles[64];
    unsigned int i, count = 0;
    char buffer[4];
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_success( WSAEventSelect( b, first, FD_READ ) );
    WSACloseEvent( first );
    while (count < ARRAY_SIZE( handles ) && !other)
        if (( handles[count++] = WSACreateEvent() ) == first) other = first;
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "no data\n" );
    Sleep( 20 );
    if (other) ok( WaitForSingleObject( other, 0 ) == WAIT_TIMEOUT, "another event is signalled\n" );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    /* and the handle's new object is as good as any */
    if (other)
    {
        ok_success( WSAEventSelect( b, other, FD_READ ) );
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        ok( !WaitForSingleObject( other, 2000 ), "no event\n" );
    }
    for (i = 0; i < count; i++) WSACloseEvent( handles[i] );
    end( a, b );
}

/* Every call that receives enables FD_READ again, every one that would block when it sends FD_WRITE. */
START_TEST( event_select )
{
    start_winsock();
    event = WSACreateEvent();
    test_again();
    test_not_taken();
    test_close( FD_READ | FD_CLOSE, FALSE );
    test_close( FD_CLOSE, FALSE );
    test_close( FD_READ | FD_CLOSE, TRUE );
    test_close( FD_CLOSE, TRUE );
    test_oob();
    test_connect();
    test_inherited();
    test_overlapped();
    test_peek();
    test_closed_event();
    WSACloseEvent( event );
    stop_winsock();
}
