/*
 * getaddrinfo, GetAddrInfoEx, getnameinfo
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define _WIN32_WINNT 0x0a00
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include "wine/test.h"
#include "addrinfo_ex.h"
#include "names.h"

static BOOL stock;

static const char *address_text( const SOCKADDR *addr, int len )
{
    static char text[4][80];
    static int index;
    DWORD size = sizeof( text[0] );

    index = ( index + 1 ) % 4;
    if (WSAAddressToStringA( (SOCKADDR *)addr, len, NULL, text[index], &size )) return "?";
    return text[index];
}

static void test_numeric( void )
{
    static const struct
    {
        const char *node, *service;
        int flags, family, socktype, protocol, ret;
        const char *expect;
        BOOL todo;
    } tests[] = {
        { "127.0.0.1", NULL, 0, 0, 0, 0, 0, "127.0.0.1" },
        { "127.0.0.1", "80", 0, 0, 0, 0, 0, "127.0.0.1:80" },
        { "127.0.0.1", "80", 0, AF_INET, SOCK_STREAM, IPPROTO_TCP, 0, "127.0.0.1:80" },
        { "127.0.0.1", "80", 0, 0, SOCK_DGRAM, 0, 0, "127.0.0.1:80" },
        { "127.0.0.1", "0", 0, 0, SOCK_STREAM, 0, 0, "127.0.0.1" },
        { "127.0.0.1", "", 0, 0, SOCK_STREAM, 0, 0, "127.0.0.1" },
        { "127.0.0.1", "65535", AI_NUMERICHOST, 0, SOCK_STREAM, 0, 0, "127.0.0.1:65535" },
        { "127.0.0.1", "65536", 0, 0, SOCK_STREAM, 0, WSATYPE_NOT_FOUND, NULL, TRUE },
        { "127.0.0.1", "-1", 0, 0, SOCK_STREAM, 0, WSATYPE_NOT_FOUND },
        { "127.0.0.1", "80x", 0, 0, SOCK_STREAM, 0, WSATYPE_NOT_FOUND },
        { "127.0.0.1", "http", 0, 0, SOCK_STREAM, 0, 0, "127.0.0.1:80" },
        { "127.0.0.1", "www", 0, 0, SOCK_STREAM, 0, 0, "127.0.0.1:80" },
        { "127.0.0.1", "domain", 0, 0, SOCK_DGRAM, 0, 0, "127.0.0.1:53" },
        { "127.0.0.1", "tftp", 0, 0, SOCK_STREAM, 0, WSATYPE_NOT_FOUND },
        { "127.0.0.1", "tftp", 0, 0, 0, 0, 0, "127.0.0.1:69" },
        { "127.0.0.1", "tftp", 0, 0, SOCK_STREAM, IPPROTO_TCP, WSATYPE_NOT_FOUND },
        { "127.0.0.1", "tftp", 0, 0, 0, IPPROTO_TCP, WSATYPE_NOT_FOUND },
        { "127.0.0.1", "tftp", 0, 0, SOCK_STREAM, IPPROTO_UDP, 0, "127.0.0.1:69" },
        { "127.0.0.1", "http", 0, 0, SOCK_DGRAM, 0, WSATYPE_NOT_FOUND },
        { "127.0.0.1", "http", 0, 0, 0, IPPROTO_UDP, WSATYPE_NOT_FOUND },
        { "127.0.0.1", "http", 0, 0, SOCK_RAW, IPPROTO_TCP, 0, "127.0.0.1:80" },
        { "127.0.0.1", "http", 0, 0, SOCK_STREAM, 113, 0, "127.0.0.1:80" },
        { "127.0.0.1", "80", 0, 0, SOCK_RAW, IPPROTO_UDP, 0, "127.0.0.1:80" },
        { "127.0.0.1", "80", 0, 0, SOCK_RAW, 0, WSATYPE_NOT_FOUND },
        { "127.0.0.1", NULL, 0, 0, SOCK_RAW, IPPROTO_ICMP, 0, "127.0.0.1" },
        { "127.0.0.1", NULL, 0, 0, SOCK_STREAM, IPPROTO_ICMP, WSAESOCKTNOSUPPORT },
        { "127.0.0.1", NULL, 0, 0, SOCK_DGRAM, IPPROTO_RAW, WSAESOCKTNOSUPPORT },
        { "127.0.0.1", "nosuchservice", 0, 0, 0, 0, WSATYPE_NOT_FOUND },
        { "127.0.0.1", "80", AI_NUMERICSERV, 0, SOCK_STREAM, 0, 0, "127.0.0.1:80" },
        { "127.0.0.1", "http", AI_NUMERICSERV, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "1.2.3", NULL, 0, 0, SOCK_STREAM, 0, 0, "1.2.0.3" },
        { "0.0.0.0", NULL, 0, 0, SOCK_STREAM, 0, 0, "0.0.0.0" },
        { "1.2.3.0", NULL, 0, 0, SOCK_STREAM, 0, 0, "1.2.3.0" },
        { "010.1.1.1", NULL, 0, 0, SOCK_STREAM, 0, 0, "8.1.1.1" },
        { "1.1.1.010", NULL, 0, 0, SOCK_STREAM, 0, 0, "1.1.1.8" },
        { "0x10.1.1.1", NULL, 0, 0, SOCK_STREAM, 0, 0, "16.1.1.1" },
        { "1.2.3.4.", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "1.2.3.256", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "1.2.3.4x", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "1..2.3", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "1.2.3.99999999999", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "0x7f.1", NULL, 0, 0, SOCK_STREAM, 0, 0, "127.0.0.1" },
        { "255.255.255.255", NULL, 0, 0, SOCK_STREAM, 0, 0, "255.255.255.255" },
        { "::1", NULL, 0, 0, SOCK_STREAM, 0, 0, "::1" },
        { "::1", "80", 0, AF_INET6, SOCK_STREAM, 0, 0, "[::1]:80" },
        { "[::1]", "80", 0, 0, SOCK_STREAM, 0, 0, "[::1]:80" },
        { "fe80::1%2", NULL, 0, 0, SOCK_STREAM, 0, 0, "fe80::1%2" },
        { "::ffff:1.2.3.4", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, 0, "::ffff:1.2.3.4" },
        { "::1", NULL, 0, AF_INET, SOCK_STREAM, 0, WSAHOST_NOT_FOUND, NULL, TRUE },
        { "127.0.0.1", NULL, 0, AF_INET6, SOCK_STREAM, 0, WSAHOST_NOT_FOUND, NULL, TRUE },
        { "127.0.0.1", NULL, AI_V4MAPPED, AF_INET6, SOCK_STREAM, 0, 0, "::ffff:127.0.0.1" },
        { "localhost", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        /* brackets hold an address of IPv6 and nothing else; a port may follow, and doesn't count */
        { "[127.0.0.1]", NULL, 0, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND, NULL, TRUE },
        { "[127.0.0.1]", "80", 0, AF_INET, SOCK_STREAM, 0, WSAHOST_NOT_FOUND, NULL, TRUE },
        { "[127.0.0.1]", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND, NULL, TRUE },
        { "[localhost]", NULL, 0, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND, NULL, TRUE },
        { "[]", NULL, 0, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND, NULL, TRUE },
        { "[::1]x", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND, NULL, TRUE },
        { "[::1]:80", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, 0, "::1" },
        { "[[::1]]", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND, NULL, TRUE },
        { "[::1", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "127.0.0.1:80", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "1.2.3.4 ", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "1.2.3.4.5", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "256.1.1.1", NULL, AI_NUMERICHOST, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { "127.0.0.1", NULL, 0, AF_UNIX, SOCK_STREAM, 0, WSAEAFNOSUPPORT },
        { "127.0.0.1", NULL, 0, AF_IPX, SOCK_STREAM, 0, WSAEAFNOSUPPORT },
        { "127.0.0.1", NULL, 0, -1, SOCK_STREAM, 0, WSAEAFNOSUPPORT },
        { "127.0.0.1", NULL, 0, 0, SOCK_SEQPACKET, 0, WSAESOCKTNOSUPPORT },
        { "127.0.0.1", NULL, 0, 0, SOCK_RDM, 0, WSAESOCKTNOSUPPORT },
        { "127.0.0.1", NULL, 0, 0, 77, 0, WSAESOCKTNOSUPPORT },
        { NULL, NULL, 0, 0, SOCK_STREAM, 0, WSAHOST_NOT_FOUND },
        { NULL, "80", AI_CANONNAME, 0, SOCK_STREAM, 0, WSANO_RECOVERY, NULL, TRUE },
    };
    ADDRINFOA hints, *list;
    ADDRINFOW *listW;
    WCHAR node[64], service[64];
    unsigned int i;
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%s %s flags %x family %d type %d", tests[i].node, tests[i].service, tests[i].flags,
                               tests[i].family, tests[i].socktype );
        memset( &hints, 0, sizeof( hints ) );
        hints.ai_flags = tests[i].flags;
        hints.ai_family = tests[i].family;
        hints.ai_socktype = tests[i].socktype;
        hints.ai_protocol = tests[i].protocol;
        list = (void *)0xdeadbeef;
        WSASetLastError( 0xdead );
        ret = getaddrinfo( tests[i].node, tests[i].service, &hints, &list );
        todo_wine_if( stock && tests[i].todo ) ok( ret == tests[i].ret, "got %d\n", ret );
        if (ret)
        {
            ok( WSAGetLastError() == ret, "returned %d, last error %d\n", ret, WSAGetLastError() );
            ok( !list, "got list %p\n", list );
        }
        else
        {
            if (tests[i].expect)
            {
                ok( !strcmp( address_text( list->ai_addr, list->ai_addrlen ), tests[i].expect ), "got %s\n",
                    address_text( list->ai_addr, list->ai_addrlen ) );
                ok( list->ai_family == list->ai_addr->sa_family, "got family %d\n", list->ai_family );
                ok( list->ai_socktype == tests[i].socktype, "got type %d\n", list->ai_socktype );
                ok( list->ai_protocol == tests[i].protocol, "got protocol %d\n", list->ai_protocol );
                ok( !list->ai_next, "more than one\n" );
                ok( !list->ai_canonname, "got name %s\n", list->ai_canonname );
            }
            freeaddrinfo( list );
        }

        if (tests[i].node) MultiByteToWideChar( CP_ACP, 0, tests[i].node, -1, node, ARRAY_SIZE( node ) );
        if (tests[i].service) MultiByteToWideChar( CP_ACP, 0, tests[i].service, -1, service, ARRAY_SIZE( service ) );
        ret = GetAddrInfoW( tests[i].node ? node : NULL, tests[i].service ? service : NULL, (ADDRINFOW *)&hints,
                            &listW );
        todo_wine_if( stock && tests[i].todo ) ok( ret == tests[i].ret, "W: got %d\n", ret );
        if (!ret)
        {
            if (tests[i].expect)
                ok( !strcmp( address_text( listW->ai_addr, listW->ai_addrlen ), tests[i].expect ), "W: got %s\n",
                    address_text( listW->ai_addr, listW->ai_addrlen ) );
            FreeAddrInfoW( listW );
        }
        winetest_pop_context();
    }
}

static void test_hints( void )
{
    ADDRINFOA hints = { 0 }, *list;
    int ret;

    hints.ai_addrlen = 1;
    ret = getaddrinfo( "127.0.0.1", NULL, &hints, &list );
    todo_wine_if( stock ) ok( ret == WSANO_RECOVERY, "ai_addrlen: got %d\n", ret );
    if (!ret) freeaddrinfo( list );
    hints.ai_addrlen = 0;
    hints.ai_canonname = (char *)"x";
    ret = getaddrinfo( "127.0.0.1", NULL, &hints, &list );
    todo_wine_if( stock ) ok( ret == WSANO_RECOVERY, "ai_canonname: got %d\n", ret );
    if (!ret) freeaddrinfo( list );
    hints.ai_canonname = NULL;
    hints.ai_next = &hints;
    ret = getaddrinfo( "127.0.0.1", NULL, &hints, &list );
    todo_wine_if( stock ) ok( ret == WSANO_RECOVERY, "ai_next: got %d\n", ret );
    if (!ret) freeaddrinfo( list );

    /* no hints are hints of zeros */
    ret = getaddrinfo( "127.0.0.1", "80", NULL, &list );
    ok( !ret, "got %d\n", ret );
    todo_wine_if( stock ) ok( !list->ai_socktype && !list->ai_protocol, "got type %d, protocol %d\n", list->ai_socktype,
                              list->ai_protocol );
    todo_wine_if( stock ) ok( !list->ai_next, "more than one\n" );
    freeaddrinfo( list );

    if (stock) return; /* which crashes */
    ok( getaddrinfo( "127.0.0.1", NULL, NULL, NULL ) == WSAEFAULT, "NULL list accepted\n" );
    ok( getaddrinfo( "127.0.0.1", NULL, NULL, (ADDRINFOA **)0x10 ) == WSAEFAULT, "bad list accepted\n" );
    ok( getaddrinfo( "127.0.0.1", NULL, (ADDRINFOA *)0x10, &list ) == WSAEFAULT, "bad hints accepted\n" );
    ok( getaddrinfo( (char *)0x10, NULL, NULL, &list ) == WSAEFAULT, "bad name accepted\n" );
    ok( getaddrinfo( "127.0.0.1", (char *)0x10, NULL, &list ) == WSAEFAULT, "bad service accepted\n" );
}

static void test_local( void )
{
    static const char *const nodes[]
        = { "localhost", "LOCALHOST", "", "..localmachine", NULL /* this machine's name */ };
    ADDRINFOA hints = { .ai_socktype = SOCK_STREAM }, *list, *ai;
    char self[256], *name;
    unsigned int i;
    int ret;

    gethostname( self, sizeof( self ) );
    for (i = 0; i < ARRAY_SIZE( nodes ); i++)
    {
        const char *node = nodes[i] ? nodes[i] : self;

        winetest_push_context( "'%s'", node );
        hints.ai_flags = 0;
        list = NULL;
        ret = getaddrinfo( node, "80", &hints, &list );
        todo_wine_if( stock && i == 3 ) ok( !ret, "got %d\n", ret );
        for (ai = ret ? NULL : list; ai; ai = ai->ai_next)
        {
            const SOCKADDR_IN *in = (const SOCKADDR_IN *)ai->ai_addr;

            ok( ai->ai_family == AF_INET || ai->ai_family == AF_INET6, "got family %d\n", ai->ai_family );
            ok( ai->ai_family != AF_INET || ntohs( in->sin_port ) == 80, "got port %d\n", ntohs( in->sin_port ) );
            ok( ai->ai_socktype == SOCK_STREAM, "got type %d\n", ai->ai_socktype );
            if (i < 2 && ai->ai_family == AF_INET)
                ok( ( ntohl( in->sin_addr.s_addr ) >> 24 ) == 127, "got %s\n",
                    address_text( ai->ai_addr, ai->ai_addrlen ) );
        }
        if (!ret) freeaddrinfo( list );

        hints.ai_flags = AI_CANONNAME;
        ret = getaddrinfo( node, NULL, &hints, &list );
        if (!ret)
        {
            ok( list->ai_canonname && list->ai_canonname[0], "no name\n" );
            ok( list->ai_flags & AI_CANONNAME, "got flags %x\n", list->ai_flags );
            freeaddrinfo( list );
        }
        winetest_pop_context();
    }

    hints.ai_flags = AI_CANONNAME | AI_NUMERICHOST;
    ret = getaddrinfo( "127.0.0.1", NULL, &hints, &list );
    ok( !ret, "got %d\n", ret );
    name = list->ai_canonname;
    ok( name && !strcmp( name, "127.0.0.1" ), "got %s\n", name );
    freeaddrinfo( list );

    hints.ai_flags = AI_PASSIVE;
    ret = getaddrinfo( NULL, "80", &hints, &list );
    ok( !ret, "got %d\n", ret );
    for (ai = list; ai; ai = ai->ai_next)
        ok( !strcmp( address_text( ai->ai_addr, ai->ai_addrlen ), ai->ai_family == AF_INET ? "0.0.0.0:80" : "[::]:80" ),
            "got %s\n", address_text( ai->ai_addr, ai->ai_addrlen ) );
    freeaddrinfo( list );
    hints.ai_flags = 0;
    ret = getaddrinfo( NULL, "80", &hints, &list );
    ok( !ret, "got %d\n", ret );
    for (ai = list; ai; ai = ai->ai_next)
        ok( !strcmp( address_text( ai->ai_addr, ai->ai_addrlen ),
                     ai->ai_family == AF_INET ? "127.0.0.1:80" : "[::1]:80" ),
            "got %s\n", address_text( ai->ai_addr, ai->ai_addrlen ) );
    freeaddrinfo( list );
}

/* ---- GetAddrInfoEx */

static LONG routine_calls;
static DWORD routine_error;
static HANDLE routine_event;

static void CALLBACK routine( DWORD error, DWORD bytes, OVERLAPPED *overlapped )
{
    ok( (DWORD)overlapped->Internal == error, "Internal is %lx, error %lu\n", (ULONG)overlapped->Internal, error );
    ok( !bytes, "got %lu bytes\n", bytes );
    routine_error = error;
    InterlockedIncrement( &routine_calls );
    SetEvent( routine_event );
}

static void test_ex( void )
{
    ADDRINFOEXW hints = { .ai_socktype = SOCK_STREAM }, *list;
    OVERLAPPED overlapped = { 0 };
    struct timeval timeout = { 2, 0 };
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL ), handle = NULL;
    int ret;

    ret = pGetAddrInfoExW( L"127.0.0.1", L"80", NS_DNS, NULL, &hints, &list, NULL, NULL, NULL, NULL );
    ok( !ret, "got %d\n", ret );
    ok( !strcmp( address_text( list->ai_addr, list->ai_addrlen ), "127.0.0.1:80" ), "got %s\n",
        address_text( list->ai_addr, list->ai_addrlen ) );
    ok( list->ai_socktype == SOCK_STREAM && !list->ai_blob && !list->ai_bloblen && !list->ai_next, "wrong contents\n" );
    pFreeAddrInfoExW( list );

    ret = pGetAddrInfoExW( L"localhost", L"80", NS_ALL, NULL, &hints, &list, &timeout, NULL, NULL, NULL );
    ok( !ret, "time-out: got %d\n", ret );
    if (!ret) pFreeAddrInfoExW( list );

    ret = pGetAddrInfoExW( L"127.0.0.1", NULL, NS_EMAIL, NULL, &hints, &list, NULL, NULL, NULL, NULL );
    todo_wine_if( stock ) ok( ret == WSASERVICE_NOT_FOUND, "NS_EMAIL: got %d\n", ret );
    if (!ret) pFreeAddrInfoExW( list );
    ret = pGetAddrInfoExW( NULL, NULL, NS_DNS, NULL, &hints, &list, NULL, NULL, NULL, NULL );
    ok( ret == WSAHOST_NOT_FOUND, "got %d\n", ret );

    ok( pGetAddrInfoExOverlappedResult( NULL ) == WSAEINVAL, "NULL accepted\n" );
    ok( pGetAddrInfoExCancel( NULL ) == WSA_INVALID_HANDLE, "NULL accepted\n" );
    ok( pGetAddrInfoExCancel( &handle ) == WSA_INVALID_HANDLE, "NULL handle accepted\n" );

    /* event */
    overlapped.hEvent = event;
    ret = pGetAddrInfoExW( L"localhost", L"80", NS_DNS, NULL, &hints, &list, NULL, &overlapped, NULL, &handle );
    ok( ret == WSA_IO_PENDING && WSAGetLastError() == WSA_IO_PENDING, "got %d, last error %d\n", ret,
        WSAGetLastError() );
    ok( !WaitForSingleObject( event, 5000 ), "not signalled\n" );
    ok( !pGetAddrInfoExOverlappedResult( &overlapped ), "got %d\n", pGetAddrInfoExOverlappedResult( &overlapped ) );
    ok( overlapped.Pointer == &list, "got Pointer %p\n", overlapped.Pointer );
    ok( list && list->ai_addr, "no result\n" );
    ok( pGetAddrInfoExCancel( &handle ) == WSA_INVALID_HANDLE, "cancelled after the end\n" );
    pFreeAddrInfoExW( list );

    /* event and routine */
    ret = pGetAddrInfoExW( L"localhost", L"80", NS_DNS, NULL, &hints, &list, NULL, &overlapped, routine, &handle );
    ok( ret == WSAEINVAL, "got %d\n", ret );

    /* routine */
    overlapped.hEvent = NULL;
    routine_event = event;
    ResetEvent( event );
    ret = pGetAddrInfoExW( L"localhost", L"80", NS_DNS, NULL, &hints, &list, NULL, &overlapped, routine, &handle );
    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    ok( !WaitForSingleObject( event, 5000 ), "not called\n" ); /* a plain wait: it is no APC */
    ok( routine_calls == 1 && !routine_error, "%ld calls, error %lu\n", routine_calls, routine_error );
    pFreeAddrInfoExW( list );

    /* failure */
    ResetEvent( event );
    hints.ai_flags = AI_NUMERICHOST;
    ret = pGetAddrInfoExW( L"localhost", L"80", NS_DNS, NULL, &hints, &list, NULL, &overlapped, routine, &handle );
    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    ok( !WaitForSingleObject( event, 5000 ), "not called\n" );
    ok( routine_calls == 2 && routine_error == WSAHOST_NOT_FOUND, "%ld calls, error %lu\n", routine_calls,
        routine_error );
    ok( !list, "got list %p\n", list );

    /* cancelled, or done before that: the end comes once */
    ResetEvent( event );
    hints.ai_flags = 0;
    ret = pGetAddrInfoExW( L"localhost", L"80", NS_DNS, NULL, &hints, &list, NULL, &overlapped, routine, &handle );
    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    ret = pGetAddrInfoExCancel( &handle );
    ok( !ret || ret == WSA_INVALID_HANDLE, "got %d\n", ret );
    ok( !WaitForSingleObject( event, 5000 ), "not called\n" );
    ok( routine_error == ( ret ? 0 : WSA_E_CANCELLED ), "cancel returned %d, error %lu\n", ret, routine_error );
    Sleep( 50 );
    ok( routine_calls == 3, "%ld calls\n", routine_calls );
    pFreeAddrInfoExW( list );
    CloseHandle( event );
}

/* ---- getnameinfo */

static void test_nameinfo( void )
{
    static const struct
    {
        const char *addr;
        int family, flags, ret;
        const char *node, *service;
        DWORD node_len, service_len;
        BOOL todo;
    } tests[] = {
        { "127.0.0.1:80", AF_INET, NI_NUMERICHOST | NI_NUMERICSERV, 0, "127.0.0.1", "80", 100, 100 },
        { "127.0.0.1:80", AF_INET, NI_NUMERICHOST, 0, "127.0.0.1", "http", 100, 100 },
        { "127.0.0.1:69", AF_INET, NI_NUMERICHOST | NI_DGRAM, 0, "127.0.0.1", "tftp", 100, 100 },
        { "127.0.0.1:69", AF_INET, NI_NUMERICHOST, 0, "127.0.0.1", "69", 100, 100 },
        { "127.0.0.1:61234", AF_INET, NI_NUMERICHOST, 0, "127.0.0.1", "61234", 100, 100 },
        { "127.0.0.1", AF_INET, NI_NUMERICHOST, 0, "127.0.0.1", "0", 100, 100 },
        { "[::1]:80", AF_INET6, NI_NUMERICHOST, 0, "::1", "http", 100, 100 },
        { "[fe80::1%1]:80", AF_INET6, NI_NUMERICHOST, 0, "fe80::1%1", "http", 100, 100, TRUE },
        { "127.0.0.1:80", AF_INET, NI_NUMERICHOST, 0, "127.0.0.1", "http", 10, 5 },
        { "127.0.0.1:80", AF_INET, NI_NUMERICHOST, WSAEFAULT, NULL, NULL, 9, 100, TRUE },
        { "127.0.0.1:80", AF_INET, NI_NUMERICHOST, WSAEFAULT, NULL, NULL, 100, 4, TRUE },
    };
    struct sockaddr_storage addr;
    char node[NI_MAXHOST], service[NI_MAXSERV];
    WCHAR nodeW[NI_MAXHOST], serviceW[NI_MAXSERV];
    unsigned int i;
    int ret, len;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%s flags %x sizes %lu %lu", tests[i].addr, tests[i].flags, tests[i].node_len,
                               tests[i].service_len );
        len = sizeof( addr );
        WSAStringToAddressA( (char *)tests[i].addr, tests[i].family, NULL, (SOCKADDR *)&addr, &len );
        strcpy( node, "?" );
        strcpy( service, "?" );
        ret = getnameinfo( (SOCKADDR *)&addr, len, node, tests[i].node_len, service, tests[i].service_len,
                           tests[i].flags );
        todo_wine_if( stock && tests[i].ret ) ok( ret == tests[i].ret, "got %d\n", ret );
        if (tests[i].node && !ret)
        {
            todo_wine_if( stock && tests[i].todo ) ok( !strcmp( node, tests[i].node ), "got %s\n", node );
            ok( !strcmp( service, tests[i].service ), "got %s\n", service );
        }
        if (!tests[i].ret)
        {
            ret = GetNameInfoW( (SOCKADDR *)&addr, len, nodeW, ARRAY_SIZE( nodeW ), serviceW, ARRAY_SIZE( serviceW ),
                                tests[i].flags );
            ok( !ret, "W: got %d\n", ret );
            todo_wine_if( stock && tests[i].todo )
                ok( (size_t)lstrlenW( nodeW ) == strlen( tests[i].node ), "W: got length %d\n", lstrlenW( nodeW ) );
        }
        winetest_pop_context();
    }

    len = sizeof( SOCKADDR_IN );
    memset( &addr, 0, sizeof( addr ) );
    addr.ss_family = AF_INET;
    ( (SOCKADDR_IN *)&addr )->sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    ret = getnameinfo( (SOCKADDR *)&addr, len, node, sizeof( node ), NULL, 0, 0 );
    ok( !ret && node[0], "got %d\n", ret );
    ret = getnameinfo( (SOCKADDR *)&addr, len - 1, node, sizeof( node ), NULL, 0, 0 );
    todo_wine_if( stock ) ok( ret == WSAEFAULT, "short address: got %d\n", ret );
    ret = getnameinfo( (SOCKADDR *)&addr, len, NULL, 0, NULL, 0, 0 );
    todo_wine_if( stock ) ok( ret == WSAHOST_NOT_FOUND, "no buffers: got %d\n", ret );
    ret = getnameinfo( (SOCKADDR *)&addr, len, node, 0, NULL, 0, NI_NUMERICHOST );
    todo_wine_if( stock ) ok( ret == WSAEINVAL, "no size: got %d\n", ret );
    if (!stock)
    {
        ok( getnameinfo( NULL, len, node, sizeof( node ), NULL, 0, 0 ) == WSAEFAULT, "NULL accepted\n" );
        ok( getnameinfo( (SOCKADDR *)0x10, len, node, sizeof( node ), NULL, 0, 0 ) == WSAEFAULT,
            "bad address accepted\n" );
        ok( getnameinfo( (SOCKADDR *)&addr, len, (char *)0x10, 100, NULL, 0, NI_NUMERICHOST ) == WSAEFAULT,
            "bad buffer accepted\n" );
    }
    addr.ss_family = 77;
    ret = getnameinfo( (SOCKADDR *)&addr, sizeof( addr ), node, sizeof( node ), NULL, 0, 0 );
    ok( ret == WSAEAFNOSUPPORT, "got %d\n", ret );

    gethostname( node, sizeof( node ) );
    ok( !pGetHostNameW( nodeW, ARRAY_SIZE( nodeW ) ), "got error %d\n", WSAGetLastError() );
    ok( (size_t)lstrlenW( nodeW ) == strlen( node ), "lengths differ\n" );
    ok( pGetHostNameW( nodeW, 1 ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
}

START_TEST( addrinfo )
{
    ADDRINFOA *list;
    WSADATA data;
    int ret;

    stock = is_stock();
    load_addrinfo_ex();

    ret = getaddrinfo( "127.0.0.1", NULL, NULL, &list );
    todo_wine_if( stock ) ok( ret == WSANOTINITIALISED, "before WSAStartup: got %d\n", ret );
    WSAStartup( MAKEWORD( 2, 2 ), &data );
    test_numeric();
    test_hints();
    test_local();
    test_ex();
    test_nameinfo();
    WSACleanup();
}
