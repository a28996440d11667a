/*
 * The packets of a served port, and the threads that wait for them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sleepers wait in the kernel for the port's set, which wakes the latest one first, as Windows does. A woken sleeper
 * serves the ready sockets and takes a packet: one thread switch per message. A packet from elsewhere wakes one
 * sleeper by the set's eventfd. Each woken thread wakes another as long as there are more packets than threads on
 * their way (`awake').
 */

#include "ports/port.h"
#include "wait/reaper.h"
#include "wait/thread.h"

#define READY_COUNT    64
#define TIMEOUT_MAX    ( MAXLONGLONG / 1000 ) /* in 100 ns; 29 years, as a number of ns, too */
#define TAKES_PER_LOOK 32                     /* a queue that never empties must not starve the sockets */

/* Room for one more packet. */
static BOOL port_queue_reserve( struct port *port )
{
    UINT i, capacity = port->capacity ? port->capacity * 2 : 64;
    struct port_packet *packets;

    if (port->count < port->capacity) return TRUE;
    if (!( packets = HeapAlloc( GetProcessHeap(), 0, capacity * sizeof( *packets ) ) )) return FALSE;
    for (i = 0; i < port->count; i++) packets[i] = port->packets[( port->first + i ) & ( port->capacity - 1 )];
    HeapFree( GetProcessHeap(), 0, port->packets );
    port->packets = packets;
    port->capacity = capacity;
    port->first = 0;
    return TRUE;
}

/* For threads that wait for the port, or for its handle. */
static void port_queue_grown( struct port *port )
{
    if (port->watched)
    {
        port->watched = FALSE;
        port->signalled = TRUE;
        NtSetEvent( port->signal, NULL );
    }
    port_wake( port );
}

BOOL port_push( struct port *port, const struct port_packet *packet )
{
    if (!port_queue_reserve( port )) return FALSE;
    port->packets[( port->first + port->count++ ) & ( port->capacity - 1 )] = *packet;
    port_queue_grown( port );
    return TRUE;
}

BOOL port_push_first( struct port *port, const struct port_packet *packet )
{
    if (!port_queue_reserve( port )) return FALSE;
    port->first = ( port->first - 1 ) & ( port->capacity - 1 );
    port->packets[port->first] = *packet;
    port->count++;
    port_queue_grown( port );
    return TRUE;
}

/* Has the server posted packets that must come first? A thread that serves sockets has looked just before. */
static BOOL port_queue_may_overtake( const struct port *port, BOOL by_program )
{
    const struct thread *thread;

    if (by_program) return port->mixed || port->server_ends;
    return port->mixed && !( ( thread = thread_peek() ) && thread->serving == port );
}

BOOL port_post( struct port *port, ULONG_PTR key, ULONG_PTR value, NTSTATUS status, ULONG_PTR information,
                BOOL by_program )
{
    struct port_packet packet;
    BOOL done, alone;

    if (!port->served) return FALSE;
    packet.key = key;
    packet.value = value;
    packet.iosb.Pointer = NULL; /* its upper half too */
    packet.iosb.Status = status;
    packet.iosb.Information = information;
    lock_acquire( &port->lock );
    if (port->served && port_queue_may_overtake( port, by_program )) port->pull( port );
    done = port->served && port_push( port, &packet );
    alone = done && !port->sleepers && !port->awake;
    lock_release( &port->lock );
    if (alone) port_left( port );
    return done;
}

/* With the lock held, as port_waiter_sleeps. */
static void port_waiter_wakes( struct port *port, struct port_waiter *waiter )
{
    port->awake++;
    waiter->counted = TRUE;
}

static void port_waiter_sleeps( struct port *port, struct port_waiter *waiter )
{
    port->awake--;
    waiter->counted = FALSE;
}

void port_wake( struct port *port )
{
    struct port_waiter *waiter;

    if (port->served && port->count <= port->awake) return;
    if (port->sleepers)
    {
        struct wake_params wake = { .fd = port->wake_fd };

        if (port->wake_sent) return;
        port->wake_sent = TRUE;
        unix_call( unix_wake_signal, &wake );
        /* all sleepers may be suspended: an alertable thread is woken, too */
        if (port->served && !port->alertable) return;
    }
    if (!( waiter = port->alertable )) return;
    port->alertable = waiter->next;
    waiter->port = NULL;
    port_waiter_wakes( port, waiter );
    NtSetEvent( waiter->event, NULL );
    if (!port->served) port_wake( port );
}

static void port_waiter_link( struct port_waiter **list, struct port_waiter *waiter, struct port *port )
{
    waiter->thread_id = GetCurrentThreadId();
    waiter->port = port;
    waiter->next = *list;
    *list = waiter;
}

/* FALSE if it is no longer in the list. */
static BOOL port_queue_unlink( struct port_waiter **list, struct port_waiter *waiter )
{
    for (; *list; list = &( *list )->next)
    {
        if (*list != waiter) continue;
        *list = waiter->next;
        waiter->port = NULL;
        return TRUE;
    }
    return FALSE;
}

static UINT port_set_wait( struct port *port, struct ready_event *events, LONGLONG timeout )
{
    struct set_wait_params wait
        = { .set = port->set, .room = READY_COUNT, .events = (UINT_PTR)events, .timeout = timeout };

    if (unix_call( unix_set_wait, &wait )) return 0;
    return wait.count;
}

/* Was there a wake among the events? With the lock held. */
static void port_note_wake( struct port *port, const struct ready_event *events, UINT count )
{
    UINT i;

    for (i = 0; i < count; i++)
    {
        if (events[i].cookie != SET_WAKE_COOKIE) continue;
        port->wake_sent = FALSE;
        return;
    }
}

static void port_serve_ready( struct port *port, const struct ready_event *events, UINT count )
{
    struct thread *thread = NULL;
    UINT i;

    if (port->mixed && count && !( count == 1 && events->cookie == SET_WAKE_COOKIE ) && ( thread = thread_get() ))
    {
        lock_acquire( &port->lock );
        if (port->served) port->pull( port );
        lock_release( &port->lock );
        thread->serving = port;
    }
    for (i = 0; i < count; i++)
        if (events[i].cookie != SET_WAKE_COOKIE) reaper_dispatch( events[i].cookie, events[i].ready );
    if (thread) thread->serving = NULL;
}

/* Checks the set once. Called and left with the lock held. */
static UINT port_look_once( struct port *port )
{
    struct ready_event events[READY_COUNT];
    UINT count;

    lock_release( &port->lock );
    count = port_set_wait( port, events, 0 );
    port_serve_ready( port, events, count );
    lock_acquire( &port->lock );
    port->takes_left = TAKES_PER_LOOK;
    port->looks++;
    port_note_wake( port, events, count );
    return count;
}

void port_look( struct port *port )
{
    lock_acquire( &port->lock );
    while (port_look_once( port ) == READY_COUNT) /* nothing */
        ;
    /* the wake may have been meant for another thread */
    port_wake( port );
    lock_release( &port->lock );
}

/* Sleeps in the set. Called and left with the lock held. timeout: ns, negative for ever. */
static void port_sleep_in_set( struct port *port, struct port_waiter *waiter, LONGLONG timeout )
{
    struct ready_event events[READY_COUNT];
    UINT count;

    port_attended( port );
    port_waiter_link( &port->sleepers, waiter, port );
    port_waiter_sleeps( port, waiter );
    lock_release( &port->lock );
    lock_leave();
    count = port_set_wait( port, events, timeout );
    lock_enter();
    lock_acquire( &port->lock );
    if (!port_queue_unlink( &port->sleepers, waiter ))
    {
        /* this thread is being terminated */
        lock_release( &port->lock );
        lock_leave();
        for (;;) Sleep( INFINITE );
    }
    port_waiter_wakes( port, waiter );
    port->takes_left = TAKES_PER_LOOK;
    port->looks++;
    port_note_wake( port, events, count );
    if (!count) return;
    lock_release( &port->lock );
    port_serve_ready( port, events, count );
    lock_acquire( &port->lock );
}

/* Sleeps in the server, where APCs and routines run. */
static NTSTATUS port_sleep_alertable( struct port *port, struct port_waiter *waiter, LONGLONG timeout )
{
    LARGE_INTEGER time = { .QuadPart = -( timeout + 99 ) / 100 };
    NTSTATUS status;

    if (!waiter->event
        && ( status = NtCreateEvent( &waiter->event, EVENT_ALL_ACCESS, NULL, 1 /* SynchronizationEvent */, FALSE ) ))
        return status;
    port_waiter_link( &port->alertable, waiter, port );
    port_waiter_sleeps( port, waiter );
    port_arm( port ); /* the sleepers may be suspended */
    lock_release( &port->lock );
    lock_leave();
    if (routine_wait_needed( 1 )) status = routine_wait( 1, &waiter->event, timeout < 0 ? NULL : &time );
    else status = NtWaitForSingleObject( waiter->event, TRUE, timeout < 0 ? NULL : &time );
    lock_enter();
    lock_acquire( &port->lock );
    /* the thread that removes it from the list has counted it as awake, and signals the event */
    if (port_queue_unlink( &port->alertable, waiter )) port_waiter_wakes( port, waiter );
    else if (status) NtWaitForSingleObject( waiter->event, FALSE, NULL );
    port->looks++;
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

/* Only the server knows which APCs are due. Called and left with the lock held. */
static NTSTATUS port_poll_alertable( struct port *port )
{
    static const LARGE_INTEGER at_once;
    NTSTATUS status;

    port->awake--;
    lock_release( &port->lock );
    lock_leave();
    if (routine_wait_needed( 0 )) status = routine_wait( 0, NULL, &at_once );
    else status = NtWaitForSingleObject( GetCurrentThread(), TRUE, (LARGE_INTEGER *)&at_once );
    lock_enter();
    lock_acquire( &port->lock );
    port->awake++;
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

static ULONG port_queue_take( struct port *port, struct port_packet *packets, ULONG room )
{
    ULONG n = 0;

    for (; n < room && port->count; n++)
    {
        packets[n] = port->packets[port->first];
        port->first = ( port->first + 1 ) & ( port->capacity - 1 );
        port->count--;
    }
    port->looks++;
    return n;
}

/* When the wait ends, in QueryPerformanceCounter's units; 0 for never. */
static LONGLONG port_queue_deadline( const LARGE_INTEGER *timeout )
{
    LARGE_INTEGER now, frequency, time;
    LONGLONG left;

    if (!timeout) return 0;
    if (timeout->QuadPart > 0)
    {
        NtQuerySystemTime( &time );
        left = max( timeout->QuadPart - time.QuadPart, 0 );
    }
    else left = -max( timeout->QuadPart, -TIMEOUT_MAX );
    QueryPerformanceCounter( &now );
    QueryPerformanceFrequency( &frequency );
    return now.QuadPart + time_scale( min( left, TIMEOUT_MAX ), 10000000, frequency.QuadPart );
}

/* The calling thread's waiter. A routine that runs inside an alertable wait and waits itself needs another one. */
static struct port_waiter *port_waiter_get( void )
{
    struct thread *thread = thread_get();

    if (!thread) return NULL;
    if (thread->port_waiter && !thread->port_waiter->busy) return thread->port_waiter;
    if (!thread->port_waiter)
        return thread->port_waiter = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *thread->port_waiter ) );
    return HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *thread->port_waiter ) );
}

static void port_waiter_free( struct port_waiter *waiter )
{
    if (waiter->event) NtClose( waiter->event );
    HeapFree( GetProcessHeap(), 0, waiter );
}

static void port_waiter_put( struct port_waiter *waiter )
{
    struct thread *thread = thread_get();

    waiter->busy = FALSE;
    if (waiter == thread->port_waiter) return;
    port_waiter_free( waiter );
}

NTSTATUS port_remove( struct port *port, struct port_packet *packets, ULONG room, ULONG *removed,
                      const LARGE_INTEGER *timeout, BOOL alertable )
{
    struct port_waiter *waiter = NULL;
    LONGLONG deadline = 0, left = -1;
    BOOL looked = FALSE, timed = FALSE, polled = FALSE, alone;
    NTSTATUS status;

    lock_enter(); /* but for the sleeps: it is counted as awake, and what it takes must not be lost with it */
    lock_acquire( &port->lock );
    port->awake++;
    for (;;)
    {
        status = STATUS_SUCCESS;
        if (port->closed) status = STATUS_PORT_ABANDONED;
        else if (!port->served) status = STATUS_NOT_SUPPORTED;
        if (status) break;
        if (port->lending) port->pull( port );
        if (port->due != port->patience) port_be_patient( port );
        if (!timeout || timeout->QuadPart) port->only_polled = FALSE;
        if (port->count && !port->takes_left && !port->sleepers)
            while (port_look_once( port ) == READY_COUNT) /* nothing */
                ;
        if (port->count)
        {
            if (port->takes_left) port->takes_left--;
            *removed = port_queue_take( port, packets, room );
            break;
        }
        if (timeout && !timed)
        {
            timed = TRUE;
            if (timeout->QuadPart) deadline = port_queue_deadline( timeout );
            else left = 0;
        }
        if (deadline) left = deadline_left( deadline );
        if (!left)
        {
            /* packets that have arrived by now count; threads in the set serve the sockets themselves, unless they are
             * suspended, and who polls has no other way */
            if (!looked && ( !deadline || !port->sleepers ))
            {
                looked = TRUE;
                port_look_once( port );
                continue;
            }
            if (alertable && !waiter && !polled++)
            {
                if (!( status = port_poll_alertable( port ) )) continue;
                break;
            }
            port->misses++;
            status = STATUS_TIMEOUT;
            break;
        }
        if (!waiter && !( waiter = port_waiter_get() ))
        {
            status = STATUS_NO_MEMORY;
            break;
        }
        if (!waiter->busy)
        {
            waiter->cookie = port_cookie( port );
            waiter->counted = TRUE;
            waiter->busy = TRUE;
        }
        if (!alertable) port_sleep_in_set( port, waiter, left );
        else if (( status = port_sleep_alertable( port, waiter, left ) )) break;
        if (deadline) looked = TRUE;
    }
    if (waiter) port_waiter_sleeps( port, waiter );
    else port->awake--;
    /* more for other threads? */
    port_wake( port );
    alone = port->served && !port->sleepers && ( !port->armed || port->count ); /* they may have to go back */
    lock_release( &port->lock );
    if (alone) port_left( port );
    if (waiter) port_waiter_put( waiter );
    lock_leave();
    return status;
}

static void port_forget_waiter( struct port *port, void *arg )
{
    struct port_waiter **lists[] = { &port->sleepers, &port->alertable }, *waiter;
    DWORD thread_id = *(DWORD *)arg;
    UINT i;

    lock_acquire( &port->lock );
    for (i = 0; i < ARRAY_SIZE( lists ); i++)
    {
        for (waiter = *lists[i]; waiter && waiter->thread_id != thread_id; waiter = waiter->next) /* nothing */
            ;
        if (!waiter) continue;
        port_queue_unlink( lists[i], waiter );
        port->wake_sent = FALSE; /* it may have consumed the wake */
        port_wake( port );
    }
    lock_release( &port->lock );
    port_left( port );
}

void port_forget_thread( DWORD thread_id )
{
    port_for_each( port_forget_waiter, &thread_id );
}

/* It may have been terminated while it removed packets: between a wait and its return it had events of the set, and was
 * counted as awake. */
static int port_waiter_dies( struct port_waiter *waiter )
{
    struct port *port = port_from_cookie( waiter->cookie );
    int set;

    if (!port) return -1;
    lock_acquire( &port->lock );
    if (waiter->counted) port_waiter_sleeps( port, waiter );
    port->wake_sent = FALSE;
    port_wake( port );
    set = port->set;
    lock_release( &port->lock );
    port_left( port );
    port_release( port );
    return set;
}

int port_thread_ends( struct thread *thread )
{
    struct port_waiter *waiter = thread->port_waiter;
    int set = -1;

    if (!waiter) return -1;
    /* it may exit from a routine within its wait */
    if (waiter->port) port_forget_thread( thread->id );
    if (waiter->busy) set = port_waiter_dies( waiter );
    thread->port_waiter = NULL;
    port_waiter_free( waiter );
    return set;
}

void port_ready( UINT64 cookie, UINT ready )
{
    struct port *port = port_from_cookie( cookie );

    (void)ready;
    if (!port) return;
    port_look( port );
    port_release( port );
}
