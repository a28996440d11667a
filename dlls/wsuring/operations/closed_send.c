/*
 * Buffered sends of sockets that are closed
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the host hasn't taken yet is still delivered, unless the close is a hard one. But peers that don't read must
 * not fill the process's memory: beyond a bound for all such sockets together, connections whose peer has taken
 * nothing for a while are reset. Their peers see that data is missing.
 */

#include "operations/operation.h"
#include "sockets/option_host.h"
#include "sockets/shared_state.h"

#define BOUND          ( 16 << 20 ) /* bytes */
#define STALL_MS       10000
#define TICK_MS        1000
#define LINGER_LOOK_MS 5

struct closed_send
{
    struct closed_send *next;
    UINT64 cookie;  /* the socket; no reference, which would put off the end of its stream */
    UINT64 left;    /* bytes, at the last look */
    LONGLONG since; /* when it became that few */
};

static struct closed_send *volatile closed_sends;
static SRWLOCK closed_lock = SRWLOCK_INIT;

/* Drops what is buffered. */
static void closed_send_drop( struct socket *sock )
{
    struct queue *queue = &sock->queues[DIRECTION_WRITE];
    struct operation *op, *next, *list = NULL, **tail = &list;

    lock_acquire( &queue->lock );
    sock->conn.shutdown_later = FALSE;
    for (op = queue->head; op; op = next)
    {
        next = op->next;
        if (op->hidden) queue_take( queue, op, STATUS_CANCELLED, &tail );
    }
    lock_release( &queue->lock );
    operation_finish_list( list );
}

static UINT64 closed_send_left( struct socket *sock )
{
    struct queue *queue = &sock->queues[DIRECTION_WRITE];
    const struct operation *op;
    UINT64 left = 0;

    lock_acquire( &queue->lock );
    for (op = queue->head; op; op = op->next)
        if (op->hidden) left += op->total - op->done;
    lock_release( &queue->lock );
    return left;
}

void closed_send_begin( struct socket *sock )
{
    struct descriptor_query_params query = { .fd = sock->desc.fd, .what = DESCRIPTOR_ABORTS };
    struct closed_send *closed;

    if (!sock->queues[DIRECTION_WRITE].head || shared_state_is_shared( sock )) return;
    if (!unix_call( unix_descriptor_query, &query ) && query.value)
    {
        closed_send_drop( sock );
        return;
    }
    if (!( closed = HeapAlloc( GetProcessHeap(), 0, sizeof( *closed ) ) )) return;
    closed->cookie = socket_cookie( sock );
    closed->left = closed_send_left( sock );
    closed->since = GetTickCount64();
    lock_acquire( &closed_lock );
    closed->next = closed_sends;
    closed_sends = closed;
    lock_release( &closed_lock );
    unix_call( unix_engine_wake, NULL );
}

void closed_send_linger( struct socket *sock )
{
    struct queue *queue = &sock->queues[DIRECTION_WRITE];
    struct linger linger = { 0 };
    UINT len = sizeof( linger );
    LONGLONG deadline;

    if (!queue->head || sock->id.handles > 1 || sock->shared.nonblocking || sock->id.type != SOCK_STREAM) return;
    if (option_host_get( sock, OPTION_SOL_SOCKET_SO_LINGER, &linger, &len ) || !linger.l_onoff) return;
    deadline = GetTickCount64() + linger.l_linger * 1000ll;
    while (queue->head && (LONGLONG)GetTickCount64() < deadline) Sleep( LINGER_LOOK_MS );
}

/* FALSE: nothing is left. */
static BOOL closed_send_look( struct closed_send *closed, LONGLONG now, UINT64 *total )
{
    static const struct linger hard = { 1, 0 };
    struct socket *sock = socket_from_cookie( closed->cookie );
    UINT64 left;

    if (!sock) return FALSE;
    if (( left = closed_send_left( sock ) ) != closed->left) closed->since = now;
    closed->left = left;
    if (*total + left > BOUND && now - closed->since >= STALL_MS)
    {
        option_host_set( sock, OPTION_SOL_SOCKET_SO_LINGER, &hard, sizeof( hard ) );
        closed_send_drop( sock );
        log_message( "a closed connection is reset: its peer takes nothing\n" );
        left = 0;
    }
    socket_release( sock );
    *total += left;
    return left != 0;
}

LONGLONG closed_send_tick( void )
{
    static LONGLONG next_look;
    struct closed_send **link, *closed, *list;
    LONGLONG now;
    UINT64 total = 0;

    if (!closed_sends) return -1;
    now = GetTickCount64();
    if (now < next_look) return ( next_look - now ) * 1000000;
    next_look = now + TICK_MS;
    lock_acquire( &closed_lock );
    list = closed_sends;
    closed_sends = NULL;
    lock_release( &closed_lock );
    for (link = &list; ( closed = *link );)
    {
        if (closed_send_look( closed, now, &total )) link = &closed->next;
        else
        {
            *link = closed->next;
            HeapFree( GetProcessHeap(), 0, closed );
        }
    }
    lock_acquire( &closed_lock );
    *link = closed_sends; /* closed meanwhile */
    closed_sends = list;
    lock_release( &closed_lock );
    return TICK_MS * 1000000ll;
}
