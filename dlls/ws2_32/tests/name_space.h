/*
 * The functions about name space providers, and our own providers
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Found by name: Wine's own module lacks some, and the tests must start there.
 */

#ifndef TESTS_NAME_SPACE_H
#define TESTS_NAME_SPACE_H

#include <ws2spi.h>

typedef INT( WINAPI *enum_function )( DWORD *, WSANAMESPACE_INFOEXW * );

static INT( WINAPI *pWSCInstallNameSpace )( WCHAR *, WCHAR *, DWORD, DWORD, GUID * );
static INT( WINAPI *pWSCInstallNameSpaceEx )( WCHAR *, WCHAR *, DWORD, DWORD, GUID *, BLOB * );
static INT( WINAPI *pWSCUnInstallNameSpace )( GUID * );
static INT( WINAPI *pWSCEnableNSProvider )( GUID *, BOOL );
static INT( WINAPI *pWSCWriteNameSpaceOrder )( GUID *, DWORD );
static enum_function pWSAEnumNameSpaceProvidersExW;
#ifdef _WIN64
static INT( WINAPI *pWSCInstallNameSpace32 )( WCHAR *, WCHAR *, DWORD, DWORD, GUID * );
static INT( WINAPI *pWSCUnInstallNameSpace32 )( GUID * );
static INT( WINAPI *pWSCEnableNSProvider32 )( GUID *, BOOL );
static INT( WINAPI *pWSCWriteNameSpaceOrder32 )( GUID *, DWORD );
static enum_function pWSCEnumNameSpaceProvidersEx32;
#endif

static inline void name_space_functions( void )
{
    HMODULE module = GetModuleHandleA( "ws2_32.dll" );

#define FUNCTION( name ) ok( ( p##name = (void *)GetProcAddress( module, #name ) ) != NULL, "%s is missing\n", #name )
    FUNCTION( WSCInstallNameSpace );
    FUNCTION( WSCInstallNameSpaceEx );
    FUNCTION( WSCUnInstallNameSpace );
    FUNCTION( WSCEnableNSProvider );
    FUNCTION( WSCWriteNameSpaceOrder );
    FUNCTION( WSAEnumNameSpaceProvidersExW );
    /* only 64-bit programs need two of each */
#ifdef _WIN64
    FUNCTION( WSCInstallNameSpace32 );
    FUNCTION( WSCUnInstallNameSpace32 );
    FUNCTION( WSCEnableNSProvider32 );
    FUNCTION( WSCWriteNameSpaceOrder32 );
    FUNCTION( WSCEnumNameSpaceProvidersEx32 );
#endif
#undef FUNCTION
}

/* ---- name_space_provider.c: providers of our own */

#define SPACE 4711

enum kind
{
    KIND_FIRST,
    KIND_SECOND,
    KIND_DNS, /* of the name space that the base provider has */
    KIND_OFF, /* installed, but not active */
    KIND_NOT_READY,
    KIND_ERROR,
    KIND_CRASH,
    KIND_TABLE,
    KIND_SIZE,
    KIND_START_CIRCLE, /* asks itself from its NSPStartup */
    KIND_CIRCLE,       /* and from each query */
    KIND_SLOW,         /* waits in its NSPLookupServiceNext until the end */
    KIND_MISSING,
    KIND_COUNT
};

/* What the providers of this process have been asked. */
enum
{
    COUNT_STARTUP,
    COUNT_CLEANUP,
    COUNT_BEGIN,
    COUNT_END,
    COUNT_SET,
    COUNT_CLASS,
    COUNT_CLASS_REMOVED,
    COUNT_CALLS
};
extern LONG space_calls[COUNT_CALLS];

extern GUID space_id( enum kind kind );
/* A lookup of addresses by a name. provider NULL: of the name space. */
extern INT space_begin_for( GUID *provider, DWORD space, const WCHAR *name, HANDLE *lookup );

#endif /* TESTS_NAME_SPACE_H */
