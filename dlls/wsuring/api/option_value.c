/*
 * An option's value, which is the program's memory, and its errors
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "api/option.h"

int option_return( const void *from, int size, char *value, int *len )
{
    int room;

    if (!guarded_copy( &room, len, sizeof( room ) )) return WSAEFAULT;
    if (room < size)
    {
        guarded_copy( len, &size, sizeof( size ) );
        return WSAEFAULT;
    }
    return guarded_copy( value, from, size ) ? 0 : WSAEFAULT;
}

int option_return_int( int from, char *value, int *len )
{
    int room, size = sizeof( from );

    if (!guarded_copy( &room, len, sizeof( room ) ) || room < size) return WSAEFAULT;
    return guarded_copy( value, &from, size ) && guarded_copy( len, &size, sizeof( size ) ) ? 0 : WSAEFAULT;
}

int error_from_option_status( NTSTATUS status )
{
    /* a group that has been joined already (page "Multicast socket option behavior") */
    if (status == STATUS_SHARING_VIOLATION) return WSAEADDRNOTAVAIL;
    /* the host's setsockopt fails with EINVAL or ENOPROTOOPT; the server doesn't know the ioctl */
    return status == STATUS_NOT_SUPPORTED ? WSAENOPROTOOPT : error_from_status( status );
}
