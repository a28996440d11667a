/*
 * Counters and the log
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdarg.h>
#include <stdio.h>

#include "base/provider.h"
#include "base/stats.h"

static volatile LONG counters[COUNTER_COUNT];

static const struct
{
    const char *name;
    BOOL request; /* each is a wineserver request */
} descriptions[COUNTER_COUNT] = {
    [COUNTER_SEND_DIRECT] = { "send-direct" },     [COUNTER_SEND_PENDED] = { "send-pended" },
    [COUNTER_SEND_AFD] = { "send-stock" },         [COUNTER_RECV_DIRECT] = { "recv-direct" },
    [COUNTER_RECV_PENDED] = { "recv-pended" },     [COUNTER_RECV_AFD] = { "recv-stock" },
    [COUNTER_EVENT_SET] = { "event-set", TRUE },   [COUNTER_EVENT_RESET] = { "event-reset", TRUE },
    [COUNTER_RESET_SAVED] = { "reset-saved" },     [COUNTER_WAIT_SAVED] = { "wait-saved" },
    [COUNTER_PACKET] = { "packet", TRUE },         [COUNTER_ROUTINE] = { "routine", TRUE },
    [COUNTER_CONTROL] = { "control", TRUE }, /* one or two requests each */
    [COUNTER_DESCRIPTOR] = { "descriptor", TRUE },
};

static const char *const engine_names[] = { "afd", "epoll", "uring" };
static const char *const reason_names[] = { "none", "asked", "no-uring", "no-unixlib", "unknown-wine" };

void stats_count( enum counter counter )
{
    if (stats_enabled) InterlockedIncrement( counters + counter );
}

/* Writes whole lines to standard error, the host's if there is a Unix library. */
static void stats_write_text( const char *text, int len )
{
    if (engine != ENGINE_AFD)
    {
        struct write_log_params params = { .text = (UINT_PTR)text, .len = len };

        unix_call( unix_write_log, &params );
    }
    else
    {
        DWORD written;

        WriteFile( GetStdHandle( STD_ERROR_HANDLE ), text, len, &written, NULL );
    }
}

void log_message( const char *format, ... )
{
    char text[512];
    va_list args;
    int len, head;

    if (!log_enabled) return;
    head = sprintf( text, "wsuring:%04lx: ", GetCurrentThreadId() );
    va_start( args, format );
    len = _vsnprintf( text + head, sizeof( text ) - head - 1, format, args );
    va_end( args );
    stats_write_text( text, len < 0 ? (int)sizeof( text ) - 1 : head + len );
}

const char *stats_engine_name( void )
{
    return engine_names[engine];
}

const char *stats_reason_name( void )
{
    return reason_names[engine_reason];
}

void stats_report( void )
{
    char text[2048];
    int len, i;
    ULONG requests = 0;

    if (!stats_enabled) return;
    len = sprintf( text, "wsuring: engine %s (reason %s)\n", stats_engine_name(), stats_reason_name() );
    for (i = 0; i < COUNTER_COUNT; i++)
    {
        len += sprintf( text + len, "wsuring: %s %lu\n", descriptions[i].name, counters[i] );
        if (descriptions[i].request) requests += counters[i];
    }
    len += sprintf( text + len, "wsuring: requests %lu\n", requests );
    stats_write_text( text, len );
}
