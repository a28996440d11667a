/*
 * Log lines
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <poll.h>
#include <unistd.h>

/* unix_write_log. Not through __wine_dbg_output, which aborts the process on a long line (wine-interfaces 4.3). */
NTSTATUS write_log( void *args )
{
    const struct write_log_params *params = args;
    const char *text = pointer_from_u64( params->text );
    size_t len = params->len;
    ssize_t ret;

    while (len)
    {
        if (( ret = write( STDERR_FILENO, text, len ) ) >= 0)
        {
            text += ret;
            len -= ret;
        }
        else if (errno == EAGAIN)
        {
            struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };

            /* standard error may have been made non-blocking; a reader that never reads must not stop the program */
            if (!poll( &fd, 1, 1000 )) return STATUS_IO_TIMEOUT;
        }
        else if (errno != EINTR) return errno_to_status( errno );
    }
    return STATUS_SUCCESS;
}
