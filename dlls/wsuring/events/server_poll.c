/*
 * Polls of single sockets that wait in the server, and the thread that takes their ends
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "events/server_poll.h"
#include "sockets/afd.h"
#include "sockets/connection.h"
#include "wait/thread.h"

#define FILE_COMPLETION_INFORMATION 30

struct server_poll
{
    IO_STATUS_BLOCK iosb;
    struct afd_poll_params in, out;
    UINT64 cookie;
    void ( *done )( struct socket *sock, UINT flags );
};

static HANDLE server_poll_device, server_poll_port;

static DWORD WINAPI server_poll_main( void *arg )
{
    struct server_poll *poll;
    IO_STATUS_BLOCK iosb;
    struct socket *sock;
    ULONG_PTR key;

    (void)arg;
    for (;;)
    {
        if (NtRemoveIoCompletion( server_poll_port, &key, (ULONG_PTR *)&poll, &iosb, NULL )) continue;
        if (( sock = socket_from_cookie( poll->cookie ) ))
        {
            poll->done( sock, !iosb.Status && poll->out.count ? poll->out.sockets[0].flags : 0 );
            socket_release( sock );
        }
        HeapFree( GetProcessHeap(), 0, poll );
    }
    return 0;
}

static BOOL CALLBACK server_poll_start( INIT_ONCE *once, void *param, void **context )
{
    struct
    {
        HANDLE port;
        ULONG_PTR key;
    } info = { 0 };
    IO_STATUS_BLOCK iosb;

    (void)once;
    (void)param;
    (void)context;
    if (!server_poll_port && NtCreateIoCompletion( &server_poll_port, IO_COMPLETION_ALL_ACCESS, NULL, 0 )) return FALSE;
    if (afd_open_device( &server_poll_device )) return FALSE;
    info.port = server_poll_port;
    if (NtSetInformationFile( server_poll_device, &iosb, &info, sizeof( info ), FILE_COMPLETION_INFORMATION ))
        return FALSE;
    return thread_start( server_poll_main, NULL );
}

BOOL server_poll_begin( struct socket *sock, UINT wanted, void ( *done )( struct socket *sock, UINT flags ) )
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    struct server_poll *poll;
    NTSTATUS status;

    if (!InitOnceExecuteOnce( &once, server_poll_start, NULL, NULL )) return FALSE;
    if (!( poll = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *poll ) ) )) return FALSE;
    poll->in.timeout = MAXLONGLONG;
    poll->in.count = 1;
    poll->in.sockets[0].socket = sock->id.handle;
    poll->in.sockets[0].flags = wanted;
    poll->cookie = socket_cookie( sock );
    poll->done = done;
    status = afd_poll_begin( server_poll_device, &poll->iosb, poll, &poll->in, &poll->out, sizeof( poll->out ),
                             connection_is_open, sock );
    if (!NT_ERROR( status )) return TRUE; /* its end is a packet, also if it has ended already */
    HeapFree( GetProcessHeap(), 0, poll );
    return FALSE;
}
