/*
 * select and WSAPoll: which events there are for what
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "select function" (its three lists of what ends a wait) and "WSAPoll function" (its table of flags).
 */

#include "sockets.h"

#define READ   1
#define WRITE  2
#define EXCEPT 4

/* In which sets of select is the socket? -1 for an error. */
static int sets_of( SOCKET s, DWORD milliseconds )
{
    struct timeval timeout = { milliseconds / 1000, milliseconds % 1000 * 1000 };
    fd_set sets[3];
    int i, ret, result = 0;

    for (i = 0; i < 3; i++)
    {
        FD_ZERO( &sets[i] );
        FD_SET( s, &sets[i] );
    }
    if (( ret = select( 0, &sets[0], &sets[1], &sets[2], &timeout ) ) == SOCKET_ERROR) return -1;
    for (i = 0; i < 3; i++)
        if (FD_ISSET( s, &sets[i] )) result |= 1 << i;
    ok( ret == !!( result & READ ) + !!( result & WRITE ) + !!( result & EXCEPT ), "select returned %d for %x\n", ret,
        result );
    return result;
}

static int poll_of( SOCKET s, int events, DWORD milliseconds )
{
    WSAPOLLFD fd = { s, events, 0x7fff };
    int ret = WSAPoll( &fd, 1, milliseconds );

    if (ret == SOCKET_ERROR) return -1;
    ok( ret == !!fd.revents, "WSAPoll returned %d for %x\n", ret, fd.revents );
    return fd.revents;
}

/* until it is as it should be, as what the peer does takes a moment */
static void check_line( unsigned int line, SOCKET s, int sets, int events )
{
    int i, got_sets = -1, got_events = -1;

    for (i = 0; i < 50; i++)
    {
        got_sets = sets_of( s, 0 );
        got_events = poll_of( s, POLLIN | POLLOUT, 0 );
        if (got_sets == sets && got_events == events) break;
        Sleep( 10 );
    }
    ok_( __FILE__, line )( got_sets == sets, "select has it in sets %x, expected %x\n", got_sets, sets );
    todo_wine_if( stock && got_events != events )
        ok_( __FILE__, line )( got_events == events, "WSAPoll has %x, expected %x\n", got_events, events );
}
#define check( s, sets, events ) check_line( __LINE__, s, sets, events )

static void test_connection( int family )
{
    SOCKET a, b, s, listener, client;
    struct linger linger = { 1, 0 };
    union address addr;
    int len, on = 1, sent;
    char buffer[8];

    winetest_push_context( "%s", family_name( family ) );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    check( b, WRITE, POLLOUT );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    check( b, READ | WRITE, POLLRDNORM | POLLOUT );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    check( b, WRITE, POLLOUT );

    /* urgent data: exceptional, unless it is in line */
    ok_call( send( a, "x", 1, MSG_OOB ), 1, 0 );
    check( b, WRITE | EXCEPT, POLLRDBAND | POLLOUT );
    ok_call( recv( b, buffer, sizeof( buffer ), MSG_OOB ), 1, 0 );
    check( b, WRITE, POLLOUT );
    closesocket( a );
    closesocket( b );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_success( setsockopt( b, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof( on ) ) );
    ok_call( send( a, "y", 1, MSG_OOB ), 1, 0 );
    check( b, READ | WRITE, POLLRDNORM | POLLOUT );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 1, 0 );
    ok( buffer[0] == 'y', "got %02x\n", buffer[0] );

    /* no room */
    set_blocking( a, FALSE );
    sent = fill_send_buffer( a );
    check( a, 0, 0 );
    ok_call( drain( b, sent ), sent, 0 );
    check( a, WRITE, POLLOUT );

    /* the peer ends its side, then both are over */
    ok_success( shutdown( a, SD_SEND ) );
    check( b, READ | WRITE, POLLHUP | POLLOUT );
    check( a, WRITE, POLLOUT );
    closesocket( b );
    closesocket( a );

    /* data before the end */
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    closesocket( a );
    check( b, READ | WRITE, POLLRDNORM | POLLOUT );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    check( b, READ | WRITE, POLLHUP | POLLOUT );
    closesocket( b );

    /* a reset */
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &a, &b );
    ok_success( setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
    closesocket( a );
    check( b, READ | WRITE, POLLHUP | POLLERR | POLLOUT );
    ok_docs_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAECONNRESET );
    closesocket( b );

    /* listening */
    listener = tcp_listener( family, &addr, &len );
    check( listener, 0, 0 );
    client = tcp_socket( family );
    ok_success( connect( client, &addr.any, len ) );
    check( listener, READ, POLLRDNORM );
    s = accept( listener, NULL, NULL );
    check( listener, 0, 0 );
    check( s, WRITE, POLLOUT );
    closesocket( s );
    closesocket( client );
    closesocket( listener );
    winetest_pop_context();
}

/* Attempts: they write when they have succeeded, and are exceptional when they have failed. */
static void test_attempt( int family )
{
    SOCKET s, holder;
    union address addr;
    int len, i, events = 0;

    winetest_push_context( "%s", family_name( family ) );
    holder = tcp_listener( family, &addr, &len );
    s = tcp_socket( family );
    set_blocking( s, FALSE );
    ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
    check( s, WRITE, POLLOUT );
    closesocket( s );
    closesocket( holder );

    /* nobody listens there; "As of Windows 10 version 2004, when a TCP socket fails to connect, (POLLHUP | POLLERR |
     * POLLWRNORM) is indicated." */
    holder = tcp_socket( family );
    len = loopback( &addr, family, 0 );
    ok_success( bind( holder, &addr.any, len ) );
    ok_success( getsockname( holder, &addr.any, &len ) );
    s = tcp_socket( family );
    set_blocking( s, FALSE );
    ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
    for (i = 0; i < 50 && !events; i++) events = poll_of( s, POLLIN | POLLOUT, 100 );
    ok_unless_stock( events == ( POLLHUP | POLLERR | POLLWRNORM ), "got %x\n", events );
    ok( sets_of( s, 1000 ) == EXCEPT, "got sets %x\n", sets_of( s, 0 ) );
    closesocket( s );

    /* neither connected nor trying */
    s = tcp_socket( family );
    ok( !sets_of( s, 0 ), "got sets %x\n", sets_of( s, 0 ) );
    closesocket( s );
    closesocket( holder );
    winetest_pop_context();
}

static void test_datagrams( int family )
{
    SOCKET a, b, s;
    char buffer[8];

    winetest_push_context( "%s", family_name( family ) );
    s = udp_socket( family );
    check( s, WRITE, POLLOUT );
    closesocket( s );
    udp_pair( family, &a, &b );
    check( b, WRITE, POLLOUT );
    ok_call( send( a, "", 0, 0 ), 0, 0 );
    check( b, READ | WRITE, POLLRDNORM | POLLOUT );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 0, 0 );
    check( b, WRITE, POLLOUT );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* What isn't a socket, any more or at all: WSAPoll says so, but doesn't count it, and fails if there is nothing else.
 * And flags that nobody can ask for. */
static void test_others( void )
{
    HANDLE event = CreateEventA( NULL, TRUE, TRUE, NULL );
    SOCKET s = udp_socket( AF_INET ), closed = tcp_socket( AF_INET );
    SOCKET bad[] = { closed, (SOCKET)event, 0x7777770, INVALID_SOCKET, (SOCKET)-5 };
    WSAPOLLFD fds[2];
    unsigned int i;

    closesocket( closed );
    for (i = 0; i < ARRAY_SIZE( bad ); i++)
    {
        winetest_push_context( "%u", i );
        ok_error( sets_of( bad[i], 0 ), WSAENOTSOCK );
        fds[0].fd = s;
        fds[1].fd = bad[i];
        fds[0].events = fds[1].events = POLLOUT;
        ok_call( WSAPoll( fds, 2, 0 ), 1, 0 );
        ok( fds[0].revents == POLLOUT && fds[1].revents == POLLNVAL, "got %x, %x\n", fds[0].revents, fds[1].revents );
        fds[0].events = POLLIN;
        ok_call( WSAPoll( fds, 2, 50 ), 0, 0 );
        ok( !fds[0].revents && fds[1].revents == POLLNVAL, "got %x, %x\n", fds[0].revents, fds[1].revents );
        fds[0].fd = bad[i];
        ok_error( WSAPoll( fds, 2, 50 ), WSAENOTSOCK );
        ok( fds[0].revents == POLLNVAL && fds[1].revents == POLLNVAL, "got %x, %x\n", fds[0].revents, fds[1].revents );
        winetest_pop_context();
    }
    /* flags that are reported only, not requested */
    ok( !poll_of( s, POLLERR | POLLHUP | POLLNVAL, 0 ), "got something\n" );
    closesocket( s );
    CloseHandle( event );
}

/* Neither early nor late; the best of some, as others use the processors too */
static void test_timeouts( void )
{
    static const int milliseconds[] = { 1, 3, 15, 40 };
    LARGE_INTEGER start, end, frequency;
    unsigned int i, j, way;
    SOCKET a, b;

    QueryPerformanceFrequency( &frequency );
    tcp_socketpair( &a, &b );
    for (i = 0; i < ARRAY_SIZE( milliseconds ); i++)
    {
        for (way = 0; way < 2; way++)
        {
            double best = 1000, spent;

            for (j = 0; j < 20 && best > 1; j++)
            {
                struct timeval timeout = { 0, milliseconds[i] * 1000 };
                fd_set set;

                FD_ZERO( &set );
                FD_SET( b, &set );
                QueryPerformanceCounter( &start );
                if (way) ok( !poll_of( b, POLLIN, milliseconds[i] ), "readable\n" );
                else ok_call( select( 0, &set, NULL, NULL, &timeout ), 0, 0 );
                QueryPerformanceCounter( &end );
                spent = ( end.QuadPart - start.QuadPart ) * 1000. / frequency.QuadPart - milliseconds[i];
                ok( spent > -0.5, "%s, %d ms: %d us early\n", way ? "WSAPoll" : "select", milliseconds[i],
                    (int)( -spent * 1000 ) );
                if (spent < best) best = spent;
            }
            ok_unless_stock( best < 2, "%s, %d ms: %d us late\n", way ? "WSAPoll" : "select", milliseconds[i],
                             (int)( best * 1000 ) );
        }
    }
    closesocket( a );
    closesocket( b );
}

START_TEST( select_rules )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_connection( families[i] );
        test_attempt( families[i] );
        test_datagrams( families[i] );
    }
    test_others();
    test_timeouts();
    stop_winsock();
}
