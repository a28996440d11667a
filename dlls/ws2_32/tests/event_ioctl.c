/*
 * Programs that select and take network events by ioctls of their own, beside our data path
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The layouts are Wine's, which the modules of Wine use for themselves.
 */

#include "sockets.h"
#include <winternl.h>

#define IOCTL_EVENT_SELECT 0x00012087
#define IOCTL_GET_EVENTS   0x0001208b

#define POLL_READ    0x0001
#define POLL_WRITE   0x0004
#define POLL_HUP     0x0008
#define POLL_RESET   0x0010
#define POLL_CONNECT 0x0040

#define STATUS_INVALID_PARAMETER_ ( (NTSTATUS)0xc000000d )

struct select_params
{
    HANDLE event;
    ULONG mask;
#ifdef _WIN64
    ULONG pad;
#endif
};

struct events_params
{
    ULONG flags;
    NTSTATUS status[13];
};

static NTSTATUS( WINAPI *pNtReadFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *, ULONG,
                                        LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *pNtDeviceIoControlFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *,
                                                   ULONG, void *, ULONG );

/* Both ways lead to the same device. */
static NTSTATUS call_ntdll( SOCKET s, ULONG code, void *in, ULONG in_size, void *out, ULONG out_size )
{
    IO_STATUS_BLOCK iosb;
    HANDLE done = CreateEventW( NULL, TRUE, FALSE, NULL );
    NTSTATUS status;

    memset( &iosb, 0xcc, sizeof( iosb ) );
    status = pNtDeviceIoControlFile( (HANDLE)s, done, NULL, NULL, &iosb, code, in, in_size, out, out_size );
    if (!status)
    {
        ok( !iosb.Status, "code %lx: got %lx in the status block\n", code, iosb.Status );
        ok( !WaitForSingleObject( done, 0 ), "code %lx: its event isn't set\n", code );
    }
    CloseHandle( done );
    return status;
}

static NTSTATUS call_kernel( SOCKET s, ULONG code, void *in, ULONG in_size, void *out, ULONG out_size )
{
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    DWORD size;
    BOOL ret = DeviceIoControl( (HANDLE)s, code, in, in_size, out, out_size, &size, &ov );

    CloseHandle( ov.hEvent );
    return ret ? 0 : GetLastError() == ERROR_INVALID_PARAMETER ? STATUS_INVALID_PARAMETER_ : -1;
}

static NTSTATUS ( *call )( SOCKET, ULONG, void *, ULONG, void *, ULONG );
static HANDLE event;

static ULONG take_by_ioctl( SOCKET s )
{
    struct events_params params;
    NTSTATUS status;
    int i;

    memset( &params, 0xcc, sizeof( params ) );
    ResetEvent( event );
    status = call( s, IOCTL_GET_EVENTS, NULL, 0, &params, sizeof( params ) );
    ok( !status, "got %lx\n", status );
    for (i = 0; i < 13; i++) ok( !params.status[i], "%d: got %lx\n", i, params.status[i] );
    return params.flags;
}

static ULONG take_by_winsock( SOCKET s )
{
    WSANETWORKEVENTS events;

    ok_success( WSAEnumNetworkEvents( s, event, &events ) );
    return ( events.lNetworkEvents & FD_READ ? POLL_READ : 0 ) | ( events.lNetworkEvents & FD_WRITE ? POLL_WRITE : 0 )
           | ( events.lNetworkEvents & FD_CONNECT ? POLL_CONNECT : 0 )
           | ( events.lNetworkEvents & FD_CLOSE ? POLL_HUP : 0 );
}

static NTSTATUS select_by_ioctl( SOCKET s, HANDLE selected, ULONG mask )
{
    struct select_params params = { .event = selected, .mask = mask };

    return call( s, IOCTL_EVENT_SELECT, &params, sizeof( params ), NULL, 0 );
}

static void test_rounds( BOOL select_ioctl, BOOL take_ioctl )
{
    ULONG ( *take )( SOCKET ) = take_ioctl ? take_by_ioctl : take_by_winsock;
    SOCKET a, b;
    char data[8];
    ULONG got;
    int i;

    winetest_push_context( "%s, select %d, take %d", call == call_ntdll ? "ntdll" : "kernel32", select_ioctl,
                           take_ioctl );
    tcp_socketpair( &a, &b );
    /* both have been used: the data path is on */
    ok_call( send( b, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( a, data, sizeof( data ), 0 ), 3, 0 );
    ResetEvent( event );
    if (select_ioctl) ok( !select_by_ioctl( a, event, ~0u ), "failed\n" );
    else ok_success( WSAEventSelect( a, event, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE ) );
    ok( !WaitForSingleObject( event, 5000 ), "the event isn't set\n" );
    got = take( a );
    ok( got == ( POLL_CONNECT | POLL_WRITE ), "got %lx\n", got );
    got = take( a );
    ok( !got, "got %lx\n", got );
    for (i = 0; i < 4; i++)
    {
        ok( WaitForSingleObject( event, 20 ) == WAIT_TIMEOUT, "%d: the event is set\n", i );
        ok_call( send( b, "abcd", 4, 0 ), 4, 0 );
        ok( !WaitForSingleObject( event, 5000 ), "%d: the event isn't set\n", i );
        got = take( a );
        ok( got == POLL_READ, "%d: got %lx\n", i, got );
        got = take( a );
        ok( !got, "%d: got %lx\n", i, got );
        /* a part enables the event again */
        ok_call( recv( a, data, 1, 0 ), 1, 0 );
        ok( !WaitForSingleObject( event, 5000 ), "%d: the event isn't set\n", i );
        got = take( a );
        ok( got == POLL_READ, "%d: got %lx\n", i, got );
        ok_call( recv( a, data, sizeof( data ), 0 ), 3, 0 );
    }
    ok_success( shutdown( b, SD_SEND ) );
    ok( !WaitForSingleObject( event, 5000 ), "the event isn't set\n" );
    got = take( a );
    ok( got == POLL_HUP, "got %lx\n", got );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* The end of a connection by a reset isn't the graceful one. */
static void test_reset( void )
{
    struct linger linger = { 1, 0 };
    SOCKET a, b;
    ULONG got;
    int i;

    tcp_socketpair( &a, &b );
    ok_success( WSAEventSelect( a, event, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE ) );
    got = take_by_ioctl( a );
    ok( got == ( POLL_CONNECT | POLL_WRITE ), "got %lx\n", got );
    ok_success( setsockopt( b, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
    closesocket( b );
    /* it may come after the call that causes it */
    for (i = 0; i < 1000 && !( got = take_by_ioctl( a ) ); i++) Sleep( 1 );
    ok( got == POLL_RESET, "got %lx\n", got );
    got = take_by_ioctl( a );
    ok( !got, "got %lx\n", got );
    closesocket( a );
}

/* What is read past Winsock enables FD_READ, too. */
static void test_read_file( void )
{
    IO_STATUS_BLOCK iosb;
    HANDLE done = CreateEventW( NULL, TRUE, FALSE, NULL );
    NTSTATUS status;
    SOCKET a, b;
    char data[8];
    int i;

    tcp_socketpair( &a, &b );
    ok_success( WSAEventSelect( a, event, FD_READ ) );
    for (i = 0; i < 4; i++)
    {
        ResetEvent( event );
        ok_call( send( b, "abcd", 4, 0 ), 4, 0 );
        ok( !WaitForSingleObject( event, 5000 ), "%d: the event isn't set\n", i );
        ok( take_by_winsock( a ) == POLL_READ, "%d: no FD_READ\n", i );
        status = pNtReadFile( (HANDLE)a, done, NULL, NULL, &iosb, data, 1, NULL, NULL );
        ok( !status && iosb.Information == 1, "%d: got %lx, %Iu\n", i, status, iosb.Information );
        ok( take_by_winsock( a ) == POLL_READ, "%d: no FD_READ for the rest\n", i );
        status = pNtReadFile( (HANDLE)a, done, NULL, NULL, &iosb, data, sizeof( data ), NULL, NULL );
        ok( !status && iosb.Information == 3, "%d: got %lx, %Iu\n", i, status, iosb.Information );
        ok( !take_by_winsock( a ), "%d: FD_READ without data\n", i );
    }
    closesocket( a );
    closesocket( b );
    CloseHandle( done );
}

static void test_end( void )
{
    SOCKET a, b;
    HANDLE other = CreateEventW( NULL, TRUE, FALSE, NULL );

    /* the last selection counts, whoever made it */
    tcp_socketpair( &a, &b );
    ok_success( WSAEventSelect( a, event, FD_READ ) );
    ok( !select_by_ioctl( a, other, POLL_READ ), "failed\n" );
    ResetEvent( event );
    ok_call( send( b, "abc", 3, 0 ), 3, 0 );
    ok( !WaitForSingleObject( other, 5000 ), "the event isn't set\n" );
    ok( WaitForSingleObject( event, 20 ) == WAIT_TIMEOUT, "the old event is set\n" );
    ok( take_by_winsock( a ) == POLL_READ, "no FD_READ\n" );
    ok( !select_by_ioctl( a, NULL, 0 ), "failed\n" );
    ResetEvent( other );
    ok_call( drain( a, 3 ), 3, 0 );
    ok_call( send( b, "abc", 3, 0 ), 3, 0 );
    ok( WaitForSingleObject( other, 50 ) == WAIT_TIMEOUT, "the event is set\n" );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "the old event is set\n" );
    closesocket( a );
    closesocket( b );
    CloseHandle( other );
}

static void test_refused( void )
{
    struct events_params params;
    SOCKET a, b;
    NTSTATUS status;

    tcp_socketpair( &a, &b );
    ok_success( WSAEventSelect( a, event, FD_CONNECT | FD_READ | FD_WRITE ) );
    status = call( a, IOCTL_GET_EVENTS, NULL, 0, NULL, 0 );
    ok( status == STATUS_INVALID_PARAMETER_, "got %lx\n", status );
    status = call( a, IOCTL_GET_EVENTS, NULL, 0, &params, sizeof( params ) - 1 );
    ok( status == STATUS_INVALID_PARAMETER_, "got %lx\n", status );
    status = call( a, IOCTL_EVENT_SELECT, NULL, 0, NULL, 0 );
    ok( status == STATUS_INVALID_PARAMETER_, "got %lx\n", status );
    status = select_by_ioctl( a, NULL, POLL_READ );
    ok( status == STATUS_INVALID_PARAMETER_, "got %lx\n", status );
    /* nothing has been taken, and the selection still stands */
    ok( take_by_ioctl( a ) == ( POLL_CONNECT | POLL_WRITE ), "it was taken\n" );
    closesocket( a );
    closesocket( b );
}

START_TEST( event_ioctl )
{
    int i;

    pNtDeviceIoControlFile = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtDeviceIoControlFile" );
    pNtReadFile = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtReadFile" );
    start_winsock();
    event = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (call = call_ntdll;; call = call_kernel)
    {
        for (i = 0; i < 4; i++) test_rounds( i & 1, i >> 1 );
        test_reset();
        test_end();
        test_refused();
        if (call == call_kernel) break;
    }
    test_read_file();
    CloseHandle( event );
    stop_winsock();
}
