/*
 * The socket table
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Look-ups take no lock: the table's blocks and the sockets' memory are never freed, so a late reader finds a
 * reference count of zero or another handle in the socket, and treats it as a miss.
 */

#include "sockets/socket.h"
#include "base/handle_table.h"
#include "ports/port.h"
#include "wait/pollers.h"

#define CHUNK_SIZE  256
#define CHUNK_COUNT 1024

static struct handle_table table;
static struct socket *volatile chunks[CHUNK_COUNT];
static UINT chunk_count;
static struct socket *free_sockets;
static SRWLOCK pool_lock = SRWLOCK_INIT;
static SRWLOCK table_lock = SRWLOCK_INIT; /* for writers */

static const struct socket_observer *observers;
static int observer_count;

void socket_observe( const struct socket_observer *table, UINT count )
{
    observers = table;
    observer_count = count;
}

void socket_described( struct socket *sock )
{
    int i;

    for (i = 0; i < observer_count; i++)
        if (observers[i].described) observers[i].described( sock );
}

struct socket *socket_find( HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, FALSE );
    struct socket *sock;

    if (!entry || !( sock = *entry ) || !object_addref( &sock->refs )) return NULL;
    if (sock->id.handle == handle && !sock->id.closing) return sock;
    socket_release( sock );
    return NULL;
}

struct socket *socket_from_cookie( UINT64 cookie )
{
    UINT slot = (UINT)cookie;
    struct socket *sock;

    if (slot >= chunk_count * CHUNK_SIZE) return NULL;
    sock = chunks[slot / CHUNK_SIZE] + slot % CHUNK_SIZE;
    if (!object_addref( &sock->refs )) return NULL;
    if (sock->generation == cookie >> 32) return sock;
    socket_release( sock );
    return NULL;
}

BOOL socket_is_ending( HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, FALSE );
    struct socket *sock;
    BOOL ending;

    if (!entry || !( sock = *entry ) || !object_addref( &sock->refs )) return FALSE;
    ending = sock->id.handle == handle && sock->id.closing;
    socket_release( sock );
    return ending;
}

static struct socket *socket_alloc( void )
{
    struct socket *sock, *chunk;
    UINT i;

    AcquireSRWLockExclusive( &pool_lock );
    if (!free_sockets && chunk_count < CHUNK_COUNT
        && ( chunk = VirtualAlloc( NULL, CHUNK_SIZE * sizeof( *chunk ), MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE ) ))
    {
        chunks[chunk_count] = chunk;
        for (i = CHUNK_SIZE; i--;)
        {
            chunk[i].slot = chunk_count * CHUNK_SIZE + i;
            chunk[i].next_free = free_sockets;
            free_sockets = chunk + i;
        }
        MemoryBarrier();
        chunk_count++;
    }
    if (( sock = free_sockets )) free_sockets = sock->next_free;
    ReleaseSRWLockExclusive( &pool_lock );
    return sock;
}

struct socket *socket_insert( HANDLE handle, int family, int type, int protocol, DWORD flags )
{
    struct socket *sock, *stale;
    void *volatile *entry;
    UINT slot, generation;

    if (( stale = socket_find( handle ) ))
    {
        socket_retire_gone( stale );
        socket_release( stale );
    }
    if (!( sock = socket_alloc() )) return NULL;
    slot = sock->slot;
    generation = sock->generation + 1;
    memset( sock, 0, sizeof( *sock ) ); /* refs is 0 before and after */
    sock->slot = slot;
    sock->generation = generation;
    sock->id.handle = handle;
    sock->desc.fd = sock->watch.set = sock->desc.parked = -1;
    sock->id.family = family;
    sock->id.type = type;
    sock->id.protocol = protocol;
    sock->id.flags = flags;
    sock->desc.by_afd = engine == ENGINE_AFD || socket_needs_afd( sock );
    sock->port.associated = !interposed; /* not known, then */

    AcquireSRWLockExclusive( &table_lock );
    if (( entry = handle_entry( &table, handle, TRUE ) ))
    {
        InterlockedExchange( &sock->refs, 2 ); /* the table's and the caller's */
        *entry = sock;
    }
    ReleaseSRWLockExclusive( &table_lock );
    if (entry) return sock;

    AcquireSRWLockExclusive( &pool_lock );
    sock->next_free = free_sockets;
    free_sockets = sock;
    ReleaseSRWLockExclusive( &pool_lock );
    return NULL;
}

NTSTATUS socket_watch( struct socket *sock, UINT events )
{
    struct watch_params watch = { .fd = sock->desc.fd, .set = sock->watch.set, .cookie = socket_cookie( sock ) };
    int set = port_set( sock->port.object );
    NTSTATUS status;

    if (events && set != sock->watch.set)
    {
        /* its port has started or stopped being served here */
        if (sock->watch.events) unix_call( unix_engine_watch, &watch );
        sock->watch.events = 0;
        watch.set = sock->watch.set = set;
    }
    else if (events == sock->watch.events) return STATUS_SUCCESS;
    watch.events = events;
    if (!( status = unix_call( unix_engine_watch, &watch ) )) sock->watch.events = events;
    return status;
}

static void socket_watch_end( struct socket *sock )
{
    AcquireSRWLockExclusive( &sock->watch.lock );
    socket_watch( sock, 0 );
    ReleaseSRWLockExclusive( &sock->watch.lock );
}

void socket_release( struct socket *sock )
{
    int i;

    if (InterlockedDecrement( &sock->refs )) return;
    if (sock->desc.fd != -1)
    {
        struct descriptor_close_params close = { .fd = sock->desc.fd };

        socket_watch_end( sock );
        unix_call( unix_descriptor_close, &close );
        sock->desc.fd = -1;
    }
    if (sock->desc.parked != -1)
    {
        struct descriptor_close_params close = { .fd = sock->desc.parked };

        unix_call( unix_descriptor_close, &close );
        sock->desc.parked = -1;
    }
    for (i = 0; i < DIRECTION_COUNT; i++) HeapFree( GetProcessHeap(), 0, sock->queues[i].spare );
    if (sock->signal.event) NtClose( sock->signal.event );
    sock->signal.event = NULL;
    if (sock->port.object) port_release( sock->port.object );
    sock->port.object = NULL;
    for (i = 0; i < observer_count; i++)
        if (observers[i].gone) observers[i].gone( sock );
    AcquireSRWLockExclusive( &pool_lock );
    sock->next_free = free_sockets;
    free_sockets = sock;
    ReleaseSRWLockExclusive( &pool_lock );
}

void socket_wake_waiters( struct socket *sock, enum direction direction )
{
    struct queue *queue = &sock->queues[direction];
    struct waiter *waiter;

    AcquireSRWLockExclusive( &queue->lock );
    for (waiter = queue->waiters; waiter; waiter = waiter->next)
    {
        struct wake_params wake = { .fd = waiter->wake_fd };

        unix_call( unix_wake_signal, &wake );
    }
    ReleaseSRWLockExclusive( &queue->lock );
}

void socket_retire( struct socket *sock )
{
    void *volatile *entry;
    BOOL listed = FALSE;
    int i;

    AcquireSRWLockExclusive( &table_lock );
    if (( entry = handle_entry( &table, sock->id.handle, FALSE ) ) && *entry == sock && !sock->id.closing)
    {
        sock->id.closing = TRUE;
        listed = TRUE;
    }
    ReleaseSRWLockExclusive( &table_lock );
    if (!listed) return;

    pollers_wake();
    for (i = 0; i < observer_count; i++)
        if (observers[i].ends) observers[i].ends( sock );
    for (i = 0; i < DIRECTION_COUNT; i++) socket_wake_waiters( sock, i );
    /* the kernel must lose its last reference to the file now, or the peer sees no FIN; but not during a buffered
     * send */
    if (!sock->queues[DIRECTION_WRITE].head) socket_watch_end( sock );
    socket_release( sock ); /* the table's reference */
}

void socket_closed( struct socket *sock )
{
    void *volatile *entry;

    AcquireSRWLockExclusive( &table_lock );
    if (( entry = handle_entry( &table, sock->id.handle, FALSE ) ) && *entry == sock && sock->id.closing) *entry = NULL;
    ReleaseSRWLockExclusive( &table_lock );
}

void socket_retire_gone( struct socket *sock )
{
    log_message( "socket %p was closed behind our back\n", sock->id.handle );
    sock->id.handle_gone = TRUE;
    socket_retire( sock );
    socket_closed( sock );
}

UINT socket_room( void )
{
    return chunk_count * CHUNK_SIZE;
}

void socket_for_each( void ( *func )( struct socket *sock, void *arg ), void *arg )
{
    UINT i, count = chunk_count * CHUNK_SIZE;

    for (i = 0; i < count; i++)
    {
        struct socket *sock = chunks[i / CHUNK_SIZE] + i % CHUNK_SIZE;

        if (!object_addref( &sock->refs )) continue;
        if (!sock->id.closing) func( sock, arg );
        socket_release( sock );
    }
}
