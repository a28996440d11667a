/*
 * Addresses of a socket, listening, shutting down
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "events/socket_notify.h"
#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/path_socket.h"
#include "events/network_events.h"
#include "events/readiness.h"
#include "api/port_reservation.h"
#include "sockets/shared_state.h"
#include "wait/pollers.h"
#include "sockets/connection.h"
#include "sockets/bound_address.h"
#include "sockets/local_address.h"

#define ADDRESS_MAX 128

static int bind_address_size( int family )
{
    return family == AF_INET    ? sizeof( struct sockaddr_in )
           : family == AF_INET6 ? sizeof( struct sockaddr_in6 )
                                : (int)sizeof( struct sockaddr );
}

struct bind_input
{
    UINT zero;
    BYTE addr[ADDRESS_MAX];
};

static NTSTATUS bind_request( struct socket *sock, const struct bind_input *in, int len )
{
    BYTE out[ADDRESS_MAX];

    return afd_ioctl( sock->id.handle, AFD_BIND, in, sizeof( in->zero ) + len, out, len, NULL );
}

static NTSTATUS bind_by_server( struct socket *sock, const struct bind_input *in, int len )
{
    NTSTATUS status = bind_request( sock, in, len );

    /* by a socket that has just been closed? */
    if (status && engine != ENGINE_AFD && error_from_status( status ) == WSAEADDRINUSE
        && !unix_call( unix_engine_settle, NULL ))
        status = bind_request( sock, in, len );
    return status;
}

/* A datagram socket of another address of the interface may have the port. */
static NTSTATUS bind_beside( struct socket *sock, const struct bind_input *in )
{
    struct bind_input any = { .addr = { AF_INET } };
    NTSTATUS status = bind_by_server( sock, &any, sizeof( struct sockaddr_in ) );

    return status ? status : bound_address_beside( sock, (const struct sockaddr_in *)in->addr );
}

/* Datagrams may arrive from the bind on: the host would also deliver those to groups that other sockets have joined.
 * Only here they can't come, and the descriptor has time. */
static BOOL bind_is_to_loopback( const struct bind_input *in )
{
    const struct sockaddr_in6 *addr = (const struct sockaddr_in6 *)in->addr;

    if (addr->sin6_family == AF_INET) return ( (const struct sockaddr_in *)addr )->sin_addr.s_net == 127;
    return IN6_IS_ADDR_LOOPBACK( &addr->sin6_addr );
}

static int bind_address( struct socket *sock, const struct bind_input *in, int len )
{
    const struct sockaddr_in *addr = (const struct sockaddr_in *)in->addr;
    NTSTATUS status = bind_by_server( sock, in, len );

    if (( error_from_status( status ) == WSAEADDRINUSE || error_from_status( status ) == WSAEACCES )
        && bound_address_goes_beside( sock, addr ))
        status = bind_beside( sock, in );
    if (!status)
    {
        if (sock->id.type == SOCK_DGRAM && sock->id.family == AF_INET) sock->conn.local = addr->sin_addr.s_addr;
        sock->conn.bound = TRUE;
        if (sock->id.type == SOCK_DGRAM && !bind_is_to_loopback( in ) && socket_ensure_descriptor( sock ))
            bound_address_note( sock );
        pollers_wake();
        socket_notify_changed( sock );
    }
    return status == STATUS_ADDRESS_ALREADY_ASSOCIATED ? WSAEINVAL : error_from_status( status );
}

static int bind_port( struct socket *sock, USHORT port, void *arg )
{
    struct bind_input *in = arg;

    ( (struct sockaddr_in *)in->addr )->sin_port = __builtin_bswap16( port );
    return bind_address( sock, in, bind_address_size( sock->id.family ) );
}

int WSPAPI WSPBind( SOCKET s, const struct sockaddr *addr, int len, int *err )
{
    struct bind_input in = { 0 };
    struct socket *sock;
    int result = 0;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (path_socket_is( sock )) result = path_socket_bind( sock, addr, len );
    else if (!addr || len < 2 || !guarded_copy( in.addr, addr, min( len, ADDRESS_MAX ) )) result = WSAEFAULT;
    else if (len < bind_address_size( sock->id.family )) result = WSAEFAULT;
    else if (( (struct sockaddr *)in.addr )->sa_family != sock->id.family)
    {
        /* the page of bind says WSAEFAULT for an address of another family; a number that isn't a family isn't
         * supported */
        USHORT family = ( (struct sockaddr *)in.addr )->sa_family;

        result = family == AF_INET || family == AF_INET6 ? WSAEFAULT : WSAEAFNOSUPPORT;
    }
    else if (!sock->conn.bound && ( result = local_address_check( in.addr, min( len, ADDRESS_MAX ) ) ))
    {
    }
    else if (sock->conn.reservation && !sock->conn.bound)
        result = port_reservation_bind( sock, __builtin_bswap16( ( (struct sockaddr_in *)in.addr )->sin_port ),
                                        bind_port, &in );
    else result = bind_address( sock, &in, min( len, ADDRESS_MAX ) );
    socket_release( sock );
    return spi_result( result, err );
}

int bind_to_any( struct socket *sock )
{
    struct sockaddr_in6 any = { .sin6_family = sock->id.family };
    int err;

    return WSPBind( (SOCKET)sock->id.handle, (struct sockaddr *)&any, bind_address_size( sock->id.family ), &err )
                   && !sock->conn.bound
               ? err
               : 0;
}

/* If the host can't, each gets some of the connections. */
static void bind_lead_listeners( struct socket *sock )
{
    struct listen_first_params params = { 0 };
    struct borrowed_descriptor borrowed;

    if (engine == ENGINE_AFD || socket_borrow_descriptor( sock, &borrowed )) return;
    params.fd = borrowed.fd;
    unix_call( unix_listen_first, &params );
    socket_return_descriptor( &borrowed );
}

int WSPAPI WSPListen( SOCKET s, int backlog, int *err )
{
    struct afd_listen_params params = { .backlog = backlog };
    struct socket *sock;
    NTSTATUS status;
    int result;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (sock->id.type != SOCK_STREAM) result = WSAEOPNOTSUPP;
    else if (sock->conn.state == CONNECTION_UP) result = WSAEISCONN;
    else
    {
        if (!( status = afd_ioctl( sock->id.handle, AFD_LISTEN, &params, sizeof( params ), NULL, 0, NULL ) ))
        {
            sock->conn.state = CONNECTION_LISTENING;
            bind_lead_listeners( sock );
        }
        pollers_wake();
        socket_notify_changed( sock );
        result = error_from_status( status );
    }
    socket_release( sock );
    return spi_result( result, err );
}

/* Returns an address to the program. WSAEFAULT if there is no room. */
static int bind_return_address( const void *from, int from_len, struct sockaddr *addr, int *len )
{
    int room;

    if (!addr || !len || !guarded_copy( &room, len, sizeof( room ) ) || room < from_len) return WSAEFAULT;
    if (!guarded_copy( addr, from, from_len ) || !guarded_copy( len, &from_len, sizeof( from_len ) )) return WSAEFAULT;
    return 0;
}

/* Asks the host, which costs no request. what: DESCRIPTOR_LOCAL or DESCRIPTOR_PEER. FALSE: ask the server. */
static BOOL bind_query_name( struct socket *sock, UINT what, struct sockaddr *addr, int *len, int *result )
{
    struct descriptor_query_params query = { .what = what };

    if (sock->shared.foreign || !socket_ensure_descriptor( sock )) return FALSE;
    query.fd = sock->desc.fd;
    if (unix_call( unix_descriptor_query, &query ) || !query.addr_len) return FALSE;
    if (what == DESCRIPTOR_LOCAL && sock->conn.local)
        ( (struct sockaddr_in *)query.addr )->sin_addr.s_addr = sock->conn.local;
    *result = bind_return_address( query.addr, query.addr_len, addr, len );
    return TRUE;
}

/* The server's answer is wrong for a datagram socket that another process has bound beside one that has its port. */
static void bind_correct_name( struct socket *sock, BYTE *out, ULONG_PTR *size )
{
    struct descriptor_query_params query = { .what = DESCRIPTOR_LOCAL };

    if (!sock->shared.foreign || sock->id.type != SOCK_DGRAM || !socket_ensure_descriptor( sock )) return;
    query.fd = sock->desc.fd;
    if (unix_call( unix_descriptor_query, &query ) || !query.addr_len || query.addr_len > ADDRESS_MAX
        || ( (struct sockaddr_in *)query.addr )->sin_port == ( (struct sockaddr_in *)out )->sin_port)
        return;
    memcpy( out, query.addr, *size = query.addr_len );
}

static int bind_local_name( struct socket *sock, struct sockaddr *addr, int *len )
{
    BYTE out[ADDRESS_MAX];
    ULONG_PTR size = 0;
    int result;

    if (!bind_query_name( sock, DESCRIPTOR_LOCAL, addr, len, &result )
        && !( result = error_from_status(
                  afd_ioctl( sock->id.handle, AFD_GETSOCKNAME, NULL, 0, out, sizeof( out ), &size ) ) ))
    {
        bind_correct_name( sock, out, &size );
        result = bind_return_address( out, size, addr, len );
    }
    return result;
}

static int bind_peer_name( struct socket *sock, struct sockaddr *addr, int *len )
{
    BYTE out[ADDRESS_MAX];
    ULONG_PTR size = 0;
    struct readiness failed = { .sock = sock, .wanted = AFD_POLL_CONNECT_ERR };
    int result;

    if (sock->conn.group.sin6_family)
        result = bind_return_address( &sock->conn.group, bind_address_size( sock->id.family ), addr, len );
    else if (sock->id.type == SOCK_DGRAM && sock->conn.state != CONNECTION_UP && !shared_state_is_shared( sock ))
        result = WSAENOTCONN;
    else if (!bind_query_name( sock, DESCRIPTOR_PEER, addr, len, &result )
             && !( result = error_from_status(
                       afd_ioctl( sock->id.handle, AFD_WINE_GETPEERNAME, NULL, 0, out, sizeof( out ), &size ) ) ))
    {
        /* Windows and Wine 10.0 know the peer as soon as the connect starts; this one has failed */
        if (sock->id.type == SOCK_STREAM && sock->conn.state == CONNECTION_STARTED && !socket_is_connected( sock )
            && !readiness_wait( &failed, 1, 0 ) && failed.flags & AFD_POLL_CONNECT_ERR)
            result = WSAENOTCONN;
        else result = bind_return_address( out, size, addr, len );
    }
    return result;
}

/* The name that query returns, or of a socket of AF_UNIX the path that stands for it. */
static int bind_name( SOCKET s, struct sockaddr *addr, int *len, int *err,
                      int ( *query )( struct socket *sock, struct sockaddr *addr, int *len ),
                      void ( *path_name )( struct socket *sock, const struct sockaddr_in *in, SOCKADDR_UN *name ) )
{
    struct sockaddr_in in;
    struct socket *sock;
    SOCKADDR_UN path;
    int result, in_len = sizeof( in );

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (!path_socket_is( sock )) result = query( sock, addr, len );
    else if (!( result = query( sock, (struct sockaddr *)&in, &in_len ) ))
    {
        path_name( sock, &in, &path );
        result = bind_return_address( &path, sizeof( path ), addr, len );
    }
    socket_release( sock );
    return spi_result( result, err );
}

int WSPAPI WSPGetSockName( SOCKET s, struct sockaddr *addr, int *len, int *err )
{
    return bind_name( s, addr, len, err, bind_local_name, path_socket_local );
}

int WSPAPI WSPGetPeerName( SOCKET s, struct sockaddr *addr, int *len, int *err )
{
    return bind_name( s, addr, len, err, bind_peer_name, path_socket_peer );
}

int WSPAPI WSPShutdown( SOCKET s, int how, int *err )
{
    BOOLEAN recv_before, send_before;
    struct socket *sock;
    NTSTATUS status = STATUS_SUCCESS;
    int result = 0;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (how < SD_RECEIVE || how > SD_BOTH) result = WSAEINVAL;
    else
    {
        socket_ensure_descriptor( sock ); /* the server still considers it connected */
        /* before: what the peer answers is an end in order then, and no reset */
        recv_before = sock->shared.recv_shutdown;
        send_before = sock->shared.send_shutdown;
        if (how != SD_SEND) sock->shared.recv_shutdown = TRUE;
        if (how != SD_RECEIVE) sock->shared.send_shutdown = TRUE;
        shared_state_write( sock );
        if (!operation_defer_shutdown( sock, how ))
            status = afd_ioctl( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, NULL );
        if (status)
        {
            sock->shared.recv_shutdown = recv_before;
            sock->shared.send_shutdown = send_before;
            shared_state_write( sock );
        }
        else
        {
            if (how != SD_SEND && sock->id.type == SOCK_STREAM) operation_end_receives( sock );
            if (sock->shared.recv_shutdown && sock->shared.send_shutdown)
                network_events_end( sock ); /* as the server does */
        }
        result = error_from_status( status );
    }
    socket_release( sock );
    return spi_result( result, err );
}

/* No protocol here carries disconnect data: sending some is an error, receiving always returns none (pages
 * "WSASendDisconnect function", "WSARecvDisconnect function"). */
int WSPAPI WSPSendDisconnect( SOCKET s, WSABUF *data, int *err )
{
    struct socket *sock;
    WSABUF buffer;
    int result = 0;

    if (!data) return WSPShutdown( s, SD_SEND, err );
    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (!guarded_copy( &buffer, data, sizeof( buffer ) )) result = WSAEFAULT;
    else if (buffer.len) result = WSAENOPROTOOPT;
    socket_release( sock );
    return result ? spi_result( result, err ) : WSPShutdown( s, SD_SEND, err );
}

int WSPAPI WSPRecvDisconnect( SOCKET s, WSABUF *data, int *err )
{
    (void)data;
    return WSPShutdown( s, SD_RECEIVE, err );
}

/* No quality-of-service templates are installed. */
BOOL WSPAPI WSPGetQOSByName( SOCKET s, WSABUF *name, QOS *qos, int *err )
{
    struct socket *sock = socket_grab( s, err );

    (void)name;
    (void)qos;
    if (!sock) return FALSE;
    socket_release( sock );
    *err = WSAEOPNOTSUPP;
    return FALSE;
}
