/*
 * WSPSend and WSPSendTo
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operation.h"
#include "control.h"

/* The rules are those of the founding document, S1 to D2. */
static int send_buffers( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, const struct sockaddr *to, int to_len,
                         WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread )
{
    struct operation op;
    struct socket *sock;
    int err;

    if (!(sock = socket_grab( s, &err ))) return err;
    memset( &op, 0, offsetof( struct operation, inline_buffers ) );
    op.sock = sock;
    op.direction = DIRECTION_WRITE;
    op.flags = flags;
    op.overlapped = overlapped;
    op.routine = overlapped ? routine : NULL;

    if (!buffers || (!sent && !overlapped) || (sent && !guarded_touch( sent, sizeof(*sent), TRUE ))) err = WSAEFAULT;
    else if (flags & ~(MSG_OOB | MSG_DONTROUTE)) err = WSAEOPNOTSUPP; /* MSG_PARTIAL: no transport here has partial messages (F3) */
    else if ((flags & MSG_OOB) && sock->type != SOCK_STREAM) err = WSAEOPNOTSUPP; /* F2 */
    else if (sock->send_shutdown) err = WSAESHUTDOWN;
    else if (op.routine && (!thread || !guarded_copy( &op.thread, thread, sizeof(op.thread) ))) err = WSAEFAULT;
    else if (to && to_len && sock->type != SOCK_STREAM
             && (to_len < (int)sizeof(to->sa_family) || !guarded_copy( op.addr, to, min( to_len, (int)sizeof(op.addr) ) ))) err = WSAEFAULT;
    else if (to && to_len && sock->type != SOCK_STREAM && to_len < (sock->family == AF_INET ? 16 : sock->family == AF_INET6 ? 28 : 2)) err = WSAEFAULT;
    else if (!(err = operation_capture( &op, buffers, count )))
    {
        if (to && to_len && sock->type != SOCK_STREAM) op.addr_len = min( to_len, (int)sizeof(op.addr) ); /* a stream ignores the address */
        err = operation_run( &op, sent );
        operation_discard( &op );
    }
    socket_release( sock );
    return err;
}

int WSPAPI WSPSend( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, WSAOVERLAPPED *overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    return spi_result( send_buffers( s, buffers, count, sent, flags, NULL, 0, overlapped, routine, thread ), err );
}

int WSPAPI WSPSendTo( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, const struct sockaddr *to, int to_len,
                      WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    return spi_result( send_buffers( s, buffers, count, sent, flags, to, to_len, overlapped, routine, thread ), err );
}
