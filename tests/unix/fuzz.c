/*
 * Any bytes as control data, addresses and lists of buffers: no crash, nothing read or written outside
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes its own input, the same each time. To search on, build it by clang with -DFUZZER
 * -fsanitize=fuzzer,address,undefined.
 */

#include "../../dlls/wsuring/unix/unix_private.h"

#include <netinet/in.h>

#include "fuzz.h"

#define ROOM 512

/* The rest of the input, in memory of its own, so that an access beyond it is detected. */
static void *take_rest( struct input *input, size_t *len )
{
    void *copy = allocate( input->len );

    memcpy( copy, input->data, *len = input->len );
    return copy;
}

static void fuzz_addresses( struct input *input )
{
    struct sockaddr_storage host;
    uint32_t room = take( input, 1 );
    size_t len;
    uint8_t *windows = take_rest( input, &len ), *out = allocate( room );
    socklen_t host_len = 0;

    memset( &host, 0, sizeof( host ) );
    if (!address_to_unix( windows, len, &host, &host_len )) check( host_len <= sizeof( host ), "%u", host_len );
    memset( &host, 0, sizeof( host ) );
    memcpy( &host, windows, len < sizeof( host ) ? len : sizeof( host ) );
    address_from_unix( &host, len < sizeof( host ) ? len : sizeof( host ), out, room );
    free( windows );
    free( out );
}

static void fuzz_control_to_unix( struct input *input )
{
    _Alignas( struct cmsghdr ) uint8_t out[ROOM];
    struct message_params params = { 0 };
    size_t room = take( input, 2 ) % ( sizeof( out ) + 1 ), len, used = 0;
    uint32_t segment = 0;
    int fd = socket( take( input, 1 ) & 1 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0 );
    void *control = take_rest( input, &len );

    params.control = (uintptr_t)control;
    params.control_len = len;
    params.fd = fd;
    if (!control_to_unix( &params, fd, out, room, &used, &segment )) check( used <= room, "%zu of %zu", used, room );
    free( control );
    close( fd );
}

static void fuzz_control_from_unix( struct input *input )
{
    struct message_params params
        = { .options = take( input, 4 ), .transferred = take( input, 2 ), .control_len = take( input, 1 ) };
    uint32_t room = params.control_len, segment = take( input, 2 );
    struct msghdr msg = { .msg_flags = take( input, 4 ) };
    struct cmsghdr *cmsg;
    size_t len, pos, space;
    uint8_t *host = take_rest( input, &len ), *out = allocate( room );

    /* the kernel's headers are correct and its data has the length of its type: only levels and types vary */
    for (pos = 0; len - pos >= CMSG_LEN( 0 ); pos += space)
    {
        cmsg = (struct cmsghdr *)( host + pos );
        space = CMSG_SPACE( sizeof( struct sockaddr_in6 ) );
        if (len - pos < space) break;
        cmsg->cmsg_len = CMSG_LEN( sizeof( struct sockaddr_in6 ) );
        cmsg->cmsg_level = cmsg->cmsg_level & 1 ? IPPROTO_IP : cmsg->cmsg_level & 2 ? IPPROTO_IPV6 : SOL_SOCKET;
        cmsg->cmsg_type &= 0x7f;
        /* one of these is a time of arrival */
        if (cmsg->cmsg_level == SOL_SOCKET) memset( CMSG_DATA( cmsg ) + 4, 0, 12 );
    }
    msg.msg_control = host;
    msg.msg_controllen = pos;
    params.control = (uintptr_t)out;
    control_from_unix( &params, &msg, segment );
    check( params.control_len <= room, "%u of %u", params.control_len, room );
    free( host );
    free( out );
}

static void fuzz_netlink( struct input *input )
{
    static const uint16_t types[] = { 16, 20, 21, 24, 25 }; /* RTM_NEWLINK, NEWADDR, DELADDR, NEWROUTE, DELROUTE */
    uint64_t type = take( input, 1 ), message_len = take( input, 1 );
    size_t len;
    uint8_t *messages = take_rest( input, &len );

    if (len >= 6)
    {
        uint32_t length = message_len % 64;

        memcpy( messages, &length, sizeof( length ) );
        memcpy( messages + 4, &types[type % 5], sizeof( types[0] ) );
    }
    check( netlink_changes( messages, len ) < 0x10, "unknown changes" );
    free( messages );
}

/* Sends to an unused address: only the list of buffers matters. */
static void fuzz_buffers( struct input *input )
{
    static uint8_t memory[0x20000];
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    struct unix_buffer buffers[1500];
    struct send_params params = { .buffers = (uintptr_t)buffers };
    socklen_t len = sizeof( addr );
    uint32_t i;

    params.fd = socket( AF_INET, SOCK_DGRAM, 0 );
    if (bind( params.fd, (struct sockaddr *)&addr, len ) || getsockname( params.fd, (struct sockaddr *)&addr, &len )
        || connect( params.fd, (struct sockaddr *)&addr, len ))
        abort();
    params.count = take( input, 2 ) % 1500 + 1;
    for (i = 0; i < params.count; i++)
    {
        uint64_t how = take( input, 2 );

        /* some addresses that aren't memory, and lengths that overflow */
        buffers[i].base = how % 97 ? (uintptr_t)memory + how % 0x10000 : 0x10;
        buffers[i].len = how % 89 ? how % 300 : UINT64_MAX - how;
    }
    transfer_send( &params );
    close( params.fd );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t len )
{
    static void ( *const targets[] )( struct input *input )
        = { fuzz_addresses, fuzz_control_to_unix, fuzz_control_from_unix, fuzz_buffers, fuzz_netlink };
    struct input input = { data, len };

    targets[take( &input, 1 ) % 5]( &input );
    return 0;
}

#ifndef FUZZER
/* Half of the inputs resemble control data, so that most aren't refused at once. */
static size_t make_input( uint8_t *data )
{
    size_t len = next_random( 400 ) + 8, i, pos;

    for (i = 0; i < len; i++) data[i] = next_random( 256 );
    if (next_random( 2 )) return len;
    data[0] = 1;
    data[1] = 0;
    data[2] = 2; /* room: 512 */
    for (pos = 4; pos + 16 < len; pos += 16 + 8 * ( 1 + next_random( 4 ) ))
    {
        uint64_t size = 16 + next_random( 25 );
        int32_t level = next_random( 2 ) ? 0 : next_random( 2 ) ? 41 : 17, type = next_random( 80 );

        memcpy( data + pos, &size, sizeof( size ) );
        memcpy( data + pos + 8, &level, sizeof( level ) );
        memcpy( data + pos + 12, &type, sizeof( type ) );
    }
    return len;
}

int main( void )
{
    uint8_t data[ROOM];

    return fuzz_run( data, make_input );
}
#endif
