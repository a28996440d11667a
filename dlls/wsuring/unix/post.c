/*
 * Completion packets for the port that a file is associated with
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <stdatomic.h>

#include "ntdll.h"
#include "request_code.h"

enum check
{
    CHECK_OPEN,
    CHECK_GOOD,
    CHECK_BAD
};

static bool post_unwanted;
static _Atomic uint32_t request_code;
static atomic_int checked = CHECK_OPEN;

/* Request add_fd_completion (wine-interfaces 5.2). */
static NTSTATUS post_fd_completion( uint32_t handle, uint64_t context, uint64_t information, uint32_t status,
                                    bool is_async )
{
    struct server_request request = { .fields.u32[0] = request_code };

    request.fields.u32[12 / 4] = handle;
    request.fields.u64[16 / 8] = context;
    request.fields.u64[24 / 8] = information;
    request.fields.u32[32 / 4] = status;
    request.fields.u32[36 / 4] = is_async;
    return ntdll_server_call( &request );
}

/* Does the request work as expected on this Wine? Tried on a port and a file of our own, never on the program's; first
 * without any file, so that a request that is another one finds no object. About fifteen requests, once. */
static bool post_check_request( uint32_t port, uint32_t file )
{
    const uint64_t want_context = 0x12345670, want_information = 0x2345678, want_key = 0x3456789;
    const uint32_t want_status = 0xc0000120; /* STATUS_CANCELLED: the server doesn't skip packets with errors */
    uint64_t key, context, information;
    uint32_t status;

    return post_fd_completion( 0, want_context, want_information, want_status, true ) == STATUS_INVALID_HANDLE
           && !ntdll_associate( file, port, want_key )
           && !post_fd_completion( file, want_context, want_information, want_status, true )
           && !ntdll_remove_packet( port, &key, &context, &status, &information ) && key == want_key
           && context == want_context && information == want_information && status == want_status
           && ntdll_remove_packet( port, &key, &context, &status, &information ) == STATUS_TIMEOUT;
}

static bool post_learn( void )
{
    uint32_t port, file, code;
    bool good = false;

    if (post_unwanted || ntdll_create_port( &port )) return false;
    if (!ntdll_open_null( &file ))
    {
        code = request_code_add_fd_completion( port, file );
        ntdll_close( file );
        if (code && !ntdll_open_null( &file ))
        {
            request_code = code;
            good = post_check_request( port, file );
            ntdll_close( file );
        }
    }
    ntdll_close( port );
    return good;
}

/* Once, before any other thread can post. */
void post_init( uint32_t without )
{
    post_unwanted = ( without & CAPABILITY_BIT( CAPABILITY_POST ) ) != 0;
    atomic_store( &checked, CHECK_OPEN );
}

static bool post_is_good( void )
{
    int state = atomic_load_explicit( &checked, memory_order_relaxed );

    if (state == CHECK_OPEN)
    {
        /* several threads may get here at once, each with its own port; all get the same result */
        state = post_learn() ? CHECK_GOOD : CHECK_BAD;
        atomic_store( &checked, state );
    }
    return state == CHECK_GOOD;
}

/* unix_post_check. */
NTSTATUS post_check( void *args )
{
    (void)args;
    return post_is_good() ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

/* unix_post_completion. STATUS_NOT_SUPPORTED if the request doesn't work on this Wine. */
NTSTATUS post_completion( void *args )
{
    const struct post_completion_params *params = args;

    if (!post_is_good()) return STATUS_NOT_SUPPORTED;
    return post_fd_completion( params->handle, params->context, params->information, params->status,
                               !params->immediate );
}
