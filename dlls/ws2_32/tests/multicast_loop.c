/*
 * Who receives what this host sends to groups
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "IPPROTO_IP socket options" and "IPPROTO_IPV6 socket options": on Windows IP_MULTICAST_LOOP is a
 * matter of the receiving socket, on Linux, and so on stock, one of the sending socket. tests/network has an interface
 * that isn't the loopback one, and IPv6.
 */

#include "sockets.h"

#define DATA "to all"

static const struct where
{
    const char *name;
    int family;
    const char *addr, *group; /* of an interface; NULL: the host's choice */
    BOOL outside;             /* needs tests/network */
} places[] = {
    { "loopback", AF_INET, "127.0.0.1", "239.255.77.77", FALSE },
    { "IPv4", AF_INET, "10.9.0.1", "239.255.77.78", TRUE },
    { "IPv6", AF_INET6, NULL, "ff15::77", TRUE },
};

static int level_of( const struct where *where )
{
    return where->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
}

static int loop_of( const struct where *where, SOCKET s )
{
    int loop = -1, len = sizeof( loop );

    ok_success( getsockopt( s, level_of( where ), where->family == AF_INET ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP,
                            (char *)&loop, &len ) );
    return loop;
}

static void set_loop( const struct where *where, SOCKET s, int loop )
{
    ok_success( setsockopt( s, level_of( where ), where->family == AF_INET ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP,
                            (char *)&loop, sizeof( loop ) ) );
    ok( loop_of( where, s ) == loop, "%s: set %d, got %d\n", where->name, loop, loop_of( where, s ) );
}

static BOOL join( const struct where *where, SOCKET s )
{
    struct ipv6_mreq mreq6 = { 0 };
    struct ip_mreq mreq;

    if (where->family == AF_INET6)
    {
        inet_pton( AF_INET6, where->group, &mreq6.ipv6mr_multiaddr );
        return !setsockopt( s, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, (char *)&mreq6, sizeof( mreq6 ) );
    }
    mreq.imr_multiaddr.s_addr = inet_addr( where->group );
    mreq.imr_interface.s_addr = inet_addr( where->addr );
    return !setsockopt( s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&mreq, sizeof( mreq ) );
}

/* A datagram to the group, and then one to the socket itself. Has the first arrived? */
static BOOL hears( const struct where *where, SOCKET from, SOCKET to )
{
    char buffer[32] = { 0 };
    union address addr;
    SOCKADDR_STORAGE group = { .ss_family = where->family };
    int len = sizeof( addr ), got;

    ok_success( getsockname( to, &addr.any, &len ) );
    memcpy( &group, &addr, len );
    if (where->family == AF_INET6) inet_pton( AF_INET6, where->group, &( (struct sockaddr_in6 *)&group )->sin6_addr );
    else ( (struct sockaddr_in *)&group )->sin_addr.s_addr = inet_addr( where->group );
    ok( sendto( from, DATA, sizeof( DATA ), 0, (struct sockaddr *)&group, len ) == sizeof( DATA ), "%s: error %d\n",
        where->name, WSAGetLastError() );
    len = loopback( &addr, where->family, ntohs( addr.v4.sin_port ) );
    ok( sendto( from, "x", 1, 0, &addr.any, len ) == 1, "%s: error %d\n", where->name, WSAGetLastError() );
    got = recv( to, buffer, sizeof( buffer ), 0 );
    if (got == 1) return FALSE;
    ok( got == sizeof( DATA ), "%s: got %d, error %d\n", where->name, got, WSAGetLastError() );
    got = recv( to, buffer, sizeof( buffer ), 0 );
    ok( got == 1, "%s: got %d, error %d\n", where->name, got, WSAGetLastError() );
    return TRUE;
}

static SOCKET member_socket( const struct where *where )
{
    SOCKADDR_STORAGE any = { .ss_family = where->family };
    SOCKET s = udp_socket( where->family );

    ok_success( bind( s, (struct sockaddr *)&any, sizeof( any ) ) );
    set_timeout( s, 10000 );
    if (join( where, s )) return s;
    closesocket( s );
    return INVALID_SOCKET;
}

static void test_place( const struct where *where )
{
    SOCKET receiver = member_socket( where ), sender, duplicate;
    struct in_addr from;
    WSAPROTOCOL_INFOW info;

    if (receiver == INVALID_SOCKET)
    {
        skip( "%s: no groups\n", where->name );
        return;
    }
    sender = member_socket( where );
    if (where->addr)
    {
        from.s_addr = inet_addr( where->addr );
        ok_success( setsockopt( sender, IPPROTO_IP, IP_MULTICAST_IF, (char *)&from, sizeof( from ) ) );
    }
    ok( loop_of( where, receiver ) == 1, "%s: %d\n", where->name, loop_of( where, receiver ) );
    ok( hears( where, sender, receiver ), "%s: not received\n", where->name );

    set_loop( where, receiver, FALSE );
    ok_unless_afd( !hears( where, sender, receiver ), "%s: received with the option off\n", where->name );
    set_loop( where, sender, FALSE );
    ok_unless_afd( !hears( where, sender, receiver ), "%s: received with both off\n", where->name );
    set_loop( where, receiver, TRUE );
    ok_unless_afd( hears( where, sender, receiver ), "%s: not received from a sender that doesn't\n", where->name );

    /* the choice is the socket's, by whichever handle */
    set_loop( where, receiver, FALSE );
    ok_success( WSADuplicateSocketW( receiver, GetCurrentProcessId(), &info ) );
    duplicate = WSASocketW( 0, 0, 0, &info, 0, 0 );
    ok( duplicate != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    ok( !loop_of( where, duplicate ), "%s: on\n", where->name );
    closesocket( duplicate );
    closesocket( receiver );
    closesocket( sender );
}

START_TEST( multicast_loop )
{
    UINT i;

    start_winsock();
    for (i = 0; i < ARRAY_SIZE( places ); i++)
        if (!places[i].outside || getenv( "WSURING_TEST_NETWORK" )) test_place( places + i );
    stop_winsock();
}
