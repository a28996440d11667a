/*
 * The ideal send backlog: how much data a program should keep in transit to keep a connection busy
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * It is the host's congestion window, which can be queried but isn't signalled.
 */

#define NTDDI_VERSION 0x0a000006 /* for TCPSTATE */

#include "operations/operation.h"
#include "api/ioctl.h"
#include "sockets/connection.h"
#include <mstcpip.h>

#define BACKLOG_MIN 0x10000

static UINT ideal_backlog( const struct tcp_info_params *info )
{
    /* as on Windows, before anything was sent */
    return info->bytes_out ? max( BACKLOG_MIN, info->cwnd ) : BACKLOG_MIN;
}

int ioctl_send_backlog( struct ioctl_call *call )
{
    struct tcp_info_params info;
    UINT value = BACKLOG_MIN;

    if (!socket_is_connected( call->sock )) return WSAENOTCONN;
    if (!ioctl_get_connection( call->sock, &info )) value = ideal_backlog( &info );
    call->sock->options.backlog_told = value;
    return ioctl_return( call, &value, sizeof( value ) );
}

static NTSTATUS send_backlog_attempt( struct operation *op )
{
    struct tcp_info_params info = { .fd = op->sock->desc.fd };
    NTSTATUS status;
    UINT value;

    if (op->sock->shared.send_shutdown) return STATUS_INVALID_CONNECTION;
    if (( status = unix_call( unix_tcp_info, &info ) )) return status;
    if (info.state != TCPSTATE_ESTABLISHED && info.state != TCPSTATE_CLOSE_WAIT) return STATUS_INVALID_CONNECTION;
    if (( value = ideal_backlog( &info ) ) == op->total) return STATUS_DEVICE_NOT_READY;
    op->sock->options.backlog_told = value;
    return STATUS_SUCCESS;
}

/* Compares with what the program knows, so that no change is lost between two calls. */
int ioctl_send_backlog_change( struct ioctl_call *call )
{
    static const struct operation_kind kind = { .attempt = send_backlog_attempt };
    struct socket *sock = call->sock;
    struct operation op = { .sock = sock,
                            .direction = DIRECTION_WRITE,
                            .kind = &kind,
                            .overlapped = call->overlapped,
                            .routine = call->routine };
    struct tcp_info_params info;
    int err;

    if (!socket_is_connected( sock ) || sock->shared.send_shutdown) return WSAENOTCONN;
    if (!socket_ensure_descriptor( sock )) return WSAEOPNOTSUPP;
    if (call->routine && ( !call->thread || !guarded_copy( &op.thread, call->thread, sizeof( op.thread ) ) ))
        return WSAEFAULT;
    op.buffers = op.inline_buffers;
    if (!sock->options.backlog_told)
    {
        if (( err = ioctl_get_connection( sock, &info ) )) return err;
        sock->options.backlog_told = ideal_backlog( &info );
    }
    op.total = sock->options.backlog_told;
    return polled_run( &op );
}
