/*
 * Calls into name space providers of either version
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One that the process has advertised is of version 2, and asked by its functions there. Any other has a DLL.
 */

#include <string.h>

#include "name_space.h"

/* ---- version 2: its sets lack the class, and are shorter by that */

#define SET_EXCESS ( sizeof( WSAQUERYSETW ) - sizeof( WSAQUERYSET2W ) )

static void call_set_shorten( const WSAQUERYSETW *set, WSAQUERYSET2W *set2 )
{
    memset( set2, 0, sizeof( *set2 ) );
    set2->dwSize = sizeof( *set2 );
    set2->lpszServiceInstanceName = set->lpszServiceInstanceName;
    set2->lpVersion = set->lpVersion;
    set2->lpszComment = set->lpszComment;
    set2->dwNameSpace = set->dwNameSpace;
    set2->lpNSProviderId = set->lpNSProviderId;
    set2->lpszContext = (void *)set->lpszContext;
    set2->dwNumberOfProtocols = set->dwNumberOfProtocols;
    set2->lpafpProtocols = set->lpafpProtocols;
    set2->lpszQueryString = set->lpszQueryString;
    set2->dwNumberOfCsAddrs = set->dwNumberOfCsAddrs;
    set2->lpcsaBuffer = set->lpcsaBuffer;
    set2->dwOutputFlags = set->dwOutputFlags;
    set2->lpBlob = set->lpBlob;
}

static void call_set_lengthen( const WSAQUERYSET2W *set2, WSAQUERYSETW *set )
{
    memset( set, 0, sizeof( *set ) );
    set->dwSize = sizeof( *set );
    set->lpszServiceInstanceName = set2->lpszServiceInstanceName;
    set->lpVersion = set2->lpVersion;
    set->lpszComment = set2->lpszComment;
    set->dwNameSpace = set2->dwNameSpace;
    set->lpNSProviderId = set2->lpNSProviderId;
    set->lpszContext = (void *)set2->lpszContext;
    set->lpszQueryString = set2->lpszQueryString;
    set->dwNumberOfCsAddrs = set2->dwNumberOfCsAddrs;
    set->lpcsaBuffer = set2->lpcsaBuffer;
    set->dwOutputFlags = set2->dwOutputFlags;
    set->lpBlob = set2->lpBlob;
}

static int call_begin_2( struct advertised_call *call, const WSAQUERYSETW *set, DWORD flags,
                         struct space_handle *handle )
{
    WSAQUERYSET2W set2;
    int err;

    call_set_shorten( set, &set2 );
    err = advertised_result( call, call->routines->NSPv2LookupServiceBegin( &call->provider, &set2, flags,
                                                                            call->session, &handle->handle ) );
    if (!err) handle->instance = advertised_hold( call );
    advertised_leave( call );
    return err;
}

/* The provider's set ends where the program's will, so that what lies behind it can stay. */
static int call_next_2( struct advertised *instance, HANDLE lookup, DWORD flags, DWORD *size, WSAQUERYSETW *results )
{
    WSAQUERYSET2W *place = (WSAQUERYSET2W *)( (char *)results + SET_EXCESS ), set2;
    DWORD room = *size < SET_EXCESS ? 0 : *size - SET_EXCESS;
    struct advertised_call call;
    int err = advertised_enter_again( instance, &call );

    if (err) return err;
    err = advertised_result(
        &call, call.routines->NSPv2LookupServiceNextEx( call.handle, lookup, flags, &room, room ? place : NULL ) );
    advertised_leave( &call );
    if (err == WSAEFAULT) *size = room + SET_EXCESS;
    if (err) return err;
    set2 = *place;
    call_set_lengthen( &set2, results );
    return 0;
}

static int call_set_2( struct advertised_call *call, const WSAQUERYSETW *set, WSAESETSERVICEOP operation, DWORD flags )
{
    WSAQUERYSET2W set2;
    int err = WSAEOPNOTSUPP;

    call_set_shorten( set, &set2 );
    if (call->routines->NSPv2SetServiceEx)
        err = advertised_result( call, call->routines->NSPv2SetServiceEx( call->handle, &call->provider, &set2,
                                                                          operation, flags, call->session ) );
    advertised_leave( call );
    return err;
}

/* ---- either */

int space_call_begin( const struct name_space *space, WSAQUERYSETW *set, WSASERVICECLASSINFOW *class_info, DWORD flags,
                      struct space_handle *handle )
{
    GUID provider = space->provider;
    const NSP_ROUTINE *routines;
    struct advertised_call call;
    int err = advertised_enter( &provider, &call );

    handle->instance = NULL;
    if (err) return err;
    if (call.instance) return call_begin_2( &call, set, flags, handle );
    if (( err = name_space_enter( space, &routines ) )) return err;
    if (routines->NSPLookupServiceBegin( &provider, set, class_info, flags, &handle->handle )) err = name_space_error();
    name_space_leave( space );
    return err;
}

int space_call_next( const struct name_space *space, const struct space_handle *handle, DWORD flags, DWORD *size,
                     WSAQUERYSETW *results )
{
    const NSP_ROUTINE *routines;
    int err;

    if (handle->instance) return call_next_2( handle->instance, handle->handle, flags, size, results );
    if (( err = name_space_enter( space, &routines ) )) return err;
    if (routines->NSPLookupServiceNext( handle->handle, flags, size, results )) err = name_space_error();
    name_space_leave( space );
    return err;
}

void space_call_end( const struct name_space *space, const struct space_handle *handle )
{
    const NSP_ROUTINE *routines;
    struct advertised_call call;

    if (handle->instance)
    {
        if (!advertised_enter_again( handle->instance, &call ))
        {
            call.routines->NSPv2LookupServiceEnd( handle->handle );
            advertised_leave( &call );
        }
    }
    else if (!name_space_enter( space, &routines ))
    {
        routines->NSPLookupServiceEnd( handle->handle );
        name_space_leave( space );
    }
}

int space_call_set( const struct name_space *space, WSASERVICECLASSINFOW *class_info, WSAQUERYSETW *set,
                    WSAESETSERVICEOP operation, DWORD flags )
{
    GUID provider = space->provider;
    const NSP_ROUTINE *routines;
    struct advertised_call call;
    int err = advertised_enter( &provider, &call );

    if (err) return err;
    if (call.instance) return call_set_2( &call, set, operation, flags );
    if (( err = name_space_enter( space, &routines ) )) return err;
    if (routines->NSPSetService( &provider, class_info, set, operation, flags )) err = name_space_error();
    name_space_leave( space );
    return err;
}
