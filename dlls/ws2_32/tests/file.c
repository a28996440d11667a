/*
 * ReadFile and WriteFile on a socket, and that they keep order with Winsock's own functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

/* ReadFile and WriteFile on a socket */
static void test_basic( void )
{
    OVERLAPPED ov = { 0 };
    char buffer[16];
    SOCKET a, b;
    DWORD count;

    winetest_push_context( "ReadFile" );
    tcp_pair( AF_INET, 0, &a, &b );
    ok( WriteFile( (HANDLE)a, "abc", 3, &count, NULL ) && count == 3, "failed: %lu\n", GetLastError() );
    ok( ReadFile( (HANDLE)b, buffer, sizeof( buffer ), &count, NULL ) && count == 3, "failed: %lu\n", GetLastError() );
    ok_call( send( a, "abcd", 4, 0 ), 4, 0 );
    ok( ReadFile( (HANDLE)b, buffer, sizeof( buffer ), &count, NULL ) && count == 4, "failed: %lu\n", GetLastError() );
    closesocket( a );
    closesocket( b );

    tcp_socketpair( &a, &b );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    SetLastError( 0 );
    ok( !ReadFile( (HANDLE)b, buffer, sizeof( buffer ), NULL, &ov ) && GetLastError() == ERROR_IO_PENDING,
        "got error %lu\n", GetLastError() );
    ok_call( send( a, "abcd", 4, 0 ), 4, 0 );
    ok( GetOverlappedResult( (HANDLE)b, &ov, &count, TRUE ) && count == 4, "got %lu, error %lu\n", count,
        GetLastError() );
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* Receives and reads take turns, all pending at once: the data comes in the order in which they were posted. */
static void test_order( BOOL by_port )
{
    OVERLAPPED ov[8] = { { 0 } }, *ret_ov;
    char data[8][4];
    HANDLE port = NULL;
    ULONG_PTR key;
    DWORD count, flags;
    SOCKET a, b;
    int i, ret;

    winetest_push_context( "order, %s", by_port ? "port" : "event" );
    tcp_socketpair( &a, &b );
    if (by_port) port = CreateIoCompletionPort( (HANDLE)b, NULL, 7, 0 );
    for (i = 0; i < 8; i++)
    {
        WSABUF wsabuf = { 4, data[i] };

        flags = 0;
        if (!by_port) ov[i].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        if (i & 1) ret = WSARecv( b, &wsabuf, 1, NULL, &flags, &ov[i], NULL ) == 0;
        else ret = ReadFile( (HANDLE)b, data[i], 4, NULL, &ov[i] );
        ok( !ret && GetLastError() == ERROR_IO_PENDING, "%d: got %d, error %lu\n", i, ret, GetLastError() );
    }
    for (i = 0; i < 8; i++)
    {
        char number[4] = { '0' + i, 'x', 'y', 'z' };

        if (i & 1) ok_call( send( a, number, 4, 0 ), 4, 0 );
        else ok( WriteFile( (HANDLE)a, number, 4, &count, NULL ) && count == 4, "error %lu\n", GetLastError() );
        Sleep( 5 );
    }
    for (i = 0; i < 8; i++)
    {
        if (by_port)
        {
            ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 2000 ) && key == 7 && count == 4, "error %lu\n",
                GetLastError() );
            ok_unless_afd( ret_ov == &ov[i], "%d: got %p\n", i, ret_ov );
        }
        else ok( !WaitForSingleObject( ov[i].hEvent, 2000 ), "%d: not done\n", i );
    }
    for (i = 0; i < 8; i++)
    {
        ok( data[i][0] == '0' + i && ov[i].InternalHigh == 4, "%d: got %c, %Iu bytes\n", i, data[i][0],
            ov[i].InternalHigh );
        if (ov[i].hEvent) CloseHandle( ov[i].hEvent );
    }
    if (port)
    {
        ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 10 ) && GetLastError() == WAIT_TIMEOUT,
            "one more packet\n" );
        CloseHandle( port );
    }
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* Errors, the end, bad memory, tagged events */
static void test_results( void )
{
    OVERLAPPED ov = { 0 }, *ret_ov;
    char buffer[8];
    ULONG_PTR key;
    HANDLE port, event = CreateEventW( NULL, TRUE, FALSE, NULL );
    DWORD count;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    port = CreateIoCompletionPort( (HANDLE)b, NULL, 7, 0 );
    /* at once: the packet comes all the same; not with a tagged event */
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "not readable\n" );
    ok( ReadFile( (HANDLE)b, buffer, 3, NULL, &ov ) || GetLastError() == ERROR_IO_PENDING, "error %lu\n",
        GetLastError() );
    ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 1000 ) && ret_ov == &ov && count == 3, "error %lu\n",
        GetLastError() );
    ov.hEvent = (HANDLE)( (ULONG_PTR)event | 1 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "not readable\n" );
    ok( ReadFile( (HANDLE)b, buffer, 3, NULL, &ov ) || GetLastError() == ERROR_IO_PENDING, "error %lu\n",
        GetLastError() );
    ok( !WaitForSingleObject( event, 1000 ) && ov.InternalHigh == 3, "not done\n" );
    ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 10 ) && !ret_ov, "a packet\n" );
    ov.hEvent = NULL;
    /* cancelled, then the end */
    ok( !ReadFile( (HANDLE)b, buffer, 3, NULL, &ov ) && GetLastError() == ERROR_IO_PENDING, "error %lu\n",
        GetLastError() );
    ok( CancelIoEx( (HANDLE)b, &ov ), "error %lu\n", GetLastError() );
    ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 1000 ) && ret_ov == &ov
            && GetLastError() == ERROR_OPERATION_ABORTED,
        "error %lu\n", GetLastError() );
    shutdown( a, SD_SEND );
    ok( wait_readable( b, 1000 ), "not readable\n" );
    count = 99;
    ok( ReadFile( (HANDLE)b, buffer, 3, &count, &ov ) || GetLastError() == ERROR_IO_PENDING, "error %lu\n",
        GetLastError() );
    ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 1000 ) && ret_ov == &ov && !count,
        "error %lu, %lu bytes\n", GetLastError(), count );
    ok( !WriteFile( (HANDLE)b, bad_page(), 100, &count, NULL ), "wrote from nowhere\n" );
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
    CloseHandle( event );
}

START_TEST( file )
{
    start_winsock();
    test_basic();
    test_order( FALSE );
    test_order( TRUE );
    test_results();
    stop_winsock();
}
