/*
 * What is known of event objects without asking the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Setting, resetting and waiting are a request each. Most programs make their events themselves, and set and reset them
 * by kernelbase's imports, which hooks/ watches. The states and their transitions stand in event_state.h.
 *
 * A word per event holds its handle, its state, its properties, how many sets are under way, and a count of what may
 * have changed it behind a set. Everything is one compare-and-swap of that word. A set counts itself before its request
 * and leaves after it: a reset between the two can't make the event CLEAR, since it may come before the set.
 */

#include "wait/event_state.h"
#include "base/handle_life.h"
#include "wait/thread.h"

#define PLACE_COUNT 4096
#define WAITS_MAX   7 /* in a row that are over without the server's word on the other handles */

enum event_state
{
    EVENT_UNKNOWN,
    EVENT_CLEAR, /* not signalled */
    EVENT_SET,   /* signalled by event_set, and no wait has made use of that */
};

enum event_input
{
    INPUT_MADE_CLEAR,
    INPUT_APPEARED, /* made signalled, made elsewhere, or before the hooks */
    INPUT_RESETTING,
    INPUT_RESET,
    INPUT_SETTING,
    INPUT_SET,         /* the set has ended, and nothing has come between */
    INPUT_SET_BLURRED, /* it has ended, and the event may have been reset since */
    INPUT_USED,
    INPUT_FORGET,
    INPUT_SHARED,
    INPUT_SERVER,
    INPUT_CLOSED,
};

/* The upper half of a word */
#define STATE_MASK    0x00000003u /* enum event_state */
#define PRIVATE       0x00000004u /* made here, unnamed, not inherited or duplicated: only this handle leads to it */
#define MANUAL        0x00000008u /* waits don't reset it */
#define SERVER        0x00000010u /* the server may signal it at any time */
#define SETTERS_ONE   0x00000020u
#define SETTERS_MASK  0x00001fe0u
#define OPEN          0x00002000u /* the handle is an event's, and may set it */
#define HAPPENED_ONE  0x00004000u /* counts resets, and what may make it another event */
#define HAPPENED_MASK 0xffffc000u

/* The handle, whose values fit 32 bits, and above it the rest; 0 for none. A handle that needs another's place gets
 * it. */
static volatile LONG64 places[PLACE_COUNT];
static volatile LONG lives[PLACE_COUNT];
static volatile LONG stamps[PLACE_COUNT]; /* handle_life_stamp when the event got its place: closes past the hooks */
static volatile BOOL in_use;              /* an event has been SET */

static UINT event_index( HANDLE event )
{
    return ( HandleToULong( event ) >> 2 ) & ( PLACE_COUNT - 1 );
}

/* The low bits of a handle mean nothing. */
static ULONG event_key( HANDLE event )
{
    return HandleToULong( event ) & ~3u;
}

/* 0 if nothing is known of it. */
static UINT event_bits( HANDLE event )
{
    UINT index = event_index( event );
    LONG64 place = word_read( places + index );

    if ((ULONG)place != event_key( event ) || stamps[index] != handle_life_stamp( event )) return 0;
    return (UINT)( (UINT64)place >> 32 );
}

static UINT event_with_state( UINT bits, enum event_state state )
{
    return ( bits & ~STATE_MASK ) | state;
}

/* The transition: what the bits are after the input. */
static UINT event_next( UINT bits, enum event_input input )
{
    enum event_state state = bits & STATE_MASK;

    switch (input)
    {
    case INPUT_MADE_CLEAR: /* No other thread has it yet. */
        return event_with_state( bits, EVENT_CLEAR ) + HAPPENED_ONE;

    case INPUT_APPEARED: /* Not signalled by event_set: a wait asks the server. */
        return event_with_state( bits, EVENT_UNKNOWN ) + HAPPENED_ONE;

    case INPUT_RESETTING:
        /* The request may come before that of a set which is under way. */
        if (bits & SETTERS_MASK) return event_with_state( bits, EVENT_UNKNOWN ) + HAPPENED_ONE;
        /* A set that begins from here on takes this back. */
        return event_with_state( bits, EVENT_CLEAR ) + HAPPENED_ONE;

    case INPUT_RESET:
        /* It was set during the reset: which was first isn't known. */
        if (state == EVENT_SET) bits = event_with_state( bits, EVENT_UNKNOWN );
        return bits + HAPPENED_ONE;

    case INPUT_SETTING:
        /* From now on it may be signalled at any moment; what is SET stays so. */
        if (state == EVENT_CLEAR) bits = event_with_state( bits, EVENT_UNKNOWN );
        if (( bits & SETTERS_MASK ) == SETTERS_MASK) return bits; /* this many never end: it is never CLEAR again */
        return bits + SETTERS_ONE;

    case INPUT_SET: /* Only this handle leads to it, and no reset has begun since the set did. */
        return event_with_state( bits, EVENT_SET ) - SETTERS_ONE;

    case INPUT_SET_BLURRED:
        /* The handle has got another event meanwhile, of which this set knows nothing. */
        if (!( bits & SETTERS_MASK )) return event_with_state( bits, EVENT_UNKNOWN );
        return event_with_state( bits, EVENT_UNKNOWN ) - SETTERS_ONE;

    case INPUT_USED:
        /* If it is reset without our knowledge, only one wait is wrong. */
        return state == EVENT_SET ? event_with_state( bits, EVENT_UNKNOWN ) : bits;

    case INPUT_FORGET: /* It may be set or reset at any time without a notice. */
        return event_with_state( bits, EVENT_UNKNOWN ) + HAPPENED_ONE;

    case INPUT_SHARED: /* Others may set and reset it from now on. */
        return ( event_with_state( bits, EVENT_UNKNOWN ) & ~PRIVATE ) + HAPPENED_ONE;

    case INPUT_SERVER: /* Never CLEAR again, for certain: event_is_clear looks for this. */ return bits | SERVER;

    case INPUT_CLOSED: /* The next event with this handle begins with nothing but the count. */
        return ( bits & HAPPENED_MASK ) + HAPPENED_ONE;
    }
    return bits;
}

/* Makes the transition. added: properties of an event that gets a place. Returns the bits before it, 0 if nothing is
 * known of the event and nothing is to be. */
static UINT event_move( HANDLE event, enum event_input input, UINT added )
{
    BOOL enters = input == INPUT_MADE_CLEAR || input == INPUT_APPEARED;
    volatile LONG64 *place = places + event_index( event );
    ULONG key = event_key( event );
    LONG64 old, new;
    UINT bits;

    if (enters) stamps[place - places] = handle_life_stamp( event );
    do
    {
        old = word_read( place );
        bits = (UINT64)old >> 32;
        if (!enters && ( (ULONG)old != key || stamps[place - places] != handle_life_stamp( event ) )) return 0;
        /* the count continues, whichever event has the slot: a set that began before must see it */
        if (enters) bits = ( bits & HAPPENED_MASK ) | OPEN | added;
        new = (LONG64)( (UINT64)event_next( bits, input ) << 32 | key );
    } while (new != old &&InterlockedCompareExchange64( place, new, old ) != old);
    return bits;
}

LONG event_life( HANDLE event )
{
    return handle_life_stamp( event ) | ( lives[event_index( event )] & ( LIFE_ONE - 1 ) );
}

/* A set is over that began when the bits were `before' and the handle's life was `life'. The event becomes SET if that
 * is known, and it hasn't been reset since. */
static void event_set_ends( HANDLE event, LONG life, UINT before, BOOL known )
{
    volatile LONG64 *place = places + event_index( event );
    LONG64 old, new;
    UINT bits;
    BOOL sure;

    do
    {
        old = word_read( place );
        bits = (UINT64)old >> 32;
        /* of another event: the setters there are its own */
        if ((ULONG)old != event_key( event ) || event_life( event ) != life) return;
        sure = known && bits & SETTERS_MASK && !( ( bits ^ before ) & ( HAPPENED_MASK | PRIVATE ) );
        new = (LONG64)( (UINT64)event_next( bits, sure ? INPUT_SET : INPUT_SET_BLURRED ) << 32 | (ULONG)old );
    } while (new != old &&InterlockedCompareExchange64( place, new, old ) != old);
    if (sure) in_use = TRUE;
}

void event_note_made( HANDLE event, BOOL alone, BOOL manual, BOOL signalled )
{
    if (!event_shortcuts) return;
    event_move( event, signalled ? INPUT_APPEARED : INPUT_MADE_CLEAR,
                ( alone ? PRIVATE : 0 ) | ( manual ? MANUAL : 0 ) );
    InterlockedIncrement( lives + event_index( event ) );
}

void event_note_reset( HANDLE event )
{
    event_move( event, INPUT_RESET, 0 );
}

void event_forget( HANDLE event )
{
    event_move( event, INPUT_FORGET, 0 );
}

void event_note_shared( HANDLE event )
{
    event_move( event, INPUT_SHARED, 0 );
}

void event_note_closed( HANDLE event )
{
    event_move( event, INPUT_CLOSED, 0 );
    InterlockedIncrement( lives + event_index( event ) );
}

void event_note_server( HANDLE event )
{
    event_move( event, INPUT_SERVER, 0 );
}

void event_note_signalled( HANDLE event )
{
    event_forget( event );
    event_note_server( event );
}

void event_wait_over( HANDLE event )
{
    event_move( event, INPUT_USED, 0 );
}

static BOOL event_bits_are_clear( UINT bits )
{
    return ( bits & ( STATE_MASK | PRIVATE | SERVER ) ) == ( EVENT_CLEAR | PRIVATE );
}

BOOL event_is_clear( HANDLE event )
{
    if (!interposed || !event || !event_bits_are_clear( event_bits( event ) )) return FALSE;
    stats_count( COUNTER_RESET_SAVED );
    return TRUE;
}

NTSTATUS event_reset_by( event_request request, HANDLE event, LONG *previous )
{
    NTSTATUS status;

    event_move( event, INPUT_RESETTING, 0 );
    status = request( event, previous );
    event_move( event, status ? INPUT_FORGET : INPUT_RESET, 0 );
    return status;
}

NTSTATUS event_reset( HANDLE event )
{
    return event_reset_by( NtResetEvent, event, NULL );
}

BOOL event_is_known( HANDLE event )
{
    return interposed && event_bits( event ) & OPEN;
}

NTSTATUS event_check( HANDLE event )
{
    NTSTATUS status;

    if (event_is_known( event )) return STATUS_SUCCESS;
    status = event_reset( event );
    if (!status && event_shortcuts) event_move( event, INPUT_APPEARED, 0 );
    return status;
}

NTSTATUS event_set_by( event_request request, HANDLE event, LONG *previous )
{
    LONG life = event_life( event );
    UINT before = event_move( event, INPUT_SETTING, 0 );
    NTSTATUS status = request( event, previous );

    if (before) event_set_ends( event, life, before, FALSE );
    return status;
}

void event_set( HANDLE event, HANDLE known_as, LONG life )
{
    BOOL same = event_life( known_as ) == life;
    UINT before = event_move( known_as, same ? INPUT_SETTING : INPUT_FORGET, 0 );
    NTSTATUS status = NtSetEvent( event, NULL );

    if (!same)
    {
        event_forget( known_as ); /* it may be the same: the end of an older close counts, too */
        return;
    }
    /* not earlier: a wait that is over, and a reset after it, come after the set */
    if (before)
        event_set_ends( known_as, life, before,
                        interposed && !status && ( before & ( PRIVATE | MANUAL ) ) == ( PRIVATE | MANUAL ) );
}

/* Now and then the server is asked: it may have signalled the handles before, and may know that one is bad. */
static BOOL event_is_servers_turn( void )
{
    struct thread *thread = thread_get();

    if (thread && thread->waits_over++ < WAITS_MAX) return FALSE;
    if (thread) thread->waits_over = 0;
    return TRUE;
}

/* Uses up that it is SET. FALSE if another wait has done so. */
static BOOL event_use( HANDLE event )
{
    volatile LONG64 *place = places + event_index( event );
    LONG64 old, new;
    UINT bits;

    do
    {
        old = word_read( place );
        bits = (UINT64)old >> 32;
        if ((ULONG)old != event_key( event ) || ( bits & STATE_MASK ) != EVENT_SET) return FALSE;
        new = (LONG64)( (UINT64)event_next( bits, INPUT_USED ) << 32 | (ULONG)old );
    } while (InterlockedCompareExchange64( place, new, old ) != old);
    return TRUE;
}

BOOL event_take_set( ULONG count, const HANDLE *handles, NTSTATUS *status )
{
    HANDLE copy[MAXIMUM_WAIT_OBJECTS];
    UINT bits = 0;
    ULONG i, j;

    if (!in_use || !count || count > ARRAY_SIZE( copy ) || !guarded_copy( copy, handles, count * sizeof( *copy ) ))
        return FALSE;
    for (i = 0; i < count; i++)
    {
        if (( ( bits = event_bits( copy[i] ) ) & STATE_MASK ) == EVENT_SET) break;
        if (!event_bits_are_clear( bits )) return FALSE; /* it comes first if it is signalled */
    }
    if (i == count) return FALSE;
    for (j = i + 1; j < count; j++)
        if (!copy[j]) return FALSE;
    if (( count > 1 && event_is_servers_turn() ) || !event_use( copy[i] )) return FALSE;
    stats_count( COUNTER_WAIT_SAVED );
    *status = i;
    return TRUE;
}
