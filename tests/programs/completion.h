/*
 * Waiting for the overlapped operations of one socket: by events, a completion port, or routines
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef COMPLETION_H
#define COMPLETION_H

#ifdef _WIN32

#define COMPLETION_MAX 8

static struct completion
{
    SOCKET s;
    HANDLE port; /* NULL if there is none */
    UINT events; /* how many; 0: not by events */
    HANDLE event[COMPLETION_MAX];
    WSAOVERLAPPED *overlapped[COMPLETION_MAX];
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine; /* for WSASend and WSARecv; NULL if not by routines */
    void ( *done )( WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes );
} completion;

static void CALLBACK completion_routine( DWORD error, DWORD bytes, WSAOVERLAPPED *overlapped, DWORD flags )
{
    (void)flags;
    completion.done( overlapped, error, bytes );
}

/* mode: event, port or routine. first: the first OVERLAPPED of `count` in an array of structures of `size` bytes. done
 * is called for each that completes. */
static void completion_init( SOCKET s, const char *mode, void *first, size_t size, UINT count,
                             void ( *done )( WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes ) )
{
    UINT i;

    completion.s = s;
    completion.done = done;
    if (!strcmp( mode, "port" )) completion.port = CreateIoCompletionPort( (HANDLE)s, NULL, 1, 0 );
    else if (!strcmp( mode, "event" )) completion.events = count;
    else completion.routine = completion_routine;
    for (i = 0; i < completion.events; i++)
    {
        completion.overlapped[i] = (WSAOVERLAPPED *)( (char *)first + i * size );
        completion.event[i] = completion.overlapped[i]->hEvent = WSACreateEvent();
    }
}

/* Waits until at least one completes. */
static void completion_wait( void )
{
    WSAOVERLAPPED *overlapped;
    DWORD bytes, flags, index;
    ULONG_PTR key;

    if (completion.port)
    {
        if (!GetQueuedCompletionStatus( completion.port, &bytes, &key, &overlapped, 30000 ))
            die( "GetQueuedCompletionStatus" );
        completion.done( overlapped, 0, bytes );
    }
    else if (completion.events)
    {
        index = WSAWaitForMultipleEvents( completion.events, completion.event, FALSE, 30000, FALSE ) - WSA_WAIT_EVENT_0;
        if (index >= completion.events) die( "wait" );
        WSAResetEvent( completion.event[index] );
        if (!WSAGetOverlappedResult( completion.s, completion.overlapped[index], &bytes, FALSE, &flags ))
            die( "WSAGetOverlappedResult" );
        completion.done( completion.overlapped[index], 0, bytes );
    }
    else if (SleepEx( 30000, TRUE ) != WAIT_IO_COMPLETION) die( "SleepEx" );
}

#endif

#endif
