/*
 * Whether a socket's own handle is signalled by overlapped operations
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each resets the handle when it begins; its end signals it if the operation has no event, and unless the program has
 * set FILE_SKIP_SET_EVENT_ON_HANDLE (page "SetFileCompletionNotificationModes function").
 */

#include "sockets.h"
#include "routine_calls.h"

enum sign
{
    BY_HANDLE,
    BY_EVENT,
    BY_ROUTINE,
};

enum course
{
    SEND_AT_ONCE,
    RECV_AT_ONCE,
    PENDS,
    CANCELLED,
};

static const char *const sign_names[] = { "handle", "event", "routine" };
static const char *const course_names[] = { "send at once", "receive at once", "pends", "cancelled" };

struct state_case
{
    HANDLE event;
    UCHAR modes;
    SOCKET s, peer;
};

static void check_signalled( SOCKET s, BOOL expect )
{
    DWORD ret = WaitForSingleObject( (HANDLE)s, expect ? 3000 : 0 );

    ok( ret == ( expect ? WAIT_OBJECT_0 : WAIT_TIMEOUT ), "got %lu instead of %s\n", ret,
        expect ? "signalled" : "not signalled" );
    if (expect) ok( !WaitForSingleObjectEx( (HANDLE)s, 0, TRUE ), "not signalled for an alertable wait\n" );
}

static void check_operation( struct state_case *state, enum course course, enum sign sign )
{
    BOOL expect = sign != BY_EVENT && !( state->modes & FILE_SKIP_SET_EVENT_ON_HANDLE );
    LPWSAOVERLAPPED_COMPLETION_ROUTINE function = sign == BY_ROUTINE ? routine : NULL;
    OVERLAPPED ov = { .hEvent = sign == BY_EVENT ? state->event : NULL };
    char data = 'a', received;
    WSABUF wsabuf = { 1, &data };
    DWORD count;
    int ret;

    winetest_push_context( "%s, by %s", course_names[course], sign_names[sign] );
    calls = 0;
    if (course == RECV_AT_ONCE)
    {
        ok_call( send( state->peer, "a", 1, 0 ), 1, 0 );
        ok( wait_readable( state->s, 3000 ), "nothing to read\n" );
    }
    if (course == SEND_AT_ONCE)
    {
        ret = WSASend( state->s, &wsabuf, 1, &count, 0, &ov, function );
        ok_call( recv( state->peer, &received, 1, 0 ), 1, 0 );
    }
    else ret = begin_recv( state->s, &received, 1, &ov, function );
    ok( course >= PENDS ? ret == WSA_IO_PENDING : !ret, "got %d\n", ret );
    if (course >= PENDS) check_signalled( state->s, FALSE );
    if (course == PENDS) ok_call( send( state->peer, "a", 1, 0 ), 1, 0 );
    if (course == CANCELLED) ok( CancelIoEx( (HANDLE)state->s, &ov ), "error %lu\n", GetLastError() );
    ok( wait_overlapped( &ov, 3000 ), "it doesn't end\n" );
    if (sign == BY_EVENT) ok( !WaitForSingleObject( ov.hEvent, 3000 ), "the event isn't set\n" );
    if (sign == BY_ROUTINE)
    {
        while (!calls && SleepEx( 3000, TRUE ) == WAIT_IO_COMPLETION) continue;
        ok( calls == 1, "%u calls\n", calls );
    }
    check_signalled( state->s, expect );
    winetest_pop_context();
}

/* From each state to each, on sockets with and without a port. */
static void test_states( BOOL with_port, UCHAR modes )
{
    struct state_case state = { CreateEventW( NULL, TRUE, FALSE, NULL ), modes };
    enum sign before, sign;
    HANDLE port = NULL;
    enum course course;

    winetest_push_context( "%s, modes %x", with_port ? "port" : "no port", modes );
    tcp_socketpair( &state.peer, &state.s );
    if (with_port) port = CreateIoCompletionPort( (HANDLE)state.s, NULL, 1, 0 );
    if (modes) ok( SetFileCompletionNotificationModes( (HANDLE)state.s, modes ), "error %lu\n", GetLastError() );
    for (before = BY_HANDLE; before <= BY_EVENT; before++)
        for (course = SEND_AT_ONCE; course <= CANCELLED; course++)
            for (sign = BY_HANDLE; sign <= ( with_port ? BY_EVENT : BY_ROUTINE ); sign++)
            {
                winetest_push_context( "after %s", sign_names[before] );
                check_operation( &state, SEND_AT_ONCE, before );
                check_operation( &state, course, sign );
                winetest_pop_context();
            }
    closesocket( state.s );
    closesocket( state.peer );
    CloseHandle( state.event );
    if (port) CloseHandle( port );
    winetest_pop_context();
}

/* ---- threads that wait for it, by each function */

enum way
{
    WAIT_ONE,
    WAIT_ALERTABLE,
    WAIT_MANY,

    WAIT_SIGNAL,
    WAIT_ALL,
    WAIT_REGISTERED,
    WAIT_POOL,
    WAY_COUNT
};

static const char *const way_names[]
    = { "single", "alertable", "multiple", "signal and wait", "all", "registered", "thread pool" };

struct handle_wait
{
    enum way way;
    HANDLE handle, begun, never, set;
    volatile LONG woken;
    DWORD result;
    HANDLE over;
};

static void wait_over( struct handle_wait *wait, DWORD result )
{
    wait->result = result;
    InterlockedIncrement( &wait->woken );
    SetEvent( wait->over );
}

static DWORD WINAPI wait_thread( void *arg )
{
    struct handle_wait *wait = arg;
    HANDLE many[3] = { wait->never, wait->handle, wait->never }, all[2] = { wait->set, wait->handle };
    DWORD result = 0xdead;

    if (wait->way != WAIT_SIGNAL) SetEvent( wait->begun );
    switch (wait->way)
    {
    case WAIT_ONE: result = WaitForSingleObject( wait->handle, 10000 ); break;
    case WAIT_ALERTABLE: result = WaitForSingleObjectEx( wait->handle, 10000, TRUE ); break;
    case WAIT_MANY: result = WaitForMultipleObjects( 3, many, FALSE, 10000 ) - 1; break;
    case WAIT_SIGNAL: result = SignalObjectAndWait( wait->begun, wait->handle, 10000, FALSE ); break;
    case WAIT_ALL: result = WaitForMultipleObjects( 2, all, TRUE, 10000 ); break;
    default: break;
    }
    wait_over( wait, result );
    return 0;
}

static void CALLBACK registered_over( void *arg, BOOLEAN timed_out )
{
    wait_over( arg, timed_out ? WAIT_TIMEOUT : 0 );
}

static void CALLBACK pool_over( TP_CALLBACK_INSTANCE *instance, void *arg, TP_WAIT *pool, TP_WAIT_RESULT result )
{
    (void)instance;
    (void)pool;
    wait_over( arg, result );
}

/* A connected socket whose handle isn't signalled: as connect has left it, or an operation with an event. */
static void unsignalled_pair( BOOL fresh, SOCKET *s, SOCKET *peer )
{
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    union address addr;
    int len;
    SOCKET listener = tcp_listener( AF_INET, &addr, &len );
    char data;

    *s = tcp_socket( AF_INET );
    ok_success( connect( *s, &addr.any, len ) );
    *peer = accept( listener, NULL, NULL );
    ok( *peer != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    closesocket( listener );
    if (!fresh)
    {
        ok_call( begin_recv( *s, &data, 1, &ov, NULL ), WSA_IO_PENDING, 0 );
        ok( CancelIoEx( (HANDLE)*s, &ov ) && wait_overlapped( &ov, 3000 ), "error %lu\n", GetLastError() );
    }
    check_signalled( *s, FALSE );
    CloseHandle( ov.hEvent );
}

static void check_wait( enum way way, BOOL wait_first, BOOL with_port, BOOL fresh )
{
    struct handle_wait wait = { .way = way };
    HANDLE thread = NULL, registered = NULL, port = NULL;
    OVERLAPPED ov = { 0 };
    TP_WAIT *pool = NULL;
    SOCKET s, peer;
    char data;

    winetest_push_context( "%s, %s first, %s, %s", way_names[way], wait_first ? "wait" : "operation",
                           with_port ? "port" : "no port", fresh ? "fresh" : "used" );
    unsignalled_pair( fresh, &s, &peer );
    if (with_port) port = CreateIoCompletionPort( (HANDLE)s, NULL, 1, 0 );
    wait.handle = (HANDLE)s;
    wait.begun = CreateEventW( NULL, TRUE, FALSE, NULL );
    wait.never = CreateEventW( NULL, TRUE, FALSE, NULL );
    wait.over = CreateEventW( NULL, TRUE, FALSE, NULL );
    wait.set = CreateEventW( NULL, TRUE, TRUE, NULL );
    if (!wait_first) ok_call( begin_recv( s, &data, 1, &ov, NULL ), WSA_IO_PENDING, 0 );
    switch (way)
    {
    case WAIT_REGISTERED:
        ok( RegisterWaitForSingleObject( &registered, wait.handle, registered_over, &wait, INFINITE,
                                         WT_EXECUTEONLYONCE ),
            "error %lu\n", GetLastError() );
        break;
    case WAIT_POOL:
        pool = CreateThreadpoolWait( pool_over, &wait, NULL );
        SetThreadpoolWait( pool, wait.handle, NULL );
        break;
    default:
        thread = CreateThread( NULL, 0, wait_thread, &wait, 0, NULL );
        WaitForSingleObject( wait.begun, INFINITE );
        break;
    }
    Sleep( 20 ); /* mostly it waits by now; if not, that doesn't matter */
    if (wait_first) ok_call( begin_recv( s, &data, 1, &ov, NULL ), WSA_IO_PENDING, 0 );
    /* the server of Wine 10.0 has the handle of a socket on a port signalled, until an operation resets it here */
    todo_wine_if( wait.woken && wait_first && with_port && ( fresh || by_afd() ) )
        ok( !wait.woken, "the wait is over too early\n" );
    ok_call( send( peer, "a", 1, 0 ), 1, 0 );
    ok( !WaitForSingleObject( wait.over, 8000 ), "the wait isn't over\n" );
    ok( !wait.result && wait.woken == 1, "got %lu, %ld times\n", wait.result, wait.woken );
    ok( wait_overlapped( &ov, 8000 ), "it doesn't end\n" );
    ok( !(DWORD)ov.Internal && ov.InternalHigh == 1, "got %Ix, %Iu\n", ov.Internal, ov.InternalHigh );
    if (thread)
    {
        WaitForSingleObject( thread, INFINITE );
        CloseHandle( thread );
    }
    if (registered) ok( UnregisterWaitEx( registered, INVALID_HANDLE_VALUE ), "error %lu\n", GetLastError() );
    if (pool)
    {
        WaitForThreadpoolWaitCallbacks( pool, FALSE );
        CloseThreadpoolWait( pool );
    }
    closesocket( s );
    closesocket( peer );
    CloseHandle( wait.begun );
    CloseHandle( wait.never );
    CloseHandle( wait.over );
    CloseHandle( wait.set );
    if (port) CloseHandle( port );
    winetest_pop_context();
}

static void test_waits( void )
{
    enum way way;
    UINT i;

    for (way = 0; way < WAY_COUNT; way++)
        for (i = 0; i < 8; i++)
        {
            /* docs/limitations.md: the handle itself is waited for, and these can't wait for one more */
            if (i & 1 && i & 4 && !stock && !by_afd() && ( way == WAIT_SIGNAL || way == WAIT_ALL )) continue;
            check_wait( way, i & 1, i & 2, i & 4 );
        }
}

/* Two operations: the one that ends signals, the one that begins resets. kernel32's function waits for the handle. */
static void test_two( void )
{
    OVERLAPPED recv_ov = { 0 }, send_ov = { 0 };
    WSABUF wsabuf = { 1, (char *)"a" };
    SOCKET s, peer;
    DWORD count;
    char data;
    int i;

    tcp_socketpair( &peer, &s );
    for (i = 0; i < 3; i++)
    {
        ok_call( begin_recv( s, &data, 1, &recv_ov, NULL ), WSA_IO_PENDING, 0 );
        check_signalled( s, FALSE );
        ok_success( WSASend( s, &wsabuf, 1, &count, 0, &send_ov, NULL ) );
        check_signalled( s, TRUE );
        ok( GetOverlappedResult( (HANDLE)s, &send_ov, &count, TRUE ) && count == 1, "error %lu\n", GetLastError() );
        ok( CancelIoEx( (HANDLE)s, &recv_ov ), "error %lu\n", GetLastError() );
        ok( !GetOverlappedResult( (HANDLE)s, &recv_ov, &count, TRUE ) && GetLastError() == ERROR_OPERATION_ABORTED,
            "error %lu\n", GetLastError() );
    }
    /* an operation of the server's comes between */
    ok_error( WSAIoctl( s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &count, &recv_ov, NULL ), WSA_IO_PENDING );
    check_signalled( s, FALSE );
    ok( CancelIoEx( (HANDLE)s, &recv_ov ), "error %lu\n", GetLastError() );
    check_signalled( s, TRUE );
    closesocket( s );
    closesocket( peer );
}

START_TEST( handle_state )
{
    unsigned int modes;

    start_winsock();
    for (modes = 0; modes <= ( FILE_SKIP_SET_EVENT_ON_HANDLE | FILE_SKIP_COMPLETION_PORT_ON_SUCCESS ); modes++)
    {
        test_states( FALSE, modes );
        test_states( TRUE, modes );
    }
    test_waits();
    test_two();
    stop_winsock();
}
