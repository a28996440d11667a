/*
 * Native tests: system calls and allocations that fail, of the engine
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each fault must give the documented status, lose no event and no byte, leave no descriptor behind, and everything
 * must work again afterwards.
 *
 * Run: tests/unix/run plain|address|thread
 */

#include "faults.h"

/* How many of the cookies from 0 are reported as ready within the time, each counted once. Goes on after an error,
 * as the provider does. */
static int count_ready( int count, int seconds )
{
    static uint8_t seen[10000];
    struct ready_event events[16];
    struct engine_wait_params params
        = { .events = u64( events ), .room = ARRAY_SIZE( events ), .timeout = SECOND / 10 };
    struct timespec start, now;
    int total = 0;
    uint32_t i;

    memset( seen, 0, sizeof( seen ) );
    clock_gettime( CLOCK_MONOTONIC, &start );
    do
    {
        if (unix_call( unix_engine_wait, &params )) usleep( 1000 );
        else
            for (i = 0; i < params.count; i++)
                if (events[i].cookie < (uint64_t)count && !seen[events[i].cookie]++) total++;
        clock_gettime( CLOCK_MONOTONIC, &now );
    } while (total < count && now.tv_sec - start.tv_sec < seconds);
    return total;
}

/* Watches `count' writable sockets. */
static void watch_all( int *fds, int count )
{
    int i;

    for (i = 0; i < count; i++) check( !watch_status( fds[i], POLL_OUT, i ), "watch %d", i );
}

static void open_all( int *fds, int count )
{
    int i;

    for (i = 0; i < count; i++)
        if (( fds[i] = socket( AF_INET, SOCK_DGRAM, 0 ) ) == -1) abort();
}

static void test_no_memory_to_watch( int kind )
{
    int fds[1];

    engine_begin( kind );
    open_all( fds, 1 );
    fail( MALLOC, 0, 1, ENOMEM );
    fail( EPOLL_CTL, 0, 1, ENOMEM );
    check( watch_status( fds[0], POLL_OUT, 0 )
               == ( kind == ENGINE_URING ? STATUS_NO_MEMORY : STATUS_INSUFFICIENT_RESOURCES ),
           "watch" );
    fail( MALLOC, 0, 0, 0 );
    check( !count_ready( 1, 0 ), "not watched" );
    check( !watch_status( fds[0], POLL_OUT, 0 ), "watch again" );
    check( count_ready( 1, 5 ) == 1, "watched" );
}

/* The request has been accepted, but the ring's tables can't grow: it is done later. */
static void test_no_memory_to_grow( int arg )
{
    enum
    {
        COUNT = 500
    };
    int fds[COUNT];

    (void)arg;
    engine_begin( ENGINE_URING );
    open_all( fds, COUNT );
    watch_all( fds, COUNT );
    fail( REALLOC, 1, 4, ENOMEM );
    check( count_ready( COUNT, 20 ) == COUNT && all_failed( REALLOC ), "all are watched" );
}

/* The submission queue fills up many times, and the kernel doesn't always accept its entries. */
static void test_submit_fails( int err )
{
    enum
    {
        COUNT = 2000
    };
    int fds[COUNT], i;

    engine_begin( ENGINE_URING );
    open_all( fds, COUNT );
    fail( SUBMIT, 1, 20, err );
    fail( ENTER, 1, 20, err );
    watch_all( fds, COUNT );
    check( count_ready( COUNT, 20 ) == COUNT, "all are watched" );
    check( all_failed( SUBMIT ) || all_failed( ENTER ), "nothing failed" );
    /* again, and the ends */
    fail( SUBMIT, 0, 5, err );
    for (i = 0; i < COUNT; i++) check( !watch_status( fds[i], 0, i ), "end %d", i );
    watch_all( fds, COUNT );
    check( count_ready( COUNT, 20 ) == COUNT, "all are watched" );
}

/* Without a ring it is epoll. Without either it is the documented error, and the start can be repeated. */
static void test_start_fails( int arg )
{
    struct init_params params = { .wanted = ENGINE_URING };
    int fds[1], before;

    (void)arg;
    check( !unix_call( unix_init, &params ) && params.engine == ENGINE_URING, "init" );
    before = descriptor_count();
    fail( EVENTFD, 0, 2, EMFILE );
    check( unix_call( unix_engine_start, NULL ) == STATUS_TOO_MANY_OPENED_FILES, "start" );
    check( descriptor_count() == before, "descriptors" );
    fail( RING_INIT, 0, 1, ENOMEM );
    check( !unix_call( unix_engine_start, NULL ), "start again" );
    open_all( fds, 1 );
    check( !watch_status( fds[0], POLL_OUT, 0 ) && count_ready( 1, 5 ) == 1, "works" );
}

/* The probe finds no ring and reports the reason. */
static void test_probe_fails( int err )
{
    struct init_params params = { .wanted = ENGINE_URING };

    fail( RING_INIT, 0, 100, err );
    check( !unix_call( unix_init, &params ), "init" );
    check( params.engine == ENGINE_EPOLL && params.reason_errno == err, "engine %d, errno %d", params.engine,
           params.reason_errno );
}

int main( void )
{
    run( test_no_memory_to_watch, ENGINE_EPOLL );
    if (has_uring())
    {
        run( test_no_memory_to_watch, ENGINE_URING );
        run( test_no_memory_to_grow, 0 );
        run( test_submit_fails, EAGAIN );
        run( test_submit_fails, EBUSY );
        run( test_submit_fails, ENOMEM );
        run( test_submit_fails, EINTR );
        run( test_start_fails, 0 );
        run( test_probe_fails, ENOMEM );
        run( test_probe_fails, EMFILE );
    }
    else printf( "io_uring: skipped, this kernel or sandbox forbids it\n" );
    return check_summary();
}
