/*
 * A socket's own Unix descriptor
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/connection.h"
#include "sockets/datagram_error.h"
#include "sockets/near_peer.h"
#include "sockets/recycle.h"
#include "sockets/shared_state.h"
#include "wait/reaper.h"

static volatile LONG descriptors_lasting;    /* of sockets that weren't accepted */
static volatile LONG descriptors_closed = 1; /* of sockets */

/* Each lasting one takes this many from accepted sockets: stock needs none for these, and a process that has both ends
 * of its connections will have more of both. */
#define DESCRIPTORS_SPARED 6

/* Our own descriptor. ntdll also keeps one for each handle it is asked about, until the handle is closed. Where
 * descriptors are scarce, ask with a temporary handle. At the limit a socket has none of ours: the server serves it,
 * for which ntdll keeps one, unless the socket was accepted. */
static NTSTATUS descriptor_open( struct socket *sock, int *fd )
{
    static volatile LONG scarce;
    struct descriptor_open_params open
        = { .handle = HandleToULong( sock->id.handle ), .own_groups = sock->id.type == SOCK_DGRAM };
    HANDLE handle = sock->id.handle, duplicate = NULL;
    LONG closed = descriptors_closed;
    NTSTATUS status;

    if (sock->desc.refused == closed) return STATUS_TOO_MANY_OPENED_FILES;
    if (sock->desc.accepted) open.spared = DESCRIPTORS_SPARED * descriptors_lasting;
    if (scarce
        && !NtDuplicateObject( GetCurrentProcess(), handle, GetCurrentProcess(), &duplicate, 0, 0,
                               DUPLICATE_SAME_ACCESS ))
        open.handle = HandleToULong( duplicate );
    status = unix_call( unix_descriptor_open, &open );
    if (duplicate) NtClose( duplicate );
    scarce = status || open.scarce;
    /* a thread needs descriptors; Wine ends the process if it gets none */
    if (open.scarce) reaper_start();
    if (!status && open.last)
    {
        struct descriptor_close_params close = { .fd = open.fd };

        unix_call( unix_descriptor_close, &close );
        status = STATUS_TOO_MANY_OPENED_FILES;
    }
    if (status == STATUS_TOO_MANY_OPENED_FILES) sock->desc.refused = closed;
    *fd = open.fd;
    return status;
}

void socket_descriptor_gone( struct socket *sock )
{
    if (!sock->desc.counted) return;
    if (sock->desc.lasting) InterlockedDecrement( &descriptors_lasting );
    InterlockedIncrement( &descriptors_closed );
}

/* -1 if there is none, or another process may have given the handle another kernel socket. */
static int descriptor_take_spare( struct socket *sock )
{
    if (shared_state_is_shared( sock )) socket_drop_spare( sock );
    return InterlockedExchange( (LONG *)&sock->desc.spare, -1 );
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
    else if (( fd = descriptor_take_spare( sock ) ) == -1 && descriptor_open( sock, &fd )) return FALSE;
    else if (InterlockedCompareExchange( (LONG *)&sock->desc.fd, fd, -1 ) != -1)
    {
        struct descriptor_close_params close = { .fd = fd };

        unix_call( unix_descriptor_close, &close );
    }
    else
    {
        sock->desc.counted = TRUE;
        if (( sock->desc.lasting = !sock->desc.accepted )) InterlockedIncrement( &descriptors_lasting );
        socket_described( sock );
    }
    query.fd = sock->desc.fd;
    if (!unix_call( unix_descriptor_query, &query )) sock->desc.inode = query.value;
    shared_state_join( sock );
    if (!sock->shared.foreign) datagram_errors_watch( sock );
    if (sock->conn.state == CONNECTION_UP) near_peer_ends( sock, sock->desc.fd );
    return TRUE;
}

/* Has the program's ConnectEx ended well? Its OVERLAPPED says so once the server knows; the host makes sure, for the
 * program may have used the OVERLAPPED again. */
static BOOL descriptor_shows_connectex( struct socket *sock )
{
    const volatile WSAOVERLAPPED *overlapped = sock->queues[DIRECTION_WRITE].afd_iosb;
    struct descriptor_query_params query = { .what = DESCRIPTOR_PEER };
    struct borrowed_descriptor borrowed;
    DWORD status;
    BOOL stands;

    if (sock->afd_pended != AFD_PENDED_CONNECT || sock->conn.state != CONNECTION_STARTED || !overlapped
        || !guarded_copy( &status, (const void *)&overlapped->Internal, sizeof( status ) ) || status
        || socket_borrow_descriptor( sock, &borrowed ))
        return FALSE;
    query.fd = borrowed.fd;
    stands = !unix_call( unix_descriptor_query, &query ) && query.addr_len;
    socket_keep_descriptor( sock, &borrowed );
    if (!stands) return FALSE;
    sock->afd_pended = AFD_PENDED_NONE;
    sock->conn.bound = TRUE;
    sock->conn.state = CONNECTION_UP;
    return TRUE;
}

BOOL socket_ensure_descriptor( struct socket *sock )
{
    if (sock->desc.fd != -1) return sock->conn.state != CONNECTION_LISTENING;
    if (engine == ENGINE_AFD || sock->id.closing) return FALSE;
    if (sock->id.type == SOCK_STREAM ? !descriptor_shows_connectex( sock ) && !socket_is_connected( sock )
                                     : !sock->conn.bound)
        return FALSE;
    return descriptor_take( sock );
}

NTSTATUS socket_borrow_descriptor( struct socket *sock, struct borrowed_descriptor *borrowed )
{
    struct descriptor_open_params open = { .handle = HandleToULong( sock->id.handle ) };
    NTSTATUS status;

    /* one that stands will need its own anyway, and ntdll may ask the server each time (wine-interfaces 3) */
    if (sock->conn.state == CONNECTION_UP && sock->id.type == SOCK_STREAM && !sock->desc.recycled)
        socket_ensure_descriptor( sock );
    borrowed->fd = sock->desc.fd;
    borrowed->scarce = FALSE;
    if (!( borrowed->own = borrowed->fd == -1 ) || ( borrowed->fd = descriptor_take_spare( sock ) ) != -1)
        return STATUS_SUCCESS;
    if (!( status = unix_call( unix_descriptor_open, &open ) )) borrowed->fd = open.fd;
    else borrowed->own = FALSE;
    borrowed->scarce = open.scarce;
    return status;
}

void socket_return_descriptor( const struct borrowed_descriptor *borrowed )
{
    struct descriptor_close_params close = { .fd = borrowed->fd };

    if (borrowed->own) unix_call( unix_descriptor_close, &close );
}

void socket_keep_descriptor( struct socket *sock, const struct borrowed_descriptor *borrowed )
{
    if (!borrowed->own || borrowed->scarce || sock->desc.recycled
        || InterlockedCompareExchange( (LONG *)&sock->desc.spare, borrowed->fd, -1 ) != -1)
        socket_return_descriptor( borrowed );
}

BOOL socket_is_pollable( struct socket *sock )
{
    if (sock->conn.state != CONNECTION_LISTENING) return socket_ensure_descriptor( sock );
    if (sock->conn.deferred || sock->conn.deferred_taken) return FALSE;
    if (sock->afd_pended) return FALSE; /* only the server knows which connections an AcceptEx takes */
    return sock->desc.fd != -1 || descriptor_take( sock );
}

static void descriptor_offer( struct socket *sock, void *arg )
{
    if (!( sock->id.flags & WSA_FLAG_NO_HANDLE_INHERIT )) socket_ensure_descriptor( sock );
    (void)arg;
}

void socket_note_inherited( void )
{
    shared_state_inherited();
    socket_for_each( descriptor_offer, NULL );
}

static void descriptor_share( struct socket *sock )
{
    socket_ensure_descriptor( sock );
    sock->shared.duplicated = TRUE;
}

void socket_note_inheritable( HANDLE handle )
{
    struct socket *sock = socket_find( handle );

    if (!sock) return;
    if (sock->id.flags & WSA_FLAG_NO_HANDLE_INHERIT) descriptor_share( sock );
    socket_release( sock );
}

void socket_note_shared( HANDLE handle )
{
    struct socket *sock = socket_find( handle );

    if (!sock) return;
    descriptor_share( sock );
    socket_release( sock );
}
