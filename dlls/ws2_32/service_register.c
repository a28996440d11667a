/*
 * WSASetService: services that a program registers
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * DNS accepts none: registered services are in files and on servers that programs can't change, WSAEACCES. So there is
 * nothing to withdraw either. Other name spaces are their providers' matter.
 */

#include "name_space.h"

static int service_register_base( WSAESETSERVICEOP operation )
{
    return operation == RNRSERVICE_REGISTER ? WSAEACCES : WSASERVICE_NOT_FOUND;
}

static int service_register_at( const struct name_space *space, WSAQUERYSETW *set, WSAESETSERVICEOP operation,
                                DWORD flags )
{
    WSASERVICECLASSINFOW *class_info = service_class_describe( set->lpServiceClassId, space );
    int err = space_call_set( space, class_info, set, operation, flags );

    HeapFree( GetProcessHeap(), 0, class_info );
    return err;
}

/* It is done if any provider has done it. */
static int service_register_wide( const struct name_space_choice *choice, BOOL with_base, WSAQUERYSETW *set,
                                  WSAESETSERVICEOP operation, DWORD flags )
{
    int err, first = WSASERVICE_NOT_FOUND;
    BOOL done = FALSE;
    DWORD i;

    for (i = 0; i < choice->count; i++)
    {
        const struct name_space *space = choice->items[i];

        if (!name_space_is_base( space )) err = service_register_at( space, set, operation, flags );
        else if (with_base) err = service_register_base( operation );
        else continue;
        if (!err) done = TRUE;
        else if (first == WSASERVICE_NOT_FOUND) first = err;
    }
    return done ? 0 : first;
}

static int service_register_all( const struct name_space_choice *choice, const void *set, BOOL unicode,
                                 WSAESETSERVICEOP operation, DWORD flags )
{
    WSAQUERYSETW *wide;
    int err = query_to_unicode( set, unicode, &wide );

    if (err) return err;
    err = service_register_wide( choice, TRUE, wide, operation, flags );
    HeapFree( GetProcessHeap(), 0, wide );
    return err;
}

int service_register_others( DWORD name_space, const GUID *provider, WSAQUERYSETW *set, WSAESETSERVICEOP operation,
                             DWORD flags )
{
    struct name_space_choice choice;

    name_space_choose( name_space, provider, &choice );
    return service_register_wide( &choice, FALSE, set, operation, flags );
}

static int service_set_checked( const void *set, BOOL unicode, const struct query *query, WSAESETSERVICEOP operation,
                                DWORD flags )
{
    const GUID *provider = query->has_provider ? &query->provider : NULL;
    struct name_space_choice choice;

    if (operation < RNRSERVICE_REGISTER || operation > RNRSERVICE_DELETE || ( flags & ~SERVICE_MULTIPLE )
        || !query->has_class || !query->has_name)
        return WSAEINVAL;
    if (name_space_choose( query->name_space, provider, &choice ))
        return service_register_all( &choice, set, unicode, operation, flags );
    if (!name_space_matches( query->name_space, provider )) return WSASERVICE_NOT_FOUND;
    return service_register_base( operation );
}

static INT service_set( const void *set, BOOL unicode, WSAESETSERVICEOP operation, DWORD flags )
{
    struct query *query;
    int err;

    if (!( query = HeapAlloc( GetProcessHeap(), 0, sizeof( *query ) ) ))
    {
        SetLastError( WSA_NOT_ENOUGH_MEMORY );
        return SOCKET_ERROR;
    }
    err = query_capture( set, unicode, TRUE, query );
    if (!err) err = service_set_checked( set, unicode, query, operation, flags );
    HeapFree( GetProcessHeap(), 0, query );
    SetLastError( err );
    return err ? SOCKET_ERROR : 0;
}

/* Returns 0, or SOCKET_ERROR: WSAEFAULT, WSAEINVAL, WSASERVICE_NOT_FOUND, WSAEACCES: DNS alone is asked, or what a
 * provider says ("WSASetServiceW function"). */
INT WINAPI WSASetServiceA( WSAQUERYSETA *info, WSAESETSERVICEOP operation, DWORD flags )
{
    return NAMES_STARTED() ? service_set( info, FALSE, operation, flags ) : SOCKET_ERROR;
}

INT WINAPI WSASetServiceW( WSAQUERYSETW *info, WSAESETSERVICEOP operation, DWORD flags )
{
    return NAMES_STARTED() ? service_set( info, TRUE, operation, flags ) : SOCKET_ERROR;
}
