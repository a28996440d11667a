/*
 * The ends of a socket's life: connecting by name and by list, closing with each linger setting, sockets as standard
 * handles, and very many of them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "large_sets.h"

/* ---- by name, by list */

static void check_connection( SOCKET s, SOCKET listener )
{
    SOCKET accepted = accept( listener, NULL, NULL );
    char buffer[4];

    ok( accepted != INVALID_SOCKET, "accept failed: %d\n", WSAGetLastError() );
    ok_success( setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ) );
    ok_call( send( s, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( accepted, buffer, sizeof( buffer ), 0 ), 3, 0 );
    closesocket( accepted );
}

static void test_by_name( void )
{
    struct timeval timeout = { 5, 0 };
    union address addr, local, remote;
    DWORD local_len = sizeof( local ), remote_len = sizeof( remote );
    SOCKET s, listener;
    char service[8], *node = (char *)"localhost";
    int len, ret, error;

    listener = tcp_listener( AF_INET, &addr, &len );
    sprintf( service, "%u", ntohs( addr.v4.sin_port ) );
    s = tcp_socket( AF_INET );
    ret = WSAConnectByNameA( s, node, service, &local_len, &local.any, &remote_len, &remote.any, &timeout, NULL );
    ok_unless_stock( ret, "failed: %d\n", WSAGetLastError() );
    if (ret)
    {
        ok( remote_len == (DWORD)len && !memcmp( &remote, &addr, len ), "got another peer\n" );
        ok( local_len == (DWORD)len && local.v4.sin_port != addr.v4.sin_port, "got no name\n" );
        check_connection( s, listener );
    }
    closesocket( s );
    closesocket( listener );

    /* now nobody listens there */
    s = tcp_socket( AF_INET );
    ret = WSAConnectByNameA( s, node, service, NULL, NULL, NULL, NULL, &timeout, NULL );
    error = WSAGetLastError();
    ok_unless_stock( !ret && error == WSAECONNREFUSED, "got %d, error %d\n", ret, error );
    ret = WSAConnectByNameA( s, NULL, service, NULL, NULL, NULL, NULL, NULL, NULL );
    error = WSAGetLastError();
    ok_unless_stock( !ret && error == WSAEINVAL, "got %d, error %d\n", ret, error );
    closesocket( s );
    ret = WSAConnectByNameA( 0xdead0, node, service, NULL, NULL, NULL, NULL, NULL, NULL );
    error = WSAGetLastError();
    ok_unless_stock( !ret && error == WSAENOTSOCK, "got %d, error %d\n", ret, error );
}

static void test_by_list( void )
{
    struct
    {
        INT count;
        SOCKET_ADDRESS addresses[2];
    } list = { .count = 2 }; /* SOCKET_ADDRESS_LIST */
    struct timeval timeout = { 5, 0 };
    union address refused, addr, remote;
    DWORD remote_len = sizeof( remote );
    SOCKET s, listener;
    int len, ret, error;

    if (stock)
    {
        todo_wine ok( 0, "WSAConnectByList is a stub there, which ends the program\n" );
        return;
    }
    listener = tcp_listener( AF_INET, &refused, &len );
    closesocket( listener );
    listener = tcp_listener( AF_INET, &addr, &len );
    list.addresses[0].lpSockaddr = &refused.any;
    list.addresses[1].lpSockaddr = &addr.any;
    list.addresses[0].iSockaddrLength = list.addresses[1].iSockaddrLength = len;
    s = tcp_socket( AF_INET );
    ret = WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)&list, NULL, NULL, &remote_len, &remote.any, &timeout, NULL );
    ok_unless_stock( ret, "failed: %d\n", WSAGetLastError() );
    if (ret)
    {
        ok( remote_len == (DWORD)len && !memcmp( &remote, &addr, len ), "got another peer\n" );
        check_connection( s, listener );
    }
    closesocket( s );
    s = tcp_socket( AF_INET );
    ret = WSAConnectByList( s, NULL, NULL, NULL, NULL, NULL, &timeout, NULL );
    error = WSAGetLastError();
    ok_unless_stock( !ret && error == WSAEINVAL, "got %d, error %d\n", ret, error );
    closesocket( s );
    closesocket( listener );
}

/* A listener whose queue is full: others wait there. */
static SOCKET full_listener( SOCKET *fill, unsigned int count, union address *addr )
{
    SOCKET listener = tcp_socket( AF_INET );
    int len = loopback( addr, AF_INET, 0 );
    unsigned int i;

    ok_success( bind( listener, &addr->any, len ) );
    ok_success( listen( listener, 1 ) );
    ok_success( getsockname( listener, &addr->any, &len ) );
    for (i = 0; i < count; i++)
    {
        fill[i] = tcp_socket( AF_INET );
        set_blocking( fill[i], FALSE );
        connect( fill[i], &addr->any, len );
    }
    Sleep( 50 );
    return listener;
}

static void test_connect_timeout( void )
{
    struct
    {
        INT count;
        SOCKET_ADDRESS addresses[2];
    } list = { .count = 2 }; /* SOCKET_ADDRESS_LIST */
    struct timeval timeout = { 0, 300000 };
    SOCKET fill[8], listener, s, second;
    union address addr, addr2, name;
    int len, ret, error, value = 1500;
    unsigned int i;
    DWORD start, name_len = sizeof( name );

    if (stock) return; /* as above */
    listener = full_listener( fill, ARRAY_SIZE( fill ), &addr );
    second = tcp_listener( AF_INET, &addr2, &len );
    list.addresses[0].lpSockaddr = list.addresses[1].lpSockaddr = &addr.any;
    list.addresses[0].iSockaddrLength = list.addresses[1].iSockaddrLength = len;
    s = tcp_socket( AF_INET );
    start = GetTickCount();
    ret = WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)&list, NULL, NULL, NULL, NULL, &timeout, NULL );
    error = WSAGetLastError();
    start = GetTickCount() - start;
    ok_unless_stock( !ret && error == WSAETIMEDOUT, "got %d, error %d\n", ret, error );
    ok_unless_stock( start >= 280 && start < 2000, "it took %lu ms\n", start );
    closesocket( s );

    /* the host's own time-out isn't the caller's: the next address is tried. A name may have no room. */
    list.addresses[1].lpSockaddr = &addr2.any;
    for (i = 0; i < 3 && !by_afd(); i++)
    {
        winetest_push_context( "%u", i );
        s = tcp_socket( AF_INET );
        ok_success( setsockopt( s, IPPROTO_TCP, 14 /* TCP_MAXRTMS */, (char *)&value, sizeof( value ) ) );
        if (i == 1) set_blocking( s, FALSE );
        if (i == 2) timeout.tv_sec = 15;
        ret = WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)&list, &name_len, &name.any, NULL, NULL,
                                i == 2 ? &timeout : NULL, NULL );
        ok( ret, "failed: %d\n", WSAGetLastError() );
        ok( name_len == (DWORD)len && name.v4.sin_port, "got no name\n" );
        if (ret) check_connection( s, second );
        closesocket( s );
        name_len = sizeof( name );
        winetest_pop_context();
    }
    for (i = 0; i < ARRAY_SIZE( fill ); i++) closesocket( fill[i] );
    closesocket( listener );
    closesocket( second );
}

static void test_connect_parameters( void )
{
    struct
    {
        INT count;
        SOCKET_ADDRESS addresses[1];
    } list = { .count = 1 };
    struct timeval *bad_time = (struct timeval *)bad_page(), timeout = { 5, 0 };
    WCHAR node[] = L"127.0.0.1", service[8];
    union address addr, name;
    SOCKET s, listener;
    DWORD size = 4;
    int len;

    if (stock) return; /* as above */
    listener = tcp_listener( AF_INET, &addr, &len );
    wsprintfW( service, L"%u", ntohs( addr.v4.sin_port ) );
    list.addresses[0].lpSockaddr = &addr.any;
    list.addresses[0].iSockaddrLength = len;
    s = tcp_socket( AF_INET );
#define ok_fails( call, expect )                                                                                       \
    do                                                                                                                 \
    {                                                                                                                  \
        BOOL ret_ = call;                                                                                              \
        ok( !ret_ && WSAGetLastError() == ( expect ), "%s: got %d, error %d\n", #call, ret_, WSAGetLastError() );      \
    } while (0)
    ok_fails( WSAConnectByNameW( s, node, service, NULL, NULL, NULL, NULL, bad_time, NULL ), WSAEFAULT );
    ok_fails( WSAConnectByNameW( s, (WCHAR *)bad_page(), service, NULL, NULL, NULL, NULL, NULL, NULL ), WSAEFAULT );
    ok_fails( WSAConnectByNameA( s, bad_page(), (char *)"1", NULL, NULL, NULL, NULL, NULL, NULL ), WSAEFAULT );
    ok_fails( WSAConnectByNameW( s, node, service, NULL, NULL, NULL, NULL, NULL, (OVERLAPPED *)&list ), WSAEINVAL );
    ok_fails( WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)&list, NULL, NULL, NULL, NULL, bad_time, NULL ), WSAEFAULT );
    ok_fails( WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)bad_page(), NULL, NULL, NULL, NULL, &timeout, NULL ),
              WSAEINVAL );
    ok_fails(
        WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)&list, NULL, NULL, (DWORD *)bad_page(), &name.any, &timeout, NULL ),
        WSAEFAULT );
    ok_fails( WSAConnectByList( INVALID_SOCKET, (SOCKET_ADDRESS_LIST *)&list, NULL, NULL, NULL, NULL, &timeout, NULL ),
              WSAENOTSOCK );
    list.count = 0;
    ok_fails( WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)&list, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEINVAL );
    list.count = 1;
    list.addresses[0].lpSockaddr = (struct sockaddr *)bad_page();
    ok_fails( WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)&list, NULL, NULL, NULL, NULL, &timeout, NULL ), WSAEFAULT );
    list.addresses[0].lpSockaddr = &addr.any;
    ok_fails( WSAConnectByList( s, (SOCKET_ADDRESS_LIST *)&list, &size, &name.any, NULL, NULL, &timeout, NULL ),
              WSAEFAULT );
#undef ok_fails
    closesocket( s );
    closesocket( listener );
}

/* ---- the end */

enum
{
    SENT = 300000
};

static void send_and_end( const char *arguments )
{
    static char data[SENT];
    struct linger linger = { 0, 0 };
    union address addr;
    int port = 0, on = -1, time = 0;
    SOCKET s;

    start_winsock();
    sscanf( arguments, "%d,%d,%d", &port, &on, &time );
    s = tcp_socket( AF_INET );
    if (connect( s, &addr.any, loopback( &addr, AF_INET, port ) )) ExitProcess( 1 );
    if (on >= 0)
    {
        linger.l_onoff = on;
        linger.l_linger = time;
        if (setsockopt( s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) )) ExitProcess( 2 );
    }
    fill_pattern( data, SENT, 3 );
    if (send( s, data, SENT, 0 ) != SENT) ExitProcess( 3 );
    if (time != 99 && closesocket( s )) ExitProcess( 4 );
    ExitProcess( 0 );
}

/* What was handed over arrives, though the socket is closed and its process ends at once. The hard close is one that
 * throws away. */
static void test_linger( int on, int time )
{
    static char data[SENT + 1];
    SOCKET listener, accepted;
    int len, ret, total = 0;
    union address addr;
    char arguments[64];
    HANDLE process;
    DWORD code = 77;

    winetest_push_context( "linger %d, %d", on, time );
    listener = tcp_listener( AF_INET, &addr, &len );
    sprintf( arguments, "send %d,%d,%d", ntohs( addr.v4.sin_port ), on, time );
    process = start_child( "life", arguments );
    ok( wait_readable( listener, 20000 ), "no connection\n" );
    accepted = accept( listener, NULL, NULL );
    set_timeout( accepted, 10000 );
    if (on == 1 && !time)
    {
        /* a part may arrive, and then a reset */
        ok( !WaitForSingleObject( process, 20000 ), "the child doesn't end\n" );
        while (( ret = recv( accepted, data, sizeof( data ), 0 ) ) > 0) total += ret;
        ok_unless_stock( ret == -1 && WSAGetLastError() == WSAECONNRESET, "got %d, error %d after %d bytes\n", ret,
                         WSAGetLastError(), total );
    }
    else
    {
        Sleep( 100 ); /* the sender has closed by now, or waits */
        while (total < SENT && ( ret = recv( accepted, data + total, sizeof( data ) - total, 0 ) ) > 0) total += ret;
        ok( total == SENT && check_pattern( data, SENT, 3 ) == -1, "got %d of %d bytes, error %d\n", total, SENT,
            WSAGetLastError() );
        ok_call( recv( accepted, data, sizeof( data ), 0 ), 0, 0 );
        ok( !WaitForSingleObject( process, 20000 ), "the child doesn't end\n" );
    }
    GetExitCodeProcess( process, &code );
    ok( !code, "the child has exit code %lu\n", code );
    CloseHandle( process );
    closesocket( accepted );
    closesocket( listener );
    winetest_pop_context();
}

/* A non-blocking socket doesn't wait in closesocket: it stays open until the peer has taken what there is. */
static void test_linger_nonblocking( void )
{
    struct linger linger = { 1, 5 };
    SOCKET a, b;
    char buffer[4];
    int total, ret, i;

    tcp_socketpair( &a, &b );
    set_blocking( a, FALSE );
    ok_success( setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
    total = fill_send_buffer( a );
    ret = closesocket( a );
    ok_unless_afd( ret == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK, "got %d, error %d\n", ret,
                   WSAGetLastError() );
    if (ret)
    {
        ok_error( closesocket( a ), WSAEWOULDBLOCK );
        ok_error( recv( a, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
        ok_call( drain( b, total ), total, 0 );
        for (i = 0; i < 500 && ( ret = closesocket( a ) ) && WSAGetLastError() == WSAEWOULDBLOCK; i++) Sleep( 10 );
        ok( !ret, "got error %d\n", WSAGetLastError() );
    }
    else ok_call( drain( b, total ), total, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 0, 0 );
    closesocket( b );

    /* nothing to wait for, or not to be waited for */
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%d", i );
        tcp_socketpair( &a, &b );
        set_blocking( a, FALSE );
        linger.l_linger = i ? 0 : 5;
        ok_success( setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
        if (i) fill_send_buffer( a );
        ok_success( closesocket( a ) );
        closesocket( b );
        winetest_pop_context();
    }
}

/* ---- standard handles */

static void echo_standard( void )
{
    char buffer[32];
    DWORD got, sent;
    int ret;

    /* as a handle, and as a socket */
    if (!ReadFile( GetStdHandle( STD_INPUT_HANDLE ), buffer, 5, &got, NULL ) || got != 5) ExitProcess( 1 );
    if (!WriteFile( GetStdHandle( STD_OUTPUT_HANDLE ), buffer, got, &sent, NULL ) || sent != got) ExitProcess( 2 );
    start_winsock();
    ret = recv( (SOCKET)GetStdHandle( STD_INPUT_HANDLE ), buffer, sizeof( buffer ), 0 );
    if (ret <= 0 || send( (SOCKET)GetStdHandle( STD_OUTPUT_HANDLE ), buffer, ret, 0 ) != ret) ExitProcess( 3 );
    ExitProcess( 0 );
}

static void test_standard_handles( void )
{
    PROCESS_INFORMATION info;
    STARTUPINFOA startup = { .cb = sizeof( startup ), .dwFlags = STARTF_USESTDHANDLES };
    char path[MAX_PATH], command[2 * MAX_PATH], buffer[32];
    DWORD code = 77;
    SOCKET a, b;

    tcp_pair( AF_INET, 0, &a, &b ); /* without WSA_FLAG_OVERLAPPED, as ReadFile needs it */
    startup.hStdInput = startup.hStdOutput = startup.hStdError = (HANDLE)a;
    ok( SetHandleInformation( (HANDLE)a, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT ), "failed: %lu\n", GetLastError() );
    GetModuleFileNameA( NULL, path, sizeof( path ) );
    sprintf( command, "\"%s\" life standard", path );
    ok( CreateProcessA( path, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &info ),
        "CreateProcess failed: %lu\n", GetLastError() );
    closesocket( a );
    set_timeout( b, 10000 );
    ok_call( send( b, "abcde", 5, 0 ), 5, 0 );
    /* Wine's own module doesn't know sockets that it hasn't made */
    ok_docs( recv_all( b, buffer, 5 ), 5, 0 );
    ok_unless_stock( !memcmp( buffer, "abcde", 5 ), "got something else\n" );
    ok_call( send( b, "fghij", 5, 0 ), 5, 0 );
    ok_docs( recv_all( b, buffer, 5 ), 5, 0 );
    ok_unless_stock( !memcmp( buffer, "fghij", 5 ), "got something else\n" );
    ok( !WaitForSingleObject( info.hProcess, 20000 ), "the child doesn't end\n" );
    GetExitCodeProcess( info.hProcess, &code );
    ok_unless_stock( !code, "the child has exit code %lu\n", code );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 0, 0 );
    CloseHandle( info.hThread );
    CloseHandle( info.hProcess );
    closesocket( b );
}

/* ---- very many */

static void test_many( void )
{
    enum
    {
        COUNT = 10000,
        SELECTED = 1000,
        STEP = COUNT / SELECTED
    };
    static SOCKET sockets[COUNT];
    static fd_set reads;
    struct timeval timeout = { 5, 0 };
    union address addr, to;
    int i, j, len, count;
    char c;

    len = loopback( &addr, AF_INET, 0 );
    for (count = 0; count < COUNT; count++)
        if (( sockets[count] = udp_socket( AF_INET ) ) == INVALID_SOCKET) break;
    ok( count == COUNT, "%d sockets are open, error %d\n", count, WSAGetLastError() );
    for (i = 0; i < count; i += STEP)
        ok( !bind( sockets[i], &addr.any, len ), "%d: bind failed: %d\n", i, WSAGetLastError() );
    for (j = 0; j < 10; j++)
    {
        /* one of them, and all are asked */
        i = j * ( count / 10 ) / STEP * STEP;
        len = sizeof( to );
        ok_success( getsockname( sockets[i], &to.any, &len ) );
        ok_call( sendto( sockets[0], "x", 1, 0, &to.any, len ), 1, 0 );
        FD_ZERO( &reads );
        for (i = 0; i < count && reads.fd_count < SELECTED; i += STEP) reads.fd_array[reads.fd_count++] = sockets[i];
        ok_call( select( 0, &reads, NULL, NULL, &timeout ), 1, 0 );
        i = j * ( count / 10 ) / STEP * STEP;
        ok( reads.fd_count == 1 && reads.fd_array[0] == sockets[i], "%d: another one is ready\n", j );
        ok_call( recv( sockets[i], &c, 1, 0 ), 1, 0 );
    }
    for (i = 0; i < count; i++) closesocket( sockets[i] );
}

START_TEST( life )
{
    char **argv;
    int argc = winetest_get_mainargs( &argv );

    if (argc > 3 && !strcmp( argv[2], "send" )) send_and_end( argv[3] );
    if (argc > 2 && !strcmp( argv[2], "standard" )) echo_standard();
    start_winsock();
    test_by_name();
    test_by_list();
    test_connect_timeout();
    test_connect_parameters();
    test_linger( -1, 0 ); /* as it comes */
    test_linger( 0, 0 );
    test_linger( 1, 5 );   /* waits for the peer */
    test_linger( 1, 0 );   /* throws away */
    test_linger( -1, 99 ); /* isn't closed at all: its process ends */
    test_linger_nonblocking();
    test_standard_handles();
    test_many();
    stop_winsock();
}
