/*
 * The ideal send backlog, and the notice that it has changed
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "SIO_IDEAL_SEND_BACKLOG_CHANGE" and "SIO_IDEAL_SEND_BACKLOG_QUERY", of which idealsendbacklognotify
 * and idealsendbacklogquery are other names. What tier afd hasn't fails there with WSAEOPNOTSUPP.
 */

#include "sockets.h"

#define SIO_IDEAL_SEND_BACKLOG_CHANGE_ 0x2000747a
#define SIO_IDEAL_SEND_BACKLOG_QUERY_  0x4004747b
#define OWN_TCP_MAXSEG                 4

enum
{
    BULK = 8 << 20
};

/* With small segments, so that few of them don't fill the least backlog there is. */
static void make_pair( SOCKET *client, SOCKET *server )
{
    union address addr;
    int len, size = 1000;
    SOCKET listener = tcp_listener( AF_INET, &addr, &len );

    *client = tcp_socket( AF_INET );
    setsockopt( *client, IPPROTO_TCP, OWN_TCP_MAXSEG, (char *)&size, sizeof( size ) );
    ok_success( connect( *client, &addr.any, len ) );
    *server = accept( listener, NULL, NULL );
    set_timeout( *server, 10000 );
    closesocket( listener );
}

static int notify( SOCKET s, OVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    DWORD size = 0xdead;
    int ret;

    WSASetLastError( 0 );
    ret = WSAIoctl( s, SIO_IDEAL_SEND_BACKLOG_CHANGE_, NULL, 0, NULL, 0, &size, ov, routine );
    return ret ? WSAGetLastError() : 0;
}

static ULONG query( SOCKET s )
{
    ULONG value = 0;
    DWORD size;

    ok_success( WSAIoctl( s, SIO_IDEAL_SEND_BACKLOG_QUERY_, NULL, 0, &value, sizeof( value ), &size, NULL, NULL ) );
    return value;
}

static DWORD WINAPI reader( void *arg )
{
    int got = drain( (SOCKET)arg, BULK );

    ok( got == BULK, "got %d of %d bytes\n", got, BULK );
    return 0;
}

/* Much data, and a peer that takes it: the congestion window grows. */
static void transfer( SOCKET client, SOCKET server )
{
    static char block[65536];
    HANDLE thread = CreateThread( NULL, 0, reader, (void *)server, 0, NULL );
    int i;

    for (i = 0; i < BULK / (int)sizeof( block ); i++)
        ok_call( send( client, block, sizeof( block ), 0 ), sizeof( block ), 0 );
    ok( !WaitForSingleObject( thread, 20000 ), "the reader doesn't end\n" );
    CloseHandle( thread );
}

static DWORD WINAPI transfer_later( void *arg )
{
    SOCKET *pair = arg;

    Sleep( 100 );
    transfer( pair[0], pair[1] );
    return 0;
}

static void test_errors( void )
{
    SOCKET s = tcp_socket( AF_INET ), peer;
    OVERLAPPED ov = { .hEvent = WSACreateEvent() };
    int err;

    err = notify( s, NULL, NULL );
    ok_unless_stock( err == WSAENOTCONN, "got error %d\n", err );
    err = notify( s, &ov, NULL );
    ok_unless_stock( err == WSAENOTCONN && !is_pending( &ov ), "got error %d\n", err );
    closesocket( s );
    s = udp_socket( AF_INET );
    err = notify( s, &ov, NULL );
    ok_unless_stock( err == WSAEOPNOTSUPP, "got error %d\n", err );
    closesocket( s );

    make_pair( &s, &peer );
    ok_docs_error( WSAIoctl( s, SIO_IDEAL_SEND_BACKLOG_CHANGE_, NULL, 0, NULL, 0, NULL, NULL, NULL ), WSAEFAULT );
    ok_docs_error(
        WSAIoctl( s, SIO_IDEAL_SEND_BACKLOG_CHANGE_, NULL, 0, NULL, 0, NULL, (OVERLAPPED *)bad_page(), NULL ),
        WSAEFAULT );
    set_blocking( s, FALSE );
    err = notify( s, NULL, NULL );
    ok_unless_afd( err == WSAEWOULDBLOCK, "got error %d\n", err );
    shutdown( s, SD_SEND );
    err = notify( s, &ov, NULL );
    ok_unless_stock( err == WSAENOTCONN, "shut down: got error %d\n", err );
    closesocket( s );
    closesocket( peer );
    WSACloseEvent( ov.hEvent );
}

/* What ends it before anything has changed: each has one completion. */
static void test_ends( void )
{
    static const char *const names[] = { "CancelIoEx", "CancelIo", "closesocket", "CloseHandle", "reset" };
    struct linger linger = { 1, 0 };
    OVERLAPPED ov, *got;
    SOCKET s, peer;
    HANDLE port;
    ULONG_PTR key;
    DWORD size;
    int i, err;

    for (i = 0; i < (int)ARRAY_SIZE( names ); i++)
    {
        winetest_push_context( "%s", names[i] );
        make_pair( &s, &peer );
        port = CreateIoCompletionPort( (HANDLE)s, NULL, 7, 0 );
        memset( &ov, 0, sizeof( ov ) );
        err = notify( s, &ov, NULL );
        if (stock) err = WSAEOPNOTSUPP; /* it says so in the OVERLAPPED only */
        ok_unless_afd( err == WSA_IO_PENDING, "got error %d\n", err );
        if (err == WSA_IO_PENDING)
        {
            ok( !GetQueuedCompletionStatus( port, &size, &key, &got, 150 ) && !got, "it has ended\n" );
            ok( is_pending( &ov ), "it isn't pending: %Ix\n", ov.Internal );
            if (i == 0) ok( CancelIoEx( (HANDLE)s, &ov ), "failed: %lu\n", GetLastError() );
            if (i == 1) ok( CancelIo( (HANDLE)s ), "failed: %lu\n", GetLastError() );
            if (i == 2) ok_success( closesocket( s ) );
            if (i == 3) CloseHandle( (HANDLE)s );
            if (i == 4)
            {
                setsockopt( peer, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
                closesocket( peer );
            }
            SetLastError( 0 );
            ok( !GetQueuedCompletionStatus( port, &size, &key, &got, 5000 ) && got == &ov && key == 7, "no end\n" );
            if (i < 4) ok( GetLastError() == ERROR_OPERATION_ABORTED, "got error %lu\n", GetLastError() );
            ok( !GetQueuedCompletionStatus( port, &size, &key, &got, 150 ) && !got, "it ends again\n" );
            /* the socket is as good as before */
            if (i < 2) ok( notify( s, &ov, NULL ) == WSA_IO_PENDING, "got error %d\n", WSAGetLastError() );
        }
        if (i < 2 || i == 4 || err != WSA_IO_PENDING) closesocket( s );
        if (i != 4) closesocket( peer );
        CloseHandle( port );
        winetest_pop_context();
    }
}

static DWORD routine_calls, routine_error;

static void CALLBACK routine( DWORD error, DWORD size, OVERLAPPED *ov, DWORD flags )
{
    (void)size;
    (void)ov;
    (void)flags;
    routine_calls++;
    routine_error = error;
}

static void test_change( void )
{
    OVERLAPPED ov = { .hEvent = WSACreateEvent() }, second = { .hEvent = WSACreateEvent() };
    SOCKET pair[2];
    DWORD size, flags;
    ULONG before, after;
    HANDLE thread;
    int err;

    make_pair( &pair[0], &pair[1] );
    err = notify( pair[0], &ov, NULL );
    if (stock) err = WSAEOPNOTSUPP;
    ok_unless_afd( err == WSA_IO_PENDING, "got error %d\n", err );
    if (err != WSA_IO_PENDING)
    {
        closesocket( pair[0] );
        closesocket( pair[1] );
        return;
    }
    before = query( pair[0] );

    /* two of them end by one change */
    ok( notify( pair[0], &second, NULL ) == WSA_IO_PENDING, "got error %d\n", WSAGetLastError() );
    ok( WaitForSingleObject( ov.hEvent, 150 ) == WAIT_TIMEOUT, "something has changed\n" );
    transfer( pair[0], pair[1] );
    ok( !WaitForSingleObject( ov.hEvent, 5000 ), "no notice\n" );
    ok( !WaitForSingleObject( second.hEvent, 5000 ), "no second notice\n" );
    ok( WSAGetOverlappedResult( pair[0], &ov, &size, FALSE, &flags ) && !size, "got error %d, %lu bytes\n",
        WSAGetLastError(), size );
    ok( WSAGetOverlappedResult( pair[0], &second, &size, TRUE, &flags ) && !size, "got error %d, %lu bytes\n",
        WSAGetLastError(), size );
    after = query( pair[0] );
    ok( after != before && after >= 65536, "it was %lu and is %lu\n", before, after );
    closesocket( pair[0] );
    closesocket( pair[1] );

    /* without an event: waited for by the call */
    make_pair( &pair[0], &pair[1] );
    memset( &second, 0, sizeof( second ) );
    ok( notify( pair[0], &second, NULL ) == WSA_IO_PENDING, "got error %d\n", WSAGetLastError() );
    thread = CreateThread( NULL, 0, transfer_later, pair, 0, NULL );
    ok( WSAGetOverlappedResult( pair[0], &second, &size, TRUE, &flags ), "got error %d\n", WSAGetLastError() );
    WaitForSingleObject( thread, 20000 );
    CloseHandle( thread );
    closesocket( pair[0] );
    closesocket( pair[1] );

    /* a routine */
    make_pair( &pair[0], &pair[1] );
    memset( &second, 0, sizeof( second ) );
    ok( notify( pair[0], &second, routine ) == WSA_IO_PENDING, "got error %d\n", WSAGetLastError() );
    transfer( pair[0], pair[1] );
    /* a send that blocks is an alertable wait, too */
    if (!routine_calls) ok( SleepEx( 5000, TRUE ) == WAIT_IO_COMPLETION, "the routine isn't called\n" );
    ok( routine_calls == 1 && !routine_error, "%lu calls, error %lu\n", routine_calls, routine_error );
    closesocket( pair[0] );
    closesocket( pair[1] );

    /* a call that blocks */
    make_pair( &pair[0], &pair[1] );
    query( pair[0] );
    thread = CreateThread( NULL, 0, transfer_later, pair, 0, NULL );
    err = notify( pair[0], NULL, NULL );
    ok( !err, "got error %d\n", err );
    WaitForSingleObject( thread, 20000 );
    CloseHandle( thread );
    closesocket( pair[0] );
    closesocket( pair[1] );
    WSACloseEvent( ov.hEvent );
}

static DWORD WINAPI close_later( void *arg )
{
    Sleep( 100 );
    ok_success( closesocket( (SOCKET)arg ) );
    return 0;
}

static void test_closed_while_blocking( void )
{
    SOCKET s, peer;
    HANDLE thread;
    int err;

    make_pair( &s, &peer );
    thread = CreateThread( NULL, 0, close_later, (void *)s, 0, NULL );
    err = notify( s, NULL, NULL );
    ok_unless_afd( err == WSAEINTR, "got error %d\n", err );
    WaitForSingleObject( thread, 5000 );
    CloseHandle( thread );
    closesocket( peer );
}

START_TEST( send_backlog )
{
    start_winsock();
    test_errors();
    test_ends();
    test_change();
    test_closed_while_blocking();
    stop_winsock();
}
