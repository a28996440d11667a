/*
 * WSPSelect and WSAPoll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "events/readiness.h"

#define SOCKETS_MAX 65536
#define LIST_INLINE 64

/* The program's sockets, and the handles that it gave; small lists need no heap. */
struct list
{
    struct readiness *items, inline_items[LIST_INLINE];
    SOCKET *handles, inline_handles[LIST_INLINE];
    UINT count;
};

static BOOL select_list_init( struct list *list, UINT room )
{
    list->count = 0;
    list->items = list->inline_items;
    list->handles = list->inline_handles;
    if (room <= LIST_INLINE) return TRUE;
    if (!( list->items
           = HeapAlloc( GetProcessHeap(), 0, room * ( sizeof( *list->items ) + sizeof( *list->handles ) ) ) ))
        return FALSE;
    list->handles = (SOCKET *)( list->items + room );
    return TRUE;
}

static void select_list_add( struct list *list, struct socket *sock, SOCKET handle, UINT wanted )
{
    const struct readiness item = { .sock = sock, .wanted = wanted };

    list->handles[list->count] = handle;
    list->items[list->count++] = item;
}

static void select_list_free( struct list *list )
{
    while (list->count) socket_release( list->items[--list->count].sock );
    if (list->items && list->items != list->inline_items) HeapFree( GetProcessHeap(), 0, list->items );
}

static LONGLONG select_ticks( const struct timeval *timeout )
{
    return (LONGLONG)timeout->tv_sec * 10000000 + (LONGLONG)timeout->tv_usec * 10;
}

static const struct
{
    UINT wanted;
    UINT ready;
} set_bits[3] = {
    { AFD_POLL_READ | AFD_POLL_ACCEPT | AFD_POLL_HUP | AFD_POLL_RESET,
      AFD_POLL_READ | AFD_POLL_ACCEPT | AFD_POLL_HUP | AFD_POLL_RESET | AFD_POLL_CLOSE },
    { AFD_POLL_WRITE, AFD_POLL_WRITE },
    { AFD_POLL_OOB | AFD_POLL_CONNECT_ERR, AFD_POLL_OOB | AFD_POLL_CONNECT_ERR },
};

/* Adds the sockets of one of the program's sets. */
static int select_capture_set( struct list *list, const fd_set *set, UINT count, UINT wanted )
{
    SOCKET handles[LIST_INLINE];
    struct socket *sock;
    UINT i;
    int err;

    for (i = 0; i < count; i++)
    {
        UINT part = min( count - i, LIST_INLINE );

        if (!( i % LIST_INLINE ) && !guarded_copy( handles, &set->fd_array[i], part * sizeof( *handles ) ))
            return WSAEFAULT;
        if (!( sock = socket_grab( handles[i % LIST_INLINE], &err ) )) return err;
        select_list_add( list, sock, handles[i % LIST_INLINE], wanted );
    }
    return 0;
}

/* What a set will have: each socket once, in the program's order. */
struct select_result
{
    SOCKET *handles;
    UINT count;
    UINT seen[128]; /* a bit per hash of a handle, so that few have to be searched for */
};

static void select_result_add( struct select_result *result, SOCKET handle )
{
    UINT hash = ( handle >> 2 ) % ( sizeof( result->seen ) * 8 ), bit = 1u << hash % 32, i;

    if (result->seen[hash / 32] & bit)
        for (i = 0; i < result->count; i++)
            if (result->handles[i] == handle) return;
    result->seen[hash / 32] |= bit;
    result->handles[result->count++] = handle;
}

/* Writes the ready sockets to a set. The same set may have been given for several purposes: it gets what is ready for
 * any of them. Returns how many, or -1 for a bad pointer. */
static int select_return_set( fd_set *const *sets, UINT which, const struct list *list, const UINT *counts,
                              struct select_result *result )
{
    UINT i, j, first = 0;

    for (i = 0; i < which; i++)
    {
        if (sets[i] == sets[which]) return 0; /* done */
        first += counts[i];
    }
    result->count = 0;
    memset( result->seen, 0, sizeof( result->seen ) );
    for (i = which; i < 3; first += counts[i++])
        for (j = first; sets[i] == sets[which] && j < first + counts[i]; j++)
            if (list->items[j].flags & set_bits[i].ready) select_result_add( result, list->handles[j] );
    return guarded_copy( sets[which]->fd_array, result->handles, result->count * sizeof( *result->handles ) )
                   && guarded_copy( &sets[which]->fd_count, &result->count, sizeof( result->count ) )
               ? (int)result->count
               : -1;
}

/* Writes all sets. Returns a Winsock error. */
static int select_return( fd_set *const *sets, const struct list *list, const UINT *counts, int *ready )
{
    struct select_result result;
    BOOL closed = FALSE;
    int n, err = 0;
    UINT i;

    /* its own memory: the program's sets may overlap */
    if (!( result.handles = HeapAlloc( GetProcessHeap(), 0, list->count * sizeof( *result.handles ) ) ))
        return WSAENOBUFS;
    for (i = 0; i < list->count; i++)
        if (list->items[i].flags & AFD_POLL_CLOSE) closed = TRUE;
    for (i = *ready = 0; i < 3 && !err; i++)
    {
        if (!sets[i]) continue;
        if (( n = select_return_set( sets, i, list, counts, &result ) ) < 0) err = WSAEFAULT;
        else *ready += n;
    }
    HeapFree( GetProcessHeap(), 0, result.handles );
    /* a socket that was closed meanwhile can be read: the receive fails */
    return !err && closed && !*ready ? WSAENOTSOCK : err;
}

int WSPAPI WSPSelect( int nfds, fd_set *read, fd_set *write, fd_set *except, SELECT_TIMEVAL timeout, int *err )
{
    fd_set *sets[3] = { read, write, except };
    UINT counts[3] = { 0 }, i, total = 0;
    struct timeval time = { 0, 0 };
    struct list list;
    int result = 0, ready = 0;

    (void)nfds;
    for (i = 0; i < 3 && !result; i++)
    {
        if (sets[i] && !guarded_copy( &counts[i], &sets[i]->fd_count, sizeof( counts[i] ) )) result = WSAEFAULT;
        if (counts[i] > SOCKETS_MAX) result = WSAEFAULT;
        total += counts[i];
    }
    if (!result && timeout && !guarded_copy( &time, timeout, sizeof( time ) )) result = WSAEFAULT;
    if (!result && timeout && ( time.tv_sec < 0 || time.tv_usec < 0 )) result = WSAEINVAL;
    if (!result && !total) result = WSAEINVAL;
    if (result)
    {
        *err = result;
        return SOCKET_ERROR;
    }
    if (!select_list_init( &list, total )) result = WSAENOBUFS;
    for (i = 0; i < 3 && !result; i++) result = select_capture_set( &list, sets[i], counts[i], set_bits[i].wanted );
    if (!result) result = readiness_wait( list.items, list.count, timeout ? select_ticks( &time ) : MAXLONGLONG );
    if (!result) result = select_return( sets, &list, counts, &ready );
    select_list_free( &list );
    if (!result) return ready;
    *err = result;
    return SOCKET_ERROR;
}

static UINT select_poll_wanted( short events )
{
    UINT flags = AFD_POLL_HUP | AFD_POLL_RESET | AFD_POLL_CONNECT_ERR;

    if (events & POLLRDNORM) flags |= AFD_POLL_ACCEPT | AFD_POLL_READ;
    if (events & POLLRDBAND) flags |= AFD_POLL_OOB;
    if (events & POLLWRNORM) flags |= AFD_POLL_WRITE;
    return flags;
}

static short select_poll_result( UINT flags, short events )
{
    short result = 0;

    /* "As of Windows 10 version 2004", and no other flag: there is no connection */
    if (flags & AFD_POLL_CONNECT_ERR) return POLLHUP | POLLERR | ( events & POLLWRNORM );
    if (flags & ( AFD_POLL_ACCEPT | AFD_POLL_READ )) result |= POLLRDNORM;
    if (flags & AFD_POLL_OOB) result |= POLLRDBAND;
    if (flags & AFD_POLL_WRITE) result |= POLLWRNORM;
    if (flags & ( AFD_POLL_HUP | AFD_POLL_RESET )) result |= POLLHUP;
    if (flags & AFD_POLL_RESET) result |= POLLERR;
    if (flags & AFD_POLL_CLOSE) result |= POLLNVAL;
    return result & ( events | POLLHUP | POLLERR | POLLNVAL );
}

int WINAPI provider_WSAPoll( WSAPOLLFD *fds, ULONG count, int timeout )
{
    WSAPOLLFD inline_copy[LIST_INLINE], *copy = inline_copy;
    struct socket *sock;
    struct list list;
    int result = 0, ready = 0, ignored;
    BOOL none;
    ULONG i, j;

    list.items = NULL;
    list.count = 0;
    if (!count) result = WSAEINVAL;
    else if (!fds || count > SOCKETS_MAX) result = WSAEFAULT;
    else if (count > LIST_INLINE && !( copy = HeapAlloc( GetProcessHeap(), 0, count * sizeof( *copy ) ) ))
        result = WSAENOBUFS;
    else if (!select_list_init( &list, count )) result = WSAENOBUFS;
    else if (!guarded_copy( copy, fds, count * sizeof( *copy ) )) result = WSAEFAULT;
    for (i = 0; i < count && !result; i++)
    {
        copy[i].revents = POLLNVAL;
        /* "ignored" if negative (page "WSAPoll function"); nor do others that are no sockets count */
        if ((SSIZE_T)copy[i].fd < 0 || !( sock = socket_grab( copy[i].fd, &ignored ) )) continue;
        copy[i].revents = 0;
        select_list_add( &list, sock, copy[i].fd, select_poll_wanted( copy[i].events ) );
    }
    if (!result && list.count)
        result = readiness_wait( list.items, list.count, timeout < 0 ? MAXLONGLONG : (LONGLONG)timeout * 10000 );
    none = !result && !list.count; /* nothing to wait for */
    for (i = j = 0; i < count && !result; i++)
    {
        if (!copy[i].revents && ( copy[i].revents = select_poll_result( list.items[j++].flags, copy[i].events ) ))
            ready++;
        if (!guarded_copy( &fds[i].revents, &copy[i].revents, sizeof( copy[i].revents ) )) result = WSAEFAULT;
    }
    if (none && !result) result = WSAENOTSOCK;
    select_list_free( &list );
    if (copy && copy != inline_copy) HeapFree( GetProcessHeap(), 0, copy );
    SetLastError( result );
    return result ? SOCKET_ERROR : ready;
}
