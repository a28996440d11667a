/*
 * Events of WSAEventSelect with a peer that answers at once, or a little later: each answer is reported
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static SOCKET a, b;
static HANDLE event;

static DWORD WINAPI answer( void *arg )
{
    SOCKET s = (SOCKET)arg;
    unsigned int spin, number = 1;
    volatile unsigned int i;
    char c;

    while (recv( s, &c, 1, 0 ) == 1)
    {
        number = number * 1103515245 + 12345;
        spin = ( number >> 16 ) % 3000;
        if (!( number >> 28 )) SwitchToThread();
        for (i = 0; i < spin; i++) /* a little */
            ;
        if (send( s, &c, 1, 0 ) != 1) break;
    }
    return 0;
}

static DWORD wait_messages( DWORD count, const HANDLE *handles )
{
    return MsgWaitForMultipleObjects( count, handles, FALSE, 20000, 0 );
}

static DWORD wait_objects( DWORD count, const HANDLE *handles )
{
    return WaitForMultipleObjects( count, handles, FALSE, 20000 );
}

static DWORD wait_alerted( DWORD count, const HANDLE *handles )
{
    return WaitForMultipleObjectsEx( count, handles, FALSE, 20000, TRUE );
}

static void test_rounds( void )
{
    static DWORD ( *const ways[] )( DWORD count, const HANDLE *handles )
        = { wait_objects, wait_alerted, wait_messages };
    static const int pairs = 4, rounds = 3000;
    SOCKET ours[4], peers[4];
    HANDLE threads[4], events[4];
    WSANETWORKEVENTS found;
    int i, way, round, done, nothing, limit = by_afd() ? 300 : rounds;
    DWORD ret;
    char c;

    for (way = 0; way < (int)ARRAY_SIZE( ways ) + 1; way++)
    {
        winetest_push_context( "way %d", way );
        for (i = 0; i < pairs; i++)
        {
            tcp_pair( AF_INET, 0, &ours[i], &peers[i] );
            events[i] = WSACreateEvent();
            ok_success( WSAEventSelect( ours[i], events[i], FD_READ | FD_CLOSE ) );
            threads[i] = CreateThread( NULL, 0, answer, (void *)peers[i], 0, NULL );
            ok_call( send( ours[i], "x", 1, 0 ), 1, 0 );
        }
        for (round = done = nothing = 0; done < limit; round++)
        {
            /* one way for all, and any of them */
            ret = ways[way < (int)ARRAY_SIZE( ways ) ? way : ( round * 7 + done ) % (int)ARRAY_SIZE( ways )]( pairs,
                                                                                                              events );
            ok( ret < (DWORD)pairs, "round %d: got %lx\n", round, ret );
            if (ret >= (DWORD)pairs) break;
            ok_success( WSAEnumNetworkEvents( ours[ret], events[ret], &found ) );
            if (!found.lNetworkEvents)
            {
                nothing++;
                continue;
            }
            ok( found.lNetworkEvents == FD_READ, "got %lx\n", found.lNetworkEvents );
            ok_call( recv( ours[ret], &c, 1, 0 ), 1, 0 );
            ok_call( send( ours[ret], &c, 1, 0 ), 1, 0 );
            done++;
        }
        ok( nothing <= done, "%d events with nothing in %d\n", nothing, done );
        for (i = 0; i < pairs; i++) closesocket( ours[i] );
        ok( !WaitForMultipleObjects( pairs, threads, TRUE, 20000 ), "the peers don't end\n" );
        for (i = 0; i < pairs; i++)
        {
            closesocket( peers[i] );
            CloseHandle( threads[i] );
            WSACloseEvent( events[i] );
        }
        winetest_pop_context();
    }
}

/* Two threads wait for the same event; the one that finds data receives it. */
static volatile LONG taken;

static DWORD WINAPI take( void *arg )
{
    WSANETWORKEVENTS events;
    LONG limit = (LONG)(LONG_PTR)arg;
    char c;

    while (taken < limit)
    {
        if (WaitForSingleObject( event, 20000 )) return 1;
        if (WSAEnumNetworkEvents( b, event, &events )) return 2;
        if (events.lNetworkEvents & FD_READ)
            while (recv( b, &c, 1, 0 ) == 1)
            {
                InterlockedIncrement( &taken );
                if (send( b, &c, 1, 0 ) != 1) return 3;
            }
    }
    SetEvent( event ); /* for the other */
    return 0;
}

static void test_two( void )
{
    LONG limit = 5000;
    HANDLE threads[2], peer;
    DWORD code;
    int i;

    taken = 0;
    event = WSACreateEvent();
    ok_success( WSAEventSelect( b, event, FD_READ ) );
    peer = CreateThread( NULL, 0, answer, (void *)a, 0, NULL );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    for (i = 0; i < 2; i++) threads[i] = CreateThread( NULL, 0, take, (void *)(LONG_PTR)limit, 0, NULL );
    for (i = 0; i < 2; i++)
    {
        ok( !WaitForSingleObject( threads[i], 60000 ), "it hangs\n" );
        GetExitCodeThread( threads[i], &code );
        ok( !code, "got %lu after %ld\n", code, taken );
        CloseHandle( threads[i] );
    }
    closesocket( b );
    ok( !WaitForSingleObject( peer, 20000 ), "the peer doesn't end\n" );
    CloseHandle( peer );
    WSACloseEvent( event );
}

START_TEST( event_rounds )
{
    start_winsock();
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    test_rounds();
    if (by_afd()) skip( "the wineserver can lose an event of which two threads receive\n" );
    else test_two();
    closesocket( a );
    stop_winsock();
}
