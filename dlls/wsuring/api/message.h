/*
 * Datagrams with control data
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_MESSAGE_H
#define WSURING_MESSAGE_H

#include "operations/operation.h"

/* One attempt, as operation_try, of a message, or of a plain send or receive on a socket with UDP_SEND_MSG_SIZE or
 * UDP_RECV_MAX_COALESCED_SIZE. */
NTSTATUS message_try_send( struct operation *op );
NTSTATUS message_try_recv( struct operation *op );

/* ---- message_option.c: the options that say what control data there is. They return a Winsock error, or -1 for an
 * option that isn't theirs. */

int message_option_set( struct socket *sock, int level, int name, const char *value, int len );
int message_option_get( struct socket *sock, int level, int name, DWORD *value );

/* SIO_TIMESTAMPING */
int message_set_timestamping( struct socket *sock, const void *in, DWORD in_size );

/* Before the first WSARecvMsg: the host must tell where datagrams were sent to. */
void message_option_prepare( struct socket *sock );

#endif /* WSURING_MESSAGE_H */
