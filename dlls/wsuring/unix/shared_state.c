/*
 * State that the processes which have a socket share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Few properties belong to an open file and so are visible through every descriptor of it. One is the number of the
 * signal that it sends when it is ready (fcntl(2), F_SETSIG), which has no effect unless signals are requested
 * (O_ASYNC). It holds six bits; reading and writing take one system call each.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <fcntl.h>

/* unix_shared_state */
NTSTATUS shared_state( void *args )
{
    struct shared_state_params *params = args;
    int old = fcntl( params->fd, F_GETSIG ), state;

    if (old < 0) return errno_to_status( errno );
    state = ( old & ~params->mask ) | ( params->state & params->mask );
    if (params->select) state = ( state & ~SHARED_SELECTION ) | ( ( state + SHARED_SELECTION_ONE ) & SHARED_SELECTION );
    if (state != old && fcntl( params->fd, F_SETSIG, state )) return errno_to_status( errno );
    params->state = state;
    return STATUS_SUCCESS;
}
