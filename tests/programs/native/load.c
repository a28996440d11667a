/*
 * Load for a server: requests and answers on many connections, one outstanding on each
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: load PORT CONNECTIONS SIZE SECONDS|nANSWERS echo|http|short|http-close [quit]
 * echo: messages of SIZE bytes, which must come back unchanged; quit ends the server with a 'q' afterwards. short:
 * the same, but each connection has one message, and another follows it. http: GETs whose answers end by their
 * Content-Length; quit gets /quit afterwards. http-close: the same, one on each connection. SECONDS start when each
 * connection has had an answer. Prints: RESULT answers per second, and the microseconds to an answer that 50, 99 and
 * 99.9 % of them don't exceed
 *
 * usage: load PORT CONNECTIONS SIZE 0 idle
 * Each connection has one message, and then stays. Prints PORT n when all have had it. Ends when it is killed.
 */

#include <sys/epoll.h>

#include "../net.h"

static const char keep_request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n";
static const char close_request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

enum
{
    MAX_TIMES = 1 << 22
};

struct connection
{
    int fd;
    int wanted, got; /* bytes of this answer */
    int answered;
    double sent;     /* when, in us */
    char head[2048]; /* of an HTTP answer, until its length is known */
};

static int size, http, shortly;
static unsigned char message[65536];
static float *times; /* from request to answer */
static int time_count;

static void fail( const char *what )
{
    fprintf( stderr, "%s\n", what );
    exit( 3 );
}

static void request( struct connection *connection )
{
    const char *text = http ? shortly ? close_request : keep_request : (char *)message;

    connection->got = 0;
    connection->wanted = http ? 0 : size;
    connection->sent = now_us();
    if (!send_all( connection->fd, text, http ? (int)strlen( text ) : size )) die( "send" );
}

/* TRUE when the answer is whole. */
static int answer( struct connection *connection )
{
    char data[65536], *end, *length;
    int n = recv( connection->fd, data, sizeof( data ), 0 );

    if (n <= 0) die( "recv" );
    if (http && !connection->wanted)
    {
        if (connection->got + n >= (int)sizeof( connection->head )) fail( "too long a head" );
        memcpy( connection->head + connection->got, data, n );
        connection->head[connection->got + n] = 0;
        if (( end = strstr( connection->head, "\r\n\r\n" ) ))
        {
            if (strncmp( connection->head, "HTTP/1.1 200", 12 )
                || !( length = strstr( connection->head, "Content-Length:" ) ))
                fail( "no answer of HTTP" );
            connection->wanted = (int)( end + 4 - connection->head ) + atoi( length + 15 );
        }
    }
    if (!http && ( connection->got + n > size || memcmp( data, message + connection->got, n ) ))
        fail( "the echo differs" );
    connection->got += n;
    return connection->wanted && connection->got >= connection->wanted;
}

static void stay_idle( int port, int count )
{
    static char data[65536];
    int fd;

    while (count--)
    {
        fd = net_connect( port );
        if (!send_all( fd, (char *)message, size ) || !recv_all( fd, data, size ) || memcmp( data, message, size ))
            fail( "no answer on an idle connection" );
    }
    printf( "PORT %d\n", port );
    fflush( stdout );
    for (;;) pause();
}

static int compare_times( const void *left, const void *right )
{
    float a = *(const float *)left, b = *(const float *)right;

    return a < b ? -1 : a > b;
}

static double percentile( double part )
{
    return time_count ? times[(int)( part * ( time_count - 1 ) )] : 0;
}

int main( int argc, char **argv )
{
    struct epoll_event events[64], event = { .events = EPOLLIN };
    int epoll = epoll_create1( 0 ), port, count, ready, i;
    uint64_t seed = 0x9e3779b97f4a7c15ull;
    struct connection *connections;
    double start, end, answers = 0, limit;
    int silent;

    if (argc < 6) return 2;
    port = atoi( argv[1] );
    count = atoi( argv[2] );
    size = atoi( argv[3] );
    limit = argv[4][0] == 'n' ? atof( argv[4] + 1 ) : 0;
    http = !strncmp( argv[5], "http", 4 );
    shortly = !strcmp( argv[5], "short" ) || !strcmp( argv[5], "http-close" );
    if (size > (int)sizeof( message )) return 2;
    fill_random( message, sizeof( message ), &seed );
    message[0] = 'x';
    connections = calloc( count, sizeof( *connections ) );
    times = malloc( MAX_TIMES * sizeof( *times ) );
    if (!strcmp( argv[5], "idle" )) stay_idle( port, count );
    start = now_us();
    for (i = 0; i < count; i++)
    {
        connections[i].fd = net_connect( port );
        event.data.ptr = connections + i;
        epoll_ctl( epoll, EPOLL_CTL_ADD, connections[i].fd, &event );
        request( connections + i );
    }
    silent = count;
    end = start + 60e6;
    while (now_us() < end && ( !limit || answers < limit ))
    {
        ready = epoll_wait( epoll, events, 64, 5000 );
        if (ready <= 0) fail( "the server doesn't answer" );
        for (i = 0; i < ready; i++)
        {
            struct connection *connection = events[i].data.ptr;

            if (!answer( connection )) continue;
            answers++;
            if (time_count < MAX_TIMES) times[time_count++] = (float)( now_us() - connection->sent );
            if (shortly)
            {
                closesocket( connection->fd );
                connection->fd = net_connect( port );
                event.data.ptr = connection;
                epoll_ctl( epoll, EPOLL_CTL_ADD, connection->fd, &event );
            }
            request( connection );
            if (connection->answered++) continue;
            if (--silent || limit) continue;
            /* the time starts when the server has accepted all connections */
            answers = time_count = 0;
            start = now_us();
            end = start + atof( argv[4] ) * 1e6;
        }
    }
    end = now_us();
    qsort( times, time_count, sizeof( *times ), compare_times );
    printf( "RESULT %.1f %.1f %.1f %.1f\n", answers * 1e6 / ( end - start ), percentile( 0.5 ), percentile( 0.99 ),
            percentile( 0.999 ) );
    if (argc > 6)
    {
        static const char quit_request[] = "GET /quit HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

        for (i = 0; i < count; i++) close( connections[i].fd );
        i = net_connect( port );
        if (http) send_all( i, quit_request, sizeof( quit_request ) - 1 );
        else send_all( i, "q", 1 );
        while (recv( i, message, sizeof( message ), 0 ) > 0);
    }
    return 0;
}
