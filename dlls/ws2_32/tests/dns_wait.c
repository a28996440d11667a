/*
 * Lookups that wait for a server which doesn't answer, and others meanwhile: run by tests/names, like dns
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "sockets.h"
#include "addrinfo_ex.h"

#define DEAD 200 /* more than threads that look up at once */

static ADDRINFOEXW *lists[DEAD];
static OVERLAPPED ov[DEAD];
static HANDLE handles[DEAD];

static void start_dead( void )
{
    ADDRINFOEXW hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
    int i, ret, wrong = 0;
    WCHAR name[64];

    for (i = 0; i < DEAD; i++)
    {
        memset( &ov[i], 0, sizeof( ov[i] ) );
        ov[i].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        wsprintfW( name, L"w%d.dead.test", i );
        ret = pGetAddrInfoExW( name, NULL, NS_DNS, NULL, &hints, &lists[i], NULL, &ov[i], NULL, &handles[i] );
        wrong += ret != WSA_IO_PENDING;
    }
    ok( !wrong, "%d didn't pend\n", wrong );
}

static int dead_ended( void )
{
    int i, count = 0;

    for (i = 0; i < DEAD; i++) count += ov[i].Internal != WSAEINPROGRESS;
    return count;
}

static void cancel_dead( int first )
{
    int i;

    for (i = first; i < DEAD; i++) pGetAddrInfoExCancel( &handles[i] );
}

static void close_dead( void )
{
    int i;

    for (i = 0; i < DEAD; i++)
    {
        ok( !WaitForSingleObject( ov[i].hEvent, 60000 ), "%d: not signalled\n", i );
        CloseHandle( ov[i].hEvent );
        pFreeAddrInfoExW( lists[i] );
    }
}

/* A name that is there: by all calls that take a thread of the pool */
static void look_up( const char *when )
{
    static GUID class_id = { 0x0002a803, 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } }; /* SVCID_HOSTNAME */
    static WCHAR name[] = L"one.test";
    WSAQUERYSETW query = {
        .dwSize = sizeof( query ), .dwNameSpace = NS_DNS, .lpServiceClassId = &class_id, .lpszServiceInstanceName = name
    };
    ADDRINFOEXW hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *list = NULL;
    struct timeval timeout = { 20, 0 };
    OVERLAPPED good = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    char buffer[4096];
    DWORD size = sizeof( buffer );
    HANDLE lookup;
    int ret;

    ret = pGetAddrInfoExW( name, NULL, NS_DNS, NULL, &hints, &list, NULL, &good, NULL, NULL );
    ok( ret == WSA_IO_PENDING, "%s: got %d\n", when, ret );
    ok( !WaitForSingleObject( good.hEvent, 30000 ) && !good.Internal, "%s: got %lu\n", when, (ULONG)good.Internal );
    pFreeAddrInfoExW( list );
    CloseHandle( good.hEvent );
    ret = pGetAddrInfoExW( name, NULL, NS_DNS, NULL, &hints, &list, &timeout, NULL, NULL, NULL );
    ok( !ret, "%s: with a time-out: got %d\n", when, ret );
    pFreeAddrInfoExW( list );
    ok_success( WSALookupServiceBeginW( &query, LUP_RETURN_ADDR, &lookup ) );
    ok_success( WSALookupServiceNextW( lookup, 0, &size, (WSAQUERYSETW *)buffer ) );
    ok_success( WSALookupServiceEnd( lookup ) );
}

/* The dead ones end after resolv.conf's time-out, 3 seconds, if they don't wait for each other. */
static void test_behind_dead( void )
{
    int ended;

    start_dead();
    look_up( "behind the dead" );
    ended = dead_ended();
    ok( ended < DEAD / 2, "%d of the dead ended before\n", ended );
    cancel_dead( 0 );
    close_dead();
}

static void test_behind_cancelled( void )
{
    start_dead();
    cancel_dead( 1 );
    look_up( "behind the cancelled" );
    ok( ov[0].Internal == WSAEINPROGRESS, "the one that is left ended before, with %lu\n", (ULONG)ov[0].Internal );
    cancel_dead( 0 );
    close_dead();
}

/* Time-outs are those of the lookup as well. The first of the dead, which has none, outlives them. */
static void test_timeouts( void )
{
    struct timeval timeout = { 0, 300000 }, hour = { 3600, 0 };
    ADDRINFOEXW hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *list;
    SOCKET s = tcp_socket( AF_INET );
    BOOL connected;
    int i, ret;

    start_dead();
    cancel_dead( 1 );
    connected = WSAConnectByNameA( s, (char *)"t.dead.test", (char *)"80", NULL, NULL, NULL, NULL, &timeout, NULL );
    ok( !connected && WSAGetLastError() == WSAETIMEDOUT, "got %d, error %d\n", connected, WSAGetLastError() );
    ret = pGetAddrInfoExW( L"u.dead.test", NULL, NS_DNS, NULL, &hints, &list, &timeout, NULL, NULL, NULL );
    ok( ret == WSAETIMEDOUT, "got %d\n", ret );
    ok( ov[0].Internal == WSAEINPROGRESS, "the one without ended before, with %lu\n", (ULONG)ov[0].Internal );
    cancel_dead( 0 );
    close_dead();
    closesocket( s );
    /* what has ended before its time has no time left to end it */
    for (i = 0; i < 1000; i++)
    {
        ret = pGetAddrInfoExW( L"127.0.0.1", NULL, NS_DNS, NULL, &hints, &list, &hour, NULL, NULL, NULL );
        ok( !ret, "got %d\n", ret );
        pFreeAddrInfoExW( list );
    }
}

START_TEST( dns_wait )
{

    if (!getenv( "WSURING_TEST_DNS" )) return; /* not counted: tests/names counts */
    ok_unless_stock( !stock, "Wine's own can't cancel\n" );
    if (stock) return;
    load_addrinfo_ex();
    start_winsock();
    test_behind_dead();
    test_behind_cancelled();
    test_timeouts();
    stop_winsock();
}
