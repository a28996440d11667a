/*
 * Errors of the functions about providers that other topics don't call with bad arguments, as rows of docs/errors.md
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * It changes a setting of the prefix for a moment, so it runs alone. Found by name: Wine's own module lacks most, and
 * programs of 32 bits those with 32.
 */

#include "sockets.h"
#include "installation.h"

static HMODULE module;
static GUID unknown_id = { 0x51c0a7d2, 0x0e5b, 0x4c1e, { 0x8b, 0x33, 0x77, 0x5c, 0x20, 0x6e, 0x33, 1 } };
static GUID tcpip = { 0xe70f1aa0, 0xab8b, 0x11cf, { 0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92 } };
static WCHAR path[] = L"%SystemRoot%\\system32\\no_such_provider.dll", name[] = L"none";

/* NULL where programs of 32 bits have none. */
static void *function( const char *function_name )
{
    void *found = (void *)GetProcAddress( module, function_name );

    ok( found || ( sizeof( void * ) == 4 && strstr( function_name, "32" ) ), "%s is missing\n", function_name );
    return found;
}

/* The error is where the last argument points, or the last error, or what is returned. */
#define by_pointer( function_name, types, arguments, when, expect )                                                    \
    do                                                                                                                 \
    {                                                                                                                  \
        int( WINAPI * call ) types = function( function_name );                                                        \
        int err = 0;                                                                                                   \
        if (call && call arguments == SOCKET_ERROR) error_row( function_name, when, expect, err );                     \
        else if (call) ok( FALSE, "%s, %s: no error\n", function_name, when );                                         \
    } while (0)
#define by_last( function_name, types, arguments, when, expect )                                                       \
    do                                                                                                                 \
    {                                                                                                                  \
        int( WINAPI * call ) types = function( function_name );                                                        \
        if (call && call arguments == SOCKET_ERROR) error_row( function_name, when, expect, WSAGetLastError() );       \
        else if (call) ok( FALSE, "%s, %s: no error\n", function_name, when );                                         \
    } while (0)
#define by_value( function_name, types, arguments, when, expect )                                                      \
    do                                                                                                                 \
    {                                                                                                                  \
        int( WINAPI * call ) types = function( function_name );                                                        \
        if (call) error_row( function_name, when, expect, call arguments );                                            \
    } while (0)

static void test_transports( void )
{
    WSAPROTOCOL_INFOW info = { .ProtocolChain.ChainLen = 1, .szProtocol = L"none" };
    static const char *const enums[] = { "WSCEnumProtocols", "WSCEnumProtocols32" };
    GUID *bad = (GUID *)bad_page();
    DWORD size = 0, none = 0xffff;
    size_t room = 4;
    BYTE value[8];
    INT len = 0;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( enums ); i++)
    {
        by_pointer( enums[i], (INT *, void *, DWORD *, INT *), ( NULL, NULL, NULL, &err ), "no length", WSAEFAULT );
        by_pointer( enums[i], (INT *, void *, DWORD *, INT *), ( (INT *)bad, NULL, &size, &err ),
                    "the list of protocols isn't memory", WSAEFAULT );
        by_pointer( enums[i], (INT *, void *, DWORD *, INT *), ( NULL, NULL, &size, &err ),
                    "too short a buffer; the length says what is needed", WSAENOBUFS );
        size = 0x10000;
        by_pointer( enums[i], (INT *, void *, DWORD *, INT *), ( NULL, bad, &size, &err ), "the buffer isn't memory",
                    WSAEFAULT );
        size = 0;
    }
    by_last( "WSAEnumProtocolsW", (INT *, void *, DWORD *), ( NULL, NULL, NULL ), "no length", WSAEFAULT );
    by_last( "WSAEnumProtocolsW", (INT *, void *, DWORD *), ( NULL, NULL, &size ),
             "too short a buffer; the length says what is needed", WSAENOBUFS );
    size = 0;
    by_last( "WSAEnumProtocolsA", (INT *, void *, DWORD *), ( NULL, NULL, NULL ), "no length", WSAEFAULT );
    by_last( "WSAEnumProtocolsA", (INT *, void *, DWORD *), ( NULL, NULL, &size ),
             "too short a buffer; the length says what is needed", WSAENOBUFS );
    by_pointer( "WSCGetProviderPath32", (GUID *, WCHAR *, INT *, INT *), ( &unknown_id, NULL, &len, &err ),
                "it isn't installed", WSAEINVAL );
    by_pointer( "WSCGetProviderPath32", (GUID *, WCHAR *, INT *, INT *), ( &tcpip, NULL, &len, &err ),
                "too short a buffer; the length says what is needed", WSAEFAULT );
    by_pointer( "WSCInstallProvider64_32", (GUID *, WCHAR *, void *, DWORD, INT *), ( &tcpip, path, &info, 1, &err ),
                "it is installed", WSANO_RECOVERY );
    by_pointer( "WSCInstallProvider64_32", (GUID *, WCHAR *, void *, DWORD, INT *),
                ( &unknown_id, path, NULL, 1, &err ), "no protocols", WSAEFAULT );
    by_pointer( "WSCUpdateProvider32", (GUID *, WCHAR *, void *, DWORD, INT *), ( &unknown_id, path, &info, 1, &err ),
                "it isn't installed", WSAEINVAL );
    by_pointer( "WSCUpdateProvider32", (GUID *, WCHAR *, void *, DWORD, INT *), ( NULL, path, &info, 1, &err ),
                "no identifier", WSAEFAULT );
    by_pointer( "WSCGetProviderInfo32", (GUID *, int, BYTE *, size_t *, DWORD, INT *),
                ( &unknown_id, ProviderInfoLspCategories, value, &room, 0, &err ), "it isn't installed",
                WSANO_RECOVERY );
    by_pointer( "WSCSetProviderInfo32", (GUID *, int, BYTE *, size_t, DWORD, INT *),
                ( &unknown_id, ProviderInfoLspCategories, value, 4, 0, &err ), "it isn't installed", WSAEINVAL );
    by_pointer( "WSCSetProviderInfo32", (GUID *, int, BYTE *, size_t, DWORD, INT *),
                ( NULL, ProviderInfoLspCategories, value, 4, 0, &err ), "no identifier", WSAEFAULT );
    by_value( "WSCWriteProviderOrder32", ( DWORD *, DWORD ), ( NULL, 1 ), "no list", WSAEFAULT );
    by_value( "WSCWriteProviderOrder32", ( DWORD *, DWORD ), ( &none, 1 ), "an unknown number", WSAEINVAL );
}

static void test_names( void )
{
    static const char *const enums[]
        = { "WSAEnumNameSpaceProvidersA",   "WSAEnumNameSpaceProvidersW",  "WSAEnumNameSpaceProvidersExA",
            "WSAEnumNameSpaceProvidersExW", "WSCEnumNameSpaceProviders32", "WSCEnumNameSpaceProvidersEx32" };
    DWORD size, returned;
    WCHAR text[64];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( enums ); i++)
    {
        size = 0;
        by_last( enums[i], (DWORD *, void *), ( NULL, NULL ), "no length", WSAEFAULT );
        by_last( enums[i], (DWORD *, void *), ( &size, NULL ), "too short a buffer; the length says what is needed",
                 WSAEFAULT );
        ok( size || sizeof( void * ) == 4, "got no length\n" );
    }
    by_last( "WSCInstallNameSpace32", (WCHAR *, WCHAR *, DWORD, DWORD, GUID *), ( name, path, 1, 1, NULL ),
             "no identifier", WSAEINVAL );
    by_last( "WSCInstallNameSpaceEx32", (WCHAR *, WCHAR *, DWORD, DWORD, GUID *, BLOB *),
             ( name, path, 1, 1, &unknown_id, (BLOB *)bad_page() ), "the data aren't memory", WSAEINVAL );
    by_last( "WSCInstallNameSpaceEx32", (WCHAR *, WCHAR *, DWORD, DWORD, GUID *, BLOB *),
             ( NULL, path, 1, 1, &unknown_id, NULL ), "no name", WSAEINVAL );
    by_last( "WSCUnInstallNameSpace32", (GUID *), ( NULL ), "no identifier", WSAEFAULT );
    by_last( "WSCUnInstallNameSpace32", (GUID *), ( &unknown_id ), "it isn't installed", WSAEINVAL );
    by_last( "WSCEnableNSProvider32", ( GUID *, BOOL ), ( NULL, TRUE ), "no identifier", WSAEFAULT );
    by_last( "WSCEnableNSProvider32", ( GUID *, BOOL ), ( &unknown_id, TRUE ), "it isn't installed", WSAEINVAL );
    by_value( "WSCWriteNameSpaceOrder32", ( GUID *, DWORD ), ( NULL, 1 ), "no list", WSAEFAULT );
    by_value( "WSCWriteNameSpaceOrder32", ( GUID *, DWORD ), ( &unknown_id, 1 ), "an unknown identifier", WSAEINVAL );
    by_last( "WSANSPIoctl", (HANDLE, DWORD, void *, DWORD, void *, DWORD, DWORD *, void *),
             ( NULL, SIO_NSP_NOTIFY_CHANGE, NULL, 0, NULL, 0, &returned, NULL ), "no lookup", WSA_INVALID_HANDLE );

    by_last( "WSAInstallServiceClassA", (void *), ( NULL ), "no class", WSAEINVAL );
    by_last( "WSAInstallServiceClassA", (void *), ( (void *)bad_page() ), "the class isn't memory", WSAEFAULT );
    by_last( "WSAInstallServiceClassW", (void *), ( NULL ), "no class", WSAEINVAL );
    by_last( "WSAInstallServiceClassW", (void *), ( (void *)bad_page() ), "the class isn't memory", WSAEFAULT );
    by_last( "WSARemoveServiceClass", (GUID *), ( NULL ), "no identifier", WSAEINVAL );
    by_last( "WSARemoveServiceClass", (GUID *), ( &unknown_id ), "no such class", WSATYPE_NOT_FOUND );
    size = 0;
    by_last( "WSAGetServiceClassInfoA", (GUID *, GUID *, DWORD *, void *), ( NULL, &unknown_id, &size, NULL ),
             "no provider", WSAEINVAL );
    by_last( "WSAGetServiceClassInfoW", (GUID *, GUID *, DWORD *, void *), ( &unknown_id, &unknown_id, &size, NULL ),
             "it isn't installed", WSAEINVAL );
    size = ARRAY_SIZE( text );
    by_last( "WSAGetServiceClassNameByClassIdA", (GUID *, void *, DWORD *), ( &unknown_id, text, &size ),
             "no such class", WSATYPE_NOT_FOUND );
    by_last( "WSAGetServiceClassNameByClassIdW", (GUID *, void *, DWORD *), ( &unknown_id, text, &size ),
             "no such class", WSATYPE_NOT_FOUND );
    by_last( "WSAGetServiceClassNameByClassIdW", (GUID *, void *, DWORD *), ( &unknown_id, text, NULL ), "no length",
             WSAEFAULT );
}

/* Others are in helper.c and notification.c. */
static void test_helpers( void )
{
    WSAOVERLAPPED ov = { 0 };

    by_value( "WahQueueUserApc", ( HANDLE, void *, void *, DWORD_PTR ), ( NULL, NULL, NULL, 0 ), "no helper",
              WSAEINVAL );
    by_value( "WahInsertHandleContext", (void *, void *), ( NULL, NULL ), "no table: it returns NULL", 0 );
    by_value( "WahReferenceContextByHandle", ( void *, HANDLE ), ( NULL, NULL ), "no table: it returns NULL", 0 );
    by_value( "WahEnumerateHandleContexts", (void *, void *, void *), ( NULL, NULL, NULL ),
              "no table: it returns FALSE", 0 );
    by_value( "ProcessSocketNotifications", (HANDLE, UINT32, void *, UINT32, ULONG, void *, UINT32 *),
              ( NULL, 1, NULL, 0, 0, NULL, NULL ), "no registrations, but a number of them", WSAEINVAL );
    by_value( "ProcessSocketNotifications", (HANDLE, UINT32, void *, UINT32, ULONG, void *, UINT32 *),
              ( NULL, 1, (void *)bad_page(), 0, 0, NULL, NULL ), "the registrations aren't memory", WSAEFAULT );
    by_value( "ProcessSocketNotifications", (HANDLE, UINT32, void *, UINT32, ULONG, void *, UINT32 *),
              ( NULL, 0, NULL, 1, 0, NULL, NULL ), "a time-out without entries", WSAEINVAL );
    by_pointer( "WPUCompleteOverlappedRequest", (SOCKET, WSAOVERLAPPED *, DWORD, DWORD, INT *),
                ( INVALID_SOCKET, &ov, 0, 0, &err ), "it isn't of WPUCreateSocketHandle", WSAEINVAL );
}

/* Handles outside the file system: for programs that start later. */
static void child_support( BOOL enabled )
{
    DWORD( WINAPI * open )( HANDLE * ) = function( "WahOpenHandleHelper" );
    HANDLE helper;
    DWORD ret = open( &helper );

    if (!enabled) error_row( "WahOpenHandleHelper", "such handles are disabled", WSAEOPNOTSUPP, ret );
    else ok( !ret, "got %lu\n", ret );
}

static void test_support( void )
{
    static char enabled[] = "enabled", disabled[] = "disabled";
    HANDLE process;

    by_value( "WahDisableNonIFSHandleSupport", (void), (), "none", 0 );
    process = start_child( "spi_errors", disabled );
    wait_child_process( process );
    CloseHandle( process );
    by_value( "WahEnableNonIFSHandleSupport", (void), (), "none", 0 );
    process = start_child( "spi_errors", enabled );
    wait_child_process( process );
    CloseHandle( process );
}

/* docs/unimplemented.md */
static void test_unpublished( void )
{
#define NONE( function_name, types, arguments )                                                                        \
    by_last( function_name, types, arguments, "its parameters aren't published", WSAEOPNOTSUPP )
    NONE( "WPUGetProviderPathEx", (void *, void *, void *, void *, void *), ( NULL, NULL, NULL, NULL, NULL ) );
    NONE( "WSApSetPostRoutine", (void *), ( NULL ) );
    NONE( "WSCDeinstallProviderEx", (void *, void *, void *), ( NULL, NULL, NULL ) );
    NONE( "WSCEnumProtocolsEx", (void *, void *, void *, void *, void *), ( NULL, NULL, NULL, NULL, NULL ) );
    NONE( "WSCGetApplicationCategoryEx", (void *, void *, void *, void *, void *, void *, void *),
          ( NULL, NULL, NULL, NULL, NULL, NULL, NULL ) );
    NONE( "WSCInstallNameSpaceEx2", (void *, void *, void *, void *, void *, void *, void *),
          ( NULL, NULL, NULL, NULL, NULL, NULL, NULL ) );
    NONE( "WSCInstallProviderEx", (void *, void *, void *, void *, void *, void *, void *),
          ( NULL, NULL, NULL, NULL, NULL, NULL, NULL ) );
    NONE( "WSCSetApplicationCategoryEx", (void *, void *, void *, void *, void *, void *, void *, void *),
          ( NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL ) );
    NONE( "WSCUnInstallNameSpaceEx2", (void *, void *), ( NULL, NULL ) );
    NONE( "WSCUpdateProviderEx", (void *, void *, void *, void *, void *, void *),
          ( NULL, NULL, NULL, NULL, NULL, NULL ) );
    NONE( "WSCWriteProviderOrderEx", (void *, void *, void *), ( NULL, NULL, NULL ) );
    by_value( "WahWriteLSPEvent", (void *, void *), ( NULL, NULL ), "its parameters aren't published", WSAEOPNOTSUPP );
}

START_TEST( spi_errors )
{
    char **argv;

    module = GetModuleHandleA( "ws2_32.dll" );
    if (stock)
    {
        skip( "Wine's own module has only some of them\n" );
        return;
    }
    if (winetest_get_mainargs( &argv ) > 2)
    {
        child_support( !strcmp( argv[2], "enabled" ) );
        return;
    }
    start_winsock();
    test_transports();
    test_names();
    test_helpers();
    test_support();
    test_unpublished();
    stop_winsock();
}
