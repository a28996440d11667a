/*
 * Receives until the peer ends, and prints bytes, seconds, SHA-256
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: receiver MODE MEGABYTES
 * MODE: blocking, or on Windows event, port, routine: overlapped WSARecv, 4 operations outstanding, 2 buffers each.
 * MEGABYTES is the limit. The data is hashed after the clock has stopped. Prints: PORT n, then RESULT bytes seconds
 * hash
 */

#include "net.h"
#include "completion.h"
#include "sha256.h"

#define BLOCK 65536
#define SLOTS 4

static SOCKET s;
static unsigned char *data;
static size_t got, room;
static double start;

static void receive_blocking( void )
{
    char more;
    int n = 1;

    while (got < room && ( n = recv( s, (char *)data + got, room - got < BLOCK ? room - got : BLOCK, 0 ) ) > 0)
    {
        if (!got) start = now_us();
        got += n;
    }
    if (n > 0) n = recv( s, &more, 1, 0 );
    if (n) die( n < 0 ? "recv" : "end of data" );
}

#ifdef _WIN32

/* Several receives wait at once. They complete in order, so their blocks are taken in that order, too. */
static struct slot
{
    WSAOVERLAPPED overlapped;
    unsigned char block[BLOCK];
    int done, bytes;
} slots[SLOTS];

static int oldest, eof, outstanding;

static void slot_receive( struct slot *slot );

/* A receive has completed. */
static void slot_done( WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes )
{
    struct slot *slot = CONTAINING_RECORD( overlapped, struct slot, overlapped );

    if (error || slot->done)
    {
        fprintf( stderr, "a receive completed with error %lu, %lu bytes%s\n", error, bytes,
                 slot->done ? ", for the second time" : "" );
        exit( 3 );
    }
    slot->done = 1;
    slot->bytes = bytes;
    if (!start) start = now_us();
    while (( slot = slots + oldest )->done)
    {
        oldest = ( oldest + 1 ) % SLOTS;
        slot->done = 0;
        outstanding--;
        if (!slot->bytes) eof = 1;
        if (( eof && slot->bytes ) || slot->bytes > (int)( room - got ))
        {
            fprintf( stderr, "data after the end\n" );
            exit( 3 );
        }
        memcpy( data + got, slot->block, slot->bytes );
        got += slot->bytes;
        if (!eof) slot_receive( slot );
    }
}

static void slot_receive( struct slot *slot )
{
    WSABUF buffers[2] = { { 1000, (char *)slot->block }, { BLOCK - 1000, (char *)slot->block + 1000 } };
    DWORD flags = 0;

    outstanding++;
    if (WSARecv( s, buffers, 2, NULL, &flags, &slot->overlapped, completion.routine )
        && WSAGetLastError() != WSA_IO_PENDING)
        die( "WSARecv" );
}

static void receive_overlapped( const char *mode )
{
    int i;

    completion_init( s, mode, &slots->overlapped, sizeof( *slots ), SLOTS, slot_done );
    for (i = 0; i < SLOTS; i++) slot_receive( slots + i );
    while (outstanding) completion_wait();
}

#endif

int main( int argc, char **argv )
{
    struct sha256 hash;
    double seconds;
    SOCKET listener;
    char hex[65];
    int port;

    if (argc < 3) return 2;
    room = atoi( argv[2] ) * 1048576ull;
    if (!( data = malloc( room ) )) return 3;
    memset( data, 1, room ); /* touches its pages before the clock starts */
    net_start();
    listener = net_listen( &port );
    printf( "PORT %d\n", port );
    fflush( stdout );
    if (( s = accept( listener, NULL, NULL ) ) == INVALID_SOCKET) die( "accept" );
#ifdef _WIN32
    if (strcmp( argv[1], "blocking" )) receive_overlapped( argv[1] );
    else
#endif
        receive_blocking();
    seconds = ( now_us() - start ) / 1e6;
    sha256_init( &hash );
    sha256_add( &hash, data, got );
    sha256_finish( &hash, hex );
    printf( "RESULT %llu %.6f %s\n", (unsigned long long)got, got ? seconds : 0, hex );
    return 0;
}
