/*
 * Loads for counting wineserver requests: sockets and connections, from their beginning to their end
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "requests.h"
#include "wsuring_notify.h"

static SOCKET listener, accepted;
static union address listener_addr;
static int addr_len;
static HANDLE port;
static OVERLAPPED ov;
static char room[2 * ACCEPT_ADDR];

static BOOL once_udp( void )
{
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );
    SOCKET s = socket( AF_INET, SOCK_DGRAM, 0 );

    return !bind( s, &addr.any, len ) & !closesocket( s );
}

static BOOL once_tcp( void )
{
    return !closesocket( socket( AF_INET, SOCK_STREAM, 0 ) );
}

static BOOL once_connect( void )
{
    SOCKET s = socket( AF_INET, SOCK_STREAM, 0 );

    return !connect( s, &listener_addr.any, addr_len ) & ( send( s, "hello", 5, 0 ) == 5 ) & !closesocket( s );
}

/* What once_connect and once_connectex have left. */
static BOOL once_accept( void )
{
    SOCKET s = accept( listener, NULL, NULL );
    char data[8];
    int one = 1;

    /* what servers do first */
    setsockopt( s, IPPROTO_TCP, TCP_NODELAY, (char *)&one, sizeof( one ) );
    setsockopt( s, SOL_SOCKET, SO_KEEPALIVE, (char *)&one, sizeof( one ) );
    return ( recv( s, data, sizeof( data ), 0 ) == 5 ) & !closesocket( s );
}

static BOOL taken( void )
{
    OVERLAPPED *ret_ov = NULL;
    ULONG_PTR key;
    DWORD count;

    return GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 5000 ) && ret_ov == &ov;
}

static BOOL once_connectex( void )
{
    SOCKET s = socket( AF_INET, SOCK_STREAM, 0 );
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );
    BOOL good = !bind( s, &addr.any, len ) & ( CreateIoCompletionPort( (HANDLE)s, port, 1, 0 ) == port );
    DWORD count;

    memset( &ov, 0, sizeof( ov ) );
    good &= ext.ConnectEx( s, &listener_addr.any, addr_len, NULL, 0, &count, &ov )
            || WSAGetLastError() == ERROR_IO_PENDING;
    good &= taken() & !setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 );
    return good & ( send( s, "hello", 5, 0 ) == 5 ) & !closesocket( s );
}

static BOOL once_acceptex( void )
{
    SOCKET s = socket( AF_INET, SOCK_STREAM, 0 );
    char data[8];
    DWORD count;
    BOOL good;

    memset( &ov, 0, sizeof( ov ) );
    good = ext.AcceptEx( listener, s, room, 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, &ov )
           || WSAGetLastError() == ERROR_IO_PENDING;
    good &= taken();
    good &= !setsockopt( s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) );
    return good & ( recv( s, data, sizeof( data ), 0 ) == 5 ) & !closesocket( s );
}

/* not a connection, but a life of its own: an operation that ends before it is done */
static BOOL once_cancel( void )
{
    static SOCKET client, server;
    static OVERLAPPED pending;
    DWORD count, flags = 0;
    WSABUF buffer;
    char data[8];

    if (!client) tcp_socketpair( &client, &server );
    buffer.buf = data;
    buffer.len = sizeof( data );
    memset( &pending, 0, sizeof( pending ) );
    return WSARecv( client, &buffer, 1, NULL, &flags, &pending, NULL ) && WSAGetLastError() == WSA_IO_PENDING
           && CancelIoEx( (HANDLE)client, &pending ) && !GetOverlappedResult( (HANDLE)client, &pending, &count, TRUE )
           && GetLastError() == ERROR_OPERATION_ABORTED;
}

static const struct
{
    const char *name;
    BOOL ( *once )( void );
} loads[] = {
    { "new-udp", once_udp },
    { "new-tcp", once_tcp },
    { "new-connect", once_connect },
    { "new-accept", once_accept },
    { "new-connectex", once_connectex },
    { "new-acceptex", once_acceptex },
    { "cancel-receive", once_cancel },
};

void run_connections( void )
{
    unsigned int i, n, good;

    load_extensions();
    listener = tcp_listener( AF_INET, &listener_addr, &addr_len );
    ok_success( listen( listener, SOMAXCONN ) );
    port = CreateIoCompletionPort( (HANDLE)listener, NULL, 1, 0 );
    for (i = 0; i < ARRAY_SIZE( loads ); i++)
    {
        for (n = good = 0; n < WARM + COUNT; n++)
        {
            if (n == WARM)
            {
                Sleep( 50 ); /* what has been made in the background goes to sleep */
                phase_begin( loads[i].name, COUNT );
            }
            good += loads[i].once();
        }
        phase_end();
        ok( good == WARM + COUNT, "%s: %u are good, error %d\n", loads[i].name, good, WSAGetLastError() );
    }
    CloseHandle( port );
    closesocket( listener );
}

/* ---- selected before it was connected: the server records its events at first */

static BOOL exchange( SOCKET a, SOCKET b )
{
    WSABUF wsabuf = { 5, room };
    OVERLAPPED over;
    DWORD flags = 0;
    int ret;

    memset( &over, 0, sizeof( over ) );
    ret = WSARecv( a, &wsabuf, 1, NULL, &flags, &over, NULL );
    if (ret && WSAGetLastError() != WSA_IO_PENDING) return FALSE;
    if (send( b, "hello", 5, 0 ) != 5) return FALSE;
    spin_until_done( &over );
    return over.InternalHigh == 5 && send( a, "hello", 5, 0 ) == 5 && recv( b, room, 5, 0 ) == 5;
}

void run_selected( void )
{
    static const char *const names[] = { "selected-enumerated", "selected-ended", "selected-kept" };
    WSANETWORKEVENTS network_events;
    HANDLE event = WSACreateEvent();
    unsigned int way, i, good;
    SOCKET a;

    for (way = 0; way < ARRAY_SIZE( names ); way++)
    {
        winetest_push_context( "%s", names[way] );
        listener = tcp_listener( AF_INET, &listener_addr, &addr_len );
        a = tcp_socket( AF_INET );
        ok_success( WSAEventSelect( a, event, FD_CONNECT | FD_CLOSE ) );
        ok_error( connect( a, &listener_addr.any, addr_len ), WSAEWOULDBLOCK );
        accepted = accept( listener, NULL, NULL );
        ok( !WaitForSingleObject( event, 5000 ), "no event\n" );
        if (way == 0) ok_success( WSAEnumNetworkEvents( a, event, &network_events ) );
        if (way == 1) ok_success( WSAEventSelect( a, NULL, 0 ) );
        ResetEvent( event );
        for (i = good = 0; i < WARM + COUNT; i++)
        {
            if (i == WARM) phase_begin( names[way], COUNT );
            good += exchange( a, accepted );
        }
        phase_end();
        ok( good == WARM + COUNT, "%u are good, error %d\n", good, WSAGetLastError() );
        closesocket( a );
        closesocket( accepted );
        closesocket( listener );
        winetest_pop_context();
    }
    WSACloseEvent( event );
}

/* An echo server on ProcessSocketNotifications, which registers again what it was told once. */
void run_notified( void )
{
    static const struct
    {
        const char *name;
        UINT8 trigger;
    } ways[] = {
        { "notify-level", SOCK_NOTIFY_TRIGGER_LEVEL | SOCK_NOTIFY_TRIGGER_PERSISTENT },
        { "notify-once", SOCK_NOTIFY_TRIGGER_LEVEL | SOCK_NOTIFY_TRIGGER_ONESHOT },
        { "notify-edge", SOCK_NOTIFY_TRIGGER_EDGE },
    };
    DWORD( WINAPI * notify )
    ( HANDLE port, UINT32 count, SOCK_NOTIFY_REGISTRATION * registrations, UINT32 timeout, ULONG room,
      OVERLAPPED_ENTRY * entries, UINT32 * received );
    SOCK_NOTIFY_REGISTRATION reg = { 0 };
    OVERLAPPED_ENTRY entry;
    UINT32 received;
    unsigned int way, i, good;
    char data[5];
    SOCKET a, b;
    HANDLE port;

    notify = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "ProcessSocketNotifications" );
    for (way = 0; notify && way < ARRAY_SIZE( ways ); way++)
    {
        winetest_push_context( "%s", ways[way].name );
        tcp_socketpair( &a, &b );
        port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
        reg.socket = a;
        reg.eventFilter = SOCK_NOTIFY_REGISTER_EVENT_IN | SOCK_NOTIFY_REGISTER_EVENT_HANGUP;
        reg.operation = SOCK_NOTIFY_OP_ENABLE;
        reg.triggerFlags = ways[way].trigger;
        ok( !notify( port, 1, &reg, 0, 0, NULL, NULL ) && !reg.registrationResult, "error %lu\n",
            reg.registrationResult );
        for (i = good = 0; i < WARM + COUNT; i++)
        {
            BOOL again = i && ways[way].trigger & SOCK_NOTIFY_TRIGGER_ONESHOT;

            if (i == 1) Sleep( 50 ); /* the port is served from the first wait on, for which threads begin */
            if (i == WARM) phase_begin( ways[way].name, COUNT );
            if (send( b, "hello", 5, 0 ) != 5) break;
            if (notify( port, again, again ? &reg : NULL, 1000, 1, &entry, &received )) break;
            good += entry.dwNumberOfBytesTransferred == SOCK_NOTIFY_EVENT_IN && recv( a, data, 5, 0 ) == 5
                    && send( a, data, 5, 0 ) == 5 && recv( b, data, 5, 0 ) == 5;
        }
        phase_end();
        ok( good == WARM + COUNT, "%u are good\n", good );
        closesocket( a );
        closesocket( b );
        CloseHandle( port );
        winetest_pop_context();
    }
}
