/*
 * Completion ports with sockets: what is queued, by which function, and how it is dequeued
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Waiting threads and their order are in port_wait.c; other processes are in port_process.c.
 */

#include "sockets.h"

static HANDLE port;
static SOCKET a, b; /* b is associated */
static char data[64];

static int start_recv( OVERLAPPED *ov )
{
    WSABUF wsabuf = { sizeof( data ), data };
    DWORD flags = 0;
    HANDLE event = ov->hEvent;

    memset( ov, 0, sizeof( *ov ) );
    ov->hEvent = event;
    return WSARecv( b, &wsabuf, 1, NULL, &flags, ov, NULL ) ? WSAGetLastError() : 0;
}

static void peer_sends( const char *text, BOOL arrives )
{
    int len = strlen( text );

    ok_call( send( a, text, len, 0 ), len, 0 );
    if (arrives) ok( wait_readable( b, 3000 ), "nothing arrives\n" );
}

/* One packet of a certain kind. error: what GetQueuedCompletionStatus fails with, 0 for success. */
static void expect_( int line, OVERLAPPED *ov, ULONG_PTR key, DWORD count, DWORD error )
{
    OVERLAPPED *ret_ov = (void *)1;
    ULONG_PTR ret_key = ~0ul;
    DWORD ret_count = ~0u;
    BOOL ret;

    SetLastError( 0 );
    ret = GetQueuedCompletionStatus( port, &ret_count, &ret_key, &ret_ov, 5000 );
    ok_( __FILE__, line )( ret == !error && ( !error || GetLastError() == error ), "got %d, error %lu\n", ret,
                           GetLastError() );
    ok_( __FILE__, line )( ret_ov == ov && ret_key == key && ret_count == count, "got %p, key %Ix, count %lu\n", ret_ov,
                           ret_key, ret_count );
}
#define expect( ov, key, count, error ) expect_( __LINE__, ov, key, count, error )

static void expect_nothing_( int line )
{
    OVERLAPPED *ret_ov = (void *)1;
    ULONG_PTR ret_key;
    DWORD ret_count;
    BOOL ret = GetQueuedCompletionStatus( port, &ret_count, &ret_key, &ret_ov, 20 );

    ok_( __FILE__, line )( !ret && GetLastError() == WAIT_TIMEOUT && !ret_ov, "got %d, error %lu, %p\n", ret,
                           GetLastError(), ret_ov );
}
#define expect_nothing() expect_nothing_( __LINE__ )

/* The ports of all tests: waited for already, so that one that is served in the process is so from the start. */
static void setup( int type )
{
    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    ok( port != NULL, "no port: %lu\n", GetLastError() );
    if (type == SOCK_STREAM) tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( AF_INET, &a, &b );
    ok( CreateIoCompletionPort( (HANDLE)b, port, 7, 0 ) == port, "not associated: %lu\n", GetLastError() );
    expect_nothing();
}

static void teardown( void )
{
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
}

static void test_outcomes( int type )
{
    OVERLAPPED ov = { 0 }, second = { 0 };
    int i;

    winetest_push_context( "type %d", type );
    setup( type );
    for (i = 0; i < 3; i++)
    {
        /* at once, and later */
        peer_sends( "abc", TRUE );
        ok( !start_recv( &ov ), "not there\n" );
        expect( &ov, 7, 3, 0 );
        ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
        expect_nothing();
        peer_sends( "abcd", FALSE );
        expect( &ov, 7, 4, 0 );
        ok( !(DWORD)ov.Internal && ov.InternalHigh == 4, "got %Ix, %Iu\n", ov.Internal, ov.InternalHigh );
    }
    /* cancelled */
    ok( start_recv( &ov ) == WSA_IO_PENDING && start_recv( &second ) == WSA_IO_PENDING, "not pending\n" );
    ok( CancelIoEx( (HANDLE)b, &second ), "error %lu\n", GetLastError() );
    expect( &second, 7, 0, ERROR_OPERATION_ABORTED );
    expect_nothing();
    ok( CancelIo( (HANDLE)b ), "error %lu\n", GetLastError() );
    expect( &ov, 7, 0, ERROR_OPERATION_ABORTED );
    if (type == SOCK_STREAM)
    {
        struct linger linger = { 1, 0 };

        /* failed */
        ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
        setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
        closesocket( a );
        expect( &ov, 7, 0, ERROR_NETNAME_DELETED );
        /* what fails at once has no packet; Wine's AFD forgets the reset, and the receive succeeds */
        if (!by_afd())
        {
            ok( start_recv( &ov ) == WSAECONNRESET, "got error %d\n", WSAGetLastError() );
            expect_nothing();
        }
    }
    teardown();
    winetest_pop_context();
}

static void test_end_of_stream( void )
{
    OVERLAPPED ov = { 0 };

    setup( SOCK_STREAM );
    ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
    shutdown( a, SD_SEND );
    expect( &ov, 7, 0, 0 );
    ok( !start_recv( &ov ), "not there\n" );
    expect( &ov, 7, 0, 0 );
    teardown();
}

/* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, and events with and without the mark. */
static void test_modes( void )
{
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );
    OVERLAPPED ov = { 0 };

    setup( SOCK_STREAM );
    ov.hEvent = event;
    ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
    peer_sends( "abc", FALSE );
    expect( &ov, 7, 3, 0 );
    ok( !WaitForSingleObject( event, 0 ), "not signalled\n" );

    ov.hEvent = (HANDLE)( (ULONG_PTR)event | 1 );
    ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
    peer_sends( "abc", FALSE );
    ok( !WaitForSingleObject( event, 3000 ), "not signalled\n" );
    expect_nothing();
    peer_sends( "abc", TRUE );
    ok( !start_recv( &ov ), "not there\n" );
    expect_nothing();

    ov.hEvent = NULL;
    ok( SetFileCompletionNotificationModes( (HANDLE)b, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS ), "error %lu\n",
        GetLastError() );
    peer_sends( "abc", TRUE );
    ok( !start_recv( &ov ), "not there\n" );
    expect_nothing();
    ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
    peer_sends( "abc", FALSE );
    expect( &ov, 7, 3, 0 );
    ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
    CancelIo( (HANDLE)b );
    expect( &ov, 7, 0, ERROR_OPERATION_ABORTED );
    teardown();
    CloseHandle( event );
}

/* What is queued outlives its socket. */
static void test_close_socket( void )
{
    OVERLAPPED ov = { 0 }, second = { 0 };

    setup( SOCK_STREAM );
    peer_sends( "abc", TRUE );
    ok( !start_recv( &ov ), "not there\n" );
    ok( start_recv( &second ) == WSA_IO_PENDING, "not pending\n" );
    PostQueuedCompletionStatus( port, 1, 2, NULL );
    closesocket( b );
    expect( &ov, 7, 3, 0 );
    expect( NULL, 2, 1, 0 );
    /* Wine's own module says STATUS_HANDLES_CLOSED */
    expect( &second, 7, 0, stock ? 676 : ERROR_OPERATION_ABORTED );
    expect_nothing();
    teardown();
}

static DWORD WINAPI post_thread( void *arg )
{
    Sleep( 100 );
    return PostQueuedCompletionStatus( arg, 11, 12, (OVERLAPPED *)13 );
}

/* What the program posts itself: in order, also between the packets of operations. */
static void test_post( void )
{
    OVERLAPPED ov = { 0 };
    HANDLE thread;
    int i;

    setup( SOCK_STREAM );
    for (i = 1; i <= 500; i++)
        ok( PostQueuedCompletionStatus( port, i, i * 3, (OVERLAPPED *)(ULONG_PTR)( i * 8 ) ), "error %lu\n",
            GetLastError() );
    peer_sends( "abc", TRUE );
    ok( !start_recv( &ov ), "not there\n" );
    for (; i <= 600; i++)
        ok( PostQueuedCompletionStatus( port, i, i * 3, (OVERLAPPED *)(ULONG_PTR)( i * 8 ) ), "error %lu\n",
            GetLastError() );
    for (i = 1; i <= 500; i++) expect( (OVERLAPPED *)(ULONG_PTR)( i * 8 ), i * 3, i, 0 );
    expect( &ov, 7, 3, 0 );
    for (; i <= 600; i++) expect( (OVERLAPPED *)(ULONG_PTR)( i * 8 ), i * 3, i, 0 );
    expect_nothing();
    /* values are the program's */
    ok( PostQueuedCompletionStatus( port, ~0u, ~(ULONG_PTR)0, (OVERLAPPED *)~(ULONG_PTR)0 ), "error %lu\n",
        GetLastError() );
    expect( (OVERLAPPED *)~(ULONG_PTR)0, ~(ULONG_PTR)0, ~0u, 0 );
    ok( PostQueuedCompletionStatus( port, 0, 0, NULL ), "error %lu\n", GetLastError() );
    expect( NULL, 0, 0, 0 );
    /* while somebody waits */
    thread = CreateThread( NULL, 0, post_thread, port, 0, NULL );
    expect( (OVERLAPPED *)13, 12, 11, 0 );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    teardown();
}

/* Files and pipes, and operations that AFD serves, on the same port. */
static void test_others( void )
{
    OVERLAPPED ov = { 0 }, pipe_ov = { 0 }, accept_ov = { 0 };
    char buffer[256], pipe_data[8];
    SOCKET listener, acceptor, client;
    HANDLE server, pipe;
    union address addr;
    DWORD count;
    int i, len;
    char pipe_name[64];

    setup( SOCK_STREAM );
    sprintf( pipe_name, "\\\\.\\pipe\\wsuring-port-%lx", GetCurrentProcessId() );
    server = CreateNamedPipeA( pipe_name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 100, 100, 0, NULL );
    pipe = CreateFileA( pipe_name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL );
    ok( server != INVALID_HANDLE_VALUE && pipe != INVALID_HANDLE_VALUE, "no pipe: %lu\n", GetLastError() );
    ok( CreateIoCompletionPort( server, port, 20, 0 ) == port, "not associated: %lu\n", GetLastError() );
    for (i = 0; i < 4; i++)
    {
        ok( !ReadFile( server, pipe_data, 8, NULL, &pipe_ov ) && GetLastError() == ERROR_IO_PENDING, "error %lu\n",
            GetLastError() );
        ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
        peer_sends( "abc", FALSE );
        expect( &ov, 7, 3, 0 );
        ok( WriteFile( pipe, "hello", 5, &count, NULL ), "error %lu\n", GetLastError() );
        expect( &pipe_ov, 20, 5, 0 );
        expect_nothing();
    }
    /* AcceptEx completes in the server */
    listener = tcp_listener( AF_INET, &addr, &len );
    acceptor = tcp_socket( AF_INET );
    ok( CreateIoCompletionPort( (HANDLE)listener, port, 30, 0 ) == port, "not associated: %lu\n", GetLastError() );
    ok( !AcceptEx( listener, acceptor, buffer, 0, sizeof( addr.v4 ) + 16, sizeof( addr.v4 ) + 16, &count, &accept_ov )
            && WSAGetLastError() == WSA_IO_PENDING,
        "error %d\n", WSAGetLastError() );
    expect_nothing();
    client = tcp_socket( AF_INET );
    ok_success( connect( client, &addr.any, len ) );
    expect( &accept_ov, 30, 0, 0 );
    /* and the socket that it made works on the port too */
    ok( CreateIoCompletionPort( (HANDLE)acceptor, port, 31, 0 ) == port, "not associated: %lu\n", GetLastError() );
    closesocket( a );
    closesocket( b );
    a = client;
    b = acceptor;
    for (i = 0; i < 3; i++)
    {
        ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
        peer_sends( "abcdef", FALSE );
        expect( &ov, 31, 6, 0 );
    }
    closesocket( listener );
    CloseHandle( pipe );
    CloseHandle( server );
    teardown();
}

static void test_many( void )
{
    OVERLAPPED_ENTRY entries[100];
    OVERLAPPED ovs[20];
    WSABUF wsabuf = { 1, data };
    ULONG count, i, total;
    DWORD flags;

    setup( SOCK_STREAM );
    for (i = 1; i <= 150; i++) PostQueuedCompletionStatus( port, i, i, NULL );
    for (total = 0; total < 150; total += count)
    {
        count = 0xdeadbeef;
        ok( GetQueuedCompletionStatusEx( port, entries, 100, &count, 3000, FALSE ), "error %lu\n", GetLastError() );
        ok( count == ( total ? 50 : 100 ), "got %lu after %lu\n", count, total );
        if (!count || total + count > 150) break;
        for (i = 0; i < count; i++)
            ok( entries[i].lpCompletionKey == total + i + 1 && entries[i].dwNumberOfBytesTransferred == total + i + 1
                    && !entries[i].lpOverlapped,
                "%lu: got %Ix\n", total + i, entries[i].lpCompletionKey );
    }
    ok( total == 150, "got %lu\n", total );
    ok( !GetQueuedCompletionStatusEx( port, entries, 100, &count, 10, FALSE ) && GetLastError() == WAIT_TIMEOUT,
        "error %lu\n", GetLastError() );
    /* one call, several operations */
    for (i = 0; i < ARRAY_SIZE( ovs ); i++)
    {
        memset( &ovs[i], 0, sizeof( ovs[i] ) );
        flags = 0;
        ok( WSARecv( b, &wsabuf, 1, NULL, &flags, &ovs[i], NULL ) && WSAGetLastError() == WSA_IO_PENDING,
            "not pending\n" );
    }
    peer_sends( "01234567890123456789", FALSE );
    for (total = 0; total < ARRAY_SIZE( ovs ); total += count)
    {
        ok( GetQueuedCompletionStatusEx( port, entries, 7, &count, 3000, FALSE ), "error %lu\n", GetLastError() );
        ok( count && count <= 7, "got %lu\n", count );
        if (!count || count > 7) break;
        /* AFD's packets may be out of order, but not its data */
        for (i = 0; i < count; i++)
            ok( ( entries[i].lpOverlapped == &ovs[total + i] || by_afd() ) && entries[i].lpCompletionKey == 7
                    && entries[i].dwNumberOfBytesTransferred == 1 && !(DWORD)entries[i].Internal,
                "%lu: got %p, key %Ix, status %Ix, %lu bytes\n", total + i, entries[i].lpOverlapped,
                entries[i].lpCompletionKey, entries[i].Internal, entries[i].dwNumberOfBytesTransferred );
    }
    /* failures are packets like others */
    ok( start_recv( &ovs[0] ) == WSA_IO_PENDING, "not pending\n" );
    CancelIo( (HANDLE)b );
    ok( GetQueuedCompletionStatusEx( port, entries, 100, &count, 3000, FALSE ) && count == 1, "error %lu\n",
        GetLastError() );
    ok( entries[0].lpOverlapped == &ovs[0] && (DWORD)ovs[0].Internal == 0xc0000120, "got %p, %Ix\n",
        entries[0].lpOverlapped, ovs[0].Internal );
    teardown();
}

/* Operations go on while nobody waits for the port. */
static void test_nobody_waits( void )
{
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );
    OVERLAPPED ov = { 0 };
    DWORD count, flags;
    int i;

    setup( SOCK_STREAM );
    for (i = 0; i < 20; i++)
    {
        ov.hEvent = i & 1 ? (HANDLE)( (ULONG_PTR)event | 1 ) : NULL;
        ok( start_recv( &ov ) == WSA_IO_PENDING, "not pending\n" );
        peer_sends( "abc", FALSE );
        if (i & 1) ok( !WaitForSingleObject( event, 3000 ), "not signalled\n" );
        else ok( wait_overlapped( &ov, 3000 ), "not complete\n" );
        count = 0;
        ok( WSAGetOverlappedResult( b, &ov, &count, FALSE, &flags ) && count == 3, "got %lu, error %d\n", count,
            WSAGetLastError() );
        if (!( i & 1 )) expect( &ov, 7, 3, 0 );
    }
    expect_nothing();
    /* the peer's data is taken, and its sends end */
    for (i = 0; i < 3; i++)
    {
        static char large[4 << 20];
        WSABUF wsabuf = { sizeof( large ), large };
        int sent, done = 0;

        memset( &ov, 0, sizeof( ov ) );
        ok( !WSASend( b, &wsabuf, 1, NULL, 0, &ov, NULL ) || WSAGetLastError() == WSA_IO_PENDING, "error %d\n",
            WSAGetLastError() );
        while (done < (int)sizeof( large ) && ( sent = recv( a, large, sizeof( large ), 0 ) ) > 0) done += sent;
        ok( done == sizeof( large ), "got %d\n", done );
        expect( &ov, 7, sizeof( large ), 0 );
    }
    teardown();
    CloseHandle( event );
}

static void test_parameters( void )
{
    OVERLAPPED_ENTRY entries[2];
    OVERLAPPED *ov;
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );
    ULONG_PTR key;
    DWORD count;

    setup( SOCK_STREAM );
    ok( !CreateIoCompletionPort( (HANDLE)b, port, 8, 0 ), "associated twice\n" );
    ok( !CreateIoCompletionPort( (HANDLE)a, event, 8, 0 ), "associated with an event\n" );
    ok( !GetQueuedCompletionStatus( event, &count, &key, &ov, 0 ) && GetLastError() == ERROR_INVALID_HANDLE,
        "error %lu\n", GetLastError() );
    ok( !GetQueuedCompletionStatus( (HANDLE)b, &count, &key, &ov, 0 ) && GetLastError() == ERROR_INVALID_HANDLE,
        "error %lu\n", GetLastError() );
    ok( !PostQueuedCompletionStatus( (HANDLE)b, 0, 0, NULL ) && GetLastError() == ERROR_INVALID_HANDLE, "error %lu\n",
        GetLastError() );
    teardown();
    ok( !GetQueuedCompletionStatus( port, &count, &key, &ov, 0 ) && GetLastError() == ERROR_INVALID_HANDLE,
        "error %lu\n", GetLastError() );
    ok( !GetQueuedCompletionStatusEx( port, entries, 2, &count, 0, FALSE ) && GetLastError() == ERROR_INVALID_HANDLE,
        "error %lu\n", GetLastError() );
    ok( !PostQueuedCompletionStatus( port, 0, 0, NULL ) && GetLastError() == ERROR_INVALID_HANDLE, "error %lu\n",
        GetLastError() );
    CloseHandle( event );
}

START_TEST( port )
{
    start_winsock();
    test_outcomes( SOCK_STREAM );
    test_outcomes( SOCK_DGRAM );
    test_end_of_stream();
    test_modes();
    test_close_socket();
    test_post();
    test_others();
    test_many();
    test_nobody_waits();
    test_parameters();
    stop_winsock();
}
