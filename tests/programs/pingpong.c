/*
 * Round trips in one process: two threads, 64 bytes there and back
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: pingpong MODE COUNT
 *
 * MODE: tcp         blocking send and recv
 *       unix        the same on sockets of the family AF_UNIX; on tcp's where there are none
 *       udp         blocking sendto and recvfrom
 *       udp-pair    no second thread, a datagram to oneself: sendto, then recvfrom, which finds it there
 *       would-block non-blocking recv with nothing there
 *       select      select of one socket, time-out 0
 *       event, port, routine, poll
 *                   (Windows) an overlapped receive, completed so; poll waits in WSAGetOverlappedResult
 *       pending-N   (Windows) as port, while N other receives wait
 *       port-post   (Windows) no second thread: PostQueuedCompletionStatus, then GetQueuedCompletionStatus,
 *                   on a port with a socket
 *       epoll       (Linux) the receive waits in epoll_wait: the counterpart of these
 *       uring       (Linux) the receive is an operation of a ring
 *
 * Every answer is compared with its question. Prints: RESULT microseconds per operation
 */

#include "net.h"

#ifdef _WIN32
#include <afunix.h>
#else
#include <liburing.h>
#include <sys/epoll.h>
#include <sys/un.h>
#endif

#define SIZE 64

static SOCKET near_end, far_end;
static double start; /* of the measured loop */

/* A question that hasn't been asked before. */
static void ask( char *data, int number )
{
    memset( data, number, SIZE );
    memcpy( data, &number, sizeof( number ) );
}

static void check( const char *answer, const char *question )
{
    if (!memcmp( answer, question, SIZE )) return;
    fprintf( stderr, "the answer is not the question\n" );
    exit( 3 );
}

/* In a loop until the peer closes. */
THREAD_FUNC( echo, arg )
{
    char data[SIZE];

    (void)arg;
    while (recv_all( far_end, data, SIZE ) && send_all( far_end, data, SIZE ));
    return 0;
}

static void connect_pair( void )
{
    int port;
    SOCKET listener = net_listen( &port );

    near_end = net_connect( port );
    if (( far_end = accept( listener, NULL, NULL ) ) == INVALID_SOCKET) die( "accept" );
    set_nodelay( far_end );
    closesocket( listener );
}

/* A file of this process's own. */
static void path_name( struct sockaddr_un *addr )
{
    memset( addr, 0, sizeof( *addr ) );
    addr->sun_family = AF_UNIX;
#ifdef _WIN32
    GetTempPathA( sizeof( addr->sun_path ) - 20, addr->sun_path );
    sprintf( addr->sun_path + strlen( addr->sun_path ), "pingpong-%lu", GetCurrentProcessId() );
#else
    sprintf( addr->sun_path, "/tmp/pingpong-%d", (int)getpid() );
#endif
}

static void connect_path_pair( void )
{
    SOCKET listener = socket( AF_UNIX, SOCK_STREAM, 0 );
    struct sockaddr_un addr;

    if (listener == INVALID_SOCKET)
    {
        connect_pair();
        return;
    }
    path_name( &addr );
    remove( addr.sun_path );
    if (bind( listener, (struct sockaddr *)&addr, sizeof( addr ) ) || listen( listener, 1 )) die( "bind" );
    near_end = socket( AF_UNIX, SOCK_STREAM, 0 );
    if (connect( near_end, (struct sockaddr *)&addr, sizeof( addr ) )) die( "connect" );
    if (( far_end = accept( listener, NULL, NULL ) ) == INVALID_SOCKET) die( "accept" );
    closesocket( listener );
    remove( addr.sun_path );
}

static SOCKET udp_socket( struct sockaddr_in *addr )
{
    socklen_t len = sizeof( *addr );
    SOCKET s = socket( AF_INET, SOCK_DGRAM, 0 );

    *addr = loopback( 0 );
    if (s == INVALID_SOCKET || bind( s, (struct sockaddr *)addr, sizeof( *addr ) )
        || getsockname( s, (struct sockaddr *)addr, &len ))
        die( "bind" );
    return s;
}

THREAD_FUNC( udp_echo, arg )
{
    struct sockaddr_in addr;
    char data[SIZE];

    (void)arg;
    for (;;)
    {
        socklen_t len = sizeof( addr );

        if (recvfrom( far_end, data, SIZE, 0, (struct sockaddr *)&addr, &len ) != SIZE
            || sendto( far_end, data, SIZE, 0, (struct sockaddr *)&addr, len ) != SIZE)
            return 0;
    }
}

static void run_tcp( int count )
{
    char out[SIZE], in[SIZE];

    while (count--)
    {
        ask( out, count );
        if (!send_all( near_end, out, SIZE ) || !recv_all( near_end, in, SIZE )) die( "ping-pong" );
        check( in, out );
    }
}

/* Between two sockets, or from one to itself. */
static void run_udp( int count, int pair )
{
    struct sockaddr_in to, addr;
    char out[SIZE], in[SIZE];
    SOCKET s;

    s = far_end = udp_socket( &to );
    if (!pair)
    {
        s = udp_socket( &addr );
        thread_start( udp_echo, NULL );
    }
    while (count--)
    {
        ask( out, count );
        if (sendto( s, out, SIZE, 0, (struct sockaddr *)&to, sizeof( to ) ) != SIZE) die( "sendto" );
        if (recvfrom( s, in, SIZE, 0, NULL, NULL ) != SIZE) die( "recvfrom" );
        check( in, out );
    }
}

static void run_would_block( int count )
{
    char data[SIZE];

    set_nonblocking( near_end );
    while (count--)
        if (recv( near_end, data, SIZE, 0 ) >= 0 || !would_block()) die( "recv" );
}

static void run_select( int count )
{
    struct timeval zero = { 0, 0 };
    fd_set set;

    while (count--)
    {
        FD_ZERO( &set );
        FD_SET( near_end, &set );
        if (select( (int)near_end + 1, &set, NULL, NULL, &zero )) die( "select" );
    }
}

#ifdef _WIN32

static volatile int routine_bytes;

static void CALLBACK routine( DWORD error, DWORD bytes, WSAOVERLAPPED *overlapped, DWORD flags )
{
    (void)overlapped;
    (void)flags;
    routine_bytes = error ? -1 : (int)bytes;
}

enum completion
{
    BY_EVENT,
    BY_PORT,
    BY_ROUTINE,
    BY_POLL
};

static void run_overlapped( int count, enum completion how )
{
    char out[SIZE], in[SIZE];
    WSABUF buffer = { SIZE, in };
    WSAOVERLAPPED overlapped, *done;
    HANDLE port = NULL;
    DWORD bytes, flags;
    ULONG_PTR key;

    memset( &overlapped, 0, sizeof( overlapped ) );
    if (how == BY_PORT) port = CreateIoCompletionPort( (HANDLE)near_end, NULL, 1, 0 );
    if (how == BY_EVENT) overlapped.hEvent = WSACreateEvent();
    while (count--)
    {
        flags = 0;
        bytes = 0;
        routine_bytes = 0;
        ask( out, count );
        if (WSARecv( near_end, &buffer, 1, NULL, &flags, &overlapped, how == BY_ROUTINE ? routine : NULL )
            && WSAGetLastError() != WSA_IO_PENDING)
            die( "WSARecv" );
        if (!send_all( near_end, out, SIZE )) die( "send" );
        switch (how)
        {
        case BY_EVENT:
            if (WSAWaitForMultipleEvents( 1, &overlapped.hEvent, FALSE, 10000, FALSE ) != WSA_WAIT_EVENT_0)
                die( "wait" );
            WSAResetEvent( overlapped.hEvent );
            /* fall through */
        case BY_POLL:
            if (!WSAGetOverlappedResult( near_end, &overlapped, &bytes, how == BY_POLL, &flags ))
                die( "WSAGetOverlappedResult" );
            break;
        case BY_PORT:
            if (!GetQueuedCompletionStatus( port, &bytes, &key, &done, 10000 )) die( "GetQueuedCompletionStatus" );
            break;
        case BY_ROUTINE:
            while (!routine_bytes) SleepEx( 10000, TRUE );
            bytes = routine_bytes;
            break;
        }
        if (bytes != SIZE) die( "size" );
        check( in, out );
    }
}

/* N receives wait on N/2 sockets, with a port of their own, while one connection is active: measures what they cost
 * the others. */
static void run_pending( int count, int waiting )
{
    static char data[8];
    HANDLE port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    struct sockaddr_in addr = { .sin_family = AF_INET };
    WSAOVERLAPPED *overlapped = calloc( waiting, sizeof( *overlapped ) );
    WSABUF buffer = { sizeof( data ), data };
    SOCKET s = INVALID_SOCKET;
    DWORD flags;
    int i;

    if (!overlapped) die( "memory" );
    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    for (i = 0; i < waiting; i++)
    {
        if (!( i & 1 ))
        {
            s = WSASocketW( AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED );
            if (s == INVALID_SOCKET || bind( s, (struct sockaddr *)&addr, sizeof( addr ) )) die( "socket" );
            if (CreateIoCompletionPort( (HANDLE)s, port, 0, 0 ) != port) die( "port" );
        }
        flags = 0;
        if (WSARecv( s, &buffer, 1, NULL, &flags, &overlapped[i], NULL ) != SOCKET_ERROR
            || WSAGetLastError() != WSA_IO_PENDING)
            die( "WSARecv" );
    }
    start = now_us();
    run_overlapped( count, BY_PORT );
}

static void run_port_post( int count )
{
    HANDLE port = CreateIoCompletionPort( (HANDLE)near_end, NULL, 1, 0 );
    WSAOVERLAPPED *done;
    DWORD bytes;
    ULONG_PTR key;

    while (count--)
    {
        if (!PostQueuedCompletionStatus( port, count, count, NULL )) die( "PostQueuedCompletionStatus" );
        if (!GetQueuedCompletionStatus( port, &bytes, &key, &done, 10000 ) || bytes != (DWORD)count)
            die( "GetQueuedCompletionStatus" );
    }
}

#else

static void run_uring( int count )
{
    struct io_uring ring;
    struct io_uring_cqe *cqe;
    char out[SIZE], in[SIZE];

    if (io_uring_queue_init( 8, &ring, 0 )) die( "io_uring_queue_init" );
    while (count--)
    {
        ask( out, count );
        io_uring_prep_recv( io_uring_get_sqe( &ring ), near_end, in, SIZE, 0 );
        if (io_uring_submit( &ring ) != 1) die( "io_uring_submit" );
        if (!send_all( near_end, out, SIZE )) die( "send" );
        if (io_uring_wait_cqe( &ring, &cqe ) || cqe->res != SIZE) die( "io_uring_wait_cqe" );
        io_uring_cqe_seen( &ring, cqe );
        check( in, out );
    }
}

static void run_epoll( int count )
{
    int epoll = epoll_create1( 0 );
    struct epoll_event event = { .events = EPOLLIN };
    char out[SIZE], in[SIZE];

    set_nonblocking( near_end );
    epoll_ctl( epoll, EPOLL_CTL_ADD, near_end, &event );
    while (count--)
    {
        ask( out, count );
        if (recv( near_end, in, SIZE, 0 ) >= 0 || !would_block()) die( "recv" );
        if (!send_all( near_end, out, SIZE )) die( "send" );
        if (epoll_wait( epoll, &event, 1, 10000 ) != 1) die( "epoll_wait" );
        if (recv( near_end, in, SIZE, 0 ) != SIZE) die( "recv" );
        check( in, out );
    }
}

#endif

int main( int argc, char **argv )
{
    const char *mode = argc > 1 ? argv[1] : "tcp";
    int count = argc > 2 ? atoi( argv[2] ) : 1000, udp = !strncmp( mode, "udp", 3 );

    net_start();
    if (!strcmp( mode, "unix" )) connect_path_pair();
    else if (!udp) connect_pair();
    if (!udp && strcmp( mode, "would-block" ) && strcmp( mode, "select" )) thread_start( echo, NULL );
    start = now_us();
    if (!strcmp( mode, "tcp" ) || !strcmp( mode, "unix" )) run_tcp( count );
    else if (udp) run_udp( count, !strcmp( mode, "udp-pair" ) );
    else if (!strcmp( mode, "would-block" )) run_would_block( count );
    else if (!strcmp( mode, "select" )) run_select( count );
#ifdef _WIN32
    else if (!strcmp( mode, "event" )) run_overlapped( count, BY_EVENT );
    else if (!strcmp( mode, "port" )) run_overlapped( count, BY_PORT );
    else if (!strcmp( mode, "routine" )) run_overlapped( count, BY_ROUTINE );
    else if (!strncmp( mode, "pending-", 8 )) run_pending( count, atoi( mode + 8 ) );
    else if (!strcmp( mode, "poll" )) run_overlapped( count, BY_POLL );
    else if (!strcmp( mode, "port-post" )) run_port_post( count );
#else
    else if (!strcmp( mode, "epoll" )) run_epoll( count );
    else if (!strcmp( mode, "uring" )) run_uring( count );
#endif
    else
    {
        fprintf( stderr, "unknown mode %s\n", mode );
        return 2;
    }
    printf( "RESULT %.4f\n", ( now_us() - start ) / count );
    return 0;
}
