/*
 * Counts of arrays whose size has no room in 32 bits: what is left of it there is small, and good memory
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The array has one element, and behind it is a page without access. So a function that has checked the small size runs
 * into that page.
 */

#include "extension.h"

static SOCKET a, b, udp;

/* The lowest number of elements whose size is 4 GB or more. */
static DWORD wrapped( SIZE_T element )
{
    return (DWORD)( ( ( (UINT64)1 << 32 ) + element - 1 ) / element );
}

/* A copy of one element, at the end of good memory. */
static void *at_end( const void *element, SIZE_T size )
{
    return memcpy( bad_page() - size, element, size );
}

#define AT_END( element ) at_end( &( element ), sizeof( element ) )

static BOOL is_refusal( int error )
{
    return error == WSAEFAULT || error == WSAEINVAL || error == WSAENOBUFS;
}

#define ok_refused( call )                                                                                             \
    do                                                                                                                 \
    {                                                                                                                  \
        volatile int got = 0, error = -1;                                                                              \
                                                                                                                       \
        guard_enter();                                                                                                 \
        if (!__builtin_setjmp( guard_frame ))                                                                          \
        {                                                                                                              \
            got = ( call );                                                                                            \
            error = WSAGetLastError();                                                                                 \
        }                                                                                                              \
        guard_leave();                                                                                                 \
        ok( error != -1, "%s: crashed\n", #call );                                                                     \
        ok( got == SOCKET_ERROR && is_refusal( error ), "%s: got %d, error %d\n", #call, got, error );                 \
    } while (0)

static void test_buffers( void )
{
    char data[4] = "abc";
    WSABUF buffer = { sizeof( data ), data }, *one = AT_END( buffer );
    DWORD many = wrapped( sizeof( buffer ) ), count, flags = 0, i;
    WSAMSG msg = { NULL, 0, one, 0, { 0, NULL }, 0 };
    OVERLAPPED ov = { 0 };

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%lx", many );
        ok_refused( WSASend( a, one, many, &count, 0, NULL, NULL ) );
        ok_refused( WSASend( a, one, many, NULL, 0, &ov, NULL ) );
        ok_refused( WSASendTo( udp, one, many, &count, 0, NULL, 0, NULL, NULL ) );
        ok_refused( WSARecv( b, one, many, &count, &flags, NULL, NULL ) );
        ok_refused( WSARecv( b, one, many, NULL, &flags, &ov, NULL ) );
        ok_refused( WSARecvFrom( udp, one, many, &count, &flags, NULL, NULL, NULL, NULL ) );
        msg.dwBufferCount = many;
        ok_refused( ext.WSASendMsg( udp, &msg, 0, &count, NULL, NULL ) );
        ok_refused( ext.WSARecvMsg( udp, &msg, &count, NULL, NULL ) );
        winetest_pop_context();
        many += many; /* what is left is twice as much */
    }
}

static void test_elements( void )
{
    char data[4] = "abc";
    TRANSMIT_PACKETS_ELEMENT element = { .dwElFlags = TP_ELEMENT_MEMORY, .cLength = 3, .pBuffer = data };

    if (by_afd()) return; /* AFD has no TransmitPackets */
    ok_refused( ext.TransmitPackets( a, AT_END( element ), wrapped( sizeof( element ) ), 0, NULL, 0 ) - 1 );
}

static void test_sets( void )
{
    static struct timeval none;
    struct
    {
        u_int count;
        SOCKET socket;
    } set = { 0, b };
    WSAPOLLFD poll = { b, POLLRDNORM, 0 };

    set.count = wrapped( sizeof( SOCKET ) ) + 1;
    ok_refused( select( 0, AT_END( set ), NULL, NULL, &none ) );
    ok_refused( select( 0, NULL, NULL, AT_END( set ), &none ) );
    ok_refused( WSAPoll( AT_END( poll ), wrapped( sizeof( poll ) ), 0 ) );
}

static void test_lists( void )
{
    union address addr;
    SOCKET_ADDRESS_LIST list = { .iAddressCount = wrapped( sizeof( SOCKET_ADDRESS ) ) };
    struct ip_mreq_source_list
    {
        struct in_addr group, local;
        DWORD mode, count;
        struct in_addr source;
    } filter = { .mode = 1 /* MCAST_EXCLUDE */ };
    DWORD count;

    list.Address[0].iSockaddrLength = loopback( &addr, AF_INET, 80 );
    list.Address[0].lpSockaddr = &addr.any;
    ok_refused( WSAIoctl( a, SIO_ADDRESS_LIST_SORT, AT_END( list ), sizeof( list ), AT_END( list ), sizeof( list ),
                          &count, NULL, NULL ) );
    ok_refused( WSAConnectByList( a, AT_END( list ), NULL, NULL, NULL, NULL, NULL, NULL ) - 1 );
    if (by_afd()) return; /* AFD has no filters */
    filter.group.s_addr = htonl( 0xe9010101 );
    filter.local.s_addr = htonl( INADDR_LOOPBACK );
    filter.count = wrapped( sizeof( filter.source ) );
    ok_refused(
        WSAIoctl( udp, SIO_SET_MULTICAST_FILTER, AT_END( filter ), sizeof( filter ), NULL, 0, &count, NULL, NULL ) );
}

/* What names are asked by. */
static void test_names( void )
{
    static GUID id = { 0x0002a803, 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } }; /* SVCID_HOSTADDRBYNAME */
    static GUID class_id = { 0x5f1e3c27, 0x8a90, 0x4d6b, { 0x9a, 0x40, 0x6d, 0x11, 0x27, 0x58, 0x93, 0x0c } };
    AFPROTOCOLS protocol = { AF_INET, IPPROTO_TCP };
    WSAQUERYSETW query = { .dwSize = sizeof( query ),
                           .lpszServiceInstanceName = (WCHAR *)L"localhost",
                           .lpServiceClassId = &id,
                           .dwNameSpace = NS_DNS,
                           .dwNumberOfProtocols = wrapped( sizeof( protocol ) ) };
    WSANSCLASSINFOW value = { (void *)L"Value", NS_DNS, REG_DWORD, 4, &id };
    WSASERVICECLASSINFOW info = { &class_id, (WCHAR *)L"wsuring counts", wrapped( sizeof( value ) ), NULL };
    HANDLE lookup = NULL;

    query.lpafpProtocols = AT_END( protocol );
    ok_refused( WSALookupServiceBeginW( &query, LUP_RETURN_ADDR, &lookup ) );
    query.dwNumberOfProtocols *= 2;
    ok_refused( WSALookupServiceBeginW( &query, LUP_RETURN_ADDR, &lookup ) );
    info.lpClassInfos = AT_END( value );
    ok_refused( WSAInstallServiceClassW( &info ) );
}

START_TEST( array_counts )
{
    SOCKET peer;

    if (stock)
    {
        skip( "Wine's own module runs into the page, or allocates the array on the stack\n" );
        return;
    }
    start_winsock();
    load_extensions();
    tcp_socketpair( &a, &b );
    udp_pair( AF_INET, &udp, &peer );
    set_blocking( b, FALSE );
    set_blocking( udp, FALSE );
    test_buffers();
    test_elements();
    test_sets();
    test_lists();
    test_names();
    closesocket( a );
    closesocket( b );
    closesocket( udp );
    closesocket( peer );
    stop_winsock();
}
