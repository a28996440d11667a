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

#include <ws2spi.h>

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
    FUNCTION( WSCEnumProtocols );
    FUNCTION( WSCEnumProtocols32 );
    FUNCTION( WSCInstallProvider );
    FUNCTION( WSCInstallProvider64_32 );
    FUNCTION( WSCUpdateProvider );
    FUNCTION( WSCUpdateProvider32 );
    FUNCTION( WSCDeinstallProvider );
    FUNCTION( WSCDeinstallProvider32 );
    FUNCTION( WSCGetProviderPath );
    FUNCTION( WSCGetProviderPath32 );
    FUNCTION( WSCWriteProviderOrder );
    FUNCTION( WSCWriteProviderOrder32 );
    FUNCTION( WSCInstallProviderAndChains );
#undef FUNCTION
}

#endif /* TESTS_INSTALLATION_H */
