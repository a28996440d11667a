/*
 * Datagrams with control data
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_MESSAGE_H
#define WSURING_MESSAGE_H

#include "operations/message_transfer.h"

/* ---- message_option.c: the options that say what control data there is. They return a Winsock error, or -1 for an
 * option that isn't theirs. */

int message_option_set( struct socket *sock, int level, int name, const char *value, int len );
int message_option_get( struct socket *sock, int level, int name, DWORD *value );

/* SIO_TIMESTAMPING */
int message_set_timestamping( struct socket *sock, const void *in, DWORD in_size );

/* Before the first WSARecvMsg: the host must tell where datagrams were sent to. */
void message_option_prepare( struct socket *sock );

#endif /* WSURING_MESSAGE_H */
