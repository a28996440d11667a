/*
 * Sending and receiving
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "provider.h"

/* Only a completion routine needs the thread. */
static WSATHREADID *transfer_thread( LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    return routine ? upcall_current_thread() : NULL;
}

int WINAPI send( SOCKET s, const char *data, int len, int flags )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    WSABUF buffer = { len, (char *)data };
    DWORD sent;
    int err;

    if (!table) return SOCKET_ERROR;
    if (len < 0) return set_error( WSAEFAULT );
    if (table->lpWSPSend( s, &buffer, 1, &sent, flags, NULL, NULL, NULL, &err )) return set_error( err );
    return set_count( sent );
}

int WINAPI sendto( SOCKET s, const char *data, int len, int flags, const struct sockaddr *to, int to_len )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    WSABUF buffer = { len, (char *)data };
    DWORD sent;
    int err;

    if (!table) return SOCKET_ERROR;
    if (len < 0) return set_error( WSAEFAULT );
    if (table->lpWSPSendTo( s, &buffer, 1, &sent, flags, to, to_len, NULL, NULL, NULL, &err )) return set_error( err );
    return set_count( sent );
}

int WINAPI recv( SOCKET s, char *data, int len, int flags )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    WSABUF buffer = { len, data };
    DWORD received, flags_inout = flags;
    int err;

    if (!table) return SOCKET_ERROR;
    if (len < 0) return set_error( WSAEFAULT );
    if (table->lpWSPRecv( s, &buffer, 1, &received, &flags_inout, NULL, NULL, NULL, &err )) return set_error( err );
    return set_count( received );
}

int WINAPI recvfrom( SOCKET s, char *data, int len, int flags, struct sockaddr *from, int *from_len )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    WSABUF buffer = { len, data };
    DWORD received, flags_inout = flags;
    int err;

    if (!table) return SOCKET_ERROR;
    if (len < 0) return set_error( WSAEFAULT );
    if (table->lpWSPRecvFrom( s, &buffer, 1, &received, &flags_inout, from, from_len, NULL, NULL, NULL, &err ))
        return set_error( err );
    return set_count( received );
}

int WINAPI WSASend( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, WSAOVERLAPPED *overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    if (!table) return SOCKET_ERROR;
    return set_result(
        table->lpWSPSend( s, buffers, count, sent, flags, overlapped, routine, transfer_thread( routine ), &err ),
        &err );
}

int WINAPI WSASendTo( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, const struct sockaddr *to,
                      int to_len, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    if (!table) return SOCKET_ERROR;
    return set_result( table->lpWSPSendTo( s, buffers, count, sent, flags, to, to_len, overlapped, routine,
                                           transfer_thread( routine ), &err ),
                       &err );
}

int WINAPI WSARecv( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, WSAOVERLAPPED *overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    if (!table) return SOCKET_ERROR;
    return set_result(
        table->lpWSPRecv( s, buffers, count, received, flags, overlapped, routine, transfer_thread( routine ), &err ),
        &err );
}

int WINAPI WSARecvFrom( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, struct sockaddr *from,
                        int *from_len, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    if (!table) return SOCKET_ERROR;
    return set_result( table->lpWSPRecvFrom( s, buffers, count, received, flags, from, from_len, overlapped, routine,
                                             transfer_thread( routine ), &err ),
                       &err );
}

int WINAPI WSASendMsg( SOCKET s, WSAMSG *msg, DWORD flags, DWORD *sent, WSAOVERLAPPED *overlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    static const GUID id = WSAID_WSASENDMSG;
    static LPFN_WSASENDMSG volatile send_msg;
    const WSPPROC_TABLE *table = provider_of_socket( s );
    LPFN_WSASENDMSG function = send_msg;
    DWORD size;
    int err;

    if (!table) return SOCKET_ERROR;
    if (!function || layers_active)
    {
        if (table->lpWSPIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&id, sizeof( id ), &function,
                               sizeof( function ), &size, NULL, NULL, NULL, &err ))
            return set_error( err );
        if (!layers_active) send_msg = function; /* a layer may have one of its own */
    }
    if (function( s, msg, flags, sent, overlapped, routine )) return SOCKET_ERROR;
    SetLastError( 0 );
    return 0;
}
