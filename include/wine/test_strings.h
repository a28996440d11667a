/*
 * Strings for the messages of tests; included by wine/test_main.h
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ---- strings for messages: each lives until this thread has made eight more */

static char *winetest_string( void )
{
    struct winetest_thread *thread = winetest_thread();

    return thread->strings[thread->string++ % WINETEST_STRINGS];
}

static const char *winetest_quote( const WCHAR *wide, const char *narrow, intptr_t n )
{
    char *text = winetest_string(), *out = text,
         *end = text + sizeof( ( (struct winetest_thread *)0 )->strings[0] ) - 16;
    intptr_t i;

    if (!wide && !narrow) return strcpy( text, "(null)" );
    if (n < 0)
        for (n = 0; wide ? wide[n] : narrow[n]; n++) /* nothing */
            ;
    if (wide) *out++ = 'L';
    *out++ = '"';
    for (i = 0; i < n; i++)
    {
        unsigned int c = wide ? wide[i] : (unsigned char)narrow[i];

        if (out >= end)
        {
            strcpy( out, "\"..." );
            return text;
        }
        switch (c)
        {
        case '\n':
            *out++ = '\\';
            *out++ = 'n';
            break;
        case '\r':
            *out++ = '\\';
            *out++ = 'r';
            break;
        case '\t':
            *out++ = '\\';
            *out++ = 't';
            break;
        case '"':
        case '\\':
            *out++ = '\\';
            *out++ = (char)c;
            break;
        default:
            if (c >= ' ' && c < 127) *out++ = (char)c;
            else out += sprintf( out, wide ? "\\%04x" : "\\x%02x", c );
        }
    }
    strcpy( out, "\"" );
    return text;
}

const char *wine_dbgstr_wn( const WCHAR *str, intptr_t n )
{
    return winetest_quote( str, NULL, n );
}
const char *wine_dbgstr_an( const char *str, intptr_t n )
{
    return winetest_quote( NULL, str, n );
}

const char *wine_dbgstr_guid( const GUID *guid )
{
    char *text = winetest_string();

    if (!guid) return strcpy( text, "(null)" );
    sprintf( text, "{%08lx-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", guid->Data1, guid->Data2, guid->Data3,
             guid->Data4[0], guid->Data4[1], guid->Data4[2], guid->Data4[3], guid->Data4[4], guid->Data4[5],
             guid->Data4[6], guid->Data4[7] );
    return text;
}

const char *wine_dbgstr_longlong( ULONGLONG value )
{
    char *text = winetest_string();

    if (value >> 32) sprintf( text, "%lx%08lx", (unsigned long)( value >> 32 ), (unsigned long)value );
    else sprintf( text, "%lx", (unsigned long)value );
    return text;
}

const char *wine_dbgstr_point( const POINT *point )
{
    char *text = winetest_string();

    if (!point) return strcpy( text, "(null)" );
    sprintf( text, "(%ld,%ld)", point->x, point->y );
    return text;
}

const char *wine_dbgstr_rect( const RECT *rect )
{
    char *text = winetest_string();

    if (!rect) return strcpy( text, "(null)" );
    sprintf( text, "(%ld,%ld)-(%ld,%ld)", rect->left, rect->top, rect->right, rect->bottom );
    return text;
}

int winetest_strcmp_wa( const WCHAR *str1, const char *str2 )
{
    while (*str1 && *str1 == (unsigned char)*str2)
    {
        str1++;
        str2++;
    }
    return *str1 - (unsigned char)*str2;
}
