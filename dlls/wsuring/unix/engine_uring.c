/*
 * The engine by io_uring
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Only the reaper touches the ring. A shared ring would need locks, and completions get stuck while their submitter
 * sleeps. Other threads push requests onto a lock-free list, because they may be killed at any instruction, and wake
 * the reaper if it sleeps.
 *
 * Each watch is a multishot poll, identified by its cookie and never by its descriptor: before a request is
 * submitted, the provider may close the descriptor and its number may come to mean another file. The list then also
 * has a request that ends the watch, so at worst there is one event with a stale cookie. So the watch needs no
 * duplicate of the descriptor, which would delay the FIN.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "engine.h"
#ifdef __i386__
#include "uring_i386.h"
#else
#include <liburing.h>
#endif

#define SQ_ENTRIES 256
#define CQ_ENTRIES 4096

/* user_data: the watch's index and, above it, a generation that is new for each poll; or one of these */
#define DATA_WAKE   UINT64_MAX
#define DATA_CANCEL ( UINT64_MAX - 1 )

#define NONE UINT32_MAX

#define RETRY_TIME  20000000  /* ns, for postponed requests */
#define SETTLE_TIME 100000000 /* ns: the reaper may be suspended, or end with the process */

/* ---- shared */

struct request
{
    struct request *next;
    uint64_t cookie;
    int fd;
    uint32_t events;
};

static _Atomic( struct request * ) requests; /* the newest first */
static atomic_bool sleeping;                 /* only the reaper writes it, so a killed thread can't leave it wrong */
static atomic_bool woken;
static int wake_fd = -1;
static _Atomic( uint32_t ) settle_asked, settle_done; /* tickets; settle_done is a futex */

/* ---- the reaper's own */

struct watch
{
    uint64_t cookie;
    int fd;
    uint32_t events; /* POLL_*; 0: ended */
    uint32_t generation;
    uint32_t chain; /* next in the bucket or in the free list */
    uint32_t next_dirty;
    bool used;
    bool armed; /* a poll with this generation is armed */
    bool dirty; /* the ring must be updated */
};

static struct io_uring ring;
static bool wake_armed;
static struct watch *watches;
static uint32_t *buckets; /* as many as watches */
static uint32_t capacity;
static uint32_t free_watches = NONE;
static uint32_t dirty_first = NONE, dirty_last = NONE;
static uint32_t ending;           /* polls that were cancelled, but whose last completion hasn't come */
static struct request *postponed; /* oldest first: requests for which no watch could be allocated */

/* ---- the ring */

static void uring_poll_add( struct io_uring_sqe *sqe, int fd, uint32_t events, uint64_t data )
{
    io_uring_prep_poll_multishot( sqe, fd, events_to_host( events ) );
    sqe->user_data = data;
}

static NTSTATUS uring_start( void )
{
    int err;

    if (( wake_fd = eventfd( 0, EFD_CLOEXEC | EFD_NONBLOCK ) ) == -1) return errno_to_status( errno );
    if (( err = ring_init( &ring, SQ_ENTRIES, CQ_ENTRIES ) ))
    {
        close( wake_fd );
        return errno_to_status( err );
    }
    io_uring_register_ring_fd( &ring ); /* 5.18; only for speed */
    return STATUS_SUCCESS;
}

/* ---- for all threads */

/* The eventfd is never drained: each write makes an edge, and the counter lasts for 2^64 of them. */
static NTSTATUS uring_wake_if_asleep( void )
{
    const uint64_t one = 1;

    if (atomic_load( &sleeping ) && write( wake_fd, &one, sizeof( one ) ) == -1) return errno_to_status( errno );
    return STATUS_SUCCESS;
}

static NTSTATUS uring_wake( void )
{
    atomic_store( &woken, true );
    return uring_wake_if_asleep();
}

static NTSTATUS uring_watch( int fd, uint32_t events, uint64_t cookie )
{
    struct request *request;

    if (!( request = malloc( sizeof( *request ) ) )) return STATUS_NO_MEMORY;
    request->cookie = cookie;
    request->fd = fd;
    request->events = events;
    request->next = atomic_load_explicit( &requests, memory_order_relaxed );
    while (!atomic_compare_exchange_weak( &requests, &request->next, request ));
    return uring_wake_if_asleep();
}

static NTSTATUS uring_settle( void )
{
    const struct timespec time = { .tv_nsec = SETTLE_TIME };
    uint32_t ticket = atomic_fetch_add( &settle_asked, 1 ) + 1, done;

    uring_wake_if_asleep();
    while ((int32_t)( ( done = atomic_load( &settle_done ) ) - ticket ) < 0)
        if (syscall( SYS_futex, &settle_done, FUTEX_WAIT_PRIVATE, done, &time, NULL, 0 ) && errno == ETIMEDOUT)
            return STATUS_TIMEOUT;
    return STATUS_SUCCESS;
}

/* ---- watches */

static uint32_t *uring_watch_bucket( uint64_t cookie )
{
    return &buckets[( cookie * 0x9e3779b97f4a7c15ull >> 32 ) & ( capacity - 1 )];
}

static void uring_watch_link( uint32_t index )
{
    uint32_t *bucket = uring_watch_bucket( watches[index].cookie );

    watches[index].chain = *bucket;
    *bucket = index;
}

static bool uring_watches_grow( void )
{
    uint32_t i, old_capacity = capacity, new_capacity = capacity ? capacity * 2 : 64;
    struct watch *new_watches;
    uint32_t *new_buckets;

    if (!( new_buckets = malloc( new_capacity * sizeof( *new_buckets ) ) )) return false;
    if (!( new_watches = realloc( watches, new_capacity * sizeof( *new_watches ) ) ))
    {
        free( new_buckets );
        return false;
    }
    free( buckets );
    watches = new_watches;
    buckets = new_buckets;
    memset( watches + capacity, 0, ( new_capacity - capacity ) * sizeof( *watches ) );
    for (i = 0; i < new_capacity; i++) buckets[i] = NONE;
    capacity = new_capacity;
    for (i = 0; i < old_capacity; i++) uring_watch_link( i ); /* grows when all are in use */
    while (new_capacity-- > old_capacity)
    {
        watches[new_capacity].chain = free_watches;
        free_watches = new_capacity;
    }
    return true;
}

static struct watch *uring_watch_find( uint64_t cookie )
{
    uint32_t i;

    if (!capacity) return NULL;
    for (i = *uring_watch_bucket( cookie ); i != NONE; i = watches[i].chain)
        if (watches[i].cookie == cookie) return &watches[i];
    return NULL;
}

static struct watch *uring_watch_create( uint64_t cookie )
{
    uint32_t index;

    if (free_watches == NONE && !uring_watches_grow()) return NULL;
    index = free_watches;
    free_watches = watches[index].chain;
    watches[index].cookie = cookie;
    watches[index].used = true;
    uring_watch_link( index );
    return &watches[index];
}

/* The generation is kept: late completions must not match the slot's next user. */
static void uring_watch_free( struct watch *watch )
{
    uint32_t index = watch - watches, *link;

    for (link = uring_watch_bucket( watch->cookie ); *link != index; link = &watches[*link].chain);
    *link = watch->chain;
    watch->used = false;
    watch->chain = free_watches;
    free_watches = index;
}

static void uring_watch_mark_dirty( struct watch *watch )
{
    uint32_t index = watch - watches;

    if (watch->dirty) return;
    watch->dirty = true;
    watch->next_dirty = NONE;
    if (dirty_first == NONE) dirty_first = index;
    else watches[dirty_last].next_dirty = index;
    dirty_last = index;
}

static uint64_t uring_watch_data( const struct watch *watch )
{
    return (uint64_t)watch->generation << 32 | (uint32_t)( watch - watches );
}

/* ---- the reaper */

static void uring_take_requests( void )
{
    struct request *list = NULL, *request, *next, **link;
    struct watch *watch;

    if (!atomic_load_explicit( &requests, memory_order_relaxed ) && !postponed) return;
    for (request = atomic_exchange( &requests, NULL ); request; request = next)
    {
        next = request->next;
        request->next = list;
        list = request;
    }
    for (link = &postponed; *link; link = &( *link )->next) /* to the end of the list */
        ;
    *link = list;
    while (( request = postponed ))
    {
        watch = uring_watch_find( request->cookie );
        if (!watch && request->events && !( watch = uring_watch_create( request->cookie ) )) break;
        if (watch)
        {
            watch->fd = request->fd;
            watch->events = request->events;
            uring_watch_mark_dirty( watch );
        }
        postponed = request->next;
        free( request );
    }
}

/* Turns changes into submission queue entries. If the queue is full, the rest stays for the next round. */
static void uring_prepare_submissions( void )
{
    struct io_uring_sqe *sqe;
    struct watch *watch;

    while (dirty_first != NONE || !wake_armed)
    {
        if (io_uring_sq_space_left( &ring ) < 2) io_uring_submit( &ring );
        if (io_uring_sq_space_left( &ring ) < 2) return;
        if (!wake_armed)
        {
            uring_poll_add( io_uring_get_sqe( &ring ), wake_fd, POLL_IN, DATA_WAKE );
            wake_armed = true;
            continue;
        }
        watch = &watches[dirty_first];
        dirty_first = watch->next_dirty;
        watch->dirty = false;
        if (watch->armed)
        {
            /* not POLL_REMOVE, which fails while an event is being delivered */
            sqe = io_uring_get_sqe( &ring );
            io_uring_prep_cancel64( sqe, uring_watch_data( watch ), 0 );
            sqe->user_data = DATA_CANCEL;
            watch->armed = false;
            ending++;
        }
        if (watch->events)
        {
            watch->generation++;
            watch->armed = true;
            uring_poll_add( io_uring_get_sqe( &ring ), watch->fd, watch->events, uring_watch_data( watch ) );
        }
        else uring_watch_free( watch );
    }
}

/* One completion; true if it is an event for the provider. */
static bool uring_handle_completion( const struct io_uring_cqe *cqe, struct ready_event *event )
{
    uint32_t index = cqe->user_data;
    bool ended = !( cqe->flags & IORING_CQE_F_MORE );
    struct watch *watch;

    if (cqe->user_data == DATA_CANCEL) return false;
    if (cqe->user_data == DATA_WAKE)
    {
        if (ended) wake_armed = false;
        return false;
    }
    if (index >= capacity) return false;
    watch = &watches[index];
    if (!watch->used || !watch->armed || watch->generation != cqe->user_data >> 32)
    {
        if (ended) ending--;
        return false;
    }
    if (!watch->events) /* it is about to end */
    {
        if (ended) watch->armed = false;
        return false;
    }

    event->cookie = watch->cookie;
    event->pad = 0;
    event->ready = cqe->res < 0 ? POLL_ERR : events_from_host( cqe->res );
    if (ended)
    {
        /* The kernel ends a poll by itself if, for instance, the completion queue is full: arm it again. But not
         * after an error or hang-up, which would come at once and for ever; nothing can wait for such a file, and
         * the next request arms it. */
        watch->armed = false;
        if (cqe->res >= 0 && !( event->ready & POLL_HUP )) uring_watch_mark_dirty( watch );
    }
    return true;
}

static uint32_t uring_take_completions( struct ready_event *events, uint32_t room )
{
    struct io_uring_cqe *cqe;
    uint32_t count = 0;

    while (count < room && !io_uring_peek_cqe( &ring, &cqe ))
    {
        if (uring_handle_completion( cqe, &events[count] )) count++;
        io_uring_cqe_seen( &ring, cqe );
    }
    return count;
}

/* The kernel has let go of a poll's file when its last completion can be seen. ticket: what was asked before the
 * requests were taken. */
static void uring_note_settled( uint32_t ticket )
{
    if (ticket == settle_done || ending || dirty_first != NONE || postponed) return;
    atomic_store( &settle_done, ticket );
    syscall( SYS_futex, &settle_done, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0 );
}

/* Submits what is prepared and sleeps. 0 or an errno. */
static int uring_enter( int64_t timeout )
{
    struct __kernel_timespec ts = { .tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000 };
    struct io_uring_cqe *cqe;
    int ret;

    if (timeout < 0) ret = io_uring_submit_and_wait( &ring, 1 );
    else if (!timeout) ret = io_uring_submit_and_get_events( &ring );
    else ret = io_uring_submit_and_wait_timeout( &ring, &cqe, 1, &ts, NULL );
    return ret < 0 ? -ret : 0;
}

static NTSTATUS uring_wait( struct ready_event *events, uint32_t room, uint32_t *count, int64_t timeout )
{
    bool over = false;
    uint32_t ticket;
    int err;

    for (;;)
    {
        ticket = atomic_load( &settle_asked );
        uring_take_requests();
        *count = uring_take_completions( events, room );
        uring_prepare_submissions();
        uring_note_settled( ticket );
        if (atomic_exchange( &woken, false )) over = true;
        if (*count || over)
        {
            /* a watch's end must not wait until the events have been served */
            if (io_uring_sq_ready( &ring )) io_uring_submit( &ring );
            return STATUS_SUCCESS;
        }

        atomic_store( &sleeping, true );
        if (atomic_load( &requests ) || atomic_load( &woken ) || atomic_load( &settle_asked ) != ticket) err = 0;
        else err = uring_enter( postponed && ( timeout < 0 || timeout > RETRY_TIME ) ? RETRY_TIME : timeout );
        atomic_store( &sleeping, false );

        switch (err)
        {
        case 0:
            if (!timeout) over = true;
            break;
        case EBUSY: /* completions first */
        case EAGAIN: break;
        case EINTR:
        case ETIME: over = true; break;
        default: return errno_to_status( err );
        }
    }
}

const struct engine_ops engine_uring = {
    .probe = ring_probe,
    .start = uring_start,
    .watch = uring_watch,
    .wake = uring_wake,
    .settle = uring_settle,
    .wait = uring_wait,
};
