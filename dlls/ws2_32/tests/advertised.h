/*
 * What a program advertises as a name space provider of version 2
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "NSPV2_ROUTINE structure" and "WSAQUERYSET2W structure". Wine's headers lack both, mingw-w64's have
 * other types.
 */

#ifndef TESTS_ADVERTISED_H
#define TESTS_ADVERTISED_H

#define SPACE_2 4721

typedef struct
{
    DWORD dwSize;
    WCHAR *lpszServiceInstanceName;
    WSAVERSION *lpVersion;
    WCHAR *lpszComment;
    DWORD dwNameSpace;
    GUID *lpNSProviderId;
    WCHAR *lpszContext;
    DWORD dwNumberOfProtocols;
    AFPROTOCOLS *lpafpProtocols;
    WCHAR *lpszQueryString;
    DWORD dwNumberOfCsAddrs;
    CSADDR_INFO *lpcsaBuffer;
    DWORD dwOutputFlags;
    BLOB *lpBlob;
} SET2;

typedef struct
{
    DWORD cbSize, dwMajorVersion, dwMinorVersion;
    int( WINAPI *startup )( GUID *, void ** );
    int( WINAPI *cleanup )( GUID *, void * );
    int( WINAPI *begin )( GUID *, SET2 *, DWORD, void *, HANDLE * );
    int( WINAPI *next )( HANDLE, HANDLE, DWORD, DWORD *, SET2 * );
    int( WINAPI *end )( HANDLE );
    int( WINAPI *set )( HANDLE, GUID *, SET2 *, WSAESETSERVICEOP, DWORD, void * );
    int( WINAPI *rundown )( GUID *, void * );
} ROUTINES;

static INT( WINAPI *pWSAAdvertiseProvider )( const GUID *, const ROUTINES * );
static INT( WINAPI *pWSAUnadvertiseProvider )( const GUID * );
static INT( WINAPI *pWSAProviderCompleteAsyncCall )( HANDLE, INT );

static inline void advertised_functions( void )
{
    HMODULE module = GetModuleHandleA( "ws2_32.dll" );

    pWSAAdvertiseProvider = (void *)GetProcAddress( module, "WSAAdvertiseProvider" );
    pWSAUnadvertiseProvider = (void *)GetProcAddress( module, "WSAUnadvertiseProvider" );
    pWSAProviderCompleteAsyncCall = (void *)GetProcAddress( module, "WSAProviderCompleteAsyncCall" );
    load_addrinfo_ex();
}

#endif /* TESTS_ADVERTISED_H */
