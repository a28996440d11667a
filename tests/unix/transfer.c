/*
 * Native tests: initialisation, errors, addresses, sending and receiving
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Run: tests/unix/run plain|address|thread
 */

#include "library.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

#define MANY 3000 /* more than IOV_MAX buffers */

static void test_init( int arg )
{
    struct init_params params = { .wanted = ENGINE_AFD };
    int i;

    (void)arg;
    check( !unix_call( unix_init, &params ) && params.engine == ENGINE_AFD && params.reason == REASON_ASKED,
           "reason %u", params.reason );
    params.wanted = ENGINE_EPOLL;
    check( !unix_call( unix_init, &params ) && params.engine == ENGINE_EPOLL && params.reason == REASON_ASKED,
           "reason %u", params.reason );
    for (i = 0; i < unix_func_count; i++)
        check( __wine_unix_call_funcs[i] && __wine_unix_call_funcs[i] == __wine_unix_call_wow64_funcs[i], "function %d",
               i );
}

static void test_errors( int arg )
{
    static const struct
    {
        int err;
        uint32_t status;
    } expect[] = {
        { EAGAIN, 0xc00000a3 },        { EFAULT, 0xc0000005 },       { EBADF, 0xc0000008 },
        { ENOTSOCK, 0xc0000024 },      { EMSGSIZE, 0x80000005 },     { EDESTADDRREQ, 0xc0000140 },
        { EADDRNOTAVAIL, 0xc0000207 }, { ENOBUFS, 0xc000009a },      { ENOMEM, 0xc000009a },
        { ENETDOWN, 0xc00000bf },      { EHOSTDOWN, 0xc0000350 },    { EPIPE, 0xc000020d },
        { ECONNRESET, 0xc000020d },    { ECONNABORTED, 0xc0000241 }, { EMFILE, 0xc000011f },
        { ESHUTDOWN, 0xc00000b0 },     { EACCES, 0xc0000022 },       { ETIMEDOUT, 0xc00000b5 },
        { ECONNREFUSED, 0xc0000236 },  { EDOM, 0xc0000001 },         { ENETUNREACH, 0xc000023c },
        { EHOSTUNREACH, 0xc000023d },  { EOPNOTSUPP, 0xc00000bb },   { EISCONN, 0xc000023b },
    };
    size_t i;

    (void)arg;
    for (i = 0; i < ARRAY_SIZE( expect ); i++)
        check( (uint32_t)errno_to_status( expect[i].err ) == expect[i].status, "%s: %#x", strerror( expect[i].err ),
               errno_to_status( expect[i].err ) );
}

static void test_addresses( int arg )
{
    static const uint8_t in[16] = { 2, 0, 0x12, 0x34, 127, 0, 0, 9 };
    static const uint8_t in6[28]
        = { 23, 0, 0x12, 0x34, 1, 2, 3, 4, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 3, 0, 0, 0 };
    static const uint8_t ipx[14] = { 6 };
    uint8_t un[110] = { 1, 0, '/', 't', 'm', 'p' }, out[128];
    struct sockaddr_storage addr;
    socklen_t len;
    uint32_t i;

    (void)arg;
    check( !address_to_unix( in, sizeof( in ), &addr, &len ) && len == sizeof( struct sockaddr_in ), "in" );
    check( ( (struct sockaddr_in *)&addr )->sin_port == htons( 0x1234 ), "port" );
    check( ( (struct sockaddr_in *)&addr )->sin_addr.s_addr == htonl( 0x7f000009 ), "address" );
    memset( out, 0xcc, sizeof( out ) );
    check( address_from_unix( &addr, len, out, sizeof( out ) ) == 16 && !memcmp( in, out, 16 ) && out[16] == 0xcc,
           "in back" );
    memset( out, 0xcc, sizeof( out ) );
    check( address_from_unix( &addr, len, out, 5 ) == 16 && !memcmp( in, out, 5 ) && out[5] == 0xcc, "short room" );
    check( address_from_unix( &addr, len, NULL, 0 ) == 16, "no room" );
    check( !address_from_unix( &addr, 0, out, sizeof( out ) ), "no address" );

    check( !address_to_unix( in6, sizeof( in6 ), &addr, &len ) && len == sizeof( struct sockaddr_in6 )
               && addr.ss_family == AF_INET6,
           "in6" );
    check( ( (struct sockaddr_in6 *)&addr )->sin6_scope_id == 3, "scope" );
    check( address_from_unix( &addr, len, out, sizeof( out ) ) == 28 && !memcmp( in6, out, 28 ), "in6 back" );

    check( !address_to_unix( un, sizeof( un ), &addr, &len ) && addr.ss_family == AF_UNIX, "un" );
    check( !strcmp( ( (struct sockaddr_un *)&addr )->sun_path, "/tmp" ), "un" );
    check( address_from_unix( &addr, len, out, sizeof( out ) ) == 110 && !memcmp( un, out, 110 ), "un back" );

    for (i = 0; i < 28; i++)
    {
        if (i < 16) check( address_to_unix( in, i, &addr, &len ) == STATUS_ACCESS_VIOLATION, "in of %u", i );
        check( address_to_unix( in6, i, &addr, &len ) == STATUS_ACCESS_VIOLATION, "in6 of %u", i );
    }
    check( address_to_unix( ipx, sizeof( ipx ), &addr, &len ) == STATUS_NOT_SUPPORTED, "ipx" );
}

static void test_stream( int arg )
{
    static char data[1 << 16], copy[1 << 16];
    struct unix_buffer many[MANY], one = { u64( copy ), sizeof( copy ) }, two[2];
    uint64_t done, sum;
    int fds[2], i, size = 4096;
    char byte;

    (void)arg;
    tcp_pair( fds );
    check( do_recv( fds[1], &one, 1, 0, &done ) == STATUS_DEVICE_NOT_READY, "empty" );

    for (i = 0; i < (int)sizeof( data ); i++) data[i] = i * 7;
    two[0].base = u64( data );
    two[0].len = 10;
    two[1].base = u64( data + 10 );
    two[1].len = 20;
    check( !do_send( fds[0], two, 2, 0, &done ) && done == 30, "sent %llu", (unsigned long long)done );
    wait_readable( fds[1] );
    check( !do_recv( fds[1], &one, 1, 2 /* MSG_PEEK */, &done ) && done == 30 && !memcmp( data, copy, 30 ),
           "peeked %llu", (unsigned long long)done );
    memset( copy, 0, sizeof( copy ) );
    check( !do_recv( fds[1], &one, 1, 0, &done ) && done == 30 && !memcmp( data, copy, 30 ), "received %llu",
           (unsigned long long)done );

    /* more than IOV_MAX buffers: sends the first ones, skipping empty ones */
    for (i = 0; i < MANY; i++)
    {
        many[i].base = u64( data + i );
        many[i].len = i >= 1500;
    }
    check( !do_send( fds[0], many, MANY, 0, &done ) && done == 1024, "sent %llu of many", (unsigned long long)done );
    wait_readable( fds[1] );
    for (i = 0; i < MANY; i++) many[i].base = u64( copy + i );
    memset( copy, 0, sizeof( copy ) );
    check( !do_recv( fds[1], many, MANY, 0, &done ) && done == 1024, "received %llu into many",
           (unsigned long long)done );
    check( !memcmp( data + 1500, copy + 1500, 1024 ), "data" );

    /* until it would block; then a bad buffer isn't reported as would-block */
    setsockopt( fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof( size ) );
    one.base = u64( data );
    for (sum = 0, i = 0; i < 100000; i++, sum += done)
        if (do_send( fds[0], &one, 1, 0, &done )) break;
    check( do_send( fds[0], &one, 1, 0, &done ) == STATUS_DEVICE_NOT_READY && !done, "full" );
    one.base = u64( copy );
    while (sum && !do_recv( fds[1], &one, 1, 0, &done )) sum -= done;
    while (sum)
    {
        wait_readable( fds[1] );
        if (do_recv( fds[1], &one, 1, 0, &done )) break;
        sum -= done;
    }
    check( !sum, "all came" );

    one.base = 0x1000;
    check( do_send( fds[0], &one, 1, 0, &done ) == STATUS_ACCESS_VIOLATION && !done, "bad buffer" );
    byte = 'x';
    if (write( fds[0], &byte, 1 ) != 1) abort();
    wait_readable( fds[1] );
    check( do_recv( fds[1], &one, 1, 0, &done ) == STATUS_ACCESS_VIOLATION && !done, "bad buffer" );
    one.base = u64( copy );
    check( !do_recv( fds[1], &one, 1, 0, &done ) && done == 1, "the byte is still there" );

    /* urgent data */
    one.len = 1;
    check( do_recv( fds[1], &one, 1, 1 /* MSG_OOB */, &done ) == STATUS_DEVICE_NOT_READY, "no urgent data" );
    check( !do_send( fds[0], &one, 1, 1, &done ) && done == 1, "send urgent" );
    {
        struct poll_params params = { .fd = fds[1], .wake_fd = -1, .events = POLL_PRI, .timeout = 5000000000 };

        check( !unix_call( unix_poll, &params ) && params.ready == POLL_PRI, "ready %#x", params.ready );
    }
    check( !do_recv( fds[1], &one, 1, 1, &done ) && done == 1 && copy[0] == 'x', "receive urgent" );
    check( !do_send( fds[0], &one, 1, 4 /* MSG_DONTROUTE */, &done ) && done == 1, "don't route" );

    /* the address is ignored on a connected stream */
    {
        static const uint8_t addr[16] = { 2, 0, 0, 9, 10, 0, 0, 1 };
        struct send_params params
            = { .buffers = u64( &one ), .count = 1, .fd = fds[0], .addr = u64( addr ), .addr_len = sizeof( addr ) };

        check( !unix_call( unix_send, &params ) && params.transferred == 1, "send with address" );
        params.addr_len = 4;
        check( unix_call( unix_send, &params ) == STATUS_ACCESS_VIOLATION, "short address" );
    }
    {
        struct recv_params params
            = { .buffers = u64( &one ), .count = 1, .fd = fds[1], .addr = u64( data ), .addr_len = 32 };

        wait_readable( fds[1] );
        check( !unix_call( unix_recv, &params ) && !params.addr_len, "no address" );
    }

    /* the end, and again after it */
    while (!do_recv( fds[1], &one, 1, 0, &done ));
    close( fds[0] );
    wait_readable( fds[1] );
    check( !do_recv( fds[1], &one, 1, 0, &done ) && !done, "end" );
    check( !do_send( fds[1], &one, 1, 0, &done ), "into the void" );
    wait_readable( fds[1] );
    usleep( 10000 );
    check( do_send( fds[1], &one, 1, 0, &done ) == STATUS_CONNECTION_RESET, "no signal, but an error" );
    close( fds[1] );
    check( do_send( fds[1], &one, 1, 0, &done ) == STATUS_INVALID_HANDLE, "closed" );
}

static void test_datagram( int family )
{
    static char data[70000], copy[70000];
    struct unix_buffer many[MANY], one = { u64( data ), 5 };
    struct sockaddr_storage addr1, addr2;
    uint8_t win[32], from[32];
    struct send_params send_params
        = { .buffers = u64( &one ), .count = 1, .addr = u64( win ), .addr_len = sizeof( win ) };
    struct recv_params recv_params
        = { .buffers = u64( &one ), .count = 1, .addr = u64( from ), .addr_len = sizeof( from ) };
    int i;

    send_params.fd = udp_socket( family, &addr1 );
    recv_params.fd = udp_socket( family, &addr2 );
    address_from_unix( &addr2, sizeof( addr2 ), win, sizeof( win ) );
    for (i = 0; i < (int)sizeof( data ); i++) data[i] = i * 7;

    check( !unix_call( unix_send, &send_params ) && send_params.transferred == 5, "send" );
    wait_readable( recv_params.fd );
    one.base = u64( copy );
    one.len = 100;
    check( !unix_call( unix_recv, &recv_params ) && recv_params.transferred == 5 && !memcmp( copy, data, 5 ),
           "receive" );
    check( recv_params.addr_len == ( family == AF_INET ? 16 : 28 ), "address of %u", recv_params.addr_len );
    address_from_unix( &addr1, sizeof( addr1 ), win, sizeof( win ) );
    check( !memcmp( from, win, recv_params.addr_len ), "source" );
    address_from_unix( &addr2, sizeof( addr2 ), win, sizeof( win ) );
    check( unix_call( unix_recv, &recv_params ) == STATUS_DEVICE_NOT_READY, "empty" );

    /* too long */
    one.len = 50;
    unix_call( unix_send, &send_params );
    unix_call( unix_send, &send_params );
    wait_readable( recv_params.fd );
    one.len = 20;
    recv_params.addr_len = 4;
    memset( from, 0, sizeof( from ) );
    recv_params.flags = 2;
    check( unix_call( unix_recv, &recv_params ) == STATUS_BUFFER_OVERFLOW && recv_params.transferred == 20, "peek" );
    check( recv_params.addr_len >= 16 && from[0] && !from[4], "address cut off" );
    recv_params.flags = 0;
    recv_params.addr_len = sizeof( from );
    check( unix_call( unix_recv, &recv_params ) == STATUS_BUFFER_OVERFLOW && recv_params.transferred == 20, "cut off" );
    recv_params.count = 0;
    check( unix_call( unix_recv, &recv_params ) == STATUS_BUFFER_OVERFLOW && !recv_params.transferred, "no room" );
    recv_params.count = 1;
    check( unix_call( unix_recv, &recv_params ) == STATUS_DEVICE_NOT_READY, "rest is gone" );

    /* empty datagrams count, too */
    send_params.count = 0;
    check( !unix_call( unix_send, &send_params ) && !send_params.transferred, "empty datagram" );
    wait_readable( recv_params.fd );
    check( !unix_call( unix_recv, &recv_params ) && !recv_params.transferred, "empty datagram" );

    /* more than IOV_MAX buffers make one datagram */
    for (i = 0; i < MANY; i++)
    {
        many[i].base = u64( data + i * 3 );
        many[i].len = i % 4;
    }
    send_params.buffers = recv_params.buffers = u64( many );
    send_params.count = recv_params.count = MANY;
    check( !unix_call( unix_send, &send_params ) && send_params.transferred == 4500, "sent %d",
           (int)send_params.transferred );
    wait_readable( recv_params.fd );
    for (i = 0; i < MANY; i++) many[i].base = u64( copy + i * 3 );
    memset( copy, 0, sizeof( copy ) );
    check( !unix_call( unix_recv, &recv_params ) && recv_params.transferred == 4500, "received %d",
           (int)recv_params.transferred );
    for (i = 0; i < MANY && !memcmp( data + i * 3, copy + i * 3, i % 4 ); i++);
    check( i == MANY, "buffer %d", i );

    many[2000].base = u64( data );
    many[2000].len = 60;
    for (i = 0; i < MANY; i++) many[i].base = u64( data );
    check( !unix_call( unix_send, &send_params ) && send_params.transferred == 4560, "sent %d",
           (int)send_params.transferred );
    wait_readable( recv_params.fd );
    for (i = 0; i < MANY; i++) many[i].base = u64( copy );
    recv_params.count = 2000;
    check( unix_call( unix_recv, &recv_params ) == STATUS_BUFFER_OVERFLOW && recv_params.transferred == 3000,
           "received %d", (int)recv_params.transferred );
    many[1999].base = 0x1000;
    many[1999].len = 1;
    send_params.count = 2000;
    check( unix_call( unix_send, &send_params ) == STATUS_ACCESS_VIOLATION && !send_params.transferred,
           "bad buffer among many" );
    many[1999].base = u64( data );
    many[1999].len = 65536;
    check( unix_call( unix_send, &send_params ) == STATUS_INVALID_BUFFER_SIZE, "too long" );
    many[1998].len = many[1999].len = UINT64_MAX;
    check( unix_call( unix_send, &send_params ) == STATUS_INVALID_BUFFER_SIZE, "lengths that overflow" );
    one.base = u64( data );
    one.len = 70000;
    send_params.buffers = u64( &one );
    send_params.count = 1;
    check( unix_call( unix_send, &send_params ) == STATUS_BUFFER_OVERFLOW, "too long" );
    one.len = UINT64_MAX;
    check( unix_call( unix_send, &send_params ) < 0, "absurdly long" );
    one.len = 1;
    win[0] = 6;
    check( unix_call( unix_send, &send_params ) == STATUS_NOT_SUPPORTED, "unknown family" );
    send_params.addr = 0;
    check( unix_call( unix_send, &send_params ) == STATUS_INVALID_CONNECTION, "no address" );
    check( dup( 0 ) == recv_params.fd + 1, "descriptors leak" );
}

int main( void )
{
    run( test_init, 0 );
    run( test_errors, 0 );
    run( test_addresses, 0 );
    run( test_stream, 0 );
    run( test_datagram, AF_INET );
    run( test_datagram, AF_INET6 );
    return check_summary();
}
