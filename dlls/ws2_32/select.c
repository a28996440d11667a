/*
 * Readiness: select and WSAPoll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws2_32.h"

int WINAPI select( int count, fd_set *read, fd_set *write, fd_set *except, const PTIMEVAL timeout )
{
    const WSPPROC_TABLE *table;
    int err = 0;

    if (!startup_check()) return SOCKET_ERROR;
    if (!( table = provider_base( &err ) )) return set_error( err );
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
    if (poll_known) return poll_known( fds, count, timeout ); /* which checks everything itself */
    if (!fds || count > 0x100000 || IsBadWritePtr( fds, count * sizeof( *fds ) )) return set_error( WSAEFAULT );
    if (( function = select_poll_function( fds, count ) )) return function( fds, count, timeout );
    /* none of them is a socket */
    for (i = 0; i < count; i++) fds[i].revents = POLLNVAL;
    return set_error( WSAENOTSOCK );
}
