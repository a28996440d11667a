/*
 * Ends the process with the program's last thread
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Windows process ends with its last thread, and its exit code is that thread's (page "ExitThread function"). Our
 * threads must not keep it alive. The server knows which threads live, and when each has ended; that it must be asked
 * is what unix/thread_end.c tells. A thread that was there before the provider, and hasn't used it, isn't noted there:
 * when all that are noted have ended, the server is asked every now and then.
 */

#include "hooks/interpose.h"
#include "wait/thread.h"

#define LOOKS        50
#define LOOK_MS      10  /* between the first LOOKS */
#define SLOW_LOOK_MS 500 /* later */
#define LAST_ENDS    16

struct last_thread
{
    DWORD id, code;
    ULONGLONG time; /* when it ended; 0: none has */
};

static volatile DWORD last_ends[LAST_ENDS]; /* the threads that have begun to end in order last */
static volatile LONG next_end;
static volatile BOOL terminates; /* the program does so: threads that have ended may still be counted for a while */
static HANDLE volatile ending;   /* one of the program's that ends, or has ended, late; NULL: there is none */

/* TRUE: it lives, or nothing is known of it. */
static BOOL last_thread_lives( HANDLE thread, struct last_thread *last )
{
    LARGE_INTEGER no_wait = { .QuadPart = 0 };
    FILETIME created, exited, kernel, user;
    THREAD_BASIC_INFORMATION info;
    ULONGLONG time;

    if (NtQueryInformationThread( thread, ThreadBasicInformation, &info, sizeof( info ), NULL )) return TRUE;
    if (thread_is_own( HandleToULong( info.ClientId.UniqueThread ) )) return FALSE;
    if (NtWaitForSingleObject( thread, FALSE, &no_wait )) return TRUE;
    if (!GetThreadTimes( thread, &created, &exited, &kernel, &user )) return FALSE;
    time = (ULONGLONG)exited.dwHighDateTime << 32 | exited.dwLowDateTime;
    if (time < last->time || !GetExitCodeThread( thread, &last->code )) return FALSE;
    last->id = HandleToULong( info.ClientId.UniqueThread );
    last->time = time;
    return FALSE;
}

/* A thread of the program that lives; NULL: none does, and which of those that somebody has a handle of ended last. One
 * that begins is behind those that could have made it. */
static HANDLE last_thread_find( struct last_thread *last )
{
    HANDLE thread = NULL, next;
    NTSTATUS status;

    while (!( status
              = NtGetNextThread( GetCurrentProcess(), thread, SYNCHRONIZE | THREAD_QUERY_INFORMATION, 0, 0, &next ) ))
    {
        if (thread) NtClose( thread );
        thread = next;
        if (last_thread_lives( thread, last )) return thread;
    }
    if (status == STATUS_NO_MORE_ENTRIES)
    {
        if (thread) NtClose( thread );
        return NULL;
    }
    return thread ? thread : GetCurrentThread();
}

static void last_thread_close( HANDLE thread )
{
    if (thread && thread != GetCurrentThread()) NtClose( thread );
}

static void last_thread_end( const struct last_thread *last )
{
    UINT i;

    log_message( "last thread %04lx, code %lu\n", last->id, last->code );
    for (i = 0; i < LAST_ENDS; i++)
        if (last->id == last_ends[i]) ExitProcess( last->code );
    /* it was terminated: no DllMain is called, and it doesn't matter which locks it has had */
    TerminateProcess( GetCurrentProcess(), last->code );
}

int last_thread_look( UINT noted, BOOL news )
{
    static HANDLE living; /* kept until the next look: if it is the last one, its exit code is needed */
    static UINT looks;
    struct last_thread last = { 0 };
    HANDLE found;

    if (noted) return -1;
    if (!( found = last_thread_find( &last ) )) last_thread_end( &last );
    last_thread_close( living );
    living = found;
    if (news) looks = 0;
    return looks < LOOKS ? ( looks++, LOOK_MS ) : SLOW_LOOK_MS;
}

/* Where nothing tells of ends. */
static DWORD WINAPI last_thread_main( void *arg )
{
    (void)arg;
    for (;;) Sleep( last_thread_look( 0, FALSE ) );
    return 0;
}

void last_thread_detach( UINT noted )
{
    last_ends[(ULONG)InterlockedIncrement( &next_end ) % LAST_ENDS] = GetCurrentThreadId();
    if (!noted || terminates) last_thread_check();
}

void last_thread_terminates( void )
{
    terminates = TRUE;
}

void last_thread_check( void )
{
    static volatile LONG looking;
    HANDLE thread;

    if (!thread_own_count() && !thread_starting_count()) return; /* the server sees to it */
    if (!DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, 0, FALSE,
                          DUPLICATE_SAME_ACCESS ))
        thread = NULL;
    if (thread) last_thread_close( InterlockedExchangePointer( (void *volatile *)&ending, thread ) );
    if (engine != ENGINE_AFD || InterlockedExchange( &looking, TRUE )) return;
    if (!thread_start( last_thread_main, NULL )) InterlockedExchange( &looking, FALSE );
}
