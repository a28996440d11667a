/*
 * Address strings and the classic databases: bad input, random input, and the hooks of Winsock 1.1
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static char *page_end; /* what comes after can't be touched */

static char *at_end( const char *str, int len )
{
    return memcpy( page_end - len, str, len );
}

/* Zeros without end are no number that can be read to its end. */
static void test_overlong( void )
{
    union address addr;
    char digits[4096];
    WCHAR wide[2048];
    unsigned int i;
    int len = sizeof( addr );

    memset( digits, '0', sizeof( digits ) );
    for (i = 0; i < ARRAY_SIZE( wide ); i++) wide[i] = '0';
    at_end( digits, sizeof( digits ) );
    ok( inet_addr( page_end - sizeof( digits ) ) == INADDR_NONE, "an address\n" );
    ok( inet_addr( page_end - 3 ) == INADDR_NONE, "an address\n" );
    ok_call( inet_pton( AF_INET, page_end - sizeof( digits ), &addr ), 0, 0 );
    ok_call( inet_pton( AF_INET6, page_end - sizeof( digits ), &addr ), 0, 0 );
    ok_error( inet_pton( AF_INET, page_end - 3, &addr ), WSAEFAULT );
    ok_error( WSAStringToAddressA( page_end - sizeof( digits ), AF_INET, NULL, &addr.any, &len ), WSAEINVAL );
    ok_error( WSAStringToAddressA( page_end - 3, AF_INET, NULL, &addr.any, &len ), WSAEFAULT );
    at_end( (char *)wide, sizeof( wide ) );
    ok_call( InetPtonW( AF_INET, (WCHAR *)page_end - ARRAY_SIZE( wide ), &addr ), 0, 0 );
    ok_error( InetPtonW( AF_INET, (WCHAR *)page_end - 3, &addr ), WSAEFAULT );
    ok_error( WSAStringToAddressW( (WCHAR *)page_end - ARRAY_SIZE( wide ), AF_INET, NULL, &addr.any, &len ),
              WSAEINVAL );
    ok_error( WSAStringToAddressW( (WCHAR *)page_end - ARRAY_SIZE( wide ), AF_INET6, NULL, &addr.any, &len ),
              WSAEINVAL );
    ok_error( WSAStringToAddressW( (WCHAR *)page_end - 3, AF_INET, NULL, &addr.any, &len ), WSAEFAULT );
}

static void test_bad_pointers( void )
{
    union address addr = { .v4 = { .sin_family = AF_INET } };
    char text[80], *bad = bad_page();
    DWORD size = sizeof( text );
    int len = sizeof( addr );
    SOCKET s = udp_socket( AF_INET );
    u_short value;

    ok_error( WSAAddressToStringA( (SOCKADDR *)bad, 16, NULL, text, &size ), WSAEFAULT );
    ok_error( WSAAddressToStringA( &addr.any, 16, (void *)bad, text, &size ), WSAEFAULT );
    ok_error( WSAAddressToStringA( &addr.any, 16, NULL, bad, &size ), WSAEFAULT );
    size = sizeof( text );
    ok_error( WSAAddressToStringW( &addr.any, 16, NULL, (WCHAR *)bad, &size ), WSAEFAULT );
    ok_error( WSAAddressToStringA( &addr.any, 16, NULL, text, (DWORD *)bad ), WSAEFAULT );
    ok_error( WSAStringToAddressA( (char *)"1.2.3.4", AF_INET, NULL, (SOCKADDR *)bad, &len ), WSAEFAULT );
    ok_error( WSAStringToAddressA( (char *)"1.2.3.4", AF_INET, NULL, &addr.any, (int *)bad ), WSAEFAULT );
    ok( !inet_ntop( AF_INET, bad, text, sizeof( text ) ) && WSAGetLastError() == (int)0xc000000d, "got error %d\n",
        WSAGetLastError() );
    ok( !inet_ntop( AF_INET, &addr.v4.sin_addr, bad, sizeof( text ) ) && WSAGetLastError() == (int)0xc000000d,
        "got error %d\n", WSAGetLastError() );
    ok_error( WSAHtons( s, 1, (u_short *)bad ), WSAEFAULT );
    ok_error( WSANtohs( INVALID_SOCKET, 1, &value ), WSAENOTSOCK );
    closesocket( s );
    ok( !getservbyname( bad, NULL ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
    ok( !getservbyname( "http", bad ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
    ok( !getservbyport( 80, bad ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
    ok( !getprotobyname( bad ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
}

/* What one character set takes, the other does; what is printed is read again as what it was; nothing beyond the string
 * is looked at. */
static void test_random( void )
{
    static const char letters[] = "0123456789abcdefxX.:/%[]- ";
    UINT64 state = 0x9e3779b97f4a7c15;
    unsigned int i, j, taken = 0;

#define RANDOM( n ) ( ( state ^= state << 13, state ^= state >> 7, state ^= state << 17 ) % ( n ) )
    for (i = 0; i < 20000; i++)
    {
        int family = RANDOM( 2 ) ? AF_INET : AF_INET6, len = RANDOM( 30 ), lena, lenw, reta, retw;
        union address a, w, again;
        char str[32], text[80], *placed;
        WCHAR wide[32];
        DWORD size = sizeof( text );

        for (j = 0; (int)j < len; j++)
            str[j] = letters[RANDOM( i % 3 ? family == AF_INET ? 11 : 25 : sizeof( letters ) - 1 )];
        if (family == AF_INET)
            for (j = RANDOM( 4 ); (int)j < len; j += 1 + RANDOM( 5 )) str[j] = '.';
        else
            for (j = 0; (int)j < len; j += 1 + RANDOM( 5 )) str[j] = ':';
        str[len] = 0;
        for (j = 0; (int)j <= len; j++) wide[j] = str[j];
        placed = at_end( str, len + 1 );
        memset( &a, 0, sizeof( a ) );
        memset( &w, 0, sizeof( w ) );
        memset( &again, 0, sizeof( again ) );
        lena = lenw = sizeof( a );
        inet_addr( placed );
        reta = WSAStringToAddressA( placed, family, NULL, &a.any, &lena );
        j = inet_pton( family, placed, text );
        placed = at_end( (char *)wide, ( len + 1 ) * sizeof( WCHAR ) );
        retw = WSAStringToAddressW( (WCHAR *)placed, family, NULL, &w.any, &lenw );
        ok( InetPtonW( family, (WCHAR *)placed, text ) == (int)j, "'%s': the character sets differ\n", str );
        ok( reta == retw && ( reta || ( lena == lenw && !memcmp( &a, &w, lena ) ) ), "'%s': got %d and %d\n", str, reta,
            retw );
        if (reta) continue;
        taken++;
        ok( !WSAAddressToStringA( &a.any, lena, NULL, text, &size ), "'%s': got error %d\n", str, WSAGetLastError() );
        lenw = sizeof( again );
        ok( !WSAStringToAddressA( text, family, NULL, &again.any, &lenw ) && lenw == lena
                && !memcmp( &a, &again, lena ),
            "'%s': became %s\n", str, text );
    }
    ok( taken > 500, "only %u of them were addresses\n", taken );
}

static INT_PTR WINAPI hook_one( void )
{
    ok( 0, "called\n" );
    return FALSE;
}

static INT_PTR WINAPI hook_two( void )
{
    ok( 0, "called\n" );
    return FALSE;
}

/* Each call returns the hook before; Winsock 2 calls none. */
static void test_blocking_hooks( void )
{
    FARPROC first = WSASetBlockingHook( (FARPROC)hook_one ), before;

    ok( first != NULL, "no default hook\n" );
    before = WSASetBlockingHook( (FARPROC)hook_two );
    ok( before == (FARPROC)hook_one, "got %p\n", before );
    before = WSASetBlockingHook( NULL );
    ok( before == (FARPROC)hook_two, "got %p\n", before );
    before = WSASetBlockingHook( (FARPROC)hook_one );
    ok( !before, "got %p\n", before );
    ok_success( WSAUnhookBlockingHook() );
    before = WSASetBlockingHook( (FARPROC)hook_two );
    ok( before == first, "got %p, not %p\n", before, first );
    ok_success( WSAUnhookBlockingHook() );
    ok_success( WSAUnhookBlockingHook() );
    ok( !first(), "the default hook has found a message\n" );
}

static void test_hooks( void )
{
    fd_set set;
    SOCKET s = udp_socket( AF_INET );

    FD_ZERO( &set );
    ok( !__WSAFDIsSet( s, &set ), "in an empty set\n" );
    FD_SET( s, &set );
    ok( __WSAFDIsSet( s, &set ) == 1, "not in the set\n" );
    ok( !__WSAFDIsSet( s + 4, &set ), "another is in the set\n" );
    closesocket( s );
    ok( __WSAFDIsSet( s, &set ) == 1, "a closed socket is no longer in the set\n" );
    ok( !WSAIsBlocking(), "blocking\n" );
    ok_error( WSACancelBlockingCall(),
              WSAEOPNOTSUPP ); /* there is no hook in Winsock 2 from which it could be called */
}

START_TEST( address_input )
{
    char *pages = VirtualAlloc( NULL, 0x3000, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE );
    DWORD old;

    if (stock)
    {
        skip( "Wine's own crashes\n" );
        return;
    }
    page_end = pages + 0x2000;
    VirtualProtect( page_end, 0x1000, PAGE_NOACCESS, &old );
    start_winsock();
    test_overlong();
    test_bad_pointers();
    test_random();
    test_hooks();
    test_blocking_hooks();
    stop_winsock();
    VirtualFree( pages, 0, MEM_RELEASE );
}
