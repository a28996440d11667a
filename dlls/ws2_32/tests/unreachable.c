/*
 * Datagrams to a port where nobody is: WSAECONNRESET, and SIO_UDP_CONNRESET
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "WSARecvFrom function" (WSAECONNRESET: a previous send has resulted in an ICMP "port unreachable")
 * and "Winsock IOCTLs". Stock and tier `afd' never report it to a socket that isn't connected.
 */

#include "extension.h"

#ifndef SIO_UDP_CONNRESET
#define SIO_UDP_CONNRESET 0x9800000c
#endif

enum way
{
    RECVFROM,
    RECVFROM_NONBLOCKING,
    RECV,
    OVERLAPPED_BEFORE, /* it waits already */
    OVERLAPPED_AFTER,
    RECVMSG,
    RECVMSG_BEFORE,
    SELECT,
    POLL,
    EVENT_BEFORE, /* selected before it happens */
    EVENT_AFTER,
    WAY_COUNT
};

static const char *const way_names[] = { "recvfrom",
                                         "recvfrom, non-blocking",
                                         "recv",
                                         "WSARecvFrom pending",
                                         "WSARecvFrom overlapped",
                                         "WSARecvMsg",
                                         "WSARecvMsg pending",
                                         "select",
                                         "WSAPoll",
                                         "WSAEventSelect before",
                                         "WSAEventSelect" };

static int dead_port( union address *addr, int family )
{
    SOCKET s = udp_socket( family );
    int len = loopback( addr, family, 0 );

    ok_success( bind( s, &addr->any, len ) );
    ok_success( getsockname( s, &addr->any, &len ) );
    closesocket( s );
    return len;
}

static void set_report( SOCKET s, BOOL on )
{
    DWORD size;

    ok_success( WSAIoctl( s, SIO_UDP_CONNRESET, &on, sizeof( on ), NULL, 0, &size, NULL, NULL ) );
}

struct receive
{
    char data[16];
    WSABUF buf;
    WSAMSG msg;
    union address from;
    int from_len;
    DWORD flags, count;
    OVERLAPPED ov;
};

static int begin_receive( SOCKET s, struct receive *receive, BOOL message, BOOL overlapped )
{
    OVERLAPPED *ov = overlapped ? &receive->ov : NULL;
    int ret;

    memset( receive, 0, sizeof( *receive ) );
    receive->buf.buf = receive->data;
    receive->buf.len = sizeof( receive->data );
    receive->from_len = sizeof( receive->from );
    receive->ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    receive->msg.name = &receive->from.any;
    receive->msg.namelen = sizeof( receive->from );
    receive->msg.lpBuffers = &receive->buf;
    receive->msg.dwBufferCount = 1;
    if (message) ret = ext.WSARecvMsg( s, &receive->msg, &receive->count, ov, NULL );
    else
        ret = WSARecvFrom( s, &receive->buf, 1, &receive->count, &receive->flags, &receive->from.any,
                           &receive->from_len, ov, NULL );
    return ret ? WSAGetLastError() : 0;
}

/* Its error. */
static int finish_receive( SOCKET s, struct receive *receive, int error )
{
    if (error == WSA_IO_PENDING)
    {
        if (WaitForSingleObject( receive->ov.hEvent, 1000 ))
        {
            CancelIoEx( (HANDLE)s, &receive->ov );
            WaitForSingleObject( receive->ov.hEvent, 5000 );
            error = WSAETIMEDOUT;
        }
        else
            error = WSAGetOverlappedResult( s, &receive->ov, &receive->count, FALSE, &receive->flags )
                        ? 0
                        : WSAGetLastError();
    }
    CloseHandle( receive->ov.hEvent );
    return error;
}

static BOOL is_readable( SOCKET s, enum way way, HANDLE event )
{
    WSANETWORKEVENTS events;
    WSAPOLLFD entry = { s, POLLRDNORM };

    switch (way)
    {
    case SELECT: return wait_readable( s, 1000 );
    case POLL: return WSAPoll( &entry, 1, 1000 ) == 1;
    default:
        if (WaitForSingleObject( event, 1000 )) return FALSE;
        ok_success( WSAEnumNetworkEvents( s, event, &events ) );
        return ( events.lNetworkEvents & FD_READ ) != 0;
    }
}

static void test_way( int family, enum way way, BOOL report )
{
    SOCKET s = udp_socket( family ), peer = udp_socket( family );
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );
    union address dead, addr, peer_addr;
    int len = dead_port( &dead, family ), name_len = sizeof( peer_addr ), error = 0;
    BOOL before = way == OVERLAPPED_BEFORE || way == RECVMSG_BEFORE, message = way == RECVMSG || way == RECVMSG_BEFORE;
    struct receive receive;
    char data[16];

    winetest_push_context( "%s, %s, SIO_UDP_CONNRESET %d", family_name( family ), way_names[way], report );
    loopback( &addr, family, 0 );
    ok_success( bind( s, &addr.any, len ) );
    ok_success( bind( peer, &addr.any, len ) );
    ok_success( getsockname( peer, &peer_addr.any, &name_len ) );
    name_len = sizeof( addr );
    ok_success( getsockname( s, &addr.any, &name_len ) );
    if (!report) set_report( s, FALSE );
    set_timeout( s, 1000 );
    if (way == RECVFROM_NONBLOCKING) set_blocking( s, FALSE );
    if (way == EVENT_BEFORE) ok_success( WSAEventSelect( s, event, FD_READ ) );
    if (before) error = begin_receive( s, &receive, message, TRUE );
    ok_call( sendto( s, "abc", 3, 0, &dead.any, len ), 3, 0 );
    if (way == EVENT_AFTER) ok_success( WSAEventSelect( s, event, FD_READ ) );
    if (way >= SELECT) ok_unless_afd( is_readable( s, way, event ) == report, "%sreadable\n", report ? "not " : "" );
    switch (way)
    {
    case OVERLAPPED_BEFORE:
    case RECVMSG_BEFORE: error = finish_receive( s, &receive, error ); break;
    case OVERLAPPED_AFTER: error = finish_receive( s, &receive, begin_receive( s, &receive, FALSE, TRUE ) ); break;
    case RECV: error = recv( s, data, sizeof( data ), 0 ) == -1 ? WSAGetLastError() : 0; break;
    default: error = finish_receive( s, &receive, begin_receive( s, &receive, message, FALSE ) ); break;
    }
    if (report)
    {
        ok_unless_afd( error == WSAECONNRESET, "got error %d\n", error );
        if (way != RECV && error == WSAECONNRESET)
            ok( !memcmp( &receive.from, &dead, len ), "got another address, port %d, family %d\n",
                ntohs( receive.from.v4.sin_port ), receive.from.any.sa_family );
    }
    else ok( error == WSAETIMEDOUT || error == WSAEWOULDBLOCK, "got error %d\n", error );
    /* it is reported once; data comes in as ever */
    ok_call( sendto( s, "abc", 3, 0, &peer_addr.any, len ), 3, 0 );
    ok_call( recv( peer, data, sizeof( data ), 0 ), 3, 0 );
    ok_call( sendto( peer, "defg", 4, 0, &addr.any, len ), 4, 0 );
    if (way == EVENT_BEFORE || way == EVENT_AFTER) WSAEventSelect( s, NULL, 0 );
    set_blocking( s, TRUE );
    ok_call( recv( s, data, sizeof( data ), 0 ), 4, 0 );
    CloseHandle( event );
    closesocket( s );
    closesocket( peer );
    winetest_pop_context();
}

/* Sends never fail for it, however many there are, and turning it off forgets what has been reported. */
static void test_sends( int family )
{
    union address dead, addr;
    int len = dead_port( &dead, family ), i, ret;
    SOCKET s = udp_socket( family );
    char data[16];

    winetest_push_context( "%s", family_name( family ) );
    loopback( &addr, family, 0 );
    ok_success( bind( s, &addr.any, len ) );
    set_blocking( s, FALSE );
    for (i = 0; i < 200; i++) ok_call( sendto( s, "abc", 3, 0, &dead.any, len ), 3, 0 );
    for (i = 0; i < 201 && ( ret = recv( s, data, sizeof( data ), 0 ) ) == -1 && WSAGetLastError() == WSAECONNRESET;
         i++);
    ok_unless_afd( i && i <= 200, "got %d reports\n", i );
    ok( ret == -1 && WSAGetLastError() == WSAEWOULDBLOCK, "got %d, error %d\n", ret, WSAGetLastError() );
    ok( !wait_readable( s, 0 ), "readable\n" );
    ok_call( sendto( s, "abc", 3, 0, &dead.any, len ), 3, 0 );
    set_report( s, FALSE );
    ok( !wait_readable( s, 50 ), "readable\n" );
    ok_error( recv( s, data, sizeof( data ), 0 ), WSAEWOULDBLOCK );
    /* and on again */
    set_report( s, TRUE );
    ok_call( sendto( s, "abc", 3, 0, &dead.any, len ), 3, 0 );
    ok_unless_afd( wait_readable( s, 1000 ), "not readable\n" );
    ret = recv( s, data, sizeof( data ), 0 );
    ok_unless_afd( ret == -1 && WSAGetLastError() == WSAECONNRESET, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( s );
    winetest_pop_context();
}

START_TEST( unreachable )
{
    unsigned int i;
    enum way way;

    start_winsock();
    load_extensions();
    for (i = 0; i < family_count(); i++)
    {
        for (way = 0; way < WAY_COUNT; way++)
        {
            test_way( families[i], way, TRUE );
            test_way( families[i], way, FALSE );
        }
        test_sends( families[i] );
    }
    stop_winsock();
}
