/*
 * Threads that are terminated: what they have pending, and the end of the process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static SOCKET a, b;
static HANDLE ready;
static OVERLAPPED overlapped;
static char buffer[8];

static DWORD WINAPI pend( void *arg )
{
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    DWORD flags = 0;

    (void)arg;
    WSARecv( b, &wsabuf, 1, NULL, &flags, &overlapped, NULL );
    SetEvent( ready );
    Sleep( INFINITE );
    return 0;
}

static DWORD WINAPI block_recv( void *arg )
{
    char c[4];

    (void)arg;
    SetEvent( ready );
    recv( b, c, sizeof( c ), 0 );
    return 0;
}

static DWORD WINAPI block_select( void *arg )
{
    fd_set set;

    (void)arg;
    FD_ZERO( &set );
    FD_SET( b, &set );
    SetEvent( ready );
    select( 0, &set, NULL, NULL, NULL );
    return 0;
}

static const struct
{
    const char *name;
    LPTHREAD_START_ROUTINE func;
} threads[] = {
    { "overlapped receive", pend },
    { "recv", block_recv },
    { "select", block_select },
};

/* The data is the next receiver's, and the peer sees the end. */
static void test_pending( unsigned int i )
{
    HANDLE thread;
    char c;

    winetest_push_context( "%s", threads[i].name );
    tcp_socketpair( &a, &b );
    memset( &overlapped, 0, sizeof( overlapped ) );
    memset( buffer, 0, sizeof( buffer ) );
    overlapped.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    thread = CreateThread( NULL, 0, threads[i].func, NULL, 0, NULL );
    WaitForSingleObject( ready, INFINITE );
    Sleep( 100 ); /* it blocks */
    ok( TerminateThread( thread, 5 ), "error %lu\n", GetLastError() );
    ok( !WaitForSingleObject( thread, 5000 ), "it doesn't end\n" );
    if (threads[i].func == pend)
    {
        ok( !WaitForSingleObject( overlapped.hEvent, 5000 ), "the receive goes on\n" );
        ok( (ULONG)overlapped.Internal == 0xc0000120, "got %lx\n", (ULONG)overlapped.Internal );
    }
    else Sleep( 100 );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    set_timeout( b, 5000 );
    /* in the server a blocking receive of a terminated thread may still take the byte */
    if (threads[i].func != block_recv || !by_afd())
    {
        ok_call( recv( b, &c, 1, 0 ), 1, 0 );
        ok( !buffer[0], "a receive that has ended took data\n" );
    }
    else
    {
        set_timeout( b, 300 );
        recv( b, &c, 1, 0 );
    }
    ok_success( closesocket( b ) );
    set_timeout( a, 5000 );
    ok_call( recv( a, &c, 1, 0 ), 0, 0 );
    closesocket( a );
    CloseHandle( thread );
    CloseHandle( overlapped.hEvent );
    winetest_pop_context();
}

/* ---- the end of a process whose last thread is terminated */

static HANDLE main_thread;

static DWORD WINAPI terminate_self( void *arg )
{
    (void)arg;
    WaitForSingleObject( main_thread, INFINITE );
    Sleep( 50 );
    TerminateThread( GetCurrentThread(), 7 );
    return 0;
}

static DWORD WINAPI wait_for_parent( void *arg )
{
    WaitForSingleObject( main_thread, INFINITE );
    SetEvent( (HANDLE)arg );
    Sleep( INFINITE );
    return 0;
}

/* With an operation pending, so that threads of the provider run. */
static void child( const char *how, ULONG_PTR event, ULONG_PTR mapping )
{
    BOOL self = !strcmp( how, "self" );
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    DWORD flags = 0, id, *told;
    HANDLE thread;

    start_winsock();
    tcp_socketpair( &a, &b );
    overlapped.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    WSARecv( b, &wsabuf, 1, NULL, &flags, &overlapped, NULL );
    DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &main_thread, 0, FALSE,
                     DUPLICATE_SAME_ACCESS );
    thread = CreateThread( NULL, 0, self ? terminate_self : wait_for_parent, (void *)event, 0, &id );
    if (!self)
    {
        told = MapViewOfFile( (HANDLE)mapping, FILE_MAP_WRITE, 0, 0, 0 );
        if (told) *told = id;
    }
    CloseHandle( thread );
    ExitThread( 3 );
}

static void test_last( const char *how )
{
    SECURITY_ATTRIBUTES inherit = { sizeof( inherit ), NULL, TRUE };
    HANDLE event = CreateEventW( &inherit, TRUE, FALSE, NULL ), process, thread = NULL,
           mapping = CreateFileMappingW( INVALID_HANDLE_VALUE, &inherit, PAGE_READWRITE, 0, 4096, NULL );
    volatile DWORD *id = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, 0 );
    char arguments[64];
    DWORD code = 99;

    winetest_push_context( "by %s", how );
    *id = 0;
    sprintf( arguments, "%s %lx %lx", how, HandleToULong( event ), HandleToULong( mapping ) );
    process = start_child( "terminated", arguments );
    if (strcmp( how, "self" ))
    {
        ok( !WaitForSingleObject( event, 20000 ), "no child\n" );
        thread = OpenThread( THREAD_TERMINATE | SYNCHRONIZE, FALSE, *id );
        ok( thread != NULL, "error %lu\n", GetLastError() );
        ok( TerminateThread( thread, 7 ), "error %lu\n", GetLastError() );
    }
    if (WaitForSingleObject( process, 10000 ))
    {
        ok( 0, "the process doesn't end\n" );
        TerminateProcess( process, 98 );
    }
    GetExitCodeProcess( process, &code );
    /* the server of Wine 10.0 may take the code of another thread */
    ok_unless_afd( code == 7, "it ended with %lu\n", code );
    if (thread) CloseHandle( thread );
    CloseHandle( process );
    CloseHandle( event );
    UnmapViewOfFile( (void *)id );
    CloseHandle( mapping );
    winetest_pop_context();
}

/* ---- all threads of a process, one after the other */

enum
{
    THREADS = 5,
    FIRST_CODE = 10
};

struct process_threads
{
    volatile LONG ready;
    DWORD ids[THREADS];
};

static struct process_threads *process_threads;

static void thread_ready( unsigned int i )
{
    process_threads->ids[i] = GetCurrentThreadId();
    InterlockedIncrement( &process_threads->ready );
}

static DWORD WINAPI sleeper( void *arg )
{
    thread_ready( (ULONG_PTR)arg );
    Sleep( INFINITE );
    return 0;
}

/* It has what others need for ending. */
static DWORD WINAPI locker( void *arg )
{
    void( WINAPI * lock )( ULONG, ULONG *, ULONG_PTR * )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "LdrLockLoaderLock" );
    ULONG_PTR cookie;

    while (process_threads->ready < THREADS - 1) Sleep( 1 );
    Sleep( 100 ); /* what threads of the provider begin has begun */
    lock( 0, NULL, &cookie );
    HeapLock( GetProcessHeap() );
    thread_ready( (ULONG_PTR)arg );
    Sleep( INFINITE );
    return 0;
}

static void all_threads( BOOL pending, HANDLE mapping )
{
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    DWORD flags = 0;
    ULONG_PTR i;
    char c;

    process_threads = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, 0 );
    CreateThread( NULL, 0, sleeper, (void *)1, 0, NULL ); /* before the provider is there */
    while (!process_threads->ready) Sleep( 1 );
    start_winsock();
    tcp_socketpair( &a, &b );
    send( a, "x", 1, 0 );
    recv( b, &c, 1, 0 );
    if (pending) WSARecv( b, &wsabuf, 1, NULL, &flags, &overlapped, NULL );
    for (i = 2; i < THREADS; i++) CreateThread( NULL, 0, i < THREADS - 1 ? sleeper : locker, (void *)i, 0, NULL );
    thread_ready( 0 );
    Sleep( INFINITE );
}

static void test_all( unsigned int last, BOOL pending )
{
    SECURITY_ATTRIBUTES inherit = { sizeof( inherit ), NULL, TRUE };
    HANDLE mapping = CreateFileMappingW( INVALID_HANDLE_VALUE, &inherit, PAGE_READWRITE, 0, 4096, NULL ), process,
           handles[THREADS];
    unsigned int i, place, looks;
    char arguments[64];
    DWORD code = 99;

    winetest_push_context( "%u last%s", last, pending ? ", pending" : "" );
    process_threads = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, 0 );
    sprintf( arguments, "%s 0 %lx", pending ? "pending" : "all", HandleToULong( mapping ) );
    process = start_child( "terminated", arguments );
    for (looks = 0; looks < 2000 && process_threads->ready < THREADS; looks++) Sleep( 10 );
    ok( process_threads->ready == THREADS, "%ld threads\n", process_threads->ready );
    for (i = 0; i < THREADS; i++)
    {
        handles[i] = OpenThread( THREAD_TERMINATE, FALSE, process_threads->ids[i] );
        ok( handles[i] != NULL, "error %lu\n", GetLastError() );
    }
    for (i = 0; i < THREADS; i++)
    {
        place = ( last + 1 + i ) % THREADS;
        ok( TerminateThread( handles[place], FIRST_CODE + place ), "error %lu\n", GetLastError() );
        if (pending) Sleep( i ); /* else all at once */
    }
    if (WaitForSingleObject( process, 10000 ))
    {
        ok( 0, "the process doesn't end\n" );
        TerminateProcess( process, 98 );
    }
    GetExitCodeProcess( process, &code );
    ok( code == FIRST_CODE + last, "it ended with %lu\n", code );
    for (i = 0; i < THREADS; i++) CloseHandle( handles[i] );
    CloseHandle( process );
    UnmapViewOfFile( process_threads );
    CloseHandle( mapping );
    winetest_pop_context();
}

START_TEST( terminated )
{
    unsigned int i, round;
    char **argv;
    int argc = winetest_get_mainargs( &argv );

    if (argc > 4)
    {
        if (!strcmp( argv[2], "all" ) || !strcmp( argv[2], "pending" ))
            all_threads( !strcmp( argv[2], "pending" ), ULongToHandle( strtoul( argv[4], NULL, 16 ) ) );
        child( argv[2], strtoul( argv[3], NULL, 16 ), strtoul( argv[4], NULL, 16 ) );
        return;
    }
    start_winsock();
    ready = CreateEventW( NULL, FALSE, FALSE, NULL );
    for (round = 0; round < 3; round++)
        for (i = 0; i < ARRAY_SIZE( threads ); i++) test_pending( i );
    test_last( "self" );
    test_last( "parent" );
    for (i = 0; i < THREADS; i++)
    {
        test_all( i, FALSE );
        test_all( i, TRUE );
    }
    stop_winsock();
}
