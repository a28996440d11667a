/*
 * The record of a socket's events: which have occurred, and which may be recorded
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each event is in one of four states, for WSAEnumNetworkEvents and for messages alike:
 *
 * | input                                       | OPEN    | WAITING      | SHUT | WAITING_OPEN |
 * |---------------------------------------------|---------|--------------|------|--------------|
 * | it occurs, and is kept for the program      | WAITING | WAITING      | SHUT | WAITING      |
 * | it occurs, and is reported at once          | SHUT    | WAITING      | SHUT | WAITING      |
 * | a call enables it again                     | OPEN    | OPEN         | OPEN | OPEN         |
 * | the program requests one more report        | OPEN    | WAITING_OPEN | OPEN | WAITING_OPEN |
 * | the program takes it                        | OPEN    | SHUT         | SHUT | OPEN         |
 * | the program selects again                   | OPEN    | OPEN         | SHUT | OPEN         |
 * | the request for reports has ended           | SHUT    | SHUT         | SHUT | SHUT         |
 *
 * Events that calls enable (FD_READ, FD_WRITE ...) are OPEN at first and never WAITING_OPEN. Changes of the network are
 * SHUT until the program requests a report by an ioctl, which it may do before it has taken the last one.
 *
 * The caller serializes the moves. What is open or waiting may be read at any time.
 */

#ifndef WSURING_EVENT_RECORD_H
#define WSURING_EVENT_RECORD_H

#include "base/provider.h"

enum event_record_state
{
    RECORD_OPEN,         /* recorded when it occurs */
    RECORD_WAITING_OPEN, /* recorded and not taken yet; recorded once more when it occurs */
    RECORD_SHUT,         /* not recorded when it occurs: it has been reported, or no report is requested */
    RECORD_WAITING,      /* recorded and not taken yet */
};

enum event_record_input
{
    EVENT_OCCURRED,
    EVENT_REPORTED, /* it occurred, and a message is posted for it; or the server has reported it */
    EVENT_ENABLED,
    EVENT_ARMED, /* for changes of the network */
    EVENT_TAKEN, /* also if it is discarded */
    EVENT_RENEWED,
    EVENT_ENDED,
};

/* A bit per event in each; the state is made of both. All zero: every event is OPEN. */
struct event_record
{
    volatile UINT waiting;
    volatile UINT shut;
};

/* The state after the input. */
enum event_record_state event_record_next( enum event_record_state state, enum event_record_input input );

/* Makes the transition for each of the events. */
void event_record_move( struct event_record *record, UINT events, enum event_record_input input );

/* Which of the events are recorded when they occur. */
UINT event_record_open( const struct event_record *record, UINT events );

/* Which of the events are recorded and not taken yet. */
UINT event_record_waiting( const struct event_record *record, UINT events );

/* Takes those that are waiting. */
UINT event_record_take( struct event_record *record, UINT events );

#endif /* WSURING_EVENT_RECORD_H */
