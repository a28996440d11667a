/*
 * What happens to a port's handles
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ports/port.h"

/* The handle is another object's now, so this one was closed without our knowledge. */
static void port_handle_drop_stale( HANDLE handle )
{
    struct port *stale = port_find( handle );

    if (!stale) return;
    port_handle_closing( handle );
    port_release( stale );
}

void port_note_created( HANDLE handle )
{
    struct port *port;

    port_handle_drop_stale( handle );
    if (( port = port_create( handle ) )) port_release( port );
}

BOOL port_note_duplicated( HANDLE source, HANDLE duplicate )
{
    struct port *port = port_find( source );

    if (!port) return FALSE;
    if (duplicate != source)
    {
        port_handle_drop_stale( duplicate );
        port_add_handle( port, duplicate );
    }
    port_release( port );
    return TRUE;
}

void port_note_mixed( HANDLE handle )
{
    struct port *port = port_find( handle );
    HANDLE known;

    if (!port && ( known = port_known_handle( handle ) )) port = port_find( known );
    if (!port) return;
    port->mixed = TRUE;
    port_release( port );
}

struct port *port_associate( HANDLE handle )
{
    struct port *port = port_find( handle );
    HANDLE known;

    if (!port && ( known = port_known_handle( handle ) ))
    {
        port_note_duplicated( known, handle );
        port = port_find( handle );
    }
    if (!port)
    {
        if (!( port = port_create( handle ) )) return NULL;
        port->mixed = TRUE; /* not known: it was made in a way that no hook sees */
    }
    InterlockedIncrement( &port->sockets );
    return port;
}

void port_handle_closing( HANDLE handle )
{
    struct port *port = port_take_handle( handle );

    if (!port) return;
    if (!InterlockedDecrement( &port->handles ))
    {
        lock_acquire( &port->lock );
        port->closed = TRUE;
        port->served = FALSE;
        port->count = 0;
        port_wake( port );
        if (port->set != -1) port_arm( port ); /* operations may be waiting in the set */
        if (port->control) NtSetEvent( port->control, NULL );
        lock_release( &port->lock );
        port_kick_real( port, handle );
    }
    port_release( port );
}

static void port_handle_unserve_for_good( HANDLE handle, enum counter counter )
{
    struct port *port = port_find( handle );

    if (!port) return;
    if (!port->never || port->served)
    {
        lock_acquire( &port->lock );
        port->never = TRUE;
        if (port->served)
        {
            stats_count( counter );
            port_unserve( port );
        }
        lock_release( &port->lock );
    }
    port_release( port );
}

void port_note_shared( HANDLE handle )
{
    port_handle_unserve_for_good( handle, COUNTER_FELL_BACK_SHARED );
}

void port_note_waited( HANDLE handle )
{
    port_handle_unserve_for_good( handle, COUNTER_FELL_BACK_WAITED );
}
