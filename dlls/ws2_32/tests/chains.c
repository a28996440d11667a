/*
 * Chains of layered providers: several upon each other, what can't be installed, and chains that lead nowhere
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * It changes the prefix's registry, so it runs alone. Wine's own module has no catalogue to change.
 */

#include "sockets.h"
#include "installation.h"

#define LAYERS 8

static const GUID provider_id = { 0x51c0a7d2, 0x0e5b, 0x4c1e, { 0x8b, 0x33, 0x77, 0x5c, 0x20, 0x6e, 0x22, 0 } };
static const WCHAR path[] = L"%SystemRoot%\\system32\\no_such_provider.dll";
static const WCHAR parameters_key[] = L"System\\CurrentControlSet\\Services\\WinSock2\\Parameters";
static const WCHAR catalog_key[] = L"System\\CurrentControlSet\\Services\\WinSock2\\Parameters\\Protocol_Catalog9";

/* of this program's width */
#ifdef _WIN64
#define ENTRIES L"Catalog_Entries64"
#else
#define ENTRIES L"Catalog_Entries"
#endif

struct item
{
    char path[MAX_PATH];
    WSAPROTOCOL_INFOW info;
};

static WSAPROTOCOL_INFOW infos[64];
static WSAPROTOCOL_INFOW tcp = { .iAddressFamily = AF_INET, .iSocketType = SOCK_STREAM, .iProtocol = IPPROTO_TCP };

static int enum_all( void )
{
    DWORD size = sizeof( infos );
    int err = 0, count = pWSCEnumProtocols( NULL, infos, &size, &err );

    ok( count > 0, "got %d, error %d\n", count, err );
    return count;
}

static GUID layer_id( int n )
{
    GUID id = provider_id;

    id.Data4[7] = n + 1;
    return id;
}

static void remove_all( void )
{
    GUID id;
    int i, err;

    for (i = 0; i < LAYERS; i++)
    {
        id = layer_id( i );
        pWSCDeinstallProvider( &id, &err );
    }
}

/* The error of an installation over the given protocols. */
static int install_named( int n, const WCHAR *name, WSAPROTOCOL_INFOW *list, DWORD count, DWORD *entry )
{
    GUID id = layer_id( n );
    int err = 0, ret = pWSCInstallProviderAndChains( &id, path, name, XP1_IFS_HANDLES, list, count, entry, &err );

    return ret ? err : 0;
}

static int install( int n, WSAPROTOCOL_INFOW *list, DWORD count, DWORD *entry )
{
    WCHAR name[32];

    wsprintfW( name, L"layer %d", n );
    return install_named( n, name, list, count, entry );
}

/* Over a protocol each lies upon the one before ("WSCInstallProviderAndChains function", remarks). */
static void test_upon( void )
{
    WSAPROTOCOL_INFOW list[3] = { tcp, tcp, tcp }, first, second, third;
    DWORD one = 0, two = 0, three = 0;
    int before = enum_all(), count;

    ok( !install( 0, list, 1, &one ), "the first isn't installed\n" );
    enum_all();
    first = infos[0];
    ok( first.ProtocolChain.ChainLen == 2 && first.ProtocolChain.ChainEntries[0] == one
            && first.ProtocolChain.ChainEntries[1] == 1001,
        "got chain of %d\n", first.ProtocolChain.ChainLen );
    list[1].iSocketType = SOCK_DGRAM;
    list[1].iProtocol = IPPROTO_UDP;
    ok( !install( 1, list, 3, &two ), "the second isn't installed\n" ); /* one is there twice */
    count = enum_all();
    ok( count == before + 5, "got %d entries after %d\n", count, before );
    second = infos[0];
    ok( second.ProtocolChain.ChainLen == 3 && second.ProtocolChain.ChainEntries[0] == two
            && second.ProtocolChain.ChainEntries[1] == first.dwCatalogEntryId
            && second.ProtocolChain.ChainEntries[2] == 1001,
        "got chain of %d: %lu, %lu, %lu\n", second.ProtocolChain.ChainLen, second.ProtocolChain.ChainEntries[0],
        second.ProtocolChain.ChainEntries[1], second.ProtocolChain.ChainEntries[2] );
    ok( !lstrcmpW( second.szProtocol, L"layer 1 over [layer 0 over [TCP/IP]]" ), "got %s\n",
        debugstr_w( second.szProtocol ) );
    ok( infos[1].ProtocolChain.ChainLen == 2 && infos[1].iProtocol == IPPROTO_UDP
            && infos[1].ProtocolChain.ChainEntries[1] == 1002,
        "got chain of %d\n", infos[1].ProtocolChain.ChainLen );
    ok( !install( 2, NULL, 0, &three ), "the third isn't installed\n" ); /* over the base protocols alone */
    enum_all();
    third = infos[0];
    ok( third.ProtocolChain.ChainLen == 2 && third.ProtocolChain.ChainEntries[1] == 1001, "got chain of %d\n",
        third.ProtocolChain.ChainLen );
    remove_all();
    ok( enum_all() == before, "some are left\n" );
}

#define error_of( call, when, expect ) error_row( "WSCInstallProviderAndChains", when, expect, call )

static void test_errors( void )
{
    WSAPROTOCOL_INFOW list[2] = { tcp, tcp };
    WCHAR long_name[WSAPROTOCOL_LEN + 2];
    int before, err = 0;
    DWORD entry, i;

    for (i = 0; i < ARRAY_SIZE( long_name ) - 1; i++) long_name[i] = 'x';
    long_name[i] = 0;
    error_of( pWSCInstallProviderAndChains( NULL, path, L"x", 0, NULL, 0, &entry, &err ) ? err : 0, "no identifier",
              WSAEINVAL );
    error_of( install_named( 0, long_name, NULL, 0, &entry ), "a name of more than WSAPROTOCOL_LEN", WSAEINVAL );
    error_of( install_named( 0, L"TCP/IP", NULL, 0, &entry ), "the name is another entry's", WSAEINVAL );
    error_of( install_named( 0, L"x", list, 0, &entry ), "a list of no protocols", WSAEINVAL );
    list[1].iProtocol = 0x1234;
    error_of( install_named( 0, L"x", list, 2, &entry ), "a protocol that there isn't", WSAEINVAL );
    long_name[WSAPROTOCOL_LEN] = 0;
    error_of( install_named( 0, long_name, NULL, 0, &entry ), "a name of WSAPROTOCOL_LEN", 0 );
    error_of( install_named( 0, L"x", NULL, 0, &entry ), "it is installed", WSANO_RECOVERY );
    error_of( install_named( 1, long_name, NULL, 0, &entry ), "the name is another layer's", WSAEINVAL );
    remove_all();
    for (i = 0; i < MAX_PROTOCOL_CHAIN - 1; i++) ok( !install( i, &tcp, 1, &entry ), "layer %lu isn't installed\n", i );
    before = enum_all();
    ok( infos[0].ProtocolChain.ChainLen == MAX_PROTOCOL_CHAIN
            && infos[0].ProtocolChain.ChainEntries[MAX_PROTOCOL_CHAIN - 1] == 1001,
        "got chain of %d\n", infos[0].ProtocolChain.ChainLen );
    error_of( install( i, &tcp, 1, &entry ), "a chain of more than MAX_PROTOCOL_CHAIN", WSANO_RECOVERY );
    ok( enum_all() == before, "half of it is installed\n" );
    remove_all();
}

static void test_both( void )
{
#ifdef _WIN64
    int( WINAPI * function )( GUID *, const WCHAR *, const WCHAR *, const WCHAR *, DWORD, WSAPROTOCOL_INFOW *, DWORD,
                              DWORD *, INT * )
        = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "WSCInstallProviderAndChains64_32" );
    static const struct
    {
        const WCHAR *path, *path_32;
        const char *when;
        int error;
    } tests[] = {
        { L"C:\\windows\\provider.dll", NULL, "no path for 32 bits, and the other isn't in system32", WSAEINVAL },
        { L"%SystemRoot%\\system32\\drivers\\provider.dll", NULL, "... but below it", WSAEINVAL },
        { L"%windir%\\system32\\", NULL, "... but the folder", WSAEINVAL },
        { L"%windir%\\System32\\provider.dll", NULL, "... but in it", 0 },
        { L"C:\\one\\provider.dll", L"C:\\two\\provider.dll", "a path for each", 0 },
    };
    WSAPROTOCOL_INFOW list[64];
    DWORD size, entry;
    GUID id = layer_id( 0 );
    unsigned int i;
    int ret, err;
    WCHAR found[MAX_PATH];
    INT len;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        err = 0;
        ret = function( &id, tests[i].path, tests[i].path_32, L"both", XP1_IFS_HANDLES, NULL, 0, &entry, &err );
        error_row( "WSCInstallProviderAndChains64_32", tests[i].when, tests[i].error, ret ? err : 0 );
        if (ret) continue;
        size = sizeof( list );
        ok( pWSCEnumProtocols32( NULL, list, &size, &err ) > 0 && list[0].ProtocolChain.ChainLen == 2,
            "it isn't in the other catalogue\n" );
        len = ARRAY_SIZE( found );
        ok( !pWSCGetProviderPath32( &id, found, &len, &err ), "error %d\n", err );
        ok( !lstrcmpW( found, tests[i].path_32 ? tests[i].path_32 : tests[i].path ), "got %s\n", debugstr_w( found ) );
        ok( !pWSCDeinstallProvider( &id, &err ) && !pWSCDeinstallProvider32( &id, &err ), "error %d\n", err );
    }
#endif
}

/* ---- damage: a program that starts now gets its sockets */

static void check_sockets( const char *what )
{
    HANDLE process;

    winetest_push_context( "%s", what );
    process = start_child( "chains", "child" );
    wait_child_process( process );
    CloseHandle( process );
    winetest_pop_context();
}

static HKEY open_item( int position )
{
    WCHAR name[200];
    HKEY key = NULL;
    LONG ret;

    wsprintfW( name, L"%s\\" ENTRIES L"\\%012d", catalog_key, position + 1 );
    ret = RegOpenKeyExW( HKEY_LOCAL_MACHINE, name, 0, KEY_ALL_ACCESS, &key );
    ok( !ret, "there is no key for entry %d: %ld\n", position, ret );
    return key;
}

static struct item read_item( int position )
{
    HKEY key = open_item( position );
    struct item item = { { 0 } };
    DWORD size = sizeof( item );

    ok( !RegQueryValueExW( key, L"PackedCatalogItem", NULL, NULL, (BYTE *)&item, &size ), "no item\n" );
    RegCloseKey( key );
    return item;
}

static void write_item( int position, const struct item *item )
{
    HKEY key = open_item( position );

    RegSetValueExW( key, L"PackedCatalogItem", 0, REG_BINARY, (const BYTE *)item, sizeof( *item ) );
    RegCloseKey( key );
}

static void test_damage( void )
{
    DWORD next = 0xffffffff, one = 0, entry;
    struct item first, second, item;
    unsigned int i;
    HKEY key;

    ok( !install( 0, &tcp, 1, &one ), "it isn't installed\n" );
    ok( !install( 1, &tcp, 1, &entry ), "it isn't installed\n" );
    second = read_item( 0 );
    first = read_item( 1 );
    ok( second.info.ProtocolChain.ChainLen == 3 && first.info.ProtocolChain.ChainLen == 2, "other entries\n" );

#define DAMAGE( what, change )                                                                                         \
    do                                                                                                                 \
    {                                                                                                                  \
        item = first;                                                                                                  \
        change;                                                                                                        \
        write_item( 1, &item );                                                                                        \
        check_sockets( what );                                                                                         \
    } while (0)
    /* in each case both chains lead nowhere: the upper one lies upon the other */
    DAMAGE( "below is nothing", item.info.ProtocolChain.ChainEntries[1] = 0x7777 );
    DAMAGE( "the layer's own entry isn't there", item.info.ProtocolChain.ChainEntries[0] = 0x7777 );
    DAMAGE( "a circle of two", item.info.ProtocolChain.ChainEntries[1] = second.info.dwCatalogEntryId );
    DAMAGE( "upon itself", item.info.ProtocolChain.ChainEntries[1] = item.info.dwCatalogEntryId );
    DAMAGE( "a chain that is too long", item.info.ProtocolChain.ChainLen = MAX_PROTOCOL_CHAIN + 1 );
    DAMAGE( "a chain of less than none", item.info.ProtocolChain.ChainLen = -1 );
    DAMAGE( "no number", item.info.dwCatalogEntryId = 0 );
    DAMAGE( "the base provider's number", item.info.dwCatalogEntryId = 1001 );
    DAMAGE( "a path without end", memset( item.path, 'x', sizeof( item.path ) ) );
    DAMAGE( "no path", item.path[0] = 0 );
    DAMAGE( "a name without end",
            for (i = 0; i < ARRAY_SIZE( item.info.szProtocol ); i++) item.info.szProtocol[i] = 'x' );
    DAMAGE( "all of it", memset( &item, 0xff, sizeof( item ) ) );
    item = first;
    item.info.dwCatalogEntryId = 1001;
    write_item( 0, &item );
    write_item( 1, &item );
    check_sockets( "the base provider's number twice" );
    remove_all();
    ok( enum_all() >= 4, "the base provider is missing\n" );

    /* the last number has been given */
    RegDeleteTreeW( HKEY_LOCAL_MACHINE, catalog_key );
    ok( !install( 0, &tcp, 1, &one ), "it isn't installed\n" );
    remove_all();
    RegOpenKeyExW( HKEY_LOCAL_MACHINE, catalog_key, 0, KEY_ALL_ACCESS, &key );
    RegSetValueExW( key, L"Next_Catalog_Entry_ID", 0, REG_DWORD, (const BYTE *)&next, sizeof( next ) );
    RegCloseKey( key );
    for (i = 0; i < 3; i++) ok( !install( i, &tcp, 1, &one ), "layer %d isn't installed\n", i );
    enum_all();
    ok( infos[0].ProtocolChain.ChainLen == 4 && infos[1].ProtocolChain.ChainLen == 3
            && infos[2].ProtocolChain.ChainLen == 2,
        "got chains of %d, %d, %d\n", infos[0].ProtocolChain.ChainLen, infos[1].ProtocolChain.ChainLen,
        infos[2].ProtocolChain.ChainLen );
    remove_all();
    RegDeleteTreeW( HKEY_LOCAL_MACHINE, parameters_key );
    check_sockets( "no parameters" );
}

START_TEST( chains )
{
    char **argv;

    if (winetest_get_mainargs( &argv ) > 2)
    {
        child_of_installation();
        return;
    }
    if (stock)
    {
        skip( "Wine's own module has no catalogue to change\n" );
        return;
    }
    installation_functions();
    RegDeleteTreeW( HKEY_LOCAL_MACHINE, catalog_key ); /* what a run that was ended may have left */
    start_winsock();
    test_upon();
    test_errors();
    test_both();
    test_damage();
    stop_winsock();
    RegDeleteTreeW( HKEY_LOCAL_MACHINE, catalog_key );
}
