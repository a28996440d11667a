/*
 * The state of a TCP connection
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define SYN_SENT    2 /* a state of the host that this header lacks */
#define TCP_SYN_MAX 127

/* TCPSTATE values, indexed by the host's states. */
static const uint8_t states[] = { 0, 4, 2, 3, 5, 6, 10, 0, 7, 9, 1, 8 };

/* unix_tcp_info */
NTSTATUS tcp_query( void *args )
{
    struct tcp_info_params *params = args;
    socklen_t len = sizeof( struct tcp_info ), int_len = sizeof( int );
    struct tcp_info info;
    int size = 0;

    memset( &info, 0, sizeof( info ) ); /* older kernels return less */
    if (getsockopt( params->fd, IPPROTO_TCP, TCP_INFO, &info, &len )) return errno_to_status( errno );
    getsockopt( params->fd, SOL_SOCKET, SO_RCVBUF, &size, &int_len );
    params->state = info.tcpi_state < sizeof( states ) ? states[info.tcpi_state] : 0;
    params->mss = info.tcpi_snd_mss;
    params->timestamps = ( info.tcpi_options & TCPI_OPT_TIMESTAMPS ) != 0;
    params->rtt = info.tcpi_rtt;
    params->min_rtt = info.tcpi_min_rtt;
    params->in_flight = info.tcpi_unacked * info.tcpi_snd_mss;
    params->cwnd = info.tcpi_snd_cwnd * info.tcpi_snd_mss;
    params->send_window = info.tcpi_snd_wnd;
    params->recv_window = info.tcpi_rcv_space;
    params->recv_buffer = size;
    params->bytes_out = info.tcpi_bytes_sent - info.tcpi_bytes_retrans;
    params->bytes_in = info.tcpi_bytes_received;
    params->bytes_retransmitted = info.tcpi_bytes_retrans;
    params->syn_retransmits = info.tcpi_state == SYN_SENT ? info.tcpi_retransmits : 0;
    params->limited_by_window = info.tcpi_rwnd_limited / 1000;
    params->limited_by_sender = info.tcpi_sndbuf_limited / 1000;
    params->limited_by_congestion = ( info.tcpi_busy_time - info.tcpi_rwnd_limited - info.tcpi_sndbuf_limited ) / 1000;
    return STATUS_SUCCESS;
}

/* The host repeats a SYN after 1, 3, 7, 15 s ..., from Linux 6.5 on with some more, one second apart, before these:
 * three of the former give up after 15 s, or after 19 s with the four more that are the default. */
static int tcp_default_syn_count( void )
{
    static int count;

    if (!count)
    {
        FILE *file = fopen( "/proc/sys/net/ipv4/tcp_syn_linear_timeouts", "re" );
        int linear = 0;

        if (file)
        {
            if (fscanf( file, "%d", &linear ) != 1) linear = 0;
            fclose( file );
        }
        /* more than 13 alone take the time */
        count = linear < 13 ? 3 : 1;
    }
    return count;
}

/* unix_tcp_syn */
NTSTATUS tcp_set_syn( void *args )
{
    const struct tcp_syn_params *params = args;
    unsigned int timeout = 0;
    socklen_t size = sizeof( timeout );
    int count = params->count, now;

    if (count == TCP_SYN_DEFAULT)
    {
        if (!getsockopt( params->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, &size ) && timeout) count = TCP_SYN_MAX;
        else
        {
            count = tcp_default_syn_count();
            size = sizeof( now );
            /* an administrator may want it still earlier */
            if (!getsockopt( params->fd, IPPROTO_TCP, TCP_SYNCNT, &now, &size ) && now <= count) return STATUS_SUCCESS;
        }
    }
    return setsockopt( params->fd, IPPROTO_TCP, TCP_SYNCNT, &count, sizeof( count ) ) ? errno_to_status( errno )
                                                                                      : STATUS_SUCCESS;
}
