/*
 * Options of datagram sockets for WSARecvMsg's control data, segmentation and coalescing
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The program's settings are kept here, because the host's options differ: one returns both IP_TOS and IP_ECN, one
 * is on only for MSG_BCAST and MSG_MCAST.
 */

#include "api/message.h"

/* TIMESTAMPING_CONFIG and TIMESTAMPING_* of mstcpip.h, which mingw-w64 has for Windows 10 only */
struct timestamping_config
{
    ULONG flags;
    USHORT tx_buffered;
};

enum
{
    TIMESTAMPING_RX = 1,
    TIMESTAMPING_TX = 2
};

static const struct
{
    int name; /* the same in IPPROTO_IP and IPPROTO_IPV6 */
    UINT bit;
} options[] = {
    { IP_PKTINFO, MESSAGE_PKTINFO }, { IP_RECVTTL, MESSAGE_TTL }, /* IP_HOPLIMIT, IPV6_HOPLIMIT */
    { IP_RECVTOS, MESSAGE_TOS },                                  /* IP_RECVTCLASS, IPV6_RECVTCLASS */
    { IP_RECVECN, MESSAGE_ECN },     { IP_RECVIF, MESSAGE_RECVIF }, { IP_ORIGINAL_ARRIVAL_IF, MESSAGE_ARRIVAL_IF },
};

/* The server serves raw sockets, and all sockets in tier `afd', where some of these options are ioctls (option.c). */
static BOOL message_option_is_served( const struct socket *sock )
{
    return engine != ENGINE_AFD && sock->id.type == SOCK_DGRAM
           && ( sock->id.family == AF_INET || sock->id.family == AF_INET6 );
}

/* The bit of an option for this socket; 0 for other options. */
static UINT option_bit( const struct socket *sock, int level, int name )
{
    unsigned int i;

    if (level != IPPROTO_IP && ( level != IPPROTO_IPV6 || sock->id.family != AF_INET6 )) return 0;
    for (i = 0; i < ARRAY_SIZE( options ); i++)
        if (options[i].name == name) return level == IPPROTO_IPV6 ? options[i].bit * MESSAGE_V6 : options[i].bit;
    return 0;
}

/* Options may be set before the socket is bound, when we have no descriptor yet. A datagram socket's kernel socket
 * never changes. */
static NTSTATUS host_options( struct socket *sock, struct message_options_params *params )
{
    struct borrowed_descriptor borrowed;
    NTSTATUS status;

    params->v6 = sock->id.family == AF_INET6;
    if (( status = socket_borrow_descriptor( sock, &borrowed ) )) return status;
    params->fd = borrowed.fd;
    status = unix_call( unix_message_options, params );
    socket_return_descriptor( &borrowed );
    return status;
}

/* For a socket from another process, that process may have set some. */
static void options_learn( struct socket *sock )
{
    struct message_options_params query = { .query = TRUE };

    if (!sock->shared.foreign || sock->message.host) return;
    if (!host_options( sock, &query )) sock->message.wanted = sock->message.host = query.options & ~MESSAGE_COALESCED;
}

static int options_change( struct socket *sock, UINT set, UINT clear )
{
    struct message_options_params params = { 0 };
    UINT wanted;
    int result;

    lock_acquire( &sock->message.lock );
    options_learn( sock );
    wanted = ( sock->message.wanted & ~clear ) | set;
    params.options = wanted | ( sock->message.host & MESSAGE_DESTINATION );
    if (!( result = error_from_status( host_options( sock, &params ) ) ))
    {
        sock->message.wanted = wanted;
        sock->message.host = params.options;
    }
    lock_release( &sock->message.lock );
    return result;
}

void message_option_prepare( struct socket *sock )
{
    struct message_options_params params = { 0 };

    lock_acquire( &sock->message.lock );
    options_learn( sock );
    params.options = sock->message.host | MESSAGE_DESTINATION;
    if (sock->message.host != params.options)
    {
        host_options( sock, &params );
        sock->message.host = params.options; /* a host that can't has reported it before */
    }
    lock_release( &sock->message.lock );
}

static int message_set_coalesce_max( struct socket *sock, DWORD size )
{
    int result = size ? options_change( sock, MESSAGE_COALESCED, 0 ) : options_change( sock, 0, MESSAGE_COALESCED );

    if (!result) sock->message.coalesce_max = size;
    return result;
}

int message_option_set( struct socket *sock, int level, int name, const char *value, int len )
{
    BOOL is_size = level == IPPROTO_UDP && ( name == UDP_SEND_MSG_SIZE || name == UDP_RECV_MAX_COALESCED_SIZE );
    UINT bit = option_bit( sock, level, name );
    DWORD number = 0;

    if (!message_option_is_served( sock ) || ( !bit && !is_size )) return -1;
    if (len < ( is_size ? (int)sizeof( number ) : 1 )
        || !guarded_copy( &number, value, min( len, (int)sizeof( number ) ) ))
        return WSAEFAULT;
    if (bit) return number ? options_change( sock, bit, 0 ) : options_change( sock, 0, bit );
    if (name == UDP_RECV_MAX_COALESCED_SIZE) return message_set_coalesce_max( sock, number );
    if (number > 65527) return WSAEINVAL; /* the size of the largest datagram */
    sock->message.segment_size = number;
    return 0;
}

int message_option_get( struct socket *sock, int level, int name, DWORD *value )
{
    UINT bit = option_bit( sock, level, name );

    if (!message_option_is_served( sock )) return -1;
    if (bit)
    {
        lock_acquire( &sock->message.lock );
        options_learn( sock );
        lock_release( &sock->message.lock );
        *value = ( sock->message.wanted & bit ) != 0;
    }
    else if (level == IPPROTO_UDP && name == UDP_SEND_MSG_SIZE) *value = sock->message.segment_size;
    else if (level == IPPROTO_UDP && name == UDP_RECV_MAX_COALESCED_SIZE) *value = sock->message.coalesce_max;
    else return -1;
    return 0;
}

/* Arrival times only: the host reports sending times by other means. */
int message_set_timestamping( struct socket *sock, const void *in, DWORD in_size )
{
    struct timestamping_config config;

    if (in_size < sizeof( config ) || !guarded_copy( &config, in, sizeof( config ) )) return WSAEFAULT;
    if (!message_option_is_served( sock )) return WSAEOPNOTSUPP;
    if (config.flags & ~( TIMESTAMPING_RX | TIMESTAMPING_TX )) return WSAEINVAL;
    if (config.flags & TIMESTAMPING_TX) return WSAEOPNOTSUPP;
    return config.flags ? options_change( sock, MESSAGE_TIMESTAMP, 0 ) : options_change( sock, 0, MESSAGE_TIMESTAMP );
}
