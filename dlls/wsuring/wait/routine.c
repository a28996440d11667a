/*
 * Completion routines, and waits that are alertable
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A routine runs in the thread that issued the operation, while that thread waits alertably (rule O11). An APC
 * always works, but costs three requests: to queue it, to wake up, and to ask for more. So a wait through kernelbase
 * gets one more event among its handles, and a call that blocks here is woken by its own descriptor.
 */

#include "wait/program_call.h"
#include "wait/thread.h"
#include "wsuring_call.h"

/* What WPUQueueApc carries: one context value, so the provider's own function looks up the result. */
struct call
{
    struct call *next;
    UINT64 cookie; /* of the socket */
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    file_apc *apc; /* of the file API, called instead with its context */
    void *apc_context;
    WSAOVERLAPPED *overlapped;
    WSATHREADID thread;
    DWORD error;
    DWORD bytes;
};

static void routine_call_append( struct call **list, struct call **tail, struct call *call )
{
    call->next = NULL;
    if (*list) ( *tail )->next = call;
    else *list = call;
    *tail = call;
}

/* The first deferred call of this socket, or with cookie 0 of any for which no routine is under way any more. */
static struct call *routine_deferred_take( struct thread *thread, UINT64 cookie )
{
    struct call **link, *call, *prev = NULL;

    for (link = &thread->deferred; ( call = *link ); prev = call, link = &call->next)
    {
        if (cookie ? call->cookie != cookie : program_call_runs( thread, call->cookie )) continue;
        *link = call->next;
        if (thread->deferred_tail == call) thread->deferred_tail = prev;
        return call;
    }
    return NULL;
}

static BOOL routine_deferred_is_due( struct thread *thread )
{
    const struct call *call;

    if (!thread->deferred) return FALSE;
    program_calls_prune( thread );
    for (call = thread->deferred; call; call = call->next)
        if (!program_call_runs( thread, call->cookie )) return TRUE;
    return FALSE;
}

static void routine_call( void *arg )
{
    struct call copy = *(struct call *)arg;
    UINT_PTR routine[] = { copy.error, copy.bytes, (UINT_PTR)copy.overlapped, 0 /* rule O10: no flags */ };
    UINT_PTR apc[] = { (UINT_PTR)copy.apc_context, (UINT_PTR)copy.overlapped, 0 };

    HeapFree( GetProcessHeap(), 0, arg );
    if (copy.apc) call_program( (void *)copy.apc, ARRAY_SIZE( apc ), apc );
    else call_program( (void *)copy.routine, ARRAY_SIZE( routine ), routine );
}

/* Nothing of it may be on this stack when the routine leaves by a jump. */
static void routine_call_run( struct call *call )
{
    struct thread *thread = thread_get();
    struct program_call *under_way;
    struct frame_mark mark;
    UINT64 cookie = call->cookie;

    if (thread && thread->program_calls)
    {
        program_calls_prune( thread );
        if (program_call_runs( thread, cookie ))
        {
            routine_call_append( &thread->deferred, &thread->deferred_tail, call );
            return;
        }
    }
    do
    {
        if (( under_way = program_call_begin( PROGRAM_CALL_ROUTINE, &mark ) )) under_way->cookie = cookie;
        callout( routine_call, call, program_call_abandon, under_way );
        program_call_end( under_way, &mark );
    } while (thread && ( call = routine_deferred_take( thread, cookie ) ));
}

struct call *routine_create( UINT64 cookie, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    struct call *call = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *call ) );

    if (!call) return NULL;
    call->cookie = cookie;
    call->routine = routine;
    return call;
}

struct call *routine_create_apc( UINT64 cookie, file_apc *apc, void *context )
{
    struct call *call = routine_create( cookie, NULL );

    if (!call) return NULL;
    call->apc = apc;
    call->apc_context = context;
    return call;
}

void WINAPI routine_by_server( void *context, IO_STATUS_BLOCK *iosb, ULONG reserved )
{
    struct call *call = context;

    (void)reserved;
    call->overlapped = (WSAOVERLAPPED *)iosb;
    call->error = error_from_status( iosb->Status );
    call->bytes = iosb->Information;
    routine_call_run( call );
}

static void CALLBACK routine_call_by_apc( ULONG_PTR context )
{
    routine_call_run( (struct call *)context );
}

/* Do routines and APCs interrupt it? */
static BOOL routine_is_heard( const struct thread *thread )
{
    return thread->blocked && !thread->deaf;
}

static void routine_wake_blocked( struct thread *thread )
{
    struct wake_params wake = { .fd = thread->waiter->wake_fd };

    unix_call( unix_wake_signal, &wake );
}

void routine_count_apc( struct thread *thread )
{
    lock_acquire( &thread->lock );
    InterlockedIncrement( &thread->apc_queued );
    if (routine_is_heard( thread )) routine_wake_blocked( thread );
    lock_release( &thread->lock );
}

static void routine_call_queue_apc( struct call *call, struct thread *target )
{
    struct thread *self = thread_get();
    BOOL failed;
    int err;

    if (self) self->queueing = TRUE;
    if (( failed = upcalls.lpWPUQueueApc( &call->thread, routine_call_by_apc, (ULONG_PTR)call, &err ) != 0 ))
        HeapFree( GetProcessHeap(), 0, call );
    if (self) self->queueing = FALSE;
    /* not before: the thread may begin to block meanwhile, and has nothing to look for yet */
    if (target && !failed) routine_count_apc( target );
}

void routine_queue( struct thread *issuer, const WSATHREADID *id, struct call *call, WSAOVERLAPPED *overlapped,
                    DWORD error, DWORD bytes )
{
    BOOL taken = FALSE, ends_wait = FALSE;

    if (!call) return;
    call->overlapped = overlapped;
    call->thread = *id;
    call->error = error;
    call->bytes = bytes;
    stats_count( COUNTER_ROUTINE );
    if (issuer)
    {
        lock_acquire( &issuer->lock );
        if (( taken = issuer->waiting || routine_is_heard( issuer ) ))
        {
            BOOL first = !issuer->ready;

            routine_call_append( &issuer->ready, &issuer->ready_tail, call );
            ends_wait = first && issuer->waiting;
            if (first && !ends_wait) routine_wake_blocked( issuer );
        }
        lock_release( &issuer->lock );
        /* if it has ended otherwise by now, the next one goes on after a look */
        if (ends_wait) NtSetEvent( issuer->alert, NULL );
    }
    if (!taken) routine_call_queue_apc( call, issuer ? issuer : thread_peek() );
}

static struct call *routine_ready_take( struct thread *thread )
{
    struct call *call;

    lock_acquire( &thread->lock );
    if (( call = thread->ready )) thread->ready = call->next;
    lock_release( &thread->lock );
    return call;
}

/* Runs what is ready, one by one: a routine that doesn't come back leaves the others. TRUE if there was any. */
static BOOL routine_calls_run( struct thread *thread )
{
    struct call *call;
    BOOL any = FALSE;

    while (( call = thread->deferred && routine_deferred_is_due( thread ) ? routine_deferred_take( thread, 0 )
                                                                          : routine_ready_take( thread ) ))
    {
        any = TRUE;
        routine_call_run( call );
    }
    return any;
}

static void routine_calls_free( struct call *call )
{
    struct call *next;

    for (; call; call = next)
    {
        next = call->next;
        HeapFree( GetProcessHeap(), 0, call );
    }
}

void routine_forget( struct thread *thread )
{
    lock_acquire( &thread->lock );
    thread->waiting = thread->blocked = FALSE;
    routine_calls_free( thread->ready );
    routine_calls_free( thread->deferred );
    thread->ready = thread->deferred = NULL;
    lock_release( &thread->lock );
}

/* In the thread itself */
static BOOL routine_apc_is_due( const struct thread *thread )
{
    return thread->apc_queued != thread->apc_looked;
}

void routine_run_ready( struct thread *thread )
{
    static const LARGE_INTEGER at_once = { .QuadPart = 0 };
    LONG queued;

    routine_calls_run( thread );
    if (!routine_apc_is_due( thread )) return;
    queued = thread->apc_queued;
    NtDelayExecution( TRUE, &at_once );
    /* not before: one that doesn't come back leaves the others. An APC that has blocked may have looked later. */
    if (queued - thread->apc_looked > 0) thread->apc_looked = queued;
}

static void routine_ready_main( void *thread )
{
    routine_run_ready( thread );
}

void thread_block( struct thread *thread )
{
    /* if something is due already, the wait ends before it begins */
    BOOL due = routine_deferred_is_due( thread );

    lock_acquire( &thread->lock );
    thread->blocked = TRUE;
    if (!thread->deaf && ( due || thread->ready || routine_apc_is_due( thread ) )) routine_wake_blocked( thread );
    lock_release( &thread->lock );
    if (thread->apc_source && !thread->deaf) unix_call( unix_engine_wake, NULL );
}

NTSTATUS thread_unblock( struct thread *thread, struct program_call *call )
{
    BOOL due, cancelled;

    lock_acquire( &thread->lock );
    thread->blocked = FALSE;
    cancelled = thread->cancelled;
    thread->cancelled = FALSE;
    due = thread->ready || thread->deferred || routine_apc_is_due( thread );
    lock_release( &thread->lock );
    if (due && !thread->deaf) callout( routine_ready_main, thread, program_call_abandon, call );
    return cancelled ? STATUS_CANCELLED : STATUS_SUCCESS;
}

BOOL routine_wait_needed( ULONG count )
{
    struct thread *thread = thread_peek();

    if (!thread || count >= MAXIMUM_WAIT_OBJECTS) return FALSE;
    /* some may be left of a wait that a routine has jumped out of */
    if (!thread->routines && !thread->ready && !routine_deferred_is_due( thread )) return FALSE;
    return thread->alert || !NtCreateEvent( &thread->alert, EVENT_ALL_ACCESS, NULL, 1 /* auto-reset */, FALSE );
}

struct wait
{
    struct thread *thread;
    ULONG count;
    const HANDLE *handles;
    const LARGE_INTEGER *timeout;
    NTSTATUS status;
};

static void routine_wait_begin( void *arg )
{
    struct wait *wait = arg;
    struct thread *thread = wait->thread;
    BOOL due;

    lock_acquire( &thread->lock );
    thread->waiting = TRUE;
    due = thread->ready != NULL;
    lock_release( &thread->lock );
    wait->status = due ? (NTSTATUS)( wait->count - 1 )
                       : NtWaitForMultipleObjects( wait->count, wait->handles, 1 /* any */, TRUE, wait->timeout );
}

/* An APC of the program has left the wait. */
static void routine_wait_abandoned( void *arg )
{
    struct thread *thread = arg;

    lock_acquire( &thread->lock );
    thread->waiting = FALSE;
    lock_release( &thread->lock );
}

NTSTATUS routine_wait( ULONG count, const HANDLE *handles, const LARGE_INTEGER *timeout )
{
    struct thread *thread = thread_peek();
    HANDLE all[MAXIMUM_WAIT_OBJECTS];
    struct wait wait = { thread, count + 1, all, timeout, STATUS_SUCCESS };
    struct call *list, *next;
    LARGE_INTEGER until;

    if (count && !guarded_copy( all, handles, count * sizeof( *all ) )) return STATUS_ACCESS_VIOLATION;
    all[count] = thread->alert;
    if (routine_deferred_is_due( thread ))
    {
        routine_calls_run( thread );
        return STATUS_USER_APC;
    }
    wait.timeout = timeout_until( timeout, &until );
    for (;;)
    {
        callout( routine_wait_begin, &wait, routine_wait_abandoned, thread );
        lock_acquire( &thread->lock );
        thread->waiting = FALSE;
        list = thread->ready;
        lock_release( &thread->lock );
        if (list) break;
        if (wait.status != (NTSTATUS)count) return wait.status;
    }
    if (wait.status != (NTSTATUS)count) NtResetEvent( thread->alert, NULL );
    if (wait.status == (NTSTATUS)count || wait.status == STATUS_TIMEOUT || wait.status == STATUS_USER_APC)
    {
        routine_calls_run( thread );
        return STATUS_USER_APC;
    }
    /* the wait has ended otherwise, perhaps consuming an object: the next wait runs the routines */
    lock_acquire( &thread->lock );
    list = thread->ready;
    thread->ready = NULL;
    lock_release( &thread->lock );
    for (; list; list = next)
    {
        next = list->next;
        routine_call_queue_apc( list, thread );
    }
    return wait.status;
}

void routine_apc_queued( DWORD thread_id )
{
    struct thread *thread;

    thread_apcs_queued = TRUE; /* before it is looked for */
    if (!( thread = thread_find( thread_id ) )) return;
    routine_count_apc( thread );
    thread_release( thread );
}

BOOL routine_cancel_blocked( DWORD thread_id )
{
    struct thread *thread = thread_find( thread_id );
    IO_STATUS_BLOCK iosb, *which = NULL;
    HANDLE handle = NULL;
    BOOL found = FALSE;

    if (!thread) return FALSE;
    lock_acquire( &thread->lock );
    if (( found = thread->blocked ))
    {
        thread->cancelled = TRUE;
        routine_wake_blocked( thread );
    }
    else if (( which = thread->ioctl_iosb ))
    {
        handle = thread->ioctl_handle;
        thread->ioctl_cancels++; /* it stays what it is */
    }
    lock_release( &thread->lock );
    if (which)
    {
        /* from Wine 11 on the request waits until the thread has seen the end of its ioctl */
        found = !NtCancelIoFileEx( handle, which, &iosb );
        InterlockedDecrement( &thread->ioctl_cancels );
        RtlWakeAddressAll( (void *)&thread->ioctl_cancels );
    }
    thread_release( thread );
    return found;
}
