/*
 * Loading a provider's DLL, and its WSPStartup
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "provider.h"

#define SLOT_COUNT ( sizeof( WSPPROC_TABLE ) / sizeof( void * ) )

/* Calls it with version 2.2. WSAEPROVIDERFAILEDINIT if it crashes. */
int startup_call( LPWSPSTARTUP startup, WSPDATA *data, WSAPROTOCOL_INFOW *info, const WSPUPCALLTABLE *upcalls,
                  WSPPROC_TABLE *table );

#ifdef __i386__
/* The table is passed by value on the stack there, which is for the compiler to do. */
int startup_call_plain( LPWSPSTARTUP startup, WSPDATA *data, WSAPROTOCOL_INFOW *info, const WSPUPCALLTABLE *upcalls,
                        WSPPROC_TABLE *table )
{
    return startup( MAKEWORD( 2, 2 ), data, info, *upcalls, table );
}
#endif

int provider_load( const WCHAR *path, const WSAPROTOCOL_INFOW *entry, WSPPROC_TABLE *result )
{
    WSPUPCALLTABLE upcalls = upcall_table;
    WSAPROTOCOL_INFOW info = *entry;
    LPWSPSTARTUP startup;
    WSPPROC_TABLE table;
    WSPDATA data;
    HMODULE module;
    size_t i;
    int err;

    if (!( module = LoadLibraryW( path ) )) return WSAEPROVIDERFAILEDINIT;
    if (!( startup = (LPWSPSTARTUP)(void *)GetProcAddress( module, "WSPStartup" ) ))
    {
        FreeLibrary( module );
        return WSAEPROVIDERFAILEDINIT;
    }
    memset( &table, 0, sizeof( table ) );
    memset( &data, 0, sizeof( data ) );
    if (( err = startup_call( startup, &data, &info, &upcalls, &table ) ))
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
    *result = table;
    return 0;
}
