/*
 * Whose an address is
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <netinet/in.h>
#include <unistd.h>

static void local_address_set_port( struct sockaddr_storage *addr, uint16_t port )
{
    if (addr->ss_family == AF_INET) ( (struct sockaddr_in *)addr )->sin_port = port;
    else ( (struct sockaddr_in6 *)addr )->sin6_port = port;
}

/* Sending to a broadcast address needs SO_BROADCAST. fd: a datagram socket without it. */
static bool local_address_is_broadcast( int fd, struct sockaddr_storage *addr, socklen_t len )
{
    local_address_set_port( addr, 9 ); /* any */
    return connect( fd, (struct sockaddr *)addr, len ) == -1 && errno == EACCES;
}

/* unix_local_address: asks a socket that isn't used for anything else. A question that the host can't answer, for
 * instance because a scope is missing, isn't an answer: the address then is taken to be the host's. */
NTSTATUS local_address( void *args )
{
    struct local_address_params *params = args;
    struct sockaddr_storage addr;
    socklen_t len;
    NTSTATUS status;
    int fd;

    if (( status = address_to_unix( pointer_from_u64( params->addr ), params->addr_len, &addr, &len ) )) return status;
    if (addr.ss_family != AF_INET && addr.ss_family != AF_INET6) return STATUS_NOT_SUPPORTED;
    if (( fd = socket( addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0 ) ) == -1) return errno_to_status( errno );
    local_address_set_port( &addr, 0 );
    params->kind = LOCAL_ADDRESS_OWN;
    if (bind( fd, (struct sockaddr *)&addr, len ) == -1)
    {
        if (errno == EADDRNOTAVAIL) params->kind = LOCAL_ADDRESS_FOREIGN;
    }
    else if (local_address_is_broadcast( fd, &addr, len )) params->kind = LOCAL_ADDRESS_BROADCAST;
    close( fd );
    return STATUS_SUCCESS;
}
