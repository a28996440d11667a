/*
 * Hooks at ntdll's own entry points
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For callers that don't go through kernelbase. A system call's stub begins, as on Windows, with "mov r10, rcx" and
 * "mov eax, NUMBER"; on i386 the first is missing. The instruction with the number becomes a jump of the same length by
 * one aligned write, so a thread that is in the stub sees one or the other. Where a stub looks different, such callers
 * go unseen.
 */

#include "base/capability.h"
#include "base/module.h"
#include "hooks/interpose.h"
#include "ports/port.h"
#include "sockets/handle_state.h"
#include "wait/event_state.h"
#include "wait/thread.h"

#define SYSTEM_PROCESS_INFORMATION          5
#define SYSTEM_EXTENDED_PROCESS_INFORMATION 57

#define CODE_SIZE 4096
#define CODE_STEP 0x10000
#define CODE_FAR  0x40000000

static NTSTATUS( WINAPI *entry_real_NtSetInformationFile )( HANDLE, IO_STATUS_BLOCK *, void *, ULONG,
                                                            FILE_INFORMATION_CLASS );
static NTSTATUS( WINAPI *entry_real_NtAssociateWaitCompletionPacket )( HANDLE, HANDLE, HANDLE, void *, void *, NTSTATUS,
                                                                       ULONG_PTR, BOOLEAN * );
static NTSTATUS( WINAPI *entry_real_NtDeviceIoControlFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG,
                                                             void *, ULONG, void *, ULONG );
static NTSTATUS( WINAPI *entry_real_NtReadFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *, ULONG,
                                                  LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *entry_real_NtWaitForMultipleObjects )( ULONG, const HANDLE *, ULONG, BOOLEAN,
                                                                const LARGE_INTEGER * );
static NTSTATUS( WINAPI *entry_real_NtWaitForSingleObject )( HANDLE, BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *entry_real_NtQueueApcThread )( HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );
static NTSTATUS( WINAPI *entry_real_NtSetEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *entry_real_NtResetEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *entry_real_NtClearEvent )( HANDLE );
static NTSTATUS( WINAPI *entry_real_NtQuerySystemInformation )( ULONG, void *, ULONG, ULONG * );
static NTSTATUS( WINAPI *entry_real_NtGetNextThread )( HANDLE, HANDLE, ACCESS_MASK, ULONG, ULONG, HANDLE * );

extern const BYTE __ImageBase[];

/* The provider's own calls aren't the program's; those of kernelbase's hooks have been seen there. */
static BOOL entry_is_provider( const void *caller )
{
    const IMAGE_DOS_HEADER *dos = (const void *)__ImageBase;
    const IMAGE_NT_HEADERS *header = (const void *)( __ImageBase + dos->e_lfanew );

    return (UINT_PTR)caller - (UINT_PTR)__ImageBase < header->OptionalHeader.SizeOfImage;
}

static NTSTATUS WINAPI entry_NtSetInformationFile( HANDLE handle, IO_STATUS_BLOCK *iosb, void *info, ULONG len,
                                                   FILE_INFORMATION_CLASS class )
{
    NTSTATUS status = entry_real_NtSetInformationFile( handle, iosb, info, len, class );

    if (status) return status;
    if ((int)class == FILE_COMPLETION_NOTIFICATION_MODES) port_note_modes( handle, info );
    if ((int)class != FILE_COMPLETION_INFORMATION) return status;
    /* Without the imports that fill and empty ports, too: the packets of a socket that is gone are posted to its port.
     * But if the server can't post them otherwise, it has to serve the operations. */
    if (!capability_lacks( CAPABILITY_PORTS ) || module_can_post()) port_note_associated( handle, info );
    else port_note_used( handle );
    return status;
}

static NTSTATUS WINAPI entry_NtQueueApcThread( HANDLE thread, void *func, ULONG_PTR arg1, ULONG_PTR arg2,
                                               ULONG_PTR arg3 )
{
    NTSTATUS status = entry_real_NtQueueApcThread( thread, func, arg1, arg2, arg3 );

    if (!entry_is_provider( __builtin_return_address( 0 ) )) wait_note_apc( status, thread );
    return status;
}

/* A wait past the hooks, such as those of the thread pool: only sockets' handles are looked for. */
static NTSTATUS WINAPI entry_NtWaitForMultipleObjects( ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable,
                                                       const LARGE_INTEGER *timeout )
{
    struct handle_waits waits;

    if (entry_is_provider( __builtin_return_address( 0 ) ))
        return entry_real_NtWaitForMultipleObjects( count, handles, any, alertable, timeout );
    handle_state_replace( &waits, count, handles, any );
    return handle_state_status(
        &waits, entry_real_NtWaitForMultipleObjects( waits.count, waits.handles, waits.any, alertable, timeout ) );
}

static NTSTATUS WINAPI entry_NtWaitForSingleObject( HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout )
{
    struct handle_waits waits;

    if (entry_is_provider( __builtin_return_address( 0 ) ))
        return entry_real_NtWaitForSingleObject( handle, alertable, timeout );
    handle_state_replace( &waits, 1, &handle, TRUE );
    if (waits.count == 1) return entry_real_NtWaitForSingleObject( *waits.handles, alertable, timeout );
    return handle_state_status(
        &waits, entry_real_NtWaitForMultipleObjects( waits.count, waits.handles, waits.any, alertable, timeout ) );
}

/* ntdll sets events of its own accord, too: when a timer is deleted, or a callback returns. */
static NTSTATUS WINAPI entry_NtSetEvent( HANDLE event, LONG *previous )
{
    if (entry_is_provider( __builtin_return_address( 0 ) )) return entry_real_NtSetEvent( event, previous );
    return event_set_by( entry_real_NtSetEvent, event, previous );
}

static NTSTATUS WINAPI entry_NtResetEvent( HANDLE event, LONG *previous )
{
    if (entry_is_provider( __builtin_return_address( 0 ) )) return entry_real_NtResetEvent( event, previous );
    return event_reset_by( entry_real_NtResetEvent, event, previous );
}

static NTSTATUS WINAPI entry_NtClearEvent( HANDLE event )
{
    NTSTATUS status = entry_real_NtClearEvent( event );

    event_forget( event );
    return status;
}

/* From Wine 11 on: the server posts a packet when the target is signalled, so this port isn't for sockets alone. */
static NTSTATUS WINAPI entry_NtAssociateWaitCompletionPacket( HANDLE packet, HANDLE port, HANDLE target, void *key,
                                                              void *value, NTSTATUS io_status, ULONG_PTR information,
                                                              BOOLEAN *signalled )
{
    port_note_mixed( port );
    return entry_real_NtAssociateWaitCompletionPacket( packet, port, target, key, value, io_status, information,
                                                       signalled );
}

static NTSTATUS WINAPI entry_NtDeviceIoControlFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                                    IO_STATUS_BLOCK *iosb, ULONG code, void *in, ULONG in_size,
                                                    void *out, ULONG out_size )
{
    struct device_call call = { handle, code, in, out, in_size, out_size };

    if (!entry_is_provider( __builtin_return_address( 0 ) ))
    {
        event_ioctl( &call );
        handle_state_lent( handle, event );
    }
    return entry_real_NtDeviceIoControlFile( handle, event, apc, context, iosb, code, call.in, call.in_size, call.out,
                                             call.out_size );
}

static NTSTATUS WINAPI entry_NtReadFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                         void *buffer, ULONG len, LARGE_INTEGER *offset, ULONG *key )
{
    NTSTATUS status = entry_real_NtReadFile( handle, event, apc, context, iosb, buffer, len, offset, key );

    if (!NT_ERROR( status )) event_read_past( handle );
    return status;
}

/* ---- our threads aren't the program's: who suspends all others would suspend its own input and output */

#ifdef __x86_64__
#define ENTRY_PROCESS_ID           0x50
#define ENTRY_PROCESS_SIZE         0x100
#define ENTRY_THREAD_ID            0x30
#define ENTRY_THREAD_SIZE          0x50
#define ENTRY_EXTENDED_THREAD_SIZE 0x88
#else
#define ENTRY_PROCESS_ID           0x44
#define ENTRY_PROCESS_SIZE         0xb8
#define ENTRY_THREAD_ID            0x24
#define ENTRY_THREAD_SIZE          0x40
#define ENTRY_EXTENDED_THREAD_SIZE 0x60
#endif

struct entry_process /* SYSTEM_PROCESS_INFORMATION */
{
    ULONG next, threads;
    BYTE unused1[ENTRY_PROCESS_ID - 2 * sizeof( ULONG )];
    ULONG_PTR id;
    BYTE unused2[ENTRY_PROCESS_SIZE - ENTRY_PROCESS_ID - sizeof( ULONG_PTR )];
    /* threads follow */
};

struct entry_thread /* the beginning of SYSTEM_THREAD_INFORMATION */
{
    BYTE unused[ENTRY_THREAD_ID];
    ULONG_PTR id;
};

static void entry_hide_threads( struct entry_process *process, SIZE_T size )
{
    BYTE *thread = (BYTE *)( process + 1 ), *kept = thread;
    ULONG i, count = process->threads;

    for (i = 0; i < count; i++, thread += size)
    {
        if (thread_is_own( ( (struct entry_thread *)thread )->id ))
        {
            process->threads--;
            continue;
        }
        if (kept != thread) memmove( kept, thread, size );
        kept += size;
    }
}

static NTSTATUS WINAPI entry_NtQuerySystemInformation( ULONG class, void *info, ULONG len, ULONG *needed )
{
    NTSTATUS status = entry_real_NtQuerySystemInformation( class, info, len, needed );
    SIZE_T size = class == SYSTEM_PROCESS_INFORMATION ? ENTRY_THREAD_SIZE : ENTRY_EXTENDED_THREAD_SIZE;
    BYTE *entry = info;

    if (status || ( class != SYSTEM_PROCESS_INFORMATION && class != SYSTEM_EXTENDED_PROCESS_INFORMATION )
        || !thread_own_count() || len < sizeof( struct entry_process ) || !guarded_touch( info, len, TRUE ))
        return status;
    for (;;)
    {
        struct entry_process *process = (struct entry_process *)entry;
        SIZE_T left = len - ( entry - (BYTE *)info );

        if (process->id == GetCurrentProcessId())
        {
            if (process->threads <= ( left - sizeof( *process ) ) / size) entry_hide_threads( process, size );
            break;
        }
        if (!process->next || process->next + sizeof( *process ) > left) break;
        entry += process->next;
    }
    return status;
}

static BOOL entry_is_own( HANDLE thread )
{
    DWORD id = GetThreadId( thread );
    HANDLE duplicate;

    if (!id
        && DuplicateHandle( GetCurrentProcess(), thread, GetCurrentProcess(), &duplicate,
                            THREAD_QUERY_LIMITED_INFORMATION, FALSE, 0 ))
    {
        id = GetThreadId( duplicate );
        NtClose( duplicate );
    }
    return thread_is_own( id );
}

static NTSTATUS WINAPI entry_NtGetNextThread( HANDLE process, HANDLE thread, ACCESS_MASK access, ULONG attributes,
                                              ULONG flags, HANDLE *next )
{
    NTSTATUS status = entry_real_NtGetNextThread( process, thread, access, attributes, flags, next );
    HANDLE own, found;

    if (status || !thread_own_count() || !guarded_copy( &found, next, sizeof( found ) )) return status;
    while (!status && entry_is_own( found ))
    {
        own = found;
        status = entry_real_NtGetNextThread( process, own, access, attributes, flags, &found );
        NtClose( own );
    }
    if (status) found = NULL;
    guarded_copy( next, &found, sizeof( found ) );
    return status;
}

/* ---- the stubs */

static const struct entry
{
    const char *name;
    void *function;
    void *real; /* address of the pointer to what does the call */
} entries[] = {
    { "NtSetInformationFile", entry_NtSetInformationFile, &entry_real_NtSetInformationFile },
    { "NtAssociateWaitCompletionPacket", entry_NtAssociateWaitCompletionPacket,
      &entry_real_NtAssociateWaitCompletionPacket },
    { "NtDeviceIoControlFile", entry_NtDeviceIoControlFile, &entry_real_NtDeviceIoControlFile },
    { "NtReadFile", entry_NtReadFile, &entry_real_NtReadFile },
    { "NtWaitForMultipleObjects", entry_NtWaitForMultipleObjects, &entry_real_NtWaitForMultipleObjects },
    { "NtWaitForSingleObject", entry_NtWaitForSingleObject, &entry_real_NtWaitForSingleObject },
    { "NtSetEvent", entry_NtSetEvent, &entry_real_NtSetEvent },
    { "NtResetEvent", entry_NtResetEvent, &entry_real_NtResetEvent },
    { "NtClearEvent", entry_NtClearEvent, &entry_real_NtClearEvent },
    { "NtQueueApcThread", entry_NtQueueApcThread, &entry_real_NtQueueApcThread },
    { "NtQuerySystemInformation", entry_NtQuerySystemInformation, &entry_real_NtQuerySystemInformation },
    { "NtGetNextThread", entry_NtGetNextThread, &entry_real_NtGetNextThread },
};

#ifdef __x86_64__
#define ENTRY_STUB_SIZE 8                                     /* the two instructions */
#define ENTRY_AT        3                                     /* the second */
static const BYTE entry_begin[] = { 0x4c, 0x8b, 0xd1, 0xb8 }; /* mov r10, rcx; mov eax, */
#else
#define ENTRY_STUB_SIZE 5
#define ENTRY_AT        0
static const BYTE entry_begin[] = { 0xb8 }; /* mov eax, */
#endif
#define ENTRY_JUMP_SIZE 5

#pragma pack( push, 1 )
struct entry_jump
{
    BYTE code[2]; /* jmp *place */
    LONG place;   /* of the target: on i386 its address, otherwise the distance */
    const void *target;
};

struct entry_code
{
    BYTE stub[ENTRY_STUB_SIZE];
    struct entry_jump rest; /* on to the rest of the stub */
    struct entry_jump function;
};
#pragma pack( pop )

static void entry_set_jump( struct entry_jump *jump, const void *target )
{
    jump->code[0] = 0xff;
    jump->code[1] = 0x25;
    jump->place = sizeof( void * ) == 8 ? 0 : (LONG)(LONG_PTR)&jump->target;
    jump->target = target;
}

/* Memory that a jump from that place reaches. */
static struct entry_code *entry_code_alloc( BYTE *place )
{
    BYTE *from = (BYTE *)( (UINT_PTR)place & ~(UINT_PTR)( CODE_STEP - 1 ) );
    SIZE_T away;
    void *code;

    for (away = CODE_STEP; away < CODE_FAR; away += CODE_STEP)
    {
        if (( code = VirtualAlloc( from + away, CODE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE ) )) return code;
        if (away < (UINT_PTR)from
            && ( code = VirtualAlloc( from - away, CODE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE ) ))
            return code;
    }
    return NULL;
}

static BOOL entry_write( BYTE *stub, const struct entry_code *code )
{
    LONG64 word;
    DWORD protection;
    BYTE *bytes = (BYTE *)&word;
    LONG distance = (BYTE *)&code->function - ( stub + ENTRY_AT + ENTRY_JUMP_SIZE );

    memcpy( bytes, stub, sizeof( word ) );
    bytes[ENTRY_AT] = 0xe9; /* jmp */
    memcpy( bytes + ENTRY_AT + 1, &distance, sizeof( distance ) );
    if (!VirtualProtect( stub, sizeof( word ), PAGE_EXECUTE_READWRITE, &protection )) return FALSE;
    __atomic_store_n( (LONG64 *)stub, word, __ATOMIC_SEQ_CST );
    VirtualProtect( stub, sizeof( word ), protection, &protection );
    FlushInstructionCache( GetCurrentProcess(), stub, sizeof( word ) );
    return TRUE;
}

BOOL entry_install( void )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );
    struct entry_code *code;
    BYTE *stubs[ARRAY_SIZE( entries )];
    DWORD protection;
    BOOL all = TRUE;
    UINT i;

    if (engine == ENGINE_AFD) return TRUE; /* not needed */
    if (!( code = entry_code_alloc( (BYTE *)ntdll ) )) return FALSE;
    for (i = 0; i < ARRAY_SIZE( entries ); i++)
    {
        BYTE *stub = (BYTE *)GetProcAddress( ntdll, entries[i].name );

        stubs[i] = NULL;
        if (!stub) continue; /* not a function of this release */
        if ((UINT_PTR)stub % sizeof( LONG64 ) || memcmp( stub, entry_begin, sizeof( entry_begin ) ))
        {
            all = FALSE;
            continue;
        }
        stubs[i] = stub;
        memcpy( code[i].stub, stub, sizeof( code->stub ) );
        entry_set_jump( &code[i].rest, stub + sizeof( code->stub ) );
        entry_set_jump( &code[i].function, entries[i].function );
        *(void **)entries[i].real = code + i;
    }
    if (!VirtualProtect( code, CODE_SIZE, PAGE_EXECUTE_READ, &protection )) return FALSE;
    for (i = 0; i < ARRAY_SIZE( entries ); i++)
        if (stubs[i] && !entry_write( stubs[i], code + i )) all = FALSE;
    return all;
}
