/*
 * Where MSG_WAITALL is refused
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages of recv and WSARecv. What it does otherwise is in recv.c.
 */

#include "sockets.h"

/* What can't wait, or can't know all, is refused; nothing is received then. */
static void test_refused( void )
{
    static const DWORD flags[] = { MSG_WAITALL | MSG_PEEK, MSG_WAITALL | MSG_OOB, MSG_WAITALL | MSG_PARTIAL };
    OVERLAPPED ov = { 0 };
    WSABUF buf;
    char buffer[16];
    unsigned int i;
    DWORD got, flag;
    SOCKET a, b;

    buf.buf = buffer;
    buf.len = 3;
    tcp_socketpair( &a, &b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "no data\n" );
    set_blocking( b, FALSE );
    ok_docs_error( recv( b, buffer, 3, MSG_WAITALL ), WSAEOPNOTSUPP );
    flag = MSG_WAITALL;
    if (!stock) ok_error( WSARecv( b, &buf, 1, &got, &flag, NULL, NULL ), WSAEOPNOTSUPP );
    if (!stock) ok_error( WSARecv( b, &buf, 1, &got, &flag, &ov, NULL ), WSAEOPNOTSUPP );
    set_blocking( b, TRUE );
    for (i = 0; i < ARRAY_SIZE( flags ); i++)
        if (!stock) ok_error( recv( b, buffer, 3, flags[i] ), WSAEOPNOTSUPP );
    if (!stock) ok_call( recv( b, buffer, 3, MSG_WAITALL ), 3, 0 );
    closesocket( a );
    closesocket( b );
}

START_TEST( recv_wait_all )
{
    start_winsock();
    test_refused();
    stop_winsock();
}
