/*
 * The course of a send or a receive
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "events/network_events.h"
#include "events/socket_notify.h"
#include "sockets/shared_state.h"
#include "wait/program_call.h"
#include "wait/thread.h"
#include "sockets/connection.h"

static const enum counter direct_counters[DIRECTION_COUNT] = { COUNTER_RECV_DIRECT, COUNTER_SEND_DIRECT };
static const enum counter pended_counters[DIRECTION_COUNT] = { COUNTER_RECV_PENDED, COUNTER_SEND_PENDED };

/* The thread doesn't return: its buffers must not be written any more. */
static void transfer_abandoned( struct program_call *call )
{
    struct operation *queued = call->object;
    struct socket *sock = queued->sock;

    if (operation_unqueue( queued )) operation_free( queued );
    socket_release( sock ); /* the caller's */
}

/* Waits behind operations that are already queued; the reaper does the work. */
static NTSTATUS transfer_run_behind( struct operation *op, int timeout )
{
    static const LARGE_INTEGER slice = { .QuadPart = -200000 };
    LONGLONG deadline = timeout ? deadline_after( timeout ) : 0;
    struct thread *thread = thread_get();
    struct operation *queued;
    struct program_call *call;
    struct frame_mark mark;
    LONG unfinished = 0;
    NTSTATUS status, ended;
    LARGE_INTEGER now;

    if (!thread || !thread_waiter()) return STATUS_NO_MEMORY;
    op->tried = FALSE; /* the queue has moved since */
    if (( status = operation_queue( op, &queued ) ) != STATUS_PENDING) return status;
    if (( call = program_call_begin( PROGRAM_CALL_BLOCKED, &mark ) ))
    {
        call->object = queued;
        call->abandoned = transfer_abandoned;
    }
    while (!queued->state)
    {
        /* in slices, because only a descriptor could wake a blocked thread */
        thread_block( thread );
        RtlWaitOnAddress( (const void *)&queued->state, &unfinished, sizeof( unfinished ), &slice );
        ended = thread_unblock( thread, call );
        if (!ended && deadline)
        {
            QueryPerformanceCounter( &now );
            if (now.QuadPart >= deadline) ended = STATUS_IO_TIMEOUT;
        }
        if (ended && operation_unqueue( queued ))
        {
            queued->status = operation_ended( queued, ended );
            break;
        }
    }
    program_call_end( call, &mark );
    status = socket_blocked_status( op->sock, queued->status );
    operation_take_back( op, queued ); /* the array, if any, is still the caller's to discard */
    return status;
}

/* The thread doesn't come back from a call that had the turn. */
static void transfer_turn_abandoned( struct program_call *call )
{
    struct socket *sock = call->object;

    turn_abandon( sock, call->direction, call->thread->id );
    socket_release( sock );
}

static NTSTATUS transfer_wait( struct operation *op, LONGLONG deadline )
{
    struct socket *sock = op->sock;
    struct program_call *call = NULL;
    struct frame_mark mark;
    NTSTATUS status;
    UINT events = op->direction == DIRECTION_WRITE ? POLL_OUT : op->flags & MSG_OOB ? POLL_PRI | POLL_END : POLL_IN;

    if (op->turn && ( call = program_call_begin( PROGRAM_CALL_BLOCKED, &mark ) ))
    {
        InterlockedIncrement( &sock->pooled.refs );
        call->object = sock;
        call->direction = op->direction;
        call->abandoned = transfer_turn_abandoned;
    }
    status = socket_wait( sock, op->direction, events, deadline );
    if (call)
    {
        program_call_end( call, &mark );
        socket_release( sock );
    }
    return status;
}

/* Time-outs are unsigned, and INFINITE is none. 0: none. */
static int transfer_timeout( const struct operation *op )
{
    UINT timeout = op->direction == DIRECTION_WRITE ? op->sock->options.send_timeout : op->sock->options.recv_timeout;

    return timeout == INFINITE ? 0 : min( timeout, (UINT)INT_MAX );
}

/* Goes behind another thread's call or what is queued. */
static NTSTATUS transfer_go_behind( struct operation *op, BOOL nonblocking )
{
    struct queue *queue = &op->sock->queues[op->direction];
    NTSTATUS status;

    if (!nonblocking) return transfer_run_behind( op, transfer_timeout( op ) );
    if (( queue->head && queue->full ) || queue->turn_waits || !turn_is_needed( op )) return STATUS_DEVICE_NOT_READY;
    /* a send that is being made at this moment is no reason to refuse another one */
    if (op->kind) return transfer_run_behind( op, transfer_timeout( op ) );
    if (!op->total) return STATUS_SUCCESS;
    status = buffered_send( op );
    if (!status) op->done = op->total;
    return status;
}

static NTSTATUS transfer_block( struct operation *op )
{
    struct socket *sock = op->sock;
    struct queue *queue = &sock->queues[op->direction];
    BOOL sending = op->direction == DIRECTION_WRITE, nested = turn_is_own( queue ),
         own_turn = !( op->flags & MSG_OOB ) || sending;
    int timeout = transfer_timeout( op );
    BOOL blocks = op->synchronous || ( op->kind && op->kind->blocks ),
         nonblocking = sock->shared.nonblocking && !blocks, current = nonblocking && !shared_state_is_shared( sock );
    LONGLONG deadline = 0;
    NTSTATUS status;

    for (;;)
    {
        if (!op->turn && !nested)
        {
            if (queue->head || ( own_turn && turn_is_other( queue ) )) return transfer_go_behind( op, nonblocking );
            if (turn_is_needed( op ))
            {
                enum turn turn = turn_begin( op );

                if (turn == TURN_OTHER) return transfer_go_behind( op, nonblocking );
                nested = turn == TURN_NESTED;
            }
        }
        if (( status = operation_try( op ) ) != STATUS_DEVICE_NOT_READY) return status;
        op->tried = TRUE; /* its buffers have been touched */
        if (!current)
        {
            BOOL was_down = sending ? sock->shared.send_shutdown
                                    : sock->shared.recv_shutdown; /* as for DisconnectEx, which then waits */

            current = shared_state_read( sock ) || !sock->shared.foreign;
            if (!was_down && ( sending ? sock->shared.send_shutdown : sock->shared.recv_shutdown ))
                return operation_ended( op, STATUS_PIPE_DISCONNECTED );
            nonblocking = sock->shared.nonblocking && !blocks;
        }
        if (nonblocking)
        {
            if (!op->done) return status;
            /* what this process kept, another one's send, shutdown or DisconnectEx would overtake */
            if (!sending || sock->shared.foreign || sock->shared.duplicated) return STATUS_SUCCESS;
            if (!( status = buffered_send( op ) )) op->done = op->total;
            else if (status == STATUS_NO_MEMORY || status == STATUS_INSUFFICIENT_RESOURCES)
                status = STATUS_SUCCESS; /* then only a part */
            return status;
        }
        if (op->turn) queue->turn_waits = TRUE;
        /* another process may have made it non-blocking; the server knows */
        if (!current && !op->done && ( !op->kind || op->kind->by_afd )) return afd_transfer( op );
        if (own_turn && !op->turn && !nested)
        {
            enum turn turn = turn_begin( op );

            if (turn == TURN_OTHER) return transfer_go_behind( op, FALSE );
            nested = turn == TURN_NESTED;
            if (!nested) queue->turn_waits = TRUE;
        }
        if (timeout && !deadline) deadline = deadline_after( timeout );
        status = transfer_wait( op, deadline );
        if (status == STATUS_TIMEOUT) status = STATUS_IO_TIMEOUT;
        if (!status && !sending && sock->shared.recv_shutdown && sock->id.type == SOCK_STREAM)
            status = STATUS_PIPE_DISCONNECTED; /* by another thread */
        if (status) return operation_ended( op, socket_blocked_status( sock, status ) );
    }
}

static NTSTATUS transfer_run_blocking( struct operation *op )
{
    NTSTATUS status = transfer_block( op );

    if (op->turn) turn_end( op );
    return status;
}

static NTSTATUS transfer_overlap( struct operation *op )
{
    struct socket *sock = op->sock;
    struct queue *queue = &sock->queues[op->direction];
    NTSTATUS status = STATUS_DEVICE_NOT_READY, error;
    struct operation *queued;
    BOOL done = FALSE, behind, polled;

    if (queue->pending >= pending_max) return STATUS_DEVICE_NOT_READY; /* WSAEWOULDBLOCK: too many outstanding */
    op->edges = queue->edges;
    behind = queue->head || turn_is_other( queue );
    if (!behind && turn_is_needed( op )) behind = turn_begin( op ) == TURN_OTHER;
    if (!behind)
    {
        status = operation_try( op );
        done = status == STATUS_BUFFER_OVERFLOW || ( !status && op->kind && op->kind->pends );
        if (status != STATUS_DEVICE_NOT_READY && !done) return status;
        op->tried = status == STATUS_DEVICE_NOT_READY;
    }
    /* Without the hooks a program could cancel or wait for it without our knowledge. A poll that waits in the server
     * would end by the data that this receive takes. */
    polled = sock->events.polled && op->direction == DIRECTION_READ && !op->fill;
    if (!behind && !op->done && status == STATUS_DEVICE_NOT_READY && ( !op->kind || op->kind->by_afd )
        && ( polled || !interposed || !reaper_start() ))
    {
        stats_count( polled ? COUNTER_FELL_BACK_SELECTED : COUNTER_FELL_BACK_UNHOOKED );
        return afd_transfer( op );
    }
    if (( error = operation_begin( op ) )) return error;
    if (!done)
    {
        status = operation_queue( op, &queued );
        done = status == STATUS_BUFFER_OVERFLOW || ( !status && op->kind && op->kind->pends );
    }
    if (done)
    {
        /* a datagram that is too long completes with WSAEMSGSIZE, because nothing may complete after an error return
         * (rule S5) */
        struct operation *copy = operation_dup( op );

        if (copy) operation_complete( copy, status, FALSE );
        status = copy ? STATUS_PENDING : STATUS_NO_MEMORY;
    }
    if (status == STATUS_PENDING)
    {
        stats_count( pended_counters[op->direction] );
        op->buffers = op->inline_buffers; /* the array belongs to the queued operation now */
    }
    operation_begun( op, status );
    return status;
}

static NTSTATUS transfer_run_overlapped( struct operation *op )
{
    NTSTATUS status = transfer_overlap( op );

    if (op->turn) turn_end( op );
    return status;
}

int operation_run( struct operation *op, DWORD *bytes )
{
    struct socket *sock = op->sock;
    UINT enables = 0;
    NTSTATUS status;
    BOOL stock;
    DWORD done;
    int error;

    if (program_call_in_condition()) return WSAEINPROGRESS;
    if (( error = operation_prepare( op ) )) return error;
    if (sock->desc.by_afd && sock->events.selection && !( op->flags & ( MSG_PEEK | MSG_OOB ) ))
        network_events_take_over( sock, op->direction, op->overlapped != NULL );
    if (!( stock = afd_transfer_needed( sock, op->direction ) ) && ( stock = !socket_ensure_descriptor( sock ) ))
        stats_count( COUNTER_FELL_BACK_CLOSED );

    /* after a refused connect the server would report the end of the stream, or a reset */
    if (stock && sock->id.type == SOCK_STREAM && !socket_may_transfer( sock )) return WSAENOTCONN;
    if (sock->events.selection && op->direction == DIRECTION_READ)
        enables = op->flags & MSG_OOB ? AFD_POLL_OOB : AFD_POLL_READ;
    if (stock && enables)
    {
        network_events_enable( sock, enables ); /* the server may detect it during the call */
        enables = 0;
    }
    socket_notify_begins( sock, op->direction );
    if (stock) status = afd_transfer( op );
    else if (sock->conn.reset_error) status = sock->conn.reset_error;
    else if (op->overlapped) status = transfer_run_overlapped( op );
    else status = transfer_run_blocking( op );

    if (sock->events.selection)
    {
        /* an empty send, too: libcurl uses one to get FD_WRITE again */
        if (op->direction == DIRECTION_WRITE && ( status == STATUS_DEVICE_NOT_READY || !op->total ))
            enables = AFD_POLL_WRITE;
        /* not earlier: the reaper would detect data that this call is about to take */
        if (enables) network_events_enable( sock, enables );
        network_events_look( sock );
    }
    socket_notify_ended( sock, op->direction, status == STATUS_DEVICE_NOT_READY );
    op->status = status;
    if (op->synchronous) operation_complete_synchronous( op );
    if (status == STATUS_PENDING) return WSA_IO_PENDING;
    if (status == STATUS_BUFFER_OVERFLOW && op->by_afd)
        return WSA_IO_PENDING; /* AFD has completed it already: rule S5 */
    if (!status || status == STATUS_BUFFER_OVERFLOW)
    {
        done = op->done;
        if (bytes) guarded_copy( bytes, &done, sizeof( done ) );
        if (!stock) stats_count( direct_counters[op->direction] );
        stats_add( op->direction == DIRECTION_READ ? COUNTER_RECV_BYTES : COUNTER_SEND_BYTES, op->done );
        if (!status && op->overlapped && !stock && !op->by_afd) operation_complete( op, status, TRUE );
    }
    return error_from_status( status );
}
