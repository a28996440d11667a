/*
 * What mingw-w64's winternl.h lacks of ntdll.dll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_NTDLL_H
#define WSURING_NTDLL_H

NTSYSAPI NTSTATUS WINAPI NtCreateEvent( HANDLE *event, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG type,
                                        BOOLEAN state );
NTSYSAPI NTSTATUS WINAPI NtCancelIoFileEx( HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb );
NTSYSAPI NTSTATUS WINAPI NtDelayExecution( BOOLEAN alertable, const LARGE_INTEGER *timeout );
NTSYSAPI NTSTATUS WINAPI NtWaitForMultipleObjects( ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable,
                                                   const LARGE_INTEGER *timeout );
NTSYSAPI NTSTATUS WINAPI NtSetEvent( HANDLE event, LONG *previous );

typedef enum _EVENT_INFORMATION_CLASS
{
    EventBasicInformation
} EVENT_INFORMATION_CLASS;

typedef struct _EVENT_BASIC_INFORMATION
{
    LONG type;
    LONG state;
} EVENT_BASIC_INFORMATION;

NTSYSAPI NTSTATUS WINAPI NtQueryEvent( HANDLE event, EVENT_INFORMATION_CLASS info_class, void *info, ULONG size,
                                       ULONG *used );
NTSYSAPI NTSTATUS WINAPI NtResetEvent( HANDLE event, LONG *previous );
NTSYSAPI NTSTATUS WINAPI NtQueryVirtualMemory( HANDLE process, const void *address, ULONG class, void *buffer,
                                               SIZE_T len, SIZE_T *result );
NTSYSAPI NTSTATUS WINAPI NtCreateThreadEx( HANDLE *thread, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                           HANDLE process, void *start, void *param, ULONG flags, ULONG_PTR zero_bits,
                                           SIZE_T commit, SIZE_T reserve, void *attribute_list );
NTSYSAPI NTSTATUS WINAPI NtSetIoCompletion( HANDLE port, ULONG_PTR key, ULONG_PTR value, NTSTATUS status,
                                            ULONG_PTR information );
NTSYSAPI NTSTATUS WINAPI NtWaitForMultipleObjects( ULONG count, const HANDLE *handles, ULONG type, BOOLEAN alertable,
                                                   const LARGE_INTEGER *timeout );
NTSYSAPI NTSTATUS WINAPI NtDuplicateObject( HANDLE source_process, HANDLE source, HANDLE dest_process, HANDLE *dest,
                                            ACCESS_MASK access, ULONG attributes, ULONG options );
NTSYSAPI NTSTATUS WINAPI RtlWaitOnAddress( const volatile void *address, const void *compare, SIZE_T size,
                                           const LARGE_INTEGER *timeout );
NTSYSAPI void WINAPI RtlWakeAddressSingle( const void *address );
NTSYSAPI void WINAPI RtlWakeAddressAll( const void *address );

/* NtCurrentTeb, which gcc 12 takes for an access beyond an array. */
static inline TEB *current_teb( void )
{
    TEB *teb;

    __asm__( "movq %%gs:0x30, %0" : "=r"( teb ) );
    return teb;
}

#endif /* WSURING_NTDLL_H */
