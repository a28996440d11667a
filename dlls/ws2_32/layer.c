/*
 * Layers, and which sockets are theirs
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "provider.h"
#include <winternl.h>

#define BUCKETS 256
#ifdef _WIN64
#define PEB_LOADER_LOCK 0x110 /* offset of PEB.LoaderLock */
#else
#define PEB_LOADER_LOCK 0xa0
#endif

#ifndef __WINESRC__ /* mingw-w64's header lacks it */
PEB *NTAPI RtlGetCurrentPeb( void );
#endif

struct layer_socket
{
    struct layer_socket *next;
    SOCKET s;
    const WSPPROC_TABLE *table;
};

volatile BOOL layers_active;

static SRWLOCK layer_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE layer_changed = CONDITION_VARIABLE_INIT;
static struct layer *layers;
static struct layer_socket *layer_sockets[BUCKETS];

/* ---- with the lock held */

static struct layer *layer_ready( const GUID *provider )
{
    struct layer *layer;

    for (layer = layers; layer && ( layer->starter || !IsEqualGUID( &layer->provider, provider ) ); layer = layer->next)
    {
    }
    return layer;
}

static BOOL layer_is_started_by( const GUID *provider, DWORD thread )
{
    const struct layer *layer;

    for (layer = layers; layer; layer = layer->next)
        if (layer->starter == thread && IsEqualGUID( &layer->provider, provider )) return TRUE;
    return FALSE;
}

static BOOL layer_is_started_by_others( const GUID *provider, DWORD thread )
{
    const struct layer *layer;

    for (layer = layers; layer; layer = layer->next)
        if (layer->starter && layer->starter != thread && IsEqualGUID( &layer->provider, provider )) return TRUE;
    return FALSE;
}

static void layer_unlink( const struct layer *layer )
{
    struct layer **ptr;

    for (ptr = &layers; *ptr && *ptr != layer; ptr = &( *ptr )->next)
    {
    }
    if (*ptr) *ptr = layer->next;
}

/* ---- starting */

/* In a DllMain, or in the WSPStartup of another layer: the one that starts this layer may wait for that. */
static BOOL layer_may_wait( DWORD thread )
{
    const RTL_CRITICAL_SECTION *loader = *(void **)( (char *)RtlGetCurrentPeb() + PEB_LOADER_LOCK );
    const struct layer *layer;

    if (loader && loader->OwningThread == ULongToHandle( thread )) return FALSE;
    for (layer = layers; layer; layer = layer->next)
        if (layer->starter == thread) return FALSE;
    return TRUE;
}

struct layer *layer_find( const GUID *provider )
{
    struct layer *layer;

    AcquireSRWLockShared( &layer_lock );
    layer = layer_ready( provider );
    ReleaseSRWLockShared( &layer_lock );
    return layer;
}

int layer_begin( const GUID *provider, struct layer **result )
{
    struct layer *new = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *new ) );
    DWORD thread = GetCurrentThreadId();
    int err = 0;

    if (!new) return WSA_NOT_ENOUGH_MEMORY;
    new->provider = *provider;
    new->starter = thread;
    AcquireSRWLockExclusive( &layer_lock );
    while (!( *result = layer_ready( provider ) ) && layer_is_started_by_others( provider, thread )
           && layer_may_wait( thread ))
        SleepConditionVariableSRW( &layer_changed, &layer_lock, INFINITE, 0 );
    if (!*result && layer_is_started_by( provider, thread )) err = WSAEPROVIDERFAILEDINIT;
    else if (!*result)
    {
        new->next = layers;
        layers = *result = new;
        new = NULL;
    }
    ReleaseSRWLockExclusive( &layer_lock );
    HeapFree( GetProcessHeap(), 0, new );
    return err;
}

struct layer *layer_started( struct layer *layer, const WSPPROC_TABLE *table )
{
    struct layer *faster;

    AcquireSRWLockExclusive( &layer_lock );
    if (( faster = layer_ready( &layer->provider ) )) layer_unlink( layer );
    else
    {
        layer->table = *table;
        layer->starter = 0;
        layers_active = TRUE;
    }
    ReleaseSRWLockExclusive( &layer_lock );
    WakeAllConditionVariable( &layer_changed );
    if (!faster) return layer;
    HeapFree( GetProcessHeap(), 0, layer );
    return faster;
}

void layer_failed( struct layer *layer )
{
    AcquireSRWLockExclusive( &layer_lock );
    layer_unlink( layer );
    ReleaseSRWLockExclusive( &layer_lock );
    WakeAllConditionVariable( &layer_changed );
    HeapFree( GetProcessHeap(), 0, layer );
}

/* A call in another thread may still use the table of a layer: its memory stays. */
void layers_cleanup( void )
{
    struct layer *layer, *ready = NULL, **ptr;
    struct layer_socket *sockets = NULL, *socket;
    int i, ignored;

    if (!layers_active) return;
    AcquireSRWLockExclusive( &layer_lock );
    for (ptr = &layers; ( layer = *ptr );)
    {
        if (layer->starter)
        {
            ptr = &layer->next;
            continue;
        }
        *ptr = layer->next;
        layer->next = ready;
        ready = layer;
    }
    for (i = 0; i < BUCKETS; i++)
    {
        while (( socket = layer_sockets[i] ))
        {
            layer_sockets[i] = socket->next;
            socket->next = sockets;
            sockets = socket;
        }
    }
    layers_active = FALSE;
    ReleaseSRWLockExclusive( &layer_lock );
    for (; ready; ready = ready->next) ready->table.lpWSPCleanup( &ignored );
    while (( socket = sockets ))
    {
        sockets = socket->next;
        HeapFree( GetProcessHeap(), 0, socket );
    }
}

/* ---- sockets */

/* The pointer to a socket's record, or to where the last one ends. With the lock held. */
static struct layer_socket **layer_place( SOCKET s )
{
    struct layer_socket **ptr = &layer_sockets[( s >> 2 ) % BUCKETS];

    while (*ptr && ( *ptr )->s != s) ptr = &( *ptr )->next;
    return ptr;
}

const WSPPROC_TABLE *layer_of_socket( SOCKET s )
{
    struct layer_socket *socket;
    const WSPPROC_TABLE *table;

    AcquireSRWLockShared( &layer_lock );
    socket = *layer_place( s );
    table = socket ? socket->table : NULL;
    ReleaseSRWLockShared( &layer_lock );
    return table;
}

BOOL layer_set_socket( SOCKET s, const WSPPROC_TABLE *table )
{
    struct layer_socket *new = NULL, *old = NULL, **ptr;

    if (table && !( new = HeapAlloc( GetProcessHeap(), 0, sizeof( *new ) ) )) return FALSE;
    AcquireSRWLockExclusive( &layer_lock );
    ptr = layer_place( s );
    if (( old = *ptr )) *ptr = old->next;
    if (new)
    {
        new->s = s;
        new->table = table;
        new->next = *ptr;
        *ptr = new;
    }
    ReleaseSRWLockExclusive( &layer_lock );
    HeapFree( GetProcessHeap(), 0, old );
    return TRUE;
}
