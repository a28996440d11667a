/*
 * kernelbase's waits, and the APCs that end them: see routine.c and event_state.h
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "hooks/interpose.h"
#include "ports/port.h"
#include "sockets/handle_state.h"
#include "wait/apc_source.h"
#include "wait/event_state.h"
#include "wait/thread.h"

static NTSTATUS( WINAPI *real_NtDelayExecution )( BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtWaitForMultipleObjects )( ULONG, const HANDLE *, ULONG, BOOLEAN,
                                                          const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtWaitForSingleObject )( HANDLE, BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtSignalAndWaitForSingleObject )( HANDLE, HANDLE, BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtSetTimer )( HANDLE, const LARGE_INTEGER *, void *, void *, BOOLEAN, ULONG, BOOLEAN * );
static NTSTATUS( WINAPI *real_NtQueueApcThread )( HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );
static NTSTATUS( WINAPI *real_NtQueueApcThreadEx )( HANDLE, HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );
static NTSTATUS( WINAPI *real_NtQueueApcThreadEx2 )( HANDLE, HANDLE, ULONG, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );

static NTSTATUS WINAPI hook_NtDelayExecution( BOOLEAN alertable, const LARGE_INTEGER *timeout )
{
    NTSTATUS status;

    if (!alertable || !routine_wait_needed( 0 )) return real_NtDelayExecution( alertable, timeout );
    status = routine_wait( 0, NULL, timeout );
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

static NTSTATUS wait_for( const struct handle_waits *waits, BOOL one, BOOLEAN alertable, const LARGE_INTEGER *timeout )
{
    NTSTATUS status;

    if (alertable && one && routine_wait_needed( waits->count ))
        status = routine_wait( waits->count, waits->handles, timeout );
    else status = real_NtWaitForMultipleObjects( waits->count, waits->handles, waits->any, alertable, timeout );
    if (one && status >= 0 && (ULONG)status < waits->count) event_wait_over( waits->handles[status] );
    return handle_state_status( waits, status );
}

static NTSTATUS WINAPI hook_NtWaitForMultipleObjects( ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable,
                                                      const LARGE_INTEGER *timeout )
{
    HANDLE ports[MAXIMUM_WAIT_OBJECTS];
    BOOL one = any || count == 1, on_port;
    struct handle_waits waits;
    const HANDLE *waited;
    LARGE_INTEGER end;
    NTSTATUS status;

    do
    {
        waited = port_signal_replace( count, handles, one, ports );
        if (( on_port = waited == ports )) timeout = timeout_until( timeout, &end );
        if (!alertable && count == 1 && handle_state_is_set( waited )) return STATUS_WAIT_0;
        handle_state_replace( &waits, count, waited, any );
        if (!alertable && one && event_take_set( waits.count, waits.handles, &status ))
            return handle_state_status( &waits, status );
        status = wait_for( &waits, one, alertable, timeout );
        if (!one || status < 0 || (ULONG)status >= count) return status;
    } while (on_port && port_signal_has_moved( handles + status, ports[status] ));
    return status;
}

/* Wine 11's WaitForSingleObject. */
static NTSTATUS WINAPI hook_NtWaitForSingleObject( HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout )
{
    return hook_NtWaitForMultipleObjects( 1, &handle, TRUE, alertable, timeout );
}

static NTSTATUS WINAPI hook_NtSignalAndWaitForSingleObject( HANDLE signal, HANDLE handle, BOOLEAN alertable,
                                                            const LARGE_INTEGER *timeout )
{
    struct handle_waits waits;
    HANDLE waited, port;
    NTSTATUS status;

    event_note_signalled( signal );
    waited = *port_signal_replace( 1, &handle, TRUE, &port );
    handle_state_replace( &waits, 1, &waited, TRUE );
    status
        = real_NtSignalAndWaitForSingleObject( signal, waits.count == 1 ? *waits.handles : waited, alertable, timeout );
    if (status != STATUS_WAIT_0 || !port_signal_has_moved( &handle, waited )) return status;
    return hook_NtWaitForMultipleObjects( 1, &handle, TRUE, alertable, timeout );
}

/* An APC that isn't one of ours has been queued: a thread that blocks here must look for it. */
void wait_note_apc( NTSTATUS status, HANDLE thread )
{
    struct thread *self = thread_peek();

    if (!status && !( self && self->queueing ))
        routine_apc_queued( thread == GetCurrentThread() ? GetCurrentThreadId() : GetThreadId( thread ) );
}

static NTSTATUS WINAPI hook_NtQueueApcThread( HANDLE thread, void *func, ULONG_PTR arg1, ULONG_PTR arg2,
                                              ULONG_PTR arg3 )
{
    NTSTATUS status = real_NtQueueApcThread( thread, func, arg1, arg2, arg3 );

    wait_note_apc( status, thread );
    return status;
}

static NTSTATUS WINAPI hook_NtQueueApcThreadEx( HANDLE thread, HANDLE reserve, void *func, ULONG_PTR arg1,
                                                ULONG_PTR arg2, ULONG_PTR arg3 )
{
    NTSTATUS status = real_NtQueueApcThreadEx( thread, reserve, func, arg1, arg2, arg3 );

    wait_note_apc( status, thread );
    return status;
}

/* Wine 11's QueueUserAPC2. */
static NTSTATUS WINAPI hook_NtQueueApcThreadEx2( HANDLE thread, HANDLE reserve, ULONG flags, void *func, ULONG_PTR arg1,
                                                 ULONG_PTR arg2, ULONG_PTR arg3 )
{
    NTSTATUS status = real_NtQueueApcThreadEx2( thread, reserve, flags, func, arg1, arg2, arg3 );

    wait_note_apc( status, thread );
    return status;
}

static NTSTATUS WINAPI hook_NtSetTimer( HANDLE timer, const LARGE_INTEGER *when, void *apc, void *arg, BOOLEAN resume,
                                        ULONG period, BOOLEAN *state )
{
    apc_source_note( apc );
    return real_NtSetTimer( timer, when, apc, arg, resume, period, state );
}

const struct hook wait_hooks[] = {
    { "kernelbase.dll", "NtSetTimer", hook_NtSetTimer, &real_NtSetTimer, FALSE },
    { "kernelbase.dll", "NtSignalAndWaitForSingleObject", hook_NtSignalAndWaitForSingleObject,
      &real_NtSignalAndWaitForSingleObject, FALSE },
    { "kernelbase.dll", "NtDelayExecution", hook_NtDelayExecution, &real_NtDelayExecution, TRUE },
    { "kernelbase.dll", "NtWaitForMultipleObjects", hook_NtWaitForMultipleObjects, &real_NtWaitForMultipleObjects,
      TRUE },
    { "kernelbase.dll", "NtWaitForSingleObject", hook_NtWaitForSingleObject, &real_NtWaitForSingleObject, FALSE },
    { "kernelbase.dll", "NtQueueApcThread", hook_NtQueueApcThread, &real_NtQueueApcThread, FALSE },
    { "kernelbase.dll", "NtQueueApcThreadEx", hook_NtQueueApcThreadEx, &real_NtQueueApcThreadEx, FALSE },
    { "kernelbase.dll", "NtQueueApcThreadEx2", hook_NtQueueApcThreadEx2, &real_NtQueueApcThreadEx2, FALSE },
    { 0 },
};
