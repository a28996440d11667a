/*
 * WSASendMsg with control data; datagrams that are cut and put together; times of arrival
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "message.h"

/* A WSAMSG to send. */
struct to_send
{
    WSAMSG msg;
    WSABUF buf;
    char control[256];
};

static void prepare_send( struct to_send *to_send, const char *text )
{
    memset( to_send, 0, sizeof( *to_send ) );
    to_send->buf.buf = (char *)text;
    to_send->buf.len = strlen( text );
    to_send->msg.lpBuffers = &to_send->buf;
    to_send->msg.dwBufferCount = 1;
    to_send->msg.Control.buf = to_send->control;
}

static void add_control( struct to_send *to_send, int level, int type, const void *data, unsigned int size )
{
    WSACMSGHDR *header = (WSACMSGHDR *)( to_send->control + to_send->msg.Control.len );

    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = WSA_CMSG_LEN( size );
    memcpy( WSA_CMSG_DATA( header ), data, size );
    to_send->msg.Control.len += WSA_CMSG_SPACE( size );
}

static void check_send( SOCKET s, struct to_send *to_send )
{
    DWORD count = 0xdead;

    ok_success( ext.WSASendMsg( s, &to_send->msg, 0, &count, NULL, NULL ) );
    ok( count == to_send->buf.len, "got %lu\n", count );
}

void send_marked( SOCKET s, int family, const char *text )
{
    int ttl = 33, class = 0x2a;

    ok_success( setsockopt( s, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
                            family == AF_INET ? IP_TTL : IPV6_UNICAST_HOPS, (char *)&ttl, sizeof( ttl ) ) );
    if (family == AF_INET) ok_success( setsockopt( s, IPPROTO_IP, IP_TOS, (char *)&class, sizeof( class ) ) );
    if (family == AF_INET6 && !by_afd())
    {
        struct to_send msg;

        /* no option of Windows sets it for a socket */
        prepare_send( &msg, text );
        add_control( &msg, IPPROTO_IPV6, IPV6_TCLASS, &class, sizeof( class ) );
        check_send( s, &msg );
        return;
    }
    ok_call( send( s, text, strlen( text ), 0 ), (int)strlen( text ), 0 );
}

static void test_errors( void )
{
    SOCKET s, peer, tcp, tcp_peer, unbound;
    struct to_send msg;
    OVERLAPPED ov = { 0 };
    DWORD count, value = 1;
    WSACMSGHDR *header;
    WSAMSG copy;

    udp_pair( AF_INET, &s, &peer );
    tcp_socketpair( &tcp, &tcp_peer );
    unbound = udp_socket( AF_INET );
    prepare_send( &msg, "abc" );
    ok_docs_error( ext.WSASendMsg( 0xdead0, &msg.msg, 0, &count, NULL, NULL ), WSAENOTSOCK );
    ok_docs_error( ext.WSASendMsg( s, NULL, 0, &count, NULL, NULL ), WSAEFAULT );
    if (stock) goto done; /* it crashes on bad pointers, and ignores control data */
    ok_error( ext.WSASendMsg( s, (WSAMSG *)bad_page(), 0, &count, NULL, NULL ), WSAEFAULT );
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, NULL, NULL, NULL ), WSAEFAULT );
    ok_error( ext.WSASendMsg( s, &msg.msg, MSG_OOB, &count, NULL, NULL ), WSAEOPNOTSUPP );
    ok_error( ext.WSASendMsg( unbound, &msg.msg, 0, &count, NULL, NULL ), WSAENOTCONN );
    copy = msg.msg;
    copy.name = (struct sockaddr *)bad_page();
    copy.namelen = sizeof( struct sockaddr_in );
    ok_error( ext.WSASendMsg( s, &copy, 0, &count, NULL, NULL ), WSAEFAULT );
    copy = msg.msg;
    copy.lpBuffers = (WSABUF *)bad_page();
    ok_error( ext.WSASendMsg( s, &copy, 0, &count, NULL, NULL ), WSAEFAULT );
    copy = msg.msg;
    copy.Control.buf = bad_page();
    copy.Control.len = 24;
    ok_error( ext.WSASendMsg( s, &copy, 0, &count, NULL, NULL ), by_afd() ? WSAEOPNOTSUPP : WSAEFAULT );
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, (OVERLAPPED *)bad_page(), NULL ), WSAEFAULT );

    prepare_send( &msg, "abc" );
    add_control( &msg, IPPROTO_IP, IP_TOS, &value, sizeof( value ) );
    ok_error( ext.WSASendMsg( tcp, &msg.msg, 0, &count, NULL, NULL ), WSAEOPNOTSUPP );
    if (by_afd())
    {
        ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, NULL, NULL ), WSAEOPNOTSUPP );
        goto done;
    }
    /* what isn't known, too short, or no control data */
    header = (WSACMSGHDR *)msg.control;
    header->cmsg_type = 1234;
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, NULL, NULL ), WSAEINVAL );
    header->cmsg_level = SOL_SOCKET;
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, NULL, NULL ), WSAEINVAL );
    header->cmsg_level = IPPROTO_IP;
    header->cmsg_type = IP_TOS;
    header->cmsg_len = WSA_CMSG_LEN( 3 );
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, NULL, NULL ), WSAEINVAL );
    header->cmsg_len = 3;
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, NULL, NULL ), WSAEINVAL );
    header->cmsg_len = ~(SIZE_T)0 - 3;
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, NULL, NULL ), WSAEINVAL );
    header->cmsg_len = WSA_CMSG_LEN( 100 );
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, NULL, NULL ), WSAEINVAL );
    header->cmsg_len = WSA_CMSG_LEN( 4 );
    header->cmsg_type = IP_ECN_;
    value = 4;
    memcpy( WSA_CMSG_DATA( header ), &value, sizeof( value ) );
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, NULL, NULL ), WSAEINVAL );
    header->cmsg_type = IP_PKTINFO;
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, NULL, NULL ), WSAEINVAL );
    ok_success( shutdown( s, SD_SEND ) );
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &count, &ov, NULL ), WSAESHUTDOWN );
done:
    closesocket( s );
    closesocket( peer );
    closesocket( tcp );
    closesocket( tcp_peer );
    closesocket( unbound );
}

/* Control data of a send, as it arrives */
static void test_control( int family )
{
    static const struct
    {
        int type4, type6; /* sent */
        int value;
        int option, seen4, seen6, seen_value;
    } tests[] = {
        { IP_TOS, IPV6_TCLASS, 0x64, IP_RECVTOS, IP_TOS, IPV6_TCLASS, 0x64 },
        { IP_ECN_, IPV6_ECN_, 1, IP_RECVTOS, IP_TOS, IPV6_TCLASS, 1 },
        { IP_ECN_, IPV6_ECN_, 3, IP_RECVECN_, IP_ECN_, IPV6_ECN_, 3 },
        { IP_TTL, IPV6_HOPLIMIT, 7, IP_RECVTTL, IP_TTL, IPV6_HOPLIMIT, 7 },
        { 21 /* IP_HOPLIMIT */, IPV6_HOPLIMIT, 9, IP_RECVTTL, IP_TTL, IPV6_HOPLIMIT, 9 },
    };
    int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, one = 1, zero = 0;
    struct received r;
    struct to_send msg;
    SOCKET s, peer;
    unsigned int i;

    winetest_push_context( "%s", family_name( family ) );
    udp_pair( family, &s, &peer );
    for (i = 0; i < sizeof( tests ) / sizeof( tests[0] ); i++)
    {
        WSACMSGHDR *header = (WSACMSGHDR *)r.control;

        winetest_push_context( "%u", i );
        ok_success( setsockopt( s, level, tests[i].option, (char *)&one, sizeof( one ) ) );
        prepare_send( &msg, "abc" );
        add_control( &msg, level, family == AF_INET ? tests[i].type4 : tests[i].type6, &tests[i].value, sizeof( int ) );
        check_send( peer, &msg );
        prepare( &r );
        check_receive( s, &r, "abc" );
        ok( r.msg.Control.len == WSA_CMSG_SPACE( 4 )
                && header->cmsg_type == ( family == AF_INET ? tests[i].seen4 : tests[i].seen6 )
                && *(int *)WSA_CMSG_DATA( header ) == tests[i].seen_value,
            "got %lu bytes, type %d, value %x\n", r.msg.Control.len, header->cmsg_type,
            *(int *)WSA_CMSG_DATA( header ) );
        ok_success( setsockopt( s, level, tests[i].option, (char *)&zero, sizeof( zero ) ) );
        winetest_pop_context();
    }
    closesocket( s );
    closesocket( peer );
    winetest_pop_context();
}

/* The source address, of a socket that isn't bound to one; the first send of a socket binds it */
static void test_source( void )
{
    union address addr, name;
    int len, name_len = sizeof( name ), class = 4;
    struct received r;
    struct to_send msg;
    IN_PKTINFO info;
    SOCKET s, peer;

    s = udp_socket( AF_INET );
    len = loopback( &addr, AF_INET, 0 );
    ok_success( bind( s, &addr.any, len ) );
    ok_success( getsockname( s, &addr.any, &len ) );
    set_timeout( s, 3000 );
    peer = udp_socket( AF_INET );
    prepare_send( &msg, "abc" );
    msg.msg.name = &addr.any;
    msg.msg.namelen = len;
    memset( &info, 0, sizeof( info ) );
    info.ipi_addr.s_addr = inet_addr( "127.0.0.7" );
    add_control( &msg, IPPROTO_IP, IP_PKTINFO, &info, sizeof( info ) );
    add_control( &msg, IPPROTO_IP, IP_TOS, &class, sizeof( class ) );
    check_send( peer, &msg );
    prepare( &r );
    check_receive( s, &r, "abc" );
    ok( r.from.v4.sin_addr.s_addr == info.ipi_addr.s_addr, "got %08lx\n", ntohl( r.from.v4.sin_addr.s_addr ) );
    ok_success( getsockname( peer, &name.any, &name_len ) );
    ok( name.v4.sin_port == r.from.v4.sin_port, "got port %d, expected %d\n", ntohs( name.v4.sin_port ),
        ntohs( r.from.v4.sin_port ) );
    closesocket( s );
    closesocket( peer );
}

/* A source that isn't an address of this machine, also where the data would be segmented */
static void test_foreign_source( int family, BOOL segments )
{
    IN6_PKTINFO v6 = { .ipi6_addr.u.Byte = { 0x20, 1, 0xd, 0xb8, [15] = 1 } };
    IN_PKTINFO v4 = { 0 };
    DWORD sent = 0xdead, size = 2;
    struct to_send msg;
    SOCKET s, peer;

    winetest_push_context( "%s, %d", family_name( family ), segments );
    v4.ipi_addr.s_addr = inet_addr( "192.0.2.1" );
    udp_pair( family, &s, &peer );
    prepare_send( &msg, "abcdef" );
    if (family == AF_INET) add_control( &msg, IPPROTO_IP, IP_PKTINFO, &v4, sizeof( v4 ) );
    else add_control( &msg, IPPROTO_IPV6, IPV6_PKTINFO, &v6, sizeof( v6 ) );
    if (segments) add_control( &msg, IPPROTO_UDP, UDP_SEND_MSG_SIZE_, &size, sizeof( size ) );
    ok_error( ext.WSASendMsg( s, &msg.msg, 0, &sent, NULL, NULL ), WSAEADDRNOTAVAIL );
    closesocket( s );
    closesocket( peer );
    winetest_pop_context();
}

/* ---- segments */

static char big[200000];

static void test_segments( int family, BOOL by_option, unsigned int total, DWORD size )
{
    unsigned int pos = 0, count = 0;
    static char data[65536];
    struct to_send msg;
    SOCKET s, peer;
    DWORD sent, value = 0xdead;
    int ret, len = sizeof( value ), buffer = 4000000;

    winetest_push_context( "%s, %s, %u by %lu", family_name( family ), by_option ? "option" : "control data", total,
                           size );
    udp_pair( family, &s, &peer );
    ok_success( setsockopt( s, SOL_SOCKET, SO_RCVBUF, (char *)&buffer, sizeof( buffer ) ) );
    prepare_send( &msg, "" );
    msg.buf.buf = big;
    msg.buf.len = total;
    if (by_option)
    {
        ok_success( setsockopt( peer, IPPROTO_UDP, UDP_SEND_MSG_SIZE_, (char *)&size, sizeof( size ) ) );
        ok_success( getsockopt( peer, IPPROTO_UDP, UDP_SEND_MSG_SIZE_, (char *)&value, &len ) );
        ok( value == size && len == 4, "got %lu\n", value );
        ok_call( send( peer, big, total, 0 ), total, 0 );
    }
    else
    {
        add_control( &msg, IPPROTO_UDP, UDP_SEND_MSG_SIZE_, &size, sizeof( size ) );
        ok_success( ext.WSASendMsg( peer, &msg.msg, 0, &sent, NULL, NULL ) );
        ok( sent == total, "got %lu\n", sent );
    }
    while (pos < total)
    {
        int expect = min( total - pos, size );

        ret = recv( s, data, sizeof( data ), 0 );
        if (ret != expect || memcmp( data, big + pos, expect ))
        {
            ok( 0, "segment %u: got %d bytes, expected %d\n", count, ret, expect );
            break;
        }
        pos += ret;
        count++;
    }
    ok( pos == total, "got %u bytes\n", pos );
    closesocket( s );
    closesocket( peer );
    winetest_pop_context();
}

/* Returns the size of each datagram that a received message was put together of, 0 without the information. */
static DWORD coalesced_info( WSAMSG *msg )
{
    WSACMSGHDR *header;

    for (header = WSA_CMSG_FIRSTHDR( msg ); header; header = WSA_CMSG_NXTHDR( msg, header ))
        if (header->cmsg_level == IPPROTO_UDP && header->cmsg_type == UDP_COALESCED_INFO_)
            return *(DWORD *)WSA_CMSG_DATA( header );
    return 0;
}

static void test_coalesced( int family, DWORD max, BOOL plain )
{
    enum
    {
        TOTAL = 44 * 1200,
        SIZE = 1200
    };
    static char data[65536];
    struct to_send msg;
    struct received r;
    SOCKET s, peer;
    DWORD value = 0, size = SIZE, pos = 0, count, sent, most = max < SIZE ? SIZE : max / SIZE * SIZE, messages = 0;
    int i, len = sizeof( value ), ret, one = 1;

    winetest_push_context( "%s, %lu, %s", family_name( family ), max, plain ? "recv" : "WSARecvMsg" );
    udp_pair( family, &s, &peer );
    ok_success( setsockopt( s, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE_, (char *)&max, sizeof( max ) ) );
    ok_success( getsockopt( s, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE_, (char *)&value, &len ) );
    ok( value == max, "got %lu\n", value );
    if (family == AF_INET) ok_success( setsockopt( s, IPPROTO_IP, IP_PKTINFO, (char *)&one, sizeof( one ) ) );
    prepare_send( &msg, "" );
    msg.buf.buf = big;
    msg.buf.len = TOTAL;
    add_control( &msg, IPPROTO_UDP, UDP_SEND_MSG_SIZE_, &size, sizeof( size ) );
    ok_success( ext.WSASendMsg( peer, &msg.msg, 0, &sent, NULL, NULL ) );
    ok_call( send( peer, "last", 4, 0 ), 4, 0 );
    while (pos < TOTAL)
    {
        ok( wait_readable( s, 1000 ), "%lu: not readable\n", pos );
        if (plain) ret = count = recv( s, data, sizeof( data ), 0 );
        else
            for (i = 0; i < 2; i++)
            {
                /* looking first makes no difference */
                prepare( &r );
                r.buf.buf = data;
                r.buf.len = sizeof( data );
                r.msg.dwFlags = i ? 0 : MSG_PEEK;
                count = 0xdead;
                ret = ext.WSARecvMsg( s, &r.msg, &count, NULL, NULL );
            }
        ok( ret != -1 && count <= most, "got %d, %lu bytes, error %d\n", ret, count, WSAGetLastError() );
        if (ret == -1 || count > TOTAL - pos || memcmp( data, big + pos, count ))
        {
            ok( 0, "wrong data at %lu\n", pos );
            break;
        }
        if (!plain)
        {
            ok( coalesced_info( &r.msg ) == ( count > SIZE ? SIZE : 0 ), "%lu of %lu bytes: got %lu\n", count, most,
                coalesced_info( &r.msg ) );
            ok( !r.msg.dwFlags, "got flags %lx\n", r.msg.dwFlags );
            ok( r.from.any.sa_family == family, "no source\n" );
        }
        pos += count;
        messages++;
    }
    ok( messages == ( TOTAL + most - 1 ) / most, "got %lu messages of at most %lu bytes\n", messages, most );
    ok_call( recv( s, data, sizeof( data ), 0 ), 4, 0 );
    ok( !memcmp( data, "last", 4 ), "got other data\n" );
    set_blocking( s, FALSE );
    ok_error( recv( s, data, sizeof( data ), 0 ), WSAEWOULDBLOCK );
    set_blocking( s, TRUE );

    /* overlapped, while nothing is there */
    {
        OVERLAPPED ov = { 0 };

        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        prepare( &r );
        r.buf.buf = data;
        r.buf.len = sizeof( data );
        ok_error( ext.WSARecvMsg( s, &r.msg, NULL, &ov, NULL ), ERROR_IO_PENDING );
        ok_success( ext.WSASendMsg( peer, &msg.msg, 0, &sent, NULL, NULL ) );
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "not signalled\n" );
        ok( !overlapped_result( s, &ov, &count ) && count == min( most, TOTAL ) && !memcmp( data, big, count ),
            "got %lu bytes\n", count );
        ok( coalesced_info( &r.msg ) == ( most > SIZE ? SIZE : 0 ), "got %lu\n", coalesced_info( &r.msg ) );
        CloseHandle( ov.hEvent );
    }
    closesocket( s );
    closesocket( peer );
    winetest_pop_context();
}

static void test_udp_options( void )
{
    SOCKET s = udp_socket( AF_INET ), tcp = tcp_socket( AF_INET );
    DWORD value = 1000000;
    int len = sizeof( value );

    ok_error( setsockopt( s, IPPROTO_UDP, UDP_SEND_MSG_SIZE_, (char *)&value, 3 ), WSAEFAULT );
    ok_error( setsockopt( s, IPPROTO_UDP, UDP_SEND_MSG_SIZE_, NULL, 4 ), WSAEFAULT );
    ok_error( setsockopt( s, IPPROTO_UDP, UDP_SEND_MSG_SIZE_, (char *)&value, 4 ), WSAEINVAL );
    ok_error( setsockopt( tcp, IPPROTO_UDP, UDP_SEND_MSG_SIZE_, (char *)&value, 4 ), WSAENOPROTOOPT );
    ok_error( getsockopt( tcp, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE_, (char *)&value, &len ), WSAENOPROTOOPT );
    ok_success( getsockopt( s, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE_, (char *)&value, &len ) );
    ok( value == 0, "got %lu\n", value );
    closesocket( s );
    closesocket( tcp );
}

/* ---- times of arrival */

static void test_timestamps( void )
{
    struct
    {
        ULONG flags;
        USHORT tx_buffered;
    } config = { 1 /* TIMESTAMPING_FLAG_RX */, 0 };
    LARGE_INTEGER before, after, frequency;
    struct received r;
    WSACMSGHDR *header = (WSACMSGHDR *)r.control;
    SOCKET s, peer;
    INT64 stamp;
    DWORD size;

    udp_pair( AF_INET, &s, &peer );
    ok_success(
        WSAIoctl( s, 0x980000eb /* SIO_TIMESTAMPING */, &config, sizeof( config ), NULL, 0, &size, NULL, NULL ) );
    Sleep( 200 ); /* Linux turns its stamps on a little later; until then they say when a datagram was received */
    QueryPerformanceFrequency( &frequency );
    QueryPerformanceCounter( &before );
    ok_call( send( peer, "abc", 3, 0 ), 3, 0 );
    QueryPerformanceCounter( &after );
    Sleep( 100 );
    prepare( &r );
    check_receive( s, &r, "abc" );
    ok( r.msg.Control.len == WSA_CMSG_SPACE( 8 ) && header->cmsg_level == SOL_SOCKET
            && header->cmsg_type == 0x300a /* SO_TIMESTAMP */,
        "got %lu bytes of control data\n", r.msg.Control.len );
    memcpy( &stamp, WSA_CMSG_DATA( header ), sizeof( stamp ) );
    ok( stamp > before.QuadPart - frequency.QuadPart / 100 && stamp < after.QuadPart + frequency.QuadPart / 100,
        "%ld us after the send\n", (long)( ( stamp - before.QuadPart ) * 1000000 / frequency.QuadPart ) );
    config.flags = 0;
    ok_success( WSAIoctl( s, 0x980000eb, &config, sizeof( config ), NULL, 0, &size, NULL, NULL ) );
    ok_call( send( peer, "abc", 3, 0 ), 3, 0 );
    prepare( &r );
    check_receive( s, &r, "abc" );
    ok( !r.msg.Control.len, "got control data\n" );
    config.flags = 2; /* TIMESTAMPING_FLAG_TX */
    ok_error( WSAIoctl( s, 0x980000eb, &config, sizeof( config ), NULL, 0, &size, NULL, NULL ), WSAEOPNOTSUPP );
    closesocket( s );
    closesocket( peer );
}

START_TEST( message_send )
{
    static const DWORD coalesced[] = { 65535, 60000, 10000, 1200, 1000 };
    unsigned int i, j;

    start_winsock();
    load_extensions();
    fill_pattern( big, sizeof( big ), 3 );
    test_errors();
    for (i = 0; i < family_count() && !by_afd(); i++)
    {
        test_control( families[i] );
        for (j = 0; j < 2; j++) test_foreign_source( families[i], j );
        for (j = 0; j < 2; j++)
        {
            test_segments( families[i], j, 44 * 1472, 1472 );
            test_segments( families[i], j, 1000, 1472 );
            test_segments( families[i], j, 1000, 999 );
            test_segments( families[i], j, 5000, 10 );
            test_segments( families[i], j, sizeof( big ), 1400 );
            test_segments( families[i], j, sizeof( big ), 40000 );
        }
        for (j = 0; j < 10; j++) test_coalesced( families[i], coalesced[j / 2], j & 1 );
    }
    if (!by_afd())
    {
        test_source();
        test_udp_options();
        test_timestamps();
    }
    stop_winsock();
}
