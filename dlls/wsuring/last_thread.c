/*
 * The end of the program's last thread
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Windows process ends with its last thread, and its exit code is that thread's (page "ExitThread function"). Ours must not keep it alive.
 */

#include "thread.h"

#define LOOKS   50 /* of ours some may be at their end or beginning, too */
#define LOOK_MS 10

/* Do only ours run, and so many others? doubt: the answer when one of ours has begun or ended meanwhile, so that the count may be wrong. */
static BOOL is_last( UINT others, BOOL doubt )
{
    LONG changes = thread_own_changes();
    struct task_count_params params = { .enough = thread_own_count() + others + 1 };

    if (unix_call( unix_task_count, &params )) return FALSE;
    return changes == thread_own_changes() ? params.count < params.enough : doubt;
}

static DWORD WINAPI end_process( void *arg )
{
    HANDLE thread = arg;
    DWORD code = 0;
    UINT i;

    WaitForSingleObject( thread, INFINITE );
    GetExitCodeThread( thread, &code );
    CloseHandle( thread );
    /* it may have made another as it ended: that one will come here too */
    for (i = 0; i < LOOKS; i++)
    {
        if (is_last( 0, FALSE )) ExitProcess( code );
        Sleep( LOOK_MS );
    }
    return 0;
}

void last_thread_check(void)
{
    HANDLE thread;

    /* one that is being made may run or not; end_process makes sure */
    if (!thread_own_count() || !is_last( 1 + thread_starting_count(), TRUE )) return;
    if (!DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, 0, FALSE, DUPLICATE_SAME_ACCESS )) return;
    if (!thread_start( end_process, thread )) CloseHandle( thread );
}
