/*
 * Port objects and their handles
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * As with sockets, their memory is never freed, so that look-ups need no lock.
 */

#include "ports/port.h"
#include "base/handle_table.h"
#include "wait/reaper.h"

#define CHUNK_SIZE  64
#define CHUNK_COUNT 1024
#define COOKIE_BIT  ( (UINT)REAPER_PORTS << REAPER_KIND_SHIFT )

static struct handle_table table;
static struct port *volatile chunks[CHUNK_COUNT];
static UINT chunk_count;
static struct port *free_ports;
static SRWLOCK table_lock = SRWLOCK_INIT; /* for writers, and the pool */

static struct port *port_alloc( void )
{
    struct port *port, *chunk;
    UINT i, slot, generation;

    if (!free_ports && chunk_count < CHUNK_COUNT
        && ( chunk = VirtualAlloc( NULL, CHUNK_SIZE * sizeof( *chunk ), MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE ) ))
    {
        chunks[chunk_count] = chunk;
        for (i = CHUNK_SIZE; i--;)
        {
            chunk[i].slot = chunk_count * CHUNK_SIZE + i;
            chunk[i].next_free = free_ports;
            free_ports = chunk + i;
        }
        MemoryBarrier();
        chunk_count++;
    }
    if (!( port = free_ports )) return NULL;
    free_ports = port->next_free;
    slot = port->slot;
    generation = port->generation + 1;
    memset( port, 0, sizeof( *port ) );
    port->slot = slot;
    port->generation = generation;
    port->set = port->wake_fd = -1;
    return port;
}

struct port *port_find( HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, FALSE );
    struct port *port;

    if (!entry || !( port = *entry ) || !object_addref( &port->refs )) return NULL;
    if (*entry == port) return port;
    port_release( port );
    return NULL;
}

/* With the table lock held. */
static BOOL port_enter( struct port *port, HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, TRUE );

    if (!entry || *entry) return FALSE;
    InterlockedIncrement( &port->refs );
    InterlockedIncrement( &port->handles );
    *entry = port;
    return TRUE;
}

struct port *port_create( HANDLE handle )
{
    struct port *port;

    if (engine == ENGINE_AFD) return NULL; /* the server's */
    AcquireSRWLockExclusive( &table_lock );
    if (( port = port_alloc() ))
    {
        InterlockedExchange( &port->refs, 1 ); /* the caller's */
        port_enter( port, handle );
    }
    ReleaseSRWLockExclusive( &table_lock );
    return port;
}

void port_add_handle( struct port *port, HANDLE handle )
{
    AcquireSRWLockExclusive( &table_lock );
    port_enter( port, handle );
    ReleaseSRWLockExclusive( &table_lock );
}

struct port *port_take_handle( HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, FALSE );
    struct port *port;

    if (!entry || !*entry) return NULL;
    AcquireSRWLockExclusive( &table_lock );
    port = *entry;
    *entry = NULL;
    ReleaseSRWLockExclusive( &table_lock );
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
    void *volatile *block;
    UINT i, j;

    for (i = 0; i < HANDLE_BLOCK_COUNT; i++)
    {
        if (!( block = table.blocks[i] )) continue;
        for (j = 0; j < HANDLE_BLOCK_SIZE; j++)
        {
            HANDLE known = ULongToHandle( ( i * HANDLE_BLOCK_SIZE + j ) << 2 );

            if (block[j] && port_is_same_object( known, handle )) return known;
        }
    }
    return NULL;
}

BOOL port_post_real( struct port *port, ULONG_PTR key, ULONG_PTR value, NTSTATUS status, ULONG_PTR information )
{
    void *volatile *block;
    BOOL done = FALSE;
    UINT i, j;

    AcquireSRWLockExclusive( &table_lock );
    for (i = 0; i < HANDLE_BLOCK_COUNT && !done; i++)
    {
        if (!( block = table.blocks[i] )) continue;
        for (j = 0; j < HANDLE_BLOCK_SIZE && !done; j++)
            done = block[j] == port
                   && !NtSetIoCompletion( ULongToHandle( ( i * HANDLE_BLOCK_SIZE + j ) << 2 ), key, value, status,
                                          information );
    }
    ReleaseSRWLockExclusive( &table_lock );
    return done;
}

HANDLE port_any_handle( struct port *port )
{
    void *volatile *block;
    HANDLE handle = NULL;
    UINT i, j;

    AcquireSRWLockExclusive( &table_lock );
    for (i = 0; i < HANDLE_BLOCK_COUNT && !handle; i++)
    {
        if (!( block = table.blocks[i] )) continue;
        for (j = 0; j < HANDLE_BLOCK_SIZE && !handle; j++)
            if (block[j] == port) handle = ULongToHandle( ( i * HANDLE_BLOCK_SIZE + j ) << 2 );
    }
    ReleaseSRWLockExclusive( &table_lock );
    return handle;
}

void port_release( struct port *port )
{
    struct descriptor_close_params close;
    struct watch_params watch = { .fd = port->set, .set = -1, .cookie = port_cookie( port ) };

    if (InterlockedDecrement( &port->refs )) return;
    if (port->armed) unix_call( unix_engine_watch, &watch );
    if (( close.fd = port->set ) != -1) unix_call( unix_descriptor_close, &close );
    if (( close.fd = port->wake_fd ) != -1) unix_call( unix_descriptor_close, &close );
    if (port->control) NtClose( port->control );
    HeapFree( GetProcessHeap(), 0, port->packets );
    AcquireSRWLockExclusive( &table_lock );
    port->next_free = free_ports;
    free_ports = port;
    ReleaseSRWLockExclusive( &table_lock );
}

UINT64 port_cookie( const struct port *port )
{
    return (UINT64)port->generation << 32 | COOKIE_BIT | port->slot;
}

struct port *port_from_cookie( UINT64 cookie )
{
    UINT slot = (UINT)cookie & ~COOKIE_BIT;
    struct port *port;

    if (!( cookie & COOKIE_BIT ) || slot >= chunk_count * CHUNK_SIZE) return NULL;
    port = chunks[slot / CHUNK_SIZE] + slot % CHUNK_SIZE;
    if (!object_addref( &port->refs )) return NULL;
    if (port->generation == cookie >> 32) return port;
    port_release( port );
    return NULL;
}

void port_for_each( void ( *func )( struct port *port, void *arg ), void *arg )
{
    UINT i, count = chunk_count * CHUNK_SIZE;

    for (i = 0; i < count; i++)
    {
        struct port *port = chunks[i / CHUNK_SIZE] + i % CHUNK_SIZE;

        if (!object_addref( &port->refs )) continue;
        func( port, arg );
        port_release( port );
    }
}

void port_unserve( struct port *port )
{
    port->leaving = TRUE;
    NtSetEvent( port->control, NULL );
}
