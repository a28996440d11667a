/*
 * Native tests: which engine starts where io_uring is forbidden, fails late, or was never asked for
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Run: tests/unix/run plain|address|thread
 */

#include "engine_library.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

static void forbid_uring( int err )
{
    struct sock_filter filter[] = {
        BPF_STMT( BPF_LD | BPF_W | BPF_ABS, offsetof( struct seccomp_data, nr ) ),
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 0, 1 ),
        BPF_STMT( BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err ),
        BPF_STMT( BPF_RET | BPF_K, SECCOMP_RET_ALLOW ),
    };
    struct sock_fprog prog = { ARRAY_SIZE( filter ), filter };

    if (prctl( PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0 ) || prctl( PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog )) abort();
}

static void test_forbidden( int err )
{
    struct init_params params = { .wanted = ENGINE_URING };
    int fds[2];

    forbid_uring( err );
    check( !unix_call( unix_init, &params ), "init" );
    check( params.engine == ENGINE_EPOLL && params.reason == REASON_NO_URING && params.reason_errno == err,
           "engine %u reason %u errno %d", params.engine, params.reason, params.reason_errno );
    check( !unix_call( unix_engine_start, NULL ), "start" );
    tcp_pair( fds );
    watch( fds[0], POLL_OUT, 4 );
    check( wait_ready( 4, POLL_OUT, SECOND ) == POLL_OUT, "it works" );
}

/* The probe succeeded, but the ring can't be created any more. */
static void test_late_failure( int arg )
{
    struct init_params params = { .wanted = ENGINE_URING };
    int fds[2];

    (void)arg;
    check( !unix_call( unix_init, &params ) && params.engine == ENGINE_URING, "init" );
    forbid_uring( EMFILE );
    check( !unix_call( unix_engine_start, NULL ), "start" );
    tcp_pair( fds );
    watch( fds[0], POLL_OUT, 4 );
    check( wait_ready( 4, POLL_OUT, SECOND ) == POLL_OUT, "it works" );
}

static void test_not_started( int arg )
{
    struct engine_wait_params wait = { .room = 1 };
    struct watch_params params = { .set = -1, .fd = 0, .events = POLL_IN };

    (void)arg;
    check( unix_call( unix_engine_start, NULL ) == STATUS_INVALID_DEVICE_STATE, "start" );
    check( engine_init( ENGINE_AFD ) == ENGINE_AFD, "afd" );
    check( unix_call( unix_engine_start, NULL ) == STATUS_INVALID_DEVICE_STATE, "start" );
    check( unix_call( unix_engine_watch, &params ) == STATUS_INVALID_DEVICE_STATE, "watch" );
    check( unix_call( unix_engine_wait, &wait ) == STATUS_INVALID_DEVICE_STATE, "wait" );
    check( unix_call( unix_engine_wake, NULL ) == STATUS_INVALID_DEVICE_STATE, "wake" );
}

int main( void )
{
    run( test_not_started, 0 );
    if (has_uring()) run( test_late_failure, 0 );
    else printf( "io_uring: skipped, this kernel or sandbox forbids it\n" );
    run( test_forbidden, EPERM );
    run( test_forbidden, ENOSYS );
    return check_summary();
}
