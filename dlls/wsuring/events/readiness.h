/*
 * Waiting for many sockets to be ready
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_READINESS_H
#define WSURING_READINESS_H

#include "sockets/socket.h"

struct readiness
{
    struct socket *sock; /* the list holds a reference */
    UINT wanted;         /* AFD_POLL_* */
    UINT flags;          /* out: what is ready; and AFD_POLL_CLOSE if the socket was closed meanwhile */
    BYTE received;       /* used by readiness_wait: a receive has waited meanwhile */
    BYTE left_to;        /* ... and so often the data was left to it */
};

/* Waits until one of them is ready for a wanted event. ticks: 100 ns, MAXLONGLONG for ever. Returns a Winsock error;
 * time over is none. */
int readiness_wait( struct readiness *list, UINT count, LONGLONG ticks );

/* The same, asking the server for all of them. */
int readiness_by_server( struct readiness *list, UINT count, LONGLONG ticks );

/* Who knows when it becomes ready. */
enum readiness_way
{
    READINESS_BY_HOST,    /* it has a descriptor */
    READINESS_BY_PROGRAM, /* it can't, before the program has made something of it */
    READINESS_BY_SERVER,
};
enum readiness_way readiness_way( struct socket *sock );

/* Which of `wanted' any socket is ready for now. */
UINT readiness_look( struct socket *sock, UINT wanted );

/* Which of `wanted' a socket whose descriptor we have is ready for now. */
UINT readiness_now( struct socket *sock, UINT wanted );

/* Has the peer ended a stream whose descriptor we have, even if what it sent before is still unread? */
BOOL readiness_has_ended( struct socket *sock );

#endif /* WSURING_READINESS_H */
