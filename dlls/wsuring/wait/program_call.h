/*
 * What a thread has under way in the program's functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A blocking call (which runs APCs), a completion routine, a condition function: each is recorded here, with what
 * must be given up if it never comes back, because the program jumps out of it or the thread is terminated.
 */

#ifndef WSURING_PROGRAM_CALL_H
#define WSURING_PROGRAM_CALL_H

#include "wait/frame.h"

struct thread;

enum program_call_kind
{
    PROGRAM_CALL_BLOCKED,
    PROGRAM_CALL_ROUTINE,
    PROGRAM_CALL_CONDITION
};

struct program_call
{
    struct program_call *next;
    struct thread *thread;
    struct frame frame;
    enum program_call_kind kind;
    UINT64 cookie;                                    /* of a routine's socket */
    void ( *abandoned )( struct program_call *call ); /* it doesn't come back; may be NULL */
    void ( *release )( void *object );
    void *object, *waiter; /* for `abandoned' */
    UINT direction;
};

/* Notes a call that is about to begin; to be followed by program_call_end. mark: on the caller's stack.
 * Returns NULL when out of memory: the call is made all the same. */
struct program_call *program_call_begin( enum program_call_kind kind, struct frame_mark *mark );
void program_call_end( struct program_call *call, struct frame_mark *mark );

/* It has been left by an exception or a jump: for callout. */
void program_call_abandon( void *call );

/* Gives up the calls that were left without our knowledge. */
void program_calls_prune( struct thread *thread );

/* Gives up all: the thread has ended. */
void program_calls_abandon_all( struct thread *thread );

/* Is a routine of this socket among the callers of the calling thread? */
BOOL program_call_runs( struct thread *thread, UINT64 cookie );

/* Is the calling thread inside a condition function? Then what may block ends with WSAEINPROGRESS. */
BOOL program_call_in_condition( void );

#endif /* WSURING_PROGRAM_CALL_H */
