/*
 * ProcessSocketNotifications: the states of sockets as packets of a completion port
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "upper.h"

/* Part of Windows 11 and Server 2022; mingw-w64 has its name only. */
DWORD WINAPI ProcessSocketNotifications( HANDLE port, UINT32 count, SOCK_NOTIFY_REGISTRATION *registrations,
                                         UINT32 timeout, ULONG room, OVERLAPPED_ENTRY *entries, UINT32 *received );

static int( __cdecl *volatile notify_known )( HANDLE port, const SOCK_NOTIFY_REGISTRATION *registration );

static DWORD notify_find( void )
{
    int err;

    if (notify_known) return 0;
    if (!provider_base( &err )) return err;
    notify_known = (void *)GetProcAddress( GetModuleHandleW( L"wsuring.dll" ), "wsuring_notify" );
    return notify_known ? 0 : WSAEOPNOTSUPP; /* another provider, for tests */
}

static DWORD notify_check( UINT32 count, const SOCK_NOTIFY_REGISTRATION *registrations, UINT32 timeout, ULONG room,
                           const OVERLAPPED_ENTRY *entries, const UINT32 *received )
{
    if (!startup_check()) return WSANOTINITIALISED;
    if (!count != !registrations || !room != !entries || !room != !received || ( !room && timeout )) return WSAEINVAL;
    if (count > 0x100000 || IsBadWritePtr( (void *)registrations, count * sizeof( *registrations ) )) return WSAEFAULT;
    if (room && IsBadWritePtr( (void *)received, sizeof( *received ) )) return WSAEFAULT;
    return 0;
}

/* Registers what `registrations' say, each with a result of its own, then takes up to `room' packets of any kind.
 * Returns 0, WAIT_TIMEOUT or an error, with which nothing has been registered: WSANOTINITIALISED; WSAEINVAL if
 * registrations or entries are given without their number, or the other way round, or a time-out without entries;
 * WSAEFAULT; WSA_INVALID_HANDLE ("ProcessSocketNotifications function"). */
DWORD WINAPI ProcessSocketNotifications( HANDLE port, UINT32 count, SOCK_NOTIFY_REGISTRATION *registrations,
                                         UINT32 timeout, ULONG room, OVERLAPPED_ENTRY *entries, UINT32 *received )
{
    DWORD error = notify_check( count, registrations, timeout, room, entries, received );
    ULONG removed = 0;
    UINT32 i;

    if (!error && count && !( error = notify_find() )) error = notify_known( port, NULL );
    if (error) return error;
    /* the SPI has no such function: a layer with handles of its own can't be asked */
    for (i = 0; i < count; i++)
        registrations[i].registrationResult
            = upper_is_one( registrations[i].socket ) ? WSAEOPNOTSUPP : notify_known( port, &registrations[i] );
    if (!room) return 0;
    *received = 0;
    if (!GetQueuedCompletionStatusEx( port, entries, room, &removed, timeout, FALSE )) return GetLastError();
    *received = removed;
    return 0;
}
