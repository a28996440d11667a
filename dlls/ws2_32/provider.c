/*
 * The base service provider: loading it, and finding the provider of a socket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All handles belong to the base provider, which validates them itself, so there is no table of sockets here.
 */

#include "ws2_32.h"

#define SLOT_COUNT ( sizeof( WSPPROC_TABLE ) / sizeof( void * ) )

static WSPPROC_TABLE base_table;
static volatile BOOL base_ready;

/* WSURING_PROVIDER names another provider DLL, for tests. */
static HMODULE provider_load( void )
{
    WCHAR path[MAX_PATH];
    DWORD len = GetEnvironmentVariableW( L"WSURING_PROVIDER", path, ARRAY_SIZE( path ) );

    return LoadLibraryW( len && len < ARRAY_SIZE( path ) ? path : L"wsuring.dll" );
}

/* 0 or the error that a first socket call returns (pages "WSAStartup function" and "socket function"). */
static int provider_start( void )
{
    LPWSPSTARTUP startup;
    WSPPROC_TABLE table;
    WSAPROTOCOL_INFOW info;
    WSPDATA data;
    HMODULE module;
    size_t i;
    int err;

    if (!( module = provider_load() )) return WSAEPROVIDERFAILEDINIT;
    if (!( startup = (LPWSPSTARTUP)(void *)GetProcAddress( module, "WSPStartup" ) ))
    {
        FreeLibrary( module );
        return WSAEPROVIDERFAILEDINIT;
    }
    memset( &table, 0, sizeof( table ) );
    memset( &data, 0, sizeof( data ) );
    info = *catalog_first();
    if (( err = startup( MAKEWORD( 2, 2 ), &data, &info, upcall_table, &table ) ))
    {
        FreeLibrary( module );
        return err == WSASYSNOTREADY ? err : WSAEPROVIDERFAILEDINIT;
    }
    err = data.wVersion == MAKEWORD( 2, 2 ) ? 0 : WSAEINVALIDPROVIDER;
    for (i = 0; i < SLOT_COUNT; i++)
        if (!( (void **)&table )[i]) err = WSAEINVALIDPROVIDER;
    if (err)
    {
        int ignored;

        if (table.lpWSPCleanup) table.lpWSPCleanup( &ignored );
        FreeLibrary( module );
        return err;
    }
    base_table = table;
    return 0;
}

NTSYSAPI LONG WINAPI LdrLockLoaderLock( ULONG flags, ULONG *result, ULONG_PTR *cookie );
NTSYSAPI LONG WINAPI LdrUnlockLoaderLock( ULONG flags, ULONG_PTR cookie );

const WSPPROC_TABLE *provider_base( int *err )
{
    ULONG_PTR cookie;
    BOOL locked;

    if (base_ready) return &base_table;
    /* The loader's own lock, because loading needs it: another thread may be in a DllMain, and come here. */
    locked = !LdrLockLoaderLock( 0, NULL, &cookie );
    *err = 0;
    if (!base_ready && !( *err = provider_start() ))
    {
        MemoryBarrier();
        base_ready = TRUE;
    }
    if (locked) LdrUnlockLoaderLock( 0, cookie );
    return base_ready ? &base_table : NULL;
}

const WSPPROC_TABLE *provider_of_socket( SOCKET s )
{
    const WSPPROC_TABLE *table;
    int err;

    if (!startup_check()) return NULL;
    if (s == INVALID_SOCKET)
    {
        SetLastError( WSAENOTSOCK );
        return NULL;
    }
    if (base_ready) return &base_table;
    if (!( table = provider_base( &err ) )) SetLastError( err );
    return table;
}

void provider_cleanup( void )
{
    int err;

    if (base_ready) base_table.lpWSPCleanup( &err );
}
