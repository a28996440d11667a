/*
 * Hooks at ntdll's own entry points
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For callers that don't go through kernelbase. A system call's stub begins, as on Windows, with "mov r10, rcx" and
 * "mov eax, NUMBER". The second instruction becomes a jump of the same length by one aligned write, so a thread that
 * is in the stub sees one or the other. Where a stub looks different, such callers go unseen.
 */

#include "hooks/interpose.h"
#include "wait/thread.h"

#define FILE_COMPLETION_INFORMATION         30
#define SYSTEM_PROCESS_INFORMATION          5
#define SYSTEM_EXTENDED_PROCESS_INFORMATION 57

#define CODE_SIZE 4096
#define CODE_STEP 0x10000
#define CODE_FAR  0x40000000

static NTSTATUS( WINAPI *entry_real_NtSetInformationFile )( HANDLE, IO_STATUS_BLOCK *, void *, ULONG,
                                                            FILE_INFORMATION_CLASS );
static NTSTATUS( WINAPI *entry_real_NtQuerySystemInformation )( ULONG, void *, ULONG, ULONG * );
static NTSTATUS( WINAPI *entry_real_NtGetNextThread )( HANDLE, HANDLE, ACCESS_MASK, ULONG, ULONG, HANDLE * );

static NTSTATUS WINAPI entry_NtSetInformationFile( HANDLE handle, IO_STATUS_BLOCK *iosb, void *info, ULONG len,
                                                   FILE_INFORMATION_CLASS class )
{
    NTSTATUS status = entry_real_NtSetInformationFile( handle, iosb, info, len, class );

    if (!status && (int)class == FILE_COMPLETION_INFORMATION) port_note_associated( handle, info );
    return status;
}

/* ---- our threads aren't the program's: who suspends all others would suspend its own input and output */

struct entry_process /* SYSTEM_PROCESS_INFORMATION */
{
    ULONG next, threads;
    BYTE unused1[0x48];
    ULONG_PTR id;
    BYTE unused2[0xa8];
    /* threads follow */
};

struct entry_thread /* the beginning of SYSTEM_THREAD_INFORMATION */
{
    BYTE unused[0x30];
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
    SIZE_T size = class == SYSTEM_PROCESS_INFORMATION ? 0x50 : 0x88;
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
    { "NtQuerySystemInformation", entry_NtQuerySystemInformation, &entry_real_NtQuerySystemInformation },
    { "NtGetNextThread", entry_NtGetNextThread, &entry_real_NtGetNextThread },
};

#pragma pack( push, 1 )
struct entry_code
{
    BYTE stub[8];  /* the two instructions, and on to the rest of the stub */
    BYTE jump1[6]; /* jmp *rest */
    const void *rest;
    BYTE jump2[6]; /* jmp *function */
    const void *function;
};
#pragma pack( pop )

static const BYTE entry_begin[4] = { 0x4c, 0x8b, 0xd1, 0xb8 }; /* mov r10, rcx; mov eax, */
static const BYTE entry_jump[6] = { 0xff, 0x25, 0, 0, 0, 0 };  /* jmp *[rip] */

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
    LONG distance = code->jump2 - ( stub + sizeof( word ) );

    memcpy( bytes, code->stub, sizeof( word ) );
    bytes[3] = 0xe9; /* jmp */
    memcpy( bytes + 4, &distance, sizeof( distance ) );
    if (!VirtualProtect( stub, sizeof( word ), PAGE_EXECUTE_READWRITE, &protection )) return FALSE;
    InterlockedExchange64( (LONG64 *)stub, word );
    VirtualProtect( stub, sizeof( word ), protection, &protection );
    FlushInstructionCache( GetCurrentProcess(), stub, sizeof( word ) );
    return TRUE;
}

void entry_install( void )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );
    struct entry_code *code;
    BYTE *stubs[ARRAY_SIZE( entries )];
    DWORD protection;
    UINT i;

    if (engine == ENGINE_AFD || !( code = entry_code_alloc( (BYTE *)ntdll ) )) return;
    for (i = 0; i < ARRAY_SIZE( entries ); i++)
    {
        BYTE *stub = (BYTE *)GetProcAddress( ntdll, entries[i].name );

        stubs[i] = NULL;
        if (!stub || (UINT_PTR)stub % sizeof( LONG64 ) || memcmp( stub, entry_begin, sizeof( entry_begin ) )) continue;
        stubs[i] = stub;
        memcpy( code[i].stub, stub, sizeof( code->stub ) );
        memcpy( code[i].jump1, entry_jump, sizeof( entry_jump ) );
        memcpy( code[i].jump2, entry_jump, sizeof( entry_jump ) );
        code[i].rest = stub + sizeof( code->stub );
        code[i].function = entries[i].function;
        *(void **)entries[i].real = code + i;
    }
    if (!VirtualProtect( code, CODE_SIZE, PAGE_EXECUTE_READ, &protection )) return;
    for (i = 0; i < ARRAY_SIZE( entries ); i++)
        if (stubs[i] && !entry_write( stubs[i], code + i )) log_message( "%s isn't hooked\n", entries[i].name );
}
