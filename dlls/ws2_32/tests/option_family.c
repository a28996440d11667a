/*
 * Every option of IPv4, IPv6, TCP and UDP on sockets of every family and type
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pages "IPPROTO_IP Socket Options" and the like say which sockets an option is for; what the others get is by
 * Wine's own tests, and by what programs that were written for Windows expect.
 */

#include "sockets.h"

#define OPTION( level, name ) level, name, #name

/* mingw-w64 lacks them */
#ifndef TCP_KEEPALIVE
#define TCP_KEEPALIVE 3
#endif
#ifndef TCP_MAXRT
#define TCP_MAXRT 5
#endif

/* What becomes of it on one kind of socket, when it is read and when it is set. */
enum result
{
    GOOD,     /* both go */
    INVALID,  /* WSAEINVAL */
    NO_PROTO, /* WSAENOPROTOOPT */
};

static const struct
{
    int family, type;
    const char *text;
} kinds[] = {
    { AF_INET, SOCK_STREAM, "tcp4" },
    { AF_INET, SOCK_DGRAM, "udp4" },
    { AF_INET6, SOCK_STREAM, "tcp6" },
    { AF_INET6, SOCK_DGRAM, "udp6" },
};

static const struct test
{
    int level, name;
    const char *text;
    enum result results[ARRAY_SIZE( kinds )];
    BOOL only_here; /* Wine doesn't have it */
} tests[] = {
    { OPTION( IPPROTO_IP, IP_DONTFRAGMENT ), { GOOD, GOOD, GOOD, GOOD } },
    { OPTION( IPPROTO_IP, IP_HDRINCL ), { INVALID, INVALID, INVALID, INVALID } },
    { OPTION( IPPROTO_IP, IP_MULTICAST_IF ), { INVALID, GOOD, INVALID, GOOD } },
    { OPTION( IPPROTO_IP, IP_MULTICAST_LOOP ), { INVALID, GOOD, INVALID, GOOD } },
    { OPTION( IPPROTO_IP, IP_MULTICAST_TTL ), { INVALID, GOOD, INVALID, GOOD } },
    { OPTION( IPPROTO_IP, IP_PKTINFO ), { INVALID, GOOD, INVALID, GOOD } },
    { OPTION( IPPROTO_IP, IP_RECVTOS ), { INVALID, GOOD, INVALID, GOOD } },
    { OPTION( IPPROTO_IP, IP_RECVTTL ), { INVALID, GOOD, INVALID, GOOD } },
    { OPTION( IPPROTO_IP, IP_TOS ), { GOOD, GOOD, GOOD, GOOD } },
    { OPTION( IPPROTO_IP, IP_TTL ), { GOOD, GOOD, GOOD, GOOD } },
    { OPTION( IPPROTO_IP, IP_UNICAST_IF ), { GOOD, GOOD, GOOD, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_DONTFRAG ), { INVALID, INVALID, GOOD, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_HOPLIMIT ), { INVALID, INVALID, INVALID, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_MULTICAST_HOPS ), { INVALID, INVALID, INVALID, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_MULTICAST_IF ), { INVALID, INVALID, INVALID, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_MULTICAST_LOOP ), { INVALID, INVALID, INVALID, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_PKTINFO ), { INVALID, INVALID, INVALID, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_RECVTCLASS ), { INVALID, INVALID, INVALID, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_UNICAST_HOPS ), { INVALID, INVALID, GOOD, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_UNICAST_IF ), { INVALID, INVALID, GOOD, GOOD } },
    { OPTION( IPPROTO_IPV6, IPV6_V6ONLY ), { GOOD, GOOD, GOOD, GOOD } },
    { OPTION( IPPROTO_IP, IP_MTU_DISCOVER ), { GOOD, GOOD, GOOD, GOOD }, TRUE },
    { OPTION( IPPROTO_IP, IP_RECVIF ), { INVALID, GOOD, INVALID, GOOD }, TRUE },
    { OPTION( IPPROTO_IP, IP_ORIGINAL_ARRIVAL_IF ), { INVALID, GOOD, INVALID, GOOD }, TRUE },
    { OPTION( IPPROTO_IP, IP_RECEIVE_BROADCAST ), { INVALID, GOOD, INVALID, GOOD }, TRUE },
    { OPTION( IPPROTO_IPV6, IPV6_MTU_DISCOVER ), { INVALID, INVALID, GOOD, GOOD }, TRUE },
    { OPTION( IPPROTO_IPV6, IPV6_RECVIF ), { INVALID, INVALID, INVALID, GOOD }, TRUE },
    { OPTION( IPPROTO_TCP, TCP_NODELAY ), { GOOD, NO_PROTO, GOOD, NO_PROTO }, TRUE },
    { OPTION( IPPROTO_TCP, TCP_KEEPALIVE ), { GOOD, NO_PROTO, GOOD, NO_PROTO }, TRUE },
    { OPTION( IPPROTO_TCP, TCP_MAXRT ), { GOOD, NO_PROTO, GOOD, NO_PROTO }, TRUE },
    { OPTION( IPPROTO_UDP, UDP_CHECKSUM_COVERAGE ), { NO_PROTO, GOOD, NO_PROTO, GOOD }, TRUE },
};

/* What is set: right for every option. */
static DWORD value_of( const struct test *test )
{
    return ( test->level == IPPROTO_IP && test->name == IP_MULTICAST_IF ) || strstr( test->text, "UNICAST_IF" ) ? 0 : 1;
}

static void test_socket( const struct test *test, SOCKET s, enum result result )
{
    static const int errors[] = { 0, WSAEINVAL, WSAENOPROTOOPT };
    int expect = errors[result];
    BOOL todo = test->only_here && by_afd();
    DWORD value = 0;
    int len = sizeof( value ), ret;

    WSASetLastError( 0 );
    ret = getsockopt( s, test->level, test->name, (char *)&value, &len );
    todo_wine_if( ( todo || stock || ( by_afd() && test->level == IPPROTO_IPV6 ) )
                  && ( ret ? WSAGetLastError() : 0 ) != expect )
        ok( ( ret ? WSAGetLastError() : 0 ) == expect, "get: %d, error %d\n", ret, WSAGetLastError() );
    value = value_of( test );
    WSASetLastError( 0 );
    ret = setsockopt( s, test->level, test->name, (char *)&value, sizeof( value ) );
    todo_wine_if( todo && ( ret ? WSAGetLastError() : 0 ) != expect )
        ok( ( ret ? WSAGetLastError() : 0 ) == expect, "set: %d, error %d\n", ret, WSAGetLastError() );
}

/* An IPv4 socket keeps the value, and it means nothing. */
static void test_v6only( int type )
{
    SOCKET s = socket( AF_INET, type, 0 );
    union address addr;
    int len = loopback( &addr, AF_INET, 0 ), size, i, ret;
    DWORD value, got;

    for (i = 0; i < 4; i++)
    {
        value = i & 1;
        if (i) ok_success( setsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&value, sizeof( value ) ) );
        else value = 1;
        got = 2;
        size = sizeof( got );
        ret = getsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&got, &size );
        ok_unless_stock( !ret && size == 1 && ( got & 0xff ) == value, "%d: got %d, value %lx\n", i, ret, got );
    }
    ok_success( bind( s, &addr.any, len ) );
    value = 0;
    ok_error( setsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&value, sizeof( value ) ), WSAEINVAL );
    size = sizeof( got );
    ret = getsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&got, &size );
    ok_unless_stock( !ret && ( got & 0xff ) == 1, "bound: got %d, value %lx\n", ret, got );
    closesocket( s );
}

/* Before and after the socket has an address: options go another way then. */
static void test_kind( unsigned int kind, BOOL bound )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        SOCKET s = socket( kinds[kind].family, kinds[kind].type, 0 );
        union address addr;
        int len = loopback( &addr, kinds[kind].family, 0 );

        if (bound) ok_success( bind( s, &addr.any, len ) );
        winetest_push_context( "%s, %sbound, %s", kinds[kind].text, bound ? "" : "not ", tests[i].text );
        if (!( bound && tests[i].name == IPV6_V6ONLY && tests[i].level == IPPROTO_IPV6 ))
            test_socket( &tests[i], s, tests[i].results[kind] );
        winetest_pop_context();
        closesocket( s );
    }
}

START_TEST( option_family )
{
    unsigned int kind;

    start_winsock();
    for (kind = 0; kind < ARRAY_SIZE( kinds ); kind++)
    {
        if (kinds[kind].family == AF_INET6 && family_count() < 2) continue;
        test_kind( kind, FALSE );
        test_kind( kind, TRUE );
    }
    test_v6only( SOCK_STREAM );
    test_v6only( SOCK_DGRAM );
    stop_winsock();
}
