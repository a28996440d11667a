/*
 * Blocks of ports that are reserved at run time
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "SIO_ACQUIRE_PORT_RESERVATION control code", "SIO_ASSOCIATE_PORT_RESERVATION control code" and
 * "SIO_RELEASE_PORT_RESERVATION control code". Wine's own module has none of them.
 */

#include "sockets.h"
#include <mstcpip.h>

#define COUNT 4

struct instance
{
    INET_PORT_RANGE range;
    ULONG64 token;
};

static SOCKET make( int family, int type )
{
    return type == SOCK_STREAM ? tcp_socket( family ) : udp_socket( family );
}

static int acquire( SOCKET s, USHORT start, USHORT count, struct instance *instance )
{
    INET_PORT_RANGE range = { htons( start ), count };
    DWORD size;

    memset( instance, 0, sizeof( *instance ) );
    return WSAIoctl( s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof( range ), instance, sizeof( *instance ), &size,
                     NULL, NULL );
}

static int with_token( SOCKET s, DWORD code, ULONG64 token )
{
    DWORD size;

    return WSAIoctl( s, code, &token, sizeof( token ), NULL, 0, &size, NULL, NULL );
}

static int bind_to( SOCKET s, int family, USHORT port )
{
    union address addr;
    int len = loopback( &addr, family, port );

    return bind( s, &addr.any, len );
}

static USHORT port_of( SOCKET s )
{
    union address addr;
    int len = sizeof( addr );

    ok_success( getsockname( s, &addr.any, &len ) );
    return ntohs( addr.v4.sin_port );
}

static BOOL within( USHORT port, const struct instance *instance )
{
    return port >= ntohs( instance->range.StartPort )
           && port < ntohs( instance->range.StartPort ) + instance->range.NumberOfPorts;
}

/* Are all its ports kept from sockets that aren't associated? */
static void check_kept( int family, int type, const struct instance *instance, BOOL kept )
{
    unsigned int i;
    int ret;

    for (i = 0; i < instance->range.NumberOfPorts; i++)
    {
        SOCKET s = make( family, type );

        ret = bind_to( s, family, ntohs( instance->range.StartPort ) + i );
        if (kept)
            ok( ret && ( WSAGetLastError() == WSAEADDRINUSE || WSAGetLastError() == WSAEACCES ),
                "port %u: got %d, error %d\n", i, ret, WSAGetLastError() );
        else ok( !ret, "port %u: bind failed: %d\n", i, WSAGetLastError() );
        closesocket( s );
    }
}

static void test_block( int family, int type )
{
    SOCKET owner = make( family, type ), sockets[COUNT], other;
    struct instance instance, second;
    USHORT start, port;
    unsigned int i, j;

    winetest_push_context( "%s, %s", family_name( family ), type == SOCK_STREAM ? "TCP" : "UDP" );
    ok_success( acquire( owner, 0, COUNT, &instance ) );
    start = ntohs( instance.range.StartPort );
    ok( start && instance.range.NumberOfPorts == COUNT && instance.token, "got %u ports from %u\n",
        instance.range.NumberOfPorts, start );
    for (i = 0; i < family_count(); i++) check_kept( families[i], type, &instance, TRUE );
    check_kept( family, type == SOCK_STREAM ? SOCK_DGRAM : SOCK_STREAM, &instance, FALSE );
    ok( acquire( owner, start + COUNT - 1, 2, &second ), "reserved a port twice\n" );
    ok_success( acquire( owner, 0, 2, &second ) );
    ok( !within( ntohs( second.range.StartPort ), &instance ) && second.token != instance.token,
        "got the same again\n" );

    /* each gets one, and then there is none */
    for (i = 0; i < COUNT; i++)
    {
        sockets[i] = make( family, type );
        ok_success( with_token( sockets[i], SIO_ASSOCIATE_PORT_RESERVATION, instance.token ) );
        ok_success( bind_to( sockets[i], family, i == 2 ? start + 2 : 0 ) );
        port = port_of( sockets[i] );
        ok( within( port, &instance ), "got port %u\n", port );
        for (j = 0; j < i; j++) ok( port != port_of( sockets[j] ), "%u and %u have the same port\n", i, j );
    }
    other = make( family, type );
    ok_success( with_token( other, SIO_ASSOCIATE_PORT_RESERVATION, instance.token ) );
    ok_error( bind_to( other, family, 0 ), WSAENOBUFS );
    ok_error( bind_to( other, family, start - 1 ), WSAEADDRNOTAVAIL );
    check_kept( family, type, &instance, TRUE );

    /* a port comes back when its socket is closed */
    port = port_of( sockets[1] );
    closesocket( sockets[1] );
    check_kept( family, type, &instance, TRUE );
    ok_success( bind_to( other, family, 0 ) );
    ok( port_of( other ) == port, "got port %u, expected %u\n", port_of( other ), port );
    closesocket( other );

    /* a release frees the ports that no socket uses */
    ok_error( with_token( sockets[0], SIO_ASSOCIATE_PORT_RESERVATION, instance.token ), WSAEINVAL ); /* bound */
    ok_success( with_token( owner, SIO_RELEASE_PORT_RESERVATION, instance.token ) );
    ok_error( with_token( owner, SIO_RELEASE_PORT_RESERVATION, instance.token ), WSAEINVAL );
    other = make( family, type );
    ok_error( with_token( other, SIO_ASSOCIATE_PORT_RESERVATION, instance.token ), WSAEINVAL );
    ok_success( bind_to( other, family, port ) );
    ok( within( port_of( sockets[0] ), &instance ), "the socket has lost its port\n" );
    closesocket( other );
    for (i = 0; i < COUNT; i++)
        if (i != 1) closesocket( sockets[i] );
    check_kept( family, type, &instance, FALSE );

    /* and so does the end of the socket that has asked */
    check_kept( family, type, &second, TRUE );
    closesocket( owner );
    check_kept( family, type, &second, FALSE );
    winetest_pop_context();
}

/* A call that binds implicitly takes its port from there too. */
static void test_implicit( void )
{
    SOCKET owner = tcp_socket( AF_INET ), listener, s, a, b;
    struct instance instance;
    union address addr;
    int len;

    ok_success( acquire( owner, 0, 1, &instance ) );
    listener = tcp_listener( AF_INET, &addr, &len );
    s = tcp_socket( AF_INET );
    ok_success( with_token( s, SIO_ASSOCIATE_PORT_RESERVATION, instance.token ) );
    ok_success( connect( s, &addr.any, len ) );
    ok( within( port_of( s ), &instance ), "connect took port %u\n", port_of( s ) );
    closesocket( s );
    closesocket( listener );
    closesocket( owner );

    owner = udp_socket( AF_INET );
    ok_success( acquire( owner, 0, 1, &instance ) );
    udp_pair( AF_INET, &a, &b );
    len = sizeof( addr );
    ok_success( getsockname( a, &addr.any, &len ) );
    s = udp_socket( AF_INET );
    ok_success( with_token( s, SIO_ASSOCIATE_PORT_RESERVATION, instance.token ) );
    ok_call( sendto( s, "x", 1, 0, &addr.any, len ), 1, 0 );
    ok( within( port_of( s ), &instance ), "sendto took port %u\n", port_of( s ) );
    closesocket( s );
    closesocket( a );
    closesocket( b );
    closesocket( owner );
}

static void test_errors( void )
{
    SOCKET s = tcp_socket( AF_INET ), udp = udp_socket( AF_INET );
    struct instance instance;
    INET_PORT_RANGE range = { 0, 1 };
    DWORD size;

    ok_error( acquire( s, 0, 0, &instance ), WSAEINVAL );
    ok_error( acquire( s, 65530, 10, &instance ), WSAEINVAL );
    ok_error( WSAIoctl( s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof( range ) - 1, &instance, sizeof( instance ),
                        &size, NULL, NULL ),
              WSAEFAULT );
    ok_error( WSAIoctl( s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof( range ), &instance, sizeof( instance ) - 1,
                        &size, NULL, NULL ),
              WSAEFAULT );
    ok_error( WSAIoctl( s, SIO_ACQUIRE_PORT_RESERVATION, bad_page(), sizeof( range ), &instance, sizeof( instance ),
                        &size, NULL, NULL ),
              WSAEFAULT );
    ok_error( WSAIoctl( s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof( range ), bad_page(), sizeof( instance ), &size,
                        NULL, NULL ),
              WSAEFAULT );
    ok_error( with_token( s, SIO_ASSOCIATE_PORT_RESERVATION, 0 ), WSAEINVAL );
    ok_error( with_token( s, SIO_RELEASE_PORT_RESERVATION, 0x1234567890ull ), WSAEINVAL );
    ok_success( acquire( s, 0, 1, &instance ) );
    ok_error( with_token( udp, SIO_ASSOCIATE_PORT_RESERVATION, instance.token ), WSAEINVAL ); /* the other protocol */
    closesocket( s );
    ok_error( with_token( udp, SIO_RELEASE_PORT_RESERVATION, instance.token ), WSAEINVAL );
    closesocket( udp );
}

START_TEST( port_reservation )
{
    struct instance instance;
    unsigned int i;
    SOCKET s;

    start_winsock();
    s = tcp_socket( AF_INET );
    ok_docs( acquire( s, 0, 1, &instance ), 0, 0 );
    closesocket( s );
    if (!stock)
    {
        for (i = 0; i < family_count(); i++)
        {
            test_block( families[i], SOCK_STREAM );
            test_block( families[i], SOCK_DGRAM );
        }
        test_implicit();
        test_errors();
    }
    stop_winsock();
}
