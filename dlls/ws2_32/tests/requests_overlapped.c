/*
 * Loads for counting wineserver requests: overlapped operations and completion ports
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "requests.h"

static HANDLE port, unset;
static char buffer[COUNT][64];
static OVERLAPPED ovs[COUNT];
static HANDLE events[COUNT];

/* ---- with OVERLAPPED */

enum way
{
    WAY_EVENT,
    WAY_PORT,
    WAY_ROUTINE,
    WAY_NONE
};

static int routine_calls;

static void CALLBACK routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    if (!error && count == 5 && ov && !flags) routine_calls++;
}

static void overlapped_phase( const char *name, SOCKET a, SOCKET b, enum way way, BOOL is_send, BOOL pends )
{
    WSABUF wsabuf = { 5, NULL };
    int i, ret, error, good = 0, total;
    DWORD count, flags;
    OVERLAPPED *ret_ov;
    ULONG_PTR key;

    winetest_push_context( "%s", name );
    routine_calls = 0;
    total = WARM + COUNT;
    for (i = 0; i < total; i++)
    {
        OVERLAPPED *ov;
        int n = i < WARM ? i : i - WARM;

        if (i == WARM)
        {
            /* the packets and routines of the warm-up */
            if (way == WAY_PORT)
                while (GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 20 )) /* nothing */
                    ;
            if (way == WAY_ROUTINE)
                while (SleepEx( 20, TRUE )) /* nothing */
                    ;
            if (way == WAY_EVENT)
                for (n = 0; n < COUNT; n++) ResetEvent( events[n] );
            if (!is_send && !pends)
                for (n = 0; n < COUNT; n++) send( b, "hello", 5, 0 );
            Sleep( 20 );
            n = 0;
            routine_calls = 0;
            good = 0;
            phase_begin( name, COUNT );
        }
        else if (i < WARM && !is_send && !pends)
        {
            send( b, "hello", 5, 0 );
            wait_readable( a, 1000 );
        }
        ov = &ovs[n];
        memset( ov, 0, sizeof( *ov ) );
        if (way == WAY_EVENT) ov->hEvent = events[n];
        wsabuf.buf = is_send ? (char *)"hello" : buffer[n];
        flags = 0;
        if (is_send) ret = WSASend( a, &wsabuf, 1, NULL, 0, ov, way == WAY_ROUTINE ? routine : NULL );
        else ret = WSARecv( a, &wsabuf, 1, NULL, &flags, ov, way == WAY_ROUTINE ? routine : NULL );
        error = ret ? WSAGetLastError() : 0;
        if (!is_send && pends)
        {
            if (error == WSA_IO_PENDING) good++;
            send( b, "hello", 5, 0 );
        }
        else if (!ret || error == WSA_IO_PENDING) good++;
        if (way == WAY_PORT && i >= WARM)
        {
            ret_ov = NULL;
            ok( GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 3000 ) && ret_ov == ov && count == 5,
                "%d: no packet, or a wrong one\n", i );
        }
        else spin_until_done( ov );
    }
    phase_end();
    ok( good == COUNT, "%d of %d calls are good\n", good, COUNT );
    for (i = 0; i < COUNT; i++) ok( ovs[i].InternalHigh == 5, "%d: got %Iu\n", i, ovs[i].InternalHigh );
    if (way == WAY_EVENT)
        for (i = 0; i < COUNT; i++) ok( !WaitForSingleObject( events[i], 3000 ), "%d: the event isn't signalled\n", i );
    if (way == WAY_EVENT)
        for (i = 0; i < COUNT; i++) ResetEvent( events[i] );
    if (way == WAY_ROUTINE)
    {
        while (SleepEx( 50, TRUE )) /* nothing */
            ;
        ok( routine_calls == COUNT, "got %d calls\n", routine_calls );
    }
    if (is_send)
        for (i = 0; i < total; i++)
            ok( recv( b, buffer[0], 5, 0 ) == 5, "a peer's receive failed: %d\n", WSAGetLastError() );
    winetest_pop_context();
}

void run_overlapped( void )
{
    static const char *const ways[] = { "event", "port", "routine", "polled" };
    unsigned int kind, way, i;
    char name[64];
    SOCKET a, b;

    for (i = 0; i < COUNT; i++) events[i] = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (kind = 0; kind < 3; kind++)
    {
        for (way = WAY_EVENT; way <= WAY_NONE; way++)
        {
            const char *kind_name = kind == 0 ? "connected" : kind == 1 ? "accepted" : "udp";

            if (kind == 2) udp_pair( AF_INET, &a, &b );
            else if (kind) tcp_socketpair( &b, &a );
            else tcp_socketpair( &a, &b );
            port = way == WAY_PORT ? CreateIoCompletionPort( (HANDLE)a, NULL, 1, 0 ) : NULL;
            sprintf( name, "%s-%s-send", kind_name, ways[way] );
            overlapped_phase( name, a, b, way, TRUE, FALSE );
            sprintf( name, "%s-%s-recv", kind_name, ways[way] );
            overlapped_phase( name, a, b, way, FALSE, FALSE );
            sprintf( name, "%s-%s-recv-pending", kind_name, ways[way] );
            overlapped_phase( name, a, b, way, FALSE, TRUE );
            if (port) CloseHandle( port );
            closesocket( a );
            closesocket( b );
        }
    }
    for (i = 0; i < COUNT; i++) CloseHandle( events[i] );
}

/* ---- completion ports */

static void post_phase( const char *name )
{
    OVERLAPPED_ENTRY entries[4];
    OVERLAPPED *ov;
    ULONG_PTR key;
    int i, good = 0;
    ULONG n;

    winetest_push_context( "%s", name );
    for (i = 0; i < WARM + COUNT; i++)
    {
        if (i == WARM)
        {
            Sleep( 50 ); /* threads that have just been made go to sleep */
            phase_begin( name, 4 * COUNT );
        }
        /* two posts, a wait for each */
        good += PostQueuedCompletionStatus( port, 1, 2, NULL ) && GetQueuedCompletionStatus( port, &n, &key, &ov, 1000 )
                && key == 2;
        good += PostQueuedCompletionStatus( port, 1, 2, NULL )
                && GetQueuedCompletionStatusEx( port, entries, 4, &n, 1000, FALSE ) && n == 1;
    }
    phase_end();
    ok( good == 2 * ( WARM + COUNT ), "%d are good\n", good );
    winetest_pop_context();
}

/* Echoes one message after the other, till its connection ends. */
static DWORD WINAPI port_server( void *arg )
{
    SOCKET s = *(SOCKET *)arg;
    WSABUF wsabuf = { 5, buffer[0] };
    OVERLAPPED ov, *ret_ov;
    DWORD count, flags;
    ULONG_PTR key;

    for (;;)
    {
        flags = 0;
        memset( &ov, 0, sizeof( ov ) );
        wsabuf.len = 5;
        if (WSARecv( s, &wsabuf, 1, NULL, &flags, &ov, NULL ) && WSAGetLastError() != WSA_IO_PENDING) return 1;
        if (!GetQueuedCompletionStatus( port, &count, &key, &ret_ov, INFINITE ) || !count) return 0;
        wsabuf.len = count;
        if (WSASend( s, &wsabuf, 1, NULL, 0, &ov, NULL ) && WSAGetLastError() != WSA_IO_PENDING) return 1;
        if (!GetQueuedCompletionStatus( port, &count, &key, &ret_ov, INFINITE )) return 1;
    }
}

static void echo_phase( const char *name, SOCKET a, SOCKET b )
{
    HANDLE thread = CreateThread( NULL, 0, port_server, &a, 0, NULL );
    int i, good = 0;
    char data[8];

    winetest_push_context( "%s", name );
    for (i = 0; i < WARM + COUNT; i++)
    {
        if (i == WARM)
        {
            Sleep( 50 );
            phase_begin( name, COUNT );
        }
        /* messages: receive, send, both packets, and the client's calls */
        good += send( b, "hello", 5, 0 ) == 5 && recv( b, data, 5, 0 ) == 5;
    }
    phase_end();
    ok( good == WARM + COUNT, "%d are good, error %d\n", good, WSAGetLastError() );
    shutdown( b, SD_SEND );
    ok( !WaitForSingleObject( thread, 5000 ), "the thread doesn't end\n" );
    CloseHandle( thread );
    winetest_pop_context();
}

/* Packets wait for as long as the program does something else. They are taken as they would have been. */
static void slow_phase( const char *name, SOCKET a, SOCKET b, DWORD timeout )
{
    WSABUF wsabuf = { 5, (char *)"hello" };
    int round, i, good = 0;
    OVERLAPPED *ret_ov;
    ULONG_PTR key;
    char text[80];
    DWORD count;

    winetest_push_context( "%s", name );
    sprintf( text, "%s-while", name );
    for (round = 0; round < 3; round++)
    {
        /* it has waited here before */
        PostQueuedCompletionStatus( port, 1, 2, NULL );
        good += GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 1000 );
        if (round == 2)
        {
            Sleep( 50 );
            phase_begin( text, COUNT );
        }
        for (i = 0; i < COUNT; i++)
        {
            memset( &ovs[i], 0, sizeof( *ovs ) );
            WSASend( a, &wsabuf, 1, NULL, 0, &ovs[i], NULL );
        }
        Sleep( 500 );
        for (i = 0; i < COUNT; i++)
            good += GetQueuedCompletionStatus( port, &count, &key, &ret_ov, timeout ) && ret_ov == &ovs[i];
    }
    phase_end();
    ok( good == 3 * COUNT + 3, "%d are good\n", good );
    for (i = 0; i < 3 * COUNT; i++) ok( recv( b, text, 5, MSG_WAITALL ) == 5, "the peer's receive failed\n" );
    post_phase( name );
    winetest_pop_context();
}

static DWORD wait_handle( void )
{
    return WaitForSingleObject( port, 1000 );
}

static DWORD wait_handle_among( void )
{
    HANDLE handles[2] = { unset, port };

    return WaitForMultipleObjectsEx( 2, handles, FALSE, 1000, TRUE ) - 1;
}

/* In a way that no hook sees. */
static DWORD wait_handle_unseen( void )
{
    return MsgWaitForMultipleObjects( 1, &port, FALSE, 5000, 0 );
}

/* The port's own handle is waited for, and later no more. */
static void waited_phase( const char *name, DWORD ( *wait )( void ), int rounds )
{
    OVERLAPPED *ret_ov;
    ULONG_PTR key;
    int i, good = 0;
    char text[80];
    DWORD count;

    winetest_push_context( "%s", name );
    sprintf( text, "%s-while", name );
    for (i = 0; i < WARM + rounds; i++)
    {
        if (i == WARM && rounds) phase_begin( text, rounds );
        good += PostQueuedCompletionStatus( port, 1, 2, NULL ) && !wait()
                && GetQueuedCompletionStatus( port, &count, &key, &ret_ov, 0 ) && key == 2;
    }
    if (rounds) phase_end();
    ok( good == WARM + rounds, "%d are good\n", good );
    post_phase( name );
    winetest_pop_context();
}

/* Made in a way that no hook sees: others may post to it. */
static HANDLE port_unseen( void )
{
    LONG( WINAPI * create )( HANDLE *, ACCESS_MASK, void *, ULONG );
    HANDLE made = NULL;

    create = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtCreateIoCompletion" );
    ok( !create( &made, IO_COMPLETION_ALL_ACCESS, NULL, 0 ), "no port\n" );
    return made;
}

/* A file's packets come to the same port. */
static HANDLE port_file( void )
{
    WCHAR folder[MAX_PATH], path[MAX_PATH];
    HANDLE file;

    GetTempPathW( ARRAY_SIZE( folder ), folder );
    GetTempFileNameW( folder, L"prt", 0, path );
    file = CreateFileW( path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                        FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE, NULL );
    ok( file != INVALID_HANDLE_VALUE, "no file\n" );
    ok( CreateIoCompletionPort( file, port, 7, 0 ) == port, "no port\n" );
    return file;
}

void run_port( HANDLE early_port )
{
    static const char *const names[]
        = { "connected-port-echo", "accepted-port-echo", "early-port-echo", "unseen-port-echo", "file-port-echo" };
    HANDLE file = NULL;
    SOCKET a, b;
    int kind;

    unset = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (kind = 0; kind < (int)ARRAY_SIZE( names ); kind++)
    {
        if (kind) tcp_socketpair( &b, &a );
        else tcp_socketpair( &a, &b );
        if (kind == 2) port = early_port;
        else port = kind == 3 ? port_unseen() : NULL;
        port = CreateIoCompletionPort( (HANDLE)a, port, 1, 0 );
        if (kind == 4) file = port_file();
        if (!kind) post_phase( "port-post" );
        if (!kind) waited_phase( "port-waited", wait_handle, COUNT );
        if (!kind) waited_phase( "port-waited-among", wait_handle_among, COUNT );
        if (!kind) waited_phase( "port-waited-unseen", wait_handle_unseen, 0 );
        if (!kind) slow_phase( "port-slow", a, b, 1000 );
        if (!kind) slow_phase( "port-slow-polled", a, b, 0 );
        echo_phase( names[kind], a, b );
        CloseHandle( port );
        closesocket( a );
        closesocket( b );
    }
    CloseHandle( file );
    CloseHandle( unset );
}

/* ---- an OVERLAPPED that is used again elsewhere: what it was used for first is over */

static void reuse_accept( SOCKET listener, SOCKET *server, OVERLAPPED *ov )
{
    static char room[2 * ACCEPT_ADDR];
    DWORD count;

    *server = tcp_socket( AF_INET );
    memset( ov, 0, sizeof( *ov ) );
    ok_bool( ext.AcceptEx( listener, *server, room, 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, ov ), ERROR_IO_PENDING );
}

static void reuse_phase( const char *name, SOCKET a, SOCKET b, BOOL overlapped )
{
    OVERLAPPED ov;
    int i, good = 0;

    winetest_push_context( "%s", name );
    for (i = 0; i < WARM + COUNT; i++)
    {
        WSABUF wsabuf = { 5, buffer[0] };
        DWORD flags = 0, count = 0;

        if (i == WARM) phase_begin( name, COUNT );
        /* what is there already, as an event loop under load finds it */
        good += send( b, "hello", 5, 0 ) == 5;
        memset( &ov, 0, sizeof( ov ) );
        good += !WSARecv( a, &wsabuf, 1, &count, &flags, overlapped ? &ov : NULL, NULL ) && count == 5;
    }
    phase_end();
    ok( good == 2 * ( WARM + COUNT ), "%d are good, error %d\n", good, WSAGetLastError() );
    winetest_pop_context();
}

void run_reuse( void )
{
    SOCKET listener, client, server, next;
    union address addr;
    int len, with;
    OVERLAPPED ov;
    DWORD count;

    load_extensions();
    for (with = 0; with < 2; with++) /* with SO_UPDATE_ACCEPT_CONTEXT */
    {
        listener = tcp_listener( AF_INET, &addr, &len );
        reuse_accept( listener, &server, &ov );
        client = tcp_socket( AF_INET );
        ok_call( connect( client, &addr.any, len ), 0, 0 );
        ok_call( overlapped_result( listener, &ov, &count ), 0, 0 );
        if (with)
            ok_call( setsockopt( server, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) ),
                     0, 0 );
        reuse_accept( listener, &next, &ov );
        reuse_phase( with ? "acceptex-again-recv" : "acceptex-again-recv-bare", server, client, FALSE );
        reuse_phase( with ? "acceptex-again-recv-ov" : "acceptex-again-recv-ov-bare", server, client, TRUE );
        closesocket( listener );
        for (len = 0; is_pending( &ov ) && len < 500; len++) Sleep( 10 );
        ok( !is_pending( &ov ), "AcceptEx doesn't end\n" );
        closesocket( next );
        closesocket( server );
        closesocket( client );
    }
}
