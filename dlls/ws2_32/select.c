/*
 * Readiness: select and WSAPoll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stddef.h>
#include "provider.h"
#include "upper.h"

/* A set of any size, as its count says. */
static const WSPPROC_TABLE *select_upper( const fd_set *set )
{
    const size_t head = offsetof( fd_set, fd_array[0] );
    UINT i;

    if (!set || IsBadReadPtr( set, head ) || IsBadReadPtr( set, head + set->fd_count * sizeof( SOCKET ) )) return NULL;
    for (i = 0; i < set->fd_count; i++)
        if (upper_is_one( set->fd_array[i] )) return layer_of_socket( set->fd_array[i] );
    return NULL;
}

/* The provider of the first socket; with no socket at all, or bad memory, the base provider judges. A layer with
 * handles of its own comes before: it can ask about others, but they not about its own. */
static const WSPPROC_TABLE *select_provider( const fd_set *read, const fd_set *write, const fd_set *except, int *err )
{
    const fd_set *sets[] = { read, write, except };
    const WSPPROC_TABLE *table;
    int i;

    for (i = 0; upper_used && i < 3; i++)
        if (( table = select_upper( sets[i] ) )) return table;
    for (i = 0; layers_active && i < 3; i++)
    {
        if (!sets[i] || IsBadReadPtr( sets[i], offsetof( fd_set, fd_array[1] ) ) || !sets[i]->fd_count) continue;
        if (( table = layer_of_socket( sets[i]->fd_array[0] ) )) return table;
        break;
    }
    return provider_base( err );
}

int WINAPI select( int count, fd_set *read, fd_set *write, fd_set *except, SELECT_TIMEVAL timeout )
{
    const WSPPROC_TABLE *table;
    int err = 0;

    if (!startup_check()) return SOCKET_ERROR;
    if (!( table = select_provider( read, write, except, &err ) )) return set_error( err );
    return set_value( table->lpWSPSelect( count, read, write, except, timeout, &err ), &err );
}

/* The provider's function. It has no slot in the table, so any socket is asked for it. */
static LPFN_WSAPOLL volatile poll_known;

static LPFN_WSAPOLL select_poll_function( const WSAPOLLFD *fds, ULONG count )
{
    static const GUID id = WSAID_WSAPOLL;
    const WSPPROC_TABLE *table;
    LPFN_WSAPOLL function;
    DWORD size;
    ULONG i;
    int err;

    for (i = 0; i < count && !poll_known; i++)
    {
        if ((SSIZE_T)fds[i].fd < 0 || !( table = provider_of_socket( fds[i].fd ) )) continue;
        if (!table->lpWSPIoctl( fds[i].fd, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&id, sizeof( id ), &function,
                                sizeof( function ), &size, NULL, NULL, NULL, &err ))
            poll_known = function;
    }
    return poll_known;
}

int WINAPI WSAPoll( WSAPOLLFD *fds, ULONG count, int timeout )
{
    LPFN_WSAPOLL function;
    ULONG i;

    if (!startup_check()) return SOCKET_ERROR;
    if (!count) return set_error( WSAEINVAL );
    if (upper_used && fds && count <= 0x100000 && !IsBadReadPtr( fds, count * sizeof( *fds ) ))
        for (i = 0; i < count; i++)
            if (upper_is_one( fds[i].fd )) return set_error( WSAEINVAL ); /* there is no such function in the SPI */
    if (poll_known) return poll_known( fds, count, timeout );             /* which checks everything itself */
    if (!fds || count > 0x100000 || IsBadWritePtr( fds, count * sizeof( *fds ) )) return set_error( WSAEFAULT );
    if (( function = select_poll_function( fds, count ) )) return function( fds, count, timeout );
    /* none of them is a socket */
    for (i = 0; i < count; i++) fds[i].revents = POLLNVAL;
    return set_error( WSAENOTSOCK );
}
