/*
 * WSARecvMsg and WSASendMsg: control data, flags, all ways of completion
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "message.h"

/* ---- what arrives */

static void test_errors( void )
{
    SOCKET s, tcp, unbound, tcp_peer, peer;
    struct received r;
    WSAMSG msg;
    DWORD count;

    udp_pair( AF_INET, &s, &peer );
    tcp_socketpair( &tcp, &tcp_peer );
    unbound = udp_socket( AF_INET );
    ok_call( send( peer, "abcd", 4, 0 ), 4, 0 );

    prepare( &r );
    ok_docs_error( ext.WSARecvMsg( 0xdead0, &r.msg, &count, NULL, NULL ), WSAENOTSOCK );
    ok_docs_error( ext.WSARecvMsg( s, NULL, &count, NULL, NULL ), WSAEFAULT );
    if (stock) goto done; /* it crashes, or takes the datagram and waits for another */

    ok_error( ext.WSARecvMsg( s, (WSAMSG *)bad_page(), &count, NULL, NULL ), WSAEFAULT );
    ok_error( ext.WSARecvMsg( s, (WSAMSG *)readonly_page(), &count, NULL, NULL ), WSAEFAULT );
    ok_error( ext.WSARecvMsg( s, &r.msg, (DWORD *)bad_page(), NULL, NULL ), WSAEFAULT );
    ok_error( ext.WSARecvMsg( s, &r.msg, NULL, NULL, NULL ), WSAEFAULT );
    ok_error( ext.WSARecvMsg( s, &r.msg, &count, (OVERLAPPED *)bad_page(), NULL ), WSAEFAULT );
    ok_error( ext.WSARecvMsg( unbound, &r.msg, &count, NULL, NULL ), WSAEINVAL );
    ok_error( ext.WSARecvMsg( tcp, &r.msg, &count, NULL, NULL ), WSAEOPNOTSUPP );
    msg = r.msg;
    msg.lpBuffers = (WSABUF *)bad_page();
    ok_error( ext.WSARecvMsg( s, &msg, &count, NULL, NULL ), WSAEFAULT );
    msg = r.msg;
    msg.name = (struct sockaddr *)bad_page();
    ok_error( ext.WSARecvMsg( s, &msg, &count, NULL, NULL ), WSAEFAULT );
    msg = r.msg;
    msg.namelen = 15;
    ok_error( ext.WSARecvMsg( s, &msg, &count, NULL, NULL ), WSAEFAULT );
    msg = r.msg;
    msg.Control.buf = bad_page();
    ok_error( ext.WSARecvMsg( s, &msg, &count, NULL, NULL ), WSAEFAULT );
    msg = r.msg;
    msg.dwFlags = MSG_OOB;
    ok_error( ext.WSARecvMsg( s, &msg, &count, NULL, NULL ), WSAEOPNOTSUPP );
    r.buf.buf = bad_page();
    ok_error( ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL ), WSAEFAULT );
    /* none of these has lost the datagram */
    check_receive( s, &r, "abcd" );

    set_blocking( s, FALSE );
    prepare( &r );
    ok_error( ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL ), WSAEWOULDBLOCK );
    set_blocking( s, TRUE );
    set_timeout( s, 50 );
    ok_error( ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL ), WSAETIMEDOUT );
    ok_success( shutdown( s, SD_RECEIVE ) );
    ok_error( ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL ), WSAESHUTDOWN );
done:
    closesocket( s );
    closesocket( peer );
    closesocket( tcp );
    closesocket( tcp_peer );
    closesocket( unbound );
}

/* Each option brings its control data, and no other does. */
static void test_received( int family )
{
    static const struct
    {
        int option, type; /* IPPROTO_IP */
        int option6, type6;
        int size, value;
        BOOL ours; /* stock doesn't have it */
    } tests[] = {
        { IP_PKTINFO, IP_PKTINFO, IPV6_PKTINFO, IPV6_PKTINFO, -1, 0, FALSE },
        { IP_RECVTTL, IP_TTL, IPV6_HOPLIMIT, IPV6_HOPLIMIT, 4, 33, FALSE },
        { IP_RECVTOS, IP_TOS, IPV6_RECVTCLASS, IPV6_TCLASS, 4, 0x2a, FALSE },
        { IP_RECVECN_, IP_ECN_, IPV6_RECVECN_, IPV6_ECN_, 4, 2, TRUE },
        { IP_RECVIF_, IP_RECVIF_, IP_RECVIF_, IP_RECVIF_, 4, 1, TRUE },
        { IP_ORIGINAL_ARRIVAL_IF_, IP_ORIGINAL_ARRIVAL_IF_, IP_ORIGINAL_ARRIVAL_IF_, IP_ORIGINAL_ARRIVAL_IF_, 4, 1,
          TRUE },
    };
    int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, value, len;
    SOCKET s, peer;
    struct received r;
    unsigned int i;

    winetest_push_context( "%s", family_name( family ) );
    for (i = 0; i < sizeof( tests ) / sizeof( tests[0] ); i++)
    {
        int option = family == AF_INET ? tests[i].option : tests[i].option6,
            type = family == AF_INET ? tests[i].type : tests[i].type6;
        int size = tests[i].size != -1 ? tests[i].size
                   : family == AF_INET ? (int)sizeof( IN_PKTINFO )
                                       : (int)sizeof( IN6_PKTINFO );
        WSACMSGHDR *header;

        if (tests[i].ours && by_afd()) continue;
        winetest_push_context( "%d", option );
        udp_pair( family, &s, &peer );
        send_marked( peer, family, "before" );
        prepare( &r );
        check_receive( s, &r, "before" );
        ok( !r.msg.Control.len, "got %lu bytes of control data\n", r.msg.Control.len );

        len = sizeof( value );
        value = 1;
        ok_success( setsockopt( s, level, option, (char *)&value, sizeof( value ) ) );
        value = 77;
        ok_success( getsockopt( s, level, option, (char *)&value, &len ) );
        ok( value == 1, "got %d\n", value );
        if (family == AF_INET6 && tests[i].type6 == IPV6_TCLASS && by_afd())
            value = 0; /* nothing there can send another class */
        else value = tests[i].value;
        send_marked( peer, family, "with" );
        prepare( &r );
        check_receive( s, &r, "with" );
        header = WSA_CMSG_FIRSTHDR( &r.msg );
        ok( r.msg.Control.len == WSA_CMSG_SPACE( size ), "got %lu bytes of control data, expected %d\n",
            r.msg.Control.len, (int)WSA_CMSG_SPACE( size ) );
        ok( r.msg.Control.len && header->cmsg_level == level && header->cmsg_type == type
                && header->cmsg_len == WSA_CMSG_LEN( size ),
            "got level %d, type %d, length %d\n", header->cmsg_level, header->cmsg_type, (int)header->cmsg_len );
        if (tests[i].size == 4)
            ok( *(int *)WSA_CMSG_DATA( header ) == value, "got %d\n", *(int *)WSA_CMSG_DATA( header ) );
        else if (family == AF_INET)
        {
            const IN_PKTINFO *info = (const IN_PKTINFO *)WSA_CMSG_DATA( header );

            ok( info->ipi_addr.s_addr == htonl( INADDR_LOOPBACK ) && info->ipi_ifindex == 1, "got %08lx, %u\n",
                ntohl( info->ipi_addr.s_addr ), info->ipi_ifindex );
        }
        else
        {
            const IN6_PKTINFO *info = (const IN6_PKTINFO *)WSA_CMSG_DATA( header );

            ok( IN6_IS_ADDR_LOOPBACK( &info->ipi6_addr ) && info->ipi6_ifindex == 1, "got another address, index %u\n",
                (unsigned int)info->ipi6_ifindex );
        }
        value = 0;
        ok_success( setsockopt( s, level, option, (char *)&value, sizeof( value ) ) );
        value = 77;
        ok_success( getsockopt( s, level, option, (char *)&value, &len ) );
        ok( value == 0, "got %d\n", value );
        send_marked( peer, family, "after" );
        prepare( &r );
        check_receive( s, &r, "after" );
        ok( !r.msg.Control.len, "got %lu bytes of control data\n", r.msg.Control.len );
        closesocket( s );
        closesocket( peer );
        winetest_pop_context();
    }
    winetest_pop_context();
}

/* Several at once, found by the macros; too little room for them */
static void test_several( int family )
{
    int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, one = 1, found = 0;
    SOCKET s, peer;
    struct received r;
    WSACMSGHDR *header;
    DWORD room, whole, count;

    winetest_push_context( "%s", family_name( family ) );
    udp_pair( family, &s, &peer );
    ok_success( setsockopt( s, level, IP_PKTINFO, (char *)&one, sizeof( one ) ) );
    ok_success( setsockopt( s, level, IP_RECVTTL, (char *)&one, sizeof( one ) ) );
    ok_success( setsockopt( s, level, IP_RECVTOS, (char *)&one, sizeof( one ) ) );
    if (!by_afd()) ok_success( setsockopt( s, level, IP_RECVECN_, (char *)&one, sizeof( one ) ) );
    send_marked( peer, family, "several" );
    prepare( &r );
    check_receive( s, &r, "several" );
    ok( !r.msg.dwFlags, "got flags %lx\n", r.msg.dwFlags );
    for (header = WSA_CMSG_FIRSTHDR( &r.msg ); header; header = WSA_CMSG_NXTHDR( &r.msg, header ))
    {
        ok( header->cmsg_level == level, "got level %d\n", header->cmsg_level );
        switch (header->cmsg_type)
        {
        case IP_PKTINFO: found |= 1; break;
        case IP_TTL:
        case IPV6_HOPLIMIT: found |= 2; break;
        case IP_TOS:
        case IPV6_TCLASS: found |= 4; break;
        case IP_ECN_: found |= 8; break;
        default: ok( 0, "got type %d\n", header->cmsg_type ); break;
        }
    }
    ok( found == ( by_afd() ? 7 : 15 ), "got %x\n", found );

    whole = r.msg.Control.len;
    /* in the new style of WoW64 AFD wants more room than that */
    for (room = 0; room <= whole - ( by_afd() && sizeof( void * ) == 4 ); room += room < 16 ? 4 : 1)
    {
        winetest_push_context( "room %lu", room );
        send_marked( peer, family, "several" );
        prepare( &r );
        r.msg.Control.len = room;
        count = 0xdead;
        ok_call( ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL ), room < whole ? -1 : 0, WSAEMSGSIZE );
        ok_unless_stock( count == 7, "got %lu\n", count );
        ok( !memcmp( r.data, "several\x55", 8 ), "got other data\n" );
        ok( r.msg.dwFlags == ( room < whole ? MSG_CTRUNC : 0 ), "got flags %lx\n", r.msg.dwFlags );
        ok( r.msg.Control.len <= room, "got %lu bytes\n", r.msg.Control.len );
        ok( r.control[room] == 0x55, "wrote too much\n" );
        winetest_pop_context();
    }
    closesocket( s );
    closesocket( peer );
    winetest_pop_context();
}

/* A datagram that is too long, and one that is only looked at */
static void test_truncated( void )
{
    SOCKET s, peer;
    struct received r;
    OVERLAPPED ov = { 0 };
    DWORD count;
    HANDLE event;
    int i, one = 1;

    udp_pair( AF_INET, &s, &peer );
    ok_success( setsockopt( s, IPPROTO_IP, IP_PKTINFO, (char *)&one, sizeof( one ) ) );
    ok_call( send( peer, "abcdef", 6, 0 ), 6, 0 );
    prepare( &r );
    r.msg.dwFlags = MSG_PEEK;
    r.buf.len = 3;
    ok_error( ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL ), WSAEMSGSIZE );
    ok_unless_stock( ( r.msg.dwFlags & MSG_TRUNC ), "got flags %lx\n", r.msg.dwFlags );
    prepare( &r );
    r.msg.dwFlags = MSG_PEEK;
    check_receive( s, &r, "abcdef" );
    prepare( &r );
    r.buf.len = 3;
    count = 0xdead;
    ok_error( ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL ), WSAEMSGSIZE );
    ok_unless_stock( r.msg.dwFlags == MSG_TRUNC && count == 3, "got flags %lx, %lu bytes\n", r.msg.dwFlags, count );
    ok( !memcmp( r.data, "abc\x55", 4 ), "got other data\n" );
    ok( r.msg.Control.len == WSA_CMSG_SPACE( sizeof( IN_PKTINFO ) ), "got %lu bytes of control data\n",
        r.msg.Control.len );
    /* the rest is gone */
    set_blocking( s, FALSE );
    prepare( &r );
    ok_docs_error( ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL ), WSAEWOULDBLOCK );
    set_blocking( s, TRUE );

    event = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%s", i ? "pending" : "ready" );
        memset( &ov, 0, sizeof( ov ) );
        ov.hEvent = event;
        prepare( &r );
        r.buf.len = 3;
        if (!i) ok_call( send( peer, "abcdef", 6, 0 ), 6, 0 );
        if (!i) Sleep( 20 );
        ok_docs_error( ext.WSARecvMsg( s, &r.msg, &count, &ov, NULL ), ERROR_IO_PENDING );
        if (i) ok_call( send( peer, "abcdef", 6, 0 ), 6, 0 );
        ok( !WaitForSingleObject( event, 3000 ), "not signalled\n" );
        ok( overlapped_result( s, &ov, &count ) == WSAEMSGSIZE, "got another error\n" );
        ok_unless_afd( ( r.msg.dwFlags & MSG_TRUNC ), "got flags %lx\n", r.msg.dwFlags );
        ok( !memcmp( r.data, "abc\x55", 4 ), "got other data\n" );
        winetest_pop_context();
    }
    CloseHandle( event );
    closesocket( s );
    closesocket( peer );
}

static void test_destinations( void )
{
    static const struct
    {
        const char *addr;
        DWORD flags;
    } tests[] = {
        { "127.0.0.1", 0 },
        { "127.1.2.3", 0 },
        { "127.255.255.255", MSG_BCAST },
        { "239.255.12.34", MSG_MCAST },
    };
    SOCKET s, peer;
    struct ip_mreq mreq;
    struct in_addr loopback_addr = { .s_addr = htonl( INADDR_LOOPBACK ) };
    union address addr, any;
    struct received r;
    unsigned int i;
    int one = 1, len;

    s = udp_socket( AF_INET );
    len = loopback( &any, AF_INET, 0 );
    any.v4.sin_addr.s_addr = 0;
    ok_success( bind( s, &any.any, len ) );
    ok_success( getsockname( s, &addr.any, &len ) );
    set_timeout( s, 3000 );
    mreq.imr_multiaddr.s_addr = inet_addr( "239.255.12.34" );
    mreq.imr_interface = loopback_addr;
    ok_success( setsockopt( s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&mreq, sizeof( mreq ) ) );
    peer = udp_socket( AF_INET );
    ok_success( setsockopt( peer, SOL_SOCKET, SO_BROADCAST, (char *)&one, sizeof( one ) ) );
    ok_success( setsockopt( peer, IPPROTO_IP, IP_MULTICAST_IF, (char *)&loopback_addr, sizeof( loopback_addr ) ) );
    for (i = 0; i < sizeof( tests ) / sizeof( tests[0] ); i++)
    {
        winetest_push_context( "%s", tests[i].addr );
        addr.v4.sin_addr.s_addr = inet_addr( tests[i].addr );
        ok_call( sendto( peer, "abc", 3, 0, &addr.any, len ), 3, 0 );
        prepare( &r );
        check_receive( s, &r, "abc" );
        ok_unless_afd( r.msg.dwFlags == tests[i].flags, "got flags %lx\n", r.msg.dwFlags );
        ok( !r.msg.Control.len, "got control data\n" );
        winetest_pop_context();
    }
    closesocket( peer );
    closesocket( s );
}

/* ---- completion */

static int routine_calls;
static DWORD routine_error, routine_count;

static void CALLBACK routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    (void)ov;
    (void)flags;
    routine_calls++;
    routine_error = error;
    routine_count = count;
}

enum way
{
    WAY_EVENT,
    WAY_PORT,
    WAY_ROUTINE,
    WAY_NOTHING
};

static void test_completion( enum way way, BOOL ready )
{
    OVERLAPPED ov = { 0 }, *done = NULL;
    HANDLE port = NULL;
    struct received r;
    SOCKET s, peer;
    ULONG_PTR key;
    DWORD count;
    int one = 1, ret;

    winetest_push_context( "%d, %s", way, ready ? "ready" : "pending" );
    udp_pair( AF_INET, &s, &peer );
    ok_success( setsockopt( s, IPPROTO_IP, IP_PKTINFO, (char *)&one, sizeof( one ) ) );
    if (way == WAY_EVENT) ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    if (way == WAY_PORT) port = CreateIoCompletionPort( (HANDLE)s, NULL, 5, 0 );
    if (ready) ok_call( send( peer, "abcd", 4, 0 ), 4, 0 );
    if (ready) Sleep( 20 );
    prepare( &r );
    routine_calls = 0;
    WSASetLastError( 0xdead );
    ret = ext.WSARecvMsg( s, &r.msg, ready ? &count : NULL, &ov, way == WAY_ROUTINE ? routine : NULL );
    if (ready) ok( !ret || WSAGetLastError() == ERROR_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    else ok( ret == -1 && WSAGetLastError() == ERROR_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    if (!ready)
    {
        Sleep( 20 );
        ok( is_pending( &ov ), "done with nothing there\n" );
        ok_call( send( peer, "abcd", 4, 0 ), 4, 0 );
    }
    switch (way)
    {
    case WAY_EVENT:
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "not signalled\n" );
        CloseHandle( ov.hEvent );
        break;
    case WAY_PORT:
        ok( GetQueuedCompletionStatus( port, &count, &key, &done, 3000 ) && done == &ov && key == 5 && count == 4,
            "got %p, %lu\n", done, count );
        CloseHandle( port );
        break;
    case WAY_ROUTINE:
        ok( SleepEx( 3000, TRUE ) == WAIT_IO_COMPLETION && routine_calls == 1 && !routine_error && routine_count == 4,
            "got %d, %lu, %lu\n", routine_calls, routine_error, routine_count );
        break;
    case WAY_NOTHING: break;
    }
    ok( !overlapped_result( s, &ov, &count ) && count == 4, "got %lu\n", count );
    ok( !memcmp( r.data, "abcd\x55", 5 ), "got other data\n" );
    ok( r.msg.namelen == sizeof( struct sockaddr_in ) && r.from.v4.sin_family == AF_INET && r.from.v4.sin_port,
        "no source, length %d\n", r.msg.namelen );
    ok( r.msg.Control.len == WSA_CMSG_SPACE( sizeof( IN_PKTINFO ) ), "got %lu bytes of control data\n",
        r.msg.Control.len );

    /* cancelled: nothing is written */
    if (way == WAY_EVENT || way == WAY_PORT)
    {
        memset( &ov, 0, sizeof( ov ) );
        prepare( &r );
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok_error( ext.WSARecvMsg( s, &r.msg, NULL, &ov, NULL ), ERROR_IO_PENDING );
        ok( CancelIoEx( (HANDLE)s, &ov ), "CancelIoEx failed: %lu\n", GetLastError() );
        ok( overlapped_result( s, &ov, &count ) == WSA_OPERATION_ABORTED, "got another result\n" );
        CloseHandle( ov.hEvent );
    }
    closesocket( s );
    closesocket( peer );
    winetest_pop_context();
}

/* Blocked until something comes */
static DWORD WINAPI send_later( void *arg )
{
    Sleep( 50 );
    ok_call( send( *(SOCKET *)arg, "later", 5, 0 ), 5, 0 );
    return 0;
}

static void test_blocking( void )
{
    struct received r;
    SOCKET s, peer;
    HANDLE thread;
    int one = 1;

    udp_pair( AF_INET, &s, &peer );
    ok_success( setsockopt( s, IPPROTO_IP, IP_RECVTTL, (char *)&one, sizeof( one ) ) );
    thread = CreateThread( NULL, 0, send_later, &peer, 0, NULL );
    prepare( &r );
    check_receive( s, &r, "later" );
    ok( r.msg.Control.len == WSA_CMSG_SPACE( 4 ), "got %lu bytes of control data\n", r.msg.Control.len );
    WaitForSingleObject( thread, 3000 );
    CloseHandle( thread );
    closesocket( s );
    closesocket( peer );
}

START_TEST( message )
{
    unsigned int i;

    start_winsock();
    load_extensions();
    test_errors();
    for (i = 0; i < family_count(); i++)
    {
        test_received( families[i] );
        test_several( families[i] );
    }
    test_truncated();
    test_destinations();
    for (i = 0; i < 8; i++) test_completion( i / 2, i & 1 );
    test_blocking();
    stop_winsock();
}
