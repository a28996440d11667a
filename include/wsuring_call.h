/*
 * Calls of the program's functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_CALL_H
#define WSURING_CALL_H

/* Calls a function with at most 10 parameters, each a DWORD or a pointer. In 32-bit programs it may take another number
 * of bytes off the stack than these have, because it is declared otherwise than it should be; on Wine's own module, and
 * on Windows, such programs run. */
static inline UINT_PTR call_program( void *function, UINT count, const UINT_PTR *arguments )
{
#ifdef __i386__
    UINT_PTR ret;

    __asm__ volatile( "movl %%esp, %%ebx\n"
                      "1:\tdecl %%ecx\n\t"
                      "js 2f\n\t"
                      "pushl (%%esi,%%ecx,4)\n\t"
                      "jmp 1b\n"
                      "2:\tcall *%%eax\n\t"
                      "movl %%ebx, %%esp"
                      : "=a"( ret ), "+c"( count )
                      : "a"( function ), "S"( arguments )
                      : "ebx", "edx", "memory", "cc" );
    return ret;
#else
    UINT_PTR( WINAPI * call )
    ( UINT_PTR, UINT_PTR, UINT_PTR, UINT_PTR, UINT_PTR, UINT_PTR, UINT_PTR, UINT_PTR, UINT_PTR, UINT_PTR ) = function;
    UINT_PTR all[10] = { 0 };

    memcpy( all, arguments, count * sizeof( *all ) );
    return call( all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8], all[9] );
#endif
}

#endif /* WSURING_CALL_H */
