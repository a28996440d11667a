/*
 * WSASetService: nothing can be registered, because DNS is a static name space
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "query_set.h"

/* Registered services are in files and on servers that programs can't change: WSAEACCES. So there is nothing to
 * withdraw. */
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
    if (!err
        && ( operation < RNRSERVICE_REGISTER || operation > RNRSERVICE_DELETE || ( flags & ~SERVICE_MULTIPLE )
             || !query->has_class || !query->has_name ))
        err = WSAEINVAL;
    if (!err && !name_space_matches( query->name_space, query->has_provider ? &query->provider : NULL ))
        err = WSASERVICE_NOT_FOUND;
    if (!err) err = operation == RNRSERVICE_REGISTER ? WSAEACCES : WSASERVICE_NOT_FOUND;
    HeapFree( GetProcessHeap(), 0, query );
    SetLastError( err );
    return SOCKET_ERROR;
}

/* Always SOCKET_ERROR: WSAEFAULT, WSAEINVAL, WSAEACCES, WSASERVICE_NOT_FOUND ("WSASetServiceW function"). */
INT WINAPI WSASetServiceA( WSAQUERYSETA *info, WSAESETSERVICEOP operation, DWORD flags )
{
    return NAMES_STARTED() ? service_set( info, FALSE, operation, flags ) : SOCKET_ERROR;
}

INT WINAPI WSASetServiceW( WSAQUERYSETW *info, WSAESETSERVICEOP operation, DWORD flags )
{
    return NAMES_STARTED() ? service_set( info, TRUE, operation, flags ) : SOCKET_ERROR;
}
