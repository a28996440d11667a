/*
 * TransmitFile, WSARecvMsg and WSASendMsg
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

int WINAPI provider_WSARecvMsg( SOCKET s, WSAMSG *msg, DWORD *received, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    struct afd_recvmsg_params params = { 0 };
    ULONG_PTR information = 0;
    struct socket *sock;
    NTSTATUS status;
    DWORD done;
    WSAMSG copy;
    int result;

    if (!(sock = socket_grab( s, &result ))) return finish( result ) ? 0 : SOCKET_ERROR;
    if (!msg || !guarded_touch( msg, sizeof(*msg), TRUE ) || !guarded_copy( &copy, msg, sizeof(copy) )) result = WSAEFAULT;
    else if (!guarded_touch( copy.lpBuffers, copy.dwBufferCount * sizeof(WSABUF), FALSE )) result = WSAEFAULT;
    else if (received && !guarded_touch( received, sizeof(*received), TRUE )) result = WSAEFAULT;
    else if (sock->type != SOCK_DGRAM && sock->type != SOCK_RAW) result = WSAEOPNOTSUPP;
    else
    {
        params.control = (UINT_PTR)&msg->Control;
        params.addr = (UINT_PTR)copy.name;
        params.addr_len = copy.name ? (UINT_PTR)&msg->namelen : 0;
        params.flags = (UINT_PTR)&msg->dwFlags;
        params.force_async = overlapped != NULL;
        params.count = copy.dwBufferCount;
        params.buffers = (UINT_PTR)copy.lpBuffers;
        if (overlapped)
        {
            status = afd_ioctl_overlapped( sock->handle, AFD_WINE_RECVMSG, &params, sizeof(params), NULL, 0, overlapped, routine, NULL );
            if (status == STATUS_PENDING) sock->queues[DIRECTION_READ].stock_iosb = overlapped;
            else information = overlapped->InternalHigh;
        }
        else status = afd_ioctl( sock->handle, AFD_WINE_RECVMSG, &params, sizeof(params), NULL, 0, &information );
        done = information;
        if (received && status != STATUS_PENDING && !NT_ERROR( status )) guarded_copy( received, &done, sizeof(done) );
        result = error_from_status( status );
    }
    socket_release( sock );
    return finish( result ) ? 0 : SOCKET_ERROR;
}

int WINAPI provider_WSASendMsg( SOCKET s, WSAMSG *msg, DWORD flags, DWORD *sent, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    WSATHREADID thread = { 0 };
    WSAMSG copy;
    int result;

    if (!msg || !guarded_copy( &copy, msg, sizeof(copy) )) result = WSAEFAULT;
    else if (copy.Control.len) result = WSAEOPNOTSUPP; /* the server takes no control data to send */
    else
    {
        DWORD local;

        if (routine && overlapped) upcalls.lpWPUOpenCurrentThread( &thread, &result );
        if (!WSPSendTo( s, copy.lpBuffers, copy.dwBufferCount, sent ? sent : overlapped ? NULL : &local, flags, copy.name, copy.namelen, overlapped, routine,
                        &thread, &result )) result = 0;
    }
    return finish( result ) ? 0 : SOCKET_ERROR;
}
