/*
 * The counters, shared with those who look on
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif

#include "unix_private.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/counter_page.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008
#endif

static uint64_t unseen_requests; /* until there is a page */
static uint64_t *requests = &unseen_requests;

/* The descriptor stays open: readers find it in /proc. */
void counters_share( void *page )
{
    static int shared = -1;
    struct counter_page *own; /* the caller's goes if the DLL is unloaded */
    int fd = memfd_create( "wsuring-counters", MFD_CLOEXEC | MFD_NOEXEC_SEAL );

    if (fd == -1) fd = memfd_create( "wsuring-counters", MFD_CLOEXEC ); /* before Linux 6.3 */
    if (fd == -1) return;
    if (pwrite( fd, page, sizeof( *own ), 0 ) != sizeof( *own )
        || ( own = mmap( NULL, sizeof( *own ), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0 ) ) == MAP_FAILED
        || mmap( page, sizeof( *own ), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0 ) == MAP_FAILED)
    {
        close( fd );
        return;
    }
    __atomic_store_n( &requests, &own->requests, __ATOMIC_RELEASE );
    if (shared != -1) close( shared );
    shared = fd;
}

void counters_request( void )
{
    __atomic_fetch_add( __atomic_load_n( &requests, __ATOMIC_ACQUIRE ), 1, __ATOMIC_RELAXED );
}
