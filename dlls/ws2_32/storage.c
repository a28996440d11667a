/*
 * Per-thread results, and the threads lookups run on
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "resolve.h"

#define POOL_THREADS 64 /* a dead DNS server holds a thread for 10 seconds and more */

struct storage
{
    void *buffer[STORAGE_COUNT];
    SIZE_T size[STORAGE_COUNT];
};

struct work
{
    void (*func)( void *arg );
    void *arg;
};

static DWORD storage_slot = FLS_OUT_OF_INDEXES;
static INIT_ONCE storage_once = INIT_ONCE_STATIC_INIT;
static PTP_POOL pool;
static HMODULE module;
static INIT_ONCE pool_once = INIT_ONCE_STATIC_INIT;
static INIT_ONCE pin_once = INIT_ONCE_STATIC_INIT;

/* ---- storage: an FLS slot, because its callback frees a thread's buffers without help from DllMain */

static void WINAPI storage_free( void *data )
{
    struct storage *storage = data;
    UINT i;

    if (!storage) return;
    for (i = 0; i < STORAGE_COUNT; i++) HeapFree( GetProcessHeap(), 0, storage->buffer[i] );
    HeapFree( GetProcessHeap(), 0, storage );
}

static BOOL CALLBACK module_pin_once( INIT_ONCE *once, void *param, void **context )
{
    (void)once; (void)param; (void)context;
    return GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN, (const WCHAR *)storage_free, &module );
}

/* Callbacks that come later (a thread ends, a lookup ends) must find our code still there. */
void module_pin(void)
{
    InitOnceExecuteOnce( &pin_once, module_pin_once, NULL, NULL );
}

static BOOL CALLBACK storage_init( INIT_ONCE *once, void *param, void **context )
{
    (void)once; (void)param; (void)context;
    module_pin();
    return (storage_slot = FlsAlloc( storage_free )) != FLS_OUT_OF_INDEXES;
}

void *storage_get( enum storage_kind kind, SIZE_T size )
{
    struct storage *storage;
    DWORD error = GetLastError(); /* FlsGetValue clears it */

    if (!InitOnceExecuteOnce( &storage_once, storage_init, NULL, NULL )) goto failed;
    if (!(storage = FlsGetValue( storage_slot )))
    {
        if (!(storage = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*storage) ))) goto failed;
        if (!FlsSetValue( storage_slot, storage ))
        {
            HeapFree( GetProcessHeap(), 0, storage );
            goto failed;
        }
    }
    if (storage->size[kind] < size)
    {
        void *buffer = HeapAlloc( GetProcessHeap(), 0, size );

        if (!buffer) goto failed;
        HeapFree( GetProcessHeap(), 0, storage->buffer[kind] );
        storage->buffer[kind] = buffer;
        storage->size[kind] = size;
    }
    SetLastError( error );
    return storage->buffer[kind];

failed:
    SetLastError( WSAENOBUFS );
    return NULL;
}

/* ---- pool */

static BOOL CALLBACK pool_init( INIT_ONCE *once, void *param, void **context )
{
    (void)once; (void)param; (void)context;
    module_pin();
    if (!(pool = CreateThreadpool( NULL ))) return FALSE;
    SetThreadpoolThreadMaximum( pool, POOL_THREADS );
    return TRUE;
}

static void CALLBACK work_run( PTP_CALLBACK_INSTANCE instance, void *param )
{
    struct work work = *(struct work *)param;

    (void)instance;
    HeapFree( GetProcessHeap(), 0, param );
    work.func( work.arg );
}

static BOOL work_submit( PTP_CALLBACK_ENVIRON env, void (*func)( void *arg ), void *arg )
{
    struct work *work = HeapAlloc( GetProcessHeap(), 0, sizeof(*work) );

    if (!work) return FALSE;
    work->func = func;
    work->arg = arg;
    if (TrySubmitThreadpoolCallback( work_run, work, env )) return TRUE;
    HeapFree( GetProcessHeap(), 0, work );
    return FALSE;
}

BOOL pool_submit( void (*func)( void *arg ), void *arg )
{
    TP_CALLBACK_ENVIRON env;

    if (!InitOnceExecuteOnce( &pool_once, pool_init, NULL, NULL )) return FALSE;
    InitializeThreadpoolEnvironment( &env );
    SetThreadpoolCallbackPool( &env, pool );
    SetThreadpoolCallbackRunsLong( &env );
    return work_submit( &env, func, arg );
}

BOOL pool_submit_urgent( void (*func)( void *arg ), void *arg )
{
    module_pin();
    return work_submit( NULL, func, arg );
}
