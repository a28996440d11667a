/*
 * TransmitFile
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operation.h"
#include "afd.h"
#include "control.h"

static BOOL finish( int error )
{
    SetLastError( error );
    return !error;
}

BOOL WINAPI provider_TransmitFile( SOCKET s, HANDLE file, DWORD file_len, DWORD chunk_len, OVERLAPPED *overlapped, TRANSMIT_FILE_BUFFERS *buffers, DWORD flags )
{
    struct afd_transmit_params params = { .file = HandleToULong( file ), .file_len = file_len, .chunk_len = chunk_len, .flags = flags };
    TRANSMIT_FILE_BUFFERS copy = { 0 };
    struct socket *sock;
    int result;

    if (!(sock = socket_grab( s, &result ))) return finish( result );
    params.offset.QuadPart = -2;
    if (flags & (TF_DISCONNECT | TF_REUSE_SOCKET)) result = WSAEOPNOTSUPP; /* the server would ignore them */
    else if (sock->type != SOCK_STREAM || (!socket_ensure_descriptor( sock ) && engine != ENGINE_AFD)) result = WSAENOTCONN;
    else if (buffers && (!guarded_copy( &copy, buffers, sizeof(copy) ) || !guarded_touch( copy.Head, copy.Head ? copy.HeadLength : 0, FALSE )
                         || !guarded_touch( copy.Tail, copy.Tail ? copy.TailLength : 0, FALSE ))) result = WSAEFAULT;
    else if (overlapped && !guarded_touch( overlapped, sizeof(*overlapped), TRUE )) result = WSAEFAULT;
    else
    {
        params.head = (UINT_PTR)copy.Head;
        params.head_len = copy.Head ? copy.HeadLength : 0;
        params.tail = (UINT_PTR)copy.Tail;
        params.tail_len = copy.Tail ? copy.TailLength : 0;
        if (overlapped)
        {
            params.offset.u.LowPart = overlapped->Offset;
            params.offset.u.HighPart = overlapped->OffsetHigh;
            result = error_from_status( afd_ioctl_overlapped( sock->handle, AFD_WINE_TRANSMIT, &params, sizeof(params), NULL, 0, overlapped, NULL, NULL ) );
        }
        else result = error_from_status( afd_ioctl( sock->handle, AFD_WINE_TRANSMIT, &params, sizeof(params), NULL, 0, NULL ) );
    }
    socket_release( sock );
    return finish( result );
}
