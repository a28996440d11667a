/*
 * A stand-in for Wine's ntdll.so
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Built twice: with -DSTUB_MS_ABI like Wine 8.0's, without like 10.0's (wine-interfaces 0).
 */

#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ntdll_stub.h"

#ifdef STUB_MS_ABI
#define ABI __attribute__( ( ms_abi ) )
int stub_is_ms_abi = 1;
#else
#define ABI
int stub_is_ms_abi = 0;
#endif

enum
{
    STUB_CLOSE_HANDLE = 21, /* request code, in both releases */
    STUB_PORT = 0x10,
    STUB_NULL = 0x14
};

int stub_fd = -1;

/* Code with the constants that unix/request_code.c looks for, as the two releases store them. */
#ifdef STUB_MS_ABI
#define QUERY_STORE  "movl $252,0x20(%rsp)"
#define REMOVE_STORE "movl $251,0x20(%rsp)"
#define ADD_STORE    "movl $250,0x20(%rsp)"
#define SET_STORES   "movl $253,0x70(%rsp)\n\tmovl $255,0x70(%rsp)"
uint32_t stub_code = 254;
#else
#define QUERY_STORE  "movl $265,(%rsp)"
#define REMOVE_STORE "movl $263,(%rsp)"
#define ADD_STORE    "movl $262,(%rsp)"
#define SET_STORES   "movl $266,0x60(%rsp)\n\tmovl $268,0x60(%rsp)"
uint32_t stub_code = 267;
#endif
#define UNREACHED( code ) __asm__ volatile( "jmp 1f\n\t" code "\n1:" )

int stub_swapped_fields;
struct stub_packet stub_packets[16];
int stub_packet_count;
int stub_requests;
int stub_open_handles;

static uint64_t stub_key;
static int associated;

ABI unsigned int NtQueryPerformanceCounter( int64_t *counter, int64_t *frequency );
ABI unsigned int NtClose( void *handle );
ABI unsigned int NtCreateIoCompletion( void **handle, unsigned int access, void *attributes, unsigned int threads );
ABI unsigned int NtCreateFile( void **handle, unsigned int access, void *attributes, void *io, int64_t *size,
                               unsigned int file_attributes, unsigned int sharing, unsigned int disposition,
                               unsigned int options, void *ea, unsigned int ea_len );
ABI unsigned int NtSetInformationFile( void *handle, void *io, void *info, unsigned int len, unsigned int class );
ABI unsigned int NtRemoveIoCompletion( void *handle, uint64_t *key, uint64_t *value, void *io, int64_t *timeout );
ABI unsigned int NtQueryIoCompletion( void );
ABI unsigned int NtSetIoCompletion( void );
ABI unsigned int wine_server_call( void *request );
ABI unsigned int wine_server_handle_to_fd( void *handle, unsigned int access, int *fd, unsigned int *options );

ABI unsigned int NtQueryPerformanceCounter( int64_t *counter, int64_t *frequency )
{
    if (!counter) return 0xc0000005;
    *counter = 12345;
    if (frequency) *frequency = 10000000;
    return 0;
}

/* What ntdll.so writes and reads for a close: handle_life.c watches for it. */
static void request_close( void *handle )
{
    uint32_t request[16] = { STUB_CLOSE_HANDLE, 0, 0, (uint32_t)(uintptr_t)handle }, reply[16] = { 0 };
    const struct iovec taken = { request, sizeof( request ) }, given = { reply, sizeof( reply ) };
    static int requests[2], replies[2];

    if (!replies[1] && ( pipe( requests ) || pipe( replies ) )) return;
    /* the server's part by readv: this process's `read' is the end of a request */
    if (write( requests[1], request, sizeof( request ) ) != sizeof( request )
        || readv( requests[0], &taken, 1 ) != sizeof( request ) || writev( replies[1], &given, 1 ) != sizeof( reply )
        || read( replies[0], reply, sizeof( reply ) ) != sizeof( reply ))
        return;
}

ABI unsigned int NtClose( void *handle )
{
    request_close( handle );
    stub_open_handles--;
    return 0;
}

ABI unsigned int NtCreateIoCompletion( void **handle, unsigned int access, void *attributes, unsigned int threads )
{
    (void)access;
    (void)attributes;
    (void)threads;
    stub_open_handles++;
    *handle = (void *)STUB_PORT;
    return 0;
}

ABI unsigned int NtCreateFile( void **handle, unsigned int access, void *attributes, void *io, int64_t *size,
                               unsigned int file_attributes, unsigned int sharing, unsigned int disposition,
                               unsigned int options, void *ea, unsigned int ea_len )
{
    (void)access;
    (void)attributes;
    (void)io;
    (void)size;
    (void)file_attributes;
    (void)ea;
    if (sharing != 7 || disposition != 1 || options || ea_len) return 0xc000000d;
    stub_open_handles++;
    *handle = (void *)STUB_NULL;
    return 0;
}

ABI unsigned int NtSetInformationFile( void *handle, void *io, void *info, unsigned int len, unsigned int class )
{
    (void)io;
    UNREACHED( SET_STORES );
    if (class != 30 || len != 16 || handle != (void *)STUB_NULL || *(void **)info != (void *)STUB_PORT)
        return 0xc000000d;
    stub_key = ( (uint64_t *)info )[1];
    associated = 1;
    return 0;
}

ABI unsigned int NtRemoveIoCompletion( void *handle, uint64_t *key, uint64_t *value, void *io, int64_t *timeout )
{
    int i;

    UNREACHED( REMOVE_STORE );
    if (handle != (void *)STUB_PORT || !timeout || *timeout) return 0xc000000d;
    for (i = 0; i < stub_packet_count; i++)
    {
        if (stub_packets[i].file != STUB_NULL) continue;
        *key = stub_key;
        *value = stub_packets[i].context;
        *(uint32_t *)io = stub_packets[i].status;
        ( (uint64_t *)io )[1] = stub_packets[i].information;
        stub_packets[i] = stub_packets[--stub_packet_count];
        return 0;
    }
    return 0x102;
}

ABI unsigned int NtQueryIoCompletion( void )
{
    UNREACHED( QUERY_STORE );
    return 0xc0000002;
}

ABI unsigned int NtSetIoCompletion( void )
{
    UNREACHED( ADD_STORE );
    return 0xc0000002;
}

ABI unsigned int wine_server_call( void *request )
{
    struct stub_packet *packet;
    const char *fields = request;
    uint32_t code;

    stub_requests++;
    memcpy( &code, fields, 4 );
    if (code != stub_code) return 0xc0000002;
    if (stub_packet_count == 16) return 0xc0000017;
    packet = &stub_packets[stub_packet_count];
    memcpy( &packet->file, fields + 12, 4 );
    memcpy( &packet->context, fields + ( stub_swapped_fields ? 24 : 16 ), 8 );
    memcpy( &packet->information, fields + ( stub_swapped_fields ? 16 : 24 ), 8 );
    memcpy( &packet->status, fields + 32, 4 );
    memcpy( &packet->is_async, fields + 36, 4 );
    if (!packet->file) return 0xc0000008;
    if (packet->file == STUB_NULL && !associated) return 0;
    stub_packet_count++;
    return 0;
}

ABI unsigned int wine_server_handle_to_fd( void *handle, unsigned int access, int *fd, unsigned int *options )
{
    (void)access;
    if (handle != (void *)STUB_SOCKET) return 0xc0000008;
    *fd = dup( stub_fd );
    if (options) *options = 0x20;
    return 0;
}
