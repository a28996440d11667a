/*
 * Datagrams with control data; segmented sends and coalesced receives
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
#include <netinet/udp.h>
#include <string.h>
#include <sys/uio.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef SO_PEEK_OFF
#define SO_PEEK_OFF 42
#endif
#ifndef IOV_MAX
#define IOV_MAX 1024
#endif

#define CONTROL_ROOM 512 /* all known control data together is smaller */

/* Limits of the host for one call. */
#define SEGMENTS_MAX  64
#define SEGMENTS_SIZE 65000

/* No message from the host is longer. */
#define DATAGRAM_MAX 65536

/* A part of the program's buffers. The caller has checked that there are at most IOV_MAX. Returns the number of
 * entries. */
static uint32_t message_iovec_part( const struct unix_buffer *buffers, uint32_t count, uint64_t offset, uint64_t len,
                                    struct iovec *iov )
{
    uint32_t i, used = 0;

    for (i = 0; i < count && len && used < IOV_MAX; i++)
    {
        uint64_t part;

        if (offset >= buffers[i].len)
        {
            offset -= buffers[i].len;
            continue;
        }
        part = buffers[i].len - offset < len ? buffers[i].len - offset : len;
        iov[used].iov_base = pointer_from_u64( buffers[i].base + offset );
        iov[used++].iov_len = part;
        len -= part;
        offset = 0;
    }
    return used;
}

static uint64_t message_buffers_size( const struct unix_buffer *buffers, uint32_t count )
{
    uint64_t size = 0;
    uint32_t i;

    for (i = 0; i < count; i++) size += buffers[i].len;
    return size;
}

/* ---- send */

static ssize_t message_send_part( const struct message_params *params, struct msghdr *msg, uint64_t offset,
                                  uint64_t len )
{
    const struct unix_buffer *buffers = pointer_from_u64( params->buffers );
    struct iovec iov[IOV_MAX];
    ssize_t ret;

    msg->msg_iov = iov;
    msg->msg_iovlen = message_iovec_part( buffers, params->count, offset, len, iov );
    do ret = sendmsg( params->fd, msg, flags_to_unix( params->flags & ~WINDOWS_MSG_PEEK ) );
    while (ret == -1 && errno == EINTR);
    return ret;
}

/* The source address that the control data names, and its length, or 0. */
static socklen_t message_source( struct msghdr *msg, struct sockaddr_storage *addr )
{
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;
    struct sockaddr_in *in = (struct sockaddr_in *)addr;
    struct in6_pktinfo v6;
    struct in_pktinfo v4;
    struct cmsghdr *cmsg;

    memset( addr, 0, sizeof( *addr ) );
    for (cmsg = CMSG_FIRSTHDR( msg ); cmsg; cmsg = CMSG_NXTHDR( msg, cmsg ))
    {
        if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO)
        {
            memcpy( &v4, CMSG_DATA( cmsg ), sizeof( v4 ) );
            in->sin_family = AF_INET;
            in->sin_addr = v4.ipi_spec_dst;
            return v4.ipi_spec_dst.s_addr ? sizeof( *in ) : 0;
        }
        if (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_PKTINFO)
        {
            memcpy( &v6, CMSG_DATA( cmsg ), sizeof( v6 ) );
            in6->sin6_family = AF_INET6;
            in6->sin6_addr = v6.ipi6_addr;
            in6->sin6_scope_id = v6.ipi6_ifindex;
            return IN6_IS_ADDR_UNSPECIFIED( &v6.ipi6_addr ) ? 0 : sizeof( *in6 );
        }
    }
    return 0;
}

/* Of a source that isn't an address of this machine the host says that the network can't be reached, or EINVAL. */
static NTSTATUS message_send_status( int err, struct msghdr *msg )
{
    struct sockaddr_storage addr;
    bool foreign = false;
    socklen_t len;
    int fd;

    if (( err == EINVAL || err == ENETUNREACH ) && ( len = message_source( msg, &addr ) )
        && ( fd = socket( addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0 ) ) != -1)
    {
        foreign = bind( fd, (struct sockaddr *)&addr, len ) == -1 && errno == EADDRNOTAVAIL;
        close( fd );
    }
    return foreign ? STATUS_INVALID_ADDRESS_COMPONENT : send_errno_to_status( err );
}

/* Segments the data: the host does it for up to SEGMENTS_MAX datagrams in one call, if the route allows it. */
static NTSTATUS message_send_segments( struct message_params *params, struct msghdr *msg, uint32_t segment )
{
    uint64_t total = message_buffers_size( pointer_from_u64( params->buffers ), params->count ), len;
    uint64_t most
        = (uint64_t)( SEGMENTS_SIZE / segment < SEGMENTS_MAX ? SEGMENTS_SIZE / segment : SEGMENTS_MAX ) * segment;
    size_t plain_len = msg->msg_controllen;
    bool by_host = most > segment;
    uint16_t size = segment;
    ssize_t ret;

    while (params->transferred < total)
    {
        len = total - params->transferred;
        msg->msg_controllen = plain_len;
        if (by_host && len > segment)
        {
            struct cmsghdr *cmsg = (struct cmsghdr *)( (char *)msg->msg_control + plain_len );

            if (len > most) len = most;
            memset( cmsg, 0, CMSG_SPACE( sizeof( size ) ) );
            cmsg->cmsg_len = CMSG_LEN( sizeof( size ) );
            cmsg->cmsg_level = IPPROTO_UDP;
            cmsg->cmsg_type = UDP_SEGMENT;
            memcpy( CMSG_DATA( cmsg ), &size, sizeof( size ) );
            msg->msg_controllen += CMSG_SPACE( sizeof( size ) );
        }
        else if (len > segment) len = segment;
        if (( ret = message_send_part( params, msg, params->transferred, len ) ) == -1)
        {
            if (len > segment && ( errno == EINVAL || errno == EIO || errno == EMSGSIZE || errno == EOPNOTSUPP ))
            {
                /* longer than a packet on this route, or a device that can't segment */
                by_host = false;
                continue;
            }
            return params->transferred ? STATUS_SUCCESS : message_send_status( errno, msg );
        }
        params->transferred += ret;
    }
    return STATUS_SUCCESS;
}

/* unix_send_message. May send only some of the data, in whole segments. */
NTSTATUS message_send( void *args )
{
    struct message_params *params = args;
    uint64_t control[( CONTROL_ROOM + CMSG_SPACE( sizeof( uint16_t ) ) ) / sizeof( uint64_t )];
    struct sockaddr_storage addr;
    struct msghdr msg = { .msg_control = control };
    uint32_t segment = params->segment;
    NTSTATUS status;
    ssize_t ret;

    params->transferred = 0;
    if (params->addr)
    {
        if (( status = address_to_unix( pointer_from_u64( params->addr ), params->addr_len, &addr, &msg.msg_namelen ) ))
            return status;
        msg.msg_name = &addr;
    }
    if (( status = control_to_unix( params, params->fd, control, CONTROL_ROOM, &msg.msg_controllen, &segment ) ))
        return status;
    if (segment && segment < DATAGRAM_MAX
        && message_buffers_size( pointer_from_u64( params->buffers ), params->count ) > segment)
        return message_send_segments( params, &msg, segment );
    if (( ret = message_send_part( params, &msg, 0, UINT64_MAX ) ) == -1) return message_send_status( errno, &msg );
    params->transferred = ret;
    return STATUS_SUCCESS;
}

/* ---- receive */

static ssize_t message_recv_part( const struct message_params *params, struct msghdr *msg, uint64_t len, int flags )
{
    const struct unix_buffer *buffers = pointer_from_u64( params->buffers );
    struct iovec iov[IOV_MAX];
    size_t control_room = msg->msg_controllen;
    socklen_t name_room = msg->msg_namelen;
    ssize_t ret;

    msg->msg_iov = iov;
    msg->msg_iovlen = message_iovec_part( buffers, params->count, 0, len, iov );
    do
    {
        msg->msg_controllen = control_room;
        msg->msg_namelen = name_room;
        ret = recvmsg( params->fd, msg, flags );
    } while (ret == -1 && errno == EINTR);
    return ret;
}

static NTSTATUS message_recv_done( struct message_params *params, const struct msghdr *msg, ssize_t ret,
                                   uint32_t segment )
{
    params->transferred = ret;
    if (params->addr)
        params->addr_len
            = address_from_unix( msg->msg_name, msg->msg_namelen, pointer_from_u64( params->addr ), params->addr_len );
    control_from_unix( params, msg, segment );
    return params->flags & ( WINDOWS_MSG_TRUNC | WINDOWS_MSG_CTRUNC ) ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static void message_set_peek_offset( int fd, int offset )
{
    setsockopt( fd, SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof( offset ) );
}

/* A coalesced message longer than the program asked for is returned in pieces. It stays in the host's queue, so that
 * polls still see it, until the last piece has been read. len: how many bytes are left, or 0. */
static NTSTATUS message_recv_piece( struct message_params *params, struct msghdr *msg, uint32_t limit, uint32_t segment,
                                    uint64_t left )
{
    uint64_t want = limit / segment * segment;
    bool last;
    ssize_t ret;

    if (!want) want = segment;
    if (( last = want >= left )) want = left;
    message_set_peek_offset( params->fd, params->split );
    msg->msg_controllen = CONTROL_ROOM;
    if (( ret = message_recv_part( params, msg, want, MSG_PEEK | MSG_DONTWAIT ) ) == -1)
    {
        int err = errno;

        message_set_peek_offset( params->fd, -1 );
        return errno == EAGAIN ? STATUS_DEVICE_NOT_READY : errno_to_status( err );
    }
    message_set_peek_offset( params->fd, -1 );
    if ((uint64_t)ret == want) msg->msg_flags &= ~MSG_TRUNC; /* of the host's message, not of the piece */
    if (!( params->flags & WINDOWS_MSG_PEEK ))
    {
        params->split = last ? 0 : params->split + want;
        if (last)
        {
            struct msghdr drop = { 0 };

            (void)recvmsg( params->fd, &drop, MSG_DONTWAIT );
        }
    }
    return message_recv_done( params, msg, ret, segment );
}

static NTSTATUS message_recv_coalesced( struct message_params *params, struct msghdr *msg )
{
    uint64_t room = message_buffers_size( pointer_from_u64( params->buffers ), params->count );
    uint64_t limit = room < params->coalesce_max ? room : params->coalesce_max;
    struct msghdr look = *msg;
    int flags = MSG_DONTWAIT | ( params->flags & WINDOWS_MSG_PEEK ? MSG_PEEK : 0 );
    uint32_t segment;
    ssize_t ret;

    if (params->split || limit < DATAGRAM_MAX - 1)
    {
        look.msg_name = NULL;
        look.msg_namelen = 0;
        if (( ret = recvmsg( params->fd, &look, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT ) ) == -1)
        {
            params->split = 0;
            return errno == EAGAIN ? STATUS_DEVICE_NOT_READY : errno_to_status( errno );
        }
        if (( segment = control_segment( &look ) ) && (uint64_t)ret > params->split
            && ( params->split || (uint64_t)ret > limit ))
            return message_recv_piece( params, msg, limit, segment, ret - params->split );
        params->split = 0;
    }
    if (( ret = message_recv_part( params, msg, UINT64_MAX, flags ) ) == -1)
        return errno == EAGAIN ? STATUS_DEVICE_NOT_READY : errno_to_status( errno );
    return message_recv_done( params, msg, ret, control_segment( msg ) );
}

/* unix_recv_message */
NTSTATUS message_recv( void *args )
{
    struct message_params *params = args;
    uint64_t control[CONTROL_ROOM / sizeof( uint64_t )];
    struct sockaddr_storage addr;
    struct msghdr msg
        = { .msg_name = &addr, .msg_namelen = sizeof( addr ), .msg_control = control, .msg_controllen = CONTROL_ROOM };
    ssize_t ret;

    params->transferred = 0;
    if (params->options & MESSAGE_COALESCED) return message_recv_coalesced( params, &msg );
    ret = message_recv_part( params, &msg, UINT64_MAX,
                             MSG_DONTWAIT | ( params->flags & WINDOWS_MSG_PEEK ? MSG_PEEK : 0 ) );
    if (ret == -1) return errno == EAGAIN ? STATUS_DEVICE_NOT_READY : errno_to_status( errno );
    return message_recv_done( params, &msg, ret, 0 );
}
