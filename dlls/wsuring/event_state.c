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
#define WAITS_MAX   7 /* in a row that are over without the server's word on the handles before */

enum
{
    STATE_CLEAR = 1,  /* not signalled, as far as the process itself goes */
    STATE_SET = 2,    /* signalled by us, and no wait has made use of that */
    STATE_OWN = 4,    /* made here, unnamed, not inherited or duplicated, and waits don't reset it */
    STATE_SERVER = 8, /* the server may signal it at any time */
    STATE_RESET = 16, /* and upwards: counts how often it has been reset */
};

/* The handle, whose values fit 32 bits, and above it STATE_*; 0 for none. A handle that needs another's place gets it. */
static volatile LONG64 states[STATE_COUNT];
static volatile LONG lives[STATE_COUNT];
static BOOL in_use; /* an event has been set */

static UINT event_index( HANDLE event )
{
    return (HandleToULong( event ) >> 2) & (STATE_COUNT - 1);
}

static UINT state_of( HANDLE event )
{
    LONG64 state = states[event_index( event )];

    return (ULONG)state == HandleToULong( event ) ? (UINT)( state >> 32 ) : 0;
}

/* FALSE if it has had none of `needed' */
static BOOL change_state( HANDLE event, UINT add, UINT remove, UINT needed )
{
    volatile LONG64 *place = states + event_index( event );
    LONG64 old = *place, seen;
    UINT state;

    for (;;)
    {
        state = (ULONG)old == HandleToULong( event ) ? (UINT)( old >> 32 ) : 0;
        if (needed && !(state & needed)) return FALSE;
        if ((state | add) == state && !(state & remove)) return TRUE;
        state = (state | add) & ~remove;
        if ((seen = InterlockedCompareExchange64( place, (LONG64)state << 32 | HandleToULong( event ), old )) == old) return TRUE;
        old = seen;
    }
}

void event_note_made( HANDLE event, BOOL own, BOOL signalled )
{
    change_state( event, (own ? STATE_OWN : 0) | (signalled ? 0 : STATE_CLEAR),
                  STATE_SET | STATE_SERVER | (own ? 0 : STATE_OWN) | (signalled ? STATE_CLEAR : 0), 0 );
}

void event_note_clear( HANDLE event )
{
    change_state( event, STATE_CLEAR, 0, 0 );
}

void event_note_reset( HANDLE event )
{
    volatile LONG64 *place = states + event_index( event );
    LONG64 old = *place, seen;

    for (; (ULONG)old == HandleToULong( event ); old = seen)
        if ((seen = InterlockedCompareExchange64( place, (old & ~((LONG64)STATE_SET << 32)) + ((LONG64)STATE_RESET << 32), old ))
             == old)
            return;
}

/* It has been set, when its state was `before'. FALSE if it may have been reset since. */
static BOOL note_set( HANDLE event, UINT before )
{
    volatile LONG64 *place = states + event_index( event );
    LONG64 old, seen;

    for (old = *place; (ULONG)old == HandleToULong( event ) && (old >> 32 & STATE_OWN); old = seen)
    {
        if (((UINT)( old >> 32 ) ^ before) >= STATE_RESET) return FALSE;
        if ((seen = InterlockedCompareExchange64( place, old | (LONG64)STATE_SET << 32, old )) == old) return TRUE;
    }
    return FALSE;
}

void event_forget( HANDLE event )
{
    change_state( event, 0, STATE_CLEAR | STATE_SET, STATE_CLEAR | STATE_SET );
}

void event_note_shared( HANDLE event )
{
    change_state( event, 0, STATE_OWN | STATE_SET, STATE_OWN );
}

void event_note_closed( HANDLE event )
{
    change_state( event, 0, ~0u, ~0u );
    InterlockedIncrement( lives + event_index( event ) );
}

void event_note_server( HANDLE event )
{
    change_state( event, STATE_SERVER, 0, 0 );
}

LONG event_life( HANDLE event )
{
    return lives[event_index( event )];
}

BOOL event_is_clear( HANDLE event )
{
    return interposed && event && (state_of( event ) & (STATE_CLEAR | STATE_SERVER)) == STATE_CLEAR;
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

void event_set( HANDLE event, HANDLE known_as, BOOL same )
{
    UINT before = state_of( known_as );
    BOOL failed;

    change_state( known_as, 0, STATE_CLEAR, STATE_CLEAR );
    failed = NtSetEvent( event, NULL ) != 0;
    change_state( known_as, 0, STATE_CLEAR, STATE_CLEAR ); /* a reset that came between was before the set */
    /* not earlier: a wait that is over, and a reset after it, come after the set */
    if (!failed && interposed && same && note_set( known_as, before )) in_use = TRUE;
}

BOOL event_take_set( ULONG count, const HANDLE *handles, ULONG *index )
{
    HANDLE copy[MAXIMUM_WAIT_OBJECTS];
    struct thread *thread;
    UINT state = 0;
    ULONG i;

    if (!in_use || count > ARRAY_SIZE( copy ) || !guarded_copy( copy, handles, count * sizeof(*copy) )) return FALSE;
    for (i = 0; i < count; i++)
    {
        if ((state = state_of( copy[i] )) & STATE_SET) break;
        if (!(state & STATE_CLEAR)) return FALSE;
    }
    if (i == count || !(thread = thread_get())) return FALSE;
    /* the server may have signalled those before it: it is asked now and then, so that no handle is passed over for ever */
    if (i && thread->waits_over++ >= WAITS_MAX)
    {
        thread->waits_over = 0;
        return FALSE;
    }
    /* once: should the event have been reset in a way that nobody sees, one wait is wrong */
    if (!change_state( copy[i], 0, STATE_SET, STATE_SET )) return FALSE;
    *index = i;
    return TRUE;
}
