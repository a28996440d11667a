/*
 * A program's own AFD ioctls about network events and readiness
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server doesn't know the selections that the provider serves, and doesn't see the data that enables their events
 * again. So these ioctls do here what WSAEventSelect and WSAEnumNetworkEvents do. The server still gets one of the same
 * code that changes nothing there: it writes the status block, and signals or queues what the caller has asked for.
 */

#include "events/network_events.h"
#include "hooks/interpose.h"

static void event_ioctl_get( struct socket *sock, struct device_call *call )
{
    static struct afd_get_events_params nothing; /* nobody reads it */
    struct afd_get_events_params params;

    if (!network_events_selected( sock ) || call->out_size < sizeof( params )
        || !guarded_touch( call->out, sizeof( params ), TRUE ))
        return;
    network_events_look( sock ); /* the server looks at the host when it is asked */
    /* the input is the event to be reset, as on Windows and in 10.0 */
    if (network_events_take( sock, call->in, &params )) return;
    if (params.flags & AFD_POLL_RESET)
    {
        /* FD_CLOSE is both here, and its status a matter of Winsock */
        params.flags &= ~AFD_POLL_HUP;
        params.status[AFD_POLL_HUP_BIT] = STATUS_SUCCESS;
    }
    guarded_copy( call->out, &params, sizeof( params ) );
    call->in = NULL;
    call->in_size = 0;
    call->out = &nothing;
    call->out_size = sizeof( nothing );
}

static void event_ioctl_select( struct socket *sock, struct device_call *call )
{
    static struct afd_event_select_params nothing;
    struct afd_event_select_params params;
    struct selection selection = { 0 };

    /* what the server refuses is left to it */
    if (call->in_size != sizeof( params ) || !guarded_copy( &params, call->in, sizeof( params ) )
        || ( params.mask && !params.event ))
        return;
    selection.event = params.event;
    selection.mask = params.mask & ( ( 1u << AFD_POLL_BIT_COUNT ) - 1 );
    if (!network_events_select( sock, &selection ) && network_events_selected( sock )) call->in = &nothing;
}

/* The server serves the poll. It gives data to receives that wait before it ends polls, if it knows those receives. */
static void event_ioctl_poll( const struct device_call *call )
{
    const struct afd_poll_params *params = call->in;
    struct afd_poll_entry entry;
    struct socket *sock;
    UINT count, i;

    if (call->in_size < offsetof( struct afd_poll_params, sockets[1] )
        || !guarded_copy( &count, &params->count, sizeof( count ) ))
        return;
    count = min( count, ( call->in_size - offsetof( struct afd_poll_params, sockets ) ) / sizeof( entry ) );
    for (i = 0; i < count; i++)
    {
        if (!guarded_copy( &entry, params->sockets + i, sizeof( entry ) )) return;
        if (!( entry.flags & ( AFD_POLL_READ | AFD_POLL_OOB ) ) || !( sock = socket_find( entry.socket ) )) continue;
        sock->events.polled = TRUE;
        socket_release( sock );
    }
}

void event_ioctl( struct device_call *call )
{
    struct socket *sock;

    if (call->code == AFD_POLL && engine != ENGINE_AFD) event_ioctl_poll( call );
    if (( call->code != AFD_GET_EVENTS && call->code != AFD_EVENT_SELECT ) || engine == ENGINE_AFD
        || !( sock = socket_find( call->handle ) ))
        return;
    if (call->code == AFD_GET_EVENTS) event_ioctl_get( sock, call );
    else event_ioctl_select( sock, call );
    socket_release( sock );
}

void event_read_past( HANDLE handle )
{
    struct socket *sock = socket_find( handle );

    if (!sock) return;
    if (network_events_selected( sock ))
    {
        network_events_enable( sock, AFD_POLL_READ );
        network_events_look( sock );
    }
    socket_release( sock );
}
