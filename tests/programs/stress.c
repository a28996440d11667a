/*
 * Many connections, all completions mixed, random sizes, splits, cancels and closes: accounts for every operation and
 * every byte
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: stress SECONDS CONNECTIONS SEED [OUTSTANDING [stock]]
 * Both ends of each connection are in this process. Each byte is a function of connection, life, direction and
 * position, so the receiver can check it. Ends are closed and operations cancelled at random moments; when both ends
 * of a connection are gone, it is created again. stock: the wineserver does the work. After a reset it reports sends
 * of 0 bytes as done and mixes up what follows, so only operations are accounted for, each exactly once, not bytes.
 * Prints a line per second, then RESULT lives operations cancelled bytes. Exit code 1 after FAILED lines.
 */

#include "stress.h"

/* ---- the threads that wait */

static DWORD error_of( struct op *op )
{
    DWORD done, flags;
    SOCKET any = op->end->conn->ends[0].s != INVALID_SOCKET ? op->end->conn->ends[0].s : op->end->conn->ends[1].s;

    /* a closed socket can't be asked any more: use what the system left in the OVERLAPPED */
    if (any != INVALID_SOCKET && op->end->s != INVALID_SOCKET)
        return WSAGetOverlappedResult( op->end->s, &op->overlapped, &done, FALSE, &flags ) ? 0 : WSAGetLastError();
    switch ((DWORD)op->overlapped.Internal)
    {
    case 0: return 0;
    case 0xc0000120: return WSA_OPERATION_ABORTED;
    case 0xc000020d: return WSAECONNRESET;
    case 0xc0000241: return WSAECONNABORTED;
    default: return op->overlapped.Internal;
    }
}

static void events_scan( struct end *end )
{
    unsigned int i, j;

    for (i = 0; i < 2; i++)
        for (j = 0; j < outstanding_max; j++)
        {
            struct op *op = &end->ops[i][j];
            DWORD error;

            EnterCriticalSection( &end->lock );
            if (op->outstanding && HasOverlappedIoCompleted( &op->overlapped ))
            {
                error = error_of( op );
                op_completed( op, error, error ? 0 : op->overlapped.InternalHigh );
            }
            LeaveCriticalSection( &end->lock );
        }
}

static DWORD WINAPI event_thread( void *arg )
{
    struct owner *owner = arg;
    HANDLE handles[EVENTS_PER_THREAD + 1];
    struct end *ends[EVENTS_PER_THREAD + 1];
    unsigned int i, count;

    for (;;)
    {
        count = 0;
        handles[count++] = owner->kick;
        for (i = 0; i < owner->count; i++)
        {
            struct end *end = owner->ends[i];

            EnterCriticalSection( &end->lock );
            if (end->event && end->event != INVALID_HANDLE_VALUE)
            {
                ResetEvent( end->event );
                end_pump( end );
                events_scan( end ); /* completed operations aren't announced again */
                end_check( end );
                if (end->event != INVALID_HANDLE_VALUE)
                {
                    ends[count] = end;
                    handles[count++] = end->event;
                }
            }
            LeaveCriticalSection( &end->lock );
        }
        WaitForMultipleObjects( count, handles, FALSE, 1000 );
        (void)ends;
    }
    return 0;
}

static DWORD WINAPI port_thread( void *arg )
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD done;

    (void)arg;
    for (;;)
    {
        BOOL ret;

        overlapped = NULL;
        SetLastError( 0 );
        ret = GetQueuedCompletionStatus( port, &done, &key, &overlapped, INFINITE );
        if (!overlapped) end_begin( (struct end *)key );
        else
        {
            DWORD error = ret ? 0 : GetLastError();

            if (error == ERROR_NETNAME_DELETED) error = WSAECONNRESET;
            if (error == ERROR_CONNECTION_ABORTED) error = WSAECONNABORTED;
            op_completed( (struct op *)overlapped, error, done );
        }
    }
    return 0;
}

static DWORD WINAPI routine_thread( void *arg )
{
    (void)arg;
    for (;;) SleepEx( INFINITE, TRUE );
    return 0;
}

static void CALLBACK routine_kick( ULONG_PTR end )
{
    end_begin( (struct end *)end );
}

/* ---- lives */

/* Buffers that grow by themselves would, for this many sockets, exceed the host's total: it then drops segments and
 * repeats them ever later. */
static void limit_buffers( SOCKET s )
{
    int size = 131072;

    setsockopt( s, SOL_SOCKET, SO_RCVBUF, (char *)&size, sizeof( size ) );
    setsockopt( s, SOL_SOCKET, SO_SNDBUF, (char *)&size, sizeof( size ) );
}

static void conn_make( struct conn *conn, SOCKET listener, int listen_port )
{
    unsigned int i;

    conn->life++;
    conn->live = 2;
    InterlockedIncrement64( &total_lives );
    for (i = 0; i < 2; i++)
    {
        struct end *end = &conn->ends[i];
        uint64_t seed = mix( (uint64_t)( conn - conns ) << 32 | conn->life );

        EnterCriticalSection( &end->lock );
        end->s = i ? accept( listener, NULL, NULL ) : net_connect( listen_port );
        if (end->s == INVALID_SOCKET) die( "accept" );
        set_nodelay( end->s );
        limit_buffers( end->s );
        end->send_seed = mix( seed + i ) << 8;
        end->recv_seed = mix( seed + !i ) << 8;
        end->sent = end->received = 0;
        end->sending = 1;
        end->cancelled_send = end->ended = end->shut = 0;
        end->event = end->way == WAY_EVENT ? CreateEventW( NULL, TRUE, FALSE, NULL ) : NULL;
        if (end->way == WAY_PORT && !CreateIoCompletionPort( (HANDLE)end->s, port, (ULONG_PTR)end, 0 ))
            die( "CreateIoCompletionPort" );
        LeaveCriticalSection( &end->lock );
    }
    for (i = 0; i < 2; i++)
    {
        struct end *end = &conn->ends[i];

        if (end->way == WAY_PORT) PostQueuedCompletionStatus( port, 0, (ULONG_PTR)end, NULL );
        else if (end->way == WAY_ROUTINE) QueueUserAPC( routine_kick, end->owner->thread, (ULONG_PTR)end );
        else SetEvent( end->owner->kick );
    }
}

/* Cancels and closes at random moments. */
static DWORD WINAPI chaos_thread( void *arg )
{
    uint64_t random = (uintptr_t)arg;

    while (!stopping)
    {
        struct end *end = &conns[draw( &random ) % conn_count].ends[draw( &random ) & 1];
        unsigned int what = draw( &random ) % 16;

        EnterCriticalSection( &end->lock );
        if (end->s != INVALID_SOCKET)
        {
            if (what < 8)
            {
                /* a receive that is cancelled loses nothing */
                struct op *op = &end->ops[0][draw( &random ) % outstanding_max];

                if (op->outstanding) CancelIoEx( (HANDLE)end->s, &op->overlapped );
            }
            else if (what < 10)
            {
                /* a send that is cut ends the stream */
                end->sending = 0;
                CancelIoEx( (HANDLE)end->s, NULL );
                if (what == 9) end_close( end );
            }
            else if (what == 10) end_close( end );
            else if (what == 11)
            {
                /* a way that the provider doesn't see */
                SOCKET s = end->s;

                end->s = INVALID_SOCKET;
                end->sending = 0;
                CloseHandle( (HANDLE)s );
            }
        }
        end_check( end );
        if (end->way == WAY_EVENT) SetEvent( end->owner->kick );
        LeaveCriticalSection( &end->lock );
        Sleep( 1 + draw( &random ) % 4 );
    }
    return 0;
}

int main( int argc, char **argv )
{
    static struct owner owners[256];
    int closed_all = 0;
    unsigned int lost = 0;
    unsigned int i, j, k, seconds, owner_count = 0, filling[WAY_COUNT] = { 0 };
    struct owner *current[WAY_COUNT] = { NULL };
    DWORD start, now, last;
    uint64_t seed;
    SOCKET listener;
    int listen_port;

    if (argc < 4) return 2;
    seconds = atoi( argv[1] );
    conn_count = atoi( argv[2] );
    seed = strtoul( argv[3], NULL, 0 );
    if (argc > 4) outstanding_max = atoi( argv[4] );
    if (argc > 5) bytes_count = strcmp( argv[5], "stock" ) != 0;
    if (!outstanding_max || outstanding_max > MAX_OUTSTANDING || !conn_count) return 2;
    net_start();
    listener = net_listen( &listen_port );
    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    died = CreateEventW( NULL, FALSE, FALSE, NULL );
    conns = calloc( conn_count, sizeof( *conns ) );
    for (i = 0; i < conn_count; i++)
        for (j = 0; j < 2; j++)
        {
            struct end *end = &conns[i].ends[j];

            InitializeCriticalSection( &end->lock );
            end->conn = &conns[i];
            end->side = j;
            end->random = mix( seed + i * 2 + j );
            end->s = INVALID_SOCKET;
            end->way = ( i + j * ( 1 + i / WAY_COUNT ) ) % WAY_COUNT;
            if (!current[end->way] || current[end->way]->count == EVENTS_PER_THREAD)
            {
                if (owner_count == ARRAYSIZE( owners )) return 2;
                current[end->way] = &owners[owner_count++];
                current[end->way]->way = end->way;
                current[end->way]->kick = CreateEventW( NULL, FALSE, FALSE, NULL );
                filling[end->way]++;
            }
            end->owner = current[end->way];
            end->owner->ends[end->owner->count++] = end;
        }
    for (i = 0; i < owner_count; i++)
    {
        static LPTHREAD_START_ROUTINE functions[WAY_COUNT] = { event_thread, port_thread, routine_thread };

        owners[i].thread = CreateThread( NULL, 0, functions[owners[i].way], &owners[i], 0, NULL );
    }
    for (i = 0; i < conn_count; i++) conn_make( &conns[i], listener, listen_port );
    CloseHandle( CreateThread( NULL, 0, chaos_thread, (void *)(uintptr_t)seed, 0, NULL ) );

    start = last = GetTickCount();
    for (;;)
    {
        unsigned int live = 0;

        WaitForSingleObject( died, 200 );
        now = GetTickCount();
        if (!stopping && now - start >= seconds * 1000)
        {
            InterlockedExchange( &stopping, 1 );
            for (i = 0; i < owner_count; i++) SetEvent( owners[i].kick );
            for (i = 0; i < conn_count; i++)
                for (j = 0; j < 2; j++)
                {
                    struct end *end = &conns[i].ends[j];

                    if (end->way == WAY_PORT) PostQueuedCompletionStatus( port, 0, (ULONG_PTR)end, NULL );
                    else if (end->way == WAY_ROUTINE) QueueUserAPC( routine_kick, end->owner->thread, (ULONG_PTR)end );
                }
        }
        for (i = 0; i < conn_count; i++)
        {
            if (conns[i].live) live++;
            else if (!stopping) conn_make( &conns[i], listener, listen_port );
        }
        if (now - last >= 1000)
        {
            last = now;
            printf( "%lu s: %lld lives, %lld operations, %lld cancelled, %lld MB\n", ( now - start ) / 1000,
                    total_lives, total_ops, total_cancelled, total_bytes >> 20 );
            fflush( stdout );
        }
        if (stopping && !live) break;
        if (!bytes_count && !closed_all && now - start > seconds * 1000 + 5000)
        {
            /* Wine 10's server leaves a receive of a cut connection pending */
            closed_all = 1;
            for (i = 0; i < conn_count; i++)
                for (j = 0; j < 2; j++)
                {
                    EnterCriticalSection( &conns[i].ends[j].lock );
                    end_close( &conns[i].ends[j] );
                    end_check( &conns[i].ends[j] );
                    LeaveCriticalSection( &conns[i].ends[j].lock );
                }
            for (i = 0; i < owner_count; i++) SetEvent( owners[i].kick );
        }
        if (!bytes_count && closed_all && now - start > seconds * 1000 + 15000)
        {
            /* the server itself loses some, on stock as well */
            for (i = 0; i < conn_count; i++)
                for (j = 0; j < 2; j++) lost += conns[i].ends[j].outstanding;
            break;
        }
        if (now - start > seconds * 1000 + 120000)
        {
            for (i = 0; i < conn_count; i++)
                for (j = 0; j < 2; j++)
                {
                    struct end *end = &conns[i].ends[j];

                    if (!end->outstanding && end->s == INVALID_SOCKET) continue;
                    for (k = 0; k < 2 * outstanding_max; k++)
                    {
                        struct op *op = &end->ops[k & 1][k / 2];

                        if (op->outstanding)
                            printf( "%s %u of %u: status %lx, %lu bytes of %lu\n", k & 1 ? "send" : "receive", k / 2,
                                    end->oldest[k & 1] % outstanding_max, (DWORD)op->overlapped.Internal,
                                    (DWORD)op->overlapped.InternalHigh, op->len );
                    }
                    failed( end, "%d operations never ended (%u receives, %u sends); socket %s", end->outstanding,
                            end->next[0] - end->oldest[0], end->next[1] - end->oldest[1],
                            end->s == INVALID_SOCKET ? "closed" : "open" );
                }
            break;
        }
    }
    printf( "RESULT %lld %lld %lld %lld %u\n", total_lives, total_ops, total_cancelled, total_bytes, lost );
    fflush( stdout );
    ExitProcess( failures != 0 );
}
