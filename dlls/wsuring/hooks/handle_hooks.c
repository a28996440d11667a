/*
 * kernelbase's calls that close, duplicate and share handles
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the provider knows about a handle's object has to end, or to be shared, with the handle (docs/identity.md).
 */

#include "base/handle_life.h"
#include "operations/operation.h"
#include "wait/event_state.h"
#include "hooks/interpose.h"
#include "ports/port.h"
#include "sockets/handle_state.h"

static NTSTATUS( WINAPI *real_NtClose )( HANDLE );
static NTSTATUS( WINAPI *real_NtDuplicateObject )( HANDLE, HANDLE, HANDLE, HANDLE *, ACCESS_MASK, ULONG, ULONG );
static NTSTATUS( WINAPI *real_NtSetInformationObject )( HANDLE, ULONG, void *, ULONG );
static NTSTATUS( WINAPI *real_NtCreateUserProcess )( HANDLE *, HANDLE *, ACCESS_MASK, ACCESS_MASK, OBJECT_ATTRIBUTES *,
                                                     OBJECT_ATTRIBUTES *, ULONG, ULONG, void *, void *, void * );

#define CREATE_FLAGS_INHERIT_HANDLES   4 /* of PROCESS_CREATE_FLAGS */
#define OBJECT_HANDLE_FLAG_INFORMATION 4

/* A handle is about to be closed. Returns what handle_closed needs. */
static struct socket *handle_closing( HANDLE handle )
{
    struct socket *sock;

    if (handle_is_protected( handle )) return NULL;
    port_handle_closing( handle );
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
    struct socket *sock;
    NTSTATUS status;

    if (upper_used && upper_close( handle )) return STATUS_SUCCESS;
    sock = handle_closing( handle );
    status = real_NtClose( handle );
    handle_closed( sock, handle );
    return status;
}

/* By any handle. */
static BOOL handle_owner_is_self( HANDLE process )
{
    return process == GetCurrentProcess() || ( process && GetProcessId( process ) == GetCurrentProcessId() );
}

static NTSTATUS WINAPI hook_NtDuplicateObject( HANDLE source_process, HANDLE source, HANDLE dest_process, HANDLE *dest,
                                               ACCESS_MASK access, ULONG attributes, ULONG options )
{
    BOOL ours = handle_owner_is_self( source_process ), here = handle_owner_is_self( dest_process ),
         closes = ours && ( options & DUPLICATE_CLOSE_SOURCE ), held = FALSE;
    volatile LONG *word = ours ? handle_life_word( source ) : NULL;
    LONG seen = word ? *word : 0;
    UINT lacks = ours ? port_handle_lacks( source ) : 0;
    struct socket *sock = NULL, *closed = NULL;
    NTSTATUS status;

    if (ours && here && dest && handle_life) sock = socket_find( source );
    else if (ours) socket_note_shared( source );
    if (ours) event_note_shared( source );
    if (ours && !here) port_note_shared( source );
    if (closes && sock) held = socket_hold( sock, source, &seen );
    if (closes && !here) closed = handle_closing( source );
    status = real_NtDuplicateObject( source_process, source, dest_process, dest, access, attributes, options );
    handle_closed( closed, source );
    if (!status && here && dest)
    {
        if (!ours || *dest != source) event_note_closed( *dest ); /* it has been something else's */
        if (ours && port_note_duplicated( source, *dest ))
            port_note_lacks( *dest, options & DUPLICATE_SAME_ACCESS ? lacks : port_access_lacks( access ) );
        /* Not if the value was closed meanwhile, by a thread that thinks it is its own: what has been duplicated may be
         * another object. DUPLICATE_CLOSE_SOURCE may give the same value back. */
        if (sock && handle_life_stamp( source ) == handle_life_closed( seen, closes ))
            socket_add_handle( sock, *dest, NULL );
        if (closes && *dest != source)
        {
            port_handle_closing( source );
            event_note_closed( source );
        }
    }
    if (closes && sock) socket_handle_gone( source );
    if (held) socket_unhold( sock );
    if (sock) socket_release( sock );
    return status;
}

/* The handle becomes inheritable. */
static NTSTATUS WINAPI hook_NtSetInformationObject( HANDLE handle, ULONG class, void *info, ULONG len )
{
    NTSTATUS status = real_NtSetInformationObject( handle, class, info, len );

    if (!status && class == OBJECT_HANDLE_FLAG_INFORMATION && *(BYTE *)info)
    {
        port_note_shared( handle );
        event_note_shared( handle );
        socket_note_inheritable( handle );
    }
    return status;
}

static NTSTATUS WINAPI hook_NtCreateUserProcess( HANDLE *process, HANDLE *thread, ACCESS_MASK process_access,
                                                 ACCESS_MASK thread_access, OBJECT_ATTRIBUTES *process_attributes,
                                                 OBJECT_ATTRIBUTES *thread_attributes, ULONG process_flags,
                                                 ULONG thread_flags, void *parameters, void *info, void *attributes )
{
    if (process_flags & CREATE_FLAGS_INHERIT_HANDLES) socket_note_inherited();
    return real_NtCreateUserProcess( process, thread, process_access, thread_access, process_attributes,
                                     thread_attributes, process_flags, thread_flags, parameters, info, attributes );
}

const struct hook handle_hooks[] = {
    { "kernelbase.dll", "NtClose", hook_NtClose, &real_NtClose, TRUE },
    { "kernelbase.dll", "NtDuplicateObject", hook_NtDuplicateObject, &real_NtDuplicateObject, TRUE },
    { "kernelbase.dll", "NtCreateUserProcess", hook_NtCreateUserProcess, &real_NtCreateUserProcess, TRUE },
    { "kernelbase.dll", "NtSetInformationObject", hook_NtSetInformationObject, &real_NtSetInformationObject, TRUE },
    { 0 },
};
