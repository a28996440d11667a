/*
 * The engine's interface to its kinds
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Both kinds report readiness, edge-triggered, and transfer nothing. Operations wait in the provider's queues, so
 * the kernel holds nothing of them when they are cancelled or their memory is freed.
 */

#ifndef WSURING_UNIX_ENGINE_H
#define WSURING_UNIX_ENGINE_H

#include "unix_private.h"

struct engine_ops
{
    /* does it work with this kernel and sandbox? 0 or an errno; leaves nothing behind */
    int ( *probe )( void );
    /* called once, by the reaper */
    NTSTATUS ( *start )( void );
    /* called by any thread after the start. No locks: such a thread may be killed at any instruction */
    NTSTATUS ( *watch )( int fd, uint32_t events, uint64_t cookie );
    NTSTATUS ( *wake )( void );
    /* called by any thread; NULL: this kind never holds a file */
    NTSTATUS ( *settle )( void );
    /* called by the reaper */
    NTSTATUS ( *wait )( struct ready_event *events, uint32_t room, uint32_t *count, int64_t timeout );
};

#pragma GCC visibility push( hidden )

extern const struct engine_ops engine_uring;
extern const struct engine_ops engine_epoll;

void engine_select( enum engine_kind kind );

/* ring.c: 0 or an errno. The probe leaves nothing behind. */
struct io_uring;
int ring_init( struct io_uring *ring, unsigned int sq_entries, unsigned int cq_entries );
int ring_probe( void );

/* set.c */
NTSTATUS set_watch( int set, int fd, uint32_t events, uint64_t cookie );
int set_wait_ready( int set, struct ready_event *events, uint32_t room, int64_t timeout );

#pragma GCC visibility pop

#endif /* WSURING_UNIX_ENGINE_H */
