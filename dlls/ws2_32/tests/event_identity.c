/*
 * Events belong to what was started with them: closed handles, and handles that may do little
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An operation or a selection references the event's object, as every file operation of Windows does: closing the
 * handle changes nothing about that, and another object with the handle's value isn't touched.
 */

#include "identity.h"

/* What signals the event: TRUE if it has been started. */
struct state
{
    SOCKET a, b;
    HANDLE event;
    OVERLAPPED ov;
    char data[8];
};

static void start_recv( struct state *state )
{
    WSABUF buffer = { 1, state->data };
    DWORD count, flags = 0;

    ok_error( WSARecv( state->b, &buffer, 1, &count, &flags, &state->ov, NULL ), WSA_IO_PENDING );
}

static void start_recv_from( struct state *state )
{
    WSABUF buffer = { 1, state->data };
    DWORD count, flags = 0;

    ok_error( WSARecvFrom( state->b, &buffer, 1, &count, &flags, NULL, NULL, &state->ov, NULL ), WSA_IO_PENDING );
}

static void start_read( struct state *state )
{
    BOOL ret = ReadFile( (HANDLE)state->b, state->data, 1, NULL, &state->ov );

    ok( !ret && GetLastError() == ERROR_IO_PENDING, "got %d, error %lu\n", ret, GetLastError() );
}

static void start_select( struct state *state )
{
    ok_success( WSAEventSelect( state->b, state->event, FD_READ | FD_CLOSE ) );
}

static void start_change( struct state *state )
{
    DWORD size;

    ok_error( WSAIoctl( state->b, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &size, &state->ov, NULL ),
              WSA_IO_PENDING );
}

static void end_data( struct state *state )
{
    ok_call( send( state->a, "x", 1, 0 ), 1, 0 );
}

static void end_cancel( struct state *state )
{
    ok( CancelIoEx( (HANDLE)state->b, &state->ov ), "got error %lu\n", GetLastError() );
}

static void end_peer( struct state *state )
{
    closesocket( state->a );
    state->a = INVALID_SOCKET;
}

static void end_close( struct state *state )
{
    closesocket( state->b );
    state->b = INVALID_SOCKET;
}

static const struct
{
    const char *name;
    void ( *start )( struct state *state );
    void ( *end )( struct state *state );
} cases[] = {
    { "WSARecv, data", start_recv, end_data },
    { "WSARecv, cancelled", start_recv, end_cancel },
    { "WSARecv, the peer closes", start_recv, end_peer },
    { "WSARecv, closed", start_recv, end_close },
    { "WSARecvFrom, data", start_recv_from, end_data },
    { "ReadFile, data", start_read, end_data },
    { "WSAEventSelect, data", start_select, end_data },
    { "WSAEventSelect, the peer closes", start_select, end_peer },
    { "address change, cancelled", start_change, end_cancel },
};

/* How the handle goes. */
static BOOL close_handle( HANDLE handle )
{
    return CloseHandle( handle );
}

static BOOL close_event( HANDLE handle )
{
    return WSACloseEvent( handle );
}

static BOOL close_source( HANDLE handle )
{
    HANDLE copy;

    return DuplicateHandle( GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, FALSE,
                            DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE );
}

static BOOL close_past( HANDLE handle )
{
    return !NtClose( handle );
}

static BOOL close_by_process( HANDLE handle )
{
    close_ways[CLOSE_WAYS - 1].close( (SOCKET)handle );
    return TRUE;
}

static BOOL ( *const closes[] )( HANDLE handle )
    = { close_handle, close_event, close_source, close_past, close_by_process };

/* The object's other handle sees the event; another event with the old handle's value doesn't. */
static void test_closed( void )
{
    HANDLE copy, others[8], stranger = CreateEventW( NULL, TRUE, FALSE, NULL );
    BOOL reused;
    unsigned int i, j, k;
    struct state state;

    for (i = 0; i < ARRAY_SIZE( cases ); i++)
        for (j = 0; j < ARRAY_SIZE( closes ); j++)
        {
            winetest_push_context( "%s, way %u", cases[i].name, j );
            memset( &state, 0, sizeof( state ) );
            tcp_socketpair( &state.a, &state.b );
            state.event = state.ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
            DuplicateHandle( GetCurrentProcess(), state.event, GetCurrentProcess(), &copy, 0, FALSE,
                             DUPLICATE_SAME_ACCESS );
            cases[i].start( &state );
            ok( closes[j]( state.event ), "got error %lu\n", GetLastError() );
            reused = i % 2 && reuse_value( stranger, (SOCKET)state.event );
            for (k = 0; k < ARRAY_SIZE( others ); k++) others[k] = CreateEventW( NULL, TRUE, FALSE, NULL );
            cases[i].end( &state );
            if (cases[i].end != end_close || cases[i].start != start_select)
                ok( !WaitForSingleObject( copy, 5000 ), "the event isn't signalled\n" );
            for (k = 0; k < ARRAY_SIZE( others ); k++)
            {
                ok( WaitForSingleObject( others[k], 0 ) == WAIT_TIMEOUT, "another event is signalled%s\n",
                    others[k] == state.event ? ", which has its handle" : "" );
                CloseHandle( others[k] );
            }
            if (reused)
            {
                ok( WaitForSingleObject( stranger, 0 ) == WAIT_TIMEOUT, "the stranger is signalled\n" );
                ok( WaitForSingleObject( state.event, 0 ) == WAIT_TIMEOUT, "the stranger seems to be signalled\n" );
                CloseHandle( state.event );
            }
            CloseHandle( copy );
            if (state.a != INVALID_SOCKET) closesocket( state.a );
            if (state.b != INVALID_SOCKET) closesocket( state.b );
            winetest_pop_context();
        }
    CloseHandle( stranger );
}

/* EVENT_MODIFY_STATE is all that is needed. */
static void test_access( void )
{
    static const DWORD access[] = { EVENT_ALL_ACCESS, EVENT_MODIFY_STATE | SYNCHRONIZE, EVENT_MODIFY_STATE };
    struct state state;
    unsigned int i, j;
    HANDLE all;

    for (i = 0; i < ARRAY_SIZE( access ); i++)
        for (j = 0; j < ARRAY_SIZE( cases ); j++)
        {
            winetest_push_context( "access %lx, %s", access[i], cases[j].name );
            memset( &state, 0, sizeof( state ) );
            tcp_socketpair( &state.a, &state.b );
            all = CreateEventW( NULL, TRUE, FALSE, NULL );
            DuplicateHandle( GetCurrentProcess(), all, GetCurrentProcess(), &state.event, access[i], FALSE, 0 );
            state.ov.hEvent = state.event;
            cases[j].start( &state );
            cases[j].end( &state );
            ok( !WaitForSingleObject( all, 5000 ), "the event isn't signalled\n" );
            if (state.a != INVALID_SOCKET) closesocket( state.a );
            if (state.b != INVALID_SOCKET) closesocket( state.b );
            CloseHandle( state.event );
            CloseHandle( all );
            winetest_pop_context();
        }
}

/* Closed just as the operation ends, which may be before or after the event has been set. */
static void test_closed_at_end( void )
{
    char data, byte = 'a';
    HANDLE event, copy;
    OVERLAPPED ov;
    SOCKET a, b;
    int i, ret;

    tcp_socketpair( &a, &b );
    for (i = 0; i < 300; i++)
    {
        winetest_push_context( "%d", i );
        memset( &ov, 0, sizeof( ov ) );
        ov.hEvent = event = CreateEventW( NULL, TRUE, FALSE, NULL );
        DuplicateHandle( GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS );
        ret = begin_recv( b, &data, 1, &ov, NULL );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        ok_call( send( a, &byte, 1, 0 ), 1, 0 );
        while (i % 3 && is_pending( &ov ))
        {
            if (i % 3 == 2) Sleep( 0 );
        }
        CloseHandle( event );
        ok( wait_overlapped( &ov, 5000 ), "it doesn't end\n" );
        ok( !WaitForSingleObject( copy, 5000 ), "the event isn't signalled\n" );
        CloseHandle( copy );
        winetest_pop_context();
    }
    closesocket( a );
    closesocket( b );
}

/* A selection is for events. */
static void test_no_event( void )
{
    HANDLE mutex = CreateMutexW( NULL, FALSE, NULL ), copy;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ok_error( WSAEventSelect( b, mutex, FD_READ ), WSAEINVAL );
    DuplicateHandle( GetCurrentProcess(), mutex, GetCurrentProcess(), &copy, SYNCHRONIZE, FALSE, 0 );
    ok_error( WSAEventSelect( b, copy, FD_READ ), WSAEINVAL );
    CloseHandle( copy );
    CloseHandle( mutex );
    closesocket( a );
    closesocket( b );
}

START_TEST( event_identity )
{
    start_winsock();
    test_closed();
    test_access();
    test_closed_at_end();
    test_no_event();
    stop_winsock();
}
