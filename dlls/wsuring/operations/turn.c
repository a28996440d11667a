/*
 * Whose turn it is on a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call that blocks waits for its descriptor itself, and what it sends or receives is one piece: other threads' calls
 * go behind it, into the queue, as they do in AFD's. So does a send that is under way, since the host may take a part
 * of it. The queue isn't served meanwhile; the end of the turn does that. No lock is held, so a thread that is
 * suspended here holds up nobody but those behind it.
 */

#include "operations/operation.h"
#include "events/network_events.h"
#include "events/socket_notify.h"
#include "sockets/afd.h"
#include "wait/thread.h"

BOOL turn_take( struct queue *queue )
{
    return !InterlockedCompareExchange( &queue->turn, (LONG)GetCurrentThreadId(), 0 );
}

void turn_pass( struct operation *op )
{
    struct queue *queue = &op->sock->queues[op->direction];

    op->turn = FALSE;
    queue->turn_waits = FALSE;
    InterlockedExchange( &queue->turn, 0 );
}

BOOL turn_is_own( const struct queue *queue )
{
    return queue->turn == (LONG)GetCurrentThreadId();
}

BOOL turn_is_other( const struct queue *queue )
{
    LONG turn = queue->turn;

    return turn && turn != (LONG)GetCurrentThreadId();
}

/* The postponed end of the send side. The handle of a socket that is closed may be another's by now. */
static void turn_shutdown( struct socket *sock )
{
    struct descriptor_end_params end = { .fd = sock->desc.fd };
    ULONG how = SD_SEND;

    if (sock->id.closing) unix_call( unix_descriptor_end, &end );
    else afd_ioctl( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, NULL );
}

/* Does the queue wait for somebody to serve it, or a shutdown for the end of the sends? */
static BOOL turn_is_due( const struct socket *sock, enum direction direction )
{
    return sock->queues[direction].head || ( direction == DIRECTION_WRITE && sock->conn.shutdown_later );
}

void turn_serve( struct socket *sock, enum direction direction, BOOL event )
{
    struct queue *queue = &sock->queues[direction];
    struct operation *op, *list = NULL, **tail = &list;
    BOOL shutdown_now = FALSE, turn;
    NTSTATUS status;
    UINT events;

    lock_acquire( &queue->lock );
    if (event) queue->edges++;
    if (event && !queue->head && sock->watch.events)
    {
        /* The program doesn't wait here any more (for instance it receives without overlapped operations); two such
         * events in a row end the watch. */
        lock_acquire( &sock->watch.lock );
        events = network_events_watched( sock ) | socket_notify_watched( sock );
        if (!( events & ( direction == DIRECTION_READ ? POLL_IN | POLL_PRI : POLL_OUT ) )
            && ++sock->watch.idle_edges >= ( sock->watch.set == -1 ? 2 : 16 ) && !sock->queues[!direction].head)
            socket_watch( sock, events );
        lock_release( &sock->watch.lock );
    }
    /* otherwise the end of the turn serves it; an empty queue keeps no receive from trying */
    turn = turn_is_due( sock, direction ) && turn_take( queue );
    while (turn && ( op = queue->head ))
    {
        queue->full = ( status = operation_try( op ) ) == STATUS_DEVICE_NOT_READY;
        if (queue->full) break;
        queue_take( queue, op, status, &tail );
    }
    if (turn && !queue->head && direction == DIRECTION_WRITE && sock->conn.shutdown_later)
    {
        sock->conn.shutdown_later = FALSE;
        shutdown_now = TRUE;
        InterlockedIncrement( &sock->finishing ); /* a close waits, or is seen to have begun */
    }
    if (turn) InterlockedExchange( &queue->turn, 0 );
    lock_release( &queue->lock );

    if (shutdown_now)
    {
        turn_shutdown( sock );
        if (!InterlockedDecrement( &sock->finishing ) && sock->id.closing)
            RtlWakeAddressAll( (void *)&sock->finishing );
    }
    operation_finish_list( list );
}

void turn_look( struct socket *sock, enum direction direction )
{
    MemoryBarrier();
    if (!sock->queues[direction].turn && turn_is_due( sock, direction )) turn_serve( sock, direction, FALSE );
}

void turn_end( struct operation *op )
{
    turn_pass( op );
    turn_look( op->sock, op->direction );
}

enum turn turn_begin( struct operation *op )
{
    struct queue *queue = &op->sock->queues[op->direction];
    struct thread *thread;

    if (turn_is_own( queue )) return TURN_NESTED;
    if (queue->head || !turn_take( queue )) return TURN_OTHER;
    if (queue->head)
    {
        turn_end( op );
        return TURN_OTHER;
    }
    if (( thread = thread_get() )) thread->pended = TRUE; /* if it is terminated, the turn ends */
    op->turn = TRUE;
    return TURN_OWN;
}

void turn_abandon( struct socket *sock, enum direction direction, DWORD thread_id )
{
    struct queue *queue = &sock->queues[direction];

    if (queue->turn != (LONG)thread_id) return;
    queue->turn_waits = FALSE;
    if (InterlockedCompareExchange( &queue->turn, 0, (LONG)thread_id ) != (LONG)thread_id) return;
    turn_look( sock, direction );
}

/* Called with the queue's lock held. */
static NTSTATUS turn_watch( struct socket *sock, enum direction direction )
{
    UINT bit = direction == DIRECTION_READ ? POLL_IN | POLL_PRI : POLL_OUT;
    NTSTATUS status;

    lock_acquire( &sock->watch.lock );
    sock->watch.idle_edges = 0;
    status = socket_watch( sock, sock->watch.events | bit );
    lock_release( &sock->watch.lock );
    return status;
}

NTSTATUS operation_queue( struct operation *op, struct operation **queued )
{
    struct queue *queue = &op->sock->queues[op->direction];
    struct operation *copy;
    BOOL behind = FALSE, took = FALSE;
    NTSTATUS status;

    if (!reaper_start() || !( copy = operation_dup( op ) )) return STATUS_NO_MEMORY;
    lock_acquire( &queue->lock );
    if (op->sock->id.closing && !op->hidden) status = STATUS_CANCELLED;
    else
    {
        behind = !op->turn && ( queue->head || turn_is_other( queue ) );
        if (!behind && !op->turn && turn_is_needed( op ) && !turn_is_own( queue ))
            behind = !( took = turn_take( queue ) );
        if (behind || ( op->tried && op->edges == queue->edges )) status = STATUS_DEVICE_NOT_READY;
        else status = operation_try( copy );
        if (took) turn_pass( op );
    }
    if (status == STATUS_DEVICE_NOT_READY)
    {
        /* The attempt answers an earlier edge; a later edge finds the operation in the queue. */
        if (!( status = turn_watch( op->sock, op->direction ) ))
        {
            InterlockedIncrement( &op->sock->pooled.refs );
            copy->turn = FALSE;
            if (!behind) queue->full = TRUE;
            else if (!queue->head) queue->full = FALSE;
            if (op->turn)
            {
                queue_append_first( queue, copy );
                turn_pass( op );
            }
            else queue_append( queue, copy );
            *queued = copy;
            lock_release( &queue->lock );
            if (behind) turn_look( op->sock, op->direction );
            return STATUS_PENDING;
        }
    }
    lock_release( &queue->lock );
    operation_take_back( op, copy ); /* done meanwhile, or it can't be queued */
    return status;
}

BOOL operation_defer_shutdown( struct socket *sock, int how )
{
    struct queue *queue = &sock->queues[DIRECTION_WRITE];
    BOOL deferred = FALSE;

    /* also until a call that blocks has sent the rest */
    if (how == SD_RECEIVE) return FALSE;
    lock_acquire( &queue->lock );
    if (queue->head || turn_is_other( queue )) deferred = sock->conn.shutdown_later = TRUE;
    lock_release( &queue->lock );
    if (deferred) turn_look( sock, DIRECTION_WRITE );
    return deferred;
}

void operation_ready( UINT64 cookie, UINT ready )
{
    struct socket *sock = socket_from_cookie( cookie );

    if (!sock) return;
    if (ready & ( POLL_IN | POLL_PRI | POLL_ERR | POLL_HUP )) turn_serve( sock, DIRECTION_READ, TRUE );
    if (ready & ( POLL_OUT | POLL_ERR | POLL_HUP )) turn_serve( sock, DIRECTION_WRITE, TRUE );
    network_events_look( sock );
    socket_notify_ready( sock, ready );
    socket_release( sock );
}
