/*
 * How many connections a process gets whose descriptors are limited
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: descriptors server COUNT | client COUNT PORT | both COUNT | udp COUNT
 * server, client: one end of the connections each, in two processes
 * both            both ends in one process
 * udp             sockets that send to themselves
 * On each connection data goes both ways. Once all of them, or as many as there can be, are open, an overlapped receive
 * waits on each, and data comes for it.
 * Prints: PORT of the server, and RESULT: how many were opened, on how many the receive came to its end, and what
 * failed first (nothing, or a function and its error)
 */

#include "net.h"

struct end
{
    SOCKET s;
    WSAOVERLAPPED ov;
    char data[4];
};

static struct end *near_ends, *far_ends; /* the far ones receive at last */
static const char *failed = "nothing";
static int failure;

static BOOL failed_in( const char *what )
{
    if (!failure)
    {
        failed = what;
        failure = WSAGetLastError();
    }
    return FALSE;
}

static BOOL pass( SOCKET from, SOCKET to )
{
    char data = 'x';

    if (from != INVALID_SOCKET && send( from, &data, 1, 0 ) != 1) return failed_in( "send" );
    data = 'x';
    if (to != INVALID_SOCKET && ( recv( to, &data, 1, 0 ) != 1 || data != 'x' )) return failed_in( "recv" );
    return TRUE;
}

/* A call that needs a descriptor for a moment. */
static BOOL set_option( SOCKET s )
{
    DWORD time = 20000;
    u_long unread;

    if (setsockopt( s, SOL_SOCKET, SO_RCVTIMEO, (char *)&time, sizeof( time ) )) return failed_in( "setsockopt" );
    return !ioctlsocket( s, FIONREAD, &unread ) || failed_in( "FIONREAD" );
}

static BOOL connect_end( struct end *end, int port )
{
    struct sockaddr_in addr = loopback( port );

    if (( end->s = socket( AF_INET, SOCK_STREAM, 0 ) ) == INVALID_SOCKET) return failed_in( "socket" );
    return !connect( end->s, (struct sockaddr *)&addr, sizeof( addr ) ) || failed_in( "connect" );
}

static BOOL accept_end( struct end *end, SOCKET listener )
{
    return ( end->s = accept( listener, NULL, NULL ) ) != INVALID_SOCKET || failed_in( "accept" );
}

/* what it sends comes back to itself */
static BOOL bind_end( struct end *end )
{
    struct sockaddr_in addr = loopback( 0 );
    int len = sizeof( addr );

    if (( end->s = socket( AF_INET, SOCK_DGRAM, 0 ) ) == INVALID_SOCKET) return failed_in( "socket" );
    if (bind( end->s, (struct sockaddr *)&addr, sizeof( addr ) )) return failed_in( "bind" );
    if (getsockname( end->s, (struct sockaddr *)&addr, &len )) return failed_in( "getsockname" );
    if (connect( end->s, (struct sockaddr *)&addr, sizeof( addr ) )) return failed_in( "connect" );
    return pass( end->s, end->s );
}

static BOOL begin_receive( struct end *end )
{
    WSABUF buffer = { 1, end->data };
    DWORD flags = 0;

    if (!( end->ov.hEvent = WSACreateEvent() )) return failed_in( "WSACreateEvent" );
    return !WSARecv( end->s, &buffer, 1, NULL, &flags, &end->ov, NULL ) || WSAGetLastError() == WSA_IO_PENDING
           || failed_in( "WSARecv" );
}

static BOOL end_receive( struct end *end )
{
    DWORD size = 0, flags;

    if (WSAWaitForMultipleEvents( 1, &end->ov.hEvent, TRUE, 10000, FALSE ) != WSA_WAIT_EVENT_0)
        return failed_in( "wait" );
    return ( WSAGetOverlappedResult( end->s, &end->ov, &size, FALSE, &flags ) && size == 1 && end->data[0] == 'y' )
           || failed_in( "WSARecv's end" );
}

int main( int argc, char **argv )
{
    int i, count, opened, ended = 0, port = 0;
    SOCKET listener = INVALID_SOCKET;
    const char *kind;

    if (argc < 3) return 2;
    kind = argv[1];
    count = atoi( argv[2] );
    near_ends = calloc( count, sizeof( *near_ends ) );
    far_ends = calloc( count, sizeof( *far_ends ) );
    if (!near_ends || !far_ends) return 3;
    net_start();
    if (!strcmp( kind, "client" )) port = atoi( argv[3] );
    else if (strcmp( kind, "udp" )) listener = net_listen( &port );
    if (!strcmp( kind, "server" )) printf( "PORT %d\n", port );
    fflush( stdout );

    for (opened = 0; opened < count; opened++)
    {
        struct end *near_end = &near_ends[opened], *far_end = &far_ends[opened];

        if (!strcmp( kind, "udp" ))
        {
            if (!bind_end( far_end )) break;
            near_end->s = far_end->s;
        }
        else if (!strcmp( kind, "server" ))
        {
            if (!accept_end( far_end, listener ) || !pass( INVALID_SOCKET, far_end->s )
                || !pass( far_end->s, INVALID_SOCKET ))
                break;
        }
        else if (!strcmp( kind, "client" ))
        {
            if (!connect_end( near_end, port ) || !pass( near_end->s, INVALID_SOCKET )
                || !pass( INVALID_SOCKET, near_end->s ))
                break;
        }
        else if (!connect_end( near_end, port ) || !accept_end( far_end, listener ) || !pass( near_end->s, far_end->s )
                 || !pass( far_end->s, near_end->s ))
            break;
    }
    if (!strcmp( kind, "server" )) closesocket( listener ); /* so that the client gets an error instead of waiting */

    if (strcmp( kind, "client" ))
        for (i = 0; i < opened; i++)
            if (!begin_receive( &far_ends[i] )) break;
    if (!strcmp( kind, "server" ))
        for (i = 0; i < opened; i++) send( far_ends[i].s, "z", 1, 0 ); /* the client may go on */
    if (!strcmp( kind, "client" ))
        for (i = 0; i < opened; i++)
        {
            char data;

            recv( near_ends[i].s, &data, 1, 0 );
        }
    for (i = 0; i < opened; i++)
    {
        if (strcmp( kind, "server" )) send( near_ends[i].s, "y", 1, 0 );
        if (!strcmp( kind, "client" )) ended++;
        else if (end_receive( &far_ends[i] ) && set_option( far_ends[i].s )) ended++;
    }
    if (!strcmp( kind, "client" )) recv( near_ends[0].s, (char *)&port, 1, 0 ); /* the server has ended */
    printf( "RESULT %d %d %s %d\n", opened, ended, failed, failure );
    return 0;
}
