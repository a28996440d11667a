/*
 * Pools of objects whose memory is never given back
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * So look-ups need no lock: a late reader finds a reference count of zero, or another generation in the object, and
 * treats it as a miss. An object that has ended is used again, in the next generation.
 *
 * A cookie names one generation of one object: the generation in the upper 32 bits, below it the pool's mark and the
 * object's slot. For the cookie in an event of the engine there is the object or NULL,
 * never its successor.
 */

#ifndef WSURING_POOL_H
#define WSURING_POOL_H

#include "base/provider.h"

#define POOL_CHUNK_COUNT 1024

/* The first member of an object. */
struct pooled
{
    volatile LONG refs; /* 0: free */
    UINT slot;          /* index in the pool */
    UINT generation;    /* how often the memory has been used */
    struct pooled *next_free;
};

struct pool
{
    SIZE_T size;             /* of an object */
    UINT chunk_size;         /* objects that are allocated at once */
    UINT mark;               /* bits in a cookie beside the slot */
    void ( *end )( void * ); /* the last reference is gone: frees what the object has */

    SRWLOCK lock; /* of all below; taken inside every other lock */
    struct pooled *free;
    volatile UINT chunk_count;
    BYTE *volatile chunks[POOL_CHUNK_COUNT];
};

/* An object with 0 references, in its next generation, and zero otherwise; NULL when out of memory. It can't be found
 * before the caller sets its references, which it does last. */
void *pool_alloc( struct pool *pool );

/* Gives back an object that never had a reference. */
void pool_free( struct pool *pool, struct pooled *object );

/* The object with this cookie, with a reference; NULL if it has ended, or the cookie isn't of this pool. */
void *pool_from_cookie( struct pool *pool, UINT64 cookie );

/* The object at this address, with a reference; NULL if it isn't an address of one, or is free. */
void *pool_from_address( struct pool *pool, ULONG_PTR address );

/* The first object in use from slot *slot on, with a reference; NULL if there is none. *slot is then the one behind. */
void *pool_next( struct pool *pool, UINT *slot );

/* How many objects there can be, without another allocation. */
static inline UINT pool_room( const struct pool *pool )
{
    return pool->chunk_count * pool->chunk_size;
}

static inline UINT64 pool_cookie( const struct pooled *object, UINT mark )
{
    return (UINT64)object->generation << 32 | mark | object->slot;
}

/* Takes a reference. FALSE if the object is free. */
static inline BOOL pool_addref( struct pooled *object )
{
    LONG refs = object->refs, seen;

    while (refs > 0)
    {
        if (( seen = InterlockedCompareExchange( &object->refs, refs + 1, refs ) ) == refs) return TRUE;
        refs = seen;
    }
    return FALSE;
}

/* What pool_release does with the last reference. */
void pool_end( struct pool *pool, struct pooled *object );

/* Gives a reference back. After the last one the object ends. */
static inline void pool_release( struct pool *pool, struct pooled *object )
{
    if (!InterlockedDecrement( &object->refs )) pool_end( pool, object );
}

#endif /* WSURING_POOL_H */
