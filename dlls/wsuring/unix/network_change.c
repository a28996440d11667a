/*
 * Changes of the host's addresses and routes
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <unistd.h>

#define ALL ( ADDRESSES_CHANGED | ROUTES_CHANGED )
#define V6  1 /* the bits of IPv6 are the next ones */

static NTSTATUS network_change_open( int *fd )
{
    struct sockaddr_nl addr = { .nl_family = AF_NETLINK,
                                .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE
                                             | RTMGRP_IPV6_ROUTE };
    int err;

    if (( *fd = socket( AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE ) ) == -1)
        return errno_to_status( errno );
    if (!bind( *fd, (struct sockaddr *)&addr, sizeof( addr ) )) return STATUS_SUCCESS;
    err = errno;
    close( *fd );
    *fd = -1;
    return errno_to_status( err );
}

static uint32_t network_change_of_family( uint32_t changes, uint8_t family )
{
    return family == AF_INET ? changes : family == AF_INET6 ? changes << V6 : 0;
}

/* A new address may change the route to a destination, which includes the source address. */
static uint32_t message_changes( const struct nlmsghdr *header )
{
    const void *body = NLMSG_DATA( header );

    switch (header->nlmsg_type)
    {
    case RTM_NEWADDR:
    case RTM_DELADDR:
        if (header->nlmsg_len < NLMSG_LENGTH( sizeof( struct ifaddrmsg ) )) return 0;
        return network_change_of_family( ADDRESSES_CHANGED | ROUTES_CHANGED,
                                         ( (const struct ifaddrmsg *)body )->ifa_family );
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
        if (header->nlmsg_len < NLMSG_LENGTH( sizeof( struct rtmsg ) )) return 0;
        if (( (const struct rtmsg *)body )->rtm_flags & RTM_F_CLONED) return 0; /* from the route cache */
        return network_change_of_family( ROUTES_CHANGED, ( (const struct rtmsg *)body )->rtm_family );
    case RTM_NEWLINK:
    {
        const struct ifinfomsg *link = body;

        /* its routes vanish without messages */
        if (header->nlmsg_len < NLMSG_LENGTH( sizeof( *link ) ) || !( link->ifi_change & IFF_UP )
            || link->ifi_flags & IFF_UP)
            return 0;
        return ROUTES_CHANGED | ROUTES_CHANGED << V6;
    }
    }
    return 0;
}

uint32_t netlink_changes( const void *data, size_t len )
{
    const struct nlmsghdr *header = data;
    int left = len; /* negative after a message without its padding */
    uint32_t changes = 0;

    for (; NLMSG_OK( header, left ); header = NLMSG_NEXT( header, left )) changes |= message_changes( header );
    return changes;
}

/* unix_network_changes */
NTSTATUS network_changes( void *args )
{
    _Alignas( struct nlmsghdr ) char buffer[16384];
    struct network_changes_params *params = args;
    struct sockaddr_nl from;
    struct iovec iov = { .iov_base = buffer, .iov_len = sizeof( buffer ) };
    ssize_t ret;

    params->changes = 0;
    if (params->fd == -1) return network_change_open( &params->fd );
    for (;;)
    {
        struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof( from ), .msg_iov = &iov, .msg_iovlen = 1 };

        from.nl_pid = 0;
        if (( ret = recvmsg( params->fd, &msg, 0 ) ) == -1)
        {
            if (errno == EINTR) continue;
            if (errno != ENOBUFS) return errno == EAGAIN ? STATUS_SUCCESS : errno_to_status( errno );
        }
        /* too many at once, so some are lost: assume any change */
        if (ret == -1 || msg.msg_flags & MSG_TRUNC) params->changes |= ALL | ALL << V6;
        else if (!from.nl_pid) params->changes |= netlink_changes( buffer, ret ); /* only from the kernel */
    }
}
