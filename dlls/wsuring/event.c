/*
 * Network events: WSPEventSelect, WSPEnumNetworkEvents, WSPAsyncSelect
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the server notices events it latches FD_READ and FD_WRITE, and re-arms them when it sees a receive or a send (wine-abi 2.2). So the data
 * of such a socket goes by AFD.
 */

#include "operation.h"
#include "afd.h"
#include "control.h"
#include "network_events.h"

static const struct
{
    long event;
    UINT poll;
    int index; /* of FD_x in WSANETWORKEVENTS.iErrorCode */
    int status; /* of its error in the server's array */
} events_table[] =
{
    { FD_READ, AFD_POLL_READ, FD_READ_BIT, 0 },
    { FD_WRITE, AFD_POLL_WRITE, FD_WRITE_BIT, 2 },
    { FD_OOB, AFD_POLL_OOB, FD_OOB_BIT, 1 },
    { FD_ACCEPT, AFD_POLL_ACCEPT, FD_ACCEPT_BIT, 7 },
    { FD_CONNECT, AFD_POLL_CONNECT | AFD_POLL_CONNECT_ERR, FD_CONNECT_BIT, 8 },
    { FD_CLOSE, AFD_POLL_HUP | AFD_POLL_RESET, FD_CLOSE_BIT, 3 },
};

static UINT poll_mask( long mask )
{
    UINT poll = 0;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(events_table); i++)
        if (mask & events_table[i].event) poll |= events_table[i].poll;
    return poll;
}

int WSPAPI WSPEventSelect( SOCKET s, WSAEVENT event, long mask, int *err )
{
    struct socket *sock;
    NTSTATUS status;

    if (!(sock = socket_grab( s, err ))) return SOCKET_ERROR;
    status = network_events_select( sock, event, poll_mask( mask ) );
    socket_release( sock );
    return spi_result( error_from_status( status ), err );
}

int WSPAPI WSPEnumNetworkEvents( SOCKET s, WSAEVENT event, WSANETWORKEVENTS *out, int *err )
{
    struct afd_get_events_params params;
    WSANETWORKEVENTS events = { 0 };
    struct socket *sock;
    NTSTATUS status;
    unsigned int i;
    int result;

    if (!(sock = socket_grab( s, err ))) return SOCKET_ERROR;
    if (!out || !guarded_touch( out, sizeof(*out), TRUE )) result = WSAEFAULT;
    else
    {
        status = network_events_take( sock, event, &params );
        result = error_from_status( status );
        for (i = 0; !status && i < ARRAY_SIZE(events_table); i++)
        {
            if (!(params.flags & events_table[i].poll)) continue;
            events.lNetworkEvents |= events_table[i].event;
            events.iErrorCode[events_table[i].index] = error_from_status( params.status[events_table[i].status] );
            if (events_table[i].event == FD_CLOSE && (params.flags & AFD_POLL_RESET) && !events.iErrorCode[FD_CLOSE_BIT])
                events.iErrorCode[FD_CLOSE_BIT] = WSAECONNABORTED;
        }
        if (!result && !guarded_copy( out, &events, sizeof(events) )) result = WSAEFAULT;
    }
    socket_release( sock );
    return spi_result( result, err );
}

int WSPAPI WSPAsyncSelect( SOCKET s, HWND window, unsigned int message, long mask, int *err )
{
    struct afd_message_select_params params =
        { .handle = (UINT)s, .window = HandleToULong( window ), .message = message, .mask = poll_mask( mask ) };
    struct socket *sock;
    NTSTATUS status;

    if (!(sock = socket_grab( s, err ))) return SOCKET_ERROR;
    if (!(status = afd_ioctl( sock->handle, AFD_WINE_MESSAGE_SELECT, &params, sizeof(params), NULL, 0, NULL )))
    {
        network_events_end( sock );
        sock->nonblocking = TRUE;
        sock->stock_data = params.mask || engine == ENGINE_AFD || socket_is_stock( sock );
    }
    socket_release( sock );
    return spi_result( error_from_status( status ), err );
}
