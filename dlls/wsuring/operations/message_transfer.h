/*
 * Attempts of datagrams with control data
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_MESSAGE_TRANSFER_H
#define WSURING_MESSAGE_TRANSFER_H

#include "operations/operation.h"

#define CONTROL_MAX 512 /* all control data that is known comes to less */

/* What a receive or send with control data needs in addition. */
struct message
{
    WSAMSG *program; /* receives: where the results go, valid until completion (page "WSARecvMsg"); NULL if AFD has
                        written there */
    WSABUF control;  /* the program's room, or its data */
    UINT flags;      /* receives: the result */
    UINT used;       /* bytes of `data' */
    UINT64 data[CONTROL_MAX / sizeof( UINT64 )];
};

/* One attempt, as operation_try, of a message, or of a plain send or receive on a socket with UDP_SEND_MSG_SIZE or
 * UDP_RECV_MAX_COALESCED_SIZE. */
NTSTATUS message_try_send( struct operation *op );
/* The host doesn't know the address it is bound to, and would take the interface's first one (wine-interfaces 1.7). */
BOOL message_needs_source( const struct operation *op );
NTSTATUS message_try_recv( struct operation *op );

#endif /* WSURING_MESSAGE_TRANSFER_H */
