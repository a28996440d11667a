/*
 * Socket options
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_OPTION_H
#define WSURING_OPTION_H

#include "sockets/option_host.h"

/* Bits of struct socket's kept_options. */
enum kept_option
{
    KEPT_DEBUG = 0x01,
    KEPT_DONTROUTE = 0x02,
    KEPT_PORT_SCALABILITY = 0x04,
    KEPT_RANDOMIZE_PORT = 0x08,
    KEPT_REUSE_MULTICASTPORT = 0x10,
    KEPT_REUSE_UNICASTPORT = 0x20,
    KEPT_NOT_V6ONLY = 0x40, /* of an IPv4 socket, where it means nothing */
};

/* A row of option_list.h. */
struct option
{
    int level, name;
    BYTE sockets, kind, served;
    USHORT size;
    int value;
    USHORT get, set; /* numbers of ioctls */
};

/* All return a Winsock error. */

/* Return `size` bytes, or an int, to the program. WSAEFAULT if there is less room; the first then says how much is
 * needed. */
int option_return( const void *from, int size, char *value, int *len );
int option_return_int( int from, char *value, int *len );

int error_from_option_status( NTSTATUS status );

/* Options with code of their own: option_special.c. */
int option_special_get( struct socket *sock, enum option_id id, char *value, int *len );
int option_special_set( struct socket *sock, enum option_id id, const char *value, int len );

/* When a handle gets a new kernel socket (connect.c), these carry over the program's settings of the old one. NULL
 * if there are none; option_restore frees it. */
struct saved_options;
struct saved_options *option_save( struct socket *sock );
void option_restore( struct socket *sock, struct saved_options *saved );

/* What an accepted socket inherits from its listener. */
void option_inherit( struct socket *sock, const struct socket *listener );

#endif /* WSURING_OPTION_H */
