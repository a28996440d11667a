/*
 * Sends that go on after they were reported as done
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows, once it takes any of a non-blocking stream send, takes all of it (rule D2). There the kernel keeps the
 * rest, and outlives the process. Here the process keeps it, so its end waits until the host has taken the rest.
 */

#include "operations/operation.h"

#define STALL_MS 3000 /* give up on a peer that takes nothing for this long */
#define LOOK_MS  5

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
    if (status == STATUS_PENDING) return STATUS_SUCCESS;
    HeapFree( GetProcessHeap(), 0, data );
    return status;
}

void buffered_send_finish( void )
{
    LONG moves = buffered_send_moves;
    UINT idle = 0;

    while (buffered_send_count && idle < STALL_MS / LOOK_MS)
    {
        Sleep( LOOK_MS );
        idle = moves == buffered_send_moves ? idle + 1 : 0;
        moves = buffered_send_moves;
    }
}
