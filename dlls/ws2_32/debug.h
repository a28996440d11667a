/*
 * The debug channel "winsock": WINEDEBUG=+winsock
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What debug_address and its kind return is valid for a while only, as strings of Wine's debug functions are. They
 * look at the program's memory with care, and change no last error that isn't saved by debug_call.
 */

#ifndef WS2_32_DEBUG_H
#define WS2_32_DEBUG_H

#include <winsock2.h>

/* Classes of messages, numbered as Wine numbers them. */
enum debug_class
{
    DEBUG_FIXME,
    DEBUG_ERR,
    DEBUG_WARN,
    DEBUG_TRACE
};

#define DEBUG_FORMAT( text, args ) __attribute__( ( format( ms_printf, text, args ) ) )

/* When the module is loaded. Returns whether the channel shows calls, or at least those that fail. */
int debug_attach( void );

/* A line of the channel. The last error stays. */
void debug_print( enum debug_class class, const char *function, const char *format, ... ) DEBUG_FORMAT( 3, 4 );

const char *debug_string( const char *str );
const char *debug_wide( const WCHAR *str );
const char *debug_guid( const GUID *guid );
const char *debug_time( const struct timeval *time );
const char *debug_ipv4( struct in_addr addr );
const char *debug_address( const struct sockaddr *addr, int len );
const char *debug_buffers( const WSABUF *buffers, DWORD count );
const char *debug_set( const fd_set *set );

/* What a call has returned through pointers; "" for NULL. */
const char *debug_name( const struct sockaddr *addr, const int *len );
const char *debug_count( const void *count );
const char *debug_option( const char *value, const int *len );
const char *debug_sets( const fd_set *read, const fd_set *write, const fd_set *except );
int debug_read( const int *err );

const char *debug_error( int error ); /* "WSAEFAULT", or "" */

#endif /* WS2_32_DEBUG_H */
