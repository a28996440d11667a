/*
 * Handles of a completion port that don't have all rights
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define QUERY_STATE  1
#define MODIFY_STATE 2

static const struct
{
    DWORD access;
    BOOL modifies, waits;
} rights[] = {
    { SYNCHRONIZE, FALSE, TRUE },
    { QUERY_STATE, FALSE, FALSE },
    { SYNCHRONIZE | QUERY_STATE, FALSE, TRUE },
    { MODIFY_STATE, TRUE, FALSE },
    { SYNCHRONIZE | MODIFY_STATE, TRUE, TRUE },
    { GENERIC_READ, FALSE, FALSE },
    { GENERIC_WRITE, TRUE, FALSE },
    { GENERIC_ALL, TRUE, TRUE },
    { MAXIMUM_ALLOWED, TRUE, TRUE },
};

static BOOL take( HANDLE port, BOOL ex, DWORD timeout )
{
    OVERLAPPED_ENTRY entry;
    OVERLAPPED *ov;
    ULONG_PTR key;
    DWORD count;

    SetLastError( 0xdeadbeef );
    if (ex) return GetQueuedCompletionStatusEx( port, &entry, 1, &count, timeout, FALSE );
    return GetQueuedCompletionStatus( port, &count, &key, &ov, timeout );
}

/* A packet by every way, and to the full handle what the other one may not have. */
static void check_rights( HANDLE port, HANDLE handle, int i, SOCKET s, SOCKET peer )
{
    OVERLAPPED ov = { 0 };
    BOOL ret, ex;
    DWORD wait;
    char data;

    for (ex = FALSE; ex <= TRUE; ex++)
    {
        winetest_push_context( "ex %d", ex );
        SetLastError( 0xdeadbeef );
        ret = PostQueuedCompletionStatus( handle, 1, 2, NULL );
        ok( ret == rights[i].modifies && ( ret || GetLastError() == ERROR_ACCESS_DENIED ), "post: got %d, error %lu\n",
            ret, GetLastError() );
        if (!ret) ok( PostQueuedCompletionStatus( port, 1, 2, NULL ), "error %lu\n", GetLastError() );
        SetLastError( 0xdeadbeef );
        wait = WaitForSingleObject( handle, 0 );
        ok( wait == ( rights[i].waits ? WAIT_OBJECT_0 : WAIT_FAILED ), "wait: got %lu, error %lu\n", wait,
            GetLastError() );
        ret = take( handle, ex, 1000 );
        ok( ret == rights[i].modifies && ( ret || GetLastError() == ERROR_ACCESS_DENIED ), "take: got %d, error %lu\n",
            ret, GetLastError() );
        if (!ret) ok( take( port, ex, 1000 ), "error %lu\n", GetLastError() );

        ok_call( begin_recv( s, &data, 1, &ov, NULL ), WSA_IO_PENDING, 0 );
        ok_call( send( peer, "a", 1, 0 ), 1, 0 );
        ok( wait_overlapped( &ov, 3000 ), "it doesn't end\n" );
        ret = take( handle, ex, 0 );
        ok( ret == rights[i].modifies && ( ret || GetLastError() == ERROR_ACCESS_DENIED ), "take: got %d, error %lu\n",
            ret, GetLastError() );
        if (!ret) ok( take( port, ex, 1000 ), "error %lu\n", GetLastError() );
        ok( !take( port, ex, 0 ) && GetLastError() == WAIT_TIMEOUT, "error %lu\n", GetLastError() );
        winetest_pop_context();
    }
}

START_TEST( port_access )
{
    HANDLE port, full, handle, copy, self = GetCurrentProcess();
    SOCKET s, peer;
    int i, round;

    start_winsock();
    for (round = 0; round < 2; round++) /* before and after the port is served */
        for (i = 0; i < (int)ARRAY_SIZE( rights ); i++)
        {
            winetest_push_context( "access %lx, round %d", rights[i].access, round );
            tcp_socketpair( &s, &peer );
            port = CreateIoCompletionPort( (HANDLE)s, NULL, 1, 0 );
            if (round) ok( !take( port, FALSE, 1 ) && GetLastError() == WAIT_TIMEOUT, "error %lu\n", GetLastError() );
            ok( DuplicateHandle( self, port, self, &handle, rights[i].access, FALSE, 0 ), "error %lu\n",
                GetLastError() );
            check_rights( port, handle, i, s, peer );
            ok( DuplicateHandle( self, handle, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE ),
                "error %lu\n", GetLastError() );
            check_rights( port, copy, i, s, peer );
            CloseHandle( copy );
            /* what gets the value now has all rights */
            ok( DuplicateHandle( self, port, self, &full, 0, FALSE, DUPLICATE_SAME_ACCESS ), "error %lu\n",
                GetLastError() );
            ok( PostQueuedCompletionStatus( full, 1, 2, NULL ) && take( full, FALSE, 1000 ), "error %lu\n",
                GetLastError() );
            CloseHandle( full );
            CloseHandle( port );
            closesocket( s );
            closesocket( peer );
            winetest_pop_context();
        }
    stop_winsock();
}
