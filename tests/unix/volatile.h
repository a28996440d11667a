/*
 * What ThreadSanitizer needs for the provider's volatile variables; for one file of a program
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef __SANITIZE_THREAD__
/* volatile as on x64 with the provider's compiler: a read acquires, a write releases */
extern void __tsan_acquire( void *ptr );
extern void __tsan_release( void *ptr );

#define VOLATILE( n )                                                                                                  \
    void __tsan_volatile_read##n( void *ptr )                                                                          \
    {                                                                                                                  \
        __tsan_acquire( ptr );                                                                                         \
    }                                                                                                                  \
    void __tsan_volatile_write##n( void *ptr )                                                                         \
    {                                                                                                                  \
        __tsan_release( ptr );                                                                                         \
    }                                                                                                                  \
    extern int volatile_needs_a_semicolon
VOLATILE( 1 );
VOLATILE( 2 );
VOLATILE( 4 );
VOLATILE( 8 );
#endif
