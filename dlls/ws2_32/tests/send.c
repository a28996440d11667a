/*
 * send, sendto, WSASend and WSASendTo; Sn, On, Mn, Fn, Dn are the rules of LPWSPSEND's page
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

/* S1: on a connected socket, and on a connectionless one with a default peer; S6 */
static void test_connected( int family )
{
    SOCKET client, server;
    char buffer[64];
    DWORD count;
    WSABUF wsabuf = { 5, (char *)"hello" };

    winetest_push_context( "S1 %s", family_name( family ) );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &client, &server );
    ok_call( send( client, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok( !memcmp( buffer, "abc", 3 ), "got other data\n" );
    ok_call( send( server, "defg", 4, 0 ), 4, 0 );
    ok_call( recv( client, buffer, sizeof( buffer ), 0 ), 4, 0 );
    ok( !memcmp( buffer, "defg", 4 ), "got other data\n" );
    count = 0xdeadbeef;
    ok_success( WSASend( client, &wsabuf, 1, &count, 0, NULL, NULL ) );
    ok( count == 5, "got %lu\n", count );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 5, 0 );
    /* nothing is nothing, on a stream */
    ok_call( send( client, "", 0, 0 ), 0, 0 );
    ok_call( send( client, NULL, 0, 0 ), 0, 0 );
    /* F1 */
    ok_call( send( client, "x", 1, MSG_DONTROUTE ), 1, 0 );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 1, 0 );
    closesocket( client );
    closesocket( server );

    udp_pair( family, &client, &server );
    ok_call( send( client, "abc", 3, 0 ), 3, 0 );
    ok_call( send( client, "", 0, 0 ), 0, 0 );
    ok_call( send( client, NULL, 0, 0 ), 0, 0 );
    ok_success( WSASend( client, &wsabuf, 1, &count, 0, NULL, NULL ) );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 0, 0 );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 0, 0 );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 5, 0 );
    closesocket( client );
    closesocket( server );
    winetest_pop_context();
}

/* S2: buffers are gathered in order, empty ones among them */
static void test_gather( int family, int type )
{
    static const struct
    {
        unsigned int count;
        ULONG lens[8];
    } tests[] = {
        { 1, { 1 } },
        { 2, { 3, 4 } },
        { 3, { 0, 5, 0 } },
        { 4, { 7, 0, 0, 9 } },
        { 8, { 1, 2, 3, 4, 5, 6, 7, 8 } },
        { 8, { 0, 0, 0, 0, 0, 0, 0, 1 } },
        { 3, { 1000, 1, 3000 } },
    };
    static char data[8192], buffer[8192];
    WSABUF many[1500];
    SOCKET a, b;
    unsigned int i, j;
    DWORD count;

    winetest_push_context( "S2 %s type %d", family_name( family ), type );
    if (type == SOCK_STREAM) tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( family, &a, &b );
    fill_pattern( data, sizeof( data ), 1 );
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        WSABUF bufs[8];
        ULONG pos = 0;

        for (j = 0; j < tests[i].count; j++)
        {
            bufs[j].buf = tests[i].lens[j] ? data + pos : NULL;
            bufs[j].len = tests[i].lens[j];
            pos += tests[i].lens[j];
        }
        count = 0xdeadbeef;
        ok_success( WSASend( a, bufs, tests[i].count, &count, 0, NULL, NULL ) );
        ok( count == pos, "%u: got %lu, expected %lu\n", i, count, pos );
        memset( buffer, 0, sizeof( buffer ) );
        if (type == SOCK_STREAM) ok_call( recv_all( b, buffer, pos ), pos, 0 );
        else ok_call( recv( b, buffer, sizeof( buffer ), 0 ), pos, 0 );
        ok( check_pattern( buffer, pos, 1 ) == -1, "%u: wrong data at %d\n", i, check_pattern( buffer, pos, 1 ) );
    }
    /* more than the 1024 that one system call takes */
    for (i = 0; i < ARRAY_SIZE( many ); i++)
    {
        many[i].buf = data + i;
        many[i].len = 1;
    }
    count = 0xdeadbeef;
    if (type == SOCK_STREAM)
    {
        ok_docs( WSASend( a, many, ARRAY_SIZE( many ), &count, 0, NULL, NULL ), 0, 0 );
        if (count == ARRAY_SIZE( many ))
        {
            ok_call( recv_all( b, buffer, ARRAY_SIZE( many ) ), ARRAY_SIZE( many ), 0 );
            ok( check_pattern( buffer, ARRAY_SIZE( many ), 1 ) == -1, "wrong data\n" );
        }
        else ok_unless_stock( 0, "%u buffers: got %lu\n", (int)ARRAY_SIZE( many ), count );
    }
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* S3: done at once is 0, with the count; event, packet or routine come all the same */
static unsigned int routine_calls;
static DWORD routine_error, routine_count, routine_flags, routine_thread;
static OVERLAPPED *routine_overlapped;

static void CALLBACK routine( DWORD error, DWORD count, OVERLAPPED *overlapped, DWORD flags )
{
    routine_calls++;
    routine_error = error;
    routine_count = count;
    routine_overlapped = overlapped;
    routine_flags = flags;
    routine_thread = GetCurrentThreadId();
}

static void test_immediate( int family, int type )
{
    SOCKET a, b;
    WSABUF wsabuf = { 3, (char *)"abc" };
    OVERLAPPED ov, *ret_ov;
    ULONG_PTR key;
    HANDLE port;
    char buffer[16];
    DWORD count;

    winetest_push_context( "S3 %s type %d", family_name( family ), type );
    if (type == SOCK_STREAM) tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( family, &a, &b );

    memset( &ov, 0xcc, sizeof( ov ) );
    ov.Offset = ov.OffsetHigh = 0;
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    count = 0xdeadbeef;
    ok_success( WSASend( a, &wsabuf, 1, &count, 0, &ov, NULL ) );
    ok( count == 3, "got %lu\n", count );
    ok( !(DWORD)ov.Internal && ov.InternalHigh == 3, "got %Ix, %Iu\n", ov.Internal, ov.InternalHigh );
    ok( !WaitForSingleObject( ov.hEvent, 0 ), "the event isn't signalled\n" );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    /* without a pointer for the count */
    ResetEvent( ov.hEvent );
    ov.Internal = 0xdead;
    ov.InternalHigh = 0xdead;
    ok_success( WSASend( a, &wsabuf, 1, NULL, 0, &ov, NULL ) );
    ok( !(DWORD)ov.Internal && ov.InternalHigh == 3, "got %Ix, %Iu\n", ov.Internal, ov.InternalHigh );
    ok( !WaitForSingleObject( ov.hEvent, 0 ), "the event isn't signalled\n" );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );

    /* O9, O10, O11: the routine is queued, runs when this thread waits alertably, and the event is left alone */
    ResetEvent( ov.hEvent );
    routine_calls = 0;
    count = 0xdeadbeef;
    ok_success( WSASend( a, &wsabuf, 1, &count, 0, &ov, routine ) );
    ok( count == 3, "got %lu\n", count );
    ok( !routine_calls, "the routine was called early\n" );
    ok( SleepEx( 0, TRUE ) == WAIT_IO_COMPLETION, "no routine is queued\n" );
    ok( routine_calls == 1, "got %u calls\n", routine_calls );
    ok( !routine_error && routine_count == 3 && routine_overlapped == &ov && !routine_flags, "got %lu, %lu, %p, %lu\n",
        routine_error, routine_count, routine_overlapped, routine_flags );
    ok( routine_thread == GetCurrentThreadId(), "the routine ran in another thread\n" );
    ok( WaitForSingleObject( ov.hEvent, 0 ) == WAIT_TIMEOUT, "the event is signalled\n" );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    CloseHandle( ov.hEvent );

    port = CreateIoCompletionPort( (HANDLE)a, NULL, 0x1234, 0 );
    ok( port != NULL, "no port: %lu\n", GetLastError() );
    memset( &ov, 0, sizeof( ov ) );
    count = 0xdeadbeef;
    ok_success( WSASend( a, &wsabuf, 1, &count, 0, &ov, NULL ) );
    ok( count == 3, "got %lu\n", count );
    ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 1000 ), "no packet: %lu\n", GetLastError() );
    ok( count == 3 && key == 0x1234 && ret_ov == &ov, "got %lu, %Ix, %p\n", count, key, ret_ov );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    /* a call without OVERLAPPED posts nothing */
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_success( WSASend( a, &wsabuf, 1, &count, 0, NULL, NULL ) );
    ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 0 ) && GetLastError() == WAIT_TIMEOUT,
        "there is a packet\n" );

    CloseHandle( port );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* S5: after an error nothing follows; O2 */
static void test_failure( void )
{
    WSABUF wsabuf = { 3, (char *)"abc" };
    OVERLAPPED ov = { 0 }, *ret_ov;
    SOCKET s = tcp_socket( AF_INET );
    ULONG_PTR key;
    HANDLE port;
    DWORD count;
    int error, i;

    winetest_push_context( "S5" );
    for (i = 0; i < 3; i++)
    {
        SOCKET a, b;

        winetest_push_context( "%d", i );
        tcp_socketpair( &a, &b );
        if (i == 0)
        {
            closesocket( a );
            a = tcp_socket( AF_INET );
        }
        if (i == 1) shutdown( a, SD_SEND );
        error = i == 0 ? WSAENOTCONN : i == 1 ? WSAESHUTDOWN : WSAEOPNOTSUPP;
        memset( &ov, 0, sizeof( ov ) );
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok_docs_error( WSASend( a, &wsabuf, 1, &count, i == 2 ? MSG_PARTIAL : 0, &ov, NULL ), error );
        ok_unless_stock( WaitForSingleObject( ov.hEvent, 50 ) == WAIT_TIMEOUT, "the event is signalled\n" );
        routine_calls = 0;
        ok_docs_error( WSASend( a, &wsabuf, 1, &count, i == 2 ? MSG_PARTIAL : 0, &ov, routine ), error );
        ok_unless_stock( !SleepEx( 0, TRUE ) && !routine_calls, "the routine was called\n" );
        CloseHandle( ov.hEvent );
        memset( &ov, 0, sizeof( ov ) );
        port = CreateIoCompletionPort( (HANDLE)a, NULL, 0x1234, 0 );
        ok_docs_error( WSASend( a, &wsabuf, 1, &count, i == 2 ? MSG_PARTIAL : 0, &ov, NULL ), error );
        ok_unless_stock( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 50 ), "there is a packet\n" );
        CloseHandle( port );
        closesocket( a );
        closesocket( b );
        winetest_pop_context();
    }
    closesocket( s );
    winetest_pop_context();
}

/* O1: neither OVERLAPPED nor routine: as on a non-overlapped socket. O2: on that one, they mean nothing */
static void test_not_overlapped( void )
{
    WSABUF wsabuf = { 3, (char *)"abc" };
    OVERLAPPED ov = { 0 };
    char buffer[16];
    SOCKET a, b;
    DWORD count;

    winetest_push_context( "O2" );
    tcp_pair( AF_INET, 0, &a, &b );
    ok_call( send( a, "xyz", 3, 0 ), 3, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    count = 0xdeadbeef;
    ok_success( WSASend( a, &wsabuf, 1, &count, 0, &ov, NULL ) );
    ok( count == 3, "got %lu\n", count );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    count = 0xdeadbeef;
    routine_calls = 0;
    ok_success( WSASend( a, &wsabuf, 1, &count, 0, &ov, routine ) );
    ok( count == 3, "got %lu\n", count );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    SleepEx( 0, TRUE );
    ok_unless_stock( !routine_calls, "the routine was called\n" );
    /* the count is needed when there is no OVERLAPPED */
    ok_docs_error( WSASend( a, &wsabuf, 1, NULL, 0, NULL, NULL ), WSAEFAULT );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* M1, F2, F3 and the errors of the table */
static void test_errors( int family )
{
    static char big[65536];
    struct linger linger = { 1, 0 };
    union address addr;
    char buffer[16];
    SOCKET a, b, s;
    WSABUF wsabuf = { sizeof( big ), big };
    DWORD count;
    int len, max, size = sizeof( max ), i, ret;

    winetest_push_context( "%s", family_name( family ) );
    udp_pair( family, &a, &b );
    ok_success( getsockopt( a, SOL_SOCKET, SO_MAX_MSG_SIZE, (char *)&max, &size ) );
    ok( max > 60000 && max < 65536, "got %d\n", max );
    ok_error( send( a, big, sizeof( big ), 0 ), WSAEMSGSIZE );
    ok_error( WSASend( a, &wsabuf, 1, &count, 0, NULL, NULL ), WSAEMSGSIZE );
    set_blocking( b, FALSE );
    ok_error( recv( b, buffer, 1, 0 ), WSAEWOULDBLOCK );
    ok_docs_error( send( a, "x", 1, MSG_OOB ), WSAEOPNOTSUPP );
    ok_success( shutdown( a, SD_SEND ) );
    ok_error( send( a, "x", 1, 0 ), WSAESHUTDOWN );
    closesocket( a );
    closesocket( b );

    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_docs_error( send( a, "x", 1, MSG_PARTIAL ), WSAEOPNOTSUPP );
    ok_success( shutdown( a, SD_SEND ) );
    ok_error( send( a, "x", 1, 0 ), WSAESHUTDOWN );
    ok_error( send( a, "", 0, 0 ), WSAESHUTDOWN );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    ok_call( recv( a, buffer, 1, 0 ), 1, 0 );
    closesocket( a );
    closesocket( b );

    /* a reset by the peer; D1 */
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_success( setsockopt( b, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
    closesocket( b );
    Sleep( 20 );
    for (i = 0; i < 50 && ( ret = send( a, "x", 1, 0 ) ) == 1; i++) Sleep( 10 );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAECONNRESET, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( a );

    s = tcp_socket( family );
    ok_docs_error( send( s, "x", 1, 0 ), WSAENOTCONN );
    len = loopback( &addr, family, 9 );
    ok_docs_error( sendto( s, "x", 1, 0, &addr.any, len ), WSAENOTCONN );
    closesocket( s );

    s = udp_socket( family );
    ok_docs_error( send( s, "x", 1, 0 ), WSAENOTCONN );
    ok_docs_error( sendto( s, "x", 1, 0, &addr.any, 0 ), WSAEFAULT );
    ok_docs_error( sendto( s, "x", 1, 0, &addr.any, 4 ), WSAEFAULT );
    ok_docs_error( sendto( s, "x", 1, 0, &addr.any, -1 ), WSAEFAULT );
    addr.any.sa_family = 0xfff;
    ok_docs_error( sendto( s, "x", 1, 0, &addr.any, len ), WSAEAFNOSUPPORT );
    if (family == AF_INET)
    {
        len = loopback( &addr, family, 9 );
        addr.v4.sin_addr.s_addr = INADDR_BROADCAST;
        ok_error( sendto( s, "x", 1, 0, &addr.any, len ), WSAEACCES );
    }
    closesocket( s );
    winetest_pop_context();
}

/* sendto's page: binds an unbound socket */
static void test_sendto( int family )
{
    union address addr, from;
    WSABUF wsabuf = { 3, (char *)"def" };
    OVERLAPPED ov = { 0 };
    char buffer[16];
    SOCKET a, b;
    int len, from_len;
    DWORD count;

    winetest_push_context( "%s", family_name( family ) );
    b = udp_socket( family );
    len = loopback( &addr, family, 0 );
    ok_success( bind( b, &addr.any, len ) );
    ok_success( getsockname( b, &addr.any, &len ) );
    set_timeout( b, 3000 );
    a = udp_socket( family );
    ok_call( sendto( a, "abc", 3, 0, &addr.any, len ), 3, 0 );
    from_len = sizeof( from );
    ok_success( getsockname( a, &from.any, &from_len ) );
    ok( from.v4.sin_port != 0, "not bound\n" );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    count = 0xdeadbeef;
    ok_success( WSASendTo( a, &wsabuf, 1, &count, 0, &addr.any, len, NULL, NULL ) );
    ok( count == 3, "got %lu\n", count );
    from_len = sizeof( from );
    ok_call( recvfrom( b, buffer, sizeof( buffer ), 0, &from.any, &from_len ), 3, 0 );
    ok( from_len == len, "got length %d\n", from_len );
    ok_call( sendto( b, "ghi", 3, 0, &from.any, from_len ), 3, 0 );
    set_timeout( a, 3000 );
    ok_call( recv( a, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok_success( WSASendTo( a, &wsabuf, 1, &count, 0, &addr.any, len, &ov, NULL ) );
    ok( !WaitForSingleObject( ov.hEvent, 0 ) && ov.InternalHigh == 3, "not done\n" );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    CloseHandle( ov.hEvent );
    /* an address of more than is needed */
    ok_call( sendto( a, "abc", 3, 0, &addr.any, sizeof( addr ) ), 3, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( a );
    closesocket( b );

    /* on a stream the address doesn't matter */
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_call( sendto( a, "abc", 3, 0, &addr.any, len ), 3, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_call( sendto( a, "abc", 3, 0, NULL, 0 ), 3, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

START_TEST( send )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_connected( families[i] );
        test_gather( families[i], SOCK_STREAM );
        test_gather( families[i], SOCK_DGRAM );
        test_immediate( families[i], SOCK_STREAM );
        test_immediate( families[i], SOCK_DGRAM );
        test_errors( families[i] );
        test_sendto( families[i] );
    }
    test_failure();
    test_not_overlapped();
    stop_winsock();
}
