/*
 * Codes of wineserver requests, as this Wine has them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_UNIX_REQUEST_CODE_H
#define WSURING_UNIX_REQUEST_CODE_H

#include <stddef.h>
#include <stdint.h>

struct code_range /* the machine code of a function */
{
    const uint8_t *code;
    size_t len;
};

#pragma GCC visibility push( hidden )

/* The code of add_fd_completion in the ntdll.so of this process, 0 if it isn't certain. */
uint32_t request_code_add_fd_completion( void );

/* The same from given code of NtQueryIoCompletion, NtRemoveIoCompletion, NtSetIoCompletion and NtSetInformationFile. */
uint32_t request_code_find( const struct code_range *query, const struct code_range *remove,
                            const struct code_range *add, const struct code_range *set_file );

#pragma GCC visibility pop

#endif /* WSURING_UNIX_REQUEST_CODE_H */
