/*
 * The code of the wineserver request add_fd_completion, read from ntdll.so's own functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Codes of requests are positions in a list that changes with every release, and builds of one version differ too. But
 * ntdll.so's exported functions store the codes of their requests as constants, and the requests of completion ports
 * stand side by side in the list: add_completion, remove_completion, query_completion, set_completion_info,
 * add_fd_completion, set_fd_completion_mode (wine-interfaces 5.2, 13). No exported function makes the one that is
 * wanted, but it is the only one between the last two that NtSetInformationFile makes. Where that picture isn't found
 * exactly there is no code, and nothing is sent.
 */

#if 0
#pragma makedep unix
#endif

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr1 */
#endif

#include "request_code.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>

#include "ntdll.h"

#define CODE_MAX  0xfff /* lists have some 300 requests */
#define STORE_MAX 64

/* The small constants that a piece of code stores in its stack frame (x86: mov dword [esp/rsp/ebp/rbp + n], imm32). */
static size_t request_code_stores( const struct code_range *range, uint32_t *values )
{
    static const struct
    {
        uint8_t bytes[3], len, skip;
    } forms[] = {
        { { 0xc7, 0x04, 0x24 }, 3, 0 }, { { 0xc7, 0x44, 0x24 }, 3, 1 }, { { 0xc7, 0x84, 0x24 }, 3, 4 },
        { { 0xc7, 0x45 }, 2, 1 },       { { 0xc7, 0x85 }, 2, 4 },
    };
    size_t pos, form, count = 0, at;
    uint32_t value;

    for (pos = 0; pos + 6 < range->len; pos++)
        for (form = 0; form < ARRAY_SIZE( forms ); form++)
        {
            at = pos + forms[form].len + forms[form].skip;
            if (at + sizeof( value ) > range->len || memcmp( range->code + pos, forms[form].bytes, forms[form].len ))
                continue;
            memcpy( &value, range->code + at, sizeof( value ) );
            if (value && value <= CODE_MAX && count < STORE_MAX) values[count++] = value;
        }
    return count;
}

static bool request_code_among( uint32_t first, uint32_t last, const uint32_t *values, size_t count )
{
    while (count--)
        if (values[count] >= first && values[count] <= last) return true;
    return false;
}

uint32_t request_code_find( const struct code_range *query, const struct code_range *remove,
                            const struct code_range *add, const struct code_range *set_file )
{
    uint32_t queries[STORE_MAX], removes[STORE_MAX], adds[STORE_MAX], sets[STORE_MAX], found = 0, code;
    size_t query_count = request_code_stores( query, queries ), remove_count = request_code_stores( remove, removes );
    size_t add_count = request_code_stores( add, adds ), set_count = request_code_stores( set_file, sets ), i;

    for (i = 0; i < query_count; i++)
    {
        code = queries[i];
        if (!request_code_among( code + 1, code + 1, sets, set_count )
            || !request_code_among( code + 3, code + 3, sets, set_count )
            || request_code_among( code + 2, code + 2, sets, set_count )
            || !request_code_among( code - 3, code - 1, removes, remove_count )
            || !request_code_among( code - 5, code - 2, adds, add_count ))
            continue;
        if (found && found != code + 2) return 0;
        found = code + 2;
    }
    return found;
}

/* The code of an exported function; empty if it isn't known where it ends. */
static struct code_range request_code_function( void ( *function )( void ) )
{
    struct code_range range = { NULL, 0 };
    const ElfW( Sym ) *symbol = NULL;
    Dl_info info;

    if (dladdr1( (void *)function, &info, (void **)&symbol, RTLD_DL_SYMENT ) && symbol
        && info.dli_saddr == (void *)function)
    {
        range.code = (const uint8_t *)function;
        range.len = symbol->st_size;
    }
    return range;
}

uint32_t request_code_add_fd_completion( void )
{
    struct code_range query = request_code_function( ntdll_function( NTDLL_QUERY_PORT ) );
    struct code_range remove = request_code_function( ntdll_function( NTDLL_REMOVE_PACKET ) );
    struct code_range add = request_code_function( ntdll_function( NTDLL_ADD_PACKET ) );
    struct code_range set_file = request_code_function( ntdll_function( NTDLL_SET_FILE ) );

    return request_code_find( &query, &remove, &add, &set_file );
}
