/*
 * What is known of event objects without asking the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An operation that pends must find its event reset (rule O8), and a reset is a request. Most programs have reset the event themselves,
 * or have just made it, and that passes through kernelbase's imports, which interpose.c watches. Only "surely not signalled" is remembered;
 * whatever could signal an event forgets it. A lost entry costs a request, nothing else.
 */

#include "event_state.h"

#define STATE_COUNT 4096

static volatile LONG clear_events[STATE_COUNT]; /* handle values, which fit 32 bits */

static volatile LONG lives[STATE_COUNT];

static UINT event_index( HANDLE event )
{
    return (HandleToULong( event ) >> 2) & (STATE_COUNT - 1);
}

static volatile LONG *event_entry( HANDLE event )
{
    return clear_events + event_index( event );
}

void event_note_clear( HANDLE event )
{
    *event_entry( event ) = HandleToLong( event );
}

void event_forget( HANDLE event )
{
    volatile LONG *entry = event_entry( event );

    if (*entry == HandleToLong( event )) *entry = 0;
}

void event_note_closed( HANDLE event )
{
    event_forget( event );
    InterlockedIncrement( lives + event_index( event ) );
}

LONG event_life( HANDLE event )
{
    return lives[event_index( event )];
}

BOOL event_is_clear( HANDLE event )
{
    return interposed && event && *event_entry( event ) == HandleToLong( event );
}
