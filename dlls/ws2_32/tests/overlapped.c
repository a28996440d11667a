/*
 * Overlapped operations that are big, cancelled, limited, or end with their connection or thread; On are the rules of
 * LPWSPSEND's page
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "routine_calls.h"

/* Big sends, several outstanding: order kept, none short. */
static void test_big_sends( void )
{
    enum
    {
        COUNT = 6,
        SIZE = 3 * 1024 * 1024
    };
    char *data = malloc( COUNT * SIZE ), *buffer = malloc( COUNT * SIZE );
    OVERLAPPED sends[COUNT] = { { 0 } };
    DWORD count, flags = 0;
    BOOL pended = FALSE;
    SOCKET a, b;
    int i, j, ret;

    tcp_socketpair( &a, &b );
    fill_pattern( data, COUNT * SIZE, 11 );
    for (i = 0; i < COUNT; i++)
    {
        WSABUF bufs[3];

        for (j = 0; j < 3; j++)
        {
            bufs[j].buf = data + i * SIZE + j * ( SIZE / 3 );
            bufs[j].len = SIZE / 3;
        }
        sends[i].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ret = WSASend( a, bufs, 3, NULL, 0, &sends[i], NULL );
        ok( !ret || WSAGetLastError() == WSA_IO_PENDING, "%d: got %d, error %d\n", i, ret, WSAGetLastError() );
        if (ret) pended = TRUE;
    }
    ok( pended, "none of the sends had to wait\n" );
    ok_call( recv_all( b, buffer, COUNT * SIZE ), COUNT * SIZE, 0 );
    i = check_pattern( buffer, COUNT * SIZE, 11 );
    ok( i == -1, "wrong data at %d\n", i );
    for (i = 0; i < COUNT; i++)
    {
        ok( !WaitForSingleObject( sends[i].hEvent, 3000 ), "not done\n" );
        ok( WSAGetOverlappedResult( a, &sends[i], &count, FALSE, &flags ) && count == SIZE, "%d: got %lu, error %d\n",
            i, count, WSAGetLastError() );
        CloseHandle( sends[i].hEvent );
    }
    closesocket( a );
    closesocket( b );
    free( data );
    free( buffer );
}

/* The end of the peer and a reset complete what pends. */
static void test_end( int family )
{
    struct linger linger = { 1, 0 };
    DWORD count, flags, key_count;
    OVERLAPPED ov, *ret_ov;
    char buffer[16];
    ULONG_PTR key;
    HANDLE port;
    SOCKET a, b;
    int ret, i;

    winetest_push_context( "%s", family_name( family ) );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%s", i ? "reset" : "end" );
        tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
        memset( &ov, 0, sizeof( ov ) );
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ret = begin_recv( b, buffer, sizeof( buffer ), &ov, NULL );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        if (i) ok_success( setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
        closesocket( a );
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "the event isn't signalled\n" );
        count = 0xdeadbeef;
        WSASetLastError( 0 );
        ret = WSAGetOverlappedResult( b, &ov, &count, FALSE, &flags );
        if (i)
            ok( !ret && WSAGetLastError() == WSAECONNRESET && !count, "got %d, %lu, error %d\n", ret, count,
                WSAGetLastError() );
        else ok( ret && !count, "got %d, %lu, error %d\n", ret, count, WSAGetLastError() );
        CloseHandle( ov.hEvent );
        closesocket( b );

        tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
        port = CreateIoCompletionPort( (HANDLE)b, NULL, 1, 0 );
        memset( &ov, 0, sizeof( ov ) );
        ret = begin_recv( b, buffer, sizeof( buffer ), &ov, NULL );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        if (i) ok_success( setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
        closesocket( a );
        SetLastError( 0 );
        ret = GetQueuedCompletionStatus( port, &key_count, &key, &ret_ov, 3000 );
        ok( ret_ov == &ov && !key_count, "got %p, %lu\n", ret_ov, key_count );
        if (i) ok( !ret && GetLastError() == ERROR_NETNAME_DELETED, "got %d, error %lu\n", ret, GetLastError() );
        else ok( ret, "got %d, error %lu\n", ret, GetLastError() );
        CloseHandle( port );
        closesocket( b );
        winetest_pop_context();
    }
    winetest_pop_context();
}

/* WSA_OPERATION_ABORTED: cancelled, or the socket was closed */
static void test_cancel( int type )
{
    OVERLAPPED ov[3], *ret_ov;
    DWORD count, flags;
    char buffer[3][16];
    ULONG_PTR key;
    HANDLE port;
    SOCKET a, b;
    int i, ret;

    winetest_push_context( "type %d", type );
    typed_pair( AF_INET, type, &a, &b );
    memset( ov, 0, sizeof( ov ) );
    for (i = 0; i < 3; i++)
    {
        ov[i].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ret = begin_recv( b, buffer[i], 16, &ov[i], NULL );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    }
    ok( CancelIoEx( (HANDLE)b, &ov[1] ), "failed: %lu\n", GetLastError() );
    ok( !WaitForSingleObject( ov[1].hEvent, 1000 ), "the event isn't signalled\n" );
    WSASetLastError( 0 );
    ok( !WSAGetOverlappedResult( b, &ov[1], &count, FALSE, &flags ) && WSAGetLastError() == WSA_OPERATION_ABORTED,
        "got error %d\n", WSAGetLastError() );
    ok( !CancelIoEx( (HANDLE)b, &ov[1] ) && GetLastError() == ERROR_NOT_FOUND, "got error %lu\n", GetLastError() );
    ok( is_pending( &ov[0] ) && is_pending( &ov[2] ), "the others ended\n" );
    /* the others go on, in order */
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( !WaitForSingleObject( ov[0].hEvent, 1000 ), "the event isn't signalled\n" );
    ok( ov[0].InternalHigh == 3 && is_pending( &ov[2] ), "wrong order\n" );
    ok( CancelIo( (HANDLE)b ), "failed: %lu\n", GetLastError() );
    ok( !WaitForSingleObject( ov[2].hEvent, 1000 ), "the event isn't signalled\n" );
    ok( (DWORD)ov[2].Internal == 0xc0000120, "got %Ix\n", ov[2].Internal );
    ok_call( send( a, "abcd", 4, 0 ), 4, 0 );
    ok_call( recv( b, buffer[0], 16, 0 ), 4, 0 );

    /* a routine runs for what is cancelled */
    calls = 0;
    ret = begin_recv( b, buffer[0], 16, &ov[0], routine );
    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    ok( CancelIoEx( (HANDLE)b, NULL ), "failed: %lu\n", GetLastError() );
    ok( SleepEx( 1000, TRUE ) == WAIT_IO_COMPLETION && calls == 1 && call[0].error == WSA_OPERATION_ABORTED
            && !call[0].count,
        "got %u calls, error %lu\n", calls, call[0].error );
    closesocket( a );
    closesocket( b );

    /* closesocket ends what pends */
    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "close, %s", i == 0 ? "event" : i == 1 ? "port" : "routine" );
        typed_pair( AF_INET, type, &a, &b );
        port = i == 1 ? CreateIoCompletionPort( (HANDLE)b, NULL, 1, 0 ) : NULL;
        memset( &ov[0], 0, sizeof( ov[0] ) );
        calls = 0;
        if (i == 0) ov[0].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ret = begin_recv( b, buffer[0], 16, &ov[0], i == 2 ? routine : NULL );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        ok_success( closesocket( b ) );
        if (i == 0) ok( !WaitForSingleObject( ov[0].hEvent, 1000 ), "the event isn't signalled\n" );
        else if (i == 1)
        {
            ret_ov = NULL;
            SetLastError( 0 );
            ret = GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 1000 );
            ok( !ret && ret_ov == &ov[0], "got %d, %p, error %lu\n", ret, ret_ov, GetLastError() );
            ok_unless_stock( GetLastError() == ERROR_OPERATION_ABORTED || GetLastError() == ERROR_NETNAME_DELETED,
                             "got error %lu\n", GetLastError() );
        }
        else
        {
            ok( SleepEx( 1000, TRUE ) == WAIT_IO_COMPLETION && calls == 1, "got %u calls\n", calls );
            ok_unless_stock( call[0].error == WSA_OPERATION_ABORTED || call[0].error == WSAECONNABORTED,
                             "got error %lu\n", call[0].error );
        }
        ok( !is_pending( &ov[0] ), "still pending\n" );
        ok_unless_stock( (DWORD)ov[0].Internal == 0xc0000120 || (DWORD)ov[0].Internal == 0xc000013b
                             || (DWORD)ov[0].Internal == 0xc0000241,
                         "got %Ix\n", ov[0].Internal );
        if (port) CloseHandle( port );
        closesocket( a );
        winetest_pop_context();
    }
    winetest_pop_context();
}

/* O13: calls from inside a routine; routines of one socket aren't nested */
static SOCKET echo_socket;
static char echo_buffer[16];
static WSABUF echo_wsabuf = { sizeof( echo_buffer ), echo_buffer };
static OVERLAPPED echo_recv, echo_send;
static int echo_received, echo_sent, echo_depth;

static void CALLBACK echo_sent_routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    ok( !error && count == 4 && ov == &echo_send && !flags, "got %lu, %lu, %p\n", error, count, ov );
    echo_sent++;
}

static void CALLBACK echo_routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    WSABUF wsabuf = { count, echo_buffer };

    ok( !error && ov == &echo_recv && !flags, "got %lu, %lu, %p\n", error, count, ov );
    ok( !echo_depth++, "nested\n" );
    if (count)
    {
        int ret = WSASend( echo_socket, &wsabuf, 1, NULL, 0, &echo_send, echo_sent_routine );

        ok( !ret || WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
        flags = 0;
        ret = WSARecv( echo_socket, &echo_wsabuf, 1, NULL, &flags, &echo_recv, echo_routine );
        ok( !ret || WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
        echo_received++;
    }
    echo_depth--;
}

static void test_echo( void )
{
    char buffer[16];
    DWORD flags = 0, start;
    SOCKET a;
    int i, ret;

    tcp_socketpair( &a, &echo_socket );
    set_blocking( a, FALSE );
    ret = WSARecv( echo_socket, &echo_wsabuf, 1, NULL, &flags, &echo_recv, echo_routine );
    ok( ret && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    for (i = 0; i < 20; i++)
    {
        ok_call( send( a, "abcd", 4, 0 ), 4, 0 );
        start = GetTickCount();
        while (( ret = recv( a, buffer, 16, 0 ) ) < 0 && GetTickCount() - start < 3000) SleepEx( 10, TRUE );
        ok( ret == 4, "got %d\n", ret );
    }
    while (SleepEx( 20, TRUE )) /* nothing */
        ;
    ok( echo_received == 20 && echo_sent == 20, "got %d, %d\n", echo_received, echo_sent );
    closesocket( a );
    SleepEx( 100, TRUE );
    closesocket( echo_socket );
    SleepEx( 10, TRUE );
}

/* O14: what a thread has started ends with the thread */
static DWORD WINAPI issue_thread( void *arg )
{
    void **args = arg;
    int ret = begin_recv( *(SOCKET *)args[0], args[1], 16, args[2], NULL );

    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    return 0;
}

static void test_thread_exit( void )
{
    OVERLAPPED ov = { 0 };
    char buffer[16];
    SOCKET a, b;
    void *args[] = { &b, buffer, &ov };
    HANDLE thread;

    winetest_push_context( "O14" );
    tcp_socketpair( &a, &b );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    thread = CreateThread( NULL, 0, issue_thread, args, 0, NULL );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    ok( !WaitForSingleObject( ov.hEvent, 3000 ), "not ended\n" );
    ok( (DWORD)ov.Internal == 0xc0000120, "got %Ix\n", ov.Internal );
    CloseHandle( ov.hEvent );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( b, buffer, 16, 0 ), 3, 0 );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static DWORD WINAPI send_later( void *arg )
{
    Sleep( 100 );
    ok_call( send( (SOCKET)arg, "abc", 3, 0 ), 3, 0 );
    return 0;
}

/* Neither event nor routine nor port: the handle itself is signalled */
static void test_handle( BOOL cancel )
{
    enum
    {
        BY_KERNEL32,
        BY_WINSOCK,
        BY_HANDLE,
        BY_MANY,
        WAY_COUNT
    };
    OVERLAPPED ov = { 0 };
    HANDLE thread, handles[2];
    DWORD count, flags;
    char buffer[16];
    int way, ret;
    SOCKET a, b;

    handles[0] = CreateEventW( NULL, TRUE, FALSE, NULL );
    tcp_socketpair( &a, &b );
    handles[1] = (HANDLE)b;
    for (way = 0; way < WAY_COUNT; way++)
    {
        winetest_push_context( "by handle, way %d%s", way, cancel ? ", cancelled" : "" );
        memset( &ov, 0, sizeof( ov ) );
        ret = begin_recv( b, buffer, 16, &ov, NULL );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        ok( WaitForSingleObject( (HANDLE)b, 0 ) == WAIT_TIMEOUT, "signalled\n" );
        ok( !GetOverlappedResult( (HANDLE)b, &ov, &count, FALSE ) && GetLastError() == ERROR_IO_INCOMPLETE,
            "got error %lu\n", GetLastError() );
        if (cancel)
        {
            thread = NULL;
            ok( CancelIoEx( (HANDLE)b, &ov ), "error %lu\n", GetLastError() );
        }
        else thread = CreateThread( NULL, 0, send_later, (void *)a, 0, NULL );
        SetLastError( 0 );
        switch (way)
        {
        case BY_KERNEL32: ret = GetOverlappedResult( (HANDLE)b, &ov, &count, TRUE ); break;
        case BY_WINSOCK: ret = WSAGetOverlappedResult( b, &ov, &count, TRUE, &flags ); break;
        case BY_HANDLE:
            ok( !WaitForSingleObject( (HANDLE)b, 3000 ), "not signalled\n" );
            ret = GetOverlappedResult( (HANDLE)b, &ov, &count, FALSE );
            break;
        default:
            ok( WaitForMultipleObjectsEx( 2, handles, FALSE, 3000, TRUE ) == WAIT_OBJECT_0 + 1, "not signalled\n" );
            ret = GetOverlappedResult( (HANDLE)b, &ov, &count, FALSE );
            break;
        }
        if (cancel) ok( !ret && GetLastError() == ERROR_OPERATION_ABORTED, "got %d, error %lu\n", ret, GetLastError() );
        else ok( ret && count == 3, "got %d, %lu bytes, error %lu\n", ret, count, GetLastError() );
        if (thread)
        {
            WaitForSingleObject( thread, INFINITE );
            CloseHandle( thread );
        }
        winetest_pop_context();
    }
    CloseHandle( handles[0] );
    closesocket( a );
    closesocket( b );
}

/* More outstanding operations than allowed: in a child with a limit of its own */
static void test_limit_child( void )
{
    static OVERLAPPED ov[12];
    static char buffer[16];
    SOCKET a, b;
    int i, ret;

    tcp_socketpair( &a, &b );
    for (i = 0; i < 12; i++)
    {
        ov[i].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ret = begin_recv( b, buffer, 1, &ov[i], NULL );
        ok( ret == ( i < 10 ? WSA_IO_PENDING : WSAEWOULDBLOCK ), "%d: got %d\n", i, ret );
    }
    /* rule S5: nothing comes of those */
    ok_call( send( a, "0123456789ab", 12, 0 ), 12, 0 );
    ok( !WaitForSingleObject( ov[9].hEvent, 1000 ), "not done\n" );
    ok( WaitForSingleObject( ov[10].hEvent, 20 ) == WAIT_TIMEOUT && !ov[10].Internal, "completed\n" );
    /* and there is room again */
    ret = begin_recv( b, buffer, 2, &ov[10], NULL );
    ok( !ret, "got %d\n", ret );
    closesocket( a );
    closesocket( b );
}

static void test_limit( void )
{
    HANDLE child;

    if (by_afd()) return; /* the server has no limit that a test could reach */
    SetEnvironmentVariableA( "WSURING_MAX_PENDING", "10" );
    child = start_child( "overlapped", "limit" );
    SetEnvironmentVariableA( "WSURING_MAX_PENDING", NULL );
    wait_child_process( child );
    CloseHandle( child );
}

/* Unlike other calls, WSAGetOverlappedResult knows a socket only by the handle that Winsock has made, whatever had the
 * values and the memory before. */
static void test_copies( void )
{
    DWORD count, flags;
    SOCKET before[8], s;
    OVERLAPPED ov;
    unsigned int i, j;
    HANDLE copy;

    for (i = 0; i < 40; i++)
    {
        winetest_push_context( "round %u", i );
        for (j = 0; j < i % 8; j++) before[j] = tcp_socket( AF_INET );
        while (j--) closesocket( before[i & 1 ? j : i % 8 - 1 - j] );
        s = tcp_socket( AF_INET );
        ok( DuplicateHandle( GetCurrentProcess(), (HANDLE)s, GetCurrentProcess(), &copy, 0, FALSE,
                             DUPLICATE_SAME_ACCESS ),
            "got error %lu\n", GetLastError() );
        memset( &ov, 0, sizeof( ov ) );
        ok( !WSAGetOverlappedResult( (SOCKET)copy, &ov, &count, FALSE, &flags ) && WSAGetLastError() == WSAENOTSOCK,
            "got error %d\n", WSAGetLastError() );
        ok( WSAGetOverlappedResult( s, &ov, &count, FALSE, &flags ), "got error %d\n", WSAGetLastError() );
        CloseHandle( copy );
        closesocket( s );
        winetest_pop_context();
    }
}

START_TEST( overlapped )
{
    unsigned int i;
    char **argv;

    start_winsock();
    if (winetest_get_mainargs( &argv ) > 2)
    {
        test_limit_child();
        stop_winsock();
        return;
    }
    test_limit();
    test_handle( FALSE );
    test_handle( TRUE );
    for (i = 0; i < family_count(); i++) test_end( families[i] );
    test_copies();
    test_big_sends();
    test_cancel( SOCK_STREAM );
    test_cancel( SOCK_DGRAM );
    test_echo();
    test_thread_exit();
    stop_winsock();
}
