/*
 * Unix calls that send and receive
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A part of unixlib.h, whose rules hold here too.
 */

#ifndef WSURING_UNIX_TRANSFER_H
#define WSURING_UNIX_TRANSFER_H

#include <stdint.h>

/* The same memory layout as the host's struct iovec on 64-bit; a 32-bit .so converts. */
struct unix_buffer
{
    uint64_t base;
    uint64_t len;
};

/* Flags of send and recv, Windows numbers: MSG_OOB 1, MSG_PEEK 2, MSG_DONTROUTE 4, MSG_WAITALL 8 (not done here: see
 * operation.c). */

/* unix_send: one non-blocking sendmsg. STATUS_DEVICE_NOT_READY when it would block. May send only part on a stream.
 * STATUS_ACCESS_VIOLATION for a bad buffer; then nothing was sent. */
struct send_params
{
    uint64_t buffers;     /* in: struct unix_buffer[count] */
    uint32_t count;       /* in: any number; of more than IOV_MAX, streams send the first ones, others get
                             STATUS_INVALID_BUFFER_SIZE */
    int32_t fd;           /* in */
    uint64_t addr;        /* in: Windows sockaddr in provider memory, or 0 */
    uint32_t addr_len;    /* in */
    uint32_t flags;       /* in: MSG_* */
    uint64_t transferred; /* out */
};

/* Private: a receive from a stream, where nothing can be truncated. */
#define RECV_STREAM 0x80000000
/* Private: the same into pages that are watched for writes, which the kernel refuses. They aren't marked as written.
 * STATUS_ACCESS_VIOLATION if that can't be; then nothing was received. */
#define RECV_WATCHED 0x40000000
/* Private: a send that more data follows. */
#define SEND_MORE 0x40000000

/* unix_recv: one non-blocking recvmsg. STATUS_DEVICE_NOT_READY when there is nothing, also for MSG_OOB without
 * urgent data. STATUS_BUFFER_OVERFLOW for a truncated datagram; transferred is then the number of bytes copied. */
struct recv_params
{
    uint64_t buffers;     /* in: struct unix_buffer[count] */
    uint32_t count;       /* in */
    int32_t fd;           /* in */
    uint64_t addr;        /* in: provider memory of addr_len bytes for the source as a Windows sockaddr, or 0 */
    uint32_t addr_len;    /* in: room; out: length of the whole address, 0 if the protocol gave none */
    uint32_t flags;       /* in: MSG_*, RECV_STREAM, RECV_WATCHED */
    uint64_t transferred; /* out */
};

/* Which control data a socket's receives return, one bit each. The bits of IPPROTO_IPV6 are those of IPPROTO_IP
 * times MESSAGE_V6. */
enum message_option
{
    MESSAGE_PKTINFO = 0x0001,     /* IP_PKTINFO */
    MESSAGE_TTL = 0x0002,         /* IP_RECVTTL, IPV6_HOPLIMIT */
    MESSAGE_TOS = 0x0004,         /* IP_RECVTOS, IPV6_RECVTCLASS */
    MESSAGE_ECN = 0x0008,         /* IP_RECVECN */
    MESSAGE_RECVIF = 0x0010,      /* IP_RECVIF */
    MESSAGE_ARRIVAL_IF = 0x0020,  /* IP_ORIGINAL_ARRIVAL_IF */
    MESSAGE_DESTINATION = 0x0040, /* not an option of Windows: for MSG_BCAST and MSG_MCAST */
    MESSAGE_COALESCED = 0x0080,   /* UDP_RECV_MAX_COALESCED_SIZE */
    MESSAGE_TIMESTAMP = 0x0100,   /* SO_TIMESTAMP */
    MESSAGE_IP_BITS = 0x003f,     /* those that both levels have */
};

#define MESSAGE_V6 0x10000

/* unix_message_options: turns on what the bits of `options' need from the host. With `query' it returns what is on
 * already, as far as that can be known: IP_RECVECN looks like IP_RECVTOS. */
struct message_options_params
{
    int32_t fd;       /* in */
    uint32_t v6;      /* in: the socket is AF_INET6 */
    uint32_t options; /* in, or out */
    uint32_t query;   /* in */
};

/* unix_send_message, unix_recv_message: unix_send and unix_recv for datagrams, with control data in Windows' layout
 * (WSACMSGHDR) in provider memory. */
struct message_params
{
    uint64_t buffers;     /* in: struct unix_buffer[count] */
    uint32_t count;       /* in */
    int32_t fd;           /* in */
    uint64_t addr;        /* in: as in send_params and recv_params */
    uint32_t addr_len;    /* in/out: the same */
    uint32_t flags;       /* in: MSG_*; out (receives): MSG_TRUNC, MSG_CTRUNC, MSG_BCAST, MSG_MCAST, Windows' numbers */
    uint64_t control;     /* in: provider memory of control_len bytes */
    uint32_t control_len; /* in; receives, out: bytes used */
    uint32_t options;     /* receives, in: message_option; which control data the program gets */
    uint32_t segment; /* sends, in: the size of the datagrams into which the data is segmented, 0 for one datagram */
    uint32_t coalesce_max; /* receives, in, with MESSAGE_COALESCED: the longest coalesced message */
    uint32_t split; /* receives, in/out: how much of the first message in the host's queue has been returned already.
                       One receive at a time! */
    uint32_t pointer_size; /* in: of the program, for the layout of control data; 0: 8 */
    int64_t age;           /* receives, out, with MESSAGE_TIMESTAMP: how long ago it arrived, in ns; -1 if unknown */
    uint64_t transferred;  /* out */
};

#endif /* WSURING_UNIX_TRANSFER_H */
