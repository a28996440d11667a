/*
 * Events that were set by something else than SetEvent, used for an operation that pends
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * "The event is set to the nonsignaled state" when an overlapped operation begins (page "WSARecv function"), whoever
 * has signalled it before.
 */

#include "sockets.h"

static HANDLE event;

static void *ntdll_function( const char *name )
{
    return GetProcAddress( GetModuleHandleA( "ntdll.dll" ), name );
}

static void by_kernel32( void )
{
    SetEvent( event );
}

static void by_ntdll( void )
{
    LONG( WINAPI * set )( HANDLE, LONG * ) = ntdll_function( "NtSetEvent" );

    ok( !set( event, NULL ), "NtSetEvent failed\n" );
}

static void CALLBACK work( TP_CALLBACK_INSTANCE *instance, void *arg )
{
    (void)arg;
    SetEventWhenCallbackReturns( instance, event );
}

static void by_callback( void )
{
    ok( TrySubmitThreadpoolCallback( work, NULL, NULL ), "no callback: %lu\n", GetLastError() );
}

static void CALLBACK nothing( void *arg, BOOLEAN timed_out )
{
    (void)arg, (void)timed_out;
}

static void by_timer( void )
{
    HANDLE timer;

    ok( CreateTimerQueueTimer( &timer, NULL, nothing, NULL, 100000, 0, 0 ), "no timer: %lu\n", GetLastError() );
    DeleteTimerQueueTimer( NULL, timer, event );
}

static void by_queue( void )
{
    DeleteTimerQueueEx( CreateTimerQueue(), event );
}

static void by_wait( void )
{
    HANDLE other = CreateEventA( NULL, TRUE, FALSE, NULL ), wait;

    ok( RegisterWaitForSingleObject( &wait, other, nothing, NULL, INFINITE, 0 ), "no wait: %lu\n", GetLastError() );
    UnregisterWaitEx( wait, event );
    CloseHandle( other );
}

static void by_lock( void )
{
    char path[MAX_PATH], name[MAX_PATH];
    OVERLAPPED ov = { .hEvent = event };
    HANDLE file;

    GetTempPathA( sizeof( path ), path );
    GetTempFileNameA( path, "evs", 0, name );
    file = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                        FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OVERLAPPED, NULL );
    ok( LockFileEx( file, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &ov ) || GetLastError() == ERROR_IO_PENDING,
        "LockFileEx failed: %lu\n", GetLastError() );
    WaitForSingleObject( event, 2000 );
    CloseHandle( file );
}

static const struct
{
    const char *name;
    void ( *set )( void );
} setters[] = {
    { "SetEvent", by_kernel32 },
    { "NtSetEvent", by_ntdll },
    { "SetEventWhenCallbackReturns", by_callback },
    { "DeleteTimerQueueTimer", by_timer },
    { "DeleteTimerQueueEx", by_queue },
    { "UnregisterWaitEx", by_wait },
    { "LockFileEx", by_lock },
};

/* The provider may know that the event is clear, since an operation has reset it. */
static void one_operation( SOCKET a, SOCKET b )
{
    OVERLAPPED ov = { .hEvent = event };
    DWORD count, flags = 0;
    WSABUF buffer;
    char data[4];

    buffer.buf = data;
    buffer.len = sizeof( data );
    ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "the event is still set\n" );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    ok( WSAGetOverlappedResult( a, &ov, &count, TRUE, &flags ) && count == 1, "error %d\n", WSAGetLastError() );
    ok( !WaitForSingleObject( event, 0 ), "the event isn't set\n" );
    ResetEvent( event );
}

START_TEST( event_source )
{
    LONG( WINAPI * reset )( HANDLE, LONG * ) = ntdll_function( "NtResetEvent" );
    LONG( WINAPI * clear )( HANDLE ) = ntdll_function( "NtClearEvent" );
    SOCKET a, b;
    unsigned int i, n;

    start_winsock();
    tcp_socketpair( &a, &b );
    for (i = 0; i < ARRAY_SIZE( setters ); i++)
    {
        winetest_push_context( "%s", setters[i].name );
        event = CreateEventA( NULL, TRUE, FALSE, NULL );
        for (n = 0; n < 3; n++)
        {
            setters[i].set();
            ok( !WaitForSingleObject( event, 3000 ), "not set\n" );
            one_operation( a, b );
        }
        CloseHandle( event );
        winetest_pop_context();
    }
    /* a reset that kernel32 doesn't make: no wait ends for nothing */
    event = CreateEventA( NULL, TRUE, FALSE, NULL );
    one_operation( a, b );
    for (n = 0; n < 2; n++)
    {
        OVERLAPPED ov = { .hEvent = event };
        DWORD flags = 0;
        WSABUF buffer;
        char c;

        buffer.buf = &c;
        buffer.len = 1;
        ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
        ok_call( send( b, "x", 1, 0 ), 1, 0 );
        ok( !WaitForSingleObject( event, 3000 ), "not set\n" );
        if (n) clear( event );
        else reset( event, NULL );
        ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "a wait ended, %u\n", n );
    }
    CloseHandle( event );
    closesocket( a );
    closesocket( b );
    stop_winsock();
}
