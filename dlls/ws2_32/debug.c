/*
 * The debug channel "winsock", in Wine's debug output
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ntdll.dll has the functions behind Wine's debug macros. They are looked up, not imported: without them this module
 * still loads, and is silent.
 */

#include <stdarg.h>
#include <stdio.h>

#include "resolve.h"
#include "ws2_32.h"
#include "debug.h"

#define LINE_MAX_SIZE 1000 /* Wine's buffers have 1020 bytes */

/* As wine/debug.h has it; the flags are found at the first use. */
struct debug_channel
{
    unsigned char flags;
    char name[15];
};

static struct debug_channel debug_channel = { 0xff, "winsock" };
static unsigned char( __cdecl *debug_flags )( struct debug_channel *channel );
static int( __cdecl *debug_header )( enum debug_class class, struct debug_channel *channel, const char *function );
static int( __cdecl *debug_output )( const char *str );
static const char *( __cdecl *debug_keep )( const char *str );

int debug_attach( void )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );

    debug_flags = (void *)GetProcAddress( ntdll, "__wine_dbg_get_channel_flags" );
    debug_header = (void *)GetProcAddress( ntdll, "__wine_dbg_header" );
    debug_output = (void *)GetProcAddress( ntdll, "__wine_dbg_output" );
    debug_keep = (void *)GetProcAddress( ntdll, "__wine_dbg_strdup" );
    if (debug_flags && debug_header && debug_output && debug_keep)
        return debug_flags( &debug_channel ) & ( 1 << DEBUG_TRACE | 1 << DEBUG_WARN );
    debug_header = NULL;
    return 0;
}

void debug_print( enum debug_class class, const char *function, const char *format, ... )
{
    DWORD error = GetLastError();
    char line[LINE_MAX_SIZE];
    va_list args;
    int len;

    if (debug_header && debug_header( class, &debug_channel, function ) != -1)
    {
        va_start( args, format );
        len = _vsnprintf( line, sizeof( line ) - 2, format, args );
        va_end( args );
        if (len < 0 || len > (int)sizeof( line ) - 2) len = sizeof( line ) - 2;
        strcpy( line + len, "\n" );
        debug_output( line );
    }
    SetLastError( error );
}

static DEBUG_FORMAT( 1, 2 ) const char *debug_format( const char *format, ... )
{
    char text[300];
    va_list args;

    va_start( args, format );
    _vsnprintf( text, sizeof( text ) - 1, format, args );
    va_end( args );
    text[sizeof( text ) - 1] = 0;
    /* cppcheck-suppress returnDanglingLifetime ; Wine's function makes a copy */
    return debug_keep( text );
}

/* One letter, as in a string of C. Returns the end. */
static char *debug_letter( char *out, unsigned int letter )
{
    if (letter == '\n') return out + sprintf( out, "\\n" );
    if (letter == '"' || letter == '\\') return out + sprintf( out, "\\%c", (char)letter );
    if (letter < ' ' || letter > '~') return out + sprintf( out, letter > 0xff ? "\\x%04x" : "\\x%02x", letter );
    *out = letter;
    return out + 1;
}

const char *debug_string( const char *str )
{
    char text[300] = "\"", *out = text + 1;

    if (!str) return "(null)";
    if (IsBadStringPtrA( str, 256 )) return debug_format( "(bad)%p", str );
    while (*str && out < text + 256) out = debug_letter( out, (unsigned char)*str++ );
    strcpy( out, *str ? "\"..." : "\"" );
    return debug_format( "%s", text );
}

const char *debug_wide( const WCHAR *str )
{
    char text[300] = "L\"", *out = text + 2;

    if (!str) return "(null)";
    if (IsBadStringPtrW( str, 256 )) return debug_format( "(bad)%p", str );
    while (*str && out < text + 256) out = debug_letter( out, *str++ );
    strcpy( out, *str ? "\"..." : "\"" );
    return debug_format( "%s", text );
}

const char *debug_guid( const GUID *guid )
{
    if (!guid) return "(null)";
    if (IsBadReadPtr( guid, sizeof( *guid ) )) return debug_format( "(bad)%p", guid );
    return debug_format( "{%08lx-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", guid->Data1, guid->Data2, guid->Data3,
                         guid->Data4[0], guid->Data4[1], guid->Data4[2], guid->Data4[3], guid->Data4[4], guid->Data4[5],
                         guid->Data4[6], guid->Data4[7] );
}

const char *debug_time( const struct timeval *time )
{
    if (!time) return "(null)";
    if (IsBadReadPtr( time, sizeof( *time ) )) return debug_format( "(bad)%p", time );
    return debug_format( "%ld.%06ld", time->tv_sec, time->tv_usec );
}

const char *debug_ipv4( struct in_addr addr )
{
    const BYTE *byte = (const BYTE *)&addr;

    return debug_format( "%u.%u.%u.%u", byte[0], byte[1], byte[2], byte[3] );
}

const char *debug_address( const struct sockaddr *addr, int len )
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)addr;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;
    char text[64];

    if (!addr) return "(null)";
    if (len < (int)sizeof( addr->sa_family ) || IsBadReadPtr( addr, len )) return debug_format( "(bad)%p", addr );
    if (addr->sa_family == AF_INET && len >= (int)sizeof( *in ))
        return debug_format( "%s:%u", debug_ipv4( in->sin_addr ), __builtin_bswap16( in->sin_port ) );
    if (addr->sa_family == AF_INET6 && len >= (int)sizeof( *in6 ))
    {
        RtlIpv6AddressToStringA( &in6->sin6_addr, text );
        if (in6->sin6_scope_id) sprintf( text + strlen( text ), "%%%lu", in6->sin6_scope_id );
        return debug_format( "[%s]:%u", text, __builtin_bswap16( in6->sin6_port ) );
    }
    return debug_format( "{family %u}", addr->sa_family );
}

const char *debug_buffers( const WSABUF *buffers, DWORD count )
{
    char text[300] = "{", *out = text + 1;
    DWORD i;

    if (!buffers) return "(null)";
    if (count > 1000 || IsBadReadPtr( buffers, count * sizeof( *buffers ) )) return debug_format( "%p", buffers );
    for (i = 0; i < count && i < 4; i++)
        out += sprintf( out, "%s%p+%lu", i ? ", " : "", buffers[i].buf, buffers[i].len );
    strcpy( out, i < count ? ", ...}" : "}" );
    return debug_format( "%s", text );
}

const char *debug_set( const fd_set *set )
{
    char text[300] = "{", *out = text + 1;
    u_int count, i;

    if (!set) return "(null)";
    if (IsBadReadPtr( set, sizeof( set->fd_count ) ) || is_bad_array( set->fd_array, set->fd_count, sizeof( SOCKET ) ))
        return debug_format( "(bad)%p", set );
    count = set->fd_count;
    for (i = 0; i < count && i < 10; i++) out += sprintf( out, "%s%Ix", i ? ", " : "", set->fd_array[i] );
    strcpy( out, i < count ? ", ...}" : "}" );
    return debug_format( "%s", text );
}

const char *debug_name( const struct sockaddr *addr, const int *len )
{
    if (!addr || !len || IsBadReadPtr( len, sizeof( *len ) ) || *len <= 0) return "";
    return debug_format( ", %s", debug_address( addr, *len ) );
}

const char *debug_count( const void *count )
{
    if (!count || IsBadReadPtr( count, sizeof( DWORD ) )) return "";
    return debug_format( ", %lu", *(const DWORD *)count );
}

const char *debug_option( const char *value, const int *len )
{
    if (!value || !len || IsBadReadPtr( len, sizeof( *len ) )) return "";
    if (*len != sizeof( DWORD ) || IsBadReadPtr( value, *len )) return debug_format( ", %d bytes", *len );
    return debug_format( ", %#lx", *(const DWORD *)value );
}

const char *debug_sets( const fd_set *read, const fd_set *write, const fd_set *except )
{
    return debug_format( ", %s, %s, %s", debug_set( read ), debug_set( write ), debug_set( except ) );
}

int debug_read( const int *err )
{
    return err && !IsBadReadPtr( err, sizeof( *err ) ) ? *err : 0;
}

#define DEBUG_NAME( name ) { name, #name }

const char *debug_error( int error )
{
    static const struct
    {
        int error;
        const char *name;
    } names[] = { DEBUG_NAME( WSA_INVALID_HANDLE ),
                  DEBUG_NAME( WSA_NOT_ENOUGH_MEMORY ),
                  DEBUG_NAME( WSA_INVALID_PARAMETER ),
                  DEBUG_NAME( WSA_OPERATION_ABORTED ),
                  DEBUG_NAME( WSA_IO_INCOMPLETE ),
                  DEBUG_NAME( WSA_IO_PENDING ),
                  DEBUG_NAME( WSAEINTR ),
                  DEBUG_NAME( WSAEBADF ),
                  DEBUG_NAME( WSAEACCES ),
                  DEBUG_NAME( WSAEFAULT ),
                  DEBUG_NAME( WSAEINVAL ),
                  DEBUG_NAME( WSAEMFILE ),
                  DEBUG_NAME( WSAEWOULDBLOCK ),
                  DEBUG_NAME( WSAEINPROGRESS ),
                  DEBUG_NAME( WSAEALREADY ),
                  DEBUG_NAME( WSAENOTSOCK ),
                  DEBUG_NAME( WSAEDESTADDRREQ ),
                  DEBUG_NAME( WSAEMSGSIZE ),
                  DEBUG_NAME( WSAEPROTOTYPE ),
                  DEBUG_NAME( WSAENOPROTOOPT ),
                  DEBUG_NAME( WSAEPROTONOSUPPORT ),
                  DEBUG_NAME( WSAESOCKTNOSUPPORT ),
                  DEBUG_NAME( WSAEOPNOTSUPP ),
                  DEBUG_NAME( WSAEPFNOSUPPORT ),
                  DEBUG_NAME( WSAEAFNOSUPPORT ),
                  DEBUG_NAME( WSAEADDRINUSE ),
                  DEBUG_NAME( WSAEADDRNOTAVAIL ),
                  DEBUG_NAME( WSAENETDOWN ),
                  DEBUG_NAME( WSAENETUNREACH ),
                  DEBUG_NAME( WSAENETRESET ),
                  DEBUG_NAME( WSAECONNABORTED ),
                  DEBUG_NAME( WSAECONNRESET ),
                  DEBUG_NAME( WSAENOBUFS ),
                  DEBUG_NAME( WSAEISCONN ),
                  DEBUG_NAME( WSAENOTCONN ),
                  DEBUG_NAME( WSAESHUTDOWN ),
                  DEBUG_NAME( WSAETIMEDOUT ),
                  DEBUG_NAME( WSAECONNREFUSED ),
                  DEBUG_NAME( WSAEHOSTUNREACH ),
                  DEBUG_NAME( WSAVERNOTSUPPORTED ),
                  DEBUG_NAME( WSANOTINITIALISED ),
                  DEBUG_NAME( WSAEDISCON ),
                  DEBUG_NAME( WSAENOMORE ),
                  DEBUG_NAME( WSAECANCELLED ),
                  DEBUG_NAME( WSAEPROVIDERFAILEDINIT ),
                  DEBUG_NAME( WSASERVICE_NOT_FOUND ),
                  DEBUG_NAME( WSATYPE_NOT_FOUND ),
                  DEBUG_NAME( WSA_E_NO_MORE ),
                  DEBUG_NAME( WSA_E_CANCELLED ),
                  DEBUG_NAME( WSAHOST_NOT_FOUND ),
                  DEBUG_NAME( WSATRY_AGAIN ),
                  DEBUG_NAME( WSANO_RECOVERY ),
                  DEBUG_NAME( WSANO_DATA ) };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( names ); i++)
        if (names[i].error == error) return names[i].name;
    return "";
}
