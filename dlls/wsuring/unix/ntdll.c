/*
 * ntdll.so: calls in the C ABI that this Wine has
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wine 8.0's ntdll.so exports ms_abi functions to Unix libraries, 10.0's System V ones (wine-interfaces 0). Called the
 * wrong way they "succeed" with garbage. One harmless call finds out which it is; all calls use this file's pointers.
 * On i386 8.0's Nt functions are stdcall, 10.0's cdecl; those of wine_server are cdecl in both.
 */

#if 0
#pragma makedep unix
#endif

#include "ntdll.h"

/* Only their addresses are used; the types fit neither ABI. */
extern void NtClose( void );
extern void NtCreateFile( void );
extern void NtCreateIoCompletion( void );
extern void NtDuplicateObject( void );
extern void NtQueryIoCompletion( void );
extern void NtQueryPerformanceCounter( void );
extern void NtRemoveIoCompletion( void );
extern void NtSetInformationFile( void );
extern void NtSetInformationObject( void );
extern void wine_server_call( void );
extern void wine_server_handle_to_fd( void );

/* volatile, or GCC sees through the cast and uses the declaration's ABI */
typedef void ( *volatile function_pointer )( void );

static function_pointer close_function = NtClose;
static function_pointer create_file_function = NtCreateFile;
static function_pointer create_port_function = NtCreateIoCompletion;
static function_pointer duplicate_function = NtDuplicateObject;
static function_pointer counter_function = NtQueryPerformanceCounter;
static function_pointer query_port_function = NtQueryIoCompletion;
static function_pointer remove_packet_function = NtRemoveIoCompletion;
static function_pointer set_file_function = NtSetInformationFile;
static function_pointer set_object_function = NtSetInformationObject;
static function_pointer server_call_function = wine_server_call;
static function_pointer handle_to_fd_function = wine_server_handle_to_fd;

#if defined( __x86_64__ )

#define MS_ABI __attribute__( ( ms_abi ) )

static bool is_ms_abi;

/* Calls it in the right ABI: types is the parameter list, args the arguments. */
#define CALL_NTDLL( func, types, args )                                                                                \
    ( is_ms_abi ? (( NTSTATUS( MS_ABI * ) types )( func ))args : (( NTSTATUS( * ) types )( func ))args )
#define CALL_SERVER CALL_NTDLL

/* void probe_call( function_pointer func, uint64_t out[4] ): calls func with out + 0, out + 1 as the first arguments
 * of ms_abi and out + 2, out + 3 as those of System V. Both ABIs preserve rbp, and there is shadow space in case
 * func needs it. */
void probe_call( void ( *func )( void ), uint64_t *out ) __attribute__( ( visibility( "hidden" ) ) );
__asm__( ".text\n"
         ".p2align 4\n"
         ".globl probe_call\n"
         ".hidden probe_call\n"
         ".type probe_call, @function\n"
         "probe_call:\n\t"
         ".cfi_startproc\n\t"
         "pushq %rbp\n\t"
         ".cfi_adjust_cfa_offset 8\n\t"
         ".cfi_rel_offset %rbp,0\n\t"
         "movq %rsp,%rbp\n\t"
         ".cfi_def_cfa_register %rbp\n\t"
         "subq $64,%rsp\n\t"
         "andq $-16,%rsp\n\t"
         "movq %rdi,%rax\n\t"
         "movq %rsi,%rcx\n\t"
         "leaq 8(%rcx),%rdx\n\t"
         "leaq 16(%rcx),%rdi\n\t"
         "leaq 24(%rcx),%rsi\n\t"
         "xorl %r8d,%r8d\n\t"
         "xorl %r9d,%r9d\n\t"
         "call *%rax\n\t"
         "leave\n\t"
         ".cfi_def_cfa %rsp,8\n\t"
         ".cfi_restore %rbp\n\t"
         "ret\n\t"
         ".cfi_endproc\n\t"
         ".size probe_call, .-probe_call\n" );

NTSTATUS ntdll_probe_abi( void )
{
    uint64_t out[4] = { 0 }; /* counter and frequency, twice */

    probe_call( counter_function, out );
    if (!out[0] == !out[2]) return STATUS_NOT_SUPPORTED;
    is_ms_abi = out[0] != 0;
    return STATUS_SUCCESS;
}

#else

static bool is_stdcall;

#define CALL_NTDLL( func, types, args )                                                                                \
    ( is_stdcall ? (( NTSTATUS( __attribute__( ( stdcall ) ) * ) types )( func ))args                                  \
                 : (( NTSTATUS( * ) types )( func ))args )
#define CALL_SERVER( func, types, args ) ( ( NTSTATUS( * ) types )( func ) ) args

/* uint32_t probe_call( function_pointer func, uint64_t out[2] ): calls func with out + 0 and out + 1. Returns how many
 * bytes it has taken off the stack. */
uint32_t probe_call( void ( *func )( void ), uint64_t *out ) __attribute__( ( visibility( "hidden" ) ) );
__asm__( ".text\n"
         ".p2align 4\n"
         ".globl probe_call\n"
         ".hidden probe_call\n"
         ".type probe_call, @function\n"
         "probe_call:\n\t"
         ".cfi_startproc\n\t"
         "pushl %ebp\n\t"
         ".cfi_adjust_cfa_offset 4\n\t"
         ".cfi_rel_offset %ebp,0\n\t"
         "movl %esp,%ebp\n\t"
         ".cfi_def_cfa_register %ebp\n\t"
         "pushl %ebx\n\t"
         ".cfi_rel_offset %ebx,-4\n\t"
         "subl $20,%esp\n\t"
         "andl $-16,%esp\n\t"
         "movl 8(%ebp),%eax\n\t"
         "movl 12(%ebp),%ecx\n\t"
         "leal 8(%ecx),%edx\n\t"
         "movl %ecx,(%esp)\n\t"
         "movl %edx,4(%esp)\n\t"
         "movl %esp,%ebx\n\t"
         "call *%eax\n\t"
         "movl %esp,%eax\n\t"
         "subl %ebx,%eax\n\t"
         "movl -4(%ebp),%ebx\n\t"
         "leave\n\t"
         ".cfi_def_cfa %esp,4\n\t"
         ".cfi_restore %ebp\n\t"
         ".cfi_restore %ebx\n\t"
         "ret\n\t"
         ".cfi_endproc\n\t"
         ".size probe_call, .-probe_call\n" );

NTSTATUS ntdll_probe_abi( void )
{
    uint64_t out[2] = { 0 }; /* counter and frequency */
    uint32_t taken = probe_call( counter_function, out );

    if (!out[0] || ( taken && taken != 8 )) return STATUS_NOT_SUPPORTED;
    is_stdcall = taken != 0;
    return STATUS_SUCCESS;
}

#endif

/* Windows structures of the host's bitness; `unsigned long` of Unix is not ULONG */

struct io_status
{
    union
    {
        NTSTATUS status;
        void *pointer;
    } u;
    uintptr_t information;
};

struct unicode_string
{
    uint16_t length;
    uint16_t maximum_length;
    const uint16_t *buffer;
};

struct object_attributes
{
    uint32_t length;
    void *root;
    const struct unicode_string *name;
    uint32_t attributes;
    void *security_descriptor;
    void *security_qos;
};

struct completion_information
{
    void *port;
    uintptr_t key;
};

#define FILE_COMPLETION_INFORMATION        30
#define FILE_COMPLETION_NOTIFICATION_MODES 41
#define OBJECT_HANDLE_FLAG_INFORMATION     4
#define DUPLICATE_CLOSE_AND_SAME           3 /* DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS */

/* Handles are sign-extended from 32 bits, because pseudo handles are negative. */
static void *ntdll_handle_from_u32( uint32_t handle )
{
    return (void *)(intptr_t)(int32_t)handle;
}

static uint32_t ntdll_handle_to_u32( const void *handle )
{
    return (uint32_t)(uintptr_t)handle;
}

NTSTATUS ntdll_handle_to_fd( uint32_t handle, uint32_t access, int *fd, uint32_t *options )
{
    *fd = -1;
    *options = 0; /* untouched on failure */
    return CALL_SERVER( handle_to_fd_function, (void *, unsigned int, int *, unsigned int *),
                        ( ntdll_handle_from_u32( handle ), access, fd, options ) );
}

uintptr_t ntdll_address( void )
{
    return (uintptr_t)server_call_function;
}

NTSTATUS ntdll_server_call( struct server_request *request )
{
    return CALL_SERVER( server_call_function, (void *), ( request ) );
}

NTSTATUS ntdll_create_port( uint32_t *port )
{
    void *handle = NULL;
    NTSTATUS status
        = CALL_NTDLL( create_port_function, (void **, unsigned int, const struct object_attributes *, unsigned int),
                      ( &handle, 0x1f0003 /* IO_COMPLETION_ALL_ACCESS */, NULL, 1 ) );

    *port = ntdll_handle_to_u32( handle );
    return status;
}

NTSTATUS ntdll_remove_packet( uint32_t port, uint64_t *key, uint64_t *context, uint32_t *status, uint64_t *information )
{
    struct io_status io = { { 0 }, 0 };
    uintptr_t packet_key = 0, packet_context = 0;
    int64_t timeout = 0;
    NTSTATUS ret
        = CALL_NTDLL( remove_packet_function, (void *, uintptr_t *, uintptr_t *, struct io_status *, int64_t *),
                      ( ntdll_handle_from_u32( port ), &packet_key, &packet_context, &io, &timeout ) );

    *key = packet_key;
    *context = packet_context;
    *status = io.u.status;
    *information = io.information;
    return ret;
}

NTSTATUS ntdll_open_null( uint32_t *file )
{
    static const uint16_t path[] = { '\\', '?', '?', '\\', 'N', 'U', 'L' };
    const struct unicode_string name = { sizeof( path ), sizeof( path ), path };
    const struct object_attributes attributes = { .length = sizeof( attributes ), .name = &name };
    struct io_status io = { { 0 }, 0 };
    void *handle = NULL;
    NTSTATUS status;

    /* without FILE_SYNCHRONOUS_IO_*, or the file couldn't have a port */
    status = CALL_NTDLL( create_file_function,
                         (void **, unsigned int, const struct object_attributes *, struct io_status *, int64_t *,
                          unsigned int, unsigned int, unsigned int, unsigned int, void *, unsigned int),
                         ( &handle, 0x80000000 /* GENERIC_READ */, &attributes, &io, NULL, 0, 7 /* FILE_SHARE_* */,
                           1 /* FILE_OPEN */, 0, NULL, 0 ) );
    *file = ntdll_handle_to_u32( handle );
    return status;
}

NTSTATUS ntdll_associate( uint32_t file, uint32_t port, uint64_t key )
{
    struct completion_information info = { ntdll_handle_from_u32( port ), key };
    struct io_status io = { { 0 }, 0 };

    return CALL_NTDLL( set_file_function, (void *, struct io_status *, void *, unsigned int, unsigned int),
                       ( ntdll_handle_from_u32( file ), &io, &info, sizeof( info ), FILE_COMPLETION_INFORMATION ) );
}

NTSTATUS ntdll_set_modes( uint32_t file, uint32_t modes )
{
    struct io_status io = { { 0 }, 0 };

    return CALL_NTDLL(
        set_file_function, (void *, struct io_status *, void *, unsigned int, unsigned int),
        ( ntdll_handle_from_u32( file ), &io, &modes, sizeof( modes ), FILE_COMPLETION_NOTIFICATION_MODES ) );
}

NTSTATUS ntdll_query_port( uint32_t port )
{
    uint32_t depth, len;

    return CALL_NTDLL(
        query_port_function, (void *, unsigned int, void *, unsigned int, uint32_t *),
        ( ntdll_handle_from_u32( port ), 0 /* IoCompletionBasicInformation */, &depth, sizeof( depth ), &len ) );
}

NTSTATUS ntdll_protect( uint32_t handle, bool protect )
{
    uint8_t flags[2] = { false, protect }; /* OBJECT_HANDLE_FLAG_INFORMATION: Inherit, ProtectFromClose */

    return CALL_NTDLL( set_object_function, (void *, unsigned int, void *, unsigned int),
                       ( ntdll_handle_from_u32( handle ), OBJECT_HANDLE_FLAG_INFORMATION, flags, sizeof( flags ) ) );
}

NTSTATUS ntdll_duplicate_closing( uint32_t handle, uint32_t *copy )
{
    void *self = (void *)(intptr_t)-1, *duplicate = NULL;
    NTSTATUS status
        = CALL_NTDLL( duplicate_function, (void *, void *, void *, void **, unsigned int, unsigned int, unsigned int),
                      ( self, ntdll_handle_from_u32( handle ), self, &duplicate, 0, 0, DUPLICATE_CLOSE_AND_SAME ) );

    *copy = ntdll_handle_to_u32( duplicate );
    return status;
}

void ntdll_close( uint32_t handle )
{
    CALL_NTDLL( close_function, (void *), ( ntdll_handle_from_u32( handle ) ) );
}
