/*
 * kernelbase's calls that cancel operations
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server knows nothing about operations that wait in the process.
 */

#include "operations/operation.h"
#include "hooks/interpose.h"
#include "wait/pollers.h"
#include "wait/thread.h"

static NTSTATUS( WINAPI *real_NtCancelIoFile )( HANDLE, IO_STATUS_BLOCK * );
static NTSTATUS( WINAPI *real_NtCancelIoFileEx )( HANDLE, IO_STATUS_BLOCK *, IO_STATUS_BLOCK * );
static NTSTATUS( WINAPI *real_NtCancelSynchronousIoFile )( HANDLE, IO_STATUS_BLOCK *, IO_STATUS_BLOCK * );

/* If we cancelled something it is a success, even if the server found nothing. The block is the program's. */
static NTSTATUS cancel_done( IO_STATUS_BLOCK *iosb )
{
    IO_STATUS_BLOCK done = { { STATUS_SUCCESS }, 0 };

    return guarded_copy( iosb, &done, sizeof( done ) ) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

void cancel_of_thread( HANDLE handle )
{
    struct socket *sock = socket_find( handle );

    if (!sock) return;
    operation_cancel( sock, NULL, GetCurrentThreadId() );
    socket_release( sock );
}

NTSTATUS cancel_by( cancel_func *cancel, HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    struct socket *sock = socket_find( handle );
    NTSTATUS status;
    UINT count = 0;

    if (sock)
    {
        count = operation_cancel( sock, which, 0 );
        if (!which) count += pollers_cancel( sock );
        socket_release( sock );
    }
    /* one operation has been found: the server hasn't got it, too */
    status = count && which ? STATUS_NOT_FOUND : cancel( handle, which, iosb );
    return count && status ? cancel_done( iosb ) : status;
}

NTSTATUS cancel_blocked_by( cancel_func *cancel, HANDLE thread, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    if (!which && routine_cancel_blocked( GetThreadId( thread ) )) return cancel_done( iosb );
    return cancel( thread, which, iosb );
}

static NTSTATUS WINAPI hook_NtCancelIoFile( HANDLE handle, IO_STATUS_BLOCK *iosb )
{
    cancel_of_thread( handle );
    return real_NtCancelIoFile( handle, iosb );
}

static NTSTATUS WINAPI hook_NtCancelIoFileEx( HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    return cancel_by( real_NtCancelIoFileEx, handle, which, iosb );
}

static NTSTATUS WINAPI hook_NtCancelSynchronousIoFile( HANDLE thread, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    return cancel_blocked_by( real_NtCancelSynchronousIoFile, thread, which, iosb );
}

const struct hook cancel_hooks[] = {
    { "kernelbase.dll", "NtCancelIoFile", hook_NtCancelIoFile, &real_NtCancelIoFile, TRUE },
    { "kernelbase.dll", "NtCancelIoFileEx", hook_NtCancelIoFileEx, &real_NtCancelIoFileEx, TRUE },
    { "kernelbase.dll", "NtCancelSynchronousIoFile", hook_NtCancelSynchronousIoFile, &real_NtCancelSynchronousIoFile,
      FALSE },
    { 0 },
};
