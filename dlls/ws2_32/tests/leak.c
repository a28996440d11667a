/*
 * Handles, descriptors, memory and threads over many socket lives
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include <winternl.h>

static char process_folder[64]; /* our folder in /proc */

/* The Unix process that runs us: the one with our own token on its command line. /proc/self would be the wineserver's,
 * which opens files for us. */
static BOOL find_process( const char *token )
{
    WIN32_FIND_DATAA data;
    HANDLE find = FindFirstFileA( "\\\\?\\unix\\proc\\*", &data );

    if (find == INVALID_HANDLE_VALUE) return FALSE;
    do
    {
        char path[MAX_PATH], line[1024];
        DWORD size = 0, i;
        HANDLE file;

        if (data.cFileName[0] < '0' || data.cFileName[0] > '9') continue;
        sprintf( path, "\\\\?\\unix\\proc\\%s\\cmdline", data.cFileName );
        file = CreateFileA( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL );
        if (file == INVALID_HANDLE_VALUE) continue;
        if (!ReadFile( file, line, sizeof( line ) - 1, &size, NULL )) size = 0;
        CloseHandle( file );
        for (i = 0; i < size; i++)
            if (!line[i]) line[i] = ' ';
        line[size] = 0;
        if (!strstr( line, token )) continue;
        sprintf( process_folder, "\\\\?\\unix\\proc\\%s", data.cFileName );
        break;
    } while (FindNextFileA( find, &data ));
    FindClose( find );
    return process_folder[0] != 0;
}

static int count_files( const char *folder )
{
    char path[MAX_PATH];
    WIN32_FIND_DATAA data;
    HANDLE find;
    int count = 0;

    sprintf( path, "%s\\fd\\*", folder );
    if (( find = FindFirstFileA( path, &data ) ) == INVALID_HANDLE_VALUE) return -1;
    do count++;
    while (FindNextFileA( find, &data ));
    FindClose( find );
    return count;
}

/* Bytes of memory that is this process's alone. */
static int used_memory( void )
{
    static char text[8192];
    char path[MAX_PATH], *line;
    DWORD size = 0;
    HANDLE file;

    sprintf( path, "%s\\smaps_rollup", process_folder );
    file = CreateFileA( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL );
    if (file == INVALID_HANDLE_VALUE) return -1;
    if (!ReadFile( file, text, sizeof( text ) - 1, &size, NULL )) size = 0;
    CloseHandle( file );
    text[size] = 0;
    line = strstr( text, "Anonymous:" );
    return line ? atoi( line + 10 ) * 1024 : -1;
}

/* Handles of this process. GetProcessHandleCount of Wine 8.0 says 0. */
static DWORD count_handles( void )
{
    struct
    {
        ULONG_PTR count, reserved;
        struct
        {
            void *object;
            ULONG_PTR pid, handle;
            ULONG access;
            USHORT index, type;
            ULONG attributes, pad;
        } handles[1];
    } *info;
    ULONG size = 0x100000, i, count = 0;

    for (;;)
    {
        NTSTATUS status;

        info = malloc( size );
        status = NtQuerySystemInformation( 64 /* SystemExtendedHandleInformation */, info, size, NULL );
        if (status != (NTSTATUS)0xc0000004) break;
        free( info );
        size *= 2;
    }
    for (i = 0; i < info->count; i++)
        if (info->handles[i].pid == GetCurrentProcessId()) count++;
    free( info );
    return count;
}

static void udp_life( int kind )
{
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );
    char buffer[8];
    SOCKET s = udp_socket( AF_INET );

    if (kind % 4)
    {
        bind( s, &addr.any, len );
        getsockname( s, &addr.any, &len );
        if (sendto( s, "abc", 3, 0, &addr.any, len ) != 3 || recv( s, buffer, sizeof( buffer ), 0 ) != 3)
            ok( 0, "a datagram got lost: %d\n", WSAGetLastError() );
    }
    if (kind % 4 == 2)
    {
        /* with an operation that pends */
        OVERLAPPED ov = { 0 };
        WSABUF wsabuf = { sizeof( buffer ), buffer };
        DWORD flags = 0;

        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        WSARecv( s, &wsabuf, 1, NULL, &flags, &ov, NULL );
        closesocket( s );
        if (WaitForSingleObject( ov.hEvent, 3000 )) ok( 0, "the operation doesn't end\n" );
        CloseHandle( ov.hEvent );
    }
    else if (kind % 4 == 3) CloseHandle( (HANDLE)s );
    else closesocket( s );
}

static void tcp_life( SOCKET listener, const union address *addr, int len, int kind )
{
    struct linger linger = { 1, 0 };
    SOCKET client = tcp_socket( AF_INET ), server;
    char buffer[8];

    /* by a reset: the port is free at once */
    setsockopt( client, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
    if (connect( client, &addr->any, len )) ok( 0, "connect failed: %d\n", WSAGetLastError() );
    server = accept( listener, NULL, NULL );
    if (kind & 1 && ( send( client, "abc", 3, 0 ) != 3 || recv( server, buffer, sizeof( buffer ), 0 ) != 3 ))
        ok( 0, "no data: %d\n", WSAGetLastError() );
    closesocket( client );
    closesocket( server );
}

static void live( int udp, int tcp )
{
    union address addr;
    int len, i;
    SOCKET listener = tcp_listener( AF_INET, &addr, &len );

    for (i = 0; i < udp; i++) udp_life( i );
    for (i = 0; i < tcp; i++) tcp_life( listener, &addr, len, i );
    closesocket( listener );
}

static void test_lives( void )
{
    int files, server_files, files_after, server_files_after;
    DWORD handles, handles_after, start;

    live( 100, 20 );
    files = count_files( process_folder );
    server_files = count_files( "\\\\?\\unix\\proc\\self" );
    handles = count_handles();
    ok( files > 0 && handles > 0, "can't count: %d, %lu\n", files, handles );
    start = GetTickCount();
    live( 7000, 1500 );
    start = GetTickCount() - start;
    Sleep( 200 );
    files_after = count_files( process_folder );
    server_files_after = count_files( "\\\\?\\unix\\proc\\self" );
    handles_after = count_handles();
    trace( "10,000 lives in %lu ms: %d and %d descriptors, %lu and %lu handles; wineserver: %d and %d descriptors\n",
           start, files, files_after, handles, handles_after, server_files, server_files_after );
    ok( files_after <= files + 10, "descriptors: %d before, %d after\n", files, files_after );
    ok( handles_after <= handles + 10, "handles: %lu before, %lu after\n", handles, handles_after );
    /* other programs may be at work there */
    ok( server_files_after <= server_files + 500, "the wineserver's descriptors: %d before, %d after\n", server_files,
        server_files_after );
}

static void test_memory( void )
{
    enum
    {
        COUNT = 3000,
        WARM = 200
    };
    static SOCKET s[COUNT];
    int i, before = 0, after;

    for (i = 0; i < COUNT; i++)
    {
        union address addr;
        int len = loopback( &addr, AF_INET, 0 );
        char buffer[8];

        if (i == WARM) before = used_memory();
        s[i] = udp_socket( AF_INET );
        if (s[i] == INVALID_SOCKET) break;
        bind( s[i], &addr.any, len );
        getsockname( s[i], &addr.any, &len );
        sendto( s[i], "abc", 3, 0, &addr.any, len );
        recv( s[i], buffer, sizeof( buffer ), 0 );
    }
    after = used_memory();
    ok( i == COUNT, "only %d sockets\n", i );
    ok( before > 0 && after > 0, "can't measure\n" );
    trace( "%d bytes for each idle socket\n", ( after - before ) / ( COUNT - WARM ) );
    ok( after - before <= 1024 * ( COUNT - WARM ), "%d bytes for each idle socket\n",
        ( after - before ) / ( COUNT - WARM ) );
    while (i--) closesocket( s[i] );
}

/* Notes the threads of the process; returns how many were new. */
static int note_threads( void )
{
    static int noted[256], noted_count;
    char path[MAX_PATH];
    WIN32_FIND_DATAA data;
    HANDLE find;
    int found = 0, i;

    sprintf( path, "%s\\task\\*", process_folder );
    if (( find = FindFirstFileA( path, &data ) ) == INVALID_HANDLE_VALUE) return -1;
    do
    {
        int id = atoi( data.cFileName );

        for (i = 0; i < noted_count && noted[i] != id; i++) /* nothing */
            ;
        if (!id || i < noted_count || noted_count == ARRAY_SIZE( noted )) continue;
        noted[noted_count++] = id;
        found++;
    } while (FindNextFileA( find, &data ));
    FindClose( find );
    return found;
}

/* A port's thread is used again. If it ended with the port, many a program would end in the same moment. */
static void test_threads( void )
{
    int i, created = 0, at_first = note_threads();

    for (i = 0; i < 40; i++)
    {
        OVERLAPPED ov = { 0 }, *done;
        HANDLE port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
        SOCKET s = udp_socket( AF_INET );
        union address addr;
        int len = loopback( &addr, AF_INET, 0 );
        ULONG_PTR key;
        char data[8];
        DWORD count;

        bind( s, &addr.any, len );
        ok( CreateIoCompletionPort( (HANDLE)s, port, 1, 0 ) == port, "error %lu\n", GetLastError() );
        ok( begin_recv( s, data, sizeof( data ), &ov, NULL ) == WSA_IO_PENDING, "error %d\n", WSAGetLastError() );
        ok( !GetQueuedCompletionStatus( port, &count, &key, &done, 1 ) && !done, "a packet came\n" );
        created += note_threads();
        closesocket( s );
        CloseHandle( port );
        Sleep( 10 );
    }
    trace( "%d threads at first, %d more for 40 ports\n", at_first, created );
    ok( at_first > 0, "no threads are seen\n" );
    ok( created <= 10, "%d threads were created\n", created );
}

START_TEST( leak )
{
    char **argv, arguments[64];
    int argc = winetest_get_mainargs( &argv );
    HANDLE process;

    if (argc > 3)
    {
        ok( find_process( argv[3] ), "our process isn't in /proc\n" );
        start_winsock();
        if (!strcmp( argv[2], "lives" )) test_lives();
        else if (!strcmp( argv[2], "threads" )) test_threads();
        else test_memory();
        stop_winsock();
        return;
    }
    sprintf( arguments, "lives token-%lx-%lx", GetCurrentProcessId(), GetTickCount() );
    process = start_child( "leak", arguments );
    wait_child_process( process );
    CloseHandle( process );
    sprintf( arguments, "threads token-%lx-%lx", GetCurrentProcessId(), GetTickCount() + 2 );
    process = start_child( "leak", arguments );
    wait_child_process( process );
    CloseHandle( process );
    sprintf( arguments, "memory token-%lx-%lx", GetCurrentProcessId(), GetTickCount() + 1 );
    process = start_child( "leak", arguments );
    wait_child_process( process );
    CloseHandle( process );
}
