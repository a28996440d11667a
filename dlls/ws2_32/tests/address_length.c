/*
 * Whatever takes an address: none, and lengths that are too short, too long or negative, in each family
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pages of all: WSAEFAULT. A datagram without a destination is for the peer, which isn't there: WSAENOTCONN.
 */

#include "extension.h"

#include <afunix.h>

enum call
{
    BIND,
    CONNECT,
    WSACONNECT,
    CONNECTEX,
    SENDTO,
    WSASENDTO,
    CALLS
};
static const char *const call_names[] = { "bind", "connect", "WSAConnect", "ConnectEx", "sendto", "WSASendTo" };

static int connectex_one( SOCKET s, const struct sockaddr *addr, int len )
{
    OVERLAPPED ov = { 0 };
    DWORD count, flags;

    if (ext.ConnectEx( s, addr, len, NULL, 0, NULL, &ov )) return 0;
    if (WSAGetLastError() != WSA_IO_PENDING) return -1;
    return WSAGetOverlappedResult( s, &ov, &count, TRUE, &flags ) ? 0 : -1;
}

static int call_one( enum call call, SOCKET s, const struct sockaddr *addr, int len )
{
    WSABUF data = { 1, (char *)"x" };
    DWORD count;

    switch (call)
    {
    case BIND: return bind( s, addr, len );
    case CONNECT: return connect( s, addr, len );
    case CONNECTEX: return connectex_one( s, addr, len );
    case SENDTO: return sendto( s, "x", 1, 0, addr, len ) == 1 ? 0 : -1;
    case WSASENDTO: return WSASendTo( s, &data, 1, &count, 0, addr, len, NULL, NULL );
    default: return WSAConnect( s, addr, len, NULL, NULL, NULL, NULL );
    }
}

static void test_call( enum call call, int family, int type )
{
    static const int bad[] = { 0, 1, 2, 8, 15, -1, -16, 0x80000000 };
    SOCKET s = type == SOCK_STREAM ? tcp_socket( family ) : udp_socket( family );
    union address addr, listening;
    int len = loopback( &addr, family, 0 ), listening_len, i;
    SOCKET listener = tcp_listener( family, &listening, &listening_len );
    int without = call >= SENDTO ? WSAENOTCONN : WSAEFAULT;

    winetest_push_context( "%s %s type %d", call_names[call], family_name( family ), type );
    if (call == CONNECTEX) ok_success( bind( s, &addr.any, len ) );
    if (call != BIND) addr = listening;
    for (i = 0; i < (int)ARRAY_SIZE( bad ); i++)
    {
        if (stock && bad[i] < 0) continue;
        winetest_push_context( "length %d", bad[i] );
        ok_docs_error( call_one( call, s, &addr.any, bad[i] ), WSAEFAULT );
        if (!stock) ok_error( call_one( call, s, NULL, bad[i] ), without );
        winetest_pop_context();
    }
    if (!stock) /* it crashes, and its next calls fail */
    {
        ok_error( call_one( call, s, NULL, len ), without );
        ok_error( call_one( call, s, (struct sockaddr *)bad_page(), len ), WSAEFAULT );
        ok_error( call_one( call, s, (struct sockaddr *)( bad_page() - 1 ), len ), WSAEFAULT );
    }
    ok_docs_error( call_one( call, s, &addr.any, len - 1 ), WSAEFAULT );
    if (family == AF_INET6) ok_docs_error( call_one( call, s, &addr.any, sizeof( addr.v4 ) ), WSAEFAULT );
    /* none of these has changed anything; what is behind the address doesn't matter */
    ok_docs( call_one( call, s, &addr.any, sizeof( addr ) ), 0, 0 );
    closesocket( s );
    closesocket( listener );
    winetest_pop_context();
}

/* A path may be as long as its text. Without one, or with one that isn't a path, nobody can be meant. */
static void test_path( enum call call )
{
    static const int bad[] = { 0, 1, -1, -16, 0x80000000 };
    SOCKET s = socket( AF_UNIX, SOCK_STREAM, 0 );
    SOCKADDR_UN addr = { AF_UNIX, "no such folder\\x" }, none = { AF_UNIX };
    unsigned int i;

    winetest_push_context( "%s AF_UNIX", call_names[call] );
    for (i = 0; i < ARRAY_SIZE( bad ); i++)
    {
        winetest_push_context( "length %d", bad[i] );
        ok_error( call_one( call, s, (struct sockaddr *)&addr, bad[i] ), WSAEFAULT );
        ok_error( call_one( call, s, NULL, bad[i] ), WSAEFAULT );
        winetest_pop_context();
    }
    ok_error( call_one( call, s, NULL, sizeof( addr ) ), WSAEFAULT );
    ok_error( call_one( call, s, (struct sockaddr *)bad_page(), sizeof( addr ) ), WSAEFAULT );
    ok_error( call_one( call, s, (struct sockaddr *)( bad_page() - 1 ), sizeof( addr ) ), WSAEFAULT );
    ok_error( call_one( call, s, (struct sockaddr *)&none, sizeof( none ) ), WSAEINVAL );
    ok_error( call_one( call, s, (struct sockaddr *)&addr, 2 ), WSAEINVAL );
    memcpy( none.sun_path, "\0abstract", 9 );
    ok_error( call_one( call, s, (struct sockaddr *)&none, sizeof( none ) ), WSAEINVAL );
    ok_error( call_one( call, s, (struct sockaddr *)&none, 11 ), WSAEINVAL );
    /* nothing has come of these */
    ok( call_one( call, s, (struct sockaddr *)&addr, sizeof( addr ) ) == -1
            && WSAGetLastError() == ( call == BIND ? WSAENETDOWN : WSAECONNREFUSED ),
        "got error %d\n", WSAGetLastError() );
    closesocket( s );
    winetest_pop_context();
}

static int leaf_error( SOCKET s, const struct sockaddr *addr, int len )
{
    WSASetLastError( 0 );
    return WSAJoinLeaf( s, addr, len, NULL, NULL, NULL, NULL, JL_BOTH ) == INVALID_SOCKET ? WSAGetLastError() : 0;
}

static void test_leaf( int family )
{
    SOCKET s = WSASocketW( family, SOCK_DGRAM, 0, NULL, 0,
                           WSA_FLAG_OVERLAPPED | WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF );
    union address addr;
    int len = loopback( &addr, family, 0 ), i;

    winetest_push_context( "WSAJoinLeaf %s", family_name( family ) );
    for (i = -2; i < len; i++)
        ok( leaf_error( s, &addr.any, i ) == WSAEFAULT && leaf_error( s, NULL, i ) == WSAEFAULT, "length %d\n", i );
    ok( leaf_error( s, NULL, len ) == WSAEFAULT, "no address\n" );
    ok( leaf_error( s, (struct sockaddr *)bad_page(), len ) == WSAEFAULT, "a bad address\n" );
    ok( leaf_error( s, (struct sockaddr *)( bad_page() - 1 ), len ) == WSAEFAULT, "a bad address\n" );
    ok( leaf_error( s, &addr.any, len ) == WSAEADDRNOTAVAIL, "no group\n" );
    closesocket( s );
    winetest_pop_context();
}

START_TEST( address_length )
{
    enum call call;
    unsigned int i;

    start_winsock();
    load_extensions();
    for (call = BIND; call < CALLS; call++)
        for (i = 0; i < family_count(); i++)
        {
            if (stock && call >= CONNECTEX) continue; /* it crashes, or goes on for ever */
            if (call < SENDTO) test_call( call, families[i], SOCK_STREAM );
            if (call != CONNECTEX) test_call( call, families[i], SOCK_DGRAM );
        }
    for (call = BIND; call < SENDTO && !stock; call++) test_path( call );
    for (i = 0; i < family_count() && !stock; i++) test_leaf( families[i] );
    stop_winsock();
}
