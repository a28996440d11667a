/*
 * kernelbase's and kernel32's calls about completion ports: see port.h
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "events/socket_notify.h"
#include "base/provider.h"
#include "hooks/interpose.h"
#include "ports/port.h"
#include "sockets/socket.h"

static NTSTATUS( WINAPI *real_NtSetInformationFile )( HANDLE, IO_STATUS_BLOCK *, void *, ULONG,
                                                      FILE_INFORMATION_CLASS );
static NTSTATUS( WINAPI *real_TpAllocIoCompletion )( void **, HANDLE, void *, void *, void * );
static NTSTATUS( WINAPI *real_RtlSetIoCompletionCallback )( HANDLE, void *, ULONG );
static NTSTATUS( WINAPI *real_NtCreateIoCompletion )( HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG );
static NTSTATUS( WINAPI *real_NtRemoveIoCompletion )( HANDLE, ULONG_PTR *, ULONG_PTR *, IO_STATUS_BLOCK *,
                                                      LARGE_INTEGER * );
static NTSTATUS( WINAPI *real_NtSetIoCompletion )( HANDLE, ULONG_PTR, ULONG_PTR, NTSTATUS, SIZE_T );

void port_note_used( HANDLE handle )
{
    struct socket *sock;
    int err;

    if (!( sock = socket_grab( (SOCKET)handle, &err ) )) return; /* not a socket */
    sock->port.associated = TRUE;
    socket_release( sock );
}

struct completion_info /* FILE_COMPLETION_INFORMATION */
{
    HANDLE port;
    ULONG_PTR key;
};

/* The server must have it, too, for operations by AFD and for other processes. */
void port_note_associated( HANDLE handle, const void *arg )
{
    const struct completion_info *info = arg;
    struct socket *sock;
    int err;

    if (!( sock = socket_grab( (SOCKET)handle, &err ) ))
    {
        port_note_mixed( info->port );
        return;
    }
    if (!sock->port.object)
    {
        sock->port.key = info->key;
        MemoryBarrier();
        sock->port.object = port_associate( info->port );
    }
    sock->port.associated = TRUE;
    socket_release( sock );
}

void port_note_modes( HANDLE handle, const void *info )
{
    struct socket *sock;
    int err;

    if (!( sock = socket_grab( (SOCKET)handle, &err ) )) return;
    sock->port.skip_modes |= *(const ULONG *)info; /* they can only be added */
    socket_release( sock );
}

static NTSTATUS WINAPI hook_NtSetInformationFile( HANDLE handle, IO_STATUS_BLOCK *iosb, void *info, ULONG len,
                                                  FILE_INFORMATION_CLASS class )
{
    NTSTATUS status = real_NtSetInformationFile( handle, iosb, info, len, class );

    if (status) return status;
    if ((int)class == FILE_COMPLETION_INFORMATION) port_note_associated( handle, info );
    else if ((int)class == FILE_COMPLETION_NOTIFICATION_MODES) port_note_modes( handle, info );
    return status;
}

static NTSTATUS WINAPI hook_TpAllocIoCompletion( void **out, HANDLE handle, void *callback, void *context,
                                                 void *environment )
{
    NTSTATUS status = real_TpAllocIoCompletion( out, handle, callback, context, environment );

    if (!status) port_note_used( handle );
    return status;
}

static NTSTATUS WINAPI hook_RtlSetIoCompletionCallback( HANDLE handle, void *function, ULONG flags )
{
    NTSTATUS status = real_RtlSetIoCompletionCallback( handle, function, flags );

    if (!status) port_note_used( handle );
    return status;
}

static NTSTATUS WINAPI hook_NtCreateIoCompletion( HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                                  ULONG threads )
{
    NTSTATUS status = real_NtCreateIoCompletion( handle, access, attributes, threads );

    if (status || ( attributes && attributes->ObjectName )) return status;
    port_note_created( *handle );
    port_note_lacks( *handle, port_access_lacks( access ) );
    return status;
}

/* STATUS_NOT_SUPPORTED: not a known port. */
static NTSTATUS port_take_packets( HANDLE handle, struct port_packet *packets, ULONG room, ULONG *removed,
                                   LARGE_INTEGER *timeout, BOOL alertable )
{
    LARGE_INTEGER end;
    struct port *port;
    NTSTATUS status;
    UINT lacks;

    if (( lacks = port_handle_lacks( handle ) ) & PORT_NO_MODIFY)
        return STATUS_NOT_SUPPORTED; /* the server refuses it */
    if (lacks && ( port = port_find( handle ) ))
    {
        handle = port_any_handle( port ); /* one that it can be served by */
        port_release( port );
        if (!handle) return STATUS_NOT_SUPPORTED;
    }
    while (( port = port_find( handle ) ))
    {
        if (port_serve( port, handle, !timeout || timeout->QuadPart ))
            status = port_remove( port, packets, room, removed, timeout, alertable );
        else
        {
            timeout = (LARGE_INTEGER *)timeout_until( timeout, &end ); /* it may have to wait again, in another way */
            status = port_remove_real( port, handle, packets, room, removed, timeout, alertable );
        }
        if (!status) port_settle( port );
        port_release( port );
        if (status != STATUS_NOT_SUPPORTED) return status;
    }
    return STATUS_NOT_SUPPORTED;
}

/* The same for any port, where there are notifications, which are looked at before they are given to the program. */
static NTSTATUS port_take_notified( HANDLE handle, struct port_packet *packets, ULONG room, ULONG *removed,
                                    LARGE_INTEGER *timeout, BOOL alertable )
{
    LARGE_INTEGER end;
    NTSTATUS status;

    timeout = (LARGE_INTEGER *)timeout_until( timeout, &end );
    do
    {
        socket_notify_look_again();
        status = port_take_packets( handle, packets, room, removed, timeout, alertable );
        if (status == STATUS_NOT_SUPPORTED)
            status = real_NtRemoveIoCompletionEx( handle, packets, room, removed, timeout, alertable );
        if (status) return status;
    } while (!( *removed = socket_notify_taken( packets, *removed ) ));
    return STATUS_SUCCESS;
}

static NTSTATUS WINAPI hook_NtRemoveIoCompletion( HANDLE handle, ULONG_PTR *key, ULONG_PTR *value,
                                                  IO_STATUS_BLOCK *iosb, LARGE_INTEGER *timeout )
{
    struct port_packet packet;
    NTSTATUS status;
    ULONG removed;

    if (socket_notify_used) status = port_take_notified( handle, &packet, 1, &removed, timeout, FALSE );
    else status = port_take_packets( handle, &packet, 1, &removed, timeout, FALSE );
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
    static LARGE_INTEGER at_once;
    struct port_packet packets[64], *next = out;
    ULONG removed = 0, total = 0;
    NTSTATUS status;

    if (!room) return real_NtRemoveIoCompletionEx( handle, out, room, written, timeout, alertable );
    do
    {
        /* the program's memory may be bad, so the packets come by way of ours */
        status = ( socket_notify_used ? port_take_notified : port_take_packets )(
            handle, packets, min( room - total, ARRAY_SIZE( packets ) ), &removed, total ? &at_once : timeout,
            alertable && !total );
        if (status == STATUS_NOT_SUPPORTED && !total)
            return real_NtRemoveIoCompletionEx( handle, out, room, written, timeout, alertable );
        if (status) break;
        if (!guarded_copy( next, packets, removed * sizeof( *packets ) ))
        {
            status = STATUS_ACCESS_VIOLATION;
            total = 0;
            break;
        }
        next += removed;
        total += removed;
    } while (removed == ARRAY_SIZE( packets ) && total < room);
    if (total) status = STATUS_SUCCESS;
    else total = 1; /* as Wine leaves it */
    if (!guarded_copy( written, &total, sizeof( *written ) )) return STATUS_ACCESS_VIOLATION;
    return status;
}

static NTSTATUS WINAPI hook_NtSetIoCompletion( HANDLE handle, ULONG_PTR key, ULONG_PTR value, NTSTATUS status,
                                               SIZE_T information )
{
    struct port *port = port_find( handle );
    NTSTATUS ret;

    if (port && port_handle_lacks( handle ) & PORT_NO_MODIFY)
    {
        port_release( port );
        port = NULL; /* the server refuses it */
    }
    if (!port) return real_NtSetIoCompletion( handle, key, value, status, information );
    if (port_post( port, key, value, status, information, TRUE )) ret = STATUS_SUCCESS;
    else
    {
        ret = real_NtSetIoCompletion( handle, key, value, status, information );
        port_posted_real( port );
    }
    port_release( port );
    return ret;
}

const struct hook port_hooks[] = {
    { "kernelbase.dll", "NtSetInformationFile", hook_NtSetInformationFile, &real_NtSetInformationFile, TRUE },
    { "kernelbase.dll", "TpAllocIoCompletion", hook_TpAllocIoCompletion, &real_TpAllocIoCompletion, FALSE },
    { "kernelbase.dll", "NtCreateIoCompletion", hook_NtCreateIoCompletion, &real_NtCreateIoCompletion, TRUE },
    { "kernelbase.dll", "NtRemoveIoCompletion", hook_NtRemoveIoCompletion, &real_NtRemoveIoCompletion, TRUE },
    { "kernelbase.dll", "NtRemoveIoCompletionEx", hook_NtRemoveIoCompletionEx, &real_NtRemoveIoCompletionEx, TRUE },
    { "kernelbase.dll", "NtSetIoCompletion", hook_NtSetIoCompletion, &real_NtSetIoCompletion, TRUE },
    { "kernel32.dll", "NtSetInformationFile", hook_NtSetInformationFile, &real_NtSetInformationFile, FALSE },
    { "kernel32.dll", "RtlSetIoCompletionCallback", hook_RtlSetIoCompletionCallback, &real_RtlSetIoCompletionCallback,
      FALSE },
    { 0 },
};
