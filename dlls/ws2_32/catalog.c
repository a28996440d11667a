/*
 * The protocol catalogue
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <initguid.h>

#include "ws2_32.h"
#include "wsuring_guids.h"

#define STREAM_FLAGS                                                                                                   \
    ( XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_EXPEDITED_DATA | XP1_IFS_HANDLES )
#define DATAGRAM_FLAGS                                                                                                 \
    ( XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST | XP1_SUPPORT_MULTIPOINT | XP1_IFS_HANDLES )

/* Identifiers and flags are those of Windows; programs compare them. */
#define ENTRY( id, provider, family, size, type, protocol, flags, message, name )                                      \
    { .dwServiceFlags1 = flags,                                                                                        \
      .dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO,                                                                    \
      .ProviderId = provider,                                                                                          \
      .dwCatalogEntryId = id,                                                                                          \
      .ProtocolChain.ChainLen = 1,                                                                                     \
      .iVersion = 2,                                                                                                   \
      .iAddressFamily = family,                                                                                        \
      .iMaxSockAddr = size,                                                                                            \
      .iMinSockAddr = size,                                                                                            \
      .iSocketType = type,                                                                                             \
      .iProtocol = protocol,                                                                                           \
      .dwMessageSize = message,                                                                                        \
      .szProtocol = name }

#define PROVIDER_IPV4 { 0xe70f1aa0, 0xab8b, 0x11cf, { 0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92 } }
#define PROVIDER_IPV6 { 0xf9eab0c0, 0x26d4, 0x11d0, { 0xbb, 0xbf, 0x00, 0xaa, 0x00, 0x6c, 0x34, 0xe4 } }

static const WSAPROTOCOL_INFOW catalog[] = {
    ENTRY( 1001, PROVIDER_IPV4, AF_INET, sizeof( struct sockaddr_in ), SOCK_STREAM, IPPROTO_TCP, STREAM_FLAGS, 0,
           L"TCP/IP" ),
    ENTRY( 1002, PROVIDER_IPV4, AF_INET, sizeof( struct sockaddr_in ), SOCK_DGRAM, IPPROTO_UDP, DATAGRAM_FLAGS, 65467,
           L"UDP/IP" ),
    ENTRY( 1004, PROVIDER_IPV6, AF_INET6, sizeof( struct sockaddr_in6 ), SOCK_STREAM, IPPROTO_TCP, STREAM_FLAGS, 0,
           L"TCP/IPv6" ),
    ENTRY( 1005, PROVIDER_IPV6, AF_INET6, sizeof( struct sockaddr_in6 ), SOCK_DGRAM, IPPROTO_UDP, DATAGRAM_FLAGS, 65467,
           L"UDP/IPv6" ),
};

const WSAPROTOCOL_INFOW *catalog_first( void )
{
    return catalog;
}

const WSAPROTOCOL_INFOW *catalog_find( int family, int type, int protocol )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE( catalog ); i++)
    {
        if (family && catalog[i].iAddressFamily != family) continue;
        if (type && catalog[i].iSocketType != type) continue;
        if (protocol && catalog[i].iProtocol != protocol) continue;
        return catalog + i;
    }
    return NULL;
}

static BOOL catalog_is_wanted( const WSAPROTOCOL_INFOW *info, const INT *protocols )
{
    if (!protocols) return TRUE;
    for (; *protocols; protocols++)
        if (*protocols == info->iProtocol) return TRUE;
    return FALSE;
}

static void catalog_to_ansi( const WSAPROTOCOL_INFOW *from, WSAPROTOCOL_INFOA *to )
{
    memcpy( to, from, offsetof( WSAPROTOCOL_INFOA, szProtocol ) );
    WideCharToMultiByte( CP_ACP, 0, from->szProtocol, -1, to->szProtocol, sizeof( to->szProtocol ), NULL, NULL );
}

/* Returns the number of entries; or SOCKET_ERROR with *err and, if *len is too small, the size needed there. */
static int catalog_enum( const INT *protocols, void *buffer, DWORD *len, BOOL unicode, int *err )
{
    size_t size = unicode ? sizeof( WSAPROTOCOL_INFOW ) : sizeof( WSAPROTOCOL_INFOA ), i;
    char *pos = buffer;
    DWORD needed = 0;
    int count = 0;

    *err = WSAEFAULT;
    if (!len || IsBadWritePtr( len, sizeof( *len ) )) return SOCKET_ERROR;
    if (protocols && IsBadReadPtr( protocols, sizeof( *protocols ) )) return SOCKET_ERROR;
    for (i = 0; i < ARRAY_SIZE( catalog ); i++)
        if (catalog_is_wanted( catalog + i, protocols )) needed += size;
    if (!buffer || *len < needed)
    {
        *len = needed;
        *err = WSAENOBUFS;
        return SOCKET_ERROR;
    }
    if (IsBadWritePtr( buffer, needed )) return SOCKET_ERROR;
    for (i = 0; i < ARRAY_SIZE( catalog ); i++)
    {
        if (!catalog_is_wanted( catalog + i, protocols )) continue;
        if (unicode) *(WSAPROTOCOL_INFOW *)pos = catalog[i];
        else catalog_to_ansi( catalog + i, (WSAPROTOCOL_INFOA *)pos );
        pos += size;
        count++;
    }
    return count;
}

int WINAPI WSAEnumProtocolsA( INT *protocols, WSAPROTOCOL_INFOA *buffer, DWORD *len )
{
    int err, ret;

    if (!startup_check()) return SOCKET_ERROR;
    ret = catalog_enum( protocols, buffer, len, FALSE, &err );
    if (ret == SOCKET_ERROR) SetLastError( err );
    return ret;
}

int WINAPI WSAEnumProtocolsW( INT *protocols, WSAPROTOCOL_INFOW *buffer, DWORD *len )
{
    int err, ret;

    if (!startup_check()) return SOCKET_ERROR;
    ret = catalog_enum( protocols, buffer, len, TRUE, &err );
    if (ret == SOCKET_ERROR) SetLastError( err );
    return ret;
}

int WINAPI WSCEnumProtocols( INT *protocols, WSAPROTOCOL_INFOW *buffer, DWORD *len, INT *err )
{
    int error, ret = catalog_enum( protocols, buffer, len, TRUE, &error );

    if (ret == SOCKET_ERROR) set_errno( err, error );
    return ret;
}

int WINAPI WSCGetProviderPath( GUID *provider, WCHAR *path, INT *len, INT *err )
{
    static const WCHAR base_path[] = L"%SystemRoot%\\system32\\wsuring.dll";

    if (!provider || !len || IsBadReadPtr( provider, sizeof( *provider ) ) || IsBadWritePtr( len, sizeof( *len ) ))
        return set_errno( err, WSAEFAULT );
    if (!IsEqualGUID( provider, &CLSID_ProviderIPv4 ) && !IsEqualGUID( provider, &CLSID_ProviderIPv6 ))
        return set_errno( err, WSAEINVAL );
    if (*len < (int)ARRAY_SIZE( base_path ) || IsBadWritePtr( path, sizeof( base_path ) ))
    {
        *len = ARRAY_SIZE( base_path );
        return set_errno( err, WSAEFAULT );
    }
    memcpy( path, base_path, sizeof( base_path ) );
    *len = ARRAY_SIZE( base_path );
    return set_errno( err, 0 );
}
