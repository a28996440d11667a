/*
 * Completions by the system's thread pool: CreateThreadpoolIo, BindIoCompletionCallback
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static volatile LONG pool_calls;
static HANDLE pool_event;

static void CALLBACK pool_callback( TP_CALLBACK_INSTANCE *instance, void *context, void *ov, ULONG result,
                                    ULONG_PTR count, TP_IO *io )
{
    (void)instance;
    (void)context;
    (void)ov;
    (void)io;
    if (!result && count == 3) InterlockedIncrement( &pool_calls );
    SetEvent( pool_event );
}

static void CALLBACK bind_callback( DWORD error, DWORD count, OVERLAPPED *ov )
{
    (void)ov;
    if (!error && count == 3) InterlockedIncrement( &pool_calls );
    SetEvent( pool_event );
}

static void test_thread_pool( BOOL bind )
{
    OVERLAPPED ov;
    SOCKET a, b;
    char data[64];
    /* looked up: for 32-bit programs Wine 8.0's import library has it with one argument */
    void( WINAPI * wait_callbacks )( TP_IO *, BOOL )
        = (void *)GetProcAddress( GetModuleHandleA( "kernel32.dll" ), "WaitForThreadpoolIoCallbacks" );
    TP_IO *io = NULL;
    int i;

    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    pool_event = CreateEventW( NULL, FALSE, FALSE, NULL );
    pool_calls = 0;
    if (bind) ok( BindIoCompletionCallback( (HANDLE)b, bind_callback, 0 ), "error %lu\n", GetLastError() );
    else
        ok( ( io = CreateThreadpoolIo( (HANDLE)b, pool_callback, NULL, NULL ) ) != NULL, "error %lu\n",
            GetLastError() );
    for (i = 0; i < 5; i++)
    {
        memset( &ov, 0, sizeof( ov ) );
        if (io) StartThreadpoolIo( io );
        if (i & 1)
        {
            ok_call( send( a, "abc", 3, 0 ), 3, 0 );
            ok( wait_readable( b, 3000 ), "nothing arrives\n" );
        }
        ok( begin_recv( b, data, sizeof( data ), &ov, NULL ) == ( i & 1 ? 0 : WSA_IO_PENDING ), "error %d\n",
            WSAGetLastError() );
        if (!( i & 1 )) ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        ok( !WaitForSingleObject( pool_event, 3000 ), "%d: no call\n", i );
    }
    ok( pool_calls == 5, "got %ld\n", pool_calls );
    if (io)
    {
        wait_callbacks( io, FALSE );
        CloseThreadpoolIo( io );
    }
    closesocket( a );
    closesocket( b );
    CloseHandle( pool_event );
}

START_TEST( port_pool )
{
    start_winsock();
    test_thread_pool( FALSE );
    test_thread_pool( TRUE );
    stop_winsock();
}
