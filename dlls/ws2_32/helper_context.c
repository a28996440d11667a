/*
 * Wah functions: tables of what a program keeps for handles
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ws2help.dll's, which has been part of ws2_32.dll since Windows Vista. They have no page; what they do is known from
 * their names and from ws2help.h. A context is the program's memory, begins with these two members, and ends when its
 * last reference does; the table has one.
 */

#include "ws2_32.h"

#define BUCKETS 64

struct handle_context /* WSHANDLE */
{
    LONG references;
    HANDLE handle;
};

struct context_entry
{
    struct context_entry *next;
    struct handle_context *context;
};

struct context_table
{
    SRWLOCK lock;
    struct context_entry *buckets[BUCKETS];
};

typedef BOOL( WINAPI *context_function )( void *arg, struct handle_context *context );

DWORD WINAPI WahCreateHandleContextTable( struct context_table **table );
DWORD WINAPI WahDestroyHandleContextTable( struct context_table *table );
struct handle_context *WINAPI WahInsertHandleContext( struct context_table *table, struct handle_context *context );
struct handle_context *WINAPI WahReferenceContextByHandle( struct context_table *table, HANDLE handle );
DWORD WINAPI WahRemoveHandleContext( struct context_table *table, struct handle_context *context );
BOOL WINAPI WahEnumerateHandleContexts( struct context_table *table, context_function function, void *arg );

/* The pointer to the handle's entry, or to where the last one ends. With the lock held. */
static struct context_entry **context_place( struct context_table *table, HANDLE handle )
{
    struct context_entry **ptr = &table->buckets[( (ULONG_PTR)handle >> 2 ) % BUCKETS];

    while (*ptr && ( *ptr )->context->handle != handle) ptr = &( *ptr )->next;
    return ptr;
}

/* Returns 0, WSAEFAULT or WSA_NOT_ENOUGH_MEMORY. */
DWORD WINAPI WahCreateHandleContextTable( struct context_table **table )
{
    if (!table || IsBadWritePtr( table, sizeof( *table ) )) return WSAEFAULT;
    *table = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( **table ) );
    return *table ? 0 : WSA_NOT_ENOUGH_MEMORY;
}

/* The contexts that are still in it stay the program's. */
DWORD WINAPI WahDestroyHandleContextTable( struct context_table *table )
{
    struct context_entry *entry;
    int i;

    if (!table) return WSAEINVAL;
    for (i = 0; i < BUCKETS; i++)
    {
        while (( entry = table->buckets[i] ))
        {
            table->buckets[i] = entry->next;
            HeapFree( GetProcessHeap(), 0, entry );
        }
    }
    HeapFree( GetProcessHeap(), 0, table );
    return 0;
}

/* Returns the context, or the one that the table had for the handle, whose reference is the caller's then; NULL when
 * out of memory. */
struct handle_context *WINAPI WahInsertHandleContext( struct context_table *table, struct handle_context *context )
{
    struct handle_context *before = NULL;
    struct context_entry *entry, **ptr;

    if (!table || !context || !( entry = HeapAlloc( GetProcessHeap(), 0, sizeof( *entry ) ) )) return NULL;
    AcquireSRWLockExclusive( &table->lock );
    ptr = context_place( table, context->handle );
    if (*ptr)
    {
        before = ( *ptr )->context;
        ( *ptr )->context = context;
    }
    else
    {
        entry->next = NULL;
        entry->context = context;
        *ptr = entry;
    }
    ReleaseSRWLockExclusive( &table->lock );
    if (!before) return context;
    HeapFree( GetProcessHeap(), 0, entry );
    return before;
}

/* The handle's context, with one reference more; NULL if there is none. */
struct handle_context *WINAPI WahReferenceContextByHandle( struct context_table *table, HANDLE handle )
{
    struct handle_context *context = NULL;
    struct context_entry *entry;

    if (!table) return NULL;
    AcquireSRWLockShared( &table->lock );
    if (( entry = *context_place( table, handle ) ))
    {
        context = entry->context;
        InterlockedIncrement( &context->references );
    }
    ReleaseSRWLockShared( &table->lock );
    return context;
}

/* The table's reference is the caller's then. WSAEINVAL: it isn't there, or no longer. */
DWORD WINAPI WahRemoveHandleContext( struct context_table *table, struct handle_context *context )
{
    struct context_entry *entry, **ptr;

    if (!table || !context) return WSAEINVAL;
    AcquireSRWLockExclusive( &table->lock );
    ptr = context_place( table, context->handle );
    if (( entry = *ptr ) && entry->context == context) *ptr = entry->next;
    else entry = NULL;
    ReleaseSRWLockExclusive( &table->lock );
    if (!entry) return WSAEINVAL;
    HeapFree( GetProcessHeap(), 0, entry );
    return 0;
}

/* Calls the function for each, until it returns FALSE; that is returned. It may not change the table. */
BOOL WINAPI WahEnumerateHandleContexts( struct context_table *table, context_function function, void *arg )
{
    struct context_entry *entry;
    BOOL more = TRUE;
    int i;

    if (!table || !function) return FALSE;
    AcquireSRWLockShared( &table->lock );
    for (i = 0; i < BUCKETS && more; i++)
        for (entry = table->buckets[i]; entry && more; entry = entry->next) more = function( arg, entry->context );
    ReleaseSRWLockShared( &table->lock );
    return more;
}
