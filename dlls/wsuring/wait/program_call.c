/*
 * What a thread has under way in the program's functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "wait/program_call.h"
#include "wait/thread.h"

static volatile LONG conditions; /* condition functions under way in all threads, so that nobody else has to look */

struct program_call *program_call_begin( enum program_call_kind kind, struct frame_mark *mark )
{
    struct thread *thread = thread_get();
    struct program_call *call;

    if (!thread) return NULL;
    if (thread->program_calls) program_calls_prune( thread );
    if (( call = thread->spare_call )) thread->spare_call = NULL;
    else if (!( call = HeapAlloc( GetProcessHeap(), 0, sizeof( *call ) ) )) return NULL;
    memset( call, 0, sizeof( *call ) );
    call->thread = thread;
    call->kind = kind;
    if (kind == PROGRAM_CALL_CONDITION) InterlockedIncrement( &conditions );
    frame_enter( &call->frame, mark );
    call->next = thread->program_calls;
    thread->program_calls = call;
    return call;
}

static void program_call_remove( struct program_call *call )
{
    struct thread *thread = call->thread;
    struct program_call **link;

    for (link = &thread->program_calls; *link && *link != call; link = &( *link )->next) /* nothing */
        ;
    if (*link) *link = call->next;
    if (call->kind == PROGRAM_CALL_CONDITION) InterlockedDecrement( &conditions );
}

static void program_call_free( struct program_call *call )
{
    struct thread *thread = call->thread;

    if (thread->spare_call) HeapFree( GetProcessHeap(), 0, call );
    else thread->spare_call = call;
}

void program_call_end( struct program_call *call, struct frame_mark *mark )
{
    if (!call) return;
    frame_leave( mark );
    program_call_remove( call );
    program_call_free( call );
}

void program_call_abandon( void *arg )
{
    struct program_call *call = arg;

    if (!call) return;
    program_call_remove( call );
    if (call->abandoned) call->abandoned( call );
    program_call_free( call );
}

void program_calls_prune( struct thread *thread )
{
    struct program_call *call, *next;

    for (call = thread->program_calls; call; call = next)
    {
        next = call->next;
        if (frame_state( &call->frame ) == FRAME_GONE) program_call_abandon( call );
    }
}

void program_calls_abandon_all( struct thread *thread )
{
    while (thread->program_calls) program_call_abandon( thread->program_calls );
}

BOOL program_call_runs( struct thread *thread, UINT64 cookie )
{
    const struct program_call *call;

    for (call = thread->program_calls; call; call = call->next)
        if (call->kind == PROGRAM_CALL_ROUTINE && call->cookie == cookie && frame_state( &call->frame ) == FRAME_CALLS)
            return TRUE;
    return FALSE;
}

BOOL program_call_in_condition( void )
{
    const struct program_call *call;
    struct thread *thread;

    if (!conditions || !( thread = thread_peek() )) return FALSE;
    for (call = thread->program_calls; call; call = call->next)
        if (call->kind == PROGRAM_CALL_CONDITION && frame_state( &call->frame ) == FRAME_CALLS) return TRUE;
    return FALSE;
}
