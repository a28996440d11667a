/*
 * CancelIoEx and CancelSynchronousIo end select and WSAPoll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Both are requests on a socket's handle: of several, stock makes it the last one's.
 */

#include "sockets.h"

#define COUNT 3

static SOCKET sockets[COUNT], peers[COUNT];
static int count, result, error;

static DWORD WINAPI by_select( void *arg )
{
    struct timeval timeout = { 20, 0 };
    fd_set set;
    int i;

    (void)arg;
    FD_ZERO( &set );
    for (i = 0; i < count; i++) FD_SET( sockets[i], &set );
    result = select( 0, &set, NULL, NULL, &timeout );
    error = result < 0 ? WSAGetLastError() : 0;
    return 0;
}

static DWORD WINAPI by_poll( void *arg )
{
    WSAPOLLFD polled[COUNT];
    int i;

    (void)arg;
    for (i = 0; i < count; i++)
    {
        polled[i].fd = sockets[i];
        polled[i].events = POLLRDNORM;
    }
    result = WSAPoll( polled, count, 20000 );
    error = result < 0 ? WSAGetLastError() : 0;
    return 0;
}

static const struct
{
    const char *name;
    LPTHREAD_START_ROUTINE wait;
} waits[] = { { "select", by_select }, { "WSAPoll", by_poll } };

static HANDLE start_wait( unsigned int wait, int of )
{
    HANDLE thread;
    int i;

    count = of;
    for (i = 0; i < count; i++) udp_pair( AF_INET, &sockets[i], &peers[i] );
    thread = CreateThread( NULL, 0, waits[wait].wait, NULL, 0, NULL );
    Sleep( 150 );
    return thread;
}

static void end_wait( HANDLE thread, BOOL cancelled )
{
    BOOL ended = !WaitForSingleObject( thread, cancelled ? 5000 : 150 );
    int i;

    ok_unless_afd( ended == cancelled, "%s\n", ended ? "it has ended" : "it waits" );
    if (!ended) send( peers[0], "x", 1, 0 );
    ok( !WaitForSingleObject( thread, 15000 ), "it waits for ever\n" );
    if (ended && cancelled) ok( result == -1 && error == WSA_OPERATION_ABORTED, "got %d, error %d\n", result, error );
    else ok( result == 1, "got %d, error %d\n", result, error );
    CloseHandle( thread );
    for (i = 0; i < count; i++)
    {
        closesocket( sockets[i] );
        closesocket( peers[i] );
    }
}

START_TEST( select_cancel )
{
    LONG( WINAPI * pNtCancelSynchronousIoFile )( HANDLE, void *, void * )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtCancelSynchronousIoFile" );
    ULONG_PTR iosb[2];
    unsigned int wait;
    HANDLE thread;
    BOOL ret;
    int i;

    start_winsock();
    for (wait = 0; wait < ARRAY_SIZE( waits ); wait++)
    {
        winetest_push_context( "%s", waits[wait].name );
        for (i = 0; i < COUNT; i++)
        {
            winetest_push_context( "CancelIoEx of %d", i );
            thread = start_wait( wait, COUNT );
            ret = CancelIoEx( (HANDLE)sockets[i], NULL );
            if (i == COUNT - 1) ok_unless_afd( ret, "error %lu\n", GetLastError() );
            end_wait( thread, i == COUNT - 1 );
            winetest_pop_context();
        }
        thread = start_wait( wait, 1 );
        ok_unless_afd( CancelIoEx( (HANDLE)sockets[0], NULL ), "error %lu\n", GetLastError() );
        end_wait( thread, TRUE );
        thread = start_wait( wait, 1 );
        ok_unless_afd( CancelSynchronousIo( thread ), "error %lu\n", GetLastError() );
        end_wait( thread, TRUE );
        thread = start_wait( wait, 1 );
        ok_unless_afd( !pNtCancelSynchronousIoFile( thread, NULL, iosb ), "NtCancelSynchronousIoFile failed\n" );
        end_wait( thread, TRUE );
        winetest_pop_context();
    }
    stop_winsock();
}
