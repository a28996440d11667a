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
    UINT count, i;

    if (!set || IsBadReadPtr( set, sizeof( set->fd_count ) )) return NULL;
    count = set->fd_count;
    if (is_bad_array( set->fd_array, count, sizeof( SOCKET ) )) return NULL;
    for (i = 0; i < count; i++)
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

/* ---- WSAPoll of handles that a layer answers for, by its WSPSelect */

/* Is it a socket at all? */
static BOOL poll_is_socket( SOCKET s )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int type, len = sizeof( type ), err;

    return table && !table->lpWSPGetSockOpt( s, SOL_SOCKET, SO_TYPE, (char *)&type, &len, &err );
}

/* What a socket in the set of readable ones has: data, the peer's end, an error. A listener has no data to look at. */
static SHORT poll_read( SOCKET s )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int type = 0, len = sizeof( type ), err = 0;
    DWORD bytes = 0, flags = MSG_PEEK;
    WSATHREADID thread = { 0 };
    char byte;
    WSABUF buffer = { 1, &byte };

    if (!table || table->lpWSPGetSockOpt( s, SOL_SOCKET, SO_TYPE, (char *)&type, &len, &err ) || type != SOCK_STREAM)
        return POLLRDNORM;
    if (!table->lpWSPRecv( s, &buffer, 1, &bytes, &flags, NULL, NULL, &thread, &err ))
        return bytes ? POLLRDNORM : POLLHUP;
    return err == WSAECONNRESET || err == WSAECONNABORTED || err == WSAENETRESET ? POLLHUP | POLLERR : POLLRDNORM;
}

/* In the set of exceptions: a connect that has failed, or urgent data. */
static SHORT poll_except( const WSAPOLLFD *fd )
{
    const WSPPROC_TABLE *table = provider_of_socket( fd->fd );
    int error = 0, len = sizeof( error ), err;

    if (table && !table->lpWSPGetSockOpt( fd->fd, SOL_SOCKET, SO_ERROR, (char *)&error, &len, &err ) && error)
        return POLLHUP | POLLERR | ( fd->events & POLLWRNORM );
    return fd->events & POLLRDBAND;
}

static void poll_add( fd_set *set, SOCKET s )
{
    set->fd_array[set->fd_count++] = s;
}

/* Returns the number of sockets with results, or SOCKET_ERROR. What is no socket doesn't count. That the peer has gone
 * is only seen by who waits for data. */
static int poll_select( const WSPPROC_TABLE *table, WSAPOLLFD *fds, ULONG count, int timeout, fd_set *sets[3],
                        int *err )
{
    struct timeval time = { timeout / 1000, timeout % 1000 * 1000 };
    ULONG i;
    int found = 0;

    for (i = 0; i < count; i++)
    {
        fds[i].revents = (SSIZE_T)fds[i].fd < 0 || !poll_is_socket( fds[i].fd ) ? POLLNVAL : 0;
        if (fds[i].revents) continue;
        if (fds[i].events & POLLRDNORM) poll_add( sets[0], fds[i].fd );
        if (fds[i].events & POLLWRNORM) poll_add( sets[1], fds[i].fd );
        poll_add( sets[2], fds[i].fd );
    }
    if (table->lpWSPSelect( 0, sets[0], sets[1], sets[2], timeout < 0 ? NULL : &time, err ) == SOCKET_ERROR)
        return SOCKET_ERROR;
    for (i = 0; i < count; i++)
    {
        if (fds[i].revents) continue;
        if (__WSAFDIsSet( fds[i].fd, sets[0] )) fds[i].revents |= poll_read( fds[i].fd );
        if (__WSAFDIsSet( fds[i].fd, sets[1] )) fds[i].revents |= POLLWRNORM;
        if (__WSAFDIsSet( fds[i].fd, sets[2] )) fds[i].revents |= poll_except( fds + i );
        if (fds[i].revents) found++;
    }
    return found;
}

/* The layer's own function, if it has one: if it hands on that of what lies below, this doesn't know its handles. */
static LPFN_WSAPOLL poll_function_of( const WSPPROC_TABLE *table, SOCKET s )
{
    static const GUID id = WSAID_WSAPOLL;
    LPFN_WSAPOLL function = NULL, below = NULL;
    const WSPPROC_TABLE *base;
    DWORD size;
    int err;

    if (table->lpWSPIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&id, sizeof( id ), &function,
                           sizeof( function ), &size, NULL, NULL, NULL, &err ))
        return NULL;
    /* to the base provider the handle is a socket */
    if (( base = provider_base( &err ) ))
        base->lpWSPIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&id, sizeof( id ), &below, sizeof( below ),
                          &size, NULL, NULL, NULL, &err );
    return function == below ? NULL : function;
}

/* `upper' is such a handle among them. */
static int poll_upper( SOCKET upper, WSAPOLLFD *fds, ULONG count, int timeout )
{
    const SIZE_T size = offsetof( fd_set, fd_array ) + count * sizeof( SOCKET );
    const WSPPROC_TABLE *table = layer_of_socket( upper );
    LPFN_WSAPOLL function;
    fd_set *sets[3];
    int ret, err = 0, i;

    if (!table) return set_error( WSAENOTSOCK );
    if (( function = poll_function_of( table, upper ) )) return function( fds, count, timeout );
    for (i = 0; i < 3; i++) sets[i] = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, size );
    if (!sets[0] || !sets[1] || !sets[2]) ret = SOCKET_ERROR, err = WSAENOBUFS;
    else ret = poll_select( table, fds, count, timeout, sets, &err );
    for (i = 0; i < 3; i++) HeapFree( GetProcessHeap(), 0, sets[i] );
    return set_value( ret, &err );
}

int WINAPI WSAPoll( WSAPOLLFD *fds, ULONG count, int timeout )
{
    LPFN_WSAPOLL function;
    ULONG i;

    if (!startup_check()) return SOCKET_ERROR;
    if (!count) return set_error( WSAEINVAL );
    if (upper_used && fds && count <= 0x100000 && !IsBadWritePtr( fds, count * sizeof( *fds ) ))
        for (i = 0; i < count; i++)
            if (upper_is_one( fds[i].fd )) return poll_upper( fds[i].fd, fds, count, timeout );
    if (poll_known) return poll_known( fds, count, timeout ); /* which checks everything itself */
    if (!fds || count > 0x100000 || IsBadWritePtr( fds, count * sizeof( *fds ) )) return set_error( WSAEFAULT );
    if (( function = select_poll_function( fds, count ) )) return function( fds, count, timeout );
    /* none of them is a socket */
    for (i = 0; i < count; i++) fds[i].revents = POLLNVAL;
    return set_error( WSAENOTSOCK );
}
