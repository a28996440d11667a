/*
 * Waiting for completion ports: times, threads, their order, their end, APCs
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static HANDLE port;
static SOCKET a, b; /* b is associated */
static char data[64];

static int start_recv( SOCKET s, OVERLAPPED *ov )
{
    memset( ov, 0, sizeof( *ov ) );
    return begin_recv( s, data, sizeof( data ), ov, NULL );
}

/* waits: the port has been waited for before, so that one that is served in the process is so from the start */
static void setup( BOOL waits )
{
    OVERLAPPED *ov;
    ULONG_PTR key;
    DWORD count;

    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    if (!waits) return;
    CreateIoCompletionPort( (HANDLE)b, port, 7, 0 );
    ok( !GetQueuedCompletionStatus( port, &count, &key, &ov, 0 ) && GetLastError() == WAIT_TIMEOUT, "error %lu\n",
        GetLastError() );
}

static void teardown( void )
{
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
}

static double now_ms( void )
{
    LARGE_INTEGER count, frequency;

    QueryPerformanceCounter( &count );
    QueryPerformanceFrequency( &frequency );
    return count.QuadPart * 1e3 / frequency.QuadPart;
}

/* Exact to 2 ms, or to 20 where the server wakes the thread; the best of some tries, as the machine may be busy. */
static void test_times( void )
{
    static const DWORD times[] = { 0, 1, 7, 20, 100 };
    OVERLAPPED_ENTRY entry;
    double start, took, best, late;
    OVERLAPPED *ov;
    ULONG_PTR key;
    DWORD count;
    unsigned int i, ex, try;

    setup( TRUE );
    for (i = 0; i < ARRAY_SIZE( times ); i++)
    {
        for (ex = 0; ex < 3; ex++)
        {
            late = ex == 2 || by_afd() ? 20 : 2;
            for (try = 0, best = 1e9; try < 20 && best >= times[i] + late; try++)
            {
                start = now_ms();
                if (!ex) ok( !GetQueuedCompletionStatus( port, &count, &key, &ov, times[i] ), "there is a packet\n" );
                else
                    ok( !GetQueuedCompletionStatusEx( port, &entry, 1, &count, times[i], ex == 2 ),
                        "there is a packet\n" );
                ok( GetLastError() == WAIT_TIMEOUT, "got error %lu\n", GetLastError() );
                took = now_ms() - start;
                /* Wine's server rounds a little */
                ok( took > times[i] - 1.5, "%lu: %.2f ms\n", times[i], took );
                best = min( best, took );
            }
            ok( best < times[i] + late, "%lu, %u: %.2f ms at best\n", times[i], ex, best );
        }
    }
    teardown();
}

struct waiter
{
    HANDLE thread;
    DWORD timeout;
    BOOL ret, alertable;
    DWORD error, count;
    ULONG_PTR key;
    OVERLAPPED *ov;
    volatile LONG done;
};

static volatile LONG done_count;

static DWORD WINAPI wait_thread( void *arg )
{
    struct waiter *waiter = arg;

    SetLastError( 0xdeadbeef );
    if (waiter->alertable)
    {
        OVERLAPPED_ENTRY entry = { 0 };
        ULONG n = 0;

        waiter->ret = GetQueuedCompletionStatusEx( port, &entry, 1, &n, waiter->timeout, TRUE );
        waiter->key = entry.lpCompletionKey;
        waiter->ov = entry.lpOverlapped;
    }
    else waiter->ret = GetQueuedCompletionStatus( port, &waiter->count, &waiter->key, &waiter->ov, waiter->timeout );
    waiter->error = waiter->ret ? 0 : GetLastError();
    waiter->done = InterlockedIncrement( &done_count );
    return 0;
}

static void waiter_start( struct waiter *waiter, DWORD timeout )
{
    BOOL alertable = waiter->alertable;

    memset( waiter, 0, sizeof( *waiter ) );
    waiter->alertable = alertable;
    waiter->timeout = timeout;
    waiter->thread = CreateThread( NULL, 0, wait_thread, waiter, 0, NULL );
    Sleep( 60 );
}

static void waiter_end( struct waiter *waiter )
{
    DWORD ret = WaitForSingleObject( waiter->thread, 15000 );

    ok( !ret, "the thread doesn't come back\n" );
    if (ret) TerminateThread( waiter->thread, 0 );
    CloseHandle( waiter->thread );
}

/* The thread that came last is released first (GetQueuedCompletionStatus's page: "last in, first out"). */
static void test_lifo( void )
{
    struct waiter waiters[4] = { { 0 } };
    int i, order_good = 0;

    setup( TRUE );
    done_count = 0;
    for (i = 0; i < 4; i++) waiter_start( &waiters[i], 5000 );
    for (i = 0; i < 4; i++)
    {
        PostQueuedCompletionStatus( port, 0, i + 1, NULL );
        Sleep( 60 );
    }
    for (i = 0; i < 4; i++)
    {
        waiter_end( &waiters[i] );
        ok( waiters[i].ret, "error %lu\n", waiters[i].error );
        if (waiters[i].key == (ULONG_PTR)4 - i) order_good++;
    }
    todo_wine_if( order_good != 4 && ( stock || getenv( "WSURING_ENGINE" ) ) ) ok( order_good == 4, "another order\n" );
    teardown();
}

/* Threads that wait already when the first socket comes; all get packets, each packet goes to one. */
static void test_early_waiters( void )
{
    struct waiter waiters[4] = { { 0 } };
    OVERLAPPED ov, *ret_ov;
    ULONG_PTR key;
    DWORD count;
    int i, seen = 0;

    setup( FALSE );
    done_count = 0;
    for (i = 0; i < 4; i++) waiter_start( &waiters[i], 10000 );
    ok( CreateIoCompletionPort( (HANDLE)b, port, 7, 0 ) == port, "not associated: %lu\n", GetLastError() );
    /* the main thread's wait makes it served */
    ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
    ok( !GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 30 ), "there is a packet\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    for (i = 0; i < 500 && !done_count; i++) Sleep( 10 );
    ok( done_count == 1, "got %ld\n", done_count );
    for (i = 0; i < 3; i++) PostQueuedCompletionStatus( port, 0, 100 + i, NULL );
    for (i = 0; i < 4; i++)
    {
        waiter_end( &waiters[i] );
        ok( waiters[i].ret, "error %lu\n", waiters[i].error );
        if (waiters[i].key == 7) seen |= 8;
        else if (waiters[i].key - 100 < 3) seen |= 1 << ( waiters[i].key - 100 );
    }
    ok( seen == 15, "got %x\n", seen );
    teardown();
}

/* Waiters know that the port goes (ERROR_ABANDONED_WAIT_0), when its last handle does. Returns TRUE if a thread came to
   wait when the port's first handle was closed already, or waited too long, as may be on a busy machine: then it is
   tried again, with more time. */
static BOOL close_port( BOOL served, int try )
{
    struct waiter waiters[3] = { { 0 } };
    HANDLE other = NULL, first;
    BOOL late = FALSE;
    int i;

    setup( served );
    waiters[2].alertable = TRUE;
    for (i = 0; i < 3; i++) waiter_start( &waiters[i], 3000 + try * 1000 );
    Sleep( try * 500 );
    ok( DuplicateHandle( GetCurrentProcess(), port, GetCurrentProcess(), &other, 0, FALSE, DUPLICATE_SAME_ACCESS ),
        "error %lu\n", GetLastError() );
    first = port;
    CloseHandle( first );
    Sleep( 50 );
    for (i = 0; i < 3; i++)
    {
        BOOL done = waiters[i].done;

        if (done && try < 4) late |= waiters[i].error == ERROR_INVALID_HANDLE || waiters[i].error == WAIT_TIMEOUT;
        ok( !done || late, "%d: released, error %lu\n", i, waiters[i].error );
    }
    CloseHandle( other );
    for (i = 0; i < 3; i++)
    {
        waiter_end( &waiters[i] );
        if (late) continue;
        todo_wine_if( waiters[i].error == WAIT_TIMEOUT && ( stock || getenv( "WSURING_ENGINE" ) ) )
            ok( !waiters[i].ret && waiters[i].error == ERROR_ABANDONED_WAIT_0, "%d: got %d, error %lu\n", i,
                waiters[i].ret, waiters[i].error );
        ok( waiters[i].alertable || !waiters[i].ov, "got %p\n", waiters[i].ov );
    }
    closesocket( a );
    closesocket( b );
    return late;
}

static void test_close_port( BOOL served )
{
    int try = 0;

    while (close_port( served, try )) try++;
}

/* By either handle; DUPLICATE_CLOSE_SOURCE too. */
static void test_duplicate( void )
{
    HANDLE other, third;
    OVERLAPPED ov, *ret_ov;
    ULONG_PTR key;
    DWORD count;
    int i;

    setup( TRUE );
    DuplicateHandle( GetCurrentProcess(), port, GetCurrentProcess(), &other, 0, FALSE, DUPLICATE_SAME_ACCESS );
    for (i = 0; i < 4; i++)
    {
        ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        ok( GetQueuedCompletionStatus( i & 1 ? port : other, &count, &key, &ret_ov, 3000 ) && ret_ov == &ov && key == 7,
            "error %lu\n", GetLastError() );
        PostQueuedCompletionStatus( i & 2 ? port : other, 1, 2, NULL );
        ok( GetQueuedCompletionStatus( i & 1 ? port : other, &count, &key, &ret_ov, 3000 ) && !ret_ov && key == 2,
            "error %lu\n", GetLastError() );
    }
    CloseHandle( port );
    DuplicateHandle( GetCurrentProcess(), other, GetCurrentProcess(), &third, 0, FALSE,
                     DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE );
    ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( GetQueuedCompletionStatus( third, &count, &key, &ret_ov, 3000 ) && ret_ov == &ov && key == 7,
        "handle %p from %p: got %p for %p, key %Ix, error %lu\n", third, other, ret_ov, &ov, key, GetLastError() );
    port = third;
    teardown();
}

/* Threads that die while they wait take nothing with them. */
static void test_terminate( void )
{
    struct waiter waiters[4] = { { 0 } };
    OVERLAPPED ov, *ret_ov;
    ULONG_PTR key;
    DWORD count;
    int i, round;

    setup( TRUE );
    for (round = 0; round < 2; round++)
    {
        for (i = 0; i < 4; i++)
        {
            waiters[i].alertable = round;
            waiter_start( &waiters[i], 10000 );
        }
        for (i = 1; i < 4; i++)
        {
            TerminateThread( waiters[i].thread, 0 );
            WaitForSingleObject( waiters[i].thread, 1000 );
            CloseHandle( waiters[i].thread );
        }
        ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        waiter_end( &waiters[0] );
        ok( waiters[0].ret && waiters[0].ov == &ov, "got %p, error %lu\n", waiters[0].ov, waiters[0].error );
        for (i = 0; i < 5; i++)
        {
            PostQueuedCompletionStatus( port, 0, i, NULL );
            ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 1000 ) && key == (ULONG_PTR)i, "error %lu\n",
                GetLastError() );
        }
        /* nobody waits: the operation goes on all the same */
        ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        ok( wait_overlapped( &ov, 2000 ), "round %d: not complete, status %Ix\n", round, ov.Internal );
        ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 1000 ) && ret_ov == &ov,
            "round %d: got %p for %p, key %Ix, error %lu\n", round, ret_ov, &ov, key, GetLastError() );
    }
    teardown();
}

static int apc_calls, routine_calls;
static HANDLE main_thread;

static void CALLBACK apc( ULONG_PTR arg )
{
    apc_calls += arg;
}

static void CALLBACK routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    (void)flags;
    (void)ov;
    if (!error && count == 3) routine_calls++;
}

/* An APC that waits for the port itself. */
static void CALLBACK nested_apc( ULONG_PTR arg )
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    (void)arg;
    ok( !GetQueuedCompletionStatusEx( port, &entry, 1, &count, 30, FALSE ) && GetLastError() == WAIT_TIMEOUT,
        "error %lu\n", GetLastError() );
    PostQueuedCompletionStatus( port, 0, 77, NULL );
    ok( GetQueuedCompletionStatusEx( port, &entry, 1, &count, 1000, TRUE ) && entry.lpCompletionKey == 77,
        "error %lu\n", GetLastError() );
    apc_calls += 100;
}

static DWORD WINAPI later_thread( void *arg )
{
    Sleep( 80 );
    if (arg) QueueUserAPC( arg, main_thread, 1 );
    else ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    return 0;
}

static void test_alertable( void )
{
    WSABUF wsabuf = { sizeof( data ), data };
    OVERLAPPED_ENTRY entry;
    OVERLAPPED ov, file_ov = { 0 };
    SOCKET c, d;
    HANDLE thread;
    DWORD flags = 0;
    ULONG count;

    setup( TRUE );
    DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &main_thread, 0, FALSE,
                     DUPLICATE_SAME_ACCESS );
    /* queued before, and while it waits */
    QueueUserAPC( apc, GetCurrentThread(), 1 );
    ok( !GetQueuedCompletionStatusEx( port, &entry, 1, &count, 10, FALSE ) && GetLastError() == WAIT_TIMEOUT,
        "error %lu\n", GetLastError() );
    ok( !apc_calls, "an APC has run\n" );
    ok( !GetQueuedCompletionStatusEx( port, &entry, 1, &count, 3000, TRUE ) && GetLastError() == WAIT_IO_COMPLETION,
        "error %lu\n", GetLastError() );
    ok( apc_calls == 1, "got %d\n", apc_calls );
    thread = CreateThread( NULL, 0, later_thread, apc, 0, NULL );
    ok( !GetQueuedCompletionStatusEx( port, &entry, 1, &count, 3000, TRUE ) && GetLastError() == WAIT_IO_COMPLETION,
        "error %lu\n", GetLastError() );
    ok( apc_calls == 2, "got %d\n", apc_calls );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    thread = CreateThread( NULL, 0, later_thread, nested_apc, 0, NULL );
    ok( !GetQueuedCompletionStatusEx( port, &entry, 1, &count, 3000, TRUE ) && GetLastError() == WAIT_IO_COMPLETION,
        "error %lu\n", GetLastError() );
    ok( apc_calls == 102, "got %d\n", apc_calls );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    /* packets: there, and while it waits */
    PostQueuedCompletionStatus( port, 1, 2, (OVERLAPPED *)3 );
    ok( GetQueuedCompletionStatusEx( port, &entry, 1, &count, 3000, TRUE ) && count == 1 && entry.lpCompletionKey == 2,
        "error %lu\n", GetLastError() );
    ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
    thread = CreateThread( NULL, 0, later_thread, NULL, 0, NULL );
    ok( GetQueuedCompletionStatusEx( port, &entry, 1, &count, 3000, TRUE ) && count == 1 && entry.lpOverlapped == &ov,
        "error %lu\n", GetLastError() );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    /* the completion routine of another socket */
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &c, &d );
    ok( WSARecv( d, &wsabuf, 1, NULL, &flags, &file_ov, routine ) && WSAGetLastError() == WSA_IO_PENDING, "error %d\n",
        WSAGetLastError() );
    ok_call( send( c, "abc", 3, 0 ), 3, 0 );
    ok( !GetQueuedCompletionStatusEx( port, &entry, 1, &count, 3000, TRUE ) && GetLastError() == WAIT_IO_COMPLETION,
        "error %lu\n", GetLastError() );
    ok( routine_calls == 1, "got %d\n", routine_calls );
    closesocket( c );
    closesocket( d );
    CloseHandle( main_thread );
    teardown();
}

/* Programs that call ntdll themselves. */
static void test_ntdll( void )
{
    LONG( WINAPI * remove )( HANDLE, ULONG_PTR *, ULONG_PTR *, void *, LARGE_INTEGER * )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtRemoveIoCompletion" );
    LONG( WINAPI * post )( HANDLE, ULONG_PTR, ULONG_PTR, LONG, ULONG_PTR )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtSetIoCompletion" );
    LARGE_INTEGER timeout = { .QuadPart = -50000000 };
    struct
    {
        LONG status;
        ULONG_PTR information;
    } iosb;
    OVERLAPPED ov, *ret_ov;
    ULONG_PTR key, value;
    DWORD count;
    int i;

    setup( TRUE );
    for (i = 0; i < 5; i++)
    {
        ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        ok( !remove( port, &key, &value, &iosb, &timeout ), "no packet\n" );
        ok( key == 7 && value == (ULONG_PTR)&ov && !iosb.status && iosb.information == 3, "got %Ix, %Ix\n", key,
            value );
        ok( !post( port, 1, 2, 3, 4 ), "no success\n" );
        ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ) && key == 1 && (ULONG_PTR)ret_ov == 2
                && count == 4,
            "error %lu\n", GetLastError() );
        /* a port is signalled when there are packets */
        ok( WaitForSingleObject( port, 0 ) == WAIT_TIMEOUT, "signalled\n" );
        PostQueuedCompletionStatus( port, 5, 6, NULL );
        ok( !WaitForSingleObject( port, 3000 ), "not signalled\n" );
        ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ) && key == 6, "error %lu\n", GetLastError() );
    }
    teardown();
}

START_TEST( port_wait )
{
    start_winsock();
    test_times();
    test_lifo();
    test_early_waiters();
    test_close_port( TRUE );
    test_close_port( FALSE );
    test_duplicate();
    test_terminate();
    test_alertable();
    test_ntdll();
    stop_winsock();
}
