/*
 * Native tests: polls that the kernel ends by itself
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When that happens differs between kernels, so this file includes the engine's and simulates the completion.
 *
 * Run: tests/unix/run plain|address|thread
 */

#include "../../dlls/wsuring/unix/engine_uring.c"

#include "check.h"

#define COOKIE 9

static int fds[2];

static uint32_t wait_ready( void )
{
    struct ready_event events[4];
    uint32_t count = 0, i, ready = 0;

    check( !uring_wait( events, 4, &count, 50000000 ), "wait" );
    for (i = 0; i < count; i++)
        if (events[i].cookie == COOKIE) ready |= events[i].ready;
    return ready;
}

/* Gives the watch a completion with `result', and the flag that no more will come. */
static uint32_t end_poll( int result )
{
    struct io_uring_cqe cqe = { .user_data = uring_watch_data( uring_watch_find( COOKIE ) ), .res = result };
    struct ready_event event = { 0, 0, 0 };

    check( uring_handle_completion( &cqe, &event ) && event.cookie == COOKIE, "an event" );
    check( !uring_handle_completion( &cqe, &event ), "once" );
    return event.ready;
}

static void test_rearm( int arg )
{
    struct io_uring_cqe wake = { .user_data = DATA_WAKE, .res = POLLIN };
    struct ready_event event;

    (void)arg;
    check( !uring_start(), "start" );
    if (socketpair( AF_UNIX, SOCK_STREAM, 0, fds )) abort();
    check( !uring_watch( fds[0], POLL_IN, COOKIE ), "watch" );
    check( !wait_ready(), "quiet" );

    check( end_poll( POLLIN ) == POLL_IN, "readiness" );
    check( !uring_watch_find( COOKIE )->armed && uring_watch_find( COOKIE )->dirty, "to be armed again" );
    wait_ready();
    check( uring_watch_find( COOKIE )->armed && !uring_watch_find( COOKIE )->dirty, "armed again" );
    if (write( fds[1], "x", 1 ) != 1) abort();
    check( wait_ready() == POLL_IN, "works again" );

    /* these would come at once and for ever */
    check( end_poll( POLLHUP | POLLIN ) == ( POLL_HUP | POLL_IN ), "hang-up" );
    check( !uring_watch_find( COOKIE )->dirty, "not armed again" );
    check( !uring_watch( fds[0], POLL_IN, COOKIE ), "asked for" );
    check( wait_ready() == POLL_IN, "armed again" );
    check( end_poll( -EBADF ) == POLL_ERR, "error" );
    check( !uring_watch_find( COOKIE )->dirty, "not armed again" );

    /* for the wake-up, too */
    check( wake_armed, "wake" );
    check( !uring_handle_completion( &wake, &event ) && !wake_armed, "wake ended" );
    wait_ready();
    check( wake_armed, "wake again" );
}

int main( void )
{
    if (ring_probe())
    {
        printf( "io_uring: skipped, this kernel or sandbox forbids it\n" );
        return check_summary();
    }
    run( test_rearm, 0 );
    return check_summary();
}
