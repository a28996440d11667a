/*
 * Functions for names that not every import library has
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "addrinfo_ex.h"

int( WINAPI *pGetAddrInfoExW )( const WCHAR *node, const WCHAR *service, DWORD name_space, GUID *provider,
                                const ADDRINFOEXW *hints, ADDRINFOEXW **list, struct timeval *timeout,
                                OVERLAPPED *overlapped, void *routine, HANDLE *handle );
int( WINAPI *pGetAddrInfoExA )( const char *node, const char *service, DWORD name_space, GUID *provider,
                                const ADDRINFOEXA *hints, ADDRINFOEXA **list, struct timeval *timeout,
                                OVERLAPPED *overlapped, void *routine, HANDLE *handle );
int( WINAPI *pSetAddrInfoExW )( const WCHAR *name, const WCHAR *service, SOCKET_ADDRESS *addresses, DWORD count,
                                BLOB *blob, DWORD flags, DWORD name_space, GUID *provider, struct timeval *timeout,
                                OVERLAPPED *overlapped, void *routine, HANDLE *handle );
int( WINAPI *pSetAddrInfoExA )( const char *name, const char *service, SOCKET_ADDRESS *addresses, DWORD count,
                                BLOB *blob, DWORD flags, DWORD name_space, GUID *provider, struct timeval *timeout,
                                OVERLAPPED *overlapped, void *routine, HANDLE *handle );
int( WINAPI *pGetAddrInfoExCancel )( HANDLE *handle );
int( WINAPI *pGetAddrInfoExOverlappedResult )( OVERLAPPED *overlapped );
void( WINAPI *pFreeAddrInfoExW )( ADDRINFOEXW *list );
void( WINAPI *pFreeAddrInfoEx )( ADDRINFOEXA *list );
int( WINAPI *pGetHostNameW )( WCHAR *name, int size );

void load_addrinfo_ex( void )
{
    HMODULE module = GetModuleHandleA( "ws2_32.dll" );

    pGetAddrInfoExW = (void *)GetProcAddress( module, "GetAddrInfoExW" );
    pGetAddrInfoExA = (void *)GetProcAddress( module, "GetAddrInfoExA" );
    pSetAddrInfoExW = (void *)GetProcAddress( module, "SetAddrInfoExW" );
    pSetAddrInfoExA = (void *)GetProcAddress( module, "SetAddrInfoExA" );
    pGetAddrInfoExCancel = (void *)GetProcAddress( module, "GetAddrInfoExCancel" );
    pGetAddrInfoExOverlappedResult = (void *)GetProcAddress( module, "GetAddrInfoExOverlappedResult" );
    pFreeAddrInfoExW = (void *)GetProcAddress( module, "FreeAddrInfoExW" );
    pFreeAddrInfoEx = (void *)GetProcAddress( module, "FreeAddrInfoEx" );
    pGetHostNameW = (void *)GetProcAddress( module, "GetHostNameW" );
}
