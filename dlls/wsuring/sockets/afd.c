/*
 * AFD ioctls
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets/afd.h"
#include "sockets/handle_state.h"
#include "wait/event_hold.h"
#include "wait/event_state.h"
#include "wait/thread.h"

#define CONNECT_YIELDS 4 /* in which one to this host ends */

/* The calling thread's event. An APC that runs during a wait for it needs another one. */
static HANDLE afd_event_take( struct thread *thread )
{
    HANDLE event = thread->event;

    thread->event = NULL;
    if (!event && NtCreateEvent( &event, EVENT_ALL_ACCESS, NULL, 1 /* auto-reset */, FALSE )) return NULL;
    return event;
}

static void afd_event_give( struct thread *thread, HANDLE event )
{
    if (thread->event) NtClose( event );
    else thread->event = event;
}

/* Blocking calls are alertable waits (page "WSARecv function"), and CancelSynchronousIo ends them. */
static void afd_ioctl_wait( struct thread *thread, HANDLE handle, HANDLE event, IO_STATUS_BLOCK *iosb )
{
    HANDLE outer_handle = thread->ioctl_handle;
    IO_STATUS_BLOCK *outer_iosb = thread->ioctl_iosb;
    NTSTATUS status;
    LONG cancels;

    lock_acquire( &thread->lock );
    thread->ioctl_handle = handle;
    thread->ioctl_iosb = iosb;
    lock_release( &thread->lock );
    do status = NtWaitForSingleObject( event, TRUE, NULL );
    while (status == STATUS_USER_APC || ( !status && *(volatile NTSTATUS *)&iosb->Status == STATUS_PENDING ));
    lock_acquire( &thread->lock );
    thread->ioctl_handle = outer_handle;
    thread->ioctl_iosb = outer_iosb;
    lock_release( &thread->lock );
    /* one that is late must not find another ioctl with this IO_STATUS_BLOCK */
    while (( cancels = thread->ioctl_cancels ))
        RtlWaitOnAddress( (const void *)&thread->ioctl_cancels, &cancels, sizeof( cancels ), NULL );
}

/* Releases the event. yields: before it is waited for, where APCs that are queued already needn't run. Returns the
 * final status. */
static NTSTATUS afd_ioctl_end( struct thread *thread, HANDLE handle, HANDLE event, IO_STATUS_BLOCK *iosb,
                               NTSTATUS status, UINT yields )
{
    if (status == STATUS_PENDING)
    {
        /* Its end comes as an APC of Wine's own: one that comes before the wait saves the request for it. The event
         * then stays set until the next ioctl resets it. */
        for (; yields && *(volatile NTSTATUS *)&iosb->Status == STATUS_PENDING; yields--) SwitchToThread();
        if (!yields) afd_ioctl_wait( thread, handle, event, iosb );
        status = iosb->Status;
    }
    afd_event_give( thread, event );
    return status;
}

NTSTATUS afd_ioctl( HANDLE handle, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size,
                    ULONG_PTR *information )
{
    IO_STATUS_BLOCK iosb = { { STATUS_PENDING }, 0 };
    struct thread *thread = thread_get();
    HANDLE event;
    NTSTATUS status;

    if (!thread || !( event = afd_event_take( thread ) )) return STATUS_NO_MEMORY;
    stats_count( COUNTER_CONTROL );
    status = NtDeviceIoControlFile( handle, event, NULL, NULL, &iosb, code, (void *)in, in_size, out, out_size );
    status = afd_ioctl_end( thread, handle, event, &iosb, status, code == AFD_WINE_CONNECT ? CONNECT_YIELDS : 0 );
    if (information) *information = iosb.Information;
    return status;
}

/* Held while a socket is created, from opening its file to CREATE. Wineserver 8.0 fails an assertion if a poll names
 * such a file, and a handle that another thread has just closed may have become one. */
static SRWLOCK births = SRWLOCK_INIT;

/* Files that never become sockets: such a poll goes through one, and one that is opened late may get the handle of a
 * socket that has just been closed. */
static HANDLE devices[2]; /* afd_poll's and server_poll's */
static UINT device_count;

static NTSTATUS afd_open_file( ULONG attribute_flags, ULONG options, HANDLE *handle )
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    IO_STATUS_BLOCK iosb;

    RtlInitUnicodeString( &name, L"\\Device\\Afd" );
    InitializeObjectAttributes( &attributes, &name, attribute_flags, NULL, NULL );
    return NtOpenFile( handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes, &iosb, 0, options );
}

NTSTATUS afd_create( const struct afd_create_params *params, ULONG attribute_flags, ULONG options, HANDLE *handle )
{
    NTSTATUS status;

    lock_acquire_shared( &births );
    if (!( status = afd_open_file( attribute_flags, options, handle ) )
        && ( status = afd_ioctl( *handle, AFD_WINE_CREATE, params, sizeof( *params ), NULL, 0, NULL ) ))
        NtClose( *handle );
    lock_release_shared( &births );
    return status;
}

NTSTATUS afd_open_device( HANDLE *device )
{
    NTSTATUS status = STATUS_SUCCESS;
    HANDLE handle;

    lock_acquire( &births );
    if (!*device && !( status = afd_open_file( 0, 0, &handle ) )) devices[device_count++] = *device = handle;
    lock_release( &births );
    return status;
}

/* With the lock of births. */
static BOOL afd_may_poll( const struct afd_poll_params *in, BOOL ( *is_current )( const void * ), const void *arg )
{
    UINT i, j;

    for (i = 0; i < in->count; i++)
        for (j = 0; j < device_count; j++)
            if ((HANDLE)(ULONG_PTR)in->sockets[i].socket == devices[j]) return FALSE;
    return is_current( arg );
}

NTSTATUS afd_poll( const struct afd_poll_params *in, struct afd_poll_params *out, ULONG size,
                   BOOL ( *is_current )( const void * ), const void *arg )
{
    IO_STATUS_BLOCK iosb = { { STATUS_PENDING }, 0 };
    struct thread *thread = thread_get();
    NTSTATUS status = STATUS_HANDLES_CLOSED;
    static HANDLE device;
    HANDLE event;

    if (( !device && afd_open_device( &device ) ) || !thread || !( event = afd_event_take( thread ) ))
        return STATUS_NO_MEMORY;
    stats_count( COUNTER_CONTROL );
    lock_acquire( &births );
    /* through a file of its own: if one of the sockets gets another file meanwhile, the end of a poll through it
     * fails the same assertion */
    if (afd_may_poll( in, is_current, arg ))
        status = NtDeviceIoControlFile( device, event, NULL, NULL, &iosb, AFD_POLL, (void *)in, size, out, size );
    lock_release( &births );
    return afd_ioctl_end( thread, device, event, &iosb, status, 0 );
}

NTSTATUS afd_poll_begin( HANDLE device, IO_STATUS_BLOCK *iosb, void *context, const struct afd_poll_params *in,
                         struct afd_poll_params *out, ULONG size, BOOL ( *is_current )( const void * ),
                         const void *arg )
{
    NTSTATUS status = STATUS_HANDLES_CLOSED;

    stats_count( COUNTER_CONTROL );
    lock_acquire( &births );
    if (afd_may_poll( in, is_current, arg ))
        status = NtDeviceIoControlFile( device, NULL, NULL, context, iosb, AFD_POLL, (void *)in, size, out, size );
    lock_release( &births );
    return status;
}

NTSTATUS afd_ioctl_overlapped( HANDLE handle, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size,
                               WSAOVERLAPPED *overlapped, struct call *call )
{
    static const NTSTATUS pending = STATUS_PENDING;
    NTSTATUS status;
    ULONG_PTR event;

    if (!guarded_copy( &event, &overlapped->hEvent, sizeof( event ) )
        || !guarded_touch( overlapped, sizeof( *overlapped ), TRUE ))
    {
        if (call) HeapFree( GetProcessHeap(), 0, call );
        return STATUS_ACCESS_VIOLATION;
    }
    handle_state_lent( handle, call ? NULL : (HANDLE)event );
    if (!call) event_hold_settle( (HANDLE)( event & ~(ULONG_PTR)3 ) );
    guarded_copy( &overlapped->Internal, &pending, sizeof( pending ) );
    stats_count( COUNTER_CONTROL );
    if (call)
    {
        status = NtDeviceIoControlFile( handle, NULL, routine_by_server, call, (IO_STATUS_BLOCK *)overlapped, code,
                                        (void *)in, in_size, out, out_size );
        if (NT_ERROR( status )) HeapFree( GetProcessHeap(), 0, call );
        return status;
    }
    event_forget( (HANDLE)event );
    status = NtDeviceIoControlFile( handle, (HANDLE)event, NULL, event & 1 ? NULL : overlapped,
                                    (IO_STATUS_BLOCK *)overlapped, code, (void *)in, in_size, out, out_size );
    event_forget( (HANDLE)event );
    return status;
}
