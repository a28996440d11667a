/*
 * Another thread is faster: what it does as soon as it can know that a call has had its effect, although the call
 * hasn't returned yet
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "extension.h"

#define ROUNDS 80
#define WAIT   5000

static struct other /* what the other thread has */
{
    SOCKET s;
    HANDLE event, port;
    WSANETWORKEVENTS events;
    volatile LONG stop;
    int ret, error;
} other;

static HANDLE start( DWORD( WINAPI *func )( void * ) )
{
    return CreateThread( NULL, 0, func, NULL, 0, NULL );
}

static void end( HANDLE thread )
{
    ok( !WaitForSingleObject( thread, 2 * WAIT ), "the thread hangs\n" );
    CloseHandle( thread );
}

static void note( int ret )
{
    other.error = ret == SOCKET_ERROR ? WSAGetLastError() : 0;
    other.ret = ret;
}

/* ---- a datagram arrives as soon as the socket is bound */

static DWORD WINAPI receive_first( void *arg )
{
    char data[8];

    (void)arg;
    note( WaitForSingleObject( other.event, WAIT ) ? 0 : recv( other.s, data, sizeof( data ), 0 ) );
    return 0;
}

static SOCKET flood_socket;
static union address flood_to;
static int flood_len;

static DWORD WINAPI flood( void *arg )
{
    (void)arg;
    while (!other.stop) sendto( flood_socket, "x", 1, 0, &flood_to.any, flood_len );
    return 0;
}

/* The peer answers what it gets. */
static DWORD WINAPI echo( void *arg )
{
    union address from;
    int len = sizeof( from );
    char data[8];

    (void)arg;
    if (recvfrom( flood_socket, data, sizeof( data ), 0, &from.any, &len ) == 1)
        sendto( flood_socket, data, 1, 0, &from.any, len );
    return 0;
}

static void test_bound( BOOL by_send )
{
    HANDLE thread, sender = NULL;
    int i, len = sizeof( flood_to );
    union address to;
    SOCKET s;

    winetest_push_context( by_send ? "the first send" : "bind" );
    flood_socket = udp_socket( AF_INET );
    flood_len = loopback( &flood_to, AF_INET, 0 );
    if (by_send)
    {
        ok_success( bind( flood_socket, &flood_to.any, flood_len ) );
        ok_success( getsockname( flood_socket, &to.any, &len ) );
    }
    else
    {
        s = udp_socket( AF_INET );
        ok_success( bind( s, &flood_to.any, flood_len ) );
        ok_success( getsockname( s, &flood_to.any, &len ) );
        closesocket( s );
        other.stop = 0;
        sender = start( flood );
    }
    for (i = 0; i < ROUNDS; i++)
    {
        other.s = udp_socket( AF_INET );
        other.event = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok_success( WSAEventSelect( other.s, other.event, FD_READ ) );
        thread = start( receive_first );
        if (by_send)
        {
            sender = start( echo );
            ok_call( sendto( other.s, "x", 1, 0, &to.any, len ), 1, 0 );
            end( sender );
        }
        else ok_success( bind( other.s, &flood_to.any, flood_len ) );
        end( thread );
        ok( other.ret == 1, "round %d: got %d, error %d\n", i, other.ret, other.error );
        closesocket( other.s );
        CloseHandle( other.event );
    }
    if (!by_send)
    {
        other.stop = 1;
        end( sender );
    }
    closesocket( flood_socket );
    winetest_pop_context();
}

/* ---- FD_CONNECT */

static DWORD WINAPI send_connected( void *arg )
{
    WSANETWORKEVENTS events = { 0 };

    (void)arg;
    if (WaitForSingleObject( other.event, WAIT )) note( 0 );
    else if (WSAEnumNetworkEvents( other.s, other.event, &events ) || !( events.lNetworkEvents & FD_CONNECT ))
        note( 0 );
    else note( send( other.s, "x", 1, 0 ) );
    return 0;
}

static void test_connected( void )
{
    SOCKET listener, accepted;
    union address addr;
    HANDLE thread;
    int i, len;

    listener = tcp_listener( AF_INET, &addr, &len );
    for (i = 0; i < ROUNDS; i++)
    {
        other.s = tcp_socket( AF_INET );
        other.event = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok_success( WSAEventSelect( other.s, other.event, FD_CONNECT | FD_READ ) );
        thread = start( send_connected );
        if (connect( other.s, &addr.any, len ))
            ok( WSAGetLastError() == WSAEWOULDBLOCK, "got %d\n", WSAGetLastError() );
        end( thread );
        ok( other.ret == 1, "round %d: got %d, error %d\n", i, other.ret, other.error );
        accepted = accept( listener, NULL, NULL );
        closesocket( accepted );
        closesocket( other.s );
        CloseHandle( other.event );
    }
    closesocket( listener );
}

/* ---- events are selected again while another thread takes them */

static DWORD WINAPI take_events( void *arg )
{
    WSANETWORKEVENTS events;

    (void)arg;
    while (!other.stop)
        if (!WaitForSingleObject( other.event, 1 )) WSAEnumNetworkEvents( other.s, other.event, &events );
    return 0;
}

static void test_selected_again( void )
{
    SOCKET listener, accepted;
    WSANETWORKEVENTS events;
    union address addr;
    HANDLE thread;
    int i, j, len;

    listener = tcp_listener( AF_INET, &addr, &len );
    for (i = 0; i < ROUNDS; i++)
    {
        other.s = tcp_socket( AF_INET );
        other.event = CreateEventW( NULL, TRUE, FALSE, NULL );
        other.stop = 0;
        ok_success( WSAEventSelect( other.s, other.event, FD_CONNECT ) );
        thread = start( take_events );
        connect( other.s, &addr.any, len );
        for (j = 0; j < 5; j++)
            ok_success( WSAEventSelect( other.s, other.event, j & 1 ? FD_CONNECT | FD_WRITE : FD_CONNECT | FD_READ ) );
        ok_success( WSAEventSelect( other.s, other.event, FD_READ | FD_CLOSE ) );
        accepted = accept( listener, NULL, NULL );
        other.stop = 1;
        end( thread );
        WSAEnumNetworkEvents( other.s, other.event, &events );
        ok_call( send( accepted, "x", 1, 0 ), 1, 0 );
        ok( !WaitForSingleObject( other.event, WAIT ), "round %d: no event\n", i );
        events.lNetworkEvents = 0;
        ok_success( WSAEnumNetworkEvents( other.s, other.event, &events ) );
        ok( events.lNetworkEvents == FD_READ, "round %d: got %#lx\n", i, events.lNetworkEvents );
        closesocket( accepted );
        closesocket( other.s );
        CloseHandle( other.event );
    }
    closesocket( listener );
}

/* ---- packets of ConnectEx and AcceptEx */

static DWORD WINAPI take_packet( void *arg )
{
    ULONG_PTR listener = 0;
    OVERLAPPED *ov = NULL;
    DWORD count;

    (void)arg;
    if (!GetQueuedCompletionStatus( other.port, &count, &listener, &ov, WAIT )) note( 0 );
    else if (listener
                 ? setsockopt( other.s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) )
                 : setsockopt( other.s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ))
        note( SOCKET_ERROR );
    else note( send( other.s, "x", 1, 0 ) );
    return 0;
}

static void test_packets( BOOL accepts )
{
    SOCKET listener, s;
    char buffer[128];
    union address addr, any;
    OVERLAPPED ov;
    HANDLE thread;
    DWORD count;
    int i, len, any_len, error;

    winetest_push_context( accepts ? "AcceptEx" : "ConnectEx" );
    listener = tcp_listener( AF_INET, &addr, &len );
    other.port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    if (accepts) CreateIoCompletionPort( (HANDLE)listener, other.port, listener, 0 );
    any_len = loopback( &any, AF_INET, 0 );
    for (i = 0; i < ROUNDS; i++)
    {
        memset( &ov, 0, sizeof( ov ) );
        other.s = tcp_socket( AF_INET );
        thread = start( take_packet );
        if (accepts)
        {
            s = tcp_socket( AF_INET );
            ok_success( connect( s, &addr.any, len ) );
            error = ext.AcceptEx( listener, other.s, buffer, 0, 32, 32, &count, &ov ) ? 0 : WSAGetLastError();
        }
        else
        {
            ok_success( bind( other.s, &any.any, any_len ) );
            CreateIoCompletionPort( (HANDLE)other.s, other.port, 0, 0 );
            error = ext.ConnectEx( other.s, &addr.any, len, NULL, 0, &count, &ov ) ? 0 : WSAGetLastError();
            s = accept( listener, NULL, NULL );
        }
        ok( !error || error == WSA_IO_PENDING, "got error %d\n", error );
        end( thread );
        ok( other.ret == 1, "round %d: got %d, error %d\n", i, other.ret, other.error );
        ok_call( recv( s, buffer, 1, 0 ), 1, 0 );
        closesocket( s );
        closesocket( other.s );
    }
    closesocket( listener );
    CloseHandle( other.port );
    winetest_pop_context();
}

/* ---- both ends are shut down at once */

static int by_shutdown( SOCKET s )
{
    return shutdown( s, SD_SEND );
}

static int by_WSASendDisconnect( SOCKET s )
{
    return WSASendDisconnect( s, NULL );
}

static int by_DisconnectEx( SOCKET s )
{
    return ext.DisconnectEx( s, NULL, 0, 0 ) ? 0 : SOCKET_ERROR;
}

static int by_TransmitFile( SOCKET s )
{
    return ext.TransmitFile( s, NULL, 0, 0, NULL, NULL, TF_DISCONNECT ) ? 0 : SOCKET_ERROR;
}

static const struct
{
    const char *name;
    int ( *end )( SOCKET s );
} ends[] = {
    { "shutdown", by_shutdown },
    { "WSASendDisconnect", by_WSASendDisconnect },
    { "DisconnectEx", by_DisconnectEx },
    { "TransmitFile", by_TransmitFile },
};

static unsigned int way;

static DWORD WINAPI end_other( void *arg )
{
    (void)arg;
    WaitForSingleObject( other.event, WAIT );
    note( ends[way].end( other.s ) );
    return 0;
}

static void test_both_ends( void )
{
    /* Wine's server never ends the receives then */
    int i, j, rounds = by_afd() && ends[way].end == by_TransmitFile ? 1 : ROUNDS;
    OVERLAPPED ov[2];
    SOCKET s[2];
    char data[2];
    HANDLE thread;

    winetest_push_context( "%s", ends[way].name );
    for (i = 0; i < rounds; i++)
    {
        tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &s[0], &s[1] );
        other.s = s[1];
        other.event = CreateEventW( NULL, TRUE, FALSE, NULL );
        for (j = 0; j < 2; j++)
        {
            memset( &ov[j], 0, sizeof( ov[j] ) );
            ok( begin_recv( s[j], &data[j], 1, &ov[j], NULL ) == WSA_IO_PENDING, "not pending\n" );
        }
        thread = start( end_other );
        SetEvent( other.event );
        ok_success( ends[way].end( s[0] ) );
        end( thread );
        ok( !other.ret, "the other end: error %d\n", other.error );
        for (j = 0; j < 2; j++)
            ok_unless_afd( wait_overlapped( &ov[j], rounds == 1 ? 500 : WAIT ) && !ov[j].Internal
                               && !ov[j].InternalHigh,
                           "round %d, end %d: got %#Ix, %Iu bytes\n", i, j, ov[j].Internal, ov[j].InternalHigh );
        closesocket( s[0] );
        closesocket( s[1] );
        CloseHandle( other.event );
    }
    winetest_pop_context();
}

/* ---- the first receive on a duplicate of a socket that has been shut down for receiving */

static void test_duplicate( BOOL by_handle )
{
    WSAPROTOCOL_INFOW info;
    SOCKET a, b, d;
    char c;

    winetest_push_context( by_handle ? "DuplicateHandle" : "WSADuplicateSocket" );
    tcp_socketpair( &a, &b );
    ok_success( shutdown( b, SD_RECEIVE ) );
    if (by_handle)
        ok( DuplicateHandle( GetCurrentProcess(), (HANDLE)b, GetCurrentProcess(), (HANDLE *)&d, 0, FALSE,
                             DUPLICATE_SAME_ACCESS ),
            "got error %lu\n", GetLastError() );
    else
    {
        ok_success( WSADuplicateSocketW( b, GetCurrentProcessId(), &info ) );
        d = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED );
    }
    ok_docs_error( recv( d, &c, 1, MSG_PEEK ), WSAESHUTDOWN );
    ok_docs_error( recv( d, &c, 1, 0 ), WSAESHUTDOWN );
    CloseHandle( (HANDLE)d );
    closesocket( b );
    closesocket( a );
    winetest_pop_context();
}

START_TEST( order )
{
    start_winsock();
    load_extensions();
    test_bound( FALSE );
    test_bound( TRUE );
    test_connected();
    test_selected_again();
    test_packets( FALSE );
    test_packets( TRUE );
    for (way = 0; way < ARRAY_SIZE( ends ); way++) test_both_ends();
    test_duplicate( FALSE );
    test_duplicate( TRUE );
    stop_winsock();
}
