/*
 * Handles that are closed without our knowledge: by a direct call of ntdll's NtClose, or by another process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * If our descriptor outlives the last handle, the connection stays open and the peer sees no FIN. So while there are
 * descriptors, a thread checks twice a second which of these sockets the wineserver no longer has. It makes no
 * request. (An AFD poll for CLOSE would report it as well, but a long poll while sockets come and go makes the
 * server fail an assertion.)
 */

#include "operations/operation.h"
#include "sockets/afd.h"
#include "wait/thread.h"

#define PERIOD    400 /* ms */
#define MAX_SHARE 50  /* uses at most 1/N of a processor */

struct watched
{
    UINT count, room;
    UINT64 *cookies;
    struct server_file *files;
};

static volatile LONG started;
static volatile LONG added; /* there may be a descriptor */

static void watch_one( struct socket *sock, void *arg )
{
    struct watched *watched = arg;

    if (sock->desc.fd == -1 || sock->desc.renewed || watched->count == watched->room) return;
    watched->files[watched->count].fd = sock->desc.fd;
    watched->cookies[watched->count++] = socket_cookie( sock );
}

/* Makes room for every open socket. */
static BOOL watched_grow( struct watched *watched )
{
    UINT room = max( socket_room(), 64u );

    if (room <= watched->room) return TRUE;
    HeapFree( GetProcessHeap(), 0, watched->cookies );
    HeapFree( GetProcessHeap(), 0, watched->files );
    watched->cookies = HeapAlloc( GetProcessHeap(), 0, room * sizeof( *watched->cookies ) );
    watched->files = HeapAlloc( GetProcessHeap(), 0, room * sizeof( *watched->files ) );
    watched->room = watched->cookies && watched->files ? room : 0;
    return watched->room != 0;
}

/* The server doesn't have the file. Was the handle closed, or does it have another file now (after AcceptEx or a
 * second connect)? */
static void check_gone( UINT64 cookie )
{
    struct
    {
        int family, type, protocol;
    } info;
    struct socket *sock = socket_from_cookie( cookie );

    if (!sock) return;
    if (!sock->id.closing)
    {
        if (afd_ioctl( sock->id.handle, AFD_WINE_GET_INFO, NULL, 0, &info, sizeof( info ), NULL ))
            socket_retire_gone( sock );
        else sock->desc.renewed = TRUE;
    }
    socket_release( sock );
}

static void look( struct watched *watched )
{
    struct server_files_params params;
    UINT i;

    watched->count = 0;
    if (!watched_grow( watched )) return;
    socket_for_each( watch_one, watched );
    params.files = (UINT_PTR)watched->files;
    params.count = watched->count;
    if (unix_call( unix_server_files, &params )) return;
    for (i = 0; i < watched->count; i++)
        if (!watched->files[i].held) check_gone( watched->cookies[i] );
}

static DWORD WINAPI watch_main( void *arg )
{
    struct watched watched = { 0 };
    LARGE_INTEGER start, end, frequency;
    LONG none = FALSE;

    (void)arg;
    QueryPerformanceFrequency( &frequency );
    for (;;)
    {
        InterlockedExchange( &added, FALSE );
        QueryPerformanceCounter( &start );
        look( &watched );
        QueryPerformanceCounter( &end );
        if (!watched.count)
            while (!added) RtlWaitOnAddress( (const void *)&added, &none, sizeof( none ), NULL );
        Sleep( PERIOD + ( end.QuadPart - start.QuadPart ) * MAX_SHARE * 1000 / frequency.QuadPart );
    }
    return 0;
}

void close_watch_described( struct socket *sock )
{
    (void)sock;
    if (!InterlockedExchange( &added, TRUE ) && started) RtlWakeAddressSingle( (void *)&added );
    if (!started && !InterlockedExchange( &started, TRUE ) && !thread_start( watch_main, NULL ))
        log_message( "handles can't be watched\n" );
}
