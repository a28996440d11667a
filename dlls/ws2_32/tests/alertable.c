/*
 * Completion routines and APCs in alertable waits, of Windows and of Winsock itself; On are the rules of LPWSPSEND's
 * page
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static unsigned int calls;
static DWORD call_error, call_count, call_thread;

static void CALLBACK routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    (void)ov;
    (void)flags;
    calls++;
    call_error = error;
    call_count = count;
    call_thread = GetCurrentThreadId();
}

static BOOL start_recv( SOCKET s, char *data, ULONG len, OVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE func )
{
    WSABUF wsabuf = { len, data };
    DWORD flags = 0;
    int ret;

    memset( ov, 0, sizeof( *ov ) );
    ret = WSARecv( s, &wsabuf, 1, NULL, &flags, ov, func );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    return ret == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING;
}

static DWORD WINAPI send_soon( void *arg )
{
    Sleep( 60 );
    send( *(SOCKET *)arg, "abc", 3, 0 );
    return 0;
}

static HANDLE never;

static DWORD wait_sleep( DWORD ms )
{
    return SleepEx( ms, TRUE );
}
static DWORD wait_single( DWORD ms )
{
    return WaitForSingleObjectEx( never, ms, TRUE );
}

static DWORD wait_multiple( DWORD ms )
{
    HANDLE handles[2] = { never, never };

    handles[1] = GetCurrentProcess();
    return WaitForMultipleObjectsEx( 2, handles, FALSE, ms, TRUE );
}

static DWORD wait_all( DWORD ms )
{
    HANDLE handles[2] = { never, GetCurrentProcess() };

    return WaitForMultipleObjectsEx( 2, handles, TRUE, ms, TRUE );
}

static DWORD wait_winsock( DWORD ms )
{
    return WSAWaitForMultipleEvents( 1, &never, FALSE, ms, TRUE );
}
static DWORD wait_signal( DWORD ms )
{
    return SignalObjectAndWait( CreateEventW( NULL, TRUE, FALSE, NULL ), never, ms, TRUE );
}
static DWORD wait_messages( DWORD ms )
{
    return MsgWaitForMultipleObjectsEx( 1, &never, ms, QS_ALLINPUT, MWMO_ALERTABLE );
}

static const struct
{
    const char *name;
    DWORD ( *wait )( DWORD ms );
    DWORD timeout; /* what it returns when the time is over */
} waits[] = {
    { "SleepEx", wait_sleep, 0 },
    { "WaitForSingleObjectEx", wait_single, WAIT_TIMEOUT },
    { "WaitForMultipleObjectsEx", wait_multiple, WAIT_TIMEOUT },
    { "WaitForMultipleObjectsEx, all", wait_all, WAIT_TIMEOUT },
    { "WSAWaitForMultipleEvents", wait_winsock, WAIT_TIMEOUT },
    { "SignalObjectAndWait", wait_signal, WAIT_TIMEOUT },
    { "MsgWaitForMultipleObjectsEx", wait_messages, WAIT_TIMEOUT },
};

/* O11: in any alertable wait, and only there */
static void test_waits( void )
{
    OVERLAPPED ov;
    char buffer[16];
    SOCKET a, b;
    HANDLE thread;
    DWORD ret, start;
    unsigned int i, j;

    tcp_socketpair( &a, &b );
    for (i = 0; i < ARRAY_SIZE( waits ); i++)
    {
        winetest_push_context( "O11 %s", waits[i].name );
        for (j = 0; j < 2; j++)
        {
            if (!start_recv( b, buffer, sizeof( buffer ), &ov, routine )) break;
            calls = 0;
            start = GetTickCount();
            ret = waits[i].wait( 50 );
            ok( ret == waits[i].timeout, "got %lu\n", ret );
            ok( GetTickCount() - start >= 45 && GetTickCount() - start < 3000, "it took %lu ms\n",
                GetTickCount() - start );
            ok( !calls, "called early\n" );
            if (j)
            {
                /* completed while nobody waits alertably */
                send( a, "abc", 3, 0 );
                ok( wait_overlapped( &ov, 3000 ), "not done\n" );
                Sleep( 20 );
                WaitForSingleObject( never, 20 );
                ok( !calls, "called in a wait that isn't alertable\n" );
                ret = waits[i].wait( 3000 );
            }
            else
            {
                thread = CreateThread( NULL, 0, send_soon, &a, 0, NULL );
                ret = waits[i].wait( 3000 );
                WaitForSingleObject( thread, INFINITE );
                CloseHandle( thread );
            }
            ok( ret == WAIT_IO_COMPLETION, "got %lu\n", ret );
            ok( calls == 1 && !call_error && call_count == 3 && call_thread == GetCurrentThreadId(),
                "got %u calls, error %lu, count %lu\n", calls, call_error, call_count );
            ret = waits[i].wait( 0 );
            ok( ret == waits[i].timeout, "got %lu\n", ret );
        }
        winetest_pop_context();
    }
    closesocket( a );
    closesocket( b );
}

/* A wait that ends because of its handle: the routine is for the next one. */
static DWORD WINAPI signal_both( void *arg )
{
    void **args = arg;

    Sleep( 50 );
    send( *(SOCKET *)args[0], "abc", 3, 0 );
    SetEvent( args[1] );
    return 0;
}

static void test_handle_too( void )
{
    OVERLAPPED ov;
    char buffer[16];
    HANDLE event = CreateEventW( NULL, FALSE, FALSE, NULL ), thread;
    void *args[2];
    SOCKET a, b;
    DWORD first, second;
    unsigned int i;

    tcp_socketpair( &a, &b );
    args[0] = &a;
    args[1] = event;
    for (i = 0; i < 20; i++)
    {
        if (!start_recv( b, buffer, sizeof( buffer ), &ov, routine )) break;
        calls = 0;
        thread = CreateThread( NULL, 0, signal_both, args, 0, NULL );
        first = WaitForSingleObjectEx( event, 3000, TRUE );
        ok( first == WAIT_OBJECT_0 || first == WAIT_IO_COMPLETION, "got %lu\n", first );
        ok( calls == ( first == WAIT_IO_COMPLETION ), "got %lu with %u calls\n", first, calls );
        second = WaitForSingleObjectEx( event, 3000, TRUE );
        ok( second == ( first == WAIT_OBJECT_0 ? WAIT_IO_COMPLETION : WAIT_OBJECT_0 ), "got %lu, then %lu\n", first,
            second );
        ok( calls == 1, "got %u calls\n", calls );
        WaitForSingleObject( thread, INFINITE );
        CloseHandle( thread );
        ok( !SleepEx( 10, TRUE ), "there is more\n" );
    }
    CloseHandle( event );
    closesocket( a );
    closesocket( b );
}

/* O13: routines of one socket aren't nested, those of others may be */
static SOCKET nested_socket[2][2];
static OVERLAPPED nested_ov[2][2];
static char nested_buffer[16];
static int nested_depth[2], nested_max[2], nested_calls;

static void nested_routine( int which, BOOL waits_again )
{
    nested_calls++;
    if (++nested_depth[which] > nested_max[which]) nested_max[which] = nested_depth[which];
    if (waits_again)
    {
        while (SleepEx( 50, TRUE )) /* nothing */
            ;
    }
    nested_depth[which]--;
}

static void CALLBACK nested_first( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    (void)error;
    (void)count;
    (void)flags;
    nested_routine( ov >= nested_ov[1], ov == &nested_ov[0][0] );
}

static void test_nested( void )
{
    int i;

    winetest_push_context( "O13" );
    nested_calls = nested_max[0] = nested_max[1] = 0;
    for (i = 0; i < 2; i++)
    {
        tcp_socketpair( &nested_socket[i][0], &nested_socket[i][1] );
        start_recv( nested_socket[i][1], nested_buffer, 3, &nested_ov[i][0], nested_first );
        start_recv( nested_socket[i][1], nested_buffer, 3, &nested_ov[i][1], nested_first );
    }
    for (i = 0; i < 2; i++) send( nested_socket[i][0], "abcdef", 6, 0 );
    for (i = 0; i < 2; i++) ok( wait_overlapped( &nested_ov[i][1], 3000 ), "not done\n" );
    while (SleepEx( 100, TRUE )) /* nothing */
        ;
    ok( nested_calls == 4, "got %d calls\n", nested_calls );
    ok_unless_stock( nested_max[0] == 1, "nested %d deep\n", nested_max[0] );
    ok( nested_max[1] == 1, "nested %d deep\n", nested_max[1] );
    for (i = 0; i < 2; i++)
    {
        closesocket( nested_socket[i][0] );
        closesocket( nested_socket[i][1] );
    }
    winetest_pop_context();
}

/* A Winsock call that blocks is an alertable wait. */
static unsigned int apcs;
static DWORD apc_thread;

static void CALLBACK count_apc( ULONG_PTR param )
{
    (void)param;
    apcs++;
    apc_thread = GetCurrentThreadId();
}

struct disturb
{
    HANDLE thread;
    SOCKET routine_peer; /* completes an operation with a routine */
    int release_len;
    SOCKET release; /* then ends the blocking call: sends there, or connects to its address */
    union address addr;
    int addr_len;
    unsigned int apcs, calls; /* what had run before the call ended */
};

static DWORD WINAPI disturb_thread( void *arg )
{
    struct disturb *disturb = arg;
    SOCKET s;
    int i;

    Sleep( 50 );
    QueueUserAPC( count_apc, disturb->thread, 0 );
    Sleep( 50 );
    send( disturb->routine_peer, "abc", 3, 0 );
    for (i = 0; i < 500 && !( apcs && calls ) && !( stock && i > 10 ); i++) Sleep( 10 );
    Sleep( 30 );
    disturb->apcs = apcs;
    disturb->calls = calls;
    if (disturb->addr_len)
    {
        s = tcp_socket( AF_INET );
        connect( s, &disturb->addr.any, disturb->addr_len );
        Sleep( 50 );
        closesocket( s );
    }
    else send( disturb->release, "xy", disturb->release_len, 0 );
    return 0;
}

static void test_blocking_calls( void )
{
    static const char *names[] = { "recv", "recv behind another", "recvfrom", "accept", "select" };
    struct disturb disturb;
    OVERLAPPED ov, other;
    char buffer[16], more[16];
    SOCKET a, b, c, d, s;
    HANDLE thread, self;
    fd_set set;
    int i, len = 0;

    DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE,
                     DUPLICATE_SAME_ACCESS );
    for (i = 0; i < (int)ARRAY_SIZE( names ); i++)
    {
        winetest_push_context( "%s", names[i] );
        tcp_socketpair( &a, &b );
        if (i == 2) udp_pair( AF_INET, &c, &d );
        else tcp_socketpair( &c, &d );
        memset( &disturb, 0, sizeof( disturb ) );
        disturb.thread = self;
        disturb.routine_peer = a;
        disturb.release = c;
        disturb.release_len = i == 1 ? 2 : 1;
        calls = apcs = 0;
        start_recv( b, buffer, sizeof( buffer ), &ov, routine );
        switch (i)
        {
        case 1:
            start_recv( d, more, 1, &other, NULL );
            /* fall through */
        case 0:
            thread = CreateThread( NULL, 0, disturb_thread, &disturb, 0, NULL );
            ok_call( recv( d, more + 1, 1, 0 ), 1, 0 );
            break;
        case 2:
            thread = CreateThread( NULL, 0, disturb_thread, &disturb, 0, NULL );
            ok_call( recvfrom( d, more, 1, 0, NULL, NULL ), 1, 0 );
            break;
        case 3:
            s = tcp_listener( AF_INET, &disturb.addr, &disturb.addr_len );
            thread = CreateThread( NULL, 0, disturb_thread, &disturb, 0, NULL );
            closesocket( accept( s, NULL, &len ) );
            closesocket( s );
            break;
        default:
            FD_ZERO( &set );
            FD_SET( d, &set );
            thread = CreateThread( NULL, 0, disturb_thread, &disturb, 0, NULL );
            ok_call( select( 0, &set, NULL, NULL, NULL ), 1, 0 );
            break;
        }
        WaitForSingleObject( thread, INFINITE );
        CloseHandle( thread );
        ok_unless_stock( disturb.apcs == 1, "got %u APCs meanwhile\n", disturb.apcs );
        ok_unless_stock( disturb.calls == 1, "got %u calls meanwhile\n", disturb.calls );
        while (SleepEx( 0, TRUE )) /* nothing */
            ;
        ok( apcs == 1 && calls == 1, "got %u APCs, %u calls\n", apcs, calls );
        ok( apc_thread == GetCurrentThreadId() && call_thread == GetCurrentThreadId(), "in another thread\n" );
        closesocket( a );
        closesocket( b );
        closesocket( c );
        closesocket( d );
        winetest_pop_context();
    }
    CloseHandle( self );
}

/* CancelSynchronousIo */
static DWORD WINAPI blocked_thread( void *arg )
{
    SOCKET s = *(SOCKET *)arg;
    char buffer[16];
    int ret;

    ret = recv( s, buffer, sizeof( buffer ), 0 );
    return ret == SOCKET_ERROR ? WSAGetLastError() : ret;
}

static DWORD WINAPI accepting_thread( void *arg )
{
    SOCKET s = accept( *(SOCKET *)arg, NULL, NULL );

    return s == INVALID_SOCKET ? WSAGetLastError() : 0;
}

static void test_cancel_synchronous( void )
{
    union address addr;
    SOCKET a, b, s;
    BOOL cancelled;
    HANDLE thread;
    DWORD code;
    int len, i, j;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%s", i ? "accept" : "recv" );
        tcp_socketpair( &a, &b );
        s = tcp_listener( AF_INET, &addr, &len );
        thread = CreateThread( NULL, 0, i ? accepting_thread : blocked_thread, i ? &s : &b, 0, NULL );
        Sleep( 50 );
        for (j = 0; j < 500 && !( cancelled = CancelSynchronousIo( thread ) ) && !stock; j++)
            Sleep( 10 ); /* till it is in there */
        ok_unless_stock( cancelled, "error %lu\n", GetLastError() );
        if (WaitForSingleObject( thread, stock ? 500 : 3000 ))
        {
            ok_unless_stock( 0, "not cancelled\n" );
            closesocket( i ? s : b );
            WaitForSingleObject( thread, 3000 );
        }
        else
        {
            GetExitCodeThread( thread, &code );
            ok( code == WSA_OPERATION_ABORTED, "got %lu\n", code );
            /* nothing else has happened to the socket */
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
            ok( wait_readable( b, 1000 ), "nothing to read\n" );
        }
        ok( !CancelSynchronousIo( thread ), "cancelled a thread that has ended\n" );
        CloseHandle( thread );
        closesocket( a );
        closesocket( b );
        closesocket( s );
        winetest_pop_context();
    }
}

/* A thread that blocks can be suspended, and terminated; so can the program. */
static void test_thread_control( void )
{
    SOCKET a, b;
    HANDLE thread;
    char buffer[4];
    DWORD code;
    int i;

    tcp_socketpair( &a, &b );
    thread = CreateThread( NULL, 0, blocked_thread, &b, 0, NULL );
    Sleep( 30 );
    for (i = 0; i < 5; i++)
    {
        SuspendThread( thread );
        Sleep( 5 );
        ResumeThread( thread );
        Sleep( 5 );
    }
    SuspendThread( thread );
    send( a, "abc", 3, 0 );
    ok( WaitForSingleObject( thread, 50 ) == WAIT_TIMEOUT, "not suspended\n" );
    ResumeThread( thread );
    ok( !WaitForSingleObject( thread, 3000 ), "the thread didn't end\n" );
    GetExitCodeThread( thread, &code );
    ok( code == 3, "got %lu\n", code );
    CloseHandle( thread );

    thread = CreateThread( NULL, 0, blocked_thread, &b, 0, NULL );
    Sleep( 30 );
    ok( TerminateThread( thread, 77 ), "error %lu\n", GetLastError() );
    ok( !WaitForSingleObject( thread, 10000 ), "the thread didn't end\n" );
    CloseHandle( thread );
    /* the socket is as before */
    ok_call( send( a, "xyz", 3, 0 ), 3, 0 );
    ok_call( recv( b, buffer, 3, 0 ), 3, 0 );
    ok( !memcmp( buffer, "xyz", 3 ), "got other data\n" );
    closesocket( a );
    closesocket( b );
}

START_TEST( alertable )
{
    start_winsock();
    never = CreateEventW( NULL, TRUE, FALSE, NULL );
    test_waits();
    test_handle_too();
    test_nested();
    test_blocking_calls();
    test_cancel_synchronous();
    test_thread_control();
    CloseHandle( never );
    stop_winsock();
}
