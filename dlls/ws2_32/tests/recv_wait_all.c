/*
 * Where MSG_WAITALL is refused, and what ends it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages of recv and WSARecv. What it does otherwise is in recv.c.
 */

#include "sockets.h"

/* What can't wait, or can't know all, is refused; nothing is received then. */
static void test_refused( void )
{
    static const DWORD flags[] = { MSG_WAITALL | MSG_PEEK, MSG_WAITALL | MSG_OOB, MSG_WAITALL | MSG_PARTIAL };
    OVERLAPPED ov = { 0 };
    WSABUF buf;
    char buffer[16];
    unsigned int i;
    DWORD got, flag;
    SOCKET a, b;

    buf.buf = buffer;
    buf.len = 3;
    tcp_socketpair( &a, &b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "no data\n" );
    set_blocking( b, FALSE );
    ok_docs_error( recv( b, buffer, 3, MSG_WAITALL ), WSAEOPNOTSUPP );
    flag = MSG_WAITALL;
    if (!stock) ok_error( WSARecv( b, &buf, 1, &got, &flag, NULL, NULL ), WSAEOPNOTSUPP );
    if (!stock) ok_error( WSARecv( b, &buf, 1, &got, &flag, &ov, NULL ), WSAEOPNOTSUPP );
    set_blocking( b, TRUE );
    for (i = 0; i < ARRAY_SIZE( flags ); i++)
        if (!stock) ok_error( recv( b, buffer, 3, flags[i] ), WSAEOPNOTSUPP );
    if (!stock) ok_call( recv( b, buffer, 3, MSG_WAITALL ), 3, 0 );
    closesocket( a );
    closesocket( b );
}

static void end_cancel_io( SOCKET s, WSAOVERLAPPED *ov )
{
    (void)ov;
    ok( CancelIo( (HANDLE)s ), "error %lu\n", GetLastError() );
}

static void end_cancel_io_ex( SOCKET s, WSAOVERLAPPED *ov )
{
    ok( CancelIoEx( (HANDLE)s, ov ), "error %lu\n", GetLastError() );
}

static void end_cancel_all( SOCKET s, WSAOVERLAPPED *ov )
{
    (void)ov;
    ok( CancelIoEx( (HANDLE)s, NULL ), "error %lu\n", GetLastError() );
}

static const struct
{
    const char *name;
    void ( *end )( SOCKET s, WSAOVERLAPPED *ov );
} ends[] = { { "CancelIo", end_cancel_io }, { "CancelIoEx", end_cancel_io_ex }, { "CancelIoEx, all", end_cancel_all } };

/* A receive that has taken a part, and is ended: the part isn't lost. Stock completes it with the part. */
static void test_part( unsigned int i )
{
    WSAOVERLAPPED ov = { .hEvent = WSACreateEvent() };
    DWORD flags = MSG_WAITALL, first = 0;
    char buffer[8] = "";
    u_long left = 1;
    int tries;
    WSABUF buf = { 6, buffer };
    SOCKET a, b;

    winetest_push_context( "%s", ends[i].name );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    set_timeout( b, 10000 );
    ok_error( WSARecv( b, &buf, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    for (tries = 0; tries < 1000 && ( !buffer[2] || left ); tries++)
    {
        Sleep( 1 );
        ioctlsocket( b, FIONREAD, &left );
    }
    if (WaitForSingleObject( ov.hEvent, 0 )) ends[i].end( b, &ov );
    ok( !WaitForSingleObject( ov.hEvent, 10000 ), "it pends\n" );
    if (!WSAGetOverlappedResult( b, &ov, &first, FALSE, &flags ))
        ok( WSAGetLastError() == WSA_OPERATION_ABORTED, "error %d\n", WSAGetLastError() );
    ok_call( send( a, "def", 3, 0 ), 3, 0 );
    ok_call( recv_all( b, buffer + first, 6 - first ), 6 - (int)first, 0 );
    ok( !memcmp( buffer, "abcdef", 6 ), "got %s\n", buffer );
    closesocket( a );
    closesocket( b );
    WSACloseEvent( ov.hEvent );
    winetest_pop_context();
}

/* The same for calls that block. */
struct blocked
{
    SOCKET s;
    BOOL two_buffers;
    char buffer[8];
    int ret;
};

static DWORD WINAPI block( void *arg )
{
    struct blocked *blocked = arg;
    WSABUF bufs[2] = { { 2, blocked->buffer }, { 4, blocked->buffer + 2 } };
    DWORD flags = MSG_WAITALL, got = 0;

    if (!blocked->two_buffers) blocked->ret = recv( blocked->s, blocked->buffer, 6, MSG_WAITALL );
    else if (WSARecv( blocked->s, bufs, 2, &got, &flags, NULL, NULL )) blocked->ret = -1;
    else blocked->ret = got;
    return 0;
}

static void end_blocked_cancel_all( SOCKET s, HANDLE thread )
{
    (void)thread;
    CancelIoEx( (HANDLE)s, NULL );
}

static void end_blocked_cancel_synchronous( SOCKET s, HANDLE thread )
{
    (void)s;
    CancelSynchronousIo( thread );
}

static void end_blocked_time_out( SOCKET s, HANDLE thread )
{
    (void)s;
    (void)thread;
}

static void end_blocked_shutdown( SOCKET s, HANDLE thread )
{
    (void)thread;
    shutdown( s, SD_RECEIVE );
}

static const struct
{
    const char *name;
    void ( *end )( SOCKET s, HANDLE thread );
    int timeout; /* of receives, ms */
    BOOL ends_all;
} blocked_ends[] = { { "CancelIoEx", end_blocked_cancel_all, 20000, FALSE },
                     { "CancelSynchronousIo", end_blocked_cancel_synchronous, 20000, FALSE },
                     { "time-out", end_blocked_time_out, 600, FALSE },
                     { "shutdown", end_blocked_shutdown, 20000, TRUE } };

static void test_blocked_part( unsigned int i, BOOL two_buffers, BOOL behind )
{
    struct blocked blocked = { .two_buffers = two_buffers };
    WSAOVERLAPPED ov = { .hEvent = WSACreateEvent() };
    DWORD flags = 0;
    char other[4], rest[8] = "";
    WSABUF buf = { 1, other };
    HANDLE thread;
    u_long left = 1;
    int tries, first;
    SOCKET a;

    winetest_push_context( "%s, %s%s", blocked_ends[i].name, two_buffers ? "WSARecv" : "recv",
                           behind ? ", behind another" : "" );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &blocked.s );
    set_timeout( blocked.s, blocked_ends[i].timeout );
    if (behind) ok_error( WSARecv( blocked.s, &buf, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    thread = CreateThread( NULL, 0, block, &blocked, 0, NULL );
    Sleep( 100 );
    ok_call( send( a, "-abc" + !behind, 3 + behind, 0 ), 3 + behind, 0 );
    for (tries = 0; tries < 300 && ( !blocked.buffer[2] || left ); tries++)
    {
        Sleep( 1 );
        ioctlsocket( blocked.s, FIONREAD, &left );
    }
    Sleep( 20 );
    blocked_ends[i].end( blocked.s, thread );
    WaitForSingleObject( thread, 300 );
    ok_call( send( a, "defghi", 6, 0 ), 6, 0 );
    ok( !WaitForSingleObject( thread, 15000 ), "it blocks\n" );
    first = blocked.ret > 0 ? blocked.ret : 0;
    if (blocked_ends[i].ends_all) ok( blocked.ret == 3 || blocked.ret == 6, "got %d\n", blocked.ret );
    else
    {
        ok_call( recv_all( blocked.s, rest, 1 ), 1, 0 );
        ok( rest[0] == 'a' + first, "got %d, then %s\n", blocked.ret, rest );
    }
    ok( !memcmp( blocked.buffer, "abcdef", first ), "got %s\n", blocked.buffer );
    CloseHandle( thread );
    closesocket( a );
    closesocket( blocked.s );
    WSACloseEvent( ov.hEvent );
    winetest_pop_context();
}

START_TEST( recv_wait_all )
{
    unsigned int j;

    start_winsock();
    test_refused();
    for (j = 0; j < ARRAY_SIZE( blocked_ends ) * 4; j++) test_blocked_part( j / 4, j & 1, j >> 1 & 1 );
    for (unsigned int i = 0; i < ARRAY_SIZE( ends ); i++) test_part( i );
    stop_winsock();
}
