/*
 * select with one set for several purposes, with a socket several times, and with one that is closed meanwhile
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static struct timeval moment = { 0, 100000 };

/* What the same set has for reading and writing: each socket once, if it is ready for one of them. */
static void test_same_set( void )
{
    static const struct
    {
        BOOL full, data; /* of the first of two sockets: can't it be written, can it be read? */
        int purposes;    /* bits: read, write, except */
        BOOL expect;
    } tests[] = {
        { FALSE, FALSE, 3, TRUE }, { FALSE, TRUE, 3, TRUE }, { TRUE, FALSE, 3, FALSE }, { TRUE, TRUE, 3, TRUE },
        { TRUE, FALSE, 6, FALSE }, { TRUE, TRUE, 5, TRUE },  { TRUE, TRUE, 6, FALSE },  { TRUE, TRUE, 7, TRUE },
    };
    unsigned int i;
    SOCKET a, b;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        int expect = tests[i].expect + ( tests[i].purposes & 2 ? 1 : tests[i].full ), ret;
        fd_set set;

        winetest_push_context( "%u", i );
        tcp_socketpair( &a, &b );
        if (tests[i].full)
        {
            set_blocking( a, FALSE );
            fill_send_buffer( a ); /* so the other can be read */
        }
        if (tests[i].data)
        {
            ok_call( send( b, "abc", 3, 0 ), 3, 0 );
            ok( wait_readable( a, 1000 ), "no data\n" );
        }
        FD_ZERO( &set );
        FD_SET( a, &set );
        FD_SET( b, &set );
        ret = select( 0, tests[i].purposes & 1 ? &set : NULL, tests[i].purposes & 2 ? &set : NULL,
                      tests[i].purposes & 4 ? &set : NULL, &moment );
        ok( ret == expect && (int)set.fd_count == expect, "got %d, %u sockets, expected %d\n", ret, set.fd_count,
            expect );
        ok( !FD_ISSET( a, &set ) == !tests[i].expect, "got %d\n", FD_ISSET( a, &set ) );
        closesocket( a );
        closesocket( b );
        winetest_pop_context();
    }
}

/* A socket several times in a set counts once; in several sets it counts in each. */
static void test_duplicates( void )
{
    fd_set read, write;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_call( send( b, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( a, 1000 ), "no data\n" );
    write.fd_count = 5;
    write.fd_array[0] = write.fd_array[2] = write.fd_array[4] = a;
    write.fd_array[1] = write.fd_array[3] = b;
    read = write;
    ok_call( select( 0, NULL, &write, NULL, &moment ), 2, 0 );
    ok( write.fd_count == 2 && write.fd_array[0] == a && write.fd_array[1] == b, "got %u\n", write.fd_count );
    ok_call( select( 0, &read, NULL, NULL, &moment ), 1, 0 );
    ok( read.fd_count == 1 && read.fd_array[0] == a, "got %u\n", read.fd_count );
    ok_call( select( 0, &read, &write, NULL, &moment ), 3, 0 );
    ok( read.fd_count == 1 && write.fd_count == 2, "got %u, %u\n", read.fd_count, write.fd_count );
    closesocket( a );
    closesocket( b );
}

static DWORD WINAPI closing_thread( void *arg )
{
    Sleep( 200 );
    closesocket( (SOCKET)arg );
    return 0;
}

/* One that another thread closes can be read, as a receive wouldn't block; otherwise it is no socket. */
static void test_closed( void )
{
    static const struct
    {
        int purposes, expect;
    } tests[] = { { 1, 1 }, { 5, 1 }, { 3, 1 }, { 4, SOCKET_ERROR }, { 2, SOCKET_ERROR }, { 6, SOCKET_ERROR } };
    struct timeval time = { 10, 0 };
    unsigned int i, j;
    SOCKET a, b;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        fd_set sets[3];
        HANDLE thread;
        int ret;

        winetest_push_context( "%u", i );
        tcp_socketpair( &a, &b );
        set_blocking( a, FALSE );
        fill_send_buffer( a );
        for (j = 0; j < 3; j++)
        {
            FD_ZERO( &sets[j] );
            FD_SET( a, &sets[j] );
        }
        thread = CreateThread( NULL, 0, closing_thread, (void *)a, 0, NULL );
        WSASetLastError( 0xdead );
        ret = select( 0, tests[i].purposes & 1 ? &sets[0] : NULL, tests[i].purposes & 2 ? &sets[1] : NULL,
                      tests[i].purposes & 4 ? &sets[2] : NULL, &time );
        ok( ret == tests[i].expect && WSAGetLastError() == ( ret == 1 ? 0 : WSAENOTSOCK ), "got %d, error %d\n", ret,
            WSAGetLastError() );
        for (j = 0; j < 3; j++)
            if (tests[i].purposes & 1 << j)
                ok( sets[j].fd_count == ( j ? 0 : 1 ), "set %u: got %u\n", j, sets[j].fd_count );
        WaitForSingleObject( thread, 3000 );
        CloseHandle( thread );
        closesocket( b );
        winetest_pop_context();
    }
}

/* Sets stay as they are if one has what isn't a socket. */
static void test_unchanged( void )
{
    SOCKET s = udp_socket( AF_INET ), closed = tcp_socket( AF_INET );
    fd_set sets[3];
    unsigned int i, j;

    closesocket( closed );
    for (i = 0; i < 3; i++)
    {
        for (j = 0; j < 3; j++)
        {
            FD_ZERO( &sets[j] );
            FD_SET( s, &sets[j] );
            if (i == j) FD_SET( closed, &sets[j] );
        }
        ok_error( select( 0, &sets[0], &sets[1], &sets[2], &moment ), WSAENOTSOCK );
        for (j = 0; j < 3; j++) ok( sets[j].fd_count == 1u + ( i == j ), "%u: got %u\n", i, sets[j].fd_count );
    }
    closesocket( s );
}

/* Urgent data in line has no second way, and nothing to wait for there. */
static void test_urgent_in_line( void )
{
    int on = TRUE;
    char buffer[4];
    fd_set read, except;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_success( setsockopt( a, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof( on ) ) );
    ok_error( recv( a, buffer, sizeof( buffer ), MSG_OOB ), WSAEINVAL );
    ok_call( send( b, "u", 1, MSG_OOB ), 1, 0 );
    ok( wait_readable( a, 1000 ), "no data\n" );
    ok_error( recv( a, buffer, sizeof( buffer ), MSG_OOB ), WSAEINVAL );
    FD_ZERO( &read );
    FD_SET( a, &read );
    except = read;
    ok_call( select( 0, &read, NULL, &except, &moment ), 1, 0 );
    ok( read.fd_count == 1 && !except.fd_count, "got %u, %u\n", read.fd_count, except.fd_count );
    ok_call( recv( a, buffer, sizeof( buffer ), 0 ), 1, 0 );
    closesocket( a );
    closesocket( b );
}

START_TEST( select_shared )
{
    start_winsock();
    test_same_set();
    test_duplicates();
    test_closed();
    test_unchanged();
    test_urgent_in_line();
    stop_winsock();
}
