/*
 * Calls of several threads that block on one socket: each has its turn
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For AFD a blocking call is a request like any other: those of one direction are served in the order in which they
 * were made, each as a whole.
 */

#include "extension.h"

#define BIG   ( 6 << 20 ) /* more than the host keeps */
#define BEGUN 150         /* ms after which a thread blocks in its call */

static char *big;

struct call
{
    SOCKET s;
    int flags, len, ret, error;
    BOOL sends;
    char data[16];
    const char *big;
    HANDLE begun, thread;
    DWORD id;
};

static DWORD WINAPI call_thread( void *arg )
{
    struct call *call = arg;

    SetEvent( call->begun );
    if (call->sends) call->ret = send( call->s, call->big, call->len, 0 );
    else call->ret = recv( call->s, call->data, call->len, call->flags );
    call->error = WSAGetLastError();
    return 0;
}

static void call_begin( struct call *call, SOCKET s, int len )
{
    call->s = s;
    call->len = len;
    call->begun = CreateEventW( NULL, TRUE, FALSE, NULL );
    call->thread = CreateThread( NULL, 0, call_thread, call, 0, &call->id );
    WaitForSingleObject( call->begun, INFINITE );
    Sleep( BEGUN );
}

static void call_end( struct call *call )
{
    ok( !WaitForSingleObject( call->thread, 10000 ), "the call doesn't end\n" );
    CloseHandle( call->thread );
    CloseHandle( call->begun );
}

static void send_begin( struct call *call, SOCKET s, const char *data, int len )
{
    call->sends = TRUE;
    call->big = data;
    call_begin( call, s, len );
}

/* The send has begun when some of it has come. */
static void wait_for_data( SOCKET s )
{
    u_long count = 0;
    int i;

    for (i = 0; i < 1000 && !ioctlsocket( s, FIONREAD, &count ) && !count; i++) Sleep( 10 );
}

/* Receives all; how often the letter changes, and how many bytes came. */
static int receive_all( SOCKET s, int wanted, int *len )
{
    static char buffer[1 << 16];
    int ret, i, changes = 0;
    char last = 0;

    for (*len = 0; *len < wanted && ( ret = recv( s, buffer, sizeof( buffer ), 0 ) ) > 0; *len += ret)
        for (i = 0; i < ret; i++)
        {
            if (buffer[i] != last) changes++;
            last = buffer[i];
        }
    return changes;
}

/* A send is one piece, whatever other threads send meanwhile. */
static void test_send_is_whole( void )
{
    struct call a = { 0 }, b = { 0 };
    WSAOVERLAPPED ov = { 0 };
    WSABUF wsabuf = { BIG, big + BIG };
    SOCKET client, server;
    int len, changes;
    u_long one = 1;
    DWORD count;

    tcp_pair( AF_INET, 0, &client, &server );
    send_begin( &a, client, big, BIG );
    wait_for_data( server );
    send_begin( &b, client, big + BIG, BIG );
    changes = receive_all( server, 2 * BIG, &len );
    ok( len == 2 * BIG && changes == 2, "two sends: got %d bytes, %d pieces\n", len, changes );
    call_end( &a );
    call_end( &b );
    ok( a.ret == BIG && b.ret == BIG, "got %d, %d\n", a.ret, b.ret );
    closesocket( client );
    closesocket( server );

    tcp_socketpair( &client, &server );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    send_begin( &a, client, big, BIG );
    wait_for_data( server );
    ok( WSASend( client, &wsabuf, 1, NULL, 0, &ov, NULL ) == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING,
        "error %d\n", WSAGetLastError() );
    changes = receive_all( server, 2 * BIG, &len );
    ok( len == 2 * BIG && changes == 2, "a send and an overlapped one: got %d bytes, %d pieces\n", len, changes );
    call_end( &a );
    ok( GetOverlappedResult( (HANDLE)client, &ov, &count, TRUE ) && count == BIG, "got %lu bytes\n", count );
    CloseHandle( ov.hEvent );
    closesocket( client );
    closesocket( server );

    /* a socket that becomes non-blocking meanwhile has no room */
    tcp_pair( AF_INET, 0, &client, &server );
    send_begin( &a, client, big, BIG );
    wait_for_data( server );
    ok_call( ioctlsocket( client, FIONBIO, &one ), 0, 0 );
    ok_call( send( client, big + BIG, 2, 0 ), SOCKET_ERROR, WSAEWOULDBLOCK );
    changes = receive_all( server, BIG, &len );
    ok( len == BIG && changes == 1, "non-blocking: got %d bytes, %d pieces\n", len, changes );
    call_end( &a );
    closesocket( client );
    closesocket( server );
}

static void test_shutdown( void )
{
    struct call a = { 0 };
    SOCKET client, server;
    int len;

    tcp_pair( AF_INET, 0, &client, &server );
    send_begin( &a, client, big, BIG );
    wait_for_data( server );
    ok_call( shutdown( client, SD_SEND ), 0, 0 );
    receive_all( server, BIG + 1, &len );
    ok( len == BIG, "got %d bytes\n", len );
    call_end( &a );
    ok( a.ret == BIG, "got %d, error %d\n", a.ret, a.error );
    closesocket( client );
    closesocket( server );
}

/* Receives are served in their order. */
static void test_receive( int type )
{
    struct call calls[3] = { { 0 } };
    SOCKET client, server;
    int i, round;

    for (round = 0; round < 3; round++)
    {
        if (type == SOCK_STREAM) tcp_pair( AF_INET, 0, &client, &server );
        else udp_pair( AF_INET, &client, &server );
        memset( calls, 0, sizeof( calls ) );
        for (i = 0; i < 3; i++) call_begin( &calls[i], server, 1 );
        for (i = 0; i < 3; i++)
        {
            char number = '1' + i;

            ok_call( send( client, &number, 1, 0 ), 1, 0 );
        }
        for (i = 0; i < 3; i++)
        {
            call_end( &calls[i] );
            ok( calls[i].ret == 1 && calls[i].data[0] == '1' + i, "%d: got %d, %c, error %d\n", i, calls[i].ret,
                calls[i].data[0], calls[i].error );
        }
        closesocket( client );
        closesocket( server );
    }
}

static void test_receive_overlapped( void )
{
    struct call a = { 0 };
    WSAOVERLAPPED ov = { 0 };
    char data[4];
    WSABUF wsabuf = { 4, data };
    DWORD flags = 0, count;
    SOCKET client, server;

    tcp_socketpair( &client, &server );
    call_begin( &a, server, 4 );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok( WSARecv( server, &wsabuf, 1, NULL, &flags, &ov, NULL ) == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING,
        "error %d\n", WSAGetLastError() );
    ok_call( send( client, "1111", 4, 0 ), 4, 0 );
    call_end( &a );
    ok( a.ret == 4 && !memcmp( a.data, "1111", 4 ), "got %d, %.4s\n", a.ret, a.data );
    ok_call( send( client, "2222", 4, 0 ), 4, 0 );
    ok( GetOverlappedResult( (HANDLE)server, &ov, &count, TRUE ) && count == 4, "got %lu bytes\n", count );
    ok( !memcmp( data, "2222", 4 ), "got %.4s\n", data );
    CloseHandle( ov.hEvent );
    closesocket( client );
    closesocket( server );
}

/* A thread that is terminated, or cancelled, leaves its turn to the next. */
static void test_leave( BOOL terminate )
{
    struct call a = { 0 }, b = { 0 };
    SOCKET client, server;
    BOOL ret;

    winetest_push_context( terminate ? "terminated" : "cancelled" );
    tcp_pair( AF_INET, 0, &client, &server );
    call_begin( &a, server, 4 );
    if (terminate)
    {
        call_begin( &b, server, 4 );
        TerminateThread( a.thread, 0 );
        WaitForSingleObject( a.thread, 5000 );
        /* the server's receive for the dead thread may have taken it */
        ok_call( send( client, "1111", 4, 0 ), 4, 0 );
        if (WaitForSingleObject( b.thread, 2000 )) ok_call( send( client, "1111", 4, 0 ), 4, 0 );
        call_end( &b );
        ok( b.ret == 4, "got %d, error %d\n", b.ret, b.error );
        CloseHandle( a.thread );
        CloseHandle( a.begun );
    }
    else
    {
        SetLastError( 0 );
        ret = CancelIoEx( (HANDLE)server, NULL );
        /* newer Wine finds nothing to cancel */
        ok( ret || broken( GetLastError() == ERROR_NOT_FOUND ), "error %lu\n", GetLastError() );
        if (!ret) send( client, "1111", 4, 0 );
        call_end( &a );
        if (ret) ok( a.ret == SOCKET_ERROR && a.error == WSA_OPERATION_ABORTED, "got %d, error %d\n", a.ret, a.error );
    }
    closesocket( client );
    closesocket( server );
    winetest_pop_context();
}

/* INFINITE, as any other large number, is no time-out. */
static void test_infinite( void )
{
    DWORD values[] = { INFINITE, 0x80000000, 0x7fffffff };
    SOCKET client, server;
    struct call a;
    unsigned int i;
    int len;

    for (i = 0; i < ARRAY_SIZE( values ); i++)
    {
        tcp_pair( AF_INET, 0, &client, &server );
        setsockopt( server, SOL_SOCKET, SO_RCVTIMEO, (char *)&values[i], sizeof( DWORD ) );
        setsockopt( client, SOL_SOCKET, SO_SNDTIMEO, (char *)&values[i], sizeof( DWORD ) );
        memset( &a, 0, sizeof( a ) );
        call_begin( &a, server, 1 );
        ok_call( send( client, "1", 1, 0 ), 1, 0 );
        call_end( &a );
        ok( a.ret == 1, "%#lx: got %d, error %d\n", values[i], a.ret, a.error );
        memset( &a, 0, sizeof( a ) );
        send_begin( &a, client, big, BIG );
        wait_for_data( server );
        receive_all( server, BIG, &len );
        call_end( &a );
        ok( a.ret == BIG, "%#lx: got %d, error %d\n", values[i], a.ret, a.error );
        closesocket( client );
        closesocket( server );
    }
}

static SOCKET nested_socket;

static void CALLBACK nested_apc( ULONG_PTR len )
{
    char data[4];

    ok_call( recv( nested_socket, data, (int)len, 0 ), (int)len, 0 );
}

/* An APC that runs in a blocking call receives on the same socket. */
static void test_nested( void )
{
    struct call a = { 0 };
    SOCKET client, server;

    tcp_pair( AF_INET, 0, &client, &server );
    nested_socket = server;
    call_begin( &a, server, 4 );
    QueueUserAPC( nested_apc, a.thread, 1 );
    Sleep( BEGUN );
    ok_call( send( client, "1", 1, 0 ), 1, 0 );
    Sleep( BEGUN );
    ok_call( send( client, "2", 1, 0 ), 1, 0 );
    call_end( &a );
    ok( a.ret == 1, "got %d, error %d\n", a.ret, a.error );
    closesocket( client );
    closesocket( server );
}

START_TEST( turn )
{
    start_winsock();
    big = malloc( 2 * BIG );
    memset( big, 'A', BIG );
    memset( big + BIG, 'B', BIG );
    test_send_is_whole();
    test_shutdown();
    test_receive( SOCK_STREAM );
    test_receive( SOCK_DGRAM );
    test_receive_overlapped();
    test_leave( FALSE );
    test_leave( TRUE );
    test_infinite();
    test_nested();
    free( big );
    stop_winsock();
}
