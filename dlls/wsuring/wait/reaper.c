/*
 * The reaper: the thread that owns the engine and serves what waits
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread per process, made when the first operation pends. It, not the issuing threads, owns the ring: an operation
 * neither dies with the thread that issued it nor waits for one that sleeps elsewhere.
 */

#include "operations/operation.h"
#include "sockets/network_change.h"
#include "ports/port.h"
#include "wait/thread.h"

static volatile LONG started; /* 0 no, 1 starting, 2 yes, 3 can't */

static DWORD WINAPI reaper_main( void *arg )
{
    struct ready_event events[64];
    struct engine_wait_params wait = { .events = (UINT_PTR)events, .room = ARRAY_SIZE( events ), .timeout = -1 };
    struct socket *sock;
    struct port *port;
    LONGLONG notice;
    NTSTATUS status;
    UINT i;

    (void)arg;
    status = unix_call( unix_engine_start, NULL );
    InterlockedExchange( &started, status ? 3 : 2 );
    RtlWakeAddressAll( (void *)&started );
    if (status)
    {
        log_message( "engine can't start: %08lx\n", status );
        return 0;
    }
    for (;;)
    {
        wait.timeout = port_tick();
        if (( notice = polled_tick() ) >= 0 && ( wait.timeout < 0 || notice < wait.timeout )) wait.timeout = notice;
        if (( status = unix_call( unix_engine_wait, &wait ) ))
        {
            log_message( "engine wait failed: %08lx\n", status );
            Sleep( 10 );
            continue;
        }
        for (i = 0; i < wait.count; i++)
        {
            if (( port = port_from_cookie( events[i].cookie ) ))
            {
                port_look( port );
                port_release( port );
            }
            else if (( sock = socket_from_cookie( events[i].cookie ) ))
            {
                operation_ready( sock, events[i].ready );
                socket_release( sock );
            }
            else network_change_ready( events[i].cookie );
        }
    }
}

BOOL reaper_start( void )
{
    LONG state;

    if (started == 2) return TRUE;
    if (engine == ENGINE_AFD) return FALSE;
    if (!InterlockedCompareExchange( &started, 1, 0 ))
    {
        if (!thread_start( reaper_main, NULL )) InterlockedExchange( &started, 3 );
    }
    while (( state = started ) == 1)
    {
        LONG starting = 1;

        RtlWaitOnAddress( (const void *)&started, &starting, sizeof( starting ), NULL );
    }
    return state == 2;
}
