/*
 * The ends of threads and of the process, and threads that are suspended
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "hooks/interpose.h"
#include "ports/port.h"
#include "wait/thread.h"

static void( WINAPI *real_RtlExitUserProcess )( ULONG );
static NTSTATUS( WINAPI *real_NtTerminateProcess )( HANDLE, LONG );
static NTSTATUS( WINAPI *real_NtSuspendThread )( HANDLE, ULONG * );
static NTSTATUS( WINAPI *real_NtTerminateThread )( HANDLE, LONG );

static void exit_begins( void )
{
    buffered_send_finish();
    thread_start_end();
}

static void WINAPI hook_RtlExitUserProcess( ULONG exit_code )
{
    exit_begins();
    real_RtlExitUserProcess( exit_code );
}

static NTSTATUS WINAPI hook_NtTerminateProcess( HANDLE process, LONG exit_code )
{
    if (process == GetCurrentProcess()) exit_begins();
    return real_NtTerminateProcess( process, exit_code );
}

static NTSTATUS WINAPI hook_NtTerminateThread( HANDLE thread, LONG exit_code )
{
    DWORD thread_id = thread == GetCurrentThread() ? 0 : GetThreadId( thread );
    BOOL suspended = FALSE;
    NTSTATUS status;

    if (!thread_id || thread_id == GetCurrentThreadId()) last_thread_check();
    else suspended = !suspend_safely( thread, NULL, TRUE, real_NtSuspendThread );
    last_thread_terminates();
    status = real_NtTerminateThread( thread, exit_code );
    if (status && suspended) NtResumeThread( thread, NULL );
    if (!status && thread_id) port_forget_thread( thread_id );
    return status;
}

static NTSTATUS WINAPI hook_NtSuspendThread( HANDLE thread, ULONG *count )
{
    return suspend_safely( thread, count, FALSE, real_NtSuspendThread );
}

const struct hook exit_hooks[] = {
    { "kernelbase.dll", "NtTerminateProcess", hook_NtTerminateProcess, &real_NtTerminateProcess, FALSE },
    { "kernelbase.dll", "NtSuspendThread", hook_NtSuspendThread, &real_NtSuspendThread, FALSE },
    { "kernelbase.dll", "NtTerminateThread", hook_NtTerminateThread, &real_NtTerminateThread, TRUE },
    { "kernel32.dll", "RtlExitUserProcess", hook_RtlExitUserProcess, &real_RtlExitUserProcess, FALSE },
    { 0 },
};
