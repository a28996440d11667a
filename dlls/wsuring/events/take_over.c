/*
 * Network events of a socket that was selected before it was connected
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server records or posts them at first, and as long as it does, all data goes by it. So the provider takes them
 * over before the first call that moves data.
 */

#include "events/readiness.h"
#include "events/selection_state.h"
#include "sockets/afd.h"
#include "sockets/connection.h"
#include "wait/event_state.h"

/* The program needn't have asked for the events of its connection: what the server has recorded is kept for it. */
static void take_over_events( struct socket *sock )
{
    struct network_events *events = sock->events.selection;
    struct afd_get_events_params out;

    if (!interposed || events->source_life != event_life( events->source )
        || network_events_hold( events, events->source ))
        return;
    if (InterlockedCompareExchange( &events->moving, TRUE, FALSE )) return;
    if (!events->own && !afd_ioctl( sock->id.handle, AFD_GET_EVENTS, NULL, 0, &out, sizeof( out ), NULL ))
    {
        lock_acquire( &events->lock );
        event_record_move( &events->record, out.flags, EVENT_OCCURRED );
        lock_release( &events->lock );
        if (out.flags & AFD_POLL_CONNECT) sock->events.connect_news = FALSE;
        network_events_select_by_server( sock, &no_selection );
        network_events_make_own( sock, NULL );
    }
    InterlockedExchange( &events->moving, FALSE );
}

void network_events_take_over( struct socket *sock, enum direction direction, BOOL overlapped )
{
    struct network_events *events = sock->events.selection;
    UINT flags;

    if (!events || events->own || !events->selected.mask || sock->shared.foreign || sock->afd_pended
        || ( events->selected.messages && overlapped ) || !network_events_can_be_own( sock ))
        return;
    if (!events->selected.messages)
    {
        if (sock->id.type != SOCK_STREAM || socket_is_connected( sock )) take_over_events( sock );
        return;
    }
    flags = readiness_now( sock, AFD_POLL_READ | AFD_POLL_OOB | CLOSE );
    if (flags & ( AFD_POLL_OOB | CLOSE ) || ( flags & AFD_POLL_READ && direction != DIRECTION_READ ))
        return;                                                               /* it may or may not have reported that */
    if (sock->id.type == SOCK_STREAM && !socket_is_connected( sock )) return; /* FD_CONNECT is still to come */
    if (network_events_select_by_server( sock, &no_selection )) return;
    lock_acquire( &events->lock );
    event_record_move( &events->record, EVENTS_POLL & ~AFD_POLL_WRITE, EVENT_ENABLED );
    event_record_move( &events->record, flags & AFD_POLL_READ, EVENT_REPORTED );
    lock_release( &events->lock );
    sock->events.connect_news = FALSE;
    network_events_make_own( sock, NULL );
}
