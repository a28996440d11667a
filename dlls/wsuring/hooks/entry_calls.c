/*
 * Calls of ntdll's entry points about ports, waits, APCs, events and cancels
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/capability.h"
#include "base/module.h"
#include "hooks/entry.h"
#include "ports/port.h"
#include "sockets/handle_state.h"
#include "wait/event_state.h"
#include "wait/thread.h"

static NTSTATUS( WINAPI *entry_real_NtSetInformationFile )( HANDLE, IO_STATUS_BLOCK *, void *, ULONG,
                                                            FILE_INFORMATION_CLASS );
static NTSTATUS( WINAPI *entry_real_NtAssociateWaitCompletionPacket )( HANDLE, HANDLE, HANDLE, void *, void *, NTSTATUS,
                                                                       ULONG_PTR, BOOLEAN * );
static NTSTATUS( WINAPI *entry_real_NtWaitForMultipleObjects )( ULONG, const HANDLE *, ULONG, BOOLEAN,
                                                                const LARGE_INTEGER * );
static NTSTATUS( WINAPI *entry_real_NtWaitForSingleObject )( HANDLE, BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *entry_real_NtSignalAndWaitForSingleObject )( HANDLE, HANDLE, BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *entry_real_NtQueueApcThread )( HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );
static NTSTATUS( WINAPI *entry_real_NtQueueApcThreadEx )( HANDLE, HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );
static NTSTATUS( WINAPI *entry_real_NtQueueApcThreadEx2 )( HANDLE, HANDLE, ULONG, void *, ULONG_PTR, ULONG_PTR,
                                                           ULONG_PTR );
static NTSTATUS( WINAPI *entry_real_NtSetEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *entry_real_NtResetEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *entry_real_NtPulseEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *entry_real_NtClearEvent )( HANDLE );
static NTSTATUS( WINAPI *entry_real_NtDuplicateObject )( HANDLE, HANDLE, HANDLE, HANDLE *, ACCESS_MASK, ULONG, ULONG );
static NTSTATUS( WINAPI *entry_real_NtCancelIoFile )( HANDLE, IO_STATUS_BLOCK * );
static NTSTATUS( WINAPI *entry_real_NtCancelIoFileEx )( HANDLE, IO_STATUS_BLOCK *, IO_STATUS_BLOCK * );
static NTSTATUS( WINAPI *entry_real_NtCancelSynchronousIoFile )( HANDLE, IO_STATUS_BLOCK *, IO_STATUS_BLOCK * );

static NTSTATUS WINAPI entry_NtSetInformationFile( HANDLE handle, IO_STATUS_BLOCK *iosb, void *info, ULONG len,
                                                   FILE_INFORMATION_CLASS class )
{
    NTSTATUS status = entry_real_NtSetInformationFile( handle, iosb, info, len, class );

    if (status) return status;
    if ((int)class == FILE_COMPLETION_NOTIFICATION_MODES) port_note_modes( handle, info );
    if ((int)class != FILE_COMPLETION_INFORMATION) return status;
    /* Without the imports that fill and empty ports, too: the packets of a socket that is gone are posted to its port.
     * But if the server can't post them otherwise, it has to serve the operations. */
    if (!capability_lacks( CAPABILITY_PORTS ) || module_can_post()) port_note_associated( handle, info );
    else port_note_used( handle );
    return status;
}

/* From Wine 11 on: the server posts a packet when the target is signalled, so this port isn't for sockets alone. The
 * target is waited for: in place of a socket whose operations are here, its event. */
static NTSTATUS WINAPI entry_NtAssociateWaitCompletionPacket( HANDLE packet, HANDLE port, HANDLE target, void *key,
                                                              void *value, NTSTATUS io_status, ULONG_PTR information,
                                                              BOOLEAN *signalled )
{
    struct handle_waits waits;

    port_note_mixed( port );
    handle_state_replace( &waits, 1, &target, TRUE );
    return entry_real_NtAssociateWaitCompletionPacket( packet, port, *waits.handles, key, value, io_status, information,
                                                       signalled );
}

static NTSTATUS WINAPI entry_NtQueueApcThread( HANDLE thread, void *func, ULONG_PTR arg1, ULONG_PTR arg2,
                                               ULONG_PTR arg3 )
{
    NTSTATUS status = entry_real_NtQueueApcThread( thread, func, arg1, arg2, arg3 );

    if (!ENTRY_BY_PROVIDER()) wait_note_apc( status, thread );
    return status;
}

static NTSTATUS WINAPI entry_NtQueueApcThreadEx( HANDLE thread, HANDLE reserve, void *func, ULONG_PTR arg1,
                                                 ULONG_PTR arg2, ULONG_PTR arg3 )
{
    NTSTATUS status = entry_real_NtQueueApcThreadEx( thread, reserve, func, arg1, arg2, arg3 );

    if (!ENTRY_BY_PROVIDER()) wait_note_apc( status, thread );
    return status;
}

/* From Wine 11 on. */
static NTSTATUS WINAPI entry_NtQueueApcThreadEx2( HANDLE thread, HANDLE reserve, ULONG flags, void *func,
                                                  ULONG_PTR arg1, ULONG_PTR arg2, ULONG_PTR arg3 )
{
    NTSTATUS status = entry_real_NtQueueApcThreadEx2( thread, reserve, flags, func, arg1, arg2, arg3 );

    if (!ENTRY_BY_PROVIDER()) wait_note_apc( status, thread );
    return status;
}

/* A wait past the hooks, such as those of the thread pool: only sockets' handles are looked for. */
static NTSTATUS WINAPI entry_NtWaitForMultipleObjects( ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable,
                                                       const LARGE_INTEGER *timeout )
{
    struct handle_waits waits;

    if (ENTRY_BY_PROVIDER()) return entry_real_NtWaitForMultipleObjects( count, handles, any, alertable, timeout );
    handle_state_replace( &waits, count, handles, any );
    return handle_state_status(
        &waits, entry_real_NtWaitForMultipleObjects( waits.count, waits.handles, waits.any, alertable, timeout ) );
}

static NTSTATUS WINAPI entry_NtWaitForSingleObject( HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout )
{
    struct handle_waits waits;

    if (ENTRY_BY_PROVIDER()) return entry_real_NtWaitForSingleObject( handle, alertable, timeout );
    handle_state_replace( &waits, 1, &handle, TRUE );
    if (waits.count == 1) return entry_real_NtWaitForSingleObject( *waits.handles, alertable, timeout );
    return handle_state_status(
        &waits, entry_real_NtWaitForMultipleObjects( waits.count, waits.handles, waits.any, alertable, timeout ) );
}

static NTSTATUS WINAPI entry_NtSignalAndWaitForSingleObject( HANDLE signal, HANDLE handle, BOOLEAN alertable,
                                                             const LARGE_INTEGER *timeout )
{
    struct handle_waits waits;

    if (ENTRY_BY_PROVIDER()) return entry_real_NtSignalAndWaitForSingleObject( signal, handle, alertable, timeout );
    event_note_signalled( signal );
    handle_state_replace( &waits, 1, &handle, TRUE );
    return entry_real_NtSignalAndWaitForSingleObject( signal, *waits.handles, alertable, timeout );
}

/* ntdll sets events of its own accord, too: when a timer is deleted, or a callback returns. */
static NTSTATUS WINAPI entry_NtSetEvent( HANDLE event, LONG *previous )
{
    if (ENTRY_BY_PROVIDER()) return entry_real_NtSetEvent( event, previous );
    return event_set_by( entry_real_NtSetEvent, event, previous );
}

static NTSTATUS WINAPI entry_NtResetEvent( HANDLE event, LONG *previous )
{
    if (ENTRY_BY_PROVIDER()) return entry_real_NtResetEvent( event, previous );
    return event_reset_by( entry_real_NtResetEvent, event, previous );
}

static NTSTATUS WINAPI entry_NtPulseEvent( HANDLE event, LONG *previous )
{
    NTSTATUS status = entry_real_NtPulseEvent( event, previous );

    if (!ENTRY_BY_PROVIDER()) event_forget( event );
    return status;
}

static NTSTATUS WINAPI entry_NtClearEvent( HANDLE event )
{
    NTSTATUS status = entry_real_NtClearEvent( event );

    event_forget( event );
    return status;
}

/* Others may set and reset the event by the new handle. */
static NTSTATUS WINAPI entry_NtDuplicateObject( HANDLE source_process, HANDLE source, HANDLE dest_process, HANDLE *dest,
                                                ACCESS_MASK access, ULONG attributes, ULONG options )
{
    if (!ENTRY_BY_PROVIDER()) event_note_shared( source );
    return entry_real_NtDuplicateObject( source_process, source, dest_process, dest, access, attributes, options );
}

static NTSTATUS WINAPI entry_NtCancelIoFile( HANDLE handle, IO_STATUS_BLOCK *iosb )
{
    if (!ENTRY_BY_PROVIDER()) cancel_of_thread( handle );
    return entry_real_NtCancelIoFile( handle, iosb );
}

static NTSTATUS WINAPI entry_NtCancelIoFileEx( HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    if (ENTRY_BY_PROVIDER()) return entry_real_NtCancelIoFileEx( handle, which, iosb );
    return cancel_by( entry_real_NtCancelIoFileEx, handle, which, iosb );
}

static NTSTATUS WINAPI entry_NtCancelSynchronousIoFile( HANDLE thread, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    if (ENTRY_BY_PROVIDER()) return entry_real_NtCancelSynchronousIoFile( thread, which, iosb );
    return cancel_blocked_by( entry_real_NtCancelSynchronousIoFile, thread, which, iosb );
}

const struct entry entry_calls[] = {
    { "NtSetInformationFile", entry_NtSetInformationFile, &entry_real_NtSetInformationFile },
    { "NtAssociateWaitCompletionPacket", entry_NtAssociateWaitCompletionPacket,
      &entry_real_NtAssociateWaitCompletionPacket },
    { "NtQueueApcThread", entry_NtQueueApcThread, &entry_real_NtQueueApcThread },
    { "NtQueueApcThreadEx", entry_NtQueueApcThreadEx, &entry_real_NtQueueApcThreadEx },
    { "NtQueueApcThreadEx2", entry_NtQueueApcThreadEx2, &entry_real_NtQueueApcThreadEx2 },
    { "NtWaitForMultipleObjects", entry_NtWaitForMultipleObjects, &entry_real_NtWaitForMultipleObjects },
    { "NtWaitForSingleObject", entry_NtWaitForSingleObject, &entry_real_NtWaitForSingleObject },
    { "NtSignalAndWaitForSingleObject", entry_NtSignalAndWaitForSingleObject,
      &entry_real_NtSignalAndWaitForSingleObject },
    { "NtSetEvent", entry_NtSetEvent, &entry_real_NtSetEvent },
    { "NtResetEvent", entry_NtResetEvent, &entry_real_NtResetEvent },
    { "NtPulseEvent", entry_NtPulseEvent, &entry_real_NtPulseEvent },
    { "NtClearEvent", entry_NtClearEvent, &entry_real_NtClearEvent },
    { "NtDuplicateObject", entry_NtDuplicateObject, &entry_real_NtDuplicateObject },
    { "NtCancelIoFile", entry_NtCancelIoFile, &entry_real_NtCancelIoFile },
    { "NtCancelIoFileEx", entry_NtCancelIoFileEx, &entry_real_NtCancelIoFileEx },
    { "NtCancelSynchronousIoFile", entry_NtCancelSynchronousIoFile, &entry_real_NtCancelSynchronousIoFile },
    { 0 },
};
