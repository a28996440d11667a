/*
 * Operations that wait, one queue for each direction of a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "events/network_events.h"
#include "sockets/afd.h"

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

static void queue_remove( struct queue *queue, struct operation *op )
{
    struct operation **link, *prev = NULL;

    for (link = &queue->head; *link != op; link = &( *link )->next) prev = *link;
    *link = op->next;
    if (queue->tail == op) queue->tail = prev;
    if (op->overlapped) queue->pending--;
}

/* Called with the queue's lock held. */
static NTSTATUS queue_watch( struct socket *sock, enum direction direction )
{
    UINT bit = direction == DIRECTION_READ ? POLL_IN | POLL_PRI : POLL_OUT;
    NTSTATUS status;

    AcquireSRWLockExclusive( &sock->watch.lock );
    sock->watch.idle_edges = 0;
    status = socket_watch( sock, sock->watch.events | bit );
    ReleaseSRWLockExclusive( &sock->watch.lock );
    return status;
}

NTSTATUS operation_queue( struct operation *op, struct operation **queued )
{
    struct queue *queue = &op->sock->queues[op->direction];
    struct operation *copy;
    NTSTATUS status;

    if (!reaper_start() || !( copy = operation_dup( op ) )) return STATUS_NO_MEMORY;
    AcquireSRWLockExclusive( &queue->lock );
    if (op->sock->id.closing && !op->hidden) status = STATUS_CANCELLED;
    else if (queue->head || ( op->tried && op->edges == queue->edges )
             || ( status = operation_try( copy ) ) == STATUS_DEVICE_NOT_READY)
    {
        /* The attempt answers an earlier edge; a later edge finds the operation in the queue. */
        if (!( status = queue_watch( op->sock, op->direction ) ))
        {
            InterlockedIncrement( &op->sock->pooled.refs );
            queue_append( queue, copy );
            *queued = copy;
            ReleaseSRWLockExclusive( &queue->lock );
            return STATUS_PENDING;
        }
    }
    ReleaseSRWLockExclusive( &queue->lock );
    operation_take_back( op, copy ); /* done meanwhile, or it can't be queued */
    return status;
}

BOOL operation_unqueue( struct operation *op )
{
    struct queue *queue = &op->sock->queues[op->direction];
    struct operation *entry;

    AcquireSRWLockExclusive( &queue->lock );
    for (entry = queue->head; entry; entry = entry->next)
    {
        if (entry != op) continue;
        queue_remove( queue, op );
        break;
    }
    ReleaseSRWLockExclusive( &queue->lock );
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
    op->status = status;
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
        AcquireSRWLockExclusive( &queue->lock );
        for (op = queue->head; op; op = next)
        {
            next = op->next;
            if (op->hidden || !wanted( op, arg )) continue;
            queue_take( queue, op, status, &tail );
            count++;
        }
        ReleaseSRWLockExclusive( &queue->lock );
        operation_finish_list( list );
    }
    if (count) network_events_look( sock ); /* nothing queued delays the program's own calls now */
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

BOOL operation_defer_shutdown( struct socket *sock, int how )
{
    struct queue *queue = &sock->queues[DIRECTION_WRITE];
    BOOL deferred = FALSE;

    if (how == SD_RECEIVE) return FALSE;
    AcquireSRWLockExclusive( &queue->lock );
    if (queue->head) deferred = sock->conn.shutdown_later = TRUE;
    ReleaseSRWLockExclusive( &queue->lock );
    return deferred;
}

/* The postponed end of the send side. The handle of a socket that is closed may be another's by now. */
static void queue_shutdown( struct socket *sock )
{
    struct descriptor_end_params end = { .fd = sock->desc.fd };
    ULONG how = SD_SEND;

    if (sock->id.closing) unix_call( unix_descriptor_end, &end );
    else afd_ioctl( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, NULL );
}

/* Serves the operations of one direction after an event. */
static void queue_serve( struct socket *sock, enum direction direction )
{
    struct queue *queue = &sock->queues[direction];
    struct operation *op, *list = NULL, **tail = &list;
    BOOL shutdown_now = FALSE;
    NTSTATUS status;
    UINT events;

    AcquireSRWLockExclusive( &queue->lock );
    queue->edges++;
    if (!queue->head && sock->watch.events)
    {
        /* The program doesn't wait here any more (for instance it receives without overlapped operations); two such
         * events in a row end the watch. */
        AcquireSRWLockExclusive( &sock->watch.lock );
        events = network_events_watched( sock );
        if (!( events & ( direction == DIRECTION_READ ? POLL_IN | POLL_PRI : POLL_OUT ) )
            && ++sock->watch.idle_edges >= ( sock->watch.set == -1 ? 2 : 16 ) && !sock->queues[!direction].head)
            socket_watch( sock, events );
        ReleaseSRWLockExclusive( &sock->watch.lock );
    }
    while (( op = queue->head ))
    {
        if (( status = operation_try( op ) ) == STATUS_DEVICE_NOT_READY) break;
        queue_take( queue, op, status, &tail );
    }
    if (!queue->head && direction == DIRECTION_WRITE && sock->conn.shutdown_later)
    {
        sock->conn.shutdown_later = FALSE;
        shutdown_now = TRUE;
        InterlockedIncrement( &sock->finishing ); /* a close waits, or is seen to have begun */
    }
    ReleaseSRWLockExclusive( &queue->lock );

    if (shutdown_now)
    {
        queue_shutdown( sock );
        if (!InterlockedDecrement( &sock->finishing ) && sock->id.closing)
            RtlWakeAddressAll( (void *)&sock->finishing );
    }
    operation_finish_list( list );
}

void operation_ready( UINT64 cookie, UINT ready )
{
    struct socket *sock = socket_from_cookie( cookie );

    if (!sock) return;
    if (ready & ( POLL_IN | POLL_PRI | POLL_ERR | POLL_HUP )) queue_serve( sock, DIRECTION_READ );
    if (ready & ( POLL_OUT | POLL_ERR | POLL_HUP )) queue_serve( sock, DIRECTION_WRITE );
    network_events_look( sock );
    socket_release( sock );
}
