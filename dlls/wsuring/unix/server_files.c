/*
 * Which of our sockets does the wineserver still have?
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * It keeps a descriptor of every socket as long as there is a handle to it. /proc shows them without a request.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVER_NAME "wineserver" /* and the suffix that Debian adds */

struct known
{
    uint64_t inode;
    struct server_file *file;
};

static int server_files_compare( const void *a, const void *b )
{
    const struct known *x = a, *y = b;

    return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* Marks the files that a process has open. Returns how many of them it has, -1 if /proc doesn't show them. */
static int server_files_mark_held( unsigned int pid, struct known *known, uint32_t count )
{
    char path[64], link[64];
    struct dirent *entry;
    struct known key, *found;
    int held = 0;
    ssize_t len;
    DIR *dir;

    snprintf( path, sizeof( path ), "/proc/%u/fd", pid );
    if (!( dir = opendir( path ) )) return -1;
    while (( entry = readdir( dir ) ))
    {
        if (( len = readlinkat( dirfd( dir ), entry->d_name, link, sizeof( link ) - 1 ) ) <= 0) continue;
        link[len] = 0;
        if (strncmp( link, "socket:[", 8 )) continue;
        key.inode = strtoull( link + 8, NULL, 10 );
        if (!( found = bsearch( &key, known, count, sizeof( *known ), server_files_compare ) )) continue;
        found->file->held = 1;
        held++;
    }
    closedir( dir );
    return held;
}

static bool is_server( const char *pid )
{
    char path[64], name[sizeof( SERVER_NAME )] = "";
    FILE *file;

    snprintf( path, sizeof( path ), "/proc/%.20s/comm", pid );
    if (!( file = fopen( path, "re" ) )) return false;
    if (!fgets( name, sizeof( name ), file )) name[0] = 0;
    fclose( file );
    return !strncmp( name, SERVER_NAME, sizeof( SERVER_NAME ) - 1 );
}

/* Ours is the one that has one of our sockets. 0 if none is found. */
static unsigned int find_server( struct known *known, uint32_t count )
{
    unsigned int pid = 0;
    struct dirent *entry;
    DIR *dir;

    if (!( dir = opendir( "/proc" ) )) return 0;
    while (!pid && ( entry = readdir( dir ) ))
    {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || !is_server( entry->d_name )) continue;
        if (server_files_mark_held( atoi( entry->d_name ), known, count ) > 0) pid = atoi( entry->d_name );
    }
    closedir( dir );
    return pid;
}

/* unix_server_files. Called by one thread only. STATUS_NOT_FOUND: the server can't be seen. */
NTSTATUS server_files( void *args )
{
    static unsigned int server;
    const struct server_files_params *params = args;
    struct server_file *files = pointer_from_u64( params->files );
    NTSTATUS status = STATUS_SUCCESS;
    struct known *known;
    struct stat st;
    uint32_t i;

    if (!params->count) return STATUS_SUCCESS;
    if (!( known = malloc( params->count * sizeof( *known ) ) )) return STATUS_NO_MEMORY;
    for (i = 0; i < params->count; i++)
    {
        files[i].held = 0;
        known[i].file = files + i;
        known[i].inode = fstat( files[i].fd, &st ) ? 0 : st.st_ino;
    }
    qsort( known, params->count, sizeof( *known ), server_files_compare );
    if (!server) server = find_server( known, params->count );
    else if (server_files_mark_held( server, known, params->count ) < 0) server = 0;
    if (!server) status = STATUS_NOT_FOUND;
    free( known );
    return status;
}
