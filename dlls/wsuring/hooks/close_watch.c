/*
 * Handles that are closed past kernelbase: by ntdll's NtClose, by a Unix library, or by another process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A descriptor, or a handle of the provider's own, that outlives the program's last handle keeps the connection open,
 * and the peer sees no end. So a thread waits for closes that pass no hook (base/handle_life.h), which costs
 * nothing until there is one, and frees what belonged to the handle.
 */

#include "base/handle_life.h"
#include "operations/operation.h"
#include "wait/thread.h"

static volatile LONG started;

static DWORD WINAPI close_watch_main( void *arg )
{
    struct closes_wait_params wait = { 0 };
    HANDLE handle;

    (void)arg;
    for (;;)
    {
        if (unix_call( unix_closes_wait, &wait )) continue;
        for (handle = NULL; ( handle = socket_next_handle( handle ) );) socket_recheck( handle );
    }
    return 0;
}

void close_watch_described( struct socket *sock )
{
    (void)sock;
    if (started || !handle_life || InterlockedExchange( &started, TRUE )) return;
    if (!thread_start( close_watch_main, NULL )) log_message( "handles can't be watched\n" );
}
