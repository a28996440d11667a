/*
 * The end of a connection, after which its socket may be used for another
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_DISCONNECT_H
#define WSURING_DISCONNECT_H

#include "operations/operation.h"

/* The progress of a disconnect; part of the operation. */
struct disconnect
{
    BOOLEAN reuse;   /* TF_REUSE_SOCKET */
    BOOLEAN ended;   /* our side has been shut down */
    DWORD thread_id; /* of the call */
};

void disconnect_begin( struct disconnect *disconnect, BOOL reuse );

/* One attempt of an operation that ends with a disconnect. */
NTSTATUS disconnect_try( struct operation *op, struct disconnect *disconnect );

/* When such an operation has been done, before it is completed: with TF_REUSE_SOCKET, ends the receives of the old
 * connection. */
void disconnect_done( struct socket *sock, const struct disconnect *disconnect, NTSTATUS status );

#endif /* WSURING_DISCONNECT_H */
