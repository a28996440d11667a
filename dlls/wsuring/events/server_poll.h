/*
 * Polls of single sockets that wait in the server, and the thread that takes their ends
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_SERVER_POLL_H
#define WSURING_SERVER_POLL_H

#include "sockets/socket.h"

/* done() is called once, in another thread, when it is ready for a wanted event (AFD_POLL_*) or is being closed; not if
 * it is gone by then. FALSE: it won't be called. */
BOOL server_poll_begin( struct socket *sock, UINT wanted, void ( *done )( struct socket *sock, UINT flags ) );

#endif /* WSURING_SERVER_POLL_H */
