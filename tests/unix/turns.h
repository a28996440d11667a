/*
 * Random interleavings of threads, which can be repeated
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread runs at a time, till a point where a random one goes on. The seed makes the order. For one file of a
 * program. Threads don't hold a lock at a point.
 */

#ifndef WSURING_TESTS_UNIX_TURNS_H
#define WSURING_TESTS_UNIX_TURNS_H

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

static bool turns_taken;              /* else the threads run freely */
static void ( *turns_check )( void ); /* called at each point, while no other thread runs */

static pthread_mutex_t turns_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turns_changed = PTHREAD_COND_INITIALIZER;
static unsigned int turns_now, turns_alive, turns_count, turns_seed;
static __thread unsigned int turns_own;

static inline unsigned int next_random( unsigned int *seed )
{
    *seed = *seed * 1103515245 + 12345;
    return *seed >> 16;
}

/* Before the threads are made. */
static inline void turns_begin( unsigned int threads, unsigned int seed )
{
    turns_count = threads;
    turns_seed = seed;
    turns_alive = ( 1u << threads ) - 1;
    turns_now = seed % threads;
}

/* With turns_lock, and a thread alive. */
static inline void turns_pass( void )
{
    do turns_now = next_random( &turns_seed ) % turns_count;
    while (!( turns_alive & 1u << turns_now ));
    pthread_cond_broadcast( &turns_changed );
}

/* With turns_lock. */
static inline void turns_await( void )
{
    while (turns_now != turns_own) pthread_cond_wait( &turns_changed, &turns_lock );
}

/* The first thing that a thread does. */
static inline void turns_enter( unsigned int index )
{
    turns_own = index;
    if (!turns_taken) return;
    pthread_mutex_lock( &turns_lock );
    turns_await();
    pthread_mutex_unlock( &turns_lock );
}

static inline void turns_point( void )
{
    if (!turns_taken)
    {
        if (!( rand() % 4 )) sched_yield();
        return;
    }
    pthread_mutex_lock( &turns_lock );
    if (turns_check) turns_check();
    turns_pass();
    turns_await();
    pthread_mutex_unlock( &turns_lock );
}

/* The last thing that a thread does. */
static inline void turns_leave( void )
{
    if (!turns_taken) return;
    pthread_mutex_lock( &turns_lock );
    turns_alive &= ~( 1u << turns_own );
    if (turns_alive) turns_pass();
    pthread_mutex_unlock( &turns_lock );
}

#endif /* WSURING_TESTS_UNIX_TURNS_H */
