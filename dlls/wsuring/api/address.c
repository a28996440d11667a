/*
 * Addresses as text, for ws2_32's WSAAddressToString and WSAStringToAddress with a provider
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/provider.h"
#include "api/control.h"

#ifndef __WINESRC__ /* mingw-w64's headers lack them */
NTSYSAPI NTSTATUS WINAPI RtlIpv4AddressToStringExW( const struct in_addr *addr, USHORT port, WCHAR *string,
                                                    ULONG *len );
NTSYSAPI NTSTATUS WINAPI RtlIpv6AddressToStringExW( const struct in6_addr *addr, ULONG scope, USHORT port,
                                                    WCHAR *string, ULONG *len );
NTSYSAPI NTSTATUS WINAPI RtlIpv4StringToAddressExW( const WCHAR *string, BOOLEAN strict, struct in_addr *addr,
                                                    USHORT *port );
NTSYSAPI NTSTATUS WINAPI RtlIpv6StringToAddressExW( const WCHAR *string, struct in6_addr *addr, ULONG *scope,
                                                    USHORT *port );
#endif

int WSPAPI WSPAddressToString( struct sockaddr *addr, DWORD len, WSAPROTOCOL_INFOW *info, WCHAR *string,
                               DWORD *string_len, int *err )
{
    SOCKADDR_STORAGE copy;
    WCHAR text[64];
    ULONG size = ARRAY_SIZE( text );
    DWORD room;

    (void)info;
    *err = WSAEFAULT;
    if (!string_len || !guarded_copy( &room, string_len, sizeof( room ) ) || len < sizeof( struct sockaddr_in )
        || !guarded_copy( &copy, addr, min( len, sizeof( copy ) ) ))
        return SOCKET_ERROR;
    if (copy.ss_family == AF_INET)
    {
        const struct sockaddr_in *in = (const struct sockaddr_in *)&copy;

        RtlIpv4AddressToStringExW( &in->sin_addr, in->sin_port, text, &size );
    }
    else if (copy.ss_family == AF_INET6 && len >= sizeof( struct sockaddr_in6 ))
    {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&copy;

        RtlIpv6AddressToStringExW( &in6->sin6_addr, in6->sin6_scope_id, in6->sin6_port, text, &size );
    }
    else
    {
        *err = WSAEINVAL;
        return SOCKET_ERROR;
    }
    guarded_copy( string_len, &size, sizeof( size ) );
    if (room < size || !guarded_copy( string, text, size * sizeof( WCHAR ) )) return SOCKET_ERROR;
    return 0;
}

int WSPAPI WSPStringToAddress( WCHAR *string, int family, WSAPROTOCOL_INFOW *info, struct sockaddr *addr, int *len,
                               int *err )
{
    SOCKADDR_STORAGE copy = { 0 };
    struct sockaddr_in *in = (struct sockaddr_in *)&copy;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&copy;
    int size = family == AF_INET6 ? sizeof( *in6 ) : sizeof( *in ), room;
    NTSTATUS status;

    (void)info;
    *err = WSAEFAULT;
    if (!len || !guarded_copy( &room, len, sizeof( room ) )) return SOCKET_ERROR;
    guarded_copy( len, &size, sizeof( size ) );
    if (room < size || !addr) return SOCKET_ERROR;
    *err = WSAEINVAL;
    if (!string || ( family != AF_INET && family != AF_INET6 )) return SOCKET_ERROR;
    copy.ss_family = family;
    if (family == AF_INET) status = RtlIpv4StringToAddressExW( string, FALSE, &in->sin_addr, &in->sin_port );
    else status = RtlIpv6StringToAddressExW( string, &in6->sin6_addr, &in6->sin6_scope_id, &in6->sin6_port );
    if (status) return SOCKET_ERROR;
    if (guarded_copy( addr, &copy, size )) return 0;
    *err = WSAEFAULT;
    return SOCKET_ERROR;
}
