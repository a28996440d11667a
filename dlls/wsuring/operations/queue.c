/*
 * Operations that wait, one queue for each direction of a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "events/network_events.h"
#include "events/socket_notify.h"

void queue_append( struct queue *queue, struct operation *op )
{
    if (op->overlapped) queue->pending++;
    if (op->hidden) InterlockedIncrement( &buffered_send_count );
    else if (op->overlapped && op->event) event_hold( &op->hold, op->event );
    op->next = NULL;
    if (queue->head) queue->tail->next = op;
    else queue->head = op;
    queue->tail = op;
}

void queue_append_first( struct queue *queue, struct operation *op )
{
    struct operation *head = queue->head, *tail = queue->tail;

    queue->head = NULL;
    queue_append( queue, op );
    if (!head) return;
    op->next = head;
    queue->tail = tail;
}

static void queue_remove( struct queue *queue, struct operation *op )
{
    struct operation **link, *prev = NULL;

    for (link = &queue->head; *link != op; link = &( *link )->next) prev = *link;
    *link = op->next;
    if (queue->tail == op) queue->tail = prev;
    if (op->overlapped) queue->pending--;
}

BOOL operation_unqueue( struct operation *op )
{
    struct queue *queue = &op->sock->queues[op->direction];
    struct operation *entry;

    lock_acquire( &queue->lock );
    for (entry = queue->head; entry; entry = entry->next)
    {
        if (entry != op) continue;
        queue_remove( queue, op );
        break;
    }
    lock_release( &queue->lock );
    if (entry) socket_release( op->sock );
    return entry != NULL;
}

/* Ends an operation that has been taken out of its queue by queue_take. */
static void queue_finish( struct operation *op )
{
    struct socket *sock = op->sock;

    if (op->hidden)
    {
        operation_free( op );
        InterlockedDecrement( &buffered_send_count );
    }
    else if (op->overlapped) operation_complete( op, op->status, FALSE );
    else
    {
        /* from here on the blocked thread owns it */
        InterlockedExchange( &op->state, 1 );
        RtlWakeAddressSingle( (void *)&op->state );
    }
    if (!InterlockedDecrement( &sock->finishing ) && sock->id.closing) RtlWakeAddressAll( (void *)&sock->finishing );
    socket_release( sock );
}

/* Removes it from the queue, to be finished with this status once the lock is released. */
void queue_take( struct queue *queue, struct operation *op, NTSTATUS status, struct operation ***tail )
{
    queue_remove( queue, op );
    InterlockedIncrement( &op->sock->finishing );
    op->status = operation_ended( op, status );
    op->next = NULL;
    **tail = op;
    *tail = &op->next;
}

void operation_wait_finished( struct socket *sock )
{
    LONG seen;

    while (( seen = sock->finishing )) RtlWaitOnAddress( (const void *)&sock->finishing, &seen, sizeof( seen ), NULL );
}

void operation_finish_list( struct operation *list )
{
    struct operation *next;

    for (; list; list = next)
    {
        next = list->next;
        queue_finish( list );
    }
}

UINT operation_end_if( struct socket *sock, NTSTATUS status,
                       BOOL ( *wanted )( const struct operation *op, const void *arg ), const void *arg )
{
    struct operation *op, *next, *list, **tail;
    UINT i, count = 0;

    for (i = 0; i < DIRECTION_COUNT; i++)
    {
        struct queue *queue = &sock->queues[i];

        list = NULL;
        tail = &list;
        lock_acquire( &queue->lock );
        for (op = queue->head; op; op = next)
        {
            next = op->next;
            if (op->hidden || !wanted( op, arg )) continue;
            queue_take( queue, op, status, &tail );
            count++;
        }
        lock_release( &queue->lock );
        operation_finish_list( list );
    }
    if (!count) return 0;
    /* nothing queued delays the program's own calls now */
    network_events_look( sock );
    socket_notify_changed( sock );
    return count;
}

static BOOL queue_is_overlapped_send( const struct operation *op, const void *arg )
{
    (void)arg;
    return op->overlapped && op->direction == DIRECTION_WRITE;
}

void operation_flush( struct socket *sock )
{
    operation_end_if( sock, STATUS_CANCELLED, queue_is_overlapped_send, NULL );
}

static BOOL queue_is_blocked_receive( const struct operation *op, const void *arg )
{
    (void)arg;
    return op->direction == DIRECTION_READ && !op->overlapped;
}

void operation_end_receives( struct socket *sock )
{
    operation_end_if( sock, STATUS_PIPE_DISCONNECTED, queue_is_blocked_receive, NULL );
    socket_wake_waiters( sock, DIRECTION_READ );
}

BOOL operation_behind( struct socket *sock, enum direction direction )
{
    return sock->queues[direction].head != NULL;
}
