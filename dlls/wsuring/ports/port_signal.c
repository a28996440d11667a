/*
 * Waits for a port's handle
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The packets of a served port are in the process, and the real port isn't signalled. So waits through kernelbase wait
 * for an event in its place. The first packet after such a wait has begun sets it, and only the next wait resets it:
 * the port isn't slower for having been waited for once.
 */

#include "ports/port.h"

/* Two threads may make it at once; the second one is closed again. */
static BOOL port_signal_make( struct port *port )
{
    HANDLE event;

    if (port->signal) return TRUE;
    if (NtCreateEvent( &event, EVENT_ALL_ACCESS, NULL, 0 /* NotificationEvent */, FALSE )) return FALSE;
    if (InterlockedCompareExchangePointer( &port->signal, event, NULL )) NtClose( event );
    return TRUE;
}

/* A wait for the event begins. The state is that of the queue now. */
static BOOL port_signal_begin( struct port *port )
{
    BOOL served;

    if (!port->count) port_look( port ); /* packets that have arrived by now count */
    lock_acquire( &port->lock );
    if (port->served && port->lending) port->pull( port );
    if (( served = port->served ))
    {
        if (port->count && !port->signalled) NtSetEvent( port->signal, NULL );
        if (!port->count && port->signalled) NtResetEvent( port->signal, NULL );
        port->signalled = port->count != 0;
        port->watched = !port->signalled;
        port->only_polled = FALSE; /* it is waited for in a way that is seen */
        port_arm( port );
    }
    lock_release( &port->lock );
    return served;
}

/* The event for a handle; NULL to wait for the handle itself. */
static HANDLE port_signal_event( HANDLE handle )
{
    struct port *port = port_find( handle );
    UINT lacks = port_handle_lacks( handle );
    HANDLE event = NULL;

    if (!port) return NULL;
    if (lacks) handle = lacks & PORT_NO_WAIT ? NULL : port_any_handle( port ); /* one that can serve it */
    if (!handle)
    {
        port_release( port );
        return NULL;
    }
    if (port_serve( port, handle, TRUE ) && port_signal_make( port ) && port_signal_begin( port )) event = port->signal;
    port_release( port );
    return event;
}

const HANDLE *port_signal_replace( ULONG count, const HANDLE *handles, BOOL any, HANDLE *room )
{
    BOOL replaced = FALSE;
    HANDLE event;
    ULONG i;

    if (count > MAXIMUM_WAIT_OBJECTS || !guarded_copy( room, handles, count * sizeof( *room ) ))
        return handles; /* an error */
    for (i = 0; i < count; i++)
    {
        if (!any) port_note_waited( room[i] );
        else if (( event = port_signal_event( room[i] ) ))
        {
            room[i] = event;
            replaced = TRUE;
        }
    }
    return replaced ? room : handles;
}

BOOL port_signal_has_moved( const HANDLE *handle, HANDLE waited )
{
    struct port *port;
    HANDLE asked;
    BOOL moved;

    if (!guarded_copy( &asked, handle, sizeof( asked ) ) || asked == waited || !( port = port_find( asked ) ))
        return FALSE;
    moved = !port->served;
    port_release( port );
    return moved;
}
