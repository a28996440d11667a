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

#include <sys/epoll.h>
#include <unistd.h>

#include "engine.h"

static int epoll_fd = -1;
static int wake_fd = -1;

static int epoll_probe( void )
{
    int fd = epoll_create1( EPOLL_CLOEXEC );

    if (fd == -1) return errno;
    close( fd );
    return 0;
}

static NTSTATUS epoll_start( void )
{
    struct set_create_params params;
    NTSTATUS status;

    if (( status = set_create( &params ) )) return status;
    epoll_fd = params.set;
    wake_fd = params.wake_fd;
    return STATUS_SUCCESS;
}

static NTSTATUS epoll_watch( int fd, uint32_t events, uint64_t cookie )
{
    return set_watch( epoll_fd, fd, events, cookie );
}

/* Never drained: each write makes an edge, and the counter lasts for 2^64 of them. */
static NTSTATUS epoll_wake( void )
{
    const uint64_t one = 1;

    return write( wake_fd, &one, sizeof( one ) ) == -1 ? errno_to_status( errno ) : STATUS_SUCCESS;
}

static NTSTATUS epoll_wait_ready( struct ready_event *events, uint32_t room, uint32_t *count, int64_t timeout )
{
    int i, ret;

    if (( ret = set_wait_ready( epoll_fd, events, room, timeout ) ) == -1)
        return errno == EINTR ? STATUS_SUCCESS : errno_to_status( errno );
    for (i = 0; i < ret; i++)
        if (events[i].cookie != SET_WAKE_COOKIE) events[( *count )++] = events[i];
    return STATUS_SUCCESS;
}

const struct engine_ops engine_epoll = {
    .probe = epoll_probe,
    .start = epoll_start,
    .watch = epoll_watch,
    .wake = epoll_wake,
    .wait = epoll_wait_ready,
};
