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

#ifdef __i386__
#define SERVER_ABI
#else
#define SERVER_ABI ABI
#endif

#ifdef STUB_MS_ABI
#ifdef __i386__
#define ABI __attribute__( ( stdcall ) )
#else
#define ABI __attribute__( ( ms_abi ) )
#endif
int stub_is_ms_abi = 1;
#else
#define ABI
int stub_is_ms_abi = 0;
#endif

enum
{
    STUB_PORT = 0x10,
    STUB_NULL = 0x14
};

int stub_fd = -1;
int stub_no_descriptor;

/* as the two releases have them */
#ifdef STUB_MS_ABI
uint32_t stub_code = 254;
struct stub_codes stub_codes = { 21, 22, 23, 252, 253, 255 };
#else
uint32_t stub_code = 267;
struct stub_codes stub_codes = { 21, 22, 23, 265, 266, 268 };
#endif

int stub_noise;
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
ABI unsigned int NtRemoveIoCompletion( void *handle, uintptr_t *key, uintptr_t *value, void *io, int64_t *timeout );
ABI unsigned int NtQueryIoCompletion( void *handle, unsigned int class, void *info, unsigned int len, uint32_t *used );
ABI unsigned int NtSetInformationObject( void *handle, unsigned int class, void *info, unsigned int len );
ABI unsigned int NtDuplicateObject( void *source_process, void *source, void *dest_process, void **dest,
                                    unsigned int access, unsigned int attributes, unsigned int options );
SERVER_ABI unsigned int wine_server_call( void *request );
SERVER_ABI unsigned int wine_server_handle_to_fd( void *handle, unsigned int access, int *fd, unsigned int *options );

ABI unsigned int NtQueryPerformanceCounter( int64_t *counter, int64_t *frequency )
{
    if (!counter) return 0xc0000005;
    *counter = 12345;
    if (frequency) *frequency = 10000000;
    return 0;
}

/* What ntdll.so writes and reads: request_watch.c looks at it. fields: from the fourth word on. No code: no request. */
static void write_request( uint32_t code, uint32_t field3, uint32_t field4, uint32_t field5, uint32_t field6 )
{
    uint32_t request[16] = { code, 0, 0, field3, field4, field5, field6 }, reply[16] = { 0 };
    const struct iovec taken = { request, sizeof( request ) }, given = { reply, sizeof( reply ) };
    static int requests[2], replies[2];

    if (!code || ( !replies[1] && ( pipe( requests ) || pipe( replies ) ) )) return;
    /* the server's part by readv: this process's `read' is the end of a request */
    if (write( requests[1], request, sizeof( request ) ) != sizeof( request )
        || readv( requests[0], &taken, 1 ) != sizeof( request ) || writev( replies[1], &given, 1 ) != sizeof( reply )
        || read( replies[0], reply, sizeof( reply ) ) != sizeof( reply ))
        return;
}

static void write_noise( uint32_t handle )
{
    if (stub_noise == STUB_NOISE_OTHER) write_request( 77, 0x4444, 2, 3, 0 );
    if (stub_noise == STUB_NOISE_ALIKE) write_request( 78, handle, 2, 3, STUB_PORT );
}

ABI unsigned int NtClose( void *handle )
{
    uint32_t value = (uintptr_t)handle;

    write_noise( value );
    write_request( stub_codes.close, value, 0, 0, 0 );
    stub_open_handles--;
    return 0;
}

ABI unsigned int NtSetInformationObject( void *handle, unsigned int class, void *info, unsigned int len )
{
    const uint8_t *flags = info;

    if (class != 4 || len != 2) return 0xc000000d;
    write_noise( (uintptr_t)handle );
    write_request( stub_codes.protect, (uintptr_t)handle, flags[0] | flags[1] << 1, 3, 0 );
    return 0;
}

ABI unsigned int NtDuplicateObject( void *source_process, void *source, void *dest_process, void **dest,
                                    unsigned int access, unsigned int attributes, unsigned int options )
{
    if (access || attributes || options != 3) return 0xc000000d;
    write_noise( (uintptr_t)source_process );
    write_request( stub_codes.dup, (uintptr_t)source_process, (uintptr_t)source, (uintptr_t)dest_process, 0 );
    *dest = source;
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
    if (handle == (void *)STUB_NULL) write_noise( STUB_NULL );
    if (class == 41 && len == 4)
    {
        write_request( stub_codes.set_modes, (uintptr_t)handle, *(uint32_t *)info, 0, 0 );
        return 0;
    }
    if (class == 30) write_request( stub_codes.set_info, (uintptr_t)handle, 0, 0, STUB_PORT );
    if (class != 30 || len != 2 * sizeof( void * ) || handle != (void *)STUB_NULL
        || *(void **)info != (void *)STUB_PORT)
        return 0xc000000d;
    stub_key = ( (uintptr_t *)info )[1];
    associated = 1;
    return 0;
}

ABI unsigned int NtRemoveIoCompletion( void *handle, uintptr_t *key, uintptr_t *value, void *io, int64_t *timeout )
{
    int i;

    if (handle != (void *)STUB_PORT || !timeout || *timeout) return 0xc000000d;
    for (i = 0; i < stub_packet_count; i++)
    {
        if (stub_packets[i].file != STUB_NULL) continue;
        *key = stub_key;
        *value = stub_packets[i].context;
        *(uint32_t *)io = stub_packets[i].status;
        ( (uintptr_t *)io )[1] = stub_packets[i].information;
        stub_packets[i] = stub_packets[--stub_packet_count];
        return 0;
    }
    return 0x102;
}

ABI unsigned int NtQueryIoCompletion( void *handle, unsigned int class, void *info, unsigned int len, uint32_t *used )
{
    if (class || len != 4) return 0xc000000d;
    write_noise( (uintptr_t)handle );
    write_request( stub_codes.query, (uintptr_t)handle, 0, 0, 0 );
    *(uint32_t *)info = 0;
    *used = 4;
    return 0;
}

SERVER_ABI unsigned int wine_server_call( void *request )
{
    struct stub_packet *packet;
    const char *fields = request;
    uint32_t code;

    memcpy( &code, fields, 4 );
    if (code == stub_codes.dup) return 0xc0000008; /* of the check whether the library can duplicate */
    stub_requests++;
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

SERVER_ABI unsigned int wine_server_handle_to_fd( void *handle, unsigned int access, int *fd, unsigned int *options )
{
    (void)access;
    if (handle == (void *)STUB_NULL) *fd = stub_no_descriptor ? 9999 : open( "/dev/null", O_RDONLY | O_CLOEXEC );
    else if (handle == (void *)STUB_SOCKET) *fd = dup( stub_fd );
    else return 0xc0000008;
    if (options) *options = 0x20;
    return 0;
}
