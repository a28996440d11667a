/*
 * select and WSAPoll over many sockets of all kinds, again and again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one call says of a hundred sockets must be what a call for each of them says, whatever has happened to them
 * since the last one.
 */

#include "large_sets.h"

#define COUNT  100
#define READ   1
#define WRITE  2
#define EXCEPT 4

static SOCKET ours[COUNT], peers[COUNT];
static unsigned int seed;

static unsigned int random_below( unsigned int limit )
{
    seed = seed * 1103515245 + 12345;
    return ( seed >> 8 ) % limit;
}

static void make( int i )
{
    SOCKET listener;
    union address addr;
    int len;

    switch (i % 10)
    {
    case 8: udp_pair( AF_INET, &ours[i], &peers[i] ); break;
    case 9: /* a listener; its peer may connect */
        ours[i] = tcp_listener( AF_INET, &addr, &len );
        peers[i] = tcp_socket( AF_INET );
        set_blocking( peers[i], FALSE );
        break;
    default:
        listener = tcp_listener( AF_INET, &addr, &len );
        peers[i] = tcp_socket( AF_INET );
        connect( peers[i], &addr.any, len );
        ours[i] = accept( listener, NULL, NULL );
        closesocket( listener );
        set_blocking( peers[i], FALSE );
    }
    set_blocking( ours[i], FALSE );
}

static void unmake( int i )
{
    closesocket( ours[i] );
    closesocket( peers[i] );
}

/* Something that changes what a socket is ready for, or doesn't. */
static void change( int i )
{
    static char buffer[65536];
    struct linger linger = { 1, 0 };
    union address addr;
    int len = sizeof( addr );

    switch (random_below( 16 ))
    {
    case 0:
    case 1:
    case 2:
    case 3:
        if (i % 10 != 9) send( peers[i], buffer, 1 + random_below( 2000 ), 0 );
        else if (!getsockname( ours[i], &addr.any, &len )) connect( peers[i], &addr.any, len );
        break;
    case 4:
    case 5:
    case 6:
    case 7:
        if (i % 10 != 9) recv( ours[i], buffer, 1 + random_below( 3000 ), 0 );
        else closesocket( accept( ours[i], NULL, NULL ) );
        break;
    case 8:
        while (i % 10 < 8 && send( ours[i], buffer, sizeof( buffer ), 0 ) > 0) /* nothing */
            ;
        break;
    case 9:
        while (i % 10 < 8 && recv( peers[i], buffer, sizeof( buffer ), 0 ) > 0) /* nothing */
            ;
        break;
    case 10:
        if (i % 10 < 8) send( peers[i], "!", 1, MSG_OOB );
        break;
    case 11:
        if (i % 10 < 8) shutdown( peers[i], SD_SEND );
        break;
    case 12:
        if (i % 10 < 8) shutdown( ours[i], random_below( 3 ) );
        break;
    case 13:
        setsockopt( peers[i], SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
        closesocket( peers[i] );
        peers[i] = i % 10 == 8 ? udp_socket( AF_INET ) : tcp_socket( AF_INET );
        set_blocking( peers[i], FALSE );
        break;
    default: unmake( i ); make( i );
    }
}

/* Of one alone. */
static int sets_of( SOCKET s, int wanted )
{
    struct timeval timeout = { 0, 0 };
    fd_set sets[3];
    int i, result = 0;

    for (i = 0; i < 3; i++)
    {
        FD_ZERO( &sets[i] );
        if (wanted & 1 << i) FD_SET( s, &sets[i] );
    }
    if (select( 0, &sets[0], &sets[1], &sets[2], &timeout ) == SOCKET_ERROR) return -1;
    for (i = 0; i < 3; i++)
        if (FD_ISSET( s, &sets[i] )) result |= 1 << i;
    return result;
}

static int poll_of( SOCKET s, int events )
{
    WSAPOLLFD fd = { s, events, 0 };

    return WSAPoll( &fd, 1, 0 ) == SOCKET_ERROR ? -1 : fd.revents;
}

/* One look at many. wanted: a set of sets for each. */
static void select_all( const int *wanted, int *got, BOOL twice )
{
    struct timeval timeout = { 0, 0 };
    fd_set sets[3];
    int i, j, ret, expect = 0;

    for (i = 0; i < 3; i++) FD_ZERO( &sets[i] );
    for (j = 0; j < COUNT; j++)
        for (i = 0; i < 3; i++)
            if (wanted[j] & 1 << i) sets[i].fd_array[sets[i].fd_count++] = ours[j];
    if (twice) /* the first one once more; FD_SET would not */
        for (i = 0; i < 3; i++)
            if (sets[i].fd_count) sets[i].fd_array[sets[i].fd_count++] = sets[i].fd_array[0];
    ret = select( 0, &sets[0], &sets[1], &sets[2], &timeout );
    ok( ret >= 0, "select failed, error %d\n", WSAGetLastError() );
    for (i = 0; i < 3; i++) expect += sets[i].fd_count;
    ok( ret == expect, "select returned %d, has %d in its sets\n", ret, expect );
    for (j = 0; j < COUNT; j++)
        for (i = got[j] = 0; i < 3; i++)
            if (FD_ISSET( ours[j], &sets[i] )) got[j] |= 1 << i;
}

static void poll_all( const int *wanted, int *got )
{
    WSAPOLLFD fds[COUNT];
    int j, ret, expect = 0;

    for (j = 0; j < COUNT; j++)
    {
        fds[j].fd = wanted[j] ? ours[j] : INVALID_SOCKET;
        fds[j].events = ( wanted[j] & READ ? POLLRDNORM : 0 ) | ( wanted[j] & WRITE ? POLLWRNORM : 0 )
                        | ( wanted[j] & EXCEPT ? POLLRDBAND : 0 );
        fds[j].revents = 0;
    }
    ret = WSAPoll( fds, COUNT, 0 );
    ok( ret >= 0, "WSAPoll failed, error %d\n", WSAGetLastError() );
    for (j = 0; j < COUNT; j++)
    {
        got[j] = wanted[j] ? fds[j].revents : 0;
        if (got[j]) expect++;
    }
    ok( ret == expect, "WSAPoll returned %d, has %d\n", ret, expect );
}

static void test_model( void )
{
    int wanted[COUNT], got[COUNT], expect = 0, round, i, tries, changes;

    seed = 4711;
    for (i = 0; i < COUNT; i++) make( i );
    for (round = 0; round < 400; round++)
    {
        BOOL polled = round & 1, twice = !random_below( 4 );

        winetest_push_context( "round %d, %s", round, polled ? "WSAPoll" : "select" );
        /* long stretches of the same sets, as a program has, some of single sockets; then quite other ones */
        if (!( round % 40 ))
            for (i = 0; i < COUNT; i++) wanted[i] = random_below( 5 ) ? READ | random_below( 8 ) : random_below( 8 );
        else
            for (i = 0; i < 4; i++) wanted[random_below( COUNT )] = random_below( 8 );
        for (changes = random_below( 12 ); changes; changes--) change( random_below( COUNT ) );
        for (i = tries = 0; tries < 100; tries++)
        {
            if (polled) poll_all( wanted, got );
            else select_all( wanted, got, twice );
            for (i = 0; i < COUNT; i++)
            {
                int events = ( wanted[i] & READ ? POLLRDNORM : 0 ) | ( wanted[i] & WRITE ? POLLWRNORM : 0 )
                             | ( wanted[i] & EXCEPT ? POLLRDBAND : 0 );

                expect = !wanted[i] ? 0 : polled ? poll_of( ours[i], events ) : sets_of( ours[i], wanted[i] );
                if (got[i] != expect) break;
            }
            if (i == COUNT) break;
            Sleep( 10 ); /* it may have changed between the two */
        }
        ok( i == COUNT, "socket %d, asked for %d: got %x, alone %x\n", i, i < COUNT ? wanted[i] : 0,
            i < COUNT ? got[i] : 0, expect );
        winetest_pop_context();
    }
    for (i = 0; i < COUNT; i++) unmake( i );
}

START_TEST( select_sets )
{
    start_winsock();
    test_model();
    stop_winsock();
}
