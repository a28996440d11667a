/*
 * An echo server on a completion port
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: iocp_echo [THREADS]
 * Prints: PORT n. Ends with a connection whose first byte is 'q'.
 */

#include "net.h"

#define SIZE 16384

struct connection
{
    WSAOVERLAPPED overlapped;
    SOCKET s;
    int sending;
    WSABUF buffer;
    char data[SIZE];
};

static HANDLE port;

static void start_receive( struct connection *connection )
{
    DWORD flags = 0;

    connection->sending = 0;
    connection->buffer.buf = connection->data;
    connection->buffer.len = SIZE;
    if (WSARecv( connection->s, &connection->buffer, 1, NULL, &flags, &connection->overlapped, NULL )
        && WSAGetLastError() != WSA_IO_PENDING)
    {
        closesocket( connection->s );
        free( connection );
    }
}

static DWORD WINAPI worker( void *arg )
{
    struct connection *connection;
    WSAOVERLAPPED *overlapped;
    DWORD bytes;
    ULONG_PTR key;

    (void)arg;
    for (;;)
    {
        BOOL ok = GetQueuedCompletionStatus( port, &bytes, &key, &overlapped, INFINITE );

        if (!overlapped) return 1;
        connection = CONTAINING_RECORD( overlapped, struct connection, overlapped );
        if (!ok || ( !bytes && !connection->sending ))
        {
            closesocket( connection->s );
            free( connection );
            continue;
        }
        if (connection->sending)
        {
            start_receive( connection );
            continue;
        }
        if (connection->data[0] == 'q') ExitProcess( 0 );
        connection->sending = 1;
        connection->buffer.len = bytes;
        if (WSASend( connection->s, &connection->buffer, 1, NULL, 0, &connection->overlapped, NULL )
            && WSAGetLastError() != WSA_IO_PENDING)
        {
            closesocket( connection->s );
            free( connection );
        }
    }
}

int main( int argc, char **argv )
{
    int threads = argc > 1 ? atoi( argv[1] ) : 1, number;
    SOCKET listener, s;

    net_start();
    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    while (threads--) thread_start( worker, NULL );
    listener = net_listen( &number );
    printf( "PORT %d\n", number );
    fflush( stdout );
    while (( s = accept( listener, NULL, NULL ) ) != INVALID_SOCKET)
    {
        struct connection *connection = calloc( 1, sizeof( *connection ) );

        set_nodelay( s );
        connection->s = s;
        CreateIoCompletionPort( (HANDLE)s, port, 1, 0 );
        start_receive( connection );
    }
    return 0;
}
