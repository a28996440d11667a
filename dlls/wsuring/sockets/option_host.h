/*
 * The host's own options
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_OPTION_HOST_H
#define WSURING_OPTION_HOST_H

#include "sockets/socket.h"

/* The host's option, through a borrowed descriptor if we have none for the socket yet. len: room, then length. */
NTSTATUS option_host_get( struct socket *sock, enum option_id id, void *value, UINT *len );
NTSTATUS option_host_set( struct socket *sock, enum option_id id, const void *value, UINT len );

#endif /* WSURING_OPTION_HOST_H */
