/*
 * Blocking hooks of Winsock 1.1, which Windows Sockets 2 no longer calls
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws2_32.h"

/* "BOOL DefaultBlockingHook(void)" of the page "WSASetBlockingHook function". A process without user32 has no messages
 * to dispatch. */
static INT_PTR WINAPI blocking_default_hook( void )
{
    HMODULE user = GetModuleHandleW( L"user32.dll" );
    BOOL( WINAPI * peek )( MSG *, HWND, UINT, UINT, UINT );
    BOOL( WINAPI * translate )( const MSG * );
    LRESULT( WINAPI * dispatch )( const MSG * );
    MSG msg;

    if (!user) return FALSE;
    peek = (void *)GetProcAddress( user, "PeekMessageW" );
    translate = (void *)GetProcAddress( user, "TranslateMessage" );
    dispatch = (void *)GetProcAddress( user, "DispatchMessageW" );
    if (!peek || !translate || !dispatch || !peek( &msg, NULL, 0, 0, PM_REMOVE )) return FALSE;
    translate( &msg );
    dispatch( &msg );
    return TRUE;
}

static void *volatile blocking_hook = (void *)blocking_default_hook;

/* Kept for programs that set one and ask for it again; as on stock Wine, for the whole process. */
FARPROC WINAPI WSASetBlockingHook( FARPROC hook )
{
    if (!startup_check()) return NULL;
    return (FARPROC)InterlockedExchangePointer( &blocking_hook, (void *)hook );
}

int WINAPI WSAUnhookBlockingHook( void )
{
    if (!startup_check()) return SOCKET_ERROR;
    InterlockedExchangePointer( &blocking_hook, (void *)blocking_default_hook );
    return 0;
}

/* No hook is called, so a thread in a blocking call can't call this. */
BOOL WINAPI WSAIsBlocking( void )
{
    return FALSE;
}

int WINAPI WSACancelBlockingCall( void )
{
    const WSPPROC_TABLE *table;
    int err = 0;

    if (!startup_check()) return SOCKET_ERROR;
    if (!( table = provider_base( &err ) )) return set_error( err );
    return set_result( table->lpWSPCancelBlockingCall( &err ), &err );
}
