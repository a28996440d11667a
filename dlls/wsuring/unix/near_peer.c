/*
 * Connecting to a host of an own network that may be absent
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When nobody answers to ARP the host sends itself an ICMP "host unreachable" after three seconds, which ends a
 * connect; Windows goes on trying until the time of the connect is over. A socket can be made not to take that report:
 * by IP_MINTTL the host passes over reports of packets that began with fewer hops (RFC 5082), and the packets of an
 * IPv4 socket are made to begin with one less than it wants to see. A report of IPv6 comes by the loopback interface,
 * and isn't for a socket that is bound to another one.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef IP_MINTTL
#define IP_MINTTL 21
#endif

#define NEAR_HOPS 31 /* enough also where a router answers for far hosts; no host begins with fewer than 32 */

/* ---- whether there is ARP on the way */

struct near_question
{
    struct nlmsghdr header;
    struct rtmsg route;
    struct rtattr attribute;
    uint8_t addr[sizeof( struct in6_addr )];
};

static int near_interface_of_answer( const struct nlmsghdr *header, unsigned int size )
{
    const struct rtmsg *route = NLMSG_DATA( header );
    const struct rtattr *attribute;
    int left, interface = 0;

    if (!NLMSG_OK( header, size ) || header->nlmsg_type != RTM_NEWROUTE
        || header->nlmsg_len < NLMSG_LENGTH( sizeof( *route ) ) || route->rtm_type != RTN_UNICAST)
        return 0;
    left = header->nlmsg_len - NLMSG_LENGTH( sizeof( *route ) );
    for (attribute = RTM_RTA( route ); RTA_OK( attribute, left ); attribute = RTA_NEXT( attribute, left ))
    {
        if (attribute->rta_type == RTA_GATEWAY || attribute->rta_type == RTA_VIA) return 0;
        if (attribute->rta_type == RTA_OIF) memcpy( &interface, RTA_DATA( attribute ), sizeof( interface ) );
    }
    return interface;
}

static bool near_has_arp( int fd, int interface )
{
    struct ifreq request;

    memset( &request, 0, sizeof( request ) );
    request.ifr_ifindex = interface;
    return ioctl( fd, SIOCGIFNAME, &request ) != -1 && ioctl( fd, SIOCGIFFLAGS, &request ) != -1
           && !( request.ifr_flags & ( IFF_NOARP | IFF_LOOPBACK | IFF_POINTOPOINT ) );
}

/* The interface on whose network the address is, 0 for none. */
static int near_interface( int family, const void *addr, uint32_t len )
{
    struct near_question question = {
        .header = { .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST },
        .route = { .rtm_family = family, .rtm_dst_len = len * 8 },
        .attribute = { .rta_type = RTA_DST, .rta_len = RTA_LENGTH( len ) },
    };
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    union
    {
        struct nlmsghdr header;
        char space[1024];
    } answer;
    int fd, size, interface = 0;

    memcpy( question.addr, addr, len );
    question.header.nlmsg_len = offsetof( struct near_question, addr ) + len;
    if (( fd = socket( AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE ) ) == -1) return 0;
    if (sendto( fd, &question, question.header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof( kernel ) ) != -1
        && ( size = recv( fd, &answer, sizeof( answer ), MSG_DONTWAIT ) ) > 0)
        interface = near_interface_of_answer( &answer.header, size );
    if (interface && !near_has_arp( fd, interface )) interface = 0;
    close( fd );
    return interface;
}

/* ---- the socket */

static void near_take_ipv4( struct near_peer_params *params )
{
    int hops = 0, fewer, least;
    socklen_t len = sizeof( hops );

    if (getsockopt( params->fd, IPPROTO_IP, IP_TTL, &hops, &len ) || hops <= 0) return;
    fewer = hops < NEAR_HOPS ? hops : NEAR_HOPS;
    least = fewer + 1;
    if (setsockopt( params->fd, IPPROTO_IP, IP_MINTTL, &least, sizeof( least ) )) return;
    setsockopt( params->fd, IPPROTO_IP, IP_TTL, &fewer, sizeof( fewer ) );
    params->hops = hops;
}

/* Not a socket with an address: what is for that may arrive by another interface. */
static void near_take_ipv6( struct near_peer_params *params, int interface )
{
    struct sockaddr_in6 own = { 0 };
    socklen_t len = sizeof( own );

    if (getsockname( params->fd, (struct sockaddr *)&own, &len ) || !IN6_IS_ADDR_UNSPECIFIED( &own.sin6_addr )) return;
    if (!setsockopt( params->fd, SOL_SOCKET, SO_BINDTOIFINDEX, &interface, sizeof( interface ) ))
        params->device = interface;
}

/* Only root can take a socket from its interface. */
static void near_leave( struct near_peer_params *params )
{
    int none = 0;

    if (params->hops)
    {
        setsockopt( params->fd, IPPROTO_IP, IP_TTL, &params->hops, sizeof( params->hops ) );
        setsockopt( params->fd, IPPROTO_IP, IP_MINTTL, &none, sizeof( none ) );
        params->hops = 0;
    }
    if (params->device && !setsockopt( params->fd, SOL_SOCKET, SO_BINDTOIFINDEX, &none, sizeof( none ) ))
        params->device = 0;
}

/* unix_near_peer */
NTSTATUS near_peer( void *args )
{
    struct near_peer_params *params = args;
    struct sockaddr_storage addr;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&addr;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&addr;
    const struct in_addr *ipv4 = &v4->sin_addr;
    int interface = 0;
    socklen_t len;
    NTSTATUS status;

    params->stuck = 0;
    if (!params->addr_len)
    {
        near_leave( params );
        return STATUS_SUCCESS;
    }
    if (( status = address_to_unix( pointer_from_u64( params->addr ), params->addr_len, &addr, &len ) )) return status;
    if (addr.ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED( &v6->sin6_addr ))
        ipv4 = (const struct in_addr *)( v6->sin6_addr.s6_addr + 12 );
    else if (addr.ss_family == AF_INET6)
    {
        /* the host binds a socket to the interface itself for an address with a scope */
        if (!IN6_IS_ADDR_LOOPBACK( &v6->sin6_addr ) && !IN6_IS_ADDR_LINKLOCAL( &v6->sin6_addr ))
            interface = near_interface( AF_INET6, &v6->sin6_addr, sizeof( v6->sin6_addr ) );
        if (params->device && interface == params->device) return STATUS_SUCCESS;
        near_leave( params );
        params->stuck = params->device != 0;
        if (interface && !params->stuck) near_take_ipv6( params, interface );
        return STATUS_SUCCESS;
    }
    near_leave( params );
    params->stuck = params->device != 0;
    if (ntohl( ipv4->s_addr ) >> 24 != IN_LOOPBACKNET && near_interface( AF_INET, ipv4, sizeof( *ipv4 ) ))
        near_take_ipv4( params );
    return STATUS_SUCCESS;
}
