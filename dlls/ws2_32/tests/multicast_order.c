/*
 * Options of groups in an order that doesn't fit, each in the forms that there are
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The errors are those of the page "Multicast Socket Option Behavior". On the loopback interface, whose index is 1.
 */

#include "sockets.h"

#define LOOPBACK_INDEX 1

enum change
{
    JOIN,
    LEAVE,
    JOIN_SOURCE,
    LEAVE_SOURCE,
    BLOCK,
    UNBLOCK,
    CHANGE_COUNT,
};

static const char *const change_names[] = { "join", "leave", "join source", "leave source", "block", "unblock" };

/* What is done before, all of which succeeds, and the error of the last one */
static const struct
{
    enum change changes[4]; /* the last is followed by JOIN, 0, if there are fewer */
    unsigned int count;
    int error;
} sequences[] = {
    { { JOIN, JOIN }, 2, WSAEADDRNOTAVAIL },
    { { JOIN, JOIN_SOURCE }, 2, WSAEADDRNOTAVAIL },
    { { JOIN, LEAVE_SOURCE }, 2, WSAEINVAL },
    { { JOIN, UNBLOCK }, 2, WSAEINVAL },
    { { JOIN, LEAVE, UNBLOCK }, 3, WSAEINVAL },
    { { JOIN, LEAVE, BLOCK }, 3, WSAEINVAL },
    { { JOIN, LEAVE, LEAVE }, 3, WSAEADDRNOTAVAIL }, /* what programs know; the page has WSAEINVAL */
    { { JOIN_SOURCE, JOIN }, 2, WSAEADDRNOTAVAIL },
    { { JOIN_SOURCE, JOIN_SOURCE }, 2, WSAEADDRNOTAVAIL },
    { { JOIN_SOURCE, UNBLOCK }, 2, WSAEINVAL },
    { { JOIN_SOURCE, BLOCK }, 2, WSAEINVAL },
    { { JOIN_SOURCE, LEAVE_SOURCE, UNBLOCK }, 3, WSAEINVAL },
    { { JOIN_SOURCE, LEAVE_SOURCE, LEAVE_SOURCE }, 3, WSAEADDRNOTAVAIL },
    { { LEAVE_SOURCE }, 1, WSAEADDRNOTAVAIL },
    { { LEAVE }, 1, WSAEADDRNOTAVAIL },
    { { BLOCK }, 1, WSAEINVAL },
    { { JOIN, BLOCK, BLOCK }, 3, WSAEADDRNOTAVAIL },
    { { JOIN, BLOCK, JOIN_SOURCE }, 3, WSAEINVAL },
    { { JOIN, BLOCK, JOIN }, 3, WSAEINVAL },
    { { JOIN, BLOCK, LEAVE_SOURCE }, 3, WSAEINVAL },
    { { JOIN, BLOCK, UNBLOCK, LEAVE }, 4, 0 },
    { { JOIN_SOURCE, LEAVE_SOURCE, JOIN, LEAVE }, 4, 0 },
};

enum form
{
    BY_ADDRESS, /* ip_mreq, ip_mreq_source */
    BY_INDEX,   /* the same with the index as 0.0.0.x */
    ANY_IPV4,   /* GROUP_REQ, GROUP_SOURCE_REQ */
    ANY_IPV6,
    FORM_COUNT,
};

static const char *const form_names[] = { "by address", "by index", "GROUP_REQ, IPv4", "GROUP_REQ, IPv6" };

static int change_group( SOCKET s, enum form form, enum change change )
{
    static const int v4_names[] = { IP_ADD_MEMBERSHIP,         IP_DROP_MEMBERSHIP, IP_ADD_SOURCE_MEMBERSHIP,
                                    IP_DROP_SOURCE_MEMBERSHIP, IP_BLOCK_SOURCE,    IP_UNBLOCK_SOURCE };
    static const int any_names[] = { MCAST_JOIN_GROUP,         MCAST_LEAVE_GROUP,  MCAST_JOIN_SOURCE_GROUP,
                                     MCAST_LEAVE_SOURCE_GROUP, MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE };
    DWORD interface_address = form == BY_ADDRESS ? htonl( INADDR_LOOPBACK ) : LOOPBACK_INDEX << 24;
    int level = form == ANY_IPV6 ? IPPROTO_IPV6 : IPPROTO_IP;
    struct ip_mreq_source v4_source;
    GROUP_SOURCE_REQ source;
    struct ip_mreq v4;
    GROUP_REQ group;
    const void *value;
    int len, ret;

    memset( &source, 0, sizeof( source ) );
    source.gsr_interface = LOOPBACK_INDEX;
    if (form == ANY_IPV6)
    {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&source.gsr_group;

        in6->sin6_family = AF_INET6;
        in6->sin6_addr.u.Byte[0] = 0xff;
        in6->sin6_addr.u.Byte[1] = 0x12;
        in6->sin6_addr.u.Byte[15] = 0x44;
        loopback( (union address *)&source.gsr_source, AF_INET6, 0 );
    }
    else
    {
        struct sockaddr_in *in = (struct sockaddr_in *)&source.gsr_group;

        in->sin_family = AF_INET;
        in->sin_addr.s_addr = inet_addr( "239.1.2.4" );
        loopback( (union address *)&source.gsr_source, AF_INET, 0 );
        v4.imr_multiaddr = v4_source.imr_multiaddr = in->sin_addr;
        v4.imr_interface.s_addr = v4_source.imr_interface.s_addr = interface_address;
        v4_source.imr_sourceaddr.s_addr = htonl( INADDR_LOOPBACK );
    }
    group.gr_interface = source.gsr_interface;
    group.gr_group = source.gsr_group;
    if (form == BY_ADDRESS || form == BY_INDEX)
    {
        value = change <= LEAVE ? (void *)&v4 : (void *)&v4_source;
        len = change <= LEAVE ? sizeof( v4 ) : sizeof( v4_source );
        ret = setsockopt( s, level, v4_names[change], value, len );
    }
    else
    {
        value = change <= LEAVE ? (void *)&group : (void *)&source;
        len = change <= LEAVE ? sizeof( group ) : sizeof( source );
        ret = setsockopt( s, level, any_names[change], value, len );
    }
    return ret ? WSAGetLastError() : 0;
}

static void test_sequence( enum form form, unsigned int index )
{
    SOCKET s = udp_socket( form == ANY_IPV6 ? AF_INET6 : AF_INET );
    unsigned int i, last = sequences[index].count - 1;
    int error;

    winetest_push_context( "%s, sequence %u", form_names[form], index );
    for (i = 0; i < last; i++)
    {
        error = change_group( s, form, sequences[index].changes[i] );
        ok_unless_afd( !error, "%s: got %d\n", change_names[sequences[index].changes[i]], error );
    }
    error = change_group( s, form, sequences[index].changes[last] );
    ok_unless_afd( error == sequences[index].error, "last, %s: got %d, expected %d\n",
                   change_names[sequences[index].changes[last]], error, sequences[index].error );
    winetest_pop_context();
    closesocket( s );
}

START_TEST( multicast_order )
{
    unsigned int form, i;

    start_winsock();
    for (form = 0; form < FORM_COUNT; form++)
    {
        if (form == ANY_IPV6 && family_count() < 2) continue;
        for (i = 0; i < ARRAY_SIZE( sequences ); i++) test_sequence( form, i );
    }
    stop_winsock();
}
