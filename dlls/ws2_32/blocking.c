/*
 * Blocking hooks of Winsock 1.1, which Windows Sockets 2 no longer has
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws2_32.h"

FARPROC WINAPI WSASetBlockingHook( FARPROC hook )
{
    (void)hook;
    if (startup_check()) SetLastError( WSAEOPNOTSUPP );
    return NULL;
}

int WINAPI WSAUnhookBlockingHook( void )
{
    if (startup_check()) SetLastError( WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

/* Without hooks a thread in a blocking call can't call this. */
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
