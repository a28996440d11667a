/*
 * What queues APCs in the server: timers, and operations on files, pipes, devices and keys
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread that blocks here waits for a descriptor, and the server doesn't say when it has an APC for it. So a thread
 * that has given a function to such a source looks at intervals while it blocks, which costs a request each time.
 */

#include "wait/apc_source.h"
#include "wait/reaper.h"
#include "wait/thread.h"

#define INTERVAL_MS 5

static volatile BOOL apc_source_noted; /* by any thread */
static LONGLONG next_look;             /* only used by the reaper */

void apc_source_note( const void *apc )
{
    struct thread *thread;

    if (!apc || engine == ENGINE_AFD || !( thread = thread_get() ) || thread->apc_source || !reaper_start()) return;
    thread->apc_source = TRUE;
    apc_source_noted = TRUE;
}

static void apc_source_look( struct thread *thread, void *any )
{
    if (!thread->apc_source || !thread->blocked || thread->deaf) return;
    routine_count_apc( thread );
    *(BOOL *)any = TRUE;
}

LONGLONG apc_source_tick( void )
{
    LONGLONG left = apc_source_noted ? deadline_left( next_look ) : -1;
    BOOL any = FALSE;

    if (left) return left;
    thread_for_each( apc_source_look, &any );
    next_look = any ? deadline_after( INTERVAL_MS ) : 0;
    return any ? INTERVAL_MS * 1000000ll : -1;
}
