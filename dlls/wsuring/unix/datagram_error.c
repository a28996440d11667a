/*
 * Errors of datagrams that were sent: the host's error queue
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Without the queue the host reports an unreachable port to connected sockets only, and to whichever call comes next.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>

#define ENTRIES_MAX 64 /* taken in one call */

/* unix_datagram_errors_watch */
NTSTATUS datagram_errors_watch( void *args )
{
    const struct datagram_errors_watch_params *params = args;
    int on = params->on != 0, error;
    socklen_t len = sizeof( error );
    NTSTATUS status;

    /* an IPv6 socket may send to IPv4 as well; an IPv4 one doesn't have the second option */
    setsockopt( params->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof( on ) );
    status = setsockopt( params->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof( on ) ) ? errno_to_status( errno )
                                                                                 : STATUS_SUCCESS;
    /* this empties the queue, but not what polls and the next call look at */
    if (!on) getsockopt( params->fd, SOL_SOCKET, SO_ERROR, &error, &len );
    return status;
}

static const struct sock_extended_err *datagram_error_of( struct msghdr *msg )
{
    struct cmsghdr *cmsg;

    for (cmsg = CMSG_FIRSTHDR( msg ); cmsg; cmsg = CMSG_NXTHDR( msg, cmsg ))
        if (( cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_RECVERR )
            || ( cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_RECVERR ))
            return (const struct sock_extended_err *)CMSG_DATA( cmsg );
    return NULL;
}

/* unix_datagram_errors_take */
NTSTATUS datagram_errors_take( void *args )
{
    struct datagram_errors_take_params *params = args;
    uint64_t control[64];
    struct sockaddr_storage addr;
    unsigned int i;

    params->count = params->addr_len = 0;
    for (i = 0; i < ENTRIES_MAX; i++)
    {
        struct msghdr msg = { .msg_name = &addr,
                              .msg_namelen = sizeof( addr ),
                              .msg_control = control,
                              .msg_controllen = sizeof( control ) };
        const struct sock_extended_err *error;

        if (recvmsg( params->fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT ) == -1)
        {
            if (errno == EINTR) continue;
            break;
        }
        if (!( error = datagram_error_of( &msg ) )) continue;
        /* those that the host itself has returned to the sending call don't come from the network */
        if (error->ee_origin != SO_EE_ORIGIN_ICMP && error->ee_origin != SO_EE_ORIGIN_ICMP6) continue;
        params->count++;
        if (error->ee_errno != ECONNREFUSED) continue;
        params->addr_len = address_from_unix( &addr, msg.msg_namelen, params->addr, sizeof( params->addr ) );
        break;
    }
    return STATUS_SUCCESS;
}
