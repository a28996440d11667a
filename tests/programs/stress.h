/*
 * The ends of connections under load, and the operations on them: what each has sent and received, to the byte
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_PROGRAMS_STRESS_H
#define TESTS_PROGRAMS_STRESS_H

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
    WSAOVERLAPPED overlapped; /* first: the OVERLAPPED leads to the operation */
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
    int shut;           /* and has announced that it won't */
    int cancelled_send; /* a send was cut: nothing follows it */
    int ended;          /* nothing more will come */
    struct op ops[2][MAX_OUTSTANDING];
    unsigned int next[2], oldest[2]; /* of a direction's ring of operations */
    int outstanding;
};

struct conn
{
    struct end ends[2];
    unsigned int life;
    volatile LONG live; /* ends that are still in use */
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
        /* all our data is on its way: shut down, and receive the rest of the peer's */
        end->sending = 0;
        end->shut = 1;
        shutdown( end->s, SD_SEND );
    }
    if (end->ended && !end->sending && end->next[1] == end->oldest[1] && end->next[0] == end->oldest[0])
        end_close( end );
    else if (end->ended && !stopping) end_close( end );
}

/* This end is finished; when both are, the connection is created again. With the lock held. */
static void end_check( struct end *end )
{
    if (end->s == INVALID_SOCKET && !end->outstanding && end->event != INVALID_HANDLE_VALUE)
    {
        if (end->event) CloseHandle( end->event );
        end->event = INVALID_HANDLE_VALUE; /* mark */
        if (!InterlockedDecrement( &end->conn->live )) SetEvent( died );
    }
}

/* An operation's turn: all before it in its direction have had theirs. */
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

#endif /* TESTS_PROGRAMS_STRESS_H */
