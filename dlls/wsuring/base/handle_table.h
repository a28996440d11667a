/*
 * A table of objects by handle, read without a lock
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Blocks are never freed. Writers bring their own lock; readers check what they find.
 */

#ifndef WSURING_HANDLE_TABLE_H
#define WSURING_HANDLE_TABLE_H

#include "base/provider.h"

#define HANDLE_BLOCK_BITS  12
#define HANDLE_BLOCK_SIZE  ( 1 << HANDLE_BLOCK_BITS )
#define HANDLE_BLOCK_COUNT 4096 /* handles up to 0x4000000 */

struct handle_table
{
    void *volatile *volatile blocks[HANDLE_BLOCK_COUNT];
};

/* The slot of a handle, whose low two bits mean nothing (OBJ_HANDLE_TAGBITS). NULL if it can't be in the table.
 * create: the caller has locked out other writers. */
static inline void *volatile *handle_entry( struct handle_table *table, HANDLE handle, BOOL create )
{
    ULONG_PTR index = (ULONG_PTR)handle >> 2;
    void *volatile *block;

    if (index >= (ULONG_PTR)HANDLE_BLOCK_COUNT * HANDLE_BLOCK_SIZE) return NULL;
    if (!( block = table->blocks[index >> HANDLE_BLOCK_BITS] ))
    {
        if (!create) return NULL;
        block = VirtualAlloc( NULL, HANDLE_BLOCK_SIZE * sizeof( *block ), MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE );
        if (!block) return NULL;
        table->blocks[index >> HANDLE_BLOCK_BITS] = block;
    }
    return block + ( index & ( HANDLE_BLOCK_SIZE - 1 ) );
}

/* The next handle that has an object; NULL to begin with, and at the end. */
static inline HANDLE handle_next( const struct handle_table *table, HANDLE after )
{
    ULONG_PTR index = ( (ULONG_PTR)after >> 2 ) + 1;
    void *volatile *block;

    for (; index < (ULONG_PTR)HANDLE_BLOCK_COUNT * HANDLE_BLOCK_SIZE; index++)
    {
        if (!( block = table->blocks[index >> HANDLE_BLOCK_BITS] )) index |= HANDLE_BLOCK_SIZE - 1;
        else if (block[index & ( HANDLE_BLOCK_SIZE - 1 )]) return (HANDLE)( index << 2 );
    }
    return NULL;
}

#endif /* WSURING_HANDLE_TABLE_H */
