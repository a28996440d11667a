/*
 * Every documented socket option: what it is at first, what it takes, what it says then, and its errors
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two kinds of columns say where the documentation isn't what some module does: STOCK for Wine's own, AFD for that and
 * the tier of this name.
 */

#include "sockets.h"

#define OPTION( level, name ) level, name, #level " " #name
#define ANY                   0xabadcafe /* whatever the value is */

enum where
{
    EVERYWHERE,
    STOCK,
    AFD
};

/* Numbers that mingw-w64 lacks. */
#define OWN_SO_CONDITIONAL_ACCEPT          0x3002
#define OWN_SO_PAUSE_ACCEPT                0x3003
#define OWN_SO_COMPARTMENT_ID              0x3004
#define OWN_SO_RANDOMIZE_PORT              0x3005
#define OWN_SO_PORT_SCALABILITY            0x3006
#define OWN_SO_REUSE_UNICASTPORT           0x3007
#define OWN_SO_REUSE_MULTICASTPORT         0x3008
#define OWN_PVD_CONFIG                     0x3001
#define OWN_IP_RECVECN                     50
#define OWN_TCP_KEEPIDLE                   3
#define OWN_TCP_MAXSEG                     4
#define OWN_TCP_MAXRT                      5
#define OWN_TCP_TIMESTAMPS                 10
#define OWN_TCP_MAXRTMS                    14
#define OWN_TCP_FASTOPEN                   15
#define OWN_TCP_KEEPCNT                    16
#define OWN_TCP_KEEPINTVL                  17
#define OWN_TCP_FAIL_CONNECT_ON_ICMP_ERROR 18
#define OWN_TCP_ICMP_ERROR_INFO            19
#define OWN_UDP_SEND_MSG_SIZE              2
#define OWN_UDP_RECV_MAX_COALESCED_SIZE    3

static const struct test
{
    int level, name;
    const char *text;
    enum where todo;
    int type, family; /* of sockets, 0 for all */
    DWORD first;      /* what a fresh socket says */
    int get_error;
    DWORD set, got; /* what is set, and what it is then */
    int set_error;
    DWORD bad; /* a value that isn't allowed: WSAEINVAL; 0 for none */
} tests[] = {
    { OPTION( SOL_SOCKET, SO_ACCEPTCONN ), STOCK, SOCK_STREAM, 0, 0, 0, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_BROADCAST ), EVERYWHERE, SOCK_DGRAM, AF_INET, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, OWN_SO_CONDITIONAL_ACCEPT ), AFD, SOCK_STREAM, 0, 0, 0, 0, 0 },
    { OPTION( SOL_SOCKET, OWN_SO_CONDITIONAL_ACCEPT ), AFD, SOCK_STREAM, 0, 0, 0, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, OWN_SO_PAUSE_ACCEPT ), AFD, SOCK_STREAM, 0, 0, 0, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, OWN_SO_COMPARTMENT_ID ), AFD, 0, 0, 1, 0, 1, 1 },
    { OPTION( SOL_SOCKET, SO_CONNDATA ), EVERYWHERE, 0, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_CONNDATALEN ), EVERYWHERE, 0, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_CONNOPT ), EVERYWHERE, 0, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_DISCDATA ), EVERYWHERE, 0, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_DISCOPTLEN ), EVERYWHERE, 0, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, OWN_PVD_CONFIG ), EVERYWHERE, 0, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_CONNECT_TIME ), STOCK, SOCK_STREAM, 0, 0xffffffff, 0, 1, 0xffffffff, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_DEBUG ), STOCK, 0, 0, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, SO_DONTROUTE ), STOCK, 0, AF_INET, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, SO_DONTROUTE ), STOCK, 0, AF_INET6, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_DONTLINGER ), EVERYWHERE, SOCK_STREAM, 0, 1, 0, 0, 0 },
    { OPTION( SOL_SOCKET, SO_DONTLINGER ), STOCK, SOCK_DGRAM, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_LINGER ), STOCK, SOCK_DGRAM, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_LINGER ), EVERYWHERE, SOCK_STREAM, 0, 0, 0, MAKELONG( 1, 30 ), MAKELONG( 1, 30 ) },
    { OPTION( SOL_SOCKET, SO_ERROR ), EVERYWHERE, 0, 0, 0, 0, 1, ANY },
    { OPTION( SOL_SOCKET, SO_EXCLUSIVEADDRUSE ), EVERYWHERE, 0, 0, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, SO_GROUP_ID ), AFD, 0, 0, 0, 0, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_GROUP_PRIORITY ), AFD, 0, 0, 0, 0, 1, 0, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_KEEPALIVE ), EVERYWHERE, SOCK_STREAM, 0, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, SO_KEEPALIVE ), EVERYWHERE, SOCK_STREAM, 0, 0, 0, 0x100, ANY },
    { OPTION( SOL_SOCKET, SO_MAX_MSG_SIZE ), STOCK, SOCK_DGRAM, 0, ANY, 0, 1, ANY, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_MAXDG ), STOCK, SOCK_DGRAM, 0, ANY, 0, 1, ANY, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_MAXPATHDG ), STOCK, SOCK_DGRAM, 0, ANY, 0, 1, ANY, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_OOBINLINE ), EVERYWHERE, SOCK_STREAM, 0, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, OWN_SO_PORT_SCALABILITY ), STOCK, 0, 0, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, OWN_SO_RANDOMIZE_PORT ), STOCK, 0, 0, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, OWN_SO_REUSE_UNICASTPORT ), STOCK, 0, 0, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, OWN_SO_REUSE_MULTICASTPORT ), STOCK, SOCK_DGRAM, 0, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, SO_RCVBUF ), EVERYWHERE, 0, 0, ANY, 0, 30000, 30000 },
    { OPTION( SOL_SOCKET, SO_SNDBUF ), EVERYWHERE, 0, 0, ANY, 0, 30000, 30000 },
    { OPTION( SOL_SOCKET, SO_RCVLOWAT ), STOCK, 0, 0, 0, WSAEINVAL, 1, 0, WSAEINVAL },
    { OPTION( SOL_SOCKET, SO_SNDLOWAT ), STOCK, 0, 0, 0, WSAEINVAL, 1, 0, WSAEINVAL },
    { OPTION( SOL_SOCKET, SO_USELOOPBACK ), STOCK, 0, 0, 0, WSAEINVAL, 1, 0, WSAEINVAL },
    { OPTION( SOL_SOCKET, SO_RCVTIMEO ), EVERYWHERE, 0, 0, 0, 0, 1234, 1234 },
    { OPTION( SOL_SOCKET, SO_SNDTIMEO ), EVERYWHERE, 0, 0, 0, 0, 1234, 1234 },
    { OPTION( SOL_SOCKET, SO_REUSEADDR ), EVERYWHERE, 0, 0, 0, 0, 1, 1 },
    { OPTION( SOL_SOCKET, SO_TYPE ), STOCK, SOCK_STREAM, 0, SOCK_STREAM, 0, 1, ANY, WSAENOPROTOOPT },
    { OPTION( SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT ), STOCK, 0, 0, 0, WSAENOPROTOOPT, ANY, ANY },
    { OPTION( SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT ), STOCK, 0, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOTCONN },

    { OPTION( IPPROTO_IP, IP_ADD_IFLIST ), EVERYWHERE, 0, AF_INET, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( IPPROTO_IP, IP_GET_IFLIST ), EVERYWHERE, 0, AF_INET, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( IPPROTO_IP, IP_IFLIST ), AFD, 0, AF_INET, 0, 0, 1, 0, WSAENOPROTOOPT },
    { OPTION( IPPROTO_IP, IP_ADD_MEMBERSHIP ), EVERYWHERE, SOCK_DGRAM, AF_INET, 0, WSAENOPROTOOPT, ANY, ANY },
    { OPTION( IPPROTO_IP, IP_DONTFRAGMENT ), EVERYWHERE, SOCK_DGRAM, AF_INET, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IP, IP_HDRINCL ), EVERYWHERE, 0, AF_INET, 0, WSAEINVAL, 1, 0, WSAEINVAL },
    { OPTION( IPPROTO_IP, IP_MTU ), AFD, 0, AF_INET, 0, WSAENOTCONN, 1, 0, WSAENOPROTOOPT },
    { OPTION( IPPROTO_IP, IP_MTU_DISCOVER ), AFD, 0, AF_INET, ANY, 0, 1, 1, 0, 17 },
    { OPTION( IPPROTO_IP, IP_MTU_DISCOVER ), AFD, 0, AF_INET, ANY, 0, 2, 2 },
    { OPTION( IPPROTO_IP, IP_MTU_DISCOVER ), AFD, 0, AF_INET, ANY, 0, 3, 3 },
    { OPTION( IPPROTO_IP, IP_MTU_DISCOVER ), AFD, 0, AF_INET, ANY, 0, 0, ANY, WSAEINVAL },
    { OPTION( IPPROTO_IP, IP_MULTICAST_IF ), EVERYWHERE, SOCK_DGRAM, AF_INET, 0, 0, 0x0100007f, 0x0100007f },
    { OPTION( IPPROTO_IP, IP_MULTICAST_IF ), AFD, SOCK_DGRAM, AF_INET, ANY, 0, 0x01000000, 0x01000000 },
    { OPTION( IPPROTO_IP, IP_MULTICAST_LOOP ), EVERYWHERE, SOCK_DGRAM, AF_INET, 1, 0, 0, 0 },
    { OPTION( IPPROTO_IP, IP_MULTICAST_TTL ), EVERYWHERE, SOCK_DGRAM, AF_INET, 1, 0, 9, 9, 0, 256 },
    { OPTION( IPPROTO_IP, IP_MULTICAST_TTL ), EVERYWHERE, SOCK_STREAM, AF_INET, 0, WSAEINVAL, 9, 0, WSAEINVAL },
    { OPTION( IPPROTO_IP, IP_ORIGINAL_ARRIVAL_IF ), AFD, SOCK_DGRAM, AF_INET, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IP, IP_PKTINFO ), EVERYWHERE, SOCK_DGRAM, AF_INET, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IP, IP_PKTINFO ), EVERYWHERE, SOCK_STREAM, AF_INET, 0, WSAEINVAL, 1, 0, WSAEINVAL },
    { OPTION( IPPROTO_IP, IP_PROTECTION_LEVEL ), STOCK, 0, AF_INET, ANY, 0, 20, 20, 0, 15 },
    { OPTION( IPPROTO_IP, IP_RECEIVE_BROADCAST ), AFD, SOCK_DGRAM, AF_INET, 1, 0, 1, 1 },
    { OPTION( IPPROTO_IP, IP_RECEIVE_BROADCAST ), AFD, SOCK_DGRAM, AF_INET, 1, 0, 0, 1, WSAENOPROTOOPT },
    { OPTION( IPPROTO_IP, OWN_IP_RECVECN ), AFD, SOCK_DGRAM, AF_INET, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IP, IP_RECVIF ), AFD, SOCK_DGRAM, AF_INET, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IP, IP_RECVTOS ), EVERYWHERE, SOCK_DGRAM, AF_INET, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IP, IP_RECVTTL ), EVERYWHERE, SOCK_DGRAM, AF_INET, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IP, IP_TOS ), EVERYWHERE, 0, AF_INET, 0, 0, 0x20, 0x20 },
    { OPTION( IPPROTO_IP, IP_TTL ), EVERYWHERE, 0, AF_INET, ANY, 0, 33, 33, 0, 256 },
    { OPTION( IPPROTO_IP, IP_UNICAST_IF ), EVERYWHERE, 0, AF_INET, 0, 0, 0x01000000, 0x01000000 },
    { OPTION( IPPROTO_IP, IP_USER_MTU ), AFD, 0, AF_INET, 0xffffffff, 0, 0xffffffff, 0xffffffff },
    { OPTION( IPPROTO_IP, IP_USER_MTU ), AFD, 0, AF_INET, 0xffffffff, 0, 1400, 0xffffffff, WSAENOPROTOOPT },
    { OPTION( IPPROTO_IP, IP_WFP_REDIRECT_CONTEXT ), EVERYWHERE, 0, AF_INET, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },

    { OPTION( IPPROTO_IPV6, IPV6_DONTFRAG ), EVERYWHERE, SOCK_DGRAM, AF_INET6, ANY, 0, 1, 1 },
    { OPTION( IPPROTO_IPV6, IPV6_HOPLIMIT ), EVERYWHERE, SOCK_DGRAM, AF_INET6, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IPV6, IPV6_HDRINCL ), STOCK, SOCK_DGRAM, AF_INET6, 0, WSAEINVAL, 1, 0, WSAEINVAL },
    { OPTION( IPPROTO_IPV6, IPV6_MTU ), AFD, 0, AF_INET6, 0, WSAENOTCONN, 1, 0, WSAENOPROTOOPT },
    { OPTION( IPPROTO_IPV6, IPV6_MTU_DISCOVER ), AFD, 0, AF_INET6, ANY, 0, 1, 1, 0, 17 },
    { OPTION( IPPROTO_IPV6, IPV6_MTU_DISCOVER ), AFD, 0, AF_INET6, ANY, 0, 2, 2 },
    { OPTION( IPPROTO_IPV6, IPV6_MULTICAST_HOPS ), EVERYWHERE, SOCK_DGRAM, AF_INET6, 1, 0, 9, 9, 0, 256 },
    { OPTION( IPPROTO_IPV6, IPV6_MULTICAST_IF ), EVERYWHERE, SOCK_DGRAM, AF_INET6, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IPV6, IPV6_MULTICAST_LOOP ), EVERYWHERE, SOCK_DGRAM, AF_INET6, 1, 0, 0, 0 },
    { OPTION( IPPROTO_IPV6, IPV6_PKTINFO ), EVERYWHERE, SOCK_DGRAM, AF_INET6, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IPV6, IPV6_PROTECTION_LEVEL ), STOCK, 0, AF_INET6, ANY, 0, 20, 20, 0, 15 },
    { OPTION( IPPROTO_IPV6, IPV6_RECVIF ), AFD, SOCK_DGRAM, AF_INET6, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IPV6, IPV6_RECVTCLASS ), EVERYWHERE, SOCK_DGRAM, AF_INET6, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IPV6, IPV6_UNICAST_HOPS ), EVERYWHERE, 0, AF_INET6, ANY, 0, 33, 33, 0, 256 },
    { OPTION( IPPROTO_IPV6, IPV6_UNICAST_IF ), AFD, 0, AF_INET6, 0, 0, 1, 1 },
    { OPTION( IPPROTO_IPV6, IPV6_USER_MTU ), AFD, 0, AF_INET6, 0xffffffff, 0, 1400, 1400, 0, 100 },
    { OPTION( IPPROTO_IPV6, IPV6_V6ONLY ), EVERYWHERE, 0, AF_INET6, 1, 0, 0, 0 },

    { OPTION( IPPROTO_TCP, TCP_NODELAY ), EVERYWHERE, SOCK_STREAM, 0, 0, 0, 1, 1 },
    { OPTION( IPPROTO_TCP, TCP_NODELAY ), AFD, SOCK_DGRAM, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( IPPROTO_TCP, TCP_BSDURGENT ), AFD, SOCK_STREAM, 0, 1, 0, 1, 1 },
    { OPTION( IPPROTO_TCP, TCP_EXPEDITED_1122 ), AFD, SOCK_STREAM, 0, 0, 0, 1, 0, WSAENOPROTOOPT },
    { OPTION( IPPROTO_TCP, OWN_TCP_KEEPIDLE ), AFD, SOCK_STREAM, 0, 7200, 0, 77, 77, 0, 0x7fffffff },
    { OPTION( IPPROTO_TCP, OWN_TCP_KEEPCNT ), AFD, SOCK_STREAM, 0, ANY, 0, 7, 7, 0, 256 },
    { OPTION( IPPROTO_TCP, OWN_TCP_KEEPINTVL ), AFD, SOCK_STREAM, 0, ANY, 0, 7, 7, 0, 0x7fffffff },
    { OPTION( IPPROTO_TCP, OWN_TCP_MAXSEG ), AFD, SOCK_STREAM, 0, ANY, 0, 1000, 1000, 0, 0x7fffffff },
    { OPTION( IPPROTO_TCP, OWN_TCP_MAXRT ), AFD, SOCK_STREAM, 0, ANY, 0, 17, 17, 0, 0xfffffff0 },
    { OPTION( IPPROTO_TCP, OWN_TCP_MAXRT ), AFD, SOCK_STREAM, 0, ANY, 0, 0xffffffff, 0xffffffff },
    { OPTION( IPPROTO_TCP, OWN_TCP_MAXRTMS ), AFD, SOCK_STREAM, 0, ANY, 0, 1700, 1700 },
    { OPTION( IPPROTO_TCP, OWN_TCP_FASTOPEN ), AFD, SOCK_STREAM, 0, 0, 0, 1, 1 },
    { OPTION( IPPROTO_TCP, OWN_TCP_TIMESTAMPS ), AFD, SOCK_STREAM, 0, ANY, 0, ANY, ANY },
    { OPTION( IPPROTO_TCP, OWN_TCP_FAIL_CONNECT_ON_ICMP_ERROR ), AFD, SOCK_STREAM, 0, ANY, 0, 1, 1 },
    { OPTION( IPPROTO_TCP, OWN_TCP_ICMP_ERROR_INFO ), EVERYWHERE, SOCK_STREAM, 0, 0, WSAENOPROTOOPT, 1, 0,
      WSAENOPROTOOPT },

    { OPTION( IPPROTO_UDP, UDP_NOCHECKSUM ), AFD, SOCK_DGRAM, AF_INET, 0, 0, 1, 1 },
    { OPTION( IPPROTO_UDP, UDP_NOCHECKSUM ), STOCK, SOCK_DGRAM, AF_INET6, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( IPPROTO_UDP, UDP_CHECKSUM_COVERAGE ), AFD, SOCK_DGRAM, 0, 1, 0, 0, 0 },
    { OPTION( IPPROTO_UDP, UDP_NOCHECKSUM ), STOCK, SOCK_STREAM, 0, 0, WSAENOPROTOOPT, 1, 0, WSAENOPROTOOPT },
    { OPTION( IPPROTO_UDP, OWN_UDP_SEND_MSG_SIZE ), AFD, SOCK_DGRAM, 0, 0, 0, 1200, 1200, 0, 70000 },
    { OPTION( IPPROTO_UDP, OWN_UDP_RECV_MAX_COALESCED_SIZE ), AFD, SOCK_DGRAM, 0, 0, 0, 60000, 60000 },
};

static BOOL may_fail( const struct test *test )
{
    return test->todo == STOCK ? stock : test->todo == AFD ? by_afd() : FALSE;
}

#define check( condition, ... )                                                                                        \
    do                                                                                                                 \
    {                                                                                                                  \
        int condition_ = !!( condition );                                                                              \
        todo_wine_if( may_fail( test ) && !condition_ ) ok( condition_, __VA_ARGS__ );                                 \
    } while (0)

/* connected: how the socket is that the option is tried on. The host may report more options for a connected one, so
 * the first value isn't looked at. */
static void test_option( const struct test *test, SOCKET s, BOOL connected )
{
    DWORD value = 0xdeadbeef;
    int ret, len = sizeof( value );

    value = 0;
    WSASetLastError( 0 );
    ret = getsockopt( s, test->level, test->name, (char *)&value, &len );
    if (test->get_error && !( connected && test->get_error == WSAENOTCONN ))
        check( ret == -1 && WSAGetLastError() == test->get_error, "get: %d, error %d\n", ret, WSAGetLastError() );
    else
    {
        check( !ret, "get: error %d\n", WSAGetLastError() );
        if (!ret && !connected && test->first != ANY) check( value == test->first, "got %lx at first\n", value );
        /* too little room */
        len = 0;
        ok_docs_error( getsockopt( s, test->level, test->name, (char *)&value, &len ),
                       ret ? WSAGetLastError() : WSAEFAULT );
    }
    if (test->set == ANY || ( connected && test->set_error == WSAENOTCONN )) return;
    value = test->set;
    ret = setsockopt( s, test->level, test->name, (char *)&value, sizeof( value ) );
    if (test->set_error)
        check( ret == -1 && WSAGetLastError() == test->set_error, "set: %d, error %d\n", ret, WSAGetLastError() );
    else check( !ret, "set: error %d\n", WSAGetLastError() );
    if (!test->get_error)
    {
        value = 0;
        len = sizeof( value );
        ret = getsockopt( s, test->level, test->name, (char *)&value, &len );
        if (test->got != ANY)
            check( !ret && value == test->got, "got %lx after it was set, error %d\n", value, WSAGetLastError() );
    }
    if (!test->set_error)
    {
        if (test->bad)
        {
            value = test->bad;
            ret = setsockopt( s, test->level, test->name, (char *)&value, sizeof( value ) );
            check( ret == -1 && WSAGetLastError() == WSAEINVAL, "set %lx: %d, error %d\n", value, ret,
                   WSAGetLastError() );
        }
    }
}

static BOOL is_for( const struct test *test, int family, int type )
{
    return ( !test->type || test->type == type ) && ( !test->family || test->family == family );
}

static void test_fresh( int family, int type )
{
    unsigned int i;
    SOCKET s;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        if (!is_for( &tests[i], family, type )) continue;
        winetest_push_context( "%s type %d %s", family_name( family ), type, tests[i].text );
        s = socket( family, type, 0 );
        test_option( &tests[i], s, FALSE );
        closesocket( s );
        winetest_pop_context();
    }
}

/* The same once there is a connection, where options go another way. Some can be set before it alone. */
static void test_connected( int family, int type )
{
    SOCKET client, server, a, b;
    unsigned int i;

    tcp_pair( family, WSA_FLAG_OVERLAPPED, &client, &server );
    udp_pair( family, &a, &b );
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        if (!is_for( &tests[i], family, type )) continue;
        if (tests[i].name == IPV6_V6ONLY && tests[i].level == IPPROTO_IPV6) continue;
        if (tests[i].level == SOL_SOCKET && tests[i].name == SO_CONNECT_TIME) continue;
        if (tests[i].level == SOL_SOCKET && ( tests[i].name == SO_EXCLUSIVEADDRUSE || tests[i].name == SO_REUSEADDR ))
            continue;
        if (tests[i].level == SOL_SOCKET
            && ( tests[i].name == OWN_SO_RANDOMIZE_PORT || tests[i].name == OWN_SO_PORT_SCALABILITY ))
            continue;
        if (tests[i].level == IPPROTO_TCP && ( tests[i].name == OWN_TCP_FASTOPEN || tests[i].name == OWN_TCP_MAXSEG ))
            continue;
        winetest_push_context( "%s type %d connected %s", family_name( family ), type, tests[i].text );
        test_option( &tests[i], type == SOCK_STREAM ? client : a, TRUE );
        winetest_pop_context();
    }
    closesocket( client );
    closesocket( server );
    closesocket( a );
    closesocket( b );
}

START_TEST( option_table )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_fresh( families[i], SOCK_STREAM );
        test_fresh( families[i], SOCK_DGRAM );
        test_connected( families[i], SOCK_STREAM );
        test_connected( families[i], SOCK_DGRAM );
    }
    stop_winsock();
}
