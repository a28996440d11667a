/*
 * What belongs to a socket, not to one of its handles: operations, selection, port, modes
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * It goes on when one of two handles is closed, in any way, and when a close fails. The operations of Wine's own module
 * end with the handle value.
 */

#include "identity.h"

struct state
{
    SOCKET a, b, other; /* b is the handle to be closed, other a duplicate of it */
    HANDLE event, port, thread;
    OVERLAPPED ov;
    WSABUF buf;
    char data[8];
    int ret, error;
    DWORD flags;
};

static int routines;

static void CALLBACK routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    (void)ov;
    (void)flags;
    routines++;
    ok_unless_afd( !error && count == 1, "got error %lu, count %lu\n", error, count );
}

static void start_recv( struct state *state )
{
    state->ov.hEvent = state->event;
    ok_error( WSARecv( state->b, &state->buf, 1, NULL, &state->flags, &state->ov, NULL ), WSA_IO_PENDING );
}

static void start_routine( struct state *state )
{
    routines = 0;
    ok_error( WSARecv( state->b, &state->buf, 1, NULL, &state->flags, &state->ov, routine ), WSA_IO_PENDING );
}

static void start_read( struct state *state )
{
    BOOL ret;

    state->ov.hEvent = state->event;
    ret = ReadFile( (HANDLE)state->b, state->data, 1, NULL, &state->ov );
    ok( !ret && GetLastError() == ERROR_IO_PENDING, "got %d, error %lu\n", ret, GetLastError() );
}

static void start_port( struct state *state )
{
    state->port = CreateIoCompletionPort( (HANDLE)state->b, NULL, 7, 0 );
    ok_error( WSARecv( state->b, &state->buf, 1, NULL, &state->flags, &state->ov, NULL ), WSA_IO_PENDING );
}

static void start_association( struct state *state )
{
    state->port = CreateIoCompletionPort( (HANDLE)state->b, NULL, 7, 0 );
}

static void start_select( struct state *state )
{
    ok_success( WSAEventSelect( state->b, state->event, FD_READ ) );
}

static void start_mode( struct state *state )
{
    set_blocking( state->b, FALSE );
}

static void end_event( struct state *state )
{
    ok_unless_afd( is_pending( &state->ov ), "got %#Ix\n", state->ov.Internal );
    ok_call( send( state->a, "n", 1, 0 ), 1, 0 );
    ok_unless_afd( !WaitForSingleObject( state->event, 5000 ), "it doesn't end\n" );
    ok_unless_afd( !state->ov.Internal && state->ov.InternalHigh == 1, "got %#Ix, %Iu bytes\n", state->ov.Internal,
                   state->ov.InternalHigh );
}

static void end_routine( struct state *state )
{
    ok_unless_afd( is_pending( &state->ov ), "got %#Ix\n", state->ov.Internal );
    ok_call( send( state->a, "n", 1, 0 ), 1, 0 );
    ok_unless_afd( SleepEx( 5000, TRUE ) == WAIT_IO_COMPLETION && routines == 1, "%d routines\n", routines );
}

static void end_port( struct state *state )
{
    OVERLAPPED *ov = NULL;
    ULONG_PTR key = 0;
    DWORD count = 0;
    BOOL ret;

    ok_unless_afd( is_pending( &state->ov ), "got %#Ix\n", state->ov.Internal );
    ok_call( send( state->a, "n", 1, 0 ), 1, 0 );
    ret = GetQueuedCompletionStatus( state->port, &count, &key, &ov, 5000 );
    ok_unless_afd( ret && count == 1 && key == 7 && ov == &state->ov, "got %d, error %lu, %lu bytes, key %Iu\n", ret,
                   GetLastError(), count, key );
}

static void end_association( struct state *state )
{
    ok_error( WSARecv( state->other, &state->buf, 1, NULL, &state->flags, &state->ov, NULL ), WSA_IO_PENDING );
    end_port( state );
}

static void end_select( struct state *state )
{
    WSANETWORKEVENTS events = { 0 };

    ok_call( send( state->a, "n", 1, 0 ), 1, 0 );
    ok_unless_afd( !WaitForSingleObject( state->event, 5000 ), "the selection has gone\n" );
    ok_success( WSAEnumNetworkEvents( state->other, state->event, &events ) );
    ok( events.lNetworkEvents == FD_READ, "got %#lx\n", events.lNetworkEvents );
    ok_call( recv( state->other, state->data, 1, 0 ), 1, 0 );
}

static void end_mode( struct state *state )
{
    ok_error( recv( state->other, state->data, 1, 0 ), WSAEWOULDBLOCK );
    ok_call( send( state->a, "n", 1, 0 ), 1, 0 );
    ok( wait_readable( state->other, 5000 ), "no byte\n" );
    ok_call( recv( state->other, state->data, 1, 0 ), 1, 0 );
}

static const struct
{
    const char *name;
    void ( *start )( struct state *state );
    void ( *end )( struct state *state );
    BOOL pending;
} things[] = {
    { "WSARecv, event", start_recv, end_event, TRUE },
    { "WSARecv, routine", start_routine, end_routine, TRUE },
    { "WSARecv, port", start_port, end_port, TRUE },
    { "ReadFile", start_read, end_event, TRUE },
    { "a port", start_association, end_association, FALSE },
    { "WSAEventSelect", start_select, end_select, FALSE },
    { "FIONBIO", start_mode, end_mode, FALSE },
};

static void state_open( struct state *state, BOOL duplicate )
{
    HANDLE process = GetCurrentProcess();

    memset( state, 0, sizeof( *state ) );
    state->event = CreateEventW( NULL, TRUE, FALSE, NULL );
    state->buf.buf = state->data;
    state->buf.len = 1;
    tcp_socketpair( &state->a, &state->b );
    exchange( state->a, state->b );
    state->other = state->b;
    if (duplicate)
        ok( DuplicateHandle( process, (HANDLE)state->b, process, (HANDLE *)&state->other, 0, FALSE,
                             DUPLICATE_SAME_ACCESS ),
            "got error %lu\n", GetLastError() );
}

static void state_close( struct state *state )
{
    CloseHandle( (HANDLE)state->other ); /* Wine's own closesocket refuses some duplicates */
    ok( recv( state->a, state->data, 1, 0 ) <= 0, "not the end\n" );
    closesocket( state->a );
    CloseHandle( state->event );
    if (state->port) CloseHandle( state->port );
}

/* The first of two handles is closed, or the second one, by which nothing was started. */
static void test_close( const struct close_way *way, BOOL second )
{
    struct state state;
    SOCKET other;
    UINT i;

    for (i = 0; i < ARRAY_SIZE( things ); i++)
    {
        /* Wine's server asks for the operation by the handle that it was started with: it would be waited for in vain
         */
        if (by_afd() && !second && things[i].pending) continue;
        winetest_push_context( "%s, %s, %s", things[i].name, way->name, second ? "second" : "first" );
        state_open( &state, TRUE );
        things[i].start( &state );
        if (second)
        {
            other = state.other;
            state.other = state.b;
            way->close( other );
        }
        else way->close( state.b );
        things[i].end( &state );
        state_close( &state );
        winetest_pop_context();
    }
}

/* ---- closes that fail */

static void fail_CloseHandle( SOCKET s )
{
    ok( !CloseHandle( (HANDLE)s ), "closed\n" );
}

static void fail_NtClose( SOCKET s )
{
    ok( NtClose( (HANDLE)s ) != 0, "closed\n" );
}

static void fail_closesocket( SOCKET s )
{
    closesocket( s ); /* what it returns isn't documented */
}

static const struct close_way failures[] = {
    { "CloseHandle", fail_CloseHandle },
    { "NtClose", fail_NtClose },
    { "closesocket", fail_closesocket },
};

static void test_protected( const struct close_way *way )
{
    struct state state;
    DWORD flags = 0;
    UINT i;

    for (i = 0; i < ARRAY_SIZE( things ); i++)
    {
        winetest_push_context( "%s, %s of a protected handle", things[i].name, way->name );
        state_open( &state, FALSE );
        things[i].start( &state );
        ok( SetHandleInformation( (HANDLE)state.b, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE ),
            "got error %lu\n", GetLastError() );
        way->close( state.b );
        ok( GetHandleInformation( (HANDLE)state.b, &flags ) && flags & HANDLE_FLAG_PROTECT_FROM_CLOSE, "got %#lx\n",
            flags );
        SetHandleInformation( (HANDLE)state.b, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0 );
        things[i].end( &state );
        state_close( &state );
        winetest_pop_context();
    }
}

START_TEST( identity_handles )
{
    UINT i;

    start_winsock();
    for (i = 0; i < CLOSE_WAYS; i++)
    {
        /* Wine's own doesn't close duplicates while an operation is pending */
        if (stock && !i) continue;
        test_close( &close_ways[i], FALSE );
        test_close( &close_ways[i], TRUE );
    }
    for (i = 0; i < ARRAY_SIZE( failures ); i++) test_protected( &failures[i] );
    stop_winsock();
}
