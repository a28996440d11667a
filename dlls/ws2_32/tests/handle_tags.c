/*
 * Handle values whose two low bits are set
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel ignores them (ntdef.h: OBJ_HANDLE_TAGBITS), so such a value is the same handle.
 */

#include "sockets.h"

static HANDLE tagged( SOCKET s )
{
    return (HANDLE)( s | 1 );
}

/* The value that was a socket's is a file's now, and what is written goes there. */
static void test_close( void )
{
    char path[MAX_PATH], buffer[8];
    HANDLE file = NULL;
    OVERLAPPED ov = { 0 };
    DWORD count = 0;
    SOCKET a, b;
    int i;

    tcp_socketpair( &a, &b );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 1, 0 );
    GetTempPathA( sizeof( path ) - 20, path );
    strcat( path, "wsuring-tags" );
    ok( CloseHandle( tagged( b ) ), "not closed: %lu\n", GetLastError() );
    for (i = 0; i < 100 && file != (HANDLE)b; i++)
        file = CreateFileA( path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                            NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL );
    if (file == (HANDLE)b)
    {
        ok( WriteFile( file, "data", 4, &count, NULL ) && count == 4, "not written: %lu\n", GetLastError() );
        ok( GetFileSize( file, NULL ) == 4, "the file has %lu bytes\n", GetFileSize( file, NULL ) );
    }
    else skip( "no file got the handle value\n" );
    set_timeout( a, 3000 );
    ok_call( recv( a, buffer, sizeof( buffer ), 0 ), 0, 0 );
    if (file) CloseHandle( file );
    closesocket( a );

    tcp_socketpair( &a, &b );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok( begin_recv( b, buffer, sizeof( buffer ), &ov, NULL ) == WSA_IO_PENDING, "it doesn't pend\n" );
    ok( CloseHandle( tagged( b ) ), "not closed: %lu\n", GetLastError() );
    ok( !WaitForSingleObject( ov.hEvent, 3000 ), "it still pends\n" );
    CloseHandle( ov.hEvent );
    closesocket( a );
}

static void test_port( void )
{
    OVERLAPPED ov = { 0 }, *done = NULL;
    ULONG_PTR key = 0;
    char buffer[8];
    HANDLE port;
    DWORD count;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    port = CreateIoCompletionPort( tagged( b ), NULL, 7, 0 );
    ok( port != NULL, "not associated: %lu\n", GetLastError() );
    ok( begin_recv( b, buffer, sizeof( buffer ), &ov, NULL ) == WSA_IO_PENDING, "it doesn't pend\n" );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    ok( GetQueuedCompletionStatus( port, &count, &key, &done, 3000 ) && key == 7 && done == &ov, "no packet: %lu\n",
        GetLastError() );
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
}

static void test_cancel( void )
{
    OVERLAPPED ov = { 0 };
    char buffer[8];
    SOCKET a, b;
    int way;

    tcp_socketpair( &a, &b );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (way = 0; way < 3; way++)
    {
        winetest_push_context( "way %d", way );
        ok( begin_recv( b, buffer, sizeof( buffer ), &ov, NULL ) == WSA_IO_PENDING, "it doesn't pend\n" );
        ok( way ? CancelIoEx( tagged( b ), way == 1 ? &ov : NULL ) : CancelIo( tagged( b ) ), "failed: %lu\n",
            GetLastError() );
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "it still pends\n" );
        winetest_pop_context();
    }
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
}

static void test_duplicate( void )
{
    HANDLE copy = NULL;
    char buffer[8];
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok( DuplicateHandle( GetCurrentProcess(), tagged( b ), GetCurrentProcess(), &copy, 0, FALSE,
                         DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE ),
        "failed: %lu\n", GetLastError() );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    set_timeout( (SOCKET)copy, 3000 );
    ok_call( recv( (SOCKET)copy, buffer, sizeof( buffer ), 0 ), 1, 0 );
    closesocket( (SOCKET)copy );
    closesocket( a );
}

static void test_calls( void )
{
    char buffer[8];
    SOCKET a, b, c;
    u_long on = 1;

    tcp_socketpair( &a, &b );
    c = (SOCKET)tagged( b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( c, buffer, 1, 0 ), 1, 0 );
    ok_success( ioctlsocket( c, FIONBIO, &on ) );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 2, 0 );
    ok_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
    ok_success( shutdown( c, SD_SEND ) );
    set_timeout( a, 3000 );
    ok_call( recv( a, buffer, sizeof( buffer ), 0 ), 0, 0 );
    ok_success( closesocket( b ) );
    closesocket( a );
}

START_TEST( handle_tags )
{
    start_winsock();
    test_close();
    test_port();
    test_cancel();
    test_duplicate();
    test_calls();
    stop_winsock();
}
