/*
 * Filters of a group's sources
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows and the host both have the structures of RFC 3678, but Windows swaps the numbers of the two modes, and its
 * address 0.x.x.x means an interface index. A filter for a group that the socket hasn't joined must join it (RFC
 * 3678, 4.1); the host leaves that to the caller.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* GROUP_FILTER. In 32-bit code the host's has another layout, for its addresses are aligned less. */
struct windows_filter
{
    uint32_t interface, pad;
    uint8_t group[128];
    uint32_t mode, count;
    uint8_t list[][128];
};

#define V4_HEADER   offsetof( struct ip_msfilter, imsf_slist )
#define ANY_HEADER  offsetof( struct windows_filter, list )
#define HOST_HEADER offsetof( struct group_filter, gf_slist )

/* Both are their own inverse. */
static uint32_t filter_other_mode( uint32_t mode )
{
    return mode == MCAST_INCLUDE ? MCAST_EXCLUDE : MCAST_INCLUDE;
}

static NTSTATUS set_filter( int fd, int level, int option, const void *filter, socklen_t len, bool empty, int join,
                            const void *group, socklen_t group_len )
{
    if (!setsockopt( fd, level, option, filter, len )) return STATUS_SUCCESS;
    /* EINVAL: not a member */
    if (errno == EADDRNOTAVAIL && empty) return STATUS_SUCCESS;
    if (errno != EINVAL && errno != EADDRNOTAVAIL) return errno_to_status( errno );
    if (setsockopt( fd, level, join, group, group_len ))
        return errno == ENODEV ? STATUS_INVALID_ADDRESS_COMPONENT : errno_to_status( errno );
    return setsockopt( fd, level, option, filter, len ) ? errno_to_status( errno ) : STATUS_SUCCESS;
}

/* IP_MSFILTER */
static NTSTATUS filter_v4( struct multicast_filter_params *params, struct ip_msfilter *filter )
{
    struct ip_mreqn group = { .imr_multiaddr = filter->imsf_multiaddr };
    socklen_t len = params->len;

    /* the host doesn't accept an index here */
    if (filter->imsf_interface.s_addr && ntohl( filter->imsf_interface.s_addr ) < 1 << 24)
        return STATUS_INVALID_ADDRESS_COMPONENT;
    group.imr_address = filter->imsf_interface;
    if (params->set)
    {
        bool empty = filter->imsf_fmode == 0 && !filter->imsf_numsrc;

        filter->imsf_fmode = filter_other_mode( filter->imsf_fmode );
        return set_filter( params->fd, IPPROTO_IP, IP_MSFILTER, filter,
                           V4_HEADER + filter->imsf_numsrc * sizeof( struct in_addr ), empty, IP_ADD_MEMBERSHIP, &group,
                           sizeof( group ) );
    }
    filter->imsf_numsrc = ( len - V4_HEADER ) / sizeof( struct in_addr );
    if (getsockopt( params->fd, IPPROTO_IP, IP_MSFILTER, filter, &len )) return errno_to_status( errno );
    filter->imsf_fmode = filter_other_mode( filter->imsf_fmode );
    params->len = len;
    return STATUS_SUCCESS;
}

static NTSTATUS set_filter_any( int fd, int level, const struct windows_filter *value, struct group_filter *filter,
                                const struct group_req *group )
{
    NTSTATUS status;
    socklen_t len;
    uint32_t i;

    for (i = 0; i < value->count; i++)
        if (( status = address_to_unix( value->list[i], sizeof( value->list[i] ), filter->gf_slist + i, &len ) ))
            return status;
    filter->gf_fmode = filter_other_mode( value->mode );
    filter->gf_numsrc = value->count;
    return set_filter( fd, level, MCAST_MSFILTER, filter, HOST_HEADER + value->count * sizeof( *filter->gf_slist ),
                       value->mode == 0 && !value->count, MCAST_JOIN_GROUP, group, sizeof( *group ) );
}

/* len: in, out, of the value */
static NTSTATUS get_filter_any( int fd, int level, struct windows_filter *value, struct group_filter *filter,
                                uint32_t *len )
{
    uint32_t i, count = ( *len - ANY_HEADER ) / sizeof( value->list[0] );
    socklen_t host_len = HOST_HEADER + count * sizeof( *filter->gf_slist );

    filter->gf_numsrc = count;
    if (getsockopt( fd, level, MCAST_MSFILTER, filter, &host_len )) return errno_to_status( errno );
    value->mode = filter_other_mode( filter->gf_fmode );
    value->count = filter->gf_numsrc;
    count = ( host_len - HOST_HEADER ) / sizeof( *filter->gf_slist );
    memset( value->list, 0, count * sizeof( value->list[0] ) );
    for (i = 0; i < count; i++)
        address_from_unix( filter->gf_slist + i, sizeof( *filter->gf_slist ), value->list[i],
                           sizeof( value->list[i] ) );
    *len = ANY_HEADER + count * sizeof( value->list[0] );
    return STATUS_SUCCESS;
}

/* GROUP_FILTER */
static NTSTATUS filter_any( struct multicast_filter_params *params, struct windows_filter *value )
{
    uint32_t room = ( params->len - ANY_HEADER ) / sizeof( value->list[0] );
    struct group_req group = { .gr_interface = value->interface };
    struct group_filter *filter;
    NTSTATUS status;
    socklen_t len;
    int level;

    if (( status = address_to_unix( value->group, sizeof( value->group ), &group.gr_group, &len ) )) return status;
    level = group.gr_group.ss_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
    /* it has room for one source itself */
    if (!( filter = calloc( 1, sizeof( *filter ) + room * sizeof( *filter->gf_slist ) ) )) return STATUS_NO_MEMORY;
    filter->gf_interface = value->interface;
    filter->gf_group = group.gr_group;
    status = params->set ? set_filter_any( params->fd, level, value, filter, &group )
                         : get_filter_any( params->fd, level, value, filter, &params->len );
    free( filter );
    return status;
}

/* unix_multicast_filter */
NTSTATUS multicast_filter( void *args )
{
    struct multicast_filter_params *params = args;
    uint32_t header = params->any_family ? ANY_HEADER : V4_HEADER;
    uint32_t source = params->any_family ? sizeof( struct sockaddr_storage ) : sizeof( struct in_addr );
    uint32_t len = params->len, sources, mode;
    NTSTATUS status;
    void *copy;

    if (len < header) return STATUS_ACCESS_VIOLATION;
    if (len > header + MULTICAST_SOURCES_MAX * source) len = params->len = header + MULTICAST_SOURCES_MAX * source;
    if (!( copy = malloc( len ) )) return STATUS_NO_MEMORY;
    memcpy( copy, pointer_from_u64( params->value ), len );
    /* the last two members of both headers */
    memcpy( &mode, (char *)copy + header - 8, sizeof( mode ) );
    memcpy( &sources, (char *)copy + header - 4, sizeof( sources ) );
    if (params->set && ( mode > 1 || sources > MULTICAST_SOURCES_MAX )) status = STATUS_INVALID_PARAMETER;
    else if (params->set && sources > ( len - header ) / source) status = STATUS_ACCESS_VIOLATION;
    else status = params->any_family ? filter_any( params, copy ) : filter_v4( params, copy );
    if (!status && !params->set) memcpy( pointer_from_u64( params->value ), copy, params->len );
    free( copy );
    return status;
}
