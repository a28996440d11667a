/*
 * AFD ioctls
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "afd.h"
#include "event_state.h"
#include "thread.h"

struct iosb
{
    NTSTATUS status;
    ULONG pad;
    ULONG_PTR information;
};

/* The calling thread's event. An APC that runs while it is waited for needs another. */
static HANDLE event_take( struct thread *thread )
{
    HANDLE event = thread->event;

    thread->event = NULL;
    if (!event && NtCreateEvent( &event, EVENT_ALL_ACCESS, NULL, 1 /* auto-reset */, FALSE )) return NULL;
    return event;
}

static void event_give( struct thread *thread, HANDLE event )
{
    if (thread->event) NtClose( event );
    else thread->event = event;
}

/* Calls that block are alertable waits (page "WSARecv function"), and end with CancelSynchronousIo. */
static void ioctl_wait( struct thread *thread, HANDLE handle, HANDLE event, IO_STATUS_BLOCK *iosb )
{
    HANDLE outer_handle = thread->ioctl_handle;
    IO_STATUS_BLOCK *outer_iosb = thread->ioctl_iosb;

    AcquireSRWLockExclusive( &thread->lock );
    thread->ioctl_handle = handle;
    thread->ioctl_iosb = iosb;
    ReleaseSRWLockExclusive( &thread->lock );
    while (NtWaitForSingleObject( event, TRUE, NULL ) == STATUS_USER_APC) /* again */;
    AcquireSRWLockExclusive( &thread->lock );
    thread->ioctl_handle = outer_handle;
    thread->ioctl_iosb = outer_iosb;
    ReleaseSRWLockExclusive( &thread->lock );
}

NTSTATUS afd_ioctl( HANDLE handle, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size, ULONG_PTR *information )
{
    IO_STATUS_BLOCK iosb = { { 0 }, 0 };
    struct thread *thread = thread_get();
    HANDLE event;
    NTSTATUS status;

    if (!thread || !(event = event_take( thread ))) return STATUS_NO_MEMORY;
    stats_count( COUNTER_CONTROL );
    status = NtDeviceIoControlFile( handle, event, NULL, NULL, &iosb, code, (void *)in, in_size, out, out_size );
    if (status == STATUS_PENDING)
    {
        ioctl_wait( thread, handle, event, &iosb );
        status = iosb.Status;
    }
    event_give( thread, event );
    if (information) *information = iosb.Information;
    return status;
}

NTSTATUS afd_ioctl_overlapped( HANDLE handle, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size, WSAOVERLAPPED *overlapped,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread )
{
    static const NTSTATUS pending = STATUS_PENDING;
    NTSTATUS status;
    ULONG_PTR event;

    (void)thread; /* always the calling one */
    if (!guarded_copy( &event, &overlapped->hEvent, sizeof(event) ) || !guarded_touch( overlapped, sizeof(*overlapped), TRUE )) return STATUS_ACCESS_VIOLATION;
    guarded_copy( &overlapped->Internal, &pending, sizeof(pending) );
    stats_count( COUNTER_CONTROL );
    if (routine)
    {
        struct call *call = routine_create( HandleToULong( handle ), routine );

        if (!call) return STATUS_NO_MEMORY;
        status = NtDeviceIoControlFile( handle, NULL, routine_by_server, call, (IO_STATUS_BLOCK *)overlapped, code, (void *)in, in_size, out, out_size );
        if (NT_ERROR( status )) HeapFree( GetProcessHeap(), 0, call );
        return status;
    }
    event_forget( (HANDLE)event );
    status = NtDeviceIoControlFile( handle, (HANDLE)event, NULL, event & 1 ? NULL : overlapped, (IO_STATUS_BLOCK *)overlapped, code, (void *)in,
                                    in_size, out, out_size );
    event_forget( (HANDLE)event );
    return status;
}
