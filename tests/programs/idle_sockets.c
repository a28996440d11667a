/*
 * Memory per idle socket, and per operation that waits on one: how much the process grows
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: idle_sockets COUNT KIND PID
 * KIND: udp bound sockets that have sent
 *       tcp  both ends of connections that have carried data
 *       both half of each
 *       pending an overlapped receive on each of COUNT UDP sockets, which are there already; not native
 * PID is the process's own, on the host: under Wine the server opens files, so /proc/self would be the server.
 * Prints: RESULT bytes of the process's own memory per socket or receive (private and written to, as the host's
 * /proc has it)
 */

#include "net.h"

#define WARM 256

static const char *pid;

static double own_memory( void )
{
    unsigned long kilobytes = 0;
    char path[64], line[256];
    FILE *file;

    /* not statm: its numbers are sums of per-processor counters, late by up to 256 KB */
#ifdef _WIN32
    sprintf( path, "\\\\?\\unix\\proc\\%.10s\\smaps_rollup", pid );
#else
    sprintf( path, "/proc/%.10s/smaps_rollup", pid );
#endif
    if (!( file = fopen( path, "r" ) )) die( path );
    while (fgets( line, sizeof( line ), file ) && !sscanf( line, "Private_Dirty: %lu", &kilobytes ));
    fclose( file );
    return kilobytes * 1024.0;
}

static void open_udp( int count, SOCKET *sockets )
{
    struct sockaddr_in addr = loopback( 9 );
    char data[4] = "x";

    while (count--)
    {
        SOCKET s = socket( AF_INET, SOCK_DGRAM, 0 );

        if (sockets) *sockets++ = s;

        if (s == INVALID_SOCKET) die( "socket" );
        sendto( s, data, 1, 0, (struct sockaddr *)&addr, sizeof( addr ) );
        sendto( s, data, 1, 0, (struct sockaddr *)&addr, sizeof( addr ) );
    }
}

static void open_tcp( SOCKET listener, int port, int count )
{
    char data[4] = "x";

    for (; count > 0; count -= 2)
    {
        SOCKET near_end = net_connect( port ), far_end = accept( listener, NULL, NULL );

        if (far_end == INVALID_SOCKET) die( "accept" );
        if (!send_all( near_end, data, 1 ) || !recv_all( far_end, data, 1 ) || !send_all( far_end, data, 1 )
            || !recv_all( near_end, data, 1 ))
            die( "exchange" );
    }
}

#ifdef _WIN32

struct receive
{
    SOCKET s;
    OVERLAPPED ov;
    char data[16];
};

/* The program's own buffers aren't counted: they have been written to before. */
static void receive_all( struct receive *receives, int count )
{
    while (count--)
    {
        struct receive *receive = receives++;
        WSABUF buffer = { sizeof( receive->data ), receive->data };
        DWORD flags = 0;

        if (!WSARecv( receive->s, &buffer, 1, NULL, &flags, &receive->ov, NULL ) || WSAGetLastError() != WSA_IO_PENDING)
            die( "WSARecv" );
    }
}

static double pending_memory( int count )
{
    struct receive *receives = malloc( ( WARM + count ) * sizeof( *receives ) );
    SOCKET *sockets = malloc( ( WARM + count ) * sizeof( *sockets ) );
    double before;
    int i;

    if (!receives || !sockets) die( "malloc" );
    memset( receives, 0, ( WARM + count ) * sizeof( *receives ) );
    open_udp( WARM + count, sockets );
    for (i = 0; i < WARM + count; i++) receives[i].s = sockets[i];
    receive_all( receives, WARM );
    own_memory();
    before = own_memory();
    receive_all( receives + WARM, count );
    return ( own_memory() - before ) / count;
}

#endif

int main( int argc, char **argv )
{
    int count, tcp, port;
    SOCKET listener;
    double before;

    if (argc < 4) return 2;
    count = atoi( argv[1] );
    tcp = !strcmp( argv[2], "tcp" ) ? count : !strcmp( argv[2], "both" ) ? count / 2 : 0;
    pid = argv[3];
    net_start();
#ifdef _WIN32
    if (!strcmp( argv[2], "pending" ))
    {
        printf( "RESULT %.1f\n", pending_memory( count ) );
        return 0;
    }
#endif
    listener = net_listen( &port );
    open_udp( WARM, NULL ); /* tables and libraries are loaded now */
    open_tcp( listener, port, WARM );
    own_memory();
    before = own_memory();
    open_tcp( listener, port, tcp );
    open_udp( count - tcp, NULL );
    printf( "RESULT %.1f\n", ( own_memory() - before ) / count );
    return 0;
}
