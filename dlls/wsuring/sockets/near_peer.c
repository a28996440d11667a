/*
 * Connecting to a host of an own network that may be absent
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/near_peer.h"

static BOOL near_peer_change( struct socket *sock, int fd, const void *addr, UINT addr_len )
{
    struct near_peer_params params = {
        .fd = fd,
        .addr_len = addr_len,
        .addr = (UINT_PTR)addr,
        .hops = sock->options.near_hops,
        .device = sock->options.near_device,
    };

    if (unix_call( unix_near_peer, &params )) return TRUE;
    sock->options.near_hops = params.hops;
    sock->options.near_device = params.device;
    return !params.stuck;
}

BOOL near_peer_begins( struct socket *sock, int fd, const void *addr, UINT addr_len )
{
    return near_peer_change( sock, fd, addr, addr_len );
}

void near_peer_ends( struct socket *sock, int fd )
{
    if (sock->options.near_hops || sock->options.near_device) near_peer_change( sock, fd, NULL, 0 );
}
