/*
 * Poll lists: many descriptors that one thread polls again and again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Level-triggered epoll: descriptors that haven't changed since the last call, or aren't ready, cost nothing.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_INLINE 256

static bool poll_list_make_change( int list, const struct poll_list_change *change )
{
    struct epoll_event event = { .events = events_to_host( change->events ), .data.u64 = change->cookie };

    if (change->events & ( POLL_IN | POLL_END )) event.events |= EPOLLRDHUP;
    return !epoll_ctl( list,
                       !change->events  ? EPOLL_CTL_DEL
                       : change->listed ? EPOLL_CTL_MOD
                                        : EPOLL_CTL_ADD,
                       change->fd, &event );
}

static NTSTATUS poll_list_wait_any( const struct poll_list_params *params )
{
    struct pollfd fds[2] = { { .fd = params->list, .events = POLLIN }, { .fd = params->wake_fd, .events = POLLIN } };
    struct timespec ts = { .tv_sec = params->timeout / 1000000000, .tv_nsec = params->timeout % 1000000000 };
    uint64_t value;
    int ret = ppoll( fds, 2, params->timeout < 0 ? NULL : &ts, NULL );

    if (ret == -1) return errno == EINTR ? STATUS_ALERTED : errno_to_status( errno );
    if (!ret) return STATUS_TIMEOUT;
    if (!fds[1].revents) return STATUS_SUCCESS;
    return read( params->wake_fd, &value, sizeof( value ) ) == -1 && errno != EAGAIN ? errno_to_status( errno )
                                                                                     : STATUS_ALERTED;
}

/* unix_poll_list */
NTSTATUS poll_list( void *args )
{
    struct poll_list_params *params = args;
    const struct poll_list_change *changes = pointer_from_u64( params->changes );
    struct ready_event *events = pointer_from_u64( params->events );
    struct epoll_event room[EVENTS_INLINE], *ready = room;
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t i;
    int ret;

    params->count = 0;
    if (params->list == -1 && ( params->list = epoll_create1( EPOLL_CLOEXEC ) ) == -1) return errno_to_status( errno );
    for (i = 0; i < params->change_count; i++)
        if (!poll_list_make_change( params->list, changes + i )) return errno_to_status( errno );
    if (!params->room) return STATUS_SUCCESS;
    if (params->timeout && ( status = poll_list_wait_any( params ) ) && status != STATUS_ALERTED) return status;
    if (params->room > ARRAY_SIZE( room ) && !( ready = malloc( params->room * sizeof( *ready ) ) ))
        return STATUS_NO_MEMORY;
    if (( ret = epoll_wait( params->list, ready, params->room, 0 ) ) == -1) status = errno_to_status( errno );
    else if (!ret && !status) status = STATUS_TIMEOUT;
    for (i = 0; (int)i < ret; i++)
    {
        events[i].cookie = ready[i].data.u64;
        events[i].ready = events_from_host( ready[i].events ) | ( ready[i].events & EPOLLRDHUP ? POLL_END : 0 );
        events[i].pad = 0;
    }
    params->count = ret == -1 ? 0 : ret;
    if (ready != room) free( ready );
    return status;
}
