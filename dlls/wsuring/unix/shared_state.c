/*
 * What the processes that have the same socket tell each other
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Few things belong to an open file and are seen by whoever has a descriptor of it. One is the number of the signal
 * that it sends when it is ready (fcntl(2), F_SETSIG), which means nothing as long as nobody asks for signals
 * (O_ASYNC): six bits, read and written by a system call each.
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
