/*
 * The sockets that a thread asks about again and again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A select loop names all its sockets in each call, and the host's poll looks at each of them. From a thread's second
 * large call on the kernel keeps the list (unix_interest) and tells which of them are worth a look: the call's price is
 * that of the ready ones. The list follows what is asked for; what isn't any more leaves it when it turns up ready.
 */

#ifndef WSURING_INTEREST_H
#define WSURING_INTEREST_H

#include "readiness.h"

struct interest;

/* The calling thread's, if it is of use for so many sockets; else NULL. */
struct interest *interest_get( UINT count );
void interest_free( struct interest *interest );

/* Brings the list up to date and fills params for unix_interest, but the time and who wakes. FALSE: poll all instead.
 */
BOOL interest_prepare( struct interest *interest, const struct readiness *list, const struct poll_entry *entries,
                       UINT count, struct interest_params *params );

/* After unix_interest: looks at those that it has named, and sets `ready' of all entries. FALSE: poll all instead. */
BOOL interest_finish( struct interest *interest, const struct readiness *list, struct poll_entry *entries, UINT count,
                      const struct interest_params *params, NTSTATUS status );

/* The kernel sockets behind descriptors have been replaced: no list may be trusted. */
void interest_forget_all( void );

#endif /* WSURING_INTEREST_H */
