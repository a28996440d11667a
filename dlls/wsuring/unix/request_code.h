/*
 * Codes of wineserver requests, as this Wine has them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_UNIX_REQUEST_CODE_H
#define WSURING_UNIX_REQUEST_CODE_H

#include <stdbool.h>
#include <stdint.h>

struct handle_codes
{
    uint32_t close;   /* close_handle */
    uint32_t protect; /* set_handle_info */
    uint32_t dup;     /* dup_handle */
};

#pragma GCC visibility push( hidden )

/* false if any of them isn't certain. */
bool request_code_handles( struct handle_codes *codes );

/* The code of add_fd_completion, 0 if it isn't certain. port, file: of our own. */
uint32_t request_code_add_fd_completion( uint32_t port, uint32_t file );

#pragma GCC visibility pop

#endif /* WSURING_UNIX_REQUEST_CODE_H */
