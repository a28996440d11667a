/*
 * WSAAsyncGetXByY: lookups that end in a window message
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"

enum async_kind
{
    ASYNC_HOST_NAME,
    ASYNC_HOST_ADDRESS,
    ASYNC_SERVICE_NAME,
    ASYNC_SERVICE_PORT,
    ASYNC_PROTOCOL_NAME,
    ASYNC_PROTOCOL_NUMBER
};

struct async
{
    struct async *next;
    UINT handle;
    enum async_kind kind;
    HWND window;
    UINT message;
    char *buffer; /* the program's, as long as the request is in the list */
    int size;
    int error;  /* of the arguments */
    int number; /* family, port or protocol */
    int len;
    BOOL any_proto;
    char name[NAME_LEN_MAX + 1]; /* or the address */
    char proto[NAME_LEN_MAX + 1];
};

static SRWLOCK async_lock = SRWLOCK_INIT;
static struct async *asyncs;
static UINT last_handle;
static BOOL( WINAPI *post_message )( HWND window, UINT message, WPARAM wparam, LPARAM lparam );
static INIT_ONCE user_once = INIT_ONCE_STATIC_INIT;

/* Only programs with windows use these, so user32.dll isn't loaded for others. */
static BOOL CALLBACK async_user_init( INIT_ONCE *once, void *param, void **context )
{
    DWORD error = GetLastError();
    HMODULE module = LoadLibraryW( L"user32.dll" );

    (void)once;
    (void)param;
    (void)context;
    SetLastError( error );
    if (module) post_message = (void *)GetProcAddress( module, "PostMessageW" );
    return post_message != NULL;
}

/* ---- the lookup, on a thread of the pool */

static int async_find( const struct async *async, void **found, SIZE_T *size )
{
    const char *proto = async->any_proto ? NULL : async->proto;
    struct name_result *result = NULL;
    struct service service = { 0 };
    struct protocol protocol = { 0 };
    int err = async->error, family = AF_INET;

    *found = NULL;
    *size = 0;
    if (err) return err;
    switch (async->kind)
    {
    case ASYNC_HOST_NAME: err = hostent_find( async->name, &result ); break;
    case ASYNC_HOST_ADDRESS:
        if (async->number) family = async->number;
        err = hostent_find_address( async->name, async->len, family, &result );
        break;
    case ASYNC_SERVICE_NAME: err = service_find( async->name, 0, proto, &service ); break;
    case ASYNC_SERVICE_PORT: err = service_find( NULL, ntohs( async->number ), proto, &service ); break;
    case ASYNC_PROTOCOL_NAME: err = protocol_find( async->name, 0, &protocol ); break;
    case ASYNC_PROTOCOL_NUMBER: err = protocol_find( NULL, async->number, &protocol ); break;
    }
    if (err) return err;

    if (result) *size = hostent_pack( result, family, NULL );
    else if (service.line.count) *size = service_pack( &service, NULL );
    else *size = protocol_pack( &protocol, NULL );
    if (!( *found = HeapAlloc( GetProcessHeap(), 0, *size ) )) err = WSAENOBUFS;
    else if (result) hostent_pack( result, family, *found );
    else if (service.line.count) service_pack( &service, *found );
    else protocol_pack( &protocol, *found );
    result_free( result );
    text_close( service.text );
    text_close( protocol.text );
    return err;
}

/* Sets the structure's pointers for its place in the program's buffer. */
static void async_rebase( enum async_kind kind, void *found, char *target )
{
    if (kind <= ASYNC_HOST_ADDRESS) hostent_rebase( found, (UINT_PTR)target );
    else if (kind <= ASYNC_SERVICE_PORT) service_rebase( found, (UINT_PTR)target );
    else protocol_rebase( found, (UINT_PTR)target );
}

static BOOL async_remove( UINT handle, struct async **ret )
{
    struct async **ptr;

    for (ptr = &asyncs; *ptr && ( *ptr )->handle != handle; ptr = &( *ptr )->next)
    {
    }
    if (!( *ret = *ptr )) return FALSE;
    *ptr = ( *ptr )->next;
    return TRUE;
}

/* The buffer is written and the message posted under the lock: after WSACancelAsyncRequest neither happens. */
static void async_run( void *arg )
{
    struct async async, *entry;
    UINT handle = (UINT_PTR)arg;
    SIZE_T size = 0;
    void *found = NULL;
    int err;

    AcquireSRWLockShared( &async_lock );
    for (entry = asyncs; entry && entry->handle != handle; entry = entry->next)
    {
    }
    if (entry) async = *entry;
    ReleaseSRWLockShared( &async_lock );
    if (!entry) return;

    err = async_find( &async, &found, &size );

    AcquireSRWLockExclusive( &async_lock );
    if (async_remove( handle, &entry ))
    {
        if (!err && size > (SIZE_T)async.size) err = WSAENOBUFS; /* the message has the size needed */
        else if (!err && IsBadWritePtr( async.buffer, size )) err = WSAEFAULT;
        else if (!err)
        {
            async_rebase( async.kind, found, async.buffer );
            memcpy( async.buffer, found, size );
        }
        post_message( async.window, async.message, handle, WSAMAKEASYNCREPLY( size, err ) );
        HeapFree( GetProcessHeap(), 0, entry );
    }
    ReleaseSRWLockExclusive( &async_lock );
    HeapFree( GetProcessHeap(), 0, found );
}

/* ---- requests */

static struct async *async_create( enum async_kind kind, HWND window, UINT message, char *buffer, int size )
{
    struct async *async;

    if (!InitOnceExecuteOnce( &user_once, async_user_init, NULL, NULL )
        || !( async = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *async ) ) ))
    {
        SetLastError( WSAENOBUFS );
        return NULL;
    }
    async->kind = kind;
    async->window = window;
    async->message = message;
    async->buffer = buffer;
    async->size = max( size, 0 );
    if (!buffer) async->error = WSAEFAULT;
    return async;
}

static void async_name( struct async *async, const char *name, BOOL host )
{
    int err
        = name ? name_from_ansi( name, host, async->name, sizeof( async->name ), host ? WSAHOST_NOT_FOUND : WSANO_DATA )
               : WSAEFAULT;

    if (err) async->error = err;
}

static void async_proto( struct async *async, const char *proto )
{
    int err = name_from_ansi( proto, FALSE, async->proto, sizeof( async->proto ), WSANO_DATA );

    async->any_proto = !proto;
    if (err) async->error = err;
}

/* Handles are small numbers, reused only after 65535 others: Winsock 1.1 programs store them in 16 bits. */
static HANDLE async_start( struct async *async )
{
    UINT handle;

    AcquireSRWLockExclusive( &async_lock );
    if (!( ++last_handle & 0xffff )) last_handle++;
    handle = async->handle = last_handle & 0xffff;
    async->next = asyncs;
    asyncs = async;
    ReleaseSRWLockExclusive( &async_lock );
    if (pool_submit( async_run, (void *)(UINT_PTR)handle )) return (HANDLE)(UINT_PTR)handle;

    AcquireSRWLockExclusive( &async_lock );
    async_remove( handle, &async );
    ReleaseSRWLockExclusive( &async_lock );
    HeapFree( GetProcessHeap(), 0, async );
    SetLastError( WSAENOBUFS );
    return NULL;
}

/* All return a handle, or NULL with the last error WSANOTINITIALISED or WSAENOBUFS. Every other error, bad pointers
 * included, comes in the message: wParam the handle, lParam WSAMAKEASYNCREPLY( bytes used or needed, error )
 * ("WSAAsyncGetHostByName function"). */
HANDLE WINAPI WSAAsyncGetHostByName( HWND window, UINT message, const char *name, char *buffer, int size )
{
    struct async *async;

    if (!NAMES_STARTED() || !( async = async_create( ASYNC_HOST_NAME, window, message, buffer, size ) )) return NULL;
    async_name( async, name ? name : "", TRUE );
    return async_start( async );
}

HANDLE WINAPI WSAAsyncGetHostByAddr( HWND window, UINT message, const char *addr, int len, int family, char *buffer,
                                     int size )
{
    struct async *async;

    if (!NAMES_STARTED() || !( async = async_create( ASYNC_HOST_ADDRESS, window, message, buffer, size ) )) return NULL;
    async->number = family;
    async->len = min( max( len, 0 ), 16 );
    if (!addr || IsBadReadPtr( addr, async->len )) async->error = WSAEFAULT;
    else memcpy( async->name, addr, async->len );
    return async_start( async );
}

HANDLE WINAPI WSAAsyncGetServByName( HWND window, UINT message, const char *name, const char *proto, char *buffer,
                                     int size )
{
    struct async *async;

    if (!NAMES_STARTED() || !( async = async_create( ASYNC_SERVICE_NAME, window, message, buffer, size ) )) return NULL;
    async_name( async, name, FALSE );
    async_proto( async, proto );
    return async_start( async );
}

HANDLE WINAPI WSAAsyncGetServByPort( HWND window, UINT message, int port, const char *proto, char *buffer, int size )
{
    struct async *async;

    if (!NAMES_STARTED() || !( async = async_create( ASYNC_SERVICE_PORT, window, message, buffer, size ) )) return NULL;
    async->number = port;
    async_proto( async, proto );
    return async_start( async );
}

HANDLE WINAPI WSAAsyncGetProtoByName( HWND window, UINT message, const char *name, char *buffer, int size )
{
    struct async *async;

    if (!NAMES_STARTED() || !( async = async_create( ASYNC_PROTOCOL_NAME, window, message, buffer, size ) ))
        return NULL;
    async_name( async, name, FALSE );
    return async_start( async );
}

HANDLE WINAPI WSAAsyncGetProtoByNumber( HWND window, UINT message, int number, char *buffer, int size )
{
    struct async *async;

    if (!NAMES_STARTED() || !( async = async_create( ASYNC_PROTOCOL_NUMBER, window, message, buffer, size ) ))
        return NULL;
    async->number = number;
    return async_start( async );
}

/* Returns 0, or SOCKET_ERROR: WSANOTINITIALISED, WSAEALREADY (it has completed), WSAEINVAL (no such handle). */
int WINAPI WSACancelAsyncRequest( HANDLE handle )
{
    struct async *async;
    UINT_PTR number = (UINT_PTR)handle;
    BOOL found, issued;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    AcquireSRWLockExclusive( &async_lock );
    issued = number && number <= 0xffff && ( number <= last_handle || last_handle > 0xffff );
    found = issued && async_remove( number, &async );
    ReleaseSRWLockExclusive( &async_lock );
    if (found)
    {
        HeapFree( GetProcessHeap(), 0, async );
        return 0;
    }
    SetLastError( issued ? WSAEALREADY : WSAEINVAL );
    return SOCKET_ERROR;
}
