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
 *       wakeups as both, and how often the process's threads run then while nothing happens, the main thread aside
 * PID is the process's own, on the host: under Wine the server opens files, so /proc/self would be the server.
 * Prints: RESULT bytes of the process's own memory per socket or receive (private and written to, as the host's
 * /proc has it); or wake-ups in a second
 */

#include "net.h"

#define WARM 256

#define IDLE_SECONDS 3

static const char *pid;

#ifdef _WIN32
#define PROC  "\\\\?\\unix\\proc\\"
#define SLASH "\\"
#else
#include <dirent.h>
#define PROC        "/proc/"
#define Sleep( ms ) usleep( ( ms ) * 1000 )
#define SLASH       "/"
#endif

/* How often a thread has gone to sleep. */
static unsigned long thread_sleeps( const char *thread )
{
    unsigned long count = 0;
    char path[128], line[256];
    FILE *file;

    sprintf( path, PROC "%.10s" SLASH "task" SLASH "%.10s" SLASH "status", pid, thread );
    if (thread[0] == '.' || !strcmp( thread, pid ) || !( file = fopen( path, "r" ) )) return 0;
    while (fgets( line, sizeof( line ), file ) && !sscanf( line, "voluntary_ctxt_switches: %lu", &count ));
    fclose( file );
    return count;
}

static unsigned long sleeps( void )
{
    unsigned long count = 0;
    char path[128];
#ifdef _WIN32
    WIN32_FIND_DATAA found;
    HANDLE search;

    sprintf( path, PROC "%.10s\\task\\*", pid );
    if (( search = FindFirstFileA( path, &found ) ) == INVALID_HANDLE_VALUE) die( path );
    do count += thread_sleeps( found.cFileName );
    while (FindNextFileA( search, &found ));
    FindClose( search );
#else
    struct dirent *entry;
    DIR *dir;

    sprintf( path, PROC "%.10s/task", pid );
    if (!( dir = opendir( path ) )) die( path );
    while (( entry = readdir( dir ) )) count += thread_sleeps( entry->d_name );
    closedir( dir );
#endif
    return count;
}

static double idle_wakeups( void )
{
    unsigned long before;

    Sleep( 1000 ); /* what has been begun ends */
    before = sleeps();
    Sleep( IDLE_SECONDS * 1000 );
    return (double)( sleeps() - before ) / IDLE_SECONDS;
}

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

/* Where nobody answers, and nobody says that nobody is there. */
static struct sockaddr_in sink_address( void )
{
    struct sockaddr_in addr = loopback( 0 );
    socklen_t len = sizeof( addr );
    SOCKET sink = socket( AF_INET, SOCK_DGRAM, 0 );

    if (sink == INVALID_SOCKET || bind( sink, (struct sockaddr *)&addr, len )
        || getsockname( sink, (struct sockaddr *)&addr, &len ))
        die( "sink" );
    return addr;
}

static void open_udp( int count, SOCKET *sockets )
{
    struct sockaddr_in addr = sink_address();
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
    tcp = !strcmp( argv[2], "tcp" ) ? count : strcmp( argv[2], "udp" ) ? count / 2 : 0;
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
    if (!strcmp( argv[2], "wakeups" )) printf( "RESULT %.1f\n", idle_wakeups() );
    else printf( "RESULT %.1f\n", ( own_memory() - before ) / count );
    return 0;
}
