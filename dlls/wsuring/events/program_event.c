/*
 * The event that a program selects, as a handle of the provider's
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "events/program_event.h"
#include "wait/event_state.h"

static BOOL program_event_may_be_set( HANDLE handle )
{
    struct
    {
        ULONG attributes, access, rest[12];
    } info;

    return !NtQueryObject( handle, ObjectBasicInformation, &info, sizeof( info ), NULL )
           && info.access & EVENT_MODIFY_STATE;
}

/* For a handle that may not be asked for the event's state. */
static BOOL program_event_is_event( HANDLE handle )
{
    struct
    {
        UNICODE_STRING name;
        BYTE rest[512];
    } type;

    return !NtQueryObject( handle, ObjectTypeInformation, &type, sizeof( type ), NULL )
           && type.name.Length == 5 * sizeof( WCHAR ) && !memcmp( type.name.Buffer, L"Event", 5 * sizeof( WCHAR ) );
}

NTSTATUS program_event_duplicate( HANDLE event, HANDLE *duplicate )
{
    BOOL known = event && event_is_known( event );
    EVENT_BASIC_INFORMATION info;
    NTSTATUS status;

    if (!event
        || NtDuplicateObject( GetCurrentProcess(), event, GetCurrentProcess(), duplicate, 0, 0, DUPLICATE_SAME_ACCESS ))
        return STATUS_INVALID_PARAMETER;
    if (known) return STATUS_SUCCESS;
    status = NtQueryEvent( *duplicate, EventBasicInformation, &info, sizeof( info ), NULL );
    if (( !status || ( status == STATUS_ACCESS_DENIED && program_event_is_event( *duplicate ) ) )
        && program_event_may_be_set( *duplicate ))
        return STATUS_SUCCESS;
    NtClose( *duplicate );
    return STATUS_INVALID_PARAMETER;
}
