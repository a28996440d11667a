/*
 * Random input for names: WSAQUERYSETs, their results in every size, names for getaddrinfo, hosts files
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * No call may crash or touch what isn't its own, and each gives an error that its page has. The same input each time.
 */

#include "sockets.h"
#include <svcguid.h>

static char *page_end; /* what comes after can't be touched */
static unsigned int state = 1;

static unsigned int random_below( unsigned int limit )
{
    state = state * 1103515245 + 12345;
    return ( state >> 8 ) % limit;
}

static BOOL is_one_of( int error, const int *errors )
{
    while (*errors && *errors != error) errors++;
    return *errors != 0;
}

/* ---- what a program asks */

static GUID by_name = SVCID_INET_HOSTADDRBYNAME, by_service = SVCID_INET_SERVICEBYNAME, tcp_80 = SVCID_TCP( 80 ),
            unknown = { 0x12345678 };

static void *random_pointer( void *good )
{
    switch (random_below( 24 ))
    {
    case 0: return NULL;
    case 1: return bad_page();
    case 2: return (void *)1;
    case 3: return page_end - 1; /* begins where it may */
    default: return good;
    }
}

static void test_queries( BOOL unicode )
{
    static const int begin_errors[]
        = { WSANO_DATA, WSAEFAULT, WSAEINVAL, WSASERVICE_NOT_FOUND, WSATYPE_NOT_FOUND, WSAHOST_NOT_FOUND, 0 };
    static const int next_errors[]
        = { WSAEFAULT, WSA_E_NO_MORE, WSASERVICE_NOT_FOUND, WSATYPE_NOT_FOUND, WSAHOST_NOT_FOUND, WSANO_DATA, WSAEINVAL,
            0 };
    static const DWORD name_spaces[] = { NS_ALL, NS_DNS, NS_NTDS, 4711 };
    static const GUID *const classes[] = { &by_name, &by_service, &tcp_80, &unknown };
    static const char *const names[] = { "localhost", "", "127.0.0.1", "http", "\xff\xfe", "a\x01z", "http/tcp" };
    unsigned int i, calls, begun = 0, answered = 0;
    AFPROTOCOLS protocols[4];
    WSAQUERYSETW query;
    char buffer[2048], text[64];
    WCHAR wide[64];
    HANDLE lookup;
    DWORD size, flags;
    int error;

    for (i = 0; i < 3000; i++)
    {
        winetest_push_context( "%s, query %u", unicode ? "W" : "A", i );
        strcpy( text, names[random_below( ARRAY_SIZE( names ) )] );
        MultiByteToWideChar( CP_ACP, 0, text, -1, wide, ARRAY_SIZE( wide ) );
        memset( &query, random_below( 2 ) ? 0 : 0xcc, sizeof( query ) );
        query.dwSize = random_below( 8 ) ? sizeof( query ) : random_below( 200 );
        query.lpszServiceInstanceName = random_pointer( unicode ? (void *)wide : text );
        query.lpServiceClassId = random_pointer( (void *)classes[random_below( ARRAY_SIZE( classes ) )] );
        query.lpNSProviderId = random_below( 4 ) ? NULL : random_pointer( &unknown );
        query.dwNameSpace = name_spaces[random_below( ARRAY_SIZE( name_spaces ) )];
        query.dwNumberOfProtocols = random_below( 8 ) ? random_below( 5 ) : ~0u;
        query.lpafpProtocols = random_pointer( protocols );
        for (calls = 0; calls < ARRAY_SIZE( protocols ); calls++)
        {
            protocols[calls].iAddressFamily = random_below( 3 ) ? AF_INET : random_below( 40 );
            protocols[calls].iProtocol = random_below( 20 );
        }
        flags = random_below( 4 ) ? LUP_RETURN_ALL : random_below( ~0u );
        lookup = (HANDLE)0xdead;
        /* the structure itself at the end of what may be read, too */
        memcpy( page_end - sizeof( query ), &query, sizeof( query ) );
        if (unicode)
            error = WSALookupServiceBeginW( (WSAQUERYSETW *)( page_end - sizeof( query ) ), flags, &lookup )
                        ? WSAGetLastError()
                        : 0;
        else
            error = WSALookupServiceBeginA( (WSAQUERYSETA *)( page_end - sizeof( query ) ), flags, &lookup )
                        ? WSAGetLastError()
                        : 0;
        ok( !error || is_one_of( error, begin_errors ), "Begin: got error %d\n", error );
        for (calls = 0; !error && calls < 4; calls++)
        {
            begun++;
            size = random_below( 3 ) ? sizeof( buffer ) : random_below( 400 );
            flags = random_below( 3 ) ? 0 : random_below( ~0u );
            if (unicode)
                error = WSALookupServiceNextW( lookup, flags, &size, random_pointer( buffer ) ) ? WSAGetLastError() : 0;
            else
                error = WSALookupServiceNextA( lookup, flags, &size, random_pointer( buffer ) ) ? WSAGetLastError() : 0;
            ok( !error || is_one_of( error, next_errors ), "Next: got error %d\n", error );
            if (!error) answered++;
        }
        if (calls) ok_success( WSALookupServiceEnd( lookup ) );
        winetest_pop_context();
    }
    ok( begun > 200 && answered > 20, "%u calls, %u answers\n", begun, answered );
}

/* ---- its input */

static BOOL within( const void *pointer, SIZE_T len, const char *begin, SIZE_T size )
{
    return (const char *)pointer >= begin && (const char *)pointer + len <= begin + size;
}

static void check_result( const char *begin, DWORD size, BOOL unicode )
{
    const WSAQUERYSETW *set = (const WSAQUERYSETW *)begin;
    const char *name = (const char *)set->lpszServiceInstanceName, *end = begin + size;
    DWORD i;

    ok( set->dwSize == sizeof( *set ), "got size %lu\n", set->dwSize );
    if (name)
    {
        while (name < end && ( *name || ( unicode && name[1] ) )) name += unicode ? 2 : 1;
        ok( within( set->lpszServiceInstanceName, 1, begin, size ) && name < end, "the name has no end\n" );
    }
    if (set->lpServiceClassId)
        ok( within( set->lpServiceClassId, sizeof( GUID ), begin, size ), "the class is elsewhere\n" );
    if (set->lpNSProviderId)
        ok( within( set->lpNSProviderId, sizeof( GUID ), begin, size ), "the provider is elsewhere\n" );
    if (set->lpBlob) ok( within( set->lpBlob, sizeof( BLOB ), begin, size ), "the blob is elsewhere\n" );
    if (set->lpBlob)
        ok( within( set->lpBlob->pBlobData, set->lpBlob->cbSize, begin, size ), "its data is elsewhere\n" );
    if (!set->dwNumberOfCsAddrs) return;
    ok( within( set->lpcsaBuffer, set->dwNumberOfCsAddrs * sizeof( CSADDR_INFO ), begin, size ),
        "the addresses are elsewhere\n" );
    for (i = 0; i < set->dwNumberOfCsAddrs; i++)
    {
        const CSADDR_INFO *info = set->lpcsaBuffer + i;

        ok( within( info->LocalAddr.lpSockaddr, info->LocalAddr.iSockaddrLength, begin, size ),
            "%lu: the local address is elsewhere\n", i );
        ok( within( info->RemoteAddr.lpSockaddr, info->RemoteAddr.iSockaddrLength, begin, size ),
            "%lu: the address is elsewhere\n", i );
    }
}

/* Every size up to the one that is enough; nothing behind it is touched. */
static void test_sizes( BOOL unicode, DWORD flags )
{
    static char name[] = "localhost";
    static WCHAR nameW[] = L"localhost";
    WSAQUERYSETW query = { .dwSize = sizeof( query ), .dwNameSpace = NS_DNS, .lpServiceClassId = &by_name };
    DWORD size, needed = 0, room;
    HANDLE lookup;
    int ret;

    winetest_push_context( "%s, flags %lx", unicode ? "W" : "A", flags );
    query.lpszServiceInstanceName = unicode ? nameW : (WCHAR *)name;
    ret = unicode ? WSALookupServiceBeginW( &query, flags, &lookup )
                  : WSALookupServiceBeginA( (WSAQUERYSETA *)&query, flags, &lookup );
    ok( !ret, "got error %d\n", WSAGetLastError() );
    for (room = 0; !ret && room < 2000; room++)
    {
        char *place = page_end - ( ( room + 7 ) & ~7 );

        size = room;
        memset( place, 0xcc, page_end - place );
        WSASetLastError( 0 );
        ret = unicode ? WSALookupServiceNextW( lookup, 0, &size, (WSAQUERYSETW *)place )
                      : WSALookupServiceNextA( lookup, 0, &size, (WSAQUERYSETA *)place );
        if (!ret)
        {
            ok( room == needed, "%lu bytes were enough, not %lu\n", room, needed );
            check_result( place, room, unicode );
            break;
        }
        ok( WSAGetLastError() == WSAEFAULT && size > room, "%lu bytes: got error %d, size %lu\n", room,
            WSAGetLastError(), size );
        if (room) ok( size == needed && (BYTE)*place == 0xcc, "%lu bytes: needs %lu\n", room, size );
        needed = size;
        ret = 0;
    }
    ok( room == needed, "%lu bytes aren't enough\n", needed );
    WSALookupServiceEnd( lookup );
    winetest_pop_context();
}

/* ---- names */

static void test_names( void )
{
    static const char letters[] = ".-_:%[]0123456789abcxXfF \\\"/\t\x80\xc3\xbc\xff";
    static const int errors[] = { WSAHOST_NOT_FOUND, WSANO_DATA, WSAEFAULT, WSATYPE_NOT_FOUND, 0 };
    ADDRINFOA hints = { .ai_socktype = SOCK_STREAM }, *list;
    char text[400], again[80];
    unsigned int i, j, len, found = 0;
    DWORD size;
    int ret;

    for (i = 0; i < 20000; i++)
    {
        len = random_below( 20 ) ? random_below( 24 ) : random_below( sizeof( text ) - 1 );
        for (j = 0; j < len; j++) text[j] = letters[random_below( sizeof( letters ) - 1 )];
        text[len] = 0;
        memcpy( page_end - len - 1, text, len + 1 );
        hints.ai_flags = AI_NUMERICHOST | ( random_below( 2 ) ? AI_CANONNAME : 0 )
                         | ( random_below( 2 ) ? AI_DISABLE_IDN_ENCODING : 0 );
        hints.ai_family = random_below( 3 ) ? 0 : random_below( 2 ) ? AF_INET : AF_INET6;
        ret = getaddrinfo( page_end - len - 1, random_below( 8 ) ? NULL : "80", &hints, &list );
        ok( !ret || is_one_of( ret, errors ), "%s: got %d\n", debugstr_a( text ), ret );
        if (ret) continue;
        found++;
        /* what an address is printed as is the same address */
        size = sizeof( again );
        ok_success( WSAAddressToStringA( list->ai_addr, list->ai_addrlen, NULL, again, &size ) );
        freeaddrinfo( list );
        if (again[0] != '[')
            ok( !getaddrinfo( again, NULL, &hints, &list ) || strchr( again, ':' ), "%s is none\n", again );
        if (again[0] != '[' && !strchr( again, ':' )) freeaddrinfo( list );
    }
    ok( found > 20, "only %u addresses\n", found );
}

/* Whatever stands in a hosts file before it, a good line counts. */
static void test_hosts( void )
{
    static const char letters[] = "# \t\r\n.:%0123456789abcdef\x80\xff";
    ADDRINFOA hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *list;
    char path[MAX_PATH], saved[MAX_PATH], *text;
    unsigned int i, j, len;
    DWORD written;
    HANDLE file;
    int ret;

    GetSystemDirectoryA( path, MAX_PATH - 40 );
    strcat( path, "\\drivers\\etc\\hosts" );
    sprintf( saved, "%s.saved", path );
    DeleteFileA( saved );
    MoveFileA( path, saved );
    text = HeapAlloc( GetProcessHeap(), 0, 40000 );
    for (i = 0; i < 200; i++)
    {
        len = random_below( 10 ) ? random_below( 400 ) : 30000;
        for (j = 0; j < len; j++) text[j] = letters[random_below( sizeof( letters ) - 1 )];
        if (!random_below( 4 )) memset( text, 'a', len ); /* one word */
        len += sprintf( text + len, "\n10.99.%u.%u last%u.fuzz # end", i / 256, i % 256, i );
        file = CreateFileA( path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL );
        ok( WriteFile( file, text, len, &written, NULL ) && written == len, "failed: %lu\n", GetLastError() );
        CloseHandle( file );
        Sleep( 10 ); /* so that the next one has another time */
        sprintf( text, "LAST%u.fuzz", i );
        ret = getaddrinfo( text, NULL, &hints, &list );
        ok( !ret, "%s: got %d\n", text, ret );
        if (ret) continue;
        ok( ( (struct sockaddr_in *)list->ai_addr )->sin_addr.s_addr == htonl( 0x0a630000 + i ),
            "%s has another address\n", text );
        freeaddrinfo( list );
    }
    HeapFree( GetProcessHeap(), 0, text );
    DeleteFileA( path );
    MoveFileA( saved, path );
}

START_TEST( names_input )
{
    static const DWORD flags[] = {
        0, LUP_RETURN_NAME, LUP_RETURN_ADDR, LUP_RETURN_BLOB, LUP_RETURN_ALL, LUP_RETURN_ADDR | LUP_RETURN_QUERY_STRING
    };
    unsigned int i;

    page_end = bad_page();
    start_winsock();
    ok_unless_stock( !stock, "Wine's own crashes, and has no lookup services\n" );
    if (!stock)
    {
        test_queries( FALSE );
        test_queries( TRUE );
        for (i = 0; i < ARRAY_SIZE( flags ); i++)
        {
            test_sizes( FALSE, flags[i] );
            test_sizes( TRUE, flags[i] );
        }
        test_names();
        test_hosts();
    }
    stop_winsock();
}
