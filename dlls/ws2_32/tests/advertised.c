/*
 * Name space providers of version 2, which a program advertises
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "WSAAdvertiseProvider function" and "NSPV2_ROUTINE structure". The functions are found by name, which
 * Wine's own module lacks. This changes the prefix's catalogue, so it runs alone.
 */

#include "sockets.h"
#include "addrinfo_ex.h"
#include "name_space.h"
#include "advertised.h"

static GUID by_name = { 0x0002a803, 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } };
static GUID first = { 0x6a8de2f1, 0x71c4, 0x4c6b, { 0x9d, 0x52, 0x0a, 0x33, 0x17, 0xe5, 0x90, 1 } };
static GUID second = { 0x6a8de2f1, 0x71c4, 0x4c6b, { 0x9d, 0x52, 0x0a, 0x33, 0x17, 0xe5, 0x90, 2 } };
static GUID unknown = { 0x6a8de2f1, 0x71c4, 0x4c6b, { 0x9d, 0x52, 0x0a, 0x33, 0x17, 0xe5, 0x90, 3 } };

/* ---- the providers */

static LONG started, cleaned, rundowns, begun, ended, sets;
static int startup_error;
static volatile LONG circle;
static char session;

/* how a result comes */
static enum {
    AT_ONCE,
    BEFORE,      /* completed before the function returns */
    LATER,       /* by another thread */
    LATER_ERROR, /* the same, with an error */
    NEVER,
} way;

struct lookup
{
    int family, given;
    SET2 *results;
    HANDLE call;
};

static INT fail( int error )
{
    WSASetLastError( error );
    return SOCKET_ERROR;
}

static int WINAPI provider_startup( GUID *provider, void **session_arg )
{
    ok( IsEqualGUID( provider, &first ) || IsEqualGUID( provider, &second ), "another provider\n" );
    InterlockedIncrement( &started );
    if (startup_error) return fail( startup_error );
    *session_arg = &session;
    return 0;
}

static int WINAPI provider_cleanup( GUID *provider, void *session_arg )
{
    (void)provider;
    ok( session_arg == &session, "another session\n" );
    ok( rundowns == cleaned + 1, "the session hasn't ended\n" );
    InterlockedIncrement( &cleaned );
    return 0;
}

static int WINAPI provider_rundown( GUID *provider, void *session_arg )
{
    (void)provider;
    ok( session_arg == &session, "another session\n" );
    InterlockedIncrement( &rundowns );
    return 0;
}

static int WINAPI provider_begin( GUID *provider, SET2 *set, DWORD flags, void *session_arg, HANDLE *handle )
{
    struct lookup *lookup;
    HANDLE again;

    ok( session_arg == ( IsEqualGUID( provider, &first ) ? &session : NULL ), "another session\n" );
    ok( set->dwSize == sizeof( *set ), "got %lu\n", set->dwSize );
    ok( flags & LUP_RETURN_ADDR, "got %#lx\n", flags );
    if (!lstrcmpW( set->lpszServiceInstanceName, L"circle.two" ) && InterlockedIncrement( &circle ) < 100
        && !space_begin_for( provider, 0, L"circle.two", &again ))
        WSALookupServiceEnd( again );
    if (lstrcmpW( set->lpszServiceInstanceName, L"one.two" ) && lstrcmpW( set->lpszServiceInstanceName, L"circle.two" ))
        return fail( WSASERVICE_NOT_FOUND );
    InterlockedIncrement( &begun );
    lookup = calloc( 1, sizeof( *lookup ) );
    lookup->family = set->dwNumberOfProtocols ? set->lpafpProtocols[0].iAddressFamily : AF_INET;
    *handle = lookup;
    return 0;
}

static void give( struct lookup *lookup )
{
    struct
    {
        SET2 set;
        CSADDR_INFO info;
        struct sockaddr_in6 addr;
        WCHAR name[8];
    } *answer = (void *)lookup->results;

    memset( answer, 0, sizeof( *answer ) );
    answer->set.dwSize = sizeof( answer->set );
    answer->set.lpszServiceInstanceName = lstrcpyW( answer->name, L"one.two" );
    answer->set.dwNameSpace = SPACE_2;
    answer->set.dwNumberOfCsAddrs = 1;
    answer->set.lpcsaBuffer = &answer->info;
    answer->info.RemoteAddr.lpSockaddr = (struct sockaddr *)&answer->addr;
    answer->info.RemoteAddr.iSockaddrLength = sizeof( answer->addr );
    answer->addr.sin6_family = lookup->family;
    if (lookup->family == AF_INET) ( (struct sockaddr_in *)&answer->addr )->sin_addr.s_addr = htonl( 0x0a010201 );
    else answer->addr.sin6_addr.s6_addr[15] = 2;
    lookup->given = 1;
}

static DWORD WINAPI give_later( void *arg )
{
    struct lookup *lookup = arg;

    if (way == LATER) give( lookup );
    ok_success( pWSAProviderCompleteAsyncCall( lookup->call, way == LATER ? 0 : WSANO_DATA ) );
    return 0;
}

static int WINAPI provider_next( HANDLE call, HANDLE handle, DWORD flags, DWORD *size, SET2 *results )
{
    struct lookup *lookup = handle;

    (void)flags;
    if (lookup->given) return fail( WSA_E_NO_MORE );
    if (*size < 512)
    {
        *size = 512;
        return fail( WSAEFAULT );
    }
    lookup->results = results;
    lookup->call = call;
    if (way == AT_ONCE || way == BEFORE) give( lookup );
    if (way == BEFORE)
    {
        ok_success( pWSAProviderCompleteAsyncCall( call, 0 ) );
        ok_error( pWSAProviderCompleteAsyncCall( call, 0 ), WSAEINVAL );
    }
    if (way == LATER || way == LATER_ERROR) CloseHandle( CreateThread( NULL, 0, give_later, lookup, 0, NULL ) );
    return way == AT_ONCE ? 0 : fail( WSA_IO_PENDING );
}

static int WINAPI provider_end( HANDLE handle )
{
    InterlockedIncrement( &ended );
    free( handle );
    return 0;
}

static int WINAPI provider_set( HANDLE call, GUID *provider, SET2 *set, WSAESETSERVICEOP operation, DWORD flags,
                                void *session_arg )
{
    (void)provider;
    ok( session_arg == &session, "another session\n" );
    InterlockedIncrement( &sets );
    ok( set->dwSize == sizeof( *set ), "got %lu\n", set->dwSize );
    if (operation == RNRSERVICE_DELETE) return fail( WSAEACCES );
    if (operation == RNRSERVICE_REGISTER)
        ok( set->dwNumberOfCsAddrs == 1 && set->lpcsaBuffer->LocalAddr.lpSockaddr->sa_family == AF_INET,
            "no address\n" );
    else ok( !set->dwNumberOfCsAddrs, "an address\n" );
    ok( !lstrcmpW( set->lpszServiceInstanceName, L"mine" ), "got %s\n", debugstr_w( set->lpszServiceInstanceName ) );
    if (flags) return 0;
    ok_success( pWSAProviderCompleteAsyncCall( call, operation == RNRSERVICE_DEREGISTER ? WSASERVICE_NOT_FOUND : 0 ) );
    return fail( WSA_IO_PENDING );
}

static int WINAPI provider_unsupported( GUID *provider, void **session_arg )
{
    (void)provider;
    (void)session_arg;
    InterlockedIncrement( &started );
    return fail( WSAEOPNOTSUPP );
}

static const ROUTINES all = { sizeof( all ),
                              2,
                              0,
                              provider_startup,
                              provider_cleanup,
                              provider_begin,
                              provider_next,
                              provider_end,
                              provider_set,
                              provider_rundown };
static const ROUTINES some
    = { sizeof( some ), 2, 0, provider_unsupported, NULL, provider_begin, provider_next, provider_end, NULL, NULL };

/* ---- what the program sees */

/* The error of WSALookupServiceNext. */
static int next_error( HANDLE lookup, BOOL unicode )
{
    union
    {
        WSAQUERYSETW w;
        WSAQUERYSETA a;
        char bytes[1024];
    } set;
    DWORD size = 1;
    INT ret;

    if (way == AT_ONCE)
    {
        ret = unicode ? WSALookupServiceNextW( lookup, 0, &size, &set.w )
                      : WSALookupServiceNextA( lookup, 0, &size, &set.a );
        if (WSAGetLastError() != WSAEFAULT) return ret ? WSAGetLastError() : 0;
        ok( ret && size > sizeof( set.w ) && size <= sizeof( set ), "got %lu\n", size );
    }
    else size = sizeof( set );
    memset( &set, 0xcc, sizeof( set ) );
    if (unicode ? WSALookupServiceNextW( lookup, 0, &size, &set.w ) : WSALookupServiceNextA( lookup, 0, &size, &set.a ))
        return WSAGetLastError();
    ok( set.w.dwSize == sizeof( set.w ), "got %lu\n", set.w.dwSize );
    ok( !set.w.lpServiceClassId, "got a class\n" );
    ok( set.w.dwNumberOfCsAddrs == 1
            && ( (struct sockaddr_in *)set.w.lpcsaBuffer->RemoteAddr.lpSockaddr )->sin_addr.s_addr
                   == htonl( 0x0a010201 ),
        "another address\n" );
    if (unicode) ok( !lstrcmpW( set.w.lpszServiceInstanceName, L"one.two" ), "another name\n" );
    else ok( !strcmp( set.a.lpszServiceInstanceName, "one.two" ), "another name\n" );
    return 0;
}

static void check_lookup( GUID *provider, int error )
{
    HANDLE lookup;
    int unicode, got;

    for (unicode = 0; unicode < 2; unicode++)
    {
        ok_success( space_begin_for( provider, SPACE_2, L"one.two", &lookup ) );
        got = next_error( lookup, unicode );
        ok( got == error, "error %d\n", got );
        if (!error) ok( next_error( lookup, unicode ) == WSA_E_NO_MORE, "error %d\n", WSAGetLastError() );
        ok_success( WSALookupServiceEnd( lookup ) );
    }
}

static void test_errors( void )
{
    static const struct
    {
        const char *when;
        const GUID *provider;
        int table, error;
    } tests[] = {
        { "no identifier", NULL, 0, WSAEINVAL },
        { "no table", &first, -1, WSAEINVAL },
        { "the identifier isn't memory", (GUID *)1, 0, WSAEFAULT },
        { "the table isn't memory", &first, -2, WSAEFAULT },
        { "no NSPv2LookupServiceBegin", &first, 1, WSAEINVAL },
        { "no NSPv2LookupServiceNextEx", &first, 2, WSAEINVAL },
        { "no NSPv2LookupServiceEnd", &first, 3, WSAEINVAL },
        { "too small a table", &first, 4, WSAEINVAL },
        { "the provider isn't installed", &unknown, 0, WSAEINVALIDPROVIDER },
    };
    unsigned int i;
    int error;

    ok_error( pWSAAdvertiseProvider( &first, &all ), WSANOTINITIALISED );
    ok_error( pWSAUnadvertiseProvider( &first ), WSANOTINITIALISED );
    ok_error( pWSAProviderCompleteAsyncCall( NULL, 0 ), WSANOTINITIALISED );
    start_winsock();
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        const ROUTINES *table = tests[i].table == -1 ? NULL : (void *)bad_page();
        ROUTINES copy = all;

        if (tests[i].table == 1) copy.begin = NULL;
        if (tests[i].table == 2) copy.next = NULL;
        if (tests[i].table == 3) copy.end = NULL;
        if (tests[i].table == 4) copy.cbSize--;
        WSASetLastError( 0 );
        error = pWSAAdvertiseProvider( tests[i].provider, tests[i].table >= 0 ? &copy : table ) ? WSAGetLastError() : 0;
        ok( error == tests[i].error, "%s: error %d\n", tests[i].when, error );
        error_row( "WSAAdvertiseProvider", tests[i].when, tests[i].error, error );
    }
    ok_error( pWSAUnadvertiseProvider( NULL ), WSAEINVAL );
    error_row( "WSAUnadvertiseProvider", "no identifier", WSAEINVAL, WSAGetLastError() );
    ok_error( pWSAUnadvertiseProvider( &first ), WSAEINVAL );
    error_row( "WSAUnadvertiseProvider", "it isn't advertised", WSAEINVAL, WSAGetLastError() );
    ok_error( pWSAProviderCompleteAsyncCall( NULL, 0 ), WSAEINVAL );
    error_row( "WSAProviderCompleteAsyncCall", "no handle", WSAEINVAL, WSAGetLastError() );
    ok_error( pWSAProviderCompleteAsyncCall( (HANDLE)0x1234, 0 ), WSAEINVAL );
    error_row( "WSAProviderCompleteAsyncCall", "no such call", WSAEINVAL, WSAGetLastError() );
}

static void test_session( void )
{
    HANDLE lookup;

    /* it isn't activated by who asks for it, and it has no DLL */
    ok_error( space_begin_for( &first, 0, L"one.two", &lookup ), WSAEPROVIDERFAILEDINIT );
    ok_success( pWSAAdvertiseProvider( &first, &all ) );
    ok_error( pWSAAdvertiseProvider( &first, &all ), WSAEINVAL );
    error_row( "WSAAdvertiseProvider", "it is advertised already", WSAEINVAL, WSAGetLastError() );
    ok( !started, "it was started\n" );
    startup_error = WSAEACCES;
    ok_error( space_begin_for( &first, 0, L"one.two", &lookup ), WSAEACCES );
    startup_error = 0;
    ok_error( space_begin_for( &first, 0, L"other.two", &lookup ), WSASERVICE_NOT_FOUND );
    check_lookup( &first, 0 );
    check_lookup( NULL, 0 ); /* by the name space */
    ok( started == 2, "got %ld\n", started );
    ok( begun == 4 && ended == 4, "got %ld, %ld\n", begun, ended );
    ok_success( space_begin_for( &first, 0, L"circle.two", &lookup ) );
    ok_success( WSALookupServiceEnd( lookup ) );
    ok( circle == 8, "got %ld\n", circle );
    ok_success( pWSAUnadvertiseProvider( &first ) );
    ok( cleaned == 1 && rundowns == 1, "got %ld, %ld\n", cleaned, rundowns );
    ok_error( space_begin_for( &first, 0, L"one.two", &lookup ), WSAEPROVIDERFAILEDINIT );
    ok_error( pWSAUnadvertiseProvider( &first ), WSAEINVAL );

    /* what needs not be there */
    ok_success( pWSAAdvertiseProvider( &second, &some ) );
    check_lookup( &second, 0 );
    ok( started == 3, "got %ld\n", started );
    ok_success( pWSAUnadvertiseProvider( &second ) );
    ok( cleaned == 1 && rundowns == 1, "got %ld, %ld\n", cleaned, rundowns );
}

static DWORD WINAPI next_on_thread( void *lookup )
{
    return next_error( lookup, TRUE );
}

static void test_async( void )
{
    HANDLE lookup, thread;
    DWORD code = 0;

    ok_success( pWSAAdvertiseProvider( &first, &all ) );
    way = BEFORE;
    check_lookup( &first, 0 );
    way = LATER;
    check_lookup( &first, 0 );
    way = LATER_ERROR;
    check_lookup( &first, WSANO_DATA );
    way = NEVER;
    ok_success( space_begin_for( &first, 0, L"one.two", &lookup ) );
    thread = CreateThread( NULL, 0, next_on_thread, lookup, 0, NULL );
    Sleep( 50 ); /* so that it is in it; either way it ends */
    ok_success( pWSAUnadvertiseProvider( &first ) );
    ok( !WaitForSingleObject( thread, 20000 ), "it waits\n" );
    GetExitCodeThread( thread, &code );
    ok( code == WSA_E_CANCELLED || code == WSASERVICE_NOT_FOUND, "error %lu\n", code );
    CloseHandle( thread );
    ok( next_error( lookup, TRUE ) == (int)code, "another error\n" );
    ok_success( WSALookupServiceEnd( lookup ) ); /* the provider isn't told any more */
    InterlockedIncrement( &ended );
    way = AT_ONCE;
}

/* The last bytes of the addresses. */
static int addresses( const WCHAR *name, DWORD space, GUID *provider, int family, char *text )
{
    ADDRINFOEXW hints = { .ai_family = family, .ai_socktype = SOCK_STREAM }, *list = NULL, *info;
    int ret = GetAddrInfoExW( name, L"80", space, provider, &hints, &list, NULL, NULL, NULL, NULL );

    *text = 0;
    for (info = list; info; info = (ADDRINFOEXW *)info->ai_next)
        sprintf( text + strlen( text ), "%u", ( (BYTE *)info->ai_addr )[info->ai_family == AF_INET ? 7 : 23] );
    FreeAddrInfoExW( list );
    return ret;
}

static void test_addresses( void )
{
    static const struct
    {
        GUID *provider;
        DWORD space;
        int family;
        const WCHAR *name;
        int error;
        const char *found;
    } tests[] = {
        { &first, 0, AF_INET, L"one.two", 0, "1" },
        { NULL, SPACE_2, AF_INET6, L"one.two", 0, "2" },
        { NULL, SPACE_2, AF_UNSPEC, L"one.two", 0, "21" },
        { NULL, SPACE_2, AF_UNSPEC, L"other.two", WSAHOST_NOT_FOUND, "" },
        { &second, 0, AF_INET, L"one.two", WSAEPROVIDERFAILEDINIT, "" },
    };
    unsigned int i;
    char found[64];
    int ret;

    ok_success( pWSAAdvertiseProvider( &first, &all ) );
    for (i = 0; i < 2 * ARRAY_SIZE( tests ); i++)
    {
        way = i % 2 ? LATER : AT_ONCE;
        ret = addresses( tests[i / 2].name, tests[i / 2].space, tests[i / 2].provider, tests[i / 2].family, found );
        ok( ret == tests[i / 2].error, "%u: error %d\n", i, ret );
        ok( !strcmp( found, tests[i / 2].found ), "%u: got %s\n", i, found );
    }
    way = AT_ONCE;
    ok( begun == ended, "got %ld, %ld\n", begun, ended );
    ok_success( pWSAUnadvertiseProvider( &first ) );
}

static void test_set( void )
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    CSADDR_INFO info = { .LocalAddr = { (struct sockaddr *)&addr, sizeof( addr ) } };
    WSAQUERYSETA set = { .dwSize = sizeof( set ),
                         .lpszServiceInstanceName = (char *)"mine",
                         .lpServiceClassId = &by_name,
                         .lpNSProviderId = &first,
                         .dwNumberOfCsAddrs = 1,
                         .lpcsaBuffer = &info };
    LONG before = sets;

    ok_success( pWSAAdvertiseProvider( &first, &all ) );
    ok_success( WSASetServiceA( &set, RNRSERVICE_REGISTER, 0 ) );
    ok_success( WSASetServiceA( &set, RNRSERVICE_REGISTER, SERVICE_MULTIPLE ) );
    ok_error( WSASetServiceA( &set, RNRSERVICE_DELETE, 0 ), WSAEACCES );
    ok( sets == before + 3, "got %ld\n", sets );
#define SET_EX( suffix, name, count, flags, space, provider )                                                          \
    pSetAddrInfoEx##suffix( name, NULL, &info.LocalAddr, count, NULL, flags, space, provider, NULL, NULL, NULL, NULL )
    ok_call( SET_EX( W, L"mine", 1, 0, SPACE_2, NULL ), 0, 0 );
    ok_call( SET_EX( A, "mine", 1, 1, 0, &first ), 0, 0 );
    ok_call( SET_EX( W, L"mine", 0, 0, SPACE_2, NULL ), WSASERVICE_NOT_FOUND, 0 );
    ok_call( SET_EX( W, L"mine", 0, 1, SPACE_2, NULL ), 0, 0 );
    ok_call( SET_EX( W, L"mine", 1, 0, NS_DNS, NULL ), WSASERVICE_NOT_FOUND, 0 );
    ok_call( SET_EX( W, L"mine", 1, 0, SPACE_2 + 1, NULL ), WSASERVICE_NOT_FOUND, 0 );
    ok_call( SET_EX( A, "mine", 1, 0, 0, &second ), WSAEPROVIDERFAILEDINIT, 0 );
    ok( sets == before + 7, "got %ld\n", sets );
    ok_success( pWSAUnadvertiseProvider( &first ) );
    ok_success( pWSAAdvertiseProvider( &second, &some ) );
    set.lpNSProviderId = &second;
    ok_error( WSASetServiceA( &set, RNRSERVICE_REGISTER, 0 ), WSAEOPNOTSUPP );
}

static void child( void )
{
    LONG before;

    test_errors();
    test_session();
    test_async();
    test_addresses();
    test_set();
    ok_success( pWSAAdvertiseProvider( &first, &all ) );
    check_lookup( &first, 0 );
    before = cleaned;
    while (!WSACleanup()) /* the other modules have called WSAStartup too */
    {
    }
    ok( cleaned == before + 1, "got %ld\n", cleaned - before );
    start_winsock();
    ok_error( pWSAUnadvertiseProvider( &first ), WSAEINVAL );
    stop_winsock();
}

static void install_all( BOOL install )
{
    WCHAR missing[] = L"C:\\no\\such\\space.dll", name[] = L"wsuring test";
    GUID *ids[] = { &first, &second };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( ids ); i++)
    {
        pWSCUnInstallNameSpace( ids[i] );
        if (install) ok_success( pWSCInstallNameSpace( name, missing, i ? SPACE_2 + 9 : SPACE_2, 2, ids[i] ) );
    }
}

START_TEST( advertised )
{
    char **argv;
    HANDLE process;

    if (stock)
    {
        skip( "Wine's own module has no providers\n" );
        return;
    }
    name_space_functions();
    advertised_functions();
    if (winetest_get_mainargs( &argv ) > 2)
    {
        child();
        return;
    }
    install_all( TRUE );
    process = start_child( "advertised", "child" );
    wait_child_process( process );
    CloseHandle( process );
    install_all( FALSE );
}
