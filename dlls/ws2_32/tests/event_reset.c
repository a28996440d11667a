/*
 * Events that WSAEnumNetworkEvents has reset, and that are set again a moment later
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whatever a program does with the event in between: it isn't signalled until something happens, and then it is,
 * for every way to wait.
 */

#include "sockets.h"

static SOCKET a, b;
static HANDLE event;

/* ---- ways to wait for it: TRUE when it is signalled */

static BOOL wait_single( HANDLE handle, DWORD timeout )
{
    return !WaitForSingleObject( handle, timeout );
}

static BOOL wait_alertable( HANDLE handle, DWORD timeout )
{
    return !WaitForSingleObjectEx( handle, timeout, TRUE );
}

static BOOL wait_any( HANDLE handle, DWORD timeout )
{
    HANDLE handles[2] = { CreateEventW( NULL, TRUE, FALSE, NULL ), handle };
    DWORD ret = WaitForMultipleObjects( 2, handles, FALSE, timeout );

    ok( ret == 1 || ret == WAIT_TIMEOUT, "got %lx\n", ret );
    CloseHandle( handles[0] );
    return ret == 1;
}

static BOOL wait_second( HANDLE handle, DWORD timeout )
{
    HANDLE handles[2] = { handle, CreateEventW( NULL, TRUE, !timeout, NULL ) };
    DWORD ret = WaitForMultipleObjects( 2, handles, FALSE, timeout );

    CloseHandle( handles[1] );
    return !ret;
}

static BOOL wait_all( HANDLE handle, DWORD timeout )
{
    HANDLE handles[2] = { CreateEventW( NULL, TRUE, TRUE, NULL ), handle };
    DWORD ret = WaitForMultipleObjects( 2, handles, TRUE, timeout );

    CloseHandle( handles[0] );
    return !ret;
}

static BOOL wait_winsock( HANDLE handle, DWORD timeout )
{
    return WSAWaitForMultipleEvents( 1, &handle, FALSE, timeout, FALSE ) == WSA_WAIT_EVENT_0;
}

static BOOL wait_signal( HANDLE handle, DWORD timeout )
{
    HANDLE other = CreateEventW( NULL, TRUE, FALSE, NULL );
    DWORD ret = SignalObjectAndWait( other, handle, timeout, FALSE );

    CloseHandle( other );
    return !ret;
}

static BOOL wait_copy( HANDLE handle, DWORD timeout )
{
    HANDLE copy;
    DWORD ret;

    DuplicateHandle( GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS );
    ret = WaitForSingleObject( copy, timeout );
    CloseHandle( copy );
    return !ret;
}

static BOOL wait_child( HANDLE handle, DWORD timeout )
{
    char arguments[64];
    HANDLE process;
    DWORD code;

    SetHandleInformation( handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT );
    sprintf( arguments, "wait %lx %lu", HandleToULong( handle ), timeout );
    process = start_child( "event_reset", arguments );
    ok( !WaitForSingleObject( process, 30000 ), "the child doesn't end\n" );
    GetExitCodeProcess( process, &code );
    CloseHandle( process );
    return !code;
}

static BOOL wait_tagged( HANDLE handle, DWORD timeout )
{
    return !WaitForSingleObject( (HANDLE)( (ULONG_PTR)handle | 2 ), timeout );
}

static const struct
{
    const char *name;
    BOOL ( *func )( HANDLE handle, DWORD timeout );
} waits[] = {
    { "WaitForSingleObject", wait_single },
    { "alertable", wait_alertable },
    { "any", wait_any },
    { "any, as the first", wait_second },
    { "all", wait_all },
    { "WSAWaitForMultipleEvents", wait_winsock },
    { "SignalObjectAndWait", wait_signal },
    { "a copy", wait_copy },
    { "a child", wait_child },
    { "tagged", wait_tagged },
};

static void test_waits( void )
{
    unsigned int i, j;
    char data[8];

    for (i = 0; i < ARRAY_SIZE( waits ); i++)
    {
        winetest_push_context( "%s", waits[i].name );
        event = WSACreateEvent();
        ok_success( WSAEventSelect( b, event, FD_READ ) );
        for (j = 0; j < 3; j++)
        {
            reset_by_enum( a, b, event );
            if (j < 2) ok( !waits[i].func( event, 0 ), "signalled\n" );
            if (j == 1) ok( !waits[i].func( event, 20 ), "signalled\n" );
            ok_call( send( a, "x", 1, 0 ), 1, 0 );
            ok( waits[i].func( event, 10000 ), "not signalled\n" );
            ok( waits[i].func( event, 0 ), "not signalled any more\n" );
            ok_call( recv( b, data, sizeof( data ), 0 ), 1, 0 );
            ok_success( ResetEvent( event ) ? 0 : SOCKET_ERROR );
            ok( !waits[i].func( event, 0 ), "signalled\n" );
        }
        ok_success( WSAEventSelect( b, NULL, 0 ) );
        WSACloseEvent( event );
        winetest_pop_context();
    }
}

/* ---- what else may happen to it: TRUE if it is signalled then */

static BOOL do_set( void )
{
    SetEvent( event );
    return TRUE;
}

static BOOL do_pulse( void )
{
    PulseEvent( event );
    return FALSE;
}

static BOOL do_set_reset( void )
{
    SetEvent( event );
    ResetEvent( event );
    return FALSE;
}

static BOOL do_enum( void )
{
    WSANETWORKEVENTS events;

    ok_success( WSAEnumNetworkEvents( b, event, &events ) );
    ok( !events.lNetworkEvents, "got %lx\n", events.lNetworkEvents );
    return FALSE;
}

static BOOL do_select_again( void )
{
    ok_success( WSAEventSelect( b, event, FD_READ ) );
    return FALSE;
}

static BOOL do_select_none( void )
{
    ok_success( WSAEventSelect( b, NULL, 0 ) );
    return FALSE;
}

/* An operation that pends resets its event. */
static BOOL do_pend( void )
{
    static OVERLAPPED ov;
    char data[8];
    WSABUF buffer = { sizeof( data ), data };
    DWORD got, flags = 0;

    memset( &ov, 0, sizeof( ov ) );
    ov.hEvent = event;
    ok_error( WSARecv( b, &buffer, 1, &got, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "signalled while the operation pends\n" );
    CancelIoEx( (HANDLE)b, &ov );
    ok( wait_overlapped( &ov, 10000 ), "it pends\n" );
    return TRUE;
}

static BOOL do_done( void )
{
    send_with_event( a, b, event );
    WaitForSingleObject( event, 10000 );
    return TRUE;
}

/* One that doesn't come about leaves it alone. */
static BOOL do_fail( void )
{
    OVERLAPPED ov = { .hEvent = event };
    char data[8];

    ok( !ReadFile( (HANDLE)0xdead0, data, sizeof( data ), NULL, &ov ) && GetLastError() == ERROR_INVALID_HANDLE,
        "got %lu\n", GetLastError() );
    return FALSE;
}

/* More other events than the table of event_state.c has room for; their waits are right as well, and
 * what happens then is reported. */
static BOOL do_many( void )
{
    static BOOL data;
    static HANDLE others[8192];
    unsigned int i, count;
    DWORD bad = 0;

    for (count = 0; count < ARRAY_SIZE( others ); count++)
    {
        others[count] = CreateEventW( NULL, TRUE, FALSE, NULL );
        if (others[count] != event && !( ( HandleToULong( others[count] ) ^ HandleToULong( event ) ) & 0x3ffc )) break;
    }
    for (i = count > 10 ? count - 10 : 0; i <= count && i < ARRAY_SIZE( others ); i++)
    {
        SetEvent( others[i] );
        bad += WaitForSingleObject( others[i], 0 );
        ResetEvent( others[i] );
        bad += WaitForSingleObject( others[i], 0 ) != WAIT_TIMEOUT;
    }
    ok( !bad, "%lu waits are wrong\n", bad );
    if (( data = !data ))
    {
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        ok( !WaitForSingleObject( event, 10000 ), "not signalled\n" );
        ok_call( recv( b, (char[1]){ 0 }, 1, 0 ), 1, 0 );
    }
    for (i = 0; i <= count && i < ARRAY_SIZE( others ); i++) CloseHandle( others[i] );
    return data;
}

/* The server signals it from now on. */
static BOOL do_listen( void )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    SOCKET listener = socket( AF_INET, SOCK_STREAM, 0 ), client = socket( AF_INET, SOCK_STREAM, 0 );
    int len = sizeof( addr );
    static BOOL look;

    ok_success( bind( listener, (struct sockaddr *)&addr, len ) );
    ok_success( listen( listener, 1 ) );
    ok_success( getsockname( listener, (struct sockaddr *)&addr, &len ) );
    ok_success( WSAEventSelect( listener, event, FD_ACCEPT ) );
    if (look) ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "signalled before anybody connects\n" );
    look = !look;
    ok_success( connect( client, (struct sockaddr *)&addr, len ) );
    ok( !WaitForSingleObject( event, 10000 ), "not signalled\n" );
    closesocket( client );
    closesocket( listener );
    return TRUE;
}

static const struct
{
    const char *name;
    BOOL ( *func )( void );
} deeds[] = {
    { "SetEvent", do_set },
    { "PulseEvent", do_pulse },
    { "SetEvent, ResetEvent", do_set_reset },
    { "WSAEnumNetworkEvents", do_enum },
    { "selected again", do_select_again },
    { "selected no more", do_select_none },
    { "an operation pends", do_pend },
    { "an operation is done", do_done },
    { "an operation fails", do_fail },
    { "many other events", do_many },
    { "a listener", do_listen },
};

static void test_deeds( void )
{
    unsigned int i, j;
    BOOL ret;

    for (i = 0; i < ARRAY_SIZE( deeds ); i++)
    {
        winetest_push_context( "%s", deeds[i].name );
        event = WSACreateEvent();
        for (j = 0; j < 3; j++)
        {
            ok_success( WSAEventSelect( b, event, FD_READ ) );
            reset_by_enum( a, b, event );
            ret = deeds[i].func();
            ok( WaitForSingleObject( event, 0 ) == ( ret ? WAIT_OBJECT_0 : WAIT_TIMEOUT ), "%ssignalled\n",
                ret ? "not " : "" );
            ResetEvent( event );
            ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "signalled\n" );
        }
        ok_success( WSAEventSelect( b, NULL, 0 ) );
        WSACloseEvent( event );
        winetest_pop_context();
    }
}

/* ---- one thread waits for more than this event while another uses it */

static DWORD WINAPI wait_for_both( void *arg )
{
    return WaitForMultipleObjects( 2, arg, TRUE, 20000 );
}

static void test_all( void )
{
    HANDLE handles[2], thread;
    int i;

    event = WSACreateEvent();
    handles[0] = event;
    handles[1] = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok_success( WSAEventSelect( b, event, FD_READ ) );
    reset_by_enum( a, b, event );
    for (i = 0; i < 3; i++)
    {
        thread = CreateThread( NULL, 0, wait_for_both, handles, 0, NULL );
        Sleep( 50 );
        reset_by_enum( a, b, event );
        SetEvent( handles[1] ); /* never at the same time */
        ok( WaitForSingleObject( thread, 100 ) == WAIT_TIMEOUT, "both were signalled\n" );
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        ok( !WaitForSingleObject( thread, 20000 ), "it still waits\n" );
        CloseHandle( thread );
        ResetEvent( handles[1] );
        ok_call( recv( b, (char[1]){ 0 }, 1, 0 ), 1, 0 );
        ResetEvent( event );
    }
    ok_success( WSAEventSelect( b, NULL, 0 ) );
    WSACloseEvent( event );
    CloseHandle( handles[1] );
}

START_TEST( event_reset )
{
    int argc;
    char **argv;

    argc = winetest_get_mainargs( &argv );
    if (argc >= 5)
        ExitProcess(
            WaitForSingleObject( (HANDLE)(ULONG_PTR)strtoul( argv[3], NULL, 16 ), strtoul( argv[4], NULL, 10 ) ) );
    start_winsock();
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    test_waits();
    test_deeds();
    test_all();
    closesocket( b );
    closesocket( a );
    stop_winsock();
}
