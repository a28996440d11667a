/*
 * unix_init: what this Wine and this kernel can do
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"
#include "ntdll.h"

/* Can't be relied on, or isn't wanted. */
static bool init_lacks( struct init_params *params, enum capability capability, bool works )
{
    if (works && !( params->without & CAPABILITY_BIT( capability ) )) return false;
    params->lacking |= CAPABILITY_BIT( capability );
    return true;
}

/* What is said to be the null device's descriptor is one. A Wine that has none for it says so, which proves nothing:
 * each socket's is looked at when it is opened. */
static bool init_probe_descriptor( void )
{
    uint32_t file, options;
    bool good = true;
    struct stat st;
    int fd;

    if (ntdll_open_null( &file )) return true;
    if (!ntdll_handle_to_fd( file, 0, &fd, &options ))
    {
        good = fd >= 0 && !fstat( fd, &st );
        if (good) close( fd );
    }
    ntdll_close( file );
    return good;
}

static void init_engine( struct init_params *params )
{
    void *life = NULL;
    int err;

    params->engine = ENGINE_AFD;
    params->reason = REASON_NONE;
    params->reason_errno = 0;

    if (params->wanted == ENGINE_AFD)
    {
        params->reason = REASON_ASKED;
        return;
    }
    if (init_lacks( params, CAPABILITY_ABI, !ntdll_probe_abi() )
        || init_lacks( params, CAPABILITY_DESCRIPTOR, init_probe_descriptor() )
        || init_lacks( params, CAPABILITY_CLOSES,
                       ( life = handle_life_init( pointer_from_u64( params->life ), pointer_from_u64( params->held ) ) )
                           != NULL ))
    {
        params->reason = REASON_UNKNOWN_WINE;
        return;
    }
    params->life = (uintptr_t)life;
    if (params->wanted == ENGINE_URING)
    {
        if (!( err = engine_uring.probe() ))
        {
            params->engine = ENGINE_URING;
            return;
        }
        params->reason = REASON_NO_URING;
        params->reason_errno = err;
    }
    else params->reason = REASON_ASKED;

    if (!( err = engine_epoll.probe() )) params->engine = ENGINE_EPOLL;
    else if (!params->reason_errno) params->reason_errno = err;
}

/* The soft limit is for programs that use select; Wine's processes inherit it all the same. */
static void init_descriptor_limit( void )
{
    struct rlimit limit;

    if (getrlimit( RLIMIT_NOFILE, &limit ) || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit( RLIMIT_NOFILE, &limit );
}

/* unix_init. Always succeeds: without io_uring, epoll and the private interfaces there is still tier `afd'. */
NTSTATUS init( void *args )
{
    struct init_params *params = args;

    params->functions = unix_func_count;
    params->lacking = 0;
    if (params->counters) counters_share( pointer_from_u64( params->counters ) );
    init_engine( params );
    engine_select( params->engine );
    if (params->engine != ENGINE_AFD) init_descriptor_limit();
    if (params->engine != ENGINE_AFD) post_init( params->without );
    return STATUS_SUCCESS;
}
