/*
 * Sockets that are used again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For reuse a handle gets a new kernel socket, because the host's connected sockets can't be recycled without
 * resetting the connection. The server makes one when CREATE is called again on a handle, and then forgets the
 * handle's completion port. ntdll would keep using its descriptor of the old socket, so that is replaced, too
 * (unix_descriptor_replace).
 */

#include "sockets/recycle.h"
#include "sockets/afd.h"
#include "ports/port.h"
#include "wait/pollers.h"

#define FILE_COMPLETION_INFO_CLASS 30
#define FILE_NOTIFICATION_CLASS    41

BOOL recycle_is_possible( const struct socket *sock )
{
    /* for others we don't know the completion port */
    return engine != ENGINE_AFD && interposed && sock->id.type == SOCK_STREAM && !sock->shared.foreign
           && ( !sock->port.associated || sock->port.object );
}

NTSTATUS recycle_replace_descriptors( struct socket *sock, int fd )
{
    struct descriptor_replace_params replace = { .fd = fd };
    HANDLE duplicate;
    NTSTATUS status;

    status = NtDuplicateObject( GetCurrentProcess(), sock->id.handle, GetCurrentProcess(), &duplicate, 0, 0,
                                DUPLICATE_SAME_ACCESS );
    if (status) return status;
    replace.handle = HandleToULong( duplicate );
    status = unix_call( unix_descriptor_replace, &replace );
    NtClose( duplicate );
    pollers_descriptors_replaced();
    return status;
}

static void recycle_restore_port( struct socket *sock )
{
    struct
    {
        HANDLE port;
        ULONG_PTR key;
    } info = { port_any_handle( sock->port.object ), sock->port.key };
    ULONG modes = sock->port.skip_modes;
    IO_STATUS_BLOCK iosb;

    if (NtSetInformationFile( sock->id.handle, &iosb, &info, sizeof( info ), FILE_COMPLETION_INFO_CLASS ))
        log_message( "a recycled socket has lost its port\n" );
    if (modes) NtSetInformationFile( sock->id.handle, &iosb, &modes, sizeof( modes ), FILE_NOTIFICATION_CLASS );
}

NTSTATUS recycle_new_file( struct socket *sock )
{
    struct afd_create_params create = { sock->id.family, sock->id.type, sock->id.protocol, sock->id.flags };
    ULONG nonblocking = sock->shared.nonblocking;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status;

    /* if a poll through the old file ended later, wineserver 8.0 would fail an assertion: for instance the poll of a
     * program that polls through the socket itself */
    NtCancelIoFileEx( sock->id.handle, NULL, &iosb );
    if (( status = afd_ioctl( sock->id.handle, AFD_WINE_CREATE, &create, sizeof( create ), NULL, 0, NULL ) ))
        return status;
    sock->options.near_device = 0;
    socket_drop_spare( sock );
    if (sock->port.object) recycle_restore_port( sock );
    if (nonblocking) afd_ioctl( sock->id.handle, AFD_WINE_FIONBIO, &nonblocking, sizeof( nonblocking ), NULL, 0, NULL );
    return STATUS_SUCCESS;
}

BOOL recycle_reconnected( struct socket *sock )
{
    BOOL done = TRUE;

    lock_acquire( &sock->watch.lock );
    if (sock->desc.parked != -1)
    {
        /* AcceptEx has replaced it; after ConnectEx, which hasn't, this changes nothing */
        if (( done = !recycle_replace_descriptors( sock, sock->desc.parked ) ))
        {
            sock->desc.fd = sock->desc.parked;
            sock->desc.parked = -1;
        }
    }
    lock_release( &sock->watch.lock );
    return done;
}
