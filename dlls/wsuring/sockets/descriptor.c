/*
 * A socket's own Unix descriptor
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/connection.h"
#include "sockets/datagram_error.h"
#include "sockets/recycle.h"
#include "sockets/shared_state.h"

/* Our own descriptor. ntdll also keeps one for each handle it is asked about, until the handle is closed. Where
 * descriptors are scarce, ask with a temporary handle. At the limit a socket has none of ours: the server serves it,
 * for which ntdll needs one. */
static NTSTATUS descriptor_open( HANDLE handle, BOOL own_groups, int *fd )
{
    static volatile LONG scarce;
    struct descriptor_open_params open = { .handle = HandleToULong( handle ), .own_groups = own_groups };
    HANDLE duplicate = NULL;
    NTSTATUS status;

    if (scarce
        && !NtDuplicateObject( GetCurrentProcess(), handle, GetCurrentProcess(), &duplicate, 0, 0,
                               DUPLICATE_SAME_ACCESS ))
        open.handle = HandleToULong( duplicate );
    status = unix_call( unix_descriptor_open, &open );
    if (duplicate) NtClose( duplicate );
    scarce = status || open.scarce;
    if (!status && open.last)
    {
        struct descriptor_close_params close = { .fd = open.fd };

        unix_call( unix_descriptor_close, &close );
        return STATUS_TOO_MANY_OPENED_FILES;
    }
    *fd = open.fd;
    return status;
}

static BOOL descriptor_take( struct socket *sock )
{
    struct descriptor_query_params query = { .what = DESCRIPTOR_INODE };
    int fd;

    if (engine == ENGINE_AFD || sock->id.closing) return FALSE;
    stats_count( COUNTER_DESCRIPTOR );
    if (sock->desc.recycled)
    {
        if (!recycle_reconnected( sock )) return FALSE;
    }
    else if (descriptor_open( sock->id.handle, sock->id.type == SOCK_DGRAM, &fd )) return FALSE;
    else if (InterlockedCompareExchange( (LONG *)&sock->desc.fd, fd, -1 ) != -1)
    {
        struct descriptor_close_params close = { .fd = fd };

        unix_call( unix_descriptor_close, &close );
    }
    else socket_described( sock );
    query.fd = sock->desc.fd;
    if (!unix_call( unix_descriptor_query, &query )) sock->desc.inode = query.value;
    shared_state_join( sock );
    if (!sock->shared.foreign) datagram_errors_watch( sock );
    return TRUE;
}

BOOL socket_ensure_descriptor( struct socket *sock )
{
    if (sock->desc.fd != -1) return sock->conn.state != CONNECTION_LISTENING;
    if (engine == ENGINE_AFD || sock->id.closing) return FALSE;
    if (sock->id.type == SOCK_STREAM ? !socket_is_connected( sock ) : !sock->conn.bound) return FALSE;
    return descriptor_take( sock );
}

NTSTATUS socket_borrow_descriptor( struct socket *sock, struct borrowed_descriptor *borrowed )
{
    struct descriptor_open_params open = { .handle = HandleToULong( sock->id.handle ) };
    NTSTATUS status;

    borrowed->fd = sock->desc.fd;
    if (!( borrowed->own = borrowed->fd == -1 )) return STATUS_SUCCESS;
    if (!( status = unix_call( unix_descriptor_open, &open ) )) borrowed->fd = open.fd;
    else borrowed->own = FALSE;
    return status;
}

void socket_return_descriptor( const struct borrowed_descriptor *borrowed )
{
    struct descriptor_close_params close = { .fd = borrowed->fd };

    if (borrowed->own) unix_call( unix_descriptor_close, &close );
}

BOOL socket_is_pollable( struct socket *sock )
{
    if (sock->conn.state != CONNECTION_LISTENING) return socket_ensure_descriptor( sock );
    if (sock->conn.deferred) return FALSE;
    return sock->desc.fd != -1 || descriptor_take( sock );
}

void socket_note_shared( HANDLE handle )
{
    struct socket *sock = socket_find( handle );

    if (!sock) return;
    socket_ensure_descriptor( sock );
    sock->shared.duplicated = TRUE;
    socket_release( sock );
}
