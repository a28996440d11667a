/*
 * bind and connect: no address, and lengths that are too short, too long or negative, in each family
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pages of both: WSAEFAULT.
 */

#include "sockets.h"

enum call
{
    BIND,
    CONNECT,
    WSACONNECT,
    CALLS
};
static const char *const call_names[] = { "bind", "connect", "WSAConnect" };

static int call_one( enum call call, SOCKET s, const struct sockaddr *addr, int len )
{
    switch (call)
    {
    case BIND: return bind( s, addr, len );
    case CONNECT: return connect( s, addr, len );
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

    winetest_push_context( "%s %s type %d", call_names[call], family_name( family ), type );
    if (call != BIND) addr = listening;
    for (i = 0; i < (int)ARRAY_SIZE( bad ); i++)
    {
        if (stock && bad[i] < 0) continue;
        winetest_push_context( "length %d", bad[i] );
        ok_docs_error( call_one( call, s, &addr.any, bad[i] ), WSAEFAULT );
        if (!stock) ok_error( call_one( call, s, NULL, bad[i] ), WSAEFAULT );
        winetest_pop_context();
    }
    if (!stock) /* it crashes, and its next calls fail */
    {
        ok_error( call_one( call, s, NULL, len ), WSAEFAULT );
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

START_TEST( address_length )
{
    enum call call;
    unsigned int i;

    start_winsock();
    for (call = BIND; call < CALLS; call++)
        for (i = 0; i < family_count(); i++)
        {
            test_call( call, families[i], SOCK_STREAM );
            test_call( call, families[i], SOCK_DGRAM );
        }
    stop_winsock();
}
