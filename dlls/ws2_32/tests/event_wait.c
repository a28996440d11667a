/*
 * Waiting for events that sockets set
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * However an event is set, reset, shared or closed: a wait is over if it is signalled, and only then, and the handle
 * with the lowest index counts.
 */

#include "sockets.h"

static SOCKET a, b;

/* Has network events or an operation of socket b set the event, surely. */
static void set_by_selection( HANDLE event )
{
    char buffer[8];
    int i;

    ok_success( WSAEventSelect( b, event, FD_READ ) );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    for (i = 0; i < 500 && WaitForSingleObject( event, 0 ); i++) Sleep( 1 );
    ok( i < 500, "no event\n" );
    ok_success( WSAEventSelect( b, NULL, 0 ) );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 1, 0 );
    /* once more, as what is known may be used up by a wait */
    ok_success( WSAEventSelect( b, event, FD_READ ) );
    ok_success( ResetEvent( event ) ? 0 : SOCKET_ERROR );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    wait_set( event );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 1, 0 );
    ok_success( WSAEventSelect( b, NULL, 0 ) );
}

static void set_by_operation( HANDLE event )
{
    send_with_event( a, b, event );
}

static void ( *const set[2] )( HANDLE event ) = { set_by_selection, set_by_operation };

static DWORD wait_for( HANDLE event )
{
    return WaitForSingleObject( event, 0 );
}

/* ---- ways to reset it */

static void reset_event( HANDLE event )
{
    ResetEvent( event );
}

static void reset_wsa( HANDLE event )
{
    WSAResetEvent( event );
}

static void reset_pulse( HANDLE event )
{
    PulseEvent( event );
}

static void reset_enum( HANDLE event )
{
    WSANETWORKEVENTS events;

    WSAEnumNetworkEvents( b, event, &events );
}

static void reset_copy( HANDLE event )
{
    HANDLE copy;

    DuplicateHandle( GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS );
    ResetEvent( copy );
    CloseHandle( copy );
}

/* An operation that pends resets its event. */
static void reset_pend( HANDLE event )
{
    static char data[8];
    static OVERLAPPED ov;
    WSABUF buffer = { sizeof( data ), data };
    DWORD got, flags = 0;

    memset( &ov, 0, sizeof( ov ) );
    ov.hEvent = event;
    WSARecv( b, &buffer, 1, &got, &flags, &ov, NULL );
    ok( is_pending( &ov ), "it doesn't pend\n" );
    ok( wait_for( event ) == WAIT_TIMEOUT, "signalled while the operation pends\n" );
    CancelIoEx( (HANDLE)b, &ov );
    ok( wait_overlapped( &ov, 3000 ), "pending\n" );
    WaitForSingleObject( event, 1000 );
    ResetEvent( event );
}

/* So does one of another object. */
static void reset_pipe( HANDLE event )
{
    OVERLAPPED ov = { .hEvent = event };
    HANDLE pipe = CreateNamedPipeA( own_name( "\\\\.\\pipe\\" ), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 4096,
                                    4096, 0, NULL );

    ConnectNamedPipe( pipe, &ov );
    ok( wait_for( event ) == WAIT_TIMEOUT, "signalled while the pipe isn't connected\n" );
    CancelIo( pipe );
    CloseHandle( pipe );
    WaitForSingleObject( event, 1000 );
    ResetEvent( event );
}

static const struct
{
    const char *name;
    void ( *func )( HANDLE event );
} resets[] = {
    { "ResetEvent", reset_event }, { "WSAResetEvent", reset_wsa },
    { "PulseEvent", reset_pulse }, { "WSAEnumNetworkEvents", reset_enum },
    { "a copy", reset_copy },      { "an operation that pends", reset_pend },
    { "a pipe", reset_pipe },
};

static void test_reset( void )
{
    unsigned int i, j, k;
    HANDLE event;

    for (i = 0; i < ARRAY_SIZE( resets ); i++)
        for (j = 0; j < ARRAY_SIZE( set ); j++)
        {
            winetest_push_context( "%s, %s", resets[i].name, j ? "operation" : "selection" );
            event = WSACreateEvent();
            for (k = 0; k < 3; k++)
            {
                set[j]( event );
                /* signalled it stays, for any number of waits; and none at all */
                if (k) ok( !wait_for( event ) && !WaitForSingleObject( event, INFINITE ), "not signalled\n" );
                if (k == 2) ok( !WSAWaitForMultipleEvents( 1, &event, TRUE, 0, FALSE ), "not signalled\n" );
                resets[i].func( event );
                ok( wait_for( event ) == WAIT_TIMEOUT, "round %u: signalled\n", k );
                ok( wait_for( event ) == WAIT_TIMEOUT, "round %u: signalled\n", k );
            }
            WSACloseEvent( event );
            winetest_pop_context();
        }
}

/* The other kinds: one that waits reset, and those that others may have, too. */
static void test_kinds( void )
{
    SECURITY_ATTRIBUTES inherit = { sizeof( inherit ), NULL, TRUE };
    HANDLE event, other;
    unsigned int j;

    for (j = 0; j < ARRAY_SIZE( set ); j++)
    {
        winetest_push_context( "%s", j ? "operation" : "selection" );
        event = CreateEventW( NULL, FALSE, FALSE, NULL );
        set[1]( event );
        ok( !wait_for( event ), "not signalled\n" );
        ok( wait_for( event ) == WAIT_TIMEOUT, "a wait doesn't reset it\n" );
        CloseHandle( event );

        event = CreateEventA( NULL, TRUE, FALSE, own_name( "" ) );
        other = OpenEventA( EVENT_ALL_ACCESS, FALSE, own_name( "" ) );
        set[j]( event );
        ok( !wait_for( event ) && !wait_for( other ), "not signalled\n" );
        set[j]( event );
        ResetEvent( other );
        ok( wait_for( event ) == WAIT_TIMEOUT, "signalled\n" );
        CloseHandle( other );
        CloseHandle( event );

        event = CreateEventW( &inherit, TRUE, FALSE, NULL );
        set[j]( event );
        ok( !wait_for( event ), "not signalled\n" );
        CloseHandle( event );

        event = CreateEventW( NULL, TRUE, FALSE, NULL );
        DuplicateHandle( GetCurrentProcess(), event, GetCurrentProcess(), &other, 0, FALSE, DUPLICATE_SAME_ACCESS );
        set[j]( event );
        ResetEvent( other );
        ok( wait_for( event ) == WAIT_TIMEOUT, "signalled\n" );
        CloseHandle( other );
        CloseHandle( event );
        winetest_pop_context();
    }
}

/* A handle that is something else now. */
static void test_closed( void )
{
    HANDLE event, others[64], old;
    unsigned int i, j, round, same = 0;

    for (round = 0; round < 4; round++)
    {
        old = event = CreateEventW( NULL, TRUE, FALSE, NULL );
        set[round & 1]( event );
        CloseHandle( event );
        for (i = 0; i < ARRAY_SIZE( others ); i++)
        {
            others[i] = round & 2 ? CreateSemaphoreW( NULL, 0, 1, NULL ) : CreateEventW( NULL, i & 1, FALSE, NULL );
            ok( wait_for( others[i] ) == WAIT_TIMEOUT, "signalled\n" );
            if (others[i] == old) same++;
        }
        for (j = 0; j < i; j++) CloseHandle( others[j] );
    }
    ok( same, "no handle has been used again\n" );

    /* and closed while it is selected */
    for (round = 0; round < 4; round++)
    {
        char buffer[8];

        old = event = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok_success( WSAEventSelect( b, event, FD_READ ) );
        CloseHandle( event );
        event = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        Sleep( 20 );
        ok( event != old || wait_for( event ) == WAIT_TIMEOUT, "round %u: another event is signalled\n", round );
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 1, 0 );
        ok_success( WSAEventSelect( b, NULL, 0 ) );
        CloseHandle( event );
    }
}

/* The lowest index, always of those that the program has set itself, and soon of others. */
static void test_order( void )
{
    enum
    {
        MANUAL,
        AUTOMATIC,
        SEMAPHORE,
        KINDS
    };
    HANDLE handles[3], timer;
    LARGE_INTEGER due = { .QuadPart = -10 };
    SOCKET listener, client;
    union address addr;
    unsigned int i, j, kind;
    WSANETWORKEVENTS events;
    int len;

    for (j = 0; j < ARRAY_SIZE( set ); j++)
        for (kind = 0; kind < KINDS; kind++)
        {
            winetest_push_context( "%s, kind %u", j ? "operation" : "selection", kind );
            handles[0] = kind == SEMAPHORE ? CreateSemaphoreW( NULL, 0, 100, NULL )
                                           : CreateEventW( NULL, kind == MANUAL, FALSE, NULL );
            handles[1] = WSACreateEvent();
            handles[2] = WSACreateEvent();
            for (i = 0; i < 12; i++)
            {
                set[j]( handles[2] );
                ok( WSAWaitForMultipleEvents( 3, handles, FALSE, INFINITE, FALSE ) == 2, "not the third\n" );
                set[j]( handles[1] );
                ok( WSAWaitForMultipleEvents( 3, handles, FALSE, INFINITE, FALSE ) == 1, "not the second\n" );
                set[j]( handles[1] );
                if (kind == SEMAPHORE) ReleaseSemaphore( handles[0], 1, NULL );
                else SetEvent( handles[0] );
                ok( WSAWaitForMultipleEvents( 3, handles, FALSE, INFINITE, FALSE ) == 0, "not the first\n" );
                if (kind == MANUAL) ResetEvent( handles[0] );
                ok( WSAWaitForMultipleEvents( 3, handles, TRUE, 0, FALSE ) == WSA_WAIT_TIMEOUT,
                    "not all are signalled\n" );
                ResetEvent( handles[1] );
                ResetEvent( handles[2] );
                ok( WSAWaitForMultipleEvents( 3, handles, FALSE, 0, FALSE ) == WSA_WAIT_TIMEOUT,
                    "something is signalled\n" );
            }
            for (i = 0; i < 3; i++) CloseHandle( handles[i] );
            winetest_pop_context();
        }

    /* a listener's event before that of a socket which is busy without end */
    handles[0] = WSACreateEvent();
    handles[1] = WSACreateEvent();
    listener = tcp_listener( AF_INET, &addr, &len );
    ok_success( WSAEventSelect( listener, handles[0], FD_ACCEPT ) );
    client = tcp_socket( AF_INET );
    ok_success( connect( client, &addr.any, len ) );
    for (i = 0; i < 40; i++)
    {
        set[1]( handles[1] );
        if (!WSAWaitForMultipleEvents( 2, handles, FALSE, INFINITE, FALSE )) break;
        ResetEvent( handles[1] );
    }
    ok( i < 40, "the listener is passed over\n" );
    ok_success( WSAEnumNetworkEvents( listener, handles[0], &events ) );
    ok( events.lNetworkEvents == FD_ACCEPT, "got %lx\n", events.lNetworkEvents );
    closesocket( client );
    closesocket( listener );
    CloseHandle( handles[0] );

    /* and a timer */
    handles[0] = timer = CreateWaitableTimerW( NULL, TRUE, NULL );
    for (i = 0; i < 3; i++)
    {
        SetWaitableTimer( timer, &due, 0, NULL, NULL, FALSE );
        ok( !WaitForSingleObject( timer, 10000 ), "the timer isn't signalled\n" );
        set[1]( handles[1] );
        ok( !WSAWaitForMultipleEvents( 2, handles, FALSE, INFINITE, FALSE ), "not the timer\n" );
    }
    for (i = 0; i < 2; i++) CloseHandle( handles[i] );
}

static void test_bad( void )
{
    HANDLE event = WSACreateEvent(), closed = WSACreateEvent();

    CloseHandle( closed );
    set[1]( event );
    ok( WSAWaitForMultipleEvents( 1, &closed, FALSE, 0, FALSE ) == WSA_WAIT_FAILED
            && GetLastError() == ERROR_INVALID_HANDLE,
        "error %lu\n", GetLastError() );
    ok( WSAWaitForMultipleEvents( 65, &event, FALSE, 0, FALSE ) == WSA_WAIT_FAILED
            && GetLastError() == ERROR_INVALID_PARAMETER,
        "error %lu\n", GetLastError() );
    ok( !wait_for( event ), "not signalled\n" );
    CloseHandle( event );
}

START_TEST( event_wait )
{
    start_winsock();
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    test_reset();
    test_kinds();
    test_closed();
    test_order();
    test_bad();
    closesocket( a );
    closesocket( b );
    stop_winsock();
}
