/*
 * SIO_ADDRESS_LIST_CHANGE and SIO_ROUTING_INTERFACE_CHANGE: waiting for a change of the network
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * They complete when the count of changes is another one than when they began.
 */

#include "api/ioctl.h"
#include "events/network_events.h"
#include "operations/operation.h"
#include "sockets/afd.h"
#include "sockets/network_change.h"
#include "sockets/shared_state.h"

#define ADDRESS_MIN 16

static void ioctl_change_tell( struct socket *sock, void *arg )
{
    (void)arg;
    network_events_look_changes( sock );
}

static void ioctl_change_look( BOOL start )
{
    if (!network_change_look( start )) return;
    socket_for_each( ioctl_change_tell, NULL );
    polled_look();
}

void ioctl_change_ready( UINT64 cookie, UINT ready )
{
    (void)cookie;
    (void)ready;
    ioctl_change_look( FALSE );
}

/* Makes sure that the host's reports are received. FALSE if they can't be. */
static BOOL ioctl_change_can_wait( const struct socket *sock )
{
    if (engine == ENGINE_AFD || ( sock->id.family != AF_INET && sock->id.family != AF_INET6 ) || !reaper_start())
        return FALSE;
    ioctl_change_look( TRUE );
    return network_change_is_watched();
}

static NTSTATUS ioctl_change_attempt( struct operation *op )
{
    return network_change_since( op->sock, op->first, op->total ) ? STATUS_SUCCESS : STATUS_DEVICE_NOT_READY;
}

/* IPv4 addresses alone. */
static int ioctl_change_by_server( struct ioctl_call *call )
{
    UINT force = call->overlapped != NULL;
    struct call *routine = NULL;

    if (!call->overlapped)
        return error_from_status(
            socket_blocked_status( call->sock, afd_ioctl( call->sock->id.handle, AFD_WINE_ADDRESS_LIST_CHANGE, &force,
                                                          sizeof( force ), NULL, 0, NULL ) ) );
    if (call->routine && !( routine = routine_create( socket_cookie( call->sock ), call->routine ) )) return WSAENOBUFS;
    return error_from_status( afd_ioctl_overlapped( call->sock->id.handle, AFD_WINE_ADDRESS_LIST_CHANGE, &force,
                                                    sizeof( force ), NULL, 0, call->overlapped, routine ) );
}

int ioctl_network_change( struct ioctl_call *call )
{
    static const struct operation_kind kind = { .attempt = ioctl_change_attempt, .announced = TRUE };
    enum network_change change = call->code == SIO_ADDRESS_LIST_CHANGE ? CHANGE_ADDRESSES : CHANGE_ROUTES;
    struct socket *sock = call->sock;
    struct operation op = { .sock = sock,
                            .direction = DIRECTION_READ,
                            .kind = &kind,
                            .overlapped = call->overlapped,
                            .routine = call->routine,
                            .first = change };
    LONG count;
    int err;

    /* the destination makes no difference: every change of routes is reported, as the documentation allows */
    if (change == CHANGE_ROUTES
        && ( call->in_size < ADDRESS_MIN || !guarded_touch( (void *)call->in, ADDRESS_MIN, FALSE ) ))
        return WSAEFAULT;
    if (( call->overlapped && !interposed ) || !ioctl_change_can_wait( sock )) return ioctl_change_by_server( call );
    count = network_change_count( sock, change );
    if (!call->overlapped)
    {
        shared_state_read( sock );
        if (sock->shared.nonblocking)
        {
            network_events_arm( sock, change, count );
            return WSAEWOULDBLOCK;
        }
    }
    if (call->routine && ( !call->thread || !guarded_copy( &op.thread, call->thread, sizeof( op.thread ) ) ))
        return WSAEFAULT;
    op.buffers = op.inline_buffers;
    op.total = count;
    err = polled_run( &op );
    if (err == WSA_IO_PENDING && network_change_since( sock, change, count ))
        polled_look(); /* it came before it was queued */
    return err;
}
