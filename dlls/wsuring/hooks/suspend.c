/*
 * Threads that the program suspends or terminates
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One that holds locks of ours would stop all others: it goes on until it holds none.
 */

#include "hooks/interpose.h"
#include "wait/thread.h"

struct suspend_target
{
    HANDLE thread; /* with the rights needed */
    const TEB *teb;
    DWORD id;
};

/* FALSE if it is the calling thread, or one of another process, or may not be asked. */
static BOOL suspend_open( HANDLE thread, struct suspend_target *target )
{
    THREAD_BASIC_INFORMATION info;

    if (thread == GetCurrentThread()) return FALSE;
    if (NtDuplicateObject( GetCurrentProcess(), thread, GetCurrentProcess(), &target->thread,
                           THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT | THREAD_QUERY_INFORMATION, 0, 0 ))
        return FALSE;
    if (!NtQueryInformationThread( target->thread, ThreadBasicInformation, &info, sizeof( info ), NULL )
        && HandleToULong( info.ClientId.UniqueProcess ) == GetCurrentProcessId()
        && HandleToULong( info.ClientId.UniqueThread ) != GetCurrentThreadId())
    {
        target->id = HandleToULong( info.ClientId.UniqueThread );
        target->teb = info.TebBaseAddress;
        return TRUE;
    }
    NtClose( target->thread );
    return FALSE;
}

/* It has been suspended: where it holds locks? That of the loader counts when it ends there: no thread would begin. */
static BOOL suspend_holds( const struct suspend_target *target, BOOL for_good )
{
    CONTEXT context = { .ContextFlags = CONTEXT_CONTROL };

    /* returns when it has stopped */
    if (NtGetContextThread( target->thread, &context )) return FALSE;
    return lock_held_by( target->teb ) || ( for_good && thread_loader_holder() == target->id );
}

NTSTATUS suspend_safely( HANDLE thread, ULONG *count, BOOL for_good, suspend_func *suspend )
{
    struct suspend_target target;
    NTSTATUS status;
    ULONG before, i;
    UINT pauses = 0;

    if (!suspend_open( thread, &target )) return for_good ? STATUS_ACCESS_DENIED : suspend( thread, count );
    while (!( status = suspend( thread, &before ) ) && suspend_holds( &target, for_good ) && ( !before || for_good )
           && thread_pause( pauses++ ))
    {
        for (i = 0; i <= before; i++) NtResumeThread( target.thread, NULL );
    }
    NtClose( target.thread );
    if (!status && count) *count = before;
    return status;
}
