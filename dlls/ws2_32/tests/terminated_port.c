/*
 * Threads that wait for a port and are suspended and terminated: others get what comes
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define WAITERS 3
#define ROUNDS  100

static HANDLE port;
static volatile LONG packets;
static HANDLE begun;

static DWORD WINAPI wait_plain( void *arg )
{
    OVERLAPPED *ov = NULL;
    ULONG_PTR key;
    DWORD n;

    (void)arg;
    SetEvent( begun );
    for (;; ov = NULL)
    {
        GetQueuedCompletionStatus( port, &n, &key, &ov, INFINITE );
        if (ov) InterlockedIncrement( &packets );
    }
    return 0;
}

static DWORD WINAPI wait_alertable( void *arg )
{
    OVERLAPPED_ENTRY entries[4];
    ULONG n;

    (void)arg;
    SetEvent( begun );
    for (;;)
        if (GetQueuedCompletionStatusEx( port, entries, 4, &n, INFINITE, TRUE )) InterlockedExchangeAdd( &packets, n );
    return 0;
}

enum how
{
    SUSPEND_NEVER,
    SUSPEND_ALWAYS,
    SUSPEND_OFTEN
};

static volatile LONG round_now;

/* Not terminated with the loader's lock. */
static HANDLE begin_thread( LPTHREAD_START_ROUTINE func )
{
    HANDLE thread = CreateThread( NULL, 0, func, NULL, 0, NULL );

    ok( !WaitForSingleObject( begun, 5000 ), "it doesn't begin\n" );
    return thread;
}

/* Ends the test: nothing else would. */
static DWORD WINAPI guard( void *over )
{
    LONG last = -1;

    while (WaitForSingleObject( over, 10000 ))
    {
        if (round_now == last)
        {
            ok( 0, "round %ld doesn't end\n", last );
            ExitProcess( 1 );
        }
        last = round_now;
    }
    return 0;
}

static BOOL wait_packets( LONG count )
{
    unsigned int i;

    for (i = 0; i < 3000 && packets < count; i++) Sleep( i > 20 );
    return packets >= count;
}

/* A packet may be lost with the thread that is about to count it; so those that come when it is gone are counted. */
static void test_waiters( LPTHREAD_START_ROUTINE func, enum how how, const char *name )
{
    HANDLE threads[WAITERS], over = CreateEventW( NULL, TRUE, FALSE, NULL ), watcher;
    unsigned int i, seed = 1, which;
    SOCKET a, b;
    DWORD flags;
    char data;
    WSABUF wsabuf = { 1, &data };
    OVERLAPPED ov, posted;
    LONG before;

    winetest_push_context( "%s %d", name, how );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    port = CreateIoCompletionPort( (HANDLE)b, NULL, 1, 0 );
    round_now = 0;
    watcher = CreateThread( NULL, 0, guard, over, 0, NULL );
    for (i = 0; i < WAITERS; i++) threads[i] = begin_thread( func );
    for (i = 0; i < ROUNDS; i++, InterlockedIncrement( &round_now ))
    {
        seed = seed * 1103515245 + 12345;
        which = ( seed >> 8 ) % WAITERS;
        memset( &ov, 0, sizeof( ov ) );
        flags = 0;
        WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, NULL );
        if (seed & 0x200000) PostQueuedCompletionStatus( port, 0, 2, &posted ); /* it may be busy */
        if (how == SUSPEND_ALWAYS || ( how == SUSPEND_OFTEN && seed & 0x10000 ))
            ok( !SuspendThread( threads[which] ), "error %lu\n", GetLastError() );
        if (seed & 0x100000) Sleep( 1 );
        ok( TerminateThread( threads[which], 0 ), "error %lu\n", GetLastError() );
        ok( !WaitForSingleObject( threads[which], 3000 ), "%u: it doesn't end\n", i );
        CloseHandle( threads[which] );
        Sleep( 1 ); /* what was posted is taken */
        before = packets;
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        if (!wait_packets( before + 1 ))
        {
            ok( 0, "%u: nobody gets the packet\n", i );
            break;
        }
        threads[which] = begin_thread( func );
    }
    for (i = 0; i < WAITERS; i++)
    {
        TerminateThread( threads[i], 0 );
        CloseHandle( threads[i] );
    }
    SetEvent( over );
    WaitForSingleObject( watcher, INFINITE );
    CloseHandle( watcher );
    CloseHandle( over );
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
    winetest_pop_context();
}

START_TEST( terminated_port )
{
    enum how how;

    start_winsock();
    begun = CreateEventW( NULL, FALSE, FALSE, NULL );
    for (how = SUSPEND_NEVER; how <= SUSPEND_OFTEN; how++)
    {
        test_waiters( wait_plain, how, "GetQueuedCompletionStatus" );
        test_waiters( wait_alertable, how, "GetQueuedCompletionStatusEx" );
    }
    stop_winsock();
}
