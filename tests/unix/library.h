/*
 * Calling the Unix library as the PE side does
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_TESTS_UNIX_LIBRARY_H
#define WSURING_TESTS_UNIX_LIBRARY_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "../../dlls/wsuring/unix/unix_private.h"
#include "check.h"
#include "ntdll_stub.h"

extern NTSTATUS ( *const __wine_unix_call_funcs[] )( void *args );
extern NTSTATUS ( *const __wine_unix_call_wow64_funcs[] )( void *args );

static inline uint64_t u64( const void *ptr )
{
    return (uintptr_t)ptr;
}

static inline NTSTATUS unix_call( enum unix_func func, void *params )
{
    return __wine_unix_call_funcs[func]( params );
}

/* Starts as the PE side does; the engine is epoll. */
static inline void library_init( void )
{
    struct init_params params = { .wanted = ENGINE_EPOLL };

    check( !unix_call( unix_init, &params ), "init" );
}

/* Two connected sockets on loopback. */
static inline void tcp_pair( int fds[2] )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    socklen_t len = sizeof( addr );
    int listener = socket( AF_INET, SOCK_STREAM, 0 );

    if (bind( listener, (struct sockaddr *)&addr, len ) || listen( listener, 1 )) abort();
    if (getsockname( listener, (struct sockaddr *)&addr, &len )) abort();
    fds[0] = socket( AF_INET, SOCK_STREAM, 0 );
    if (connect( fds[0], (struct sockaddr *)&addr, len ) || ( fds[1] = accept( listener, NULL, NULL ) ) == -1) abort();
    close( listener );
}

/* A socket bound on loopback. */
static inline int udp_socket( int family, struct sockaddr_storage *addr )
{
    socklen_t len = sizeof( *addr );
    int fd = socket( family, SOCK_DGRAM, 0 );

    memset( addr, 0, sizeof( *addr ) );
    addr->ss_family = family;
    if (family == AF_INET) ( (struct sockaddr_in *)addr )->sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    else ( (struct sockaddr_in6 *)addr )->sin6_addr = in6addr_loopback;
    if (bind( fd, (struct sockaddr *)addr,
              family == AF_INET ? sizeof( struct sockaddr_in ) : sizeof( struct sockaddr_in6 ) ))
        abort();
    if (getsockname( fd, (struct sockaddr *)addr, &len )) abort();
    return fd;
}

static inline void wait_readable( int fd )
{
    struct poll_params params = { .fd = fd, .wake_fd = -1, .events = POLL_IN, .timeout = 5000000000 };

    check( !unix_call( unix_poll, &params ), "nothing came" );
}

static inline NTSTATUS do_send( int fd, const struct unix_buffer *buffers, uint32_t count, uint32_t flags,
                                uint64_t *transferred )
{
    struct send_params params = { .buffers = u64( buffers ), .count = count, .fd = fd, .flags = flags };
    NTSTATUS status = unix_call( unix_send, &params );

    *transferred = params.transferred;
    return status;
}

static inline NTSTATUS do_recv( int fd, const struct unix_buffer *buffers, uint32_t count, uint32_t flags,
                                uint64_t *transferred )
{
    struct recv_params params = { .buffers = u64( buffers ), .count = count, .fd = fd, .flags = flags };
    NTSTATUS status = unix_call( unix_recv, &params );

    *transferred = params.transferred;
    return status;
}

#endif /* WSURING_TESTS_UNIX_LIBRARY_H */
