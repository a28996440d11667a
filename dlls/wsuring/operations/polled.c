/*
 * Operations polled on a timer, because no descriptor becomes ready for them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The reaper polls at intervals, as long as one of them depends on it.
 */

#include "operations/operation.h"
#include "sockets/shared_state.h"
#include "wait/thread.h"

#define INTERVAL_MS 50

static struct queue notices = { .lock = SRWLOCK_INIT };
static volatile LONG count;  /* in the queue, or about to be */
static volatile LONG polled; /* those that need the timer */
static LONGLONG next_look;   /* only used by the reaper */

static void polled_add_count( const struct operation *op, LONG change )
{
    InterlockedExchangeAdd( &count, change );
    if (!op->kind->announced) InterlockedExchangeAdd( &polled, change );
}

static NTSTATUS polled_pend( struct operation *op )
{
    struct operation *copy;
    NTSTATUS status;

    /* without the hooks it could be cancelled without our knowledge */
    if (!interposed || !reaper_start()) return STATUS_NOT_SUPPORTED;
    if (notices.pending >= pending_max) return STATUS_NO_MEMORY;
    if (( status = operation_begin( op ) )) return status;
    if (( copy = operation_dup( op ) ))
    {
        polled_add_count( op, 1 ); /* before `closing' is read: the closing thread reads them in the opposite order */
        lock_acquire( &notices.lock );
        status = op->sock->id.closing ? STATUS_CANCELLED : STATUS_PENDING;
        if (status == STATUS_PENDING)
        {
            InterlockedIncrement( &op->sock->pooled.refs );
            queue_append( &notices, copy );
        }
        lock_release( &notices.lock );
        if (status == STATUS_PENDING) unix_call( unix_engine_wake, NULL );
        else
        {
            polled_add_count( op, -1 );
            operation_take_back( op, copy );
        }
    }
    else status = STATUS_NO_MEMORY;
    operation_begun( op, status );
    return status;
}

static NTSTATUS polled_block( struct operation *op )
{
    NTSTATUS status;

    while (( status = op->kind->attempt( op ) ) == STATUS_DEVICE_NOT_READY)
    {
        status = socket_wait( op->sock, op->direction, 0, deadline_after( INTERVAL_MS ) );
        if (!status) Sleep( 1 ); /* what the host reports by itself, it reports at once each time */
        else if (status != STATUS_TIMEOUT) return socket_blocked_status( op->sock, status );
    }
    return status;
}

int polled_run( struct operation *op )
{
    struct socket *sock = op->sock;
    NTSTATUS status;
    int error;

    if (( error = operation_prepare( op ) )) return error;
    if (( status = op->kind->attempt( op ) ) == STATUS_DEVICE_NOT_READY)
    {
        if (op->overlapped) status = polled_pend( op );
        else
        {
            shared_state_read( sock );
            if (!sock->shared.nonblocking) status = polled_block( op );
        }
    }
    if (!status && op->overlapped) operation_complete( op, status, TRUE );
    return status == STATUS_PENDING ? WSA_IO_PENDING : error_from_status( status );
}

/* Takes those that `wanted' selects out of the queue, each with its status. */
static UINT polled_take_if( struct socket *sock, BOOL ( *wanted )( const struct operation *op, const void *arg ),
                            const void *arg )
{
    struct operation *op, *next, *list = NULL, **tail = &list;
    NTSTATUS status;
    UINT taken = 0;

    lock_acquire( &notices.lock );
    for (op = notices.head; op; op = next)
    {
        next = op->next;
        if (sock && ( op->sock != sock || !wanted( op, arg ) )) continue;
        status = sock ? STATUS_CANCELLED : op->kind->attempt( op );
        if (status == STATUS_DEVICE_NOT_READY) continue;
        queue_take( &notices, op, status, &tail );
        polled_add_count( op, -1 );
        taken++;
    }
    lock_release( &notices.lock );
    operation_finish_list( list );
    return taken;
}

UINT polled_cancel( struct socket *sock, BOOL ( *wanted )( const struct operation *op, const void *arg ),
                    const void *arg )
{
    MemoryBarrier();
    return count ? polled_take_if( sock, wanted, arg ) : 0;
}

void polled_look( void )
{
    MemoryBarrier();
    if (count) polled_take_if( NULL, NULL, NULL );
}

BOOL polled_waits( const struct socket *sock, const WSAOVERLAPPED *overlapped )
{
    struct operation *op;

    if (!count) return FALSE;
    lock_acquire( &notices.lock );
    for (op = notices.head; op; op = op->next)
        if (op->sock == sock && op->overlapped == overlapped) break;
    lock_release( &notices.lock );
    return op != NULL;
}

LONGLONG polled_tick( void )
{
    LONGLONG left;

    if (!polled)
    {
        next_look = 0;
        return -1;
    }
    if (( left = deadline_left( next_look ) )) return left;
    if (next_look) polled_take_if( NULL, NULL, NULL );
    next_look = deadline_after( INTERVAL_MS );
    return polled ? INTERVAL_MS * 1000000ll : -1;
}
