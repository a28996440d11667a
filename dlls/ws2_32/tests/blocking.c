/*
 * Threads that block: for how long, what wakes them, and how their process ends
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

enum
{
    TIME_OUT = 150,
    EXIT_CODE = 42
};

static double now_ms( void )
{
    LARGE_INTEGER now, frequency;

    QueryPerformanceCounter( &now );
    QueryPerformanceFrequency( &frequency );
    return now.QuadPart * 1000.0 / frequency.QuadPart;
}

/* SO_RCVTIMEO and SO_SNDTIMEO: the best of some, as a busy machine may be late. */
static void test_timeout( int type, BOOL sending )
{
    static char data[65536];
    double start, time, best = 1e9;
    DWORD timeout = TIME_OUT;
    SOCKET a, b;
    int i;

    winetest_push_context( "type %d, %s", type, sending ? "send" : "recv" );
    if (type == SOCK_STREAM) tcp_socketpair( &a, &b );
    else udp_pair( AF_INET, &a, &b );
    if (sending) fill_send_all( a );
    ok_success( setsockopt( a, SOL_SOCKET, sending ? SO_SNDTIMEO : SO_RCVTIMEO, (char *)&timeout, sizeof( timeout ) ) );
    for (i = 0; i < 10 && best > TIME_OUT + 20; i++)
    {
        start = now_ms();
        ok_error( sending ? send( a, data, sizeof( data ), 0 ) : recv( a, data, sizeof( data ), 0 ), WSAETIMEDOUT );
        time = now_ms() - start;
        ok( time > TIME_OUT - 2, "it took %d us\n", (int)( time * 1000 ) );
        best = min( best, time );
    }
    ok_unless_stock( best <= TIME_OUT + 20, "it took %d us\n", (int)( best * 1000 ) );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

struct blocked
{
    SOCKET s;
    volatile BOOL begun;
    int ret, error;
};

static DWORD WINAPI blocked_thread( void *arg )
{
    struct blocked *blocked = arg;
    char data[16];

    blocked->begun = TRUE;
    blocked->ret = recv( blocked->s, data, sizeof( data ), 0 );
    blocked->error = WSAGetLastError();
    return 0;
}

/* A thread that blocks in recv, as far as can be known. */
static HANDLE start_blocked( struct blocked *blocked, SOCKET s )
{
    HANDLE thread;

    blocked->s = s;
    blocked->begun = FALSE;
    blocked->ret = blocked->error = 0xdead;
    thread = CreateThread( NULL, 0, blocked_thread, blocked, 0, NULL );
    while (!blocked->begun) Sleep( 10 );
    Sleep( 100 );
    return thread;
}

/* A blocked receive ends when its side of the connection is shut down; the page "shutdown function" speaks of later
 * calls only, but that is what Windows does. An overlapped one goes on. */
static void test_shutdown( int how, BOOL overlapped )
{
    char data[16];
    WSABUF wsabuf = { sizeof( data ), data };
    OVERLAPPED ov = { 0 };
    struct blocked blocked;
    DWORD count, flags = 0;
    HANDLE thread = NULL;
    SOCKET a, b;

    winetest_push_context( "shutdown( %d ), %s", how, overlapped ? "overlapped" : "blocked" );
    tcp_socketpair( &a, &b );
    set_timeout( b, 10000 );
    if (overlapped)
    {
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok_error( WSARecv( a, &wsabuf, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    }
    else thread = start_blocked( &blocked, a );
    ok_success( shutdown( a, how ) );
    if (how == SD_SEND || overlapped)
    {
        /* the other side is still open */
        ok( WaitForSingleObject( overlapped ? ov.hEvent : thread, 50 ) == WAIT_TIMEOUT, "ended\n" );
        ok_call( send( b, "abc", 3, 0 ), 3, 0 );
        ok( !WaitForSingleObject( overlapped ? ov.hEvent : thread, 3000 ), "didn't end\n" );
        if (overlapped)
            ok( WSAGetOverlappedResult( a, &ov, &count, FALSE, &flags ) && count == 3, "got %d, %lu bytes\n",
                WSAGetLastError(), count );
        else ok( blocked.ret == 3, "got %d, error %d\n", blocked.ret, blocked.error );
    }
    else
    {
        ok_unless_afd( !WaitForSingleObject( thread, 1000 ), "didn't end\n" );
        if (by_afd()) closesocket( a );
        ok( !WaitForSingleObject( thread, 3000 ), "didn't end\n" );
        if (!by_afd())
            ok( blocked.ret == SOCKET_ERROR && blocked.error == WSAESHUTDOWN, "got %d, error %d\n", blocked.ret,
                blocked.error );
    }
    if (overlapped) CloseHandle( ov.hEvent );
    else CloseHandle( thread );
    if (how == SD_SEND || overlapped || !by_afd()) closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* Datagrams go on: shutdown has no effect on what waits for them. */
static void test_shutdown_datagrams( void )
{
    struct blocked blocked = { 0 };
    HANDLE thread;
    SOCKET a, b;

    udp_pair( AF_INET, &a, &b );
    thread = start_blocked( &blocked, a );
    ok_success( shutdown( a, SD_RECEIVE ) );
    ok( WaitForSingleObject( thread, 50 ) == WAIT_TIMEOUT, "ended\n" );
    closesocket( a );
    ok( !WaitForSingleObject( thread, 3000 ), "didn't end\n" );
    ok( blocked.ret == SOCKET_ERROR, "got %d\n", blocked.ret );
    CloseHandle( thread );
    closesocket( b );
}

/* ---- the end of the process */

static DWORD WINAPI short_thread( void *arg )
{
    Sleep( 100 );
    ExitThread( PtrToUlong( arg ) );
}

/* In a child: something blocks or pends, and then it ends in some way. The exit code comes without winetest's
 * summary. */
static void child_ends( const char *way )
{
    static struct blocked blocked;
    static char data[16];
    static OVERLAPPED ov;
    WSABUF wsabuf = { sizeof( data ), data };
    DWORD flags = 0;
    SOCKET a, b;

    start_winsock();
    tcp_socketpair( &a, &b );
    ok_error( WSARecv( a, &wsabuf, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    if (winetest_get_failures()) ExitProcess( 1 );
    if (!strcmp( way, "exit-thread" )) ExitThread( EXIT_CODE );
    if (!strcmp( way, "exit-other" ))
    {
        CloseHandle( CreateThread( NULL, 0, short_thread, ULongToPtr( EXIT_CODE ), 0, NULL ) );
        ExitThread( 1 );
    }
    blocked.s = b;
    CloseHandle( CreateThread( NULL, 0, blocked_thread, &blocked, 0, NULL ) );
    Sleep( 50 );
    if (!strcmp( way, "terminate" )) TerminateProcess( GetCurrentProcess(), EXIT_CODE );
    ExitProcess( EXIT_CODE );
}

static void test_process_end( const char *way )
{
    char arguments[32];
    HANDLE process;
    DWORD code = 0;

    winetest_push_context( "%s", way );
    sprintf( arguments, "ends %s", way );
    process = start_child( "blocking", arguments );
    ok( !WaitForSingleObject( process, 10000 ), "still running\n" );
    GetExitCodeProcess( process, &code );
    ok( code == EXIT_CODE, "got exit code %lu\n", code );
    if (code == STILL_ACTIVE) TerminateProcess( process, 0 );
    CloseHandle( process );
    winetest_pop_context();
}

START_TEST( blocking )
{
    static const char *ways[] = { "exit", "terminate", "exit-thread", "exit-other" };
    unsigned int i;
    char **argv;

    if (winetest_get_mainargs( &argv ) >= 4 && !strcmp( argv[2], "ends" )) child_ends( argv[3] );
    start_winsock();
    test_timeout( SOCK_STREAM, FALSE );
    test_timeout( SOCK_STREAM, TRUE );
    test_timeout( SOCK_DGRAM, FALSE );
    for (i = 0; i < 6; i++) test_shutdown( i / 2, i % 2 );
    test_shutdown_datagrams();
    for (i = 0; i < ARRAY_SIZE( ways ); i++) test_process_end( ways[i] );
    stop_winsock();
}
