/*
 * The sockets that a thread asks about again and again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "interest.h"
#include "thread.h"

#define COUNT_MIN  16 /* fewer are polled faster than looked up */
#define REST_READY 16 /* calls by poll alone after one that found many ready */
#define REST_LOST  64 /* the same when the list is to be made anew */

/* One socket's place, by its slot. */
struct place
{
    UINT generation; /* of the socket */
    int fd;
    UINT serial; /* of its registration; 0: it isn't in the list */
    UINT call;   /* the last one that asked for it */
    UINT named;  /* the last one in which it was ready */
    WORD events; /* registered */
    WORD wanted; /* by that call */
};

struct interest
{
    int list;  /* -1: none yet */
    BOOL busy; /* a call is under way; the program's APCs run within it */
    UINT rest;
    LONG epoch;
    UINT call, serial, registered;
    struct place *places;
    UINT place_room;
    struct interest_change *changes;
    UINT change_room;
    struct ready_event *events;
    UINT event_room;
    struct poll_entry *looks;
    UINT look_room;
};

static volatile LONG epoch;

void interest_forget_all( void )
{
    InterlockedIncrement( &epoch );
    readiness_wake(); /* who waits holds on to the old ones */
}

struct interest *interest_get( UINT count )
{
    struct thread *thread;
    struct interest *interest;

    if (count < COUNT_MIN || !( thread = thread_get() )) return NULL;
    if (!( interest = thread->interest ))
    {
        if (!( interest = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *interest ) ) )) return NULL;
        interest->list = -1;
        interest->rest = 1;
        thread->interest = interest;
    }
    if (interest->busy) return NULL;
    if (!interest->rest) return interest;
    interest->rest--;
    return NULL;
}

/* The list is wrong or can't be had. */
static BOOL drop( struct interest *interest )
{
    struct descriptor_close_params close = { .fd = interest->list };

    if (interest->list != -1) unix_call( unix_descriptor_close, &close );
    interest->list = -1;
    interest->registered = 0;
    interest->rest = REST_LOST;
    if (interest->places) memset( interest->places, 0, interest->place_room * sizeof( *interest->places ) );
    return FALSE;
}

void interest_free( struct interest *interest )
{
    if (!interest) return;
    drop( interest );
    HeapFree( GetProcessHeap(), 0, interest->places );
    HeapFree( GetProcessHeap(), 0, interest->changes );
    HeapFree( GetProcessHeap(), 0, interest->events );
    HeapFree( GetProcessHeap(), 0, interest->looks );
    HeapFree( GetProcessHeap(), 0, interest );
}

/* An array of at least so many; new ones are zero. */
static void *grow( void *array, UINT *room, UINT need, SIZE_T size )
{
    void *new_array;

    if (need <= *room) return array;
    need += need / 2;
    new_array = array ? HeapReAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, array, need * size )
                      : HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, need * size );
    if (!new_array) return NULL;
    *room = need;
    return new_array;
}

static BOOL make_room( struct interest *interest, UINT count )
{
    void *places, *changes, *events;

    if (( places = grow( interest->places, &interest->place_room, socket_room(), sizeof( *interest->places ) ) ))
        interest->places = places;
    if (( changes = grow( interest->changes, &interest->change_room, count, sizeof( *interest->changes ) ) ))
        interest->changes = changes;
    if (( events = grow( interest->events, &interest->event_room, interest->registered + count,
                         sizeof( *interest->events ) ) ))
        interest->events = events;
    return places && changes && events;
}

BOOL interest_prepare( struct interest *interest, const struct readiness *list, const struct poll_entry *entries,
                       UINT count, struct interest_params *params )
{
    struct interest_change *change;
    struct place *place;
    UINT i;

    if (interest->list == -1) interest->epoch = epoch;
    else if (interest->epoch != epoch) return drop( interest );
    if (!make_room( interest, count )) return drop( interest );
    change = interest->changes;
    interest->call++;
    /* a socket may be named more than once */
    for (i = 0; i < count; i++)
    {
        place = interest->places + list[i].sock->slot;
        if (place->call != interest->call) place->wanted = 0;
        place->call = interest->call;
        place->wanted |= entries[i].events;
    }
    for (i = 0; i < count; i++)
    {
        const struct socket *sock = list[i].sock;
        BOOL listed;

        place = interest->places + sock->slot;
        listed = place->serial && place->generation == sock->generation && place->fd == entries[i].fd;
        if (listed && !( place->wanted & ~place->events )) continue;
        if (entries[i].fd == -1) continue; /* nothing can happen to it */
        if (!place->wanted) continue;      /* room behind a send that is queued still: the caller looks again soon */
        if (!listed)
        {
            if (!place->serial) interest->registered++;
            if (!++interest->serial) interest->serial++;
            place->serial = interest->serial;
            place->generation = sock->generation;
            place->fd = entries[i].fd;
            place->events = 0;
        }
        place->events |= place->wanted;
        change->fd = place->fd;
        change->events = place->events;
        change->listed = listed;
        change->cookie = (UINT64)place->serial << 32 | sock->slot;
        change++;
    }
    params->list = interest->list;
    params->changes = (UINT_PTR)interest->changes;
    params->change_count = change - interest->changes;
    params->events = (UINT_PTR)interest->events;
    params->room = interest->registered;
    interest->busy = TRUE;
    return TRUE;
}

/* What a call has named and isn't asked for leaves the list. FALSE if it can't: a file that is open elsewhere under a
 * number that is no more, or is another socket's now. */
static BOOL take_out( struct interest *interest, UINT slot, UINT serial )
{
    struct place *place = interest->places + slot;
    struct interest_change change = { .fd = place->fd, .listed = TRUE };
    struct interest_params params = { .changes = (UINT_PTR)&change, .change_count = 1, .list = interest->list };
    struct socket *sock;
    BOOL done;

    if (place->serial != serial || !( sock = socket_from_cookie( (UINT64)place->generation << 32 | slot ) ))
        return FALSE;
    if (( done = sock->fd == place->fd && !unix_call( unix_interest, &params ) ))
    {
        place->serial = 0;
        interest->registered--;
    }
    socket_release( sock );
    return done;
}

BOOL interest_finish( struct interest *interest, const struct readiness *list, struct poll_entry *entries, UINT count,
                      const struct interest_params *params, NTSTATUS status )
{
    struct poll_many_params poll = { .wake_fd = -1 };
    struct poll_entry *looks;
    UINT i, named = 0;

    interest->busy = FALSE;
    interest->list = params->list;
    for (i = 0; i < count; i++) entries[i].ready = 0;
    if (status && status != STATUS_TIMEOUT && status != STATUS_ALERTED) return drop( interest );
    for (i = 0; i < params->count; i++)
    {
        UINT slot = (UINT)interest->events[i].cookie, serial = interest->events[i].cookie >> 32;
        struct place *place = interest->places + slot;

        if (place->serial == serial && place->call == interest->call
            && interest->events[i].ready & ( place->wanted | POLL_END | POLL_ERR | POLL_HUP ))
        {
            place->named = interest->call;
            named++;
        }
        else if (!take_out( interest, slot, serial )) return drop( interest );
    }
    if (!named) return TRUE;
    if (named > count / 2) interest->rest = REST_READY;
    if (!( looks = grow( interest->looks, &interest->look_room, count, sizeof( *looks ) ) )) return drop( interest );
    interest->looks = looks;
    for (i = 0; i < count; i++)
        if (interest->places[list[i].sock->slot].named == interest->call) looks[poll.count++] = entries[i];
    poll.entries = (UINT_PTR)looks;
    status = unix_call( unix_poll_many, &poll );
    if (status && status != STATUS_TIMEOUT && status != STATUS_ALERTED) return FALSE;
    for (i = 0; i < count; i++)
        if (interest->places[list[i].sock->slot].named == interest->call) entries[i].ready = ( looks++ )->ready;
    return TRUE;
}
