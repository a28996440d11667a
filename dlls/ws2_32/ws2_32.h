/*
 * What the files of the API layer share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each API function checks for WSAStartup, finds the provider, calls the provider's function, sets the last error.
 */

#ifndef WS2_32_PRIVATE_H
#define WS2_32_PRIVATE_H

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0a00
#endif
#ifndef WINSOCK_API_LINKAGE
#define WINSOCK_API_LINKAGE /* these functions are defined here, not imported */
#endif
#include "wsuring_winsock.h"

#include "debug.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE( x ) ( sizeof( x ) / sizeof( *( x ) ) )
#endif

/* ---- started.c */

BOOL startup_check( void ); /* FALSE and WSANOTINITIALISED before WSAStartup */
void started_add( void );
LONG started_remove( void ); /* returns the count left, -1 if it was 0 */

/* ---- provider.c */

/* The table of the provider that a socket belongs to. NULL, last error set: not initialised, no usable provider, or not
 * a socket. */
const WSPPROC_TABLE *provider_of_socket( SOCKET s );

/* The table of the base provider, loaded at first use. NULL and *err: WSAEPROVIDERFAILEDINIT, WSAEINVALIDPROVIDER or
 * what its WSPStartup returned. */
const WSPPROC_TABLE *provider_base( int *err );

/* The table of the provider for a new socket. *info: what the program gave; comes back as WSPSocket takes it. NULL and
 * *err as provider_base. */
const WSPPROC_TABLE *provider_for_new( int family, int type, int protocol, WSAPROTOCOL_INFOW **info, int *err );

/* Notes that a provider has made a socket. Returns it. */
SOCKET provider_socket_made( SOCKET s, const WSPPROC_TABLE *table );

void provider_socket_closes( SOCKET s );

void provider_cleanup( void ); /* each one's WSPCleanup, at the last WSACleanup */

/* ---- trace.c */

void trace_attach( void ); /* when the module is loaded: are calls to be shown? */

/* ---- option.c */

int option_open_type( void ); /* SO_OPENTYPE of the calling thread */

/* ---- upcall.c */

extern const WSPUPCALLTABLE upcall_table;

/* The calling thread, as the provider needs it for routines. Kept per thread, because a new handle would cost a
 * request each time. */
WSATHREADID *upcall_current_thread( void );
void upcall_thread_detach( void );

/* Takes a provider call's result, with its error in *err, and sets the last error. Success sets it to 0, as on stock:
 * programs loop until it is WSAEWOULDBLOCK without looking at the result. Functions that leave it alone (closesocket,
 * WSACloseEvent, those without a socket) don't use this. */
static inline int set_result( int ret, const int *err )
{
    SetLastError( ret ? *err : 0 );
    return ret;
}

/* The same for functions that return a count or a socket: SOCKET_ERROR and INVALID_SOCKET are the errors. */
static inline INT_PTR set_value( INT_PTR ret, const int *err )
{
    SetLastError( ret == SOCKET_ERROR ? *err : 0 );
    return ret;
}

/* The number of bytes that send, recv and the like return. */
static inline int set_count( DWORD count )
{
    SetLastError( 0 );
    return count;
}

/* The value returned for an error. */
static inline int set_error( int err )
{
    SetLastError( err );
    return SOCKET_ERROR;
}

/* Is an array of the program's bad? Its size may have no room in a SIZE_T of 32 bits. */
static inline BOOL is_bad_array( const void *array, SIZE_T count, SIZE_T size )
{
    return __builtin_mul_overflow( count, size, &size ) || IsBadReadPtr( array, size );
}

/* Stores the error of a WSC function at lpErrno, unless that is no valid pointer. Returns 0 or SOCKET_ERROR. */
static inline int set_errno( int *ptr, int err )
{
    if (ptr && !IsBadWritePtr( ptr, sizeof( *ptr ) )) *ptr = err;
    return err ? SOCKET_ERROR : 0;
}

/* For functions that aren't implemented yet: fails with the documented error. tools/make_unimplemented lists these. */
#define NOT_IMPLEMENTED( name, error ) ( debug_print( DEBUG_FIXME, #name, "not implemented" ), SetLastError( error ) )

#endif /* WS2_32_PRIVATE_H */
