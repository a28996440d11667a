/*
 * The one place that tells a program of a result
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operation.h"
#include "event_state.h"
#include "port.h"

struct iosb
{
    NTSTATUS status; /* OVERLAPPED.Internal; only its low half is ours (wine-abi 8.2) */
    ULONG pad;
    ULONG_PTR information;
};

/* What WPUQueueApc carries: one context value, so the provider's own function looks up the result (rule O11). */
struct call
{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    WSAOVERLAPPED *overlapped;
    DWORD error;
    DWORD bytes;
};

static void CALLBACK call_routine( ULONG_PTR context )
{
    struct call call = *(struct call *)context;

    HeapFree( GetProcessHeap(), 0, (void *)context );
    call.routine( call.error, call.bytes, call.overlapped, 0 ); /* rule O10: the flags are 0 */
}

/* Where a receive came from. Not its flags: those of an operation that pended come from WSAGetOverlappedResult, and libuv's lpFlags points to a
 * stack that is in other use by then. */
static void write_source( const struct operation *op )
{
    INT len, room;

    if (!op->from || !op->from_len || op->sock->type == SOCK_STREAM || !guarded_copy( &room, op->from_len, sizeof(room) )) return;
    len = op->addr_len;
    guarded_copy( op->from, op->addr, max( 0, min( room, len ) ) );
    guarded_copy( op->from_len, &len, sizeof(len) );
}

void operation_complete( struct operation *op, NTSTATUS status, BOOL immediate )
{
    struct socket *sock = op->sock;
    struct iosb *iosb = (struct iosb *)op->overlapped;
    ULONG_PTR information = NT_ERROR( status ) ? 0 : op->done;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = op->routine;
    WSAOVERLAPPED *overlapped = op->overlapped;
    WSATHREADID thread = op->thread;
    HANDLE event = op->event;
    struct port *port = sock->port;
    ULONG_PTR key = sock->port_key;
    BOOL packet = sock->has_port && !op->tagged && !(immediate && (sock->skip_modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));

    if (op->direction == DIRECTION_READ && !immediate && !NT_ERROR( status )) write_source( op );
    if (!immediate)
    {
        operation_free( op );
    }

    /* Once Internal is written a program that polls may free or reuse its OVERLAPPED: nothing reads it after that. */
    if (guarded_copy( &iosb->information, &information, sizeof(information) ))
    {
        MemoryBarrier();
        guarded_copy( &iosb->status, &status, sizeof(status) );
    }
    if (!immediate) RtlWakeAddressAll( &iosb->status ); /* WSPGetOverlappedResult; the address is only a key */

    if (routine)
    {
        struct call *call = HeapAlloc( GetProcessHeap(), 0, sizeof(*call) );
        int err;

        if (!call) return;
        call->routine = routine;
        call->overlapped = overlapped;
        call->error = error_from_status( status );
        call->bytes = information;
        stats_count( COUNTER_ROUTINE );
        if (upcalls.lpWPUQueueApc( &thread, call_routine, (ULONG_PTR)call, &err )) HeapFree( GetProcessHeap(), 0, call );
        return;
    }
    if (event)
    {
        stats_count( COUNTER_EVENT_SET );
        event_forget( event );
        NtSetEvent( event, NULL );
    }
    if (packet && (!port || !port_post( port, key, (ULONG_PTR)overlapped, status, information )))
    {
        struct post_completion_params post =
        {
            .handle = HandleToULong( sock->handle ),
            .status = status,
            .context = (UINT_PTR)overlapped,
            .information = information,
            .immediate = immediate,
        };

        stats_count( COUNTER_PACKET );
        if (unix_call( unix_post_completion, &post )) log_message( "a completion packet is lost\n" );
    }
}
