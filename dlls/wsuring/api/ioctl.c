/*
 * WSPIoctl
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ioctl_list.h says for each code how it completes, which is done here for all of them.
 */

#include "api/message.h"
#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/ioctl.h"
#include "api/path_socket.h"
#include "events/network_events.h"
#include "api/port_reservation.h"
#include "sockets/datagram_error.h"
#include "sockets/shared_state.h"
#include "base/module.h"
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
    if (!value && network_events_selected( sock ))
    {
        call->told = TRUE;
        return WSAEINVAL;
    }
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

static int ioctl_unreachable( struct ioctl_call *call )
{
    BOOL value;

    if (ioctl_input( call, &value, sizeof( value ) )) return WSAEFAULT;
    if (call->sock->id.type == SOCK_DGRAM)
    {
        call->sock->options.ignore_unreachable = !value;
        datagram_errors_watch( call->sock );
    }
    return 0;
}

static int ioctl_timestamping( struct ioctl_call *call )
{
    return message_set_timestamping( call->sock, call->in, call->in_size );
}

static int ioctl_flush( struct ioctl_call *call )
{
    /* the server can't cancel only the sends */
    if (call->sock->desc.by_afd || !operation_behind( call->sock, DIRECTION_WRITE )) return WSAEOPNOTSUPP;
    operation_flush( call->sock );
    return 0;
}

static int ioctl_peer_process( struct ioctl_call *call )
{
    SOCKADDR_UN name;
    int len = sizeof( name ), err;
    DWORD process;

    if (!path_socket_is( call->sock )) return WSAEOPNOTSUPP;
    if (WSPGetPeerName( call->s, (struct sockaddr *)&name, &len, &err )) return err;
    if (!path_socket_process( call->sock, &process )) return WSAENOTCONN;
    return ioctl_return( call, &process, sizeof( process ) );
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

enum ioctl_end
{
    END_NOW,
    END_COUNTS,
    END_LATER,
    END_ALONE,
    END_WAITS,
};

#define SERVE_CALL( what )   .call = what
#define SERVE_ACCEPT( what ) .error = what
#define SERVE_FAILS( what )  .error = what
#define POINTER              sizeof( void * )
#define IOCTL( code, sockets, in, out, end, served, what )                                                             \
    { code, SOCKETS_##sockets, END_##end, in, out, SERVE_##served( what ) },
static const struct ioctl
{
    DWORD code;
    enum ioctl_sockets sockets;
    enum ioctl_end end;
    DWORD in, out;
    int error;
    int ( *call )( struct ioctl_call *call );
} ioctls[] = {
#include "api/ioctl_list.h"
    { SIO_WSURING_NONBLOCKING, .call = ioctl_get_nonblocking },
};
#undef IOCTL
#undef POINTER

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

static const struct ioctl *ioctl_find( DWORD code )
{
    static const struct ioctl unknown = { .end = END_LATER, .error = WSAEOPNOTSUPP };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( ioctls ); i++)
        if (ioctls[i].code == code) return &ioctls[i];
    ioctl_log_unknown( code );
    return &unknown;
}

static int ioctl_run( const struct ioctl *ioctl, struct ioctl_call *call )
{
    if (!ioctl_suits_socket( call->sock, ioctl->sockets )) return WSAEOPNOTSUPP;
    if (ioctl->end == END_ALONE && call->overlapped) return WSAEOPNOTSUPP;
    if (call->in_size < ioctl->in || ( ioctl->in && !guarded_touch( (void *)call->in, ioctl->in, FALSE ) ))
        return WSAEFAULT;
    if (call->out_size < ioctl->out || ( ioctl->out && !guarded_touch( call->out, ioctl->out, TRUE ) ))
        return WSAEFAULT;
    return ioctl->call ? ioctl->call( call ) : ioctl->error;
}

static NTSTATUS ioctl_status( int error )
{
    switch (error)
    {
    case 0: return STATUS_SUCCESS;
    case WSAEACCES: return STATUS_ACCESS_DENIED;
    case WSAEADDRINUSE: return STATUS_SHARING_VIOLATION;
    case WSAEFAULT: return STATUS_BUFFER_TOO_SMALL;
    case WSAEISCONN: return STATUS_CONNECTION_ACTIVE;
    case WSAENOBUFS: return STATUS_INSUFFICIENT_RESOURCES;
    case WSAENOTCONN: return STATUS_INVALID_CONNECTION;
    case WSAEOPNOTSUPP: return STATUS_NOT_SUPPORTED;
    default: return STATUS_INVALID_PARAMETER;
    }
}

/* The program's OVERLAPPED, before anything is done; sockets without WSA_FLAG_OVERLAPPED have none. */
static int ioctl_prepare( struct ioctl_call *call, struct operation *op )
{
    int error;

    operation_init( op, call->sock, DIRECTION_WRITE, call->overlapped, call->routine );
    if (( error = operation_prepare( op ) )) return error;
    call->overlapped = op->overlapped;
    if (op->routine && !( call->thread && guarded_copy( &op->thread, call->thread, sizeof( op->thread ) ) ))
        return WSAEFAULT;
    return 0;
}

/* Its packet can't be posted by us: the server completes it all. */
static BOOL ioctl_is_by_server( const struct operation *op )
{
    const struct socket *sock = op->sock;

    return ( sock->port.associated || sock->shared.duplicated ) && !sock->port.object && !op->tagged && !op->routine
           && !module_can_post();
}

static void ioctl_end_by_server( const struct operation *op, NTSTATUS status )
{
    afd_ioctl_overlapped( op->sock->id.handle, AFD_WINE_COMPLETE_ASYNC, &status, sizeof( status ), NULL, 0,
                          op->overlapped, NULL );
}

/* The result is known, and is told by the completion alone. */
static int ioctl_end_later( struct operation *op, NTSTATUS status )
{
    struct operation *copy;
    NTSTATUS begun;

    if (ioctl_is_by_server( op ))
    {
        ioctl_end_by_server( op, status );
        return WSA_IO_PENDING;
    }
    if (( begun = operation_begin( op ) )) return error_from_status( begun );
    copy = operation_dup( op );
    operation_begun( op, copy ? STATUS_PENDING : STATUS_NO_MEMORY );
    if (!copy) return WSAENOBUFS;
    operation_complete( copy, status, FALSE );
    return WSA_IO_PENDING;
}

/* With an OVERLAPPED: what is done within the call completes like any overlapped operation, of 0 bytes; the number of
 * bytes is what the call returns. What goes to the driver completes with its own result, after the call. */
static int ioctl_run_overlapped( const struct ioctl *ioctl, struct ioctl_call *call )
{
    struct operation op;
    int error;

    if (( error = ioctl_prepare( call, &op ) )) return error;
    call->by_server = call->overlapped && ioctl_is_by_server( &op );
    error = ioctl_run( ioctl, call );
    if (call->ended || !call->overlapped) return error;
    switch (ioctl->end)
    {
    case END_NOW:
    case END_COUNTS:
        if (!error && call->by_server) ioctl_end_by_server( &op, STATUS_SUCCESS );
        else if (!error) operation_complete( &op, STATUS_SUCCESS, TRUE );
        return error;
    case END_ALONE: return ioctl_end_later( &op, STATUS_NOT_SUPPORTED );
    default: break;
    }
    op.done = call->returned;
    return ioctl_end_later( &op, ioctl_status( error ) );
}

static BOOL ioctl_tells_count( const struct ioctl *ioctl, struct ioctl_call *call, int error )
{
    BOOL now = ioctl->end == END_NOW || ioctl->end == END_COUNTS;

    if (!error || ( now && call->told )) return TRUE;
    call->returned = 0;
    return !call->overlapped && ioctl->end != END_NOW && ioctl->end != END_WAITS;
}

int WSPAPI WSPIoctl( SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned,
                     WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread,
                     int *err )
{
    struct ioctl_call call = { .s = s,
                               .code = code,
                               .in = in,
                               .in_size = in_size,
                               .out = out,
                               .out_size = out_size,
                               .overlapped = overlapped,
                               .routine = overlapped ? routine : NULL,
                               .thread = thread };
    const struct ioctl *ioctl = ioctl_find( code );
    int error;

    if (!( call.sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (!returned || !guarded_touch( returned, sizeof( *returned ), TRUE )) error = WSAEFAULT;
    else if (overlapped && !guarded_touch( overlapped, sizeof( *overlapped ), TRUE )) error = WSAEFAULT;
    else
    {
        error
            = overlapped && ioctl->end != END_WAITS ? ioctl_run_overlapped( ioctl, &call ) : ioctl_run( ioctl, &call );
        if (ioctl_tells_count( ioctl, &call, error )) guarded_copy( returned, &call.returned, sizeof( *returned ) );
    }
    socket_release( call.sock );
    return spi_result( error, err );
}
