/*
 * Loading a provider's DLL, and its WSPStartup
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "provider.h"

#define SLOT_COUNT ( sizeof( WSPPROC_TABLE ) / sizeof( void * ) )

struct startup
{
    LPWSPSTARTUP function;
    WSPDATA data;
    WSAPROTOCOL_INFOW info;
    WSPPROC_TABLE table;
};

static int provider_startup( void *arg )
{
    struct startup *startup = arg;

    return startup->function( MAKEWORD( 2, 2 ), &startup->data, &startup->info, upcall_table, &startup->table );
}

int provider_load( const WCHAR *path, const WSAPROTOCOL_INFOW *entry, WSPPROC_TABLE *result )
{
    struct startup startup = { .info = *entry };
    HMODULE module;
    size_t i;
    int err;

    if (!( module = LoadLibraryW( path ) )) return WSAEPROVIDERFAILEDINIT;
    if (!( startup.function = (LPWSPSTARTUP)(void *)GetProcAddress( module, "WSPStartup" ) ))
    {
        FreeLibrary( module );
        return WSAEPROVIDERFAILEDINIT;
    }
    if (( err = guarded_call( provider_startup, &startup ) ))
    {
        FreeLibrary( module );
        return err == WSASYSNOTREADY ? err : WSAEPROVIDERFAILEDINIT;
    }
    err = startup.data.wVersion == MAKEWORD( 2, 2 ) ? 0 : WSAEINVALIDPROVIDER;
    for (i = 0; i < SLOT_COUNT; i++)
        if (!( (void **)&startup.table )[i]) err = WSAEINVALIDPROVIDER;
    if (err)
    {
        int ignored;

        if (startup.table.lpWSPCleanup) startup.table.lpWSPCleanup( &ignored );
        FreeLibrary( module );
        return err;
    }
    *result = startup.table;
    return 0;
}
