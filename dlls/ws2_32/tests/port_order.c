/*
 * The order in which packets of different sources come out of a completion port
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A pipe's packets, those of sockets and the program's own: each is posted only when the one before it is known to have
 * been, and so has to come out after it. On Node.js the other order loses the last message of a worker that exits.
 */

#include "sockets.h"

#define ROUNDS 300

enum source
{
    SOURCE_PIPE = 1,
    SOURCE_SOCKET,
    SOURCE_POST,
    SOURCE_ACCEPT,
};

static HANDLE port, pipe_here, pipe_there;
static SOCKET a, b;

/* The pipe's end here pends a read, the other end writes: when the write has returned, the packet is posted. */
static void make_pipe( void )
{
    const char *name = own_name( "\\\\.\\pipe\\" );

    pipe_here = CreateNamedPipeA( name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 4096, 4096, 0, NULL );
    pipe_there = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL );
    ok( pipe_here != INVALID_HANDLE_VALUE && pipe_there != INVALID_HANDLE_VALUE, "error %lu\n", GetLastError() );
}

static OVERLAPPED ov_pipe, ov_socket;
static char from_pipe[8], from_socket[8];

static void pend_pipe( void )
{
    memset( &ov_pipe, 0, sizeof( ov_pipe ) );
    ok( !ReadFile( pipe_here, from_pipe, 1, NULL, &ov_pipe ) && GetLastError() == ERROR_IO_PENDING, "error %lu\n",
        GetLastError() );
}

static void pend_socket( void )
{
    WSABUF wsabuf = { 1, from_socket };
    DWORD flags = 0;

    memset( &ov_socket, 0, sizeof( ov_socket ) );
    ok_error( WSARecv( b, &wsabuf, 1, NULL, &flags, &ov_socket, NULL ), WSA_IO_PENDING );
}

/* The packet of a source; TRUE once it is known to have been posted. */
static BOOL act( enum source source )
{
    DWORD written;

    switch (source)
    {
    case SOURCE_PIPE: return WriteFile( pipe_there, "p", 1, &written, NULL ) && wait_overlapped( &ov_pipe, 5000 );
    case SOURCE_SOCKET: return send( a, "s", 1, 0 ) == 1;
    case SOURCE_POST: return PostQueuedCompletionStatus( port, 0, SOURCE_POST, NULL );
    default: return FALSE;
    }
}

/* Which source the next packet is of; 0: none. */
static enum source take( void )
{
    ULONG_PTR key = 0;
    OVERLAPPED *ov;
    DWORD n;

    if (!GetQueuedCompletionStatus( port, &n, &key, &ov, 5000 )) return 0;
    return (enum source)key;
}

/* In each the last source comes after the others. A socket's receive is completed by whoever looks at the port, so it
 * is posted at an unknown moment, and not before others that are known. */
static const enum source orders[][4] = {
    { SOURCE_PIPE, SOURCE_POST },
    { SOURCE_POST, SOURCE_PIPE },
    { SOURCE_PIPE, SOURCE_SOCKET },
    { SOURCE_POST, SOURCE_PIPE, SOURCE_SOCKET },
    { SOURCE_PIPE, SOURCE_POST, SOURCE_SOCKET },
};

static void test_order( unsigned int which )
{
    unsigned int round, i;
    enum source got;

    winetest_push_context( "order %u", which );
    for (round = 0; round < ROUNDS; round++)
    {
        pend_pipe();
        pend_socket();
        for (i = 0; orders[which][i]; i++) ok( act( orders[which][i] ), "source %d failed\n", orders[which][i] );
        for (i = 0; orders[which][i]; i++)
        {
            got = take();
            ok( got == orders[which][i], "round %u, packet %u: got one of %d, not of %d\n", round, i, got,
                orders[which][i] );
        }
        for (i = 0; orders[which][i] && orders[which][i] != SOURCE_SOCKET; i++) /* nothing */
            ;
        if (!orders[which][i]) ok( act( SOURCE_SOCKET ) && take() == SOURCE_SOCKET, "no socket packet\n" );
        for (i = 0; orders[which][i] && orders[which][i] != SOURCE_PIPE; i++) /* nothing */
            ;
        if (!orders[which][i]) ok( act( SOURCE_PIPE ) && take() == SOURCE_PIPE, "no pipe packet\n" );
    }
    winetest_pop_context();
}

/* A connection that the server has accepted comes before what the program posts after it. */
static void test_accept( void )
{
    SOCKET listener, accepted, client;
    union address addr;
    OVERLAPPED ov;
    char buffer[256];
    unsigned int round;
    enum source got;
    DWORD n;
    int len;

    listener = tcp_listener( AF_INET, &addr, &len );
    CreateIoCompletionPort( (HANDLE)listener, port, SOURCE_ACCEPT, 0 );
    for (round = 0; round < 100; round++)
    {
        accepted = tcp_socket( AF_INET );
        client = tcp_socket( AF_INET );
        memset( &ov, 0, sizeof( ov ) );
        AcceptEx( listener, accepted, buffer, 0, 100, 100, &n, &ov );
        ok_success( connect( client, &addr.any, len ) );
        ok( wait_overlapped( &ov, 5000 ), "not accepted\n" );
        act( SOURCE_POST );
        got = take();
        ok( got == SOURCE_ACCEPT, "round %u: got %d first\n", round, got );
        got = take();
        ok( got == SOURCE_POST, "round %u: got %d last\n", round, got );
        closesocket( client );
        closesocket( accepted );
    }
    closesocket( listener );
}

START_TEST( port_order )
{
    unsigned int i;

    start_winsock();
    make_pipe();
    tcp_socketpair( &a, &b );
    port = CreateIoCompletionPort( (HANDLE)b, NULL, SOURCE_SOCKET, 0 );
    ok( CreateIoCompletionPort( pipe_here, port, SOURCE_PIPE, 0 ) == port, "error %lu\n", GetLastError() );
    for (i = 0; i < sizeof( orders ) / sizeof( orders[0] ); i++) test_order( i );
    test_accept();
    closesocket( a );
    closesocket( b );
    CloseHandle( pipe_here );
    CloseHandle( pipe_there );
    CloseHandle( port );
    stop_winsock();
}
