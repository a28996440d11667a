/*
 * Polls that are alertable: with a time-out of 0, APCs and completion routines run that are due
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static HANDLE never, port;
static int calls;

static void CALLBACK count_apc( ULONG_PTR arg )
{
    (void)arg;
    calls++;
}

static void CALLBACK count_routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    (void)error;
    (void)count;
    (void)ov;
    (void)flags;
    calls++;
}

static DWORD poll_sleep( void )
{
    return SleepEx( 0, TRUE );
}

static DWORD poll_single( void )
{
    return WaitForSingleObjectEx( never, 0, TRUE );
}

static DWORD poll_winsock( void )
{
    return WSAWaitForMultipleEvents( 1, &never, FALSE, 0, TRUE );
}

static DWORD poll_port( void )
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    return GetQueuedCompletionStatusEx( port, &entry, 1, &count, 0, TRUE ) ? 0 : GetLastError();
}

static const struct
{
    const char *name;
    DWORD ( *poll )( void );
    DWORD nothing;
} polls[] = {
    { "SleepEx", poll_sleep, 0 },
    { "WaitForSingleObjectEx", poll_single, WAIT_TIMEOUT },
    { "WSAWaitForMultipleEvents", poll_winsock, WAIT_TIMEOUT },
    { "GetQueuedCompletionStatusEx", poll_port, WAIT_TIMEOUT },
};

/* with_socket: the port has one. */
static void test_polls( BOOL with_socket )
{
    OVERLAPPED ov = { 0 };
    SOCKET a, b, c, d;
    char data[4];
    WSABUF buffer = { sizeof( data ), data };
    DWORD flags = 0, ret;
    unsigned int i, tries;

    tcp_socketpair( &a, &b );
    tcp_socketpair( &c, &d );
    port = CreateIoCompletionPort( with_socket ? (HANDLE)c : INVALID_HANDLE_VALUE, NULL, 1, 0 );
    for (i = 0; i < ARRAY_SIZE( polls ); i++)
    {
        winetest_push_context( "%s, port with %d sockets", polls[i].name, with_socket );
        calls = 0;
        ret = polls[i].poll();
        ok( ret == polls[i].nothing, "got %lu\n", ret );

        QueueUserAPC( count_apc, GetCurrentThread(), 0 );
        ret = polls[i].poll();
        ok( ret == WAIT_IO_COMPLETION, "an APC: got %lu\n", ret );
        ok( calls == 1, "%d calls\n", calls );

        calls = 0;
        memset( &ov, 0, sizeof( ov ) );
        ok_error( WSARecv( b, &buffer, 1, NULL, &flags, &ov, count_routine ), WSA_IO_PENDING );
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        ok( wait_overlapped( &ov, 5000 ), "it doesn't end\n" );
        /* the status comes first */
        for (tries = 0; tries < 500 && !calls; tries++)
        {
            if (tries) Sleep( 10 );
            ret = polls[i].poll();
        }
        ok( ret == WAIT_IO_COMPLETION && calls == 1, "a routine: got %lu, %d calls\n", ret, calls );
        while (SleepEx( 0, TRUE )) continue;
        winetest_pop_context();
    }

    if (with_socket)
    {
        OVERLAPPED_ENTRY entry;
        ULONG count;

        /* packets come first */
        calls = 0;
        PostQueuedCompletionStatus( port, 1, 2, NULL );
        QueueUserAPC( count_apc, GetCurrentThread(), 0 );
        ok( GetQueuedCompletionStatusEx( port, &entry, 1, &count, 0, TRUE ) && entry.lpCompletionKey == 2,
            "got error %lu\n", GetLastError() );
        while (SleepEx( 0, TRUE )) continue;
        ok( calls == 1, "%d calls\n", calls );
    }
    CloseHandle( port );
    closesocket( a );
    closesocket( b );
    closesocket( c );
    closesocket( d );
}

START_TEST( apc_poll )
{
    start_winsock();
    never = CreateEventW( NULL, TRUE, FALSE, NULL );
    test_polls( FALSE );
    test_polls( TRUE );
    CloseHandle( never );
    stop_winsock();
}
