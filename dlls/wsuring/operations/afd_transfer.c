/*
 * Transfers by AFD ioctls: the wineserver does the work
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The whole data path of the tier `afd`, and the way out of the other tiers for what they can't serve. The server keeps
 * its own order, event states and completions, so nothing is tracked here but whether an operation may still be pending
 * there.
 */

#include "events/socket_notify.h"
#include "operations/operation.h"
#include "base/module.h"
#include "events/readiness.h"
#include "sockets/afd.h"
#include "sockets/last_user.h"
#include "wait/pollers.h"
#include "sockets/connection.h"

#define STOCK_BUFFERS 16

static BOOL afd_transfer_pending( struct queue *queue )
{
    const volatile WSAOVERLAPPED *overlapped = (const volatile WSAOVERLAPPED *)queue->afd_iosb;
    DWORD status;

    if (!overlapped) return FALSE;
    /* The OVERLAPPED may have been reused. If it looks pending by chance, the next operation takes the slow path,
     * which is harmless unless it looks so for long. */
    if (guarded_copy( &status, (const void *)&overlapped->Internal, sizeof( status ) )
        && status == (DWORD)STATUS_PENDING && !last_user_is_other( queue, overlapped ))
        return TRUE;
    queue->afd_iosb = NULL;
    return FALSE;
}

BOOL afd_transfer_needed( struct socket *sock, enum direction direction )
{
    /* a packet for a port that the provider doesn't know, or that another process may have associated: without a
     * request for it, only the server can post it */
    if (( sock->port.associated || sock->shared.duplicated ) && !sock->port.object && !module_can_post())
    {
        if (engine != ENGINE_AFD) stats_count( COUNTER_FELL_BACK_UNPOSTED );
        return TRUE;
    }
    if (sock->desc.by_afd)
    {
        if (engine != ENGINE_AFD) stats_count( COUNTER_FELL_BACK_SELECTED );
        return TRUE;
    }
    if (!afd_transfer_pending( &sock->queues[direction] )) return FALSE;
    stats_count( COUNTER_FELL_BACK_BEHIND );
    return TRUE;
}

void afd_transfer_cancel( struct socket *sock )
{
    IO_STATUS_BLOCK iosb;

    /* the last one's end doesn't mean that earlier ones have ended: it may have been cancelled alone */
    /* Here the creator's handle is another socket, and what was started with this one goes on; the server cancels it
     * with the last handle. */
    if (engine == ENGINE_AFD && sock->shared.foreign) return;
    if (sock->afd_pended) NtCancelIoFileEx( sock->id.handle, NULL, &iosb );
}

/* The host takes 1,024 buffers at a time, and Wine fails with more. So merge them into one. */
static NTSTATUS afd_transfer_gather( struct operation *op )
{
    SIZE_T offset = 0;
    BYTE *data;
    UINT i;

    if (op->sock->id.type == SOCK_DGRAM && op->total > 65536) return STATUS_INVALID_BUFFER_SIZE;
    if (!( data = HeapAlloc( GetProcessHeap(), 0, max( op->total, 1u ) ) )) return STATUS_NO_MEMORY;
    for (i = 0; i < op->count; i++)
    {
        if (!guarded_copy( data + offset, (void *)(UINT_PTR)op->buffers[i].base, op->buffers[i].len ))
        {
            HeapFree( GetProcessHeap(), 0, data );
            return STATUS_ACCESS_VIOLATION;
        }
        offset += op->buffers[i].len;
    }
    operation_discard( op );
    op->buffers[0].base = (UINT_PTR)data;
    op->buffers[0].len = op->total;
    op->count = 1;
    op->gathered = data;
    return STATUS_SUCCESS;
}

NTSTATUS afd_transfer_ioctl( struct operation *op, ULONG code, const void *params, ULONG size )
{
    struct socket *sock = op->sock;
    ULONG_PTR information = 0;
    volatile void *before;
    struct call *call;
    NTSTATUS status;

    if (op->overlapped)
    {
        if (!operation_call( op, &call )) return STATUS_NO_MEMORY;
        op->by_afd = TRUE;
        before = queue_afd_begins( &sock->queues[op->direction], op->overlapped );
        status = afd_ioctl_overlapped( sock->id.handle, code, params, size, NULL, 0, op->overlapped, call );
        if (status == STATUS_PENDING)
        {
            socket_afd_pended( sock, AFD_PENDED );
            return status;
        }
        queue_afd_failed( &sock->queues[op->direction], op->overlapped, before );
        information = op->overlapped->InternalHigh;
    }
    else
        status = socket_blocked_status( sock, afd_ioctl( sock->id.handle, code, params, size, NULL, 0, &information ) );
    if (!NT_ERROR( status )) op->done = information;
    return status;
}

static NTSTATUS afd_transfer_once( struct operation *op );

NTSTATUS afd_transfer( struct operation *op )
{
    struct socket *sock = op->sock;
    UINT64 done = 0, left;
    NTSTATUS status;

    if (op->kind) return op->kind->by_afd ? op->kind->by_afd( op ) : STATUS_NOT_SUPPORTED;
    if (op->direction == DIRECTION_WRITE && op->count > 1024 && ( status = afd_transfer_gather( op ) )) return status;
    status = afd_transfer_once( op );
    /* the server finishes a pending send from our copy, which must then stay */
    if (op->gathered && status != STATUS_PENDING) HeapFree( GetProcessHeap(), 0, op->gathered );
    if (op->direction == DIRECTION_WRITE || op->overlapped || sock->id.type != SOCK_STREAM) return status;

    if (!status && !op->done && op->total && ( sock->conn.reset_error || connection_was_reset( sock ) ))
        return sock->conn.reset_error = STATUS_CONNECTION_RESET;
    if (status == STATUS_CONNECTION_RESET) sock->conn.reset_error = status;
    /* MSG_WAITALL, which the server doesn't know */
    while (op->fill && !status && op->done && done + op->done < op->total)
    {
        done += op->done;
        for (left = op->done; op->first < op->count && left >= op->buffers[op->first].len; op->first++)
            left -= op->buffers[op->first].len;
        op->buffers[op->first].base += left;
        op->buffers[op->first].len -= left;
        op->done = 0;
        status = afd_transfer_once( op );
    }
    op->done += done;
    return done ? STATUS_SUCCESS : status;
}

static NTSTATUS afd_transfer_once( struct operation *op )
{
    struct socket *sock = op->sock;
    BOOL sending = op->direction == DIRECTION_WRITE;
    WSABUF local[STOCK_BUFFERS], *array = local;
    struct afd_sendmsg_params send = { 0 };
    struct afd_recvmsg_params recv = { 0 };
    ULONG flags = op->flags, code, size;
    int addr_len = sizeof( op->addr );
    const void *params;
    NTSTATUS status;
    UINT i, count = op->count - op->first;

    if (count > STOCK_BUFFERS && !( array = HeapAlloc( GetProcessHeap(), 0, count * sizeof( *array ) ) ))
        return STATUS_NO_MEMORY;
    for (i = 0; i < count; i++)
    {
        array[i].buf = (char *)(UINT_PTR)op->buffers[op->first + i].base;
        array[i].len = op->buffers[op->first + i].len;
    }
    stats_count( sending ? COUNTER_SEND_AFD : COUNTER_RECV_AFD );
    if (sending)
    {
        send.addr = op->addr_len ? (UINT_PTR)op->addr : 0;
        send.addr_len = op->addr_len;
        send.flags = flags;
        send.force_async = op->overlapped || op->synchronous;
        send.count = count;
        send.buffers = (UINT_PTR)array;
        code = AFD_WINE_SENDMSG;
        params = &send;
        size = sizeof( send );
    }
    else
    {
        /* a pending receive writes straight to the program's memory; a blocking call has its own */
        recv.addr = op->from ? (UINT_PTR)( op->overlapped ? (void *)op->from : op->addr ) : 0;
        recv.addr_len = op->from ? (UINT_PTR)( op->overlapped ? op->from_len : &addr_len ) : 0;
        recv.flags = (UINT_PTR)( op->overlapped ? op->flags_out : &flags );
        recv.force_async = op->overlapped || op->synchronous;
        recv.count = count;
        recv.buffers = (UINT_PTR)array;
        code = AFD_WINE_RECVMSG;
        params = &recv;
        size = sizeof( recv );
    }
    status = afd_transfer_ioctl( op, code, params, size );
    if (!op->overlapped && !sending) op->addr_len = sock->id.type == SOCK_STREAM ? 0 : addr_len;
    /* the first send of a datagram socket binds it, a failing one too (wine-interfaces 2.1) */
    if (sending && sock->id.type == SOCK_DGRAM && !sock->conn.bound)
    {
        sock->conn.bound = TRUE;
        pollers_wake();
        socket_notify_changed( sock );
    }
    if (array != local) HeapFree( GetProcessHeap(), 0, array );
    return status;
}
