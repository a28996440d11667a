/*
 * What mingw-w64's winternl.h lacks of ntdll.dll; Wine's has it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_NTDLL_H
#define WSURING_NTDLL_H

#ifndef __WINESRC__

NTSYSAPI NTSTATUS WINAPI LdrLockLoaderLock( ULONG flags, ULONG *result, ULONG_PTR *cookie );
NTSYSAPI NTSTATUS WINAPI LdrUnlockLoaderLock( ULONG flags, ULONG_PTR cookie );
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
    LONG EventType;
    LONG EventState;
} EVENT_BASIC_INFORMATION;

NTSYSAPI NTSTATUS WINAPI NtQueryEvent( HANDLE event, EVENT_INFORMATION_CLASS info_class, void *info, ULONG size,
                                       ULONG *used );
NTSYSAPI NTSTATUS WINAPI NtResetEvent( HANDLE event, LONG *previous );
NTSYSAPI NTSTATUS WINAPI NtQueryVirtualMemory( HANDLE process, const void *address, ULONG class, void *buffer,
                                               SIZE_T len, SIZE_T *result );
NTSYSAPI NTSTATUS WINAPI NtCreateThreadEx( HANDLE *thread, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                           HANDLE process, void *start, void *param, ULONG flags, ULONG_PTR zero_bits,
                                           SIZE_T commit, SIZE_T reserve, void *attribute_list );
NTSYSAPI NTSTATUS WINAPI NtCreateIoCompletion( HANDLE *port, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                               ULONG threads );
NTSYSAPI NTSTATUS WINAPI NtQueryIoCompletion( HANDLE port, int info_class, void *info, ULONG len, ULONG *returned );
NTSYSAPI NTSTATUS WINAPI NtRemoveIoCompletion( HANDLE port, ULONG_PTR *key, ULONG_PTR *value, IO_STATUS_BLOCK *iosb,
                                               LARGE_INTEGER *timeout );
NTSYSAPI NTSTATUS WINAPI NtSetIoCompletion( HANDLE port, ULONG_PTR key, ULONG_PTR value, NTSTATUS status,
                                            ULONG_PTR information );
NTSYSAPI NTSTATUS WINAPI NtWaitForMultipleObjects( ULONG count, const HANDLE *handles, ULONG type, BOOLEAN alertable,
                                                   const LARGE_INTEGER *timeout );
NTSYSAPI NTSTATUS WINAPI NtDuplicateObject( HANDLE source_process, HANDLE source, HANDLE dest_process, HANDLE *dest,
                                            ACCESS_MASK access, ULONG attributes, ULONG options );
NTSYSAPI NTSTATUS WINAPI NtGetNextThread( HANDLE process, HANDLE thread, ACCESS_MASK access, ULONG attributes,
                                          ULONG flags, HANDLE *next );
NTSYSAPI NTSTATUS WINAPI NtGetContextThread( HANDLE thread, CONTEXT *context );
NTSYSAPI NTSTATUS WINAPI NtResumeThread( HANDLE thread, ULONG *count );

typedef struct _THREAD_BASIC_INFORMATION
{
    NTSTATUS ExitStatus;
    void *TebBaseAddress;
    CLIENT_ID ClientId;
    ULONG_PTR AffinityMask;
    LONG Priority;
    LONG BasePriority;
} THREAD_BASIC_INFORMATION;

#define ThreadBasicInformation ( (THREADINFOCLASS)0 )

NTSYSAPI NTSTATUS WINAPI RtlWaitOnAddress( const volatile void *address, const void *compare, SIZE_T size,
                                           const LARGE_INTEGER *timeout );
NTSYSAPI void WINAPI RtlWakeAddressSingle( const void *address );
NTSYSAPI void WINAPI RtlWakeAddressAll( const void *address );

#endif /* __WINESRC__ */

/* NtCurrentTeb, which gcc 12 takes for an access beyond an array. */
static inline TEB *current_teb( void )
{
    TEB *teb;

#ifdef _WIN64
    __asm__( "movq %%gs:0x30, %0" : "=r"( teb ) );
#else
    __asm__( "movl %%fs:0x18, %0" : "=r"( teb ) );
#endif
    return teb;
}

/* The fields' names differ. */
static inline void *current_peb( void )
{
#ifdef __WINESRC__
    return current_teb()->Peb;
#else
    return current_teb()->ProcessEnvironmentBlock;
#endif
}

#endif /* WSURING_NTDLL_H */
