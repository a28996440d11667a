/*
 * Name space providers of our own
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This program is itself their DLL: it exports NSPStartup, and the identifier says which of them is meant.
 */

#include "sockets.h"
#include "name_space.h"

static const GUID id_base = { 0x2f0c3a52, 0x95a5, 0x4d0f, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x44, 0 } };
static GUID by_name = { 0x0002a803, 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } };

GUID space_id( enum kind kind )
{
    GUID id = id_base;

    id.Data4[7] = kind + 1;
    return id;
}

struct query
{
    enum kind kind;
    int family, given;
    volatile LONG ended;
};

LONG space_calls[COUNT_CALLS];

static LONG circle_depth;

/* Which addresses a provider has for the name. */
static int addresses_of( enum kind kind, int family, const WCHAR *name, struct sockaddr_in6 *addrs )
{
    static const BYTE numbers[KIND_COUNT][3] = {
        [KIND_FIRST] = { 1, 2 },     [KIND_SECOND] = { 2, 3 }, [KIND_DNS] = { 4 },
        [KIND_START_CIRCLE] = { 5 }, [KIND_CIRCLE] = { 6 },
    };
    int count;

    if (lstrcmpiW( name, L"one.space" ) && ( kind != KIND_FIRST || lstrcmpiW( name, L"first.space" ) )) return 0;
    for (count = 0; numbers[kind][count]; count++)
    {
        memset( addrs + count, 0, sizeof( *addrs ) );
        addrs[count].sin6_family = family;
        if (family == AF_INET)
            ( (struct sockaddr_in *)( addrs + count ) )->sin_addr.s_addr = htonl( 0x0a010200 | numbers[kind][count] );
        else
        {
            addrs[count].sin6_addr.s6_addr[0] = 0xfd;
            addrs[count].sin6_addr.s6_addr[15] = numbers[kind][count];
        }
    }
    return count;
}

static INT fail( int error )
{
    WSASetLastError( error );
    return SOCKET_ERROR;
}

static INT WINAPI space_cleanup( GUID *provider )
{
    (void)provider;
    InterlockedIncrement( &space_calls[COUNT_CLEANUP] );
    return 0;
}

static INT WINAPI space_begin( GUID *provider, WSAQUERYSETW *set, WSASERVICECLASSINFOW *class_info, DWORD flags,
                               HANDLE *lookup )
{
    struct query *query;
    HANDLE inner;

    (void)class_info;
    (void)flags;
    InterlockedIncrement( &space_calls[COUNT_BEGIN] );
    ok( set && set->dwSize == sizeof( *set ), "got no query\n" );
    if (!set->lpszServiceInstanceName || lstrlenW( set->lpszServiceInstanceName ) < 6) return fail( WSAEINVAL );
    if (provider->Data4[7] == KIND_CIRCLE + 1 && InterlockedIncrement( &circle_depth ) < 100)
    {
        WSAQUERYSETW again = *set;

        again.lpNSProviderId = provider;
        if (!WSALookupServiceBeginW( &again, LUP_RETURN_ADDR, &inner )) WSALookupServiceEnd( inner );
    }
    if (!( query = calloc( 1, sizeof( *query ) ) )) return fail( WSA_NOT_ENOUGH_MEMORY );
    query->kind = provider->Data4[7] - 1;
    query->family = set->lpServiceClassId && set->lpServiceClassId->Data3 == 28 ? AF_INET6 : AF_INET;
    if (query->kind == KIND_SLOW ? lstrcmpiW( set->lpszServiceInstanceName, L"slow.space" )
                                 : lstrcmpiW( set->lpszServiceInstanceName, L"one.space" )
                                       && lstrcmpiW( set->lpszServiceInstanceName, L"first.space" ))
    {
        free( query );
        return fail( WSASERVICE_NOT_FOUND );
    }
    query->given = lstrcmpiW( set->lpszServiceInstanceName, L"one.space" ) && query->kind != KIND_FIRST ? -1 : 0;
    *lookup = query;
    return 0;
}

static INT WINAPI space_next( HANDLE lookup, DWORD flags, DWORD *size, WSAQUERYSETW *results )
{
    struct query *query = lookup;
    struct
    {
        WSAQUERYSETW set;
        CSADDR_INFO infos[3];
        struct sockaddr_in6 addrs[3];
        WCHAR name[16];
        GUID provider;
    } *answer = (void *)results;
    int count, i, tries;

    (void)flags;
    if (query->kind == KIND_SLOW)
    {
        for (tries = 0; tries < 2000 && !query->ended; tries++) Sleep( 10 );
        ok( query->ended, "it wasn't ended\n" );
        return fail( WSA_E_CANCELLED );
    }
    if (query->given) return fail( query->given == 2 ? WSA_E_NO_MORE : WSASERVICE_NOT_FOUND );
    if (*size < sizeof( *answer ))
    {
        *size = sizeof( *answer );
        return fail( WSAEFAULT );
    }
    memset( answer, 0, sizeof( *answer ) );
    count = addresses_of( query->kind, query->family, L"one.space", answer->addrs );
    answer->set.dwSize = sizeof( answer->set );
    answer->set.lpszServiceInstanceName = lstrcpyW( answer->name, L"one.space" );
    answer->set.dwNumberOfCsAddrs = count;
    answer->set.lpcsaBuffer = answer->infos;
    answer->provider = space_id( query->kind );
    answer->set.lpNSProviderId = &answer->provider;
    for (i = 0; i < count; i++)
    {
        answer->infos[i].RemoteAddr.lpSockaddr = (struct sockaddr *)&answer->addrs[i];
        answer->infos[i].RemoteAddr.iSockaddrLength
            = query->family == AF_INET ? sizeof( struct sockaddr_in ) : sizeof( struct sockaddr_in6 );
    }
    query->given = 2;
    return 0;
}

static INT WINAPI space_end( HANDLE lookup )
{
    struct query *query = lookup;

    InterlockedIncrement( &space_calls[COUNT_END] );
    query->ended = TRUE; /* a slow one is still in its other thread: it isn't freed */
    if (query->kind != KIND_SLOW) free( query );
    return 0;
}

/* The first keeps one value of one class. */
static GUID class_id;
static DWORD class_value;

static INT WINAPI space_set( GUID *provider, WSASERVICECLASSINFOW *class_info, WSAQUERYSETW *set,
                             WSAESETSERVICEOP operation, DWORD flags )
{
    (void)flags;
    InterlockedIncrement( &space_calls[COUNT_SET] );
    if (class_info && !memcmp( set->lpServiceClassId, &class_id, sizeof( class_id ) ))
        ok( !lstrcmpW( class_info->lpszServiceClassName, provider->Data4[7] == KIND_FIRST + 1 ? L"told" : L"kept" ),
            "got %s\n", debugstr_w( class_info->lpszServiceClassName ) );
    ok( !lstrcmpW( set->lpszServiceInstanceName, L"mine" ), "got %s\n", debugstr_w( set->lpszServiceInstanceName ) );
    return provider->Data4[7] == KIND_FIRST + 1 && operation == RNRSERVICE_REGISTER ? 0 : fail( WSAEACCES );
}

static INT WINAPI space_install_class( GUID *provider, WSASERVICECLASSINFOW *info )
{
    DWORD i;

    InterlockedIncrement( &space_calls[COUNT_CLASS] );
    if (provider->Data4[7] != KIND_FIRST + 1) return fail( WSAEOPNOTSUPP );
    ok( !lstrcmpW( info->lpszServiceClassName, L"kept" ), "got %s\n", debugstr_w( info->lpszServiceClassName ) );
    class_id = *info->lpServiceClassId;
    for (i = 0; i < info->dwCount; i++)
        if (info->lpClassInfos[i].dwNameSpace == SPACE
            && !lstrcmpW( (WCHAR *)info->lpClassInfos[i].lpszName, L"value" ))
            class_value = *(DWORD *)info->lpClassInfos[i].lpValue;
    return 0;
}

static INT WINAPI space_remove_class( GUID *provider, GUID *id )
{
    InterlockedIncrement( &space_calls[COUNT_CLASS_REMOVED] );
    if (provider->Data4[7] != KIND_FIRST + 1) return fail( WSAEOPNOTSUPP );
    ok( !memcmp( id, &class_id, sizeof( class_id ) ), "another class\n" );
    memset( &class_id, 0, sizeof( class_id ) );
    return 0;
}

static INT WINAPI space_class_info( GUID *provider, DWORD *size, WSASERVICECLASSINFOW *info )
{
    struct
    {
        WSASERVICECLASSINFOW info;
        WSANSCLASSINFOW value;
        GUID id;
        BYTE room[4000]; /* more than is offered at first */
    } *answer = (void *)info;

    if (provider->Data4[7] != KIND_FIRST + 1) return fail( WSAEOPNOTSUPP );
    if (memcmp( info->lpServiceClassId, &class_id, sizeof( class_id ) )) return fail( WSATYPE_NOT_FOUND );
    if (*size < sizeof( *answer ))
    {
        *size = sizeof( *answer );
        return fail( WSAEFAULT );
    }
    answer->id = class_id;
    answer->info.lpServiceClassId = &answer->id;
    answer->info.lpszServiceClassName = (WCHAR *)L"told";
    answer->info.dwCount = 1;
    answer->info.lpClassInfos = &answer->value;
    answer->value.lpszName = (void *)L"told value"; /* of char in Wine's headers */
    answer->value.dwNameSpace = SPACE;
    answer->value.dwValueType = REG_DWORD;
    answer->value.dwValueSize = sizeof( class_value );
    answer->value.lpValue = &class_value;
    return 0;
}

INT space_begin_for( GUID *provider, DWORD space, const WCHAR *name, HANDLE *lookup )
{
    WSAQUERYSETW set = { .dwSize = sizeof( set ),
                         .lpszServiceInstanceName = (WCHAR *)name,
                         .lpServiceClassId = &by_name,
                         .dwNameSpace = space,
                         .lpNSProviderId = provider };

    return WSALookupServiceBeginW( &set, LUP_RETURN_NAME | LUP_RETURN_ADDR, lookup );
}

__declspec( dllexport ) INT WINAPI NSPStartup( GUID *provider, NSP_ROUTINE *routines )
{
    enum kind kind = provider->Data4[7] - 1;
    HANDLE lookup;

    InterlockedIncrement( &space_calls[COUNT_STARTUP] );
    ok( routines->cbSize == sizeof( *routines ), "got %lu\n", routines->cbSize );
    if (kind == KIND_NOT_READY) return fail( WSASYSNOTREADY );
    if (kind == KIND_ERROR) return fail( WSAEINVAL );
    if (kind == KIND_CRASH) *(volatile int *)bad_page() = 1;
    if (kind == KIND_START_CIRCLE)
        ok_error( space_begin_for( provider, SPACE + 2, L"one.space", &lookup ), WSAEPROVIDERFAILEDINIT );
    routines->cbSize = kind == KIND_SIZE ? 20 : sizeof( *routines );
    routines->dwMajorVersion = routines->dwMinorVersion = 1;
    routines->NSPCleanup = space_cleanup;
    routines->NSPLookupServiceBegin = space_begin;
    routines->NSPLookupServiceNext = kind == KIND_TABLE ? NULL : space_next;
    routines->NSPLookupServiceEnd = space_end;
    routines->NSPSetService = space_set;
    routines->NSPInstallServiceClass = space_install_class;
    routines->NSPRemoveServiceClass = space_remove_class;
    routines->NSPGetServiceClassInfo = space_class_info;
    return 0;
}
