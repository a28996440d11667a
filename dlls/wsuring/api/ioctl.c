/*
 * WSPIoctl
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <initguid.h>

#include "api/message.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/ioctl.h"
#include "events/network_events.h"
#include "api/port_reservation.h"
#include "sockets/shared_state.h"
#include "base/vendor_ioctl.h"
#include "wsuring_guids.h"

static const struct
{
    const GUID *id;
    void *function;
} extensions[] = {
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

static int ioctl_get_extension( struct ioctl_call *call )
{
    unsigned int i;
    GUID id;

    if (ioctl_input( call, &id, sizeof( id ) )) return WSAEFAULT;
    for (i = 0; i < ARRAY_SIZE( extensions ); i++)
        if (IsEqualGUID( &id, extensions[i].id ))
            return ioctl_return( call, &extensions[i].function, sizeof( void * ) );
    return WSAEINVAL;
}

static int ioctl_set_nonblocking( struct ioctl_call *call )
{
    struct socket *sock = call->sock;
    ULONG value;
    int err;

    if (ioctl_input( call, &value, sizeof( value ) )) return WSAEFAULT;
    value = value != 0;
    if (!value && network_events_selected( sock )) return WSAEINVAL;
    if (( err = error_from_status(
              afd_ioctl( sock->id.handle, AFD_WINE_FIONBIO, &value, sizeof( value ), NULL, 0, NULL ) ) ))
        return err;
    if (sock->shared.foreign) socket_ensure_descriptor( sock ); /* what the socket's creator had set is outdated */
    sock->shared.nonblocking = value;
    shared_state_write( sock );
    return 0;
}

static int ioctl_get_nonblocking( struct ioctl_call *call )
{
    ULONG value;

    shared_state_read( call->sock );
    value = call->sock->shared.nonblocking;
    return ioctl_return( call, &value, sizeof( value ) );
}

static int ioctl_get_from_server( struct ioctl_call *call, ULONG code )
{
    ULONG value = 0;
    int err = error_from_status( afd_ioctl( call->sock->id.handle, code, NULL, 0, &value, sizeof( value ), NULL ) );

    return err ? err : ioctl_return( call, &value, sizeof( value ) );
}

static int ioctl_get_unread( struct ioctl_call *call )
{
    struct descriptor_query_params query = { .what = DESCRIPTOR_UNREAD };
    ULONG value;

    if (!socket_ensure_descriptor( call->sock )) return ioctl_get_from_server( call, AFD_WINE_FIONREAD );
    query.fd = call->sock->desc.fd;
    if (unix_call( unix_descriptor_query, &query )) return ioctl_get_from_server( call, AFD_WINE_FIONREAD );
    value = query.value;
    return ioctl_return( call, &value, sizeof( value ) );
}

static int ioctl_get_mark( struct ioctl_call *call )
{
    return ioctl_get_from_server( call, AFD_WINE_SIOCATMARK );
}

static int ioctl_get_handle( struct ioctl_call *call )
{
    return ioctl_return( call, &call->s, sizeof( call->s ) );
}

static int ioctl_set_keepalive( struct ioctl_call *call )
{
    BYTE values[12];

    if (call->sock->id.type != SOCK_STREAM) return WSAEINVAL;
    if (ioctl_input( call, values, sizeof( values ) )) return WSAEFAULT;
    return error_from_status(
        afd_ioctl( call->sock->id.handle, AFD_WINE_KEEPALIVE_VALS, values, sizeof( values ), NULL, 0, NULL ) );
}

/* The host reports unreachable ports only on connected sockets. */
static int ioctl_unreachable( struct ioctl_call *call )
{
    BOOL value;

    if (ioctl_input( call, &value, sizeof( value ) )) return WSAEFAULT;
    if (call->sock->id.type == SOCK_DGRAM) call->sock->options.ignore_unreachable = !value;
    return 0;
}

static int ioctl_timestamping( struct ioctl_call *call )
{
    return message_set_timestamping( call->sock, call->in, call->in_size );
}

static int ioctl_flush( struct ioctl_call *call )
{
    if (call->sock->desc.by_afd) return WSAEOPNOTSUPP; /* the server can't cancel only the sends */
    operation_flush( call->sock );
    return 0;
}

static int ioctl_rss( struct ioctl_call *call )
{
    static const BOOLEAN enabled;

    return ioctl_return( call, &enabled, sizeof( enabled ) );
}

static int ioctl_receive_all( struct ioctl_call *call )
{
    DWORD value;

    if (ioctl_input( call, &value, sizeof( value ) )) return WSAEFAULT;
    if (value > 3) return WSAEINVAL;
    return value ? WSAEOPNOTSUPP : 0;
}

/* ---- the table */

enum ioctl_sockets
{
    SOCKETS_ANY,
    SOCKETS_STREAM,
    SOCKETS_DATAGRAM,
    SOCKETS_RAWONLY,
};

#define SERVE_CALL( what )                            .call = what
#define SERVE_ACCEPT( what )                          .error = what
#define SERVE_FAILS( what )                           .error = what
#define IOCTL( code, sockets, in, out, served, what ) { code, SOCKETS_##sockets, in, out, SERVE_##served( what ) },
static const struct
{
    DWORD code;
    enum ioctl_sockets sockets;
    DWORD in, out;
    int ( *call )( struct ioctl_call *call );
    int error;
} ioctls[] = {
#include "api/ioctl_list.h"
};
#undef IOCTL

static BOOL ioctl_suits_socket( const struct socket *sock, enum ioctl_sockets sockets )
{
    switch (sockets)
    {
    case SOCKETS_STREAM: return sock->id.type == SOCK_STREAM;
    case SOCKETS_DATAGRAM: return sock->id.type == SOCK_DGRAM;
    case SOCKETS_RAWONLY: return sock->id.type == SOCK_RAW;
    default: return TRUE;
    }
}

/* Counts once for each code, as far as they fit. */
static void ioctl_log_unknown( DWORD code )
{
    static volatile LONG seen[32];
    unsigned int i;
    LONG old;

    for (i = 0; i < ARRAY_SIZE( seen ); i++)
    {
        if (!( old = InterlockedCompareExchange( &seen[i], code, 0 ) ))
        {
            log_message( "ioctl %08lx is not known\n", code );
            return;
        }
        if ((DWORD)old == code) return;
    }
}

static int ioctl_now( struct ioctl_call *call )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( ioctls ); i++)
    {
        if (ioctls[i].code != call->code) continue;
        if (!ioctl_suits_socket( call->sock, ioctls[i].sockets )) return WSAEOPNOTSUPP;
        if (call->in_size < ioctls[i].in || ( ioctls[i].in && !guarded_touch( (void *)call->in, ioctls[i].in, FALSE ) ))
            return WSAEFAULT;
        if (call->out_size < ioctls[i].out || ( ioctls[i].out && !guarded_touch( call->out, ioctls[i].out, TRUE ) ))
            return WSAEFAULT;
        return ioctls[i].call ? ioctls[i].call( call ) : ioctls[i].error;
    }
    if (call->code == SIO_WSURING_NONBLOCKING) return ioctl_get_nonblocking( call );
    ioctl_log_unknown( call->code );
    return WSAEOPNOTSUPP;
}

int WSPAPI WSPIoctl( SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned,
                     WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread,
                     int *err )
{
    struct ioctl_call call = { .s = s, .code = code, .in = in, .in_size = in_size, .out = out, .out_size = out_size };
    struct socket *sock;
    int error;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (overlapped && !guarded_touch( overlapped, sizeof( *overlapped ), TRUE )) error = WSAEFAULT;
    else if (!returned && !overlapped) error = WSAEFAULT;
    else if (code == SIO_ADDRESS_LIST_CHANGE || code == SIO_ROUTING_INTERFACE_CHANGE)
    {
        call.sock = sock;
        if (returned && !guarded_copy( returned, &call.returned, sizeof( call.returned ) )) error = WSAEFAULT;
        else error = ioctl_network_change( &call, overlapped, routine, thread );
    }
    else if (code == SIO_IDEAL_SEND_BACKLOG_CHANGE)
    {
        if (returned && !guarded_copy( returned, &call.returned, sizeof( call.returned ) )) error = WSAEFAULT;
        else error = ioctl_send_backlog_change( sock, overlapped, routine, thread );
    }
    else
    {
        call.sock = sock;
        error = ioctl_now( &call );
        if (returned && !guarded_copy( returned, &call.returned, sizeof( call.returned ) ) && !error) error = WSAEFAULT;
        if (!error && overlapped)
        {
            /* done at once, and completed like any overlapped operation */
            struct operation op = { .sock = sock,
                                    .direction = DIRECTION_WRITE,
                                    .overlapped = overlapped,
                                    .routine = routine,
                                    .done = call.returned };

            op.tagged = (ULONG_PTR)overlapped->hEvent & 1;
            if (!routine) op.event = (HANDLE)( (ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)3 );
            if (!routine || ( thread && guarded_copy( &op.thread, thread, sizeof( op.thread ) ) ))
                operation_complete( &op, STATUS_SUCCESS, TRUE );
        }
    }
    socket_release( sock );
    return spi_result( error, err );
}
