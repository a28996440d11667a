/*
 * How often WSAStartup has been called
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws2_32.h"

static volatile LONG started_count;

BOOL startup_check( void )
{
    if (started_count) return TRUE;
    SetLastError( WSANOTINITIALISED );
    return FALSE;
}

void started_add( void )
{
    InterlockedIncrement( &started_count );
}

LONG started_remove( void )
{
    LONG count = started_count, seen;

    for (; count; count = seen)
        if (( seen = InterlockedCompareExchange( &started_count, count - 1, count ) ) == count) return count - 1;
    return -1;
}
