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

/* The program's sockets; small lists need no heap. */
struct list
{
    struct readiness *items, inline_items[LIST_INLINE];
    UINT count;
};

static BOOL select_list_init( struct list *list, UINT room )
{
    list->count = 0;
    list->items = list->inline_items;
    return room <= LIST_INLINE || ( list->items = HeapAlloc( GetProcessHeap(), 0, room * sizeof( *list->items ) ) );
}

static void select_list_add( struct list *list, struct socket *sock, UINT wanted )
{
    list->items[list->count].sock = sock;
    list->items[list->count].wanted = wanted;
    list->items[list->count++].flags = 0;
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
        select_list_add( list, sock, wanted );
    }
    return 0;
}

/* Writes back the ready sockets, in the program's order and with its duplicates. Returns how many, or -1 for a bad
 * pointer. */
static int select_return_set( fd_set *set, const struct readiness *items, UINT count, UINT ready )
{
    UINT i, n = 0;

    if (!set) return 0;
    for (i = 0; i < count; i++)
    {
        SOCKET s = (SOCKET)items[i].sock->id.handle;

        if (!( items[i].flags & ready )) continue;
        /* one of several handles: as the program gave it, and nothing has been written there yet */
        if (items[i].sock->id.own && !guarded_copy( &s, &set->fd_array[i], sizeof( s ) )) return -1;
        if (!guarded_copy( &set->fd_array[n++], &s, sizeof( s ) )) return -1;
    }
    return guarded_copy( &set->fd_count, &n, sizeof( n ) ) ? (int)n : -1;
}

int WSPAPI WSPSelect( int nfds, fd_set *read, fd_set *write, fd_set *except, struct timeval *timeout, int *err )
{
    fd_set *sets[3] = { read, write, except };
    UINT counts[3] = { 0 }, i, j, first, total = 0;
    struct timeval time = { 0, 0 };
    struct list list;
    int result = 0, ready = 0, n;

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
    for (i = first = 0; i < 3 && !result; first += counts[i++])
    {
        /* closed meanwhile */
        for (j = 0; i && j < counts[i]; j++)
            if (list.items[first + j].flags & AFD_POLL_CLOSE) result = WSAENOTSOCK;
        if (result) break;
        if (( n = select_return_set( sets[i], list.items + first, counts[i], set_bits[i].ready ) ) < 0)
            result = WSAEFAULT;
        ready += n;
    }
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
        copy[i].revents = 0;
        if ((SSIZE_T)copy[i].fd < 0) continue; /* ignored (page "WSAPoll function") */
        if (( sock = socket_grab( copy[i].fd, &ignored ) ))
            select_list_add( &list, sock, select_poll_wanted( copy[i].events ) );
        else
        {
            copy[i].revents = POLLNVAL;
            ready++;
        }
    }
    if (!result && list.count)
        result = readiness_wait( list.items, list.count,
                                 ready         ? 0
                                 : timeout < 0 ? MAXLONGLONG
                                               : (LONGLONG)timeout * 10000 );
    else if (!result && !ready) result = WSAENOTSOCK; /* nothing to wait for */
    for (i = j = 0; i < count && !result; i++)
    {
        if ((SSIZE_T)copy[i].fd >= 0 && copy[i].revents != POLLNVAL
            && ( copy[i].revents = select_poll_result( list.items[j++].flags, copy[i].events ) ))
            ready++;
        if (!guarded_copy( &fds[i].revents, &copy[i].revents, sizeof( copy[i].revents ) )) result = WSAEFAULT;
    }
    select_list_free( &list );
    if (copy && copy != inline_copy) HeapFree( GetProcessHeap(), 0, copy );
    SetLastError( result );
    return result ? SOCKET_ERROR : ready;
}
