/*
 * Checks for the native unit tests
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_TESTS_UNIX_CHECK_H
#define WSURING_TESTS_UNIX_CHECK_H

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_uint check_passed, check_failed;

/* check( condition, format, ... ): counts, and prints a failure. */
#define check( cond, ... )                                                                                             \
    do                                                                                                                 \
    {                                                                                                                  \
        if (cond) check_passed++;                                                                                      \
        else                                                                                                           \
        {                                                                                                              \
            check_failed++;                                                                                            \
            printf( "%s:%d: failed: %s: ", __FILE__, __LINE__, #cond );                                                \
            printf( __VA_ARGS__ );                                                                                     \
            putchar( '\n' );                                                                                           \
        }                                                                                                              \
    } while (0)

/* Runs a test in its own process, because the library starts its engine once per process, and a hang must not stop
 * the other tests. */
static inline void check_in_child( void ( *test )( int arg ), int arg, const char *name )
{
    unsigned int counts[2] = { 0 };
    int fds[2], status = 0;
    pid_t pid;

    fflush( stdout );
    if (pipe( fds ) || ( pid = fork() ) == -1) abort();
    if (!pid)
    {
        check_passed = check_failed = 0;
        alarm( 60 );
        test( arg );
        fflush( stdout );
        counts[0] = check_passed;
        counts[1] = check_failed;
        if (write( fds[1], counts, sizeof( counts ) ) != sizeof( counts )) abort();
        exit( 0 ); /* not _exit: leak checks */
    }
    close( fds[1] );
    waitpid( pid, &status, 0 );
    if (read( fds[0], counts, sizeof( counts ) ) != sizeof( counts )) counts[1] = 1;
    close( fds[0] );
    check_passed += counts[0];
    check_failed += counts[1];
    check( !status, "%s( %d ) ended with %#x", name, arg, status );
}

#define run( test, arg ) check_in_child( test, arg, #test )

static inline int check_summary( void )
{
    printf( "%u passed, %u failed\n", check_passed, check_failed );
    return check_failed != 0;
}

#endif /* WSURING_TESTS_UNIX_CHECK_H */
