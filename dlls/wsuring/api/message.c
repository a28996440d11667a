/*
 * WSARecvMsg and WSASendMsg
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "api/message.h"
#include "wait/event_state.h"
#include "sockets/afd.h"
#include "sockets/connection.h"
#include "api/control.h"
#include "api/send.h"

#define BUFFERS_MAX 1024 /* the host's limit */

/* ---- receive */

/* Stores control data and flags; the caller of operation_run stores what all receives return. */
static void message_recv_finish( struct operation *op, NTSTATUS status )
{
    const struct message *message = op->more;
    ULONG len = message->used;
    DWORD flags = message->flags;

    if (NT_ERROR( status ) || !message->program) return;
    if (!guarded_copy( message->control.buf, message->data, len )) len = 0;
    guarded_copy( &message->program->Control.len, &len, sizeof( len ) );
    guarded_copy( &message->program->dwFlags, &flags, sizeof( flags ) );
}

/* The server writes to the WSAMSG itself. */
static NTSTATUS message_recv_by_afd( struct operation *op )
{
    struct message *message = op->more;
    WSAMSG *program = message->program;
    struct afd_recvmsg_params params = {
        .control = (UINT_PTR)&program->Control,
        .addr = (UINT_PTR)op->from,
        .addr_len = (UINT_PTR)op->from_len,
        .flags = (UINT_PTR)&program->dwFlags,
        .force_async = op->overlapped != NULL,
        .count = op->count,
    };
    WSABUF *buffers;
    NTSTATUS status;
    DWORD flags;
    UINT i;

    if (!( buffers = HeapAlloc( GetProcessHeap(), 0, max( op->count, 1u ) * sizeof( *buffers ) ) ))
        return STATUS_NO_MEMORY;
    for (i = 0; i < op->count; i++)
    {
        buffers[i].buf = (char *)(UINT_PTR)op->buffers[i].base;
        buffers[i].len = op->buffers[i].len;
    }
    params.buffers = (UINT_PTR)buffers;
    guarded_copy( &program->dwFlags, &op->flags, sizeof( op->flags ) );
    stats_count( COUNTER_RECV_AFD );
    message->program = NULL;
    status = afd_transfer_ioctl( op, AFD_WINE_RECVMSG, &params, sizeof( params ) );
    HeapFree( GetProcessHeap(), 0, buffers );
    if (status == STATUS_BUFFER_OVERFLOW && guarded_copy( &flags, &program->dwFlags, sizeof( flags ) )
        && !( flags & MSG_CTRUNC ))
    {
        flags |= MSG_TRUNC;
        guarded_copy( &program->dwFlags, &flags, sizeof( flags ) );
    }
    return status;
}

static const struct operation_kind recv_kind
    = { .attempt = message_try_recv, .by_afd = message_recv_by_afd, .finish = message_recv_finish };

static int message_recv_capture( struct operation *op, struct message *message, WSAMSG *msg )
{
    WSAMSG copy;
    INT room;

    if (!msg || !guarded_touch( msg, sizeof( *msg ), TRUE ) || !guarded_copy( &copy, msg, sizeof( copy ) ))
        return WSAEFAULT;
    if (copy.Control.len && !guarded_touch( copy.Control.buf, copy.Control.len, TRUE )) return WSAEFAULT;
    op->flags = copy.dwFlags & 0xff; /* the others are results, perhaps of the previous call */
    if (op->flags & ~MSG_PEEK) return WSAEOPNOTSUPP;
    if (copy.name)
    {
        room = op->sock->id.family == AF_INET6 ? sizeof( struct sockaddr_in6 ) : sizeof( struct sockaddr_in );
        if (copy.namelen < room || !guarded_touch( copy.name, copy.namelen, TRUE )) return WSAEFAULT;
        op->from = copy.name;
        op->from_len = &msg->namelen;
    }
    if (copy.dwBufferCount > BUFFERS_MAX) return WSAENOBUFS;
    message->program = msg;
    message->control = copy.Control;
    if (!copy.Control.buf) message->control.len = 0;
    message->flags = message->used = 0;
    return operation_capture( op, copy.lpBuffers, copy.dwBufferCount );
}

static void message_recv_return_source( const struct operation *op )
{
    const struct message *message = op->more;
    INT room, len = op->addr_len;

    if (!op->from || !len || !message->program || !guarded_copy( &room, op->from_len, sizeof( room ) )) return;
    guarded_copy( op->from, op->addr, max( 0, min( room, len ) ) );
    guarded_copy( op->from_len, &len, sizeof( len ) );
}

static int message_recv( struct socket *sock, WSAMSG *msg, DWORD *received, WSAOVERLAPPED *overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    struct message message;
    struct operation op;
    int err;

    operation_init( &op, sock, DIRECTION_READ, overlapped, routine );
    operation_set_kind( &op, &recv_kind, &message, sizeof( message ) );
    if (!operation_can_count( received, overlapped )) return WSAEFAULT;
    if (sock->id.type != SOCK_DGRAM && sock->id.type != SOCK_RAW) return WSAEOPNOTSUPP;
    if (( err = message_recv_capture( &op, &message, msg ) )) return err;
    if (recv_is_shut_down( sock, op.flags )) err = WSAESHUTDOWN;
    else if (sock->id.type == SOCK_DGRAM && !socket_is_bound( sock )) err = WSAEINVAL;
    else if (op.routine && upcalls.lpWPUOpenCurrentThread( &op.thread, &err ))
    {
    }
    else
    {
        if (!sock->desc.by_afd && !( sock->message.host & MESSAGE_DESTINATION )) message_option_prepare( sock );
        err = operation_run( &op, received );
        if (!err || err == WSAEMSGSIZE)
        {
            message_recv_return_source( &op );
            message_recv_finish( &op, STATUS_SUCCESS );
        }
        else if (err == WSAECONNRESET) message_recv_return_source( &op );
    }
    operation_discard( &op );
    return err;
}

int WINAPI provider_WSARecvMsg( SOCKET s, WSAMSG *msg, DWORD *received, WSAOVERLAPPED *overlapped,
                                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    struct socket *sock;
    int err;

    if (( sock = socket_grab( s, &err ) ))
    {
        err = message_recv( sock, msg, received, overlapped, routine );
        socket_release( sock );
    }
    SetLastError( err );
    return err ? SOCKET_ERROR : 0;
}

/* ---- send */

static const struct operation_kind send_kind = { .attempt = message_try_send };

static int message_send( struct socket *sock, const WSAMSG *msg, DWORD flags, DWORD *sent, WSAOVERLAPPED *overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    struct message message = { .program = NULL };
    struct operation op;
    int err;

    /* the server can't send control data, nor can a stream */
    if (sock->id.type != SOCK_DGRAM || sock->desc.by_afd) return WSAEOPNOTSUPP;
    operation_init( &op, sock, DIRECTION_WRITE, overlapped, routine );
    operation_set_kind( &op, &send_kind, &message, sizeof( message ) );
    op.flags = flags;
    if (!operation_can_count( sent, overlapped )) return WSAEFAULT;
    if (flags & ~MSG_DONTROUTE) return WSAEOPNOTSUPP;
    if (sock->shared.send_shutdown) return WSAESHUTDOWN;
    if (msg->dwBufferCount > BUFFERS_MAX) return WSAENOBUFS;
    if (msg->Control.len > sizeof( message.data )) return WSAEINVAL;
    if (!guarded_copy( message.data, msg->Control.buf, msg->Control.len )) return WSAEFAULT;
    message.used = msg->Control.len;
    if (!send_has_peer( sock ) && !msg->name) return WSAENOTCONN;
    if (( err = send_capture_destination( &op, msg->name, msg->namelen ) )) return err;
    if (op.routine && upcalls.lpWPUOpenCurrentThread( &op.thread, &err )) return err;
    /* for the direct path it must be bound, as far as the server knows */
    if (!sock->conn.bound && ( err = bind_to_any( sock ) )) return err;
    if (( err = operation_capture( &op, msg->lpBuffers, msg->dwBufferCount ) )) return err;
    err = operation_run( &op, sent );
    operation_discard( &op );
    return err;
}

int WINAPI provider_WSASendMsg( SOCKET s, WSAMSG *msg, DWORD flags, DWORD *sent, WSAOVERLAPPED *overlapped,
                                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    WSATHREADID thread = { 0 };
    struct socket *sock;
    WSAMSG copy;
    int err;

    if (!( sock = socket_grab( s, &err ) )) goto done;
    if (!msg || !guarded_copy( &copy, msg, sizeof( copy ) )) err = WSAEFAULT;
    else if (copy.Control.len) err = message_send( sock, &copy, flags, sent, overlapped, routine );
    else
    {
        err = 0;
        if (routine && overlapped) upcalls.lpWPUOpenCurrentThread( &thread, &err );
        if (!err
            && !WSPSendTo( s, copy.lpBuffers, copy.dwBufferCount, sent, flags, copy.name, copy.namelen, overlapped,
                           routine, &thread, &err ))
            err = 0;
    }
    socket_release( sock );
done:
    SetLastError( err );
    return err ? SOCKET_ERROR : 0;
}
