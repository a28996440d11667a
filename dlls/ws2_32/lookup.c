/*
 * Name spaces, service classes and registration: not there yet
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

/* ---- queries */

INT WINAPI WSALookupServiceBeginA( WSAQUERYSETA *query, DWORD flags, HANDLE *lookup )
{
    (void)query; (void)flags; (void)lookup;
    return NOT_IMPLEMENTED( WSALookupServiceBeginA, WSASERVICE_NOT_FOUND );
}

INT WINAPI WSALookupServiceBeginW( WSAQUERYSETW *query, DWORD flags, HANDLE *lookup )
{
    (void)query; (void)flags; (void)lookup;
    return NOT_IMPLEMENTED( WSALookupServiceBeginW, WSASERVICE_NOT_FOUND );
}

INT WINAPI WSALookupServiceNextA( HANDLE lookup, DWORD flags, DWORD *size, WSAQUERYSETA *results )
{
    (void)lookup; (void)flags; (void)size; (void)results;
    return NOT_IMPLEMENTED( WSALookupServiceNextA, WSA_INVALID_HANDLE );
}

INT WINAPI WSALookupServiceNextW( HANDLE lookup, DWORD flags, DWORD *size, WSAQUERYSETW *results )
{
    (void)lookup; (void)flags; (void)size; (void)results;
    return NOT_IMPLEMENTED( WSALookupServiceNextW, WSA_INVALID_HANDLE );
}

INT WINAPI WSALookupServiceEnd( HANDLE lookup )
{
    (void)lookup;
    return NOT_IMPLEMENTED( WSALookupServiceEnd, WSA_INVALID_HANDLE );
}

INT WINAPI WSANSPIoctl( HANDLE lookup, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned, WSACOMPLETION *completion )
{
    (void)lookup; (void)code; (void)in; (void)in_size; (void)out; (void)out_size; (void)returned; (void)completion;
    return NOT_IMPLEMENTED( WSANSPIoctl, WSAEOPNOTSUPP );
}

INT WINAPI WSAEnumNameSpaceProvidersA( DWORD *size, WSANAMESPACE_INFOA *buffer )
{
    (void)size; (void)buffer;
    return NOT_IMPLEMENTED( WSAEnumNameSpaceProvidersA, WSA_NOT_ENOUGH_MEMORY );
}

INT WINAPI WSAEnumNameSpaceProvidersW( DWORD *size, WSANAMESPACE_INFOW *buffer )
{
    (void)size; (void)buffer;
    return NOT_IMPLEMENTED( WSAEnumNameSpaceProvidersW, WSA_NOT_ENOUGH_MEMORY );
}

/* ---- registration */

INT WINAPI WSASetServiceA( WSAQUERYSETA *info, WSAESETSERVICEOP operation, DWORD flags )
{
    (void)info; (void)operation; (void)flags;
    return NOT_IMPLEMENTED( WSASetServiceA, WSASERVICE_NOT_FOUND );
}

INT WINAPI WSASetServiceW( WSAQUERYSETW *info, WSAESETSERVICEOP operation, DWORD flags )
{
    (void)info; (void)operation; (void)flags;
    return NOT_IMPLEMENTED( WSASetServiceW, WSASERVICE_NOT_FOUND );
}

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

/* ---- service classes */

INT WINAPI WSAInstallServiceClassA( WSASERVICECLASSINFOA *info )
{
    (void)info;
    return NOT_IMPLEMENTED( WSAInstallServiceClassA, WSAEACCES );
}

INT WINAPI WSAInstallServiceClassW( WSASERVICECLASSINFOW *info )
{
    (void)info;
    return NOT_IMPLEMENTED( WSAInstallServiceClassW, WSAEACCES );
}

INT WINAPI WSARemoveServiceClass( GUID *class_id )
{
    (void)class_id;
    return NOT_IMPLEMENTED( WSARemoveServiceClass, WSATYPE_NOT_FOUND );
}

INT WINAPI WSAGetServiceClassInfoA( GUID *provider, GUID *class_id, DWORD *size, WSASERVICECLASSINFOA *info )
{
    (void)provider; (void)class_id; (void)size; (void)info;
    return NOT_IMPLEMENTED( WSAGetServiceClassInfoA, WSATYPE_NOT_FOUND );
}

INT WINAPI WSAGetServiceClassInfoW( GUID *provider, GUID *class_id, DWORD *size, WSASERVICECLASSINFOW *info )
{
    (void)provider; (void)class_id; (void)size; (void)info;
    return NOT_IMPLEMENTED( WSAGetServiceClassInfoW, WSATYPE_NOT_FOUND );
}

INT WINAPI WSAGetServiceClassNameByClassIdA( GUID *class_id, char *name, DWORD *size )
{
    (void)class_id; (void)name; (void)size;
    return NOT_IMPLEMENTED( WSAGetServiceClassNameByClassIdA, WSATYPE_NOT_FOUND );
}

INT WINAPI WSAGetServiceClassNameByClassIdW( GUID *class_id, WCHAR *name, DWORD *size )
{
    (void)class_id; (void)name; (void)size;
    return NOT_IMPLEMENTED( WSAGetServiceClassNameByClassIdW, WSATYPE_NOT_FOUND );
}
