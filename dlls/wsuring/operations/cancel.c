/*
 * Cancelling operations
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"

struct cancel_filter
{
    const void *overlapped;
    DWORD thread_id;
};

static BOOL cancel_matches( const struct operation *op, const void *arg )
{
    const struct cancel_filter *filter = arg;

    /* a blocking call: any thread may cancel it, but not by an OVERLAPPED or as one of the caller's */
    if (!op->overlapped) return op->sock->id.closing || !( filter->overlapped || filter->thread_id );
    return ( !filter->overlapped || op->overlapped == filter->overlapped )
           && ( !filter->thread_id || op->thread_id == filter->thread_id );
}

UINT operation_cancel( struct socket *sock, const void *overlapped, DWORD thread_id )
{
    struct cancel_filter filter = { overlapped, thread_id };
    UINT i, waiters = 0;

    for (i = 0; i < DIRECTION_COUNT && !overlapped && !thread_id; i++) waiters += socket_cancel_waiters( sock, i );
    return waiters + operation_end_if( sock, STATUS_CANCELLED, cancel_matches, &filter )
           + polled_cancel( sock, cancel_matches, &filter );
}

static BOOL cancel_is_of_thread( const struct operation *op, const void *arg )
{
    return op->overlapped && op->thread_id == *(const DWORD *)arg
           && !( op->sock->port.associated && !op->event && !op->tagged );
}

static void cancel_of_thread( struct socket *sock, void *arg )
{
    UINT i;

    for (i = 0; i < DIRECTION_COUNT; i++) turn_abandon( sock, i, *(const DWORD *)arg );
    operation_end_if( sock, STATUS_CANCELLED, cancel_is_of_thread, arg );
    polled_cancel( sock, cancel_is_of_thread, arg );
}

void operation_cancel_thread( DWORD thread_id )
{
    socket_for_each( cancel_of_thread, &thread_id );
}
