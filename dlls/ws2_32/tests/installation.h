/*
 * The WSC functions that change the catalogue of transport providers
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Found by name: Wine's own module lacks some, and the tests must start there.
 */

#ifndef TESTS_INSTALLATION_H
#define TESTS_INSTALLATION_H

#ifdef __WINESRC__
#include "wsuring_spi.h"
#else
#include <ws2spi.h>
#endif

typedef int( WINAPI *chains_function )( GUID *, const WCHAR *, const WCHAR *, DWORD, WSAPROTOCOL_INFOW *, DWORD,
                                        DWORD *, INT * );

static LPWSCENUMPROTOCOLS pWSCEnumProtocols, pWSCEnumProtocols32;
static LPWSCINSTALLPROVIDER pWSCInstallProvider, pWSCInstallProvider64_32, pWSCUpdateProvider, pWSCUpdateProvider32;
static LPWSCDEINSTALLPROVIDER pWSCDeinstallProvider, pWSCDeinstallProvider32;
static LPWSCGETPROVIDERPATH pWSCGetProviderPath, pWSCGetProviderPath32;
static int( WINAPI *pWSCWriteProviderOrder )( DWORD *, DWORD ), ( WINAPI * pWSCWriteProviderOrder32 )( DWORD *, DWORD );
static chains_function pWSCInstallProviderAndChains;

static inline void installation_functions( void )
{
    HMODULE module = GetModuleHandleA( "ws2_32.dll" );

#define FUNCTION( name ) ok( ( p##name = (void *)GetProcAddress( module, #name ) ) != NULL, "%s is missing\n", #name )
    /* only 64-bit programs need two of each */
#ifdef _WIN64
#define FUNCTION_32( name ) FUNCTION( name##32 )
    FUNCTION( WSCInstallProvider64_32 );
#else
#define FUNCTION_32( name ) p##name##32 = p##name
    pWSCInstallProvider64_32 = NULL;
#endif
    FUNCTION( WSCEnumProtocols );
    FUNCTION_32( WSCEnumProtocols );
    FUNCTION( WSCInstallProvider );
    FUNCTION( WSCUpdateProvider );
    FUNCTION_32( WSCUpdateProvider );
    FUNCTION( WSCDeinstallProvider );
    FUNCTION_32( WSCDeinstallProvider );
    FUNCTION( WSCGetProviderPath );
    FUNCTION_32( WSCGetProviderPath );
    FUNCTION( WSCWriteProviderOrder );
    FUNCTION_32( WSCWriteProviderOrder );
    FUNCTION( WSCInstallProviderAndChains );
#undef FUNCTION_32
#undef FUNCTION
}

/* A program that begins after the catalogue has been changed: its sockets work. */
static inline void child_of_installation( void )
{
    SOCKET a, b;

    start_winsock();
    tcp_socketpair( &a, &b );
    ok( send( a, "x", 1, 0 ) == 1, "it doesn't send\n" );
    ok_success( closesocket( a ) );
    ok_success( closesocket( b ) );
    stop_winsock();
}

#endif /* TESTS_INSTALLATION_H */
