/*
 * Network events: WSPEventSelect, WSPEnumNetworkEvents, WSPAsyncSelect
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the server detects events it latches FD_READ and FD_WRITE, and re-arms them when it serves a receive or send
 * (wine-interfaces 2.2). So the data of such a socket goes by AFD.
 */

#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "events/event_codes.h"
#include "events/network_events.h"

int WSPAPI WSPEventSelect( SOCKET s, WSAEVENT event, long mask, int *err )
{
    struct selection selection = { .event = event, .mask = event_codes_mask( mask ) };
    struct socket *sock;
    NTSTATUS status;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    status = network_events_select( sock, &selection );
    socket_release( sock );
    return spi_result( error_from_status( status ), err );
}

int WSPAPI WSPEnumNetworkEvents( SOCKET s, WSAEVENT event, WSANETWORKEVENTS *out, int *err )
{
    struct afd_get_events_params params = { 0 };
    WSANETWORKEVENTS events;
    struct socket *sock;
    int result;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (!out || !guarded_touch( out, sizeof( *out ), TRUE ) || !guarded_copy( &events, out, sizeof( events ) ))
        result = WSAEFAULT;
    else
    {
        if (!( result = error_from_status( network_events_take( sock, event, &params ) ) ))
        {
            event_codes_translate( &params, &events );
            if (!guarded_copy( out, &events, sizeof( events ) )) result = WSAEFAULT;
        }
    }
    socket_release( sock );
    return spi_result( result, err );
}

int WSPAPI WSPAsyncSelect( SOCKET s, HWND window, unsigned int message, long mask, int *err )
{
    struct selection selection
        = { .window = window, .message = message, .messages = TRUE, .mask = event_codes_mask( mask ) };
    struct socket *sock;
    NTSTATUS status;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (mask && !event_codes_is_window( window )) status = STATUS_INVALID_PARAMETER;
    else status = network_events_select( sock, &selection );
    socket_release( sock );
    return spi_result( error_from_status( status ), err );
}
