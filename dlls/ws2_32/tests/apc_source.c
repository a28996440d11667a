/*
 * APCs that come from timers, pipes and ntdll while a call blocks
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Blocking calls are alertable waits (page "recv function"), whoever queues the APC. Here it sends what the call waits
 * for.
 */

#include "sockets.h"

static SOCKET a, b; /* the call receives what is sent to `a' */
static int ran;

static void send_one( void )
{
    ran++;
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
}

/* ---- calls that block; each returns 1 when there is something, 0 after three seconds */

static int wait_recv( void )
{
    char c;
    int ret;

    set_timeout( a, 3000 );
    ret = recv( a, &c, 1, MSG_PEEK );
    return ret == SOCKET_ERROR && WSAGetLastError() == WSAETIMEDOUT ? 0 : ret;
}

static int wait_select( void )
{
    struct timeval timeout = { 3, 0 };
    fd_set set;

    FD_ZERO( &set );
    FD_SET( a, &set );
    return select( 0, &set, NULL, NULL, &timeout );
}

static int wait_poll( void )
{
    WSAPOLLFD poll = { a, POLLRDNORM, 0 };

    return WSAPoll( &poll, 1, 3000 );
}

/* ---- sources; each makes send_one be called in the calling thread, in about 50 ms */

static HANDLE timer, pipe_in, pipe_out, self;
static OVERLAPPED reading;
static char read_byte;

static void CALLBACK timer_due( void *arg, DWORD low, DWORD high )
{
    (void)arg, (void)low, (void)high;
    send_one();
}

static void start_timer( void )
{
    LARGE_INTEGER when = { .QuadPart = -500000 };

    ok( SetWaitableTimer( timer, &when, 0, timer_due, NULL, FALSE ), "SetWaitableTimer failed: %lu\n", GetLastError() );
}

static void CALLBACK read_done( DWORD error, DWORD count, OVERLAPPED *ov )
{
    (void)error, (void)count, (void)ov;
    send_one();
}

static DWORD WINAPI write_later( void *arg )
{
    DWORD count;

    (void)arg;
    Sleep( 50 );
    ok( WriteFile( pipe_in, "y", 1, &count, NULL ), "WriteFile failed: %lu\n", GetLastError() );
    return 0;
}

static void start_read( void )
{
    memset( &reading, 0, sizeof( reading ) );
    ok( ReadFileEx( pipe_out, &read_byte, 1, &reading, read_done ), "ReadFileEx failed: %lu\n", GetLastError() );
    CloseHandle( CreateThread( NULL, 0, write_later, NULL, 0, NULL ) );
}

static void CALLBACK apc_call( ULONG_PTR arg1, ULONG_PTR arg2, ULONG_PTR arg3 )
{
    (void)arg1, (void)arg2, (void)arg3;
    send_one();
}

static DWORD WINAPI queue_later( void *arg )
{
    LONG( WINAPI * NtQueueApcThread )( HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtQueueApcThread" );

    (void)arg;
    Sleep( 50 );
    ok( !NtQueueApcThread( self, apc_call, 0, 0, 0 ), "NtQueueApcThread failed\n" );
    return 0;
}

static void start_queue( void )
{
    CloseHandle( CreateThread( NULL, 0, queue_later, NULL, 0, NULL ) );
}

static const struct
{
    const char *name;
    int ( *wait )( void );
} calls[] = { { "recv", wait_recv }, { "select", wait_select }, { "WSAPoll", wait_poll } };

static const struct
{
    const char *name;
    void ( *start )( void );
} sources[] = { { "timer", start_timer }, { "pipe", start_read }, { "ntdll", start_queue } };

START_TEST( apc_source )
{
    unsigned int i, j;
    char c, name[64];

    start_winsock();
    snprintf( name, sizeof( name ), "\\\\.\\pipe\\apc-source-%lu", GetCurrentProcessId() );
    tcp_socketpair( &a, &b );
    timer = CreateWaitableTimerA( NULL, FALSE, NULL );
    pipe_out = CreateNamedPipeA( name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED, 0, 1, 64, 64, 0, NULL );
    pipe_in = CreateFileA( name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL );
    ok( pipe_in != INVALID_HANDLE_VALUE, "no pipe: %lu\n", GetLastError() );
    self = OpenThread( THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId() );

    for (i = 0; i < ARRAY_SIZE( sources ); i++)
        for (j = 0; j < ARRAY_SIZE( calls ); j++)
        {
            winetest_push_context( "%s, %s", sources[i].name, calls[j].name );
            ran = 0;
            sources[i].start();
            /* stock's WSAPoll isn't alertable */
            todo_wine_if( stock && calls[j].wait == wait_poll )
            {
                ok( calls[j].wait() == 1, "not ended by the APC\n" );
                ok( ran == 1, "it ran %d times\n", ran );
            }
            if (!ran) SleepEx( 1000, TRUE );
            ok_call( recv( a, &c, 1, 0 ), 1, 0 );
            winetest_pop_context();
        }

    CloseHandle( self );
    CloseHandle( timer );
    CloseHandle( pipe_in );
    CloseHandle( pipe_out );
    closesocket( a );
    closesocket( b );
    stop_winsock();
}
