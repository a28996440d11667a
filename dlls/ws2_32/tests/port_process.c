/*
 * Completion ports and two processes
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static HANDLE port;
static DWORD parent_id;
static SOCKET a, b; /* b is associated */
static char data[64];

static int start_recv( SOCKET s, OVERLAPPED *ov )
{
    memset( ov, 0, sizeof( *ov ) );
    return begin_recv( s, data, sizeof( data ), ov, NULL );
}

static void setup( void )
{
    OVERLAPPED ov, *ret_ov;
    ULONG_PTR key;
    DWORD count;

    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    CreateIoCompletionPort( (HANDLE)b, port, 7, 0 );
    /* it is in use */
    ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ) && key == 7 && ret_ov == &ov, "error %lu\n",
        GetLastError() );
}

static void teardown( void )
{
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
}

static HANDLE start_other( const char *mode )
{
    char arguments[64];
    HANDLE process;

    sprintf( arguments, "%s %lx", mode, parent_id );
    process = start_child( "port_process", arguments );
    ok( process != NULL, "no child: %lu\n", GetLastError() );
    return process;
}

/* An event, by which the two agree, and a value that the parent leaves for the child. */
static HANDLE event( void )
{
    char name[64];

    sprintf( name, "wsuring-port-go-%lx", parent_id );
    return CreateEventA( NULL, TRUE, FALSE, name );
}

static ULONG *shared_value( void )
{
    HANDLE mapping;
    char name[64];

    sprintf( name, "wsuring-port-value-%lx", parent_id );
    mapping = CreateFileMappingA( INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, name );

    return MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, 0 );
}

static HANDLE give_to( HANDLE process, HANDLE handle )
{
    HANDLE theirs = NULL;

    ok( DuplicateHandle( GetCurrentProcess(), handle, process, &theirs, 0, FALSE, DUPLICATE_SAME_ACCESS ),
        "error %lu\n", GetLastError() );
    return theirs;
}

static void wait_for_parent( void )
{
    HANDLE handle = event();

    ok( !WaitForSingleObject( handle, 10000 ), "the parent doesn't go on\n" );
    CloseHandle( handle );
}

/* Posts five packets to the parent's port. */
static void child_posts( void )
{
    HANDLE theirs;
    int i;

    wait_for_parent();
    theirs = ULongToHandle( *shared_value() );
    for (i = 0; i < 5; i++)
        ok( PostQueuedCompletionStatus( theirs, i, 100 + i, (OVERLAPPED *)(ULONG_PTR)i ), "error %lu\n",
            GetLastError() );
}

/* Takes three packets from it. */
static void child_waits( void )
{
    OVERLAPPED *ov;
    ULONG_PTR key;
    HANDLE theirs;
    DWORD count;
    int i;

    wait_for_parent();
    theirs = ULongToHandle( *shared_value() );
    for (i = 0; i < 3; i++)
        ok( GetQueuedCompletionStatus( theirs, &count, &key, &ov, 5000 ) && ( key == 7 || key == 50 ),
            "got key %Ix, error %lu\n", key, GetLastError() );
}

/* Receives by a socket that the parent has associated, twice; the packets come out there. */
static void child_receives( void )
{
    static OVERLAPPED ov;
    SOCKET s;
    int i;

    start_winsock();
    wait_for_parent();
    s = *shared_value();
    for (i = 0; i < 2; i++)
    {
        int ret = start_recv( s, &ov );

        ok( !ret || ret == WSA_IO_PENDING, "error %d\n", ret );
        ok( wait_overlapped( &ov, 5000 ), "not complete\n" );
        ok( ov.InternalHigh == 3, "got %Iu\n", ov.InternalHigh );
    }
    closesocket( s );
    stop_winsock();
}

static HANDLE begin( const char *mode, HANDLE handle )
{
    HANDLE process = start_other( mode ), go = event();

    ResetEvent( go );
    *shared_value() = HandleToULong( give_to( process, handle ) );
    SetEvent( go );
    return process;
}

static void end( HANDLE process )
{
    DWORD code = ~0u;

    ok( !WaitForSingleObject( process, 20000 ), "the child doesn't end\n" );
    GetExitCodeProcess( process, &code );
    ok( !code, "the child's exit code is %lu\n", code );
    CloseHandle( process );
}

START_TEST( port_process )
{
    char **argv;
    int argc = winetest_get_mainargs( &argv ), i;
    OVERLAPPED ov, *ret_ov;
    ULONG_PTR key;
    HANDLE process, go;
    DWORD count;
    ULONG *value;

    if (argc >= 4)
    {
        parent_id = strtoul( argv[3], NULL, 16 );
        if (!strcmp( argv[2], "posts" )) child_posts();
        else if (!strcmp( argv[2], "waits" )) child_waits();
        else child_receives();
        return;
    }
    parent_id = GetCurrentProcessId();
    start_winsock();
    go = event();
    value = shared_value();

    /* another process posts, between our own packets */
    setup();
    process = begin( "posts", port );
    for (i = 0; i < 5; i++)
        ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 10000 ) && key == (ULONG_PTR)100 + i
                && count == (DWORD)i,
            "%d: got %Ix, error %lu\n", i, key, GetLastError() );
    end( process );
    ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ) && key == 7 && ret_ov == &ov, "error %lu\n",
        GetLastError() );
    teardown();

    /* another process waits, for our packets */
    setup();
    process = begin( "waits", port );
    ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( PostQueuedCompletionStatus( port, 0, 50, NULL ) && PostQueuedCompletionStatus( port, 0, 50, NULL ),
        "error %lu\n", GetLastError() );
    end( process );
    ok( start_recv( b, &ov ) == WSA_IO_PENDING, "not pending\n" );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ) && key == 7 && ret_ov == &ov, "error %lu\n",
        GetLastError() );
    teardown();

    /* Another process receives by our socket. Wine's own module doesn't know sockets that it hasn't made. */
    if (!stock)
    {
        setup();
        process = begin( "receives", (HANDLE)b );
        for (i = 0; i < 2; i++)
        {
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
            ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 10000 ) && key == 7 && count == 3,
                "error %lu\n", GetLastError() );
        }
        end( process );
        teardown();
    }
    CloseHandle( go );
    UnmapViewOfFile( value );
    stop_winsock();
}
