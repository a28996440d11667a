/*
 * Native tests: the engine, each kind of it
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

#define QUIET 30000000 /* long enough to be sure that nothing comes */

static void put( int fd, const void *data, size_t len )
{
    if (send( fd, data, len, MSG_NOSIGNAL ) != (ssize_t)len) abort();
}

static void test_edges( int kind )
{
    char buffer[65536];
    uint32_t ready;
    int fds[2], i;

    engine_begin( kind );
    tcp_pair( fds );
    watch( fds[0], POLL_IN | POLL_PRI, 7 );
    check( !( ready = wait_ready( 7, 0, QUIET ) ), "ready %#x", ready );
    for (i = 0; i < 5; i++)
    {
        put( fds[1], "abc", 3 );
        /* POLL_PRI may come too if it was asked for: the ring reports the socket's wake-up, which is vague */
        check( ( ( ready = wait_ready( 7, POLL_IN, SECOND ) ) & ~POLL_PRI ) == POLL_IN, "arrival %d: %#x", i, ready );
        check( !( ready = wait_ready( 7, 0, QUIET ) ), "an edge, not a level: %#x", ready );
    }
    /* replacing a watch reports readiness again, for the new events */
    watch( fds[0], POLL_IN | POLL_OUT, 7 );
    check( ( ready = wait_ready( 7, POLL_IN | POLL_OUT, SECOND ) ) == ( POLL_IN | POLL_OUT ), "ready %#x", ready );
    while (recv( fds[0], buffer, sizeof( buffer ), MSG_DONTWAIT ) > 0);

    memset( buffer, 0, sizeof( buffer ) );
    while (send( fds[0], buffer, sizeof( buffer ), MSG_DONTWAIT ) > 0);
    wait_ready( 7, 0, QUIET );
    while (recv( fds[1], buffer, sizeof( buffer ), MSG_DONTWAIT ) > 0);
    check( ( ready = wait_ready( 7, POLL_OUT, SECOND ) ) & POLL_OUT, "room again: %#x", ready );

    if (send( fds[1], "!", 1, MSG_OOB ) != 1) abort();
    watch( fds[0], POLL_IN | POLL_PRI, 7 );
    check( ( ready = wait_ready( 7, POLL_PRI, SECOND ) ) & POLL_PRI, "urgent: %#x", ready );

    /* ended: no more events */
    watch( fds[0], 0, 7 );
    put( fds[1], "abc", 3 );
    wait_ready( 7, 0, QUIET ); /* a late event may come */
    put( fds[1], "abc", 3 );
    check( !( ready = wait_ready( 7, 0, QUIET ) ), "after the end: %#x", ready );
    watch( fds[0], 0, 7 ); /* again; no event */

    /* the other end closes */
    watch( fds[0], POLL_IN, 7 );
    wait_ready( 7, POLL_IN, SECOND );
    while (recv( fds[0], buffer, sizeof( buffer ), MSG_DONTWAIT ) > 0);
    shutdown( fds[1], SHUT_WR );
    check( ( ready = wait_ready( 7, POLL_IN, SECOND ) ) & POLL_IN, "FIN: %#x", ready );
    shutdown( fds[0], SHUT_WR );
    close( fds[1] );
    check( ( ready = wait_ready( 7, POLL_HUP, SECOND ) ) & POLL_HUP, "both ways shut: %#x", ready );
    i = 0;
    while (wait_ready( 7, 0, 0 ) && i < 1000) i++;
    check( i < 5, "no storm of events: %d", i );
    watch( fds[0], 0, 7 );
}

static void test_reset( int kind )
{
    struct linger linger = { 1, 0 };
    uint32_t ready;
    int fds[2], i = 0;

    engine_begin( kind );
    tcp_pair( fds );
    watch( fds[0], POLL_IN | POLL_OUT, 7 );
    check( wait_ready( 7, POLL_OUT, SECOND ) == POLL_OUT, "ready" );
    setsockopt( fds[1], SOL_SOCKET, SO_LINGER, &linger, sizeof( linger ) );
    close( fds[1] );
    check( ( ready = wait_ready( 7, POLL_ERR, SECOND ) ) & POLL_ERR, "RST: %#x", ready );
    while (wait_ready( 7, 0, 0 ) && i < 1000) i++;
    check( i < 5, "no storm of events: %d", i );
}

/* After an unwatch and a close the peer sees the end at once. */
static void test_fin( int kind )
{
    struct pollfd pollfd;
    int fds[2], i;

    engine_begin( kind );
    for (i = 0; i < 20; i++)
    {
        tcp_pair( fds );
        watch( fds[0], POLL_IN | ( i & 1 ? POLL_OUT : 0 ), i );
        if (i % 3) wait_ready( i, 0, 1000000 );
        watch( fds[0], 0, i );
        close( fds[0] );
        wait_events( (struct ready_event[1]){ { 0, 0, 0 } }, 1, 1000000 );
        pollfd.fd = fds[1];
        pollfd.events = POLLIN;
        check( poll( &pollfd, 1, 500 ) == 1 && recv( fds[1], &i, 1, MSG_PEEK ) == 0, "no FIN, round %d", i );
        close( fds[1] );
    }
}

/* A descriptor's number is reused for another file between two waits. */
static void test_reuse( int kind )
{
    uint32_t ready;
    int a[2], b[2];

    engine_begin( kind );
    tcp_pair( a );
    watch( a[0], POLL_IN, 1 );
    wait_ready( 1, 0, 1000000 );
    tcp_pair( b );
    watch( a[0], 0, 1 );
    if (dup2( b[0], a[0] ) == -1) abort();
    watch( a[0], POLL_IN, 2 );
    close( b[0] );
    put( b[1], "x", 1 );
    check( ( ready = wait_ready( 2, POLL_IN, SECOND ) ) == POLL_IN, "new file: %#x", ready );
    check( !( ready = wait_ready( 1, 0, QUIET ) ), "old cookie: %#x", ready );

    /* the same cookie ends and begins within one batch */
    watch( a[0], 0, 2 );
    watch( a[0], POLL_IN, 2 );
    watch( a[0], 0, 2 );
    watch( a[0], POLL_IN, 2 );
    check( ( ready = wait_ready( 2, POLL_IN, SECOND ) ) == POLL_IN, "begun again: %#x", ready );
    watch( a[0], POLL_IN, 3 );
    watch( a[0], 0, 3 );
    check( !( ready = wait_ready( 3, 0, QUIET ) ), "ended at once: %#x", ready );
}

static void test_bad_descriptor( int kind )
{
    struct watch_params params = { .set = -1, .fd = 9999, .events = POLL_IN, .cookie = 5 };
    NTSTATUS status;

    engine_begin( kind );
    /* epoll reports it at once, the ring later */
    if (( status = unix_call( unix_engine_watch, &params ) ))
        check( status == STATUS_INVALID_HANDLE, "status %#x", status );
    else check( wait_ready( 5, POLL_ERR, SECOND ) == POLL_ERR, "error" );
    check( !wait_ready( 5, 0, QUIET ), "once" );
}

static socklen_t many_address( struct sockaddr_un *addr, int number )
{
    memset( addr, 0, sizeof( *addr ) );
    addr->sun_family = AF_UNIX;
    return offsetof( struct sockaddr_un, sun_path ) + 1
           + sprintf( addr->sun_path + 1, "wsuring-test-%d-%d", getpid(), number );
}

/* An unread datagram occupies the sender's buffer, so each one has a new sender. */
static int many_send( int number )
{
    struct sockaddr_un addr;
    int sender = socket( AF_UNIX, SOCK_DGRAM, 0 ), err = 0;

    if (sendto( sender, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&addr, many_address( &addr, number ) ) != 1)
        err = errno;
    close( sender );
    return err;
}

static void test_many( int kind )
{
    enum
    {
        COUNT = 10000
    };
    static int fds[COUNT];
    static uint8_t seen[COUNT];
    struct ready_event events[64];
    struct sockaddr_un addr;
    struct rlimit limit;
    int i, j, count, total = 0;
    int64_t end;

    getrlimit( RLIMIT_NOFILE, &limit );
    limit.rlim_cur = limit.rlim_max;
    setrlimit( RLIMIT_NOFILE, &limit );
    if (limit.rlim_cur < COUNT + 100)
    {
        printf( "skipped: %d descriptors are not allowed\n", COUNT );
        return;
    }
    engine_begin( kind );
    for (i = 0; i < COUNT; i++)
    {
        fds[i] = socket( AF_UNIX, SOCK_DGRAM, 0 );
        if (bind( fds[i], (struct sockaddr *)&addr, many_address( &addr, i ) )) abort();
        watch( fds[i], POLL_IN, i + 100 );
    }
    wait_ready( 0, 0, 1000000 );
    /* all at once, more than the completion queue holds; twice, because polls that ended must be armed again */
    for (j = 0; j < 2; j++)
    {
        memset( seen, 0, sizeof( seen ) );
        for (i = 0; i < COUNT; i++) check( !many_send( i ), "send" );
        for (end = now() + 20 * SECOND, total = 0; total < COUNT && now() < end;)
        {
            count = wait_events( events, 64, SECOND );
            for (i = 0; i < count; i++)
            {
                check( events[i].ready == POLL_IN && events[i].cookie >= 100 && events[i].cookie < 100 + COUNT,
                       "event" );
                if (!seen[events[i].cookie - 100]++) total++;
            }
        }
        check( total == COUNT, "%d of %d", total, COUNT );
    }
    for (i = 0; i < COUNT; i++)
    {
        watch( fds[i], 0, i + 100 );
        close( fds[i] );
    }
    wait_ready( 0, 0, 10000000 );
    for (i = total = 0; i < COUNT; i++)
        if (many_send( i ) == ECONNREFUSED) total++;
    check( total == COUNT, "%d of %d are gone", total, COUNT );
}

static void *wake_later( void *arg )
{
    usleep( 20000 );
    if (arg) watch( *(int *)arg, POLL_OUT, 77 );
    else unix_call( unix_engine_wake, NULL );
    return NULL;
}

static void on_signal( int sig )
{
    (void)sig;
}

static void test_wake( int kind )
{
    struct itimerval timer = { .it_value.tv_usec = 20000 };
    struct sigaction action = { .sa_handler = on_signal };
    struct ready_event events[4];
    pthread_t thread;
    int fds[2], i;
    int64_t start;

    engine_begin( kind );
    tcp_pair( fds );
    for (i = 0; i < 5; i++)
    {
        start = now();
        pthread_create( &thread, NULL, wake_later, NULL );
        check( !wait_events( events, 4, i ? -1 : 10 * SECOND ), "no event" );
        check( now() - start < SECOND, "woken" );
        pthread_join( thread, NULL );
    }
    /* a request also wakes it */
    pthread_create( &thread, NULL, wake_later, &fds[0] );
    check( wait_ready( 77, POLL_OUT, 10 * SECOND ) == POLL_OUT, "request" );
    pthread_join( thread, NULL );
    /* a wake before the wait counts */
    unix_call( unix_engine_wake, NULL );
    start = now();
    wait_events( events, 4, 5 * SECOND );
    check( now() - start < SECOND, "woken before" );

    start = now();
    check( !wait_events( events, 4, 0 ), "look" );
    check( !wait_events( events, 4, 10000000 ), "time-out" );
    check( now() - start >= 10000000 && now() - start < SECOND, "time-out" );

    sigaction( SIGALRM, &action, NULL );
    setitimer( ITIMER_REAL, &timer, NULL );
    check( !wait_events( events, 4, -1 ), "signal" );
    alarm( 60 );
}

#define THREADS 4
#define ROUNDS  2000

static int stress_fds[THREADS][2];
static atomic_int stress_running = THREADS;

/* Watches and unwatches while the reaper works, then sends with the watch on. */
static void *stress_thread( void *arg )
{
    int index = (int ( * )[2])arg - stress_fds, *fds = arg, i;

    for (i = 0; i < ROUNDS; i++)
    {
        watch( fds[0], i % 3 ? POLL_IN : POLL_IN | POLL_OUT, 1000 + index );
        if (i % 7 == 0) watch( fds[0], 0, 1000 + index );
        put( fds[1], "x", 1 );
        if (recv( fds[0], &(char){ 0 }, 1, 0 ) != 1) abort();
    }
    watch( fds[0], POLL_IN, 2000 + index );
    put( fds[1], "x", 1 );
    atomic_fetch_sub( &stress_running, 1 );
    return NULL;
}

static void test_threads( int kind )
{
    struct ready_event events[8];
    pthread_t threads[THREADS];
    int64_t end = now() + 30 * SECOND;
    unsigned int got = 0;
    int i, count;

    engine_begin( kind );
    for (i = 0; i < THREADS; i++) tcp_pair( stress_fds[i] );
    for (i = 0; i < THREADS; i++) pthread_create( &threads[i], NULL, stress_thread, stress_fds[i] );
    while (got != ( 1 << THREADS ) - 1 && now() < end)
    {
        count = wait_events( events, 8, SECOND );
        for (i = 0; i < count; i++)
            if (events[i].cookie >= 2000 && events[i].ready & POLL_IN) got |= 1 << ( events[i].cookie - 2000 );
    }
    check( got == ( 1 << THREADS ) - 1, "last events %#x", got );
    for (i = 0; i < THREADS; i++) pthread_join( threads[i], NULL );
    check( !atomic_load( &stress_running ), "all done" );
}

#define SETTLES 200

static atomic_bool settled;

/* Takes the port of a listener that was watched and has just been closed. */
static void *settle_thread( void *arg )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    socklen_t len = sizeof( addr );
    int fd, i, failed = 0;

    (void)arg;
    for (i = 0; i < SETTLES; i++)
    {
        fd = socket( AF_INET, SOCK_STREAM, 0 );
        if (bind( fd, (struct sockaddr *)&addr, sizeof( addr ) ) || listen( fd, 1 )) failed++;
        getsockname( fd, (struct sockaddr *)&addr, &len );
        watch( fd, POLL_IN, 50 + i );
        if (i % 2) usleep( 100 ); /* armed, or not yet */
        watch( fd, 0, 50 + i );
        close( fd );
        if (unix_call( unix_engine_settle, NULL )) failed++;
    }
    check( !failed, "%d of %d", failed, SETTLES );
    atomic_store( &settled, true );
    unix_call( unix_engine_wake, NULL );
    return NULL;
}

static void test_settle( int kind )
{
    struct ready_event events[8];
    pthread_t thread;

    engine_begin( kind );
    check( unix_call( unix_engine_settle, NULL ) == STATUS_INVALID_DEVICE_STATE, "the reaper's own" );
    pthread_create( &thread, NULL, settle_thread, NULL );
    while (!atomic_load( &settled )) wait_events( events, 8, SECOND );
    pthread_join( thread, NULL );
}

/* When a process ends while it watches, the peer sees that at once. */
static void test_exit( int kind )
{
    struct pollfd pollfd;
    int fds[2];
    int64_t start;
    pid_t pid;

    tcp_pair( fds );
    if (!( pid = fork() ))
    {
        close( fds[1] );
        engine_begin( kind );
        watch( fds[0], POLL_IN, 1 );
        wait_ready( 1, 0, 10000000 );
        _exit( 0 );
    }
    close( fds[0] );
    waitpid( pid, NULL, 0 );
    start = now();
    pollfd.fd = fds[1];
    pollfd.events = POLLIN;
    check( poll( &pollfd, 1, 2000 ) == 1, "no FIN" );
    check( now() - start < SECOND / 2, "FIN after %lld ns", (long long)( now() - start ) );
}

static void run_kind( int kind )
{
    run( test_edges, kind );
    run( test_reset, kind );
    run( test_fin, kind );
    run( test_reuse, kind );
    run( test_bad_descriptor, kind );
    run( test_many, kind );
    run( test_wake, kind );
    run( test_threads, kind );
    run( test_settle, kind );
    run( test_exit, kind );
}

int main( void )
{
    run_kind( ENGINE_EPOLL );
    if (has_uring()) run_kind( ENGINE_URING );
    else printf( "io_uring: skipped, this kernel or sandbox forbids it\n" );
    return check_summary();
}
