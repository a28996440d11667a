/*
 * The program's OVERLAPPED of an operation that begins
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "sockets/handle_state.h"
#include "sockets/last_user.h"
#include "wait/event_state.h"

NTSTATUS operation_begin( struct operation *op )
{
    static const NTSTATUS pending = STATUS_PENDING;
    struct thread *thread;

    if (engine != ENGINE_AFD) handle_state_begin( op->sock );
    if (op->event) event_hold_settle( op->event );
    if (op->event && !event_is_clear( op->event ))
    {
        stats_count( COUNTER_EVENT_RESET );
        event_reset( op->event );
    }
    last_user_leave( op->overlapped );
    if (!guarded_copy( &op->overlapped->Internal, &pending, sizeof( pending ) )) return STATUS_ACCESS_VIOLATION;
    if (!( thread = thread_get() )) return STATUS_NO_MEMORY;
    if (operation_calls( op ))
    {
        op->issuer = thread;
        InterlockedIncrement( &thread->refs );
        InterlockedIncrement( &thread->routines );
    }
    return STATUS_SUCCESS;
}

void operation_begun( struct operation *op, NTSTATUS status )
{
    struct thread *thread = thread_get();

    if (status == STATUS_PENDING) thread->pended = TRUE;
    else if (op->issuer)
    {
        op->issuer = NULL;
        InterlockedDecrement( &thread->routines );
        thread_release( thread );
    }
}

int operation_prepare( struct operation *op )
{
    struct socket *sock = op->sock;
    ULONG_PTR event;
    NTSTATUS status;

    if (!( sock->id.flags & WSA_FLAG_OVERLAPPED )) /* rule O2 */
    {
        op->synchronous = op->overlapped;
        op->overlapped = NULL;
    }
    if (!op->overlapped)
    {
        op->routine = NULL;
        return op->synchronous && !guarded_touch( op->synchronous, sizeof( *op->synchronous ), TRUE ) ? WSAEFAULT : 0;
    }
    if (!guarded_touch( op->overlapped, sizeof( *op->overlapped ), TRUE )
        || !guarded_copy( &event, &op->overlapped->hEvent, sizeof( event ) ))
        return WSAEFAULT;
    op->tagged = event & 1;
    if (operation_calls( op ))
    {
        if (sock->port.associated && !sock->shared.foreign && socket_associations_are_seen()) return WSAEINVAL;
    }
    else if (( op->event = (HANDLE)( event & ~(ULONG_PTR)3 ) ) && engine != ENGINE_AFD
             && ( status = event_check( op->event ) ))
        return error_from_status( status );
    op->thread_id = GetCurrentThreadId();
    return 0;
}
