/*
 * The databases' text files: hosts, services, protocol
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stddef.h>
#include <string.h>

#include "resolve.h"

#define TEXT_SIZE_MAX ( 64 * 1024 * 1024 )

static SRWLOCK text_lock = SRWLOCK_INIT;
static struct text *texts[TEXT_COUNT];
static WCHAR database_path[MAX_PATH];
static INIT_ONCE path_once = INIT_ONCE_STATIC_INIT;

static const WCHAR *const text_names[TEXT_COUNT] = {
    L"\\hosts",
    L"\\services",
    L"\\protocol",
    L"\\\\?\\unix\\etc\\hosts",
    L"\\\\?\\unix\\etc\\services",
    L"\\\\?\\unix\\etc\\resolv.conf" /* Wine's path to the host's root, without a drive letter */
};

static BOOL CALLBACK text_path_init( INIT_ONCE *once, void *param, void **context )
{
    static const WCHAR key[] = L"System\\CurrentControlSet\\Services\\Tcpip\\Parameters";
    WCHAR value[MAX_PATH];
    DWORD type, size = sizeof( value ) - sizeof( WCHAR );
    HKEY hkey;

    (void)once;
    (void)param;
    (void)context;
    if (!RegOpenKeyExW( HKEY_LOCAL_MACHINE, key, 0, KEY_QUERY_VALUE, &hkey ))
    {
        if (!RegQueryValueExW( hkey, L"DataBasePath", NULL, &type, (BYTE *)value, &size )
            && ( type == REG_SZ || type == REG_EXPAND_SZ ))
        {
            value[size / sizeof( WCHAR )] = 0;
            if (!ExpandEnvironmentStringsW( value, database_path, MAX_PATH - 12 )) database_path[0] = 0;
        }
        RegCloseKey( hkey );
    }
    if (!database_path[0])
    {
        GetSystemDirectoryW( database_path, MAX_PATH - 32 );
        lstrcatW( database_path, L"\\drivers\\etc" );
    }
    return TRUE;
}

static void text_path( enum text_file file, WCHAR *path )
{
    path[0] = 0;
    if (file <= TEXT_PROTOCOL)
    {
        InitOnceExecuteOnce( &path_once, text_path_init, NULL, NULL );
        lstrcpyW( path, database_path );
    }
    lstrcatW( path, text_names[file] );
}

static struct text *text_read( const WCHAR *path, const WIN32_FILE_ATTRIBUTE_DATA *info )
{
    struct text *text = NULL;
    HANDLE file;
    DWORD len, size = info->nFileSizeLow;

    if (info->nFileSizeHigh || size > TEXT_SIZE_MAX) return NULL;
    file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                        0, NULL );
    if (file == INVALID_HANDLE_VALUE) return NULL;
    if (( text = HeapAlloc( GetProcessHeap(), 0, offsetof( struct text, data[size + 1] ) ) ))
    {
        if (!ReadFile( file, text->data, size, &len, NULL )) len = 0;
        text->data[len] = 0;
        text->refs = 1;
        text->time = info->ftLastWriteTime;
        text->size.LowPart = size;
        text->size.HighPart = 0;
    }
    CloseHandle( file );
    return text;
}

void text_close( struct text *text )
{
    if (text && !InterlockedDecrement( &text->refs )) HeapFree( GetProcessHeap(), 0, text );
}

/* Checks the file's time and size each time (without a wineserver request) and reads it again if they have changed. */
struct text *text_open( enum text_file file )
{
    WIN32_FILE_ATTRIBUTE_DATA info;
    WCHAR path[MAX_PATH + 16];
    struct text *text, *old;
    DWORD error = GetLastError();

    text_path( file, path );
    if (!GetFileAttributesExW( path, GetFileExInfoStandard, &info )
        || ( info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ))
    {
        SetLastError( error );
        return NULL;
    }

    AcquireSRWLockShared( &text_lock );
    if (( text = texts[file] )) InterlockedIncrement( &text->refs );
    ReleaseSRWLockShared( &text_lock );

    if (text && ( CompareFileTime( &text->time, &info.ftLastWriteTime ) || text->size.LowPart != info.nFileSizeLow ))
    {
        text_close( text );
        text = NULL;
    }
    if (!text && ( text = text_read( path, &info ) ))
    {
        InterlockedIncrement( &text->refs );
        AcquireSRWLockExclusive( &text_lock );
        old = texts[file];
        texts[file] = text;
        ReleaseSRWLockExclusive( &text_lock );
        text_close( old );
    }
    SetLastError( error );
    return text;
}

BOOL text_next( const char **pos, struct text_line *line )
{
    const char *p = *pos, *start;

    line->count = 0;
    while (*p)
    {
        while (*p == ' ' || *p == '\t' || *p == '\r') p++;
        if (*p == '#') p += strcspn( p, "\n" );
        if (*p == '\n')
        {
            p++;
            if (line->count) break;
            continue;
        }
        if (!*p) break;
        start = p;
        p += strcspn( p, " \t\r\n#" );
        if (line->count < TEXT_FIELDS)
        {
            line->field[line->count].str = start;
            line->field[line->count++].len = p - start;
        }
    }
    *pos = p;
    return line->count != 0;
}

BOOL text_field_is( const struct text_line *line, UINT index, const char *str )
{
    UINT i, len = line->field[index].len;

    for (i = 0; i < len; i++)
    {
        char a = line->field[index].str[i], b = str[i];

        if (a >= 'A' && a <= 'Z') a += 'a' - 'A';
        if (b >= 'A' && b <= 'Z') b += 'a' - 'A';
        if (a != b) return FALSE; /* str may end here */
    }
    return !str[len];
}
