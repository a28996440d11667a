/*
 * WSAIoctl: every documented code, on a stream and a datagram socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "WSAIoctl function" and "Winsock IOCTLs". docs/ioctls.md has what serves each.
 */

#define NTDDI_VERSION 0x0a000006 /* for TCP_INFO_v1 */

#include <stddef.h>
#include "sockets.h"
#include <mstcpip.h>

#ifndef SIO_TCP_INFO
#define SIO_TCP_INFO 0xd8000027
#endif
#define SIO_CHK_QOS_                                 0xdc000001
#define SIO_CPU_AFFINITY_                            0x98000015
#define SIO_IDEAL_SEND_BACKLOG_CHANGE_               0x2000747a
#define SIO_IDEAL_SEND_BACKLOG_QUERY_                0x4004747b
#define SIO_QUERY_RSS_SCALABILITY_INFO_              0x580000d2
#define SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER_ 0xc8000024
#define SIO_SET_PRIORITY_HINT_                       0x98000018
#define SIO_GET_TX_TIMESTAMP_                        0x980000ea

static char in[256], out[4096];

/* Input: the loopback address, whose first bytes are 2, or 0 where that would be an odd value. */
enum input
{
    ADDRESS,
    ZERO,
    ONE,
    POINTERS
};

static int call( SOCKET s, DWORD code, enum input input, DWORD in_size, DWORD out_size, DWORD *returned )
{
    static const GUID poll = WSAID_WSAPOLL;
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );

    memset( in, 0, sizeof( in ) );
    if (input == ADDRESS) memcpy( in, &addr, len );
    if (input == ONE) *(int *)in = 1;
    if (input == POINTERS) memcpy( in, &poll, sizeof( poll ) );
    *returned = 0xdead;
    WSASetLastError( 0 );
    return WSAIoctl( s, code, in, in_size, out, out_size, returned, NULL, NULL ) ? WSAGetLastError() : 0;
}

/* What each gives with enough room, and the least of it: with a byte less the call must fail with WSAEFAULT. 0: no such
 * buffer is needed. */
static const struct
{
    const char *name;
    DWORD code;
    enum input input;
    int stream, datagram;
    DWORD in, out;
    BOOL server; /* tier afd has another error */
} codes[] = {
#define CODE( name, ... ) { #name, name, __VA_ARGS__ }
    CODE( FIONBIO, ZERO, 0, 0, 4, 0 ),
    CODE( FIONREAD, ZERO, 0, 0, 0, 4 ),
    CODE( FIOASYNC, ONE, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_ABSORB_RTRALERT, ONE, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_ACQUIRE_PORT_RESERVATION, ZERO, WSAEINVAL, WSAEINVAL, 4, 16 ), /* no ports */
    CODE( SIO_APPLY_TRANSPORT_SETTING, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_ASSOCIATE_HANDLE, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_ASSOCIATE_PORT_RESERVATION, ZERO, WSAEINVAL, WSAEINVAL, 8, 0 ), /* no token */
    CODE( SIO_BASE_HANDLE, ZERO, 0, 0, 0, sizeof( SOCKET ) ),
    CODE( SIO_BSP_HANDLE, ZERO, 0, 0, 0, sizeof( SOCKET ) ),
    CODE( SIO_BSP_HANDLE_POLL, ZERO, 0, 0, 0, sizeof( SOCKET ) ),
    CODE( SIO_BSP_HANDLE_SELECT, ZERO, 0, 0, 0, sizeof( SOCKET ) ),
    CODE( SIO_CHK_QOS_, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_CPU_AFFINITY_, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_ENABLE_CIRCULAR_QUEUEING, ZERO, 0, 0 ),
    CODE( SIO_FIND_ROUTE, ADDRESS, 0, 0, 16, 0 ),
    CODE( SIO_GET_BROADCAST_ADDRESS, ZERO, WSAEOPNOTSUPP, 0, 0, 16 ),
    CODE( SIO_GET_EXTENSION_FUNCTION_POINTER, POINTERS, 0, 0, 16, sizeof( void * ) ),
    CODE( SIO_GET_GROUP_QOS, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_GET_MULTICAST_FILTER, ZERO, WSAEOPNOTSUPP, WSAEINVAL, 16, 16, TRUE ), /* no group */
    CODE( SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER_, POINTERS, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_GET_QOS, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_GET_TX_TIMESTAMP_, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_IDEAL_SEND_BACKLOG_CHANGE_, ZERO, WSAENOTCONN, WSAEOPNOTSUPP ),
    CODE( SIO_IDEAL_SEND_BACKLOG_QUERY_, ZERO, WSAENOTCONN, WSAEOPNOTSUPP ),
    CODE( SIO_INDEX_ADD_MCAST, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_INDEX_BIND, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_INDEX_DEL_MCAST, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_INDEX_MCASTIF, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_KEEPALIVE_VALS, ZERO, 0, WSAEINVAL, 12, 0 ),
    CODE( SIO_LIMIT_BROADCASTS, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_LOOPBACK_FAST_PATH, ONE, 0, WSAEOPNOTSUPP, 4, 0 ),
    CODE( SIO_MULTICAST_SCOPE, ONE, WSAEOPNOTSUPP, 0, 4, 0 ),
    CODE( SIO_MULTIPOINT_LOOPBACK, ONE, WSAEOPNOTSUPP, 0, 4, 0 ),
    CODE( SIO_QUERY_RSS_SCALABILITY_INFO_, ZERO, 0, 0, 0, 1 ),
    CODE( SIO_QUERY_TARGET_PNP_HANDLE, ZERO, 0, 0, 0, sizeof( SOCKET ) ),
    CODE( SIO_QUERY_TRANSPORT_SETTING, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_RCVALL, ONE, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_RCVALL_IGMPMCAST, ONE, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_RCVALL_MCAST, ONE, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_RELEASE_PORT_RESERVATION, ZERO, WSAEINVAL, WSAEINVAL, 8, 0 ),
    CODE( SIO_ROUTING_INTERFACE_QUERY, ADDRESS, 0, 0, 16, 16 ),
    CODE( SIO_SET_GROUP_QOS, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_SET_MULTICAST_FILTER, ZERO, WSAEOPNOTSUPP, WSAEINVAL, 16, 0, TRUE ),
    CODE( SIO_SET_PRIORITY_HINT_, ONE, 0, 0, 4, 0 ),
    CODE( SIO_SET_QOS, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_TCP_INFO, ZERO, 0, WSAEOPNOTSUPP, 4, sizeof( TCP_INFO_v0 ), TRUE ),
    CODE( SIO_TCP_INITIAL_RTO, ONE, 0, WSAEOPNOTSUPP, 4, 0, TRUE ),
    CODE( SIO_TCP_SET_ACK_FREQUENCY, ONE, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_TCP_SET_ICW, ONE, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_TRANSLATE_HANDLE, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_UCAST_IF, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP ),
    CODE( SIO_UDP_CONNRESET, ONE, 0, 0, 4, 0 ),
    { "an unknown code", 0x98765432, ZERO, WSAEOPNOTSUPP, WSAEOPNOTSUPP },
#undef CODE
};

static void test_table( void )
{
    unsigned int i, type;
    DWORD size;
    SOCKET s;

    for (i = 0; i < ARRAY_SIZE( codes ); i++)
    {
        for (type = 0; type < 2; type++)
        {
            int expect = type ? codes[i].datagram : codes[i].stream, err;

            winetest_push_context( "%s, %s", codes[i].name, type ? "datagram" : "stream" );
            s = type ? udp_socket( AF_INET ) : tcp_socket( AF_INET );
            err = call( s, codes[i].code, codes[i].input, 64, sizeof( out ), &size );
            if (codes[i].server && expect != WSAENOTCONN && by_afd()) expect = WSAEOPNOTSUPP;
            ok_unless_stock( err == expect, "got error %d, expected %d\n", err, expect );
            if (!err && codes[i].out)
                ok_unless_stock( size == codes[i].out, "got %lu bytes, expected %lu\n", size, codes[i].out );
            if (!expect && codes[i].in)
            {
                err = call( s, codes[i].code, codes[i].input, codes[i].in - 1, sizeof( out ), &size );
                ok_unless_stock( err == ( codes[i].input == ADDRESS ? WSAEINVAL : WSAEFAULT ),
                                 "short input: got error %d\n", err );
            }
            if (!expect && codes[i].out)
            {
                err = call( s, codes[i].code, codes[i].input, 64, codes[i].out - 1, &size );
                ok_unless_stock( err == WSAEFAULT, "short output: got error %d\n", err );
                ok_docs_error( WSAIoctl( s, codes[i].code, in, 64, bad_page(), codes[i].out, &size, NULL, NULL ),
                               WSAEFAULT );
                ok_docs_error( WSAIoctl( s, codes[i].code, in, 64, NULL, codes[i].out, &size, NULL, NULL ), WSAEFAULT );
            }
            closesocket( s );
            winetest_pop_context();
        }
    }
    ok_error( WSAIoctl( 0xdead0, FIONBIO, in, 4, NULL, 0, &size, NULL, NULL ), WSAENOTSOCK );
}

/* The list points into itself. */
static void test_address_list( int family )
{
    SOCKET_ADDRESS_LIST *list = (SOCKET_ADDRESS_LIST *)out;
    int i, ret, len = family == AF_INET ? 16 : 28;
    SOCKET s = udp_socket( family );
    union address addr;
    DWORD size, needed = 0;

    winetest_push_context( "%s", family_name( family ) );
    ok_docs_error( WSAIoctl( s, SIO_ADDRESS_LIST_QUERY, NULL, 0, out, offsetof( SOCKET_ADDRESS_LIST, Address ) - 1,
                             &size, NULL, NULL ),
                   WSAEINVAL );
    ok_success( WSAIoctl( s, SIO_ADDRESS_LIST_QUERY, NULL, 0, out, sizeof( out ), &size, NULL, NULL ) );
    ok( list->iAddressCount > 0, "got %d addresses\n", list->iAddressCount );
    for (i = 0; i < list->iAddressCount; i++)
    {
        char *name = (char *)list->Address[i].lpSockaddr;

        ok_unless_stock( list->Address[i].iSockaddrLength == len, "%d: got length %d\n", i,
                         list->Address[i].iSockaddrLength );
        ok( name > out && name < out + size, "%d: it points elsewhere\n", i );
        ok_unless_stock( list->Address[i].lpSockaddr->sa_family == family, "%d: got family %d\n", i,
                         list->Address[i].lpSockaddr->sa_family );
    }
    /* there is one of our own among them: they can be bound to */
    memcpy( &addr, list->Address[0].lpSockaddr, len );
    ret = bind( s, &addr.any, len );
    ok_unless_stock( !ret, "bind failed: %d\n", WSAGetLastError() );
    needed = size;
    ok_error( WSAIoctl( s, SIO_ADDRESS_LIST_QUERY, NULL, 0, out, needed - 1, &size, NULL, NULL ), WSAEFAULT );
    ok( size == needed, "got %lu, needed are %lu\n", size, needed );
    ok_success( WSAIoctl( s, SIO_ADDRESS_LIST_QUERY, NULL, 0, out, needed, &size, NULL, NULL ) );
    closesocket( s );
    winetest_pop_context();
}

static void test_interfaces( int family )
{
    INTERFACE_INFO_EX *info = (INTERFACE_INFO_EX *)out;
    SOCKET s = udp_socket( family );
    int i, count, loopbacks = 0, ret;
    DWORD size;

    winetest_push_context( "%s", family_name( family ) );
    ret = WSAIoctl( s, SIO_GET_INTERFACE_LIST_EX, NULL, 0, out, sizeof( out ), &size, NULL, NULL );
    ok_unless_stock( !ret, "failed: %d\n", WSAGetLastError() );
    if (!ret)
    {
        count = ( (char *)info->iiAddress.lpSockaddr - out ) / sizeof( *info );
        ok( count > 0 && size > count * sizeof( *info ), "got %lu bytes, %d interfaces\n", size, count );
        for (i = 0; i < count; i++)
        {
            ok( info[i].iiFlags & IFF_UP, "%d: it is down\n", i );
            ok( info[i].iiAddress.lpSockaddr->sa_family == family, "%d: got family %d\n", i,
                info[i].iiAddress.lpSockaddr->sa_family );
            ok( (char *)info[i].iiNetmask.lpSockaddr < out + size, "%d: it points elsewhere\n", i );
            if (!( info[i].iiFlags & IFF_LOOPBACK )) continue;
            loopbacks++;
            if (family == AF_INET)
            {
                struct sockaddr_in *mask = (struct sockaddr_in *)info[i].iiNetmask.lpSockaddr;

                ok( mask->sin_addr.s_addr == htonl( 0xff000000 ), "got mask %08lx\n", ntohl( mask->sin_addr.s_addr ) );
            }
        }
        ok( loopbacks == 1, "got %d loopback interfaces\n", loopbacks );
        ok_error( WSAIoctl( s, SIO_GET_INTERFACE_LIST_EX, NULL, 0, out, size - 1, &size, NULL, NULL ), WSAEFAULT );
    }
    closesocket( s );
    winetest_pop_context();
}

static void test_routes( int family )
{
    union address addr, result;
    int len = loopback( &addr, family, 0 );
    SOCKET_ADDRESS_LIST *list = (SOCKET_ADDRESS_LIST *)in, *sorted = (SOCKET_ADDRESS_LIST *)out;
    struct sockaddr_in nowhere = { .sin_family = AF_INET };
    SOCKET s = udp_socket( family );
    DWORD size, list_size = offsetof( SOCKET_ADDRESS_LIST, Address[2] );
    DWORD ignored;
    int ret;

    winetest_push_context( "%s", family_name( family ) );
    ok_docs( WSAIoctl( s, SIO_ROUTING_INTERFACE_QUERY, &addr, len, &result, sizeof( result ), &size, NULL, NULL ), 0,
             0 );
    ok_unless_stock( size == (DWORD)len && !memcmp( &result, &addr, len ), "got another address, %lu bytes\n", size );
    addr.any.sa_family = 0x77;
    ok_docs_error( WSAIoctl( s, SIO_ROUTING_INTERFACE_QUERY, &addr, len, &result, sizeof( result ), &size, NULL, NULL ),
                   WSAEAFNOSUPPORT );
    addr.any.sa_family = family;

    /* class E can't be reached */
    nowhere.sin_addr.s_addr = htonl( 0xf0000001 );
    memset( in, 0, sizeof( in ) );
    list->iAddressCount = 2;
    list->Address[0].lpSockaddr = (struct sockaddr *)&nowhere;
    list->Address[0].iSockaddrLength = sizeof( nowhere );
    list->Address[1].lpSockaddr = &addr.any;
    list->Address[1].iSockaddrLength = len;
    ret = WSAIoctl( s, SIO_ADDRESS_LIST_SORT, list, list_size, out, sizeof( out ), &size, NULL, NULL );
    ok_unless_stock( !ret, "failed: %d\n", WSAGetLastError() );
    if (!ret)
    {
        BOOL reached = !WSAIoctl( s, SIO_FIND_ROUTE, &nowhere, sizeof( nowhere ), NULL, 0, &ignored, NULL, NULL );

        ok( sorted->iAddressCount == 2 && size == list_size, "got %d addresses, %lu bytes\n", sorted->iAddressCount,
            size );
        ok( sorted->Address[0].lpSockaddr == ( reached ? (struct sockaddr *)&nowhere : &addr.any ),
            "the one that can't be reached is the first\n" );
    }
    closesocket( s );
    winetest_pop_context();
}

static void test_connection( int family )
{
    static char data[30000];
    DWORD size, version = 0, value = 0;
    TCP_INFO_v1 info;
    SOCKET a, b;
    int ret;

    winetest_push_context( "%s", family_name( family ) );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_call( send( a, data, sizeof( data ), 0 ), sizeof( data ), 0 );
    ok_call( recv_all( b, data, sizeof( data ) ), sizeof( data ), 0 );
    memset( &info, 0xcc, sizeof( info ) );
    ret = WSAIoctl( a, SIO_TCP_INFO, &version, sizeof( version ), &info, sizeof( TCP_INFO_v0 ), &size, NULL, NULL );
    ok_unless_afd( !ret, "failed: %d\n", WSAGetLastError() );
    if (!ret)
    {
        ok( size == sizeof( TCP_INFO_v0 ), "got %lu bytes\n", size );
        ok( info.State == TCPSTATE_ESTABLISHED, "got state %d\n", info.State );
        ok( info.Mss > 500 && info.Mss <= 65536, "got segment size %lu\n", info.Mss );
        ok( info.BytesOut == sizeof( data ) && !info.BytesIn, "got %I64u out, %I64u in\n", info.BytesOut,
            info.BytesIn );
        ok( info.Cwnd && info.RcvBuf && info.SndWnd, "got window %lu, buffer %lu, peer's window %lu\n", info.Cwnd,
            info.RcvBuf, info.SndWnd );
        ok( info.ConnectionTimeMs < 60000, "got %I64u ms\n", info.ConnectionTimeMs );
        version = 1;
        ok_error(
            WSAIoctl( b, SIO_TCP_INFO, &version, sizeof( version ), &info, sizeof( TCP_INFO_v0 ), &size, NULL, NULL ),
            WSAEFAULT );
        ok_success(
            WSAIoctl( b, SIO_TCP_INFO, &version, sizeof( version ), &info, sizeof( info ), &size, NULL, NULL ) );
        ok( size == sizeof( info ) && info.BytesIn == sizeof( data ), "got %lu bytes, %I64u in\n", size, info.BytesIn );
        version = 2;
        ok_error( WSAIoctl( b, SIO_TCP_INFO, &version, sizeof( version ), &info, sizeof( info ), &size, NULL, NULL ),
                  WSAEINVAL );
    }
    ok_docs( WSAIoctl( a, SIO_IDEAL_SEND_BACKLOG_QUERY_, NULL, 0, &value, sizeof( value ), &size, NULL, NULL ), 0, 0 );
    ok_unless_stock( value >= 65536 && size == 4, "got %lu, %lu bytes\n", value, size );
    ret = WSAIoctl( a, SIO_TCP_INITIAL_RTO, &info, sizeof( TCP_INITIAL_RTO_PARAMETERS ), NULL, 0, &size, NULL, NULL );
    ok_unless_afd( ret && WSAGetLastError() == WSAEISCONN, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* By OVERLAPPED: done at once, and completed all the same, with 0 bytes. ioctl_completion has the rest. */
static void test_overlapped( void )
{
    OVERLAPPED ov = { .hEvent = WSACreateEvent() };
    SOCKET s = udp_socket( AF_INET );
    DWORD size = 0, flags;
    u_long unread = 77;

    ok_success( WSAIoctl( s, FIONREAD, NULL, 0, &unread, sizeof( unread ), &size, &ov, NULL ) );
    ok( !unread && size == 4 && !ov.Internal && !ov.InternalHigh, "got %lu, %lu bytes, status %Ix, %Iu bytes\n", unread,
        size, ov.Internal, ov.InternalHigh );
    ok( !WaitForSingleObject( ov.hEvent, 0 ), "the event isn't signalled\n" );
    ok( WSAGetOverlappedResult( s, &ov, &size, FALSE, &flags ) && !size, "got %lu bytes\n", size );
    ok_docs_error( WSAIoctl( s, FIONREAD, NULL, 0, &unread, sizeof( unread ), NULL, NULL, NULL ), WSAEFAULT );
    closesocket( s );
    WSACloseEvent( ov.hEvent );
}

/* Those that wait, until they are cancelled. */
static void test_changes( void )
{
    static const DWORD changes[] = { SIO_ADDRESS_LIST_CHANGE, SIO_ROUTING_INTERFACE_CHANGE };
    union address addr;
    int len = loopback( &addr, AF_INET, 0 ), ret;
    DWORD size, flags;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( changes ); i++)
    {
        OVERLAPPED ov = { .hEvent = WSACreateEvent() };
        SOCKET s = udp_socket( AF_INET );

        winetest_push_context( "%u", i );
        ok_success( bind( s, &addr.any, len ) );
        ok_error( WSAIoctl( s, changes[i], &addr, len, NULL, 0, &size, &ov, NULL ), WSA_IO_PENDING );
        ret = WaitForSingleObject( ov.hEvent, 50 );
        ok( ret == WAIT_TIMEOUT, "something has changed\n" );
        ok_unless_stock( is_pending( &ov ), "it isn't pending: %Ix\n", ov.Internal );
        if (is_pending( &ov ))
        {
            ok( CancelIoEx( (HANDLE)s, &ov ), "CancelIoEx failed: %lu\n", GetLastError() );
            ok( !WaitForSingleObject( ov.hEvent, 1000 ), "no end\n" );
            ok( !WSAGetOverlappedResult( s, &ov, &size, FALSE, &flags ) && WSAGetLastError() == WSA_OPERATION_ABORTED,
                "got error %d\n", WSAGetLastError() );
        }
        set_blocking( s, FALSE );
        ok_docs_error( WSAIoctl( s, changes[i], &addr, len, NULL, 0, &size, NULL, NULL ), WSAEWOULDBLOCK );
        closesocket( s );
        WSACloseEvent( ov.hEvent );
        winetest_pop_context();
    }
}

/* SIO_GET_INTERFACE_LIST has room for IPv4 addresses, and is for their sockets. */
static void test_interface_list( int family )
{
    SOCKET s = udp_socket( family );
    DWORD size = 0xdeadbeef;
    int ret;

    ret = WSAIoctl( s, SIO_GET_INTERFACE_LIST, NULL, 0, out, sizeof( out ), &size, NULL, NULL );
    if (family == AF_INET6)
        ok_unless_stock( ret == -1 && WSAGetLastError() == WSAEINVAL && !size, "got %d, error %d, %lu bytes\n", ret,
                         WSAGetLastError(), size );
    else ok( !ret && size && !( size % sizeof( INTERFACE_INFO ) ), "got %d, %lu bytes\n", ret, size );
    closesocket( s );
}

/* A list has room for its head, or none: then it says what it needs. */
static void test_list_room( void )
{
    SOCKET s = udp_socket( AF_INET );
    DWORD size, needed = 0, room;

    ok_success( WSAIoctl( s, SIO_ADDRESS_LIST_QUERY, NULL, 0, out, sizeof( out ), &needed, NULL, NULL ) );
    for (room = 0; room < needed; room++)
    {
        BOOL head = !room || room >= offsetof( SOCKET_ADDRESS_LIST, Address );

        winetest_push_context( "%lu", room );
        memset( out, 0xcc, sizeof( out ) );
        ok_error( WSAIoctl( s, SIO_ADDRESS_LIST_QUERY, NULL, 0, out, room, &size, NULL, NULL ),
                  head ? WSAEFAULT : WSAEINVAL );
        ok( size == ( head ? needed : 0 ), "got %lu\n", size );
        ok( out[0] == (char)0xcc, "something was written\n" );
        winetest_pop_context();
    }
    ok_error( WSAIoctl( s, SIO_ADDRESS_LIST_QUERY, NULL, 0, NULL, sizeof( out ), &size, NULL, NULL ), WSAEFAULT );
    ok( size == needed, "got %lu\n", size );
    closesocket( s );
}

START_TEST( ioctl )
{
    unsigned int i;

    start_winsock();
    test_table();
    for (i = 0; i < family_count(); i++)
    {
        test_address_list( families[i] );
        test_interfaces( families[i] );
        test_routes( families[i] );
        test_connection( families[i] );
        test_interface_list( families[i] );
    }
    test_list_room();
    test_overlapped();
    test_changes();
    stop_winsock();
}
