/*
 * Calls that block on a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/socket.h"

void socket_wake_waiters( struct socket *sock, enum direction direction )
{
    struct queue *queue = &sock->queues[direction];
    struct waiter *waiter;

    AcquireSRWLockExclusive( &queue->lock );
    for (waiter = queue->waiters; waiter; waiter = waiter->next)
    {
        struct wake_params wake = { .fd = waiter->wake_fd };

        unix_call( unix_wake_signal, &wake );
    }
    ReleaseSRWLockExclusive( &queue->lock );
}

NTSTATUS socket_wait( struct socket *sock, enum direction direction, UINT events, LONGLONG deadline )
{
    struct queue *queue = &sock->queues[direction];
    struct waiter *waiter = thread_waiter(), **link;
    struct poll_params poll = { .fd = sock->desc.fd, .events = events, .timeout = -1 };
    struct thread *thread = thread_get();
    NTSTATUS status, ended;

    if (!waiter) return STATUS_NO_MEMORY;
    poll.wake_fd = waiter->wake_fd;
    if (deadline)
    {
        LARGE_INTEGER now, frequency;

        QueryPerformanceCounter( &now );
        QueryPerformanceFrequency( &frequency );
        poll.timeout = now.QuadPart >= deadline ? 0 : ( deadline - now.QuadPart ) * 1000000000 / frequency.QuadPart;
    }
    AcquireSRWLockExclusive( &queue->lock );
    if (!sock->id.closing)
    {
        waiter->next = queue->waiters;
        queue->waiters = waiter;
        ReleaseSRWLockExclusive( &queue->lock );
        thread_block( thread );
        status = unix_call( unix_poll, &poll );
        AcquireSRWLockExclusive( &queue->lock );
        for (link = &queue->waiters; *link; link = &( *link )->next)
            if (*link == waiter)
            {
                *link = waiter->next;
                break;
            }
        ReleaseSRWLockExclusive( &queue->lock );
        ended = thread_unblock( thread );
        if (sock->id.closing) return STATUS_CANCELLED;
        if (ended) return ended;
        return status == STATUS_ALERTED ? STATUS_SUCCESS : status;
    }
    ReleaseSRWLockExclusive( &queue->lock );
    return STATUS_CANCELLED;
}
