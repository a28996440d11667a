/*
 * DisconnectEx, and sockets that are used again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

static void test_errors( void )
{
    SOCKET client, server, fresh, udp, udp_peer;
    OVERLAPPED ov = { 0 };

    tcp_socketpair( &client, &server );
    udp_pair( AF_INET, &udp, &udp_peer );
    fresh = tcp_socket( AF_INET );
    ok_docs_bool( ext.DisconnectEx( 0xdead0, NULL, 0, 0 ), WSAENOTSOCK );
    ok_docs_bool( ext.DisconnectEx( fresh, NULL, 0, 0 ), WSAENOTCONN );
    ok_docs_bool( ext.DisconnectEx( udp, NULL, 0, 0 ), WSAENOTCONN );
    ok_docs_bool( ext.DisconnectEx( server, NULL, 1, 0 ), WSAEINVAL );
    ok_docs_bool( ext.DisconnectEx( server, NULL, TF_DISCONNECT, 0 ), WSAEINVAL );
    if (!stock)
    {
        ok_bool( ext.DisconnectEx( server, NULL, 0, 1 ), WSAEINVAL );
        ok_bool( ext.DisconnectEx( server, (OVERLAPPED *)bad_page(), 0, 0 ), WSAEFAULT );
        if (by_afd()) ok_bool( ext.DisconnectEx( server, &ov, TF_REUSE_SOCKET, 0 ), WSAEOPNOTSUPP );
        ok_call( send( server, "abc", 3, 0 ), 3, 0 );
    }
    closesocket( client );
    closesocket( server );
    closesocket( fresh );
    closesocket( udp );
    closesocket( udp_peer );
}

static void test_plain( BOOL overlapped )
{
    SOCKET client, server;
    OVERLAPPED ov = { 0 };
    char buffer[8];
    DWORD count;
    int ret;

    winetest_push_context( "%s", overlapped ? "overlapped" : "blocking" );
    tcp_socketpair( &client, &server );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok_call( send( server, "abc", 3, 0 ), 3, 0 );
    if (overlapped)
    {
        WSASetLastError( 0 );
        ret = ext.DisconnectEx( server, &ov, 0, 0 );
        ok( !ret && WSAGetLastError() == ERROR_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "not signalled\n" );
        ok( !overlapped_result( server, &ov, &count ) && !count, "got %lu bytes\n", count );
    }
    else ok_bool( ext.DisconnectEx( server, NULL, 0, 0 ), 0 );
    ok_error( send( server, "abc", 3, 0 ), WSAESHUTDOWN );
    ok_call( recv_all( client, buffer, 8 ), 3, 0 );
    ok_call( send( client, "abcd", 4, 0 ), 4, 0 );
    ok_call( recv( server, buffer, 8, 0 ), 4, 0 );
    CloseHandle( ov.hEvent );
    closesocket( client );
    closesocket( server );
    winetest_pop_context();
}

/* It always pends, so it always has its packet, except with a marked event. In tier afd the server is done at once, and
 * posts none if the program has said so; then that is what is reported. */
static void test_packet( BOOL skips, BOOL marked )
{
    OVERLAPPED ov = { 0 }, *done = NULL;
    HANDLE port, event = CreateEventW( NULL, TRUE, FALSE, NULL );
    SOCKET client, server;
    ULONG_PTR key = 0;
    DWORD count = 9;
    BOOL ret, pends = !skips || stock || !by_afd();

    winetest_push_context( "skip %d, marked %d", skips, marked );
    tcp_socketpair( &client, &server );
    port = CreateIoCompletionPort( (HANDLE)server, NULL, 7, 0 );
    if (skips)
        ok( SetFileCompletionNotificationModes( (HANDLE)server, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS ), "error %lu\n",
            GetLastError() );
    ov.hEvent = (HANDLE)( (ULONG_PTR)event | marked );
    WSASetLastError( 0 );
    ret = ext.DisconnectEx( server, &ov, 0, 0 );
    ok( pends ? !ret && WSAGetLastError() == ERROR_IO_PENDING : ret, "got %d, error %d\n", ret, WSAGetLastError() );
    ok( !WaitForSingleObject( event, 3000 ), "not signalled\n" );
    ret = GetQueuedCompletionStatus( port, &count, &key, &done, marked || !pends ? 50 : skips && stock ? 200 : 3000 );
    if (marked || !pends) ok( !ret && GetLastError() == WAIT_TIMEOUT, "got %d, error %lu\n", ret, GetLastError() );
    else
        ok_unless_stock( ret && key == 7 && done == &ov && !count, "got %d, key %u, %lu bytes\n", ret, (UINT)key,
                         count );
    ret = GetQueuedCompletionStatus( port, &count, &key, &done, 50 );
    ok( !ret && GetLastError() == WAIT_TIMEOUT, "got a packet more\n" );
    closesocket( client );
    closesocket( server );
    CloseHandle( port );
    CloseHandle( event );
    winetest_pop_context();
}

static DWORD WINAPI close_later( void *arg )
{
    SOCKET s = *(SOCKET *)arg;
    char buffer[64];

    while (recv( s, buffer, sizeof( buffer ), 0 ) > 0) /* all */
        ;
    closesocket( s );
    return 0;
}

/* The last one to speak to a connection, which the peer reads to its end; unread data of the peer must not spoil
 * that. */
static void finish_connection( SOCKET s, SOCKET *peer, BOOL overlapped, BOOL transmit, HANDLE port )
{
    OVERLAPPED ov = { 0 }, *done = NULL;
    TRANSMIT_FILE_BUFFERS buffers = { (char *)"bye", 3, NULL, 0 };
    ULONG_PTR key;
    HANDLE thread = CreateThread( NULL, 0, close_later, peer, 0, NULL );
    DWORD count, flags = TF_REUSE_SOCKET | ( transmit ? TF_DISCONNECT : 0 );
    BOOL ret;

    if (overlapped && !port) ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    WSASetLastError( 0 );
    if (transmit) ret = ext.TransmitFile( s, NULL, 0, 0, overlapped ? &ov : NULL, &buffers, flags );
    else ret = ext.DisconnectEx( s, overlapped ? &ov : NULL, flags, 0 );
    ok( ret || ( overlapped && WSAGetLastError() == ERROR_IO_PENDING ), "failed: %d\n", WSAGetLastError() );
    if (overlapped)
    {
        if (port)
            ok( GetQueuedCompletionStatus( port, &count, &key, &done, 5000 ) && done == &ov, "no packet, error %lu\n",
                GetLastError() );
        ok( !overlapped_result( s, &ov, &count ), "failed: %d\n", WSAGetLastError() );
    }
    if (ov.hEvent) CloseHandle( ov.hEvent );
    ok( !WaitForSingleObject( thread, 3000 ), "the peer sees no end\n" );
    CloseHandle( thread );
}

static void check_data( SOCKET s, SOCKET peer, int i )
{
    int got = -1;

    ok( send( s, (char *)&i, sizeof( i ), 0 ) == sizeof( i )
            && recv_all( peer, (char *)&got, sizeof( got ) ) == sizeof( got ) && got == i,
        "got %d, error %d\n", got, WSAGetLastError() );
    ok( send( peer, (char *)&i, sizeof( i ), 0 ) == sizeof( i )
            && recv_all( s, (char *)&got, sizeof( got ) ) == sizeof( got ) && got == i,
        "got %d, error %d\n", got, WSAGetLastError() );
}

/* One overlapped receive on the socket, by its port */
static void check_port( SOCKET s, SOCKET peer, HANDLE port, ULONG_PTR expect )
{
    OVERLAPPED ov = { 0 }, *done = NULL;
    char buffer[8];
    WSABUF buf = { sizeof( buffer ), buffer };
    DWORD count = 0, flags = 0;
    ULONG_PTR key = 0;

    ok_error( WSARecv( s, &buf, 1, NULL, &flags, &ov, NULL ), ERROR_IO_PENDING );
    ok_call( send( peer, "port", 4, 0 ), 4, 0 );
    ok( GetQueuedCompletionStatus( port, &count, &key, &done, 3000 ) && done == &ov && key == expect && count == 4,
        "got %p, %Ix, %lu\n", done, key, count );
}

/* The same handle over and over, by AcceptEx; by event or port, with DisconnectEx or TransmitFile */
static void test_accept_again( int count, BOOL with_port )
{
    char output[2 * ACCEPT_ADDR];
    SOCKET listener, s, peer;
    HANDLE port = NULL;
    union address addr;
    OVERLAPPED ov;
    DWORD done;
    int i, len;

    winetest_push_context( "%s", with_port ? "port" : "no port" );
    listener = tcp_listener( AF_INET, &addr, &len );
    s = tcp_socket( AF_INET );
    if (with_port) port = CreateIoCompletionPort( (HANDLE)s, NULL, 4, 0 );
    for (i = 0; i < count; i++)
    {
        winetest_push_context( "%d", i );
        memset( &ov, 0, sizeof( ov ) );
        ok_bool( ext.AcceptEx( listener, s, output, 0, ACCEPT_ADDR, ACCEPT_ADDR, &done, &ov ), ERROR_IO_PENDING );
        peer = tcp_socket( AF_INET );
        ok_success( connect( peer, &addr.any, len ) );
        ok( !overlapped_result( listener, &ov, &done ), "AcceptEx failed\n" );
        ok_success( setsockopt( s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) ) );
        check_data( s, peer, i );
        if (with_port) check_port( s, peer, port, 4 );
        if (i & 4) ok_call( send( peer, "unread", 6, 0 ), 6, 0 );
        finish_connection( s, &peer, i & 1, ( i & 2 ) != 0, port );
        ok( send( s, "a", 1, 0 ) == -1 && WSAGetLastError() == WSAENOTCONN, "got error %d\n", WSAGetLastError() );
        winetest_pop_context();
        if (winetest_get_failures() > 20) break;
    }
    closesocket( s );
    closesocket( listener );
    if (port) CloseHandle( port );
    winetest_pop_context();
}

/* And by ConnectEx, and by both in turns */
static void test_connect_again( int count, BOOL both, BOOL with_port )
{
    char output[2 * ACCEPT_ADDR];
    SOCKET listener, s, peer;
    union address addr, any, name, peer_name;
    HANDLE port = NULL;
    OVERLAPPED ov;
    DWORD done, time;
    int i, len, name_len;

    winetest_push_context( "%s, %s", both ? "both" : "connect", with_port ? "port" : "no port" );
    listener = tcp_listener( AF_INET, &addr, &len );
    s = tcp_socket( AF_INET );
    loopback( &any, AF_INET, 0 );
    if (!both) ok_success( bind( s, &any.any, len ) );
    if (with_port) port = CreateIoCompletionPort( (HANDLE)s, NULL, 5, 0 );
    for (i = 0; i < count; i++)
    {
        winetest_push_context( "%d", i );
        memset( &ov, 0, sizeof( ov ) );
        if (both && !( i & 1 ))
        {
            ok_bool( ext.AcceptEx( listener, s, output, 0, ACCEPT_ADDR, ACCEPT_ADDR, &done, &ov ), ERROR_IO_PENDING );
            peer = tcp_socket( AF_INET );
            ok_success( connect( peer, &addr.any, len ) );
            ok( !overlapped_result( listener, &ov, &done ), "AcceptEx failed\n" );
        }
        else
        {
            OVERLAPPED *packet = NULL;
            ULONG_PTR key;

            ok_bool( ext.ConnectEx( s, &addr.any, len, NULL, 0, &done, &ov ), ERROR_IO_PENDING );
            if (port)
                ok( GetQueuedCompletionStatus( port, &done, &key, &packet, 3000 ) && packet == &ov && key == 5,
                    "no packet: %lu\n", GetLastError() );
            ok( !overlapped_result( s, &ov, &done ), "ConnectEx failed: %d\n", WSAGetLastError() );
            ok_success( setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ) );
            peer = accept( listener, NULL, NULL );
        }
        check_data( s, peer, i );
        if (with_port) check_port( s, peer, port, 5 );
        /* names and options are the new connection's */
        name_len = sizeof( name );
        ok_success( getpeername( s, &name.any, &name_len ) );
        name_len = sizeof( name );
        ok_success( getsockname( peer, &peer_name.any, &name_len ) );
        ok( !memcmp( &name, &peer_name, name_len ), "the peer's name is another\n" );
        name_len = sizeof( name );
        ok_success( getsockname( s, &name.any, &name_len ) );
        name_len = sizeof( name );
        ok_success( getpeername( peer, &peer_name.any, &name_len ) );
        ok( !memcmp( &name, &peer_name, name_len ), "the own name is another\n" );
        name_len = sizeof( time );
        ok( !getsockopt( s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&time, &name_len ) && time <= 60, "got %ld\n", time );
        finish_connection( s, &peer, i & 1, ( i & 2 ) != 0, port );
        name_len = sizeof( time );
        ok( !getsockopt( s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&time, &name_len ) && time == ~0u, "got %ld\n", time );
        ok( getpeername( s, &name.any, ( name_len = sizeof( name ), &name_len ) ) == -1
                && WSAGetLastError() == WSAENOTCONN,
            "got error %d\n", WSAGetLastError() );
        winetest_pop_context();
        if (winetest_get_failures() > 20) break;
    }
    closesocket( s );
    closesocket( listener );
    if (port) CloseHandle( port );
    winetest_pop_context();
}

/* No receive of the old connection outlives it. */
static void test_receive_ends( BOOL peer_first )
{
    OVERLAPPED recv_ov = { .hEvent = WSACreateEvent() }, ov = { .hEvent = WSACreateEvent() };
    union address addr;
    SOCKET listener, s, peer;
    DWORD done, flags;
    char data[8];
    int len;

    winetest_push_context( peer_first ? "receive, the peer has closed" : "receive" );
    listener = tcp_listener( AF_INET, &addr, &len );
    s = tcp_socket( AF_INET );
    ok_success( connect( s, &addr.any, len ) );
    peer = accept( listener, NULL, NULL );
    ok( begin_recv( s, data, sizeof( data ), &recv_ov, NULL ) == WSA_IO_PENDING, "got error %d\n", WSAGetLastError() );
    if (peer_first) closesocket( peer );
    if (!ext.DisconnectEx( s, &ov, TF_REUSE_SOCKET, 0 ))
    {
        ok( WSAGetLastError() == ERROR_IO_PENDING, "got error %d\n", WSAGetLastError() );
        ok( !WaitForSingleObject( ov.hEvent, 10000 ), "it pends\n" );
    }
    ok( !WaitForSingleObject( recv_ov.hEvent, 10000 ), "the receive pends\n" );
    if (WSAGetOverlappedResult( s, &recv_ov, &done, FALSE, &flags )) ok( !done, "got %lu bytes\n", done );
    else ok( WSAGetLastError() == WSA_OPERATION_ABORTED, "got error %d\n", WSAGetLastError() );
    if (!peer_first) closesocket( peer );
    closesocket( s );
    closesocket( listener );
    WSACloseEvent( ov.hEvent );
    WSACloseEvent( recv_ov.hEvent );
    winetest_pop_context();
}

/* Much to send yet: the peer gets all of it, whatever it has sent itself. */
static void test_unsent( void )
{
    static char data[2000000];
    SOCKET client, server;
    OVERLAPPED ov = { 0 };
    DWORD count;
    int total;

    fill_pattern( data, sizeof( data ), 9 );
    tcp_socketpair( &client, &server );
    set_blocking( server, FALSE );
    ok_call( send( client, "unread", 6, 0 ), 6, 0 );
    total = send( server, data, sizeof( data ), 0 );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok_bool( ext.DisconnectEx( server, &ov, TF_REUSE_SOCKET, 0 ), ERROR_IO_PENDING );
    Sleep( 50 );
    ok( is_pending( &ov ), "done though nobody has received\n" );
    ok_call( send( client, "more", 4, 0 ), 4, 0 );
    memset( data, 0, sizeof( data ) );
    ok_call( recv_all( client, data, total + 1 ), total, 0 );
    ok( check_pattern( data, total, 9 ) == -1, "got other data\n" );
    ok( !overlapped_result( server, &ov, &count ), "failed: %d\n", WSAGetLastError() );
    CloseHandle( ov.hEvent );
    closesocket( client );
    closesocket( server );
}

/* Another thread waits for something else of the socket all the time. */
static DWORD WINAPI wait_urgent( void *arg )
{
    struct timeval timeout = { 1, 0 };
    fd_set set;

    FD_ZERO( &set );
    FD_SET( *(SOCKET *)arg, &set );
    return select( 0, NULL, NULL, &set, &timeout );
}

static void test_waited_for( void )
{
    SOCKET listener, s, peer;
    HANDLE thread = NULL;
    union address addr;
    OVERLAPPED ov;
    DWORD count;
    int len, i;

    listener = tcp_listener( AF_INET, &addr, &len );
    tcp_socketpair( &peer, &s );
    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "%d", i );
        closesocket( peer );
        ok_bool( ext.DisconnectEx( s, NULL, TF_REUSE_SOCKET, 0 ), 0 );
        if (!thread)
        {
            thread = CreateThread( NULL, 0, wait_urgent, &s, 0, NULL );
            Sleep( 100 );
        }
        memset( &ov, 0, sizeof( ov ) );
        ok_bool( ext.ConnectEx( s, &addr.any, len, NULL, 0, &count, &ov ), ERROR_IO_PENDING );
        ok( !overlapped_result( s, &ov, &count ), "ConnectEx failed: %d\n", WSAGetLastError() );
        ok_success( setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ) );
        peer = accept( listener, NULL, NULL );
        check_data( s, peer, i );
        winetest_pop_context();
    }
    ok( !WaitForSingleObject( thread, 10000 ), "select doesn't end\n" );
    GetExitCodeThread( thread, &count );
    ok( !count, "got %ld\n", (long)count );
    CloseHandle( thread );
    check_data( s, peer, i );
    closesocket( s );
    closesocket( peer );
    closesocket( listener );
}

/* Cancelled while the peer takes nothing, and then closed */
static void test_cancel( void )
{
    SOCKET client, server;
    OVERLAPPED ov = { 0 };
    DWORD count;

    tcp_socketpair( &client, &server );
    set_blocking( server, FALSE );
    fill_send_buffer( server );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok_bool( ext.DisconnectEx( server, &ov, TF_REUSE_SOCKET, 0 ), ERROR_IO_PENDING );
    ok( CancelIoEx( (HANDLE)server, &ov ), "CancelIoEx failed: %lu\n", GetLastError() );
    ok( overlapped_result( server, &ov, &count ) == WSA_OPERATION_ABORTED, "got another result\n" );
    CloseHandle( ov.hEvent );
    closesocket( server );
    closesocket( client );
}

START_TEST( disconnectex )
{
    unsigned int i;
    DWORD handles;

    start_winsock();
    load_extensions();
    test_errors();
    test_plain( FALSE );
    test_plain( TRUE );
    for (i = 0; i < 4; i++) test_packet( i & 1, i >> 1 );
    if (!by_afd()) /* the server can't use a socket again */
    {
        test_accept_again( 8, TRUE );
        test_connect_again( 8, FALSE, TRUE );
        test_connect_again( 8, TRUE, TRUE );
        handles = handle_count();
        test_accept_again( 1000, FALSE );
        test_connect_again( 100, FALSE, FALSE );
        test_connect_again( 100, TRUE, FALSE );
        ok( handle_count() < handles + 20, "%lu handles, %lu before\n", handle_count(), handles );
        test_receive_ends( FALSE );
        test_receive_ends( TRUE );
        test_unsent();
        test_waited_for();
        test_cancel();
    }
    stop_winsock();
}
