/*
 * The sockets that a thread asks about again and again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A select loop names all its sockets in each call, and the host's poll looks at each of them. From a thread's second
 * large call on the kernel keeps the list (unix_poll_list) and tells which of them are worth a look: the call's price
 * is that of the ready ones. The list follows what is asked for; what isn't any more leaves it when it turns up ready.
 */

#ifndef WSURING_POLL_LIST_H
#define WSURING_POLL_LIST_H

#include "events/readiness.h"

struct poll_list;

/* The calling thread's, if it is of use for so many sockets; else NULL. */
struct poll_list *poll_list_get( UINT count );
void poll_list_thread_ends( struct thread *thread );

/* Brings the list up to date and fills params for unix_poll_list, but the time and who wakes. FALSE: poll all instead.
 */
BOOL poll_list_prepare( struct poll_list *poll_list, const struct readiness *list, const struct poll_entry *entries,
                        UINT count, struct poll_list_params *params );

/* After unix_poll_list: looks at those that it has named, and sets `ready' of all entries. FALSE: poll all instead. */
BOOL poll_list_finish( struct poll_list *poll_list, const struct readiness *list, struct poll_entry *entries,
                       UINT count, const struct poll_list_params *params, NTSTATUS status );

#endif /* WSURING_POLL_LIST_H */
