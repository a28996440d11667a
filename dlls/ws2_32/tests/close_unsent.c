/*
 * Unsent data when a socket is closed or its process ends
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define SIZE 8000000 /* more than the host's buffers take */

static char data[SIZE], taken[100000];

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
    for (i = 0; i < ARRAY_SIZE( ends ); i++) test_end( ends[i] );
    stop_winsock();
}
