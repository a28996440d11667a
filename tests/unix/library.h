/*
 * Calling the Unix library as the PE side does
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_TESTS_UNIX_LIBRARY_H
#define WSURING_TESTS_UNIX_LIBRARY_H

#include "../../dlls/wsuring/unix/unix_private.h"

extern NTSTATUS ( *const __wine_unix_call_funcs[] )( void *args );
extern NTSTATUS ( *const __wine_unix_call_wow64_funcs[] )( void *args );

static inline uint64_t u64( const void *ptr )
{
    return (uintptr_t)ptr;
}

static inline NTSTATUS unix_call( enum unix_func func, void *params )
{
    return __wine_unix_call_funcs[func]( params );
}

#endif /* WSURING_TESTS_UNIX_LIBRARY_H */
