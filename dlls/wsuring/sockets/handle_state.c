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

static SRWLOCK lock = SRWLOCK_INIT;
static volatile LONG in_use; /* a socket has had such an operation */

void handle_state_begin( struct socket *sock )
{
    in_use = TRUE;
    AcquireSRWLockExclusive( &lock );
    sock->signal.set = FALSE;
    sock->signal.used = TRUE;
    if (sock->signal.event) NtResetEvent( sock->signal.event, NULL );
    ReleaseSRWLockExclusive( &lock );
}

void handle_state_end( struct socket *sock )
{
    AcquireSRWLockExclusive( &lock );
    sock->signal.set = TRUE;
    if (sock->signal.event) NtSetEvent( sock->signal.event, NULL );
    ReleaseSRWLockExclusive( &lock );
}

/* The event for a handle; NULL to wait for the handle itself. */
static HANDLE state_event( HANDLE handle )
{
    struct socket *sock = socket_find( handle );
    HANDLE event = NULL;

    if (!sock) return NULL;
    if (sock->signal.used)
    {
        AcquireSRWLockExclusive( &lock );
        if (!sock->signal.event
            && NtCreateEvent( &sock->signal.event, EVENT_ALL_ACCESS, NULL, 0 /* NotificationEvent */,
                              sock->signal.set ))
            sock->signal.event = NULL;
        event = sock->signal.event;
        ReleaseSRWLockExclusive( &lock );
    }
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
