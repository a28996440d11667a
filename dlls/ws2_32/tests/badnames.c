/*
 * Names that are none, and pointers that lead nowhere
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "addrinfo_ex.h"

/* Names longer than names can be, in all functions; and strings that end at the end of their memory, or don't end
 * there */
static void test_long_names( void )
{
    static const int sizes[] = { 63, 64, 253, 254, 255, 256, 257, 300, 1023, 1024, 1025, 65535, 65536, 99999 };
    ADDRINFOA hints = { .ai_flags = AI_NUMERICHOST }, *list;
    ADDRINFOW *listW;
    ADDRINFOEXW hintsX = { .ai_flags = AI_NUMERICHOST }, *listX;
    char *name = HeapAlloc( GetProcessHeap(), 0, 100000 ), *end = bad_page() - 1; /* the last byte before it */
    WCHAR *nameW = HeapAlloc( GetProcessHeap(), 0, 100000 * sizeof( WCHAR ) );
    unsigned int i;
    int ret, j;

    for (i = 0; i < ARRAY_SIZE( sizes ); i++)
    {
        winetest_push_context( "%d", sizes[i] );
        memset( name, 'a', sizes[i] );
        name[sizes[i]] = 0;
        for (j = 0; j < sizes[i]; j++) nameW[j] = 'a';
        nameW[j] = 0;
        ret = getaddrinfo( name, NULL, &hints, &list );
        ok( ret == WSAHOST_NOT_FOUND, "got %d\n", ret );
        ret = getaddrinfo( "127.0.0.1", name, &hints, &list );
        ok( ret == WSATYPE_NOT_FOUND, "service: got %d\n", ret );
        ret = GetAddrInfoW( nameW, NULL, (ADDRINFOW *)&hints, &listW );
        ok( ret == WSAHOST_NOT_FOUND, "W: got %d\n", ret );
        ret = GetAddrInfoW( L"127.0.0.1", nameW, (ADDRINFOW *)&hints, &listW );
        ok( ret == WSATYPE_NOT_FOUND, "W, service: got %d\n", ret );
        ret = pGetAddrInfoExW( nameW, NULL, NS_DNS, NULL, &hintsX, &listX, NULL, NULL, NULL, NULL );
        ok( ret == WSAHOST_NOT_FOUND, "Ex: got %d\n", ret );
        if (!stock && sizes[i] > 255)
        {
            WSASetLastError( 0 );
            ok( !gethostbyname( name ) && WSAGetLastError() == WSAHOST_NOT_FOUND, "gethostbyname: error %d\n",
                WSAGetLastError() );
        }
        /* not ASCII: the way through IDN */
        for (j = 0; j < sizes[i]; j++) nameW[j] = 0xe4;
        ret = GetAddrInfoW( nameW, NULL, (ADDRINFOW *)&hints, &listW );
        ok_unless_stock( ret == WSAHOST_NOT_FOUND, "W, not ASCII: got %d\n", ret );
        winetest_pop_context();
    }
    HeapFree( GetProcessHeap(), 0, name );
    HeapFree( GetProcessHeap(), 0, nameW );
    if (stock) return; /* which crashes */

    *end = 0;
    ok( getaddrinfo( end, "1", &hints, &list ) == WSAHOST_NOT_FOUND, "an empty string\n" );
    *end = 'a';
    end[-1] = 'a';
    ok( getaddrinfo( end, NULL, &hints, &list ) == WSAEFAULT, "a string without end accepted\n" );
    ok( getaddrinfo( "127.0.0.1", end, &hints, &list ) == WSAEFAULT, "a service without end accepted\n" );
    WSASetLastError( 0 );
    ok( !gethostbyname( end ) && WSAGetLastError() == WSAEFAULT, "gethostbyname: error %d\n", WSAGetLastError() );
    ok( GetAddrInfoW( (WCHAR *)( end - 1 ), NULL, NULL, &listW ) == WSAEFAULT, "W: a string without end accepted\n" );
    ok( pGetAddrInfoExW( (WCHAR *)( end - 1 ), NULL, NS_DNS, NULL, NULL, &listX, NULL, NULL, NULL, NULL ) == WSAEFAULT,
        "Ex: accepted\n" );
}

/* Pointers that lead nowhere, and the documented errors of the other arguments */
static void test_bad_input( void )
{
    static const struct timeval negative = { -1, 0 };
    ADDRINFOEXW hints = { .ai_socktype = SOCK_STREAM }, *list;
    ADDRINFOEXA *listA;
    OVERLAPPED overlapped = { 0 };
    HANDLE handle;
    void *bad = (void *)0x10;
    struct hostent *host;
    char name[256];
    WCHAR nameW[256];
    int ret, self;

    if (stock) return; /* which crashes */
#define EX_ERROR( error, ... )                                                                                         \
    do                                                                                                                 \
    {                                                                                                                  \
        WSASetLastError( 0 );                                                                                          \
        ret = pGetAddrInfoExW( __VA_ARGS__ );                                                                          \
        ok( ret == ( error ) && WSAGetLastError() == ( error ), "got %d, last error %d\n", ret, WSAGetLastError() );   \
    } while (0)
    EX_ERROR( WSAEFAULT, L"127.0.0.1", NULL, NS_DNS, NULL, &hints, NULL, NULL, NULL, NULL, NULL );
    EX_ERROR( WSAEFAULT, L"127.0.0.1", NULL, NS_DNS, NULL, &hints, bad, NULL, NULL, NULL, NULL );
    EX_ERROR( WSAEFAULT, L"127.0.0.1", NULL, NS_DNS, NULL, bad, &list, NULL, NULL, NULL, NULL );
    EX_ERROR( WSAEFAULT, L"127.0.0.1", NULL, NS_DNS, bad, &hints, &list, NULL, NULL, NULL, NULL );
    EX_ERROR( WSAEFAULT, bad, NULL, NS_DNS, NULL, &hints, &list, NULL, NULL, NULL, NULL );
    EX_ERROR( WSAEFAULT, L"127.0.0.1", bad, NS_DNS, NULL, &hints, &list, NULL, NULL, NULL, NULL );
    EX_ERROR( WSAEFAULT, L"127.0.0.1", NULL, NS_DNS, NULL, &hints, &list, bad, NULL, NULL, NULL );
    EX_ERROR( WSAEFAULT, L"127.0.0.1", NULL, NS_DNS, NULL, &hints, &list, NULL, bad, NULL, NULL );
    EX_ERROR( WSAEFAULT, L"127.0.0.1", NULL, NS_DNS, NULL, &hints, &list, NULL, &overlapped, NULL, bad );
    EX_ERROR( WSAEINVAL, L"127.0.0.1", NULL, NS_DNS, NULL, &hints, &list, (struct timeval *)&negative, NULL, NULL,
              NULL );
    hints.ai_addrlen = 1;
    EX_ERROR( WSANO_RECOVERY, L"127.0.0.1", NULL, NS_DNS, NULL, &hints, &list, NULL, NULL, NULL, NULL );
    hints.ai_addrlen = 0;
    hints.ai_family = 77;
    EX_ERROR( WSAEAFNOSUPPORT, L"127.0.0.1", NULL, NS_DNS, NULL, &hints, &list, NULL, NULL, NULL, NULL );
    hints.ai_family = 0;
    hints.ai_socktype = 77;
    EX_ERROR( WSAESOCKTNOSUPPORT, L"127.0.0.1", NULL, NS_DNS, NULL, &hints, &list, NULL, NULL, NULL, NULL );
    ok( pGetAddrInfoExCancel( bad ) == WSA_INVALID_HANDLE, "bad handle accepted\n" );
    handle = (HANDLE)0x12345;
    ok( pGetAddrInfoExCancel( &handle ) == WSA_INVALID_HANDLE, "wrong handle accepted\n" );
    ok( pGetAddrInfoExOverlappedResult( bad ) == WSAEINVAL, "bad overlapped accepted\n" );
    freeaddrinfo( NULL );
    FreeAddrInfoW( NULL );
    pFreeAddrInfoExW( NULL );

    /* the ANSI form only blocks */
    ret = pGetAddrInfoExA( "127.0.0.1", "80", NS_DNS, NULL, NULL, &listA, NULL, NULL, NULL, NULL );
    ok( !ret && ( (SOCKADDR_IN *)listA->ai_addr )->sin_port == htons( 80 ), "got %d\n", ret );
    if (!ret) pFreeAddrInfoEx( listA );
    ret = pGetAddrInfoExA( "127.0.0.1", "80", NS_DNS, NULL, NULL, &listA, NULL, &overlapped, NULL, NULL );
    ok( ret == WSAEINVAL, "got %d\n", ret );
    ret = pGetAddrInfoExA( bad, "80", NS_DNS, NULL, NULL, &listA, NULL, NULL, NULL, NULL );
    ok( ret == WSAEFAULT, "got %d\n", ret );

    /* none of the name spaces accepts names */
    WSASetLastError( 0 );
    ret = pSetAddrInfoExW( L"x.test", L"80", NULL, 0, NULL, 0, NS_DNS, NULL, NULL, NULL, NULL, NULL );
    ok( ret == WSASERVICE_NOT_FOUND && WSAGetLastError() == WSASERVICE_NOT_FOUND, "got %d, error %d\n", ret,
        WSAGetLastError() );

#define HOST_ERROR( call, error )                                                                                      \
    do                                                                                                                 \
    {                                                                                                                  \
        WSASetLastError( 0 );                                                                                          \
        host = ( call );                                                                                               \
        ok( !host && WSAGetLastError() == ( error ), "%s: %p, error %d\n", #call, host, WSAGetLastError() );           \
    } while (0)
    HOST_ERROR( gethostbyname( bad ), WSAEFAULT );
    HOST_ERROR( gethostbyaddr( NULL, 4, AF_INET ), WSAEFAULT );
    HOST_ERROR( gethostbyaddr( bad, 4, AF_INET ), WSAEFAULT );
    HOST_ERROR( gethostbyaddr( "abc", 3, AF_INET ), WSAEFAULT );
    HOST_ERROR( gethostbyaddr( "0123456789abcde", 15, AF_INET6 ), WSAEFAULT );
    HOST_ERROR( gethostbyaddr( "abcd", -1, AF_INET ), WSAEFAULT );
    HOST_ERROR( gethostbyaddr( "abcd", 4, 77 ), WSAEAFNOSUPPORT );
    HOST_ERROR( gethostbyname( "::1" ), WSAHOST_NOT_FOUND );

    gethostname( name, sizeof( name ) );
    self = strlen( name );
    ok_error( gethostname( NULL, 100 ), WSAEFAULT );
    ok_error( gethostname( bad, 100 ), WSAEFAULT );
    ok_error( gethostname( name, 0 ), WSAEFAULT );
    ok_error( gethostname( name, -1 ), WSAEFAULT );
    ok_error( gethostname( name, self ), WSAEFAULT );
    ok_error( pGetHostNameW( NULL, 100 ), WSAEFAULT );
    ok_error( pGetHostNameW( bad, 100 ), WSAEFAULT );
    ok_error( pGetHostNameW( nameW, -1 ), WSAEFAULT );
    ok_error( pGetHostNameW( nameW, self ), WSAEFAULT );
    ok( !gethostname( name, self + 1 ), "got error %d\n", WSAGetLastError() );
    ok( !pGetHostNameW( nameW, self + 1 ), "got error %d\n", WSAGetLastError() );
}

START_TEST( badnames )
{
    load_addrinfo_ex();
    start_winsock();
    test_long_names();
    test_bad_input();
    stop_winsock();
}
