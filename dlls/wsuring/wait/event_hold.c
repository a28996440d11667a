/*
 * Events that operations will set
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The holds are in lists by handle. No lock is held across a request: who closes a handle makes a duplicate first and
 * gives it to one hold; who sets an event marks the hold meanwhile, and the handle isn't closed before that is over.
 */

#include "wait/event_hold.h"
#include "wait/event_state.h"
#include "wait/thread.h"

#define LIST_COUNT  64
#define WAITS_COUNT 1000 /* for a set that is under way; its thread may have been terminated */

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

void event_hold( struct event_hold *hold, HANDLE event )
{
    UINT index = hold_list_index( event );

    memset( hold, 0, sizeof( *hold ) );
    hold->event = event;
    hold->life = event_life( event );
    lock_acquire( &lists[index].lock );
    hold_link( hold, index );
    lock_release( &lists[index].lock );
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
    UINT index = hold_list_index( hold->event );

    lock_acquire( &lists[index].lock );
    hold_unlink( hold );
    hold->event = NULL;
    lock_release( &lists[index].lock );
    if (hold->ending) InterlockedDecrement( &ending_count );
    if (hold->duplicate) NtClose( hold->duplicate );
}

void event_hold_set( struct event_hold *hold )
{
    UINT index = hold_list_index( hold->event );
    HANDLE event;

    lock_acquire( &lists[index].lock );
    hold->setting = TRUE;
    event = hold->closed ? hold->duplicate : hold->event;
    lock_release( &lists[index].lock );
    if (event) event_set( event, hold->event, hold->life );
    event_hold_end( hold );
}

/* Is an operation ending that sets the event? give_up: it isn't waited for after this. */
static BOOL hold_is_ending( HANDLE event, BOOL give_up )
{
    UINT index = hold_list_index( event );
    struct event_hold *hold;
    BOOL found = FALSE;

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

/* With the list's lock: one of the handle that has no duplicate yet. */
static struct event_hold *hold_find( UINT index, ULONG key )
{
    struct event_hold *hold;

    for (hold = lists[index].first; hold; hold = hold->next)
        if (!hold->closed && ( HandleToULong( hold->event ) & ~3u ) == key) break;
    return hold;
}

void event_hold_closing( HANDLE handle )
{
    UINT index = hold_list_index( handle ), tries;
    ULONG key = HandleToULong( handle ) & ~3u;
    struct event_hold *hold;
    HANDLE duplicate = NULL;
    BOOL made = FALSE;

    if (!lists[index].first) return;
    for (tries = 0; tries < WAITS_COUNT;)
    {
        lock_acquire( &lists[index].lock );
        if (( hold = hold_find( index, key ) ) && !hold->setting && made)
        {
            hold->duplicate = duplicate;
            hold->closed = TRUE;
            duplicate = NULL;
            made = FALSE;
            hold = hold_find( index, key ); /* the next one */
        }
        lock_release( &lists[index].lock );
        if (!hold) break;
        if (made)
        {
            Sleep( 0 );
            tries++;
            continue;
        }
        if (NtDuplicateObject( GetCurrentProcess(), handle, GetCurrentProcess(), &duplicate, 0, 0,
                               DUPLICATE_SAME_ACCESS ))
            duplicate = NULL; /* never set, then: better than another event */
        made = TRUE;
    }
    if (duplicate) NtClose( duplicate );
}
