/*
 * Whether a socket's handle is signalled: the only signal of an operation without event, routine and port
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each overlapped operation resets it when it begins. Its end signals it, unless it has an event, or the program has
 * set FILE_SKIP_SET_EVENT_ON_HANDLE. The real handle belongs to the wineserver, which doesn't know our operations. So a
 * wait gets an event in its place, or, as long as the server's operations are the last ones, beside it: ours may come
 * while the thread waits. The event follows the state only for waits: the first end after a wait has begun sets it, the
 * next wait resets it. A handle that nobody waits for costs no request.
 */

#include "sockets/handle_state.h"

/* As a wait sees it. */
static BOOL state_is_set( const struct socket *sock )
{
    return sock->signal.set && !( sock->port.skip_modes & FILE_SKIP_SET_EVENT_ON_HANDLE );
}

void handle_state_begin( struct socket *sock )
{
    UINT count = 0;

    /* who has seen the last one's status may be faster than its signal, which isn't this one's */
    while (sock->signal.ending && ( sock->signal.event || !sock->port.associated ) && thread_pause( count++ )) continue;
    handle_state_reset( sock );
}

void handle_state_reset( struct socket *sock )
{
    sock->signal.used = TRUE;
    sock->signal.set = FALSE;
}

void handle_state_ends( struct socket *sock )
{
    InterlockedIncrement( &sock->signal.ending );
}

void handle_state_end( struct socket *sock )
{
    sock->signal.used = TRUE;
    InterlockedExchange( &sock->signal.set, TRUE ); /* before `watched' is read */
    if (sock->signal.watched && state_is_set( sock ) && InterlockedExchange( &sock->signal.watched, FALSE ))
    {
        NtSetEvent( sock->signal.event, NULL );
        sock->signal.lit = TRUE;
    }
    InterlockedDecrement( &sock->signal.ending );
}

void handle_state_lent( HANDLE handle, HANDLE event )
{
    struct socket *sock;

    if (engine == ENGINE_AFD || !( sock = socket_find( handle ) )) return;
    sock->signal.set = FALSE;
    if (!event) sock->signal.used = FALSE;
    socket_release( sock );
}

/* Two threads may make it at once; the second one is closed again. */
static HANDLE state_event( struct socket *sock )
{
    HANDLE event = sock->signal.event, other;

    if (event) return event;
    if (NtCreateEvent( &event, EVENT_ALL_ACCESS, NULL, 0 /* NotificationEvent */, FALSE )) return NULL;
    if (!( other = InterlockedCompareExchangePointer( &sock->signal.event, event, NULL ) )) return event;
    NtClose( event );
    return other;
}

/* A wait for the event begins. No lock is held during the requests: the thread that has changed the event last finds
 * out whether the state has changed since. */
static void state_watch( struct socket *sock, HANDLE event )
{
    LONG others;
    BOOL set;

    do
    {
        InterlockedExchange( &sock->signal.watched, TRUE ); /* before the state is read */
        if (( set = state_is_set( sock ) ))
        {
            NtSetEvent( event, NULL );
            sock->signal.lit = TRUE;
        }
        else
        {
            /* another thread that has seen it lit may not have reset it yet */
            others = InterlockedIncrement( &sock->signal.resetting ) - 1;
            if (InterlockedExchange( &sock->signal.lit, FALSE ) || others) NtResetEvent( event, NULL );
            InterlockedDecrement( &sock->signal.resetting );
        }
        MemoryBarrier();
    } while (state_is_set( sock ) != set || ( !set && !sock->signal.watched ));
}

BOOL handle_state_is_set( const HANDLE *handle )
{
    struct socket *sock;
    HANDLE copy;
    BOOL set;

    if (engine == ENGINE_AFD || !guarded_copy( &copy, handle, sizeof( copy ) ) || !( sock = socket_find( copy ) ))
        return FALSE;
    set = sock->signal.used && state_is_set( sock );
    socket_release( sock );
    return set;
}

/* A wait for the socket of handle `index'. */
static void state_replace( struct handle_waits *waits, struct socket *sock, ULONG index, BOOL any )
{
    BOOL used = sock->signal.used;
    HANDLE event;

    if (!used && ( !any || waits->count == MAXIMUM_WAIT_OBJECTS )) return;
    if (!( event = state_event( sock ) )) return;
    state_watch( sock, event );
    waits->handles = waits->room;
    if (used)
    {
        waits->room[index] = event;
        return;
    }
    waits->any = TRUE;
    waits->owners[waits->count - waits->asked] = index;
    waits->room[waits->count++] = event;
}

void handle_state_replace( struct handle_waits *waits, ULONG count, const HANDLE *handles, BOOL any )
{
    struct socket *sock;
    ULONG i;

    waits->count = waits->asked = count;
    waits->handles = handles;
    waits->any = any;
    if (engine == ENGINE_AFD || count > MAXIMUM_WAIT_OBJECTS
        || !guarded_copy( waits->room, handles, count * sizeof( *handles ) ))
        return;
    for (i = 0; i < count; i++)
    {
        if (!( sock = socket_find( waits->room[i] ) )) continue;
        state_replace( waits, sock, i, any || count == 1 );
        socket_release( sock );
    }
}
