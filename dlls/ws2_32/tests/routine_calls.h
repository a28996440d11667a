/*
 * A completion routine that records its calls
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_ROUTINE_CALLS_H
#define TESTS_ROUTINE_CALLS_H

static unsigned int calls;
static struct
{
    DWORD error, count, flags, thread;
    OVERLAPPED *ov;
} call[64];

static void CALLBACK routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    if (calls < ARRAY_SIZE( call ))
    {
        call[calls].error = error;
        call[calls].count = count;
        call[calls].flags = flags;
        call[calls].thread = GetCurrentThreadId();
        call[calls].ov = ov;
    }
    calls++;
}

#endif /* TESTS_ROUTINE_CALLS_H */
