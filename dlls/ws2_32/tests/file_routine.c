/*
 * ReadFileEx and WriteFileEx on a socket, and that they keep order with Winsock's own functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define COUNT 6

static struct
{
    OVERLAPPED *overlapped;
    DWORD error, bytes;
} calls[COUNT];
static LONG call_count;

static void WINAPI file_routine( DWORD error, DWORD bytes, OVERLAPPED *overlapped )
{
    LONG i = call_count++;

    if (i >= COUNT) return;
    calls[i].overlapped = overlapped;
    calls[i].error = error;
    calls[i].bytes = bytes;
}

static void WINAPI winsock_routine( DWORD error, DWORD bytes, WSAOVERLAPPED *overlapped, DWORD flags )
{
    ok( !flags, "got flags %#lx\n", flags );
    file_routine( error, bytes, overlapped );
}

static void calls_wait( LONG count )
{
    DWORD start = GetTickCount();

    while (call_count < count && GetTickCount() - start < 5000) SleepEx( 100, TRUE );
    ok( call_count == count, "%ld calls, not %ld\n", call_count, count );
}

enum way
{
    WAY_FILE_ROUTINE,
    WAY_ROUTINE,
    WAY_EVENT,
    WAY_FILE_EVENT,
};

static void receive( SOCKET s, enum way way, char *data, OVERLAPPED *ov )
{
    WSABUF wsabuf = { 4, data };
    DWORD flags = 0;
    int ret;

    switch (way)
    {
    case WAY_FILE_ROUTINE:
        ok( ReadFileEx( (HANDLE)s, data, 4, ov, file_routine ), "error %lu\n", GetLastError() );
        break;
    case WAY_ROUTINE:
    case WAY_EVENT:
        ret = WSARecv( s, &wsabuf, 1, NULL, &flags, ov, way == WAY_ROUTINE ? winsock_routine : NULL );
        ok( ret == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
        break;
    case WAY_FILE_EVENT:
        ret = ReadFile( (HANDLE)s, data, 4, NULL, ov );
        ok( !ret && GetLastError() == ERROR_IO_PENDING, "got %d, error %lu\n", ret, GetLastError() );
        break;
    }
}

/* Receives of two kinds take turns, all pending at once: the data comes in the order in which they were posted. */
static void test_order( void )
{
    static const struct
    {
        enum way first, second;
    } tests[] = {
        { WAY_FILE_ROUTINE, WAY_EVENT },   { WAY_EVENT, WAY_FILE_ROUTINE },      { WAY_FILE_ROUTINE, WAY_ROUTINE },
        { WAY_ROUTINE, WAY_FILE_ROUTINE }, { WAY_FILE_EVENT, WAY_FILE_ROUTINE },
    };
    unsigned int t, i;

    for (t = 0; t < ARRAY_SIZE( tests ); t++)
    {
        OVERLAPPED ov[COUNT] = { { 0 } };
        char data[COUNT][4] = { { 0 } };
        LONG routines = 0;
        SOCKET a, b;

        winetest_push_context( "%d, %d", tests[t].first, tests[t].second );
        call_count = 0;
        tcp_socketpair( &a, &b );
        for (i = 0; i < COUNT; i++)
        {
            enum way way = i & 1 ? tests[t].second : tests[t].first;

            if (way >= WAY_EVENT) ov[i].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
            else routines++;
            receive( b, way, data[i], &ov[i] );
        }
        for (i = 0; i < COUNT; i++)
        {
            char number[4] = { '0' + i, 'x', 'y', 'z' };

            ok_call( send( a, number, 4, 0 ), 4, 0 );
        }
        calls_wait( routines );
        for (i = 0; i < COUNT; i++)
        {
            if (ov[i].hEvent) ok( !WaitForSingleObject( ov[i].hEvent, 2000 ), "%u: not done\n", i );
            ok( !ov[i].Internal && ov[i].InternalHigh == 4, "%u: got %#Ix, %Iu bytes\n", i, ov[i].Internal,
                ov[i].InternalHigh );
            ok( data[i][0] == '0' + (int)i, "%u: got %.4s\n", i, data[i] );
            if (ov[i].hEvent) CloseHandle( ov[i].hEvent );
        }
        for (i = 0; i < (unsigned int)routines; i++)
            ok( !calls[i].error && calls[i].bytes == 4, "call %u: error %lu, %lu bytes\n", i, calls[i].error,
                calls[i].bytes );
        closesocket( a );
        closesocket( b );
        winetest_pop_context();
    }
}

/* What can be done at once is reported by the routine, too; hEvent is the program's. */
static void test_at_once( void )
{
    OVERLAPPED ov = { 0 };
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );
    char data[4];
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    call_count = 0;
    ov.hEvent = event;
    ok( WriteFileEx( (HANDLE)a, "abc", 3, &ov, file_routine ), "error %lu\n", GetLastError() );
    ok( !call_count, "called at once\n" );
    calls_wait( 1 );
    ok( calls[0].overlapped == &ov && !calls[0].error && calls[0].bytes == 3, "got error %lu, %lu bytes\n",
        calls[0].error, calls[0].bytes );
    ok( wait_readable( b, 1000 ), "not readable\n" );
    ok( ReadFileEx( (HANDLE)b, data, 4, &ov, file_routine ), "error %lu\n", GetLastError() );
    calls_wait( 2 );
    ok( !calls[1].error && calls[1].bytes == 3 && !memcmp( data, "abc", 3 ), "got error %lu, %lu bytes\n",
        calls[1].error, calls[1].bytes );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "the event is set\n" );
    CloseHandle( event );
    closesocket( a );
    closesocket( b );
}

/* Cancelled, the end of the connection, the socket closed, a socket with a port */
static void test_end( void )
{
    OVERLAPPED ov = { 0 };
    HANDLE port;
    char data[4];
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    call_count = 0;
    ok( ReadFileEx( (HANDLE)b, data, 4, &ov, file_routine ), "error %lu\n", GetLastError() );
    ok( CancelIoEx( (HANDLE)b, &ov ), "error %lu\n", GetLastError() );
    calls_wait( 1 );
    ok( calls[0].error == ERROR_OPERATION_ABORTED && !calls[0].bytes, "got error %lu, %lu bytes\n", calls[0].error,
        calls[0].bytes );

    ok( ReadFileEx( (HANDLE)b, data, 4, &ov, file_routine ), "error %lu\n", GetLastError() );
    shutdown( a, SD_SEND );
    calls_wait( 2 );
    ok( ov.InternalHigh == 0 && calls[1].bytes == 0, "got error %lu, %lu bytes\n", calls[1].error, calls[1].bytes );

    ok( ReadFileEx( (HANDLE)a, data, 4, &ov, file_routine ), "error %lu\n", GetLastError() );
    closesocket( a );
    calls_wait( 3 );
    ok( calls[2].error, "no error\n" );
    closesocket( b );

    tcp_socketpair( &a, &b );
    port = CreateIoCompletionPort( (HANDLE)b, NULL, 7, 0 );
    SetLastError( 0 );
    ok( !ReadFileEx( (HANDLE)b, data, 4, &ov, file_routine ) && GetLastError() == ERROR_INVALID_PARAMETER,
        "error %lu\n", GetLastError() );
    CloseHandle( port );
    closesocket( a );
    closesocket( b );
}

START_TEST( file_routine )
{
    start_winsock();
    test_order();
    test_at_once();
    test_end();
    stop_winsock();
}
