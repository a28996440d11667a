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

static void test_errors( void )
{
    static WCHAR name[] = L"name", path[] = L"C:\\nowhere.dll", empty[] = L"", long_path[2 * MAX_PATH];
    BLOB bad_blob = { 10, (BYTE *)bad_page() };
    struct
    {
        WCHAR *name, *path;
        GUID *provider;
        BLOB *blob;
        int error;
    } installs[] = {
        { NULL, path, &first, NULL, WSAEINVAL },
        { name, NULL, &first, NULL, WSAEINVAL },
        { name, path, NULL, NULL, WSAEINVAL },
        { empty, path, &first, NULL, WSAEINVAL },
        { name, empty, &first, NULL, WSAEINVAL },
        { name, long_path, &first, NULL, WSAEINVAL },
        { (WCHAR *)bad_page(), path, &first, NULL, WSAEINVAL },
        { name, (WCHAR *)bad_page(), &first, NULL, WSAEINVAL },
        { name, path, (GUID *)bad_page(), NULL, WSAEINVAL },
        { name, path, &first, (BLOB *)bad_page(), WSAEINVAL },
        { name, path, &first, &bad_blob, WSAEINVAL },
        { name, path, &tcpip, NULL, WSANO_RECOVERY },
    };
    struct
    {
        GUID *provider;
        int error;
    } providers[] = { { NULL, WSAEFAULT }, { (GUID *)bad_page(), WSAEFAULT }, { &unknown, WSAEINVAL } };
    GUID twice[] = { tcpip, tcpip }, strange[] = { tcpip, unknown };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( long_path ) - 1; i++) long_path[i] = 'x';
    for (i = 0; i < ARRAY_SIZE( installs ); i++)
    {
        winetest_push_context( "install %u", i );
        ok_error( pWSCInstallNameSpaceEx( installs[i].name, installs[i].path, NS_DNS, 1, installs[i].provider,
                                          installs[i].blob ),
                  installs[i].error );
        if (!installs[i].blob)
            ok_error( pWSCInstallNameSpace( installs[i].name, installs[i].path, NS_DNS, 1, installs[i].provider ),
                      installs[i].error );
        winetest_pop_context();
    }
    for (i = 0; i < ARRAY_SIZE( providers ); i++)
    {
        winetest_push_context( "provider %u", i );
        ok_error( pWSCUnInstallNameSpace( providers[i].provider ), providers[i].error );
        ok_error( pWSCEnableNSProvider( providers[i].provider, TRUE ), providers[i].error );
        winetest_pop_context();
    }
    /* DNS is always there */
    ok_error( pWSCUnInstallNameSpace( &tcpip ), WSAEINVAL );
    ok_error( pWSCEnableNSProvider( &tcpip, FALSE ), WSAEINVAL );
    ok_success( pWSCEnableNSProvider( &tcpip, TRUE ) );

    ok( pWSCWriteNameSpaceOrder( NULL, 1 ) == WSAEFAULT, "it was taken\n" );
    ok( pWSCWriteNameSpaceOrder( (GUID *)bad_page(), 1 ) == WSAEFAULT, "it was taken\n" );
    ok( pWSCWriteNameSpaceOrder( &tcpip, 0 ) == WSAEINVAL, "it was taken\n" );
    ok( pWSCWriteNameSpaceOrder( twice, 2 ) == WSAEINVAL, "it was taken\n" );
    ok( pWSCWriteNameSpaceOrder( strange, 2 ) == WSAEINVAL, "it was taken\n" );
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
