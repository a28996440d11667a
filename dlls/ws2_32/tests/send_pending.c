/*
 * Sends for which there is no room at once: pending, blocking and non-blocking; Sn, On are the rules of LPWSPSEND's
 * page
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define BIG ( 16 * 1024 * 1024 )

/* S4, O5, O6, O8: started is WSA_IO_PENDING; the array of WSABUFs may go at once */
static void test_pending( int family )
{
    char *data = malloc( BIG ), *buffer = malloc( BIG );
    WSABUF bufs[2] = { { BIG / 2, data }, { BIG / 2, data + BIG / 2 } };
    DWORD count = 0xdeadbeef, flags = 0;
    OVERLAPPED ov = { 0 };
    SOCKET a, b;
    int ret;

    winetest_push_context( "S4 %s", family_name( family ) );
    fill_pattern( data, BIG, 7 );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ov.hEvent = CreateEventW( NULL, TRUE, TRUE, NULL );
    WSASetLastError( 0 );
    ret = WSASend( a, bufs, 2, &count, 0, &ov, NULL );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    ok( count == 0xdeadbeef, "the count was written: %lu\n", count );
    ok( is_pending( &ov ), "not pending\n" );
    ok( WaitForSingleObject( ov.hEvent, 0 ) == WAIT_TIMEOUT, "the event wasn't reset\n" );
    memset( bufs, 0xcc, sizeof( bufs ) );
    WSASetLastError( 0 );
    ok( !WSAGetOverlappedResult( a, &ov, &count, FALSE, &flags ) && WSAGetLastError() == WSA_IO_INCOMPLETE,
        "got error %d\n", WSAGetLastError() );

    ok_call( recv_all( b, buffer, BIG ), BIG, 0 );
    ok( check_pattern( buffer, BIG, 7 ) == -1, "wrong data at %d\n", check_pattern( buffer, BIG, 7 ) );
    ok( WSAGetOverlappedResult( a, &ov, &count, TRUE, &flags ), "failed: %d\n", WSAGetLastError() );
    ok( count == BIG && ov.InternalHigh == BIG, "got %lu, %Iu\n", count, ov.InternalHigh );
    ok( !WaitForSingleObject( ov.hEvent, 0 ), "the event isn't signalled\n" );
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
    free( data );
    free( buffer );
    winetest_pop_context();
}

static DWORD WINAPI slow_reader( void *arg )
{
    SOCKET s = *(SOCKET *)arg;
    char *buffer = malloc( BIG );
    int ret;

    Sleep( 100 );
    ret = recv_all( s, buffer, BIG );
    ok( ret == BIG, "got %d\n", ret );
    ok( check_pattern( buffer, BIG, 3 ) == -1, "wrong data at %d\n", check_pattern( buffer, BIG, 3 ) );
    free( buffer );
    return 0;
}

/* O4: a blocking call waits until all was taken; O3 and D2: a non-blocking one takes all once it takes any, and sends
 * the rest later */
static void test_big( BOOL blocking, BOOL close_early )
{
    char *data = malloc( BIG );
    HANDLE thread;
    SOCKET a, b;
    int ret;

    winetest_push_context( "%s", blocking ? "O4" : close_early ? "D2, closed" : "D2" );
    fill_pattern( data, BIG, 3 );
    tcp_socketpair( &a, &b );
    set_blocking( a, blocking );
    if (blocking)
    {
        thread = CreateThread( NULL, 0, slow_reader, &b, 0, NULL );
        ok_call( send( a, data, BIG, 0 ), BIG, 0 );
        WaitForSingleObject( thread, INFINITE );
        CloseHandle( thread );
    }
    else
    {
        ret = send( a, data, BIG, 0 );
        /* AFD, and so the tier of that name, sends a part on Wine 8.0 */
        ok_unless_afd( ret == BIG, "got %d\n", ret );
        if (ret == BIG)
        {
            ok_error( send( a, data, 1, 0 ), WSAEWOULDBLOCK );
            /* the rest is the system's by now */
            memset( data, 0xcc, BIG );
            if (close_early) closesocket( a );
            thread = CreateThread( NULL, 0, slow_reader, &b, 0, NULL );
            WaitForSingleObject( thread, INFINITE );
            CloseHandle( thread );
        }
    }
    free( data );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* WSAEWOULDBLOCK, and room again */
static void test_would_block( int family )
{
    SOCKET a, b;
    int count = 0, more;

    winetest_push_context( "%s", family_name( family ) );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    set_blocking( a, FALSE );
    /* the host's receive buffer grows for a while */
    while (( more = fill_send_buffer( a ) ) > 0)
    {
        count += more;
        Sleep( 20 );
    }
    ok( count > 0, "got %d\n", count );
    ok_error( send( a, "x", 1, 0 ), WSAEWOULDBLOCK );
    ok_call( drain( b, count ), count, 0 );
    Sleep( 50 );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

START_TEST( send_pending )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_pending( families[i] );
        test_would_block( families[i] );
    }
    test_big( TRUE, FALSE );
    test_big( FALSE, FALSE );
    test_big( FALSE, TRUE );
    stop_winsock();
}
