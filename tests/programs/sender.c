/*
 * Sends pseudo-random data, and prints bytes, seconds, SHA-256
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: sender PORT MODE MEGABYTES
 * MODE: blocking, or on Windows event, port, routine: overlapped WSASend, 8 operations outstanding, 16 buffers each.
 * Each operation sends a block of 64 KB. The data is made and hashed before the clock starts. Prints: RESULT bytes
 * seconds hash
 */

#include "net.h"
#include "completion.h"
#include "sha256.h"

#define BLOCK  65536
#define SLOTS  8
#define PIECES 16

static SOCKET s;
static unsigned char *data, *data_end;

static void send_blocking( void )
{
    for (; data < data_end; data += BLOCK)
        if (!send_all( s, (char *)data, BLOCK )) die( "send" );
}

#ifdef _WIN32

static struct slot
{
    WSAOVERLAPPED overlapped;
    int busy;
} slots[SLOTS];

static int outstanding;

static void slot_done( WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes )
{
    struct slot *slot = CONTAINING_RECORD( overlapped, struct slot, overlapped );

    if (error || bytes != BLOCK || !slot->busy || slot->overlapped.InternalHigh != BLOCK)
    {
        fprintf( stderr, "a send completed with error %lu, %lu bytes%s\n", error, bytes,
                 slot->busy ? "" : ", for the second time" );
        exit( 3 );
    }
    slot->busy = 0;
    outstanding--;
}

static void slot_send( struct slot *slot )
{
    WSABUF buffers[PIECES]; /* on the stack: captured by the call */
    DWORD sent;
    int i, pos = 0;

    for (i = 0; i < PIECES; i++)
    {
        /* pieces of different sizes, empty ones among them */
        int len = i == PIECES - 1 ? BLOCK - pos : i % 5 == 3 ? 0 : ( i + 1 ) * 400;

        buffers[i].buf = (char *)data + pos;
        buffers[i].len = len;
        pos += len;
    }
    data += BLOCK;
    slot->busy = 1;
    outstanding++;
    if (WSASend( s, buffers, PIECES, &sent, 0, &slot->overlapped, completion.routine )
        && WSAGetLastError() != WSA_IO_PENDING)
        die( "WSASend" );
    memset( buffers, 0xee, sizeof( buffers ) );
}

static struct slot *slot_free( void )
{
    int i;

    for (i = 0; i < SLOTS; i++)
        if (!slots[i].busy) return slots + i;
    return NULL;
}

static void send_overlapped( const char *mode )
{
    struct slot *slot;

    completion_init( s, mode, &slots->overlapped, sizeof( *slots ), SLOTS, slot_done );
    while (data < data_end || outstanding)
    {
        while (data < data_end && ( slot = slot_free() )) slot_send( slot );
        completion_wait();
    }
}

#endif

int main( int argc, char **argv )
{
    uint64_t total, seed = 88172645463325252ull;
    struct sha256 hash;
    double seconds;
    char hex[65];

    if (argc < 4) return 2;
    total = atoi( argv[3] ) * 1048576ull;
    if (!( data = malloc( total ) )) return 3;
    data_end = data + total;
    fill_random( data, total, &seed );
    sha256_init( &hash );
    sha256_add( &hash, data, total );
    sha256_finish( &hash, hex );
    net_start();
    s = net_connect( atoi( argv[1] ) );
    seconds = now_us();
#ifdef _WIN32
    if (strcmp( argv[2], "blocking" )) send_overlapped( argv[2] );
    else
#endif
        send_blocking();
    shutdown( s, SD_SEND );
    closesocket( s );
    printf( "RESULT %llu %.6f %s\n", (unsigned long long)total, ( now_us() - seconds ) / 1e6, hex );
    return 0;
}
