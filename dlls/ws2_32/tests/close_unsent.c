/*
 * Unsent data when a socket is closed or its process ends
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define SIZE 8000000 /* more than the host's buffers take */

static char data[SIZE], taken[100000];

static volatile LONG linger_total;

static DWORD WINAPI linger_reader( void *arg )
{
    int ret;

    while (( ret = recv( (SOCKET)arg, taken, sizeof( taken ), 0 ) ) > 0) linger_total += ret;
    return 0;
}

/* ---- closing: a hard close resets and drops (page "closesocket function"), any other delivers */

enum linger_set
{
    LINGER_NOT,
    LINGER_BEFORE, /* the send */
    LINGER_AFTER,
};

static const struct
{
    const char *name;
    enum linger_set hard;
    BOOL shut_down, by_close_handle, blocking_later;
} closes[] = {
    { "soft", LINGER_NOT, FALSE, FALSE, FALSE },
    { "soft, shut down", LINGER_NOT, TRUE, FALSE, FALSE },
    { "soft, CloseHandle", LINGER_NOT, FALSE, TRUE, FALSE },
    { "hard before", LINGER_BEFORE, FALSE, FALSE, FALSE },
    { "hard after", LINGER_AFTER, FALSE, FALSE, FALSE },
    { "hard, shut down", LINGER_AFTER, TRUE, FALSE, FALSE },
    { "hard, CloseHandle", LINGER_AFTER, FALSE, TRUE, FALSE },
    { "hard, blocking by then", LINGER_AFTER, FALSE, FALSE, TRUE },
};

static void test_close( unsigned int i )
{
    static const struct linger hard = { 1, 0 };
    u_long nonblocking = 1;
    int sent, ret, total = 0;
    SOCKET a, b;

    winetest_push_context( "%s", closes[i].name );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    set_timeout( b, 20000 );
    ioctlsocket( a, FIONBIO, &nonblocking );
    if (closes[i].hard == LINGER_BEFORE) setsockopt( a, SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof( hard ) );
    sent = send( a, data, SIZE, 0 );
    ok( sent > 0, "sent %d, error %d\n", sent, WSAGetLastError() );
    if (closes[i].hard == LINGER_AFTER) setsockopt( a, SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof( hard ) );
    nonblocking = 0;
    if (closes[i].blocking_later) ioctlsocket( a, FIONBIO, &nonblocking );
    if (closes[i].shut_down) ok_success( shutdown( a, SD_SEND ) );
    if (closes[i].by_close_handle) ok( CloseHandle( (HANDLE)a ), "error %lu\n", GetLastError() );
    else ok_success( closesocket( a ) );
    while (( ret = recv( b, taken, sizeof( taken ), 0 ) ) > 0) total += ret;
    if (!closes[i].hard)
        ok( !ret && total == sent, "got %d, error %d after %d of %d bytes\n", ret, WSAGetLastError(), total, sent );
    else
        ok_unless_afd( ret == -1 && WSAGetLastError() == WSAECONNRESET, "got %d, error %d after %d of %d bytes\n", ret,
                       WSAGetLastError(), total, sent );
    closesocket( b );
    winetest_pop_context();
}

/* A blocking socket that lingers: closing waits until all is sent, at most that long. */
static void test_linger( BOOL reads )
{
    struct linger linger = { 1, reads ? 20 : 1 };
    u_long nonblocking = 1;
    HANDLE thread = NULL;
    DWORD start, took;
    SOCKET a, b;
    int sent;

    winetest_push_context( reads ? "linger, read" : "linger, not read" );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    set_timeout( b, 20000 );
    setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
    ioctlsocket( a, FIONBIO, &nonblocking );
    sent = send( a, data, SIZE, 0 );
    /* Wine 10.0's server takes all, and drops it at the close */
    if (by_afd() && sent == SIZE)
    {
        closesocket( a );
        goto done;
    }
    nonblocking = 0;
    ioctlsocket( a, FIONBIO, &nonblocking );
    linger_total = 0;
    if (reads) thread = CreateThread( NULL, 0, linger_reader, (void *)b, 0, NULL );
    start = GetTickCount();
    ok_success( closesocket( a ) );
    took = GetTickCount() - start;
    if (reads)
    {
        /* what is still on its way is in the host's buffers */
        ok( linger_total > sent - 7000000, "closed after %ld of %d bytes\n", linger_total, sent );
        ok( took < 20000, "took %lu ms\n", took );
        ok( !WaitForSingleObject( thread, 20000 ) && linger_total == sent, "got %ld of %d bytes\n", linger_total,
            sent );
        CloseHandle( thread );
    }
    else ok( took >= 900, "took %lu ms\n", took );
done:
    closesocket( b );
    winetest_pop_context();
}

static DWORD WINAPI linger_closer( void *arg )
{
    ok_success( closesocket( (SOCKET)arg ) );
    return 0;
}

/* What is left is in the host alone. The close waits for it, in its own thread: other sockets go on. */
static void test_linger_host( void )
{
    struct linger linger = { 1, 60 };
    WSAOVERLAPPED recv_ov = { .hEvent = WSACreateEvent() };
    SOCKET a, b, other, peer;
    int small = 4096, total = 0, ret;
    HANDLE thread;
    char c;

    winetest_push_context( "linger, sent" );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &other, &peer );
    set_timeout( b, 20000 );
    setsockopt( b, SOL_SOCKET, SO_RCVBUF, (char *)&small, sizeof( small ) );
    /* watched */
    ok( begin_recv( a, &c, 1, &recv_ov, NULL ) == WSA_IO_PENDING, "got error %d\n", WSAGetLastError() );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    ok( wait_overlapped( &recv_ov, 10000 ), "it pends\n" );

    setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
    ok_call( send( a, data, 1000000, 0 ), 1000000, 0 );
    thread = CreateThread( NULL, 0, linger_closer, (void *)a, 0, NULL );
    ok( WaitForSingleObject( thread, 300 ) == WAIT_TIMEOUT, "it doesn't wait\n" );
    WSAResetEvent( recv_ov.hEvent );
    if (begin_recv( other, &c, 1, &recv_ov, NULL ))
        ok( WSAGetLastError() == WSA_IO_PENDING, "got error %d\n", WSAGetLastError() );
    ok_call( send( peer, "x", 1, 0 ), 1, 0 );
    ok( wait_overlapped( &recv_ov, 10000 ), "another socket waits for the close\n" );
    ok( WaitForSingleObject( thread, 0 ) == WAIT_TIMEOUT, "it doesn't wait\n" );

    while (( ret = recv( b, taken, sizeof( taken ), 0 ) ) > 0) total += ret;
    ok( !ret && total == 1000000, "got %d, %d bytes, error %d\n", ret, total, WSAGetLastError() );
    ok( !WaitForSingleObject( thread, 10000 ), "it waits for ever\n" );
    CloseHandle( thread );
    WSACloseEvent( recv_ov.hEvent );
    closesocket( b );
    closesocket( other );
    closesocket( peer );
    winetest_pop_context();
}

/* ---- the end of a process: a peer that takes little can't put it off */

static const char *const ends[] = { "exit", "terminate", "handle", "thread", "terminate-thread", "close", "killed" };

static void child( const char *arguments )
{
    u_long nonblocking = 1;
    union address addr;
    char how[20] = "";
    int port = 0, small = 4096;
    SOCKET s;

    start_winsock();
    sscanf( arguments, "%d,%19s", &port, how );
    s = tcp_socket( AF_INET );
    setsockopt( s, SOL_SOCKET, SO_SNDBUF, (char *)&small, sizeof( small ) );
    if (connect( s, &addr.any, loopback( &addr, AF_INET, port ) )) ExitProcess( 1 );
    ioctlsocket( s, FIONBIO, &nonblocking );
    if (send( s, data, SIZE, 0 ) <= 0) ExitProcess( 2 );
    if (!strcmp( how, "terminate" )) TerminateProcess( GetCurrentProcess(), 0 );
    if (!strcmp( how, "handle" )) TerminateProcess( OpenProcess( PROCESS_TERMINATE, FALSE, GetCurrentProcessId() ), 0 );
    if (!strcmp( how, "thread" )) ExitThread( 0 );
    if (!strcmp( how, "terminate-thread" )) TerminateThread( GetCurrentThread(), 0 );
    if (!strcmp( how, "killed" )) Sleep( INFINITE );
    if (!strcmp( how, "close" )) closesocket( s );
    ExitProcess( 0 );
}

static void test_end( const char *how )
{
    int len, i, small = 4096;
    char arguments[40];
    SOCKET listener, peer;
    union address addr;
    HANDLE process;
    DWORD ret;

    listener = tcp_listener( AF_INET, &addr, &len );
    setsockopt( listener, SOL_SOCKET, SO_RCVBUF, (char *)&small, sizeof( small ) );
    sprintf( arguments, "child %d,%s", ntohs( addr.v4.sin_port ), how );
    process = start_child( "close_unsent", arguments );
    ok( wait_readable( listener, 20000 ), "%s: no connection\n", how );
    peer = accept( listener, NULL, NULL );
    set_timeout( peer, 5000 );
    if (!strcmp( how, "killed" ))
    {
        ok( recv( peer, taken, 1, 0 ) == 1, "error %d\n", WSAGetLastError() );
        ok( TerminateProcess( process, 0 ), "error %lu\n", GetLastError() );
    }
    for (i = 0; i < 20 && ( ret = WaitForSingleObject( process, 500 ) ); i++) recv( peer, taken, 20000, 0 );
    ok( !ret, "%s: the process still runs\n", how );
    if (ret) TerminateProcess( process, 0 );
    CloseHandle( process );
    closesocket( peer );
    closesocket( listener );
}

START_TEST( close_unsent )
{
    char **argv;
    int argc = winetest_get_mainargs( &argv );
    unsigned int i;

    if (argc >= 4)
    {
        child( argv[3] );
        return;
    }
    start_winsock();
    for (i = 0; i < ARRAY_SIZE( closes ); i++) test_close( i );
    test_linger( FALSE );
    test_linger( TRUE );
    test_linger_host();
    for (i = 0; i < ARRAY_SIZE( ends ); i++) test_end( ends[i] );
    stop_winsock();
}
