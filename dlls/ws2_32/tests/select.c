/*
 * select and WSAPoll: the basics
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static int select_one( SOCKET s, char which, DWORD milliseconds )
{
    struct timeval timeout = { milliseconds / 1000, milliseconds % 1000 * 1000 };
    fd_set set;
    int ret;

    FD_ZERO( &set );
    FD_SET( s, &set );
    ret = select( 0, which == 'r' ? &set : NULL, which == 'w' ? &set : NULL, which == 'e' ? &set : NULL, &timeout );
    if (!ret) ok( !FD_ISSET( s, &set ), "the set still has it\n" );
    if (ret == 1) ok( FD_ISSET( s, &set ), "the set doesn't have it\n" );
    return ret;
}

static void test_readiness( int family, int type )
{
    union address addr;
    SOCKET a, b, listener, client;
    char buffer[8];
    int len, count;
    DWORD start;

    winetest_push_context( "%s type %d", family_name( family ), type );
    if (type == SOCK_STREAM) tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( family, &a, &b );
    start = GetTickCount();
    ok( !select_one( b, 'r', 100 ), "readable\n" );
    ok( GetTickCount() - start >= 80, "it didn't wait\n" );
    ok( !select_one( b, 'r', 0 ), "readable\n" );
    ok( select_one( b, 'w', 0 ) == 1, "not writable\n" );
    ok( !select_one( b, 'e', 0 ), "an exception\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( select_one( b, 'r', 1000 ) == 1, "not readable\n" );
    ok( select_one( b, 'r', 0 ) == 1, "not readable\n" );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    ok( !select_one( b, 'r', 0 ), "readable\n" );
    if (type == SOCK_STREAM)
    {
        set_blocking( a, FALSE );
        count = fill_send_buffer( a );
        ok( !select_one( a, 'w', 0 ), "writable\n" );
        ok_call( drain( b, count ), count, 0 );
        ok( select_one( a, 'w', 1000 ) == 1, "not writable\n" );
        closesocket( a );
        ok( select_one( b, 'r', 1000 ) == 1, "not readable at the end\n" );
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 0, 0 );
        ok( select_one( b, 'r', 1000 ) == 1, "not readable at the end\n" );

        listener = tcp_listener( family, &addr, &len );
        ok( !select_one( listener, 'r', 0 ), "readable\n" );
        client = tcp_socket( family );
        ok_success( connect( client, &addr.any, len ) );
        ok( select_one( listener, 'r', 1000 ) == 1, "not readable\n" );
        closesocket( client );
        closesocket( listener );
    }
    else closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static void test_many( void )
{
    struct timeval timeout = { 1, 0 };
    SOCKET a[30], b[30];
    fd_set reads, writes;
    unsigned int i;

    FD_ZERO( &reads );
    FD_ZERO( &writes );
    for (i = 0; i < ARRAY_SIZE( a ); i++)
    {
        udp_pair( AF_INET, &a[i], &b[i] );
        FD_SET( b[i], &reads );
        FD_SET( a[i], &writes );
        if (i % 3 == 0) ok_call( send( a[i], "x", 1, 0 ), 1, 0 );
    }
    ok_call( select( 0, &reads, &writes, NULL, &timeout ), 40, 0 );
    ok( reads.fd_count == 10 && writes.fd_count == 30, "got %u, %u\n", reads.fd_count, writes.fd_count );
    for (i = 0; i < ARRAY_SIZE( a ); i++)
    {
        ok( !!FD_ISSET( b[i], &reads ) == ( i % 3 == 0 ), "%u is wrong\n", i );
        closesocket( a[i] );
        closesocket( b[i] );
    }
}

static void test_select_errors( void )
{
    struct timeval timeout = { 0, 0 };
    SOCKET s = udp_socket( AF_INET );
    fd_set set, empty;

    FD_ZERO( &empty );
    ok_error( select( 0, NULL, NULL, NULL, &timeout ), WSAEINVAL );
    ok_error( select( 0, &empty, &empty, NULL, &timeout ), WSAEINVAL );
    FD_ZERO( &set );
    FD_SET( s, &set );
    FD_SET( 0xdead0, &set );
    ok_error( select( 0, &set, NULL, NULL, &timeout ), WSAENOTSOCK );
    ok_docs_error( select( 0, (fd_set *)bad_page(), NULL, NULL, &timeout ), WSAEFAULT );
    FD_ZERO( &set );
    FD_SET( s, &set );
    ok_docs_error( select( 0, &set, NULL, NULL, (struct timeval *)bad_page() ), WSAEFAULT );
    closesocket( s );
}

static void test_poll( int family )
{
    WSAPOLLFD fds[3];
    char buffer[8];
    SOCKET a, b, s;

    winetest_push_context( "%s", family_name( family ) );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    s = tcp_socket( family );
    fds[0].fd = b;
    fds[0].events = POLLIN;
    fds[1].fd = a;
    fds[1].events = POLLIN | POLLOUT;
    fds[0].revents = fds[1].revents = 0x7f;
    ok_call( WSAPoll( fds, 2, 0 ), 1, 0 );
    ok( !fds[0].revents && fds[1].revents == POLLOUT, "got %x, %x\n", fds[0].revents, fds[1].revents );
    fds[1].events = POLLIN;
    ok_call( WSAPoll( fds, 2, 50 ), 0, 0 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_call( WSAPoll( fds, 2, 1000 ), 1, 0 );
    ok( fds[0].revents == POLLRDNORM && !fds[1].revents, "got %x, %x\n", fds[0].revents, fds[1].revents );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    fds[2].fd = 0xdead0;
    fds[2].events = POLLIN;
    ok_call( WSAPoll( fds, 3, 0 ), 0, 0 );
    ok( fds[2].revents == POLLNVAL, "got %x\n", fds[2].revents );
    fds[2].fd = INVALID_SOCKET;
    ok_call( WSAPoll( fds, 3, 0 ), 0, 0 );
    ok( fds[2].revents == POLLNVAL, "got %x\n", fds[2].revents );
    closesocket( a );
    ok_call( WSAPoll( fds, 1, 1000 ), 1, 0 );
    ok( fds[0].revents & POLLHUP, "got %x\n", fds[0].revents );
    ok_docs_error( WSAPoll( NULL, 1, 0 ), WSAEFAULT );
    ok_docs_error( WSAPoll( NULL, 0, 0 ), WSAEINVAL );
    ok_docs_error( WSAPoll( (WSAPOLLFD *)bad_page(), 1, 0 ), WSAEFAULT );
    closesocket( b );
    closesocket( s );
    winetest_pop_context();
}

static DWORD WINAPI close_socket( void *arg )
{
    Sleep( 100 );
    closesocket( (SOCKET)arg );
    return 0;
}

/* Closing a member wakes the waiting threads. */
static void test_close( BOOL by_poll )
{
    WSAPOLLFD fds[2] = { { 0 } };
    struct timeval timeout = { 5, 0 };
    DWORD start = GetTickCount();
    SOCKET a, b, c, d;
    HANDLE thread;
    fd_set set;
    int ret;

    udp_pair( AF_INET, &a, &b );
    tcp_socketpair( &c, &d );
    thread = CreateThread( NULL, 0, close_socket, (void *)d, 0, NULL );
    FD_ZERO( &set );
    FD_SET( b, &set );
    FD_SET( d, &set );
    fds[0].fd = b;
    fds[1].fd = d;
    fds[0].events = fds[1].events = POLLIN;
    ret = by_poll ? WSAPoll( fds, 2, 5000 ) : select( 0, &set, NULL, NULL, &timeout );
    ok( ret == 1, "got %d, error %d\n", ret, WSAGetLastError() );
    ok( GetTickCount() - start < 2000, "took %lu ms\n", GetTickCount() - start );
    if (by_poll) ok( !fds[0].revents && fds[1].revents & POLLNVAL, "got %x, %x\n", fds[0].revents, fds[1].revents );
    else ok( !FD_ISSET( b, &set ) && FD_ISSET( d, &set ), "wrong set\n" );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    closesocket( a );
    closesocket( b );
    closesocket( c );
}

/* What is ready for one set only, a socket in all sets, twice in one, and the same with data, urgent data and the
 * end */
static void test_sets( void )
{
    struct timeval at_once = { 0, 0 }, timeout = { 0, 100000 };
    fd_set sets[3];
    SOCKET a, b;
    DWORD start;
    int i;

    tcp_socketpair( &a, &b );
    for (i = 0; i < 3; i++)
    {
        FD_ZERO( &sets[i] );
        FD_SET( b, &sets[i] );
    }
    sets[0].fd_count = 2;
    sets[0].fd_array[1] = b;
    ok_call( select( 0, &sets[0], &sets[1], &sets[2], &at_once ), 1, 0 );
    ok( !sets[0].fd_count && sets[1].fd_count == 1 && !sets[2].fd_count, "got %u, %u, %u\n", sets[0].fd_count,
        sets[1].fd_count, sets[2].fd_count );
    ok_call( send( a, "x", 1, MSG_OOB ), 1, 0 );
    ok( select_one( b, 'e', 1000 ) == 1, "no exception\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( select_one( b, 'r', 1000 ) == 1, "not readable\n" );
    FD_ZERO( &sets[0] );
    sets[0].fd_count = 2;
    sets[0].fd_array[0] = sets[0].fd_array[1] = b;
    ok( select( 0, &sets[0], NULL, NULL, &at_once ) >= 1, "not readable\n" );
    closesocket( a );
    Sleep( 20 );
    /* the end is nothing exceptional, and no reason to come back early */
    closesocket( b );
    tcp_socketpair( &a, &b );
    shutdown( b, SD_SEND );
    closesocket( a );
    Sleep( 20 );
    FD_ZERO( &sets[2] );
    FD_SET( b, &sets[2] );
    start = GetTickCount();
    ok_call( select( 0, NULL, NULL, &sets[2], &timeout ), 0, 0 );
    ok( GetTickCount() - start >= 90 && GetTickCount() - start < 3000, "took %lu ms\n", GetTickCount() - start );
    closesocket( b );
}

START_TEST( select )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_readiness( families[i], SOCK_STREAM );
        test_readiness( families[i], SOCK_DGRAM );
        test_poll( families[i] );
    }
    test_many();
    test_select_errors();
    test_close( FALSE );
    test_close( TRUE );
    test_sets();
    stop_winsock();
}
