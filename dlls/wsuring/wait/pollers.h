/*
 * Threads that wait for many sockets at once
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * They wait for descriptors. What changes the meaning of a socket, or closes it, has them look again.
 */

#ifndef WSURING_POLLERS_H
#define WSURING_POLLERS_H

#include "base/provider.h"

/* Counts the calls of pollers_wake: a thread that is just going to wait looks again if it has changed. */
extern volatile LONG pollers_wakes;

/* Counts how often the kernel sockets behind descriptors have been replaced: what is known by descriptor is wrong
 * then. */
extern volatile LONG pollers_epoch;

/* A socket is being closed, or has begun to be something: every thread that waits looks again. */
void pollers_wake( void );

void pollers_descriptors_replaced( void );

/* A unix_poll_many or unix_poll_list that may last; wake_fd: that of its parameters. seen: what pollers_wakes was when
 * nothing was ready yet. Returns the call's status, or STATUS_CANCELLED after CancelSynchronousIo or pollers_cancel of
 * `polled'. If the thread
 * doesn't come back from an APC or a routine, release( object ) is called, unless object is NULL; else object is the
 * caller's. */
NTSTATUS pollers_call( enum unix_func func, void *params, int *wake_fd, LONG seen, const void *polled, void *object,
                       void ( *release )( void *object ) );

/* CancelIoEx: ends the waits that were begun with this socket as `polled'. Returns how many. */
UINT pollers_cancel( const void *polled );

#endif /* WSURING_POLLERS_H */
