/*
 * Whether a socket's handle is signalled: the only signal of an operation without event, routine and port
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * It is reset when such an operation starts, and signalled when one ends (page "GetOverlappedResult"). The real
 * handle belongs to the wineserver, which doesn't know our operations. So waits for it through kernelbase get an
 * event in its place.
 */

#include "sockets/handle_state.h"

static volatile LONG in_use; /* a socket has had such an operation */

/* Brings the event to the state that is noted. No lock is held during the request: the thread that has changed the
 * event last finds out whether the state has changed since. */
static void state_apply( struct socket *sock, HANDLE event )
{
    LONG set;

    do
    {
        set = sock->signal.set;
        if (set) NtSetEvent( event, NULL );
        else NtResetEvent( event, NULL );
        MemoryBarrier();
    } while (sock->signal.set != set);
}

static void state_note( struct socket *sock, LONG set )
{
    HANDLE event;

    InterlockedExchange( &sock->signal.set, set );
    if (( event = sock->signal.event )) state_apply( sock, event );
}

void handle_state_begin( struct socket *sock )
{
    UINT count = 0;

    in_use = TRUE;
    /* who has seen the last one's status may be faster than its signal, which isn't this one's */
    while (sock->signal.ending && thread_pause( count++ )) continue;
    sock->signal.used = TRUE;
    state_note( sock, FALSE );
}

void handle_state_ends( struct socket *sock )
{
    InterlockedIncrement( &sock->signal.ending );
}

void handle_state_end( struct socket *sock )
{
    if (!( sock->port.skip_modes & FILE_SKIP_SET_EVENT_ON_HANDLE )) state_note( sock, TRUE );
    InterlockedDecrement( &sock->signal.ending );
}

/* Two threads may make it at once; the second one is closed again. */
static HANDLE state_event_create( struct socket *sock )
{
    HANDLE event, other;

    if (NtCreateEvent( &event, EVENT_ALL_ACCESS, NULL, 0 /* NotificationEvent */, sock->signal.set )) return NULL;
    if (( other = InterlockedCompareExchangePointer( &sock->signal.event, event, NULL ) ))
    {
        NtClose( event );
        return other;
    }
    state_apply( sock, event );
    return event;
}

/* The event for a handle; NULL to wait for the handle itself. */
static HANDLE state_event( HANDLE handle )
{
    struct socket *sock = socket_find( handle );
    HANDLE event = NULL;

    if (!sock) return NULL;
    if (sock->signal.used && !( event = sock->signal.event )) event = state_event_create( sock );
    socket_release( sock );
    return event;
}

const HANDLE *handle_state_replace( ULONG count, const HANDLE *handles, HANDLE *room )
{
    BOOL replaced = FALSE;
    HANDLE event;
    ULONG i;

    if (!in_use || count > MAXIMUM_WAIT_OBJECTS || !guarded_copy( room, handles, count * sizeof( *room ) ))
        return handles;
    for (i = 0; i < count; i++)
    {
        if (!( event = state_event( room[i] ) )) continue;
        room[i] = event;
        replaced = TRUE;
    }
    return replaced ? room : handles;
}
