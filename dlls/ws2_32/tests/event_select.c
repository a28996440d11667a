/*
 * WSAEventSelect beside the data: when each FD_* event is recorded, enabled again, and by what
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the page "WSAEventSelect function": its table of enabling calls, and its list of what is noticed when.
 */

#include "sockets.h"

enum
{
    ALL = FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE
};

static HANDLE event;
static int close_error;

/* What is recorded within a while: all of `expect', or what there is then. */
static long take( SOCKET s, long expect )
{
    DWORD start = GetTickCount();
    WSANETWORKEVENTS events;
    long got = 0;

    do
    {
        if (WaitForSingleObject( event, expect ? 100 : 40 ))
        {
            if (expect) continue;
            break;
        }
        memset( &events, 0xcc, sizeof( events ) );
        if (WSAEnumNetworkEvents( s, event, &events )) return -1;
        got |= events.lNetworkEvents;
        if (events.lNetworkEvents & FD_CLOSE) close_error = events.iErrorCode[FD_CLOSE_BIT];
    } while (( got & expect ) != expect && GetTickCount() - start < 2000);
    return got;
}

#define ok_events( s, expect )                                                                                         \
    do                                                                                                                 \
    {                                                                                                                  \
        long got_ = take( s, expect );                                                                                 \
        ok( got_ == ( expect ), "got events %lx, expected %lx\n", got_, (long)( expect ) );                            \
    } while (0)

/* The same where stock differs from the documentation. */
#define ok_events_docs( s, expect )                                                                                    \
    do                                                                                                                 \
    {                                                                                                                  \
        long got_ = take( s, expect );                                                                                 \
        ok_unless_afd( got_ == ( expect ), "got events %lx, expected %lx\n", got_, (long)( expect ) );                 \
    } while (0)

static void select_events( SOCKET s, long mask )
{
    ok_success( WSAEventSelect( s, event, mask ) );
}

static void begin( SOCKET *a, SOCKET *b, long mask )
{
    tcp_socketpair( a, b );
    ResetEvent( event );
    select_events( *b, mask );
    if (mask & FD_WRITE) ok_events( *b, FD_WRITE );
}

static void end( SOCKET a, SOCKET b )
{
    if (a != INVALID_SOCKET) closesocket( a );
    closesocket( b );
}

/* What is there when the selection is made is told at once, once more if it was told before; room to send isn't. */
static void test_again( void )
{
    char buffer[8];
    SOCKET a, b;

    begin( &a, &b, FD_READ | FD_WRITE );
    select_events( b, FD_READ | FD_WRITE );
    ok_events( b, 0 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_events( b, FD_READ );
    select_events( b, FD_READ | FD_WRITE );
    ok_events_docs( b, FD_READ );
    select_events( b, FD_READ );
    ok_events_docs( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_events( b, 0 );

    /* a selection that is over tells nothing; what came meanwhile is there for the next */
    ok_success( WSAEventSelect( b, NULL, 0 ) );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "no data\n" );
    ok_events( b, 0 );
    select_events( b, FD_READ | FD_CLOSE );
    ok_events( b, FD_READ );
    end( a, b );
}

/* Events that were recorded, but which nobody has taken, are told to the new selection. */
static void test_not_taken( void )
{
    HANDLE second = WSACreateEvent();
    WSANETWORKEVENTS events;
    SOCKET a, b;

    begin( &a, &b, FD_READ | FD_CLOSE );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( !WaitForSingleObject( event, 2000 ), "no event\n" );
    ok_success( WSAEventSelect( b, second, FD_READ | FD_WRITE | FD_CLOSE ) );
    ok( !WaitForSingleObject( second, 2000 ), "no event\n" );
    ok_success( WSAEnumNetworkEvents( b, second, &events ) );
    ok( events.lNetworkEvents == ( FD_READ | FD_WRITE ), "got events %lx\n", events.lNetworkEvents );
    /* the first one has nothing to do with it any more */
    ResetEvent( event );
    ok_call( recv( b, (char *)&events, 3, 0 ), 3, 0 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( !WaitForSingleObject( second, 2000 ), "no event\n" );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "the first event is signalled\n" );
    end( a, b );
    WSACloseEvent( second );
}

/* FD_CLOSE comes when all has been received, and tells how the connection has ended. */
static void test_close( long mask, BOOL reset )
{
    struct linger linger = { 1, 0 };
    char buffer[8];
    SOCKET a, b;

    winetest_push_context( "mask %lx, %s", mask, reset ? "reset" : "closed" );
    begin( &a, &b, mask );
    close_error = -1;
    if (reset)
    {
        setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
        closesocket( a );
        ok_events( b, FD_CLOSE );
        ok_unless_afd( close_error == WSAECONNRESET, "got error %d\n", close_error );
        ok_docs_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAECONNRESET );
        ok_events( b, 0 );
    }
    else
    {
        ok_call( send( a, "abcdef", 6, 0 ), 6, 0 );
        ok_events( b, mask & FD_READ );
        closesocket( a );
        ok_events( b, 0 );
        ok_call( recv( b, buffer, 3, 0 ), 3, 0 );
        ok_events( b, mask & FD_READ );
        ok_call( recv( b, buffer, 3, 0 ), 3, 0 );
        ok_events( b, FD_CLOSE );
        ok( !close_error, "got error %d\n", close_error );
        ok_call( recv( b, buffer, 3, 0 ), 0, 0 );
        ok_events( b, 0 );
        select_events( b, mask );
        ok_events( b, 0 );
    }
    end( INVALID_SOCKET, b );
    winetest_pop_context();
}

/* FD_OOB has a life of its own. */
static void test_oob( void )
{
    char buffer[8];
    SOCKET a, b;

    begin( &a, &b, FD_READ | FD_OOB );
    ok_call( send( a, "x", 1, MSG_OOB ), 1, 0 );
    ok_events( b, FD_OOB );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_events( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), MSG_OOB ), 1, 0 );
    ok_events( b, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_call( send( a, "y", 1, MSG_OOB ), 1, 0 );
    ok_events( b, FD_OOB );
    end( a, b );
}

/* FD_CONNECT is told once of each connection, however it was made. */
static void test_connect( void )
{
    SOCKET s, accepted, listener;
    WSANETWORKEVENTS events;
    union address addr;
    int len, blocking;

    listener = tcp_listener( AF_INET, &addr, &len );
    for (blocking = 0; blocking < 3; blocking++)
    {
        winetest_push_context( "%d", blocking );
        ResetEvent( event );
        s = tcp_socket( AF_INET );
        if (!blocking) select_events( s, ALL );
        if (blocking == 2) set_blocking( s, FALSE );
        if (blocking == 1) ok_success( connect( s, &addr.any, len ) );
        else ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
        if (blocking == 2) Sleep( 50 );
        if (blocking) select_events( s, ALL );
        ok_events( s, FD_CONNECT | FD_WRITE );
        /* 8.0 may set it for each of the two */
        WSAEnumNetworkEvents( s, event, &events );
        select_events( s, ALL );
        ok_events( s, 0 );
        accepted = accept( listener, NULL, NULL );
        ok_call( send( accepted, "abc", 3, 0 ), 3, 0 );
        ok_events( s, FD_READ );
        closesocket( accepted );
        closesocket( s );
        winetest_pop_context();
    }
    closesocket( listener );
}

/* An accepted socket has its listener's selection, until it gets its own. */
static void test_inherited( void )
{
    SOCKET s, accepted, listener;
    union address addr;
    char buffer[8];
    int len, i;

    listener = tcp_listener( AF_INET, &addr, &len );
    select_events( listener, ALL );
    s = tcp_socket( AF_INET );
    ok_success( connect( s, &addr.any, len ) );
    ok_events( listener, FD_ACCEPT );
    accepted = accept( listener, NULL, NULL );
    ok_events( accepted, FD_WRITE );
    for (i = 0; i < 3; i++)
    {
        ok_call( send( s, "abc", 3, 0 ), 3, 0 );
        ok_events( accepted, FD_READ );
        ok_call( recv( accepted, buffer, sizeof( buffer ), 0 ), 3, 0 );
        ok_events( accepted, 0 );
    }
    closesocket( s );
    ok_events( accepted, FD_CLOSE );
    closesocket( accepted );
    /* the listener's go on */
    s = tcp_socket( AF_INET );
    ok_success( connect( s, &addr.any, len ) );
    ok_events( listener, FD_ACCEPT );
    closesocket( s );
    closesocket( listener );
}

/* A receive that waits has the data: there is none for FD_READ. */
static void test_overlapped( void )
{
    OVERLAPPED ov = { .hEvent = WSACreateEvent() };
    DWORD count, flags = 0;
    char buffer[4];
    WSABUF wsabuf = { 3, buffer };
    SOCKET a, b;

    begin( &a, &b, FD_READ );
    ok_error( WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( WSAGetOverlappedResult( b, &ov, &count, TRUE, &flags ) && count == 3, "got %lu bytes, error %d\n", count,
        WSAGetLastError() );
    ok_events( b, 0 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_events( b, FD_READ );
    end( a, b );
    WSACloseEvent( ov.hEvent );
}

/* A look doesn't take the data, but enables as a receive does. */
static void test_peek( void )
{
    char buffer[4];
    SOCKET a, b;

    begin( &a, &b, FD_READ );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_events( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), MSG_PEEK ), 3, 0 );
    ok_events( b, FD_READ );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_events( b, 0 );
    end( a, b );
}

/* An event that its owner closes signals nobody, whatever its handle is by then. */
static void test_closed_event( void )
{
    HANDLE first = WSACreateEvent(), other = NULL, handles[64];
    unsigned int i, count = 0;
    char buffer[4];
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_success( WSAEventSelect( b, first, FD_READ ) );
    WSACloseEvent( first );
    while (count < ARRAY_SIZE( handles ) && !other)
        if (( handles[count++] = WSACreateEvent() ) == first) other = first;
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "no data\n" );
    Sleep( 20 );
    if (other) ok( WaitForSingleObject( other, 0 ) == WAIT_TIMEOUT, "another event is signalled\n" );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    /* and the handle's new object is as good as any */
    if (other)
    {
        ok_success( WSAEventSelect( b, other, FD_READ ) );
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        ok( !WaitForSingleObject( other, 2000 ), "no event\n" );
    }
    for (i = 0; i < count; i++) WSACloseEvent( handles[i] );
    end( a, b );
}

/* Every call that receives enables FD_READ again, every one that would block when it sends FD_WRITE. */
enum
{
    RECV,
    RECVFROM,
    WSARECV,
    WSARECVFROM,
    OVERLAPPED_RECV,
    READ_FILE,
    RECEIVES
};

static int receive_by( int way, SOCKET s, char *buffer, DWORD size )
{
    OVERLAPPED ov = { .hEvent = WSACreateEvent() };
    WSABUF wsabuf = { size, buffer };
    DWORD count = 0, flags = 0;
    int ret = -1;

    switch (way)
    {
    case RECV: ret = recv( s, buffer, size, 0 ); break;
    case RECVFROM: ret = recvfrom( s, buffer, size, 0, NULL, NULL ); break;
    case WSARECV: ret = WSARecv( s, &wsabuf, 1, &count, &flags, NULL, NULL ) ? -1 : (int)count; break;
    case WSARECVFROM:
        ret = WSARecvFrom( s, &wsabuf, 1, &count, &flags, NULL, NULL, NULL, NULL ) ? -1 : (int)count;
        break;
    case OVERLAPPED_RECV: ret = WSARecv( s, &wsabuf, 1, &count, &flags, &ov, NULL ) ? -1 : (int)count; break;
    case READ_FILE:
        if (ReadFile( (HANDLE)s, buffer, size, NULL, &ov ) || GetLastError() == ERROR_IO_PENDING)
            ret = GetOverlappedResult( (HANDLE)s, &ov, &count, TRUE ) ? (int)count : -1;
    }
    WSACloseEvent( ov.hEvent );
    return ret;
}

static int send_by( int way, SOCKET s, char *buffer, int size )
{
    WSABUF wsabuf = { size, buffer };
    DWORD count;

    switch (way)
    {
    case 0: return send( s, buffer, size, 0 );
    case 1: return WSASend( s, &wsabuf, 1, &count, 0, NULL, NULL ) ? -1 : (int)count;
    default: return WSASendTo( s, &wsabuf, 1, &count, 0, NULL, 0, NULL, NULL ) ? -1 : (int)count;
    }
}

static void test_calls( void )
{
    static char data[100000];
    int way, sent, total, i;
    char buffer[8];
    SOCKET a, b;

    for (way = 0; way < RECEIVES; way++)
    {
        winetest_push_context( "receive %d", way );
        begin( &a, &b, FD_READ | FD_CLOSE );
        for (i = 0; i < 2; i++)
        {
            ok_call( send( a, "abcdef", 6, 0 ), 6, 0 );
            ok_events( b, FD_READ );
            ok_call( receive_by( way, b, buffer, 2 ), 2, 0 );
            ok_events( b, FD_READ );
            ok_call( receive_by( way, b, buffer, 4 ), 4, 0 );
            ok_events( b, 0 );
        }
        closesocket( a );
        ok_events( b, FD_CLOSE );
        end( INVALID_SOCKET, b );
        winetest_pop_context();
    }
    for (way = 0; way < 3; way++)
    {
        winetest_push_context( "send %d", way );
        begin( &a, &b, FD_WRITE );
        for (i = 0; i < 2; i++)
        {
            total = 0;
            do /* until the host has taken all that it takes */
            {
                while (( sent = send_by( way, b, data, sizeof( data ) ) ) > 0) total += sent;
                ok( WSAGetLastError() == WSAEWOULDBLOCK, "error %d\n", WSAGetLastError() );
            } while (take( b, 0 ));
            ok_call( drain( a, total ), total, 0 );
            ok_events( b, FD_WRITE );
            /* one that is done doesn't */
            ok_call( send_by( way, b, data, 10 ), 10, 0 );
            ok_events( b, 0 );
            ok_call( drain( a, 10 ), 10, 0 );
        }
        end( a, b );
        winetest_pop_context();
    }
}

static void test_shutdown( void )
{
    u_long blocking = 0;
    SOCKET a, b;

    /* the peer ends: so long as this side still sends it is one event */
    begin( &a, &b, FD_READ | FD_CLOSE );
    ok_success( shutdown( a, SD_SEND ) );
    ok_events( b, FD_CLOSE );
    ok_call( send( b, "abc", 3, 0 ), 3, 0 );
    ok_events( b, 0 );
    ok_error( ioctlsocket( b, FIONBIO, &blocking ), WSAEINVAL );
    end( a, b );

    /* its own end is none */
    begin( &a, &b, FD_READ | FD_CLOSE );
    ok_success( shutdown( b, SD_RECEIVE ) );
    ok_events( b, 0 );
    end( a, b );
    begin( &a, &b, FD_READ | FD_CLOSE );
    ok_success( shutdown( b, SD_SEND ) );
    ok_events( b, 0 );
    closesocket( a );
    ok_events( b, FD_CLOSE );
    end( INVALID_SOCKET, b );
}

static void test_datagrams( void )
{
    SOCKET s = udp_socket( AF_INET ), peer = udp_socket( AF_INET );
    union address addr;
    int len = loopback( &addr, AF_INET, 0 ), i;
    char buffer[8];

    ResetEvent( event );
    ok_success( bind( peer, &addr.any, len ) );
    ok_success( getsockname( peer, &addr.any, &len ) );
    /* before it is bound, and on */
    select_events( s, FD_READ | FD_WRITE );
    ok_events( s, FD_WRITE );
    ok_call( sendto( s, "abc", 3, 0, &addr.any, len ), 3, 0 );
    ok_call( recvfrom( peer, buffer, sizeof( buffer ), 0, &addr.any, &len ), 3, 0 );
    for (i = 0; i < 3; i++)
    {
        ok_call( sendto( peer, "ab", 2, 0, &addr.any, len ), 2, 0 );
        ok_call( sendto( peer, "cd", 2, 0, &addr.any, len ), 2, 0 );
        ok_events( s, FD_READ );
        ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 2, 0 );
        ok_events( s, FD_READ );
        ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 2, 0 );
        ok_events( s, 0 );
        if (i == 1) select_events( s, FD_READ );
    }
    closesocket( s );
    closesocket( peer );
}

static volatile BOOL sending;

static DWORD WINAPI keep_sending( void *arg )
{
    while (sending) send( *(SOCKET *)arg, "x", 1, 0 );
    return 0;
}

/* What a receive has taken isn't told of afterwards, whatever other threads do with the socket. */
static void test_taken( void )
{
    int i, late = 0, limit = by_afd() ? 100 : 300;
    WSANETWORKEVENTS events;
    char buffer[8];
    HANDLE thread;
    SOCKET a, b;

    udp_pair( AF_INET, &a, &b );
    ResetEvent( event );
    select_events( b, FD_READ );
    sending = TRUE;
    thread = CreateThread( NULL, 0, keep_sending, &b, 0, NULL );
    for (i = 0; i < limit; i++)
    {
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        if (take( b, FD_READ ) != FD_READ) break;
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
        if (!( i % 10 )) Sleep( 1 );
        if (WaitForSingleObject( event, 0 )) continue;
        late++;
        ok_success( WSAEnumNetworkEvents( b, event, &events ) );
        ok_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
    }
    ok( i == limit, "round %d: no event\n", i );
    ok( !late, "%d events came late\n", late );
    sending = FALSE;
    ok( !WaitForSingleObject( thread, 5000 ), "the thread doesn't end\n" );
    CloseHandle( thread );
    closesocket( a );
    closesocket( b );
}

/* The rest of a send that Windows does in the background (rule D2): FD_WRITE is for the next. */
static void test_background( void )
{
    static char data[4 << 20];
    int sent, total = 0, ret, left;
    SOCKET a, b;

    begin( &a, &b, FD_WRITE );
    do
    {
        if (( sent = send( b, data, sizeof( data ), 0 ) ) > 0) total += sent;
    } while (sent > 0 && total < 64 << 20);
    ok( sent == -1 && WSAGetLastError() == WSAEWOULDBLOCK, "got %d, error %d\n", sent, WSAGetLastError() );
    ok_events( b, 0 );
    set_timeout( a, 3000 );
    for (left = total; left > 0; left -= ret)
        if (( ret = recv( a, data, min( left, (int)sizeof( data ) ), 0 ) ) <= 0) break;
    ok( !left, "%d of %d bytes have not come\n", left, total );
    ok_events( b, FD_WRITE );
    end( a, b );
}

/* ---- a sender that waits for FD_WRITE always gets it */

enum
{
    ROUNDS = 10000
};

static DWORD WINAPI slow_reader( void *arg )
{
    SOCKET s = *(SOCKET *)arg;
    static char data[16384];
    unsigned int seed = 1;
    int ret;

    do
    {
        seed = seed * 1103515245 + 12345;
        if (!( seed >> 16 & 63 )) Sleep( 1 );
        else if (seed >> 16 & 1) SwitchToThread();
        ret = recv( s, data, 1 + ( seed >> 8 ) % sizeof( data ), 0 );
    } while (ret > 0);
    return ret;
}

static void test_rounds( void )
{
    int rounds, size = 8192, limit = by_afd() ? ROUNDS / 10 : ROUNDS;
    static char data[40000];
    WSANETWORKEVENTS events;
    DWORD ret = 0;
    HANDLE thread;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    setsockopt( b, SOL_SOCKET, SO_SNDBUF, (char *)&size, sizeof( size ) );
    ResetEvent( event );
    select_events( b, FD_READ | FD_WRITE | FD_CLOSE );
    thread = CreateThread( NULL, 0, slow_reader, &a, 0, NULL );
    for (rounds = 0; rounds < limit; rounds++)
    {
        int sent;

        while (( sent = send( b, data, 10000 + rounds % 30000, 0 ) ) > 0) /* nothing */
            ;
        if (WSAGetLastError() != WSAEWOULDBLOCK) break;
        do
        {
            if (( ret = WaitForSingleObject( event, 10000 ) )) break;
            WSAEnumNetworkEvents( b, event, &events );
        } while (!( events.lNetworkEvents & FD_WRITE ));
        if (ret) break;
    }
    ok( rounds == limit, "stuck in round %d, wait %lx, error %d\n", rounds, ret, WSAGetLastError() );
    closesocket( b );
    ok( !WaitForSingleObject( thread, 30000 ), "the reader doesn't end\n" );
    GetExitCodeThread( thread, &ret );
    ok( !ret, "the reader has got %ld\n", (long)ret );
    CloseHandle( thread );
    closesocket( a );
}

START_TEST( event_select )
{
    start_winsock();
    event = WSACreateEvent();
    test_again();
    test_not_taken();
    test_close( FD_READ | FD_CLOSE, FALSE );
    test_close( FD_CLOSE, FALSE );
    test_close( FD_READ | FD_CLOSE, TRUE );
    test_close( FD_CLOSE, TRUE );
    test_oob();
    test_connect();
    test_inherited();
    test_overlapped();
    test_peek();
    test_closed_event();
    test_calls();
    test_shutdown();
    test_datagrams();
    test_taken();
    test_background();
    test_rounds();
    WSACloseEvent( event );
    stop_winsock();
}
