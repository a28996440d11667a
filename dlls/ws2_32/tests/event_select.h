/*
 * What the tests of WSAEventSelect share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_EVENT_SELECT_H
#define TESTS_EVENT_SELECT_H

#include "sockets.h"

enum
{
    ALL = FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE
};

static HANDLE event;
static int close_error;

/* What is recorded within a while: all of `expect', or what there is then. */
static long take( SOCKET s, long expect )
{
    DWORD start = GetTickCount();
    WSANETWORKEVENTS events;
    long got = 0;

    do
    {
        if (WaitForSingleObject( event, expect ? 100 : 40 ))
        {
            if (expect) continue;
            break;
        }
        memset( &events, 0xcc, sizeof( events ) );
        if (WSAEnumNetworkEvents( s, event, &events )) return -1;
        got |= events.lNetworkEvents;
        if (events.lNetworkEvents & FD_CLOSE) close_error = events.iErrorCode[FD_CLOSE_BIT];
    } while (( got & expect ) != expect && GetTickCount() - start < 2000);
    return got;
}

#define ok_events( s, expect )                                                                                         \
    do                                                                                                                 \
    {                                                                                                                  \
        long got_ = take( s, expect );                                                                                 \
        ok( got_ == ( expect ), "got events %lx, expected %lx\n", got_, (long)( expect ) );                            \
    } while (0)

/* The same where stock differs from the documentation. */
#define ok_events_docs( s, expect )                                                                                    \
    do                                                                                                                 \
    {                                                                                                                  \
        long got_ = take( s, expect );                                                                                 \
        ok_unless_afd( got_ == ( expect ), "got events %lx, expected %lx\n", got_, (long)( expect ) );                 \
    } while (0)

static inline void select_events( SOCKET s, long mask )
{
    ok_success( WSAEventSelect( s, event, mask ) );
}

static inline void begin( SOCKET *a, SOCKET *b, long mask )
{
    tcp_socketpair( a, b );
    ResetEvent( event );
    select_events( *b, mask );
    if (mask & FD_WRITE) ok_events( *b, FD_WRITE );
}

static inline void end( SOCKET a, SOCKET b )
{
    if (a != INVALID_SOCKET) closesocket( a );
    closesocket( b );
}

#endif /* TESTS_EVENT_SELECT_H */
