/*
 * Operations with an event and a completion port
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread that has waited for the event finds the operation's packet in the port, by a removal or a wait with
 * time-out 0, too. What it posts then, or what it completes by another operation, comes later.
 */

#include "sockets.h"

#define ROUNDS 400
#define SPINS  4 /* threads that keep the processors busy, so that others stand still anywhere */

static HANDLE port, spins[SPINS];
static volatile LONG stop;

static DWORD WINAPI spin( void *arg )
{
    while (!stop)
    {
    }
    return (DWORD_PTR)arg;
}

static void start_spins( void )
{
    int i;

    stop = 0;
    for (i = 0; i < SPINS; i++) spins[i] = CreateThread( NULL, 0, spin, NULL, 0, NULL );
}

static void end_spins( void )
{
    int i;

    stop = 1;
    WaitForMultipleObjects( SPINS, spins, TRUE, INFINITE );
    for (i = 0; i < SPINS; i++) CloseHandle( spins[i] );
}

static DWORD WINAPI consume( void *arg )
{
    ULONG_PTR *keys = arg, key;
    OVERLAPPED *ov;
    DWORD count;
    int i;

    for (i = 0; i < 2 * ROUNDS; i++)
    {
        keys[i] = 0;
        if (GetQueuedCompletionStatus( port, &count, &key, &ov, 10000 )) keys[i] = key;
        else break;
    }
    return 0;
}

static void post_by_program( SOCKET s )
{
    (void)s;
    ok( PostQueuedCompletionStatus( port, 0, 2, NULL ), "not posted\n" );
}

static void post_by_send( SOCKET s )
{
    static OVERLAPPED ov;
    static char byte = 'x';
    WSABUF buffer = { 1, &byte };
    DWORD count;

    ok( !WSASend( s, &buffer, 1, &count, 0, &ov, NULL ), "not sent\n" );
}

static HANDLE file;

static void post_by_file( SOCKET s )
{
    static OVERLAPPED ov;
    DWORD count;

    (void)s;
    memset( &ov, 0, sizeof( ov ) );
    ok( WriteFile( file, "x", 1, &count, &ov ) || GetLastError() == ERROR_IO_PENDING, "error %lu\n", GetLastError() );
    ok( wait_overlapped( &ov, 10000 ), "it doesn't end\n" );
}

/* Files make the port one whose packets the server posts, too. */
static HANDLE temporary_file( void )
{
    WCHAR path[MAX_PATH], folder[MAX_PATH];
    HANDLE ret;

    GetTempPathW( ARRAY_SIZE( folder ), folder );
    GetTempFileNameW( folder, L"wsu", 0, path );
    ret = CreateFileW( path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE,
                       NULL );
    ok( ret != INVALID_HANDLE_VALUE, "error %lu\n", GetLastError() );
    return ret;
}

static void test_order( const char *name, BOOL with_file, void ( *post )( SOCKET s ) )
{
    static ULONG_PTR keys[2 * ROUNDS];
    SOCKET a, b, c, d;
    HANDLE consumer;
    OVERLAPPED ov = { 0 };
    char data[1];
    int i, swapped = 0, missing = 0;

    winetest_push_context( "%s", name );
    tcp_socketpair( &a, &b );
    tcp_socketpair( &c, &d );
    port = CreateIoCompletionPort( (HANDLE)a, NULL, 1, 0 );
    CreateIoCompletionPort( (HANDLE)c, port, 2, 0 );
    if (with_file) CreateIoCompletionPort( file = temporary_file(), port, 2, 0 );
    start_spins();
    consumer = CreateThread( NULL, 0, consume, keys, 0, NULL );
    ov.hEvent = CreateEventW( NULL, FALSE, FALSE, NULL );
    for (i = 0; i < ROUNDS; i++)
    {
        ok( begin_recv( a, data, sizeof( data ), &ov, NULL ) == WSA_IO_PENDING, "round %d: it doesn't pend\n", i );
        send( b, "x", 1, 0 );
        if (WaitForSingleObject( ov.hEvent, 10000 )) break;
        post( c );
    }
    ok( i == ROUNDS, "round %d: no event\n", i );
    ok( !WaitForSingleObject( consumer, 20000 ), "packets are missing\n" );
    end_spins();
    for (i = 0; i < ROUNDS; i++)
    {
        missing += !keys[2 * i] || !keys[2 * i + 1];
        swapped += keys[2 * i] != 1 || keys[2 * i + 1] != 2;
    }
    ok( !missing && !swapped, "%d rounds out of order, %d without a packet\n", swapped, missing );
    CloseHandle( consumer );
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
    closesocket( c );
    closesocket( d );
    if (with_file) CloseHandle( file );
    CloseHandle( port );
    winetest_pop_context();
}

/* A socket on the port, and an event for its receives. */
static void begin_rounds( SOCKET *a, SOCKET *b, OVERLAPPED *ov )
{
    tcp_socketpair( a, b );
    port = CreateIoCompletionPort( (HANDLE)*a, NULL, 1, 0 );
    start_spins();
    ov->hEvent = CreateEventW( NULL, FALSE, FALSE, NULL );
}

static void end_rounds( SOCKET a, SOCKET b, const OVERLAPPED *ov )
{
    end_spins();
    CloseHandle( ov->hEvent );
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
}

/* Who takes the packet finds the event set. */
static void test_set( void )
{
    OVERLAPPED ov = { 0 }, *done;
    int i, unset = 0;
    ULONG_PTR key;
    SOCKET a, b;
    DWORD count;
    char data[1];

    begin_rounds( &a, &b, &ov );
    for (i = 0; i < ROUNDS; i++)
    {
        ok( begin_recv( a, data, sizeof( data ), &ov, NULL ) == WSA_IO_PENDING, "round %d: it doesn't pend\n", i );
        send( b, "x", 1, 0 );
        if (!GetQueuedCompletionStatus( port, &count, &key, &done, i % 2 ? 10000 : 0 ))
            ok( GetQueuedCompletionStatus( port, &count, &key, &done, 10000 ), "round %d: no packet\n", i );
        if (!WaitForSingleObject( ov.hEvent, 0 )) continue;
        unset++;
        WaitForSingleObject( ov.hEvent, 10000 );
    }
    ok( !unset, "%d events were set later\n", unset );
    end_rounds( a, b, &ov );
}

static void test_there( void )
{
    OVERLAPPED ov = { 0 }, *done;
    int i, late = 0;
    ULONG_PTR key;
    SOCKET a, b;
    DWORD count;
    char data[1];

    begin_rounds( &a, &b, &ov );
    for (i = 0; i < ROUNDS; i++)
    {
        ok( begin_recv( a, data, sizeof( data ), &ov, NULL ) == WSA_IO_PENDING, "round %d: it doesn't pend\n", i );
        send( b, "x", 1, 0 );
        if (WaitForSingleObject( ov.hEvent, 10000 )) break;
        if (i % 2) late += WaitForSingleObject( port, 0 ) != WAIT_OBJECT_0;
        if (GetQueuedCompletionStatus( port, &count, &key, &done, 0 )) continue;
        late++;
        ok( GetQueuedCompletionStatus( port, &count, &key, &done, 10000 ), "round %d: no packet\n", i );
    }
    ok( i == ROUNDS, "round %d: no event\n", i );
    ok( !late, "%d packets came later\n", late );
    end_rounds( a, b, &ov );
}

START_TEST( port_event )
{
    start_winsock();
    test_there();
    test_order( "PostQueuedCompletionStatus", FALSE, post_by_program );
    test_order( "WSASend", FALSE, post_by_send );
    test_order( "PostQueuedCompletionStatus, with a file", TRUE, post_by_program );
    test_order( "WriteFile", TRUE, post_by_file );
    test_set();
    stop_winsock();
}
