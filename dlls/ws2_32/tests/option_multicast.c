/*
 * Groups: memberships by address and by index, sources that are let in and kept out
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On the loopback interface, whose index is 1.
 */

#include "sockets.h"

#define LOOPBACK_INDEX 1
#ifndef SIOCSMSFILTER
#define SIOCSMSFILTER 0x8004747e
#define SIOCGMSFILTER 0x8004747f
#endif

static SOCKET receiver, sender;
static union address group;
static int group_len;
static BOOL carried; /* by the interface; without, only what the calls say is looked at */

/* Does a datagram to the group arrive, or not, as it should? */
static BOOL arrives( BOOL should )
{
    char buffer[16];
    int ret;

    if (!carried) return should;
    ret = sendto( sender, "group", 5, 0, &group.any, group_len );
    ok( ret == 5, "sendto failed: %d\n", WSAGetLastError() );
    if (ret != 5 || !wait_readable( receiver, should ? 2000 : 100 )) return FALSE;
    ret = recv( receiver, buffer, sizeof( buffer ), 0 );
    ok( ret == 5 && !memcmp( buffer, "group", 5 ), "got %d, error %d\n", ret, WSAGetLastError() );
    return TRUE;
}

static void open_sockets( int family )
{
    union address any;
    DWORD index = LOOPBACK_INDEX;
    int len;

    memset( &any, 0, sizeof( any ) );
    any.any.sa_family = family;
    receiver = udp_socket( family );
    sender = udp_socket( family );
    ok_success( bind( receiver, &any.any, family == AF_INET ? 16 : 28 ) );
    len = sizeof( any );
    ok_success( getsockname( receiver, &any.any, &len ) );
    memset( &group, 0, sizeof( group ) );
    group.any.sa_family = family;
    group.v4.sin_port = any.v4.sin_port;
    if (family == AF_INET)
    {
        group.v4.sin_addr.s_addr = inet_addr( "239.1.2.3" );
        group_len = sizeof( group.v4 );
        ok_success( setsockopt( sender, IPPROTO_IP, IP_MULTICAST_IF, (char *)&(DWORD){ 0x0100007f }, 4 ) );
    }
    else
    {
        group.v6.sin6_addr.u.Byte[0] = 0xff;
        group.v6.sin6_addr.u.Byte[1] = 0x12; /* of this link, not a well-known one */
        group.v6.sin6_addr.u.Byte[15] = 0x33;
        group.v6.sin6_scope_id = LOOPBACK_INDEX;
        group_len = sizeof( group.v6 );
        ok_success( setsockopt( sender, IPPROTO_IPV6, IPV6_MULTICAST_IF, (char *)&index, 4 ) );
    }
    /* there are hosts whose loopback has no route for groups */
    carried = sendto( sender, "x", 1, 0, &group.any, group_len ) == 1;
    if (!carried)
        trace( "%s: the loopback interface carries no groups: %d\n", family_name( family ), WSAGetLastError() );
}

static void close_sockets( void )
{
    closesocket( sender );
    closesocket( receiver );
}

/* where the host isn't asked directly, its structures are taken for Windows' */
#define ok_host( call, error )                                                                                         \
    do                                                                                                                 \
    {                                                                                                                  \
        int ret_ = ( call ), error_ = ret_ ? WSAGetLastError() : 0;                                                    \
        ok_unless_afd( error_ == ( error ), "%s: got error %d, expected %d\n", #call, error_, (int)( error ) );        \
    } while (0)

static int option( int level, int name, const void *value, int len )
{
    return setsockopt( receiver, level, name, value, len );
}

/* ip_mreq: the interface by an address of it, or by its index as 0.0.0.x */
static void test_membership( void )
{
    static const DWORD interfaces[] = { 0x0100007f, LOOPBACK_INDEX << 24 };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( interfaces ); i++)
    {
        struct ip_mreq mreq;

        open_sockets( AF_INET );
        winetest_push_context( "interface %lx", interfaces[i] );
        mreq.imr_multiaddr = group.v4.sin_addr;
        mreq.imr_interface.s_addr = interfaces[i];
        ok( !arrives( FALSE ), "got it before joining\n" );
        /* by index: the host's structure has another member for that, which stock doesn't use */
        ok_host( option( IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof( mreq ) ), 0 );
        ok_unless_afd( arrives( TRUE ), "didn't get it\n" );
        ok_host( option( IPPROTO_IP, IP_DROP_MEMBERSHIP, &mreq, sizeof( mreq ) ), 0 );
        ok( !arrives( FALSE ), "got it after leaving\n" );
        ok_host( option( IPPROTO_IP, IP_DROP_MEMBERSHIP, &mreq, sizeof( mreq ) ), WSAEADDRNOTAVAIL );
        ok_docs_error( option( IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof( mreq ) - 1 ), WSAEFAULT );
        winetest_pop_context();
        close_sockets();
    }
}

/* A group that another socket has joined isn't this socket's. */
static void test_others( void )
{
    struct ip_mreq mreq;
    union address any;
    SOCKET other;

    open_sockets( AF_INET );
    other = udp_socket( AF_INET );
    memset( &any, 0, sizeof( any ) );
    any.any.sa_family = AF_INET;
    ok_success( bind( other, &any.any, sizeof( any.v4 ) ) );
    mreq.imr_multiaddr = group.v4.sin_addr;
    mreq.imr_interface.s_addr = htonl( INADDR_LOOPBACK );
    ok_success( setsockopt( other, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&mreq, sizeof( mreq ) ) );
    ok_unless_afd( !arrives( FALSE ), "got what is for another\n" );
    ok_host( option( IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof( mreq ) ), 0 );
    ok( arrives( TRUE ), "didn't get it\n" );
    closesocket( other );
    ok( arrives( TRUE ), "didn't get it any more\n" );
    close_sockets();
}

/* ip_mreq_source: members in Windows' order, which isn't the host's */
static void test_source( void )
{
    struct ip_mreq_source mreq;
    struct ip_mreq any_source;

    open_sockets( AF_INET );
    mreq.imr_multiaddr = any_source.imr_multiaddr = group.v4.sin_addr;
    mreq.imr_interface.s_addr = any_source.imr_interface.s_addr = 0x0100007f;

    mreq.imr_sourceaddr.s_addr = inet_addr( "127.0.0.9" );
    ok_success( option( IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &mreq, sizeof( mreq ) ) );
    ok( !arrives( FALSE ), "got it of another source\n" );
    ok_success( option( IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &mreq, sizeof( mreq ) ) );

    mreq.imr_sourceaddr.s_addr = 0x0100007f;
    ok_success( option( IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &mreq, sizeof( mreq ) ) );
    ok( arrives( TRUE ), "didn't get it of its source\n" );
    ok_success( option( IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &mreq, sizeof( mreq ) ) );
    ok( !arrives( FALSE ), "got it after leaving\n" );

    ok_success( option( IPPROTO_IP, IP_ADD_MEMBERSHIP, &any_source, sizeof( any_source ) ) );
    ok_success( option( IPPROTO_IP, IP_BLOCK_SOURCE, &mreq, sizeof( mreq ) ) );
    ok( !arrives( FALSE ), "got it of a blocked source\n" );
    ok_success( option( IPPROTO_IP, IP_UNBLOCK_SOURCE, &mreq, sizeof( mreq ) ) );
    ok( arrives( TRUE ), "didn't get it\n" );
    close_sockets();
}

static void test_membership_v6( void )
{
    struct ipv6_mreq mreq;

    open_sockets( AF_INET6 );
    mreq.ipv6mr_multiaddr = group.v6.sin6_addr;
    mreq.ipv6mr_interface = LOOPBACK_INDEX;
    ok( !arrives( FALSE ), "got it before joining\n" );
    ok_success( option( IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &mreq, sizeof( mreq ) ) );
    ok( arrives( TRUE ), "didn't get it\n" );
    ok_success( option( IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, &mreq, sizeof( mreq ) ) );
    ok( !arrives( FALSE ), "got it after leaving\n" );
    mreq.ipv6mr_interface = 0x7ffffff;
    ok_host( option( IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &mreq, sizeof( mreq ) ), WSAEADDRNOTAVAIL );
    close_sockets();
}

/* GROUP_REQ and GROUP_SOURCE_REQ, for both families */
static void test_protocol_independent( int family )
{
    int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
    GROUP_REQ req;
    GROUP_SOURCE_REQ source;
    union address loop;
    int len;

    open_sockets( family );
    winetest_push_context( "%s", family_name( family ) );
    len = loopback( &loop, family, 0 );
    memset( &req, 0, sizeof( req ) );
    memset( &source, 0, sizeof( source ) );
    req.gr_interface = source.gsr_interface = LOOPBACK_INDEX;
    memcpy( &req.gr_group, &group, group_len );
    memcpy( &source.gsr_group, &group, group_len );
    memcpy( &source.gsr_source, &loop, len );

    ok_success( option( level, MCAST_JOIN_GROUP, &req, sizeof( req ) ) );
    ok( arrives( TRUE ), "didn't get it\n" );
    ok_success( option( level, MCAST_BLOCK_SOURCE, &source, sizeof( source ) ) );
    ok( !arrives( FALSE ), "got it of a blocked source\n" );
    ok_success( option( level, MCAST_UNBLOCK_SOURCE, &source, sizeof( source ) ) );
    ok( arrives( TRUE ), "didn't get it of an unblocked source\n" );
    ok_success( option( level, MCAST_LEAVE_GROUP, &req, sizeof( req ) ) );
    ok( !arrives( FALSE ), "got it after leaving\n" );
    ok_error( option( level, MCAST_LEAVE_GROUP, &req, sizeof( req ) ), WSAEADDRNOTAVAIL );

    ok_success( option( level, MCAST_JOIN_SOURCE_GROUP, &source, sizeof( source ) ) );
    ok( arrives( TRUE ), "didn't get it of its source\n" );
    ok_success( option( level, MCAST_LEAVE_SOURCE_GROUP, &source, sizeof( source ) ) );
    ok( !arrives( FALSE ), "got it after leaving the source\n" );
    if (family == AF_INET) ( (struct sockaddr_in *)&source.gsr_source )->sin_addr.s_addr = inet_addr( "127.0.0.9" );
    else ( (struct sockaddr_in6 *)&source.gsr_source )->sin6_addr.u.Byte[0] = 0x20;
    ok_success( option( level, MCAST_JOIN_SOURCE_GROUP, &source, sizeof( source ) ) );
    ok( !arrives( FALSE ), "got it of another source\n" );

    ok_error( option( level, MCAST_JOIN_GROUP, &req, sizeof( req ) - 1 ), WSAEFAULT );
    req.gr_group.ss_family = 0x77;
    ok( option( level, MCAST_JOIN_GROUP, &req, sizeof( req ) ) == -1, "joined a group of no family\n" );
    winetest_pop_context();
    close_sockets();
}

/* SIO_*_MULTICAST_FILTER (IP_MSFILTER) and SIO*MSFILTER (GROUP_FILTER): the mode and the sources in one call (RFC
 * 3678) */
#define FILTER_SIZE 1024

union filter
{
    IP_MSFILTER v4;
    GROUP_FILTER any;
    char bytes[FILTER_SIZE];
};

struct filter_form
{
    const char *name;
    DWORD set, get, header, source;
};

static const struct filter_form filter_forms[] = {
    { "IP_MSFILTER", SIO_SET_MULTICAST_FILTER, SIO_GET_MULTICAST_FILTER, 16, 4 },
    { "GROUP_FILTER", SIOCSMSFILTER, SIOCGMSFILTER, 144, 128 },
};

/* Fills in a filter with that many sources, of which the first is the sender. Returns its size. */
static int make_filter( union filter *filter, const struct filter_form *form, int family, MULTICAST_MODE_TYPE mode,
                        unsigned int count )
{
    union address source;
    unsigned int i;
    int len = loopback( &source, family, 0 );

    memset( filter, 0, sizeof( *filter ) );
    if (form->header == 16)
    {
        filter->v4.imsf_multiaddr = group.v4.sin_addr;
        filter->v4.imsf_interface.s_addr = 0x0100007f;
        filter->v4.imsf_fmode = mode;
        filter->v4.imsf_numsrc = count;
    }
    else
    {
        filter->any.gf_interface = LOOPBACK_INDEX;
        memcpy( &filter->any.gf_group, &group, group_len );
        filter->any.gf_fmode = mode;
        filter->any.gf_numsrc = count;
    }
    for (i = 0; i < count; i++)
    {
        if (form->header == 16) filter->v4.imsf_slist[i] = source.v4.sin_addr;
        else memcpy( filter->bytes + form->header + i * form->source, &source, len );
        if (family == AF_INET) source.v4.sin_addr.s_addr += htonl( 8 );
        else source.v6.sin6_addr.u.Byte[0] = 0x20 + i;
    }
    return form->header + count * form->source;
}

static void test_filter( const struct filter_form *form, int family )
{
    static const struct
    {
        MULTICAST_MODE_TYPE mode;
        unsigned int count;
        BOOL arrives;
    } filters[] = {
        { MCAST_INCLUDE, 1, TRUE }, /* joins */
        { MCAST_EXCLUDE, 1, FALSE }, { MCAST_EXCLUDE, 0, TRUE },
        { MCAST_EXCLUDE, 3, FALSE }, { MCAST_INCLUDE, 3, TRUE },
    };
    union filter filter, got;
    DWORD size, returned;
    unsigned int i;

    open_sockets( family );
    for (i = 0; i < ARRAY_SIZE( filters ); i++)
    {
        winetest_push_context( "%s, %s, %u", form->name, family_name( family ), i );
        size = make_filter( &filter, form, family, filters[i].mode, filters[i].count );
        ok_success( WSAIoctl( receiver, form->set, &filter, size, NULL, 0, &returned, NULL, NULL ) );
        ok( arrives( filters[i].arrives ) == filters[i].arrives, "the filter does something else\n" );
        memset( &got, 0xcc, sizeof( got ) );
        ok_success(
            WSAIoctl( receiver, form->get, &filter, form->header, &got, sizeof( got ), &returned, NULL, NULL ) );
        ok( returned == size && !memcmp( &got, &filter, size ), "got %lu bytes of something else\n", returned );
        if (filters[i].count > 1)
        {
            /* as many as fit, and the number of all */
            memset( &got, 0xcc, sizeof( got ) );
            ok_success( WSAIoctl( receiver, form->get, &filter, form->header, &got, form->header + form->source,
                                  &returned, NULL, NULL ) );
            ok( returned == form->header + form->source && !memcmp( &got, &filter, returned ),
                "got %lu bytes of something else\n", returned );
        }
        winetest_pop_context();
    }
    winetest_push_context( "%s, %s", form->name, family_name( family ) );
    ok_error( WSAIoctl( receiver, form->set, &filter, size - 1, NULL, 0, &returned, NULL, NULL ), WSAEFAULT );
    ok_error( WSAIoctl( receiver, form->set, &filter, form->header - 1, NULL, 0, &returned, NULL, NULL ), WSAEFAULT );
    ok_error( WSAIoctl( receiver, form->set, bad_page(), size, NULL, 0, &returned, NULL, NULL ), WSAEFAULT );
    ok_error( WSAIoctl( receiver, form->get, &filter, form->header, &got, form->header - 1, &returned, NULL, NULL ),
              WSAEFAULT );
    size = make_filter( &filter, form, family, MCAST_EXCLUDE + 1, 1 );
    ok_error( WSAIoctl( receiver, form->set, &filter, size, NULL, 0, &returned, NULL, NULL ), WSAEINVAL );
    /* nobody: leaves, and may do so twice */
    for (i = 0; i < 2; i++)
    {
        size = make_filter( &filter, form, family, MCAST_INCLUDE, 0 );
        ok_success( WSAIoctl( receiver, form->set, &filter, size, NULL, 0, &returned, NULL, NULL ) );
        ok( !arrives( FALSE ), "got it after leaving\n" );
    }
    ok_error( WSAIoctl( receiver, form->get, &filter, form->header, &got, sizeof( got ), &returned, NULL, NULL ),
              WSAEADDRNOTAVAIL );
    winetest_pop_context();
    close_sockets();
}

/* The server's AFD has no source filters, and says so. */
static void test_unknown( void )
{
    struct group_req req = { 0 };
    union filter filter;
    unsigned int i;
    DWORD size;
    SOCKET s = udp_socket( AF_INET );

    req.gr_group.ss_family = AF_INET;
    ( (struct sockaddr_in *)&req.gr_group )->sin_addr.s_addr = htonl( 0xefff0101 );
    ok_error( setsockopt( s, IPPROTO_IP, MCAST_JOIN_GROUP, (char *)&req, sizeof( req ) ), WSAENOPROTOOPT );
    for (i = 0; i < ARRAY_SIZE( filter_forms ); i++)
    {
        size = make_filter( &filter, filter_forms + i, AF_INET, MCAST_EXCLUDE, 0 );
        ok_error( WSAIoctl( s, filter_forms[i].set, &filter, size, NULL, 0, &size, NULL, NULL ), WSAEOPNOTSUPP );
    }
    closesocket( s );
}

START_TEST( option_multicast )
{
    unsigned int i;

    start_winsock();
    test_membership();
    test_others();
    if (by_afd()) test_unknown();
    else
    {
        test_source();
        for (i = 0; i < family_count(); i++)
        {
            test_protocol_independent( families[i] );
            test_filter( filter_forms + 1, families[i] );
        }
        test_filter( filter_forms, AF_INET );
    }
    if (family_count() > 1) test_membership_v6();
    stop_winsock();
}
