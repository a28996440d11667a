/*
 * WSPJoinLeaf: multipoint sessions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For IP a session is a multicast group. It has no root: the leaf is the socket itself. Receivers get a membership
 * on the host. The default destination of senders is kept here, because on the host a socket connected to a group
 * receives from nobody.
 */

#include "operations/operation.h"
#include "api/control.h"
#include "events/network_events.h"

static int leaf_capture_group( const struct socket *sock, const struct sockaddr *addr, int len, BOOL sends,
                               struct sockaddr_in6 *group )
{
    int size = sock->id.family == AF_INET6 ? sizeof( struct sockaddr_in6 ) : sizeof( struct sockaddr_in );
    const struct sockaddr_in *in = (const struct sockaddr_in *)group;
    USHORT family;

    if (!addr || len < (int)sizeof( family ) || !guarded_copy( &family, addr, sizeof( family ) )) return WSAEFAULT;
    if (family != sock->id.family) return WSAEAFNOSUPPORT;
    if (len < size || !guarded_copy( group, addr, size )) return WSAEFAULT;
    if (family == AF_INET ? ( in->sin_addr.s_addr & 0xf0 ) != 0xe0 : group->sin6_addr.s6_addr[0] != 0xff)
        return WSAEADDRNOTAVAIL;
    return sends && !group->sin6_port ? WSAEADDRNOTAVAIL : 0;
}

/* The network has only best-effort service. */
static int leaf_check_service( const QOS *qos )
{
    QOS copy;

    if (!qos) return 0;
    if (!guarded_copy( &copy, qos, sizeof( copy ) )) return WSAEFAULT;
    if (copy.SendingFlowspec.ServiceType > SERVICETYPE_BESTEFFORT
        || copy.ReceivingFlowspec.ServiceType > SERVICETYPE_BESTEFFORT)
        return WSAEOPNOTSUPP;
    return 0;
}

/* A join carries no user data. */
static int leaf_check_data( const WSABUF *caller, WSABUF *callee )
{
    static const ULONG none;
    ULONG len;

    if (caller && !guarded_copy( &len, &caller->len, sizeof( len ) )) return WSAEFAULT;
    if (caller && len) return WSAEPROTONOSUPPORT;
    return callee && !guarded_copy( &callee->len, &none, sizeof( none ) ) ? WSAEFAULT : 0;
}

/* Joins on the interface that the program has set for sending to groups, or that of the bound address, or the
 * default. */
static int leaf_join_ipv4( SOCKET s, const struct sockaddr_in *group )
{
    struct ip_mreq mreq = { .imr_multiaddr = group->sin_addr };
    struct sockaddr_in local = { 0 };
    int err, len = sizeof( mreq.imr_interface ), local_len = sizeof( local );

    if (WSPGetSockOpt( s, IPPROTO_IP, IP_MULTICAST_IF, (char *)&mreq.imr_interface, &len, &err ))
        mreq.imr_interface.s_addr = 0;
    if (!mreq.imr_interface.s_addr && !WSPGetSockName( s, (struct sockaddr *)&local, &local_len, &err ))
        mreq.imr_interface = local.sin_addr;
    return WSPSetSockOpt( s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (const char *)&mreq, sizeof( mreq ), &err ) ? err : 0;
}

static int leaf_join_ipv6( SOCKET s, const struct sockaddr_in6 *group )
{
    struct ipv6_mreq mreq = { .ipv6mr_multiaddr = group->sin6_addr, .ipv6mr_interface = group->sin6_scope_id };
    struct sockaddr_in6 local = { 0 };
    int err, len = sizeof( mreq.ipv6mr_interface ), local_len = sizeof( local );

    if (!mreq.ipv6mr_interface
        && WSPGetSockOpt( s, IPPROTO_IPV6, IPV6_MULTICAST_IF, (char *)&mreq.ipv6mr_interface, &len, &err ))
        mreq.ipv6mr_interface = 0;
    if (!mreq.ipv6mr_interface && !WSPGetSockName( s, (struct sockaddr *)&local, &local_len, &err ))
        mreq.ipv6mr_interface = local.sin6_scope_id;
    return WSPSetSockOpt( s, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, (const char *)&mreq, sizeof( mreq ), &err ) ? err : 0;
}

static int leaf_join( struct socket *sock, const struct sockaddr_in6 *group, DWORD flags )
{
    SOCKET s = (SOCKET)sock->id.handle;
    int result = 0;

    if (InterlockedCompareExchange( &sock->conn.leaf, LEAF_JOINING, LEAF_NONE ))
        return sock->conn.leaf == LEAF_JOINING ? WSAEALREADY : WSAEISCONN;
    if (!sock->conn.bound) result = bind_to_any( sock );
    if (!result && flags != JL_SENDER_ONLY)
        result = sock->id.family == AF_INET ? leaf_join_ipv4( s, (const struct sockaddr_in *)group )
                                            : leaf_join_ipv6( s, group );
    if (!result && flags != JL_RECEIVER_ONLY) sock->conn.group = *group;
    InterlockedExchange( &sock->conn.leaf, result ? LEAF_NONE : LEAF_JOINED );
    return result;
}

SOCKET WSPAPI WSPJoinLeaf( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos,
                           QOS *gqos, DWORD flags, int *err )
{
    const DWORD planes = WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF;
    struct sockaddr_in6 group = { 0 };
    struct socket *sock;
    int result;

    if (!( sock = socket_grab( s, err ) )) return INVALID_SOCKET;
    if (sock->id.type != SOCK_DGRAM || ( sock->id.family != AF_INET && sock->id.family != AF_INET6 ))
        result = WSAEOPNOTSUPP;
    else if (( sock->id.flags & planes ) != planes
             || ( flags != JL_SENDER_ONLY && flags != JL_RECEIVER_ONLY && flags != JL_BOTH ))
        result = WSAEINVAL;
    else if (sock->conn.leaf == LEAF_JOINED || sock->conn.state == CONNECTION_UP) result = WSAEISCONN;
    else if (!( result = leaf_capture_group( sock, addr, len, flags != JL_RECEIVER_ONLY, &group ) )
             && !( result = leaf_check_data( caller, callee ) ) && !( result = leaf_check_service( sqos ) )
             && !( result = leaf_check_service( gqos ) ) && !( result = leaf_join( sock, &group, flags ) ))
        network_events_connected( sock );
    socket_release( sock );
    return spi_result( result, err ) ? INVALID_SOCKET : s;
}
