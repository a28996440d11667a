/*
 * Socket options of the host
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif
#ifndef IPV6_HDRINCL
#define IPV6_HDRINCL 36
#endif

#define STRUCT_MAX 264 /* GROUP_SOURCE_REQ */

enum conversion
{
    CONVERT_NONE, /* the host doesn't have it */
    CONVERT_INT,
    CONVERT_READ,       /* a read-only int */
    CONVERT_NOT,        /* a boolean that the host inverts */
    CONVERT_NOCHECKSUM, /* a boolean that Windows has for IPv4 only */
    CONVERT_INDEX,      /* an interface's index, which the host takes in network order */
    CONVERT_SECONDS,    /* a time-out, in milliseconds on the host; -1: none */
    CONVERT_MILLISECONDS,
    CONVERT_LINGER,
    CONVERT_DONTFRAGMENT,
    CONVERT_PMTU,
    CONVERT_FASTOPEN,
    CONVERT_TIMESTAMPS,
    CONVERT_LOOP, /* multicast_loop.c */
    CONVERT_ERROR,
    CONVERT_BYTES, /* the same on both */
    CONVERT_MREQ,
    CONVERT_MREQ_SOURCE,
    CONVERT_MREQ6,
    CONVERT_MULTICAST_IF,
    CONVERT_GROUP,
    CONVERT_GROUP_SOURCE,
};

#define OPTION( level, name, sockets, kind, size, served, value, get, set, host_level, host_name, conversion )         \
    [OPTION_##level##_##name] = { host_level, host_name, CONVERT_##conversion },
static const struct
{
    int level, name;
    enum conversion conversion;
} options[OPTION_COUNT] = {
#include "base/option_list.h"
};
#undef OPTION

/* Windows' structures */
struct windows_linger
{
    uint16_t onoff, seconds;
};

struct windows_mreq_source
{
    struct in_addr group, source, interface;
};

struct windows_group_req
{
    uint32_t interface;
    uint32_t pad;
    uint8_t group[128];
    uint8_t source[128]; /* GROUP_SOURCE_REQ only */
};

static NTSTATUS option_set_host( int fd, uint32_t id, const void *value, socklen_t len )
{
    return setsockopt( fd, options[id].level, options[id].name, value, len ) ? errno_to_option_status( errno )
                                                                             : STATUS_SUCCESS;
}

static NTSTATUS option_get_host( int fd, uint32_t id, void *value, socklen_t *len )
{
    return getsockopt( fd, options[id].level, options[id].name, value, len ) ? errno_to_option_status( errno )
                                                                             : STATUS_SUCCESS;
}

static NTSTATUS option_get_host_int( int fd, uint32_t id, int *value )
{
    socklen_t len = sizeof( *value );

    *value = 0; /* some options return one byte */
    return option_get_host( fd, id, value, &len );
}

static bool option_is_v6( int fd )
{
    int family = 0;
    socklen_t len = sizeof( family );

    return !getsockopt( fd, SOL_SOCKET, SO_DOMAIN, &family, &len ) && family == AF_INET6;
}

static bool option_get_tcp_info( int fd, struct tcp_info *info )
{
    socklen_t len = sizeof( *info );

    memset( info, 0, sizeof( *info ) );
    return !getsockopt( fd, IPPROTO_TCP, TCP_INFO, info, &len );
}

/* The host turns RFC 1323 time stamps on or off for all its sockets; the peer decides too. */
static NTSTATUS option_get_timestamps( int fd, int *value )
{
    struct tcp_info info;
    FILE *file;

    if (!option_get_tcp_info( fd, &info )) return STATUS_NOT_SUPPORTED;
    *value = !!( info.tcpi_options & TCPI_OPT_TIMESTAMPS );
    if (info.tcpi_state == TCP_ESTABLISHED) return STATUS_SUCCESS;
    *value = 1;
    if (!( file = fopen( "/proc/sys/net/ipv4/tcp_timestamps", "re" ) )) return STATUS_SUCCESS;
    if (fscanf( file, "%d", value ) == 1) *value = *value != 0;
    fclose( file );
    return STATUS_SUCCESS;
}

/* Reading the error clears it, and the wineserver may have read it first: for a closed connection, ask the server. */
static NTSTATUS option_get_error( int fd, uint32_t id, int *value )
{
    struct tcp_info info;
    NTSTATUS status;

    if (( status = option_get_host_int( fd, id, value ) )) return status;
    if (*value) *value = errno_to_status( *value );
    else if (option_get_tcp_info( fd, &info ) && info.tcpi_state == TCP_CLOSE) return STATUS_DEVICE_BUSY;
    return STATUS_SUCCESS;
}

/* PMTUD_STATE of ws2ipdef.h: not set, do, don't, probe */
static const int pmtu_host[] = { IP_PMTUDISC_WANT, IP_PMTUDISC_DO, IP_PMTUDISC_DONT, IP_PMTUDISC_PROBE };

static NTSTATUS option_get_int( int fd, uint32_t id, int *value )
{
    NTSTATUS status = STATUS_SUCCESS;
    size_t i;

    switch (options[id].conversion)
    {
    case CONVERT_ERROR: return option_get_error( fd, id, value );
    case CONVERT_TIMESTAMPS: return option_get_timestamps( fd, value );
    case CONVERT_NOCHECKSUM:
        if (option_is_v6( fd )) return STATUS_NOT_SUPPORTED;
        /* fall through */
    default: status = option_get_host_int( fd, id, value ); break;
    }
    if (status) return status;
    switch (options[id].conversion)
    {
    case CONVERT_NOT: *value = !*value; break;
    case CONVERT_LOOP: *value = *value && !multicast_loop_is_off( fd, options[id].level == IPPROTO_IPV6 ); break;
    case CONVERT_INDEX: *value = ntohl( *value ); break;
    case CONVERT_FASTOPEN: *value = *value != 0; break;
    case CONVERT_DONTFRAGMENT: *value = *value != IP_PMTUDISC_DONT; break;
    case CONVERT_SECONDS: *value = *value == INT_MAX ? -1 : (int)( ( (unsigned int)*value + 999 ) / 1000 ); break;
    case CONVERT_MILLISECONDS:
        if (*value == INT_MAX) *value = -1;
        break;
    case CONVERT_PMTU:
        for (i = 0; i < ARRAY_SIZE( pmtu_host ); i++)
            if (pmtu_host[i] == *value) break;
        *value = i;
        break;
    default: break;
    }
    return STATUS_SUCCESS;
}

/* The host looks at SO_BROADCAST when it looks for the way to a connected socket's peer, and keeps that way. Setting
 * SO_DONTROUTE, to whatever it is, makes it look again. */
static void option_forget_route( int fd )
{
    socklen_t len = sizeof( int );
    int value;

    if (!getsockopt( fd, SOL_SOCKET, SO_DONTROUTE, &value, &len ))
        setsockopt( fd, SOL_SOCKET, SO_DONTROUTE, &value, sizeof( value ) );
}

/* Urgent data that was read out of band stays in the host's stream until a receive passes it. Set SO_OOBINLINE before
 * that, and it is read again. A receive that can't store anything passes it and takes nothing else. */
static void option_pass_urgent( int fd )
{
    static const char read_only[1];
    char byte;
    int mark;

    if (ioctl( fd, SIOCATMARK, &mark ) || !mark) return;
    if (recv( fd, &byte, 1, MSG_OOB | MSG_PEEK | MSG_DONTWAIT ) != -1 || errno != EINVAL) return; /* not read yet */
    recv( fd, (void *)(uintptr_t)read_only, sizeof( read_only ), MSG_DONTWAIT );
}

static NTSTATUS option_set_int( int fd, uint32_t id, int value )
{
    bool forget = id == OPTION_SOL_SOCKET_SO_BROADCAST && value == BROADCAST_OFF_FOR_PEER;
    NTSTATUS status;
    int current;

    if (forget) value = 0;

    switch (options[id].conversion)
    {
    case CONVERT_READ:
    case CONVERT_ERROR: return STATUS_NOT_SUPPORTED;
    case CONVERT_NOT: value = !value; break;
    case CONVERT_NOCHECKSUM:
        if (option_is_v6( fd )) return STATUS_NOT_SUPPORTED;
        break;
    case CONVERT_INDEX: value = htonl( value ); break;
    case CONVERT_FASTOPEN:
        value = value ? SOMAXCONN : 0; /* how many connections may wait */
        break;
    case CONVERT_DONTFRAGMENT: value = value ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT; break;
    case CONVERT_SECONDS:
    case CONVERT_MILLISECONDS:
        if (value < -1) return STATUS_INVALID_PARAMETER;
        if (value > 0 && options[id].conversion == CONVERT_SECONDS) value = value < INT_MAX / 1000 ? value * 1000 : -1;
        if (value == -1) value = INT_MAX;
        break;
    case CONVERT_PMTU:
        if (value < 1 || value >= (int)ARRAY_SIZE( pmtu_host )) return STATUS_INVALID_PARAMETER;
        value = pmtu_host[value];
        break;
    case CONVERT_TIMESTAMPS:
        if (( status = option_get_timestamps( fd, &current ) )) return status;
        return current == !!value ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
    default: break;
    }
    if (options[id].conversion == CONVERT_LOOP)
    {
        int loop = value;

        value = 1; /* others on this host decide for themselves */
        if (( status = option_set_host( fd, id, &value, sizeof( value ) ) )) return status;
        return multicast_loop_set( fd, options[id].level == IPPROTO_IPV6, !loop ) ? errno_to_option_status( errno )
                                                                                  : STATUS_SUCCESS;
    }
    if (id == OPTION_SOL_SOCKET_SO_OOBINLINE && value) option_pass_urgent( fd );
    status = option_set_host( fd, id, &value, sizeof( value ) );
    if (forget) option_forget_route( fd );
    return status;
}

/* An interface is given by one of its addresses, or by its index as an address 0.x.x.x. */
static void option_interface_from_address( struct in_addr addr, struct ip_mreqn *mreq )
{
    if (addr.s_addr && ntohl( addr.s_addr ) < 1 << 24) mreq->imr_ifindex = ntohl( addr.s_addr );
    else mreq->imr_address = addr;
}

static NTSTATUS option_set_group( int fd, uint32_t id, const struct windows_group_req *in, bool with_source )
{
    struct group_source_req req;
    struct group_req group;
    socklen_t len;
    NTSTATUS status;

    memset( &req, 0, sizeof( req ) );
    memset( &group, 0, sizeof( group ) );
    group.gr_interface = req.gsr_interface = in->interface;
    if (( status = address_to_unix( in->group, sizeof( in->group ), &req.gsr_group, &len ) )) return status;
    if (!with_source)
    {
        group.gr_group = req.gsr_group;
        return multicast_change( fd, options[id].level, options[id].name, &group, sizeof( group ) );
    }
    if (( status = address_to_unix( in->source, sizeof( in->source ), &req.gsr_source, &len ) )) return status;
    return multicast_change( fd, options[id].level, options[id].name, &req, sizeof( req ) );
}

/* value: a copy, followed by zeros up to STRUCT_MAX */
static NTSTATUS option_set_struct( int fd, uint32_t id, const void *value, uint32_t len )
{
    switch (options[id].conversion)
    {
    case CONVERT_BYTES: return option_set_host( fd, id, value, len );
    case CONVERT_LINGER:
    {
        const struct windows_linger *in = value;
        struct linger linger = { in->onoff, in->seconds };

        return option_set_host( fd, id, &linger, sizeof( linger ) );
    }
    case CONVERT_MREQ:
    {
        const struct ip_mreq *in = value;
        struct ip_mreqn mreq = { .imr_multiaddr = in->imr_multiaddr };

        option_interface_from_address( in->imr_interface, &mreq );
        return multicast_change( fd, options[id].level, options[id].name, &mreq, sizeof( mreq ) );
    }
    case CONVERT_MREQ_SOURCE:
    {
        const struct windows_mreq_source *in = value;
        struct ip_mreq_source mreq
            = { .imr_multiaddr = in->group, .imr_sourceaddr = in->source, .imr_interface = in->interface };

        return multicast_change_source( fd, options[id].name, &mreq );
    }
    case CONVERT_MREQ6: /* Windows has the same layout */
        return multicast_change( fd, options[id].level, options[id].name, value, sizeof( struct ipv6_mreq ) );
    case CONVERT_MULTICAST_IF:
    {
        struct ip_mreqn mreq = { .imr_ifindex = 0 };

        option_interface_from_address( *(const struct in_addr *)value, &mreq );
        return option_set_host( fd, id, &mreq, sizeof( mreq ) );
    }
    case CONVERT_GROUP: return option_set_group( fd, id, value, false );
    case CONVERT_GROUP_SOURCE: return option_set_group( fd, id, value, true );
    default: return STATUS_NOT_SUPPORTED;
    }
}

static NTSTATUS option_get_struct( int fd, uint32_t id, void *value, uint32_t *len )
{
    struct linger linger;
    socklen_t host_len = *len;
    NTSTATUS status;

    switch (options[id].conversion)
    {
    case CONVERT_BYTES:
    case CONVERT_MULTICAST_IF:
        status = option_get_host( fd, id, value, &host_len );
        *len = host_len;
        return status;
    case CONVERT_LINGER:
    {
        struct windows_linger out;

        host_len = sizeof( linger );
        if (( status = option_get_host( fd, id, &linger, &host_len ) )) return status;
        out.onoff = linger.l_onoff;
        out.seconds = linger.l_linger;
        memcpy( value, &out, *len = sizeof( out ) );
        return STATUS_SUCCESS;
    }
    default: return STATUS_NOT_SUPPORTED;
    }
}

/* unix_option */
NTSTATUS option( void *args )
{
    struct option_params *params = args;
    void *value = pointer_from_u64( params->value );
    bool is_struct;
    uint64_t copy[STRUCT_MAX / sizeof( uint64_t )] = { 0 };

    if (params->option >= OPTION_COUNT || options[params->option].conversion == CONVERT_NONE)
        return STATUS_NOT_SUPPORTED;
    is_struct
        = options[params->option].conversion == CONVERT_LINGER || options[params->option].conversion >= CONVERT_BYTES;
    if (params->set)
    {
        if (params->len > sizeof( copy ) || ( !is_struct && params->len < sizeof( int ) ))
            return STATUS_INVALID_PARAMETER;
        memcpy( copy, value, params->len );
        if (is_struct) return option_set_struct( params->fd, params->option, copy, params->len );
        return option_set_int( params->fd, params->option, *(int *)copy );
    }
    if (is_struct) return option_get_struct( params->fd, params->option, value, &params->len );
    if (params->len < sizeof( int )) return STATUS_INVALID_PARAMETER;
    params->len = sizeof( int );
    return option_get_int( params->fd, params->option, value );
}

/* unix_option_copy: not memberships: they belong to datagram sockets, which are never recreated. */
NTSTATUS option_copy( void *args )
{
    const struct option_copy_params *params = args;
    char value[64];
    uint32_t id;

    for (id = 0; id < OPTION_COUNT; id++)
    {
        enum conversion conversion = options[id].conversion;
        socklen_t len = sizeof( value );

        if (conversion == CONVERT_NONE || conversion == CONVERT_READ || conversion == CONVERT_ERROR
            || conversion == CONVERT_TIMESTAMPS || conversion == CONVERT_LOOP
            || ( conversion >= CONVERT_MREQ && conversion != CONVERT_MULTICAST_IF ))
            continue;
        /* for these the host returns what it uses, not what was set */
        if (id == OPTION_IPPROTO_TCP_TCP_MAXSEG || id == OPTION_IPPROTO_IPV6_IPV6_USER_MTU) continue;
        /* an option that one socket lacks, the other lacks too */
        if (!option_get_host( params->from, id, value, &len ) && len) option_set_host( params->to, id, value, len );
    }
    return STATUS_SUCCESS;
}
