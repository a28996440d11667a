/*
 * Waiting for many sockets to be ready
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sockets whose descriptors we have are polled directly, without a request; those that can't become ready aren't
 * polled. If one is neither (it is just being connected, say), the server is asked for all: one AFD poll. It looks
 * at the kernel socket itself, so data moved by the direct path doesn't mislead it.
 */

#include "sockets/afd.h"
#include "events/poll_list.h"
#include "events/readiness.h"
#include "sockets/datagram_error.h"
#include "sockets/shared_state.h"
#include "wait/thread.h"
#include "wait/pollers.h"
#include "sockets/connection.h"
#include "sockets/option_host.h"

#define LIST_INLINE 64
#define LOOK_FIRST  8        /* up to this many sockets are checked before preparing to wait */
#define QUIET_TIME  10000000 /* ns between checks of sockets that the host considers ready and Windows doesn't */
#define LEFT_MAX    20       /* times: a waiting receive may not want the data (MSG_OOB) */
#define NOT_DIRECT  ( -1 )   /* a socket is served by the server now */

/* ---- by the server */

struct server_wait
{
    struct readiness *list;
    UINT count;
};

static BOOL readiness_is_open( const void *arg )
{
    const struct server_wait *wait = arg;
    UINT i;

    for (i = 0; i < wait->count && connection_is_open( wait->list[i].sock ); i++) /* nothing */
        ;
    return i == wait->count;
}

int readiness_by_server( struct readiness *list, UINT count, LONGLONG ticks )
{
    ULONG size = offsetof( struct afd_poll_params, sockets ) + count * sizeof( struct afd_poll_entry );
    struct afd_poll_params *in = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, size ),
                           *out = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, size );
    struct server_wait wait = { list, count };
    NTSTATUS status = STATUS_NO_MEMORY;
    UINT i, j;

    if (in && out)
    {
        in->timeout = ticks == MAXLONGLONG ? ticks : -ticks;
        in->count = count;
        for (i = 0; i < count; i++)
        {
            in->sockets[i].socket = list[i].sock->id.handle;
            in->sockets[i].flags = list[i].wanted;
        }
        status = afd_poll( in, out, size, readiness_is_open, &wait );
        if (status == STATUS_TIMEOUT) status = out->count = 0;
        for (i = 0; i < count && !status; i++)
            for (j = 0; j < out->count; j++)
                if (out->sockets[j].socket == list[i].sock->id.handle)
                    list[i].flags |= out->sockets[j].flags & ( list[i].wanted | AFD_POLL_CLOSE );
    }
    if (in) HeapFree( GetProcessHeap(), 0, in );
    if (out) HeapFree( GetProcessHeap(), 0, out );
    if (status == STATUS_HANDLES_CLOSED)
        for (i = status = 0; i < count; i++)
            if (list[i].sock->id.closing) list[i].flags = AFD_POLL_CLOSE;
    return error_from_status( status );
}

/* ---- directly */

/* The thread doesn't return from its select: releases the references of its list, which was on its stack. */
static void readiness_release( void *object )
{
    struct socket **sock;

    for (sock = object; *sock; sock++) socket_release( *sock );
    HeapFree( GetProcessHeap(), 0, object );
}

static struct socket **readiness_socks( const struct readiness *list, UINT count )
{
    struct socket **socks = HeapAlloc( GetProcessHeap(), 0, ( count + 1 ) * sizeof( *socks ) );
    UINT i;

    if (!socks) return NULL;
    for (i = 0; i < count; i++) socks[i] = list[i].sock;
    socks[count] = NULL;
    return socks;
}

static NTSTATUS readiness_call( enum unix_func func, void *params, int *wake_fd, LONG seen,
                                const struct readiness *list, UINT count )
{
    struct socket **socks = readiness_socks( list, count );
    /* the request that AFD gets is one of the last socket */
    NTSTATUS status = pollers_call( func, params, wake_fd, seen, list[count - 1].sock, socks, readiness_release );

    HeapFree( GetProcessHeap(), 0, socks );
    return status;
}

static BOOL readiness_is_direct( struct socket *sock )
{
    return ( sock->id.type == SOCK_STREAM || sock->id.type == SOCK_DGRAM )
           && ( sock->id.family == AF_INET || sock->id.family == AF_INET6 ) && socket_is_pollable( sock );
}

/* Only a call of the program can change its readiness, and that wakes waiting threads: it is neither connected nor
 * connecting; or it is a datagram socket without an address yet, but with room. */
static BOOL readiness_is_idle( const struct socket *sock )
{
    if (engine == ENGINE_AFD || sock->desc.fd != -1 || sock->desc.recycled || sock->shared.foreign
        || shared_state_is_shared( sock ) || socket_needs_afd( sock ))
        return FALSE;
    return sock->id.type == SOCK_STREAM ? sock->conn.state == CONNECTION_NONE : !sock->conn.bound;
}

static UINT readiness_events_from_flags( const struct socket *sock, UINT wanted )
{
    UINT events = 0;

    if (wanted & ( AFD_POLL_READ | AFD_POLL_ACCEPT )) events |= POLL_IN;
    if (wanted & AFD_POLL_OOB) events |= POLL_PRI;
    if (wanted & ( AFD_POLL_HUP | AFD_POLL_RESET )) events |= POLL_END;
    /* the kernel's room isn't available to the program while one of its sends is still queued */
    if (wanted & AFD_POLL_WRITE && !sock->queues[DIRECTION_WRITE].head) events |= POLL_OUT;
    return events;
}

/* The host reports urgent data as exceptional even if it is in line. */
static BOOL readiness_is_urgent_in_line( struct socket *sock )
{
    int value = 0;
    UINT len = sizeof( value );

    return !option_host_get( sock, OPTION_SOL_SOCKET_SO_OOBINLINE, &value, &len ) && value;
}

static UINT readiness_flags_from_events( struct socket *sock, UINT ready )
{
    UINT flags = 0;

    if (ready & POLL_IN) flags |= sock->conn.state == CONNECTION_LISTENING ? AFD_POLL_ACCEPT : AFD_POLL_READ;
    if (ready & POLL_PRI && !readiness_is_urgent_in_line( sock )) flags |= AFD_POLL_OOB;
    if (ready & POLL_OUT) flags |= AFD_POLL_WRITE;
    if (sock->id.type != SOCK_STREAM)
    {
        /* a receive will report it, or not if it isn't an error on Windows */
        if (ready & POLL_ERR && ( !sock->desc.keeps_errors || !datagram_errors_take( sock ) || sock->conn.unreachable ))
            flags |= AFD_POLL_READ;
        return flags;
    }
    if (ready & POLL_END) flags |= AFD_POLL_HUP;
    if (ready & ( POLL_ERR | POLL_HUP ))
        flags |= sock->conn.reset_error || connection_end_status( sock ) ? AFD_POLL_RESET : AFD_POLL_HUP;
    return flags;
}

UINT readiness_now( struct socket *sock, UINT wanted )
{
    struct poll_entry entry = { .fd = sock->desc.fd, .events = readiness_events_from_flags( sock, wanted ) };
    struct poll_many_params params = { .entries = (UINT_PTR)&entry, .count = 1, .wake_fd = -1 };
    UINT flags = 0;

    if (!unix_call( unix_poll_many, &params ) && entry.ready) flags = readiness_flags_from_events( sock, entry.ready );
    if (sock->conn.unreachable) flags |= AFD_POLL_READ;
    return flags & wanted;
}

BOOL readiness_has_ended( struct socket *sock )
{
    struct poll_params params = { .fd = sock->desc.fd, .wake_fd = -1, .events = POLL_END };

    return sock->id.type == SOCK_STREAM && !unix_call( unix_poll, &params ) && params.ready & POLL_END;
}

static BOOL readiness_is_receiving( const struct socket *sock )
{
    return sock->queues[DIRECTION_READ].head || sock->queues[DIRECTION_READ].turn;
}

/* Data that a waiting receive takes isn't there for others. The host wakes both at the same time. */
static BOOL readiness_is_taken( struct readiness *item )
{
    if (readiness_is_receiving( item->sock )) return item->left_to++ < LEFT_MAX;
    return ( item->received || item->sock->queues[DIRECTION_READ].spare )
           && !readiness_now( item->sock, AFD_POLL_READ );
}

enum readiness_way readiness_way( struct socket *sock )
{
    if (readiness_is_direct( sock )) return READINESS_BY_HOST;
    return readiness_is_idle( sock ) ? READINESS_BY_PROGRAM : READINESS_BY_SERVER;
}

UINT readiness_look( struct socket *sock, UINT wanted )
{
    struct readiness item = { .sock = sock, .wanted = wanted };

    if (sock->id.closing) return 0;
    if (sock->conn.deferred && wanted & AFD_POLL_ACCEPT) return AFD_POLL_ACCEPT;
    switch (readiness_way( sock ))
    {
    case READINESS_BY_HOST: return readiness_now( sock, wanted );
    case READINESS_BY_PROGRAM: return sock->id.type == SOCK_DGRAM ? wanted & AFD_POLL_WRITE : 0;
    case READINESS_BY_SERVER: break;
    }
    return readiness_by_server( &item, 1, 0 ) ? 0 : item.flags & wanted;
}

/* Returns how many are ready. *quiet: how many only the host considers ready; they are left out for a while. */
static UINT readiness_take_result( struct readiness *list, struct poll_entry *entries, UINT count, UINT *quiet )
{
    UINT i, n = 0;

    *quiet = 0;
    for (i = 0; i < count; i++)
    {
        if (list[i].sock->id.closing) list[i].flags = AFD_POLL_CLOSE;
        else if (readiness_is_idle( list[i].sock ))
            list[i].flags = list[i].sock->id.type == SOCK_DGRAM ? list[i].wanted & AFD_POLL_WRITE : 0;
        else if (entries[i].ready)
        {
            list[i].flags = readiness_flags_from_events( list[i].sock, entries[i].ready ) & list[i].wanted;
            if (list[i].flags & AFD_POLL_READ && readiness_is_taken( &list[i] )) list[i].flags &= ~AFD_POLL_READ;
            if (!list[i].flags)
            {
                entries[i].fd = -1;
                ( *quiet )++;
            }
        }
        if (list[i].sock->conn.unreachable && list[i].wanted & AFD_POLL_READ) list[i].flags |= AFD_POLL_READ;
        if (list[i].flags) n++;
    }
    return n;
}

static BOOL readiness_ask_poll_list( struct poll_list *poll_list, const struct readiness *list,
                                     struct poll_entry *entries, UINT count, LONGLONG timeout, LONG seen,
                                     NTSTATUS *status )
{
    struct poll_list_params params = { .wake_fd = -1, .timeout = timeout };

    if (!poll_list_prepare( poll_list, list, entries, count, &params )) return FALSE;
    *status = timeout ? readiness_call( unix_poll_list, &params, &params.wake_fd, seen, list, count )
                      : unix_call( unix_poll_list, &params );
    return poll_list_finish( poll_list, list, entries, count, &params, *status );
}

/* NOT_DIRECT: *ticks is what is left of the time. */
static int readiness_wait_direct( struct readiness *list, struct poll_entry *entries, UINT count, LONGLONG *ticks )
{
    struct poll_many_params params = { .entries = (UINT_PTR)entries, .count = count, .wake_fd = -1 };
    LARGE_INTEGER start, now, frequency;
    LONGLONG left = *ticks == MAXLONGLONG ? -1 : *ticks * 100;
    struct poll_list *poll_list = poll_list_get( count );
    BOOL hold = FALSE, behind, now_ready, changed, first = poll_list || count <= LOOK_FIRST;
    UINT i, quiet = 0;
    NTSTATUS status;
    LONG seen;

    start.QuadPart = 0;
    for (;;)
    {
        seen = pollers_wakes;
        for (i = 0, behind = now_ready = changed = FALSE; i < count; i++)
        {
            if (list[i].sock->id.closing) now_ready = TRUE;
            else if (list[i].sock->desc.fd == -1)
            {
                if (!readiness_is_idle( list[i].sock )) changed = TRUE;
                else if (list[i].sock->id.type == SOCK_DGRAM && list[i].wanted & AFD_POLL_WRITE) now_ready = TRUE;
            }
            if (!hold || entries[i].fd != -1) entries[i].fd = list[i].sock->desc.fd;
            entries[i].events = readiness_events_from_flags( list[i].sock, list[i].wanted );
            entries[i].ready = 0;
            list[i].received |= readiness_is_receiving( list[i].sock );
            if (list[i].wanted & AFD_POLL_WRITE && !( entries[i].events & POLL_OUT )) behind = TRUE;
        }
        if (changed)
        {
            if (left >= 0) *ticks = left / 100;
            return NOT_DIRECT;
        }
        params.timeout = first || now_ready ? 0 : left;
        if (params.timeout && ( hold || behind )) params.timeout = left < 0 ? QUIET_TIME : min( left, QUIET_TIME );
        if (left > 0 && !first && !start.QuadPart)
        {
            QueryPerformanceFrequency( &frequency );
            QueryPerformanceCounter( &start );
        }
        status = STATUS_SUCCESS;
        if (poll_list
            && ( hold || !readiness_ask_poll_list( poll_list, list, entries, count, params.timeout, seen, &status ) ))
        {
            poll_list = NULL;
            if (status != STATUS_CANCELLED) status = STATUS_ALERTED; /* what is left of the time is to be found out */
            if (!params.timeout) status = unix_call( unix_poll_many, &params );
        }
        else if (!poll_list)
            status = params.timeout ? readiness_call( unix_poll_many, &params, &params.wake_fd, seen, list, count )
                                    : unix_call( unix_poll_many, &params );
        if (status && status != STATUS_TIMEOUT && status != STATUS_ALERTED) return error_from_status( status );
        if (readiness_take_result( list, entries, count, &quiet )) return 0;
        hold = quiet != 0;
        if (first && left)
        {
            first = FALSE;
            continue;
        }
        if (left > 0)
        {
            QueryPerformanceCounter( &now );
            left = *ticks * 100 - time_scale( now.QuadPart - start.QuadPart, frequency.QuadPart, 1000000000 );
            if (left <= 0) return 0;
        }
        else if (!left) return 0;
    }
}

int readiness_wait( struct readiness *list, UINT count, LONGLONG ticks )
{
    struct poll_entry local[LIST_INLINE], *entries = local;
    int err = NOT_DIRECT;
    UINT i;

    for (i = 0; i < count; i++)
    {
        if (!list[i].sock->conn.deferred || !( list[i].wanted & AFD_POLL_ACCEPT )) continue;
        list[i].flags |= AFD_POLL_ACCEPT; /* nor does the server's poll report it */
        ticks = 0;
    }
    if (count > LIST_INLINE && !( entries = HeapAlloc( GetProcessHeap(), 0, count * sizeof( *entries ) ) ))
        return WSAENOBUFS;
    while (err == NOT_DIRECT)
    {
        for (i = 0; i < count && ( readiness_is_idle( list[i].sock ) || readiness_is_direct( list[i].sock ) );
             i++) /* nothing */
            ;
        if (i == count) err = readiness_wait_direct( list, entries, count, &ticks );
        else err = readiness_by_server( list, count, ticks );
    }
    if (entries != local) HeapFree( GetProcessHeap(), 0, entries );
    return err;
}
