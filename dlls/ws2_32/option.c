/*
 * Options and ioctls
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws2_32.h"

/* SO_OPENTYPE belongs to the thread, and needs no socket (page "SOL_SOCKET Socket Options"). */
static DWORD option_slot( void )
{
    static DWORD slot = TLS_OUT_OF_INDEXES;
    DWORD new_slot;

    if (slot != TLS_OUT_OF_INDEXES || ( new_slot = TlsAlloc() ) == TLS_OUT_OF_INDEXES) return slot;
    if (InterlockedCompareExchange( (LONG *)&slot, new_slot, TLS_OUT_OF_INDEXES ) != (LONG)TLS_OUT_OF_INDEXES)
        TlsFree( new_slot );
    return slot;
}

int option_open_type( void )
{
    DWORD error = GetLastError(); /* TlsGetValue clears it */
    int type = (int)(INT_PTR)TlsGetValue( option_slot() );

    SetLastError( error );
    return type;
}

static int option_get_open_type( char *value, int *len )
{
    int type = option_open_type();

    if (!startup_check()) return SOCKET_ERROR;
    if (IsBadWritePtr( len, sizeof( *len ) ) || (UINT)*len < sizeof( type ) || IsBadWritePtr( value, sizeof( type ) ))
        return set_error( WSAEFAULT );
    memcpy( value, &type, sizeof( type ) );
    *len = sizeof( type );
    SetLastError( 0 );
    return 0;
}

static int option_set_open_type( const char *value, int len )
{
    int type;

    if (!startup_check()) return SOCKET_ERROR;
    if ((UINT)len < sizeof( type ) || IsBadReadPtr( value, sizeof( type ) )) return set_error( WSAEFAULT );
    memcpy( &type, value, sizeof( type ) );
    TlsSetValue( option_slot(), (void *)(INT_PTR)type );
    SetLastError( 0 );
    return 0;
}

int WINAPI getsockopt( SOCKET s, int level, int name, char *value, int *len )
{
    const WSPPROC_TABLE *table;
    int err;

    if (level == SOL_SOCKET && name == SO_OPENTYPE) return option_get_open_type( value, len );
    table = provider_of_socket( s );
    return table ? set_result( table->lpWSPGetSockOpt( s, level, name, value, len, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI setsockopt( SOCKET s, int level, int name, const char *value, int len )
{
    const WSPPROC_TABLE *table;
    int err;

    if (level == SOL_SOCKET && name == SO_OPENTYPE) return option_set_open_type( value, len );
    table = provider_of_socket( s );
    return table ? set_result( table->lpWSPSetSockOpt( s, level, name, value, len, &err ), &err ) : SOCKET_ERROR;
}

int WINAPI ioctlsocket( SOCKET s, LONG code, ULONG *value )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    DWORD size;
    int err;

    if (!table) return SOCKET_ERROR;
    return set_result(
        table->lpWSPIoctl( s, code, value, sizeof( *value ), value, sizeof( *value ), &size, NULL, NULL, NULL, &err ),
        &err );
}

int WINAPI WSAIoctl( SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned,
                     WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err;

    if (!table) return SOCKET_ERROR;
    return set_result( table->lpWSPIoctl( s, code, in, in_size, out, out_size, returned, overlapped, routine,
                                          routine ? upcall_current_thread() : NULL, &err ),
                       &err );
}

BOOL WINAPI WSAGetQOSByName( SOCKET s, WSABUF *name, QOS *qos )
{
    const WSPPROC_TABLE *table = provider_of_socket( s );
    int err = 0;

    if (!table) return FALSE;
    return !set_result( !table->lpWSPGetQOSByName( s, name, qos, &err ), &err );
}
