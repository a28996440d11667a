/*
 * The record of a socket's events: which have occurred, and which may be recorded
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The states and their transitions stand in event_record.h. There is no I/O here and no lock, so that the host can test
 * this file alone (tests/unix/event_record.c).
 */

#include "events/event_record.h"

/* Of enum event_record_state */
#define WAITING_BIT 1
#define SHUT_BIT    2

enum event_record_state event_record_next( enum event_record_state state, enum event_record_input input )
{
    BOOL is_open = !( state & SHUT_BIT ), is_waiting = state & WAITING_BIT;

    switch (input)
    {
    case EVENT_OCCURRED:
        /* It is kept until the program takes it, and once is enough. */
        return is_open ? RECORD_WAITING : state;

    case EVENT_REPORTED:
        /* The program knows it already, but an older one that it hasn't taken stays. */
        return is_waiting ? RECORD_WAITING : RECORD_SHUT;

    case EVENT_ENABLED:
        /* The call may have used up what was recorded; if there is more, that is recorded again. */
        return RECORD_OPEN;

    case EVENT_ARMED:
        /* The next one is reported even if the last one hasn't been taken. */
        return is_waiting ? RECORD_WAITING_OPEN : RECORD_OPEN;

    case EVENT_TAKEN:
        /* It isn't reported again before something opens it. */
        return is_open ? RECORD_OPEN : RECORD_SHUT;

    case EVENT_RENEWED:
        /* What was taken stays taken; what wasn't is recorded again for the new selection if it is still there. */
        return is_waiting ? RECORD_OPEN : state;

    case EVENT_ENDED:
        /* Nothing is reported before the program requests it again. */
        return RECORD_SHUT;
    }
    return state;
}

void event_record_move( struct event_record *record, UINT events, enum event_record_input input )
{
    UINT waiting = record->waiting, shut = record->shut, bit;
    enum event_record_state state;

    for (; events; events &= ~bit)
    {
        bit = events & -events;
        state = ( waiting & bit ? WAITING_BIT : 0 ) | ( shut & bit ? SHUT_BIT : 0 );
        state = event_record_next( state, input );
        waiting = state & WAITING_BIT ? waiting | bit : waiting & ~bit;
        shut = state & SHUT_BIT ? shut | bit : shut & ~bit;
    }
    record->shut = shut;
    record->waiting = waiting;
}

UINT event_record_open( const struct event_record *record, UINT events )
{
    return events & ~record->shut;
}

UINT event_record_waiting( const struct event_record *record, UINT events )
{
    return events & record->waiting;
}

UINT event_record_take( struct event_record *record, UINT events )
{
    UINT waiting = event_record_waiting( record, events );

    event_record_move( record, waiting, EVENT_TAKEN );
    return waiting;
}
