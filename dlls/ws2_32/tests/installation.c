/*
 * The catalogue of transport providers: installing, updating, ordering, removing, and a catalogue that is damaged
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * It changes the prefix's registry, so it runs alone. Wine's own module has no catalogue to change.
 */

#include "sockets.h"
#include "installation.h"

static const GUID provider_id = { 0x3b8f6c1e, 0x52d4, 0x4b7a, { 0x9a, 0x01, 0x77, 0x5c, 0x20, 0x6e, 0x11, 0x01 } };
static const GUID other_id = { 0x3b8f6c1e, 0x52d4, 0x4b7a, { 0x9a, 0x01, 0x77, 0x5c, 0x20, 0x6e, 0x11, 0x02 } };
static const GUID tcpip = { 0xe70f1aa0, 0xab8b, 0x11cf, { 0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92 } };
static const WCHAR path[] = L"%SystemRoot%\\system32\\no_such_provider.dll";
static const WCHAR catalog_key[] = L"System\\CurrentControlSet\\Services\\WinSock2\\Parameters\\Protocol_Catalog9";

/* of this program's width */
#ifdef _WIN64
#define ENTRIES L"Catalog_Entries64"
#else
#define ENTRIES L"Catalog_Entries"
#endif

static WSAPROTOCOL_INFOW infos[64];

/* All entries, or those of 32-bit programs. Returns their number. */
static int enum_all( BOOL wow )
{
    DWORD size = sizeof( infos );
    int err = 0, count = ( wow ? pWSCEnumProtocols32 : pWSCEnumProtocols )( NULL, infos, &size, &err );

    ok( count > 0, "got %d, error %d\n", count, err );
    return count;
}

static int find_provider( BOOL wow, const GUID *id, int nth )
{
    int i, count = enum_all( wow );

    for (i = 0; i < count; i++)
        if (!memcmp( &infos[i].ProviderId, id, sizeof( *id ) ) && !nth--) return i;
    return -1;
}

static WSAPROTOCOL_INFOW new_info( const WCHAR *name )
{
    WSAPROTOCOL_INFOW info = { 0 };

    info.dwServiceFlags1 = XP1_IFS_HANDLES;
    info.iVersion = 2;
    info.ProtocolChain.ChainLen = BASE_PROTOCOL;
    info.iAddressFamily = 0x77; /* which no program asks for */
    info.iSocketType = SOCK_STREAM;
    info.iProtocol = 0x1234;
    lstrcpyW( info.szProtocol, name );
    return info;
}

/* Calls that return SOCKET_ERROR, and the error through a pointer. */
#define ok_errno( call, expect_error )                                                                                 \
    do                                                                                                                 \
    {                                                                                                                  \
        int ret_, err = 0;                                                                                             \
        ret_ = ( call );                                                                                               \
        ok( ret_ == ( ( expect_error ) ? SOCKET_ERROR : 0 ) && err == ( expect_error ),                                \
            "%s: got %d, error %d, expected %d\n", #call, ret_, err, expect_error );                                   \
    } while (0)

/* The same as a row of docs/errors.md */
#define errno_row( function, arguments, when, expect_error )                                                           \
    do                                                                                                                 \
    {                                                                                                                  \
        int ret_, err = 0;                                                                                             \
        ret_ = p##function arguments;                                                                                  \
        error_row( #function, when, expect_error, ret_ == SOCKET_ERROR ? err : 0 );                                    \
    } while (0)

static void test_errors( void )
{
    WSAPROTOCOL_INFOW info = new_info( L"errors" );
    GUID id = provider_id, base = tcpip, *bad = (GUID *)bad_page();
    DWORD ids[2] = { 1001, 1001 }, unknown = 0xffff, entry;
    WCHAR buffer[MAX_PATH];
    static WCHAR long_path[2 * MAX_PATH];
    INT len;

    memset( long_path, 'x', sizeof( long_path ) - sizeof( WCHAR ) );
    errno_row( WSCInstallProvider, ( NULL, path, &info, 1, &err ), "no identifier", WSAEFAULT );
    errno_row( WSCInstallProvider, ( bad, path, &info, 1, &err ), "the identifier isn't memory", WSAEFAULT );
    errno_row( WSCInstallProvider, ( &id, NULL, &info, 1, &err ), "no path", WSAEFAULT );
    errno_row( WSCInstallProvider, ( &id, (WCHAR *)bad, &info, 1, &err ), "the path isn't memory", WSAEFAULT );
    errno_row( WSCInstallProvider, ( &id, L"", &info, 1, &err ), "an empty path", WSAEINVAL );
    errno_row( WSCInstallProvider, ( &id, long_path, &info, 1, &err ), "a path of more than MAX_PATH", WSAEINVAL );
    errno_row( WSCInstallProvider, ( &id, path, NULL, 1, &err ), "no protocols", WSAEFAULT );
    errno_row( WSCInstallProvider, ( &id, path, (WSAPROTOCOL_INFOW *)bad, 1, &err ), "the protocols aren't memory",
               WSAEFAULT );
    errno_row( WSCInstallProvider, ( &id, path, &info, 0, &err ), "a list of no protocols", WSAEINVAL );
    errno_row( WSCInstallProvider, ( &id, path, &info, 0x10000, &err ), "more than the catalogue takes", WSAEINVAL );
    ok( pWSCInstallProvider( &id, path, &info, 1, (INT *)bad ) == SOCKET_ERROR, "it has no place for the error\n" );
    errno_row( WSCInstallProvider, ( &base, path, &info, 1, &err ), "it is installed", WSANO_RECOVERY );

    errno_row( WSCUpdateProvider, ( NULL, path, &info, 1, &err ), "no identifier", WSAEFAULT );
    errno_row( WSCUpdateProvider, ( &id, path, &info, 1, &err ), "it isn't installed", WSAEINVAL );
    errno_row( WSCUpdateProvider, ( &base, path, &info, 1, &err ), "the base provider", WSAEINVAL );
    errno_row( WSCDeinstallProvider, ( NULL, &err ), "no identifier", WSAEFAULT );
    errno_row( WSCDeinstallProvider, ( bad, &err ), "the identifier isn't memory", WSAEFAULT );
    errno_row( WSCDeinstallProvider, ( &id, &err ), "it isn't installed", WSAEINVAL );
    errno_row( WSCDeinstallProvider, ( &base, &err ), "the base provider", WSAEINVAL );
    errno_row( WSCDeinstallProvider32, ( &id, &err ), "it isn't installed", WSAEINVAL );

    len = ARRAY_SIZE( buffer );
    errno_row( WSCGetProviderPath, ( NULL, buffer, &len, &err ), "no identifier", WSAEFAULT );
    errno_row( WSCGetProviderPath, ( &id, buffer, NULL, &err ), "no length", WSAEFAULT );
    errno_row( WSCGetProviderPath, ( &id, buffer, &len, &err ), "it isn't installed", WSAEINVAL );
    len = 1;
    errno_row( WSCGetProviderPath, ( &base, buffer, &len, &err ), "too short a buffer; the length says what is needed",
               WSAEFAULT );
    ok( len > 10, "got %d\n", len );
    ok_errno( pWSCGetProviderPath( &base, buffer, &len, &err ), 0 );

    error_row( "WSCWriteProviderOrder", "no list", WSAEFAULT, pWSCWriteProviderOrder( NULL, 1 ) );
    error_row( "WSCWriteProviderOrder", "the list isn't memory", WSAEFAULT, pWSCWriteProviderOrder( (DWORD *)bad, 1 ) );
    error_row( "WSCWriteProviderOrder", "an empty list", WSAEINVAL, pWSCWriteProviderOrder( ids, 0 ) );
    error_row( "WSCWriteProviderOrder", "a number twice", WSAEINVAL, pWSCWriteProviderOrder( ids, 2 ) );
    error_row( "WSCWriteProviderOrder", "an unknown number", WSAEINVAL, pWSCWriteProviderOrder( &unknown, 1 ) );

    errno_row( WSCInstallProviderAndChains, ( &id, path, NULL, 0, NULL, 0, &entry, &err ), "no name", WSAEFAULT );
    errno_row( WSCInstallProviderAndChains, ( &id, path, L"", 0, NULL, 0, &entry, &err ), "an empty name", WSAEINVAL );
    errno_row( WSCInstallProviderAndChains, ( &id, path, L"x", 1, NULL, 0, &entry, &err ), "unknown service flags",
               WSAEINVAL );
    errno_row( WSCInstallProviderAndChains, ( &id, path, L"x", 0, &info, 1, &entry, &err ), "a chain of more than one",
               WSAEINVAL );
    errno_row( WSCInstallProviderAndChains, ( &id, path, L"x", 0, NULL, 0, (DWORD *)bad, &err ),
               "no place for the number", WSAEFAULT );
    ok( find_provider( FALSE, &id, 0 ) == -1, "a call that failed has installed it\n" );
}

static DWORD registry_number( const WCHAR *name )
{
    DWORD value = 0, size = sizeof( value );
    HKEY key;

    if (RegOpenKeyExW( HKEY_LOCAL_MACHINE, catalog_key, 0, KEY_READ, &key )) return 0;
    RegQueryValueExW( key, name, NULL, NULL, (BYTE *)&value, &size );
    RegCloseKey( key );
    return value;
}

/* The registry's form is that of Windows: installers and diagnosis programs read it. */
static void check_registry( int position, const WSAPROTOCOL_INFOW *info )
{
    static struct
    {
        char path[MAX_PATH];
        WSAPROTOCOL_INFOW info;
    } item;
    DWORD size = sizeof( item ), type = 0;
    WCHAR name[200];
    HKEY key;
    LONG ret;

    wsprintfW( name, L"%s\\" ENTRIES L"\\%012d", catalog_key, position + 1 );
    ret = RegOpenKeyExW( HKEY_LOCAL_MACHINE, name, 0, KEY_READ, &key );
    ok( !ret, "there is no key for entry %d: %ld\n", position, ret );
    if (ret) return;
    ret = RegQueryValueExW( key, L"PackedCatalogItem", NULL, &type, (BYTE *)&item, &size );
    ok( !ret && type == REG_BINARY && size == 888, "got %ld, type %lu, size %lu\n", ret, type, size );
    ok( !strcmp( item.path, "%SystemRoot%\\system32\\no_such_provider.dll" ), "got path %s\n", item.path );
    ok( !memcmp( &item.info, info, sizeof( *info ) ), "another entry\n" );
    RegCloseKey( key );
}

static void test_install( void )
{
    WSAPROTOCOL_INFOW list[2] = { new_info( L"one" ), new_info( L"two" ) }, first;
    GUID id = provider_id, other = other_id;
    DWORD serial, ids[2], id_one, size;
    WCHAR buffer[MAX_PATH];
    int before = enum_all( FALSE ), count, i;
    INT len = ARRAY_SIZE( buffer ), only[] = { 0x1234, 0 };

    list[1].dwProviderFlags = PFL_HIDDEN;
    serial = registry_number( L"Serial_Access_Num" );
    ok_errno( pWSCInstallProvider( &id, path, list, 2, &err ), 0 );
    ok( registry_number( L"Serial_Access_Num" ) != serial, "the serial number is the same\n" );
    count = enum_all( FALSE );
    ok( count == before + 2, "got %d after %d\n", count, before );
    ok( registry_number( L"Num_" ENTRIES ) == (DWORD)count, "got another number\n" );
    i = find_provider( FALSE, &id, 0 );
    ok( i == before && find_provider( FALSE, &id, 1 ) == before + 1, "got position %d\n", i );
    if (i < 0) return;
    first = infos[i];
    id_one = first.dwCatalogEntryId;
    ok( id_one > 1005 && infos[i + 1].dwCatalogEntryId > id_one, "got ids %lu and %lu\n", id_one,
        infos[i + 1].dwCatalogEntryId );
    ok( registry_number( L"Next_Catalog_Entry_ID" ) > infos[i + 1].dwCatalogEntryId, "the next number is used\n" );
    ok( !lstrcmpW( first.szProtocol, L"one" ) && first.iAddressFamily == 0x77, "got another entry\n" );
    check_registry( i, &first );
    ok_errno( pWSCGetProviderPath( &id, buffer, &len, &err ), 0 );
    ok( !lstrcmpW( buffer, path ) && len == ARRAY_SIZE( path ), "got %s, %d\n", debugstr_w( buffer ), len );
    ok_errno( pWSCInstallProvider( &id, path, list, 2, &err ), WSANO_RECOVERY );
    /* to a 32-bit program both are one */
    ok( ( find_provider( TRUE, &id, 0 ) == -1 ) == ( sizeof( void * ) == 8 ), "the catalogues are mixed up\n" );

    /* programs don't see what is hidden */
    size = sizeof( infos );
    count = WSAEnumProtocolsW( only, infos, &size );
    ok( count == 1, "got %d\n", count );

    /* the order; what isn't listed follows */
    ids[0] = id_one;
    ids[1] = 1002;
    ok( !pWSCWriteProviderOrder( ids, 2 ), "the order wasn't taken\n" );
    count = enum_all( FALSE );
    ok( count == before + 2 && infos[0].dwCatalogEntryId == id_one && infos[1].dwCatalogEntryId == 1002
            && infos[2].dwCatalogEntryId == 1001,
        "got %lu, %lu, %lu\n", infos[0].dwCatalogEntryId, infos[1].dwCatalogEntryId, infos[2].dwCatalogEntryId );

    /* an update keeps place and number */
    lstrcpyW( list[0].szProtocol, L"other" );
    ok_errno( pWSCUpdateProvider( &id, path, list, 1, &err ), 0 );
    ok( find_provider( FALSE, &id, 0 ) == 0 && infos[0].dwCatalogEntryId == id_one, "it has moved\n" );
    ok( !lstrcmpW( infos[0].szProtocol, L"other" ), "got %s\n", debugstr_w( infos[0].szProtocol ) );
    ok( find_provider( FALSE, &id, 1 ) == -1, "the second entry is still there\n" );
    ok_errno( pWSCUpdateProvider( &other, path, list, 1, &err ), WSAEINVAL );

    ok_errno( pWSCDeinstallProvider( &id, &err ), 0 );
    ok( enum_all( FALSE ) == before, "got another number than %d\n", before );
    ok_errno( pWSCDeinstallProvider( &id, &err ), WSAEINVAL );
    ok( registry_number( L"Num_" ENTRIES ) == (DWORD)before, "got another number\n" );
    ids[0] = 1001;
    ok( !pWSCWriteProviderOrder( ids, 1 ), "the order wasn't taken\n" );

    if (sizeof( void * ) != 8) return;

    /* in both */
    ok_errno( pWSCInstallProvider64_32( &id, path, list, 1, &err ), 0 );
    ok( find_provider( FALSE, &id, 0 ) >= 0 && find_provider( TRUE, &id, 0 ) >= 0, "it isn't in both\n" );
    len = ARRAY_SIZE( buffer );
    ok_errno( pWSCGetProviderPath32( &id, buffer, &len, &err ), 0 );
    ok( !lstrcmpW( buffer, path ), "got %s\n", debugstr_w( buffer ) );
    ok_errno( pWSCDeinstallProvider( &id, &err ), 0 );
    ok( find_provider( FALSE, &id, 0 ) == -1 && find_provider( TRUE, &id, 0 ) >= 0, "it took the wrong one\n" );
    ok_errno( pWSCInstallProvider64_32( &id, path, list, 1, &err ), WSANO_RECOVERY );
    ok( find_provider( FALSE, &id, 0 ) == -1, "half of it is there\n" );
    ok_errno( pWSCUpdateProvider32( &id, path, list, 1, &err ), 0 );
    i = find_provider( TRUE, &id, 0 );
    ids[0] = i < 0 ? 0 : infos[i].dwCatalogEntryId;
    ok( !pWSCWriteProviderOrder32( ids, 1 ), "the order wasn't taken\n" );
    ok( find_provider( TRUE, &id, 0 ) == 0, "it isn't the first\n" );
    ok_errno( pWSCDeinstallProvider32( &id, &err ), 0 );
}

static void test_chains( void )
{
    GUID id = provider_id, chain_id;
    WSAPROTOCOL_INFOW list[1];
    DWORD entry = 0;
    int before = enum_all( FALSE ), count, i;

    ok_errno( pWSCInstallProviderAndChains( &id, path, L"layer", XP1_IFS_HANDLES, NULL, 0, &entry, &err ), 0 );
    i = find_provider( FALSE, &id, 0 );
    ok( i >= 0 && infos[i].dwCatalogEntryId == entry, "got position %d\n", i );
    ok( i >= 0 && infos[i].ProtocolChain.ChainLen == LAYERED_PROTOCOL && ( infos[i].dwProviderFlags & PFL_HIDDEN ),
        "the provider's own entry is another\n" );
    count = enum_all( FALSE );
    ok( count == 2 * before + 1, "got %d after %d\n", count, before );
    for (i = 0; i < before; i++)
    {
        const WSAPROTOCOLCHAIN *chain = &infos[i].ProtocolChain;

        ok( chain->ChainLen == 2 && chain->ChainEntries[0] == entry
                && chain->ChainEntries[1] == infos[before + i].dwCatalogEntryId,
            "%d: got chain of %d: %lu, %lu\n", i, chain->ChainLen, chain->ChainEntries[0], chain->ChainEntries[1] );
        ok( infos[i].iProtocol == infos[before + i].iProtocol && ( infos[i].dwServiceFlags1 & XP1_IFS_HANDLES ),
            "%d: another protocol\n", i );
        ok( i || !lstrcmpW( infos[i].szProtocol, L"layer over [TCP/IP]" ), "got %s\n",
            debugstr_w( infos[i].szProtocol ) );
    }
    chain_id = infos[0].ProviderId;
    ok( memcmp( &chain_id, &id, sizeof( id ) ) && memcmp( &chain_id, &infos[1].ProviderId, sizeof( id ) ),
        "the chains have no identifiers of their own\n" );
    ok_errno( pWSCInstallProviderAndChains( &id, path, L"layer", XP1_IFS_HANDLES, NULL, 0, &entry, &err ),
              WSANO_RECOVERY );
    ok_errno( pWSCDeinstallProvider( &id, &err ), 0 );
    ok( enum_all( FALSE ) == before, "the chains are still there\n" );

    memset( list, 0, sizeof( list ) );
    list[0].iAddressFamily = AF_INET;
    list[0].iSocketType = SOCK_DGRAM;
    list[0].iProtocol = IPPROTO_UDP;
    ok_errno( pWSCInstallProviderAndChains( &id, path, L"layer", 0, list, 1, NULL, &err ), 0 );
    count = enum_all( FALSE );
    ok( count == before + 2 && infos[0].iProtocol == IPPROTO_UDP, "got %d after %d\n", count, before );
    ok( !( infos[0].dwServiceFlags1 & XP1_IFS_HANDLES ), "got flags %lx\n", infos[0].dwServiceFlags1 );
    ok_errno( pWSCDeinstallProvider( &id, &err ), 0 );
}

/* A program that starts now gets its sockets. */
static void check_sockets( const char *what )
{
    HANDLE process;

    winetest_push_context( "%s", what );
    ok( enum_all( FALSE ) >= 4 && infos[0].ProtocolChain.ChainLen == BASE_PROTOCOL, "the base provider is missing\n" );
    process = start_child( "installation", "child" );
    wait_child_process( process );
    CloseHandle( process );
    winetest_pop_context();
}

static void test_damage( void )
{
    static const BYTE junk[888] = { 1 };
    DWORD many = 0xffffffff, zero = 0;
    WCHAR name[200];
    GUID id = provider_id;
    HKEY key, entry;
    WSAPROTOCOL_INFOW info = new_info( L"damage" );

    ok_errno( pWSCInstallProvider( &id, path, &info, 1, &err ), 0 );
    RegOpenKeyExW( HKEY_LOCAL_MACHINE, catalog_key, 0, KEY_ALL_ACCESS, &key );
    wsprintfW( name, ENTRIES L"\\%012d", 1 );
    RegOpenKeyExW( key, name, 0, KEY_ALL_ACCESS, &entry );
    RegSetValueExW( entry, L"PackedCatalogItem", 0, REG_BINARY, junk, sizeof( junk ) );
    check_sockets( "an entry of junk" );
    RegSetValueExW( entry, L"PackedCatalogItem", 0, REG_BINARY, junk, 7 );
    check_sockets( "an entry that is too short" );
    RegSetValueExW( entry, L"PackedCatalogItem", 0, REG_SZ, (const BYTE *)L"x", 4 );
    check_sockets( "a string" );
    RegCloseKey( entry );
    RegSetValueExW( key, L"Num_" ENTRIES, 0, REG_DWORD, (const BYTE *)&many, sizeof( many ) );
    check_sockets( "too many entries" );
    RegSetValueExW( key, L"Num_" ENTRIES, 0, REG_SZ, (const BYTE *)L"x", 4 );
    check_sockets( "no number of entries" );
    RegSetValueExW( key, L"Num_" ENTRIES, 0, REG_DWORD, (const BYTE *)&zero, sizeof( zero ) );
    check_sockets( "no entries" );
    RegDeleteTreeW( key, ENTRIES );
    check_sockets( "no key of entries" );
    RegCloseKey( key );
    RegDeleteTreeW( HKEY_LOCAL_MACHINE, catalog_key );
    check_sockets( "no catalogue" );
    /* and it can be written again */
    ok_errno( pWSCInstallProvider( &id, path, &info, 1, &err ), 0 );
    check_sockets( "a new catalogue" );
    ok_errno( pWSCDeinstallProvider( &id, &err ), 0 );
}

START_TEST( installation )
{
    char **argv;
    int argc = winetest_get_mainargs( &argv );

    if (argc > 2)
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
    test_errors();
    test_install();
    test_chains();
    test_damage();
    stop_winsock();
    RegDeleteTreeW( HKEY_LOCAL_MACHINE, catalog_key );
}
