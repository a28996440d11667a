/*
 * Registration of names by SetAddrInfoEx: not there yet
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every function fails with an error its documentation has, and is marked for docs/: NOT_IMPLEMENTED( name, error ).
 */

#include "resolve.h"

static INT fail( const void *caller, int error )
{
    if (names_started( caller )) SetLastError( error );
    return SOCKET_ERROR;
}

#undef NOT_IMPLEMENTED
#define NOT_IMPLEMENTED( name, error ) fail( __builtin_return_address( 0 ), error )

/* These two return the error itself ("SetAddrInfoExW function"). */
INT WINAPI SetAddrInfoExA( const char *name, const char *service, SOCKET_ADDRESS *addresses, DWORD count, BLOB *blob, DWORD flags,
                           DWORD name_space, GUID *provider, struct timeval *timeout, OVERLAPPED *overlapped,
                           LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle )
{
    (void)name; (void)service; (void)addresses; (void)count; (void)blob; (void)flags;
    (void)name_space; (void)provider; (void)timeout; (void)overlapped; (void)routine; (void)handle;
    NOT_IMPLEMENTED( SetAddrInfoExA, WSASERVICE_NOT_FOUND );
    return GetLastError();
}

INT WINAPI SetAddrInfoExW( const WCHAR *name, const WCHAR *service, SOCKET_ADDRESS *addresses, DWORD count, BLOB *blob, DWORD flags,
                           DWORD name_space, GUID *provider, struct timeval *timeout, OVERLAPPED *overlapped,
                           LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle )
{
    (void)name; (void)service; (void)addresses; (void)count; (void)blob; (void)flags;
    (void)name_space; (void)provider; (void)timeout; (void)overlapped; (void)routine; (void)handle;
    NOT_IMPLEMENTED( SetAddrInfoExW, WSASERVICE_NOT_FOUND );
    return GetLastError();
}
