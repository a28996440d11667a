/*
 * Name space providers of version 2, which a program advertises: their functions in this process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process that advertises is its own client. Its session begins with the first call and ends when the provider
 * isn't advertised any more, or with the last WSACleanup. A function may say WSA_IO_PENDING: then its call ends with
 * WSAProviderCompleteAsyncCall.
 */

#include <string.h>

#include "name_space.h"

#define DEPTH_MAX 8 /* how often a thread may be in the same provider: more is a circle */

struct advertised
{
    struct advertised *next;
    LONG refs; /* the list, lookups, calls */
    GUID provider;
    BOOL gone, started;
    DWORD starter; /* the thread in its NSPv2Startup */
    void *session;
    NSPV2_ROUTINE routines;
};

static SRWLOCK advertised_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE advertised_changed = CONDITION_VARIABLE_INIT;
static struct advertised *advertised_list;
static struct advertised_call *advertised_calls;
static UINT_PTR advertised_last;

/* ---- with the lock held */

static struct advertised *advertised_find( const GUID *provider )
{
    struct advertised *instance;

    for (instance = advertised_list; instance && !IsEqualGUID( &instance->provider, provider );
         instance = instance->next)
    {
    }
    return instance;
}

static struct advertised *advertised_remove( const struct advertised *instance )
{
    struct advertised **ptr, *found;

    for (ptr = &advertised_list; ( found = *ptr ) && found != instance; ptr = &found->next)
    {
    }
    if (!found) return NULL;
    *ptr = found->next;
    found->gone = TRUE;
    return found;
}

/* Calls of the thread, or of all others. */
static DWORD advertised_count( const struct advertised *instance, DWORD thread, BOOL others )
{
    const struct advertised_call *call;
    DWORD count = 0;

    for (call = advertised_calls; call; call = call->next)
        if (call->instance == instance && ( call->thread != thread ) == others) count++;
    return count;
}

/* ---- sessions */

/* NSPv2Startup may be absent, or a function that says so. Others wait for it. */
static int advertised_start( struct advertised *instance )
{
    GUID provider = instance->provider;
    void *session = NULL;
    int err = 0;

    AcquireSRWLockExclusive( &advertised_lock );
    while (instance->starter && instance->starter != GetCurrentThreadId())
        SleepConditionVariableSRW( &advertised_changed, &advertised_lock, INFINITE, 0 );
    if (instance->starter) err = WSAEPROVIDERFAILEDINIT;
    if (err || instance->started)
    {
        ReleaseSRWLockExclusive( &advertised_lock );
        return err;
    }
    instance->starter = GetCurrentThreadId();
    ReleaseSRWLockExclusive( &advertised_lock );

    SetLastError( 0 );
    if (instance->routines.NSPv2Startup && instance->routines.NSPv2Startup( &provider, &session ))
        err = name_space_error();
    if (err == WSAEOPNOTSUPP) err = 0;

    AcquireSRWLockExclusive( &advertised_lock );
    instance->starter = 0;
    instance->session = session;
    instance->started = !err;
    ReleaseSRWLockExclusive( &advertised_lock );
    WakeAllConditionVariable( &advertised_changed );
    return err;
}

/* It has been removed from the list. */
static void advertised_end( struct advertised *instance )
{
    const NSPV2_ROUTINE *routines = &instance->routines;
    GUID provider = instance->provider;
    BOOL started;

    WakeAllConditionVariable( &advertised_changed ); /* those that wait for their completion */
    AcquireSRWLockExclusive( &advertised_lock );
    while (advertised_count( instance, GetCurrentThreadId(), TRUE ))
        SleepConditionVariableSRW( &advertised_changed, &advertised_lock, INFINITE, 0 );
    started = instance->started;
    ReleaseSRWLockExclusive( &advertised_lock );
    if (started && routines->NSPv2ClientSessionRundown)
        routines->NSPv2ClientSessionRundown( &provider, instance->session );
    if (started && routines->NSPv2Cleanup) routines->NSPv2Cleanup( &provider, instance->session );
    advertised_release( instance );
}

void advertised_cleanup( void )
{
    struct advertised *instance;

    for (;;)
    {
        AcquireSRWLockExclusive( &advertised_lock );
        instance = advertised_list;
        if (instance) advertised_remove( instance );
        ReleaseSRWLockExclusive( &advertised_lock );
        if (!instance) return;
        advertised_end( instance );
    }
}

/* ---- calls */

void advertised_release( struct advertised *instance )
{
    if (instance && !InterlockedDecrement( &instance->refs )) HeapFree( GetProcessHeap(), 0, instance );
}

static int advertised_enter_locked( struct advertised *instance, struct advertised_call *call )
{
    call->thread = GetCurrentThreadId();
    if (instance->gone || advertised_count( instance, call->thread, FALSE ) >= DEPTH_MAX) return WSASERVICE_NOT_FOUND;
    InterlockedIncrement( &instance->refs );
    call->instance = instance;
    call->handle = (HANDLE)( advertised_last += 4 );
    call->next = advertised_calls;
    advertised_calls = call;
    return 0;
}

static int advertised_entered( struct advertised_call *call, int err )
{
    if (err || !call->instance) return err;
    call->provider = call->instance->provider;
    call->routines = &call->instance->routines;
    if (( err = advertised_start( call->instance ) )) advertised_leave( call );
    else
    {
        call->session = call->instance->session;
        SetLastError( 0 );
    }
    return err;
}

BOOL advertised_is( const GUID *provider )
{
    BOOL is;

    AcquireSRWLockShared( &advertised_lock );
    is = advertised_find( provider ) != NULL;
    ReleaseSRWLockShared( &advertised_lock );
    return is;
}

int advertised_enter( const GUID *provider, struct advertised_call *call )
{
    struct advertised *instance;
    int err = 0;

    memset( call, 0, sizeof( *call ) );
    AcquireSRWLockExclusive( &advertised_lock );
    if (( instance = advertised_find( provider ) )) err = advertised_enter_locked( instance, call );
    ReleaseSRWLockExclusive( &advertised_lock );
    return advertised_entered( call, err );
}

int advertised_enter_again( struct advertised *instance, struct advertised_call *call )
{
    int err;

    memset( call, 0, sizeof( *call ) );
    AcquireSRWLockExclusive( &advertised_lock );
    err = advertised_enter_locked( instance, call );
    ReleaseSRWLockExclusive( &advertised_lock );
    return advertised_entered( call, err );
}

struct advertised *advertised_hold( const struct advertised_call *call )
{
    InterlockedIncrement( &call->instance->refs );
    return call->instance;
}

int advertised_result( struct advertised_call *call, int ret )
{
    int err = ret ? name_space_error() : 0;

    if (err != WSA_IO_PENDING) return err;
    AcquireSRWLockExclusive( &advertised_lock );
    while (!call->completed && !call->instance->gone)
        SleepConditionVariableSRW( &advertised_changed, &advertised_lock, INFINITE, 0 );
    err = call->completed ? call->error : WSA_E_CANCELLED;
    ReleaseSRWLockExclusive( &advertised_lock );
    return err;
}

void advertised_leave( struct advertised_call *call )
{
    struct advertised_call **ptr;

    AcquireSRWLockExclusive( &advertised_lock );
    for (ptr = &advertised_calls; *ptr != call; ptr = &( *ptr )->next)
    {
    }
    *ptr = call->next;
    ReleaseSRWLockExclusive( &advertised_lock );
    WakeAllConditionVariable( &advertised_changed );
    advertised_release( call->instance );
}

/* ---- entry points */

static INT advertised_fail( int err )
{
    SetLastError( err );
    return SOCKET_ERROR;
}

/* Only an installed provider can be advertised, and only once at a time in a process. The table is copied. Returns 0,
 * or SOCKET_ERROR: WSANOTINITIALISED; WSAEINVAL: a NULL, a table without the three functions that must be there, or it
 * is advertised already; WSAEFAULT; WSAEINVALIDPROVIDER: it isn't installed; WSA_NOT_ENOUGH_MEMORY
 * ("WSAAdvertiseProvider function"). */
INT WINAPI WSAAdvertiseProvider( const GUID *provider, const NSPV2_ROUTINE *routines )
{
    struct advertised *instance;
    BOOL known;

    if (!startup_check()) return SOCKET_ERROR;
    if (!provider || !routines) return advertised_fail( WSAEINVAL );
    if (IsBadReadPtr( provider, sizeof( *provider ) ) || IsBadReadPtr( routines, sizeof( *routines ) ))
        return advertised_fail( WSAEFAULT );
    if (routines->cbSize < sizeof( *routines ) || !routines->NSPv2LookupServiceBegin
        || !routines->NSPv2LookupServiceNextEx || !routines->NSPv2LookupServiceEnd)
        return advertised_fail( WSAEINVAL );
    if (IsEqualGUID( provider, &dns_provider ) || !name_space_is_known( provider ))
        return advertised_fail( WSAEINVALIDPROVIDER );
    if (!( instance = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *instance ) ) ))
        return advertised_fail( WSA_NOT_ENOUGH_MEMORY );
    instance->refs = 1;
    instance->provider = *provider;
    instance->routines = *routines;
    AcquireSRWLockExclusive( &advertised_lock );
    if (!( known = advertised_find( provider ) != NULL ))
    {
        instance->next = advertised_list;
        advertised_list = instance;
    }
    ReleaseSRWLockExclusive( &advertised_lock );
    if (!known) return 0;
    HeapFree( GetProcessHeap(), 0, instance );
    return advertised_fail( WSAEINVAL );
}

/* Returns when no other thread is in one of its functions. Calls that wait for their completion end with
 * WSA_E_CANCELLED. Returns 0, or SOCKET_ERROR: WSANOTINITIALISED, WSAEINVAL: NULL, or it isn't advertised; WSAEFAULT
 * ("WSAUnadvertiseProvider function"). */
INT WINAPI WSAUnadvertiseProvider( const GUID *provider )
{
    struct advertised *instance;

    if (!startup_check()) return SOCKET_ERROR;
    if (!provider) return advertised_fail( WSAEINVAL );
    if (IsBadReadPtr( provider, sizeof( *provider ) )) return advertised_fail( WSAEFAULT );
    AcquireSRWLockExclusive( &advertised_lock );
    if (( instance = advertised_find( provider ) )) advertised_remove( instance );
    ReleaseSRWLockExclusive( &advertised_lock );
    if (!instance) return advertised_fail( WSAEINVAL );
    advertised_end( instance );
    return 0;
}

/* handle: what the provider's function was given. error: 0, or what the call ends with. May be called before that
 * function has returned WSA_IO_PENDING. Returns 0, or SOCKET_ERROR: WSANOTINITIALISED, WSAEINVAL: no such call is
 * pending ("WSAProviderCompleteAsyncCall function"). */
INT WINAPI WSAProviderCompleteAsyncCall( HANDLE handle, INT error )
{
    struct advertised_call *call;

    if (!startup_check()) return SOCKET_ERROR;
    AcquireSRWLockExclusive( &advertised_lock );
    for (call = advertised_calls; call && ( call->handle != handle || call->completed ); call = call->next)
    {
    }
    if (call)
    {
        call->completed = TRUE;
        call->error = error == SOCKET_ERROR ? WSANO_RECOVERY : error;
    }
    ReleaseSRWLockExclusive( &advertised_lock );
    if (!call) return advertised_fail( WSAEINVAL );
    WakeAllConditionVariable( &advertised_changed );
    return 0;
}
