/*
 * Options over the life of a socket: accepted, connected again, reset, and what they do
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#ifndef SO_BSP_STATE
#define SO_BSP_STATE 0x1009
#endif

#define OWN_SO_RANDOMIZE_PORT    0x3005
#define OWN_SO_PORT_SCALABILITY  0x3006
#define OWN_SO_REUSE_UNICASTPORT 0x3007
#define OWN_TCP_KEEPIDLE         3

static const struct setting
{
    int level, name;
    DWORD value;
} settings[] = {
    { SOL_SOCKET, SO_KEEPALIVE, 1 },   { SOL_SOCKET, SO_OOBINLINE, 1 },   { SOL_SOCKET, SO_LINGER, MAKELONG( 1, 17 ) },
    { SOL_SOCKET, SO_RCVTIMEO, 1500 }, { SOL_SOCKET, SO_SNDTIMEO, 2500 }, { SOL_SOCKET, SO_RCVBUF, 70000 },
    { SOL_SOCKET, SO_SNDBUF, 70000 },  { IPPROTO_TCP, TCP_NODELAY, 1 },   { IPPROTO_IP, IP_TTL, 33 },
};

static void set_all( SOCKET s )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( settings ); i++)
        ok_success( setsockopt( s, settings[i].level, settings[i].name, (char *)&settings[i].value, sizeof( DWORD ) ) );
}

static void check_all( SOCKET s, const char *what )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( settings ); i++)
    {
        DWORD value = 0;
        int len = sizeof( value );

        ok_success( getsockopt( s, settings[i].level, settings[i].name, (char *)&value, &len ) );
        ok_unless_afd( value == settings[i].value, "%s: option %d, %x is %lx, not %lx\n", what, settings[i].level,
                       settings[i].name, value, settings[i].value );
    }
}

/* An accepted socket has the options of the one that listens. */
static void test_accepted( void )
{
    union address addr;
    SOCKET listener, client, server;
    int len;

    listener = tcp_listener( AF_INET, &addr, &len );
    set_all( listener );
    client = tcp_socket( AF_INET );
    ok_success( connect( client, &addr.any, len ) );
    server = accept( listener, NULL, NULL );
    ok( server != INVALID_SOCKET, "accept failed: %d\n", WSAGetLastError() );
    check_all( server, "accepted" );
    closesocket( server );
    closesocket( client );
    closesocket( listener );
}

/* An address of loopback where nobody listens. */
static void nobody( union address *addr, int *len )
{
    SOCKET s = tcp_socket( AF_INET );

    *len = loopback( addr, AF_INET, 0 );
    ok_success( bind( s, &addr->any, *len ) );
    ok_success( getsockname( s, &addr->any, len ) );
    closesocket( s );
}

/* A socket that is connected again after a failure is still the same. */
static void test_connected_again( void )
{
    union address none, addr;
    SOCKET listener, client;
    int none_len, len, ret;

    listener = tcp_listener( AF_INET, &addr, &len );
    nobody( &none, &none_len );
    client = tcp_socket( AF_INET );
    set_all( client );
    ok_error( connect( client, &none.any, none_len ), WSAECONNREFUSED );
    ret = connect( client, &addr.any, len );
    ok_unless_stock( !ret, "can't be connected again: %d\n", WSAGetLastError() );
    if (!ret) check_all( client, "connected again" );
    closesocket( client );
    closesocket( listener );
}

static int get_error( SOCKET s )
{
    int error = -1, len = sizeof( error );

    ok_success( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&error, &len ) );
    return error;
}

/* SO_ERROR reports a reset, and receives still do so afterwards. */
static void test_reset( void )
{
    struct linger linger = { 1, 0 };
    SOCKET client, server;
    char buffer[4];
    int i, error;

    tcp_socketpair( &client, &server );
    ok( !get_error( client ), "an error at first\n" );
    ok_success( setsockopt( server, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
    closesocket( server );
    for (i = 0; i < 100 && !( error = get_error( client ) ); i++) Sleep( 10 );
    /* stock: the server says it and forgets it, or has lost it to a poll of its own */
    ok_unless_afd( error == WSAECONNRESET, "got %d\n", error );
    set_timeout( client, 1000 );
    error = recv( client, buffer, sizeof( buffer ), 0 ) ? WSAGetLastError() : 0;
    ok_unless_afd( error == WSAECONNRESET, "recv: got %d\n", error );
    closesocket( client );
}

/* SO_ERROR of a refused datagram: once. And of a failed connect. */
static void test_refused( void )
{
    union address none;
    fd_set except;
    struct timeval timeout = { 3, 0 };
    SOCKET s;
    int len, error;

    nobody( &none, &len );
    s = tcp_socket( AF_INET );
    set_blocking( s, FALSE );
    ok_error( connect( s, &none.any, len ), WSAEWOULDBLOCK );
    FD_ZERO( &except );
    FD_SET( s, &except );
    ok( select( 0, NULL, NULL, &except, &timeout ) == 1, "no exception\n" );
    error = get_error( s );
    ok( error == WSAECONNREFUSED, "got %d\n", error );
    closesocket( s );
}

/* Hints about ports come before the port. */
static void test_port_choice( void )
{
    static const int names[] = { OWN_SO_RANDOMIZE_PORT, OWN_SO_PORT_SCALABILITY };
    union address addr, peer;
    SOCKET s, listener;
    DWORD on = 1;
    unsigned int i;
    int len;

    for (i = 0; i < ARRAY_SIZE( names ); i++)
    {
        s = tcp_socket( AF_INET );
        ok_success( setsockopt( s, SOL_SOCKET, names[i], (char *)&on, sizeof( on ) ) );
        len = loopback( &addr, AF_INET, 0 );
        ok_success( bind( s, &addr.any, len ) );
        ok_docs_error( setsockopt( s, SOL_SOCKET, names[i], (char *)&on, sizeof( on ) ), WSAEINVAL );
        closesocket( s );
    }
    s = tcp_socket( AF_INET );
    ok_success( setsockopt( s, SOL_SOCKET, OWN_SO_REUSE_UNICASTPORT, (char *)&on, sizeof( on ) ) );
    ok_docs_error( setsockopt( s, SOL_SOCKET, OWN_SO_RANDOMIZE_PORT, (char *)&on, sizeof( on ) ), WSAEINVAL );
    /* bound without a port so far; connected with one */
    listener = tcp_listener( AF_INET, &peer, &len );
    len = loopback( &addr, AF_INET, 0 );
    ok_success( bind( s, &addr.any, len ) );
    ok_success( connect( s, &peer.any, len ) );
    len = sizeof( addr );
    ok_success( getsockname( s, &addr.any, &len ) );
    ok( addr.v4.sin_port, "no port\n" );
    closesocket( s );
    closesocket( listener );

    /* a datagram socket can be sent to at once */
    s = udp_socket( AF_INET );
    ok_success( setsockopt( s, SOL_SOCKET, OWN_SO_REUSE_UNICASTPORT, (char *)&on, sizeof( on ) ) );
    len = loopback( &addr, AF_INET, 0 );
    ok_success( bind( s, &addr.any, len ) );
    len = sizeof( addr );
    ok_success( getsockname( s, &addr.any, &len ) );
    ok( addr.v4.sin_port, "no port\n" );
    closesocket( s );
}

/* Time-outs as set are what is done, and what is said. */
static void test_timeouts( void )
{
    SOCKET a, b;
    DWORD start, value, timeout = 120;
    char buffer[4];
    int len, i;

    tcp_socketpair( &a, &b );
    for (i = 0; i < 2; i++)
    {
        ok_success( setsockopt( a, SOL_SOCKET, SO_RCVTIMEO, (char *)&timeout, sizeof( timeout ) ) );
        value = 0;
        len = sizeof( value );
        ok_success( getsockopt( a, SOL_SOCKET, SO_RCVTIMEO, (char *)&value, &len ) );
        ok( value == timeout, "got %lu\n", value );
        start = GetTickCount();
        ok_error( recv( a, buffer, sizeof( buffer ), 0 ), WSAETIMEDOUT );
        ok( GetTickCount() - start >= timeout - 20, "%lu ms, not %lu\n", GetTickCount() - start, timeout );
        timeout = 60;
    }
    closesocket( a );
    closesocket( b );
}

/* SO_BSP_STATE: both addresses, behind the structure that points to them */
static void test_bsp_state( int family )
{
    union
    {
        CSADDR_INFO info;
        char bytes[256];
    } state;
    union address local, remote;
    int len, needed, addr_len = loopback( &local, family, 0 );
    SOCKET a, b;

    winetest_push_context( "%s", family_name( family ) );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    len = sizeof( local );
    ok_success( getsockname( a, &local.any, &len ) );
    len = sizeof( remote );
    ok_success( getpeername( a, &remote.any, &len ) );
    needed = sizeof( state );
    ok_docs( getsockopt( a, SOL_SOCKET, SO_BSP_STATE, state.bytes, &needed ), 0, 0 );
    if (!stock)
    {
        ok( state.info.iSocketType == SOCK_STREAM && state.info.iProtocol == IPPROTO_TCP, "got type %d, protocol %d\n",
            state.info.iSocketType, state.info.iProtocol );
        ok( state.info.LocalAddr.iSockaddrLength == addr_len
                && !memcmp( state.info.LocalAddr.lpSockaddr, &local, addr_len ),
            "another local address\n" );
        ok( state.info.RemoteAddr.iSockaddrLength == addr_len
                && !memcmp( state.info.RemoteAddr.lpSockaddr, &remote, addr_len ),
            "another peer\n" );
        ok( (char *)state.info.RemoteAddr.lpSockaddr + addr_len <= state.bytes + needed,
            "the address lies behind the end\n" );
        /* what there is room for is what is said, also if it's too little */
        ok( needed == sizeof( state ), "got length %d\n", needed );
        len = sizeof( CSADDR_INFO );
        ok_error( getsockopt( a, SOL_SOCKET, SO_BSP_STATE, state.bytes, &len ), WSAEFAULT );
        ok( len == sizeof( CSADDR_INFO ), "got length %d\n", len );
        needed = len = sizeof( CSADDR_INFO ) + ( ( addr_len + 7 ) & ~7 ) + addr_len;
        ok_success( getsockopt( a, SOL_SOCKET, SO_BSP_STATE, state.bytes, &len ) );
        ok( len == needed, "got length %d\n", len );
        len = needed - 1;
        ok_error( getsockopt( a, SOL_SOCKET, SO_BSP_STATE, state.bytes, &len ), WSAEFAULT );
        ok( len == needed - 1, "got length %d\n", len );
    }
    closesocket( a );
    closesocket( b );
    a = udp_socket( family );
    len = sizeof( state );
    ok_docs( getsockopt( a, SOL_SOCKET, SO_BSP_STATE, state.bytes, &len ), 0, 0 );
    ok_unless_stock( !state.info.LocalAddr.lpSockaddr && !state.info.RemoteAddr.lpSockaddr
                         && state.info.iSocketType == SOCK_DGRAM,
                     "it has addresses\n" );
    closesocket( a );
    winetest_pop_context();
}

START_TEST( option_state )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++) test_bsp_state( families[i] );
    test_accepted();
    test_connected_again();
    test_reset();
    test_refused();
    test_port_choice();
    test_timeouts();
    stop_winsock();
}
