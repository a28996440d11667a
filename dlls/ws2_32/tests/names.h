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

/* Is the ws2_32 under test Wine's own builtin? Where that doesn't follow the documentation, a test is todo_wine_if(
 * stock ). */
static inline BOOL is_stock( void )
{
    static const char mark[] = "Wine builtin DLL";

    return !memcmp( (const char *)GetModuleHandleA( "ws2_32.dll" ) + 0x40, mark, sizeof( mark ) );
}

#endif /* TESTS_NAMES_H */
