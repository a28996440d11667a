/*
 * FD_READ while a call blocks that takes the data: only what it leaves is an event
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define ROUNDS 5

struct receiver
{
    SOCKET s;
    int len, got;
};

static DWORD WINAPI receiver_thread( void *arg )
{
    struct receiver *receiver = arg;
    char data[8];

    receiver->got = recv( receiver->s, data, receiver->len, 0 );
    return 0;
}

static void test_data( int sent, int taken )
{
    struct receiver receiver = { .len = taken };
    HANDLE thread, event = CreateEventW( NULL, TRUE, FALSE, NULL );
    WSANETWORKEVENTS events;
    SOCKET a, b;

    winetest_push_context( "%d of %d", taken, sent );
    tcp_socketpair( &a, &b );
    receiver.s = a;
    thread = CreateThread( NULL, 0, receiver_thread, &receiver, 0, NULL );
    ok( WaitForSingleObject( thread, 400 ) == WAIT_TIMEOUT, "the call doesn't block\n" );
    ok_success( WSAEventSelect( a, event, FD_READ | FD_CLOSE ) ); /* which makes later calls non-blocking */
    ok( WaitForSingleObject( thread, 20 ) == WAIT_TIMEOUT, "the call has ended\n" );
    ok_call( send( b, "12345678", sent, 0 ), sent, 0 );
    ok( !WaitForSingleObject( thread, 3000 ) && receiver.got == taken, "got %d\n", receiver.got );
    ok( WaitForSingleObject( event, sent > taken ? 3000 : 20 ) == ( sent > taken ? 0 : WAIT_TIMEOUT ),
        "the event is wrong\n" );
    ok_success( WSAEnumNetworkEvents( a, event, &events ) );
    ok( events.lNetworkEvents == ( sent > taken ? FD_READ : 0 ), "got %lx\n", events.lNetworkEvents );
    if (sent == taken)
    {
        /* the next data is one */
        ok_call( send( b, "1", 1, 0 ), 1, 0 );
        ok( !WaitForSingleObject( event, 3000 ), "no event\n" );
        ok_success( WSAEnumNetworkEvents( a, event, &events ) );
        ok( events.lNetworkEvents == FD_READ, "got %lx\n", events.lNetworkEvents );
    }
    CloseHandle( thread );
    CloseHandle( event );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

START_TEST( event_blocked )
{
    int i;

    start_winsock();
    for (i = 0; i < ROUNDS; i++)
    {
        test_data( 4, 4 );
        test_data( 8, 4 );
    }
    stop_winsock();
}
