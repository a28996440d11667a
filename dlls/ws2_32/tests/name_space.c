/*
 * Name space providers: asked by their identifier, by the name space and in order; those that can't be started
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The providers are in name_space_provider.c. This changes the prefix's catalogue, so it runs alone. What is installed
 * is seen by processes that begin later.
 */

#include "sockets.h"
#include "name_space.h"

static GUID by_name = { 0x0002a803, 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } };

static const struct
{
    DWORD space;
    int error; /* of a query for it alone */
} kinds[KIND_COUNT] = {
    [KIND_FIRST] = { SPACE, 0 },
    [KIND_SECOND] = { SPACE, 0 },
    [KIND_DNS] = { NS_DNS, 0 },
    [KIND_OFF] = { SPACE, WSASERVICE_NOT_FOUND },
    [KIND_NOT_READY] = { SPACE + 1, WSASYSNOTREADY },
    [KIND_ERROR] = { SPACE + 1, WSAEPROVIDERFAILEDINIT },
    [KIND_CRASH] = { SPACE + 1, WSAEPROVIDERFAILEDINIT },
    [KIND_TABLE] = { SPACE + 1, WSAEINVALIDPROCTABLE },
    [KIND_SIZE] = { SPACE + 1, WSAEINVALIDPROCTABLE },
    [KIND_START_CIRCLE] = { SPACE + 2, 0 },
    [KIND_CIRCLE] = { SPACE + 2, 0 },
    [KIND_SLOW] = { SPACE + 3, WSASERVICE_NOT_FOUND },
    [KIND_MISSING] = { SPACE + 1, WSAEPROVIDERFAILEDINIT },
};

/* ---- queries */

/* The last bytes of the addresses that come, and the error at the end. */
static int take_all( HANDLE lookup, BOOL unicode, char *text )
{
    union
    {
        WSAQUERYSETW w;
        WSAQUERYSETA a;
        char bytes[4096];
    } set;
    DWORD size, i;
    INT ret;

    for (*text = 0;;)
    {
        size = 1; /* what is needed is said, and the result isn't lost */
        ret = unicode ? WSALookupServiceNextW( lookup, 0, &size, &set.w )
                      : WSALookupServiceNextA( lookup, 0, &size, &set.a );
        if (!ret || WSAGetLastError() != WSAEFAULT) break;
        ok( size > sizeof( set.w ) && size <= sizeof( set ), "got %lu\n", size );
        ret = unicode ? WSALookupServiceNextW( lookup, 0, &size, &set.w )
                      : WSALookupServiceNextA( lookup, 0, &size, &set.a );
        if (ret) break;
        if (unicode)
            ok( !lstrcmpW( set.w.lpszServiceInstanceName, L"one.space" ), "got %s\n",
                debugstr_w( set.w.lpszServiceInstanceName ) );
        else ok( !strcmp( set.a.lpszServiceInstanceName, "one.space" ), "got %s\n", set.a.lpszServiceInstanceName );
        for (i = 0; i < set.w.dwNumberOfCsAddrs; i++)
        {
            const struct sockaddr_in *addr = (struct sockaddr_in *)set.w.lpcsaBuffer[i].RemoteAddr.lpSockaddr;

            sprintf( text + strlen( text ), "%lu", ntohl( addr->sin_addr.s_addr ) & 0xff );
        }
        strcat( text, " " );
    }
    ok( ret, "there was no end\n" );
    return WSAGetLastError();
}

static void test_lookups( void )
{
    static const struct
    {
        enum kind kind; /* KIND_COUNT: none is named */
        DWORD space;
        const WCHAR *name;
        int begin, next;
        const char *found; /* the addresses of each result */
    } tests[] = {
        { KIND_FIRST, 0, L"one.space", 0, WSA_E_NO_MORE, "12 " },
        { KIND_SECOND, SPACE, L"one.space", 0, WSA_E_NO_MORE, "23 " },
        { KIND_SECOND, NS_NTDS, L"one.space", 0, WSA_E_NO_MORE, "23 " }, /* the provider goes before the name space */
        { KIND_DNS, 0, L"one.space", 0, WSA_E_NO_MORE, "4 " },
        { KIND_FIRST, 0, L"first.space", 0, WSA_E_NO_MORE, "12 " },
        { KIND_SECOND, 0, L"first.space", 0, WSASERVICE_NOT_FOUND, "" },
        { KIND_FIRST, 0, L"other.space", WSASERVICE_NOT_FOUND, 0, "" },
        { KIND_FIRST, 0, L"short", WSAEINVAL, 0, "" },
        { KIND_COUNT, SPACE, L"one.space", 0, WSA_E_NO_MORE, "12 23 " }, /* by the order of the catalogue */
        { KIND_COUNT, SPACE, L"first.space", 0, WSA_E_NO_MORE, "12 " },
        { KIND_COUNT, SPACE, L"other.space", WSASERVICE_NOT_FOUND, 0, "" },
        { KIND_COUNT, SPACE, L"short", WSAEINVAL, 0, "" },
        { KIND_COUNT, SPACE + 1, L"one.space", WSASYSNOTREADY, 0, "" },
        { KIND_COUNT, SPACE + 9, L"one.space", WSASERVICE_NOT_FOUND, 0, "" },
        { KIND_OFF, 0, L"one.space", WSASERVICE_NOT_FOUND, 0, "" },
        { KIND_NOT_READY, 0, L"one.space", WSASYSNOTREADY, 0, "" },
        { KIND_ERROR, 0, L"one.space", WSAEPROVIDERFAILEDINIT, 0, "" },
        { KIND_CRASH, 0, L"one.space", WSAEPROVIDERFAILEDINIT, 0, "" },
        { KIND_TABLE, 0, L"one.space", WSAEINVALIDPROCTABLE, 0, "" },
        { KIND_SIZE, 0, L"one.space", WSAEINVALIDPROCTABLE, 0, "" },
        { KIND_MISSING, 0, L"one.space", WSAEPROVIDERFAILEDINIT, 0, "" },
        { KIND_START_CIRCLE, 0, L"one.space", 0, WSA_E_NO_MORE, "5 " },
        { KIND_CIRCLE, 0, L"one.space", 0, WSA_E_NO_MORE, "6 " },
    };
    char found[256];
    HANDLE lookup;
    unsigned int i, unicode;
    int error;
    GUID id;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        for (unicode = 0; unicode < 2; unicode++)
        {
            winetest_push_context( "%u %s", i, unicode ? "W" : "A" );
            id = space_id( tests[i].kind );
            lookup = NULL;
            if (space_begin_for( tests[i].kind == KIND_COUNT ? NULL : &id, tests[i].space, tests[i].name, &lookup ))
                ok( WSAGetLastError() == tests[i].begin, "error %d\n", WSAGetLastError() );
            else
            {
                ok( !tests[i].begin, "it has begun\n" );
                error = take_all( lookup, unicode, found );
                ok( error == tests[i].next, "error %d\n", error );
                ok( !strcmp( found, tests[i].found ), "got %s\n", found );
                ok_success( WSALookupServiceEnd( lookup ) );
                ok_error( WSALookupServiceEnd( lookup ), WSA_INVALID_HANDLE );
            }
            winetest_pop_context();
        }
    }
    for (i = 0; i < KIND_COUNT; i++)
    {
        id = space_id( i );
        if (!space_begin_for( &id, 0, L"one.space", &lookup )) ok( !kinds[i].error, "%u: it has begun\n", i );
        else ok( WSAGetLastError() == kinds[i].error, "%u: error %d\n", i, WSAGetLastError() );
        if (!kinds[i].error) WSALookupServiceEnd( lookup );
    }
}

/* The last bytes of the addresses, in order. */
static int addresses( const WCHAR *name, DWORD space, GUID *provider, int family, char *text )
{
    ADDRINFOEXW hints = { .ai_family = family, .ai_socktype = SOCK_STREAM }, *list = NULL, *info;
    int ret = GetAddrInfoExW( name, L"80", space, provider, &hints, &list, NULL, NULL, NULL, NULL );

    *text = 0;
    for (info = list; info; info = (ADDRINFOEXW *)info->ai_next)
    {
        const BYTE *bytes = (const BYTE *)info->ai_addr;

        sprintf( text + strlen( text ), "%s%u", info->ai_family == AF_INET ? "" : ":",
                 info->ai_family == AF_INET ? bytes[7] : bytes[8 + 15] );
        ok( ( (struct sockaddr_in *)info->ai_addr )->sin_port == htons( 80 ), "another port\n" );
    }
    FreeAddrInfoExW( list );
    return ret;
}

static void test_addresses( void )
{
    static const struct
    {
        enum kind kind;
        DWORD space;
        int family;
        const WCHAR *name;
        int error;
        const char *found;
    } tests[] = {
        { KIND_FIRST, SPACE, AF_INET, L"one.space", 0, "12" },
        { KIND_FIRST, SPACE, AF_INET6, L"one.space", 0, ":1:2" },
        { KIND_FIRST, SPACE, AF_UNSPEC, L"one.space", 0, ":1:212" },
        { KIND_COUNT, SPACE, AF_INET, L"one.space", 0, "123" }, /* without duplicates */
        { KIND_COUNT, SPACE, AF_INET, L"other.space", WSAHOST_NOT_FOUND, "" },
        { KIND_COUNT, SPACE, AF_INET, L"10.1.2.9", 0, "9" }, /* which needs nobody */
        { KIND_COUNT, SPACE + 9, AF_INET, L"one.space", WSASERVICE_NOT_FOUND, "" },
        { KIND_OFF, SPACE, AF_INET, L"one.space", WSASERVICE_NOT_FOUND, "" },
        { KIND_ERROR, 0, AF_INET, L"one.space", WSAEPROVIDERFAILEDINIT, "" },
        { KIND_MISSING, 0, AF_INET, L"one.space", WSAEPROVIDERFAILEDINIT, "" },
        { KIND_COUNT, NS_DNS, AF_INET, L"one.space", 0, "4" }, /* DNS doesn't know it */
        { KIND_COUNT, NS_ALL, AF_INET, L"one.space", 0, "123456" },
        { KIND_COUNT, NS_ALL, AF_INET, L"localhost", 0, "1" },
    };
    struct addrinfo hints = { .ai_family = AF_INET }, *list = NULL;
    struct hostent *host;
    ADDRINFOEXA *list_a;
    char found[256];
    unsigned int i;
    GUID id;
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%u", i );
        id = space_id( tests[i].kind );
        ret = addresses( tests[i].name, tests[i].space, tests[i].kind == KIND_COUNT ? NULL : &id, tests[i].family,
                         found );
        ok( ret == tests[i].error, "error %d\n", ret );
        ok( !strcmp( found, tests[i].found ), "got %s\n", found );
        winetest_pop_context();
    }
    id = space_id( KIND_FIRST );
    ret = GetAddrInfoExA( "one.space", NULL, 0, &id, NULL, &list_a, NULL, NULL, NULL, NULL );
    ok( !ret, "error %d\n", ret );
    if (!ret) FreeAddrInfoEx( list_a );
    ret = getaddrinfo( "one.space", NULL, &hints, &list );
    ok( !ret && ( (BYTE *)list->ai_addr )[7] == 1, "error %d\n", ret );
    if (!ret) freeaddrinfo( list );
    host = gethostbyname( "one.space" );
    ok( host && host->h_addr_list[0][3] == 1, "error %d\n", WSAGetLastError() );
}

static void test_set( void )
{
    WSAQUERYSETA set = { .dwSize = sizeof( set ),
                         .lpszServiceInstanceName = (char *)"mine",
                         .lpServiceClassId = &by_name,
                         .dwNameSpace = SPACE };
    GUID id = space_id( KIND_SECOND );

    ok_success( WSASetServiceA( &set, RNRSERVICE_REGISTER, 0 ) ); /* one has taken it */
    ok( space_calls[COUNT_SET] == 2, "got %ld calls\n", space_calls[COUNT_SET] );
    ok_error( WSASetServiceA( &set, RNRSERVICE_DELETE, 0 ), WSAEACCES );
    set.lpNSProviderId = &id;
    ok_error( WSASetServiceA( &set, RNRSERVICE_REGISTER, 0 ), WSAEACCES );
    ok( space_calls[COUNT_SET] == 5, "got %ld calls\n", space_calls[COUNT_SET] );
}

/* Providers are told of classes, and asked; the registry has them for the others. */
static void test_classes( void )
{
    GUID id = { 0x9b1ec5b1, 0x2e1b, 0x4e5a, { 0x91, 0x4d, 0x10, 0x20, 0x30, 0x40, 0x50, 0x70 } },
         first = space_id( KIND_FIRST ), second = space_id( KIND_SECOND ), off = space_id( KIND_OFF );
    DWORD number = 4711, size = 0;
    WSANSCLASSINFOA value = { (char *)"value", SPACE, REG_DWORD, sizeof( number ), &number };
    WSASERVICECLASSINFOA info = { &id, (char *)"kept", 1, &value }, *got;
    WSAQUERYSETA set = { .dwSize = sizeof( set ),
                         .lpszServiceInstanceName = (char *)"mine",
                         .lpServiceClassId = &id,
                         .dwNameSpace = SPACE };
    char buffer[512];
    LONG told;

    WSARemoveServiceClass( &id );
    memset( space_calls + COUNT_CLASS, 0, 2 * sizeof( LONG ) );
    ok_success( WSAInstallServiceClassA( &info ) );
    told = space_calls[COUNT_CLASS];
    ok( told >= 3, "got %ld calls\n", told );
    ok_error( WSAInstallServiceClassA( &info ), WSAEALREADY );
    ok( space_calls[COUNT_CLASS] == told, "they are told again\n" );

    got = (void *)buffer;
    ok_error( WSAGetServiceClassInfoA( &first, &id, &size, got ), WSAEFAULT );
    ok( size > sizeof( *got ) && size < sizeof( buffer ), "got %lu\n", size );
    ok_success( WSAGetServiceClassInfoA( &first, &id, &size, got ) );
    ok( !strcmp( got->lpszServiceClassName, "told" ) && got->dwCount == 1
            && !strcmp( got->lpClassInfos->lpszName, "told value" ) && *(DWORD *)got->lpClassInfos->lpValue == number
            && !memcmp( got->lpServiceClassId, &id, sizeof( id ) ),
        "got %s\n", got->lpszServiceClassName );
    size = sizeof( buffer );
    ok_error( WSAGetServiceClassInfoA( &second, &id, &size, got ), WSAEOPNOTSUPP );
    ok_error( WSAGetServiceClassInfoA( &off, &id, &size, got ), WSAEOPNOTSUPP );
    ok_error( WSAGetServiceClassInfoA( &first, &second, &size, got ), WSATYPE_NOT_FOUND );

    ok_success( WSASetServiceA( &set, RNRSERVICE_REGISTER, 0 ) ); /* with what they have said */
    ok_success( WSARemoveServiceClass( &id ) );
    ok( space_calls[COUNT_CLASS_REMOVED] == told, "got %ld calls\n", space_calls[COUNT_CLASS_REMOVED] );
    ok_error( WSARemoveServiceClass( &id ), WSATYPE_NOT_FOUND );
    ok_error( WSAGetServiceClassInfoA( &first, &id, &size, got ), WSATYPE_NOT_FOUND );
}

static DWORD WINAPI end_later( void *lookup )
{
    Sleep( 200 );
    ok_success( WSALookupServiceEnd( lookup ) );
    return 0;
}

static void test_end( void )
{
    GUID id = space_id( KIND_SLOW );
    HANDLE lookup, thread;
    char found[256];
    int error;

    ok_success( space_begin_for( &id, 0, L"slow.space", &lookup ) );
    thread = CreateThread( NULL, 0, end_later, lookup, 0, NULL );
    error = take_all( lookup, TRUE, found );
    ok( error == WSA_E_CANCELLED, "error %d\n", error );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
}

static void child( void )
{
    LONG started, cleaned;

    start_winsock();
    test_lookups();
    test_addresses();
    test_set();
    test_classes();
    test_end();
    ok( space_calls[COUNT_BEGIN] > space_calls[COUNT_END], "got %ld, %ld\n", space_calls[COUNT_BEGIN],
        space_calls[COUNT_END] );
    started = space_calls[COUNT_STARTUP];
    cleaned = space_calls[COUNT_CLEANUP];
    while (!WSACleanup()) /* the other modules have called WSAStartup too */
    {
    }
    ok( space_calls[COUNT_CLEANUP] == cleaned + 6, "got %ld more\n",
        space_calls[COUNT_CLEANUP] - cleaned ); /* of those that have started */
    start_winsock();
    test_end();
    ok( space_calls[COUNT_STARTUP] == started + 1, "got %ld starts more\n", space_calls[COUNT_STARTUP] - started );
    stop_winsock();
}

static void install_all( BOOL install )
{
    WCHAR self[MAX_PATH], missing[] = L"C:\\no\\such\\space.dll", name[] = L"wsuring test";
    GUID id;
    int i;

    GetModuleFileNameW( NULL, self, MAX_PATH );
    for (i = 0; i < KIND_COUNT; i++)
    {
        id = space_id( i );
        pWSCUnInstallNameSpace( &id );
        if (!install) continue;
        ok_success( pWSCInstallNameSpace( name, i == KIND_MISSING ? missing : self, kinds[i].space, 1, &id ) );
        if (i == KIND_OFF) ok_success( pWSCEnableNSProvider( &id, FALSE ) );
    }
}

START_TEST( name_space )
{
    char **argv;
    HANDLE process;

    if (stock)
    {
        skip( "Wine's own module has no providers\n" );
        return;
    }
    name_space_functions();
    if (winetest_get_mainargs( &argv ) > 2)
    {
        child();
        return;
    }
    install_all( TRUE );
    process = start_child( "name_space", "child" );
    wait_child_process( process );
    CloseHandle( process );
    install_all( FALSE );
}
