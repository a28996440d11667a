/*
 * APCs that block in turn, and run others meanwhile; APCs and routines that come just when a call begins to block
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The call that they have interrupted goes on, and still runs those that come later.
 */

#include "sockets.h"

static SOCKET a, b; /* the outer call receives what is sent to `a' */
static HANDLE nested, done;
static unsigned int inner_call;
static int ran;

static int wait_select( SOCKET s, DWORD milliseconds )
{
    struct timeval timeout = { milliseconds / 1000, milliseconds % 1000 * 1000 };
    fd_set set;

    FD_ZERO( &set );
    FD_SET( s, &set );
    return select( 0, &set, NULL, NULL, &timeout );
}

static int wait_poll( SOCKET s, DWORD milliseconds )
{
    WSAPOLLFD poll = { s, POLLRDNORM, 0 };

    return WSAPoll( &poll, 1, milliseconds );
}

static int wait_recv( SOCKET s, DWORD milliseconds )
{
    int ret;
    char c;

    set_timeout( s, milliseconds );
    ret = recv( s, &c, 1, MSG_PEEK );
    return ret == SOCKET_ERROR && WSAGetLastError() == WSAETIMEDOUT ? 0 : ret;
}

static int wait_wsarecv( SOCKET s, DWORD milliseconds )
{
    DWORD count = 0, flags = MSG_PEEK;
    WSABUF buffer;
    char c;

    buffer.len = 1;
    buffer.buf = &c;
    set_timeout( s, milliseconds );
    if (!WSARecv( s, &buffer, 1, &count, &flags, NULL, NULL )) return count;
    return WSAGetLastError() == WSAETIMEDOUT ? 0 : SOCKET_ERROR;
}

/* Each blocks until there is something to receive. It returns 1, or 0 after the time. */
static const struct
{
    const char *name;
    int ( *func )( SOCKET s, DWORD milliseconds );
} calls[] = {
    { "select", wait_select },
    { "WSAPoll", wait_poll },
    { "recv", wait_recv },
    { "WSARecv", wait_wsarecv },
};

static void CALLBACK plain_apc( ULONG_PTR arg )
{
    (void)arg;
    ran++;
}

static void CALLBACK nesting_apc( ULONG_PTR depth )
{
    SOCKET c, d;

    ran++;
    udp_pair( AF_INET, &c, &d );
    QueueUserAPC( depth > 1 ? nesting_apc : plain_apc, GetCurrentThread(), depth - 1 );
    ok( calls[inner_call].func( c, 100 ) == 0, "there is something\n" );
    closesocket( c );
    closesocket( d );
    SetEvent( nested );
}

static void CALLBACK sending_apc( ULONG_PTR arg )
{
    (void)arg;
    ran++;
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
}

static DWORD WINAPI queue_apcs( void *thread )
{
    ULONG_PTR depth;

    for (depth = 1; depth <= 3; depth++)
    {
        Sleep( 20 );
        ok( QueueUserAPC( nesting_apc, thread, depth ), "not queued\n" );
        ok( !WaitForSingleObject( nested, 5000 ), "it didn't run\n" );
        /* the innermost is the first to say so */
        Sleep( 400 );
        ResetEvent( nested );
    }
    ok( QueueUserAPC( sending_apc, thread, 0 ), "not queued\n" );
    WaitForSingleObject( done, 5000 );
    return 0;
}

static void test_call( unsigned int outer )
{
    HANDLE self, thread;
    char c;

    winetest_push_context( "%s in %s", calls[inner_call].name, calls[outer].name );
    ran = 0;
    udp_pair( AF_INET, &a, &b );
    nested = CreateEventW( NULL, TRUE, FALSE, NULL );
    done = CreateEventW( NULL, TRUE, FALSE, NULL );
    DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE,
                     DUPLICATE_SAME_ACCESS );
    thread = CreateThread( NULL, 0, queue_apcs, self, 0, NULL );
    ok( calls[outer].func( a, 4000 ) == 1, "the last one didn't run: %d did\n", ran );
    SetEvent( done );
    ok( ran == 2 + 3 + 4 + 1, "%d have run\n", ran );
    ok( !WaitForSingleObject( thread, 10000 ), "the thread doesn't end\n" );
    SleepEx( 0, TRUE );
    set_timeout( a, 1000 );
    ok_call( recv( a, &c, 1, 0 ), 1, 0 );
    CloseHandle( thread );
    CloseHandle( self );
    CloseHandle( nested );
    CloseHandle( done );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* ---- the next one is queued just when the call goes on */

static volatile LONG next_round, returned;

static void random_delay( unsigned int *seed )
{
    unsigned int i;

    *seed = *seed * 1103515245 + 12345;
    for (i = *seed >> 16 & 1023; i; i--) YieldProcessor();
}

static void end_rounds( HANDLE thread )
{
    InterlockedExchange( &next_round, -1 );
    ok( !WaitForSingleObject( thread, 10000 ), "the thread doesn't end\n" );
    CloseHandle( thread );
}

static void CALLBACK short_apc( ULONG_PTR arg )
{
    (void)arg;
    QueueUserAPC( plain_apc, GetCurrentThread(), 0 );
    ok( wait_select( b, 1 ) == 0, "there is something\n" );
    InterlockedIncrement( &returned );
}

static DWORD WINAPI queue_next( void *thread )
{
    unsigned int delay = 1;
    LONG round = 0;

    for (;;)
    {
        while (next_round == round) Sleep( 0 );
        if (( round = next_round ) < 0) return 0;
        QueueUserAPC( short_apc, thread, 0 );
        while (returned != round && next_round == round) YieldProcessor();
        random_delay( &delay );
        QueueUserAPC( sending_apc, thread, 0 );
    }
}

static void test_next( void )
{
    unsigned int round, rounds = 400;
    HANDLE self, thread;
    char c;

    udp_pair( AF_INET, &a, &b );
    DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE,
                     DUPLICATE_SAME_ACCESS );
    thread = CreateThread( NULL, 0, queue_next, self, 0, NULL );
    for (round = 1; round <= rounds; round++)
    {
        winetest_push_context( "round %u", round );
        InterlockedExchange( &next_round, round );
        ok( wait_select( a, 2000 ) == 1, "the last one didn't run\n" );
        SleepEx( 0, TRUE );
        set_timeout( a, 2000 );
        ok_call( recv( a, &c, 1, 0 ), 1, 0 );
        winetest_pop_context();
    }
    end_rounds( thread );
    CloseHandle( self );
    closesocket( a );
    closesocket( b );
}

/* ---- a routine becomes due just when a call begins to block */

static SOCKET from, to;
static LONG routines;

static void CALLBACK sending_routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    (void)ov;
    (void)flags;
    routines++;
    ok( !error && count == 1, "got error %lu, %lu bytes\n", error, count );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
}

static DWORD WINAPI send_next( void *arg )
{
    unsigned int delay = 1;
    LONG round = 0;

    (void)arg;
    for (;;)
    {
        while (next_round == round) YieldProcessor();
        if (( round = next_round ) < 0) return 0;
        random_delay( &delay );
        send( from, "y", 1, 0 );
    }
}

static void test_routine( void )
{
    unsigned int round, delay = 77, rounds = 2000;
    OVERLAPPED ov = { 0 };
    HANDLE thread;
    char c, data;

    udp_pair( AF_INET, &a, &b );
    udp_pair( AF_INET, &from, &to );
    next_round = 0;
    thread = CreateThread( NULL, 0, send_next, NULL, 0, NULL );
    for (round = 1; round <= rounds; round++)
    {
        winetest_push_context( "routine, round %u", round );
        ok( begin_recv( to, &data, 1, &ov, sending_routine ) == WSA_IO_PENDING, "it doesn't pend\n" );
        InterlockedExchange( &next_round, round );
        random_delay( &delay );
        ok( calls[round % ARRAY_SIZE( calls )].func( a, 2000 ) == 1, "the routine didn't run\n" );
        SleepEx( 0, TRUE );
        ok( routines == (int)round, "%ld routines have run\n", routines );
        set_timeout( a, 2000 );
        ok_call( recv( a, &c, 1, 0 ), 1, 0 );
        winetest_pop_context();
    }
    end_rounds( thread );
    closesocket( a );
    closesocket( b );
    closesocket( from );
    closesocket( to );
}

START_TEST( apc_nested )
{
    unsigned int outer;

    if (stock)
    {
        skip( "blocking calls run no APCs there\n" ); /* of any kind, against the pages of recv and select */
        return;
    }
    start_winsock();
    for (inner_call = 0; inner_call < ARRAY_SIZE( calls ); inner_call++)
        for (outer = 0; outer < ARRAY_SIZE( calls ); outer++) test_call( outer );
    test_next();
    test_routine();
    stop_winsock();
}
