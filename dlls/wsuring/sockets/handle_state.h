/*
 * The state of a socket's handle
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_HANDLE_STATE_H
#define WSURING_HANDLE_STATE_H

#include "sockets/socket.h"

/* An overlapped operation begins that will pend. */
void handle_state_begin( struct socket *sock );

/* Around the end of one that has no event: the first before its status is written. */
void handle_state_ends( struct socket *sock );
void handle_state_end( struct socket *sock );
void handle_state_reset( struct socket *sock ); /* one that has an event begins and ends */

/* The server is about to get an operation by this handle, a socket's or another object's. */
void handle_state_lent( HANDLE handle, HANDLE event );

/* What to wait for in place of handles. */
struct handle_waits
{
    ULONG count, asked;
    const HANDLE *handles;
    BOOL any;
    BYTE owners[MAXIMUM_WAIT_OBJECTS]; /* of those behind the ones that were asked for: whose event it is */
    HANDLE room[MAXIMUM_WAIT_OBJECTS];
};

/* Is a wait for this one over? */
BOOL handle_state_is_set( const HANDLE *handle );

void handle_state_replace( struct handle_waits *waits, ULONG count, const HANDLE *handles, BOOL any );

/* The wait's status, as for the handles that were asked for. */
static inline NTSTATUS handle_state_status( const struct handle_waits *waits, NTSTATUS status )
{
    return status >= 0 && (ULONG)status >= waits->asked && (ULONG)status < waits->count
               ? waits->owners[(ULONG)status - waits->asked]
               : status;
}

#endif /* WSURING_HANDLE_STATE_H */
