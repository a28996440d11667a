/*
 * Calls of ntdll's entry points that list threads
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our threads aren't the program's: who suspends all others would suspend its own input and output.
 */

#include "hooks/entry.h"
#include "wait/thread.h"

#define SYSTEM_PROCESS_INFORMATION          5
#define SYSTEM_EXTENDED_PROCESS_INFORMATION 57

static NTSTATUS( WINAPI *entry_real_NtQuerySystemInformation )( ULONG, void *, ULONG, ULONG * );
static NTSTATUS( WINAPI *entry_real_NtGetNextThread )( HANDLE, HANDLE, ACCESS_MASK, ULONG, ULONG, HANDLE * );

#ifdef __x86_64__
#define ENTRY_PROCESS_ID           0x50
#define ENTRY_PROCESS_SIZE         0x100
#define ENTRY_THREAD_ID            0x30
#define ENTRY_THREAD_SIZE          0x50
#define ENTRY_EXTENDED_THREAD_SIZE 0x88
#else
#define ENTRY_PROCESS_ID           0x44
#define ENTRY_PROCESS_SIZE         0xb8
#define ENTRY_THREAD_ID            0x24
#define ENTRY_THREAD_SIZE          0x40
#define ENTRY_EXTENDED_THREAD_SIZE 0x60
#endif

struct entry_process /* SYSTEM_PROCESS_INFORMATION */
{
    ULONG next, threads;
    BYTE unused1[ENTRY_PROCESS_ID - 2 * sizeof( ULONG )];
    ULONG_PTR id;
    BYTE unused2[ENTRY_PROCESS_SIZE - ENTRY_PROCESS_ID - sizeof( ULONG_PTR )];
    /* threads follow */
};

struct entry_thread /* the beginning of SYSTEM_THREAD_INFORMATION */
{
    BYTE unused[ENTRY_THREAD_ID];
    ULONG_PTR id;
};

static void entry_hide_threads( struct entry_process *process, SIZE_T size )
{
    BYTE *thread = (BYTE *)( process + 1 ), *kept = thread;
    ULONG i, count = process->threads;

    for (i = 0; i < count; i++, thread += size)
    {
        if (thread_is_own( ( (struct entry_thread *)thread )->id ))
        {
            process->threads--;
            continue;
        }
        if (kept != thread) memmove( kept, thread, size );
        kept += size;
    }
}

static NTSTATUS WINAPI entry_NtQuerySystemInformation( ULONG class, void *info, ULONG len, ULONG *needed )
{
    NTSTATUS status = entry_real_NtQuerySystemInformation( class, info, len, needed );
    SIZE_T size = class == SYSTEM_PROCESS_INFORMATION ? ENTRY_THREAD_SIZE : ENTRY_EXTENDED_THREAD_SIZE;
    BYTE *entry = info;

    if (status || ( class != SYSTEM_PROCESS_INFORMATION && class != SYSTEM_EXTENDED_PROCESS_INFORMATION )
        || !thread_own_count() || len < sizeof( struct entry_process ) || !guarded_touch( info, len, TRUE ))
        return status;
    for (;;)
    {
        struct entry_process *process = (struct entry_process *)entry;
        SIZE_T left = len - ( entry - (BYTE *)info );

        if (process->id == GetCurrentProcessId())
        {
            if (process->threads <= ( left - sizeof( *process ) ) / size) entry_hide_threads( process, size );
            break;
        }
        if (!process->next || process->next + sizeof( *process ) > left) break;
        entry += process->next;
    }
    return status;
}

static BOOL entry_is_own( HANDLE thread )
{
    DWORD id = GetThreadId( thread );
    HANDLE duplicate;

    if (!id
        && DuplicateHandle( GetCurrentProcess(), thread, GetCurrentProcess(), &duplicate,
                            THREAD_QUERY_LIMITED_INFORMATION, FALSE, 0 ))
    {
        id = GetThreadId( duplicate );
        NtClose( duplicate );
    }
    return thread_is_own( id );
}

static NTSTATUS WINAPI entry_NtGetNextThread( HANDLE process, HANDLE thread, ACCESS_MASK access, ULONG attributes,
                                              ULONG flags, HANDLE *next )
{
    NTSTATUS status = entry_real_NtGetNextThread( process, thread, access, attributes, flags, next );
    HANDLE own, found;

    if (status || !thread_own_count() || !guarded_copy( &found, next, sizeof( found ) )) return status;
    while (!status && entry_is_own( found ))
    {
        own = found;
        status = entry_real_NtGetNextThread( process, own, access, attributes, flags, &found );
        NtClose( own );
    }
    if (status) found = NULL;
    guarded_copy( next, &found, sizeof( found ) );
    return status;
}

const struct entry entry_threads[] = {
    { "NtQuerySystemInformation", entry_NtQuerySystemInformation, &entry_real_NtQuerySystemInformation },
    { "NtGetNextThread", entry_NtGetNextThread, &entry_real_NtGetNextThread },
    { 0 },
};
