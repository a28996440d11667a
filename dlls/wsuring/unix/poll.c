/*
 * One thread waits for one socket, or for many
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FDS_INLINE 256

uint32_t events_to_host( uint32_t events )
{
    return ( events & POLL_IN ? POLLIN : 0 ) | ( events & POLL_OUT ? POLLOUT : 0 )
           | ( events & POLL_PRI ? POLLPRI : 0 );
}

uint32_t events_from_host( uint32_t events )
{
    return ( events & POLLIN ? POLL_IN : 0 ) | ( events & POLLOUT ? POLL_OUT : 0 ) | ( events & POLLPRI ? POLL_PRI : 0 )
           | ( events & ( POLLERR | POLLNVAL ) ? POLL_ERR : 0 ) | ( events & POLLHUP ? POLL_HUP : 0 );
}

/* unix_poll. A signal ends the wait, because it may be a system APC after which the caller should check again
 * (wine-interfaces 4.3). */
NTSTATUS poll_wait( void *args )
{
    struct poll_params *params = args;
    struct pollfd fds[2] = { { .fd = params->fd, .events = events_to_host( params->events ) },
                             { .fd = params->wake_fd, .events = POLLIN } };
    struct timespec ts = { .tv_sec = params->timeout / 1000000000, .tv_nsec = params->timeout % 1000000000 };
    uint64_t value;
    int ret;

    params->ready = 0;
    if (params->events & POLL_END) fds[0].events |= POLLRDHUP;
    if (( ret = ppoll( fds, 2, params->timeout < 0 ? NULL : &ts, NULL ) ) == -1)
        return errno == EINTR ? STATUS_ALERTED : errno_to_status( errno );
    if (!ret) return STATUS_TIMEOUT;
    /* non-blocking: another thread may have drained it */
    if (fds[1].revents && read( params->wake_fd, &value, sizeof( value ) ) == -1 && errno != EAGAIN)
        return errno_to_status( errno );
    if (fds[0].revents & POLLNVAL) return STATUS_INVALID_HANDLE;
    params->ready = events_from_host( fds[0].revents );
    if (fds[0].revents & POLLRDHUP) params->ready |= POLL_END;
    return params->ready ? STATUS_SUCCESS : STATUS_ALERTED;
}

/* FIONREAD counts up to the next urgent byte: where that one is the first, what follows it is known to recv alone. */
static bool poll_has_unread( int fd )
{
    int count = 0;
    char byte;

    return ( !ioctl( fd, FIONREAD, &count ) && count ) || recv( fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT ) == 1;
}

/* What the host reports for one socket. It counts the end of a stream as readable. */
static uint32_t poll_entry_ready( const struct pollfd *host )
{
    uint32_t ready = events_from_host( host->revents );

    if (!( host->revents & POLLRDHUP )) return ready;
    return poll_has_unread( host->fd ) ? ready | POLL_IN : ( ready & ~POLL_IN ) | POLL_END;
}

/* unix_poll_many */
NTSTATUS poll_many( void *args )
{
    const struct poll_many_params *params = args;
    struct poll_entry *entries = pointer_from_u64( params->entries );
    struct timespec ts = { .tv_sec = params->timeout / 1000000000, .tv_nsec = params->timeout % 1000000000 };
    struct pollfd room[FDS_INLINE], *fds = room;
    NTSTATUS status = STATUS_TIMEOUT;
    uint64_t value;
    uint32_t i;
    int ret;

    if (params->count >= FDS_INLINE && !( fds = malloc( ( params->count + 1 ) * sizeof( *fds ) ) ))
        return STATUS_NO_MEMORY;
    for (i = 0; i < params->count; i++)
    {
        fds[i].fd = entries[i].fd;
        /* always requested: it distinguishes the end of a stream from data */
        fds[i].events
            = events_to_host( entries[i].events ) | ( entries[i].events & ( POLL_IN | POLL_END ) ? POLLRDHUP : 0 );
        entries[i].ready = 0;
    }
    fds[i].fd = params->wake_fd;
    fds[i].events = POLLIN;
    fds[i].revents = 0;
    if (( ret = ppoll( fds, params->count + ( params->wake_fd != -1 ), params->timeout < 0 ? NULL : &ts, NULL ) ) == -1)
        status = errno == EINTR ? STATUS_ALERTED : errno_to_status( errno );
    else if (ret)
    {
        status = STATUS_SUCCESS;
        if (fds[i].revents)
        {
            status = STATUS_ALERTED;
            if (read( params->wake_fd, &value, sizeof( value ) ) == -1 && errno != EAGAIN)
                status = errno_to_status( errno );
        }
        for (i = 0; i < params->count; i++)
            if (fds[i].revents) entries[i].ready = poll_entry_ready( fds + i );
    }
    if (fds != room) free( fds );
    return status;
}

/* unix_wake_create */
NTSTATUS wake_create( void *args )
{
    struct wake_params *params = args;

    params->fd = eventfd( 0, EFD_CLOEXEC | EFD_NONBLOCK );
    return params->fd == -1 ? errno_to_status( errno ) : STATUS_SUCCESS;
}

/* unix_wake_signal */
NTSTATUS wake_signal( void *args )
{
    const struct wake_params *params = args;
    const uint64_t one = 1;

    /* full means signalled */
    if (write( params->fd, &one, sizeof( one ) ) == -1 && errno != EAGAIN) return errno_to_status( errno );
    return STATUS_SUCCESS;
}
