/*
 * Everything that a call is given lies above 2 GB, where an address of a 32-bit program has its sign bit set; and
 * numbers with that bit as handles and keys
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"
#include <svcguid.h>

/* What the calls get pointers to. */
struct place
{
    OVERLAPPED ov;
    WSABUF bufs[2];
    WSAMSG msg;
    union address addr;
    TRANSMIT_PACKETS_ELEMENT elements[2];
    fd_set set;
    WSAPOLLFD poll;
    struct timeval timeout;
    struct addrinfo hints, *list;
    WSAQUERYSETA query;
    GUID class_id;
    HANDLE lookup, event;
    WSANETWORKEVENTS events;
    WSAPROTOCOL_INFOW info;
    SOCKET duplicate;
    DWORD count, flags, bytes;
    int len, value;
    char name[16], control[64], data[1000], more[1000];
};

static struct place *get_place( void )
{
    UINT_PTR at;
    struct place *place = NULL;

    for (at = 0x90000000; !place && at < 0xf0000000; at += 0x1000000)
        place = VirtualAlloc( (void *)at, sizeof( *place ), MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE );
    ok( place != NULL, "no memory above 2 GB\n" );
    return place;
}

static void begin( struct place *place )
{
    memset( place, 0, sizeof( *place ) );
    place->bufs[0].buf = place->data;
    place->bufs[0].len = 10;
    place->bufs[1].buf = place->more;
    place->bufs[1].len = sizeof( place->more );
    place->ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
}

static void test_transfer( struct place *p, BOOL pends )
{
    SOCKET a, b;

    winetest_push_context( pends ? "pends" : "ready" );
    udp_pair( AF_INET, &a, &b );
    begin( p );
    p->len = sizeof( p->addr );
    if (!pends) ok_call( send( a, "0123456789abcdef", 16, 0 ), 16, 0 );
    ok_call( WSARecvFrom( b, p->bufs, 2, &p->count, &p->flags, &p->addr.any, &p->len, &p->ov, NULL ),
             pends ? SOCKET_ERROR : 0, pends ? WSA_IO_PENDING : 0 );
    if (pends) ok_call( send( a, "0123456789abcdef", 16, 0 ), 16, 0 );
    ok( !overlapped_result( b, &p->ov, &p->bytes ) && p->bytes == 16, "got %lu bytes\n", p->bytes );
    ok( p->ov.InternalHigh == 16, "got %Iu bytes\n", p->ov.InternalHigh );
    ok( !memcmp( p->data, "0123456789", 10 ) && !memcmp( p->more, "abcdef", 6 ), "wrong data\n" );
    ok( p->len == sizeof( p->addr.v4 ) && p->addr.v4.sin_family == AF_INET, "no address\n" );

    p->bufs[1].len = 6;
    ok_success( WSASendTo( b, p->bufs, 2, &p->count, 0, &p->addr.any, p->len, NULL, NULL ) );
    memset( p->data, 0, sizeof( p->data ) );
    ok_call( recv( a, p->data, sizeof( p->data ), 0 ), 16, 0 );
    ok( !memcmp( p->data, "0123456789abcdef", 16 ), "wrong data\n" );
    CloseHandle( p->ov.hEvent );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static void test_message( struct place *p, BOOL pends )
{
    const WSACMSGHDR *header;
    DWORD on = 1;
    SOCKET a, b;

    if (!ext.WSARecvMsg) return;
    winetest_push_context( "message %s", pends ? "pends" : "ready" );
    udp_pair( AF_INET, &a, &b );
    ok_success( setsockopt( b, IPPROTO_IP, IP_PKTINFO, (const char *)&on, sizeof( on ) ) );
    begin( p );
    p->msg.name = &p->addr.any;
    p->msg.namelen = sizeof( p->addr );
    p->msg.lpBuffers = p->bufs;
    p->msg.dwBufferCount = 2;
    p->msg.Control.buf = p->control;
    p->msg.Control.len = sizeof( p->control );
    if (!pends) ok_call( send( a, "0123456789abcdef", 16, 0 ), 16, 0 );
    ok_call( ext.WSARecvMsg( b, &p->msg, NULL, &p->ov, NULL ), pends ? SOCKET_ERROR : 0, pends ? WSA_IO_PENDING : 0 );
    if (pends) ok_call( send( a, "0123456789abcdef", 16, 0 ), 16, 0 );
    ok( !overlapped_result( b, &p->ov, &p->bytes ) && p->bytes == 16, "got %lu bytes\n", p->bytes );
    ok( !memcmp( p->data, "0123456789", 10 ) && !memcmp( p->more, "abcdef", 6 ), "wrong data\n" );
    /* headers of the caller's size and alignment */
    header = WSA_CMSG_FIRSTHDR( &p->msg );
    ok( header && header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO
            && header->cmsg_len == WSA_CMSG_LEN( sizeof( IN_PKTINFO ) ),
        "no address of the destination\n" );
    ok( p->msg.Control.len == WSA_CMSG_SPACE( sizeof( IN_PKTINFO ) ), "%lu bytes of control data\n",
        p->msg.Control.len );
    if (header)
        ok( ( (const IN_PKTINFO *)WSA_CMSG_DATA( header ) )->ipi_addr.s_addr == htonl( INADDR_LOOPBACK ),
            "another address\n" );
    CloseHandle( p->ov.hEvent );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static void test_packets( struct place *p )
{
    SOCKET a, b;

    if (!ext.TransmitPackets || by_afd()) return; /* AFD has none */
    tcp_socketpair( &a, &b );
    begin( p );
    memcpy( p->data, "abcdef", 6 );
    memcpy( p->more, "ghi", 3 );
    p->elements[0].dwElFlags = p->elements[1].dwElFlags = TP_ELEMENT_MEMORY;
    p->elements[0].cLength = 6;
    p->elements[0].pBuffer = p->data;
    p->elements[1].cLength = 3;
    p->elements[1].pBuffer = p->more;
    ok( ext.TransmitPackets( a, p->elements, 2, 0, &p->ov, 0 ) || WSAGetLastError() == ERROR_IO_PENDING, "failed: %d\n",
        WSAGetLastError() );
    ok( !overlapped_result( a, &p->ov, &p->bytes ) && p->bytes == 9, "got %lu bytes\n", p->bytes );
    memset( p->data, 0, sizeof( p->data ) );
    ok_call( recv_all( b, p->data, 9 ), 9, 0 );
    ok( !memcmp( p->data, "abcdefghi", 9 ), "wrong data\n" );
    CloseHandle( p->ov.hEvent );
    closesocket( a );
    closesocket( b );
}

static void test_readiness( struct place *p )
{
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    begin( p );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    FD_SET( b, &p->set );
    p->timeout.tv_sec = 3;
    ok_call( select( 0, &p->set, NULL, NULL, &p->timeout ), 1, 0 );
    ok( FD_ISSET( b, &p->set ), "not in the set\n" );
    p->poll.fd = b;
    p->poll.events = POLLRDNORM;
    ok_call( WSAPoll( &p->poll, 1, 3000 ), 1, 0 );
    ok( p->poll.revents == POLLRDNORM, "got %#x\n", p->poll.revents );
    p->value = 20000;
    ok_success( setsockopt( b, SOL_SOCKET, SO_RCVTIMEO, (char *)&p->value, sizeof( p->value ) ) );
    p->value = 0;
    p->len = sizeof( p->value );
    ok_success( getsockopt( b, SOL_SOCKET, SO_RCVTIMEO, (char *)&p->value, &p->len ) );
    ok( p->value == 20000, "got %d\n", p->value );
    ok_success( WSAIoctl( b, FIONREAD, NULL, 0, &p->value, sizeof( p->value ), &p->count, NULL, NULL ) );
    ok( p->value == 1 && p->count == 4, "got %d, %lu bytes\n", p->value, p->count );
    CloseHandle( p->ov.hEvent );
    closesocket( a );
    closesocket( b );
}

static void test_names( struct place *p )
{
    const struct hostent *host;

    begin( p );
    strcpy( p->name, "127.0.0.1" );
    p->hints.ai_family = AF_INET;
    p->hints.ai_flags = AI_NUMERICHOST;
    ok_success( getaddrinfo( p->name, NULL, &p->hints, &p->list ) );
    ok( ( (struct sockaddr_in *)p->list->ai_addr )->sin_addr.s_addr == htonl( INADDR_LOOPBACK ), "another address\n" );
    freeaddrinfo( p->list );
    host = gethostbyname( p->name );
    ok( host && host->h_length == 4 && *(ULONG *)host->h_addr_list[0] == htonl( INADDR_LOOPBACK ), "no address\n" );
    CloseHandle( p->ov.hEvent );
}

/* The result has pointers into the memory that it was given. */
static void test_query( struct place *p )
{
    const WSAQUERYSETA *result = (const WSAQUERYSETA *)p->data;
    const char *end = p->data + sizeof( p->data );

    begin( p );
    CloseHandle( p->ov.hEvent );
    strcpy( p->name, "localhost" );
    p->class_id = (GUID)SVCID_INET_HOSTADDRBYNAME;
    p->query.dwSize = sizeof( p->query );
    p->query.lpszServiceInstanceName = p->name;
    p->query.lpServiceClassId = &p->class_id;
    p->query.dwNameSpace = NS_DNS;
    ok_docs( WSALookupServiceBeginA( &p->query, LUP_RETURN_ALL, &p->lookup ), 0, 0 );
    if (!p->lookup) return;
    p->count = sizeof( p->data );
    ok_docs( WSALookupServiceNextA( p->lookup, 0, &p->count, (void *)p->data ), 0, 0 );
    if (result->dwSize == sizeof( *result ))
    {
        const HOSTENT *host = (const HOSTENT *)result->lpBlob->pBlobData;

        ok( (char *)result->lpszServiceInstanceName > p->data && (char *)result->lpszServiceInstanceName < end
                && (char *)result->lpcsaBuffer > p->data && (char *)result->lpcsaBuffer < end
                && (char *)result->lpBlob->pBlobData > p->data && (char *)result->lpBlob->pBlobData < end,
            "the result is elsewhere\n" );
        ok( result->dwNumberOfCsAddrs && result->lpcsaBuffer->RemoteAddr.lpSockaddr->sa_family == AF_INET,
            "no address\n" );
        /* its pointers are offsets */
        ok( host->h_length == 4 && (ULONG_PTR)host->h_addr_list < result->lpBlob->cbSize, "no host entry\n" );
    }
    ok_success( WSALookupServiceEnd( p->lookup ) );
}

static void test_events( struct place *p )
{
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    begin( p );
    p->event = p->ov.hEvent;
    ok_success( WSAEventSelect( b, p->event, FD_READ | FD_CLOSE ) );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    ok_call( WSAWaitForMultipleEvents( 1, &p->event, FALSE, 3000, FALSE ), WSA_WAIT_EVENT_0, 0 );
    ok_success( WSAEnumNetworkEvents( b, p->event, &p->events ) );
    ok( p->events.lNetworkEvents == FD_READ, "got %#lx\n", p->events.lNetworkEvents );
    ok_success( WSADuplicateSocketW( b, GetCurrentProcessId(), &p->info ) );
    p->duplicate = WSASocketW( AF_INET, SOCK_STREAM, IPPROTO_TCP, &p->info, 0, WSA_FLAG_OVERLAPPED );
    ok( p->duplicate != INVALID_SOCKET, "failed: %d\n", WSAGetLastError() );
    ok_call( recv( p->duplicate, p->data, 1, 0 ), 1, 0 );
    closesocket( p->duplicate );
    CloseHandle( p->event );
    closesocket( a );
    closesocket( b );
}

static void test_port( struct place *p )
{
    const ULONG_PTR key = (ULONG_PTR)(LONG_PTR)(int)0x87654321;
    HANDLE port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    OVERLAPPED *ov;
    ULONG_PTR got;
    SOCKET a, b;
    int i;

    tcp_socketpair( &a, &b );
    begin( p );
    CloseHandle( p->ov.hEvent );
    p->ov.hEvent = NULL;
    ok( CreateIoCompletionPort( (HANDLE)b, port, key, 0 ) == port, "failed: %lu\n", GetLastError() );
    ok_error( WSARecv( b, p->bufs, 2, NULL, &p->flags, &p->ov, NULL ), WSA_IO_PENDING );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    PostQueuedCompletionStatus( port, 7, key, &p->ov );
    for (i = 0; i < 2; i++)
    {
        got = 0;
        ov = NULL;
        ok( GetQueuedCompletionStatus( port, &p->count, &got, &ov, 3000 ), "failed: %lu\n", GetLastError() );
        ok( got == key && ov == &p->ov, "got key %Ix, %p\n", got, ov );
        ok( p->count == 3 || p->count == 7, "got %lu bytes\n", p->count );
    }
    CloseHandle( port );
    closesocket( a );
    closesocket( b );
}

/* No handle has such a value; the tables of sockets are looked up by it. */
static void test_handles( void )
{
    static const LONG_PTR values[] = { -1, -2, -3, -4, (int)0x80000000, (int)0x80000004, (int)0xfffff000 };
    union address addr;
    unsigned int i;
    int len;

    for (i = 0; i < ARRAY_SIZE( values ); i++)
    {
        winetest_push_context( "%Ix", values[i] );
        ok_error( send( (SOCKET)values[i], "x", 1, 0 ), WSAENOTSOCK );
        len = sizeof( addr );
        ok_error( getsockname( (SOCKET)values[i], &addr.any, &len ), WSAENOTSOCK );
        ok_error( closesocket( (SOCKET)values[i] ), WSAENOTSOCK );
        winetest_pop_context();
    }
}

START_TEST( high_memory )
{
    struct place *place;

    start_winsock();
    load_extensions();
    if (( place = get_place() ))
    {
        test_transfer( place, FALSE );
        test_transfer( place, TRUE );
        test_message( place, FALSE );
        test_message( place, TRUE );
        test_packets( place );
        test_readiness( place );
        test_names( place );
        test_query( place );
        test_events( place );
        test_port( place );
    }
    test_handles();
    stop_winsock();
}
