/*
 * Calls that move no data: readiness, options, names
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: control MODE COUNT
 *
 * MODE: select-N    N connected sockets, the last one readable: select with time-out 0, and one that waits, in turns
 *       poll-N      the same with WSAPoll
 *       getsockopt  SO_TYPE, SO_ERROR, SO_RCVBUF, TCP_NODELAY, in turns
 *       getsockname getsockname and getpeername, in turns
 *       fionread    ioctlsocket( FIONREAD )
 *
 * Each answer is checked. Prints: RESULT microseconds per call
 *
 * usage: control accept-server
 *
 * Accepts connections, echoes 64 bytes on each, and closes it. Prints PORT n. Ends with a connection whose first byte
 * is 'q'.
 */

#define FD_SETSIZE 1024
#include "net.h"

#ifndef _WIN32
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>

#define WSAPoll     poll
#define WSAPOLLFD   struct pollfd
#define ioctlsocket ioctl
typedef int u_long_type;
#else
typedef u_long u_long_type;
#endif

enum
{
    MAX = 512
};

static SOCKET sockets[MAX], peers[MAX];

static SOCKET connect_peer( int port )
{
    SOCKET s = net_connect( port );
#ifndef _WIN32
    /* select only takes descriptors below 1,024: keep the polled ones there */
    struct rlimit limit;
    int high;

    getrlimit( RLIMIT_NOFILE, &limit );
    limit.rlim_cur = limit.rlim_max;
    setrlimit( RLIMIT_NOFILE, &limit );
    if (( high = fcntl( s, F_DUPFD, FD_SETSIZE ) ) == -1) die( "F_DUPFD" );
    close( s );
    s = high;
#endif
    return s;
}

static void connect_all( int count )
{
    int port, i;
    SOCKET listener = net_listen( &port );

    for (i = 0; i < count; i++)
    {
        peers[i] = connect_peer( port );
        if (( sockets[i] = accept( listener, NULL, NULL ) ) == INVALID_SOCKET) die( "accept" );
    }
    closesocket( listener );
    if (!send_all( peers[count - 1], "abc", 3 )) die( "send" );
}

static void wrong( const char *what )
{
    fprintf( stderr, "%s gave something else\n", what );
    exit( 3 );
}

static void one_select( int n, int count )
{
    struct timeval timeout = { n & 1, 0 };
    fd_set reads;
    int i, most = 0;

    FD_ZERO( &reads );
    /* filled by hand: Winsock's FD_SET looks for duplicates, which takes longer than the call */
    for (i = 0; i < count; i++)
    {
#ifdef _WIN32
        reads.fd_array[reads.fd_count++] = sockets[i];
#else
        FD_SET( sockets[i], &reads );
        if (sockets[i] > most) most = sockets[i];
#endif
    }
    if (select( most + 1, &reads, NULL, NULL, &timeout ) != 1 || !FD_ISSET( sockets[count - 1], &reads ))
        wrong( "select" );
}

static void one_poll( int n, int count )
{
    static WSAPOLLFD fds[MAX];
    int i;

    for (i = 0; i < count; i++)
    {
        fds[i].fd = sockets[i];
        fds[i].events = POLLIN;
        fds[i].revents = 0;
    }
    if (WSAPoll( fds, count, n & 1 ? 1000 : 0 ) != 1 || !fds[count - 1].revents) wrong( "WSAPoll" );
}

static void one_getsockopt( int n, int count )
{
    static const struct
    {
        int level, name;
    } options[] = {
        { SOL_SOCKET, SO_TYPE }, { SOL_SOCKET, SO_ERROR }, { SOL_SOCKET, SO_RCVBUF }, { IPPROTO_TCP, TCP_NODELAY }
    };
    int value = -1;
    socklen_t len = sizeof( value );

    (void)count;
    if (getsockopt( peers[0], options[n & 3].level, options[n & 3].name, (char *)&value, &len )) die( "getsockopt" );
    if (( n & 3 ) == 0 && value != SOCK_STREAM) wrong( "SO_TYPE" );
}

static void one_name( int n, int count )
{
    struct sockaddr_in addr;
    socklen_t len = sizeof( addr );

    (void)count;
    if (n & 1 ? getpeername( sockets[0], (struct sockaddr *)&addr, &len )
              : getsockname( sockets[0], (struct sockaddr *)&addr, &len ))
        die( "a name" );
    if (addr.sin_addr.s_addr != htonl( 0x7f000001 )) wrong( "a name" );
}

static void one_fionread( int n, int count )
{
    u_long_type unread = 0;

    (void)n;
    if (ioctlsocket( sockets[count - 1], FIONREAD, &unread )) die( "FIONREAD" );
    if (unread != 3) wrong( "FIONREAD" );
}

static void accept_server( void )
{
    char data[64];
    int number;
    SOCKET listener = net_listen( &number );

    printf( "PORT %d\n", number );
    fflush( stdout );
    do
    {
        SOCKET s = accept( listener, NULL, NULL );

        if (s == INVALID_SOCKET) die( "accept" );
        if (recv_all( s, data, 1 ) && data[0] != 'q' && recv_all( s, data + 1, sizeof( data ) - 1 ))
            send_all( s, data, sizeof( data ) );
        closesocket( s );
    } while (data[0] != 'q');
}

int main( int argc, char **argv )
{
    static const struct
    {
        const char *name;
        void ( *func )( int n, int count );
    } modes[] = {
        { "select-", one_select },   { "poll-", one_poll },        { "getsockopt", one_getsockopt },
        { "getsockname", one_name }, { "fionread", one_fionread },
    };
    unsigned int mode;
    int number, i, times;
    double start;

    net_start();
    if (argc > 1 && !strcmp( argv[1], "accept-server" ))
    {
        accept_server();
        return 0;
    }
    for (mode = 0; argc > 2 && mode < sizeof( modes ) / sizeof( *modes ); mode++)
    {
        size_t len = strlen( modes[mode].name );

        if (strncmp( argv[1], modes[mode].name, len )) continue;
        number = atoi( argv[1] + len );
        if (number < 1) number = 1;
        if (number > MAX) number = MAX;
        times = atoi( argv[2] );
        connect_all( number );
        for (i = 0; i < 100; i++) modes[mode].func( i, number );
        start = now_us();
        for (i = 0; i < times; i++) modes[mode].func( i, number );
        printf( "RESULT %.4f\n", ( now_us() - start ) / times );
        return 0;
    }
    fprintf( stderr,
             "usage: control select-N|poll-N|getsockopt|getsockname|fionread COUNT, or control accept-server\n" );
    return 2;
}
