/*
 * The ends of threads, however they come
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread that is terminated runs no DllMain, but its Unix thread still runs the destructors of its thread-specific
 * data. So a thread that is noted here leaves word of its end, and wakes the reaper. With the last one of the program's
 * the thread that waits in closes_wait is woken, too.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct noted
{
    struct noted *next;
    uint32_t id;
    atomic_bool counted; /* it is the program's, and lives */
    uint64_t cookie;
    uint32_t *own;
};

static pthread_key_t key;
static bool key_made;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static _Atomic( struct noted * ) ended;

static void thread_end_uncount( struct noted *noted )
{
    if (atomic_exchange( &noted->counted, false )) closes_note_thread( -1 );
}

/* The thread may have been stopped anywhere: no locks, no allocation. */
static void thread_ended( void *value )
{
    struct noted *noted = value;

    if (noted->own) __atomic_store_n( noted->own, 0, __ATOMIC_SEQ_CST );
    thread_end_uncount( noted );
    noted->next = atomic_load( &ended );
    while (!atomic_compare_exchange_weak( &ended, &noted->next, noted )) /* nothing */
        ;
    engine_wake( NULL );
}

static void thread_end_make_key( void )
{
    key_made = !pthread_key_create( &key, thread_ended );
}

static struct noted *thread_end_create( const struct thread_note_params *params )
{
    struct noted *noted = calloc( 1, sizeof( *noted ) );

    if (!noted) return NULL;
    noted->id = params->id;
    if (pthread_setspecific( key, noted ))
    {
        free( noted );
        return NULL;
    }
    if (!params->own)
    {
        closes_note_thread( 1 );
        noted->counted = true;
    }
    return noted;
}

/* unix_thread_note */
NTSTATUS thread_note( void *args )
{
    struct thread_note_params *params = args;
    struct noted *noted;
    bool own;

    pthread_once( &key_once, thread_end_make_key );
    if (!key_made) return STATUS_NO_MEMORY;
    noted = pthread_getspecific( key );
    own = noted && noted->own;
    if (params->id)
    {
        if (!noted && !( noted = thread_end_create( params ) )) return STATUS_NO_MEMORY;
        noted->cookie = params->cookie;
        if (params->own)
        {
            noted->own = pointer_from_u64( params->own );
            thread_end_uncount( noted ); /* its DLL_THREAD_ATTACH has counted it */
        }
    }
    else if (noted)
    {
        thread_end_uncount( noted );
        pthread_setspecific( key, NULL );
        free( noted );
    }
    if (!params->id) params->noted = own ? UINT32_MAX : closes_note_thread( 0 );
    return STATUS_SUCCESS;
}

/* unix_thread_end */
NTSTATUS thread_end( void *args )
{
    struct thread_note_params *params = args;
    struct noted *noted;

    params->id = 0;
    noted = atomic_load( &ended );
    while (noted && !atomic_compare_exchange_weak( &ended, &noted, noted->next )) /* nothing */
        ;
    if (!noted) return STATUS_SUCCESS;
    params->id = noted->id;
    params->cookie = noted->cookie;
    free( noted );
    return STATUS_SUCCESS;
}
