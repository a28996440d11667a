/*
 * Handles that are closed without our notice: by ntdll's NtClose called directly, or by another process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A descriptor of ours that outlives the last handle keeps the connection open, and the peer sees no end. The server knows: one pending AFD poll, on
 * a handle of its own, asks for CLOSE of every socket whose descriptor is kept. It is renewed when sockets have come or gone, but at most every
 * SETTLE_TIME ms, so that what it costs doesn't grow with the number of connections per second.
 */

#include "operation.h"
#include "afd.h"
#include "thread.h"

#define SETTLE_TIME 250

static HANDLE device, done, changed;
static volatile LONG asleep;     /* the thread waits for `changed' */
static volatile LONG incomplete; /* there may be sockets that the poll doesn't have */
static volatile LONG started;

struct watched
{
    UINT count, room;
    UINT64 *cookies;
    struct afd_poll_params *poll;
};

static void watch_one( struct socket *sock, void *arg )
{
    struct watched *watched = arg;
    struct afd_poll_entry *entry;

    if (sock->fd == -1 || watched->count == watched->room) return;
    entry = watched->poll->sockets + watched->count;
    entry->socket = sock->handle;
    entry->flags = AFD_POLL_CLOSE;
    entry->status = 0;
    watched->cookies[watched->count++] = socket_cookie( sock );
}

/* Room for every socket that there is. */
static BOOL watched_grow( struct watched *watched )
{
    UINT room = max( socket_room(), 64u ) * 2;

    if (room <= watched->room) return TRUE;
    HeapFree( GetProcessHeap(), 0, watched->cookies );
    HeapFree( GetProcessHeap(), 0, watched->poll );
    watched->cookies = HeapAlloc( GetProcessHeap(), 0, room * sizeof(*watched->cookies) );
    watched->poll = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, offsetof( struct afd_poll_params, sockets[room] ) );
    watched->room = watched->cookies && watched->poll ? room : 0;
    return watched->room != 0;
}

/* The handle may be another socket's by now; the cookie is not. */
static void handle_gone( const struct watched *watched, HANDLE handle )
{
    struct socket *sock;
    UINT i;

    for (i = 0; i < watched->count; i++)
    {
        if (!(sock = socket_from_cookie( watched->cookies[i] ))) continue;
        if (sock->handle == handle && !sock->closing) socket_retire_gone( sock );
        socket_release( sock );
    }
}

/* The poll fails as a whole when one of its handles is no socket any more. */
static void find_dead( const struct watched *watched )
{
    struct afd_poll_params poll = { .count = 1 };
    UINT i;

    for (i = 0; i < watched->count; i++)
    {
        poll.count = 1;
        poll.sockets[0] = watched->poll->sockets[i];
        if (afd_ioctl( device, AFD_POLL, &poll, sizeof(poll), &poll, sizeof(poll), NULL )) handle_gone( watched, watched->poll->sockets[i].socket );
    }
}

/* FALSE if there is nothing to wait for. */
static BOOL poll_begin( struct watched *watched, IO_STATUS_BLOCK *iosb )
{
    UINT size;

    InterlockedExchange( &incomplete, FALSE );
    watched->count = 0;
    if (watched_grow( watched )) socket_for_each( watch_one, watched );
    if (!watched->count) return FALSE;
    size = offsetof( struct afd_poll_params, sockets ) + watched->count * sizeof(*watched->poll->sockets);
    watched->poll->timeout = 0x7fffffffffffffff;
    watched->poll->count = watched->count;
    if (NtDeviceIoControlFile( device, done, NULL, NULL, iosb, AFD_POLL, watched->poll, size, watched->poll, size ) == STATUS_PENDING) return TRUE;
    find_dead( watched );
    incomplete = TRUE;
    return FALSE;
}

static void poll_end( const struct watched *watched, const IO_STATUS_BLOCK *iosb )
{
    IO_STATUS_BLOCK cancel;
    UINT i;

    NtCancelIoFileEx( device, (IO_STATUS_BLOCK *)iosb, &cancel );
    NtWaitForSingleObject( done, FALSE, NULL );
    if (iosb->Status) return;
    for (i = 0; i < watched->poll->count; i++)
        if (watched->poll->sockets[i].flags & AFD_POLL_CLOSE) handle_gone( watched, watched->poll->sockets[i].socket );
}

static DWORD WINAPI watch_main( void *arg )
{
    const HANDLE handles[2] = { changed, done };
    struct watched watched = { 0 };
    IO_STATUS_BLOCK iosb;
    BOOL pending = FALSE;

    (void)arg;
    for (;;)
    {
        Sleep( SETTLE_TIME + watched.count / 10 );
        if (pending) poll_end( &watched, &iosb );
        pending = poll_begin( &watched, &iosb );
        asleep = TRUE;
        MemoryBarrier();
        if (!incomplete) NtWaitForMultipleObjects( pending ? 2 : 1, handles, 1 /* WaitAny */, FALSE, NULL );
        asleep = FALSE;
    }
    return 0;
}

static BOOL watch_start(void)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;

    RtlInitUnicodeString( &name, L"\\Device\\Afd" );
    InitializeObjectAttributes( &attributes, &name, 0, NULL, NULL );
    return !NtOpenFile( &device, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes, &iosb, 0, 0 )
           && !NtCreateEvent( &done, EVENT_ALL_ACCESS, NULL, 0 /* NotificationEvent */, FALSE )
           && !NtCreateEvent( &changed, EVENT_ALL_ACCESS, NULL, 1 /* SynchronizationEvent */, FALSE ) && thread_start( watch_main, NULL );
}

void close_watch_add(void)
{
    if (!started && !InterlockedExchange( &started, TRUE ) && !watch_start()) log_message( "handles can't be watched\n" );
    if (InterlockedExchange( &incomplete, TRUE )) return;
    if (asleep) NtSetEvent( changed, NULL );
}
