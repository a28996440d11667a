/*
 * WSPStartup, WSPCleanup and the choice of the tier
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdio.h>
#include <stdlib.h>

#include "operations/operation.h"
#include "wait/thread.h"
#include "api/control.h"
#include "hooks/interpose.h"
#include "base/stats.h"

WSPUPCALLTABLE upcalls;
enum engine_kind engine;
enum engine_reason engine_reason;

LONG pending_max = 65536;
static int init_errno;
static char wine_version[32];
static UINT64 unixlib_handle;
static NTSTATUS( WINAPI *dispatcher )( UINT64 handle, unsigned int code, void *args );
static INIT_ONCE init_once = INIT_ONCE_STATIC_INIT;

#define MEMORY_WINE_UNIX_FUNCS 1000 /* wine-interfaces 4.2 */

NTSTATUS unix_call( enum unix_func func, void *params )
{
    return dispatcher( unixlib_handle, func, params );
}

static BOOL env_is( const char *name, const char *value )
{
    char buffer[32];
    DWORD len = GetEnvironmentVariableA( name, buffer, sizeof( buffer ) );

    return len && len < sizeof( buffer ) && !strcmp( buffer, value );
}

static void read_limit( void )
{
    char buffer[32];
    DWORD len = GetEnvironmentVariableA( "WSURING_MAX_PENDING", buffer, sizeof( buffer ) );
    int value = len && len < sizeof( buffer ) ? atoi( buffer ) : 0;

    if (value > 0) pending_max = value;
}

static enum engine_kind engine_wanted( void )
{
    if (env_is( "WSURING_ENGINE", "afd" )) return ENGINE_AFD;
    if (env_is( "WSURING_ENGINE", "epoll" )) return ENGINE_EPOLL;
    return ENGINE_URING;
}

static BOOL unixlib_load( HMODULE module )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );
    void **variable = (void **)GetProcAddress( ntdll, "__wine_unix_call_dispatcher" );

    if (!variable || !*variable) return FALSE;
    dispatcher = *variable;
    return !NtQueryVirtualMemory( GetCurrentProcess(), module, MEMORY_WINE_UNIX_FUNCS, &unixlib_handle,
                                  sizeof( unixlib_handle ), NULL );
}

/* Picks the tier. Nothing here can fail: the last resort is AFD. */
static BOOL CALLBACK engine_init( INIT_ONCE *once, void *param, void **context )
{
    const char *( CDECL * get_version )( void )
        = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "wine_get_version" );
    struct init_params init = { .wanted = engine_wanted() };
    HMODULE self;

    (void)once;
    (void)param;
    (void)context;
    log_enabled = env_is( "WSURING_LOG", "1" );
    stats_enabled = env_is( "WSURING_STATS", "1" );
    read_limit();
    if (!GetEnvironmentVariableA( "WSURING_WINE_VERSION", wine_version, sizeof( wine_version ) ) && get_version)
        lstrcpynA( wine_version, get_version(), sizeof( wine_version ) );
    strcpy( init.wine_version, wine_version );

    GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                        (const WCHAR *)engine_init, &self );
    if (init.wanted == ENGINE_AFD) engine_reason = REASON_ASKED;
    else if (!unixlib_load( self )) engine_reason = REASON_NO_UNIXLIB;
    else if (unix_call( unix_init, &init ) || init.functions != unix_func_count) engine_reason = REASON_NO_UNIXLIB;
    else
    {
        engine = init.engine;
        engine_reason = init.reason;
        init_errno = init.reason_errno;
        if (engine == ENGINE_EPOLL && init.wanted == ENGINE_EPOLL) engine_reason = REASON_ASKED;
    }
    if (!env_is( "WSURING_INTERPOSE", "0" )) interposed = interpose_install();
    log_message( "engine %s, reason %s, errno %d, wine %s, interposed %d\n", stats_engine_name(), stats_reason_name(),
                 init_errno, wine_version, interposed );
    return TRUE;
}

/* Private export for wsuring-setup and the tests: what the module in fact does, in one line. */
const char *__cdecl wsuring_status( void )
{
    static char text[160];

    InitOnceExecuteOnce( &init_once, engine_init, NULL, NULL );
    sprintf( text, "engine=%s reason=%s errno=%d wine=%s interpose=%d", stats_engine_name(), stats_reason_name(),
             init_errno, wine_version, interposed );
    return text;
}

static const WSPPROC_TABLE proc_table = {
    .lpWSPAccept = WSPAccept,
    .lpWSPAddressToString = WSPAddressToString,
    .lpWSPAsyncSelect = WSPAsyncSelect,
    .lpWSPBind = WSPBind,
    .lpWSPCancelBlockingCall = WSPCancelBlockingCall,
    .lpWSPCleanup = WSPCleanup,
    .lpWSPCloseSocket = WSPCloseSocket,
    .lpWSPConnect = WSPConnect,
    .lpWSPDuplicateSocket = WSPDuplicateSocket,
    .lpWSPEnumNetworkEvents = WSPEnumNetworkEvents,
    .lpWSPEventSelect = WSPEventSelect,
    .lpWSPGetOverlappedResult = WSPGetOverlappedResult,
    .lpWSPGetPeerName = WSPGetPeerName,
    .lpWSPGetSockName = WSPGetSockName,
    .lpWSPGetSockOpt = WSPGetSockOpt,
    .lpWSPGetQOSByName = WSPGetQOSByName,
    .lpWSPIoctl = WSPIoctl,
    .lpWSPJoinLeaf = WSPJoinLeaf,
    .lpWSPListen = WSPListen,
    .lpWSPRecv = WSPRecv,
    .lpWSPRecvDisconnect = WSPRecvDisconnect,
    .lpWSPRecvFrom = WSPRecvFrom,
    .lpWSPSelect = WSPSelect,
    .lpWSPSend = WSPSend,
    .lpWSPSendDisconnect = WSPSendDisconnect,
    .lpWSPSendTo = WSPSendTo,
    .lpWSPSetSockOpt = WSPSetSockOpt,
    .lpWSPShutdown = WSPShutdown,
    .lpWSPSocket = WSPSocket,
    .lpWSPStringToAddress = WSPStringToAddress,
};

int WSPAPI WSPStartup( WORD version, WSPDATA *data, WSAPROTOCOL_INFOW *info, WSPUPCALLTABLE upcall_table,
                       WSPPROC_TABLE *table )
{
    if (!data || !info || !table) return WSAEFAULT;
    if (version != MAKEWORD( 2, 2 )) return WSAVERNOTSUPPORTED;
    upcalls = upcall_table;
    InitOnceExecuteOnce( &init_once, engine_init, NULL, NULL );
    data->wVersion = data->wHighVersion = MAKEWORD( 2, 2 );
    lstrcpyW( data->szDescription, L"wsuring" );
    *table = proc_table;
    return 0;
}

/* All are cancelled before the first is closed: a close would end its peer's operations in this process with other
 * errors. */
static void socket_stop( struct socket *sock, void *arg )
{
    (void)arg;
    operation_cancel( sock, NULL, 0 );
    afd_transfer_cancel( sock );
}

static void socket_close( struct socket *sock, void *arg )
{
    int err;

    (void)arg;
    WSPCloseSocket( (SOCKET)sock->id.handle, &err );
}

int WSPAPI WSPCleanup( int *err )
{
    (void)err;
    socket_for_each( socket_stop, NULL );
    socket_for_each( socket_close, NULL );
    return 0;
}

BOOL WINAPI DllMain( HINSTANCE instance, DWORD reason, void *reserved )
{
    (void)instance;
    switch (reason)
    {
    case DLL_THREAD_DETACH:
        thread_free();
        last_thread_check();
        break;
    case DLL_PROCESS_DETACH:
        stats_report();
        if (!reserved) interpose_remove();
        break;
    }
    return TRUE;
}
