/*
 * select and WSAPoll while several threads change the sockets they ask about
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A model of each socket's state decides what the calls must say.
 */

#include "large_sets.h"

#define COUNT 48

static SOCKET ours[COUNT], peers[COUNT];

enum
{
    THREADS = 3,
    ROUNDS = 60
};

static CRITICAL_SECTION locks[COUNT];
static HANDLE leaves[2];
static LONG waiting;
static HANDLE copies[COUNT];
static SOCKET listener;
static union address listener_addr;
static int listener_len;

/* All threads meet here. */
static void meet( int gate )
{
    if (InterlockedIncrement( &waiting ) == THREADS)
    {
        waiting = 0;
        ResetEvent( leaves[!gate] );
        SetEvent( leaves[gate] );
    }
    else ok( !WaitForSingleObject( leaves[gate], 60000 ), "a thread is late\n" );
}

static unsigned int next( unsigned int *seed, unsigned int limit )
{
    *seed = *seed * 1103515245 + 12345;
    return ( *seed >> 8 ) % limit;
}

static void make_one( int i )
{
    if (i & 1) udp_pair( AF_INET, &ours[i], &peers[i] );
    else tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &ours[i], &peers[i] );
    set_blocking( ours[i], FALSE );
    set_blocking( peers[i], FALSE );
}

/* Another connection under the same handle. */
static void reconnect( int i )
{
    static const GUID disconnectex_guid = WSAID_DISCONNECTEX, connectex_guid = WSAID_CONNECTEX;
    static CRITICAL_SECTION *one_at_a_time = &locks[COUNT - 1]; /* that accepts what it has connected */
    LPFN_DISCONNECTEX disconnect_ex;
    LPFN_CONNECTEX connect_ex;
    OVERLAPPED ov = { 0 };
    union address any;
    BOOL done = FALSE;
    DWORD size;

    EnterCriticalSection( one_at_a_time );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    WSAIoctl( ours[i], SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&disconnectex_guid, sizeof( disconnectex_guid ),
              &disconnect_ex, sizeof( disconnect_ex ), &size, NULL, NULL );
    WSAIoctl( ours[i], SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&connectex_guid, sizeof( connectex_guid ),
              &connect_ex, sizeof( connect_ex ), &size, NULL, NULL );
    closesocket( peers[i] );
    if (!by_afd() && disconnect_ex( ours[i], NULL, TF_REUSE_SOCKET, 0 ))
    {
        bind( ours[i], &any.any, loopback( &any, AF_INET, 0 ) );
        done = connect_ex( ours[i], &listener_addr.any, listener_len, NULL, 0, &size, &ov )
               || ( WSAGetLastError() == ERROR_IO_PENDING && GetOverlappedResult( (HANDLE)ours[i], &ov, &size, TRUE ) );
    }
    if (done)
    {
        setsockopt( ours[i], SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 );
        peers[i] = accept( listener, NULL, NULL );
        set_blocking( peers[i], FALSE );
    }
    else
    {
        closesocket( ours[i] );
        make_one( i );
    }
    CloseHandle( ov.hEvent );
    LeaveCriticalSection( one_at_a_time );
}

static void change( int i, unsigned int *seed )
{
    static const struct linger hard = { 1, 0 };
    static char buffer[8192];
    char received[3000];

    if (!TryEnterCriticalSection( &locks[i] )) return;
    switch (next( seed, 16 ))
    {
    case 0:
    case 1:
    case 2:
    case 3: send( peers[i], buffer, 1 + next( seed, 2000 ), 0 ); break;
    case 4:
    case 5:
    case 6: recv( ours[i], received, 1 + next( seed, sizeof( received ) ), 0 ); break;
    case 7:
        if (!( i & 1 )) send( peers[i], "!", 1, MSG_OOB );
        break;
    case 8:
        if (!( i & 1 )) shutdown( peers[i], SD_SEND );
        break;
    case 9:
        if (!( i & 1 )) fill_send_buffer( ours[i] );
        break;
    case 10:
        setsockopt( peers[i], SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof( hard ) );
        shutdown( peers[i], SD_BOTH );
        break;
    case 11:
        if (!( i & 1 ) && i != COUNT - 1) reconnect( i );
        break;
    case 12: /* open elsewhere when it is closed here */
        if (copies[i]) closesocket( (SOCKET)copies[i] );
        DuplicateHandle( GetCurrentProcess(), (HANDLE)ours[i], GetCurrentProcess(), &copies[i], 0, FALSE,
                         DUPLICATE_SAME_ACCESS );
        /* fall through */
    default:
        if (next( seed, 2 )) closesocket( ours[i] );
        else CloseHandle( (HANDLE)ours[i] );
        closesocket( peers[i] );
        make_one( i );
        break;
    }
    LeaveCriticalSection( &locks[i] );
}

/* What select says of each, a bit for each set; without end: the time of a wait. */
static BOOL ask( const int *wanted, int from, int to, DWORD milliseconds, int *got )
{
    struct timeval timeout = { 0, milliseconds * 1000 };
    fd_set sets[3];
    int i, j;

    for (j = 0; j < 3; j++)
    {
        FD_ZERO( &sets[j] );
        for (i = from; i < to; i++)
            if (wanted[i] & 1 << j) sets[j].fd_array[sets[j].fd_count++] = ours[i];
    }
    if (!sets[0].fd_count && !sets[1].fd_count && !sets[2].fd_count)
    {
        for (i = from; i < to; i++) got[i] = 0;
        return TRUE;
    }
    if (select( 0, &sets[0], &sets[1], &sets[2], &timeout ) == SOCKET_ERROR) return FALSE;
    for (i = from; i < to; i++)
        for (j = got[i] = 0; j < 3; j++)
            if (wanted[i] & 1 << j && FD_ISSET( ours[i], &sets[j] )) got[i] |= 1 << j;
    return TRUE;
}

static DWORD WINAPI model_thread( void *arg )
{
    unsigned int seed = 100 + (INT_PTR)arg, round, tries;
    int wanted[COUNT], got[COUNT], alone[COUNT], i, part;

    for (round = 0; round < ROUNDS; round++)
    {
        if (!( round % 10 ))
            for (i = 0; i < COUNT; i++) wanted[i] = next( &seed, 3 ) ? 1 | next( &seed, 8 ) : next( &seed, 8 );
        else
            for (i = 0; i < 3; i++) wanted[next( &seed, COUNT )] = next( &seed, 8 );
        for (part = 0; part < 12; part++)
        {
            change( next( &seed, COUNT ), &seed );
            /* Errors are no wonder, as others close. Stock's select may name a handle that is just being made a socket:
             * the wineserver fails an assertion. */
            if (!stock) ask( wanted, 0, COUNT, next( &seed, 3 ), got );
        }
        meet( 0 );
        for (tries = 0; tries < 200; tries++)
        {
            ok( ask( wanted, 0, COUNT, 0, got ), "select failed: %d\n", WSAGetLastError() );
            for (i = 0; i < COUNT; i++)
            {
                ok( ask( wanted, i, i + 1, 0, alone ), "select failed: %d\n", WSAGetLastError() );
                if (got[i] != alone[i]) break;
            }
            if (i == COUNT) break;
            Sleep( 10 ); /* it may have changed between the two */
        }
        ok( i == COUNT, "thread %d, round %u, socket %d, asked for %d: got %x, alone %x\n", (int)(INT_PTR)arg, round, i,
            i < COUNT ? wanted[i] : 0, i < COUNT ? got[i] : 0, i < COUNT ? alone[i] : 0 );
        meet( 1 );
    }
    return 0;
}

static void test_model( void )
{
    HANDLE threads[THREADS];
    int i;

    listener = tcp_listener( AF_INET, &listener_addr, &listener_len );
    for (i = 0; i < 2; i++) leaves[i] = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (i = 0; i < COUNT; i++)
    {
        InitializeCriticalSection( &locks[i] );
        make_one( i );
    }
    for (i = 0; i < THREADS; i++) threads[i] = CreateThread( NULL, 0, model_thread, (void *)(INT_PTR)i, 0, NULL );
    ok( WaitForMultipleObjects( THREADS, threads, TRUE, 120000 ) == WAIT_OBJECT_0, "the threads don't end\n" );
    for (i = 0; i < THREADS; i++) CloseHandle( threads[i] );
    for (i = 0; i < COUNT; i++)
    {
        if (copies[i]) closesocket( (SOCKET)copies[i] );
        DeleteCriticalSection( &locks[i] );
    }
    for (i = 0; i < 2; i++) CloseHandle( leaves[i] );
    for (i = 0; i < COUNT; i++)
    {
        closesocket( ours[i] );
        closesocket( peers[i] );
    }
    closesocket( listener );
}

START_TEST( select_model )
{
    start_winsock();
    test_model();
    stop_winsock();
}
