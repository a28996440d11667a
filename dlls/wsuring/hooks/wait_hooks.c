/*
 * kernelbase's waits, and the APCs that end them: see routine.c and event_state.h
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "hooks/interpose.h"
#include "ports/port.h"
#include "sockets/handle_state.h"
#include "wait/event_state.h"
#include "wait/thread.h"

static NTSTATUS( WINAPI *real_NtDelayExecution )( BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtWaitForMultipleObjects )( ULONG, const HANDLE *, ULONG, BOOLEAN,
                                                          const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtSignalAndWaitForSingleObject )( HANDLE, HANDLE, BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtQueueApcThread )( HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );

static NTSTATUS WINAPI hook_NtDelayExecution( BOOLEAN alertable, const LARGE_INTEGER *timeout )
{
    NTSTATUS status;

    if (!alertable || !routine_wait_needed( 0 )) return real_NtDelayExecution( alertable, timeout );
    status = routine_wait( 0, NULL, timeout );
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

static NTSTATUS WINAPI hook_NtWaitForMultipleObjects( ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable,
                                                      const LARGE_INTEGER *timeout )
{
    HANDLE room[MAXIMUM_WAIT_OBJECTS];
    BOOL one = any || count == 1;
    NTSTATUS status;

    port_note_waited( count, handles );
    handles = handle_state_replace( count, handles, room );
    if (!alertable && one && event_take_set( count, handles, &status )) return status;
    if (alertable && one && routine_wait_needed( count )) status = routine_wait( count, handles, timeout );
    else status = real_NtWaitForMultipleObjects( count, handles, any, alertable, timeout );
    if (one && status >= 0 && (ULONG)status < count) event_wait_over( handles[status] );
    return status;
}

static NTSTATUS WINAPI hook_NtSignalAndWaitForSingleObject( HANDLE signal, HANDLE handle, BOOLEAN alertable,
                                                            const LARGE_INTEGER *timeout )
{
    /* we don't know when during the call */
    event_forget( signal );
    event_note_server( signal );
    port_note_waited( 1, &handle );
    return real_NtSignalAndWaitForSingleObject( signal, handle, alertable, timeout );
}

static NTSTATUS WINAPI hook_NtQueueApcThread( HANDLE thread, void *func, ULONG_PTR arg1, ULONG_PTR arg2,
                                              ULONG_PTR arg3 )
{
    NTSTATUS status = real_NtQueueApcThread( thread, func, arg1, arg2, arg3 );
    struct thread *self = thread_peek();

    if (!status && !( self && self->queueing ))
        routine_apc_queued( thread == GetCurrentThread() ? GetCurrentThreadId() : GetThreadId( thread ) );
    return status;
}

const struct hook wait_hooks[] = {
    { "kernelbase.dll", "NtSignalAndWaitForSingleObject", hook_NtSignalAndWaitForSingleObject,
      &real_NtSignalAndWaitForSingleObject, FALSE },
    { "kernelbase.dll", "NtDelayExecution", hook_NtDelayExecution, &real_NtDelayExecution, TRUE },
    { "kernelbase.dll", "NtWaitForMultipleObjects", hook_NtWaitForMultipleObjects, &real_NtWaitForMultipleObjects,
      TRUE },
    { "kernelbase.dll", "NtQueueApcThread", hook_NtQueueApcThread, &real_NtQueueApcThread, FALSE },
    { 0 },
};
