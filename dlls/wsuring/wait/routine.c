/*
 * Completion routines, and waits that are alertable
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A routine runs in the thread that issued the operation, while that waits alertably (rule O11). The way that always
 * works is an APC, which costs three requests: to queue it, to wake up, and to ask whether there are more. So where the
 * thread's wait has gone through kernelbase, one more event is among its handles; and where it blocks in a call of
 * ours, its own descriptor wakes it.
 */

#include "wait/thread.h"

/* What WPUQueueApc carries: one context value, so the provider's own function looks up the result. */
struct call
{
    struct call *next;
    UINT64 cookie; /* of the socket */
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    WSAOVERLAPPED *overlapped;
    WSATHREADID thread;
    DWORD error;
    DWORD bytes;
};

/* A routine under way, on the stack of its thread. */
struct running
{
    struct running *outer;
    UINT64 cookie;
    struct call *later, **later_tail; /* of the same socket: when this one has returned */
};

static void call_run( struct call *call )
{
    struct thread *thread = thread_get();
    struct running *running, own = { .cookie = call->cookie };
    struct call copy;

    for (running = thread ? thread->running : NULL; running; running = running->outer)
    {
        if (running->cookie != call->cookie) continue;
        call->next = NULL;
        *running->later_tail = call;
        running->later_tail = &call->next;
        return;
    }
    own.later_tail = &own.later;
    for (;;)
    {
        copy = *call;
        HeapFree( GetProcessHeap(), 0, call );
        if (thread)
        {
            own.outer = thread->running;
            thread->running = &own;
        }
        copy.routine( copy.error, copy.bytes, copy.overlapped, 0 ); /* rule O10: the flags are 0 */
        if (thread) thread->running = own.outer;
        if (!( call = own.later )) return;
        if (!( own.later = call->next )) own.later_tail = &own.later;
    }
}

struct call *routine_create( UINT64 cookie, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    struct call *call = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *call ) );

    if (!call) return NULL;
    call->cookie = cookie;
    call->routine = routine;
    return call;
}

void WINAPI routine_by_server( void *context, IO_STATUS_BLOCK *iosb, ULONG reserved )
{
    struct call *call = context;

    (void)reserved;
    call->overlapped = (WSAOVERLAPPED *)iosb;
    call->error = error_from_status( iosb->Status );
    call->bytes = iosb->Information;
    call_run( call );
}

static void CALLBACK call_by_apc( ULONG_PTR context )
{
    call_run( (struct call *)context );
}

static void call_queue_apc( struct call *call, struct thread *target )
{
    struct thread *self = thread_get();
    int err;

    if (target) target->apc_queued = TRUE;
    if (self) self->queueing = TRUE;
    if (upcalls.lpWPUQueueApc( &call->thread, call_by_apc, (ULONG_PTR)call, &err ))
        HeapFree( GetProcessHeap(), 0, call );
    if (self) self->queueing = FALSE;
}

static void thread_wake_blocked( struct thread *thread )
{
    struct wake_params wake = { .fd = thread->waiter->wake_fd };

    unix_call( unix_wake_signal, &wake );
}

void routine_queue( struct thread *issuer, const WSATHREADID *id, UINT64 cookie,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes )
{
    struct call *call = routine_create( cookie, routine );
    BOOL taken = FALSE;

    if (!call) return;
    call->overlapped = overlapped;
    call->thread = *id;
    call->error = error;
    call->bytes = bytes;
    stats_count( COUNTER_ROUTINE );
    if (issuer)
    {
        AcquireSRWLockExclusive( &issuer->lock );
        if (( taken = issuer->waiting || issuer->blocked ))
        {
            BOOL first = !issuer->ready;

            if (first) issuer->ready = call;
            else issuer->ready_tail->next = call;
            issuer->ready_tail = call;
            if (first && issuer->waiting) NtSetEvent( issuer->alert, NULL );
            else if (first) thread_wake_blocked( issuer );
        }
        ReleaseSRWLockExclusive( &issuer->lock );
    }
    if (!taken) call_queue_apc( call, issuer ? issuer : thread_peek() );
}

static struct call *ready_take( struct thread *thread )
{
    struct call *list = thread->ready;

    thread->ready = thread->ready_tail = NULL;
    return list;
}

static void calls_run( struct call *list )
{
    struct call *next;

    for (; list; list = next)
    {
        next = list->next;
        call_run( list );
    }
}

void routine_run_ready( struct thread *thread )
{
    static const LARGE_INTEGER at_once = { .QuadPart = 0 };
    struct call *list;
    BOOL apc;

    AcquireSRWLockExclusive( &thread->lock );
    list = ready_take( thread );
    apc = thread->apc_queued;
    thread->apc_queued = FALSE;
    ReleaseSRWLockExclusive( &thread->lock );
    calls_run( list );
    if (apc) NtDelayExecution( TRUE, &at_once );
}

void thread_block( struct thread *thread )
{
    /* what is due already ends the wait before it begins */
    AcquireSRWLockExclusive( &thread->lock );
    thread->blocked = TRUE;
    if (thread->ready || thread->apc_queued) thread_wake_blocked( thread );
    ReleaseSRWLockExclusive( &thread->lock );
}

NTSTATUS thread_unblock( struct thread *thread )
{
    BOOL due, cancelled;

    AcquireSRWLockExclusive( &thread->lock );
    thread->blocked = FALSE;
    cancelled = thread->cancelled;
    thread->cancelled = FALSE;
    due = thread->ready || thread->apc_queued;
    ReleaseSRWLockExclusive( &thread->lock );
    if (due) routine_run_ready( thread );
    return cancelled ? STATUS_CANCELLED : STATUS_SUCCESS;
}

BOOL routine_wait_needed( ULONG count )
{
    struct thread *thread = thread_peek();

    if (!thread || !thread->routines || count >= MAXIMUM_WAIT_OBJECTS) return FALSE;
    return thread->alert || !NtCreateEvent( &thread->alert, EVENT_ALL_ACCESS, NULL, 1 /* auto-reset */, FALSE );
}

NTSTATUS routine_wait( ULONG count, const HANDLE *handles, const LARGE_INTEGER *timeout )
{
    struct thread *thread = thread_peek();
    HANDLE all[MAXIMUM_WAIT_OBJECTS];
    LARGE_INTEGER until;
    struct call *list, *next;
    NTSTATUS status;

    if (count && !guarded_copy( all, handles, count * sizeof( *all ) )) return STATUS_ACCESS_VIOLATION;
    all[count] = thread->alert;
    if (timeout && timeout->QuadPart < 0)
    {
        /* it may take more than one wait */
        NtQuerySystemTime( &until );
        until.QuadPart -= timeout->QuadPart;
        timeout = &until;
    }
    for (;;)
    {
        AcquireSRWLockExclusive( &thread->lock );
        thread->waiting = TRUE;
        ReleaseSRWLockExclusive( &thread->lock );
        status = NtWaitForMultipleObjects( count + 1, all, 1 /* any */, TRUE, timeout );
        AcquireSRWLockExclusive( &thread->lock );
        thread->waiting = FALSE;
        list = ready_take( thread );
        ReleaseSRWLockExclusive( &thread->lock );
        if (list) break;
        if (status != (NTSTATUS)count) return status;
    }
    if (status != (NTSTATUS)count) NtResetEvent( thread->alert, NULL );
    if (status == (NTSTATUS)count || status == STATUS_TIMEOUT || status == STATUS_USER_APC)
    {
        calls_run( list );
        return STATUS_USER_APC;
    }
    /* the wait has ended otherwise, perhaps taking what it waited for: the routines are for the next one */
    for (; list; list = next)
    {
        next = list->next;
        call_queue_apc( list, thread );
    }
    return status;
}

void routine_apc_queued( DWORD thread_id )
{
    struct thread *thread;

    if (!( thread = thread_find( thread_id ) )) return;
    AcquireSRWLockExclusive( &thread->lock );
    thread->apc_queued = TRUE;
    if (thread->blocked) thread_wake_blocked( thread );
    ReleaseSRWLockExclusive( &thread->lock );
    thread_release( thread );
}

BOOL routine_cancel_blocked( DWORD thread_id )
{
    struct thread *thread = thread_find( thread_id );
    BOOL found = FALSE;

    if (!thread) return FALSE;
    AcquireSRWLockExclusive( &thread->lock );
    if (( found = thread->blocked ))
    {
        thread->cancelled = TRUE;
        thread_wake_blocked( thread );
    }
    else if (thread->ioctl_iosb)
    {
        IO_STATUS_BLOCK iosb;

        found = !NtCancelIoFileEx( thread->ioctl_handle, thread->ioctl_iosb, &iosb );
    }
    ReleaseSRWLockExclusive( &thread->lock );
    thread_release( thread );
    return found;
}
