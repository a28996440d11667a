/*
 * What is reported only once
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "WSAEventSelect function", "WSAEnumNetworkEvents function" and "WSAAsyncSelect function", and what
 * Windows does where they are silent.
 */

#include "sockets.h"

#define SELECT_MESSAGE ( WM_USER + 9 )
#define ALL            ( FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE )
#define MARK           ( (int)0xabababab )

static HANDLE event;
static HWND window;

/* Only the errors of the events that have come are written, and nothing when the call fails. */
static void test_untouched( void )
{
    WSANETWORKEVENTS events;
    int round, i;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_success( WSAEventSelect( b, event, FD_READ | FD_WRITE ) );
    for (round = 0; round < 3; round++)
    {
        memset( &events, 0xab, sizeof( events ) );
        ok_success( WSAEnumNetworkEvents( b, round == 1 ? NULL : event, &events ) );
        ok( events.lNetworkEvents == ( round ? 0 : FD_WRITE ), "%d: got %lx\n", round, events.lNetworkEvents );
        for (i = 0; i < FD_MAX_EVENTS; i++)
            ok( events.iErrorCode[i] == ( events.lNetworkEvents & 1 << i ? 0 : MARK ), "%d: error %d is %x\n", round, i,
                events.iErrorCode[i] );
    }
    closesocket( a );
    closesocket( b );
    memset( &events, 0xab, sizeof( events ) );
    ok_error( WSAEnumNetworkEvents( b, event, &events ), WSAENOTSOCK );
    ok( events.lNetworkEvents == MARK && events.iErrorCode[0] == MARK, "a failed call has written\n" );
}

/* Steps: s sends 10 bytes, r receives 5, a all, n receives though nothing is there; e takes the events, E the same with
 * FD_READ among them; S selects again, 0 ends the selection. */
static const struct
{
    const char *steps;
    long expect; /* in the end */
} taken[] = {
    { "sa", 0 },        { "srr", 0 },   { "sErr", 0 },     { "sErrn", 0 },      { "sEr", FD_READ },
    { "sr", FD_READ },  { "sErEr", 0 }, { "ssra", 0 },     { "sErs", FD_READ }, { "sE", 0 },
    { "sES", 0 },       { "sE0S", 0 },  { "sS", FD_READ }, { "s0S", FD_READ },  { "sESr", FD_READ },
    { "0sS", FD_READ }, { "0saS", 0 },  { "sErES", 0 },
};

static long take( SOCKET s, DWORD timeout )
{
    WSANETWORKEVENTS events = { 0 };

    WaitForSingleObject( event, timeout );
    ok_success( WSAEnumNetworkEvents( s, event, &events ) );
    return events.lNetworkEvents;
}

static void test_taken( void )
{
    const char *step;
    unsigned int i;
    char data[20];
    SOCKET a, b;
    long got;

    for (i = 0; i < ARRAY_SIZE( taken ); i++)
    {
        winetest_push_context( "%s", taken[i].steps );
        tcp_socketpair( &a, &b );
        set_blocking( b, FALSE );
        ResetEvent( event );
        ok_success( WSAEventSelect( b, event, FD_READ | FD_CLOSE ) );
        for (step = taken[i].steps; *step; step++)
        {
            switch (*step)
            {
            case 's':
                ok_call( send( a, "0123456789", 10, 0 ), 10, 0 );
                ok( wait_readable( b, 2000 ), "no data\n" );
                break;
            case 'r': ok_call( recv( b, data, 5, 0 ), 5, 0 ); break;
            case 'a': ok( recv( b, data, sizeof( data ), 0 ) > 0, "nothing\n" ); break;
            case 'n': ok_error( recv( b, data, 5, 0 ), WSAEWOULDBLOCK ); break;
            case 'E':
                got = take( b, 2000 );
                ok( got == FD_READ, "got %lx\n", got );
                break;
            case 'S': ok_success( WSAEventSelect( b, event, FD_READ | FD_CLOSE ) ); break;
            case '0': ok_success( WSAEventSelect( b, NULL, 0 ) ); break;
            }
        }
        got = take( b, taken[i].expect ? 2000 : 10 );
        ok( got == taken[i].expect, "got %lx, expected %lx\n", got, taken[i].expect );
        closesocket( a );
        closesocket( b );
        winetest_pop_context();
    }
}

static long messages( SOCKET s )
{
    DWORD start = GetTickCount();
    long got = 0;
    MSG msg;

    while (GetTickCount() - start < 100)
    {
        if (!PeekMessageA( &msg, window, SELECT_MESSAGE, SELECT_MESSAGE, PM_REMOVE )) Sleep( 1 );
        else if (msg.wParam == s) got |= WSAGETSELECTEVENT( msg.lParam );
    }
    return got;
}

/* FD_CONNECT is for who selected it before the connection was made: MFC would call OnConnect again. */
static void test_connected( void )
{
    SOCKET s, accepted, listener;
    union address addr;
    int len, i;
    long got;

    listener = tcp_listener( AF_INET, &addr, &len );
    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "%s", i == 0 ? "connected, selected" : i == 1 ? "selected, connected" : "part, all" );
        s = tcp_socket( AF_INET );
        if (i) ok_success( WSAAsyncSelect( s, window, SELECT_MESSAGE, i == 1 ? ALL : FD_READ ) );
        connect( s, &addr.any, len );
        accepted = accept( listener, NULL, NULL );
        ok( accepted != INVALID_SOCKET, "no connection\n" );
        got = messages( s );
        if (i == 1)
            ok( ( got & ~FD_CLOSE ) == ( FD_CONNECT | FD_WRITE ), "got %lx\n", got ); /* 8.0: FD_CLOSE of none */
        ok_success( WSAAsyncSelect( s, window, SELECT_MESSAGE, ALL ) );
        got = messages( s );
        ok( got == FD_WRITE, "got %lx\n", got );
        ok_success( WSAAsyncSelect( s, window, SELECT_MESSAGE, ALL ) );
        got = messages( s );
        ok( got == FD_WRITE, "again: got %lx\n", got );
        closesocket( accepted );
        closesocket( s );
        winetest_pop_context();
    }
    closesocket( listener );
}

START_TEST( event_again )
{
    start_winsock();
    event = WSACreateEvent();
    window = CreateWindowA( "Static", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL );
    ok( window != NULL, "no window\n" );
    test_untouched();
    test_taken();
    test_connected();
    DestroyWindow( window );
    WSACloseEvent( event );
    stop_winsock();
}
