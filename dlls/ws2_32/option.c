/*
 * Options and ioctls
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws2_32.h"

int WINAPI getsockopt( SOCKET s, int level, int name, char *value, int *len )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPGetSockOpt( s, level, name, value, len, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI setsockopt( SOCKET s, int level, int name, const char *value, int len )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    return table ? set_result( table->lpWSPSetSockOpt( s, level, name, value, len, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI ioctlsocket( SOCKET s, LONG code, ULONG *value )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    DWORD size;
    int err;

    if (!table) return SOCKET_ERROR;
    return set_result( table->lpWSPIoctl( s, code, value, sizeof(*value), value, sizeof(*value), &size, NULL, NULL, NULL, &err ), &err );
}

int WINAPI WSAIoctl( SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned, WSAOVERLAPPED *overlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    if (!table) return SOCKET_ERROR;
    return set_result( table->lpWSPIoctl( s, code, in, in_size, out, out_size, returned, overlapped, routine, routine ? upcall_current_thread() : NULL, &err ), &err );
}

BOOL WINAPI WSAGetQOSByName( SOCKET s, WSABUF *name, QOS *qos )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    BOOL ret;
    int err = 0;

    if (!table) return FALSE;
    if (!(ret = table->lpWSPGetQOSByName( s, name, qos, &err ))) SetLastError( err );
    return ret;
}
