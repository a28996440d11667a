/*
 * The requests that ntdll.so writes to the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_UNIX_REQUEST_WATCH_H
#define WSURING_UNIX_REQUEST_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUEST_SIZE 64 /* of the part without variable data (wine-interfaces 5.2) */

/* Called in every request of the process, by any thread, with signals blocked: no locks, no allocation. */
struct request_observer
{
    void ( *begins )( int fd, const void *request ); /* before it is written; it may be something else of its size */
    void ( *replied )( int fd, const void *reply, size_t len, size_t room ); /* after any read */
};

#define REQUESTS_MAX 8

struct request_list
{
    unsigned int count;
    uint32_t requests[REQUESTS_MAX][REQUEST_SIZE / 4];
};

#pragma GCC visibility push( hidden )

/* Puts itself between ntdll.so and libc, once. false: it can't, and nothing is seen. */
bool request_watch_install( void );

/* From now on; NULL for none. */
void request_watch_observe( const struct request_observer *observer );

/* Copies what the calling thread writes until the next call with NULL. */
void request_watch_record( struct request_list *list );

/* Is it one of ntdll.so's pipes to the server? */
bool request_watch_is_pipe( int fd );

#pragma GCC visibility pop

#endif /* WSURING_UNIX_REQUEST_WATCH_H */
