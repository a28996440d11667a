/*
 * What a provider may ask of ws2_32: the WPU functions (page "SPI upcall table")
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "catalog.h"
#include "provider.h"
#include "upper.h"

static DWORD thread_slot = TLS_OUT_OF_INDEXES;

static DWORD upcall_slot( void )
{
    DWORD slot;

    if (thread_slot != TLS_OUT_OF_INDEXES) return thread_slot;
    if (( slot = TlsAlloc() ) == TLS_OUT_OF_INDEXES) return slot;
    if (InterlockedCompareExchange( (LONG *)&thread_slot, slot, TLS_OUT_OF_INDEXES ) != (LONG)TLS_OUT_OF_INDEXES)
        TlsFree( slot );
    return thread_slot;
}

WSATHREADID *upcall_current_thread( void )
{
    DWORD slot = upcall_slot();
    WSATHREADID *id;

    if (slot == TLS_OUT_OF_INDEXES) return NULL;
    if (( id = TlsGetValue( slot ) )) return id;
    if (!( id = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *id ) ) )) return NULL;
    if (!DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &id->ThreadHandle, 0, FALSE,
                          DUPLICATE_SAME_ACCESS ))
    {
        HeapFree( GetProcessHeap(), 0, id );
        return NULL;
    }
    TlsSetValue( slot, id );
    return id;
}

void upcall_thread_detach( void )
{
    WSATHREADID *id;

    if (thread_slot == TLS_OUT_OF_INDEXES || !( id = TlsGetValue( thread_slot ) )) return;
    TlsSetValue( thread_slot, NULL );
    CloseHandle( id->ThreadHandle );
    HeapFree( GetProcessHeap(), 0, id );
}

static int upcall_result( BOOL ok, int error, int *err )
{
    if (ok) return 0;
    if (err) *err = error;
    return SOCKET_ERROR;
}

static BOOL WSPAPI upcall_CloseEvent( WSAEVENT event, int *err )
{
    return !upcall_result( CloseHandle( event ), WSA_INVALID_HANDLE, err );
}

static int WSPAPI upcall_CloseSocketHandle( SOCKET s, int *err )
{
    int error = upper_destroy( s );

    return upcall_result( !error, error, err );
}

static WSAEVENT WSPAPI upcall_CreateEvent( int *err )
{
    WSAEVENT event = CreateEventW( NULL, TRUE, FALSE, NULL );

    if (!event) *err = WSA_NOT_ENOUGH_MEMORY;
    return event;
}

static int WSPAPI upcall_FDIsSet( SOCKET s, fd_set *set )
{
    return __WSAFDIsSet( s, set );
}

static int WSPAPI upcall_GetProviderPath( GUID *provider, WCHAR *path, int *len, int *err )
{
    return WSCGetProviderPath( provider, path, len, err );
}

/* The layer of an entry that has been loaded from here. FALSE: there is no such entry. */
static BOOL upcall_find_layer( DWORD catalog_id, struct layer **layer )
{
    const struct catalog *catalog = catalog_of_process();
    DWORD i;

    for (i = 0; catalog && i < catalog->count; i++)
    {
        if (catalog->items[i].info.dwCatalogEntryId != catalog_id) continue;
        *layer = layer_find( &catalog->items[i].info.ProviderId );
        return TRUE;
    }
    return FALSE;
}

/* The handle stays; from now on its calls go to the entry's provider. Of several layers that call it, one after the
 * other from below, only the uppermost has been loaded from here ("WPUModifyIFSHandle function"). */
static SOCKET WSPAPI upcall_ModifyIFSHandle( DWORD catalog_id, SOCKET s, int *err )
{
    struct layer *layer;

    if (upcall_find_layer( catalog_id, &layer ))
    {
        if (layer) layer_set_socket( s, &layer->table );
        return s;
    }
    *err = WSAEINVAL;
    return INVALID_SOCKET;
}

/* For providers that have no handles to hand on ("WPUCreateSocketHandle function"). */
static SOCKET WSPAPI upcall_CreateSocketHandle( DWORD catalog_id, DWORD_PTR context, int *err )
{
    struct layer *layer;
    SOCKET s;

    if (!upcall_find_layer( catalog_id, &layer ))
    {
        *err = WSAENOBUFS;
        return INVALID_SOCKET;
    }
    if (( s = upper_create( context, err ) ) == INVALID_SOCKET || !layer || layer_set_socket( s, &layer->table ))
        return s;
    upper_destroy( s );
    upcall_result( FALSE, WSAENOBUFS, err );
    return INVALID_SOCKET;
}

static BOOL WSPAPI upcall_PostMessage( HWND window, UINT message, WPARAM wparam, LPARAM lparam )
{
    BOOL( WINAPI * post )( HWND, UINT, WPARAM, LPARAM );
    HMODULE user32 = LoadLibraryW( L"user32.dll" ); /* only programs with windows get here, and these have it */

    post = user32 ? (void *)GetProcAddress( user32, "PostMessageW" ) : NULL;
    return post && post( window, message, wparam, lparam );
}

/* Blocking hooks ended with Winsock 1.1. */
static int WSPAPI upcall_QueryBlockingCallback( DWORD catalog_id, LPBLOCKINGCALLBACK *callback, DWORD_PTR *context,
                                                int *err )
{
    (void)catalog_id;
    (void)err;
    *callback = NULL;
    *context = 0;
    return 0;
}

static int WSPAPI upcall_QuerySocketHandleContext( SOCKET s, DWORD_PTR *context, int *err )
{
    return upcall_result( upper_find( s, context ), WSAENOTSOCK, err );
}

static int WSPAPI upcall_QueueApc( WSATHREADID *thread, LPWSAUSERAPC func, DWORD_PTR context, int *err )
{
    return upcall_result( QueueUserAPC( (PAPCFUNC)func, thread->ThreadHandle, context ), WSAEINVAL, err );
}

static BOOL WSPAPI upcall_ResetEvent( WSAEVENT event, int *err )
{
    return !upcall_result( ResetEvent( event ), WSA_INVALID_HANDLE, err );
}

static BOOL WSPAPI upcall_SetEvent( WSAEVENT event, int *err )
{
    return !upcall_result( SetEvent( event ), WSA_INVALID_HANDLE, err );
}

static int WSPAPI upcall_OpenCurrentThread( WSATHREADID *thread, int *err )
{
    WSATHREADID *id = upcall_current_thread();

    if (id) *thread = *id;
    return upcall_result( id != NULL, WSAEFAULT, err );
}

/* The handle belongs to the thread and is closed with it. */
static int WSPAPI upcall_CloseThread( WSATHREADID *thread, int *err )
{
    (void)err;
    thread->ThreadHandle = NULL;
    return 0;
}

const WSPUPCALLTABLE upcall_table = {
    .lpWPUCloseEvent = upcall_CloseEvent,
    .lpWPUCloseSocketHandle = upcall_CloseSocketHandle,
    .lpWPUCreateEvent = upcall_CreateEvent,
    .lpWPUCreateSocketHandle = upcall_CreateSocketHandle,
    .lpWPUFDIsSet = upcall_FDIsSet,
    .lpWPUGetProviderPath = upcall_GetProviderPath,
    .lpWPUModifyIFSHandle = upcall_ModifyIFSHandle,
    .lpWPUPostMessage = upcall_PostMessage,
    .lpWPUQueryBlockingCallback = upcall_QueryBlockingCallback,
    .lpWPUQuerySocketHandleContext = upcall_QuerySocketHandleContext,
    .lpWPUQueueApc = upcall_QueueApc,
    .lpWPUResetEvent = upcall_ResetEvent,
    .lpWPUSetEvent = upcall_SetEvent,
    .lpWPUOpenCurrentThread = upcall_OpenCurrentThread,
    .lpWPUCloseThread = upcall_CloseThread,
};

/* For the handles of WPUCreateSocketHandle: writes the result of an operation, and signals event or port. Others have
 * WSAEINVAL ("WPUCompleteOverlappedRequest function"). */
int WINAPI WPUCompleteOverlappedRequest( SOCKET s, WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes, int *err )
{
    int failure = upper_complete( s, overlapped, error, bytes );

    return failure ? set_errno( err, failure ) : 0;
}
