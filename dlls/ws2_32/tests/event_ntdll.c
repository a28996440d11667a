/*
 * Events that are set, reset, used and duplicated by calls of ntdll, past kernel32, and then used for operations
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An overlapped operation resets its event when it begins, and sets it when it ends, whoever has set or reset it
 * before.
 */

#include <stdio.h>

#include "sockets.h"

#include <winternl.h>

static HMODULE ntdll;
static SOCKET a, b;
static HANDLE event, pipe_in, pipe_out;
static IO_STATUS_BLOCK iosb;
static char data_byte;

#define NTDLL( type, name, args ) type( NTAPI *name ) args = (void *)GetProcAddress( ntdll, #name )

/* ---- each sets the event, or reads, writes or controls so that it is set at the end of that */

static void by_set( void )
{
    NTDLL( NTSTATUS, NtSetEvent, (HANDLE, LONG *));

    ok( !NtSetEvent( event, NULL ), "can't set\n" );
}

static void by_signal( void )
{
    NTDLL( NTSTATUS, NtSignalAndWaitForSingleObject, (HANDLE, HANDLE, BOOLEAN, const LARGE_INTEGER *));

    ok( !NtSignalAndWaitForSingleObject( event, event, FALSE, NULL ), "can't signal and wait\n" );
}

static HANDLE duplicate_event( void )
{
    NTDLL( NTSTATUS, NtDuplicateObject, ( HANDLE, HANDLE, HANDLE, HANDLE *, ACCESS_MASK, ULONG, ULONG ) );
    HANDLE duplicate = NULL;

    ok( !NtDuplicateObject( GetCurrentProcess(), event, GetCurrentProcess(), &duplicate, 0, 0, DUPLICATE_SAME_ACCESS ),
        "can't duplicate\n" );
    return duplicate;
}

static void by_duplicate( void )
{
    HANDLE duplicate = duplicate_event();

    SetEvent( duplicate );
    CloseHandle( duplicate );
}

static void by_write( void )
{
    NTDLL( NTSTATUS, NtWriteFile,
           (HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, const void *, ULONG, LARGE_INTEGER *, ULONG *));
    NTDLL( NTSTATUS, NtReadFile,
           (HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *, ULONG, LARGE_INTEGER *, ULONG *));

    NtWriteFile( pipe_in, event, NULL, NULL, &iosb, "x", 1, NULL, NULL );
    ok( !WaitForSingleObject( event, 3000 ), "the write doesn't set it\n" );
    NtReadFile( pipe_out, NULL, NULL, NULL, &iosb, &data_byte, 1, NULL, NULL );
}

static void by_read( void )
{
    NTDLL( NTSTATUS, NtReadFile,
           (HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *, ULONG, LARGE_INTEGER *, ULONG *));
    NTSTATUS status = NtReadFile( pipe_out, event, NULL, NULL, &iosb, &data_byte, 1, NULL, NULL );
    OVERLAPPED ov = { 0 };
    DWORD count;

    ok( status == STATUS_PENDING, "status %lx\n", status );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "it is set before the data\n" );
    if (!WriteFile( pipe_in, "x", 1, NULL, &ov )) GetOverlappedResult( pipe_in, &ov, &count, TRUE );
}

static void by_ioctl( void )
{
    enum
    {
        PIPE_PEEK = 0x11400c
    };
    NTDLL( NTSTATUS, NtFsControlFile,
           ( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *, ULONG, void *, ULONG ) );
    char peeked[64];

    NtFsControlFile( pipe_out, event, NULL, NULL, &iosb, PIPE_PEEK, NULL, 0, peeked, sizeof( peeked ) );
}

static const struct
{
    const char *name;
    void ( *call )( void );
} ways[] = {
    { "NtSetEvent", by_set },
    { "NtSignalAndWaitForSingleObject", by_signal },
    { "NtDuplicateObject", by_duplicate },
    { "NtWriteFile", by_write },
    { "NtReadFile", by_read },
    { "NtFsControlFile", by_ioctl },
};

/* Receives one byte with the event.  */
static void receive( const char *when )
{
    WSAOVERLAPPED ov = { .hEvent = event };
    WSABUF buf = { 1, &data_byte };
    DWORD flags = 0, count = 0;

    ok_error( WSARecv( b, &buf, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "%s: it is set when the operation begins\n", when );
    ok_call( send( a, "y", 1, 0 ), 1, 0 );
    ok( !WaitForSingleObject( event, 3000 ), "%s: not set at the end\n", when );
    ok( WSAGetOverlappedResult( b, &ov, &count, FALSE, &flags ) && count == 1, "%s: got %lu\n", when, count );
}

static void test_set( unsigned int i, BOOL manual, BOOL used )
{
    winetest_push_context( "%s, %s, %s", ways[i].name, manual ? "manual" : "automatic", used ? "used" : "new" );
    event = CreateEventW( NULL, manual, FALSE, NULL );
    if (used)
    {
        receive( "first" );
        ResetEvent( event );
    }
    ways[i].call();
    receive( "after" );
    ways[i].call();
    receive( "after, again" );
    CloseHandle( event );
    winetest_pop_context();
}

/* ---- each resets the event */

static void by_reset( void )
{
    NTDLL( NTSTATUS, NtResetEvent, (HANDLE, LONG *));

    ok( !NtResetEvent( event, NULL ), "can't reset\n" );
}

static void by_clear( void )
{
    NTDLL( NTSTATUS, NtClearEvent, ( HANDLE ) );

    ok( !NtClearEvent( event ), "can't clear\n" );
}

static void by_pulse( void )
{
    NTDLL( NTSTATUS, NtPulseEvent, (HANDLE, LONG *));

    ok( !NtPulseEvent( event, NULL ), "can't pulse\n" );
}

static void by_duplicate_reset( void )
{
    HANDLE duplicate = duplicate_event();

    ResetEvent( duplicate );
    CloseHandle( duplicate );
}

static const struct
{
    const char *name;
    void ( *call )( void );
} resets[] = {
    { "NtResetEvent", by_reset },
    { "NtClearEvent", by_clear },
    { "NtPulseEvent", by_pulse },
    { "NtDuplicateObject, ResetEvent", by_duplicate_reset },
};

/* The operation has set it. */
static void test_reset( unsigned int i )
{
    unsigned int round;

    winetest_push_context( "%s", resets[i].name );
    event = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (round = 0; round < 3; round++)
    {
        send_with_event( a, b, event );
        resets[i].call();
        ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "round %u: still set\n", round );
    }
    CloseHandle( event );
    winetest_pop_context();
}

START_TEST( event_ntdll )
{
    char name[64];
    unsigned int i;

    start_winsock();
    ntdll = GetModuleHandleA( "ntdll.dll" );
    snprintf( name, sizeof( name ), "\\\\.\\pipe\\event-ntdll-%lu", GetCurrentProcessId() );
    pipe_out = CreateNamedPipeA( name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED, 0, 1, 64, 64, 0, NULL );
    pipe_in = CreateFileA( name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL );
    ok( pipe_in != INVALID_HANDLE_VALUE, "no pipe: %lu\n", GetLastError() );
    tcp_socketpair( &a, &b );
    for (i = 0; i < ARRAY_SIZE( ways ); i++)
    {
        test_set( i, TRUE, FALSE );
        test_set( i, TRUE, TRUE );
        test_set( i, FALSE, FALSE );
    }
    for (i = 0; i < ARRAY_SIZE( resets ); i++) test_reset( i );
    CloseHandle( pipe_in );
    CloseHandle( pipe_out );
    closesocket( a );
    closesocket( b );
    stop_winsock();
}
