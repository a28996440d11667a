/*
 * AcceptEx and GetAcceptExSockaddrs
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

static char output[256];

static BOOL accept_ex( SOCKET listener, SOCKET acceptor, DWORD recv_len, OVERLAPPED *ov )
{
    DWORD count;

    return ext.AcceptEx( listener, acceptor, output, recv_len, ACCEPT_ADDR, ACCEPT_ADDR, &count, ov );
}

/* Starts one that must pend. */
static void start_accept( SOCKET listener, SOCKET acceptor, DWORD recv_len, OVERLAPPED *ov )
{
    memset( ov, 0, sizeof( *ov ) );
    ok_bool( accept_ex( listener, acceptor, recv_len, ov ), ERROR_IO_PENDING );
}

static SOCKET connect_to( const union address *addr, int len )
{
    SOCKET s = tcp_socket( addr->any.sa_family );

    ok_success( connect( s, &addr->any, len ) );
    return s;
}

static void reset( SOCKET s )
{
    struct linger linger = { 1, 0 };

    ok_success( setsockopt( s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
    closesocket( s );
}

/* Says whose client the acceptor has. */
static void check_pair( SOCKET acceptor, SOCKET client, char tag )
{
    char buffer[4];

    set_timeout( acceptor, 3000 );
    set_timeout( client, 3000 );
    ok_call( send( client, &tag, 1, 0 ), 1, 0 );
    ok_call( recv( acceptor, buffer, 1, 0 ), 1, 0 );
    ok( buffer[0] == tag, "got %d, expected %d\n", buffer[0], tag );
    ok_call( send( acceptor, "xy", 2, 0 ), 2, 0 );
    ok_call( recv_all( client, buffer, 2 ), 2, 0 );
}

static void test_errors( void )
{
    SOCKET listener, acceptor, plain, bound, udp, client, server;
    union address addr, any;
    OVERLAPPED ov, busy;
    DWORD count;
    int len;

    listener = tcp_listener( AF_INET, &addr, &len );
    acceptor = tcp_socket( AF_INET );
    plain = tcp_socket( AF_INET );
    udp = udp_socket( AF_INET );
    bound = tcp_socket( AF_INET );
    loopback( &any, AF_INET, 0 );
    ok_success( bind( bound, &any.any, len ) );
    tcp_socketpair( &client, &server );
    memset( &ov, 0, sizeof( ov ) );

    ok_docs_bool( accept_ex( 0xdead0, acceptor, 0, &ov ), WSAENOTSOCK );
    ok_docs_bool( accept_ex( INVALID_SOCKET, acceptor, 0, &ov ), WSAENOTSOCK );
    ok_docs_bool( accept_ex( listener, 0xdead0, 0, &ov ), WSAENOTSOCK );
    ok_docs_bool( accept_ex( listener, INVALID_SOCKET, 0, &ov ), WSAENOTSOCK );
    ok_bool( accept_ex( listener, acceptor, 0, NULL ), ERROR_INVALID_PARAMETER );
    /* stock pends for ever on what doesn't listen, the wineserver ends when an acceptor listens, and a failure keeps
     * the acceptor busy */
    if (!stock)
    {
        ok_bool( accept_ex( plain, acceptor, 0, &ov ), WSAEINVAL );
        ok_bool( accept_ex( bound, acceptor, 0, &ov ), WSAEINVAL );
        ok_bool( accept_ex( server, acceptor, 0, &ov ), WSAEINVAL );
        ok_bool( accept_ex( udp, acceptor, 0, &ov ), WSAEINVAL );
        ok_bool( accept_ex( listener, server, 0, &ov ), WSAEINVAL );
        ok_bool( accept_ex( listener, bound, 0, &ov ), WSAEINVAL );
        ok_bool( accept_ex( listener, listener, 0, &ov ), WSAEINVAL );
        ok_bool( accept_ex( listener, udp, 0, &ov ), WSAEINVAL );
    }
    if (!stock)
    {
        ok_bool( ext.AcceptEx( listener, acceptor, output, 0, ACCEPT_ADDR, 0, &count, &ov ), WSAEFAULT );
        ok_bool( ext.AcceptEx( listener, acceptor, output, 0, 0, 0, &count, &ov ), WSAEFAULT );
        ok( ov.Internal == STATUS_PENDING, "got %Ix\n", ov.Internal );
        ok_bool( ext.AcceptEx( listener, acceptor, NULL, 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, &ov ), WSAEFAULT );
        ok_bool( ext.AcceptEx( listener, acceptor, bad_page(), 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, &ov ), WSAEFAULT );
        ok_bool( ext.AcceptEx( listener, acceptor, readonly_page(), 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, &ov ),
                 WSAEFAULT );
        ok_bool( ext.AcceptEx( listener, acceptor, output, ~0u, ACCEPT_ADDR, ACCEPT_ADDR, &count, &ov ), WSAEFAULT );
        ok_bool( accept_ex( listener, acceptor, 0, (OVERLAPPED *)bad_page() ), WSAEFAULT );
        /* an acceptor that waits already, with and without data */
        start_accept( listener, acceptor, 0, &busy );
        ok_bool( accept_ex( listener, acceptor, 0, &ov ), WSAEINVAL );
        ok( CancelIoEx( (HANDLE)listener, &busy ), "CancelIoEx failed: %lu\n", GetLastError() );
        ok( overlapped_result( listener, &busy, &count ) == WSA_OPERATION_ABORTED, "got another result\n" );
    }
    /* none of the failures is in the acceptor's way */
    start_accept( listener, acceptor, 0, &ov );
    closesocket( client );
    client = connect_to( &addr, len );
    ok( !overlapped_result( listener, &ov, &count ) && !count, "failed\n" );
    check_pair( acceptor, client, 1 );

    closesocket( client );
    closesocket( server );
    closesocket( acceptor );
    closesocket( listener );
    closesocket( bound );
    closesocket( plain );
    closesocket( udp );
}

/* GetAcceptExSockaddrs with each place of its results, and with lengths of all sizes that hold the address */
static void test_addresses( int family )
{
    static const unsigned int more[] = { 4, 8, 16, 100 };
    SOCKET listener, acceptor, client;
    struct sockaddr *local, *remote;
    union address addr, name;
    int len, local_len, remote_len, name_len;
    unsigned int i;
    OVERLAPPED ov;
    DWORD count;

    listener = tcp_listener( family, &addr, &len );
    for (i = 0; i < sizeof( more ) / sizeof( more[0] ); i++)
    {
        DWORD size = ( family == AF_INET6 ? 28 : 16 ) + more[i];

        winetest_push_context( "%s, %lu", family_name( family ), size );
        acceptor = tcp_socket( family );
        memset( &ov, 0, sizeof( ov ) );
        memset( output, 0xcc, sizeof( output ) );
        count = 0xdead;
        ok_bool( ext.AcceptEx( listener, acceptor, output, i, size, i & 1 ? ACCEPT_ADDR : size, &count, &ov ),
                 ERROR_IO_PENDING );
        client = connect_to( &addr, len );
        if (i) ok_call( send( client, "abcd", i, 0 ), i, 0 );
        ok( !overlapped_result( listener, &ov, &count ) && count == i, "got %lu\n", count );
        ok( !memcmp( output, "abcd", i ), "got other data\n" );
        local = remote = NULL;
        ext.GetAcceptExSockaddrs( output, i, size, i & 1 ? ACCEPT_ADDR : size, &local, &local_len, &remote,
                                  &remote_len );
        name_len = sizeof( name );
        ok_success( getsockname( client, &name.any, &name_len ) );
        ok( remote_len == name_len && !memcmp( remote, &name, min( name_len, remote_len ) ),
            "got another peer, length %d\n", remote_len );
        ok( local_len == len && !memcmp( local, &addr, min( len, local_len ) ), "got another name, length %d\n",
            local_len );
        ok( (char *)local >= output + i && (char *)remote + remote_len <= output + i + size + max( size, ACCEPT_ADDR ),
            "outside of the buffer\n" );
        closesocket( client );
        closesocket( acceptor );
        winetest_pop_context();
    }
    /* one handle can serve several listeners, and its address is the last one's */
    closesocket( listener );
}

/* What is pending is served in the order of the calls. */
static void test_order( int family )
{
    enum
    {
        COUNT = 8
    };
    static char outputs[COUNT][2 * ACCEPT_ADDR + 16];
    SOCKET listener, acceptors[COUNT], clients[COUNT];
    union address addr;
    OVERLAPPED ovs[COUNT], *ov;
    HANDLE port;
    ULONG_PTR key;
    DWORD count;
    int i, len;

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    port = CreateIoCompletionPort( (HANDLE)listener, NULL, 7, 0 );
    for (i = 0; i < COUNT; i++)
    {
        acceptors[i] = tcp_socket( family );
        memset( ovs + i, 0, sizeof( *ovs ) );
        ok_bool( ext.AcceptEx( listener, acceptors[i], outputs[i], 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, ovs + i ),
                 ERROR_IO_PENDING );
    }
    for (i = 0; i < COUNT; i++) clients[i] = connect_to( &addr, len );
    for (i = 0; i < COUNT; i++)
    {
        winetest_push_context( "%d", i );
        ov = NULL;
        ok( GetQueuedCompletionStatus( port, &count, &key, &ov, 3000 ), "no packet: %lu\n", GetLastError() );
        ok( ov == ovs + i && key == 7 && !count, "got %d, %Ix, %lu\n", (int)( ov - ovs ), key, count );
        check_pair( acceptors[i], clients[i], i );
        closesocket( acceptors[i] );
        closesocket( clients[i] );
        winetest_pop_context();
    }
    closesocket( listener );
    CloseHandle( port );
    winetest_pop_context();
}

static void test_cancel( void )
{
    SOCKET listener, acceptors[3], client;
    static char outputs[3][2 * ACCEPT_ADDR + 16];
    union address addr;
    OVERLAPPED ovs[3];
    DWORD count;
    int i, len;

    listener = tcp_listener( AF_INET, &addr, &len );
    for (i = 0; i < 3; i++)
    {
        acceptors[i] = tcp_socket( AF_INET );
        memset( ovs + i, 0, sizeof( *ovs ) );
        ok_bool( ext.AcceptEx( listener, acceptors[i], outputs[i], 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, ovs + i ),
                 ERROR_IO_PENDING );
    }
    ok( CancelIoEx( (HANDLE)listener, ovs + 0 ), "CancelIoEx failed: %lu\n", GetLastError() );
    ok( overlapped_result( listener, ovs + 0, &count ) == WSA_OPERATION_ABORTED, "got another result\n" );
    ok( is_pending( ovs + 1 ) && is_pending( ovs + 2 ), "the others have ended too\n" );
    client = connect_to( &addr, len );
    ok( !overlapped_result( listener, ovs + 1, &count ), "the second one failed\n" );
    check_pair( acceptors[1], client, 1 );
    closesocket( client );
    closesocket( acceptors[1] );
    /* a cancelled acceptor is as good as new */
    memset( ovs + 0, 0, sizeof( *ovs ) );
    ok_bool( ext.AcceptEx( listener, acceptors[0], outputs[0], 2, ACCEPT_ADDR, ACCEPT_ADDR, &count, ovs + 0 ),
             ERROR_IO_PENDING );
    client = connect_to( &addr, len );
    ok( !overlapped_result( listener, ovs + 2, &count ), "the third one failed\n" );
    check_pair( acceptors[2], client, 2 );
    closesocket( client );
    closesocket( acceptors[2] );

    /* connected, and no data yet */
    client = connect_to( &addr, len );
    Sleep( 50 );
    ok( is_pending( ovs + 0 ), "done without data\n" );
    ok( CancelIo( (HANDLE)listener ), "CancelIo failed: %lu\n", GetLastError() );
    ok( overlapped_result( listener, ovs + 0, &count ) == WSA_OPERATION_ABORTED, "got another result\n" );
    closesocket( client );

    /* the listener goes */
    for (i = 0; i < 2; i++)
    {
        if (i) acceptors[1] = tcp_socket( AF_INET );
        memset( ovs + i, 0, sizeof( *ovs ) );
        if (!i)
        {
            closesocket( acceptors[0] );
            acceptors[0] = tcp_socket( AF_INET );
        }
        ok_bool( ext.AcceptEx( listener, acceptors[i], outputs[i], i, ACCEPT_ADDR, ACCEPT_ADDR, &count, ovs + i ),
                 ERROR_IO_PENDING );
    }
    closesocket( listener );
    for (i = 0; i < 2; i++)
    {
        ok( wait_overlapped( ovs + i, 3000 ), "%d still pends\n", i );
        ok_unless_stock( (DWORD)ovs[i].Internal == 0xc0000120 /* STATUS_CANCELLED */, "got %Ix\n", ovs[i].Internal );
        closesocket( acceptors[i] );
    }
}

/* The client is gone before it is accepted, or before it has sent anything. */
static void test_gone( void )
{
    SOCKET listener, acceptor, client;
    union address addr;
    char buffer[4];
    OVERLAPPED ov;
    DWORD count;
    int i, len, ret;

    listener = tcp_listener( AF_INET, &addr, &len );
    for (i = 0; i < 6; i++)
    {
        winetest_push_context( "%s, %s, %s", i & 1 ? "data" : "no data", i >= 4 ? "after" : "before",
                               i & 2 ? "reset" : "closed" );
        acceptor = tcp_socket( AF_INET );
        if (i >= 4)
        {
            start_accept( listener, acceptor, 4, &ov );
            client = connect_to( &addr, len );
            Sleep( 20 );
            if (i & 1) reset( client );
            else closesocket( client );
        }
        else
        {
            client = connect_to( &addr, len );
            if (i & 2) reset( client );
            else closesocket( client );
            Sleep( 20 );
            start_accept( listener, acceptor, i & 1 ? 4 : 0, &ov );
        }
        ret = overlapped_result( listener, &ov, &count );
        ok( ret != -1, "it never ends\n" );
        /* WSAECONNRESET, says the page; the server, which finds no peer's name, WSAENOTCONN */
        ok( ret ? ret == WSAECONNRESET || ret == WSAECONNABORTED || ret == WSAENOTCONN : !count, "got %d, %lu bytes\n",
            ret, count );
        if (!ret)
        {
            set_timeout( acceptor, 3000 );
            ret = recv( acceptor, buffer, 4, 0 );
            ok( !ret || ( ret == -1 && ( WSAGetLastError() == WSAECONNRESET || WSAGetLastError() == WSAENOTCONN ) ),
                "got %d, error %d\n", ret, WSAGetLastError() );
        }
        closesocket( acceptor );
        winetest_pop_context();
    }
    closesocket( listener );
}

static void test_context( int family )
{
    SOCKET listener, acceptor, client, other;
    union address addr, name;
    int len, name_len, time, time_len = sizeof( time );
    OVERLAPPED ov;
    DWORD count;

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    acceptor = tcp_socket( family );
    ok_success( getsockopt( acceptor, SOL_SOCKET, SO_CONNECT_TIME, (char *)&time, &time_len ) );
    ok( time == -1, "got %d\n", time );
    ok_docs_error( setsockopt( acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) ),
                   WSAENOTCONN );
    start_accept( listener, acceptor, 0, &ov );
    client = connect_to( &addr, len );
    ok( !overlapped_result( listener, &ov, &count ), "failed\n" );

    other = tcp_socket( family );
    ok_docs_error(
        setsockopt( acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) - 1 ),
        WSAEFAULT );
    ok_docs_error( setsockopt( acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, NULL, sizeof( listener ) ), WSAEFAULT );
    ok_docs_error( setsockopt( acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&other, sizeof( other ) ),
                   WSAEINVAL );
    closesocket( other );
    other = 0xdead0;
    ok_docs_error( setsockopt( acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&other, sizeof( other ) ),
                   WSAENOTSOCK );
    ok_success( setsockopt( acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) ) );

    name_len = sizeof( name );
    ok_success( getsockname( acceptor, &name.any, &name_len ) );
    ok( name_len == len && !memcmp( &name, &addr, len ), "got another name\n" );
    Sleep( 1100 );
    ok_success( getsockopt( acceptor, SOL_SOCKET, SO_CONNECT_TIME, (char *)&time, &time_len ) );
    ok( time >= 1 && time <= 60, "got %d\n", time );
    ok_success( shutdown( acceptor, SD_SEND ) );
    set_timeout( client, 3000 );
    ok_call( recv( client, output, 1, 0 ), 0, 0 );
    closesocket( client );
    closesocket( acceptor );
    closesocket( listener );
    winetest_pop_context();
}

/* The acceptor is associated with a port, before or after; overlapped operations there; and its non-blocking mode. */
static void test_acceptor( BOOL before )
{
    SOCKET listener, acceptor, client;
    WSABUF buf = { 16, output };
    OVERLAPPED ov, *done = NULL;
    union address addr;
    char buffer[4];
    DWORD count, flags = 0;
    ULONG_PTR key;
    HANDLE port;
    int len;

    winetest_push_context( "%s", before ? "before" : "after" );
    listener = tcp_listener( AF_INET, &addr, &len );
    acceptor = tcp_socket( AF_INET );
    set_blocking( acceptor, FALSE );
    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    if (before) ok( CreateIoCompletionPort( (HANDLE)acceptor, port, 8, 0 ) == port, "failed: %lu\n", GetLastError() );
    start_accept( listener, acceptor, 0, &ov );
    client = connect_to( &addr, len );
    ok( !overlapped_result( listener, &ov, &count ), "failed\n" );
    if (!before) ok( CreateIoCompletionPort( (HANDLE)acceptor, port, 8, 0 ) == port, "failed: %lu\n", GetLastError() );
    ok_error( recv( acceptor, buffer, 4, 0 ), WSAEWOULDBLOCK );
    memset( &ov, 0, sizeof( ov ) );
    ok_error( WSARecv( acceptor, &buf, 1, NULL, &flags, &ov, NULL ), ERROR_IO_PENDING );
    ok_call( send( client, "abc", 3, 0 ), 3, 0 );
    ok( GetQueuedCompletionStatus( port, &count, &key, &done, 3000 ) && done == &ov && key == 8 && count == 3,
        "got %p, %Ix, %lu\n", done, key, count );
    closesocket( client );
    closesocket( acceptor );
    closesocket( listener );
    CloseHandle( port );
    winetest_pop_context();
}

/* Through mswsock.dll, whose functions ask for ours. */
static void test_mswsock( void )
{
    SOCKET listener, acceptor, client;
    struct sockaddr *local, *remote;
    int len, local_len, remote_len;
    union address addr;
    OVERLAPPED ov = { 0 };
    DWORD count;

    listener = tcp_listener( AF_INET, &addr, &len );
    acceptor = tcp_socket( AF_INET );
    ok_bool( AcceptEx( listener, acceptor, output, 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, &ov ), ERROR_IO_PENDING );
    client = connect_to( &addr, len );
    ok( !overlapped_result( listener, &ov, &count ), "failed\n" );
    GetAcceptExSockaddrs( output, 0, ACCEPT_ADDR, ACCEPT_ADDR, &local, &local_len, &remote, &remote_len );
    ok( local_len == len && !memcmp( local, &addr, len ), "got another name, length %d\n", local_len );
    check_pair( acceptor, client, 9 );
    closesocket( client );
    closesocket( acceptor );
    closesocket( listener );
}

/* Started with a duplicate, it goes on when the duplicate is closed. */
static void test_duplicate( void )
{
    SOCKET listener, duplicate, acceptor, client;
    WSAPROTOCOL_INFOW info;
    union address addr;
    OVERLAPPED ov;
    DWORD count;
    int len;

    listener = tcp_listener( AF_INET, &addr, &len );
    ok_success( WSADuplicateSocketW( listener, GetCurrentProcessId(), &info ) );
    duplicate = WSASocketW( AF_INET, SOCK_STREAM, 0, &info, 0, WSA_FLAG_OVERLAPPED );
    ok( duplicate != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    acceptor = tcp_socket( AF_INET );
    start_accept( duplicate, acceptor, 0, &ov );
    closesocket( duplicate );
    ok( (NTSTATUS)ov.Internal == STATUS_PENDING, "ended with %Ix\n", ov.Internal );
    client = connect_to( &addr, len );
    ok( !overlapped_result( listener, &ov, &count ), "failed\n" );
    check_pair( acceptor, client, 5 );
    closesocket( client );
    closesocket( acceptor );
    closesocket( listener );
}

START_TEST( acceptex )
{
    unsigned int i;

    start_winsock();
    load_extensions();
    test_errors();
    for (i = 0; i < family_count(); i++)
    {
        test_addresses( families[i] );
        test_order( families[i] );
        test_context( families[i] );
    }
    test_cancel();
    test_gone();
    test_acceptor( TRUE );
    test_acceptor( FALSE );
    test_duplicate();
    test_mswsock();
    stop_winsock();
}
