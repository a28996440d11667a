/*
 * Service classes at name space providers: NSPInstallServiceClass and its like
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All classes are kept in the registry as well, so a provider needn't keep any. Version 2 has no such functions.
 */

#include <string.h>

#include "name_space.h"

#define INFO_SIZE 1024 /* at first; a provider may want more */

static BOOL space_has_classes( const struct name_space *space )
{
    return space->active && !name_space_is_base( space ) && !advertised_is( &space->provider );
}

/* info NULL: the class is removed. What a provider says makes no difference: it need not keep any. */
static void space_class_tell( const GUID *id, WSASERVICECLASSINFOW *info )
{
    const struct name_spaces *spaces = name_spaces_of_process();
    const NSP_ROUTINE *routines;
    GUID provider, copy = *id;
    DWORD i;

    for (i = 0; spaces && i < spaces->count; i++)
    {
        const struct name_space *space = spaces->items[i];

        if (!space_has_classes( space ) || name_space_enter( space, &routines )) continue;
        provider = space->provider;
        if (info) routines->NSPInstallServiceClass( &provider, info );
        else routines->NSPRemoveServiceClass( &provider, &copy );
        name_space_leave( space );
    }
}

void space_class_install( WSASERVICECLASSINFOW *info )
{
    space_class_tell( info->lpServiceClassId, info );
}

void space_class_remove( const GUID *id )
{
    space_class_tell( id, NULL );
}

int space_class_info( const struct name_space *space, const GUID *id, WSASERVICECLASSINFOW **info )
{
    GUID provider = space->provider, copy = *id;
    DWORD size = INFO_SIZE, room = 0;
    const NSP_ROUTINE *routines;
    int err;

    *info = NULL;
    if (!space_has_classes( space )) return WSAEOPNOTSUPP;
    if (( err = name_space_enter( space, &routines ) )) return err;
    do
    {
        room = size;
        HeapFree( GetProcessHeap(), 0, *info );
        if (!( *info = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, room ) )) err = WSA_NOT_ENOUGH_MEMORY;
        else
        {
            ( *info )->lpServiceClassId = &copy;
            SetLastError( 0 );
            err = routines->NSPGetServiceClassInfo( &provider, &size, *info ) ? name_space_error() : 0;
        }
    } while (err == WSAEFAULT && size > room);
    name_space_leave( space );
    if (!err) return 0;
    HeapFree( GetProcessHeap(), 0, *info );
    *info = NULL;
    return err;
}
