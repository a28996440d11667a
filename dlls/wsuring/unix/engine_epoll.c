/*
 * The engine by epoll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <limits.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "engine.h"

/* never that of a socket */
#define WAKE_COOKIE UINT64_MAX

static int epoll_fd = -1;
static int wake_fd = -1;

static int epoll_probe(void)
{
    int fd = epoll_create1( EPOLL_CLOEXEC );

    if (fd == -1) return errno;
    close( fd );
    return 0;
}

static NTSTATUS epoll_start(void)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u64 = WAKE_COOKIE };
    int err;

    if ((epoll_fd = epoll_create1( EPOLL_CLOEXEC )) == -1) return errno_to_status( errno );
    if ((wake_fd = eventfd( 0, EFD_CLOEXEC | EFD_NONBLOCK )) != -1 && !epoll_ctl( epoll_fd, EPOLL_CTL_ADD, wake_fd, &event ))
        return STATUS_SUCCESS;
    err = errno;
    if (wake_fd != -1) close( wake_fd );
    close( epoll_fd );
    return errno_to_status( err );
}

/* The provider ends a watch before it closes the descriptor: the set knows files by their number. */
static NTSTATUS epoll_watch( int fd, uint32_t events, uint64_t cookie )
{
    struct epoll_event event = { .events = events_to_host( events ) | EPOLLET, .data.u64 = cookie };

    if (!events)
    {
        if (!epoll_ctl( epoll_fd, EPOLL_CTL_DEL, fd, NULL ) || errno == ENOENT) return STATUS_SUCCESS;
        return errno_to_status( errno );
    }
    if (!epoll_ctl( epoll_fd, EPOLL_CTL_ADD, fd, &event )) return STATUS_SUCCESS;
    if (errno == EEXIST && !epoll_ctl( epoll_fd, EPOLL_CTL_MOD, fd, &event )) return STATUS_SUCCESS;
    return errno_to_status( errno );
}

/* Never drained: each write is an edge of its own, and the counter is full after 2^64 of them. */
static NTSTATUS epoll_wake(void)
{
    const uint64_t one = 1;

    return write( wake_fd, &one, sizeof(one) ) == -1 ? errno_to_status( errno ) : STATUS_SUCCESS;
}

static NTSTATUS epoll_wait_ready( struct ready_event *events, uint32_t room, uint32_t *count, int64_t timeout )
{
    struct epoll_event ready[64];
    int64_t ms = timeout < 0 ? -1 : timeout / 1000000 + (timeout % 1000000 != 0);
    int i, ret;

    if (room > ARRAY_SIZE(ready)) room = ARRAY_SIZE(ready);
    if ((ret = epoll_wait( epoll_fd, ready, room, ms > INT_MAX ? INT_MAX : ms )) == -1)
        return errno == EINTR ? STATUS_SUCCESS : errno_to_status( errno );
    for (i = 0; i < ret; i++)
    {
        if (ready[i].data.u64 == WAKE_COOKIE) continue;
        events[*count].cookie = ready[i].data.u64;
        events[*count].pad = 0;
        events[(*count)++].ready = events_from_host( ready[i].events );
    }
    return STATUS_SUCCESS;
}

const struct engine_ops engine_epoll =
{
    .probe = epoll_probe,
    .start = epoll_start,
    .watch = epoll_watch,
    .wake = epoll_wake,
    .wait = epoll_wait_ready,
};
