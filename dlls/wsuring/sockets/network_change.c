/*
 * Changes of the network: addresses and routes that come and go
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host reports them on a netlink socket, created on first use and watched by the engine. They are counted: each
 * waiter keeps the count at its start, so it never sees earlier changes, whichever thread has read the socket. The
 * thread that counts changes also signals them.
 */

#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/ioctl.h"
#include "sockets/network_change.h"
#include "events/network_events.h"
#include "sockets/shared_state.h"

#define COOKIE      ( (UINT64)REAPER_NETWORK << REAPER_KIND_SHIFT )
#define ADDRESS_MIN 16

static SRWLOCK lock = SRWLOCK_INIT;
static int fd = -1;
static volatile LONG counts[CHANGE_COUNT * 2]; /* by the bits of network_changes_params */

static volatile LONG *count_of( const struct socket *sock, enum network_change change )
{
    return &counts[change * 2 + ( sock->id.family == AF_INET6 )];
}

static void start_watch( void )
{
    struct network_changes_params params = { .fd = -1 };
    struct watch_params watch = { .set = -1, .events = POLL_IN, .cookie = COOKIE };
    struct descriptor_close_params close;

    if (unix_call( unix_network_changes, &params )) return;
    watch.fd = close.fd = params.fd;
    if (unix_call( unix_engine_watch, &watch )) unix_call( unix_descriptor_close, &close );
    else fd = params.fd;
}

static BOOL count_changes( void )
{
    struct network_changes_params params = { .fd = fd };
    UINT i;

    if (fd == -1) return FALSE;
    unix_call( unix_network_changes, &params );
    for (i = 0; i < ARRAY_SIZE( counts ); i++)
        if (params.changes & 1u << i) InterlockedIncrement( &counts[i] );
    return params.changes != 0;
}

static void tell( struct socket *sock, void *arg )
{
    (void)arg;
    network_events_look_changes( sock );
}

static void look( BOOL start )
{
    BOOL changed;

    AcquireSRWLockExclusive( &lock );
    if (start && fd == -1) start_watch();
    changed = count_changes();
    ReleaseSRWLockExclusive( &lock );
    if (!changed) return;
    socket_for_each( tell, NULL );
    polled_look();
}

void network_change_ready( UINT64 cookie, UINT ready )
{
    (void)cookie;
    (void)ready;
    look( FALSE );
}

BOOL network_change_since( const struct socket *sock, enum network_change change, LONG count )
{
    return *count_of( sock, change ) != count;
}

/* Makes sure that the host's reports are received. FALSE if they can't be. */
static BOOL can_be_told( const struct socket *sock )
{
    if (engine == ENGINE_AFD || ( sock->id.family != AF_INET && sock->id.family != AF_INET6 ) || !reaper_start())
        return FALSE;
    look( TRUE );
    return fd != -1;
}

static NTSTATUS attempt( struct operation *op )
{
    return network_change_since( op->sock, op->first, op->total ) ? STATUS_SUCCESS : STATUS_DEVICE_NOT_READY;
}

/* IPv4 addresses alone. */
static int wait_by_server( struct socket *sock, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                           WSATHREADID *thread )
{
    UINT force = overlapped != NULL;

    if (!overlapped)
        return error_from_status(
            afd_ioctl( sock->id.handle, AFD_WINE_ADDRESS_LIST_CHANGE, &force, sizeof( force ), NULL, 0, NULL ) );
    return error_from_status( afd_ioctl_overlapped( sock->id.handle, AFD_WINE_ADDRESS_LIST_CHANGE, &force,
                                                    sizeof( force ), NULL, 0, overlapped, routine, thread ) );
}

int ioctl_network_change( struct ioctl_call *call, WSAOVERLAPPED *overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread )
{
    static const struct operation_kind kind = { .attempt = attempt, .announced = TRUE };
    enum network_change change = call->code == SIO_ADDRESS_LIST_CHANGE ? CHANGE_ADDRESSES : CHANGE_ROUTES;
    struct socket *sock = call->sock;
    struct operation op = { .sock = sock,
                            .direction = DIRECTION_READ,
                            .kind = &kind,
                            .overlapped = overlapped,
                            .routine = routine,
                            .first = change };
    LONG count;
    int err;

    /* the destination makes no difference: every change of routes is reported, as the documentation allows */
    if (change == CHANGE_ROUTES
        && ( call->in_size < ADDRESS_MIN || !guarded_touch( (void *)call->in, ADDRESS_MIN, FALSE ) ))
        return WSAEFAULT;
    if (( overlapped && !interposed ) || !can_be_told( sock ))
        return wait_by_server( sock, overlapped, routine, thread );
    count = *count_of( sock, change );
    if (!overlapped)
    {
        shared_state_read( sock );
        if (sock->shared.nonblocking)
        {
            network_events_arm( sock, change, count );
            return WSAEWOULDBLOCK;
        }
    }
    if (routine && ( !thread || !guarded_copy( &op.thread, thread, sizeof( op.thread ) ) )) return WSAEFAULT;
    op.buffers = op.inline_buffers;
    op.total = count;
    err = polled_run( &op );
    if (err == WSA_IO_PENDING && network_change_since( sock, change, count ))
        polled_look(); /* it came before it was queued */
    return err;
}
