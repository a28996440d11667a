/*
 * AFD ioctls
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "afd.h"
#include "event_state.h"

struct iosb
{
    NTSTATUS status;
    ULONG pad;
    ULONG_PTR information;
};

static HANDLE thread_event(void)
{
    struct thread *thread = thread_get();

    if (!thread) return NULL;
    if (!thread->event && NtCreateEvent( &thread->event, EVENT_ALL_ACCESS, NULL, 1 /* auto-reset */, FALSE )) thread->event = NULL;
    return thread->event;
}

NTSTATUS afd_ioctl( HANDLE handle, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size, ULONG_PTR *information )
{
    IO_STATUS_BLOCK iosb = { { 0 }, 0 };
    HANDLE event = thread_event();
    NTSTATUS status;

    if (!event) return STATUS_NO_MEMORY;
    stats_count( COUNTER_CONTROL );
    status = NtDeviceIoControlFile( handle, event, NULL, NULL, &iosb, code, (void *)in, in_size, out, out_size );
    if (status == STATUS_PENDING)
    {
        NtWaitForSingleObject( event, FALSE, NULL );
        status = iosb.Status;
    }
    if (information) *information = iosb.Information;
    return status;
}

/* The server queues this; the routine gets the error and the count that it has left in the OVERLAPPED. */
static void WINAPI call_routine( void *context, IO_STATUS_BLOCK *iosb, ULONG reserved )
{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = (LPWSAOVERLAPPED_COMPLETION_ROUTINE)context;

    (void)reserved;
    routine( error_from_status( iosb->Status ), iosb->Information, (WSAOVERLAPPED *)iosb, 0 );
}

NTSTATUS afd_ioctl_overlapped( HANDLE handle, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size, WSAOVERLAPPED *overlapped,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread )
{
    static const NTSTATUS pending = STATUS_PENDING;
    ULONG_PTR event;

    (void)thread; /* always the calling one */
    if (!guarded_copy( &event, &overlapped->hEvent, sizeof(event) ) || !guarded_touch( overlapped, sizeof(*overlapped), TRUE )) return STATUS_ACCESS_VIOLATION;
    guarded_copy( &overlapped->Internal, &pending, sizeof(pending) );
    stats_count( COUNTER_CONTROL );
    if (routine)
        return NtDeviceIoControlFile( handle, NULL, (PIO_APC_ROUTINE)call_routine, routine, (IO_STATUS_BLOCK *)overlapped, code, (void *)in, in_size, out, out_size );
    event_forget( (HANDLE)(event & ~(ULONG_PTR)3) );
    return NtDeviceIoControlFile( handle, (HANDLE)event, NULL, event & 1 ? NULL : overlapped, (IO_STATUS_BLOCK *)overlapped, code, (void *)in, in_size,
                                  out, out_size );
}
