/*
 * The socket table
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Look-ups take no lock: the table's blocks and the sockets' memory are never given back, so a reader that comes late
 * finds a reference count of zero or another handle in the socket, and treats it as a miss.
 */

#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/disconnect.h"
#include "base/handle_table.h"
#include "events/network_events.h"
#include "ports/port.h"
#include "api/port_reservation.h"
#include "events/readiness.h"
#include "sockets/shared_state.h"
#include "wait/thread.h"

#define CHUNK_SIZE   256
#define CHUNK_COUNT  1024
#define ENDING_TRIES 1000

static struct handle_table table;
static struct socket *volatile chunks[CHUNK_COUNT];
static UINT chunk_count;
static struct socket *free_sockets;
static SRWLOCK pool_lock = SRWLOCK_INIT;
static SRWLOCK table_lock = SRWLOCK_INIT; /* for writers */

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

/* A socket that the provider has not made: inherited, duplicated, or opened by the program itself. */
static struct socket *socket_adopt( HANDLE handle )
{
    struct
    {
        int family, type, protocol;
    } info;
    BYTE addr[128];
    struct socket *sock;

    if (afd_ioctl( handle, AFD_WINE_GET_INFO, NULL, 0, &info, sizeof( info ), NULL )) return NULL;
    if (!( sock = socket_insert( handle, info.family, info.type, info.protocol, WSA_FLAG_OVERLAPPED ) )) return NULL;
    sock->shared.foreign = TRUE;
    sock->port.associated = TRUE; /* not known; a packet for no port costs a request and does nothing */
    if (info.type == SOCK_STREAM) sock->conn.state = CONNECTION_STARTED;
    sock->conn.bound = !afd_ioctl( handle, AFD_GETSOCKNAME, NULL, 0, addr, sizeof( addr ), NULL );
    if (engine != ENGINE_AFD)
    {
        struct descriptor_open_params open = { .handle = HandleToULong( handle ) };

        if (!unix_call( unix_descriptor_open, &open ))
        {
            struct descriptor_close_params close = { .fd = open.fd };

            if (open.options & 0x30) sock->id.flags &= ~WSA_FLAG_OVERLAPPED;
            unix_call( unix_descriptor_close, &close );
        }
    }
    return sock;
}

/* Its end has begun, but the handle is there still. */
static BOOL is_ending( HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, FALSE );
    struct socket *sock;
    BOOL ending;

    if (!entry || !( sock = *entry ) || !object_addref( &sock->refs )) return FALSE;
    ending = sock->id.handle == handle && sock->id.closing;
    socket_release( sock );
    return ending;
}

struct socket *socket_grab( SOCKET s, int *err )
{
    struct socket *sock = socket_find( (HANDLE)s );
    UINT tries;

    if (sock) return sock;
    /* adopted at that moment it would be open for ever */
    for (tries = 0; tries < ENDING_TRIES && is_ending( (HANDLE)s ); tries++) Sleep( 0 );
    if (tries < ENDING_TRIES && s && s != INVALID_SOCKET && ( sock = socket_adopt( (HANDLE)s ) )) return sock;
    *err = WSAENOTSOCK;
    return NULL;
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
        /* its port has begun, or ceased, to be served here */
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
    network_events_free( sock );
    if (sock->port.object) port_release( sock->port.object );
    sock->port.object = NULL;
    port_reservation_socket_gone( sock ); /* now that no descriptor has its port any more */
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

    readiness_wake();
    network_events_end( sock );
    operation_cancel( sock, NULL, 0 );
    operation_wait_finished( sock );
    for (i = 0; i < DIRECTION_COUNT; i++) socket_wake_waiters( sock, i );
    /* the kernel must lose its last reference to the file now, or the peer sees no FIN; not while a background send is
     * under way */
    if (!operation_behind( sock, DIRECTION_WRITE )) socket_watch_end( sock );
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

/* The server's word on whether a connect has succeeded: the kernel may know earlier, but until the server knows too,
 * shutdown and others would still fail (wine-interfaces 2.1). */
BOOL socket_is_connected( struct socket *sock )
{
    DWORD seconds = ~0u;

    if (sock->conn.state == CONNECTION_UP) return TRUE;
    if (sock->conn.state != CONNECTION_STARTED) return FALSE;
    if (afd_ioctl( sock->id.handle, AFD_WINE_GET_SO_CONNECT_TIME, NULL, 0, &seconds, sizeof( seconds ), NULL )
        || seconds == ~0u)
        return FALSE;
    sock->conn.state = CONNECTION_UP;
    sock->conn.bound = TRUE;
    return TRUE;
}

BOOL socket_may_transfer( struct socket *sock )
{
    return sock->shared.foreign || socket_is_connected( sock );
}

/* A descriptor of our own. For each handle that ntdll is asked about it keeps one too, until the handle is closed;
 * where they are scarce that is a handle that we close at once. */
static NTSTATUS open_descriptor( HANDLE handle, BOOL own_groups, int *fd )
{
    static volatile LONG scarce;
    struct descriptor_open_params open = { .handle = HandleToULong( handle ), .own_groups = own_groups };
    HANDLE duplicate = NULL;
    NTSTATUS status;

    if (scarce
        && !NtDuplicateObject( GetCurrentProcess(), handle, GetCurrentProcess(), &duplicate, 0, 0,
                               DUPLICATE_SAME_ACCESS ))
        open.handle = HandleToULong( duplicate );
    status = unix_call( unix_descriptor_open, &open );
    if (duplicate) NtClose( duplicate );
    scarce = status || open.scarce;
    *fd = open.fd;
    return status;
}

static BOOL take_descriptor( struct socket *sock )
{
    int fd;

    if (engine == ENGINE_AFD || sock->id.closing) return FALSE;
    stats_count( COUNTER_DESCRIPTOR );
    if (sock->desc.recycled)
    {
        if (!disconnect_reconnected( sock )) return FALSE;
    }
    else if (open_descriptor( sock->id.handle, sock->id.type == SOCK_DGRAM, &fd )) return FALSE;
    else if (InterlockedCompareExchange( (LONG *)&sock->desc.fd, fd, -1 ) != -1)
    {
        struct descriptor_close_params close = { .fd = fd };

        unix_call( unix_descriptor_close, &close );
    }
    else
    {
        sock->desc.renewed = FALSE;
        close_watch_add();
    }
    shared_state_join( sock );
    return TRUE;
}

BOOL socket_ensure_descriptor( struct socket *sock )
{
    if (sock->desc.fd != -1) return sock->conn.state != CONNECTION_LISTENING;
    if (engine == ENGINE_AFD || sock->id.closing) return FALSE;
    if (sock->id.type == SOCK_STREAM ? !socket_is_connected( sock ) : !sock->conn.bound) return FALSE;
    return take_descriptor( sock );
}

NTSTATUS socket_borrow_descriptor( struct socket *sock, struct borrowed_descriptor *borrowed )
{
    struct descriptor_open_params open = { .handle = HandleToULong( sock->id.handle ) };
    NTSTATUS status;

    borrowed->fd = sock->desc.fd;
    if (!( borrowed->own = borrowed->fd == -1 )) return STATUS_SUCCESS;
    if (!( status = unix_call( unix_descriptor_open, &open ) )) borrowed->fd = open.fd;
    else borrowed->own = FALSE;
    return status;
}

void socket_return_descriptor( const struct borrowed_descriptor *borrowed )
{
    struct descriptor_close_params close = { .fd = borrowed->fd };

    if (borrowed->own) unix_call( unix_descriptor_close, &close );
}

BOOL socket_is_pollable( struct socket *sock )
{
    if (sock->conn.state != CONNECTION_LISTENING) return socket_ensure_descriptor( sock );
    if (sock->conn.deferred) return FALSE;
    return sock->desc.fd != -1 || take_descriptor( sock );
}

NTSTATUS socket_wait( struct socket *sock, enum direction direction, UINT events, LONGLONG deadline )
{
    struct queue *queue = &sock->queues[direction];
    struct waiter *waiter = thread_waiter(), **link;
    struct poll_params poll = { .fd = sock->desc.fd, .events = events, .timeout = -1 };
    struct thread *thread = thread_get();
    NTSTATUS status, ended;

    if (!waiter) return STATUS_NO_MEMORY;
    poll.wake_fd = waiter->wake_fd;
    if (deadline)
    {
        LARGE_INTEGER now, frequency;

        QueryPerformanceCounter( &now );
        QueryPerformanceFrequency( &frequency );
        poll.timeout = now.QuadPart >= deadline ? 0 : ( deadline - now.QuadPart ) * 1000000000 / frequency.QuadPart;
    }
    AcquireSRWLockExclusive( &queue->lock );
    if (!sock->id.closing)
    {
        waiter->next = queue->waiters;
        queue->waiters = waiter;
        ReleaseSRWLockExclusive( &queue->lock );
        thread_block( thread );
        status = unix_call( unix_poll, &poll );
        AcquireSRWLockExclusive( &queue->lock );
        for (link = &queue->waiters; *link; link = &( *link )->next)
            if (*link == waiter)
            {
                *link = waiter->next;
                break;
            }
        ReleaseSRWLockExclusive( &queue->lock );
        ended = thread_unblock( thread );
        if (sock->id.closing) return STATUS_CANCELLED;
        if (ended) return ended;
        return status == STATUS_ALERTED ? STATUS_SUCCESS : status;
    }
    ReleaseSRWLockExclusive( &queue->lock );
    return STATUS_CANCELLED;
}
