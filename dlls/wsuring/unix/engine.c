/*
 * The engine: which kind serves
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <pthread.h>

#include "engine.h"

static const struct engine_ops *ops;
static bool started;
static pthread_t reaper;

void engine_select( enum engine_kind kind )
{
    ops = kind == ENGINE_URING ? &engine_uring : kind == ENGINE_EPOLL ? &engine_epoll : NULL;
}

/* unix_engine_start */
NTSTATUS engine_start( void *args )
{
    NTSTATUS status;

    (void)args;
    if (!ops || started) return STATUS_INVALID_DEVICE_STATE;
    /* the probe made a ring, but the process may have reached its limits since */
    if (( status = ops->start() ) && ops == &engine_uring)
    {
        ops = &engine_epoll;
        status = ops->start();
    }
    reaper = pthread_self();
    started = !status;
    return status;
}

/* unix_engine_watch */
NTSTATUS engine_watch( void *args )
{
    const struct watch_params *params = args;

    if (params->set != -1) return set_watch( params->set, params->fd, params->events, params->cookie );
    if (!started) return STATUS_INVALID_DEVICE_STATE;
    return ops->watch( params->fd, params->events, params->cookie );
}

/* unix_engine_wait */
NTSTATUS engine_wait( void *args )
{
    struct engine_wait_params *params = args;

    params->count = 0;
    if (!started) return STATUS_INVALID_DEVICE_STATE;
    if (!params->room) return STATUS_INVALID_PARAMETER;
    return ops->wait( pointer_from_u64( params->events ), params->room, &params->count, params->timeout );
}

/* unix_engine_wake */
NTSTATUS engine_wake( void *args )
{
    (void)args;
    if (!started) return STATUS_INVALID_DEVICE_STATE;
    return ops->wake();
}

/* unix_engine_settle */
NTSTATUS engine_settle( void *args )
{
    (void)args;
    if (!started) return STATUS_SUCCESS;
    if (pthread_equal( reaper, pthread_self() )) return STATUS_INVALID_DEVICE_STATE;
    return ops->settle ? ops->settle() : STATUS_SUCCESS;
}
