/*
 * Handles that are closed past kernelbase: by ntdll's NtClose, by a Unix library, or by another process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A descriptor, or a handle of the provider's own, that outlives the program's last handle keeps the connection open,
 * and the peer sees no end. So a thread waits for closes that pass no hook (base/handle_life.h), which costs
 * nothing until there is one, and frees what belonged to the handle. The same thread learns of the end of the program's
 * last thread (last_thread.c).
 */

#include "base/handle_life.h"
#include "operations/operation.h"
#include "wait/thread.h"

DWORD WINAPI close_watch_main( void *arg )
{
    struct closes_wait_params wait = { .timeout = -1 };
    UINT closes = 0;
    NTSTATUS status;
    HANDLE handle;

    (void)arg;
    for (;;)
    {
        if (( status = unix_call( unix_closes_wait, &wait ) ) && status != STATUS_TIMEOUT) continue;
        /* first, as a thread that was terminated may hold a lock that the rest needs */
        wait.timeout = last_thread_look( wait.noted, !status );
        if (wait.closes == closes) continue;
        closes = wait.closes;
        for (handle = NULL; ( handle = socket_next_handle( handle ) );) socket_recheck( handle );
    }
    return 0;
}

void close_watch_described( struct socket *sock )
{
    (void)sock;
    thread_start_first();
}
