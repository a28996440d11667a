/*
 * Events in Winsock's terms and in the server's
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "events/event_codes.h"

static const struct
{
    long event;
    UINT poll;
    int index;  /* index of FD_x in WSANETWORKEVENTS.iErrorCode */
    int status; /* index of its error in the server's array, -1 for none */
} event_codes[] = {
    { FD_READ, AFD_POLL_READ, FD_READ_BIT, 0 },
    { FD_WRITE, AFD_POLL_WRITE, FD_WRITE_BIT, 2 },
    { FD_OOB, AFD_POLL_OOB, FD_OOB_BIT, 1 },
    { FD_ACCEPT, AFD_POLL_ACCEPT, FD_ACCEPT_BIT, 7 },
    { FD_CONNECT, AFD_POLL_CONNECT | AFD_POLL_CONNECT_ERR, FD_CONNECT_BIT, 8 },
    { FD_CLOSE, AFD_POLL_HUP | AFD_POLL_RESET, FD_CLOSE_BIT, 3 },
    { FD_ROUTING_INTERFACE_CHANGE, EVENT_ROUTES, FD_ROUTING_INTERFACE_CHANGE_BIT, -1 },
    { FD_ADDRESS_LIST_CHANGE, EVENT_ADDRESSES, FD_ADDRESS_LIST_CHANGE_BIT, -1 },
};

UINT event_codes_mask( long mask )
{
    UINT poll = 0;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( event_codes ); i++)
        if (mask & event_codes[i].event) poll |= event_codes[i].poll;
    return poll;
}

/* Translates the server's flags to Winsock's. Doesn't touch the errors of other events. */
void event_codes_translate( const struct afd_get_events_params *params, WSANETWORKEVENTS *events )
{
    unsigned int i;

    events->lNetworkEvents = 0;
    for (i = 0; i < ARRAY_SIZE( event_codes ); i++)
    {
        if (!( params->flags & event_codes[i].poll )) continue;
        events->lNetworkEvents |= event_codes[i].event;
        events->iErrorCode[event_codes[i].index]
            = event_codes[i].status == -1 ? 0 : error_from_status( params->status[event_codes[i].status] );
        if (event_codes[i].event == FD_CLOSE && ( params->flags & AFD_POLL_RESET ) && !events->iErrorCode[FD_CLOSE_BIT])
            events->iErrorCode[FD_CLOSE_BIT] = WSAECONNABORTED;
    }
}

/* user32.dll is loaded if the program has a window. */
static void *event_codes_user32( const char *name )
{
    HMODULE user32 = GetModuleHandleA( "user32.dll" );

    return user32 ? (void *)GetProcAddress( user32, name ) : NULL;
}

/* Looked up with the window: the threads that post serve others, and must not wait for the loader's lock. */
static BOOL( WINAPI *volatile post_message )( HWND, UINT, WPARAM, LPARAM );

BOOL event_codes_is_window( HWND window )
{
    BOOL( WINAPI * pIsWindow )( HWND ) = event_codes_user32( "IsWindow" );

    if (!post_message) post_message = event_codes_user32( "PostMessageW" );
    return pIsWindow && pIsWindow( window );
}

void event_codes_post( const struct selection *selection, SOCKET s, const struct afd_get_events_params *params )
{
    WSANETWORKEVENTS events;
    unsigned int i;

    event_codes_translate( params, &events );
    for (i = 0; i < ARRAY_SIZE( event_codes ) && post_message; i++)
        if (events.lNetworkEvents & event_codes[i].event)
            post_message( selection->window, selection->message, s,
                          MAKELPARAM( event_codes[i].event, events.iErrorCode[event_codes[i].index] ) );
}
