/*
 * Ends the process with the program's last thread
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Windows process ends with its last thread, and its exit code is that thread's (page "ExitThread function"). Our
 * threads must not keep it alive.
 */

#include "wait/thread.h"

#define LOOKS   50 /* some of our threads may be starting or ending, too */
#define LOOK_MS 10

/* Do only our threads and `others' more run? doubt: the answer if the count may be wrong, because threads have
 * started or ended meanwhile. */
static BOOL is_last( UINT others, BOOL doubt )
{
    LONG changes = thread_own_changes();
    struct task_count_params params = { .enough = thread_own_count() + others + 1 };

    if (unix_call( unix_task_count, &params )) return FALSE;
    if (changes != thread_own_changes()) return doubt;
    return params.count < params.enough && ( params.sure || doubt );
}

static volatile LONG checks; /* under way */

static DWORD WINAPI last_thread_main( void *arg )
{
    HANDLE thread = arg;
    DWORD code = 0;
    UINT i, last = 0;

    if (thread)
    {
        WaitForSingleObject( thread, INFINITE );
        GetExitCodeThread( thread, &code );
        CloseHandle( thread );
    }
    /* it may have created another while ending: that one will get here, too */
    for (i = 0; i < LOOKS; i++)
    {
        last = is_last( 0, FALSE ) ? last + 1 : 0;
        if (last == 2) ExitProcess( code ); /* before ending the process, check again */
        Sleep( LOOK_MS );
    }
    InterlockedDecrement( &checks );
    return 0;
}

static BOOL last_thread_check_soon( HANDLE thread )
{
    InterlockedIncrement( &checks );
    if (thread_start( last_thread_main, thread )) return TRUE;
    InterlockedDecrement( &checks );
    return FALSE;
}

/* A thread being created may run or not; last_thread_main checks. */
static BOOL may_be_last( void )
{
    return thread_own_count() && is_last( 1 + thread_starting_count(), TRUE );
}

void last_thread_check( void )
{
    HANDLE thread;

    if (!may_be_last()) return;
    if (!DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, 0, FALSE,
                          DUPLICATE_SAME_ACCESS ))
        return;
    if (!last_thread_check_soon( thread )) CloseHandle( thread );
}

void last_thread_ended( DWORD thread_id )
{
    HANDLE thread;

    if (checks || !may_be_last()) return;
    /* the thread that terminated it usually has a handle; otherwise its exit code is lost */
    thread = OpenThread( SYNCHRONIZE | THREAD_QUERY_INFORMATION, FALSE, thread_id );
    if (!last_thread_check_soon( thread ) && thread) CloseHandle( thread );
}
