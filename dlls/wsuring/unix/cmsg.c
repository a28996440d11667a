/*
 * Control data of datagrams: Windows' layout to the host's and back
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows' side is provider memory, in the layout of the program: of 64-bit ones a header of 16 bytes, then the data,
 * the next header at a multiple of 8; of 32-bit ones a header of 12 bytes, the next one at a multiple of 4.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef IP_RECVORIGDSTADDR
#define IP_RECVORIGDSTADDR 20
#endif
#ifndef IPV6_RECVORIGDSTADDR
#define IPV6_RECVORIGDSTADDR 74
#endif
#ifndef SO_TIMESTAMPNS
#define SO_TIMESTAMPNS 35
#endif

enum
{
    WINDOWS_SOL_SOCKET = 0xffff,
    WINDOWS_SO_TIMESTAMP = 0x300a,
    /* the same in IPPROTO_IP and IPPROTO_IPV6 */
    WINDOWS_PKTINFO = 19,
    WINDOWS_HOPLIMIT = 21,
    WINDOWS_RECVIF = 24,
    WINDOWS_TCLASS = 39,
    WINDOWS_ARRIVAL_IF = 47,
    WINDOWS_ECN = 50,
    WINDOWS_IP_TOS = 3,
    WINDOWS_IP_TTL = 4,
    WINDOWS_UDP_SEND_MSG_SIZE = 2,
    WINDOWS_UDP_COALESCED_INFO = 3,
};

struct windows_cmsghdr
{
    uint64_t len;
    int32_t level;
    int32_t type;
};

struct windows_in_pktinfo
{
    uint8_t addr[4];
    uint32_t index;
};

struct windows_in6_pktinfo
{
    uint8_t addr[16];
    uint32_t index;
};

_Static_assert( sizeof( struct windows_cmsghdr ) == 16 && sizeof( struct windows_in6_pktinfo ) == 20,
                "ws2def.h, ws2ipdef.h" );

struct windows_cmsghdr_32
{
    uint32_t len;
    int32_t level;
    int32_t type;
};

static bool cmsg_is_32( const struct message_params *params )
{
    return params->pointer_size == 4;
}

static size_t cmsg_header_size( const struct message_params *params )
{
    return cmsg_is_32( params ) ? sizeof( struct windows_cmsghdr_32 ) : sizeof( struct windows_cmsghdr );
}

static size_t cmsg_windows_align( const struct message_params *params, size_t len )
{
    size_t unit = cmsg_is_32( params ) ? 4 : 8;

    return ( len + unit - 1 ) & ~( unit - 1 );
}

static struct windows_cmsghdr cmsg_header_get( const struct message_params *params, const uint8_t *in )
{
    struct windows_cmsghdr_32 header_32;
    struct windows_cmsghdr header;

    if (!cmsg_is_32( params )) memcpy( &header, in, sizeof( header ) );
    else
    {
        memcpy( &header_32, in, sizeof( header_32 ) );
        header = (struct windows_cmsghdr){ header_32.len, header_32.level, header_32.type };
    }
    return header;
}

static void cmsg_header_put( const struct message_params *params, const struct windows_cmsghdr *header, uint8_t *out )
{
    const struct windows_cmsghdr_32 header_32 = { header->len, header->level, header->type };

    if (cmsg_is_32( params )) memcpy( out, &header_32, sizeof( header_32 ) );
    else memcpy( out, header, sizeof( *header ) );
}

/* ---- sends */

static bool cmsg_put_unix( struct msghdr *msg, size_t room, int level, int type, const void *data, size_t len )
{
    struct cmsghdr *cmsg = (struct cmsghdr *)( (char *)msg->msg_control + msg->msg_controllen );

    if (room - msg->msg_controllen < CMSG_SPACE( len )) return false;
    memset( cmsg, 0, CMSG_SPACE( len ) );
    cmsg->cmsg_len = CMSG_LEN( len );
    cmsg->cmsg_level = level;
    cmsg->cmsg_type = type;
    memcpy( CMSG_DATA( cmsg ), data, len );
    msg->msg_controllen += CMSG_SPACE( len );
    return true;
}

/* The six bits above those of ECN go with every datagram of the socket. */
static int cmsg_default_class( int fd, int level )
{
    int value = 0;
    socklen_t len = sizeof( value );

    if (level == IPPROTO_IP) getsockopt( fd, IPPROTO_IP, IP_TOS, &value, &len );
    else getsockopt( fd, IPPROTO_IPV6, IPV6_TCLASS, &value, &len );
    return value > 0 ? value & 0xfc : 0;
}

/* One int for the host, possibly two for Windows. */
struct traffic_class
{
    int tos, ecn; /* -1: not given */
};

static NTSTATUS cmsg_put_one( const struct windows_cmsghdr *header, const void *data, size_t len, struct msghdr *msg,
                              size_t room, struct traffic_class classes[2], uint32_t *segment )
{
    bool v6 = header->level == IPPROTO_IPV6;
    int value = 0;

    if (header->level == IPPROTO_UDP)
    {
        if (header->type != WINDOWS_UDP_SEND_MSG_SIZE || len < sizeof( *segment )) return STATUS_INVALID_PARAMETER;
        memcpy( segment, data, sizeof( *segment ) );
        return STATUS_SUCCESS;
    }
    if (header->level != IPPROTO_IP && !v6) return STATUS_INVALID_PARAMETER;
    if (header->type == WINDOWS_PKTINFO && v6)
    {
        struct in6_pktinfo info = { 0 };
        struct windows_in6_pktinfo in;

        if (len < sizeof( in )) return STATUS_INVALID_PARAMETER;
        memcpy( &in, data, sizeof( in ) );
        memcpy( &info.ipi6_addr, in.addr, sizeof( in.addr ) );
        info.ipi6_ifindex = in.index;
        return cmsg_put_unix( msg, room, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof( info ) ) ? STATUS_SUCCESS
                                                                                             : STATUS_INVALID_PARAMETER;
    }
    if (header->type == WINDOWS_PKTINFO)
    {
        struct in_pktinfo info = { 0 };
        struct windows_in_pktinfo in;

        if (len < sizeof( in )) return STATUS_INVALID_PARAMETER;
        memcpy( &in, data, sizeof( in ) );
        memcpy( &info.ipi_spec_dst, in.addr, sizeof( in.addr ) );
        info.ipi_ifindex = in.index;
        return cmsg_put_unix( msg, room, IPPROTO_IP, IP_PKTINFO, &info, sizeof( info ) ) ? STATUS_SUCCESS
                                                                                         : STATUS_INVALID_PARAMETER;
    }
    if (len < sizeof( value )) return STATUS_INVALID_PARAMETER;
    memcpy( &value, data, sizeof( value ) );
    if (header->type == WINDOWS_ECN)
    {
        if (value & ~3) return STATUS_INVALID_PARAMETER;
        classes[v6].ecn = value;
    }
    else if (header->type == ( v6 ? WINDOWS_TCLASS : WINDOWS_IP_TOS )) classes[v6].tos = value & 0xff;
    else if (header->type == WINDOWS_HOPLIMIT || ( header->type == WINDOWS_IP_TTL && !v6 ))
        return cmsg_put_unix( msg, room, header->level, v6 ? IPV6_HOPLIMIT : IP_TTL, &value, sizeof( value ) )
                   ? STATUS_SUCCESS
                   : STATUS_INVALID_PARAMETER;
    else return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* Reads the control data of a send. Unknown data is an error, so that it isn't ignored silently. */
NTSTATUS control_to_unix( const struct message_params *params, int fd, void *out, size_t room, size_t *out_len,
                          uint32_t *segment )
{
    const uint8_t *control = pointer_from_u64( params->control );
    struct traffic_class classes[2] = { { -1, -1 }, { -1, -1 } };
    struct msghdr msg = { .msg_control = out };
    const size_t header_size = cmsg_header_size( params );
    struct windows_cmsghdr header;
    size_t pos;
    NTSTATUS status;
    int i, value;

    for (pos = 0; params->control_len - pos >= header_size; pos += cmsg_windows_align( params, header.len ))
    {
        header = cmsg_header_get( params, control + pos );
        if (header.len < header_size || header.len > params->control_len - pos) return STATUS_INVALID_PARAMETER;
        if (( status = cmsg_put_one( &header, control + pos + header_size, header.len - header_size, &msg, room,
                                     classes, segment ) ))
            return status;
        if (cmsg_windows_align( params, header.len ) > params->control_len - pos) break;
    }
    for (i = 0; i < 2; i++)
    {
        int level = i ? IPPROTO_IPV6 : IPPROTO_IP;

        if (classes[i].tos == -1 && classes[i].ecn == -1) continue;
        value = classes[i].tos != -1 ? classes[i].tos : cmsg_default_class( fd, level );
        if (classes[i].ecn != -1) value = ( value & 0xfc ) | classes[i].ecn;
        if (!cmsg_put_unix( &msg, room, level, i ? IPV6_TCLASS : IP_TOS, &value, sizeof( value ) ))
            return STATUS_INVALID_PARAMETER;
    }
    *out_len = msg.msg_controllen;
    return STATUS_SUCCESS;
}

/* ---- receives */

struct writer
{
    struct message_params *params;
    uint32_t used;
};

static void cmsg_put_windows( struct writer *writer, int level, int type, const void *data, size_t len )
{
    const size_t header_size = cmsg_header_size( writer->params );
    struct windows_cmsghdr header = { header_size + len, level, type };
    size_t size = cmsg_windows_align( writer->params, header.len );
    uint8_t *out = (uint8_t *)pointer_from_u64( writer->params->control ) + writer->used;

    if (!writer->params->control) return; /* a plain receive */
    if (writer->params->control_len - writer->used < size)
    {
        writer->params->flags |= WINDOWS_MSG_CTRUNC;
        return;
    }
    cmsg_header_put( writer->params, &header, out );
    memcpy( out + header_size, data, len );
    memset( out + header.len, 0, size - header.len );
    writer->used += size;
}

static void cmsg_put_int( struct writer *writer, int level, int type, int value )
{
    cmsg_put_windows( writer, level, type, &value, sizeof( value ) );
}

static void cmsg_put_class( struct writer *writer, uint32_t options, int level, int value )
{
    if (options & MESSAGE_TOS)
        cmsg_put_int( writer, level, level == IPPROTO_IP ? WINDOWS_IP_TOS : WINDOWS_TCLASS, value );
    if (options & MESSAGE_ECN) cmsg_put_int( writer, level, WINDOWS_ECN, value & 3 );
}

static void cmsg_put_interface( struct writer *writer, uint32_t options, int level, int index )
{
    if (options & MESSAGE_RECVIF) cmsg_put_int( writer, level, WINDOWS_RECVIF, index );
    if (options & MESSAGE_ARRIVAL_IF) cmsg_put_int( writer, level, WINDOWS_ARRIVAL_IF, index );
}

static bool cmsg_is_broadcast( struct in_addr addr )
{
    struct ifaddrs *list, *entry;
    bool found = false;

    if (addr.s_addr == INADDR_BROADCAST) return true;
    /* a subnet's broadcast address is odd */
    if (!( ntohl( addr.s_addr ) & 1 ) || getifaddrs( &list )) return false;
    for (entry = list; entry && !found; entry = entry->ifa_next)
    {
        const struct sockaddr_in *in = (const struct sockaddr_in *)entry->ifa_addr,
                                 *mask = (const struct sockaddr_in *)entry->ifa_netmask;

        if (!in || !mask || in->sin_family != AF_INET || mask->sin_addr.s_addr == INADDR_BROADCAST) continue;
        found = addr.s_addr == ( in->sin_addr.s_addr | ~mask->sin_addr.s_addr ) && addr.s_addr != in->sin_addr.s_addr;
    }
    freeifaddrs( list );
    return found;
}

static uint32_t cmsg_flags_of_destination( struct in_addr addr )
{
    static __thread struct in_addr
        last; /* a look-up costs system calls, and most datagrams arrive for the same address */
    static __thread uint32_t last_flags;

    if (IN_MULTICAST( ntohl( addr.s_addr ) )) return WINDOWS_MSG_MCAST;
    if (addr.s_addr != last.s_addr)
    {
        last_flags = cmsg_is_broadcast( addr ) ? WINDOWS_MSG_BCAST : 0;
        last = addr;
    }
    return last_flags;
}

static int64_t cmsg_age( const struct timespec *stamp )
{
    struct timespec now;

    clock_gettime( CLOCK_REALTIME, &now );
    return ( now.tv_sec - stamp->tv_sec ) * INT64_C( 1000000000 ) + now.tv_nsec - stamp->tv_nsec;
}

static void cmsg_from_ip( struct writer *writer, uint32_t options, int type, const void *data )
{
    if (type == IP_PKTINFO)
    {
        const struct in_pktinfo *info = data;
        struct windows_in_pktinfo out = { .index = info->ipi_ifindex };

        memcpy( out.addr, &info->ipi_addr, sizeof( out.addr ) );
        if (options & MESSAGE_PKTINFO) cmsg_put_windows( writer, IPPROTO_IP, WINDOWS_PKTINFO, &out, sizeof( out ) );
        cmsg_put_interface( writer, options, IPPROTO_IP, info->ipi_ifindex );
    }
    else if (type == IP_TTL && options & MESSAGE_TTL)
        cmsg_put_int( writer, IPPROTO_IP, WINDOWS_IP_TTL, *(const int *)data );
    else if (type == IP_TOS) cmsg_put_class( writer, options, IPPROTO_IP, *(const uint8_t *)data );
    else if (type == IP_RECVORIGDSTADDR)
        writer->params->flags |= cmsg_flags_of_destination( ( (const struct sockaddr_in *)data )->sin_addr );
}

/* options: those of IPv6; the host describes an IPv4 datagram by IPv4's messages as well, Windows once */
static void cmsg_from_ipv6( struct writer *writer, uint32_t options, uint32_t ipv4_options, int type, const void *data )
{
    if (type == IPV6_PKTINFO)
    {
        const struct in6_pktinfo *info = data;
        struct windows_in6_pktinfo out = { .index = info->ipi6_ifindex };

        if (IN6_IS_ADDR_V4MAPPED( &info->ipi6_addr )) options &= ~ipv4_options;
        memcpy( out.addr, &info->ipi6_addr, sizeof( out.addr ) );
        if (options & MESSAGE_PKTINFO) cmsg_put_windows( writer, IPPROTO_IPV6, WINDOWS_PKTINFO, &out, sizeof( out ) );
        cmsg_put_interface( writer, options, IPPROTO_IPV6, info->ipi6_ifindex );
    }
    else if (type == IPV6_HOPLIMIT && options & MESSAGE_TTL)
        cmsg_put_int( writer, IPPROTO_IPV6, WINDOWS_HOPLIMIT, *(const int *)data );
    else if (type == IPV6_TCLASS) cmsg_put_class( writer, options, IPPROTO_IPV6, *(const int *)data );
    else if (type == IPV6_RECVORIGDSTADDR && IN6_IS_ADDR_MULTICAST( &( (const struct sockaddr_in6 *)data )->sin6_addr ))
        writer->params->flags |= WINDOWS_MSG_MCAST;
}

/* Writes the control data of a receive, and its flags. segment: the size of its coalesced datagrams, 0 if it isn't
 * coalesced. */
void control_from_unix( struct message_params *params, const struct msghdr *msg, uint32_t segment )
{
    struct writer writer = { params, 0 };
    uint64_t no_time = 0;
    struct cmsghdr *cmsg;

    params->age = -1;
    params->flags = 0;
    if (msg->msg_flags & MSG_TRUNC) params->flags |= WINDOWS_MSG_TRUNC;
    if (msg->msg_flags & MSG_CTRUNC) params->flags |= WINDOWS_MSG_CTRUNC;
    for (cmsg = CMSG_FIRSTHDR( msg ); cmsg; cmsg = CMSG_NXTHDR( (struct msghdr *)msg, cmsg ))
    {
        if (cmsg->cmsg_level == IPPROTO_IP)
            cmsg_from_ip( &writer, params->options, cmsg->cmsg_type, CMSG_DATA( cmsg ) );
        else if (cmsg->cmsg_level == IPPROTO_IPV6)
            cmsg_from_ipv6( &writer, params->options / MESSAGE_V6, params->options, cmsg->cmsg_type,
                            CMSG_DATA( cmsg ) );
        else if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SO_TIMESTAMPNS
                 && params->options & MESSAGE_TIMESTAMP)
        {
            /* the caller has Windows' clock and replaces these zeros, which come first */
            params->age = cmsg_age( (const struct timespec *)CMSG_DATA( cmsg ) );
            cmsg_put_windows( &writer, WINDOWS_SOL_SOCKET, WINDOWS_SO_TIMESTAMP, &no_time, sizeof( no_time ) );
        }
    }
    if (segment && params->transferred > segment)
        cmsg_put_int( &writer, IPPROTO_UDP, WINDOWS_UDP_COALESCED_INFO, segment );
    params->control_len = writer.used;
}

/* The size of the datagrams that the host has coalesced, 0 if it hasn't. */
uint32_t control_segment( const struct msghdr *msg )
{
    struct cmsghdr *cmsg;

    for (cmsg = CMSG_FIRSTHDR( msg ); cmsg; cmsg = CMSG_NXTHDR( (struct msghdr *)msg, cmsg ))
        if (cmsg->cmsg_level == IPPROTO_UDP && cmsg->cmsg_type == UDP_GRO) return *(const int *)CMSG_DATA( cmsg );
    return 0;
}

/* ---- options */

static const struct
{
    uint32_t bits; /* any of these needs the host's option */
    int level, name;
    bool only_v6;
} host_options[] = {
    { MESSAGE_PKTINFO | MESSAGE_RECVIF | MESSAGE_ARRIVAL_IF, IPPROTO_IP, IP_PKTINFO, false },
    { MESSAGE_TTL, IPPROTO_IP, IP_RECVTTL, false },
    { MESSAGE_TOS | MESSAGE_ECN, IPPROTO_IP, IP_RECVTOS, false },
    { MESSAGE_DESTINATION, IPPROTO_IP, IP_RECVORIGDSTADDR, false },
    { ( MESSAGE_PKTINFO | MESSAGE_RECVIF | MESSAGE_ARRIVAL_IF ) * MESSAGE_V6, IPPROTO_IPV6, IPV6_RECVPKTINFO, true },
    { MESSAGE_TTL * MESSAGE_V6, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, true },
    { ( MESSAGE_TOS | MESSAGE_ECN ) * MESSAGE_V6, IPPROTO_IPV6, IPV6_RECVTCLASS, true },
    { MESSAGE_DESTINATION, IPPROTO_IPV6, IPV6_RECVORIGDSTADDR, true },
    { MESSAGE_COALESCED, IPPROTO_UDP, UDP_GRO, false },
    { MESSAGE_TIMESTAMP, SOL_SOCKET, SO_TIMESTAMPNS, false },
};

/* unix_message_options */
NTSTATUS message_options( void *args )
{
    struct message_options_params *params = args;
    uint32_t found = 0;
    socklen_t len;
    size_t i;
    int now, wanted;

    for (i = 0; i < ARRAY_SIZE( host_options ); i++)
    {
        if (host_options[i].only_v6 && !params->v6) continue;
        now = 0;
        len = sizeof( now );
        if (getsockopt( params->fd, host_options[i].level, host_options[i].name, &now, &len )) now = 0;
        if (now)
            found |= host_options[i].bits
                     & ~( ( MESSAGE_RECVIF | MESSAGE_ARRIVAL_IF | MESSAGE_ECN ) * ( MESSAGE_V6 + 1 ) );
        wanted = ( params->options & host_options[i].bits ) != 0;
        if (params->query || !now == !wanted) continue;
        if (setsockopt( params->fd, host_options[i].level, host_options[i].name, &wanted, sizeof( wanted ) ))
            return errno_to_status( errno );
    }
    if (params->query) params->options = found;
    return STATUS_SUCCESS;
}
