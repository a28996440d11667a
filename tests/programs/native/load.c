/*
 * Load for a server: requests and answers on many connections, one outstanding on each
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: load PORT CONNECTIONS SIZE SECONDS [http]
 * With http each request is a GET and the answer is counted by its Content-Length. Ends an echo server with a 'q' afterwards.
 * Prints: RESULT answers per second
 */

#include <sys/epoll.h>

#include "../net.h"

static const char get_request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n";

struct connection
{
    int fd;
    int wanted, got;   /* bytes of this answer */
    char head[2048];   /* of an HTTP answer, until its length is known */
};

static int size, http;
static char message[65536];

static void request( struct connection *connection )
{
    connection->got = 0;
    connection->wanted = http ? 0 : size;
    if (!(http ? send_all( connection->fd, get_request, sizeof(get_request) - 1 ) : send_all( connection->fd, message, size ))) die( "send" );
}

/* TRUE when the answer is whole. */
static int answer( struct connection *connection )
{
    char data[65536], *end, *length;
    int n = recv( connection->fd, data, sizeof(data), 0 );

    if (n <= 0) die( "recv" );
    if (http && !connection->wanted)
    {
        if (connection->got + n >= (int)sizeof(connection->head)) die( "head" );
        memcpy( connection->head + connection->got, data, n );
        connection->head[connection->got + n] = 0;
        if ((end = strstr( connection->head, "\r\n\r\n" )))
        {
            if (strncmp( connection->head, "HTTP/1.1 200", 12 ) || !(length = strstr( connection->head, "Content-Length:" ))) die( "answer" );
            connection->wanted = (int)(end + 4 - connection->head) + atoi( length + 15 );
        }
    }
    connection->got += n;
    return connection->wanted && connection->got >= connection->wanted;
}

int main( int argc, char **argv )
{
    struct epoll_event events[64], event = { .events = EPOLLIN };
    struct connection *connections;
    int epoll = epoll_create1( 0 ), port, count, ready, i;
    double start, end, answers = 0;

    if (argc < 5) return 2;
    port = atoi( argv[1] );
    count = atoi( argv[2] );
    size = atoi( argv[3] );
    http = argc > 5;
    memset( message, 'x', sizeof(message) );
    connections = calloc( count, sizeof(*connections) );
    for (i = 0; i < count; i++)
    {
        connections[i].fd = net_connect( port );
        event.data.ptr = connections + i;
        epoll_ctl( epoll, EPOLL_CTL_ADD, connections[i].fd, &event );
        request( connections + i );
    }
    start = now_us();
    end = start + atof( argv[4] ) * 1e6;
    while (now_us() < end)
    {
        ready = epoll_wait( epoll, events, 64, 1000 );
        for (i = 0; i < ready; i++)
        {
            struct connection *connection = events[i].data.ptr;

            if (!answer( connection )) continue;
            answers++;
            request( connection );
        }
    }
    printf( "RESULT %.1f\n", answers * 1e6 / (now_us() - start) );
    if (!http)
    {
        i = net_connect( port );
        send_all( i, "q", 1 );
        recv( i, message, 1, 0 );
    }
    return 0;
}
