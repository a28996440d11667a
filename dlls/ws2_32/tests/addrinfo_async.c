/*
 * GetAddrInfoExW, asynchronous: lookups from routines, polling, cancelling in a race
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "addrinfo_ex.h"

static const ADDRINFOEXW hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };

/* ---- the next lookup is begun in the routine of the last one, with the same structure */

struct chain
{
    OVERLAPPED overlapped;
    ADDRINFOEXW *list;
    HANDLE handle, done;
    int left, wrong;
};

static void CALLBACK chain_routine( DWORD error, DWORD bytes, OVERLAPPED *overlapped )
{
    struct chain *chain = CONTAINING_RECORD( overlapped, struct chain, overlapped );

    (void)bytes;
    if (error || !chain->list || overlapped->Pointer != &chain->list) chain->wrong++;
    if (pGetAddrInfoExCancel( &chain->handle ) != WSA_INVALID_HANDLE) chain->wrong++; /* it has ended */
    pFreeAddrInfoExW( chain->list );
    if (!--chain->left
        || pGetAddrInfoExW( L"127.0.0.1", L"80", NS_DNS, NULL, &hints, &chain->list, NULL, overlapped, chain_routine,
                            &chain->handle )
               != WSA_IO_PENDING)
        SetEvent( chain->done );
}

static void test_chain( void )
{
    struct chain chain = { .left = 200, .done = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    int ret;

    ret = pGetAddrInfoExW( L"127.0.0.1", L"80", NS_DNS, NULL, &hints, &chain.list, NULL, &chain.overlapped,
                           chain_routine, &chain.handle );
    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    ok( !WaitForSingleObject( chain.done, 30000 ), "not at its end\n" );
    ok( !chain.left && !chain.wrong, "%d left, %d wrong\n", chain.left, chain.wrong );
    CloseHandle( chain.done );
}

/* ---- without an event or a routine, with an event that resets itself, without a handle */

static void test_polling( void )
{
    HANDLE event = CreateEventW( NULL, FALSE, TRUE, NULL );
    OVERLAPPED overlapped = { 0 };
    ADDRINFOEXW *list;
    DWORD start = GetTickCount();
    int ret;

    ret = pGetAddrInfoExW( L"localhost", NULL, NS_DNS, NULL, &hints, &list, NULL, &overlapped, NULL, NULL );
    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    while (( ret = pGetAddrInfoExOverlappedResult( &overlapped ) ) == WSAEINPROGRESS && GetTickCount() - start < 10000)
        Sleep( 1 );
    ok( !ret && list, "got %d, list %p\n", ret, list );
    pFreeAddrInfoExW( list );

    overlapped.hEvent = event;
    ret = pGetAddrInfoExW( L"localhost", NULL, NS_DNS, NULL, &hints, &list, NULL, &overlapped, NULL, NULL );
    ok( ret == WSA_IO_PENDING, "got %d\n", ret );
    ok( !WaitForSingleObject( event, 10000 ),
        "not signalled\n" ); /* it was before: the call has reset it, which Wine's own doesn't do */
    ret = pGetAddrInfoExOverlappedResult( &overlapped );
    ok_unless_stock( !ret, "got %d\n", ret );
    while (pGetAddrInfoExOverlappedResult( &overlapped ) == WSAEINPROGRESS && GetTickCount() - start < 20000)
        Sleep( 1 );
    ok_unless_stock( WaitForSingleObject( event, 50 ) == WAIT_TIMEOUT, "signalled twice\n" );
    pFreeAddrInfoExW( list );
    CloseHandle( event );
}

/* ---- cancelled while it ends: each ends once, one way or the other */

#define RACES 500

static LONG ended[RACES];
static OVERLAPPED races[RACES];
static LONG ends;

static void CALLBACK race_routine( DWORD error, DWORD bytes, OVERLAPPED *overlapped )
{
    (void)error;
    (void)bytes;
    InterlockedIncrement( &ended[overlapped - races] );
    InterlockedIncrement( &ends );
}

static DWORD WINAPI cancel_thread( void *arg )
{
    HANDLE *handles = arg;
    int i, count = 0;

    for (i = 0; i < RACES; i++)
    {
        while (!*(HANDLE volatile *)&handles[i]) YieldProcessor();
        count += !pGetAddrInfoExCancel( &handles[i] );
    }
    return count;
}

static void test_race( void )
{
    static HANDLE handles[RACES];
    static ADDRINFOEXW *lists[RACES];
    HANDLE threads[2];
    DWORD counts[2], start = GetTickCount();
    int i, ret, cancelled = 0, wrong = 0;

    for (i = 0; i < 2; i++) threads[i] = CreateThread( NULL, 0, cancel_thread, handles, 0, NULL );
    for (i = 0; i < RACES; i++)
    {
        ret = pGetAddrInfoExW( L"127.0.0.1", NULL, NS_DNS, NULL, &hints, &lists[i], NULL, &races[i], race_routine,
                               &handles[i] );
        wrong += ret != WSA_IO_PENDING;
    }
    ok( !wrong, "%d didn't pend\n", wrong );
    ok( WaitForMultipleObjects( 2, threads, TRUE, 30000 ) != WAIT_TIMEOUT, "the threads wait on\n" );
    for (i = 0; i < 2; i++)
    {
        GetExitCodeThread( threads[i], &counts[i] );
        CloseHandle( threads[i] );
    }
    while (ends < RACES && GetTickCount() - start < 30000) Sleep( 1 );
    Sleep( 50 );
    for (i = wrong = 0; i < RACES; i++)
    {
        ret = pGetAddrInfoExOverlappedResult( &races[i] );
        if (ended[i] != 1 || ( ret && ret != WSA_E_CANCELLED ) || !ret != !!lists[i]) wrong++;
        cancelled += ret == WSA_E_CANCELLED;
        pFreeAddrInfoExW( lists[i] );
    }
    ok( !wrong, "%d ended otherwise\n", wrong );
    ok( (int)( counts[0] + counts[1] ) == cancelled, "%lu and %lu cancelled, %d say so\n", counts[0], counts[1],
        cancelled );
}

START_TEST( addrinfo_async )
{
    load_addrinfo_ex();
    start_winsock();
    test_chain();
    test_polling();
    ok_unless_stock( !stock, "Wine's own can't cancel\n" );
    if (!stock) test_race();
    stop_winsock();
}
