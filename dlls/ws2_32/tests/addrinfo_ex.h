/*
 * Functions for names that not every import library has
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_ADDRINFO_EX_H
#define TESTS_ADDRINFO_EX_H

/* after <ws2tcpip.h> and <windows.h> */

extern int( WINAPI *pGetAddrInfoExW )( const WCHAR *node, const WCHAR *service, DWORD name_space, GUID *provider,
                                       const ADDRINFOEXW *hints, ADDRINFOEXW **list, struct timeval *timeout,
                                       OVERLAPPED *overlapped, void *routine, HANDLE *handle );
extern int( WINAPI *pGetAddrInfoExA )( const char *node, const char *service, DWORD name_space, GUID *provider,
                                       const ADDRINFOEXA *hints, ADDRINFOEXA **list, struct timeval *timeout,
                                       OVERLAPPED *overlapped, void *routine, HANDLE *handle );
extern int( WINAPI *pSetAddrInfoExW )( const WCHAR *name, const WCHAR *service, SOCKET_ADDRESS *addresses, DWORD count,
                                       BLOB *blob, DWORD flags, DWORD name_space, GUID *provider,
                                       struct timeval *timeout, OVERLAPPED *overlapped, void *routine, HANDLE *handle );
extern int( WINAPI *pSetAddrInfoExA )( const char *name, const char *service, SOCKET_ADDRESS *addresses, DWORD count,
                                       BLOB *blob, DWORD flags, DWORD name_space, GUID *provider,
                                       struct timeval *timeout, OVERLAPPED *overlapped, void *routine, HANDLE *handle );
extern int( WINAPI *pGetAddrInfoExCancel )( HANDLE *handle );
extern int( WINAPI *pGetAddrInfoExOverlappedResult )( OVERLAPPED *overlapped );
extern void( WINAPI *pFreeAddrInfoExW )( ADDRINFOEXW *list );
extern void( WINAPI *pFreeAddrInfoEx )( ADDRINFOEXA *list );
extern int( WINAPI *pGetHostNameW )( WCHAR *name, int size );

/* Finds them all in ws2_32.dll. */
extern void load_addrinfo_ex( void );

#endif /* TESTS_ADDRINFO_EX_H */
