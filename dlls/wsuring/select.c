/*
 * Readiness of many sockets: WSPSelect and WSAPoll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One AFD poll for all sockets. The server looks at the kernel socket itself, so data moved by the direct path doesn't mislead it.
 */

#include "operation.h"
#include "afd.h"
#include "control.h"

#define SOCKETS_MAX 65536

static struct afd_poll_params *poll_create( UINT count, LONGLONG timeout )
{
    struct afd_poll_params *params = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, offsetof( struct afd_poll_params, sockets[count] ) );

    if (params) params->timeout = timeout;
    return params;
}

static NTSTATUS poll_run( const struct afd_poll_params *in, struct afd_poll_params *out )
{
    ULONG size = offsetof( struct afd_poll_params, sockets[in->count] );
    HANDLE device = in->sockets[0].socket;
    NTSTATUS status = afd_ioctl( device, AFD_POLL, in, size, out, size, NULL );

    if (status == STATUS_TIMEOUT)
    {
        out->count = 0;
        status = STATUS_SUCCESS;
    }
    return status;
}

static LONGLONG ticks_from_timeval( const struct timeval *timeout )
{
    LONGLONG ticks = -((LONGLONG)timeout->tv_sec * 10000000 + (LONGLONG)timeout->tv_usec * 10);

    return min( ticks, 0 );
}

static const struct
{
    UINT wanted;
    UINT ready;
} set_bits[3] =
{
    { AFD_POLL_READ | AFD_POLL_ACCEPT | AFD_POLL_HUP | AFD_POLL_RESET, AFD_POLL_READ | AFD_POLL_ACCEPT | AFD_POLL_HUP | AFD_POLL_RESET | AFD_POLL_CLOSE },
    { AFD_POLL_WRITE, AFD_POLL_WRITE },
    { AFD_POLL_OOB | AFD_POLL_CONNECT_ERR, AFD_POLL_OOB | AFD_POLL_CONNECT_ERR },
};

/* A copy of one of the program's sets; *count is 0 for none. */
static int capture_set( const fd_set *set, SOCKET **sockets, UINT *count )
{
    *count = 0;
    *sockets = NULL;
    if (!set) return 0;
    if (!guarded_copy( count, &set->fd_count, sizeof(set->fd_count) )) return WSAEFAULT;
    if (!*count) return 0;
    if (*count > SOCKETS_MAX) return WSAEFAULT;
    if (!(*sockets = HeapAlloc( GetProcessHeap(), 0, *count * sizeof(**sockets) ))) return WSAENOBUFS;
    return guarded_copy( *sockets, set->fd_array, *count * sizeof(**sockets) ) ? 0 : WSAEFAULT;
}

/* Writes back what is ready, in the program's order and with its duplicates. Returns how many, or -1 for a bad pointer. */
static int return_set( fd_set *set, const SOCKET *sockets, UINT count, const struct afd_poll_params *result, UINT ready )
{
    UINT i, j, n = 0;

    if (!set) return 0;
    for (i = 0; i < count; i++)
        for (j = 0; j < result->count; j++)
        {
            if (result->sockets[j].socket != (HANDLE)sockets[i] || !(result->sockets[j].flags & ready)) continue;
            if (!guarded_copy( &set->fd_array[n], &sockets[i], sizeof(*sockets) )) return -1;
            n++;
            break;
        }
    return guarded_copy( &set->fd_count, &n, sizeof(n) ) ? (int)n : -1;
}

int WSPAPI WSPSelect( int nfds, fd_set *read, fd_set *write, fd_set *except, struct timeval *timeout, int *err )
{
    fd_set *sets[3] = { read, write, except };
    SOCKET *sockets[3] = { NULL };
    UINT counts[3] = { 0 }, i, j, k, total = 0;
    struct afd_poll_params *in = NULL, *out = NULL;
    struct timeval time = { 0, 0 };
    struct socket *sock;
    int result = 0, ready = 0, n;

    (void)nfds;
    for (i = 0; i < 3 && !result; i++)
    {
        result = capture_set( sets[i], &sockets[i], &counts[i] );
        total += counts[i];
    }
    if (!result && timeout && !guarded_copy( &time, timeout, sizeof(time) )) result = WSAEFAULT;
    if (!result && timeout && (time.tv_sec < 0 || time.tv_usec < 0)) result = WSAEINVAL;
    if (!result && !total) result = WSAEINVAL;
    if (!result && (!(in = poll_create( total, timeout ? ticks_from_timeval( &time ) : MAXLONGLONG )) || !(out = poll_create( total, 0 )))) result = WSAENOBUFS;
    for (i = 0; i < 3 && !result; i++)
        for (j = 0; j < counts[i] && !result; j++)
        {
            if (!(sock = socket_grab( sockets[i][j], &result ))) break;
            socket_release( sock );
            for (k = 0; k < in->count; k++)
                if (in->sockets[k].socket == (HANDLE)sockets[i][j]) break;
            in->sockets[k].socket = (HANDLE)sockets[i][j];
            in->sockets[k].flags |= set_bits[i].wanted;
            if (k == in->count) in->count++;
        }
    if (!result) result = error_from_status( poll_run( in, out ) );
    for (i = 0; i < 3 && !result; i++)
    {
        /* closed meanwhile */
        for (j = 0; i && j < out->count; j++)
            if (out->sockets[j].flags & AFD_POLL_CLOSE) result = WSAENOTSOCK;
        if (result) break;
        if ((n = return_set( sets[i], sockets[i], counts[i], out, set_bits[i].ready )) < 0) result = WSAEFAULT;
        ready += n;
    }
    for (i = 0; i < 3; i++)
        if (sockets[i]) HeapFree( GetProcessHeap(), 0, sockets[i] );
    if (in) HeapFree( GetProcessHeap(), 0, in );
    if (out) HeapFree( GetProcessHeap(), 0, out );
    if (!result) return ready;
    *err = result;
    return SOCKET_ERROR;
}

static UINT poll_wanted( short events )
{
    UINT flags = AFD_POLL_HUP | AFD_POLL_RESET | AFD_POLL_CONNECT_ERR;

    if (events & POLLRDNORM) flags |= AFD_POLL_ACCEPT | AFD_POLL_READ;
    if (events & POLLRDBAND) flags |= AFD_POLL_OOB;
    if (events & POLLWRNORM) flags |= AFD_POLL_WRITE;
    return flags;
}

static short poll_result( UINT flags, short events )
{
    short result = 0;

    if (flags & (AFD_POLL_ACCEPT | AFD_POLL_READ)) result |= POLLRDNORM;
    if (flags & AFD_POLL_OOB) result |= POLLRDBAND;
    if (flags & AFD_POLL_WRITE) result |= POLLWRNORM;
    if (flags & (AFD_POLL_HUP | AFD_POLL_RESET)) result |= POLLHUP;
    if (flags & (AFD_POLL_RESET | AFD_POLL_CONNECT_ERR)) result |= POLLERR;
    if (flags & AFD_POLL_CLOSE) result |= POLLNVAL;
    return result & (events | POLLHUP | POLLERR | POLLNVAL);
}

int WINAPI provider_WSAPoll( WSAPOLLFD *fds, ULONG count, int timeout )
{
    struct afd_poll_params *in = NULL, *out = NULL;
    WSAPOLLFD *copy = NULL;
    struct socket *sock;
    int result = 0, ready = 0;
    ULONG i, j;

    if (!count) result = WSAEINVAL;
    else if (!fds || count > SOCKETS_MAX) result = WSAEFAULT;
    else if (!(copy = HeapAlloc( GetProcessHeap(), 0, count * sizeof(*copy) ))) result = WSAENOBUFS;
    else if (!guarded_copy( copy, fds, count * sizeof(*copy) )) result = WSAEFAULT;
    else if (!(in = poll_create( count, timeout < 0 ? MAXLONGLONG : -(LONGLONG)timeout * 10000 )) || !(out = poll_create( count, 0 ))) result = WSAENOBUFS;
    for (i = 0; i < count && !result; i++)
    {
        int ignored;

        copy[i].revents = 0;
        if ((SSIZE_T)copy[i].fd < 0) continue; /* ignored (page "WSAPoll function") */
        if (!(sock = socket_grab( copy[i].fd, &ignored )))
        {
            copy[i].revents = POLLNVAL;
            ready++;
            continue;
        }
        socket_release( sock );
        in->sockets[in->count].socket = (HANDLE)copy[i].fd;
        in->sockets[in->count++].flags = poll_wanted( copy[i].events );
    }
    if (!result && ready) in->timeout = 0;
    if (!result && in->count && !(result = error_from_status( poll_run( in, out ) )))
        for (i = 0; i < count; i++)
            for (j = 0; j < out->count && !copy[i].revents; j++)
                if (out->sockets[j].socket == (HANDLE)copy[i].fd && (copy[i].revents = poll_result( out->sockets[j].flags, copy[i].events ))) ready++;
    if (!result && !in->count && !ready)
    {
        result = WSAENOTSOCK; /* nothing to wait for */
    }
    for (i = 0; i < count && !result; i++)
        if (!guarded_copy( &fds[i].revents, &copy[i].revents, sizeof(copy[i].revents) )) result = WSAEFAULT;
    if (copy) HeapFree( GetProcessHeap(), 0, copy );
    if (in) HeapFree( GetProcessHeap(), 0, in );
    if (out) HeapFree( GetProcessHeap(), 0, out );
    SetLastError( result );
    return result ? SOCKET_ERROR : ready;
}
