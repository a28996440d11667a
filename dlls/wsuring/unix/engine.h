/*
 * The engine's interface to its kinds
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Both kinds tell of readiness, edge-triggered, and neither transfers anything: what waits lies in queues of the
 * provider, so that nothing of an operation is in the kernel when it is cancelled or its memory goes.
 */

#ifndef WSURING_UNIX_ENGINE_H
#define WSURING_UNIX_ENGINE_H

#include "unix_private.h"

struct engine_ops
{
    /* can this kernel and sandbox do it? 0 or an errno; leaves nothing behind */
    int ( *probe )( void );
    /* by the reaper, once */
    NTSTATUS ( *start )( void );
    /* by any thread, after the start; such a thread may be killed at any instruction, so no locks */
    NTSTATUS ( *watch )( int fd, uint32_t events, uint64_t cookie );
    NTSTATUS ( *wake )( void );
    /* by the reaper */
    NTSTATUS ( *wait )( struct ready_event *events, uint32_t room, uint32_t *count, int64_t timeout );
};

#pragma GCC visibility push( hidden )

extern const struct engine_ops engine_uring;
extern const struct engine_ops engine_epoll;

void engine_select( enum engine_kind kind );

/* set.c */
NTSTATUS set_watch( int set, int fd, uint32_t events, uint64_t cookie );
int set_wait_ready( int set, struct ready_event *events, uint32_t room, int64_t timeout );

#pragma GCC visibility pop

#endif /* WSURING_UNIX_ENGINE_H */
