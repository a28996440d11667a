/*
 * What the files about a socket's network events share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_SELECTION_STATE_H
#define WSURING_SELECTION_STATE_H

#include "events/event_record.h"
#include "events/network_events.h"

#define CLOSE       ( AFD_POLL_HUP | AFD_POLL_RESET )
#define EVENTS_POLL ( ( 1u << AFD_POLL_BIT_COUNT ) - 1 ) /* all but EVENT_CHANGES */

struct network_events
{
    SRWLOCK lock;
    struct selection selected; /* its event may be closed by now */
    HANDLE source;             /* the event of the last selection with one */
    LONG source_life;          /* event_life */
    HANDLE event;              /* a duplicate of it, or NULL */
    BOOL own;                  /* detected here, not by the server */
    volatile LONG moving;      /* what the server has recorded is on its way to `record' */
    UINT number;               /* shared_state_select */
    struct event_record record;
    LONG enabled;              /* counts */
    LONG counts[CHANGE_COUNT]; /* what they were when the program requested a report of the next change */
};

extern const struct selection no_selection;

NTSTATUS network_events_select_by_server( struct socket *sock, const struct selection *selection );
/* Can the host report its events? */
BOOL network_events_can_be_own( struct socket *sock );
/* The event is kept as a duplicate. The same event again costs no request. */
NTSTATUS network_events_hold( struct network_events *events, HANDLE event );
/* Its events are detected here from now on. again: what is selected now; NULL: the server has detected them so far. */
void network_events_make_own( struct socket *sock, const struct selection *again );

#endif /* WSURING_SELECTION_STATE_H */
