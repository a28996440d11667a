/*
 * Attempts of datagrams with control data
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/message_transfer.h"
#include "sockets/bound_address.h"

static void message_transfer_begin( struct operation *op, struct message_params *params, struct message *message )
{
    params->pointer_size = sizeof( void * );
    params->fd = op->sock->desc.fd;
    params->buffers = (UINT_PTR)( op->buffers + op->first );
    params->count = op->count - op->first;
    params->flags = op->flags;
    params->control = message ? (UINT_PTR)message->data : 0;
}

#define SOURCE_BUFFERS_MAX 1024 /* of the host in one call */

BOOL message_needs_source( const struct operation *op )
{
    const struct socket *sock = op->sock;

    return op->count - op->first <= SOURCE_BUFFERS_MAX && sock->conn.local && (BYTE)sock->conn.local != 127
           && ( sock->conn.state != CONNECTION_UP || sock->conn.own_peer );
}

/* Control data that names the address the socket is bound to, and the interface if the host's own addresses wouldn't be
 * reached by that of the socket. */
struct message_source
{
    WSACMSGHDR header;
    IN_PKTINFO info;
    UINT padding;
};

static void message_source_fill( const struct operation *op, struct message_source *source )
{
    memset( source, 0, sizeof( *source ) );
    source->header.cmsg_len = WSA_CMSG_LEN( sizeof( source->info ) );
    source->header.cmsg_level = IPPROTO_IP;
    source->header.cmsg_type = IP_PKTINFO;
    source->info.ipi_addr.s_addr = op->sock->conn.local;
    if (op->addr_len) source->info.ipi_ifindex = bound_address_interface( (const struct sockaddr_in *)op->addr );
}

NTSTATUS message_try_send( struct operation *op )
{
    struct message_params params = { .segment = op->sock->message.segment_size };
    struct message *message = op->more;
    BOOL needs_source = ( !message || !message->used ) && message_needs_source( op );
    struct message_source source;
    NTSTATUS status;

    if (needs_source) message_source_fill( op, &source );
    do
    {
        message_transfer_begin( op, &params, message );
        params.control_len = message ? message->used : 0;
        if (needs_source)
        {
            params.control = (UINT_PTR)&source;
            params.control_len = source.header.cmsg_len;
        }
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
    LARGE_INTEGER now, frequency;
    UINT64 value;

    QueryPerformanceCounter( &now );
    QueryPerformanceFrequency( &frequency );
    value = now.QuadPart - age * ( frequency.QuadPart / 1000 ) / 1000000;
    memcpy( (BYTE *)message->data + sizeof( WSACMSGHDR ), &value,
            sizeof( value ) ); /* not aligned in 32-bit programs */
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
        lock_acquire( &sock->message.lock );
        params.options |= MESSAGE_COALESCED;
        params.coalesce_max = sock->message.coalesce_max;
        params.split = sock->message.split;
    }
    status = unix_call( unix_recv_message, &params );
    if (coalescing)
    {
        sock->message.split = params.split;
        lock_release( &sock->message.lock );
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
