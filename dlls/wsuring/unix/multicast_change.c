/*
 * Joining and leaving groups and their sources
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Page "Multicast Socket Option Behavior" says what a change is answered with that doesn't fit what was done before.
 * The host has other errors, and where a socket is in a group for all sources, naming one source makes it deaf to all.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

/* What a socket gets of a group on an interface. */
enum membership
{
    MEMBERSHIP_NONE,
    MEMBERSHIP_SOURCES, /* what some send */
    MEMBERSHIP_ALL,
    MEMBERSHIP_BLOCKED, /* all but what some send */
};

static enum membership multicast_from_mode( bool found, uint32_t mode, uint32_t sources )
{
    if (!found) return MEMBERSHIP_NONE;
    if (mode == MCAST_INCLUDE) return MEMBERSHIP_SOURCES;
    return sources ? MEMBERSHIP_BLOCKED : MEMBERSHIP_ALL;
}

static enum membership multicast_by_address( int fd, struct in_addr group, struct in_addr address )
{
    struct ip_msfilter filter = { .imsf_multiaddr = group, .imsf_interface = address };
    socklen_t len = offsetof( struct ip_msfilter, imsf_slist );
    bool found = !getsockopt( fd, IPPROTO_IP, IP_MSFILTER, &filter, &len );

    return multicast_from_mode( found, filter.imsf_fmode, filter.imsf_numsrc );
}

static enum membership multicast_by_index( int fd, int level, const struct sockaddr_storage *group, uint32_t index )
{
    struct group_filter filter = { .gf_interface = index, .gf_group = *group };
    socklen_t len = offsetof( struct group_filter, gf_slist );
    bool found = !getsockopt( fd, level, MCAST_MSFILTER, &filter, &len );

    return multicast_from_mode( found, filter.gf_fmode, filter.gf_numsrc );
}

static enum membership multicast_in_v4( int fd, const struct ip_mreqn *in )
{
    struct sockaddr_storage group = { .ss_family = AF_INET };

    if (!in->imr_ifindex) return multicast_by_address( fd, in->imr_multiaddr, in->imr_address );
    ( (struct sockaddr_in *)&group )->sin_addr = in->imr_multiaddr;
    return multicast_by_index( fd, IPPROTO_IP, &group, in->imr_ifindex );
}

static enum membership multicast_in_v6( int fd, const struct ipv6_mreq *in )
{
    struct sockaddr_storage group = { .ss_family = AF_INET6 };

    ( (struct sockaddr_in6 *)&group )->sin6_addr = in->ipv6mr_multiaddr;
    return multicast_by_index( fd, IPPROTO_IPV6, &group, in->ipv6mr_interface );
}

/* What the socket gets of the group that a change names. */
static enum membership multicast_membership( int fd, int level, int option, const void *value )
{
    const struct ip_mreq_source *v4_source = value;
    const struct group_source_req *source = value;
    const struct group_req *group = value;

    if (level == IPPROTO_IPV6 && option == IPV6_JOIN_GROUP) return multicast_in_v6( fd, value );
    switch (option)
    {
    case IP_ADD_MEMBERSHIP: return multicast_in_v4( fd, value );
    case MCAST_JOIN_GROUP: return multicast_by_index( fd, level, &group->gr_group, group->gr_interface );
    case MCAST_JOIN_SOURCE_GROUP:
    case MCAST_LEAVE_SOURCE_GROUP:
    case MCAST_BLOCK_SOURCE:
    case MCAST_UNBLOCK_SOURCE: return multicast_by_index( fd, level, &source->gsr_group, source->gsr_interface );
    default: return multicast_by_address( fd, v4_source->imr_multiaddr, v4_source->imr_interface );
    }
}

static NTSTATUS change_join( int fd, int level, int option, const void *value, socklen_t len )
{
    if (!setsockopt( fd, level, option, value, len )) return STATUS_SUCCESS;
    if (errno != EADDRINUSE) return errno_to_option_status( errno );
    return multicast_membership( fd, level, option, value ) == MEMBERSHIP_BLOCKED ? STATUS_INVALID_PARAMETER
                                                                                  : STATUS_INVALID_ADDRESS_COMPONENT;
}

static NTSTATUS change_source( int fd, int level, int option, const void *value, socklen_t len )
{
    enum membership membership = multicast_membership( fd, level, option, value );
    bool join = option == IP_ADD_SOURCE_MEMBERSHIP || option == MCAST_JOIN_SOURCE_GROUP;
    bool leave = option == IP_DROP_SOURCE_MEMBERSHIP || option == MCAST_LEAVE_SOURCE_GROUP;
    bool unblock = option == IP_UNBLOCK_SOURCE || option == MCAST_UNBLOCK_SOURCE;

    if (membership == MEMBERSHIP_ALL && join) return STATUS_INVALID_ADDRESS_COMPONENT;
    if (membership == MEMBERSHIP_ALL && ( leave || unblock )) return STATUS_INVALID_PARAMETER;
    if (!setsockopt( fd, level, option, value, len )) return STATUS_SUCCESS;
    if (errno == EINVAL && membership == MEMBERSHIP_NONE && leave) return STATUS_INVALID_ADDRESS_COMPONENT;
    return errno_to_option_status( errno );
}

NTSTATUS multicast_change( int fd, int level, int option, const void *value, socklen_t len )
{
    if (level == IPPROTO_IPV6 && option == IPV6_JOIN_GROUP) return change_join( fd, level, option, value, len );
    switch (option)
    {
    case IP_ADD_MEMBERSHIP:
    case MCAST_JOIN_GROUP: return change_join( fd, level, option, value, len );
    case IP_ADD_SOURCE_MEMBERSHIP:
    case IP_DROP_SOURCE_MEMBERSHIP:
    case IP_BLOCK_SOURCE:
    case IP_UNBLOCK_SOURCE:
    case MCAST_JOIN_SOURCE_GROUP:
    case MCAST_LEAVE_SOURCE_GROUP:
    case MCAST_BLOCK_SOURCE:
    case MCAST_UNBLOCK_SOURCE: return change_source( fd, level, option, value, len );
    default: return setsockopt( fd, level, option, value, len ) ? errno_to_option_status( errno ) : STATUS_SUCCESS;
    }
}

NTSTATUS multicast_change_source( int fd, int option, const struct ip_mreq_source *in )
{
    struct group_source_req source;
    struct sockaddr_in *addr;

    if (!in->imr_interface.s_addr || ntohl( in->imr_interface.s_addr ) >= 1 << 24)
        return multicast_change( fd, IPPROTO_IP, option, in, sizeof( *in ) );
    memset( &source, 0, sizeof( source ) );
    source.gsr_interface = ntohl( in->imr_interface.s_addr );
    addr = (struct sockaddr_in *)&source.gsr_group;
    addr->sin_family = AF_INET;
    addr->sin_addr = in->imr_multiaddr;
    addr = (struct sockaddr_in *)&source.gsr_source;
    addr->sin_family = AF_INET;
    addr->sin_addr = in->imr_sourceaddr;
    switch (option)
    {
    case IP_ADD_SOURCE_MEMBERSHIP: option = MCAST_JOIN_SOURCE_GROUP; break;
    case IP_DROP_SOURCE_MEMBERSHIP: option = MCAST_LEAVE_SOURCE_GROUP; break;
    case IP_BLOCK_SOURCE: option = MCAST_BLOCK_SOURCE; break;
    default: option = MCAST_UNBLOCK_SOURCE; break;
    }
    return multicast_change( fd, IPPROTO_IP, option, &source, sizeof( source ) );
}
