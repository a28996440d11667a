/*
 * WSAEventSelect and the calls that move data: which of them enables an event again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the page "WSAEventSelect function": its table of enabling calls.
 */

#include "event_select.h"

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

/* What a receive has taken isn't reported afterwards, whatever other threads do with the socket. */
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
    ROUNDS = 10000,
    ENOUGH_MS = 20000 /* a busy machine doesn't get that far */
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
    DWORD ret = 0, start = GetTickCount();
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

        if (GetTickCount() - start > ENOUGH_MS) limit = rounds + 1;

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

START_TEST( event_enable )
{
    start_winsock();
    event = WSACreateEvent();
    test_calls();
    test_shutdown();
    test_datagrams();
    test_taken();
    test_background();
    test_rounds();
    WSACloseEvent( event );
    stop_winsock();
}
