/*
 * recv, recvfrom, WSARecv and WSARecvFrom
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

struct later
{
    SOCKET s;
    DWORD delay;
    const char *data;
    int len;
};

static DWORD WINAPI send_later( void *arg )
{
    struct later *later = arg;

    Sleep( later->delay );
    if (later->len >= 0) ok_call( send( later->s, later->data, later->len, 0 ), later->len, 0 );
    else shutdown( later->s, SD_SEND );
    return 0;
}

static HANDLE start_sender( struct later *later, SOCKET s, DWORD delay, const char *data, int len )
{
    later->s = s;
    later->delay = delay;
    later->data = data;
    later->len = len;
    return CreateThread( NULL, 0, send_later, later, 0, NULL );
}

static void finish( HANDLE thread )
{
    ok( !WaitForSingleObject( thread, 10000 ), "the thread didn't end\n" );
    CloseHandle( thread );
}

/* Blocking: waits for something, and takes what is there. */
static void test_blocking( int family, int type )
{
    struct later later;
    char buffer[64];
    WSABUF bufs[3] = { { 2, buffer }, { 0, NULL }, { 62, buffer + 2 } };
    DWORD count, flags, start;
    HANDLE thread;
    SOCKET a, b;

    winetest_push_context( "%s type %d", family_name( family ), type );
    if (type == SOCK_STREAM) tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( family, &a, &b );

    thread = start_sender( &later, a, 100, "hello", 5 );
    memset( buffer, 0, sizeof( buffer ) );
    start = GetTickCount();
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 5, 0 );
    ok( GetTickCount() - start > 50, "it didn't wait\n" );
    ok( !memcmp( buffer, "hello", 5 ), "got other data\n" );
    finish( thread );

    thread = start_sender( &later, a, 50, "goodbye", 7 );
    memset( buffer, 0, sizeof( buffer ) );
    count = 0xdeadbeef;
    flags = 0;
    ok_success( WSARecv( b, bufs, 3, &count, &flags, NULL, NULL ) );
    ok( count == 7 && !flags, "got %lu, flags %lx\n", count, flags );
    ok( !memcmp( buffer, "goodbye", 7 ), "got other data\n" );
    finish( thread );

    /* what is there, in pieces or looked at first */
    ok_call( send( a, "abcdef", 6, 0 ), 6, 0 );
    ok_call( recv( b, buffer, 3, MSG_PEEK ), type == SOCK_STREAM ? 3 : -1, WSAEMSGSIZE );
    ok( !memcmp( buffer, "abc", 3 ), "got other data\n" );
    if (type == SOCK_STREAM)
    {
        ok_call( recv( b, buffer, 4, 0 ), 4, 0 );
        ok( !memcmp( buffer, "abcd", 4 ), "got other data\n" );
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 2, 0 );
        ok( !memcmp( buffer, "ef", 2 ), "got other data\n" );
    }
    else
    {
        /* a datagram that is too long: the start, and WSAEMSGSIZE; the rest is lost */
        memset( buffer, 0, sizeof( buffer ) );
        ok_error( recv( b, buffer, 4, 0 ), WSAEMSGSIZE );
        ok( !memcmp( buffer, "abcd\0", 5 ), "got other data\n" );
        ok_call( send( a, "xyz", 3, 0 ), 3, 0 );
        count = 0xdeadbeef;
        flags = 0;
        ok_error( WSARecv( b, bufs, 1, &count, &flags, NULL, NULL ), WSAEMSGSIZE );
        ok_unless_stock( count == 2 || count == 0xdeadbeef, "got %lu\n", count );
        ok_unless_stock( flags == MSG_PARTIAL || !flags, "got flags %lx\n", flags );
        ok_call( send( a, "uv", 2, 0 ), 2, 0 );
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 2, 0 );
        ok( !memcmp( buffer, "uv", 2 ), "got other data\n" );
    }
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static void test_non_blocking( int family, int type )
{
    char buffer[16];
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    DWORD count = 0xdeadbeef, flags = 0;
    SOCKET a, b;

    winetest_push_context( "%s type %d", family_name( family ), type );
    if (type == SOCK_STREAM) tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( family, &a, &b );
    set_blocking( b, FALSE );
    ok_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
    ok_error( recv( b, buffer, sizeof( buffer ), MSG_PEEK ), WSAEWOULDBLOCK );
    ok_error( recvfrom( b, buffer, sizeof( buffer ), 0, NULL, NULL ), WSAEWOULDBLOCK );
    ok_error( WSARecv( b, &wsabuf, 1, &count, &flags, NULL, NULL ), WSAEWOULDBLOCK );
    ok( count == 0xdeadbeef || !count, "got %lu\n", count );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "nothing to read\n" );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
    set_blocking( b, TRUE );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* SO_RCVTIMEO */
static void test_timeout( int family, int type )
{
    char buffer[16];
    DWORD start, time;
    SOCKET a, b;

    winetest_push_context( "%s type %d", family_name( family ), type );
    if (type == SOCK_STREAM) tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( family, &a, &b );
    set_timeout( b, 150 );
    start = GetTickCount();
    ok_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAETIMEDOUT );
    time = GetTickCount() - start;
    ok( time >= 100 && time < 2000, "it took %lu ms\n", time );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static void test_end( int family )
{
    struct linger linger = { 1, 0 };
    struct later later;
    char buffer[16];
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    DWORD count, flags = 0;
    HANDLE thread;
    SOCKET a, b;

    winetest_push_context( "%s", family_name( family ) );
    /* the peer has ended: what is there, then 0, as often as asked */
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_success( shutdown( a, SD_SEND ) );
    ok_call( recv( b, buffer, 2, 0 ), 2, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 1, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 0, 0 );
    count = 0xdeadbeef;
    ok_success( WSARecv( b, &wsabuf, 1, &count, &flags, NULL, NULL ) );
    ok( !count, "got %lu\n", count );
    ok_call( send( b, "xyz", 3, 0 ), 3, 0 );
    ok_call( recv( a, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( a );
    closesocket( b );

    /* a blocked receive sees it too */
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    thread = start_sender( &later, a, 50, NULL, -1 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 0, 0 );
    finish( thread );
    closesocket( a );
    closesocket( b );

    /* and a reset, once and for all */
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_success( setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
    closesocket( a );
    Sleep( 20 );
    ok_docs_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAECONNRESET );
    ok_docs_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAECONNRESET );
    closesocket( b );

    /* our own end */
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    Sleep( 20 );
    ok_success( shutdown( b, SD_RECEIVE ) );
    ok_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAESHUTDOWN );
    ok_call( send( b, "abc", 3, 0 ), 3, 0 );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static void test_errors( int family )
{
    union address addr;
    char buffer[16];
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    DWORD count, flags;
    SOCKET a, b, s;
    int len;

    winetest_push_context( "%s", family_name( family ) );
    s = tcp_socket( family );
    ok_error( recv( s, buffer, 1, 0 ), WSAENOTCONN );
    ok_error( recvfrom( s, buffer, 1, 0, NULL, NULL ), WSAENOTCONN );
    closesocket( s );
    s = tcp_listener( family, &addr, &len );
    set_blocking( s, FALSE );
    ok_docs_error( recv( s, buffer, 1, 0 ), WSAENOTCONN );
    closesocket( s );

    /* recv's and recvfrom's pages: WSAEINVAL, the socket has not been bound */
    s = udp_socket( family );
    set_timeout( s, 100 );
    ok_docs_error( recv( s, buffer, 1, 0 ), WSAEINVAL );
    ok_docs_error( recvfrom( s, buffer, 1, 0, &addr.any, &len ), WSAEINVAL );
    closesocket( s );

    udp_pair( family, &a, &b );
    set_blocking( b, FALSE );
    flags = MSG_OOB;
    ok_docs_error( WSARecv( b, &wsabuf, 1, &count, &flags, NULL, NULL ), WSAEOPNOTSUPP );
    ok_docs_error( recv( b, buffer, 1, MSG_OOB ), WSAEOPNOTSUPP );
    flags = 0;
    /* the buffer of the address is too small */
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    wait_readable( b, 1000 );
    len = 4;
    ok_docs_error( recvfrom( b, buffer, sizeof( buffer ), 0, &addr.any, &len ), WSAEFAULT );
    closesocket( a );
    closesocket( b );

    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    set_blocking( b, FALSE );
    ok_error( recv( b, buffer, 1, MSG_OOB ), WSAEWOULDBLOCK );
    /* the last pointers may be null with an OVERLAPPED only */
    ok_docs_error( WSARecv( b, &wsabuf, 1, NULL, &flags, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSARecv( b, &wsabuf, 1, &count, NULL, NULL, NULL ), WSAEFAULT );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static void test_scatter( int family, int type )
{
    static char data[2048], buffer[2048];
    WSABUF bufs[4];
    DWORD count, flags;
    SOCKET a, b;

    winetest_push_context( "%s type %d", family_name( family ), type );
    if (type == SOCK_STREAM) tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( family, &a, &b );
    fill_pattern( data, sizeof( data ), 9 );
    ok_call( send( a, data, 1000, 0 ), 1000, 0 );
    bufs[0].buf = buffer;
    bufs[0].len = 1;
    bufs[1].buf = NULL;
    bufs[1].len = 0;
    bufs[2].buf = buffer + 1;
    bufs[2].len = 700;
    bufs[3].buf = buffer + 701;
    bufs[3].len = sizeof( buffer ) - 701;
    memset( buffer, 0xcc, sizeof( buffer ) );
    wait_readable( b, 1000 );
    flags = 0;
    count = 0xdeadbeef;
    ok_success( WSARecv( b, bufs, 4, &count, &flags, NULL, NULL ) );
    ok( count == 1000, "got %lu\n", count );
    ok( check_pattern( buffer, 1000, 9 ) == -1, "wrong data at %d\n", check_pattern( buffer, 1000, 9 ) );
    ok( buffer[1000] == (char)0xcc, "written too far\n" );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static void test_recvfrom( int family )
{
    union address addr, from, expect;
    SOCKET a, b;
    char buffer[16];
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    DWORD count, flags = 0;
    int len, from_len, expect_len;

    winetest_push_context( "%s", family_name( family ) );
    a = udp_socket( family );
    b = udp_socket( family );
    len = loopback( &addr, family, 0 );
    ok_success( bind( a, &addr.any, len ) );
    ok_success( bind( b, &addr.any, len ) );
    ok_success( getsockname( b, &addr.any, &len ) );
    expect_len = sizeof( expect );
    memset( &expect, 0, sizeof( expect ) );
    ok_success( getsockname( a, &expect.any, &expect_len ) );
    set_timeout( b, 3000 );

    ok_call( sendto( a, "abc", 3, 0, &addr.any, len ), 3, 0 );
    memset( &from, 0, sizeof( from ) );
    from_len = sizeof( from );
    ok_call( recvfrom( b, buffer, sizeof( buffer ), 0, &from.any, &from_len ), 3, 0 );
    ok( from_len == expect_len && !memcmp( &from, &expect, expect_len ), "got another address, length %d\n", from_len );

    ok_call( sendto( a, "abc", 3, 0, &addr.any, len ), 3, 0 );
    memset( &from, 0, sizeof( from ) );
    from_len = expect_len;
    count = 0xdeadbeef;
    ok_success( WSARecvFrom( b, &wsabuf, 1, &count, &flags, &from.any, &from_len, NULL, NULL ) );
    ok( count == 3 && from_len == expect_len && !memcmp( &from, &expect, expect_len ), "got %lu, length %d\n", count,
        from_len );

    /* the address comes with a datagram that is too long, too */
    ok_call( sendto( a, "abc", 3, 0, &addr.any, len ), 3, 0 );
    memset( &from, 0, sizeof( from ) );
    from_len = sizeof( from );
    ok_error( recvfrom( b, buffer, 2, 0, &from.any, &from_len ), WSAEMSGSIZE );
    ok( from_len == expect_len && !memcmp( &from, &expect, expect_len ), "got another address, length %d\n", from_len );
    closesocket( a );
    closesocket( b );

    /* on a stream it is left alone */
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    from_len = sizeof( from );
    memset( &from, 0xcc, sizeof( from ) );
    ok_call( recvfrom( b, buffer, sizeof( buffer ), 0, &from.any, &from_len ), 3, 0 );
    ok( from.bytes[2] == (char)0xcc, "the address was written\n" );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* recv's page: MSG_WAITALL completes when the buffer is full, or the connection has ended */
static void test_wait_all( void )
{
    struct later later;
    char buffer[16];
    HANDLE thread;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    thread = start_sender( &later, a, 100, "defgh", 5 );
    memset( buffer, 0, sizeof( buffer ) );
    ok_docs( recv( b, buffer, 8, MSG_WAITALL ), 8, 0 );
    finish( thread );
    ok_unless_stock( !memcmp( buffer, "abcdefgh", 8 ), "got other data\n" );
    closesocket( a );
    closesocket( b );

    tcp_socketpair( &a, &b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    thread = start_sender( &later, a, 100, NULL, -1 );
    ok_call( recv( b, buffer, 8, MSG_WAITALL ), 3, 0 );
    finish( thread );
    closesocket( a );
    closesocket( b );
}

static void test_oob( void )
{
    u_long mark;
    char buffer[16];
    SOCKET a, b;
    fd_set set;
    struct timeval timeout = { 1, 0 };

    tcp_socketpair( &a, &b );
    ok_call( send( a, "ab", 2, 0 ), 2, 0 );
    ok_call( send( a, "c", 1, MSG_OOB ), 1, 0 );
    FD_ZERO( &set );
    FD_SET( b, &set );
    ok_call( select( 0, NULL, NULL, &set, &timeout ), 1, 0 );
    ok_call( recv( b, buffer, 1, MSG_OOB ), 1, 0 );
    ok( buffer[0] == 'c', "got %c\n", buffer[0] );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 2, 0 );
    ok( !memcmp( buffer, "ab", 2 ), "got other data\n" );
    ok_success( ioctlsocket( b, SIOCATMARK, &mark ) );
    closesocket( a );
    closesocket( b );
}

/* FIONREAD */
static void test_available( int family )
{
    u_long count;
    SOCKET a, b;

    winetest_push_context( "%s", family_name( family ) );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_success( ioctlsocket( b, FIONREAD, &count ) );
    ok( !count, "got %lu\n", count );
    ok_call( send( a, "abcde", 5, 0 ), 5, 0 );
    ok( wait_readable( b, 1000 ), "nothing to read\n" );
    ok_success( ioctlsocket( b, FIONREAD, &count ) );
    ok( count == 5, "got %lu\n", count );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* A peer without an open port: receives say so, sends don't; SIO_UDP_CONNRESET */
static void test_unreachable( int family )
{
    BOOL enable = FALSE;
    union address addr;
    char buffer[4];
    DWORD size;
    SOCKET s;
    int len, i, ret;

    s = udp_socket( family );
    len = loopback( &addr, family, 0 );
    ok_success( bind( s, &addr.any, len ) );
    ok_success( getsockname( s, &addr.any, &len ) );
    closesocket( s ); /* nobody has this port now */
    s = udp_socket( family );
    ok_success( connect( s, &addr.any, len ) );
    set_timeout( s, 1000 );
    for (i = 0; i < 3; i++)
    {
        ret = send( s, "x", 1, 0 );
        ok_unless_afd( ret == 1, "%d: got %d, error %d\n", i, ret, WSAGetLastError() );
    }
    WSASetLastError( 0 );
    ret = recv( s, buffer, sizeof( buffer ), 0 );
    ok_unless_afd( ret == -1 && WSAGetLastError() == WSAECONNRESET, "got %d, error %d\n", ret, WSAGetLastError() );
    ok_docs( WSAIoctl( s, SIO_UDP_CONNRESET, &enable, sizeof( enable ), NULL, 0, &size, NULL, NULL ), 0, 0 );
    for (i = 0; i < 3; i++)
    {
        ret = send( s, "x", 1, 0 );
        ok_unless_afd( ret == 1, "%d: got %d, error %d\n", i, ret, WSAGetLastError() );
    }
    set_timeout( s, 50 );
    WSASetLastError( 0 );
    ret = recv( s, buffer, sizeof( buffer ), 0 );
    ok_unless_afd( ret == -1 && WSAGetLastError() == WSAETIMEDOUT, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( s );
}

START_TEST( recv )
{
    unsigned int i, j;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        for (j = 0; j < 2; j++)
        {
            test_blocking( families[i], j ? SOCK_DGRAM : SOCK_STREAM );
            test_non_blocking( families[i], j ? SOCK_DGRAM : SOCK_STREAM );
            test_timeout( families[i], j ? SOCK_DGRAM : SOCK_STREAM );
            test_scatter( families[i], j ? SOCK_DGRAM : SOCK_STREAM );
        }
        test_end( families[i] );
        test_errors( families[i] );
        test_recvfrom( families[i] );
        test_unreachable( families[i] );
        test_available( families[i] );
    }
    test_wait_all();
    test_oob();
    stop_winsock();
}
