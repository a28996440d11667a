/*
 * Wah functions: handles outside the file system, and a log that isn't kept
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The others are in helper_context.c, helper_thread.c and notification.c. They return an error, not SOCKET_ERROR.
 */

#include "helper.h"
#include "upper.h"

static const char handle_helper;

DWORD WINAPI WahOpenHandleHelper( HANDLE *helper );
DWORD WINAPI WahCloseHandleHelper( HANDLE helper );
DWORD WINAPI WahCreateSocketHandle( HANDLE helper, SOCKET *s );
DWORD WINAPI WahCloseSocketHandle( HANDLE helper, SOCKET s );
DWORD WINAPI WahCompleteRequest( HANDLE helper, SOCKET s, WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes );
DWORD WINAPI WahDisableNonIFSHandleSupport( void );
DWORD WINAPI WahEnableNonIFSHandleSupport( void );

/* Nothing needs the driver here, but whether there may be such handles is kept as its start type. */
static DWORD helper_set_start( DWORD start )
{
    HKEY key;
    LONG err;

    if (RegCreateKeyExW( HKEY_LOCAL_MACHINE, UPPER_SERVICE, 0, NULL, 0, KEY_WRITE, NULL, &key, NULL )) return WSAEACCES;
    err = RegSetValueExW( key, L"Start", 0, REG_DWORD, (const BYTE *)&start, sizeof( start ) );
    RegCloseKey( key );
    return err ? WSAEACCES : 0;
}

/* Both for all processes that begin later. */
DWORD WINAPI WahDisableNonIFSHandleSupport( void )
{
    return helper_set_start( SERVICE_DISABLED );
}

DWORD WINAPI WahEnableNonIFSHandleSupport( void )
{
    return helper_set_start( SERVICE_SYSTEM_START );
}

DWORD WINAPI WahOpenHandleHelper( HANDLE *helper )
{
    return upper_is_allowed() ? helper_open( helper, &handle_helper ) : WSAEOPNOTSUPP;
}

DWORD WINAPI WahCloseHandleHelper( HANDLE helper )
{
    return helper_check( helper, &handle_helper );
}

/* No layer answers for it: reads and writes fail with WSAENOTSOCK. */
DWORD WINAPI WahCreateSocketHandle( HANDLE helper, SOCKET *s )
{
    int err = 0;

    if (helper_check( helper, &handle_helper )) return WSAEINVAL;
    if (!s || IsBadWritePtr( s, sizeof( *s ) )) return WSAEFAULT;
    *s = upper_create( 0, &err );
    return *s == INVALID_SOCKET ? err : 0;
}

DWORD WINAPI WahCloseSocketHandle( HANDLE helper, SOCKET s )
{
    return helper_check( helper, &handle_helper ) ? WSAEINVAL : upper_destroy( s );
}

DWORD WINAPI WahCompleteRequest( HANDLE helper, SOCKET s, WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes )
{
    return helper_check( helper, &handle_helper ) ? WSAEINVAL : upper_complete( s, overlapped, error, bytes );
}

/* Nobody has told what it takes. */
DWORD WINAPI WahWriteLSPEvent( void *one, void *two );
DWORD WINAPI WahWriteLSPEvent( void *one, void *two )
{
    (void)one;
    (void)two;
    NOT_IMPLEMENTED( WahWriteLSPEvent, WSAEOPNOTSUPP );
    return WSAEOPNOTSUPP;
}
