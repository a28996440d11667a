/*
 * Thousands of operations pending at once, on as many sockets: each completes once, with its own data, and costs little
 * memory
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include <psapi.h>

#define MAX_COUNT 10000 /* with two descriptors each, ours and ntdll's, more than the 20,000 that some hosts allow */

static SOCKET sockets[MAX_COUNT];
static OVERLAPPED ovs[MAX_COUNT];
static int data[MAX_COUNT], received[MAX_COUNT];

/* Private memory of the process; -1 where the host doesn't say. Wine maps pages for PE files too, but those don't
 * change here. */
static LONGLONG private_memory( void )
{
    PROCESS_MEMORY_COUNTERS counters = { sizeof( counters ) };

    return GetProcessMemoryInfo( GetCurrentProcess(), &counters, sizeof( counters ) ) ? (LONGLONG)counters.PagefileUsage
                                                                                      : -1;
}

static void test_pending( int count )
{
    struct sockaddr_in addr = { AF_INET };
    LONGLONG before, after;
    OVERLAPPED_ENTRY entries[64];
    ULONG n, i, done = 0;
    HANDLE port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    SOCKET sender = udp_socket( AF_INET );
    DWORD start;
    int k, len, ret;

    winetest_push_context( "%d", count );
    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    for (k = 0; k < count; k++)
    {
        sockets[k] = udp_socket( AF_INET );
        ok( sockets[k] != INVALID_SOCKET, "%d: no socket, error %d\n", k, WSAGetLastError() );
        if (sockets[k] == INVALID_SOCKET) break;
        addr.sin_port = 0;
        if (bind( sockets[k], (struct sockaddr *)&addr, sizeof( addr ) ))
            ok( 0, "%d: bind: error %d\n", k, WSAGetLastError() );
        if (CreateIoCompletionPort( (HANDLE)sockets[k], port, k, 0 ) != port)
            ok( 0, "%d: not associated, error %lu\n", k, GetLastError() );
        received[k] = 0;
    }
    if (k < count)
    {
        while (k--) closesocket( sockets[k] );
        winetest_pop_context();
        return;
    }
    before = private_memory();
    for (k = 0; k < count; k++)
    {
        WSABUF wsabuf = { sizeof( data[k] ), (char *)&data[k] };
        DWORD flags = 0;

        memset( &ovs[k], 0, sizeof( ovs[k] ) );
        ret = WSARecv( sockets[k], &wsabuf, 1, NULL, &flags, &ovs[k], NULL );
        if (!ret || WSAGetLastError() != WSA_IO_PENDING) ok( 0, "%d: got %d, error %d\n", k, ret, WSAGetLastError() );
    }
    after = private_memory();
    trace( "%ld bytes for each operation\n", (long)( ( after - before ) / count ) );
    /* besides, with the first operation threads begin */
    if (!by_afd())
        ok( after - before <= count * 1024ll + 0x400000, "%ld bytes for each operation\n",
            (long)( ( after - before ) / count ) );

    for (k = 0; k < count; k++)
    {
        len = sizeof( addr );
        getsockname( sockets[k], (struct sockaddr *)&addr, &len );
        if (sendto( sender, (char *)&k, sizeof( k ), 0, (struct sockaddr *)&addr, len ) != sizeof( k ))
            ok( 0, "%d: sendto: error %d\n", k, WSAGetLastError() );
    }
    start = GetTickCount();
    while (done < (ULONG)count && GetTickCount() - start < 20000)
    {
        if (!GetQueuedCompletionStatusEx( port, entries, ARRAY_SIZE( entries ), &n, 1000, FALSE )) continue;
        for (i = 0; i < n; i++)
        {
            k = entries[i].lpCompletionKey;
            if (entries[i].lpOverlapped != &ovs[k] || received[k]++ || data[k] != k
                || entries[i].dwNumberOfBytesTransferred != sizeof( k ))
                ok( 0, "%d: wrong packet\n", k );
        }
        done += n;
    }
    ok( done == (ULONG)count, "%lu of %d have completed\n", done, count );
    ok( !GetQueuedCompletionStatusEx( port, entries, 1, &n, 20, FALSE ), "one more packet\n" );
    for (k = 0; k < count; k++) closesocket( sockets[k] );
    closesocket( sender );
    CloseHandle( port );
    winetest_pop_context();
}

START_TEST( pending )
{
    start_winsock();
    test_pending( 100 );
    test_pending( by_afd() ? 1000 : MAX_COUNT );
    stop_winsock();
}
