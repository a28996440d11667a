/*
 * Attempts of datagrams with control data
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/message_transfer.h"

static void message_transfer_begin( struct operation *op, struct message_params *params, struct message *message )
{
    params->fd = op->sock->desc.fd;
    params->buffers = (UINT_PTR)( op->buffers + op->first );
    params->count = op->count - op->first;
    params->flags = op->flags;
    params->control = message ? (UINT_PTR)message->data : 0;
}

NTSTATUS message_try_send( struct operation *op )
{
    struct message_params params = { .segment = op->sock->message.segment_size };
    struct message *message = op->more;
    NTSTATUS status;

    do
    {
        message_transfer_begin( op, &params, message );
        params.control_len = message ? message->used : 0;
        params.addr = op->addr_len ? (UINT_PTR)op->addr : 0;
        params.addr_len = op->addr_len;
        status = unix_call( unix_send_message, &params );
        if (status == STATUS_ACCESS_VIOLATION)
        {
            if (!operation_touch( op )) return status;
            status = unix_call( unix_send_message, &params );
        }
        if (status) return status;
        operation_advance( op, params.transferred );
    } while (op->done < op->total);
    return STATUS_SUCCESS;
}

/* The host reports how long ago the datagram arrived; the program gets the time in units of QueryPerformanceCounter.
 * It comes first in the control data. */
static void message_transfer_write_timestamp( struct message *message, INT64 age )
{
    UINT64 *value = message->data + sizeof( WSACMSGHDR ) / sizeof( *message->data );
    LARGE_INTEGER now, frequency;

    QueryPerformanceCounter( &now );
    QueryPerformanceFrequency( &frequency );
    *value = now.QuadPart - age * ( frequency.QuadPart / 1000 ) / 1000000;
}

NTSTATUS message_try_recv( struct operation *op )
{
    struct socket *sock = op->sock;
    struct message *message = op->more;
    struct message_params params = { .age = -1 };
    BOOL coalescing = sock->message.coalesce_max != 0;
    NTSTATUS status;

    if (!operation_touch( op )) return STATUS_ACCESS_VIOLATION;
    message_transfer_begin( op, &params, message );
    params.control_len = message ? min( message->control.len, sizeof( message->data ) ) : 0;
    params.options = message ? sock->message.wanted : 0;
    params.addr = (UINT_PTR)op->addr;
    params.addr_len = sizeof( op->addr );
    if (coalescing)
    {
        /* only one receive at a time may take pieces of a coalesced message */
        AcquireSRWLockExclusive( &sock->message.lock );
        params.options |= MESSAGE_COALESCED;
        params.coalesce_max = sock->message.coalesce_max;
        params.split = sock->message.split;
    }
    status = unix_call( unix_recv_message, &params );
    if (coalescing)
    {
        sock->message.split = params.split;
        ReleaseSRWLockExclusive( &sock->message.lock );
    }
    if (status && status != STATUS_BUFFER_OVERFLOW) return status;
    op->addr_len = params.addr_len;
    op->done = params.transferred;
    if (message)
    {
        message->flags = params.flags;
        message->used = params.control_len;
        if (params.age != -1 && params.control_len) message_transfer_write_timestamp( message, params.age );
    }
    return status;
}
