/*
 * Socket ioctls
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_IOCTL_H
#define WSURING_IOCTL_H

#include "sockets/socket.h"

struct ioctl_call
{
    SOCKET s;
    struct socket *sock;
    DWORD code;
    const void *in;
    DWORD in_size; /* at least the table's minimum */
    void *out;
    DWORD out_size;
    DWORD returned; /* bytes written to out, or needed */
    BOOL told;      /* `returned' is for the program, though the call fails */

    BOOL by_server; /* only the server can complete it */
    BOOL ended;     /* and has, or will */

    /* for those that wait */
    WSAOVERLAPPED *overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    WSATHREADID *thread;
};

/* Copies the first size bytes of the program's input. WSAEFAULT if they can't be read. */
int ioctl_input( const struct ioctl_call *call, void *to, DWORD size );

/* Returns the call's result to the program. WSAEFAULT if it doesn't fit, when the program is told the size that it
 * needs, or can't be written. */
int ioctl_return( struct ioctl_call *call, const void *from, DWORD size );

/* Each returns a Winsock error. ioctl_network.c */
int ioctl_address_list( struct ioctl_call *call );
int ioctl_address_sort( struct ioctl_call *call );
int ioctl_broadcast_address( struct ioctl_call *call );
int ioctl_find_route( struct ioctl_call *call );
int ioctl_initial_rto( struct ioctl_call *call );
int ioctl_interface_list( struct ioctl_call *call );
int ioctl_interface_list_ex( struct ioctl_call *call );
int ioctl_multicast_filter( struct ioctl_call *call );
int ioctl_multicast_loop( struct ioctl_call *call );
int ioctl_multicast_scope( struct ioctl_call *call );
int ioctl_route( struct ioctl_call *call );
int ioctl_tcp_info( struct ioctl_call *call );

/* What the host knows about a connection; not in tier afd. */
int ioctl_get_connection( struct socket *sock, struct tcp_info_params *info );

/* ioctl_change.c; the first waits, the second is the reaper's source of changes */
int ioctl_network_change( struct ioctl_call *call );
void ioctl_change_ready( UINT64 cookie, UINT ready );

/* send_backlog.c; the second waits */
int ioctl_send_backlog( struct ioctl_call *call );
int ioctl_send_backlog_change( struct ioctl_call *call );

#endif /* WSURING_IOCTL_H */
