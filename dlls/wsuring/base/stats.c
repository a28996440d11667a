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
#include "base/counter_page.h"

C_ASSERT( COUNTER_COUNT <= COUNTERS_MAX );

static struct counter_page page __attribute__( ( aligned( 4096 ) ) );

static const struct
{
    const char *name;
    BOOL request; /* each is a wineserver request */
} descriptions[COUNTER_COUNT] = {
    [COUNTER_SEND_DIRECT] = { "send-direct" },
    [COUNTER_SEND_PENDED] = { "send-pended" },
    [COUNTER_SEND_AFD] = { "send-stock" },
    [COUNTER_RECV_DIRECT] = { "recv-direct" },
    [COUNTER_RECV_PENDED] = { "recv-pended" },
    [COUNTER_RECV_AFD] = { "recv-stock" },
    [COUNTER_EVENT_SET] = { "event-set", TRUE },
    [COUNTER_EVENT_RESET] = { "event-reset", TRUE },
    [COUNTER_RESET_SAVED] = { "reset-saved" },
    [COUNTER_WAIT_SAVED] = { "wait-saved" },
    [COUNTER_PACKET] = { "packet", TRUE },
    [COUNTER_ROUTINE] = { "routine", TRUE },
    [COUNTER_CONTROL] = { "control", TRUE }, /* one or two requests each */
    [COUNTER_DESCRIPTOR] = { "descriptor", TRUE },
    [COUNTER_FELL_BACK_UNTAKEN] = { "fell-back-untaken" },
    [COUNTER_FELL_BACK_WAITED] = { "fell-back-waited" },
    [COUNTER_FELL_BACK_SHARED] = { "fell-back-shared" },
    [COUNTER_FELL_BACK_SELECTED] = { "fell-back-selected" },
    [COUNTER_FELL_BACK_BEHIND] = { "fell-back-behind" },
    [COUNTER_FELL_BACK_UNPOSTED] = { "fell-back-unposted" },
    [COUNTER_FELL_BACK_CLOSED] = { "fell-back-closed" },
    [COUNTER_FELL_BACK_UNHOOKED] = { "fell-back-unhooked" },
    [COUNTER_SEND_BYTES] = { "send-bytes" },
    [COUNTER_RECV_BYTES] = { "recv-bytes" },
    [COUNTER_SOCKETS_BEGUN] = { "sockets-begun" },
    [COUNTER_SOCKETS_ENDED] = { "sockets-ended" },
    [COUNTER_PORTS_BEGUN] = { "ports-begun" },
    [COUNTER_PORTS_ENDED] = { "ports-ended" },
};

static const char *const engine_names[] = { "afd", "epoll", "uring" };
static const char *const reason_names[] = { "none", "asked", "no-uring", "no-unixlib", "unknown-wine" };

void stats_add( enum counter counter, UINT64 value )
{
    /* a thread's id is a multiple of 4 */
    uint64_t *row = page.rows[GetCurrentThreadId() / 4 % COUNTER_STRIPES];

    __atomic_fetch_add( row + counter, value, __ATOMIC_RELAXED );
}

void stats_count( enum counter counter )
{
    stats_add( counter, 1 );
}

static UINT64 stats_value( enum counter counter )
{
    UINT64 value = 0;
    UINT i;

    for (i = 0; i < COUNTER_STRIPES; i++) value += page.rows[i][counter];
    return value;
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

struct counter_page *stats_page( void )
{
    return &page;
}

void stats_publish( void )
{
    UINT i;

    page.layout = COUNTER_PAGE_LAYOUT;
    page.count = COUNTER_COUNT;
    page.stripes = COUNTER_STRIPES;
    page.columns = COUNTERS_MAX;
    page.offset = offsetof( struct counter_page, rows );
    strcpy( page.engine, stats_engine_name() );
    strcpy( page.reason, stats_reason_name() );
    for (i = 0; i < COUNTER_COUNT; i++) strcpy( page.names[i], descriptions[i].name );
    MemoryBarrier();
    memcpy( page.magic, COUNTER_PAGE_MAGIC, sizeof( page.magic ) );
}

void stats_report( void )
{
    char text[2048];
    int len, i;
    UINT64 requests = 0;

    if (!stats_enabled) return;
    len = sprintf( text, "wsuring: engine %s (reason %s)\n", stats_engine_name(), stats_reason_name() );
    for (i = 0; i < COUNTER_COUNT; i++)
    {
        UINT64 value = stats_value( i );

        len += sprintf( text + len, "wsuring: %s %I64u\n", descriptions[i].name, value );
        if (descriptions[i].request) requests += value;
    }
    len += sprintf( text + len, "wsuring: requests %I64u\n", requests );
    stats_write_text( text, len );
}
