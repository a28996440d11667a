/*
 * Notifications of changes of the catalogues: WSAProviderConfigChange, and the Wah functions about them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Other tests that run in the same prefix may change the catalogue, too: nothing here depends on a wait that goes on.
 */

#include "sockets.h"
#include <ws2spi.h>

static int( WINAPI *change )( HANDLE *, WSAOVERLAPPED *, LPWSAOVERLAPPED_COMPLETION_ROUTINE );
static DWORD( WINAPI *wah_open )( HANDLE * ), ( WINAPI * wah_close )( HANDLE );
static DWORD( WINAPI *wah_create )( HANDLE, HANDLE * ), ( WINAPI * wah_notify )( HANDLE );
static DWORD( WINAPI *wah_wait )( HANDLE, HANDLE, WSAOVERLAPPED *, LPWSAOVERLAPPED_COMPLETION_ROUTINE );
static HANDLE helper;

static void find_functions( void )
{
    HMODULE module = GetModuleHandleA( "ws2_32.dll" );

    change = (void *)GetProcAddress( module, "WSAProviderConfigChange" );
    wah_open = (void *)GetProcAddress( module, "WahOpenNotificationHandleHelper" );
    wah_close = (void *)GetProcAddress( module, "WahCloseNotificationHandleHelper" );
    wah_create = (void *)GetProcAddress( module, "WahCreateNotificationHandle" );
    wah_wait = (void *)GetProcAddress( module, "WahWaitForNotification" );
    wah_notify = (void *)GetProcAddress( module, "WahNotifyAllProcesses" );
}

/* Something in the catalogue changes, and is as before in the end. */
static void change_catalog( void )
{
    static const GUID id = { 0x6a0d1f74, 0x1c0e, 0x4c55, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x22, 0x07 } };
    LPWSCINSTALLPROVIDER install = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "WSCInstallProvider" );
    LPWSCDEINSTALLPROVIDER drop = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "WSCDeinstallProvider" );
    WSAPROTOCOL_INFOW info = { .iAddressFamily = 0x78, .iSocketType = SOCK_STREAM, .iVersion = 2 };
    GUID provider = id;
    int err = 0;

    info.ProtocolChain.ChainLen = 1;
    install( &provider, L"C:\\no\\such\\provider.dll", &info, 1, &err ); /* another tier's test may have it there */
    ok( !err || err == WSANO_RECOVERY, "got %d\n", err );
    drop( &provider, &err );
    ok( !err || err == WSAEINVAL, "got %d\n", err );
}

static void pend( HANDLE handle, WSAOVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    ov->Internal = 0;
    ok_error( change( &handle, ov, routine ), WSA_IO_PENDING );
}

static DWORD routine_error;
static WSAOVERLAPPED *routine_ov;

static void CALLBACK routine( DWORD error, DWORD bytes, WSAOVERLAPPED *ov, DWORD flags )
{
    ok( !bytes && !flags, "got %lu bytes, flags %#lx\n", bytes, flags );
    routine_error = error;
    routine_ov = ov;
}

static void test_overlapped( HANDLE handle )
{
    WSAOVERLAPPED one = { .hEvent = WSACreateEvent() }, two = { .hEvent = WSACreateEvent() };
    HANDLE copy;

    pend( handle, &one, NULL );
    pend( handle, &two, NULL );
    change_catalog();
    ok( !WaitForSingleObject( one.hEvent, 20000 ) && !one.Internal, "got %#Ix\n", one.Internal );
    ok( !WaitForSingleObject( two.hEvent, 20000 ) && !two.Internal, "got %#Ix\n", two.Internal );

    pend( handle, &one, NULL ); /* which resets the event */
    ok( !wah_notify( helper ), "it doesn't notify\n" );
    ok( !WaitForSingleObject( one.hEvent, 20000 ) && !one.Internal, "got %#Ix\n", one.Internal );

    pend( handle, &one, routine );
    ok( !wah_notify( helper ), "it doesn't notify\n" );
    routine_ov = NULL;
    while (!routine_ov)
        if (SleepEx( 20000, TRUE ) != WAIT_IO_COMPLETION) break;
    ok( routine_ov == &one && !routine_error, "got %p, error %lu\n", routine_ov, routine_error );

    ok( wah_wait( helper, handle, &one, NULL ) == WSA_IO_PENDING, "it doesn't wait\n" );
    ok( !wah_notify( helper ), "it doesn't notify\n" );
    ok( !WaitForSingleObject( one.hEvent, 20000 ) && !one.Internal, "got %#Ix\n", one.Internal );

    /* a handle is closed while a wait for it goes on */
    DuplicateHandle( GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS );
    pend( copy, &two, NULL );
    ok( CloseHandle( copy ), "error %lu\n", GetLastError() );
    ok( !WaitForSingleObject( two.hEvent, 20000 ), "it goes on\n" );
    ok( !two.Internal || two.Internal == 0xc0000120 /* STATUS_CANCELLED */, "got %#Ix\n", two.Internal );
    WSACloseEvent( one.hEvent );
    WSACloseEvent( two.hEvent );
}

static DWORD WINAPI block( void *arg )
{
    HANDLE handle = arg;

    ok_success( change( &handle, NULL, NULL ) );
    return 0;
}

/* When the thread has begun to wait isn't known, so there is more than one change. */
static void test_blocking( HANDLE handle )
{
    HANDLE thread = CreateThread( NULL, 0, block, handle, 0, NULL );
    int i;

    for (i = 0; i < 400 && WaitForSingleObject( thread, 50 ); i++) wah_notify( helper );
    ok( i < 400, "it still waits\n" );
    CloseHandle( thread );
}

/* A function that returns its error, and the row of it in docs/errors.md. */
#define fails( name, when, call, error )                                                                               \
    do                                                                                                                 \
    {                                                                                                                  \
        DWORD got_ = ( call );                                                                                         \
        ok( got_ == ( error ), "%s, %s: got %lu\n", name, when, got_ );                                                \
        error_row( name, when, error, got_ );                                                                          \
    } while (0)

static void test_errors( HANDLE handle )
{
    WSAOVERLAPPED ov = { .hEvent = WSACreateEvent() };
    HANDLE event = WSACreateEvent(), none = NULL;
    HKEY key;

    ok_error( change( NULL, NULL, NULL ), WSAEFAULT );
    error_row( "WSAProviderConfigChange", "no handle", WSAEFAULT, WSAGetLastError() );
    ok_error( change( (HANDLE *)bad_page(), NULL, NULL ), WSAEFAULT );
    ok_error( change( &handle, (WSAOVERLAPPED *)bad_page(), NULL ), WSAEFAULT );
    ok_error( change( &event, &ov, NULL ), WSA_INVALID_HANDLE );
    error_row( "WSAProviderConfigChange", "another handle", WSA_INVALID_HANDLE, WSAGetLastError() );
    WSACloseEvent( event );
    ok_error( change( &event, &ov, NULL ), WSA_INVALID_HANDLE );
    RegOpenKeyExW( HKEY_LOCAL_MACHINE, L"System", 0, KEY_READ, &key );
    ok_error( change( (HANDLE *)&key, &ov, NULL ), WSA_INVALID_HANDLE ); /* of another key */
    RegCloseKey( key );

    fails( "WahOpenNotificationHandleHelper", "no place for it", wah_open( NULL ), WSAEFAULT );
    fails( "WahCreateNotificationHandle", "no helper", wah_create( NULL, &none ), WSAEINVAL );
    fails( "WahCreateNotificationHandle", "no place for it", wah_create( helper, NULL ), WSAEFAULT );
    ok( !none, "got a handle\n" );
    fails( "WahWaitForNotification", "no helper", wah_wait( NULL, handle, &ov, NULL ), WSAEINVAL );
    fails( "WahWaitForNotification", "no handle", wah_wait( helper, NULL, &ov, NULL ), WSA_INVALID_HANDLE );
    fails( "WahNotifyAllProcesses", "no helper", wah_notify( NULL ), WSAEINVAL );
    fails( "WahCloseNotificationHandleHelper", "no helper", wah_close( NULL ), WSAEINVAL );
    WSACloseEvent( ov.hEvent );
}

START_TEST( notification )
{
    HANDLE handle = NULL, other = NULL;

    find_functions();
    if (stock)
    {
        skip( "not in Wine's own module\n" );
        return;
    }
    ok_error( change( &handle, NULL, NULL ), WSANOTINITIALISED );
    start_winsock();
    ok( !wah_open( &helper ) && helper, "no helper\n" );
    ok_success( change( &handle, NULL, NULL ) ); /* the first call only makes the handle */
    ok( handle != NULL, "no handle\n" );
    test_overlapped( handle );
    test_blocking( handle );
    test_errors( handle );
    ok( !wah_create( helper, &other ) && other && other != handle, "got %p\n", other );
    test_overlapped( other );
    ok( CloseHandle( handle ) && CloseHandle( other ), "error %lu\n", GetLastError() );
    ok( !wah_close( helper ), "it isn't closed\n" );
    stop_winsock();
}
