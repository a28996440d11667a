/*
 * The host's own options
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/option_host.h"
#include "sockets/near_peer.h"

static NTSTATUS option_host_call( struct socket *sock, struct option_params *params )
{
    struct borrowed_descriptor borrowed;
    NTSTATUS status;

    if (( status = socket_borrow_descriptor( sock, &borrowed ) )) return status;
    params->fd = borrowed.fd;
    if (params->option == OPTION_IPPROTO_IP_IP_TTL) near_peer_ends( sock, borrowed.fd );
    status = unix_call( unix_option, params );
    socket_return_descriptor( &borrowed );
    return status;
}

NTSTATUS option_host_get( struct socket *sock, enum option_id id, void *value, UINT *len )
{
    struct option_params params = { .option = id, .value = (UINT_PTR)value, .len = *len };
    NTSTATUS status = option_host_call( sock, &params );

    *len = params.len;
    return status;
}

NTSTATUS option_host_set( struct socket *sock, enum option_id id, const void *value, UINT len )
{
    struct option_params params = { .option = id, .value = (UINT_PTR)value, .len = len, .set = TRUE };

    return option_host_call( sock, &params );
}
