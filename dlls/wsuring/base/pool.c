/*
 * Pools of objects whose memory is never given back
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/pool.h"

static struct pooled *pool_at( const struct pool *pool, UINT slot )
{
    return (struct pooled *)( pool->chunks[slot / pool->chunk_size] + slot % pool->chunk_size * pool->size );
}

/* With the lock held. */
static void pool_grow( struct pool *pool )
{
    UINT i, first = pool_room( pool );
    BYTE *chunk;

    if (pool->chunk_count == POOL_CHUNK_COUNT) return;
    chunk = VirtualAlloc( NULL, pool->chunk_size * pool->size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE );
    if (!chunk) return;
    pool->chunks[pool->chunk_count] = chunk;
    for (i = pool->chunk_size; i--;)
    {
        struct pooled *object = pool_at( pool, first + i );

        object->slot = first + i;
        object->next_free = pool->free;
        pool->free = object;
    }
    MemoryBarrier(); /* who sees the count sees the chunk */
    pool->chunk_count++;
}

void *pool_alloc( struct pool *pool )
{
    struct pooled *object;

    lock_acquire( &pool->lock );
    if (!pool->free) pool_grow( pool );
    if (( object = pool->free )) pool->free = object->next_free;
    lock_release( &pool->lock );
    if (!object) return NULL;
    memset( object + 1, 0, pool->size - sizeof( *object ) );
    object->generation++;
    return object;
}

void pool_free( struct pool *pool, struct pooled *object )
{
    lock_acquire( &pool->lock );
    object->next_free = pool->free;
    pool->free = object;
    lock_release( &pool->lock );
}

void *pool_from_cookie( struct pool *pool, UINT64 cookie )
{
    UINT slot = (UINT)cookie ^ pool->mark;
    struct pooled *object;

    if (slot >= pool_room( pool )) return NULL;
    object = pool_at( pool, slot );
    if (!pool_addref( object )) return NULL;
    if (object->generation == cookie >> 32) return object;
    pool_release( pool, object );
    return NULL;
}

void *pool_from_address( struct pool *pool, ULONG_PTR address )
{
    struct pooled *object = (struct pooled *)address;
    UINT i;

    for (i = 0; i < pool->chunk_count; i++)
    {
        SIZE_T offset = address - (ULONG_PTR)pool->chunks[i];

        if (offset >= pool->chunk_size * pool->size) continue;
        return !( offset % pool->size ) && pool_addref( object ) ? object : NULL;
    }
    return NULL;
}

void *pool_next( struct pool *pool, UINT *slot )
{
    while (*slot < pool_room( pool ))
    {
        struct pooled *object = pool_at( pool, ( *slot )++ );

        if (pool_addref( object )) return object;
    }
    return NULL;
}

void pool_end( struct pool *pool, struct pooled *object )
{
    pool->end( object );
    pool_free( pool, object );
}
