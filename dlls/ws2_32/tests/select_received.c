/*
 * Data that a waiting receive takes: select and WSAPoll don't report it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define ROUNDS 10

struct round
{
    SOCKET s, peer;
    const char *data;
    WSAOVERLAPPED ov;
    char got;
};

static int wait_by_select( SOCKET s, int milliseconds )
{
    struct timeval time = { milliseconds / 1000, milliseconds % 1000 * 1000 };
    fd_set set;

    FD_ZERO( &set );
    FD_SET( s, &set );
    return select( 0, &set, NULL, NULL, &time );
}

static int wait_by_poll( SOCKET s, int milliseconds )
{
    WSAPOLLFD poll = { .fd = s, .events = POLLRDNORM };

    return WSAPoll( &poll, 1, milliseconds );
}

static DWORD WINAPI send_later( void *arg )
{
    const struct round *round = arg;

    Sleep( 10 );
    send( round->peer, round->data, strlen( round->data ), 0 );
    return 0;
}

static DWORD WINAPI receive_blocked( void *arg )
{
    struct round *round = arg;

    ok_call( recv( round->s, &round->got, 1, 0 ), 1, 0 );
    WSASetEvent( round->ov.hEvent );
    return 0;
}

static const struct
{
    const char *name;
    int ( *wait )( SOCKET s, int milliseconds );
    BOOL blocked;
    const char *data; /* the receive takes the first */
} waits[] = {
    { "select, overlapped", wait_by_select, FALSE, "a" }, { "WSAPoll, overlapped", wait_by_poll, FALSE, "a" },
    { "select, blocked", wait_by_select, TRUE, "a" },     { "WSAPoll, blocked", wait_by_poll, TRUE, "a" },
    { "select, more data", wait_by_select, FALSE, "ab" }, { "WSAPoll, more data", wait_by_poll, FALSE, "ab" },
    { "blocked, more data", wait_by_select, TRUE, "ab" },
};

static void test_wait( unsigned int i )
{
    struct round round = { .data = waits[i].data, .ov.hEvent = WSACreateEvent() };
    int n, expect = waits[i].data[1] != 0, wrong = 0;
    HANDLE threads[2] = { NULL };
    char rest;

    winetest_push_context( "%s", waits[i].name );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &round.s, &round.peer );
    set_timeout( round.s, 10000 );
    for (n = 0; n < ROUNDS; n++)
    {
        WSAResetEvent( round.ov.hEvent );
        if (waits[i].blocked)
        {
            threads[1] = CreateThread( NULL, 0, receive_blocked, &round, 0, NULL );
            Sleep( 100 ); /* until it blocks */
        }
        else
            ok( begin_recv( round.s, &round.got, 1, &round.ov, NULL ) == WSA_IO_PENDING, "error %d\n",
                WSAGetLastError() );
        threads[0] = CreateThread( NULL, 0, send_later, &round, 0, NULL );
        /* a busy machine may be late with the data */
        if (waits[i].wait( round.s, expect ? 10000 : 60 ) != expect) wrong++;
        ok( !WaitForSingleObject( round.ov.hEvent, 10000 ) && round.got == 'a', "got %c\n", round.got );
        if (expect) ok( recv( round.s, &rest, 1, 0 ) == 1 && rest == 'b', "got %c\n", rest );
        WaitForMultipleObjects( waits[i].blocked ? 2 : 1, threads, TRUE, 10000 );
        CloseHandle( threads[0] );
        if (waits[i].blocked) CloseHandle( threads[1] );
    }
    ok( !wrong, "%d of %d\n", wrong, ROUNDS );
    closesocket( round.s );
    closesocket( round.peer );
    WSACloseEvent( round.ov.hEvent );
    winetest_pop_context();
}

START_TEST( select_received )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < ARRAY_SIZE( waits ); i++) test_wait( i );
    stop_winsock();
}
