/*
 * Events that operations will set
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On Windows a pending operation references its event: closing the handle doesn't free the object, and a new object
 * that gets the handle's value has nothing to do with the operation. Here an operation remembers the handle, which
 * costs no request; before the handle is closed, by whichever way, unix/handle_life.c makes a duplicate of it.
 */

#ifndef WSURING_EVENT_HOLD_H
#define WSURING_EVENT_HOLD_H

#include "base/provider.h"

struct event_duplicate
{
    HANDLE handle; /* ours, once the program has closed its own; NULL if there couldn't be one */
    LONG refs;     /* holds */
};

struct event_hold
{
    struct event_hold *next, **link;   /* of the holds in a list; link is NULL if it is in none */
    HANDLE event;                      /* as the program knows it; NULL for none */
    struct event_duplicate *duplicate; /* to set in its place, once that is closed */
    LONG life;                         /* event_life of `event' */
    BOOLEAN closed;
    BOOLEAN ending; /* the operation's status may be seen already */
    BOOLEAN given_up;
};

/* Holds the event till event_hold_set or event_hold_end. */
void event_hold( struct event_hold *hold, HANDLE event );

/* Takes over a hold, to end it when the memory of the old one is gone: the operation is about to end. */
void event_hold_move( struct event_hold *hold, struct event_hold *from );

/* Sets the event, and ends the hold. */
void event_hold_set( struct event_hold *hold );
void event_hold_end( struct event_hold *hold );

/* The event is about to be reset or used again, by whom may have seen the status of the operation before: waits until
 * that has set it. */
void event_hold_settle( HANDLE event );

#endif /* WSURING_EVENT_HOLD_H */
