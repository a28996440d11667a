/*
 * Sockets that the provider hasn't made
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/socket.h"
#include "sockets/afd.h"

#define ENDING_TRIES 1000

/* A socket that the provider didn't create: inherited, duplicated, or opened by the program itself. */
static struct socket *socket_adopt( HANDLE handle )
{
    struct
    {
        int family, type, protocol;
    } info;
    BYTE addr[128];
    struct socket *sock;

    if (afd_ioctl( handle, AFD_WINE_GET_INFO, NULL, 0, &info, sizeof( info ), NULL )) return NULL;
    if (!( sock = socket_insert( handle, info.family, info.type, info.protocol, WSA_FLAG_OVERLAPPED ) )) return NULL;
    sock->shared.foreign = TRUE;
    sock->port.associated = TRUE; /* unknown; a packet without a port costs a request and has no effect */
    if (info.type == SOCK_STREAM) sock->conn.state = CONNECTION_STARTED;
    sock->conn.bound = !afd_ioctl( handle, AFD_GETSOCKNAME, NULL, 0, addr, sizeof( addr ), NULL );
    if (engine != ENGINE_AFD)
    {
        struct descriptor_open_params open = { .handle = HandleToULong( handle ) };

        if (!unix_call( unix_descriptor_open, &open ))
        {
            struct descriptor_close_params close = { .fd = open.fd };

            if (open.options & 0x30) sock->id.flags &= ~WSA_FLAG_OVERLAPPED;
            unix_call( unix_descriptor_close, &close );
        }
    }
    return sock;
}

struct socket *socket_grab( SOCKET s, int *err )
{
    struct socket *sock = socket_find( (HANDLE)s );
    UINT tries;

    if (sock) return sock;
    /* if adopted now, it would never be closed */
    for (tries = 0; tries < ENDING_TRIES && socket_is_ending( (HANDLE)s ); tries++) Sleep( 0 );
    if (tries < ENDING_TRIES && s && s != INVALID_SOCKET && ( sock = socket_adopt( (HANDLE)s ) )) return sock;
    *err = WSAENOTSOCK;
    return NULL;
}
