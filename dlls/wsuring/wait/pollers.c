/*
 * Threads that wait for many sockets at once
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "wait/pollers.h"
#include "wait/program_call.h"
#include "wait/thread.h"

static SRWLOCK pollers_lock = SRWLOCK_INIT;
static struct waiter *volatile pollers;

volatile LONG pollers_wakes, pollers_epoch;

static void poller_wake( const struct waiter *waiter )
{
    struct wake_params params = { .fd = waiter->wake_fd };

    unix_call( unix_wake_signal, &params );
}

void pollers_wake( void )
{
    struct waiter *waiter;

    InterlockedIncrement( &pollers_wakes );
    if (!pollers) return;
    lock_acquire( &pollers_lock );
    for (waiter = pollers; waiter; waiter = waiter->next) poller_wake( waiter );
    lock_release( &pollers_lock );
}

void pollers_descriptors_replaced( void )
{
    InterlockedIncrement( &pollers_epoch );
    pollers_wake(); /* a thread that waits holds on to the old ones */
}

static void poller_unlink( const struct waiter *waiter )
{
    struct waiter **link;

    lock_acquire( &pollers_lock );
    for (link = (struct waiter **)&pollers; *link && *link != waiter; link = &( *link )->next) /* nothing */
        ;
    if (*link) *link = waiter->next;
    lock_release( &pollers_lock );
}

static void poller_abandoned( struct program_call *call )
{
    poller_unlink( call->waiter );
    if (call->object) call->release( call->object );
}

UINT pollers_cancel( const void *polled )
{
    struct waiter *waiter;
    UINT count = 0;

    if (!pollers) return 0;
    lock_acquire( &pollers_lock );
    for (waiter = pollers; waiter; waiter = waiter->next)
    {
        if (waiter->polled != polled) continue;
        waiter->cancelled = TRUE;
        poller_wake( waiter );
        count++;
    }
    lock_release( &pollers_lock );
    return count;
}

NTSTATUS pollers_call( enum unix_func func, void *params, int *wake_fd, LONG seen, const void *polled, void *object,
                       void ( *release )( void *object ) )
{
    struct waiter *waiter = thread_waiter();
    struct thread *thread = thread_get();
    struct program_call *call;
    struct frame_mark mark;
    NTSTATUS status, ended;

    if (!waiter || !thread) return STATUS_NO_MEMORY;
    *wake_fd = waiter->wake_fd;
    if (( call = program_call_begin( PROGRAM_CALL_BLOCKED, &mark ) ))
    {
        call->object = object;
        call->release = release;
        call->waiter = waiter;
        call->abandoned = poller_abandoned;
    }
    lock_acquire( &pollers_lock );
    waiter->polled = polled;
    waiter->cancelled = FALSE;
    waiter->next = pollers;
    pollers = waiter;
    lock_release( &pollers_lock );
    thread_block( thread );
    if (pollers_wakes != seen) poller_wake( waiter );
    status = unix_call( func, params );
    poller_unlink( waiter );
    ended = thread_unblock( thread, call );
    program_call_end( call, &mark );
    if (!ended && waiter->cancelled) ended = STATUS_CANCELLED;
    return ended ? ended : status;
}
