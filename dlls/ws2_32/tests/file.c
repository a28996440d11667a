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

/* ReadFile and WriteFile that block aren't alertable waits (page "ReadFile function": only ReadFileEx' routine needs
 * one): routines and APCs wait until the thread is in one. */
static volatile LONG apcs, routines;
static char much[16 << 20];

static void CALLBACK count_apc( ULONG_PTR arg )
{
    (void)arg;
    apcs++;
}

static void CALLBACK count_routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    (void)error;
    (void)count;
    (void)ov;
    (void)flags;
    routines++;
}

struct blocked_file
{
    SOCKET s, with_routine;
    BOOL writes;
    HANDLE begins;
};

static DWORD WINAPI block_in_file( void *arg )
{
    struct blocked_file *file = arg;
    WSABUF wsabuf = { 1, much };
    OVERLAPPED ov = { 0 };
    DWORD count = 0, flags = 0, want = file->writes ? sizeof( much ) : 1;
    char byte;
    BOOL ret;

    WSARecv( file->with_routine, &wsabuf, 1, NULL, &flags, &ov, count_routine );
    SetEvent( file->begins );
    if (file->writes) ret = WriteFile( (HANDLE)file->s, much, sizeof( much ), &count, NULL );
    else ret = ReadFile( (HANDLE)file->s, &byte, 1, &count, NULL );
    ok( ret && count == want, "got %d, %lu bytes, error %lu\n", ret, count, GetLastError() );
    ok( !apcs && !routines, "%ld APCs and %ld routines in it\n", apcs, routines );
    while (( apcs < 2 || !routines ) && SleepEx( 5000, TRUE ) == WAIT_IO_COMPLETION) /* nothing */
        ;
    ok( apcs == 2 && routines == 1, "%ld APCs and %ld routines after it\n", apcs, routines );
    return 0;
}

static void test_not_alertable( BOOL writes )
{
    struct blocked_file file = { .writes = writes };
    SOCKET peer, routine_peer;
    char buffer[65536];
    HANDLE thread;
    int left, got;

    winetest_push_context( writes ? "WriteFile" : "ReadFile" );
    apcs = routines = 0;
    tcp_socketpair( &peer, &file.s );
    tcp_socketpair( &routine_peer, &file.with_routine );
    file.begins = CreateEventW( NULL, FALSE, FALSE, NULL );
    thread = CreateThread( NULL, 0, block_in_file, &file, 0, NULL );
    WaitForSingleObject( file.begins, 10000 );
    QueueUserAPC( count_apc, thread, 0 );
    Sleep( 50 );
    QueueUserAPC( count_apc, thread, 0 );
    ok_call( send( routine_peer, "r", 1, 0 ), 1, 0 );
    Sleep( 50 );
    if (!writes) ok_call( send( peer, "x", 1, 0 ), 1, 0 );
    else
    {
        for (left = sizeof( much ); left; left -= got)
            if (( got = recv( peer, buffer, min( left, (int)sizeof( buffer ) ), 0 ) ) <= 0) break;
        ok( !left, "%d bytes are missing\n", left );
    }
    ok( !WaitForSingleObject( thread, 30000 ), "it doesn't end\n" );
    CloseHandle( thread );
    CloseHandle( file.begins );
    closesocket( peer );
    closesocket( file.s );
    closesocket( routine_peer );
    closesocket( file.with_routine );
    winetest_pop_context();
}

START_TEST( file )
{
    start_winsock();
    test_basic();
    test_order( FALSE );
    test_order( TRUE );
    test_results();
    test_not_alertable( FALSE );
    if (!by_afd()) test_not_alertable( TRUE ); /* the server stops in the middle of such a write, on stock, too */
    stop_winsock();
}
