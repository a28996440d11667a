/*
 * The threads that lookups run on
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A lookup can't be cancelled in the host's resolver, and takes 10 seconds or more if a server doesn't answer. Slow
 * lookups don't count towards the limit of simultaneous ones, so that others needn't wait behind them.
 */

#include "resolve.h"

#define POOL_LOOKUPS 64  /* at once, not counting slow ones */
#define POOL_THREADS 512 /* counting them */
#define POOL_SLOW    500 /* milliseconds after which a lookup is slow */
#define POOL_LOOK    100 /* how often waiting lookups are checked */

struct work
{
    struct work *next;
    void ( *func )( void *arg );
    void *arg;
};

/* A thread's current lookup, on its stack. */
struct run
{
    struct run *next, *prev;
    ULONGLONG start;
};

static SRWLOCK pool_lock = SRWLOCK_INIT;
static struct work *work_first, **work_last = &work_first;
static struct run *runs; /* the latest first */
static UINT work_count, run_count, threads;
static BOOL timer_set;
static PTP_POOL pool;
static PTP_TIMER timer;
static INIT_ONCE pool_once = INIT_ONCE_STATIC_INIT;

static void CALLBACK pool_look( PTP_CALLBACK_INSTANCE instance, void *param, PTP_TIMER this_timer );

static BOOL CALLBACK pool_init( INIT_ONCE *once, void *param, void **context )
{
    (void)once;
    (void)param;
    (void)context;
    module_pin();
    if (!( timer = CreateThreadpoolTimer( pool_look, NULL, NULL ) )) return FALSE;
    if (!( pool = CreateThreadpool( NULL ) ))
    {
        CloseThreadpoolTimer( timer );
        return FALSE;
    }
    SetThreadpoolThreadMaximum( pool, POOL_THREADS );
    return TRUE;
}

/* ---- with the lock held */

/* Lookups that no thread will take soon. */
static UINT pool_waiting( void )
{
    UINT idle = threads - run_count;

    return work_count > idle ? work_count - idle : 0;
}

/* How many more threads may start; they count from now on. */
static UINT pool_take_threads( void )
{
    ULONGLONG now = GetTickCount64();
    UINT limit = POOL_LOOKUPS, count;
    struct run *run;

    for (run = runs; run && limit < POOL_THREADS; run = run->next) limit += now - run->start >= POOL_SLOW;
    count = threads < limit ? min( pool_waiting(), limit - threads ) : 0;
    threads += count;
    return count;
}

static void pool_start_timer( void )
{
    LARGE_INTEGER due = { .QuadPart = -POOL_LOOK * 10000LL };
    FILETIME time = { due.LowPart, due.HighPart };

    if (timer_set || !pool_waiting()) return;
    timer_set = TRUE;
    SetThreadpoolTimer( timer, &time, 0, 0 );
}

static void pool_run_begin( struct run *run )
{
    run->start = GetTickCount64();
    run->prev = NULL;
    if (( run->next = runs )) runs->prev = run;
    runs = run;
    run_count++;
}

static void pool_run_end( struct run *run )
{
    if (run->next) run->next->prev = run->prev;
    if (run->prev) run->prev->next = run->next;
    else runs = run->next;
    run_count--;
}

/* ---- threads */

/* One of the threads: it runs until nothing waits. */
static void CALLBACK pool_thread( PTP_CALLBACK_INSTANCE instance, void *param )
{
    struct work *work;
    struct run run;

    (void)instance;
    (void)param;
    AcquireSRWLockExclusive( &pool_lock );
    while (( work = work_first ))
    {
        if (!( work_first = work->next )) work_last = &work_first;
        work_count--;
        pool_run_begin( &run );
        ReleaseSRWLockExclusive( &pool_lock );

        work->func( work->arg );
        HeapFree( GetProcessHeap(), 0, work );

        AcquireSRWLockExclusive( &pool_lock );
        pool_run_end( &run );
    }
    threads--;
    ReleaseSRWLockExclusive( &pool_lock );
}

static BOOL pool_submit_to( PTP_POOL where, void( CALLBACK *func )( PTP_CALLBACK_INSTANCE instance, void *param ),
                            void *param )
{
    TP_CALLBACK_ENVIRON env;

    InitializeThreadpoolEnvironment( &env );
    SetThreadpoolCallbackPool( &env, where );
    SetThreadpoolCallbackRunsLong( &env );
    return TrySubmitThreadpoolCallback( func, param, &env );
}

/* Threads that were counted but couldn't be started are uncounted. */
static void pool_start_threads( UINT count )
{
    while (count && pool_submit_to( pool, pool_thread, NULL )) count--;
    if (!count) return;
    AcquireSRWLockExclusive( &pool_lock );
    threads -= count;
    pool_start_timer();
    ReleaseSRWLockExclusive( &pool_lock );
}

/* A lookup has waited for a while: lookups that have become slow make room for it. */
static void CALLBACK pool_look( PTP_CALLBACK_INSTANCE instance, void *param, PTP_TIMER this_timer )
{
    UINT count;

    (void)instance;
    (void)param;
    (void)this_timer;
    AcquireSRWLockExclusive( &pool_lock );
    timer_set = FALSE;
    count = pool_take_threads();
    pool_start_timer();
    ReleaseSRWLockExclusive( &pool_lock );
    pool_start_threads( count );
}

BOOL pool_submit( void ( *func )( void *arg ), void *arg )
{
    struct work *work;
    UINT count;

    if (!InitOnceExecuteOnce( &pool_once, pool_init, NULL, NULL )) return FALSE;
    if (!( work = HeapAlloc( GetProcessHeap(), 0, sizeof( *work ) ) )) return FALSE;
    work->next = NULL;
    work->func = func;
    work->arg = arg;
    AcquireSRWLockExclusive( &pool_lock );
    *work_last = work;
    work_last = &work->next;
    work_count++;
    count = pool_take_threads();
    pool_start_timer();
    ReleaseSRWLockExclusive( &pool_lock );
    pool_start_threads( count );
    return TRUE;
}

/* ---- the process's own pool */

static void CALLBACK pool_run_urgent( PTP_CALLBACK_INSTANCE instance, void *param )
{
    struct work work = *(struct work *)param;

    (void)instance;
    HeapFree( GetProcessHeap(), 0, param );
    work.func( work.arg );
}

BOOL pool_submit_urgent( void ( *func )( void *arg ), void *arg )
{
    struct work *work = HeapAlloc( GetProcessHeap(), 0, sizeof( *work ) );

    module_pin();
    if (!work) return FALSE;
    work->func = func;
    work->arg = arg;
    if (TrySubmitThreadpoolCallback( pool_run_urgent, work, NULL )) return TRUE;
    HeapFree( GetProcessHeap(), 0, work );
    return FALSE;
}
