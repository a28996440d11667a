/*
 * Native tests: what is known of events
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The provider's own event_state.c, compiled for the host, with a server that is simulated: events are flags. Threads
 * set, reset, close and make one event in random interleavings, which change where a request begins and where it ends.
 * At every such point: what is taken for clear isn't signalled, unless a reset is under way, and what is taken for set
 * is. Then the same with threads that run freely, for ThreadSanitizer.
 *
 * Run: tests/unix/run plain|address|thread. `event_state ROUNDS' for more.
 */

#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "check.h"
#include "turns.h"

#include "volatile.h"
#include "windows.h"
#include "../../dlls/wsuring/wait/event_state.h"
#include "../../dlls/wsuring/wait/thread.h"

enum
{
    THREADS = 3,
    STEPS = 4, /* of a thread, in a round */
    OBJECTS = 1 + THREADS * STEPS
};

#define EVENT     ( (HANDLE)0x30 )
#define COPY_BASE 0x10000 /* a duplicate of each object's handle */

BOOL interposed = TRUE, event_shortcuts = TRUE;
volatile LONG *handle_life;

static atomic_int signalled[OBJECTS];
static LONG lives[OBJECTS];    /* event_life at the beginning */
static atomic_uint current;    /* the object behind EVENT */
static atomic_int made;        /* objects of this round */
static atomic_int resetting;   /* requests under way that reset EVENT, or may */
static atomic_int calling;     /* calls of the program's with EVENT, which it doesn't close meanwhile */
static atomic_uint kept, lost; /* how often the state was certain in the end, and wasn't */

static void check_state( void )
{
    LONG64 bits_clear = event_is_clear( EVENT );

    if (resetting) return;
    if (bits_clear) check( !signalled[current], "taken for clear, but it is signalled\n" );
}

/* ---- the part of Windows that event_state.c uses */

static unsigned int object_of( HANDLE event )
{
    if (event == EVENT) return current;
    return (uintptr_t)event < COPY_BASE ? OBJECTS - 1 : ( (uintptr_t)event - COPY_BASE ) / 4;
}

NTSTATUS NtSetEvent( HANDLE event, LONG *previous )
{
    (void)previous;
    turns_point();
    signalled[object_of( event )] = 1;
    turns_point();
    return 0;
}

NTSTATUS NtResetEvent( HANDLE event, LONG *previous )
{
    (void)previous;
    turns_point();
    signalled[object_of( event )] = 0;
    turns_point();
    return 0;
}

BOOL guarded_copy( void *dst, const void *src, SIZE_T len )
{
    memcpy( dst, src, len );
    return TRUE;
}

struct thread *thread_get( void )
{
    static __thread struct thread self;

    return &self;
}

void stats_count( enum counter counter )
{
    (void)counter;
}

/* ---- what threads do */

static void make_event( bool alone, bool set )
{
    unsigned int object = made++;

    signalled[object] = set;
    current = object;
    event_note_made( EVENT, alone, TRUE, set );
    lives[object] = event_life( EVENT );
}

static void act( unsigned int *seed )
{
    unsigned int object = current;
    LONG life = lives[object];
    NTSTATUS status;
    HANDLE event = EVENT;

    switch (next_random( seed ) % 8)
    {
    case 0:
    case 1: event_set( (HANDLE)(uintptr_t)( COPY_BASE + object * 4 ), EVENT, life ); break;
    case 2:
        calling++;
        event_set_by( NtSetEvent, EVENT, NULL );
        calling--;
        break;
    case 3:
    case 4:
        resetting++;
        event_reset( EVENT );
        resetting--;
        break;
    case 5:
        if (event_take_set( 1, &event, &status ) && turns_taken && !resetting)
            check( !status && signalled[current], "a wait is over, but the event isn't signalled\n" );
        break;
    case 6: /* a request of which it isn't known when it resets or sets the event */
        resetting++;
        event_forget( EVENT );
        turns_point();
        signalled[current] = next_random( seed ) % 2;
        turns_point();
        event_forget( EVENT );
        resetting--;
        break;
    case 7:
        if (next_random( seed ) % 4) event_wait_over( EVENT );
        else if (turns_taken && !calling && made < OBJECTS)
        {
            /* closed, and another event gets the handle; a thread that has the old one still sets that */
            event_note_closed( EVENT );
            make_event( next_random( seed ) % 4, next_random( seed ) % 2 );
        }
        break;
    }
}

static unsigned int round_seed;

static void *thread_main( void *arg )
{
    unsigned int seed, i;

    turns_enter( (uintptr_t)arg );
    seed = round_seed * THREADS + (uintptr_t)arg;
    next_random( &seed );
    for (i = 0; i < STEPS; i++)
    {
        act( &seed );
        turns_point();
    }
    turns_leave();
    return NULL;
}

static void test_rounds( int rounds )
{
    pthread_t threads[THREADS];
    HANDLE event = EVENT;
    NTSTATUS status;
    int round, i;

    for (round = 0; round < rounds; round++)
    {
        round_seed = round;
        turns_begin( THREADS, round );
        made = 0;
        event_note_closed( EVENT );
        make_event( true, round % 2 );
        for (i = 0; i < THREADS; i++) pthread_create( threads + i, NULL, thread_main, (void *)(uintptr_t)i );
        for (i = 0; i < THREADS; i++) pthread_join( threads[i], NULL );
        /* nothing is under way */
        if (event_is_clear( EVENT ))
        {
            check( !signalled[current], "round %d: taken for clear, but it is signalled\n", round );
            kept++;
        }
        else if (event_take_set( 1, &event, &status ))
        {
            check( signalled[current], "round %d: taken for set, but it isn't signalled\n", round );
            check( !event_take_set( 1, &event, &status ), "round %d: taken for set twice\n", round );
            kept++;
        }
        else lost++;
    }
    /* else nothing has been tested */
    check( kept > lost / 10, "the state was certain %u times of %u\n", kept, kept + lost );
}

static void test_in_turn( int rounds )
{
    turns_taken = true;
    turns_check = check_state;
    test_rounds( rounds );
}

/* The table of event_state.h, where one thread sees it. */
static void test_table( int unused )
{
    HANDLE event = EVENT, both[2] = { EVENT, (HANDLE)0x40 };
    NTSTATUS status = 77;
    LONG life;

    (void)unused;
    check( !event_is_clear( EVENT ), "known before it is made\n" );
    make_event( true, false );
    life = event_life( EVENT );
    check( event_is_clear( EVENT ), "made, and not clear\n" );
    check( !event_take_set( 1, &event, &status ), "clear, and set\n" );
    event_set( EVENT, EVENT, life );
    check( !event_is_clear( EVENT ), "set, and clear\n" );
    check( event_take_set( 1, &event, &status ) && !status, "set, but a wait isn't over\n" );
    check( !event_take_set( 1, &event, &status ), "a second wait is over\n" );
    event_reset( EVENT );
    check( event_is_clear( EVENT ), "reset, and not clear\n" );
    event_set_by( NtSetEvent, EVENT, NULL );
    check( !event_is_clear( EVENT ), "set by the program, and clear\n" );
    event_reset( EVENT );

    /* behind another one, which must be clear */
    event_note_made( both[1], TRUE, TRUE, FALSE );
    event_set( both[1], both[1], event_life( both[1] ) );
    check( event_take_set( 2, both, &status ) && status == 1, "got %d\n", status );
    event_set( both[1], both[1], event_life( both[1] ) );
    event_set_by( NtSetEvent, EVENT, NULL );
    check( !event_take_set( 2, both, &status ), "the first one is passed over\n" );

    event_reset( EVENT );
    event_note_server( EVENT );
    check( !event_is_clear( EVENT ), "the server's, and clear\n" );
    event_note_closed( EVENT );
    check( event_life( EVENT ) != life, "closed, and the same\n" );
    make_event( false, false );
    check( !event_is_clear( EVENT ), "a named one, and clear\n" );
    event_set( EVENT, EVENT, event_life( EVENT ) );
    check( !event_take_set( 1, &event, &status ), "a named one, and set\n" );
}

int main( int argc, char **argv )
{
    int rounds = argc > 1 ? atoi( argv[1] ) : 4000;

    run( test_table, 0 );
    run( test_in_turn, rounds );
    run( test_rounds, rounds );
    return check_summary();
}
