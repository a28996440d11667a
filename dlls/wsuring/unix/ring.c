/*
 * A ring of io_uring: made with what this kernel has, and tried
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "engine.h"
#ifdef __i386__
#include "uring_i386.h"
#else
#include <liburing.h>
#endif

/* newer than some liburing headers; the kernel refuses unknown flags with EINVAL */
#ifndef IORING_SETUP_COOP_TASKRUN
#define IORING_SETUP_COOP_TASKRUN ( 1U << 8 )
#endif
#ifndef IORING_SETUP_SINGLE_ISSUER
#define IORING_SETUP_SINGLE_ISSUER ( 1U << 12 )
#endif
#ifndef IORING_SETUP_DEFER_TASKRUN
#define IORING_SETUP_DEFER_TASKRUN ( 1U << 13 )
#endif

int ring_init( struct io_uring *new_ring, unsigned int sq_entries, unsigned int cq_entries )
{
    /* from Linux 6.1, 6.0, 5.19 and before. With the first two the kernel doesn't interrupt the reaper to run
     * completions */
    static const unsigned int flags[] = {
        IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
        IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN,
        IORING_SETUP_COOP_TASKRUN,
        0,
    };
    struct io_uring_params params;
    int ret = -EINVAL;
    size_t i;

    for (i = 0; i < ARRAY_SIZE( flags ) && ret == -EINVAL; i++)
    {
        memset( &params, 0, sizeof( params ) );
        params.flags = flags[i] | IORING_SETUP_CQSIZE;
        params.cq_entries = cq_entries;
        ret = io_uring_queue_init_params( sq_entries, new_ring, &params );
    }
    if (ret) return -ret;
    if (!( params.features & IORING_FEAT_NODROP ) || !( params.features & IORING_FEAT_EXT_ARG ))
    {
        io_uring_queue_exit( new_ring );
        return ENOSYS;
    }
    return 0;
}

/* io_uring may exist but be forbidden. Multishot polls (5.13) have no feature bit, so try one. */
int ring_probe( void )
{
    struct __kernel_timespec second = { .tv_sec = 1 };
    struct io_uring_sqe *sqe;
    struct io_uring_cqe *cqe;
    struct io_uring probe;
    int fd, err;

    if (( fd = eventfd( 1, EFD_CLOEXEC ) ) == -1) return errno;
    if (!( err = ring_init( &probe, 4, 8 ) ))
    {
        sqe = io_uring_get_sqe( &probe );
        io_uring_prep_poll_multishot( sqe, fd, POLLIN );
        if (( err = io_uring_submit_and_wait_timeout( &probe, &cqe, 1, &second, NULL ) ) < 0) err = -err;
        else if (cqe->res < 0) err = -cqe->res;
        else err = cqe->flags & IORING_CQE_F_MORE ? 0 : ENOSYS;
        /* a signal says nothing about what the kernel supports */
        if (err == EINTR) err = 0;
        io_uring_queue_exit( &probe );
    }
    close( fd );
    return err;
}
