/*
 * Events that operations will set
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The holds are in lists by handle. What closes a handle, in this process or for another one, leaves a duplicate in
 * held_events before the handle is gone, if a hold counts there (unix/handle_life.c). It belongs to the holds that are
 * in the list then: a hold of another event that has got the value takes it out first. No lock is held across a
 * request: who sets an event is counted in `setting', and a close waits for that.
 */

#include "wait/event_hold.h"
#include "base/handle_life.h"
#include "wait/event_state.h"
#include "wait/thread.h"

#define LIST_COUNT 64

static struct
{
    SRWLOCK lock;
    struct event_hold *first;
} lists[LIST_COUNT];

static volatile LONG ending_count;

static UINT hold_list_index( HANDLE event )
{
    return ( HandleToULong( event ) >> 2 ) % LIST_COUNT;
}

static UINT hold_place( HANDLE event )
{
    return ( HandleToULong( event ) >> 2 ) % HELD_PLACES;
}

static ULONG hold_key( HANDLE event )
{
    return HandleToULong( event ) & ~3u;
}

/* With the list's lock. */
static void hold_link( struct event_hold *hold, UINT index )
{
    hold->link = &lists[index].first;
    if (( hold->next = lists[index].first )) hold->next->link = &hold->next;
    lists[index].first = hold;
}

static void hold_unlink( struct event_hold *hold )
{
    if (( *hold->link = hold->next )) hold->next->link = hold->link;
    hold->link = NULL;
}

/* With the list's lock: takes the record of a close out of held_events. */
static BOOL hold_take_record( HANDLE event, HANDLE *duplicate )
{
    UINT place = hold_place( event ), i;

    for (i = 0; i < HELD_NEAR; i++)
    {
        volatile LONG64 *record = (volatile LONG64 *)held_events.closed + ( place + i ) % HELD_PLACES;
        UINT64 value = word_read( record );

        if ((ULONG)( value >> 32 ) != hold_key( event ) || !value) continue;
        if (InterlockedCompareExchange64( record, 0, (LONG64)value ) != (LONG64)value) continue;
        *duplicate = ULongToHandle( (ULONG)value );
        return TRUE;
    }
    return FALSE;
}

/* If the handle has been closed, the holds of its event have a duplicate from now on. */
static void hold_settle_close( HANDLE event )
{
    UINT index = hold_list_index( event );
    struct event_duplicate *duplicate;
    struct event_hold *hold;
    HANDLE handle = NULL;

    if (!*(volatile UINT *)&held_events.closed_count) return;
    if (( duplicate = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *duplicate ) ) )) duplicate->refs = 1;
    lock_acquire( &lists[index].lock );
    if (hold_take_record( event, &handle ))
    {
        if (duplicate) duplicate->handle = handle;
        for (hold = lists[index].first; hold; hold = hold->next)
        {
            if (hold->closed || hold_key( hold->event ) != hold_key( event )) continue;
            hold->closed = TRUE;
            if (( hold->duplicate = duplicate )) duplicate->refs++;
        }
        InterlockedDecrement( (LONG *)&held_events.closed_count );
    }
    lock_release( &lists[index].lock );
    if (duplicate && InterlockedDecrement( &duplicate->refs )) return;
    if (handle) NtClose( handle );
    HeapFree( GetProcessHeap(), 0, duplicate );
}

void event_hold( struct event_hold *hold, HANDLE event )
{
    UINT index = hold_list_index( event );
    volatile LONG *word = handle_life_word( event );

    hold_settle_close( event ); /* that of another event */
    memset( hold, 0, sizeof( *hold ) );
    hold->event = event;
    hold->life = event_life( event );
    lock_acquire( &lists[index].lock );
    hold_link( hold, index );
    lock_release( &lists[index].lock );
    InterlockedIncrement( (LONG *)held_events.counts + hold_place( event ) );
    if (word && !( *word & LIFE_HELD )) InterlockedOr( word, LIFE_HELD );
}

void event_hold_move( struct event_hold *hold, struct event_hold *from )
{
    UINT index = hold_list_index( from->event );

    lock_acquire( &lists[index].lock );
    *hold = *from;
    hold_unlink( from );
    hold_link( hold, index );
    hold->ending = TRUE;
    from->event = NULL;
    lock_release( &lists[index].lock );
    InterlockedIncrement( &ending_count );
}

void event_hold_end( struct event_hold *hold )
{
    UINT index = hold_list_index( hold->event ), place = hold_place( hold->event );
    struct event_duplicate *duplicate;
    HANDLE event = hold->event;

    lock_acquire( &lists[index].lock );
    hold_unlink( hold );
    hold->event = NULL;
    lock_release( &lists[index].lock );
    InterlockedDecrement( (LONG *)held_events.counts + place );
    hold_settle_close( event ); /* which has counted this hold */
    if (hold->ending) InterlockedDecrement( &ending_count );
    if (!( duplicate = hold->duplicate ) || InterlockedDecrement( &duplicate->refs )) return;
    if (duplicate->handle) NtClose( duplicate->handle );
    HeapFree( GetProcessHeap(), 0, duplicate );
}

void event_hold_set( struct event_hold *hold )
{
    UINT index = hold_list_index( hold->event );
    LONG *setting = (LONG *)held_events.setting + hold_place( hold->event );
    HANDLE event;

    InterlockedIncrement( setting ); /* either this thread sees that it is closed, or who closes it waits */
    hold_settle_close( hold->event );
    lock_acquire( &lists[index].lock );
    if (!hold->closed) event = hold->event;
    else event = hold->duplicate ? hold->duplicate->handle : NULL; /* better none than another event */
    lock_release( &lists[index].lock );
    if (event) event_set( event, hold->event, hold->life );
    InterlockedDecrement( setting );
    event_hold_end( hold );
}

/* Is an operation ending that sets the event? give_up: it isn't waited for after this. */
static BOOL hold_is_ending( HANDLE event, BOOL give_up )
{
    UINT index = hold_list_index( event );
    struct event_hold *hold;
    BOOL found = FALSE;

    hold_settle_close( event );
    lock_acquire( &lists[index].lock );
    for (hold = lists[index].first; hold && !found; hold = hold->next)
    {
        if (!hold->ending || hold->given_up || hold->closed || hold->event != event) continue;
        hold->given_up = give_up;
        found = TRUE;
    }
    lock_release( &lists[index].lock );
    return found;
}

void event_hold_settle( HANDLE event )
{
    UINT count = 0;

    if (!ending_count || !event) return;
    while (hold_is_ending( event, FALSE ))
    {
        if (thread_pause( count++ )) continue;
        hold_is_ending( event, TRUE );
        break;
    }
}
