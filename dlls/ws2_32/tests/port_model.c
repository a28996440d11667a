/*
 * A completion port under a random load: each packet comes out exactly once
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: port_model [SECONDS [SEED]]
 * Eight threads post, receive, cancel, close sockets, read pipes and wait, each by its own dice. The model of a packet
 * is the state of its record: a packet takes it from `out' to `free'; a second one would find it free, and a lost one
 * leaves it out.
 */

#include "sockets.h"

#define THREADS 8
#define PAIRS   6
#define RECORDS 2048

enum kind
{
    KIND_POST = 1,
    KIND_RECV,
    KIND_SEND,
    KIND_PIPE
};
enum state
{
    STATE_FREE,
    STATE_OUT
};

struct record
{
    OVERLAPPED ov; /* first */
    char data[32];
    volatile LONG state;
    enum kind kind;
};

static struct record records[RECORDS];
static struct pair
{
    SRWLOCK lock; /* shared for use, exclusive for closing */
    SOCKET a, b;  /* b is associated */
} pairs[PAIRS];
static HANDLE port, second_handle, pipe_server, pipe_client;
static volatile LONG stop, posted, taken, wrong, early;
static ULONGLONG seed;

static unsigned int dice( ULONGLONG *state, unsigned int sides )
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (unsigned int)( ( *state * 0x2545f4914f6cdd1dull ) >> 33 ) % sides;
}

static struct record *record_get( ULONGLONG *random, enum kind kind )
{
    struct record *record = &records[dice( random, RECORDS )];

    if (InterlockedCompareExchange( &record->state, STATE_OUT, STATE_FREE ) != STATE_FREE) return NULL;
    memset( &record->ov, 0, sizeof( record->ov ) );
    record->kind = kind;
    return record;
}

static void started( struct record *record, BOOL ok_or_pending )
{
    if (ok_or_pending) InterlockedIncrement( &posted );
    else InterlockedExchange( &record->state, STATE_FREE );
}

static void packet_seen( OVERLAPPED *ov, ULONG_PTR key )
{
    struct record *record = (struct record *)ov;

    if (record < records || record >= records + RECORDS
        || key != (ULONG_PTR)( record->kind == KIND_SEND ? KIND_RECV : record->kind ))
    {
        InterlockedIncrement( &wrong );
        return;
    }
    if (is_pending( ov )) InterlockedIncrement( &early );
    if (InterlockedExchange( &record->state, STATE_FREE ) != STATE_OUT) InterlockedIncrement( &wrong );
    InterlockedIncrement( &taken );
}

/* Returns how many packets came. */
static unsigned int wait_for_packets( ULONGLONG *random, DWORD timeout )
{
    HANDLE handle = dice( random, 2 ) ? port : second_handle;
    OVERLAPPED_ENTRY entries[16];
    OVERLAPPED *ov;
    ULONG_PTR key;
    ULONG count, i;

    if (dice( random, 3 ))
    {
        ov = NULL;
        GetQueuedCompletionStatus( handle, &count, &key, &ov, timeout );
        if (ov) packet_seen( ov, key );
        return ov != NULL;
    }
    if (!GetQueuedCompletionStatusEx( handle, entries, 1 + dice( random, 16 ), &count, timeout, !dice( random, 4 ) ))
        return 0;
    for (i = 0; i < count; i++) packet_seen( entries[i].lpOverlapped, entries[i].lpCompletionKey );
    return count;
}

static void pair_open( struct pair *pair )
{
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &pair->a, &pair->b );
    set_blocking( pair->a, FALSE );
    CreateIoCompletionPort( (HANDLE)pair->b, port, KIND_RECV, 0 );
}

static void pair_close( struct pair *pair )
{
    closesocket( pair->b );
    closesocket( pair->a );
}

static void step( ULONGLONG *random )
{
    struct pair *pair = &pairs[dice( random, PAIRS )];
    WSABUF wsabuf;
    DWORD flags = 0, count;
    struct record *record;
    char data[64];
    int i;

    switch (dice( random, 20 ))
    {
    case 0:
    case 1:
    case 2:
        for (i = 1 + dice( random, 4 ); i; i--)
            if (( record = record_get( random, KIND_POST ) ))
                started( record, PostQueuedCompletionStatus( port, 1, KIND_POST, &record->ov ) );
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        AcquireSRWLockShared( &pair->lock );
        if (( record = record_get( random, KIND_RECV ) ))
        {
            wsabuf.buf = record->data;
            wsabuf.len = sizeof( record->data );
            InterlockedIncrement( &posted );
            if (WSARecv( pair->b, &wsabuf, 1, NULL, &flags, &record->ov, NULL ) && WSAGetLastError() != WSA_IO_PENDING)
            {
                InterlockedDecrement( &posted );
                InterlockedExchange( &record->state, STATE_FREE );
            }
        }
        ReleaseSRWLockShared( &pair->lock );
        break;
    case 7:
    case 8:
        AcquireSRWLockShared( &pair->lock );
        if (( record = record_get( random, KIND_SEND ) ))
        {
            wsabuf.buf = record->data;
            wsabuf.len = 1 + dice( random, sizeof( record->data ) );
            if (WSASend( pair->b, &wsabuf, 1, NULL, 0, &record->ov, NULL ) && WSAGetLastError() != WSA_IO_PENDING)
                InterlockedExchange( &record->state, STATE_FREE );
            else InterlockedIncrement( &posted );
        }
        /* so that it doesn't fill up */
        while (recv( pair->a, data, sizeof( data ), 0 ) > 0) /* nothing */
            ;
        ReleaseSRWLockShared( &pair->lock );
        break;
    case 9:
    case 10:
    case 11:
    case 12:
        AcquireSRWLockShared( &pair->lock );
        send( pair->a, data, 1 + dice( random, sizeof( data ) ), 0 );
        ReleaseSRWLockShared( &pair->lock );
        break;
    case 13:
        AcquireSRWLockShared( &pair->lock );
        CancelIoEx( (HANDLE)pair->b, dice( random, 2 ) ? &records[dice( random, RECORDS )].ov : NULL );
        ReleaseSRWLockShared( &pair->lock );
        break;
    case 14:
        if (dice( random, 40 )) break;
        AcquireSRWLockExclusive( &pair->lock );
        pair_close( pair );
        pair_open( pair );
        ReleaseSRWLockExclusive( &pair->lock );
        break;
    case 15:
        if (!dice( random, 2 )) WriteFile( pipe_client, data, 1, &count, NULL );
        else if (( record = record_get( random, KIND_PIPE ) ))
        {
            if (!ReadFile( pipe_server, record->data, 1, NULL, &record->ov ) && GetLastError() != ERROR_IO_PENDING)
                InterlockedExchange( &record->state, STATE_FREE );
            else InterlockedIncrement( &posted );
        }
        break;
    default: wait_for_packets( random, dice( random, 3 ) ? 0 : dice( random, 20 ) ); break;
    }
}

static DWORD WINAPI thread_main( void *arg )
{
    ULONGLONG random = seed + (ULONG_PTR)arg * 0x9e3779b97f4a7c15ull;

    while (!stop) step( &random );
    return 0;
}

START_TEST( port_model )
{
    HANDLE threads[THREADS];
    int i, out = 0, unended = 0, argc, empty = 0;
    ULONGLONG random = 99;
    DWORD seconds = 3;
    char **argv, pipe_name[64];

    sprintf( pipe_name, "\\\\.\\pipe\\wsuring-port-%lx", GetCurrentProcessId() );
    argc = winetest_get_mainargs( &argv );
    seed = GetTickCount() | 1;
    if (argc > 2) seconds = atoi( argv[2] );
    if (argc > 3) seed = strtoul( argv[3], NULL, 0 );
    trace( "seed %lu\n", (ULONG)seed );
    start_winsock();
    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    DuplicateHandle( GetCurrentProcess(), port, GetCurrentProcess(), &second_handle, 0, FALSE, DUPLICATE_SAME_ACCESS );
    pipe_server = CreateNamedPipeA( pipe_name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 4096, 4096, 0, NULL );
    pipe_client
        = CreateFileA( pipe_name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, 0 );
    ok( pipe_client != INVALID_HANDLE_VALUE, "no pipe: %lu\n", GetLastError() );
    CreateIoCompletionPort( pipe_server, port, KIND_PIPE, 0 );
    for (i = 0; i < PAIRS; i++) pair_open( &pairs[i] );
    for (i = 0; i < THREADS; i++)
        threads[i] = CreateThread( NULL, 0, thread_main, (void *)(ULONG_PTR)( i + 1 ), 0, NULL );
    Sleep( seconds * 1000 );
    stop = 1;
    ok( WaitForMultipleObjects( THREADS, threads, TRUE, 10000 ) < THREADS, "a thread hangs\n" );
    for (i = 0; i < PAIRS; i++) pair_close( &pairs[i] );
    CancelIoEx( pipe_server, NULL );
    while (empty < 10)
    {
        if (wait_for_packets( &random, 50 )) empty = 0;
        else empty++;
    }
    for (i = 0; i < RECORDS; i++)
    {
        if (records[i].state == STATE_FREE) continue;
        /* the server loses the end of an operation now and then (docs/limitations.md, tier afd) */
        if (records[i].ov.Internal == STATUS_PENDING)
        {
            ok_unless_afd( FALSE, "an operation of kind %d hasn't ended\n", records[i].kind );
            unended++;
        }
        else if (out++ < 5) ok( 0, "lost: a packet of kind %d, status %Ix\n", records[i].kind, records[i].ov.Internal );
    }
    ok( !out && posted == taken + unended, "%ld packets went in, %ld came out, %d are missing\n", posted, taken, out );
    ok( !wrong, "%ld wrong packets\n", wrong );
    ok( !early, "%ld packets came before their operations had ended\n", early );
    ok( taken > 100, "only %ld packets\n", taken );
    trace( "%ld packets\n", taken );
    CloseHandle( pipe_server );
    CloseHandle( pipe_client );
    CloseHandle( second_handle );
    CloseHandle( port );
    stop_winsock();
}
