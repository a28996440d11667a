/*
 * Native tests: system calls and allocations that fail
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The linker gives the library's calls to the functions below (--wrap), which fail when a test wants it. What must
 * hold: the documented status, no event and no byte lost, no descriptor left behind, and all works again afterwards.
 *
 * Run: tests/unix/run plain|address|thread
 */

#include "library.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <liburing.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "check.h"
#include "ntdll_stub.h"

#define SECOND 1000000000ll

/* ---- faults */

/* Calls that can be made to fail: these, and the functions of liburing. */
enum call
{
    MALLOC,
    REALLOC,
    EVENTFD,
    EPOLL_CREATE,
    EPOLL_CTL,
    EPOLL_WAIT,
    MEMFD,
    PPOLL,
    SENDTO,
    SENDMSG,
    RECVFROM,
    RECVMSG,
    SOCKET,
    BIND,
    SUBMIT,
    ENTER,
    RING_INIT,
    CALL_COUNT
};

static struct
{
    atomic_int skip;  /* calls that still work */
    atomic_int count; /* then so many fail */
    int err;          /* with this errno */
    atomic_int seen;
} faults[CALL_COUNT];

static size_t most; /* bytes of a send or receive that aren't split; 0: all */

static void fail( enum call call, int skip, int count, int err )
{
    faults[call].err = err;
    faults[call].seen = 0;
    faults[call].skip = skip;
    faults[call].count = count;
}

static bool fails( enum call call )
{
    if (!faults[call].count) return false;
    if (faults[call].skip)
    {
        faults[call].skip--;
        return false;
    }
    faults[call].count--;
    faults[call].seen++;
    errno = faults[call].err;
    return true;
}

/* All calls that were to fail have done so. */
static bool all_failed( enum call call )
{
    return faults[call].seen && !faults[call].count;
}

#define WRAP( call, type, name, params, args, failure )                                                                \
    extern type __real_##name params;                                                                                  \
    extern type __wrap_##name params;                                                                                  \
    type __wrap_##name params                                                                                          \
    {                                                                                                                  \
        return fails( call ) ? ( failure ) : __real_##name args;                                                       \
    }

WRAP( MALLOC, void *, malloc, ( size_t size ), ( size ), NULL )
WRAP( REALLOC, void *, realloc, ( void *ptr, size_t size ), ( ptr, size ), NULL )
WRAP( EVENTFD, int, eventfd, ( unsigned int value, int flags ), ( value, flags ), -1 )
WRAP( EPOLL_CREATE, int, epoll_create1, ( int flags ), ( flags ), -1 )
WRAP( EPOLL_CTL, int, epoll_ctl, ( int set, int op, int fd, struct epoll_event *event ), ( set, op, fd, event ), -1 )
WRAP( EPOLL_WAIT, int, epoll_wait, ( int set, struct epoll_event *events, int room, int timeout ),
      ( set, events, room, timeout ), -1 )
WRAP( EPOLL_WAIT, int, epoll_pwait2,
      ( int set, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *mask ),
      ( set, events, room, timeout, mask ), -1 )
WRAP( MEMFD, int, memfd_create, ( const char *name, unsigned int flags ), ( name, flags ), -1 )
WRAP( PPOLL, int, ppoll, ( struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask ),
      ( fds, count, timeout, mask ), -1 )
WRAP( SENDMSG, ssize_t, sendmsg, ( int fd, const struct msghdr *msg, int flags ), ( fd, msg, flags ), -1 )
WRAP( RECVMSG, ssize_t, recvmsg, ( int fd, struct msghdr *msg, int flags ), ( fd, msg, flags ), -1 )
WRAP( SOCKET, int, socket, ( int family, int type, int protocol ), ( family, type, protocol ), -1 )
WRAP( BIND, int, bind, ( int fd, const struct sockaddr *addr, socklen_t len ), ( fd, addr, len ), -1 )
WRAP( SUBMIT, int, io_uring_submit, ( struct io_uring * ring ), ( ring ), -errno )
WRAP( ENTER, int, io_uring_submit_and_wait, ( struct io_uring * ring, unsigned int count ), ( ring, count ), -errno )
WRAP( ENTER, int, io_uring_submit_and_get_events, ( struct io_uring * ring ), ( ring ), -errno )
WRAP( ENTER, int, io_uring_submit_and_wait_timeout,
      ( struct io_uring * ring, struct io_uring_cqe **cqe, unsigned int count, struct __kernel_timespec *timeout,
        sigset_t *mask ),
      ( ring, cqe, count, timeout, mask ), -errno )
WRAP( RING_INIT, int, io_uring_queue_init_params,
      ( unsigned int entries, struct io_uring *ring, struct io_uring_params *params ), ( entries, ring, params ),
      -errno )

/* sendto and recvfrom, which may be cut short too */
extern long __real_syscall( long number, ... );
extern long __wrap_syscall( long number, ... );
long __wrap_syscall( long number, ... )
{
    long args[6];
    va_list list;
    int i;

    va_start( list, number );
    for (i = 0; i < 6; i++) args[i] = va_arg( list, long );
    va_end( list );
    if (( number == SYS_sendto && fails( SENDTO ) ) || ( number == SYS_recvfrom && fails( RECVFROM ) )) return -1;
    if (( number == SYS_sendto || number == SYS_recvfrom ) && most && (size_t)args[2] > most) args[2] = most;
    return __real_syscall( number, args[0], args[1], args[2], args[3], args[4], args[5] );
}

/* ---- what the tests share */

static int descriptor_count( void )
{
    DIR *dir = opendir( "/proc/self/fd" );
    int count = 0;

    while (readdir( dir )) count++;
    closedir( dir );
    return count;
}

static void udp_pair( int fds[2] )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    socklen_t len = sizeof( addr );

    fds[0] = socket( AF_INET, SOCK_DGRAM, 0 );
    fds[1] = socket( AF_INET, SOCK_DGRAM, 0 );
    if (bind( fds[1], (struct sockaddr *)&addr, len ) || getsockname( fds[1], (struct sockaddr *)&addr, &len )
        || connect( fds[0], (struct sockaddr *)&addr, len ))
        abort();
}

static NTSTATUS send_buffers( int fd, struct unix_buffer *buffers, uint32_t count, uint64_t *transferred )
{
    struct send_params params = { .fd = fd, .buffers = u64( buffers ), .count = count };
    NTSTATUS status = unix_call( unix_send, &params );

    *transferred = params.transferred;
    return status;
}

static NTSTATUS recv_buffers( int fd, struct unix_buffer *buffers, uint32_t count, uint32_t flags,
                              uint64_t *transferred )
{
    struct recv_params params = { .fd = fd, .buffers = u64( buffers ), .count = count, .flags = flags };
    NTSTATUS status = unix_call( unix_recv, &params );

    *transferred = params.transferred;
    return status;
}

/* ---- send and receive */

static const struct
{
    int err;
    NTSTATUS status;
} transfer_errors[] = {
    { ENOMEM, STATUS_INSUFFICIENT_RESOURCES },
    { ENOBUFS, STATUS_INSUFFICIENT_RESOURCES },
    { ECONNRESET, STATUS_CONNECTION_RESET },
    { EAGAIN, STATUS_DEVICE_NOT_READY },
};

static void test_transfer( int arg )
{
    char out[300], in[300];
    struct unix_buffer one = { u64( out ), sizeof( out ) }, two[2] = { { u64( out ), 100 }, { u64( out + 100 ), 200 } };
    struct unix_buffer room = { u64( in ), sizeof( in ) }, rooms[2] = { { u64( in ), 100 }, { u64( in + 100 ), 200 } };
    uint64_t sent, received;
    unsigned int i;
    int fds[2];

    (void)arg;
    if (socketpair( AF_UNIX, SOCK_STREAM, 0, fds )) abort();
    for (i = 0; i < sizeof( out ); i++) out[i] = i * 7;

    for (i = 0; i < ARRAY_SIZE( transfer_errors ); i++)
    {
        fail( SENDTO, 0, 1, transfer_errors[i].err );
        check( send_buffers( fds[0], &one, 1, &sent ) == transfer_errors[i].status && !sent, "error %d",
               transfer_errors[i].err );
        fail( SENDMSG, 0, 1, transfer_errors[i].err );
        check( send_buffers( fds[0], two, 2, &sent ) == transfer_errors[i].status && !sent, "error %d",
               transfer_errors[i].err );
        fail( RECVFROM, 0, 1, transfer_errors[i].err );
        check( recv_buffers( fds[1], &room, 1, RECV_STREAM, &received ) == transfer_errors[i].status && !received,
               "error %d", transfer_errors[i].err );
        fail( RECVMSG, 0, 1, transfer_errors[i].err );
        check( recv_buffers( fds[1], rooms, 2, RECV_STREAM, &received ) == transfer_errors[i].status && !received,
               "error %d", transfer_errors[i].err );
    }

    /* a signal before anything was done */
    fail( SENDTO, 0, 5, EINTR );
    check( !send_buffers( fds[0], &one, 1, &sent ) && sent == sizeof( out ) && all_failed( SENDTO ), "sent %d",
           (int)sent );
    fail( RECVFROM, 0, 5, EINTR );
    check( !recv_buffers( fds[1], &room, 1, RECV_STREAM, &received ) && received == sizeof( in )
               && all_failed( RECVFROM ),
           "received %d", (int)received );
    check( !memcmp( in, out, sizeof( in ) ), "data" );
    fail( SENDMSG, 0, 5, EINTR );
    check( !send_buffers( fds[0], two, 2, &sent ) && sent == sizeof( out ) && all_failed( SENDMSG ), "sent %d",
           (int)sent );
    fail( RECVMSG, 0, 5, EINTR );
    check( !recv_buffers( fds[1], rooms, 2, RECV_STREAM, &received ) && received == sizeof( in )
               && all_failed( RECVMSG ),
           "received %d", (int)received );

    /* the host takes and gives less than it was asked for: the caller goes on from there */
    most = 7;
    for (i = 0; i < sizeof( out ); i += sent)
    {
        struct unix_buffer rest = { u64( out + i ), sizeof( out ) - i };

        check( !send_buffers( fds[0], &rest, 1, &sent ) && sent == ( sizeof( out ) - i < 7 ? sizeof( out ) - i : 7 ),
               "sent %d", (int)sent );
        if (!sent) break;
    }
    memset( in, 0, sizeof( in ) );
    for (i = 0; i < sizeof( in ); i += received)
    {
        struct unix_buffer rest = { u64( in + i ), sizeof( in ) - i };

        check( !recv_buffers( fds[1], &rest, 1, RECV_STREAM, &received ) && received && received <= 7, "received %d",
               (int)received );
        if (!received) break;
    }
    check( !memcmp( in, out, sizeof( in ) ), "data" );
}

/* A datagram in more pieces than the host takes needs a descriptor. Without one it stays where it is. */
static void test_many_pieces( int arg )
{
    enum
    {
        COUNT = 2000
    };
    static struct unix_buffer out_pieces[COUNT], in_pieces[COUNT];
    static char out[COUNT], in[COUNT];
    uint64_t count;
    int fds[2], i, before;

    (void)arg;
    udp_pair( fds );
    for (i = 0; i < COUNT; i++)
    {
        out[i] = i * 3;
        out_pieces[i] = (struct unix_buffer){ u64( out + i ), 1 };
        in_pieces[i] = (struct unix_buffer){ u64( in + i ), 1 };
    }
    before = descriptor_count();
    fail( MEMFD, 0, 1, EMFILE );
    check( send_buffers( fds[0], out_pieces, COUNT, &count ) == STATUS_TOO_MANY_OPENED_FILES && !count, "send" );
    check( !send_buffers( fds[0], out_pieces, COUNT, &count ) && count == COUNT, "send again: %d", (int)count );
    fail( MEMFD, 0, 1, EMFILE );
    check( recv_buffers( fds[1], in_pieces, COUNT, 0, &count ) == STATUS_TOO_MANY_OPENED_FILES && !count, "receive" );
    check( !recv_buffers( fds[1], in_pieces, COUNT, 0, &count ) && count == COUNT, "receive again: %d", (int)count );
    check( !memcmp( in, out, COUNT ), "data" );
    fail( RECVMSG, 0, 1, ENOMEM );
    fail( RECVFROM, 0, 1, ENOMEM );
    check( recv_buffers( fds[1], in_pieces, COUNT, 0, &count ) == STATUS_INSUFFICIENT_RESOURCES, "error" );
    check( descriptor_count() == before, "descriptors" );
}

/* ---- waiting */

static void test_poll( int arg )
{
    enum
    {
        MANY = 1000
    };
    static struct poll_entry entries[MANY];
    struct wake_params wake = { .fd = -1 };
    struct poll_many_params many = { .entries = u64( entries ), .count = MANY };
    struct poll_params poll = { .events = POLL_OUT, .timeout = SECOND };
    int fds[2], i;

    (void)arg;
    if (socketpair( AF_UNIX, SOCK_STREAM, 0, fds )) abort();
    fail( EVENTFD, 0, 1, EMFILE );
    check( unix_call( unix_wake_create, &wake ) == STATUS_TOO_MANY_OPENED_FILES, "wake" );
    check( !unix_call( unix_wake_create, &wake ), "wake again" );

    poll.fd = fds[0];
    many.wake_fd = poll.wake_fd = wake.fd;
    fail( PPOLL, 0, 1, ENOMEM );
    check( unix_call( unix_poll, &poll ) == STATUS_INSUFFICIENT_RESOURCES && !poll.ready, "poll" );
    fail( PPOLL, 0, 1, EINTR );
    check( unix_call( unix_poll, &poll ) == STATUS_ALERTED, "a signal" );
    check( !unix_call( unix_poll, &poll ) && poll.ready == POLL_OUT, "poll again" );

    for (i = 0; i < MANY; i++) entries[i] = (struct poll_entry){ .fd = fds[0], .events = POLL_OUT };
    fail( MALLOC, 0, 1, ENOMEM );
    check( unix_call( unix_poll_many, &many ) == STATUS_NO_MEMORY, "poll many" );
    fail( PPOLL, 0, 1, ENOMEM );
    check( unix_call( unix_poll_many, &many ) == STATUS_INSUFFICIENT_RESOURCES, "poll many" );
    check( !unix_call( unix_poll_many, &many ) && entries[MANY - 1].ready == POLL_OUT, "poll many again" );
}

static void test_poll_list( int arg )
{
    enum
    {
        MANY = 1000
    };
    static struct ready_event events[MANY];
    struct poll_list_change change = { .events = POLL_OUT, .cookie = 7 };
    struct poll_list_params params = {
        .changes = u64( &change ), .events = u64( events ), .room = 1, .list = -1, .wake_fd = -1, .timeout = SECOND
    };
    int fds[2];

    (void)arg;
    if (socketpair( AF_UNIX, SOCK_STREAM, 0, fds )) abort();
    change.fd = fds[0];
    params.change_count = 1;
    fail( EPOLL_CREATE, 0, 1, EMFILE );
    check( unix_call( unix_poll_list, &params ) == STATUS_TOO_MANY_OPENED_FILES && params.list == -1, "create" );
    fail( EPOLL_CTL, 0, 1, ENOSPC );
    check( unix_call( unix_poll_list, &params ) == STATUS_INSUFFICIENT_RESOURCES && params.list != -1, "change" );
    fail( PPOLL, 0, 1, EINTR );
    check( unix_call( unix_poll_list, &params ) == STATUS_ALERTED && params.count == 1, "a signal" );
    params.change_count = 0;
    fail( PPOLL, 0, 1, ENOMEM );
    check( unix_call( unix_poll_list, &params ) == STATUS_INSUFFICIENT_RESOURCES && !params.count, "wait" );
    fail( EPOLL_WAIT, 0, 1, ENOMEM );
    check( unix_call( unix_poll_list, &params ) == STATUS_INSUFFICIENT_RESOURCES && !params.count, "look" );
    params.room = MANY;
    fail( MALLOC, 0, 1, ENOMEM );
    check( unix_call( unix_poll_list, &params ) == STATUS_NO_MEMORY && !params.count, "room" );
    check( !unix_call( unix_poll_list, &params ) && params.count == 1 && events[0].cookie == 7
               && events[0].ready == POLL_OUT,
           "again" );
}

static void test_set( int arg )
{
    struct set_create_params create;
    struct watch_params watch = { .events = POLL_OUT, .cookie = 7 };
    struct ready_event events[4];
    struct set_wait_params wait = { .events = u64( events ), .room = 4, .timeout = SECOND };
    int fds[2], before;

    (void)arg;
    if (socketpair( AF_UNIX, SOCK_STREAM, 0, fds )) abort();
    before = descriptor_count();
    fail( EPOLL_CREATE, 0, 1, EMFILE );
    check( unix_call( unix_set_create, &create ) == STATUS_TOO_MANY_OPENED_FILES, "create" );
    fail( EVENTFD, 0, 1, EMFILE );
    check( unix_call( unix_set_create, &create ) == STATUS_TOO_MANY_OPENED_FILES, "create" );
    fail( EPOLL_CTL, 0, 1, ENOMEM );
    check( unix_call( unix_set_create, &create ) == STATUS_INSUFFICIENT_RESOURCES, "create" );
    check( descriptor_count() == before, "descriptors" );
    check( !unix_call( unix_set_create, &create ), "create again" );
    wait.set = watch.set = create.set;
    watch.fd = fds[0];
    fail( EPOLL_CTL, 0, 1, ENOSPC );
    check( unix_call( unix_engine_watch, &watch ) == STATUS_INSUFFICIENT_RESOURCES, "watch" );
    fail( EPOLL_WAIT, 0, 1, EINTR );
    check( !unix_call( unix_set_wait, &wait ) && !wait.count, "a signal" );
    check( !unix_call( unix_engine_watch, &watch ), "watch again" );
    check( !unix_call( unix_set_wait, &wait ) && wait.count == 1 && events[0].cookie == 7, "wait" );
}

static void test_network_changes( int arg )
{
    const uint32_t all = ADDRESSES_CHANGED * 3 | ROUTES_CHANGED * 3; /* of both families */
    struct network_changes_params params = { .fd = -1 };
    int before = descriptor_count();

    (void)arg;
    fail( SOCKET, 0, 1, EMFILE );
    check( unix_call( unix_network_changes, &params ) == STATUS_TOO_MANY_OPENED_FILES && params.fd == -1, "socket" );
    fail( BIND, 0, 1, ENOMEM );
    check( unix_call( unix_network_changes, &params ) == STATUS_INSUFFICIENT_RESOURCES && params.fd == -1, "bind" );
    check( descriptor_count() == before, "descriptors" );
    check( !unix_call( unix_network_changes, &params ) && params.fd != -1 && !params.changes, "open again" );
    fail( RECVMSG, 0, 2, EINTR );
    check( !unix_call( unix_network_changes, &params ) && !params.changes && all_failed( RECVMSG ), "a signal: %x",
           params.changes );
    fail( RECVMSG, 0, 1, ENOBUFS ); /* some are lost */
    check( !unix_call( unix_network_changes, &params ) && params.changes == all && all_failed( RECVMSG ), "lost: %x",
           params.changes );
    fail( RECVMSG, 0, 1, ENOMEM );
    check( unix_call( unix_network_changes, &params ) == STATUS_INSUFFICIENT_RESOURCES && !params.changes,
           "no memory" );
    check( !unix_call( unix_network_changes, &params ) && !params.changes, "again" );
}

/* ---- the engine */

static void engine_begin( int kind )
{
    struct init_params params = { .wine_version = "10.0", .wanted = kind };

    check( !unix_call( unix_init, &params ) && params.engine == (uint32_t)kind, "init" );
    check( !unix_call( unix_engine_start, NULL ), "start" );
}

static NTSTATUS watch( int fd, uint32_t events, uint64_t cookie )
{
    struct watch_params params = { .set = -1, .fd = fd, .events = events, .cookie = cookie };

    return unix_call( unix_engine_watch, &params );
}

/* How many of the cookies from 0 are reported as ready within the time, each counted once. As the provider does, it
 * goes on after an error. */
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

/* So many watched sockets that can be written to. */
static void watch_all( int *fds, int count )
{
    int i;

    for (i = 0; i < count; i++) check( !watch( fds[i], POLL_OUT, i ), "watch %d", i );
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
    check( watch( fds[0], POLL_OUT, 0 ) == ( kind == ENGINE_URING ? STATUS_NO_MEMORY : STATUS_INSUFFICIENT_RESOURCES ),
           "watch" );
    fail( MALLOC, 0, 0, 0 );
    check( !count_ready( 1, 0 ), "not watched" );
    check( !watch( fds[0], POLL_OUT, 0 ), "watch again" );
    check( count_ready( 1, 5 ) == 1, "watched" );
}

/* The request has been taken, but the ring's own tables can't grow: later. */
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

/* The submission queue is full many times over, and the kernel doesn't always take what is in it. */
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
    for (i = 0; i < COUNT; i++) check( !watch( fds[i], 0, i ), "end %d", i );
    watch_all( fds, COUNT );
    check( count_ready( COUNT, 20 ) == COUNT, "all are watched" );
}

/* No ring: epoll; nothing at all: the documented error, and it can be tried again. */
static void test_start_fails( int arg )
{
    struct init_params params = { .wine_version = "10.0", .wanted = ENGINE_URING };
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
    check( !watch( fds[0], POLL_OUT, 0 ) && count_ready( 1, 5 ) == 1, "works" );
}

/* The probe finds no ring: the reason is told. */
static void test_probe_fails( int err )
{
    struct init_params params = { .wine_version = "10.0", .wanted = ENGINE_URING };

    fail( RING_INIT, 0, 100, err );
    check( !unix_call( unix_init, &params ), "init" );
    check( params.engine == ENGINE_EPOLL && params.reason_errno == err, "engine %d, errno %d", params.engine,
           params.reason_errno );
}

static bool has_uring( void )
{
    struct io_uring ring;

    if (__real_io_uring_queue_init_params( 4, &ring, &(struct io_uring_params){ 0 } )) return false;
    io_uring_queue_exit( &ring );
    return true;
}

int main( void )
{
    run( test_transfer, 0 );
    run( test_many_pieces, 0 );
    run( test_poll, 0 );
    run( test_poll_list, 0 );
    run( test_set, 0 );
    run( test_network_changes, 0 );
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
