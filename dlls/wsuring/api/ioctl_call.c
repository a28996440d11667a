/*
 * An ioctl's input and output, which are the program's memory
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "api/ioctl.h"

int ioctl_input( const struct ioctl_call *call, void *to, DWORD size )
{
    return call->in_size >= size && guarded_copy( to, call->in, size ) ? 0 : WSAEFAULT;
}

int ioctl_return( struct ioctl_call *call, const void *from, DWORD size )
{
    call->returned = size;
    call->told = !call->out || call->out_size < size;
    return !call->told && guarded_copy( call->out, from, size ) ? 0 : WSAEFAULT;
}
