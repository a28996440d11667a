/*
 * System calls and allocations that fail when a test wants it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The linker redirects the library's calls to the functions below (--wrap). So include this header in one file of a
 * program only; tests/unix/run lists the functions.
 */

#ifndef WSURING_TESTS_UNIX_FAULTS_H
#define WSURING_TESTS_UNIX_FAULTS_H

#include "engine_library.h"

#include <dirent.h>
#include <liburing.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Calls that can be made to fail: these, and the functions of liburing. */
enum call
{
    MALLOC,
    REALLOC,
    EVENTFD,
    EPOLL_CREATE,
    EPOLL_CTL,
    EPOLL_WAIT,
    MEMFD,
    PPOLL,
    SENDTO,
    SENDMSG,
    RECVFROM,
    RECVMSG,
    SOCKET,
    BIND,
    SUBMIT,
    ENTER,
    RING_INIT,
    CALL_COUNT
};

static struct
{
    atomic_int skip;  /* calls that still succeed */
    atomic_int count; /* then this many fail */
    int err;          /* with this errno */
    atomic_int seen;
} faults[CALL_COUNT];

static size_t most; /* the most that one send or receive moves; 0: no limit */

static inline void fail( enum call call, int skip, int count, int err )
{
    faults[call].err = err;
    faults[call].seen = 0;
    faults[call].skip = skip;
    faults[call].count = count;
}

static inline bool fails( enum call call )
{
    if (!faults[call].count) return false;
    if (faults[call].skip)
    {
        faults[call].skip--;
        return false;
    }
    faults[call].count--;
    faults[call].seen++;
    errno = faults[call].err;
    return true;
}

/* All calls that should fail have failed. */
static inline bool all_failed( enum call call )
{
    return faults[call].seen && !faults[call].count;
}

#define WRAP( call, type, name, params, args, failure )                                                                \
    extern type __real_##name params;                                                                                  \
    extern type __wrap_##name params;                                                                                  \
    type __wrap_##name params                                                                                          \
    {                                                                                                                  \
        return fails( call ) ? ( failure ) : __real_##name args;                                                       \
    }

WRAP( MALLOC, void *, malloc, ( size_t size ), ( size ), NULL )
WRAP( REALLOC, void *, realloc, ( void *ptr, size_t size ), ( ptr, size ), NULL )
WRAP( EVENTFD, int, eventfd, ( unsigned int value, int flags ), ( value, flags ), -1 )
WRAP( EPOLL_CREATE, int, epoll_create1, ( int flags ), ( flags ), -1 )
WRAP( EPOLL_CTL, int, epoll_ctl, ( int set, int op, int fd, struct epoll_event *event ), ( set, op, fd, event ), -1 )
WRAP( EPOLL_WAIT, int, epoll_wait, ( int set, struct epoll_event *events, int room, int timeout ),
      ( set, events, room, timeout ), -1 )
WRAP( EPOLL_WAIT, int, epoll_pwait2,
      ( int set, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *mask ),
      ( set, events, room, timeout, mask ), -1 )
WRAP( MEMFD, int, memfd_create, ( const char *name, unsigned int flags ), ( name, flags ), -1 )
WRAP( PPOLL, int, ppoll, ( struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask ),
      ( fds, count, timeout, mask ), -1 )
WRAP( SENDMSG, ssize_t, sendmsg, ( int fd, const struct msghdr *msg, int flags ), ( fd, msg, flags ), -1 )
WRAP( RECVMSG, ssize_t, recvmsg, ( int fd, struct msghdr *msg, int flags ), ( fd, msg, flags ), -1 )
WRAP( SOCKET, int, socket, ( int family, int type, int protocol ), ( family, type, protocol ), -1 )
WRAP( BIND, int, bind, ( int fd, const struct sockaddr *addr, socklen_t len ), ( fd, addr, len ), -1 )
WRAP( SUBMIT, int, io_uring_submit, ( struct io_uring * ring ), ( ring ), -errno )
WRAP( ENTER, int, io_uring_submit_and_wait, ( struct io_uring * ring, unsigned int count ), ( ring, count ), -errno )
WRAP( ENTER, int, io_uring_submit_and_get_events, ( struct io_uring * ring ), ( ring ), -errno )
WRAP( ENTER, int, io_uring_submit_and_wait_timeout,
      ( struct io_uring * ring, struct io_uring_cqe **cqe, unsigned int count, struct __kernel_timespec *timeout,
        sigset_t *mask ),
      ( ring, cqe, count, timeout, mask ), -errno )
WRAP( RING_INIT, int, io_uring_queue_init_params,
      ( unsigned int entries, struct io_uring *ring, struct io_uring_params *params ), ( entries, ring, params ),
      -errno )

/* sendto and recvfrom may be cut short, too. The others are plain system calls in the 32-bit library (host_calls.h). */
extern long __real_syscall( long number, ... );
extern long __wrap_syscall( long number, ... );
long __wrap_syscall( long number, ... )
{
    long args[6];
    va_list list;
    int i;

    va_start( list, number );
    for (i = 0; i < 6; i++) args[i] = va_arg( list, long );
    va_end( list );
    if (( number == SYS_sendto && fails( SENDTO ) ) || ( number == SYS_recvfrom && fails( RECVFROM ) )
        || ( number == SYS_sendmsg && fails( SENDMSG ) ) || ( number == SYS_recvmsg && fails( RECVMSG ) )
        || ( number == SYS_ppoll && fails( PPOLL ) )
        || ( ( number == SYS_epoll_wait || number == SYS_epoll_pwait2 ) && fails( EPOLL_WAIT ) ))
        return -1;
    if (( number == SYS_sendto || number == SYS_recvfrom ) && most && (size_t)args[2] > most) args[2] = most;
    return __real_syscall( number, args[0], args[1], args[2], args[3], args[4], args[5] );
}

static inline int descriptor_count( void )
{
    DIR *dir = opendir( "/proc/self/fd" );
    int count = 0;

    while (readdir( dir )) count++;
    closedir( dir );
    return count;
}

#endif /* WSURING_TESTS_UNIX_FAULTS_H */
