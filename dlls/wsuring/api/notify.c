/*
 * Private export for ws2_32: ProcessSocketNotifications' registrations
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "api/control.h"
#include "events/socket_notify.h"

static BOOL notify_is_port( HANDLE handle )
{
    struct port *port = port_find( handle );
    ULONG depth;

    if (!port)
        return !NtQueryIoCompletion( handle, 0 /* IoCompletionBasicInformation */, &depth, sizeof( depth ), NULL );
    port_release( port );
    return TRUE;
}

/* One registration; its memory is ws2_32's. Returns its result: see socket_notify_change, and WSAENOTSOCK.
 * NULL: is it a port at all? WSA_INVALID_HANDLE if not. */
int __cdecl wsuring_notify( HANDLE port, const SOCK_NOTIFY_REGISTRATION *registration )
{
    struct notify_request request = { .port = port };
    struct socket *sock;
    int result;

    if (!registration) return notify_is_port( port ) ? 0 : WSA_INVALID_HANDLE;
    request.key = (ULONG_PTR)registration->completionKey;
    request.filter = registration->eventFilter;
    request.operation = registration->operation;
    request.trigger = registration->triggerFlags;
    if (!( sock = socket_grab( registration->socket, &result ) )) return result;
    result = socket_notify_change( sock, &request );
    socket_release( sock );
    return result;
}
