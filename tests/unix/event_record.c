/*
 * Native tests: the record of a socket's events
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The provider's own event_record.c, compiled for the host: its table; random moves of many events beside another
 * formulation of the same; and a simulated socket whose data and changes arrive while programs read, enumerate and
 * select again, in random interleavings. There the callers keep the order that network_events.c states. Then no event
 * may be lost, nor recorded twice. At last the same with threads that run freely, for ThreadSanitizer.
 *
 * Run: tests/unix/run plain|address|thread. `event_record ROUNDS' for more.
 */

#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "check.h"
#include "turns.h"

#include "volatile.h"
#include "windows.h"
#include "../../dlls/wsuring/events/event_record.h"

enum
{
    THREADS = 3,
    STEPS = 6,     /* of a thread, in a round */
    DRAINS = 1000, /* steps of the program at the end of a round, of which it needs few */
    READABLE = 0x1,
    CHANGED = 0x10000,
    INPUTS = EVENT_ENDED + 1,
    STATES = RECORD_WAITING + 1,
};

static const enum event_record_state states[] = { RECORD_OPEN, RECORD_WAITING, RECORD_SHUT, RECORD_WAITING_OPEN };

static const char *const state_names[STATES] = { "OPEN", "WAITING_OPEN", "SHUT", "WAITING" };

/* As in event_record.h, in the order of `states'. */
static const struct
{
    enum event_record_input input;
    enum event_record_state next[STATES];
} table[] = {
    { EVENT_OCCURRED, { RECORD_WAITING, RECORD_WAITING, RECORD_SHUT, RECORD_WAITING } },
    { EVENT_REPORTED, { RECORD_SHUT, RECORD_WAITING, RECORD_SHUT, RECORD_WAITING } },
    { EVENT_ENABLED, { RECORD_OPEN, RECORD_OPEN, RECORD_OPEN, RECORD_OPEN } },
    { EVENT_ARMED, { RECORD_OPEN, RECORD_WAITING_OPEN, RECORD_OPEN, RECORD_WAITING_OPEN } },
    { EVENT_TAKEN, { RECORD_OPEN, RECORD_SHUT, RECORD_SHUT, RECORD_OPEN } },
    { EVENT_RENEWED, { RECORD_OPEN, RECORD_OPEN, RECORD_SHUT, RECORD_OPEN } },
    { EVENT_ENDED, { RECORD_SHUT, RECORD_SHUT, RECORD_SHUT, RECORD_SHUT } },
};

static void test_table( int unused )
{
    enum event_record_state next;
    int i, j;

    (void)unused;
    check( sizeof( table ) / sizeof( *table ) == INPUTS, "an input is missing\n" );
    for (i = 0; i < INPUTS; i++)
    {
        check( (int)table[i].input == i, "input %d is in the place of %d\n", table[i].input, i );
        for (j = 0; j < STATES; j++)
        {
            next = event_record_next( states[j], table[i].input );
            check( next == table[i].next[j], "input %d: from %s to %s, not %s\n", i, state_names[states[j]],
                   state_names[next], state_names[table[i].next[j]] );
        }
    }
}

/* Random moves of random sets: each event moves as if it were alone. */
static void test_sets( int rounds )
{
    struct event_record record = { 0 };
    unsigned int seed = rounds, events, before_waiting, before_shut, waiting, shut;
    enum event_record_input input;

    while (rounds--)
    {
        events = next_random( &seed ) << 16 | ( next_random( &seed ) & 0xffff );
        if (rounds % 3 == 0) events &= next_random( &seed ) & next_random( &seed );
        input = next_random( &seed ) % INPUTS;
        waiting = before_waiting = record.waiting;
        shut = before_shut = record.shut;
        switch (input)
        {
        case EVENT_OCCURRED:
            waiting |= events & ~shut;
            shut |= events;
            break;
        case EVENT_REPORTED: shut |= events; break;
        case EVENT_ENABLED:
            waiting &= ~events;
            shut &= ~events;
            break;
        case EVENT_ARMED: shut &= ~events; break;
        case EVENT_TAKEN: waiting &= ~events; break;
        case EVENT_RENEWED:
            shut &= ~( waiting & events );
            waiting &= ~events;
            break;
        case EVENT_ENDED:
            waiting &= ~events;
            shut |= events;
            break;
        }
        check( event_record_open( &record, events ) == ( events & ~before_shut ), "open %#x\n", events );
        check( event_record_waiting( &record, events ) == ( events & before_waiting ), "waiting %#x\n", events );
        if (input == EVENT_TAKEN && rounds % 2)
            check( event_record_take( &record, events ) == ( events & before_waiting ), "taken %#x\n", events );
        else event_record_move( &record, events, input );
        check( record.waiting == waiting && record.shut == shut,
               "input %d of %#x: from %#x/%#x to %#x/%#x, not %#x/%#x\n", input, events, before_waiting, before_shut,
               record.waiting, record.shut, waiting, shut );
    }
}

/* ---- a socket: what happens to it, and what programs do with it */

static struct event_record record;
static pthread_mutex_t record_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int data;      /* unread */
static atomic_int changes;   /* of the network, so far */
static LONG requested;       /* with the lock: a report of a change after this many is requested */
static atomic_int under_way; /* calls between a change of data or changes and the look after it */

/* With the lock: events come in and go out in one way each. */
static unsigned int occurred, taken, withdrawn;
static UINT permitted; /* with the lock: what may be recorded by the documentation of WSAEventSelect */

static void look( void )
{
    UINT found = 0, open = event_record_open( &record, READABLE | CHANGED ); /* as network_events.c, before the lock */

    turns_point();
    if (!open) return;
    pthread_mutex_lock( &record_lock );
    if (data) found |= READABLE;
    if (changes > requested) found |= CHANGED;
    found = event_record_open( &record, found );
    withdrawn += !!event_record_waiting( &record, found & CHANGED ); /* two changes are one report */
    check( !( found & ~permitted ), "%#x recorded twice\n", found & ~permitted );
    permitted &= ~found;
    occurred += !!( found & READABLE ) + !!( found & CHANGED );
    event_record_move( &record, found, EVENT_OCCURRED );
    pthread_mutex_unlock( &record_lock );
}

static void receive( void )
{
    int left = data;

    under_way++;
    while (left && !atomic_compare_exchange_weak( &data, &left, left - 1 ));
    turns_point();
    pthread_mutex_lock( &record_lock );
    withdrawn += !!event_record_waiting( &record, READABLE );
    permitted |= READABLE;
    event_record_move( &record, READABLE, EVENT_ENABLED );
    pthread_mutex_unlock( &record_lock );
    turns_point();
    look();
    under_way--;
}

static void arm( void )
{
    LONG count = changes;

    under_way++;
    turns_point();
    pthread_mutex_lock( &record_lock );
    requested = count;
    permitted |= CHANGED;
    event_record_move( &record, CHANGED, EVENT_ARMED );
    pthread_mutex_unlock( &record_lock );
    turns_point();
    look();
    under_way--;
}

/* A program that keeps to the rules: it reads on FD_READ, and requests the next report of a change. */
static UINT enumerate( void )
{
    UINT events;

    under_way++;
    pthread_mutex_lock( &record_lock );
    events = event_record_take( &record, READABLE | CHANGED );
    taken += !!( events & READABLE ) + !!( events & CHANGED );
    pthread_mutex_unlock( &record_lock );
    turns_point();
    if (events & READABLE) receive();
    if (events & CHANGED) arm();
    under_way--;
    return events;
}

static void select_again( void )
{
    under_way++;
    pthread_mutex_lock( &record_lock );
    if (event_record_waiting( &record, CHANGED )) requested--;
    withdrawn += !!event_record_waiting( &record, READABLE ) + !!event_record_waiting( &record, CHANGED );
    permitted |= event_record_waiting( &record, READABLE | CHANGED );
    event_record_move( &record, READABLE | CHANGED, EVENT_RENEWED );
    pthread_mutex_unlock( &record_lock );
    turns_point();
    look();
    under_way--;
}

static void arrive( atomic_int *what )
{
    under_way++;
    ( *what )++;
    turns_point();
    look();
    under_way--;
}

static void check_record( void )
{
    if (under_way) return;
    check( !data || !event_record_open( &record, READABLE ), "there is data, but no FD_READ is recorded\n" );
    check( changes <= requested || !event_record_open( &record, CHANGED ),
           "there are changes, but none is recorded\n" );
}

static unsigned int round_seed;

static void *thread_main( void *arg )
{
    unsigned int seed = round_seed * THREADS + (uintptr_t)arg, i;

    turns_enter( (uintptr_t)arg );
    next_random( &seed );
    for (i = 0; i < STEPS; i++)
    {
        switch (next_random( &seed ) % 8)
        {
        case 0:
        case 1: arrive( &data ); break;
        case 2: arrive( &changes ); break;
        case 3:
        case 4: enumerate(); break;
        case 5: receive(); break;
        case 6: arm(); break;
        case 7: select_again(); break;
        }
        turns_point();
    }
    turns_leave();
    return NULL;
}

static void test_rounds( int rounds )
{
    pthread_t threads[THREADS];
    bool was_taken = turns_taken;
    unsigned int reports = 0;
    int round, i;

    for (round = 0; round < rounds; round++)
    {
        round_seed = round;
        turns_begin( THREADS, round );
        data = changes = requested = 0;
        occurred = taken = withdrawn = 0;
        permitted = READABLE;
        memset( &record, 0, sizeof( record ) );
        event_record_move( &record, CHANGED, EVENT_ENDED );
        for (i = 0; i < THREADS; i++) pthread_create( threads + i, NULL, thread_main, (void *)(uintptr_t)i );
        for (i = 0; i < THREADS; i++) pthread_join( threads[i], NULL );
        check( !under_way, "round %d: %d calls are under way\n", round, under_way );
        check_record();
        turns_taken = false; /* this thread is alone */
        for (i = 0; i < DRAINS && enumerate(); i++);
        turns_taken = was_taken;
        check( i < DRAINS, "round %d: there is always one more event\n", round );
        check( !data, "round %d: %d pieces of data are never reported\n", round, data );
        check( !record.waiting, "round %d: %#x wait\n", round, record.waiting );
        check( occurred == taken + withdrawn, "round %d: %u recorded, %u taken, %u withdrawn\n", round, occurred, taken,
               withdrawn );
        reports += taken;
    }
    check( reports > (unsigned int)rounds, "only %u reports\n", reports ); /* else nothing has been tested */
}

static void test_in_turn( int rounds )
{
    turns_taken = true;
    turns_check = check_record;
    test_rounds( rounds );
}

int main( int argc, char **argv )
{
    int rounds = argc > 1 ? atoi( argv[1] ) : 2000;

    run( test_table, 0 );
    run( test_sets, rounds * 10 );
    run( test_in_turn, rounds );
    run( test_rounds, rounds );
    return check_summary();
}
