/*
 * Results without an overlapped operation: an OVERLAPPED on a socket that isn't overlapped, and one that the program
 * has filled in itself
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

enum call
{
    CALL_RECV,
    CALL_RECV_FROM,
    CALL_SEND,
    CALL_SEND_TO,
};

struct params
{
    SOCKET s;
    enum call call;
    OVERLAPPED ov;
    WSABUF buffer;
    int ret, error;
};

static void WINAPI no_routine( DWORD error, DWORD size, OVERLAPPED *ov, DWORD flags )
{
    ok( 0, "called: %lu, %lu, %p, %lx\n", error, size, ov, flags );
}

static DWORD WINAPI call_thread( void *arg )
{
    struct params *params = arg;
    DWORD flags = 0;

    WSASetLastError( 0xdead );
    switch (params->call)
    {
    case CALL_RECV: params->ret = WSARecv( params->s, &params->buffer, 1, NULL, &flags, &params->ov, NULL ); break;
    case CALL_RECV_FROM:
        params->ret = WSARecvFrom( params->s, &params->buffer, 1, NULL, &flags, NULL, NULL, &params->ov, NULL );
        break;
    case CALL_SEND: params->ret = WSASend( params->s, &params->buffer, 1, NULL, 0, &params->ov, NULL ); break;
    case CALL_SEND_TO:
        params->ret = WSASendTo( params->s, &params->buffer, 1, NULL, 0, NULL, 0, &params->ov, NULL );
        break;
    }
    params->error = WSAGetLastError();
    return 0;
}

/* The call blocks, whether the socket does or not, and stores its result. */
static void test_blocks( enum call call, BOOL nonblocking, BOOL with_event )
{
    static char big[1 << 22];
    struct params params = { .call = call };
    BOOL sends = call == CALL_SEND || call == CALL_SEND_TO;
    DWORD count = 0xdead, expect = sends ? sizeof( big ) : 4, flags;
    HANDLE thread;
    SOCKET a, b;

    winetest_push_context( "call %d, non-blocking %d, event %d", call, nonblocking, with_event );
    tcp_pair( AF_INET, 0, &a, &b );
    set_timeout( b, 10000 );
    if (nonblocking) set_blocking( a, FALSE );
    params.s = a;
    params.buffer.buf = big;
    params.buffer.len = sizeof( big );
    params.ov.Internal = 0xdead;
    if (with_event) params.ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    thread = CreateThread( NULL, 0, call_thread, &params, 0, NULL );
    ok( WaitForSingleObject( thread, 200 ) == WAIT_TIMEOUT, "didn't block\n" );
    if (sends) ok( drain( b, sizeof( big ) ) == sizeof( big ), "got less\n" );
    else ok_call( send( b, "data", 4, 0 ), 4, 0 );
    ok( !WaitForSingleObject( thread, 5000 ), "didn't end\n" );
    ok( !params.ret && !params.error, "got %d, error %d\n", params.ret, params.error );
    ok( !params.ov.Internal && params.ov.InternalHigh == expect, "got %Ix, %Iu\n", params.ov.Internal,
        params.ov.InternalHigh );
    ok( GetOverlappedResult( (HANDLE)a, &params.ov, &count, FALSE ) && count == expect, "got %lu\n", count );
    ok( WSAGetOverlappedResult( a, &params.ov, &count, TRUE, &flags ) && count == expect, "got %lu\n", count );
    if (with_event) ok( !WaitForSingleObject( params.ov.hEvent, 0 ), "event not set\n" );

    /* at once */
    if (!sends)
    {
        ok_call( send( b, "again", 5, 0 ), 5, 0 );
        ok( wait_readable( a, 1000 ), "no data\n" );
        call_thread( &params );
        ok( !params.ret && !params.ov.Internal && params.ov.InternalHigh == 5, "got %d, %Ix, %Iu\n", params.ret,
            params.ov.Internal, params.ov.InternalHigh );
    }
    if (with_event) CloseHandle( params.ov.hEvent );
    CloseHandle( thread );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* Nothing is left to do for a routine. */
static void test_routine( void )
{
    char data[8];
    WSABUF wsabuf = { sizeof( data ), data };
    OVERLAPPED ov = { 0 };
    DWORD flags = 0;
    SOCKET a, b;

    tcp_pair( AF_INET, 0, &a, &b );
    ok_call( send( b, "data", 4, 0 ), 4, 0 );
    ok_success( WSARecv( a, &wsabuf, 1, NULL, &flags, &ov, no_routine ) );
    ok( ov.InternalHigh == 4, "got %Iu\n", ov.InternalHigh );
    ok( SleepEx( 10, TRUE ) == 0, "a routine was called\n" );
    if (!stock) ok_error( WSARecv( a, &wsabuf, 1, NULL, &flags, (OVERLAPPED *)bad_page(), NULL ), WSAEFAULT );
    closesocket( a );
    closesocket( b );
}

/* Whoever has set the event: the wait is over, and the result is what is there. Statuses are successes or errors, and
 * pointers that aren't wanted may be missing. */
static void test_results( void )
{
    static const struct
    {
        ULONG status;
        BOOL ret;
        int error;
    } tests[] = {
        { 0, TRUE, 0 },
        { 1, TRUE, -1 },
        { 0x40000001, TRUE, -1 },
        { 0x80000005, FALSE, WSAEMSGSIZE },
        { 0xc0000007, FALSE, WSAENOBUFS },
        { 0xc000009a, FALSE, WSAENOBUFS },
        { 0xc00000c9, FALSE, WSAEINVAL },
        { 0xc000011f, FALSE, WSAEINVAL },
        { 0xc0000120, FALSE, WSA_OPERATION_ABORTED },
        { 0xc000020d, FALSE, WSAECONNRESET },
        { 0xc0000001, FALSE, WSAEINVAL },
    };
    SOCKET s = tcp_socket( AF_INET );
    OVERLAPPED ov = { 0 };
    DWORD count, flags;
    unsigned int i;
    BOOL ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%lx", tests[i].status );
        ov.Internal = tests[i].status;
        ov.InternalHigh = 7;
        count = 0xdead;
        WSASetLastError( 0xdead );
        ret = WSAGetOverlappedResult( s, &ov, &count, FALSE, &flags );
        ok( ret == tests[i].ret, "got %d\n", ret );
        ok( tests[i].error == -1 || WSAGetLastError() == tests[i].error, "got %d\n", WSAGetLastError() );
        ok( count == 7, "got %lu\n", count );
        winetest_pop_context();
    }
    ov.Internal = 0;
    ok( WSAGetOverlappedResult( s, &ov, NULL, FALSE, &flags ), "got error %d\n", WSAGetLastError() );
    ok( WSAGetOverlappedResult( s, &ov, &count, FALSE, NULL ), "got error %d\n", WSAGetLastError() );

    ov.Internal = STATUS_PENDING;
    ov.hEvent = CreateEventW( NULL, TRUE, TRUE, NULL );
    ok( !WSAGetOverlappedResult( s, &ov, &count, FALSE, &flags ) && WSAGetLastError() == WSA_IO_INCOMPLETE, "got %d\n",
        WSAGetLastError() );
    ret = WSAGetOverlappedResult( s, &ov, &count, TRUE, &flags );
    ok( ret && ( !WSAGetLastError() || WSAGetLastError() == WSA_IO_PENDING ), "got %d, error %d\n", ret,
        WSAGetLastError() );
    CloseHandle( ov.hEvent );
    closesocket( s );
}

static BOOL has_result( SOCKET s )
{
    OVERLAPPED ov = { .InternalHigh = 7 };
    DWORD count = 0, flags;
    BOOL ret;

    WSASetLastError( 0xdead );
    ret = WSAGetOverlappedResult( s, &ov, &count, FALSE, &flags );
    ok( ret ? count == 7 : WSAGetLastError() == WSAENOTSOCK, "got %d, %lu, error %d\n", ret, count, WSAGetLastError() );
    return ret;
}

/* WSAGetOverlappedResult wants handles that Winsock has made, and no others of the same socket. */
static void test_result_handles( void )
{
    SOCKET a, b, shared;
    WSAPROTOCOL_INFOW info;
    HANDLE duplicate, again;
    char data[4];

    tcp_pair( AF_INET, 0, &a, &b );
    ok( has_result( a ), "socket: WSAENOTSOCK\n" );
    ok( has_result( b ), "accept: WSAENOTSOCK\n" );
    ok_success( WSADuplicateSocketW( a, GetCurrentProcessId(), &info ) );
    shared = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED );
    ok( shared != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    ok( has_result( shared ), "WSADuplicateSocket: WSAENOTSOCK\n" );

    DuplicateHandle( GetCurrentProcess(), (HANDLE)a, GetCurrentProcess(), &duplicate, 0, FALSE, DUPLICATE_SAME_ACCESS );
    ok( !has_result( (SOCKET)duplicate ), "a duplicate has a result\n" );
    ok_call( send( b, "data", 4, 0 ), 4, 0 );
    ok_call( recv( (SOCKET)duplicate, data, 4, 0 ), 4, 0 ); /* which doesn't matter */
    ok( !has_result( (SOCKET)duplicate ), "a duplicate that was used has a result\n" );
    DuplicateHandle( GetCurrentProcess(), duplicate, GetCurrentProcess(), &again, 0, FALSE, DUPLICATE_SAME_ACCESS );
    ok( !has_result( (SOCKET)again ), "a duplicate's duplicate has a result\n" );
    ok( has_result( a ) && has_result( b ) && has_result( shared ), "those of before have none\n" );
    closesocket( a );
    ok( has_result( shared ) && !has_result( (SOCKET)again ), "it has changed with the first handle\n" );
    CloseHandle( duplicate );
    CloseHandle( again );
    closesocket( shared );
    closesocket( b );
}

START_TEST( synchronous )
{
    enum call call;
    int i;

    start_winsock();
    for (call = CALL_RECV; call <= CALL_SEND_TO; call++)
        for (i = 0; i < 4; i++) test_blocks( call, i & 1, i >> 1 );
    if (!stock) test_routine(); /* stock calls it */
    test_results();
    test_result_handles();
    stop_winsock();
}
