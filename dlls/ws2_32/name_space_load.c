/*
 * Loading a name space provider's DLL, and the calls into it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stddef.h>
#include <string.h>

#include "name_space.h"
#include "provider.h"

#define DEPTH_MAX 8 /* how often a thread may be in the same provider: more is a circle */

struct loaded
{
    struct loaded *next;
    GUID provider;
    BOOL ready;
    DWORD starter; /* the thread in its NSPStartup */
    NSP_ROUTINE routines;
};

struct asked
{
    struct asked *next;
    const struct name_space *space;
    DWORD thread;
};

static SRWLOCK loaded_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE loaded_changed = CONDITION_VARIABLE_INIT;
static struct loaded *loaded_list;
static struct asked *asked_list;

int name_space_error( void )
{
    DWORD error = GetLastError();

    return error ? (int)error : WSANO_RECOVERY;
}

struct space_startup
{
    LPNSPSTARTUP function;
    GUID provider;
    NSP_ROUTINE *routines;
};

static int loaded_startup( void *arg )
{
    struct space_startup *startup = arg;

    return startup->function( &startup->provider, startup->routines );
}

/* All but NSPIoctl, which came later, must be there. */
static BOOL loaded_is_sound( const NSP_ROUTINE *routines )
{
    return routines->cbSize >= offsetof( NSP_ROUTINE, NSPIoctl ) && routines->NSPCleanup
           && routines->NSPLookupServiceBegin && routines->NSPLookupServiceNext && routines->NSPLookupServiceEnd
           && routines->NSPSetService && routines->NSPInstallServiceClass && routines->NSPRemoveServiceClass
           && routines->NSPGetServiceClassInfo;
}

static int loaded_start( const struct name_space *space, NSP_ROUTINE *routines )
{
    struct space_startup startup = { .provider = space->provider, .routines = routines };
    WCHAR path[MAX_PATH];
    HMODULE module;
    int err;

    if (ExpandEnvironmentStringsW( space->path, path, ARRAY_SIZE( path ) ) - 1 >= ARRAY_SIZE( path ))
        return WSAEPROVIDERFAILEDINIT;
    if (!( module = LoadLibraryW( path ) )) return WSAEPROVIDERFAILEDINIT;
    memset( routines, 0, sizeof( *routines ) );
    routines->cbSize = sizeof( *routines );
    SetLastError( 0 );
    if (!( startup.function = (LPNSPSTARTUP)(void *)GetProcAddress( module, "NSPStartup" ) ))
        err = WSAEPROVIDERFAILEDINIT;
    else if (( err = guarded_call( loaded_startup, &startup ) ))
        err = err == SOCKET_ERROR && GetLastError() == WSASYSNOTREADY ? WSASYSNOTREADY : WSAEPROVIDERFAILEDINIT;
    else if (!loaded_is_sound( routines ))
    {
        if (routines->NSPCleanup) routines->NSPCleanup( &startup.provider );
        err = WSAEINVALIDPROCTABLE;
    }
    else return 0;
    FreeLibrary( module );
    return err;
}

/* The two below: with the lock held. */
static struct loaded *loaded_find( const GUID *provider )
{
    struct loaded *loaded;

    for (loaded = loaded_list; loaded && !IsEqualGUID( &loaded->provider, provider ); loaded = loaded->next)
    {
    }
    return loaded;
}

static void loaded_remove( struct loaded *loaded )
{
    struct loaded **ptr;

    for (ptr = &loaded_list; *ptr && *ptr != loaded; ptr = &( *ptr )->next)
    {
    }
    if (*ptr) *ptr = loaded->next;
}

/* A thread that comes here from the provider's own NSPStartup has the error, not a circle; others wait. */
static int loaded_get( const struct name_space *space, const NSP_ROUTINE **routines )
{
    struct loaded *loaded, *new = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *new ) );
    int err = 0;

    if (!new) return WSA_NOT_ENOUGH_MEMORY;
    AcquireSRWLockExclusive( &loaded_lock );
    while (( loaded = loaded_find( &space->provider ) ) && !loaded->ready && loaded->starter != GetCurrentThreadId())
        SleepConditionVariableSRW( &loaded_changed, &loaded_lock, INFINITE, 0 );
    if (!loaded)
    {
        new->provider = space->provider;
        new->starter = GetCurrentThreadId();
        new->next = loaded_list;
        loaded_list = new;
    }
    else if (loaded->ready) *routines = &loaded->routines;
    else err = WSAEPROVIDERFAILEDINIT;
    ReleaseSRWLockExclusive( &loaded_lock );
    if (loaded)
    {
        HeapFree( GetProcessHeap(), 0, new );
        return err;
    }
    err = loaded_start( space, &new->routines );
    AcquireSRWLockExclusive( &loaded_lock );
    if (err) loaded_remove( new );
    else new->ready = TRUE;
    ReleaseSRWLockExclusive( &loaded_lock );
    WakeAllConditionVariable( &loaded_changed );
    if (err) HeapFree( GetProcessHeap(), 0, new );
    else *routines = &new->routines;
    return err;
}

int name_space_enter( const struct name_space *space, const NSP_ROUTINE **routines )
{
    struct asked *new, *asked;
    DWORD thread = GetCurrentThreadId(), depth = 0;
    int err = loaded_get( space, routines );

    if (err) return err;
    if (!( new = HeapAlloc( GetProcessHeap(), 0, sizeof( *new ) ) )) return WSA_NOT_ENOUGH_MEMORY;
    new->space = space;
    new->thread = thread;
    AcquireSRWLockExclusive( &loaded_lock );
    for (asked = asked_list; asked; asked = asked->next)
        if (asked->space == space && asked->thread == thread) depth++;
    if (depth < DEPTH_MAX)
    {
        new->next = asked_list;
        asked_list = new;
    }
    ReleaseSRWLockExclusive( &loaded_lock );
    if (depth < DEPTH_MAX) SetLastError( 0 );
    else HeapFree( GetProcessHeap(), 0, new );
    return depth < DEPTH_MAX ? 0 : WSASERVICE_NOT_FOUND;
}

void name_space_leave( const struct name_space *space )
{
    DWORD thread = GetCurrentThreadId(), error = GetLastError();
    struct asked **ptr, *asked;

    AcquireSRWLockExclusive( &loaded_lock );
    for (ptr = &asked_list; ( asked = *ptr ) && ( asked->space != space || asked->thread != thread );
         ptr = &asked->next)
    {
    }
    if (asked) *ptr = asked->next;
    ReleaseSRWLockExclusive( &loaded_lock );
    HeapFree( GetProcessHeap(), 0, asked );
    SetLastError( error );
}

/* A call in another thread may still use the routines of one: its memory stays. */
void name_spaces_cleanup( void )
{
    struct loaded *loaded, *list = NULL, **ptr;

    AcquireSRWLockExclusive( &loaded_lock );
    for (ptr = &loaded_list; ( loaded = *ptr );)
    {
        if (!loaded->ready)
        {
            ptr = &loaded->next;
            continue;
        }
        *ptr = loaded->next;
        loaded->next = list;
        list = loaded;
    }
    ReleaseSRWLockExclusive( &loaded_lock );
    for (; list; list = list->next) list->routines.NSPCleanup( &list->provider );
}
