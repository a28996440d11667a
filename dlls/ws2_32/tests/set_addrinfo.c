/*
 * SetAddrInfoEx: parameters; no name space takes names
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the page "SetAddrInfoExW function".
 */

#include "sockets.h"

typedef INT( WINAPI *set_function )( const void *name, const void *service, SOCKET_ADDRESS *addresses, DWORD count,
                                     BLOB *blob, DWORD flags, DWORD name_space, GUID *provider, struct timeval *timeout,
                                     OVERLAPPED *overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine,
                                     HANDLE *handle );

static void CALLBACK routine( DWORD error, DWORD bytes, OVERLAPPED *overlapped )
{
    (void)error;
    (void)bytes;
    (void)overlapped;
}

static void test_parameters( set_function set, const void *name, const void *service )
{
    static char longname[140000];
    union address addr;
    SOCKET_ADDRESS addresses[2] = { { &addr.any, loopback( &addr, AF_INET, 80 ) }, { &addr.any, 16 } };
    SOCKET_ADDRESS bad_address = { (struct sockaddr *)bad_page(), 16 }, short_address = { &addr.any, 1 },
                   null_address = { NULL, 16 };
    BLOB blob = { 4, (BYTE *)"abc" }, bad_blob = { 4, (BYTE *)bad_page() };
    GUID guid = { 1 };
    struct timeval timeout = { 1, 0 };
    OVERLAPPED overlapped = { 0 };
    HANDLE handle = NULL;
    void *bad = bad_page();
    const struct
    {
        const void *name, *service;
        SOCKET_ADDRESS *addresses;
        DWORD count;
        BLOB *blob;
        DWORD name_space;
        GUID *provider;
        struct timeval *timeout;
        OVERLAPPED *overlapped;
        LPLOOKUPSERVICE_COMPLETION_ROUTINE routine;
        HANDLE *handle;
        int error;
    } tests[] = {
        { name, service, addresses, 2, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSASERVICE_NOT_FOUND },
        { name, NULL, NULL, 0, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSASERVICE_NOT_FOUND },
        { name, service, addresses, 1, &blob, NS_ALL, &guid, NULL, NULL, NULL, NULL, WSASERVICE_NOT_FOUND },
        { name, service, addresses, 1, NULL, 0x777, NULL, NULL, NULL, NULL, NULL, WSASERVICE_NOT_FOUND },
        { longname, service, addresses, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSASERVICE_NOT_FOUND },
        { NULL, service, addresses, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEINVAL },
        { bad, service, addresses, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, bad, addresses, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, service, NULL, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, service, bad, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, service, addresses, 0xffffffff, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEINVAL },
        { name, service, &bad_address, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, service, &short_address, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, service, &null_address, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, service, addresses, 1, bad, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, service, addresses, 1, &bad_blob, NS_DNS, NULL, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, service, addresses, 1, NULL, NS_DNS, bad, NULL, NULL, NULL, NULL, WSAEFAULT },
        { name, service, addresses, 1, NULL, NS_DNS, NULL, &timeout, NULL, NULL, NULL, WSAEINVAL },
        { name, service, addresses, 1, NULL, NS_DNS, NULL, NULL, &overlapped, NULL, NULL, WSAEINVAL },
        { name, service, addresses, 1, NULL, NS_DNS, NULL, NULL, NULL, routine, NULL, WSAEINVAL },
        { name, service, addresses, 1, NULL, NS_DNS, NULL, NULL, NULL, NULL, &handle, WSAEINVAL },
    };
    unsigned int i;
    int ret;

    memset( longname, 'a', sizeof( longname ) - 2 );
    WSASetLastError( 0 );
    ret = set( name, service, NULL, 0, NULL, 0, NS_DNS, NULL, NULL, NULL, NULL, NULL );
    ok( ret == WSANOTINITIALISED && WSAGetLastError() == WSANOTINITIALISED, "before WSAStartup: got %d, error %d\n",
        ret, WSAGetLastError() );
    start_winsock();
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        WSASetLastError( 0 );
        ret = set( tests[i].name, tests[i].service, tests[i].addresses, tests[i].count, tests[i].blob, 0,
                   tests[i].name_space, tests[i].provider, tests[i].timeout, tests[i].overlapped, tests[i].routine,
                   tests[i].handle );
        ok( ret == tests[i].error && WSAGetLastError() == ret, "%u: got %d, error %d, expected %d\n", i, ret,
            WSAGetLastError(), tests[i].error );
    }
    stop_winsock();
}

START_TEST( set_addrinfo )
{
    static const char *const names[] = { "SetAddrInfoExA", "SetAddrInfoExW" };
    HMODULE module = LoadLibraryA( "ws2_32.dll" );
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( names ); i++)
    {
        set_function set = (set_function)(void *)GetProcAddress( module, names[i] );

        /* Wine's own hasn't the first, and the other is a stub */
        ok_unless_stock( set != NULL, "there is no %s\n", names[i] );
        if (stock || !set) continue;
        winetest_push_context( "%s", names[i] );
        if (i) test_parameters( set, L"x.test", L"80" );
        else test_parameters( set, "x.test", "80" );
        winetest_pop_context();
    }
}
