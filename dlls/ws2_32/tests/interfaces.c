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
    BOOL off = FALSE;
    DWORD count;

    ok_unless_afd( !ret, "bind to %s: error %d\n", ip, WSAGetLastError() );
    WSAIoctl( s, SIO_UDP_CONNRESET, &off, sizeof( off ), NULL, 0, &count, NULL, NULL ); /* the peer has few ports */
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

/* The address it is bound to is the source of what it sends, also by WSASendTo with several buffers and with an
 * OVERLAPPED. */
static void test_source( const char *ip, const char *to, int port )
{
    WSABUF buffers[2] = { { 5, (char *)"two b" }, { 6, (char *)"uffers" } };
    struct sockaddr_in addr = address_of( to, WATCHED_PORT );
    SOCKET s = bound_to( ip, port );
    char expect[40];
    OVERLAPPED ov = { 0 };
    DWORD count;

    winetest_push_context( "%s, port %d", ip, port );
    was_seen( NULL );
    ok_call( send_to( s, to, "plain" ), 5, 0 );
    sprintf( expect, "%s plain", ip );
    ok_unless_afd( was_seen( expect ), "another source\n" );
    ok_success( WSASendTo( s, buffers, 2, &count, 0, (struct sockaddr *)&addr, sizeof( addr ), NULL, NULL ) );
    sprintf( expect, "%s two buffers", ip );
    ok_unless_afd( was_seen( expect ), "another source\n" );
    ov.hEvent = CreateEventA( NULL, TRUE, FALSE, NULL );
    if (WSASendTo( s, buffers, 1, NULL, 0, (struct sockaddr *)&addr, sizeof( addr ), &ov, NULL ))
        ok( WSAGetLastError() == WSA_IO_PENDING, "got error %d\n", WSAGetLastError() );
    ok( !WaitForSingleObject( ov.hEvent, 3000 ), "it goes on\n" );
    sprintf( expect, "%s two b", ip );
    ok_unless_afd( was_seen( expect ), "another source\n" );
    CloseHandle( ov.hEvent );
    closesocket( s );
    winetest_pop_context();
}

/* ---- broadcasts */

/* was_on: SO_BROADCAST was on for a while before. Wine 10.0's own test has it that send may go on then. */
static void test_broadcast_peer( const char *to, BOOL bind_first, BOOL was_on )
{
    struct sockaddr_in addr = address_of( to, WATCHED_PORT ), any = { AF_INET }, name;
    int on = 1, off = 0, len = sizeof( name ), ret;
    SOCKET s = udp_socket( AF_INET );

    winetest_push_context( "%s, %sbound%s", to, bind_first ? "" : "not ", was_on ? ", was on" : "" );
    was_seen( NULL );
    if (bind_first) ok_success( bind( s, (struct sockaddr *)&any, sizeof( any ) ) );
    if (was_on)
    {
        ok_success( setsockopt( s, SOL_SOCKET, SO_BROADCAST, (char *)&on, sizeof( on ) ) );
        ok_success( setsockopt( s, SOL_SOCKET, SO_BROADCAST, (char *)&off, sizeof( off ) ) );
    }
    ret = connect( s, (struct sockaddr *)&addr, sizeof( addr ) );
    ok_unless_stock( !ret, "connect: error %d\n", WSAGetLastError() );
    if (ret) goto done;
    WSASetLastError( 0 );
    ret = send( s, "before", 6, 0 );
    if (was_on) ok( ret == 6, "send: got %d, error %d\n", ret, WSAGetLastError() );
    else
        ok_unless_afd( ret == -1 && WSAGetLastError() == WSAEACCES, "send: got %d, error %d\n", ret,
                       WSAGetLastError() );
    if (ret == 6) ok( was_seen( "before" ), "not sent\n" );
    WSASetLastError( 0 );
    ret = sendto( s, "other", 5, 0, (struct sockaddr *)&addr, sizeof( addr ) );
    ok_unless_afd( ret == -1 && WSAGetLastError() == WSAEACCES, "sendto: got %d, error %d\n", ret, WSAGetLastError() );
    ok_success( setsockopt( s, SOL_SOCKET, SO_BROADCAST, (char *)&on, sizeof( on ) ) );
    ok_call( send( s, "after", 5, 0 ), 5, 0 );
    ok( was_seen( "after" ), "not sent\n" );
    ok_success( setsockopt( s, SOL_SOCKET, SO_BROADCAST, (char *)&off, sizeof( off ) ) );
    ret = send( s, "again", 5, 0 );
    ok_unless_afd( ret == 5, "send: got %d, error %d\n", ret, WSAGetLastError() );
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

/* ---- one port on several addresses */

#define SHARED_PORT 5004

static void test_gets( SOCKET s, const char *to, const char *from, const char *text, BOOL wanted )
{
    const char *got;
    char words[200];

    sprintf( words, "send %s %d %s %s", to, SHARED_PORT, from, text );
    ok( !strcmp( order( words ), "done" ), "the peer can't\n" );
    got = taken( s, wanted ? 2000 : 100 );
    ok_unless_afd( !strcmp( got, wanted ? text : "" ), "sent to %s: got '%s'\n", to, got );
}

/* Each gets what is sent to its own address, and sends from there, whichever was first. */
static void test_shared_port( const char *ip, const char *second_ip )
{
    struct sockaddr_in addr = address_of( ip, SHARED_PORT );
    SOCKET s = bound_to( ip, SHARED_PORT ), t = bound_to( second_ip, SHARED_PORT ), u = bound_to( other, SHARED_PORT );
    SOCKET again = udp_socket( AF_INET );
    char expect[40];

    winetest_push_context( "%s, then %s", ip, second_ip );
    ok_unless_afd( has_name( s, ip, SHARED_PORT ) && has_name( t, second_ip, SHARED_PORT ), "other names\n" );
    ok_unless_afd( has_name( u, other, SHARED_PORT ), "another name\n" );
    test_gets( s, ip, peer, "one", TRUE );
    test_gets( t, second_ip, peer, "two", TRUE );
    test_gets( t, ip, peer, "three", FALSE );
    ok_unless_afd( !strcmp( taken( s, 2000 ), "three" ), "the first has got nothing\n" );
    test_gets( s, second_ip, peer, "four", FALSE );
    ok_unless_afd( !strcmp( taken( t, 2000 ), "four" ), "the second has got nothing\n" );
    test_gets( u, other, other_peer, "five", TRUE );
    test_gets( s, "255.255.255.255", peer, "six", TRUE );
    was_seen( NULL );
    send_to( s, peer, "seven" );
    sprintf( expect, "%s seven", ip );
    ok_unless_afd( was_seen( expect ), "another source\n" );
    send_to( t, peer, "eight" );
    sprintf( expect, "%s eight", second_ip );
    ok_unless_afd( was_seen( expect ), "another source\n" );
    ok_error( bind( again, (struct sockaddr *)&addr, sizeof( addr ) ), WSAEADDRINUSE );
    addr = address_of( second_ip, SHARED_PORT );
    ok_error( bind( again, (struct sockaddr *)&addr, sizeof( addr ) ), WSAEADDRINUSE );
    /* the refused socket is as before */
    addr = address_of( "127.0.0.1", SHARED_PORT );
    ok_unless_afd( !bind( again, (struct sockaddr *)&addr, sizeof( addr ) ), "error %d\n", WSAGetLastError() );
    closesocket( again );
    closesocket( s );
    test_gets( t, second_ip, peer, "nine", TRUE );
    s = bound_to( ip, SHARED_PORT );
    test_gets( s, ip, peer, "ten", TRUE );
    test_gets( t, second_ip, peer, "eleven", TRUE );
    closesocket( t );
    closesocket( u );
    test_gets( s, second_ip, peer, "twelve", FALSE );
    closesocket( s );
    winetest_pop_context();
}

/* Addresses of this host, on whichever interface */
static void test_own_addresses( const char *from, const char *to )
{
    struct sockaddr_in addr = address_of( to, SHARED_PORT ), source;
    SOCKET s = bound_to( from, 0 ), t = bound_to( to, SHARED_PORT );
    int len = sizeof( source ), connected;
    char text[10];

    winetest_push_context( "%s to %s", from, to );
    set_timeout( s, 500 );
    set_timeout( t, 500 );
    for (connected = 0; connected < 2; connected++)
    {
        if (connected) ok_success( connect( s, (struct sockaddr *)&addr, sizeof( addr ) ) );
        if (connected) ok_call( send( s, "there", 5, 0 ), 5, 0 );
        else ok_call( sendto( s, "there", 5, 0, (struct sockaddr *)&addr, sizeof( addr ) ), 5, 0 );
        memset( &source, 0, sizeof( source ) );
        ok_unless_afd( recvfrom( t, text, sizeof( text ), 0, (struct sockaddr *)&source, &len ) == 5, "error %d\n",
                       WSAGetLastError() );
        ok_unless_afd( source.sin_addr.s_addr == inet_addr( from ), "from %s\n", inet_ntoa( source.sin_addr ) );
        sendto( t, "back", 4, 0, (struct sockaddr *)&source, sizeof( source ) );
        ok_unless_afd( recv( s, text, sizeof( text ), 0 ) == 4, "error %d\n", WSAGetLastError() );
    }
    closesocket( s );
    closesocket( t );
    winetest_pop_context();
}

/* The peer of a connected socket sees the address it is bound to, and its answers arrive; nobody else's do. */
static void test_connected( const char *ip, int port )
{
    struct sockaddr_in addr = address_of( peer, ORDER_PORT ), none = { AF_UNSPEC }, name;
    SOCKET s = bound_to( ip, port );
    int len = sizeof( name );

    winetest_push_context( "%s, port %d, connected", ip, port );
    ok_success( connect( s, (struct sockaddr *)&addr, sizeof( addr ) ) );
    ok_unless_afd( has_name( s, ip, port ), "another name\n" );
    ok_success( getpeername( s, (struct sockaddr *)&name, &len ) );
    ok( name.sin_addr.s_addr == addr.sin_addr.s_addr && name.sin_port == addr.sin_port, "another peer\n" );
    ok_call( send( s, "where", 5, 0 ), 5, 0 );
    ok_unless_afd( !strcmp( taken( s, 2000 ), ip ), "another source, or no answer\n" );
    if (port) test_gets( s, ip, peer, "foreign", FALSE );
    addr = address_of( peer, WATCHED_PORT );
    was_seen( NULL );
    ok_success( connect( s, (struct sockaddr *)&addr, sizeof( addr ) ) );
    ok_call( send( s, "again", 5, 0 ), 5, 0 );
    ok( was_seen( "again" ), "it isn't sent to the new peer\n" );
    ok_success( connect( s, (struct sockaddr *)&none, sizeof( none ) ) );
    ok_unless_stock( send( s, "x", 1, 0 ) == -1 && WSAGetLastError() == WSAENOTCONN, "error %d\n", WSAGetLastError() );
    ok_unless_afd( has_name( s, ip, port ), "another name\n" );
    if (port) test_gets( s, ip, peer, "anybody", TRUE );
    if (port) test_gets( s, strcmp( ip, first ) ? first : second, peer, "foreign", FALSE );
    closesocket( s );
    winetest_pop_context();
}

static void test_streams( void )
{
    static const char *const texts[] = { "10.9.0.1", "10.9.0.3", "10.9.2.1" };
    SOCKET listeners[ARRAY_SIZE( texts )];
    unsigned int i, j;

    for (i = 0; i < ARRAY_SIZE( texts ); i++)
    {
        struct sockaddr_in addr = address_of( texts[i], SHARED_PORT );

        listeners[i] = socket( AF_INET, SOCK_STREAM, 0 );
        ok_success( bind( listeners[i], (struct sockaddr *)&addr, sizeof( addr ) ) );
        ok_success( listen( listeners[i], 5 ) );
    }
    for (i = 0; i < ARRAY_SIZE( texts ); i++)
        for (j = 0; j < ARRAY_SIZE( texts ); j++)
        {
            struct sockaddr_in to = address_of( texts[i], SHARED_PORT ), from = address_of( texts[j], 0 ), name;
            SOCKET s = socket( AF_INET, SOCK_STREAM, 0 ), accepted;
            int len = sizeof( name );

            winetest_push_context( "%s to %s", texts[j], texts[i] );
            ok_success( bind( s, (struct sockaddr *)&from, sizeof( from ) ) );
            ok_success( connect( s, (struct sockaddr *)&to, sizeof( to ) ) );
            ok( wait_readable( listeners[i], 2000 ), "no connection has come\n" );
            accepted = accept( listeners[i], (struct sockaddr *)&name, &len );
            ok( name.sin_addr.s_addr == from.sin_addr.s_addr, "from %s\n", inet_ntoa( name.sin_addr ) );
            closesocket( accepted );
            closesocket( s );
            winetest_pop_context();
        }
    for (i = 0; i < ARRAY_SIZE( texts ); i++) closesocket( listeners[i] );
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
        test_source( first, peer, 0 );
        test_source( second, peer, 0 );
        test_source( second, peer, WATCHED_PORT );
        test_source( other, other_peer, 0 );
        test_broadcast_peer( "255.255.255.255", FALSE, FALSE );
        test_broadcast_peer( "10.9.0.255", TRUE, FALSE );
        test_broadcast_peer( "255.255.255.255", FALSE, TRUE );
        test_broadcast_peer( "10.9.0.255", TRUE, TRUE );
        test_bind_rules();
        test_received( first, peer, "10.9.0.255" );
        test_received( other, other_peer, "10.9.2.255" );
        test_memberships();
        test_shared_port( first, second );
        test_shared_port( second, first );
        test_own_addresses( first, other );
        test_own_addresses( second, other );
        test_own_addresses( other, second );
        test_own_addresses( first, second );
        test_connected( first, 0 );
        test_connected( first, SHARED_PORT );
        test_connected( second, 0 );
        test_connected( second, SHARED_PORT );
        test_streams();
    }
    stop_winsock();
}
