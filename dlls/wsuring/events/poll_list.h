/*
 * The sockets that a thread polls again and again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A select loop names all its sockets in each call, and the host's poll checks each of them. From a thread's second
 * large call on, the kernel keeps the list (unix_poll_list) and reports which ones to check, so a call costs as much
 * as its ready sockets. The list follows what is asked for; a socket that isn't any more is removed when it becomes
 * ready.
 */

#ifndef WSURING_POLL_LIST_H
#define WSURING_POLL_LIST_H

#include "events/readiness.h"

struct poll_list;

/* The calling thread's list, if useful for `count' sockets; else NULL. */
struct poll_list *poll_list_get( UINT count );
void poll_list_thread_ends( struct thread *thread );

/* Updates the list and fills params for unix_poll_list, except for time-out and wake descriptor. FALSE: poll all
 * instead. */
BOOL poll_list_prepare( struct poll_list *poll_list, const struct readiness *list, const struct poll_entry *entries,
                        UINT count, struct poll_list_params *params );

/* After unix_poll_list: checks the reported sockets and sets `ready' of all entries. FALSE: poll all instead. */
BOOL poll_list_finish( struct poll_list *poll_list, const struct readiness *list, struct poll_entry *entries,
                       UINT count, const struct poll_list_params *params, NTSTATUS status );

#endif /* WSURING_POLL_LIST_H */
