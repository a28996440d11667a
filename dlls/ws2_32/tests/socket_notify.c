/*
 * ProcessSocketNotifications: registrations, events and their packets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows 11 and Server 2022 have it; Wine hasn't.
 */

#include "sockets.h"
#include "wsuring_notify.h"

#undef IN
#undef OUT
#define IN     SOCK_NOTIFY_REGISTER_EVENT_IN
#define OUT    SOCK_NOTIFY_REGISTER_EVENT_OUT
#define HANGUP SOCK_NOTIFY_REGISTER_EVENT_HANGUP
#define ALL    SOCK_NOTIFY_REGISTER_EVENTS_ALL
#define ERRED  SOCK_NOTIFY_EVENT_ERR
#define REMOVE SOCK_NOTIFY_EVENT_REMOVE
#define ENABLE SOCK_NOTIFY_OP_ENABLE
#define LEVEL  SOCK_NOTIFY_TRIGGER_LEVEL
#define EDGE   SOCK_NOTIFY_TRIGGER_EDGE
#define ONCE   SOCK_NOTIFY_TRIGGER_ONESHOT
#define STAYS  SOCK_NOTIFY_TRIGGER_PERSISTENT

static DWORD( WINAPI *notify )( HANDLE port, UINT32 count, SOCK_NOTIFY_REGISTRATION *registrations, UINT32 timeout,
                                ULONG room, OVERLAPPED_ENTRY *entries, UINT32 *received );

static HANDLE port;
static SOCKET a, b; /* b is registered, mostly */

static DWORD change( SOCKET s, ULONG_PTR key, UINT filter, UINT operation, UINT trigger )
{
    SOCK_NOTIFY_REGISTRATION registration = { s, (void *)key, filter, operation, trigger, 0xdeadbeef };
    DWORD ret = notify( port, 1, &registration, 0, 0, NULL, NULL );

    return ret ? ret : registration.registrationResult;
}

static void ok_change_( int line, SOCKET s, ULONG_PTR key, UINT filter, UINT operation, UINT trigger, DWORD expect )
{
    DWORD ret = change( s, key, filter, operation, trigger );

    ok_( __FILE__, line )( ret == expect, "got %lu, expected %lu\n", ret, expect );
}
#define ok_change( s, key, filter, operation, trigger, expect )                                                        \
    ok_change_( __LINE__, s, key, filter, operation, trigger, expect )

/* One packet, or none if `events' is 0. */
static void expect_( int line, ULONG_PTR key, UINT events )
{
    DWORD count = 0xdeadbeef;
    OVERLAPPED *ov = NULL;
    ULONG_PTR ret_key = 0;
    BOOL ret = GetQueuedCompletionStatus( port, &count, &ret_key, &ov, events ? 5000 : 30 );

    if (!events)
        ok_( __FILE__, line )( !ret && GetLastError() == WAIT_TIMEOUT, "got %d, events %#lx, key %Ix\n", ret, count,
                               ret_key );
    else
        ok_( __FILE__, line )( ret && count == events && ret_key == key, "got %d, events %#lx, key %Ix\n", ret, count,
                               ret_key );
}
#define expect( key, events ) expect_( __LINE__, key, events )

static void set_nonblocking( SOCKET s )
{
    u_long on = 1;

    ok_success( ioctlsocket( s, FIONBIO, &on ) );
}

static void peer_sends( const char *text )
{
    ok( send( a, text, strlen( text ), 0 ) == (int)strlen( text ), "send: %d\n", WSAGetLastError() );
    ok( wait_readable( b, 3000 ), "nothing arrives\n" );
}

static void takes( int len )
{
    char data[64];
    int ret = recv( b, data, len, 0 );

    ok( ret == len, "got %d, error %d\n", ret, WSAGetLastError() );
}

static void takes_all( void )
{
    char data[64];
    int ret;

    while (( ret = recv( b, data, sizeof( data ), 0 ) ) > 0) /* nothing */
        ;
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK, "got %d, error %d\n", ret, WSAGetLastError() );
}

static void setup( void )
{
    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    ok( port != NULL, "no port: %lu\n", GetLastError() );
    tcp_socketpair( &a, &b );
    set_nonblocking( b );
}

static void teardown( void )
{
    if (a != INVALID_SOCKET) closesocket( a );
    if (b != INVALID_SOCKET) closesocket( b );
    CloseHandle( port );
}

static void test_parameters( void )
{
    SOCK_NOTIFY_REGISTRATION reg = { 0, NULL, IN, ENABLE, LEVEL, 0 };
    OVERLAPPED_ENTRY entries[4];
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL ), other;
    UINT32 received = 77;
    DWORD ret;

    setup();
    reg.socket = b;
#define ok_ret( call, expect )                                                                                         \
    do                                                                                                                 \
    {                                                                                                                  \
        ret = call;                                                                                                    \
        ok( ret == ( expect ), "got %lu, expected %d\n", ret, (int)( expect ) );                                       \
    } while (0)
    ok_ret( notify( port, 0, &reg, 0, 0, NULL, NULL ), WSAEINVAL );
    ok_ret( notify( port, 1, NULL, 0, 0, NULL, NULL ), WSAEINVAL );
    ok_ret( notify( port, 1, &reg, 10, 0, NULL, NULL ), WSAEINVAL );
    ok_ret( notify( port, 1, &reg, 0, 0, entries, NULL ), WSAEINVAL );
    ok_ret( notify( port, 1, &reg, 0, 0, NULL, &received ), WSAEINVAL );
    ok_ret( notify( port, 1, &reg, 0, 1, NULL, &received ), WSAEINVAL );
    ok_ret( notify( port, 1, &reg, 0, 1, entries, NULL ), WSAEINVAL );
    ok_ret( notify( port, 1, (void *)bad_page(), 0, 0, NULL, NULL ), WSAEFAULT );
    ok_ret( notify( NULL, 1, &reg, 0, 0, NULL, NULL ), WSA_INVALID_HANDLE );
    ok_ret( notify( event, 1, &reg, 0, 0, NULL, NULL ), WSA_INVALID_HANDLE );
    ok_ret( notify( port, 0, NULL, 0, 0, NULL, NULL ), 0 );
    ok_ret( notify( port, 0, NULL, 0, 4, entries, &received ), WAIT_TIMEOUT );
    ok( !received, "got %u\n", received );
    ok_ret( notify( port, 0, NULL, 20, 4, entries, &received ), WAIT_TIMEOUT );

    ok_change( INVALID_SOCKET, 1, IN, ENABLE, LEVEL, WSAENOTSOCK );
    ok_change( (SOCKET)event, 1, IN, ENABLE, LEVEL, WSAENOTSOCK );
    ok_change( b, 1, IN, ENABLE, 0, WSAEINVAL );
    ok_change( b, 1, IN, ENABLE, LEVEL | EDGE, WSAEINVAL );
    ok_change( b, 1, IN, ENABLE, LEVEL | ONCE | STAYS, WSAEINVAL );
    ok_change( b, 1, IN, ENABLE, LEVEL | 0x10, WSAEINVAL );
    ok_change( b, 1, 0x100, ENABLE, LEVEL, WSAEINVAL );
    ok_change( b, 1, IN, 3, LEVEL, WSAEINVAL );
    ok_change( b, 1, IN, 8, LEVEL, WSAEINVAL );
    ok_change( b, 1, IN, SOCK_NOTIFY_OP_NONE, 0, 0 );
    ok_change( b, 1, 0, SOCK_NOTIFY_OP_DISABLE, 0, ERROR_NOT_FOUND );
    ok_change( b, 1, 0, SOCK_NOTIFY_OP_REMOVE, 0, ERROR_NOT_FOUND );

    /* one port only */
    ok_change( b, 1, IN, ENABLE, LEVEL, 0 );
    other = port;
    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    ok_change( b, 1, IN, ENABLE, LEVEL, ERROR_ALREADY_EXISTS );
    ok_change( b, 1, IN, SOCK_NOTIFY_OP_REMOVE, 0, ERROR_NOT_FOUND );
    CloseHandle( port );
    port = other;
    peer_sends( "x" );
    expect( 1, IN );
    CloseHandle( event );
    teardown();
}

static void test_level( void )
{
    int i;

    setup();
    ok_change( b, 5, IN, ENABLE, LEVEL | STAYS, 0 );
    expect( 0, 0 );
    for (i = 0; i < 3; i++)
    {
        peer_sends( "abc" );
        expect( 5, IN );
        expect( 5, IN ); /* nothing was taken */
        takes( 2 );
        expect( 5, IN ); /* nor all */
        takes( 1 );
        expect( 0, 0 );
    }
    /* what was taken before the packet isn't reported */
    peer_sends( "abc" );
    takes_all();
    expect( 0, 0 );
    peer_sends( "abc" );
    expect( 5, IN );
    peer_sends( "def" ); /* while the first is dealt with */
    takes_all();
    expect( 0, 0 );

    /* other events, and the same key whatever is said */
    ok_change( b, 6, IN | OUT, ENABLE, LEVEL, 0 );
    expect( 5, OUT );
    peer_sends( "abc" );
    expect( 5, IN | OUT );
    ok_change( b, 6, SOCK_NOTIFY_REGISTER_EVENT_NONE, ENABLE, LEVEL, 0 );
    expect( 0, 0 );
    ok_change( b, 6, IN, ENABLE, LEVEL, 0 );
    expect( 5, IN );
    ok_change( b, 0, 0, SOCK_NOTIFY_OP_DISABLE, 0, 0 );
    expect( 0, 0 );
    ok_change( b, 6, ALL, ENABLE, LEVEL, 0 );
    expect( 5, IN | OUT );
    takes_all();
    ok_success( shutdown( a, SD_SEND ) );
    ok( wait_readable( b, 3000 ), "no end\n" );
    expect( 5, OUT | HANGUP );
    expect( 5, OUT | HANGUP );
    ok_change( b, 6, IN | HANGUP, ENABLE, LEVEL, 0 );
    expect( 5, HANGUP );

    /* removed, whatever is said about the key; and registered anew with another one */
    ok_change( b, 8, 0, SOCK_NOTIFY_OP_REMOVE, 0, 0 );
    expect( 5, REMOVE );
    expect( 0, 0 );
    ok_change( b, 8, 0, SOCK_NOTIFY_OP_REMOVE, 0, ERROR_NOT_FOUND );
    ok_change( b, 9, HANGUP, ENABLE, LEVEL, 0 );
    expect( 9, HANGUP );
    ok_success( shutdown( b, SD_RECEIVE ) ); /* its own end doesn't hide the peer's */
    expect( 9, HANGUP );
    teardown();
}

static void test_once( void )
{
    setup();
    ok_change( b, 5, IN, ENABLE, LEVEL | ONCE, 0 );
    peer_sends( "abc" );
    expect( 5, IN );
    expect( 0, 0 );
    takes( 1 );
    peer_sends( "d" );
    expect( 0, 0 );
    ok_change( b, 5, IN, ENABLE, LEVEL | ONCE, 0 ); /* there is more */
    expect( 5, IN );
    takes_all();
    ok_change( b, 5, IN, ENABLE, LEVEL | ONCE, 0 );
    expect( 0, 0 );
    peer_sends( "e" );
    expect( 5, IN );
    /* a removal and its packet in one call, as long as it isn't the removal */
    {
        SOCK_NOTIFY_REGISTRATION reg = { b, NULL, 0, SOCK_NOTIFY_OP_REMOVE, 0, 1 };
        OVERLAPPED_ENTRY entry;
        UINT32 received = 0;
        DWORD ret = notify( port, 1, &reg, 1000, 1, &entry, &received );

        ok( !ret && !reg.registrationResult && received == 1, "got %lu, %lu, %u\n", ret, reg.registrationResult,
            received );
        ok( entry.dwNumberOfBytesTransferred == REMOVE && entry.lpCompletionKey == 5, "got %#lx, key %Ix\n",
            entry.dwNumberOfBytesTransferred, entry.lpCompletionKey );
    }
    teardown();
}

static void test_edge( void )
{
    char *big = calloc( 1, 1 << 20 );
    int i, sent = 0, got, ret;

    setup();
    /* what holds already is no news */
    peer_sends( "abc" );
    ok_change( b, 5, IN | OUT, ENABLE, EDGE, 0 );
    expect( 0, 0 );
    takes_all();
    expect( 0, 0 );
    for (i = 0; i < 3; i++)
    {
        peer_sends( "abc" );
        expect( 5, IN );
        expect( 0, 0 );
        takes_all();
        expect( 0, 0 );
    }
    /* the whole buffer, by one call that doesn't fail */
    peer_sends( "abc" );
    expect( 5, IN );
    takes( 3 );
    peer_sends( "d" );
    expect( 5, IN );
    takes_all();

    /* room again */
    set_nonblocking( a );
    while (( ret = send( b, big, 1 << 20, 0 ) ) > 0) sent += ret;
    ok( ret == -1 && WSAGetLastError() == WSAEWOULDBLOCK, "got %d, error %d\n", ret, WSAGetLastError() );
    while (sent > 0)
    {
        if (!wait_readable( a, 3000 )) break;
        if (( got = recv( a, big, 1 << 20, 0 ) ) <= 0) break;
        sent -= got;
    }
    expect( 5, OUT );
    ok_change( b, 5, ALL, ENABLE, EDGE, 0 );
    expect( 0, 0 );
    ok_success( closesocket( a ) );
    a = INVALID_SOCKET;
    ok( wait_readable( b, 3000 ), "no end\n" );
    expect( 5, HANGUP );
    expect( 0, 0 );
    free( big );
    teardown();
}

static void test_reset( void )
{
    struct linger linger = { 1, 0 };
    DWORD count = 0;
    ULONG_PTR key;
    OVERLAPPED *ov;

    setup();
    ok_change( b, 5, IN, ENABLE, LEVEL | ONCE, 0 );
    ok_success( setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
    ok_success( closesocket( a ) );
    a = INVALID_SOCKET;
    ok( GetQueuedCompletionStatus( port, &count, &key, &ov, 5000 ), "error %lu\n", GetLastError() );
    ok( ( count & ~IN ) == ERRED, "got %#lx\n", count ); /* although it wasn't asked for */
    ok_change( b, 5, HANGUP, ENABLE, LEVEL | ONCE, 0 );
    expect( 5, HANGUP | ERRED );
    teardown();
}

/* Registered before it is bound, listens or is connected. */
static void test_early( void )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    int len = sizeof( addr );
    SOCKET listener = socket( AF_INET, SOCK_STREAM, 0 ), datagrams = socket( AF_INET, SOCK_DGRAM, 0 ), refused, s;
    char byte;

    setup();
    ok_change( datagrams, 1, IN, ENABLE, EDGE, 0 );
    ok_success( bind( datagrams, (struct sockaddr *)&addr, sizeof( addr ) ) );
    ok_success( getsockname( datagrams, (struct sockaddr *)&addr, &len ) );
    expect( 0, 0 );
    s = socket( AF_INET, SOCK_DGRAM, 0 );
    ok( sendto( s, "x", 1, 0, (struct sockaddr *)&addr, sizeof( addr ) ) == 1, "error %d\n", WSAGetLastError() );
    expect( 1, IN );
    ok( recv( datagrams, &byte, 1, 0 ) == 1, "error %d\n", WSAGetLastError() );
    ok_change( s, 2, IN | OUT, ENABLE, LEVEL | ONCE, 0 );
    expect( 2, OUT );
    closesocket( s );
    closesocket( datagrams );

    ok_change( listener, 3, IN, ENABLE, LEVEL, 0 );
    addr.sin_port = 0;
    ok_success( bind( listener, (struct sockaddr *)&addr, sizeof( addr ) ) );
    ok_success( listen( listener, 2 ) );
    ok_success( getsockname( listener, (struct sockaddr *)&addr, &len ) );
    expect( 0, 0 );
    s = socket( AF_INET, SOCK_STREAM, 0 );
    set_nonblocking( s );
    ok_change( s, 4, OUT, ENABLE, LEVEL | ONCE, 0 );
    expect( 0, 0 );
    ok_error( connect( s, (struct sockaddr *)&addr, sizeof( addr ) ), WSAEWOULDBLOCK );
    {
        UINT seen = 0, i;

        for (i = 0; i < 2; i++)
        {
            DWORD count = 0;
            ULONG_PTR key = 0;
            OVERLAPPED *ov;

            ok( GetQueuedCompletionStatus( port, &count, &key, &ov, 5000 ), "error %lu\n", GetLastError() );
            ok( ( key == 3 && count == IN ) || ( key == 4 && count == OUT ), "got key %Ix, %#lx\n", key, count );
            seen |= 1 << key;
            if (key == 3) closesocket( accept( listener, NULL, NULL ) );
        }
        ok( seen == 0x18, "got %#x\n", seen );
    }
    expect( 0, 0 );
    closesocket( s );
    closesocket( listener );

    refused = socket( AF_INET, SOCK_STREAM, 0 );
    set_nonblocking( refused );
    ok_error( connect( refused, (struct sockaddr *)&addr, sizeof( addr ) ), WSAEWOULDBLOCK );
    ok_change( refused, 5, IN | HANGUP, ENABLE, LEVEL | ONCE, 0 );
    expect( 5, HANGUP | ERRED );
    closesocket( refused );
    teardown();
}

/* Beside packets of other kinds, and several in one call. */
static void test_packets( void )
{
    SOCK_NOTIFY_REGISTRATION reg[3] = { { 0 } };
    OVERLAPPED_ENTRY entries[8];
    OVERLAPPED ov = { 0 };
    WSABUF buffer;
    DWORD flags = 0, ret;
    UINT32 received = 0, i, seen = 0;
    char data[16];
    SOCKET c, d;

    setup();
    tcp_socketpair( &c, &d );
    ok( CreateIoCompletionPort( (HANDLE)d, port, 21, 0 ) == port, "error %lu\n", GetLastError() );
    buffer.buf = data;
    buffer.len = sizeof( data );
    ok_error( WSARecv( d, &buffer, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    for (i = 0; i < 3; i++)
    {
        reg[i].socket = i == 0 ? b : i == 1 ? a : INVALID_SOCKET;
        reg[i].completionKey = (void *)(ULONG_PTR)( 11 + i );
        reg[i].eventFilter = i == 0 ? IN : OUT;
        reg[i].operation = ENABLE;
        reg[i].triggerFlags = LEVEL | ONCE;
    }
    ok( send( c, "hello", 5, 0 ) == 5, "error %d\n", WSAGetLastError() );
    peer_sends( "x" );
    ok( PostQueuedCompletionStatus( port, 1, 31, &ov ), "error %lu\n", GetLastError() );
    ret = notify( port, 3, reg, 1000, 8, entries, &received );
    ok( !ret, "got %lu\n", ret );
    ok( !reg[0].registrationResult && !reg[1].registrationResult && reg[2].registrationResult == WSAENOTSOCK,
        "got %lu, %lu, %lu\n", reg[0].registrationResult, reg[1].registrationResult, reg[2].registrationResult );
    for (;;)
    {
        for (i = 0; i < received; i++) seen += 1 << ( entries[i].lpCompletionKey - 11 );
        if (seen == ( 1 << 20 | 1 << 10 | 3 ) || notify( port, 0, NULL, 2000, 8, entries, &received )) break;
    }
    ok( seen == ( 1 << 20 | 1 << 10 | 3 ), "got %#x\n", seen );
    ok( ov.InternalHigh == 5, "got %Iu\n", ov.InternalHigh );
    expect( 0, 0 );

    /* closed with a packet in the port, and without one: no removal is reported */
    ok_change( a, 12, OUT, ENABLE, LEVEL, 0 );
    closesocket( a );
    closesocket( b );
    a = b = INVALID_SOCKET;
    ret = notify( port, 0, NULL, 50, 8, entries, &received );
    ok( ret == WAIT_TIMEOUT
            || ( received == 1 && entries[0].lpCompletionKey == 12
                 && !( entries[0].dwNumberOfBytesTransferred & REMOVE ) ),
        "got %lu, %u\n", ret, received );
    expect( 0, 0 );
    closesocket( c );
    closesocket( d );
    teardown();
}

START_TEST( socket_notify )
{
    notify = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "ProcessSocketNotifications" );
    if (!notify)
    {
        ok_unless_stock( FALSE, "ProcessSocketNotifications isn't exported\n" );
        skip( "no notifications\n" );
        return;
    }
    ok( notify( NULL, 0, NULL, 0, 0, NULL, NULL ) == WSANOTINITIALISED, "it is initialised\n" );
    start_winsock();
    test_parameters();
    test_level();
    test_once();
    test_edge();
    test_reset();
    test_early();
    test_packets();
    stop_winsock();
}
