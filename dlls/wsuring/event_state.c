/*
 * What is known of event objects without asking the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Setting, resetting and waiting are a request each. Most programs make their events themselves, and set and reset them by kernelbase's
 * imports, which interpose.c watches. So two things may be known: that an event is surely not signalled, and needs no reset before an
 * operation pends (rule O8); and that it is, because it was set here and nobody can have reset it, so that a wait is over. What isn't known
 * costs a request, nothing else.
 */

#include "event_state.h"
#include "thread.h"

#define STATE_COUNT 4096
#define WAITS_MAX   7 /* in a row that are over without the server's word on the other handles */

enum
{
    STATE_CLEAR = 1,    /* not signalled, as far as calls with this handle go */
    STATE_SET = 2,      /* signalled by us, and no wait has made use of that */
    STATE_PRIVATE = 4,  /* made here, unnamed, not inherited or duplicated: only this handle leads to it */
    STATE_MANUAL = 8,   /* waits don't reset it */
    STATE_SERVER = 16,  /* the server may signal it at any time */
    STATE_HAPPENED = 32 /* and upwards: counts, for each place, what may have made it another's, or the event not signalled */
};

/* The handle, whose values fit 32 bits, and above it STATE_*; 0 for none. A handle that needs another's place gets it. */
static volatile LONG64 states[STATE_COUNT];
static volatile LONG lives[STATE_COUNT];
static BOOL in_use; /* an event has been set */

static UINT event_index( HANDLE event )
{
    return (HandleToULong( event ) >> 2) & (STATE_COUNT - 1);
}

/* The low bits of a handle mean nothing. */
static ULONG event_key( HANDLE event )
{
    return HandleToULong( event ) & ~3u;
}

static UINT state_of( HANDLE event )
{
    LONG64 state = states[event_index( event )];

    return (ULONG)state == event_key( event ) ? (UINT)( state >> 32 ) : 0;
}

static void change_state( HANDLE event, UINT add, UINT remove, UINT happened )
{
    volatile LONG64 *place = states + event_index( event );
    ULONG key = event_key( event );
    LONG64 old, new;
    UINT state;

    do
    {
        old = *place;
        state = old >> 32;
        if ((ULONG)old != key)
        {
            if (!add) return;
            state = (state & -(UINT)STATE_HAPPENED) + STATE_HAPPENED;
        }
        state = ((state | add) & ~remove) + happened;
        new = (LONG64)state << 32 | key;
    } while (new != old && InterlockedCompareExchange64( place, new, old ) != old);
}

void event_note_made( HANDLE event, BOOL alone, BOOL manual, BOOL signalled )
{
    UINT state = (alone ? STATE_PRIVATE : 0) | (manual ? STATE_MANUAL : 0) | (signalled ? 0 : STATE_CLEAR);

    change_state( event, state, (STATE_HAPPENED - 1) & ~state, STATE_HAPPENED );
    InterlockedIncrement( lives + event_index( event ) );
}

void event_note_clear( HANDLE event )
{
    change_state( event, STATE_CLEAR, 0, 0 );
}

void event_note_reset( HANDLE event )
{
    change_state( event, 0, STATE_SET, STATE_HAPPENED );
}

void event_forget( HANDLE event )
{
    change_state( event, 0, STATE_CLEAR | STATE_SET, STATE_HAPPENED );
}

void event_note_shared( HANDLE event )
{
    change_state( event, 0, STATE_PRIVATE | STATE_SET, 0 );
}

void event_note_closed( HANDLE event )
{
    change_state( event, 0, STATE_HAPPENED - 1, STATE_HAPPENED );
    InterlockedIncrement( lives + event_index( event ) );
}

void event_note_server( HANDLE event )
{
    change_state( event, STATE_SERVER, 0, 0 );
}

/* It has been set, when its state was `before'. FALSE if it may have been reset since, or the handle closed. */
static BOOL note_set( HANDLE event, UINT before )
{
    volatile LONG64 *place = states + event_index( event );
    LONG64 old;
    UINT state;

    do
    {
        old = *place;
        state = old >> 32;
        if ((ULONG)old != event_key( event ) || !(state & STATE_PRIVATE) || (state ^ before) >= STATE_HAPPENED) return FALSE;
    } while (InterlockedCompareExchange64( place, old | (LONG64)STATE_SET << 32, old ) != old);
    return TRUE;
}

/* Makes use of that. */
static BOOL take_set( HANDLE event )
{
    volatile LONG64 *place = states + event_index( event );
    LONG64 old;

    do
    {
        old = *place;
        if ((ULONG)old != event_key( event ) || !(old >> 32 & STATE_SET)) return FALSE;
    } while (InterlockedCompareExchange64( place, old & ~((LONG64)STATE_SET << 32), old ) != old);
    return TRUE;
}

LONG event_life( HANDLE event )
{
    return lives[event_index( event )];
}

BOOL event_is_clear( HANDLE event )
{
    return interposed && event && (state_of( event ) & (STATE_CLEAR | STATE_PRIVATE | STATE_SERVER)) == (STATE_CLEAR | STATE_PRIVATE);
}

NTSTATUS event_reset( HANDLE event )
{
    NTSTATUS status;

    event_note_clear( event ); /* before: whoever sets it at the same time forgets it afterwards */
    status = NtResetEvent( event, NULL );
    event_note_reset( event );
    if (status) event_forget( event );
    return status;
}

void event_set( HANDLE event, HANDLE known_as, LONG life )
{
    UINT before = state_of( known_as );
    BOOL known = interposed && event_life( known_as ) == life && before & STATE_PRIVATE && before & STATE_MANUAL;
    NTSTATUS status;

    change_state( known_as, 0, STATE_CLEAR, 0 );
    status = NtSetEvent( event, NULL );
    change_state( known_as, 0, STATE_CLEAR, 0 ); /* a reset that came between was before the set */
    /* not earlier: a wait that is over, and a reset after it, come after the set */
    if (known && !status && note_set( known_as, before )) in_use = TRUE;
}

/* Now and then the server is asked: it may have signalled the handles before, and may know that one is bad. */
static BOOL is_servers_turn(void)
{
    struct thread *thread = thread_get();

    if (thread && thread->waits_over++ < WAITS_MAX) return FALSE;
    if (thread) thread->waits_over = 0;
    return TRUE;
}

BOOL event_take_set( ULONG count, const HANDLE *handles, ULONG *index )
{
    HANDLE copy[MAXIMUM_WAIT_OBJECTS];
    UINT state = 0;
    ULONG i, j;

    if (!in_use || count > ARRAY_SIZE( copy ) || !guarded_copy( copy, handles, count * sizeof(*copy) )) return FALSE;
    for (i = 0; i < count; i++)
    {
        if ((state = state_of( copy[i] )) & STATE_SET) break;
        if (!(state & STATE_CLEAR)) return FALSE;
    }
    if (i == count) return FALSE;
    for (j = i + 1; j < count; j++)
        if (!copy[j]) return FALSE;
    if (count > 1 && is_servers_turn()) return FALSE;
    /* once: should the event have been reset in a way that nobody sees, one wait is wrong */
    if (!take_set( copy[i] )) return FALSE;
    *index = i;
    return TRUE;
}
