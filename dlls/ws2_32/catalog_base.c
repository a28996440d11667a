/*
 * The base provider's entries of the catalogue
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "catalog.h"

#include <initguid.h>

#include "wsuring_guids.h"

#define STREAM_FLAGS                                                                                                   \
    ( XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_EXPEDITED_DATA | XP1_IFS_HANDLES )
#define DATAGRAM_FLAGS                                                                                                 \
    ( XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST | XP1_SUPPORT_MULTIPOINT | XP1_IFS_HANDLES )

/* Identifiers and flags are those of Windows; programs compare them. */
#define ENTRY( id, provider, family, max, min, type, protocol, flags, message, name )                                  \
    { .dwServiceFlags1 = flags,                                                                                        \
      .dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO,                                                                    \
      .ProviderId = provider,                                                                                          \
      .dwCatalogEntryId = id,                                                                                          \
      .ProtocolChain.ChainLen = 1,                                                                                     \
      .iVersion = 2,                                                                                                   \
      .iAddressFamily = family,                                                                                        \
      .iMaxSockAddr = max,                                                                                             \
      .iMinSockAddr = min,                                                                                             \
      .iSocketType = type,                                                                                             \
      .iProtocol = protocol,                                                                                           \
      .dwMessageSize = message,                                                                                        \
      .szProtocol = name }

#define PROVIDER_IPV4 { 0xe70f1aa0, 0xab8b, 0x11cf, { 0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92 } }
#define PROVIDER_IPV6 { 0xf9eab0c0, 0x26d4, 0x11d0, { 0xbb, 0xbf, 0x00, 0xaa, 0x00, 0x6c, 0x34, 0xe4 } }
#define PROVIDER_UNIX { 0xa00943d9, 0x9c2e, 0x4633, { 0x9b, 0x59, 0x00, 0x57, 0xa3, 0x16, 0x09, 0x94 } }

static const WSAPROTOCOL_INFOW base_entries[] = {
    ENTRY( 1001, PROVIDER_IPV4, AF_INET, sizeof( struct sockaddr_in ), sizeof( struct sockaddr_in ), SOCK_STREAM,
           IPPROTO_TCP, STREAM_FLAGS, 0, L"TCP/IP" ),
    ENTRY( 1002, PROVIDER_IPV4, AF_INET, sizeof( struct sockaddr_in ), sizeof( struct sockaddr_in ), SOCK_DGRAM,
           IPPROTO_UDP, DATAGRAM_FLAGS, 65467, L"UDP/IP" ),
    ENTRY( 1004, PROVIDER_IPV6, AF_INET6, sizeof( struct sockaddr_in6 ), sizeof( struct sockaddr_in6 ), SOCK_STREAM,
           IPPROTO_TCP, STREAM_FLAGS, 0, L"TCP/IPv6" ),
    ENTRY( 1005, PROVIDER_IPV6, AF_INET6, sizeof( struct sockaddr_in6 ), sizeof( struct sockaddr_in6 ), SOCK_DGRAM,
           IPPROTO_UDP, DATAGRAM_FLAGS, 65467, L"UDP/IPv6" ),
    ENTRY( 1006, PROVIDER_UNIX, AF_UNIX, sizeof( SOCKADDR_UN ), sizeof( ADDRESS_FAMILY ), SOCK_STREAM, 0,
           XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_IFS_HANDLES, 0, L"AF_UNIX" ),
};

const WSAPROTOCOL_INFOW *catalog_base_entry( DWORD index )
{
    return index < ARRAY_SIZE( base_entries ) ? base_entries + index : NULL;
}

BOOL catalog_is_base( const GUID *provider )
{
    static const GUID path_provider = PROVIDER_UNIX;

    return IsEqualGUID( provider, &CLSID_ProviderIPv4 ) || IsEqualGUID( provider, &CLSID_ProviderIPv6 )
           || IsEqualGUID( provider, &path_provider );
}

/* The entry of a layered provider itself stands for no protocol: its chains do ("WSAEnumProtocolsW function"). */
BOOL catalog_is_visible( const WSAPROTOCOL_INFOW *info )
{
    return info->ProtocolChain.ChainLen != LAYERED_PROTOCOL && !( info->dwProviderFlags & PFL_HIDDEN );
}
