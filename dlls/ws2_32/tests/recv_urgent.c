/*
 * Receives of urgent data (MSG_OOB) when none will come any more
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static const enum end {
    END_CLOSE,
    END_SHUTDOWN,
    END_RESET,
    END_DATA, /* urgent data after all */
} ends[] = { END_CLOSE, END_SHUTDOWN, END_RESET, END_DATA };

static void end_peer( SOCKET *peer, enum end end )
{
    struct linger linger = { 1, 0 };

    switch (end)
    {
    case END_SHUTDOWN: ok_success( shutdown( *peer, SD_SEND ) ); return;
    case END_DATA: ok_call( send( *peer, "u", 1, MSG_OOB ), 1, 0 ); return;
    case END_RESET: ok_success( setsockopt( *peer, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) ); break;
    case END_CLOSE: break;
    }
    closesocket( *peer );
    *peer = INVALID_SOCKET;
}

static void test_overlapped( enum end end, BOOL begun )
{
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    DWORD count = 7, flags = MSG_OOB;
    char data = 0;
    WSABUF buf = { 1, &data };
    SOCKET a, b;
    int ret, error;

    winetest_push_context( "end %d, begun %d", end, begun );
    tcp_socketpair( &a, &b );
    if (!begun)
    {
        end_peer( &b, end );
        Sleep( 50 );
    }
    WSASetLastError( 0 );
    ret = WSARecv( a, &buf, 1, NULL, &flags, &ov, NULL );
    error = ret ? WSAGetLastError() : 0;
    ok( !begun || error == WSA_IO_PENDING, "got error %d\n", error );
    if (begun)
    {
        ok( WaitForSingleObject( ov.hEvent, 50 ) == WAIT_TIMEOUT, "it has ended\n" );
        end_peer( &b, end );
    }
    if (error && error != WSA_IO_PENDING) ok( end == END_RESET && error == WSAECONNRESET, "got error %d\n", error );
    else
    {
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "it doesn't end\n" );
        ret = WSAGetOverlappedResult( a, &ov, &count, FALSE, &flags );
        ok( ret == ( end != END_RESET ) && ( ret || WSAGetLastError() == WSAECONNRESET ), "got %d, error %d\n", ret,
            WSAGetLastError() );
        if (ret) ok( count == ( end == END_DATA ), "got %lu bytes\n", count );
    }
    closesocket( a );
    if (b != INVALID_SOCKET) closesocket( b );
    CloseHandle( ov.hEvent );
    winetest_pop_context();
}

struct blocking
{
    SOCKET s;
    int ret, error;
};

static DWORD WINAPI recv_thread( void *arg )
{
    struct blocking *blocking = arg;
    char data;

    blocking->ret = recv( blocking->s, &data, 1, MSG_OOB );
    blocking->error = blocking->ret < 0 ? WSAGetLastError() : 0;
    return 0;
}

static void test_blocking( enum end end, BOOL begun )
{
    struct blocking blocking;
    HANDLE thread;
    SOCKET a, b;

    winetest_push_context( "end %d, begun %d", end, begun );
    tcp_socketpair( &a, &b );
    set_timeout( a, 4000 );
    blocking.s = a;
    if (!begun) end_peer( &b, end );
    if (!begun) Sleep( 50 );
    thread = CreateThread( NULL, 0, recv_thread, &blocking, 0, NULL );
    ok( !begun || WaitForSingleObject( thread, 50 ) == WAIT_TIMEOUT, "it has ended\n" );
    if (begun) end_peer( &b, end );
    ok( !WaitForSingleObject( thread, 8000 ), "it doesn't end\n" );
    if (end == END_RESET)
        ok( blocking.ret == SOCKET_ERROR && blocking.error == WSAECONNRESET, "got %d, error %d\n", blocking.ret,
            blocking.error );
    else ok( blocking.ret == ( end == END_DATA ), "got %d, error %d\n", blocking.ret, blocking.error );
    CloseHandle( thread );
    closesocket( a );
    if (b != INVALID_SOCKET) closesocket( b );
    winetest_pop_context();
}

/* What was sent before the end isn't urgent, and stays there. */
static void test_unread( void )
{
    char data[8];
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_call( send( b, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( a, 3000 ), "there is no data\n" );
    set_blocking( a, FALSE );
    ok( recv( a, data, 1, MSG_OOB ) == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK, "got error %d\n",
        WSAGetLastError() );
    set_blocking( a, TRUE );
    set_timeout( a, 4000 );
    closesocket( b );
    Sleep( 50 );
    ok( !recv( a, data, 1, MSG_OOB ), "got error %d\n", WSAGetLastError() );
    ok_call( recv( a, data, sizeof( data ), 0 ), 3, 0 );
    ok_call( recv( a, data, sizeof( data ), 0 ), 0, 0 );
    closesocket( a );
}

/* Urgent data that was read out of band isn't in the stream, whenever SO_OOBINLINE is set. */
static void test_inline_after( void )
{
    static const struct
    {
        const char *before, *after; /* in the stream, beside the urgent byte */
        BOOL read;                  /* out of band, before SO_OOBINLINE is set */
        const char *stream, *stream2;
    } cases[] = {
        { "", "", TRUE, "v", "" },       { "ab", "", TRUE, "v", "" }, { "", "cd", TRUE, "cd", "v" },
        { "ab", "cd", TRUE, "cd", "v" }, { "", "", FALSE, "u", "v" }, { "ab", "cd", FALSE, "ucd", "v" },
    };
    const char *stream;
    unsigned int i;
    char data[16];
    SOCKET a, b;
    int on = 1;

    for (i = 0; i < ARRAY_SIZE( cases ); i++)
    {
        winetest_push_context( "case %u", i );
        tcp_socketpair( &a, &b );
        set_timeout( a, 3000 );
        if (cases[i].before[0]) ok_call( send( b, cases[i].before, 2, 0 ), 2, 0 );
        ok_call( send( b, "u", 1, MSG_OOB ), 1, 0 );
        Sleep( 50 );
        if (cases[i].after[0]) ok_call( send( b, cases[i].after, 2, 0 ), 2, 0 );
        Sleep( 50 );
        if (cases[i].before[0]) ok_call( recv( a, data, sizeof( data ), 0 ), 2, 0 );
        if (cases[i].read) ok_call( recv( a, data, sizeof( data ), MSG_OOB ), 1, 0 );
        ok_success( setsockopt( a, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof( on ) ) );
        ok_call( send( b, "v", 1, MSG_OOB ), 1, 0 );
        Sleep( 50 );
        memset( data, 0, sizeof( data ) );
        stream = cases[i].stream;
        ok_call( recv( a, data, sizeof( data ), 0 ), (int)strlen( stream ), 0 );
        ok( !strcmp( data, stream ), "got %s, expected %s\n", data, stream );
        memset( data, 0, sizeof( data ) );
        stream = cases[i].stream2;
        if (stream[0])
        {
            ok_call( recv( a, data, sizeof( data ), 0 ), (int)strlen( stream ), 0 );
            ok( !strcmp( data, stream ), "got %s, expected %s\n", data, stream );
        }
        /* nothing is left, so this is no reset */
        closesocket( a );
        set_timeout( b, 3000 );
        ok_call( recv( b, data, sizeof( data ), 0 ), 0, 0 );
        closesocket( b );
        winetest_pop_context();
    }
}

START_TEST( recv_urgent )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < ARRAY_SIZE( ends ); i++)
    {
        if (by_afd() && ends[i] != END_DATA) continue; /* now and then the wineserver doesn't end them */
        test_overlapped( ends[i], FALSE );
        test_overlapped( ends[i], TRUE );
        test_blocking( ends[i], FALSE );
        test_blocking( ends[i], TRUE );
    }
    if (!by_afd()) test_unread();
    if (!by_afd() && !stock) test_inline_after(); /* the host's own behaviour there */
    stop_winsock();
}
