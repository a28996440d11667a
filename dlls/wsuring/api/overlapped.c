/*
 * WSPGetOverlappedResult and other functions about an OVERLAPPED
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "api/control.h"

/* Is the operation in one of our queues, so that its end will be signalled in this process? */
static BOOL overlapped_is_operation( struct socket *sock, const WSAOVERLAPPED *overlapped )
{
    struct operation *op = NULL;
    int i;

    for (i = 0; i < DIRECTION_COUNT && !op; i++)
    {
        lock_acquire( &sock->queues[i].lock );
        for (op = sock->queues[i].head; op; op = op->next)
            if (op->overlapped == overlapped) break;
        lock_release( &sock->queues[i].lock );
    }
    return op || polled_waits( sock, overlapped );
}

/* An OVERLAPPED doesn't only have what we wrote: on Windows two of the statuses mean nothing to Winsock. */
static int overlapped_error( const struct socket *sock, NTSTATUS status )
{
    if (status == STATUS_TOO_MANY_OPENED_FILES
        || ( status == STATUS_NETWORK_NAME_DELETED && sock->conn.reset_error != status ))
        return WSAEINVAL;
    return error_from_status( status );
}

BOOL WSPAPI WSPGetOverlappedResult( SOCKET s, WSAOVERLAPPED *overlapped, DWORD *bytes, BOOL wait, DWORD *flags,
                                    int *err )
{
    const DWORD pending = STATUS_PENDING, no_flags = 0;
    struct socket *sock;
    ULONG_PTR event;
    BOOL ret = FALSE, waited = FALSE;
    DWORD status, done;

    if (!( sock = socket_grab( s, err ) )) return FALSE;
    /* unlike all other calls, as on Windows */
    *err = WSAENOTSOCK;
    if (!socket_is_made( sock, (HANDLE)s )) goto failed;
    *err = overlapped ? WSAEFAULT : WSA_INVALID_PARAMETER;
    if (!overlapped || !bytes || !flags || !guarded_touch( bytes, sizeof( *bytes ), TRUE )
        || !guarded_touch( flags, sizeof( *flags ), TRUE )
        || !guarded_copy( &status, &overlapped->Internal, sizeof( status ) )
        || !guarded_copy( &event, &overlapped->hEvent, sizeof( event ) ))
        goto failed;

    while (status == pending)
    {
        *err = WSA_IO_INCOMPLETE;
        if (!wait) goto failed;
        if (overlapped_is_operation( sock, overlapped ))
        {
            /* operation_complete wakes this address: no wineserver request */
            LARGE_INTEGER time = { .QuadPart = -1000000 };

            RtlWaitOnAddress( &overlapped->Internal, &pending, sizeof( pending ), &time );
            waited = TRUE;
        }
        else if (event & ~(ULONG_PTR)3)
        {
            /* the event counts, whoever has set it */
            if (NtWaitForSingleObject( (HANDLE)( event & ~(ULONG_PTR)3 ), FALSE, NULL )) Sleep( 1 );
            else wait = FALSE;
        }
        else if (sock->signal.used) Sleep( 0 ); /* it is about to complete */
        else
        {
            LARGE_INTEGER time = { .QuadPart = -1000000 }; /* the server's operations may have come after it */

            NtWaitForSingleObject( sock->id.handle, FALSE, engine == ENGINE_AFD ? NULL : &time );
        }
        if (!guarded_copy( &status, &overlapped->Internal, sizeof( status ) ))
        {
            *err = WSAEFAULT;
            goto failed;
        }
        if (status != pending || overlapped_is_operation( sock, overlapped )) wait = TRUE;
        else if (!wait) break;
        else Sleep( 1 ); /* it is being completed, or the handle's state is stale */
    }
    event_hold_settle( (HANDLE)( event & ~(ULONG_PTR)3 ) ); /* who polls it now finds it set */
    /* the wait is one for the event, which may reset itself by that */
    if (waited && event & ~(ULONG_PTR)3) WaitForSingleObject( (HANDLE)( event & ~(ULONG_PTR)3 ), 0 );
    done = overlapped->InternalHigh;
    guarded_copy( bytes, &done, sizeof( done ) );
    guarded_copy( flags, &no_flags, sizeof( no_flags ) );
    *err = overlapped_error( sock, status );
    ret = NT_SUCCESS( status );
failed:
    socket_release( sock );
    return ret;
}

/* From Winsock 1.1; in version 2.2 no call can be cancelled this way (WSACancelBlockingCall). */
int WSPAPI WSPCancelBlockingCall( int *err )
{
    *err = WSAEOPNOTSUPP;
    return SOCKET_ERROR;
}
