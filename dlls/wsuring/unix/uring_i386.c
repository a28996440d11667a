/*
 * io_uring for the 32-bit Unix library
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#ifdef __i386__

#include "unix_private.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "uring_i386.h"

#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#define SYS_io_uring_enter 426
#endif

/* Rings of kernels with IORING_FEAT_SINGLE_MMAP, which are all that have what the engine needs. */
static int uring_i386_map( struct io_uring *ring, const struct io_uring_params *params )
{
    size_t sq_size = params->sq_off.array + params->sq_entries * sizeof( unsigned int );
    size_t cq_size = params->cq_off.cqes + params->cq_entries * sizeof( struct io_uring_cqe );
    unsigned int *array, i;
    char *rings;

    ring->rings_size = sq_size > cq_size ? sq_size : cq_size;
    ring->sqes_size = params->sq_entries * sizeof( struct io_uring_sqe );
    rings = mmap( NULL, ring->rings_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
                  IORING_OFF_SQ_RING );
    if (rings == MAP_FAILED) return -errno;
    ring->sqes
        = mmap( NULL, ring->sqes_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES );
    if (ring->sqes == MAP_FAILED)
    {
        int err = errno;

        munmap( rings, ring->rings_size );
        return -err;
    }
    ring->rings = rings;
    ring->sq_head = (unsigned int *)( rings + params->sq_off.head );
    ring->sq_tail = (unsigned int *)( rings + params->sq_off.tail );
    ring->sq_flags = (unsigned int *)( rings + params->sq_off.flags );
    ring->cq_head = (unsigned int *)( rings + params->cq_off.head );
    ring->cq_tail = (unsigned int *)( rings + params->cq_off.tail );
    ring->cqes = (struct io_uring_cqe *)( rings + params->cq_off.cqes );
    ring->sq_entries = params->sq_entries;
    ring->sq_mask = *(unsigned int *)( rings + params->sq_off.ring_mask );
    ring->cq_mask = *(unsigned int *)( rings + params->cq_off.ring_mask );
    ring->tail = *ring->sq_tail;
    array = (unsigned int *)( rings + params->sq_off.array );
    for (i = 0; i < params->sq_entries; i++) array[i] = i;
    return 0;
}

int io_uring_queue_init_params( unsigned int entries, struct io_uring *ring, struct io_uring_params *params )
{
    int ret;

    memset( ring, 0, sizeof( *ring ) );
    ring->fd = syscall( SYS_io_uring_setup, entries, params );
    if (ring->fd == -1) return -errno;
    ring->flags = params->flags;
    ret = params->features & IORING_FEAT_SINGLE_MMAP ? uring_i386_map( ring, params ) : -ENOSYS;
    if (ret) close( ring->fd );
    return ret;
}

void io_uring_queue_exit( struct io_uring *ring )
{
    munmap( ring->sqes, ring->sqes_size );
    munmap( ring->rings, ring->rings_size );
    close( ring->fd );
}

static int uring_i386_enter( struct io_uring *ring, unsigned int submit, unsigned int count, unsigned int flags,
                             const void *arg, size_t size )
{
    int ret = syscall( SYS_io_uring_enter, ring->fd, submit, count, flags, arg, size );

    return ret == -1 ? -errno : ret;
}

/* Hands the entries over; how many. */
static unsigned int uring_i386_flush( struct io_uring *ring )
{
    __atomic_store_n( ring->sq_tail, ring->tail, __ATOMIC_RELEASE );
    return io_uring_sq_ready( ring );
}

int io_uring_submit( struct io_uring *ring )
{
    unsigned int submit = uring_i386_flush( ring );

    return submit ? uring_i386_enter( ring, submit, 0, 0, NULL, _NSIG / 8 ) : 0;
}

int io_uring_submit_and_wait( struct io_uring *ring, unsigned int count )
{
    return uring_i386_enter( ring, uring_i386_flush( ring ), count, IORING_ENTER_GETEVENTS, NULL, _NSIG / 8 );
}

int io_uring_submit_and_get_events( struct io_uring *ring )
{
    return io_uring_submit_and_wait( ring, 0 );
}

int io_uring_submit_and_wait_timeout( struct io_uring *ring, struct io_uring_cqe **cqe, unsigned int count,
                                      struct __kernel_timespec *time, void *signals )
{
    const struct io_uring_getevents_arg arg = { .sigmask_sz = _NSIG / 8, .ts = (uintptr_t)time };
    int ret;

    (void)signals;
    if (!io_uring_peek_cqe( ring, cqe )) count = 0;
    ret = uring_i386_enter( ring, uring_i386_flush( ring ), count, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg,
                            sizeof( arg ) );
    if (ret >= 0 && io_uring_peek_cqe( ring, cqe )) ret = -ETIME;
    return ret;
}

/* Does the kernel keep completions back: for which the ring had no room, or that it makes only when it is asked? */
static bool uring_i386_has_more( const struct io_uring *ring )
{
    return __atomic_load_n( ring->sq_flags, __ATOMIC_ACQUIRE ) & ( IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN );
}

int io_uring_peek_cqe( struct io_uring *ring, struct io_uring_cqe **cqe )
{
    unsigned int head = *ring->cq_head;

    *cqe = NULL;
    if (__atomic_load_n( ring->cq_tail, __ATOMIC_ACQUIRE ) == head && uring_i386_has_more( ring ))
        uring_i386_enter( ring, 0, 0, IORING_ENTER_GETEVENTS, NULL, _NSIG / 8 );
    if (__atomic_load_n( ring->cq_tail, __ATOMIC_ACQUIRE ) == head) return -EAGAIN;
    *cqe = &ring->cqes[head & ring->cq_mask];
    return 0;
}

#endif
