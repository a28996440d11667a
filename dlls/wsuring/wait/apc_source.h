/*
 * What queues APCs in the server
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_APC_SOURCE_H
#define WSURING_APC_SOURCE_H

#include "base/provider.h"

/* The calling thread gives a function to something that the server calls it for: a timer, an operation on a file, a
 * pipe, a device, a key. */
void apc_source_note( const void *apc );

/* By the reaper: how long its next wait may take, in ns, negative: for ever. */
LONGLONG apc_source_tick( void );

#endif /* WSURING_APC_SOURCE_H */
