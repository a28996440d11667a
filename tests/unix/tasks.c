/*
 * Native tests: counting threads while others end
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check.h"
#include "library.h"

#include <pthread.h>

#define PAIRS 6
#ifdef __SANITIZE_THREAD__ /* it is slow, and has a thread of its own */
#define ROUNDS 50
#define ALONE  2
#else
#define ROUNDS 800
#define ALONE  1
#endif

static atomic_uint end_soon, end_all;

static void *short_thread( void *arg )
{
    while (!end_soon) sched_yield();
    return arg;
}

static void *long_thread( void *arg )
{
    while (!end_all) usleep( 100 );
    return arg;
}

/* A complete count includes every thread that ran all the time. Threads are listed in the order of creation:
 * long-lived ones after short-lived ones. */
static void test_count( int arg )
{
    struct task_count_params params = { .enough = 1000 };
    unsigned int i, j, sure = 0, unsure = 0, bad = 0;
    pthread_t threads[2 * PAIRS];

    (void)arg;
    for (i = 0; i < ROUNDS; i++)
    {
        end_soon = end_all = 0;
        for (j = 0; j < 2 * PAIRS; j++) pthread_create( &threads[j], NULL, j & 1 ? long_thread : short_thread, NULL );
        end_soon = 1;
        for (j = 0; j < 10; j++)
        {
            if (unix_call( unix_task_count, &params ) || params.count < ALONE + ( params.sure ? PAIRS : 0 )) bad++;
            if (params.sure) sure++;
            else unsure++;
        }
        end_all = 1;
        for (j = 0; j < 2 * PAIRS; j++) pthread_join( threads[j], NULL );
    }
    check( sure, "never sure" );
    check( !bad, "%u wrong, %u sure, %u not", bad, sure, unsure );
}

static void test_alone( int arg )
{
    struct task_count_params params = { .enough = 1000 };
    unsigned int i;

    (void)arg;
    /* one that has been joined may still be listed for a moment */
    for (i = 0; i < 1000; i++)
    {
        check( !unix_call( unix_task_count, &params ), "round %u", i );
        if (params.sure && params.count == ALONE) break;
        usleep( 1000 );
    }
    check( params.sure && params.count == ALONE, "%u, sure %u", params.count, params.sure );
    params.enough = 1;
    check( !unix_call( unix_task_count, &params ) && params.count == 1, "%u", params.count );
}

int main( void )
{
    run( test_count, 0 );
    run( test_alone, 0 );
    return check_summary();
}
