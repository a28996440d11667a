/*
 * Ways to close a handle, and to give its value to another object
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_IDENTITY_H
#define TESTS_IDENTITY_H

#include "sockets.h"
#include <winternl.h>

#define CLOSE_WAYS 5

struct close_way
{
    const char *name;
    void ( *close )( SOCKET s );
};

/* closesocket, CloseHandle, NtClose, DUPLICATE_CLOSE_SOURCE here and by another process. */
extern const struct close_way close_ways[CLOSE_WAYS];

/* Duplicates an object until the duplicate has this value, and closes the others. FALSE: it doesn't come. */
extern BOOL reuse_value( HANDLE object, SOCKET value );

/* A byte each way, so that both ends are known to the module. */
extern void exchange( SOCKET a, SOCKET b );

#endif /* TESTS_IDENTITY_H */
