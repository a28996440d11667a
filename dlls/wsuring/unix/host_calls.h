/*
 * What moves data and waits in 32-bit processes, as plain system calls
 *
 * glibc's functions of these names are cancellation points. From 2.41 on they use int 0x80 in 32-bit processes with
 * threads, which costs some microseconds more than the way of syscall(). No thread is cancelled here.
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_UNIX_HOST_CALLS_H
#define WSURING_UNIX_HOST_CALLS_H

#ifdef __i386__

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert( sizeof( time_t ) == 4, "SYS_ppoll takes the old timespec" );

static inline int host_ppoll( struct pollfd *fds, nfds_t count, const struct timespec *timeout )
{
    struct timespec left; /* the kernel writes it */

    if (timeout) left = *timeout;
    return syscall( SYS_ppoll, fds, count, timeout ? &left : NULL, NULL, 8 );
}

static inline int host_epoll_pwait2( int set, struct epoll_event *events, int room, const struct timespec *timeout )
{
    long long spec[2] = { timeout->tv_sec, timeout->tv_nsec };

    return syscall( 441 /* epoll_pwait2 */, set, events, room, spec, NULL, 8 );
}

#define read( fd, data, size )        ( (ssize_t)syscall( SYS_read, fd, data, size ) )
#define write( fd, data, size )       ( (ssize_t)syscall( SYS_write, fd, data, size ) )
#define recv( fd, data, size, flags ) ( (ssize_t)syscall( SYS_recvfrom, fd, data, size, flags, NULL, NULL ) )
#define sendto( fd, data, size, flags, addr, len ) ( (ssize_t)syscall( SYS_sendto, fd, data, size, flags, addr, len ) )
#define recvmsg( fd, msg, flags )                  ( (ssize_t)syscall( SYS_recvmsg, fd, msg, flags ) )
#define sendmsg( fd, msg, flags )                  ( (ssize_t)syscall( SYS_sendmsg, fd, msg, flags ) )
#define poll( fds, count, ms )                     ( (int)syscall( SYS_poll, fds, count, ms ) )
#define ppoll( fds, count, timeout, mask )         host_ppoll( fds, count, timeout )
#define epoll_wait( set, events, room, ms )        ( (int)syscall( SYS_epoll_wait, set, events, room, ms ) )
#define epoll_pwait2( set, events, room, timeout, mask ) host_epoll_pwait2( set, events, room, timeout )

#endif /* __i386__ */

#endif /* WSURING_UNIX_HOST_CALLS_H */
