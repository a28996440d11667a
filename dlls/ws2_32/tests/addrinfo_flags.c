/*
 * getaddrinfo, GetAddrInfoW, GetAddrInfoEx: flags, name spaces and providers, socket types and protocols
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "GetAddrInfoW function", "GetAddrInfoExW function" and "ADDRINFOEX4 structure".
 */

#include "sockets.h"
#include "addrinfo_ex.h"

#ifndef AI_DNS_ONLY
#define AI_DNS_ONLY          0x10
#define AI_RESOLUTION_HANDLE 0x40000000
#define AI_EXTENDED          ( (int)0x80000000 )
#endif
#ifndef AI_RETURN_TTL
#define AI_RETURN_TTL 0x80
#endif

typedef struct
{
    ADDRINFOEXW info;
    int version;
    WCHAR *fqdn;
    int interface_index;
    HANDLE resolution_handle;
} ADDRINFOEX4_;

static int find( const WCHAR *node, const WCHAR *service, const ADDRINFOW *hints )
{
    char node_a[64], service_a[64];
    ADDRINFOA *list_a;
    ADDRINFOW *list;
    int ret, ret_a;

    WideCharToMultiByte( CP_ACP, 0, node ? node : L"", -1, node_a, sizeof( node_a ), NULL, NULL );
    WideCharToMultiByte( CP_ACP, 0, service ? service : L"", -1, service_a, sizeof( service_a ), NULL, NULL );
    ret = GetAddrInfoW( node, service, hints, &list );
    if (!ret) FreeAddrInfoW( list );
    ret_a = getaddrinfo( node ? node_a : NULL, service ? service_a : NULL, (const ADDRINFOA *)hints, &list_a );
    if (!ret_a) freeaddrinfo( list_a );
    ok( ret == ret_a, "got %d, but %d in ANSI\n", ret, ret_a );
    return ret;
}

static int find_ex( const WCHAR *node, const WCHAR *service, const ADDRINFOW *hints )
{
    ADDRINFOEXW hints_ex
        = { .ai_flags = hints->ai_flags, .ai_family = hints->ai_family, .ai_socktype = hints->ai_socktype },
        *list;
    int ret = pGetAddrInfoExW( node, service, NS_DNS, NULL, &hints_ex, &list, NULL, NULL, NULL, NULL );

    if (!ret) pFreeAddrInfoExW( list );
    return ret;
}

static void test_flags( void )
{
    static const struct
    {
        const WCHAR *node, *service;
        int flags, ret, ret_ex;
    } tests[] = {
        { L"127.0.0.1", NULL, AI_CANONNAME, 0, 0 },
        { L"127.0.0.1", NULL, AI_FQDN, 0, 0 },
        /* two names: only the structures of GetAddrInfoEx have room for them */
        { L"127.0.0.1", NULL, AI_CANONNAME | AI_FQDN, WSAEINVAL, 0 },
        { L"localhost", L"80", AI_CANONNAME | AI_FQDN, WSAEINVAL, 0 },
        { NULL, L"80", AI_CANONNAME, WSANO_RECOVERY, WSANO_RECOVERY },
        { NULL, L"80", AI_FQDN, WSANO_RECOVERY, WSANO_RECOVERY },
        { NULL, L"80", AI_PASSIVE, 0, 0 },
        { NULL, L"http", AI_PASSIVE | AI_NUMERICHOST, 0, 0 },
        { NULL, L"http", AI_NUMERICSERV, WSAHOST_NOT_FOUND, WSAHOST_NOT_FOUND },
        { L"localhost", NULL, AI_NUMERICHOST, WSAHOST_NOT_FOUND, WSAHOST_NOT_FOUND },
        { L"localhost", NULL, AI_NUMERICHOST | AI_V4MAPPED | AI_ALL, WSAHOST_NOT_FOUND, WSAHOST_NOT_FOUND },
        { L"127.0.0.1", L"80",
          AI_ALL | AI_ADDRCONFIG | AI_V4MAPPED | AI_NON_AUTHORITATIVE | AI_SECURE | AI_RETURN_PREFERRED_NAMES
              | AI_FILESERVER | AI_DISABLE_IDN_ENCODING | AI_DNS_ONLY,
          0, 0 },
        { L"127.0.0.1", NULL, AI_EXTENDED, 0, 0 },
        { L"127.0.0.1", NULL, AI_RESOLUTION_HANDLE | AI_EXTENDED, 0, 0 },
        /* none of Windows 10's; Windows 11 would return other structures for some, which nobody here could free as such
           or read */
        { L"127.0.0.1", NULL, AI_RETURN_TTL, WSAEINVAL, WSAEINVAL },
        { L"127.0.0.1", NULL, 0x10000000 /* AI_RETURN_RESPONSE_FLAGS */, WSAEINVAL, WSAEINVAL },
        { L"127.0.0.1", NULL, 0x20000000 /* AI_REQUIRE_SECURE */, WSAEINVAL, WSAEINVAL },
        { L"127.0.0.1", NULL, 0x200000 /* AI_EXCLUSIVE_CUSTOM_SERVERS */, WSAEINVAL, WSAEINVAL },
        /* unknown */
        { L"127.0.0.1", NULL, 0x200, WSAEINVAL, WSAEINVAL },
        { L"127.0.0.1", NULL, 0x1000, WSAEINVAL, WSAEINVAL },
        { L"127.0.0.1", NULL, 0x2000 | AI_NUMERICHOST, WSAEINVAL, WSAEINVAL },
        { L"127.0.0.1", NULL, 0x1000000, WSAEINVAL, WSAEINVAL },
        { NULL, L"80", 0x400000, WSAEINVAL, WSAEINVAL },
        { L"localhost", NULL, ~0, WSAEINVAL, WSAEINVAL },
    };
    unsigned int i;
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        ADDRINFOW hints = { .ai_flags = tests[i].flags, .ai_socktype = SOCK_STREAM };

        winetest_push_context( "%u: %s, flags %x", i, wine_dbgstr_w( tests[i].node ), tests[i].flags );
        WSASetLastError( 0 );
        ret = find( tests[i].node, tests[i].service, &hints );
        ok_unless_stock( ret == tests[i].ret && WSAGetLastError() == ret, "got %d, error %d\n", ret,
                         WSAGetLastError() );
        ret = find_ex( tests[i].node, tests[i].service, &hints );
        ok_unless_stock( ret == tests[i].ret_ex, "GetAddrInfoExW: got %d\n", ret );
        winetest_pop_context();
    }
}

/* Which structure comes back */
static void test_versions( void )
{
    static const struct
    {
        int flags, version;
    } tests[] = {
        { 0, 0 },
        { AI_CANONNAME, 0 },
        { AI_FQDN, 0 },
        { AI_CANONNAME | AI_FQDN, 2 },
        { AI_EXTENDED, 2 },
        { AI_EXTENDED | AI_FQDN, 2 },
        { AI_RESOLUTION_HANDLE, 4 },
        { AI_RESOLUTION_HANDLE | AI_EXTENDED, 4 },
        { AI_RESOLUTION_HANDLE | AI_EXTENDED | AI_CANONNAME | AI_FQDN, 4 },
    };
    ADDRINFOEX4_ *list;
    unsigned int i;
    int ret;

    if (stock) return; /* whose structures are shorter */
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        ADDRINFOEXW hints = { .ai_flags = tests[i].flags };

        winetest_push_context( "flags %x", tests[i].flags );
        ret = pGetAddrInfoExW( L"127.0.0.1", NULL, NS_DNS, NULL, &hints, (ADDRINFOEXW **)&list, NULL, NULL, NULL,
                               NULL );
        ok( !ret, "got %d\n", ret );
        if (!ret)
        {
            ok( list->version == tests[i].version, "got version %d\n", list->version );
            ok( !list->interface_index && !list->resolution_handle, "got interface %d, handle %p\n",
                list->interface_index, list->resolution_handle );
            ok( !!list->info.ai_canonname == !!( tests[i].flags & ( AI_CANONNAME | AI_FQDN ) ), "got name %s\n",
                wine_dbgstr_w( list->info.ai_canonname ) );
            ok( !!list->fqdn == !!( tests[i].flags & AI_FQDN ), "got full name %s\n", wine_dbgstr_w( list->fqdn ) );
            ok( !list->info.ai_blob && !list->info.ai_bloblen && !list->info.ai_provider,
                "there is a blob, or a provider\n" );
            pFreeAddrInfoExW( &list->info );
        }
        winetest_pop_context();
    }
}

/* The one provider, and others that aren't installed. */
static void test_name_spaces( void )
{
    static GUID tcpip = { 0x22059d40, 0x7e9e, 0x11cf, { 0xae, 0x5a, 0x00, 0xaa, 0x00, 0xa7, 0x11, 0x2b } },
                unknown = { 0x12345678 };
    static const struct
    {
        DWORD name_space;
        GUID *provider;
        int ret;
    } tests[] = {
        { NS_ALL, NULL, 0 },
        { NS_DNS, NULL, 0 },
        { NS_DNS, &tcpip, 0 },
        { NS_ALL, &tcpip, 0 },
        { NS_DNS, &unknown, WSASERVICE_NOT_FOUND },
        { NS_ALL, &unknown, WSASERVICE_NOT_FOUND },
        { NS_EMAIL, NULL, WSASERVICE_NOT_FOUND },
        { NS_NTDS, NULL, WSASERVICE_NOT_FOUND },
        { NS_BTH, NULL, WSASERVICE_NOT_FOUND },
        { NS_NLA, NULL, WSASERVICE_NOT_FOUND },
        { NS_PNRPNAME, NULL, WSASERVICE_NOT_FOUND },
        { 4711, NULL, WSASERVICE_NOT_FOUND },
    };
    ADDRINFOEXW *list;
    ADDRINFOEXA *list_a;
    unsigned int i;
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        ret = pGetAddrInfoExW( L"127.0.0.1", NULL, tests[i].name_space, tests[i].provider, NULL, &list, NULL, NULL,
                               NULL, NULL );
        ok_unless_stock( ret == tests[i].ret, "%u: got %d\n", i, ret );
        if (!ret) pFreeAddrInfoExW( list );
        if (!pGetAddrInfoExA) continue;
        ret = pGetAddrInfoExA( "127.0.0.1", NULL, tests[i].name_space, tests[i].provider, NULL, &list_a, NULL, NULL,
                               NULL, NULL );
        ok( ret == tests[i].ret, "%u: got %d\n", i, ret );
        if (!ret) pFreeAddrInfoExW( (ADDRINFOEXW *)list_a );
    }
}

/* The structure may be of a later version. */
static void test_longer_hints( void )
{
    ADDRINFOEX4_ hints = { .info = { .ai_flags = AI_EXTENDED | AI_NUMERICHOST, .ai_family = AF_INET6 },
                           .version = 4,
                           .interface_index = 1 },
                 *list;
    int ret
        = pGetAddrInfoExW( L"::1", L"80", NS_DNS, NULL, &hints.info, (ADDRINFOEXW **)&list, NULL, NULL, NULL, NULL );

    ok( !ret, "got %d\n", ret );
    if (ret) return;
    ok( list->info.ai_family == AF_INET6 && !list->info.ai_next, "got family %d\n", list->info.ai_family );
    pFreeAddrInfoExW( &list->info );
}

START_TEST( addrinfo_flags )
{
    load_addrinfo_ex();
    start_winsock();
    test_flags();
    test_versions();
    test_name_spaces();
    test_longer_hints();
    stop_winsock();
}
