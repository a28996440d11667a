/*
 * WSPStartup, WSPCleanup, and the tables that join the layers
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdio.h>

#include "operations/operation.h"
#include "wait/apc_source.h"
#include "wait/program_call.h"
#include "wait/thread.h"
#include "api/control.h"
#include "api/ioctl.h"
#include "api/path_socket.h"
#include "api/port_reservation.h"
#include "hooks/interpose.h"
#include "base/capability.h"
#include "base/module.h"
#include "base/stats.h"
#include "events/network_events.h"
#include "events/poll_list.h"
#include "events/socket_notify.h"
#include "ports/port.h"

/* Each layer's part, from the top down. */
static void startup_thread_ends( struct thread *thread )
{
    program_calls_abandon_all( thread );
    routine_forget( thread );
    if (thread->pended) operation_cancel_thread( thread->id );
    poll_list_thread_ends( thread );
    socket_watch_again( port_thread_ends( thread ) );
    thread_free( thread );
}

/* Threads that have ended without DLL_THREAD_DETACH: they were terminated. By the reaper. */
static LONGLONG startup_tick( void )
{
    static LONGLONG ( *const ticks[] )( void ) = { polled_tick, closed_send_tick, apc_source_tick };
    struct thread_note_params end;
    LONGLONG next = -1, time;
    UINT i;

    while (!unix_call( unix_thread_end, &end ) && end.id)
        if (end.cookie) startup_thread_ends( (struct thread *)(UINT_PTR)end.cookie );
    for (i = 0; i < ARRAY_SIZE( ticks ); i++)
        if (( time = ticks[i]() ) >= 0 && ( next < 0 || time < next )) next = time;
    return next;
}

/* The sources of what the engine watches. */
static const struct reaper_source reaper_sources[REAPER_KIND_COUNT] = {
    [REAPER_SOCKETS] = { .ready = operation_ready },
    [REAPER_TIMERS] = { .tick = startup_tick },
    [REAPER_PORTS] = { .ready = port_ready, .tick = port_tick },
    [REAPER_NETWORK] = { .ready = ioctl_change_ready },
};

static void startup_operations_end( struct socket *sock )
{
    operation_cancel( sock, NULL, 0 );
    closed_send_begin( sock );
    operation_wait_finished( sock );
}

/* What happens at the stages of a socket's life, in order. */
static const struct socket_observer socket_observers[] = {
    { .described = close_watch_described },
    { .described = socket_notify_changed, .ends = socket_notify_end, .gone = socket_notify_free },
    { .gone = socket_descriptor_gone },
    { .ends = network_events_end, .gone = network_events_free },
    { .ends = startup_operations_end },
    { .gone = path_socket_gone },
    { .gone = port_reservation_socket_gone }, /* when no descriptor has its port any more */
};

static INIT_ONCE init_once = INIT_ONCE_STATIC_INIT;
static volatile LONG startup_users;

static int startup_us; /* what the probes have taken, and the rest */

static BOOL CALLBACK startup_once( INIT_ONCE *once, void *param, void **context )
{
    LARGE_INTEGER begin, end, frequency;
    const char *sentence;
    UINT i;

    (void)once;
    (void)param;
    (void)context;
    QueryPerformanceCounter( &begin );
    lock_init();
    thread_init( close_watch_main );
    module_init( stats_page() );
    reaper_init( reaper_sources );
    socket_observe( socket_observers, ARRAY_SIZE( socket_observers ) );
    if (!module_wants_interposing()) capability_lack( CAPABILITY_HOOKS );
    else if (!( interposed = interpose_install() )) module_give_up();
    stats_publish();
    QueryPerformanceCounter( &end );
    QueryPerformanceFrequency( &frequency );
    startup_us = ( end.QuadPart - begin.QuadPart ) * 1000000 / frequency.QuadPart;
    log_message( "engine %s, reason %s, errno %d, wine %s, interposed %d, %d us\n", stats_engine_name(),
                 stats_reason_name(), engine_errno, wine_version, interposed, startup_us );
    if (log_enabled) module_can_post(); /* tried when first needed */
    for (i = 0; log_enabled && ( sentence = capability_sentence( i ) ); i++)
        if (*sentence) log_message( "%s\n", sentence );
    return TRUE;
}

/* Private export for wsuring-setup and the tests: the module's actual state, in one line. */
const char *__cdecl wsuring_status( void )
{
    static char text[300];
    char missing[128];

    InitOnceExecuteOnce( &init_once, startup_once, NULL, NULL );
    module_can_post(); /* tried when first needed */
    capability_names( missing, sizeof( missing ) );
    sprintf( text, "engine=%s reason=%s errno=%d wine=%s interpose=%d missing=%s start-us=%d", stats_engine_name(),
             stats_reason_name(), engine_errno, wine_version, interposed, missing, startup_us );
    return text;
}

/* The same, for what is missing: what it costs, see capability_sentence. */
const char *__cdecl wsuring_missing( unsigned int index )
{
    return capability_sentence( index );
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
    ULONG_PTR cookie;
    BOOL locked;

    if (!data || !info || !table) return WSAEFAULT;
    if (version != MAKEWORD( 2, 2 )) return WSAVERNOTSUPPORTED;
    upcalls = upcall_table;
    /* a layer comes without the loader's lock, which this needs: another thread that has it may come here, too */
    locked = !LdrLockLoaderLock( 0, NULL, &cookie );
    InitOnceExecuteOnce( &init_once, startup_once, NULL, NULL );
    if (locked) LdrUnlockLoaderLock( 0, cookie );
    InterlockedIncrement( &startup_users );
    thread_note( thread_peek() );
    data->wVersion = data->wHighVersion = MAKEWORD( 2, 2 );
    lstrcpyW( data->szDescription, L"wsuring" );
    *table = proc_table;
    return 0;
}

/* Cancel all before closing the first: a close would end its peer's operations in this process with other errors. */
static void startup_socket_stop( struct socket *sock, void *arg )
{
    (void)arg;
    operation_cancel( sock, NULL, 0 );
    afd_transfer_cancel( sock );
}

/* ws2_32.dll and each layer that uses the provider have started it, and only the last one ends all ("WSPCleanup
 * function"). */
int WSPAPI WSPCleanup( int *err )
{
    HANDLE handle;
    LONG users;
    int ignored;

    do users = startup_users;
    while (users && InterlockedCompareExchange( &startup_users, users - 1, users ) != users);
    if (!users) *err = WSANOTINITIALISED;
    if (users != 1) return users ? 0 : SOCKET_ERROR;
    socket_for_each( startup_socket_stop, NULL );
    for (handle = NULL; ( handle = socket_next_handle( handle ) );)
    {
        struct socket *sock = socket_find( handle );

        if (!sock) continue;
        if (handle != sock->id.own) WSPCloseSocket( (SOCKET)handle, &ignored );
        socket_release( sock );
    }
    return 0;
}

BOOL WINAPI DllMain( HINSTANCE instance, DWORD reason, void *reserved )
{
    struct thread *thread;
    UINT noted, own;

    (void)instance;
    switch (reason)
    {
    case DLL_THREAD_ATTACH: thread_note( NULL ); break;
    case DLL_THREAD_DETACH:
        own = thread_starting_count(); /* they are counted as the program's until they run */
        noted = thread_note_end();
        if (( thread = thread_peek() )) startup_thread_ends( thread );
        last_thread_detach( noted > own ? noted - own : 0 );
        break;
    case DLL_PROCESS_DETACH:
        stats_report();
        if (!reserved) interpose_remove();
        break;
    }
    return TRUE;
}
