/*
 * Results of name look-ups
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"

struct name_result *result_create( const char *name, const char *aliases, UINT alias_count,
                                   const struct name_address *addrs, UINT addr_count )
{
    SIZE_T addr_pos = ( sizeof( struct name_result ) + 7 ) & ~7, pos = addr_pos + addr_count * sizeof( *addrs );
    SIZE_T name_len = name ? strlen( name ) + 1 : 0, alias_len = 0;
    struct name_result *result;
    UINT i;

    for (i = 0; i < alias_count; i++) alias_len += strlen( aliases + alias_len ) + 1;
    if (!( result = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, pos + name_len + alias_len ) )) return NULL;
    result->size = pos + name_len + alias_len;
    result->addresses = addr_pos;
    result->address_count = addr_count;
    result->name = name ? pos : 0;
    result->aliases = pos + name_len;
    result->alias_count = alias_count;
    if (addr_count) memcpy( (char *)result + addr_pos, addrs, addr_count * sizeof( *addrs ) );
    if (name) memcpy( (char *)result + pos, name, name_len );
    if (alias_len) memcpy( (char *)result + pos + name_len, aliases, alias_len );
    return result;
}

void result_free( struct name_result *result )
{
    HeapFree( GetProcessHeap(), 0, result );
}
