/*
 * Native tests: system calls and allocations that fail, by which data moves and is waited for
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

    /* a signal before any data moved */
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

    /* the host moves less than it was asked for: the caller continues from there */
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

/* A datagram in more pieces than the host accepts needs a descriptor. Without one the datagram stays in the queue. */
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

int main( void )
{
    run( test_transfer, 0 );
    run( test_many_pieces, 0 );
    run( test_poll, 0 );
    run( test_poll_list, 0 );
    run( test_set, 0 );
    run( test_network_changes, 0 );
    return check_summary();
}
