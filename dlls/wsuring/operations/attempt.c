/*
 * One attempt of an operation
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "operations/message_transfer.h"
#include "sockets/connection.h"
#include "sockets/datagram_error.h"
#include "sockets/shared_state.h"

#define ATTEMPTS_MAX 64   /* of a datagram socket for which errors have come */
#define UNFRAGMENTED 1200 /* datagrams of this size need no memory but their own */

static NTSTATUS attempt_send( struct operation *op )
{
    struct send_params params = { .fd = op->sock->desc.fd, .addr_len = op->addr_len, .flags = op->flags };
    NTSTATUS status;

    if (op->addr_len) params.addr = (UINT_PTR)op->addr;
    do
    {
        params.buffers = (UINT_PTR)( op->buffers + op->first );
        params.count = op->count - op->first;
        status = unix_call( unix_send, &params );
        if (status == STATUS_ACCESS_VIOLATION)
        {
            /* perhaps only a guard or untouched page */
            if (!operation_touch( op )) return status;
            status = unix_call( unix_send, &params );
        }
        if (status) return status;
        operation_advance( op, params.transferred );
    } while (op->sock->id.type == SOCK_STREAM && op->done < op->total);
    return STATUS_SUCCESS;
}

/* A receive returned the end of the stream: is it really one? */
static NTSTATUS attempt_check_end( const struct operation *op, const struct recv_params *params, NTSTATUS status )
{
    return !status && !params->transferred && !op->done ? connection_end_status( op->sock ) : status;
}

/* There is no urgent data: is it too late for any? */
static NTSTATUS attempt_check_urgent( const struct operation *op )
{
    struct poll_params poll = { .fd = op->sock->desc.fd, .wake_fd = -1, .events = POLL_END };

    if (unix_call( unix_poll, &poll )) return STATUS_DEVICE_NOT_READY;
    return connection_end_status( op->sock );
}

/* The kernel has refused the buffer of a stream's receive: its pages have changed since they were touched. As on
 * Windows, only the start of a receive marks watched pages as written. */
static NTSTATUS attempt_recv_changed( struct operation *op, struct recv_params *params )
{
    NTSTATUS status;

    if (!( op->flags & MSG_OOB ) && operation_is_writable( op ))
    {
        params->flags |= RECV_WATCHED;
        status = unix_call( unix_recv, params );
        params->flags &= ~RECV_WATCHED;
        if (status != STATUS_ACCESS_VIOLATION) return status;
    }
    return operation_touch( op ) ? unix_call( unix_recv, params ) : STATUS_ACCESS_VIOLATION;
}

static NTSTATUS attempt_recv( struct operation *op )
{
    struct recv_params params = { .fd = op->sock->desc.fd, .flags = op->flags & ~MSG_WAITALL };
    BOOL stream = op->sock->id.type == SOCK_STREAM;
    struct unix_buffer peek;
    BYTE byte = 0;
    NTSTATUS status;

    /* after the first attempt, touch again only where data might be lost, or if necessary */
    if (!( stream && op->tried ) && !operation_touch( op )) return STATUS_ACCESS_VIOLATION;
    if (stream) params.flags |= RECV_STREAM;
    else if (op->from)
    {
        params.addr = (UINT_PTR)op->addr;
        params.addr_len = sizeof( op->addr );
    }
    params.buffers = (UINT_PTR)( op->buffers + op->first );
    params.count = op->count - op->first;
    if (stream && !op->total)
    {
        /* a receive without room waits for data; the kernel would return at once */
        peek.base = (UINT_PTR)&byte;
        peek.len = 1;
        params.buffers = (UINT_PTR)&peek;
        params.count = 1;
        params.flags |= MSG_PEEK;
        return attempt_check_end( op, &params, unix_call( unix_recv, &params ) );
    }
    for (;;)
    {
        status = unix_call( unix_recv, &params );
        if (status == STATUS_ACCESS_VIOLATION && stream) status = attempt_recv_changed( op, &params );
        if (status == STATUS_DEVICE_NOT_READY && op->flags & MSG_OOB) return attempt_check_urgent( op );
        if (status && status != STATUS_BUFFER_OVERFLOW) break;
        op->addr_len = params.addr_len;
        if (stream && !params.transferred && ( status = attempt_check_end( op, &params, status ) )) return status;
        if (op->flags & MSG_PEEK)
        {
            op->done = params.transferred;
            break;
        }
        operation_advance( op, params.transferred );
        if (!op->fill || !params.transferred || op->done >= op->total) break;
        params.buffers = (UINT_PTR)( op->buffers + op->first );
        params.count = op->count - op->first;
    }
    /* MSG_WAITALL: data before an end or an error is a result of its own */
    if (status && status != STATUS_DEVICE_NOT_READY && status != STATUS_BUFFER_OVERFLOW && op->done)
        return STATUS_SUCCESS;
    return status;
}

static NTSTATUS attempt_once( struct operation *op )
{
    if (op->kind) return op->kind->attempt( op );
    if (op->sock->message.coalesce_max && op->direction == DIRECTION_READ) return message_try_recv( op );
    if (op->direction == DIRECTION_WRITE && ( op->sock->message.segment_size || message_needs_source( op ) ))
        return message_try_send( op );
    return op->direction == DIRECTION_WRITE ? attempt_send( op ) : attempt_recv( op );
}

static BOOL attempt_is_to_port_zero( const struct operation *op )
{
    const struct sockaddr_in *addr = (const struct sockaddr_in *)op->addr;

    return op->addr_len && op->sock->id.type == SOCK_DGRAM
           && ( addr->sin_family == AF_INET || addr->sin_family == AF_INET6 ) && !addr->sin_port;
}

/* The host makes what the network has reported the error of the next call, whatever it is, or of none. Windows reports
 * unreachable ports, and those to receives. */
static NTSTATUS attempt_datagram( struct operation *op )
{
    struct socket *sock = op->sock;
    NTSTATUS status;
    UINT i;

    for (i = 0;; i++)
    {
        if (op->direction == DIRECTION_READ
            && datagram_error_report( sock, op->addr, sizeof( op->addr ), &op->addr_len ))
            return STATUS_PORT_UNREACHABLE;
        status = attempt_once( op );
        if (!status || status == STATUS_BUFFER_OVERFLOW || i == ATTEMPTS_MAX) return status;
        /* the host reports an error by the call, before there is nothing to receive; if another call has taken it,
         * the queue wakes this one up */
        if (( status != STATUS_DEVICE_NOT_READY || ( sock->desc.keeps_errors && op->tried ) )
            && datagram_errors_take( sock ))
            continue;
        if (status != STATUS_CONNECTION_REFUSED) break;
        datagram_error_note( sock );
    }
    /* keeping errors has this effect, too: the host tells of a datagram that was lost on its way out */
    if (status == STATUS_INSUFFICIENT_RESOURCES && sock->desc.keeps_errors && op->direction == DIRECTION_WRITE
        && op->total <= UNFRAGMENTED)
    {
        operation_advance( op, op->total );
        return STATUS_SUCCESS;
    }
    /* nobody can be at port 0: Windows sends such a datagram, the host refuses */
    if (status == STATUS_INVALID_PARAMETER && op->direction == DIRECTION_WRITE && attempt_is_to_port_zero( op ))
    {
        operation_advance( op, op->total );
        return STATUS_SUCCESS;
    }
    return status;
}

/* Has another process shut this direction down? Then the host returns what it returns after a reset, or at the end
 * of the stream. */
static BOOL attempt_ended_elsewhere( const struct operation *op, NTSTATUS status )
{
    struct socket *sock = op->sock;

    if (op->direction == DIRECTION_WRITE)
        return status == STATUS_CONNECTION_RESET && !sock->shared.send_shutdown && shared_state_read( sock )
               && sock->shared.send_shutdown;
    return !status && !op->done && op->total && !sock->shared.recv_shutdown && shared_state_read( sock )
           && sock->shared.recv_shutdown;
}

NTSTATUS operation_try( struct operation *op )
{
    NTSTATUS status;

    if (op->sock->id.type != SOCK_STREAM) return attempt_datagram( op );
    status = attempt_once( op );
    if (attempt_ended_elsewhere( op, status )) return STATUS_PIPE_DISCONNECTED;
    /* rule D1: which time-out was it? */
    if (status == STATUS_IO_TIMEOUT && !( status = connection_end_status( op->sock ) ))
        status = STATUS_CONNECTION_ABORTED;
    /* the kernel reports a reset once, Windows in every later call */
    if (status == STATUS_CONNECTION_RESET || status == STATUS_NETWORK_NAME_DELETED
        || status == STATUS_CONNECTION_ABORTED)
        op->sock->conn.reset_error = status;
    return status;
}
