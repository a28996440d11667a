/*
 * The part of Windows' headers that the provider's files in tests/unix/run need on the host
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A lock is a mutex, which ThreadSanitizer understands; an event is an eventfd (port_queue.c of this folder).
 * Nothing else in these files blocks.
 */

#ifndef WSURING_TESTS_UNIX_WINDOWS_H
#define WSURING_TESTS_UNIX_WINDOWS_H

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* unixlib.h has other ones */
#undef POLL_IN
#undef POLL_OUT
#undef POLL_PRI
#undef POLL_ERR
#undef POLL_HUP

#define WINAPI
#define WSPAPI
#define CALLBACK
#define NTSYSAPI     extern
#define TRUE         1
#define FALSE        0
#define INFINITE     0xffffffffu
#define SOCKET_ERROR ( -1 )

typedef struct _TEB
{
    void *ProcessEnvironmentBlock;
} TEB; /* nobody looks into one, nor into the next two */

typedef struct _CONTEXT CONTEXT;

typedef struct _CLIENT_ID
{
    void *UniqueProcess;
    void *UniqueThread;
} CLIENT_ID;

typedef int BOOL, LONG, INT, NTSTATUS;
typedef unsigned int UINT, DWORD, ULONG, ACCESS_MASK, GROUP;
typedef unsigned short USHORT, WORD, WCHAR;
typedef unsigned char BYTE, BOOLEAN;
typedef char CHAR;
typedef long long LONGLONG, LONG64;
typedef unsigned long long UINT64, ULONG64, ULONGLONG;
#define MAXLONGLONG 0x7fffffffffffffffll
typedef intptr_t LONG_PTR, INT_PTR;
typedef uintptr_t ULONG_PTR, UINT_PTR, SIZE_T, DWORD_PTR, SOCKET;
typedef void *HANDLE, *PVOID, *WSAEVENT, *HWND;
typedef struct
{
    int unused;
} OBJECT_ATTRIBUTES, QOS, WSPUPCALLTABLE, WSAPROTOCOL_INFOW, WSAMSG, WSANETWORKEVENTS, GUID;
typedef union
{
    LONGLONG QuadPart;
    struct
    {
        DWORD LowPart;
        LONG HighPart;
    } u;
} LARGE_INTEGER;
typedef struct
{
    union
    {
        NTSTATUS Status;
        PVOID Pointer;
    };
    ULONG_PTR Information;
} IO_STATUS_BLOCK;
typedef struct
{
    ULONG_PTR Internal, InternalHigh, Pointer;
    HANDLE hEvent;
} OVERLAPPED, WSAOVERLAPPED;
typedef struct
{
    DWORD len;
    char *buf;
} WSABUF;
typedef struct
{
    HANDLE ThreadHandle;
    DWORD_PTR Reserved;
} WSATHREADID;
typedef void ( *LPWSAOVERLAPPED_COMPLETION_ROUTINE )( DWORD, DWORD, WSAOVERLAPPED *, DWORD );
struct sockaddr;
struct sockaddr_in6
{
    uint16_t sin6_family, sin6_port;
    uint32_t sin6_flowinfo;
    uint8_t sin6_addr[16];
    uint32_t sin6_scope_id;
};

#define IPPROTO_UDP 17
#define SOCK_STREAM 1
#define SOCK_DGRAM  2
#define AF_INET     2
#define AF_INET6    23

#define STATUS_SUCCESS              ( (NTSTATUS)0 )
#define STATUS_TIMEOUT              ( (NTSTATUS)0x102 )
#define STATUS_NO_MEMORY            ( (NTSTATUS)0xc0000017 )
#define STATUS_NOT_SUPPORTED        ( (NTSTATUS)0xc00000bb )
#define STATUS_INVALID_HANDLE       ( (NTSTATUS)0xc0000008 )
#define STATUS_OBJECT_TYPE_MISMATCH ( (NTSTATUS)0xc0000024 )

#define NT_ERROR( status )   ( (ULONG)( status ) >> 30 == 3 )
#define HEAP_ZERO_MEMORY     8
#define MAXIMUM_WAIT_OBJECTS 64
#define HandleToULong( h )   ( (ULONG)(uintptr_t)( h ) )
#define EVENT_ALL_ACCESS     0x1f0003
#define min( a, b )          ( ( a ) < ( b ) ? ( a ) : ( b ) )
#define max( a, b )          ( ( a ) > ( b ) ? ( a ) : ( b ) )

typedef pthread_mutex_t SRWLOCK;
#define SRWLOCK_INIT            PTHREAD_MUTEX_INITIALIZER
#define AcquireSRWLockExclusive pthread_mutex_lock
#define ReleaseSRWLockExclusive pthread_mutex_unlock
#define AcquireSRWLockShared    pthread_mutex_lock
#define ReleaseSRWLockShared    pthread_mutex_unlock

#define InterlockedIncrement( p )       ( __atomic_add_fetch( p, 1, __ATOMIC_SEQ_CST ) )
#define InterlockedDecrement( p )       ( __atomic_sub_fetch( p, 1, __ATOMIC_SEQ_CST ) )
#define InterlockedExchange( p, value ) ( __atomic_exchange_n( p, value, __ATOMIC_SEQ_CST ) )
#define InterlockedAnd( p, value )      ( __atomic_fetch_and( p, value, __ATOMIC_SEQ_CST ) )
#define InterlockedOr( p, value )       ( __atomic_fetch_or( p, value, __ATOMIC_SEQ_CST ) )

static inline LONG InterlockedCompareExchange( volatile LONG *dest, LONG value, LONG compare )
{
    __atomic_compare_exchange_n( dest, &compare, value, FALSE, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST );
    return compare;
}

static inline LONG64 InterlockedCompareExchange64( volatile LONG64 *dest, LONG64 value, LONG64 compare )
{
    __atomic_compare_exchange_n( dest, &compare, value, FALSE, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST );
    return compare;
}

static inline void *InterlockedExchangePointer( void *volatile *dest, void *value )
{
    return __atomic_exchange_n( dest, value, __ATOMIC_SEQ_CST );
}

static inline void *InterlockedCompareExchangePointer( void *volatile *dest, void *value, void *compare )
{
    __atomic_compare_exchange_n( dest, &compare, value, FALSE, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST );
    return compare;
}

#define GetProcessHeap()               NULL
#define HeapAlloc( heap, flags, size ) ( ( flags ) & HEAP_ZERO_MEMORY ? calloc( 1, size ) : malloc( size ) )
#define HeapFree( heap, flags, ptr )   free( ptr )

/* Modules: only what leads to the imports (interpose.c of this folder) */

typedef void *HMODULE;
typedef int FILE_INFORMATION_CLASS;
typedef struct
{
    DWORD e_lfanew;
} IMAGE_DOS_HEADER;
typedef struct
{
    DWORD VirtualAddress;
} IMAGE_DATA_DIRECTORY;
typedef struct
{
    struct
    {
        DWORD unused[2];
        DWORD SizeOfImage;
        IMAGE_DATA_DIRECTORY DataDirectory[2];
    } OptionalHeader;
} IMAGE_NT_HEADERS;
typedef struct
{
    DWORD OriginalFirstThunk, Name, FirstThunk;
} IMAGE_IMPORT_DESCRIPTOR;
typedef struct
{
    union
    {
        ULONG64 AddressOfData, Ordinal;
    } u1;
} IMAGE_THUNK_DATA;
typedef struct
{
    WORD Hint;
    CHAR Name[1];
} IMAGE_IMPORT_BY_NAME;

#define IMAGE_DIRECTORY_ENTRY_IMPORT           1
#define IMAGE_ORDINAL_FLAG64                   ( 1ull << 63 )
#define IMAGE_SNAP_BY_ORDINAL( ordinal )       ( ( ( ordinal ) & IMAGE_ORDINAL_FLAG64 ) != 0 )
#define PAGE_READWRITE                         4
#define PAGE_EXECUTE_READ                      0x20
#define PAGE_EXECUTE_READWRITE                 0x40
#define MEM_COMMIT                             0x1000
#define MEM_RESERVE                            0x2000
#define GetCurrentProcess()                    ( (HANDLE)(intptr_t)-1 )
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 4
#define GET_MODULE_HANDLE_EX_FLAG_PIN          1
#define GetCurrentThread()                     ( (HANDLE)(intptr_t)-2 )
#define STATUS_WAIT_0                          STATUS_SUCCESS

extern HMODULE GetModuleHandleA( const CHAR *name );
extern BOOL GetModuleHandleExW( DWORD flags, const WCHAR *address, HMODULE *module );
extern void *GetProcAddress( HMODULE module, const CHAR *name );
extern BOOL VirtualProtect( void *address, SIZE_T size, DWORD protection, DWORD *old );
extern void *VirtualAlloc( void *address, SIZE_T size, DWORD type, DWORD protection );
extern BOOL FlushInstructionCache( HANDLE process, const void *address, SIZE_T size );
extern int lstrcmpiA( const CHAR *a, const CHAR *b );
extern DWORD GetThreadId( HANDLE thread );
extern DWORD GetCurrentThreadId( void );
extern void Sleep( DWORD ms );
extern void QueryPerformanceCounter( LARGE_INTEGER *now );
extern void QueryPerformanceFrequency( LARGE_INTEGER *frequency );
extern NTSTATUS NtQuerySystemTime( LARGE_INTEGER *now );
#define NtClose provider_NtClose /* not that of the stand-in for ntdll.so, which unix_init calls */
extern NTSTATUS NtClose( HANDLE handle );
extern NTSTATUS NtWaitForSingleObject( HANDLE handle, BOOLEAN alertable, LARGE_INTEGER *timeout );

#endif /* WSURING_TESTS_UNIX_WINDOWS_H */
