/*
 * Categories of layered providers, and those that a program permits
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After "Categorizing layered service providers and apps" and the pages of the functions. This changes the prefix's
 * catalogue, so it runs alone.
 */

#include "sockets.h"
#include "installation.h"

#define SYSTEM    0x80000000
#define INSPECTOR 0x01
#define FIREWALL  0x08
#define CRYPTO    0x40

typedef int( WINAPI *get_function )( GUID *, int, BYTE *, size_t *, DWORD, INT * );
typedef int( WINAPI *set_function )( GUID *, int, BYTE *, size_t, DWORD, INT * );

static get_function pWSCGetProviderInfo, pWSCGetProviderInfo32;
static set_function pWSCSetProviderInfo, pWSCSetProviderInfo32;
static int( WINAPI *pWSCGetApplicationCategory )( const WCHAR *, DWORD, const WCHAR *, DWORD, DWORD *, INT * );
static int( WINAPI *pWSCSetApplicationCategory )( const WCHAR *, DWORD, const WCHAR *, DWORD, DWORD, DWORD *, INT * );

static GUID layer = { 0x6a0d1f74, 0x1c0e, 0x4c55, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x22, 0x31 } };
static GUID unknown = { 0x6a0d1f74, 0x1c0e, 0x4c55, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x22, 0x32 } };
static WCHAR missing[] = L"C:\\no\\such\\layer.dll";

static void install( void )
{
    DWORD id;
    INT err = 0;

    pWSCDeinstallProvider( &layer, &err );
    ok( !pWSCInstallProviderAndChains( &layer, missing, L"wsuring test category", XP1_IFS_HANDLES, NULL, 0, &id, &err ),
        "error %d\n", err );
}

/* ---- providers */

static DWORD categories_of( get_function get )
{
    DWORD categories = 0xcccccccc;
    size_t size = sizeof( categories );
    INT err = 0;

    ok( !get( &layer, 0, (BYTE *)&categories, &size, 0, &err ), "error %d\n", err );
    ok( size == sizeof( categories ), "got %u\n", (int)size );
    return categories;
}

static void test_provider( void )
{
    BYTE *bad = (BYTE *)bad_page();
    DWORD value = INSPECTOR;
    size_t size4 = 4, size3 = 3;
    GUID base;
    const struct
    {
        const char *when;
        GUID *provider;
        int type;
        BYTE *info;
        size_t *size;
        DWORD flags;
        int get, set; /* 0: not called */
    } tests[] = {
        { "no identifier", NULL, 0, (BYTE *)&value, &size4, 0, WSAEFAULT, WSAEFAULT },
        { "the identifier isn't memory", (GUID *)bad, 0, (BYTE *)&value, &size4, 0, WSAEFAULT, WSAEFAULT },
        { "ProviderInfoAudit", &layer, 1, (BYTE *)&value, &size4, 0, ERROR_CALL_NOT_IMPLEMENTED,
          ERROR_CALL_NOT_IMPLEMENTED },
        { "an unknown type", &layer, 2, (BYTE *)&value, &size4, 0, WSAEINVAL, WSAEINVAL },
        { "flags", &layer, 0, (BYTE *)&value, &size4, 1, WSAEINVAL, WSAEINVAL },
        { "no information", &layer, 0, NULL, &size4, 0, WSAEFAULT, WSAEFAULT },
        { "the information isn't memory", &layer, 0, bad, &size4, 0, WSAEFAULT, WSAEFAULT },
        { "too little of it", &layer, 0, (BYTE *)&value, &size3, 0, WSAEFAULT, WSAEINVAL },
        { "no size", &layer, 0, (BYTE *)&value, NULL, 0, WSAEFAULT, 0 },
        { "it isn't installed", &unknown, 0, (BYTE *)&value, &size4, 0, WSANO_RECOVERY, WSAEINVAL },
        { "nor is anything else right", &unknown, -1, NULL, NULL, 1, WSANO_RECOVERY, 0 },
        { "the base provider", &base, 0, (BYTE *)&value, &size4, 0, 0, WSAEINVAL },
    };
    WSAPROTOCOL_INFOW infos[64];
    DWORD length = sizeof( infos );
    unsigned int i;
    int count, err = 0;

    count = pWSCEnumProtocols( NULL, infos, &length, &err );
    ok( count > 0, "error %d\n", err );
    while (count > 0 && infos[count - 1].ProtocolChain.ChainLen != BASE_PROTOCOL) count--;
    ok( count > 0, "there is no base provider\n" );
    base = infos[max( count - 1, 0 )].ProviderId;
    install();
    ok( !categories_of( pWSCGetProviderInfo ), "it has one\n" );
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        size4 = 4;
        size3 = 3;
        winetest_push_context( "%s", tests[i].when );
        if (tests[i].get)
        {
            err = 0;
            ok( pWSCGetProviderInfo( tests[i].provider, tests[i].type, tests[i].info, tests[i].size, tests[i].flags,
                                     &err )
                        == SOCKET_ERROR
                    && err == tests[i].get,
                "error %d\n", err );
            error_row( "WSCGetProviderInfo", tests[i].when, tests[i].get, err );
            if (tests[i].size == &size3) ok( size3 == 4, "got %u\n", (int)size3 );
        }
        if (tests[i].set)
        {
            err = 0;
            ok( pWSCSetProviderInfo( tests[i].provider, tests[i].type, tests[i].info, i == 7 ? 3 : 4, tests[i].flags,
                                     &err )
                        == SOCKET_ERROR
                    && err == tests[i].set,
                "error %d\n", err );
            error_row( "WSCSetProviderInfo", tests[i].when, tests[i].set, err );
        }
        winetest_pop_context();
    }
    value = FIREWALL | SYSTEM;
    ok( !pWSCSetProviderInfo( &layer, 0, (BYTE *)&value, 4, 0, &err ), "error %d\n", err );
    ok( categories_of( pWSCGetProviderInfo ) == value, "another\n" );
    value = CRYPTO; /* not in addition */
    ok( !pWSCSetProviderInfo( &layer, 0, (BYTE *)&value, 4, 0, &err ), "error %d\n", err );
    ok( categories_of( pWSCGetProviderInfo ) == value, "another\n" );
    if (pWSCGetProviderInfo32 != pWSCGetProviderInfo) /* it isn't in the other catalogue */
    {
        err = 0;
        size4 = 4;
        ok( pWSCGetProviderInfo32( &layer, 0, (BYTE *)&value, &size4, 0, &err ) && err == WSANO_RECOVERY, "error %d\n",
            err );
        ok( pWSCSetProviderInfo32( &layer, 0, (BYTE *)&value, 4, 0, &err ) && err == WSAEINVAL, "error %d\n", err );
    }
    install(); /* what it was doesn't matter then */
    ok( !categories_of( pWSCGetProviderInfo ), "it has one\n" );
}

/* ---- applications */

static int application_error( BOOL set, const WCHAR *path, DWORD path_len, const WCHAR *extra, DWORD extra_len,
                              DWORD *categories )
{
    INT err = 0, ret;

    if (set) ret = pWSCSetApplicationCategory( path, path_len, extra, extra_len, FIREWALL, categories, &err );
    else ret = pWSCGetApplicationCategory( path, path_len, extra, extra_len, categories, &err );
    ok( ret == ( err ? SOCKET_ERROR : 0 ), "got %d, error %d\n", ret, err );
    return err;
}

static void test_application( void )
{
    static WCHAR name[] = L"%SystemRoot%\\wsuring test.exe", long_name[400];
    WCHAR *bad = (WCHAR *)bad_page(), expanded[MAX_PATH];
    DWORD value = 1, length = lstrlenW( name );
    const struct
    {
        const char *when;
        const WCHAR *path;
        DWORD path_len;
        const WCHAR *extra;
        DWORD extra_len;
        DWORD *categories;
        int get, set;
    } tests[] = {
        { "no path", NULL, 3, NULL, 0, &value, WSAEINVAL, WSAEINVAL },
        { "an empty path", name, 0, NULL, 0, &value, WSAEINVAL, WSAEINVAL },
        { "a path of more than MAX_PATH", long_name, 300, NULL, 0, &value, WSAEINVAL, WSAEINVAL },
        { "the path isn't memory", bad, 3, NULL, 0, &value, WSAEFAULT, WSAEFAULT },
        { "no arguments, but their length", name, 3, NULL, 3, &value, WSAEINVAL, WSAEINVAL },
        { "the arguments aren't memory", name, 3, bad, 3, &value, WSAEFAULT, WSAEFAULT },
        { "no place for the categories", name, 3, NULL, 0, NULL, WSAEFAULT, 0 },
        { "the place isn't memory", name, 3, NULL, 0, (DWORD *)bad, WSAEFAULT, WSAEFAULT },
        { "it has no categories", name, 3, NULL, 0, &value, WSASERVICE_NOT_FOUND, 0 },
    };
    unsigned int i;
    int err;

    for (i = 0; i < 300; i++) long_name[i] = 'a';
    for (i = 0; i < 2 * ARRAY_SIZE( tests ); i++)
    {
        int expect = i % 2 ? tests[i / 2].set : tests[i / 2].get;

        if (!expect) continue;
        err = application_error( i % 2, tests[i / 2].path, tests[i / 2].path_len, tests[i / 2].extra,
                                 tests[i / 2].extra_len, tests[i / 2].categories );
        ok( err == expect, "%s: error %d\n", tests[i / 2].when, err );
        error_row( i % 2 ? "WSCSetApplicationCategory" : "WSCGetApplicationCategory", tests[i / 2].when, expect, err );
    }
    ok( !application_error( TRUE, name, length, L"-k one", 6, &value ) && !value, "got %#lx\n", value );
    ok( !pWSCSetApplicationCategory( name, length, L"-k one", 6, CRYPTO, &value, &err ) && value == FIREWALL,
        "got %#lx\n", value );
    ExpandEnvironmentStringsW( name, expanded, MAX_PATH );
    CharUpperW( expanded );
    ok( !application_error( FALSE, expanded, lstrlenW( expanded ), L"-k one", 6, &value ), "not found\n" );
    ok( value == ( FIREWALL | CRYPTO ), "got %#lx\n", value ); /* both together */
    ok( application_error( FALSE, name, length, L"-k one", 5, &value ) == WSASERVICE_NOT_FOUND, "found\n" );
    ok( application_error( FALSE, name, length, NULL, 0, &value ) == WSASERVICE_NOT_FOUND, "found\n" );
    ok( !application_error( TRUE, name, length, NULL, 0, NULL ), "error\n" );
    ok( !application_error( FALSE, name, length, NULL, 0, &value ) && value == FIREWALL, "got %#lx\n", value );
}

/* ---- which are loaded: the layer has no DLL, so sockets fail where it is asked */

static void test_loaded( void )
{
    static const struct
    {
        DWORD program, layer; /* program 0: it has no categories */
        BOOL loaded;
    } tests[] = {
        { 0, 0, TRUE },
        { 0, FIREWALL | SYSTEM, TRUE },
        { SYSTEM | FIREWALL | CRYPTO, SYSTEM, TRUE },
        { SYSTEM | FIREWALL | CRYPTO, 0, FALSE },
        { SYSTEM | FIREWALL | CRYPTO, FIREWALL, FALSE },
        { SYSTEM | FIREWALL | CRYPTO, SYSTEM | FIREWALL | CRYPTO | INSPECTOR, FALSE },
        { FIREWALL | CRYPTO, SYSTEM, FALSE },
        { FIREWALL | CRYPTO, 0, FALSE },
        { FIREWALL | CRYPTO, FIREWALL, TRUE },
        { FIREWALL | CRYPTO, SYSTEM | FIREWALL | CRYPTO | INSPECTOR, FALSE },
    };
    WCHAR own[MAX_PATH], wide[64];
    DWORD code, value, length = GetModuleFileNameW( NULL, own, MAX_PATH );
    char arguments[32];
    HANDLE process;
    unsigned int i;
    INT err = 0;

    install();
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        sprintf( arguments, "child%u", i );
        MultiByteToWideChar( CP_ACP, 0, "category ", -1, wide, ARRAY_SIZE( wide ) );
        MultiByteToWideChar( CP_ACP, 0, arguments, -1, wide + lstrlenW( wide ), 32 );
        value = tests[i].layer;
        ok( !pWSCSetProviderInfo( &layer, 0, (BYTE *)&value, 4, 0, &err ), "error %d\n", err );
        if (tests[i].program)
            ok( !pWSCSetApplicationCategory( own, length, wide, lstrlenW( wide ), tests[i].program, NULL, &err ),
                "error %d\n", err );
        process = start_child( "category", arguments );
        ok( !WaitForSingleObject( process, 60000 ), "it doesn't end\n" );
        code = 99;
        GetExitCodeProcess( process, &code );
        ok( code == (DWORD)tests[i].loaded, "%u: got %lu\n", i, code );
        CloseHandle( process );
    }
}

static void child( void )
{
    SOCKET s;

    start_winsock();
    s = socket( AF_INET, SOCK_STREAM, 0 );
    ExitProcess( s == INVALID_SOCKET );
}

START_TEST( category )
{
    HMODULE module = GetModuleHandleA( "ws2_32.dll" );
    HKEY key;
    char **argv;
    INT err;

    if (stock)
    {
        skip( "Wine's own module has no layers\n" );
        return;
    }
    if (winetest_get_mainargs( &argv ) > 2) child();
    installation_functions();
#define FUNCTION( name ) ok( ( p##name = (void *)GetProcAddress( module, #name ) ) != NULL, "%s is missing\n", #name )
    FUNCTION( WSCGetProviderInfo );
    FUNCTION( WSCSetProviderInfo );
    FUNCTION( WSCGetApplicationCategory );
    FUNCTION( WSCSetApplicationCategory );
#ifdef _WIN64
    FUNCTION( WSCGetProviderInfo32 );
    FUNCTION( WSCSetProviderInfo32 );
#else
    pWSCGetProviderInfo32 = pWSCGetProviderInfo;
    pWSCSetProviderInfo32 = pWSCSetProviderInfo;
#endif
#undef FUNCTION
    test_provider();
    test_application();
    test_loaded();
    ok( !pWSCDeinstallProvider( &layer, &err ), "error %d\n", err );
    if (!RegOpenKeyA( HKEY_LOCAL_MACHINE, "System\\CurrentControlSet\\Services\\WinSock2\\Parameters", &key ))
    {
        RegDeleteTreeA( key, "AppId_Catalog" );
        RegCloseKey( key );
    }
}
