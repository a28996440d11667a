/*
 * Handles that a layer answers for
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * To the provider they are sockets without a connection; what is added here is where their reads, writes and closes go,
 * and that the layer can complete operations on them.
 */

#include "operations/operation.h"
#include "base/upper.h"
#include "hooks/interpose.h"

struct upper
{
    struct upper *next;
    HANDLE handle;
    UINT64 cookie; /* of its socket: the handle may be another object's by now */
    const struct upper_functions *functions;
};

/* A ReadFileEx or WriteFileEx: what is to be called at its end. */
struct upper_apc
{
    struct upper_apc *next;
    IO_STATUS_BLOCK *iosb;
    file_apc *apc;
    void *context;
};

volatile BOOL upper_used;

static SRWLOCK upper_lock = SRWLOCK_INIT;
static struct upper *uppers;
static struct upper_apc *upper_apcs;

/* NULL: the handle is no such. */
static const struct upper_functions *upper_find( HANDLE handle, const struct socket *sock )
{
    const struct upper_functions *functions = NULL;
    struct upper *upper;

    lock_acquire_shared( &upper_lock );
    for (upper = uppers; upper && ( upper->handle != handle || upper->cookie != socket_cookie( sock ) );
         upper = upper->next)
    {
    }
    if (upper) functions = upper->functions;
    lock_release_shared( &upper_lock );
    return functions;
}

/* What RtlNtStatusToDosError makes the error of again. */
static NTSTATUS upper_status( int err )
{
    if (err == WSA_OPERATION_ABORTED) return STATUS_CANCELLED;
    return err ? (NTSTATUS)( 0xc0010000 | (USHORT)err ) : STATUS_SUCCESS;
}

/* Private export for ws2_32: the socket becomes such a handle, or with NULL is none any more. FALSE: no memory, or its
 * reads and closes can't be seen. */
BOOL __cdecl wsuring_upper( SOCKET s, const struct upper_functions *functions )
{
    struct socket *sock = functions && interposed ? socket_find( (HANDLE)s ) : NULL;
    struct upper *upper = sock ? HeapAlloc( GetProcessHeap(), 0, sizeof( *upper ) ) : NULL, **ptr;

    if (upper) upper->cookie = socket_cookie( sock );
    if (sock) socket_release( sock );
    if (functions && !upper) return FALSE;
    lock_acquire( &upper_lock );
    if (upper)
    {
        upper->handle = (HANDLE)s;
        upper->functions = functions;
        upper->next = uppers;
        uppers = upper;
        upper_used = TRUE;
    }
    else
    {
        for (ptr = &uppers; *ptr && ( *ptr )->handle != (HANDLE)s; ptr = &( *ptr )->next)
        {
        }
        if (( upper = *ptr )) *ptr = upper->next;
    }
    lock_release( &upper_lock );
    if (!functions) HeapFree( GetProcessHeap(), 0, upper );
    return TRUE;
}

/* Private export for ws2_32: an operation on such a handle has ended. Not those with routines, which are the layer's to
 * queue. FALSE: no such socket, no memory, no OVERLAPPED; or a packet in tier afd, which doesn't know the ports. */
BOOL __cdecl wsuring_complete( SOCKET s, WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes )
{
    struct socket *sock = socket_find( (HANDLE)s );
    struct operation *op = NULL;
    ULONG_PTR event;

    if (!sock) return FALSE;
    if (guarded_copy( &event, &overlapped->hEvent, sizeof( event ) )
        && ( engine != ENGINE_AFD || !sock->port.associated || event & 1 )
        && guarded_touch( overlapped, sizeof( *overlapped ), TRUE ) && ( op = operation_alloc( sock, DIRECTION_READ ) ))
    {
        operation_init( op, sock, DIRECTION_READ, overlapped, NULL );
        op->tagged = event & 1;
        op->event = (HANDLE)( event & ~(ULONG_PTR)3 );
        op->done = bytes;
        operation_complete( op, upper_status( error ), FALSE );
    }
    socket_release( sock );
    return op != NULL;
}

/* The newest of that OVERLAPPED; NULL if there is none. */
static struct upper_apc *upper_take_apc( const void *iosb )
{
    struct upper_apc **ptr, *found;

    lock_acquire( &upper_lock );
    for (ptr = &upper_apcs; ( found = *ptr ) && found->iosb != iosb; ptr = &found->next)
    {
    }
    if (found) *ptr = found->next;
    lock_release( &upper_lock );
    return found;
}

/* The layer's end of one, in the thread that began it. What the layer has written isn't what files have. */
static void CALLBACK upper_routine( DWORD error, DWORD bytes, WSAOVERLAPPED *overlapped, DWORD flags )
{
    struct upper_apc *found = upper_take_apc( overlapped ), call;

    (void)flags;
    if (!found) return;
    call = *found;
    HeapFree( GetProcessHeap(), 0, found );
    call.iosb->Information = bytes;
    call.iosb->Status = upper_status( error );
    call.apc( call.context, call.iosb, 0 );
}

static int upper_begin_apc( const struct upper_functions *functions, const struct file_call *call, DWORD *done )
{
    struct upper_apc *new = HeapAlloc( GetProcessHeap(), 0, sizeof( *new ) );
    int err;

    if (!new) return WSAENOBUFS;
    new->iosb = call->iosb;
    new->apc = call->apc;
    new->context = call->context;
    lock_acquire( &upper_lock );
    new->next = upper_apcs;
    upper_apcs = new;
    lock_release( &upper_lock );
    err = functions->transfer( (SOCKET)call->handle, call->direction == DIRECTION_WRITE, call->buffer, call->len,
                               (WSAOVERLAPPED *)call->iosb, upper_routine, done );
    if (err && err != WSA_IO_PENDING) HeapFree( GetProcessHeap(), 0, upper_take_apc( call->iosb ) );
    return err;
}

BOOL upper_transfer( struct socket *sock, const struct file_call *call, BOOL overlapped, NTSTATUS *status )
{
    const struct upper_functions *functions = upper_find( call->handle, sock );
    DWORD done = 0;
    int err;

    if (!functions) return FALSE;
    if (call->apc) err = upper_begin_apc( functions, call, &done );
    else
        err = functions->transfer( (SOCKET)call->handle, call->direction == DIRECTION_WRITE, call->buffer, call->len,
                                   overlapped ? (WSAOVERLAPPED *)call->iosb : NULL, NULL, &done );
    *status = err == WSA_IO_PENDING ? STATUS_PENDING : upper_status( err );
    if (err || overlapped || call->apc) return TRUE;
    call->iosb->Status = STATUS_SUCCESS;
    call->iosb->Information = done;
    return TRUE;
}

BOOL upper_close( HANDLE handle )
{
    struct socket *sock = socket_find( handle );
    const struct upper_functions *functions = sock ? upper_find( handle, sock ) : NULL;

    if (sock) socket_release( sock );
    return functions && functions->close( (SOCKET)handle );
}
