/*
 * Changes of the network: addresses and routes that come and go
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host reports them on a netlink socket, created on first use and watched by the engine. They are counted: each
 * waiter keeps the count at its start, so it never sees earlier changes, whichever thread has read the socket. The
 * thread that counts changes also signals them.
 */

#include "sockets/network_change.h"
#include "wait/reaper.h"

#define COOKIE ( (UINT64)REAPER_NETWORK << REAPER_KIND_SHIFT )

static SRWLOCK lock = SRWLOCK_INIT;
static int fd = -1;
static volatile LONG counts[CHANGE_COUNT * 2]; /* by the bits of network_changes_params */

static volatile LONG *network_change_place( const struct socket *sock, enum network_change change )
{
    return &counts[change * 2 + ( sock->id.family == AF_INET6 )];
}

static void network_change_watch( void )
{
    struct network_changes_params params = { .fd = -1 };
    struct watch_params watch = { .set = -1, .events = POLL_IN, .cookie = COOKIE };
    struct descriptor_close_params close = { 0 };

    if (unix_call( unix_network_changes, &params )) return;
    watch.fd = close.fd = params.fd;
    if (unix_call( unix_engine_watch, &watch )) unix_call( unix_descriptor_close, &close );
    else fd = params.fd;
}

static BOOL network_change_read( void )
{
    struct network_changes_params params = { .fd = fd };
    UINT i;

    if (fd == -1) return FALSE;
    unix_call( unix_network_changes, &params );
    for (i = 0; i < ARRAY_SIZE( counts ); i++)
        if (params.changes & 1u << i) InterlockedIncrement( &counts[i] );
    return params.changes != 0;
}

BOOL network_change_since( const struct socket *sock, enum network_change change, LONG count )
{
    return *network_change_place( sock, change ) != count;
}

LONG network_change_count( const struct socket *sock, enum network_change change )
{
    return *network_change_place( sock, change );
}

BOOL network_change_look( BOOL start )
{
    BOOL changed;

    lock_acquire( &lock );
    if (start && fd == -1) network_change_watch();
    changed = network_change_read();
    lock_release( &lock );
    return changed;
}

BOOL network_change_is_watched( void )
{
    return fd != -1;
}
