/*
 * What of Wine can be relied on in this process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdio.h>

#include "base/capability.h"

static const struct
{
    const char *name, *sentence;
} capabilities[CAPABILITY_COUNT] = {
#define CAPABILITY( id, name, probe, cost ) [CAPABILITY_##id] = { name, "without " name " " cost },
#include "base/capability_list.h"
#undef CAPABILITY
};

static UINT unwanted;
static volatile LONG lacking;

void capability_init( void )
{
    char text[256], *name, *next;
    DWORD len = GetEnvironmentVariableA( "WSURING_WITHOUT", text, sizeof( text ) );
    UINT i;

    if (!len || len >= sizeof( text )) return;
    for (name = text; name; name = next)
    {
        if (( next = strchr( name, ',' ) )) *next++ = 0;
        for (i = 0; i < CAPABILITY_COUNT; i++)
            if (!strcmp( name, capabilities[i].name )) break;
        if (i < CAPABILITY_COUNT) unwanted |= CAPABILITY_BIT( i );
    }
}

UINT capability_unwanted( void )
{
    return unwanted;
}

void capability_lack( enum capability capability )
{
    InterlockedOr( &lacking, CAPABILITY_BIT( capability ) );
}

void capability_lack_all( UINT bits )
{
    InterlockedOr( &lacking, bits );
}

BOOL capability_lacks( enum capability capability )
{
    return ( lacking & CAPABILITY_BIT( capability ) ) != 0;
}

void capability_names( char *text, size_t size )
{
    const char *separator = "";
    UINT i, len = 0;

    lstrcpynA( text, "none", size );
    for (i = 0; i < CAPABILITY_COUNT; i++)
    {
        if (!capability_lacks( i ) || len + strlen( capabilities[i].name ) + 2 > size) continue;
        len += sprintf( text + len, "%s%s", separator, capabilities[i].name );
        separator = ",";
    }
}

const char *capability_sentence( UINT index )
{
    if (index >= CAPABILITY_COUNT) return NULL;
    return capability_lacks( index ) ? capabilities[index].sentence : "";
}
