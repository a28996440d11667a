/*
 * Connecting and disconnecting
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "events/socket_notify.h"
#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/disconnect.h"
#include "events/network_events.h"
#include "api/option.h"
#include "api/path_socket.h"
#include "events/readiness.h"
#include "wait/pollers.h"
#include "sockets/bound_address.h"
#include "sockets/local_address.h"
#include "sockets/near_peer.h"
#include "sockets/option_host.h"
#include "sockets/recycle.h"

#define ADDRESS_MAX 128

struct connect_input
{
    UINT addr_len;
    UINT synchronous;
    BYTE addr[ADDRESS_MAX];
};

/* Checks and copies the program's address: WSAEFAULT if it is too short or can't be read, WSAEAFNOSUPPORT for another
 * family. */
static int connect_capture_address( struct socket *sock, const struct sockaddr *addr, int len,
                                    struct connect_input *input )
{
    USHORT family;

    if (path_socket_is( sock ))
    {
        input->addr_len = sizeof( struct sockaddr_in );
        return path_socket_target( sock, addr, len, (struct sockaddr_in *)input->addr );
    }
    if (!addr || len < (int)sizeof( family ) || !guarded_copy( &family, addr, sizeof( family ) )) return WSAEFAULT;
    if (family == AF_UNSPEC && sock->id.type == SOCK_DGRAM) len = min( len, 16 );
    else
    {
        if (len
            < ( sock->id.family == AF_INET6 ? (int)sizeof( struct sockaddr_in6 ) : (int)sizeof( struct sockaddr_in ) ))
            return WSAEFAULT;
        if (family != sock->id.family) return WSAEAFNOSUPPORT;
    }
    input->addr_len = min( len, ADDRESS_MAX );
    return guarded_copy( input->addr, addr, input->addr_len ) ? 0 : WSAEFAULT;
}

/* Is it no address to connect to (pages "connect function", "LPFN_CONNECTEX callback function": WSAEADDRNOTAVAIL)?
 * The host would take the wildcard to mean itself. A datagram socket connects to port 0, too: it gets a local address.
 */
static BOOL connect_is_nowhere( const struct socket *sock, const BYTE *addr )
{
    return address_is_wildcard( addr )
           || ( sock->id.type == SOCK_STREAM && !( (const struct sockaddr_in *)addr )->sin_port );
}

/* On Wine 8.0 a socket whose first connect failed can't be connected again; on Windows it can. So give the handle a
 * new kernel socket, with the settings that the provider knows. */
static BOOL connect_renew_kernel_socket( struct socket *sock )
{
    struct
    {
        UINT zero;
        BYTE addr[ADDRESS_MAX];
    } bind = { 0 };
    struct saved_options *saved = option_save( sock );
    struct descriptor_open_params old = { .handle = HandleToULong( sock->id.handle ) };
    BOOL have_old = engine != ENGINE_AFD && !unix_call( unix_descriptor_open, &old ); /* ntdll may have one, too */
    ULONG_PTR size = 0;
    BOOL done;

    if (sock->conn.bound
        && afd_ioctl( sock->id.handle, AFD_GETSOCKNAME, NULL, 0, bind.addr, sizeof( bind.addr ), &size ))
        size = 0;
    done = !recycle_new_file( sock );
    option_restore( sock,
                    saved ); /* before the bind, for which some matter, and while the old descriptors still have them */
    if (have_old)
    {
        struct descriptor_close_params close = { .fd = old.fd };

        if (done) recycle_replace_descriptors( sock, old.fd );
        unix_call( unix_descriptor_close, &close );
    }
    if (!done) return FALSE;
    if (size)
    {
        BYTE out[ADDRESS_MAX];

        afd_ioctl( sock->id.handle, AFD_BIND, &bind, sizeof( UINT ) + size, out, size, NULL );
    }
    network_events_renew( sock );
    return TRUE;
}

/* Windows gives up a connect after about 21 s (page "connect function": WSAETIMEDOUT; three SYNs), the host after two
 * minutes, or three seconds if nobody answers to ARP. What the program has set by TCP_MAXRT or SIO_TCP_INITIAL_RTO
 * decides where it has. Best effort: a connect works without. */
static void connect_limit_time( struct socket *sock, const struct connect_input *input )
{
    struct tcp_syn_params syn = { .count = TCP_SYN_DEFAULT };
    struct borrowed_descriptor borrowed;
    BOOL usable;

    if (engine == ENGINE_AFD || sock->id.type != SOCK_STREAM || socket_borrow_descriptor( sock, &borrowed )) return;
    syn.fd = borrowed.fd;
    if (!sock->options.syn_count) unix_call( unix_tcp_syn, &syn );
    usable = near_peer_begins( sock, borrowed.fd, input->addr, input->addr_len );
    if (usable) socket_keep_descriptor( sock, &borrowed );
    else socket_return_descriptor( &borrowed );
    if (!usable && connect_renew_kernel_socket( sock )) connect_limit_time( sock, input );
}

static NTSTATUS connect_by_server( struct socket *sock, const struct connect_input *input )
{
    connect_limit_time( sock, input );
    return socket_blocked_status( sock, afd_ioctl( sock->id.handle, AFD_WINE_CONNECT, input,
                                                   offsetof( struct connect_input, addr ) + input->addr_len, NULL, 0,
                                                   NULL ) );
}

/* A disconnect: a datagram socket would lose the port that the host chose together with its peer. */
static NTSTATUS disconnect( struct socket *sock, const struct connect_input *input )
{
    struct descriptor_query_params query = { .what = DESCRIPTOR_LOCAL };
    BOOL have_name = socket_ensure_descriptor( sock );
    NTSTATUS status;

    if (bound_address_disconnect( sock )) return STATUS_SUCCESS;
    query.fd = sock->desc.fd;
    if (have_name) have_name = !unix_call( unix_descriptor_query, &query ) && query.addr_len;
    status = connect_by_server( sock, input );
    if (!status && have_name)
    {
        struct descriptor_rebind_params rebind
            = { .fd = sock->desc.fd, .port = ( (struct sockaddr_in *)query.addr )->sin_port };

        bound_address_note( sock ); /* before, as it is the interface's port alone */
        unix_call( unix_descriptor_rebind, &rebind );
    }
    return status;
}

/* Where the host would take another of its addresses than the one that the socket is bound to. */
static BOOL connect_past_host( struct socket *sock, const struct connect_input *input )
{
    static const struct connect_input none = { .addr_len = sizeof( struct sockaddr ) };
    BOOL by_host = sock->conn.state == CONNECTION_UP && !bound_address_disconnect( sock );

    if (address_is_broadcast( input->addr, input->addr_len ) || address_is_group( input->addr )
        || bound_address_connects( sock, (const struct sockaddr_in *)input->addr ))
        return FALSE;
    if (by_host) disconnect( sock, &none );
    bound_address_connect( sock, (const struct sockaddr_in *)input->addr );
    return TRUE;
}

/* A broadcast address is a peer like any other on Windows, where only sending needs SO_BROADCAST; send doesn't if the
 * option was on before. The host wants the option for the connect, which Wine 10.0 turns on for it, and doesn't look at
 * it later. */
static NTSTATUS connect_datagrams( struct socket *sock, const struct connect_input *input )
{
    int allowed = TRUE, on = TRUE, off = FALSE, off_for_peer = BROADCAST_OFF_FOR_PEER, len = sizeof( allowed ), err;
    BOOLEAN was_on = sock->options.broadcast_was_on;
    SOCKET s = (SOCKET)sock->id.handle;
    NTSTATUS status;

    if (sock->id.type != SOCK_DGRAM || sock->id.family != AF_INET
        || WSPGetSockOpt( s, SOL_SOCKET, SO_BROADCAST, (char *)&allowed, &len, &err ))
        allowed = TRUE;
    if (connect_past_host( sock, input )) return STATUS_SUCCESS;
    status = connect_by_server( sock, input );
    if (allowed || ( status && status != STATUS_ACCESS_DENIED )) return status;
    if (status)
    {
        if (!WSPSetSockOpt( s, SOL_SOCKET, SO_BROADCAST, (char *)&on, sizeof( on ), &err ))
            status = connect_by_server( sock, input );
        WSPSetSockOpt( s, SOL_SOCKET, SO_BROADCAST, (char *)&off, sizeof( off ), &err );
        sock->options.broadcast_was_on = was_on;
    }
    /* what else is known of the way, as IP_MTU, is lost with it */
    if (!status && !was_on && engine != ENGINE_AFD && address_is_broadcast( input->addr, input->addr_len ))
        option_host_set( sock, OPTION_SOL_SOCKET_SO_BROADCAST, &off_for_peer, sizeof( off_for_peer ) );
    return status;
}

/* A connect has failed. */
static BOOL connect_has_failed( struct socket *sock )
{
    struct readiness item = { .sock = sock, .wanted = AFD_POLL_CONNECT_ERR };

    return sock->id.type == SOCK_STREAM && sock->conn.state == CONNECTION_STARTED && !readiness_wait( &item, 1, 0 )
           && item.flags & AFD_POLL_CONNECT_ERR;
}

int WSPAPI WSPConnect( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos,
                       QOS *gqos, int *err )
{
    struct connect_input input = { .synchronous = TRUE };
    enum connection before;
    struct socket *sock;
    NTSTATUS status;
    BOOL stream;
    int result;

    (void)caller;
    (void)callee;
    (void)sqos;
    (void)gqos;
    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (sock->id.type == SOCK_STREAM && socket_ensure_descriptor( sock )) result = WSAEISCONN;
    else if (sock->conn.state == CONNECTION_LISTENING) result = WSAEINVAL;
    else if (!( result = connect_capture_address( sock, addr, len, &input ) )
             && ( !sock->conn.reservation || sock->conn.bound || !( result = bind_to_any( sock ) ) ))
    {
        if (sock->id.type == SOCK_DGRAM && address_is_wildcard( input.addr )
            && !( (struct sockaddr_in *)input.addr )->sin_port)
        {
            /* a disconnect (page "connect function") */
            memset( input.addr, 0, sizeof( input.addr ) );
            input.addr_len = sizeof( struct sockaddr );
        }
        else if (( (struct sockaddr_in *)input.addr )->sin_family && connect_is_nowhere( sock, input.addr ))
        {
            result = WSAEADDRNOTAVAIL;
            goto done;
        }
        /* Wine 10.0 connects the same kernel socket again, and would not report the result */
        if (sock->events.selection && connect_has_failed( sock )) network_events_renew( sock );
        stream = sock->id.type == SOCK_STREAM;
        before = stream ? socket_connect_begins( sock ) : sock->conn.state;
        if (stream && before != CONNECTION_UP) sock->events.connect_news = TRUE;
        if (!( (struct sockaddr *)input.addr )->sa_family) status = disconnect( sock, &input );
        else status = stream ? connect_by_server( sock, &input ) : connect_datagrams( sock, &input );
        if (status == STATUS_CONNECTION_ABORTED && sock->id.type == SOCK_STREAM && connect_renew_kernel_socket( sock ))
            status = connect_by_server( sock, &input );
        if (!status)
        {
            /* another thread may have used the stream, and disconnected it again */
            if (stream) InterlockedCompareExchange( (LONG *)&sock->conn.state, CONNECTION_UP, CONNECTION_STARTED );
            else sock->conn.state = ( (struct sockaddr *)input.addr )->sa_family ? CONNECTION_UP : CONNECTION_NONE;
            if (!sock->conn.own_peer) sock->conn.group.sin6_family = 0;
            sock->conn.bound = TRUE;
            socket_ensure_descriptor( sock );
        }
        else if (status != STATUS_DEVICE_NOT_READY && stream)
        {
            sock->events.connect_news = FALSE;
            socket_connect_failed( sock, before );
        }
        pollers_wake();
        socket_notify_changed( sock );
        result = status == STATUS_ADDRESS_ALREADY_ASSOCIATED ? WSAEALREADY : error_from_status( status );
    }
done:
    socket_release( sock );
    return spi_result( result, err );
}

BOOL WINAPI provider_ConnectEx( SOCKET s, const struct sockaddr *addr, int len, void *data, DWORD data_len, DWORD *sent,
                                OVERLAPPED *overlapped )
{
    struct connect_input input = { 0 };
    enum connection before;
    volatile void *iosb;
    struct socket *sock;
    NTSTATUS status;
    BOOL renewed = FALSE;
    BYTE *block;
    int result;

    if (!( sock = socket_grab( s, &result ) )) goto done;
    if (!overlapped) result = ERROR_INVALID_PARAMETER;
    else if (sock->id.type != SOCK_STREAM) result = WSAEINVAL;
    else if (!guarded_touch( overlapped, sizeof( *overlapped ), TRUE )) result = WSAEFAULT;
    else if (sent && !guarded_touch( sent, sizeof( *sent ), TRUE )) result = WSAEFAULT;
    else if (!( result = connect_capture_address( sock, addr, len, &input ) ) && connect_is_nowhere( sock, input.addr ))
        result = WSAEADDRNOTAVAIL;
    else if (!result)
    {
        UINT head = offsetof( struct connect_input, addr ) + input.addr_len;

        if (!data) data_len = 0;
        if (!( block = HeapAlloc( GetProcessHeap(), 0, (SIZE_T)head + data_len ) )) result = WSAENOBUFS;
        else
        {
            memcpy( block, &input, head );
            if (!guarded_copy( block + head, data, data_len )) result = WSAEFAULT;
            else
            {
                overlapped->Internal = STATUS_PENDING;
                overlapped->InternalHigh = 0;
                before = socket_connect_begins( sock );
                connect_limit_time( sock, &input );
                socket_afd_pended( sock, AFD_PENDED_CONNECT );
                iosb = queue_afd_begins( &sock->queues[DIRECTION_WRITE], overlapped );
                do
                    status = afd_ioctl_overlapped( sock->id.handle, AFD_WINE_CONNECT, block, head + data_len, NULL, 0,
                                                   overlapped, NULL );
                while (status == STATUS_CONNECTION_ABORTED && !renewed
                       && ( renewed = connect_renew_kernel_socket( sock ) ));
                if (status != STATUS_PENDING) queue_afd_failed( &sock->queues[DIRECTION_WRITE], overlapped, iosb );
                if (NT_ERROR( status )) socket_connect_failed( sock, before );
                pollers_wake();
                socket_notify_changed( sock );
                if (!status && sent) guarded_copy( sent, &overlapped->InternalHigh, sizeof( *sent ) );
                result = error_from_status( status );
            }
            HeapFree( GetProcessHeap(), 0, block );
        }
    }
    socket_release( sock );
done:
    SetLastError( result );
    return !result;
}
