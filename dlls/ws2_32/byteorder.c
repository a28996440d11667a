/*
 * Byte order
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "resolve.h"

u_long WINAPI htonl( u_long value )
{
    return __builtin_bswap32( value );
}

u_short WINAPI htons( u_short value )
{
    return __builtin_bswap16( value );
}

u_long WINAPI ntohl( u_long value )
{
    return __builtin_bswap32( value );
}

u_short WINAPI ntohs( u_short value )
{
    return __builtin_bswap16( value );
}

/* The WSA forms use the byte order of the socket's protocol (iNetworkByteOrder of its catalogue entry), so they take
 * a socket. Every protocol here is big-endian; the socket is only checked. FALSE with the last error set:
 * WSANOTINITIALISED or WSAENOTSOCK. */
static BOOL byteorder_check_socket( SOCKET s )
{
    int type, len = sizeof( type );
    DWORD error = GetLastError();

    if (getsockopt( s, SOL_SOCKET, SO_TYPE, (char *)&type, &len )) return FALSE;
    SetLastError( error );
    return TRUE;
}

static BOOL byteorder_check_result( void *result, UINT size )
{
    if (!IsBadWritePtr( result, size )) return TRUE;
    SetLastError( WSAEFAULT );
    return FALSE;
}

/* Returns 0, or SOCKET_ERROR: WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT. Likewise the three below ("WSAHtonl
 * function"). */
int WINAPI WSAHtonl( SOCKET s, u_long value, u_long *result )
{
    if (!byteorder_check_result( result, sizeof( *result ) ) || !byteorder_check_socket( s )) return SOCKET_ERROR;
    *result = htonl( value );
    return 0;
}

int WINAPI WSAHtons( SOCKET s, u_short value, u_short *result )
{
    if (!byteorder_check_result( result, sizeof( *result ) ) || !byteorder_check_socket( s )) return SOCKET_ERROR;
    *result = htons( value );
    return 0;
}

int WINAPI WSANtohl( SOCKET s, u_long value, u_long *result )
{
    if (!byteorder_check_result( result, sizeof( *result ) ) || !byteorder_check_socket( s )) return SOCKET_ERROR;
    *result = ntohl( value );
    return 0;
}

int WINAPI WSANtohs( SOCKET s, u_short value, u_short *result )
{
    if (!byteorder_check_result( result, sizeof( *result ) ) || !byteorder_check_socket( s )) return SOCKET_ERROR;
    *result = ntohs( value );
    return 0;
}
