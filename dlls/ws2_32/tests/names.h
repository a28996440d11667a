/*
 * What the tests of names and addresses share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_NAMES_H
#define TESTS_NAMES_H

#include <string.h>

/* tables of tests leave out what is zero at the end of a line */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* Is the ws2_32 under test Wine's own? Where that doesn't follow the documentation, a test is todo_wine_if( stock ).
 * Ours names itself in its version; both may be marked as builtin. */
static inline BOOL is_stock( void )
{
    static const WCHAR name[] = L"wsuring";
    static int known; /* 1: no, 2: yes */
    HMODULE module;
    HRSRC found;
    const char *version;
    DWORD i, size, error;

    if (known) return known == 2;
    error = GetLastError();
    module = GetModuleHandleA( "ws2_32.dll" );
    found = FindResourceA( module, (const char *)1, (const char *)RT_VERSION );
    size = found ? SizeofResource( module, found ) : 0;
    version = found ? (const char *)LoadResource( module, found ) : NULL;
    for (i = 0; i + sizeof( name ) <= size; i += sizeof( WCHAR ))
        if (!memcmp( version + i, name, sizeof( name ) )) break;
    known = i + sizeof( name ) <= size ? 1 : 2;
    SetLastError( error );
    return known == 2;
}

#endif /* TESTS_NAMES_H */
