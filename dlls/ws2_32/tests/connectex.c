/*
 * ConnectEx
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

static SOCKET bound_socket( int family )
{
    SOCKET s = tcp_socket( family );
    union address any;
    int len = loopback( &any, family, 0 );

    ok_success( bind( s, &any.any, len ) );
    return s;
}

static BOOL connect_ex( SOCKET s, const union address *addr, int len, OVERLAPPED *ov )
{
    DWORD sent;

    return ext.ConnectEx( s, &addr->any, len, NULL, 0, &sent, ov );
}

static void test_errors( int family )
{
    SOCKET listener, s, unbound, connected, server, udp, passive;
    union address addr, any, other, bad;
    OVERLAPPED ov = { 0 }, second = { 0 };
    int len, other_len;
    DWORD sent;

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &connected, &server );
    passive = tcp_listener( family, &other, &other_len );
    other_len = loopback( &other, family == AF_INET ? AF_INET6 : AF_INET, 80 );
    unbound = tcp_socket( family );
    s = bound_socket( family );
    udp = udp_socket( family );
    loopback( &any, family, 0 );
    ok_success( bind( udp, &any.any, len ) );

    ok_docs_bool( connect_ex( 0xdead0, &addr, len, &ov ), WSAENOTSOCK );
    ok_docs_bool( connect_ex( INVALID_SOCKET, &addr, len, &ov ), WSAENOTSOCK );
    ok_docs_bool( connect_ex( unbound, &addr, len, &ov ), WSAEINVAL );
    ok_docs_bool( connect_ex( connected, &addr, len, &ov ), WSAEISCONN );
    ok_docs_bool( connect_ex( server, &addr, len, &ov ), WSAEISCONN );
    ok_docs_bool( connect_ex( passive, &addr, len, &ov ), WSAEINVAL );
    ok_bool( connect_ex( s, &addr, len, NULL ), ERROR_INVALID_PARAMETER );
    ok_docs_bool( connect_ex( s, &addr, 4, &ov ), WSAEFAULT );
    ok_docs_bool( ext.ConnectEx( s, NULL, len, NULL, 0, &sent, &ov ), WSAEFAULT );
    ok_docs_bool( connect_ex( s, &other, sizeof( other ), &ov ), WSAEAFNOSUPPORT );
    if (!stock)
    {
        ok_bool( connect_ex( s, (union address *)bad_page(), len, &ov ), WSAEFAULT );
        ok_bool( connect_ex( s, &addr, len, (OVERLAPPED *)bad_page() ), WSAEFAULT );
        ok_bool( ext.ConnectEx( s, &addr.any, len, bad_page(), 10, &sent, &ov ), WSAEFAULT );
        ok_bool( ext.ConnectEx( s, &addr.any, len, NULL, 0, (DWORD *)bad_page(), &ov ), WSAEFAULT );
        ok_bool( connect_ex( udp, &addr, len, &ov ), WSAEINVAL );
        /* nobody can be at port 0 */
        bad = addr;
        bad.v4.sin_port = 0;
        ok_bool( connect_ex( s, &bad, len, &ov ), WSAEADDRNOTAVAIL );
    }
    /* after all that it still connects; a second time it doesn't */
    ok_bool( connect_ex( s, &addr, len, &ov ), ERROR_IO_PENDING );
    ok( !overlapped_result( s, &ov, &sent ), "failed\n" );
    ok_docs_bool( connect_ex( s, &addr, len, &second ), WSAEISCONN );
    closesocket( s );
    closesocket( unbound );
    closesocket( connected );
    closesocket( server );
    closesocket( udp );
    closesocket( passive );
    closesocket( listener );
    winetest_pop_context();
}

enum way
{
    WAY_EVENT,
    WAY_PORT,
    WAY_NOTHING
};

/* With and without data to send, and what the names are on the way */
static void test_connect( int family, enum way way, DWORD data_len )
{
    static char data[1000000];
    char *received = malloc( sizeof( data ) );
    OVERLAPPED ov = { 0 }, *done = NULL;
    SOCKET listener, s, server;
    union address addr, name, peer;
    int len, name_len, peer_len, one = 1, error = -1, error_len = sizeof( error ), time;
    HANDLE port = NULL;
    ULONG_PTR key;
    DWORD sent;

    winetest_push_context( "%s, %d, %lu", family_name( family ), way, data_len );
    fill_pattern( data, sizeof( data ), 1 );
    listener = tcp_listener( family, &addr, &len );
    s = bound_socket( family );
    if (way == WAY_EVENT) ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    if (way == WAY_PORT) port = CreateIoCompletionPort( (HANDLE)s, NULL, 3, 0 );
    peer_len = sizeof( peer );
    ok_error( getpeername( s, &peer.any, &peer_len ), WSAENOTCONN );
    ok_docs_error( setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ), WSAENOTCONN );
    ok_bool( ext.ConnectEx( s, &addr.any, len, data_len ? data : NULL, data_len, &sent, &ov ), ERROR_IO_PENDING );
    server = accept( listener, NULL, NULL );
    set_timeout( server, 5000 );
    set_timeout( s, 5000 );
    ok_call( recv_all( server, received, data_len ), data_len, 0 );
    ok( check_pattern( received, data_len, 1 ) == -1, "got other data\n" );
    if (ov.hEvent) ok( !WaitForSingleObject( ov.hEvent, 3000 ), "not signalled\n" );
    if (port)
        ok( GetQueuedCompletionStatus( port, &sent, &key, &done, 3000 ) && done == &ov && key == 3 && sent == data_len,
            "got %p, %lu\n", done, sent );
    ok( !overlapped_result( s, &ov, &sent ) && sent == data_len, "got %lu bytes\n", sent );
    ok_success( setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ) );
    peer_len = sizeof( peer );
    ok_success( getpeername( s, &peer.any, &peer_len ) );
    ok( peer_len == len && !memcmp( &peer, &addr, len ), "got another peer\n" );
    name_len = sizeof( name );
    ok_success( getsockname( s, &name.any, &name_len ) );
    peer_len = sizeof( peer );
    ok_success( getpeername( server, &peer.any, &peer_len ) );
    ok( peer_len == name_len && !memcmp( &peer, &name, name_len ), "got another name\n" );
    ok_success( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&error, &error_len ) );
    ok( !error, "got %d\n", error );
    error_len = sizeof( time );
    ok_success( getsockopt( s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&time, &error_len ) );
    ok( time >= 0 && time < 60, "got %d\n", time );
    ok_success( setsockopt( s, IPPROTO_TCP, TCP_NODELAY, (char *)&one, sizeof( one ) ) );
    ok_call( send( s, "ab", 2, 0 ), 2, 0 );
    ok_call( recv( server, received, 8, 0 ), 2, 0 );
    ok_call( send( server, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( s, received, 8, 0 ), 3, 0 );
    ok_success( shutdown( s, SD_SEND ) );
    ok_call( recv( server, received, 8, 0 ), 0, 0 );
    if (ov.hEvent) CloseHandle( ov.hEvent );
    if (port) CloseHandle( port );
    closesocket( s );
    closesocket( server );
    closesocket( listener );
    free( received );
    winetest_pop_context();
}

/* Nobody listens: the error comes through the completion. Then the same socket can connect elsewhere. */
static void test_refused( int family, enum way way )
{
    OVERLAPPED ov = { 0 }, *done = NULL;
    SOCKET listener, s;
    union address addr, gone;
    HANDLE port = NULL;
    ULONG_PTR key;
    DWORD sent;
    int len, ret;

    winetest_push_context( "%s, %d", family_name( family ), way );
    listener = tcp_listener( family, &gone, &len );
    closesocket( listener );
    listener = tcp_listener( family, &addr, &len );
    s = bound_socket( family );
    if (way == WAY_EVENT) ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    if (way == WAY_PORT) port = CreateIoCompletionPort( (HANDLE)s, NULL, 3, 0 );
    WSASetLastError( 0 );
    ret = connect_ex( s, &gone, len, &ov );
    ok( !ret && ( WSAGetLastError() == ERROR_IO_PENDING || WSAGetLastError() == WSAECONNREFUSED ), "got %d, error %d\n",
        ret, WSAGetLastError() );
    if (WSAGetLastError() == ERROR_IO_PENDING)
    {
        if (ov.hEvent) ok( !WaitForSingleObject( ov.hEvent, 3000 ), "not signalled\n" );
        if (port)
            ok( !GetQueuedCompletionStatus( port, &sent, &key, &done, 3000 ) && done == &ov, "got %p, error %lu\n",
                done, GetLastError() );
        ok( overlapped_result( s, &ov, &sent ) == WSAECONNREFUSED, "got another error, %d\n", WSAGetLastError() );
    }
    ok_docs_error( setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ), WSAENOTCONN );
    ok_unless_afd( send( s, "a", 1, 0 ) == -1 && WSAGetLastError() == WSAENOTCONN, "got error %d\n",
                   WSAGetLastError() );
    ov.Internal = 0; /* the program may use it again, so that it looks like a success */
    ok_docs_error( setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ), WSAENOTCONN );
    ok_unless_afd( send( s, "a", 1, 0 ) == -1 && WSAGetLastError() == WSAENOTCONN, "got error %d\n",
                   WSAGetLastError() );
    if (ov.hEvent) CloseHandle( ov.hEvent );
    if (port) CloseHandle( port );
    closesocket( s );
    closesocket( listener );
    winetest_pop_context();
}

/* Cancelled or closed while nobody answers: a backlog that is full */
static void test_cancel( void )
{
    SOCKET listener, s, fill[8];
    OVERLAPPED ov = { 0 };
    union address addr;
    unsigned int i;
    int len, ret;
    DWORD sent;

    listener = tcp_socket( AF_INET );
    len = loopback( &addr, AF_INET, 0 );
    ok_success( bind( listener, &addr.any, len ) );
    ok_success( listen( listener, 1 ) );
    ok_success( getsockname( listener, &addr.any, &len ) );
    for (i = 0; i < 8; i++)
    {
        fill[i] = tcp_socket( AF_INET );
        set_blocking( fill[i], FALSE );
        connect( fill[i], &addr.any, len );
    }
    Sleep( 50 );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%s", i ? "closed" : "cancelled" );
        s = bound_socket( AF_INET );
        memset( &ov, 0, sizeof( ov ) );
        ok_bool( connect_ex( s, &addr, len, &ov ), ERROR_IO_PENDING );
        Sleep( 50 );
        ok( is_pending( &ov ), "done, though the backlog is full\n" );
        if (i) closesocket( s );
        else
        {
            ok( CancelIoEx( (HANDLE)s, &ov ), "CancelIoEx failed: %lu\n", GetLastError() );
            ret = overlapped_result( s, &ov, &sent );
            ok( ret == WSA_OPERATION_ABORTED, "got %d\n", ret );
            closesocket( s );
        }
        ok( wait_overlapped( &ov, 3000 ), "it still pends\n" );
        winetest_pop_context();
    }
    for (i = 0; i < 8; i++) closesocket( fill[i] );
    closesocket( listener );
}

/* "the application can call connect again" after a refusal (page "connect function"); so it can ConnectEx. */
static void test_again( BOOL by_connect )
{
    static char hello[] = "hello";
    SOCKET listener, nobody, s, accepted;
    union address addr, nowhere;
    char buffer[16];
    OVERLAPPED ov;
    DWORD sent;
    int len, ret;

    winetest_push_context( "after %s", by_connect ? "connect" : "ConnectEx" );
    listener = tcp_listener( AF_INET, &addr, &len );
    nobody = tcp_socket( AF_INET );
    loopback( &nowhere, AF_INET, 0 );
    ok_success( bind( nobody, &nowhere.any, len ) );
    ok_success( getsockname( nobody, &nowhere.any, &len ) );
    s = bound_socket( AF_INET );
    if (by_connect) ok_error( connect( s, &nowhere.any, len ), WSAECONNREFUSED );
    else
    {
        memset( &ov, 0, sizeof( ov ) );
        ok_bool( connect_ex( s, &nowhere, len, &ov ), ERROR_IO_PENDING );
        ret = overlapped_result( s, &ov, &sent );
        ok( ret == WSAECONNREFUSED, "got %d\n", ret );
    }
    memset( &ov, 0, sizeof( ov ) );
    ret = ext.ConnectEx( s, &addr.any, len, hello, 5, &sent, &ov ) ? 0 : WSAGetLastError();
    if (ret == ERROR_IO_PENDING) ret = overlapped_result( s, &ov, &sent );
    ok_unless_afd( !ret && sent == 5, "got error %d, sent %lu\n", ret, sent );
    if (!ret)
    {
        ok_success( setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ) );
        accepted = accept( listener, NULL, NULL );
        ok_call( recv( accepted, buffer, sizeof( buffer ), 0 ), 5, 0 );
        ok_call( send( accepted, "ab", 2, 0 ), 2, 0 );
        ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 2, 0 );
        closesocket( accepted );
    }
    closesocket( s );
    closesocket( nobody );
    closesocket( listener );
    winetest_pop_context();
}

START_TEST( connectex )
{
    static const DWORD lengths[] = { 0, 5, 100000 };
    unsigned int i, j;
    enum way way;

    start_winsock();
    load_extensions();
    for (i = 0; i < family_count(); i++)
    {
        test_errors( families[i] );
        for (way = WAY_EVENT; way <= WAY_NOTHING; way++)
        {
            for (j = 0; j < 3; j++) test_connect( families[i], way, lengths[j] );
            test_refused( families[i], way );
        }
    }
    test_again( TRUE );
    test_again( FALSE );
    test_cancel();
    stop_winsock();
}
