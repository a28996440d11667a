/*
 * WSALookupService beside a DNS server: run by tests/names, like dns
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "sockets.h"
#include <svcguid.h>

static GUID by_name = SVCID_INET_HOSTADDRBYNAME, by_address = SVCID_INET_HOSTADDRBYINETSTRING,
            record_a = SVCID_DNS_TYPE_A;
static GUID record_aaaa = SVCID_DNS_TYPE_AAAA, tcp_80 = SVCID_TCP( 80 ), record_srv = SVCID_DNS_TYPE_SRV,
            record_mx = SVCID_DNS_TYPE_MX;

static char buffer[16384];
static WSAQUERYSETW *const set = (WSAQUERYSETW *)buffer;

static int begin( const WCHAR *name, GUID *class_id, DWORD flags, HANDLE *lookup )
{
    WSAQUERYSETW query = { .dwSize = sizeof( query ),
                           .lpszServiceInstanceName = (WCHAR *)name,
                           .lpServiceClassId = class_id,
                           .dwNameSpace = NS_DNS };

    return WSALookupServiceBeginW( &query, flags, lookup );
}

static int next( HANDLE lookup )
{
    DWORD size = sizeof( buffer );

    return WSALookupServiceNextW( lookup, 0, &size, set );
}

static void test_classes( void )
{
    const struct
    {
        const WCHAR *name;
        GUID *class_id;
        DWORD flags;
        int error, count, port;
        const WCHAR *got;
        BOOL except_afd; /* Wine 8.0's dnsapi has no PTR */
    } tests[] = {
        { L"one.test", &by_name, 0, 0, 1, 0, L"one.test" },
        { L"chain1.test", &by_name, 0, 0, 1, 0, L"one.test" },
        { L"one.test", &tcp_80, 0, 0, 1, 80, L"one.test" },
        { L"one.test", &record_a, 0, 0, 1, 0, L"one.test" },
        { L"both.test", &record_a, 0, 0, 1, 0, L"both.test" },
        { L"both.test", &record_aaaa, 0, 0, 1, 0, L"both.test" },
        { L"six.test", &record_aaaa, 0, 0, 1, 0, L"six.test" },
        { L"both.test", &tcp_80, LUP_DUAL_ADDR, 0, 2, 80, L"both.test" },
        { L"one.test", &tcp_80, LUP_DUAL_ADDR, 0, 1, 80, L"one.test" },
        { L"fifty.test", &by_name, 0, 0, 50, 0, L"fifty.test" },
        { L"10.1.0.9", &by_address, 0, 0, 1, 0, L"pointer.test", TRUE },
        { L"10.1.9.1", &by_address, 0, 0, 1, 0, L"fromhosts.test" },
        { L"10.1.0.200", &by_address, 0, WSASERVICE_NOT_FOUND, 0, 0, NULL, TRUE },
        { L"absent.test", &by_name, 0, WSASERVICE_NOT_FOUND },
        { L"absent.test", &record_aaaa, 0, WSASERVICE_NOT_FOUND },
        { L"six.test", &by_name, 0, WSANO_DATA },
        { L"one.test", &record_aaaa, 0, WSANO_DATA },
        { L"text.test", &by_name, 0, WSANO_DATA },
        { L"x.servfail.test", &by_name, 0, WSATRY_AGAIN },
        { L"x.formerr.test", &by_name, 0, WSANO_RECOVERY },
        { L"m\x00fcnchen.test", &by_name, 0, 0, 1, 0, NULL },
        { L"m\x00fcnchen.test", &by_name, LUP_DISABLE_IDN_ENCODING, WSASERVICE_NOT_FOUND },
    };
    unsigned int i;
    HANDLE lookup;
    int ret, error;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%u: %s", i, wine_dbgstr_w( tests[i].name ) );
        ok_success(
            begin( tests[i].name, tests[i].class_id, LUP_RETURN_NAME | LUP_RETURN_ADDR | tests[i].flags, &lookup ) );
        ret = next( lookup );
        error = ret ? WSAGetLastError() : 0;
        if (tests[i].except_afd) ok_unless_afd( error == tests[i].error, "got error %d\n", error );
        else ok( error == tests[i].error, "got error %d\n", error );
        if (!ret && !tests[i].error)
        {
            SOCKADDR_IN *in = (SOCKADDR_IN *)set->lpcsaBuffer->RemoteAddr.lpSockaddr;

            if (tests[i].got)
                ok( !lstrcmpW( set->lpszServiceInstanceName, tests[i].got ), "got %s\n",
                    wine_dbgstr_w( set->lpszServiceInstanceName ) );
            ok( set->dwNumberOfCsAddrs == (DWORD)tests[i].count, "got %lu addresses\n", set->dwNumberOfCsAddrs );
            ok( ntohs( in->sin_port ) == tests[i].port, "got port %u\n", ntohs( in->sin_port ) );
            ok_error( next( lookup ), WSA_E_NO_MORE );
        }
        else if (ret) ok_error( next( lookup ), error ); /* the same again */
        ok_success( WSALookupServiceEnd( lookup ) );
        winetest_pop_context();
    }

    /* records that have no addresses */
    ok_error( begin( L"_sip._tcp.test", &record_srv, LUP_RETURN_ALL, &lookup ), WSASERVICE_NOT_FOUND );
    ok_error( begin( L"one.test", &record_mx, LUP_RETURN_ALL, &lookup ), WSASERVICE_NOT_FOUND );
}

/* Each alias is a result of its own, after the host. */
static void test_aliases( void )
{
    unsigned int found = 0, aliases = 0;
    HANDLE lookup;

    ok_success( begin( L"chain1.test", &by_name, LUP_RETURN_NAME | LUP_RETURN_ADDR | LUP_RETURN_ALIASES, &lookup ) );
    ok_success( next( lookup ) );
    ok( !set->dwOutputFlags && !lstrcmpW( set->lpszServiceInstanceName, L"one.test" ), "got %s, flags %lx\n",
        wine_dbgstr_w( set->lpszServiceInstanceName ), set->dwOutputFlags );
    while (!next( lookup ))
    {
        ok( set->dwOutputFlags == RESULT_IS_ALIAS && !set->dwNumberOfCsAddrs, "got flags %lx, %lu addresses\n",
            set->dwOutputFlags, set->dwNumberOfCsAddrs );
        found += !lstrcmpW( set->lpszServiceInstanceName, L"chain1.test" );
        aliases++;
    }
    ok( WSAGetLastError() == WSA_E_NO_MORE, "got error %d\n", WSAGetLastError() );
    /* dnsapi.dll doesn't return those that it has followed */
    ok_unless_afd( aliases >= 1 && found == 1, "got %u aliases, %u are chain1.test\n", aliases, found );
    WSALookupServiceEnd( lookup );

    ok_success( begin( L"fromhosts", &by_name, LUP_RETURN_NAME | LUP_RETURN_ALIASES, &lookup ) );
    ok_success( next( lookup ) );
    ok( !set->dwOutputFlags && !lstrcmpW( set->lpszServiceInstanceName, L"fromhosts.test" ), "got %s\n",
        wine_dbgstr_w( set->lpszServiceInstanceName ) );
    ok_success( next( lookup ) );
    ok( set->dwOutputFlags == RESULT_IS_ALIAS && !lstrcmpW( set->lpszServiceInstanceName, L"fromhosts" ), "got %s\n",
        wine_dbgstr_w( set->lpszServiceInstanceName ) );
    ok_error( next( lookup ), WSA_E_NO_MORE );
    WSALookupServiceEnd( lookup );
}

START_TEST( dns_lookup )
{
    if (!getenv( "WSURING_TEST_DNS" )) return; /* not counted: tests/names counts */
    ok_unless_stock( !stock, "Wine's own has no lookup services\n" );
    if (stock) return;
    start_winsock();
    test_classes();
    test_aliases();
    stop_winsock();
}
