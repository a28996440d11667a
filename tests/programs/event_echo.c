/*
 * An echo server on WSAEventSelect and WSAEnumNetworkEvents
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: event_echo
 * Prints: PORT n. At most 63 connections at a time. Ends with a connection whose first byte is 'q'.
 */

#include "net.h"

#define SIZE 16384

/* the first is the listener */
static SOCKET sockets[WSA_MAXIMUM_WAIT_EVENTS];
static WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS];
static DWORD count;

static void add( SOCKET s, long mask )
{
    sockets[count] = s;
    events[count] = WSACreateEvent();
    if (WSAEventSelect( s, events[count], mask )) exit( 1 );
    count++;
}

static void drop( DWORD index )
{
    closesocket( sockets[index] );
    WSACloseEvent( events[index] );
    count--;
    sockets[index] = sockets[count];
    events[index] = events[count];
}

/* A wait returns the first signalled event of the array. So a socket that has been served moves to the end, or the
 * last ones might wait for ever. */
static void move_to_end( DWORD index )
{
    SOCKET s = sockets[index];
    WSAEVENT event = events[index];
    DWORD left = count - index - 1;

    memmove( sockets + index, sockets + index + 1, left * sizeof( *sockets ) );
    memmove( events + index, events + index + 1, left * sizeof( *events ) );
    sockets[count - 1] = s;
    events[count - 1] = event;
}

/* Echoes what has arrived. Messages are echoed whole, because the load generator waits for them. FALSE at the end of
 * the connection. */
static BOOL echo( SOCKET s )
{
    static char data[SIZE];
    int got, sent, ret;

    if (( got = recv( s, data, SIZE, 0 ) ) <= 0) return got == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK;
    if (data[0] == 'q') ExitProcess( 0 );
    for (sent = 0; sent < got; sent += ret)
    {
        if (( ret = send( s, data + sent, got - sent, 0 ) ) > 0) continue;
        if (WSAGetLastError() != WSAEWOULDBLOCK) return FALSE;
        ret = 0;
        SwitchToThread();
    }
    return TRUE;
}

int main( void )
{
    WSANETWORKEVENTS network_events;
    int number;
    DWORD i;

    net_start();
    add( net_listen( &number ), FD_ACCEPT );
    printf( "PORT %d\n", number );
    fflush( stdout );
    for (;;)
    {
        DWORD first = WSAWaitForMultipleEvents( count, events, FALSE, WSA_INFINITE, FALSE );

        if (first == WSA_WAIT_FAILED) return 1;
        /* others of the array may be signalled, too; the next wait returns them */
        i = first - WSA_WAIT_EVENT_0;
        if (WSAEnumNetworkEvents( sockets[i], events[i], &network_events )) return 1;
        if (!i)
        {
            SOCKET s = accept( sockets[0], NULL, NULL );

            if (s == INVALID_SOCKET) continue;
            if (count == WSA_MAXIMUM_WAIT_EVENTS) closesocket( s );
            else
            {
                set_nodelay( s );
                add( s, FD_READ | FD_CLOSE );
            }
        }
        else if (!echo( sockets[i] ) || network_events.lNetworkEvents & FD_CLOSE) drop( i );
        else move_to_end( i );
    }
}
