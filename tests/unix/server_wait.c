/*
 * Native tests: whether a thread waits for the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check.h"
#include "library.h"

#include <pthread.h>
#include <string.h>

static int pipe_fds[2];
static struct server_wait_params waiter;
static atomic_uint opened, reads, hold, end_soon;

/* Reads as ntdll does: so much at a time. While `hold' is set it does something else between two reads. */
static void *read_thread( void *arg )
{
    size_t size = *(size_t *)arg;
    char data[64];

    check( !unix_call( unix_server_wait_open, &waiter ), "not opened" );
    opened = 1;
    while (!end_soon && read( pipe_fds[0], data, size ) > 0)
    {
        reads++;
        while (hold) usleep( 100 );
    }
    return NULL;
}

static unsigned int asked( void )
{
    check( !unix_call( unix_server_wait_query, &waiter ), "not answered" );
    return waiter.waits;
}

/* It is on its way to the read, maybe. */
static unsigned int asked_until( unsigned int wanted )
{
    unsigned int i;

    for (i = 0; i < 2000 && asked() != wanted; i++) usleep( 1000 );
    return waiter.waits;
}

static void thread_begin( pthread_t *thread, size_t *size )
{
    opened = reads = hold = end_soon = 0;
    check( !pipe( pipe_fds ), "no pipe" );
    pthread_create( thread, NULL, read_thread, size );
    while (!opened) usleep( 100 );
}

static void thread_finish( pthread_t thread )
{
    struct descriptor_close_params close_task = { .fd = waiter.task };

    end_soon = 1;
    hold = 0;
    close( pipe_fds[1] );
    pthread_join( thread, NULL );
    check( !asked(), "the thread has ended" );
    unix_call( unix_descriptor_close, &close_task );
    close( pipe_fds[0] );
}

static void test_wait( int arg )
{
    char wake[16] = { 0 };
    size_t size = sizeof( wake );
    pthread_t thread;
    unsigned int i;

    (void)arg;
    thread_begin( &thread, &size );
    check( asked_until( 1 ), "it waits" );
    for (i = 0; i < 200; i++)
    {
        hold = 1; /* as by a lock of the caller */
        check( write( pipe_fds[1], wake, sizeof( wake ) ) == sizeof( wake ), "not written" );
        check( !asked(), "round %u: it has been woken", i );
        while (reads == i) usleep( 10 );
        check( !asked(), "round %u: it does something else", i );
        hold = 0;
        check( asked_until( 1 ), "round %u: it waits again", i );
    }
    thread_finish( thread );
}

static void test_reply( int arg )
{
    size_t size = 64;
    pthread_t thread;

    (void)arg;
    thread_begin( &thread, &size );
    usleep( 20000 );
    check( !asked(), "it waits for a reply" );
    thread_finish( thread );
}

int main( void )
{
    run( test_wait, 0 );
    run( test_reply, 0 );
    return check_summary();
}
