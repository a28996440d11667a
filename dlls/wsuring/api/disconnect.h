/*
 * The end of a connection, after which its socket may be used for another
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_DISCONNECT_H
#define WSURING_DISCONNECT_H

#include "operations/operation.h"

/* How far it is; part of the operation. */
struct disconnect
{
    BOOLEAN reuse;   /* TF_REUSE_SOCKET */
    BOOLEAN ended;   /* our side has been shut down */
    DWORD thread_id; /* of the call */
};

/* Can the socket be given another kernel socket? */
BOOL disconnect_can_reuse( const struct socket *sock );

void disconnect_begin( struct disconnect *disconnect, BOOL reuse );

/* One attempt of an operation that ends with it. */
NTSTATUS disconnect_try( struct operation *op, struct disconnect *disconnect );

/* A recycled socket is connected again: its descriptor, parked till now, becomes that of the connection. */
BOOL disconnect_reconnected( struct socket *sock );

/* Gives the handle a new kernel socket, with its completion port and its mode. What the server has still to do with the
 * old one is cancelled. */
NTSTATUS disconnect_new_file( struct socket *sock );

/* All descriptors of the old kernel socket in this process, ntdll's included, one of which is fd, become ones of the
 * handle's new one. */
NTSTATUS disconnect_replace_descriptors( struct socket *sock, int fd );

#endif /* WSURING_DISCONNECT_H */
