/*
 * GetAddrInfoEx, blocking and asynchronous
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An asynchronous lookup is a request in a list. The first to remove it from the list completes it: the thread with
 * the answer, GetAddrInfoExCancel, or the time-out. The lookup itself can't be cancelled in the host's resolver; a
 * late answer is discarded.
 */

#include <string.h>

#include "query_set.h"
#include "wsuring_call.h"

/* An ADDRINFOEX4, which begins like an ADDRINFOEX2 and an ADDRINFOEX (A or W): AI_EXTENDED means that ai_version
 * exists. */
struct entry_ex
{
    ADDRINFOEXW info;
    int version;
    WCHAR *fqdn;
    int interface_index;               /* none was asked for */
    HANDLE resolution_handle;          /* nor is there a policy that sockets could inherit from the lookup */
    char data[sizeof( SOCKADDR_IN6 )]; /* and the canonical name */
};

C_ASSERT( sizeof( ADDRINFOEXA ) == sizeof( ADDRINFOEXW ) );

struct request
{
    struct request *next;
    UINT_PTR id;
    ADDRINFOEXW **list;
    OVERLAPPED *overlapped;
    void( CALLBACK *routine )( DWORD error, DWORD bytes, OVERLAPPED *overlapped );
    PTP_TIMER timer; /* or NULL */
    int error;
    struct addrinfo_query query;
};

static SRWLOCK request_lock = SRWLOCK_INIT;
static struct request *requests;
static UINT_PTR request_id;

/* ---- lists */

#define FLAGS_RETURNED                                                                                                 \
    ( AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_ALL | AI_ADDRCONFIG | AI_V4MAPPED               \
      | AI_RESOLUTION_HANDLE | AI_EXTENDED )

static struct entry_ex *addrinfoex_entry( const struct addrinfo_query *query, const struct addrinfo_answer *answer,
                                          UINT index, BOOL unicode )
{
    const char *canonical = addrinfo_name( query, answer, index ),
               *fqdn = !index && ( query->flags & AI_FQDN ) ? answer->fqdn : NULL;
    BOOL decode = !( query->flags & AI_DISABLE_IDN_ENCODING );
    UINT len = name_export( canonical, unicode, decode, NULL );
    struct entry_ex *entry = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY,
                                        sizeof( *entry ) + len + name_export( fqdn, unicode, decode, NULL ) );
    char *name;

    if (!entry) return NULL;
    name = (char *)( entry + 1 );
    entry->info.ai_flags = addrinfo_flags( query, FLAGS_RETURNED );
    entry->info.ai_family = answer->addrs[index].family;
    entry->info.ai_socktype = query->socktype;
    entry->info.ai_protocol = query->protocol;
    entry->info.ai_addr = (SOCKADDR *)entry->data;
    entry->info.ai_addrlen = address_to_sockaddr( &answer->addrs[index], answer->port, entry->data );
    /* if both names are requested, an ADDRINFOEX2 is expected even without AI_EXTENDED */
    if (query->flags & AI_RESOLUTION_HANDLE) entry->version = 4;
    else if (( query->flags & AI_EXTENDED ) || !( ~query->flags & ( AI_CANONNAME | AI_FQDN ) )) entry->version = 2;
    if (name_export( canonical, unicode, decode, name )) entry->info.ai_canonname = (WCHAR *)name;
    if (name_export( fqdn, unicode, decode, name + len )) entry->fqdn = (WCHAR *)( name + len );
    return entry;
}

static int addrinfoex_run( const struct addrinfo_query *query, BOOL unicode, ADDRINFOEXW **list )
{
    struct addrinfo_answer answer;
    ADDRINFOEXW **next = list;
    struct entry_ex *entry;
    UINT i;
    int ret = addrinfo_resolve( query, &answer );

    *list = NULL;
    for (i = 0; !ret && i < answer.count; i++)
    {
        if (( entry = addrinfoex_entry( query, &answer, i, unicode ) ))
        {
            *next = &entry->info;
            next = (ADDRINFOEXW **)&entry->info.ai_next;
            continue;
        }
        FreeAddrInfoExW( *list );
        *list = NULL;
        ret = WSA_NOT_ENOUGH_MEMORY;
    }
    addrinfo_release( &answer );
    return ret;
}

/* Fills query, which is all 0, from the parameters of the program. */
static int addrinfoex_query( struct addrinfo_query *query, const void *node, const void *service, DWORD name_space,
                             const GUID *provider, const ADDRINFOEXW *hints, BOOL unicode )
{
    int ret = 0;

    if (provider && IsBadReadPtr( provider, sizeof( *provider ) )) return WSAEFAULT;
    if (hints && IsBadReadPtr( hints, sizeof( *hints ) )) return WSAEFAULT;
    if (hints) ret = addrinfo_query_hints( query, (const ADDRINFOW *)hints, hints->ai_next );
    if (!ret && !space_is_served( name_space, provider )) ret = WSASERVICE_NOT_FOUND;
    query->name_space = name_space;
    query->has_provider = provider != NULL;
    if (provider) query->provider = *provider;
    return ret ? ret : addrinfo_query_names( query, node, service, unicode );
}

/* ---- requests */

/* Removes the request with this number from the list, and ends its timer. NULL if it has completed. */
static struct request *request_take( UINT_PTR id )
{
    struct request **ptr, *request;

    AcquireSRWLockExclusive( &request_lock );
    for (ptr = &requests; ( request = *ptr ) && request->id != id; ptr = &request->next)
    {
    }
    if (request) *ptr = request->next;
    ReleaseSRWLockExclusive( &request_lock );
    if (request && request->timer)
        CloseThreadpoolTimer( request->timer ); /* a running lookup continues, and finds no request */
    return request;
}

/* Completes the request, which has been removed from the list, so this happens once. */
static void request_complete( void *arg )
{
    struct request *request = arg;
    OVERLAPPED *overlapped = request->overlapped;
    HANDLE event = overlapped->hEvent;
    UINT_PTR arguments[] = { request->error, 0, (UINT_PTR)overlapped };
    void *routine = (void *)request->routine;
    DWORD error = request->error;

    HeapFree( GetProcessHeap(), 0, request );
    overlapped->InternalHigh = 0;
    InterlockedExchangePointer( (void **)&overlapped->Internal,
                                (void *)(UINT_PTR)error ); /* the program may free it from here on */
    if (routine) call_program( routine, ARRAYSIZE( arguments ), arguments );
    else if (event) SetEvent( event );
}

static void request_abort( struct request *request, int error )
{
    request->error = error;
    *request->list = NULL;
    /* not in the caller's own thread: the routine may need a lock that the caller holds */
    if (!request->routine || !pool_submit_urgent( request_complete, request )) request_complete( request );
}

static void request_run( void *arg )
{
    UINT_PTR id = (UINT_PTR)arg;
    struct addrinfo_query query;
    struct request *request;
    ADDRINFOEXW *list;
    int error;

    /* a copy, because a cancel may free the request at any time */
    AcquireSRWLockShared( &request_lock );
    for (request = requests; request && request->id != id; request = request->next)
    {
    }
    if (request)
    {
        query = request->query;
    }
    ReleaseSRWLockShared( &request_lock );
    if (!request) return;

    if (query.node) query.node = query.node_copy;
    if (query.service) query.service = query.service_copy;
    error = addrinfoex_run( &query, TRUE, &list );
    if (!( request = request_take( id ) ))
    {
        FreeAddrInfoExW( list );
        return;
    }
    request->error = error;
    *request->list = list;
    request_complete( request );
}

static void CALLBACK request_timeout( PTP_CALLBACK_INSTANCE instance, void *arg, PTP_TIMER timer )
{
    struct request *request = request_take( (UINT_PTR)arg );

    (void)instance;
    (void)timer;
    if (request) request_abort( request, WSAETIMEDOUT );
}

/* Adds it to the list; from then on it can complete. Returns its number, or 0 if there is no memory for its timer. */
static UINT_PTR request_insert( struct request *request, LONGLONG timeout )
{
    LARGE_INTEGER due = { .QuadPart = -timeout * 10000 };
    FILETIME time = { due.LowPart, due.HighPart };
    UINT_PTR id;

    AcquireSRWLockExclusive( &request_lock );
    id = request_id += 4;
    ReleaseSRWLockExclusive( &request_lock );
    if (timeout && !( request->timer = CreateThreadpoolTimer( request_timeout, (void *)id, NULL ) )) return 0;
    request->id = id;
    AcquireSRWLockExclusive( &request_lock );
    request->next = requests;
    requests = request;
    ReleaseSRWLockExclusive( &request_lock );
    /* nobody knows the number yet */
    if (timeout) SetThreadpoolTimer( request->timer, &time, 0, 0 );
    return id;
}

/* Starts a lookup. Returns WSA_IO_PENDING or an error. */
static int request_start( struct request *request, LONGLONG timeout, HANDLE *handle )
{
    OVERLAPPED *overlapped = request->overlapped;
    UINT_PTR id;

    overlapped->Internal = WSAEINPROGRESS;
    overlapped->InternalHigh = 0;
    overlapped->Pointer = request->list; /* "GetAddrInfoExW function", lpCompletionRoutine */
    if (overlapped->hEvent) ResetEvent( overlapped->hEvent );

    if (( id = request_insert( request, timeout ) ))
    {
        if (handle) *handle = (HANDLE)id; /* before it can complete, except by its time-out */
        if (pool_submit( request_run, (void *)id ) || !( request = request_take( id ) )) return WSA_IO_PENDING;
    }
    overlapped->Internal = WSA_NOT_ENOUGH_MEMORY;
    HeapFree( GetProcessHeap(), 0, request );
    return WSA_NOT_ENOUGH_MEMORY;
}

/* ---- entry points */

static int addrinfoex_check_async( OVERLAPPED *overlapped, void *routine, HANDLE *handle )
{
    if (handle && IsBadWritePtr( handle, sizeof( *handle ) )) return WSAEFAULT;
    if (!overlapped) return 0;
    if (IsBadWritePtr( overlapped, sizeof( *overlapped ) )) return WSAEFAULT;
    return overlapped->hEvent && routine ? WSAEINVAL : 0;
}

/* A blocking call with a time-out is an asynchronous one and a wait. The time-out completes the request with
 * WSAETIMEDOUT. */
static int request_wait( struct request *request, LONGLONG timeout )
{
    OVERLAPPED overlapped = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    int ret = WSA_NOT_ENOUGH_MEMORY;

    request->overlapped = &overlapped;
    if (overlapped.hEvent && ( ret = request_start( request, timeout, NULL ) ) == WSA_IO_PENDING)
    {
        WaitForSingleObject( overlapped.hEvent, INFINITE );
        ret = overlapped.Internal;
    }
    else if (!overlapped.hEvent) HeapFree( GetProcessHeap(), 0, request );
    if (overlapped.hEvent) CloseHandle( overlapped.hEvent );
    return ret;
}

static int addrinfoex_get( const void *node, const void *service, DWORD name_space, const GUID *provider,
                           const ADDRINFOEXW *hints, BOOL unicode, ADDRINFOEXW **list, LONGLONG timeout,
                           OVERLAPPED *overlapped, void *routine, HANDLE *handle )
{
    struct request *request;
    int ret;

    *list = NULL;
    if (!( request = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *request ) ) ))
        return WSA_NOT_ENOUGH_MEMORY;
    ret = addrinfoex_query( &request->query, node, service, name_space, provider, hints, unicode );
    if (ret || ( !overlapped && !timeout ))
    {
        if (!ret) ret = addrinfoex_run( &request->query, unicode, list );
        HeapFree( GetProcessHeap(), 0, request );
        return ret;
    }
    request->list = list;
    request->overlapped = overlapped;
    if (!overlapped) return request_wait( request, timeout );
    request->routine = routine;
    return request_start( request, timeout, handle );
}

/* Returns 0, WSA_IO_PENDING (with overlapped) or the error, as the last error too ("GetAddrInfoExW function").
 * Errors: those of getaddrinfo; WSASERVICE_NOT_FOUND for an unknown name space, WSAEINVAL for an event together with
 * a routine, WSAETIMEDOUT. The end is signalled by an event or a routine (on a pool thread, not an APC), or polled
 * by GetAddrInfoExOverlappedResult. */
int WINAPI GetAddrInfoExW( const WCHAR *node, const WCHAR *service, DWORD name_space, GUID *provider,
                           const ADDRINFOEXW *hints, ADDRINFOEXW **list, struct timeval *timeout,
                           OVERLAPPED *overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle )
{
    LONGLONG milliseconds = 0;
    int ret;

    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    if (IsBadWritePtr( list, sizeof( *list ) ) || ( timeout && IsBadReadPtr( timeout, sizeof( *timeout ) ) ))
        ret = WSAEFAULT;
    else if (!( ret = addrinfoex_check_async( overlapped, (void *)routine, handle ) ))
    {
        if (timeout) milliseconds = timeout->tv_sec * 1000LL + ( timeout->tv_usec + 999 ) / 1000;
        if (milliseconds < 0)
        {
            *list = NULL;
            ret = WSAEINVAL;
        }
        else
            ret = addrinfoex_get( node, service, name_space, provider, hints, TRUE, list, milliseconds, overlapped,
                                  (void *)routine, handle );
    }
    SetLastError( ret );
    return ret;
}

/* The ANSI form always blocks: its last four arguments must be NULL, else WSAEINVAL ("GetAddrInfoExA function"). */
int WINAPI GetAddrInfoExA( const char *node, const char *service, DWORD name_space, GUID *provider,
                           const ADDRINFOEXA *hints, ADDRINFOEXA **list, struct timeval *timeout,
                           OVERLAPPED *overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle )
{
    int ret;

    if (!NAMES_STARTED()) return WSANOTINITIALISED;
    if (IsBadWritePtr( list, sizeof( *list ) )) ret = WSAEFAULT;
    else if (timeout || overlapped || routine || handle) ret = WSAEINVAL;
    else
        ret = addrinfoex_get( node, service, name_space, provider, (const ADDRINFOEXW *)hints, FALSE,
                              (ADDRINFOEXW **)list, 0, NULL, NULL, NULL );
    SetLastError( ret );
    return ret;
}

/* Completes a pending lookup with WSA_E_CANCELLED. Returns 0, or WSA_INVALID_HANDLE if it has completed or never
 * existed. */
int WINAPI GetAddrInfoExCancel( HANDLE *handle )
{
    struct request *request;

    if (!handle || IsBadReadPtr( handle, sizeof( *handle ) ) || !( request = request_take( (UINT_PTR)*handle ) ))
        return WSA_INVALID_HANDLE;
    request_abort( request, WSA_E_CANCELLED );
    return 0;
}

/* 0, WSAEINPROGRESS while it runs, the error it ended with, or WSAEINVAL for NULL. */
int WINAPI GetAddrInfoExOverlappedResult( OVERLAPPED *overlapped )
{
    if (!overlapped || IsBadReadPtr( overlapped, sizeof( *overlapped ) )) return WSAEINVAL;
    return *(volatile ULONG_PTR *)&overlapped->Internal;
}

void WINAPI FreeAddrInfoExW( ADDRINFOEXW *list )
{
    ADDRINFOEXW *next;

    for (; list; list = next)
    {
        next = (ADDRINFOEXW *)list->ai_next;
        HeapFree( GetProcessHeap(), 0, list );
    }
}

void WINAPI FreeAddrInfoEx( ADDRINFOEXA *list )
{
    FreeAddrInfoExW( (ADDRINFOEXW *)list );
}
