/*
 * Name spaces: WSALookupService
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include <svcguid.h>

static GUID by_name = SVCID_INET_HOSTADDRBYNAME, by_address = SVCID_INET_HOSTADDRBYINETSTRING,
            by_service = SVCID_INET_SERVICEBYNAME;
static GUID host_name = SVCID_HOSTNAME, record_a = SVCID_DNS_TYPE_A, record_aaaa = SVCID_DNS_TYPE_AAAA,
            record_mx = SVCID_DNS( 15 );
static GUID tcp_80 = SVCID_TCP( 80 ), udp_53 = SVCID_UDP( 53 );
static GUID unknown = { 0x12345678, 1, 2, { 3, 4, 5, 6, 7, 8, 9, 10 } };
static GUID tcpip = { 0x22059d40, 0x7e9e, 0x11cf, { 0xae, 0x5a, 0x00, 0xaa, 0x00, 0xa7, 0x11, 0x2b } };

static void *offset( const void *base, const void *pointer )
{
    return (char *)base + (ULONG_PTR)pointer;
}

static BOOL is_loopback( const SOCKET_ADDRESS *address, unsigned short port )
{
    const SOCKADDR_IN *in = (const SOCKADDR_IN *)address->lpSockaddr;

    return address->iSockaddrLength == sizeof( *in ) && in->sin_family == AF_INET
           && in->sin_addr.s_addr == htonl( INADDR_LOOPBACK ) && ntohs( in->sin_port ) == port;
}

static void test_enum( void )
{
    char buffer[2048];
    WSANAMESPACE_INFOA *a = (void *)buffer;
    WSANAMESPACE_INFOW *w = (void *)buffer;
    int( WINAPI * enum_ex )( DWORD *, WSANAMESPACE_INFOEXW * )
        = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "WSAEnumNameSpaceProvidersExW" );
    DWORD size = 0, needed;
    int i, count, found = 0;

    ok_error( WSAEnumNameSpaceProvidersA( NULL, NULL ), WSAEFAULT );
    ok_error( WSAEnumNameSpaceProvidersA( &size, NULL ), WSAEFAULT );
    ok( size > sizeof( *a ), "got %lu\n", size );
    needed = size--;
    ok_error( WSAEnumNameSpaceProvidersA( &size, a ), WSAEFAULT );
    ok( size == needed, "got %lu\n", size );
    ok_error( WSAEnumNameSpaceProvidersA( &size, (void *)bad_page() ), WSAEFAULT );
    count = WSAEnumNameSpaceProvidersA( &size, a );
    ok( count > 0, "got %d, error %d\n", count, WSAGetLastError() );
    for (i = 0; i < count; i++)
    {
        if (a[i].dwNameSpace != NS_DNS) continue;
        found++;
        ok( !strcmp( a[i].lpszIdentifier, "Tcpip" ), "got %s\n", a[i].lpszIdentifier );
        ok( a[i].fActive && !memcmp( &a[i].NSProviderId, &tcpip, sizeof( tcpip ) ), "wrong identifier\n" );
    }
    ok( found == 1, "DNS is there %d times\n", found );
    size = sizeof( buffer );
    count = WSAEnumNameSpaceProvidersW( &size, w );
    ok( count > 0 && !lstrcmpW( w->lpszIdentifier, L"Tcpip" ), "got %d\n", count );
    ok( enum_ex != NULL, "no WSAEnumNameSpaceProvidersExW\n" );
    size = 0;
    ok_error( enum_ex( &size, NULL ), WSAEFAULT );
    ok( enum_ex( &size, (void *)buffer ) == 1, "got error %d\n", WSAGetLastError() );
    enum_ex = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "WSAEnumNameSpaceProvidersExA" );
    size = 0;
    ok_error( enum_ex( &size, NULL ), WSAEFAULT );
    ok( enum_ex( &size, (void *)buffer ) == 1, "got error %d\n", WSAGetLastError() );
    ok( !strcmp( ( (WSANAMESPACE_INFOEXA *)buffer )->lpszIdentifier, "Tcpip" ), "got another name\n" );
}

static void test_begin( void )
{
    AFPROTOCOLS protocol = { 77, IPPROTO_TCP };
    WSAQUERYSETW query = { .dwSize = sizeof( query ) }, q;
    HANDLE lookup = NULL;
    unsigned int i;
    WCHAR name[] = L"localhost";
    static WCHAR longname[70000];

    query.lpszServiceInstanceName = name;
    query.lpServiceClassId = &by_name;
    query.dwNameSpace = NS_DNS;
    ok_error( WSALookupServiceBeginW( NULL, LUP_RETURN_NAME, &lookup ), WSAEFAULT );
    ok_error( WSALookupServiceBeginW( (void *)bad_page(), LUP_RETURN_NAME, &lookup ), WSAEFAULT );
    ok_error( WSALookupServiceBeginW( &query, LUP_RETURN_NAME, NULL ), WSAEFAULT );
    ok_error( WSALookupServiceBeginW( &query, LUP_RETURN_NAME, (void *)bad_page() ), WSAEFAULT );
    q = query, q.dwSize--;
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSAEFAULT );
    q = query, q.lpServiceClassId = NULL;
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSAEINVAL );
    q = query, q.lpServiceClassId = (void *)bad_page();
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSAEFAULT );
    q = query, q.lpszServiceInstanceName = (void *)bad_page();
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSAEFAULT );
    q = query, q.lpNSProviderId = (void *)bad_page();
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSAEFAULT );
    q = query, q.dwNumberOfProtocols = 0xffffffff, q.lpafpProtocols = (void *)bad_page();
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSAEFAULT );
    q = query, q.dwNumberOfProtocols = 1, q.lpafpProtocols = &protocol;
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSASERVICE_NOT_FOUND );
    q = query, q.lpServiceClassId = &unknown;
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSASERVICE_NOT_FOUND );
    q = query, q.lpServiceClassId = &record_mx;
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSASERVICE_NOT_FOUND );
    q = query, q.dwNameSpace = NS_NTDS;
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSASERVICE_NOT_FOUND );
    q = query, q.lpNSProviderId = &unknown;
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSASERVICE_NOT_FOUND );
    q = query, q.lpServiceClassId = &by_service, q.lpszServiceInstanceName = NULL;
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSAEINVAL );
    ok_error( WSALookupServiceBeginW( &query, LUP_CONTAINERS | LUP_NOCONTAINERS, &lookup ), WSAEINVAL );
    for (i = 0; i < ARRAY_SIZE( longname ) - 1; i++) longname[i] = 'a';
    q = query, q.lpszServiceInstanceName = longname;
    ok_error( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ), WSAEINVAL );

    q = query, q.dwNameSpace = 4711, q.lpNSProviderId = &tcpip; /* the provider goes before the name space */
    ok_success( WSALookupServiceBeginW( &q, LUP_RETURN_NAME, &lookup ) );
    ok_success( WSALookupServiceEnd( lookup ) );
    ok_error( WSALookupServiceEnd( lookup ), WSA_INVALID_HANDLE );
    ok_error( WSALookupServiceEnd( NULL ), WSA_INVALID_HANDLE );
}

static void test_next( void )
{
    char buffer[4096];
    WSAQUERYSETW *w = (void *)buffer;
    WSAQUERYSETA *a = (void *)buffer;
    DWORD size = 0, needed, i;
    HANDLE lookup;
    HOSTENT *host;

    ok_success( lookup_begin(
        "localhost", &by_name,
        LUP_RETURN_NAME | LUP_RETURN_TYPE | LUP_RETURN_ADDR | LUP_RETURN_BLOB | LUP_RETURN_QUERY_STRING, &lookup ) );
    ok_error( WSALookupServiceNextA( lookup, 0, NULL, a ), WSAEFAULT );
    ok_error( WSALookupServiceNextA( (HANDLE)0xdead, 0, &size, a ), WSA_INVALID_HANDLE );
    ok_error( WSALookupServiceNextA( lookup, 0, &size, NULL ), WSAEFAULT );
    ok( size > sizeof( *a ) && size < sizeof( buffer ), "got %lu\n", size );
    needed = size;
    for (i = 0; i < needed; i += 7)
    {
        size = i;
        memset( buffer, 0xcc, sizeof( buffer ) );
        ok_error( WSALookupServiceNextA( lookup, 0, &size, a ), WSAEFAULT );
        ok( size == needed && buffer[0] == (char)0xcc, "%lu: got %lu\n", i, size );
    }
    size = needed;
    ok_error( WSALookupServiceNextA( lookup, 0, &size, (void *)bad_page() ), WSAEFAULT );
    ok_success( WSALookupServiceNextA( lookup, 0, &size, a ) );
    ok( a->dwSize == sizeof( *a ) && a->dwNameSpace == NS_DNS, "got size %lu, name space %lu\n", a->dwSize,
        a->dwNameSpace );
    ok( a->lpszServiceInstanceName && !strncmp( a->lpszServiceInstanceName, "localhost", 9 ), "got %s\n",
        a->lpszServiceInstanceName );
    ok( a->lpszQueryString && !strcmp( a->lpszQueryString, "localhost" ), "got %s\n", a->lpszQueryString );
    ok( a->lpServiceClassId && !memcmp( a->lpServiceClassId, &by_name, sizeof( GUID ) ), "wrong class\n" );
    /* two where the host's hosts file has ::1 for it as well: glibc takes that for 127.0.0.1 */
    ok( a->dwNumberOfCsAddrs >= 1, "got %lu addresses\n", a->dwNumberOfCsAddrs );
    if (a->dwNumberOfCsAddrs)
    {
        SOCKADDR_IN *in = (SOCKADDR_IN *)a->lpcsaBuffer->RemoteAddr.lpSockaddr;

        ok( in->sin_family == AF_INET && in->sin_addr.s_addr == htonl( INADDR_LOOPBACK ) && !in->sin_port,
            "wrong address\n" );
        ok( (char *)in > buffer && (char *)( in + 1 ) <= buffer + needed, "outside the buffer\n" );
    }
    ok( a->lpBlob && a->lpBlob->cbSize >= sizeof( *host ), "no blob\n" );
    if (a->lpBlob)
    {
        char **list;

        host = (HOSTENT *)a->lpBlob->pBlobData;
        list = offset( host, host->h_addr_list );
        ok( host->h_addrtype == AF_INET && host->h_length == 4, "got family %d\n", host->h_addrtype );
        ok( *(ULONG *)offset( host, list[0] ) == htonl( INADDR_LOOPBACK ), "wrong address\n" );
        ok( !strcmp( offset( host, host->h_name ), a->lpszServiceInstanceName ), "got %s\n",
            (char *)offset( host, host->h_name ) );
    }
    size = sizeof( buffer );
    ok_error( WSALookupServiceNextA( lookup, 0, &size, a ), WSA_E_NO_MORE );
    ok_error( WSALookupServiceNextA( lookup, 0, &size, a ), WSA_E_NO_MORE );
    ok_success( WSALookupServiceEnd( lookup ) );
    ok_error( WSALookupServiceNextA( lookup, 0, &size, a ), WSA_INVALID_HANDLE );

    /* the other character set; what the second call wants less of; giving up a result */
    ok_success( lookup_begin( "127.0.0.1", &by_name, LUP_RETURN_ALL, &lookup ) );
    size = sizeof( buffer );
    ok_success( WSALookupServiceNextW( lookup, LUP_RETURN_NAME, &size, w ) );
    ok( w->lpszServiceInstanceName && !lstrcmpW( w->lpszServiceInstanceName, L"127.0.0.1" ), "got %s\n",
        debugstr_w( w->lpszServiceInstanceName ) );
    ok( !w->lpBlob && !w->dwNumberOfCsAddrs && !w->lpServiceClassId, "more than was asked for\n" );
    WSALookupServiceEnd( lookup );
    ok_success( lookup_begin( "127.0.0.1", &by_name, LUP_RETURN_NAME, &lookup ) );
    size = 0;
    ok_error( WSALookupServiceNextW( lookup, 0, &size, NULL ), WSAEFAULT );
    ok_error( WSALookupServiceNextW( lookup, LUP_FLUSHPREVIOUS, &size, NULL ), WSA_E_NO_MORE );
    WSALookupServiceEnd( lookup );

    /* DNS has no containers */
    ok_error( lookup_begin( "localhost", &by_name, LUP_CONTAINERS | LUP_RETURN_NAME, &lookup ), WSANO_DATA );
    ok_error( lookup_begin( "localhost", &tcp_80, LUP_CONTAINERS | LUP_DEEP | LUP_RETURN_ALL, &lookup ), WSANO_DATA );

    /* flags that say how to look, and need nothing special of DNS; those of the first call count for both */
    ok_success( lookup_begin( "127.0.0.1", &tcp_80,
                              LUP_NOCONTAINERS | LUP_DEEP | LUP_NEAREST | LUP_FLUSHCACHE | LUP_RETURN_ADDR, &lookup ) );
    size = sizeof( buffer );
    ok_success( WSALookupServiceNextW( lookup, LUP_RETURN_ALL, &size, w ) );
    ok( w->dwNumberOfCsAddrs == 1 && !w->lpBlob && !w->lpszServiceInstanceName && !w->lpszQueryString,
        "got more or less than the addresses\n" );
    ok( !w->lpVersion && !w->lpszComment && !w->lpszContext, "DNS has a version, a comment or a context\n" );
    if (w->dwNumberOfCsAddrs)
        ok( is_loopback( &w->lpcsaBuffer->RemoteAddr, 80 ) && !is_loopback( &w->lpcsaBuffer->LocalAddr, 0 ),
            "wrong address\n" );
    WSALookupServiceEnd( lookup );

    /* the address of a service, which binds to it: asked for by either call */
    for (i = 0; i < 2; i++)
    {
        ok_success( lookup_begin( "127.0.0.1", &tcp_80, LUP_RETURN_ADDR | ( i ? LUP_RES_SERVICE : 0 ), &lookup ) );
        size = sizeof( buffer );
        ok_success( WSALookupServiceNextW( lookup, i ? 0 : LUP_RES_SERVICE, &size, w ) );
        ok( w->dwNumberOfCsAddrs == 1, "got %lu addresses\n", w->dwNumberOfCsAddrs );
        if (w->dwNumberOfCsAddrs)
            ok( is_loopback( &w->lpcsaBuffer->LocalAddr, 80 ) && !is_loopback( &w->lpcsaBuffer->RemoteAddr, 0 ),
                "wrong address\n" );
        WSALookupServiceEnd( lookup );
    }

    ok_success( lookup_begin( "localhost", &by_name, LUP_RETURN_NAME, &lookup ) );
    ok_error( WSANSPIoctl( lookup, SIO_NSP_NOTIFY_CHANGE, NULL, 0, NULL, 0, NULL, NULL ), WSAEFAULT );
    ok_error( WSANSPIoctl( lookup, SIO_NSP_NOTIFY_CHANGE, NULL, 0, NULL, 0, &size, NULL ), WSAEOPNOTSUPP );
    ok_error( WSANSPIoctl( lookup, SIO_NSP_NOTIFY_CHANGE, (void *)bad_page(), 8, NULL, 0, &size, NULL ), WSAEFAULT );
    WSALookupServiceEnd( lookup );
    ok_error( WSANSPIoctl( lookup, SIO_NSP_NOTIFY_CHANGE, NULL, 0, NULL, 0, &size, NULL ), WSA_INVALID_HANDLE );
}

static void test_classes_of_lookup( void )
{
    const struct
    {
        GUID *class_id;
        const char *name;
        int error, family, port, type;
        const char *got;
    } tests[] = {
        { &by_name, "192.0.2.7", 0, AF_INET, 0, SOCK_STREAM, "192.0.2.7" },
        { &record_a, "192.0.2.7", 0, AF_INET, 0, SOCK_STREAM, "192.0.2.7" },
        { &record_aaaa, "::1", 0, AF_INET6, 0, SOCK_STREAM, "::1" },
        { &record_aaaa, "192.0.2.7", WSASERVICE_NOT_FOUND },
        { &tcp_80, "192.0.2.7", 0, AF_INET, 80, SOCK_STREAM, "192.0.2.7" },
        { &udp_53, "192.0.2.7", 0, AF_INET, 53, SOCK_DGRAM, "192.0.2.7" },
        { &by_name, "::1", WSASERVICE_NOT_FOUND },
        { &by_name, "a b", WSASERVICE_NOT_FOUND },
        { &by_address, "127.0.0.1", 0, AF_INET, 0, SOCK_STREAM, NULL },
        { &by_address, "nonsense", WSAEINVAL },
        { &by_service, "http/tcp", 0, 0, 80, 0, "http" },
        { &by_service, "53/udp", 0, 0, 53, 0, "domain" },
        { &by_service, "http", 0, 0, 80, 0, "http" },
        { &by_service, "tftp/tcp", WSANO_DATA },
        { &by_service, "70000/tcp", WSANO_DATA },
        { &by_service, "", WSANO_DATA },
        { &host_name, NULL, 0, AF_INET, 0, SOCK_STREAM, NULL },
    };
    char buffer[8192], self[256];
    WSAQUERYSETA *set = (void *)buffer;
    unsigned int i;
    HANDLE lookup;
    DWORD size;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%u: %s", i, tests[i].name );
        ok_success( lookup_begin( tests[i].name, tests[i].class_id, LUP_RETURN_ALL & ~LUP_RETURN_ALIASES, &lookup ) );
        size = sizeof( buffer );
        ok_call( WSALookupServiceNextA( lookup, 0, &size, set ), tests[i].error ? SOCKET_ERROR : 0, tests[i].error );
        if (!tests[i].error)
        {
            ok( set->lpszServiceInstanceName
                    && ( !tests[i].got || !strcmp( set->lpszServiceInstanceName, tests[i].got ) ),
                "got %s\n", set->lpszServiceInstanceName );
            ok( !!set->lpBlob, "no blob\n" );
            if (tests[i].family)
            {
                SOCKADDR_IN *in
                    = set->dwNumberOfCsAddrs ? (SOCKADDR_IN *)set->lpcsaBuffer->RemoteAddr.lpSockaddr : NULL;

                ok( in && in->sin_family == tests[i].family && ntohs( in->sin_port ) == tests[i].port,
                    "wrong address\n" );
                ok( in && set->lpcsaBuffer->iSocketType == tests[i].type, "wrong type\n" );
            }
            else ok( ntohs( ( (SERVENT *)set->lpBlob->pBlobData )->s_port ) == tests[i].port, "wrong port\n" );
            if (tests[i].class_id == &host_name)
                ok( !gethostname( self, sizeof( self ) ) && !strcmp( self, set->lpszServiceInstanceName ), "got %s\n",
                    set->lpszServiceInstanceName );
        }
        ok_success( WSALookupServiceEnd( lookup ) );
        winetest_pop_context();
    }
}

/* Any bytes and sizes: what is written stays within the room that was given, and points into it. */
static void test_random( void )
{
    static GUID *const classes[]
        = { &by_name, &by_address, &by_service, &host_name, &record_a, &record_aaaa, &tcp_80, &udp_53 };
    static const char *const names[]
        = { "localhost", "127.0.0.1", "::1", "http/tcp", "53/udp", "", "/", "a/", "\xff\x80/\xc3\xa4", "fe80::1%2" };
    char *page = VirtualAlloc( NULL, 0x3000, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE ), *end = page + 0x2000;
    UINT64 state = 0x9e3779b97f4a7c15;
    unsigned int i;
    DWORD old;

    VirtualProtect( end, 0x1000, PAGE_NOACCESS, &old );
    for (i = 0; i < 1500; i++)
    {
        AFPROTOCOLS protocols[3];
        WSAQUERYSETW query = { .dwSize = sizeof( query ), .dwNameSpace = NS_DNS, .lpafpProtocols = protocols };
        WSAQUERYSETW *set;
        DWORD flags, size, room;
        WCHAR *name;
        HANDLE lookup;
        int ret, j, len;

#define RANDOM( n ) ( ( state ^= state << 13, state ^= state >> 7, state ^= state << 17 ) % ( n ) )
        if (RANDOM( 4 ))
        {
            const char *str = names[RANDOM( ARRAY_SIZE( names ) )];

            len = strlen( str );
            name = (WCHAR *)end - len - 1;
            for (j = 0; j <= len; j++) name[j] = (unsigned char)str[j];
        }
        else
        {
            len = RANDOM( 40 );
            name = (WCHAR *)end - len - 1;
            for (j = 0; j < len; j++)
                name[j] = RANDOM( 2 ) ? (WCHAR)RANDOM( 0x10000 ) : ( WCHAR ) "0123456789.:/%[]x-"[RANDOM( 18 )];
            name[len] = RANDOM( 20 ) ? 0 : 'x'; /* sometimes without its end */
        }
        for (j = 0; j < 3; j++)
        {
            protocols[j].iAddressFamily = RANDOM( 2 ) ? AF_INET : RANDOM( 2 ) ? AF_INET6 : (int)RANDOM( 100 );
            protocols[j].iProtocol = RANDOM( 2 ) ? IPPROTO_TCP : IPPROTO_UDP;
        }
        query.dwNumberOfProtocols = RANDOM( 4 );
        query.lpszServiceInstanceName = RANDOM( 10 ) ? name : NULL;
        query.lpServiceClassId = classes[RANDOM( ARRAY_SIZE( classes ) )];
        flags = RANDOM( 0x1000 );
        /* names that a server may have to be asked for are not what this test looks for */
        if (query.lpServiceClassId != &by_service && query.lpServiceClassId != &host_name
            && query.lpszServiceInstanceName)
        {
            static const WCHAR *const known[] = { L"127.0.0.1", L"::1", L"localhost", L"1.2.3.4" };

            query.lpszServiceInstanceName = (WCHAR *)known[query.lpServiceClassId == &by_address ? 0 : RANDOM( 4 )];
        }
        if (WSALookupServiceBeginW( &query, flags, &lookup )) continue;
        for (j = 0; j < 4; j++)
        {
            size = room = RANDOM( 3 ) ? RANDOM( 600 ) : 0x1000;
            set = (WSAQUERYSETW *)( end - room );
            ret = RANDOM( 2 ) ? WSALookupServiceNextW( lookup, 0, &size, set )
                              : WSALookupServiceNextA( lookup, 0, &size, (WSAQUERYSETA *)set );
            if (ret && WSAGetLastError() == WSAEFAULT)
                ok( size > room, "%u: %lu bytes are too few, but %lu are needed\n", i, room, size );
            if (ret) continue;
            ok( !set->lpszServiceInstanceName || (char *)set->lpszServiceInstanceName < end, "%u: name outside\n", i );
            ok( !set->lpBlob || (char *)( set->lpBlob + 1 ) <= end, "%u: blob outside\n", i );
            ok( !set->lpcsaBuffer || (char *)( set->lpcsaBuffer + set->dwNumberOfCsAddrs ) <= end,
                "%u: addresses outside\n", i );
        }
        WSALookupServiceEnd( lookup );
    }
    VirtualFree( page, 0, MEM_RELEASE );
}

START_TEST( lookup )
{
    HANDLE lookup;

    if (stock)
    {
        skip( "Wine's own has no name spaces\n" );
        return;
    }
    ok_error( lookup_begin( "localhost", &by_name, LUP_RETURN_NAME, &lookup ), WSANOTINITIALISED );
    start_winsock();
    test_enum();
    test_begin();
    test_next();
    test_classes_of_lookup();
    test_random();
    stop_winsock();
}
