/*
 * Ten thousand sockets in one process, and a select loop over a thousand of them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "large_sets.h"

enum
{
    COUNT = 10000,
    SELECTED = 1000,
    ROUNDS = 50
};

static SOCKET sockets[COUNT];
static union address addresses[COUNT];

static int make_all( void )
{
    int i, len;

    for (i = 0; i < COUNT; i++)
    {
        if (( sockets[i] = socket( AF_INET, SOCK_DGRAM, 0 ) ) == INVALID_SOCKET) break;
        len = loopback( &addresses[i], AF_INET, 0 );
        if (bind( sockets[i], &addresses[i].any, len ) || getsockname( sockets[i], &addresses[i].any, &len ))
        {
            closesocket( sockets[i] );
            break;
        }
    }
    return i;
}

/* The numbers of those that are ready must be those that have been sent to. */
static void test_loop( const SOCKET *selected, const union address *addrs, SOCKET sender )
{
    struct timeval timeout = { 5, 0 };
    BOOL sent[SELECTED] = { 0 };
    int round, i, j, ret, left;
    static fd_set set;
    char c;

    for (round = 0; round < ROUNDS; round++)
    {
        for (i = 0; i < 5; i++)
        {
            j = ( round * 37 + i * 199 ) % SELECTED;
            if (sent[j]) continue;
            sent[j] = TRUE;
            ok_call( sendto( sender, "x", 1, 0, &addrs[j].any, sizeof( addrs[j].v4 ) ), 1, 0 );
        }
        for (left = 5; left; left -= ret)
        {
            FD_ZERO( &set );
            for (i = 0; i < SELECTED; i++) set.fd_array[set.fd_count++] = selected[i];
            ret = select( 0, &set, NULL, NULL, &timeout );
            ok( ret > 0 && ret == (int)set.fd_count && ret <= left, "round %d: got %d of %d, error %d\n", round, ret,
                left, WSAGetLastError() );
            if (ret <= 0) return;
            /* in the program's order */
            for (i = j = 0; i < SELECTED && j < ret; i++)
            {
                if (selected[i] != set.fd_array[j]) continue;
                ok( sent[i], "round %d: %d is ready\n", round, i );
                sent[i] = FALSE;
                ok_call( recv( selected[i], &c, 1, 0 ), 1, 0 );
                j++;
            }
            ok( j == ret, "round %d: not in order\n", round );
        }
    }
    timeout.tv_sec = 0;
    FD_ZERO( &set );
    for (i = 0; i < SELECTED; i++) set.fd_array[set.fd_count++] = selected[i];
    ok_call( select( 0, &set, NULL, NULL, &timeout ), 0, 0 );
}

START_TEST( many )
{
    SOCKET sender;
    int count, i;

    start_winsock();
    sender = udp_socket( AF_INET );
    count = make_all();
    trace( "%d sockets\n", count );
    if (count < COUNT) skip( "the host allows %d sockets only\n", count );
    if (count >= SELECTED)
    {
        test_loop( sockets, addresses, sender );
        test_loop( sockets + count - SELECTED, addresses + count - SELECTED, sender );
    }
    for (i = 0; i < count; i++) ok_success( closesocket( sockets[i] ) );
    closesocket( sender );
    stop_winsock();
}
