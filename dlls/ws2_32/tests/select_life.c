/*
 * select and WSAPoll while sockets come, go and change, in several threads
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * No thread is left waiting, and what a call reports for many sockets is what it reports for each, whatever handle,
 * descriptor or object a socket has had before.
 */

#include "large_sets.h"

#define COUNT 48

/* Beside load a round of two threads and the wineserver takes up to a tenth of a second: no more than this of them. */
#define TIME_MAX   3000
#define ROUNDS_MIN 20

static SOCKET ours[COUNT], peers[COUNT];
static int first, count; /* what select_read looks at */

static void make_all( void )
{
    int i;

    for (i = 0; i < COUNT; i++) udp_pair( AF_INET, &ours[i], &peers[i] );
    first = 0;
    count = COUNT;
}

static void unmake_all( void )
{
    int i;

    for (i = 0; i < COUNT; i++)
    {
        closesocket( ours[i] );
        closesocket( peers[i] );
    }
}

/* The number of the only one to read, -1 for none, -2 for more or an error. */
static int select_read( DWORD milliseconds )
{
    struct timeval timeout = { milliseconds / 1000, milliseconds % 1000 * 1000 };
    fd_set set;
    int i, ret;

    FD_ZERO( &set );
    for (i = first; i < first + count; i++) set.fd_array[set.fd_count++] = ours[i];
    ret = select( 0, &set, NULL, NULL, milliseconds == INFINITE ? NULL : &timeout );
    if (!ret) return -1;
    for (i = first; ret == 1 && i < first + count; i++)
        if (set.fd_array[0] == ours[i]) return i;
    return -2;
}

/* so often that whatever is kept between calls is kept */
static void settle( void )
{
    int i;

    for (i = 0; i < 100; i++) ok( select_read( 0 ) == -1, "something to read\n" );
}

/* Sockets are closed that are open elsewhere and have something to read; new ones get their numbers, but not each the
 * number of the one whose place it takes. */
static void test_numbers( void )
{
    HANDLE copies[8];
    int round, i, j;
    char c;

    make_all();
    for (round = 0; round < 6; round++)
    {
        winetest_push_context( "round %d", round );
        settle();
        for (i = 0; i < 8; i++)
        {
            DuplicateHandle( GetCurrentProcess(), (HANDLE)ours[i], GetCurrentProcess(), &copies[i], 0, FALSE,
                             DUPLICATE_SAME_ACCESS );
            if (round & 1) ok_call( send( peers[i], "x", 1, 0 ), 1, 0 );
        }
        for (i = 0; i < 8; i++)
        {
            j = round & 2 ? 7 - i : i;
            closesocket( ours[j] );
            ours[j] = INVALID_SOCKET;
        }
        if (!( round & 1 ))
            for (i = 0; i < 8; i++) ok_call( send( peers[i], "x", 1, 0 ), 1, 0 );
        for (i = 0; i < 8; i++)
        {
            closesocket( peers[i] );
            udp_pair( AF_INET, &ours[i], &peers[i] );
        }
        for (j = 0; j < 3; j++) ok( select_read( 0 ) == -1, "something to read\n" );
        for (i = 0; i < COUNT; i++)
        {
            ok_call( send( peers[i], "y", 1, 0 ), 1, 0 );
            ok( select_read( 2000 ) == i, "%d: nothing to read\n", i );
            ok_call( recv( ours[i], &c, 1, 0 ), 1, 0 );
        }
        for (i = 0; i < 8; i++) closesocket( (SOCKET)copies[i] );
        winetest_pop_context();
    }
    unmake_all();
}

/* ---- APCs and routines that run in a wait */

static LONG apcs;

static void CALLBACK apc( ULONG_PTR arg )
{
    int old_first = first, old_count = count, i;
    SOCKET kept;

    first = 4;
    count = 20;
    for (i = 0; i < 40; i++) ok( select_read( i == 20 ? 5 : 0 ) == -1, "something to read in the APC\n" );
    if (arg)
    {
        /* what the wait outside is for is still there */
        first = 0;
        count = COUNT;
        kept = ours[COUNT - 1];
        ours[COUNT - 1] = INVALID_SOCKET; /* which select refuses */
        ok( select_read( 0 ) == -2, "it isn't refused\n" );
        ours[COUNT - 1] = kept;
        ok_call( send( peers[2], "x", 1, 0 ), 1, 0 );
        ok( select_read( 1000 ) == 2, "nothing to read\n" );
    }
    first = old_first;
    count = old_count;
    apcs++;
}

static DWORD WINAPI queue_apcs( void *arg )
{
    int i;

    for (i = 0; i < 4; i++)
    {
        Sleep( 20 );
        QueueUserAPC( apc, arg, i == 3 );
    }
    return 0;
}

static void test_apcs( void )
{
    HANDLE self, thread;
    int round, i, ret, before = 0;
    DWORD start;
    char c;

    make_all();
    DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE,
                     DUPLICATE_SAME_ACCESS );
    for (round = 0; round < 4; round++)
    {
        winetest_push_context( "round %d", round );
        settle();
        before = apcs;
        thread = CreateThread( NULL, 0, queue_apcs, self, 0, NULL );
        start = GetTickCount();
        ret = select_read( 5000 );
        ok( ret == 2, "%d is ready after %lu ms\n", ret, GetTickCount() - start );
        ok( !WaitForSingleObject( thread, 5000 ), "the thread doesn't end\n" );
        SleepEx( 0, TRUE );
        ok( apcs == before + 4, "%ld APCs have run\n", apcs - before );
        CloseHandle( thread );
        ok_call( recv( ours[2], &c, 1, 0 ), 1, 0 );
        ok( select_read( 0 ) == -1, "something to read\n" );
        for (i = 0; i < COUNT; i += 5)
        {
            ok_call( send( peers[i], "y", 1, 0 ), 1, 0 );
            ok( select_read( 2000 ) == i, "%d: nothing to read\n", i );
            ok_call( recv( ours[i], &c, 1, 0 ), 1, 0 );
        }
        winetest_pop_context();
    }
    CloseHandle( self );
    unmake_all();
}

/* ---- CancelSynchronousIo */

static DWORD WINAPI select_thread( void *arg )
{
    int ret;

    (void)arg;
    settle();
    ret = select_read( 5000 );
    return ret == -2 ? (DWORD)WSAGetLastError() : (DWORD)ret;
}

static void test_cancelled( void )
{
    static const int counts[] = { 1, 10, COUNT };
    HANDLE thread;
    unsigned int i;
    DWORD code, start;

    make_all();
    for (i = 0; i < ARRAY_SIZE( counts ); i++)
    {
        winetest_push_context( "%d sockets", counts[i] );
        count = counts[i];
        thread = CreateThread( NULL, 0, select_thread, NULL, 0, NULL );
        Sleep( 200 );
        start = GetTickCount();
        while (!CancelSynchronousIo( thread ) && GetTickCount() - start < 2000) Sleep( 10 );
        ok_unless_stock( !WaitForSingleObject( thread, 2000 ), "not cancelled\n" );
        ok( !WaitForSingleObject( thread, 10000 ), "the thread doesn't end\n" );
        GetExitCodeThread( thread, &code );
        ok_unless_stock( code == WSA_OPERATION_ABORTED, "got %lu\n", code );
        CloseHandle( thread );
        winetest_pop_context();
    }
    unmake_all();
}

/* ---- closesocket at any moment of a call that waits */

static volatile LONG turn; /* 1: there is a socket to close; 2: no more */

static DWORD WINAPI closer( void *arg )
{
    unsigned int delay = 7, i;

    for (;;)
    {
        LONG what;

        while (!( what = turn )) SwitchToThread();
        if (what == 2) return 0;
        delay = delay * 1103515245 + 12345;
        for (i = delay >> 16 & 0xfff; i; i--) YieldProcessor();
        closesocket( *(volatile SOCKET *)arg );
        InterlockedExchange( &turn, 0 );
    }
}

static void test_close_race( void )
{
    int few, i, ret, limit = by_afd() ? 50 : 600, error;
    SOCKET other;
    DWORD start, begin;
    HANDLE thread;

    make_all();
    thread = CreateThread( NULL, 0, closer, &ours[0], 0, NULL );
    for (few = 0; few < 3; few++)
    {
        count = few == 2 ? 1 : few ? 12 : COUNT;
        winetest_push_context( "%d sockets", count );
        begin = GetTickCount();
        for (i = 0; i < limit && ( i < ROUNDS_MIN || GetTickCount() - begin < TIME_MAX ); i++)
        {
            start = GetTickCount();
            InterlockedExchange( &turn, 1 );
            ret = select_read( 3000 );
            error = WSAGetLastError();
            ok( !ret || ( ret == -2 && error == WSAENOTSOCK ), "got %d, error %d\n", ret, error );
            ok( GetTickCount() - start < 2000, "round %d: it waits for ever\n", i );
            while (turn) SwitchToThread();
            udp_pair( AF_INET, &ours[0], &other );
            closesocket( other );
            if (GetTickCount() - start >= 2000) break;
        }
        winetest_pop_context();
    }
    InterlockedExchange( &turn, 2 );
    ok( !WaitForSingleObject( thread, 5000 ), "the thread doesn't end\n" );
    CloseHandle( thread );
    unmake_all();
}

/* ---- a socket that is closed, and another one that gets its handle */

static DWORD WINAPI remake( void *arg )
{
    DWORD begin = GetTickCount();
    int i;

    for (i = 0; i < 2000 && ( i < ROUNDS_MIN || GetTickCount() - begin < TIME_MAX ); i++)
    {
        SOCKET s = tcp_socket( AF_INET );

        InterlockedExchangePointer( arg, (void *)s );
        closesocket( s );
    }
    InterlockedExchangePointer( arg, NULL );
    return 0;
}

static void test_remade( void )
{
    struct timeval at_once = { 0, 0 };
    SOCKET volatile s = INVALID_SOCKET;
    HANDLE thread;
    fd_set set;
    int ret;

    thread = CreateThread( NULL, 0, remake, (void *)&s, 0, NULL );
    while (s)
    {
        FD_ZERO( &set );
        FD_SET( s, &set );
        ret = select( 0, &set, NULL, NULL, &at_once );
        ok( ret >= 0 || WSAGetLastError() == WSAENOTSOCK, "got error %d\n", WSAGetLastError() );
    }
    ok( !WaitForSingleObject( thread, 5000 ), "the thread doesn't end\n" );
    CloseHandle( thread );
}

/* ---- sockets that are nothing yet, and become something while a thread waits for them */

enum becomes
{
    BECOMES_CONNECTED,
    BECOMES_CONNECTING,
    BECOMES_REFUSED,
    BECOMES_LISTENER,
    BECOMES_BOUND,
    BECOMES_SENDER,
    BECOMES_COUNT
};

static union address target;

static DWORD WINAPI become( void *arg )
{
    SOCKET other = INVALID_SOCKET;
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );

    Sleep( 30 );
    switch (( enum becomes )(INT_PTR)arg)
    {
    case BECOMES_CONNECTED: ok_success( connect( ours[1], &target.any, len ) ); break;
    case BECOMES_CONNECTING:
    case BECOMES_REFUSED:
        set_blocking( ours[1], FALSE );
        ok_error( connect( ours[1], &target.any, len ), WSAEWOULDBLOCK );
        break;
    case BECOMES_LISTENER:
        ok_success( bind( ours[1], &addr.any, len ) );
        ok_success( listen( ours[1], 5 ) );
        ok_success( getsockname( ours[1], &addr.any, &len ) );
        other = tcp_socket( AF_INET );
        ok_success( connect( other, &addr.any, len ) );
        break;
    case BECOMES_BOUND: ok_success( bind( ours[1], &addr.any, len ) ); /* fall through */
    default:
        if (( enum becomes )(INT_PTR)arg == BECOMES_SENDER)
            ok_call( sendto( ours[1], "x", 1, 0, &target.any, len ), 1, 0 );
        ok_success( getsockname( ours[1], &addr.any, &len ) );
        addr.v4.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
        other = udp_socket( AF_INET );
        ok_call( sendto( other, "x", 1, 0, &addr.any, len ), 1, 0 );
        break;
    }
    if (other != INVALID_SOCKET) closesocket( other );
    return 0;
}

static void test_become( void )
{
    struct timeval at_once = { 0, 0 }, timeout = { 5, 0 };
    unsigned int what, few, i, j;
    fd_set sets[3], expect[3];
    SOCKET partner;
    HANDLE thread;
    int len, ret;

    make_all();
    for (few = 0; few < 2; few++)
        for (what = 0; what < BECOMES_COUNT; what++)
        {
            winetest_push_context( "%s, %u", few ? "few" : "many", what );
            count = few ? 3 : COUNT;
            closesocket( ours[1] );
            ours[1] = what >= BECOMES_BOUND ? udp_socket( AF_INET ) : tcp_socket( AF_INET );
            partner = what == BECOMES_SENDER ? udp_socket( AF_INET ) : tcp_socket( AF_INET );
            loopback( &target, AF_INET, 0 );
            len = sizeof( target.v4 );
            ok_success( bind( partner, &target.any, len ) );
            if (what < BECOMES_REFUSED) ok_success( listen( partner, 5 ) );
            ok_success( getsockname( partner, &target.any, &len ) );
            for (j = 0; j < 3; j++)
            {
                FD_ZERO( &sets[j] );
                FD_ZERO( &expect[j] );
            }
            /* room of the others is not what is waited for */
            for (i = 0; i < (unsigned int)count; i++) FD_SET( ours[i], &sets[0] );
            if (what < BECOMES_BOUND) FD_SET( ours[1], &sets[1] );
            FD_SET( ours[1], &sets[2] );
            memcpy( expect, sets, sizeof( expect ) );
            ok_call( select( 0, &sets[0], &sets[1], &sets[2], &at_once ), 0, 0 );
            memcpy( sets, expect, sizeof( expect ) );
            thread = CreateThread( NULL, 0, become, (void *)(INT_PTR)what, 0, NULL );
            ret = select( 0, &sets[0], &sets[1], &sets[2], &timeout );
            ok( ret == 1, "got %d, error %d\n", ret, WSAGetLastError() );
            j = what <= BECOMES_CONNECTING ? 1 : what == BECOMES_REFUSED ? 2 : 0;
            ok( FD_ISSET( ours[1], &sets[j] ), "not in set %u\n", j );
            ok( !WaitForSingleObject( thread, 5000 ), "the thread doesn't end\n" );
            CloseHandle( thread );
            closesocket( partner );
            winetest_pop_context();
        }
    /* room there is from the beginning */
    for (few = 0; few < 2; few++)
    {
        closesocket( ours[1] );
        ours[1] = udp_socket( AF_INET );
        FD_ZERO( &sets[0] );
        FD_ZERO( &sets[1] );
        for (i = 0; i < ( few ? 3 : COUNT ); i++) FD_SET( ours[i], &sets[0] );
        FD_SET( ours[1], &sets[1] );
        ok_call( select( 0, &sets[0], &sets[1], NULL, &timeout ), 1, 0 );
        ok( FD_ISSET( ours[1], &sets[1] ), "there is no room\n" );
    }
    unmake_all();
}

START_TEST( select_life )
{
    start_winsock();
    test_numbers();
    if (stock) skip( "APCs end its select\n" );
    else test_apcs();
    test_cancelled();
    test_close_race();
    if (!stock) test_remade(); /* the wineserver would fail an assertion, see model_thread */
    test_become();
    stop_winsock();
}
