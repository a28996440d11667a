/*
 * Notifications of changes of the catalogues
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A notification handle is one of the registry key that the catalogues lie below: the program closes it by CloseHandle,
 * and a wait for it sees what every process writes. A change is many writes, the last of which is that of the serial
 * number; a wait ends with that one.
 */

#include "catalog.h"
#include "helper.h"

#define STATUS_SUCCESS   ( (NTSTATUS)0 )
#define STATUS_CANCELLED ( (NTSTATUS)0xc0000120 )

#ifndef __WINESRC__
NTSYSAPI NTSTATUS WINAPI NtQueryKey( HANDLE key, int class, void *info, ULONG size, ULONG *needed );
#endif

struct notification_wait
{
    HANDLE key;
    HANDLE event; /* of the registry */
    DWORD serial;
    WSAOVERLAPPED *overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    HANDLE thread; /* that calls it */
    TP_WAIT *pool_wait;
    DWORD error; /* that the routine gets */
};

static BOOL notification_is_valid( HANDLE key )
{
    static const WCHAR end[] = L"\\WinSock2\\Parameters";
    struct
    {
        ULONG len; /* KEY_NAME_INFORMATION */
        WCHAR name[512];
    } info;
    ULONG size, len = ARRAY_SIZE( end ) - 1;

    if (NtQueryKey( key, 3, &info, sizeof( info ), &size )) return FALSE;
    info.len /= sizeof( WCHAR );
    return info.len > len && CompareStringOrdinal( info.name + info.len - len, len, end, len, TRUE ) == CSTR_EQUAL;
}

static void notification_free( struct notification_wait *wait )
{
    if (wait->thread) CloseHandle( wait->thread );
    if (wait->event) CloseHandle( wait->event );
    HeapFree( GetProcessHeap(), 0, wait );
}

/* The registry sets the event at its next change. FALSE: the handle has been closed. */
static BOOL notification_arm( const struct notification_wait *wait )
{
    return notification_is_valid( wait->key )
           && !RegNotifyChangeKeyValue( wait->key, TRUE, REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET,
                                        wait->event, TRUE );
}

/* After a write: TRUE if the wait is over, with its status. */
static BOOL notification_is_over( const struct notification_wait *wait, NTSTATUS *status )
{
    *status = STATUS_SUCCESS;
    if (catalog_serial() != wait->serial) return TRUE;
    if (notification_arm( wait )) return catalog_serial() != wait->serial; /* it may have come between */
    *status = STATUS_CANCELLED;
    return TRUE;
}

static void CALLBACK notification_call( ULONG_PTR arg )
{
    struct notification_wait *wait = (struct notification_wait *)arg;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = wait->routine;
    WSAOVERLAPPED *overlapped = wait->overlapped;
    DWORD error = wait->error;

    notification_free( wait );
    routine( error, 0, overlapped, 0 );
}

static void notification_complete( struct notification_wait *wait, NTSTATUS status )
{
    WSAOVERLAPPED *overlapped = wait->overlapped;
    HANDLE event = (HANDLE)( (ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)3 );
    BOOL calls = wait->routine != NULL;

    wait->error = status ? WSA_OPERATION_ABORTED : 0;
    overlapped->InternalHigh = 0;
    InterlockedExchangePointer( (void **)&overlapped->Internal, (void *)(ULONG_PTR)(ULONG)status );
    if (calls && QueueUserAPC( notification_call, wait->thread, (ULONG_PTR)wait )) return;
    notification_free( wait );
    if (!calls && event) SetEvent( event );
}

static void CALLBACK notification_written( TP_CALLBACK_INSTANCE *instance, void *arg, TP_WAIT *pool_wait,
                                           TP_WAIT_RESULT result )
{
    struct notification_wait *wait = arg;
    NTSTATUS status;

    (void)instance;
    (void)result;
    if (!notification_is_over( wait, &status ))
    {
        SetThreadpoolWait( pool_wait, wait->event, NULL );
        return;
    }
    CloseThreadpoolWait( pool_wait );
    notification_complete( wait, status );
}

static int notification_pend( struct notification_wait *wait )
{
    WSATHREADID *thread = wait->routine ? upcall_current_thread() : NULL;
    HANDLE event = (HANDLE)( (ULONG_PTR)wait->overlapped->hEvent & ~(ULONG_PTR)3 );

    if (wait->routine
        && ( !thread
             || !DuplicateHandle( GetCurrentProcess(), thread->ThreadHandle, GetCurrentProcess(), &wait->thread, 0,
                                  FALSE, DUPLICATE_SAME_ACCESS ) ))
        return WSA_NOT_ENOUGH_MEMORY;
    if (!( wait->pool_wait = CreateThreadpoolWait( notification_written, wait, NULL ) )) return WSA_NOT_ENOUGH_MEMORY;
    wait->overlapped->Internal = STATUS_PENDING;
    wait->overlapped->InternalHigh = 0;
    if (event && !wait->routine) ResetEvent( event );
    SetThreadpoolWait( wait->pool_wait, wait->event, NULL );
    return WSA_IO_PENDING;
}

/* Returns 0 when something has changed since the call began; WSA_IO_PENDING; or an error. */
static int notification_wait( HANDLE key, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    struct notification_wait *wait;
    NTSTATUS status;
    int err;

    if (!notification_is_valid( key )) return WSA_INVALID_HANDLE;
    if (overlapped && IsBadWritePtr( overlapped, sizeof( *overlapped ) )) return WSAEFAULT;
    if (!( wait = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *wait ) ) )) return WSA_NOT_ENOUGH_MEMORY;
    wait->key = key;
    wait->overlapped = overlapped;
    wait->routine = overlapped ? routine : NULL;
    wait->serial = catalog_serial();
    if (!( wait->event = CreateEventW( NULL, FALSE, FALSE, NULL ) )) err = WSA_NOT_ENOUGH_MEMORY;
    else if (!notification_arm( wait )) err = WSA_INVALID_HANDLE;
    else if (overlapped)
    {
        if (( err = notification_pend( wait ) ) == WSA_IO_PENDING) return err;
    }
    else
    {
        do WaitForSingleObject( wait->event, INFINITE );
        while (!notification_is_over( wait, &status ));
        err = status ? WSA_OPERATION_ABORTED : 0;
    }
    notification_free( wait );
    return err;
}

/* *notification NULL: makes a handle. Else waits for a change, in the way that overlapped and routine say. Returns 0,
 * or SOCKET_ERROR: WSA_IO_PENDING, WSA_INVALID_HANDLE, WSA_NOT_ENOUGH_MEMORY, WSAEFAULT; WSAEOPNOTSUPP: the registry
 * can't be used; WSA_OPERATION_ABORTED: the handle was closed ("WSAProviderConfigChange function"). */
int WINAPI WSAProviderConfigChange( HANDLE *notification, WSAOVERLAPPED *overlapped,
                                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    int err = 0;

    if (!startup_check()) return SOCKET_ERROR;
    if (!notification || IsBadWritePtr( notification, sizeof( *notification ) )) err = WSAEFAULT;
    else if (*notification) err = notification_wait( *notification, overlapped, routine );
    else if (!( *notification = catalog_parameters() )) err = WSAEOPNOTSUPP;
    return set_result( err ? SOCKET_ERROR : 0, &err );
}

/* ---- ws2help.dll's functions, which return an error */

static const char notification_helper;

DWORD WINAPI WahOpenNotificationHandleHelper( HANDLE *helper );
DWORD WINAPI WahCloseNotificationHandleHelper( HANDLE helper );
DWORD WINAPI WahCreateNotificationHandle( HANDLE helper, HANDLE *notification );
DWORD WINAPI WahWaitForNotification( HANDLE helper, HANDLE notification, WSAOVERLAPPED *overlapped,
                                     LPWSAOVERLAPPED_COMPLETION_ROUTINE routine );
DWORD WINAPI WahNotifyAllProcesses( HANDLE helper );

DWORD WINAPI WahOpenNotificationHandleHelper( HANDLE *helper )
{
    return helper_open( helper, &notification_helper );
}

DWORD WINAPI WahCloseNotificationHandleHelper( HANDLE helper )
{
    return helper_check( helper, &notification_helper );
}

DWORD WINAPI WahCreateNotificationHandle( HANDLE helper, HANDLE *notification )
{
    if (helper_check( helper, &notification_helper )) return WSAEINVAL;
    if (!notification || IsBadWritePtr( notification, sizeof( *notification ) )) return WSAEFAULT;
    return ( *notification = catalog_parameters() ) ? 0 : WSAEOPNOTSUPP;
}

DWORD WINAPI WahWaitForNotification( HANDLE helper, HANDLE notification, WSAOVERLAPPED *overlapped,
                                     LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    if (helper_check( helper, &notification_helper )) return WSAEINVAL;
    return notification_wait( notification, overlapped, routine );
}

/* As if the catalogue had changed: the waits of all processes end. */
DWORD WINAPI WahNotifyAllProcesses( HANDLE helper )
{
    if (helper_check( helper, &notification_helper )) return WSAEINVAL;
    return catalog_touch();
}
