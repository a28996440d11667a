/*
 * What the provider keeps for a thread
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operation.h"
#include "port.h"

static DWORD thread_slot = TLS_OUT_OF_INDEXES;

struct thread *thread_get(void)
{
    struct thread *thread;

    if (thread_slot == TLS_OUT_OF_INDEXES)
    {
        DWORD slot = TlsAlloc();

        if (slot == TLS_OUT_OF_INDEXES) return NULL;
        if (InterlockedCompareExchange( (LONG *)&thread_slot, slot, TLS_OUT_OF_INDEXES ) != (LONG)TLS_OUT_OF_INDEXES) TlsFree( slot );
    }
    if ((thread = TlsGetValue( thread_slot ))) return thread;
    if (!(thread = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*thread) ))) return NULL;
    TlsSetValue( thread_slot, thread );
    return thread;
}

/* At DLL_THREAD_DETACH. */
void thread_free(void)
{
    struct thread *thread;

    if (thread_slot == TLS_OUT_OF_INDEXES || !(thread = TlsGetValue( thread_slot ))) return;
    if (thread->pended) operation_cancel_thread();
    TlsSetValue( thread_slot, NULL );
    if (thread->event) NtClose( thread->event );
    if (thread->port_waiter)
    {
        /* it may exit from a routine within its wait */
        if (thread->port_waiter->port) port_forget_thread( GetCurrentThreadId() );
        port_waiter_free( thread->port_waiter );
    }
    if (thread->waiter)
    {
        struct descriptor_close_params params = { .fd = thread->waiter->wake_fd };

        unix_call( unix_descriptor_close, &params );
        HeapFree( GetProcessHeap(), 0, thread->waiter );
    }
    HeapFree( GetProcessHeap(), 0, thread );
}

struct waiter *thread_waiter(void)
{
    struct wake_params wake = { .fd = -1 };
    struct thread *thread = thread_get();

    if (!thread) return NULL;
    if (thread->waiter) return thread->waiter;
    if (unix_call( unix_wake_create, &wake )) return NULL;
    /* from the heap: a thread that is terminated while it blocks leaves it linked, so it must not lie on its stack */
    if (!(thread->waiter = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*thread->waiter) )))
    {
        struct descriptor_close_params close = { .fd = wake.fd };

        unix_call( unix_descriptor_close, &close );
        return NULL;
    }
    thread->waiter->wake_fd = wake.fd;
    return thread->waiter;
}
