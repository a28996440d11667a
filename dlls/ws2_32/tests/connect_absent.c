/*
 * Connecting to an address of an own network that no machine has
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "connect function" and "LPFN_CONNECTEX callback function" (WSAETIMEDOUT). Nobody answers to ARP,
 * which is no error on Windows: it tries until the time of the connect is over. Linux, and so stock, gives up earlier,
 * with WSAEHOSTUNREACH. tests/network makes ARP fail fast, and has a router that knows no way to 10.8.0.0/24.
 */

#include "sockets.h"

#define PEER_PORT        5000 /* see tests/network */
#define TCP_MAXRT_OPTION 5

enum way
{
    WAY_BLOCKING,
    WAY_SELECT,
    WAY_POLL,
    WAY_EVENT,
    WAY_CONNECTEX,
    WAY_BYNAME,
};

static const struct attempt
{
    const char *name;
    enum way way;
    const char *addr;
    int family;
    int maxrt; /* TCP_MAXRT, s */
    int error;
} attempts[] = {
    { "blocking", WAY_BLOCKING, "10.9.0.99", AF_INET, 0, WSAETIMEDOUT },
    { "select", WAY_SELECT, "10.9.0.99", AF_INET, 0, WSAETIMEDOUT },
    { "WSAPoll", WAY_POLL, "10.9.0.98", AF_INET, 0, WSAETIMEDOUT },
    { "event", WAY_EVENT, "10.9.0.99", AF_INET, 0, WSAETIMEDOUT },
    { "ConnectEx", WAY_CONNECTEX, "10.9.0.99", AF_INET, 0, WSAETIMEDOUT },
    { "WSAConnectByName", WAY_BYNAME, "10.9.0.97", AF_INET, 0, WSAETIMEDOUT },
    { "blocking, TCP_MAXRT", WAY_BLOCKING, "10.9.0.99", AF_INET, 2, WSAETIMEDOUT },
    { "event, TCP_MAXRT", WAY_EVENT, "10.9.0.99", AF_INET, 2, WSAETIMEDOUT },
    { "an IPv4 address on IPv6", WAY_EVENT, "::ffff:10.9.0.99", AF_INET6, 0, WSAETIMEDOUT },
    { "IPv6", WAY_BLOCKING, "fd09:9::99", AF_INET6, 0, WSAETIMEDOUT },
    { "IPv6, event", WAY_EVENT, "fd09:9::99", AF_INET6, 0, WSAETIMEDOUT },
    { "IPv6, ConnectEx", WAY_CONNECTEX, "fd09:9::98", AF_INET6, 0, WSAETIMEDOUT },
    { "behind a router", WAY_BLOCKING, "10.8.0.1", AF_INET, 0, WSAEHOSTUNREACH },
    { "no way", WAY_BLOCKING, "192.0.2.1", AF_INET, 0, WSAENETUNREACH },
};

static int errors[ARRAY_SIZE( attempts )];

static int make_address( const struct attempt *attempt, SOCKADDR_STORAGE *addr )
{
    int len = sizeof( *addr );

    memset( addr, 0, sizeof( *addr ) );
    ok_success( WSAStringToAddressA( (char *)attempt->addr, attempt->family, NULL, (struct sockaddr *)addr, &len ) );
    ( (struct sockaddr_in *)addr )->sin_port = htons( PEER_PORT );
    return len;
}

static int socket_error( SOCKET s )
{
    int error = 0, len = sizeof( error );

    ok_success( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&error, &len ) );
    return error;
}

static int hops_of( SOCKET s )
{
    int hops = 0, len = sizeof( hops );

    ok_success( getsockopt( s, IPPROTO_IP, IP_TTL, (char *)&hops, &len ) );
    return hops;
}

static int end_of_connect( const struct attempt *attempt, SOCKET s, const SOCKADDR_STORAGE *addr, int len )
{
    SOCKADDR_STORAGE any = { .ss_family = attempt->family };
    WSAPOLLFD polled = { .fd = s, .events = POLLOUT };
    WSANETWORKEVENTS events = { 0 };
    GUID guid = WSAID_CONNECTEX;
    struct timeval limit = { 60 };
    LPFN_CONNECTEX connect_ex;
    OVERLAPPED ov = { 0 };
    DWORD size, flags;
    u_long on = 1;
    fd_set failed;
    int error = 0;

    switch (attempt->way)
    {
    case WAY_BLOCKING: return connect( s, (struct sockaddr *)addr, len ) ? WSAGetLastError() : 0;
    case WAY_BYNAME:
        return WSAConnectByNameA( s, (char *)attempt->addr, "5000", NULL, NULL, NULL, NULL, NULL, NULL )
                   ? 0
                   : WSAGetLastError();
    case WAY_SELECT:
    case WAY_POLL:
        ok_success( ioctlsocket( s, FIONBIO, &on ) );
        ok_error( connect( s, (struct sockaddr *)addr, len ), WSAEWOULDBLOCK );
        FD_ZERO( &failed );
        FD_SET( s, &failed );
        if (attempt->way == WAY_SELECT)
            ok( select( 0, NULL, NULL, &failed, &limit ) == 1, "%s: doesn't end\n", attempt->name );
        else ok( WSAPoll( &polled, 1, 60000 ) == 1, "%s: doesn't end\n", attempt->name );
        return socket_error( s );
    case WAY_EVENT:
        ov.hEvent = WSACreateEvent();
        ok_success( WSAEventSelect( s, ov.hEvent, FD_CONNECT ) );
        ok_error( connect( s, (struct sockaddr *)addr, len ), WSAEWOULDBLOCK );
        WaitForSingleObject( ov.hEvent, 60000 );
        ok_success( WSAEnumNetworkEvents( s, ov.hEvent, &events ) );
        error = events.iErrorCode[FD_CONNECT_BIT];
        break;
    case WAY_CONNECTEX:
        ov.hEvent = WSACreateEvent();
        ok_success( WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof( guid ), &connect_ex,
                              sizeof( connect_ex ), &size, NULL, NULL ) );
        ok_success( bind( s, (struct sockaddr *)&any, len ) );
        ok( !connect_ex( s, (struct sockaddr *)addr, len, NULL, 0, NULL, &ov ) && WSAGetLastError() == WSA_IO_PENDING,
            "%s: error %d\n", attempt->name, WSAGetLastError() );
        WaitForSingleObject( ov.hEvent, 60000 );
        if (!WSAGetOverlappedResult( s, &ov, &size, FALSE, &flags )) error = WSAGetLastError();
        break;
    }
    WSACloseEvent( ov.hEvent );
    return error;
}

static DWORD WINAPI attempt_thread( void *arg )
{
    const struct attempt *attempt = attempts + (UINT_PTR)arg;
    SOCKET s = tcp_socket( attempt->family );
    int off = FALSE, len;
    SOCKADDR_STORAGE addr;

    len = make_address( attempt, &addr );
    if (attempt->family == AF_INET6)
        ok_success( setsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof( off ) ) );
    if (attempt->maxrt)
        ok_success( setsockopt( s, IPPROTO_TCP, TCP_MAXRT_OPTION, (char *)&attempt->maxrt, sizeof( attempt->maxrt ) ) );
    errors[(UINT_PTR)arg] = end_of_connect( attempt, s, &addr, len );
    closesocket( s );
    return 0;
}

/* A connect to somebody who is there leaves nothing behind, nor does one to nobody. */
static void test_afterwards( const struct sockaddr_in *peer )
{
    struct sockaddr_in absent = { .sin_family = AF_INET, .sin_port = htons( PEER_PORT ) };
    SOCKET s = tcp_socket( AF_INET );
    int hops = hops_of( s ), own = 77;

    ok_success( connect( s, (struct sockaddr *)peer, sizeof( *peer ) ) );
    ok( hops_of( s ) == hops, "%d hops, then %d\n", hops, hops_of( s ) );
    closesocket( s );

    s = tcp_socket( AF_INET );
    absent.sin_addr.s_addr = inet_addr( "10.9.0.96" );
    ok_success( setsockopt( s, IPPROTO_IP, IP_TTL, (char *)&own, sizeof( own ) ) );
    ok_error( connect( s, (struct sockaddr *)&absent, sizeof( absent ) ), WSAETIMEDOUT );
    ok( hops_of( s ) == own, "%d hops\n", hops_of( s ) );
    ok_success( connect( s, (struct sockaddr *)peer, sizeof( *peer ) ) );
    ok( hops_of( s ) == own, "%d hops\n", hops_of( s ) );
    closesocket( s );
}

/* A socket of IPv6 that has tried goes anywhere, too. */
static void test_ipv6_afterwards( void )
{
    struct sockaddr_in6 own = { .sin6_family = AF_INET6 }, absent;
    SOCKET listener = tcp_socket( AF_INET6 ), s = tcp_socket( AF_INET6 ), accepted;
    int len = sizeof( own );

    own.sin6_addr.s6_addr[15] = 1;
    absent = own;
    inet_pton( AF_INET6, "fd09:9::97", &absent.sin6_addr );
    absent.sin6_port = htons( PEER_PORT );
    ok_success( bind( listener, (struct sockaddr *)&own, sizeof( own ) ) );
    ok_success( getsockname( listener, (struct sockaddr *)&own, &len ) );
    ok_success( listen( listener, 1 ) );
    ok_error( connect( s, (struct sockaddr *)&absent, sizeof( absent ) ), WSAETIMEDOUT );
    ok_success( connect( s, (struct sockaddr *)&own, sizeof( own ) ) );
    accepted = accept( listener, NULL, NULL );
    ok( accepted != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    closesocket( accepted );
    closesocket( s );
    closesocket( listener );
}

START_TEST( connect_absent )
{
    const char *host = getenv( "WSURING_TEST_NETWORK" );
    struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons( PEER_PORT ) };
    HANDLE threads[ARRAY_SIZE( attempts )];
    UINT i;

    if (!host) return; /* not counted: tests/network counts */
    start_winsock();
    if (by_afd())
    {
        skip( "the wineserver's AFD has the host's error\n" );
        stop_winsock();
        return;
    }
    peer.sin_addr.s_addr = inet_addr( host );
    change_world( "absent" );
    for (i = 0; i < ARRAY_SIZE( attempts ); i++)
        threads[i] = CreateThread( NULL, 0, attempt_thread, (void *)(UINT_PTR)i, 0, NULL );
    for (i = 0; i < ARRAY_SIZE( attempts ); i++)
    {
        ok( !WaitForSingleObject( threads[i], 70000 ), "%s: doesn't end\n", attempts[i].name );
        CloseHandle( threads[i] );
        ok( errors[i] == attempts[i].error, "%s: error %d\n", attempts[i].name, errors[i] );
    }
    test_afterwards( &peer );
    test_ipv6_afterwards();
    change_world( "mend" );
    stop_winsock();
}
