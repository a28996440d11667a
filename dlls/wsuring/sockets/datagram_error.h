/*
 * Errors of datagrams that were sent
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_DATAGRAM_ERROR_H
#define WSURING_DATAGRAM_ERROR_H

#include "sockets/socket.h"

/* The socket has got a descriptor, its data goes another way from now on, or the program wants other errors: has the
 * host keep what the network reports, if we are the ones who look at it. */
void datagram_errors_watch( struct socket *sock );

/* From here on its data goes by AFD, or doesn't. */
static inline void socket_go_by_afd( struct socket *sock, BOOL by_afd )
{
    sock->desc.by_afd = by_afd;
    datagram_errors_watch( sock );
}

/* Takes from the host what the network has reported, up to the first unreachable port, which is kept for a receive.
 * FALSE if there was nothing. */
BOOL datagram_errors_take( struct socket *sock );

/* An unreachable port that the host doesn't tell the address of. */
void datagram_error_note( struct socket *sock );

/* Is there one for a receive (page "WSARecvFrom function", WSAECONNRESET)? Takes it, and returns its address: the
 * length is 0 if that isn't known. room: of addr. */
BOOL datagram_error_report( struct socket *sock, void *addr, UINT room, UINT *len );

#endif /* WSURING_DATAGRAM_ERROR_H */
