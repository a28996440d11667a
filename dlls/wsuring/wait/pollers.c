/*
 * Threads that wait for many sockets at once
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "wait/pollers.h"
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
    AcquireSRWLockExclusive( &pollers_lock );
    for (waiter = pollers; waiter; waiter = waiter->next) poller_wake( waiter );
    ReleaseSRWLockExclusive( &pollers_lock );
}

void pollers_descriptors_replaced( void )
{
    InterlockedIncrement( &pollers_epoch );
    pollers_wake(); /* a thread that waits holds on to the old ones */
}

NTSTATUS pollers_call( enum unix_func func, void *params, int *wake_fd, LONG seen )
{
    struct waiter *waiter = thread_waiter(), **link;
    struct thread *thread = thread_get();
    NTSTATUS status, ended;

    if (!waiter || !thread) return STATUS_NO_MEMORY;
    *wake_fd = waiter->wake_fd;
    AcquireSRWLockExclusive( &pollers_lock );
    waiter->next = pollers;
    pollers = waiter;
    ReleaseSRWLockExclusive( &pollers_lock );
    thread_block( thread );
    if (pollers_wakes != seen) poller_wake( waiter );
    status = unix_call( func, params );
    AcquireSRWLockExclusive( &pollers_lock );
    for (link = (struct waiter **)&pollers; *link != waiter; link = &( *link )->next) /* nothing */
        ;
    *link = waiter->next;
    ReleaseSRWLockExclusive( &pollers_lock );
    ended = thread_unblock( thread );
    return ended ? ended : status;
}
