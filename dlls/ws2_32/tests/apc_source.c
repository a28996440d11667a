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

static BOOL start_timer( void )
{
    LARGE_INTEGER when = { .QuadPart = -500000 };

    ok( SetWaitableTimer( timer, &when, 0, timer_due, NULL, FALSE ), "SetWaitableTimer failed: %lu\n", GetLastError() );
    return TRUE;
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

static BOOL start_read( void )
{
    memset( &reading, 0, sizeof( reading ) );
    ok( ReadFileEx( pipe_out, &read_byte, 1, &reading, read_done ), "ReadFileEx failed: %lu\n", GetLastError() );
    CloseHandle( CreateThread( NULL, 0, write_later, NULL, 0, NULL ) );
    return TRUE;
}

static void CALLBACK apc_call( ULONG_PTR arg1, ULONG_PTR arg2, ULONG_PTR arg3 )
{
    (void)arg1, (void)arg2, (void)arg3;
    send_one();
}

static void *queue_function;

static DWORD WINAPI queue_later( void *arg )
{
    LONG( WINAPI * queue )( HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR ) = queue_function;

    (void)arg;
    Sleep( 50 );
    ok( !queue( self, apc_call, 0, 0, 0 ), "NtQueueApcThread failed\n" );
    return 0;
}

static DWORD WINAPI queue_ex_later( void *arg )
{
    LONG( WINAPI * queue )( HANDLE, HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR ) = queue_function;

    (void)arg;
    Sleep( 50 );
    ok( !queue( self, NULL, apc_call, 0, 0, 0 ), "NtQueueApcThreadEx failed\n" );
    return 0;
}

static DWORD WINAPI queue_ex2_later( void *arg )
{
    LONG( WINAPI * queue )( HANDLE, HANDLE, ULONG, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR ) = queue_function;

    (void)arg;
    Sleep( 50 );
    ok( !queue( self, NULL, 0, apc_call, 0, 0, 0 ), "NtQueueApcThreadEx2 failed\n" );
    return 0;
}

static BOOL start_queue_by( const char *name, LPTHREAD_START_ROUTINE start )
{
    queue_function = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), name );
    if (queue_function) CloseHandle( CreateThread( NULL, 0, start, NULL, 0, NULL ) );
    return queue_function != NULL;
}

static BOOL start_queue( void )
{
    return start_queue_by( "NtQueueApcThread", queue_later );
}

static BOOL start_queue_ex( void )
{
    return start_queue_by( "NtQueueApcThreadEx", queue_ex_later );
}

static BOOL start_queue_ex2( void )
{
    return start_queue_by( "NtQueueApcThreadEx2", queue_ex2_later );
}

static BOOL start_timer_ntdll( void )
{
    LONG( WINAPI * set )( HANDLE, LARGE_INTEGER *, void *, void *, BOOLEAN, ULONG, BOOLEAN * )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtSetTimer" );
    LARGE_INTEGER when = { .QuadPart = -500000 };

    ok( !set( timer, &when, timer_due, NULL, FALSE, 0, NULL ), "NtSetTimer failed\n" );
    return TRUE;
}

static const struct
{
    const char *name;
    int ( *wait )( void );
} calls[] = { { "recv", wait_recv }, { "select", wait_select }, { "WSAPoll", wait_poll } };

static const struct
{
    const char *name;
    BOOL ( *start )( void ); /* FALSE: this Wine hasn't got it */
} sources[] = {
    { "NtSetTimer", start_timer_ntdll }, /* before the thread is known to have timers */
    { "timer", start_timer },
    { "pipe", start_read },
    { "NtQueueApcThread", start_queue },
    { "NtQueueApcThreadEx", start_queue_ex },
    { "NtQueueApcThreadEx2", start_queue_ex2 },
};

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
            if (!sources[i].start())
            {
                winetest_pop_context();
                continue;
            }
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
