/*
 * Calls of the program's functions, which may not come back
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A completion routine, a condition function or an APC may leave by an exception, longjmp or a switch of fibers. What
 * we keep for the time of such a call lies on the heap, and is given up in one of two ways:
 *
 * - callout() has a function called when its frame is unwound: by an exception, or longjmp as the C library has it.
 * - A jump that unwinds nothing is found out later, at the thread's next call: the frame's mark on the stack is gone.
 *
 * A frame on another fiber's stack counts as there, but not as the caller of what runs now.
 */

#ifndef WSURING_FRAME_H
#define WSURING_FRAME_H

#include "base/provider.h"

/* On the stack, by the function that calls the program. */
struct frame_mark
{
    volatile ULONG_PTR value[2];
};

/* On the heap. The address is only looked at while it lies above the stack pointer, on the same stack. */
struct frame
{
    const struct frame_mark *mark;
    void *stack; /* the base of the stack it is on */
    ULONG_PTR value;
};

void frame_enter( struct frame *frame, struct frame_mark *mark );
void frame_leave( struct frame_mark *mark );

enum frame_state
{
    FRAME_CALLS,     /* it is among the callers */
    FRAME_ELSEWHERE, /* on the stack of another fiber */
    FRAME_GONE
};

/* The calling thread's. */
enum frame_state frame_state( const struct frame *frame );

/* Calls func( arg ); if an exception or longjmp leads out of it, unwound( context ) is called. In callout.S. */
void callout( void ( *func )( void *arg ), void *arg, void ( *unwound )( void *context ), void *context );

#endif /* WSURING_FRAME_H */
