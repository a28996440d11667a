/*
 * SetAddrInfoEx: names that a program registers
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The only name space, DNS, accepts none: well-formed calls end with WSASERVICE_NOT_FOUND, as without a provider for
 * the name space.
 */

#include "resolve.h"

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
    return WSASERVICE_NOT_FOUND;
}

static INT set_addrinfo( BOOL bad_strings, BOOL no_name, const SOCKET_ADDRESS *addresses, DWORD count, const BLOB *blob,
                         const GUID *provider, const struct timeval *timeout, const OVERLAPPED *overlapped,
                         const void *routine, const HANDLE *handle )
{
    INT ret;

    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    ret = set_addrinfo_check( bad_strings, no_name, addresses, count, blob, provider, timeout, overlapped, routine,
                              handle );
    SetLastError( ret );
    return ret;
}

/* Both return the error itself, and leave it as the last error ("SetAddrInfoExW function"): WSANOTINITIALISED;
 * WSAEINVAL without a name and for reserved parameters; WSAEFAULT for unreadable memory; else WSASERVICE_NOT_FOUND. */
INT WINAPI SetAddrInfoExA( const char *name, const char *service, SOCKET_ADDRESS *addresses, DWORD count, BLOB *blob,
                           DWORD flags, DWORD name_space, GUID *provider, struct timeval *timeout,
                           OVERLAPPED *overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle )
{
    BOOL bad
        = ( name && IsBadStringPtrA( name, ~(UINT_PTR)0 ) ) || ( service && IsBadStringPtrA( service, ~(UINT_PTR)0 ) );

    (void)flags;
    (void)name_space;
    return set_addrinfo( bad, !name, addresses, count, blob, provider, timeout, overlapped, routine, handle );
}

INT WINAPI SetAddrInfoExW( const WCHAR *name, const WCHAR *service, SOCKET_ADDRESS *addresses, DWORD count, BLOB *blob,
                           DWORD flags, DWORD name_space, GUID *provider, struct timeval *timeout,
                           OVERLAPPED *overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle )
{
    BOOL bad
        = ( name && IsBadStringPtrW( name, ~(UINT_PTR)0 ) ) || ( service && IsBadStringPtrW( service, ~(UINT_PTR)0 ) );

    (void)flags;
    (void)name_space;
    return set_addrinfo( bad, !name, addresses, count, blob, provider, timeout, overlapped, routine, handle );
}
