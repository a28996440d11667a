/*
 * An agent that suspends all other threads of its process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * As crash handlers, profilers and garbage collectors do. The provider's threads aren't the program's: what it has
 * pending goes on, as it does in the wineserver.
 */

#include "sockets.h"

#include <tlhelp32.h>
#include <winternl.h>

#define MAX_THREADS 100

static HANDLE suspended[MAX_THREADS];
static unsigned int suspended_count;

static void suspend_thread( DWORD id )
{
    HANDLE thread;

    if (id == GetCurrentThreadId() || suspended_count == MAX_THREADS) return;
    if (!( thread = OpenThread( THREAD_SUSPEND_RESUME, FALSE, id ) )) return;
    if (SuspendThread( thread ) == (DWORD)-1) CloseHandle( thread );
    else suspended[suspended_count++] = thread;
}

static void suspend_by_snapshot( void )
{
    HANDLE snapshot = CreateToolhelp32Snapshot( TH32CS_SNAPTHREAD, 0 );
    THREADENTRY32 entry = { sizeof( entry ) };
    BOOL more;

    for (more = Thread32First( snapshot, &entry ); more; more = Thread32Next( snapshot, &entry ))
        if (entry.th32OwnerProcessID == GetCurrentProcessId()) suspend_thread( entry.th32ThreadID );
    CloseHandle( snapshot );
}

/* SYSTEM_PROCESS_INFORMATION and its SYSTEM_THREAD_INFORMATION */
#ifdef _WIN64
enum
{
    PROCESS_ID = 0x50,
    PROCESS_SIZE = 0x100,
    THREAD_ID = 0x30,
    THREAD_SIZE = 0x50
};
#else
enum
{
    PROCESS_ID = 0x44,
    PROCESS_SIZE = 0xb8,
    THREAD_ID = 0x24,
    THREAD_SIZE = 0x40
};
#endif

static void suspend_by_system_information( void )
{
    NTSTATUS( NTAPI * query )
    ( ULONG, void *, ULONG, ULONG * )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtQuerySystemInformation" );
    ULONG size = 1 << 20, i;
    BYTE *buffer = malloc( size ), *entry = buffer;

    ok( !query( 5 /* SystemProcessInformation */, buffer, size, &size ), "no information\n" );
    while (*(HANDLE *)( entry + PROCESS_ID ) != ULongToHandle( GetCurrentProcessId() ) && *(ULONG *)entry)
        entry += *(ULONG *)entry;
    for (i = 0; i < ( (ULONG *)entry )[1]; i++)
        suspend_thread( HandleToULong( *(HANDLE *)( entry + PROCESS_SIZE + i * THREAD_SIZE + THREAD_ID ) ) );
    free( buffer );
}

static void suspend_by_next_thread( void )
{
    NTSTATUS( NTAPI * next )
    ( HANDLE, HANDLE, ACCESS_MASK, ULONG, ULONG, HANDLE * )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtGetNextThread" );
    HANDLE thread = NULL, after;

    if (!next)
    {
        skip( "no NtGetNextThread\n" );
        return;
    }
    while (!next( GetCurrentProcess(), thread, THREAD_SUSPEND_RESUME | THREAD_QUERY_INFORMATION, 0, 0, &after ))
    {
        if (thread) CloseHandle( thread );
        thread = after;
        suspend_thread( GetThreadId( thread ) );
    }
    if (thread) CloseHandle( thread );
}

static void resume( void )
{
    while (suspended_count)
    {
        ResumeThread( suspended[--suspended_count] );
        CloseHandle( suspended[suspended_count] );
    }
}

static const struct
{
    const char *name;
    void ( *suspend )( void );
} agents[] = {
    { "snapshot", suspend_by_snapshot },
    { "NtQuerySystemInformation", suspend_by_system_information },
    { "NtGetNextThread", suspend_by_next_thread },
};

static DWORD WINAPI idle( void *arg )
{
    WaitForSingleObject( (HANDLE)arg, INFINITE );
    return 0;
}

/* A thread that a port loses with all others. */
static DWORD WINAPI wait_for_port( void *arg )
{
    ULONG_PTR key;
    OVERLAPPED *ov;
    DWORD n;

    while (GetQueuedCompletionStatus( (HANDLE)arg, &n, &key, &ov, INFINITE ) && key != 9) /* nothing */
        ;
    return 0;
}

static void test_agent( unsigned int i )
{
    HANDLE quit = CreateEventW( NULL, TRUE, FALSE, NULL ), event = CreateEventW( NULL, FALSE, FALSE, NULL ), threads[2],
           port;
    OVERLAPPED ov, ov_port;
    char buffer[4], port_buffer[4], c;
    WSABUF wsabuf = { 4, buffer }, port_wsabuf = { 4, port_buffer };
    SOCKET a, b, d, e, f, g;
    WSANETWORKEVENTS events;
    unsigned int round;
    DWORD flags, n;

    winetest_push_context( "%s", agents[i].name );
    tcp_socketpair( &a, &b );
    tcp_socketpair( &d, &e );
    tcp_socketpair( &f, &g );
    port = CreateIoCompletionPort( (HANDLE)g, NULL, 1, 0 );
    threads[0] = CreateThread( NULL, 0, idle, quit, 0, NULL );
    threads[1] = CreateThread( NULL, 0, wait_for_port, port, 0, NULL );
    ok_success( WSAEventSelect( e, event, FD_READ ) );
    for (round = 0; round < 20; round++)
    {
        memset( &ov, 0, sizeof( ov ) );
        memset( &ov_port, 0, sizeof( ov_port ) );
        flags = 0;
        ok_error( WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
        flags = 0;
        ok_error( WSARecv( g, &port_wsabuf, 1, NULL, &flags, &ov_port, NULL ), WSA_IO_PENDING );
        if (!round) Sleep( 100 ); /* the threads wait */
        suspended_count = 0;
        agents[i].suspend();
        ok( suspended_count >= 2, "only %u threads\n", suspended_count );
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        ok_call( send( d, "x", 1, 0 ), 1, 0 );
        ok( wait_overlapped( &ov, 3000 ), "round %u: a receive stands still\n", round );
        ok( !WaitForSingleObject( event, 3000 ), "round %u: no event\n", round );
        ok_success( WSAEnumNetworkEvents( e, NULL, &events ) );
        ok( events.lNetworkEvents == FD_READ, "got %lx\n", events.lNetworkEvents );
        ok_call( recv( e, &c, 1, 0 ), 1, 0 );
        resume();
        ok_call( send( f, "x", 1, 0 ), 1, 0 );
        ok( wait_overlapped( &ov_port, 3000 ), "round %u: the port stands still\n", round );
    }
    PostQueuedCompletionStatus( port, 0, 9, NULL );
    SetEvent( quit );
    for (n = 0; n < 2; n++)
    {
        ok( !WaitForSingleObject( threads[n], 5000 ), "thread %lu doesn't end\n", n );
        CloseHandle( threads[n] );
    }
    closesocket( a );
    closesocket( b );
    closesocket( d );
    closesocket( e );
    closesocket( f );
    closesocket( g );
    CloseHandle( event );
    CloseHandle( quit );
    CloseHandle( port );
    winetest_pop_context();
}

START_TEST( suspend )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < sizeof( agents ) / sizeof( agents[0] ); i++) test_agent( i );
    stop_winsock();
}
