/*
 * Operation objects: their buffers and their memory
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"

volatile LONG buffered_send_count;

/* Captures the WSABUF array of the program; the array may be on a stack frame that is gone before the operation ends
 * (rule O5). */
int operation_capture( struct operation *op, const WSABUF *buffers, DWORD count )
{
    WSABUF chunk[16];
    DWORD i = 0, j, n;
    SIZE_T size;

    op->buffers = op->inline_buffers;
    op->count = count;
    if (count > INLINE_BUFFERS)
    {
        /* check before allocating that much; in 32-bit programs the sizes may have no room for it */
        if (__builtin_mul_overflow( (SIZE_T)count, sizeof( *buffers ), &size )
            || !guarded_touch( (void *)buffers, size, FALSE ))
            return WSAEFAULT;
        if (__builtin_mul_overflow( (SIZE_T)count, sizeof( *op->buffers ), &size )
            || !( op->buffers = HeapAlloc( GetProcessHeap(), 0, size ) ))
            return WSAENOBUFS;
    }
    while (i < count)
    {
        n = min( count - i, ARRAY_SIZE( chunk ) );
        if (!guarded_copy( chunk, buffers + i, n * sizeof( *chunk ) ))
        {
            operation_discard( op );
            return WSAEFAULT;
        }
        for (j = 0; j < n; i++, j++)
        {
            op->buffers[i].base = (UINT_PTR)chunk[j].buf;
            op->buffers[i].len = chunk[j].len;
            op->total += chunk[j].len;
        }
    }
    if (op->total > ~0u)
    {
        operation_discard( op );
        return WSAEINVAL; /* the count couldn't be reported */
    }
    return 0;
}

void operation_discard( struct operation *op )
{
    if (op->buffers != op->inline_buffers) HeapFree( GetProcessHeap(), 0, op->buffers );
    op->buffers = op->inline_buffers;
}

void operation_advance( struct operation *op, UINT64 transferred )
{
    op->done += transferred;
    while (op->first < op->count && transferred >= op->buffers[op->first].len)
        transferred -= op->buffers[op->first++].len;
    if (!transferred) return;
    op->buffers[op->first].base += transferred;
    op->buffers[op->first].len -= transferred;
}

/* Write-watched, guard and uncommitted pages fault here, where ntdll can handle it. In the kernel a good buffer
 * would give EFAULT and, on datagram sockets, lose the datagram (wine-interfaces 6). */
BOOL operation_touch( const struct operation *op )
{
    UINT i;

    for (i = op->first; i < op->count; i++)
        if (!guarded_touch( (void *)(UINT_PTR)op->buffers[i].base, op->buffers[i].len,
                            op->direction == DIRECTION_READ ))
            return FALSE;
    return TRUE;
}

static BOOL operation_is_page_writable( const MEMORY_BASIC_INFORMATION *info )
{
    return info->State == MEM_COMMIT && info->Type == MEM_PRIVATE
           && ( info->Protect == PAGE_READWRITE || info->Protect == PAGE_EXECUTE_READWRITE );
}

BOOL operation_is_writable( const struct operation *op )
{
    MEMORY_BASIC_INFORMATION info;
    UINT_PTR pos, end;
    UINT i;

    for (i = op->first; i < op->count; i++)
    {
        pos = op->buffers[i].base;
        for (end = pos + op->buffers[i].len; pos < end; pos = (UINT_PTR)info.BaseAddress + info.RegionSize)
            if (!VirtualQuery( (void *)pos, &info, sizeof( info ) ) || !operation_is_page_writable( &info ))
                return FALSE;
    }
    return TRUE;
}

struct operation *operation_alloc( struct socket *sock, enum direction direction )
{
    struct operation *op = InterlockedExchangePointer( &sock->queues[direction].spare, NULL );

    return op ? op : HeapAlloc( GetProcessHeap(), 0, sizeof( *op ) );
}

struct operation *operation_dup( const struct operation *op )
{
    struct operation *copy = operation_alloc( op->sock, op->direction );

    if (!copy) return NULL;
    *copy = *op;
    if (op->buffers == op->inline_buffers) copy->buffers = copy->inline_buffers;
    if (op->more)
    {
        if (!( copy->more = HeapAlloc( GetProcessHeap(), 0, op->more_size ) ))
        {
            HeapFree( GetProcessHeap(), 0, copy );
            return NULL;
        }
        memcpy( copy->more, op->more, op->more_size );
    }
    return copy;
}

void operation_take_back( struct operation *op, struct operation *copy )
{
    op->done = copy->done;
    op->addr_len = copy->addr_len;
    memcpy( op->addr, copy->addr, sizeof( op->addr ) );
    if (copy->more) memcpy( op->more, copy->more, op->more_size );
    HeapFree( GetProcessHeap(), 0, copy->more );
    HeapFree( GetProcessHeap(), 0, copy );
}

/* The caller holds a reference to its socket. */
void operation_free( struct operation *op )
{
    if (op->hold.event) event_hold_end( &op->hold );
    if (op->hidden) HeapFree( GetProcessHeap(), 0, op->hidden );
    HeapFree( GetProcessHeap(), 0, op->more );
    operation_discard( op );
    if (InterlockedCompareExchangePointer( &op->sock->queues[op->direction].spare, op, NULL ))
        HeapFree( GetProcessHeap(), 0, op );
}
