/*
 * The Wah functions: tables of contexts, routines in other threads, and what isn't there
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wine's own module lacks them.
 */

#include "sockets.h"
#include <ws2spi.h>

struct context
{
    LONG references;
    HANDLE handle;
};

static void *function( const char *name )
{
    void *found = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), name );

    ok( found != NULL, "%s isn't exported\n", name );
    return found;
}

static int seen;

static BOOL WINAPI count_all( void *arg, struct context *context )
{
    ok( arg == &seen && context->handle != NULL, "got %p\n", arg );
    seen++;
    return TRUE;
}

static BOOL WINAPI count_one( void *arg, struct context *context )
{
    (void)arg;
    (void)context;
    seen++;
    return FALSE;
}

static void test_contexts( void )
{
    DWORD( WINAPI * create )( void ** ) = function( "WahCreateHandleContextTable" );
    DWORD( WINAPI * destroy )( void * ) = function( "WahDestroyHandleContextTable" );
    struct context *( WINAPI * insert )( void *, struct context * ) = function( "WahInsertHandleContext" );
    struct context *( WINAPI * find )( void *, HANDLE ) = function( "WahReferenceContextByHandle" );
    DWORD( WINAPI * erase )( void *, struct context * ) = function( "WahRemoveHandleContext" );
    BOOL( WINAPI * each )( void *, void *, void * ) = function( "WahEnumerateHandleContexts" );
    struct context contexts[200], other = { 1, (HANDLE)8 };
    void *table = NULL;
    int i;

    ok( create( NULL ) == WSAEFAULT && !create( &table ) && table, "no table\n" );
    for (i = 0; i < 200; i++)
    {
        contexts[i].references = 1;
        contexts[i].handle = (HANDLE)(ULONG_PTR)( 4 * i + 4 );
        ok( insert( table, &contexts[i] ) == &contexts[i], "%d isn't inserted\n", i );
    }
    ok( !find( table, (HANDLE)4000 ), "there is another\n" );
    ok( find( table, (HANDLE)8 ) == &contexts[1] && contexts[1].references == 2, "got %ld\n", contexts[1].references );
    ok( insert( table, &other ) == &contexts[1], "the one before isn't returned\n" );
    ok( find( table, (HANDLE)8 ) == &other && other.references == 2, "got %ld\n", other.references );
    ok( erase( table, &contexts[1] ) == WSAEINVAL, "what was replaced is there\n" );
    ok( each( table, count_all, &seen ) && seen == 200, "got %d\n", seen );
    ok( !each( table, count_one, &seen ) && seen == 201, "got %d\n", seen );
    ok( !erase( table, &other ) && !find( table, (HANDLE)8 ) && other.references == 2, "it is still there\n" );
    ok( erase( table, &other ) == WSAEINVAL, "it is removed twice\n" );
    ok( !destroy( table ) && destroy( NULL ) == WSAEINVAL, "the table stays\n" );
}

static ULONG_PTR routine_arg;

static void CALLBACK routine( ULONG_PTR arg )
{
    routine_arg = arg;
}

static void test_threads( void )
{
    DWORD( WINAPI * open_helper )( HANDLE * ) = function( "WahOpenApcHelper" );
    DWORD( WINAPI * close_helper )( HANDLE ) = function( "WahCloseApcHelper" );
    DWORD( WINAPI * open_thread )( HANDLE, WSATHREADID * ) = function( "WahOpenCurrentThread" );
    DWORD( WINAPI * close_thread )( HANDLE, WSATHREADID * ) = function( "WahCloseThread" );
    DWORD( WINAPI * queue )( HANDLE, WSATHREADID *, LPWSAUSERAPC, DWORD_PTR ) = function( "WahQueueUserApc" );
    WSATHREADID thread = { NULL, 0 };
    HANDLE helper = NULL;

    ok( !open_helper( &helper ) && helper, "no helper\n" );
    ok( open_thread( NULL, &thread ) == WSAEINVAL && open_thread( helper, NULL ) == WSAEFAULT, "bad input\n" );
    ok( !open_thread( helper, &thread ) && thread.ThreadHandle, "no thread\n" );
    ok( !queue( helper, &thread, (LPWSAUSERAPC)routine, 77 ), "not queued\n" );
    ok( SleepEx( 1000, TRUE ) == WAIT_IO_COMPLETION && routine_arg == 77, "got %Iu\n", routine_arg );
    ok( !close_thread( helper, &thread ) && close_thread( helper, &thread ) == WSAEINVAL, "not closed\n" );
    ok( !close_helper( helper ) && close_helper( NULL ) == WSAEINVAL, "not closed\n" );
}

START_TEST( helper )
{
    DWORD( WINAPI * open_handles )( HANDLE * );
    HANDLE helper = NULL;

    if (stock)
    {
        skip( "Wine's own module hasn't these functions\n" );
        return;
    }
    test_contexts();
    test_threads();
    open_handles = function( "WahOpenHandleHelper" );
    ok( open_handles( &helper ) == WSAEOPNOTSUPP && !helper, "handles outside the file system\n" );
}
