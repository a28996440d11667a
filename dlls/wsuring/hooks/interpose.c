/*
 * Interposing kernelbase's imports from ntdll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The wineserver doesn't know about operations that wait in the process, so kernel32's closes, cancels and
 * associations must be intercepted here (wine-interfaces 9). Programs that call ntdll themselves bypass this file.
 */

#include "base/handle_life.h"
#include "operations/operation.h"
#include "wait/event_hold.h"
#include "wait/event_state.h"
#include "wait/thread.h"
#include "hooks/interpose.h"
#include "ports/port.h"
#include "sockets/shared_state.h"
#include "sockets/handle_state.h"

static NTSTATUS( WINAPI *real_NtClose )( HANDLE );
static NTSTATUS( WINAPI *real_NtCancelIoFile )( HANDLE, IO_STATUS_BLOCK * );
static NTSTATUS( WINAPI *real_NtCancelIoFileEx )( HANDLE, IO_STATUS_BLOCK *, IO_STATUS_BLOCK * );
static NTSTATUS( WINAPI *real_NtCreateUserProcess )( HANDLE *, HANDLE *, ACCESS_MASK, ACCESS_MASK, OBJECT_ATTRIBUTES *,
                                                     OBJECT_ATTRIBUTES *, ULONG, ULONG, void *, void *, void * );
static NTSTATUS( WINAPI *real_NtDuplicateObject )( HANDLE, HANDLE, HANDLE, HANDLE *, ACCESS_MASK, ULONG, ULONG );
static NTSTATUS( WINAPI *real_NtSetInformationFile )( HANDLE, IO_STATUS_BLOCK *, void *, ULONG,
                                                      FILE_INFORMATION_CLASS );
static NTSTATUS( WINAPI *real_NtDelayExecution )( BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtWaitForMultipleObjects )( ULONG, const HANDLE *, ULONG, BOOLEAN,
                                                          const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtQueueApcThread )( HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );
static NTSTATUS( WINAPI *real_NtCancelSynchronousIoFile )( HANDLE, IO_STATUS_BLOCK *, IO_STATUS_BLOCK * );
static NTSTATUS( WINAPI *real_NtCreateEvent )( HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG, BOOLEAN );
static NTSTATUS( WINAPI *real_NtSetEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *real_NtResetEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *real_NtPulseEvent )( HANDLE, LONG * );
static NTSTATUS( WINAPI *real_NtSignalAndWaitForSingleObject )( HANDLE, HANDLE, BOOLEAN, const LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtReadFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *, ULONG,
                                            LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *real_NtWriteFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, const void *, ULONG,
                                             LARGE_INTEGER *, ULONG * );
static NTSTATUS( WINAPI *real_NtDeviceIoControlFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *,
                                                       ULONG, void *, ULONG );
static NTSTATUS( WINAPI *real_NtFsControlFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *,
                                                 ULONG, void *, ULONG );
static NTSTATUS( WINAPI *real_NtNotifyChangeKey )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, BOOLEAN,
                                                   void *, ULONG, BOOLEAN );
static NTSTATUS( WINAPI *real_NtNotifyChangeDirectoryFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *,
                                                             ULONG, ULONG, BOOLEAN );
static NTSTATUS( WINAPI *real_TpAllocIoCompletion )( void **, HANDLE, void *, void *, void * );
static NTSTATUS( WINAPI *real_RtlSetIoCompletionCallback )( HANDLE, void *, ULONG );
static NTSTATUS( WINAPI *real_NtRemoveIoCompletion )( HANDLE, ULONG_PTR *, ULONG_PTR *, IO_STATUS_BLOCK *,
                                                      LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtSetIoCompletion )( HANDLE, ULONG_PTR, ULONG_PTR, NTSTATUS, SIZE_T );
static NTSTATUS( WINAPI *real_NtCreateIoCompletion )( HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG );
static NTSTATUS( WINAPI *real_NtSetInformationObject )( HANDLE, ULONG, void *, ULONG );
static void( WINAPI *real_RtlExitUserProcess )( ULONG );
static NTSTATUS( WINAPI *real_NtTerminateProcess )( HANDLE, LONG );
static NTSTATUS( WINAPI *real_NtTerminateThread )( HANDLE, LONG );

#define CREATE_FLAGS_INHERIT_HANDLES       4 /* of PROCESS_CREATE_FLAGS */
#define FILE_COMPLETION_INFORMATION        30
#define FILE_COMPLETION_NOTIFICATION_MODES 41
#define OBJECT_HANDLE_FLAG_INFORMATION     4
#define NOTIFICATION_EVENT                 0 /* of EVENT_TYPE: reset by the program, not by waits */

/* A handle is about to be closed. Returns what handle_closed needs. */
static struct socket *handle_closing( HANDLE handle )
{
    struct socket *sock;

    if (handle_is_protected( handle )) return NULL;
    port_handle_closing( handle );
    event_hold_closing( handle );
    event_note_closed( handle );
    if (!( sock = socket_find( handle ) )) return NULL;
    if (socket_retire( sock, handle ))
    {
        afd_transfer_cancel( sock );
        return sock;
    }
    socket_release( sock );
    return NULL;
}

static void handle_closed( struct socket *sock, HANDLE handle )
{
    if (!sock) return;
    socket_closed( sock, handle );
    socket_release( sock );
}

static NTSTATUS WINAPI hook_NtClose( HANDLE handle )
{
    struct socket *sock = handle_closing( handle );
    NTSTATUS status = real_NtClose( handle );

    handle_closed( sock, handle );
    return status;
}

/* By any handle. */
static BOOL is_this_process( HANDLE process )
{
    return process == GetCurrentProcess() || ( process && GetProcessId( process ) == GetCurrentProcessId() );
}

static NTSTATUS WINAPI hook_NtDuplicateObject( HANDLE source_process, HANDLE source, HANDLE dest_process, HANDLE *dest,
                                               ACCESS_MASK access, ULONG attributes, ULONG options )
{
    BOOL ours = is_this_process( source_process ), here = is_this_process( dest_process ),
         closes = ours && ( options & DUPLICATE_CLOSE_SOURCE );
    struct socket *sock = NULL, *closed = NULL;
    NTSTATUS status;

    if (ours && here && dest && handle_life) sock = socket_find( source );
    else if (ours) socket_note_shared( source );
    if (ours) event_note_shared( source );
    if (ours && !here) port_note_shared( source );
    if (closes && !here) closed = handle_closing( source );
    if (closes) event_hold_closing( source );
    status = real_NtDuplicateObject( source_process, source, dest_process, dest, access, attributes, options );
    handle_closed( closed, source );
    if (!status && here && dest && !( ours && *dest == source ))
    {
        event_note_closed( *dest ); /* it has been something else's */
        if (ours) port_note_duplicated( source, *dest );
        if (sock) socket_add_handle( sock, *dest, NULL );
        if (closes)
        {
            port_handle_closing( source );
            event_note_closed( source );
        }
    }
    /* DUPLICATE_CLOSE_SOURCE may give the same handle back */
    else if (!status && sock && closes) handle_life_enter( source );
    if (closes && sock) socket_handle_gone( source );
    if (sock) socket_release( sock );
    return status;
}

static NTSTATUS WINAPI hook_NtCreateUserProcess( HANDLE *process, HANDLE *thread, ACCESS_MASK process_access,
                                                 ACCESS_MASK thread_access, OBJECT_ATTRIBUTES *process_attributes,
                                                 OBJECT_ATTRIBUTES *thread_attributes, ULONG process_flags,
                                                 ULONG thread_flags, void *parameters, void *info, void *attributes )
{
    if (process_flags & CREATE_FLAGS_INHERIT_HANDLES) shared_state_inherited();
    return real_NtCreateUserProcess( process, thread, process_access, thread_access, process_attributes,
                                     thread_attributes, process_flags, thread_flags, parameters, info, attributes );
}

/* If we cancelled something it is a success, even if the server found nothing. */
static NTSTATUS WINAPI hook_NtCancelIoFile( HANDLE handle, IO_STATUS_BLOCK *iosb )
{
    struct socket *sock = socket_find( handle );

    if (sock)
    {
        operation_cancel( sock, NULL, GetCurrentThreadId() );
        socket_release( sock );
    }
    return real_NtCancelIoFile( handle, iosb );
}

static NTSTATUS WINAPI hook_NtCancelIoFileEx( HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    struct socket *sock = socket_find( handle );
    NTSTATUS status;
    UINT count = 0;

    if (sock)
    {
        count = operation_cancel( sock, which, 0 );
        socket_release( sock );
    }
    status = real_NtCancelIoFileEx( handle, which, iosb );
    if (count && status)
    {
        iosb->Status = STATUS_SUCCESS;
        iosb->Information = 0;
        status = STATUS_SUCCESS;
    }
    return status;
}

static void note_port( HANDLE handle )
{
    struct socket *sock = socket_find( handle );

    if (!sock) return;
    sock->port.associated = TRUE;
    socket_release( sock );
}

struct completion_info /* FILE_COMPLETION_INFORMATION */
{
    HANDLE port;
    ULONG_PTR key;
};

/* The server must have it, too, for operations by AFD and for other processes. */
static void note_association( HANDLE handle, const struct completion_info *info )
{
    struct socket *sock = socket_find( handle );

    if (!sock) return;
    if (!sock->port.object)
    {
        sock->port.key = info->key;
        MemoryBarrier();
        sock->port.object = port_associate( info->port );
    }
    sock->port.associated = TRUE;
    socket_release( sock );
}

static NTSTATUS WINAPI hook_NtSetInformationFile( HANDLE handle, IO_STATUS_BLOCK *iosb, void *info, ULONG len,
                                                  FILE_INFORMATION_CLASS class )
{
    NTSTATUS status = real_NtSetInformationFile( handle, iosb, info, len, class );
    struct socket *sock;

    if (status) return status;
    if ((int)class == FILE_COMPLETION_INFORMATION) note_association( handle, info );
    else if ((int)class == FILE_COMPLETION_NOTIFICATION_MODES && ( sock = socket_find( handle ) ))
    {
        sock->port.skip_modes |= *(ULONG *)info; /* they can only be added */
        socket_release( sock );
    }
    return status;
}

static NTSTATUS WINAPI hook_TpAllocIoCompletion( void **out, HANDLE handle, void *callback, void *context,
                                                 void *environment )
{
    NTSTATUS status = real_TpAllocIoCompletion( out, handle, callback, context, environment );

    if (!status) note_port( handle );
    return status;
}

static NTSTATUS WINAPI hook_RtlSetIoCompletionCallback( HANDLE handle, void *function, ULONG flags )
{
    NTSTATUS status = real_RtlSetIoCompletionCallback( handle, function, flags );

    if (!status) note_port( handle );
    return status;
}

/* ---- completion ports: see port.h */

static NTSTATUS WINAPI hook_NtCreateIoCompletion( HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                                  ULONG threads )
{
    NTSTATUS status = real_NtCreateIoCompletion( handle, access, attributes, threads );

    if (!status && !( attributes && attributes->ObjectName )) port_note_created( *handle );
    return status;
}

/* STATUS_NOT_SUPPORTED: not a known port. */
static NTSTATUS remove_packets( HANDLE handle, struct port_packet *packets, ULONG room, ULONG *removed,
                                LARGE_INTEGER *timeout, BOOL alertable )
{
    LARGE_INTEGER now, end;
    struct port *port;
    NTSTATUS status;

    while (( port = port_find( handle ) ))
    {
        if (port_serve( port, handle )) status = port_remove( port, packets, room, removed, timeout, alertable );
        else
        {
            if (timeout && timeout->QuadPart < 0)
            {
                /* it may have to wait again, in another way */
                NtQuerySystemTime( &now );
                end.QuadPart = now.QuadPart - timeout->QuadPart;
                timeout = &end;
            }
            status = port_remove_real( port, handle, packets, room, removed, timeout, alertable );
        }
        port_release( port );
        if (status != STATUS_NOT_SUPPORTED) return status;
    }
    return STATUS_NOT_SUPPORTED;
}

static NTSTATUS WINAPI hook_NtRemoveIoCompletion( HANDLE handle, ULONG_PTR *key, ULONG_PTR *value,
                                                  IO_STATUS_BLOCK *iosb, LARGE_INTEGER *timeout )
{
    struct port_packet packet;
    NTSTATUS status;
    ULONG removed;

    status = remove_packets( handle, &packet, 1, &removed, timeout, FALSE );
    if (status == STATUS_NOT_SUPPORTED) return real_NtRemoveIoCompletion( handle, key, value, iosb, timeout );
    if (status) return status;
    if (!guarded_copy( key, &packet.key, sizeof( *key ) ) || !guarded_copy( value, &packet.value, sizeof( *value ) )
        || !guarded_copy( iosb, &packet.iosb, sizeof( *iosb ) ))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

static NTSTATUS WINAPI hook_NtRemoveIoCompletionEx( HANDLE handle, void *out, ULONG room, ULONG *written,
                                                    LARGE_INTEGER *timeout, BOOLEAN alertable )
{
    struct port_packet packets[64];
    ULONG removed = 0;
    NTSTATUS status;

    if (!room) return real_NtRemoveIoCompletionEx( handle, out, room, written, timeout, alertable );
    status = remove_packets( handle, packets, min( room, ARRAY_SIZE( packets ) ), &removed, timeout, alertable );
    if (status == STATUS_NOT_SUPPORTED)
        return real_NtRemoveIoCompletionEx( handle, out, room, written, timeout, alertable );
    if (!status && !guarded_copy( out, packets, removed * sizeof( *packets ) )) status = STATUS_ACCESS_VIOLATION;
    if (status) removed = 1; /* as Wine leaves it */
    if (!guarded_copy( written, &removed, sizeof( *written ) )) return STATUS_ACCESS_VIOLATION;
    return status;
}

static NTSTATUS WINAPI hook_NtSetIoCompletion( HANDLE handle, ULONG_PTR key, ULONG_PTR value, NTSTATUS status,
                                               SIZE_T information )
{
    struct port *port = port_find( handle );
    BOOL done = FALSE;

    if (port)
    {
        done = port_post( port, key, value, status, information );
        port_release( port );
    }
    return done ? STATUS_SUCCESS : real_NtSetIoCompletion( handle, key, value, status, information );
}

/* The handle becomes inheritable. */
static NTSTATUS WINAPI hook_NtSetInformationObject( HANDLE handle, ULONG class, void *info, ULONG len )
{
    NTSTATUS status = real_NtSetInformationObject( handle, class, info, len );

    if (!status && class == OBJECT_HANDLE_FLAG_INFORMATION && *(BYTE *)info)
    {
        port_note_shared( handle );
        event_note_shared( handle );
    }
    return status;
}

static void WINAPI hook_RtlExitUserProcess( ULONG exit_code )
{
    buffered_send_finish();
    real_RtlExitUserProcess( exit_code );
}

static NTSTATUS WINAPI hook_NtTerminateProcess( HANDLE process, LONG exit_code )
{
    if (process == GetCurrentProcess()) buffered_send_finish();
    return real_NtTerminateProcess( process, exit_code );
}

static NTSTATUS WINAPI hook_NtTerminateThread( HANDLE thread, LONG exit_code )
{
    DWORD thread_id = thread == GetCurrentThread() ? 0 : GetThreadId( thread );
    NTSTATUS status;

    if (!thread_id || thread_id == GetCurrentThreadId()) last_thread_check();
    status = real_NtTerminateThread( thread, exit_code );
    if (!status && thread_id) port_forget_thread( thread_id );
    return status;
}

/* ---- alertable waits, APCs and blocked threads: see routine.c */

static NTSTATUS WINAPI hook_NtDelayExecution( BOOLEAN alertable, const LARGE_INTEGER *timeout )
{
    NTSTATUS status;

    if (!alertable || !routine_wait_needed( 0 )) return real_NtDelayExecution( alertable, timeout );
    status = routine_wait( 0, NULL, timeout );
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

static NTSTATUS WINAPI hook_NtWaitForMultipleObjects( ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable,
                                                      const LARGE_INTEGER *timeout )
{
    HANDLE room[MAXIMUM_WAIT_OBJECTS];
    BOOL one = any || count == 1;
    NTSTATUS status;

    handles = handle_state_replace( count, handles, room );
    if (!alertable && one && event_take_set( count, handles, &status )) return status;
    if (alertable && one && routine_wait_needed( count )) status = routine_wait( count, handles, timeout );
    else status = real_NtWaitForMultipleObjects( count, handles, any, alertable, timeout );
    if (one && status >= 0 && (ULONG)status < count) event_wait_over( handles[status] );
    return status;
}

static NTSTATUS WINAPI hook_NtQueueApcThread( HANDLE thread, void *func, ULONG_PTR arg1, ULONG_PTR arg2,
                                              ULONG_PTR arg3 )
{
    NTSTATUS status = real_NtQueueApcThread( thread, func, arg1, arg2, arg3 );
    struct thread *self = thread_peek();

    if (!status && !( self && self->queueing ))
        routine_apc_queued( thread == GetCurrentThread() ? GetCurrentThreadId() : GetThreadId( thread ) );
    return status;
}

static NTSTATUS WINAPI hook_NtCancelSynchronousIoFile( HANDLE thread, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    if (!which && routine_cancel_blocked( GetThreadId( thread ) ))
    {
        iosb->Status = STATUS_SUCCESS;
        iosb->Information = 0;
        return STATUS_SUCCESS;
    }
    return real_NtCancelSynchronousIoFile( thread, which, iosb );
}

/* ---- events: see event_state.c */

/* Others may have handles to the object. */
static BOOL is_shared( const OBJECT_ATTRIBUTES *attributes )
{
    return attributes
           && ( ( attributes->ObjectName && attributes->ObjectName->Length ) || attributes->Attributes & OBJ_INHERIT );
}

static NTSTATUS WINAPI hook_NtCreateEvent( HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                           ULONG type, BOOLEAN state )
{
    NTSTATUS status = real_NtCreateEvent( handle, access, attributes, type, state );

    if (status) return status; /* STATUS_OBJECT_NAME_EXISTS: another module's event, in any state */
    event_note_made( *handle, !is_shared( attributes ), type == NOTIFICATION_EVENT && access & SYNCHRONIZE, state );
    return status;
}

static NTSTATUS WINAPI hook_NtSetEvent( HANDLE handle, LONG *previous )
{
    return event_set_by( real_NtSetEvent, handle, previous );
}

static NTSTATUS WINAPI hook_NtResetEvent( HANDLE handle, LONG *previous )
{
    return event_reset_by( real_NtResetEvent, handle, previous );
}

static NTSTATUS WINAPI hook_NtPulseEvent( HANDLE handle, LONG *previous )
{
    NTSTATUS status = real_NtPulseEvent( handle, previous );

    event_note_reset( handle );
    return status;
}

static NTSTATUS WINAPI hook_NtSignalAndWaitForSingleObject( HANDLE signal, HANDLE handle, BOOLEAN alertable,
                                                            const LARGE_INTEGER *timeout )
{
    /* we don't know when during the call */
    event_forget( signal );
    event_note_server( signal );
    return real_NtSignalAndWaitForSingleObject( signal, handle, alertable, timeout );
}

/* Operations of other objects, which reset an event and signal it later. */

static NTSTATUS WINAPI hook_NtReadFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                        void *buffer, ULONG len, LARGE_INTEGER *offset, ULONG *key )
{
    NTSTATUS status;

    if (file_transfer( handle, DIRECTION_READ, event, apc, context, iosb, buffer, len, &status )) return status;
    if (event) event_forget( event );
    status = real_NtReadFile( handle, event, apc, context, iosb, buffer, len, offset, key );
    if (event) event_forget( event );
    return status;
}

static NTSTATUS WINAPI hook_NtWriteFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb,
                                         const void *buffer, ULONG len, LARGE_INTEGER *offset, ULONG *key )
{
    NTSTATUS status;

    if (file_transfer( handle, DIRECTION_WRITE, event, apc, context, iosb, (void *)buffer, len, &status ))
        return status;
    if (event) event_forget( event );
    status = real_NtWriteFile( handle, event, apc, context, iosb, buffer, len, offset, key );
    if (event) event_forget( event );
    return status;
}

static NTSTATUS WINAPI hook_NtDeviceIoControlFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                                   IO_STATUS_BLOCK *iosb, ULONG code, void *in, ULONG in_size,
                                                   void *out, ULONG out_size )
{
    NTSTATUS status;

    if (event) event_forget( event );
    status = real_NtDeviceIoControlFile( handle, event, apc, context, iosb, code, in, in_size, out, out_size );
    if (event) event_forget( event );
    return status;
}

static NTSTATUS WINAPI hook_NtFsControlFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                             IO_STATUS_BLOCK *iosb, ULONG code, void *in, ULONG in_size, void *out,
                                             ULONG out_size )
{
    NTSTATUS status;

    if (event) event_forget( event );
    status = real_NtFsControlFile( handle, event, apc, context, iosb, code, in, in_size, out, out_size );
    if (event) event_forget( event );
    return status;
}

static NTSTATUS WINAPI hook_NtNotifyChangeKey( HANDLE handle, HANDLE event, void *apc, void *context,
                                               IO_STATUS_BLOCK *iosb, ULONG filter, BOOLEAN subtree, void *buffer,
                                               ULONG len, BOOLEAN async )
{
    if (event) event_forget( event );
    return real_NtNotifyChangeKey( handle, event, apc, context, iosb, filter, subtree, buffer, len, async );
}

static NTSTATUS WINAPI hook_NtNotifyChangeDirectoryFile( HANDLE handle, HANDLE event, void *apc, void *context,
                                                         IO_STATUS_BLOCK *iosb, void *buffer, ULONG len, ULONG filter,
                                                         BOOLEAN subtree )
{
    if (event) event_forget( event );
    return real_NtNotifyChangeDirectoryFile( handle, event, apc, context, iosb, buffer, len, filter, subtree );
}

static const struct hook
{
    const char *module;
    const char *name;
    void *function;
    void *real; /* address of the pointer to what ntdll exports */
    BOOL required;
} hooks[] = {
    { "kernelbase.dll", "NtClose", hook_NtClose, &real_NtClose, TRUE },
    { "kernelbase.dll", "NtDuplicateObject", hook_NtDuplicateObject, &real_NtDuplicateObject, TRUE },
    { "kernelbase.dll", "NtCreateUserProcess", hook_NtCreateUserProcess, &real_NtCreateUserProcess, TRUE },
    { "kernelbase.dll", "NtCancelIoFile", hook_NtCancelIoFile, &real_NtCancelIoFile, TRUE },
    { "kernelbase.dll", "NtCancelIoFileEx", hook_NtCancelIoFileEx, &real_NtCancelIoFileEx, TRUE },
    { "kernelbase.dll", "NtSetInformationFile", hook_NtSetInformationFile, &real_NtSetInformationFile, TRUE },
    { "kernelbase.dll", "NtCreateEvent", hook_NtCreateEvent, &real_NtCreateEvent, TRUE },
    { "kernelbase.dll", "NtSetEvent", hook_NtSetEvent, &real_NtSetEvent, TRUE },
    { "kernelbase.dll", "NtResetEvent", hook_NtResetEvent, &real_NtResetEvent, TRUE },
    { "kernelbase.dll", "NtPulseEvent", hook_NtPulseEvent, &real_NtPulseEvent, FALSE },
    { "kernelbase.dll", "NtSignalAndWaitForSingleObject", hook_NtSignalAndWaitForSingleObject,
      &real_NtSignalAndWaitForSingleObject, FALSE },
    { "kernelbase.dll", "NtReadFile", hook_NtReadFile, &real_NtReadFile, TRUE },
    { "kernelbase.dll", "NtWriteFile", hook_NtWriteFile, &real_NtWriteFile, TRUE },
    { "kernelbase.dll", "NtDeviceIoControlFile", hook_NtDeviceIoControlFile, &real_NtDeviceIoControlFile, TRUE },
    { "kernelbase.dll", "NtFsControlFile", hook_NtFsControlFile, &real_NtFsControlFile, TRUE },
    { "kernelbase.dll", "NtNotifyChangeKey", hook_NtNotifyChangeKey, &real_NtNotifyChangeKey, FALSE },
    { "kernelbase.dll", "NtNotifyChangeDirectoryFile", hook_NtNotifyChangeDirectoryFile,
      &real_NtNotifyChangeDirectoryFile, FALSE },
    { "kernelbase.dll", "TpAllocIoCompletion", hook_TpAllocIoCompletion, &real_TpAllocIoCompletion, FALSE },
    { "kernelbase.dll", "NtCreateIoCompletion", hook_NtCreateIoCompletion, &real_NtCreateIoCompletion, TRUE },
    { "kernelbase.dll", "NtRemoveIoCompletion", hook_NtRemoveIoCompletion, &real_NtRemoveIoCompletion, TRUE },
    { "kernelbase.dll", "NtRemoveIoCompletionEx", hook_NtRemoveIoCompletionEx, &real_NtRemoveIoCompletionEx, TRUE },
    { "kernelbase.dll", "NtSetIoCompletion", hook_NtSetIoCompletion, &real_NtSetIoCompletion, TRUE },
    { "kernelbase.dll", "NtSetInformationObject", hook_NtSetInformationObject, &real_NtSetInformationObject, TRUE },
    { "kernelbase.dll", "NtTerminateProcess", hook_NtTerminateProcess, &real_NtTerminateProcess, FALSE },
    { "kernelbase.dll", "NtTerminateThread", hook_NtTerminateThread, &real_NtTerminateThread, TRUE },
    { "kernelbase.dll", "NtDelayExecution", hook_NtDelayExecution, &real_NtDelayExecution, TRUE },
    { "kernelbase.dll", "NtWaitForMultipleObjects", hook_NtWaitForMultipleObjects, &real_NtWaitForMultipleObjects,
      TRUE },
    { "kernelbase.dll", "NtQueueApcThread", hook_NtQueueApcThread, &real_NtQueueApcThread, FALSE },
    { "kernelbase.dll", "NtCancelSynchronousIoFile", hook_NtCancelSynchronousIoFile, &real_NtCancelSynchronousIoFile,
      FALSE },
    { "kernel32.dll", "NtSetInformationFile", hook_NtSetInformationFile, &real_NtSetInformationFile, TRUE },
    { "kernel32.dll", "RtlExitUserProcess", hook_RtlExitUserProcess, &real_RtlExitUserProcess, FALSE },
    { "kernel32.dll", "RtlSetIoCompletionCallback", hook_RtlSetIoCompletionCallback, &real_RtlSetIoCompletionCallback,
      FALSE },
};

/* The slot of an import from ntdll in a module's import address table. */
static void **import_slot( const char *module_name, const char *name )
{
    BYTE *base = (BYTE *)GetModuleHandleA( module_name );
    const IMAGE_NT_HEADERS *nt;
    const IMAGE_DATA_DIRECTORY *directory;
    const IMAGE_IMPORT_DESCRIPTOR *import;
    const IMAGE_THUNK_DATA *names;
    void **slots;

    if (!base) return NULL;
    nt = (const IMAGE_NT_HEADERS *)( base + ( (const IMAGE_DOS_HEADER *)base )->e_lfanew );
    directory = &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    if (!directory->VirtualAddress) return NULL;
    for (import = (const IMAGE_IMPORT_DESCRIPTOR *)( base + directory->VirtualAddress ); import->Name; import++)
    {
        if (lstrcmpiA( (const char *)base + import->Name, "ntdll.dll" ) || !import->OriginalFirstThunk) continue;
        names = (const IMAGE_THUNK_DATA *)( base + import->OriginalFirstThunk );
        for (slots = (void **)( base + import->FirstThunk ); names->u1.AddressOfData; names++, slots++)
        {
            if (IMAGE_SNAP_BY_ORDINAL( names->u1.Ordinal )) continue;
            if (!strcmp( (const char *)( (const IMAGE_IMPORT_BY_NAME *)( base + names->u1.AddressOfData ) )->Name,
                         name ))
                return slots;
        }
    }
    return NULL;
}

static BOOL slot_write( void **slot, void *value )
{
    DWORD protection;

    /* Wine 10's import tables are read-only pages */
    if (!VirtualProtect( slot, sizeof( *slot ), PAGE_READWRITE, &protection )) return FALSE;
    InterlockedExchangePointer( slot, value );
    VirtualProtect( slot, sizeof( *slot ), protection, &protection );
    return TRUE;
}

BOOL interpose_install( void )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" ), self;
    UINT i;

    for (i = 0; i < ARRAY_SIZE( hooks ); i++)
    {
        void *real = GetProcAddress( ntdll, hooks[i].name ), **slot = import_slot( hooks[i].module, hooks[i].name );

        /* another module's hook may be there already: it stays, below ours */
        if (slot) real = *slot;
        if (!real || ( !slot && hooks[i].required )) return FALSE;
        *(void **)hooks[i].real = real;
    }
    for (i = 0; i < ARRAY_SIZE( hooks ); i++)
    {
        void **slot = import_slot( hooks[i].module, hooks[i].name );

        if (slot && !slot_write( slot, hooks[i].function ) && hooks[i].required)
        {
            interpose_remove();
            return FALSE;
        }
    }
    /* a thread may be inside a hook at any time */
    GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                        (const WCHAR *)interpose_install, &self );
    return TRUE;
}

void interpose_remove( void )
{
    UINT i;

    for (i = 0; i < ARRAY_SIZE( hooks ); i++)
    {
        void **slot = import_slot( hooks[i].module, hooks[i].name );

        if (slot && *slot == hooks[i].function) slot_write( slot, *(void **)hooks[i].real );
    }
}
