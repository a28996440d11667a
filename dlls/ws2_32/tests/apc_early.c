/*
 * APCs that are queued to a thread before it has called Winsock
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Its first call that blocks is alertable like any other (page "recv function"): it runs them.
 */

#include "sockets.h"

static SOCKET a, b;
static HANDLE gate;
static int ran;

static void CALLBACK send_apc( ULONG_PTR byte )
{
    char data = byte;

    ran++;
    ok_call( send( b, &data, 1, 0 ), 1, 0 );
}

static DWORD WINAPI call_recv( void *arg )
{
    char data = 0;

    WaitForSingleObject( gate, 10000 ); /* not alertable */
    ok_call( recv( a, &data, 1, 0 ), 1, 0 );
    ok( data == 'x', "got %02x\n", data );
    return (DWORD_PTR)arg;
}

static DWORD WINAPI call_wsarecv( void *arg )
{
    DWORD count = 0, flags = 0;
    char data = 0;
    WSABUF buffer = { 1, &data };

    WaitForSingleObject( gate, 10000 );
    ok_call( WSARecv( a, &buffer, 1, &count, &flags, NULL, NULL ), 0, 0 );
    ok( count == 1 && data == 'x', "got %lu, %02x\n", count, data );
    return (DWORD_PTR)arg;
}

static DWORD WINAPI call_select( void *arg )
{
    struct timeval timeout = { 10, 0 };
    fd_set set;

    WaitForSingleObject( gate, 10000 );
    FD_ZERO( &set );
    FD_SET( a, &set );
    ok_call( select( 0, &set, NULL, NULL, &timeout ), 1, 0 );
    return (DWORD_PTR)arg;
}

static void test_call( const char *name, LPTHREAD_START_ROUTINE call, BOOL suspended )
{
    HANDLE thread;

    winetest_push_context( "%s, %s", name, suspended ? "before the thread runs" : "while it waits" );
    tcp_socketpair( &a, &b );
    set_timeout( a, 5000 );
    ran = 0;
    gate = CreateEventW( NULL, TRUE, FALSE, NULL );
    thread = CreateThread( NULL, 0, call, NULL, suspended ? CREATE_SUSPENDED : 0, NULL );
    if (!suspended) Sleep( 50 );
    ok( QueueUserAPC( send_apc, thread, 'x' ), "not queued\n" );
    if (suspended) ResumeThread( thread );
    Sleep( 20 );
    SetEvent( gate );
    ok( !WaitForSingleObject( thread, 20000 ), "it hasn't ended\n" );
    ok( ran == 1, "the APC ran %d times\n", ran );
    CloseHandle( thread );
    CloseHandle( gate );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

START_TEST( apc_early )
{
    int suspended;

    start_winsock();
    for (suspended = 0; suspended < 2; suspended++)
    {
        test_call( "recv", call_recv, suspended );
        test_call( "WSARecv", call_wsarecv, suspended );
        test_call( "select", call_select, suspended );
    }
    stop_winsock();
}
