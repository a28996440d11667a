/*
 * The part of Windows that ws2_32's files for names need on the host: memory, UTF-8, numeric addresses, files whose
 * contents the test supplies
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "../../dlls/ws2_32/resolve.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

const char *host_file = "";
size_t host_file_size;
static unsigned int host_file_time;

/* ---- memory */

#ifdef __SANITIZE_ADDRESS__
#define WITH_ASAN 1
#elif defined( __has_feature )
#if __has_feature( address_sanitizer )
#define WITH_ASAN 1
#endif
#endif

#ifdef WITH_ASAN
extern void *__asan_region_is_poisoned( void *begin, size_t size );
#endif

/* Memory that ASan protects is invalid, as on Windows. */
static BOOL is_bad( const void *ptr, size_t size )
{
    if (!size) return FALSE;
    if ((uintptr_t)ptr < 0x10000 || (uintptr_t)ptr + size < size) return TRUE;
#ifdef WITH_ASAN
    if (size > 0x10000000 || __asan_region_is_poisoned( (void *)ptr, size )) return TRUE;
#endif
    return FALSE;
}

BOOL WINAPI IsBadReadPtr( const void *ptr, UINT_PTR size )
{
    return is_bad( ptr, size );
}

BOOL WINAPI IsBadWritePtr( void *ptr, UINT_PTR size )
{
    return is_bad( ptr, size );
}

BOOL WINAPI IsBadStringPtrA( const char *str, UINT_PTR max )
{
    for (; max; max--, str++)
    {
        if (is_bad( str, 1 )) return TRUE;
        if (!*str) break;
    }
    return FALSE;
}

BOOL WINAPI IsBadStringPtrW( const WCHAR *str, UINT_PTR max )
{
    for (; max; max--, str++)
    {
        if (is_bad( str, sizeof( *str ) )) return TRUE;
        if (!*str) break;
    }
    return FALSE;
}

HANDLE WINAPI GetProcessHeap( void )
{
    return NULL;
}

void *WINAPI HeapAlloc( HANDLE heap, DWORD flags, SIZE_T size )
{
    void *ret = malloc( size );

    (void)heap;
    if (!ret) abort();
    memset( ret, flags & HEAP_ZERO_MEMORY ? 0 : 0xcc, size );
    return ret;
}

BOOL WINAPI HeapFree( HANDLE heap, DWORD flags, void *ptr )
{
    (void)heap;
    (void)flags;
    free( ptr );
    return TRUE;
}

void *storage_get( enum storage_kind kind, SIZE_T size )
{
    static void *buffers[STORAGE_COUNT];

    free( buffers[kind] );
    if (!( buffers[kind] = malloc( size ) )) abort();
    return buffers[kind];
}

/* ---- errors, locks (there is only one thread) */

static DWORD last_error;

DWORD WINAPI GetLastError( void )
{
    return last_error;
}

void WINAPI SetLastError( DWORD error )
{
    last_error = error;
}

void WINAPI AcquireSRWLockExclusive( SRWLOCK *lock )
{
    (void)lock;
}
void WINAPI AcquireSRWLockShared( SRWLOCK *lock )
{
    (void)lock;
}
void WINAPI ReleaseSRWLockExclusive( SRWLOCK *lock )
{
    (void)lock;
}
void WINAPI ReleaseSRWLockShared( SRWLOCK *lock )
{
    (void)lock;
}

BOOL WINAPI InitOnceExecuteOnce( INIT_ONCE *once, PINIT_ONCE_FN func, void *param, void **context )
{
    if (!once->Ptr && func( once, param, context )) once->Ptr = once;
    return once->Ptr != NULL;
}

BOOL startup_check( void )
{
    return TRUE;
}

/* ---- missing functions */

HMODULE WINAPI LoadLibraryW( const WCHAR *name )
{
    (void)name;
    return NULL;
}

HMODULE WINAPI GetModuleHandleW( const WCHAR *name )
{
    (void)name;
    return NULL;
}

BOOL WINAPI GetModuleHandleExW( DWORD flags, const WCHAR *name, HMODULE *module )
{
    (void)flags;
    (void)name;
    *module = NULL;
    return FALSE;
}

USHORT WINAPI RtlCaptureStackBackTrace( ULONG skip, ULONG count, void **frames, ULONG *hash )
{
    (void)skip;
    (void)count;
    (void)frames;
    (void)hash;
    return 0;
}

static LONG WINAPI encode( DWORD flags, const WCHAR *in, int in_len, WCHAR *out, int out_len );
static LONG WINAPI decode( DWORD flags, const WCHAR *in, int in_len, WCHAR *out, int out_len );

FARPROC WINAPI GetProcAddress( HMODULE module, const char *name )
{
    (void)module;
    if (!strcmp( name, "IdnToAscii" )) return (FARPROC)(void *)encode;
    if (!strcmp( name, "IdnToUnicode" )) return (FARPROC)(void *)decode;
    return NULL;
}

LONG WINAPI RegOpenKeyExW( HKEY key, const WCHAR *name, DWORD options, REGSAM access, HKEY *out )
{
    (void)key;
    (void)name;
    (void)options;
    (void)access;
    (void)out;
    return ERROR_FILE_NOT_FOUND;
}

LONG WINAPI RegQueryValueExW( HKEY key, const WCHAR *name, DWORD *reserved, DWORD *type, BYTE *data, DWORD *size )
{
    (void)key;
    (void)name;
    (void)reserved;
    (void)type;
    (void)data;
    (void)size;
    return ERROR_FILE_NOT_FOUND;
}

LONG WINAPI RegCloseKey( HKEY key )
{
    (void)key;
    return 0;
}

DWORD WINAPI ExpandEnvironmentStringsW( const WCHAR *in, WCHAR *out, DWORD size )
{
    (void)in;
    (void)out;
    (void)size;
    return 0;
}

BOOL WINAPI GetComputerNameExA( COMPUTER_NAME_FORMAT format, char *name, DWORD *len )
{
    (void)format;
    *len = 3;
    strcpy( name, "own" );
    return TRUE;
}

BOOL WINAPI GetComputerNameExW( COMPUTER_NAME_FORMAT format, WCHAR *name, DWORD *len )
{
    static const WCHAR own[] = { 'o', 'w', 'n', '.', 'd', 0 };

    (void)format;
    *len = ARRAYSIZE( own ) - 1;
    memcpy( name, own, sizeof( own ) );
    return TRUE;
}

int dns_find( const char *name, int family, struct name_result **result )
{
    (void)name;
    (void)family;
    (void)result;
    return WSAHOST_NOT_FOUND;
}

int dns_find_address( const struct name_address *addr, struct name_result **result )
{
    (void)addr;
    (void)result;
    return WSAHOST_NOT_FOUND;
}

/* ---- the host's files, with the contents that the test supplies */

void host_file_changed( void )
{
    host_file_time++;
}

BOOL WINAPI GetFileAttributesExW( const WCHAR *path, GET_FILEEX_INFO_LEVELS level, void *ptr )
{
    WIN32_FILE_ATTRIBUTE_DATA *info = ptr;

    (void)path;
    (void)level;
    memset( info, 0, sizeof( *info ) );
    info->ftLastWriteTime.dwLowDateTime = host_file_time;
    info->nFileSizeLow = host_file_size + host_file_time % 3; /* the file may have been longer a moment ago */
    return TRUE;
}

HANDLE WINAPI CreateFileW( const WCHAR *path, DWORD access, DWORD sharing, SECURITY_ATTRIBUTES *security,
                           DWORD creation, DWORD flags, HANDLE template )
{
    (void)path;
    (void)access;
    (void)sharing;
    (void)security;
    (void)creation;
    (void)flags;
    (void)template;
    return (HANDLE)1;
}

BOOL WINAPI ReadFile( HANDLE file, void *buffer, DWORD size, DWORD *len, OVERLAPPED *overlapped )
{
    (void)file;
    (void)overlapped;
    *len = size < host_file_size ? size : host_file_size;
    memcpy( buffer, host_file, *len );
    return TRUE;
}

BOOL WINAPI CloseHandle( HANDLE handle )
{
    (void)handle;
    return TRUE;
}

LONG WINAPI CompareFileTime( const FILETIME *a, const FILETIME *b )
{
    return a->dwLowDateTime < b->dwLowDateTime ? -1 : a->dwLowDateTime > b->dwLowDateTime;
}

UINT WINAPI GetSystemDirectoryW( WCHAR *path, UINT size )
{
    (void)size;
    path[0] = 'c';
    path[1] = 0;
    return 1;
}

/* ---- strings */

size_t ws_wcsnlen( const WCHAR *str, size_t max )
{
    size_t len;

    for (len = 0; len < max && str[len]; len++)
    {
    }
    return len;
}

INT WINAPI lstrlenW( const WCHAR *str )
{
    return ws_wcsnlen( str, ~(size_t)0 );
}

WCHAR *WINAPI lstrcpyW( WCHAR *out, const WCHAR *in )
{
    return memcpy( out, in, ( lstrlenW( in ) + 1 ) * sizeof( *in ) );
}

WCHAR *WINAPI lstrcatW( WCHAR *out, const WCHAR *in )
{
    lstrcpyW( out + lstrlenW( out ), in );
    return out;
}

char *WINAPI lstrcpynA( char *out, const char *in, INT size )
{
    char *pos = out;

    for (; size > 1 && *in; size--) *pos++ = *in++;
    if (size > 0) *pos = 0;
    return out;
}

/* Every code page is UTF-8. */
INT WINAPI MultiByteToWideChar( UINT page, DWORD flags, const char *in, INT in_len, WCHAR *out, INT size )
{
    const unsigned char *pos = (const unsigned char *)in;
    INT len = 0;

    (void)page;
    (void)flags;
    if (in_len != -1) abort();
    for (;;)
    {
        unsigned int c = *pos++, more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

        if (c >= 0x80) c = more == 1 ? c & 0x1f : more == 2 ? c & 0x0f : more == 3 ? c & 0x07 : 0xfffd;
        for (; more && ( *pos & 0xc0 ) == 0x80; more--) c = c << 6 | ( *pos++ & 0x3f );
        if (more || c > 0xffff) c = 0xfffd;
        if (size && len == size) break;
        if (size) out[len] = c;
        len++;
        if (!pos[-1]) return len;
    }
    last_error = ERROR_INSUFFICIENT_BUFFER;
    return 0;
}

INT WINAPI WideCharToMultiByte( UINT page, DWORD flags, const WCHAR *in, INT in_len, char *out, INT size,
                                const char *other, BOOL *used )
{
    INT len = 0;

    (void)page;
    (void)flags;
    (void)other;
    (void)used;
    if (in_len != -1) abort();
    for (;; in++)
    {
        unsigned int c = *in;
        unsigned char bytes[3] = { c };
        int count = c < 0x80 ? 1 : c < 0x800 ? 2 : 3;

        if (count == 2) bytes[0] = 0xc0 | c >> 6;
        if (count == 3) bytes[0] = 0xe0 | c >> 12, bytes[1] = 0x80 | ( c >> 6 & 0x3f );
        if (count > 1) bytes[count - 1] = 0x80 | ( c & 0x3f );
        if (size && len + count > size) break;
        if (size) memcpy( out + len, bytes, count );
        len += count;
        if (!c) return len;
    }
    last_error = ERROR_INSUFFICIENT_BUFFER;
    return 0;
}

/* A made-up encoding, as long as Punycode can get: four hexadecimal digits per character. */
static LONG WINAPI encode( DWORD flags, const WCHAR *in, int in_len, WCHAR *out, int size )
{
    int len = 0, i;

    (void)flags;
    (void)in_len;
    for (i = 0; i < 4; i++, len++)
        if (len < size) out[len] = "xn--"[i];
    for (; *in; in++)
        for (i = 12; i >= 0; i -= 4, len++)
            if (len < size) out[len] = "0123456789abcdef"[*in >> i & 15];
    if (len >= size) return 0;
    out[len] = 0;
    return len + 1;
}

static LONG WINAPI decode( DWORD flags, const WCHAR *in, int in_len, WCHAR *out, int size )
{
    int len = lstrlenW( in ) - 4;

    (void)flags;
    (void)in_len;
    if (len < 0 || len >= size) return 0;
    memcpy( out, in + 4, ( len + 1 ) * sizeof( *in ) );
    return len + 1;
}

/* ---- no name space provider is installed */

int space_resolve( DWORD name_space, const GUID *provider, const char *name, int family, unsigned int flags,
                   struct name_result **result )
{
    (void)name_space;
    (void)provider;
    return resolve_addresses( name, family, flags, result );
}

int space_resolve_others( int error, const char *name, int family, struct name_result **result )
{
    (void)name;
    (void)family;
    (void)result;
    return error;
}
