/*
 * What the tests of messages share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_MESSAGE_H
#define TESTS_MESSAGE_H

#include "extension.h"

/* What mingw-w64 lacks, or has for newer Windows alone */
enum
{
    IP_RECVIF_ = 24,
    IP_ORIGINAL_ARRIVAL_IF_ = 47,
    IP_RECVECN_ = 50,
    IP_ECN_ = 50,
    IPV6_RECVECN_ = 50,
    IPV6_ECN_ = 50,
    UDP_SEND_MSG_SIZE_ = 2,
    UDP_RECV_MAX_COALESCED_SIZE_ = 3,
    UDP_COALESCED_INFO_ = 3,
};

#ifndef IPV6_RECVTCLASS
#define IPV6_RECVTCLASS 40
#endif
#ifndef IPV6_TCLASS
#define IPV6_TCLASS 39
#endif

/* A WSAMSG and all that it points to. */
struct received
{
    WSAMSG msg;
    WSABUF buf;
    union address from;
    char control[256], data[64];
};

static inline void prepare( struct received *r )
{
    memset( r, 0, sizeof( *r ) );
    memset( r->data, 0x55, sizeof( r->data ) );
    memset( r->control, 0x55, sizeof( r->control ) );
    r->buf.buf = r->data;
    r->buf.len = sizeof( r->data );
    r->msg.name = &r->from.any;
    r->msg.namelen = sizeof( r->from );
    r->msg.lpBuffers = &r->buf;
    r->msg.dwBufferCount = 1;
    r->msg.Control.buf = r->control;
    r->msg.Control.len = sizeof( r->control ) - 1;
}

#define check_receive( s, r, text )                                                                                    \
    do                                                                                                                 \
    {                                                                                                                  \
        DWORD count_ = 0xdead, len_ = strlen( text );                                                                  \
        ( r )->buf.buf = ( r )->data;                                                                                  \
        ok_success( ext.WSARecvMsg( ( s ), &( r )->msg, &count_, NULL, NULL ) );                                       \
        ok( count_ == len_ && !memcmp( ( r )->data, text, len_ ), "got %lu bytes, expected '%s'\n", count_, text );    \
        ok( ( r )->from.any.sa_family && ( r )->msg.namelen >= (int)sizeof( struct sockaddr_in ),                      \
            "no source, length %d\n", ( r )->msg.namelen );                                                            \
    } while (0)

/* Sends with a TTL of 33 and, where the module can, traffic class 0x2a, which has ECT(0). */
extern void send_marked( SOCKET s, int family, const char *text );

#endif /* TESTS_MESSAGE_H */
