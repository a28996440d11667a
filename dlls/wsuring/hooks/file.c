/*
 * ReadFile and WriteFile on a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * They are receives and sends in one queue with Winsock's: an operation pending in the server would take data out of
 * order. One that must go there is noted, so that Winsock's go there, too, until it has ended.
 */

#include "operations/operation.h"
#include "sockets/last_user.h"
#include "wait/thread.h"
#include "hooks/interpose.h"

/* For errors that have no NTSTATUS from the host. */
static NTSTATUS file_status( int err )
{
    switch (err)
    {
    case WSAEACCES: return STATUS_ACCESS_DENIED;
    case WSAEFAULT: return STATUS_ACCESS_VIOLATION;
    case WSAENOBUFS: return STATUS_INSUFFICIENT_RESOURCES;
    case WSAENOTCONN: return STATUS_INVALID_CONNECTION;
    case WSAENOTSOCK: return STATUS_INVALID_HANDLE;
    default: return STATUS_INVALID_PARAMETER;
    }
}

/* kernelbase passes the OVERLAPPED as the status block, and as the context unless its event is tagged or there is an
 * APC; without an OVERLAPPED, neither event nor context. */
static BOOL file_is_overlapped( const struct file_call *call )
{
    return call->apc || call->context || call->event;
}

static BOOL file_call_is_known( const struct socket *sock, const struct file_call *call )
{
    if (call->apc) return !call->event;
    if (call->context) return call->context == call->iosb;
    return call->event ? (ULONG_PTR)call->event & 1 : !sock->shared.nonblocking;
}

static NTSTATUS file_run( struct socket *sock, const struct file_call *call )
{
    BOOL overlapped = file_is_overlapped( call );
    WSABUF wsabuf = { call->len, call->buffer };
    struct thread *thread = overlapped ? NULL : thread_get();
    struct operation op;
    int err;

    if (call->direction == DIRECTION_WRITE ? sock->shared.send_shutdown : sock->shared.recv_shutdown)
        return STATUS_PIPE_DISCONNECTED;
    operation_init( &op, sock, call->direction, overlapped ? (WSAOVERLAPPED *)call->iosb : NULL, NULL );
    op.apc = call->apc;
    op.apc_context = call->context;
    if (op.apc && upcalls.lpWPUOpenCurrentThread( &op.thread, &err )) return file_status( err );
    if (( err = operation_capture( &op, &wsabuf, 1 ) )) return file_status( err );
    if (thread) thread->deaf = TRUE; /* ReadFile and WriteFile aren't alertable, as Winsock's functions are */
    err = operation_run( &op, NULL );
    if (thread) thread->deaf = FALSE;
    operation_discard( &op );
    if (err == WSA_IO_PENDING) return STATUS_PENDING;
    if (err) return op.status ? op.status : file_status( err );
    if (!overlapped)
    {
        call->iosb->Status = STATUS_SUCCESS;
        call->iosb->Information = op.done;
    }
    return STATUS_SUCCESS;
}

/* The server must do it: it has others before it, or a poll that is to end by what this one leaves (event_ioctl.c). */
static BOOL file_is_for_server( struct socket *sock, enum direction direction )
{
    return afd_transfer_needed( sock, direction )
           || ( sock->events.polled && direction == DIRECTION_READ && !operation_behind( sock, direction ) );
}

NTSTATUS file_transfer( const struct file_call *call )
{
    struct socket *sock = socket_find( call->handle );
    struct queue *queue;
    volatile void *before;
    NTSTATUS status;

    if (!sock) return call->by_server( call );
    if (upper_used && upper_transfer( sock, call, file_is_overlapped( call ), &status ))
    {
        socket_release( sock );
        return status;
    }
    queue = &sock->queues[call->direction];
    if (file_call_is_known( sock, call ) && sock->id.flags & WSA_FLAG_OVERLAPPED
        && ( sock->id.type == SOCK_STREAM || sock->id.type == SOCK_DGRAM )
        && !file_is_for_server( sock, call->direction ) && socket_ensure_descriptor( sock ))
        status = file_run( sock, call );
    else if (file_is_overlapped( call ))
    {
        before = queue_afd_begins( queue, call->iosb );
        status = call->by_server( call );
        if (status == STATUS_PENDING) socket_afd_pended( sock, AFD_PENDED );
        else queue_afd_failed( queue, call->iosb, before );
    }
    else status = call->by_server( call );
    socket_release( sock );
    return status;
}
