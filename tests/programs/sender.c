/*
 * Sends pseudo-random data, and says what: bytes, seconds, SHA-256
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: sender PORT MODE MEGABYTES
 * MODE: blocking, or on Windows event, port, routine: overlapped WSASend, 8 operations outstanding, 16 buffers each
 * Prints: RESULT bytes seconds hash
 */

#include "net.h"
#include "sha256.h"

#define BLOCK   65536
#define SLOTS   8
#define PIECES  16

static SOCKET s;
static uint64_t left, random_state = 88172645463325252ull;
static struct sha256 hash;

static unsigned char *data_next( unsigned char *block )
{
    fill_random( block, BLOCK, &random_state );
    sha256_add( &hash, block, BLOCK );
    left -= BLOCK;
    return block;
}

static void send_blocking( void )
{
    static unsigned char block[BLOCK];

    while (left)
        if (!send_all( s, (char *)data_next( block ), BLOCK )) die( "send" );
}

#ifdef _WIN32

static struct slot
{
    WSAOVERLAPPED overlapped;
    unsigned char block[BLOCK];
    int busy;
} slots[SLOTS];

static int outstanding;

static void slot_done( struct slot *slot, DWORD error, DWORD bytes )
{
    if (error || bytes != BLOCK)
    {
        fprintf( stderr, "a send completed with error %lu, %lu bytes\n", error, bytes );
        exit( 3 );
    }
    slot->busy = 0;
    outstanding--;
}

static void CALLBACK routine( DWORD error, DWORD bytes, WSAOVERLAPPED *overlapped, DWORD flags )
{
    (void)flags;
    slot_done( CONTAINING_RECORD( overlapped, struct slot, overlapped ), error, bytes );
}

static void slot_send( struct slot *slot, LPWSAOVERLAPPED_COMPLETION_ROUTINE func )
{
    WSABUF buffers[PIECES]; /* on the stack: captured by the call */
    DWORD sent;
    int i, pos = 0;

    data_next( slot->block );
    for (i = 0; i < PIECES; i++)
    {
        /* pieces of different sizes, empty ones among them */
        int len = i == PIECES - 1 ? BLOCK - pos : i % 5 == 3 ? 0 : (i + 1) * 400;

        buffers[i].buf = (char *)slot->block + pos;
        buffers[i].len = len;
        pos += len;
    }
    slot->busy = 1;
    outstanding++;
    if (WSASend( s, buffers, PIECES, &sent, 0, &slot->overlapped, func ) && WSAGetLastError() != WSA_IO_PENDING) die( "WSASend" );
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
    int by_event = !strcmp( mode, "event" ), by_port = !strcmp( mode, "port" ), i;
    HANDLE port = NULL, events[SLOTS];
    WSAOVERLAPPED *done;
    DWORD bytes, flags;
    ULONG_PTR key;
    struct slot *slot;

    if (by_port) port = CreateIoCompletionPort( (HANDLE)s, NULL, 1, 0 );
    for (i = 0; by_event && i < SLOTS; i++) events[i] = slots[i].overlapped.hEvent = WSACreateEvent();
    while (left || outstanding)
    {
        while (left && (slot = slot_free())) slot_send( slot, by_event || by_port ? NULL : routine );
        if (by_port)
        {
            if (!GetQueuedCompletionStatus( port, &bytes, &key, &done, 30000 )) die( "GetQueuedCompletionStatus" );
            slot_done( CONTAINING_RECORD( done, struct slot, overlapped ), 0, bytes );
        }
        else if (by_event)
        {
            i = WSAWaitForMultipleEvents( SLOTS, events, FALSE, 30000, FALSE ) - WSA_WAIT_EVENT_0;
            if (i < 0 || i >= SLOTS) die( "wait" );
            WSAResetEvent( events[i] );
            if (!slots[i].busy) continue;
            if (!WSAGetOverlappedResult( s, &slots[i].overlapped, &bytes, FALSE, &flags )) die( "WSAGetOverlappedResult" );
            slot_done( slots + i, 0, bytes );
        }
        else if (SleepEx( 30000, TRUE ) != WAIT_IO_COMPLETION) die( "SleepEx" );
    }
}

#endif

int main( int argc, char **argv )
{
    const char *mode;
    uint64_t total;
    double start;
    char hex[65];

    if (argc < 4) return 2;
    mode = argv[2];
    left = total = atoi( argv[3] ) * 1048576ull;
    net_start();
    sha256_init( &hash );
    s = net_connect( atoi( argv[1] ) );
    start = now_us();
#ifdef _WIN32
    if (strcmp( mode, "blocking" )) send_overlapped( mode );
    else
#endif
    send_blocking();
    shutdown( s, SD_SEND );
    closesocket( s );
    sha256_finish( &hash, hex );
    printf( "RESULT %llu %.6f %s\n", (unsigned long long)total, (now_us() - start) / 1e6, hex );
    return 0;
}
