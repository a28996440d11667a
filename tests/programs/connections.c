/*
 * Sockets that are made, connected and closed, one after another
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: connections MODE COUNT
 *
 * MODE: connect     socket, connect, closesocket
 *       connectex   socket, bind, ConnectEx on a port, SO_UPDATE_CONNECT_CONTEXT, closesocket
 *                   on Linux: a non-blocking connect on epoll
 *       udp-socket  socket, bind, closesocket
 *
 * The listener accepts nothing, so that its work isn't measured. Prints: RESULT sockets per second
 */

#include "net.h"

#ifndef _WIN32
#include <sys/epoll.h>
#endif

enum
{
    BACKLOG = 1000
};

static void connect_one( int port )
{
    struct sockaddr_in addr = loopback( port );
    SOCKET s = socket( AF_INET, SOCK_STREAM, 0 );

    if (s == INVALID_SOCKET || connect( s, (struct sockaddr *)&addr, sizeof( addr ) )) die( "connect" );
    closesocket( s );
}

static void bind_one( int port )
{
    struct sockaddr_in addr = loopback( 0 );
    SOCKET s = socket( AF_INET, SOCK_DGRAM, 0 );

    (void)port;
    if (s == INVALID_SOCKET || bind( s, (struct sockaddr *)&addr, sizeof( addr ) )) die( "bind" );
    closesocket( s );
}

#ifdef _WIN32

static void connect_overlapped( int port )
{
    static HANDLE completion;
    static LPFN_CONNECTEX connectex;
    struct sockaddr_in addr = loopback( port ), any = { .sin_family = AF_INET };
    SOCKET s = socket( AF_INET, SOCK_STREAM, 0 );
    WSAOVERLAPPED overlapped = { 0 }, *ended;
    GUID guid = WSAID_CONNECTEX;
    ULONG_PTR key;
    DWORD size;

    if (!completion) completion = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    if (!connectex
        && WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof( guid ), &connectex, sizeof( connectex ),
                     &size, NULL, NULL ))
        die( "ConnectEx" );
    if (!CreateIoCompletionPort( (HANDLE)s, completion, 1, 0 ) || bind( s, (struct sockaddr *)&any, sizeof( any ) ))
        die( "bind" );
    if (!connectex( s, (struct sockaddr *)&addr, sizeof( addr ), NULL, 0, NULL, &overlapped )
        && WSAGetLastError() != ERROR_IO_PENDING)
        die( "ConnectEx" );
    if (!GetQueuedCompletionStatus( completion, &size, &key, &ended, 10000 )
        || setsockopt( s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ))
        die( "the end of ConnectEx" );
    closesocket( s );
}

#else

static void connect_overlapped( int port )
{
    static int epoll = -1;
    struct sockaddr_in addr = loopback( port );
    struct epoll_event event = { .events = EPOLLOUT };
    int s = socket( AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 ), error = 0;
    socklen_t len = sizeof( error );

    if (epoll == -1) epoll = epoll_create1( 0 );
    if (connect( s, (struct sockaddr *)&addr, sizeof( addr ) ) && errno != EINPROGRESS) die( "connect" );
    if (epoll_ctl( epoll, EPOLL_CTL_ADD, s, &event ) || epoll_wait( epoll, &event, 1, 10000 ) != 1
        || getsockopt( s, SOL_SOCKET, SO_ERROR, &error, &len ) || error)
        die( "the end of connect" );
    close( s );
}

#endif

int main( int argc, char **argv )
{
    static const struct
    {
        const char *mode;
        void ( *one )( int port );
    } modes[] = { { "connect", connect_one }, { "connectex", connect_overlapped }, { "udp-socket", bind_one } };
    void ( *one )( int port ) = NULL;
    SOCKET listener = INVALID_SOCKET;
    int port = 0, count, n;
    double start;

    if (argc < 3) return 2;
    for (n = 0; n < (int)( sizeof( modes ) / sizeof( modes[0] ) ); n++)
        if (!strcmp( argv[1], modes[n].mode )) one = modes[n].one;
    if (!one) return 2;
    count = atoi( argv[2] );
    net_start();
    start = now_us();
    for (n = 0; n < count; n++)
    {
        if (n % BACKLOG == 0)
        {
            if (listener != INVALID_SOCKET) closesocket( listener );
            listener = net_listen( &port );
        }
        one( port );
    }
    printf( "RESULT %.1f\n", count * 1e6 / ( now_us() - start ) );
    return 0;
}
