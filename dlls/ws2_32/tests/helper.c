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

/* A function that returns its error, and the row of it in docs/errors.md. */
#define fails( name, when, call, error )                                                                               \
    do                                                                                                                 \
    {                                                                                                                  \
        DWORD got_ = ( call );                                                                                         \
        ok( got_ == ( error ), "%s, %s: got %lu\n", name, when, got_ );                                                \
        error_row( name, when, error, got_ );                                                                          \
    } while (0)

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

    fails( "WahCreateHandleContextTable", "no place for it", create( NULL ), WSAEFAULT );
    ok( !create( &table ) && table, "no table\n" );
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
    fails( "WahRemoveHandleContext", "it was replaced", erase( table, &contexts[1] ), WSAEINVAL );
    ok( each( table, count_all, &seen ) && seen == 200, "got %d\n", seen );
    ok( !each( table, count_one, &seen ) && seen == 201, "got %d\n", seen );
    ok( !erase( table, &other ) && !find( table, (HANDLE)8 ) && other.references == 2, "it is still there\n" );
    fails( "WahRemoveHandleContext", "it is removed", erase( table, &other ), WSAEINVAL );
    ok( !destroy( table ), "the table stays\n" );
    fails( "WahDestroyHandleContextTable", "no table", destroy( NULL ), WSAEINVAL );
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
    fails( "WahOpenApcHelper", "no place for it", open_helper( NULL ), WSAEFAULT );
    fails( "WahOpenCurrentThread", "no helper", open_thread( NULL, &thread ), WSAEINVAL );
    fails( "WahOpenCurrentThread", "no place for it", open_thread( helper, NULL ), WSAEFAULT );
    ok( !open_thread( helper, &thread ) && thread.ThreadHandle, "no thread\n" );
    ok( !queue( helper, &thread, (LPWSAUSERAPC)routine, 77 ), "not queued\n" );
    ok( SleepEx( 1000, TRUE ) == WAIT_IO_COMPLETION && routine_arg == 77, "got %Iu\n", routine_arg );
    ok( !close_thread( helper, &thread ), "not closed\n" );
    fails( "WahCloseThread", "it is closed", close_thread( helper, &thread ), WSAEINVAL );
    ok( !close_helper( helper ), "not closed\n" );
    fails( "WahCloseApcHelper", "no helper", close_helper( NULL ), WSAEINVAL );
}

/* Handles that are none of files: reported to by event and port */
static void test_handles( void )
{
    DWORD( WINAPI * open_helper )( HANDLE * ) = function( "WahOpenHandleHelper" );
    DWORD( WINAPI * close_helper )( HANDLE ) = function( "WahCloseHandleHelper" );
    DWORD( WINAPI * create )( HANDLE, SOCKET * ) = function( "WahCreateSocketHandle" );
    DWORD( WINAPI * destroy )( HANDLE, SOCKET ) = function( "WahCloseSocketHandle" );
    DWORD( WINAPI * complete )( HANDLE, SOCKET, WSAOVERLAPPED *, DWORD, DWORD ) = function( "WahCompleteRequest" );
    DWORD( WINAPI * enable )( void ) = function( "WahEnableNonIFSHandleSupport" );
    OVERLAPPED ov = { .Internal = STATUS_PENDING, .hEvent = WSACreateEvent() }, *done;
    SOCKET s = INVALID_SOCKET;
    HANDLE helper = NULL, port;
    ULONG_PTR key;
    DWORD bytes;
    char data;

    fails( "WahOpenHandleHelper", "no place for it", open_helper( NULL ), WSAEFAULT );
    ok( !enable() && !open_helper( &helper ) && helper, "no helper\n" );
    fails( "WahCreateSocketHandle", "no helper", create( NULL, &s ), WSAEINVAL );
    fails( "WahCreateSocketHandle", "no place for it", create( helper, NULL ), WSAEFAULT );
    ok( !create( helper, &s ) && s != INVALID_SOCKET, "no handle\n" );
    ok( !complete( helper, s, &ov, 0, 7 ) && !ov.Internal && ov.InternalHigh == 7, "got %#Ix\n", ov.Internal );
    ok( !WaitForSingleObject( ov.hEvent, 0 ), "the event isn't set\n" );
    ok( GetOverlappedResult( (HANDLE)s, &ov, &bytes, FALSE ) && bytes == 7, "got %lu\n", bytes );
    port = CreateIoCompletionPort( (HANDLE)s, NULL, 5, 0 );
    ok( port != NULL, "error %lu\n", GetLastError() );
    if (by_afd()) ok( complete( helper, s, &ov, 0, 8 ) == WSAEINVAL, "it posts packets\n" );
    else
    {
        ok( !complete( helper, s, &ov, 0, 8 ), "it isn't completed\n" );
        ok( GetQueuedCompletionStatus( port, &bytes, &key, &done, 10000 ) && bytes == 8 && key == 5 && done == &ov,
            "got %lu bytes, key %Iu\n", bytes, key );
        ok( !complete( helper, s, &ov, WSAECONNRESET, 8 ), "it isn't completed\n" );
        ok_call( GetQueuedCompletionStatus( port, &bytes, &key, &done, 10000 ), 0, WSAECONNRESET );
        ok( done == &ov && !bytes, "got %lu bytes\n", bytes );
    }
    CloseHandle( port );
    fails( "WahCompleteRequest", "no helper", complete( NULL, s, &ov, 0, 0 ), WSAEINVAL );
    fails( "WahCompleteRequest", "another handle", complete( helper, 0x7ffc, &ov, 0, 0 ), WSAEINVAL );
    fails( "WahCompleteRequest", "the OVERLAPPED isn't memory", complete( helper, s, (OVERLAPPED *)bad_page(), 0, 0 ),
           WSAEINVAL );
    ok_call( ReadFile( (HANDLE)s, &data, 1, &bytes, NULL ), 0, WSAENOTSOCK ); /* no layer answers for it */
    fails( "WahCloseSocketHandle", "no helper", destroy( NULL, s ), WSAEINVAL );
    ok( !destroy( helper, s ), "not closed\n" );
    fails( "WahCloseSocketHandle", "it is closed", destroy( helper, s ), WSAENOTSOCK );
    ok( !close_helper( helper ), "not closed\n" );
    fails( "WahCloseHandleHelper", "no helper", close_helper( NULL ), WSAEINVAL );
    WSACloseEvent( ov.hEvent );
}

START_TEST( helper )
{
    if (stock)
    {
        skip( "Wine's own module hasn't these functions\n" );
        return;
    }
    test_contexts();
    test_threads();
    start_winsock();
    test_handles();
    stop_winsock();
}
