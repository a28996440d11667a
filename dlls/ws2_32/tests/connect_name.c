/*
 * WSAConnectByName: both families on one socket, non-blocking sockets, bad input
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the page "WSAConnectByNameW function".
 */

#include "sockets.h"

static char port[8];

/* The error, 0 for success */
static int connect_to( SOCKET s, const char *node )
{
    return WSAConnectByNameA( s, (char *)node, port, NULL, NULL, NULL, NULL, NULL, NULL ) ? 0 : WSAGetLastError();
}

/* "To enable both IPv6 and IPv4 communications", IPV6_V6ONLY is turned off. */
static void test_both_families( void )
{
    static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    DWORD off = 0;
    union address addr;
    SOCKET s;
    int error, len = sizeof( addr );

    s = tcp_socket( AF_INET6 );
    error = connect_to( s, "127.0.0.1" );
    ok( error == WSAHOST_NOT_FOUND, "IPv6 only: got error %d\n", error );
    closesocket( s );

    s = tcp_socket( AF_INET6 );
    ok_success( setsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof( off ) ) );
    error = connect_to( s, "127.0.0.1" );
    ok( !error, "got error %d\n", error );
    ok_success( getpeername( s, &addr.any, &len ) );
    ok( addr.v6.sin6_family == AF_INET6 && !memcmp( &addr.v6.sin6_addr, mapped, sizeof( mapped ) ),
        "got another peer\n" );
    closesocket( s );
    s = tcp_socket( AF_INET6 );
    ok_success( setsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof( off ) ) );
    error = connect_to( s, "localhost" );
    ok( !error, "got error %d\n", error );
    closesocket( s );
}

/* "WSAConnectByName will block even if the socket is in non-blocking mode": the socket keeps its mode, with a time-out
 * and without */
static void test_mode( SOCKET listener, const union address *addr, int len )
{
    static const struct
    {
        BOOL nonblocking, by_list, with_timeout;
    } tests[] = {
        { FALSE, FALSE, FALSE }, { FALSE, FALSE, TRUE }, { FALSE, TRUE, FALSE }, { FALSE, TRUE, TRUE },
        { TRUE, FALSE, FALSE },  { TRUE, FALSE, TRUE },  { TRUE, TRUE, FALSE },  { TRUE, TRUE, TRUE },
    };
    SOCKET_ADDRESS_LIST list = { 1, { { (struct sockaddr *)&addr->any, len } } };
    struct timeval timeout = { 20, 0 }, *time;
    unsigned int i;
    BOOL ret;
    SOCKET s, server = INVALID_SOCKET;
    char c;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%u", i );
        s = tcp_socket( AF_INET );
        if (tests[i].nonblocking) set_blocking( s, FALSE );
        else set_timeout( s, 100 );
        time = tests[i].with_timeout ? &timeout : NULL;
        if (tests[i].by_list) ret = WSAConnectByList( s, &list, NULL, NULL, NULL, NULL, time, NULL );
        else ret = WSAConnectByNameA( s, (char *)"localhost", port, NULL, NULL, NULL, NULL, time, NULL );
        ok( ret, "got error %d\n", WSAGetLastError() );
        ok_error( recv( s, &c, 1, 0 ), tests[i].nonblocking ? WSAEWOULDBLOCK : WSAETIMEDOUT );
        if (ret) server = accept( listener, NULL, NULL ); /* its backlog is short */
        closesocket( s );
        if (ret) closesocket( server );
        winetest_pop_context();
    }
}

/* The names that are returned: the local one without its port. Datagram sockets can't be connected so. */
static void test_names( SOCKET listener )
{
    union address local, remote, name;
    DWORD local_len = sizeof( local ), remote_len = sizeof( remote );
    int len = sizeof( name );
    SOCKET s = tcp_socket( AF_INET );

    memset( &local, 0xcc, sizeof( local ) );
    ok( WSAConnectByNameA( s, (char *)"localhost", port, &local_len, &local.any, &remote_len, &remote.any, NULL, NULL ),
        "got error %d\n", WSAGetLastError() );
    ok_success( getsockname( s, &name.any, &len ) );
    ok( local_len == sizeof( local.v4 ) && remote_len == sizeof( remote.v4 ), "got %lu, %lu\n", local_len, remote_len );
    ok( local.v4.sin_addr.s_addr == name.v4.sin_addr.s_addr && !local.v4.sin_port, "got port %d\n",
        ntohs( local.v4.sin_port ) );
    ok( ntohs( remote.v4.sin_port ) == atoi( port ), "got port %d\n", ntohs( remote.v4.sin_port ) );
    closesocket( s );
    closesocket( accept( listener, NULL, NULL ) );

    s = socket( AF_INET, SOCK_DGRAM, 0 );
    ok( connect_to( s, "localhost" ) == WSAEINVAL, "datagrams: got error %d\n", WSAGetLastError() );
    closesocket( s );
}

static void test_bad_input( void )
{
    static char longname[70000];
    static WCHAR longnamew[70000];
    char *bad = bad_page(), local[] = "localhost";
    WCHAR localw[] = L"localhost", portw[] = L"80";
    struct timeval timeout = { 1, 0 }, negative = { -1, 0 };
    SOCKET s = tcp_socket( AF_INET );
    WSAOVERLAPPED overlapped = { 0 };
    unsigned int i;

#define fails( call, expect )                                                                                          \
    do                                                                                                                 \
    {                                                                                                                  \
        BOOL ret_ = ( call );                                                                                          \
        ok( !ret_ && WSAGetLastError() == ( expect ), "%s: got %d, error %d\n", #call, ret_, WSAGetLastError() );      \
    } while (0)
    memset( longname, 'a', sizeof( longname ) - 1 );
    for (i = 0; i < ARRAY_SIZE( longnamew ) - 1; i++) longnamew[i] = 'a';
    fails( WSAConnectByNameA( s, NULL, port, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEINVAL );
    fails( WSAConnectByNameA( s, local, NULL, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEINVAL );
    fails( WSAConnectByNameW( s, NULL, portw, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEINVAL );
    fails( WSAConnectByNameW( s, localw, NULL, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEINVAL );
    fails( WSAConnectByNameA( s, local, port, NULL, NULL, NULL, NULL, &timeout, &overlapped ), WSAEINVAL );
    fails( WSAConnectByNameA( s, bad, port, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEFAULT );
    fails( WSAConnectByNameA( s, local, bad, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEFAULT );
    fails( WSAConnectByNameW( s, (WCHAR *)bad, portw, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEFAULT );
    fails( WSAConnectByNameW( s, localw, (WCHAR *)bad, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEFAULT );
    fails( WSAConnectByNameA( s, local, port, NULL, NULL, NULL, NULL, (struct timeval *)bad, NULL ), WSAEFAULT );
    fails( WSAConnectByNameA( s, local, port, NULL, NULL, NULL, NULL, &negative, NULL ), WSAEINVAL );
    fails( WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)bad, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEINVAL );
    fails( WSAConnectByNameA( s, longname, port, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEINVAL );
    fails( WSAConnectByNameW( s, longnamew, portw, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAHOST_NOT_FOUND );
    fails( WSAConnectByNameA( s, local, (char *)"nosuchservice", NULL, NULL, NULL, NULL, &timeout, NULL ),
           WSATYPE_NOT_FOUND );
    closesocket( s );
}

START_TEST( connect_name )
{
    union address addr;
    SOCKET listener;
    int len;

    ok_unless_stock( !stock, "Wine's own crashes\n" );
    if (stock) return;
    start_winsock();
    listener = tcp_listener( AF_INET, &addr, &len );
    sprintf( port, "%u", ntohs( addr.v4.sin_port ) );
    if (family_count() > 1) test_both_families();
    test_mode( listener, &addr, len );
    test_names( listener );
    test_bad_input();
    closesocket( listener );
    stop_winsock();
}
