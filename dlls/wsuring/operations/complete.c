/*
 * Completes operations: OVERLAPPED, then event, routine or packet
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/capability.h"
#include "operations/operation.h"
#include "base/module.h"
#include "wait/event_state.h"
#include "ports/port.h"
#include "sockets/handle_state.h"

struct iosb
{
    union
    {
        NTSTATUS status; /* OVERLAPPED.Internal; only its low half is ours (wine-interfaces 8.2) */
        ULONG_PTR word;
    };
    ULONG_PTR information;
};

/* Stores a receive's source address. Not its flags: those of a pended operation come from WSAGetOverlappedResult,
 * and libuv's lpFlags points to a stack frame that is gone by now. */
static void complete_write_source( const struct operation *op )
{
    INT len, room;

    if (!op->from || !op->from_len || op->sock->id.type == SOCK_STREAM
        || !guarded_copy( &room, op->from_len, sizeof( room ) ))
        return;
    if (!( len = op->addr_len )) return;
    guarded_copy( op->from, op->addr, max( 0, min( room, len ) ) );
    guarded_copy( op->from_len, &len, sizeof( len ) );
}

void operation_complete_synchronous( const struct operation *op )
{
    struct iosb *iosb = (struct iosb *)op->synchronous;
    ULONG_PTR information = NT_ERROR( op->status ) ? 0 : op->done, event;

    guarded_copy( &iosb->information, &information, sizeof( information ) );
    guarded_copy( &iosb->status, &op->status, sizeof( op->status ) );
    if (NT_ERROR( op->status ) || !guarded_copy( &event, &op->synchronous->hEvent, sizeof( event ) )) return;
    event &= ~(ULONG_PTR)3;
    if (event) event_set( (HANDLE)event, (HANDLE)event, event_life( (HANDLE)event ) );
}

static void complete_event( HANDLE event, struct event_hold *hold )
{
    stats_count( COUNTER_EVENT_SET );
    if (hold->event) event_hold_set( hold );
    else event_set( event, event, event_life( event ) );
}

void operation_complete( struct operation *op, NTSTATUS status, BOOL immediate )
{
    struct socket *sock = op->sock;
    struct iosb *iosb = (struct iosb *)op->overlapped;
    ULONG_PTR information = NT_ERROR( status ) ? 0 : op->done;
    BOOL calls = operation_calls( op );
    struct call *call;
    WSAOVERLAPPED *overlapped = op->overlapped;
    WSATHREADID thread = op->thread;
    struct thread *issuer = op->issuer;
    HANDLE event = op->event;
    struct event_hold hold = { .event = NULL };
    struct port *port = sock->port.object;
    ULONG_PTR key = sock->port.key;
    /* a process that has a duplicate may have associated it: not known */
    BOOL packet = ( sock->port.associated || sock->shared.duplicated ) && !op->tagged
                  && !( immediate && ( sock->port.skip_modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS ) );
    struct port *announced = packet && event && !capability_lacks( CAPABILITY_PORTS ) ? port : NULL;
    BOOL signals = !event && engine != ENGINE_AFD;

    if (!immediate) stats_add( op->direction == DIRECTION_READ ? COUNTER_RECV_BYTES : COUNTER_SEND_BYTES, information );
    if (op->direction == DIRECTION_READ && !immediate && ( !NT_ERROR( status ) || status == STATUS_PORT_UNREACHABLE ))
        complete_write_source( op );
    operation_call( op, &call );
    if (op->hold.event) event_hold_move( &hold, &op->hold );
    if (!immediate)
    {
        if (op->kind && op->kind->finish) op->kind->finish( op, status );
        operation_free( op );
    }

    if (signals) handle_state_ends( sock );
    else if (immediate && engine != ENGINE_AFD) handle_state_reset( sock );
    /* Once Internal is written, a polling program may free or reuse its OVERLAPPED: don't read it after that. */
    if (guarded_copy( &iosb->information, &information, sizeof( information ) ))
    {
        MemoryBarrier();
        guarded_copy( &iosb->status, &status, sizeof( status ) );
    }
    if (!immediate) RtlWakeAddressAll( &iosb->status ); /* WSPGetOverlappedResult; the address is only a key */
    if (signals) handle_state_end( sock );

    if (calls)
    {
        routine_queue( issuer, &thread, call, overlapped, error_from_status( status ), information );
        if (!issuer) return;
        InterlockedDecrement( &issuer->routines );
        thread_release( issuer );
        return;
    }
    /* The packet first: who has seen the event may post others, which come later; who takes the packet waits until the
     * event is set (port_settle). Who takes it from a port that isn't known here, or by a function that isn't
     * replaced, doesn't wait. */
    if (announced) port_announce( announced );
    else if (event) complete_event( event, &hold );
    if (packet && ( !port || !port_post( port, key, (ULONG_PTR)overlapped, status, information, FALSE ) ))
    {
        struct post_completion_params post = {
            .handle = HandleToULong( sock->id.handle ),
            .status = status,
            .context = (UINT_PTR)overlapped,
            .information = information,
            .immediate = immediate,
        };

        stats_count( COUNTER_PACKET );
        if (sock->id.handle_gone || !module_can_post()
                ? !port || !port_post_real( port, key, (ULONG_PTR)overlapped, status, information )
                : unix_call( unix_post_completion, &post ))
            log_message( "a completion packet is lost\n" );
        if (port) port_posted_real( port );
    }
    if (!announced) return;
    complete_event( event, &hold );
    port_announced( announced );
}
