/*
 * WSPIoctl
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <initguid.h>

#include "message.h"
#include "afd.h"
#include "control.h"
#include "network_events.h"
#include "wsuring_guids.h"

static const struct
{
    const GUID *id;
    void *function;
} extensions[] =
{
    { &CLSID_ExtensionAcceptEx, provider_AcceptEx },
    { &CLSID_ExtensionConnectEx, provider_ConnectEx },
    { &CLSID_ExtensionDisconnectEx, provider_DisconnectEx },
    { &CLSID_ExtensionGetAcceptExSockaddrs, provider_GetAcceptExSockaddrs },
    { &CLSID_ExtensionTransmitFile, provider_TransmitFile },
    { &CLSID_ExtensionTransmitPackets, provider_TransmitPackets },
    { &CLSID_ExtensionWSARecvMsg, provider_WSARecvMsg },
    { &CLSID_ExtensionWSASendMsg, provider_WSASendMsg },
    { &CLSID_ExtensionWSAPoll, provider_WSAPoll },
};

/* The result of one ioctl: a Winsock error, and how many bytes went to the output buffer. */
struct result
{
    DWORD size;
};

static int return_value( const void *from, DWORD size, void *out, DWORD out_size, struct result *result )
{
    if (out_size < size || !guarded_copy( out, from, size )) return WSAEFAULT;
    result->size = size;
    return 0;
}

static int get_extension( const void *in, DWORD in_size, void *out, DWORD out_size, struct result *result )
{
    unsigned int i;
    GUID id;

    if (in_size < sizeof(id) || !guarded_copy( &id, in, sizeof(id) )) return WSAEFAULT;
    for (i = 0; i < ARRAY_SIZE(extensions); i++)
        if (IsEqualGUID( &id, extensions[i].id )) return return_value( &extensions[i].function, sizeof(void *), out, out_size, result );
    return WSAEINVAL;
}

static int set_nonblocking( struct socket *sock, const void *in, DWORD in_size )
{
    ULONG value;
    int err;

    if (in_size < sizeof(value) || !guarded_copy( &value, in, sizeof(value) )) return WSAEFAULT;
    value = value != 0;
    if (!value && network_events_selected( sock )) return WSAEINVAL;
    if (!(err = error_from_status( afd_ioctl( sock->handle, AFD_WINE_FIONBIO, &value, sizeof(value), NULL, 0, NULL ) ))) sock->nonblocking = value;
    return err;
}

static int get_int( struct socket *sock, ULONG code, void *out, DWORD out_size, struct result *result )
{
    ULONG value = 0;
    int err;

    if (code == AFD_WINE_FIONREAD && socket_ensure_descriptor( sock ))
    {
        struct descriptor_query_params query = { .fd = sock->fd, .what = DESCRIPTOR_UNREAD };

        if (!unix_call( unix_descriptor_query, &query ))
        {
            value = query.value;
            return return_value( &value, sizeof(value), out, out_size, result );
        }
    }
    if ((err = error_from_status( afd_ioctl( sock->handle, code, NULL, 0, &value, sizeof(value), NULL ) ))) return err;
    return return_value( &value, sizeof(value), out, out_size, result );
}

static int set_keepalive( struct socket *sock, const void *in, DWORD in_size )
{
    BYTE values[12];

    if (in_size < sizeof(values) || !guarded_copy( values, in, sizeof(values) )) return WSAEFAULT;
    return error_from_status( afd_ioctl( sock->handle, AFD_WINE_KEEPALIVE_VALS, values, sizeof(values), NULL, 0, NULL ) );
}

/* The host reports unreachable ports of connected sockets alone, and expired times of none. */
static int set_unreachable( struct socket *sock, DWORD code, const void *in, DWORD in_size )
{
    BOOL value;

    if (in_size < sizeof(value) || !guarded_copy( &value, in, sizeof(value) )) return WSAEFAULT;
    if (code == SIO_UDP_CONNRESET) sock->ignore_unreachable = !value;
    return 0;
}

static int get_interface_list( struct socket *sock, void *out, DWORD out_size, struct result *result )
{
    ULONG_PTR size = 0;
    void *buffer;
    NTSTATUS status;
    int err;

    out_size = min( out_size, 65536u );
    if (!(buffer = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, max( out_size, 1u ) ))) return WSAENOBUFS;
    status = afd_ioctl( sock->handle, AFD_WINE_GET_INTERFACE_LIST, NULL, 0, buffer, out_size, &size );
    if (!(err = error_from_status( status ))) err = return_value( buffer, size, out, out_size, result );
    HeapFree( GetProcessHeap(), 0, buffer );
    return err;
}

/* The local address that the host would use towards the one given: it says so when a datagram socket is connected there. */
static int query_route( const void *in, DWORD in_size, void *out, DWORD out_size, struct result *result )
{
    SOCKADDR_STORAGE addr;
    SOCKET probe;
    int err = WSAEFAULT, ignored, len = sizeof(addr);

    if (in_size < sizeof(struct sockaddr_in) || !guarded_copy( &addr, in, min( in_size, sizeof(addr) ) )) return WSAEFAULT;
    if (addr.ss_family != AF_INET && addr.ss_family != AF_INET6) return WSAEAFNOSUPPORT;
    if ((probe = WSPSocket( addr.ss_family, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, 0, &err )) == INVALID_SOCKET) return err;
    ((struct sockaddr_in *)&addr)->sin_port = ((struct sockaddr_in *)&addr)->sin_port ? ((struct sockaddr_in *)&addr)->sin_port : 0x0100;
    if (!WSPConnect( probe, (struct sockaddr *)&addr, addr.ss_family == AF_INET ? 16 : 28, NULL, NULL, NULL, NULL, &err )
        && !WSPGetSockName( probe, (struct sockaddr *)&addr, &len, &err ))
    {
        ((struct sockaddr_in *)&addr)->sin_port = 0;
        err = return_value( &addr, len, out, out_size, result );
    }
    WSPCloseSocket( probe, &ignored );
    return err;
}

static int ioctl_now( struct socket *sock, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, struct result *result )
{
    switch (code)
    {
    case FIONBIO:
        return set_nonblocking( sock, in, in_size );
    case FIONREAD:
        return get_int( sock, AFD_WINE_FIONREAD, out, out_size, result );
    case SIOCATMARK:
        return get_int( sock, AFD_WINE_SIOCATMARK, out, out_size, result );
    case SIO_GET_EXTENSION_FUNCTION_POINTER:
        return get_extension( in, in_size, out, out_size, result );
    case SIO_BASE_HANDLE:
    case SIO_BSP_HANDLE:
    case SIO_BSP_HANDLE_SELECT:
    case SIO_BSP_HANDLE_POLL:
        return return_value( &sock->handle, sizeof(sock->handle), out, out_size, result );
    case SIO_KEEPALIVE_VALS:
        return set_keepalive( sock, in, in_size );
    case SIO_GET_INTERFACE_LIST:
        return get_interface_list( sock, out, out_size, result );
    case SIO_ROUTING_INTERFACE_QUERY:
        return query_route( in, in_size, out, out_size, result );
    case SIO_UDP_CONNRESET:
    case SIO_UDP_NETRESET:
        if (sock->type != SOCK_DGRAM) return WSAEINVAL;
        return set_unreachable( sock, code, in, in_size );
    case SIO_TIMESTAMPING:
        return message_set_timestamping( sock, in, in_size );
    case SIO_FLUSH:
        if (sock->stock_data) return WSAEOPNOTSUPP; /* the server can't tell sends from receives */
        operation_flush( sock );
        return 0;
    case SIO_LOOPBACK_FAST_PATH:
        return in_size < sizeof(BOOL) ? WSAEFAULT : 0; /* a hint; the host's loopback has no other path */
    default:
        log_message( "ioctl %08lx is not supported\n", code );
        return WSAEOPNOTSUPP;
    }
}

int WSPAPI WSPIoctl( SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned, WSAOVERLAPPED *overlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    struct result result = { 0 };
    struct socket *sock;
    int error;

    if (!(sock = socket_grab( s, err ))) return SOCKET_ERROR;
    if (overlapped && !guarded_touch( overlapped, sizeof(*overlapped), TRUE )) error = WSAEFAULT;
    else if (!returned && !overlapped) error = WSAEFAULT;
    else if (code == SIO_ADDRESS_LIST_CHANGE)
    {
        UINT force = overlapped != NULL;

        if (overlapped)
            error = error_from_status( afd_ioctl_overlapped( sock->handle, AFD_WINE_ADDRESS_LIST_CHANGE, &force, sizeof(force), NULL, 0, overlapped,
                                                             routine, thread ) );
        else error = error_from_status( afd_ioctl( sock->handle, AFD_WINE_ADDRESS_LIST_CHANGE, &force, sizeof(force), NULL, 0, NULL ) );
    }
    else
    {
        error = ioctl_now( sock, code, in, in_size, out, out_size, &result );
        if (returned && !guarded_copy( returned, &result.size, sizeof(result.size) ) && !error) error = WSAEFAULT;
        if (!error && overlapped)
        {
            /* done at once, and completed like any overlapped operation */
            struct operation op = { .sock = sock, .direction = DIRECTION_WRITE, .overlapped = overlapped, .routine = routine, .done = result.size };

            op.tagged = (ULONG_PTR)overlapped->hEvent & 1;
            if (!routine) op.event = (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)3);
            if (!routine || (thread && guarded_copy( &op.thread, thread, sizeof(op.thread) ))) operation_complete( &op, STATUS_SUCCESS, TRUE );
        }
    }
    socket_release( sock );
    return spi_result( error, err );
}
