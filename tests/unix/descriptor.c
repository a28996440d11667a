/*
 * Native tests: descriptors and their shared state, waiting, posting, the log
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Run: tests/unix/run plain|address|thread
 */

#include "library.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

static void test_descriptors( int arg )
{
    struct descriptor_open_params open_params = { .handle = STUB_SOCKET };
    struct descriptor_close_params close_params;
    struct descriptor_query_params query = { 0 };
    struct sockaddr_storage addr;
    struct stat st;
    int fds[2];

    (void)arg;
    library_init();
    stub_fd = udp_socket( AF_INET6, &addr );
    check( !unix_call( unix_descriptor_open, &open_params ), "open" );
    check( open_params.fd != stub_fd && open_params.options == 0x20, "fd %d", open_params.fd );
    check( fcntl( open_params.fd, F_GETFD ) == FD_CLOEXEC, "close on exec" );
    fstat( stub_fd, &st );
    check( open_params.inode == st.st_ino, "inode" );

    query.fd = close_params.fd = open_params.fd;
    query.what = DESCRIPTOR_INODE;
    check( !unix_call( unix_descriptor_query, &query ) && query.value == st.st_ino, "inode" );
    query.what = DESCRIPTOR_LOCAL;
    check( !unix_call( unix_descriptor_query, &query ) && query.addr_len == 28 && query.addr[0] == 23
               && query.addr[23] == 1,
           "local" );
    query.what = DESCRIPTOR_PEER;
    check( unix_call( unix_descriptor_query, &query ) == STATUS_INVALID_CONNECTION, "peer" );
    query.what = DESCRIPTOR_UNREAD;
    query.value = 7;
    check( !unix_call( unix_descriptor_query, &query ) && !query.value, "unread" );
    query.what = 77;
    check( unix_call( unix_descriptor_query, &query ) == STATUS_INVALID_PARAMETER, "unknown" );
    check( !unix_call( unix_descriptor_close, &close_params ), "close" );
    check( unix_call( unix_descriptor_close, &close_params ) == STATUS_INVALID_HANDLE, "close again" );

    close( stub_fd );
    if (pipe( fds )) abort();
    stub_fd = fds[0];
    check( unix_call( unix_descriptor_open, &open_params ) == STATUS_OBJECT_TYPE_MISMATCH && open_params.fd == -1,
           "a pipe" );
    open_params.handle = 0x1234;
    check( unix_call( unix_descriptor_open, &open_params ) == STATUS_INVALID_HANDLE && open_params.fd == -1,
           "bad handle" );
    check( dup( fds[0] ) == fds[1] + 1, "descriptors leak" );
}

/* It belongs to the open file: all its descriptors see it, and no other socket does. */
static void test_shared_state( int arg )
{
    struct shared_state_params params
        = { .mask = SHARED_KNOWN | SHARED_NONBLOCKING, .state = SHARED_KNOWN | SHARED_NONBLOCKING };
    int fds[2], copy;
    unsigned int i;

    (void)arg;
    tcp_pair( fds );
    copy = dup( fds[0] );
    params.fd = fds[0];
    check( !unix_call( unix_shared_state, &params ), "first" );
    check( params.state == ( SHARED_KNOWN | SHARED_NONBLOCKING ), "got %x", params.state );
    for (i = 1; i < 6; i++)
    {
        params = (struct shared_state_params){
            .fd = copy, .mask = SHARED_NONBLOCKING | SHARED_SEND_SHUTDOWN, .state = SHARED_SEND_SHUTDOWN, .select = 1
        };
        check( !unix_call( unix_shared_state, &params ), "second" );
        check( params.state
                   == ( SHARED_KNOWN | SHARED_SEND_SHUTDOWN
                        | i * SHARED_SELECTION_ONE % ( SHARED_SELECTION + SHARED_SELECTION_ONE ) ),
               "got %x", params.state );
    }
    params = (struct shared_state_params){ .fd = fds[1] };
    check( !unix_call( unix_shared_state, &params ) && !params.state, "the peer has %x", params.state );
    close( fds[0] );
    close( fds[1] );
    close( copy );
    params.fd = copy;
    check( unix_call( unix_shared_state, &params ) == STATUS_INVALID_HANDLE, "closed" );
}

static void on_signal( int sig )
{
    (void)sig;
}

static void *signal_later( void *arg )
{
    struct wake_params *wake = arg;

    usleep( 20000 );
    unix_call( unix_wake_signal, wake );
    return NULL;
}

static void test_poll( int arg )
{
    struct sigaction action = { .sa_handler = on_signal };
    struct itimerval timer = { .it_value.tv_usec = 20000 };
    struct wake_params wake = { .fd = -1 };
    struct poll_params params = { .wake_fd = -1, .events = POLL_IN };
    pthread_t thread;
    int fds[2];

    (void)arg;
    if (socketpair( AF_UNIX, SOCK_STREAM, 0, fds )) abort();
    params.fd = fds[0];
    check( unix_call( unix_poll, &params ) == STATUS_TIMEOUT, "look" );
    params.timeout = 5000000;
    check( unix_call( unix_poll, &params ) == STATUS_TIMEOUT, "5 ms" );
    params.events = POLL_IN | POLL_OUT;
    check( !unix_call( unix_poll, &params ) && params.ready == POLL_OUT, "ready %#x", params.ready );

    params.events = POLL_IN;
    params.timeout = -1;
    sigaction( SIGALRM, &action, NULL );
    setitimer( ITIMER_REAL, &timer, NULL );
    check( unix_call( unix_poll, &params ) == STATUS_ALERTED, "signal" );

    check( !unix_call( unix_wake_create, &wake ) && fcntl( wake.fd, F_GETFD ) == FD_CLOEXEC, "wake" );
    params.wake_fd = wake.fd;
    check( !pthread_create( &thread, NULL, signal_later, &wake ), "thread" );
    check( unix_call( unix_poll, &params ) == STATUS_ALERTED && !params.ready, "woken" );
    pthread_join( thread, NULL );
    params.timeout = 0;
    check( unix_call( unix_poll, &params ) == STATUS_TIMEOUT, "drained" );
    unix_call( unix_wake_signal, &wake );
    unix_call( unix_wake_signal, &wake );
    if (write( fds[1], "x", 1 ) != 1) abort();
    check( !unix_call( unix_poll, &params ) && params.ready == POLL_IN, "both" );
    close( fds[1] );
    check( !unix_call( unix_poll, &params ) && params.ready == ( POLL_IN | POLL_HUP ), "ready %#x", params.ready );
    params.fd = fds[1];
    check( unix_call( unix_poll, &params ) == STATUS_INVALID_HANDLE, "closed" );
}

/* A list of descriptors that the kernel keeps: readiness, changes, wake-ups. */
static void test_poll_list( int arg )
{
    struct poll_list_change changes[4] = { { .events = POLL_IN, .cookie = 1 }, { .events = POLL_OUT, .cookie = 2 } };
    struct ready_event events[4];
    struct poll_list_params params = {
        .changes = u64( changes ), .events = u64( events ), .change_count = 2, .room = 4, .list = -1, .wake_fd = -1
    };
    struct wake_params wake = { .fd = -1 };
    int a[2], b[2];
    pthread_t thread;

    (void)arg;
    tcp_pair( a );
    tcp_pair( b );
    changes[0].fd = a[0];
    changes[1].fd = b[0];
    check( !unix_call( unix_poll_list, &params ) && params.count == 1 && events[0].cookie == 2
               && events[0].ready == POLL_OUT,
           "the second has room" );
    check( fcntl( params.list, F_GETFD ) == FD_CLOEXEC, "a child has it" );
    changes[0] = (struct poll_list_change){ .fd = b[0] };
    params.change_count = 1;
    check( unix_call( unix_poll_list, &params ) == STATUS_TIMEOUT && !params.count, "it is out" );
    params.change_count = 0;
    params.timeout = 5000000;
    check( unix_call( unix_poll_list, &params ) == STATUS_TIMEOUT && !params.count, "5 ms" );
    if (write( a[1], "x", 1 ) != 1) abort();
    params.timeout = 1000000000;
    check( !unix_call( unix_poll_list, &params ) && params.count == 1 && events[0].cookie == 1
               && events[0].ready == POLL_IN,
           "data" );
    check( !unix_call( unix_poll_list, &params ) && params.count == 1, "it is ready still" );
    shutdown( a[1], SHUT_WR );
    check( !unix_call( unix_poll_list, &params ) && params.count == 1 && events[0].ready == ( POLL_IN | POLL_END ),
           "ready %#x", events[0].ready );
    changes[0] = (struct poll_list_change){ .fd = a[0], .events = POLL_IN | POLL_OUT, .listed = 1, .cookie = 3 };
    params.change_count = 1;
    check( !unix_call( unix_poll_list, &params ) && params.count == 1 && events[0].cookie == 3
               && events[0].ready == ( POLL_IN | POLL_OUT | POLL_END ),
           "ready %#x", events[0].ready );
    /* closed: it leaves the list by itself and can't be removed */
    close( a[0] );
    params.change_count = 0;
    params.timeout = 0;
    check( unix_call( unix_poll_list, &params ) == STATUS_TIMEOUT && !params.count, "closed" );
    changes[0].events = 0;
    params.change_count = 1;
    check( unix_call( unix_poll_list, &params ) == STATUS_INVALID_HANDLE && !params.count, "closed" );
    check( !unix_call( unix_wake_create, &wake ), "wake" );
    params.wake_fd = wake.fd;
    params.change_count = 0;
    params.timeout = -1;
    check( !pthread_create( &thread, NULL, signal_later, &wake ), "thread" );
    check( unix_call( unix_poll_list, &params ) == STATUS_ALERTED && !params.count, "woken" );
    pthread_join( thread, NULL );
    close( params.list );
    close( wake.fd );
    close( a[1] );
    close( b[0] );
    close( b[1] );
}

static void test_post( int broken )
{
    struct post_completion_params params
        = { .handle = 0x88, .status = 0xc0000120, .context = 0x123456789abcdef0, .information = 77, .immediate = 1 };
    int requests;

    library_init();
    if (broken == 1) stub_code++;
    if (broken == 2) stub_swapped_fields = 1;
    if (broken == 3)
    {
        struct init_params init = { .wanted = ENGINE_EPOLL, .without = CAPABILITY_BIT( CAPABILITY_POST ) };

        check( !unix_call( unix_init, &init ), "init" );
    }
    if (broken)
    {
        check( unix_call( unix_post_completion, &params ) == STATUS_NOT_SUPPORTED && !stub_packet_count,
               "unknown layout" );
        requests = stub_requests;
        if (broken == 3) check( !requests, "sent although there is no code" );
        check( unix_call( unix_post_completion, &params ) == STATUS_NOT_SUPPORTED, "unknown layout" );
        check( unix_call( unix_post_check, NULL ) == STATUS_NOT_SUPPORTED, "unknown layout" );
        check( stub_requests == requests, "checked once" );
    }
    else
    {
        check( !unix_call( unix_post_check, NULL ) && !stub_packet_count, "check" );
        check( !unix_call( unix_post_completion, &params ) && stub_packet_count == 1, "post" );
        requests = stub_requests;
        check( stub_packets[0].file == 0x88 && stub_packets[0].context == params.context
                   && stub_packets[0].information == 77 && stub_packets[0].status == 0xc0000120
                   && !stub_packets[0].is_async,
               "packet" );
        params.immediate = 0;
        check( !unix_call( unix_post_completion, &params ) && stub_packets[1].is_async == 1, "packet" );
        check( stub_requests == requests + 1, "one request" );
        params.handle = 0;
        check( unix_call( unix_post_completion, &params ) == STATUS_INVALID_HANDLE, "bad handle" );
    }
    check( !stub_open_handles, "%d handles left", stub_open_handles );
}

static void test_log( int arg )
{
    static char text[200000];
    struct write_log_params params = { .text = u64( text ), .len = sizeof( text ) };
    int fds[2], saved = dup( 2 );
    size_t sum = 0;
    ssize_t ret;

    (void)arg;
    /* a reader slower than the writer, and a non-blocking standard error */
    if (pipe( fds ) || dup2( fds[1], 2 ) == -1) abort();
    fcntl( 2, F_SETFL, O_NONBLOCK );
    close( fds[1] );
    if (!fork())
    {
        close( 2 );
        while (( ret = read( fds[0], text, sizeof( text ) ) ) > 0) sum += ret;
        _exit( sum != sizeof( text ) );
    }
    close( fds[0] );
    check( !unix_call( unix_write_log, &params ), "write" );
    if (dup2( saved, 2 ) == -1) abort();
    {
        int status = -1;

        wait( &status );
        check( !status, "all came, %#x", status );
    }
}

/* Both listen on one address: the first has every connection. Then it closes, and one has them all. */
static void test_listen_first( int shared )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    struct listen_first_params params;
    socklen_t len = sizeof( addr );
    int fds[2], clients[16], one = 1, i, j;

    library_init();
    for (i = 0; i < 1 + shared; i++)
    {
        fds[i] = socket( AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 );
        if (shared && setsockopt( fds[i], SOL_SOCKET, SO_REUSEPORT, &one, sizeof( one ) )) abort();
        if (bind( fds[i], (struct sockaddr *)&addr, len )) abort();
        if (getsockname( fds[i], (struct sockaddr *)&addr, &len )) abort();
    }
    for (i = 0; i < 1 + shared; i++)
    {
        if (listen( fds[i], 16 )) abort();
        params.fd = fds[i];
        check( !unix_call( unix_listen_first, &params ), "listener %d", i );
    }
    for (i = 0; i < 1 + shared; i++)
    {
        for (j = 0; j < 16; j++)
        {
            clients[j] = socket( AF_INET, SOCK_STREAM, 0 );
            check( !connect( clients[j], (struct sockaddr *)&addr, len ), "connect" );
        }
        for (j = 0; j < 16; j++)
        {
            int fd = accept( fds[i], NULL, NULL );

            check( fd != -1, "listener %d has %d connections", i, j );
            close( fd );
            close( clients[j] );
        }
        close( fds[i] );
    }
    params.fd = -1;
    check( unix_call( unix_listen_first, &params ) == STATUS_INVALID_HANDLE, "no descriptor" );
}

int main( void )
{
    run( test_descriptors, 0 );
    run( test_listen_first, 0 );
    run( test_listen_first, 1 );
    run( test_shared_state, 0 );
    run( test_poll, 0 );
    run( test_poll_list, 0 );
    run( test_post, 0 );
    run( test_post, 1 );
    run( test_post, 2 );
    run( test_post, 3 );
    run( test_log, 0 );
    return check_summary();
}
