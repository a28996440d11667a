/*
 * A port's handle value that is closed under a waiter, and used again: packets of the other port stay there
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "identity.h"

#define ROUNDS 20

static DWORD WINAPI wait_for_packet( void *arg )
{
    OVERLAPPED *ov = NULL;
    ULONG_PTR key = 0;
    DWORD count = 0;

    return GetQueuedCompletionStatus( arg, &count, &key, &ov, 1000 );
}

/* with_socket: the closed port has had one. */
static void test_reuse( BOOL with_socket )
{
    HANDLE port, other, thread;
    DWORD count, taken;
    OVERLAPPED *ov;
    ULONG_PTR key;
    int i, reused = 0;

    for (i = 0; i < ROUNDS; i++)
    {
        SOCKET c = udp_socket( AF_INET );

        port = CreateIoCompletionPort( with_socket ? (HANDLE)c : INVALID_HANDLE_VALUE, NULL, 1, 0 );
        other = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
        thread = CreateThread( NULL, 0, wait_for_packet, port, 0, NULL );
        Sleep( 20 ); /* mostly it waits by then */
        CloseHandle( port );
        if (reuse_value( other, (SOCKET)port ))
        {
            reused++;
            ok( PostQueuedCompletionStatus( port, 33, 44, NULL ), "got error %lu\n", GetLastError() );
            WaitForSingleObject( thread, INFINITE );
            GetExitCodeThread( thread, &taken );
            count = 0;
            key = 0;
            ok( taken || GetQueuedCompletionStatus( other, &count, &key, &ov, 2000 ), "round %d: it is lost\n", i );
            ok( taken || ( count == 33 && key == 44 ), "got %lu, %Iu\n", count, key );
            CloseHandle( port );
        }
        else WaitForSingleObject( thread, INFINITE );
        CloseHandle( thread );
        CloseHandle( other );
        closesocket( c );
    }
    ok( reused, "no value was used again\n" );
}

START_TEST( port_reuse )
{
    start_winsock();
    test_reuse( FALSE );
    test_reuse( TRUE );
    stop_winsock();
}
