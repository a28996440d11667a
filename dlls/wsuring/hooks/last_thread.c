/*
 * Ends the process with the program's last thread
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Windows process ends with its last thread, and its exit code is that thread's (page "ExitThread function"). Our
 * threads must not keep it alive.
 */

#include "wait/reaper.h"
#include "wait/thread.h"

#define LOOKS   50 /* some of our threads may be starting or ending, too */
#define LOOK_MS 10

/* Do only our threads and `others' more run? doubt: the answer if the count may be wrong, because threads have
 * started or ended meanwhile. */
static BOOL is_last( enum task_count which, UINT others, BOOL doubt )
{
    LONG changes = thread_own_changes();
    struct task_count_params params = { .which = which, .enough = thread_own_count() + others + 1 };

    if (unix_call( unix_task_count, &params )) return FALSE;
    if (changes != thread_own_changes()) return doubt;
    if (params.untold && reaper_start()) return doubt; /* whose exit code is it? */
    return params.count < params.enough && ( params.sure || doubt );
}

static volatile LONG looking;  /* a thread of ours does */
static HANDLE volatile ending; /* the program's thread that ends, or has ended, last; NULL: taken */

static DWORD WINAPI last_thread_main( void *arg )
{
    HANDLE thread;
    DWORD code = 0;
    UINT i, last;

    (void)arg;
    do
    {
        for (i = last = 0; i < LOOKS || thread_starting_count(); i++)
        {
            if (( thread = InterlockedExchangePointer( (void *volatile *)&ending, NULL ) ))
            {
                WaitForSingleObject( thread, INFINITE );
                GetExitCodeThread( thread, &code );
                CloseHandle( thread );
                i = 0;
            }
            /* it may have created another while ending: that one will get here, too */
            last = is_last( TASK_COUNT_ALL, 0, FALSE ) ? last + 1 : 0;
            if (last == 2) ExitProcess( code ); /* before ending the process, check again */
            Sleep( LOOK_MS );
        }
        InterlockedExchange( &looking, FALSE );
    } while (ending && !InterlockedExchange( &looking, TRUE ));
    return 0;
}

/* thread: its handle, or NULL. */
static void last_thread_look( HANDLE thread )
{
    if (thread && ( thread = InterlockedExchangePointer( (void *volatile *)&ending, thread ) )) CloseHandle( thread );
    if (!InterlockedExchange( &looking, TRUE ) && !thread_start( last_thread_main, NULL ))
        InterlockedExchange( &looking, FALSE );
}

/* One of ours that is being created may run or not, and may be the first; last_thread_main checks. */
static BOOL may_be_last( enum task_count which, UINT others )
{
    UINT starting = thread_starting_count();

    return ( starting || thread_own_count() ) && is_last( which, others + starting, TRUE );
}

void last_thread_check( void )
{
    HANDLE thread;

    if (!may_be_last( TASK_COUNT_OTHERS, 0 )) return;
    if (!DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, 0, FALSE,
                          DUPLICATE_SAME_ACCESS ))
        thread = NULL;
    last_thread_look( thread );
}

void last_thread_ended( DWORD thread_id )
{
    if (!may_be_last( TASK_COUNT_LIVING, 1 )) return;
    /* the thread that terminated it usually has a handle; otherwise its exit code is lost */
    last_thread_look( OpenThread( SYNCHRONIZE | THREAD_QUERY_INFORMATION, FALSE, thread_id ) );
}
