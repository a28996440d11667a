/*
 * A stand-in for Wine's ntdll.so: what the tests see of it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_TESTS_UNIX_NTDLL_STUB_H
#define WSURING_TESTS_UNIX_NTDLL_STUB_H

#include <stdint.h>

/* handle that wine_server_handle_to_fd knows, and the descriptor that it duplicates */
#define STUB_SOCKET 0x44
extern int stub_fd;
extern int stub_no_descriptor; /* what is given for the null device is none */
extern int stub_is_ms_abi;

/* this server's code of add_fd_completion, and what is broken about it */
extern uint32_t stub_code;
extern int stub_swapped_fields;

/* The codes that ntdll writes; 0: none is written. */
extern struct stub_codes
{
    uint32_t close, protect, dup, query, set_info, set_modes;
} stub_codes;

/* Each call makes another request before its own. */
enum
{
    STUB_NOISE_OTHER = 1, /* that names other handles */
    STUB_NOISE_ALIKE      /* that can't be told from it */
};
extern int stub_noise;

struct stub_packet
{
    uint32_t file;
    uint64_t context;
    uint64_t information;
    uint32_t status;
    uint32_t is_async;
};

extern struct stub_packet stub_packets[16];
extern int stub_packet_count;
extern int stub_requests;
extern int stub_open_handles;

#endif /* WSURING_TESTS_UNIX_NTDLL_STUB_H */
