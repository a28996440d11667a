/*
 * Connecting by name or to the first of many addresses
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stddef.h>
#include <string.h>

#include "ws2_32.h"
#include "../wsuring/base/vendor_ioctl.h"

#define LIST_MAX 65536

static ULONGLONG connect_deadline( const struct timeval *timeout )
{
    return timeout ? GetTickCount64() + (ULONGLONG)timeout->tv_sec * 1000 + timeout->tv_usec / 1000 : 0;
}

static BOOL connect_is_over( ULONGLONG deadline )
{
    return deadline && GetTickCount64() >= deadline;
}

/* Other providers don't report it. */
static u_long connect_is_nonblocking( SOCKET s )
{
    u_long value = FALSE;
    DWORD size;

    return !WSAIoctl( s, SIO_WSURING_NONBLOCKING, NULL, 0, &value, sizeof( value ), &size, NULL, NULL ) && value;
}

/* A connect that ends at the deadline (0: none), and waits on a non-blocking socket too. Returns a Winsock error. */
static int connect_until( SOCKET s, const struct sockaddr *addr, int len, ULONGLONG deadline )
{
    u_long nonblocking = TRUE, before = deadline && connect_is_nonblocking( s );
    struct timeval time;
    fd_set write, except;
    LONGLONG left;
    int err = 0, size = sizeof( err );

    if (deadline && !before) ioctlsocket( s, FIONBIO, &nonblocking );
    if (connect( s, addr, len ) && ( err = WSAGetLastError() ) == WSAEWOULDBLOCK)
    {
        left = deadline ? max( 0, (LONGLONG)( deadline - GetTickCount64() ) ) : 0;
        time.tv_sec = left / 1000;
        time.tv_usec = left % 1000 * 1000;
        FD_ZERO( &write );
        FD_ZERO( &except );
        FD_SET( s, &write );
        FD_SET( s, &except );
        switch (select( 0, NULL, &write, &except, deadline ? &time : NULL ))
        {
        case 0: err = WSAETIMEDOUT; break;
        case SOCKET_ERROR: err = WSAGetLastError(); break;
        default:
            err = 0;
            if (FD_ISSET( s, &except ) && ( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&err, &size ) || !err ))
                err = WSAECONNREFUSED;
            break;
        }
    }
    if (deadline && !before) ioctlsocket( s, FIONBIO, &before );
    return err;
}

/* Checks where the connected socket's addresses go: nowhere, or to valid memory. */
static BOOL connect_has_room( const struct sockaddr *addr, DWORD *len )
{
    return !addr || !len || ( !IsBadWritePtr( len, sizeof( *len ) ) && !IsBadWritePtr( (void *)addr, *len ) );
}

/* Returns the addresses of a connected socket if the caller wants them. Returns a Winsock error. */
static int connect_return_names( SOCKET s, DWORD *local_len, struct sockaddr *local, DWORD *remote_len,
                                 struct sockaddr *remote )
{
    if (local && local_len && getsockname( s, local, (int *)local_len )) return WSAGetLastError();
    if (remote && remote_len && getpeername( s, remote, (int *)remote_len )) return WSAGetLastError();
    return 0;
}

/* With IPV6_V6ONLY off an IPv6 socket reaches IPv4 addresses, too. The time-out includes the look-up. Returns a
 * Winsock error. */
static int connect_find_addresses( SOCKET s, const WCHAR *node, const WCHAR *service, struct timeval *timeout,
                                   ADDRINFOEXW **list )
{
    ADDRINFOEXW hints = { .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP };
    WSAPROTOCOL_INFOW protocol;
    DWORD v6only = TRUE;
    int size = sizeof( protocol );

    if (getsockopt( s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&protocol, &size )) return WSAGetLastError();
    if (protocol.iSocketType != SOCK_STREAM) return WSAEINVAL;
    hints.ai_family = protocol.iAddressFamily;
    size = sizeof( v6only );
    if (hints.ai_family == AF_INET6 && !getsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&v6only, &size ) && !v6only)
        hints.ai_flags = AI_V4MAPPED | AI_ALL;
    return GetAddrInfoExW( node, service, NS_DNS, NULL, &hints, list, timeout, NULL, NULL, NULL );
}

BOOL WINAPI WSAConnectByNameW( SOCKET s, WCHAR *node, WCHAR *service, DWORD *local_len, struct sockaddr *local,
                               DWORD *remote_len, struct sockaddr *remote, const PTIMEVAL timeout,
                               WSAOVERLAPPED *reserved )
{
    ADDRINFOEXW *list = NULL, *info;
    ULONGLONG deadline;
    int err = WSAEINVAL;

    if (!startup_check()) return FALSE;
    if (!node || !service || reserved) goto failed;
    err = WSAEFAULT;
    if (IsBadStringPtrW( node, ~0u ) || IsBadStringPtrW( service, ~0u )
        || ( timeout && IsBadReadPtr( timeout, sizeof( *timeout ) ) ))
        goto failed;
    if (!connect_has_room( local, local_len ) || !connect_has_room( remote, remote_len )) goto failed;
    deadline = connect_deadline( timeout );
    if (( err = connect_find_addresses( s, node, service, timeout, &list ) )) goto failed;
    err = WSAHOST_NOT_FOUND;
    for (info = list; info; info = (ADDRINFOEXW *)info->ai_next)
        if (!( err = connect_until( s, info->ai_addr, (int)info->ai_addrlen, deadline ) )
            || connect_is_over( deadline ))
            break;
    FreeAddrInfoExW( list );
    if (err || ( err = connect_return_names( s, local_len, local, remote_len, remote ) )) goto failed;
    /* Windows returns the address without the port, at the same place in both families */
    if (local && local_len) ( (struct sockaddr_in *)local )->sin_port = 0;
    return TRUE;
failed:
    SetLastError( err );
    return FALSE;
}

BOOL WINAPI WSAConnectByNameA( SOCKET s, char *node, char *service, DWORD *local_len, struct sockaddr *local,
                               DWORD *remote_len, struct sockaddr *remote, const PTIMEVAL timeout,
                               WSAOVERLAPPED *reserved )
{
    WCHAR node_w[256], service_w[256];

    if (!startup_check()) return FALSE;
    if (( node && IsBadStringPtrA( node, ARRAY_SIZE( node_w ) ) )
        || ( service && IsBadStringPtrA( service, ARRAY_SIZE( service_w ) ) ))
    {
        SetLastError( WSAEFAULT );
        return FALSE;
    }
    if (!node || !service || strnlen( node, ARRAY_SIZE( node_w ) ) == ARRAY_SIZE( node_w )
        || strnlen( service, ARRAY_SIZE( service_w ) ) == ARRAY_SIZE( service_w )
        || !MultiByteToWideChar( CP_ACP, 0, node, -1, node_w, ARRAY_SIZE( node_w ) )
        || !MultiByteToWideChar( CP_ACP, 0, service, -1, service_w, ARRAY_SIZE( service_w ) ))
    {
        SetLastError( WSAEINVAL );
        return FALSE;
    }
    return WSAConnectByNameW( s, node_w, service_w, local_len, local, remote_len, remote, timeout, reserved );
}

BOOL WINAPI WSAConnectByList( SOCKET s, SOCKET_ADDRESS_LIST *list, DWORD *local_len, struct sockaddr *local,
                              DWORD *remote_len, struct sockaddr *remote, const PTIMEVAL timeout,
                              WSAOVERLAPPED *reserved )
{
    int i, err = WSAEINVAL;
    ULONGLONG deadline;

    if (!startup_check()) return FALSE;
    if (!list || reserved || IsBadReadPtr( list, sizeof( list->iAddressCount ) ) || list->iAddressCount <= 0
        || list->iAddressCount >= LIST_MAX
        || IsBadReadPtr( list,
                         offsetof( SOCKET_ADDRESS_LIST, Address ) + list->iAddressCount * sizeof( SOCKET_ADDRESS ) ))
        goto failed;
    err = WSAEFAULT;
    if (!connect_has_room( local, local_len ) || !connect_has_room( remote, remote_len )
        || ( timeout && IsBadReadPtr( timeout, sizeof( *timeout ) ) ))
        goto failed;
    deadline = connect_deadline( timeout );
    for (i = 0; i < list->iAddressCount; i++)
        if (!( err = connect_until( s, list->Address[i].lpSockaddr, list->Address[i].iSockaddrLength, deadline ) )
            || connect_is_over( deadline ))
            break;
    if (!err) err = connect_return_names( s, local_len, local, remote_len, remote );
failed:
    SetLastError( err );
    return !err;
}
