/*
 * Network events: what WSAEventSelect or WSAAsyncSelect has selected for a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each event is recorded once, and again only after the call that enables it (the table in the documentation of
 * WSAEventSelect); event_record.h has the states. This order loses none: the call takes data, then enables the event,
 * then the engine watches, then the socket is checked. Locks: events->lock, in it sock->watch.lock.
 */

#include "events/event_codes.h"
#include "events/event_record.h"
#include "events/network_events.h"
#include "events/selection_state.h"
#include "events/program_event.h"
#include "events/readiness.h"
#include "sockets/datagram_error.h"
#include "sockets/shared_state.h"
#include "sockets/connection.h"
#include "wait/event_state.h"
#include "wait/reaper.h"

#define MOVING_TRIES 1000

static struct network_events *events_of( struct socket *sock )
{
    struct network_events *events;

    if (!sock->events.selection && ( events = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *events ) ) ))
    {
        event_record_move( &events->record, EVENT_CHANGES, EVENT_ENDED ); /* none is requested yet */
        if (InterlockedCompareExchangePointer( (void **)&sock->events.selection, events, NULL ))
            HeapFree( GetProcessHeap(), 0, events );
    }
    return sock->events.selection;
}

const struct selection no_selection;

NTSTATUS network_events_select_by_server( struct socket *sock, const struct selection *selection )
{
    struct afd_event_select_params params = { .event = selection->event, .mask = selection->mask & ~EVENT_CHANGES };
    struct afd_message_select_params message_params = { .handle = HandleToULong( sock->id.handle ),
                                                        .window = HandleToULong( selection->window ),
                                                        .message = selection->message,
                                                        .mask = selection->mask & ~EVENT_CHANGES };

    if (selection->messages)
        return afd_ioctl( sock->id.handle, AFD_WINE_MESSAGE_SELECT, &message_params, sizeof( message_params ), NULL, 0,
                          NULL );
    if (selection->event) event_note_server( selection->event );
    return afd_ioctl( sock->id.handle, AFD_EVENT_SELECT, &params, sizeof( params ), NULL, 0, NULL );
}

/* The server reports FD_CONNECT once per AFD object and doesn't know that the kernel socket was replaced. Selecting
 * any window resets that. */
static void network_events_forget_reported( struct socket *sock )
{
    struct selection any_window = { .window = (HWND)1, .messages = TRUE };

    network_events_select_by_server( sock, &any_window );
}

/* Data that went past the server has left it with events that it takes as reported. It reports them again, FD_CONNECT
 * too, which a connected stream has had. */
static NTSTATUS network_events_return_to_server( struct socket *sock, struct selection selection )
{
    if (sock->id.type == SOCK_STREAM) selection.mask &= ~AFD_POLL_CONNECT;
    network_events_forget_reported( sock );
    return network_events_select_by_server( sock, &selection );
}

BOOL network_events_can_be_own( struct socket *sock )
{
    return engine != ENGINE_AFD && !socket_needs_afd( sock ) && sock->conn.state != CONNECTION_LISTENING
           && socket_ensure_descriptor( sock ) && reaper_start();
}

NTSTATUS network_events_hold( struct network_events *events, HANDLE event )
{
    LONG life = event_life( event );
    HANDLE duplicate, before;
    NTSTATUS status;

    if (events->event && events->source == event && events->source_life == life && interposed) return STATUS_SUCCESS;
    if (( status = program_event_duplicate( event, &duplicate ) )) return status;
    lock_acquire( &events->lock );
    before = InterlockedExchangePointer( &events->event, duplicate );
    events->source = event;
    events->source_life = life;
    lock_release( &events->lock );
    if (before) NtClose( before );
    return STATUS_SUCCESS;
}

UINT network_events_watched( const struct socket *sock )
{
    const struct network_events *events = sock->events.selection;
    UINT mask, watched = 0;

    if (!events || !events->own) return 0;
    mask = event_record_open( &events->record, events->selected.mask );
    if (mask & ( AFD_POLL_READ | CLOSE )) watched |= POLL_IN;
    if (mask & AFD_POLL_OOB) watched |= POLL_PRI;
    if (mask & AFD_POLL_WRITE) watched |= POLL_OUT;
    return watched;
}

static void network_events_watch( struct socket *sock )
{
    lock_acquire( &sock->watch.lock );
    sock->watch.idle_edges = 0;
    if (socket_watch( sock, sock->watch.events | network_events_watched( sock ) ))
        log_message( "socket %p can't be watched\n", sock->id.handle );
    lock_release( &sock->watch.lock );
}

/* How the connection ended, for FD_CLOSE: a reset by the peer is WSAECONNABORTED there, not what the calls return. */
static NTSTATUS network_events_close_status( struct socket *sock, UINT flags )
{
    NTSTATUS status = sock->conn.reset_error;

    if (!( flags & AFD_POLL_RESET )) return STATUS_SUCCESS;
    if (!status) status = connection_end_status( sock );
    return status && status != STATUS_CONNECTION_RESET ? status : STATUS_CONNECTION_ABORTED;
}

/* Which events of `mask' exist now. selected: all that the program has selected. */
static UINT events_now( struct socket *sock, UINT mask, UINT selected )
{
    /* Receives that wait for the data; when they have ended they look at what they have left. Asked before the host is,
     * since one may take the data meanwhile. */
    BOOL receives = sock->queues[DIRECTION_READ].head || sock->queues[DIRECTION_READ].turn_waits;
    UINT found = 0, flags;

    MemoryBarrier();
    if (mask & AFD_POLL_CONNECT && sock->events.connect_news)
    {
        found |= AFD_POLL_CONNECT;
        sock->events.connect_news = FALSE;
    }
    if (mask & ( AFD_POLL_READ | AFD_POLL_WRITE | AFD_POLL_OOB | CLOSE ))
    {
        flags = readiness_now( sock, ( mask & ( AFD_POLL_WRITE | AFD_POLL_OOB ) ) | AFD_POLL_READ | CLOSE );
        if (sock->shared.send_shutdown) flags &= ~AFD_POLL_WRITE; /* the host still has room */
        /* A program that closes on FD_CLOSE would lose unread data, if it can still read it. A reset can't wait if the
         * program doesn't get FD_READ. */
        if (flags & AFD_POLL_READ && !sock->shared.recv_shutdown)
            flags &= ~( selected & AFD_POLL_READ ? CLOSE : AFD_POLL_HUP );
        else if (flags & AFD_POLL_READ && readiness_has_ended( sock )) flags |= AFD_POLL_HUP;
        if (receives) flags &= ~AFD_POLL_READ;
        found |= flags & mask;
    }
    return found;
}

static void network_events_end_own( struct network_events *events )
{
    events->selected = no_selection;
    event_record_move( &events->record, EVENTS_POLL, EVENT_TAKEN );
    event_record_move( &events->record, EVENT_CHANGES, EVENT_ENDED );
    events->own = FALSE;
}

/* Another process has selected events, which ends our selection. */
static BOOL network_events_has_ended( struct socket *sock )
{
    struct network_events *events = sock->events.selection;

    if (!events->own || !events->number || shared_state_selection( sock ) == events->number) return FALSE;
    network_events_end_own( events );
    return TRUE;
}

static void network_events_record( struct socket *sock, UINT found )
{
    struct network_events *events = sock->events.selection;

    if (events->selected.messages)
    {
        struct afd_get_events_params params
            = { .flags = found, .status[AFD_POLL_HUP_BIT] = network_events_close_status( sock, found ) };

        event_record_move( &events->record, found, EVENT_REPORTED );
        event_codes_post( &events->selected, (SOCKET)socket_shown( sock ), &params );
    }
    else
    {
        event_record_move( &events->record, found, EVENT_OCCURRED );
        event_set( events->event ? events->event : events->source, events->source, events->source_life );
    }
}

/* Events that may occur now, and haven't been recorded yet. */
static UINT network_events_wanted( const struct network_events *events )
{
    return event_record_open( &events->record, events->selected.mask & EVENTS_POLL );
}

void network_events_look( struct socket *sock )
{
    struct network_events *events = sock->events.selection;
    UINT found = 0;

    if (!events || !events->own || !network_events_wanted( events )) return;
    lock_acquire( &events->lock );
    if (events->own && ( found = events_now( sock, network_events_wanted( events ), events->selected.mask ) )
        && !network_events_has_ended( sock ))
    {
        if (found & CLOSE) event_record_move( &events->record, CLOSE & ~found, EVENT_REPORTED ); /* FD_CLOSE is both */
        network_events_record( sock, found );
    }
    lock_release( &events->lock );
}

void network_events_look_changes( struct socket *sock )
{
    struct network_events *events = sock->events.selection;
    UINT change, found = 0;

    if (!events || !event_record_open( &events->record, events->selected.mask & EVENT_CHANGES )) return;
    lock_acquire( &events->lock );
    for (change = 0; change < CHANGE_COUNT; change++)
        if (network_change_since( sock, change, events->counts[change] )) found |= EVENT_ADDRESSES << change;
    found = event_record_open( &events->record, found & events->selected.mask );
    if (found && !network_events_has_ended( sock )) network_events_record( sock, found );
    lock_release( &events->lock );
}

void network_events_arm( struct socket *sock, enum network_change change, LONG count )
{
    struct network_events *events = events_of( sock );

    if (!events) return;
    /* inherited from a listener */
    if (events->selected.event && !events->event && events->source_life == event_life( events->source ))
        network_events_hold( events, events->source );
    lock_acquire( &events->lock );
    events->counts[change] = count;
    event_record_move( &events->record, EVENT_ADDRESSES << change, EVENT_ARMED );
    lock_release( &events->lock );
    network_events_look_changes( sock );
}

/* The program selects again: events that it hasn't taken are recorded again. */
static void network_events_record_again( struct network_events *events )
{
    UINT change;

    for (change = 0; change < CHANGE_COUNT; change++)
        if (event_record_waiting( &events->record, EVENT_ADDRESSES << change ))
            events->counts[change]--; /* it is a change after that */
    event_record_move( &events->record, EVENTS_POLL | EVENT_CHANGES, EVENT_RENEWED );
}

/* The server records the events from now on. */
static void network_events_record_by_server( struct network_events *events, BOOL messages )
{
    event_record_move( &events->record, EVENTS_POLL, messages ? EVENT_ENABLED : EVENT_TAKEN );
    if (messages) /* FD_WRITE comes with FD_CONNECT; if a call enables it again, it is recorded here */
        event_record_move( &events->record, AFD_POLL_WRITE, EVENT_REPORTED );
}

void network_events_enable( struct socket *sock, UINT flags )
{
    struct network_events *events = sock->events.selection;

    if (!events) return;
    lock_acquire( &events->lock );
    event_record_move( &events->record, flags, EVENT_ENABLED );
    events->enabled++;
    lock_release( &events->lock );
    if (events->own && events->selected.mask & flags) network_events_watch( sock );
}

BOOL network_events_selected( struct socket *sock )
{
    return sock->events.selection
           && sock->events.selection->selected.mask & ( sock->events.selection->own ? ~0u : EVENT_CHANGES );
}

void network_events_make_own( struct socket *sock, const struct selection *again )
{
    struct network_events *events = sock->events.selection;

    lock_acquire( &events->lock );
    if (again && again->messages)
    {
        /* every message is posted again, except for FD_CONNECT */
        event_record_move( &events->record, EVENTS_POLL, EVENT_ENABLED );
        sock->events.connect_news = FALSE;
    }
    if (again)
    {
        network_events_record_again( events );
        events->selected = *again;
    }
    events->number = again ? shared_state_select( sock ) : shared_state_selection( sock );
    events->own = TRUE;
    lock_release( &events->lock );
    socket_go_by_afd( sock, FALSE );
    network_events_watch( sock );
    network_events_look( sock );
    network_events_look_changes( sock );
}

NTSTATUS network_events_select( struct socket *sock, const struct selection *selection )
{
    UINT mask = selection->mask;
    struct network_events *events = mask ? events_of( sock ) : sock->events.selection;
    BOOL own = events && events->own;
    HANDLE before = NULL;
    BOOL held = mask & EVENT_CHANGES && !selection->messages && engine != ENGINE_AFD;
    BOOL known; /* the server needn't know */
    NTSTATUS status;

    if (own && shared_state_is_shared( sock ))
    {
        lock_acquire( &events->lock );
        own = !network_events_has_ended( sock );
        lock_release( &events->lock );
    }
    /* it may have a selection of another process */
    known = sock->shared.nonblocking && !sock->desc.by_afd && ( own || !shared_state_is_shared( sock ) );
    if (events && mask && network_events_can_be_own( sock ))
    {
        if (!selection->messages && ( status = network_events_hold( events, selection->event ) )) return status;
        if (!known && ( status = network_events_select_by_server( sock, &no_selection ) )) return status;
        sock->shared.nonblocking = TRUE;
        network_events_make_own( sock, selection );
        return STATUS_SUCCESS;
    }
    if (events && held && ( status = network_events_hold( events, selection->event ) )) return status;
    if (mask || !events || !events->own)
    {
        BOOLEAN nonblocking = sock->shared.nonblocking, by_afd = sock->desc.by_afd;

        /* before: another thread may have its event before the request returns */
        sock->shared.nonblocking = TRUE;
        if (mask && !socket_needs_afd( sock )) socket_go_by_afd( sock, TRUE );
        if (mask && engine != ENGINE_AFD && !socket_needs_afd( sock ) && sock->desc.fd != -1)
            status = network_events_return_to_server( sock, *selection );
        else status = network_events_select_by_server( sock, selection );
        if (status) sock->shared.nonblocking = nonblocking;
        if (!socket_needs_afd( sock )) socket_go_by_afd( sock, status ? by_afd : mask || engine == ENGINE_AFD );
        if (status) return status;
    }
    shared_state_select( sock );
    if (!events) return STATUS_SUCCESS;
    /* another thread has taken events meanwhile: they are detected here since then */
    if (mask && events->own && !own) return network_events_select( sock, selection );
    lock_acquire( &events->lock );
    if (mask)
    {
        events->own = FALSE;
        network_events_record_by_server( events, selection->messages );
        network_events_record_again( events ); /* only changes of the network are left */
    }
    else
    {
        event_record_move( &events->record, EVENTS_POLL, EVENT_RENEWED );
        event_record_move( &events->record, EVENT_CHANGES, EVENT_TAKEN );
    }
    events->selected = *selection;
    if (!events->own && !held)
    {
        events->source = selection->event;
        events->source_life = event_life( selection->event );
        before = InterlockedExchangePointer( &events->event, NULL );
    }
    lock_release( &events->lock );
    if (before) NtClose( before );
    network_events_look_changes( sock );
    return STATUS_SUCCESS;
}

static void network_events_take_own( struct socket *sock, HANDLE event, struct afd_get_events_params *out )
{
    struct network_events *events = sock->events.selection;

    memset( out, 0, sizeof( *out ) );
    lock_acquire( &events->lock );
    if (event) event_reset( event );
    out->flags = event_record_take( &events->record, EVENTS_POLL | EVENT_CHANGES ) & events->selected.mask;
    lock_release( &events->lock );
    if (out->flags & CLOSE) out->status[AFD_POLL_HUP_BIT] = network_events_close_status( sock, out->flags );
}

NTSTATUS network_events_take( struct socket *sock, HANDLE event, struct afd_get_events_params *out )
{
    struct network_events *events = sock->events.selection;
    UINT changes = 0, i;
    LONG enabled;
    NTSTATUS status;

    if (events && events->own)
    {
        network_events_take_own( sock, event, out );
        return STATUS_SUCCESS;
    }
    if (events && events->moving)
    {
        /* not for ever: the thread that moves them may be suspended */
        for (i = 0; events->moving && i < MOVING_TRIES; i++) Sleep( 0 );
        if (events->own) return network_events_take( sock, event, out );
    }
    enabled = events ? events->enabled : 0;
    /* 8.0 leaves the reset to us; 10.0 resets the event whose handle is passed as the input pointer */
    if (events) lock_acquire( &events->lock );
    if (event) event_reset( event );
    if (events)
    {
        changes = event_record_take( &events->record, EVENT_CHANGES );
        lock_release( &events->lock );
    }
    status = afd_ioctl( sock->id.handle, AFD_GET_EVENTS, event, 0, out, sizeof( *out ), NULL );
    if (event) event_note_reset( event );
    if (status || !events) return status;
    lock_acquire( &events->lock );
    event_record_move( &events->record, events->enabled == enabled ? out->flags : out->flags & CLOSE, EVENT_REPORTED );
    lock_release( &events->lock );
    out->flags |= changes;
    if (out->flags & AFD_POLL_CONNECT) sock->events.connect_news = FALSE;
    if (!( out->flags & AFD_POLL_CONNECT_ERR ) && events->selected.mask && !events->selected.messages && interposed
        && network_events_can_be_own( sock ) && events->source_life == event_life( events->source )
        && !network_events_hold( events, events->source ) && !network_events_select_by_server( sock, &no_selection ))
    {
        /* the server may have set it between the first reset and its answer, for what that has reported */
        if (event) event_reset( event );
        network_events_make_own( sock, NULL );
    }
    return STATUS_SUCCESS;
}

void network_events_connected( struct socket *sock )
{
    struct network_events *events = sock->events.selection;
    struct selection selection;

    sock->events.connect_news = TRUE;
    if (!events || !events->selected.mask) return;
    network_events_enable( sock, AFD_POLL_CONNECT );
    if (events->own) network_events_look( sock );
    else if (network_events_can_be_own( sock ))
    {
        /* selected before it was bound: take over from the server, which would never report it */
        selection = events->selected;
        network_events_select( sock, &selection );
    }
}

void network_events_inherit( const struct socket *listener, struct socket *sock )
{
    const struct network_events *from = listener->events.selection;
    struct network_events *events;

    if (!from || !from->selected.mask || !( events = events_of( sock ) )) return;
    events->source = from->source;
    events->source_life = from->source_life;
    events->selected = from->selected;
}

void network_events_end( struct socket *sock )
{
    struct network_events *events = sock->events.selection;

    if (!events) return;
    lock_acquire( &events->lock );
    network_events_end_own( events );
    lock_release( &events->lock );
}

void network_events_renew( struct socket *sock )
{
    struct network_events *events = sock->events.selection;

    if (!events) return;
    lock_acquire( &events->lock );
    events->own = FALSE;
    event_record_move( &events->record, EVENTS_POLL, EVENT_ENABLED );
    network_events_record_by_server( events, events->selected.messages );
    lock_release( &events->lock );
    if (!events->selected.mask) return;
    if (events->event && events->selected.event) events->selected.event = events->event;
    network_events_forget_reported( sock );
    if (network_events_select_by_server( sock, &events->selected ))
        log_message( "socket %p has lost its selection\n", sock->id.handle );
    else if (!socket_needs_afd( sock )) sock->desc.by_afd = TRUE;
}

void network_events_free( struct socket *sock )
{
    if (!sock->events.selection) return;
    if (sock->events.selection->event) NtClose( sock->events.selection->event );
    HeapFree( GetProcessHeap(), 0, sock->events.selection );
    sock->events.selection = NULL;
}
