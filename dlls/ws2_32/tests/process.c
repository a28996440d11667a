/*
 * Sockets in two processes: inherited, duplicated
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

/* Reads "hello" and answers "world". */
static void child_answers( SOCKET s )
{
    char buffer[16];

    ok_call( recv( s, buffer, 5, 0 ), 5, 0 );
    ok( !memcmp( buffer, "hello", 5 ), "got other data\n" );
    ok_call( send( s, "world", 5, 0 ), 5, 0 );
    ok_call( recv( s, buffer, 5, 0 ), 5, 0 );
    ok_call( send( s, "again", 5, 0 ), 5, 0 );
}

static void child_inherited( const char *value )
{
    SOCKET s = strtoul( value, NULL, 16 );
    int type, len = sizeof( type );

    start_winsock();
    ok_success( getsockopt( s, SOL_SOCKET, SO_TYPE, (char *)&type, &len ) );
    ok( type == SOCK_STREAM, "got type %d\n", type );
    child_answers( s );
    ok_success( closesocket( s ) );
    stop_winsock();
}

static void talk( SOCKET s )
{
    char buffer[16];

    ok_call( send( s, "hello", 5, 0 ), 5, 0 );
    ok_call( recv_all( s, buffer, 5 ), 5, 0 );
    ok( !memcmp( buffer, "world", 5 ), "got other data\n" );
    ok_call( send( s, "hello", 5, 0 ), 5, 0 );
    ok_call( recv_all( s, buffer, 5 ), 5, 0 );
    ok( !memcmp( buffer, "again", 5 ), "got other data\n" );
}

static void test_inherit( void )
{
    char arguments[64], buffer[4];
    SOCKET a, b;
    HANDLE process;
    int i;

    /* accept's page, "WSA_FLAG_NO_HANDLE_INHERIT": socket handles are inherited. Wine's own module answers WSAENOTSOCK
     * to send, getsockopt and closesocket of a handle that it hasn't made itself. */
    ok_unless_stock( !stock, "inherited sockets don't work\n" );
    if (stock) return;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "inherited, %s before", i ? "used" : "not used" );
        tcp_socketpair( &a, &b );
        if (i)
        {
            set_timeout( a, 10000 );
            ok_call( send( b, "abc", 3, 0 ), 3, 0 );
            ok_call( recv( a, buffer, 4, 0 ), 3, 0 );
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
            ok_call( recv( b, buffer, 4, 0 ), 3, 0 );
        }
        sprintf( arguments, "inherited %lx", (unsigned long)b );
        SetHandleInformation( (HANDLE)a, HANDLE_FLAG_INHERIT, 0 );
        process = start_child( "process", arguments );
        talk( a );
        wait_child_process( process );
        CloseHandle( process );
        /* ours is still open: the end comes with it */
        set_timeout( a, 100 );
        ok_error( recv( a, buffer, 4, 0 ), WSAETIMEDOUT );
        closesocket( b );
        set_timeout( a, 3000 );
        ok_call( recv( a, buffer, 4, 0 ), 0, 0 );
        closesocket( a );
        winetest_pop_context();
    }
}

/* WSADuplicateSocket: the WSAPROTOCOL_INFO goes to the other process by shared memory */
struct shared
{
    WSAPROTOCOL_INFOW info;
};

static void child_duplicated( const char *name )
{
    HANDLE mapping = OpenFileMappingA( FILE_MAP_READ, FALSE, name ), ready;
    struct shared *shared = MapViewOfFile( mapping, FILE_MAP_READ, 0, 0, sizeof( *shared ) );
    char event[64];
    SOCKET s;

    start_winsock();
    sprintf( event, "%s-ready", name );
    ready = OpenEventA( SYNCHRONIZE, FALSE, event );
    WaitForSingleObject( ready, 10000 );
    CloseHandle( ready );
    s = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &shared->info, 0, WSA_FLAG_OVERLAPPED );
    ok( s != INVALID_SOCKET, "failed: %d\n", WSAGetLastError() );
    child_answers( s );
    ok_success( closesocket( s ) );
    stop_winsock();
}

static void test_duplicate( void )
{
    char arguments[128], name[64], event[64], buffer[4];
    struct shared *shared;
    HANDLE mapping, process, ready;
    WSAPROTOCOL_INFOW info;
    SOCKET a, b, c;

    winetest_push_context( "duplicated" );
    /* to ourselves */
    tcp_socketpair( &a, &b );
    ok_success( WSADuplicateSocketW( b, GetCurrentProcessId(), &info ) );
    ok( info.iSocketType == SOCK_STREAM && info.iProtocol == IPPROTO_TCP, "got %d, %d\n", info.iSocketType,
        info.iProtocol );
    c = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED );
    ok( c != INVALID_SOCKET && c != b, "got %Ix, error %d\n", c, WSAGetLastError() );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    set_timeout( c, 3000 );
    ok_call( recv( c, buffer, 4, 0 ), 3, 0 );
    ok_call( send( c, "ab", 2, 0 ), 2, 0 );
    ok_call( recv( a, buffer, 4, 0 ), 2, 0 );
    ok_success( closesocket( b ) );
    ok_call( send( c, "ab", 2, 0 ), 2, 0 );
    ok_call( recv( a, buffer, 4, 0 ), 2, 0 );
    ok_success( closesocket( c ) );
    ok_call( recv( a, buffer, 4, 0 ), 0, 0 );
    closesocket( a );

    /* to another process */
    tcp_socketpair( &a, &b );
    sprintf( name, "wsuring-test-%lu", GetCurrentProcessId() );
    sprintf( event, "%s-ready", name );
    mapping = CreateFileMappingA( INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof( *shared ), name );
    shared = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, sizeof( *shared ) );
    ready = CreateEventA( NULL, TRUE, FALSE, event );
    SetHandleInformation( (HANDLE)a, HANDLE_FLAG_INHERIT, 0 );
    SetHandleInformation( (HANDLE)b, HANDLE_FLAG_INHERIT, 0 );
    sprintf( arguments, "duplicated %s", name );
    process = start_child( "process", arguments );
    ok_success( WSADuplicateSocketW( b, GetProcessId( process ), &shared->info ) );
    SetEvent( ready );
    talk( a );
    wait_child_process( process );
    CloseHandle( process );
    closesocket( b );
    ok_call( recv( a, buffer, 4, 0 ), 0, 0 );
    closesocket( a );
    CloseHandle( ready );
    UnmapViewOfFile( shared );
    CloseHandle( mapping );
    winetest_pop_context();
}

/* DuplicateHandle: a second handle of the same socket, which Winsock doesn't know */
static void test_duplicate_handle( void )
{
    SOCKET a, b;
    HANDLE copy;
    char buffer[4];

    winetest_push_context( "DuplicateHandle" );
    tcp_socketpair( &a, &b );
    ok( DuplicateHandle( GetCurrentProcess(), (HANDLE)b, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS ),
        "failed: %lu\n", GetLastError() );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    set_timeout( (SOCKET)copy, 3000 );
    ok_call( recv( (SOCKET)copy, buffer, 4, 0 ), 3, 0 );
    ok_success( closesocket( b ) );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( (SOCKET)copy, buffer, 4, 0 ), 3, 0 );
    ok( CloseHandle( copy ), "failed: %lu\n", GetLastError() );
    ok_call( recv( a, buffer, 4, 0 ), 0, 0 );
    closesocket( a );
    winetest_pop_context();
}

START_TEST( process )
{
    char **argv;
    int argc = winetest_get_mainargs( &argv );

    if (argc > 3 && !strcmp( argv[2], "inherited" )) child_inherited( argv[3] );
    else if (argc > 3 && !strcmp( argv[2], "duplicated" )) child_duplicated( argv[3] );
    else
    {
        start_winsock();
        test_inherit();
        test_duplicate();
        test_duplicate_handle();
        stop_winsock();
    }
}
