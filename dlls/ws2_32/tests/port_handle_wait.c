/*
 * Waiting for the handle of a completion port, then taking packets with time-out 0
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define ROUNDS   12
#define SETTLED  6   /* a way of waiting that no hook sees may need some rounds */
#define QUICK_MS 100 /* for the best of the later rounds, so that a busy machine is no failure */

static HANDLE port, quit, port_ready;
static SOCKET a, b; /* b is associated */
static char data[16];

static DWORD wait_single( void )
{
    return WaitForSingleObject( port, 5000 );
}

static DWORD wait_single_alertable( void )
{
    return WaitForSingleObjectEx( port, 5000, TRUE );
}

static DWORD wait_multiple( void )
{
    HANDLE handles[2] = { port, quit };

    return WaitForMultipleObjects( 2, handles, FALSE, 5000 );
}

static DWORD wait_multiple_second( void )
{
    HANDLE handles[2] = { quit, port };
    DWORD ret = WaitForMultipleObjects( 2, handles, FALSE, 5000 );

    return ret == WAIT_OBJECT_0 + 1 ? WAIT_OBJECT_0 : ret;
}

static DWORD wait_multiple_alertable( void )
{
    HANDLE handles[2] = { port, quit };

    return WaitForMultipleObjectsEx( 2, handles, FALSE, 5000, TRUE );
}

static DWORD wait_signal( void )
{
    HANDLE event = CreateEventA( NULL, FALSE, FALSE, NULL );
    DWORD ret = SignalObjectAndWait( event, port, 5000, FALSE );

    CloseHandle( event );
    return ret;
}

static DWORD wait_messages( void )
{
    HANDLE handles[2] = { port, quit };

    return MsgWaitForMultipleObjects( 2, handles, FALSE, 5000, QS_ALLINPUT );
}

static void CALLBACK port_signalled( void *arg, BOOLEAN timed_out )
{
    SetEvent( timed_out ? quit : arg );
}

static DWORD wait_registered( void )
{
    HANDLE handles[2] = { port_ready, quit }, wait;
    DWORD ret;

    if (!RegisterWaitForSingleObject( &wait, port, port_signalled, port_ready, 5000, WT_EXECUTEONLYONCE ))
        return WAIT_FAILED;
    ret = WaitForMultipleObjects( 2, handles, FALSE, 6000 );
    UnregisterWaitEx( wait, INVALID_HANDLE_VALUE );
    return ret;
}

static const struct
{
    const char *name;
    DWORD ( *wait )( void );
} ways[] = {
    { "WaitForSingleObject", wait_single },
    { "WaitForSingleObjectEx", wait_single_alertable },
    { "WaitForMultipleObjects", wait_multiple },
    { "WaitForMultipleObjects, second", wait_multiple_second },
    { "WaitForMultipleObjectsEx", wait_multiple_alertable },
    { "SignalObjectAndWait", wait_signal },
    { "MsgWaitForMultipleObjects", wait_messages },
    { "RegisterWaitForSingleObject", wait_registered },
};

static BOOL take( DWORD timeout, ULONG_PTR *key )
{
    OVERLAPPED *ov;
    DWORD count;

    return GetQueuedCompletionStatus( port, &count, key, &ov, timeout );
}

/* polled: the program has asked for packets before, so a port that is served in the process is so by now */
static void test_way( unsigned int way, BOOL polled )
{
    LARGE_INTEGER start, end, frequency;
    unsigned int i, receives;
    double ms, best = 1e9;
    OVERLAPPED ov;
    ULONG_PTR key;
    DWORD ret;

    QueryPerformanceFrequency( &frequency );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    port = CreateIoCompletionPort( (HANDLE)b, NULL, 7, 0 );
    if (polled) ok( !take( 0, &key ), "%s: a packet\n", ways[way].name );
    for (i = 0; i < ROUNDS; i++)
    {
        WSABUF wsabuf = { sizeof( data ), data };
        DWORD flags = 0;

        receives = i % 3; /* else a packet of the program's */
        memset( &ov, 0, sizeof( ov ) );
        QueryPerformanceCounter( &start );
        if (!receives) PostQueuedCompletionStatus( port, 1, 8, NULL );
        else
        {
            if (receives == 2) send( a, "x", 1, 0 );
            WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, NULL );
            if (receives == 1) send( a, "x", 1, 0 );
        }
        do ret = ways[way].wait();
        while (!ret && !take( 0, &key ));
        QueryPerformanceCounter( &end );
        ok( !ret, "%s, round %u: wait %lu\n", ways[way].name, i, ret );
        if (ret) ok( take( 5000, &key ), "%s, round %u: no packet at all\n", ways[way].name, i );
        ok( key == ( receives ? 7 : 8 ), "%s, round %u: key %u\n", ways[way].name, i, (UINT)key );
        ok( !take( 0, &key ), "%s, round %u: another packet\n", ways[way].name, i );
        ms = ( end.QuadPart - start.QuadPart ) * 1e3 / frequency.QuadPart;
        if (i >= SETTLED) best = min( best, ms );
    }
    ok( best < QUICK_MS, "%s: %.1f ms a round at best\n", ways[way].name, best );
    ret = WaitForSingleObject( port, 0 );
    ok( ret == WAIT_TIMEOUT, "%s: an empty port is signalled (%lu)\n", ways[way].name, ret );
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
}

/* Packets that were there before the first wait for the handle stay in order. */
static void test_order( unsigned int way )
{
    ULONG_PTR key = 0;
    UINT i, posted = 0;
    DWORD ret;

    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    port = CreateIoCompletionPort( (HANDLE)b, NULL, 7, 0 );
    take( 0, &key );
    while (posted < 100) PostQueuedCompletionStatus( port, 1, posted++, NULL );
    for (i = 0; i < 100;)
    {
        ret = ways[way].wait();
        ok( !ret, "%s, packet %u: wait %lu\n", ways[way].name, i, ret );
        PostQueuedCompletionStatus( port, 1, posted++, NULL );
        if (!take( 0, &key )) continue;
        ok( key == i, "%s, packet %u: key %u\n", ways[way].name, i, (UINT)key );
        i++;
    }
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
}

START_TEST( port_handle_wait )
{
    unsigned int i;

    start_winsock();
    quit = CreateEventA( NULL, TRUE, FALSE, NULL );
    port_ready = CreateEventA( NULL, FALSE, FALSE, NULL );
    for (i = 0; i < ARRAY_SIZE( ways ); i++)
    {
        test_way( i, FALSE );
        test_way( i, TRUE );
        test_order( i );
    }
    CloseHandle( quit );
    CloseHandle( port_ready );
    stop_winsock();
}
