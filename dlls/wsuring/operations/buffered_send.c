/*
 * Sends that go on after they were reported as done
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows, once it takes any of a non-blocking stream send, takes all of it (rule D2). There the kernel keeps the
 * rest, and outlives the process. Here the process keeps it, so its end waits for the host to take the rest, but
 * not for as long as a slow peer likes.
 */

#include "operations/operation.h"

#define FINISH_MS 3000
#define LOOK_MS   5

NTSTATUS buffered_send( struct operation *op )
{
    struct operation rest = *op, *queued;
    UINT64 len = op->total - op->done, offset = 0;
    NTSTATUS status;
    BYTE *data;
    UINT i;

    if (!( data = HeapAlloc( GetProcessHeap(), 0, len ) )) return STATUS_NO_MEMORY;
    for (i = op->first; i < op->count; i++)
    {
        if (!guarded_copy( data + offset, (void *)(UINT_PTR)op->buffers[i].base, op->buffers[i].len ))
        {
            HeapFree( GetProcessHeap(), 0, data );
            return STATUS_ACCESS_VIOLATION;
        }
        offset += op->buffers[i].len;
    }
    rest.buffers = rest.inline_buffers;
    rest.buffers[0].base = (UINT_PTR)data;
    rest.buffers[0].len = rest.total = len;
    rest.count = 1;
    rest.first = rest.done = 0;
    rest.overlapped = NULL;
    rest.hidden = data;
    status = operation_queue( &rest, &queued );
    op->turn = rest.turn; /* gone if it has been queued */
    if (status == STATUS_PENDING) return STATUS_SUCCESS;
    HeapFree( GetProcessHeap(), 0, data );
    return status;
}

void buffered_send_finish( void )
{
    static LONGLONG deadline; /* a process may end in two steps */

    if (!deadline) deadline = GetTickCount64() + FINISH_MS;
    while (buffered_send_count && (LONGLONG)GetTickCount64() < deadline) Sleep( LOOK_MS );
}
