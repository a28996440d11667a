/*
 * What is known of event objects without asking the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Setting, resetting and waiting are a request each. Most programs make their events themselves, and set and reset them
 * by kernelbase's imports, which interpose.c watches. So two things may be known: that an event is surely not
 * signalled, and needs no reset before an operation pends (rule O8); and that it is, because it was set here and nobody
 * can have reset it, so that a wait is over. What isn't known costs a request, nothing else.
 *
 * WSAEnumNetworkEvents resets an event that a moment later is often set again. Where the wait before it went by this
 * file, it only notes that the reset is due. Then setting it makes it known as set and costs nothing; whatever needs
 * the server's word on the event resets it before.
 */

#include "wait/event_state.h"
#include "wait/thread.h"

#define STATE_COUNT 4096
#define WAITS_MAX   7 /* in a row that are over without the server's word on the other handles */

enum
{
    STATE_CLEAR = 1,   /* not signalled, as far as calls with this handle go */
    STATE_SET = 2,     /* signalled by us, and no wait has made use of that */
    STATE_PRIVATE = 4, /* made here, unnamed, not inherited or duplicated: only this handle leads to it */
    STATE_MANUAL = 8,  /* waits don't reset it */
    STATE_SERVER = 16, /* the server may signal it at any time */
    STATE_TAKEN = 32,  /* signalled by us, and a wait has made use of that */
    STATE_DUE = 64,    /* not signalled, but the server hasn't been told */
    STATE_LENT
    = 128, /* operations of the server signal it at their ends; never DUE, or one of these would be forgotten */
    STATE_HAPPENED
    = 256 /* and upwards: counts, for each place, what may have made it another's, or the event not signalled */
};

#define STATE_SIGNALLED ( STATE_SET | STATE_TAKEN | STATE_DUE ) /* at most one of them */

/* The handle, whose values fit 32 bits, and above it STATE_*; 0 for none. A handle that needs another's place gets it.
 */
static volatile LONG64 states[STATE_COUNT];
static volatile LONG lives[STATE_COUNT];
static BOOL in_use;                     /* an event has been set */
static SRWLOCK due_lock = SRWLOCK_INIT; /* of the resets that are due: one at a time is done */

static UINT event_index( HANDLE event )
{
    return ( HandleToULong( event ) >> 2 ) & ( STATE_COUNT - 1 );
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
            if (!add || state & STATE_DUE) return; /* that reset mustn't be forgotten */
            state = ( state & -(UINT)STATE_HAPPENED ) + STATE_HAPPENED;
        }
        state = ( ( state | add ) & ~remove ) + happened;
        new = (LONG64)state << 32 | key;
    } while (new != old &&InterlockedCompareExchange64( place, new, old ) != old);
}

LONG event_life( HANDLE event )
{
    return lives[event_index( event )];
}

/* Where the bits of `mask' are `from', they become `to'. FALSE where they aren't. */
static BOOL turn_state( HANDLE event, UINT mask, UINT from, UINT to )
{
    volatile LONG64 *place = states + event_index( event );
    LONG64 old;

    do
    {
        old = *place;
        if ((ULONG)old != event_key( event ) || ( old >> 32 & mask ) != from) return FALSE;
    } while (InterlockedCompareExchange64( place, ( old & ~( (LONG64)mask << 32 ) ) | (LONG64)to << 32, old ) != old);
    return TRUE;
}

/* A reset that is due is done. */
static void settle( HANDLE event )
{
    LONG life = event_life( event );

    if (!( state_of( event ) & STATE_DUE )) return;
    AcquireSRWLockExclusive( &due_lock );
    if (state_of( event ) & STATE_DUE)
    {
        NtResetEvent( event, NULL );
        /* or it has been set meanwhile, by a thread that took it for signalled */
        if (!turn_state( event, STATE_DUE | STATE_CLEAR, STATE_DUE, STATE_CLEAR )
            && !( state_of( event ) & STATE_CLEAR ) && event_life( event ) == life)
            NtSetEvent( event, NULL );
    }
    ReleaseSRWLockExclusive( &due_lock );
}

void event_note_made( HANDLE event, BOOL alone, BOOL manual, BOOL signalled )
{
    UINT state = ( alone ? STATE_PRIVATE : 0 ) | ( manual ? STATE_MANUAL : 0 ) | ( signalled ? 0 : STATE_CLEAR );

    change_state( event, state, ( STATE_HAPPENED - 1 ) & ~state, STATE_HAPPENED );
    InterlockedIncrement( lives + event_index( event ) );
}

void event_note_clear( HANDLE event )
{
    change_state( event, STATE_CLEAR, 0, 0 );
}

void event_note_reset( HANDLE event )
{
    change_state( event, 0, STATE_SIGNALLED, STATE_HAPPENED );
}

void event_forget( HANDLE event )
{
    settle( event );
    change_state( event, 0, STATE_CLEAR | STATE_SIGNALLED, STATE_HAPPENED );
}

void event_note_lent( HANDLE event )
{
    turn_state( event, 0, 0, STATE_LENT );
    event_forget( event );
}

void event_note_shared( HANDLE event )
{
    settle( event );
    change_state( event, 0, STATE_PRIVATE | STATE_SIGNALLED, 0 );
}

void event_note_closed( HANDLE event )
{
    change_state( event, 0, STATE_HAPPENED - 1, STATE_HAPPENED );
    InterlockedIncrement( lives + event_index( event ) );
}

void event_note_server( HANDLE event )
{
    settle( event );
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
        if ((ULONG)old != event_key( event ) || !( state & STATE_PRIVATE ) || ( state ^ before ) >= STATE_HAPPENED)
            return FALSE;
        state = ( state & ~STATE_SIGNALLED ) | STATE_SET;
    } while (InterlockedCompareExchange64( place, (LONG64)state << 32 | (ULONG)old, old ) != old);
    return TRUE;
}

BOOL event_wait_over( HANDLE event )
{
    return turn_state( event, STATE_SET, STATE_SET, STATE_TAKEN );
}

BOOL event_is_clear( HANDLE event )
{
    return interposed && event
           && ( state_of( event ) & ( STATE_CLEAR | STATE_PRIVATE | STATE_SERVER ) ) == ( STATE_CLEAR | STATE_PRIVATE );
}

NTSTATUS event_reset( HANDLE event )
{
    NTSTATUS status;

    event_note_clear( event ); /* Must precede the reset: a concurrent set clears the bit afterwards */
    status = NtResetEvent( event, NULL );
    event_note_reset( event );
    if (status) event_forget( event );
    return status;
}

NTSTATUS event_reset_later( HANDLE event )
{
    static const UINT mask = STATE_PRIVATE | STATE_MANUAL | STATE_SERVER | STATE_LENT | STATE_TAKEN,
                      known = STATE_PRIVATE | STATE_MANUAL;

    return turn_state( event, mask, known | STATE_TAKEN, known | STATE_DUE ) ? STATUS_SUCCESS : event_reset( event );
}

void event_set( HANDLE event, HANDLE known_as, LONG life )
{
    UINT before = state_of( known_as );
    BOOL known = interposed && event_life( known_as ) == life && before & STATE_PRIVATE && before & STATE_MANUAL;
    NTSTATUS status;

    if (known && turn_state( known_as, STATE_DUE | STATE_CLEAR, STATE_DUE, STATE_SET )) return;
    settle( known_as );
    change_state( known_as, 0, STATE_CLEAR, 0 );
    status = NtSetEvent( event, NULL );
    change_state( known_as, 0, STATE_CLEAR, 0 ); /* a reset that came between was before the set */
    /* not earlier: a wait that is over, and a reset after it, come after the set */
    if (known && !status && note_set( known_as, before )) in_use = TRUE;
}

/* Now and then the server is asked: it may have signalled the handles before, and may know that one is bad. */
static BOOL is_servers_turn( void )
{
    struct thread *thread = thread_get();

    if (thread && thread->waits_over++ < WAITS_MAX) return FALSE;
    if (thread) thread->waits_over = 0;
    return TRUE;
}

/* The server's word on those whose reset isn't due. FALSE if it knows of nothing, or doesn't like a handle. */
static BOOL look( ULONG count, const HANDLE *handles, NTSTATUS *status )
{
    static const LARGE_INTEGER at_once;
    HANDLE asked[MAXIMUM_WAIT_OBJECTS];
    ULONG places[MAXIMUM_WAIT_OBJECTS], i, n = 0, base = 0;

    for (i = 0; i < count; i++)
    {
        if (state_of( handles[i] ) & STATE_DUE) continue;
        asked[n] = handles[i];
        places[n++] = i;
    }
    *status = NtWaitForMultipleObjects( n, asked, 1 /* any */, FALSE, &at_once );
    if (*status >= STATUS_ABANDONED_WAIT_0) base = STATUS_ABANDONED_WAIT_0;
    if (*status < 0 || *status - base >= n) return FALSE;
    *status = base + places[*status - base];
    return TRUE;
}

BOOL event_take_set( ULONG count, const HANDLE *handles, NTSTATUS *status )
{
    HANDLE copy[MAXIMUM_WAIT_OBJECTS];
    UINT state = 0;
    ULONG i, j;

    if (!in_use || count > ARRAY_SIZE( copy ) || !guarded_copy( copy, handles, count * sizeof( *copy ) )) return FALSE;
    for (i = 0; i < count; i++)
    {
        if (( state = state_of( copy[i] ) ) & STATE_SET) break;
        if (!( state & ( STATE_CLEAR | STATE_DUE ) )) return FALSE;
    }
    if (i == count) return FALSE;
    for (j = i + 1; j < count; j++)
        if (!copy[j]) return FALSE;
    if (count > 1 && is_servers_turn())
    {
        if (!look( count, copy, status )) return FALSE;
        if ((ULONG)*status < count) event_wait_over( copy[*status] );
        return TRUE;
    }
    /* once: should the event have been reset in a way that nobody sees, one wait is wrong */
    if (!event_wait_over( copy[i] )) return FALSE;
    *status = i;
    return TRUE;
}

void event_wait_begins( ULONG count, const HANDLE *handles, BOOL any )
{
    HANDLE copy[MAXIMUM_WAIT_OBJECTS];
    ULONG i;

    if (!in_use || count > ARRAY_SIZE( copy ) || !guarded_copy( copy, handles, count * sizeof( *copy ) )) return;
    for (i = 0; i < count; i++)
    {
        /* one that waits for all notices what happens to each while it waits */
        if (!any) change_state( copy[i], 0, STATE_MANUAL, 0 );
        settle( copy[i] );
    }
}
