/*
 * The end of the program's last thread
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Windows process ends with its last thread, and its exit code is that thread's (page "ExitThread function"). Ours must not keep it alive.
 */

#include "thread.h"

/* Do only ours and one more run? */
static BOOL is_last(void)
{
    struct task_count_params params = { .enough = thread_own_count() + 2 };

    return !unix_call( unix_task_count, &params ) && params.count < params.enough;
}

static DWORD WINAPI end_process( void *arg )
{
    HANDLE thread = arg;
    DWORD code = 0;

    WaitForSingleObject( thread, INFINITE );
    GetExitCodeThread( thread, &code );
    CloseHandle( thread );
    /* it may have made another as it ended: that one will come here too. The thread that runs this is one of ours. */
    if (is_last()) ExitProcess( code );
    return 0;
}

void last_thread_check(void)
{
    HANDLE thread;

    if (!thread_own_count() || !is_last()) return;
    if (!DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, 0, FALSE, DUPLICATE_SAME_ACCESS )) return;
    if (!thread_start( end_process, thread )) CloseHandle( thread );
}
