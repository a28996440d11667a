/*
 * Layers, and which sockets are theirs
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "provider.h"

#define BUCKETS 256

struct layer_socket
{
    struct layer_socket *next;
    SOCKET s;
    const WSPPROC_TABLE *table;
};

volatile BOOL layers_active;

static SRWLOCK layer_lock = SRWLOCK_INIT;
static struct layer *layers;
static struct layer_socket *layer_sockets[BUCKETS];

struct layer *layer_add( const GUID *provider )
{
    struct layer *layer = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *layer ) );

    if (!layer) return NULL;
    layer->provider = *provider;
    layer->starting = TRUE;
    AcquireSRWLockExclusive( &layer_lock );
    layer->next = layers;
    layers = layer;
    ReleaseSRWLockExclusive( &layer_lock );
    return layer;
}

struct layer *layer_find( const GUID *provider )
{
    struct layer *layer;

    AcquireSRWLockShared( &layer_lock );
    for (layer = layers; layer && memcmp( &layer->provider, provider, sizeof( *provider ) ); layer = layer->next)
    {
    }
    ReleaseSRWLockShared( &layer_lock );
    return layer;
}

void layer_remove( struct layer *layer )
{
    struct layer **ptr;

    AcquireSRWLockExclusive( &layer_lock );
    for (ptr = &layers; *ptr && *ptr != layer; ptr = &( *ptr )->next)
    {
    }
    if (*ptr) *ptr = layer->next;
    ReleaseSRWLockExclusive( &layer_lock );
    HeapFree( GetProcessHeap(), 0, layer );
}

/* A call in another thread may still use the table of a layer: its memory stays. */
void layers_cleanup( void )
{
    struct layer *layer;
    struct layer_socket *sockets = NULL, *socket;
    int i, ignored;

    if (!layers_active) return;
    AcquireSRWLockExclusive( &layer_lock );
    layer = layers;
    layers = NULL;
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
    for (; layer; layer = layer->next)
        if (!layer->starting) layer->table.lpWSPCleanup( &ignored );
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
