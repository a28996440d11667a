/*
 * connect, WSAConnect, ConnectEx, shutdown and the end of connections
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#ifndef SIO_UDP_CONNRESET
#define SIO_UDP_CONNRESET 0x9800000c
#endif

/* The address of a port where nobody listens: bound, but not listening, by a socket that the caller closes. */
static SOCKET closed_port( int family, union address *addr, int *len )
{
    SOCKET s = tcp_socket( family );

    *len = loopback( addr, family, 0 );
    ok_success( bind( s, &addr->any, *len ) );
    ok_success( getsockname( s, &addr->any, len ) );
    return s;
}

static void test_blocking( int family )
{
    union address addr, name;
    SOCKET s, server, listener, holder;
    int len, name_len;
    char buffer[8];

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    s = tcp_socket( family );
    name_len = sizeof( name );
    ok_error( getpeername( s, &name.any, &name_len ), WSAENOTCONN );
    ok_success( WSAConnect( s, &addr.any, len, NULL, NULL, NULL, NULL ) );
    name_len = sizeof( name );
    ok_success( getpeername( s, &name.any, &name_len ) );
    ok( name_len == len && !memcmp( &name, &addr, len ), "got another address\n" );
    ok_error( connect( s, &addr.any, len ), WSAEISCONN );
    server = accept( listener, NULL, NULL );
    ok_call( send( server, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( server );
    closesocket( s );

    ok_error( connect( listener, &addr.any, len ), WSAEINVAL );
    closesocket( listener );

    holder = closed_port( family, &addr, &len );
    s = tcp_socket( family );
    ok_error( connect( s, &addr.any, len ), WSAECONNREFUSED );
    /* and it can be tried again */
    ok_docs_error( connect( s, &addr.any, len ), WSAECONNREFUSED );
    ok_success( listen( holder, 1 ) );
    ok_docs( connect( s, &addr.any, len ), 0, 0 );
    closesocket( holder );
    closesocket( s );

    s = tcp_socket( family );
    ok_docs_error( connect( s, NULL, len ), WSAEFAULT );
    ok_docs_error( connect( s, &addr.any, 4 ), WSAEFAULT );
    /* Wine's own runs out of stack */
    if (!stock) ok_error( connect( s, &addr.any, -1 ), WSAEFAULT );
    addr.any.sa_family = 0xfff;
    ok_docs_error( connect( s, &addr.any, len ), WSAEAFNOSUPPORT );
    closesocket( s );
    s = tcp_socket( family );
    len = loopback( &addr, family, 0 );
    ok_docs_error( connect( s, &addr.any, len ), WSAEADDRNOTAVAIL );
    closesocket( s );
    winetest_pop_context();
}

static void test_non_blocking( int family )
{
    struct timeval timeout = { 3, 0 };
    union address addr;
    SOCKET s, listener, holder;
    fd_set write, except;
    int len, error, error_len;

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    s = tcp_socket( family );
    set_blocking( s, FALSE );
    ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
    FD_ZERO( &write );
    FD_SET( s, &write );
    ok_call( select( 0, NULL, &write, NULL, &timeout ), 1, 0 );
    error = 0xdeadbeef;
    error_len = sizeof( error );
    ok_success( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&error, &error_len ) );
    ok( !error, "got %d\n", error );
    ok_error( connect( s, &addr.any, len ), WSAEISCONN );
    ok_call( send( s, "abc", 3, 0 ), 3, 0 );
    closesocket( s );
    closesocket( listener );

    holder = closed_port( family, &addr, &len );
    s = tcp_socket( family );
    set_blocking( s, FALSE );
    ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
    FD_ZERO( &except );
    FD_SET( s, &except );
    ok_call( select( 0, NULL, NULL, &except, &timeout ), 1, 0 );
    error = 0;
    error_len = sizeof( error );
    ok_success( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&error, &error_len ) );
    ok( error == WSAECONNREFUSED, "got %d\n", error );
    closesocket( s );
    closesocket( holder );
    winetest_pop_context();
}

/* connect's page: a default peer, which can be changed and taken away */
static void test_datagram( int family )
{
    union address addr_a, addr_b, name, none;
    SOCKET s, a, b;
    char buffer[8];
    int len, name_len;
    BOOL off = FALSE;
    USHORT port;
    DWORD size;

    winetest_push_context( "%s", family_name( family ) );
    s = udp_socket( family );
    a = udp_socket( family );
    b = udp_socket( family );
    len = loopback( &addr_a, family, 0 );
    ok_success( bind( a, &addr_a.any, len ) );
    ok_success( getsockname( a, &addr_a.any, &len ) );
    loopback( &addr_b, family, 0 );
    ok_success( bind( b, &addr_b.any, len ) );
    ok_success( getsockname( b, &addr_b.any, &len ) );
    set_timeout( a, 2000 );
    set_timeout( b, 2000 );

    ok_success( connect( s, &addr_a.any, len ) );
    ok_call( send( s, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( a, buffer, sizeof( buffer ), 0 ), 3, 0 );
    name_len = sizeof( name );
    ok_success( getpeername( s, &name.any, &name_len ) );
    ok( !memcmp( &name, &addr_a, len ), "got another address\n" );

    ok_success( connect( s, &addr_b.any, len ) );
    ok_call( send( s, "abcd", 4, 0 ), 4, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 4, 0 );
    /* only the peer's datagrams come in; the host tells the stranger that nobody is there */
    ok_success( WSAIoctl( a, SIO_UDP_CONNRESET, &off, sizeof( off ), NULL, 0, &size, NULL, NULL ) );
    name_len = sizeof( name );
    ok_success( getsockname( s, &name.any, &name_len ) );
    set_blocking( s, FALSE );
    ok_call( sendto( a, "x", 1, 0, &name.any, name_len ), 1, 0 );
    ok( !wait_readable( s, 50 ), "a stranger's datagram came in\n" );
    ok_call( sendto( b, "x", 1, 0, &name.any, name_len ), 1, 0 );
    ok( wait_readable( s, 1000 ), "the peer's datagram didn't come in\n" );
    ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 1, 0 );

    name_len = sizeof( name );
    ok_success( getsockname( s, &name.any, &name_len ) );
    port = name.v4.sin_port;
    memset( &none, 0, sizeof( none ) );
    none.any.sa_family = family;
    ok_docs( connect( s, &none.any, len ), 0, 0 );
    name_len = sizeof( name );
    ok_docs_error( getpeername( s, &name.any, &name_len ), WSAENOTCONN );
    ok_docs_error( send( s, "abc", 3, 0 ), WSAENOTCONN );

    /* so does an address of no family; datagrams of all come in again */
    ok_success( connect( s, &addr_b.any, len ) );
    none.any.sa_family = AF_UNSPEC;
    ok_docs( connect( s, &none.any, len ), 0, 0 );
    name_len = sizeof( name );
    ok_docs_error( getpeername( s, &name.any, &name_len ), WSAENOTCONN );
    ok_docs_error( send( s, "abc", 3, 0 ), WSAENOTCONN );
    name_len = sizeof( name );
    ok_success( getsockname( s, &name.any, &name_len ) );
    ok_unless_afd( name.v4.sin_port == port, "it has another port\n" );
    loopback( &none, family, ntohs( port ) );
    sendto( a, "x", 1, 0, &none.any, len );
    ok_unless_afd( wait_readable( s, 1000 ), "a datagram didn't come in\n" );
    ok_call( sendto( s, "abc", 3, 0, &addr_a.any, len ), 3, 0 );
    ok_call( recv( a, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( s );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* ConnectEx's page */
static void test_connect_ex( int family )
{
    GUID guid = WSAID_CONNECTEX;
    LPFN_CONNECTEX connect_ex = NULL;
    union address addr, any, name;
    OVERLAPPED ov = { 0 }, *ret_ov;
    SOCKET s, server, listener, holder;
    int len, any_len, name_len, ret;
    char buffer[8];
    DWORD count, flags;
    ULONG_PTR key;
    HANDLE port;

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    s = tcp_socket( family );
    ok_success( WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof( guid ), &connect_ex,
                          sizeof( connect_ex ), &count, NULL, NULL ) );
    ok( connect_ex != NULL, "no ConnectEx\n" );
    if (!connect_ex)
    {
        closesocket( s );
        closesocket( listener );
        winetest_pop_context();
        return;
    }
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    WSASetLastError( 0 );
    ret = connect_ex( s, &addr.any, len, NULL, 0, NULL, &ov );
    ok( !ret && WSAGetLastError() == WSAEINVAL, "unbound: got %d, error %d\n", ret, WSAGetLastError() );
    any_len = loopback( &any, family, 0 );
    ok_success( bind( s, &any.any, any_len ) );
    count = 0xdeadbeef;
    WSASetLastError( 0 );
    ret = connect_ex( s, &addr.any, len, (void *)"hello", 5, &count, &ov );
    ok( ret || WSAGetLastError() == ERROR_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    ok( !WaitForSingleObject( ov.hEvent, 3000 ), "the event isn't signalled\n" );
    ok( WSAGetOverlappedResult( s, &ov, &count, FALSE, &flags ) && count == 5, "got %lu, error %d\n", count,
        WSAGetLastError() );
    ok_success( setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ) );
    name_len = sizeof( name );
    ok_success( getpeername( s, &name.any, &name_len ) );
    server = accept( listener, NULL, NULL );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 5, 0 );
    ok_call( send( server, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 3, 0 );
    WSASetLastError( 0 );
    ret = connect_ex( s, &addr.any, len, NULL, 0, NULL, &ov );
    ok( !ret && WSAGetLastError() == WSAEISCONN, "connected: got %d, error %d\n", ret, WSAGetLastError() );
    CloseHandle( ov.hEvent );
    closesocket( s );
    closesocket( server );
    closesocket( listener );

    /* refused, by port */
    holder = closed_port( family, &addr, &len );
    s = tcp_socket( family );
    ok_success( bind( s, &any.any, any_len ) );
    port = CreateIoCompletionPort( (HANDLE)s, NULL, 9, 0 );
    memset( &ov, 0, sizeof( ov ) );
    WSASetLastError( 0 );
    ret = connect_ex( s, &addr.any, len, NULL, 0, &count, &ov );
    ok( !ret && WSAGetLastError() == ERROR_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    ret_ov = NULL;
    SetLastError( 0 );
    ret = GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 );
    ok( !ret && ret_ov == &ov && GetLastError() == ERROR_CONNECTION_REFUSED, "got %d, %p, error %lu\n", ret, ret_ov,
        GetLastError() );
    ok( !WSAGetOverlappedResult( s, &ov, &count, FALSE, &flags ) && WSAGetLastError() == WSAECONNREFUSED,
        "got error %d\n", WSAGetLastError() );
    CloseHandle( port );
    closesocket( s );
    closesocket( holder );
    winetest_pop_context();
}

static void test_shutdown( void )
{
    static const struct
    {
        int how;
        int send_error, recv_error;
    } tests[] = {
        { SD_RECEIVE, 0, WSAESHUTDOWN },
        { SD_SEND, WSAESHUTDOWN, 0 },
        { SD_BOTH, WSAESHUTDOWN, WSAESHUTDOWN },
    };
    WSABUF data = { 3, (char *)"abc" };
    unsigned int i, type;
    char buffer[8];
    SOCKET a, b, s;
    int ret;

    for (i = 0; i < 2 * ARRAY_SIZE( tests ); i++)
    {
        type = i & 1 ? SOCK_DGRAM : SOCK_STREAM;
        winetest_push_context( "type %u, how %d", type, tests[i / 2].how );
        if (type == SOCK_STREAM) tcp_socketpair( &a, &b );
        else udp_pair( AF_INET, &a, &b );
        ok_call( send( b, "abc", 3, 0 ), 3, 0 );
        ok( wait_readable( a, 1000 ), "nothing to read\n" );
        ok_success( shutdown( a, tests[i / 2].how ) );
        WSASetLastError( 0 );
        ret = send( a, "abc", 3, 0 );
        if (tests[i / 2].send_error)
            ok( ret == -1 && WSAGetLastError() == tests[i / 2].send_error, "send: got %d, error %d\n", ret,
                WSAGetLastError() );
        else ok( ret == 3, "send: got %d, error %d\n", ret, WSAGetLastError() );
        WSASetLastError( 0 );
        ret = recv( a, buffer, sizeof( buffer ), 0 );
        if (tests[i / 2].recv_error)
            ok( ret == -1 && WSAGetLastError() == tests[i / 2].recv_error, "recv: got %d, error %d\n", ret,
                WSAGetLastError() );
        else ok( ret == 3, "recv: got %d, error %d\n", ret, WSAGetLastError() );
        if (type == SOCK_STREAM && tests[i / 2].how != SD_RECEIVE)
            ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 0, 0 );
        closesocket( a );
        closesocket( b );
        winetest_pop_context();
    }
    tcp_socketpair( &a, &b );
    ok_error( shutdown( a, 3 ), WSAEINVAL );
    ok_error( shutdown( a, -1 ), WSAEINVAL );
    /* there are no data of a disconnect, and it doesn't happen then */
    ok_docs_error( WSASendDisconnect( a, &data ), WSAENOPROTOOPT );
    ok_docs_error( WSASendDisconnect( a, (WSABUF *)bad_page() ), WSAEFAULT );
    ok_docs_error( WSASendDisconnect( 0xdead0, &data ), WSAENOTSOCK );
    if (stock)
    {
        /* and there it has */
        closesocket( a );
        closesocket( b );
        tcp_socketpair( &a, &b );
    }
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_success( WSASendDisconnect( a, NULL ) );
    ok_error( send( a, "abc", 3, 0 ), WSAESHUTDOWN );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 0, 0 );
    ok_success( WSARecvDisconnect( a, NULL ) );
    ok_error( recv( a, buffer, sizeof( buffer ), 0 ), WSAESHUTDOWN );
    closesocket( a );
    closesocket( b );
    s = tcp_socket( AF_INET );
    ok_error( shutdown( s, SD_SEND ), WSAENOTCONN );
    closesocket( s );
}

START_TEST( connect )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_blocking( families[i] );
        test_non_blocking( families[i] );
        test_datagram( families[i] );
        test_connect_ex( families[i] );
    }
    test_shutdown();
    stop_winsock();
}
