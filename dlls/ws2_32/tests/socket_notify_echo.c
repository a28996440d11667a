/*
 * ProcessSocketNotifications: a thread that waits, and one that makes something happen
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "wsuring_notify.h"

static DWORD( WINAPI *notify )( HANDLE port, UINT32 count, SOCK_NOTIFY_REGISTRATION *registrations, UINT32 timeout,
                                ULONG room, OVERLAPPED_ENTRY *entries, UINT32 *received );

static SOCKET a, b;

static DWORD WINAPI echo_thread( void *arg )
{
    char byte;
    int i;

    (void)arg;
    for (i = 0; i < 300; i++)
    {
        ok( send( a, "x", 1, 0 ) == 1, "error %d\n", WSAGetLastError() );
        if (recv( a, &byte, 1, 0 ) != 1) break;
    }
    ok( i == 300, "got %d\n", i );
    return 0;
}

static void test_echo( UINT8 trigger )
{
    SOCK_NOTIFY_REGISTRATION reg = { 0 };
    OVERLAPPED_ENTRY entry;
    UINT32 received, registrations = trigger & SOCK_NOTIFY_TRIGGER_ONESHOT ? 1 : 0, i = 0;
    HANDLE thread, port;
    char data[8];
    DWORD ret;
    int len;

    winetest_push_context( "trigger %#x", trigger );
    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    tcp_socketpair( &a, &b );
    set_blocking( b, FALSE );
    reg.socket = b;
    reg.completionKey = (void *)7;
    reg.eventFilter = SOCK_NOTIFY_REGISTER_EVENT_IN;
    reg.operation = SOCK_NOTIFY_OP_ENABLE;
    reg.triggerFlags = trigger;
    ok( !notify( port, 1, &reg, 0, 0, NULL, NULL ) && !reg.registrationResult, "error %lu\n", reg.registrationResult );
    thread = CreateThread( NULL, 0, echo_thread, NULL, 0, NULL );
    while (i < 300)
    {
        ret = notify( port, registrations, registrations ? &reg : NULL, 5000, 1, &entry, &received );
        registrations = trigger & SOCK_NOTIFY_TRIGGER_ONESHOT ? 1 : 0;
        ok( !ret && received == 1 && entry.dwNumberOfBytesTransferred == SOCK_NOTIFY_EVENT_IN, "got %lu, %u at %u\n",
            ret, received, i );
        if (ret) break;
        while (( len = recv( b, data, sizeof( data ), 0 ) ) > 0)
        {
            i += len;
            ok( send( b, data, len, 0 ) == len, "error %d\n", WSAGetLastError() );
            if (trigger & SOCK_NOTIFY_TRIGGER_LEVEL) break;
        }
    }
    ok( !WaitForSingleObject( thread, 10000 ), "the other thread waits\n" );
    CloseHandle( thread );
    closesocket( a );
    closesocket( b );
    CloseHandle( port );
    winetest_pop_context();
}

START_TEST( socket_notify_echo )
{
    notify = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "ProcessSocketNotifications" );
    if (!notify)
    {
        skip( "no notifications\n" );
        return;
    }
    start_winsock();
    test_echo( SOCK_NOTIFY_TRIGGER_LEVEL );
    test_echo( SOCK_NOTIFY_TRIGGER_LEVEL | SOCK_NOTIFY_TRIGGER_ONESHOT );
    test_echo( SOCK_NOTIFY_TRIGGER_EDGE );
    stop_winsock();
}
