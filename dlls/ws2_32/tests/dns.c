/*
 * Names that a DNS server knows: run by tests/names, which has one
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "sockets.h"
#include "addrinfo_ex.h"
#include <tlhelp32.h>

#define MANY       1000
#define POOL_LIMIT 100 /* threads of the process while MANY lookups are under way */

/* ---- what comes back, as text */

static int compare_text( const void *a, const void *b )
{
    return strcmp( a, b );
}

/* All addresses of a list in the order of their text: the resolver's own order depends on the machine. */
static const char *list_text( const ADDRINFOA *list )
{
    static char text[4096];
    static char addrs[64][64];
    DWORD size;
    int i, count = 0;

    for (; list && count < 64; list = list->ai_next)
    {
        size = sizeof( addrs[0] );
        if (!WSAAddressToStringA( list->ai_addr, list->ai_addrlen, NULL, addrs[count], &size )) count++;
    }
    qsort( addrs, count, sizeof( addrs[0] ), compare_text );
    for (i = 0, text[0] = 0; i < count; i++)
    {
        if (i) strcat( text, " " );
        strcat( text, addrs[i] );
    }
    return text;
}

static int list_count( const ADDRINFOA *list )
{
    int count;

    for (count = 0; list; list = list->ai_next) count++;
    return count;
}

/* ---- getaddrinfo */

static void test_forward( void )
{
    static char long_label[100], long_name[300];
    static const struct
    {
        const char *node;
        int family, flags, ret;
        const char *expect, *canonical;
    } tests[] = {
        { "one.test", 0, 0, 0, "10.1.0.1" },
        { "ONE.Test", 0, 0, 0, "10.1.0.1" },
        { "one.test.", 0, 0, 0, "10.1.0.1" },
        { "one", 0, 0, 0, "10.1.0.1" }, /* resolv.conf's domain */
        { "one.test", AF_INET, 0, 0, "10.1.0.1" },
        { "one.test", AF_INET, AI_CANONNAME, 0, "10.1.0.1", "one.test" },
        { "one.test", AF_INET6, 0, WSANO_DATA },
        { "one.test", AF_INET6, AI_ALL, WSANO_DATA },
        { "one.test", AF_INET6, AI_V4MAPPED, 0, "::ffff:10.1.0.1" },
        { "one.test", AF_INET6, AI_V4MAPPED | AI_ALL, 0, "::ffff:10.1.0.1" },
        { "one.test", AF_INET, AI_V4MAPPED, 0, "10.1.0.1" },
        { "six.test", 0, 0, 0, "fd00::1:6" },
        { "six.test", AF_INET6, AI_V4MAPPED, 0, "fd00::1:6" },
        { "six.test", AF_INET, 0, WSANO_DATA },
        { "both.test", 0, 0, 0, "10.1.0.2 fd00::1:2" },
        { "both.test", AF_INET, 0, 0, "10.1.0.2" },
        { "both.test", AF_INET6, AI_V4MAPPED, 0, "fd00::1:2" },
        { "both.test", AF_INET6, AI_V4MAPPED | AI_ALL, 0, "::ffff:10.1.0.2 fd00::1:2" },
        { "chain1.test", 0, AI_CANONNAME, 0, "10.1.0.1", "one.test" },
        { "chain1.test", AF_INET, AI_FQDN, 0, "10.1.0.1", "chain1.test" },
        { "chain3", 0, AI_CANONNAME, 0, "10.1.0.1", "one.test" },
        { "one", AF_INET, AI_FQDN, 0, "10.1.0.1", "one.test" },
        { "chain1.test", AF_INET6, 0, WSANO_DATA },
        { "text.test", 0, 0, WSANO_DATA },
        { "text.test", AF_INET, 0, WSANO_DATA },
        { "absent.test", 0, 0, WSAHOST_NOT_FOUND },
        { "absent.test", AF_INET, AI_CANONNAME, WSAHOST_NOT_FOUND },
        { "absent.test", AF_INET6, AI_V4MAPPED | AI_ALL, WSAHOST_NOT_FOUND },
        { "one.test", 0, AI_NUMERICHOST, WSAHOST_NOT_FOUND },
        { "x.servfail.test", 0, 0, WSATRY_AGAIN },
        { "x.servfail.test", AF_INET, 0, WSATRY_AGAIN },
        { "x.refused.test", AF_INET, 0, WSATRY_AGAIN }, /* another server may know */
        { "x.notimp.test", 0, 0, WSATRY_AGAIN },
        { "x.formerr.test", 0, 0, WSANO_RECOVERY },
        { "x.formerr.test", AF_INET, 0, WSANO_RECOVERY },
        { "x.dead.test", AF_INET, 0, WSATRY_AGAIN },
        { "fromhosts.test", AF_INET, 0, 0, "10.1.9.1" },
        { "fromhosts", AF_INET, 0, 0, "10.1.9.1" },
        { "a..test", 0, 0, WSAHOST_NOT_FOUND },
        { "a b.test", 0, 0, WSAHOST_NOT_FOUND },
        { long_label, 0, 0, WSAHOST_NOT_FOUND },
        { long_name, 0, 0, WSAHOST_NOT_FOUND },
    };
    ADDRINFOA hints = { 0 }, *list;
    unsigned int i;
    int ret;

    memset( long_label, 'a', 64 );
    strcpy( long_label + 64, ".test" );
    for (i = 0; i < 250; i += 2) memcpy( long_name + i, "a.", 2 );
    strcpy( long_name + 250, "test" ); /* 254 characters: one more than a name may have */

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%s family %d flags %x", tests[i].node, tests[i].family, tests[i].flags );
        hints.ai_family = tests[i].family;
        hints.ai_flags = tests[i].flags;
        hints.ai_socktype = SOCK_STREAM;
        ret = getaddrinfo( tests[i].node, NULL, &hints, &list );
        ok_unless_stock( ret == tests[i].ret, "got %d\n", ret );
        if (!ret && !tests[i].ret)
        {
            ok_unless_stock( !strcmp( list_text( list ), tests[i].expect ), "got %s\n", list_text( list ) );
            if (tests[i].canonical)
                ok_unless_stock( list->ai_canonname && !strcmp( list->ai_canonname, tests[i].canonical ),
                                 "got name %s\n", list->ai_canonname );
            else ok( !list->ai_canonname, "got name %s\n", list->ai_canonname );
        }
        if (!ret) freeaddrinfo( list );
        winetest_pop_context();
    }

    /* 50 addresses don't fit into a datagram of 512 bytes: the answer is asked for again, by TCP */
    hints.ai_family = AF_INET;
    hints.ai_flags = 0;
    ret = getaddrinfo( "fifty.test", "http", &hints, &list );
    ok_unless_stock( !ret, "fifty.test: got %d\n", ret );
    if (!ret)
    {
        ok_unless_stock( list_count( list ) == 50, "got %d addresses\n", list_count( list ) );
        freeaddrinfo( list );
    }
}

/* The prefix's own hosts file, which tests/names has written into */
static void test_prefix_hosts( void )
{
    ADDRINFOA hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *list;
    struct hostent *host;
    int ret;

    ret = getaddrinfo( "prefix.test", NULL, &hints, &list );
    ok_unless_stock( !ret, "got %d\n", ret );
    if (!ret)
    {
        ok( !strcmp( list_text( list ), "10.1.9.2" ), "got %s\n", list_text( list ) );
        freeaddrinfo( list );
    }
    host = gethostbyname( "prefix" );
    ok_unless_stock( host && !strcmp( host->h_name, "prefix.test" ), "got %s\n", host ? host->h_name : "nothing" );
}

static void test_idn( void )
{
    static const WCHAR name[] = { 'm', 0xfc, 'n', 'c', 'h', 'e', 'n', '.', 't', 'e', 's', 't', 0 };
    ADDRINFOW hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME }, *list;
    int ret;

    ret = GetAddrInfoW( name, NULL, &hints, &list );
    ok_unless_stock( !ret, "got %d\n", ret );
    if (!ret)
    {
        ok( !strcmp( list_text( (ADDRINFOA *)list ), "10.1.0.7" ), "got %s\n", list_text( (ADDRINFOA *)list ) );
        ok_unless_stock( !lstrcmpW( list->ai_canonname, name ), "got name %s\n", wine_dbgstr_w( list->ai_canonname ) );
        FreeAddrInfoW( list );
    }
    ret = GetAddrInfoW( L"xn--mnchen-3ya.test", NULL, &hints, &list );
    ok( !ret, "got %d\n", ret );
    if (!ret) FreeAddrInfoW( list );
    hints.ai_flags = AI_DISABLE_IDN_ENCODING;
    ret = GetAddrInfoW( name, NULL, &hints, &list );
    ok( ret == WSAHOST_NOT_FOUND, "got %d\n", ret );
    if (!ret) FreeAddrInfoW( list );
}

/* Both names of an alias, which only an ADDRINFOEX2 has room for */
static void test_fqdn( void )
{
    struct
    {
        ADDRINFOEXW info;
        int version;
        WCHAR *fqdn;
    } *list;
    ADDRINFOEXW hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME | AI_FQDN };
    int ret;

    if (stock) return; /* whose lists are shorter */
    ret = pGetAddrInfoExW( L"chain1.test", NULL, NS_DNS, NULL, &hints, (ADDRINFOEXW **)&list, NULL, NULL, NULL, NULL );
    ok( !ret, "got %d\n", ret );
    if (ret) return;
    ok( list->version == 2, "got version %d\n", list->version );
    ok( !lstrcmpW( list->info.ai_canonname, L"one.test" ), "got name %s\n", wine_dbgstr_w( list->info.ai_canonname ) );
    ok( !lstrcmpW( list->fqdn, L"chain1.test" ), "got full name %s\n", wine_dbgstr_w( list->fqdn ) );
    pFreeAddrInfoExW( &list->info );
}

/* ---- the older functions */

static void test_hostent( void )
{
    static const struct
    {
        const char *name;
        int error, count;
        const char *official, *alias;
    } tests[] = {
        { "one.test", 0, 1, "one.test" },
        { "one", 0, 1, "one.test" },
        { "chain1.test", 0, 1, "one.test", "chain1.test" },
        { "fifty.test", 0, 50, "fifty.test" },
        { "fromhosts.test", 0, 1, "fromhosts.test", "fromhosts" },
        { "10.1.0.200", 0, 1, "10.1.0.200" },
        { "six.test", WSANO_DATA },
        { "text.test", WSANO_DATA },
        { "absent.test", WSAHOST_NOT_FOUND },
        { "x.servfail.test", WSATRY_AGAIN },
        { "x.formerr.test", WSANO_RECOVERY },
        { "x.dead.test", WSATRY_AGAIN },
    };
    struct hostent *host;
    unsigned int i;
    int count;
    char **alias;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%s", tests[i].name );
        WSASetLastError( 0 );
        host = gethostbyname( tests[i].name );
        ok_unless_stock( !host == !!tests[i].error, "got %p, error %d\n", host, WSAGetLastError() );
        if (!host) ok_unless_stock( WSAGetLastError() == tests[i].error, "got error %d\n", WSAGetLastError() );
        else if (!tests[i].error)
        {
            for (count = 0; host->h_addr_list[count];) count++;
            ok_unless_stock( count == tests[i].count, "got %d addresses\n", count );
            ok_unless_stock( !strcmp( host->h_name, tests[i].official ), "got name %s\n", host->h_name );
            for (alias = host->h_aliases; tests[i].alias && *alias && strcmp( *alias, tests[i].alias );) alias++;
            /* dnsapi.dll doesn't return those that it has followed */
            if (tests[i].alias) ok_unless_afd( *alias != NULL, "no alias %s\n", tests[i].alias );
        }
        winetest_pop_context();
    }
}

/* In tier afd only the hosts files know: the dnsapi of Wine 8.0 can't read PTR records. */
static void test_reverse( void )
{
    static const struct
    {
        const char *addr;
        int family;
        const char *name;
    } tests[] = {
        { "10.1.0.1", AF_INET, "one.test" },
        { "10.1.0.9", AF_INET, "pointer.test" },
        { "10.1.9.1", AF_INET, "fromhosts.test" },
        { "fd00::1:6", AF_INET6, "six.test" },
        { "10.1.0.200", AF_INET },
        { "fd00::1:200", AF_INET6 },
    };
    union address addr;
    struct hostent *host;
    char name[NI_MAXHOST];
    unsigned int i;
    int ret, len;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%s", tests[i].addr );
        len = sizeof( addr );
        WSAStringToAddressA( (char *)tests[i].addr, tests[i].family, NULL, &addr.any, &len );
        strcpy( name, "?" );
        ret = getnameinfo( &addr.any, len, name, sizeof( name ), NULL, 0, 0 );
        ok_unless_afd( !ret && !strcmp( name, tests[i].name ? tests[i].name : tests[i].addr ), "got %d, %s\n", ret,
                       name );
        ret = getnameinfo( &addr.any, len, name, sizeof( name ), NULL, 0, NI_NAMEREQD );
        ok_unless_afd( ret == ( tests[i].name ? 0 : WSAHOST_NOT_FOUND ), "NI_NAMEREQD: got %d\n", ret );
        ret = getnameinfo( &addr.any, len, name, sizeof( name ), NULL, 0, NI_NUMERICHOST );
        ok( !ret && !strcmp( name, tests[i].addr ), "NI_NUMERICHOST: got %d, %s\n", ret, name );

        WSASetLastError( 0 );
        if (tests[i].family == AF_INET) host = gethostbyaddr( (char *)&addr.v4.sin_addr, 4, AF_INET );
        else host = gethostbyaddr( (char *)&addr.v6.sin6_addr, 16, AF_INET6 );
        ok_unless_afd( !host == !tests[i].name, "got %p, error %d\n", host, WSAGetLastError() );
        if (host && tests[i].name) ok_unless_afd( !strcmp( host->h_name, tests[i].name ), "got %s\n", host->h_name );
        if (!host) ok_unless_afd( WSAGetLastError() == WSAHOST_NOT_FOUND, "got error %d\n", WSAGetLastError() );
        winetest_pop_context();
    }
}

/* ---- GetAddrInfoEx */

static void test_dead_server( void )
{
    ADDRINFOEXW hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *list;
    ADDRINFOA hintsA = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *listA;
    struct timeval timeout = { 0, 300000 };
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    DWORD start;
    HANDLE handle;
    int ret;

    /* while one waits, another is answered */
    ret = pGetAddrInfoExW( L"y.dead.test", NULL, NS_DNS, NULL, &hints, &list, NULL, &ov, NULL, &handle );
    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    start = GetTickCount();
    ret = getaddrinfo( "one.test", NULL, &hintsA, &listA );
    ok( !ret, "got %d\n", ret );
    if (!ret) freeaddrinfo( listA );
    ok( GetTickCount() - start < 3000, "it took %lu ms\n", GetTickCount() - start );
    ok( WaitForSingleObject( ov.hEvent, 0 ) == WAIT_TIMEOUT, "a dead server has answered\n" );

    /* cancelled at once */
    start = GetTickCount();
    ret = pGetAddrInfoExCancel( &handle );
    ok_unless_stock( !ret, "got %d\n", ret );
    ok( !WaitForSingleObject( ov.hEvent, 10000 ), "not signalled\n" );
    ok_unless_stock( GetTickCount() - start < 3000, "it took %lu ms\n", GetTickCount() - start );
    ok_unless_stock( ov.Internal == WSA_E_CANCELLED, "got %lu\n", (ULONG)ov.Internal );
    ok( pGetAddrInfoExCancel( &handle ) == WSA_INVALID_HANDLE, "cancelled twice\n" );

    /* time-outs */
    if (!stock)
    {
        start = GetTickCount();
        ret = pGetAddrInfoExW( L"y.dead.test", NULL, NS_DNS, NULL, &hints, &list, &timeout, &ov, NULL, &handle );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        ok( !WaitForSingleObject( ov.hEvent, 10000 ), "not signalled\n" );
        ok( ov.Internal == WSAETIMEDOUT, "got %lu\n", (ULONG)ov.Internal );
        ok( GetTickCount() - start >= 290 && GetTickCount() - start < 5000, "it took %lu ms\n",
            GetTickCount() - start );
        start = GetTickCount();
        ret = pGetAddrInfoExW( L"y.dead.test", NULL, NS_DNS, NULL, &hints, &list, &timeout, NULL, NULL, NULL );
        ok( ret == WSAETIMEDOUT, "got %d\n", ret );
        ok( GetTickCount() - start >= 290 && GetTickCount() - start < 5000, "it took %lu ms\n",
            GetTickCount() - start );
    }
    CloseHandle( ov.hEvent );
}

static LONG many_done;
static HANDLE many_event;

static void CALLBACK many_routine( DWORD error, DWORD bytes, OVERLAPPED *overlapped )
{
    (void)error;
    (void)bytes;
    (void)overlapped;
    if (InterlockedIncrement( &many_done ) == MANY) SetEvent( many_event );
}

static int thread_count( void )
{
    HANDLE snapshot = CreateToolhelp32Snapshot( TH32CS_SNAPTHREAD, 0 );
    THREADENTRY32 entry = { sizeof( entry ) };
    int count = 0;
    BOOL more;

    for (more = Thread32First( snapshot, &entry ); more; more = Thread32Next( snapshot, &entry ))
        count += entry.th32OwnerProcessID == GetCurrentProcessId();
    CloseHandle( snapshot );
    return count;
}

/* MANY at once: all are answered, or all are cancelled, and there is no thread for each */
static void test_many( BOOL cancel )
{
    static ADDRINFOEXW *lists[MANY];
    static OVERLAPPED ov[MANY];
    static HANDLE handles[MANY];
    ADDRINFOEXW hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
    int i, ret, threads = 0, wrong = 0, cancelled = 0;
    DWORD start = GetTickCount();
    WCHAR name[64];

    if (stock) return;
    winetest_push_context( cancel ? "cancelled" : "answered" );
    many_event = CreateEventW( NULL, TRUE, FALSE, NULL );
    many_done = 0;
    for (i = 0; i < MANY; i++)
    {
        memset( &ov[i], 0, sizeof( ov[i] ) );
        wsprintfW( name, cancel ? L"n%d.dead.test" : L"n%d.slow.test", i );
        ret = pGetAddrInfoExW( name, NULL, NS_DNS, NULL, &hints, &lists[i], NULL, &ov[i], many_routine, &handles[i] );
        if (ret != WSA_IO_PENDING) wrong++;
    }
    ok( !wrong, "%d didn't pend\n", wrong );
    threads = thread_count();
    ok( threads < POOL_LIMIT, "%d threads\n", threads );
    if (cancel)
    {
        start = GetTickCount();
        for (i = 0; i < MANY; i++) cancelled += !pGetAddrInfoExCancel( &handles[i] );
        ok( cancelled == MANY, "%d cancelled\n", cancelled );
    }
    ok( !WaitForSingleObject( many_event, 60000 ), "%ld done\n", many_done );
    ok( many_done == MANY, "%ld done\n", many_done );
    if (cancel) ok( GetTickCount() - start < 8000, "it took %lu ms\n", GetTickCount() - start );
    for (i = wrong = 0; i < MANY; i++)
    {
        if (ov[i].Internal != ( cancel ? WSA_E_CANCELLED : 0 ) || ( lists[i] != NULL ) == cancel) wrong++;
        pFreeAddrInfoExW( lists[i] );
    }
    ok( !wrong, "%d ended otherwise\n", wrong );
    CloseHandle( many_event );
    winetest_pop_context();
}

/* No server at all */
static void test_no_server( void )
{
    ADDRINFOA hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *list;
    int ret;

    change_world( "refuse" );
    ret = getaddrinfo( "one.test", NULL, &hints, &list );
    ok( ret == WSATRY_AGAIN, "got %d\n", ret );
    if (!ret) freeaddrinfo( list );
    ret = getaddrinfo( "localhost", NULL, &hints, &list );
    ok( !ret, "localhost: got %d\n", ret );
    if (!ret) freeaddrinfo( list );
    change_world( "mend" );
    ret = getaddrinfo( "one.test", NULL, &hints, &list );
    ok( !ret, "got %d\n", ret );
    if (!ret) freeaddrinfo( list );
}

START_TEST( dns )
{

    if (!getenv( "WSURING_TEST_DNS" )) return; /* not counted: tests/names counts */
    load_addrinfo_ex();
    start_winsock();
    test_forward();
    test_prefix_hosts();
    test_idn();
    test_fqdn();
    test_hostent();
    test_reverse();
    test_dead_server();
    test_many( FALSE );
    test_many( TRUE );
    test_no_server();
    stop_winsock();
}
