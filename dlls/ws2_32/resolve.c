/*
 * Which source answers for names
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * In order: the prefix's own hosts file; the host's resolver, which the provider's Unix library reaches (its
 * nsswitch.conf, hosts and resolv.conf); without a Unix library the host's hosts file and then dnsapi.dll.
 */

#include <string.h>

#include "resolve.h"

#define STATUS_BUFFER_TOO_SMALL ( (NTSTATUS)0xc0000023 )
#define RESULT_SIZE             2048 /* 80 addresses; a longer answer is asked for again with more room */

typedef LONG NTSTATUS;

#define CALLER_FRAMES 16

NTSYSAPI USHORT WINAPI RtlCaptureStackBackTrace( ULONG skip, ULONG count, void **frames, ULONG *hash );

static NTSTATUS( __cdecl *resolve_get_name )( struct name_params *params );
static INIT_ONCE resolve_once = INIT_ONCE_STATIC_INIT;

/* ---- start-up */

static HMODULE names_module( const void *address )
{
    HMODULE module;

    if (!GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                             address, &module ))
        return NULL;
    return module;
}

/* Some of Wine's own modules (jsproxy, wineboot) call us without WSAStartup, which Wine's ws2_32 allows. Windows
 * doesn't, so programs get the documented error, but those modules must keep working. They have a mark in the file
 * header (wine-interfaces 4.1). */
static BOOL names_caller_is_builtin( const void *caller )
{
    static const char mark[] = "Wine builtin DLL";
    const HMODULE own = names_module( (const void *)names_started );
    HMODULE module = names_module( caller );
    void *frames[CALLER_FRAMES];
    USHORT i, count = 0;

    /* calls that are traced have a frame of this module's between */
    if (module == own) count = RtlCaptureStackBackTrace( 1, CALLER_FRAMES, frames, NULL );
    for (i = 0; module == own && i < count; i++) module = names_module( frames[i] );
    return module && module != own && !memcmp( (const char *)module + 0x40, mark, sizeof( mark ) );
}

BOOL names_started( const void *caller )
{
    DWORD error = GetLastError();

    if (startup_check()) return TRUE;
    if (!names_caller_is_builtin( caller ))
    {
        SetLastError( WSANOTINITIALISED );
        return FALSE;
    }
    SetLastError( error );
    return TRUE;
}

/* ---- the provider */

static BOOL CALLBACK resolve_init( INIT_ONCE *once, void *param, void **context )
{
    HMODULE module;

    (void)once;
    (void)param;
    (void)context;
    if (( module = LoadLibraryW( L"wsuring.dll" ) ))
        resolve_get_name = (void *)GetProcAddress( module, "wsuring_get_name" );
    return TRUE;
}

/* FALSE if there is no Unix library; else *error and *result are the answer. */
static BOOL resolve_ask( struct name_params *params, struct name_result **result, int *error )
{
    char space[RESULT_SIZE] __attribute__( ( aligned( 8 ) ) ); /* usually enough, and the heap is slow for this size */
    struct name_result *buffer = NULL;
    DWORD last_error = GetLastError();
    NTSTATUS status;

    *result = NULL;
    InitOnceExecuteOnce( &resolve_once, resolve_init, NULL, NULL );
    SetLastError( last_error );
    if (!resolve_get_name) return FALSE;
    params->result = (UINT_PTR)space;
    params->size = sizeof( space );
    while (( status = resolve_get_name( params ) ) == STATUS_BUFFER_TOO_SMALL)
    {
        result_free( buffer );
        if (!( buffer = HeapAlloc( GetProcessHeap(), 0, params->size ) )) goto no_memory;
        params->result = (UINT_PTR)buffer;
    }
    *error = params->error;
    if (status || params->error) result_free( buffer );
    else if (buffer) *result = buffer;
    else if (!( *result = HeapAlloc( GetProcessHeap(), 0, params->size ) )) goto no_memory;
    else memcpy( *result, space, params->size );
    return !status;

no_memory:
    *error = WSA_NOT_ENOUGH_MEMORY;
    return TRUE;
}

/* ---- questions */

/* Makes a missing IPv6 answer from IPv4 addresses for our own sources, as the host's resolver does for AI_V4MAPPED. */
static void resolve_map_v4( struct name_result *result )
{
    struct name_address *addr = (struct name_address *)( (char *)result + result->addresses );
    UINT i;

    for (i = 0; i < result->address_count; i++, addr++)
    {
        if (addr->family != AF_INET) continue;
        memmove( addr->bytes + 12, addr->bytes, 4 );
        memset( addr->bytes, 0, 10 );
        memset( addr->bytes + 10, 0xff, 2 );
        addr->family = AF_INET6;
    }
}

typedef int ( *find_function )( const char *name, int family, struct name_result **result );

static int resolve_configured( find_function find, const char *name, int family, unsigned int flags,
                               struct name_result **result )
{
    int ret = find( name, family, result );

    return !ret && ( flags & NAME_ADDRCONFIG ) ? local_restrict( result ) : ret;
}

static int resolve_mapped( find_function find, const char *name, int family, unsigned int flags,
                           struct name_result **result )
{
    BOOL all = family == AF_INET6 && ( flags & NAME_V4MAPPED ) && ( flags & NAME_ALL );
    int ret = resolve_configured( find, name, all ? AF_UNSPEC : family, flags, result );

    if (!ret && all) resolve_map_v4( *result );
    if (( ret == WSAHOST_NOT_FOUND || ret == WSANO_DATA ) && family == AF_INET6 && ( flags & NAME_V4MAPPED ))
    {
        if (!( ret = resolve_configured( find, name, AF_INET, flags, result ) )) resolve_map_v4( *result );
    }
    return ret;
}

static int resolve_in_prefix( const char *name, int family, struct name_result **result )
{
    return hosts_find( TEXT_HOSTS, name, family, result );
}

static int resolve_in_unix( const char *name, int family, struct name_result **result )
{
    return hosts_find( TEXT_UNIX_HOSTS, name, family, result );
}

static BOOL resolve_is_localhost( const char *name )
{
    return ascii_equal( name, "localhost" ) || ascii_equal( name, "localhost." );
}

/* fe80::1%eth0: the host's number of that interface, which its kernel shows in a file. */
static int resolve_scoped( const char *name, struct name_result **result )
{
    const char *scope = strchr( name, '%' );
    WCHAR path[64] = L"\\\\?\\unix\\sys\\class\\net\\";
    char str[INET6_ADDRSTRLEN], digits[16];
    struct name_address addr;
    HANDLE file;
    DWORD len = 0, i;

    if (!scope || scope - name >= (int)sizeof( str ) || strlen( scope ) > 16 || strpbrk( scope, "/\\." ))
        return WSAHOST_NOT_FOUND;
    memcpy( str, name, scope - name );
    str[scope - name] = 0;
    if (!address_parse( str, &addr ) || addr.family != AF_INET6) return WSAHOST_NOT_FOUND;
    MultiByteToWideChar( CP_UTF8, 0, scope + 1, -1, path + lstrlenW( path ), 20 );
    lstrcatW( path, L"\\ifindex" );
    file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL );
    if (file == INVALID_HANDLE_VALUE) return WSAHOST_NOT_FOUND;
    if (!ReadFile( file, digits, sizeof( digits ), &len, NULL )) len = 0;
    CloseHandle( file );
    for (i = 0; i < len && digits[i] >= '0' && digits[i] <= '9'; i++) addr.scope = addr.scope * 10 + digits[i] - '0';
    if (!addr.scope) return WSAHOST_NOT_FOUND;
    *result = result_create( name, NULL, 0, &addr, 1 );
    return *result ? 0 : WSA_NOT_ENOUGH_MEMORY;
}

static int resolve_without_unix( const char *name, int family, unsigned int flags, struct name_result **result )
{
    if (strchr( name, '%' )) return family == AF_INET ? WSAHOST_NOT_FOUND : resolve_scoped( name, result );
    if (!resolve_mapped( resolve_in_unix, name, family, flags, result )) return 0;
    if (resolve_is_localhost( name )) return loopback_addresses( family, FALSE, result );
    return resolve_mapped( dns_find, name, family, flags, result );
}

/* Addresses of a name for getaddrinfo. name NULL: this machine, its loopback or (NAME_PASSIVE) wildcard addresses. */
int resolve_addresses( const char *name, int family, unsigned int flags, struct name_result **result )
{
    struct name_params params = { .op = NAME_ADDRESSES, .family = family, .flags = flags, .name = (UINT_PTR)name };
    int ret;

    if (name && !resolve_is_localhost( name ) && !( flags & NAME_NUMERIC ))
    {
        if (!resolve_mapped( resolve_in_prefix, name, family, flags, result )) return 0;
        /* all addresses of the machine, even if a hosts file has 127.0.1.1 for its name ("getaddrinfo function") */
        if (resolve_is_self( name ) && !resolve_mapped( local_addresses, name, family, flags, result )) return 0;
    }
    if (!resolve_ask( &params, result, &ret ))
        ret = name ? resolve_without_unix( name, family, flags, result )
                   : loopback_addresses( family, flags & NAME_PASSIVE, result );
    if (!ret || !name || ret == WSA_NOT_ENOUGH_MEMORY) return ret;

    /* Windows resolves these itself, whatever the files say */
    if (resolve_is_localhost( name )) return loopback_addresses( family, FALSE, result );
    if (ret != WSANO_DATA && family != AF_INET6 && !( flags & NAME_NUMERIC ) && resolve_is_self( name ))
        return resolve_addresses( NULL, family, flags & ~( NAME_CANONICAL | NAME_PASSIVE ), result );
    return ret;
}

/* Official name, aliases and addresses for gethostbyname. */
int resolve_host( const char *name, int family, struct name_result **result )
{
    struct name_params params = { .op = NAME_HOST, .family = family, .name = (UINT_PTR)name };
    int ret;

    if (!resolve_is_localhost( name ) && !resolve_in_prefix( name, family, result )) return 0;
    if (!resolve_ask( &params, result, &ret )) ret = resolve_without_unix( name, family, 0, result );
    if (ret && resolve_is_localhost( name )) ret = loopback_addresses( family, FALSE, result );
    return ret;
}

static int resolve_address( enum name_op op, const struct name_address *addr, unsigned int flags,
                            struct name_result **result )
{
    struct name_params params = { .op = op, .flags = flags, .address = *addr };
    int ret;

    if (!hosts_find_address( TEXT_HOSTS, addr, result )) return 0;
    if (resolve_ask( &params, result, &ret )) return ret;
    if (!hosts_find_address( TEXT_UNIX_HOSTS, addr, result )) return 0;
    return dns_find_address( addr, result );
}

int resolve_peer( const struct name_address *addr, struct name_result **result )
{
    return resolve_address( NAME_PEER, addr, 0, result );
}

/* Only the name, for getnameinfo. */
int resolve_info( const struct name_address *addr, unsigned int flags, struct name_result **result )
{
    return resolve_address( NAME_INFO, addr, flags, result );
}

/* ---- this machine's name */

/* Without a Unix library, from the kernel's file; the registry's name is in upper case and cut to 15 characters. */
static BOOL resolve_self_from_kernel( char *name, SIZE_T size )
{
    HANDLE file = CreateFileW( L"\\\\?\\unix\\proc\\sys\\kernel\\hostname", GENERIC_READ,
                               FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL );
    DWORD len = 0;

    if (file == INVALID_HANDLE_VALUE) return FALSE;
    if (!ReadFile( file, name, size - 1, &len, NULL )) len = 0;
    CloseHandle( file );
    while (len && (unsigned char)name[len - 1] <= ' ') len--;
    name[len] = 0;
    return len != 0;
}

int resolve_self( char *name, SIZE_T size )
{
    struct name_params params = { .op = NAME_SELF };
    struct name_result *result;
    DWORD len = size, error = GetLastError();
    int ret;

    if (resolve_ask( &params, &result, &ret ))
    {
        if (ret) return ret;
        lstrcpynA( name, result_name( result ), size );
        result_free( result );
        return 0;
    }
    ret = 0;
    if (!resolve_self_from_kernel( name, size ) && !GetComputerNameExA( ComputerNamePhysicalDnsHostname, name, &len ))
        ret = WSAENETDOWN;
    SetLastError( error );
    return ret;
}

/* Is full the name, with more labels behind it? */
static BOOL resolve_is_qualified( const char *full, const char *name )
{
    char begin[256];
    SIZE_T len = strlen( name );

    if (!len || len >= sizeof( begin ) || strlen( full ) <= len + 1 || full[len] != '.') return FALSE;
    lstrcpynA( begin, full, len + 1 );
    return ascii_equal( begin, name );
}

/* The name with its domain, if the registry has one. */
void resolve_qualified_self( char *name, SIZE_T size )
{
    char self[256], full[256];
    WCHAR wide[256];
    DWORD len = ARRAYSIZE( wide ), error = GetLastError();

    if (resolve_self( self, sizeof( self ) )) self[0] = 0;
    if (!GetComputerNameExW( ComputerNamePhysicalDnsFullyQualified, wide, &len )
        || !WideCharToMultiByte( CP_UTF8, 0, wide, -1, full, sizeof( full ), NULL, NULL ))
        full[0] = 0;
    lstrcpynA( name, self[0] && !resolve_is_qualified( full, self ) ? self : full, size );
    SetLastError( error );
}

/* names of programs come here encoded */
static void resolve_encode_idn( char *name, SIZE_T size )
{
    char encoded[256];
    WCHAR wide[256];

    if (name_to_unicode( name, NULL, 0 ) > ARRAYSIZE( wide )) return;
    name_to_unicode( name, wide, ARRAYSIZE( wide ) );
    if (!name_from_unicode( wide, TRUE, encoded, sizeof( encoded ), WSAHOST_NOT_FOUND ))
        lstrcpynA( name, encoded, size );
}

BOOL resolve_is_self( const char *name )
{
    char self[256];
    SIZE_T len;

    if (resolve_self( self, sizeof( self ) )) return FALSE;
    if (ascii_equal( name, self )) return TRUE;
    resolve_encode_idn( self, sizeof( self ) );
    if (ascii_equal( name, self )) return TRUE;
    len = strlen( self );
    if (!strncmp( name, self, len ) && !strcmp( name + len, "." )) return TRUE;
    if (!resolve_is_qualified( name, self )) return FALSE; /* the registry costs requests */
    resolve_qualified_self( self, sizeof( self ) );
    resolve_encode_idn( self, sizeof( self ) );
    return ascii_equal( name, self );
}
