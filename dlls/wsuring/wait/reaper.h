/*
 * The reaper: the thread that owns the engine and serves what waits
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the engine watches is of a few kinds, each with a source in the reaper's table. The kind is the upper two bits
 * in the low word of a watch's cookie; the rest of the cookie is the source's own.
 */

#ifndef WSURING_REAPER_H
#define WSURING_REAPER_H

#include "base/provider.h"

#define REAPER_KIND_SHIFT 30

enum reaper_kind
{
    REAPER_SOCKETS, /* so a socket's cookie needs no mark */
    REAPER_TIMERS,  /* has no cookies */
    REAPER_PORTS,
    REAPER_NETWORK,
    REAPER_KIND_COUNT
};

struct reaper_source
{
    /* The engine reports `ready` (POLL_*) for this cookie. Also called by threads that wait for a port. NULL if it
     * has no cookies. */
    void ( *ready )( UINT64 cookie, UINT ready );
    /* Called by the reaper between two waits. Returns after how many nanoseconds it must be called again, negative for
     * never. NULL if nothing depends on time. */
    LONGLONG ( *tick )( void );
};

/* Before the first reaper_start: sources[REAPER_KIND_COUNT], which stay. */
void reaper_init( const struct reaper_source *sources );

/* Starts the thread, once. FALSE if that fails: then nothing may be queued. */
BOOL reaper_start( void );

/* Passes an event to its source. */
void reaper_dispatch( UINT64 cookie, UINT ready );

static inline enum reaper_kind reaper_kind_of( UINT64 cookie )
{
    return (UINT)cookie >> REAPER_KIND_SHIFT;
}

#endif /* WSURING_REAPER_H */
