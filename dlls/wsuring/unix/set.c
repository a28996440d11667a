/*
 * Poll sets: many descriptors that several threads wait for
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * By epoll in all tiers: any number of threads may sleep in a set, and the kernel wakes one per event, the one that
 * came last. A ring would belong to one thread.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <limits.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "engine.h"

#define SET_ROOM 64

/* unix_set_create */
NTSTATUS set_create( void *args )
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u64 = SET_WAKE_COOKIE };
    struct set_create_params *params = args;
    int err;

    if (( params->set = epoll_create1( EPOLL_CLOEXEC ) ) == -1) return errno_to_status( errno );
    /* never drained: each write makes an edge */
    if (( params->wake_fd = eventfd( 0, EFD_CLOEXEC | EFD_NONBLOCK ) ) != -1)
    {
        if (!epoll_ctl( params->set, EPOLL_CTL_ADD, params->wake_fd, &event )) return STATUS_SUCCESS;
        err = errno;
        close( params->wake_fd );
    }
    else err = errno;
    close( params->set );
    return errno_to_status( err );
}

/* The provider ends a watch before it closes the descriptor, because the set identifies files by number. */
NTSTATUS set_watch( int set, int fd, uint32_t events, uint64_t cookie )
{
    struct epoll_event event = { .events = events_to_host( events ) | EPOLLET, .data.u64 = cookie };

    if (!events)
    {
        if (!epoll_ctl( set, EPOLL_CTL_DEL, fd, NULL ) || errno == ENOENT) return STATUS_SUCCESS;
        return errno_to_status( errno );
    }
    if (!epoll_ctl( set, EPOLL_CTL_ADD, fd, &event )) return STATUS_SUCCESS;
    if (errno == EEXIST && !epoll_ctl( set, EPOLL_CTL_MOD, fd, &event )) return STATUS_SUCCESS;
    return errno_to_status( errno );
}

/* Returns the number of events, or -1 with errno. timeout: ns; negative waits for ever. */
int set_wait_ready( int set, struct ready_event *events, uint32_t room, int64_t timeout )
{
    static atomic_bool no_pwait2;
    struct epoll_event ready[SET_ROOM];
    int64_t ms = timeout < 0 ? -1 : timeout / 1000000 + ( timeout % 1000000 != 0 );
    int i, ret;

    if (room > ARRAY_SIZE( ready )) room = ARRAY_SIZE( ready );
    if (timeout > 0 && !atomic_load_explicit( &no_pwait2, memory_order_relaxed ))
    {
        struct timespec ts = { .tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000 };

        /* Linux 5.11 */
        ret = epoll_pwait2( set, ready, room, &ts, NULL );
        if (ret == -1 && errno == ENOSYS)
        {
            atomic_store( &no_pwait2, true );
            ret = epoll_wait( set, ready, room, ms > INT_MAX ? INT_MAX : ms );
        }
    }
    else ret = epoll_wait( set, ready, room, ms > INT_MAX ? INT_MAX : ms );
    for (i = 0; i < ret; i++)
    {
        events[i].cookie = ready[i].data.u64;
        events[i].pad = 0;
        events[i].ready = events_from_host( ready[i].events );
    }
    return ret;
}

/* unix_set_wait */
NTSTATUS set_wait( void *args )
{
    struct set_wait_params *params = args;
    int ret = set_wait_ready( params->set, pointer_from_u64( params->events ), params->room, params->timeout );

    params->count = ret == -1 ? 0 : ret;
    return ret == -1 && errno != EINTR ? errno_to_status( errno ) : STATUS_SUCCESS;
}
