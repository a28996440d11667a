/*
 * Waits of a program whose processor can't calculate with fractions, or stops at each rounding: MMX code has left the
 * state of the x87, or the program has set the control words
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A time that is calculated so is wrong then, or the program ends. 32-bit code would take the x87, 64-bit code SSE.
 */

#include "sockets.h"

#define WAIT_MS 100

static SOCKET a, b;
static HANDLE port, stop;

static int wait_recv( void )
{
    char data;

    return recv( b, &data, 1, 0 ) == SOCKET_ERROR && WSAGetLastError() == WSAETIMEDOUT;
}

static int wait_select( void )
{
    struct timeval timeout = { 0, WAIT_MS * 1000 };
    fd_set set;

    FD_ZERO( &set );
    FD_SET( b, &set );
    return !select( 0, &set, NULL, NULL, &timeout );
}

static int wait_poll( void )
{
    WSAPOLLFD fd = { b, POLLRDNORM, 0 };

    return !WSAPoll( &fd, 1, WAIT_MS );
}

static int wait_port( void )
{
    OVERLAPPED *ov;
    ULONG_PTR key;
    DWORD count;

    return !GetQueuedCompletionStatus( port, &count, &key, &ov, WAIT_MS ) && GetLastError() == WAIT_TIMEOUT;
}

static int wait_port_ex( void )
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    return !GetQueuedCompletionStatusEx( port, &entry, 1, &count, WAIT_MS, FALSE ) && GetLastError() == WAIT_TIMEOUT;
}

static int wait_port_alertable( void )
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    return !GetQueuedCompletionStatusEx( port, &entry, 1, &count, WAIT_MS, TRUE ) && GetLastError() == WAIT_TIMEOUT;
}

static int wait_event( void )
{
    return WSAWaitForMultipleEvents( 1, &stop, FALSE, WAIT_MS, FALSE ) == WSA_WAIT_TIMEOUT;
}

/* Ends waits that have no end. */
static DWORD WINAPI rescuer( void *arg )
{
    (void)arg;
    while (WaitForSingleObject( stop, 3000 ) == WAIT_TIMEOUT)
    {
        send( a, "x", 1, 0 );
        PostQueuedCompletionStatus( port, 0, 0, NULL );
    }
    return 0;
}

enum state
{
    STATE_MMX,
    STATE_SHORT,  /* results have 24 bits */
    STATE_STRICT, /* no exception is masked */
    STATE_COUNT
};

static void enter( enum state state )
{
    static const WORD word_short = 0x007f, word_strict = 0x0340;
#ifdef _WIN64
    static const DWORD sse_strict = 0;
#endif

    switch (state)
    {
    case STATE_MMX: __asm__ volatile( "movd %0, %%mm0" : : "r"( 1 ) ); break;
    case STATE_SHORT: __asm__ volatile( "fldcw %0" : : "m"( word_short ) ); break;
    default: __asm__ volatile( "fldcw %0" : : "m"( word_strict ) );
#ifdef _WIN64
        __asm__ volatile( "ldmxcsr %0" : : "m"( sse_strict ) );
#endif
        break;
    }
}

static void leave( void )
{
#ifdef _WIN64
    static const DWORD usual = 0x1f80;

    __asm__ volatile( "ldmxcsr %0" : : "m"( usual ) );
#endif
    __asm__ volatile( "fninit" );
}

START_TEST( float_state )
{
    static const struct
    {
        const char *name;
        int ( *wait )( void );
    } waits[] = {
        { "recv", wait_recv },
        { "select", wait_select },
        { "WSAPoll", wait_poll },
        { "GetQueuedCompletionStatus", wait_port },
        { "GetQueuedCompletionStatusEx", wait_port_ex },
        { "the same, alertable", wait_port_alertable },
        { "WSAWaitForMultipleEvents", wait_event },
    };
    static const char *const names[STATE_COUNT] = { "MMX", "24 bits", "exceptions" };
    DWORD timeout = WAIT_MS;
    unsigned int state, i;
    HANDLE thread;

    start_winsock();
    tcp_socketpair( &a, &b );
    ok_success( setsockopt( b, SOL_SOCKET, SO_RCVTIMEO, (char *)&timeout, sizeof( timeout ) ) );
    port = CreateIoCompletionPort( (HANDLE)a, NULL, 0, 0 );
    stop = CreateEventW( NULL, TRUE, FALSE, NULL );
    thread = CreateThread( NULL, 0, rescuer, NULL, 0, NULL );
    for (state = 0; state < STATE_COUNT; state++)
        for (i = 0; i < ARRAY_SIZE( waits ); i++)
        {
            LARGE_INTEGER begin, end, frequency; /* the server sets the tick count, late on a busy machine */
            volatile int right;
            LONGLONG time;

            QueryPerformanceFrequency( &frequency );
            QueryPerformanceCounter( &begin );
            enter( state );
            right = waits[i].wait();
            leave();
            QueryPerformanceCounter( &end );
            time = ( end.QuadPart - begin.QuadPart ) * 1000 / frequency.QuadPart;
            ok( right && time >= WAIT_MS - 20 && time < 2500, "%s, %s: %s after %u ms\n", names[state], waits[i].name,
                right ? "ended" : "failed", (unsigned int)time );
        }
    SetEvent( stop );
    WaitForSingleObject( thread, 10000 );
    CloseHandle( thread );
    CloseHandle( stop );
    CloseHandle( port );
    closesocket( a );
    closesocket( b );
    stop_winsock();
}
