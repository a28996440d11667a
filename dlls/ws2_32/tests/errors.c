/*
 * The table of errors of WSPSend, WSPSendTo, WSPRecv and WSPRecvFrom: each provoked for real. Those of a failing
 * network are in network.c.
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tests/network makes docs/errors.md of the rows.
 */

#include "sockets.h"

enum state
{
    CONNECTED, /* a TCP connection */
    CONNECTED_UDP,
    FRESH, /* TCP, neither bound nor connected */
    FRESH_UDP,
    BOUND_UDP,
    REFUSED, /* after a non-blocking connect that nobody accepted */
    NOT_A_SOCKET,
    CLOSED,
    SEND_SHUTDOWN,
    RECEIVE_SHUTDOWN,
    RESET,           /* by the peer */
    FULL,            /* non-blocking, with no room */
    EMPTY,           /* non-blocking, with no data */
    TIME_OUT,        /* SO_RCVTIMEO, with no data */
    SEND_TIME_OUT,   /* SO_SNDTIMEO, with no room */
    UNREACHABLE_UDP, /* a datagram has gone to a closed port */
    DATAGRAM,        /* one of 100 bytes is there */
    PEER_CLOSED,
    CLOSED_MEANWHILE, /* by another thread */
};

enum call
{
    SEND,
    SENDTO,
    RECV,
    RECVFROM
};

static const char *call_names[] = { "WSPSend", "WSPSendTo", "WSPRecv", "WSPRecvFrom" };

enum trick
{
    NONE,
    BAD_ARRAY,
    BAD_BUFFER,
    BAD_COUNT,
    BAD_FLAGS,
    BAD_OVERLAPPED,
    BAD_ADDRESS,
    SHORT_ADDRESS,
    BROADCAST,
    OTHER_FAMILY,
    OOB,
    PARTIAL,
    HUGE_DATAGRAM,
    SMALL_BUFFER,
    OVERLAPPED_CALL, /* started */
    THEN_CLOSE,
    THEN_CANCEL,
    THEN_FLUSH, /* started, and then the completion's error */
    TWICE,
};

static const struct row
{
    enum call call;
    int error;
    enum state state;
    enum trick trick;
    const char *when;
} rows[] = {
    { SEND, WSAENOTSOCK, NOT_A_SOCKET, NONE, "an event's handle" },
    { SEND, WSAENOTSOCK, CLOSED, NONE, "the socket was closed" },
    { SEND, WSAENOTCONN, FRESH, NONE, "neither bound nor connected" },
    { SEND, WSAENOTCONN, BOUND_UDP, NONE, "a datagram socket without a default peer" },
    { SEND, WSAENOTCONN, REFUSED, NONE, "after a connect that was refused" },
    { SEND, WSAESHUTDOWN, SEND_SHUTDOWN, NONE, "after shutdown of the send side" },
    { SEND, WSAECONNRESET, RESET, NONE, "the peer has reset the connection" },
    { SEND, WSAECONNRESET, RESET, TWICE, "... and every call after that" },
    { SEND, WSAEWOULDBLOCK, FULL, NONE, "non-blocking, no room" },
    { SEND, WSAETIMEDOUT, SEND_TIME_OUT, NONE, "SO_SNDTIMEO has passed" },
    { SEND, WSAEFAULT, CONNECTED, BAD_ARRAY, "the array of buffers isn't memory" },
    { SEND, WSAEFAULT, CONNECTED, BAD_BUFFER, "a buffer isn't memory" },
    { SEND, WSAEFAULT, CONNECTED, BAD_COUNT, "no place for the count, and no OVERLAPPED" },
    { SEND, WSAEFAULT, CONNECTED, BAD_OVERLAPPED, "the OVERLAPPED isn't memory" },
    { SEND, WSAEOPNOTSUPP, CONNECTED_UDP, OOB, "MSG_OOB on a datagram socket" },
    { SEND, WSAEOPNOTSUPP, CONNECTED, PARTIAL, "MSG_PARTIAL" },
    { SEND, WSAEMSGSIZE, CONNECTED_UDP, HUGE_DATAGRAM, "a datagram of more than SO_MAX_MSG_SIZE" },
    { SEND, WSA_IO_PENDING, FULL, OVERLAPPED_CALL, "overlapped, no room" },
    { SEND, WSA_OPERATION_ABORTED, FULL, THEN_CLOSE, "closed while it was pending" },
    { SEND, WSA_OPERATION_ABORTED, FULL, THEN_CANCEL, "cancelled while it was pending" },
    { SEND, WSA_OPERATION_ABORTED, FULL, THEN_FLUSH, "SIO_FLUSH while it was pending" },
    { SENDTO, WSAENOTSOCK, NOT_A_SOCKET, NONE, "an event's handle" },
    { SENDTO, WSAENOTCONN, FRESH, NONE, "a stream that is not connected" },
    { SENDTO, WSAEACCES, FRESH_UDP, BROADCAST, "a broadcast address without SO_BROADCAST" },
    { SENDTO, WSAEAFNOSUPPORT, FRESH_UDP, OTHER_FAMILY, "an address of another family" },
    { SENDTO, WSAEFAULT, FRESH_UDP, SHORT_ADDRESS, "an address that is too short" },
    { SENDTO, WSAEFAULT, FRESH_UDP, BAD_ADDRESS, "an address that isn't memory" },
    { SENDTO, WSAEFAULT, FRESH_UDP, BAD_BUFFER, "a buffer isn't memory" },
    { SENDTO, WSAEMSGSIZE, FRESH_UDP, HUGE_DATAGRAM, "a datagram of more than SO_MAX_MSG_SIZE" },
    { SENDTO, WSAEOPNOTSUPP, FRESH_UDP, OOB, "MSG_OOB on a datagram socket" },
    { RECV, WSAENOTSOCK, NOT_A_SOCKET, NONE, "an event's handle" },
    { RECV, WSAENOTSOCK, CLOSED, NONE, "the socket was closed" },
    { RECV, WSAENOTCONN, FRESH, NONE, "not connected" },
    { RECV, WSAENOTCONN, REFUSED, NONE, "after a connect that was refused" },
    { RECV, WSAESHUTDOWN, RECEIVE_SHUTDOWN, NONE, "after shutdown of the receive side" },
    { RECV, WSAECONNRESET, RESET, NONE, "the peer has reset the connection" },
    { RECV, WSAECONNRESET, RESET, TWICE, "... and every call after that" },
    { RECV, WSAECONNRESET, UNREACHABLE_UDP, NONE, "a datagram sent before found no open port" },
    { RECV, WSAEWOULDBLOCK, EMPTY, NONE, "non-blocking, no data" },
    { RECV, WSAETIMEDOUT, TIME_OUT, NONE, "SO_RCVTIMEO has passed" },
    { RECV, WSAEINTR, CLOSED_MEANWHILE, NONE, "closed by another thread while it waited" },
    { RECV, WSAEFAULT, CONNECTED, BAD_ARRAY, "the array of buffers isn't memory" },
    { RECV, WSAEFAULT, DATAGRAM, BAD_BUFFER, "a buffer isn't memory" },
    { RECV, WSAEFAULT, CONNECTED, BAD_FLAGS, "no place for the flags" },
    { RECV, WSAEFAULT, CONNECTED, BAD_OVERLAPPED, "the OVERLAPPED isn't memory" },
    { RECV, WSAEMSGSIZE, DATAGRAM, SMALL_BUFFER, "a datagram longer than the buffers" },
    { RECV, WSAEOPNOTSUPP, CONNECTED_UDP, OOB, "MSG_OOB on a datagram socket" },
    { RECV, WSA_IO_PENDING, CONNECTED, OVERLAPPED_CALL, "overlapped, no data" },
    { RECV, WSA_OPERATION_ABORTED, CONNECTED, THEN_CLOSE, "closed while it was pending" },
    { RECV, WSA_OPERATION_ABORTED, CONNECTED, THEN_CANCEL, "cancelled while it was pending" },
    { RECV, 0, PEER_CLOSED, NONE, "the peer has closed in order: success with 0 bytes" },
    { RECVFROM, WSAENOTSOCK, NOT_A_SOCKET, NONE, "an event's handle" },
    { RECVFROM, WSAEINVAL, FRESH_UDP, NONE, "not bound" },
    { RECVFROM, WSAEFAULT, DATAGRAM, BAD_ADDRESS, "the place for the address isn't memory" },
    { RECVFROM, WSAEFAULT, DATAGRAM, SHORT_ADDRESS, "the place for the address is too small" },
    { RECVFROM, WSAEMSGSIZE, DATAGRAM, SMALL_BUFFER, "a datagram longer than the buffers" },
    { RECVFROM, WSAEWOULDBLOCK, EMPTY, NONE, "non-blocking, no data" },
    { RECVFROM, WSAECONNRESET, UNREACHABLE_UDP, NONE, "a datagram sent before found no open port" },
};

#define ERROR_CRASH ( -1 )

static char *const bad = (char *)0x10; /* never mapped */
static char big[100000];

static DWORD WINAPI close_later( void *arg )
{
    Sleep( 50 );
    closesocket( (SOCKET)arg );
    return 0;
}

static void unused_address( union address *addr, int *len, int type )
{
    SOCKET s = type == SOCK_STREAM ? tcp_socket( AF_INET ) : udp_socket( AF_INET );

    *len = loopback( addr, AF_INET, 0 );
    ok_success( bind( s, &addr->any, *len ) );
    ok_success( getsockname( s, &addr->any, len ) );
    closesocket( s );
}

/* The socket to call with; its peer if there is one. */
static SOCKET make_socket( enum state state, SOCKET *peer )
{
    union address addr;
    fd_set set;
    struct timeval second = { 3, 0 };
    SOCKET s;
    int len;

    *peer = INVALID_SOCKET;
    switch (state)
    {
    case NOT_A_SOCKET: return (SOCKET)CreateEventW( NULL, TRUE, FALSE, NULL );
    case CLOSED:
        s = tcp_socket( AF_INET );
        closesocket( s );
        return s;
    case FRESH: return tcp_socket( AF_INET );
    case FRESH_UDP:
        s = udp_socket( AF_INET );
        set_timeout( s, 500 );
        return s;
    case BOUND_UDP:
        s = udp_socket( AF_INET );
        ok_success( bind( s, &addr.any, loopback( &addr, AF_INET, 0 ) ) );
        return s;
    case CONNECTED_UDP:
    case DATAGRAM:
        udp_pair( AF_INET, &s, peer );
        if (state == DATAGRAM) ok_call( send( *peer, big, 100, 0 ), 100, 0 );
        return s;
    case UNREACHABLE_UDP:
        unused_address( &addr, &len, SOCK_DGRAM );
        s = udp_socket( AF_INET );
        ok_success( connect( s, &addr.any, len ) );
        send( s, "x", 1, 0 );
        Sleep( 20 );
        set_timeout( s, 1000 );
        return s;
    case REFUSED:
        unused_address( &addr, &len, SOCK_STREAM );
        s = tcp_socket( AF_INET );
        set_blocking( s, FALSE );
        connect( s, &addr.any, len );
        FD_ZERO( &set );
        FD_SET( s, &set );
        select( 0, NULL, NULL, &set, &second );
        return s;
    default: tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &s, peer ); break;
    }
    switch (state)
    {
    case SEND_SHUTDOWN: ok_success( shutdown( s, SD_SEND ) ); break;
    case RECEIVE_SHUTDOWN: ok_success( shutdown( s, SD_RECEIVE ) ); break;
    case RESET:
    {
        struct linger linger = { 1, 0 };

        ok_success( setsockopt( *peer, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
        closesocket( *peer );
        *peer = INVALID_SOCKET;
        Sleep( 20 );
        break;
    }
    case PEER_CLOSED:
        closesocket( *peer );
        *peer = INVALID_SOCKET;
        Sleep( 20 );
        break;
    case FULL:
    case SEND_TIME_OUT:
    {
        DWORD time = 50;

        fill_send_all( s );
        if (state == FULL)
        {
            set_blocking( s, FALSE );
            break;
        }
        ok_success( setsockopt( s, SOL_SOCKET, SO_SNDTIMEO, (char *)&time, sizeof( time ) ) );
        break;
    }
    case EMPTY: set_blocking( s, FALSE ); break;
    case TIME_OUT: set_timeout( s, 50 ); break;
    case CLOSED_MEANWHILE: CloseHandle( CreateThread( NULL, 0, close_later, (void *)s, 0, NULL ) ); break;
    default: break;
    }
    return s;
}

/* The call's error, 0 for success; or that of its completion. */
static int run( const struct row *row, SOCKET s )
{
    OVERLAPPED ov = { 0 };
    BOOL overlapped = row->trick == BAD_OVERLAPPED || row->trick == OVERLAPPED_CALL
                      || ( row->trick >= THEN_CLOSE && row->trick <= THEN_FLUSH );
    DWORD flags = row->trick == OOB       ? MSG_OOB
                  : row->trick == PARTIAL ? MSG_PARTIAL
                                          : 0,
          count, *count_ptr = &count, *flags_ptr = &flags;
    OVERLAPPED *ov_ptr = overlapped ? &ov : NULL;
    union address addr;
    struct sockaddr *to = &addr.any;
    int to_len = loopback( &addr, AF_INET, 9 ), ret;
    WSABUF wsabuf = { 10, big }, *array = &wsabuf;

    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    switch (row->trick)
    {
    case BAD_ARRAY: array = (WSABUF *)bad; break;
    case BAD_BUFFER: wsabuf.buf = bad; break;
    case BAD_COUNT: count_ptr = NULL; break;
    case BAD_FLAGS: flags_ptr = NULL; break;
    case BAD_OVERLAPPED: ov_ptr = (OVERLAPPED *)bad; break;
    case BAD_ADDRESS: to = (struct sockaddr *)bad; break;
    case SHORT_ADDRESS: to_len = 8; break;
    case BROADCAST: addr.v4.sin_addr.s_addr = INADDR_BROADCAST; break;
    case OTHER_FAMILY: to_len = loopback( &addr, AF_INET6, 9 ); break;
    case HUGE_DATAGRAM: wsabuf.len = sizeof( big ); break;
    default: break;
    }
    WSASetLastError( 0 );
    if (__builtin_setjmp( guard_frame ))
    {
        guard_leave();
        return ERROR_CRASH;
    }
    guard_enter();
    switch (row->call)
    {
    case SEND: ret = WSASend( s, array, 1, count_ptr, flags, ov_ptr, NULL ); break;
    case SENDTO: ret = WSASendTo( s, array, 1, count_ptr, flags, to, to_len, ov_ptr, NULL ); break;
    case RECV: ret = WSARecv( s, array, 1, count_ptr, flags_ptr, ov_ptr, NULL ); break;
    default: ret = WSARecvFrom( s, array, 1, count_ptr, flags_ptr, to, &to_len, ov_ptr, NULL ); break;
    }
    guard_leave();
    ret = ret ? WSAGetLastError() : 0;
    if (ret == WSA_IO_PENDING && row->trick >= THEN_CLOSE && row->trick <= THEN_FLUSH)
    {
        if (row->trick == THEN_CLOSE) closesocket( s );
        else if (row->trick == THEN_CANCEL) CancelIoEx( (HANDLE)s, &ov );
        else WSAIoctl( s, SIO_FLUSH, NULL, 0, NULL, 0, &count, NULL, NULL );
        if (WaitForSingleObject( ov.hEvent, 1000 )) ret = WSA_IO_INCOMPLETE;
        else ret = (DWORD)ov.Internal == 0xc0000120 ? WSA_OPERATION_ABORTED : (int)ov.Internal;
    }
    if (ret == WSA_IO_PENDING || ret == WSA_IO_INCOMPLETE)
    {
        CancelIoEx( (HANDLE)s, &ov );
        WaitForSingleObject( ov.hEvent, 1000 );
    }
    CloseHandle( ov.hEvent );
    return ret;
}

START_TEST( errors )
{
    SOCKET s, peer;
    unsigned int i;
    int error;

    start_winsock();
    for (i = 0; i < ARRAY_SIZE( rows ); i++)
    {
        s = make_socket( rows[i].state, &peer );
        error = run( &rows[i], s );
        if (rows[i].trick == TWICE) error = run( &rows[i], s );
        error_row( call_names[rows[i].call], rows[i].when, rows[i].error, error );
        if (rows[i].state == NOT_A_SOCKET) CloseHandle( (HANDLE)s );
        else closesocket( s );
        closesocket( peer );
    }
    stop_winsock();
}
