/*
 * Port objects and their handles
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ports/port.h"
#include "base/handle_table.h"
#include "wait/reaper.h"
#include "wait/thread.h"

#define PORT_MARK ( (UINT)REAPER_PORTS << REAPER_KIND_SHIFT )

static void port_end( void *object );

static struct handle_table table;
static struct pool pool = { .size = sizeof( struct port ), .chunk_size = 64, .mark = PORT_MARK, .end = port_end };
static SRWLOCK table_lock = SRWLOCK_INIT; /* for writers */

struct port *port_find( HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, FALSE );
    struct port *port;

    if (!entry || !( port = *entry ) || !pool_addref( &port->pooled )) return NULL;
    if (*entry == port) return port;
    port_release( port );
    return NULL;
}

/* With the table lock held. */
static BOOL port_enter( struct port *port, HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, TRUE );

    if (!entry || *entry) return FALSE;
    InterlockedIncrement( &port->pooled.refs );
    InterlockedIncrement( &port->handles );
    *entry = port;
    return TRUE;
}

struct port *port_create( HANDLE handle )
{
    struct port *port;

    if (engine == ENGINE_AFD) return NULL; /* the server's */
    if (!( port = pool_alloc( &pool ) )) return NULL;
    stats_count( COUNTER_PORTS_BEGUN );
    port->set = port->wake_fd = port->link_task = -1;
    InterlockedExchange( &port->pooled.refs, 1 ); /* the caller's */
    port_add_handle( port, handle );
    return port;
}

void port_add_handle( struct port *port, HANDLE handle )
{
    lock_acquire( &table_lock );
    port_enter( port, handle );
    lock_release( &table_lock );
}

struct port *port_take_handle( HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, FALSE );
    struct port *port;

    if (!entry || !*entry) return NULL;
    lock_acquire( &table_lock );
    port = *entry;
    *entry = NULL;
    lock_release( &table_lock );
    return port;
}

static BOOL port_is_same_object( HANDLE a, HANDLE b )
{
    static LONG( WINAPI * compare )( HANDLE, HANDLE );

    if (!compare && !( compare = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtCompareObjects" ) ))
        return FALSE;
    return !compare( a, b );
}

HANDLE port_known_handle( HANDLE handle )
{
    HANDLE known = NULL;

    while (( known = handle_next( &table, known ) ))
        if (port_is_same_object( known, handle )) break;
    return known;
}

/* With the table lock held: the next handle of this port. */
static HANDLE port_next_handle( const struct port *port, HANDLE after )
{
    while (( after = handle_next( &table, after ) ))
        if (*handle_entry( &table, after, FALSE ) == port && !port_handle_lacks( after )) break;
    return after;
}

BOOL port_post_real( struct port *port, ULONG_PTR key, ULONG_PTR value, NTSTATUS status, ULONG_PTR information )
{
    HANDLE handle = NULL;

    lock_acquire( &table_lock );
    while (( handle = port_next_handle( port, handle ) ))
        if (!NtSetIoCompletion( handle, key, value, status, information )) break;
    lock_release( &table_lock );
    return handle != NULL;
}

HANDLE port_any_handle( struct port *port )
{
    HANDLE handle;

    lock_acquire( &table_lock );
    handle = port_next_handle( port, NULL );
    lock_release( &table_lock );
    return handle;
}

static void port_end( void *object )
{
    struct port *port = object;
    struct descriptor_close_params close = { 0 };
    struct watch_params watch = { .fd = port->set, .set = -1, .cookie = port_cookie( port ) };

    stats_count( COUNTER_PORTS_ENDED );
    if (port->armed) unix_call( unix_engine_watch, &watch );
    if (( close.fd = port->set ) != -1) unix_call( unix_descriptor_close, &close );
    if (( close.fd = port->wake_fd ) != -1) unix_call( unix_descriptor_close, &close );
    if (port->control) NtClose( port->control );
    if (port->waits) NtClose( port->waits );
    if (port->signal) NtClose( port->signal );
    HeapFree( GetProcessHeap(), 0, port->packets );
}

void port_release( struct port *port )
{
    pool_release( &pool, &port->pooled );
}

UINT64 port_cookie( const struct port *port )
{
    return pool_cookie( &port->pooled, PORT_MARK );
}

struct port *port_from_cookie( UINT64 cookie )
{
    return pool_from_cookie( &pool, cookie );
}

void port_for_each( void ( *func )( struct port *port, void *arg ), void *arg )
{
    struct port *port;
    UINT slot = 0;

    while (( port = pool_next( &pool, &slot ) ))
    {
        func( port, arg );
        port_release( port );
    }
}

void port_unserve( struct port *port )
{
    port->leaving = TRUE;
    NtSetEvent( port->control, NULL );
}

void port_announce( struct port *port )
{
    InterlockedIncrement( &port->announced );
}

void port_announced( struct port *port )
{
    LONG count;

    /* 0: somebody has given up waiting */
    while (( count = port->announced ) > 0)
        if (InterlockedCompareExchange( &port->announced, count - 1, count ) == count) break;
}

void port_settle( struct port *port )
{
    UINT count = 0;

    while (port->announced > 0)
        if (!thread_pause( count++ )) port->announced = 0; /* its thread is suspended, or gone */
}
