/*
 * Events in Winsock's terms and in the server's
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_EVENT_CODES_H
#define WSURING_EVENT_CODES_H

#include "events/network_events.h"

/* FD_* as AFD_POLL_* and EVENT_*. */
UINT event_codes_mask( long mask );

/* What the server's flags and errors are for WSAEnumNetworkEvents. */
void event_codes_translate( const struct afd_get_events_params *params, WSANETWORKEVENTS *events );

/* FALSE also where the program has no user32.dll. */
BOOL event_codes_is_window( HWND window );

/* Posts a message for each event to the selection's window. */
void event_codes_post( const struct selection *selection, SOCKET s, const struct afd_get_events_params *params );

#endif /* WSURING_EVENT_CODES_H */
