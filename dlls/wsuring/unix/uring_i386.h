/*
 * io_uring for the 32-bit Unix library
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Debian's 64-bit liburing can't be linked there, and the 32-bit one comes from another architecture, which few
 * machines have. These are the few functions that the engine calls, under liburing's names and with its results.
 */

#ifndef WSURING_UNIX_URING_I386_H
#define WSURING_UNIX_URING_I386_H

#include <errno.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <string.h>

struct io_uring
{
    int fd;
    unsigned int flags; /* IORING_SETUP_* */
    void *rings;
    size_t rings_size, sqes_size;
    struct io_uring_sqe *sqes;
    struct io_uring_cqe *cqes;
    unsigned int *sq_head, *sq_tail, *sq_flags, *cq_head, *cq_tail; /* shared with the kernel */
    unsigned int sq_entries, sq_mask, cq_mask;
    unsigned int tail; /* of what was handed out; sq_tail: of what may be submitted */
};

#pragma GCC visibility push( hidden )

int io_uring_queue_init_params( unsigned int entries, struct io_uring *ring, struct io_uring_params *params );
void io_uring_queue_exit( struct io_uring *ring );
int io_uring_submit( struct io_uring *ring );
int io_uring_submit_and_wait( struct io_uring *ring, unsigned int count );
int io_uring_submit_and_get_events( struct io_uring *ring );
int io_uring_submit_and_wait_timeout( struct io_uring *ring, struct io_uring_cqe **cqe, unsigned int count,
                                      struct __kernel_timespec *time, void *signals );
int io_uring_peek_cqe( struct io_uring *ring, struct io_uring_cqe **cqe );

#pragma GCC visibility pop

static inline unsigned int io_uring_sq_ready( const struct io_uring *ring )
{
    return ring->tail - __atomic_load_n( ring->sq_head, __ATOMIC_ACQUIRE );
}

static inline unsigned int io_uring_sq_space_left( const struct io_uring *ring )
{
    return ring->sq_entries - io_uring_sq_ready( ring );
}

/* There must be space. */
static inline struct io_uring_sqe *io_uring_get_sqe( struct io_uring *ring )
{
    return &ring->sqes[ring->tail++ & ring->sq_mask];
}

static inline void io_uring_cqe_seen( struct io_uring *ring, const struct io_uring_cqe *cqe )
{
    (void)cqe;
    __atomic_store_n( ring->cq_head, *ring->cq_head + 1, __ATOMIC_RELEASE );
}

static inline void io_uring_prep_poll_multishot( struct io_uring_sqe *sqe, int fd, unsigned int events )
{
    memset( sqe, 0, sizeof( *sqe ) );
    sqe->opcode = IORING_OP_POLL_ADD;
    sqe->fd = fd;
    sqe->poll32_events = events;
    sqe->len = IORING_POLL_ADD_MULTI;
}

static inline void io_uring_prep_cancel64( struct io_uring_sqe *sqe, uint64_t data, int flags )
{
    memset( sqe, 0, sizeof( *sqe ) );
    sqe->opcode = IORING_OP_ASYNC_CANCEL;
    sqe->fd = -1;
    sqe->addr = data;
    sqe->cancel_flags = flags;
}

/* only for speed */
static inline int io_uring_register_ring_fd( struct io_uring *ring )
{
    (void)ring;
    return -ENOSYS;
}

#endif /* WSURING_UNIX_URING_I386_H */
