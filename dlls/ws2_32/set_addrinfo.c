/*
 * SetAddrInfoEx: names that a program registers
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * DNS accepts none: where it alone is asked, well-formed calls end with WSASERVICE_NOT_FOUND, as without a provider for
 * the name space.
 */

#include "name_space.h"

#define SERVICE_ADDRESSES_MAX 65536

static BOOL set_addrinfo_bad_address( const SOCKET_ADDRESS *address )
{
    return address->iSockaddrLength < (int)sizeof( USHORT )
           || IsBadReadPtr( address->lpSockaddr, address->iSockaddrLength );
}

static INT set_addrinfo_check( BOOL bad_strings, BOOL no_name, const SOCKET_ADDRESS *addresses, DWORD count,
                               const BLOB *blob, const GUID *provider, const struct timeval *timeout,
                               const OVERLAPPED *overlapped, const void *routine, const HANDLE *handle )
{
    DWORD i;

    if (no_name || timeout || overlapped || routine || handle) return WSAEINVAL; /* the last four are reserved */
    if (bad_strings || ( provider && IsBadReadPtr( provider, sizeof( *provider ) ) )) return WSAEFAULT;
    if (count > SERVICE_ADDRESSES_MAX) return WSAEINVAL;
    if (count && IsBadReadPtr( addresses, count * sizeof( *addresses ) )) return WSAEFAULT;
    for (i = 0; i < count; i++)
        if (set_addrinfo_bad_address( addresses + i )) return WSAEFAULT;
    if (blob
        && ( IsBadReadPtr( blob, sizeof( *blob ) )
             || ( blob->cbSize && IsBadReadPtr( blob->pBlobData, blob->cbSize ) ) ))
        return WSAEFAULT;
    return 0;
}

static WCHAR *set_addrinfo_text( const char *text )
{
    int length = MultiByteToWideChar( CP_ACP, 0, text, -1, NULL, 0 );
    WCHAR *copy = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, ( length + 1 ) * sizeof( WCHAR ) );

    if (copy) MultiByteToWideChar( CP_ACP, 0, text, -1, copy, length );
    return copy;
}

/* No page tells how a provider sees the service's name. */
static INT set_addrinfo_ask( const WCHAR *name, const WCHAR *service, const SOCKET_ADDRESS *addresses, DWORD count,
                             BLOB *blob, DWORD flags, DWORD name_space, const GUID *provider )
{
    static GUID by_name = { 0x0002a803, 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } };
    CSADDR_INFO *infos = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, ( count + 1 ) * sizeof( *infos ) );
    WSAQUERYSETW set = { .dwSize = sizeof( set ),
                         .lpszServiceInstanceName = (WCHAR *)name,
                         .lpServiceClassId = &by_name,
                         .dwNameSpace = name_space,
                         .lpNSProviderId = (GUID *)provider,
                         .lpszQueryString = (WCHAR *)service,
                         .dwNumberOfCsAddrs = count,
                         .lpcsaBuffer = count ? infos : NULL,
                         .lpBlob = blob };
    INT ret;
    DWORD i;

    if (!infos) return WSA_NOT_ENOUGH_MEMORY;
    for (i = 0; i < count; i++) infos[i].LocalAddr = infos[i].RemoteAddr = addresses[i];
    ret = service_register_others( name_space, provider, &set, count ? RNRSERVICE_REGISTER : RNRSERVICE_DEREGISTER,
                                   flags );
    HeapFree( GetProcessHeap(), 0, infos );
    return ret;
}

static INT set_addrinfo_end( INT ret )
{
    SetLastError( ret );
    return ret;
}

/* Both return the error itself, and leave it as the last error ("SetAddrInfoExW function"): WSANOTINITIALISED;
 * WSAEINVAL without a name and for reserved parameters; WSAEFAULT for unreadable memory; WSASERVICE_NOT_FOUND if DNS
 * alone is asked, or nobody; what the first provider said that was asked, if none has taken the name. Without addresses
 * the name is withdrawn. */
INT WINAPI SetAddrInfoExA( const char *name, const char *service, SOCKET_ADDRESS *addresses, DWORD count, BLOB *blob,
                           DWORD flags, DWORD name_space, GUID *provider, struct timeval *timeout,
                           OVERLAPPED *overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle )
{
    BOOL bad
        = ( name && IsBadStringPtrA( name, ~(UINT_PTR)0 ) ) || ( service && IsBadStringPtrA( service, ~(UINT_PTR)0 ) );
    WCHAR *wide_name, *wide_service = NULL;
    INT ret;

    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    ret = set_addrinfo_check( bad, !name, addresses, count, blob, provider, timeout, overlapped, routine, handle );
    if (ret) return set_addrinfo_end( ret );
    wide_name = set_addrinfo_text( name );
    if (service) wide_service = set_addrinfo_text( service );
    if (!wide_name || ( service && !wide_service )) ret = WSA_NOT_ENOUGH_MEMORY;
    else ret = set_addrinfo_ask( wide_name, wide_service, addresses, count, blob, flags, name_space, provider );
    HeapFree( GetProcessHeap(), 0, wide_name );
    HeapFree( GetProcessHeap(), 0, wide_service );
    return set_addrinfo_end( ret );
}

INT WINAPI SetAddrInfoExW( const WCHAR *name, const WCHAR *service, SOCKET_ADDRESS *addresses, DWORD count, BLOB *blob,
                           DWORD flags, DWORD name_space, GUID *provider, struct timeval *timeout,
                           OVERLAPPED *overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle )
{
    BOOL bad
        = ( name && IsBadStringPtrW( name, ~(UINT_PTR)0 ) ) || ( service && IsBadStringPtrW( service, ~(UINT_PTR)0 ) );
    INT ret;

    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    ret = set_addrinfo_check( bad, !name, addresses, count, blob, provider, timeout, overlapped, routine, handle );
    if (!ret) ret = set_addrinfo_ask( name, service, addresses, count, blob, flags, name_space, provider );
    return set_addrinfo_end( ret );
}
