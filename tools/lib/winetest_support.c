/*
 * The one function that Wine's test programs need of Wine itself: their messages' strings are kept by it.
 * Built with mingw-w64's headers by winetest_source.py.
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

/* Keeps a copy of a text until many others have been made. The messages are short-lived. */
const char *__cdecl __wine_dbg_strdup( const char *text )
{
    static char ring[64][512];
    static LONG last;
    char *place = ring[(ULONG)InterlockedIncrement( &last ) % 64];

    snprintf( place, sizeof(ring[0]), "%s", text );
    return place;
}
