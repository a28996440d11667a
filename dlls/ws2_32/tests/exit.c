/*
 * Processes that end at once after a non-blocking send, and those that don't end with one of their threads
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "sockets.h"

enum
{
    LARGE = 16 << 20,
    ROUNDS = 300,
    CHILDREN = 3
};

static const char *end_names[]
    = { "closesocket, ExitProcess", "ExitProcess", "closesocket, TerminateProcess of itself", "the end of main" };

/* Its exit code is how many KB were taken, or at least 100 less than none. */
static void send_nonblocking_and_end( int port, int way )
{
    char *data = malloc( LARGE );
    union address addr;
    SOCKET s;
    int sent;

    start_winsock();
    s = tcp_socket( AF_INET );
    if (connect( s, &addr.any, loopback( &addr, AF_INET, port ) )) ExitProcess( -100 );
    set_blocking( s, FALSE );
    fill_pattern( data, LARGE, 5 );
    if (( sent = send( s, data, LARGE, 0 ) ) <= 0) ExitProcess( -101 );
    if (!( way & 1 ) && closesocket( s )) ExitProcess( -102 );
    if (way == 2) TerminateProcess( GetCurrentProcess(), sent >> 10 );
    if (way == 3) exit( sent >> 10 );
    ExitProcess( sent >> 10 );
}

/* What a non-blocking send has taken arrives too, though the process ends at once. */
static void test_nonblocking_end( int way )
{
    char *data = malloc( LARGE + 1 );
    SOCKET listener, accepted;
    int len, ret, total = 0;
    union address addr;
    char arguments[64];
    HANDLE process;
    DWORD code = 77;

    winetest_push_context( "%s", end_names[way] );
    listener = tcp_listener( AF_INET, &addr, &len );
    sprintf( arguments, "%d,%d", ntohs( addr.v4.sin_port ), way );
    process = start_child( "exit", arguments );
    ok( wait_readable( listener, 20000 ), "no connection\n" );
    accepted = accept( listener, NULL, NULL );
    set_timeout( accepted, 10000 );
    Sleep( 300 ); /* the sender's buffers are full, and it is at its end */
    while (total < LARGE && ( ret = recv( accepted, data + total, LARGE + 1 - total, 0 ) ) > 0) total += ret;
    ok( !WaitForSingleObject( process, 20000 ), "the child doesn't end\n" );
    GetExitCodeProcess( process, &code );
    /* Wine 10.0 takes all, too, and loses what the host has no room for */
    ok_unless_afd( code == (DWORD)total >> 10, "%lu KB were taken, and %d bytes have come\n", code, total );
    if (!by_afd()) ok( total == LARGE, "got %d of %d bytes, error %d\n", total, LARGE, WSAGetLastError() );
    ret = check_pattern( data, total, 5 );
    ok( ret == -1, "wrong data at %d\n", ret );
    CloseHandle( process );
    closesocket( accepted );
    closesocket( listener );
    free( data );
    winetest_pop_context();
}

static DWORD WINAPI end_soon( void *arg )
{
    volatile int left = (int)(INT_PTR)arg;

    while (left--) /* nothing */
        ;
    return 0;
}

static HANDLE start_short( int i )
{
    return CreateThread( NULL, 0, end_soon, (void *)(INT_PTR)( i % 20 * 2000 ), 0, NULL );
}

/* Threads of the program end while the provider's own begin: first the one for what waits, then one for each port that
 * is waited for. */
static void end_threads( const char *mapping )
{
    OVERLAPPED *ov, recv = { 0 };
    char buffer[4];
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    HANDLE threads[2], port;
    DWORD count, flags;
    ULONG_PTR key;
    SOCKET a, b;
    int i;
    volatile LONG *progress = MapViewOfFile( (HANDLE)(ULONG_PTR)strtoul( mapping, NULL, 16 ), FILE_MAP_WRITE, 0, 0, 0 );

    if (!progress) ExitProcess( 43 );
    start_winsock();
    for (i = 0; i < ROUNDS; i++)
    {
        *progress = i + 1;
        tcp_socketpair( &a, &b );
        threads[0] = start_short( i );
        port = CreateIoCompletionPort( (HANDLE)a, NULL, 1, 0 );
        flags = 0;
        WSARecv( a, &wsabuf, 1, NULL, &flags, &recv, NULL );
        WaitForSingleObject( threads[0], 5000 );
        threads[1] = start_short( i );
        GetQueuedCompletionStatus( port, &count, &key, &ov, 0 );
        WaitForSingleObject( threads[1], 5000 );
        CloseHandle( threads[0] );
        CloseHandle( threads[1] );
        CloseHandle( port );
        closesocket( a );
        closesocket( b );
    }
    ExitProcess( 42 );
}

static void test_threads( void )
{
    SECURITY_ATTRIBUTES inherit = { sizeof( inherit ), NULL, TRUE };
    HANDLE process, mapping = CreateFileMappingW( INVALID_HANDLE_VALUE, &inherit, PAGE_READWRITE, 0, 4096, NULL );
    volatile LONG *come = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, 0 );
    char arguments[64];
    DWORD code = 0;
    int i;

    sprintf( arguments, "threads %lx", HandleToULong( mapping ) );
    for (i = 0; i < CHILDREN; i++)
    {
        *come = 0;
        process = start_child( "exit", arguments );
        ok( !WaitForSingleObject( process, 60000 ), "the child doesn't end\n" );
        GetExitCodeProcess( process, &code );
        ok( code == 42, "the child has ended with %lu in round %ld\n", code, *come );
        CloseHandle( process );
    }
    UnmapViewOfFile( (void *)come );
    CloseHandle( mapping );
}

START_TEST( exit )
{
    char **argv;
    int argc = winetest_get_mainargs( &argv ), port, way;

    if (argc > 3 && !strcmp( argv[2], "threads" )) end_threads( argv[3] );
    if (argc > 2)
    {
        sscanf( argv[2], "%d,%d", &port, &way );
        send_nonblocking_and_end( port, way );
    }
    start_winsock();
    for (way = 0; way < (int)ARRAY_SIZE( end_names ); way++) test_nonblocking_end( way );
    test_threads();
    stop_winsock();
}
