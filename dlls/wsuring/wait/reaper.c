/*
 * The reaper: the thread that owns the engine and serves what waits
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread per process, started when the first operation pends. It owns the ring, not the issuing threads, so an
 * operation neither dies with the thread that issued it nor waits for one that sleeps elsewhere.
 */

#include "wait/reaper.h"
#include "wait/thread.h"

#define PATIENCE 20 /* slices */

static volatile LONG started; /* 0 no, 1 starting, 2 yes, 3 can't */
static const struct reaper_source *sources;

void reaper_init( const struct reaper_source *table )
{
    sources = table;
}

void reaper_dispatch( UINT64 cookie, UINT ready )
{
    const struct reaper_source *source = sources + reaper_kind_of( cookie );

    if (source->ready) source->ready( cookie, ready );
}

/* How long the next wait may take: ns, negative for ever. */
static LONGLONG reaper_tick( void )
{
    LONGLONG next = -1, time;
    UINT i;

    for (i = 0; i < REAPER_KIND_COUNT; i++)
    {
        if (!sources[i].tick || ( time = sources[i].tick() ) < 0) continue;
        if (next < 0 || time < next) next = time;
    }
    return next;
}

static DWORD WINAPI reaper_main( void *arg )
{
    struct ready_event events[64];
    struct engine_wait_params wait = { .events = (UINT_PTR)events, .room = ARRAY_SIZE( events ), .timeout = -1 };
    NTSTATUS status;
    UINT i;

    (void)arg;
    status = unix_call( unix_engine_start, NULL );
    InterlockedExchange( &started, status ? 3 : 2 );
    RtlWakeAddressAll( (void *)&started );
    if (status)
    {
        log_message( "engine can't start: %08lx\n", status );
        return 0;
    }
    for (;;)
    {
        wait.timeout = reaper_tick();
        if (( status = unix_call( unix_engine_wait, &wait ) ))
        {
            log_message( "engine wait failed: %08lx\n", status );
            Sleep( 10 );
            continue;
        }
        for (i = 0; i < wait.count; i++) reaper_dispatch( events[i].cookie, events[i].ready );
    }
}

/* Is the loader's lock held so long that the reaper can't begin before we go on? By this thread, or for some slices by
 * the same other one: it may wait for us. A thread that begins holds it, too, for as long as a busy machine makes it.
 */
static BOOL reaper_is_held_up( DWORD *holder, UINT *slices )
{
    static volatile LONG known; /* waited for once */
    DWORD now = thread_loader_holder();

    if (now != *holder) *slices = 0;
    *holder = now;
    if (!now) return FALSE;
    if (now != GetCurrentThreadId() && now != (DWORD)known && ++*slices < PATIENCE) return FALSE;
    known = now;
    return TRUE;
}

BOOL reaper_start( void )
{
    static const LARGE_INTEGER slice = { .QuadPart = -100000 };
    DWORD holder = 0;
    UINT slices = 0;
    LONG state;

    if (started == 2) return TRUE;
    if (engine == ENGINE_AFD) return FALSE;
    if (!InterlockedCompareExchange( &started, 1, 0 ))
    {
        if (!thread_start( reaper_main, NULL )) InterlockedExchange( &started, 3 );
    }
    while (( state = started ) == 1)
    {
        LONG starting = 1;

        /* until it runs the wineserver serves */
        if (RtlWaitOnAddress( (const void *)&started, &starting, sizeof( starting ), &slice ) == STATUS_TIMEOUT
            && reaper_is_held_up( &holder, &slices ))
            return started == 2;
    }
    return state == 2;
}
