/*
 * kernelbase's operations on files, pipes, devices and keys
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Those on sockets are ours (file.c). Others reset their event, and the server signals it later.
 */

#include "hooks/interpose.h"
#include "sockets/handle_state.h"
#include "wait/apc_source.h"
#include "wait/event_hold.h"
#include "wait/event_state.h"

static NTSTATUS( WINAPI *real_NtReadFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *, ULONG,
                                            LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *real_NtWriteFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, const void *, ULONG,
                                             LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *real_NtDeviceIoControlFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *,
                                                       ULONG, void *, ULONG );
static NTSTATUS( WINAPI *real_NtFsControlFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *,
                                                 ULONG, void *, ULONG );
static NTSTATUS( WINAPI *real_NtNotifyChangeKey )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, BOOLEAN,
                                                   void *, ULONG, BOOLEAN );
static NTSTATUS( WINAPI *real_NtNotifyChangeDirectoryFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *,
                                                             ULONG, ULONG, BOOLEAN );

static NTSTATUS( WINAPI *real_NtLockFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, LARGE_INTEGER *,
                                            LARGE_INTEGER *, ULONG *, BOOLEAN, BOOLEAN );

void file_lend( HANDLE event, const void *apc )
{
    apc_source_note( apc );
    if (!event) return;
    event_hold_settle( event );
    event_forget( event );
}

static NTSTATUS file_by_server( const struct file_call *call )
{
    NTSTATUS status;

    file_lend( call->event, call->apc );
    handle_state_lent( call->handle, call->event );
    if (call->direction == DIRECTION_READ)
        status = real_NtReadFile( call->handle, call->event, call->apc, call->context, call->iosb, call->buffer,
                                  call->len, call->offset, call->key );
    else
        status = real_NtWriteFile( call->handle, call->event, call->apc, call->context, call->iosb, call->buffer,
                                   call->len, call->offset, call->key );
    if (call->event) event_forget( call->event );
    return status;
}

static NTSTATUS WINAPI hook_NtReadFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                        void *buffer, ULONG len, LARGE_INTEGER *offset, ULONG *key )
{
    const struct file_call call
        = { handle, DIRECTION_READ, event, apc, context, iosb, buffer, len, offset, key, file_by_server };

    return file_transfer( &call );
}

static NTSTATUS WINAPI hook_NtWriteFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                         const void *buffer, ULONG len, LARGE_INTEGER *offset, ULONG *key )
{
    const struct file_call call
        = { handle, DIRECTION_WRITE, event, apc, context, iosb, (void *)buffer, len, offset, key, file_by_server };

    return file_transfer( &call );
}

static NTSTATUS WINAPI hook_NtDeviceIoControlFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                                   IO_STATUS_BLOCK *iosb, ULONG code, void *in, ULONG in_size,
                                                   void *out, ULONG out_size )
{
    struct device_call call = { handle, code, in, out, in_size, out_size };
    NTSTATUS status;

    event_ioctl( &call );
    file_lend( event, apc );
    handle_state_lent( handle, event );
    status = real_NtDeviceIoControlFile( handle, event, apc, context, iosb, code, call.in, call.in_size, call.out,
                                         call.out_size );
    if (event) event_forget( event );
    return status;
}

static NTSTATUS WINAPI hook_NtFsControlFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                             IO_STATUS_BLOCK *iosb, ULONG code, void *in, ULONG in_size, void *out,
                                             ULONG out_size )
{
    NTSTATUS status;

    file_lend( event, apc );
    status = real_NtFsControlFile( handle, event, apc, context, iosb, code, in, in_size, out, out_size );
    if (event) event_forget( event );
    return status;
}

static NTSTATUS WINAPI hook_NtNotifyChangeKey( HANDLE handle, HANDLE event, void *apc, void *context,
                                               IO_STATUS_BLOCK *iosb, ULONG filter, BOOLEAN subtree, void *buffer,
                                               ULONG len, BOOLEAN async )
{
    file_lend( event, apc );
    return real_NtNotifyChangeKey( handle, event, apc, context, iosb, filter, subtree, buffer, len, async );
}

static NTSTATUS WINAPI hook_NtNotifyChangeDirectoryFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                                         IO_STATUS_BLOCK *iosb, void *buffer, ULONG len, ULONG filter,
                                                         BOOLEAN subtree )
{
    file_lend( event, apc );
    return real_NtNotifyChangeDirectoryFile( handle, event, apc, context, iosb, buffer, len, filter, subtree );
}

static NTSTATUS WINAPI hook_NtLockFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                        LARGE_INTEGER *offset, LARGE_INTEGER *len, ULONG *key, BOOLEAN at_once,
                                        BOOLEAN exclusive )
{
    NTSTATUS status;

    file_lend( event, apc );
    status = real_NtLockFile( handle, event, apc, context, iosb, offset, len, key, at_once, exclusive );
    if (event) event_forget( event );
    return status;
}

const struct hook file_hooks[] = {
    { "kernelbase.dll", "NtReadFile", hook_NtReadFile, &real_NtReadFile, TRUE },
    { "kernelbase.dll", "NtWriteFile", hook_NtWriteFile, &real_NtWriteFile, TRUE },
    { "kernelbase.dll", "NtDeviceIoControlFile", hook_NtDeviceIoControlFile, &real_NtDeviceIoControlFile, TRUE },
    { "kernelbase.dll", "NtFsControlFile", hook_NtFsControlFile, &real_NtFsControlFile, TRUE },
    { "kernelbase.dll", "NtNotifyChangeKey", hook_NtNotifyChangeKey, &real_NtNotifyChangeKey, FALSE },
    { "kernelbase.dll", "NtNotifyChangeDirectoryFile", hook_NtNotifyChangeDirectoryFile,
      &real_NtNotifyChangeDirectoryFile, FALSE },
    { "kernelbase.dll", "NtLockFile", hook_NtLockFile, &real_NtLockFile, FALSE },
    { 0 },
};
