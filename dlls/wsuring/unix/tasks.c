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
#include <string.h>
#include <unistd.h>

/* Not one of the kernel's own for io_uring, which are listed among the process's, nor the first, which is listed to the end though it may have exited. */
static bool is_running( int dir, const char *task )
{
    char path[64], text[64], *end;
    ssize_t len;
    int fd;

    snprintf( path, sizeof(path), "%.32s/stat", task );
    if ((fd = openat( dir, path, O_RDONLY | O_CLOEXEC )) == -1) return false; /* it has just ended */
    len = read( fd, text, sizeof(text) - 1 );
    close( fd );
    text[len > 0 ? len : 0] = 0;
    /* "17 (name) S" */
    return !strstr( text, "(iou-" ) && (end = strrchr( text, ')' )) && strncmp( end, ") Z", 3 ) && strncmp( end, ") X", 3 );
}

/* How many there are, the kernel's and the first included. 0 if that can't be known. */
static unsigned int task_total( int dir )
{
    unsigned int total = 0;
    char text[1024], *field;
    ssize_t len;
    int fd, i;

    if ((fd = openat( dir, "../stat", O_RDONLY | O_CLOEXEC )) == -1) return 0;
    len = read( fd, text, sizeof(text) - 1 );
    close( fd );
    text[len > 0 ? len : 0] = 0;
    /* "17 (name) S ...": the 20th field */
    for (i = 2, field = strrchr( text, ')' ); field && i < 20; i++) field = strchr( field + 1, ' ' );
    if (field) total = strtoul( field, NULL, 10 );
    return total;
}

/* unix_task_count */
NTSTATUS task_count( void *args )
{
    struct task_count_params *params = args;
    unsigned int total, listed = 0;
    struct dirent *entry;
    DIR *dir;

    params->count = params->sure = 0;
    if (!(dir = opendir( "/proc/self/task" ))) return errno_to_status( errno );
    total = task_total( dirfd( dir ) );
    while (params->count < params->enough && (entry = readdir( dir )))
    {
        if (entry->d_name[0] == '.') continue;
        listed++;
        if (is_running( dirfd( dir ), entry->d_name )) params->count++;
    }
    /* when the thread that is being listed ends, the kernel leaves out those behind it */
    params->sure = listed == total && total == task_total( dirfd( dir ) );
    closedir( dir );
    return STATUS_SUCCESS;
}
