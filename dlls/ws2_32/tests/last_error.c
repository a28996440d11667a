/*
 * The last error after a success: 0 after calls on sockets and look-ups, as it was after the others
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#include <stdio.h>

#define BEFORE 0x5eed

/* What the last error is afterwards. Programs only rely on ZERO and KEPT; EITHER is where Wine's own module keeps it.
 */
enum after
{
    ZERO,
    KEPT,
    EITHER
};

static void check_after( const char *call, BOOL good, int error, enum after after )
{
    ok( good, "%s failed with error %d\n", call, error );
    if (after != KEPT && !error) ok( TRUE, "\n" );
    else ok( after != ZERO && error == BEFORE, "%s: last error %#x\n", call, error );
}

#define check( call, condition, after )                                                                                \
    do                                                                                                                 \
    {                                                                                                                  \
        BOOL good_;                                                                                                    \
        INT_PTR ret __attribute__( ( unused ) );                                                                       \
        WSASetLastError( BEFORE );                                                                                     \
        ret = (INT_PTR)( call );                                                                                       \
        good_ = ( condition );                                                                                         \
        check_after( #call, good_, WSAGetLastError(), after );                                                         \
    } while (0)

static int CALLBACK accept_all( WSABUF *caller_id, WSABUF *caller_data, QOS *sqos, QOS *gqos, WSABUF *callee_id,
                                WSABUF *callee_data, GROUP *group, DWORD_PTR context )
{
    (void)caller_id;
    (void)caller_data;
    (void)sqos;
    (void)gqos;
    (void)callee_id;
    (void)callee_data;
    (void)group;
    (void)context;
    return CF_ACCEPT;
}

static void CALLBACK on_received( DWORD error, DWORD count, WSAOVERLAPPED *overlapped, DWORD flags )
{
    (void)error;
    (void)count;
    (void)overlapped;
    (void)flags;
}

static void test_making( void )
{
    SOCKET s = INVALID_SOCKET, listener = INVALID_SOCKET, other = INVALID_SOCKET, client;
    WSAPROTOCOL_INFOW info;
    WSAPROTOCOL_INFOA info_a;
    union address addr, peer;
    int len;

    check( s = socket( AF_INET, SOCK_STREAM, 0 ), s != INVALID_SOCKET, ZERO );
    check( listener = WSASocketW( AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED ),
           listener != INVALID_SOCKET, ZERO );
    check( client = WSASocketA( AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED ),
           client != INVALID_SOCKET, ZERO );
    len = loopback( &addr, AF_INET, 0 );
    check( bind( listener, &addr.any, len ), !ret, ZERO );
    check( listen( listener, 5 ), !ret, ZERO );
    check( getsockname( listener, &addr.any, &len ), !ret, ZERO );
    check( connect( s, &addr.any, len ), !ret, EITHER );
    check( other = accept( listener, NULL, NULL ), other != INVALID_SOCKET, EITHER );
    len = sizeof( peer );
    check( getpeername( other, &peer.any, &len ), !ret, ZERO );
    check( closesocket( other ), !ret, KEPT );
    check( WSAConnect( client, &addr.any, len, NULL, NULL, NULL, NULL ), !ret, EITHER );
    check( other = WSAAccept( listener, NULL, NULL, accept_all, 0 ), other != INVALID_SOCKET, EITHER );
    check( WSADuplicateSocketW( client, GetCurrentProcessId(), &info ), !ret, EITHER );
    check( WSADuplicateSocketA( client, GetCurrentProcessId(), &info_a ), !ret, EITHER );
    closesocket( s );
    check( s = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0 ),
           s != INVALID_SOCKET, EITHER );
    closesocket( s );
    check( WSASendDisconnect( client, NULL ), !ret, ZERO );
    check( shutdown( other, SD_SEND ), !ret, ZERO );
    closesocket( client );
    closesocket( other );
    closesocket( listener );
}

static void test_data( void )
{
    SOCKET client, server, from, to;
    WSAOVERLAPPED overlapped = { 0 };
    char buffer[64] = "data";
    WSABUF buf = { 1, buffer };
    DWORD count, flags = 0;
    union address addr;
    WSAMSG msg = { NULL, 0, &buf, 1, { 0 }, 0 };
    int len = sizeof( addr );

    tcp_socketpair( &client, &server );
    check( send( client, buffer, 20, 0 ), ret == 20, ZERO );
    check( recv( server, buffer, 1, 0 ), ret == 1, ZERO );
    check( recv( server, buffer, 1, MSG_PEEK ), ret == 1, ZERO );
    check( recvfrom( server, buffer, 1, 0, NULL, NULL ), ret == 1, ZERO );
    check( WSARecv( server, &buf, 1, &count, &flags, NULL, NULL ), !ret, ZERO );
    check( WSASend( client, &buf, 1, &count, 0, NULL, NULL ), !ret, ZERO );
    overlapped.hEvent = WSACreateEvent();
    check( WSARecv( server, &buf, 1, &count, &flags, &overlapped, NULL ), !ret, ZERO );
    check( WSAGetOverlappedResult( server, &overlapped, &count, TRUE, &flags ), ret && count == 1, ZERO );
    check( WSAGetOverlappedResult( server, &overlapped, NULL, FALSE, &flags ), ret, ZERO );
    check( WSAGetOverlappedResult( server, &overlapped, &count, FALSE, NULL ), ret && count == 1, ZERO );
    check( WSASend( client, &buf, 1, &count, 0, &overlapped, NULL ), !ret, ZERO );
    WSACloseEvent( overlapped.hEvent );
    overlapped.hEvent = NULL;
    check( WSARecv( server, &buf, 1, &count, &flags, &overlapped, on_received ), !ret, ZERO );
    SleepEx( 0, TRUE );
    shutdown( client, SD_SEND );
    while (recv( server, buffer, sizeof( buffer ), 0 ) > 0)
    {
    }
    check( recv( server, buffer, 1, 0 ), !ret, ZERO );
    closesocket( client );
    closesocket( server );

    udp_pair( AF_INET, &from, &to );
    len = sizeof( addr );
    getsockname( to, &addr.any, &len );
    check( send( from, buffer, 4, 0 ), ret == 4, ZERO );
    check( recvfrom( to, buffer, sizeof( buffer ), 0, &addr.any, &len ), ret == 4, ZERO );
    closesocket( from );
    from = udp_socket( AF_INET );
    closesocket( to );
    to = udp_socket( AF_INET );
    len = loopback( &addr, AF_INET, 0 );
    bind( to, &addr.any, len );
    getsockname( to, &addr.any, &len );
    check( sendto( from, buffer, 4, 0, &addr.any, len ), ret == 4, ZERO );
    check( WSASendTo( from, &buf, 1, &count, 0, &addr.any, len, NULL, NULL ), !ret, ZERO );
    msg.name = &addr.any;
    msg.namelen = len;
    check( WSASendMsg( from, &msg, 0, &count, NULL, NULL ), !ret, ZERO );
    set_timeout( to, 5000 );
    check( recvfrom( to, buffer, sizeof( buffer ), 0, NULL, NULL ), ret == 4, ZERO );
    check( WSARecvFrom( to, &buf, 1, &count, &flags, NULL, NULL, NULL, NULL ), !ret, ZERO );
    closesocket( from );
    closesocket( to );
}

static void test_options( void )
{
    static const GUID connectex = WSAID_CONNECTEX;
    static const struct
    {
        int level, name;
        enum after get;
    } options[] = {
        { SOL_SOCKET, SO_KEEPALIVE, ZERO }, { SOL_SOCKET, SO_RCVBUF, ZERO },    { SOL_SOCKET, SO_SNDBUF, ZERO },
        { SOL_SOCKET, SO_RCVTIMEO, ZERO },  { SOL_SOCKET, SO_SNDTIMEO, ZERO },  { SOL_SOCKET, SO_REUSEADDR, ZERO },
        { SOL_SOCKET, SO_OPENTYPE, ZERO },  { IPPROTO_TCP, TCP_NODELAY, ZERO }, { IPPROTO_IP, IP_TTL, ZERO },
    };
    SOCKET s, peer;
    WSANETWORKEVENTS events;
    struct timeval none = { 0 };
    WSAPOLLFD poll;
    void *function;
    u_long value;
    DWORD size, i;
    HANDLE event;
    fd_set set;
    int len, number;

    tcp_socketpair( &s, &peer );
    for (i = 0; i < ARRAY_SIZE( options ); i++)
    {
        winetest_push_context( "level %#x, option %#x", options[i].level, options[i].name );
        len = sizeof( number );
        check( getsockopt( s, options[i].level, options[i].name, (char *)&number, &len ), !ret, options[i].get );
        check( setsockopt( s, options[i].level, options[i].name, (char *)&number, len ), !ret, options[i].get );
        winetest_pop_context();
    }
    len = sizeof( number );
    check( getsockopt( s, SOL_SOCKET, SO_TYPE, (char *)&number, &len ), !ret && number == SOCK_STREAM, EITHER );
    len = sizeof( number );
    check( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&number, &len ), !ret && !number, ZERO );
    value = 1;
    check( ioctlsocket( s, FIONBIO, &value ), !ret, ZERO );
    check( ioctlsocket( s, FIONREAD, &value ), !ret, ZERO );
    check( WSAIoctl( s, FIONREAD, NULL, 0, &value, sizeof( value ), &size, NULL, NULL ), !ret, ZERO );
    check( WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&connectex, sizeof( connectex ), &function,
                     sizeof( function ), &size, NULL, NULL ),
           !ret, ZERO );

    FD_ZERO( &set );
    FD_SET( s, &set );
    check( select( 0, NULL, &set, NULL, &none ), ret == 1, ZERO );
    check( select( 0, &set, NULL, NULL, &none ), ret == 0, ZERO );
    poll.fd = s;
    poll.events = POLLOUT;
    check( WSAPoll( &poll, 1, 0 ), ret == 1, ZERO );
    poll.events = POLLIN;
    check( WSAPoll( &poll, 1, 0 ), ret == 0, ZERO );

    check( event = WSACreateEvent(), event != NULL, EITHER );
    check( WSAEventSelect( s, event, FD_READ | FD_WRITE ), !ret, ZERO );
    check( WSAEnumNetworkEvents( s, event, &events ), !ret, ZERO );
    check( WSASetEvent( event ), ret, KEPT );
    check( WSAWaitForMultipleEvents( 1, &event, FALSE, 0, FALSE ), ret == WSA_WAIT_EVENT_0, KEPT );
    check( WSAResetEvent( event ), ret, KEPT );
    check( WSAEventSelect( s, NULL, 0 ), !ret, ZERO );
    check( WSACloseEvent( event ), ret, KEPT );
    check( WSAHtonl( s, 1, &value ), !ret, KEPT );
    check( WSANtohl( s, 1, &value ), !ret, KEPT );
    closesocket( s );
    closesocket( peer );
}

static void test_names( void )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) }, copy;
    char text[256], service[64];
    struct addrinfo *list;
    ADDRINFOEXW *list_ex;
    ADDRINFOW *list_w;
    WCHAR wide[256];
    DWORD size;
    int len;

    check( getaddrinfo( "127.0.0.1", "80", NULL, &list ), !ret, ZERO );
    check( ( freeaddrinfo( list ), 0 ), TRUE, KEPT );
    check( getaddrinfo( "localhost", "http", NULL, &list ), !ret, ZERO );
    freeaddrinfo( list );
    check( GetAddrInfoW( L"localhost", NULL, NULL, &list_w ), !ret, ZERO );
    check( ( FreeAddrInfoW( list_w ), 0 ), TRUE, KEPT );
    check( GetAddrInfoExW( L"localhost", NULL, NS_DNS, NULL, NULL, &list_ex, NULL, NULL, NULL, NULL ), !ret, ZERO );
    check( ( FreeAddrInfoExW( list_ex ), 0 ), TRUE, KEPT );
    check( gethostbyname( "localhost" ), ret, ZERO );
    check( gethostbyname( "127.0.0.1" ), ret, ZERO );
    check( gethostbyaddr( (char *)&addr.sin_addr, 4, AF_INET ), ret, ZERO );
    check( getservbyname( "http", "tcp" ), ret, ZERO );
    check( getservbyport( htons( 80 ), "tcp" ), ret, ZERO );
    check( getprotobyname( "tcp" ), ret, ZERO );
    check( getprotobynumber( 6 ), ret, ZERO );

    check( getnameinfo( (SOCKADDR *)&addr, sizeof( addr ), text, sizeof( text ), service, sizeof( service ), 0 ), !ret,
           KEPT );
    check( gethostname( text, sizeof( text ) ), !ret, KEPT );
    check( inet_addr( "127.0.0.1" ), TRUE, KEPT );
    check( inet_addr( "none" ), TRUE, KEPT );
    check( inet_ntoa( addr.sin_addr ), ret, KEPT );
    check( inet_pton( AF_INET, "127.0.0.1", text ), ret == 1, KEPT );
    check( inet_pton( AF_INET, "none", text ), ret == 0, KEPT );
    check( InetPtonW( AF_INET, L"127.0.0.1", text ), ret == 1, KEPT );
    check( inet_ntop( AF_INET, &addr.sin_addr, text, sizeof( text ) ), ret, KEPT );
    check( InetNtopW( AF_INET, &addr.sin_addr, wide, ARRAY_SIZE( wide ) ), ret, KEPT );
    size = sizeof( text );
    check( WSAAddressToStringA( (SOCKADDR *)&addr, sizeof( addr ), NULL, text, &size ), !ret, KEPT );
    size = ARRAY_SIZE( wide );
    check( WSAAddressToStringW( (SOCKADDR *)&addr, sizeof( addr ), NULL, wide, &size ), !ret, KEPT );
    len = sizeof( copy );
    check( WSAStringToAddressA( text, AF_INET, NULL, (SOCKADDR *)&copy, &len ), !ret, KEPT );
    len = sizeof( copy );
    check( WSAStringToAddressW( wide, AF_INET, NULL, (SOCKADDR *)&copy, &len ), !ret, KEPT );
}

static void test_connect_by( void )
{
    SOCKET listener, s = tcp_socket( AF_INET );
    union address addr;
    char port[16];
    int len;

    listener = tcp_listener( AF_INET, &addr, &len );
    wsprintfA( port, "%d", ntohs( addr.v4.sin_port ) );
    check( WSAConnectByNameA( s, "127.0.0.1", port, NULL, NULL, NULL, NULL, NULL, NULL ), ret, ZERO );
    closesocket( s );
    s = tcp_socket( AF_INET ); /* an address without a length isn't wanted */
    check( WSAConnectByNameA( s, "127.0.0.1", port, NULL, &addr.any, NULL, &addr.any, NULL, NULL ), ret, ZERO );
    closesocket( s );
    closesocket( listener );
}

/* The loop of programs that don't look at what the call returned: it ends though the last call but one failed. */
static void test_loop( void )
{
    SOCKET client, server;
    char buffer[16];
    int i, ret;

    tcp_socketpair( &client, &server );
    set_blocking( server, FALSE );
    ret = recv( server, buffer, sizeof( buffer ), 0 );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( client );
    for (i = 0; i < 500; i++)
    {
        ret = recv( server, buffer, sizeof( buffer ), 0 );
        if (ret <= 0 && WSAGetLastError() != WSAEWOULDBLOCK) break;
        Sleep( 10 );
    }
    ok( i < 500, "the end of the data still looks like WSAEWOULDBLOCK\n" );
    closesocket( server );
}

START_TEST( last_error )
{
    WSADATA data;

    start_winsock();
    check( WSAStartup( MAKEWORD( 2, 2 ), &data ), !ret, KEPT );
    test_making();
    test_data();
    test_options();
    test_names();
    test_connect_by();
    test_loop();
    WSASetLastError( BEFORE );
    ok( !WSACleanup(), "got error %d\n", WSAGetLastError() );
    ok_unless_stock( !WSAGetLastError(), "WSACleanup: last error %#x\n", WSAGetLastError() );
    stop_winsock();
}
