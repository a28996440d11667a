/*
 * Sockets that get their completion port past kernel32
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdio.h>

#include "sockets.h"

#include <winternl.h>

#define FILE_COMPLETION_INFORMATION 30

static NTSTATUS( NTAPI *set_information )( HANDLE, IO_STATUS_BLOCK *, void *, ULONG, ULONG );
static NTSTATUS( NTAPI *duplicate_object )( HANDLE, HANDLE, HANDLE, HANDLE *, ACCESS_MASK, ULONG, ULONG );

static HANDLE nt_duplicate( HANDLE handle )
{
    HANDLE duplicate = NULL;

    ok( !duplicate_object( GetCurrentProcess(), handle, GetCurrentProcess(), &duplicate, 0, 0, DUPLICATE_SAME_ACCESS ),
        "can't duplicate\n" );
    return duplicate;
}

static HANDLE win_duplicate( HANDLE handle )
{
    HANDLE duplicate = NULL;

    ok( DuplicateHandle( GetCurrentProcess(), handle, GetCurrentProcess(), &duplicate, 0, FALSE,
                         DUPLICATE_SAME_ACCESS ),
        "error %lu\n", GetLastError() );
    return duplicate;
}

static BOOL nt_associate( HANDLE file, HANDLE port, ULONG_PTR key )
{
    struct
    {
        HANDLE port;
        ULONG_PTR key;
    } info = { port, key };
    IO_STATUS_BLOCK iosb;

    return !set_information( file, &iosb, &info, sizeof( info ), FILE_COMPLETION_INFORMATION );
}

static BOOL win_associate( HANDLE file, HANDLE port, ULONG_PTR key )
{
    return CreateIoCompletionPort( file, port, key, 0 ) == port;
}

static const struct
{
    const char *name;
    BOOL ( *associate )( HANDLE file, HANDLE port, ULONG_PTR key );
    HANDLE ( *socket )( HANDLE );
    HANDLE ( *port )( HANDLE );
    BOOL used; /* data has moved by the socket before */
    BOOL pending;
} ways[] = {
    { "ntdll", nt_associate, NULL, NULL, FALSE, FALSE },
    { "ntdll, used", nt_associate, NULL, NULL, TRUE, FALSE },
    { "ntdll, pending", nt_associate, NULL, NULL, FALSE, TRUE },
    { "ntdll, duplicate of the socket", nt_associate, win_duplicate, NULL, FALSE, FALSE },
    { "ntdll, duplicate of the port", nt_associate, NULL, win_duplicate, FALSE, FALSE },
    { "ntdll, both by ntdll", nt_associate, nt_duplicate, nt_duplicate, FALSE, FALSE },
    { "ntdll, both by ntdll, used", nt_associate, nt_duplicate, nt_duplicate, TRUE, FALSE },
    { "kernel32, both by ntdll", win_associate, nt_duplicate, nt_duplicate, FALSE, FALSE },
    { "kernel32, duplicate of the socket, used", win_associate, nt_duplicate, NULL, TRUE, FALSE },
};

static void check_packets( SOCKET a, SOCKET b, HANDLE port, int rounds )
{
    OVERLAPPED ov[2], *got;
    char buffer[4] = "x";
    WSABUF wsabuf = { 1, buffer };
    DWORD flags, n;
    ULONG_PTR key;
    int i, round;

    for (round = 0; round < rounds; round++)
    {
        memset( ov, 0, sizeof( ov ) );
        flags = 0;
        ok_error( WSARecv( b, &wsabuf, 1, NULL, &flags, ov, NULL ), WSA_IO_PENDING );
        ok_call( send( a, "y", 1, 0 ), 1, 0 );
        got = NULL;
        key = 0;
        ok( GetQueuedCompletionStatus( port, &n, &key, &got, 5000 ) && key == 99 && got == ov && n == 1,
            "round %d: got %p, key %Ix, error %lu\n", round, got, key, GetLastError() );
        i = WSASend( b, &wsabuf, 1, NULL, 0, ov + 1, NULL );
        ok( !i || WSAGetLastError() == WSA_IO_PENDING, "error %d\n", WSAGetLastError() );
        got = NULL;
        ok( GetQueuedCompletionStatus( port, &n, &key, &got, 5000 ) && key == 99 && got == ov + 1 && n == 1,
            "round %d: a send: got %p, key %Ix, error %lu\n", round, got, key, GetLastError() );
        ok_call( recv( a, buffer, 1, 0 ), 1, 0 );
    }
    ok( !GetQueuedCompletionStatus( port, &n, &key, &got, 0 ) && GetLastError() == WAIT_TIMEOUT, "one more\n" );
}

static void test_way( unsigned int i )
{
    HANDLE port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 ), used_port = port, file;
    OVERLAPPED ov = { 0 }, *got = NULL;
    WSABUF wsabuf;
    DWORD flags = 0, n;
    ULONG_PTR key = 0;
    char c;
    SOCKET a, b;

    winetest_push_context( "%s", ways[i].name );
    tcp_socketpair( &a, &b );
    if (ways[i].used)
    {
        ok_call( send( b, "x", 1, 0 ), 1, 0 );
        ok_call( recv( a, &c, 1, 0 ), 1, 0 );
    }
    wsabuf.buf = &c;
    wsabuf.len = 1;
    if (ways[i].pending) ok_error( WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    file = (HANDLE)b;
    if (ways[i].socket) file = ways[i].socket( file );
    if (ways[i].port) used_port = ways[i].port( port );
    ok( ways[i].associate( file, used_port, 99 ), "can't associate\n" );
    if (ways[i].pending)
    {
        ok_call( send( a, "y", 1, 0 ), 1, 0 );
        /* whether it gets a packet isn't documented */
        ok( wait_overlapped( &ov, 5000 ), "it pends still\n" );
        GetQueuedCompletionStatus( port, &n, &key, &got, 100 );
    }
    check_packets( a, b, port, 20 );
    if (file != (HANDLE)b) CloseHandle( file );
    if (used_port != port) CloseHandle( used_port );
    check_packets( a, b, port, 3 );
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
    winetest_pop_context();
}

/* ---- by another process */

static void child( const char *arguments )
{
    unsigned int mapping = 0, go = 0, nt = 0;
    const ULONG *shared;

    sscanf( arguments, "%x,%x,%u", &mapping, &go, &nt );
    shared = MapViewOfFile( ULongToHandle( mapping ), FILE_MAP_READ, 0, 0, 0 );
    start_winsock();
    WaitForSingleObject( ULongToHandle( go ), 20000 );
    ok( ( nt ? nt_associate : win_associate )( ULongToHandle( shared[0] ), ULongToHandle( shared[1] ), 99 ),
        "can't associate\n" );
}

static void test_process( BOOL nt )
{
    SECURITY_ATTRIBUTES inherit = { sizeof( inherit ), NULL, TRUE };
    HANDLE port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 ), go, mapping, process, theirs;
    char arguments[64];
    ULONG *shared;
    SOCKET a, b;

    winetest_push_context( nt ? "another process, ntdll" : "another process" );
    tcp_socketpair( &a, &b );
    go = CreateEventW( &inherit, TRUE, FALSE, NULL );
    mapping = CreateFileMappingW( INVALID_HANDLE_VALUE, &inherit, PAGE_READWRITE, 0, 4096, NULL );
    shared = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, 0 );
    sprintf( arguments, "child %lx,%lx,%d", HandleToULong( mapping ), HandleToULong( go ), nt );
    process = start_child( "port_ntdll", arguments );
    ok( DuplicateHandle( GetCurrentProcess(), (HANDLE)b, process, &theirs, 0, FALSE, DUPLICATE_SAME_ACCESS ),
        "error %lu\n", GetLastError() );
    shared[0] = HandleToULong( theirs );
    ok( DuplicateHandle( GetCurrentProcess(), port, process, &theirs, 0, FALSE, DUPLICATE_SAME_ACCESS ), "error %lu\n",
        GetLastError() );
    shared[1] = HandleToULong( theirs );
    SetEvent( go );
    ok( !WaitForSingleObject( process, 20000 ), "the child doesn't end\n" );
    check_packets( a, b, port, 20 );
    UnmapViewOfFile( shared );
    CloseHandle( mapping );
    CloseHandle( process );
    CloseHandle( go );
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
    winetest_pop_context();
}

START_TEST( port_ntdll )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );
    char **argv;
    int argc = winetest_get_mainargs( &argv );
    unsigned int i;

    set_information = (void *)GetProcAddress( ntdll, "NtSetInformationFile" );
    duplicate_object = (void *)GetProcAddress( ntdll, "NtDuplicateObject" );
    if (argc >= 4)
    {
        child( argv[3] );
        return;
    }
    start_winsock();
    for (i = 0; i < sizeof( ways ) / sizeof( ways[0] ); i++) test_way( i );
    test_process( FALSE );
    test_process( TRUE );
    stop_winsock();
}
