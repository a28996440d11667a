/*
 * How overlapped operations complete: by event, by port, by routine, and in which order; On are the rules of
 * LPWSPSEND's page
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "routine_calls.h"

/* O7, O8: by event */
static void test_event( int family, int type )
{
    OVERLAPPED ov = { 0 };
    DWORD count, flags;
    char buffer[16];
    SOCKET a, b;
    int ret, i;

    winetest_push_context( "%s type %d", family_name( family ), type );
    typed_pair( family, type, &a, &b );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );

    for (i = 0; i < 4; i++)
    {
        winetest_push_context( "%d", i );
        /* there at once, or not; in a blocking or non-blocking socket: that doesn't matter */
        if (i == 2) set_blocking( b, FALSE );
        if (i & 1) SetEvent( ov.hEvent );
        else
        {
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
            ok( wait_readable( b, 1000 ), "nothing to read\n" );
        }
        memset( buffer, 0, sizeof( buffer ) );
        ret = begin_recv( b, buffer, sizeof( buffer ), &ov, NULL );
        ok( ret == ( i & 1 ? WSA_IO_PENDING : 0 ), "got %d\n", ret );
        if (ret)
        {
            ok( is_pending( &ov ), "not pending\n" );
            ok( !HasOverlappedIoCompleted( &ov ), "not pending\n" );
            ok( WaitForSingleObject( ov.hEvent, 20 ) == WAIT_TIMEOUT, "the event is signalled\n" );
            WSASetLastError( 0 );
            ok( !WSAGetOverlappedResult( b, &ov, &count, FALSE, &flags ) && WSAGetLastError() == WSA_IO_INCOMPLETE,
                "got error %d\n", WSAGetLastError() );
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        }
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "the event isn't signalled\n" );
        ok( !(DWORD)ov.Internal && ov.InternalHigh == 3, "got %Ix, %Iu\n", ov.Internal, ov.InternalHigh );
        ok( !memcmp( buffer, "abc", 4 ), "got other data\n" );
        count = 0xdeadbeef;
        ok( WSAGetOverlappedResult( b, &ov, &count, FALSE, &flags ) && count == 3, "got %lu, error %d\n", count,
            WSAGetLastError() );
        ok( GetOverlappedResult( (HANDLE)b, &ov, &count, FALSE ) && count == 3, "got %lu, error %lu\n", count,
            GetLastError() );
        winetest_pop_context();
    }
    /* WSAGetOverlappedResult waits; an auto-reset event does too */
    CloseHandle( ov.hEvent );
    ov.hEvent = CreateEventW( NULL, FALSE, FALSE, NULL );
    for (i = 0; i < 3; i++)
    {
        ret = begin_recv( b, buffer, sizeof( buffer ), &ov, NULL );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        ok_call( send( a, "abcd", 4, 0 ), 4, 0 );
        ok( WSAGetOverlappedResult( b, &ov, &count, TRUE, &flags ) && count == 4, "got %lu, error %d\n", count,
            WSAGetLastError() );
    }
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static DWORD WINAPI send_later( void *s )
{
    Sleep( 30 );
    send( (SOCKET)s, "a", 1, 0 );
    return 0;
}

/* WSAGetOverlappedResult waits for the event, which has reset itself then. */
static void test_event_taken( void )
{
    OVERLAPPED ov = { 0 };
    DWORD count, flags;
    HANDLE thread;
    SOCKET a, b;
    char data;
    int i, left;

    tcp_socketpair( &a, &b );
    ov.hEvent = CreateEventW( NULL, FALSE, FALSE, NULL );
    /* on a busy machine the operation may have ended before the wait begins */
    for (i = 0, left = TRUE; i < 50 && left; i++)
    {
        ok_call( begin_recv( b, &data, 1, &ov, NULL ), WSA_IO_PENDING, 0 );
        thread = CreateThread( NULL, 0, send_later, (void *)a, 0, NULL );
        ok( WSAGetOverlappedResult( b, &ov, &count, TRUE, &flags ), "error %d\n", WSAGetLastError() );
        left = !WaitForSingleObject( ov.hEvent, 0 );
        WaitForSingleObject( thread, INFINITE );
        CloseHandle( thread );
    }
    ok( !left, "the event is left signalled\n" );
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
}

/* by port */
static void test_port( int family, int type )
{
    OVERLAPPED ov = { 0 }, *ret_ov;
    ULONG_PTR key;
    char buffer[16];
    HANDLE port, event;
    DWORD count;
    SOCKET a, b;
    int ret, i;

    winetest_push_context( "%s type %d", family_name( family ), type );
    typed_pair( family, type, &a, &b );
    port = CreateIoCompletionPort( (HANDLE)b, NULL, 0xabcd, 0 );
    ok( port != NULL, "no port: %lu\n", GetLastError() );
    ok( !CreateIoCompletionPort( (HANDLE)b, port, 1, 0 ), "two associations\n" );
    event = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (i = 0; i < 6; i++)
    {
        BOOL pends = i & 1, with_event = i == 2 || i == 3, no_packet = i >= 4;

        winetest_push_context( "%d", i );
        memset( &ov, 0, sizeof( ov ) );
        /* the low bit of the event: no packet */
        if (with_event || no_packet) ov.hEvent = (HANDLE)( (ULONG_PTR)event | no_packet );
        ResetEvent( event );
        if (!pends)
        {
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
            ok( wait_readable( b, 1000 ), "nothing to read\n" );
        }
        ret = begin_recv( b, buffer, sizeof( buffer ), &ov, NULL );
        ok( ret == ( pends ? WSA_IO_PENDING : 0 ), "got %d\n", ret );
        if (pends)
        {
            ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 20 ) && GetLastError() == WAIT_TIMEOUT,
                "there is a packet\n" );
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        }
        if (no_packet)
        {
            ok( !WaitForSingleObject( event, 1000 ), "the event isn't signalled\n" );
            ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 20 ), "there is a packet\n" );
        }
        else
        {
            ret_ov = NULL;
            ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ), "no packet: %lu\n", GetLastError() );
            ok( count == 3 && key == 0xabcd && ret_ov == &ov, "got %lu, %Ix, %p\n", count, key, ret_ov );
            ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 20 ), "there is a second packet\n" );
            if (with_event) ok( !WaitForSingleObject( event, 0 ), "the event isn't signalled\n" );
        }
        ok( !(DWORD)ov.Internal && ov.InternalHigh == 3, "got %Ix, %Iu\n", ov.Internal, ov.InternalHigh );
        winetest_pop_context();
    }

    /* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: immediate successes have no packet, pending ones have */
    ok( SetFileCompletionNotificationModes( (HANDLE)b, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS ), "failed: %lu\n",
        GetLastError() );
    memset( &ov, 0, sizeof( ov ) );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "nothing to read\n" );
    ret = begin_recv( b, buffer, sizeof( buffer ), &ov, NULL );
    ok( !ret && ov.InternalHigh == 3, "got %d\n", ret );
    ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 20 ), "there is a packet\n" );
    ret = begin_recv( b, buffer, sizeof( buffer ), &ov, NULL );
    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    ok_call( send( a, "abcde", 5, 0 ), 5, 0 );
    ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ) && count == 5, "got %lu, error %lu\n", count,
        GetLastError() );

    CloseHandle( event );
    CloseHandle( port );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* O9, O10, O11: by routine, in the issuing thread, when that waits alertably */
static void test_routine( int family, int type )
{
    OVERLAPPED ov = { 0 };
    char buffer[16];
    SOCKET a, b;
    int ret, i;

    winetest_push_context( "%s type %d", family_name( family ), type );
    typed_pair( family, type, &a, &b );
    ov.hEvent = (HANDLE)(ULONG_PTR)0xdeadbeef;
    for (i = 0; i < 4; i++)
    {
        winetest_push_context( "%d", i );
        calls = 0;
        if (!( i & 1 ))
        {
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
            ok( wait_readable( b, 1000 ), "nothing to read\n" );
        }
        ret = begin_recv( b, buffer, sizeof( buffer ), &ov, routine );
        ok( ret == ( i & 1 ? WSA_IO_PENDING : 0 ), "got %d\n", ret );
        if (i & 1)
        {
            ok( !SleepEx( 20, TRUE ), "something was queued\n" );
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        }
        ok( wait_overlapped( &ov, 3000 ), "not done\n" );
        ok( !calls, "called early\n" );
        ok( SleepEx( 3000, TRUE ) == WAIT_IO_COMPLETION, "nothing was queued\n" );
        ok( calls == 1 && !call[0].error && call[0].count == 3 && !call[0].flags && call[0].ov == &ov
                && call[0].thread == GetCurrentThreadId(),
            "got %u calls, error %lu, %lu, flags %lx\n", calls, call[0].error, call[0].count, call[0].flags );
        ok( ov.hEvent == (HANDLE)(ULONG_PTR)0xdeadbeef, "hEvent was changed\n" );
        ok( !SleepEx( 0, TRUE ), "something more was queued\n" );
        winetest_pop_context();
    }
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* O6, O12: several outstanding; what comes first fills what was posted first, and what was posted first goes out
 * first */
static void test_order( int family, int type )
{
    enum
    {
        COUNT = 40,
        SIZE = 10
    };
    OVERLAPPED recvs[COUNT] = { { 0 } }, sends[COUNT] = { { 0 } }, *ret_ov;
    static char data[COUNT * SIZE], buffer[COUNT * SIZE];
    char seen[COUNT] = { 0 };
    HANDLE port;
    SOCKET a, b;
    int i, ret;
    DWORD count, flags = 0;
    ULONG_PTR key;
    WSABUF wsabuf;

    winetest_push_context( "%s type %d", family_name( family ), type );
    typed_pair( family, type, &a, &b );
    port = CreateIoCompletionPort( (HANDLE)b, NULL, 1, 0 );
    fill_pattern( data, sizeof( data ), 5 );
    memset( buffer, 0, sizeof( buffer ) );
    for (i = 0; i < COUNT; i++)
    {
        ret = begin_recv( b, buffer + i * SIZE, SIZE, &recvs[i], NULL );
        ok( ret == WSA_IO_PENDING, "%d: got %d\n", i, ret );
    }
    for (i = 0; i < COUNT; i++)
    {
        wsabuf.buf = data + i * SIZE;
        wsabuf.len = SIZE;
        ret = WSASend( a, &wsabuf, 1, NULL, 0, &sends[i], NULL );
        ok( !ret || WSAGetLastError() == WSA_IO_PENDING, "%d: got %d, error %d\n", i, ret, WSAGetLastError() );
    }
    for (i = 0; i < COUNT; i++)
    {
        ret_ov = NULL;
        ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ), "no packet: %lu\n", GetLastError() );
        /* the order of the packets is free; that of the data isn't */
        ok( ret_ov >= recvs && ret_ov < recvs + COUNT && !seen[ret_ov - recvs]++, "%d: got packet %d\n", i,
            (int)( ret_ov - recvs ) );
        ok( count == SIZE, "%d: got %lu\n", i, count );
        ok( wait_overlapped( &sends[i], 3000 ), "a send isn't done\n" );
        ok( WSAGetOverlappedResult( a, &sends[i], &count, FALSE, &flags ) && count == SIZE, "got %lu, error %d\n",
            count, WSAGetLastError() );
    }
    ok( check_pattern( buffer, sizeof( buffer ), 5 ) == -1, "wrong data at %d\n",
        check_pattern( buffer, sizeof( buffer ), 5 ) );

    /* a direct call waits behind what pends; the one that pends has the first data */
    if (type == SOCK_STREAM)
    {
        char direct[SIZE];

        memset( &recvs[0], 0, sizeof( recvs[0] ) );
        ret = begin_recv( b, buffer, SIZE, &recvs[0], NULL );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        ok_call( send( a, data, SIZE * 2, 0 ), SIZE * 2, 0 );
        ok_call( recv( b, direct, SIZE, 0 ), SIZE, 0 );
        ok( check_pattern( direct, SIZE, 5 + SIZE ) == -1, "the direct call overtook\n" );
        ok( wait_overlapped( &recvs[0], 1000 ), "not done\n" );
        ok( check_pattern( buffer, SIZE, 5 ) == -1, "wrong data\n" );
    }
    CloseHandle( port );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* A datagram that is too long. */
static void test_message_size( void )
{
    OVERLAPPED ov = { 0 };
    DWORD count, flags;
    char buffer[16];
    SOCKET a, b;
    int i, ret;

    udp_pair( AF_INET, &a, &b );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%d", i );
        if (!i)
        {
            ok_call( send( a, "abcdef", 6, 0 ), 6, 0 );
            ok( wait_readable( b, 1000 ), "nothing to read\n" );
        }
        ret = begin_recv( b, buffer, 3, &ov, NULL );
        /* never as an error of the call: a completion follows (S5) */
        todo_wine_if( stock && !i ) ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        if (i)
        {
            ok_call( send( a, "abcdef", 6, 0 ), 6, 0 );
            ok( !WaitForSingleObject( ov.hEvent, 1000 ), "the event isn't signalled\n" );
            WSASetLastError( 0 );
            ok( !WSAGetOverlappedResult( b, &ov, &count, FALSE, &flags ) && WSAGetLastError() == WSAEMSGSIZE
                    && count == 3,
                "got %lu, error %d\n", count, WSAGetLastError() );
        }
        ok( !memcmp( buffer, "abc", 3 ), "got other data\n" );
        winetest_pop_context();
    }
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
}

/* WSARecvFrom: the address and its length are written at completion */
static void test_recvfrom( int family )
{
    union address addr, from, expect;
    int len, from_len, expect_len = sizeof( expect ), ret;
    DWORD flags = 0;
    char buffer[16];
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    OVERLAPPED ov = { 0 };
    SOCKET a, b;

    winetest_push_context( "%s", family_name( family ) );
    a = udp_socket( family );
    b = udp_socket( family );
    len = loopback( &addr, family, 0 );
    ok_success( bind( a, &addr.any, len ) );
    ok_success( bind( b, &addr.any, len ) );
    ok_success( getsockname( b, &addr.any, &len ) );
    memset( &expect, 0, sizeof( expect ) );
    ok_success( getsockname( a, &expect.any, &expect_len ) );
    memset( &from, 0, sizeof( from ) );
    from_len = sizeof( from );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    ret = WSARecvFrom( b, &wsabuf, 1, NULL, &flags, &from.any, &from_len, &ov, NULL );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    ok_call( sendto( a, "abc", 3, 0, &addr.any, len ), 3, 0 );
    ok( !WaitForSingleObject( ov.hEvent, 1000 ), "the event isn't signalled\n" );
    ok( ov.InternalHigh == 3 && from_len == expect_len && !memcmp( &from, &expect, expect_len ), "got %Iu, length %d\n",
        ov.InternalHigh, from_len );
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* FILE_SKIP_SET_EVENT_ON_HANDLE: the handle isn't signalled. */
static void test_handle_is_left( void )
{
    OVERLAPPED ov = { 0 };
    SOCKET a, b;
    char data;

    tcp_socketpair( &a, &b );
    ok( SetFileCompletionNotificationModes( (HANDLE)b, FILE_SKIP_SET_EVENT_ON_HANDLE ), "error %lu\n", GetLastError() );
    ok_call( begin_recv( b, &data, 1, &ov, NULL ), WSA_IO_PENDING, 0 );
    ok( WaitForSingleObject( (HANDLE)b, 0 ) == WAIT_TIMEOUT, "the handle is signalled\n" );
    ok_call( send( a, "a", 1, 0 ), 1, 0 );
    ok( wait_overlapped( &ov, 5000 ), "it doesn't end\n" );
    ok( WaitForSingleObject( (HANDLE)b, 20 ) == WAIT_TIMEOUT, "the handle is signalled\n" );
    closesocket( a );
    closesocket( b );
}

START_TEST( completion )
{
    unsigned int i, j;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        for (j = 0; j < 2; j++)
        {
            test_event( families[i], j ? SOCK_DGRAM : SOCK_STREAM );
            test_port( families[i], j ? SOCK_DGRAM : SOCK_STREAM );
            test_routine( families[i], j ? SOCK_DGRAM : SOCK_STREAM );
            test_order( families[i], j ? SOCK_DGRAM : SOCK_STREAM );
        }
        test_recvfrom( families[i] );
    }
    test_event_taken();
    test_message_size();
    test_handle_is_left();
    stop_winsock();
}
