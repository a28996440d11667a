/*
 * Per-thread results
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "resolve.h"

struct storage
{
    void *buffer[STORAGE_COUNT];
    SIZE_T size[STORAGE_COUNT];
};

static DWORD storage_slot = FLS_OUT_OF_INDEXES;
static INIT_ONCE storage_once = INIT_ONCE_STATIC_INIT;
static HMODULE module;
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

static BOOL CALLBACK storage_pin( INIT_ONCE *once, void *param, void **context )
{
    (void)once;
    (void)param;
    (void)context;
    return GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                               (const WCHAR *)storage_free, &module );
}

/* Later callbacks (a thread ends, a lookup ends) must still find our code. */
void module_pin( void )
{
    InitOnceExecuteOnce( &pin_once, storage_pin, NULL, NULL );
}

static BOOL CALLBACK storage_init( INIT_ONCE *once, void *param, void **context )
{
    (void)once;
    (void)param;
    (void)context;
    module_pin();
    return ( storage_slot = FlsAlloc( storage_free ) ) != FLS_OUT_OF_INDEXES;
}

void *storage_get( enum storage_kind kind, SIZE_T size )
{
    struct storage *storage;
    DWORD error = GetLastError(); /* FlsGetValue clears it */

    if (!InitOnceExecuteOnce( &storage_once, storage_init, NULL, NULL )) goto failed;
    if (!( storage = FlsGetValue( storage_slot ) ))
    {
        if (!( storage = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *storage ) ) )) goto failed;
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
