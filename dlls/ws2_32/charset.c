/*
 * Names from programs to UTF-8 and back
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"

#define LABELS_MAX 1024 /* characters of a name before it is encoded */

static int( WINAPI *idn_to_ascii )( DWORD flags, const WCHAR *in, int in_len, WCHAR *out, int out_len );
static int( WINAPI *idn_to_unicode )( DWORD flags, const WCHAR *in, int in_len, WCHAR *out, int out_len );
static INIT_ONCE idn_once = INIT_ONCE_STATIC_INIT;

/* mingw-w64 would import these from normaliz.dll, an additional module in every program */
static BOOL CALLBACK charset_init( INIT_ONCE *once, void *param, void **context )
{
    HMODULE module = GetModuleHandleW( L"kernelbase.dll" );

    (void)once;
    (void)param;
    (void)context;
    idn_to_ascii = (void *)GetProcAddress( module, "IdnToAscii" );
    idn_to_unicode = (void *)GetProcAddress( module, "IdnToUnicode" );
    return TRUE;
}

static BOOL charset_is_ascii( const WCHAR *str )
{
    while (*str && *str < 0x80) str++;
    return !*str;
}

static int charset_to_utf8( const WCHAR *str, BOOL idn, char *out, SIZE_T size, int too_long )
{
    WCHAR encoded[LABELS_MAX];
    DWORD error = GetLastError();
    int ret = 0;

    if (idn && !charset_is_ascii( str ))
    {
        InitOnceExecuteOnce( &idn_once, charset_init, NULL, NULL );
        if (idn_to_ascii && idn_to_ascii( 0, str, -1, encoded, ARRAYSIZE( encoded ) )) str = encoded;
    }
    if (!WideCharToMultiByte( CP_UTF8, 0, str, -1, out, size, NULL, NULL )) ret = too_long;
    SetLastError( error );
    return ret;
}

/* str is read only once, here: another thread may change it later, but we have our copy. */
int name_from_unicode( const WCHAR *str, BOOL idn, char *out, SIZE_T size, int too_long )
{
    SIZE_T i;

    out[0] = 0;
    if (!str) return 0;
    if (IsBadStringPtrW( str, LABELS_MAX )) return WSAEFAULT;
    for (i = 0; i < size && str[i] && str[i] < 0x80; i++) out[i] = str[i];
    if (i == size) return too_long;
    out[i] = 0;
    if (!str[i]) return 0;
    return wcsnlen( str, LABELS_MAX ) == LABELS_MAX ? too_long : charset_to_utf8( str, idn, out, size, too_long );
}

int name_from_ansi( const char *str, BOOL idn, char *out, SIZE_T size, int too_long )
{
    WCHAR wide[LABELS_MAX];
    DWORD error = GetLastError();
    SIZE_T i;

    out[0] = 0;
    if (!str) return 0;
    if (IsBadStringPtrA( str, LABELS_MAX )) return WSAEFAULT;
    for (i = 0; i < size && str[i] && !( str[i] & 0x80 ); i++) out[i] = str[i];
    if (i == size) return too_long;
    out[i] = 0;
    if (!str[i]) return 0;
    if (strnlen( str, LABELS_MAX ) == LABELS_MAX) return too_long;
    if (!MultiByteToWideChar( CP_ACP, 0, str, -1, wide, ARRAYSIZE( wide ) ))
    {
        SetLastError( error );
        return too_long;
    }
    return charset_to_utf8( wide, idn, out, size, too_long );
}

UINT name_to_unicode( const char *str, WCHAR *out, UINT size )
{
    UINT needed = MultiByteToWideChar( CP_UTF8, 0, str, -1, NULL, 0 );

    if (needed <= size) MultiByteToWideChar( CP_UTF8, 0, str, -1, out, size );
    return needed;
}

UINT name_to_ansi( const char *str, char *out, UINT size )
{
    UINT i, needed = strlen( str ) + 1;
    WCHAR *wide;

    for (i = 0; str[i] && !( str[i] & 0x80 ); i++)
    {
    }
    if (!str[i])
    {
        if (needed <= size) memcpy( out, str, needed );
        return needed;
    }
    if (!( wide = HeapAlloc( GetProcessHeap(), 0, needed * sizeof( WCHAR ) ) )) return 0;
    name_to_unicode( str, wide, needed );
    needed = WideCharToMultiByte( CP_ACP, 0, wide, -1, NULL, 0, NULL, NULL );
    if (needed <= size) WideCharToMultiByte( CP_ACP, 0, wide, -1, out, size, NULL, NULL );
    HeapFree( GetProcessHeap(), 0, wide );
    return needed;
}

BOOL name_decode_idn( const char *str, WCHAR *out, UINT size )
{
    DWORD error = GetLastError();
    WCHAR wide[LABELS_MAX];
    const char *p;
    BOOL ret;

    for (p = str; ( p = strchr( p, '-' ) ); p++)
        if (p > str + 2 && p[1] == '-' && ( p[-1] | 0x20 ) == 'n' && ( p[-2] | 0x20 ) == 'x') break;
    if (!p && strncmp( str, "xn--", 4 )) return FALSE;
    InitOnceExecuteOnce( &idn_once, charset_init, NULL, NULL );
    ret = idn_to_unicode && name_to_unicode( str, wide, ARRAYSIZE( wide ) ) <= ARRAYSIZE( wide )
          && idn_to_unicode( 0, wide, -1, out, size );
    SetLastError( error );
    return ret;
}

UINT name_export( const char *str, BOOL unicode, BOOL decode, void *out )
{
    WCHAR decoded[NAME_LEN_MAX + 1];
    UINT size;

    if (!str) return 0;
    if (!unicode) return name_to_ansi( str, out, out ? INT_MAX : 0 );
    if (!decode || !name_decode_idn( str, decoded, ARRAYSIZE( decoded ) ))
        return name_to_unicode( str, out, out ? INT_MAX : 0 ) * sizeof( WCHAR );
    size = ( lstrlenW( decoded ) + 1 ) * sizeof( WCHAR );
    if (out) memcpy( out, decoded, size );
    return size;
}
