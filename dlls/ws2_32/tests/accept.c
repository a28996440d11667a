/*
 * accept, WSAAccept and AcceptEx
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static void test_accept( int family )
{
    union address addr, peer, expect;
    SOCKET listener, client, server;
    int len, peer_len, expect_len, one = 1, value;
    u_long nonblocking = 1;
    char buffer[8];

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    set_blocking( listener, FALSE );
    peer_len = sizeof( peer );
    ok_error( accept( listener, &peer.any, &peer_len ), WSAEWOULDBLOCK );
    ok_error( accept( listener, NULL, NULL ), WSAEWOULDBLOCK );
    set_blocking( listener, TRUE );

    client = tcp_socket( family );
    ok_success( connect( client, &addr.any, len ) );
    peer_len = sizeof( peer );
    memset( &peer, 0, sizeof( peer ) );
    server = accept( listener, &peer.any, &peer_len );
    ok( server != INVALID_SOCKET, "accept failed: %d\n", WSAGetLastError() );
    memset( &expect, 0, sizeof( expect ) );
    expect_len = sizeof( expect );
    ok_success( getsockname( client, &expect.any, &expect_len ) );
    ok( peer_len == expect_len && !memcmp( &peer, &expect, expect_len ), "got another address, length %d\n", peer_len );
    ok_call( send( server, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( client, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok_call( send( client, "abcd", 4, 0 ), 4, 0 );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 4, 0 );
    closesocket( client );
    closesocket( server );

    /* the new socket is like the listener: options, non-blocking mode */
    ok_success( setsockopt( listener, SOL_SOCKET, SO_KEEPALIVE, (char *)&one, sizeof( one ) ) );
    client = tcp_socket( family );
    ok_success( connect( client, &addr.any, len ) );
    wait_readable( listener, 1000 );
    ok_success( ioctlsocket( listener, FIONBIO, &nonblocking ) );
    server = accept( listener, NULL, NULL );
    ok( server != INVALID_SOCKET, "accept failed: %d\n", WSAGetLastError() );
    ok_error( recv( server, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
    value = 0;
    peer_len = sizeof( value );
    ok_success( getsockopt( server, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, &peer_len ) );
    ok( value == 1, "got %d\n", value );
    closesocket( client );
    closesocket( server );

    /* too little room for the address: the connection isn't lost */
    client = tcp_socket( family );
    ok_success( connect( client, &addr.any, len ) );
    wait_readable( listener, 1000 );
    peer_len = 4;
    ok_error( (int)accept( listener, &peer.any, &peer_len ), WSAEFAULT );
    closesocket( client );
    closesocket( listener );
    winetest_pop_context();
}

struct connector
{
    union address addr;
    int len;
    SOCKET s;
};

static DWORD WINAPI connect_later( void *arg )
{
    struct connector *connector = arg;

    Sleep( 100 );
    connector->s = tcp_socket( connector->addr.any.sa_family );
    ok_success( connect( connector->s, &connector->addr.any, connector->len ) );
    return 0;
}

/* Blocking: waits for a connection. */
static void test_blocking( int family )
{
    struct connector connector;
    SOCKET listener, server;
    HANDLE thread;
    char buffer[8];

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &connector.addr, &connector.len );
    thread = CreateThread( NULL, 0, connect_later, &connector, 0, NULL );
    server = accept( listener, NULL, NULL );
    ok( server != INVALID_SOCKET, "accept failed: %d\n", WSAGetLastError() );
    ok( !WaitForSingleObject( thread, 3000 ), "the thread didn't end\n" );
    CloseHandle( thread );
    ok_call( send( server, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( connector.s, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( connector.s );
    closesocket( server );
    closesocket( listener );
    winetest_pop_context();
}

static void test_errors( void )
{
    union address addr;
    SOCKET s;
    int len;

    s = tcp_socket( AF_INET );
    ok_error( (int)accept( s, NULL, NULL ), WSAEINVAL );
    len = loopback( &addr, AF_INET, 0 );
    ok_success( bind( s, &addr.any, len ) );
    ok_error( (int)accept( s, NULL, NULL ), WSAEINVAL );
    closesocket( s );
    s = udp_socket( AF_INET );
    ok_success( bind( s, &addr.any, len ) );
    ok_docs_error( (int)accept( s, NULL, NULL ), WSAEOPNOTSUPP );
    closesocket( s );
}

static int condition_answer, condition_calls;
static SOCKET callback_socket; /* connected */

static int CALLBACK condition( WSABUF *caller, WSABUF *caller_data, QOS *sqos, QOS *gqos, WSABUF *callee,
                               WSABUF *callee_data, GROUP *group, DWORD_PTR data )
{
    char buffer[1];

    (void)caller_data;
    (void)sqos;
    (void)gqos;
    (void)callee_data;
    (void)group;
    condition_calls++;
    /* the provider is still in a callback */
    ok_unless_stock( send( callback_socket, "x", 1, 0 ) == -1 && WSAGetLastError() == WSAEINPROGRESS, "got error %d\n",
                     WSAGetLastError() );
    ok_unless_stock( recv( callback_socket, buffer, 1, 0 ) == -1 && WSAGetLastError() == WSAEINPROGRESS,
                     "got error %d\n", WSAGetLastError() );
    ok( data == 0x5678, "got %Ix\n", data );
    ok( caller && caller->buf && caller->len >= sizeof( struct sockaddr_in )
            && ( (struct sockaddr *)caller->buf )->sa_family == AF_INET,
        "no caller\n" );
    ok( callee && callee->buf && callee->len >= sizeof( struct sockaddr_in )
            && ( (struct sockaddr *)callee->buf )->sa_family == AF_INET,
        "no callee\n" );
    return condition_answer;
}

/* WSAAccept's page */
static void test_condition( void )
{
    SOCKET listener, client, server, callback_peer;
    union address addr;
    char buffer[8];
    int len;

    tcp_socketpair( &callback_socket, &callback_peer );
    set_blocking( callback_socket, FALSE );
    listener = tcp_listener( AF_INET, &addr, &len );
    set_blocking( listener, FALSE );
    ok_error( (int)WSAAccept( listener, NULL, NULL, condition, 0x5678 ), WSAEWOULDBLOCK );
    set_blocking( listener, TRUE );

    client = tcp_socket( AF_INET );
    ok_success( connect( client, &addr.any, len ) );
    condition_answer = CF_DEFER;
    ok_error( (int)WSAAccept( listener, NULL, NULL, condition, 0x5678 ), WSATRY_AGAIN );
    condition_answer = CF_ACCEPT;
    server = WSAAccept( listener, NULL, NULL, condition, 0x5678 );
    ok( server != INVALID_SOCKET, "failed: %d\n", WSAGetLastError() );
    ok( condition_calls == 2, "got %d calls\n", condition_calls );
    ok_call( send( client, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( server );
    closesocket( client );

    client = tcp_socket( AF_INET );
    ok_success( connect( client, &addr.any, len ) );
    condition_answer = CF_REJECT;
    ok_error( (int)WSAAccept( listener, NULL, NULL, condition, 0x5678 ), WSAECONNREFUSED );
    closesocket( callback_socket );
    closesocket( callback_peer );
    closesocket( client );
    closesocket( listener );
}

/* What the condition function gets. */
struct told
{
    union address caller, callee;
    int len, calls, answer;
};

static int CALLBACK check_told( WSABUF *caller, WSABUF *caller_data, QOS *sqos, QOS *gqos, WSABUF *callee,
                                WSABUF *callee_data, GROUP *group, DWORD_PTR data )
{
    struct told *told = (struct told *)data;

    (void)gqos;
    (void)group;
    told->calls++;
    ok( caller->len >= (ULONG)told->len && !memcmp( caller->buf, &told->caller, told->len ), "another caller\n" );
    ok_unless_stock( callee->len >= (ULONG)told->len && !memcmp( callee->buf, &told->callee, told->len ),
                     "another callee\n" );
    ok( !caller_data || !caller_data->len, "the caller has data\n" );
    ok_unless_stock( !callee_data || !callee_data->len, "there is room for the callee's data\n" );
    ok( !sqos, "the caller has qualities\n" );
    return told->answer;
}

static SOCKET accept_told( SOCKET listener, struct told *told, int answer )
{
    union address peer;
    int len = sizeof( peer );
    SOCKET s;

    told->answer = answer;
    told->calls = 0;
    s = WSAAccept( listener, &peer.any, &len, check_told, (DWORD_PTR)told );
    ok( told->calls == 1, "%d calls\n", told->calls );
    if (s != INVALID_SOCKET)
        ok( len == told->len && !memcmp( &peer, &told->caller, len ), "got another address, length %d\n", len );
    return s;
}

static SOCKET caller( struct told *told, union address *addr, int len )
{
    SOCKET s = tcp_socket( addr->any.sa_family );

    ok_success( connect( s, &addr->any, len ) );
    told->callee = *addr;
    told->len = sizeof( told->caller );
    ok_success( getsockname( s, &told->caller.any, &told->len ) );
    return s;
}

/* Addresses and user data; a connection that is deferred is still the first. */
static void test_told( int family )
{
    struct told first = { .calls = 0 }, second = { .calls = 0 };
    SOCKET listener, clients[2], server;
    union address addr;
    char buffer[4];
    int len, i;

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    clients[0] = caller( &first, &addr, len );
    for (i = 0; i < 3; i++)
    {
        ok( accept_told( listener, &first, CF_DEFER ) == INVALID_SOCKET && WSAGetLastError() == WSATRY_AGAIN,
            "got error %d\n", WSAGetLastError() );
        ok_unless_stock( wait_readable( listener, 1000 ), "nobody waits\n" );
    }
    clients[1] = caller( &second, &addr, len );
    ok( accept_told( listener, &first, CF_DEFER ) == INVALID_SOCKET && WSAGetLastError() == WSATRY_AGAIN,
        "got error %d\n", WSAGetLastError() );
    server = accept_told( listener, &first, CF_ACCEPT );
    ok( server != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    ok_call( send( clients[0], "abc", 3, 0 ), 3, 0 );
    ok_call( recv( server, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( server );
    ok( wait_readable( listener, 1000 ), "nobody waits\n" );
    ok( accept_told( listener, &second, CF_REJECT ) == INVALID_SOCKET && WSAGetLastError() == WSAECONNREFUSED,
        "got error %d\n", WSAGetLastError() );
    ok( !wait_readable( listener, 50 ), "somebody waits\n" );
    set_timeout( clients[1], 3000 );
    ok( recv( clients[1], buffer, sizeof( buffer ), 0 ) <= 0 && WSAGetLastError() != WSAETIMEDOUT,
        "the one that was rejected is connected\n" );
    closesocket( clients[0] );
    closesocket( clients[1] );
    closesocket( listener );
    winetest_pop_context();
}

static void *extension( SOCKET s, GUID guid )
{
    void *func = NULL;
    DWORD size;

    ok_success( WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof( guid ), &func, sizeof( func ), &size,
                          NULL, NULL ) );
    ok( func != NULL, "no extension function\n" );
    return func;
}

/* AcceptEx's page */
static void test_accept_ex( int family )
{
    static const GUID accept_ex_guid = WSAID_ACCEPTEX, addresses_guid = WSAID_GETACCEPTEXSOCKADDRS;
    enum
    {
        ADDR = sizeof( struct sockaddr_in6 ) + 16
    };
    SOCKET listener, acceptor, client;
    union address addr, name;
    struct sockaddr *local, *remote;
    int len, local_len, remote_len, name_len, i, ret;
    LPFN_ACCEPTEX accept_ex;
    LPFN_GETACCEPTEXSOCKADDRS get_addresses;
    OVERLAPPED ov = { 0 }, *ret_ov;
    char output[64 + 2 * ADDR], buffer[8];
    DWORD count, flags;
    ULONG_PTR key;
    HANDLE port;

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    accept_ex = extension( listener, accept_ex_guid );
    get_addresses = extension( listener, addresses_guid );
    if (!accept_ex || !get_addresses)
    {
        closesocket( listener );
        winetest_pop_context();
        return;
    }
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (i = 0; i < 2; i++)
    {
        DWORD data_len = i ? 3 : 0;

        winetest_push_context( "data %lu", data_len );
        acceptor = tcp_socket( family );
        count = 0xdeadbeef;
        WSASetLastError( 0 );
        ret = accept_ex( listener, acceptor, output, data_len, ADDR, ADDR, &count, &ov );
        ok( !ret && WSAGetLastError() == ERROR_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
        ok( is_pending( &ov ), "not pending\n" );
        client = tcp_socket( family );
        ok_success( connect( client, &addr.any, len ) );
        if (i)
        {
            ok( WaitForSingleObject( ov.hEvent, 50 ) == WAIT_TIMEOUT, "done without data\n" );
            ok_call( send( client, "abc", 3, 0 ), 3, 0 );
        }
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "the event isn't signalled\n" );
        ok( WSAGetOverlappedResult( listener, &ov, &count, FALSE, &flags ) && count == data_len, "got %lu, error %d\n",
            count, WSAGetLastError() );
        if (i) ok( !memcmp( output, "abc", 3 ), "got other data\n" );
        local = remote = NULL;
        get_addresses( output, data_len, ADDR, ADDR, &local, &local_len, &remote, &remote_len );
        memset( &name, 0, sizeof( name ) );
        name_len = sizeof( name );
        ok_success( getsockname( client, &name.any, &name_len ) );
        ok( remote && remote_len == name_len && !memcmp( remote, &name, name_len ), "got another peer, length %d\n",
            remote_len );
        ok( local && local_len == len && !memcmp( local, &addr, len ), "got another name, length %d\n", local_len );

        ok_success(
            setsockopt( acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) ) );
        name_len = sizeof( name );
        ok_success( getpeername( acceptor, &name.any, &name_len ) );
        ok( !memcmp( remote, &name, name_len ), "got another peer\n" );
        /* both ways, several times: the kernel's socket behind the acceptor has been replaced */
        ok_call( send( acceptor, "abc", 3, 0 ), 3, 0 );
        ok_call( recv( client, buffer, sizeof( buffer ), 0 ), 3, 0 );
        ok_call( send( client, "abcd", 4, 0 ), 4, 0 );
        ok_call( recv( acceptor, buffer, sizeof( buffer ), 0 ), 4, 0 );
        set_blocking( acceptor, FALSE );
        ok_error( recv( acceptor, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
        closesocket( client );
        closesocket( acceptor );
        winetest_pop_context();
    }
    CloseHandle( ov.hEvent );

    /* by port, three outstanding */
    port = CreateIoCompletionPort( (HANDLE)listener, NULL, 0x77, 0 );
    {
        SOCKET acceptors[3], clients[3];
        OVERLAPPED ovs[3] = { { 0 } };
        static char outputs[3][64 + 2 * ADDR];

        for (i = 0; i < 3; i++)
        {
            acceptors[i] = tcp_socket( family );
            ret = accept_ex( listener, acceptors[i], outputs[i], 0, ADDR, ADDR, &count, &ovs[i] );
            ok( !ret && WSAGetLastError() == ERROR_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
        }
        for (i = 0; i < 3; i++)
        {
            clients[i] = tcp_socket( family );
            ok_success( connect( clients[i], &addr.any, len ) );
            ret_ov = NULL;
            ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ), "no packet: %lu\n", GetLastError() );
            ok( ret_ov == &ovs[i] && key == 0x77 && !count, "got %d, %Ix, %lu\n", (int)( ret_ov - ovs ), key, count );
            ok_call( send( clients[i], "abc", 3, 0 ), 3, 0 );
            set_timeout( acceptors[i], 3000 );
            ok_call( recv( acceptors[i], buffer, sizeof( buffer ), 0 ), 3, 0 );
        }
        for (i = 0; i < 3; i++)
        {
            closesocket( acceptors[i] );
            closesocket( clients[i] );
        }
    }

    /* closing the listener ends what waits there */
    acceptor = tcp_socket( family );
    memset( &ov, 0, sizeof( ov ) );
    ret = accept_ex( listener, acceptor, output, 0, ADDR, ADDR, &count, &ov );
    ok( !ret && WSAGetLastError() == ERROR_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    closesocket( listener );
    ret_ov = NULL;
    ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ) && ret_ov == &ov, "no packet: %lu\n",
        GetLastError() );
    closesocket( acceptor );
    CloseHandle( port );
    winetest_pop_context();
}

START_TEST( accept )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_accept( families[i] );
        test_blocking( families[i] );
        test_told( families[i] );
        test_accept_ex( families[i] );
    }
    test_errors();
    test_condition();
    stop_winsock();
}
