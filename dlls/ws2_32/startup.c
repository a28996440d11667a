/*
 * WSAStartup, WSACleanup and the last error
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "name_space.h"
#include "upper.h"

/* The version to use for the requested one: our highest that isn't higher. 0 for none. */
static WORD startup_negotiate( WORD version )
{
    BYTE major = LOBYTE( version ), minor = HIBYTE( version );

    if (!major) return 0;
    if (major == 1) return minor ? MAKEWORD( 1, 1 ) : MAKEWORD( 1, 0 );
    if (major == 2 && minor <= 2) return version;
    return MAKEWORD( 2, 2 );
}

int WINAPI WSAStartup( WORD version, WSADATA *data )
{
    WORD agreed = startup_negotiate( version );
    int err;

    if (!data || IsBadWritePtr( data, sizeof( *data ) )) return agreed ? WSAEFAULT : WSAVERNOTSUPPORTED;
    data->wVersion = agreed ? agreed : MAKEWORD( 2, 2 );
    data->wHighVersion = MAKEWORD( 2, 2 );
    strcpy( data->szDescription, "WinSock 2.0" );
    strcpy( data->szSystemStatus, "Running" );
    /* Winsock 2 programs must not look at these (page "WSADATA structure") */
    data->iMaxSockets = LOBYTE( version ) == 1 ? 32767 : 0;
    data->iMaxUdpDg = LOBYTE( version ) == 1 ? 65467 : 0;
    if (!agreed) return WSAVERNOTSUPPORTED;
    upper_init( provider_base, upcall_current_thread );
    started_add();
    /* Now, so that it sees the completion ports that the program makes before its first socket: of others it doesn't
     * know who else posts packets there. If it can't be loaded, the first socket's error says so. */
    provider_base( &err );
    return 0;
}

/* SOCKET_ERROR and WSANOTINITIALISED if it was called more often than WSAStartup ("WSACleanup function"). */
int WINAPI WSACleanup( void )
{
    LONG left = started_remove();

    if (left < 0)
    {
        SetLastError( WSANOTINITIALISED );
        return SOCKET_ERROR;
    }
    if (!left)
    {
        name_spaces_cleanup();
        advertised_cleanup();
        provider_cleanup();
        uppers_cleanup();
    }
    SetLastError( 0 );
    return 0;
}

/* Winsock's last error is the thread's Win32 last error. */
int WINAPI WSAGetLastError( void )
{
    return GetLastError();
}

void WINAPI WSASetLastError( int error )
{
    SetLastError( error );
}
