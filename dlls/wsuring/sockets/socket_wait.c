/*
 * Calls that block on a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/socket.h"
#include "base/handle_life.h"
#include "wait/program_call.h"
#include "wait/thread.h"

static void socket_wait_unlink( struct queue *queue, const struct waiter *waiter )
{
    struct waiter **link;

    lock_acquire( &queue->lock );
    for (link = &queue->waiters; *link && *link != waiter; link = &( *link )->next) /* nothing */
        ;
    if (*link) *link = waiter->next;
    lock_release( &queue->lock );
}

/* The thread doesn't come back from its call. */
static void socket_wait_abandoned( struct program_call *call )
{
    struct socket *sock = call->object;

    socket_wait_unlink( &sock->queues[call->direction], call->waiter );
    socket_release( sock ); /* the caller's */
}

NTSTATUS socket_wait( struct socket *sock, enum direction direction, UINT events, LONGLONG deadline )
{
    struct queue *queue = &sock->queues[direction];
    struct waiter *waiter = thread_waiter();
    struct poll_params poll = { .fd = sock->desc.fd, .events = events, .timeout = -1 };
    struct thread *thread = thread_get();
    struct program_call *call;
    struct frame_mark mark;
    NTSTATUS status, ended;

    if (!waiter) return STATUS_NO_MEMORY;
    poll.wake_fd = waiter->wake_fd;
    if (deadline) poll.timeout = deadline_left( deadline );
    if (( call = program_call_begin( PROGRAM_CALL_BLOCKED, &mark ) ))
    {
        call->object = sock;
        call->waiter = waiter;
        call->direction = direction;
        call->abandoned = socket_wait_abandoned;
    }
    lock_acquire( &queue->lock );
    if (!sock->id.closing)
    {
        waiter->cancelled = FALSE;
        waiter->next = queue->waiters;
        queue->waiters = waiter;
        lock_release( &queue->lock );
        thread_block( thread );
        status = unix_call( unix_poll, &poll );
        socket_wait_unlink( queue, waiter );
        ended = thread_unblock( thread, call );
        program_call_end( call, &mark );
        if (sock->id.closing) return STATUS_CANCELLED;
        if (ended) return ended;
        if (waiter->cancelled) return STATUS_CANCELLED;
        return status == STATUS_ALERTED ? STATUS_SUCCESS : status;
    }
    lock_release( &queue->lock );
    program_call_end( call, &mark );
    return STATUS_CANCELLED;
}

NTSTATUS socket_blocked_status( const struct socket *sock, NTSTATUS status )
{
    if (status != STATUS_CANCELLED) return status;
    /* the server's answer may be faster than who finds out that the handle was closed past the hooks */
    return sock->id.closing || !handle_is_valid( sock->id.handle ) ? STATUS_REQUEST_ABORTED : status;
}
