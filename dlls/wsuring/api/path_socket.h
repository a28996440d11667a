/*
 * Sockets of the family AF_UNIX: their addresses are paths
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_PATH_SOCKET_H
#define WSURING_PATH_SOCKET_H

#include "sockets/socket.h"

#define PATH_ADDRESS_MIN sizeof( ADDRESS_FAMILY )

static inline BOOL path_socket_is( const struct socket *sock )
{
    return sock->conn.path != NULL;
}

/* A new TCP socket becomes one of AF_UNIX; listener: the one that has accepted it, or NULL. FALSE when out of
 * memory. */
BOOL path_socket_init( struct socket *sock, const struct socket *listener );

/* A duplicate in another process: takes over what the socket is. */
void path_socket_adopt( struct socket *sock );

/* Binds it to the program's address, which makes the file. Returns a Winsock error. */
int path_socket_bind( struct socket *sock, const struct sockaddr *addr, int len );

/* Where a connect goes: the address of the socket behind the program's path. Returns a Winsock error. */
int path_socket_target( struct socket *sock, const struct sockaddr *addr, int len, struct sockaddr_in *target );

/* The name that stands for its own address or the peer's, which the host knows as in. */
void path_socket_local( struct socket *sock, const struct sockaddr_in *in, SOCKADDR_UN *name );
void path_socket_peer( struct socket *sock, const struct sockaddr_in *in, SOCKADDR_UN *name );

/* The same for an address in AcceptEx's buffer, with room bytes: its length then, 0 if it is no such address. */
int path_socket_accepted( void *addr, DWORD room );

/* The peer's process, as path_socket_peer has found it. FALSE: it was gone before. */
BOOL path_socket_process( const struct socket *sock, DWORD *process );

/* The socket is closed. */
void path_socket_gone( struct socket *sock );

#endif /* WSURING_PATH_SOCKET_H */
