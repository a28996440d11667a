/*
 * Making, naming, connecting and closing sockets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stddef.h>

#include "ws2_32.h"

/* Overlapped, unless the thread has set SO_OPENTYPE (page "socket function"). */
SOCKET WINAPI socket( int family, int type, int protocol )
{
    return WSASocketW( family, type, protocol, NULL, 0, option_open_type() ? 0 : WSA_FLAG_OVERLAPPED );
}

SOCKET WINAPI WSASocketW( int family, int type, int protocol, WSAPROTOCOL_INFOW *info, GROUP group, DWORD flags )
{
    const WSPPROC_TABLE *table;
    int err = 0;

    if (!startup_check()) return INVALID_SOCKET;
    if (!( table = provider_for_new( family, type, protocol, &info, &err ) )) return set_value( INVALID_SOCKET, &err );
    return set_value(
        provider_socket_made( table->lpWSPSocket( family, type, protocol, info, group, flags, &err ), table ), &err );
}

SOCKET WINAPI WSASocketA( int family, int type, int protocol, WSAPROTOCOL_INFOA *info, GROUP group, DWORD flags )
{
    WSAPROTOCOL_INFOW info_w;

    if (!info) return WSASocketW( family, type, protocol, NULL, group, flags );
    if (!startup_check()) return INVALID_SOCKET;
    if (IsBadReadPtr( info, sizeof( *info ) ))
    {
        SetLastError( WSAEFAULT );
        return INVALID_SOCKET;
    }
    memset( &info_w, 0, sizeof( info_w ) );
    memcpy( &info_w, info, offsetof( WSAPROTOCOL_INFOA, szProtocol ) );
    MultiByteToWideChar( CP_ACP, 0, info->szProtocol, -1, info_w.szProtocol, ARRAY_SIZE( info_w.szProtocol ) );
    return WSASocketW( family, type, protocol, &info_w, group, flags );
}

int WINAPI closesocket( SOCKET s )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    DWORD error = GetLastError(); /* programs close a socket before they look at why a call failed */
    int err;

    if (!table) return SOCKET_ERROR;
    provider_socket_closes( s ); /* before another thread can get its number for a new one */
    if (table->lpWSPCloseSocket( s, &err ))
    {
        if (err != WSAENOTSOCK) provider_socket_made( s, table );
        return set_error( err );
    }
    SetLastError( error );
    return 0;
}

int WINAPI bind( SOCKET s, const struct sockaddr *addr, int len )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPBind( s, addr, len, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI listen( SOCKET s, int backlog )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPListen( s, backlog, &err ), &err ) : SOCKET_ERROR;
}

SOCKET WINAPI accept( SOCKET s, struct sockaddr *addr, int *len )
{
    return WSAAccept( s, addr, len, NULL, 0 );
}

SOCKET WINAPI WSAAccept( SOCKET s, struct sockaddr *addr, int *len, LPCONDITIONPROC condition, DWORD_PTR context )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err = 0;

    if (!table) return INVALID_SOCKET;
    return set_value( provider_socket_made( table->lpWSPAccept( s, addr, len, condition, context, &err ), table ),
                      &err );
}

int WINAPI connect( SOCKET s, const struct sockaddr *addr, int len )
{
    return WSAConnect( s, addr, len, NULL, NULL, NULL, NULL );
}

int WINAPI WSAConnect( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos,
                       QOS *gqos )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPConnect( s, addr, len, caller, callee, sqos, gqos, &err ), &err )
                 : SOCKET_ERROR;
}

int WINAPI shutdown( SOCKET s, int how )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPShutdown( s, how, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI WSASendDisconnect( SOCKET s, WSABUF *data )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPSendDisconnect( s, data, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI WSARecvDisconnect( SOCKET s, WSABUF *data )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPRecvDisconnect( s, data, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI getsockname( SOCKET s, struct sockaddr *addr, int *len )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPGetSockName( s, addr, len, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI getpeername( SOCKET s, struct sockaddr *addr, int *len )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPGetPeerName( s, addr, len, &err ), &err ) : SOCKET_ERROR;
}

SOCKET WINAPI WSAJoinLeaf( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos,
                           QOS *gqos, DWORD flags )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err = 0;

    if (!table) return INVALID_SOCKET;
    return set_value(
        provider_socket_made( table->lpWSPJoinLeaf( s, addr, len, caller, callee, sqos, gqos, flags, &err ), table ),
        &err );
}

int WINAPI WSADuplicateSocketW( SOCKET s, DWORD process, WSAPROTOCOL_INFOW *info )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPDuplicateSocket( s, process, info, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI WSADuplicateSocketA( SOCKET s, DWORD process, WSAPROTOCOL_INFOA *info )
{
    WSAPROTOCOL_INFOW info_w;

    if (!startup_check()) return SOCKET_ERROR;
    if (!info || IsBadWritePtr( info, sizeof( *info ) ))
    {
        WSADuplicateSocketW( s, process, NULL ); /* which may find something else wrong */
        return SOCKET_ERROR;
    }
    if (WSADuplicateSocketW( s, process, &info_w )) return SOCKET_ERROR;
    memcpy( info, &info_w, offsetof( WSAPROTOCOL_INFOA, szProtocol ) );
    WideCharToMultiByte( CP_ACP, 0, info_w.szProtocol, -1, info->szProtocol, sizeof( info->szProtocol ), NULL, NULL );
    SetLastError( 0 );
    return 0;
}
