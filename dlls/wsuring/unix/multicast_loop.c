/*
 * Whether a socket receives what this host sends to groups
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On Windows IP_MULTICAST_LOOP is the receiver's choice (page "IPPROTO_IP socket options"), and the host's option of
 * the name is the sender's. So what is sent always comes back here, and a filter keeps it from a socket that doesn't
 * want it. The filter is also where the choice is kept, as other processes may have the socket.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <stddef.h>
#include <string.h>

#define LOOP_PART     11
#define LOOP_CODE_MAX 64
#define LOOP_DEVICE   1 /* the loopback interface, which gives back all that is sent by it */

struct loop_filter
{
    bool off_v4, off_v6;
    unsigned int count; /* of the rest, which is not about loops */
    struct sock_filter code[LOOP_CODE_MAX];
};

/* Keeps out what this host has sent to groups of the version; what follows decides about everything else. */
static void loop_part( bool v6, struct sock_filter *part )
{
    const uint32_t network = SKF_NET_OFF;
    const uint32_t group = network + ( v6 ? offsetof( struct ip6_hdr, ip6_dst ) : offsetof( struct iphdr, daddr ) );
    const struct sock_filter code[LOOP_PART] = {
        BPF_STMT( BPF_LD | BPF_W | BPF_ABS, (uint32_t)( SKF_AD_OFF + SKF_AD_PKTTYPE ) ), /* 0 */
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, PACKET_LOOPBACK, 2, 0 ),                    /* 1 */
        BPF_STMT( BPF_LD | BPF_W | BPF_ABS, (uint32_t)( SKF_AD_OFF + SKF_AD_IFINDEX ) ), /* 2 */
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, LOOP_DEVICE, 0, 7 ),                        /* 3 */
        BPF_STMT( BPF_LD | BPF_B | BPF_ABS, network ),                                   /* 4: the version */
        BPF_STMT( BPF_ALU | BPF_AND | BPF_K, 0xf0 ),                                     /* 5 */
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, v6 ? 0x60 : 0x40, 0, 4 ),                   /* 6 */
        BPF_STMT( BPF_LD | BPF_B | BPF_ABS, group ),                                     /* 7 */
        BPF_STMT( BPF_ALU | BPF_AND | BPF_K, v6 ? 0xff : 0xf0 ),                         /* 8 */
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, v6 ? 0xff : 0xe0, 0, 1 ),                   /* 9 */
        BPF_STMT( BPF_RET | BPF_K, 0 ),                                                  /* 10 */
    };

    memcpy( part, code, sizeof( code ) );
}

/* Takes a part from the front. */
static bool loop_take_part( struct loop_filter *filter, bool v6 )
{
    struct sock_filter part[LOOP_PART];

    loop_part( v6, part );
    if (filter->count < LOOP_PART || memcmp( filter->code, part, sizeof( part ) )) return false;
    filter->count -= LOOP_PART;
    memmove( filter->code, filter->code + LOOP_PART, filter->count * sizeof( filter->code[0] ) );
    return true;
}

static void loop_read( int fd, struct loop_filter *filter )
{
    socklen_t count = LOOP_CODE_MAX; /* in instructions */

    memset( filter, 0, sizeof( *filter ) );
    if (getsockopt( fd, SOL_SOCKET, SO_GET_FILTER, filter->code, &count )) return;
    filter->count = count;
    filter->off_v4 = loop_take_part( filter, false );
    filter->off_v6 = loop_take_part( filter, true );
    /* what a filter of loops alone ends with */
    if (filter->count == 1) filter->count = 0;
}

static int loop_write( int fd, const struct loop_filter *filter )
{
    struct sock_filter code[LOOP_CODE_MAX + 2 * LOOP_PART + 1];
    struct sock_fprog program = { .filter = code };
    int none = 0;

    if (filter->off_v4)
    {
        loop_part( false, code );
        program.len += LOOP_PART;
    }
    if (filter->off_v6)
    {
        loop_part( true, code + program.len );
        program.len += LOOP_PART;
    }
    if (filter->count)
    {
        memcpy( code + program.len, filter->code, filter->count * sizeof( code[0] ) );
        program.len += filter->count;
    }
    else if (program.len) code[program.len++] = (struct sock_filter)BPF_STMT( BPF_RET | BPF_K, UINT32_MAX );
    else return setsockopt( fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof( none ) ) && errno != ENOENT ? -1 : 0;
    return setsockopt( fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof( program ) );
}

int multicast_loop_filter( int fd, const struct sock_filter *code, unsigned int count )
{
    struct loop_filter filter;

    loop_read( fd, &filter );
    if (count > LOOP_CODE_MAX) count = LOOP_CODE_MAX;
    memcpy( filter.code, code, count * sizeof( *code ) );
    filter.count = count;
    return loop_write( fd, &filter );
}

bool multicast_loop_is_off( int fd, bool v6 )
{
    struct loop_filter filter;

    loop_read( fd, &filter );
    return v6 ? filter.off_v6 : filter.off_v4;
}

int multicast_loop_set( int fd, bool v6, bool off )
{
    struct loop_filter filter;

    loop_read( fd, &filter );
    if (( v6 ? filter.off_v6 : filter.off_v4 ) == off) return 0;
    *( v6 ? &filter.off_v6 : &filter.off_v4 ) = off;
    return loop_write( fd, &filter );
}
