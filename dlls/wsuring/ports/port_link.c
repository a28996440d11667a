/*
 * The link between a served port and the real one in the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forwarder waits for the real port without taking anything from it, then moves its packets with the port's lock
 * held. So a packet is always in one of the two queues, and both keep their order. While a packet is lent, the
 * forwarder doesn't wait for the real port. While it does wait, the real port is empty, which is known without a
 * request: so files on the same port cost the sockets nothing.
 */

#include "base/capability.h"
#include "ports/port.h"
#include "wait/reaper.h"
#include "wait/thread.h"

#define MOVED_AT_ONCE 32
#define KICKS_BACK    200
#define SINGLES       16 /* moves of one packet, whose end isn't asked for, after one that found no other */

NTSTATUS( WINAPI *real_NtRemoveIoCompletionEx )( HANDLE, void *, ULONG, ULONG *, LARGE_INTEGER *, BOOLEAN );

/* The key of packets that only wake threads waiting for the real port. Only our own waits take them, so programs
 * never see them. */
static const char kick_key;

static BOOL port_link_is_kick( const struct port_packet *packet )
{
    return packet->key == (ULONG_PTR)&kick_key;
}

static void port_link_kick( HANDLE handle )
{
    NtSetIoCompletion( handle, (ULONG_PTR)&kick_key, 0, STATUS_SUCCESS, 0 );
}

void port_kick_real( struct port *port, HANDLE handle )
{
    LONG n;

    for (n = port->real_waiters; n > 0; n--) port_link_kick( handle );
}

/* Another packet that looks the same does as well. */
static BOOL port_link_is_lent( const struct port *port, const struct port_packet *packet )
{
    return port->lending && packet->key == port->lent.key && packet->value == port->lent.value
           && packet->iosb.Status == port->lent.iosb.Status && packet->iosb.Information == port->lent.iosb.Information;
}

/* Moves the real port's packets into the queue, the lent one to its front; the lock is held. most: how many,
 * MOVED_AT_ONCE for all. TRUE if there was a kick meant for another thread. */
static BOOL port_link_move_packets( struct port *port, ULONG most )
{
    static const LARGE_INTEGER at_once;
    struct port_packet packets[MOVED_AT_ONCE];
    BOOL kick = FALSE, pushed;
    ULONG i, n;

    do
    {
        n = 0;
        if (real_NtRemoveIoCompletionEx( port->real, packets, most, &n, (LARGE_INTEGER *)&at_once, FALSE )) break;
        for (i = 0; i < n; i++)
        {
            if (port_link_is_kick( packets + i ))
            {
                kick = TRUE;
                continue;
            }
            if (port_link_is_lent( port, packets + i ))
            {
                pushed = port_push_first( port, packets + i );
                port->lending = FALSE;
            }
            else pushed = port_push( port, packets + i );
            if (!pushed) log_message( "a packet is lost: out of memory\n" );
        }
    } while (n == MOVED_AT_ONCE);
    return kick && port->real_waiters;
}

/* The forwarder waits, so the real port has nothing, as the server had it at some moment of this call. */
static BOOL port_link_is_empty( struct port *port )
{
    struct server_wait_params wait = { .task = port->link_task, .pipe = port->link_pipe };

    if (wait.task == -1 || unix_call( unix_server_wait_query, &wait )) return FALSE;
    port->link_pipe = wait.pipe;
    return wait.waits;
}

static void port_link_pull( struct port *port )
{
    BOOL lent = port->lending;

    if (!lent && port_link_is_empty( port )) return;
    if (port_link_move_packets( port, MOVED_AT_ONCE ))
        port_link_kick( port->real ); /* it was meant for a thread that was slower */
    if (!lent) return;
    port->leaving = port->lending; /* somebody waits there */
    port->lending = FALSE;
    port->due = 1;                     /* until a thread of ours comes */
    NtSetEvent( port->control, NULL ); /* the forwarder waits for the real port again */
}

/* Called by the forwarder while it doesn't wait for the real port: a packet there wakes one waiter only, which must
 * not be the forwarder. */
static void port_link_give_back( struct port *port )
{
    port->leaving = FALSE;
    port_link_move_packets( port, MOVED_AT_ONCE ); /* they are younger */
    port->lending = FALSE;
    for (; port->count; port->count--)
    {
        const struct port_packet *packet = port->packets + port->first;

        NtSetIoCompletion( port->real, packet->key, packet->value, packet->iosb.Status, packet->iosb.Information );
        port->first = ( port->first + 1 ) & ( port->capacity - 1 );
    }
    port->served = FALSE; /* not earlier: new packets would overtake these */
    port_wake( port );
    if (port->watched)
    {
        port->watched = FALSE;
        port->signalled = TRUE;
        NtSetEvent( port->signal, NULL ); /* the next wait is one for the handle itself */
    }
    /* operations may be waiting in the set */
    port_arm( port );
    log_message( "port is the wineserver's again\n" );
}

/* Called as port_link_give_back. If only a slow thread of ours is late, nothing else may change. */
static void port_link_lend( struct port *port )
{
    static const LARGE_INTEGER at_once;

    port->untaken = FALSE;
    if (port->sleepers || port->alertable) return;
    if (!port->lending)
    {
        port_link_move_packets( port, MOVED_AT_ONCE ); /* they are younger */
        if (!port->count) return;
        port->lent = port->packets[port->first];
        if (NtSetIoCompletion( port->real, port->lent.key, port->lent.value, port->lent.iosb.Status,
                               port->lent.iosb.Information ))
            return;
        port->first = ( port->first + 1 ) & ( port->capacity - 1 );
        port->count--;
        port->lending = TRUE;
        log_message( "port lends a packet to the wineserver\n" );
    }
    else if (NtWaitForSingleObject( port->real, FALSE, (LARGE_INTEGER *)&at_once ) == STATUS_TIMEOUT)
    {
        /* somebody waits there */
        port->lending = FALSE;
        stats_count( COUNTER_FELL_BACK_UNTAKEN );
        port_link_give_back( port );
    }
}

/* The forwarder may be asked from now on, until it ends. */
static void port_link_open( struct port *port )
{
    struct server_wait_params wait;

    if (unix_call( unix_server_wait_open, &wait )) return;
    lock_acquire( &port->lock );
    port->link_task = wait.task;
    port->link_pipe = wait.pipe;
    lock_release( &port->lock );
}

static void port_link_close( struct port *port )
{
    struct descriptor_close_params close = { .fd = port->link_task };

    lock_acquire( &port->lock );
    port->link_task = -1;
    lock_release( &port->lock );
    if (close.fd != -1) unix_call( unix_descriptor_close, &close );
}

static DWORD WINAPI port_link_main( void *arg )
{
    struct port *port = arg;
    HANDLE handles[2] = { port->control, port->real };
    BOOL served, closed, kick, alone;
    UINT singles = 0, before;

    port_link_open( port );
    for (;;)
    {
        lock_acquire( &port->lock );
        kick = alone = FALSE;
        if (port->leaving && port->served) port_link_give_back( port );
        if (port->untaken && port->served) port_link_lend( port );
        if (port->served && !port->lending)
        {
            before = port->count;
            kick = port_link_move_packets( port, singles ? 1 : MOVED_AT_ONCE );
            if (singles) singles--;
            else if (port->count == before + 1) singles = SINGLES;
            alone = !port->sleepers && !port->awake;
        }
        served = port->served && !port->lending;
        closed = port->closed;
        lock_release( &port->lock );
        if (closed) break;
        if (alone) port_left( port );
        if (kick && port->kicks_lost++ < KICKS_BACK)
        {
            /* it was meant for a thread that was slower */
            port_link_kick( port->real );
            Sleep( 1 );
            continue;
        }
        NtWaitForMultipleObjects( served ? 2 : 1, handles, 1 /* WaitAny */, FALSE, NULL );
    }
    port_link_close( port );
    NtClose( port->real );
    port_release( port );
    return 0;
}

/* Detects by the handle count that other processes have the port. */
static BOOL port_link_is_shared( const struct port *port, HANDLE handle )
{
    struct
    {
        ULONG attributes, access, handles, pointers, reserved[10];
    } info = { 0 };

    return NtQueryObject( handle, ObjectBasicInformation, &info, sizeof( info ), NULL )
           || info.handles != (ULONG)port->handles + ( port->waits != NULL );
}

/* Called once per port. */
static BOOL port_link_make_set( struct port *port, HANDLE handle )
{
    struct set_create_params set;

    if (port_link_is_shared( port, handle ) || !reaper_start()) return FALSE;
    if (unix_call( unix_set_create, &set )) return FALSE;
    port->set = set.set;
    port->wake_fd = set.wake_fd;
    port->pull = port_link_pull;
    if (NtDuplicateObject( GetCurrentProcess(), handle, GetCurrentProcess(), &port->real, 0, 0, DUPLICATE_SAME_ACCESS ))
        return FALSE;
    if (!NtCreateEvent( &port->control, EVENT_ALL_ACCESS, NULL, 1 /* SynchronizationEvent */, FALSE ))
    {
        InterlockedIncrement( &port->pooled.refs );
        if (thread_start( port_link_main, port )) return TRUE;
        InterlockedDecrement( &port->pooled.refs );
    }
    NtClose( port->real );
    return FALSE;
}

BOOL port_serve( struct port *port, HANDLE handle, BOOL blocks )
{
    BOOL first = FALSE;

    if (port->served) return TRUE;
    if (port->unseen)
    {
        /* who waits for the handle doesn't wait here: it was an event loop that was slow */
        if (!blocks) return FALSE;
        port->unseen = FALSE;
        port->unseen_waits = 0;
    }
    /* without them the program doesn't find what has been taken from the real port */
    if (capability_lacks( CAPABILITY_PORTS )) return FALSE;
    if (port->never || !port->sockets || port->closed) return FALSE;
    lock_acquire( &port->lock );
    if (!port->served && !port->never && !port->closed)
    {
        if (port->set == -1 && !port_link_make_set( port, handle )) port->never = TRUE;
        else
        {
            port->takes_left = 0;
            port->kicks_lost = 0;
            port->untaken = port->lending = FALSE;
            port_be_patient( port );
            port->served = first = TRUE;
            MemoryBarrier(); /* as in port_posted_real */
            port_link_move_packets( port, MOVED_AT_ONCE );
            NtSetEvent( port->control, NULL );
        }
    }
    lock_release( &port->lock );
    if (first)
    {
        MemoryBarrier(); /* as in port_remove_real */
        port_kick_real( port, handle );
        log_message( "port %p is served in the process\n", handle );
    }
    return port->served;
}

void port_posted_real( struct port *port )
{
    MemoryBarrier(); /* either port_serve moves the packet, or we see `served' */
    if (!port->served) return;
    lock_acquire( &port->lock );
    if (port->served) port_link_pull( port );
    lock_release( &port->lock );
}

/* ntdll waits for the port, then asks for the packet by the handle again, whose value may be another port's by then: it
 * would take a packet of that. */
static HANDLE port_link_wait_handle( struct port *port, HANDLE handle )
{
    lock_acquire( &port->lock ); /* the handles are counted with it held */
    if (!port->waits && !port->closed
        && NtDuplicateObject( GetCurrentProcess(), handle, GetCurrentProcess(), &port->waits, 0, 0,
                              DUPLICATE_SAME_ACCESS ))
        port->waits = NULL;
    lock_release( &port->lock );
    return port->waits ? port->waits : handle;
}

NTSTATUS port_remove_real( struct port *port, HANDLE handle, struct port_packet *packets, ULONG room, ULONG *removed,
                           LARGE_INTEGER *timeout, BOOL alertable )
{
    NTSTATUS status = STATUS_NOT_SUPPORTED;
    ULONG i, n;

    if (!timeout || timeout->QuadPart) handle = port_link_wait_handle( port, handle );
    InterlockedIncrement(
        &port->real_waiters ); /* a full barrier: either we see `served', or the thread that sets it sees us */
    if (!port->served) status = real_NtRemoveIoCompletionEx( handle, packets, room, removed, timeout, alertable );
    InterlockedDecrement( &port->real_waiters );
    if (port->closed) return STATUS_PORT_ABANDONED;
    if (status) return status;
    for (i = n = 0; i < *removed; i++)
        if (!port_link_is_kick( packets + i )) packets[n++] = packets[i];
    *removed = n;
    return n ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}
