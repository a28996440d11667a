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
#include "events/network_events.h"

static const struct
{
    long event;
    UINT poll;
    int index;  /* index of FD_x in WSANETWORKEVENTS.iErrorCode */
    int status; /* index of its error in the server's array, -1 for none */
} events_table[] = {
    { FD_READ, AFD_POLL_READ, FD_READ_BIT, 0 },
    { FD_WRITE, AFD_POLL_WRITE, FD_WRITE_BIT, 2 },
    { FD_OOB, AFD_POLL_OOB, FD_OOB_BIT, 1 },
    { FD_ACCEPT, AFD_POLL_ACCEPT, FD_ACCEPT_BIT, 7 },
    { FD_CONNECT, AFD_POLL_CONNECT | AFD_POLL_CONNECT_ERR, FD_CONNECT_BIT, 8 },
    { FD_CLOSE, AFD_POLL_HUP | AFD_POLL_RESET, FD_CLOSE_BIT, 3 },
    { FD_ROUTING_INTERFACE_CHANGE, EVENT_ROUTES, FD_ROUTING_INTERFACE_CHANGE_BIT, -1 },
    { FD_ADDRESS_LIST_CHANGE, EVENT_ADDRESSES, FD_ADDRESS_LIST_CHANGE_BIT, -1 },
};

static UINT poll_mask( long mask )
{
    UINT poll = 0;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( events_table ); i++)
        if (mask & events_table[i].event) poll |= events_table[i].poll;
    return poll;
}

/* Translates the server's flags to Winsock's. Doesn't touch the errors of other events. */
static void translate( const struct afd_get_events_params *params, WSANETWORKEVENTS *events )
{
    unsigned int i;

    events->lNetworkEvents = 0;
    for (i = 0; i < ARRAY_SIZE( events_table ); i++)
    {
        if (!( params->flags & events_table[i].poll )) continue;
        events->lNetworkEvents |= events_table[i].event;
        events->iErrorCode[events_table[i].index]
            = events_table[i].status == -1 ? 0 : error_from_status( params->status[events_table[i].status] );
        if (events_table[i].event == FD_CLOSE && ( params->flags & AFD_POLL_RESET )
            && !events->iErrorCode[FD_CLOSE_BIT])
            events->iErrorCode[FD_CLOSE_BIT] = WSAECONNABORTED;
    }
}

/* user32.dll is loaded if the program has a window. */
static void *user32_function( const char *name )
{
    HMODULE user32 = GetModuleHandleA( "user32.dll" );

    return user32 ? (void *)GetProcAddress( user32, name ) : NULL;
}

static BOOL is_window( HWND window )
{
    BOOL( WINAPI * pIsWindow )( HWND ) = user32_function( "IsWindow" );

    return pIsWindow && pIsWindow( window );
}

void event_post( const struct selection *selection, SOCKET s, const struct afd_get_events_params *params )
{
    BOOL( WINAPI * post )( HWND, UINT, WPARAM, LPARAM ) = user32_function( "PostMessageW" );
    WSANETWORKEVENTS events;
    unsigned int i;

    translate( params, &events );
    for (i = 0; i < ARRAY_SIZE( events_table ) && post; i++)
        if (events.lNetworkEvents & events_table[i].event)
            post( selection->window, selection->message, s,
                  MAKELPARAM( events_table[i].event, events.iErrorCode[events_table[i].index] ) );
}

int WSPAPI WSPEventSelect( SOCKET s, WSAEVENT event, long mask, int *err )
{
    struct selection selection = { .event = event, .mask = poll_mask( mask ) };
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
            translate( &params, &events );
            if (!guarded_copy( out, &events, sizeof( events ) )) result = WSAEFAULT;
        }
    }
    socket_release( sock );
    return spi_result( result, err );
}

int WSPAPI WSPAsyncSelect( SOCKET s, HWND window, unsigned int message, long mask, int *err )
{
    struct selection selection = { .window = window, .message = message, .messages = TRUE, .mask = poll_mask( mask ) };
    struct socket *sock;
    NTSTATUS status;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (mask && !is_window( window )) status = STATUS_INVALID_PARAMETER;
    else status = network_events_select( sock, &selection );
    socket_release( sock );
    return spi_result( error_from_status( status ), err );
}
