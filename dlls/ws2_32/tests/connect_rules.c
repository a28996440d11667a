/*
 * connect and WSAConnect: attempts under way, failed ones, odd addresses
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "connect function" and "WSAConnect function".
 */

#include "sockets.h"

/* A listener whose queue is full: the host doesn't answer another client. */
struct full
{
    SOCKET listener, clients[8];
    union address addr;
    int len;
};

static void full_begin( struct full *full, int family )
{
    unsigned int i;

    full->listener = tcp_socket( family );
    full->len = loopback( &full->addr, family, 0 );
    ok_success( bind( full->listener, &full->addr.any, full->len ) );
    ok_success( listen( full->listener, 1 ) );
    ok_success( getsockname( full->listener, &full->addr.any, &full->len ) );
    for (i = 0; i < ARRAY_SIZE( full->clients ); i++)
    {
        full->clients[i] = tcp_socket( family );
        set_blocking( full->clients[i], FALSE );
        connect( full->clients[i], &full->addr.any, full->len );
    }
    Sleep( 50 );
}

static void full_end( struct full *full )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( full->clients ); i++) closesocket( full->clients[i] );
    closesocket( full->listener );
}

static int get_error( SOCKET s )
{
    int error = -1, len = sizeof( error );

    ok_success( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&error, &len ) );
    return error;
}

static void test_under_way( int family )
{
    WSANETWORKEVENTS events;
    struct full full;
    union address name;
    WSAEVENT event = WSACreateEvent();
    char buffer[4];
    int len;
    SOCKET s;

    winetest_push_context( "%s", family_name( family ) );
    full_begin( &full, family );
    s = tcp_socket( family );
    ok_success( WSAEventSelect( s, event, FD_CONNECT | FD_WRITE | FD_CLOSE ) );
    ok_error( connect( s, &full.addr.any, full.len ), WSAEWOULDBLOCK );
    ok_error( connect( s, &full.addr.any, full.len ), WSAEALREADY );
    ok_error( WSAConnect( s, &full.addr.any, full.len, NULL, NULL, NULL, NULL ), WSAEALREADY );
    ok( !get_error( s ), "got error %d\n", get_error( s ) );
    ok_docs_error( send( s, "abc", 3, 0 ), WSAENOTCONN );
    ok_docs_error( recv( s, buffer, 3, 0 ), WSAENOTCONN );
    ok_docs_error( shutdown( s, SD_SEND ), WSAENOTCONN );
    len = sizeof( name );
    /* Windows knows the peer already; Wine 8.0's server doesn't */
    if (getpeername( s, &name.any, &len )) ok( WSAGetLastError() == WSAENOTCONN, "got error %d\n", WSAGetLastError() );
    else ok( len == full.len && !memcmp( &name, &full.addr, 4 ), "another peer\n" );
    ok_docs_error( listen( s, 1 ), WSAEINVAL );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "there is an event\n" );
    closesocket( s );
    full_end( &full );

    /* and as it ends */
    s = tcp_socket( family );
    full.listener = tcp_listener( family, &full.addr, &full.len );
    ok_success( WSAEventSelect( s, event, FD_CONNECT ) );
    ok_error( connect( s, &full.addr.any, full.len ), WSAEWOULDBLOCK );
    ok( !WaitForSingleObject( event, 3000 ), "no event\n" );
    ok_success( WSAEnumNetworkEvents( s, event, &events ) );
    ok( events.lNetworkEvents == FD_CONNECT && !events.iErrorCode[FD_CONNECT_BIT], "got %lx, %d\n",
        events.lNetworkEvents, events.iErrorCode[FD_CONNECT_BIT] );
    ok_error( connect( s, &full.addr.any, full.len ), WSAEISCONN );
    ok_error( WSAConnect( s, &full.addr.any, full.len, NULL, NULL, NULL, NULL ), WSAEISCONN );
    ok_docs_error( connect( full.listener, &full.addr.any, full.len ), WSAEINVAL );
    closesocket( s );
    closesocket( full.listener );
    WSACloseEvent( event );
    winetest_pop_context();
}

/* Nobody is there; then somebody is, for the same socket. */
static void test_again( int family, BOOL blocking )
{
    WSANETWORKEVENTS events;
    WSAEVENT event = WSACreateEvent();
    SOCKET holder, s, accepted;
    union address addr;
    char buffer[4];
    int len, i, ret;

    winetest_push_context( "%s, %s", family_name( family ), blocking ? "blocking" : "non-blocking" );
    holder = tcp_socket( family );
    len = loopback( &addr, family, 0 );
    ok_success( bind( holder, &addr.any, len ) );
    ok_success( getsockname( holder, &addr.any, &len ) );
    s = tcp_socket( family );
    if (!blocking) ok_success( WSAEventSelect( s, event, FD_CONNECT ) );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "attempt %d", i );
        if (blocking) ok_docs_error( connect( s, &addr.any, len ), WSAECONNREFUSED );
        else
        {
            ok_docs_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
            ok_unless_stock( !WaitForSingleObject( event, 3000 ), "no event\n" );
            ok_success( WSAEnumNetworkEvents( s, event, &events ) );
            ok_unless_stock( events.lNetworkEvents == FD_CONNECT
                                 && events.iErrorCode[FD_CONNECT_BIT] == WSAECONNREFUSED,
                             "got %lx, %d\n", events.lNetworkEvents, events.iErrorCode[FD_CONNECT_BIT] );
        }
        ok_docs_error( send( s, "abc", 3, 0 ), WSAENOTCONN );
        winetest_pop_context();
    }
    ok_success( listen( holder, 5 ) );
    if (blocking) ok_docs( connect( s, &addr.any, len ), 0, 0 );
    else
    {
        ok_docs_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
        ok_unless_stock( !WaitForSingleObject( event, 3000 ), "no event\n" );
        ok_success( WSAEnumNetworkEvents( s, event, &events ) );
        ok_unless_stock( events.lNetworkEvents == FD_CONNECT && !events.iErrorCode[FD_CONNECT_BIT], "got %lx, %d\n",
                         events.lNetworkEvents, events.iErrorCode[FD_CONNECT_BIT] );
    }
    if (!stock)
    {
        accepted = accept( holder, NULL, NULL );
        set_timeout( accepted, 3000 );
        ret = send( s, "abc", 3, 0 );
        ok( ret == 3, "got %d, error %d\n", ret, WSAGetLastError() );
        ok_call( recv( accepted, buffer, 4, 0 ), 3, 0 );
        ok( !get_error( s ), "got error %d\n", get_error( s ) );
        closesocket( accepted );
    }
    closesocket( s );
    closesocket( holder );
    WSACloseEvent( event );
    winetest_pop_context();
}

static void test_addresses( int family, int type )
{
    static const int lengths[] = { -1, 0, 1, 2, 8, 15 };
    union address addr, wildcard;
    SOCKET s, listener = INVALID_SOCKET;
    unsigned int i;
    int len, ret;

    winetest_push_context( "%s, type %d", family_name( family ), type );
    len = loopback( &addr, family, 9 );
    if (type == SOCK_STREAM) listener = tcp_listener( family, &addr, &len );
    s = socket( family, type, 0 );
    ok_docs_error( connect( s, NULL, 0 ), WSAEFAULT );
    ok_docs_error( connect( s, NULL, len ), WSAEFAULT );
    ok_docs_error( WSAConnect( s, NULL, len, NULL, NULL, NULL, NULL ), WSAEFAULT );
    ok_docs_error( connect( s, (struct sockaddr *)bad_page(), len ), WSAEFAULT );
    for (i = 0; i < ARRAY_SIZE( lengths ); i++)
    {
        if (stock && lengths[i] < 0) continue; /* Wine's own runs out of stack */
        winetest_push_context( "length %d", lengths[i] );
        ok_docs_error( connect( s, &addr.any, lengths[i] ), WSAEFAULT );
        winetest_pop_context();
    }
    wildcard = addr;
    wildcard.any.sa_family = family == AF_INET ? AF_INET6 : AF_INET;
    ok_docs_error( connect( s, &wildcard.any, sizeof( wildcard ) ), WSAEAFNOSUPPORT );
    wildcard = addr;
    wildcard.v4.sin_port = 0;
    if (type == SOCK_STREAM) ok_docs_error( connect( s, &wildcard.any, len ), WSAEADDRNOTAVAIL );
    else
    {
        /* datagrams: a way to find out the local address */
        SOCKET udp = socket( family, type, 0 );

        ok_success( connect( udp, &wildcard.any, len ) );
        memset( &wildcard, 0, sizeof( wildcard ) );
        ok_success( getsockname( udp, &wildcard.any, &len ) );
        ok( family == AF_INET ? wildcard.v4.sin_addr.s_addr == addr.v4.sin_addr.s_addr
                              : !memcmp( &wildcard.v6.sin6_addr, &addr.v6.sin6_addr, sizeof( addr.v6.sin6_addr ) ),
            "got another address\n" );
        closesocket( udp );
    }

    /* "The remote address is not a valid address (such as INADDR_ANY or in6addr_any)." */
    memset( &wildcard, 0, sizeof( wildcard ) );
    wildcard.any.sa_family = family;
    wildcard.v4.sin_port = addr.v4.sin_port;
    ret = connect( s, &wildcard.any, len );
    ok_unless_stock( ret == -1 && WSAGetLastError() == WSAEADDRNOTAVAIL, "wildcard: got %d, error %d\n", ret,
                     WSAGetLastError() );
    closesocket( s );
    if (listener != INVALID_SOCKET) closesocket( listener );
    winetest_pop_context();
}

START_TEST( connect_rules )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_under_way( families[i] );
        test_again( families[i], TRUE );
        test_again( families[i], FALSE );
        test_addresses( families[i], SOCK_STREAM );
        test_addresses( families[i], SOCK_DGRAM );
    }
    stop_winsock();
}
