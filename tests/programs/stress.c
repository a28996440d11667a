/*
 * Many connections, all completions mixed, random sizes, splits, cancels and closes: accounts for every operation and
 * every byte
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: stress SECONDS CONNECTIONS SEED [OUTSTANDING [stock]]
 * Both ends of each connection are in this process. What is sent is a function of connection, life, direction and
 * position, so a receiver knows each byte without being told. Ends are closed and operations cancelled at random
 * moments; a connection whose both ends are gone is made anew. stock: the wineserver does the work, which on a reset
 * reports sends of 0 bytes as done and mixes up what is sent behind them; then only the operations are accounted for,
 * each exactly once, not the bytes. Prints a line per second, then RESULT lives operations cancelled bytes; exit code 1
 * after FAILED lines.
 */

#include "net.h"

#define MAX_OUTSTANDING   8
#define MAX_BUFFERS       8
#define EVENTS_PER_THREAD 60
#define MAX_LEN           ( 1 << 20 )

enum way
{
    WAY_EVENT,
    WAY_PORT,
    WAY_ROUTINE,
    WAY_COUNT
};

struct end;

struct op
{
    WSAOVERLAPPED overlapped; /* first: found by it */
    struct end *end;
    int is_send;
    volatile LONG outstanding;
    int finished; /* completed, but not yet its turn */
    DWORD error, done;
    char *data;
    DWORD len;
};

struct end
{
    CRITICAL_SECTION lock;
    struct conn *conn;
    int side;
    enum way way;
    struct owner *owner;
    SOCKET s;
    HANDLE event;
    uint64_t random;
    uint64_t send_seed, recv_seed, sent, received;
    int sending;        /* may still send */
    int shut;           /* and has said that it won't */
    int cancelled_send; /* a send was cut: nothing follows it */
    int ended;          /* nothing more will come */
    struct op ops[2][MAX_OUTSTANDING];
    unsigned int next[2], oldest[2]; /* of the ring of operations of a direction */
    int outstanding;
};

struct conn
{
    struct end ends[2];
    unsigned int life;
    volatile LONG live; /* ends that are not done with */
};

struct owner /* a thread and the ends it serves */
{
    enum way way;
    HANDLE thread, kick;
    struct end *ends[EVENTS_PER_THREAD];
    unsigned int count;
};

static unsigned int conn_count, outstanding_max = 4;
static struct conn *conns;
static HANDLE port, died;
static volatile LONG stopping;
static int bytes_count = 1; /* are the bytes accounted for? */
static volatile LONG64 total_ops, total_cancelled, total_bytes, total_lives, failures;

static uint64_t mix( uint64_t x )
{
    x *= 0x9e3779b97f4a7c15ull;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9ull;
    return x ^ x >> 32;
}

static uint64_t draw( uint64_t *state )
{
    return mix( ++*state );
}

static void failed( const struct end *end, const char *format, ... )
{
    va_list args;
    char text[256];

    va_start( args, format );
    vsnprintf( text, sizeof( text ), format, args );
    va_end( args );
    if (InterlockedIncrement64( &failures ) > 20) return;
    printf( "FAILED connection %d life %u side %d way %d: %s\n", (int)( end->conn - conns ), end->conn->life, end->side,
            end->way, text );
    fflush( stdout );
}

static void stream_fill( char *data, size_t len, uint64_t seed, uint64_t position )
{
    size_t i = 0;

    while (i < len)
    {
        uint64_t word = mix( seed ^ ( position + i ) >> 3 );
        size_t at = ( position + i ) & 7, n = 8 - at < len - i ? 8 - at : len - i;

        memcpy( data + i, (char *)&word + at, n );
        i += n;
    }
}

/* Index of the first wrong byte, or -1. */
static long stream_check( const char *data, size_t len, uint64_t seed, uint64_t position )
{
    size_t i = 0;

    while (i < len)
    {
        uint64_t word = mix( seed ^ ( position + i ) >> 3 );
        size_t at = ( position + i ) & 7, n = 8 - at < len - i ? 8 - at : len - i;

        if (memcmp( data + i, (char *)&word + at, n )) return (long)i;
        i += n;
    }
    return -1;
}

/* 1 to MAX_LEN, as many small ones as big ones */
static DWORD random_len( struct end *end )
{
    unsigned int bits = draw( &end->random ) % 21;

    return 1 + draw( &end->random ) % ( 1u << bits );
}

static void op_completed( struct op *op, DWORD error, DWORD done );

static void CALLBACK routine( DWORD error, DWORD done, WSAOVERLAPPED *overlapped, DWORD flags )
{
    (void)flags;
    op_completed( (struct op *)overlapped, error, done );
}

/* Starts one operation. FALSE if there is nothing to start. With the lock held. */
static int op_start( struct end *end, int is_send )
{
    struct op *op = &end->ops[is_send][end->next[is_send] % outstanding_max];
    WSABUF bufs[MAX_BUFFERS];
    unsigned int count, i;
    DWORD left, flags = 0;
    char *ptr;
    int ret;

    if (end->s == INVALID_SOCKET || end->next[is_send] - end->oldest[is_send] >= outstanding_max) return 0;
    if (is_send ? !end->sending : end->ended) return 0;
    op->end = end;
    op->is_send = is_send;
    op->len = random_len( end );
    if (!( op->data = malloc( op->len ) )) return 0;
    if (is_send)
    {
        stream_fill( op->data, op->len, end->send_seed, end->sent );
        end->sent += op->len;
    }
    count = 1 + draw( &end->random ) % MAX_BUFFERS;
    for (i = 0, ptr = op->data, left = op->len; i < count; i++)
    {
        bufs[i].buf = ptr;
        bufs[i].len = i == count - 1 ? left : draw( &end->random ) % ( left + 1 );
        ptr += bufs[i].len;
        left -= bufs[i].len;
    }
    memset( &op->overlapped, 0, sizeof( op->overlapped ) );
    if (end->way == WAY_EVENT) op->overlapped.hEvent = end->event;
    op->finished = 0;
    if (InterlockedExchange( &op->outstanding, 1 )) failed( end, "an operation is in use" );
    end->outstanding++;
    end->next[is_send]++;
    InterlockedIncrement64( &total_ops );
    if (is_send)
        ret = WSASend( end->s, bufs, count, NULL, 0, &op->overlapped, end->way == WAY_ROUTINE ? routine : NULL );
    else ret = WSARecv( end->s, bufs, count, NULL, &flags, &op->overlapped, end->way == WAY_ROUTINE ? routine : NULL );
    memset( bufs, 0xcc, sizeof( bufs ) );
    if (ret && WSAGetLastError() != WSA_IO_PENDING)
    {
        DWORD error = WSAGetLastError();

        /* nothing follows an error (rule S5) */
        InterlockedExchange( &op->outstanding, 0 );
        end->outstanding--;
        end->next[is_send]--;
        if (is_send)
        {
            end->sent -= op->len;
            end->sending = 0;
        }
        else end->ended = 1;
        free( op->data );
        op->data = NULL;
        if (error != WSAECONNRESET && error != WSAECONNABORTED && error != WSAESHUTDOWN)
            failed( end, "%s: error %lu", is_send ? "send" : "recv", error );
        return 0;
    }
    return 1;
}

static void end_close( struct end *end )
{
    SOCKET s = end->s;

    end->s = INVALID_SOCKET;
    end->sending = 0;
    if (s != INVALID_SOCKET && closesocket( s )) failed( end, "closesocket: error %d", WSAGetLastError() );
}

static void end_pump( struct end *end )
{
    int more = 1;

    while (more) more = op_start( end, 0 ) | ( !stopping && op_start( end, 1 ) );
    if (end->s == INVALID_SOCKET) return;
    if (( stopping || !end->sending ) && !end->shut && end->next[1] == end->oldest[1])
    {
        /* all of ours is on its way: say so, and take the rest of the peer's */
        end->sending = 0;
        end->shut = 1;
        shutdown( end->s, SD_SEND );
    }
    if (end->ended && !end->sending && end->next[1] == end->oldest[1] && end->next[0] == end->oldest[0])
        end_close( end );
    else if (end->ended && !stopping) end_close( end );
}

/* Nothing of this end is left: when both are, the connection is made anew. With the lock held. */
static void end_check( struct end *end )
{
    if (end->s == INVALID_SOCKET && !end->outstanding && end->event != INVALID_HANDLE_VALUE)
    {
        if (end->event) CloseHandle( end->event );
        end->event = INVALID_HANDLE_VALUE; /* mark */
        if (!InterlockedDecrement( &end->conn->live )) SetEvent( died );
    }
}

/* The turn of an operation: all before it of its direction have had theirs. */
static void op_account( struct op *op )
{
    struct end *end = op->end;
    long wrong;

    if (!bytes_count)
    {
        if (op->error == WSA_OPERATION_ABORTED) InterlockedIncrement64( &total_cancelled );
        else if (op->is_send && ( op->error || op->done != op->len )) end->sending = 0;
        else if (!op->is_send && ( op->error || !op->done )) end->ended = 1;
        else if (op->is_send) InterlockedExchangeAdd64( &total_bytes, op->done );
    }
    else if (op->is_send)
    {
        if (op->error)
        {
            end->cancelled_send = 1;
            end->sending = 0;
            if (op->error == WSA_OPERATION_ABORTED) InterlockedIncrement64( &total_cancelled );
            else if (op->error != WSAECONNRESET && op->error != WSAECONNABORTED)
                failed( end, "a send ended with error %lu", op->error );
        }
        else if (op->done != op->len) failed( end, "%lu of %lu bytes sent", op->done, op->len );
        else if (end->cancelled_send) failed( end, "a send went out behind one that was cut" );
        else InterlockedExchangeAdd64( &total_bytes, op->done );
    }
    else if (op->error)
    {
        if (op->done) failed( end, "error %lu with %lu bytes", op->error, op->done );
        if (op->error == WSA_OPERATION_ABORTED) InterlockedIncrement64( &total_cancelled );
        else
        {
            if (op->error != WSAECONNRESET && op->error != WSAECONNABORTED)
                failed( end, "a receive ended with error %lu", op->error );
            end->ended = 1;
        }
    }
    else if (!op->done) end->ended = 1;
    else
    {
        if (op->done > op->len) failed( end, "%lu bytes received in a buffer of %lu", op->done, op->len );
        else if (( wrong = stream_check( op->data, op->done, end->recv_seed, end->received ) ) >= 0)
            failed( end, "wrong data at %llu", (unsigned long long)( end->received + wrong ) );
        end->received += op->done;
    }
    free( op->data );
    op->data = NULL;
}

/* Each operation comes here exactly once. */
static void op_completed( struct op *op, DWORD error, DWORD done )
{
    struct end *end = op->end;
    int is_send = op->is_send;

    EnterCriticalSection( &end->lock );
    if (!InterlockedExchange( &op->outstanding, 0 )) failed( end, "an operation has completed twice" );
    else
    {
        op->error = error;
        op->done = done;
        op->finished = 1;
        end->outstanding--;
        while (end->oldest[is_send] != end->next[is_send]
               && ( op = &end->ops[is_send][end->oldest[is_send] % outstanding_max] )->finished)
        {
            end->oldest[is_send]++;
            op->finished = 0;
            op_account( op );
        }
        end_pump( end );
    }
    end_check( end );
    LeaveCriticalSection( &end->lock );
}

static void end_begin( struct end *end )
{
    EnterCriticalSection( &end->lock );
    end_pump( end );
    end_check( end );
    LeaveCriticalSection( &end->lock );
}

/* ---- the threads that wait */

static DWORD error_of( struct op *op )
{
    DWORD done, flags;
    SOCKET any = op->end->conn->ends[0].s != INVALID_SOCKET ? op->end->conn->ends[0].s : op->end->conn->ends[1].s;

    /* a closed socket's handle can't be asked any more: what the system has left in the OVERLAPPED must do */
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
                events_scan( end ); /* what is done by now won't be announced again */
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

/* As much as grows by itself is more, for so many, than the host has for all: it then drops segments, and repeats them
 * ever later. */
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

/* Cancels and closes, at any moment. */
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
                /* the way that the provider doesn't see */
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
            /* the server itself loses some: stock does so too */
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
