/*
 * Accepting connections
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "events/network_events.h"
#include "events/socket_notify.h"
#include "api/option.h"
#include "api/path_socket.h"
#include "wait/program_call.h"
#include "wait/thread.h"
#include "wsuring_call.h"

static int accept_address_size( const struct socket *listener )
{
    return path_socket_is( listener )        ? sizeof( SOCKADDR_UN )
           : listener->id.family == AF_INET6 ? sizeof( struct sockaddr_in6 )
                                             : sizeof( struct sockaddr_in );
}

/* Who it is is asked now: the peer may be gone later. */
static void accept_path_peer( struct socket *sock, const struct socket *listener )
{
    SOCKADDR_UN name;
    int len = sizeof( name ), ignored;

    if (path_socket_init( sock, listener ))
        WSPGetPeerName( (SOCKET)sock->id.handle, (struct sockaddr *)&name, &len, &ignored );
}

/* An accepted socket inherits its listener's state, except for data in transit. */
static SOCKET enter_accepted( const struct socket *listener, HANDLE handle )
{
    struct socket *sock = socket_insert( handle, listener->id.family, listener->id.type, listener->id.protocol,
                                         listener->id.flags & ~WSA_FLAG_NO_HANDLE_INHERIT );

    if (!sock) return INVALID_SOCKET;
    sock->conn.bound = sock->desc.accepted = TRUE;
    sock->conn.state = CONNECTION_UP;
    sock->shared.nonblocking = listener->shared.nonblocking;
    sock->desc.by_afd = listener->desc.by_afd;
    network_events_inherit( listener, sock );
    option_inherit( sock, listener );
    if (path_socket_is( listener )) accept_path_peer( sock, listener );
    socket_release( sock );
    return (SOCKET)handle;
}

struct condition_call
{
    LPCONDITIONPROC condition;
    DWORD_PTR context;
    SOCKADDR_STORAGE local, remote;
    WSABUF caller_id, callee_id, callee_data;
    GROUP group;
    int answer;
};

static void accept_condition_call( void *arg )
{
    struct condition_call *call = arg;
    UINT_PTR arguments[] = { (UINT_PTR)&call->caller_id,
                             0,
                             0,
                             0,
                             (UINT_PTR)&call->callee_id,
                             (UINT_PTR)&call->callee_data,
                             (UINT_PTR)&call->group,
                             call->context };

    call->answer = call_program( (void *)call->condition, ARRAY_SIZE( arguments ), arguments );
}

/* The condition function didn't return, so nothing refers to the connection any more. */
static void accept_condition_abandoned( struct program_call *call )
{
    struct socket *listener = call->object;
    int ignored;

    WSPCloseSocket( (SOCKET)call->cookie, &ignored );
    socket_release( listener );
}

/* Calls the condition function. The socket exists already, because the host has no conditional accept. */
static int accept_ask_condition( struct socket *listener, SOCKET accepted, LPCONDITIONPROC condition,
                                 DWORD_PTR context )
{
    struct condition_call params = { .condition = condition, .context = context };
    int local_len = sizeof( params.local ), remote_len = sizeof( params.remote ), err;
    struct program_call *call;
    struct frame_mark mark;

    if (WSPGetPeerName( accepted, (struct sockaddr *)&params.remote, &remote_len, &err )) remote_len = 0;
    if (WSPGetSockName( accepted, (struct sockaddr *)&params.local, &local_len, &err )) local_len = 0;
    params.caller_id.buf = (char *)&params.remote;
    params.caller_id.len = remote_len;
    params.callee_id.buf = (char *)&params.local;
    params.callee_id.len = local_len;
    if (( call = program_call_begin( PROGRAM_CALL_CONDITION, &mark ) ))
    {
        call->object = listener;
        call->cookie = accepted;
        call->abandoned = accept_condition_abandoned;
    }
    callout( accept_condition_call, &params, program_call_abandon, call );
    program_call_end( call, &mark );
    return params.answer;
}

SOCKET WSPAPI WSPAccept( SOCKET s, struct sockaddr *addr, int *len, LPCONDITIONPROC condition, DWORD_PTR context,
                         int *err )
{
    SOCKET accepted = INVALID_SOCKET;
    struct socket *listener;
    UINT handle = 0;
    int result, room, ignored;

    if (!( listener = socket_grab( s, err ) )) return INVALID_SOCKET;
    if (listener->id.type != SOCK_STREAM) result = WSAEOPNOTSUPP;
    else if (program_call_in_condition()) result = WSAEINPROGRESS;
    else if (addr && len /* without a length no address is returned */
             && ( !guarded_copy( &room, len, sizeof( room ) ) || room < accept_address_size( listener )
                  || !guarded_touch( addr, room, TRUE ) ))
        result = WSAEFAULT;
    else
    {
        socket_notify_begins( listener, DIRECTION_READ );
        result = error_from_status( socket_blocked_status(
            listener, afd_ioctl( listener->id.handle, AFD_WINE_ACCEPT, NULL, 0, &handle, sizeof( handle ), NULL ) ) );
        socket_notify_ended( listener, DIRECTION_READ, FALSE );
    }
    if (!result || result == WSAEWOULDBLOCK) /* the next accept must return it first */
        listener->conn.deferred = listener->conn.deferred_taken = FALSE;
    if (!result && ( accepted = enter_accepted( listener, ULongToHandle( handle ) ) ) == INVALID_SOCKET)
    {
        NtClose( ULongToHandle( handle ) );
        result = WSAENOBUFS;
    }
    if (!result && condition)
    {
        switch (accept_ask_condition( listener, accepted, condition, context ))
        {
        case CF_ACCEPT: break;
        case CF_DEFER:
            /* the server returns the same connection to the next accept */
            listener->conn.deferred = TRUE;
            afd_ioctl( listener->id.handle, AFD_WINE_DEFER, &handle, sizeof( handle ), NULL, 0, NULL );
            {
                struct socket *sock = socket_find( (HANDLE)accepted );

                if (sock)
                {
                    socket_retire( sock, (HANDLE)accepted );
                    socket_closed( sock, (HANDLE)accepted );
                    socket_release( sock );
                }
            }
            accepted = INVALID_SOCKET;
            result = WSATRY_AGAIN;
            break;
        default:
            WSPCloseSocket( accepted, &ignored );
            accepted = INVALID_SOCKET;
            result = WSAECONNREFUSED;
            break;
        }
    }
    if (!result && addr && len) WSPGetPeerName( accepted, addr, len, &ignored );
    socket_release( listener );
    if (result) *err = result;
    return accepted;
}
