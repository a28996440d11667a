/*
 * The socket table
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Look-ups take no lock: a reader that comes late finds a reference count of zero (base/pool.h) or another socket in
 * the table, and treats it as a miss. docs/identity.md has the rules.
 */

#include "sockets/socket.h"
#include "base/capability.h"
#include "base/handle_life.h"
#include "base/handle_table.h"
#include "ports/port.h"
#include "sockets/shared_state.h"
#include "wait/pollers.h"

static void socket_free( void *object );
static void socket_end( struct socket *sock );
static void socket_close_own( struct socket *sock );

static struct handle_table table;
static struct handle_table made; /* the same socket, if Winsock has made the handle */
static struct pool pool = { .size = sizeof( struct socket ), .chunk_size = 256, .end = socket_free };
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

    if (!entry || !( sock = *entry ) || !pool_addref( &sock->pooled )) return NULL;
    /* still there: else its memory may have been another socket's before the reference was taken */
    if (*entry == sock && !sock->id.closing && handle_is_valid( handle )) return sock;
    socket_release( sock );
    return NULL;
}

struct socket *socket_from_cookie( UINT64 cookie )
{
    return pool_from_cookie( &pool, cookie );
}

struct socket *socket_create( HANDLE handle, int family, int type, int protocol, DWORD flags )
{
    struct socket *sock;

    if (!( sock = pool_alloc( &pool ) )) return NULL;
    sock->id.handle = sock->id.shown = handle;
    sock->desc.fd = sock->watch.set = sock->desc.parked = sock->desc.spare = sock->desc.guard = -1;
    sock->id.family = family;
    sock->id.type = type;
    sock->id.protocol = protocol;
    sock->id.flags = flags;
    sock->desc.by_afd = engine == ENGINE_AFD || socket_needs_afd( sock );
    sock->port.associated = !socket_associations_are_seen();
    stats_count( COUNTER_SOCKETS_BEGUN );
    InterlockedExchange( &sock->pooled.refs, 1 );
    return sock;
}

BOOL socket_associations_are_seen( void )
{
    return interposed && !( capability_lacks( CAPABILITY_PORTS ) && capability_lacks( CAPABILITY_ENTRIES ) );
}

/* With the table's lock: the place of a handle is to be another socket's. Returns the socket that was there and has no
 * handle left now, for socket_end. */
static struct socket *socket_entry_clear( void *volatile *entry )
{
    struct socket *old = *entry;

    *entry = NULL;
    if (!old || old->id.closing || --old->id.handles) return NULL;
    old->id.closing = old->id.handle_gone = TRUE;
    return old;
}

UINT64 socket_inode( HANDLE handle, UINT *options )
{
    struct descriptor_open_params open = { .handle = HandleToULong( handle ) };
    struct descriptor_close_params close;

    if (engine == ENGINE_AFD || unix_call( unix_descriptor_open, &open )) return 0;
    close.fd = open.fd;
    unix_call( unix_descriptor_close, &close );
    *options = open.options;
    return open.inode;
}

/* If the handle's value has just been given again, the thread of its last close, which has no reply yet, is going to
 * cast doubt on the socket. This is what it will be compared with. */
static void socket_note_inode( struct socket *sock, HANDLE handle )
{
    UINT options;

    if (handle_is_closing( handle ) && !sock->desc.inode) sock->desc.inode = socket_inode( handle, &options );
}

enum entered socket_enter( struct socket *sock, HANDLE handle, const LONG *seen )
{
    enum entered result = ENTERED;
    struct socket *old = NULL;
    void *volatile *entry;

    if (!seen) socket_note_inode( sock, handle );
    lock_acquire( &table_lock );
    if (!( entry = handle_entry( &table, handle, TRUE ) ) || sock->id.closing) result = ENTERED_NOT;
    else if (seen && *entry && !( (struct socket *)*entry )->id.closing && handle_is_valid( handle ))
        result = ENTERED_BEFORE;
    else if (seen && handle_life_word( handle ) && !handle_life_confirm( handle, *seen ))
        result = ENTERED_BEFORE; /* it has been closed since */
    else
    {
        if (*entry != sock)
        {
            old = socket_entry_clear( entry );
            if (!sock->id.handles++) InterlockedIncrement( &sock->pooled.refs ); /* the table's */
            *entry = sock;
            /* it may name this socket, whose memory another one had before */
            if (( entry = handle_entry( &made, handle, FALSE ) )) *entry = NULL;
        }
        if (!seen) handle_life_enter( handle );
    }
    lock_release( &table_lock );
    if (old) socket_end( old );
    return result;
}

BOOL socket_is_made( const struct socket *sock, HANDLE handle )
{
    void *volatile *entry = handle_entry( &made, handle, FALSE );

    return entry && *entry == sock;
}

void socket_note_made( struct socket *sock, HANDLE handle )
{
    void *volatile *entry;

    lock_acquire( &table_lock );
    if (( entry = handle_entry( &made, handle, TRUE ) )) *entry = sock;
    lock_release( &table_lock );
}

struct socket *socket_insert( HANDLE handle, int family, int type, int protocol, DWORD flags )
{
    struct socket *sock = socket_create( handle, family, type, protocol, flags );

    if (sock && socket_enter( sock, handle, NULL ) == ENTERED)
    {
        socket_note_made( sock, handle );
        return sock;
    }
    if (sock) socket_release( sock );
    return NULL;
}

/* Makes the provider's own handle, if there is none, of one that is open. seen: as in socket_enter. FALSE: it can't be
 * made, or the handle has been closed meanwhile, and what was duplicated may be another object. */
static BOOL socket_make_own( struct socket *sock, HANDLE handle, const LONG *seen )
{
    struct socket *old = NULL;
    void *volatile *entry;
    HANDLE own;
    BOOL same;

    if (sock->id.own) return TRUE;
    if (NtDuplicateObject( GetCurrentProcess(), handle, GetCurrentProcess(), &own, 0, 0, DUPLICATE_SAME_ACCESS ))
        return FALSE;
    same = !seen || handle_life_stamp( handle ) == handle_life_closed( *seen, FALSE );
    if (same) socket_note_inode( sock, own );
    lock_acquire( &table_lock );
    if (same && !sock->id.own && !sock->id.closing && ( entry = handle_entry( &table, own, TRUE ) ))
    {
        old = socket_entry_clear( entry );
        handle_life_enter( own );
        *entry = sock;
        sock->id.handle = sock->id.own = own;
        own = NULL;
    }
    lock_release( &table_lock );
    if (own) NtClose( own );
    if (old) socket_end( old );
    return same;
}

BOOL socket_add_handle( struct socket *sock, HANDLE handle, const LONG *seen )
{
    /* Without the words a close past kernelbase isn't seen, and our own handle would keep the connection open. */
    if (!handle_life || !socket_make_own( sock, handle, seen )) return FALSE;
    socket_described( sock );
    return socket_enter( sock, handle, seen ) == ENTERED;
}

BOOL socket_hold( struct socket *sock, HANDLE handle, const LONG *seen )
{
    BOOL held = FALSE;

    if (!handle_life || !socket_make_own( sock, handle, seen )) return FALSE;
    lock_acquire( &table_lock );
    if (!sock->id.closing && sock->id.handles)
    {
        sock->id.handles++;
        held = TRUE;
    }
    lock_release( &table_lock );
    return held;
}

void socket_unhold( struct socket *sock )
{
    BOOL last = FALSE;

    lock_acquire( &table_lock );
    if (!--sock->id.handles) last = sock->id.closing = sock->id.handle_gone = TRUE;
    lock_release( &table_lock );
    if (last) socket_end( sock );
}

NTSTATUS socket_watch( struct socket *sock, UINT events )
{
    struct watch_params watch = { .fd = sock->desc.fd, .set = sock->watch.set, .cookie = socket_cookie( sock ) };
    int set = port_set( sock->watch.port ? sock->watch.port : sock->port.object );
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

static void socket_watch_renew( struct socket *sock, void *arg )
{
    struct watch_params watch = { .fd = sock->desc.fd, .set = *(int *)arg, .cookie = socket_cookie( sock ) };

    lock_acquire( &sock->watch.lock );
    watch.events = sock->watch.events;
    if (watch.events && sock->watch.set == watch.set) unix_call( unix_engine_watch, &watch );
    lock_release( &sock->watch.lock );
}

void socket_watch_again( int set )
{
    if (set != -1) socket_for_each( socket_watch_renew, &set );
}

static void socket_watch_end( struct socket *sock )
{
    lock_acquire( &sock->watch.lock );
    socket_watch( sock, 0 );
    lock_release( &sock->watch.lock );
}

/* The last close waits for as long as SO_LINGER says: it has to be the caller's, not that of the reaper, which serves
 * all other sockets. */
static void socket_close_descriptor( struct socket *sock )
{
    struct descriptor_query_params query = { .fd = sock->desc.fd, .what = DESCRIPTOR_LINGERS };
    struct descriptor_close_params close = { .fd = sock->desc.fd };

    if (sock->id.type == SOCK_STREAM && !unix_call( unix_descriptor_query, &query ) && query.value == 1
        && unix_call( unix_engine_settle, NULL ) == STATUS_INVALID_DEVICE_STATE)
        close.background = !shared_state_is_shared( sock );
    unix_call( unix_descriptor_close, &close );
    sock->desc.fd = -1;
}

static void socket_close_other( int *fd )
{
    struct descriptor_close_params close = { .fd = InterlockedExchange( (LONG *)fd, -1 ) };

    if (close.fd != -1) unix_call( unix_descriptor_close, &close );
}

void socket_drop_spare( struct socket *sock )
{
    socket_close_other( &sock->desc.spare );
}

static void socket_free( void *object )
{
    struct socket *sock = object;
    int i;

    stats_count( COUNTER_SOCKETS_ENDED );
    if (sock->desc.fd != -1)
    {
        socket_watch_end( sock );
        socket_close_descriptor( sock );
    }
    socket_close_other( &sock->desc.guard );
    socket_close_other( &sock->desc.parked );
    socket_drop_spare( sock );
    for (i = 0; i < DIRECTION_COUNT; i++) HeapFree( GetProcessHeap(), 0, sock->queues[i].spare );
    if (sock->signal.event) NtClose( sock->signal.event );
    sock->signal.event = NULL;
    if (sock->port.object) port_release( sock->port.object );
    if (sock->watch.port) port_release( sock->watch.port );
    sock->port.object = sock->watch.port = NULL;
    for (i = 0; i < observer_count; i++)
        if (observers[i].gone) observers[i].gone( sock );
}

void socket_release( struct socket *sock )
{
    pool_release( &pool, &sock->pooled );
}

static UINT socket_end_waits( struct socket *sock, enum direction direction, BOOL cancelled )
{
    struct queue *queue = &sock->queues[direction];
    struct waiter *waiter;
    UINT count = 0;

    lock_acquire( &queue->lock );
    for (waiter = queue->waiters; waiter; waiter = waiter->next)
    {
        struct wake_params wake = { .fd = waiter->wake_fd };

        waiter->cancelled |= cancelled;
        unix_call( unix_wake_signal, &wake );
        count++;
    }
    lock_release( &queue->lock );
    return count;
}

void socket_wake_waiters( struct socket *sock, enum direction direction )
{
    socket_end_waits( sock, direction, FALSE );
}

UINT socket_cancel_waiters( struct socket *sock, enum direction direction )
{
    return socket_end_waits( sock, direction, TRUE );
}

/* It has no handle any more, or is just losing the last. */
static void socket_end( struct socket *sock )
{
    int i;

    pollers_wake();
    for (i = 0; i < observer_count; i++)
        if (observers[i].ends) observers[i].ends( sock );
    for (i = 0; i < DIRECTION_COUNT; i++) socket_wake_waiters( sock, i );
    /* the kernel must lose its last reference to the file now, or the peer sees no FIN; but not during a buffered
     * send */
    if (!sock->queues[DIRECTION_WRITE].head) socket_watch_end( sock );
    if (sock->id.handle_gone) socket_close_own( sock );
    socket_release( sock ); /* the table's reference */
}

BOOL socket_retire( struct socket *sock, HANDLE handle )
{
    void *volatile *entry;
    BOOL last = FALSE;

    lock_acquire( &table_lock );
    if (( entry = handle_entry( &table, handle, FALSE ) ) && *entry == sock && !sock->id.closing)
    {
        handle_life_leave( handle );
        if (sock->id.handles > 1)
        {
            *entry = NULL;
            sock->id.handles--;
        }
        else last = sock->id.closing = TRUE;
    }
    lock_release( &table_lock );
    if (last) socket_end( sock );
    return last;
}

static void socket_close_own( struct socket *sock )
{
    HANDLE own = InterlockedExchangePointer( &sock->id.own, NULL );
    void *volatile *entry;

    if (!own) return;
    lock_acquire( &table_lock );
    handle_life_leave( own );
    if (( entry = handle_entry( &table, own, FALSE ) ) && *entry == sock) *entry = NULL;
    lock_release( &table_lock );
    NtClose( own );
}

void socket_closed( struct socket *sock, HANDLE handle )
{
    void *volatile *entry;

    lock_acquire( &table_lock );
    if (( entry = handle_entry( &table, handle, FALSE ) ) && *entry == sock && sock->id.closing) *entry = NULL;
    lock_release( &table_lock );
    sock->id.handle_gone = TRUE;
    socket_close_own( sock );
}

void socket_handle_gone( HANDLE handle )
{
    void *volatile *entry;
    struct socket *old = NULL;

    lock_acquire( &table_lock );
    if (( entry = handle_entry( &table, handle, FALSE ) ) && *entry && !handle_is_valid( handle ))
    {
        struct socket *sock = *entry;

        if (!sock->id.closing && sock->id.own && handle_entry( &table, sock->id.own, FALSE ) == entry)
        {
            /* the program closes whatever it finds */
            *entry = NULL;
            sock->id.own = NULL;
            sock->id.handle = sock->id.shown;
        }
        else if (!sock->id.closing) old = socket_entry_clear( entry );
    }
    lock_release( &table_lock );
    if (!old) return;
    log_message( "socket %p was closed past the provider\n", handle );
    socket_end( old );
}

BOOL socket_is_ending( HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, FALSE );
    struct socket *sock;
    BOOL ending;

    if (!entry || !( sock = *entry ) || !pool_addref( &sock->pooled )) return FALSE;
    ending = *entry == sock && sock->id.closing;
    socket_release( sock );
    return ending;
}

struct socket *socket_of_entry( HANDLE handle )
{
    void *volatile *entry = handle_entry( &table, handle, FALSE );
    struct socket *sock;

    if (!entry || !( sock = *entry ) || !pool_addref( &sock->pooled )) return NULL;
    if (*entry == sock && !sock->id.closing) return sock;
    socket_release( sock );
    return NULL;
}

HANDLE socket_next_handle( HANDLE after )
{
    return handle_next( &table, after );
}

UINT socket_room( void )
{
    return pool_room( &pool );
}

void socket_for_each( void ( *func )( struct socket *sock, void *arg ), void *arg )
{
    struct socket *sock;
    UINT slot = 0;

    while (( sock = pool_next( &pool, &slot ) ))
    {
        if (!sock->id.closing) func( sock, arg );
        socket_release( sock );
    }
}

void socket_afd_pended( struct socket *sock, enum afd_pended how )
{
    if (sock->afd_pended < how) sock->afd_pended = how;
    if (sock->port.object) sock->port.object->server_ends = TRUE;
}
