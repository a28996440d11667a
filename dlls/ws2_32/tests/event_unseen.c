/*
 * Waits by other means than kernel32's and Winsock's functions, for an event that WSAEnumNetworkEvents resets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After WSAEnumNetworkEvents no wait of any thread ends before the next event.
 */

#include "sockets.h"

static SOCKET a, b;
static HANDLE event, called;

static BOOL wait_message( DWORD timeout )
{
    return MsgWaitForMultipleObjects( 1, &event, FALSE, timeout, QS_ALLINPUT ) == WAIT_OBJECT_0;
}

static void CALLBACK registered( void *arg, BOOLEAN timed_out )
{
    *(BOOLEAN *)arg = timed_out;
    SetEvent( called );
}

static BOOL wait_registered( DWORD timeout )
{
    BOOLEAN timed_out = TRUE;
    HANDLE wait;

    ok( RegisterWaitForSingleObject( &wait, event, registered, &timed_out, timeout, WT_EXECUTEONLYONCE ),
        "got error %lu\n", GetLastError() );
    ok( !WaitForSingleObject( called, 10000 ), "no call\n" );
    UnregisterWaitEx( wait, INVALID_HANDLE_VALUE );
    return !timed_out;
}

static void CALLBACK pool_called( PTP_CALLBACK_INSTANCE instance, void *arg, PTP_WAIT wait, TP_WAIT_RESULT result )
{
    (void)instance;
    (void)wait;
    *(BOOLEAN *)arg = result == WAIT_TIMEOUT;
    SetEvent( called );
}

static BOOL wait_pool( DWORD timeout )
{
    BOOLEAN timed_out = TRUE;
    PTP_WAIT wait = CreateThreadpoolWait( pool_called, &timed_out, NULL );
    ULARGE_INTEGER ticks = { .QuadPart = -(LONGLONG)timeout * 10000 };
    FILETIME time = { ticks.LowPart, ticks.HighPart };

    SetThreadpoolWait( wait, event, &time );
    ok( !WaitForSingleObject( called, 10000 ), "no call\n" );
    WaitForThreadpoolWaitCallbacks( wait, FALSE );
    CloseThreadpoolWait( wait );
    return !timed_out;
}

static const struct
{
    const char *name;
    BOOL ( *wait )( DWORD timeout );
} ways[] = {
    { "MsgWaitForMultipleObjects", wait_message },
    { "RegisterWaitForSingleObject", wait_registered },
    { "SetThreadpoolWait", wait_pool },
};

static void take_event( void )
{
    WSANETWORKEVENTS events;
    char data[8];

    ok_success( WSAEnumNetworkEvents( b, event, &events ) );
    ok( events.lNetworkEvents == FD_READ, "got %lx\n", events.lNetworkEvents );
    ok_call( recv( b, data, sizeof( data ), 0 ), 1, 0 );
}

/* Seen by the process's own waits before, as a program has it that waits in several ways. */
static void use_event( BOOL wait )
{
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    wait_set( event );
    if (wait) ok( !WaitForSingleObject( event, 10000 ), "not signalled\n" );
    take_event();
}

START_TEST( event_unseen )
{
    unsigned int i, round;

    start_winsock();
    event = CreateEventW( NULL, TRUE, FALSE, NULL );
    called = CreateEventW( NULL, FALSE, FALSE, NULL );
    tcp_socketpair( &a, &b );
    ok_success( WSAEventSelect( b, event, FD_READ | FD_CLOSE ) );
    for (i = 0; i < ARRAY_SIZE( ways ); i++)
    {
        winetest_push_context( "%s", ways[i].name );
        for (round = 0; round < 20; round++)
        {
            use_event( round % 4 != 0 );
            ok( !ways[i].wait( 1 ), "round %u: signalled after the reset\n", round );
            ok_call( send( a, "x", 1, 0 ), 1, 0 );
            ok( ways[i].wait( 10000 ), "round %u: not signalled\n", round );
            ok( WaitForSingleObject( event, 0 ) == WAIT_OBJECT_0, "round %u: not signalled any more\n", round );
            take_event();
        }
        winetest_pop_context();
    }
    closesocket( a );
    closesocket( b );
    CloseHandle( called );
    CloseHandle( event );
    stop_winsock();
}
