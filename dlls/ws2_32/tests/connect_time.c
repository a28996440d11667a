/*
 * How long a connect tries to reach a host that doesn't answer
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "connect function" (WSAETIMEDOUT), "LPFN_CONNECTEX callback function", "IPPROTO_TCP socket options"
 * (TCP_MAXRT) and "SIO_TCP_INITIAL_RTO control code". Windows gives up after about 21 s, Linux, and so stock, after two
 * minutes. tests/network has the host that doesn't answer.
 */

#include "sockets.h"

#include <mstcpip.h>

#define PEER_PORT        5000 /* see tests/network */
#define TCP_MAXRT_OPTION 5

enum way
{
    WAY_BLOCKING,
    WAY_EVENT, /* non-blocking, FD_CONNECT */
    WAY_CONNECTEX,
};

enum limit
{
    LIMIT_NONE,
    LIMIT_MAXRT, /* 3 s */
    LIMIT_SYN,   /* one more SYN */
};

static const struct attempt
{
    const char *name;
    enum way way;
    enum limit limit;
} attempts[] = {
    { "blocking", WAY_BLOCKING, LIMIT_NONE },       { "event", WAY_EVENT, LIMIT_NONE },
    { "ConnectEx", WAY_CONNECTEX, LIMIT_NONE },     { "blocking, TCP_MAXRT", WAY_BLOCKING, LIMIT_MAXRT },
    { "event, TCP_MAXRT", WAY_EVENT, LIMIT_MAXRT }, { "ConnectEx, one SYN more", WAY_CONNECTEX, LIMIT_SYN },
};

static struct sockaddr_in peer;
static struct
{
    int error;
    DWORD ms;
} results[ARRAY_SIZE( attempts )];

static void set_limit( SOCKET s, enum limit limit )
{
    TCP_INITIAL_RTO_PARAMETERS rto = { TCP_INITIAL_RTO_UNSPECIFIED_RTT, 1 };
    int seconds = 3;
    DWORD size;

    if (limit == LIMIT_MAXRT)
        ok_success( setsockopt( s, IPPROTO_TCP, TCP_MAXRT_OPTION, (char *)&seconds, sizeof( seconds ) ) );
    if (limit == LIMIT_SYN)
        ok_success( WSAIoctl( s, SIO_TCP_INITIAL_RTO, &rto, sizeof( rto ), NULL, 0, &size, NULL, NULL ) );
}

static DWORD WINAPI attempt_thread( void *arg )
{
    UINT i = (UINT_PTR)arg;
    struct sockaddr_in any = { AF_INET };
    SOCKET s = tcp_socket( AF_INET );
    WSANETWORKEVENTS events = { 0 };
    GUID guid = WSAID_CONNECTEX;
    LPFN_CONNECTEX connect_ex;
    OVERLAPPED ov = { 0 };
    DWORD start, size, flags;

    set_limit( s, attempts[i].limit );
    ov.hEvent = WSACreateEvent();
    start = GetTickCount();
    switch (attempts[i].way)
    {
    case WAY_BLOCKING:
        if (connect( s, (struct sockaddr *)&peer, sizeof( peer ) )) results[i].error = WSAGetLastError();
        break;
    case WAY_EVENT:
        ok_success( WSAEventSelect( s, ov.hEvent, FD_CONNECT ) );
        ok_error( connect( s, (struct sockaddr *)&peer, sizeof( peer ) ), WSAEWOULDBLOCK );
        WaitForSingleObject( ov.hEvent, 60000 );
        ok_success( WSAEnumNetworkEvents( s, ov.hEvent, &events ) );
        results[i].error = events.iErrorCode[FD_CONNECT_BIT];
        break;
    case WAY_CONNECTEX:
        ok_success( WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof( guid ), &connect_ex,
                              sizeof( connect_ex ), &size, NULL, NULL ) );
        ok_success( bind( s, (struct sockaddr *)&any, sizeof( any ) ) );
        ok( !connect_ex( s, (struct sockaddr *)&peer, sizeof( peer ), NULL, 0, NULL, &ov )
                && WSAGetLastError() == WSA_IO_PENDING,
            "%s: error %d\n", attempts[i].name, WSAGetLastError() );
        WaitForSingleObject( ov.hEvent, 60000 );
        if (!WSAGetOverlappedResult( s, &ov, &size, FALSE, &flags )) results[i].error = WSAGetLastError();
        break;
    }
    results[i].ms = GetTickCount() - start;
    closesocket( s );
    WSACloseEvent( ov.hEvent );
    return 0;
}

START_TEST( connect_time )
{
    const char *host = getenv( "WSURING_TEST_NETWORK" );
    HANDLE threads[ARRAY_SIZE( attempts )];
    UINT i;

    if (!host) return; /* not counted: tests/network counts */
    start_winsock();
    if (by_afd())
    {
        skip( "the wineserver's AFD tries for as long as the host does\n" );
        stop_winsock();
        return;
    }
    peer.sin_family = AF_INET;
    peer.sin_port = htons( PEER_PORT );
    peer.sin_addr.s_addr = inet_addr( host );
    change_world( "silent" );
    for (i = 0; i < ARRAY_SIZE( attempts ); i++)
        threads[i] = CreateThread( NULL, 0, attempt_thread, (void *)(UINT_PTR)i, 0, NULL );
    for (i = 0; i < ARRAY_SIZE( attempts ); i++)
    {
        ok( !WaitForSingleObject( threads[i], 70000 ), "%s: doesn't end\n", attempts[i].name );
        CloseHandle( threads[i] );
        ok( results[i].error == WSAETIMEDOUT, "%s: error %d\n", attempts[i].name, results[i].error );
        if (attempts[i].limit == LIMIT_NONE)
            ok( results[i].ms >= 12000 && results[i].ms < 60000, "%s: %lu ms\n", attempts[i].name, results[i].ms );
        else ok( results[i].ms < 12000, "%s: %lu ms\n", attempts[i].name, results[i].ms );
    }
    change_world( "mend" );
    stop_winsock();
}
