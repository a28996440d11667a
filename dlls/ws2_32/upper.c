/*
 * Handles that a layer answers for: WPUCreateSocketHandle and what belongs to it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each is a socket of the base provider that is never connected: so completion ports and waits know it. Which layer has
 * it stands in layer.c; here is what the layer keeps for it.
 */

#include "provider.h"
#include "upper.h"

struct upper
{
    struct upper *next;
    SOCKET s;
    DWORD_PTR context;
};

volatile BOOL upper_used;

static SRWLOCK upper_lock = SRWLOCK_INIT;
static struct upper *uppers;
static const WSPPROC_TABLE *( *upper_base )( int *err );
static WSATHREADID *( *upper_thread )( void );
static BOOL( __cdecl *volatile upper_attach )( SOCKET s, const struct upper_functions *functions );
static BOOL( __cdecl *volatile upper_end )( SOCKET s, WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes );

void upper_init( const WSPPROC_TABLE *( *base )( int *err ), WSATHREADID *( *thread )(void))
{
    upper_base = base;
    upper_thread = thread;
}

BOOL upper_is_allowed( void )
{
    DWORD start = 0, size = sizeof( start );
    HKEY key;

    if (RegOpenKeyExW( HKEY_LOCAL_MACHINE, UPPER_SERVICE, 0, KEY_READ, &key )) return TRUE;
    if (RegQueryValueExW( key, L"Start", NULL, NULL, (BYTE *)&start, &size )) start = 0;
    RegCloseKey( key );
    return start != SERVICE_DISABLED;
}

/* The pointer to its record, or to where the last one ends. With the lock held. */
static struct upper **upper_place( SOCKET s )
{
    struct upper **ptr = &uppers;

    while (*ptr && ( *ptr )->s != s) ptr = &( *ptr )->next;
    return ptr;
}

BOOL upper_is_one( SOCKET s )
{
    DWORD_PTR ignored;

    return upper_used && upper_find( s, &ignored );
}

BOOL upper_find( SOCKET s, DWORD_PTR *context )
{
    struct upper *upper;

    AcquireSRWLockShared( &upper_lock );
    if (( upper = *upper_place( s ) )) *context = upper->context;
    ReleaseSRWLockShared( &upper_lock );
    return upper != NULL;
}

/* ---- what the program does past Winsock */

static int upper_transfer( SOCKET s, BOOL write, void *buffer, ULONG len, WSAOVERLAPPED *overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, DWORD *done )
{
    const WSPPROC_TABLE *table = layer_of_socket( s );
    WSABUF wsabuf = { len, buffer };
    DWORD flags = 0;
    int err = WSAENOTSOCK, ret;

    if (!table) return err;
    if (write) ret = table->lpWSPSend( s, &wsabuf, 1, done, 0, overlapped, routine, upper_thread(), &err );
    else ret = table->lpWSPRecv( s, &wsabuf, 1, done, &flags, overlapped, routine, upper_thread(), &err );
    return ret ? err : 0;
}

static BOOL upper_close( SOCKET s )
{
    const WSPPROC_TABLE *table = layer_of_socket( s );
    int err;

    if (!table) return FALSE;
    layer_set_socket( s, NULL );
    return !table->lpWSPCloseSocket( s, &err );
}

/* ---- for the upcalls */

static const struct upper_functions upper_calls = { upper_transfer, upper_close };

static BOOL upper_load( void )
{
    HMODULE module = GetModuleHandleW( L"wsuring.dll" );

    if (upper_attach) return TRUE;
    if (!module || !upper_is_allowed()) return FALSE; /* no module: another provider, for tests */
    upper_end = (void *)GetProcAddress( module, "wsuring_complete" );
    upper_attach = (void *)GetProcAddress( module, "wsuring_upper" );
    return upper_attach && upper_end;
}

SOCKET upper_create( DWORD_PTR context, int *err )
{
    const WSPPROC_TABLE *base = upper_base ? upper_base( err ) : NULL;
    struct upper *upper = base ? HeapAlloc( GetProcessHeap(), 0, sizeof( *upper ) ) : NULL;
    SOCKET s = INVALID_SOCKET;
    int ignored;

    if (upper && upper_load())
        s = base->lpWSPSocket( AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED, err );
    if (s != INVALID_SOCKET && upper_attach( s, &upper_calls ))
    {
        upper->s = s;
        upper->context = context;
        AcquireSRWLockExclusive( &upper_lock );
        upper->next = uppers;
        uppers = upper;
        ReleaseSRWLockExclusive( &upper_lock );
        upper_used = TRUE;
        return s;
    }
    if (s != INVALID_SOCKET) base->lpWSPCloseSocket( s, &ignored );
    HeapFree( GetProcessHeap(), 0, upper );
    *err = WSAENOBUFS;
    return INVALID_SOCKET;
}

int upper_destroy( SOCKET s )
{
    struct upper **ptr, *upper;
    const WSPPROC_TABLE *base;
    int err = 0;

    AcquireSRWLockExclusive( &upper_lock );
    ptr = upper_place( s );
    if (( upper = *ptr )) *ptr = upper->next;
    ReleaseSRWLockExclusive( &upper_lock );
    if (!upper) return WSAENOTSOCK;
    HeapFree( GetProcessHeap(), 0, upper );
    upper_attach( s, NULL );
    layer_set_socket( s, NULL );
    return ( base = upper_base( &err ) ) && base->lpWSPCloseSocket( s, &err ) ? err : 0;
}

int upper_complete( SOCKET s, WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes )
{
    return upper_is_one( s ) && upper_end( s, overlapped, error, bytes ) ? 0 : WSAEINVAL;
}

/* The sockets themselves end with the base provider's WSPCleanup. */
void uppers_cleanup( void )
{
    struct upper *upper;

    AcquireSRWLockExclusive( &upper_lock );
    while (( upper = uppers ))
    {
        uppers = upper->next;
        upper_attach( upper->s, NULL );
        HeapFree( GetProcessHeap(), 0, upper );
    }
    ReleaseSRWLockExclusive( &upper_lock );
}
