/*
 * Datagrams with control data
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_MESSAGE_H
#define WSURING_MESSAGE_H

#include "operations/message_transfer.h"

/* ---- message_option.c: the options that select control data. They return a Winsock error, or -1 for other options. */

int message_option_set( struct socket *sock, int level, int name, const char *value, int len );
int message_option_get( struct socket *sock, int level, int name, DWORD *value );

/* SIO_TIMESTAMPING */
int message_set_timestamping( struct socket *sock, const void *in, DWORD in_size );

/* Before the first WSARecvMsg: the host must report destination addresses. */
void message_option_prepare( struct socket *sock );

#endif /* WSURING_MESSAGE_H */
