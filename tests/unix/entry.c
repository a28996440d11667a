/*
 * Native tests: hooks at ntdll's own entry points, as releases have them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The provider's own entry.c, entry_calls.c and entry_files.c, compiled for the host, with an ntdll that is made here:
 * stubs like those of system calls, of all functions or of those that a release has. They are called as a program and
 * as the provider calls them.
 *
 * Run: tests/unix/run plain|address|thread
 */

#include <sys/mman.h>

#include "check.h"
#include "volatile.h"
#include "windows.h"
#include "../../dlls/wsuring/base/capability.h"
#include "../../dlls/wsuring/hooks/entry.h"
#include "../../dlls/wsuring/ports/port.h"
#include "../../dlls/wsuring/sockets/handle_state.h"
#include "../../dlls/wsuring/wait/apc_source.h"
#include "../../dlls/wsuring/wait/event_state.h"

#define HANDLE_1 ( (ULONG_PTR)0x30 )
#define HANDLE_2 ( (ULONG_PTR)0x34 )
#define SOCKET_  ( (ULONG_PTR)0x40 ) /* its signal is SIGNAL */
#define SIGNAL   ( (ULONG_PTR)0x44 )
#define APC      ( (ULONG_PTR)0x1000 )
#define ARGS_MAX 11
#define STUBS    64
#define STUB     32

/* ---- the provider's image: call_as_provider( function, arguments 1 to 4 ) is in it, the rest of this program isn't */

__asm__( ".text\n"
         ".p2align 12\n"
         ".globl __ImageBase\n"
         "__ImageBase:\n\t"
         ".long 16\n\t" /* IMAGE_DOS_HEADER: e_lfanew */
         ".zero 12\n\t"
         ".zero 8\n\t"
         ".long 4096\n\t" /* IMAGE_NT_HEADERS: SizeOfImage */
         ".zero 100\n\t"
         ".globl call_as_provider\n"
         "call_as_provider:\n\t"
         "movq %rdi,%rax\n\t"
         "movq %rsi,%rdi\n\t"
         "movq %rdx,%rsi\n\t"
         "movq %rcx,%rdx\n\t"
         "movq %r8,%rcx\n\t"
         "xorl %r8d,%r8d\n\t"
         "xorl %r9d,%r9d\n\t"
         "subq $8,%rsp\n\t"
         "call *%rax\n\t"
         "addq $8,%rsp\n\t"
         "ret\n\t"
         ".zero 4096\n" );

extern const BYTE __ImageBase[];
typedef ULONG_PTR any_function( ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR,
                                ULONG_PTR, ULONG_PTR, ULONG_PTR );
extern ULONG_PTR call_as_provider( void *function, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR );

/* ---- what the provider's other parts are told */

static char told[256];

static void tell( const char *what, ULONG_PTR handle )
{
    sprintf( told + strlen( told ), "%s%s %lx", *told ? ", " : "", what, (unsigned long)handle );
}

enum engine_kind engine = ENGINE_URING;

BOOL capability_lacks( enum capability capability )
{
    (void)capability;
    return FALSE;
}

BOOL module_can_post( void )
{
    return TRUE;
}

void port_note_associated( HANDLE handle, const void *info )
{
    (void)info;
    tell( "associated", (ULONG_PTR)handle );
}

void port_note_used( HANDLE handle )
{
    tell( "used", (ULONG_PTR)handle );
}

void port_note_modes( HANDLE handle, const void *info )
{
    (void)info;
    tell( "modes", (ULONG_PTR)handle );
}

void port_note_mixed( HANDLE handle )
{
    tell( "mixed", (ULONG_PTR)handle );
}

void wait_note_apc( NTSTATUS status, HANDLE thread )
{
    (void)status;
    tell( "apc for", (ULONG_PTR)thread );
}

void handle_state_replace( struct handle_waits *waits, ULONG count, const HANDLE *handles, BOOL any )
{
    waits->count = waits->asked = count;
    waits->any = any;
    waits->handles = waits->room;
    *waits->room = *handles == (HANDLE)SOCKET_ ? (HANDLE)SIGNAL : *handles;
}

void handle_state_lent( HANDLE handle, HANDLE event )
{
    (void)event;
    tell( "handle lent", (ULONG_PTR)handle );
}

void event_ioctl( struct device_call *call )
{
    tell( "ioctl", (ULONG_PTR)call->handle );
}

void event_read_past( HANDLE handle )
{
    tell( "read", (ULONG_PTR)handle );
}

void file_lend( HANDLE event, const void *apc )
{
    tell( apc ? "lent with apc" : "lent", (ULONG_PTR)event );
}

void apc_source_note( const void *apc )
{
    tell( "apc", (ULONG_PTR)apc );
}

void event_forget( HANDLE event )
{
    tell( "forgotten", (ULONG_PTR)event );
}

void event_note_shared( HANDLE event )
{
    tell( "shared", (ULONG_PTR)event );
}

void event_note_signalled( HANDLE event )
{
    tell( "signalled", (ULONG_PTR)event );
}

NTSTATUS event_set_by( event_request request, HANDLE event, LONG *previous )
{
    tell( "set", (ULONG_PTR)event );
    return request( event, previous );
}

NTSTATUS event_reset_by( event_request request, HANDLE event, LONG *previous )
{
    tell( "reset", (ULONG_PTR)event );
    return request( event, previous );
}

void cancel_of_thread( HANDLE handle )
{
    tell( "cancelled of the thread", (ULONG_PTR)handle );
}

NTSTATUS cancel_by( cancel_func *cancel, HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    tell( "cancelled", (ULONG_PTR)handle );
    return cancel( handle, which, iosb );
}

NTSTATUS cancel_blocked_by( cancel_func *cancel, HANDLE thread, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    tell( "unblocked", (ULONG_PTR)thread );
    return cancel( thread, which, iosb );
}

const struct entry entry_threads[] = { { 0 } };

/* ---- ntdll */

static const char *lacking; /* names that this release doesn't export */
static const char *odd;     /* one whose code is none of a system call */
static BYTE *stubs;
static const char *names[STUBS];
static UINT count;
static ULONG_PTR got[ARGS_MAX];
static UINT calls;

static ULONG_PTR system_call( ULONG_PTR a, ULONG_PTR b, ULONG_PTR c, ULONG_PTR d, ULONG_PTR e, ULONG_PTR f, ULONG_PTR g,
                              ULONG_PTR h, ULONG_PTR i, ULONG_PTR j, ULONG_PTR k )
{
    const ULONG_PTR args[ARGS_MAX] = { a, b, c, d, e, f, g, h, i, j, k };

    memcpy( got, args, sizeof( got ) );
    calls++;
    return 0;
}

HMODULE GetModuleHandleA( const char *name )
{
    return strcmp( name, "ntdll.dll" ) ? NULL : stubs;
}

/* mov r10, rcx; mov eax, NUMBER; then a jump to system_call, in place of the system call. */
static void stub_make( BYTE *stub, BOOL usual )
{
    static const BYTE begin[] = { 0x4c, 0x8b, 0xd1, 0xb8, 1, 2, 0, 0, 0x49, 0xbb }, jump[] = { 0x41, 0xff, 0xe3 };
    void *target = system_call;

    memcpy( stub, begin, sizeof( begin ) );
    if (!usual) memcpy( stub, "\x90\x90\x90\xb8", 4 );
    memcpy( stub + sizeof( begin ), &target, sizeof( target ) );
    memcpy( stub + sizeof( begin ) + sizeof( target ), jump, sizeof( jump ) );
}

void *GetProcAddress( HMODULE module, const char *name )
{
    UINT i;

    (void)module;
    if (lacking && strstr( lacking, name ) && strchr( " ", strstr( lacking, name )[strlen( name )] )) return NULL;
    for (i = 0; i < count; i++)
        if (!strcmp( names[i], name )) return stubs + i * STUB;
    names[count++] = name;
    stub_make( stubs + i * STUB, !odd || strcmp( odd, name ) );
    return stubs + i * STUB;
}

static UINT allocations; /* that fail */

void *VirtualAlloc( void *address, SIZE_T size, DWORD type, DWORD protection )
{
    void *code;

    (void)type;
    (void)protection;
    if (allocations && allocations--) return NULL;
    code = mmap( address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0 );
    return code == MAP_FAILED ? NULL : code;
}

static BOOL protected; /* pages of ntdll can't be made writable */

BOOL VirtualProtect( void *address, SIZE_T size, DWORD protection, DWORD *old )
{
    uintptr_t page = (uintptr_t)address & ~4095ul;

    *old = protection;
    if (protected && (BYTE *)address >= stubs && (BYTE *)address < stubs + STUBS * STUB) return FALSE;
    return !mprotect( (void *)page, (uintptr_t)address + size - page, PROT_READ | PROT_WRITE | PROT_EXEC );
}

BOOL FlushInstructionCache( HANDLE process, const void *address, SIZE_T size )
{
    (void)process;
    (void)address;
    (void)size;
    return TRUE;
}

static void ntdll_make( void )
{
    stubs = mmap( NULL, STUBS * STUB, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 );
    if (stubs == MAP_FAILED) abort();
}

/* ---- tests */

/* What the provider is told if a program calls; for_provider: if the provider itself does. */
static const struct row
{
    const char *name;
    ULONG_PTR args[4];
    ULONG_PTR fifth; /* the class of NtSetInformationFile */
    const char *told, *for_provider;
    ULONG_PTR first; /* argument that ntdll gets, and the third, if they are others */
    ULONG_PTR third;
} rows[] = {
    { "NtSetInformationFile", { HANDLE_1 }, .fifth = 30, .told = "associated 30" },
    { "NtSetInformationFile", { HANDLE_1 }, .fifth = 41, .told = "modes 30" },
    { "NtSetInformationFile", { HANDLE_1 }, .fifth = 4 },
    { "NtAssociateWaitCompletionPacket",
      { HANDLE_1, HANDLE_2, HANDLE_1 },
      .told = "mixed 34",
      .for_provider = "mixed 34" },
    { "NtAssociateWaitCompletionPacket",
      { HANDLE_1, HANDLE_2, SOCKET_ },
      .told = "mixed 34",
      .for_provider = "mixed 34",
      .third = SIGNAL },
    { "NtQueueApcThread", { HANDLE_1, APC, 1, 2 }, .told = "apc for 30" },
    { "NtQueueApcThreadEx", { HANDLE_1, HANDLE_2, APC, 1 }, .told = "apc for 30" },
    { "NtQueueApcThreadEx2", { HANDLE_1, HANDLE_2, 1, APC }, .told = "apc for 30" },
    { "NtWaitForSingleObject", { HANDLE_1 }, .first = HANDLE_1 },
    { "NtWaitForSingleObject", { SOCKET_ }, .first = SIGNAL },
    { "NtSignalAndWaitForSingleObject", { HANDLE_1, HANDLE_2 }, .told = "signalled 30" },
    { "NtSetEvent", { HANDLE_1 }, .told = "set 30" },
    { "NtResetEvent", { HANDLE_1 }, .told = "reset 30" },
    { "NtPulseEvent", { HANDLE_1 }, .told = "forgotten 30" },
    { "NtClearEvent", { HANDLE_1 }, .told = "forgotten 30", .for_provider = "forgotten 30" },
    { "NtDuplicateObject", { HANDLE_1, HANDLE_2 }, .told = "shared 34" },
    { "NtCancelIoFile", { HANDLE_1 }, .told = "cancelled of the thread 30" },
    { "NtCancelIoFileEx", { HANDLE_1, 1, 2 }, .told = "cancelled 30" },
    { "NtCancelSynchronousIoFile", { HANDLE_1, 1, 2 }, .told = "unblocked 30" },
    { "NtReadFile",
      { HANDLE_1, HANDLE_2, APC },
      .told = "lent with apc 34, read 30, forgotten 34",
      .for_provider = "read 30" },
    { "NtReadFile", { HANDLE_1 }, .told = "lent 0, read 30", .for_provider = "read 30" },
    { "NtWriteFile", { HANDLE_1, HANDLE_2 }, .told = "lent 34, forgotten 34" },
    { "NtReadFileScatter", { HANDLE_1, HANDLE_2 }, .told = "lent 34, forgotten 34" },
    { "NtWriteFileGather", { HANDLE_1, HANDLE_2 }, .told = "lent 34, forgotten 34" },
    { "NtFsControlFile", { HANDLE_1, HANDLE_2 }, .told = "lent 34, forgotten 34" },
    { "NtLockFile", { HANDLE_1, HANDLE_2 }, .told = "lent 34, forgotten 34" },
    { "NtNotifyChangeDirectoryFile", { HANDLE_1, HANDLE_2, APC }, .told = "lent with apc 34, forgotten 34" },
    { "NtNotifyChangeKey", { HANDLE_1, HANDLE_2 }, .told = "lent 34, forgotten 34" },
    { "NtNotifyChangeMultipleKeys", { HANDLE_1, 0, 0, HANDLE_2 }, .told = "lent 34, forgotten 34" },
    { "NtDeviceIoControlFile", { HANDLE_1, HANDLE_2 }, .told = "ioctl 30, lent 34, handle lent 30, forgotten 34" },
    { "NtSetTimer", { HANDLE_1, 1, APC }, .told = "apc 1000" },
};

static void *entry_of( const char *name )
{
    void *function = GetProcAddress( stubs, name );

    check( function, "%s", name );
    return function;
}

static BOOL was_told( const char *text )
{
    return !strcmp( told, text ? text : "" );
}

static void test_row( const struct row *row )
{
    any_function *function = entry_of( row->name );
    const ULONG_PTR *args = row->args;

    *told = calls = 0;
    function( args[0], args[1], args[2], args[3], row->fifth, 6, 7, 8, 9, 10, 11 );
    check( calls == 1 && was_told( row->told ), "%s: told %s, %u calls", row->name, told, calls );
    check( got[0] == ( row->first ? row->first : args[0] )
               && ( !args[2] || got[2] == ( row->third ? row->third : args[2] ) ),
           "%s: ntdll gets %lx, %lx", row->name, (long)got[0], (long)got[2] );
    *told = calls = 0;
    call_as_provider( function, args[0], args[1], args[2], args[3] );
    check( calls == 1 && was_told( row->for_provider ), "%s: told %s of the provider, %u calls", row->name, told,
           calls );
    check( got[0] == args[0], "%s: ntdll gets %lx of the provider", row->name, (long)got[0] );
}

static const char *const releases[] = {
    NULL, /* as 11.13, and everything */
    "NtQueueApcThreadEx2 NtAssociateWaitCompletionPacket",
    "NtQueueApcThreadEx NtQueueApcThreadEx2 NtAssociateWaitCompletionPacket",
};

static void test_releases( int i )
{
    size_t j;

    ntdll_make();
    lacking = releases[i];
    check( entry_expected() && entry_install(), "release %d", i );
    for (j = 0; j < ARRAY_SIZE( rows ); j++)
        if (GetProcAddress( stubs, rows[j].name )) test_row( rows + j );
}

/* The handles to wait for are in memory. */
static void test_waits( int arg )
{
    HANDLE handles[2] = { (HANDLE)SOCKET_, (HANDLE)HANDLE_1 };
    any_function *function;

    (void)arg;
    ntdll_make();
    check( entry_install(), "install" );
    function = entry_of( "NtWaitForMultipleObjects" );
    function( 1, (ULONG_PTR)handles, TRUE, FALSE, 0, 0, 0, 0, 0, 0, 0 );
    check( calls == 1 && got[1] != (ULONG_PTR)handles && got[2] == TRUE, "%u calls", calls );
    call_as_provider( function, 1, (ULONG_PTR)handles, TRUE, FALSE );
    check( calls == 2 && got[1] == (ULONG_PTR)handles, "%u calls", calls );
}

/* All arguments arrive. */
static void test_arguments( int arg )
{
    any_function *function;
    ULONG_PTR i;

    (void)arg;
    ntdll_make();
    check( entry_install(), "install" );
    function = entry_of( "NtNotifyChangeMultipleKeys" );
    function( 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 );
    for (i = 0; i < ARGS_MAX; i++) check( got[i] == i + 1 || i == 8, "argument %lu: %lu", (long)i, (long)got[i] );
}

/* One that looks different goes unseen, alone. */
static void test_odd( int arg )
{
    static const char *const odd_names[] = { "NtSetInformationFile", "NtQueueApcThreadEx2", "NtSetTimer" };
    size_t i;

    ntdll_make();
    odd = odd_names[arg];
    check( !entry_expected(), "%s as expected", odd );
    check( !entry_install(), "%s is in place", odd );
    for (i = 0; i < ARRAY_SIZE( rows ); i++)
        if (strcmp( rows[i].name, odd )) test_row( rows + i );
    check( !memcmp( entry_of( odd ), "\x90\x90\x90\xb8", 4 ), "%s has changed", odd );
}

static void test_protected( int arg )
{
    (void)arg;
    ntdll_make();
  protected
    = TRUE;
    check( entry_expected() && !entry_install(), "installed" );
    check( *(BYTE *)entry_of( "NtSetEvent" ) == 0x4c, "it has changed" );
}

static void test_far( int arg )
{
    (void)arg;
    ntdll_make();
    allocations = 100;
    check( entry_install(), "no memory is found" );
    test_row( rows );
}

static void test_afd( int arg )
{
    (void)arg;
    ntdll_make();
    engine = ENGINE_AFD;
    check( entry_install() && !count, "%u have been looked for", count );
}

int main( void )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE( releases ); i++) run( test_releases, i );
    run( test_waits, 0 );
    run( test_arguments, 0 );
    for (i = 0; i < 3; i++) run( test_odd, i );
    run( test_protected, 0 );
    run( test_far, 0 );
    run( test_afd, 0 );
    return check_summary();
}
