/*
 * WSARecvMsg on a socket of both families: an IPv4 datagram is described once
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "message.h"

/* Counts the messages of a type that both levels have, and returns the first. */
static WSACMSGHDR *find_control( struct received *r, int type, unsigned int *count )
{
    WSACMSGHDR *header, *first = NULL;

    *count = 0;
    for (header = WSA_CMSG_FIRSTHDR( &r->msg ); header; header = WSA_CMSG_NXTHDR( &r->msg, header ))
    {
        if (header->cmsg_type != type) continue;
        if (!first) first = header;
        ( *count )++;
    }
    return first;
}

/* What the program asks for, by level, and which level then describes which family's datagram. */
static const struct
{
    const char *what;
    int option;
    BOOL v4, v6;
    int level4, level6; /* 0: not looked at */
    BOOL ours;          /* stock and tier `afd' don't have the option */
} cases[] = {
    { "both", IP_PKTINFO, TRUE, TRUE, IPPROTO_IP, IPPROTO_IPV6, FALSE },
    { "IPv4's", IP_PKTINFO, TRUE, FALSE, IPPROTO_IP, 0, FALSE },
    { "IPv6's", IP_PKTINFO, FALSE, TRUE, 0, IPPROTO_IPV6, FALSE },
    { "both interfaces", IP_RECVIF_, TRUE, TRUE, IPPROTO_IP, IPPROTO_IPV6, TRUE },
    { "both arrival interfaces", IP_ORIGINAL_ARRIVAL_IF_, TRUE, TRUE, IPPROTO_IP, IPPROTO_IPV6, TRUE },
};

static void receive( SOCKET s, unsigned int i, int family, USHORT port )
{
    SOCKET sender = udp_socket( family );
    int level = family == AF_INET ? cases[i].level4 : cases[i].level6, len;
    /* what .NET has: room for one message of IPv6 */
    DWORD room = cases[i].option == IP_PKTINFO ? WSA_CMSG_SPACE( sizeof( IN6_PKTINFO ) ) : 200, count;
    union address addr;
    unsigned int found;
    WSACMSGHDR *header;
    struct received r;
    int ret;

    winetest_push_context( "%s, from %s", cases[i].what, family_name( family ) );
    len = loopback( &addr, family, port );
    ok_call( sendto( sender, "four", 4, 0, &addr.any, len ), 4, 0 );
    prepare( &r );
    r.msg.Control.len = room;
    ret = ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL );
    ok_unless_afd( !ret && count == 4, "got %d, error %d\n", ret, WSAGetLastError() );
    if (!level) goto done;
    ok_unless_afd( !( r.msg.dwFlags & MSG_CTRUNC ), "control data is cut off\n" );
    if (ret) goto done;
    header = find_control( &r, cases[i].option, &found );
    ok_unless_afd( found == 1, "got %u messages\n", found );
    ok_unless_afd( header && header->cmsg_level == level, "got level %d\n", header ? header->cmsg_level : -1 );
    if (header && header->cmsg_level == IPPROTO_IP && cases[i].option == IP_PKTINFO)
    {
        const IN_PKTINFO *info = (const IN_PKTINFO *)WSA_CMSG_DATA( header );

        ok( info->ipi_addr.s_addr == htonl( INADDR_LOOPBACK ) && info->ipi_ifindex, "got address %s, interface %u\n",
            inet_ntoa( info->ipi_addr ), (UINT)info->ipi_ifindex );
    }
done:
    closesocket( sender );
    winetest_pop_context();
}

static void test_case( unsigned int i )
{
    SOCKET s = udp_socket( AF_INET6 );
    struct sockaddr_in6 addr = { AF_INET6 };
    int off = 0, on = 1, len = sizeof( addr );

    ok_success( setsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof( off ) ) );
    ok_success( bind( s, (struct sockaddr *)&addr, sizeof( addr ) ) );
    ok_success( getsockname( s, (struct sockaddr *)&addr, &len ) );
    set_timeout( s, 5000 );
    if (cases[i].v4) ok_success( setsockopt( s, IPPROTO_IP, cases[i].option, (char *)&on, sizeof( on ) ) );
    if (cases[i].v6) ok_success( setsockopt( s, IPPROTO_IPV6, cases[i].option, (char *)&on, sizeof( on ) ) );
    receive( s, i, AF_INET, ntohs( addr.sin6_port ) );
    receive( s, i, AF_INET6, ntohs( addr.sin6_port ) );
    closesocket( s );
}

START_TEST( message_dual )
{
    unsigned int i;

    start_winsock();
    load_extensions();
    if (family_count() < 2) skip( "no IPv6\n" );
    else
        for (i = 0; i < ARRAY_SIZE( cases ); i++)
            if (!cases[i].ours || !by_afd()) test_case( i );
    stop_winsock();
}
