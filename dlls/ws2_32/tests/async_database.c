/*
 * WSAAsyncGetXByY: bad input, buffers, cancelling
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define WM_ASYNC ( WM_APP + 9 )

static HWND window;

/* The message for this handle: its lParam, or -1 if there is none. */
static LPARAM wait_message( HANDLE handle, DWORD milliseconds )
{
    DWORD end = GetTickCount() + milliseconds;
    MSG msg;

    do
    {
        while (PeekMessageA( &msg, window, WM_ASYNC, WM_ASYNC, PM_REMOVE ))
            if (msg.wParam == (WPARAM)handle) return msg.lParam;
        Sleep( 1 );
    } while ((int)( end - GetTickCount() ) > 0);
    return -1;
}

#define ok_async( call, error )                                                                                        \
    do                                                                                                                 \
    {                                                                                                                  \
        HANDLE handle_ = ( call );                                                                                     \
        LPARAM lparam_;                                                                                                \
        ok( handle_ != NULL, "%s: no handle, error %d\n", #call, WSAGetLastError() );                                  \
        lparam_ = handle_ ? wait_message( handle_, 5000 ) : -1;                                                        \
        ok( lparam_ != -1 && WSAGETASYNCERROR( lparam_ ) == ( error ), "%s: got %Ix\n", #call, lparam_ );              \
    } while (0)

static void test_bad_input( void )
{
    static char longname[70000];
    char buffer[MAXGETHOSTSTRUCT], *bad = bad_page();

    memset( longname, 'a', sizeof( longname ) - 1 );
    ok_async( WSAAsyncGetServByName( window, WM_ASYNC, NULL, NULL, buffer, sizeof( buffer ) ), WSAEFAULT );
    ok_async( WSAAsyncGetServByName( window, WM_ASYNC, bad, NULL, buffer, sizeof( buffer ) ), WSAEFAULT );
    ok_async( WSAAsyncGetServByName( window, WM_ASYNC, "http", bad, buffer, sizeof( buffer ) ), WSAEFAULT );
    ok_async( WSAAsyncGetServByName( window, WM_ASYNC, "http", NULL, NULL, sizeof( buffer ) ), WSAEFAULT );
    ok_async( WSAAsyncGetServByName( window, WM_ASYNC, "http", NULL, bad, sizeof( buffer ) ), WSAEFAULT );
    ok_async( WSAAsyncGetServByName( window, WM_ASYNC, "http", NULL, buffer, -1 ), WSAENOBUFS );
    ok_async( WSAAsyncGetServByName( window, WM_ASYNC, longname, NULL, buffer, sizeof( buffer ) ), WSANO_DATA );
    ok_async( WSAAsyncGetServByPort( window, WM_ASYNC, htons( 80 ), bad, buffer, sizeof( buffer ) ), WSAEFAULT );
    ok_async( WSAAsyncGetProtoByName( window, WM_ASYNC, bad, buffer, sizeof( buffer ) ), WSAEFAULT );
    ok_async( WSAAsyncGetProtoByNumber( window, WM_ASYNC, 4711, buffer, sizeof( buffer ) ), WSANO_DATA );
    ok_async( WSAAsyncGetHostByName( window, WM_ASYNC, bad, buffer, sizeof( buffer ) ), WSAEFAULT );
    ok_async( WSAAsyncGetHostByName( window, WM_ASYNC, longname, buffer, sizeof( buffer ) ), WSAHOST_NOT_FOUND );
    ok_async( WSAAsyncGetHostByAddr( window, WM_ASYNC, bad, 4, AF_INET, buffer, sizeof( buffer ) ), WSAEFAULT );
    ok_async( WSAAsyncGetHostByAddr( window, WM_ASYNC, "\x7f\0\0\1", 3, AF_INET, buffer, sizeof( buffer ) ),
              WSAEFAULT );
    ok_async( WSAAsyncGetHostByAddr( window, WM_ASYNC, "\x7f\0\0\1", 4, 77, buffer, sizeof( buffer ) ),
              WSAEAFNOSUPPORT );
    ok_async( WSAAsyncGetHostByAddr( window, WM_ASYNC, "\x7f\0\0\1", 4, AF_INET, buffer, sizeof( buffer ) ), 0 );
}

/* A window that isn't there gets no message, but the lookup is done. */
static void test_bad_window( void )
{
    static char buffer[MAXGETHOSTSTRUCT];
    DWORD start = GetTickCount();
    HANDLE handle;

    memset( buffer, 0, sizeof( buffer ) );
    handle = WSAAsyncGetHostByName( (HWND)0xdead, WM_ASYNC, "localhost", buffer, sizeof( buffer ) );
    ok( handle != NULL, "no handle, error %d\n", WSAGetLastError() );
    while (!( (volatile HOSTENT *)buffer )->h_length && GetTickCount() - start < 10000) Sleep( 1 );
    ok( ( (HOSTENT *)buffer )->h_length == 4, "no host\n" );
    ok_async( WSAAsyncGetProtoByNumber( window, WM_ASYNC, 6, buffer, sizeof( buffer ) ), 0 );
    ok( WSAGETASYNCBUFLEN( WSAMAKEASYNCREPLY( 77, WSAENOBUFS ) ) == 77
            && WSAGETASYNCERROR( WSAMAKEASYNCREPLY( 77, WSAENOBUFS ) ) == WSAENOBUFS,
        "macros\n" );
}

/* The size in the message is enough, and one less isn't. */
static void test_sizes( void )
{
    char buffer[MAXGETHOSTSTRUCT];
    HANDLE handle = WSAAsyncGetServByName( window, WM_ASYNC, "http", "tcp", buffer, 0 );
    LPARAM lparam = wait_message( handle, 5000 );
    int size = WSAGETASYNCBUFLEN( lparam );

    ok( WSAGETASYNCERROR( lparam ) == WSAENOBUFS && size > (int)sizeof( SERVENT ), "got %Ix\n", lparam );
    memset( buffer, 0xcc, sizeof( buffer ) );
    ok_async( WSAAsyncGetServByName( window, WM_ASYNC, "http", "tcp", buffer, size - 1 ), WSAENOBUFS );
    ok( buffer[0] == (char)0xcc, "written to all the same\n" );
    ok_async( WSAAsyncGetServByName( window, WM_ASYNC, "http", "tcp", buffer, size ), 0 );
    ok( buffer[size] == (char)0xcc, "written beyond\n" );
}

/* What is cancelled gives no message and leaves the buffer alone; what isn't, gives one. */
static void test_cancel( void )
{
    static char buffer[200][MAXGETHOSTSTRUCT];
    unsigned int i, cancelled = 0, done = 0;
    HANDLE handles[200];
    BOOL gone[200], last = FALSE;
    DWORD start = GetTickCount();
    MSG msg;

    for (i = 0; i < ARRAY_SIZE( handles ); i++)
    {
        handles[i] = WSAAsyncGetHostByName( window, WM_ASYNC, "localhost", buffer[i], sizeof( buffer[i] ) );
        ok( handles[i] != NULL, "%u: got error %d\n", i, WSAGetLastError() );
    }
    for (i = ARRAY_SIZE( handles ); i--;)
    {
        gone[i] = !WSACancelAsyncRequest( handles[i] );
        if (!gone[i]) ok( WSAGetLastError() == WSAEALREADY, "%u: got error %d\n", i, WSAGetLastError() );
        else memset( buffer[i], 0xcc, 8 );
    }
    for (i = 0; i < ARRAY_SIZE( handles ); i++) cancelled += gone[i];
    while (GetTickCount() - start < 10000 && ( cancelled + done < ARRAY_SIZE( handles ) || !last ))
    {
        if (cancelled + done == ARRAY_SIZE( handles ))
        {
            last = TRUE; /* and none comes after these */
            Sleep( 100 );
        }
        while (PeekMessageA( &msg, window, WM_ASYNC, WM_ASYNC, PM_REMOVE ))
        {
            for (i = 0; i < ARRAY_SIZE( handles ) && handles[i] != (HANDLE)msg.wParam; i++) /* on */
                ;
            ok( i < ARRAY_SIZE( handles ) && !gone[i], "a message for %u, which was cancelled\n", i );
            ok( !WSAGETASYNCERROR( msg.lParam ), "%u: got error %d\n", i, WSAGETASYNCERROR( msg.lParam ) );
            done++;
        }
        Sleep( 1 );
    }
    ok( cancelled + done == ARRAY_SIZE( handles ), "%u cancelled, %u done\n", cancelled, done );
    for (i = 0; i < ARRAY_SIZE( handles ); i++)
        if (gone[i]) ok( buffer[i][0] == (char)0xcc, "%u: written to after it was cancelled\n", i );
    ok_error( WSACancelAsyncRequest( NULL ), WSAEINVAL );
}

START_TEST( async_database )
{
    ok_unless_stock( !stock, "Wine's own can't cancel, and crashes\n" );
    if (stock) return;
    window = CreateWindowA( "static", "async", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL );
    ok( window != NULL, "no window, error %lu\n", GetLastError() );
    if (!window) return;
    start_winsock();
    test_bad_input();
    test_bad_window();
    test_sizes();
    test_cancel();
    stop_winsock();
    DestroyWindow( window );
}
