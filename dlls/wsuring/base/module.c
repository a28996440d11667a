/*
 * The module's state, and the choice of the tier
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "base/handle_life.h"
#include "base/module.h"
#include "base/stats.h"

#define MEMORY_WINE_UNIX_FUNCS 1000 /* wine-interfaces 4.2 */

WSPUPCALLTABLE upcalls;
enum engine_kind engine;
enum engine_reason engine_reason;
int engine_errno;
LONG pending_max = 65536;
BOOL interposed;
BOOL log_enabled, stats_enabled;
BOOL event_shortcuts;
volatile LONG *handle_life;
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

/* WSURING_WITHOUT names, separated by commas, what is to be done without. */
static UINT module_without( void )
{
    char buffer[128];
    DWORD len = GetEnvironmentVariableA( "WSURING_WITHOUT", buffer, sizeof( buffer ) );

    if (!len || len >= sizeof( buffer )) return 0;
    return strstr( buffer, "post" ) ? WITHOUT_POST : 0;
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
                                  sizeof( unixlib_handle ), NULL );
}

void module_init( void )
{
    const char *( CDECL * get_version )( void )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "wine_get_version" );
    struct init_params init = { .wanted = module_engine_wanted() };

    log_enabled = module_env_is( "WSURING_LOG", "1" );
    stats_enabled = module_env_is( "WSURING_STATS", "1" );
    event_shortcuts = !module_env_is( "WSURING_EVENTS", "0" );
    module_read_limit();
    if (!GetEnvironmentVariableA( "WSURING_WINE_VERSION", wine_version, sizeof( wine_version ) ) && get_version)
        lstrcpynA( wine_version, get_version(), sizeof( wine_version ) );
    init.without = module_without();

    if (init.wanted == ENGINE_AFD) engine_reason = REASON_ASKED;
    else if (!module_load_unixlib()) engine_reason = REASON_NO_UNIXLIB;
    else if (unix_call( unix_init, &init ) || init.functions != unix_func_count) engine_reason = REASON_NO_UNIXLIB;
    else
    {
        engine = init.engine;
        engine_reason = init.reason;
        engine_errno = init.reason_errno;
        if (engine != ENGINE_AFD) handle_life = (volatile LONG *)(UINT_PTR)init.life;
        if (engine == ENGINE_EPOLL && init.wanted == ENGINE_EPOLL) engine_reason = REASON_ASKED;
    }
}

BOOL module_can_post( void )
{
    static volatile LONG known; /* 1 no, 2 yes */

    if (!known) known = engine != ENGINE_AFD && !unix_call( unix_post_check, NULL ) ? 2 : 1;
    return known == 2;
}

BOOL module_wants_interposing( void )
{
    return !module_env_is( "WSURING_INTERPOSE", "0" );
}
