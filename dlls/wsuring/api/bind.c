/*
 * Addresses of a socket, listening, shutting down
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "events/network_events.h"
#include "events/readiness.h"
#include "api/port_reservation.h"
#include "sockets/shared_state.h"
#include "wait/pollers.h"
#include "sockets/connection.h"
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

static int bind_address( struct socket *sock, const struct bind_input *in, int len )
{
    BYTE out[ADDRESS_MAX];
    NTSTATUS status = afd_ioctl( sock->id.handle, AFD_BIND, in, sizeof( in->zero ) + len, out, len, NULL );

    if (!status)
    {
        if (sock->id.type == SOCK_DGRAM && sock->id.family == AF_INET)
            sock->conn.local = ( (const struct sockaddr_in *)in->addr )->sin_addr.s_addr;
        sock->conn.bound = TRUE;
        /* datagrams may arrive from now on: the host would also deliver those to groups that other sockets have
         * joined */
        if (sock->id.type == SOCK_DGRAM) socket_ensure_descriptor( sock );
        pollers_wake();
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
    if (!addr || len < 2 || !guarded_copy( in.addr, addr, min( len, ADDRESS_MAX ) )) result = WSAEFAULT;
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
            sock->conn.state = CONNECTION_LISTENING;
        pollers_wake();
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

int WSPAPI WSPGetSockName( SOCKET s, struct sockaddr *addr, int *len, int *err )
{
    BYTE out[ADDRESS_MAX];
    ULONG_PTR size = 0;
    struct socket *sock;
    int result;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (!bind_query_name( sock, DESCRIPTOR_LOCAL, addr, len, &result )
        && !( result = error_from_status(
                  afd_ioctl( sock->id.handle, AFD_GETSOCKNAME, NULL, 0, out, sizeof( out ), &size ) ) ))
        result = bind_return_address( out, size, addr, len );
    socket_release( sock );
    return spi_result( result, err );
}

int WSPAPI WSPGetPeerName( SOCKET s, struct sockaddr *addr, int *len, int *err )
{
    BYTE out[ADDRESS_MAX];
    ULONG_PTR size = 0;
    struct socket *sock;
    int result;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (sock->conn.group.sin6_family)
        result = bind_return_address( &sock->conn.group, bind_address_size( sock->id.family ), addr, len );
    else if (sock->id.type == SOCK_DGRAM && sock->conn.state != CONNECTION_UP && !sock->shared.foreign)
        result = WSAENOTCONN;
    else if (!bind_query_name( sock, DESCRIPTOR_PEER, addr, len, &result )
             && !( result = error_from_status(
                       afd_ioctl( sock->id.handle, AFD_WINE_GETPEERNAME, NULL, 0, out, sizeof( out ), &size ) ) ))
    {
        /* Wine 10.0 knows the peer as soon as the connect starts */
        if (sock->id.type == SOCK_STREAM && sock->conn.state == CONNECTION_STARTED && !socket_is_connected( sock ))
            result = WSAENOTCONN;
        else result = bind_return_address( out, size, addr, len );
    }
    socket_release( sock );
    return spi_result( result, err );
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
