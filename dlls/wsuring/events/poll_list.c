/*
 * The sockets that a thread polls again and again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "events/poll_list.h"
#include "wait/thread.h"
#include "wait/pollers.h"

#define COUNT_MIN  16 /* fewer are polled faster than looked up */
#define REST_READY 16 /* calls that only poll after one that found many ready */
#define REST_LOST  64 /* the same when the list must be recreated */

/* One socket's entry, by its slot. */
struct place
{
    UINT generation; /* of the socket */
    int fd;
    UINT serial; /* of its registration; 0: it isn't in the list */
    UINT call;   /* the last call that asked for it */
    UINT named;  /* the last call in which it was ready */
    WORD events; /* registered */
    WORD wanted; /* by that call */
};

struct poll_list
{
    int list;  /* -1: none yet */
    BOOL busy; /* a call is under way; the program's APCs run within it */
    UINT rest;
    LONG epoch;
    UINT call, serial, registered;
    struct place *places;
    UINT place_room;
    struct poll_list_change *changes;
    UINT change_room;
    struct ready_event *events;
    UINT event_room;
    struct poll_entry *looks;
    UINT look_room;
};

struct poll_list *poll_list_get( UINT count )
{
    struct thread *thread;
    struct poll_list *poll_list;

    if (count < COUNT_MIN || !( thread = thread_get() )) return NULL;
    if (!( poll_list = thread->poll_list ))
    {
        if (!( poll_list = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *poll_list ) ) )) return NULL;
        poll_list->list = -1;
        poll_list->rest = 1;
        thread->poll_list = poll_list;
    }
    if (poll_list->busy) return NULL;
    if (!poll_list->rest) return poll_list;
    poll_list->rest--;
    return NULL;
}

/* The list is wrong or can't be created. */
static BOOL poll_list_drop( struct poll_list *poll_list )
{
    struct descriptor_close_params close = { .fd = poll_list->list };

    if (poll_list->list != -1) unix_call( unix_descriptor_close, &close );
    poll_list->list = -1;
    poll_list->registered = 0;
    poll_list->rest = REST_LOST;
    if (poll_list->places) memset( poll_list->places, 0, poll_list->place_room * sizeof( *poll_list->places ) );
    return FALSE;
}

void poll_list_thread_ends( struct thread *thread )
{
    struct poll_list *poll_list = thread->poll_list;

    if (!poll_list) return;
    thread->poll_list = NULL;
    poll_list_drop( poll_list );
    HeapFree( GetProcessHeap(), 0, poll_list->places );
    HeapFree( GetProcessHeap(), 0, poll_list->changes );
    HeapFree( GetProcessHeap(), 0, poll_list->events );
    HeapFree( GetProcessHeap(), 0, poll_list->looks );
    HeapFree( GetProcessHeap(), 0, poll_list );
}

/* Grows an array to at least this size; new entries are zero. */
static void *poll_list_grow( void *array, UINT *room, UINT need, SIZE_T size )
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

static BOOL poll_list_make_room( struct poll_list *poll_list, UINT count )
{
    void *places, *changes, *events;

    if (( places
          = poll_list_grow( poll_list->places, &poll_list->place_room, socket_room(), sizeof( *poll_list->places ) ) ))
        poll_list->places = places;
    if (( changes
          = poll_list_grow( poll_list->changes, &poll_list->change_room, count, sizeof( *poll_list->changes ) ) ))
        poll_list->changes = changes;
    if (( events = poll_list_grow( poll_list->events, &poll_list->event_room, poll_list->registered + count,
                                   sizeof( *poll_list->events ) ) ))
        poll_list->events = events;
    return places && changes && events;
}

BOOL poll_list_prepare( struct poll_list *poll_list, const struct readiness *list, const struct poll_entry *entries,
                        UINT count, struct poll_list_params *params )
{
    struct poll_list_change *change;
    struct place *place;
    UINT i;

    if (poll_list->list == -1) poll_list->epoch = pollers_epoch;
    else if (poll_list->epoch != pollers_epoch) return poll_list_drop( poll_list );
    if (!poll_list_make_room( poll_list, count )) return poll_list_drop( poll_list );
    change = poll_list->changes;
    poll_list->call++;
    /* a socket may be named more than once */
    for (i = 0; i < count; i++)
    {
        place = poll_list->places + list[i].sock->pooled.slot;
        if (place->call != poll_list->call) place->wanted = 0;
        place->call = poll_list->call;
        place->wanted |= entries[i].events;
    }
    for (i = 0; i < count; i++)
    {
        const struct socket *sock = list[i].sock;
        BOOL listed;

        place = poll_list->places + sock->pooled.slot;
        listed = place->serial && place->generation == sock->pooled.generation && place->fd == entries[i].fd;
        if (listed && !( place->wanted & ~place->events )) continue;
        if (entries[i].fd == -1) continue; /* never ready */
        if (!place->wanted) continue;      /* room, but behind a queued send: the caller checks again soon */
        if (!listed)
        {
            if (!place->serial) poll_list->registered++;
            if (!++poll_list->serial) poll_list->serial++;
            place->serial = poll_list->serial;
            place->generation = sock->pooled.generation;
            place->fd = entries[i].fd;
            place->events = 0;
        }
        place->events |= place->wanted;
        change->fd = place->fd;
        change->events = place->events;
        change->listed = listed;
        change->cookie = (UINT64)place->serial << 32 | sock->pooled.slot;
        change++;
    }
    params->list = poll_list->list;
    params->changes = (UINT_PTR)poll_list->changes;
    params->change_count = change - poll_list->changes;
    params->events = (UINT_PTR)poll_list->events;
    params->room = poll_list->registered;
    poll_list->busy = TRUE;
    return TRUE;
}

/* Removes sockets that were reported but not asked for. FALSE if that fails: a file that is open elsewhere, whose
 * number here is closed or belongs to another socket now. */
static BOOL poll_list_take_out( struct poll_list *poll_list, UINT slot, UINT serial )
{
    struct place *place = poll_list->places + slot;
    struct poll_list_change change = { .fd = place->fd, .listed = TRUE };
    struct poll_list_params params = { .changes = (UINT_PTR)&change, .change_count = 1, .list = poll_list->list };
    struct socket *sock;
    BOOL done;

    if (place->serial != serial || !( sock = socket_from_cookie( (UINT64)place->generation << 32 | slot ) ))
        return FALSE;
    if (( done = sock->desc.fd == place->fd && !unix_call( unix_poll_list, &params ) ))
    {
        place->serial = 0;
        poll_list->registered--;
    }
    socket_release( sock );
    return done;
}

BOOL poll_list_finish( struct poll_list *poll_list, const struct readiness *list, struct poll_entry *entries,
                       UINT count, const struct poll_list_params *params, NTSTATUS status )
{
    struct poll_many_params poll = { .wake_fd = -1 };
    struct poll_entry *looks;
    UINT i, named = 0;

    poll_list->busy = FALSE;
    poll_list->list = params->list;
    for (i = 0; i < count; i++) entries[i].ready = 0;
    if (status && status != STATUS_TIMEOUT && status != STATUS_ALERTED) return poll_list_drop( poll_list );
    for (i = 0; i < params->count; i++)
    {
        UINT slot = (UINT)poll_list->events[i].cookie, serial = poll_list->events[i].cookie >> 32;
        struct place *place = poll_list->places + slot;

        if (place->serial == serial && place->call == poll_list->call
            && poll_list->events[i].ready & ( place->wanted | POLL_END | POLL_ERR | POLL_HUP ))
        {
            place->named = poll_list->call;
            named++;
        }
        else if (!poll_list_take_out( poll_list, slot, serial )) return poll_list_drop( poll_list );
    }
    if (!named) return TRUE;
    if (named > count / 2) poll_list->rest = REST_READY;
    if (!( looks = poll_list_grow( poll_list->looks, &poll_list->look_room, count, sizeof( *looks ) ) ))
        return poll_list_drop( poll_list );
    poll_list->looks = looks;
    for (i = 0; i < count; i++)
        if (poll_list->places[list[i].sock->pooled.slot].named == poll_list->call) looks[poll.count++] = entries[i];
    poll.entries = (UINT_PTR)looks;
    status = unix_call( unix_poll_many, &poll );
    if (status && status != STATUS_TIMEOUT && status != STATUS_ALERTED) return FALSE;
    for (i = 0; i < count; i++)
        if (poll_list->places[list[i].sock->pooled.slot].named == poll_list->call)
            entries[i].ready = ( looks++ )->ready;
    return TRUE;
}
