/*
 * The threads of the process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PF_IO_WORKER 0x10 /* of a thread's flags in /proc/PID/stat */

#define ENDING_COUNT 8192

/* Reads "17 (name) S ...". Returns the text after the name, which may contain anything: ") S ...". NULL on failure. */
static const char *task_read_stat( int dir, const char *path, char *text, size_t size )
{
    int fd = openat( dir, path, O_RDONLY | O_CLOEXEC );
    ssize_t len = -1;

    if (fd != -1)
    {
        len = read( fd, text, size - 1 );
        close( fd );
    }
    text[len > 0 ? len : 0] = 0;
    return strrchr( text, ')' );
}

/* Excludes the kernel's io_uring threads, which are listed with the process's, and the first thread, which stays
 * listed even after it has exited. */
static bool task_is_running( int dir, const char *task )
{
    char path[64], text[256], state;
    const char *name_end;
    unsigned int flags;

    snprintf( path, sizeof( path ), "%.32s/stat", task );
    if (!( name_end = task_read_stat( dir, path, text, sizeof( text ) ) )) return false; /* it has just ended */
    if (sscanf( name_end, ") %c %*d %*d %*d %*d %*d %u", &state, &flags ) != 2) return true;
    return !( flags & PF_IO_WORKER ) && state != 'Z' && state != 'X';
}

/* By their numbers. Two of the same place at once: the one before counts again, and so an end may be overlooked. */
static _Atomic uint32_t ending[ENDING_COUNT];

static void task_ends( void )
{
    uint32_t task = syscall( SYS_gettid );

    ending[task % ENDING_COUNT] = task;
}

static bool task_is_ending( uint32_t task )
{
    return ending[task % ENDING_COUNT] == task;
}

/* The number of threads, including the kernel's and the first. 0 if unknown. */
static unsigned int task_total( int dir )
{
    char text[1024];
    const char *field = task_read_stat( dir, "../stat", text, sizeof( text ) );
    int i;

    for (i = 2; field && i < 20; i++) field = strchr( field + 1, ' ' ); /* num_threads is field 20, the name field 2 */
    return field ? strtoul( field, NULL, 10 ) : 0;
}

/* unix_task_count */
NTSTATUS task_count( void *args )
{
    struct task_count_params *params = args;
    unsigned int total, listed = 0;
    struct dirent *entry;
    DIR *dir;

    params->count = params->sure = params->untold = 0;
    if (params->which == TASK_COUNT_OTHERS) task_ends();
    if (!( dir = opendir( "/proc/self/task" ) )) return errno_to_status( errno );
    total = task_total( dirfd( dir ) );
    while (params->count < params->enough && ( entry = readdir( dir ) ))
    {
        if (entry->d_name[0] == '.') continue;
        listed++;
        if (params->which != TASK_COUNT_ALL && task_is_ending( strtoul( entry->d_name, NULL, 10 ) )) continue;
        if (task_is_running( dirfd( dir ), entry->d_name )) params->count++;
    }
    /* if the thread being listed ends, the kernel omits those after it */
    params->sure = listed == total && total == task_total( dirfd( dir ) );
    closedir( dir );
    params->untold = thread_end_is_untold();
    return STATUS_SUCCESS;
}
