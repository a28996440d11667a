/*
 * Modules whose import tables the hooks find, and an ntdll that says what was called
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_TESTS_UNIX_MODULES_H
#define WSURING_TESTS_UNIX_MODULES_H

#include "check.h"

#include "windows.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE( x ) ( sizeof( x ) / sizeof( *( x ) ) )
#endif

#define NAMES_MAX 16

struct image
{
    IMAGE_DOS_HEADER dos;
    IMAGE_NT_HEADERS nt;
    IMAGE_IMPORT_DESCRIPTOR imports[3]; /* of another module, of ntdll, the end */
    char other[16], ntdll[16];
    IMAGE_THUNK_DATA names[NAMES_MAX + 1];
    void *slots[NAMES_MAX + 1];
    struct
    {
        WORD hint;
        char name[38];
    } texts[NAMES_MAX];
};

static struct image kernelbase, kernel32;

static void ntdll_nothing( void )
{
}

/* What ntdll exports: all that any release does; the one that is named doesn't exist. */
static const char *unknown;

static DWORD offset_of( const struct image *image, const void *ptr )
{
    return (const char *)ptr - (const char *)image;
}

static void image_make( struct image *image, const char *names )
{
    UINT count = 0;

    memset( image, 0, sizeof( *image ) );
    image->dos.e_lfanew = offset_of( image, &image->nt );
    image->nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress
        = offset_of( image, image->imports );
    strcpy( image->other, "other.dll" );
    strcpy( image->ntdll, "ntdll.dll" );
    image->imports[0].Name = offset_of( image, image->other );
    image->imports[0].OriginalFirstThunk = image->imports[0].FirstThunk = offset_of( image, &image->names[NAMES_MAX] );
    image->imports[1].Name = offset_of( image, image->ntdll );
    image->imports[1].OriginalFirstThunk = offset_of( image, image->names );
    image->imports[1].FirstThunk = offset_of( image, image->slots );
    /* one by its number */
    image->names[count].u1.Ordinal = IMAGE_ORDINAL_FLAG64 | 5;
    image->slots[count++] = ntdll_nothing;
    while (*names)
    {
        size_t len = strcspn( names, " " );

        memcpy( image->texts[count].name, names, len );
        image->names[count].u1.AddressOfData = offset_of( image, &image->texts[count] );
        image->slots[count] = (void *)GetProcAddress( NULL, image->texts[count].name );
        count++;
        names += len + ( names[len] == ' ' );
    }
}

static void *image_slot( struct image *image, const char *name )
{
    UINT i;

    for (i = 0; i < NAMES_MAX; i++)
        if (!strcmp( image->texts[i].name, name )) return image->slots[i];
    return NULL;
}

HMODULE GetModuleHandleA( const char *name )
{
    if (!strcmp( name, "kernelbase.dll" )) return &kernelbase;
    if (!strcmp( name, "kernel32.dll" )) return &kernel32;
    return NULL;
}

BOOL GetModuleHandleExW( DWORD flags, const WCHAR *address, HMODULE *module )
{
    (void)flags;
    (void)address;
    *module = NULL;
    return TRUE;
}

static BOOL protected; /* its pages can't be made writable */

BOOL VirtualProtect( void *address, SIZE_T size, DWORD protection, DWORD *old )
{
    (void)address;
    (void)size;
    *old = protection;
    return !protected;
}

int lstrcmpiA( const char *a, const char *b )
{
    return strcmp( a, b );
}

/* ---- ntdll: says which of its functions was called, with what */

static const char *called;
static HANDLE called_with;
static NTSTATUS answer;

static NTSTATUS called_as( const char *name, HANDLE handle )
{
    called = name;
    called_with = handle;
    return answer;
}

static NTSTATUS ntdll_NtWaitForSingleObject( HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout )
{
    (void)alertable;
    (void)timeout;
    return called_as( "NtWaitForSingleObject", handle );
}

static NTSTATUS ntdll_NtWaitForMultipleObjects( ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable,
                                                const LARGE_INTEGER *timeout )
{
    (void)count;
    (void)any;
    (void)alertable;
    (void)timeout;
    return called_as( "NtWaitForMultipleObjects", *handles );
}

static NTSTATUS ntdll_NtQueueApcThread( HANDLE thread, void *func, ULONG_PTR arg1, ULONG_PTR arg2, ULONG_PTR arg3 )
{
    (void)func;
    check( arg1 == 1 && arg2 == 2 && arg3 == 3, "arguments" );
    return called_as( "NtQueueApcThread", thread );
}

static NTSTATUS ntdll_NtQueueApcThreadEx( HANDLE thread, HANDLE reserve, void *func, ULONG_PTR arg1, ULONG_PTR arg2,
                                          ULONG_PTR arg3 )
{
    (void)func;
    check( !reserve && arg1 == 1 && arg2 == 2 && arg3 == 3, "arguments" );
    return called_as( "NtQueueApcThreadEx", thread );
}

static NTSTATUS ntdll_NtQueueApcThreadEx2( HANDLE thread, HANDLE reserve, ULONG flags, void *func, ULONG_PTR arg1,
                                           ULONG_PTR arg2, ULONG_PTR arg3 )
{
    (void)func;
    check( !reserve && flags == 1 && arg1 == 1 && arg2 == 2 && arg3 == 3, "arguments" );
    return called_as( "NtQueueApcThreadEx2", thread );
}

void *GetProcAddress( HMODULE module, const char *name )
{
    static const struct
    {
        const char *name;
        void *function;
    } functions[] = {
        { "NtWaitForSingleObject", ntdll_NtWaitForSingleObject },
        { "NtWaitForMultipleObjects", ntdll_NtWaitForMultipleObjects },
        { "NtQueueApcThread", ntdll_NtQueueApcThread },
        { "NtQueueApcThreadEx", ntdll_NtQueueApcThreadEx },
        { "NtQueueApcThreadEx2", ntdll_NtQueueApcThreadEx2 },
    };
    UINT i;

    (void)module;
    if (unknown && !strcmp( name, unknown )) return NULL;
    for (i = 0; i < ARRAY_SIZE( functions ); i++)
        if (!strcmp( name, functions[i].name )) return functions[i].function;
    return ntdll_nothing;
}

#endif /* WSURING_TESTS_UNIX_MODULES_H */
