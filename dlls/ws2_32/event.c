/*
 * Event objects, network events and results of overlapped operations
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws2_32.h"

WSAEVENT WINAPI WSACreateEvent( void )
{
    return startup_check() ? CreateEventW( NULL, TRUE, FALSE, NULL ) : NULL;
}

BOOL WINAPI WSACloseEvent( WSAEVENT event )
{
    if (!startup_check()) return FALSE;
    if (CloseHandle( event )) return TRUE;
    SetLastError( WSA_INVALID_HANDLE );
    return FALSE;
}

int WINAPI WSAEventSelect( SOCKET s, WSAEVENT event, LONG mask )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPEventSelect( s, event, mask, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI WSAEnumNetworkEvents( SOCKET s, WSAEVENT event, WSANETWORKEVENTS *events )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPEnumNetworkEvents( s, event, events, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI WSAAsyncSelect( SOCKET s, HWND window, u_int message, LONG mask )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPAsyncSelect( s, window, message, mask, &err ), &err ) : SOCKET_ERROR;
}

BOOL WINAPI WSAGetOverlappedResult( SOCKET s, WSAOVERLAPPED *overlapped, DWORD *bytes, BOOL wait, DWORD *flags )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    DWORD no_bytes, no_flags;
    BOOL ret;
    int err = 0;

    if (!table) return FALSE;
    /* stock takes NULL for both, where the page has WSAEFAULT */
    if (!bytes) bytes = &no_bytes;
    if (!flags) flags = &no_flags;
    ret = table->lpWSPGetOverlappedResult( s, overlapped, bytes, wait, flags, &err );
    SetLastError( err ); /* also 0 on success; programs check it */
    return ret;
}
