/*
 * Signals that come late: for what the program knows already
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The thread that has begun an operation sees its status and its event change together (page "Synchronization and
 * Overlapped Input and Output"), so it may use both again at once.
 */

#include "sockets.h"

static char buffer[2];
static OVERLAPPED ov;

static void spin_until_done( void )
{
    DWORD start = GetTickCount();

    while (is_pending( &ov ))
    {
        if (GetTickCount() - start < 10000) continue;
        ok( 0, "a receive doesn't end\n" );
        break;
    }
}

/* What the event is used for once the status has been seen. */
static BOOL again_receive( SOCKET s )
{
    int ret = begin_recv( s, buffer, 1, &ov, NULL );

    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    return TRUE;
}

static BOOL again_reset( SOCKET s )
{
    (void)s;
    ok( ResetEvent( ov.hEvent ), "failed: %lu\n", GetLastError() );
    return FALSE;
}

static BOOL again_read( SOCKET s )
{
    ok( !ReadFile( (HANDLE)s, buffer, 1, NULL, &ov ) && GetLastError() == ERROR_IO_PENDING, "got error %lu\n",
        GetLastError() );
    return TRUE;
}

static const struct
{
    const char *name;
    BOOL ( *call )( SOCKET s ); /* returns whether it is pending now */
} uses[] = { { "WSARecv", again_receive }, { "ResetEvent", again_reset }, { "ReadFile", again_read } };

static void test_used_again( BOOL manual, int use )
{
    enum
    {
        ROUNDS = 500
    };
    int i, late = 0;
    BOOL pends = FALSE;
    SOCKET a, b;

    winetest_push_context( "%s, %s", uses[use].name, manual ? "manual reset" : "automatic reset" );
    tcp_socketpair( &a, &b );
    memset( &ov, 0, sizeof( ov ) );
    ov.hEvent = CreateEventW( NULL, manual, FALSE, NULL );
    for (i = 0; i < ROUNDS; i++)
    {
        if (!pends) again_receive( b );
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        spin_until_done();
        pends = uses[use].call( b );
        late += !WaitForSingleObject( ov.hEvent, 0 );
    }
    ok( !late, "%d of %d times the event was set late\n", late, ROUNDS );
    closesocket( a );
    if (pends) ok( !WaitForSingleObject( ov.hEvent, 3000 ), "the last one doesn't end\n" );
    closesocket( b );
    CloseHandle( ov.hEvent );
    winetest_pop_context();
}

/* The event of WSAEventSelect isn't set any more for what WSAEnumNetworkEvents has reported. */
static void test_enumerated( void )
{
    enum
    {
        ROUNDS = 150
    };
    int i, len, late = 0, none = 0;
    union address addr;
    SOCKET listener = tcp_listener( AF_INET, &addr, &len ), s;
    WSANETWORKEVENTS events;
    long seen;

    for (i = 0; i < ROUNDS; i++)
    {
        HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );

        s = tcp_socket( AF_INET );
        ok_success( WSAEventSelect( s, event, FD_CONNECT | FD_WRITE | FD_READ | FD_CLOSE ) );
        connect( s, &addr.any, len );
        for (seen = 0; seen != ( FD_CONNECT | FD_WRITE );)
        {
            if (WaitForSingleObject( event, 10000 ))
            {
                none++;
                break;
            }
            ok_success( WSAEnumNetworkEvents( s, event, &events ) );
            if (!events.lNetworkEvents) late++;
            seen |= events.lNetworkEvents;
        }
        if (!WaitForSingleObject( event, 0 )) late++;
        closesocket( accept( listener, NULL, NULL ) );
        closesocket( s );
        CloseHandle( event );
    }
    ok( !none, "%d of %d times the events didn't come\n", none, ROUNDS );
    /* on Wine 8.0 the event is reset before the server is asked, and may be set in between */
    ok_unless_afd( !late, "%d of %d times the event was set for no event\n", late, ROUNDS );
    closesocket( listener );
}

START_TEST( event_late )
{
    int manual, use;

    start_winsock();
    for (manual = 0; manual < 2; manual++)
        for (use = 0; use < (int)ARRAY_SIZE( uses ); use++) test_used_again( manual, use );
    test_enumerated();
    stop_winsock();
}
