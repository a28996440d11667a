/*
 * The catalogue of name space providers: installing, removing, switching off, the order
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * It changes the prefix's catalogue, so it runs alone.
 */

#include "sockets.h"
#include "name_space.h"

#ifdef _WIN64
#define CATALOG_SUFFIX "64"
#else
#define CATALOG_SUFFIX ""
#endif

static GUID tcpip = { 0x22059d40, 0x7e9e, 0x11cf, { 0xae, 0x5a, 0x00, 0xaa, 0x00, 0xa7, 0x11, 0x2b } };
static GUID first = { 0x2f0c3a52, 0x95a5, 0x4d0f, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x33, 0x01 } };
static GUID second = { 0x2f0c3a52, 0x95a5, 0x4d0f, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x33, 0x02 } };
static GUID unknown = { 0x2f0c3a52, 0x95a5, 0x4d0f, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x33, 0x03 } };

static union
{
    WSANAMESPACE_INFOEXW infos[1];
    char bytes[65536];
} list;

static INT list_now( enum_function function )
{
    DWORD size = sizeof( list );
    INT count = function( &size, list.infos );

    ok( count != SOCKET_ERROR, "error %d\n", WSAGetLastError() );
    return count;
}

/* The place of a provider in the list, -1 if it isn't there. */
static INT place_of( enum_function function, const GUID *provider )
{
    INT count = list_now( function ), i;

    for (i = 0; i < count; i++)
        if (!memcmp( &list.infos[i].NSProviderId, provider, sizeof( *provider ) )) return i;
    return -1;
}

static void remove_all( void )
{
    pWSCUnInstallNameSpace( &first );
    pWSCUnInstallNameSpace( &second );
#ifdef _WIN64
    pWSCUnInstallNameSpace32( &first );
#endif
}

/* A row of docs/errors.md; the call gives SOCKET_ERROR, and leaves the error. */
static void space_row( const char *function, const char *when, int expect, int ret )
{
    error_row( function, when, expect, ret == SOCKET_ERROR ? WSAGetLastError() : 0 );
}

static void test_errors( void )
{
    static WCHAR name[] = L"name", path[] = L"C:\\nowhere.dll", empty[] = L"", long_path[2 * MAX_PATH];
    BLOB bad_blob = { 10, (BYTE *)bad_page() };
    struct
    {
        const char *when;
        WCHAR *name, *path;
        GUID *provider;
        BLOB *blob;
        int error;
    } installs[] = {
        { "no name", NULL, path, &first, NULL, WSAEINVAL },
        { "no path", name, NULL, &first, NULL, WSAEINVAL },
        { "no identifier", name, path, NULL, NULL, WSAEINVAL },
        { "an empty name", empty, path, &first, NULL, WSAEINVAL },
        { "an empty path", name, empty, &first, NULL, WSAEINVAL },
        { "a path of more than MAX_PATH", name, long_path, &first, NULL, WSAEINVAL },
        { "the name isn't memory", (WCHAR *)bad_page(), path, &first, NULL, WSAEINVAL },
        { "the path isn't memory", name, (WCHAR *)bad_page(), &first, NULL, WSAEINVAL },
        { "the identifier isn't memory", name, path, (GUID *)bad_page(), NULL, WSAEINVAL },
        { "the information isn't memory", name, path, &first, (BLOB *)bad_page(), WSAEINVAL },
        { "the information's bytes aren't memory", name, path, &first, &bad_blob, WSAEINVAL },
        { "it is installed", name, path, &tcpip, NULL, WSANO_RECOVERY },
    };
    struct
    {
        const char *when;
        GUID *provider;
        int error;
    } providers[] = { { "no identifier", NULL, WSAEFAULT },
                      { "the identifier isn't memory", (GUID *)bad_page(), WSAEFAULT },
                      { "it isn't installed", &unknown, WSAEINVAL },
                      { "DNS, which is always there", &tcpip, WSAEINVAL } };
    GUID twice[] = { tcpip, tcpip }, strange[] = { tcpip, unknown };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( long_path ) - 1; i++) long_path[i] = 'x';
    for (i = 0; i < ARRAY_SIZE( installs ); i++)
    {
        space_row( "WSCInstallNameSpaceEx", installs[i].when, installs[i].error,
                   pWSCInstallNameSpaceEx( installs[i].name, installs[i].path, NS_DNS, 1, installs[i].provider,
                                           installs[i].blob ) );
        if (!installs[i].blob)
            space_row( "WSCInstallNameSpace", installs[i].when, installs[i].error,
                       pWSCInstallNameSpace( installs[i].name, installs[i].path, NS_DNS, 1, installs[i].provider ) );
    }
    for (i = 0; i < ARRAY_SIZE( providers ); i++)
    {
        space_row( "WSCUnInstallNameSpace", providers[i].when, providers[i].error,
                   pWSCUnInstallNameSpace( providers[i].provider ) );
        space_row( "WSCEnableNSProvider", providers[i].when, providers[i].error,
                   pWSCEnableNSProvider( providers[i].provider, FALSE ) );
    }
    ok_success( pWSCEnableNSProvider( &tcpip, TRUE ) );

    error_row( "WSCWriteNameSpaceOrder", "no list", WSAEFAULT, pWSCWriteNameSpaceOrder( NULL, 1 ) );
    error_row( "WSCWriteNameSpaceOrder", "the list isn't memory", WSAEFAULT,
               pWSCWriteNameSpaceOrder( (GUID *)bad_page(), 1 ) );
    error_row( "WSCWriteNameSpaceOrder", "an empty list", WSAEINVAL, pWSCWriteNameSpaceOrder( &tcpip, 0 ) );
    error_row( "WSCWriteNameSpaceOrder", "an identifier twice", WSAEINVAL, pWSCWriteNameSpaceOrder( twice, 2 ) );
    error_row( "WSCWriteNameSpaceOrder", "an unknown identifier", WSAEINVAL, pWSCWriteNameSpaceOrder( strange, 2 ) );
    ok( !pWSCWriteNameSpaceOrder( &tcpip, 1 ), "it wasn't taken\n" );
}

static void test_entries( void )
{
    static WCHAR path[] = L"%SystemRoot%\\nowhere.dll", name_1[] = L"first", name_2[] = L"second";
    BYTE data[] = { 1, 2, 3, 4, 5 };
    BLOB blob = { sizeof( data ), data };
    GUID order[] = { second, first };
    DWORD size, full;
    INT count = list_now( pWSAEnumNameSpaceProvidersExW ), i;
    HKEY key;

    ok_success( pWSCInstallNameSpace( name_1, path, 4711, 7, &first ) );
    ok_error( pWSCInstallNameSpace( name_2, path, 4712, 7, &first ), WSANO_RECOVERY );
    ok_success( pWSCInstallNameSpaceEx( name_2, path, NS_DNS, 8, &second, &blob ) );
    ok( list_now( pWSAEnumNameSpaceProvidersExW ) == count + 2, "they aren't there\n" );
    ok( place_of( pWSAEnumNameSpaceProvidersExW, &first ) == count, "it isn't the last\n" );
    i = place_of( pWSAEnumNameSpaceProvidersExW, &second );
    ok( i == count + 1, "got %d\n", i );
    ok( list.infos[i].dwNameSpace == NS_DNS && list.infos[i].dwVersion == 8 && list.infos[i].fActive,
        "got name space %lu, version %lu\n", list.infos[i].dwNameSpace, list.infos[i].dwVersion );
    ok( !lstrcmpW( list.infos[i].lpszIdentifier, name_2 ), "got %s\n", debugstr_w( list.infos[i].lpszIdentifier ) );
    ok( list.infos[i].ProviderSpecific.cbSize == sizeof( data )
            && !memcmp( list.infos[i].ProviderSpecific.pBlobData, data, sizeof( data ) ),
        "got %lu bytes\n", list.infos[i].ProviderSpecific.cbSize );
    size = 0;
    ok_error( pWSAEnumNameSpaceProvidersExW( &size, list.infos ), WSAEFAULT );
    full = size--;
    ok_error( pWSAEnumNameSpaceProvidersExW( &size, list.infos ), WSAEFAULT );
    ok( size == full, "got %lu, %lu\n", size, full );
    ok( pWSAEnumNameSpaceProvidersExW( &size, list.infos ) == count + 2, "error %d\n", WSAGetLastError() );

    ok_success( pWSCEnableNSProvider( &first, FALSE ) );
    ok( !list.infos[place_of( pWSAEnumNameSpaceProvidersExW, &first )].fActive, "it is active\n" );
    ok_success( pWSCEnableNSProvider( &first, TRUE ) );
    ok( list.infos[place_of( pWSAEnumNameSpaceProvidersExW, &first )].fActive, "it isn't active\n" );

    ok( !pWSCWriteNameSpaceOrder( order, 2 ), "it wasn't taken\n" );
    ok( !place_of( pWSAEnumNameSpaceProvidersExW, &second ) && place_of( pWSAEnumNameSpaceProvidersExW, &first ) == 1
            && place_of( pWSAEnumNameSpaceProvidersExW, &tcpip ) == 2,
        "the order is another\n" );

#ifdef _WIN64
    /* 32-bit programs have their own */
    ok( place_of( pWSCEnumNameSpaceProvidersEx32, &first ) == -1, "it is there\n" );
    ok_success( pWSCInstallNameSpace32( name_1, path, 4711, 7, &first ) );
    ok( place_of( pWSCEnumNameSpaceProvidersEx32, &first ) > 0, "it isn't there\n" );
    ok_success( pWSCEnableNSProvider32( &first, FALSE ) );
    ok( !list.infos[place_of( pWSCEnumNameSpaceProvidersEx32, &first )].fActive, "it is active\n" );
    ok( list.infos[place_of( pWSAEnumNameSpaceProvidersExW, &first )].fActive, "it isn't active\n" );
    ok( !pWSCWriteNameSpaceOrder32( &first, 1 ), "it wasn't taken\n" );
    ok( !place_of( pWSCEnumNameSpaceProvidersEx32, &first ), "the order is another\n" );
    ok_success( pWSCUnInstallNameSpace32( &first ) );
    ok( place_of( pWSCEnumNameSpaceProvidersEx32, &first ) == -1, "it is there\n" );
#endif

    /* a damaged catalogue has the base provider still */
    ok( !RegCreateKeyExA( HKEY_LOCAL_MACHINE,
                          "System\\CurrentControlSet\\Services\\WinSock2\\Parameters\\NameSpace_Catalog5\\"
                          "Catalog_Entries" CATALOG_SUFFIX "\\000000000003",
                          0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL ),
        "there is no entry\n" );
    RegSetValueExA( key, "ProviderId", 0, REG_BINARY, (const BYTE *)"short", 5 );
    RegCloseKey( key );
    ok( !place_of( pWSAEnumNameSpaceProvidersExW, &tcpip ), "DNS is missing\n" );
    ok( list_now( pWSAEnumNameSpaceProvidersExW ) == count + 2, "others are missing\n" );

    ok_success( pWSCUnInstallNameSpace( &first ) );
    ok_error( pWSCUnInstallNameSpace( &first ), WSAEINVAL );
    ok_success( pWSCUnInstallNameSpace( &second ) );
    ok( list_now( pWSAEnumNameSpaceProvidersExW ) == count, "something was left\n" );
}

START_TEST( name_space_install )
{
    if (stock)
    {
        skip( "Wine's own module has no catalogue of name spaces\n" );
        return;
    }
    start_winsock();
    name_space_functions();
    remove_all();
    test_errors();
    test_entries();
    remove_all();
    stop_winsock();
}
