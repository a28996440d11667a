/*
 * Whether a thread waits for the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread whose wait the server has accepted sleeps in a read of 16 bytes from a pipe (a request's reply is read 64
 * bytes at a time), into which the server writes at the moment when something that is waited for becomes signalled.
 * The kernel says which system call a thread sleeps in (proc(5), /proc/PID/syscall; wine-interfaces 5.6). This takes no
 * request.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WAKE_SIZE 16 /* of what the server writes */

/* unix_server_wait_open */
NTSTATUS server_wait_open( void *args )
{
    struct server_wait_params *params = args;

    params->task = open( "/proc/thread-self/syscall", O_RDONLY | O_CLOEXEC );
    params->pipe = -1;
    return params->task == -1 ? errno_to_status( errno ) : STATUS_SUCCESS;
}

/* The pipe from which the thread reads what the server writes, and sleeps; -1: it does something else. */
static int server_wait_pipe( int task )
{
    char text[256];
    ssize_t len = pread( task, text, sizeof( text ) - 1, 0 );
    unsigned int pipe, size;
    int call;

    if (len <= 0) return -1;
    text[len] = 0;
    if (sscanf( text, "%d %x %*x %x", &call, &pipe, &size ) != 3 || call != SYS_read || size != WAKE_SIZE) return -1;
    return pipe;
}

static bool server_wait_empty( int pipe )
{
    struct pollfd poll_fd = { .fd = pipe, .events = POLLIN };

    return pipe != -1 && !poll( &poll_fd, 1, 0 );
}

/* unix_server_wait_query */
NTSTATUS server_wait_query( void *args )
{
    struct server_wait_params *params = args;

    int pipe = params->pipe == -1 ? server_wait_pipe( params->task ) : params->pipe;
    /* first: what the server has written is in the pipe until the thread is awake */
    bool empty = server_wait_empty( pipe );

    params->pipe = server_wait_pipe( params->task );
    params->waits = empty && params->pipe == pipe;
    return STATUS_SUCCESS;
}
