/*
 * Throughput in one process: one thread sends 64 KB blocks, one receives
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: bulk BLOCKS
 * Prints: RESULT megabytes per second
 */

#include "net.h"

#define BLOCK 65536

static SOCKET near_end;

THREAD_FUNC( sender, arg )
{
    static char data[BLOCK];
    int count = *(int *)arg;

    while (count--)
        if (!send_all( near_end, data, BLOCK )) die( "send" );
    shutdown( near_end, SD_SEND );
    return 0;
}

int main( int argc, char **argv )
{
    static char data[BLOCK];
    int count = argc > 1 ? atoi( argv[1] ) : 1000, port, n;
    SOCKET listener, far_end;
    double start, total = 0;
    thread_t thread;

    net_start();
    listener = net_listen( &port );
    near_end = net_connect( port );
    if (( far_end = accept( listener, NULL, NULL ) ) == INVALID_SOCKET) die( "accept" );
    start = now_us();
    thread = thread_start( sender, &count );
    while (( n = recv( far_end, data, BLOCK, 0 ) ) > 0) total += n;
    if (n < 0) die( "recv" );
    thread_join( thread );
    printf( "RESULT %.3f\n", total / ( now_us() - start ) );
    return 0;
}
