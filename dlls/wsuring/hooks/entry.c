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

#include "hooks/entry.h"

#define CODE_SIZE 4096
#define CODE_STEP 0x10000
#define CODE_FAR  0x40000000

#define ENTRIES_MAX 64 /* their code fits CODE_SIZE */

static const struct entry *const entry_tables[] = { entry_calls, entry_files, entry_threads };

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
    word_write( (LONG64 *)stub, word );
    VirtualProtect( stub, sizeof( word ), protection, &protection );
    FlushInstructionCache( GetCurrentProcess(), stub, sizeof( word ) );
    return TRUE;
}

static BOOL entry_looks_right( const BYTE *stub )
{
    return !( (UINT_PTR)stub % sizeof( LONG64 ) ) && !memcmp( stub, entry_begin, sizeof( entry_begin ) );
}

/* Calls `with' for each that this release has; not all are functions of every one. FALSE if any of these calls did. */
static BOOL entry_for_each( BOOL ( *with )( const struct entry *entry, BYTE *stub, void *arg ), void *arg )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );
    const struct entry *entry;
    BOOL all = TRUE;
    BYTE *stub;
    UINT i;

    for (i = 0; i < ARRAY_SIZE( entry_tables ); i++)
        for (entry = entry_tables[i]; entry->name; entry++)
            if (( stub = (BYTE *)GetProcAddress( ntdll, entry->name ) ) && !with( entry, stub, arg )) all = FALSE;
    return all;
}

static BOOL entry_check( const struct entry *entry, BYTE *stub, void *arg )
{
    (void)entry;
    (void)arg;
    return entry_looks_right( stub );
}

BOOL entry_expected( void )
{
    return entry_for_each( entry_check, NULL );
}

struct entry_codes
{
    struct entry_code *code;
    BYTE *stubs[ENTRIES_MAX];
    UINT count;
};

static BOOL entry_prepare( const struct entry *entry, BYTE *stub, void *arg )
{
    struct entry_codes *codes = arg;
    struct entry_code *code = codes->code + codes->count;

    if (codes->count == ENTRIES_MAX || !entry_looks_right( stub )) return FALSE;
    memcpy( code->stub, stub, sizeof( code->stub ) );
    entry_set_jump( &code->rest, stub + sizeof( code->stub ) );
    entry_set_jump( &code->function, entry->function );
    *(void **)entry->real = code;
    codes->stubs[codes->count++] = stub;
    return TRUE;
}

BOOL entry_install( void )
{
    struct entry_codes codes = { 0 };
    DWORD protection;
    BOOL all;
    UINT i;

    if (engine == ENGINE_AFD) return TRUE; /* not needed */
    if (!( codes.code = entry_code_alloc( (BYTE *)GetModuleHandleA( "ntdll.dll" ) ) )) return FALSE;
    all = entry_for_each( entry_prepare, &codes );
    if (!VirtualProtect( codes.code, CODE_SIZE, PAGE_EXECUTE_READ, &protection )) return FALSE;
    for (i = 0; i < codes.count; i++)
        if (!entry_write( codes.stubs[i], codes.code + i )) all = FALSE;
    return all;
}
