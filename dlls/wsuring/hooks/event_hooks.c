/*
 * kernelbase's calls on event objects: see event_state.h
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "hooks/interpose.h"
#include "wait/event_hold.h"
#include "wait/event_state.h"

static NTSTATUS( WINAPI *real_NtCreateEvent )( HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG, BOOLEAN );
static NTSTATUS( WINAPI *real_NtSetEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *real_NtResetEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *real_NtPulseEvent )( HANDLE, LONG * );

#define NOTIFICATION_EVENT 0 /* of EVENT_TYPE: reset by the program, not by waits */

/* Others may have handles to the object. */
static BOOL event_is_shared( const OBJECT_ATTRIBUTES *attributes )
{
    return attributes
           && ( ( attributes->ObjectName && attributes->ObjectName->Length ) || attributes->Attributes & OBJ_INHERIT );
}

static NTSTATUS WINAPI hook_NtCreateEvent( HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                           ULONG type, BOOLEAN state )
{
    NTSTATUS status = real_NtCreateEvent( handle, access, attributes, type, state );

    if (status) return status; /* STATUS_OBJECT_NAME_EXISTS: another module's event, in any state */
    /* it can't be set by this handle, which a use of it finds out */
    if (!( access & ( EVENT_MODIFY_STATE | GENERIC_WRITE | GENERIC_ALL | MAXIMUM_ALLOWED ) )) return status;
    event_note_made( *handle, !event_is_shared( attributes ), type == NOTIFICATION_EVENT && access & SYNCHRONIZE,
                     state );
    return status;
}

static NTSTATUS WINAPI hook_NtSetEvent( HANDLE handle, LONG *previous )
{
    return event_set_by( real_NtSetEvent, handle, previous );
}

static NTSTATUS WINAPI hook_NtResetEvent( HANDLE handle, LONG *previous )
{
    event_hold_settle( handle );
    return event_reset_by( real_NtResetEvent, handle, previous );
}

static NTSTATUS WINAPI hook_NtPulseEvent( HANDLE handle, LONG *previous )
{
    NTSTATUS status = real_NtPulseEvent( handle, previous );

    event_note_reset( handle );
    return status;
}

const struct hook event_hooks[] = {
    { "kernelbase.dll", "NtCreateEvent", hook_NtCreateEvent, &real_NtCreateEvent, TRUE },
    { "kernelbase.dll", "NtSetEvent", hook_NtSetEvent, &real_NtSetEvent, TRUE },
    { "kernelbase.dll", "NtResetEvent", hook_NtResetEvent, &real_NtResetEvent, TRUE },
    { "kernelbase.dll", "NtPulseEvent", hook_NtPulseEvent, &real_NtPulseEvent, FALSE },
    { 0 },
};
