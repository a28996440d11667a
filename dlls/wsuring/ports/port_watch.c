/*
 * The reaper's part in serving ports
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Operations must go on while no thread waits for the port. A thread that returns to the set all the time needs no
 * help, and the reaper would only disturb it. So once a thread has left, the reaper ticks; after a tick without any
 * thread at the set it watches the set itself, until a thread sleeps in it.
 */

#include "ports/port.h"

#define TICK_NS 2000000
#define SOON_NS 1000000

#define MISSES_SEEN  2
#define UNSEEN_WAITS 2
#define LONGEST_DUE  512

static volatile LONG ticking;
static LONGLONG last_tick, tick_length;

static void watch_set( struct port *port, BOOL watched )
{
    struct watch_params watch
        = { .fd = port->set, .set = -1, .events = watched ? POLL_IN : 0, .cookie = port_cookie( port ) };

    port->armed = watched;
    unix_call( unix_engine_watch, &watch );
}

void port_arm( struct port *port )
{
    if (!port->armed) watch_set( port, TRUE );
}

void port_attended( struct port *port )
{
    if (port->armed && !port->alertable) watch_set( port, FALSE );
}

void port_left( struct port *port )
{
    (void)port;
    if (!ticking && !InterlockedExchange( &ticking, 1 )) unix_call( unix_engine_wake, NULL );
}

void port_be_patient( struct port *port )
{
    port->idle_ticks = 0;
    port->only_polled = TRUE;
    port->misses = 0;
    port->patience = port->patience ? min( port->patience * 2, 100 ) : 25;
    port->due = port->patience;
}

/* No thread takes the packets. Perhaps one waits for the real port through ntdll or in another process: it takes what
 * is lent. Perhaps one waits for the handle in a way that no hook sees, such as MsgWaitForMultipleObjects: such a
 * program takes what the wait promised with time-out 0, until nothing is left, where a program that polls misses many
 * times. An event loop that was slow twice looks the same, but waits here as soon as it has nothing to do: see
 * port_serve. */
static void port_watch_untaken( struct port *port )
{
    BOOL first = port->due == port->patience; /* since a thread was here */

    port->idle_ticks = 0;
    port->due = first ? 1 : min( port->due * 4, LONGEST_DUE );
    if (first && ( !port->only_polled || port->misses > MISSES_SEEN )) port->unseen_waits = 0;
    else if (first && ++port->unseen_waits >= UNSEEN_WAITS)
    {
        port->unseen = TRUE;
        stats_count( COUNTER_FELL_BACK_UNTAKEN );
        port_unserve( port );
        return;
    }
    port->untaken = TRUE;
    NtSetEvent( port->control, NULL );
}

static void port_watch_tick( struct port *port, void *arg )
{
    BOOL *again = arg;

    if (!port->served) return;
    lock_acquire( &port->lock );
    if (!port->served || port->sleepers) port->idle_ticks = 0;
    else if (port->looks != port->looks_seen)
    {
        port->looks_seen = port->looks;
        port->idle_ticks = 0;
        *again = TRUE;
    }
    else
    {
        port_arm( port );
        if (( port->count || port->lending ) && !port->alertable)
        {
            if (++port->idle_ticks >= port->due) port_watch_untaken( port );
            *again = TRUE;
        }
    }
    lock_release( &port->lock );
}

LONGLONG port_tick( void )
{
    LARGE_INTEGER now;
    BOOL again = FALSE;

    if (!ticking) return -1;
    QueryPerformanceCounter( &now );
    if (!tick_length)
    {
        LARGE_INTEGER frequency;

        QueryPerformanceFrequency( &frequency );
        tick_length = frequency.QuadPart / ( 1000000000 / SOON_NS );
    }
    /* it may be woken more often than that */
    if (now.QuadPart - last_tick < tick_length) return TICK_NS;
    last_tick = now.QuadPart;
    InterlockedExchange( &ticking, 0 );
    port_for_each( port_watch_tick, &again );
    if (again) InterlockedExchange( &ticking, 1 );
    return ticking ? TICK_NS : -1;
}
