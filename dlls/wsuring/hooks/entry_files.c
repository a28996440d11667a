/*
 * Calls of ntdll's entry points that operate on files, pipes, devices and keys, and timers
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * As file_hooks.c has it for those through kernelbase: the server signals the event, or calls the function.
 */

#include "hooks/entry.h"
#include "sockets/handle_state.h"
#include "wait/apc_source.h"
#include "wait/event_state.h"

static NTSTATUS( WINAPI *entry_real_NtReadFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *, ULONG,
                                                  LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *entry_real_NtWriteFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, const void *,
                                                   ULONG, LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *entry_real_NtReadFileScatter )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *,
                                                         ULONG, LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *entry_real_NtWriteFileGather )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *,
                                                         ULONG, LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *entry_real_NtFsControlFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *,
                                                       ULONG, void *, ULONG );
static NTSTATUS( WINAPI *entry_real_NtLockFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, LARGE_INTEGER *,
                                                  LARGE_INTEGER *, ULONG *, BOOLEAN, BOOLEAN );
static NTSTATUS( WINAPI *entry_real_NtNotifyChangeDirectoryFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *,
                                                                   void *, ULONG, ULONG, BOOLEAN );
static NTSTATUS( WINAPI *entry_real_NtNotifyChangeKey )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG,
                                                         BOOLEAN, void *, ULONG, BOOLEAN );
static NTSTATUS( WINAPI *entry_real_NtDeviceIoControlFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG,
                                                             void *, ULONG, void *, ULONG );
static NTSTATUS( WINAPI *entry_real_NtNotifyChangeMultipleKeys )( HANDLE, ULONG, OBJECT_ATTRIBUTES *, HANDLE, void *,
                                                                  void *, IO_STATUS_BLOCK *, ULONG, BOOLEAN, void *,
                                                                  ULONG, BOOLEAN );
static NTSTATUS( WINAPI *entry_real_NtSetTimer )( HANDLE, const LARGE_INTEGER *, void *, void *, BOOLEAN, ULONG,
                                                  BOOLEAN * );

/* The program makes a call. Returns the event, for entry_lent. */
static HANDLE entry_lend( HANDLE event, void *apc )
{
    file_lend( event, apc );
    return event;
}

/* The call has ended: the server may have signalled the event, or does so later. NULL for the provider's own calls. */
static NTSTATUS entry_lent( HANDLE event, NTSTATUS status )
{
    if (event) event_forget( event );
    return status;
}

static NTSTATUS WINAPI entry_NtReadFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                         void *buffer, ULONG len, LARGE_INTEGER *offset, ULONG *key )
{
    HANDLE lent = ENTRY_BY_PROVIDER() ? NULL : entry_lend( event, apc );
    NTSTATUS status = entry_real_NtReadFile( handle, event, apc, context, iosb, buffer, len, offset, key );

    if (!NT_ERROR( status )) event_read_past( handle );
    return entry_lent( lent, status );
}

static NTSTATUS WINAPI entry_NtWriteFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                          const void *buffer, ULONG len, LARGE_INTEGER *offset, ULONG *key )
{
    HANDLE lent = ENTRY_BY_PROVIDER() ? NULL : entry_lend( event, apc );

    return entry_lent( lent, entry_real_NtWriteFile( handle, event, apc, context, iosb, buffer, len, offset, key ) );
}

static NTSTATUS WINAPI entry_NtReadFileScatter( HANDLE handle, HANDLE event, void *apc, void *context,
                                                IO_STATUS_BLOCK *iosb, void *segments, ULONG len, LARGE_INTEGER *offset,
                                                ULONG *key )
{
    HANDLE lent = ENTRY_BY_PROVIDER() ? NULL : entry_lend( event, apc );

    return entry_lent( lent,
                       entry_real_NtReadFileScatter( handle, event, apc, context, iosb, segments, len, offset, key ) );
}

static NTSTATUS WINAPI entry_NtWriteFileGather( HANDLE handle, HANDLE event, void *apc, void *context,
                                                IO_STATUS_BLOCK *iosb, void *segments, ULONG len, LARGE_INTEGER *offset,
                                                ULONG *key )
{
    HANDLE lent = ENTRY_BY_PROVIDER() ? NULL : entry_lend( event, apc );

    return entry_lent( lent,
                       entry_real_NtWriteFileGather( handle, event, apc, context, iosb, segments, len, offset, key ) );
}

static NTSTATUS WINAPI entry_NtFsControlFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                              IO_STATUS_BLOCK *iosb, ULONG code, void *in, ULONG in_size, void *out,
                                              ULONG out_size )
{
    HANDLE lent = ENTRY_BY_PROVIDER() ? NULL : entry_lend( event, apc );

    return entry_lent(
        lent, entry_real_NtFsControlFile( handle, event, apc, context, iosb, code, in, in_size, out, out_size ) );
}

static NTSTATUS WINAPI entry_NtLockFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                         LARGE_INTEGER *offset, LARGE_INTEGER *len, ULONG *key, BOOLEAN at_once,
                                         BOOLEAN exclusive )
{
    HANDLE lent = ENTRY_BY_PROVIDER() ? NULL : entry_lend( event, apc );

    return entry_lent(
        lent, entry_real_NtLockFile( handle, event, apc, context, iosb, offset, len, key, at_once, exclusive ) );
}

static NTSTATUS WINAPI entry_NtNotifyChangeDirectoryFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                                          IO_STATUS_BLOCK *iosb, void *buffer, ULONG len, ULONG filter,
                                                          BOOLEAN subtree )
{
    HANDLE lent = ENTRY_BY_PROVIDER() ? NULL : entry_lend( event, apc );

    return entry_lent( lent, entry_real_NtNotifyChangeDirectoryFile( handle, event, apc, context, iosb, buffer, len,
                                                                     filter, subtree ) );
}

static NTSTATUS WINAPI entry_NtNotifyChangeKey( HANDLE handle, HANDLE event, void *apc, void *context,
                                                IO_STATUS_BLOCK *iosb, ULONG filter, BOOLEAN subtree, void *buffer,
                                                ULONG len, BOOLEAN async )
{
    HANDLE lent = ENTRY_BY_PROVIDER() ? NULL : entry_lend( event, apc );

    return entry_lent(
        lent, entry_real_NtNotifyChangeKey( handle, event, apc, context, iosb, filter, subtree, buffer, len, async ) );
}

static NTSTATUS WINAPI entry_NtDeviceIoControlFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                                    IO_STATUS_BLOCK *iosb, ULONG code, void *in, ULONG in_size,
                                                    void *out, ULONG out_size )
{
    struct device_call call = { handle, code, in, out, in_size, out_size };
    HANDLE lent = NULL;

    if (!ENTRY_BY_PROVIDER())
    {
        event_ioctl( &call );
        lent = entry_lend( event, apc );
        handle_state_lent( handle, event );
    }
    return entry_lent( lent, entry_real_NtDeviceIoControlFile( handle, event, apc, context, iosb, code, call.in,
                                                               call.in_size, call.out, call.out_size ) );
}

static NTSTATUS WINAPI entry_NtNotifyChangeMultipleKeys( HANDLE handle, ULONG count, OBJECT_ATTRIBUTES *others,
                                                         HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                                         ULONG filter, BOOLEAN subtree, void *buffer, ULONG len,
                                                         BOOLEAN async )
{
    HANDLE lent = ENTRY_BY_PROVIDER() ? NULL : entry_lend( event, apc );

    return entry_lent( lent, entry_real_NtNotifyChangeMultipleKeys( handle, count, others, event, apc, context, iosb,
                                                                    filter, subtree, buffer, len, async ) );
}

static NTSTATUS WINAPI entry_NtSetTimer( HANDLE timer, const LARGE_INTEGER *when, void *apc, void *arg, BOOLEAN resume,
                                         ULONG period, BOOLEAN *state )
{
    if (!ENTRY_BY_PROVIDER()) apc_source_note( apc );
    return entry_real_NtSetTimer( timer, when, apc, arg, resume, period, state );
}

const struct entry entry_files[] = {
    { "NtReadFile", entry_NtReadFile, &entry_real_NtReadFile },
    { "NtWriteFile", entry_NtWriteFile, &entry_real_NtWriteFile },
    { "NtReadFileScatter", entry_NtReadFileScatter, &entry_real_NtReadFileScatter },
    { "NtWriteFileGather", entry_NtWriteFileGather, &entry_real_NtWriteFileGather },
    { "NtFsControlFile", entry_NtFsControlFile, &entry_real_NtFsControlFile },
    { "NtLockFile", entry_NtLockFile, &entry_real_NtLockFile },
    { "NtNotifyChangeDirectoryFile", entry_NtNotifyChangeDirectoryFile, &entry_real_NtNotifyChangeDirectoryFile },
    { "NtNotifyChangeKey", entry_NtNotifyChangeKey, &entry_real_NtNotifyChangeKey },
    { "NtDeviceIoControlFile", entry_NtDeviceIoControlFile, &entry_real_NtDeviceIoControlFile },
    { "NtNotifyChangeMultipleKeys", entry_NtNotifyChangeMultipleKeys, &entry_real_NtNotifyChangeMultipleKeys },
    { "NtSetTimer", entry_NtSetTimer, &entry_real_NtSetTimer },
    { 0 },
};
