/*
 * getnameinfo and gethostname
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"

struct nameinfo
{
    char node[NI_MAXHOST];
    char service[NI_MAXSERV];
};

static int nameinfo_capture( const SOCKADDR *sa, int len, struct name_address *addr, USHORT *port )
{
    memset( addr, 0, sizeof( *addr ) );
    if (!sa || len < (int)sizeof( sa->sa_family ) || IsBadReadPtr( sa, len )) return WSAEFAULT;
    addr->family = sa->sa_family;
    if (sa->sa_family == AF_INET)
    {
        if (len < (int)sizeof( SOCKADDR_IN )) return WSAEFAULT;
        memcpy( addr->bytes, &( (const SOCKADDR_IN *)sa )->sin_addr, 4 );
        *port = ntohs( ( (const SOCKADDR_IN *)sa )->sin_port );
        return 0;
    }
    if (sa->sa_family == AF_INET6)
    {
        if (len < (int)sizeof( SOCKADDR_IN6 )) return WSAEFAULT;
        memcpy( addr->bytes, &( (const SOCKADDR_IN6 *)sa )->sin6_addr, 16 );
        addr->scope = ( (const SOCKADDR_IN6 *)sa )->sin6_scope_id;
        *port = ntohs( ( (const SOCKADDR_IN6 *)sa )->sin6_port );
        return 0;
    }
    return WSAEAFNOSUPPORT;
}

static int nameinfo_node( const struct name_address *addr, int flags, char *node, SIZE_T size )
{
    struct name_result *result;
    int ret = WSAHOST_NOT_FOUND;

    if (!( flags & NI_NUMERICHOST ) && !( ret = resolve_info( addr, flags & NI_NOFQDN ? NAME_NOFQDN : 0, &result ) ))
    {
        lstrcpynA( node, result_name( result ), size );
        result_free( result );
        return 0;
    }
    /* if DNS fails return the numeric form, as RFC 3493 says */
    if (flags & NI_NAMEREQD) return ret;
    address_print( addr, node );
    return 0;
}

static void nameinfo_service( USHORT port, int flags, char *name, SIZE_T size )
{
    struct service service;
    char digits[8], *p = digits + 7;

    if (!( flags & NI_NUMERICSERV ) && port && !service_find( NULL, port, flags & NI_DGRAM ? "udp" : "tcp", &service ))
    {
        lstrcpynA( name, service.line.field[0].str, min( service.line.field[0].len + 1, size ) );
        text_close( service.text );
        return;
    }
    *p = 0;
    do *--p = '0' + port % 10;
    while (port /= 10);
    lstrcpynA( name, p, size );
}

static int nameinfo_get( const SOCKADDR *sa, int len, BOOL want_node, DWORD node_len, BOOL want_service,
                         DWORD service_len, int flags, struct nameinfo *info )
{
    struct name_address addr;
    USHORT port = 0;
    int ret;

    if (( ret = nameinfo_capture( sa, len, &addr, &port ) )) return ret;
    if (!want_node && !want_service) return WSAHOST_NOT_FOUND;
    if (( want_node && !node_len ) || ( want_service && !service_len )) return WSAEINVAL;
    if (want_node && ( ret = nameinfo_node( &addr, flags, info->node, sizeof( info->node ) ) )) return ret;
    if (want_service) nameinfo_service( port, flags, info->service, sizeof( info->service ) );
    return 0;
}

static int nameinfo_put_unicode( const char *str, WCHAR *out, DWORD size )
{
    UINT needed = name_to_unicode( str, NULL, 0 );

    if (needed > size || IsBadWritePtr( out, needed * sizeof( WCHAR ) )) return WSAEFAULT;
    name_to_unicode( str, out, needed );
    return 0;
}

static int nameinfo_put_ansi( const char *str, char *out, DWORD size )
{
    UINT needed = name_to_ansi( str, NULL, 0 );

    if (needed > size || IsBadWritePtr( out, needed )) return WSAEFAULT;
    name_to_ansi( str, out, needed );
    return 0;
}

/* Sizes in characters. Returns 0 or the error, which is the last error too ("getnameinfo function"): WSAEFAULT (address
 * or a buffer too short), WSAEAFNOSUPPORT, WSAEINVAL (a buffer of size 0), WSAHOST_NOT_FOUND (NI_NAMEREQD, or no buffer
 * at all), WSATRY_AGAIN. */
int WINAPI getnameinfo( const SOCKADDR *sa, int len, char *node, DWORD node_len, char *service, DWORD service_len,
                        int flags )
{
    struct nameinfo info;
    int ret;

    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    ret = nameinfo_get( sa, len, node != NULL, node_len, service != NULL, service_len, flags, &info );
    if (!ret && node) ret = nameinfo_put_ansi( info.node, node, node_len );
    if (!ret && service) ret = nameinfo_put_ansi( info.service, service, service_len );
    if (ret) SetLastError( ret );
    return ret;
}

int WINAPI GetNameInfoW( const SOCKADDR *sa, int len, WCHAR *node, DWORD node_len, WCHAR *service, DWORD service_len,
                         int flags )
{
    struct nameinfo info;
    int ret;

    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    ret = nameinfo_get( sa, len, node != NULL, node_len, service != NULL, service_len, flags, &info );
    if (!ret && node) ret = nameinfo_put_unicode( info.node, node, node_len );
    if (!ret && service) ret = nameinfo_put_unicode( info.service, service, service_len );
    if (ret) SetLastError( ret );
    return ret;
}

/* ---- this machine */

/* The host's name, not cut to 15 characters. WSAEFAULT if it doesn't fit with its NUL ("gethostname function"). */
int WINAPI gethostname( char *name, int size )
{
    char self[256];
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    if (!name || size <= 0) err = WSAEFAULT;
    else if (!( err = resolve_self( self, sizeof( self ) ) )) err = nameinfo_put_ansi( self, name, size );
    if (!err) return 0;
    SetLastError( err );
    return SOCKET_ERROR;
}

int WINAPI GetHostNameW( WCHAR *name, int size )
{
    char self[256];
    int err;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    if (!name || size <= 0) err = WSAEFAULT;
    else if (!( err = resolve_self( self, sizeof( self ) ) )) err = nameinfo_put_unicode( self, name, size );
    if (!err) return 0;
    SetLastError( err );
    return SOCKET_ERROR;
}
