/*
 * A process ends with its last thread, however soon that ends after its first connection
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "sockets.h"

enum
{
    ROUNDS = 3,
    CODE = 7
};

static void connect_and_close( void )
{
    SOCKET a, b;
    char data;

    tcp_socketpair( &a, &b );
    send( a, "x", 1, 0 );
    recv( b, &data, 1, 0 );
    closesocket( a );
    closesocket( b );
}

static DWORD WINAPI worker( void *cleans )
{
    connect_and_close();
    if (cleans) WSACleanup();
    return CODE;
}

static void end_at_once( void )
{
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    ExitThread( CODE );
}

static void end_closed( void )
{
    connect_and_close();
    ExitThread( CODE );
}

static void end_cleaned( void )
{
    connect_and_close();
    WSACleanup();
    ExitThread( CODE );
}

static void end_terminated( void )
{
    connect_and_close();
    TerminateThread( GetCurrentThread(), CODE );
}

static void end_with_library( void )
{
    connect_and_close();
    FreeLibraryAndExitThread( LoadLibraryW( L"version.dll" ), CODE );
}

static void end_worker_last( void )
{
    CloseHandle( CreateThread( NULL, 0, worker, NULL, 0, NULL ) );
    ExitThread( 1 );
}

static void end_after_worker( void )
{
    HANDLE thread = CreateThread( NULL, 0, worker, (void *)1, 0, NULL );

    WaitForSingleObject( thread, INFINITE );
    ExitThread( CODE );
}

static void end_pending( void )
{
    static OVERLAPPED ov;
    static char data;
    SOCKET a, b;

    tcp_socketpair( &a, &b );
    begin_recv( b, &data, 1, &ov, NULL );
    ExitThread( CODE );
}

static DWORD WINAPI sleeper( void *arg )
{
    (void)arg;
    Sleep( INFINITE );
    return 1;
}

static void end_after_terminating( void )
{
    HANDLE thread = CreateThread( NULL, 0, sleeper, NULL, 0, NULL );

    connect_and_close();
    TerminateThread( thread, 9 );
    ExitThread( CODE );
}

static void end_unconnected( void )
{
    tcp_socket( AF_INET );
    ExitThread( CODE );
}

static const struct
{
    const char *name;
    void ( *end )( void );
} ends[] = {
    { "ExitThread", end_at_once },
    { "closesocket, ExitThread", end_closed },
    { "WSACleanup, ExitThread", end_cleaned },
    { "TerminateThread of itself", end_terminated },
    { "FreeLibraryAndExitThread", end_with_library },
    { "a worker after the first thread", end_worker_last },
    { "just after a worker", end_after_worker },
    { "with a pending receive", end_pending },
    { "just after it has terminated another thread", end_after_terminating },
    { "without a connection", end_unconnected },
};

START_TEST( exit_thread )
{
    HANDLE process;
    char **argv, arguments[8];
    unsigned int i, round;
    DWORD code;

    start_winsock();
    if (winetest_get_mainargs( &argv ) >= 3) ends[atoi( argv[2] )].end();
    for (i = 0; i < ARRAY_SIZE( ends ); i++)
        for (round = 0; round < ROUNDS; round++)
        {
            winetest_push_context( "%s, %u", ends[i].name, round );
            sprintf( arguments, "%u", i );
            process = start_child( "exit_thread", arguments );
            if (WaitForSingleObject( process, 20000 ))
            {
                ok( FALSE, "the process doesn't end\n" );
                TerminateProcess( process, 1 );
            }
            else
            {
                code = 99;
                GetExitCodeProcess( process, &code );
                /* the server may take the code of another thread */
                ok_unless_afd( code == CODE, "got exit code %lu\n", code );
            }
            CloseHandle( process );
            winetest_pop_context();
        }
    stop_winsock();
}
