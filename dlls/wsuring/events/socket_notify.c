/*
 * Notifications of sockets' states as packets of a completion port (ProcessSocketNotifications)
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * No request is made with a lock held: what the socket is ready for is asked before, and whether a packet is to be
 * posted is decided with the lock, but it is posted behind it.
 */

#include "base/capability.h"
#include "events/readiness.h"
#include "events/server_poll.h"
#include "events/socket_notify.h"
#include "sockets/afd.h"
#include "wait/reaper.h"

#define QUIET_MS 10 /* the server reports what the registration doesn't want: not all the time */

#define EVENTS_INPUT ( SOCK_NOTIFY_EVENT_IN | SOCK_NOTIFY_EVENT_HANGUP )

struct notify
{
    struct pooled pooled; /* its socket, its packet and the list hold a reference each */
    SRWLOCK lock;         /* taken outside the port's */
    UINT64 cookie;        /* of the socket */
    struct port *port;    /* with a reference; NULL if the process serves no ports (tier afd) */
    HANDLE handle;        /* of the port, as the program has named it */
    ULONG_PTR key;
    UINT filter, trigger;
    BOOLEAN registered, removing, enabled;
    BOOLEAN queued;      /* there is a packet, or soon will be */
    UINT events;         /* for that packet */
    UINT holding;        /* by edge: what it was ready for when it was looked at last */
    volatile LONG asked; /* AFD_POLL_* that the server is asked for */
    struct notify *next; /* in the list */
    BOOLEAN listed;
};

volatile LONG socket_notify_used;

static void notify_end( void *object );

static struct pool pool = { .size = sizeof( struct notify ), .chunk_size = 256, .end = notify_end };

/* Those by level whose packets have been taken, until a thread waits for the next one. */
static SRWLOCK list_lock = SRWLOCK_INIT;
static struct notify *list;

static void notify_update( struct socket *sock, UINT ready );
static void notify_ask_server( struct socket *sock, struct notify *notify );

static void notify_end( void *object )
{
    struct notify *notify = object;

    if (notify->port) port_release( notify->port );
}

static void notify_release( struct notify *notify )
{
    pool_release( &pool, &notify->pooled );
}

static BOOL notify_is_by_level( const struct notify *notify )
{
    return notify->trigger & SOCK_NOTIFY_TRIGGER_LEVEL;
}

/* ---- events */

static UINT notify_wanted( const struct socket *sock, UINT filter )
{
    UINT wanted = AFD_POLL_RESET | AFD_POLL_CONNECT_ERR;

    if (filter & SOCK_NOTIFY_EVENT_IN && !sock->shared.recv_shutdown)
    {
        wanted |= AFD_POLL_ACCEPT;
        if (!sock->queues[DIRECTION_READ].head) wanted |= AFD_POLL_READ; /* else there are receives for it */
    }
    if (filter & SOCK_NOTIFY_EVENT_OUT) wanted |= AFD_POLL_WRITE;
    if (filter & SOCK_NOTIFY_EVENT_HANGUP && sock->id.type == SOCK_STREAM) wanted |= AFD_POLL_HUP;
    return wanted;
}

static UINT notify_events_from_flags( UINT flags )
{
    UINT events = 0;

    if (flags & ( AFD_POLL_READ | AFD_POLL_ACCEPT )) events |= SOCK_NOTIFY_EVENT_IN;
    if (flags & AFD_POLL_WRITE) events |= SOCK_NOTIFY_EVENT_OUT;
    if (flags & ( AFD_POLL_HUP | AFD_POLL_RESET | AFD_POLL_CONNECT_ERR )) events |= SOCK_NOTIFY_EVENT_HANGUP;
    if (flags & ( AFD_POLL_RESET | AFD_POLL_CONNECT_ERR )) events |= SOCK_NOTIFY_EVENT_ERR;
    return events;
}

static UINT notify_events_now( struct socket *sock, UINT filter )
{
    return notify_events_from_flags( readiness_look( sock, notify_wanted( sock, filter ) ) )
           & ( filter | SOCK_NOTIFY_EVENT_ERR );
}

/* What it may be ready for if the engine says so; for a registration by level that is enough, as it is looked at when
 * the packet is taken. */
static UINT notify_events_hint( UINT ready, UINT filter )
{
    UINT events = 0;

    if (ready & ( POLL_IN | POLL_PRI )) events |= EVENTS_INPUT;
    if (ready & POLL_OUT) events |= SOCK_NOTIFY_EVENT_OUT;
    if (ready & ( POLL_ERR | POLL_HUP | POLL_END )) events |= SOCK_NOTIFY_REGISTER_EVENTS_ALL | SOCK_NOTIFY_EVENT_ERR;
    return events & ( filter | SOCK_NOTIFY_EVENT_ERR );
}

/* ---- packets */

/* The reference of the packet is the caller's. */
static void notify_post( struct notify *notify, UINT events )
{
    BOOL posted;

    if (!notify->port)
        posted = !NtSetIoCompletion( notify->handle, notify->key, (ULONG_PTR)notify, STATUS_SUCCESS, events );
    else if (!( posted = port_post( notify->port, notify->key, (ULONG_PTR)notify, STATUS_SUCCESS, events, FALSE ) ))
    {
        posted = port_post_real( notify->port, notify->key, (ULONG_PTR)notify, STATUS_SUCCESS, events );
        port_posted_real( notify->port );
    }
    if (posted) return;
    lock_acquire( &notify->lock );
    notify->queued = FALSE;
    lock_release( &notify->lock );
    notify_release( notify );
}

/* With the lock held. TRUE: the caller must post a packet. */
static BOOL notify_add_events( struct notify *notify, UINT events )
{
    notify->events |= events;
    if (notify->queued) return FALSE;
    notify->queued = TRUE;
    InterlockedIncrement( &notify->pooled.refs );
    return TRUE;
}

static void notify_list( struct notify *notify )
{
    lock_acquire( &list_lock );
    if (!notify->listed)
    {
        notify->listed = TRUE;
        notify->next = list;
        list = notify;
        InterlockedIncrement( &notify->pooled.refs );
    }
    lock_release( &list_lock );
}

void socket_notify_look_again( void )
{
    struct notify *notify, *next;
    struct socket *sock;

    if (!list) return;
    lock_acquire( &list_lock );
    next = list;
    list = NULL;
    for (notify = next; notify; notify = notify->next) notify->listed = FALSE;
    while (( notify = next ))
    {
        next = notify->next;
        /* with the lock released another thread may list it again, which uses `next' */
        lock_release( &list_lock );
        if (( sock = socket_from_cookie( notify->cookie ) ))
        {
            notify_update( sock, 0 );
            socket_release( sock );
        }
        notify_release( notify );
        lock_acquire( &list_lock );
    }
    lock_release( &list_lock );
}

/* FALSE: it isn't so any more, and the program doesn't get it. The packet counts as queued until then, so that there is
 * no other. */
static BOOL notify_take( struct notify *notify, struct port_packet *packet )
{
    struct socket *sock = socket_from_cookie( notify->cookie );
    BOOL look = notify->enabled && notify_is_by_level( notify ), again;
    UINT events = look && sock ? notify_events_now( sock, notify->filter ) : 0;

    lock_acquire( &notify->lock );
    events |= notify->events & ( look ? SOCK_NOTIFY_EVENT_REMOVE : ~0u );
    notify->events = 0;
    notify->queued = FALSE;
    if (notify->removing) notify->removing = notify->registered = FALSE;
    if (events && notify->trigger & SOCK_NOTIFY_TRIGGER_ONESHOT) notify->enabled = FALSE;
    again = notify->enabled && sock;
    lock_release( &notify->lock );
    if (again && look && events) notify_list( notify );
    else if (again && look) notify_update( sock, 0 );
    else if (again && readiness_way( sock ) == READINESS_BY_SERVER) notify_ask_server( sock, notify );
    if (sock) socket_release( sock );
    packet->iosb.Information = events;
    return events != 0;
}

ULONG socket_notify_taken( struct port_packet *packets, ULONG count )
{
    const struct port *port = NULL;
    struct notify *notify;
    ULONG i, n = 0;
    BOOL ours;

    for (i = 0; i < count; i++)
    {
        if (( notify = pool_from_address( &pool, packets[i].value ) ))
        {
            ours = notify->queued && notify->key == packets[i].key;
            if (ours && !notify_take( notify, &packets[i] )) packets[i].value = 0;
            if (ours) port = notify->port;
            if (ours) notify_release( notify ); /* the packet's */
            notify_release( notify );
            if (ours && !packets[i].value) continue;
        }
        packets[n++] = packets[i];
    }
    /* the others need not wait until this thread has dealt with them */
    if (port && ( port->sleepers || port->alertable || port->real_waiters )) socket_notify_look_again();
    return n;
}

/* ---- looking, and being told to look */

static void notify_served( struct socket *sock, UINT flags )
{
    struct notify *notify = sock->events.notify;

    InterlockedExchange( &notify->asked, 0 );
    if (sock->id.closing || flags & AFD_POLL_CLOSE) return;
    if (notify->enabled && !notify->queued && !notify_events_now( sock, notify->filter )) Sleep( QUIET_MS );
    notify_update( sock, 0 );
}

/* By edge, what holds already is no news; if there is data, the call that takes it asks. */
static void notify_ask_server( struct socket *sock, struct notify *notify )
{
    UINT holding = notify_is_by_level( notify ) ? 0 : notify->holding, wanted;

    if (!notify->enabled || notify->queued || notify->listed || holding & SOCK_NOTIFY_EVENT_IN) return;
    wanted = notify_wanted( sock, notify->filter & ~holding );
    if (holding & SOCK_NOTIFY_EVENT_ERR) wanted &= ~( AFD_POLL_RESET | AFD_POLL_CONNECT_ERR );
    if (!( wanted & ~notify->asked )) return;
    InterlockedExchange( &notify->asked, wanted );
    if (!server_poll_begin( sock, wanted, notify_served )) InterlockedExchange( &notify->asked, 0 );
}

UINT socket_notify_watched( const struct socket *sock )
{
    const struct notify *notify = sock->events.notify;
    UINT watched = 0;

    if (!notify || !notify->enabled) return 0;
    if (notify->filter & EVENTS_INPUT) watched |= POLL_IN;
    if (notify->filter & SOCK_NOTIFY_EVENT_OUT) watched |= POLL_OUT;
    return watched;
}

static void notify_watch( struct socket *sock )
{
    lock_acquire( &sock->watch.lock );
    sock->watch.idle_edges = 0;
    if (socket_watch( sock, sock->watch.events | socket_notify_watched( sock ) ))
        log_message( "socket %p can't be watched\n", sock->id.handle );
    lock_release( &sock->watch.lock );
}

/* ready: what the engine has reported just now, or 0. */
static void notify_look( struct socket *sock, struct notify *notify, UINT ready )
{
    BOOL by_level = notify_is_by_level( notify ), post = FALSE;
    UINT events, fresh;

    if (!notify->enabled || ( by_level && notify->queued )) return;
    events
        = by_level && ready ? notify_events_hint( ready, notify->filter ) : notify_events_now( sock, notify->filter );
    lock_acquire( &notify->lock );
    fresh = by_level ? events : events & ~notify->holding;
    notify->holding = events;
    if (notify->enabled && fresh) post = notify_add_events( notify, fresh );
    lock_release( &notify->lock );
    if (post) notify_post( notify, fresh );
}

/* First it is watched, then looked at: nothing that comes in between is lost. The server's poll looks itself. */
static void notify_update( struct socket *sock, UINT ready )
{
    struct notify *notify = sock->events.notify;
    enum readiness_way way;

    if (!notify || !notify->enabled || sock->id.closing) return;
    way = readiness_way( sock );
    if (way == READINESS_BY_HOST && !ready) notify_watch( sock );
    notify_look( sock, notify, ready );
    if (way == READINESS_BY_SERVER) notify_ask_server( sock, notify );
}

void socket_notify_ready( struct socket *sock, UINT ready )
{
    if (sock->events.notify) notify_update( sock, ready );
}

void socket_notify_changed( struct socket *sock )
{
    if (sock->events.notify) notify_update( sock, 0 );
}

void socket_notify_begins( struct socket *sock, enum direction direction )
{
    struct notify *notify = sock->events.notify;

    if (!notify || direction != DIRECTION_READ) return;
    lock_acquire( &notify->lock );
    notify->holding &= ~SOCK_NOTIFY_EVENT_IN;
    lock_release( &notify->lock );
}

void socket_notify_ended( struct socket *sock, enum direction direction, BOOL full )
{
    struct notify *notify = sock->events.notify;

    if (!notify || !notify->enabled || ( direction == DIRECTION_WRITE && !full )) return;
    if (direction == DIRECTION_WRITE)
    {
        lock_acquire( &notify->lock );
        notify->holding &= ~SOCK_NOTIFY_EVENT_OUT;
        lock_release( &notify->lock );
    }
    /* a descriptor's next edge is reported by the engine */
    if (direction == DIRECTION_WRITE || readiness_way( sock ) == READINESS_BY_SERVER) notify_update( sock, 0 );
}

/* ---- registrations */

static struct notify *notify_of( struct socket *sock )
{
    struct notify *notify;

    if (sock->events.notify || !( notify = pool_alloc( &pool ) )) return sock->events.notify;
    notify->cookie = socket_cookie( sock );
    InterlockedExchange( &notify->pooled.refs, 1 );
    if (InterlockedCompareExchangePointer( (void *volatile *)&sock->events.notify, notify, NULL ))
        notify_release( notify );
    return sock->events.notify;
}

/* With the lock held. */
static BOOL notify_is_for( const struct notify *notify, const struct port *port, HANDLE handle )
{
    return notify->registered && ( notify->port ? notify->port == port : notify->handle == handle );
}

/* The port's threads are to serve the socket themselves. */
static void notify_watch_for( struct socket *sock, struct port *port )
{
    struct port *before;

    lock_acquire( &sock->watch.lock );
    if (( before = sock->watch.port ) != port)
    {
        InterlockedIncrement( &port->pooled.refs );
        sock->watch.port = port;
    }
    lock_release( &sock->watch.lock );
    if (before && before != port) port_release( before );
}

/* *port: with a reference that is taken if it is registered. */
static int notify_enable( struct socket *sock, const struct notify_request *request, struct port **port )
{
    struct notify *notify = notify_of( sock );
    struct port *before = NULL;
    UINT holding = 0;
    int result = 0;

    if (!notify) return WSAENOBUFS;
    if (request->trigger & SOCK_NOTIFY_TRIGGER_EDGE) holding = notify_events_now( sock, request->filter );
    lock_acquire( &notify->lock );
    if (notify->registered && ( notify->removing || !notify_is_for( notify, *port, request->port ) ))
        result = ERROR_ALREADY_EXISTS;
    else
    {
        if (!notify->registered)
        {
            before = notify->port;
            notify->port = *port;
            *port = NULL;
            notify->handle = request->port;
            notify->key = request->key;
        }
        notify->filter = request->filter;
        notify->trigger = request->trigger;
        notify->holding = holding;
        notify->registered = notify->enabled = TRUE;
    }
    lock_release( &notify->lock );
    if (before) port_release( before );
    if (result) return result;
    if (notify->port) notify_watch_for( sock, notify->port );
    notify_update( sock, 0 );
    return 0;
}

static int notify_disable( struct socket *sock, const struct notify_request *request, const struct port *port,
                           BOOL remove )
{
    struct notify *notify = sock->events.notify;
    BOOL found, post = FALSE;

    if (!notify) return ERROR_NOT_FOUND;
    lock_acquire( &notify->lock );
    if (( found = notify_is_for( notify, port, request->port ) ))
    {
        notify->enabled = FALSE;
        if (remove)
        {
            notify->removing = TRUE;
            post = notify_add_events( notify, SOCK_NOTIFY_EVENT_REMOVE );
        }
    }
    lock_release( &notify->lock );
    if (post) notify_post( notify, SOCK_NOTIFY_EVENT_REMOVE );
    return found ? 0 : ERROR_NOT_FOUND;
}

static BOOL notify_is_valid( const struct notify_request *request )
{
    UINT kind = request->trigger & ( SOCK_NOTIFY_TRIGGER_LEVEL | SOCK_NOTIFY_TRIGGER_EDGE ),
         times = request->trigger & ( SOCK_NOTIFY_TRIGGER_ONESHOT | SOCK_NOTIFY_TRIGGER_PERSISTENT );

    if (request->operation != SOCK_NOTIFY_OP_ENABLE) return TRUE; /* then these aren't looked at */
    return !( request->filter & ~SOCK_NOTIFY_REGISTER_EVENTS_ALL ) && !( request->trigger & ~SOCK_NOTIFY_TRIGGER_ALL )
           && ( kind == SOCK_NOTIFY_TRIGGER_LEVEL || kind == SOCK_NOTIFY_TRIGGER_EDGE )
           && times != ( SOCK_NOTIFY_TRIGGER_ONESHOT | SOCK_NOTIFY_TRIGGER_PERSISTENT );
}

int socket_notify_change( struct socket *sock, const struct notify_request *request )
{
    struct port *port = NULL;
    int result;

    if (!notify_is_valid( request )) return WSAEINVAL;
    if (!interposed || capability_lacks( CAPABILITY_PORTS )) return WSAEOPNOTSUPP;
    switch (request->operation)
    {
    case SOCK_NOTIFY_OP_NONE: return 0;
    case SOCK_NOTIFY_OP_ENABLE:
        socket_notify_used = TRUE;
        if (engine != ENGINE_AFD && ( !reaper_start() || !( port = port_associate( request->port ) ) ))
            return WSAENOBUFS;
        result = notify_enable( sock, request, &port );
        break;
    case SOCK_NOTIFY_OP_DISABLE:
    case SOCK_NOTIFY_OP_REMOVE:
        port = port_find( request->port );
        result = notify_disable( sock, request, port, request->operation == SOCK_NOTIFY_OP_REMOVE );
        break;
    default: return WSAEINVAL;
    }
    if (port) port_release( port );
    return result;
}

void socket_notify_end( struct socket *sock )
{
    struct notify *notify = sock->events.notify;

    if (!notify) return;
    lock_acquire( &notify->lock );
    notify->enabled = FALSE;
    lock_release( &notify->lock );
}

void socket_notify_free( struct socket *sock )
{
    if (sock->events.notify) notify_release( sock->events.notify );
    sock->events.notify = NULL;
}
