/*
 * Starting an engine, watching descriptors with it and waiting for its events
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_TESTS_UNIX_ENGINE_LIBRARY_H
#define WSURING_TESTS_UNIX_ENGINE_LIBRARY_H

#include "library.h"

#include <time.h>

/* Starts as the PE side does on a known Wine. Returns the engine. */
static inline uint32_t engine_init( uint32_t wanted )
{
    struct init_params params = { .wanted = wanted };

    unix_call( unix_init, &params );
    check( params.functions == unix_func_count, "%u functions", params.functions );
    return params.engine;
}

/* Asked in a child process, so that it leaves nothing behind here. */
static inline bool has_uring( void )
{
    int status = -1;
    pid_t pid = fork();

    if (!pid) _exit( engine_init( ENGINE_URING ) != ENGINE_URING );
    waitpid( pid, &status, 0 );
    return !status;
}

#define SECOND 1000000000ll

static inline void engine_begin( int kind )
{
    check( engine_init( kind ) == (uint32_t)kind, "engine %d", kind );
    check( !unix_call( unix_engine_start, NULL ), "start" );
}

static inline NTSTATUS watch_status( int fd, uint32_t events, uint64_t cookie )
{
    struct watch_params params = { .set = -1, .fd = fd, .events = events, .cookie = cookie };

    return unix_call( unix_engine_watch, &params );
}

static inline void watch( int fd, uint32_t events, uint64_t cookie )
{
    NTSTATUS status = watch_status( fd, events, cookie );

    check( !status, "watch %#x", status );
}

static inline int wait_events( struct ready_event *events, uint32_t room, int64_t timeout )
{
    struct engine_wait_params params = { .events = u64( events ), .room = room, .timeout = timeout };
    NTSTATUS status = unix_call( unix_engine_wait, &params );

    check( !status, "wait %#x", status );
    return params.count;
}

static inline int64_t now( void )
{
    struct timespec ts;

    clock_gettime( CLOCK_MONOTONIC, &ts );
    return ts.tv_sec * SECOND + ts.tv_nsec;
}

/* All events reported for a cookie within the time. Returns at once when the wanted ones have come. */
static inline uint32_t wait_ready( uint64_t cookie, uint32_t wanted, int64_t timeout )
{
    struct ready_event events[16];
    int64_t end = now() + timeout, left;
    uint32_t ready = 0;
    int i, count;

    do
    {
        left = end - now();
        count = wait_events( events, 16, left > 0 ? left : 0 );
        for (i = 0; i < count; i++)
            if (events[i].cookie == cookie) ready |= events[i].ready;
        if (wanted && ( ready & wanted ) == wanted) break;
    } while (left > 0);
    return ready;
}

#endif /* WSURING_TESTS_UNIX_ENGINE_LIBRARY_H */
