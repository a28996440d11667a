/*
 * The module's state, and the choice of the tier
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "base/capability.h"
#include "base/handle_life.h"
#include "base/module.h"
#include "base/stats.h"

/* wine-interfaces 4.2 */
#define MEMORY_WINE_UNIX_FUNCS        1000
#define MEMORY_WINE_LOAD_UNIX_BY_NAME 1002 /* from 11 on */

WSPUPCALLTABLE upcalls;
enum engine_kind engine;
enum engine_reason engine_reason;
int engine_errno;
LONG pending_max = 65536;
BOOL interposed;
BOOL log_enabled, stats_enabled;
BOOL event_shortcuts;
volatile LONG *handle_life;
struct held_events held_events __attribute__( ( aligned( 64 ) ) );
char wine_version[32];

static UINT64 unixlib_handle;
static NTSTATUS( WINAPI *dispatcher )( UINT64 handle, unsigned int code, void *args );

NTSTATUS unix_call( enum unix_func func, void *params )
{
    return dispatcher( unixlib_handle, func, params );
}

static BOOL module_env_is( const char *name, const char *value )
{
    char buffer[32];
    DWORD len = GetEnvironmentVariableA( name, buffer, sizeof( buffer ) );

    return len && len < sizeof( buffer ) && !strcmp( buffer, value );
}

static void module_read_limit( void )
{
    char buffer[32];
    DWORD len = GetEnvironmentVariableA( "WSURING_MAX_PENDING", buffer, sizeof( buffer ) );
    int value = len && len < sizeof( buffer ) ? atoi( buffer ) : 0;

    if (value > 0) pending_max = value;
}

static enum engine_kind module_engine_wanted( void )
{
    if (module_env_is( "WSURING_ENGINE", "afd" )) return ENGINE_AFD;
    if (module_env_is( "WSURING_ENGINE", "epoll" )) return ENGINE_EPOLL;
    return ENGINE_URING;
}

static BOOL module_load_unixlib_by_name( void )
{
    static WCHAR path[] = L"wsuring.so";
    UNICODE_STRING name = { sizeof( path ) - sizeof( *path ), sizeof( path ), path };
    UINT64 module[2];

    if (NtQueryVirtualMemory( GetCurrentProcess(), &name, MEMORY_WINE_LOAD_UNIX_BY_NAME, module, sizeof( module ),
                              NULL ))
        return FALSE;
    unixlib_handle = module[1];
    return TRUE;
}

static BOOL module_load_unixlib( void )
{
    void **variable = (void **)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "__wine_unix_call_dispatcher" );
    HMODULE self;

    if (!variable || !*variable) return FALSE;
    dispatcher = *variable;
    GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                        (const WCHAR *)module_load_unixlib, &self );
    return !NtQueryVirtualMemory( GetCurrentProcess(), self, MEMORY_WINE_UNIX_FUNCS, &unixlib_handle,
                                  sizeof( unixlib_handle ), NULL )
           || module_load_unixlib_by_name();
}

/* 32-bit programs can't reach what the host maps; it isn't given back, because the Unix library stays. */
static UINT64 module_life_memory( void )
{
    if (sizeof( void * ) == 8) return 0;
    return (UINT_PTR)VirtualAlloc( NULL, LIFE_HANDLES * sizeof( LONG ), MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE );
}

void module_init( void *counters )
{
    const char *( CDECL * get_version )( void )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "wine_get_version" );
    struct init_params init
        = { .wanted = module_engine_wanted(), .counters = (UINT_PTR)counters, .held = (UINT_PTR)&held_events };

    log_enabled = module_env_is( "WSURING_LOG", "1" );
    stats_enabled = module_env_is( "WSURING_STATS", "1" );
    event_shortcuts = !module_env_is( "WSURING_EVENTS", "0" );
    module_read_limit();
    if (!GetEnvironmentVariableA( "WSURING_WINE_VERSION", wine_version, sizeof( wine_version ) ) && get_version)
        lstrcpynA( wine_version, get_version(), sizeof( wine_version ) );
    capability_init();
    init.without = capability_unwanted();

    if (init.wanted == ENGINE_AFD) engine_reason = REASON_ASKED;
    else if (init.without & CAPABILITY_BIT( CAPABILITY_UNIXLIB ) || !module_load_unixlib()
             || ( sizeof( void * ) == 4 && !( init.life = module_life_memory() ) ) || unix_call( unix_init, &init )
             || init.functions != unix_func_count)
    {
        engine_reason = REASON_NO_UNIXLIB;
        capability_lack( CAPABILITY_UNIXLIB );
    }
    else
    {
        engine = init.engine;
        engine_reason = init.reason;
        engine_errno = init.reason_errno;
        if (engine != ENGINE_AFD) handle_life = (volatile LONG *)(UINT_PTR)init.life;
        if (engine == ENGINE_EPOLL && init.wanted == ENGINE_EPOLL) engine_reason = REASON_ASKED;
        capability_lack_all( init.lacking );
    }
}

void module_give_up( void )
{
    if (engine != ENGINE_AFD) engine_reason = REASON_UNKNOWN_WINE;
    engine = ENGINE_AFD;
    handle_life = NULL;
}

BOOL module_can_post( void )
{
    static volatile LONG known; /* 1 no, 2 yes */

    if (!known)
    {
        known = engine != ENGINE_AFD && !unix_call( unix_post_check, NULL ) ? 2 : 1;
        if (known == 1 && engine != ENGINE_AFD) capability_lack( CAPABILITY_POST );
    }
    return known == 2;
}

BOOL module_wants_interposing( void )
{
    return !module_env_is( "WSURING_INTERPOSE", "0" );
}
