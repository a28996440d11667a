/*
 * The ends of threads, however they come
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread that is terminated runs no DllMain, but its Unix thread still runs the destructors of its thread-specific
 * data. So a thread that is noted here leaves word of its end, and wakes the reaper.
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
    uint64_t cookie;
};

static pthread_key_t key;
static bool key_made;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static _Atomic( struct noted * ) ended;

/* The thread may have been stopped anywhere: no locks, no allocation. */
static void thread_ended( void *value )
{
    struct noted *noted = value;

    noted->next = atomic_load( &ended );
    while (!atomic_compare_exchange_weak( &ended, &noted->next, noted )) /* nothing */
        ;
    engine_wake( NULL );
}

static void thread_end_make_key( void )
{
    key_made = !pthread_key_create( &key, thread_ended );
}

/* unix_thread_note */
NTSTATUS thread_note( void *args )
{
    const struct thread_note_params *params = args;
    struct noted *noted;

    pthread_once( &key_once, thread_end_make_key );
    if (!key_made) return STATUS_NO_MEMORY;
    noted = pthread_getspecific( key );
    if (!params->id)
    {
        pthread_setspecific( key, NULL );
        free( noted );
        return STATUS_SUCCESS;
    }
    if (!noted)
    {
        if (!( noted = malloc( sizeof( *noted ) ) )) return STATUS_NO_MEMORY;
        noted->id = params->id;
        noted->cookie = params->cookie;
        if (!pthread_setspecific( key, noted )) return STATUS_SUCCESS;
        free( noted );
        return STATUS_NO_MEMORY;
    }
    noted->cookie = params->cookie;
    return STATUS_SUCCESS;
}

bool thread_end_is_untold( void )
{
    return atomic_load( &ended ) != NULL;
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
