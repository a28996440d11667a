/*
 * What the Unix library calls in ntdll.so
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The only declarations of Wine's private Unix side. Nothing else in this folder may use a symbol of ntdll.so,
 * because the C ABI of its functions depends on the release (wine-interfaces 0).
 */

#ifndef WSURING_UNIX_NTDLL_H
#define WSURING_UNIX_NTDLL_H

#include "unix_private.h"

/* A wineserver request with its reply (wine-interfaces 5.1). The first 64 bytes are the request's fields on the way in,
 * the reply's on the way out, at the offsets of wine-interfaces 5.2. */
struct server_request
{
    union
    {
        uint32_t u32[16]; /* [0] request: code, reply: status */
        uint64_t u64[8];
    } fields;
    uint32_t data_count;
    void *reply_data;
    struct
    {
        const void *ptr;
        uint32_t size;
    } data[5];
};

_Static_assert( sizeof( struct server_request ) == ( sizeof( void * ) == 8 ? 160 : 112 ), "wine-interfaces 5.1" );

#pragma GCC visibility push( hidden )

/* Finds out which C ABI ntdll.so's functions have. STATUS_NOT_SUPPORTED if neither works; then nothing below may be
 * called. */
NTSTATUS ntdll_probe_abi( void );

/* The descriptor behind a handle, owned by the caller, perhaps without CLOEXEC (wine-interfaces 3). access: FILE_*_DATA
 * bits to check or 0. */
NTSTATUS ntdll_handle_to_fd( uint32_t handle, uint32_t access, int *fd, uint32_t *options );

/* An address inside ntdll.so. */
uintptr_t ntdll_address( void );

/* Only on Wine threads, as everything here. */
NTSTATUS ntdll_server_call( struct server_request *request );

/* For self-checks, and to learn the codes of requests: each makes one. */
NTSTATUS ntdll_create_port( uint32_t *port );
NTSTATUS ntdll_remove_packet( uint32_t port, uint64_t *key, uint64_t *context, uint32_t *status,
                              uint64_t *information );
NTSTATUS ntdll_query_port( uint32_t port );
NTSTATUS ntdll_open_null( uint32_t *file );
NTSTATUS ntdll_associate( uint32_t file, uint32_t port, uint64_t key );
NTSTATUS ntdll_set_modes( uint32_t file, uint32_t modes );           /* FILE_SKIP_* */
NTSTATUS ntdll_protect( uint32_t handle, bool protect );             /* from being closed */
NTSTATUS ntdll_duplicate_closing( uint32_t handle, uint32_t *copy ); /* DUPLICATE_CLOSE_SOURCE */
void ntdll_close( uint32_t handle );

#pragma GCC visibility pop

#endif /* WSURING_UNIX_NTDLL_H */
