/*
 * Memory of idle sockets: how much the process grows for each
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: idle_sockets COUNT
 * Prints: RESULT bytes per socket, resident memory of the process (the host's /proc) over bound UDP sockets that have sent once
 */

#include "net.h"

#ifdef _WIN32
#define STATM "\\\\?\\unix\\proc\\self\\statm"
#else
#define STATM "/proc/self/statm"
#endif

static double resident( void )
{
    unsigned long size, pages;
    FILE *file = fopen( STATM, "r" );

    if (!file || fscanf( file, "%lu %lu", &size, &pages ) != 2) die( "statm" );
    fclose( file );
    return pages * 4096.0;
}

static void open_sockets( int count )
{
    struct sockaddr_in addr = loopback( 9 );
    char data[4] = "x";

    while (count--)
    {
        SOCKET s = socket( AF_INET, SOCK_DGRAM, 0 );

        if (s == INVALID_SOCKET) die( "socket" );
        sendto( s, data, 1, 0, (struct sockaddr *)&addr, sizeof(addr) );
        sendto( s, data, 1, 0, (struct sockaddr *)&addr, sizeof(addr) );
    }
}

int main( int argc, char **argv )
{
    int count = argc > 1 ? atoi( argv[1] ) : 1000;
    double before;

    net_start();
    open_sockets( count / 4 ); /* tables and libraries are there now */
    before = resident();
    open_sockets( count );
    printf( "RESULT %.1f\n", (resident() - before) / count );
    return 0;
}
