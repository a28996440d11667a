/*
 * A host with several addresses: run by tests/network, which makes one
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

#ifndef SO_BSP_STATE
#define SO_BSP_STATE 0x1009
#endif

#define ORDER_PORT   5002
#define WATCHED_PORT 5003
#define GROUP        "239.255.255.250"

static const char first[] = "10.9.0.1", second[] = "10.9.0.3", other[] = "10.9.2.1"; /* the second: of one interface */
static const char peer[] = "10.9.0.2", other_peer[] = "10.9.2.2";

static struct sockaddr_in address_of( const char *ip, int port )
{
    struct sockaddr_in addr = { AF_INET, htons( port ) };

    addr.sin_addr.s_addr = inet_addr( ip );
    return addr;
}

/* Has the peer do something (tests/network). Returns its answer. */
static const char *order( const char *text )
{
    static char answer[1000];
    static SOCKET s = INVALID_SOCKET;
    struct sockaddr_in addr = address_of( peer, ORDER_PORT );
    int ret;

    if (s == INVALID_SOCKET)
    {
        s = udp_socket( AF_INET );
        set_timeout( s, 5000 );
    }
    sendto( s, text, strlen( text ), 0, (struct sockaddr *)&addr, sizeof( addr ) );
    ret = recv( s, answer, sizeof( answer ) - 1, 0 );
    ok( ret >= 0, "no answer: %d\n", WSAGetLastError() );
    answer[max( ret, 0 )] = 0;
    return answer;
}

static void order_send( const char *to, const char *from, const char *text )
{
    char words[200];

    sprintf( words, "send %s %d %s %s", to, WATCHED_PORT, from, text );
    ok( !strcmp( order( words ), "done" ), "the peer can't\n" );
}

/* Has the peer seen it by now? Datagrams overtake each other only on their way here. */
static BOOL was_seen( const char *text )
{
    static char all[4000];
    unsigned int i;

    if (!text)
    {
        order( "seen" );
        all[0] = 0;
        return FALSE;
    }
    for (i = 0; i < 50; i++)
    {
        if (strlen( all ) < sizeof( all ) - 1100) strcat( strcat( all, ";" ), order( "seen" ) );
        if (strstr( all, text )) return TRUE;
        Sleep( 10 );
    }
    trace( "seen: %s\n", all );
    return FALSE;
}

static SOCKET bound_to( const char *ip, int port )
{
    struct sockaddr_in addr = address_of( ip, port );
    SOCKET s = udp_socket( AF_INET );
    int ret = bind( s, (struct sockaddr *)&addr, sizeof( addr ) );

    ok_unless_afd( !ret, "bind to %s: error %d\n", ip, WSAGetLastError() );
    set_timeout( s, 2000 );
    return s;
}

static int send_to( SOCKET s, const char *ip, const char *text )
{
    struct sockaddr_in addr = address_of( ip, WATCHED_PORT );

    return sendto( s, text, strlen( text ), 0, (struct sockaddr *)&addr, sizeof( addr ) );
}

/* What has arrived, "" for nothing. */
static const char *taken( SOCKET s, DWORD milliseconds )
{
    static char text[100];
    int ret;

    text[0] = 0;
    if (!wait_readable( s, milliseconds )) return text;
    ret = recv( s, text, sizeof( text ) - 1, 0 );
    if (ret < 0) sprintf( text, "error %d", WSAGetLastError() );
    else text[ret] = 0;
    return text;
}

/* ---- names */

static BOOL has_name( SOCKET s, const char *ip, int port )
{
    char buffer[sizeof( CSADDR_INFO ) + 2 * sizeof( SOCKADDR_STORAGE )];
    CSADDR_INFO *state = (CSADDR_INFO *)buffer;
    struct sockaddr_in want = address_of( ip, port ), name;
    int len = sizeof( name ), size = sizeof( buffer );

    memset( &name, 0xcc, sizeof( name ) );
    if (getsockname( s, (struct sockaddr *)&name, &len ) || name.sin_addr.s_addr != want.sin_addr.s_addr
        || ( port ? name.sin_port != want.sin_port : !name.sin_port ))
    {
        trace( "got %s, port %d\n", inet_ntoa( name.sin_addr ), ntohs( name.sin_port ) );
        return FALSE;
    }
    if (getsockopt( s, SOL_SOCKET, SO_BSP_STATE, buffer, &size )) return stock;
    return !memcmp( state->LocalAddr.lpSockaddr, &name, sizeof( name ) );
}

static void test_name( const char *ip, const char *to, int port )
{
    struct sockaddr_in addr = address_of( to, WATCHED_PORT ), none = { AF_UNSPEC };
    struct ip_mreq mreq;
    SOCKET s = bound_to( ip, port );
    int on = 1;

    winetest_push_context( "%s, port %d", ip, port );
    ok( has_name( s, ip, port ), "after bind\n" );
    mreq.imr_multiaddr.s_addr = inet_addr( GROUP );
    mreq.imr_interface.s_addr = inet_addr( ip );
    ok_success( setsockopt( s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&mreq, sizeof( mreq ) ) );
    ok( has_name( s, ip, port ), "after a join\n" );
    ok_call( send_to( s, to, "x" ), 1, 0 );
    ok( has_name( s, ip, port ), "after sendto\n" );
    ok_success( setsockopt( s, SOL_SOCKET, SO_BROADCAST, (char *)&on, sizeof( on ) ) );
    ok_call( send_to( s, "255.255.255.255", "x" ), 1, 0 );
    ok( has_name( s, ip, port ), "after a broadcast\n" );
    ok_success( connect( s, (struct sockaddr *)&addr, sizeof( addr ) ) );
    ok_unless_afd( has_name( s, ip, port ), "connected\n" );
    ok_call( send( s, "x", 1, 0 ), 1, 0 );
    ok_unless_afd( has_name( s, ip, port ), "after send\n" );
    ok_success( connect( s, (struct sockaddr *)&none, sizeof( none ) ) );
    ok_unless_afd( has_name( s, ip, port ), "disconnected\n" );
    closesocket( s );
    winetest_pop_context();
}

/* ---- broadcasts */

static void test_broadcast_peer( const char *to, BOOL bind_first )
{
    struct sockaddr_in addr = address_of( to, WATCHED_PORT ), any = { AF_INET }, name;
    int on = 1, off = 0, len = sizeof( name ), ret;
    SOCKET s = udp_socket( AF_INET );

    winetest_push_context( "%s, %sbound", to, bind_first ? "" : "not " );
    was_seen( NULL );
    if (bind_first) ok_success( bind( s, (struct sockaddr *)&any, sizeof( any ) ) );
    ret = connect( s, (struct sockaddr *)&addr, sizeof( addr ) );
    ok_unless_stock( !ret, "connect: error %d\n", WSAGetLastError() );
    if (ret) goto done;
    WSASetLastError( 0 );
    ret = send( s, "before", 6, 0 );
    ok_unless_afd( ret == -1 && WSAGetLastError() == WSAEACCES, "send: got %d, error %d\n", ret, WSAGetLastError() );
    ok_success( setsockopt( s, SOL_SOCKET, SO_BROADCAST, (char *)&on, sizeof( on ) ) );
    ok_call( send( s, "after", 5, 0 ), 5, 0 );
    ok( was_seen( "after" ), "not sent\n" );
    ok_success( setsockopt( s, SOL_SOCKET, SO_BROADCAST, (char *)&off, sizeof( off ) ) );
    WSASetLastError( 0 );
    ret = send( s, "again", 5, 0 );
    ok_unless_afd( ret == -1 && WSAGetLastError() == WSAEACCES, "send: got %d, error %d\n", ret, WSAGetLastError() );
    ok_success( getpeername( s, (struct sockaddr *)&name, &len ) );
    ok( name.sin_addr.s_addr == addr.sin_addr.s_addr, "got peer %s\n", inet_ntoa( name.sin_addr ) );
done:
    closesocket( s );
    winetest_pop_context();
}

static void test_bind_rules( void )
{
    static const char *const texts[] = { "10.9.0.255", "10.9.2.255", "10.9.0.0", "10.9.9.9" };
    unsigned int i;
    int type, ret;

    for (i = 0; i < ARRAY_SIZE( texts ); i++)
        for (type = SOCK_STREAM; type <= SOCK_DGRAM; type++)
        {
            struct sockaddr_in addr = address_of( texts[i], 0 );
            SOCKET s = socket( AF_INET, type, 0 );

            ret = bind( s, (struct sockaddr *)&addr, sizeof( addr ) );
            ok_unless_afd( ret == -1 && WSAGetLastError() == WSAEADDRNOTAVAIL, "%s, type %d: got %d, error %d\n",
                           texts[i], type, ret, WSAGetLastError() );
            closesocket( s );
        }
}

/* What is sent to all reaches a socket that is bound to one address of the interface. */
static void test_received( const char *ip, const char *from, const char *directed )
{
    const char *const destinations[] = { ip, "255.255.255.255", directed, GROUP };
    SOCKET s = bound_to( ip, WATCHED_PORT );
    struct ip_mreq mreq;
    unsigned int i;

    mreq.imr_multiaddr.s_addr = inet_addr( GROUP );
    mreq.imr_interface.s_addr = inet_addr( ip );
    ok_success( setsockopt( s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&mreq, sizeof( mreq ) ) );
    for (i = 0; i < ARRAY_SIZE( destinations ); i++)
    {
        winetest_push_context( "%s to %s", ip, destinations[i] );
        order_send( destinations[i], from, "hello" );
        ok( !strcmp( taken( s, 2000 ), "hello" ), "nothing has come\n" );
        winetest_pop_context();
    }
    closesocket( s );
}

/* ---- groups */

static int join( SOCKET s, int option, const char *ip )
{
    struct ip_mreq mreq;

    mreq.imr_multiaddr.s_addr = inet_addr( "224.0.0.251" );
    mreq.imr_interface.s_addr = inet_addr( ip );
    return setsockopt( s, IPPROTO_IP, option, (char *)&mreq, sizeof( mreq ) );
}

static void test_memberships( void )
{
    SOCKET s = bound_to( "0.0.0.0", 0 );
    int ret;

    ok_success( join( s, IP_ADD_MEMBERSHIP, first ) );
    ok_docs_error( join( s, IP_ADD_MEMBERSHIP, first ), WSAEADDRNOTAVAIL );
    ok_docs_error( join( s, IP_ADD_MEMBERSHIP, second ), WSAEADDRNOTAVAIL );
    ok_success( join( s, IP_ADD_MEMBERSHIP, other ) );
    ok_success( join( s, IP_DROP_MEMBERSHIP, other ) );
    ret = join( s, IP_DROP_MEMBERSHIP, other );
    ok_unless_afd( ret == -1 && WSAGetLastError() == WSAEADDRNOTAVAIL, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( s );
}

START_TEST( interfaces )
{
    start_winsock();
    if (!getenv( "WSURING_TEST_NETWORK" )) skip( "no network of its own\n" );
    else
    {
        test_name( first, peer, WATCHED_PORT );
        test_name( second, peer, WATCHED_PORT );
        test_name( other, other_peer, 0 );
        test_broadcast_peer( "255.255.255.255", FALSE );
        test_broadcast_peer( "10.9.0.255", TRUE );
        test_bind_rules();
        test_received( first, peer, "10.9.0.255" );
        test_received( other, other_peer, "10.9.2.255" );
        test_memberships();
    }
    stop_winsock();
}
