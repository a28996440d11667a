/*
 * Bad input: wrong handles, bad pointers, huge counts. Never a crash, a hang, or data lost
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

/* Every function with a socket parameter, otherwise called as it should be. */
static void check_handle( SOCKET s )
{
    union address addr;
    int len = loopback( &addr, AF_INET, 9 );
    char buffer[64] = { 0 };
    u_long value = 0;
    fd_set set = { 1, { s } };
    struct timeval timeout = { 0, 0 };
    DWORD count = 0, flags = 0;
    WSAPROTOCOL_INFOW info;
    WSANETWORKEVENTS events;
    WSABUF wsabuf = { 1, buffer };
    OVERLAPPED ov = { 0 };
    HANDLE event = WSACreateEvent();
    GUID guid = WSAID_CONNECTEX;

    ok_docs_error( (int)accept( s, NULL, NULL ), WSAENOTSOCK );
    ok_docs_error( bind( s, &addr.any, len ), WSAENOTSOCK );
    ok_docs_error( closesocket( s ), WSAENOTSOCK );
    ok_docs_error( connect( s, &addr.any, len ), WSAENOTSOCK );
    ok_docs_error( getpeername( s, &addr.any, &len ), WSAENOTSOCK );
    ok_docs_error( getsockname( s, &addr.any, &len ), WSAENOTSOCK );
    if (s != INVALID_SOCKET) ok_docs_error( getsockopt( s, SOL_SOCKET, SO_ERROR, buffer, &len ), WSAENOTSOCK );
    ok_docs_error( setsockopt( s, SOL_SOCKET, SO_KEEPALIVE, buffer, 4 ), WSAENOTSOCK );
    ok_docs_error( ioctlsocket( s, FIONBIO, &value ), WSAENOTSOCK );
    ok_docs_error( ioctlsocket( s, FIONREAD, &value ), WSAENOTSOCK );
    ok_docs_error( listen( s, 1 ), WSAENOTSOCK );
    ok_docs_error( recv( s, buffer, 1, 0 ), WSAENOTSOCK );
    ok_docs_error( recvfrom( s, buffer, 1, 0, NULL, NULL ), WSAENOTSOCK );
    ok_docs_error( select( 0, &set, NULL, NULL, &timeout ), WSAENOTSOCK );
    set.fd_count = 1;
    set.fd_array[0] = s;
    ok_docs_error( select( 0, NULL, &set, NULL, &timeout ), WSAENOTSOCK );
    ok_docs_error( send( s, buffer, 1, 0 ), WSAENOTSOCK );
    ok_docs_error( sendto( s, buffer, 1, 0, &addr.any, sizeof( addr.v4 ) ), WSAENOTSOCK );
    ok_docs_error( shutdown( s, SD_BOTH ), WSAENOTSOCK );
    ok_docs_error( (int)WSAAccept( s, NULL, NULL, NULL, 0 ), WSAENOTSOCK );
    ok_docs_error( WSAConnect( s, &addr.any, sizeof( addr.v4 ), NULL, NULL, NULL, NULL ), WSAENOTSOCK );
    ok_docs_error( WSADuplicateSocketW( s, GetCurrentProcessId(), &info ), WSAENOTSOCK );
    ok_docs_error( WSAEnumNetworkEvents( s, NULL, &events ), WSAENOTSOCK );
    ok_docs_error( WSAEventSelect( s, event, FD_READ ), WSAENOTSOCK );
    ok_docs_error( WSAAsyncSelect( s, GetDesktopWindow(), WM_USER, FD_READ ), WSAENOTSOCK );
    ok_docs_error( WSAIoctl( s, FIONREAD, NULL, 0, buffer, 4, &count, NULL, NULL ), WSAENOTSOCK );
    ok_docs_error(
        WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof( guid ), buffer, 8, &count, NULL, NULL ),
        WSAENOTSOCK );
    ok_docs_error( WSARecv( s, &wsabuf, 1, &count, &flags, NULL, NULL ), WSAENOTSOCK );
    ok_docs_error( WSARecv( s, &wsabuf, 1, &count, &flags, &ov, NULL ), WSAENOTSOCK );
    ok_docs_error( WSARecvDisconnect( s, NULL ), WSAENOTSOCK );
    ok_docs_error( WSARecvFrom( s, &wsabuf, 1, &count, &flags, NULL, NULL, NULL, NULL ), WSAENOTSOCK );
    ok_docs_error( WSASend( s, &wsabuf, 1, &count, 0, NULL, NULL ), WSAENOTSOCK );
    ok_docs_error( WSASend( s, &wsabuf, 1, &count, 0, &ov, NULL ), WSAENOTSOCK );
    ok_docs_error( WSASendDisconnect( s, NULL ), WSAENOTSOCK );
    ok_docs_error( WSASendTo( s, &wsabuf, 1, &count, 0, &addr.any, sizeof( addr.v4 ), NULL, NULL ), WSAENOTSOCK );
    memset( &ov, 0, sizeof( ov ) );
    ok_docs_error( WSAGetOverlappedResult( s, &ov, &count, FALSE, &flags ) - 1, WSAENOTSOCK );
    WSACloseEvent( event );
}

static void test_handles( void )
{
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL ), file, read, write, thread, copy;
    SOCKET s = tcp_socket( AF_INET );
    DWORD handle_flags;
    char path[MAX_PATH], name[MAX_PATH];

    closesocket( s );
    winetest_push_context( "a closed socket" );
    check_handle( s );
    winetest_pop_context();
    winetest_push_context( "INVALID_SOCKET" );
    check_handle( INVALID_SOCKET );
    winetest_pop_context();
    winetest_push_context( "0" );
    check_handle( 0 );
    winetest_pop_context();
    winetest_push_context( "an event" );
    check_handle( (SOCKET)event );
    winetest_pop_context();
    ok( SetEvent( event ), "the event is closed\n" );
    CloseHandle( event );

    GetTempPathA( sizeof( path ), path );
    GetTempFileNameA( path, "wsu", 0, name );
    file = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL );
    winetest_push_context( "a file" );
    check_handle( (SOCKET)file );
    ok( !GetFileSize( file, NULL ), "something was written\n" );
    CloseHandle( file );
    winetest_pop_context();

    ok( CreatePipe( &read, &write, NULL, 0 ), "no pipe\n" );
    winetest_push_context( "a pipe" );
    check_handle( (SOCKET)write );
    winetest_pop_context();
    ok( GetHandleInformation( read, &handle_flags ) && GetHandleInformation( write, &handle_flags ),
        "the pipe is closed\n" );
    CloseHandle( read );
    CloseHandle( write );

    thread = GetCurrentThread();
    DuplicateHandle( GetCurrentProcess(), thread, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS );
    winetest_push_context( "a thread" );
    check_handle( (SOCKET)copy );
    winetest_pop_context();
    CloseHandle( copy );
    winetest_push_context( "a big number" );
    check_handle( (SOCKET)0x7ffffffffffffff0 );
    winetest_pop_context();
}

/* Checks that the pair still works, with nothing in it. */
static void check_alive( SOCKET a, SOCKET b )
{
    char buffer[16];

    ok_call( send( a, "alive", 5, 0 ), 5, 0 );
    memset( buffer, 0, sizeof( buffer ) );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 5, 0 );
    ok( !memcmp( buffer, "alive", 5 ), "got %s\n", debugstr_an( buffer, 5 ) );
}

static void CALLBACK no_routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    ok( 0, "called: %lu, %lu, %p, %lx\n", error, count, ov, flags );
}

/* A pointer to data that the function reads. */
static void check_input( SOCKET a, SOCKET b, SOCKET udp, void *p )
{
    union address addr;
    int len = loopback( &addr, AF_INET, 9 );
    char buffer[16];
    WSABUF wsabuf = { 10, p }, good[2] = { { 4, (char *)"good" }, { 10, p } };
    OVERLAPPED ov = { 0 };
    DWORD count;
    GUID guid = WSAID_CONNECTEX;
    LPFN_CONNECTEX connect_ex;
    SOCKET s = tcp_socket( AF_INET );

    ok_docs_error( send( a, p, 10, 0 ), WSAEFAULT );
    ok_docs_error( sendto( udp, p, 10, 0, &addr.any, len ), WSAEFAULT );
    if (p) ok_docs_error( sendto( udp, "x", 1, 0, p, len ), WSAEFAULT );
    ok_docs_error( WSASend( a, &wsabuf, 1, &count, 0, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSASend( a, good, 2, &count, 0, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSASend( a, p, 1, &count, 0, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSASend( a, &wsabuf, 1, NULL, 0, &ov, NULL ), WSAEFAULT );
    ok_docs_error( WSASend( a, &wsabuf, 1, NULL, 0, &ov, no_routine ), WSAEFAULT );
    ok_docs_error( WSASendTo( udp, p, 1, &count, 0, &addr.any, len, NULL, NULL ), WSAEFAULT );
    if (p) ok_docs_error( WSASendTo( udp, good, 1, &count, 0, p, len, NULL, NULL ), WSAEFAULT );
    SleepEx( 0, TRUE );
    if (p)
    {
        /* a page that is good and one that isn't: nothing of it is sent */
        ok_docs_error( send( udp, (char *)bad_page() - 2, 10, 0 ), WSAEFAULT );
        ok_docs_error( send( a, (char *)bad_page() - 2, 10, 0 ), WSAEFAULT );
        if (stock)
        {
            /* some of it was */
            set_timeout( b, 50 );
            recv( b, buffer, sizeof( buffer ), 0 );
            set_timeout( b, 3000 );
        }
    }
    check_alive( a, b );

    ok_docs_error( bind( s, p, len ), WSAEFAULT );
    ok_docs_error( connect( s, p, len ), WSAEFAULT );
    ok_docs_error( WSAConnect( s, p, len, NULL, NULL, NULL, NULL ), WSAEFAULT );
    ok_docs_error( setsockopt( a, SOL_SOCKET, SO_KEEPALIVE, p, 4 ), WSAEFAULT );
    ok_docs_error( setsockopt( a, SOL_SOCKET, SO_RCVTIMEO, p, 4 ), WSAEFAULT );
    ok_docs_error( setsockopt( a, SOL_SOCKET, SO_LINGER, p, sizeof( struct linger ) ), WSAEFAULT );
    ok_docs_error( setsockopt( a, IPPROTO_TCP, TCP_NODELAY, p, 4 ), WSAEFAULT );
    ok_docs_error( ioctlsocket( a, FIONBIO, p ), WSAEFAULT );
    ok_docs_error( WSAIoctl( a, FIONBIO, p, 4, NULL, 0, &count, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSAIoctl( a, SIO_GET_EXTENSION_FUNCTION_POINTER, p, sizeof( guid ), buffer, sizeof( buffer ), &count,
                             NULL, NULL ),
                   WSAEFAULT );
    if (p) ok_docs_error( WSAIoctl( a, SIO_KEEPALIVE_VALS, p, 12, NULL, 0, &count, NULL, NULL ), WSAEFAULT );
    /* AF_UNSPEC: the protocol's description is looked at */
    if (p)
        ok_docs_error( (int)WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, p, 0, 0 ),
                       WSAEFAULT );

    if (!WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof( guid ), &connect_ex, sizeof( connect_ex ),
                   &count, NULL, NULL ))
    {
        loopback( &addr, AF_INET, 0 );
        ok_success( bind( s, &addr.any, len ) );
        ok_docs_error( connect_ex( s, p, len, NULL, 0, NULL, &ov ) - 1, WSAEFAULT );
    }
    closesocket( s );
}

/* A pointer to what the function writes. */
static void check_output( SOCKET a, SOCKET b, SOCKET listener, SOCKET udp, SOCKET udp_peer, void *p, BOOL readable )
{
    union address addr;
    int len = sizeof( addr ), one = 1;
    char buffer[16];
    WSABUF wsabuf = { 10, p }, good = { sizeof( buffer ), buffer };
    OVERLAPPED ov = { 0 };
    DWORD count = 0, flags = 0;
    GUID guid = WSAID_CONNECTEX;

    set_blocking( b, FALSE );
    set_blocking( udp, FALSE );
    set_blocking( listener, FALSE );

    /* there is something: it stays */
    ok_call( send( a, "alive", 5, 0 ), 5, 0 );
    wait_readable( b, 1000 );
    ok_docs_error( recv( b, p, 10, 0 ), WSAEFAULT );
    ok_docs_error( recv( b, p, 10, MSG_PEEK ), WSAEFAULT );
    ok_docs_error( WSARecv( b, &wsabuf, 1, &count, &flags, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, NULL ), WSAEFAULT );
    ok_docs_error( WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, no_routine ), WSAEFAULT );
    if (!readable) ok_docs_error( WSARecv( b, p, 1, &count, &flags, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSARecv( b, &good, 1, &count, p, NULL, NULL ), WSAEFAULT );
    if (p) ok_docs_error( recv( b, (char *)bad_page() - 2, 10, 0 ), WSAEFAULT );
    memset( buffer, 0, sizeof( buffer ) );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 5, 0 );
    ok( !memcmp( buffer, "alive", 5 ), "got %s\n", debugstr_an( buffer, 5 ) );
    /* and the call that has nothing to give fails as well */
    ok_docs_error( recv( b, p, 10, 0 ), WSAEFAULT );
    ok_docs_error( WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, NULL ), WSAEFAULT );

    /* a datagram isn't lost */
    ok_call( send( udp_peer, "alive", 5, 0 ), 5, 0 );
    wait_readable( udp, 1000 );
    ok_docs_error( recv( udp, p, 10, 0 ), WSAEFAULT );
    ok_docs_error( recvfrom( udp, p, 10, 0, &addr.any, &len ), WSAEFAULT );
    ok_docs_error( WSARecvFrom( udp, &wsabuf, 1, &count, &flags, NULL, NULL, NULL, NULL ), WSAEFAULT );
    memset( buffer, 0, sizeof( buffer ) );
    ok_call( recv( udp, buffer, sizeof( buffer ), 0 ), 5, 0 );
    ok( !memcmp( buffer, "alive", 5 ), "got %s\n", debugstr_an( buffer, 5 ) );
    if (p)
    {
        ok_call( send( udp_peer, "alive", 5, 0 ), 5, 0 );
        wait_readable( udp, 1000 );
        len = sizeof( addr );
        ok_docs_error( recvfrom( udp, buffer, sizeof( buffer ), 0, p, &len ), WSAEFAULT );
        ok_docs_error( recvfrom( udp, buffer, sizeof( buffer ), 0, &addr.any, p ), WSAEFAULT );
        recv( udp, buffer, sizeof( buffer ), 0 );
        ok_docs_error( (int)accept( listener, p, &len ), WSAEFAULT );
        ok_docs_error( (int)accept( listener, &addr.any, p ), WSAEFAULT );
        /* sent, but it can't be said how much: whatever, without a crash */
        ok_docs_error( WSASend( a, &good, 1, p, 0, NULL, NULL ), WSAEFAULT );
        if (stock) drain( b, sizeof( buffer ) ); /* ours has sent nothing */
    }

    len = sizeof( addr );
    ok_docs_error( getsockname( a, p, &len ), WSAEFAULT );
    ok_docs_error( getsockname( a, &addr.any, p ), WSAEFAULT );
    ok_docs_error( getpeername( a, p, &len ), WSAEFAULT );
    ok_docs_error( getpeername( a, &addr.any, p ), WSAEFAULT );
    len = 4;
    ok_docs_error( getsockopt( a, SOL_SOCKET, SO_TYPE, p, &len ), WSAEFAULT );
    ok_docs_error( getsockopt( a, SOL_SOCKET, SO_TYPE, buffer, p ), WSAEFAULT );
    len = 4;
    ok_docs_error( getsockopt( a, SOL_SOCKET, SO_RCVBUF, p, &len ), WSAEFAULT );
    len = 4;
    ok_docs_error( getsockopt( a, IPPROTO_TCP, TCP_NODELAY, p, &len ), WSAEFAULT );
    ok_docs_error( ioctlsocket( a, FIONREAD, p ), WSAEFAULT );
    ok_docs_error( WSAIoctl( a, FIONREAD, NULL, 0, p, 4, &count, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSAIoctl( a, FIONBIO, &one, 4, NULL, 0, p, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSAIoctl( a, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof( guid ), p, 8, &count, NULL, NULL ),
                   WSAEFAULT );
    set_blocking( a, TRUE );
    ok_docs_error( WSAEnumNetworkEvents( a, NULL, p ), WSAEFAULT );
    ok_docs_error( WSADuplicateSocketW( a, GetCurrentProcessId(), p ), WSAEFAULT );
    if (!readable)
    {
        struct timeval timeout = { 0, 0 };

        ok_docs_error( WSAGetOverlappedResult( a, p, &count, FALSE, &flags ) - 1,
                       p ? WSAEFAULT : WSA_INVALID_PARAMETER );
        if (p)
        {
            ok_docs_error( select( 0, p, NULL, NULL, &timeout ), WSAEFAULT );
            ok_docs_error( select( 0, NULL, NULL, p, &timeout ), WSAEFAULT );
            ok_docs_error( WSASend( a, &good, 1, NULL, 0, p, NULL ), WSAEFAULT );
            ok_docs_error( WSARecv( b, &good, 1, NULL, &flags, p, NULL ), WSAEFAULT );
        }
    }
    memset( &ov, 0, sizeof( ov ) );
    if (p) /* NULL is allowed */
    {
        ok_docs_error( WSAGetOverlappedResult( a, &ov, p, FALSE, &flags ) - 1, WSAEFAULT );
        ok_docs_error( WSAGetOverlappedResult( a, &ov, &count, FALSE, p ) - 1, WSAEFAULT );
    }
    if (p)
    {
        ok_docs_error( gethostname( p, 256 ), WSAEFAULT );
        len = 65536;
        ok_docs_error( WSAEnumProtocolsW( NULL, p, (DWORD *)&len ), WSAEFAULT );
        ok_docs_error( WSAEnumProtocolsW( NULL, NULL, p ), WSAEFAULT );
    }
    set_blocking( b, TRUE );
    SleepEx( 0, TRUE );
    /* what a bad call of stock has left there */
    if (stock)
        while (wait_readable( b, 0 ) && recv( b, buffer, sizeof( buffer ), 0 ) > 0) /* nothing */
            ;
    check_alive( a, b );
}

static void test_pointers( void )
{
    SOCKET a, b, listener, udp, udp_peer;
    union address addr;
    int len;
    struct
    {
        void *p;
        const char *name;
        BOOL readable;
    } pointers[] = {
        { NULL, "null" },
        { bad_page(), "a page without access" },
        { (void *)0x18, "a small number" },
        { (void *)(ULONG_PTR)0xdead000000000000, "not canonical" },
        { (void *)(ULONG_PTR)0xffff800000001000, "the kernel's" },
        { (char *)bad_page() + 0x123, "misaligned" },
        { readonly_page(), "read only", TRUE },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( pointers ); i++)
    {
        /* Wine's own module crashes or hangs */
        ok_unless_stock( !stock || !i, "%s isn't tried\n", pointers[i].name );
        if (stock && i) continue;
        winetest_push_context( "%s", pointers[i].name );
        tcp_socketpair( &a, &b );
        udp_pair( AF_INET, &udp, &udp_peer );
        listener = tcp_listener( AF_INET, &addr, &len );
        if (!pointers[i].readable) check_input( a, b, udp, pointers[i].p );
        check_output( a, b, listener, udp, udp_peer, pointers[i].p, pointers[i].readable );
        closesocket( a );
        closesocket( b );
        closesocket( listener );
        closesocket( udp );
        closesocket( udp_peer );
        winetest_pop_context();
    }
}

/* What isn't aligned works, as the processor can. */
static void test_misaligned( void )
{
    char space[64], data[32] = "data";
    SOCKET a, b;
    OVERLAPPED *ov = (OVERLAPPED *)( space + 1 );
    WSABUF *wsabuf = (WSABUF *)( data + 9 );
    DWORD *count = (DWORD *)( space + 50 ), flags = 0;
    int *value = (int *)( space + 37 ), *len = (int *)( space + 43 );

    tcp_socketpair( &a, &b );
    memset( space, 0, sizeof( space ) );
    wsabuf->buf = data;
    wsabuf->len = 4;
    ok_success( WSASend( a, wsabuf, 1, count, 0, NULL, NULL ) );
    ok( *count == 4, "got %lu\n", *count );
    ok_success( WSASend( a, wsabuf, 1, NULL, 0, ov, NULL ) );
    ok( ov->InternalHigh == 4, "got %Iu\n", ov->InternalHigh );
    ok( wait_readable( b, 1000 ), "nothing to read\n" );
    ok_success( WSARecv( b, wsabuf, 1, count, &flags, NULL, NULL ) );
    memset( ov, 0, sizeof( *ov ) );
    ok_success( WSARecv( b, wsabuf, 1, count, &flags, ov, NULL ) );
    ok( ov->InternalHigh == 4, "got %Iu\n", ov->InternalHigh );
    *len = 4;
    ok_success( getsockopt( a, SOL_SOCKET, SO_TYPE, (char *)value, len ) );
    ok( *value == SOCK_STREAM, "got %d\n", *value );
    closesocket( a );
    closesocket( b );
}

/* Counts and lengths that can't be. */
static void test_counts( void )
{
    static const DWORD counts[] = { 0xffffffff, 0x80000000, 0x10000001, 0x1000000 };
    char buffer[16];
    WSABUF one = { 4, (char *)"data" }, two[2] = { { 0xffffffff, buffer }, { 0xffffffff, buffer } };
    DWORD count, flags = 0;
    OVERLAPPED ov = { 0 };
    SOCKET a, b, udp, udp_peer;
    unsigned int i;
    int ret, error;

    tcp_socketpair( &a, &b );
    udp_pair( AF_INET, &udp, &udp_peer );
    set_blocking( b, FALSE );
    set_blocking( udp, FALSE );

#define check_refused( call )                                                                                          \
    do                                                                                                                 \
    {                                                                                                                  \
        guard_enter();                                                                                                 \
        ret = 0;                                                                                                       \
        error = -1;                                                                                                    \
        if (!__builtin_setjmp( guard_frame ))                                                                          \
        {                                                                                                              \
            ret = ( call );                                                                                            \
            error = WSAGetLastError();                                                                                 \
        }                                                                                                              \
        guard_leave();                                                                                                 \
        ok_unless_stock(                                                                                               \
            ret == -1 && ( error == WSAEFAULT || error == WSAEINVAL || error == WSAENOBUFS || error == WSAEMSGSIZE ),  \
            "%s: got %d, error %d\n", #call, ret, error );                                                             \
    } while (0)

    for (i = 0; i < ARRAY_SIZE( counts ); i++)
    {
        /* the array is shorter than that count; Wine's own module tries to allocate it on the stack */
        if (stock) break;
        winetest_push_context( "%lx", counts[i] );
        check_refused( WSASend( a, &one, counts[i], &count, 0, NULL, NULL ) );
        check_refused( WSASend( a, &one, counts[i], NULL, 0, &ov, NULL ) );
        check_refused( WSARecv( b, &one, counts[i], &count, &flags, NULL, NULL ) );
        check_refused( WSARecv( b, &one, counts[i], NULL, &flags, &ov, NULL ) );
        check_refused( WSASendTo( udp, &one, counts[i], &count, 0, NULL, 0, NULL, NULL ) );
        check_refused( WSARecvFrom( udp, &one, counts[i], &count, &flags, NULL, NULL, NULL, NULL ) );
        winetest_pop_context();
    }
    check_refused( WSASend( a, two, 2, &count, 0, NULL, NULL ) );
    check_refused( WSASend( udp, two, 2, &count, 0, NULL, NULL ) );
    check_refused( WSARecv( b, two, 2, &count, &flags, NULL, NULL ) );
    check_refused( send( a, buffer, -1, 0 ) );
    check_refused( send( udp, buffer, -1, 0 ) );
    check_refused( send( udp, buffer, 0x7fffffff, 0 ) );
    check_refused( recv( b, buffer, -1, 0 ) );
    check_refused( recv( udp, buffer, -1, 0 ) );
    if (stock)
    {
        closesocket( a );
        closesocket( b );
        tcp_socketpair( &a, &b );
    }
    set_blocking( b, TRUE );
    check_alive( a, b );
    /* no buffers at all */
    ok_docs_error( WSARecv( b, NULL, 0, &count, &flags, NULL, NULL ), WSAEINVAL );
    closesocket( a );
    closesocket( b );
    closesocket( udp );
    closesocket( udp_peer );
}

START_TEST( badinput )
{
    start_winsock();
    test_handles();
    test_pointers();
    test_misaligned();
    test_counts();
    stop_winsock();
}
