/*
 * Operations: trying, queueing, cancelling
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "api/message.h"
#include "events/network_events.h"
#include "sockets/shared_state.h"
#include "wait/thread.h"
#include "sockets/afd.h"
#include "sockets/connection.h"

/* Captures the WSABUF array of the program; the array may lie on a stack that is gone before the operation ends (rule
 * O5). */
int operation_capture( struct operation *op, const WSABUF *buffers, DWORD count )
{
    WSABUF chunk[16];
    DWORD i = 0, j, n;

    op->buffers = op->inline_buffers;
    op->count = count;
    if (count > INLINE_BUFFERS)
    {
        /* before anything of that size is allocated */
        if (!guarded_touch( (void *)buffers, (SIZE_T)count * sizeof( *buffers ), FALSE )) return WSAEFAULT;
        if (!( op->buffers = HeapAlloc( GetProcessHeap(), 0, (SIZE_T)count * sizeof( *op->buffers ) ) ))
            return WSAENOBUFS;
    }
    while (i < count)
    {
        n = min( count - i, ARRAY_SIZE( chunk ) );
        if (!guarded_copy( chunk, buffers + i, n * sizeof( *chunk ) ))
        {
            operation_discard( op );
            return WSAEFAULT;
        }
        for (j = 0; j < n; i++, j++)
        {
            op->buffers[i].base = (UINT_PTR)chunk[j].buf;
            op->buffers[i].len = chunk[j].len;
            op->total += chunk[j].len;
        }
    }
    if (op->total > ~0u)
    {
        operation_discard( op );
        return WSAEINVAL; /* the count could not be reported */
    }
    return 0;
}

void operation_discard( struct operation *op )
{
    if (op->buffers != op->inline_buffers) HeapFree( GetProcessHeap(), 0, op->buffers );
    op->buffers = op->inline_buffers;
}

void operation_advance( struct operation *op, UINT64 transferred )
{
    if (op->hidden) InterlockedIncrement( &buffered_send_moves );
    op->done += transferred;
    while (op->first < op->count && transferred >= op->buffers[op->first].len)
        transferred -= op->buffers[op->first++].len;
    if (!transferred) return;
    op->buffers[op->first].base += transferred;
    op->buffers[op->first].len -= transferred;
}

/* Write-watched, guard and not yet committed pages fault here, where ntdll can mend them, not in the kernel, which
 * would call a good buffer bad and, on datagram sockets, throw the datagram away (wine-interfaces 6). */
BOOL operation_touch( const struct operation *op )
{
    UINT i;

    for (i = op->first; i < op->count; i++)
        if (!guarded_touch( (void *)(UINT_PTR)op->buffers[i].base, op->buffers[i].len,
                            op->direction == DIRECTION_READ ))
            return FALSE;
    return TRUE;
}

static NTSTATUS operation_try_send( struct operation *op )
{
    struct send_params params = { .fd = op->sock->desc.fd, .addr_len = op->addr_len, .flags = op->flags };
    NTSTATUS status;

    if (op->addr_len) params.addr = (UINT_PTR)op->addr;
    do
    {
        params.buffers = (UINT_PTR)( op->buffers + op->first );
        params.count = op->count - op->first;
        status = unix_call( unix_send, &params );
        if (status == STATUS_ACCESS_VIOLATION)
        {
            /* perhaps only a guard or a not yet touched page */
            if (!operation_touch( op )) return status;
            status = unix_call( unix_send, &params );
        }
        if (status) return status;
        operation_advance( op, params.transferred );
    } while (op->sock->id.type == SOCK_STREAM && op->done < op->total);
    return STATUS_SUCCESS;
}

/* A receive said the end of the stream: was it one? */
static NTSTATUS check_end( const struct operation *op, const struct recv_params *params, NTSTATUS status )
{
    return !status && !params->transferred && !op->done ? connection_end_status( op->sock ) : status;
}

static NTSTATUS operation_try_recv( struct operation *op )
{
    struct recv_params params = { .fd = op->sock->desc.fd, .flags = op->flags & ~MSG_WAITALL };
    BOOL stream = op->sock->id.type == SOCK_STREAM;
    struct unix_buffer peek;
    BYTE byte = 0;
    NTSTATUS status;

    /* one that has been tried is touched again only where it may lose data, or must */
    if (!( stream && op->tried ) && !operation_touch( op )) return STATUS_ACCESS_VIOLATION;
    if (stream) params.flags |= RECV_STREAM;
    else if (op->from)
    {
        params.addr = (UINT_PTR)op->addr;
        params.addr_len = sizeof( op->addr );
    }
    params.buffers = (UINT_PTR)( op->buffers + op->first );
    params.count = op->count - op->first;
    if (stream && !op->total)
    {
        /* a receive without room waits until there is data; the kernel would return at once */
        peek.base = (UINT_PTR)&byte;
        peek.len = 1;
        params.buffers = (UINT_PTR)&peek;
        params.count = 1;
        params.flags |= MSG_PEEK;
        return check_end( op, &params, unix_call( unix_recv, &params ) );
    }
    for (;;)
    {
        status = unix_call( unix_recv, &params );
        if (status == STATUS_ACCESS_VIOLATION && stream && op->tried && operation_touch( op ))
            status = unix_call( unix_recv, &params );
        if (status && status != STATUS_BUFFER_OVERFLOW) break;
        op->addr_len = params.addr_len;
        if (stream && !params.transferred && ( status = check_end( op, &params, status ) )) return status;
        if (op->flags & MSG_PEEK)
        {
            op->done = params.transferred;
            break;
        }
        operation_advance( op, params.transferred );
        if (!op->fill || !params.transferred || op->done >= op->total) break;
        params.buffers = (UINT_PTR)( op->buffers + op->first );
        params.count = op->count - op->first;
    }
    /* MSG_WAITALL: what came before an end or an error is a result of its own */
    if (status && status != STATUS_DEVICE_NOT_READY && status != STATUS_BUFFER_OVERFLOW && op->done)
        return STATUS_SUCCESS;
    return status;
}

static NTSTATUS operation_try_once( struct operation *op )
{
    if (op->kind) return op->kind->attempt( op );
    if (op->sock->message.coalesce_max && op->direction == DIRECTION_READ) return message_try_recv( op );
    if (op->sock->message.segment_size && op->direction == DIRECTION_WRITE) return message_try_send( op );
    return op->direction == DIRECTION_WRITE ? operation_try_send( op ) : operation_try_recv( op );
}

/* That a datagram found no open port is the host's error for the next call, whatever that is; Windows tells it to
 * receives alone (page "WSARecvFrom function", WSAECONNRESET), unless SIO_UDP_CONNRESET is off. */
static NTSTATUS operation_try_datagram( struct operation *op )
{
    struct socket *sock = op->sock;
    NTSTATUS status;

    if (op->direction == DIRECTION_READ && sock->conn.unreachable
        && InterlockedExchange( &sock->conn.unreachable, FALSE ))
        return STATUS_PORT_UNREACHABLE;
    if (( status = operation_try_once( op ) ) != STATUS_CONNECTION_REFUSED) return status;
    if (op->direction == DIRECTION_READ && !sock->options.ignore_unreachable) return STATUS_PORT_UNREACHABLE;
    if (!sock->options.ignore_unreachable) InterlockedExchange( &sock->conn.unreachable, TRUE );
    return operation_try_once( op );
}

/* Has another process shut this direction down? Then the host says what it says after a reset, or at the end of the
 * stream. */
static BOOL ended_elsewhere( const struct operation *op, NTSTATUS status )
{
    struct socket *sock = op->sock;

    if (op->direction == DIRECTION_WRITE)
        return status == STATUS_CONNECTION_RESET && !sock->shared.send_shutdown && shared_state_read( sock )
               && sock->shared.send_shutdown;
    return !status && !op->done && op->total && !sock->shared.recv_shutdown && shared_state_read( sock )
           && sock->shared.recv_shutdown;
}

NTSTATUS operation_try( struct operation *op )
{
    NTSTATUS status;

    if (op->sock->id.type != SOCK_STREAM) return operation_try_datagram( op );
    status = operation_try_once( op );
    if (ended_elsewhere( op, status )) return STATUS_PIPE_DISCONNECTED;
    /* rule D1: which time-out was it? */
    if (status == STATUS_IO_TIMEOUT && !( status = connection_end_status( op->sock ) ))
        status = STATUS_CONNECTION_ABORTED;
    /* the kernel tells of a reset once, Windows at every later call */
    if (status == STATUS_CONNECTION_RESET || status == STATUS_NETWORK_NAME_DELETED
        || status == STATUS_CONNECTION_ABORTED)
        op->sock->conn.reset_error = status;
    return status;
}

void queue_append( struct queue *queue, struct operation *op )
{
    if (op->overlapped) queue->pending++;
    if (op->hidden) InterlockedIncrement( &buffered_send_count );
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
static NTSTATUS operation_watch( struct socket *sock, enum direction direction )
{
    UINT bit = direction == DIRECTION_READ ? POLL_IN | POLL_PRI : POLL_OUT;
    NTSTATUS status;

    AcquireSRWLockExclusive( &sock->watch.lock );
    sock->watch.idle_edges = 0;
    status = socket_watch( sock, sock->watch.events | bit );
    ReleaseSRWLockExclusive( &sock->watch.lock );
    return status;
}

struct operation *operation_alloc( struct socket *sock, enum direction direction )
{
    struct operation *op = InterlockedExchangePointer( &sock->queues[direction].spare, NULL );

    return op ? op : HeapAlloc( GetProcessHeap(), 0, sizeof( *op ) );
}

struct operation *operation_dup( const struct operation *op )
{
    struct operation *copy = operation_alloc( op->sock, op->direction );

    if (!copy) return NULL;
    *copy = *op;
    if (op->buffers == op->inline_buffers) copy->buffers = copy->inline_buffers;
    if (op->more)
    {
        if (!( copy->more = HeapAlloc( GetProcessHeap(), 0, op->more_size ) ))
        {
            HeapFree( GetProcessHeap(), 0, copy );
            return NULL;
        }
        memcpy( copy->more, op->more, op->more_size );
    }
    return copy;
}

void operation_take_back( struct operation *op, struct operation *copy )
{
    op->done = copy->done;
    op->addr_len = copy->addr_len;
    memcpy( op->addr, copy->addr, sizeof( op->addr ) );
    if (copy->more) memcpy( op->more, copy->more, op->more_size );
    HeapFree( GetProcessHeap(), 0, copy->more );
    HeapFree( GetProcessHeap(), 0, copy );
}

/* While its socket is referenced. */
void operation_free( struct operation *op )
{
    if (op->hidden) HeapFree( GetProcessHeap(), 0, op->hidden );
    HeapFree( GetProcessHeap(), 0, op->more );
    operation_discard( op );
    if (InterlockedCompareExchangePointer( &op->sock->queues[op->direction].spare, op, NULL ))
        HeapFree( GetProcessHeap(), 0, op );
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
        /* An edge that came before the attempt is answered by it; one that comes after finds the operation in the
         * queue. */
        if (!( status = operation_watch( op->sock, op->direction ) ))
        {
            InterlockedIncrement( &op->sock->refs );
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
static void operation_finish( struct operation *op )
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
        /* a blocked thread owns it from here on */
        InterlockedExchange( &op->state, 1 );
        RtlWakeAddressSingle( (void *)&op->state );
    }
    if (!InterlockedDecrement( &sock->finishing ) && sock->id.closing) RtlWakeAddressAll( (void *)&sock->finishing );
    socket_release( sock );
}

/* Out of the queue, to be finished with this status once its lock is released. */
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
        operation_finish( list );
    }
}

static UINT operation_end_if( struct socket *sock, NTSTATUS status,
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
    if (count) network_events_look( sock ); /* nothing waits before the program's own calls now */
    return count;
}

struct cancel_filter
{
    const void *overlapped;
    DWORD thread_id;
};

static BOOL cancel_matches( const struct operation *op, const void *arg )
{
    const struct cancel_filter *filter = arg;

    /* a blocking call: CancelSynchronousIo and closing are its only ends */
    if (!op->overlapped) return op->sock->id.closing;
    return ( !filter->overlapped || op->overlapped == filter->overlapped )
           && ( !filter->thread_id || op->thread_id == filter->thread_id );
}

UINT operation_cancel( struct socket *sock, const void *overlapped, DWORD thread_id )
{
    struct cancel_filter filter = { overlapped, thread_id };

    return operation_end_if( sock, STATUS_CANCELLED, cancel_matches, &filter )
           + polled_cancel( sock, cancel_matches, &filter );
}

static BOOL is_overlapped_send( const struct operation *op, const void *arg )
{
    (void)arg;
    return op->overlapped && op->direction == DIRECTION_WRITE;
}

void operation_flush( struct socket *sock )
{
    operation_end_if( sock, STATUS_CANCELLED, is_overlapped_send, NULL );
}

static BOOL is_receive( const struct operation *op, const void *arg )
{
    (void)arg;
    return op->direction == DIRECTION_READ;
}

void operation_end_receives( struct socket *sock )
{
    operation_end_if( sock, STATUS_PIPE_DISCONNECTED, is_receive, NULL );
    socket_wake_waiters( sock, DIRECTION_READ );
}

static BOOL issued_by_this_thread( const struct operation *op, const void *arg )
{
    (void)arg;
    return op->overlapped && op->thread_id == GetCurrentThreadId()
           && !( op->sock->port.associated && !op->event && !op->tagged );
}

static void cancel_of_this_thread( struct socket *sock, void *arg )
{
    (void)arg;
    operation_end_if( sock, STATUS_CANCELLED, issued_by_this_thread, NULL );
    polled_cancel( sock, issued_by_this_thread, NULL );
}

void operation_cancel_thread( void )
{
    socket_for_each( cancel_of_this_thread, NULL );
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

/* What waits in one direction, now that something has happened. */
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
        /* The program doesn't wait here any more (it receives without overlapped operations, say); two in a row end the
         * watch. */
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
    }
    ReleaseSRWLockExclusive( &queue->lock );

    if (shutdown_now)
    {
        ULONG how = SD_SEND;

        afd_ioctl( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, NULL );
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
