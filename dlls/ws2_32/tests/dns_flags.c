/*
 * Flags of lookups, the host's own name, and a lookup service that is ended: run by tests/names, like dns
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "sockets.h"

#ifndef AI_DNS_ONLY
#define AI_DNS_ONLY 0x10
#endif

static int( WINAPI *pGetHostNameW )( WCHAR *name, int size );

/* What getaddrinfo finds: an error, or the addresses' families. */
static int find( const char *name, int family, int flags, int *v4, int *v6 )
{
    ADDRINFOA hints = { .ai_family = family, .ai_flags = flags, .ai_socktype = SOCK_STREAM }, *list, *entry;
    int ret = getaddrinfo( name, NULL, &hints, &list );

    *v4 = *v6 = 0;
    if (ret) return ret;
    for (entry = list; entry; entry = entry->ai_next) ++*( entry->ai_family == AF_INET ? v4 : v6 );
    freeaddrinfo( list );
    return 0;
}

/* Flags that choose among providers or add to the answer: with DNS alone the addresses are the same. */
static void test_harmless( void )
{
    static const int flags[] = { AI_DNS_ONLY,
                                 AI_NON_AUTHORITATIVE,
                                 AI_SECURE,
                                 AI_RETURN_PREFERRED_NAMES,
                                 AI_FILESERVER,
                                 AI_DISABLE_IDN_ENCODING,
                                 AI_NON_AUTHORITATIVE | AI_SECURE | AI_DISABLE_IDN_ENCODING };
    unsigned int i;
    int v4, v6, ret;

    for (i = 0; i < ARRAY_SIZE( flags ); i++)
    {
        winetest_push_context( "flags %x", flags[i] );
        ret = find( "both.test", 0, flags[i], &v4, &v6 );
        ok_unless_stock( !ret && v4 == 1 && v6 == 1, "got %d, %d and %d addresses\n", ret, v4, v6 );
        ret = find( "absent.test", 0, flags[i], &v4, &v6 );
        ok_unless_stock( ret == WSAHOST_NOT_FOUND, "got %d\n", ret );
        winetest_pop_context();
    }
}

/* "If the AI_ADDRCONFIG bit is set, getaddrinfo will resolve only if a global address is configured." (page
 * "getaddrinfo function") */
static void test_configured( void )
{
    int v4, v6, ret;

    change_world( "ipv4" );
    ret = find( "both.test", 0, AI_ADDRCONFIG, &v4, &v6 );
    ok( !ret && v4 == 1 && !v6, "IPv4 alone: got %d, %d and %d addresses\n", ret, v4, v6 );
    ret = find( "both.test", 0, 0, &v4, &v6 );
    ok_unless_stock( !ret && v4 == 1 && v6 == 1, "without the flag: got %d, %d and %d addresses\n", ret, v4, v6 );
    ret = find( "six.test", AF_INET6, AI_ADDRCONFIG, &v4, &v6 );
    ok( ret == WSAHOST_NOT_FOUND || ret == WSANO_DATA, "IPv6 in vain: got %d\n", ret );
    change_world( "ipv6" );
    ret = find( "both.test", 0, AI_ADDRCONFIG, &v4, &v6 );
    ok_unless_stock( !ret && v4 == 1 && v6 == 1, "both: got %d, %d and %d addresses\n", ret, v4, v6 );
    change_world( "no-ipv4" );
    ret = find( "both.test", 0, AI_ADDRCONFIG, &v4, &v6 );
    ok( !ret && !v4 && v6 == 1, "IPv6 alone: got %d, %d and %d addresses\n", ret, v4, v6 );
    change_world( "no-ipv6" );
}

/* getnameinfo: a name of another domain is whole with NI_NOFQDN too; NI_DGRAM asks for the service of UDP. */
static void test_name_flags( void )
{
    static const struct
    {
        int flags;
        const char *host, *service;
    } tests[] = {
        { 0, "pointer.test", "exec" },
        { NI_DGRAM, "pointer.test", "biff" },
        { NI_NAMEREQD, "pointer.test", "exec" },
        { NI_NUMERICHOST, "10.1.0.9", "exec" },
        { NI_NUMERICSERV, "pointer.test", "512" },
        { NI_NUMERICHOST | NI_NUMERICSERV | NI_DGRAM, "10.1.0.9", "512" },
    };
    struct sockaddr_in addr
        = { .sin_family = AF_INET, .sin_port = htons( 512 ), .sin_addr.s_addr = inet_addr( "10.1.0.9" ) };
    char host[NI_MAXHOST], service[NI_MAXSERV];
    unsigned int i;
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "flags %x", tests[i].flags );
        ret = getnameinfo( (struct sockaddr *)&addr, sizeof( addr ), host, sizeof( host ), service, sizeof( service ),
                           tests[i].flags );
        /* Wine 8.0's dnsapi.dll has no names of addresses */
        ok_unless_afd( !ret && !strcmp( host, tests[i].host ), "got %d, %s\n", ret, host );
        if (!ret) ok( !strcmp( service, tests[i].service ), "got %s\n", service );
        winetest_pop_context();
    }
    ret = getnameinfo( (struct sockaddr *)&addr, sizeof( addr ), host, sizeof( host ), NULL, 0, NI_NOFQDN );
    ok_unless_afd( !ret && !strncmp( host, "pointer", 7 ) && ( !host[7] || host[7] == '.' ), "got %d, %s\n", ret,
                   host );
}

/* The names of this machine stand for all its addresses, whatever the host's files say; without any for its loopback
 * addresses. */
static void test_own_addresses( void )
{
    static const char *const names[] = { "", "..localmachine", "plain", "PLAIN", "plain." };
    struct hostent *host;
    unsigned int i;
    int v4, v6, ret;

    change_world( "plain" );
    for (i = 0; i < ARRAY_SIZE( names ); i++)
    {
        winetest_push_context( "'%s'", names[i] );
        ret = find( names[i], 0, 0, &v4, &v6 );
        ok_unless_stock( !ret && v4 + v6, "no addresses: got %d, %d and %d\n", ret, v4, v6 );
        change_world( "ipv4" );
        ret = find( names[i], 0, 0, &v4, &v6 );
        ok_unless_stock( !ret && v4 == 1 && !v6, "IPv4: got %d, %d and %d addresses\n", ret, v4, v6 );
        change_world( "ipv6" );
        ret = find( names[i], 0, 0, &v4, &v6 );
        ok_unless_stock( !ret && v4 == 1 && v6 == 1, "both: got %d, %d and %d addresses\n", ret, v4, v6 );
        ret = find( names[i], AF_INET6, AI_V4MAPPED | AI_ALL, &v4, &v6 );
        ok_unless_stock( !ret && !v4 && v6 == 2, "mapped: got %d, %d and %d addresses\n", ret, v4, v6 );
        ret = find( names[i], AF_INET, AI_CANONNAME, &v4, &v6 );
        ok_unless_stock( !ret && v4 == 1 && !v6, "one family: got %d, %d and %d addresses\n", ret, v4, v6 );
        host = i == 1 ? NULL : gethostbyname( names[i] );
        if (i != 1)
            ok_unless_stock( host && *(ULONG *)host->h_addr_list[0] == htonl( 0x0a090001 ) && !host->h_addr_list[1],
                             "gethostbyname: got %p\n", host );
        change_world( "no-ipv4" );
        change_world( "no-ipv6" );
        winetest_pop_context();
    }
}

/* A host's name is any text */
static void test_own_name( void )
{
    static const WCHAR expect[] = L"m\x00fcnchen";
    char ansi[64], name[64];
    struct hostent *host;
    WCHAR nameW[64];
    int v4, v6, ret;

    change_world( "umlaut" );
    memset( nameW, 0, sizeof( nameW ) );
    ret = pGetHostNameW( nameW, ARRAY_SIZE( nameW ) );
    ok_unless_afd( !ret && !lstrcmpW( nameW, expect ), "got %d, %s\n", ret, debugstr_w( nameW ) );
    WideCharToMultiByte( CP_ACP, 0, expect, -1, ansi, sizeof( ansi ), NULL, NULL );
    ret = gethostname( name, sizeof( name ) );
    ok_unless_afd( !ret && !strcmp( name, ansi ), "got %d, %s\n", ret, name );
    /* the own name has addresses, whether a server knows it or not (page "gethostname function") */
    ret = find( name, 0, 0, &v4, &v6 );
    ok_unless_stock( !ret && v4 + v6, "got %d, %d addresses\n", ret, v4 + v6 );
    change_world( "ipv4" );
    ret = find( name, AF_INET, 0, &v4, &v6 );
    ok_unless_stock( !ret && v4 == 1, "got %d, %d addresses\n", ret, v4 );
    host = gethostbyname( name );
    ok_unless_afd( host && *(ULONG *)host->h_addr_list[0] == htonl( 0x0a090001 ), "it has another address\n" );
    change_world( "no-ipv4" );
    change_world( "plain" );
    ret = gethostname( name, sizeof( name ) );
    ok_unless_afd( !ret && !strcmp( name, "plain" ), "got %d, %s\n", ret, name );
    change_world( "refuse" ); /* no server at all */
    ret = find( name, 0, 0, &v4, &v6 );
    ok_unless_stock( !ret && v4 + v6, "got %d, %d addresses\n", ret, v4 + v6 );
    host = gethostbyname( name );
    ok_unless_stock( host && host->h_addr_list[0], "got %p, error %d\n", host, WSAGetLastError() );
    change_world( "mend" );
}

/* ---- WSALookupServiceEnd while another thread waits */

static HANDLE lookup;
static int next_ret, next_error;

static DWORD WINAPI next_thread( void *arg )
{
    static char buffer[4096];
    DWORD size = sizeof( buffer );

    (void)arg;
    next_ret = WSALookupServiceNextA( lookup, 0, &size, (WSAQUERYSETA *)buffer );
    next_error = WSAGetLastError();
    return 0;
}

static void test_lookup_end( void )
{
    static GUID class_id = { 0x0002a803, 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } }; /* SVCID_HOSTNAME */
    static char name[] = "z.dead.test";
    WSAQUERYSETA query = {
        .dwSize = sizeof( query ), .dwNameSpace = NS_DNS, .lpServiceClassId = &class_id, .lpszServiceInstanceName = name
    };
    HANDLE thread;
    DWORD start;
    int ret;

    if (stock) return; /* Wine's own has no lookups of DNS */
    ret = WSALookupServiceBeginA( &query, LUP_RETURN_ADDR | LUP_RETURN_NAME, &lookup );
    ok( !ret, "got %d, error %d\n", ret, WSAGetLastError() );
    thread = CreateThread( NULL, 0, next_thread, NULL, 0, NULL );
    ok( WaitForSingleObject( thread, 300 ) == WAIT_TIMEOUT, "it doesn't wait: %d, error %d\n", next_ret, next_error );
    start = GetTickCount();
    ok_success( WSALookupServiceEnd( lookup ) );
    ok( !WaitForSingleObject( thread, 5000 ), "it waits on\n" );
    ok( GetTickCount() - start < 3000, "it took %lu ms\n", GetTickCount() - start );
    ok( next_ret == SOCKET_ERROR && next_error == WSA_E_CANCELLED, "got %d, error %d\n", next_ret, next_error );
    ok_error( WSALookupServiceEnd( lookup ), WSA_INVALID_HANDLE );
    CloseHandle( thread );
}

START_TEST( dns_flags )
{
    if (!getenv( "WSURING_TEST_DNS" )) return; /* not counted: tests/names counts */
    pGetHostNameW = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "GetHostNameW" );
    start_winsock();
    test_harmless();
    test_configured();
    test_name_flags();
    test_own_addresses();
    test_own_name();
    test_lookup_end();
    stop_winsock();
}
