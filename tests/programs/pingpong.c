/*
 * Round trips in one process: two threads, 64 bytes there and back
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: pingpong MODE COUNT
 * MODE: tcp         blocking send and recv
 *       udp         a datagram to oneself: sendto, then recvfrom, which finds it there
 *       would-block non-blocking recv with nothing there
 *       select      select of one socket, time-out 0
 *       event, port, routine, poll (Windows only): the receive is overlapped and completes so; poll waits in WSAGetOverlappedResult
 * Prints: RESULT microseconds per operation
 */

#include "net.h"

#define SIZE 64

static SOCKET near_end, far_end;

/* In a loop until the peer closes. */
THREAD_FUNC( echo, arg )
{
    char data[SIZE];

    (void)arg;
    while (recv_all( far_end, data, SIZE ) && send_all( far_end, data, SIZE )) ;
    return 0;
}

static void connect_pair( void )
{
    int port;
    SOCKET listener = net_listen( &port );

    near_end = net_connect( port );
    if ((far_end = accept( listener, NULL, NULL )) == INVALID_SOCKET) die( "accept" );
    set_nodelay( far_end );
    closesocket( listener );
}

static void run_tcp( int count )
{
    char data[SIZE] = "ping";

    while (count--)
        if (!send_all( near_end, data, SIZE ) || !recv_all( near_end, data, SIZE )) die( "ping-pong" );
}

static void run_udp( int count )
{
    struct sockaddr_in addr = loopback( 0 );
    socklen_t len = sizeof(addr);
    SOCKET s = socket( AF_INET, SOCK_DGRAM, 0 );
    char data[SIZE] = "ping";

    if (bind( s, (struct sockaddr *)&addr, sizeof(addr) ) || getsockname( s, (struct sockaddr *)&addr, &len )) die( "bind" );
    while (count--)
    {
        if (sendto( s, data, SIZE, 0, (struct sockaddr *)&addr, sizeof(addr) ) != SIZE) die( "sendto" );
        if (recvfrom( s, data, SIZE, 0, NULL, NULL ) != SIZE) die( "recvfrom" );
    }
}

static void run_would_block( int count )
{
    char data[SIZE];

    set_nonblocking( near_end );
    while (count--)
        if (recv( near_end, data, SIZE, 0 ) >= 0 || !would_block()) die( "recv" );
}

static void run_select( int count )
{
    struct timeval zero = { 0, 0 };
    fd_set set;

    while (count--)
    {
        FD_ZERO( &set );
        FD_SET( near_end, &set );
        if (select( (int)near_end + 1, &set, NULL, NULL, &zero )) die( "select" );
    }
}

#ifdef _WIN32

static volatile int routine_bytes;

static void CALLBACK routine( DWORD error, DWORD bytes, WSAOVERLAPPED *overlapped, DWORD flags )
{
    (void)overlapped; (void)flags;
    routine_bytes = error ? -1 : (int)bytes;
}

enum completion { BY_EVENT, BY_PORT, BY_ROUTINE, BY_POLL };

static void run_overlapped( int count, enum completion how )
{
    char out[SIZE] = "ping", in[SIZE];
    WSABUF buffer = { SIZE, in };
    WSAOVERLAPPED overlapped, *done;
    HANDLE port = NULL;
    DWORD bytes, flags;
    ULONG_PTR key;

    memset( &overlapped, 0, sizeof(overlapped) );
    if (how == BY_PORT) port = CreateIoCompletionPort( (HANDLE)near_end, NULL, 1, 0 );
    if (how == BY_EVENT || how == BY_POLL) overlapped.hEvent = WSACreateEvent();
    while (count--)
    {
        flags = 0;
        bytes = 0;
        routine_bytes = 0;
        if (WSARecv( near_end, &buffer, 1, NULL, &flags, &overlapped, how == BY_ROUTINE ? routine : NULL ) && WSAGetLastError() != WSA_IO_PENDING)
            die( "WSARecv" );
        if (!send_all( near_end, out, SIZE )) die( "send" );
        switch (how)
        {
        case BY_EVENT:
            if (WSAWaitForMultipleEvents( 1, &overlapped.hEvent, FALSE, 10000, FALSE ) != WSA_WAIT_EVENT_0) die( "wait" );
            WSAResetEvent( overlapped.hEvent );
            /* fall through */
        case BY_POLL:
            if (!WSAGetOverlappedResult( near_end, &overlapped, &bytes, how == BY_POLL, &flags )) die( "WSAGetOverlappedResult" );
            break;
        case BY_PORT:
            if (!GetQueuedCompletionStatus( port, &bytes, &key, &done, 10000 )) die( "GetQueuedCompletionStatus" );
            break;
        case BY_ROUTINE:
            while (!routine_bytes) SleepEx( 10000, TRUE );
            bytes = routine_bytes;
            break;
        }
        if (bytes != SIZE) die( "size" );
    }
}

#endif

int main( int argc, char **argv )
{
    const char *mode = argc > 1 ? argv[1] : "tcp";
    int count = argc > 2 ? atoi( argv[2] ) : 1000;
    double start;

    net_start();
    if (strcmp( mode, "udp" )) connect_pair();
    if (strcmp( mode, "udp" ) && strcmp( mode, "would-block" ) && strcmp( mode, "select" )) thread_start( echo, NULL );
    start = now_us();
    if (!strcmp( mode, "tcp" )) run_tcp( count );
    else if (!strcmp( mode, "udp" )) run_udp( count );
    else if (!strcmp( mode, "would-block" )) run_would_block( count );
    else if (!strcmp( mode, "select" )) run_select( count );
#ifdef _WIN32
    else if (!strcmp( mode, "event" )) run_overlapped( count, BY_EVENT );
    else if (!strcmp( mode, "port" )) run_overlapped( count, BY_PORT );
    else if (!strcmp( mode, "routine" )) run_overlapped( count, BY_ROUTINE );
    else if (!strcmp( mode, "poll" )) run_overlapped( count, BY_POLL );
#endif
    else
    {
        fprintf( stderr, "unknown mode %s\n", mode );
        return 2;
    }
    printf( "RESULT %.4f\n", (now_us() - start) / count );
    return 0;
}
